"""EDF in Neo's surface against Neo itself: what differs is a deviation, and each one is shown."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.compat.cases import shows
from tests.formats.edf.build import Notes, Signal, edf, ramp, tal, timed
from tests.recordings import each_recording, recording

neo = pytest.importorskip("neo")

Build = Callable[[], bytes]


@pytest.fixture(autouse=True)
def _no_chatter() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def ours(path: Path) -> Any:
    from neophys.neo import rawio

    reader = rawio.EDFRawIO(str(path))
    reader.parse_header()
    return reader


def theirs(path: Path) -> Any:
    """Neo's reader, closed: EDFlib keeps a file from being opened twice."""
    reader = neo.rawio.EDFRawIO(str(path))
    try:
        reader.parse_header()
    finally:
        reader.close()
    return reader


def refuses(path: Path) -> bool:
    try:
        theirs(path)
    except (OSError, ValueError, IndexError):
        return True
    return False


@pytest.mark.parametrize("path", each_recording("edf", ".edf", ".bdf"))
def test_what_differs_on_a_recording_differs_by_the_letter(path: Path) -> None:
    """Neo's samples are the low 16 bits of ours, its annotations split anew are ours."""
    mine = ours(path)
    if not refuses(path):
        other = theirs(path)
        _same_samples(mine, other, path.suffix == ".bdf")
        _same_events(mine, other)


def _same_samples(mine: Any, other: Any, bdf: bool) -> None:
    for stream in range(mine.signal_streams_count()):
        n = other.get_signal_size(0, 0, stream)
        assert mine.get_signal_size(0, 0, stream) == n
        for start, stop in ((None, None), (0, 3), (n // 3, n // 2), (n - 1, n)):
            found = mine.get_analogsignal_chunk(0, 0, start, stop, stream)
            expected = other.get_analogsignal_chunk(0, 0, start, stop, stream)
            np.testing.assert_array_equal(found.astype(np.int16) if bdf else found, expected)
            assert found.dtype == (np.int32 if bdf else np.int16)
        rows = mine.header["signal_channels"]
        rows = rows[rows["stream_id"] == str(stream)]
        raw = mine.get_analogsignal_chunk(0, 0, 0, min(n, 50), stream)
        values = raw.astype(np.float32)
        values *= rows["gain"]
        values += rows["offset"]
        np.testing.assert_array_equal(
            mine.rescale_signal_raw_to_float(raw, stream_index=stream), values
        )


def _same_events(mine: Any, other: Any) -> None:
    """EDF-3, EDF-4."""
    times, lengths, labels = other._edf_annotations
    point = lengths <= 0
    for channel, rows in enumerate((point, ~point)):
        stamps, durations, found = mine.get_event_timestamps(0, 0, channel)
        np.testing.assert_array_equal(stamps, times[rows])
        assert found.tolist() == labels[rows].tolist()
        assert mine.event_count(0, 0, channel) == rows.sum()
        assert (durations is None) == (channel == 0)
        if durations is not None:
            np.testing.assert_array_equal(durations, lengths[rows])
        np.testing.assert_array_equal(mine.rescale_event_timestamp(stamps, "float64"), stamps)


# Deviations, each by a file that shows it


def one(**signal: Any) -> Signal:
    return Signal(ramp(3, 4), 4, **signal)


PLUS: dict[str, Any] = {"plus": "C", "patient": "X X X X", "recording": "Startdate X X X X"}
EVENTS = timed("+0", "+1", "+2", texts={0: tal("+0", "start"), 1: tal("+1.5", "x", duration="1")})

GAPS = ("+0", "+1", "+7")
REFUSED: dict[str, list[Build]] = {
    "EDF-6": [
        lambda: edf(one(), timed("+0", "+1", "+2"), plus="D"),
        lambda: edf(one(), timed(*GAPS), plus="D"),
        lambda: edf(one(), timed(*GAPS), plus="C"),
    ],
    "EDF-7": [
        lambda: edf(one(), n_records=-1),
        lambda: edf(one(), n_records=4),
        lambda: edf(one())[:-9],
    ],
    "EDF-8": [lambda: edf(EVENTS, **PLUS)],
    "EDF-9": [
        lambda: edf(one(), raw={"start_date": b"31.02.20"}),
        lambda: edf(one(), raw={"start_date": b"01.01.yy"}),
        lambda: edf(one(), raw_signals={("label", 0): b"\xb5"}),
        lambda: edf(one(), raw_signals={("dimension", 0): b"\xb5V"}),
        lambda: edf(one(), raw_signals={("physical_min", 0): b"-1,5"}),
        lambda: edf(one(physical=(5, 5))),
        lambda: edf(one(), n_records=0)[:512],
        lambda: edf(one(), raw={"reserved": b"\xb5"}),
    ],
}


@pytest.mark.parametrize(
    "build", [pytest.param(b, id=f"{i}-{n}") for i in REFUSED for n, b in enumerate(REFUSED[i])]
)
def test_what_neo_refuses_is_read(tmp_path: Path, build: Build) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(build())
    assert refuses(path)
    assert ours(path).block_count() == 1


def test_gaps_are_segments_on_one_clock(tmp_path: Path) -> None:
    texts = {0: tal("+1.5", "first") + tal("+5", "in the gap"), 2: tal("+7.25", "second")}
    signal = one()
    (tmp_path / "a.edf").write_bytes(edf(signal, timed(*GAPS, texts=texts), plus="D"))
    reader = ours(tmp_path / "a.edf")
    assert reader.segment_count(0) == 2
    limits = [(reader.segment_t_start(0, i), reader.segment_t_stop(0, i)) for i in (0, 1)]
    assert limits == [(0.0, 2.0), (7.0, 8.0)]
    chunks = [reader.get_analogsignal_chunk(0, i) for i in (0, 1)]
    np.testing.assert_array_equal(np.concatenate(chunks)[:, 0], signal.samples)
    assert [reader.get_event_timestamps(0, i, 0)[2].tolist() for i in (0, 1)] == [
        ["first", "in the gap"], ["second"],
    ]  # fmt: skip


def test_gain_has_no_plus_one(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf(one()))
    gains = [
        read(tmp_path / "a.edf").header["signal_channels"]["gain"][0] for read in (ours, theirs)
    ]
    assert gains == [200 / 65535, 200 / 65536]


def test_equal_digital_limits_calibrate_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf(one(digital=(5, 5))))
    rows = [read(tmp_path / "a.edf").header["signal_channels"][0] for read in (ours, theirs)]
    found = [(row["gain"], row["offset"], row["units"]) for row in rows]
    assert found == [(1, 0, ""), (200, -1100, "uV")]


def test_bdf_keeps_24_bits(tmp_path: Path) -> None:
    (tmp_path / "a.bdf").write_bytes(edf(Signal([-8388608, 8388607, 70000], 3), bdf=True))
    raw = [
        read(tmp_path / "a.bdf").get_analogsignal_chunk()[:, 0].tolist() for read in (ours, theirs)
    ]
    assert raw == [[-8388608, 8388607, 70000], [0, -1, 4464]]


def test_points_are_events_and_none_is_lost(tmp_path: Path) -> None:
    texts = {0: tal("+0", "start") + tal("+1.5", "note") + tal("+99", "after"),
             1: tal("-1", "before", duration="9") + tal("+1", "long", duration="0.5")}  # fmt: skip
    (tmp_path / "a.edf").write_bytes(edf(one(), timed("+0", "+1", "+2", texts=texts), **PLUS))

    def shown(reader: Any) -> list[Any]:
        tables = [reader.get_event_timestamps(0, 0, i) for i in (0, 1)]
        return [(table[2].tolist(), reader.event_count(0, 0, i)) for i, table in enumerate(tables)]

    assert shown(ours(tmp_path / "a.edf")) == [
        (["start", "note", "after"], 3), (["before", "long"], 2),
    ]  # fmt: skip
    assert shown(theirs(tmp_path / "a.edf")) == [([], 5), (["note", "long"], 5)]


def test_a_window_takes_what_lasts_into_it(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf(one(), EVENTS, **PLUS))
    reader = ours(tmp_path / "a.edf")
    for window, labels in (((2.0, 2.2), ["x"]), ((0.5, 1.4), []), ((1.5, 3.0), ["x"])):
        assert reader.get_event_timestamps(0, 0, 1, *window)[2].tolist() == labels


def test_the_start_has_its_fraction() -> None:
    path = recording("edf/mne-testing-data/subsecond_starttime.edf")
    starts = [read(path).raw_annotations["blocks"][0]["startdate"] for read in (ours, theirs)]
    assert starts == [
        dt.datetime(2020, 1, 24, 4, 5, 56, 394531), dt.datetime(2020, 1, 24, 4, 5, 56, 39453),
    ]  # fmt: skip


@shows("EDF-11")
def test_a_file_may_be_open_twice(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf(one()))
    first, second = ours(tmp_path / "a.edf"), ours(tmp_path / "a.edf")
    np.testing.assert_array_equal(first.get_analogsignal_chunk(), second.get_analogsignal_chunk())
    held = neo.rawio.EDFRawIO(str(tmp_path / "a.edf"))
    held._open_reader()
    try:
        assert refuses(tmp_path / "a.edf")
    finally:
        held.close()


def test_annotations_of_plain_edf_are_events(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf(one(), Notes(EVENTS.lists)))
    names = [read(tmp_path / "a.edf").header["signal_channels"]["name"] for read in (ours, theirs)]
    assert [n.tolist() for n in names] == [["EEG Fp1"], ["EEG Fp1", "EDF Annotations"]]
    assert ours(tmp_path / "a.edf").event_count(0, 0, 0) == 1
