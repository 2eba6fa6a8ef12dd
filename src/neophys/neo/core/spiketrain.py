"""Spike trains."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.dataobject import ArrayDict, DataObject, _own
from neophys.neo.core.marks import bound_in
from neophys.neo.core.metadata import SpikeMetadata
from neophys.neo.core.timequantity import Time, scalar_time, time_array
from neophys.neo.core.trainmerge import merge_array_annotations, merge_trains
from neophys.neo.core.units import HERTZ, Unit, quantity, unit, unit_of

__all__ = ["SpikeTrain", "check_has_dimensions_time", "normalize_times_array"]

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
    return np.asarray(times, dtype=dtype), of


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


def _bound(value: Any, of: Unit, dtype: np.dtype[Any]) -> Time:
    """A bound in the unit and dtype of the times; None is NaN."""
    if value is None:
        value = np.nan
    made = np.array(bound_in(value, of, np.nan)).astype(dtype)
    return time_array(made.reshape(()), of)


def _check_time_in_range(value: Any, t_start: Any, t_stop: Any, view: bool = False) -> None:
    """Raise ValueError where a time lies outside the bounds, or these are reversed."""
    if t_start > t_stop:
        raise ValueError(f"t_stop ({t_stop}) is before t_start ({t_start})")
    if not value.size:
        return
    if view:
        value, t_start, t_stop = (v.view(np.ndarray) for v in (value, t_start, t_stop))
    if value.min() < t_start:
        raise ValueError(f"The first spike ({value}) is before t_start ({t_start})")
    if value.max() > t_stop:
        raise ValueError(f"The last spike ({value}) is after t_stop ({t_stop})")


def _new_spiketrain(
    cls: Any, signal: Any, t_stop: Any, units: Any = None, dtype: Any = None, copy: Any = None,
    sampling_rate: Any = _ONE_HERTZ, t_start: Any = _ZERO, waveforms: Any = None,
    left_sweep: Any = None, name: Any = None, file_origin: Any = None, description: Any = None,
    array_annotations: Any = None, annotations: Any = None, segment: Any = None, unit: Any = None,
) -> Any:  # fmt: skip
    """Rebuild a train from a pickle; name and order of arguments are those of Neo's pickles."""
    made = cls(
        signal, t_stop, units=units, dtype=dtype, sampling_rate=sampling_rate, t_start=t_start,
        waveforms=waveforms, left_sweep=left_sweep, name=name, file_origin=file_origin,
        description=description, array_annotations=array_annotations, **(annotations or {}),
    )  # fmt: skip
    made.segment, made.unit = segment, unit
    return made


def _bound_property(name: str, doc: str) -> Any:
    def read(self: SpikeTrain) -> Any:
        return getattr(self._meta, name)

    def write(self: SpikeTrain, value: Any) -> None:
        setattr(self._meta, name, own_time(value))

    return property(read, write, doc=doc)


def own_time(value: Any) -> Any:
    """A time as :class:`Time`; anything else as it is."""
    if isinstance(value, pq.Quantity) and not isinstance(value, (Time, DataObject)):
        of = unit_of(value._dimensionality)
        if of.is_time:
            return time_array(np.array(value.magnitude), of)
    return value


class SpikeTrain(DataObject):
    """Times of spikes, with the bounds between which they could occur.

    Parameters
    ----------
    times : array_like or Quantity
        One dimension, in any order. Memory is shared with arrays; lists become float64.
    t_stop : Quantity or float
        End; a bare number is in the unit of the times. Cast to their dtype.
    units : str or Quantity, optional
        Required where `times` has none; must agree where it has.
    dtype : dtype, optional
        Of lists only.
    copy : None
        Accepted for compatibility; anything else raises ValueError.
    sampling_rate : Quantity
        Of the waveforms.
    t_start : Quantity or float
        Start, as `t_stop`.
    waveforms : array_like or Quantity, optional
        (spikes, channels, samples)
    left_sweep : Quantity, optional
        Time from the start of a waveform to its spike.
    name, file_origin, description : str, optional
    array_annotations : dict of array_like, optional
        One value per spike.
    **annotations

    Raises
    ------
    ValueError
        Where a spike lies outside the bounds, or unit, dtype or lengths do not fit.
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Segment",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("segment",)
    _quantity_attr: ClassVar[str] = "times"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("times", pq.Quantity, 1),
        ("t_start", pq.Quantity, 0),
        ("t_stop", pq.Quantity, 0),
    )
    _recommended_attrs: ClassVar[tuple[Any, ...]] = (
        ("waveforms", pq.Quantity, 3),
        ("left_sweep", pq.Quantity, 0),
        ("sampling_rate", pq.Quantity, 0),
        *BaseNeo._recommended_attrs,
    )
    _metadata = SpikeMetadata
    _meta: SpikeMetadata

    def __new__(
        cls, times: Any, t_stop: Any, units: Any = None, dtype: Any = None, copy: Any = None,
        sampling_rate: Any = _ONE_HERTZ, t_start: Any = _ZERO, waveforms: Any = None,
        left_sweep: Any = None, name: Any = None, file_origin: Any = None,
        description: Any = None, array_annotations: Any = None, **annotations: Any,
    ) -> Self:  # fmt: skip
        if copy is not None:
            raise ValueError("`copy` has no effect any more and must be None")
        if len(times) != 0 and waveforms is not None and len(times) != waveforms.shape[0]:
            raise ValueError("the number of waveforms should be equal to the number of spikes")
        if dtype is not None and hasattr(times, "dtype") and times.dtype != dtype:
            raise ValueError("cannot change dtype during construction: give times of that dtype")
        values, of = _times_parts(times, units, dtype)
        if values.ndim > 1:
            raise ValueError("Spiketrain times array has more than 1 dimension")
        meta = SpikeMetadata(
            annotations={}, array_annotations=ArrayDict(values.size),
            t_start=_bound(t_start, of, values.dtype), t_stop=_bound(t_stop, of, values.dtype),
            sampling_rate=quantity(1.0, HERTZ) if sampling_rate is _ONE_HERTZ else sampling_rate,
            left_sweep=left_sweep, waveforms=waveforms,
        )  # fmt: skip
        _check_time_in_range(values, meta.t_start, meta.t_stop, view=True)
        return cls._build(values, of, meta)

    def __init__(
        self, times: Any = None, t_stop: Any = None, units: Any = None, dtype: Any = None,
        copy: Any = None, sampling_rate: Any = _ONE_HERTZ, t_start: Any = _ZERO,
        waveforms: Any = None, left_sweep: Any = None, name: Any = None, file_origin: Any = None,
        description: Any = None, array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, array_annotations, annotations)

    @classmethod
    def _from_parts(
        cls, values: NDArray[Any], of: Unit, start: float, stop: float, sampling_rate: Any = None,
        waveforms: Any = None, left_sweep: Any = None, name: Any = None, description: Any = None,
        file_origin: Any = None, annotations: dict[str, Any] | None = None,
        array_annotations: Any = None, segment: Any = None,
    ) -> Self:  # fmt: skip
        """A train from parts that are known to be right: nothing is parsed, checked or copied.

        Parameters
        ----------
        values : ndarray
            (spikes,), in the unit `of` (from :func:`neophys.neo.core.units.unit`).
        start, stop : float
            Bounds in the same unit.
        sampling_rate, waveforms, left_sweep : Quantity, optional
            As the constructor's.
        annotations : dict, optional
            Belongs to the train from now on.
        array_annotations : ArrayDict, optional
            Likewise; `ArrayDict.trusted(n, arrays)` makes one that shares arrays.
        """
        meta = SpikeMetadata(
            name, description, file_origin,
            {} if annotations is None else annotations,
            ArrayDict(values.shape[-1]) if array_annotations is None else array_annotations,
            segment, scalar_time(start, of), scalar_time(stop, of),
            sampling_rate, left_sweep, waveforms,
        )  # fmt: skip
        return cls._build(values, of, meta)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the segment, as with signals: a container links its children when unpickled.
        return _new_spiketrain, (
            type(self), np.array(self._values), self.t_stop, self._unit, self.dtype, None,
            self.sampling_rate, self.t_start, self.waveforms, self.left_sweep, self.name,
            self.file_origin, self.description, self.array_annotations, self.annotations, None,
            self.unit,
        )  # fmt: skip

    t_start = _bound_property("t_start", "Start of the time in which spikes could occur.")
    t_stop = _bound_property("t_stop", "End of the time in which spikes could occur.")
    sampling_rate = _own("sampling_rate", "Samples of the waveforms per unit of time, or None.")
    left_sweep = _own("left_sweep", "Time from the start of a waveform to its spike, or None.")
    waveforms = _own("waveforms", "(spikes, channels, samples), or None.")
    unit = _own("unit", "Unused since Neo 0.10; kept with pickles.")

    @property
    def times(self) -> Time:
        """The times, sharing memory."""
        return time_array(self._values, self._unit)

    @property
    def duration(self) -> Any:
        """``t_stop - t_start``, or None."""
        if self.t_stop is None or self.t_start is None:
            return None
        return self.t_stop - self.t_start

    @property
    def sampling_period(self) -> Any:
        """One over the rate, or None."""
        return None if self.sampling_rate is None else 1.0 / self.sampling_rate

    @sampling_period.setter
    def sampling_period(self, period: Any) -> None:
        self.sampling_rate = None if period is None else 1.0 / period

    @property
    def spike_duration(self) -> Any:
        """How long a waveform is, or None."""
        if self.waveforms is None or self.sampling_rate is None:
            return None
        return self.waveforms.shape[2] / self.sampling_rate

    @property
    def right_sweep(self) -> Any:
        """Time from a spike to the end of its waveform, or None."""
        duration = self.spike_duration
        if self.left_sweep is None or duration is None:
            return None
        return self.left_sweep + duration

    def __repr__(self) -> str:
        return f"<SpikeTrain({pq.Quantity.__repr__(self)}, [{self.t_start}, {self.t_stop}])>"

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        waveforms = "" if self.waveforms is None else " with waveforms"
        pp.text(
            f"{type(self).__name__} containing {self.size} spikes{waveforms}; "
            f"units {self._unit.string}; datatype {self.dtype} "
        )
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)
        pp.breakable()
        with pp.group(indent=1):
            pp.text(f"time: {self.t_start} to {self.t_stop}")

    # Items.

    def _inherit(self, obj: DataObject) -> None:
        super()._inherit(obj)
        if self.shape != obj.shape:
            self._meta.waveforms = None

    def _after_ufunc(self, made: Self) -> pq.Quantity:
        # Bounds and waveforms hold for these spikes only.
        return own_time(made.view(pq.Quantity))

    def __getitem__(self, key: Any) -> Any:
        values = self._values[key]
        if np.ndim(values) == 0:
            return time_array(np.asarray(values), self._unit)
        meta = self._meta.fork(self._meta.segment, self._selected(key, np.shape(values)[-1]))
        if meta.waveforms is not None:
            meta.waveforms = meta.waveforms[key]
        return self._build(values, self._unit, meta)

    def __setitem__(self, key: Any, value: Any) -> None:
        if not hasattr(value, "units"):
            value = pq.Quantity(value, units=self.units)
        _check_time_in_range(value, self.t_start, self.t_stop)
        pq.Quantity.__setitem__(self, key, value)

    def sort(self) -> None:  # type: ignore[override]  # Neo's takes no arguments
        """Sort by time, in place; waveforms and array annotations follow."""
        order = np.argsort(self._values)
        if self.waveforms is not None and np.size(self.waveforms):
            self.waveforms = self.waveforms[order]
        self.array_annotations = self._selected(order, self.size)
        self._values[...] = self._values[order]

    # Other trains.

    def _moved(self, times: pq.Quantity, by: Any, start: Any, stop: Any) -> SpikeTrain:
        if by.size > 1:
            start, stop = min(self.t_start, np.min(times)), max(self.t_stop, np.max(times))
        made = self._same_with(np.asarray(times.magnitude))
        made._meta.t_start = _bound(start, self._unit, made.dtype)
        made._meta.t_stop = _bound(stop, self._unit, made.dtype)
        return made

    def __add__(self, time: Any) -> Any:
        check_has_dimensions_time(time)
        if isinstance(time, SpikeTrain):
            raise TypeError("Can't add two spike trains")
        return self._moved(self.times + time, time, self.t_start + time, self.t_stop + time)

    def __sub__(self, time: Any) -> Any:
        check_has_dimensions_time(time)
        if isinstance(time, SpikeTrain):
            if self.size != time.size:
                raise TypeError("Can't subtract spike trains with different sizes")
            return self.times - time.times
        return self._moved(self.times - time, time, self.t_start - time, self.t_stop - time)

    def rescale(self, units: Any, dtype: Any = None) -> Self:
        """A copy in other units, bounds too; `dtype` has no effect."""
        made = super().rescale(units)
        made.t_start, made.t_stop = self.t_start.rescale(units), self.t_stop.rescale(units)
        return made

    def time_slice(self, t_start: Any, t_stop: Any) -> Self:
        """The spikes between two times, both included, as a copy that knows no segment.

        The bounds are those of the window, clipped to the train's. None leaves a side open, a
        bare number is in the unit of the times. ValueError where the window is wholly outside.
        """
        own, values = self._unit, self._values
        first, last = bound_in(t_start, own, -np.inf), bound_in(t_stop, own, np.inf)
        lowest, highest = bound_in(self.t_start, own, np.nan), bound_in(self.t_stop, own, np.nan)
        if first > highest or last < lowest:
            raise ValueError(
                "A time slice completely outside the boundaries of the spike train is not defined."
            )
        inside = (values >= first) & (values <= last)
        made: Self = self[inside]
        made.segment = None
        if first > lowest:
            made.t_start = t_start if isinstance(t_start, pq.Quantity) else time_array(
                np.asarray(first), own)  # fmt: skip
        if last < highest:
            made.t_stop = t_stop if isinstance(t_stop, pq.Quantity) else time_array(
                np.asarray(last), own)  # fmt: skip
        return made

    def time_shift(self, t_shift: Any) -> SpikeTrain:
        """A copy with all times and the bounds later by `t_shift`, without segment."""
        moved: SpikeTrain = self + t_shift
        return moved

    def _copy_data_complement(self, other: Any, deep_copy: bool = False) -> None:
        """Take over what does not depend on the spikes (annotations are always copied)."""
        for word in ("left_sweep", "sampling_rate", "name", "file_origin", "description"):
            setattr(self, word, getattr(other, word, None))
        self.annotations = other._copied_annotations()

    def duplicate_with_new_data(
        self, signal: Any, t_start: Any = None, t_stop: Any = None, waveforms: Any = None,
        deep_copy: bool = True, units: Any = None,
    ) -> SpikeTrain:  # fmt: skip
        """Other spikes with the same metadata, without array annotations and segment.

        Bounds and waveforms stay unless given; ValueError where the spikes do not fit them.
        """
        made = SpikeTrain(
            signal.copy() if isinstance(signal, np.ndarray) else signal,
            t_stop=self.t_stop if t_stop is None else t_stop,
            t_start=self.t_start if t_start is None else t_start,
            waveforms=self.waveforms if waveforms is None else waveforms,
            units=self._unit if units is None else unit(units),
        )
        made._copy_data_complement(self)
        return made

    def merge(self, *others: Any) -> SpikeTrain:
        """One sorted train of several; appended to this one's segment, if it has one.

        Raises
        ------
        MergeError
            Where bounds, rate, left_sweep or segment differ, or some have no waveforms.
        """
        return merge_trains(self, others)

    def _merge_array_annotations(self, others: Any, sorting: Any = None) -> dict[str, Any]:
        if sorting is None:
            raise ValueError("The order of the merged spikes must be known")
        return merge_array_annotations(self, others, sorting)
