"""What built folders hold: pieces, streams, sessions, spikes, events."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from tests.formats.neuralynx.build import (
    NCS_KEYS,
    STALE,
    event_table,
    folder,
    header,
    ncs,
    nev,
    ramp,
    scanned,
    spikes,
    timing,
)

from neophys.contents import SpikeTable
from neophys.errors import HeaderError, MissingFileError, SeveralRecordingsError
from neophys.formats import Report, identify
from neophys.formats.neuralynx import FORMAT
from neophys.formats.neuralynx.headers import FileHeader
from neophys.layout.records import Records
from neophys.layout.runs import Runs
from neophys.reading.samples import Samples
from neophys.reading.waveforms import read_waveforms
from neophys.source.bundle import open_bundle

#: A record at 32 kHz lasts so many us.
R = 16000
EPOCH = 1_698_932_395_972_475


def steady(n: int, start: int = 0, step: float = R) -> list[tuple[int, int]]:
    return [(round(start + i * step), 512) for i in range(n)]


#: name -> (header keys, records (timestamp, valid), expected pieces (start, samples), rate)
PIECES: dict[str, tuple[dict[str, Any], list[tuple[int, int]], list[tuple[int, int]], float]] = {
    "full records": ({}, steady(5), [(0, 2560)], 32000),
    "the last one partly filled": ({}, [*steady(4), (4 * R, 31)], [(0, 2079)], 32000),
    "one record": ({}, [(77, 100)], [(77, 100)], 32000),
    "jitter of 1 us at 32 kHz": (
        {}, [(t + i % 2, 512) for i, (t, _) in enumerate(steady(9))], [(0, 4608)], 32000,
    ),
    "jitter of 1 us at 2 kHz": (
        {"SamplingFrequency": 2000.0},
        [(t - i % 2, 512) for i, (t, _) in enumerate(steady(7, EPOCH, 256000))],
        [(EPOCH, 3584)], 2000,
    ),
    "a rate that is not whole": (
        {"SamplingFrequency": 2666.67}, steady(4, 0, 192000), [(0, 2048)], 2666.67,
    ),
    "a third of a microsecond": (
        {"SamplingFrequency": 24000.0}, steady(7, 0, 21333 + 1 / 3), [(0, 3584)], 24000,
    ),
    "a clock of whole microseconds": (
        {"SamplingFrequency": 27789.0, "NLX_Base_Class_Type": "CscAcqEnt"},
        steady(10, 0, 512 * 35), [(0, 5120)], 1e6 / 35,
    ),
    "the same, in one record": (
        {"SamplingFrequency": 27789.0, "NLX_Base_Class_Type": "CscAcqEnt"},
        [(9, 512)], [(9, 512)], 1e6 / 35,
    ),
    "a clock that drifts by 437 ppm": ({}, steady(6, 0, R + 7), [(0, 3072)], 512e6 / (R + 7)),
    "a header far off the records": (
        {"SamplingFrequency": 2000.0}, steady(6), [(0, 3072)], 32000,
    ),
    "no rate in the header": ({"SamplingFrequency": None}, steady(3), [(0, 1536)], 32000),
    "a hole of 0.4 samples": (
        {"SamplingFrequency": 2000.0},
        [*steady(3, 0, 256000), *steady(3, 768200, 256000)], [(0, 3072)], 5 * 512e6 / 1280200,
    ),
    "a hole of one sample": (
        {"SamplingFrequency": 2000.0},
        [*steady(3, 0, 256000), *steady(3, 768500, 256000)], [(0, 1536), (768500, 1536)], 2000,
    ),
    "a part-filled record in the middle, then a hole": (
        {}, [(0, 512), (R, 400), *steady(3, 2 * R)], [(0, 912), (2 * R, 1536)], 32000,
    ),
    "a part-filled record in the middle, no hole": (
        {}, [(0, 512), (R, 400), *steady(3, R + 12500)], [(0, 2448)], 32000,
    ),
    "a hole, and an overlap that makes up for it": (
        {}, [*steady(2), *steady(2, 2 * R + 500), *steady(2, 4 * R)],
        [(0, 1024), (2 * R + 500, 1024), (4 * R, 1024)], 32000,
    ),
    "an empty record first": ({}, [(0, 0), (R, 512), (2 * R, 512)], [(R, 1024)], 32000),
    "an empty record in the middle": (
        {}, [(0, 512), (R, 0), (2 * R, 512)], [(0, 512), (2 * R, 512)], 32000,
    ),
    "an empty record last": ({}, [(0, 512), (R, 512), (2 * R, 0)], [(0, 1024)], 32000),
    "more samples than a record has": ({}, [(0, 600), (R, 512)], [(0, 1024)], 32000),
    "a clock that steps back": (
        {}, [*steady(2, 10 * R), *steady(2)], [(0, 1024), (10 * R, 1024)], 32000,
    ),
    "a record twice": ({}, [(0, 512), (0, 512), (R, 512)], [(0, 512), (0, 1024)], 32000),
    "counted from 1970": ({}, steady(3, EPOCH), [(EPOCH, 1536)], 32000),
    "a time that cannot be": (
        {}, [(0, 512), (1 << 63, 512), (2 * R, 512)], [(0, 512), (2 * R, 512)], 32000,
    ),
    "an impossible time first": ({}, [(1 << 62, 512), *steady(2, R)], [(R, 1024)], 32000),
}  # fmt: skip


@pytest.mark.parametrize("case", PIECES)
def test_pieces_begin_where_time_does_not_go_on(case: str) -> None:
    keys, records, expected, rate = PIECES[case]
    _, contents = scanned(ncs(records, **keys))
    assert timing(contents) == [expected]
    stream = contents.streams[0]
    assert stream.sampling_rate == pytest.approx(rate, rel=1e-12)
    assert stream.clock.zero == min(start for start, _ in expected)
    assert stream.clock.seconds(expected[-1][0]) == (expected[-1][0] - stream.clock.zero) / 1e6


@pytest.mark.parametrize("case", PIECES)
def test_only_the_samples_that_count_are_read(case: str) -> None:
    keys, records, _, _ = PIECES[case]
    bundle, contents = scanned(ncs(records, **keys))
    signal = contents.blocks[0].segments[0].signals[0]
    assert signal is not None
    samples = Samples(bundle, contents.streams[0], signal.pieces)
    # The builder numbered the samples on; what a damaged or reordered record holds is known.
    counts = [0 if time >= 1 << 62 else min(valid, 512) for time, valid in records]
    first = np.concatenate([[0], np.cumsum([min(valid, 512) for _, valid in records])])
    order = sorted(range(len(records)), key=lambda i: records[i][0] if case[-4:] == "back" else i)
    expected = np.concatenate([ramp(int(first[i]), counts[i]) for i in order])
    found = samples.raw(0, samples.n_samples)[:, 0]
    assert found.tolist() == expected.tolist()
    assert STALE not in found.tolist()
    for start, stop in [(0, 1), (511, 513), (600, 600), (1, samples.n_samples - 1)]:
        if stop <= samples.n_samples:
            assert samples.raw(start, stop)[:, 0].tolist() == expected[start:stop].tolist()


@pytest.mark.parametrize(
    ("case", "layout"),
    [("full records", Records), ("a part-filled record in the middle, no hole", Runs)],
)
def test_full_records_are_records_and_others_runs(case: str, layout: type) -> None:
    keys, records, _, _ = PIECES[case]
    _, contents = scanned(ncs(records, **keys))
    signal = contents.blocks[0].segments[0].signals[0]
    assert signal is not None
    assert isinstance(signal.pieces[0].layout, layout)


def test_a_file_in_very_many_pieces_has_one_index() -> None:
    records = [(i * 3 * R + 40 * i * i, 512) for i in range(200)]
    bundle, contents = scanned(folder(a_ncs=ncs(records), b_ncs=ncs(records, AcqEntName="b")))
    (signal,) = contents.blocks[0].segments[0].signals
    assert signal is not None
    assert len({id(piece.layout) for piece in signal.pieces}) == 1
    assert [piece.start_tick for piece in signal.pieces] == [time for time, _ in records]
    samples = Samples(bundle, contents.streams[0], signal.pieces)
    assert samples.raw(0, 102400).tolist() == [[v, v] for v in ramp(0, 102400).tolist()]


@pytest.mark.parametrize(
    ("records", "field", "byte", "severity"),
    [
        ([(0, 512), (R, 600)], "valid", 16384 + 1044 + 16, "warning"),
        ([(0, 512), (1 << 62, 512)], "timestamp", 16384 + 1044, "error"),
        ([(R, 512), (0, 512)], "timestamp", 16384 + 1044, "warning"),
    ],
)
def test_records_that_are_off_are_issues(
    records: list[tuple[int, int]], field: str, byte: int, severity: str
) -> None:
    data = ncs(records)
    _, contents = scanned(data)
    found = [i for i in contents.issues if i.field == field]
    assert [(i.severity, i.offset) for i in found] == [(severity, byte)]
    if severity == "error":
        with pytest.raises(HeaderError, match=f"byte {byte}: {field}"):
            scanned(data, strict=True)


@pytest.mark.parametrize(
    ("keys", "gain", "units"),
    [
        ({}, -0.030517578125, "uV"),
        ({"InputInverted": [False]}, 0.030517578125, "uV"),
        ({"InputInverted": None}, 0.030517578125, "uV"),
        ({"ADBitVolts": None}, 1.0, "dimensionless"),
        ({"ADBitVolts": [0.0]}, 1.0, "dimensionless"),
    ],
)
def test_volts_a_count_and_the_inverted_input(
    keys: dict[str, Any], gain: float, units: str
) -> None:
    _, contents = scanned(ncs(steady(1), **keys))
    channel = contents.streams[0].channels[0]
    assert (channel["gain"], channel["units"], channel["offset"]) == (gain, units, 0.0)
    assert any(issue.field == "ADBitVolts" for issue in contents.issues) == (units != "uV")


#: name -> (files, pieces of each stream, channel names of each stream)
FOLDERS: dict[str, tuple[dict[str, bytes], list[list[tuple[int, int]]], list[list[str]]]] = {
    "channels of one timing are one stream, CSC2 before CSC10": (
        folder(
            CSC10_ncs=ncs(steady(3), AcqEntName="CSC10", InputRange="5"),
            CSC2_ncs=ncs(steady(3), AcqEntName="CSC2"),
        ),
        [[(0, 1536)]], [["CSC2", "CSC10"]],
    ),
    "other rates are other streams, the fastest first": (
        folder(
            a_ncs=ncs(steady(2, 5, 256000), AcqEntName="a", SamplingFrequency=2000.0),
            b_ncs=ncs(steady(3), AcqEntName="b"),
        ),
        [[(0, 1536)], [(5, 1024)]], [["b"], ["a"]],
    ),
    "a start that differs, a length, a gap": (
        folder(
            a_ncs=ncs(steady(3), AcqEntName="a"), b_ncs=ncs(steady(3, 3), AcqEntName="b"),
            c_ncs=ncs(steady(2), AcqEntName="c"),
            d_ncs=ncs([(0, 512), (R, 511), (2 * R, 512)], AcqEntName="d"),
        ),
        [[(0, 1536)], [(3, 1536)], [(0, 1024)], [(0, 1023), (2 * R, 512)]],
        [["a"], ["b"], ["c"], ["d"]],
    ),
    "no units beside units": (
        folder(a_ncs=ncs(steady(1)), b_ncs=ncs(steady(1), AcqEntName="b", ADBitVolts=None)),
        [[(0, 512)], [(0, 512)]], [["CSC1"], ["b"]],
    ),
    "one channel in split files": (
        folder(CSC1_ncs=ncs(steady(2)), CSC1_0001_ncs=ncs([(9 * R, 100)], first=1024)),
        [[(0, 1024), (9 * R, 100)]], [["CSC1"]],
    ),
    "the copy of a file": (
        folder(CSC1_ncs=ncs(steady(2)), Copy_ncs=ncs(steady(2))),
        [[(0, 1024)]], [["CSC1", "Copy"]],
    ),
    "files without records": (
        folder(a_ncs=ncs([]), b_ncs=ncs(steady(1), AcqEntName="b"), c_ncs=ncs(steady(1))[:900]),
        [[(0, 512)]], [["b"]],
    ),
    "what is not Neuralynx, or not read": (
        folder(
            a_ncs=ncs(steady(1)), b_nev=b"NEURALEV" + bytes(500), d_ncs=b"",
            VT1_nvt=header(NCS_KEYS, FileType="Video"),
        ),
        [[(0, 512)]], [["CSC1"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDERS)
def test_folders_give_streams(case: str) -> None:
    files, pieces, names = FOLDERS[case]
    bundle, contents = scanned(files)
    assert identify(bundle) is FORMAT
    assert timing(contents) == pieces
    assert [stream.channels["name"].tolist() for stream in contents.streams] == names
    for stream, signal in zip(
        contents.streams, contents.blocks[0].segments[0].signals, strict=True
    ):
        assert signal is not None
        samples = Samples(bundle, stream, signal.pieces)
        raw = samples.raw(0, samples.n_samples)
        assert raw.shape == (signal.n_samples, len(stream.channels))
        assert (raw == ramp(0, signal.n_samples)[:, None]).all()
    for values in (
        [stream.id for stream in contents.streams],
        [stream.name for stream in contents.streams],
        *(stream.channels["id"].tolist() for stream in contents.streams),
    ):
        assert len(set(values)) == len(values)


def test_layouts_of_two_kinds_stand_side_by_side() -> None:
    whole = [*steady(3), (3 * R, 496)]
    parted = [(0, 512), (R, 400), (R + 12500, 512), (R + 28500, 512), (R + 44500, 96)]
    bundle, contents = scanned(folder(a_ncs=ncs(whole), b_ncs=ncs(parted, AcqEntName="b")))
    assert timing(contents) == [[(0, 2032)]]
    (signal,) = contents.blocks[0].segments[0].signals
    assert signal is not None
    raw = Samples(bundle, contents.streams[0], signal.pieces).raw(300, 2032)
    assert (raw == ramp(300, 1732)[:, None]).all()


def test_every_channel_has_its_own_gain() -> None:
    files = folder(a_ncs=ncs(steady(1)), b_ncs=ncs(steady(1), AcqEntName="b", ADBitVolts=[1e-6]))
    bundle, contents = scanned(files)
    (signal,) = contents.blocks[0].segments[0].signals
    assert signal is not None
    values = Samples(bundle, contents.streams[0], signal.pieces).physical(0, 3)
    expected = ramp(0, 3)[:, None] * np.array([-0.030517578125, -(1e-6 * 1e6)])
    np.testing.assert_allclose(values, expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ({"session": "b2"}, ("b.ncs", "c.nev")),
        ({"files": ("a.ncs", "b.ncs")}, ("a.ncs", "b.ncs")),
        ({"exclude": ("b.ncs",)}, ("a.ncs", "c.nev")),
    ],
)
def test_several_sessions_are_refused_until_one_is_chosen(
    options: dict[str, Any], files: tuple[str, ...]
) -> None:
    several = folder(
        a_ncs=ncs(steady(1), SessionUUID="a1-7f"),
        b_ncs=ncs(steady(1, 99), SessionUUID="B2-7F", AcqEntName="b"),
        c_nev=nev([(5, 11, 0, b"x")], SessionUUID=None),
    )
    with pytest.raises(SeveralRecordingsError, match=r"session=.*a1-7f: a\.ncs; b2-7f: b\.ncs"):
        scanned(several)
    assert scanned(several, **options)[1].files == files


def test_names_of_the_recorders_folders_are_not_told() -> None:

    def of(name: str) -> bytes:
        return ncs(steady(1), SessionUUID=None, OriginalFileName=rf"C:\data\{name}\CSC1.ncs")

    lower = of("Doe").replace(b"OriginalFileName", b"originalfilename")
    several = folder(a_ncs=of("2021-02-26_15-46"), b_ncs=lower)
    told = r"2021-02-26_15-46: a\.ncs; \(a folder's name\): b\.ncs"
    with pytest.raises(SeveralRecordingsError, match=told):
        scanned(several)
    _, contents = scanned(several, session="doe")
    assert contents.files == ("b.ncs",)
    assert "Doe" not in repr(contents.metadata.other)


def test_the_folder_below_is_opened_and_several_are_refused() -> None:
    inside = {"original_data/CSC1.ncs": ncs(steady(1)), "plain_data/CSC1.txt": b"1 2 3"}
    assert scanned(inside)[1].files == ("original_data/CSC1.ncs",)
    with pytest.raises(SeveralRecordingsError, match="day1, day2"):
        scanned({"day1/a.ncs": ncs(steady(1)), "day2/a.ncs": ncs(steady(1))})
    with pytest.raises(MissingFileError, match="nothere"):
        scanned(folder(a_ncs=ncs(steady(1))), files=("nothere.ncs",))


def test_one_origin_for_all_kinds() -> None:
    _, contents = scanned(
        folder(
            a_ncs=ncs(steady(2, EPOCH + 700)),
            s_nse=spikes([(EPOCH + 900, 0)], np.zeros((1, 32, 1)), kind="nse"),
            e_nev=nev([(EPOCH + 50, 11, 0, b"b"), (EPOCH + 1, 11, 0, b"a")]),
        )
    )
    clocks = {stream.clock for stream in contents.streams}
    clocks |= {unit.clock for unit in contents.spike_units}
    clocks |= {channel.clock for channel in contents.event_channels}
    (clock,) = clocks
    assert (clock.rate, clock.zero) == (1e6, EPOCH + 1)
    segment = contents.blocks[0].segments[0]
    assert (segment.start, segment.stop) == (0.0, 0.032699)
    assert clock.seconds(EPOCH + 700) == 0.000699


def test_spikes_of_a_tetrode() -> None:
    waves = np.arange(6 * 32 * 4).reshape(6, 32, 4)
    cells = [0, 5, 0, 2, 5, 5]
    volts = [1e-6, 2e-6, 3e-6, 4e-6]
    data = spikes(list(zip(range(100, 106), cells, strict=True)), waves, ADBitVolts=volts)
    bundle, contents = scanned(folder(TT1_ntt=data))
    assert [(u.id, u.name, u.sorted) for u in contents.spike_units] == [
        ("TT1#0", "TT1 unsorted", False),
        ("TT1#2", "TT1 unit 2", True),
        ("TT1#5", "TT1 unit 5", True),
    ]
    for unit, table in zip(
        contents.spike_units, contents.blocks[0].segments[0].spikes, strict=True
    ):
        assert isinstance(table, SpikeTable)
        assert table.waveforms is not None
        mine = [i for i, cell in enumerate(cells) if f"TT1#{cell}" == unit.id]
        assert table.ticks.tolist() == [100 + i for i in mine]
        found = read_waveforms(bundle, table.waveforms, 0, len(mine))
        assert (found == waves[mine].transpose(0, 2, 1)).all()
        assert unit.channels["gain"].tolist() == pytest.approx([-1.0, -2.0, -3.0, -4.0])
        assert (unit.sampling_rate, unit.pre_samples, unit.electrode) == (32000.0, 7, "TT1")


@pytest.mark.parametrize(
    ("kind", "samples", "keys", "gains"),
    [
        ("nse", 32, {}, [-0.030517578125]),
        ("nse", 48, {"WaveformLength": 48}, [-0.030517578125]),  # the record's size decides
        ("nst", 32, {}, [-0.030517578125] * 2),
        ("ntt", 32, {}, [-0.030517578125] * 4),  # one number stands for all
        ("ntt", 32, {"NumADChannels": 3, "ADChannel": [1, 2, 3]}, [-0.030517578125] * 4),
        ("ntt", 32, {"ADBitVolts": [1e-6] * 3}, [1.0] * 4),  # not for every channel: raw
        ("ntt", 32, {"RecordSize": 305}, [-0.030517578125] * 4),
    ],
)
def test_waveforms_of_every_kind(
    kind: str, samples: int, keys: dict[str, Any], gains: list[float]
) -> None:
    channels = len(gains)
    waves = np.arange(2 * samples * channels).reshape(2, samples, channels)
    data = spikes([(1, 0), (2, 0)], waves, kind=kind, **keys)
    bundle, contents = scanned({f"x.{kind}": data})
    (unit,), (table,) = contents.spike_units, contents.blocks[0].segments[0].spikes
    assert isinstance(table, SpikeTable)
    assert table.waveforms is not None
    assert unit.channels["gain"].tolist() == pytest.approx(gains)
    found = read_waveforms(bundle, table.waveforms, 0, 2)
    assert (found == waves.transpose(0, 2, 1)).all()


def test_two_files_of_one_electrode_keep_apart() -> None:
    one = spikes([(1, 0)], np.zeros((1, 32, 1)), kind="nse")
    _, contents = scanned(folder(SE1_nse=one, SE1_0001_nse=one))
    assert {unit.electrode for unit in contents.spike_units} == {"SE1", "SE1_0001"}


def test_events_keep_their_order_and_all_their_columns() -> None:
    text = b"na\xefve".ljust(128, b"!")
    rows = [(30, 11, 0x8001, text), (10, 4, 0, b"ab\0stale"), (20, 19, 2, b"")]
    bundle, contents = scanned(nev(rows))
    (channel,) = contents.event_channels
    assert (channel.name, channel.kind, channel.clock.zero) == ("Events", "event", 10)
    table = event_table(bundle, contents)
    assert table.ticks.tolist() == [30, 10, 20]
    assert [label.decode(table.encoding) for label in table.labels.tolist()] == [
        text.decode("latin-1"), "ab", "",
    ]  # fmt: skip
    assert table.columns["id"].tolist() == [11, 4, 19]
    assert table.columns["ttl"].tolist() == [32769, 0, 2]
    assert table.columns["extra"].shape == (3, 8)


def test_split_event_files_are_one_channel() -> None:
    files = folder(Events_nev=nev([(9, 11, 0, b"x")]), Events_0001_nev=nev([(7, 11, 0, b"y")]))
    bundle, contents = scanned(files)
    assert [channel.name for channel in contents.event_channels] == ["Events"]
    table = event_table(bundle, contents)
    assert sorted(zip(table.ticks.tolist(), table.labels.tolist(), strict=True)) == [
        (7, b"y"), (9, b"x"),
    ]  # fmt: skip
    deferred: Any = contents.blocks[0].segments[0].events[0]
    assert deferred.count == 2


@pytest.mark.parametrize("data", [nev([]), spikes([], np.zeros((0, 32, 4))), ncs([])])
def test_a_header_alone_opens(data: bytes) -> None:
    bundle, contents = scanned(data)
    assert (contents.streams, contents.spike_units) == ((), ())
    assert any("without records" in issue.message for issue in contents.issues)
    if contents.event_channels:
        assert len(event_table(bundle, contents)) == 0


@pytest.mark.parametrize("tail", [1, 20, 1043])
def test_a_cut_record_is_left_out_and_reported(tail: int) -> None:
    data = ncs(steady(3))[: 16384 + 2 * 1044 + tail]
    _, contents = scanned(data)
    assert timing(contents) == [[(0, 1024)]]
    (issue,) = [issue for issue in contents.issues if issue.severity == "error"]
    assert issue.offset == 16384 + 2 * 1044
    with pytest.raises(HeaderError, match="cut"):
        scanned(data, strict=True)


def test_times_that_lie_far_apart_are_reported() -> None:
    day = 86_400_000_000
    for days, found in [(59, 0), (61, 1)]:
        files = folder(a_ncs=ncs(steady(1, 5)), e_nev=nev([(days * day, 11, 0, b"x")]))
        _, contents = scanned(files)
        assert sum("no session" in issue.message for issue in contents.issues) == found


def test_one_file_is_opened_alone(tmp_path: Any) -> None:
    for name, data in folder(a_ncs=ncs(steady(1)), b_ncs=ncs(steady(1))).items():
        (tmp_path / name).write_bytes(data)
    assert scanned(tmp_path / "a.ncs")[1].files == ("a.ncs",)
    assert scanned(tmp_path)[1].files == ("a.ncs", "b.ncs")


def by_hand(header: FileHeader, ticks: Any, counts: Any) -> Any:
    """Cuts every second record."""
    return np.arange(0, len(ticks), 2)


def test_who_opens_may_say_where_pieces_begin() -> None:
    _, contents = scanned(ncs(steady(4)), cuts=by_hand)
    assert timing(contents) == [[(0, 1024), (2 * R, 1024)]]


def test_contents_are_plain_data() -> None:
    data = folder(a_ncs=ncs(PIECES["a part-filled record in the middle, no hole"][1]))
    _, contents = scanned(data)
    assert timing(pickle.loads(pickle.dumps(contents))) == timing(contents)
    again = FORMAT.scan(open_bundle(data), FORMAT.options(), Report())
    assert timing(again) == timing(contents)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (ncs(steady(1), AcqEntName="b") + b"half", "b.ncs: byte 17428: the last record is cut"),
        (b"", "b.ncs: byte 0: magic"),
        (b"something else", "b.ncs: byte 0: magic"),
    ],
)
def test_no_file_of_a_folder_is_lost_in_silence(other: bytes, told: str) -> None:
    files = folder(a_ncs=ncs(steady(1)), b_ncs=other)
    _, contents = scanned(files)
    (issue,) = [issue for issue in contents.issues if issue.severity == "error"]
    assert issue.where == "b.ncs"
    with pytest.raises(HeaderError, match=told):
        scanned(files, strict=True)
