"""Blocks for the tests of NIX files, of either library, and what they hold as plain values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import quantities as pq

__all__ = ["ANNOTATIONS", "KINDS", "block_of", "contents"]

#: Annotations that both libraries store and give back alike.
ANNOTATIONS: dict[str, Any] = {
    "integer": 3, "number": 2.5, "yes": True, "text": "µV", "empty": "", "texts": ["a", "b"],
    "integers": [1, 2], "nothing": [], "scalar": 3 * pq.mV, "array": [1.0, 2.5] * pq.ms,
    "day": date(2020, 1, 2), "moment": datetime(2020, 1, 2, 3, 4, 5, 6),
}  # fmt: skip


def _signal(core: Any) -> Any:
    return core.AnalogSignal(
        np.arange(12.0).reshape(6, 2), units="uV", sampling_rate=1 * pq.kHz, t_start=2 * pq.s,
        array_annotations={"ids": ["x", "y"], "gains": [1.0, 2.0] * pq.V},
    )  # fmt: skip


KINDS: dict[str, Any] = {
    "signal": _signal,
    "small integers": lambda core: core.AnalogSignal(
        np.arange(6, dtype=np.int16).reshape(3, 2), units="mV", sampling_rate=49 * pq.Hz
    ),
    "float32 in an own unit": lambda core: core.AnalogSignal(
        np.ones((3, 1), np.float32), units=pq.CompoundUnit("1/30000*V"), sampling_rate=1 * pq.Hz
    ),
    "irregular": lambda core: core.IrregularlySampledSignal(
        [0.1, 0.3, 0.4], np.arange(6.0).reshape(3, 2), units="mV", time_units="ms"
    ),
    "images": lambda core: core.ImageSequence(
        np.arange(24.0).reshape(4, 3, 2), units="V", sampling_rate=10 * pq.Hz,
        spatial_scale=1 * pq.um, t_start=3 * pq.s,
    ),
    "train": lambda core: core.SpikeTrain(
        [1.0, 2.0, 3.0], units="s", t_start=0.5, t_stop=5, array_annotations={"z": [1, 2, 3]}
    ),
    "train with waveforms": lambda core: core.SpikeTrain(
        [1.0, 2.0], units="ms", t_stop=5, waveforms=np.arange(16.0).reshape(2, 2, 4) * pq.uV,
        sampling_rate=20 * pq.kHz, left_sweep=0.1 / pq.kHz,
    ),
    "empty train": lambda core: core.SpikeTrain([], units="ms", t_stop=5),
    "events": lambda core: core.Event(
        [1.0, 2.0] * pq.s, labels=["a", "µ"], array_annotations={"z": [1.5, 2.0]}
    ),
    "no events": lambda core: core.Event([] * pq.s),
    "epochs": lambda core: core.Epoch([1.0, 2.0] * pq.ms, [0.1, 0.2] * pq.s, labels=["c", "d"]),
}  # fmt: skip

LISTS = (
    "analogsignals", "irregularlysampledsignals", "imagesequences", "spiketrains", "events",
    "epochs",
)  # fmt: skip


def block_of(core: Any, kinds: Any = tuple(KINDS)) -> Any:
    """A block with two segments, the kinds in the first, groups around them."""
    block = core.Block(name="b", description="what it is", **ANNOTATIONS)
    block.rec_datetime = datetime(2001, 2, 3, 4, 5, 6)
    block.file_datetime = datetime(2002, 2, 3, 4, 5, 6, 7)
    segment, other = core.Segment(name="s", note="first"), core.Segment(name="t")
    block.segments += [segment, other]
    made = {}
    for kind in kinds:
        obj = made[kind] = KINDS[kind](core)
        obj.name, obj.description = kind, f"the {kind}"
        obj.annotate(kind=kind)
        word = type(obj).__name__.lower() + "s"
        getattr(segment, word).append(obj)
    group = core.Group(list(made.values()), name="g", of="all")
    block.groups.append(group)
    if "signal" in made:
        group.add(core.ChannelView(made["signal"], [1], name="view", seen="one"))
    group.add(core.Group(list(made.values())[:1], name="below"))
    return block


def plain(value: Any) -> Any:
    """A value without the classes of NumPy and quantities."""
    if isinstance(value, pq.Quantity):
        return np.asarray(value.magnitude).tolist(), str(value.dimensionality)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, list):
        return [plain(x) for x in value]
    return value


def _values(values: dict[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in values.items() if key != "nix_name"}


def _object(obj: Any) -> dict[str, Any]:
    found = {
        "class": type(obj).__name__,
        "name": obj.name or None,
        "description": obj.description,
        "annotations": _values(obj.annotations),
        "array annotations": _values(getattr(obj, "array_annotations", None) or {}),
    }
    for word in ("t_start", "t_stop", "sampling_rate", "times", "durations", "left_sweep",
                 "waveforms", "spatial_scale", "labels"):  # fmt: skip
        if hasattr(obj, word):
            found[word] = plain(getattr(obj, word))
    if hasattr(obj, "magnitude"):
        found["values"], found["dtype"] = plain(obj), str(obj.dtype)
    if hasattr(obj, "obj"):
        found["of"] = obj.obj.name, plain(obj.index)
    return found


def _group(group: Any) -> dict[str, Any]:
    words = (*LISTS, "channelviews")
    return _object(group) | {
        "holds": [_object(obj) for word in words for obj in getattr(group, word)],
        "groups": [_group(below) for below in group.groups],
    }


def contents(block: Any) -> dict[str, Any]:
    """All of a block as plain values; of its segments no time of recording."""
    return _object(block) | {
        "dates": (block.rec_datetime, block.file_datetime),
        "segments": [
            _object(segment) | {"holds": [_object(o) for w in LISTS for o in getattr(segment, w)]}
            for segment in block.segments
        ],
        "groups": [_group(group) for group in block.groups],
    }
