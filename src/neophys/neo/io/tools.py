"""For readers written by others: a list whose items are loaded when somebody takes them."""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence
from typing import Any, ClassVar

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.block import Block
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.group import Group
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.segment import Segment
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.view import ChannelView

__all__ = [
    "AnalogSignal",
    "Block",
    "ChannelView",
    "Epoch",
    "Event",
    "Group",
    "IrregularlySampledSignal",
    "LazyList",
    "Segment",
    "SpikeTrain",
]


class LazyList(MutableSequence[Any]):
    """A list of objects, and of keys that stand for objects that are not loaded yet.

    Parameters
    ----------
    io
        Its ``load_lazy_cascade(key, lazy)`` gives the object for a key. It is asked once for
        each: the object takes the key's place.
    lazy
        Handed on to `io`.
    items : list, optional
        To begin with; the list itself is used.
    """

    _container_objects: ClassVar[set[type]] = {Block, Segment, Group}
    _neo_objects: ClassVar[set[type]] = {
        *_container_objects, AnalogSignal, Epoch, Event, ChannelView, IrregularlySampledSignal,
        SpikeTrain,
    }  # fmt: skip

    def __init__(self, io: Any, lazy: Any, items: list[Any] | None = None) -> None:
        self._io, self._lazy = io, lazy
        self._data: list[Any] = [] if items is None else items

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(self._io, self._lazy, self._data[index])
        item = self._data[index]
        if type(item) not in self._neo_objects:
            item = self._data[index] = self._io.load_lazy_cascade(item, self._lazy)
        return item

    def __setitem__(self, index: Any, value: Any) -> None:
        self._data[index] = value

    def __delitem__(self, index: Any) -> None:
        del self._data[index]

    def __len__(self) -> int:
        return len(self._data)

    # As lists do it, where the base class would load each item on the way.

    def insert(self, index: int, value: Any) -> None:
        """Put an object or a key before `index`."""
        self._data.insert(index, value)

    def append(self, value: Any) -> None:
        """Put an object or a key at the end."""
        self._data.append(value)

    def extend(self, values: Iterable[Any]) -> None:
        """Put objects or keys at the end."""
        self._data.extend(values)

    def remove(self, value: Any) -> None:
        """Remove the first item, object or key, that equals `value`."""
        self._data.remove(value)

    def reverse(self) -> None:
        """Turn the order around, in place."""
        self._data.reverse()

    def __str__(self) -> str:
        return f"<{type(self).__name__}>{self._data}"

    __repr__ = __str__
