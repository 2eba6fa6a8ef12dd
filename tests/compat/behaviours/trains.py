"""Spike trains and their lists."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]


def train(neo: Any, **changed: Any) -> Any:
    """Spikes at 1, 2 and 4 s of 0 to 10 s, one waveform and one code each."""
    words: dict[str, Any] = {
        "t_stop": 10.0, "units": "s", "waveforms": np.zeros((3, 1, 2)) * pq.mV,
        "array_annotations": {"code": [7, 8, 9]}, "key": 1,
    }  # fmt: skip
    return neo.SpikeTrain([1.0, 2.0, 4.0], **(words | changed))


def bare(neo: Any) -> Any:
    """A train without waveforms."""
    return train(neo, waveforms=None)


def trains(neo: Any) -> Any:
    """A list of two trains."""
    return neo.core.spiketrainlist.SpikeTrainList([bare(neo), bare(neo)])


def columns(neo: Any) -> Any:
    """A list of two trains, made from arrays."""
    return neo.core.spiketrainlist.SpikeTrainList.from_spike_time_array(
        np.array([1.0, 2.0, 3.0]), np.array([5, 5, 6]), [5, 6], t_stop=9.0, units="s"
    )


def empty(neo: Any) -> Any:
    """A list of none."""
    return neo.core.spiketrainlist.SpikeTrainList()


def of_segment(neo: Any) -> Any:
    """The list of a segment, with one train."""
    segment = neo.Segment()
    segment.spiketrains.append(bare(neo))
    return segment.spiketrains


def proxies(neo: Any) -> Any:
    """The lazy trains of a made-up recording."""
    return neo.io.ExampleIO("made-up.fake").read_segment(lazy=True).spiketrains


def after(_: Any) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """What an object is after something was done with it."""

    def run(obj: Any, act: Callable[[Any], Any]) -> Any:
        act(obj)
        return obj

    return run


ST = {"st": train, "bare": bare, "after": after}
STL = {
    "stl": trains, "arr": columns, "none": empty, "own": of_segment, "st": bare, "after": after,
    "lazy": proxies, "deepcopy": lambda _: copy.deepcopy,
}  # fmt: skip

OF_TRAINS = (
    Behaviour(
        "one NaN among the times switches off the check of the bounds",
        "neo.SpikeTrain([1.0, np.nan, 99.0], t_stop=5.0, units='s').size",
        "3",
        "ValueError",
    ),
    Behaviour(
        "masked times count",
        "neo.SpikeTrain(np.ma.array([1.0, 2.0], mask=[0, 1]), t_stop=5.0, units='s')",
        "[1.0, 2.0] s",
        "[1.0, nan] s",
    ),
    Behaviour(
        "whole numbers as times cut t_stop",
        "neo.SpikeTrain(np.array([1, 2]), t_stop=3.7, units='s').t_stop",
        "3 s",
        "3.7 s",
    ),
    Behaviour(
        "a train without t_stop ends never",
        "neo.SpikeTrain([1.0], None, 's').t_stop",
        "nan s",
        "ValueError",
    ),
    Behaviour(
        "a sampling rate that nobody gave is 1 Hz",
        "bare.sampling_rate",
        "1.0 Hz",
        "1.0 Hz",
        kept="coretest/test_spiketrain.py::TestConstructor::test_defaults",
        given=ST,
    ),
    Behaviour(
        "a time plus a train has no bounds",
        "(1 * pq.s + st).t_stop",
        "AttributeError",
        "11.0 s",
        given=ST,
    ),
    Behaviour(
        "a train plus a number is an error of attributes",
        "st + 1",
        "AttributeError",
        "ValueError",
        given=ST,
    ),
    Behaviour(
        "twice a train is a train without bounds",
        "type(st * 2).__name__",
        "SpikeTrain",
        "Time",
        given=ST,
    ),
    Behaviour(
        "minus a train is a train without bounds",
        "type(-st).__name__",
        "SpikeTrain",
        "Time",
        given=ST,
    ),
    Behaviour(
        "intervals between spikes are a train without bounds",
        "type(np.diff(st)).__name__",
        "SpikeTrain",
        "Time",
        given=ST,
    ),
    Behaviour(
        "adding in place moves spikes out of the bounds",
        "after({'t': st}, lambda d: d.update(t=d['t'].__iadd__(10 * pq.s)))['t'].t_stop",
        "10.0 s",
        "20.0 s",
        given=ST,
    ),
    Behaviour(
        "there is no other dtype", "st.astype('f4').t_stop", "ValueError", "10.0 s", given=ST
    ),
    Behaviour(
        "concatenated trains cannot be shown",
        "repr(np.concatenate([bare, bare]))",
        "AttributeError",
        "array([1., 2., 4., 1., 2., 4.]) * dimensionless",
        given=ST,
    ),
    Behaviour(
        "concatenated trains are a train without bounds",
        "type(np.concatenate([bare, bare])).__name__",
        "SpikeTrain",
        "Quantity",
        given=ST,
    ),
    Behaviour(
        "a time slice between bare numbers has bounds without unit",
        "st.time_slice(1.5, 3.0).t_stop",
        "3.0",
        "3.0 s",
        given=ST,
    ),
    Behaviour(
        "a time slice that ends before it starts has reversed bounds",
        "st.time_slice(3 * pq.s, 2 * pq.s).duration",
        "-1.0 s",
        "ValueError",
        given=ST,
    ),
    Behaviour(
        "a time slice outside of the train is refused",
        "st.time_slice(20 * pq.s, 30 * pq.s)",
        "ValueError",
        "ValueError",
        given=ST,
        kept="coretest/test_spiketrain.py::TestTimeSlice::test_time_slice_completely_out_of_boundaries",
    ),
    Behaviour(
        "bounds can be set to numbers without unit",
        "after(st, lambda t: setattr(t, 't_stop', 20)).t_stop",
        "20",
        "20.0 s",
        given=ST,
    ),
    Behaviour(
        "bounds can be set to what is no time",
        "after(st, lambda t: setattr(t, 't_stop', 20 * pq.mV)).t_stop",
        "20.0 mV",
        "ValueError",
        given=ST,
    ),
    Behaviour(
        "a slice has its parent's annotations",
        "after(st, lambda t: t[1:].annotate(key=2)).annotations",
        "{'key': 2}",
        "{'key': 1}",
        given=ST,
    ),
    Behaviour(
        "a copy has its original's annotations",
        "after(st, lambda t: t.copy().annotate(key=2)).annotations",
        "{'key': 2}",
        "{'key': 1}",
        given=ST,
    ),
    Behaviour(
        "merging changes the segment",
        "len(after(own, lambda x: x[0].merge(x[0])))",
        "2",
        "2",
        given=STL,
        kept="coretest/test_spiketrain.py::TestMerge::test_neo_relations",
    ),
    Behaviour(
        "other spikes cannot be fewer where there are waveforms",
        "st.duplicate_with_new_data([1.0]).waveforms",
        "ValueError",
        "None",
        given=ST,
    ),
    Behaviour(
        "a pickle of a train whose bounds were narrowed cannot be loaded",
        "copied(after(bare, lambda t: setattr(t, 't_stop', 3 * pq.s))).t_stop",
        "ValueError",
        "3.0 s",
        given=ST | {"copied": lambda _: lambda t: pickle.loads(pickle.dumps(t))},
    ),
)

OF_LISTS = (
    Behaviour(
        "arrays of a list do not follow what is added",
        "len(after(stl, lambda x: (x.multiplexed, x.append(st))).multiplexed[0])",
        "6",
        "9",
        given=STL,
    ),
    Behaviour(
        "arrays of a list do not follow what is removed",
        "len(after(stl, lambda x: (x.multiplexed, x.pop())).multiplexed[0])",
        "6",
        "3",
        given=STL,
    ),
    Behaviour(
        "arrays of a list do not follow its trains",
        "after(stl, lambda x: (x.multiplexed, x[0].__setitem__(0, 0.5))).multiplexed[1][0]",
        "1.0 s",
        "0.5 s",
        given=STL,
    ),
    Behaviour(
        "arrays that a list is made from do not follow its trains",
        "after(arr, lambda x: x[0].__setitem__(0, 0.5)).multiplexed[1][0]",
        "1.0 s",
        "0.5 s",
        given=STL,
    ),
    Behaviour(
        "t_stop of a list does not follow what is added",
        "after(stl, lambda x: (x.t_stop, x.append(neo.SpikeTrain([], 20, 's')))).t_stop",
        "10.0 s",
        "20.0 s",
        given=STL,
    ),
    Behaviour(
        "lazy trains have no arrays",
        "len(lazy.multiplexed[0]) > 0",
        "AttributeError",
        "True",
        given=STL,
    ),
    Behaviour(
        "a list before a list of trains changes that",
        "len(after(own, lambda x: [st] + x))",
        "2",
        "1",
        given=STL,
    ),
    Behaviour(
        "a list before a list of trains comes behind",
        "([st] + own)[0] is st",
        "False",
        "True",
        given=STL,
    ),
    Behaviour(
        "an empty list cannot be asked what is in it",
        "st in none",
        "TypeError",
        "False",
        given=STL,
    ),
    Behaviour(
        "nothing can be inserted in an empty list",
        "len(after(none, lambda x: x.insert(0, st)))",
        "AttributeError",
        "1",
        given=STL,
    ),
    Behaviour(
        "an empty list is popped with the wrong error",
        "none.pop()",
        "AttributeError",
        "IndexError",
        given=STL,
    ),
    Behaviour(
        "an empty list has no channels",
        "list(none.all_channel_ids)",
        "TypeError",
        "[]",
        given=STL,
    ),
    Behaviour(
        "what is asked decides whether lists can be added",
        "len(after(stl, lambda x: x.multiplexed) + after(deepcopy(stl), lambda x: x.multiplexed))",
        "KeyError",
        "4",
        given=STL,
    ),
    Behaviour(
        "the sum of lists of arrays has no trains",
        "len(list(arr + columns(neo, [7, 8])))",
        "ValueError",
        "4",
        given=STL | {"columns": lambda _: _of_channels},
    ),
    Behaviour(
        "the repr of a list tells nothing",
        "repr(stl)",
        "<SpikeTrainList>",
        "<SpikeTrainList>",
        given=STL,
        kept="plain texts are Neo's; `str` and notebooks tell more",
    ),
    Behaviour(
        "spikes of a channel that has no train are lost",
        "list(neo.core.spiketrainlist.SpikeTrainList.from_spike_time_array("
        "np.array([1.0, 2.0]), np.array([0, 1]), [0], t_stop=9.0, units='s'))[0].times",
        "[1.0] s",
        "ValueError",
    ),
    Behaviour(
        "channels of NumPy's integers are not known as such",
        "neo.core.spiketrainlist.SpikeTrainList("
        "[neo.SpikeTrain([1.0], 9, 's', channel_id=np.int64(7))]).all_channel_ids",
        "[0]",
        "[7]",
    ),
    Behaviour(
        "NumPy cannot sort trains",
        "np.sort(st[::-1]).array_annotations['code']",
        "TypeError",
        "[7, 8, 9]",
        given=ST,
    ),
    Behaviour(
        "a rolled train keeps the waveforms of the old order",
        "type(np.roll(st, 1)).__name__",
        "SpikeTrain",
        "Quantity",
        given=ST,
    ),
)


def _of_channels(neo: Any, ids: list[int]) -> Any:
    return neo.core.spiketrainlist.SpikeTrainList.from_spike_time_array(
        np.array([1.0, 2.0, 3.0]), np.array([ids[0], ids[0], ids[1]]), ids, t_stop=9.0, units="s"
    )


BEHAVIOURS = OF_TRAINS + OF_LISTS
