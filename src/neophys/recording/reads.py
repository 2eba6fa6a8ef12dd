"""How a signal's rows become values: in steps, across gaps, in other units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.errors import GapError, UnitsError
from neophys.kernels import Calibration
from neophys.reading.engine import Progress
from neophys.units import conversion

if TYPE_CHECKING:
    from neophys.recording.signal import Signal

__all__ = ["checked_out", "gap_error", "read_grid", "read_rows"]

#: Samples read at a time where a step leaves most of them out.
_STEP_TILE = 1 << 20


def read_rows(
    signal: Signal,
    rows: range,
    out: NDArray[Any] | None,
    units: str | None,
    dtype: DTypeLike | None,
    order: str | None,
    progress: Progress | None = None,
) -> NDArray[Any]:
    """(rows, channels) values of `rows`, gaps or not; see :meth:`Signal.read`."""
    samples, columns = signal._samples, signal._columns
    if rows.step != 1:
        return _stepped(signal, rows, out, units, dtype, order, progress)
    if signal._raw:
        return samples.raw(rows.start, rows.stop, columns, out=out, order=order, progress=progress)
    calibration = None if units is None else _calibration(signal.channels, units)
    kind = None if dtype is None else _float(dtype)
    return samples.physical(
        rows.start, rows.stop, columns, calibration=calibration,
        dtype=kind, out=out, order=order, progress=progress,
    )  # fmt: skip


def _stepped(
    signal: Signal,
    rows: range,
    out: NDArray[Any] | None,
    units: str | None,
    dtype: DTypeLike | None,
    order: str | None,
    progress: Progress | None,
) -> NDArray[Any]:
    if rows.step < 0:
        target = None if out is None else out[::-1]
        return read_rows(signal, rows[::-1], target, units, dtype, order, progress)[::-1]
    if out is None:
        kind = signal.dtype if dtype is None else _float(dtype)
        out = signal._samples.empty(len(rows), signal._columns, kind, order)
    elif not signal._raw:
        dtype = out.dtype
    width = max(1, _STEP_TILE // max(out.shape[1], 1) // rows.step)
    for i in range(0, len(rows), width):
        part = rows[i : i + width]
        whole = read_rows(signal, range(part[0], part[-1] + 1), None, units, dtype, None)
        out[i : i + width] = whole[:: rows.step]
        if progress:
            progress(i + len(part), len(rows))
    return out


def read_grid(
    signal: Signal,
    out: NDArray[Any] | None,
    units: str | None,
    dtype: DTypeLike | None,
    order: str | None,
    progress: Progress | None,
) -> tuple[NDArray[Any], NDArray[np.float64], dict[str, Any]]:
    """``gaps="nan"``: every sample on the nearest point of one even grid; values, times, attrs."""
    if signal._raw:
        raise TypeError("raw samples cannot be NaN: read gaps='skip' or the .pieces")
    signal._covered()
    rate, begin = signal.stream.sampling_rate, signal.t_start
    parts = signal.pieces
    sizes = [len(part._rows) for part in parts]
    exact = [(part.t_start - begin) * rate for part in parts]
    places: list[int] = []
    for at, size in zip(exact, [0, *sizes], strict=False):
        # Pieces that each begin a little early must not come to lie on each other.
        places.append(max(round(at), places[-1] + size if places else 0))
    n = places[-1] + sizes[-1]
    shape = (n,) if signal._one_channel else (n, len(signal.channels))
    if out is None:
        kind = signal.dtype if dtype is None else _float(dtype)
        out = signal._samples.empty(n, signal._columns, kind, order).reshape(shape)
    elif out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, the filled signal {shape}")
    out[...] = np.nan
    done = 0
    for part, place, size in zip(parts, places, sizes, strict=True):
        into = out[place : place + size]
        target = into if into.ndim == 2 else into[:, None]
        read_rows(part, part._rows, target, units, None, None)
        done += size
        if progress:
            progress(done, sum(sizes))
    shift = max(abs(a - b) for a, b in zip(exact, places, strict=True))
    attrs = {"gaps": len(parts) - 1, "largest_shift": shift / rate}
    return out, begin + np.arange(n) / rate, attrs


def gap_error(signal: Signal, row: int) -> GapError:
    """What is said of the gap before `row`."""
    before, after = (signal._samples.axis.time(r) for r in (row - 1, row))
    return GapError(
        f"{signal.name}: samples {row - 1} and {row} are not contiguous: "
        f"{before:.6f} s, then {after:.6f} s; read(gaps='nan') fills the gap, "
        "gaps='skip' joins the samples, .pieces gives the parts"
    )


def checked_out(signal: Signal, out: Any) -> None:
    """Raise TypeError for an `out` that cannot hold the values."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, not {type(out).__name__}")
    if not signal._raw:
        _float(out.dtype)
    elif not np.can_cast(signal.dtype, out.dtype):
        raise TypeError(f"out of {out.dtype} cannot hold raw samples of {signal.dtype}")


def _calibration(channels: NDArray[np.void], units: str) -> Calibration:
    wrong, factors = [], []
    for name, unit in zip(channels["name"].tolist(), channels["units"].tolist(), strict=True):
        try:
            factors.append(conversion(unit, units))
        except UnitsError:
            wrong.append(name)
    if wrong:
        shown = ", ".join(wrong[:5]) + (", ..." if len(wrong) > 5 else "")
        raise UnitsError(f"not measured in anything like {units!r}: {shown}")
    factor = np.array(factors, np.float64)
    return Calibration(channels["gain"] * factor, channels["offset"] * factor)


def _float(dtype: DTypeLike) -> np.dtype[Any]:
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise TypeError(f"physical values are float32 or float64, not {kind}; stored ones: .raw")
    return kind
