"""What is read stays what it says it is: names, units and memory order, alone and on the way."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.recording.made import RAW, cut, made

from neophys import formats
from neophys.errors import (
    ChannelError,
    EventError,
    HeaderError,
    MissingFileError,
    NeophysError,
    TruncatedError,
    UnitsError,
)
from neophys.recording.labelled import Labelled

SIG = made().signals["EEG"]


def test_converted_values_are_in_one_unit() -> None:
    mixed, single = SIG[:5].read(), SIG[:5].read(units="microV")
    assert mixed.coords["units"].tolist() == ["uV", "uV", "uV", "mV"]
    assert (single.units, set(single.coords)) == ("uV", {"time", "channel"})
    part = SIG[590:610]
    assert "units" not in part.read(units="mV", gaps="nan").coords
    assert "units" in part.read(gaps="nan").coords


@pytest.mark.parametrize(
    ("compute", "units"),
    [
        (lambda x: x + x, "uV"),
        (lambda x: x - 1, "uV"),
        (lambda x: -abs(x), "uV"),
        (lambda x: 2 * x / 3, "uV"),
        (lambda x: x * x, ""),
        (lambda x: 1 / x, ""),
        (lambda x: x / x, ""),
        (np.sqrt, ""),
        (lambda x: x > 0, ""),
    ],
)
def test_arithmetic_keeps_the_units_that_are_true(compute: Any, units: str) -> None:
    x = SIG[:5, :2].read()
    with np.errstate(all="ignore"):
        made_of, truth = compute(x), compute(x.values)
    assert made_of.units == units
    np.testing.assert_array_equal(made_of.values, truth)
    with np.errstate(all="ignore"):
        mixed = compute(SIG[:5].read())
    assert ("units" in mixed.coords) == (units != "")


def test_different_units_do_not_go_together() -> None:
    x, y = SIG[:5, 0].read(), SIG[:5, 0].read(units="mV")
    with pytest.raises(UnitsError, match=r"read\(units"):
        x - y
    with pytest.raises(UnitsError):
        _ = x > y
    assert (x / y).units == ""


def test_arithmetic_in_place() -> None:
    x = SIG[:5].read()
    before, values = x.values.copy(), x.values
    x += 1
    x -= 1
    x *= 2
    assert isinstance(x, Labelled)
    assert x.values is values
    np.testing.assert_allclose(values, before * 2, rtol=1e-6)


def test_an_ellipsis_stands_for_the_dimensions_left_out() -> None:
    windows = SIG.around("Trigger", 0.02, 0.03).read()
    for key in ((..., 0), (0, ...), (..., 1, 2), ..., (1, ..., 2), (..., [0, 2])):
        assert windows[key].values.shape == windows.values[key].shape
        np.testing.assert_array_equal(windows[key].values, windows.values[key])
    assert windows[..., 0].dims == ("trial", "time")
    for wrong in (None, windows.values > 0):
        with pytest.raises(IndexError, match=r"\.values"):
            windows[wrong]


def test_times_are_chosen_however_it_was_read() -> None:
    there, back = SIG[:9].read(), SIG[8::-1].read()
    for time in ((0.02, 0.05), slice("20ms", "50ms")):
        assert there.sel(time=time).time.tolist() == [0.02, 0.03, 0.04]
        assert back.sel(time=time).time.tolist() == [0.04, 0.03, 0.02]
    assert there.sel(time=(9, None)).shape == (0, 4)
    with pytest.raises(ValueError, match=r"\(start, stop\)"):
        there.sel(time=0.02)
    with pytest.raises(ValueError, match="no dimension 'channel'"):
        SIG[:9, "Cz"].read().sel(channel="Cz")
    with pytest.raises(ChannelError, match="several"):
        SIG[:9, ["Cz", "Cz"]].read()["Cz"]


def test_memory_order_is_as_asked_with_a_step_too() -> None:
    assert SIG[:90:7].read(order="channel").values.flags.f_contiguous
    assert SIG[:90:7].read(order="time").values.flags.c_contiguous
    for wrong in ({"order": "C"}, {"gaps": "nans"}):
        with pytest.raises(ValueError, match=r"'C'|'nans'"):
            SIG[:5].read(**wrong)


@pytest.mark.parametrize("key", [slice(0, 90), slice(0, 900, 7), slice(900, 0, -7)])
@pytest.mark.parametrize("raw", [False, True])
def test_progress_goes_to_the_end(key: slice, raw: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neophys.recording.reads._STEP_TILE", 500)
    told: list[tuple[int, int]] = []
    sig = SIG.raw if raw else SIG
    values = sig[key].read(gaps="skip", progress=lambda *done: told.append(done)).values
    assert told[-1] == (len(values), len(values))
    np.testing.assert_allclose(values, (SIG.raw if raw else SIG).read(gaps="skip").values[key])
    if not raw:
        SIG[590:610].read(gaps="nan", progress=lambda *done: told.append(done))
        assert told[-1] == (20, 20)


@pytest.mark.parametrize(
    ("raw", "out", "says"),
    [
        (True, np.empty((5, 4), "i1"), "int8 cannot hold raw samples of int16"),
        (True, np.empty((5, 4), "u2"), "uint16 cannot hold"),
        (False, np.empty((5, 4), "i4"), "float32 or float64, not int32"),
        (False, np.empty((5, 4), ">f4"), "not >f4"),
        (False, [0.0] * 5, "NumPy array, not list"),
    ],
)
def test_what_cannot_hold_the_values_is_not_filled(raw: bool, out: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        (SIG.raw if raw else SIG)[:5].read(out=out)
    wide = np.empty((5, 4), "f8")
    np.testing.assert_array_equal(SIG.raw[:5].read(out=wide), RAW[:5])


def test_what_was_read_travels_without_what_it_was_read_from() -> None:
    rec = made()  # from bytes: it could not come along
    for x in (SIG[:5].read(), SIG[590:610].read(gaps="nan", units="mV")):
        for other in (pickle.loads(pickle.dumps(x)), copy.copy(x), copy.deepcopy(x)):
            np.testing.assert_array_equal(other.values, x.values)
            assert (other.dims, other.units, other.attrs) == (x.dims, x.units, x.attrs)
            assert other.time.tolist() == x.time.tolist()
    for events in (rec.events, rec.events["Trigger"], rec.events.where("a")):
        for other in (pickle.loads(pickle.dumps(events)), copy.deepcopy(events)):
            assert list(other.label) == list(events.label)
            assert other.names == events.names
    row = rec.events["Trigger"][1]
    assert repr(pickle.loads(pickle.dumps(row))) == repr(copy.deepcopy(row)) == repr(row)


def test_what_is_read_later_travels_with_its_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats._loaded, "made", made()._format)
    rec = made(tmp_path / "a.made")
    trials = rec.signals["EEG"].around("Trigger", "20ms", "30ms", baseline=(None, 0))
    train = rec.spikes["SPK"]
    for travel in (lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy):
        other = travel(trials)
        np.testing.assert_array_equal(other.mean().values, trials.mean().values)
        assert other.dropped == trials.dropped
        np.testing.assert_array_equal(travel(train).waveforms, train.waveforms)
        assert travel(rec.blocks[0].segments[0]).t_stop == 12.0


@pytest.mark.parametrize(
    "error",
    [
        HeaderError("a.trc", 12, "gain", b"x", "a number"),
        TruncatedError("a.trc", 5, 10, 3, "samples"),
        MissingFileError("b.ent: no such file"),
        ChannelError("no channel 'x'"),
    ],
)
def test_errors_travel_whole(error: NeophysError) -> None:
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_columns_are_kept_where_all_events_have_them() -> None:
    events = cut([(0, 5)], [(9, 5)], [(20, 5)]).events
    assert events.columns["code"].tolist() == [7, 7]
    assert events["marks, all of them"].columns["code"].tolist() == [7, 7]


def test_an_event_channel_without_a_name_goes_by_its_id() -> None:
    events = cut([(0, 5)]).events
    assert events[0].channel == "marks, all of them"
    assert len(events.where("0")["marks, all of them"]) == 1


def test_events_are_chosen_by_several_values_and_open_ranges() -> None:
    trigger = made().events["Trigger"]
    assert len(trigger.where({"label": ["a", "b"]})) == 4
    assert len(trigger.where({"code": (2, None)})) == 4
    assert len(trigger.where({"code": (None, 2)})) == 2


@pytest.mark.parametrize("key", [[], 5, None, ["Cz", 3]])
def test_channels_of_a_recording_go_by_name(key: Any) -> None:
    with pytest.raises(ChannelError, match="by name or id"):
        made()[key]
    assert made()["Cz", "O2"].shape == made()[["Cz", "O2"]].shape


def test_errors_within_a_signal_are_not_taken_for_unknown_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals = made().signals

    def broken(_: int) -> None:
        raise IndexError("something else")

    monkeypatch.setattr(signals, "_make", broken)
    with pytest.raises(IndexError, match="something else"):
        signals[0]
    with pytest.raises(EventError):
        made().events["no such"]
