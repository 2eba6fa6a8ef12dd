"""What the specification says of plx files, clause by clause, on built files."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tests.formats.plexon.build import DATE, Plx, generate, generated_samples
from tests.formats.plexon.scanned import scan

from neophys.contents import Clock
from neophys.errors import HeaderError
from neophys.formats.plexon.tables import HEADER
from neophys.layout.runs import Runs, UnevenRuns

RISING = np.arange(1, 1000)


def signal(*blocks: tuple[int, int], rate: int = 1000, ticks: int = 40000) -> Plx:
    """One channel whose samples count up from 1, in blocks of (tick, samples)."""
    plx = Plx(slow=[{"rate": rate}], header={"tick_rate": ticks})
    first = 0
    for tick, size in blocks:
        plx.samples(0, tick, RISING[first : first + size])
        first += size
    return plx


# Versions and scaling (specification, section 4)

SLOW = {"gain": 3, "preamp": 7}
RANGES = {"spike_bits": 12, "slow_bits": 16, "spike_max": 3100, "slow_max": 2500}


@pytest.mark.parametrize(
    ("version", "slow", "spike"),
    [
        (99, 5000 / (2048 * 1000 * 3), 3000 / (2048 * 1000 * 5)),
        (100, 5000 / (2048 * 1000 * 3), 3000 / (2048 * 1000 * 5)),
        (101, 5000 / (2048 * 1000 * 3), 3000 / (2048 * 1000 * 5)),
        (102, 5000 / (2048 * 7 * 3), 3000 / (2048 * 1000 * 5)),
        (103, 2500 / (32768 * 7 * 3), 3100 / (2048 * 1000 * 5)),
        (104, 2500 / (32768 * 7 * 3), 3100 / (2048 * 1000 * 5)),
        (105, 2500 / (32768 * 7 * 3), 3100 / (2048 * 500 * 5)),
        (106, 2500 / (32768 * 7 * 3), 3100 / (2048 * 500 * 5)),
        (107, 2500 / (32768 * 7 * 3), 3100 / (2048 * 500 * 5)),
    ],
)
def test_millivolts_of_each_version(version: int, slow: float, spike: float) -> None:
    plx = Plx(slow=[SLOW], spikes=[{"gain": 5}], header={"version": version})
    data = plx.samples(0, 0, [11, -7]).spike(1, 3, 0, [4, -9]).tobytes()
    # In older files these bytes are padding: what stands there must not matter.
    found = scan(HEADER.patch(data, spike_preamp=500, **RANGES))
    channels, unit = found.contents.streams[0].channels, found.contents.spike_units[0]
    assert (channels["gain"][0], channels["units"][0]) == (slow, "mV")
    assert (unit.channels["gain"][0], unit.channels["units"][0]) == (spike, "mV")
    values = found.samples().physical(0, 2)[:, 0]
    assert values.tolist() == (np.array([11, -7]) * slow).astype("f4").tolist()
    assert found.waveforms("ch1#0").tolist() == [[[4, -9]]]
    assert not found.issues


@pytest.mark.parametrize(
    ("slow", "header", "field"),
    [
        ({"gain": 0}, {}, "gain"),
        ({"gain": -2}, {}, "gain"),
        ({"preamp": 0}, {}, "preamp"),
        ({}, {"slow_bits": 0}, "slow_bits"),
        ({}, {"slow_max": 0}, "slow_max"),
    ],
)
def test_an_unknown_gain_leaves_raw_counts_and_an_issue(
    slow: dict[str, int], header: dict[str, int], field: str
) -> None:
    plx = Plx(slow=[{}, slow], header=header).samples(0, 0, [1, 2]).samples(1, 0, [3, 4])
    found = scan(plx.tobytes())
    assert found.contents.streams[0].channels["units"][1] == "dimensionless"
    assert found.samples().physical(0, 2)[:, 1].tolist() == [3, 4]
    assert {issue.field for issue in found.contents.issues} == {field}
    value = (slow | header)[field]
    assert f"found {value}" in found.issues[-1]
    if slow:
        offset = found.contents.issues[0].offset
        assert offset is not None
        assert int.from_bytes(plx.tobytes()[offset : offset + 4], "little", signed=True) == value


@pytest.mark.parametrize(
    ("header", "spikes"), [({"spike_preamp": 0}, {}), ({}, {"gain": 0}), ({"spike_bits": 0}, {})]
)
def test_an_unknown_gain_of_waveforms(header: dict[str, int], spikes: dict[str, int]) -> None:
    found = scan(Plx(spikes=[spikes], header=header).spike(1, 0, 0, [5]).tobytes())
    channels = found.contents.spike_units[0].channels
    assert (channels["units"][0], channels["gain"][0]) == ("dimensionless", 1)
    assert len(found.issues) == 1


# Continuous channels (sections 2.5, 3)


def test_blocks_of_unequal_size_join_exactly() -> None:
    found = scan(signal((0, 3), (120, 5), (320, 1), (360, 4)).tobytes())
    samples = found.samples()
    assert found.starts() == [(0, 13)]
    for start in range(14):
        for stop in range(start, 14):
            assert samples.raw(start, stop)[:, 0].tolist() == RISING[start:stop].tolist()


PIECES = {
    "starts late": (signal((62, 5)), [(62, 5)]),
    "a gap of 4000 ticks": (signal((0, 4), (160, 4), (4320, 4)), [(0, 8), (4320, 4)]),
    "a sample is missing": (signal((0, 4), (200, 4)), [(0, 8)]),
    "two samples are missing": (signal((0, 4), (240, 4)), [(0, 4), (240, 4)]),
    "rounded ticks, 40000 to 1500": (
        signal(*((round(26.66666 * 7 * i), 7) for i in range(50)), rate=1500),
        [(0, 350)],
    ),
    "a tick beyond 2**31": (signal((2**31 + 5, 3)), [(2147483653, 3)]),
    "a tick beyond 2**32": (signal((2**32 + 7, 3)), [(4294967303, 3)]),
    "the tick's low word runs over": (
        signal((2**32 - 80, 2), (2**32, 2)),
        [(2**32 - 80, 4)],
    ),
    "an empty block in between": (
        signal((0, 4)).block(5, 0, 160, waves=np.empty((1, 0))).samples(0, 160, [5, 6]),
        [(0, 6)],
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test_pieces(name: str) -> None:
    plx, expected = PIECES[name]
    found = scan(plx.tobytes())
    assert found.starts() == expected
    n = sum(count for _, count in expected)
    assert found.samples().raw(0, n)[:, 0].tolist() == RISING[:n].tolist()
    assert not found.issues


def test_times_that_go_back_begin_a_piece_and_are_told() -> None:
    plx = signal((4000, 4), (80, 4))
    found = scan(plx.tobytes())
    assert found.starts() == [(4000, 4), (80, 4)]
    assert re.search(rf"byte {plx.data_start + 28}: lower: .* go back at sample 4", found.issues[0])
    assert found.segment.start == 80 / 40000
    assert found.segment.stop == 4000 / 40000 + 4 / 1000


def test_drift_within_a_piece_is_told() -> None:
    # Each block is a tick late: no gap anywhere, and 90 ticks in the end.
    found = scan(signal(*((i * 161, 4) for i in range(91))).tobytes())
    assert found.starts() == [(0, 364)]
    assert "drift by +2.2 samples from 1000 Hz" in found.issues[0]


def test_streams_are_channels_that_are_sampled_together() -> None:
    names = ["WB01", "WB02", "SPKC01", "FP01", "AI01", "WB03", "2nd"]
    rates = [40000] * 3 + [1000] * 2 + [40000, 1000]
    plx = Plx(slow=[{"name": n, "rate": r} for n, r in zip(names, rates, strict=True)])
    for channel, tick, size in [
        (5, 0, 8), (2, 400, 5), (1, 0, 3), (0, 0, 4), (3, 0, 2), (4, 0, 2), (0, 4, 4), (1, 3, 5),
        (6, 99, 1),
    ]:  # fmt: skip
        plx.samples(channel, tick, np.arange(size) + 100 * channel + tick)
    found = scan(plx.tobytes())
    shown = [(s.name, s.id, s.channels["name"].tolist()) for s in found.contents.streams]
    assert shown == [
        ("WB", "0", ["WB01", "WB02", "WB03"]),
        ("SPKC", "1", ["SPKC01"]),
        ("FP+AI", "2", ["FP01", "AI01"]),
        ("signals", "3", ["2nd"]),
    ]
    assert [found.starts(i) for i in range(4)] == [[(0, 8)], [(400, 5)], [(0, 2)], [(99, 1)]]
    # The blocks of WB01 to WB03 differ: 4 + 4, 3 + 5, 8.
    layouts = [data.pieces[0].layout for data in found.segment.signals if data]
    assert isinstance(layouts[0], UnevenRuns)
    assert isinstance(layouts[2], Runs)
    expected = np.arange(8)[:, None] + [0, 100, 500]
    assert (found.samples(0).raw(0, 8) == expected).all()
    assert (found.samples(0).raw(2, 7, np.array([2, 0])) == expected[2:7, [2, 0]]).all()
    assert found.segment.stop == (400 + 5) / 40000
    assert not found.issues


def test_channels_whose_gaps_differ_are_streams_of_their_own() -> None:
    plx = Plx(slow=[{}] * 3)
    for channel, gap in enumerate((4000, 8000, 4000)):
        plx.samples(channel, 0, [1, 2]).samples(channel, gap, [3, 4])
    found = scan(plx.tobytes())
    assert [found.starts(i) for i in range(2)] == [[(0, 2), (4000, 2)], [(0, 2), (8000, 2)]]
    assert [s.channels["id"].tolist() for s in found.contents.streams] == [["0", "2"], ["1"]]


def test_channels_of_one_source_only_are_a_stream_from_version_106_on() -> None:
    for version, streams in ((105, 1), (106, 2)):
        slow = [{"source": 1}, {"source": 2}] if version == 106 else [{}, {}]
        plx = Plx(slow=slow, header={"version": version}).samples(0, 0, [1]).samples(1, 0, [2])
        found = scan(plx.tobytes())
        assert len(found.contents.streams) == streams
        names = [stream.name for stream in found.contents.streams]
        assert len(set(names)) == streams


def test_the_blocks_decide_what_there_is_not_the_headers() -> None:
    slow = [{"enabled": 1}, {"enabled": 0}, {"rate": 0}, {"rate": 0}]
    plx = Plx(slow=slow, header={"event_counts": np.full(512, 99), "last_tick": 1e9})
    found = scan(plx.samples(1, 0, [1, 2]).samples(2, 0, [3]).tobytes())
    assert [s.channels["id"].tolist() for s in found.contents.streams] == [["1"]]
    assert found.segment.stop == 0.002
    (issue,) = found.contents.issues
    assert (issue.severity, issue.field) == ("error", "rate")
    assert "'FP03' is left out" in issue.message


# Spikes and events (section 5)


def test_spikes_by_channel_and_unit_with_waveforms() -> None:
    plx = Plx(
        spikes=[{"channel": 200, "threshold": -40}, {"channel": 3}],
        header={"version": 107, "points_before": 8, "waveform_rate": 20000},
    )
    for i, unit in enumerate([0, 1, 7, 26, 27, 1]):
        plx.spike(200, 10 * i, unit, [i, -i])
    plx.spike(3, 2**32 + 1, 0)
    found = scan(plx.tobytes())
    units = found.contents.spike_units
    assert [(u.id, u.name, u.sorted) for u in units] == [
        ("ch200#0", "SPK01 unsorted", False),
        ("ch200#1", "SPK01a", True),
        ("ch200#7", "SPK01g", True),
        ("ch200#26", "SPK01z", True),
        ("ch200#27", "SPK01#27", True),
        ("ch3#0", "SPK02 unsorted", False),
    ]
    assert found.spikes("ch200#1").ticks.tolist() == [10, 50]
    assert found.waveforms("ch200#1").tolist() == [[[1, -1]], [[5, -5]]]
    assert found.spikes("ch3#0").ticks.tolist() == [2**32 + 1]
    assert (units[0].pre_samples, units[0].sampling_rate, units[0].electrode) == (8, 20000, "SPK01")
    assert units[0].channels["threshold"].tolist() == [-40]
    # A spike without waveform is a spike.
    assert found.spikes("ch3#0").waveforms is None
    assert not found.issues


def test_waveform_rate_0_is_the_tick_rate() -> None:
    plx = Plx(spikes=[{}], header={"tick_rate": 25000, "waveform_rate": 0}).spike(1, 0, 0, [1])
    unit = scan(plx.tobytes()).contents.spike_units[0]
    assert (unit.sampling_rate, unit.clock) == (25000, Clock(25000.0))


def test_waveforms_of_unequal_length_and_none() -> None:
    plx = Plx(spikes=[{}]).spike(1, 0, 0, [1] * 32).spike(1, 1).spike(1, 2, 0, [2] * 40)
    found = scan(plx.tobytes())
    waves = found.waveforms("ch1#0")
    assert waves.shape == (3, 1, 40)
    assert np.isnan(waves).sum(axis=(1, 2)).tolist() == [8, 40, 0]
    assert (waves[2] == 2).all()
    assert not found.issues


def test_blocks_of_several_waveforms() -> None:
    plx = Plx(spikes=[{}, {}, {}]).spike(2, 0, 0, [[1, 2, 3], [4, 5, 6]])
    found = scan(plx.spike(2, 1, 0, [[7, 8, 9], [10, 11, 12]]).tobytes())
    assert found.waveforms("ch2#0").tolist() == [
        [[1, 2, 3], [4, 5, 6]],
        [[7, 8, 9], [10, 11, 12]],
    ]
    assert found.contents.spike_units[0].channels["name"].tolist() == ["SPK02", "SPK03"]


@pytest.mark.parametrize(
    ("waves", "field"),
    [([[[1, 1], [2, 2]]] * 2 + [[[3, 3]]], "n_waves"), ([[[1]]] * 40 + [[[1] * 3000]], "n_words")],
    ids=["another number", "one of three thousand samples"],
)
def test_waveforms_unlike_the_others_are_left_out_and_told(waves: list[Any], field: str) -> None:
    plx = Plx(spikes=[{}])
    for tick, wave in enumerate(waves):
        plx.spike(1, tick, 0, wave)
    found = scan(plx.tobytes())
    assert len(found.spikes("ch1#0")) == len(waves)
    assert np.isnan(found.waveforms("ch1#0")[-1]).all()
    assert [issue.field for issue in found.contents.issues] == [field]


def test_spikes_behind_the_last_block_in_time_are_kept() -> None:
    plx = Plx(spikes=[{}], events=[{}]).spike(1, 9000).spike(1, 9001).event(1, 5)
    found = scan(plx.tobytes())
    assert found.spikes("ch1#0").ticks.tolist() == [9000, 9001]
    assert (found.segment.start, found.segment.stop) == (5 / 40000, 9001 / 40000)


def test_events_and_strobed_words() -> None:
    numbers = [257, 1, 258]
    plx = Plx(events=[{"channel": n, "name": f"e{n}"} for n in numbers])
    plx.event(257, 2, -1).event(1, 3).event(257, 1, 32767).event(257, 2**31 + 5, 505)
    found = scan(plx.tobytes())
    assert [(c.id, c.name, c.kind) for c in found.contents.event_channels] == [
        ("257", "e257", "event"),
        ("1", "e1", "event"),
        ("258", "e258", "event"),
    ]
    strobed = found.events(257)
    assert strobed.ticks.tolist() == [2, 1, 2147483653]
    assert strobed.labels.tolist() == ["65535", "32767", "505"]
    assert strobed.columns["value"].tolist() == [65535, 32767, 505]
    assert found.events(1).labels.tolist() == ["0"]
    assert len(found.events(258)) == 0


def test_events_whose_headers_share_a_number_come_once() -> None:
    headers = [
        {"channel": 7, "name": "a"},
        {"channel": 8, "name": "b"},
        {"channel": 7, "name": "c"},
    ]
    found = scan(Plx(events=headers).event(7, 5).tobytes())
    assert [channel.name for channel in found.contents.event_channels] == ["a", "b"]
    assert found.events(7).ticks.tolist() == [5]
    assert found.contents.metadata.other["event_headers"] == ((7, "a"), (8, "b"), (7, "c"))
    assert not found.issues


# Headers (section 2)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"WB01\0\x18\x07", "WB01"),
        (b"x" * 32, "x" * 32),
        (b"", ""),
        (b"\xb5V1", "µV1"),
        ("µV1".encode(), "µV1"),
        (b"1V ", "1V "),
    ],
)
def test_names(raw: bytes, text: str) -> None:
    plx = Plx(slow=[{}], spikes=[{}], events=[{}]).samples(0, 0, [1]).spike(1, 0).event(1, 0)
    data = bytearray(plx.tobytes())
    for at in (7504, 7504 + 1020, 7504 + 1020 + 296):
        data[at : at + 32] = raw.ljust(32, b"\0")
    found = scan(bytes(data))
    assert found.contents.streams[0].channels["name"][0] == text
    assert found.contents.spike_units[0].electrode == text
    assert found.contents.event_channels[0].name == text
    assert found.contents.streams[0].name == (text.partition("1")[0].rstrip("0") or "signals")


def test_equal_names_are_told_apart_by_number() -> None:
    plx = Plx(slow=[{"name": "ch"}] * 2).samples(0, 0, [1]).samples(1, 0, [2])
    channels = scan(plx.tobytes()).contents.streams[0].channels
    assert channels["id"].tolist() == ["0", "1"]


def test_channel_headers_that_share_a_number_are_told() -> None:
    plx = Plx(slow=[{"channel": 4, "gain": 2}, {"channel": 4}], spikes=[{}]).samples(4, 0, [1])
    found = scan(plx.tobytes())
    assert len(found.contents.streams[0].channels) == 1
    assert found.contents.streams[0].channels["gain"][0] == 5000 / (32768 * 2)
    assert f"byte {7504 + 1020 + 296 + 32}: channel: 1 headers repeat" in found.issues[0]


@pytest.mark.parametrize(
    ("date", "sound"),
    [
        ([0] * 6, True),
        ([2100, 1, 2, 3, 4, 5], True),
        ([2010, 13, 1, 0, 0, 0], False),
        ([-7, 1, 1, 0, 0, 0], False),
        ([2**31 - 1, 1, 1, 0, 0, 0], False),
    ],
)
def test_dates(date: list[int], sound: bool) -> None:
    data = bytearray(Plx().tobytes())
    data[160:184] = np.array(date, "<i4").tobytes()
    found = scan(bytes(data))
    start = found.contents.metadata.start
    assert (str(start) if start else "") == ("2100-01-02 03:04:05" if date[0] == 2100 else "")
    assert len(found.issues) == (not sound)


def test_metadata() -> None:
    header = {"comment": "rat 7", "acquired_by": "OmniPlex 1.4.1", "last_tick": 17.0}
    metadata = scan(Plx(header=header | {"trodality": 4}).tobytes()).contents.metadata
    assert (metadata.start, metadata.comment, metadata.software) == (
        DATE,
        "rat 7",
        "OmniPlex 1.4.1",
    )
    assert (metadata.other["trodality"], metadata.other["last_tick"]) == (4, 17.0)


@pytest.mark.parametrize(
    ("field", "value", "offset"),
    [
        ("magic", b"plex", 0),
        ("version", 98, 4),
        ("version", 111, 4),
        ("tick_rate", 0, 136),
        ("tick_rate", -1, 136),
        ("n_spike_channels", 32769, 140),
        ("n_event_channels", -1, 144),
        ("n_slow_channels", 2**31 - 1, 148),
    ],
)
def test_headers_that_make_reading_impossible(field: str, value: Any, offset: int) -> None:
    data = HEADER.patch(Plx().tobytes(), **{field: value})
    with pytest.raises(HeaderError, match=rf"byte {offset}: {field}: found") as caught:
        scan({"a.plx": data})
    assert (caught.value.file, caught.value.offset, caught.value.field) == ("a.plx", offset, field)


def test_a_later_version_is_read_and_told() -> None:
    found = scan(HEADER.patch(signal((0, 2)).tobytes(), version=108))
    assert found.starts() == [(0, 2)]
    assert [issue.severity for issue in found.contents.issues] == ["info"]


def test_no_blocks_and_no_headers() -> None:
    for plx in (Plx(), Plx(slow=[{}], spikes=[{}], events=[{}])):
        found = scan(plx.tobytes())
        assert not found.issues
        assert (found.contents.streams, found.contents.spike_units) == ((), ())
        assert (found.segment.start, found.segment.stop) == (0, 0)


def test_large_files_are_walked_in_windows(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    n = generate(tmp_path / "a.plx", cycles=20, channels=5, sizes=(30, 7))
    whole = scan(tmp_path / "a.plx")
    assert whole.starts() == [(0, n)]
    for window in (16, 17, 100, 4096):
        monkeypatch.setattr("neophys.formats.plexon.blocks.WINDOW", window)
        found = scan(tmp_path / "a.plx")
        assert found.starts() == [(0, n)]
        assert (found.spikes("ch3#0").ticks == whole.spikes("ch3#0").ticks).all()
        raw = found.samples().raw(0, n)
        for channel in range(5):
            assert (raw[:, channel] == generated_samples(channel, 0, n)).all()
