"""Where placed bytes go: a raw copy, calibrated floats, a sum over windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.kernels import Calibration, add_windows, decode
from neophys.layout import INT24, Columns

__all__ = ["Physical", "Raw", "WindowSum", "native", "physical_dtype"]


def native(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype in which raw samples of `dtype` are handed out: native order, int32 for 24 bit."""
    return np.dtype(np.int32) if dtype == INT24 else dtype.newbyteorder("=")


def physical_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """float32 for up to 24 bits, which it holds exactly, and for float32; else float64."""
    narrow = dtype.itemsize <= 3 or (dtype.kind == "f" and dtype.itemsize == 4)
    return np.dtype(np.float32 if narrow else np.float64)


def _part(out: NDArray[Any], row: int, columns: Columns, raw: NDArray[Any]) -> NDArray[Any]:
    """The view of `out` in the shape of `raw`: splitting an axis never copies."""
    records, rows, k = raw.shape
    return out[row : row + records * rows, columns].reshape(records, rows, k)


class Raw:
    """Copies raw samples into ``out`` (rows, columns), see :func:`native` for its dtype."""

    threads = True
    __slots__ = ("_out",)

    def __init__(self, out: NDArray[Any]) -> None:
        self._out = out

    def put(self, row: int, columns: Columns, raw: NDArray[Any]) -> None:
        if raw.dtype == INT24:
            plain = Calibration(np.ones(raw.shape[2]), np.zeros(raw.shape[2]))
            numbers = np.empty(raw.shape, np.float64)  # holds 24 bits exactly
            decode(raw, numbers, plain)
            raw = numbers
        if isinstance(columns, slice):
            np.copyto(_part(self._out, row, columns, raw), raw, casting="unsafe")
        else:
            records, rows, k = raw.shape
            self._out[row : row + records * rows, columns] = raw.reshape(-1, k)


class Physical:
    """Calibrates into ``out`` (rows, columns), float32 or float64.

    Parameters
    ----------
    out
        Any strides.
    calibration
        Of the columns of `out`.
    """

    threads = True
    __slots__ = ("_calibration", "_last", "_out")

    def __init__(self, out: NDArray[Any], calibration: Calibration) -> None:
        self._out, self._calibration = out, calibration
        self._last: tuple[Any, Calibration] | None = None

    def put(self, row: int, columns: Columns, raw: NDArray[Any]) -> None:
        if isinstance(columns, slice):
            decode(raw, _part(self._out, row, columns, raw), self._of(columns))
            return
        records, rows, k = raw.shape
        part = np.empty(raw.shape, self._out.dtype)
        decode(raw, part, self._calibration.columns(columns))
        self._out[row : row + records * rows, columns] = part.reshape(-1, k)

    def _of(self, columns: slice) -> Calibration:
        key, last = (columns.start, columns.stop), self._last
        if last is None or last[0] != key:
            last = self._last = key, self._calibration.columns(columns)
        return last[1]


class WindowSum:
    """Adds windows of equal length: row ``i * length + j`` is sample j of window i.

    Parameters
    ----------
    total
        (length, columns): int64 for integers, float64 for floats.
    """

    threads = False
    __slots__ = ("_total",)

    def __init__(self, total: NDArray[Any]) -> None:
        self._total = total

    def put(self, row: int, columns: Columns, raw: NDArray[Any]) -> None:
        first = row % len(self._total)
        if isinstance(columns, slice):
            add_windows(raw, _part(self._total, first, columns, raw))
            return
        records, rows, _ = raw.shape
        for i, column in enumerate(columns.tolist()):
            place = self._total[first : first + records * rows, column : column + 1]
            add_windows(raw[:, :, i : i + 1], place.reshape(records, rows, 1))
