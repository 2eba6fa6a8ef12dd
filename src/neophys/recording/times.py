"""What people call a time, as seconds: parsed once, at the border."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from neophys.errors import NeophysError

__all__ = ["is_time", "seconds"]

_UNITS: Final = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "sec": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_WITH_UNIT: Final = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([a-zµμ]+)")
_ELAPSED: Final = re.compile(r"([-+]?)(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")


def is_time(value: Any) -> bool:
    """Whether `value` says by itself that it is a time: text, a quantity, a date, a duration."""
    kinds = (str, datetime, timedelta, np.datetime64, np.timedelta64)
    return isinstance(value, kinds) or hasattr(value, "rescale")


def seconds(value: Any, start: datetime | None = None, *, what: str = "time") -> float:
    """`value` in seconds.

    Parameters
    ----------
    value
        A number of seconds; text like ``"20ms"``, ``"10 s"``, ``"5min"``, ``"1:02:03.5"`` (elapsed)
        or an ISO date with time; a timedelta; a quantity; a datetime.
    start
        The recording's clock time at second 0, for dates.
    what
        For messages.

    Raises
    ------
    TypeError, ValueError
        For what is none of these.
    NeophysError
        For a date where the recording has none, or where only one of the two has a time zone.
    """
    found = _seconds(value, start, what)
    if not math.isfinite(found):
        raise ValueError(f"{what}: {value!r} is no time")
    return found


def _seconds(value: Any, start: datetime | None, what: str) -> float:
    if isinstance(value, str):
        return _from_text(value, start, what)
    if isinstance(value, np.timedelta64):
        return float(value / np.timedelta64(1, "s"))
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime):
        return _from_date(value, start, what)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if hasattr(value, "rescale"):
        value = value.rescale("s").magnitude
    if isinstance(value, (bool, np.bool_)) or np.ndim(value) != 0:
        raise TypeError(f"{what}: one time is wanted, not {value!r}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what}: {value!r} is no time; write 1.5 (seconds) or '20ms'") from None


def _from_text(text: str, start: datetime | None, what: str) -> float:
    plain = text.strip()
    match = _WITH_UNIT.fullmatch(plain)
    if match:
        unit = match[2].replace("µ", "u").replace("μ", "u")
        if unit in _UNITS:
            # 20 ms is 20 / 1000, the nearest number to 0.02, which 20 * 0.001 is not always.
            scale = _UNITS[unit]
            number = float(match[1])
            return number / round(1 / scale) if scale < 1 else number * scale
    match = _ELAPSED.fullmatch(plain)
    if match:
        whole = int(match[2] or 0) * 3600 + int(match[3]) * 60 + float(match[4])
        return -whole if match[1] == "-" else whole
    try:
        return _from_date(datetime.fromisoformat(plain), start, what)
    except ValueError:
        raise ValueError(
            f"{what}: {text!r} is no time; write '20ms', '1.5s', '5min', '1:02:03.5' or a date"
        ) from None


def _from_date(date: datetime, start: datetime | None, what: str) -> float:
    if start is None:
        raise NeophysError(f"{what}: the recording has no clock time; give seconds from its start")
    if (date.tzinfo is None) != (start.tzinfo is None):
        has = "has" if start.tzinfo else "has no"
        raise NeophysError(f"{what}: the recording's clock {has} a time zone, {date} is otherwise")
    return (date - start).total_seconds()
