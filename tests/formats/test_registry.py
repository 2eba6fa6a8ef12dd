"""Formats that a running process is told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import neophys
from neophys.errors import UnknownFormatError
from neophys.formats import get_format, register
from neophys.testing import toy


def test_a_registered_format_is_known_by_name_and_bytes_until_it_is_forgotten(
    tmp_path: Path,
) -> None:
    path = toy.build()[0].write(tmp_path)
    forget = register(toy.FORMAT)
    try:
        assert neophys.identify(path) is get_format("toy") is toy.FORMAT
        assert toy.FORMAT in neophys.list_formats()
        with neophys.open(path) as recording:
            assert recording.format == "toy"
    finally:
        forget()
    with pytest.raises(UnknownFormatError):
        neophys.identify(path)
    with pytest.raises(UnknownFormatError, match="no format 'toy'; there are: micromed, edf"):
        get_format("toy")


def test_the_last_of_a_name_counts_and_gives_way_again() -> None:
    first = get_format("edf")
    mine = replace(first, label="Mine")
    forget = register(mine)
    assert get_format("edf") is mine
    assert [f.label for f in neophys.list_formats() if f.name == "edf"] == ["Mine"]
    forget()
    assert get_format("edf") is first
