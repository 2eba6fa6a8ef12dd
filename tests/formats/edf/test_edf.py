"""EDF, EDF+, BDF from built files: each clause of the description and each trap."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from tests.formats.edf.build import Notes, Signal, edf, ramp, tal, timed
from tests.formats.edf.opened import Opened

import neophys
from neophys.contents import Subject
from neophys.errors import GapError, HeaderError, NeophysError, TruncatedError
from neophys.formats.edf import FORMAT
from neophys.formats.edf.header import HEADER
from neophys.neo.rawio import EDFRawIO
from neophys.source.bundle import open_bundle


def one(n: int = 4, records: int = 3, **signal: Any) -> Signal:
    return Signal(ramp(records, n), n, **signal)


# Values


@pytest.mark.parametrize(
    ("bdf", "physical", "digital", "raw", "expected"),
    [
        (False, (-100, 100), None, (-32768, 32767, 0), (-100, 100, 0.0015259021896696422)),
        (False, (100, -100), None, (-32768, 32767, 0), (100, -100, -0.0015259021896696422)),
        (
            True, (-262144, 262143), None, (-8388608, 8388607, 70000),
            (-262144, 262143, 2187.011583030916),
        ),
        (False, (-100, 1000), (-2048, 2048), (-3000, 2048, 0), (-355.6640625, 1000, 450)),
        (False, (-5, 5), (100, -100), (100, -100, 0), (-5, 5, 0)),
    ],
    ids=["EDF", "reversed", "BDF has 24 bits", "outside the limits is not clipped", "dmin > dmax"],
)  # fmt: skip
def test_digital_limits_mean_the_physical_ones(
    bdf: bool, physical: Any, digital: Any, raw: Any, expected: Any
) -> None:
    file = Opened(edf(Signal(raw, 3, physical=physical, digital=digital), bdf=bdf))
    np.testing.assert_array_equal(file.raw()[:, 0], raw)
    span = abs(physical[1] - physical[0])
    np.testing.assert_allclose(file.values()[:, 0], expected, rtol=0, atol=1e-12 * span)
    assert ("physical_min[0]" in file.faults) == (digital == (100, -100))


@pytest.mark.parametrize(
    ("signal", "raw_header"),
    [
        ({"physical": (5, 5)}, {}),
        ({"digital": (7, 7)}, {}),
        ({}, {("physical_min", 0): b"uV"}),
        ({}, {("digital_max", 0): b""}),
        ({}, {("physical_min", 0): b"-1E308", ("physical_max", 0): b"1E308"}),
        ({}, {("physical_min", 0): b"0", ("physical_max", 0): b"1E-323"}),
    ],
    ids=["pmin = pmax", "dmin = dmax", "text", "empty", "span is infinite", "step is 0"],
)
def test_without_two_limits_values_are_the_stored_numbers(signal: Any, raw_header: Any) -> None:
    file = Opened(edf(one(**signal), raw_signals=raw_header))
    np.testing.assert_array_equal(file.values(), file.raw())
    assert file.contents.streams[0].channels["units"].tolist() == ["dimensionless"]
    assert file.faults["physical_min[0]"][0] == "warning"


@pytest.mark.parametrize("bdf", [False, True])
def test_rates_are_streams_and_columns_keep_the_order_of_the_header(bdf: bool) -> None:
    item = 3 if bdf else 2
    signals = [
        Signal(ramp(5, n, i, item), n, f"s{i}", (-10.0 - i, 20.0))
        for i, n in enumerate((100, 128, 100, 1, 128, 100))
    ]
    notes = Notes([b""] * 5)
    file = Opened(edf(*signals[:2], notes, *signals[2:], bdf=bdf, plus="C", duration=10.0))
    streams = file.contents.streams
    assert [(s.id, s.name, s.sampling_rate) for s in streams] == [
        ("0", "10 Hz", 10.0), ("1", "12.8 Hz", 12.8), ("2", "0.1 Hz", 0.1),
    ]  # fmt: skip
    for i, members in enumerate(([0, 2, 5], [1, 4], [3])):
        assert streams[i].channels["name"].tolist() == [f"s{m}" for m in members]
        assert streams[i].channels["id"].tolist() == [str(m) for m in members]
        expected = np.stack([signals[m].values(item) for m in members], axis=1)
        np.testing.assert_allclose(file.values(i), expected, rtol=0, atol=4e-11)
        raw = np.stack([signals[m].samples for m in members], axis=1)
        np.testing.assert_array_equal(file.raw(i), raw)
    assert file.segment.stop == 50.0


@pytest.mark.parametrize(
    ("duration", "n", "rate"),
    [(b"0.046875", 12, 256.0), (b"0.333333", 100, 100 / 0.333333), (b"1E2", 5, 0.05)],
)
def test_a_rate_is_samples_by_duration_and_is_not_repaired(
    duration: bytes, n: int, rate: float
) -> None:
    file = Opened(edf(one(n), raw={"record_duration": duration}))
    assert file.contents.streams[0].sampling_rate == rate


@pytest.mark.parametrize("channels", [1, 40])
def test_wide_and_narrow_records_read_alike(channels: int) -> None:
    signals = [Signal(ramp(4, 300, i), 300, f"c{i}") for i in range(channels)]
    file = Opened(edf(*signals))
    expected = np.stack([s.samples for s in signals], axis=1)
    for start, stop in ((0, 1200), (299, 301), (10, 20), (600, 600), (250, 1199)):
        for columns in (slice(0, channels), np.array([channels - 1, 0, 0])):
            found = file.samples().raw(start, stop, columns)
            np.testing.assert_array_equal(found, expected[start:stop][:, columns])


def test_one_sample_is_a_recording() -> None:
    file = Opened(edf(Signal([7], 1)))
    assert (file.raw().tolist(), file.spans()) == ([[7]], [(0.0, 1)])


# Header text and numbers


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        (b"uV", "uV"),
        (b"\xb5V", "uV"),
        ("µV".encode(), "uV"),
        (b"\x83\xcaV", "uV"),
        (b"degreeC", "degC"),
        (b"%", "%"),
        (b"Boolean", "dimensionless"),
        (b"", "dimensionless"),
        (b"furlong", "furlong"),
    ],
    ids=["ASCII", "Latin-1", "UTF-8", "Shift-JIS", "degC", "%", "Boolean", "blank", "unknown"],
)
def test_units(written: bytes, unit: str) -> None:
    file = Opened(edf(one(), raw_signals={("dimension", 0): written}))
    assert file.contents.streams[0].channels["units"].tolist() == [unit]
    assert ("dimension[0]" in file.faults) == (unit == "furlong")


def test_labels_keep_any_text_and_may_be_equal() -> None:
    labels = {("label", 0): b"EEG \xb5 Caf\xe9", ("label", 1): "naïve".encode()}
    labels |= {("label", 2): b"twice\0stale", ("label", 3): b"twice"}
    file = Opened(edf(*[one()] * 4, raw_signals=labels))
    channels = file.contents.streams[0].channels
    assert channels["name"].tolist() == ["EEG µ Café", "naïve", "twice", "twice"]
    assert channels["id"].tolist() == ["0", "1", "2", "3"]


def test_numbers_as_writers_write_them() -> None:
    numbers = {
        ("physical_min", 0): b"-100,5", ("physical_max", 0): b"+1E2", ("digital_min", 0): b" -2048",
        ("digital_max", 0): b"2047.0\0",
    }  # fmt: skip
    file = Opened(edf(one(), raw_signals=numbers, raw={"n_records": b"   3"}))
    row = file.contents.streams[0].channels[0]
    limits = [row[f"{kind}_{end}"] for kind in ("physical", "digital") for end in ("min", "max")]
    assert (limits, file.report.issues) == ([-100.5, 100.0, -2048.0, 2047.0], [])


@pytest.mark.parametrize(
    ("date", "recording", "expected"),
    [
        (b"31.12.84", b"", dt.date(2084, 12, 31)),
        (b"01.01.85", b"", dt.date(1985, 1, 1)),
        (b"01.02.yy", b"Startdate 01-FEB-2085 X X X", dt.date(2085, 2, 1)),
        (b"01.02.yy", b"Startdate 01-feb-2085 X X X", dt.date(2085, 2, 1)),
        (b"01.02.yy", b"", None),
        (b"31.02.20", b"Startdate X X X X", None),
        (b"", b"", None),
        (b"05.03.02", b"Startdate 04-MAR-2002 X X X", dt.date(2002, 3, 4)),
    ],
)
def test_dates(date: bytes, recording: bytes, expected: dt.date | None) -> None:
    file = Opened(edf(one(), raw={"start_date": date, "recording": recording}))
    start = file.contents.metadata.start
    assert (start and start.date()) == expected
    odd = not date.endswith((b"84", b"85", b"yy"))
    assert ("start_date" in file.faults) == odd


def test_an_impossible_time_leaves_the_start_unknown() -> None:
    file = Opened(edf(one(), raw={"start_time": b"26.00.99"}))
    assert file.contents.metadata.start is None
    assert file.faults["start_time"][0] == "warning"


def test_who_was_recorded_stays_private() -> None:
    plus = Opened(edf(one(), timed("+0", "+1", "+2"), plus="C")).contents
    assert plus.subject.show() == (
        "id: MCH-0234567\nname: Haagse Harry\nsex: F\nbirth date: 1951-05-02\n"
        "administration code: EMG561\ntechnician: BK/JOP"
    )
    plain = Opened(edf(one(), patient="Harry Haagse 1951", recording="Dr. Haagse")).contents
    assert plain.subject.other == {"patient": "Harry Haagse 1951", "recording": "Dr. Haagse"}
    unknown = edf(one(), timed("+0", "+1", "+2"), plus="C", patient="X X X X", recording="")
    assert Opened(unknown).contents.subject.show() == Subject().show()
    odd = Opened(edf(one(), timed("+0", "+1", "+2"), plus="C", patient="Haagse, H. 1951"))
    assert odd.contents.subject.other["patient"] == "Haagse, H. 1951"
    assert "Haagse" not in str(odd.faults["patient"])
    header = HEADER.read(edf(one(), patient="Haagse", recording="Haagse"))
    for contents in (plus, plain, header):
        assert "Haagse" not in repr(contents)
        assert "BK/JOP" not in repr(contents)
    assert plus.metadata.device == "Sony. MNC"


# How many records


@pytest.mark.parametrize(
    ("change", "records", "severity"),
    [
        (lambda data: data, 3, None),
        (lambda data: put(data, 236, b"-1"), 3, "warning"),
        (lambda data: put(data, 236, b"6"), 3, "error"),
        (lambda data: put(data, 236, b"2"), 3, "warning"),
        (lambda data: put(data, 236, b"many"), 3, "warning"),
        (lambda data: data[:-5], 2, "error"),
        (lambda data: put(data[:-5], 236, b"-1"), 2, "warning"),
        (lambda data: data + b"\0", 3, "warning"),
        (lambda data: put(data[:512], 236, b"0"), 0, None),
        (lambda data: data[:512], 0, "error"),
        (lambda data: put(data, 184, b"768"), 3, "warning"),
        (lambda data: put(data, 184, b""), 3, "warning"),
        (lambda data: put(data, 184, b"99999999"), 3, "warning"),
        (lambda data: put(data[:512] + b"\0\0\0" + data[512:], 184, b"515"), 3, "warning"),
    ],
    ids=[
        "as written", "-1", "count + 3", "count - 1", "text", "half a record", "-1 and half",
        "one byte more", "no record", "all records cut", "header bytes wrong by 256",
        "header bytes empty", "header bytes behind the file", "header bytes with an exact fit",
    ],
)  # fmt: skip
def test_the_size_says_how_many_records_there_are(
    change: Any, records: int, severity: str | None
) -> None:
    signal = one(100)
    file = Opened(change(edf(signal)))
    expected = np.asarray(signal.samples)[: 100 * records]
    np.testing.assert_array_equal(file.raw()[:, 0], expected)
    assert {issue.severity for issue in file.report.issues} == ({severity} - {None})
    assert file.segment.stop == float(records)


def put(data: bytes, at: int, text: bytes, width: int = 8) -> bytes:
    return data[:at] + text.ljust(width) + data[at + width :]


def test_a_sparse_file_beyond_4_gib_reads_its_last_record(tmp_path: Any) -> None:
    n, record = 60_000_000, 2 * 41
    head = edf(Signal([0], 1), Signal([0] * 40, 40), n_records=n)[:768]
    path = tmp_path / "long.edf"
    with path.open("wb") as file:
        file.write(head)
        file.seek(768 + record * (n - 1))
        file.write(np.arange(41, dtype="<i2").tobytes())
    opened = Opened(path)
    np.testing.assert_array_equal(opened.samples(1).raw(40 * n - 40, 40 * n)[:, 0], range(1, 41))
    assert opened.faults == {}


# Time


def test_gaps_of_edf_d_are_pieces() -> None:
    texts = {2: tal("+10.5", "in the second"), 3: tal("+5", "in the gap")}
    signals = [Signal(ramp(4, 10), 10, "a"), Signal(ramp(4, 4), 4, "b")]
    data = edf(*signals, timed("+0", "+1", "+10", "+11", texts=texts), plus="D")
    file = Opened(data)
    assert [file.spans(i) for i in (0, 1)] == [[(0, 20), (10, 20)], [(0, 8), (10, 8)]]
    assert file.segment.stop == 12.0
    assert file.notes() == [(5.0, None, "in the gap"), (10.5, None, "in the second")]
    np.testing.assert_array_equal(file.raw()[:, 0], signals[0].samples)
    assert file.report.issues == []


def test_a_recording_with_gaps_and_two_rates() -> None:
    fast, slow = Signal(ramp(3, 10), 10, "fast"), Signal(ramp(3, 4, 1), 4, "slow")
    texts = {0: tal("+0.5", "a") + tal("+1.75", "a") + tal("+9.5", "a")}
    with neophys.open(edf(fast, slow, timed("+0", "+1", "+9", texts=texts), plus="D")) as opened:
        for signal, n, of in ((opened["fast"], 10, fast), (opened["slow"], 4, slow)):
            values = of.values()
            assert [(p.t_start, len(p)) for p in signal.pieces] == [(0.0, 2 * n), (9.0, n)]
            with pytest.raises(GapError, match="not contiguous"):
                signal.read()
            np.testing.assert_allclose(signal.read(gaps="skip").values, values, rtol=1e-6)
            filled = signal.read(gaps="nan")
            assert np.isnan(filled.values[2 * n : 9 * n]).all()
            assert filled.values.shape == (10 * n,)
            np.testing.assert_allclose(filled.values[9 * n :], values[2 * n :], rtol=1e-6)
            part = signal.sel(time=(9.0, 9.5))
            np.testing.assert_allclose(part.read().values, values[2 * n :][: n // 2], rtol=1e-6)
            trials = signal.around(opened.events, before=0.5, after=0.5, where="a")
            assert (trials.n, len(trials.dropped)) == (2, 1)


@pytest.mark.parametrize(
    ("plus", "times", "spans", "severity"),
    [
        ("D", ["+0", "+1", "+2", "+3"], [(0, 40)], None),
        ("D", ["+0.25", "+1.25", "+7.25", "+8.25"], [(0, 20), (7, 20)], None),
        ("C", ["+0.25", "+1.25", "+2.25", "+3.25"], [(0, 40)], None),
        ("C", ["+0", "+1", "+7", "+8"], [(0, 20), (7, 20)], "warning"),
        ("D", ["+0", "", "+7", ""], [(0, 20), (7, 20)], "warning"),
        ("D", ["", "+1.5", "+2.5", "+9"], [(0, 30), (8.5, 10)], "warning"),
        ("C", ["+0", "", "", "+3"], [(0, 40)], None),
        ("D", ["+0", "+1", "+99", "+3"], [(0, 40)], "error"),
        ("D", ["+0", "+9", "+3", "+10"], [(0, 20), (3, 10), (10, 10)], "error"),
        ("D", ["+0", "+9", "+0.5", "+11"], [(0, 10), (9, 30)], "error"),
        ("D", ["+0", "+0.9", "+2", "+3"], [(0, 40)], "error"),
        ("D", ["+0", "+1.01", "+2.01", "+3.02"], [(0, 40)], None),
        ("D", ["+0", "+1.06", "+2.06", "+3.06"], [(0, 10), (1.06, 30)], None),
        ("D", ["+0", "+1.04", "+2.08", "+3.12"], [(0, 40)], "warning"),
        ("D", ["-1", "+0", "+1", "+5"], [(0, 30), (6, 10)], "warning"),
        ("C", ["+60", "+61", "+62", "+63"], [(0, 40)], "warning"),
        ("D", ["nonsense"] * 4, [(0, 40)], "warning"),
        ("D", ["+0", "+1", "+99999999999", "+3"], [(0, 40)], "warning"),
        ("D", ["+0", "+00000000001.", "+2.000", "+3"], [(0, 40)], None),
    ],
    ids=[
        "D without gap", "fraction of the start", "fraction in C", "C with a gap",
        "D without some times", "D without the first time", "C without some times", "one time lies",
        "a jump too far", "a step back", "overlap", "less than half a sample",
        "more than half a sample", "drift", "before the start", "long after the start",
        "no times", "a time beyond all", "zeros around a time",
    ],
)  # fmt: skip
def test_records_tell_when_they_begin(
    plus: str, times: list[str], spans: Any, severity: str | None
) -> None:
    lists = [tal(t, "") if t[:1] in ("+", "-") else t.encode() for t in times]
    file = Opened(edf(one(10, 4), Notes(lists), plus=plus))
    assert file.spans() == spans
    assert {issue.severity for issue in file.report.issues} == ({severity} - {None})


def test_times_far_apart_stay_exact() -> None:
    times = ("+0.1234567", "+86400.7654321", "+999999.0000001")
    file = Opened(edf(one(10), timed(*times), plus="D"))
    begins = [piece.start_tick for piece in file.pieces()]
    assert begins == [0, 86400641975400, 999998876543400]
    assert file.contents.metadata.start == dt.datetime(2002, 3, 2, 4, 5, 6, 123457)
    assert file.contents.metadata.other["start_fraction"] == 0.1234567


def test_the_fraction_of_the_start_shifts_annotations() -> None:
    notes = timed("+0.25", "+1.25", "+2.25", texts={1: tal("+0.75", "here")})
    file = Opened(edf(one(), notes, plus="C"))
    assert file.notes() == [(0.5, None, "here")]
    assert file.contents.metadata.start == dt.datetime(2002, 3, 2, 4, 5, 6, 250000)


def test_a_record_of_no_duration_needs_times() -> None:
    for plus in ("", "C", "D"):
        notes = [timed("+0", "+0", "+0")] if plus else []
        with pytest.raises(HeaderError, match="byte 244: record_duration: found 0"):
            Opened(edf(one(10), *notes, plus=plus, duration=0))
    file = Opened(edf(one(10), timed("+0", "+0.5", "+4"), plus="D", duration=0))
    assert file.contents.streams[0].sampling_rate == 20.0
    assert file.spans() == [(0.0, 20), (4.0, 10)]
    assert file.faults["record_duration"][0] == "warning"


# Annotations


def test_annotations_by_the_letter() -> None:
    long = "ü" * 20
    texts = {
        0: tal("+2", "two", "texts") + tal("+1", "pointless", duration="") + tal("+0.5", ""),
        1: tal("-0.5", "before") + tal("+1000000", "after", duration="0"),
        2: tal("+1.5", "Caf\xe9".encode("latin-1"), duration="2.25") + tal("+1.5", long),
    }
    file = Opened(edf(one(), timed("+0", "+1", "+2", texts=texts), plus="C"))
    assert file.notes() == [
        (-0.5, None, "before"), (1.0, None, "pointless"), (1.5, 2.25, "Café"), (1.5, None, long),
        (2.0, None, "two"), (2.0, None, "texts"), (1e6, 0.0, "after"),
    ]  # fmt: skip
    assert ("warning", "1 texts of annotations are no UTF-8; read as cp1252") in [
        (issue.severity, issue.message) for issue in file.report.issues
    ]


@pytest.mark.parametrize("between", [1, 20_000])
@pytest.mark.parametrize("bdf", [False, True])
def test_annotation_signals_may_be_several_and_anywhere(bdf: bool, between: int) -> None:
    first = Notes([tal(f"+{t}.5", "") + tal(f"+{t}.6", f"a{t}") for t in range(3)], 40)
    second = Notes([tal(f"+{t}.9", f"b{t}") for t in range(3)], 61)
    file = Opened(edf(first, one(between), second, one(between), bdf=bdf, plus="C"))
    labels = [label for _, _, label in file.notes()]
    assert labels == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert file.notes()[0][0] == 0.1
    assert len(file.contents.streams[0].channels) == 2


def test_text_with_the_time_of_a_record_is_an_annotation() -> None:
    file = Opened(edf(one(), Notes([tal("+0", "", "text"), tal("+1", ""), b""]), plus="C"))
    assert file.notes() == [(0.0, None, "text")]


def test_an_annotation_may_belong_to_a_channel() -> None:
    texts = {0: tal("+1", "spike@@EEG Fp1") + tal("+2", "mail@@home") + tal("+3", "all")}
    table = Opened(edf(one(), timed("+0", "+1", "+2", texts=texts), plus="C")).table()
    assert table.labels.tolist() == ["spike", "mail@@home", "all"]
    assert table.columns["signal"].tolist() == ["EEG Fp1", "", ""]


def test_events_are_in_order_of_time() -> None:
    texts = {0: tal("+2", "b", "c") + tal("+1", "a"), 1: tal("+1", "b")}
    data = edf(one(), timed("+0", "+1", "+2", texts=texts), plus="C")
    assert Opened(data).table().labels.tolist() == ["b", "c", "a", "b"]
    assert neophys.open(data).events.label.tolist() == ["a", "b", "b", "c"]


@pytest.mark.parametrize(
    "broken",
    [b"1\x14no sign\x14\0", b"+1 no end\0", b"+x\x14text\x14\0", b"\xff" * 9, b"+1\x14open end\0",
     b"+99999999999\x14too far\x14\0", b"+1\x15-1\x14negative\x14\0"],
)  # fmt: skip
def test_a_broken_annotation_costs_itself_alone(broken: bytes) -> None:
    lists = [tal("+0", "") + tal("+0.5", "good") + broken, tal("+1", ""), tal("+2", "", "too")]
    file = Opened(edf(one(), Notes(lists), plus="C"))
    assert [label for _, _, label in file.notes()] == ["good", "too"]
    assert ("error", "1 annotations are broken and left out") in file.faults.values()


def test_an_annotation_that_fills_its_record_is_whole() -> None:
    lists = [tal(f"+{i}", "", "x" * 9)[:-1] for i in range(3)]
    file = Opened(edf(one(), Notes(lists, len(lists[0]))))
    assert len(lists[0]) % 2 == 0
    assert [label for _, _, label in file.notes()] == ["x" * 9] * 3


@pytest.mark.parametrize("duration", [0, 1.0])
def test_annotations_alone_are_a_recording(duration: float) -> None:
    file = Opened(edf(timed("+0", texts={0: tal("+30630", "W")}), plus="C", duration=duration))
    assert (file.contents.streams, file.segment.signals) == ((), ())
    assert file.notes() == [(30630.0, None, "W")]


def test_plain_edf_may_hold_annotations_where_the_bytes_say_so() -> None:
    assert Opened(edf(timed("+0", texts={0: tal("+1", "x")}))).notes() == [(1.0, None, "x")]
    named = Opened(edf(one(label="EDF Annotations")))
    assert named.contents.event_channels == ()
    assert named.contents.streams[0].channels["name"].tolist() == ["EDF Annotations"]


def test_one_long_text_does_not_widen_all(tmp_path: Any) -> None:
    texts = b"".join(tal(f"+{i}", "ab") for i in range(20000)) + tal("+1", "x" * 30000)
    path = tmp_path / "a.edf"
    path.write_bytes(edf(Notes([tal("+0", "") + texts], 400_000), plus="C", duration=0))
    reader = EDFRawIO(str(path))
    reader.parse_header()
    labels = [Opened(path).table().labels, neophys.open(path).events.label]
    for found in (*labels, reader.get_event_timestamps(0, 0, 0)[2]):
        assert found.nbytes < 1 << 20
        assert sorted(map(len, found))[-2:] == [2, 30000]


# The Status signal of BDF


def test_status_bits_are_triggers() -> None:
    bits = [0x10000, 0x10005, 5, 0, 0x80FFFF, 0xFFFF, 5, 0x300005, 0x7F0000, 2]
    codes = np.array(bits) - np.where(np.array(bits) >= 0x800000, 1 << 24, 0)
    status = Signal(codes, 5, "Status", (-8388608, 8388607), dimension="Boolean")
    file = Opened(edf(one(5, 2), status, bdf=True))
    table = file.table("Status")
    assert table.ticks.tolist() == [1, 4, 6, 9]
    assert table.labels.tolist() == ["5", "65535", "5", "2"]
    assert file.contents.event_channels[0].clock.seconds(table.ticks).tolist() == [
        0.2, 0.8, 1.2, 1.8,
    ]  # fmt: skip
    np.testing.assert_array_equal(file.values()[:, 1], codes)
    assert file.report.issues == []


@pytest.mark.parametrize(("asked", "ticks"), [(False, []), (True, [0])])
def test_the_first_status_counts_when_asked(asked: bool, ticks: list[int]) -> None:
    data = edf(Signal([3] * 6, 6, "Status"), bdf=True)
    assert Opened(data, first_status=asked).table("Status").ticks.tolist() == ticks


def test_status_of_bdf_d_keeps_to_the_gaps() -> None:
    status = Signal([0, 0, 0, 4, 4, 6], 2, "Status")
    file = Opened(edf(status, timed("+0", "+1", "+7.3"), plus="D", bdf=True))
    assert file.table("Status").ticks.tolist() == [3.0, 7.3 * 2 + 1]


def test_only_bdf_has_a_status_signal() -> None:
    assert Opened(edf(one(label="Status"))).contents.event_channels == ()


# What is none


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda data: b"", TruncatedError, "byte 0: EDF header"),
        (lambda data: data[:255], TruncatedError, "byte 0: EDF header"),
        (lambda data: data[:400], TruncatedError, "byte 256: EDF signal headers"),
        (lambda data: put(data, 0, b"0"[:0]), HeaderError, "byte 0: version"),
        (lambda data: put(data, 252, b"0", 4), HeaderError, "byte 252: n_signals: found 0"),
        (lambda data: put(data, 252, b"none", 4), HeaderError, "byte 252: n_signals"),
        (lambda data: put(data, 244, b"one"), HeaderError, "byte 244: record_duration"),
        (lambda data: put(data, 244, b"-1"), HeaderError, "byte 244: record_duration"),
        (lambda data: put(data, 472, b""), HeaderError, r"byte 472: n_samples\[0\]"),
        (lambda data: put(data, 472, b"0"), HeaderError, "byte 472: n_samples: found 0"),
        (lambda data: put(data, 472, b"1E99"), HeaderError, "byte 472: n_samples"),
        (lambda data: put(data, 244, b"99999999") + bytes(8 * 99), HeaderError, "must end"),
    ],
    ids=[
        "empty", "255 bytes", "cut in the signal part", "version", "no signal", "signals: text",
        "duration: text", "duration negative", "samples: blank", "samples: 0", "samples: huge",
        "centuries",
    ],
)  # fmt: skip
def test_what_cannot_be_laid_out_is_refused(
    change: Any, error: type[NeophysError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        Opened(change(edf(one())))
    assert str(caught.value).startswith("a.edf: ")


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (edf(one()), "certain"),
        (put(edf(one()), 184, b"768"), "likely"),
        (put(edf(one()), 252, b"0   ", 4), "no"),
        (put(edf(one()), 252, b"text", 4), "no"),
        (b"0       " + b" " * 500, "no"),
        (b"GDF 2.20" + edf(one())[8:], "no"),
        (b"0       ", "no"),
    ],
)
def test_recognition(data: bytes, sureness: str) -> None:
    bundle = open_bundle({"a": data})
    assert FORMAT.sniff is not None
    assert FORMAT.sniff(bundle, "a", data[:512]) == sureness


def test_bdf_is_known_by_its_first_byte_whatever_is_reserved() -> None:
    data = edf(Signal(ramp(1, 5, item=3), 5), bdf=True, reserved="EDF+C")
    assert FORMAT.magic[0].matches(data)
    assert Opened(data).contents.streams[0].dtype.itemsize == 3
