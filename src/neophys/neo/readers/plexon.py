"""Neo's habits for Plexon plx: streams by the beginning of channel names, all from second 0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from neophys.contents import Contents
from neophys.neo.readers import NeoReader
from neophys.neo.readers.plexon_deviations import DEVIATIONS
from neophys.neo.readers.view import (
    Part,
    View,
    ViewEvents,
    ViewSegment,
    ViewStream,
    as_recorded,
    spike_view,
    stream_view,
)

__all__ = ["READER"]

#: (stream, column) of the Contents.
Place = tuple[int, int]

_NAMES = {
    "WB": "WB-Wideband",
    "FP": "FPl-Low Pass Filtered",
    "SP": "SPKC-High Pass Filtered",
    "AI": "AI-Auxiliary Input",
    "AIF": "AIF-Auxiliary Input Filtered",
}


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """One segment from 0 to the latest tick; pieces run together; no units."""
    found = _streams(contents)
    streams = tuple(_stream(contents, id, places) for id, places in sorted(found.items()))
    order = np.argsort(
        [_header_row(contents, place) for _, places in sorted(found.items()) for place in places]
    )
    events = tuple(_events(contents))
    spikes = tuple(
        spike_view(contents, i, name=unit.electrode, id=unit.id, left_sweep=-1, wf_units="")
        for i, unit in enumerate(contents.spike_units)
    )
    stop = contents.metadata.other["latest_tick"] / contents.metadata.other["tick_rate"]
    ((segment,),) = as_recorded(contents, streams, t_start=0.0)
    whole = ViewSegment(0, 0, 0.0, stop, segment.spans)
    return View(streams, events, spikes, ((whole,),), order)


def _streams(contents: Contents) -> dict[str, list[Place]]:
    """Neo's stream ids, each with its channels in the order of the headers."""
    ids: dict[tuple[str, float, int], str] = {}
    found: dict[str, list[Place]] = {}
    signals = contents.blocks[0].segments[0].signals
    places = ((s, c) for s, of in enumerate(contents.streams) for c in range(len(of.channels)))
    for s, c in sorted(places, key=lambda place: _header_row(contents, place)):
        stream, data = contents.streams[s], signals[s]
        begins = re.match(r"\D+", str(stream.channels["name"][c]))
        prefix = begins.group() if begins else "signals"
        key = (prefix, stream.sampling_rate, data.n_samples if data else 0)
        if key not in ids:
            same = sum(known[0] == prefix for known in ids)
            ids[key] = f"{prefix} ({same + 1})" if same else prefix
        found.setdefault(ids[key], []).append((s, c))
    return found


def _header_row(contents: Contents, place: Place) -> int:
    return int(contents.streams[place[0]].channels["header"][place[1]])


def _stream(contents: Contents, id: str, places: Sequence[Place]) -> ViewStream:
    parts = []
    for s, group in groupby(places, key=lambda place: place[0]):
        columns = [c for _, c in group]
        every = columns == list(range(len(contents.streams[s].channels)))
        parts.append(Part(s, None if every else np.array(columns, np.int64)))
    units = [""] * len(places)
    return stream_view(contents, parts, name=_NAMES.get(id, id), id=id, dtype="int16", units=units)


def _events(contents: Contents) -> Iterator[ViewEvents]:
    """A channel for each header; of those that share a number the first has the events."""
    channels = {int(channel.id): i for i, channel in enumerate(contents.event_channels)}
    for number, name in contents.metadata.other["event_headers"]:
        yield ViewEvents(name, str(number), "event", channels.pop(number, None))


def annotate(contents: Contents, arguments: Mapping[str, Any], annotations: dict[str, Any]) -> None:
    """Date and version on the block and its segment."""
    block = annotations["blocks"][0]
    for where in (block, block["segments"][0]):
        where["rec_datetime"] = contents.metadata.start
        where["plexon_version"] = contents.metadata.other["version"]


READER = NeoReader(
    format="plexon",
    prefix="Plexon",
    extensions=("plx",),
    rawmode="one-file",
    view=view,
    parameters={"filename": "", "progress_bar": True},
    annotate=annotate,
    # SpikeInterface asks for it, so misspelt.
    members={
        "_global_ssampling_rate": lambda contents, *_: float(contents.metadata.other["tick_rate"])
    },
    deviations=DEVIATIONS,
)
