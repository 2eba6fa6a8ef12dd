"""What every operation on trains, events and epochs does to every field of their metadata."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.travel import ABSENT, COMMON, KEPT, LOST, Kind, Trip, follow, trip

from neophys.neo import core

WORDS: dict[str, Any] = {"name": "one", "description": "some text", "file_origin": "x.plx"}
CODES: dict[str, Any] = {"code": [1, 2, 3, 4], "at": [1, 2, 3, 4] * pq.mm, "text": list("abcd")}
DURATIONS: Any = [100.0, 200.0, 300.0, 400.0] * pq.ms
NO_TIME: Any = np.empty(0) * pq.ms
WAVEFORMS = np.arange(24.0).reshape(4, 2, 3)


def _nested() -> dict[str, Any]:
    return {"key": 1, "listed": [1, [2]], "inner": {"deep": [3]}, "array": np.arange(3)}


def make_train() -> Any:
    """Four spikes with waveforms, not sorted, in a segment."""
    made = core.SpikeTrain(
        np.array([3.0, 1.0, 2.0, 4.5]), 10.0, "s", t_start=0.25, sampling_rate=30 * pq.kHz,
        left_sweep=0.2 * pq.ms, waveforms=WAVEFORMS.copy() * pq.uV, array_annotations=CODES,
        **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().spiketrains.append(made)
    return made


def make_event() -> Any:
    """Four labelled events in a segment."""
    made = core.Event(
        np.array([0.5, 1.0, 1.5, 2.5]), list("abcd"), "s", array_annotations=CODES,
        **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().events.append(made)
    return made


def make_epoch() -> Any:
    """Four labelled epochs in a segment, their durations in another unit."""
    made = core.Epoch(
        np.array([0.5, 1.0, 1.5, 2.5]), DURATIONS, list("abcd"), "s",
        array_annotations=CODES, **WORDS, **_nested(),
    )  # fmt: skip
    core.Segment().epochs.append(made)
    return made


def _later(obj: Any) -> None:
    obj.t_start = obj.t_start - 1 * pq.s


def _longer(obj: Any) -> None:
    obj.t_stop += 1 * pq.s


def _faster(obj: Any) -> None:
    obj.sampling_rate *= 2


def _wider(obj: Any) -> None:
    obj.left_sweep *= 2


def _without_waveforms(obj: Any) -> None:
    obj.waveforms = None


def _relabelled(obj: Any) -> None:
    obj.labels[:1] = "z"


def _prolonged(obj: Any) -> None:
    obj.durations[:1] = 7 * pq.s


EMPTY: dict[str, Any] = {"code": [], "at": np.empty(0) * pq.mm, "text": []}
TRAIN = Kind(make_train, {
    "t_start": _later, "t_stop": _longer, "sampling_rate": _faster, "left_sweep": _wider,
    "waveforms": _without_waveforms, **COMMON,
})  # fmt: skip
EVENT = Kind(make_event, {"labels": _relabelled, **COMMON})
EPOCH = Kind(make_epoch, {"labels": _relabelled, "durations": _prolonged, **COMMON})


def _groups(kind: Kind) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """All kept; all kept but the segment; a plain time."""
    whole: dict[str, Any] = dict.fromkeys(kind.disturb, KEPT)
    return whole, {**whole, "segment": LOST}, dict.fromkeys(kind.disturb, ABSENT)


def _chosen(*places: int) -> dict[str, Any]:
    """Array annotations, labels and durations of some items."""
    at = list(places)
    return {key: value[at] if isinstance(value, pq.Quantity) else [value[i] for i in at]
            for key, value in CODES.items()}  # fmt: skip


def _of_items(*places: int) -> dict[str, Any]:
    return {"array_annotations": _chosen(*places), "waveforms": WAVEFORMS[list(places)] * pq.uV}


def _labelled(*places: int) -> dict[str, Any]:
    return {"array_annotations": _chosen(*places), "labels": ["abcd"[i] for i in places]}


def _lasting(*places: int) -> dict[str, Any]:
    return {"durations": [100.0 * (i + 1) for i in places] * pq.ms, **_labelled(*places)}


def _reloaded(obj: Any) -> Any:
    return pickle.loads(pickle.dumps(obj))


def _reloaded_alone(obj: Any) -> Any:
    made = copy.deepcopy(obj)
    return _reloaded(made)


def _done(act: Any) -> Any:
    def run(obj: Any) -> Any:
        act(obj)
        return obj

    return run


WHOLE, ALONE, PLAIN = _groups(TRAIN)
LATER = {"t_start": 1.25 * pq.s, "t_stop": 11.0 * pq.s}
NEW = {**ALONE, "array_annotations": LOST, "waveforms": LOST}
TRAINS: dict[str, Trip] = {
    # Items.
    "one spike": trip(lambda t: t[1], PLAIN),
    "some spikes": trip(lambda t: t[1:3], {**WHOLE, **_of_items(1, 2)}),
    "last spikes": trip(lambda t: t[-2:], {**WHOLE, **_of_items(2, 3)}),
    "all spikes": trip(lambda t: t[:], WHOLE),
    "every second spike": trip(lambda t: t[::2], {**WHOLE, **_of_items(0, 2)}),
    "chosen spikes": trip(lambda t: t[[2, 0]], {**WHOLE, **_of_items(2, 0)}),
    "masked spikes": trip(lambda t: t[t.magnitude > 2.5], {**WHOLE, **_of_items(0, 3)}),
    "no spikes": trip(
        lambda t: t[:0], WHOLE, waveforms=np.empty(0) * pq.uV,
        array_annotations=EMPTY,
    ),
    # Time.
    "slice of time": trip(
        lambda t: t.time_slice(1.5 * pq.s, 3000 * pq.ms),
        {**ALONE, **_of_items(0, 2), "t_start": 1.5 * pq.s, "t_stop": 3000.0 * pq.ms},
    ),
    "slice from numbers": trip(
        lambda t: t.time_slice(1.5, 3), {**ALONE, **_of_items(0, 2)},
        t_start=1.5 * pq.s, t_stop=3.0 * pq.s,
    ),
    "slice from": trip(
        lambda t: t.time_slice(1.5 * pq.s, None), {**ALONE, **_of_items(0, 2, 3)},
        t_start=1.5 * pq.s,
    ),
    "slice beyond": trip(lambda t: t.time_slice(0 * pq.s, 30 * pq.s), ALONE),
    "shifted": trip(lambda t: t.time_shift(1 * pq.s), {**ALONE, **LATER}),
    "plus time": trip(lambda t: t + 1000 * pq.ms, {**ALONE, **LATER}),
    "time plus it": trip(lambda t: 1 * pq.s + t, {**ALONE, **LATER}),
    "own time plus it": trip(lambda t: t.times[1] + t, {**ALONE, **LATER}),
    "plus time, assigned": trip(lambda t: operator.iadd(t, 1 * pq.s), {**ALONE, **LATER}),
    "minus time": trip(
        lambda t: t - 1 * pq.s, ALONE, t_start=-0.75 * pq.s, t_stop=9.0 * pq.s
    ),
    "plus times": trip(lambda t: t + [1, 2, 3, 40] * pq.s, ALONE, t_stop=44.5 * pq.s),
    # Other arithmetic.
    "minus train": trip(lambda t: t - t, PLAIN),
    "times number": trip(lambda t: t * 2, PLAIN),
    "number times": trip(lambda t: 2 * t, PLAIN),
    "over number": trip(lambda t: t / 2, PLAIN),
    "times rate": trip(lambda t: t * (3 * pq.Hz), PLAIN),
    "negative": trip(operator.neg, PLAIN),
    "absolute": trip(abs, PLAIN),
    "squared": trip(np.square, PLAIN),
    "rounded": trip(np.rint, PLAIN),
    "compared": trip(lambda t: t < 2 * pq.s, PLAIN),
    "intervals": trip(np.diff, PLAIN),
    "largest": trip(lambda t: t.max(), PLAIN),
    "mean": trip(lambda t: t.mean(), PLAIN),
    "sum": trip(np.sum, PLAIN),
    "its times": trip(lambda t: t.times, PLAIN),
    "as array": trip(lambda t: t.as_array(), PLAIN),
    "as quantity": trip(lambda t: t.as_quantity(), PLAIN),
    # Copies and conversions.
    "rescaled": trip(
        lambda t: t.rescale("ms"), WHOLE, t_start=250.0 * pq.ms, t_stop=10000.0 * pq.ms
    ),
    "rescaled to the same": trip(lambda t: t.rescale("s"), WHOLE),
    "another dtype": trip(lambda t: t.astype("f4"), WHOLE),
    "copied": trip(lambda t: t.copy(), WHOLE),
    "copied by the module": trip(copy.copy, WHOLE),
    "copied by numpy": trip(lambda t: np.array(t, subok=True), WHOLE),
    "deeply copied": trip(copy.deepcopy, ALONE),
    "pickled alone": trip(_reloaded_alone, ALONE),
    "a view": trip(lambda t: t.view(), WHOLE),
    "new data": trip(
        lambda t: t.duplicate_with_new_data([1.0, 2.0, 3.0, 4.0]),
        {**NEW, "waveforms": KEPT},
    ),
    "fewer new data": trip(lambda t: t.duplicate_with_new_data([1.0, 2.0]), NEW),
    "merged": trip(
        lambda t: t[:2].merge(t[2:]), {**WHOLE, **_of_items(1, 2, 0, 3)},
        annotations={**_nested(), "listed": [1, [2], 1, [2]], "inner": {"deep": [3, 3]},
                     "array": [0, 1, 2, 0, 1, 2]},
    ),
    # In place.
    "sorted": trip(
        _done(lambda t: t.sort()), {**WHOLE, **_of_items(1, 2, 0, 3)}, in_place=True
    ),
    "a spike set": trip(_done(lambda t: t.__setitem__(0, 3.5)), WHOLE, in_place=True),
}  # fmt: skip

E_WHOLE, E_ALONE, E_PLAIN = _groups(EVENT)
UNLABELLED = {**E_ALONE, "array_annotations": LOST}
#: What events and epochs have in common; the items that each leaves.
MARKS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "some": (lambda e: e[1:3], (1, 2)),
    "last": (lambda e: e[-2:], (2, 3)),
    "every second": (lambda e: e[::2], (0, 2)),
    "chosen": (lambda e: e[[2, 0]], (2, 0)),
    "masked": (lambda e: e[e.magnitude > 1.2], (2, 3)),
}
SLICES: dict[str, tuple[Any, tuple[int, ...]]] = {
    "slice of time": (lambda e: e.time_slice(1 * pq.s, 1500 * pq.ms), (1, 2)),
    "slice from numbers": (lambda e: e.time_slice(1, 1.5), (1, 2)),
    "slice until": (lambda e: e.time_slice(None, 1 * pq.s), (0, 1)),
    "slice beyond": (lambda e: e.time_slice(0 * pq.s, 99 * pq.s), (0, 1, 2, 3)),
}
SHIFTED: dict[str, Any] = {
    "shifted": lambda e: e.time_shift(1 * pq.s),
    "plus time": lambda e: e + 1000 * pq.ms,
    "time plus it": lambda e: 1 * pq.s + e,
    "own time plus it": lambda e: e.times[1] + e,
    "minus time": lambda e: e - 1 * pq.s,
    "plus times": lambda e: e + [1, 2, 3, 4] * pq.s,
}
KEEPING: dict[str, Any] = {
    "all": lambda e: e[:],
    "rescaled to the same": lambda e: e.rescale("s"),
    "another dtype": lambda e: e.astype("f4"),
    "copied": lambda e: e.copy(),
    "copied by the module": copy.copy,
    "copied by numpy": lambda e: np.array(e, subok=True),
    "a view": lambda e: e.view(),
}
LOSING: dict[str, Any] = {
    "minus its like": lambda e: e - e,
    "time minus it": lambda e: 9 * pq.s - e,
    "times number": lambda e: e * 2,
    "number times": lambda e: 2 * e,
    "negative": operator.neg,
    "squared": np.square,
    "compared": lambda e: e > 1 * pq.s,
    "intervals": np.diff,
    "largest": lambda e: e.max(),
    "mean": np.mean,
    "as array": lambda e: e.as_array(),
    "as quantity": lambda e: e.as_quantity(),
    "its times": lambda e: e.times,
}
TWICE = {
    "annotations": {**_nested(), "listed": [1, [2], 1, [2]], "inner": {"deep": [3, 3]},
                    "array": [0, 1, 2, 0, 1, 2]},
}  # fmt: skip


def _of_marks(kind: Kind, chosen: Any) -> dict[str, Trip]:
    whole, alone, plain = _groups(kind)
    return {
        **{name: Trip(call, {**whole, **chosen(*at)}) for name, (call, at) in MARKS.items()},
        **{name: Trip(call, {**alone, **chosen(*at)}) for name, (call, at) in SLICES.items()},
        **{name: Trip(call, alone) for name, call in SHIFTED.items()},
        **{name: Trip(call, whole) for name, call in KEEPING.items()},
        **{name: Trip(call, plain) for name, call in LOSING.items()},
        "deeply copied": Trip(copy.deepcopy, alone),
        "pickled alone": Trip(_reloaded_alone, alone),
        "merged": Trip(lambda e: e[:2].merge(e[2:]), {**alone, **TWICE}),
    }


EVENTS: dict[str, Trip] = {
    **_of_marks(EVENT, _labelled),
    "none": trip(lambda e: e[:0], E_WHOLE, labels=LOST, array_annotations=EMPTY),
    "rescaled": trip(lambda e: e.rescale("ms"), E_WHOLE),
    "new data": trip(
        lambda e: e.duplicate_with_new_data([1.0, 2.0], ["x", "y"]), UNLABELLED, labels=["x", "y"]
    ),
    "epochs between": trip(lambda e: e.to_epoch(), UNLABELLED, labels=["a-b", "b-c", "c-d"]),
    "epochs of pairs": trip(lambda e: e.to_epoch(pairwise=True), UNLABELLED, labels=["a-b", "c-d"]),
    "epochs of a length": trip(lambda e: e.to_epoch(durations=1 * pq.s), E_ALONE),
}
P_WHOLE, P_ALONE, _ = _groups(EPOCH)
EPOCHS: dict[str, Trip] = {
    **_of_marks(EPOCH, _lasting),
    "none": trip(lambda e: e[:0], P_WHOLE, labels=LOST, durations=NO_TIME, array_annotations=EMPTY),
    "rescaled": trip(
        lambda e: e.rescale("us"), P_WHOLE, durations=DURATIONS.rescale("us")
    ),
    "new data": trip(
        lambda e: e.duplicate_with_new_data([1.0, 2.0], [3, 4] * pq.s, ["x", "y"]),
        P_ALONE, array_annotations=LOST, labels=["x", "y"], durations=[3, 4] * pq.s,
    ),
}  # fmt: skip

JOURNEYS = [
    pytest.param(kind, one, id=f"{named}-{case}")
    for named, kind, table in (
        ("train", TRAIN, TRAINS), ("event", EVENT, EVENTS), ("epoch", EPOCH, EPOCHS),
    )
    for case, one in table.items()
]  # fmt: skip
KINDS = [TRAIN, EVENT, EPOCH]


@pytest.mark.filterwarnings("ignore:The following array annotations were omitted")
@pytest.mark.parametrize(("kind", "one"), JOURNEYS)
def test_metadata_go_along_as_the_table_says(kind: Kind, one: Trip) -> None:
    follow(kind, one)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_segment_holds_is_pickled_with_its_tree(kind: Kind) -> None:
    one = kind.make()
    core.Block().segments.append(one.segment)
    made = _reloaded(one)
    assert next(iter(made.segment.data_children)) is made
    assert made.segment.block.segments[0] is made.segment
    assert made.segment is not one.segment


@pytest.mark.parametrize("kind", KINDS)
def test_a_slice_is_pickled_alone(kind: Kind) -> None:
    part = kind.make()[:1]
    assert part.segment is not None
    made = _reloaded(part)
    assert made.segment is None
    assert made.annotations.keys() == part.annotations.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_slices_share_times_and_copies_do_not(kind: Kind) -> None:
    one = kind.make()
    assert np.shares_memory(one[1:], one)
    for apart in (one.copy(), copy.deepcopy(one), one.rescale("ms"), one + 1 * pq.s):
        assert not np.shares_memory(apart, one)
    assert np.shares_memory(one.times, one)
