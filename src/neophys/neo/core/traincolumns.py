"""Many spike trains as two arrays: what a list of trains made from arrays keeps."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import _check_annotations, copy_annotations
from neophys.neo.core.metadata import SpikeMetadata
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.trainparts import _ONE_HERTZ, bound_number, spread, stored_bound
from neophys.neo.core.units import Unit

__all__ = ["TrainColumns", "channel_of"]


# Two threads that ask for one train get one object.
_MAKING = Lock()


def given_per_train(value: Any) -> bool:
    """Whether an annotation for a list has one value for each train."""
    return not isinstance(value, str) and hasattr(value, "__len__")


def channel_of(train: Any, otherwise: Any) -> Any:
    """A train's annotation ``channel_id`` where that is an integer."""
    channel = train.annotations.get("channel_id")
    return channel if isinstance(channel, (int, np.integer)) else otherwise


@dataclass(slots=True, eq=False)
class TrainColumns:
    """The times of all spikes, and the channel of each.

    A train is made when it is first asked for, and stays. Its times are a view of one array in
    which those of each channel lie together, so what is done to it is seen here.

    Attributes
    ----------
    values, ids : ndarray
        (spikes,): when, in `unit`, and in which channel; as they were given.
    channels
        The id of each train.
    t_start, t_stop
        As they were given.
    annotations
        One value for all trains, or a sequence of one for each.
    segment
        Of trains that are not made yet.
    """

    values: NDArray[Any]
    ids: NDArray[Any]
    channels: Sequence[Any]
    unit: Unit
    t_start: Any
    t_stop: Any
    annotations: dict[str, Any]
    segment: Any = None
    made: dict[int, SpikeTrain] = field(default_factory=dict)
    made_ids: set[int] = field(default_factory=set)
    # The spikes by channel: their places in `values`, their times, the limits of each train.
    order: Any = None
    column: Any = None
    limits: Any = None

    def check(self) -> None:
        """Raise ValueError where lengths differ, or an annotation may not be one."""
        if self.values.ndim != 1 or self.values.shape != self.ids.shape:
            raise ValueError(
                f"{self.values.shape} spike times do not fit {self.ids.shape} channel ids"
            )
        for name, value in self.annotations.items():
            if given_per_train(value) and len(value) != len(self.channels):
                raise ValueError(f"incorrect length for annotation '{name}'")
        _check_annotations(self.annotations)

    def _check_bounds(self) -> None:
        start, stop = (bound_number(b, self.unit) for b in (self.t_start, self.t_stop))
        if self.values.size:
            first, last = spread(self.values)
            dtype = self.values.dtype
            if first < stored_bound(start, self.unit, dtype):
                raise ValueError(f"the first spike ({first} {self.unit}) is before t_start")
            if last > stored_bound(stop, self.unit, dtype):
                raise ValueError(f"the last spike ({last} {self.unit}) is after t_stop")

    def __len__(self) -> int:
        return len(self.channels)

    def __getstate__(self) -> tuple[Any, ...]:
        # Of columns without trains: a list pickles trains that somebody may hold one by one.
        return (
            self.values, self.ids, self.channels, self.unit, self.t_start, self.t_stop,
            self.annotations, self.segment,
        )  # fmt: skip

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        TrainColumns.__init__(self, *state)

    def __deepcopy__(self, memo: dict[int, Any]) -> TrainColumns:
        made = TrainColumns(
            self.values.copy(), self.ids.copy(), deepcopy(self.channels, memo), self.unit,
            self.t_start, self.t_stop, copy_annotations(self.annotations),
        )  # fmt: skip
        memo[id(self)] = made
        if self.made:
            made.order, made.column, made.limits = self.order, self.column.copy(), self.limits
            for i, train in self.made.items():
                copied = deepcopy(train, memo)
                memo[id(train)] = made._keep(
                    i, type(copied)._build(made._times(i), self.unit, copied._meta)
                )
        return made

    def adopt(self, segment: Any) -> None:
        """Make a segment the parent of all trains."""
        self.segment = segment
        for train in self.made.values():
            train.segment = segment

    # Trains.

    def train(self, i: int) -> SpikeTrain:
        """One train: the same object each time."""
        found = self.made.get(i)
        if found is None:
            with _MAKING:
                found = self.made.get(i)
                if found is None:
                    found = self._keep(i, self._make(i))
        return found

    def trains(self) -> list[SpikeTrain]:
        """All trains."""
        return [self.train(i) for i in range(len(self))]

    def _keep(self, i: int, train: SpikeTrain) -> SpikeTrain:
        self.made[i] = train
        self.made_ids.add(id(train))
        return train

    def _make(self, i: int) -> SpikeTrain:
        values = self._times(i)
        annotations = {
            name: value[i] if given_per_train(value) else value
            for name, value in self.annotations.items()
        }
        own, dtype = self.unit, values.dtype
        annotations["channel_id"] = self.channels[i]
        meta = SpikeMetadata(
            None, None, None, copy_annotations(annotations), None, self.segment,
            stored_bound(bound_number(self.t_start, own), own, dtype),
            stored_bound(bound_number(self.t_stop, own), own, dtype),
            _ONE_HERTZ,
        )  # fmt: skip
        return SpikeTrain._build(values, own, meta)

    def _times(self, i: int) -> NDArray[Any]:
        if self.column is None:
            self._group()
        first, last = self.limits[i]
        found: NDArray[Any] = self.column[first:last]
        return found

    def _group(self) -> None:
        """Sort the spikes by channel; each channel's stay in their order."""
        self._check_bounds()
        codes, places = _coded(self.ids, self.channels)
        counts = np.bincount(codes, minlength=1) if codes.size else np.zeros(1, np.int64)
        ends = np.cumsum(counts)
        known = [place for place in places if place is not None and place < counts.size]
        if counts[list(set(known))].sum() != codes.size:
            raise ValueError("some spikes are of channels that all_channel_ids does not name")
        self.order = np.argsort(codes, kind="stable")
        self.column = self.values[self.order]
        self.limits = [
            (int(ends[place] - counts[place]), int(ends[place]))
            if place is not None and place < counts.size
            else (0, 0)
            for place in places
        ]

    # Arrays.

    def multiplexed(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Channel and time of each spike, in the order in which they were given."""
        if not self.made:
            return self.ids, self.values
        values, ids = np.empty_like(self.values), self.ids
        values[self.order] = self.column
        for i, (now, given) in enumerate(zip(self.channel_ids(), self.channels, strict=True)):
            if now != given:
                ids = self.ids.copy() if ids is self.ids else ids
                first, last = self.limits[i]
                ids[self.order[first:last]] = now
        return ids, values

    def channel_ids(self) -> Sequence[Any]:
        """The id of each train, as its annotation says it where that has been changed."""
        if not self.made:
            return self.channels
        made = self.made
        found = [
            channel_of(made[i], channel) if i in made else channel
            for i, channel in enumerate(self.channels)
        ]
        return self.channels if found == list(self.channels) else found

    def bounds(self, word: str) -> list[Any]:
        """The different ``t_start`` or ``t_stop`` of the trains; some may be named twice."""
        found = [getattr(train, word) for train in self.made.values()]
        if len(found) < len(self):
            given = getattr(self, word)
            found.insert(0, given if isinstance(given, pq.Quantity) else given * pq.Quantity(
                1.0, self.unit))  # fmt: skip
        return found


def _coded(ids: NDArray[Any], channels: Sequence[Any]) -> tuple[NDArray[Any], list[int | None]]:
    """The ids as small numbers, which sort fast, and the number of each channel, if it has one."""
    if ids.dtype.kind in "iu" and ids.size:
        lowest, highest = int(ids.min()), int(ids.max())
        if highest - lowest < 1 << 16:
            codes = (ids - ids.dtype.type(lowest)).astype(np.uint16)
            return codes, [c - lowest if lowest <= c <= highest else None for c in channels]
    known, codes = np.unique(ids, return_inverse=True)
    places = {value: i for i, value in enumerate(known.tolist())}
    return codes, [places.get(np.asarray(channel).item()) for channel in channels]
