"""Points in time."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import merge_annotations
from neophys.neo.core.dataobject import ArrayDict, DataObject
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.marks import Marks, hstacked, label_array, labels_between, mark_parts
from neophys.neo.core.metadata import EventMetadata
from neophys.neo.core.units import Unit, unit

__all__ = ["ArrayDict", "DataObject", "Epoch", "Event", "merge_annotations"]


def _new_event(
    cls: Any, times: Any = None, labels: Any = None, units: Any = None, name: Any = None,
    file_origin: Any = None, description: Any = None, array_annotations: Any = None,
    annotations: Any = None, segment: Any = None,
) -> Any:  # fmt: skip
    """Rebuild an event from a pickle; name and order of arguments are those of Neo's pickles."""
    made = cls(
        times=times, labels=labels, units=units, name=name, file_origin=file_origin,
        description=description, array_annotations=array_annotations,
    )  # fmt: skip
    made.annotate(**(annotations or {}))
    made.segment = segment
    return made


class Event(Marks):
    """Labelled points in time.

    Parameters
    ----------
    times : array_like or Quantity, optional
        One dimension; none where left out. Memory is shared where the unit fits.
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

    _noun: ClassVar[str] = "events"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("times", pq.Quantity, 1),
        ("labels", np.ndarray, 1, np.dtype("U")),
    )

    def __new__(
        cls, times: Any = None, labels: Any = None, units: Any = None, name: Any = None,
        description: Any = None, file_origin: Any = None, array_annotations: Any = None,
        **annotations: Any,
    ) -> Self:  # fmt: skip
        values, of = mark_parts(times, units)
        return cls._marked(values, of, EventMetadata(labels=label_array(labels, values.size)))

    def __init__(
        self, times: Any = None, labels: Any = None, units: Any = None, name: Any = None,
        description: Any = None, file_origin: Any = None, array_annotations: Any = None,
        **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, array_annotations, annotations)

    @classmethod
    def _from_parts(
        cls, values: NDArray[Any], of: Unit, labels: NDArray[Any], name: Any = None,
        description: Any = None, file_origin: Any = None,
        annotations: dict[str, Any] | None = None, array_annotations: Any = None,
        segment: Any = None,
    ) -> Self:  # fmt: skip
        """Events from parts that are known to be right: nothing is parsed, checked or copied.

        Parameters
        ----------
        values : ndarray
            (events,), in the unit `of` (from :func:`neophys.neo.core.units.unit`).
        labels : ndarray of str
            (events,) or empty.
        annotations : dict, optional
            Belongs to the object from now on.
        array_annotations : ArrayDict, optional
            Likewise; `ArrayDict.trusted(n, arrays)` makes one that shares arrays.
        """
        meta = EventMetadata(
            name, description, file_origin, annotations, array_annotations, segment, labels
        )
        return cls._marked(values, of, meta)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._reduced(_new_event, (
            type(self), self._values, self.labels, self._unit, self.name, self.file_origin,
            self.description, self.array_annotations, self.annotations, None,
        ))  # fmt: skip

    def merge(self, other: Any) -> Event:
        """This object's events, then those of another, in this one's unit."""
        labels = np.hstack([self.labels, other.labels])
        described = self._merged_description(other)
        made = Event(hstacked(self.times, other.times), labels, **described)
        made.annotations = merge_annotations(self.annotations, other.annotations)
        return made

    def duplicate_with_new_data(self, times: Any, labels: Any, units: Any = None) -> Self:
        """Other times with the same metadata, without array annotations and segment."""
        made = type(self)(times=times, units=self._unit if units is None else unit(units))
        made._copy_data_complement(self)
        made.labels = labels
        return made

    def to_epoch(self, pairwise: bool = False, durations: Any = None) -> Epoch:
        """Epochs between events.

        Parameters
        ----------
        pairwise : bool
            True: each two events are the ends of one epoch. False: each event ends the epoch
            that the one before it began. Labels are ``a-b``.
        durations : Quantity, optional
            Each event begins an epoch of this length and has its label and array annotations.

        Returns
        -------
        Epoch
            With name, description, file_origin and annotations of the events.

        Raises
        ------
        ValueError
            Where both are given, or the events of pairs are not even in number.
        """
        times, labels = self.times, self.labels
        if pairwise:
            if durations is not None:
                raise ValueError(
                    "Inconsistent arguments. Cannot give both `pairwise` and `durations`"
                )
            if self.size % 2 != 0:
                raise ValueError(
                    "Pairwise conversion of events to epochs requires an even number of events"
                )
            starts, stops = slice(None, None, 2), slice(1, None, 2)
        elif durations is None:
            starts, stops = slice(None, -1), slice(1, None)
        else:
            made = Epoch(times.copy(), durations, labels)
            made.array_annotations = self.array_annotations
            made._copy_data_complement(self)
            return made
        made = Epoch(
            times=times[starts].copy(),
            durations=times[stops] - times[starts],
            labels=labels_between(labels, starts, stops) if labels.size else None,
        )
        made._copy_data_complement(self)
        return made
