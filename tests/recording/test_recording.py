"""A recording tells what it holds, finds things by name, and travels."""

from __future__ import annotations

import gc
import pickle
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.recording.made import DATA, EVENTS, FORMAT, LABELS, RAW, TRUTH, K, made

import neophys
from neophys import formats
from neophys.errors import (
    ChannelError,
    EventError,
    MixedRatesError,
    NeophysError,
    OutOfRangeError,
    SourceChangedError,
    UnknownFormatError,
)
from neophys.recording.lookup import Named


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    """The made format is found by its name, as one of another package is."""
    forget = formats.register(FORMAT)
    yield
    forget()


def test_where_there_is_none_nothing_is_listed() -> None:
    none = Named[int]((), (), int, what="event channel", error=EventError)
    assert repr(none) == "<0 event channels>"
    with pytest.raises(EventError) as caught:
        none["Trigger"]
    assert str(caught.value) == "no event channel 'Trigger': there is none"


def test_signals_are_found_by_name_id_and_number() -> None:
    rec = made()
    assert rec.signals.names == ("EEG", "Slow")
    assert rec.signals["slow"].name == rec.signals[1].name == rec.signals[-1].name == "Slow"
    assert [s.name for s in rec.signals] == ["EEG", "Slow"]
    with pytest.raises(ChannelError, match="did you mean 'EEG'"):
        rec.signals["EGG"]
    with pytest.raises(ChannelError, match="there are 2"):
        rec.signals[2]
    with pytest.raises(ChannelError, match="2 signals: EEG, Slow"):
        _ = rec.signal
    assert rec["Cz"].shape == (1000,)
    assert rec[["O2", "Cz"]].channels["name"].tolist() == ["O2", "Cz"]
    with pytest.raises(
        ChannelError, match=r"2 channels are called 'Fp1'; choose by id \('0', 's0'\)"
    ):
        rec["Fp1"]
    with pytest.raises(MixedRatesError, match="EEG"):
        rec[["Cz", "s0"]]


def test_it_tells_what_it_holds_and_not_who_was_recorded() -> None:
    rec = made()
    text = repr(rec)
    assert "12 signals" not in text
    assert "Doe" not in text + repr(rec.subject) + repr(rec.contents)
    assert "Doe" in rec.subject.show()
    assert text.count("\n") < 12
    assert (rec.duration, rec.t_start, rec.t_stop, rec.format) == (12.0, 0.0, 12.0, "made")
    assert len(rec.segments) == len(rec.blocks) == 1
    assert rec.segments[0].signals["EEG"].shape == (1000, K)


def test_events_are_one_table_with_parts() -> None:
    rec = made()
    trigger = rec.events["Trigger"]
    np.testing.assert_allclose(trigger.times, EVENTS / 100)
    assert trigger.labels == {"a": 3, "b": 1, "stim/1": 1, "stim/2": 1}
    assert np.isnan(trigger.durations).all()
    everything = rec.events
    assert len(everything) == 8
    assert (np.diff(everything.times) >= 0).all()
    assert everything.names == ("Trigger", "Note")
    row = trigger[1]
    assert (row.time, row.label, row.channel, row.columns["code"]) == (1.0, "b", "Trigger", 1)
    assert [e.label for e in trigger] == list(LABELS)
    with pytest.raises(EventError, match="did you mean 'Trigger'"):
        rec.events["trigger"]
    with pytest.raises(EventError, match="no event 9"):
        trigger[9]


def test_a_deferred_table_is_read_when_asked_for_and_its_issues_count() -> None:
    rec = made()
    assert rec.issues == ()
    note = rec.events["Note"]
    assert note.label.tolist() == ["späte Notiz", ""]
    assert note.durations[0] == 0.5
    assert len(rec.events["Note"]) == 2
    assert [issue.message for issue in rec.issues] == ["one note has no text"]


@pytest.mark.parametrize(
    ("choice", "n"),
    [
        ("a", 3),
        ("stim/*", 2),
        (["a", "b"], 4),
        ({"code": (1, 4)}, 3),
        ({"label": "a", "time": (0, 4)}, 2),
        (np.array([True, False, False, False, False, True]), 2),
        (lambda events: events.times > 5, 3),
    ],
)
def test_events_are_chosen(choice: object, n: int) -> None:
    assert len(made().events["Trigger"].where(choice)) == n  # type: ignore[arg-type]  # any kind


def test_a_choice_of_nothing_says_what_there_is() -> None:
    trigger = made().events["Trigger"]
    with pytest.raises(EventError, match="did you mean 'stim/1'"):
        trigger.where("stim1")
    with pytest.raises(EventError, match="no column 'colour'; there are: time"):
        trigger.where({"colour": 1})


def test_windows_around_events_are_averaged_exactly() -> None:
    sig = made().signals["EEG"]
    trials = sig.around("Trigger", before="20ms", after="30ms")
    # Rows of the events: 5, 100, 350, 590; 790 lies in the gap; 900 is 9 s, row 700.
    rows = [5, 100, 350, 590, 700]
    truth = np.stack([TRUTH[r - 2 : r + 3] for r in rows])
    assert trials.n == 5
    assert [(d.row, d.reason) for d in trials.dropped] == [(4, "gap")]
    assert "5 of 6" in repr(trials)
    np.testing.assert_allclose(trials.time, [-0.02, -0.01, 0, 0.01, 0.02])
    np.testing.assert_allclose(trials.read().values, truth, rtol=1e-6)
    mean = trials.mean()
    np.testing.assert_allclose(mean.values, truth.mean(axis=0), rtol=1e-12)
    assert (mean.n, mean.dims) == (5, ("time", "channel"))
    np.testing.assert_allclose(trials[1].values, truth[1], rtol=1e-6)
    np.testing.assert_allclose(trials[1:3].mean().values, truth[1:3].mean(axis=0))
    assert len(list(trials)) == 5
    one = sig["Cz"].around("Trigger", "20ms", "30ms", where="a").mean()
    np.testing.assert_allclose(one.values, truth[[0, 2, 4], :, 1].mean(axis=0))
    raw = sig.raw.around([1.0], 0.02, 0.03).mean()
    np.testing.assert_array_equal(raw.values, RAW[98:103])


def test_a_baseline_is_subtracted_per_trial_and_channel() -> None:
    trials = made().signals["EEG"].around("Trigger", "50ms", "30ms", baseline=(None, 0), where="a")
    rows = [5, 350, 700]
    truth = np.stack([TRUTH[r - 5 : r + 3] for r in rows])
    truth = truth - truth[:, :5].mean(axis=1, keepdims=True)
    np.testing.assert_allclose(trials.read().values, truth, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(trials.mean().values, truth.mean(axis=0), atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"before": -0.2, "after": 0.8}, ValueError, "count away from the event"),
        ({"before": 0, "after": 0.001}, ValueError, "no sample"),
        (
            {"before": 1, "after": 1, "where": "b", "incomplete": "raise"},
            OutOfRangeError,
            "outside",
        ),
        ({"before": 9, "after": 1}, EventError, "0 trials"),
        ({"before": 0.1, "after": 0.1, "baseline": (-1, 0)}, ValueError, "within the window"),
        ({"before": 0.1, "after": 0.1, "incomplete": "nan"}, ValueError, "'drop' or 'raise'"),
    ],
)
def test_windows_that_make_no_sense_are_refused(
    arguments: dict[str, object], error: type, says: str
) -> None:
    sig = made().signals["EEG"][:150]
    with pytest.raises(error, match=says):
        sig.around("Trigger", **arguments)  # type: ignore[arg-type]  # any kind


def test_spikes_have_times_and_waveforms() -> None:
    train = made().spikes["SPK"]
    np.testing.assert_allclose(train.times, [0.1, 4.0, 9.0])
    flat = RAW.ravel() * 0.5
    truth = np.stack([flat[at // 2 : at // 2 + 5] for at in (0, 80, 160)])[:, None]
    assert train.waveforms is not None
    np.testing.assert_array_equal(train.waveforms, truth.astype(np.float32))
    assert (len(train), train.electrode, train.sorted) == (3, "E1", True)


def test_it_travels_as_where_it_is_and_what_it_was(tmp_path: Path) -> None:
    rec = made(tmp_path / "a.made")
    sent = pickle.dumps(rec)
    assert len(sent) < 1024 + len(str(tmp_path))
    there = pickle.loads(sent)
    assert repr(there) == repr(rec)
    part = rec.signals["EEG"][5:90:3, ["O2", "Cz"]]
    sent = pickle.dumps(part)
    assert len(sent) < 2048 + len(str(tmp_path))
    np.testing.assert_array_equal(pickle.loads(sent).read().values, part.read().values)
    assert pickle.loads(pickle.dumps(rec)).contents is there.contents
    (tmp_path / "a.made").write_bytes(DATA + b"x")
    with pytest.raises(SourceChangedError, match=r"a\.made"):
        pickle.loads(sent)
    with pytest.raises(NeophysError, match="cannot be pickled"):
        pickle.dumps(made())


def test_its_files_close_with_its_last_reference(tmp_path: Path) -> None:
    rec = made(tmp_path / "a.made")
    rec.signals["EEG"][:5].read()
    gone = weakref.ref(rec.bundle)
    gc.disable()
    try:
        del rec
        assert gone() is None
    finally:
        gc.enable()


def test_threads_share_it() -> None:
    rec = made()
    wrong: list[str] = []

    def work() -> None:
        for a in range(0, 500, 7):
            values = rec.signals["EEG"][a : a + 50].read(dtype="f8").values
            if not np.array_equal(values, TRUTH[a : a + 50]):
                wrong.append("signal")
            if len(rec.events) != 8:
                wrong.append("events")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(rec.issues) == 1


@pytest.mark.parametrize("source", [b"", b"hello, this is text", bytes(5000)])
def test_what_no_format_knows_is_named(source: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="bytes: "):
        neophys.open(source)


def test_open_refuses_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        neophys.open(tmp_path / "absent.trc")
    with pytest.raises(TypeError, match="cannot open int"):
        neophys.open(3)
    with pytest.raises(UnknownFormatError, match="no format 'nonsense'; there are: micromed"):
        neophys.open(b"x", format="nonsense")
    with pytest.raises(NeophysError, match="a folder; Micromed TRC recordings are files"):
        neophys.open(tmp_path, format="micromed")
    with pytest.raises(TypeError, match="has no option 'colour'"):
        neophys.open(b"x" * 9000, format="made", colour=1)
    with pytest.raises(AttributeError):
        _ = neophys.nonsense


def test_each_format_is_told_by_the_marks_that_its_module_declares() -> None:
    for name, marks in formats._BUILT_IN.items():
        assert formats.get_format(name).magic == marks
        assert formats.get_format(name).name == name
