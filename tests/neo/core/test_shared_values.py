"""Who has the same values as whom: nothing changes under the unit of something else."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import quantities as pq

from neophys.neo import core
from neophys.neo.core.spiketrainlist import SpikeTrainList


def _signal(dtype: str = "f8") -> core.AnalogSignal:
    return core.AnalogSignal(
        np.arange(6).reshape(3, 2).astype(dtype), "mV", sampling_rate=1 * pq.Hz, name="sig"
    )


def _train() -> core.SpikeTrain:
    return core.SpikeTrain([1.0, 2.0, 3.0], 9.0, "s")


def _event() -> core.Event:
    return core.Event([1.0, 2.0, 3.0], ["a", "b", "c"], "s")


def _images() -> core.ImageSequence:
    return core.ImageSequence(
        np.ones((2, 3, 4)), "mV", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um
    )


SHARES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], str]] = {
    "samples": (_signal, lambda s: s[1:], "uV"),
    "channels": (_signal, lambda s: s[:, :1], "uV"),
    "one sample": (_signal, lambda s: s[1], "uV"),
    "transposed": (_signal, lambda s: s.T, "uV"),
    "axes exchanged": (_signal, lambda s: s.swapaxes(0, 1), "uV"),
    "one row": (_signal, lambda s: s.squeeze(), "uV"),
    "reshaped": (_signal, lambda s: s.reshape(-1), "uV"),
    "quantity": (_signal, lambda s: s.as_quantity(), "uV"),
    "view": (_signal, lambda s: s.view(), "uV"),
    "same dtype": (_signal, lambda s: s.astype("f8", copy=False), "uV"),
    "images": (_images, lambda s: s[:, 1:, 1:], "uV"),
    "spikes": (_train, lambda s: s[1:], "ms"),
    "spike times": (_train, lambda s: s.times, "ms"),
    "events": (_event, lambda s: s[1:], "ms"),
    "event times": (_event, lambda s: s.times, "ms"),
}


@pytest.mark.parametrize("case", SHARES)
def test_a_unit_does_not_change_under_what_shares_the_values(case: str) -> None:
    make, share, units = SHARES[case]
    own = make().copy()
    before = own.units
    shared = share(own)
    values = shared.magnitude.copy()
    with pytest.raises(ValueError, match="view"):
        own.units = units
    assert own.units == before
    np.testing.assert_array_equal(shared.magnitude, values)
    alone = make().copy()
    share(alone.copy())
    alone.units = units
    assert alone.dimensionality.string == units


def test_what_astype_does_not_copy_cannot_change_its_unit() -> None:
    signal = _signal()
    same = signal.astype("f8", copy=False)
    assert np.shares_memory(same, signal)
    with pytest.raises(ValueError, match="view"):
        same.units = "uV"
    times = signal.times.astype("f8", copy=False)
    with pytest.raises(ValueError, match="view"):
        times.units = "ms"
    assert signal[1].magnitude.tolist() == [2.0, 3.0]


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_copy_has_the_order_that_is_asked_for(order: str) -> None:
    made = _signal().copy(order)
    assert made.dtype == np.float64
    assert made.flags["F_CONTIGUOUS" if order == "F" else "C_CONTIGUOUS"]
    assert made.name == "sig"


@pytest.mark.parametrize(
    ("dtype", "first"), [("u1", 0), ("u2", 3), ("i2", -(1 << 15)), ("i4", -(1 << 31))]
)
def test_quantities_minus_integers_do_not_wrap(dtype: str, first: int) -> None:
    signal = _signal(dtype)
    signal[0, 0] = first * pq.mV
    made = 5 * pq.mV - signal
    assert made[:, 0].magnitude.ravel().tolist() == [5.0 - first, 3.0, 1.0]
    assert (made.sampling_rate, made.name) == (signal.sampling_rate, "sig")


def test_an_array_annotation_does_not_follow_the_callers_quantity() -> None:
    gain = pq.Quantity(3.0, "mV")
    signal = core.AnalogSignal(
        [1.0, 2.0], "mV", sampling_rate=1 * pq.Hz, array_annotations={"gain": gain}
    )
    gain *= 2
    assert signal.array_annotations["gain"].magnitude.tolist() == [3.0]


def test_times_of_an_irregular_signal_do_not_follow_the_callers_quantity() -> None:
    times = [1.0, 2.0] * pq.s
    signal = core.IrregularlySampledSignal(times, [1.0, 2.0] * pq.mV)
    times *= 2
    assert signal.times.magnitude.tolist() == [1.0, 2.0]


def _columns() -> SpikeTrainList:
    rng = np.random.default_rng(1)
    ids = rng.integers(0, 50, 5000)
    return SpikeTrainList.from_spike_time_array(
        np.arange(5000.0), ids, list(range(50)), t_stop=5000.0, units="s"
    )


def test_a_train_that_was_copied_before_its_list_is_that_copy() -> None:
    segment = core.Segment()
    segment.spiketrains = _columns()
    group = core.Group([segment.spiketrains[3]])
    copied, of = copy.deepcopy([group, segment])
    assert copied.spiketrains[0] is of.spiketrains[3]
    assert {id(train.segment) for train in of.spiketrains} == {id(of)}
    assert len(of.spiketrains) == 50
    assert of.spiketrains is not segment.spiketrains


def test_threads_that_ask_for_one_train_get_one_object() -> None:
    for _ in range(20):
        found: list[Any] = []
        trains, gate = _columns(), threading.Barrier(4)

        def ask(trains: Any = trains, found: Any = found, gate: Any = gate) -> None:
            gate.wait()
            found.append([trains[i] for i in range(50)])

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len({tuple(map(id, one)) for one in found}) == 1


def test_other_spikes_have_waveforms_of_their_own() -> None:
    train = core.SpikeTrain([1.0, 2.0], 9.0, "s", waveforms=np.ones((2, 1, 3)) * pq.mV)
    other = train.duplicate_with_new_data([3.0, 4.0])
    other.waveforms[...] = 5 * pq.mV
    assert train.waveforms.magnitude.max() == 1.0
