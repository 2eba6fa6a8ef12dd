"""WHERE SAMPLES LIE. A layout plans byte ranges and places bytes; it does no I/O.

The engine (:mod:`neophys.reading.engine`) asks each layout for a :class:`Plan`, merges and
fetches the ranges of all plans of a call into one buffer, and hands that buffer back to
:meth:`Layout.place`, which shows every sample to a :class:`Sink` as a strided view in disk byte
order. So a layout never copies, never converts and never opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["INT24", "Columns", "Layout", "Plan", "Sink", "column_indexes"]

#: 24-bit two's complement, little-endian: NumPy has no such number, so three opaque bytes stand
#: for it.
INT24 = np.dtype("V3")

#: A choice of columns: a slice with step 1, or (k,) int64 indexes in any order, repeats allowed.
Columns: TypeAlias = "slice | NDArray[np.int64]"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The byte ranges that a read needs.

    Attributes
    ----------
    files
        Names in the bundle.
    file
        (n,) int32, each range's index in `files`; or one int for all.
    offsets, lengths
        (n,) int64 bytes. Ranges may touch or overlap; the engine merges.
    info
        What the layout's own ``place`` needs to know again.
    """

    files: tuple[str, ...]
    file: NDArray[np.int32] | int
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    info: Any


class Sink(Protocol):
    """Where placed bytes become numbers: the only such place (:mod:`neophys.reading.sinks`)."""

    @property
    def threads(self) -> bool:
        """Whether several threads may show it different rows at a time."""
        ...

    def put(self, row: int, columns: Columns, raw: NDArray[Any]) -> None:
        """Take samples.

        Parameters
        ----------
        row
            Output row of the first sample.
        columns
            Output columns, as many as the last axis of `raw`.
        raw
            Strided view (records, rows, columns) of a buffer, in disk byte order:
            ``raw[i, j, k]`` belongs to row ``row + i * raw.shape[1] + j``.
        """
        ...


@runtime_checkable
class Layout(Protocol):
    """Where sample *i* of column *c* lies. Frozen plain data."""

    @property
    def n_samples(self) -> int: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def dtype(self) -> np.dtype[Any]:
        """On disk, byte order included; :data:`INT24` for 24 bit."""
        ...

    @property
    def grain(self) -> int:
        """Rows at whose multiples a cut costs nothing (a record's length, or 1)."""
        ...

    @property
    def order(self) -> str:
        """``"time"`` where a row's samples lie together, ``"channel"`` where a column's do."""
        ...

    def row_bytes(self, n_columns: int) -> float:
        """Bytes that a row of `n_columns` costs to read, on the average: sizes the tiles."""
        ...

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        """The ranges for rows [start, stop) of `columns`; limits were checked by the caller."""
        ...

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        """Show the samples of `plan` to `sink`, the first at output row `row`.

        `at` holds the position in `buffer` of each range of the plan.
        """
        ...


def column_indexes(columns: Columns, n_channels: int) -> NDArray[np.int64]:
    """`columns` as (k,) int64 indexes."""
    if isinstance(columns, slice):
        return np.arange(n_channels, dtype=np.int64)[columns]
    return columns
