"""Several spike trains, as a list or as two arrays."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import quantities as pq

from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.spiketrain import SpikeTrain, normalize_times_array

__all__ = ["SpikeTrainList"]

_ZERO: Any = 0.0 * pq.s


def is_spiketrain_or_proxy(obj: Any) -> bool:
    """Whether an object may stand in a SpikeTrainList."""
    return isinstance(obj, SpikeTrain) or getattr(obj, "proxy_for", None) is SpikeTrain


def unique(quantities: list[Any]) -> Any:
    """The different values, in the unit of the first; an empty list as it is."""
    if not quantities:
        return quantities
    common = quantities[0].units
    return np.unique([float(q.rescale(common).magnitude) for q in quantities]) * common


def _given_per_train(value: Any) -> bool:
    return not isinstance(value, str) and hasattr(value, "__len__")


class SpikeTrainList(ObjectList):
    """A list of spike trains.

    Made from two arrays (:meth:`from_spike_time_array`) it makes the trains when they are first
    asked for.

    Parameters
    ----------
    items : iterable of SpikeTrain, optional
        Their segment is left as it is.
    parent : Segment, optional
        Becomes the segment of what is added later.
    """

    allowed_contents: tuple[Any, ...] = (SpikeTrain,)
    # Of a list made from arrays, for as long as it is what the arrays say.
    _spike_time_array: Any = None
    _channel_id_array: Any = None
    _all_channel_ids: Any = None

    def __init__(self, items: Iterable[Any] | None = None, parent: Any = None) -> None:
        own = [] if items is None else list(items)
        if not all(is_spiketrain_or_proxy(item) for item in own):
            raise ValueError("`items` can only contain SpikeTrain objects or proxy objects")
        if parent is not None:
            from neophys.neo.core.segment import Segment  # which imports this module

            if not isinstance(parent, Segment):
                raise AttributeError("If provided, the parent class must be a Segment")
        self._trains: list[Any] | None = own
        self.segment = parent
        self._spiketrain_metadata: dict[str, Any] = {}
        self._annotations: dict[str, Any] = {}

    @property
    def parent(self) -> Any:  # type: ignore[override]  # an attribute in other lists
        """The segment that owns this list, or None."""
        return self.segment

    @property
    def _items(self) -> list[Any]:  # type: ignore[override]  # an attribute in other lists
        """The trains; made from the arrays where that has not been done."""
        if self._trains is None:
            self._trains = self._spiketrains_from_array()
        return self._trains

    @_items.setter
    def _items(self, items: list[Any]) -> None:
        self._trains = items

    def _own_items(self) -> list[Any]:
        """The trains, to be changed: the arrays do not hold any more."""
        items = self._items
        self._spike_time_array = self._channel_id_array = self._all_channel_ids = None
        self._spiketrain_metadata = {}
        return items

    def _made_items(self) -> list[Any]:
        return self._trains or []

    def _limits(self, word: str) -> list[Any]:
        if self._trains is None:  # bounds of all trains, none of which need be made
            bound = self._spiketrain_metadata[word]
            if not hasattr(bound, "units"):
                bound = bound * self._spike_time_array.units
            return [bound] if len(self) else []
        return super()._limits(word)

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
            sequences of another length.
        """
        times, _ = normalize_times_array(spike_time_array, units)
        for name, value in annotations.items():
            if _given_per_train(value) and len(value) != len(all_channel_ids):
                raise ValueError(f"incorrect length for annotation '{name}'")
        made = cls()
        made._trains = None
        made._spike_time_array = times
        made._channel_id_array = np.asarray(channel_id_array)
        made._all_channel_ids = all_channel_ids
        made._spiketrain_metadata = {"t_start": t_start, "t_stop": t_stop}
        made._annotations = annotations
        return made

    def _spiketrains_from_array(self) -> list[Any]:
        order = np.argsort(self._channel_id_array, kind="stable")
        ids = self._channel_id_array[order]
        trains = []
        for i, channel in enumerate(self._all_channel_ids):
            first, last = (
                np.searchsorted(ids, channel, "left"),
                np.searchsorted(ids, channel, "right"),
            )
            train = SpikeTrain(
                self._spike_time_array[order[first:last]], **self._spiketrain_metadata
            )
            for name, value in self._annotations.items():
                train.annotate(**{name: value[i] if _given_per_train(value) else value})
            train.annotate(channel_id=channel)
            train.segment = self.segment
            trains.append(train)
        return trains

    def __len__(self) -> int:
        return len(self._all_channel_ids) if self._trains is None else len(self._trains)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __getitem__(self, i: Any) -> Any:
        found = self._items[i]
        return SpikeTrainList(items=found) if isinstance(found, list) else found

    def __str__(self) -> str:
        if self._trains is None:
            return (
                f"SpikeTrainList containing {self._spike_time_array.size} "
                f"spikes from {len(self._all_channel_ids)} neurons"
            )
        return str(self._trains)

    def __repr__(self) -> str:
        return "<SpikeTrainList>"

    def __add__(self, other: Any) -> Any:
        items = [*self._items, *other]
        return SpikeTrainList(items) if all(map(is_spiketrain_or_proxy, items)) else items

    def __radd__(self, other: Any) -> Any:
        items = [*other, *self._items]
        return SpikeTrainList(items) if all(map(is_spiketrain_or_proxy, items)) else items

    def __iadd__(self, other: Any) -> Any:
        items = list(other)
        if not all(map(is_spiketrain_or_proxy, items)):
            raise TypeError("Can only add a SpikeTrainList or a list of SpikeTrains in place")
        self.extend(items)
        return self

    def append(self, obj: Any) -> None:
        """Add one train; ValueError for anything else, and for one that is in already."""
        if not is_spiketrain_or_proxy(obj):
            raise ValueError("Can only append SpikeTrain objects")
        super().append(obj)

    # As arrays.

    @property
    def all_channel_ids(self) -> Any:
        """For each train its annotation ``channel_id``, if that is an int, else its place."""
        if self._all_channel_ids is not None:
            return self._all_channel_ids
        ids = []
        for i, train in enumerate(self._items):
            channel = train.annotations.get("channel_id")
            ids.append(channel if isinstance(channel, int) else i)
        return ids

    @property
    def multiplexed(self) -> tuple[Any, Any]:
        """Channel id and time of each spike: train by train, or as the list was made.

        Proxies are loaded; the times are in the unit of the first train.
        """
        if self._spike_time_array is not None:
            return self._channel_id_array, self._spike_time_array
        if not self._items:
            return np.array([]), np.array([])
        trains = [train.load() if hasattr(train, "load") else train for train in self._items]
        units = trains[0].units
        times = np.hstack([train.times.rescale(units).magnitude for train in trains])
        ids = np.repeat(np.array(self.all_channel_ids, np.int64), [len(train) for train in trains])
        return ids, pq.Quantity(times, units)

    def _extreme(self, word: str, pick: Any, which: str) -> Any:
        if word in self._spiketrain_metadata:
            return self._spiketrain_metadata[word]
        # Proxies know their bounds only as those of their segment.
        values = unique([getattr(t, word) for t in self._items if isinstance(t, SpikeTrain)])
        if len(values) == 0:
            raise ValueError(f"{word} not defined for an empty spike train list")
        if len(values) > 1:
            warnings.warn(f"Found multiple values of {word}, returning the {which}", stacklevel=3)
        return pick(values)

    @property
    def t_start(self) -> Any:
        """The trains' start; warns and gives the earliest where they differ."""
        return self._extreme("t_start", np.min, "earliest")

    @property
    def t_stop(self) -> Any:
        """The trains' end; warns and gives the latest where they differ."""
        return self._extreme("t_stop", np.max, "latest")
