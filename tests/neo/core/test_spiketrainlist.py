"""SpikeTrainList holds trains as Neo's does, and does not forget that it was changed."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, train

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


def _told(trains: Any) -> list[Any]:
    return [(t.times.magnitude.tolist(), t._unit.string, t.annotations) for t in trains]


def test_a_train_of_arrays_is_one_object() -> None:
    trains = from_array(core)
    first = trains[0]
    assert trains[0] is first
    assert next(iter(trains)) is first
    assert first in trains
    assert trains[:2][0] is first
    both = trains + from_array(core)
    assert both[0] is first
    assert both[1] is trains[1]
    assert copy.deepcopy(first) not in trains


def test_arrays_see_what_becomes_of_the_trains() -> None:
    trains = from_array(core)
    ids, times = trains.multiplexed
    trains[1][0] = 50.0 * pq.ms  # channel 3, which has 0.7 and 11.2 ms
    trains[2].annotate(channel_id=88)
    now, moved = trains.multiplexed
    assert moved.magnitude.tolist() == [0.5, 0.6, 50.0, 1.1, 11.2, 23.6, 88.5, 99.2]
    assert now.tolist() == [7, 7, 3, 88, 3, 7, 88, 7]
    assert list(trains.all_channel_ids) == [7, 3, 88, 9]
    assert ids.tolist() == [7, 7, 3, 5, 3, 7, 5, 7]
    assert times.magnitude[2] == 0.7
    trains[3].t_stop = 200 * pq.ms
    with pytest.warns(UserWarning, match="multiple values of t_stop"):
        assert trains.t_stop == 200 * pq.ms


CHANGES: dict[str, Call] = {
    "nothing": lambda t: None,
    "one made": lambda t: t[2],
    "all made": list,
    "one changed": lambda t: t[0].__setitem__(0, t[0].t_stop),
    "one added": lambda t: t.append(train(core)),
    "one inserted": lambda t: t.insert(1, train(core)),
    "one replaced": lambda t: t.__setitem__(1, train(core)),
    "one removed": lambda t: t.pop(0),
    "reversed": lambda t: t.reverse(),
    "more arrays": lambda t: t.extend(from_array(core, all_channel_ids=[7, 3, 5, 10])),
    "more trains": lambda t: t.extend([train(core), train(core, name="b")]),
    "sorted": lambda t: t.sort(key=lambda one: -len(one)),
}
COPIES: dict[str, Call] = {
    "deeply copied": copy.deepcopy,
    "pickled": lambda t: pickle.loads(pickle.dumps(t)),
}


@pytest.mark.parametrize("make", [from_array, from_trains])
@pytest.mark.parametrize("change", CHANGES)
def test_trains_and_arrays_say_the_same(change: str, make: Call) -> None:
    trains = make(core)
    CHANGES[change](trains)
    ids, times = trains.multiplexed
    own = list(trains.all_channel_ids)
    assert len(trains) == len(own) == len(list(trains))
    for place, one in enumerate(trains):
        assert one in trains
        if own.count(own[place]) == 1:
            spikes = one.rescale(times.units).magnitude
            np.testing.assert_array_equal(times[ids == own[place]].magnitude, spikes)
    assert sum(map(len, trains)) == len(ids) == len(times)


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_whole_and_apart(change: str, how: str) -> None:
    segment = core.Segment()
    segment.spiketrains = from_array(core)
    trains = segment.spiketrains
    CHANGES[change](trains)
    made = COPIES[how](segment).spiketrains
    if change == "nothing":
        assert not made._made_items()
    assert made.segment is not segment
    assert _told(made) == _told(trains)
    assert all(one.segment is made.segment for one in made)
    # A pickle holds trains that exist one by one: their arrays are then train by train.
    by_train = [np.argsort(t.multiplexed[0], kind="stable") for t in (made, trains)]
    for mine, its in zip(made.multiplexed, trains.multiplexed, strict=True):
        compare(np.asarray(mine)[by_train[0]], np.asarray(its)[by_train[1]], "arrays")
    spiking = next(i for i, one in enumerate(made) if len(one))
    made[spiking][0] = 44.0 * pq.ms
    made[1].annotate(text="other")
    assert all(one.annotations.get("text") != "other" for one in trains)
    assert 44.0 not in trains[spiking].rescale("ms").magnitude
    assert 44.0 in made.multiplexed[1].rescale("ms").magnitude


def test_trains_held_elsewhere_are_the_same_after_a_pickle() -> None:
    block, segment = core.Block(), core.Segment()
    block.segments.append(segment)
    segment.spiketrains = from_array(core)
    block.groups.append(core.Group([segment.spiketrains[1]]))
    made = pickle.loads(pickle.dumps(block))
    assert made.groups[0].spiketrains[0] is made.segments[0].spiketrains[1]
    assert made.segments[0].spiketrains[1].segment is made.segments[0]


class Special(core.SpikeTrain):
    """A train of somebody else's."""


def test_mixed_lists_are_pickled_whole() -> None:
    waves = np.ones((4, 1, 2)) * pq.mV
    trains = SpikeTrainList([
        Special([1.0], 2, "s"), train(core), train(core, units="ms", waveforms=waves),
        core.SpikeTrain(np.array([1, 2]), 3, "us"), core.SpikeTrain(np.array([1.5], "f4"), 3, "s"),
    ])  # fmt: skip
    made = pickle.loads(pickle.dumps(trains))
    for mine, its in zip(made, trains, strict=True):
        assert type(mine) is type(its)
        assert mine.dtype == its.dtype
        compare(mine.view(core.SpikeTrain), its.view(core.SpikeTrain), "train")
        compare(mine.waveforms, its.waveforms, "waveforms")
        compare(mine.sampling_rate, its.sampling_rate, "rate")


def test_spikes_outside_and_of_no_channel_are_refused() -> None:
    with pytest.raises(ValueError, match="after t_stop"):
        from_array(core, t_stop=50 * pq.ms)[0]
    with pytest.raises(ValueError, match="before t_start"):
        from_array(core, t_start=0.55 * pq.ms)[0]
    with pytest.raises(ValueError, match="does not name"):
        list(from_array(core, all_channel_ids=[7, 3], identifier=["A", "B"]))
    with pytest.raises(ValueError, match="do not fit"):
        SpikeTrainList.from_spike_time_array([1.0], [1, 2], [1, 2], 9, "s")


@pytest.mark.parametrize("ids", [
    np.array([70000, -5, 70000, 12]), np.array([3, 1, 3, 2], np.uint8), np.array(list("caab")),
    np.array([2.0, 1.0, 2.0, 0.5]), [4, 4, 4, 4],
])  # fmt: skip
def test_spikes_go_to_their_channels_whatever_these_are(ids: Any) -> None:
    channels = sorted(set(np.asarray(ids).tolist()))
    times = np.array([4.0, 3.0, 2.0, 1.0])
    trains = SpikeTrainList.from_spike_time_array(times, ids, [*channels], 9, "s")
    wanted = [times[np.asarray(ids) == channel].tolist() for channel in channels]
    assert [one.magnitude.tolist() for one in trains] == wanted
