"""Signals whose samples have their own times."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import MergeError, intersect_annotations, merge_annotations
from neophys.neo.core.basesignal import BaseSignal, scipy_signal
from neophys.neo.core.concatenation import common_arrays
from neophys.neo.core.dataobject import DataObject, quantity_parts
from neophys.neo.core.marks import bound_in, hstacked
from neophys.neo.core.metadata import IrregularMetadata
from neophys.neo.core.timequantity import scalar_time, time_array
from neophys.neo.core.units import Unit, unit_of

__all__ = [
    "AnalogSignal", "BaseSignal", "DataObject", "IrregularlySampledSignal", "MergeError",
    "intersect_annotations", "merge_annotations",
]  # fmt: skip


def _new_IrregularlySampledSignal(
    cls: Any, times: Any, signal: Any, units: Any = None, time_units: Any = None,
    dtype: Any = None, copy: Any = None, name: Any = None, file_origin: Any = None,
    description: Any = None, array_annotations: Any = None, annotations: Any = None,
    segment: Any = None,
) -> Any:  # fmt: skip
    """Rebuild a signal from a pickle; name and order of arguments are those of Neo's pickles."""
    made = cls(
        times, signal, units=units, time_units=time_units, dtype=dtype, name=name,
        file_origin=file_origin, description=description,
        array_annotations=array_annotations,
    )  # fmt: skip
    made.annotate(**(annotations or {}))
    made.segment = segment
    return made


def _unit_of_time(of: Unit) -> Unit:
    if not of.is_time:
        raise ValueError(f"times must be in a unit of time, not in {of.string}")
    return of


def _own_times(made: IrregularlySampledSignal) -> None:
    if made._meta.times is not None:
        made._meta.times = made._meta.times.copy()


class IrregularlySampledSignal(BaseSignal):
    """A signal as array of (samples, channels) with a time for each sample.

    Parameters
    ----------
    times : array_like or Quantity
        (samples,), in any order; stored as float64. Copied where it is a Quantity.
    signal : array_like or Quantity
        Samples; one dimension is one channel. Memory is shared where units and dtype fit.
    units, time_units : str or Quantity, optional
        Required where the arrays have none; other units than theirs convert.
    dtype : dtype, optional
    copy : None
        Accepted for compatibility; anything else raises ValueError.
    name, file_origin, description : str, optional
    array_annotations : dict of array_like, optional
        One value per channel.
    **annotations

    Raises
    ------
    ValueError
        Where a unit is missing, or the number of times is not that of samples.
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Segment",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("segment",)
    _quantity_attr: ClassVar[str] = "signal"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("times", pq.Quantity, 1),
        ("signal", pq.Quantity, 2),
    )
    _time_base: ClassVar[tuple[str, ...]] = ("times",)
    _metadata = IrregularMetadata
    _meta: IrregularMetadata

    def __new__(
        cls, times: Any, signal: Any, units: Any = None, time_units: Any = None,
        dtype: Any = None, copy: Any = None, name: Any = None, file_origin: Any = None,
        description: Any = None, array_annotations: Any = None, **annotations: Any,
    ) -> Self:  # fmt: skip
        if copy is not None:
            raise ValueError("`copy` has no effect any more and must be None")
        values, of = quantity_parts(signal, units, dtype)
        if values.ndim == 1:
            values = values.reshape(-1, 1)
        if time_units is None and not isinstance(times, pq.Quantity):
            raise ValueError("Time units must be specified")
        when, per = quantity_parts(times, time_units, float)
        if len(when) != values.shape[0]:
            raise ValueError("times array and signal array must have same length")
        made = cls._build(values, of, None)
        if isinstance(times, pq.Quantity):
            when = when.copy()  # a quantity can change in place
        made._meta.times = time_array(when, _unit_of_time(per))
        return made

    def __init__(
        self, times: Any = None, signal: Any = None, units: Any = None, time_units: Any = None,
        dtype: Any = None, copy: Any = None, name: Any = None, file_origin: Any = None,
        description: Any = None, array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, array_annotations, annotations)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._reduced(_new_IrregularlySampledSignal, (
            type(self), self.times, self._values, self._unit, self.times._unit,
            self.dtype, None, self.name, self.file_origin, self.description,
            self.array_annotations, self.annotations, None,
        ))  # fmt: skip

    # Time base.

    @property
    def times(self) -> Any:
        """Time of each sample."""
        return self._meta.times

    @times.setter
    def times(self, times: Any) -> None:
        if not isinstance(times, pq.Quantity):
            raise ValueError("times must have units")
        if times.shape != self.shape[:1]:
            raise ValueError(f"{self.shape[0]} samples need as many times, not {times.shape}")
        when, per = quantity_parts(times, None, float)
        self._meta.times = time_array(when.copy(), _unit_of_time(per))

    @property
    def t_start(self) -> Any:
        """Time of the first sample, or None."""
        return self.times[0] if len(self.times) else None

    @property
    def t_stop(self) -> Any:
        """Time of the last sample, or None."""
        return self.times[-1] if len(self.times) else None

    @property
    def duration(self) -> Any:
        """From the first sample to the last; 0 where there is none."""
        times = self.times
        return times[-1] - times[0] if len(times) else scalar_time(0.0, times._unit)

    @property
    def sampling_intervals(self) -> Any:
        """From each sample to the next."""
        return self.times[1:] - self.times[:-1]

    def _on_same_times(self, other: Any) -> bool:
        return not isinstance(other, IrregularlySampledSignal) or (
            self.times.shape == other.times.shape and bool(np.all(self.times == other.times))
        )

    def _check_consistency(self, other: Any) -> None:
        if not self._on_same_times(other):
            raise ValueError(f"Times do not match: {self.times} vs {other.times}")

    # Times go with the samples: a slice shares them, what has samples of its own has its own.

    def _inherit(self, obj: DataObject) -> None:
        super()._inherit(obj)
        if self.shape[:1] != obj.shape[:1]:
            self._meta.times = None

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        made = super().__array_function__(func, types, args, kwargs)
        lost = isinstance(made, IrregularlySampledSignal) and made._meta.times is None
        return made.view(pq.Quantity) if lost else made

    def _same_with(self, values: NDArray[Any], of: Any = None, segment: Any = None) -> Self:
        made = super()._same_with(values, of, segment)
        _own_times(made)
        return made

    def _after_ufunc(self, made: Self) -> Any:
        result = super()._after_ufunc(made)
        if isinstance(result, IrregularlySampledSignal):
            _own_times(result)
        return result

    def _get_required_attributes(self, signal: Any, units: Any) -> dict[str, Any]:
        return super()._get_required_attributes(signal, units) | {"times": self.times.copy()}

    def _deepen(self, memo: dict[int, Any]) -> None:
        """Nothing is left to copy: the times are its own."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({pq.Quantity.__repr__(self)} at times {self.times})>"

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        pp.text(
            f"{type(self).__name__} with {self.shape[1]} channels of length {self.shape[0]}; "
            f"units {self._unit.string}; datatype {self.dtype}"
        )
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)
        pp.breakable()
        with pp.group(indent=1):
            pp.text(f"sample times: {self.times}")

    # Items.

    def _rows(self, rows: Any, values: NDArray[Any], array_annotations: Any) -> Self:
        meta = self._meta.fork(self._meta.segment, array_annotations)
        meta.times = meta.times[rows]
        return self._derive(values, self._unit, meta)

    def _picked(self, rows: NDArray[Any], channels: Any) -> Self:
        """Single samples: a signal of these."""
        values = self._values[rows]
        return self._columns(rows, values[:, channels] if self.ndim > 1 else values, channels)

    # Other signals.

    def time_slice(self, t_start: Any, t_stop: Any) -> Self:
        """The samples between two times, both included, as a copy that knows no segment.

        None leaves a side open; a bare number is in the unit of the times. A window without
        samples gives a signal without samples.
        """
        own, values = unit_of(self.times._dimensionality), self.times.magnitude
        inside = values >= bound_in(t_start, own, -np.inf)
        inside &= values <= bound_in(t_stop, own, np.inf)
        made = self._rows(inside, self._values[inside], self._meta.copied_array_annotations())
        made.segment = None
        return made

    def time_shift(self, t_shift: Any) -> Self:
        """A copy with all times later by `t_shift`, without segment."""
        made = self._same_with(self._values.copy())
        made.times = self.times + t_shift
        return made

    def mean(self, interpolation: Any = None) -> Any:  # type: ignore[override]  # Neo's arguments
        """Mean over time and channels, each sample counting until the next."""
        if interpolation is not None:
            raise NotImplementedError
        values = self._plain(self._values.reshape(len(self), -1)[:-1])
        weights = self.sampling_intervals.reshape(-1, 1).view(pq.Quantity)
        return (values * weights).sum() / self.duration / values.shape[1]

    def resample(self, sample_count: int, **kwargs: Any) -> AnalogSignal:
        """A regular signal from ``scipy.signal.resample``; `kwargs` are its arguments."""
        kwargs.pop("axis", None)
        kwargs.pop("t", None)
        values = scipy_signal().resample(self.magnitude, sample_count, axis=0, **kwargs)
        made = AnalogSignal(
            values, units=self._unit, dtype=self.dtype, t_start=self.t_start,
            sampling_rate=(sample_count - 1) / self.duration,
        )  # fmt: skip
        made._copy_data_complement(self)
        made.array_annotations = self._meta.copied_array_annotations()
        return made

    def concatenate(self, other: Any, allow_overlap: bool = False) -> IrregularlySampledSignal:
        """The samples of this signal and another, in the order of their times.

        ValueError where their times overlap, unless `allow_overlap`.
        """
        filled = len(self) and len(other)
        if (
            filled
            and not allow_overlap
            and max(self.t_start, other.t_start) <= min(self.t_stop, other.t_stop)
        ):
            raise ValueError(
                "Can not combine signals that overlap in time. Allow for overlapping samples using"
                ' the "allow_overlap" parameter.'
            )
        times = hstacked(self.times, other.times)
        order = np.argsort(times.magnitude, kind="stable")
        values = np.vstack((self._values, other.rescale(self._unit).magnitude))
        made = IrregularlySampledSignal(times[order], values[order], units=self._unit,
                                        dtype=self.dtype)  # fmt: skip
        for word in ("name", "description", "file_origin"):
            mine, its = getattr(self, word), getattr(other, word)
            setattr(made, word, mine if mine == its else f"merge({mine}, {its})")
        made.annotations = merge_annotations(self.annotations, other.annotations)
        made.annotations = made._copied_annotations()
        made.array_annotations = common_arrays([self, other])
        return made
