"""The command: what it tells, what it refuses and how, and that it never tells who was recorded."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cli.conftest import CHANNELS, FIRST_NAME, RATE, SAMPLES, SURNAME, TRIGGERS, write_trc

import neophys
import neophys.plot
from neophys.cli import averaging, output
from neophys.cli.app import run

WINDOW = ["--events", "Trigger", "--before", "100ms", "--after", "0.2"]
BEFORE, LENGTH = 26, 77  # frames of that window


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What the command prints when all is well."""
    status = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    return said.out


def mean_of(triggers: list[int], channels: list[str] = CHANNELS) -> NDArray[np.float64]:
    """The average, from the numbers that were written."""
    gain = 6400 / 65536
    columns = [CHANNELS.index(name) for name in channels]
    windows = [SAMPLES[t - BEFORE : t - BEFORE + LENGTH, columns] for t in triggers]
    return np.mean(windows, axis=0) * gain - 32768 * gain


def test_info_tells_what_is_inside(trc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "info", trc)
    for wanted in [
        "day.TRC: Micromed TRC",
        "2020-01-02 03:04:05",
        "0:00:15.625",
        "12 channels at 256 Hz, uV; 4000 samples from 0 to 15.625 s",
        "gaps: none",
        "Fp1 Cz O1",
        "Trigger: 5 (by label: '1' 4, '2' 1)",
        "Note: 1 (by label: 'eyes open' 1)",
        "empty: Event A, Event B",
        "spikes    none",
        "issues    none",
    ]:
        assert wanted in said


def test_info_lists_the_five_most_frequent_labels_and_says_that_there_are_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [code for code in range(1, 8) for _ in range(10 - code)]
    triggers = [(20 * i, code) for i, code in enumerate(codes)]
    said = told(capsys, "info", write_trc(tmp_path / "many.TRC", triggers=triggers))
    assert "(by label: '1' 9, '2' 8, '3' 7, '4' 6, '5' 5, ... (7 labels))" in said


def test_info_json_has_a_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = write_trc(tmp_path / "cut.TRC", segments=[(0, 0), (3000, 2000)])
    found = json.loads(told(capsys, "info", "--json", cut))
    channels = [{"name": n, "id": str(i), "units": "uV"} for i, n in enumerate(CHANNELS)]
    signal = {"block": 0, "name": "Signals", "id": "0", "sampling_rate": 256.0, "samples": 4000}
    signal |= {"start": 0.0, "stop": 19.53125, "channels": channels}
    signal |= {"gaps": [{"from": 7.8125, "to": 11.71875}]}
    assert found.pop("signals") == [signal]
    assert found.pop("events")[0] == {
        "block": 0,
        "name": "Trigger",
        "id": "0",
        "kind": "event",
        "count": 5,
        "labels": {"1": 4, "2": 1},
    }
    assert isinstance(found.pop("device"), str)
    assert isinstance(found.pop("software"), str)
    assert found == {
        "file": "cut.TRC",
        "format": "micromed",
        "label": "Micromed TRC",
        "start": "2020-01-02T03:04:05",
        "duration": 19.53125,
        "segments": [
            {"block": 0, "start": 0.0, "stop": 7.8125},
            {"block": 0, "start": 11.71875, "stop": 19.53125},
        ],
        "spikes": [],
        "issues": [],
    }


def test_info_tells_gaps_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = write_trc(tmp_path / "cut.TRC", segments=[(0, 0), (3000, 2000)])
    cut.write_bytes(cut.read_bytes()[:-7])
    said = told(capsys, "info", cut)
    assert "in 2 segments" in said
    assert "gaps: 1, longest 3.90625 s: 7.8125 to 11.7188 s" in said
    [issue] = json.loads(told(capsys, "info", "--json", cut))["issues"]
    assert issue.keys() == {"severity", "file", "byte", "field", "message"}
    assert issue["message"] in said


def test_who_was_recorded_is_told_only_when_asked(
    trc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.TRC"
    cut.write_bytes(trc.read_bytes()[:700])
    odd = tmp_path / "odd.TRC"
    odd.write_bytes(b"*" + trc.read_bytes()[33:])
    names = ("erp.png", "erp.csv", "erp.npy")
    for arguments in [
        *(["info", file, *more] for file in (trc, cut, odd) for more in ([], ["--json"])),
        *(["identify", file] for file in (trc, cut, odd)),
        *(["average", trc, *WINDOW, "-o", tmp_path / name] for name in names),
        ["average", trc, *WINDOW, "--channel", "Fp2", "-o", tmp_path / "erp.csv"],
    ]:
        run([str(argument) for argument in arguments])
        said = "".join(capsys.readouterr()) + "".join(
            (tmp_path / name).read_bytes().decode("latin-1")
            for name in names
            if (tmp_path / name).exists()
        )
        for private in (SURNAME, FIRST_NAME, "1952"):
            assert private not in said, arguments
    for more in ([], ["--json"]):
        said = told(capsys, "info", "--subject", trc, *more)
        assert SURNAME in said
        assert "1952-03-11" in said


@pytest.mark.parametrize(
    ("more", "frames", "channels"),
    [
        ([], [500, 1000, 1500, 2000], CHANNELS),
        (["--label", "2"], [1000], CHANNELS),
        (["--label", "2", "--label", "1"], [500, 1000, 1500, 2000], CHANNELS),
        (["--channel", "O1", "--channel", "Fp1"], [500, 1000, 1500, 2000], ["O1", "Fp1"]),
        (["--signal", "Signals", "--channel", "Cz"], [500, 1000, 1500, 2000], ["Cz"]),
        (["--from", str(1000 / RATE)], [1000, 1500, 2000], CHANNELS),
        (["--to", f"{1500 / RATE}s"], [500, 1000], CHANNELS),
        (["--from", "2020-01-02T03:04:08", "--to", "0:07"], [1000, 1500], CHANNELS),
    ],
)
def test_average_is_the_mean_of_the_windows_that_are_asked_for(
    more: list[str],
    frames: list[int],
    channels: list[str],
    trc: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "erp.npy"
    said = told(capsys, "average", trc, *WINDOW, *more, "-o", out)
    windows = "1 window" if len(frames) == 1 else f"{len(frames)} windows"
    assert f"mean of {windows} around Trigger, 77 samples of {len(channels)} channel" in said
    found = np.load(out)
    assert found.shape == (LENGTH, len(channels))
    np.testing.assert_allclose(found, mean_of(frames, channels), rtol=1e-6, atol=1e-3)


def test_average_says_which_windows_it_left_out(
    trc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "average", trc, *WINDOW, "-o", tmp_path / "erp.npy")
    assert f"left out: 1, since they reach beyond the recording (at {3995 / RATE:g} s)" in said
    cut = write_trc(tmp_path / "cut.TRC", segments=[(0, 0), (3000, 1510)])
    said = told(capsys, "average", cut, *WINDOW, "-o", tmp_path / "erp.npy")
    assert "left out: 1, since they reach into a gap" in said


def test_average_as_text_names_times_channels_and_units(
    trc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "erp.csv"
    told(capsys, "average", trc, *WINDOW, "-o", out)
    with out.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["time [s]", *(f"{name} [uV]" for name in CHANNELS)]
    values = np.array(rows, float)
    np.testing.assert_array_equal(values[:, 0], np.arange(-BEFORE, LENGTH - BEFORE) / RATE)
    wanted = mean_of([frame for frame, _ in TRIGGERS[:4]])
    np.testing.assert_allclose(values[:, 1:], wanted, rtol=1e-6, atol=1e-3)


def test_average_as_a_picture_is_a_png(
    trc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    told(capsys, "average", trc, *WINDOW, "-o", tmp_path / "erp.PNG")
    assert (tmp_path / "erp.PNG").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


USAGE, DATA = 2, 1
AVERAGE = ["average", "day.TRC", "-o", "x.csv"]


@pytest.mark.parametrize(
    ("arguments", "status", "wanted"),
    [
        (["info", "none.TRC"], DATA, "none.TRC: no such file"),
        (["info", "text.TRC"], DATA, "text.TRC: no format knows this file"),
        (["info", "empty.TRC"], DATA, "empty.TRC: the file is empty"),
        (["info", "cut.TRC"], DATA, "cut.TRC: byte "),
        (["info", "day.TRC", "--format", "edff"], DATA, "no format 'edff'; there are: micromed"),
        (["identify", "text.TRC"], DATA, "the name looks like Micromed TRC, the bytes do not"),
        (["formats", "micromedd"], DATA, "no format 'micromedd'"),
        (
            [*AVERAGE, *WINDOW, "--events", "Triger"],
            DATA,
            "no event channel 'Triger'; did you",
        ),
        ([*AVERAGE, *WINDOW, "--events", "Event A"], DATA, "day.TRC: the event channel 'Event A'"),
        ([*AVERAGE, *WINDOW, "--channel", "fp1"], DATA, "day.TRC: no channel 'fp1'; did you mean"),
        ([*AVERAGE, *WINDOW, "--signal", "EEG"], DATA, "day.TRC: no signal 'EEG'"),
        ([*AVERAGE, *WINDOW, "--label", "3"], DATA, "no event is labelled '3'"),
        ([*AVERAGE, *WINDOW, "--from", "5min"], DATA, "none of 5 events of 'Trigger' lies between"),
        ([*AVERAGE, *WINDOW, "--before", "1h"], DATA, "0 trials: 5 events"),
        ([*AVERAGE, *WINDOW, "-o", "none/x.csv"], DATA, "x.csv: cannot be written: No such file"),
        (["sample", "none/x.trc"], DATA, "none/x.trc: cannot be written: No such file"),
        ([*AVERAGE, *WINDOW, "--before", "20 mss"], USAGE, "--before: '20 mss' is no time; write"),
        ([*AVERAGE, *WINDOW, "--from", "soon"], USAGE, "--from: 'soon' is no time"),
        ([*AVERAGE, *WINDOW, "--before", "nan"], USAGE, "--before"),
        ([*AVERAGE, *WINDOW, "--before", "-20ms"], USAGE, "both count away from the event"),
        ([*AVERAGE, *WINDOW, "-o", "x.pdf"], USAGE, "'x.pdf' must end in .png, .csv, .npy"),
        ([*AVERAGE, "--events", "Trigger", "--before", "1ms"], USAGE, "--after"),
        (["info"], USAGE, "FILE"),
        (["info", "day.TRC", "--jsn"], USAGE, "--jsn"),
        (["formats", "--fields"], USAGE, "NAME --fields"),
        (["inform", "day.TRC"], USAGE, "inform"),
        ([], USAGE, ""),
    ],
)
def test_what_is_wrong_is_one_line_and_a_status(
    arguments: list[str],
    status: int,
    wanted: str,
    trc: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "text.TRC").write_text("No recording.\n")
    (tmp_path / "empty.TRC").write_bytes(b"")
    (tmp_path / "cut.TRC").write_bytes(trc.read_bytes()[:640])
    (tmp_path / "day.TRC").write_bytes(trc.read_bytes())
    before = sorted(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == status
    said = capsys.readouterr()
    assert wanted in said.err
    assert "Traceback" not in said.err
    if status == DATA:
        assert said.out == ""
        assert said.err.startswith("neophys: ")
        assert said.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 130), (OSError, 1)])
def test_a_file_that_is_not_finished_leaves_what_was_there(
    error: type[BaseException],
    status: int,
    trc: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def save(file: object, values: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]  # whatever it is, NumPy writes to it
        raise error(28, "No space left on device")

    out = tmp_path / "erp.npy"
    out.write_bytes(b"of yesterday")
    monkeypatch.setattr(averaging.np, "save", save)
    assert run(["average", str(trc), *WINDOW, "-o", str(out)]) == status
    assert [path.name for path in tmp_path.iterdir()] == ["erp.npy"]
    assert out.read_bytes() == b"of yesterday"
    assert "Traceback" not in capsys.readouterr().err


def test_without_matplotlib_a_picture_says_how_to_get_it(
    trc: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(averaging, "find_spec", lambda name: None)
    assert run(["average", str(trc), *WINDOW, "-o", str(tmp_path / "erp.png")]) == 1
    assert "pip install 'neophys[plot]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_formats_lists_all_and_documents_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "formats")
    for known in neophys.list_formats():
        assert f"\n{known.name} " in said
        fields = told(capsys, "formats", known.name, "--fields")
        for header in known.headers:
            assert header.name in fields
            for row in header.document():
                assert f" {row.name}" in fields


def test_identify_names_the_format(trc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "identify", trc) == "day.TRC: micromed (Micromed TRC)\n"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert told(capsys, "--version") == f"neophys {version('neophys')}\n"


def piped(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "neophys.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=os.environ | environment, check=False)


def test_a_pipe_gets_plain_text_in_any_encoding(tmp_path: Path) -> None:
    umlaut = write_trc(tmp_path / "umlaut.TRC", notes=[(10, "Augen auf \xfc")])
    for variable in ("PYTHONIOENCODING", "FORCE_COLOR"):
        done = piped("info", umlaut, **{variable: "ascii"})
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b" not in done.stdout
        assert b"12 channels" in done.stdout
    assert b"Augen auf \\xfc" in piped("info", umlaut, PYTHONIOENCODING="ascii").stdout


def test_a_reader_that_has_had_enough_ends_the_command_quietly(trc: Path) -> None:
    command = [sys.executable, "-m", "neophys.cli", "formats", "micromed", "--fields"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("labels", "wanted"), [([], "around Trigger"), (["1", "2"], "around Trigger: 1, 2")]
)
def test_a_picture_says_which_events(
    labels: list[str],
    wanted: str,
    trc: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    titles, draw_average = list[str](), neophys.plot.draw_average

    def draw(mean: Any, *, title: str) -> Any:
        titles.append(title)
        return draw_average(mean, title=title)

    monkeypatch.setattr(neophys.plot, "draw_average", draw)
    chosen = [word for label in labels for word in ("--label", label)]
    told(capsys, "average", trc, *WINDOW, *chosen, "-o", tmp_path / "erp.png")
    assert titles == [f"day.TRC, {wanted}"]


def test_it_works_where_nobody_can_read_it(trc: Path) -> None:
    command = 'exec "$0" -m neophys.cli identify "$1" >&-'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, str(trc)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_package_does_not_pay_for_the_command() -> None:
    heavy = ("typer", "rich", "click")
    code = f"import sys, neophys.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fp1-\xb5V \u8111", "Fp1-\xb5V \u8111"),
        ("red \x1b[31m text", "red \ufffd[31m text"),
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("\x9b2J\x07", "\ufffd2J\ufffd"),
    ],
)
def test_what_files_say_cannot_command_the_terminal(text: str, wanted: str) -> None:
    assert output.plain(text) == wanted


def test_long_work_draws_a_bar_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    for patience, drawn in ((-1.0, True), (3600.0, False)):
        screen = Terminal()
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setattr(output, "_PATIENCE", patience)
        with output.progress("averaging") as report:
            assert report is not None
            report(1, 2)
        assert ("averaging" in screen.getvalue()) is drawn
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with output.progress("averaging") as report:
        assert report is None


def test_sample_is_written_and_never_overwrites_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "try.TRC"
    assert "neophys info" in told(capsys, "sample", out)
    assert "Trigger: " in told(capsys, "info", out)
    out.write_bytes(b"mine")
    assert run(["sample", str(out)]) == 1
    assert "--force overwrites it" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
    told(capsys, "sample", out, "--force")
    assert neophys.open(out).format == "micromed"
    assert [path.name for path in tmp_path.iterdir()] == ["try.TRC"]
