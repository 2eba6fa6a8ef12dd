"""Layouts side by side."""

from __future__ import annotations

from neophys.layout.records import plain
from neophys.layout.stack import stack


def test_one_column_costs_what_must_be_read_for_it() -> None:
    """What a row costs bounds the memory of a read: 100 channels lie together in each file."""
    whole = stack([plain(name, 0, 1000, 100, "<i2") for name in "ab"])
    assert whole.row_bytes(1) == 200
    assert whole.row_bytes(200) == 400
    assert whole.row_bytes(0) == 0
    files = stack([plain(str(i), 0, 1000, 1, "<i2") for i in range(50)])
    assert [files.row_bytes(n) for n in (1, 7, 50)] == [2, 14, 100]
