"""A signal is what NumPy users expect, in physical units, and never quietly wrong about time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
import quantities as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.recording.made import CUT, NAMES, RAW, TRUTH, K, N, made

from neophys.errors import ChannelError, ClosedError, GapError, OutOfRangeError, UnitsError

REC = made()
SIG = REC.signals["EEG"]
index = st.one_of(st.none(), st.integers(-N - 50, N + 50))
steps = st.one_of(st.none(), st.integers(-60, 60).filter(bool))


def read(signal: Any) -> np.ndarray:
    return np.asarray(signal.read(gaps="skip").values)


def close(values: np.ndarray, truth: np.ndarray) -> None:
    np.testing.assert_allclose(values, truth, rtol=1e-6)
    assert values.shape == truth.shape


@settings(max_examples=200, deadline=None)
@given(index, index, steps, st.lists(st.integers(-K, K - 1), max_size=6))
def test_slices_follow_numpy(a: Any, b: Any, step: Any, channels: list[int]) -> None:
    rows = slice(a, b, step)
    close(read(SIG[rows]), TRUTH[rows])
    close(read(SIG[rows, channels]), TRUTH[rows][:, channels])
    close(read(SIG[rows, 1:3]), TRUTH[rows, 1:3])
    np.testing.assert_array_equal(read(SIG[rows, ::-2].raw), RAW[rows, ::-2])
    assert SIG[rows].shape == TRUTH[rows].shape


@settings(max_examples=100, deadline=None)
@given(index, index, steps, index, index, steps)
def test_slices_compose(a: Any, b: Any, s: Any, c: Any, d: Any, t: Any) -> None:
    close(read(SIG[a:b:s][c:d:t]), TRUTH[a:b:s][c:d:t])


def test_integers_and_names_drop_the_dimension_lists_keep_it() -> None:
    close(read(SIG[5]), TRUTH[5])
    close(read(SIG[-1, 2]), np.asarray(TRUTH[-1, 2]))
    close(read(SIG["Cz"]), TRUTH[:, 1])
    close(read(SIG[["O2", "Fp1"]]), TRUTH[:, [2, 0]])
    close(read(SIG[3:9, "EKG"]), TRUTH[3:9, 3])
    close(read(SIG[3:9, np.array([True, False, True, False])]), TRUTH[3:9, ::2])
    close(read(SIG[:, []]), TRUTH[:, []])
    assert SIG["Cz"].dims == ("time",)
    assert SIG[4, ["Cz"]].dims == ("channel",)
    assert SIG[4, "Cz"].shape == ()
    assert SIG[["Cz", "Cz"]].shape == (N, 2)


@pytest.mark.parametrize(
    ("key", "error", "says"),
    [
        (1.5, TypeError, r"sig.sel\(time=1.5\)"),
        (slice(0.0, 1.0), TypeError, "whole numbers"),
        (N, OutOfRangeError, "no sample 1000: there are 1000"),
        ("cz", ChannelError, "did you mean 'Cz'"),
        (["Cz", "no such"], ChannelError, "no channel 'no such'"),
        ((slice(None), 7), ChannelError, "there are 4"),
        ((slice(None), [True, False]), ChannelError, "mask"),
        ((0, 0, 0), IndexError, "3 indexes"),
        (slice("99 s", "100 s"), OutOfRangeError, "covers 0 to 12 s"),
    ],
)
def test_what_cannot_be_chosen_says_what_to_write(key: Any, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        SIG[key]


def test_times_are_true_across_the_gap() -> None:
    truth = np.concatenate([np.arange(CUT) / 100, 8 + np.arange(N - CUT) / 100])
    np.testing.assert_allclose(SIG.times, truth, rtol=1e-15)
    np.testing.assert_allclose(SIG[::-7].times, truth[::-7], rtol=1e-15)
    assert (SIG.t_start, SIG.t_stop) == (0.0, 12.0)
    assert [p.shape for p in SIG.pieces] == [(CUT, K), (N - CUT, K)]
    assert SIG[700:].pieces[0].t_start == 9.0


def test_a_read_across_a_gap_is_refused_filled_or_joined_as_asked() -> None:
    part = SIG[590:610]
    with pytest.raises(GapError, match=r"samples 599 and 600 .* 5.990000 s, then 8.000000 s"):
        part.read()
    filled = part.read(gaps="nan")
    assert filled.shape == (10 + 200 + 10, K)
    np.testing.assert_allclose(filled.time, 5.9 + np.arange(220) / 100)
    close(filled.values[:10], TRUTH[590:600])
    close(filled.values[210:], TRUTH[600:610])
    assert np.isnan(filled.values[10:210]).all()
    joined = part.read(gaps="skip")
    close(joined.values, TRUTH[590:610])
    np.testing.assert_allclose(joined.time[[9, 10]], [5.99, 8.0])
    out = np.zeros((220, K))
    assert part.read(out=out, gaps="nan") is out
    np.testing.assert_allclose(out, filled.values, rtol=1e-6)
    with pytest.raises(TypeError, match="NaN"):
        part.raw.read(gaps="nan")
    with pytest.raises(ValueError, match="'raise', 'nan' or 'skip'"):
        part.read(gaps="ignore")
    close(SIG[CUT:].read().values, TRUTH[CUT:])


def test_time_windows_are_half_open_and_of_equal_length() -> None:
    close(read(SIG.sel(time=(1.0, 2.0))), TRUTH[100:200])
    close(read(SIG.sel(time=slice(None, "40ms"))), TRUTH[:4])
    close(read(SIG["8s":"8.05s"]), TRUTH[600:605])
    close(read(SIG.sel(time=(pq.Quantity(1000, "ms"), 1.05))), TRUTH[100:105])
    close(read(SIG.sel(time=(datetime(2020, 5, 17, 10, 0, 1), "1.1s"))), TRUTH[100:110])
    close(read(SIG.sel(time=(timedelta(seconds=2), "0:02.02"))), TRUTH[200:202])
    close(read(SIG.sel(time=1.0, channel="Cz")), np.asarray(TRUTH[100, 1]))
    close(read(SIG.sel(time=(11.9, 99), outside="clip")), TRUTH[990:])
    lengths = {len(SIG.sel(time=(t, t + 0.033))) for t in np.linspace(0.5, 5, 57)}
    assert lengths == {3}
    assert len(SIG.sel(time=(6.5, 7.5))) == 0
    close(read(SIG.sel(time=(5.9, 8.1))), TRUTH[590:610])
    close(read(SIG.sel(time=(7, 8.1))), TRUTH[600:610])
    close(read(SIG.sel(time=(-3, 0.05), outside="clip")), TRUTH[:5])
    assert SIG[100:200].sel(time=(0, 1.05), outside="clip").shape == (5, K)


@pytest.mark.parametrize(
    ("time", "error", "says"),
    [
        ((-1, 1), OutOfRangeError, "covers 0 to 12 s"),
        ((11, 13), OutOfRangeError, "outside='clip'"),
        (12.5, OutOfRangeError, "covers"),
        (7.0, OutOfRangeError, "lies in a gap"),
        ((2, 1), ValueError, "ends before it begins"),
        (("soon", 1), ValueError, "no time"),
        ([1, 2], TypeError, "around"),
        ((1, 2, 3), ValueError, r"\(start, stop\)"),
        ((None, True), TypeError, "one time"),
    ],
)
def test_times_that_make_no_sense_are_refused(time: Any, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        SIG.sel(time=time)


def test_units_are_the_files_or_those_asked_for() -> None:
    assert SIG.units == ("uV", "uV", "uV", "mV")
    assert SIG[:, :3].units == "uV"
    whole = SIG[:9].read()
    assert whole.coords["units"].tolist() == ["uV", "uV", "uV", "mV"]
    mv = SIG[:9].read(units="mV")
    close(mv.values, TRUTH[:9] * [1e-3, 1e-3, 1e-3, 1])
    assert mv.units == "mV"
    with pytest.raises(UnitsError, match="Fp1, Cz, O2, EKG"):
        SIG[:9].read(units="pA")
    assert SIG.raw.units == "raw"


def test_dtype_and_order_are_those_asked_for() -> None:
    assert SIG[:9].read().dtype == np.float32
    assert REC.signals["Slow"][:9].read().dtype == np.float64
    double = SIG[:9].read(dtype="f8").values
    np.testing.assert_array_equal(double, TRUTH[:9])
    assert SIG[:9].read(order="channel").values.flags.f_contiguous
    assert SIG[:9].read(order="time").values.flags.c_contiguous
    assert SIG[:9].raw.read().dtype == np.int16
    with pytest.raises(TypeError, match=r"\.raw"):
        SIG[:9].read(dtype=np.int16)
    with pytest.raises(TypeError, match="no units"):
        SIG.raw.read(units="mV", gaps="skip")


@pytest.mark.parametrize(
    "key", [(slice(2, 9),), (slice(90, 2, -3),), (5,), (slice(2, 9), "Cz"), (5, 1)]
)
def test_out_is_filled_and_returned(key: Any) -> None:
    part = SIG[key]
    holder = np.full([2 * n for n in part.shape], -1.0)
    out = holder[(..., *(slice(None, None, 2) for _ in part.shape))]
    assert part.read(out=out) is out
    np.testing.assert_allclose(
        out, TRUTH[key if len(key) < 2 or key[1] != "Cz" else (key[0], 1)], rtol=1e-12
    )
    with pytest.raises(ValueError, match="shape"):
        part.read(out=np.empty((99, 9)))


def test_numpy_reads_it_and_iteration_does_not() -> None:
    part = SIG[2:7]
    np.testing.assert_array_equal(np.asarray(part), part.read().values)
    assert np.asarray(part, dtype=np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="copy"):
        np.array(part, copy=False)
    for wrong in (iter, bool, lambda s: 3 in s):
        with pytest.raises(TypeError):
            wrong(part)
    assert (part.ndim, part.size, part.nbytes, len(part)) == (2, 20, 80, 5)


def test_what_is_read_has_names() -> None:
    x = SIG[2:7].read()
    assert x.dims == ("time", "channel")
    assert x.channel.tolist() == list(NAMES)
    close(x["Cz"].values, TRUTH[2:7, 1])
    close(x.sel(time=(0.03, 0.05), channel=["O2", "Fp1"]).values, TRUTH[3:5, [2, 0]])
    close(x.isel(time=-1, channel=3).values, np.asarray(TRUTH[6, 3]))
    assert x["EKG"].units == "mV"
    doubled = x + x
    assert doubled.dims == x.dims
    close(doubled.values, 2 * TRUTH[2:7])
    with pytest.raises(ValueError, match="'time' differ"):
        x - SIG[3:8].read()
    with pytest.raises(KeyError, match="did you mean 'Cz'"):
        x["cz"]


def test_a_closed_recording_says_so() -> None:
    rec = made()
    sig = rec.signals["EEG"]
    with rec:
        sig[:5].read()
    with pytest.raises(ClosedError):
        sig[:5].read()
    assert "closed" in repr(sig)
    assert "closed" in repr(rec)
