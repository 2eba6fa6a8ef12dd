"""Real recordings of ten generations: what they hold, and their text conversions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.neuralynx.build import event_table, scanned, timing
from tests.recordings import each_recording, recording

from neophys.contents import SpikeTable
from neophys.reading.samples import Samples
from neophys.reading.waveforms import read_waveforms

ROOT = "ephy_testing_data/neuralynx/"

#: file -> (name, AD channel, nominal rate, rate, pieces, raw, uV)
SIGNALS: dict[str, tuple[Any, ...]] = {
    "BML/original_data/CSC1_trunc.Ncs": (
        "CSC1_trunc", "1", 24000.0, 24000.0, [(0, 4608)],
        [28, 27, -2], [2.1644, 2.0871, -0.1546],
    ),
    "BML_unfilledsplit/original_data/unfilledSplitRecords.Ncs": (
        "unfilledSplitRecords", "0", 29411.0, 1e6 / 34, [(1837623129, 820), (6132625241, 512)],
        [-5617, -5554, -5391], [-857.0862, -847.4731, -822.6013],
    ),
    "Cheetah_v1.1.0/original_data/CSC67_trunc.Ncs": (
        "RMH3", "154", 32768.0, 32768.0, [(253293161778, 6144)],
        [-4113, -4477, -4227], [125.52264, 136.63138, 129.00174],
    ),
    "Cheetah_v4.0.2/original_data/CSC14_trunc.Ncs": (
        "CSC14", "13", 27789.0, 1e6 / 35, [(266982936, 5120)],
        [-306, -331, -351], [-74.74356, -80.85006, -85.73526],
    ),
    "Cheetah_v5.4.0/original_data/CSC5_trunc.Ncs": (
        "CSC5", "4", 1017.375, 1017.2526, [(7807911561, 3584)],
        [-3829, -2637, -1325], [58.5837, 40.3461, 20.2725],
    ),
    "Cheetah_v5.5.1/original_data/Tet3a.ncs": (
        "Tet3a", "8", 32000.0, 32000.0, [(26122557633, 1278976), (26366360633, 427008)],
        [-4552, -4957, -5543], [-138.9202, -151.2802, -169.1640],
    ),
    "Cheetah_v5.7.4/original_data/CSC1.ncs": (
        "CSC1", "0", 32000.0, 32000.0,
        [(8129220669, 342559), (8142930669, 352031), (8158379669, 348447), (8173472669, 351999)],
        [-519, -283, -37], [15.838623, 8.6364746, 1.1291504],
    ),
    "Cheetah_v6.4.1dev/original_data/CSC1_truncated.ncs": (
        "CSC1", "26", 32000.0, 32000.0, [(1614363777985169, 15872)],
        [527, 497, 618], [-32.1655, -30.3345, -37.7197],
    ),
    "Cheetah_v6.4.1dev/original_data/LFP4_truncated.ncs": (
        "LFP4", "41", 2666.67, 2666.67, [(1614363777825263, 1024)],
        [-2309, -2277, -2283], [352.3254, 347.4426, 348.3582],
    ),
    "Cheetah_v6.4.1dev/original_data/WE1_truncated.ncs": (
        "WE1", "33", 2000.0, 2000.0, [(1614363777825638, 512)],
        [4827, 4824, 4822], [-14730.835, -14721.680, -14715.576],
    ),
}  # fmt: skip

WITH_TEXT = [file for file in SIGNALS if "v5.5" not in file and "v6" not in file]

#: file -> (events, ids, highest TTL, first tick, first text)
EVENTS = {
    "Cheetah_v5.5.1/original_data/Events.nev": (
        4, {11}, 2, 26122558117, b"Starting Recording",
    ),
    "Cheetah_v5.6.3/original_data/Events.nev": (5, {4, 11}, 0, 358534739, b"Starting Recording"),
    "Cheetah_v5.7.4/original_data/Events.nev": (8, {19}, 0, 8129220653, b"Starting Recording"),
    "Cheetah_v6.3.2/incomplete_blocks/Events.nev": (
        202, {11, 19}, 2, 8124582909, b"Starting Recording",
    ),
    "Neuraview_v2/original_data/NeuraviewEventMarkers-sample.nev": (
        36, {4, 11}, 0, 2354278867, b"Starting Recording",
    ),
    "Pegasus_v2.1.1/Events_0008.nev": (
        15, {19, 20}, 1, 1561743775931866, b"Starting Recording",
    ),
}  # fmt: skip

#: file -> (spikes, first tick, first sample of each channel, gains)
SPIKES = {
    "Cheetah_v5.5.1/original_data/STet3a.nse": (1398, 26122760712, [-921], [0.00305185]),
    "Cheetah_v5.5.1/original_data/STet3b.nse": (1405, 26122898212, [-163], [0.00305185]),
    "Cheetah_v5.6.3/original_data/TT1.ntt": (
        5699, 358815958, [-849, -2580, -2717, -3389], [-0.00457777638] * 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("file", SIGNALS)
def test_signals_are_as_described(file: str) -> None:
    name, number, nominal, rate, pieces, raw, values = SIGNALS[file]
    bundle, contents = scanned(recording(ROOT + file))
    (stream,) = contents.streams
    (channel,) = stream.channels
    assert (channel["name"], channel["id"], channel["units"]) == (name, number, "uV")
    assert channel["nominal_rate"] == nominal
    assert stream.sampling_rate == pytest.approx(rate, rel=1e-7)
    assert timing(contents) == [pieces]
    signal = contents.blocks[0].segments[0].signals[0]
    assert signal is not None
    samples = Samples(bundle, stream, signal.pieces)
    assert samples.raw(0, 3)[:, 0].tolist() == raw
    np.testing.assert_allclose(samples.physical(0, 3)[:, 0], values, atol=1e-4)


@pytest.mark.parametrize("file", WITH_TEXT)
def test_signals_are_those_of_their_text_conversions(file: str) -> None:
    path = recording(ROOT + file)
    text = path.parents[1] / "plain_data" / f"{path.stem}.txt"
    rows = [np.array(line.split(), np.int64) for line in text.read_text().splitlines()]
    bundle, contents = scanned(path)
    signal = contents.blocks[0].segments[0].signals[0]
    assert signal is not None
    samples = Samples(bundle, contents.streams[0], signal.pieces)
    expected = np.concatenate([row[4 : 4 + row[3]] for row in rows])
    assert len(expected) > 0
    assert samples.raw(0, len(expected))[:, 0].tolist() == expected.tolist()


@pytest.mark.parametrize("file", EVENTS)
def test_events_are_as_described(file: str) -> None:
    count, ids, ttl, tick, text = EVENTS[file]
    bundle, contents = scanned(recording(ROOT + file))
    table = event_table(bundle, contents)
    assert (len(table), set(table.columns["id"].tolist())) == (count, ids)
    assert (int(table.columns["ttl"].max()), int(table.ticks[0])) == (ttl, tick)
    assert table.labels[0] == text


@pytest.mark.parametrize(
    ("file", "time", "number", "text"),
    [("Cheetah_v5.6.3", 1, 2, 4), ("Cheetah_v5.7.4", 3, 4, 10)],
)
def test_events_are_those_of_their_text_conversions(
    file: str, time: int, number: int, text: int
) -> None:
    folder = recording(ROOT + file)
    bundle, contents = scanned(folder / "original_data" / "Events.nev")
    table = event_table(bundle, contents)
    lines = [
        line.split("\t") for line in (folder / "plain_data/Events.txt").read_text().split("\n")
    ]
    rows = [line for line in lines if len(line) > 1]
    assert len(rows) == len(table)
    for i, row in enumerate(rows):
        assert int(row[time]) == table.ticks[i]
        assert int(row[number]) == table.columns["id"][i]
        assert row[text].strip() == table.labels[i].decode("latin-1")


@pytest.mark.parametrize("file", SPIKES)
def test_spikes_are_as_described(file: str) -> None:
    count, tick, firsts, gains = SPIKES[file]
    bundle, contents = scanned(recording(ROOT + file))
    (unit,), (table,) = contents.spike_units, contents.blocks[0].segments[0].spikes
    assert isinstance(table, SpikeTable)
    assert table.waveforms is not None
    assert (len(table), int(table.ticks[0]), unit.sorted) == (count, tick, False)
    waves = read_waveforms(bundle, table.waveforms, 0, count)
    assert waves.shape == (count, len(gains), 32)
    assert waves[0, :, 0].tolist() == firsts
    assert unit.channels["gain"].tolist() == pytest.approx(gains, rel=1e-7)
    # The time of a spike is that of its peak, which most have at the alignment point.
    peaks = np.abs(waves.astype(int)).max(axis=1).argmax(axis=1)
    assert int(np.bincount(peaks).argmax()) == unit.pre_samples == 7


@pytest.mark.parametrize(
    ("folder", "streams", "units", "events", "zero"),
    [
        ("Cheetah_v5.5.1", ["32000 Hz"], ["STet3a", "STet3b"], 1, 26122557633),
        ("Cheetah_v5.6.3", [], ["TT1"], 1, 358534739),
        ("Cheetah_v5.7.4/original_data", ["32000 Hz"], [], 1, 8129220653),
        ("Cheetah_v6.4.1dev", ["32000 Hz", "2666.67 Hz", "2000 Hz"], [], 0, 1614363777825263),
    ],
)
def test_folders_are_as_described(
    folder: str, streams: list[str], units: list[str], events: int, zero: int
) -> None:
    _, contents = scanned(recording(ROOT + folder))
    assert [stream.name for stream in contents.streams] == streams
    assert [unit.electrode for unit in contents.spike_units] == units
    assert len(contents.event_channels) == events
    everything = (*contents.streams, *contents.spike_units, *contents.event_channels)
    assert {each.clock.zero for each in everything} == {zero}


def test_the_start_is_exact_where_the_clock_counts_from_1970() -> None:
    _, contents = scanned(recording(ROOT + "Pegasus_v2.1.1"))
    assert str(contents.metadata.start) == "2019-06-28 17:42:55.931866"
    assert contents.metadata.device == "ATLAS"
    _, contents = scanned(recording(ROOT + "Pegasus_v2.1.1"), zero=1561743775931866 - 866)
    assert str(contents.metadata.start) == "2019-06-28 17:42:55.931000"
    assert contents.blocks[0].segments[0].start == 0.000866
    _, contents = scanned(recording(ROOT + "Cheetah_v5.7.4"))
    assert str(contents.metadata.start) == "2017-02-16 17:56:04"
    assert any(issue.field == "TimeCreated" for issue in contents.issues)


@pytest.mark.parametrize("path", each_recording("neuralynx", ".ncs", ".nse", ".ntt", ".nev"))
def test_whole_recordings_open_without_a_complaint(path: Path) -> None:
    _, contents = scanned(path, strict=True)
    assert [str(issue) for issue in contents.issues if issue.severity != "info"] == []
