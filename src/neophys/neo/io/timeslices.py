"""Time arguments of ``load``: seconds, whole samples, and the limits that hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq

from neophys.neo.core.timequantity import Time, scalar_time
from neophys.neo.core.units import SECOND, unit_of

__all__ = [
    "consolidate_time_slice",
    "ensure_second",
    "prepare_time_slice",
    "sample_window",
    "seconds_of",
]


def seconds_of(time: Any) -> float:
    """A time as plain seconds: a bare number is in seconds, a quantity is converted.

    Raises TypeError for what is no number, ValueError for a quantity of something else.
    """
    if type(time) is float:
        return time
    if type(time) is Time and time._dimensionality is SECOND:
        return float(np.ndarray.item(time))
    if isinstance(time, pq.Quantity):
        own = unit_of(time._dimensionality)
        value = float(np.ndarray.item(time))
        return value if own is SECOND else value * own.factor(SECOND)
    if isinstance(time, (str, bytes)):
        raise TypeError(f"a time is a number or a quantity, not the text {time!r}")
    return float(time)


def ensure_second(v: Any) -> Time:
    """A time as quantity in seconds; a bare number is in seconds."""
    return scalar_time(seconds_of(v), SECOND)


def sample_window(
    time_slice: Any, strict_slicing: bool, t_start: float, rate: float, n_samples: int
) -> tuple[int | None, int | None, float]:
    """The samples of a window, and the time of the first of them.

    The first is the one nearest to the window's start (exact halves to even); their number is
    the window's length, rounded likewise, so that windows of equal length hold equally many.

    Parameters
    ----------
    time_slice
        None, or two times of which each may be None: the signal's own limit.
    strict_slicing
        Refuse limits outside the signal, rather than move them to it.
    t_start, rate, n_samples
        Of the signal.

    Raises
    ------
    ValueError
        A limit outside the signal, or a window that ends before it begins.
    """
    if time_slice is None:
        return None, None, t_start
    first, last = time_slice
    t_stop = t_start + n_samples / rate
    begin = t_start
    i_start = None if last is None else 0
    if first is not None:
        begin = _limit(first, t_start, t_stop, strict_slicing, "t_start")
        i_start = round((begin - t_start) * rate)
    sig_t_start = t_start + (i_start or 0) / rate
    if last is None:
        return i_start, None, sig_t_start
    end = _limit(last, t_start, t_stop, strict_slicing, "t_stop")
    if end < begin:
        raise ValueError(f"the window ends before it begins: {begin} s to {end} s")
    # Two halves may round up: a window inside the signal never asks for a sample behind its last.
    i_stop = min((i_start or 0) + round((end - begin) * rate), n_samples)
    return i_start, i_stop, sig_t_start


def _limit(time: Any, t_start: float, t_stop: float, strict: bool, which: str) -> float:
    value = seconds_of(time)
    if t_start <= value <= t_stop:
        return value
    if strict:
        raise ValueError(
            f"{which} {value} s is outside the time range [{t_start}, {t_stop}] s;"
            " strict_slicing=False takes what there is"
        )
    return t_stop if value > t_stop else t_start


def prepare_time_slice(time_slice: Any) -> tuple[float | None, float | None]:
    """Two limits in seconds, None where there is none."""
    first, last = (None, None) if time_slice is None else time_slice
    return (
        None if first is None else seconds_of(first),
        None if last is None else seconds_of(last),
    )


def consolidate_time_slice(
    time_slice: Any, seg_t_start: Any, seg_t_stop: Any, strict_slicing: bool
) -> tuple[Time, Time]:
    """Two limits as quantities in seconds: the segment's where None, and not outside it.

    Raises ValueError for a limit outside the segment when `strict_slicing`.
    """
    first, last = (None, None) if time_slice is None else time_slice
    low, high = seconds_of(seg_t_start), seconds_of(seg_t_stop)
    begin = low if first is None else _limit(first, low, high, strict_slicing, "t_start")
    end = high if last is None else _limit(last, low, high, strict_slicing, "t_stop")
    return scalar_time(begin, SECOND), scalar_time(end, SECOND)
