"""Events: one table of all that happened, with its parts."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neophys.contents import EventChannel, EventTable, text_array
from neophys.errors import EventError, near_misses
from neophys.recording.lookup import find

__all__ = ["Event", "Events", "Where", "events_of"]

#: What chooses events: a label or glob, several, column values, a mask, a function of the table.
Where: TypeAlias = (
    "str | list[str] | Mapping[str, Any] | NDArray[np.bool_] | Callable[[Events], Any]"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One row: seconds on the recording's clock; a duration of NaN is a point in time."""

    time: float
    duration: float
    label: str
    channel: str
    columns: Mapping[str, Any] = field(default_factory=dict)


class Events:
    """A table of events in order of time.

    Attributes
    ----------
    times, durations
        (n,) float64 seconds; a duration is NaN for a point in time.
    label
        (n,) text.
    channel
        (n,) names of the event channels.
    columns
        Further columns of the format, (n,) arrays by name, where all rows have them.
    """

    def __init__(
        self,
        times: NDArray[np.float64],
        durations: NDArray[np.float64],
        label: NDArray[np.str_],
        channel: NDArray[np.str_],
        columns: Mapping[str, NDArray[Any]],
        *,
        channels: tuple[EventChannel, ...] = (),
        parts: tuple[Events, ...] = (),
    ) -> None:
        self.times, self.durations, self.label, self.channel = times, durations, label, channel
        self.columns = columns
        self._channels, self._parts = channels, parts

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the event channels."""
        return tuple(channel.name for channel in self._channels)

    @property
    def labels(self) -> Counter[str]:
        """How often each label occurs."""
        return Counter(self.label.tolist())

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[Event]:
        return (self._row(i) for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        """An event channel by name or id; a row by number; rows by slice, mask or numbers."""
        if isinstance(key, str):
            names, ids = self.names, [channel.id for channel in self._channels]
            index = find(key, names, ids, what="event channel", error=EventError)
            if self._parts:  # each channel with all of its own columns
                return self._parts[index]
            mine = _called(self._channels[index])
            if [_called(channel) for channel in self._channels].count(mine) > 1:
                raise EventError(
                    f"several event channels are called {mine!r}: choose the channel first, "
                    f"rec.events[{key!r}], then its events"
                )
            return self._take(self.channel == mine)
        if isinstance(key, (int, np.integer)):
            try:
                return self._row(range(len(self))[key])
            except IndexError:
                raise EventError(f"no event {key}: there are {len(self)}") from None
        return self._take(key)

    def where(self, choice: Where) -> Events:
        """The events chosen by `choice`.

        Parameters
        ----------
        choice
            ``"target"``, ``"stim/*"`` (glob), ``["target", "novel"]``, a boolean array, a function
            of this table that returns one, or columns: ``{"duration": (0.1, 0.5)}`` (half-open;
            None for no limit), ``{"label": "target"}``, ``{"label": ["target", "novel"]}``.

        Raises
        ------
        EventError
            Where a label or a column is unknown.
        """
        if isinstance(choice, str):
            choice = [choice]
        if isinstance(choice, Mapping):
            mask = np.ones(len(self), bool)
            for name, wanted in choice.items():
                mask &= self._column_mask(name, wanted)
            return self._take(mask)
        if callable(choice):
            choice = np.asarray(choice(self))
        if isinstance(choice, np.ndarray) and choice.dtype == bool:
            if choice.shape != self.times.shape:
                raise EventError(f"a mask of {choice.shape} for {len(self)} events")
            return self._take(choice)
        mask = np.zeros(len(self), bool)
        for label in choice:
            mask |= self._label_mask(label)
        return self._take(mask)

    def _column_mask(self, name: str, wanted: Any) -> NDArray[np.bool_]:
        known = {"time": self.times, "duration": self.durations, "label": self.label}
        known |= {"channel": self.channel, **self.columns}
        if name not in known:
            raise EventError(f"events have no column {name!r}; there are: {', '.join(known)}")
        values = known[name]
        if isinstance(wanted, tuple):
            low, high = wanted
            inside = np.ones(len(self), bool)
            if low is not None:
                inside &= values >= low
            if high is not None:
                inside &= values < high
            return inside
        if isinstance(wanted, list):
            return np.asarray(np.isin(values, wanted))
        return np.asarray(values == wanted)

    def _label_mask(self, label: Any) -> NDArray[np.bool_]:
        if not isinstance(label, str):
            raise TypeError(f"events are chosen by labels, a mask or a function, not {label!r}")
        mask = self.label == label
        if not mask.any() and any(sign in label for sign in "*?["):
            kept = [known for known in self.labels if fnmatch.fnmatchcase(known, label)]
            mask = np.isin(self.label, kept)
        if not mask.any():
            known = [name for name, _ in self.labels.most_common(8)]
            more = ", ..." if len(self.labels) > 8 else ""
            shown = ", ".join(map(repr, known)) + more if known else "none"
            raise EventError(
                f"no event is labelled {label!r}{near_misses(label, self.labels)} (labels: {shown})"
            )
        return np.asarray(mask)

    def _row(self, i: int) -> Event:
        columns = {name: values[i].item() for name, values in self.columns.items()}
        return Event(
            float(self.times[i]),
            float(self.durations[i]),
            str(self.label[i]),
            str(self.channel[i]),
            columns,
        )

    def _take(self, index: Any) -> Events:
        try:
            columns = {name: values[index] for name, values in self.columns.items()}
            parts = self.times[index], self.durations[index], self.label[index], self.channel[index]
        except (IndexError, TypeError) as error:
            raise EventError(f"events cannot be chosen by {index!r}: {error}") from None
        return Events(*parts, columns, channels=self._channels)

    def __repr__(self) -> str:
        counts = self.labels.most_common(5)
        shown = ", ".join(f"{label!r}: {n}" for label, n in counts)
        more = f", ... ({len(self.labels)} labels)" if len(self.labels) > 5 else ""
        return f"<{len(self)} events; {shown or 'no labels'}{more}>"


def _called(channel: EventChannel) -> str:
    return channel.name or channel.id


def events_of(channel: EventChannel, tables: list[EventTable]) -> Events:
    """One channel's tables (of all segments), in order of time."""
    # A segment without events says nothing of the columns that the others have.
    tables = [table for table in tables if len(table)]
    times = [np.asarray(channel.clock.seconds(t.ticks), np.float64) for t in tables]
    durations = [
        np.full(len(t), np.nan) if t.durations is None else t.durations / channel.clock.rate
        for t in tables
    ]
    labels = [_text(t) for t in tables]
    shared = set.intersection(*(set(t.columns) for t in tables)) if tables else set()
    columns = {name: np.concatenate([t.columns[name] for t in tables]) for name in sorted(shared)}
    time = np.concatenate([np.empty(0), *times])
    order = np.argsort(time, kind="stable")
    return Events(
        time[order],
        np.concatenate([np.empty(0), *durations])[order],
        np.concatenate([np.empty(0, "U1"), *labels])[order],
        np.full(len(time), _called(channel)),
        {name: values[order] for name, values in columns.items()},
        channels=(channel,),
    )


def joined(channels: tuple[EventChannel, ...], parts: list[Events]) -> Events:
    """All channels' events in one table."""
    time = np.concatenate([np.empty(0), *(p.times for p in parts)])
    order = np.argsort(time, kind="stable")
    shared = set.intersection(*(set(p.columns) for p in parts if len(p))) if time.size else set()
    return Events(
        time[order],
        np.concatenate([np.empty(0), *(p.durations for p in parts)])[order],
        np.concatenate([np.empty(0, "U1"), *(p.label for p in parts)])[order],
        np.concatenate([np.empty(0, "U1"), *(p.channel for p in parts)])[order],
        {n: np.concatenate([p.columns[n] for p in parts if len(p)])[order] for n in sorted(shared)},
        channels=channels,
        parts=tuple(parts),
    )


def _text(table: EventTable) -> NDArray[np.str_]:
    if table.labels.dtype.kind != "S":
        return table.labels
    return text_array(label.decode(table.encoding, "replace") for label in table.labels.tolist())
