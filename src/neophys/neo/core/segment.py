"""Segments: data on one clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import numpy as np

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import copy_annotations
from neophys.neo.core.container import Container, children_property
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.imagesequence import ImageSequence
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.sampled import required_time, time_parts
from neophys.neo.core.spiketrainlist import SpikeTrainList
from neophys.neo.core.timequantity import Time, scalar_time, time_array
from neophys.neo.core.units import Unit
from neophys.neo.core.view import ChannelView

__all__ = ["Segment"]


class Segment(Container):
    """Data objects on one clock.

    Parameters
    ----------
    name, description, file_origin : str, optional
    file_datetime, rec_datetime : datetime, optional
        When the file was made, and when the recording began.
    index : int, optional
    **annotations
    """

    _data_child_objects: ClassVar[tuple[str, ...]] = (
        "AnalogSignal", "Epoch", "Event", "IrregularlySampledSignal", "SpikeTrain",
        "ImageSequence",
    )  # fmt: skip
    _parent_objects: ClassVar[tuple[str, ...]] = ("Block",)
    _recommended_attrs: ClassVar[tuple[Any, ...]] = (
        ("file_datetime", datetime),
        ("rec_datetime", datetime),
        ("index", int),
        *Container._recommended_attrs,
    )
    _repr_pretty_containers: ClassVar[tuple[str, ...]] = ("analogsignals",)

    block: Any

    def __init__(
        self, name: Any = None, description: Any = None, file_origin: Any = None,
        file_datetime: Any = None, rec_datetime: Any = None, index: Any = None,
        **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, description, file_origin, **annotations)
        self._analogsignals = ObjectList(AnalogSignal, parent=self)
        self._irregularlysampledsignals = ObjectList(IrregularlySampledSignal, parent=self)
        self._spiketrains = SpikeTrainList(parent=self)
        self._events = ObjectList(Event, parent=self)
        self._epochs = ObjectList(Epoch, parent=self)
        self._imagesequences = ObjectList(ImageSequence, parent=self)
        # A view's parent is a group: here it keeps the one it has.
        self._channelviews = ObjectList(ChannelView)
        self.file_datetime = file_datetime
        self.rec_datetime = rec_datetime
        self.index = index

    analogsignals = children_property("analogsignals", "Regularly sampled signals.")
    irregularlysampledsignals = children_property("irregularlysampledsignals", "Other signals.")
    spiketrains = children_property("spiketrains", "Spike trains.")
    events = children_property("events", "Events.")
    epochs = children_property("epochs", "Epochs.")
    imagesequences = children_property("imagesequences", "Image sequences.")
    channelviews = children_property("channelviews", "Views of channels.")

    def _limits(self, word: str, pick: Any) -> list[Any]:
        """An attribute of all that has extent, and of events and epochs their extreme time."""
        irregular = [signal for signal in self.irregularlysampledsignals if len(signal)]
        limits = [
            *_limits(self.analogsignals, word),
            *_limits(self.spiketrains, word),
            *(getattr(signal, word) for signal in irregular),
        ]
        for marks in (*self.epochs, *self.events):
            if hasattr(marks, word):  # proxies know theirs without loading
                limits.append(getattr(marks, word))
            elif len(marks):
                limits.append(time_array(pick.reduce(marks._values, keepdims=True), marks._unit)[0])
        return limits

    @property
    def t_start(self) -> Any:
        """Earliest start of what the segment holds (of events: the earliest), or None."""
        return _extreme(self._limits("t_start", np.fmin), earlier=True)

    @property
    def t_stop(self) -> Any:
        """Latest end of what the segment holds (of events and epochs: the latest time), or None."""
        return _extreme(self._limits("t_stop", np.fmax), earlier=False)

    def time_slice(
        self, t_start: Any = None, t_stop: Any = None, reset_time: bool = False, **kwargs: Any
    ) -> Segment:
        """The part between two times, as a new segment without block.

        Parameters
        ----------
        t_start, t_stop : Quantity, optional
            Left out: those of the segment.
        reset_time : bool
            Whether the new segment's time begins with 0 at `t_start`.
        **kwargs
            Name, description, index ... and annotations that the new segment has in place of, or
            besides, those of this one.

        Returns
        -------
        Segment
            Proxies are loaded; events and epochs of which nothing remains are left out. Of image
            sequences the part inside the window is taken, if there is one.

        Raises
        ------
        ValueError
            Where a signal does not cover the window.
        """
        words = ("name", "description", "file_origin", "file_datetime", "rec_datetime", "index")
        described = {word: getattr(self, word) for word in words}
        made = Segment(**(described | kwargs))
        made.annotations = copy_annotations(self.annotations) | made.annotations
        start = self.t_start if t_start is None else t_start
        stop = self.t_stop if t_stop is None else t_stop
        parts: dict[int, Any] = {}
        for name in ("analogsignals", "irregularlysampledsignals", "spiketrains", "events",
                     "epochs", "imagesequences"):  # fmt: skip
            found = []
            for obj in getattr(self, name):
                part = _cut(obj, start, stop)
                if name in _LEFT_OUT and not len(part):
                    continue
                parts[id(obj)] = part = part.time_shift(-start) if reset_time else part
                found.append(part)
            if found:
                getattr(made, name).extend(found)
        for view in self.channelviews:
            if id(view.obj) in parts:
                made.channelviews.append(_same_view(view, parts[id(view.obj)]))
        return made


def _limits(children: Any, word: str) -> list[Any]:
    """An attribute of all children; a subclass may hold them in a plain list."""
    own = getattr(children, "_limits", None)
    return own(word) if own else [getattr(child, word) for child in children]


_LEFT_OUT = frozenset(("events", "epochs", "imagesequences"))


def _cut(obj: Any, start: Any, stop: Any) -> Any:
    """The part of a data object between two times; a proxy is loaded."""
    if hasattr(obj, "proxy_for"):
        return obj.load(time_slice=(start, stop))
    if isinstance(obj, ImageSequence):
        start, stop = max(start, obj.t_start), min(stop, obj.t_stop)
        if not start < stop:
            return obj[:0]
    return obj.time_slice(start, stop)


def _same_view(view: ChannelView, obj: Any) -> ChannelView:
    """A view of the same channels of another signal."""
    made = ChannelView(
        obj, view.index.copy(), view.name, view.description, view.file_origin,
        dict(view.array_annotations.fork()),
    )  # fmt: skip
    made.annotations = copy_annotations(view.annotations)
    return made


def _extreme(limits: list[Any], *, earlier: bool) -> Any:
    """The earliest or latest of some times as a time of its own, or None where there are none.

    Numbers are compared as long as units agree, which is nearly always so.
    """
    best: dict[Unit, float] = {}
    for limit in limits:
        value, of = required_time(limit) if isinstance(limit, Time) else time_parts(limit)
        known = best.get(of)
        if known is None or (value < known if earlier else value > known):
            best[of] = value
    times = [scalar_time(value, of) for of, value in best.items()]
    return None if not times else min(times) if earlier else max(times)
