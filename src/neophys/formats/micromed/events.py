"""Segments, triggers, notes and epochs: frames of the file become ticks of the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from neophys.contents import EventTable
from neophys.formats import Report
from neophys.formats.micromed.tables import (
    EVENTS,
    NONE,
    NOTE,
    SEGMENT,
    SPAN,
    TRIGGER,
)
from neophys.formats.micromed.zones import Zones
from neophys.tables import Table

__all__ = ["CHANNELS", "Cuts", "read_events"]

#: Name, kind and zone of each event channel.
CHANNELS: Final[tuple[tuple[str, Literal["event", "epoch"], str], ...]] = (
    ("Trigger", "event", "TRIGGER"),
    ("Note", "event", "NOTE"),
    ("Event A", "epoch", "EVENT A"),
    ("Event B", "epoch", "EVENT B"),
)
Frames = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """The segments: frames [starts, stops) of the file, recorded at the samples `times`."""

    starts: Frames
    stops: Frames
    times: Frames

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def read(cls, zones: Zones, n_frames: int, report: Report) -> Cuts:
        """From the zone TRONCA; without records, one segment that begins at time 0."""
        if not any(zones.raw("TRONCA")[: 2 * SEGMENT.size]):
            return cls(np.array([0]), np.array([n_frames]), np.array([0]))
        table = zones.records("TRONCA", SEGMENT)
        time, sample = table["time"].astype(np.int64), table["sample"].astype(np.int64)
        empty = (time == 0) & (sample == 0)
        # The first record may be (0, 0) when others follow: the cut kept the beginning.
        empty[:1] = empty[:1] & (len(empty) < 2 or empty[1:2].all())
        n = int(np.argmax(empty)) if empty.any() else len(empty)
        time, sample = time[:n], sample[:n]
        if n and sample[0]:  # samples before the first record: a segment at time 0
            time, sample = np.append(0, time), np.append(0, sample)
        elif not n:
            time = sample = np.zeros(1, np.int64)
        inside = sample < n_frames
        inside[0] = True
        _report(zones, "TRONCA", report, ~inside, "begin behind the last frame")
        time, sample = time[inside], sample[inside]
        rising = sample > np.append(-1, np.maximum.accumulate(sample)[:-1])
        _report(zones, "TRONCA", report, ~rising, "do not begin behind the one before", "error")
        time, sample = time[rising], sample[rising]
        stops = np.append(sample[1:], n_frames)
        late = np.append(False, time[1:] < time[:-1] + (stops - sample)[:-1])
        if late.any():
            found = f"{int(late.sum())} segments begin before the one before ends"
            report("warning", zones.file, found, offset=zones.start("TRONCA"), field="TRONCA")
        return cls(sample, stops, time)

    def seconds(self, i: int, rate: float) -> tuple[float, float]:
        """Start and stop of a segment."""
        start, n = int(self.times[i]), int(self.stops[i] - self.starts[i])
        return start / rate, (start + n) / rate

    def segment(self, frames: Frames) -> Frames:
        """The segment of each frame, which must be at least 0."""
        return np.searchsorted(self.starts, frames, "right") - 1

    def ticks(self, frames: Frames, segments: Frames) -> Frames:
        """Samples of the original recording, for frames counted from their segments."""
        ticks: Frames = self.times[segments] + frames - self.starts[segments]
        return ticks


def read_events(
    zones: Zones, cuts: Cuts, key: tuple[int, int], per_second: int, report: Report
) -> EventTable:
    """The table of an event channel in a segment.

    Parameters
    ----------
    zones, cuts
        Of the file.
    key
        Index in :data:`CHANNELS`, and of the segment.
    per_second
        Frames for one unit of a note's time: 1 unless that is in seconds.
    report
        Is told of the segment's own events; those behind the last frame are the last one's.
    """
    channel, segment = key
    here = _Here(zones, CHANNELS[channel][2], cuts, segment, report)
    if channel == 0:
        return _triggers(here)
    return _notes(here, per_second) if channel == 1 else _epochs(here)


@dataclass(frozen=True, slots=True, eq=False)
class _Here:
    """Which events are asked for."""

    zones: Zones
    name: str
    cuts: Cuts
    segment: int
    report: Report

    def records(self, table: Table, skip: int = 0) -> NDArray[Any]:
        return self.zones.records(self.name, table, skip)

    def chosen(self, table: NDArray[Any], frames: Frames) -> tuple[NDArray[Any], Frames]:
        """The events of the segment; those behind the last frame are left out and told."""
        if len(self.cuts) > 1:
            mine = self.cuts.segment(frames) == self.segment
            table, frames = table[mine], frames[mine]
        inside = frames < int(self.cuts.stops[-1])
        self.tell(~inside, "lie behind the last frame and are left out")
        return table[inside], frames[inside]

    def ticks(self, frames: Frames) -> Frames:
        """Samples of the original recording."""
        ticks: Frames = frames + (self.cuts.times[self.segment] - self.cuts.starts[self.segment])
        return ticks

    def tell(self, odd: NDArray[np.bool_], what: str) -> None:
        _report(self.zones, self.name, self.report, odd, what)


def _triggers(here: _Here) -> EventTable:
    table = here.records(TRIGGER)
    last = table["sample"] == NONE
    if last.any():
        table = table[: int(last.argmax())]
    # (0, 0) is an empty record; a code at frame 0 is a trigger.
    table = table[(table["sample"] != 0) | (table["code"] != 0)]
    table, frames = here.chosen(table, table["sample"].astype(np.int64))
    codes = table["code"].copy()
    return EventTable(here.ticks(frames), _numbers(codes), None, {"code": codes})


def _numbers(codes: NDArray[np.uint16]) -> NDArray[np.str_]:
    """Codes as text; each different one is written once."""
    different, which = np.unique(codes, return_inverse=True)
    texts = np.array([str(code) for code in different.tolist()], "U5")
    return texts[which]


def _notes(here: _Here, per_second: int) -> EventTable:
    table = here.records(NOTE)
    # Only the notes that are there are decoded: the zone has room for hundreds.
    maybe = np.flatnonzero((table["sample"] != 0) | (table["text"] != b""))
    table = table[: maybe[-1] + 1 if len(maybe) else 0]
    last = (table["sample"] == 0) & (NOTE.texts(table, "text") == "")
    table = table[: int(last.argmax())] if last.any() else table
    table, frames = here.chosen(table, table["sample"].astype(np.int64) * per_second)
    return EventTable(here.ticks(frames), NOTE.texts(table, "text"))


def _epochs(here: _Here) -> EventTable:
    raw = here.zones.raw(here.name)
    label = EVENTS.read(raw).name if len(raw) >= EVENTS.size else ""
    table = here.records(SPAN, min(EVENTS.size, len(raw)))
    last = (table["begin"] == 0) & (table["end"] == 0)
    table = table[: int(last.argmax())] if last.any() else table
    table, begin = here.chosen(table, table["begin"].astype(np.int64))
    end, n_frames = table["end"].astype(np.int64), int(here.cuts.stops[-1])
    here.tell(end > n_frames, "end behind the last frame; cut there")
    back = (end > 0) & (end < begin)
    here.tell(back, "end before they begin; their duration is taken as 0")
    end = np.where(back, begin, np.minimum(end, n_frames))
    # The end is the first frame that is not part of it, so it belongs to the frame before.
    lasts = np.maximum(here.cuts.segment(np.maximum(end - 1, 0)), here.segment)
    ticks = here.ticks(begin)
    durations = np.where(end == 0, np.nan, here.cuts.ticks(end, lasts) - ticks)
    return EventTable(ticks, np.full(len(begin), label), durations)


def _report(
    zones: Zones, name: str, report: Report, odd: NDArray[np.bool_], what: str,
    severity: Any = "warning",
) -> None:  # fmt: skip
    if odd.any():
        found = f"{int(odd.sum())} of {len(odd)} {what}"
        report(severity, zones.file, found, offset=zones.start(name), field=name)
