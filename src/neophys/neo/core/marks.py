"""What events and epochs have in common: labelled points on the time axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.dataobject import ArrayDict, DataObject, quantity_parts
from neophys.neo.core.metadata import EventMetadata
from neophys.neo.core.points import Points
from neophys.neo.core.timequantity import Time, time_array
from neophys.neo.core.units import SECOND, Unit, numbers_in, unit, unit_of

__all__ = ["Marks", "bound_in"]


def bound_in(bound: Any, of: Unit, default: float) -> Any:
    """A bound of a time window as number in a unit; a bare number is in that unit already."""
    if bound is None:
        return default
    if isinstance(bound, pq.Quantity):
        return bound.magnitude * unit_of(bound._dimensionality).factor(of)
    return bound


def mark_parts(times: Any, units: Any) -> tuple[NDArray[Any], Unit]:
    """Values and unit of the times that a constructor was given, checked.

    Raises ValueError where they have no unit, a unit that is none of time, or two dimensions.
    """
    if times is None:
        times = time_array(np.empty(0), SECOND)
    elif isinstance(times, (list, tuple)):
        times = np.array(times if units is None else numbers_in(times, unit(units)))
    if np.ndim(times) > 1:
        raise ValueError("Times array has more than 1 dimension")
    if np.ndim(times) == 0:
        raise ValueError("Times array has 0 dimensions, not one: a single time goes into a list")
    if units is None and not isinstance(times, pq.Quantity):
        raise ValueError("you must specify units")
    values, of = quantity_parts(times, units, None)
    if not of.is_time:
        raise ValueError(f"Unit {of} has dimensions {of.simplified}, not [time]")
    return values, of


def label_array(labels: Any, size: int) -> NDArray[Any]:
    """Labels as an array of their own; ValueError where there are some, but not `size`."""
    if labels is None:
        return np.array([], dtype="U")
    made = np.array(labels)
    if made.size and made.size != size:
        raise ValueError(f"Labels array has different length to times ({made.size} != {size})")
    return made


def _plain(value: Any) -> Any:
    """An object's values without its metadata; times as :class:`Time`."""
    if not isinstance(value, DataObject):
        return value
    of = value._unit
    return time_array(value._values, of) if of.is_time else value.view(pq.Quantity)


class Marks(Points):
    """Base of events and epochs: a one-dimensional array of times with labels."""

    _parent_objects: ClassVar[tuple[str, ...]] = ("Segment",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("segment",)
    _quantity_attr: ClassVar[str] = "times"
    _metadata: ClassVar[type[EventMetadata]] = EventMetadata
    _noun: ClassVar[str] = "marks"
    _meta: EventMetadata

    @property
    def times(self) -> Time:
        """The times, sharing memory."""
        self._share()
        return time_array(self._values, self._unit)

    def get_labels(self) -> Any:
        """One text for each time, or an empty array."""
        return self._meta.labels

    def set_labels(self, labels: Any) -> None:
        """Replace the labels; None or an empty list for none, ValueError for another number."""
        self._meta.labels = label_array(labels, self.size)

    labels = property(get_labels, set_labels)

    @property
    def _labels(self) -> Any:
        """The labels as they are: subclasses set them in ``__new__``, unchecked, as in Neo."""
        return self._meta.labels

    @_labels.setter
    def _labels(self, labels: Any) -> None:
        self._meta.labels = labels

    def _inherit(self, obj: DataObject) -> None:
        super()._inherit(obj)
        if self.shape == obj.shape:
            self._meta.own_items()
        else:
            self._meta.forget_items()

    def _same_with(self, values: NDArray[Any], of: Unit | None = None, segment: Any = None) -> Self:
        made = super()._same_with(values, of, segment)
        made._meta.own_items()
        return made

    def _after_ufunc(self, made: Self) -> pq.Quantity:
        # Labels belong to the times: only a shift, see `__add__`, keeps both.
        return _plain(made)

    def __add__(self, other: Any) -> Any:
        return self._shifted(self.times + _plain(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        moved = self.times - _plain(other)
        return moved if isinstance(other, DataObject) else self._shifted(moved)

    def __rsub__(self, other: Any) -> Any:
        return other - self.times

    def _shifted(self, times: Time) -> Any:
        """The same marks at other times, without segment."""
        if times.shape != self.shape:
            return times
        return self._same_with(times.view(np.ndarray), times._unit)

    def _texts(self) -> Iterator[str]:
        """One text for each item."""
        labels = self._meta.labels
        if labels is None or not labels.size:
            return map(str, self.times)
        return (f"{label}@{time}" for label, time in zip(labels, self.times, strict=False))

    # Beside _repr_pretty_: IPython takes whichever the more special class defines.
    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(self._texts())}>"

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        labels = "" if self._meta.labels is None else " with labels"
        pp.text(
            f"{type(self).__name__} containing {self.size} {self._noun}{labels}; "
            f"time units {self._unit.string}; datatype {self.dtype} "
        )
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)

    def __getitem__(self, i: Any) -> Any:
        values = self._values[i]
        if np.ndim(values) == 0:
            return self._one(i, values)
        if values.ndim > 1:
            return self._timely(values)
        self._share()
        meta = self._meta.fork(self._meta.segment, self._selected(i, np.shape(values)[-1]))
        meta.select(i)
        return self._derive(values, self._unit, meta)

    def _one(self, key: Any, value: Any) -> Time:
        """A single time, which knows its label."""
        labels = self._meta.labels
        made: Any = np.asarray(value).view(Time)
        made._dimensionality = self._unit
        made.labels = labels if labels is None or not labels.size else labels[key]
        made.times = made.copy()
        return made  # type: ignore[no-any-return]  # view() is typed for plain arrays

    def _copy_data_complement(self, other: Any) -> None:
        """Take over name, description, file_origin and (copied) annotations."""
        meta = self._meta
        meta.name, meta.description = other.name, other.description
        meta.file_origin = other.file_origin
        meta.annotations = other._copied_annotations()

    def sort(self, *_: Any, **how: Any) -> None:  # NumPy's arguments: one axis, always stable
        """Sort by time, in place; labels, durations and array annotations follow."""
        order = np.argsort(self._values, kind="stable")
        self._meta.select(order)
        self._meta.array_annotations = self._selected(order, self.size)
        self._values[...] = self._values[order]

    def time_slice(self, t_start: Any, t_stop: Any) -> Self:
        """The items between two times, both included, as a copy that knows no segment.

        Epochs count by the time at which they start. None leaves a side open; a bare number is
        in the unit of the times.
        """
        own, values = self._unit, self._values
        inside = values >= bound_in(t_start, own, -np.inf)
        inside &= values <= bound_in(t_stop, own, np.inf)
        meta = self._meta.fork(None, self._selected(inside, int(np.count_nonzero(inside))))
        meta.select(inside)
        return self._derive(values[inside], own, meta)

    def time_shift(self, t_shift: Any) -> Self:
        """A copy with all times later by `t_shift`, without segment."""
        moved = self.times + t_shift
        return self._same_with(moved.view(np.ndarray), moved._unit)

    def _merged_description(self, other: Any) -> dict[str, Any]:
        """Constructor arguments that describe the union of two objects."""
        words = {}
        for word in ("name", "description", "file_origin"):
            mine, its = getattr(self, word), getattr(other, word)
            words[word] = mine if mine == its else f"merge({mine}, {its})"
        words["array_annotations"] = self._merge_array_annotations(other)
        return words

    @classmethod
    def _marked(cls, values: NDArray[Any], of: Unit, meta: EventMetadata) -> Self:
        """An object from fresh metadata, whose array annotations are made where missing."""
        if meta.annotations is None:
            meta.annotations = {}
        if meta.array_annotations is None:
            meta.array_annotations = ArrayDict(values.shape[-1])
        return cls._build(values, of, meta)


def labels_between(labels: Any, starts: slice, stops: slice) -> NDArray[Any]:
    """Labels ``a-b`` of what lies between labelled points."""
    return np.array([f"{a}-{b}" for a, b in zip(labels[starts], labels[stops], strict=True)], "U")


def hstacked(first: Any, second: Any) -> pq.Quantity:
    """Two quantities in a row, in the unit of the first."""
    values = np.hstack([first.magnitude, second.rescale(first.units).magnitude])
    return pq.Quantity(values, first.units, dtype=float)
