"""Samples in fixed-size records; a plain multiplexed array is records of one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.layout import Columns, Plan, Sink

__all__ = ["CHEAP_GAP", "Records", "plain"]

#: Bytes that are cheaper to read along than to skip: records up to this size are read whole.
#: (A pread costs about 1 us, in which 10 to 20 kB are copied.)
CHEAP_GAP = 16 * 1024


@dataclass(frozen=True, eq=False)
class Records:
    """Row *i* of column *c* is at ``offset + (i // rows) * record_bytes + places[c]
    + (i % rows) * step``.

    Attributes
    ----------
    file
        Name in the bundle.
    offset
        Byte of the first record.
    record_bytes, rows
        Size of a record, and how many samples of each column it holds.
    n_samples
        Rows in all (the last record may be partly used).
    places
        (channels,) int64: byte in the record of each column's first sample.
    dtype
        On disk.
    step
        Bytes from a column's sample to its next within a record.
    """

    file: str
    offset: int
    record_bytes: int
    rows: int
    n_samples: int
    places: NDArray[np.int64]
    dtype: np.dtype[Any]
    step: int
    vectorised: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vectorised", self.rows > 1 and self.step == self.dtype.itemsize)

    @property
    def n_channels(self) -> int:
        return len(self.places)

    @property
    def grain(self) -> int:
        return self.rows

    @property
    def order(self) -> str:
        return "channel" if self.vectorised else "time"

    def row_bytes(self, n_columns: int) -> float:
        if self.record_bytes <= CHEAP_GAP or not self.vectorised:
            return self.record_bytes / self.rows
        return float(n_columns * self.dtype.itemsize)

    @cached_property
    def _even(self) -> tuple[int, int] | None:
        """(first place, distance) where all columns lie evenly, else None."""
        places = self.places
        if len(places) < 2:
            return int(places[0]) if len(places) else 0, self.dtype.itemsize
        steps = np.diff(places)
        return (int(places[0]), int(steps[0])) if (steps == steps[0]).all() else None

    def plain_window(
        self, start: int, stop: int, columns: slice
    ) -> tuple[int, int, int, int] | None:
        """The short cut of the engine: (byte, length, place of the first sample, distance).

        A window's samples lie in these bytes; from a column to the next it is `distance`. None
        unless the records are a multiplexed array with evenly spaced columns, some of them asked.
        """
        first, last, step = columns.indices(len(self.places))
        if self.rows != 1 or self._even is None or step != 1 or last <= first:
            return None
        place, distance = self._even
        ends = place + first * distance, place + (last - 1) * distance
        low = min(ends)
        byte = self.offset + start * self.record_bytes + low
        length = (stop - 1 - start) * self.record_bytes + max(ends) + self.dtype.itemsize - low
        return byte, length, ends[0] - low, distance

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        places = self.places[columns]
        k, item = len(places), self.dtype.itemsize
        if k == 0 or stop <= start:
            none = np.empty(0, np.int64)
            return Plan((self.file,), 0, none, none, (start, stop, places))
        r0, r1 = start // self.rows, (stop - 1) // self.rows
        if not self.vectorised or self.record_bytes <= CHEAP_GAP:
            low, high = int(places.min()), int(places.max())
            first = (
                self.offset + r0 * self.record_bytes + low + (start - r0 * self.rows) * self.step
            )
            last = (
                self.offset
                + r1 * self.record_bytes
                + high
                + (stop - 1 - r1 * self.rows) * self.step
            )
            if (
                self.vectorised
            ):  # the columns' parts interleave: take from the lowest byte to the highest
                first = self.offset + r0 * self.record_bytes + low
                first += (start - r0 * self.rows) * item if r0 == r1 or k == 1 else 0
                last = self.offset + r1 * self.record_bytes + high
                last += (stop - 1 - r1 * self.rows if r0 == r1 or k == 1 else self.rows - 1) * item
            one = np.array([first], np.int64)
            return Plan(
                (self.file,),
                0,
                one,
                np.array([last + item - first], np.int64),
                (start, stop, places),
            )
        records = np.arange(r0, r1 + 1, dtype=np.int64)
        low_row = np.maximum(start - records * self.rows, 0)
        high_row = np.minimum(stop - records * self.rows, self.rows)
        base = self.offset + records * self.record_bytes + low_row * item
        offsets = base[:, None] + places[None, :]
        lengths = np.broadcast_to(((high_row - low_row) * item)[:, None], offsets.shape)
        return Plan((self.file,), 0, offsets.ravel(), lengths.ravel(), (start, stop, places))

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        start, stop, places = plan.info
        if len(at) == 0:
            return
        if len(at) == 1:
            shift = int(at[0]) - int(plan.offsets[0])
            self._place_region(start, stop, places, buffer, shift, row, sink)
            return
        shifts = at - plan.offsets
        if (shifts == shifts[0]).all():
            self._place_region(start, stop, places, buffer, int(shifts[0]), row, sink)
            return
        self._place_scattered(start, stop, places, buffer, at, row, sink)

    def _place_region(
        self,
        start: int,
        stop: int,
        places: NDArray[np.int64],
        buffer: NDArray[np.uint8],
        shift: int,
        row: int,
        sink: Sink,
    ) -> None:
        """All ranges came in one region: views across whole records."""
        rows = self.rows
        for first, n_records, low, high in _spans(start, stop, rows):
            base = self.offset + first * self.record_bytes + low * self.step + shift
            out_row = row + first * rows + low - start
            for k0, k1, distance in even_runs(places):
                raw = np.ndarray(
                    (n_records, high - low, k1 - k0),
                    self.dtype,
                    buffer.data,
                    base + int(places[k0]),
                    (self.record_bytes, self.step, distance),
                )
                sink.put(out_row, slice(k0, k1), raw)

    def _place_scattered(
        self,
        start: int,
        stop: int,
        places: NDArray[np.int64],
        buffer: NDArray[np.uint8],
        at: NDArray[np.int64],
        row: int,
        sink: Sink,
    ) -> None:
        """Each record's columns lie where the engine put them: column by column."""
        rows, item, k = self.rows, self.dtype.itemsize, len(places)
        r0 = start // rows
        table = at.reshape(-1, k)
        for first, n_records, low, high in _spans(start, stop, rows):
            out_row = row + first * rows + low - start
            part = table[first - r0 : first - r0 + n_records]
            strides = np.diff(part, axis=0)
            even = (strides == strides[:1]).all(axis=0)
            for column in range(k):
                # One view over all records where they lie evenly in the buffer, else one each.
                step = int(strides[0, column]) if n_records > 1 else 0
                n = n_records if even[column] else 1
                for first_byte in part[::n, column].tolist():
                    raw: NDArray[Any] = np.ndarray(
                        (n, high - low, 1), self.dtype, buffer.data, first_byte, (step, item, item)
                    )
                    sink.put(out_row, slice(column, column + 1), raw)
                    out_row += n * rows
                out_row = row + first * rows + low - start


def plain(
    file: str,
    offset: int,
    n_samples: int,
    n_channels: int,
    dtype: Any,
    *,
    frame_bytes: int | None = None,
    time_axis: int = 0,
) -> Records:
    """A plain array: (time, channel) for ``time_axis=0``, (channel, time) for 1.

    Parameters
    ----------
    file, offset
        Where its first sample lies.
    n_samples, n_channels, dtype
        Its shape and the samples' type on disk.
    frame_bytes
        Bytes from a row to the next where a row is wider than its samples (time_axis 0).
    """
    dtype = np.dtype(dtype)
    item = dtype.itemsize
    if time_axis == 0:
        frame = frame_bytes or n_channels * item
        return Records(
            file,
            offset,
            frame,
            1,
            n_samples,
            np.arange(n_channels, dtype=np.int64) * item,
            dtype,
            frame,
        )
    places = np.arange(n_channels, dtype=np.int64) * (n_samples * item)
    return Records(
        file,
        offset,
        max(n_samples * n_channels * item, 1),
        max(n_samples, 1),
        n_samples,
        places,
        dtype,
        item,
    )


def _spans(start: int, stop: int, rows: int) -> list[tuple[int, int, int, int]]:
    """[start, stop) as (first record, records, first and last row in it): head, whole, tail."""
    r0, low = divmod(start, rows)
    r1, high = divmod(stop, rows)
    if r0 == r1:
        return [(r0, 1, low, high)]
    spans = []
    if low:
        spans.append((r0, 1, low, rows))
        r0 += 1
    if r1 > r0:
        spans.append((r0, r1 - r0, 0, rows))
    if high:
        spans.append((r1, 1, 0, high))
    return spans


def even_runs(places: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Runs [k0, k1) of columns that lie evenly, with their distance in bytes."""
    k = len(places)
    if k == 1:
        return [(0, 1, 0)]
    steps = np.diff(places)
    changes = np.flatnonzero(np.diff(steps)) + 1
    if len(changes) == 0:
        return [(0, k, int(steps[0]))]
    runs, first = [], 0
    for change in [*changes.tolist(), k - 1]:
        if change < first:
            continue
        runs.append((first, change + 1, int(steps[first]) if change > first else 0))
        first = change + 1
    if first < k:
        runs.append((first, k, int(steps[first]) if first < k - 1 else 0))
    return runs
