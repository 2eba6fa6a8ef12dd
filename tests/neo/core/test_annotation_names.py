"""Annotations may have any name, those of constructors' arguments too, and may be NaN."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import quantities as pq

from neophys.neo import core

WORDS = {
    word: f"a {word}"
    for word in (
        "cls", "signal", "times", "units", "time_units", "dtype", "copy", "t_start", "t_stop",
        "sampling_rate", "sampling_period", "durations", "labels", "waveforms", "image_data",
        "spatial_scale", "name", "description", "file_origin", "array_annotations", "annotations",
        "segment", "obj", "index",
    )
}  # fmt: skip

MADE: dict[str, Callable[[], Any]] = {
    "signal": lambda: core.AnalogSignal([1.0, 2.0], "mV", sampling_rate=1 * pq.Hz),
    "irregular": lambda: core.IrregularlySampledSignal([1.0, 2.0], [1.0, 2.0], "mV", "s"),
    "train": lambda: core.SpikeTrain([1.0, 2.0], 9.0, "s"),
    "train without end": lambda: _endless(core.SpikeTrain([1.0, 2.0], 9.0, "s")),
    "event": lambda: core.Event([1.0, 2.0] * pq.s, ["a", "b"]),
    "epoch": lambda: core.Epoch([1.0, 2.0] * pq.s, [1.0, 1.0] * pq.s),
    "images": lambda: core.ImageSequence(
        np.ones((2, 2, 2)), "mV", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um
    ),
}

TRIPS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda obj: pickle.loads(pickle.dumps(obj)),
    "old pickle": lambda obj: pickle.loads(pickle.dumps(obj, 2)),
    "deep copy": copy.deepcopy,
    "window": lambda obj: obj.time_slice(None, None),
    "merged": lambda obj: obj.merge(copy.deepcopy(obj)),
}


def _endless(train: core.SpikeTrain) -> core.SpikeTrain:
    train.t_stop = None
    return train


@pytest.mark.parametrize("trip", TRIPS)
@pytest.mark.parametrize("kind", MADE)
def test_annotations_may_be_named_as_arguments_are(kind: str, trip: str) -> None:
    obj = MADE[kind]()
    obj.annotate(**WORDS)
    made = TRIPS[trip](obj)
    assert made.annotations == WORDS
    assert (made.name, made.description, made.file_origin, made.segment) == (None,) * 4


def test_a_view_in_a_cut_segment_keeps_annotations_of_any_name() -> None:
    segment = core.Segment()
    segment.analogsignals.append(MADE["signal"]())
    view = core.ChannelView(segment.analogsignals[0], [0])
    view.annotate(**WORDS)
    segment.channelviews.append(view)
    (made,) = segment.time_slice(0 * pq.s, 1 * pq.s).channelviews
    assert made.annotations == WORDS
    assert made.name is None


@pytest.mark.parametrize(
    "value",
    [float("nan"), [1.0, float("nan")], np.array([1.0, np.nan]), [np.nan, 1.0] * pq.mV],
    ids=["number", "list", "array", "quantity"],
)
def test_joined_signals_keep_what_is_nan_in_both(value: Any) -> None:
    one = core.AnalogSignal(np.ones((4, 2)), "mV", sampling_rate=1 * pq.Hz, impedance=value)
    one.array_annotate(offset=[1.0, np.nan])
    made = one[:2].concatenate(one[2:])
    np.testing.assert_array_equal(made.annotations["impedance"], value)
    np.testing.assert_array_equal(made.array_annotations["offset"], [1.0, np.nan])
    other = one[2:]
    other.array_annotations["offset"][0] = np.nan
    assert "offset" not in one[:2].concatenate(other).array_annotations
