"""The time base of what is sampled at a constant rate: signals and image sequences."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.basesignal import BaseSignal
from neophys.neo.core.concatenation import concatenate_signals
from neophys.neo.core.dataobject import DataObject
from neophys.neo.core.metadata import SignalMetadata
from neophys.neo.core.timequantity import Time, scalar_time, time_array
from neophys.neo.core.units import HERTZ, SECOND, Unit, quantity, unit_of

__all__ = ["ZERO", "Sampled", "required_time", "time_parts"]

ZERO: Final[Any] = 0.0 * pq.s


def _get_sampling_rate(sampling_rate: Any, sampling_period: Any) -> Any:
    """The rate from rate or period; ValueError where both are missing or disagree."""
    if sampling_period is None:
        if sampling_rate is None:
            raise ValueError("You must provide either the sampling rate or sampling period")
    elif sampling_rate is None:
        sampling_rate = 1.0 / sampling_period
    elif sampling_period != 1.0 / sampling_rate:
        raise ValueError("The sampling_rate has to be 1/sampling_period")
    if not hasattr(sampling_rate, "units"):
        raise TypeError("Sampling rate/sampling period must have units")
    return sampling_rate


def time_parts(time: Any) -> tuple[float, Unit]:
    """Value and unit of a scalar time; a bare number is in seconds."""
    if isinstance(time, pq.Quantity):
        return float(time.magnitude.item()), unit_of(time._dimensionality)
    return float(time), SECOND


def required_time(time: Any) -> tuple[float, Unit]:
    """Value and unit of a scalar time given by a caller; ValueError without a unit."""
    if not isinstance(time, pq.Quantity):
        raise ValueError(f"a time needs a unit, got {time!r}")
    return float(np.ndarray.item(time)), unit_of(time._dimensionality)


def _over(number: float, rate: float) -> float:
    """What a rate of 0 makes endless, as numpy divides."""
    return number / rate if rate else math.inf if number else math.nan


class Sampled(BaseSignal):
    """Base of what is sampled at a constant rate along its first axis."""

    _metadata = SignalMetadata
    _time_base: ClassVar[tuple[str, ...]] = ("sampling_rate", "t_start")
    _noun: ClassVar[str] = "analog signal"
    _meta: SignalMetadata

    @property
    def t_start(self) -> Time:
        """Time of the first sample."""
        meta = self._meta
        return scalar_time(meta.start, meta.start_unit)

    @t_start.setter
    def t_start(self, start: Any) -> None:
        if start is None:
            raise ValueError("t_start cannot be None")
        # In any unit: Elephant makes signals along an axis that is not time.
        self._meta.start, self._meta.start_unit = time_parts(start)

    @property
    def sampling_rate(self) -> Any:
        """Samples per unit of time, as Quantity."""
        meta = self._meta
        if meta.rate is None:
            return None
        # Not `or`: a unit without dimensions is an empty one.
        return quantity(meta.rate, HERTZ if meta.rate_unit is None else meta.rate_unit)

    @sampling_rate.setter
    def sampling_rate(self, rate: Any) -> None:
        if rate is None:
            raise ValueError("sampling_rate cannot be None")
        if not hasattr(rate, "units"):
            raise ValueError("sampling_rate must have units")
        self._meta.rate, self._meta.rate_unit = time_parts(rate)

    _t_start = t_start
    _sampling_rate = sampling_rate

    @property
    def sampling_period(self) -> Any:
        """Time from one sample to the next, in the unit that is one over the rate's."""
        meta = self._meta
        if meta.rate is None or meta.rate_unit is None:
            return None
        return scalar_time(_over(1.0, meta.rate), meta.rate_unit.inverse)

    @sampling_period.setter
    def sampling_period(self, period: Any) -> None:
        if period is None:
            raise ValueError("sampling_period cannot be None")
        if not hasattr(period, "units"):
            raise ValueError("sampling_period must have units")
        self.sampling_rate = 1.0 / period

    def _sampled(self) -> tuple[float, Unit]:
        meta = self._meta
        if meta.rate is None or meta.rate_unit is None:
            raise ValueError("this signal has no sampling_rate")
        return meta.rate, meta.rate_unit

    @property
    def duration(self) -> Time:
        """Number of samples over the rate."""
        rate, of = self._sampled()
        return scalar_time(_over(self.shape[0], rate), of.inverse)

    @property
    def t_stop(self) -> Time:
        """Time one period after the last sample."""
        stop: Time = self.t_start + self.duration
        return stop

    @property
    def times(self) -> Time:
        """Time of each sample, float64."""
        rate, of = self._sampled()
        meta = self._meta
        times = np.arange(self.shape[0], dtype=float)
        times /= rate
        times *= of.inverse.factor(meta.start_unit)
        times += meta.start
        return time_array(times, meta.start_unit)

    def _start_of(self, index: int) -> float:
        """Time of sample `index`, in the unit of t_start, rounded as Neo rounds it."""
        meta = self._meta
        if index == 0:
            return meta.start
        rate, of = self._sampled()
        return meta.start + of.inverse.factor(meta.start_unit) * (index * (1.0 / rate))

    def time_index(self, t: Any) -> Any:
        """Index of the sample nearest to a time (or to each of several), exact halves to even.

        Returns an int64 scalar or array; not checked against the signal's length.
        """
        if isinstance(t, pq.Quantity) and t.ndim:
            of = unit_of(t._dimensionality)
            return self._index(t.view(np.ndarray), of, np.rint).astype(np.int64)
        return np.int64(self._index(*required_time(t), round))

    def _index(self, value: Any, of: Unit, nearest: Any) -> Any:
        meta = self._meta
        rate, per = self._sampled()
        return nearest(
            of.times(per).simplifier * ((value - meta.start_unit.factor(of) * meta.start) * rate)
        )

    def _window(self, t_start: Any, t_stop: Any) -> tuple[int, int]:
        """First and last+1 sample of a window: nearest start, then its length rounded."""
        rate, per = self._sampled()
        meta = self._meta
        if t_start is None:
            i, start, of = 0, meta.start, meta.start_unit
        else:
            start, of = required_time(t_start)
            i = self._index(start, of, round)
        if t_stop is None:
            return i, len(self)
        stop, its = required_time(t_stop)
        length = (stop - (start if its is of else of.factor(its) * start)) * rate
        return i, i + round(its.times(per).simplifier * length)

    def time_slice(self, t_start: Any, t_stop: Any) -> Self:
        """The part between two times, as a copy that knows no segment.

        Parameters
        ----------
        t_start : Quantity or None
            The nearest sample is the first (an exact half goes to the even one).
        t_stop : Quantity or None
            The length is ``t_stop - t_start`` in samples, rounded: equal durations give equal
            lengths.

        Raises
        ------
        ValueError
            Where the window leaves the signal, or a time has no unit.
        """
        i, j = self._window(t_start, t_stop)
        if i < 0 or j > len(self):
            raise ValueError(
                f"t_start, t_stop have to be within the {self._noun} duration: "
                f"{t_start} to {t_stop} is not within {self.t_start} to {self.t_stop}"
            )
        made = self._same_with(self._values[i:j].copy())
        made._meta.start = self._start_of(i)
        return made

    def time_shift(self, t_shift: Any) -> Self:
        """A copy that starts later by a time; it knows no segment."""
        made = self._same_with(self._values.copy())
        made.t_start = self.t_start + t_shift
        return made

    def concatenate(self, *signals: Any, overwrite: bool = False, padding: Any = False) -> Any:
        """Put signals together in time; see :func:`concatenate_signals`."""
        return concatenate_signals(self, signals, overwrite, padding)

    def __repr__(self) -> str:
        shown = pq.Quantity.__repr__(self)
        if self._meta.rate is None:
            return f"<{type(self).__name__}({shown})>"
        return (
            f"<{type(self).__name__}({shown}, [{self.t_start}, {self.t_stop}], "
            f"sampling rate: {self.sampling_rate}{self._also_shown()})>"
        )

    def _also_shown(self) -> str:
        return ""

    # Items.

    def _inherit(self, obj: DataObject) -> None:
        super()._inherit(obj)
        if self.shape[:1] != obj.shape[:1]:  # what numpy made of other samples has no times
            self._meta.rate = self._meta.rate_unit = None

    def _rows(self, rows: slice, values: NDArray[Any], array_annotations: Any) -> Self:
        """The signal of some rows: its start is that of its earliest sample."""
        meta = self._meta.fork(self._meta.segment, array_annotations)
        start, stop, step = rows.indices(self.shape[0])
        if step < 0:
            start += (len(range(start, stop, step)) - 1) * step if start > stop else 0
        if start and meta.rate is not None:
            meta.start = self._start_of(start)
        if meta.rate is not None and abs(step) != 1:
            meta.rate = meta.rate / abs(step)
        return self._derive(values, self._unit, meta)

    # Comparison.

    def _on_same_times(self, other: Any) -> bool:
        if not isinstance(other, Sampled):
            return True
        mine, its = self._meta, other._meta
        if (mine.start, mine.start_unit, mine.rate, mine.rate_unit) == (
            its.start, its.start_unit, its.rate, its.rate_unit,
        ):  # fmt: skip
            return True
        return bool(self.t_start == other.t_start) and bool(
            np.all(self.sampling_rate == other.sampling_rate)
        )

    def _check_consistency(self, other: Any) -> None:
        if isinstance(other, Sampled) and not self._on_same_times(other):
            which = "t_start" if bool(self.t_start != other.t_start) else "sampling_rate"
            raise ValueError(f"Inconsistent values of {which}")
