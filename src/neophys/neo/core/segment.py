"""Segments: data on one clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import copy_annotations
from neophys.neo.core.container import Container, children_property
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.imagesequence import ImageSequence
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.spiketrainlist import SpikeTrainList
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

    def _limits(self, word: str, place: int) -> list[Any]:
        irregular = (signal for signal in self.irregularlysampledsignals if len(signal))
        limits = [
            getattr(obj, word) for obj in (*self.analogsignals, *self.spiketrains, *irregular)
        ]
        for marks in (*self.epochs, *self.events):
            if hasattr(marks, word):  # proxies know theirs without loading
                limits.append(getattr(marks, word))
            elif len(marks):
                limits.append(marks.times[place])
        return limits

    @property
    def t_start(self) -> Any:
        """Earliest start of what the segment holds (of events: the first), or None."""
        return min(self._limits("t_start", 0), default=None)

    @property
    def t_stop(self) -> Any:
        """Latest end of what the segment holds (of events and epochs: the last), or None."""
        return max(self._limits("t_stop", -1), default=None)

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
            Checked as annotations; the new segment has those of this one instead.

        Returns
        -------
        Segment
            Proxies are loaded; events and epochs of which nothing remains are left out, and so
            are image sequences and channel views.
        """
        made = Segment(**kwargs)
        for word in ("file_datetime", "rec_datetime", "index", "name", "description",
                     "file_origin"):  # fmt: skip
            setattr(made, word, getattr(self, word))
        made.annotations = copy_annotations(self.annotations)
        window = (
            self.t_start if t_start is None else t_start,
            self.t_stop if t_stop is None else t_stop,
        )
        for name in ("analogsignals", "irregularlysampledsignals", "spiketrains", "events",
                     "epochs"):  # fmt: skip
            for obj in getattr(self, name):
                part = (
                    obj.load(time_slice=window) if hasattr(obj, "proxy_for")
                    else obj.time_slice(*window)
                )  # fmt: skip
                if name in ("events", "epochs") and not len(part):
                    continue
                getattr(made, name).append(part.time_shift(-window[0]) if reset_time else part)
        return made
