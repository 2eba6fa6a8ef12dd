"""SpikeTrain answers as Neo's does; where Neo's data are wrong it answers right."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, train

from neophys.neo import core
from neophys.neo.core.dataobject import ArrayDict
from neophys.neo.core.units import unit

T = [1.0, 2.5]
MADE: dict[str, Call] = {
    "list": lambda n: n.SpikeTrain([1, 2], 3, "s"),
    "int array": lambda n: n.SpikeTrain(np.array([1, 2]), 3, "s"),
    "no spikes": lambda n: n.SpikeTrain([], 3, "s"),
    "float32": lambda n: n.SpikeTrain(np.array(T, "f4"), 3, "s", t_start=0.1),
    "dtype": lambda n: n.SpikeTrain(T, 3, "s", dtype="f4"),
    "dtype of an array": lambda n: n.SpikeTrain(np.array(T), 3, "s", dtype="f4"),
    "quantity": lambda n: n.SpikeTrain(T * pq.ms, 3),
    "quantity in other units": lambda n: n.SpikeTrain(T * pq.ms, 3, "s"),
    "bounds in other units": lambda n: n.SpikeTrain(T * pq.s, 3000 * pq.ms, t_start=1 * pq.ms),
    "no units": lambda n: n.SpikeTrain(T, 3),
    "after t_stop": lambda n: n.SpikeTrain(T, 2, "s"),
    "before t_start": lambda n: n.SpikeTrain(T, 3, "s", t_start=2),
    "reversed bounds": lambda n: n.SpikeTrain([], 3, "s", t_start=4),
    "two dimensions": lambda n: n.SpikeTrain(np.zeros((2, 2)), 3, "s"),
    "too few waveforms": lambda n: n.SpikeTrain(T, 3, "s", waveforms=np.zeros((1, 1, 1)) * pq.mV),
    "copy": lambda n: n.SpikeTrain(T, 3, "s", copy=True),
    "all metadata": train,
}
READ: dict[str, Call] = {
    "repr": repr,
    "str": str,
    "times": lambda t: t.times,
    "duration": lambda t: t.duration,
    "sampling_period": lambda t: t.sampling_period,
    "spike_duration": lambda t: t.spike_duration,
    "right_sweep": lambda t: t.right_sweep,
    "item": lambda t: t[1],
    "no such item": lambda t: t[99],
    "items": lambda t: t[1:3],
    "chosen": lambda t: t[[2, 0]],
    "masked": lambda t: t[t.magnitude > 1.5],
    "iterated": list,
    "rescaled": lambda t: t.rescale("ms"),
    "rescaled to the same": lambda t: t.rescale("s"),
    "rescaled to no time": lambda t: t.rescale("mV"),
    "copied": lambda t: t.copy(),
    "deeply copied": copy.deepcopy,
    "pickled": lambda t: pickle.loads(pickle.dumps(t)),
    "slice": lambda t: t.time_slice(1 * pq.s, 3000 * pq.ms),
    "slice beyond": lambda t: t.time_slice(0 * pq.s, 30 * pq.s),
    "slice from": lambda t: t.time_slice(2 * pq.s, None),
    "slice until": lambda t: t.time_slice(None, 2 * pq.s),
    "slice between spikes": lambda t: t.time_slice(3.1 * pq.s, 3.2 * pq.s),
    "slice outside": lambda t: t.time_slice(30 * pq.s, 40 * pq.s),
    "shifted": lambda t: t.time_shift(20 * pq.ms),
    "plus time": lambda t: t + 20 * pq.ms,
    "minus time": lambda t: t - 20 * pq.ms,
    "plus times": lambda t: t + [1, 2, 3, 40] * pq.s,
    "minus times": lambda t: t - [1, 2, 3, 4] * pq.s,
    "plus no time": lambda t: t + 1 * pq.mV,
    "plus train": lambda t: t + t,
    "minus train": lambda t: t - t,
    "minus shorter train": lambda t: t - t[:2],
    "time plus train": lambda t: 1 * pq.s + t,
    "sorted": lambda t: (t.sort(), t)[1],
    "new data": lambda t: t.duplicate_with_new_data([1, 2, 3, 4]),
    "new data and bounds": lambda t: t.duplicate_with_new_data(
        [1, 2, 3, 40], t_start=0.5 * pq.s, t_stop=50 * pq.s
    ),
    "new data outside": lambda t: t.duplicate_with_new_data([1, 2, 3, 40]),
    "merged": lambda t: t.merge(t.rescale("ms")),
    "merged with three": lambda t: t.merge(_renamed(t, "b"), _renamed(t, "c")),
    "merged with merged": lambda t: t.merge(_renamed(t, "b")).merge(_renamed(t, "c")),
    "merged with nothing": lambda t: t.merge(),
    "merged with other bounds": lambda t: t.merge(t.time_slice(1 * pq.s, 5 * pq.s)),
    "merged with something": lambda t: t.merge("x"),
    "merged without waveforms": lambda t: t.merge(_without_waveforms(t)),
    "set": lambda t: (t.__setitem__(1, 2.5), t)[1],
    "set outside": lambda t: t.__setitem__(1, 99.0),
    "set in other units": lambda t: (t.__setitem__(1, 2500 * pq.ms), t)[1],
    "less": lambda t: t < 2 * pq.s,
}


def _renamed(spikes: Any, name: str) -> Any:
    made = copy.deepcopy(spikes)
    made.name = name
    return made


def _without_waveforms(spikes: Any) -> Any:
    made = copy.deepcopy(spikes)
    made.waveforms = None
    return made


@pytest.mark.parametrize("case", MADE)
def test_made_as_neo_makes_it(case: str) -> None:
    assert_same(MADE[case])


@pytest.mark.parametrize("case", READ)
def test_answers_as_neo_does(case: str) -> None:
    assert_same(lambda library: READ[case](train(library)))


def test_array_annotations_of_one_train_only_are_named() -> None:
    for library in (neo.core, core):
        spikes = train(library)
        other = copy.deepcopy(spikes)
        other.array_annotate(more=[1, 2, 3, 4])
        with pytest.warns(UserWarning, match="omitted.*more"):
            assert sorted(spikes.merge(other).array_annotations) == ["code"]


def test_a_merged_train_joins_the_segment() -> None:
    def names(n: Any) -> list[str]:
        segment = n.Segment()
        segment.spiketrains.extend([train(n, name="a"), train(n, name="b")])
        made = segment.spiketrains[0].merge(segment.spiketrains[1])
        assert made.segment is segment
        return [spikes.name for spikes in segment.spiketrains]

    assert names(core) == names(neo.core) == ["a", "b", "merge(a; b)"]


def test_an_array_set_into_a_train_has_one_right_unit() -> None:
    # Bounds that were cut by a bare number have the unit of the times.
    part = train(core).time_slice(1.5, 3.5)
    compare((part.t_start, part.t_stop), (1.5 * pq.s, 3.5 * pq.s), "bounds")


def test_ufuncs_do_not_make_trains_without_bounds() -> None:
    assert np.diff(train(neo.core)).t_stop is None
    for made in (np.diff(train(core)), -train(core), train(core) * 2):
        assert isinstance(made, pq.Quantity)
        assert not isinstance(made, core.SpikeTrain)
        assert made.units == pq.s


def test_spikes_are_shared_and_metadata_are_not() -> None:
    values = np.array([1.0, 2.0, 3.0])
    spikes = core.SpikeTrain(values, 10, "s", array_annotations={"code": [1, 2, 3]}, key=[1])
    part = spikes[1:]
    part[0] = 2.5
    part.array_annotations["code"][0] = 99
    part.annotations["key"].append(2)
    part.t_stop = 99 * pq.s
    assert values[1] == 2.5
    assert spikes.array_annotations["code"].tolist() == [1, 2, 3]
    assert spikes.annotations == {"key": [1]}
    assert spikes.t_stop == 10 * pq.s


def test_bounds_do_not_move_with_arithmetic_in_place() -> None:
    spikes = train(core)
    start = spikes.t_start
    start += 1 * pq.s
    assert spikes.t_start == 0.25 * pq.s


def test_parts_make_the_same_train_as_the_constructor() -> None:
    values, waveforms = np.array([1.0, 2.0]), np.zeros((2, 1, 3)) * pq.uV
    arrays = {"code": np.array([7, 8])}
    made = core.SpikeTrain._from_parts(
        values, unit("s"), 0.5, 9.0, 30 * pq.kHz, waveforms, 1 * pq.ms, "st", "text", "x",
        {"key": 1}, ArrayDict.trusted(2, arrays),
    )  # fmt: skip
    wanted = neo.SpikeTrain(
        values, 9.0, "s", t_start=0.5, sampling_rate=30 * pq.kHz, waveforms=waveforms,
        left_sweep=1 * pq.ms, name="st", description="text", file_origin="x", key=1,
        array_annotations=arrays,
    )  # fmt: skip
    compare(made, wanted, "made")
    assert np.shares_memory(made, values)


@pytest.mark.parametrize("how", [np.sort, np.unique])
def test_numpy_sorts_trains_with_what_is_theirs(how: Any) -> None:
    codes = {"code": [3, 1, 2]}
    waves = np.array([3.0, 1.0, 2.0]).reshape(3, 1, 1) * pq.mV
    made = how(core.SpikeTrain([3.0, 1.0, 2.0], 9, "s", waveforms=waves, array_annotations=codes))
    assert made.magnitude.tolist() == [1.0, 2.0, 3.0]
    assert made.waveforms.magnitude.ravel().tolist() == [1.0, 2.0, 3.0]
    assert made.array_annotations["code"].tolist() == [1, 2, 3]


def test_a_rolled_train_is_only_its_times() -> None:
    assert type(np.roll(core.SpikeTrain([1.0, 2.0], 9, "s"), 1)) is pq.Quantity
