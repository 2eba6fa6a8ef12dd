"""Neo's habits for Micromed TRC: one stream ``Signals``, four event channels without ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neophys.contents import Contents
from neophys.neo.deviation import Deviation
from neophys.neo.readers import NeoReader
from neophys.neo.readers.view import (
    Part,
    View,
    ViewEvents,
    as_recorded,
    stream_view,
)

__all__ = ["READER"]

_SPANS = "Micromed's declaration: EVENT A and B hold a class name and 100 pairs"
_CUTS = "Micromed's declaration: each record of TRONCA begins a segment"
_EVENTS = (("Trigger", "event"), ("Note", "event"), ("Event A", "epoch"), ("Event B", "epoch"))
#: As Neo spells them.
_UNITS = {-1: "nV", 0: "uV", 1: "mV", 2: "V", 100: "percent"}


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """One stream; flags are not shown."""
    stream = contents.streams[0]
    codes = stream.channels["unit_code"].tolist()
    if len(set(codes)) == 1:  # one for all: nearly always
        del codes[1:]
    channels = {channel.name: i for i, channel in enumerate(contents.event_channels)}
    streams = (
        stream_view(
            contents,
            [Part(0)],
            name="Signals",
            id="0",
            dtype=f"u{stream.dtype.itemsize}",
            buffer_id="0",
            units=[_UNITS.get(code, "dimensionless") for code in codes],
        ),
    )
    events = tuple(
        ViewEvents(name, "", kind, channels[name], stamp_dtype="uint32") for name, kind in _EVENTS
    )
    return View(streams, events, (), as_recorded(contents, streams))


def annotate(contents: Contents, arguments: Mapping[str, Any], annotations: dict[str, Any]) -> None:
    """Date, patient and header type on the block and the first segment, as Neo has them."""
    block = annotations["blocks"][0]
    for where in (block, block["segments"][0]):
        where["rec_datetime"] = contents.metadata.start
        where["firstname"] = contents.subject.first_name.encode("cp1252", "replace")
        where["surname"] = contents.subject.name.encode("cp1252", "replace")
        where["header_version"] = contents.metadata.other["header_type"]
    signals = block["segments"][0]["signals"][0]["__array_annotations__"]
    signals["ground"] = np.array(contents.streams[0].channels["reference"])


READER = NeoReader(
    format="micromed",
    prefix="Micromed",
    extensions=("trc", "TRC"),
    rawmode="one-file",
    view=view,
    annotate=annotate,
    buffers=True,
    deviations=(
        Deviation(
            "MIC-1", "micromed", ("events.*", "event_count"), _SPANS,
            "reads them as rows of label, start, stop", "the pairs, labelled with the class name",
        ),
        Deviation(
            "MIC-2", "micromed", ("events.*", "event_count"), _SPANS,
            "a class name without pairs becomes an epoch", "no epoch",
        ),
        Deviation(
            "MIC-3", "micromed", ("events.*", "event_count"),
            "an event's time is its segment's, plus its frame's in that segment",
            "adds the first segment's start to the frame, in all segments", "by its own segment",
        ),
        Deviation(
            "MIC-4", "micromed", ("segments",), _CUTS,
            "leaves out the frames before the first record", "a segment of them, from time 0",
        ),
        Deviation(
            "MIC-5", "micromed", ("segments",), _CUTS,
            "a first record of zeros ends the list: one segment", "all records",
        ),
        Deviation(
            "MIC-6", "micromed", ("events.*", "event_count"),
            "Micromed's declaration: a trigger has a code that is not 0",
            "drops triggers at frame 0", "keeps those with a code",
        ),
        Deviation(
            "MIC-7", "micromed", ("annotations",), "the year is an unsigned byte after 1900",
            "signed: 2040 becomes 1784", "2040",
        ),
        Deviation(
            "MIC-8", "micromed", ("refusal",),
            "texts are Windows ANSI; what is odd and does not concern the samples does not stop",
            "raises on bytes above 127 in labels, undefined ones in notes, impossible dates, "
            "bytes after the last frame",
            "reads, with an issue",
        ),
        Deviation(
            "MIC-11", "micromed", ("signal_channels.name", "names", "array_annotations"),
            "labels end with the first NUL byte", "keeps what lies behind it", "cut there",
        ),
        Deviation(
            "MIC-12", "micromed", ("signal_channels.units", "units"),
            "Micromed's declaration: unit -1 nV, 2 V; others have no meaning",
            "V and nV are dimensionless, unknown ones uV", "V, nV; unknown ones dimensionless",
        ),
        Deviation(
            "MIC-13", "micromed", ("refusal",),
            "type 5 is type 4 with names of zones padded otherwise; a coefficient of 0 means 1",
            "refuses type 5, divides by 0", "reads",
        ),
        Deviation(
            "MIC-14", "micromed", ("signal_channels.name", "names", "array_annotations"),
            "a channel without a label is named by its index", "an empty name", "ch0, ch1, ...",
        ),
    ),
)  # fmt: skip
