"""The choice of a class by a file's or folder's name: every way it can go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neophys import neo
from neophys.neo import rawio
from neophys.neo.io import get_io, io_by_extension, list_candidate_ios


def names(classes: Any) -> list[str]:
    return [cls.__name__ for cls in classes]


def touch(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


# Names


@pytest.mark.parametrize("name", ["a.TRC", "a.trc", "a.b.trc", "a.plx.trc"])
@pytest.mark.parametrize("place", ["", "none/"])
@pytest.mark.parametrize("there", [True, False])
def test_the_last_suffix_of_a_file_counts(
    name: str, place: str, there: bool, tmp_path: Path
) -> None:
    path = tmp_path / place / name
    if there:
        touch(tmp_path, place + name)
    assert names(list_candidate_ios(str(path))) == ["MicromedIO"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.xyz", "no reader for names that end in 'xyz'$"),
        ("a", "no reader for names that end in ''"),
        ("none/a", "no reader for names that end in ''"),
        ("a.pkl", "'pkl'; PickleIO does, asked by name$"),
        ("a.kwik", "'kwik'; not built yet: KwikIO$"),
    ],
)
def test_a_name_that_nothing_reads_is_said(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        list_candidate_ios(tmp_path / name)


def test_the_beginning_of_names_finds_the_files(tmp_path: Path) -> None:
    touch(tmp_path, "one-1.trc", "one-1.plx", "one-2.trc", "two.edf")
    assert names(list_candidate_ios(tmp_path / "one")) == ["MicromedIO", "PlexonIO"]
    assert names(list_candidate_ios(tmp_path / "two")) == ["EDFIO"]


@pytest.mark.parametrize("name", ["rat[1]", "a*", "what?", "x**y", "[", "\u00e4\u4e2d"])
def test_no_character_of_a_name_means_something_else(name: str, tmp_path: Path) -> None:
    touch(tmp_path, f"{name}.trc", "rat1.plx", "ab.plx", "whats.plx", "xzzy.plx")
    assert names(list_candidate_ios(tmp_path / name)) == ["MicromedIO"]


def test_bytes_that_are_no_text_may_stand_in_names(tmp_path: Path) -> None:
    path = tmp_path / "a\udcff.trc"
    try:
        path.touch()
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only Unicode")
    assert names(list_candidate_ios(path)) == names(list_candidate_ios(tmp_path)) == ["MicromedIO"]
    with pytest.raises(OSError, match="no reader opens"):
        get_io(path)


# Folders


def test_what_is_for_most_files_of_a_folder_comes_first(tmp_path: Path) -> None:
    touch(tmp_path, "a.edf", "below/b.trc", "below/deeper/c.TRC", "README.md", "set.ini", "noise")
    assert names(list_candidate_ios(tmp_path)) == ["MicromedIO", "EDFIO"]
    assert names(list_candidate_ios(tmp_path, ["*.TRC", "*.trc"])) == ["EDFIO"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "no reader for the names of the files there$"),
        (["README.txt"], "files there$"),
        (["a.xyz", "b"], "files there$"),
        (["a.xyz", "b.kwik"], "not built yet: KwikIO$"),
    ],
)
def test_a_folder_that_nothing_reads_is_said(files: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        list_candidate_ios(touch(tmp_path, *files))


def test_the_table_of_suffixes_is_of_the_list() -> None:
    assert {cls for classes in io_by_extension.values() for cls in classes} == {
        cls for cls in neo.iolist if cls.__name__ != "PickleIO"
    }


# Opening


def test_the_first_that_opens_it_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1\t2\n")
    assert names(list_candidate_ios(path)) == ["AsciiSignalIO", "AsciiSpikeTrainIO"]
    assert type(get_io(path)) is neo.io.AsciiSignalIO
    assert get_io(path, delimiter=",").delimiter == ","
    # What the first one refuses, the next one may take; here none knows the argument.
    with pytest.raises(OSError, match=r"AsciiSignalIO: .*colour.*; AsciiSpikeTrainIO: .*colour"):
        get_io(path, colour="red")


def test_what_would_read_anything_is_taken_with_arguments_only(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    np.arange(6, dtype="i2").tofile(path)
    with pytest.raises(OSError, match="RawBinarySignalIO: say what it holds"):
        get_io(path)
    io = get_io(path, nb_channel=3)
    assert type(io) is neo.io.RawBinarySignalIO
    assert io.nb_channel == 3
    assert type(get_io(path, "int16")) is neo.io.RawBinarySignalIO


def test_what_each_one_said_is_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "a.plx").write_bytes(b"no recording" * 99)
    with pytest.raises(OSError, match=r"no reader opens .*a\.plx: PlexonIO: a\.plx"):
        get_io(tmp_path / "a.plx")
    with pytest.raises(ValueError, match="xyz"):
        get_io(tmp_path / "a.xyz")


# Raw classes


@pytest.mark.parametrize(
    ("files", "one", "every"),
    [
        (["a.TRC"], "MicromedRawIO", ["MicromedRawIO"]),
        (["a.TRC", "b.trc", "c"], "MicromedRawIO", ["MicromedRawIO"]),
        (["a.TRC", "b.plx"], None, ["PlexonRawIO", "MicromedRawIO"]),
        (["a.ncs", "b.nev", "c.plx"], None, ["NeuralynxRawIO", "PlexonRawIO"]),
        (["a.xyz", "below/a.trc"], None, []),
        ([], None, []),
    ],
)
def test_raw_classes_of_a_folder(
    files: list[str], one: str | None, every: list[str], tmp_path: Path
) -> None:
    found = rawio.get_rawio(touch(tmp_path, *files))
    assert (found and found.__name__) == one
    assert names(rawio.get_rawio(tmp_path, exclusive_rawio=False)) == every


@pytest.mark.parametrize(
    ("name", "one", "every"),
    [
        ("none/a.Trc", "MicromedRawIO", ["MicromedRawIO"]),
        ("a.xyz", None, []),
        ("a", None, []),
    ],
)
def test_raw_classes_of_a_name(name: str, one: str | None, every: list[str]) -> None:
    found = rawio.get_rawio(name)
    assert (found and found.__name__) == one
    assert names(rawio.get_rawio(name, exclusive_rawio=False)) == every


def test_the_older_name_says_so() -> None:
    with pytest.warns(DeprecationWarning, match="get_rawio"):
        assert rawio.get_rawio_class("a.trc") is rawio.MicromedRawIO
