"""Plexon plx: spikes, events and continuous channels in one chain of blocks.

A file header, three lists of channel headers, then blocks to the end of the file, in any order of
channels and times. There is no index; counts and times in the header are often stale, so only the
walk over the blocks tells what a file holds. Facts are from the maker's header file and reader,
and from recordings of MAP and OmniPlex systems; see docs/formats/plexon.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from neophys.contents import Block, Clock, Contents, Metadata, Segment, SignalData, Stream, Subject
from neophys.errors import HeaderError
from neophys.formats import Format, Magic, NoOptions, Report
from neophys.formats.plexon.blocks import Blocks, walk
from neophys.formats.plexon.headers import Headers, read_headers
from neophys.formats.plexon.points import read_events, read_spikes
from neophys.formats.plexon.signals import read_signals
from neophys.formats.plexon.tables import (
    BLOCK,
    CONTINUOUS,
    EVENT,
    EVENT_CHANNEL,
    HEADER,
    SLOW,
    SPIKE,
    SPIKE_CHANNEL,
)
from neophys.source.bundle import Bundle

__all__ = ["FORMAT", "scan"]


def scan(bundle: Bundle, options: NoOptions, report: Report) -> Contents:
    """What the file holds: of the blocks, only their headers are looked at.

    Raises
    ------
    HeaderError, TruncatedError
        See :func:`~neophys.formats.plexon.headers.read_headers`.
    """
    source = bundle.source(bundle.main)
    headers = read_headers(source, report)
    blocks = walk(source, headers.data_start, report)
    clock = Clock(float(headers.main.tick_rate))
    streams, signals = read_signals(headers, blocks.of_type(CONTINUOUS), clock, report)
    units, spikes = read_spikes(headers, blocks.of_type(SPIKE), clock, report)
    channels, events = read_events(headers, blocks.of_type(EVENT), clock, report)
    start, stop = _span(blocks, streams, signals, clock)
    return Contents(
        format=FORMAT.name,
        streams=streams,
        event_channels=channels,
        spike_units=units,
        blocks=(Block((Segment(signals, events, spikes, start, stop),)),),
        metadata=_metadata(headers, blocks),
        subject=Subject(),
        issues=tuple(report.issues),
        files=(bundle.main,),
    )


def _span(
    blocks: Blocks, streams: Sequence[Stream], signals: Sequence[SignalData], clock: Clock
) -> tuple[float, float]:
    """Seconds of the first and the last thing recorded; the last block is not the latest."""
    if not len(blocks):
        return 0.0, 0.0
    stops = [float(clock.seconds(int(blocks.ticks.max())))]
    for stream, signal in zip(streams, signals, strict=True):
        stops += [
            clock.seconds(piece.start_tick) + piece.n_samples / stream.sampling_rate
            for piece in signal.pieces
        ]
    return float(clock.seconds(int(blocks.ticks.min()))), max(stops)


def _metadata(headers: Headers, blocks: Blocks) -> Metadata:
    main, events = headers.main, headers.events
    names = ["version", "tick_rate", "points_wave", "points_before", "waveform_rate", "last_tick"]
    names += ["trodality", "data_trodality", "processed_by"]
    other = {name: main[name] for name in names if main.has(name)}
    # The header's own last tick is often stale.
    other["latest_tick"] = int(blocks.ticks.max(initial=0))
    # All of them: Contents has one channel for headers that share a number.
    numbers = events.rows["channel"].tolist()
    other["event_headers"] = tuple(zip(numbers, events.names, strict=True))
    return Metadata(
        start=_start(headers),
        software=main.acquired_by or "",
        comment=main.comment,
        other=other,
    )


def _start(headers: Headers) -> datetime | None:
    try:
        return headers.main.date  # type: ignore[no-any-return]  # fields have no static types
    except HeaderError:  # an issue already: all fields were checked
        return None


FORMAT = Format(
    name="plexon",
    label="Plexon plx",
    vendor="Plexon",
    extensions=(".plx",),
    magic=(Magic(0, b"PLEX"),),
    opening="walk",
    scan=scan,
    headers=(HEADER, SPIKE_CHANNEL, EVENT_CHANNEL, SLOW, BLOCK),
    spec="docs/formats/plexon.md",
)
