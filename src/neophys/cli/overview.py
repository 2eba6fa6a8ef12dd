"""``neophys info``: what a recording holds, as data and as text; who was recorded only if asked."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

import neophys
from neophys.cli.output import many, say
from neophys.formats import get_format
from neophys.recording.events import events_of

if TYPE_CHECKING:
    from neophys.reading.samples import Samples
    from neophys.recording import Recording

__all__ = ["as_lines", "overview", "show"]

#: How many of what a text shows before it says "and so many more".
_TOP = 5
_WIDTH = 96


def show(file: str, *, format: str | None, as_json: bool, subject: bool) -> None:
    """Print what `file` holds."""
    with neophys.open(file, format=format) as recording:
        found = overview(recording, subject=subject)
    if as_json:
        print(json.dumps(found, indent=2, allow_nan=False))
    else:
        say(as_lines(found))


def overview(recording: Recording, *, subject: bool = False) -> dict[str, Any]:
    """What a recording holds, as JSON knows it; nothing is cut, no sample is read.

    Times are seconds on the recording's clock, ``start`` is the wall clock at second 0.
    """
    blocks = range(len(recording.contents.blocks))
    found: dict[str, Any] = {
        "file": recording.name,
        "format": recording.format,
        "label": get_format(recording.format).label,
        "start": recording.start_time.isoformat() if recording.start_time else None,
        "duration": _number(recording.duration),
        "device": recording.metadata.device,
        "software": recording.metadata.software,
        "segments": [
            {"block": i, "start": _number(segment.start), "stop": _number(segment.stop)}
            for i in blocks
            for segment in recording.contents.blocks[i].segments
        ],
        "signals": [signal for i in blocks for signal in _signals(recording, i)],
        "events": [channel for i in blocks for channel in _events(recording, i)],
        "spikes": [unit for i in blocks for unit in _spikes(recording, i)],
    }
    # After the tables: one that is read only now may have issues of its own.
    found["issues"] = [
        {
            "severity": issue.severity,
            "file": issue.where,
            "byte": issue.offset,
            "field": issue.field,
            "message": issue.message,
        }
        for issue in recording.issues
    ]
    if subject:
        found["subject"] = recording.subject.show().splitlines()
    return found


def _number(value: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return float(value) if np.isfinite(value) else None


def _signals(recording: Recording, block: int) -> list[dict[str, Any]]:
    found = []
    for number, stream in enumerate(recording.contents.streams):
        samples = recording.samples(number, block=block)
        start, stop, gaps = _course(samples)
        names = ("name", "id", "units")
        found.append(
            {
                "block": block,
                "name": stream.name,
                "id": stream.id,
                "sampling_rate": float(stream.sampling_rate),
                "samples": samples.n_samples,
                "start": start,
                "stop": stop,
                "gaps": gaps,
                "channels": [
                    {name: str(channel[name]) for name in names} for channel in stream.channels
                ],
            }
        )
    return found


def _course(samples: Samples) -> tuple[float | None, float | None, list[dict[str, float]]]:
    """First and last second of a signal, and where it has none between."""
    pieces = [piece for piece in samples.pieces if piece.n_samples]
    if not pieces:
        return None, None, []
    rate = samples.stream.sampling_rate
    ticks = np.array([piece.start_tick for piece in pieces], np.int64)
    starts = np.asarray(samples.stream.clock.seconds(ticks), np.float64)
    stops = starts + np.array([piece.n_samples for piece in pieces]) / rate
    missing = (starts[1:] - stops[:-1]) * rate >= 0.5
    gaps = [{"from": float(stops[i]), "to": float(starts[i + 1])} for i in np.flatnonzero(missing)]
    return float(starts.min()), float(stops.max()), gaps


def _events(recording: Recording, block: int) -> list[dict[str, Any]]:
    segments = range(len(recording.contents.blocks[block].segments))
    found = []
    for number, channel in enumerate(recording.contents.event_channels):
        tables = [recording.event_table(number, block=block, segment=i) for i in segments]
        events = events_of(channel, tables)
        found.append(
            {
                "block": block,
                "name": channel.name,
                "id": channel.id,
                "kind": channel.kind,
                "count": len(events),
                "labels": dict(events.labels.most_common()),
            }
        )
    return found


def _spikes(recording: Recording, block: int) -> list[dict[str, Any]]:
    segments = range(len(recording.contents.blocks[block].segments))
    return [
        {
            "block": block,
            "name": unit.name,
            "id": unit.id,
            "electrode": unit.electrode,
            "sorted": unit.sorted,
            "count": sum(
                len(recording.spike_table(number, block=block, segment=i)) for i in segments
            ),
        }
        for number, unit in enumerate(recording.contents.spike_units)
    ]


def as_lines(found: dict[str, Any]) -> list[str]:
    """The same as text, for people: the long lists are cut and say so."""
    lines = [f"{found['file']}: {found['label']}"]
    if found["start"]:
        lines.append(_row("start", found["start"].replace("T", " ")))
    segments = found["segments"]
    parts = "" if len(segments) == 1 else f" in {len(segments)} segments"
    lines.append(_row("duration", f"{_elapsed(found['duration'])}{parts}"))
    lines += [_row(name, found[name]) for name in ("device", "software") if found[name]]
    lines += _signal_lines(found["signals"])
    lines += _event_lines(found["events"])
    lines += _spike_lines(found["spikes"])
    lines += _issue_lines(found["issues"])
    for line in found.get("subject", []):
        lines.append(_row("subject", line))
    return lines


def _row(head: str, text: str) -> str:
    return f"  {head:<9} {text}"


def _signal_lines(signals: list[dict[str, Any]]) -> list[str]:
    lines = [] if signals else [_row("signals", "none")]
    for signal in signals:
        channels = signal["channels"]
        units = ", ".join(unit for unit in dict.fromkeys(c["units"] for c in channels))
        rate = f"{many(len(channels), 'channel')} at {signal['sampling_rate']:g} Hz"
        lines.append(_row("signal", f"{signal['name']}: {rate}, {units}; {_span(signal)}"))
        gaps = signal["gaps"]
        if gaps:
            longest = max(gap["to"] - gap["from"] for gap in gaps)
            shown = ", ".join(f"{g['from']:.6g} to {g['to']:.6g}" for g in gaps[:_TOP])
            more = ", ..." if len(gaps) > _TOP else ""
            lines.append(_row("", f"gaps: {len(gaps)}, longest {longest:.6g} s: {shown}{more} s"))
        else:
            lines.append(_row("", "gaps: none"))
        lines += _wrapped([channel["name"] for channel in channels])
    return lines


def _span(signal: dict[str, Any]) -> str:
    if signal["start"] is None:
        return "no samples"
    return f"{signal['samples']} samples from {signal['start']:g} to {signal['stop']:g} s"


def _event_lines(channels: list[dict[str, Any]]) -> list[str]:
    full = [channel for channel in channels if channel["count"]]
    empty = [channel["name"] for channel in channels if not channel["count"]]
    lines = [] if full else [_row("events", "none")]
    for channel in full:
        labels = Counter(channel["labels"])
        top = ", ".join(f"{_short(label)!r} {n}" for label, n in labels.most_common(_TOP))
        more = f", ... ({len(labels)} labels)" if len(labels) > _TOP else ""
        kind = "epochs" if channel["kind"] == "epoch" else "events"
        lines.append(_row(kind, f"{channel['name']}: {channel['count']} (by label: {top}{more})"))
    if empty:
        lines += _wrapped(empty, ", ", "empty: ")
    return lines


def _spike_lines(units: list[dict[str, Any]]) -> list[str]:
    if not units:
        return [_row("spikes", "none")]
    total = sum(unit["count"] for unit in units)
    lines = [_row("spikes", f"{total} of {many(len(units), 'unit')}:")]
    return lines + _wrapped([f"{unit['name']} {unit['count']}" for unit in units], ", ")


def _issue_lines(issues: list[dict[str, Any]]) -> list[str]:
    lines = [_row("issues", str(len(issues)) if issues else "none")]
    for issue in issues[: 2 * _TOP]:
        place = [issue["file"]]
        place += [] if issue["byte"] is None else [f"byte {issue['byte']}"]
        place += [issue["field"]] if issue["field"] else []
        lines.append(_row("", f"{issue['severity']}: {': '.join([*place, issue['message']])}"))
    if len(issues) > 2 * _TOP:
        lines.append(_row("", f"and {len(issues) - 2 * _TOP} more (--json lists all)"))
    return lines


def _wrapped(names: list[str], between: str = " ", head: str = "") -> list[str]:
    """Names in at most three lines."""
    text = head + between.join(name.replace(" ", "\N{NO-BREAK SPACE}") for name in names)
    lines = textwrap.wrap(text, _WIDTH, break_on_hyphens=False)
    if len(lines) > 3:
        lines = [*lines[:2], f"{lines[2]} ... ({len(names)})"]
    return [_row("", line.replace("\N{NO-BREAK SPACE}", " ")) for line in lines]


def _short(label: str) -> str:
    return label if len(label) <= 32 else label[:29] + "..."


def _elapsed(duration: float | None) -> str:
    if duration is None:
        return "unknown"
    minutes, rest = divmod(duration, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:06.3f}"
