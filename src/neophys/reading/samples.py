"""A stream's samples in some pieces, as arrays: what every face above reads through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.contents import Piece, Stream
from neophys.kernels import Calibration, decode, decode_bytes
from neophys.layout import Columns
from neophys.layout.records import Records
from neophys.reading.axis import Axis
from neophys.reading.engine import Progress, Span, read
from neophys.reading.sinks import Physical, Raw, WindowSum, native, physical_dtype
from neophys.source.bundle import Bundle

__all__ = ["Samples"]

_ALL = slice(None)


class Samples:
    """Samples of one stream, in the pieces given, one after the other.

    Rows count stored samples; `axis` knows when they were sampled. Limits are checked by the caller
    (``0 <= start <= stop <= n_samples``). Columns are a slice with step 1, or (k,) int64 indexes in
    any order.

    Attributes
    ----------
    n_samples, n_channels
        Shape of the whole.
    dtype
        Of :meth:`raw`: native byte order, int32 for 24 bit.
    float_dtype
        Of :meth:`physical` unless asked otherwise: float32 for up to 24 bits, which it holds
        exactly; float64 for wider samples.
    calibration
        Of all channels, in the file's units.
    first_rows
        Row at which each piece begins, then `n_samples`.
    """

    def __init__(self, bundle: Bundle, stream: Stream, pieces: Sequence[Piece]) -> None:
        self.bundle, self.stream, self.pieces = bundle, stream, tuple(pieces)
        self.first_rows = (0, *accumulate(piece.n_samples for piece in self.pieces))
        self.n_samples = self.first_rows[-1]
        self.n_channels = len(stream.channels)
        self.dtype = native(stream.dtype)
        self.float_dtype = physical_dtype(stream.dtype)
        self.calibration = Calibration(stream.channels["gain"], stream.channels["offset"])
        orders = {piece.layout.order for piece in self.pieces}
        self.order = orders.pop() if len(orders) == 1 else "time"

    @cached_property
    def axis(self) -> Axis:
        """From rows to seconds and back."""
        return Axis(self.stream, self.pieces)

    def raw(
        self,
        start: int,
        stop: int,
        columns: Columns = _ALL,
        *,
        out: NDArray[Any] | None = None,
        order: str | None = None,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """(stop - start, k) samples as stored, in native byte order."""
        if out is None:
            out = self.empty(stop - start, columns, self.dtype, order)
        read(self.bundle, self._spans(start, stop, 0), columns, Raw(out), progress)
        return out

    def stored(self, start: int, stop: int) -> NDArray[Any] | None:
        """All columns of a small window, without a copy: the bytes that were read, read-only.

        None where the samples are not one multiplexed array of native numbers, or are many.
        """
        if self._plain is None or stop <= start:
            return None
        layout, row0 = self._plain
        length = (stop - start) * layout.record_bytes
        if length > self.bundle.tile_bytes:
            return None
        offset = layout.offset + (row0 + start) * layout.record_bytes
        data = self.bundle.source(layout.file).read(offset, length)
        if type(data) is not bytes:  # somebody's own buffer, or a map: it may change or go
            return None
        return np.frombuffer(data, layout.dtype).reshape(stop - start, -1)

    @cached_property
    def _plain(self) -> tuple[Records, int] | None:
        """(layout, first row) of a stream that :meth:`stored` can show."""
        layout = self.pieces[0].layout if len(self.pieces) == 1 else None
        if not isinstance(layout, Records) or layout.rows != 1 or layout.dtype != self.dtype:
            return None
        places = np.arange(self.n_channels) * layout.dtype.itemsize
        whole = layout.record_bytes == self.n_channels * layout.dtype.itemsize
        if not layout.dtype.isnative or not whole or not np.array_equal(layout.places, places):
            return None
        return layout, self.pieces[0].row0

    def physical(
        self,
        start: int,
        stop: int,
        columns: Columns = _ALL,
        *,
        calibration: Calibration | None = None,
        dtype: DTypeLike | None = None,
        out: NDArray[Any] | None = None,
        order: str | None = None,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """(stop - start, k) physical values.

        Parameters
        ----------
        calibration
            Of the k columns; None: the stream's own.
        dtype
            float32 or float64; None: `float_dtype`.
        out
            Array of that shape to fill, any strides, float32 or float64.
        order
            ``"time"`` (rows together), ``"channel"`` (columns together), None: as in the file.
        progress
            Told after every tile.
        """
        if calibration is None:
            calibration = self.calibration.columns(columns)
        if out is None:
            kind = self.float_dtype if dtype is None else np.dtype(dtype)
            out = self.empty(stop - start, columns, kind, order)
        if not self._short_cut(start, stop, columns, out, calibration):
            sink = Physical(out, calibration)
            read(self.bundle, self._spans(start, stop, 0), columns, sink, progress)
        elif progress:
            progress(stop - start, stop - start)
        return out

    def windows(
        self,
        starts: Sequence[int],
        length: int,
        columns: Columns = _ALL,
        *,
        calibration: Calibration | None = None,
        dtype: DTypeLike | None = None,
    ) -> NDArray[Any]:
        """(n, length, k) physical values of windows of equal length, in one fetch."""
        kind = self.float_dtype if dtype is None else np.dtype(dtype)
        out = self.empty(len(starts) * length, columns, kind, "time")
        sink = Physical(out, calibration or self.calibration.columns(columns))
        read(self.bundle, self._window_spans(starts, length), columns, sink)
        return out.reshape(len(starts), length, out.shape[1])

    def sum_windows(
        self,
        starts: Sequence[int],
        length: int,
        columns: Columns = _ALL,
        *,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """(length, k) sum of raw samples over windows: int64, exact; float64 for float samples."""
        kind = np.float64 if self.dtype.kind == "f" else np.int64
        total = np.zeros((length, self._width(columns)), kind)
        spans = self._window_spans(starts, length)
        read(self.bundle, spans, columns, WindowSum(total), progress)
        return total

    def piece_at(self, row: int) -> int:
        """The index of the piece that holds `row`."""
        return bisect_right(self.first_rows, row, 0, len(self.pieces)) - 1

    def _short_cut(
        self, start: int, stop: int, columns: Columns, out: NDArray[Any], calibration: Calibration
    ) -> bool:
        """A small window of one plain multiplexed piece: one read, one kernel, no plan."""
        if not isinstance(columns, slice) or stop <= start:
            return False
        number = 0 if len(self.pieces) == 1 else self.piece_at(start)
        if stop > self.first_rows[number + 1]:
            return False
        piece = self.pieces[number]
        layout = piece.layout
        if not isinstance(layout, Records):
            return False
        row = piece.row0 + start - self.first_rows[number]
        window = layout.plain_window(row, row + stop - start, columns)
        if window is None or window[1] > self.bundle.tile_bytes:
            return False
        byte, length, place, distance = window
        data = self.bundle.source(layout.file).read(byte, length)
        k = out.shape[1]
        item = layout.dtype.itemsize
        if distance == item and length == out.size * item:
            decode_bytes(data, layout.dtype, out, calibration)
            return True
        strides = layout.record_bytes, layout.record_bytes, distance
        raw: NDArray[Any] = np.ndarray((stop - start, 1, k), layout.dtype, data, place, strides)
        decode(raw, out[:, None], calibration)
        return True

    def _spans(self, start: int, stop: int, row: int) -> list[Span]:
        spans = []
        number = self.piece_at(start) if start < stop else 0
        while start < stop:
            piece, first = self.pieces[number], self.first_rows[number]
            end = min(stop, self.first_rows[number + 1])
            here = piece.row0 + start - first
            spans.append(Span(piece.layout, here, here + end - start, row))
            row += end - start
            start = end
            number += 1
        return spans

    def _window_spans(self, starts: Sequence[int], length: int) -> list[Span]:
        return [
            span
            for i, start in enumerate(starts)
            for span in self._spans(int(start), int(start) + length, i * length)
        ]

    def _width(self, columns: Columns) -> int:
        if isinstance(columns, slice):
            if columns == _ALL:
                return self.n_channels
            return len(range(*columns.indices(self.n_channels)))
        return len(columns)

    def empty(
        self, rows: int, columns: Columns, dtype: np.dtype[Any], order: str | None
    ) -> NDArray[Any]:
        """A (rows, k) array in the memory order asked for, or else the file's."""
        k = self._width(columns)
        if (order or self.order) == "channel":
            return np.empty((k, rows), dtype).T
        return np.empty((rows, k), dtype)
