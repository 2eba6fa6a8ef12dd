"""The annotations that a raw reader has for all objects of a recording, and their text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["describe", "minimal"]

_OBJECTS = {"signals": "AnalogSignal", "events": "Event/Epoch", "spikes": "SpikeTrain"}


def minimal(header: dict[str, Any], origin: Any) -> dict[str, Any]:
    """Name, id and origin of every object, as a tree of blocks and segments.

    The dict of a stream, a unit or an event channel is one object for all segments: readers
    rely on it, and write what holds for the whole recording into one of them only.
    """
    channels = header["signal_channels"]
    signals = []
    for stream in header["signal_streams"]:
        own = channels["stream_id"] == stream["id"]
        of_channels = {f"channel_{key}s": _tight(channels[key][own]) for key in ("name", "id")}
        signals.append(
            {
                "name": stream["name"],
                "stream_id": stream["id"],
                "file_origin": origin,
                "__array_annotations__": of_channels,
            }
        )
    spikes = [_named(row, origin) for row in header["spike_channels"]]
    events = [_named(row, origin) for row in header["event_channels"]]
    return {
        "blocks": [
            {
                "file_origin": origin,
                "segments": [
                    {
                        "file_origin": origin,
                        "signals": signals.copy(),
                        "spikes": spikes.copy(),
                        "events": events.copy(),
                    }
                    for _ in range(n_segments)
                ],
            }
            for n_segments in header["nb_segment"][: header["nb_block"]]
        ]
    }


def _tight(texts: Any) -> Any:
    """As wide as the longest text, not as the header's field."""
    return np.array(texts.tolist()) if len(texts) else np.empty(0, "U1")


def _named(row: Any, origin: Any) -> dict[str, Any]:
    return {
        "name": row["name"],
        "id": row["id"],
        "file_origin": origin,
        "__array_annotations__": {},
    }


def describe(header: dict[str, Any], annotations: dict[str, Any]) -> str:
    """The tree as text, four values of each array annotation."""
    return "\n".join(["Raw annotations", *_lines(header, annotations)]) + "\n"


def _lines(header: dict[str, Any], annotations: dict[str, Any]) -> Iterator[str]:
    counts = {
        "signals": len(header["signal_streams"]),
        "events": len(header["event_channels"]),
        "spikes": len(header["spike_channels"]),
    }
    for b, block in enumerate(annotations["blocks"][: header["nb_block"]]):
        yield f"*Block {b}"
        yield from (f"  -{key}: {value}" for key, value in block.items() if key != "segments")
        for s, segment in enumerate(block["segments"][: header["nb_segment"][b]]):
            yield f"  *Segment {s}"
            yield from (f"    -{k}: {value}" for k, value in segment.items() if k not in counts)
            for kind, title in _OBJECTS.items():
                for i, child in enumerate(segment[kind][: counts[kind]]):
                    yield f"    *{title} {i}"
                    yield from _of_child(child)


def _of_child(child: dict[str, Any]) -> Iterator[str]:
    for key, value in child.items():
        if key != "__array_annotations__":
            yield f"      -{key}: {value}"
    for key, values in child["__array_annotations__"].items():
        yield f"      -{key}: [ {', '.join(str(value) for value in values[:4])} ..."
