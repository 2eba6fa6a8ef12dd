"""Samples in runs of unequal length anywhere in a file, found through an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.kernels import gather_runs
from neophys.layout import Columns, Plan, Sink, column_indexes

__all__ = ["Runs"]


@dataclass(frozen=True, eq=False)
class Runs:
    """Rows [first[r], first[r + 1]) of column *c* lie one after the other from byte pos[r, c] on.

    One index serves all channels whose runs have equal lengths; channels whose runs differ are
    put beside each other by :class:`~neophys.layout.stack.Stack`.

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
        chosen = column_indexes(columns, self.n_channels)
        item = self.dtype.itemsize
        if stop <= start or len(chosen) == 0:
            none = np.empty(0, np.int64)
            return Plan((self.file,), 0, none, none, (none, none, 0, 0))
        r0 = int(np.searchsorted(self.first, start, "right")) - 1
        r1 = int(np.searchsorted(self.first, stop, "left"))
        low = np.maximum(self.first[r0:r1], start)
        counts = np.minimum(self.first[r0 + 1 : r1 + 1], stop) - low
        skipped = (low - self.first[r0:r1]) * item
        offsets = self.positions[r0:r1][:, chosen] + skipped[:, None]
        lengths = np.broadcast_to((counts * item)[:, None], offsets.shape)
        info = (low - start, counts, stop - start, len(chosen))
        return Plan((self.file,), 0, offsets.ravel(), lengths.ravel(), info)

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        rows, counts, n_rows, k = plan.info
        if len(at) == 0:
            return
        # Gathered into one dense tile, channel by channel as the runs lie, and shown at once.
        dense = np.empty((k, n_rows), self.dtype)
        columns = np.tile(np.arange(k, dtype=np.int64), len(rows))
        gather_runs(buffer, at, np.repeat(counts, k), np.repeat(rows, k), columns, dense.T)
        sink.put(row, slice(0, k), dense.T[None])
