"""Several spike trains, as a list or as two arrays."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import quantities as pq

from neophys.neo.core.objectlist import ObjectList, _Members
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.timequantity import Time
from neophys.neo.core.traincolumns import TrainColumns, channel_of
from neophys.neo.core.trainparts import _F8, _ZERO, _times_parts, normalize_times_array
from neophys.neo.core.units import unit_of

__all__ = [
    "ObjectList",
    "SpikeTrain",
    "SpikeTrainList",
    "is_spiketrain_or_proxy",
    "normalize_times_array",
    "unique",
]


def is_spiketrain_or_proxy(obj: Any) -> bool:
    """Whether an object may stand in a SpikeTrainList."""
    return isinstance(obj, SpikeTrain) or getattr(obj, "proxy_for", None) is SpikeTrain


def _all_trains(objects: list[Any]) -> bool:
    """Whether all may stand in a SpikeTrainList."""
    return set(map(type, objects)) <= {SpikeTrain} or all(map(is_spiketrain_or_proxy, objects))


def unique(quantities: Any) -> Any:
    """The different values, in the unit of the first; an empty list as it is."""
    if not len(quantities):
        return quantities
    common = unit_of(quantities[0]._dimensionality)
    values = {float(q.item()) * unit_of(q._dimensionality).factor(common) for q in quantities}
    return pq.Quantity(np.unique(list(values)), common)


class SpikeTrainList(ObjectList):
    """A list of spike trains.

    Made from two arrays (:meth:`from_spike_time_array`) it keeps these, and makes each train when
    it is first asked for.

    Parameters
    ----------
    items : iterable of SpikeTrain, optional
        Their segment is left as it is.
    parent : Segment, optional
        Becomes the segment of what is added later.
    """

    allowed_contents: tuple[Any, ...] = (SpikeTrain,)

    def __init__(self, items: Iterable[Any] | None = None, parent: Any = None) -> None:
        own = [] if items is None else list(items)
        if not _all_trains(own):
            raise ValueError("`items` can only contain SpikeTrain objects or proxy objects")
        if parent is not None:
            from neophys.neo.core.segment import Segment  # which imports this module

            if not isinstance(parent, Segment):
                raise AttributeError("If provided, the parent class must be a Segment")
        # Trains in columns come first, then those that are objects only.
        self._columns: list[TrainColumns] = []
        self._loose: list[Any] = own
        self.segment = parent

    @property
    def parent(self) -> Any:  # type: ignore[override]  # an attribute in other lists
        """The segment that owns this list, or None."""
        return self.segment

    @classmethod
    def from_spike_time_array(
        cls, spike_time_array: Any, channel_id_array: Any, all_channel_ids: Any, t_stop: Any,
        units: Any = None, t_start: Any = _ZERO, **annotations: Any,
    ) -> SpikeTrainList:  # fmt: skip
        """A list from the times of all spikes.

        Parameters
        ----------
        spike_time_array, channel_id_array : array_like
            (spikes,): when, and in which train.
        all_channel_ids : sequence of int
            (trains,); some may have no spikes.
        t_start, t_stop : Quantity or float
            Bounds of all trains.
        units : str or Quantity, optional
            Required where the times have none.
        **annotations
            A sequence has one value for each train; anything else is for all. ValueError for
            sequences of another length, and for spikes outside the bounds.
        """
        values, of = _times_parts(spike_time_array, units, None)
        columns = TrainColumns(
            values, np.asarray(channel_id_array), all_channel_ids, of, t_start, t_stop, annotations
        )
        columns.check()
        made = cls()
        made._columns.append(columns)
        return made

    # The trains as objects.

    @property
    def _items(self) -> list[Any]:  # type: ignore[override]  # an attribute in other lists
        """All trains, made where that has not been done."""
        if not self._columns:
            return self._loose
        return [*chain.from_iterable(c.trains() for c in self._columns), *self._loose]

    def _own_items(self) -> list[Any]:
        """The trains, to be changed: from now on they are objects only."""
        self._loose = self._items
        self._columns = []
        return self._loose

    def _made_items(self) -> list[Any]:
        return [*chain.from_iterable(c.made.values() for c in self._columns), *self._loose]

    def _limits(self, word: str) -> list[Any]:
        made = (bound for columns in self._columns for bound in columns.bounds(word))
        return [*made, *(getattr(train, word) for train in self._loose)]

    def _known(self) -> _Members:
        """Of the trains that are objects only."""
        items, known = self._loose, self._members
        if known is None or known.of is not items or len(known.ids) != len(items):
            known = self._members = _Members(items)
        return known

    def _contains(self, obj: Any) -> bool:
        # What a list holds is alive, so its ids are those of no other object.
        return id(obj) in self._known().ids or any(id(obj) in c.made_ids for c in self._columns)

    def _check(self, objects: Iterable[Any], leaving: Iterable[Any] = ()) -> None:
        new = list(objects)
        if not _all_trains(new):
            raise ValueError("Only SpikeTrain objects can be in a SpikeTrainList")
        ids = set(map(id, new))
        staying = ids.difference(map(id, leaving))
        if (
            len(ids) != len(new)
            or not staying.isdisjoint(self._known().ids)
            or any(not staying.isdisjoint(columns.made_ids) for columns in self._columns)
        ):
            raise ValueError(
                "Cannot add this object because it is already contained within the list"
            )

    def _adopt(self, obj: Any) -> None:
        # A list without a segment leaves its trains theirs.
        if self.segment is not None:
            obj.segment = self.segment

    def __getstate__(self) -> dict[str, Any]:
        # Trains that exist may be held by others too: they are pickled as what they are.
        if any(columns.made for columns in self._columns):
            columns, loose = [], self._items
        else:
            columns, loose = self._columns, self._loose
        return {"_columns": columns, "_loose": loose, "segment": self.segment}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "_loose" not in state:
            state = _of_neos_state(state)
        self.__dict__.update(state)
        segment = self.segment
        if segment is not None:
            for train in self._loose:
                if train.segment is None:
                    train.segment = segment

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if any(id(train) in memo for columns in self._columns for train in columns.made.values()):
            # Trains that somebody else holds have been copied before: these are the copies.
            objects = SpikeTrainList(self._items)
            objects.segment = self.segment
            memo[id(self)] = copied = ObjectList.__deepcopy__(objects, memo)
            del memo[id(objects)]  # which ends here
            return copied
        made = super().__deepcopy__(memo)
        for mine, its in zip(self._columns, made._columns, strict=True):
            # Of trains that neither list has made yet.
            if made.segment is not None and mine.segment is self.segment:
                its.segment = made.segment
        return made

    # As a list.

    def __len__(self) -> int:
        return len(self._loose) + sum(map(len, self._columns))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __getitem__(self, i: Any) -> Any:
        if not self._columns:
            found = self._loose[i]
            return SpikeTrainList(found) if isinstance(i, slice) else found
        places = range(len(self))[i]
        if isinstance(places, range):
            return SpikeTrainList(self._one(place) for place in places)
        return self._one(places)

    def _one(self, i: int) -> Any:
        for columns in self._columns:
            if i < len(columns):
                return columns.train(i)
            i -= len(columns)
        return self._loose[i]

    def __str__(self) -> str:
        if len(self._columns) == 1 and not self._columns[0].made and not self._loose:
            columns = self._columns[0]
            return (
                f"SpikeTrainList containing {columns.values.size} "
                f"spikes from {len(columns)} neurons"
            )
        return str(self._items)

    def __repr__(self) -> str:
        return "<SpikeTrainList>"

    def __add__(self, other: Any) -> Any:
        if isinstance(other, SpikeTrainList):
            made = type(self)()
            if self._loose and other._columns:
                made._loose = self._items + other._items
            else:
                made._columns = self._columns + other._columns
                made._loose = self._loose + other._loose
            return made
        return self._joined(self._items, list(other))

    def __radd__(self, other: Any) -> Any:
        return self._joined(list(other), self._items)

    @staticmethod
    def _joined(first: list[Any], second: list[Any]) -> Any:
        items = first + second
        return SpikeTrainList(items) if _all_trains(items) else items

    def __iadd__(self, other: Any) -> Any:
        if isinstance(other, SpikeTrainList):
            self.extend(other)
            return self
        items = list(other)
        if not _all_trains(items):
            raise TypeError("Can only add a SpikeTrainList or a list of SpikeTrains in place")
        self.extend(items)
        return self

    def append(self, obj: Any) -> None:
        """Add one train; ValueError for anything else, and for one that is in already."""
        if not is_spiketrain_or_proxy(obj):
            raise ValueError("Can only append SpikeTrain objects")
        if self._contains(obj):
            raise ValueError(
                "Cannot add this object because it is already contained within the list"
            )
        known = self._known().ids
        self._adopt(obj)
        self._loose.append(obj)
        known.add(id(obj))

    def extend(self, iterable: Iterable[Any]) -> None:
        """Add several trains: all of them, or none where one cannot be added."""
        if isinstance(iterable, SpikeTrainList) and iterable._columns and not self._loose:
            # They stay columns.
            if any(mine is its for mine in self._columns for its in iterable._columns):
                raise ValueError("Cannot add trains that are already contained within the list")
            self._check(iterable._loose)
            if self.segment is not None:
                for columns in iterable._columns:
                    columns.adopt(self.segment)
            self._columns = self._columns + iterable._columns
            iterable = iterable._loose
        new = list(iterable)
        self._check(new)
        if self.segment is not None:
            for obj in new:
                obj.segment = self.segment
        self._members = None
        self._loose.extend(new)

    def assign(self, objects: Iterable[Any]) -> None:
        """Replace the content: by all of these trains, or by none where one does not fit."""
        if isinstance(objects, SpikeTrainList) and objects._columns and not len(self):
            self.extend(objects)
        else:
            super().assign(objects)

    # As arrays.

    @property
    def _spike_time_array(self) -> Any:
        """Of a list that was made from arrays, and is nothing more: its times."""
        if len(self._columns) != 1 or self._loose:
            return None
        return pq.Quantity(self._columns[0].values, self._columns[0].unit, copy=None)

    @property
    def all_channel_ids(self) -> Any:
        """For each train its annotation ``channel_id``, if that is an integer, else its place."""
        if len(self._columns) == 1 and not self._loose:
            return self._columns[0].channel_ids()
        ids = [channel for columns in self._columns for channel in columns.channel_ids()]
        return ids + [channel_of(t, i) for i, t in enumerate(self._loose, len(ids))]

    @property
    def multiplexed(self) -> tuple[Any, Any]:
        """Channel id and time of each spike, in the unit of the first train.

        As they are now: changes of the trains are seen. Train by train; in the given order where
        the list was made from arrays (and not pickled after its trains were asked for). Proxies
        are loaded.
        """
        if not len(self):
            return np.array([]), np.array([])
        parts = [(*columns.multiplexed(), columns.unit) for columns in self._columns]
        if self._loose:
            parts.append(self._gathered())
        common = parts[0][2]
        if len(parts) == 1:
            ids, values, _ = parts[0]
        else:
            ids = np.concatenate([ids for ids, _, _ in parts])
            values = np.concatenate([_in(common, values, of) for _, values, of in parts])
        return ids, pq.Quantity(values, common, copy=None)

    def _gathered(self) -> tuple[Any, Any, Any]:
        """Channels, times and unit of the trains that are objects only."""
        trains = self._loose
        before = sum(map(len, self._columns))
        if set(map(type, trains)) == {SpikeTrain}:
            channels = _channels([t._meta for t in trains], trains, before)
        else:
            channels = _channels(trains, trains, before)
            trains = [t if isinstance(t, SpikeTrain) else t.load() for t in trains]
        common, lengths = trains[0]._unit, list(map(len, trains))
        # `count` and the like instead of loops: this is two thirds copying, and shall stay so.
        same = [t._dimensionality for t in trains].count(common) == len(trains)
        if not same or [t.dtype for t in trains].count(_F8) != len(trains):
            values = np.concatenate(
                [_in(common, train.view(np.ndarray), train._unit) for train in trains]
            )
            return np.repeat(channels, lengths), values, common
        # One piece of memory for both: half of the time would go into having two.
        total = sum(lengths)
        memory = np.empty(2 * total)
        values, ids = memory[:total], memory[total:].view(np.int64)
        np.concatenate(trains, out=values)
        if min(lengths) == max(lengths):
            ids.reshape(len(trains), -1)[:] = channels[:, None]
        else:
            ids[:] = np.repeat(channels, lengths)
        return ids, values, common

    def _extreme(self, word: str, pick: Any, which: str) -> Any:
        # Proxies know their bounds only as those of their segment.
        trains = [train for train in self._loose if isinstance(train, SpikeTrain)]
        made = [bound for columns in self._columns for bound in columns.bounds(word)]
        values = unique([*made, *(getattr(train, word) for train in trains)])
        if len(values) == 0:
            raise ValueError(f"{word} not defined for an empty spike train list")
        if len(values) > 1:
            warnings.warn(f"Found multiple values of {word}, returning the {which}", stacklevel=3)
        return Time(pick(values))

    @property
    def t_start(self) -> Any:
        """The trains' start; warns and gives the earliest where they differ."""
        return self._extreme("t_start", np.min, "earliest")

    @property
    def t_stop(self) -> Any:
        """The trains' end; warns and gives the latest where they differ."""
        return self._extreme("t_stop", np.max, "latest")


def _channels(annotated: list[Any], trains: list[Any], before: int) -> Any:
    """The channel ids of trains, read from what has their annotations; others stand `before`."""
    found = [one.annotations.get("channel_id") for one in annotated]
    if found.count(None) == len(found):
        return np.arange(before, before + len(found))
    if not set(map(type, found)) <= {int, np.int64}:
        found = [channel_of(train, i) for i, train in enumerate(trains, before)]
    return np.array(found, np.int64)


def _in(common: Any, values: Any, of: Any) -> Any:
    return values if of is common else values * of.factor(common)


def _of_neos_state(state: dict[str, Any]) -> dict[str, Any]:
    """The state that Neo's pickles give a list: trains, or the arrays that they are made from."""
    items, times = state["_items"], state["_spike_time_array"]
    columns = []
    if items is None and times is not None:
        bounds = state["_spiketrain_metadata"]
        columns.append(TrainColumns(
            times.magnitude, np.asarray(state["_channel_id_array"]), state["_all_channel_ids"],
            unit_of(times._dimensionality), bounds["t_start"], bounds["t_stop"],
            state.get("_annotations", {}), state["segment"],
        ))  # fmt: skip
    return {"_columns": columns, "_loose": items or [], "segment": state["segment"]}
