"""Stretches of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import BaseNeo, merge_annotations
from neophys.neo.core.dataobject import ArrayDict, DataObject, quantity_parts
from neophys.neo.core.marks import Marks, hstacked, label_array, mark_parts
from neophys.neo.core.metadata import EpochMetadata
from neophys.neo.core.timequantity import Time, time_array
from neophys.neo.core.units import Unit, numbers_in, unit

__all__ = ["ArrayDict", "BaseNeo", "DataObject", "Epoch", "merge_annotations"]


def _new_epoch(
    cls: Any, times: Any = None, durations: Any = None, labels: Any = None, units: Any = None,
    name: Any = None, file_origin: Any = None, description: Any = None,
    array_annotations: Any = None, annotations: Any = None, segment: Any = None,
) -> Any:  # fmt: skip
    """Rebuild an epoch from a pickle.

    Order of arguments as Neo's pickles write it; Neo itself reads them back with file_origin and
    description exchanged.
    """
    made = cls(
        times=times, durations=durations, labels=labels, units=units, name=name,
        file_origin=file_origin, description=description,
        array_annotations=array_annotations,
    )  # fmt: skip
    made.annotate(**(annotations or {}))
    made.segment = segment
    return made


def duration_array(durations: Any, size: int, of: Unit) -> Time:
    """Durations as times of their own: `of` is the unit of bare numbers; none are zeros.

    Raises ValueError for another number of them than `size`, and for a unit that is none of time.
    """
    if durations is None or (size and not np.size(durations)):
        return time_array(np.zeros(size), of)
    if not isinstance(durations, pq.Quantity):
        durations = np.asarray(numbers_in(durations, of))
    if durations.size == 1:
        durations = durations.reshape(-1)[:1] * np.ones(size)
    elif durations.size != size:
        raise ValueError(
            f"Durations array has different length to times ({durations.size} != {size})"
        )
    values, own = quantity_parts(durations, None, None, default=of)
    if not own.is_time:
        raise ValueError(f"durations have dimensions {own.simplified}, not [time]")
    return time_array(values.copy(), own)


class Epoch(Marks):
    """Labelled stretches of time.

    Parameters
    ----------
    times : array_like or Quantity, optional
        When each begins; one dimension. Memory is shared where the unit fits.
    durations : array_like, Quantity or float, optional
        One for each, or one for all; bare numbers are in the unit of the times. Zeros where left
        out.
    labels : array_like of str, optional
        One for each time, or none.
    units : str or Quantity, optional
        Required where `times` has none; another unit than that of `times` converts.
    name, description, file_origin : str, optional
    array_annotations : dict of array_like, optional
        One value per time.
    **annotations

    Raises
    ------
    ValueError
        Where the unit is missing or none of time, or lengths differ.
    """

    _noun: ClassVar[str] = "epochs"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("times", pq.Quantity, 1),
        ("durations", pq.Quantity, 1),
        ("labels", np.ndarray, 1, np.dtype("U")),
    )
    _metadata = EpochMetadata
    _meta: EpochMetadata

    def __new__(
        cls, times: Any = None, durations: Any = None, labels: Any = None, units: Any = None,
        name: Any = None, description: Any = None, file_origin: Any = None,
        array_annotations: Any = None, **annotations: Any,
    ) -> Self:  # fmt: skip
        values, of = mark_parts(times, units)
        meta = EpochMetadata(
            labels=label_array(labels, values.size),
            durations=duration_array(durations, values.size, of),
        )
        return cls._marked(values, of, meta)

    def __init__(
        self, times: Any = None, durations: Any = None, labels: Any = None, units: Any = None,
        name: Any = None, description: Any = None, file_origin: Any = None,
        array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, array_annotations, annotations)

    @classmethod
    def _from_parts(
        cls, values: NDArray[Any], of: Unit, durations: NDArray[Any], labels: NDArray[Any],
        name: Any = None, description: Any = None, file_origin: Any = None,
        annotations: dict[str, Any] | None = None, array_annotations: Any = None,
        segment: Any = None,
    ) -> Self:  # fmt: skip
        """Epochs from parts that are known to be right: nothing is parsed, checked or copied.

        Parameters
        ----------
        values, durations : ndarray
            (epochs,), in the unit `of` (from :func:`neophys.neo.core.units.unit`).
        labels : ndarray of str
            (epochs,) or empty.
        annotations : dict, optional
            Belongs to the object from now on.
        array_annotations : ArrayDict, optional
            Likewise; `ArrayDict.trusted(n, arrays)` makes one that shares arrays.
        """
        meta = EpochMetadata(
            name, description, file_origin, annotations, array_annotations, segment, labels,
            time_array(durations, of),
        )  # fmt: skip
        return cls._marked(values, of, meta)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._reduced(_new_epoch, (
            type(self), self._values, self.durations, self.labels, self._unit, self.name,
            self.file_origin, self.description, self.array_annotations, self.annotations, None,
        ))  # fmt: skip

    def get_durations(self) -> Any:
        """How long each lasts, as Quantity."""
        return self._meta.durations

    def set_durations(self, durations: Any) -> None:
        """Replace the durations: one for each, or one for all; bare numbers are in the own unit."""
        if np.ndim(durations) and np.size(durations) != self.size:
            raise ValueError(
                f"Durations array has different length to times ({len(durations)} != {self.size})"
            )
        self._meta.durations = duration_array(durations, self.size, self._unit)

    durations = property(get_durations, set_durations)

    @property
    def _durations(self) -> Any:
        """The durations as they are; see `_labels`."""
        return self._meta.durations

    @_durations.setter
    def _durations(self, durations: Any) -> None:
        self._meta.durations = durations

    def _texts(self) -> Iterator[str]:
        durations = self._meta.durations
        if durations is None or not durations.size:
            return super()._texts()
        both = zip(super()._texts(), durations, strict=False)
        return (f"{text} for {duration}" for text, duration in both)

    def _one(self, key: Any, value: Any) -> Time:
        made = super()._one(key, value)
        durations = self._meta.durations
        made.durations = durations if durations is None or not durations.size else durations[key]
        return made

    def rescale(self, units: Any, dtype: Any = None) -> Self:
        """A copy in other units, durations too; `dtype` has no effect."""
        made = super().rescale(units, dtype)
        if self._unit != made._unit and self.durations is not None:
            made._meta.durations = self.durations.rescale(made._unit)
        return made

    def merge(self, other: Any) -> Epoch:
        """This object's epochs, then those of another, in this one's units."""
        made = Epoch(
            times=hstacked(self.times, other.times),
            durations=hstacked(self.durations, other.durations),
            labels=np.hstack([self.labels, other.labels]),
            **self._merged_description(other),
        )
        made.annotations = merge_annotations(self.annotations, other.annotations)
        return made

    def duplicate_with_new_data(
        self, times: Any, durations: Any, labels: Any, units: Any = None
    ) -> Self:
        """Other times with the same metadata, without array annotations and segment."""
        made = type(self)(
            times=times, durations=durations, labels=labels,
            units=self._unit if units is None else unit(units),
        )  # fmt: skip
        made._copy_data_complement(self)
        return made
