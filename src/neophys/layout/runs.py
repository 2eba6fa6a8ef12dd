"""Samples in runs of unequal length anywhere in a file, found through an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.kernels import gather_runs
from neophys.layout import Columns, Plan, Sink, column_indexes

__all__ = ["Runs", "UnevenRuns"]


@dataclass(frozen=True, eq=False)
class Runs:
    """Rows [first[r], first[r + 1]) of column *c* lie one after the other from byte pos[r, c] on.

    One index serves all channels whose runs have equal lengths; for others see
    :class:`UnevenRuns`.

    Attributes
    ----------
    file
        Name in the bundle.
    positions
        (runs, channels) int64 bytes.
    first
        (runs + 1,) int64: the row at which each run begins, then the number of rows.
    dtype
        On disk.
    """

    file: str
    positions: NDArray[np.int64]
    first: NDArray[np.int64]
    dtype: np.dtype[Any]

    @property
    def n_samples(self) -> int:
        return int(self.first[-1])

    @property
    def n_channels(self) -> int:
        return int(self.positions.shape[1])

    @property
    def grain(self) -> int:
        return 1

    @property
    def order(self) -> str:
        return "channel"

    def row_bytes(self, n_columns: int) -> float:
        return float(n_columns * self.dtype.itemsize)

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        if stop <= start:
            return _nothing(self.file)
        item = self.dtype.itemsize
        r0 = int(self.first.searchsorted(start, "right")) - 1
        r1 = int(self.first.searchsorted(stop, "left"))
        first = self.first[r0 : r1 + 1]
        low = np.maximum(first[:-1], start)
        counts = np.minimum(first[1:], stop) - low
        offsets = self.positions[r0:r1, columns] + ((low - first[:-1]) * item)[:, None]
        k = offsets.shape[1]
        of = np.broadcast_to(np.arange(k, dtype=np.int64), offsets.shape).ravel()
        counts = counts.repeat(k)
        info = ((low - start).repeat(k), counts, of, stop - start, k)
        return Plan((self.file,), 0, offsets.ravel(), counts * item, info)

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        _gather(plan, buffer, at, row, sink, self.dtype)


@dataclass(frozen=True, eq=False)
class UnevenRuns:
    """Runs whose lengths differ from channel to channel: one index through all of them.

    The channels' rows are counted one channel after the other: row *i* of column *c* is
    number ``c * n_samples + i``, and numbers [bounds[r], bounds[r + 1]) lie one after the other
    from byte positions[r] on. So one bisection finds the runs of all columns.

    Attributes
    ----------
    file
        Name in the bundle.
    positions
        (runs,) int64 bytes, channel after channel; no run goes on into the next channel.
    bounds
        (runs + 1,) int64, rising; the last is ``n_channels * n_samples``.
    n_channels
        At least one.
    dtype
        On disk.
    """

    file: str
    positions: NDArray[np.int64]
    bounds: NDArray[np.int64]
    n_channels: int
    dtype: np.dtype[Any]

    @property
    def n_samples(self) -> int:
        return int(self.bounds[-1]) // self.n_channels

    @property
    def grain(self) -> int:
        return 1

    @property
    def order(self) -> str:
        return "channel"

    def row_bytes(self, n_columns: int) -> float:
        return float(n_columns * self.dtype.itemsize)

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        if stop <= start:
            return _nothing(self.file)
        item = self.dtype.itemsize
        before = column_indexes(columns, self.n_channels) * self.n_samples
        r0 = self.bounds.searchsorted(before + start, "right") - 1
        n_runs = self.bounds.searchsorted(before + stop, "left") - r0
        of = np.arange(len(before), dtype=np.int64).repeat(n_runs)
        run = np.arange(len(of)) + (r0 - (n_runs.cumsum() - n_runs))[of]
        first = self.bounds[run] - before[of]
        low = np.maximum(first, start)
        counts = np.minimum(self.bounds[run + 1] - before[of], stop) - low
        offsets = self.positions[run] + (low - first) * item
        info = (low - start, counts, of, stop - start, len(before))
        return Plan((self.file,), 0, offsets, counts * item, info)

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        _gather(plan, buffer, at, row, sink, self.dtype)


def _nothing(file: str) -> Plan:
    none = np.empty(0, np.int64)
    return Plan((file,), 0, none, none, None)


def _gather(
    plan: Plan,
    buffer: NDArray[np.uint8],
    at: NDArray[np.int64],
    row: int,
    sink: Sink,
    dtype: np.dtype[Any],
) -> None:
    """Gather the runs into one dense tile, channel by channel as they lie, and show it at once."""
    if len(at) == 0:
        return
    rows, counts, columns, n_rows, k = plan.info
    dense = np.empty((k, n_rows), dtype)
    gather_runs(buffer, at, counts, rows, columns, dense.T)
    sink.put(row, slice(0, k), dense.T[None])
