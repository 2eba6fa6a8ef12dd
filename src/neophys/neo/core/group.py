"""Groups: objects that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import _container_name
from neophys.neo.core.container import Container, children_property
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.imagesequence import ImageSequence
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.regionofinterest import RegionOfInterest
from neophys.neo.core.segment import Segment
from neophys.neo.core.spiketrainlist import SpikeTrainList
from neophys.neo.core.view import ChannelView

__all__ = ["Group"]


class Group(Container):
    """Objects that belong together, from any segments; they keep their segment as parent.

    Parameters
    ----------
    objects : iterable, optional
        Added at once.
    name, description, file_origin : str, optional
    allowed_types : iterable of classes, optional
        What :meth:`add` accepts; everything that fits a group where left out.
    **annotations

    Raises
    ------
    TypeError
        For what a group cannot hold.
    """

    _data_child_objects: ClassVar[tuple[str, ...]] = (
        "AnalogSignal", "IrregularlySampledSignal", "SpikeTrain", "Event", "Epoch",
        "ChannelView", "ImageSequence", "CircularRegionOfInterest", "RectangularRegionOfInterest",
        "PolygonRegionOfInterest",
    )  # fmt: skip
    _container_child_objects: ClassVar[tuple[str, ...]] = ("Group",)
    _parent_objects: ClassVar[tuple[str, ...]] = ("Block",)

    block: Any

    def __init__(
        self, objects: Any = None, name: Any = None, description: Any = None,
        file_origin: Any = None, allowed_types: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, description, file_origin, **annotations)
        self._analogsignals = ObjectList(AnalogSignal)
        self._irregularlysampledsignals = ObjectList(IrregularlySampledSignal)
        self._spiketrains = SpikeTrainList()
        self._events = ObjectList(Event)
        self._epochs = ObjectList(Epoch)
        self._channelviews = ObjectList(ChannelView)
        self._imagesequences = ObjectList(ImageSequence)
        self._regionsofinterest = ObjectList(RegionOfInterest)
        self._segments = ObjectList(Segment)
        self._groups = ObjectList(Group)
        self.allowed_types = None if allowed_types is None else tuple(allowed_types)
        if self.allowed_types:
            self._restrict(self.allowed_types)
        if objects:
            self.add(*objects)

    analogsignals = children_property("analogsignals", "Regularly sampled signals.")
    irregularlysampledsignals = children_property("irregularlysampledsignals", "Other signals.")
    spiketrains = children_property("spiketrains", "Spike trains.")
    events = children_property("events", "Events.")
    epochs = children_property("epochs", "Epochs.")
    imagesequences = children_property("imagesequences", "Image sequences.")
    channelviews = children_property("channelviews", "Views of channels.")
    regionsofinterest = children_property("regionsofinterest", "Regions of image sequences.")
    segments = children_property("segments", "Segments.")
    groups = children_property("groups", "Groups below this one.")

    def _restrict(self, kinds: tuple[Any, ...]) -> None:
        """Have the lists take these classes only, however something gets there."""
        for kind in kinds:
            if kind.__name__ not in self._child_objects:
                raise TypeError(f"Groups can not contain objects of type {kind.__name__}")
        for name in self._child_containers:
            getattr(self, name).allowed_contents = tuple(
                kind for kind in kinds if _container_name(kind.__name__) == name
            )

    def add(self, *objects: Any) -> None:
        """Add objects, each to its list; TypeError for what this group does not take."""
        for obj in objects:
            kind = getattr(obj, "proxy_for", type(obj))
            if self.allowed_types and not issubclass(kind, self.allowed_types):
                raise TypeError(
                    f"This Group can only contain {self.allowed_types}, but not {type(obj)}"
                )
        super().add(*objects)

    def walk(self) -> Iterator[Group]:
        """This group and all groups below, depth first."""
        yield self
        for group in self.groups:
            yield from group.walk()
