"""AnalogSignal answers as Neo's does; where Neo's data are wrong it answers right."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, signal

from neophys.neo import core
from neophys.neo.core.dataobject import ArrayDict
from neophys.neo.core.units import unit

F4 = np.arange(12, dtype="f4").reshape(4, 3)
I2 = np.arange(12, dtype="i2").reshape(4, 3)

MADE: dict[str, Call] = {
    "list of ints": lambda n: n.AnalogSignal([1, 2, 3], "mV", sampling_rate=1 * pq.kHz),
    "list of lists": lambda n: n.AnalogSignal([[1.0, 2], [3, 4]], "mV", sampling_rate=1 * pq.kHz),
    "float32": lambda n: n.AnalogSignal(F4, "uV", sampling_rate=256 * pq.Hz),
    "int16": lambda n: n.AnalogSignal(I2, pq.uV, sampling_rate=256 * pq.Hz),
    "dtype": lambda n: n.AnalogSignal([1.7, 2.2], "mV", "i4", sampling_rate=1 * pq.kHz),
    "quantity": lambda n: n.AnalogSignal(F4 * pq.mV, sampling_rate=1 * pq.kHz),
    "quantity converted": lambda n: n.AnalogSignal(F4 * pq.mV, "uV", sampling_rate=1 * pq.kHz),
    "ints converted": lambda n: n.AnalogSignal(I2 * pq.mV, "uV", sampling_rate=1 * pq.kHz),
    "no units": lambda n: n.AnalogSignal([1, 2], sampling_rate=1 * pq.kHz),
    "unknown units": lambda n: n.AnalogSignal([1, 2], "fnord", sampling_rate=1 * pq.kHz),
    "wrong units": lambda n: n.AnalogSignal(F4 * pq.mV, "s", sampling_rate=1 * pq.kHz),
    "period": lambda n: n.AnalogSignal([1, 2], "mV", sampling_period=2 * pq.ms),
    "rate and period": lambda n: n.AnalogSignal(
        [1, 2], "mV", sampling_rate=1000 * pq.Hz, sampling_period=1 * pq.ms
    ),
    "rate against period": lambda n: n.AnalogSignal(
        [1, 2], "mV", sampling_rate=1000 * pq.Hz, sampling_period=2 * pq.ms
    ),
    "no rate": lambda n: n.AnalogSignal([1, 2], "mV"),
    "rate without unit": lambda n: n.AnalogSignal([1, 2], "mV", sampling_rate=1000.0),
    "no t_start": lambda n: n.AnalogSignal([1], "mV", sampling_rate=1 * pq.Hz, t_start=None),
    "copy": lambda n: n.AnalogSignal([1], "mV", copy=True, sampling_rate=1 * pq.Hz),
    "annotated with a set": lambda n: signal(n, bad={1, 2}),
    "array annotation of another length": lambda n: signal(n, array_annotations={"x": [1]}),
    "all metadata": signal,
    "three dimensions": lambda n: n.AnalogSignal(
        np.zeros((2, 3, 4)), "mV", sampling_rate=1 * pq.Hz
    ),
}
READ: dict[str, Call] = {
    "sampling_period": lambda s: s.sampling_period,
    "duration": lambda s: s.duration,
    "t_stop": lambda s: s.t_stop,
    "times": lambda s: s.times,
    "units": lambda s: s.units,
    "shape": lambda s: s.shape,
    "repr": repr,
    "str": str,
    "row": lambda s: s[3],
    "last row": lambda s: s[-1],
    "row, channel": lambda s: s[3, 1],
    "row, channels": lambda s: s[3, 1:],
    "no such row": lambda s: s[99],
    "rows": lambda s: s[2:7],
    "no rows": lambda s: s[7:2],
    "rows to the end": lambda s: s[4:],
    "all rows": lambda s: s[:],
    "channel": lambda s: s[:, 1],
    "rows of a channel": lambda s: s[2:5, 1],
    "channels": lambda s: s[:, 1:],
    "chosen channels": lambda s: s[:, [2, 0]],
    "masked channels": lambda s: s[:, np.array([True, False, True])],
    "every second row": lambda s: s[2:9:2, :],
    "mask of samples": lambda s: s[s.magnitude >= 12.0],
    "uneven mask": lambda s: s[s.magnitude >= 13.0],
    "text": lambda s: s["x"],
    "number": lambda s: s[1.0],
    "nothing": lambda s: s[None],
    "new axis": lambda s: s[:, None],
    "iterated": list,
    "row set": lambda s: (s.__setitem__(3, 7 * pq.uV), s)[1],
    "channel set": lambda s: (s.__setitem__((slice(None), 1), s[:, 2] * 2), s)[1],
    "number set": lambda s: s.__setitem__(3, 7),
    "sum": lambda s: s.sum(),
    "mean over time": lambda s: s.mean(axis=0),
    "max": lambda s: s.max(),
    "plus quantity": lambda s: s + 1 * pq.uV,
    "plus signal": lambda s: s + s,
    "quantity plus": lambda s: 1 * pq.mV + s,
    "minus quantity": lambda s: s - 1 * pq.mV,
    "quantity minus": lambda s: 1 * pq.mV - s,
    "times number": lambda s: s * 2,
    "times quantity": lambda s: s * (2 * pq.nA),
    "over number": lambda s: s / 4,
    "over quantity": lambda s: s / (4 * pq.mV),
    "plus number": lambda s: s + 1,
    "plus other kind": lambda s: s + 1 * pq.s,
    "plus later signal": lambda s: s + s.time_shift(1 * pq.ms),
    "plus faster signal": lambda s: s[:5] + s[::2, :],
    "times later signal": lambda s: s * s.time_shift(1 * pq.ms),
    "over faster signal": lambda s: s[:5] / s[::2, :],
    "equal": lambda s: s == s,
    "equal to a later": lambda s: s == s.time_shift(1 * pq.ms),
    "less": lambda s: s < 5 * pq.mV,
    "rescale": lambda s: s.rescale("uV"),
    "rescale to the same": lambda s: s.rescale("mV"),
    "rescale to another kind": lambda s: s.rescale("s"),
    "rescale float32": lambda s: s.duplicate_with_new_data(s.magnitude.astype("f4")).rescale("uV"),
    "copied": lambda s: s.copy(),
    "deeply copied": copy.deepcopy,
    "pickled": lambda s: pickle.loads(pickle.dumps(s)),
    "array": lambda s: s.as_array(),
    "array in units": lambda s: s.as_array("uV"),
    "quantity": lambda s: s.as_quantity(),
    "index": lambda s: s.time_index(8.4 * pq.ms),
    "index of an exact half": lambda s: s.time_index(7.5 * pq.ms),
    "indices": lambda s: s.time_index([6.0, 7.2, 30] * pq.ms),
    "slice": lambda s: s.time_slice(6 * pq.ms, 9 * pq.ms),
    "slice in s": lambda s: s.time_slice(0.0065 * pq.s, 9 * pq.ms),
    "slice from": lambda s: s.time_slice(7 * pq.ms, None),
    "slice of all": lambda s: s.time_slice(None, None),
    "slice of nothing": lambda s: s.time_slice(7 * pq.ms, 7 * pq.ms),
    "slice before": lambda s: s.time_slice(1 * pq.ms, 7 * pq.ms),
    "slice beyond": lambda s: s.time_slice(7 * pq.ms, 70 * pq.ms),
    "slice between bare numbers": lambda s: s.time_slice(6.0, 9.0),
    "shifted": lambda s: s.time_shift(1 * pq.s),
    "new data": lambda s: s.duplicate_with_new_data([[1, 2, 3]]),
    "new data in units": lambda s: s.duplicate_with_new_data([[1, 2, 3]], units="V"),
    "rectified": lambda s: (s - 9 * pq.mV).rectify(),
    "merged": lambda s: s.merge(s),
    "merged in other units": lambda s: s.merge((s * 2).rescale("uV")),
    "merged with a later": lambda s: s.merge(s.time_shift(1 * pq.s)),
    "array annotations at": lambda s: s.array_annotations_at_index(1),
    "array annotations nowhere": lambda s: s.array_annotations_at_index(9),
    "parents": lambda s: s.parents,
    "spliced": lambda s: s.splice(s[2:4] * 0, copy=True),
    "spliced with another rate": lambda s: s.splice(s[2:6:2, :], copy=True),
    "spliced beyond": lambda s: s.splice(s.time_shift(1 * pq.ms), copy=True),
    "concatenated": lambda s: _without_annotations(s[:5].concatenate(s[5:])),
    "concatenated with a gap": lambda s: s[:3].concatenate(s[5:]),
    "concatenated by a number": lambda s: s[:3].concatenate(s[5:], padding=0.0),
    "concatenated with nothing": lambda s: s.concatenate(),
    "concatenated with something": lambda s: s.concatenate("x"),
    "concatenated channels": lambda s: s.concatenate(s[:, :1]),
}


@pytest.mark.parametrize("case", MADE)
def test_made_as_neo_makes_it(case: str) -> None:
    assert_same(MADE[case])


@pytest.mark.parametrize("case", READ)
def test_answers_as_neo_does(case: str) -> None:
    assert_same(lambda library: READ[case](signal(library)))


def _without_annotations(made: Any) -> Any:
    # Neo nests the annotations of concatenated signals one deep.
    made.annotations = {}
    return made


@pytest.mark.parametrize("method", ["downsample", "resample"])
def test_resamples_as_neo_does(method: str) -> None:
    pytest.importorskip("scipy.signal")
    rows = np.random.default_rng(1).normal(size=(100, 2))
    assert_same(lambda n: getattr(signal(n, data=rows, channels=2), method)(5))


def test_overlapping_and_padded_signals_join_as_neos_do() -> None:
    def joined(n: Any, **how: Any) -> Any:
        one = signal(n, array_annotations={"gain": [1, 2, 3]})
        other = signal(n, data=np.full((10, 3), -1.0), t_start=12 * pq.ms, name="other",
                       array_annotations={"gain": [1, 2, 3]})  # fmt: skip
        far = other.time_shift(30 * pq.ms)
        return _without_annotations(one.concatenate(far if "padding" in how else other, **how))

    for how in ({}, {"overwrite": True}, {"padding": True}, {"padding": 7 * pq.uV}):
        assert_same(lambda n, how=how: joined(n, **how))


def test_one_missing_sample_is_a_gap_and_a_fraction_of_one_is_none() -> None:
    one = signal(core)
    for late in (0.0, 0.3, -0.3):
        other = one.time_shift(one.duration + late * one.sampling_period)
        assert len(one.concatenate(other)) == len(other.concatenate(one)) == 2 * len(one)
    for missing in (0.7, 1.0):
        other = one.time_shift(one.duration + missing * one.sampling_period)
        with pytest.raises(core.baseneo.MergeError, match="gaps"):
            one.concatenate(other)
        assert np.isnan(one.concatenate(other, padding=True).magnitude[len(one)]).all()


def test_concatenated_annotations_stay_flat() -> None:
    one = signal(core)
    assert one[:5].concatenate(one[5:]).annotations == {"key": "value", "listed": [1, 2]}


def test_integers_are_not_padded_with_nan() -> None:
    one = signal(core, data=I2)
    with pytest.raises(ValueError, match="cannot hold NaN"):
        one.concatenate(one.time_shift(1 * pq.s), padding=True)


# Case, what Neo answers, what is right.
DEVIATIONS: dict[str, tuple[Call, Any, Any]] = {
    "left multiplication": (
        lambda s: float((2 * s.duplicate_with_new_data(s.magnitude, units=""))[0, 1]),
        -1.0, 2.0,
    ),
    "start of the last rows": (lambda s: float(s[-3:].t_start), 2.0, 12.0),
    "rate of every second row": (lambda s: float(s[::2].sampling_rate), 1000.0, 500.0),
    "rate of a negative": (lambda s: (-s).sampling_rate, None, 1000 * pq.Hz),
    "name of an absolute": (lambda s: abs(s).name, None, "sig"),
    "start after a ufunc": (lambda s: float(np.negative(s).t_start), 0.0, 5.0),
    "slice from the start": (
        lambda s: s.duplicate_with_new_data(s.magnitude).time_slice(None, 8 * pq.ms).shape,
        (8, 3), (3, 3),
    ),
    "annotations of a slice are its own": (
        lambda s: (s[:2].annotate(added=1), "added" in s.annotations)[1], True, False,
    ),
    "array annotations of a shallow copy": (
        lambda s: sorted(copy.copy(s).array_annotations), [], ["gain", "label"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DEVIATIONS)
def test_right_where_neo_is_wrong(case: str) -> None:
    call, wrong, right = DEVIATIONS[case]
    compare(call(signal(neo.core)), wrong, "Neo's")
    compare(call(signal(core)), right, "ours")


def test_unequal_is_elementwise() -> None:
    one = signal(core)
    assert not (one != one).any()
    assert (one != one.time_shift(1 * pq.ms)) is True


SUMS: dict[str, Any] = {
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "plus, from the right": lambda a, b: b + a,
    "minus, from the right": lambda a, b: b - a,
}


@pytest.mark.parametrize("case", SUMS)
@pytest.mark.parametrize("its_dtype", ["f8", "f4", "i4"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2"])
def test_sums_in_several_units_are_neos_to_the_last_bit(
    case: str, dtype: str, its_dtype: str
) -> None:
    rows, others = np.random.default_rng(5).normal(size=(2, 5, 2)) * 100

    def summed(n: Any, units: str, like_signal: bool) -> Any:
        one = signal(n, data=rows.astype(dtype), channels=2)
        values = others.astype(its_dtype)
        if like_signal:
            return SUMS[case](one, signal(n, data=values, channels=2, units=units))
        return [SUMS[case](one, pq.Quantity(part, units)) for part in (values, values[0, 0])]

    for units in ("uV", "V"):
        for like_signal in (True, False):
            assert_same(lambda n, u=units, k=like_signal: summed(n, u, k))


SETTERS: dict[str, Call] = {
    "start": lambda s: setattr(s, "t_start", 7 * pq.s),
    "no start": lambda s: setattr(s, "t_start", None),
    "rate": lambda s: setattr(s, "sampling_rate", 2 * pq.Hz),
    "no rate": lambda s: setattr(s, "sampling_rate", None),
    "rate without unit": lambda s: setattr(s, "sampling_rate", 2),
    "period": lambda s: setattr(s, "sampling_period", 2 * pq.ms),
    "no period": lambda s: setattr(s, "sampling_period", None),
    "period without unit": lambda s: setattr(s, "sampling_period", 2),
    "start, by its other name": lambda s: setattr(s, "_t_start", 7 * pq.s),
    "rate, by its other name": lambda s: setattr(s, "_sampling_rate", 2 * pq.Hz),
    "start changed": lambda s: s.__setattr__("t_start", s.t_start + 1 * pq.us),
    "annotations": lambda s: setattr(s, "annotations", {"other": 1}),
    "array annotations": lambda s: setattr(s, "array_annotations", {"other": np.arange(3)}),
    "name": lambda s: setattr(s, "name", "other"),
    "no such thing": lambda s: s.nothing,
    "duration": lambda s: setattr(s, "duration", 1 * pq.s),
    "times": lambda s: setattr(s, "times", [1] * pq.s),
}


@pytest.mark.parametrize("case", SETTERS)
def test_set_as_neo_sets_it(case: str) -> None:
    def changed(n: Any) -> Any:
        made = signal(n)
        before = made[2:4], made.copy(), made + 1 * pq.mV
        SETTERS[case](made)
        return [made, *before]

    assert_same(changed)


@pytest.mark.parametrize("change", ["*", "/", "**"])
def test_what_shares_samples_keeps_its_unit(change: str) -> None:
    def changed(n: Any) -> Any:
        part = signal(n)[2:4]
        if change == "*":
            part *= 2 * pq.s
        elif change == "/":
            part /= 2 * pq.s
        else:
            part **= 2
        return part

    with pytest.raises(ValueError, match="view"):
        changed(core)
    own = signal(core).copy()
    own *= 2 * pq.s
    assert (own.units, own[1, 1]) == (pq.mV * pq.s, 8 * pq.mV * pq.s)


def test_samples_are_shared_and_metadata_are_not() -> None:
    data = np.zeros((10, 3))
    one = signal(core, data=data)
    part = one[2:8, 1:]
    part[0, 0] = 7 * pq.mV
    part.array_annotations["gain"][0] = 99
    part.name = "part"
    assert data[2, 1] == 7
    assert one.array_annotations["gain"].tolist() == [0, 1, 2]
    assert one.name == "sig"


UNITS_SET: dict[str, Call] = {
    "made": lambda s: s,
    "slice": lambda s: s[1:],
    "sum": lambda s: s + s,
    "copy": lambda s: s.copy(),
    "slice of a copy": lambda s: s.copy()[1:],
    "to another kind": lambda s: s.copy() * pq.s,
}


@pytest.mark.parametrize("case", UNITS_SET)
def test_units_are_set_where_neo_lets_them(case: str) -> None:
    def changed(n: Any) -> Any:
        made = UNITS_SET[case](signal(n))
        made.units = "uV"
        return made

    assert_same(changed)


def test_a_slice_pickles_small() -> None:
    segment = core.Segment()
    one = signal(core, data=np.zeros((100_000, 3)))
    segment.analogsignals.append(one)
    part = one[5:10]
    assert part.segment is segment
    assert len(pickle.dumps(part)) < 2000
    assert pickle.loads(pickle.dumps(part)).segment is None


def test_the_segment_stays_where_neo_keeps_it() -> None:
    def kept(n: Any) -> list[bool]:
        one = signal(n)
        n.Segment().analogsignals.append(one)
        made = [one[:3], one[:, 1:], one.rescale("uV"), one.copy(), one.merge(one), one + one,
                one.time_slice(None, None), one.time_shift(1 * pq.s), copy.deepcopy(one),
                one.duplicate_with_new_data(one.magnitude)]  # fmt: skip
        return [other.segment is one.segment for other in made]

    assert kept(core) == kept(neo.core)


def test_parts_make_the_same_signal_as_the_constructor() -> None:
    data = np.arange(30.0).reshape(10, 3)
    names = {"label": np.array(["a", "b", "c"])}
    made = core.AnalogSignal._from_parts(
        data, unit("mV"), 0.005, 1000.0, "sig", "text", "x.trc", {"key": 1},
        ArrayDict.trusted(3, names),
    )  # fmt: skip
    wanted = neo.AnalogSignal(
        data, "mV", t_start=0.005 * pq.s, sampling_rate=1000.0 * pq.Hz, name="sig",
        description="text", file_origin="x.trc", array_annotations=names, key=1,
    )  # fmt: skip
    compare(made, wanted, "made")
    assert np.shares_memory(made, data)
    bare = core.AnalogSignal._from_parts(data, unit("mV"), 0.0, 1.0)
    assert (bare.name, bare.annotations, dict(bare.array_annotations)) == (None, {}, {})


def test_windows_around_events_are_neos() -> None:
    def averaged(n: Any) -> list[Any]:
        rows = np.arange(2000.0).reshape(1000, 2)
        one = signal(n, data=rows, channels=2, sampling_rate=256 * pq.Hz, t_start=0.1 * pq.s)
        before, after = -20 * pq.ms, +20 * pq.ms
        marks = n.Event(np.array([0.5, 0.70703125, 1.90234375, 3.0]), units="s")
        return [one.time_slice(t + before, t + after) for t in marks.times]

    compare(averaged(core), averaged(neo.core), "windows")


@pytest.mark.parametrize("percent", [25, [25, 50]])
def test_quantiles_of_channels_are_quantities(percent: Any) -> None:
    one = signal(core)
    made = np.percentile(one, percent, axis=0)
    assert made.units == one.units
    assert np.array_equal(made.magnitude, np.percentile(one.magnitude, percent, axis=0))


@pytest.mark.parametrize("flat", [np.ravel, np.squeeze])
def test_samples_of_a_flat_channel_are_chosen(flat: Call) -> None:
    one = flat(signal(core)[:, 1])
    values = one.magnitude
    assert (
        one[one > values[2] * one.units].magnitude.tolist() == values[values > values[2]].tolist()
    )
    assert one[[0, 2]].magnitude.tolist() == values[[0, 2]].tolist()


def test_a_single_value_is_no_signal() -> None:
    with pytest.raises(IndexError, match="single value"):
        core.AnalogSignal(5.0, "mV", sampling_rate=1 * pq.Hz)


def test_an_axis_without_unit_stays_without() -> None:
    one = core.AnalogSignal([1, 2], "", sampling_period=1 * pq.dimensionless,
                            t_start=0 * pq.dimensionless)  # fmt: skip
    for made in (one, one[1:], one * 2, copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert str(made.sampling_rate) == "1.0 dimensionless"
        assert str(made.t_stop.units) == "1.0 dimensionless"
