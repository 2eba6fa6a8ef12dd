"""Time stamps of spikes and events as Neo's raw layer gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.contents import Clock, EventTable, SpikeTable, text_array
from neophys.neo.readers.view import ViewEvents, ViewSegment
from neophys.reading.waveforms import read_waveforms
from neophys.source.bundle import Bundle

__all__ = ["EventRows", "SpikeRows", "seconds"]


def seconds(stamps: NDArray[Any], clock: Clock, dtype: DTypeLike) -> NDArray[Any]:
    """Stamps in seconds: shifted as integers, then divided, in the type asked for."""
    if clock.zero:
        if stamps.dtype.kind == "u":
            stamps = stamps.astype(np.int64)
        stamps = stamps - clock.zero
    made: NDArray[Any] = stamps.astype(dtype)
    return made / float(clock.rate)


def _own(ticks: NDArray[Any], segment: ViewSegment, clock: Clock) -> NDArray[np.bool_] | None:
    """Which of a table's rows belong to a segment of Neo's; None: all."""
    if segment.limits is None:
        return None
    times = seconds(ticks, clock, "float64")
    return (times >= segment.limits[0]) & (times <= segment.limits[1])


def _window(
    ticks: NDArray[Any], clock: Clock, t_start: Any, t_stop: Any, until: NDArray[Any] | None = None
) -> NDArray[np.bool_] | None:
    """Which ticks lie in a window of seconds, ends included; whole ticks where ticks are whole.

    With `until` (the ticks at which each one ends) those that last into the window count too.
    """
    if t_start is None and t_stop is None:
        return None
    keep = np.ones(ticks.shape, bool)
    if t_start is not None:
        keep &= (ticks if until is None else until) >= _tick(t_start, ticks, clock)
    if t_stop is not None:
        keep &= ticks <= _tick(t_stop, ticks, clock)
    return keep


def _tick(time: Any, ticks: NDArray[Any], clock: Clock) -> Any:
    asked = float(time) * clock.rate
    if ticks.dtype.kind == "f":
        return asked + clock.zero
    return (int(asked) if np.isfinite(asked) else asked) + clock.zero


@dataclass(frozen=True, slots=True, eq=False)
class EventRows:
    """One event channel in one segment of Neo's.

    Attributes
    ----------
    ticks, durations
        As in the file, durations in ticks (0 for a point).
    labels
        (n,) text.
    """

    clock: Clock
    ticks: NDArray[Any]
    durations: NDArray[Any]
    labels: NDArray[np.str_]
    source: ViewEvents

    @classmethod
    def of(
        cls, table: EventTable, source: ViewEvents, segment: ViewSegment, clock: Clock
    ) -> EventRows:
        """The rows of `table` that the channel shows."""
        rows: NDArray[Any] = np.arange(len(table))
        if source.where is not None:
            rows = rows[np.asarray(source.where(table), bool)]
        own = _own(table.ticks[rows], segment, clock)
        if own is not None:
            rows = rows[own]
        if table.durations is None:
            durations = np.zeros(len(rows))
        else:
            durations = np.nan_to_num(table.durations[rows], nan=0.0)
        return cls(clock, table.ticks[rows], durations, _text(table, rows), source)

    def __len__(self) -> int:
        return len(self.ticks)

    def window(
        self, t_start: Any, t_stop: Any
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[np.str_]]:
        """Stamps, durations (None for events) and labels of a window of seconds."""
        until = self.ticks + self.durations if self.source.overlap else None
        keep: Any = _window(self.ticks, self.clock, t_start, t_stop, until)
        keep = slice(None) if keep is None else keep
        stamps = self.ticks[keep].astype(self.source.stamp_dtype)
        epochs = self.source.kind == "epoch"
        durations = self.durations[keep].astype(self.source.stamp_dtype) if epochs else None
        return stamps, durations, self.labels[keep].copy()


@dataclass(frozen=True, slots=True, eq=False)
class SpikeRows:
    """One spike channel in one segment of Neo's: which rows of a table it shows."""

    clock: Clock
    table: SpikeTable
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, table: SpikeTable, segment: ViewSegment, clock: Clock) -> SpikeRows:
        """The rows of `table` in the segment."""
        own = _own(table.ticks, segment, clock)
        rows = np.arange(len(table)) if own is None else np.flatnonzero(own)
        return cls(clock, table, rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _kept(self, t_start: Any, t_stop: Any) -> NDArray[np.int64]:
        keep = _window(self.table.ticks[self.rows], self.clock, t_start, t_stop)
        return self.rows if keep is None else self.rows[keep]

    def window(self, t_start: Any, t_stop: Any) -> NDArray[Any]:
        """Stamps of a window of seconds."""
        return self.table.ticks[self._kept(t_start, t_stop)]

    def waveforms(self, bundle: Bundle, t_start: Any, t_stop: Any) -> NDArray[Any] | None:
        """Raw waveforms (spikes, channels, samples) of a window; None where there are none."""
        if self.table.waveforms is None:
            return None
        rows = self._kept(t_start, t_stop)
        first, last = (int(rows.min()), int(rows.max()) + 1) if len(rows) else (0, 0)
        found = read_waveforms(bundle, self.table.waveforms, first, last)
        return found if len(rows) == last - first else found[rows - first]


def _text(table: EventTable, rows: NDArray[Any]) -> NDArray[np.str_]:
    labels: NDArray[Any] = table.labels[rows]
    if labels.dtype.kind == "S":
        return text_array(label.decode(table.encoding, "replace") for label in labels.tolist())
    if labels.dtype.kind == "O":  # one long text must not widen all
        return labels
    return labels.astype("U") if len(labels) else np.empty(0, "U1")
