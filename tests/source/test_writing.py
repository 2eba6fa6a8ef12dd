"""What is written appears whole, or not at all."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from neophys.errors import AccessError
from neophys.source.writing import replacing


def test_a_file_has_its_name_when_it_is_whole_and_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "a.bin", list[bytes]()
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(path.read_bytes()))
    with replacing(path) as file:
        file.write(b"new")
    assert (seen, path.read_bytes(), list(tmp_path.iterdir())) == ([b"old"], b"new", [path])


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def give_up(file: BinaryIO) -> None:
        file.write(b"new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        give_up(file)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


@pytest.mark.parametrize("name", ["none/a.bin", "folder"])
def test_errors_name_the_file_that_is_wanted(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(AccessError, match=rf"{name}: cannot be written: \w") as caught,
        replacing(tmp_path / name) as file,
    ):
        file.write(b"new")
    assert ".part" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_full_disk_is_said_of_the_file_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"

    def fill(file: BinaryIO) -> None:
        file.write(b"new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with (
        pytest.raises(OSError, match=r"a\.bin: cannot be written: No space left"),
        replacing(path) as file,
    ):
        fill(file)
    assert list(tmp_path.iterdir()) == []


def write(path: Path) -> None:
    with replacing(path) as file:
        file.write(b"new")


def test_a_link_stays_and_the_file_that_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    real, link = tmp_path / "store" / "a.bin", tmp_path / "a.bin"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write(link)
    assert (link.is_symlink(), real.read_bytes()) == (True, b"new")
    assert [*real.parent.iterdir()] == [real]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_who_could_read_the_old_file_can_read_the_new_one(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path)
    assert (path.stat().st_mode & 0o777, path.read_bytes()) == (mode, b"new")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode, or shorter")
@pytest.mark.parametrize("name", ["a" * 255, "\u00e4" * 127, "a\udcff"])
def test_names_may_be_as_long_as_they_can_and_of_any_bytes(name: str, tmp_path: Path) -> None:
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"new"
