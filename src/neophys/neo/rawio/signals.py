"""Samples of one of Neo's streams in one of its segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import OutOfRangeError
from neophys.kernels import Calibration, decode
from neophys.layout import Columns
from neophys.reading.samples import Samples

__all__ = ["Direct", "SampleRangeError", "StreamSamples", "columns_asked", "rows_asked"]

_ALL = slice(None)


class SampleRangeError(OutOfRangeError, ValueError):
    """Samples outside a segment: Neo's readers raise one or the other of the two."""


def rows_asked(i_start: int | None, i_stop: int | None, n_samples: int) -> tuple[int, int]:
    """[start, stop) for what a caller gave; None is a limit, 0 is 0.

    Raises SampleRangeError unless ``0 <= start <= stop <= n_samples``.
    """
    start = 0 if i_start is None else index(i_start)
    stop = n_samples if i_stop is None else index(i_stop)
    if not 0 <= start <= stop <= n_samples:
        raise SampleRangeError(
            f"samples [{start}, {stop}) asked for, the segment holds [0, {n_samples})"
        )
    return start, stop


def columns_asked(chosen: Any, n_channels: int) -> tuple[Columns, bool]:
    """Columns for a choice as NumPy takes it, and whether it is a single one, without an axis."""
    if chosen is None:
        return _ALL, False
    if isinstance(chosen, slice):
        first, last, step = chosen.indices(n_channels)
        if step == 1:
            return slice(first, max(first, last)), False
    columns: NDArray[np.int64] = np.arange(n_channels, dtype=np.int64)[chosen]
    return np.atleast_1d(columns), np.ndim(columns) == 0


class StreamSamples:
    """The columns of one or several :class:`~neophys.reading.samples.Samples`, side by side.

    Parameters
    ----------
    parts
        Each with the columns of it that are this stream's; None: all.
    """

    def __init__(self, parts: Sequence[tuple[Samples, NDArray[np.int64] | None]]) -> None:
        self._samples = [samples for samples, _ in parts]
        self._columns = [columns for _, columns in parts]
        widths = [s.n_channels if c is None else len(c) for s, c in parts]
        self._edges = np.cumsum([0, *widths])
        self.n_channels = int(self._edges[-1])
        self.n_samples = self._samples[0].n_samples
        self.dtype = np.result_type(*(samples.dtype for samples in self._samples))
        self._simple = len(parts) == 1 and parts[0][1] is None

    def raw(self, start: int, stop: int, columns: Columns = _ALL) -> NDArray[Any]:
        """(stop - start, k) samples as stored; read-only where they are not copied."""
        rows = self._rows(start, stop)
        if rows is not None:
            return rows[:, columns]
        if self._simple:
            return self._samples[0].raw(start, stop, columns)
        return self._gather(
            start,
            stop,
            columns,
            self.dtype,
            lambda s, own, at, out: s.raw(start, stop, own, out=out),
        )

    def physical(
        self, start: int, stop: int, columns: Columns, calibration: Calibration, dtype: Any
    ) -> NDArray[Any]:
        """(stop - start, k) values by a calibration of the k columns."""
        rows = None if isinstance(columns, slice) else self._rows(start, stop)
        if rows is not None:
            raw = rows[:, columns]
            values = np.empty(raw.shape, dtype)
            decode(raw[:, None], values[:, None], calibration)
            return values
        if self._simple:
            return self._samples[0].physical(
                start, stop, columns, calibration=calibration, dtype=dtype
            )
        return self._gather(
            start,
            stop,
            columns,
            np.dtype(dtype),
            lambda s, own, at, out: s.physical(
                start, stop, own, calibration=calibration.columns(at), out=out
            ),
        )

    def _rows(self, start: int, stop: int) -> NDArray[Any] | None:
        return self._samples[0].stored(start, stop) if self._simple else None

    def _gather(
        self,
        start: int,
        stop: int,
        columns: Columns,
        dtype: np.dtype[Any],
        read: Callable[[Samples, Columns, Columns, NDArray[Any]], Any],
    ) -> NDArray[Any]:
        """Read each part's columns into their places; one part needs no places."""
        if isinstance(columns, slice):
            columns = np.arange(self.n_channels, dtype=np.int64)[columns]
        shape = (len(columns), stop - start)
        by_channel = self._samples[0].order == "channel"
        out = np.empty(shape, dtype).T if by_channel else np.empty(shape[::-1], dtype)
        for i, samples in enumerate(self._samples):
            low, high = self._edges[i], self._edges[i + 1]
            own = self._columns[i]
            at = np.flatnonzero((columns >= low) & (columns < high))
            if not len(at):
                continue
            inner = columns[at] - low
            inner = inner if own is None else own[inner]
            if len(at) == at[-1] - at[0] + 1:
                place = slice(int(at[0]), int(at[-1]) + 1)
                read(samples, _as_slice(inner), place, out[:, place])
            else:
                part = np.empty((stop - start, len(at)), dtype)
                read(samples, _as_slice(inner), at, part)
                out[:, at] = part
        return out


def _as_slice(columns: NDArray[np.int64]) -> Columns:
    if len(columns) and (np.diff(columns) == 1).all():
        return slice(int(columns[0]), int(columns[-1]) + 1)
    return columns


class Direct:
    """A stream of a segment with the header's calibration: what a proxy's load reads through.

    The header's gains and offsets are people's to edit: each call compares them with those that
    the calibration was made of, bit for bit.

    Parameters
    ----------
    samples
        Of the stream in the segment.
    channels
        Structured array of the header, all rows.
    rows
        Which of them are the stream's.
    dtype
        Of the values: float32 or float64.
    """

    def __init__(
        self, samples: StreamSamples, channels: NDArray[Any], rows: NDArray[np.int64], dtype: str
    ) -> None:
        self.samples, self.channels, self.dtype = samples, channels, dtype
        self._rows = rows
        self._gains, self._offsets = channels["gain"], channels["offset"]
        self._made: tuple[tuple[bytes, bytes], Calibration] | None = None

    def calibration(self) -> Calibration:
        """Of all columns, as the header has it now: the same object until somebody edits it."""
        now = self._gains.tobytes(), self._offsets.tobytes()
        made = self._made
        if made is None or made[0] != now:
            made = now, Calibration(self._gains[self._rows], self._offsets[self._rows])
            self._made = made
        return made[1]

    def rescaled(self, raw: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Physical values of (samples, channels) raw ones of all channels."""
        values = np.empty_like(raw, dtype, subok=False)
        decode(raw[:, None], values[:, None], self.calibration())
        return values
