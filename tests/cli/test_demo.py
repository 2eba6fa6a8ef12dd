"""``make demo``: on what it runs, that both ways agree, and what it leaves behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import write_trc
from tests.formats.edf.build import Signal, edf, ramp, tal, timed
from tests.recordings import VARIABLE, recording

from neophys.cli import demo

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, where no real recording is near."""
    here = tmp_path / "project"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv(VARIABLE, raising=False)
    return here


def demonstrated(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert demo.main([str(argument) for argument in arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "Both agree, bit for bit." in said.out
    [picture] = re.findall(r"Each channel's mean: (out/.*\.png)\n", said.out)
    assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in Path().iterdir()] == ["out"]
    return said.out


def test_it_takes_the_sample_of_the_package_where_there_is_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = demonstrated(capsys)
    assert said.startswith("sample.trc, a made-up recording that comes with neophys")
    assert "Trigger: " in said


def test_it_takes_the_file_that_is_named(trc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = demonstrated(capsys, trc)
    assert said.startswith("day.TRC, which you named")
    assert "4 windows around 'Trigger', 20 ms before and after: 10 samples of 12 channels" in said


@pytest.mark.parametrize("named", [True, False])
def test_it_takes_the_real_recording_where_it_is_there(
    named: bool,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = elsewhere.parent / "shared" / "data"
    real = root / "ephy_testing_data" / "micromed" / "File_micromed_1.TRC"
    real.parent.mkdir(parents=True)
    write_trc(real)
    if named:
        monkeypatch.setenv(VARIABLE, str(root))
    said = demonstrated(capsys)
    assert said.startswith("File_micromed_1.TRC, a real recording, in ")


def test_it_gives_the_numbers_of_the_worked_example(capsys: pytest.CaptureFixture[str]) -> None:
    said = demonstrated(capsys, recording("ephy_testing_data/micromed/File_micromed_1.TRC"))
    wanted = "28.01 19.66 26.11 26.95 14.27 5.238 0.7149 3.282 11.35 3.283"
    assert said.count(wanted) == 2
    assert "4 windows around 'Trigger'" in said


@pytest.mark.parametrize(
    "path",
    [
        "plexon/buzcode-plexonSDK/16sp_lfp_with_2coords.plx",
        "ephy_testing_data/neuralynx/Cheetah_v5.5.1/original_data",
    ],
)
def test_it_takes_other_formats(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    demonstrated(capsys, recording(path))


@pytest.mark.parametrize("name", ["night.bdf", "night.rec", "night"])
def test_what_a_file_is_decides_not_its_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    samples = Signal(ramp(3, 200, item=3), 200)
    notes = timed("+0", "+1", "+2", texts={1: tal("+1.5", "stim")})
    path.write_bytes(edf(samples, notes, bdf=True, plus="C"))
    assert "1 window around 'Event'" in demonstrated(capsys, path)


@pytest.mark.parametrize(
    ("triggers", "wanted"),
    [
        ([], "quiet.TRC: holds no events in Neo's words, so there is nothing to average around"),
        ([(2, 1), (3999, 1)], "quiet.TRC: none of its 2 events has a whole window of signal"),
    ],
)
def test_it_says_when_there_is_nothing_to_average_around(
    triggers: list[tuple[int, int]],
    wanted: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    quiet = write_trc(tmp_path / "quiet.TRC", triggers=triggers, notes=[])
    assert demo.main([str(quiet)]) == 1
    assert capsys.readouterr().err == f"neophys: {wanted}\n"
    assert list(Path().iterdir()) == []


def test_it_leaves_out_what_does_not_fit_into_memory(
    trc: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_MOST", 1000)
    assert demo.main([str(trc)]) == 0
    assert "left out, since it takes 192 kB" in capsys.readouterr().out


def test_without_matplotlib_it_says_how_to_get_it(
    trc: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None)
    assert demo.main([str(trc)]) == 1
    assert "pip install 'neophys[plot]'" in capsys.readouterr().err
