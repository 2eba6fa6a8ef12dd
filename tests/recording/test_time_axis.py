"""Times mean what they say: across gaps, overlaps, segments, and where there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.recording.made import cut, made

from neophys.errors import EventError, GapError, OutOfRangeError


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=6),
    st.integers(0, 30), st.integers(0, 30), st.floats(-1, 60), st.floats(0, 20),
)  # fmt: skip
def test_windows_and_nearest_samples_are_those_of_a_slow_search(
    runs: list[tuple[int, int]], a: int, b: int, at: float, width: float
) -> None:
    ticks, pieces = 0, []
    for gap, size in runs:
        ticks += gap
        pieces.append((ticks, size))
        ticks += size
    sig = cut(pieces).signals[0][a:b]
    truth = np.array([t + i for t, n in pieces for i in range(n)])[a:b] / 100
    np.testing.assert_allclose(sig.times, truth, rtol=1e-15)
    if not len(truth):
        return
    nearest = sig.sel(time=at / 100, outside="clip")
    assert abs(nearest.t_start - at / 100) <= np.abs(truth - at / 100).min() + 1e-12
    # On a grid of whole ticks a window of whole ticks holds what lies in it.
    low, high = round(at), round(at) + round(width)
    window = sig.sel(time=(low / 100, high / 100), outside="clip").times
    ticks_of = np.rint(truth * 100)
    np.testing.assert_allclose(window, truth[(ticks_of >= low) & (ticks_of < high)], rtol=1e-15)
    assert sum(len(piece) for piece in sig.pieces) == len(truth)
    filled = sig["x"].read(gaps="nan")
    np.testing.assert_array_equal(filled.time[~np.isnan(filled.values)].round(6), truth.round(6))


def test_an_open_end_is_the_end_whatever_the_other_is() -> None:
    sig = cut([(0, 9)]).signals[0]
    assert sig.sel(time=(0.005, None)).shape == (9, 1)
    assert sig.sel(time=(0.025, None)).times[-1] == 0.08


@pytest.mark.parametrize(
    "segments",
    [([(0, 10)], [(0, 10)]), ([(0, 10)], [(5, 10)]), ([(0, 10), (9, 3)],), ([(5, 9)], [(0, 9)])],
)
def test_times_that_mean_several_samples_are_refused(segments: Any) -> None:
    rec = cut(*segments)
    sig = rec.signals[0]
    for ask in (
        lambda s: s.sel(time=(0, 0.1)),
        lambda s: s.sel(time=0.05),
        lambda s: s.around([0.05], 0.01, 0.01),
        lambda s: s.read(gaps="nan"),
    ):
        with pytest.raises(OutOfRangeError, match=r"overlap in time.*\.pieces\[i\]"):
            ask(sig)
    with pytest.raises(GapError):
        sig.read()
    assert len(sig.pieces) == 2
    for part in sig.pieces:
        t = part.t_start
        np.testing.assert_array_equal(
            part.sel(time=(t, t + 0.03)).read().values, part[:3].read().values
        )


def test_a_time_in_a_gap_means_the_nearer_side() -> None:
    sig = cut([(0, 10), (30, 10)]).signals[0]
    assert [sig.sel(time=t, outside="clip").t_start for t in (0.15, 0.25)] == [0.09, 0.3]
    assert sig.sel(time=0.098).t_start == 0.09
    with pytest.raises(OutOfRangeError, match="gap"):
        sig.sel(time=0.25)


def test_pieces_that_begin_a_little_early_lose_no_sample_on_the_grid() -> None:
    sig = cut([(0, 10), (10, 5)], rate=100.0).signals[0]
    assert sig.read(gaps="nan").shape == (15, 1)
    early = cut([(0, 3), (4, 3), (5, 3)], rate=125.0).signals[0]  # 0.25 early, then overlapping
    with pytest.raises(OutOfRangeError, match="overlap"):
        early.read(gaps="nan")


def test_without_a_rate_there_are_samples_and_no_times() -> None:
    sig = cut([(0, 4)], rate=0.0).signals[0]
    assert "0 Hz" in repr(sig)
    assert sig[1:3].read().values.ravel().tolist() == [1, 2]
    assert np.isnan(sig.read().time).all()
    with pytest.raises(OutOfRangeError, match=r"no sampling rate.*by samples"):
        sig.sel(time=(0, 1))


@pytest.mark.parametrize("segments", [(), ([],), ([(0, 0)],), ([], [(3, 0), (2, 0)])])
def test_signals_without_samples_are_empty(segments: Any) -> None:
    rec = cut(*segments)
    assert "Recording" in repr(rec)
    assert (len(rec.events), rec.duration) == (len(rec.events), rec.duration)
    for sig in rec.signals:
        assert sig.shape == (0, 1)
        assert sig.read().values.shape == sig.read(gaps="nan").values.shape == (0, 1)
        assert len(sig.times) == 0
        assert "empty" in repr(sig)
        with pytest.raises(OutOfRangeError, match="no samples"):
            sig.sel(time=(0, 1))


def test_a_recording_without_blocks_is_empty() -> None:
    rec = made()
    rec.contents = replace(rec.contents, blocks=())
    assert (rec.duration, len(rec.signals), len(rec.events), rec.segments) == (0, 0, 0, ())
    assert len(rec.spikes["SPK"]) == 0
    assert "Recording" in repr(rec)


def test_windows_stay_in_the_selection() -> None:
    sig = made().signals["EEG"]
    for first, last in ((95, 105), (98, 103), (99, 103), (98, 102)):
        part = sig[first:last]
        if first <= 98 and last >= 103:
            values = part.around([1.0], 0.02, 0.03).read().values[0]
            np.testing.assert_array_equal(values, sig[98:103].read().values)
        else:
            with pytest.raises(EventError, match="0 trials"):
                part.around([1.0], 0.02, 0.03)


def test_windows_around_times_that_are_none_are_outside() -> None:
    trials = made().signals["EEG"].around([1.0, np.nan, np.inf, -1e300], 0.02, 0.03)
    assert (trials.n, [d.reason for d in trials.dropped]) == (1, ["outside"] * 3)


def test_a_segments_signal_is_cut_around_its_own_events() -> None:
    rec = cut([(0, 10)], [(0, 10)], [(0, 10)])
    for number in (0, 1):
        trials = rec.segments[number].signals[0].around("marks, all of them", 0, 0.02)
        assert trials.events.label.tolist() == [str(number)]
        assert trials.read().values.ravel().tolist() == [10 * number, 10 * number + 1]


def test_around_reads_the_table_of_one_event_channel_only() -> None:
    rec = made()
    rec.signals["EEG"].around("Trigger", 0.02, 0.02)
    assert rec.issues == ()


def test_windows_know_no_times_but_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    trials = made().signals["EEG"].around("Trigger", 0.02, 0.02)

    def all_times(*_: Any) -> None:
        raise AssertionError("hours of them")

    monkeypatch.setattr("neophys.reading.axis.Axis.times", all_times)
    assert len(trials.mean().time) == len(trials[0].time) == len(trials.read().time) == 4


def test_trials_are_chosen_by_slice_mask_and_numbers() -> None:
    trials = made().signals["EEG"].around("Trigger", 0.02, 0.02)
    whole = trials.read().values
    for key in (slice(1, 3), [0, 2], np.array([True, False, True, False, False])):
        some = trials[key]
        np.testing.assert_array_equal(some.read().values, whole[key])
        assert some.events.times.tolist() == trials.events.times[key].tolist()
    np.testing.assert_array_equal(trials[np.int64(-1)].values, whole[-1])
    with pytest.raises(EventError, match="0 trials"):
        trials[:0].mean()


@pytest.mark.parametrize("key", [[1, 2], np.array([1, 2]), True, ...])
def test_samples_are_taken_by_slice_or_number(key: Any) -> None:
    with pytest.raises(TypeError, match="by slice or number"):
        made().signals["EEG"][key]


def test_windows_lie_around_times_however_they_are_written() -> None:
    trials = made().signals["EEG"].around(["1s", "2000 ms"], 0.02, 0.02)
    assert trials.events.times.tolist() == [1.0, 2.0]
