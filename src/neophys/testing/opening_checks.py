"""Checks of opening: what is claimed, what is read, that the description is sound and private."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

from neophys.contents import Contents, Deferred, Segment, Stream
from neophys.errors import NeophysError
from neophys.testing.case import Case, expect
from neophys.testing.report import NotHere
from neophys.testing.watch import merged, total

__all__ = [
    "contents_are_consistent",
    "names_are_text",
    "open_reads_headers_only",
    "strict_raises",
    "subject_is_private",
]

#: Bytes of samples that a header's last block may reach into, and requests beyond one a file.
_SPILL, _REQUESTS = 4096, 100


def open_reads_headers_only(case: Case) -> None:
    """Bytes and requests at open are what the format's class (``opening``) allows."""
    recording, bundle = case.watched()
    log, contents = list(bundle.log), recording.contents
    opening, size = case.format.opening, case.size
    wanted = sum(read.length for read in log)
    if opening != "flat":
        share = 0.25 if opening == "index" else 1.25
        most = max(int(share * size), 1 << 16)
        message = f"opening ({opening}) reads {wanted} of {size} bytes; {most} would do"
        expect(wanted <= most, message)
        return
    read = 0
    for name in contents.files:
        own = np.array([(r.offset, r.span) for r in log if r.file == name], np.int64).reshape(-1, 2)
        samples = _sample_ranges(contents, name)
        got = merged(own[:, 0], own[:, 1])
        read += total(got) + total(samples) - total(_union(got, samples))
    expect(read <= _SPILL, f"opening (flat) reads {read} bytes of samples")
    most = _REQUESTS + 4 * len(contents.files) + size // 10_000
    expect(len(log) <= most, f"opening (flat) makes {len(log)} requests, {most} would do")


def _union(*ranges: Any) -> Any:
    joined = np.concatenate(ranges)
    return merged(joined[:, 0], joined[:, 1] - joined[:, 0])


def _sample_ranges(contents: Contents, name: str) -> Any:
    """(n, 2) bytes of a file that hold samples."""
    found = [np.empty((0, 2), np.int64)]
    for segment in _segments(contents):
        for data in segment.signals:
            for piece in data.pieces if data else ():
                layout = piece.layout
                plan = layout.plan(piece.row0, piece.row0 + piece.n_samples, slice(None))
                files = np.broadcast_to(np.asarray(plan.file), plan.offsets.shape)
                mine = np.isin(files, [i for i, f in enumerate(plan.files) if f == name])
                found.append(merged(plan.offsets[mine], plan.lengths[mine]))
    return _union(*found)


def _segments(contents: Contents) -> list[Segment]:
    return [segment for block in contents.blocks for segment in block.segments]


def contents_are_consistent(case: Case) -> None:
    """The description agrees with itself: counts, ids, dtypes, order of pieces, numbers."""
    contents = case.contents
    expect(contents.format == case.format.name, f"format is {contents.format!r}")
    expect(contents.blocks, "there is no block")
    known = set(case.recording.bundle.names())
    expect(set(contents.files) <= known, f"files {contents.files} are not all in the bundle")
    for kind, ids in {
        "stream": [stream.id for stream in contents.streams],
        "event channel": [channel.id for channel in contents.event_channels],
        "spike unit": [unit.id for unit in contents.spike_units],
    }.items():
        expect(len(set(ids)) == len(ids), f"ids of {kind}s are not unique: {ids}")
    for stream in contents.streams:
        _stream_is_sound(stream)
    for segment in _segments(contents):
        _segment_is_sound(contents, segment)


def strict_raises(case: Case) -> None:
    """``strict=True`` raises what would be an issue of severity error, and nothing else."""
    errors = [issue for issue in case.contents.issues if issue.severity == "error"]
    try:
        case.open(strict=True)
    except NeophysError as error:
        expect(errors, f"strict raises where there is no such issue: {error}")
        return
    expect(not errors, f"strict raises nothing, and issues say: {'; '.join(map(str, errors))}")


def _stream_is_sound(stream: Stream) -> None:
    rate = stream.sampling_rate
    expect(np.isfinite(rate) and rate > 0, f"{stream.name!r}: sampling rate {rate}")
    for field in ("gain", "offset"):
        values = stream.channels[field]
        expect(values.dtype == np.float64, f"{stream.name!r}: {field} is {values.dtype}")
        expect(np.isfinite(values).all(), f"{stream.name!r}: {field} is not finite")
    ids = stream.channels["id"].tolist()
    expect(len(set(ids)) == len(ids), f"{stream.name!r}: ids of channels are not unique")


def _segment_is_sound(contents: Contents, segment: Segment) -> None:
    expect(len(segment.signals) == len(contents.streams), "a segment lacks streams")
    expect(len(segment.events) == len(contents.event_channels), "a segment lacks event channels")
    expect(len(segment.spikes) == len(contents.spike_units), "a segment lacks spike units")
    expect(segment.start <= segment.stop, f"a segment from {segment.start} to {segment.stop}")
    for stream, data in zip(contents.streams, segment.signals, strict=True):
        end = -np.inf
        for piece in data.pieces if data else ():
            what, layout = f"{stream.name!r}, piece from tick {piece.start_tick}", piece.layout
            expect(type(piece.start_tick) is int, f"{what}: its tick is no int")
            expect(piece.n_samples > 0, f"{what}: it has no sample")
            last = piece.row0 + piece.n_samples
            there = piece.row0 >= 0 and last <= layout.n_samples
            expect(there, f"{what}: rows to {last} of a layout of {layout.n_samples}")
            expect(
                layout.n_channels == len(stream.channels), f"{what}: {layout.n_channels} columns"
            )
            expect(layout.dtype == stream.dtype, f"{what}: {layout.dtype}, not {stream.dtype}")
            start = stream.clock.seconds(piece.start_tick)
            expect(
                start >= end - 1 / stream.sampling_rate, f"{what}: it begins before the last ends"
            )
            end = start + (piece.n_samples - 1) / stream.sampling_rate
    for table in (*segment.events, *segment.spikes):
        if table is not None and not isinstance(table, Deferred):
            expect(table.ticks.dtype in (np.int64, np.float64), f"ticks are {table.ticks.dtype}")


def names_are_text(case: Case) -> None:
    """Names, ids, units and labels are whole, printable text, and those of the builder."""
    contents = case.contents
    for place, text in _texts(contents):
        expect(type(text) is str, f"{place}: {text!r} is no text")
        odd = [c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"]
        expect(not odd, f"{place}: {text!r} is not whole text")
    truth = case.example.signals if case.example else {}
    for name, signal in truth.items():
        found = [s for s in case.recording.signals if s.name == name]
        expect(len(found) == 1, f"signals are {case.recording.signals.names}, not {name!r}")
        channels = found[0].channels
        for field, wanted in (("name", signal.names), ("units", signal.units)):
            texts = tuple(channels[field].tolist())
            expect(texts == wanted, f"{name!r}: {field} {texts}, expected {wanted}")
    for name, events in (case.example.events if case.example else {}).items():
        texts = tuple(case.recording.events[name].label.tolist())
        # In order of time, as events are given; which label is whose is the times' check.
        expect(sorted(texts) == sorted(events.labels), f"{name!r}: labels {texts}")


def _texts(contents: Contents) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for stream in contents.streams:
        found += [("stream", stream.id), ("stream", stream.name)]
        for field in ("name", "id", "units"):
            found += [(f"channel {field}", text) for text in stream.channels[field].tolist()]
    for channel in contents.event_channels:
        found += [("event channel", channel.id), ("event channel", channel.name)]
    for unit in contents.spike_units:
        found += [("spike unit", unit.id), ("spike unit", unit.name)]
    for issue in contents.issues:
        found.append(("issue", issue.message))
    return found


def subject_is_private(case: Case) -> None:
    """What is the subject's appears nowhere unasked: not in repr, logs, output, issues."""
    texts = _private(case)
    if not texts:
        raise NotHere("no subject is named")
    printed, logged = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            recording = case.open()
            faces = [recording, recording.contents, recording.metadata, recording.subject]
            faces += [*recording.signals, *recording.spikes, *recording.blocks, *recording.segments]
            faces += [recording.signals, recording.spikes, *recording.contents.streams]
            shown = {"repr": "\n".join(f"{face!r} {face}" for face in faces)}
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    shown |= {"output": printed.getvalue(), "a log": logged.getvalue()}
    shown["an issue"] = "\n".join(map(str, recording.issues))
    for where, text in shown.items():
        for number, secret in enumerate(texts):
            # The name is not repeated here: reports are read by many.
            expect(secret not in text, f"{where} tells of the subject (text {number})")


def _private(case: Case) -> list[str]:
    """The builder's private texts; of a real recording, its subject's own."""
    if case.example:
        return list(case.example.private)
    subject = case.contents.subject
    found = [subject.id, subject.name, subject.first_name]
    found += [str(value) for value in subject.other.values()]
    # Short ones would be found by chance; a file may be named after the subject.
    return [t for t in found if len(t) > 3 and t.casefold() not in str(case.path).casefold()]
