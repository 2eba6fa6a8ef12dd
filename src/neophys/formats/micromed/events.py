"""Segments, triggers, notes and epochs: frames of the file become ticks of the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

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
    Edition,
)
from neophys.formats.micromed.zones import Zones

__all__ = ["Cuts", "read_events"]

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
        """The segment of each frame, which must be at least 0; a single 0 where there is one."""
        if len(self) == 1:
            return np.zeros(1, np.int64)
        return np.searchsorted(self.starts, frames, "right") - 1

    def ticks(self, frames: Frames, segments: Frames) -> Frames:
        """Samples of the original recording, for frames counted from their segments."""
        ticks: Frames = self.times[segments] + frames - self.starts[segments]
        return ticks


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Events of the whole file, all within its frames; ``ends`` is -1 for a point."""

    frames: Frames
    labels: NDArray[Any]
    ends: Frames | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)


_NO_EVENTS: Final = EventTable(np.empty(0, np.int64), np.empty(0, "U1"))
_NO_EPOCHS: Final = EventTable(np.empty(0, np.int64), np.empty(0, "U1"), np.empty(0))


def read_events(
    zones: Zones, edition: Edition, cuts: Cuts, rate: int, report: Report
) -> list[tuple[EventTable, ...]]:
    """For each segment the tables of Trigger, Note, Event A and Event B."""
    n_frames = int(cuts.stops[-1])
    channels = (
        (_triggers(zones, n_frames, report), _NO_EVENTS),
        (_notes(zones, n_frames, rate if edition.note_seconds else 1, report), _NO_EVENTS),
        (_epochs(zones, "EVENT A", n_frames, report), _NO_EPOCHS),
        (_epochs(zones, "EVENT B", n_frames, report), _NO_EPOCHS),
    )
    tables = [
        [empty] * len(cuts) if found is None else _split(found, cuts) for found, empty in channels
    ]
    return [tuple(channel[i] for channel in tables) for i in range(len(cuts))]


def _triggers(zones: Zones, n_frames: int, report: Report) -> _Found | None:
    table = zones.records("TRIGGER", TRIGGER)
    samples = table["sample"]
    if not len(samples) or samples[0] == NONE:
        return None
    # Most lists are short: their end is looked for among the first records before all others.
    for part in (samples[:512], samples):
        last = int((part == NONE).argmax())
        if last:
            table = table[:last]
            break
    # (0, 0) is an empty record; a code at frame 0 is a trigger.
    if not table["sample"].all():
        table = table[(table["sample"] != 0) | (table["code"] != 0)]
    table = _inside(zones, "TRIGGER", table, table["sample"], n_frames, report)
    codes = table["code"].copy()
    return _Found(table["sample"].astype(np.int64), _numbers(codes), None, {"code": codes})


def _numbers(codes: NDArray[np.uint16]) -> NDArray[np.str_]:
    """Codes as text; each different one is written once."""
    if not len(codes):
        return _NO_EVENTS.labels
    counts = np.bincount(codes)
    different = counts.nonzero()[0]
    texts: NDArray[np.str_] = np.array([str(code) for code in different.tolist()])
    counts[different] = np.arange(len(different))
    return texts.take(counts.take(codes))


def _notes(zones: Zones, n_frames: int, factor: int, report: Report) -> _Found | None:
    table = zones.records("NOTE", NOTE)
    if not len(table) or not any(zones.raw("NOTE")[: NOTE.size]):
        return None
    # Only the notes that are there are decoded: the zone has room for hundreds.
    maybe = np.flatnonzero((table["sample"] != 0) | (table["text"] != b""))
    table = table[: maybe[-1] + 1]
    last = (table["sample"] == 0) & (NOTE.texts(table, "text") == "")
    table = table[: int(last.argmax())] if last.any() else table
    frames = table["sample"].astype(np.int64) * factor
    table = _inside(zones, "NOTE", table, frames, n_frames, report)
    return _Found(table["sample"].astype(np.int64) * factor, NOTE.texts(table, "text"))


def _epochs(zones: Zones, name: str, n_frames: int, report: Report) -> _Found | None:
    raw = zones.raw(name)
    if not any(raw[EVENTS.size : EVENTS.size + SPAN.size]):
        return None
    label = EVENTS.read(raw).name
    table = zones.records(name, SPAN, EVENTS.size)
    last = (table["begin"] == 0) & (table["end"] == 0)
    table = table[: int(last.argmax())] if last.any() else table
    table = _inside(zones, name, table, table["begin"], n_frames, report)
    begin, end = table["begin"].astype(np.int64), table["end"].astype(np.int64)
    _report(zones, name, report, end > n_frames, "end behind the last frame; cut there")
    back = (end > 0) & (end < begin)
    _report(zones, name, report, back, "end before they begin; their duration is taken as 0")
    end = np.where(back, begin, np.minimum(end, n_frames))
    return _Found(begin, np.full(len(begin), label), np.where(end == 0, -1, end))


def _inside(
    zones: Zones, name: str, table: NDArray[Any], frames: NDArray[Any], n_frames: int,
    report: Report,
) -> NDArray[Any]:  # fmt: skip
    """The events that lie within the file's frames."""
    inside = frames < n_frames
    if inside.all():
        return table
    _report(zones, name, report, ~inside, "lie behind the last frame and are left out")
    return table[inside]


def _split(found: _Found, cuts: Cuts) -> list[EventTable]:
    """The events of each segment, on the recording's clock."""
    segments = cuts.segment(found.frames)
    ticks = cuts.ticks(found.frames, segments)
    durations = None
    if found.ends is not None:
        # The end is the first frame that is not part of it, so it belongs to the frame before.
        lasts = np.maximum(cuts.segment(np.maximum(found.ends - 1, 0)), segments)
        durations = np.where(found.ends < 0, np.nan, cuts.ticks(found.ends, lasts) - ticks)
    if len(cuts) == 1:
        return [EventTable(ticks, found.labels, durations, found.columns)]
    return [
        EventTable(
            ticks[here],
            found.labels[here],
            None if durations is None else durations[here],
            {key: values[here] for key, values in found.columns.items()},
        )
        for here in (segments == i for i in range(len(cuts)))
    ]


def _report(
    zones: Zones, name: str, report: Report, odd: NDArray[np.bool_], what: str,
    severity: Any = "warning",
) -> None:  # fmt: skip
    if odd.any():
        found = f"{int(odd.sum())} of {len(odd)} {what}"
        report(severity, zones.file, found, offset=zones.start(name), field=name)
