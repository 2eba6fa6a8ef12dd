"""Event and Epoch answer as Neo's do; where Neo's data are wrong they answer right."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, epochs, events

from neophys.neo import core
from neophys.neo.core.dataobject import ArrayDict
from neophys.neo.core.timequantity import Time
from neophys.neo.core.units import unit

MADE: dict[str, Call] = {
    "no event": lambda n: n.Event(),
    "ints": lambda n: n.Event([1, 2], units="s"),
    "array": lambda n: n.Event(np.array([1.0, 2.0]), units=pq.ms),
    "quantity": lambda n: n.Event([1.0, 2.0] * pq.ms, ["a", "b"]),
    "quantity converted": lambda n: n.Event([1.0, 2.0] * pq.ms, units="s"),
    "int labels": lambda n: n.Event([1.0, 2.0] * pq.ms, [7, 8]),
    "bytes as labels": lambda n: n.Event([1.0, 2.0] * pq.ms, np.array([b"a", b"b"])),
    "no units": lambda n: n.Event([1.0]),
    "unknown units": lambda n: n.Event([1.0], units="fnord"),
    "two dimensions": lambda n: n.Event(np.zeros((2, 2)), units="s"),
    "too few labels": lambda n: n.Event([1.0, 2.0] * pq.s, ["a"]),
    "event": events,
    "no epoch": lambda n: n.Epoch(),
    "number for durations": lambda n: n.Epoch([1.0, 2.0] * pq.ms, 3),
    "list for durations": lambda n: n.Epoch([1.0, 2.0] * pq.ms, [3, 4]),
    "durations in another unit": lambda n: n.Epoch([1.0, 2.0] * pq.ms, [3, 4] * pq.s, ["a", "b"]),
    "one duration": lambda n: n.Epoch([1.0, 2.0] * pq.ms, 3 * pq.s),
    "array of durations": lambda n: n.Epoch([1.0, 2.0] * pq.ms, np.array([3.0, 4.0])),
    "too few durations": lambda n: n.Epoch([1.0, 2.0, 3.0] * pq.ms, [3, 4] * pq.s),
    "epoch without units": lambda n: n.Epoch([1.0], 1),
    "epoch with too few labels": lambda n: n.Epoch([1.0, 2.0] * pq.s, 1, ["a"]),
    "epoch": epochs,
}
READ: dict[str, Call] = {
    "repr": repr,
    "str": str,
    "len": len,
    "times": lambda e: e.times,
    "units": lambda e: e.units,
    "item": lambda e: e[1],
    "label of an item": lambda e: str(e[1].labels),
    "times of an item": lambda e: e[1].times,
    "last": lambda e: e[-1],
    "no such item": lambda e: e[99],
    "items": lambda e: e[1:3],
    "every second": lambda e: e[::2],
    "chosen": lambda e: e[[2, 0]],
    "masked": lambda e: e[e.magnitude > 0.7],
    "iterated": list,
    "rescaled": lambda e: e.rescale("ms"),
    "rescaled to minutes": lambda e: e.rescale("min"),
    "rescaled to the same": lambda e: e.rescale("s"),
    "rescaled to no time": lambda e: e.rescale("mV"),
    "copied": lambda e: e.copy(),
    "deeply copied": copy.deepcopy,
    "pickled": lambda e: pickle.loads(pickle.dumps(e)),
    "slice": lambda e: e.time_slice(0.5 * pq.s, 1500 * pq.ms),
    "slice from": lambda e: e.time_slice(0.6 * pq.s, None),
    "slice until": lambda e: e.time_slice(None, 1 * pq.s),
    "slice of nothing": lambda e: e.time_slice(50 * pq.s, 60 * pq.s),
    "slice between bare numbers": lambda e: e.time_slice(0.6, 1.5),
    "shifted": lambda e: e.time_shift(20 * pq.ms),
    "shifted by no time": lambda e: e.time_shift(20 * pq.mV),
    "merged": lambda e: e.merge(e[:2].rescale("ms")),
    "merged with another name": lambda e: e.merge(_renamed(e)),
    "less": lambda e: e < 1 * pq.s,
    "equal": lambda e: e == e,
    "difference of times": lambda e: e.times[1:] - e.times[:-1],
    "minimum": lambda e: e.min(),
    "array annotations at": lambda e: e.array_annotations_at_index(1),
}
OF_EVENTS: dict[str, Call] = {
    "epochs between": lambda e: _bare(e.to_epoch()),
    "epochs of pairs": lambda e: _bare(e.to_epoch(pairwise=True)),
    "epochs of an odd number": lambda e: e[:3].to_epoch(pairwise=True),
    "epochs of a length": lambda e: _bare(e.to_epoch(durations=10 * pq.ms)),
    "pairs of a length": lambda e: e.to_epoch(pairwise=True, durations=10 * pq.ms),
    "new data": lambda e: e.duplicate_with_new_data([1, 2], ["x", "y"]),
    "new data in units": lambda e: e.duplicate_with_new_data([1, 2], ["x", "y"], "ms"),
}
OF_EPOCHS: dict[str, Call] = {
    "duration of an item": lambda e: e[1].durations,
    "new data": lambda e: e.duplicate_with_new_data(
        [1, 2] * pq.s, [3, 4] * pq.s, np.array(["x", "y"])
    ),
    "too few durations": lambda e: e.set_durations([1] * pq.s),
}


def _bare(epochs: Any) -> Any:
    """What Neo's epochs from events have; ours carry the events' metadata too."""
    return epochs.times, epochs.durations, epochs.labels


def _renamed(obj: Any) -> Any:
    made = copy.deepcopy(obj)
    made.name = "other"
    made.annotations = {"key": "another", "more": 1}
    return made


@pytest.mark.parametrize("case", MADE)
def test_made_as_neo_makes_it(case: str) -> None:
    assert_same(MADE[case])


@pytest.mark.parametrize("case", READ)
@pytest.mark.parametrize("make", [events, epochs])
def test_answers_as_neo_does(make: Call, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert_same(lambda library: READ[case](make(library)))


@pytest.mark.parametrize("case", OF_EVENTS)
def test_events_answer_as_neos_do(case: str) -> None:
    assert_same(lambda library: OF_EVENTS[case](events(library)))


@pytest.mark.parametrize("case", OF_EPOCHS)
def test_epochs_answer_as_neos_do(case: str) -> None:
    assert_same(lambda library: OF_EPOCHS[case](epochs(library)))


@pytest.mark.parametrize("make", [events, epochs])
def test_the_number_of_labels_is_checked(make: Call) -> None:
    for library in (neo.core, core):
        with pytest.raises(ValueError, match="different length"):
            make(library).labels = ["a"]


def test_merging_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    one = events(core)
    one.merge(one)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("make", [events, epochs])
def test_arithmetic_keeps_what_neo_loses(make: Call) -> None:
    assert make(neo.core).__add__(1 * pq.s).labels is None
    moved = make(core) + 1 * pq.s
    compare(moved, make(neo.core).time_shift(1 * pq.s), "moved")


@pytest.mark.parametrize("kind", ["Event", "Epoch"])
def test_what_is_no_time_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="not \\[time\\]"):
        getattr(core, kind)([1.0], units="mV")


def test_products_are_no_events() -> None:
    squared = events(core) * events(core)
    assert type(squared) is pq.Quantity
    assert squared.units == pq.s**2


def test_times_are_fast_and_shared() -> None:
    values = np.array([1.0, 2.0])
    one = core.Event(values, units="s")
    assert isinstance(one.times, Time)
    assert all(isinstance(t, Time) for t in one.times)
    assert np.shares_memory(one.times, values)


def test_a_slice_shares_times_and_no_metadata() -> None:
    values = np.array([1.0, 2.0, 3.0])
    one = core.Event(values, ["a", "b", "c"], "s", array_annotations={"code": [1, 2, 3]}, key=[1])
    part = one[1:]
    part.annotations["key"].append(2)
    part.array_annotations["code"][0] = 99
    assert np.shares_memory(part, values)
    assert one.annotations == {"key": [1]}
    assert one.array_annotations["code"].tolist() == [1, 2, 3]


def test_parts_make_the_same_objects_as_the_constructors() -> None:
    values, labels = np.array([1.0, 2.0]), np.array(["a", "b"])
    arrays = {"code": np.array([7, 8])}
    made: Any = core.Event._from_parts(
        values, unit("s"), labels, "ev", "text", "x", {"key": 1}, ArrayDict.trusted(2, arrays)
    )
    words: dict[str, Any] = {"name": "ev", "description": "text", "file_origin": "x", "key": 1,
                             "array_annotations": arrays}  # fmt: skip
    compare(made, neo.Event(values, labels, "s", **words), "event")
    assert np.shares_memory(made, values)
    made = core.Epoch._from_parts(
        values, unit("s"), values / 4, labels, "ev", "text", "x", {"key": 1},
        ArrayDict.trusted(2, arrays),
    )  # fmt: skip
    compare(made, neo.Epoch(values, values / 4, labels, "s", **words), "epoch")
    assert dict(core.Event._from_parts(values, unit("s"), labels).array_annotations) == {}


def test_neos_pickled_epochs_keep_their_texts() -> None:
    # Neo writes file_origin before description and reads them the other way round.
    factory, state = neo.Epoch([1.0] * pq.s, [1.0] * pq.s, ["a"], description="text").__reduce__()
    module, name = "neophys.neo.core.epoch", factory.__name__
    make = getattr(__import__(module, fromlist=[name]), name)
    made = make(core.Epoch, *state[1:])
    assert (made.description, made.file_origin) == ("text", None)


@pytest.mark.parametrize("how", [np.sort, np.unique, lambda e: (e.sort(), e)[1]])
@pytest.mark.parametrize("cls", [core.Event, core.Epoch])
def test_sorted_marks_keep_what_is_theirs(cls: Any, how: Call) -> None:
    words: dict[str, Any] = {"durations": [3.0, 1.0, 2.0] * pq.s} if cls is core.Epoch else {}
    codes = {"code": [3, 1, 2]}
    one = cls([3.0, 1.0, 2.0] * pq.s, labels=["c", "a", "b"], array_annotations=codes, **words)
    made = how(one[:])
    assert made.labels.tolist() == ["a", "b", "c"]
    assert made.array_annotations["code"].tolist() == [1, 2, 3]
    if words:
        assert made.durations.magnitude.tolist() == [1.0, 2.0, 3.0]
    assert one.labels.tolist() == ["c", "a", "b"]


def test_a_rolled_epoch_is_only_its_times() -> None:
    assert type(np.roll(epochs(core), 1)) is pq.Quantity


@pytest.mark.parametrize("cls", [core.Event, core.Epoch])
def test_a_single_time_is_refused_by_name(cls: Any) -> None:
    with pytest.raises(ValueError, match="0 dimensions"):
        cls(5 * pq.s)
