"""What spike trains are made from: times, units, bounds, checked and in the form that they keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.dataobject import DataObject
from neophys.neo.core.marks import bound_in
from neophys.neo.core.timequantity import Time, time_array
from neophys.neo.core.units import HERTZ, Unit, numbers_in, unit, unit_of

__all__ = [
    "as_time", "bound_number", "check_has_dimensions_time", "copied", "default_rate",
    "normalize_times_array", "own_time", "short_bound", "spread", "stored_bound",
]  # fmt: skip

_F8 = np.dtype(np.float64)
_ZERO: Any = 0.0 * pq.s
_ONE_HERTZ: Any = 1.0 * pq.Hz


def check_has_dimensions_time(*values: Any) -> None:
    """Raise ValueError where a quantity is not a time."""
    wrong = [v for v in values if not unit_of(v.dimensionality).is_time]
    if wrong:
        raise ValueError(
            "\n".join(f"value {v} has dimensions {v.dimensionality}, not [time]" for v in wrong)
        )


def _times_parts(times: Any, units: Any, dtype: Any) -> tuple[NDArray[Any], Unit]:
    """Values and unit of spike times; memory is shared with arrays."""
    if units is None:
        if not isinstance(times, pq.Quantity):
            raise ValueError("you must specify units")
        of = unit_of(times._dimensionality)
    else:
        of = unit(units)
        if isinstance(times, pq.Quantity) and unit_of(times._dimensionality) != of:
            raise ValueError("cannot rescale and return view")
    if not of.is_time:
        raise ValueError(f"Units have dimensions {of.simplified}, not [time]")
    if dtype is None and not hasattr(times, "dtype"):
        dtype = float
    return np.asarray(numbers_in(times, of), dtype=dtype), of


def normalize_times_array(
    times: Any, units: Any = None, dtype: Any = None, copy: Any = None
) -> tuple[pq.Quantity, Unit]:
    """Times as Quantity, and their dimensionality.

    Raises ValueError where no unit is known, or `units` differ from those of `times`.
    """
    if copy is not None:
        raise ValueError("`copy` has no effect any more and must be None")
    values, of = _times_parts(times, units, dtype)
    return time_array(values, of).view(pq.Quantity), of


def bound_number(value: Any, of: Unit) -> float:
    """A bound as number in the unit of the times; ValueError where there is none."""
    if value is _ZERO:
        return 0.0
    kind = type(value)
    if kind is float or kind is int:
        return float(value)
    if value is None:
        raise ValueError("a spike train needs t_start and t_stop")
    if (kind is Time or kind is pq.Quantity) and value.ndim == 0:
        return float(value.item()) * unit_of(value._dimensionality).factor(of)
    return float(np.asarray(bound_in(value, of, np.nan)).item())


def stored_bound(number: float, of: Unit, dtype: np.dtype[Any]) -> float | Time:
    """A bound as the metadata keep it: in the dtype of the times, where that can hold it.

    A plain float stands for a float64 time that nobody has asked for yet. Bounds of float32
    times are rounded as the times are: a last spike may be where the train ends.
    """
    if dtype is _F8:
        return number
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if not number.is_integer() or not limits.min <= number <= limits.max:
            return number
    return time_array(np.array(number).astype(dtype), of)


def spread(values: NDArray[Any]) -> tuple[Any, Any]:
    """The smallest and the largest of some numbers, NaN left out; NaN if all are."""
    # Quicker than min() and max() for the short arrays that trains are.
    least = values.item(values.argmin())
    if least != least:
        return np.fmin.reduce(values).item(), np.fmax.reduce(values).item()
    return least, values.item(values.argmax())


def _check_time_in_range(value: Any, t_start: Any, t_stop: Any, view: bool = False) -> None:
    """Raise ValueError where a time lies outside the bounds, or these are reversed."""
    if t_start > t_stop:
        raise ValueError(f"t_stop ({t_stop}) is before t_start ({t_start})")
    if not value.size:
        return
    if view:
        value, t_start, t_stop = (v.view(np.ndarray) for v in (value, t_start, t_stop))
        value = value[value == value]  # NaN hides no other time
    if value.min() < t_start:
        raise ValueError(f"The first spike ({value}) is before t_start ({t_start})")
    if value.max() > t_stop:
        raise ValueError(f"The last spike ({value}) is after t_stop ({t_stop})")


def default_rate(rate: Any) -> Any:
    """A rate from a pickle: the default stands for itself, so that no two trains share one."""
    if type(rate) is pq.Quantity and rate.ndim == 0 and rate.item() == 1.0:
        return _ONE_HERTZ if unit_of(rate._dimensionality) is HERTZ else rate
    return rate


def short_bound(bound: Any, of: Unit) -> Any:
    """A bound for a pickle: most are numbers in the unit of the times."""
    if type(bound) is Time and bound.dtype is _F8 and bound._dimensionality is of:
        return float(bound.item())
    return bound


def own_time(value: Any) -> Any:
    """A time as :class:`Time`; anything else as it is."""
    if isinstance(value, pq.Quantity) and not isinstance(value, (Time, DataObject)):
        of = unit_of(value._dimensionality)
        if of.is_time:
            return time_array(np.array(value.magnitude), of)
    return value


def copied(value: Any) -> Any:
    """A copy of an array or quantity; anything else as it is."""
    return value.copy() if isinstance(value, np.ndarray) else value


def as_time(value: Any) -> pq.Quantity:
    """What a train is shifted by; ValueError where that is no time."""
    made = value if isinstance(value, pq.Quantity) else pq.Quantity(value)
    check_has_dimensions_time(made)
    return made


def _check_waveform_dimensions(spiketrain: Any) -> None:
    """Raise ValueError where a train has another number of waveforms than of spikes."""
    waveforms = spiketrain.waveforms
    if waveforms is not None and np.size(waveforms) and len(waveforms) != len(spiketrain):
        raise ValueError(
            f"{len(waveforms)} waveforms do not fit {len(spiketrain)} spikes: there is one for each"
        )
