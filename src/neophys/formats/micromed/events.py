"""Segments, triggers, notes and epochs: frames of the file become ticks of the recording."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Events of the whole file; ``ends`` is -1 for a point."""

    frames: Frames
    labels: NDArray[Any]
    ends: Frames | None = None
    columns: tuple[tuple[str, NDArray[Any]], ...] = ()


def read_events(
    zones: Zones, edition: Edition, cuts: Cuts, rate: int, report: Report
) -> list[tuple[EventTable, ...]]:
    """For each segment the tables of Trigger, Note, Event A and Event B."""
    found = [
        _triggers(zones),
        _notes(zones, rate if edition.note_seconds else 1),
        _epochs(zones, "EVENT A", report),
        _epochs(zones, "EVENT B", report),
    ]
    names = ("TRIGGER", "NOTE", "EVENT A", "EVENT B")
    per_channel = [
        _split(zones, name, each, cuts, report) for name, each in zip(names, found, strict=True)
    ]
    return [tuple(channel[i] for channel in per_channel) for i in range(len(cuts))]


def _triggers(zones: Zones) -> _Found:
    table = zones.records("TRIGGER", TRIGGER)
    samples = np.ascontiguousarray(table["sample"])
    last = samples == NONE
    if last.any():
        table, samples = table[: np.argmax(last)], samples[: np.argmax(last)]
    codes = np.ascontiguousarray(table["code"])
    real = (samples != 0) | (codes != 0)
    samples, codes = samples[real], codes[real]
    return _Found(samples.astype(np.int64), _numbers(codes), None, (("code", codes),))


def _numbers(codes: NDArray[np.uint16]) -> NDArray[np.str_]:
    """Codes as text; each different one is written once."""
    if not len(codes):
        return np.empty(0, "U5")
    there = np.zeros(int(codes.max()) + 1, np.bool_)
    there[codes] = True
    place = np.cumsum(there) - 1
    texts: NDArray[np.str_] = np.array([str(code) for code in np.flatnonzero(there)], "U5")
    labels: NDArray[np.str_] = texts[place[codes]]
    return labels


def _notes(zones: Zones, factor: int) -> _Found:
    table = zones.records("NOTE", NOTE)
    # Only the notes that are there are decoded: the zone has room for hundreds.
    maybe = np.flatnonzero((table["sample"] != 0) | (table["text"] != b""))
    table = table[: maybe[-1] + 1 if len(maybe) else 0]
    texts = NOTE.texts(table, "text")
    last = (table["sample"] == 0) & (texts == "")
    if last.any():
        table, texts = table[: np.argmax(last)], texts[: np.argmax(last)]
    return _Found(table["sample"].astype(np.int64) * factor, texts)


def _epochs(zones: Zones, name: str, report: Report) -> _Found:
    raw = zones.bytes(name)
    label = EVENTS.read(raw).name if len(raw) >= EVENTS.size else ""
    table = zones.records(name, SPAN, EVENTS.size) if label or len(raw) > EVENTS.size else _NO_SPAN
    begin, end = table["begin"].astype(np.int64), table["end"].astype(np.int64)
    last = (begin == 0) & (end == 0)
    if last.any():
        begin, end = begin[: np.argmax(last)], end[: np.argmax(last)]
    end = np.where(end == 0, -1, end)
    back = (end >= 0) & (end < begin)
    _report(zones, name, report, back, "end before they begin; their duration is taken as 0")
    return _Found(begin, np.full(len(begin), label), np.where(back, begin, end))


_NO_SPAN: Final = SPAN.read_many(b"")


def _split(zones: Zones, name: str, found: _Found, cuts: Cuts, report: Report) -> list[EventTable]:
    """The events of each segment; those outside the file's frames are left out."""
    n_frames = int(cuts.stops[-1])
    inside = found.frames < n_frames
    if not inside.all():
        _report(zones, name, report, ~inside, "lie behind the last frame and are left out")
    frames, labels = found.frames[inside], found.labels[inside]
    columns = {key: values[inside] for key, values in found.columns}
    segments = cuts.segment(frames)
    ticks = cuts.ticks(frames, segments)
    durations = None
    if found.ends is not None:
        ends = found.ends[inside]
        if (ends > n_frames).any():
            _report(zones, name, report, ends > n_frames, "end behind the last frame; cut there")
        ends = np.minimum(ends, n_frames)
        # The end is the first frame that is not part of it, so it belongs to the frame before.
        lasts = np.maximum(cuts.segment(np.maximum(ends - 1, 0)), segments)
        durations = np.where(ends < 0, np.nan, cuts.ticks(ends, lasts) - ticks)
    if len(cuts) == 1:
        return [EventTable(ticks, labels, durations, columns)]
    return [
        EventTable(
            ticks[here],
            labels[here],
            None if durations is None else durations[here],
            {key: values[here] for key, values in columns.items()},
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
