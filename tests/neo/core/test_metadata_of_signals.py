"""What every operation on signals does to every field of their metadata."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.travel import ABSENT, COMMON, KEPT, LOST, Kind, Trip, follow, trip

from neophys.neo import core

WORDS: dict[str, Any] = {"name": "sig", "description": "a signal", "file_origin": "x.trc"}


def _nested() -> dict[str, Any]:
    return {"key": 1, "listed": [1, [2]], "inner": {"deep": [3]}, "array": np.arange(3)}


def make_signal() -> Any:
    """Ten samples of three channels from 5 ms at 1 kHz, in a segment."""
    made = core.AnalogSignal(
        np.arange(30.0).reshape(10, 3), "mV", t_start=5 * pq.ms, sampling_rate=1 * pq.kHz,
        array_annotations={"gain": np.arange(3), "label": list("abc"), "at": [1, 2, 3] * pq.mm},
        **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().analogsignals.append(made)
    return made


def make_irregular() -> Any:
    """Five samples of two channels, in a segment."""
    made = core.IrregularlySampledSignal(
        [0.5, 1.0, 1.25, 3.0, 7.0] * pq.s, np.arange(10.0).reshape(5, 2), "mV",
        array_annotations={"gain": np.arange(2), "label": list("ab")}, **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().irregularlysampledsignals.append(made)
    return made


def make_images() -> Any:
    """Four frames of five rows and six columns, in a segment."""
    made = core.ImageSequence(
        np.arange(120.0).reshape(4, 5, 6), "V", t_start=1 * pq.s, sampling_rate=2 * pq.Hz,
        spatial_scale=3 * pq.um, array_annotations={"gain": np.arange(6)}, **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().imagesequences.append(made)
    return made


def _later(obj: Any) -> None:
    obj.t_start = obj.t_start + 1 * pq.s


def _faster(obj: Any) -> None:
    obj.sampling_rate = 7 * pq.kHz


def _coarser(obj: Any) -> None:
    obj.spatial_scale *= 2


def _other_times(obj: Any) -> None:
    if isinstance(obj, core.IrregularlySampledSignal):
        obj.times = obj.times * 2


SIGNAL = Kind(make_signal, {"t_start": _later, "sampling_rate": _faster, **COMMON})
IRREGULAR = Kind(make_irregular, {"times": _other_times, **COMMON})
IMAGES = Kind(make_images, {**SIGNAL.disturb, "spatial_scale": _coarser})


def groups(kind: Kind) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """All kept; all kept but the segment; a plain Quantity."""
    whole: dict[str, Any] = dict.fromkeys(kind.disturb, KEPT)
    return whole, {**whole, "segment": LOST}, dict.fromkeys(kind.disturb, ABSENT)


WHOLE, ALONE, PLAIN = groups(SIGNAL)
FIRST: Any = {"gain": np.arange(1), "label": ["a"], "at": [1] * pq.mm}
LAST_TWO: Any = {"gain": [1, 2], "label": ["b", "c"], "at": [2, 3] * pq.mm}
ONES = np.ones((10, 3))


def _reloaded(obj: Any) -> Any:
    return pickle.loads(pickle.dumps(obj))


def _apart(obj: Any) -> Any:
    """The signal on its own: its pickle has no segment, and so does not carry the tree."""
    obj.segment.analogsignals.remove(obj)
    return obj


def _set(obj: Any, key: Any, value: Any) -> Any:
    obj[key] = value
    return obj


def _in_place(operation: str, other: Any) -> Any:
    def run(obj: Any) -> Any:
        return getattr(obj, operation)(other(obj) if callable(other) else other)

    return run


SIGNALS: dict[str, Trip] = {
    # Rows.
    "rows": trip(lambda s: s[2:8], WHOLE, t_start=7 * pq.ms),
    "rows to the end": trip(lambda s: s[4:], WHOLE, t_start=9 * pq.ms),
    "last rows": trip(lambda s: s[-3:], WHOLE, t_start=12 * pq.ms),
    "all rows": trip(lambda s: s[:], WHOLE),
    "ellipsis": trip(lambda s: s[...], WHOLE),
    "no rows": trip(lambda s: s[3:3], WHOLE, t_start=8 * pq.ms),
    "rows beyond the end": trip(lambda s: s[99:], WHOLE, t_start=15 * pq.ms),
    "every second row": trip(
        lambda s: s[1::2], WHOLE, t_start=6 * pq.ms, sampling_rate=0.5 * pq.kHz
    ),
    "rows backwards": trip(lambda s: s[7:2:-1], WHOLE, t_start=8 * pq.ms),
    "one row": trip(lambda s: s[3], PLAIN),
    "chosen rows": trip(lambda s: s[[0, 4]], PLAIN),
    "masked rows": trip(lambda s: s[s.magnitude[:, 0] > 9], PLAIN),
    "masked samples": trip(lambda s: s[s.magnitude >= 12], PLAIN),
    # Channels.
    "a channel": trip(lambda s: s[:, 0], WHOLE, array_annotations=FIRST),
    "the last channels": trip(lambda s: s[:, 1:], WHOLE, array_annotations=LAST_TWO),
    "chosen channels": trip(lambda s: s[:, [1, 2]], WHOLE, array_annotations=LAST_TWO),
    "masked channels": trip(
        lambda s: s[:, np.array([False, True, True])], WHOLE, array_annotations=LAST_TWO
    ),
    "rows and channels": trip(
        lambda s: s[1:5:2, 1:], WHOLE, array_annotations=LAST_TWO, t_start=6 * pq.ms,
        sampling_rate=0.5 * pq.kHz,
    ),
    "ellipsis and channel": trip(lambda s: s[..., 0], WHOLE, array_annotations=FIRST),
    "channels taken": trip(lambda s: np.take(s, [1, 2], axis=1), WHOLE, array_annotations=LAST_TWO),
    "a sample": trip(lambda s: s[3, 1], PLAIN),
    "a view": trip(lambda s: core.ChannelView(s, [1, 2]).resolve(), WHOLE,
                   array_annotations=LAST_TWO),
    "split": trip(lambda s: np.split(s, 2)[1], WHOLE, t_start=10 * pq.ms),
    # Arithmetic.
    "plus quantity": trip(lambda s: s + 1 * pq.uV, ALONE),
    "quantity plus": trip(lambda s: 1 * pq.uV + s, ALONE),
    "minus quantity": trip(lambda s: s - 1 * pq.uV, ALONE),
    "quantity minus": trip(lambda s: 1 * pq.uV - s, ALONE),
    "plus signal": trip(lambda s: s + make_signal(), ALONE),
    "minus signal": trip(lambda s: s - make_signal(), ALONE),
    "times number": trip(lambda s: s * 2, ALONE),
    "number times": trip(lambda s: 2 * s, ALONE),
    "numpy number times": trip(lambda s: np.float64(2) * s, ALONE),
    "quantity times": trip(lambda s: (2 * pq.s) * s, ALONE),
    "unit times": trip(lambda s: pq.s * s, ALONE),
    "times array": trip(lambda s: s * ONES, ALONE),
    "array times": trip(lambda s: ONES * s, ALONE),
    "times signal": trip(lambda s: s * make_signal(), ALONE),
    "over number": trip(lambda s: s / 2, ALONE),
    "over signal": trip(lambda s: s / (make_signal() + 1 * pq.mV), ALONE),
    "number over": trip(lambda s: 1 / (s + 1 * pq.mV), ALONE),
    "over number, floored": trip(lambda s: s // 2, ALONE),
    "remainder": trip(lambda s: s % (2 * pq.mV), ALONE),
    "square": trip(lambda s: s**2, ALONE),
    "negative": trip(lambda s: -s, ALONE),
    "positive": trip(lambda s: +s, ALONE),
    "absolute": trip(abs, ALONE),
    # In place.
    "plus in place": trip(_in_place("__iadd__", 1 * pq.uV), WHOLE, in_place=True),
    "minus in place": trip(_in_place("__isub__", lambda s: s), WHOLE, in_place=True),
    "times in place": trip(_in_place("__imul__", 2), WHOLE, in_place=True),
    "over in place": trip(_in_place("__itruediv__", 2), WHOLE, in_place=True),
    "rows set": trip(lambda s: _set(s, slice(3), 1 * pq.uV), WHOLE, in_place=True),
    "spliced": trip(lambda s: s.splice(s[2:4] * 0) if s.size else s, WHOLE, in_place=True),
    # Ufuncs and reductions.
    "ufunc": trip(np.sqrt, ALONE),
    "ufunc of two": trip(lambda s: np.maximum(s, 3 * pq.mV), ALONE),
    "ufunc to other units": trip(np.square, ALONE),
    "ufunc of bool": trip(np.isfinite, PLAIN),
    "compared": trip(lambda s: s > 3 * pq.mV, PLAIN),
    "equal": trip(lambda s: s == make_signal(), PLAIN),
    "unequal": trip(lambda s: s != make_signal(), PLAIN),
    "differences in time": trip(lambda s: np.diff(s, axis=0), ALONE, t_start=6 * pq.ms),
    "sum": trip(lambda s: s.sum(), PLAIN),
    "mean over time": trip(lambda s: s.mean(axis=0), PLAIN),
    "mean over channels": trip(lambda s: np.mean(s, axis=1), PLAIN),
    "standard deviation": trip(lambda s: np.std(s, axis=0), PLAIN),
    "maximum": trip(lambda s: s.max(axis=0), PLAIN),
    "median": trip(lambda s: np.median(s, axis=0), PLAIN),
    "reduced by a ufunc": trip(np.add.reduce, PLAIN),
    "clipped": trip(lambda s: s.clip(1 * pq.mV, 2 * pq.mV), PLAIN),
    "rounded": trip(lambda s: s.round(), PLAIN),
    # Conversions and copies.
    "rescaled": trip(lambda s: s.rescale("uV"), WHOLE),
    "rescaled to its own units": trip(lambda s: s.rescale("mV"), WHOLE),
    "another dtype": trip(lambda s: s.astype("f4"), WHOLE),
    "copied": trip(lambda s: s.copy(), WHOLE),
    "copied by the module": trip(copy.copy, WHOLE),
    "copied by numpy": trip(lambda s: np.array(s, subok=True), WHOLE),
    "like it": trip(np.zeros_like, WHOLE),
    "deeply copied": trip(copy.deepcopy, ALONE),
    "pickled": trip(lambda s: _reloaded(s[:]), ALONE),
    "simplified": trip(lambda s: s.simplified, PLAIN),
    "plain quantity": trip(lambda s: s.as_quantity(), PLAIN),
    "array": trip(lambda s: s.magnitude, PLAIN),
    # Other shapes.
    "transposed": trip(lambda s: s.T, PLAIN),
    "transposed by numpy": trip(np.transpose, PLAIN),
    "axes exchanged": trip(lambda s: s.swapaxes(0, 1), PLAIN),
    "flattened": trip(lambda s: s.flatten(), PLAIN),
    "a channel flattened": trip(lambda s: s[:, 0].flatten(), WHOLE, array_annotations=LOST),
    "a channel squeezed": trip(lambda s: np.squeeze(s[:, 0]), PLAIN),
    "reshaped": trip(lambda s: s.reshape(5, 6), PLAIN),
    "repeated": trip(lambda s: np.repeat(s, 2, axis=0), PLAIN),
    "rolled in time": trip(lambda s: np.roll(s, 1, axis=0), WHOLE),
    "rolled over channels": trip(lambda s: np.roll(s, 1, axis=1), WHOLE, array_annotations=LOST),
    "joined by numpy": trip(
        lambda s: np.concatenate([s, s]), dict.fromkeys(SIGNAL.disturb, LOST), t_start=0 * pq.s
    ),
    "stacked by numpy": trip(
        lambda s: np.hstack([s, s]), dict.fromkeys(SIGNAL.disturb, LOST), t_start=0 * pq.s
    ),
    # Signals from signals.
    "time slice": trip(lambda s: s.time_slice(7 * pq.ms, 9 * pq.ms), ALONE, t_start=7 * pq.ms),
    "time slice until": trip(lambda s: s.time_slice(None, 9 * pq.ms), ALONE),
    "shifted": trip(lambda s: s.time_shift(1 * pq.ms), ALONE, t_start=6 * pq.ms),
    "rectified": trip(lambda s: s.rectify(), ALONE),
    "spliced in a copy": trip(lambda s: s.splice(s[2:4] * 0, copy=True), ALONE),
    "downsampled": trip(lambda s: s.downsample(2, ftype="fir", n=2), ALONE,
                        sampling_rate=0.5 * pq.kHz),
    "resampled": trip(lambda s: s.resample(5), ALONE, sampling_rate=0.5 * pq.kHz),
    "other data": trip(lambda s: s.duplicate_with_new_data(ONES), ALONE, array_annotations=LOST),
    "merged": trip(
        lambda s: s.merge(s[:, :1]), WHOLE, name="sig",
        annotations={**_nested(), "listed": [1, [2], 1, [2]], "inner": {"deep": [3, 3]},
                     "array": [0, 1, 2, 0, 1, 2]},
        array_annotations={"gain": [0, 1, 2, 0], "label": list("abca"),
                           "at": [1.0, 2, 3, 1] * pq.mm},
    ),
    "joined": trip(lambda s: s[5:].concatenate(s[:5]), ALONE),
}  # fmt: skip

IRREGULAR_WHOLE, IRREGULAR_ALONE, IRREGULAR_PLAIN = groups(IRREGULAR)
SECOND: Any = {"gain": [1], "label": ["b"]}

IRREGULARS: dict[str, Trip] = {
    "rows": trip(lambda s: s[1:3], IRREGULAR_WHOLE, times=[1.0, 1.25] * pq.s),
    "last rows": trip(lambda s: s[-1:], IRREGULAR_WHOLE, times=[7.0] * pq.s),
    "rows backwards": trip(lambda s: s[::-2], IRREGULAR_WHOLE, times=[7.0, 1.25, 0.5] * pq.s),
    "chosen rows": trip(lambda s: s[[0, 4]], IRREGULAR_WHOLE, times=[0.5, 7.0] * pq.s),
    "masked rows": trip(
        lambda s: s[s.times > 2 * pq.s], IRREGULAR_WHOLE, times=[3.0, 7.0] * pq.s
    ),
    "masked rows of a channel": trip(
        lambda s: s[s.times > 2 * pq.s, 1], IRREGULAR_WHOLE, times=[3.0, 7.0] * pq.s,
        array_annotations=SECOND,
    ),
    "one row": trip(lambda s: s[3], IRREGULAR_PLAIN),
    "a channel": trip(lambda s: s[:, 1], IRREGULAR_WHOLE, array_annotations=SECOND),
    "plus": trip(lambda s: s + 1 * pq.uV, IRREGULAR_ALONE),
    "quantity minus": trip(lambda s: 1 * pq.uV - s, IRREGULAR_ALONE),
    "plus signal": trip(lambda s: s + make_irregular(), IRREGULAR_ALONE),
    "number times": trip(lambda s: 2 * s, IRREGULAR_ALONE),
    "negative": trip(lambda s: -s, IRREGULAR_ALONE),
    "ufunc": trip(np.sqrt, IRREGULAR_ALONE),
    "plus in place": trip(_in_place("__iadd__", 1 * pq.uV), IRREGULAR_WHOLE, in_place=True),
    "mean": trip(lambda s: s.mean(), IRREGULAR_PLAIN),
    "maximum": trip(lambda s: s.max(axis=0), IRREGULAR_PLAIN),
    "rescaled": trip(lambda s: s.rescale("uV"), IRREGULAR_WHOLE),
    "another dtype": trip(lambda s: s.astype("f4"), IRREGULAR_WHOLE),
    "copied": trip(lambda s: s.copy(), IRREGULAR_WHOLE),
    "copied by the module": trip(copy.copy, IRREGULAR_WHOLE),
    "deeply copied": trip(copy.deepcopy, IRREGULAR_ALONE),
    "pickled": trip(lambda s: _reloaded(s[:]), IRREGULAR_ALONE),
    "transposed": trip(lambda s: s.T, IRREGULAR_PLAIN),
    "time slice": trip(
        lambda s: s.time_slice(1 * pq.s, 3 * pq.s), IRREGULAR_ALONE, times=[1, 1.25, 3] * pq.s
    ),
    "shifted": trip(
        lambda s: s.time_shift(1 * pq.s), IRREGULAR_ALONE, times=[1.5, 2, 2.25, 4, 8] * pq.s
    ),
    "other data": trip(
        lambda s: s.duplicate_with_new_data(np.ones((5, 2))), IRREGULAR_ALONE,
        array_annotations=LOST,
    ),
    "joined": trip(
        lambda s: s[:2].concatenate(s[2:]), IRREGULAR_ALONE,
        annotations={**_nested(), "listed": [1, [2], 1, [2]], "inner": {"deep": [3, 3]},
                     "array": [0, 1, 2, 0, 1, 2]},
    ),
    "resampled": trip(
        lambda s: s.resample(14), IRREGULAR_ALONE, times=(0.5 + np.arange(14) * 0.5) * pq.s
    ),
}  # fmt: skip

IMAGES_WHOLE, IMAGES_ALONE, IMAGES_PLAIN = groups(IMAGES)

OF_IMAGES: dict[str, Trip] = {
    "frames": trip(lambda s: s[1:3], IMAGES_WHOLE, t_start=1.5 * pq.s),
    "last frames": trip(lambda s: s[-1:], IMAGES_WHOLE, t_start=2.5 * pq.s),
    "every second frame": trip(lambda s: s[::2], IMAGES_WHOLE, sampling_rate=1 * pq.Hz),
    "cropped frames": trip(
        lambda s: s[1:3, 2:4, 3:5], IMAGES_WHOLE, t_start=1.5 * pq.s,
        array_annotations={"gain": [3, 4]},
    ),
    "cropped": trip(lambda s: s[..., :2], IMAGES_WHOLE, array_annotations={"gain": [0, 1]}),
    "one frame": trip(lambda s: s[1], IMAGES_PLAIN),
    "one pixel": trip(lambda s: s[:, 1, 1], IMAGES_PLAIN),
    "plus": trip(lambda s: s + 1 * pq.mV, IMAGES_ALONE),
    "plus images": trip(lambda s: s + make_images(), IMAGES_ALONE),
    "number times": trip(lambda s: 2 * s, IMAGES_ALONE),
    "negative": trip(lambda s: -s, IMAGES_ALONE),
    "ufunc": trip(np.sqrt, IMAGES_ALONE),
    "mean": trip(lambda s: s.mean(axis=0), IMAGES_PLAIN),
    "rescaled": trip(lambda s: s.rescale("mV"), IMAGES_WHOLE),
    "another dtype": trip(lambda s: s.astype("f4"), IMAGES_WHOLE),
    "copied": trip(lambda s: s.copy(), IMAGES_WHOLE),
    "copied by the module": trip(copy.copy, IMAGES_WHOLE),
    "deeply copied": trip(copy.deepcopy, IMAGES_ALONE),
    "pickled": trip(lambda s: _reloaded(s[:]), IMAGES_ALONE),
    "time slice": trip(lambda s: s.time_slice(1.5 * pq.s, None), IMAGES_ALONE, t_start=1.5 * pq.s),
    "shifted": trip(lambda s: s.time_shift(1 * pq.s), IMAGES_ALONE, t_start=2 * pq.s),
    "other data": trip(
        lambda s: s.duplicate_with_new_data(np.ones((4, 5, 6))), IMAGES_ALONE,
        array_annotations=LOST,
    ),
    "joined": trip(lambda s: s[:2].concatenate(s[2:]), IMAGES_ALONE),
}  # fmt: skip

JOURNEYS = [
    pytest.param(kind, one, id=f"{named}-{case}")
    for named, kind, table in (
        ("signal", SIGNAL, SIGNALS), ("irregular", IRREGULAR, IRREGULARS),
        ("images", IMAGES, OF_IMAGES),
    )
    for case, one in table.items()
]  # fmt: skip


@pytest.mark.parametrize(("kind", "one"), JOURNEYS)
def test_metadata_go_along_as_the_table_says(kind: Kind, one: Trip) -> None:
    follow(kind, one)


@pytest.mark.parametrize("kind", [SIGNAL, IRREGULAR, IMAGES])
def test_what_a_segment_holds_is_pickled_with_its_tree(kind: Kind) -> None:
    one = kind.make()
    core.Block().segments.append(one.segment)
    made = _reloaded(one)
    held = next(c for c in made.segment.data_children)
    assert held is made
    assert made.segment.block.segments[0] is made.segment
    assert made.segment is not one.segment


@pytest.mark.parametrize("kind", [SIGNAL, IRREGULAR, IMAGES])
def test_a_slice_is_pickled_alone(kind: Kind) -> None:
    part = kind.make()[:1]
    assert part.segment is not None
    assert _reloaded(part).segment is None
    assert len(pickle.dumps(part)) < 4000
