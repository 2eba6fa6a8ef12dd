"""Every built-in format on every real recording there is: the promises that need no oracle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.recordings import ABSENT, VARIABLE, data_root, index, recording, recordings

import neophys
from neophys.errors import HeaderError
from neophys.formats import formats, get_format
from neophys.testing import CHECKS, check_format

#: Of the index's files of a format, those that are recordings.
SUFFIXES = {
    "micromed": (".trc",),
    "edf": (".edf", ".bdf"),
    "neuralynx": (".ncs", ".nse", ".nst", ".ntt", ".nev"),
    "plexon": (".plx",),
}
#: Formats that only a caller's declaration opens: tests/formats/test_<name>.py holds them.
DECLARED = ("rawbinary",)
#: Formats whose folders are recordings, too.
FOLDERS = ("neuralynx",)
#: What cannot be read, and the field that says why.
REFUSED = {"plexon/buzcode-plexonSDK/ts_freq_zero.plx": "tick_rate"}
#: These are made over all recordings of a format at once.
TOGETHER = ("sniff_exclusive", "recordings_are_independent")


def own(format: str) -> list[Path]:
    files = recordings(format, *SUFFIXES[format])
    refused = {path.rpartition("/")[2] for path in REFUSED}
    files = [path for path in files if path.name not in refused]
    folders = {path.parent for path in files} if format in FOLDERS else set()
    return files + sorted(folders)


def everything() -> list[Any]:
    root = data_root()
    found = [(name, path) for name in SUFFIXES for path in own(name)]
    if root is None or not found:
        why = f"{ABSENT} of any format (set {VARIABLE})"
        return [pytest.param("", None, marks=pytest.mark.skip(reason=why), id="absent")]
    return [pytest.param(n, p, id=f"{n}-{p.relative_to(root).as_posix()}") for n, p in found]


@pytest.mark.parametrize(("format", "path"), everything())
def test_every_recording_keeps_every_promise(format: str, path: Path) -> None:
    checks = [check for check in CHECKS if check not in TOGETHER]
    check_format(get_format(format), [path], checks=checks).raise_if_failed()


@pytest.mark.parametrize("format", SUFFIXES)
def test_a_format_claims_all_its_recordings_and_no_others(format: str) -> None:
    files, root = own(format), data_root()
    if not files or root is None:
        pytest.skip(reason=f"{ABSENT}: any of {format} (set {VARIABLE})")
    others = [root / row["path"] for row in index() if row["format"] != format]
    foreign = [path for path in others if path.is_file()]
    report = check_format(get_format(format), files, foreign=foreign, checks=TOGETHER)
    report.raise_if_failed()
    assert len(foreign) > 100


@pytest.mark.parametrize("path", REFUSED)
def test_what_cannot_be_read_is_refused_by_file_and_field(path: str) -> None:
    with pytest.raises(HeaderError, match=rf"{Path(path).name}: byte \d+: {REFUSED[path]}"):
        neophys.open(recording(path))


def test_no_built_in_format_is_left_out() -> None:
    ours = [f.name for f in formats() if f.scan.__module__.startswith("neophys.formats.")]
    assert sorted(ours) == sorted([*SUFFIXES, *DECLARED])
