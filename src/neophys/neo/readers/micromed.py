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
    find_event_channel,
    stream_view,
)

__all__ = ["READER"]


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """One stream; flags are not shown."""
    dtype = f"u{contents.streams[0].dtype.itemsize}"
    streams = (
        stream_view(contents, [Part(0)], name="Signals", id="0", dtype=dtype, buffer_id="0"),
    )
    events = tuple(
        ViewEvents(name, "", kind, find_event_channel(contents, name), stamp_dtype="uint32")
        for name, kind in (
            ("Trigger", "event"),
            ("Note", "event"),
            ("Event A", "epoch"),
            ("Event B", "epoch"),
        )
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
            "MIC-1", "micromed", ("events.*", "event_count"),
            "Micromed's declaration: EVENT A and B hold a class name and 100 pairs",
            "reads them as rows of label, start, stop", "the pairs, labelled with the class name",
        ),
    ),
)  # fmt: skip
