"""The annotations that a raw reader has for all objects of a recording, and their text."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np

__all__ = ["describe", "minimal", "settle"]

_OBJECTS = {"signals": "AnalogSignal", "events": "Event/Epoch", "spikes": "SpikeTrain"}


def minimal(header: dict[str, Any], origin: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Name, id and origin of every object, as a tree of blocks and segments.

    Returns
    -------
    annotations
        The tree; each segment has dicts of its own.
    templates
        What these dicts were made from, by kind: :func:`settle` wants it.
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
    templates = {
        "signals": signals,
        "spikes": [_named(row, origin) for row in header["spike_channels"]],
        "events": [_named(row, origin) for row in header["event_channels"]],
    }
    blocks = [
        {
            "file_origin": origin,
            "segments": [
                {
                    "file_origin": origin,
                    **{kind: [_forked(child) for child in own] for kind, own in templates.items()},
                }
                for _ in range(n_segments)
            ],
        }
        for n_segments in header["nb_segment"][: header["nb_block"]]
    ]
    return {"blocks": blocks}, templates


def _forked(child: dict[str, Any]) -> dict[str, Any]:
    return {**child, "__array_annotations__": dict(child["__array_annotations__"])}


def settle(annotations: dict[str, Any], templates: dict[str, Any]) -> None:
    """After a reader has added to the tree: what it wrote for one segment only holds for all.

    In Neo the dicts of a stream, a unit or an event channel are one object for all segments, and
    readers rely on it: they write what holds for the recording into one of them. What they write
    into each stays each one's. Array annotations of spikes and events are never handed on: they
    belong to the items of their segment.
    """
    segments = [segment for block in annotations["blocks"] for segment in block["segments"]]
    for kind, originals in templates.items():
        for i, original in enumerate(originals):
            children = [segment[kind][i] for segment in segments if i < len(segment[kind])]
            _spread(children, original)
            if kind == "signals":
                arrays = [child["__array_annotations__"] for child in children]
                _spread(arrays, original["__array_annotations__"])
                for own in arrays[1:]:
                    own.update({key: np.array(values) for key, values in own.items()})


_ABSENT = object()


def _spread(children: list[dict[str, Any]], original: dict[str, Any]) -> None:
    """Give a value that differs from the original in some dicts to those that have the latter."""
    for key in dict.fromkeys(key for child in children for key in child):
        before = original.get(key, _ABSENT)
        written = [c[key] for c in children if c.get(key, before) is not before]
        if key == "__array_annotations__" or not 0 < len(written) < len(children):
            continue
        for child in children:
            if child.get(key, before) is before:
                child[key] = deepcopy(written[0])


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
