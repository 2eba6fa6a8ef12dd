"""NIX files are not lost: by a program that fails, a full disk, or two that write."""

from __future__ import annotations

import errno
import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neophys.errors import HeaderError, NeophysError
from neophys.neo.core import Block
from neophys.neo.io.nixio import NixIO
from neophys.neo.rawio import NIXRawIO

pytest.importorskip("nixio")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "a.nix"
    with NixIO(path, "ow") as file:
        file.write_block(Block(name="old"))
    return path


def names(path: Path) -> list[Any]:
    with NixIO(path, "ro") as file:
        return [block.name for block in file.read_all_blocks()]


def test_a_file_that_nothing_replaced_comes_back(old: Path) -> None:
    file = NixIO(old, "ow")
    assert len([*old.parent.iterdir()]) == 2
    del file
    gc.collect()
    assert (names(old), [*old.parent.iterdir()]) == (["old"], [old])


def _full(_: object) -> None:
    # As HDF5 says it.
    raise RuntimeError(f"file write failed: time = today\n, errno = {errno.ENOSPC}, error ...")


def test_what_did_not_reach_the_disk_replaces_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with NixIO(old, "ow") as file:
        said = rf"a\.nix: cannot be written: {os.strerror(errno.ENOSPC)}"
        with monkeypatch.context() as patched:
            patched.setattr("h5py.h5f.flush", _full)
            with pytest.raises(NeophysError, match=said):
                file.write_block(Block(name="new"))
    assert (names(old), [*old.parent.iterdir()]) == (["old"], [old])


def test_a_file_that_cannot_be_closed_replaces_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = NixIO(old, "ow")
    close = file.nix_file.close

    def fail() -> None:
        close()
        raise RuntimeError("full")

    monkeypatch.setattr(file.nix_file, "close", fail)
    with pytest.raises(RuntimeError, match="full"):
        file.close()
    file.close()
    assert (names(old), [*old.parent.iterdir()]) == (["old"], [old])


def test_a_file_that_another_writes_is_not_replaced(old: Path) -> None:
    with NixIO(old, "rw") as one:
        with pytest.raises(NeophysError, match="is open for writing elsewhere"):
            NixIO(old, "ow")
        one.write_block(Block(name="more"))
    assert names(old) == ["old", "more"]


@pytest.mark.parametrize(
    "value", [{1: "a", "1": "b"}, [{2.0: 1}], np.ma.array([1, 2], mask=[False, True]),
              np.zeros(2, [("a", "i4")])],
)  # fmt: skip
def test_what_would_come_back_as_something_else_is_refused(value: Any, old: Path) -> None:
    block = Block(name="new")
    block.annotations["x"] = value
    with (
        NixIO(old, "rw") as file,
        pytest.raises(ValueError, match="annotation 'x': NIX files hold"),
    ):
        file.write_block(block)
    assert names(old) == ["old"]


def test_a_damaged_file_is_closed_by_the_raw_reader(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise OverflowError

    monkeypatch.setattr("neophys.neo.rawio.nixrawio._block", fail)
    reader = NIXRawIO(old)
    with pytest.raises(HeaderError, match="OverflowError"):
        reader.parse_header()
    assert not reader.file.is_open()


def test_parsing_again_leaves_no_file_open(old: Path) -> None:
    reader = NIXRawIO(old)
    reader.parse_header()
    first = reader.file
    reader._parse_header()
    assert not first.is_open()
    reader.file.close()
