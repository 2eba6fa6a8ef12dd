"""Spike trains."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import BaseNeo, MergeError, merge_annotations
from neophys.neo.core.dataobject import ArrayDict, DataObject, _own
from neophys.neo.core.marks import bound_in
from neophys.neo.core.metadata import SpikeMetadata
from neophys.neo.core.points import Points
from neophys.neo.core.timequantity import Time, scalar_time, stored, time_array
from neophys.neo.core.trainmerge import merge_array_annotations, merge_trains
from neophys.neo.core.trainparts import (
    _F8,
    _ONE_HERTZ,
    _ZERO,
    _check_time_in_range,
    _check_waveform_dimensions,
    _times_parts,
    as_time,
    bound_number,
    check_has_dimensions_time,
    copied,
    default_rate,
    normalize_times_array,
    own_time,
    short_bound,
    spread,
    stored_bound,
)
from neophys.neo.core.units import Unit, change_units, quantity, unit

__all__ = [
    "ArrayDict", "BaseNeo", "DataObject", "MergeError", "SpikeTrain", "_check_time_in_range",
    "_check_waveform_dimensions", "check_has_dimensions_time", "merge_annotations",
    "normalize_times_array",
]  # fmt: skip


def _new_spiketrain(
    cls: Any, signal: Any, t_stop: Any, units: Any = None, dtype: Any = None, copy: Any = None,
    sampling_rate: Any = _ONE_HERTZ, t_start: Any = _ZERO, waveforms: Any = None,
    left_sweep: Any = None, name: Any = None, file_origin: Any = None, description: Any = None,
    array_annotations: Any = None, annotations: Any = None, segment: Any = None, unit: Any = None,
) -> Any:  # fmt: skip
    """Rebuild a train from a pickle, whose arguments have Neo's names and order."""
    if (
        type(units) is Unit and units.is_time and type(signal) is np.ndarray and signal.ndim == 1
        and type(annotations) is dict and type(array_annotations) in (ArrayDict, type(None))
    ):  # fmt: skip
        # As `SpikeTrain.__reduce__` writes it: right already, and there may be very many.
        meta = SpikeMetadata(
            name, description, file_origin, annotations, array_annotations, segment,
            t_start, t_stop, default_rate(sampling_rate), left_sweep, waveforms, unit,
        )  # fmt: skip
        return cls._build(signal, units, meta)
    made = cls(
        signal, np.inf if t_stop is None else t_stop, units=units, dtype=dtype,
        sampling_rate=default_rate(sampling_rate), t_start=-np.inf if t_start is None else t_start,
        waveforms=waveforms, left_sweep=left_sweep, name=name, file_origin=file_origin,
        description=description, array_annotations=array_annotations,
    )  # fmt: skip
    made.annotate(**(annotations or {}))
    # What Neo's arithmetic leaves without bounds has none.
    for word, bound in (("t_start", t_start), ("t_stop", t_stop)):
        if bound is None:
            setattr(made, word, None)
    made.segment, made.unit = segment, unit
    return made


def _bound_property(name: str, doc: str) -> Any:
    def read(self: SpikeTrain) -> Any:
        value = getattr(self._meta, name)
        if type(value) is float:
            value = scalar_time(value, self._unit)
            setattr(self._meta, name, value)
        return value

    def write(self: SpikeTrain, value: Any) -> None:
        if isinstance(value, pq.Quantity):
            check_has_dimensions_time(value)
            value = own_time(value)
        elif value is not None:
            value = float(value)
        setattr(self._meta, name, value)

    return property(read, write, doc=doc)


class SpikeTrain(Points):
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
        if waveforms is not None and len(times) != 0 and len(times) != np.shape(waveforms)[0]:
            raise ValueError("the number of waveforms should be equal to the number of spikes")
        if dtype is not None and hasattr(times, "dtype") and times.dtype != dtype:
            raise ValueError("cannot change dtype during construction: give times of that dtype")
        values, of = _times_parts(times, units, dtype)
        if values.ndim != 1:
            raise ValueError(f"Spiketrain times array has {values.ndim} dimensions, not one")
        start, stop = bound_number(t_start, of), bound_number(t_stop, of)
        meta = SpikeMetadata(
            None, None, None, {}, None, None, start, stop,
            sampling_rate if sampling_rate is _ONE_HERTZ else copied(sampling_rate),
            copied(left_sweep), waveforms,
        )  # fmt: skip
        if values.dtype is not _F8:
            meta.t_start = stored_bound(start, of, values.dtype)
            meta.t_stop = stored_bound(stop, of, values.dtype)
            start, stop = float(meta.t_start), float(meta.t_stop)
        if values.size:
            first, last = spread(values)
            if first < start or last > stop:
                _check_time_in_range(values, scalar_time(start, of), scalar_time(stop, of), True)
        if start > stop:
            raise ValueError(f"t_stop ({stop} {of}) is before t_start ({start} {of})")
        return cls._build(values, of, meta)

    def __init__(
        self, times: Any, t_stop: Any, units: Any = None, dtype: Any = None,
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
            {} if annotations is None else annotations, array_annotations,
            segment, float(start), float(stop),
            sampling_rate, left_sweep, waveforms,
        )  # fmt: skip
        return cls._build(values, of, meta)

    def __reduce__(self) -> tuple[Any, ...]:
        meta, own = self._meta, self._unit
        return self._reduced(_new_spiketrain, (
            type(self), self._values, short_bound(meta.t_stop, own), own, None, None,
            # The default is one object, which a pickle of many trains holds once.
            _ONE_HERTZ if meta.sampling_rate is _ONE_HERTZ else stored(meta.sampling_rate),
            short_bound(meta.t_start, own), stored(meta.waveforms), stored(meta.left_sweep),
            meta.name, meta.file_origin, meta.description, meta.array_annotations or None,
            meta.annotations, None, meta.unit,
        ))  # fmt: skip

    @property
    def array_annotations(self) -> Any:
        """Arrays of one value per spike; what is assigned is checked and copied."""
        # Few trains have any, and there are many trains: made when somebody looks.
        known = self._meta.array_annotations
        if known is None:
            known = self._meta.array_annotations = ArrayDict(self._get_arr_ann_length())
        return known

    @array_annotations.setter
    def array_annotations(self, values: Any) -> None:
        made = ArrayDict(self._get_arr_ann_length())
        made.update(values or {})
        self._meta.array_annotations = made

    t_start = _bound_property("t_start", "Start of the time in which spikes could occur.")
    t_stop = _bound_property("t_stop", "End of the time in which spikes could occur.")

    # Both are handed out and taken as copies, so that slices can share them.

    @property
    def sampling_rate(self) -> Any:
        """Samples of the waveforms per unit of time, or None."""
        return copied(self._meta.sampling_rate)

    @sampling_rate.setter
    def sampling_rate(self, rate: Any) -> None:
        self._meta.sampling_rate = copied(rate)

    @property
    def left_sweep(self) -> Any:
        """Time from the start of a waveform to its spike, or None."""
        return copied(self._meta.left_sweep)

    @left_sweep.setter
    def left_sweep(self, left_sweep: Any) -> None:
        self._meta.left_sweep = copied(left_sweep)

    waveforms = _own("waveforms", "(spikes, channels, samples), or None.")
    unit = _own("unit", "Unused since Neo 0.10; kept with pickles.")

    @property
    def units(self) -> pq.Quantity:
        """One of this unit."""
        return quantity(1.0, self._unit)

    @units.setter
    def units(self, units: Any) -> None:
        bounds = self.t_start, self.t_stop
        change_units(self, units)
        self.t_start, self.t_stop = (b if b is None else b.rescale(self._unit) for b in bounds)

    @property
    def times(self) -> Time:
        """The times, sharing memory."""
        self._share()
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

    def _same_with(self, values: NDArray[Any], of: Unit | None = None, segment: Any = None) -> Self:
        made = super()._same_with(values, of, segment)
        made._meta.waveforms = copied(made._meta.waveforms)
        return made

    def __getitem__(self, i: Any) -> Any:
        values = self._values[i]
        if np.ndim(values) == 0:
            return time_array(np.asarray(values), self._unit)
        if values.ndim > 1:
            return self._timely(values)
        self._share()
        meta = self._meta.fork(self._meta.segment, self._selected(i, np.shape(values)[-1]))
        if meta.waveforms is not None:
            meta.waveforms = meta.waveforms[i]
        return self._derive(values, self._unit, meta)

    def __setitem__(self, i: Any, value: Any) -> None:
        if not hasattr(value, "units"):
            value = pq.Quantity(value, units=self.units)
        _check_time_in_range(value, self.t_start, self.t_stop)
        pq.Quantity.__setitem__(self, i, value)

    def sort(self, *_: Any, **how: Any) -> None:  # NumPy's arguments: one axis, always stable
        """Sort by time, in place; waveforms and array annotations follow."""
        order = np.argsort(self._values, kind="stable")
        if self.waveforms is not None and np.size(self.waveforms):
            self.waveforms = self.waveforms[order]
        self.array_annotations = self._selected(order, self.size)
        self._values[...] = self._values[order]

    # Other trains.

    def _moved(self, times: pq.Quantity, by: Any, start: Any, stop: Any) -> SpikeTrain:
        if by.size > 1:
            start, stop = min(self.t_start, np.min(times)), max(self.t_stop, np.max(times))
        made = self._same_with(np.asarray(times.magnitude))
        own, dtype = self._unit, made.dtype
        made._meta.t_start = stored_bound(bound_number(start, own), own, dtype)
        made._meta.t_stop = stored_bound(bound_number(stop, own), own, dtype)
        return made

    def __add__(self, time: Any) -> Any:
        time = as_time(time)
        if isinstance(time, SpikeTrain):
            raise TypeError("Can't add two spike trains")
        return self._moved(self.times + time, time, self.t_start + time, self.t_stop + time)

    __radd__ = __add__

    def __sub__(self, time: Any) -> Any:
        time = as_time(time)
        if isinstance(time, SpikeTrain):
            if self.size != time.size:
                raise TypeError("Can't subtract spike trains with different sizes")
            return self.times - time.times
        return self._moved(self.times - time, time, self.t_start - time, self.t_stop - time)

    # Not in place: spikes do not leave the bounds that they have.

    def __iadd__(self, time: Any) -> Any:
        return self + time

    def __isub__(self, time: Any) -> Any:
        return self - time

    def __imul__(self, other: Any) -> Any:
        return self * other

    def __itruediv__(self, other: Any) -> Any:
        return self / other

    def rescale(self, units: Any, dtype: Any = None) -> Self:
        """A copy in other units, bounds too; `dtype` has no effect."""
        made = super().rescale(units)
        for word in ("t_start", "t_stop"):
            bound = getattr(self, word)
            setattr(made, word, bound if bound is None else bound.rescale(made._unit))
        return made

    def time_slice(self, t_start: Any, t_stop: Any) -> Self:
        """The spikes between two times, both included, as a copy that knows no segment.

        The bounds are those of the window, clipped to the train's. None leaves a side open, a
        bare number is in the unit of the times. ValueError where the window is wholly outside.
        """
        own, values = self._unit, self._values
        first, last = bound_in(t_start, own, -np.inf), bound_in(t_stop, own, np.inf)
        lowest, highest = (
            bound if type(bound) is float else bound_in(bound, own, np.nan)
            for bound in (self._meta.t_start, self._meta.t_stop)
        )
        if first > last:
            raise ValueError(f"the time slice ends ({t_stop}) before it starts ({t_start})")
        if first > highest or last < lowest:
            raise ValueError(
                "A time slice completely outside the boundaries of the spike train is not defined."
            )
        inside = (values >= first) & (values <= last)
        made: Self = self[inside]
        meta = made._meta
        meta.segment = None
        # Not by the setters: that these are times has just been seen.
        if first > lowest:
            meta.t_start = own_time(t_start) if isinstance(t_start, pq.Quantity) else float(first)
        if last < highest:
            meta.t_stop = own_time(t_stop) if isinstance(t_stop, pq.Quantity) else float(last)
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

        Bounds stay unless given, and so do waveforms where there are as many spikes as before;
        ValueError where the spikes do not fit them.
        """
        if waveforms is None and len(signal) == self.size:
            waveforms = copied(self.waveforms)
        made = SpikeTrain(
            signal.copy() if isinstance(signal, np.ndarray) else signal,
            t_stop=self.t_stop if t_stop is None else t_stop,
            t_start=self.t_start if t_start is None else t_start,
            waveforms=waveforms,
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
