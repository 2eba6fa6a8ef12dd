"""The time axis of samples in pieces: from rows to seconds and back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Piece, Stream

__all__ = ["Axis"]


class Axis:
    """When the rows of a stream's pieces were sampled. Pieces without samples play no part.

    Selections are ranges of rows with step 1. Time to row is the nearest, ties to even; windows are
    half-open.

    Attributes
    ----------
    rate
        Hz; 0 where it is unknown: all times are NaN then.
    gaps
        Rows that do not follow the one before in time, by half a sample or more.
    """

    def __init__(self, stream: Stream, pieces: Sequence[Piece]) -> None:
        self.rate = stream.sampling_rate
        ends = list(accumulate(piece.n_samples for piece in pieces))
        filled = [i for i, piece in enumerate(pieces) if piece.n_samples]
        sizes = np.array([pieces[i].n_samples for i in filled], np.int64)
        ticks = np.array([pieces[i].start_tick for i in filled], np.int64)
        self._ends = [ends[i] for i in filled]
        self._firsts = [ends[i] - pieces[i].n_samples for i in filled]
        self._first_rows = np.array(self._firsts, np.int64)
        self._starts = np.asarray(stream.clock.seconds(ticks), np.float64)
        self._begins = self._starts.tolist()
        off = np.diff(self._starts) * self.rate - sizes[:-1]
        self.gaps: list[int] = self._first_rows[1:][np.abs(off) >= 0.5].tolist()
        self._clash = bool(self._clashes(self._starts, sizes).any())

    def times(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Seconds of `rows` on the recording's clock."""
        if not len(rows):
            return np.empty(0)
        if self.rate <= 0:
            return np.full(len(rows), np.nan)
        piece = np.searchsorted(self._first_rows, rows, side="right") - 1
        return np.asarray(self._starts[piece] + (rows - self._first_rows[piece]) / self.rate)

    def time(self, row: int) -> float:
        """Seconds of one row."""
        if self.rate <= 0:
            return float("nan")
        piece = bisect_right(self._firsts, row) - 1
        start: float = self._begins[piece]
        return start + (row - self._firsts[piece]) / self.rate

    def overlaps(self, rows: range) -> bool:
        """Whether a time means several of `rows`: a piece begins before another one's end."""
        first, last = self._pieces(rows)
        if not self._clash or first == last:
            return False
        lows = np.maximum(self._first_rows[first : last + 1], rows.start)
        highs = np.minimum(self._ends[first : last + 1], rows.stop)
        return bool(self._clashes(self.times(lows), highs - lows).any())

    def window(self, start: float | None, stop: float | None, rows: range) -> range:
        """Those of `rows` in [start, stop); None is the end of `rows`."""
        begin, end = rows.start, rows.stop
        piece = self._pieces(rows)[0]
        if start is not None:
            piece, begin = self._place(start, rows)
        if stop is not None:
            last_piece, end = self._place(stop, rows)
            if piece == last_piece:
                # Equal windows have equal lengths, wherever they begin.
                asked = stop - (self.time(begin) if start is None else start)
                end = begin + round(asked * self.rate)
            end = self._clamped(last_piece, end, rows)
        begin = self._clamped(piece, begin, rows)
        return range(begin, max(begin, end))

    def nearest(self, time: float, rows: range) -> int:
        """The one of `rows` that was sampled nearest to `time`; of two the earlier."""
        piece, row = self._place(time, rows)
        low, high = max(self._firsts[piece], rows.start), min(self._ends[piece], rows.stop)
        if row < high or high == rows.stop:
            return min(max(row, low), high - 1)
        # Past the piece's end: the next one's first sample may be nearer than its last.
        return min(high - 1, high, key=lambda r: abs(self.time(r) - time))

    def _clashes(self, starts: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pieces begin half a sample or more before the end of one ahead of them."""
        if self.rate <= 0 or len(starts) < 2:
            return np.zeros(0, np.bool_)
        ends = np.maximum.accumulate(starts + sizes / self.rate)
        return np.asarray((starts[1:] - ends[:-1]) * self.rate <= -0.5)

    def _pieces(self, rows: range) -> tuple[int, int]:
        """The first and the last piece that `rows` (not empty) lie in."""
        return (
            bisect_right(self._firsts, rows.start) - 1,
            bisect_right(self._firsts, rows.stop - 1) - 1,
        )

    def _place(self, time: float, rows: range) -> tuple[int, int]:
        """The last piece of `rows` that has begun at `time`, and the row nearest to it.

        Counted on from the piece's first row: it may lie before the piece, or past its end.
        """
        first, last = self._pieces(rows)
        piece = max(first, bisect_right(self._begins, time, first, last + 1) - 1)
        # To the nearest sample: one that begins within half a sample has begun.
        while piece < last and round((time - self._begins[piece + 1]) * self.rate) >= 0:
            piece += 1
        return piece, self._firsts[piece] + round((time - self._begins[piece]) * self.rate)

    def _clamped(self, piece: int, row: int, rows: range) -> int:
        row = min(max(row, self._firsts[piece]), self._ends[piece])
        return min(max(row, rows.start), rows.stop)
