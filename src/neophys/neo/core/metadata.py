"""The one value that each data object carries besides its samples.

An object owns its metadata: whatever makes one object from another (a slice, a sum, a copy, a
pickle) passes it through :meth:`Metadata.fork`, so no two objects ever share one, and a rule about
what is kept stands in one place.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import quantities as pq

from neophys.neo.core.baseneo import copy_annotations
from neophys.neo.core.units import SECOND, Unit

__all__ = [
    "EpochMetadata", "EventMetadata", "ImageMetadata", "IrregularMetadata", "Metadata",
    "PlainMetadata", "SignalMetadata", "SpikeMetadata",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Metadata:
    """What every data object carries."""

    name: Any = None
    description: Any = None
    file_origin: Any = None
    annotations: Any = None
    array_annotations: Any = None
    segment: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        """A copy that shares nothing mutable, with these array annotations and this parent.

        Values that a subclass adds (times, labels, waveforms) are handed on as they are: who
        changes the samples replaces them.
        """
        raise AssertionError("each kind of metadata copies its own fields")

    def copied_array_annotations(self) -> Any:
        """A deep copy of the array annotations."""
        own = self.array_annotations
        return own.fork() if hasattr(own, "fork") else copy_annotations(own)


@dataclass(slots=True, eq=False)
class PlainMetadata(Metadata):
    """Metadata of a bare DataObject."""

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class SignalMetadata(Metadata):
    """Timing of a sampled signal, as plain numbers: quantities are made when asked for."""

    start: float = 0.0
    start_unit: Unit = SECOND
    rate: float | None = None
    rate_unit: Unit | None = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment,
            self.start, self.start_unit, self.rate, self.rate_unit,
        )  # fmt: skip


def own(value: Any) -> Any:
    """A quantity copied, since it can change in place; anything else as it is."""
    return value.copy() if type(value) is pq.Quantity else value


@dataclass(slots=True, eq=False)
class ImageMetadata(SignalMetadata):
    """Timing of frames, and how large their pixels are."""

    spatial_scale: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment,
            self.start, self.start_unit, self.rate, self.rate_unit, own(self.spatial_scale),
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class IrregularMetadata(Metadata):
    """Times of an irregularly sampled signal."""

    times: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment, self.times,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class SpikeMetadata(Metadata):
    """Bounds and waveforms of a spike train."""

    t_start: Any = None
    t_stop: Any = None
    sampling_rate: Any = None
    left_sweep: Any = None
    waveforms: Any = None
    unit: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment,
            self.t_start, self.t_stop, self.sampling_rate, self.left_sweep, self.waveforms,
            self.unit,
        )  # fmt: skip


def _chosen(values: Any, key: Any) -> Any:
    made = values[key]
    return made.copy() if isinstance(key, slice) else made


@dataclass(slots=True, eq=False)
class EventMetadata(Metadata):
    """Labels of events."""

    labels: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment, self.labels,
        )  # fmt: skip

    def select(self, key: Any) -> None:
        """Keep the items that `key` selects, in arrays of their own."""
        if self.labels is not None and np.size(self.labels):
            self.labels = _chosen(self.labels, key)

    def own_items(self) -> None:
        """Copy what belongs to single items."""
        self.labels = copy(self.labels)

    def forget_items(self) -> None:
        """Drop what belongs to single items: they are others now."""
        self.labels = np.array([], dtype="U")


@dataclass(slots=True, eq=False)
class EpochMetadata(EventMetadata):
    """Labels and durations of epochs."""

    durations: Any = None

    def fork(self, segment: Any = None, array_annotations: Any = None) -> Self:
        return type(self)(
            self.name, self.description, self.file_origin,
            copy_annotations(self.annotations), array_annotations, segment,
            self.labels, self.durations,
        )  # fmt: skip

    def select(self, key: Any) -> None:
        EventMetadata.select(self, key)
        if self.durations is not None and np.size(self.durations):
            self.durations = _chosen(self.durations, key)

    def own_items(self) -> None:
        EventMetadata.own_items(self)
        self.durations = copy(self.durations)

    def forget_items(self) -> None:
        EventMetadata.forget_items(self)
        self.durations = None
