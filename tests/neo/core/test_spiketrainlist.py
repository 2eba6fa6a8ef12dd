"""SpikeTrainList holds trains as Neo's does, and does not forget that it was changed."""

from __future__ import annotations

import copy
import operator
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, train

from neophys.neo import core
from neophys.neo.core.spiketrainlist import SpikeTrainList


def from_array(n: Any, **changed: Any) -> Any:
    """Four trains, one without spikes, from two arrays."""
    words: dict[str, Any] = {
        "all_channel_ids": [7, 3, 5, 9], "units": "ms", "t_start": 0 * pq.ms, "t_stop": 100 * pq.ms,
        "identifier": ["A", "B", "C", "D"], "text": "same", "number": 42,
    }  # fmt: skip
    times = np.array([0.5, 0.6, 0.7, 1.1, 11.2, 23.6, 88.5, 99.2])
    ids = np.array([7, 7, 3, 5, 3, 7, 5, 7])
    return n.spiketrainlist.SpikeTrainList.from_spike_time_array(times, ids, **(words | changed))


def from_trains(n: Any) -> Any:
    """Three trains in two units."""
    return n.spiketrainlist.SpikeTrainList(
        [train(n, name="a"), train(n, name="b", channel_id=77).rescale("ms"), train(n, name="c")]
    )


def _like(trains: Any) -> Any:
    return train(core if isinstance(trains, SpikeTrainList) else neo.core)


READ: dict[str, Call] = {
    "trains": list,
    "len": len,
    "one": lambda t: t[1],
    "some": lambda t: (type(t[1:]).__name__, list(t[1:])),
    "repr": repr,
    "str": str,
    "channel ids": lambda t: list(t.all_channel_ids),
    "arrays": lambda t: t.multiplexed,
    "t_start": lambda t: t.t_start,
    "t_stop": lambda t: t.t_stop,
    "plus a list": lambda t: len(operator.add(t, [_like(t)])),
    "plus something": lambda t: len(operator.add(t, ["x"])),
    "plus itself": lambda t: len(t + copy.deepcopy(t)),
    "something appended": lambda t: t.append("x"),
    "something added": lambda t: t.__iadd__(["x"]),
}
MADE: dict[str, Call] = {
    "of something": lambda n: n.spiketrainlist.SpikeTrainList(["x"]),
    "in something": lambda n: n.spiketrainlist.SpikeTrainList(parent="x"),
    "of no unit": lambda n: from_array(n, units=None),
    "of too few values": lambda n: from_array(n, identifier=["A"]),
    "of nothing": lambda n: (
        str(n.spiketrainlist.SpikeTrainList()),
        n.Segment().spiketrains.multiplexed,
    ),
}


@pytest.mark.parametrize("make", [from_array, from_trains])
@pytest.mark.parametrize("case", READ)
def test_answers_as_neo_does(case: str, make: Call) -> None:
    if case == "plus itself" and make is from_array:
        # Neo refuses channels of one id, but only for lists that stand as arrays.
        assert len(from_array(core) + from_array(core)) == 8
        return
    assert_same(lambda n: READ[case](make(n)))


@pytest.mark.parametrize("case", MADE)
def test_made_as_neo_makes_it(case: str) -> None:
    assert_same(MADE[case])


def test_arrays_follow_a_change() -> None:
    trains = from_array(core)
    assert len(trains.multiplexed[0]) == 8
    trains.append(core.SpikeTrain([1.0, 2.0], 100, "ms"))
    assert trains.multiplexed[1].magnitude.tolist()[-2:] == [1.0, 2.0]
    assert list(trains.all_channel_ids) == [7, 3, 5, 9, 4]
    trains.clear()
    assert len(trains.multiplexed[0]) == 0


def test_a_sum_changes_neither() -> None:
    segment = core.Segment()
    segment.spiketrains.append(train(core))
    made = operator.add([train(core)], segment.spiketrains)
    assert isinstance(made, SpikeTrainList)
    assert (len(made), len(segment.spiketrains)) == (2, 1)


def test_trains_of_a_segment_know_it() -> None:
    segment = core.Segment()
    segment.spiketrains += [train(core)]
    segment.spiketrains.extend(train(core, name=name) for name in "ab")
    segment.spiketrains.insert(0, train(core, name="first"))
    assert len(segment.spiketrains) == 4
    assert all(spikes.segment is segment for spikes in segment.spiketrains)
    assert segment.spiketrains.pop().name == "b"
    assert segment.spiketrains[0] in segment.spiketrains
    with pytest.raises(ValueError, match="already contained"):
        segment.spiketrains.append(segment.spiketrains[0])


def test_different_bounds_are_said() -> None:
    trains = SpikeTrainList([train(core), train(core, t_stop=20.0)])
    with pytest.warns(UserWarning, match="multiple values of t_stop"):
        assert trains.t_stop == 20 * pq.s
    with pytest.raises(ValueError, match="empty"):
        _ = SpikeTrainList().t_start
