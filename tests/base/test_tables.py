"""Declared headers: what is written is read, what is wrong is named, what is private stays so."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neophys.errors import HeaderError, NeophysError, TruncatedError
from neophys.formats import Report
from neophys.tables import (
    Between,
    Bytes,
    Counted,
    Enum,
    Field,
    Moment,
    OneOf,
    Pair,
    QString,
    Repeat,
    Scale,
    Sequence,
    Since,
    Table,
    Text,
    TextOf,
    Where,
)

HEADER = Table(
    "header",
    [
        Field("version", "u1", 0, "of the layout", allowed=range(1, 4), default=2),
        Field("name", "S8", 1, "who", private=True, allowed=Where("no digits", str.isalpha)),
        Field("born", ("u1", 3), 9, convert=Moment("MDY", year0=1900), private=True),
        Field("unit", "<i2", 12, "of the values", convert=Enum({0: "uV", 1: "mV"})),
        Field("rate", "<u2", 14, "Hz", allowed=Between(1, 4096), default=256),
        Field("highpass", "<u2", 16, convert=Scale(1000, "Hz")),
        Field("late", "<u4", 18, when=Since("version", 3), default=7),
        Field("early", "<i4", 18, when=OneOf("version", 1, 2)),
        Field("reserved", "V2", 22),
        Field("pairs", ("<u2", (2, 2)), 24),
        Field("words", (Text(4), 2), 32),
    ],
    size=44,
)
GIVEN: dict[str, Any] = {
    "version": 3,
    "name": "Doe",
    "born": dt.date(2040, 2, 29),
    "unit": "mV",
    "rate": 4096,
    "highpass": 0.15,
    "late": 2**32 - 1,
    "reserved": b"\x01\x02",
    "pairs": np.array([[1, 2], [3, 65535]]),
    "words": ("Fp1", "é€"),
}


def test_a_record_reads_as_it_was_written() -> None:
    raw = HEADER.write(GIVEN)
    record = HEADER.read(b"##" + raw, 2, file="a.trc", base=98)
    assert len(raw) == HEADER.size == HEADER.dtype.itemsize == 44
    for name, value in GIVEN.items():
        assert np.array_equal(record[name], value), name
    assert record.early is None
    assert not record.has("early")
    assert record.offset_of("rate") == 100 + 14
    assert bytes(record) == raw
    assert record.raw("unit") == b"\x01\x00"
    assert record == HEADER.read(raw)
    numbers = {
        "version": 3,
        "unit": 1,
        "rate": 4096,
        "highpass": 150,
        "late": 2**32 - 1,
        "early": -1,
    }
    assert HEADER.numbers(record) == numbers
    assert HEADER.check(record) == []


def test_what_is_not_given_is_the_default_or_blank() -> None:
    record = HEADER.read(HEADER.write({"name": "Doe"}))
    assert (record.version, record.rate, record.unit, record.born) == (2, 256, "uV", None)
    assert record.late == 7, "a field that this version lacks has its default"
    assert record.words == ("", "")


@pytest.mark.parametrize(
    ("values", "offset", "words"),
    [
        ({"version": 4}, 0, "version: found 4; allowed: 1 to 3"),
        ({"rate": 0}, 14, "rate: found 0; allowed: 1 to 4096"),
        ({"rate": 70000}, 14, "rate: found 70000; must fit into <u2"),
        ({"unit": "uvolt"}, 12, "unit: found 'uvolt'; must be one of: 0 uV, 1 mV"),
        ({"words": ("abcde", "")}, 32, "must fit into 4 bytes, takes 5"),
        ({"words": ("Ω", "")}, 32, "must have characters of cp1252 only"),
        ({"reserved": b"1"}, 22, "must be 2 bytes"),
        ({"pairs": [1, 2]}, 24, "must have the shape (2, 2)"),
        ({"version": 2, "late": 8}, None, "late: found 8; does not exist in this version"),
        ({"ratte": 1}, None, "header has no such field; did you mean 'rate'"),
    ],
)
def test_what_does_not_fit_is_not_written(values: dict[str, Any], offset: Any, words: str) -> None:
    with pytest.raises(HeaderError) as caught:
        HEADER.write({"name": "Doe", **values}, file="a.trc", base=0)
    assert str(caught.value).startswith("a.trc: ")
    assert words in str(caught.value)
    assert caught.value.offset == offset


def test_a_wrong_value_is_named_by_file_byte_and_field() -> None:
    raw = HEADER.patch(HEADER.write(GIVEN), rate=5000, version=0)
    record = HEADER.read(raw, file="a.trc", base=1000)
    with pytest.raises(HeaderError, match=r"a.trc: byte 1000: version: found 0; allowed: 1 to 3"):
        HEADER.check(record)
    report = Report()
    issues = HEADER.check(record, report=report)
    assert report.issues == issues
    assert [(i.offset, i.field) for i in issues] == [(1000, "version"), (1014, "rate")]
    assert record.take("rate", 256, report) == 256
    assert report.issues[-1].message.endswith("taken as 256")
    assert record.take("unit", "", report) == "mV"


def test_private_values_appear_nowhere() -> None:
    raw = HEADER.patch(HEADER.write(GIVEN), name="Smith7", born=dt.date(1999, 1, 1))
    raw = raw[:9] + b"\x0d\x63\x63" + raw[12:]  # month 13
    record = HEADER.read(raw, file="a.trc")
    report = Report()
    shown = [repr(record), str(HEADER.document()), repr(HEADER)]
    shown += [str(issue) for issue in HEADER.check(record, report=report)]
    array = HEADER.read_many(raw)
    shown += [str(issue) for issue in HEADER.check_many(array, report=report)]
    record.take("born", None, report)
    for name in ("name", "born"):
        with pytest.raises(HeaderError) as caught:
            HEADER.write({**GIVEN, name: 13 if name == "born" else "Smith7"})
        error: BaseException | None = caught.value
        while error is not None:
            shown += [str(error), repr(getattr(error, "value", None))]
            error = error.__cause__ or error.__context__
    told = " ".join([*shown, *map(str, report.issues)])
    assert len(report.issues) == 5
    assert "Smith" not in told
    assert "99, 99" not in told
    assert r"\r" not in told, "the bytes of the date"
    assert "(private)" in told


def test_a_record_cannot_be_changed_and_misspelt_names_are_told() -> None:
    record = HEADER.read(HEADER.write(GIVEN))
    with pytest.raises(AttributeError, match="cannot be changed"):
        record.rate = 3
    with pytest.raises(AttributeError, match="did you mean 'rate'"):
        _ = record.rat
    with pytest.raises(KeyError, match="did you mean 'rate'"):
        _ = record["Rate"]
    with pytest.raises(AttributeError):
        copy.copy(record)


def test_many_records_are_one_view() -> None:
    rows = [{**GIVEN, "rate": rate, "unit": rate % 2} for rate in (1, 2, 3, 4)]
    raw = bytearray(b"".join(HEADER.write(row) for row in rows) + b"rest")
    array = HEADER.read_many(raw)
    assert array["rate"].tolist() == [1, 2, 3, 4]
    assert np.shares_memory(array, np.frombuffer(raw, np.uint8))
    assert HEADER.decode(array, "unit") == ["mV", "uV", "mV", "uV"]
    assert HEADER.decode(array, "born") == [dt.date(2040, 2, 29)] * 4
    assert np.allclose(HEADER.decode(array, "highpass"), 0.15)
    assert HEADER.decode(array, "words")[1] == ("Fp1", "é€")
    assert [r.rate for r in HEADER.records(raw, 44, 3)] == [2, 3, 4]
    assert HEADER.records(raw, 44, 3, base=10)[1].offset_of("version") == 10 + 88
    assert len(HEADER.read_many(b"")) == 0


def test_faults_in_a_column_are_named_by_row() -> None:
    raw = HEADER.write(GIVEN) * 3
    raw = HEADER.patch(raw, 2 * 44, rate=9999)
    with pytest.raises(HeaderError, match=r"a.trc: byte 602: rate\[2\]: found 9999"):
        HEADER.check_many(HEADER.read_many(raw), file="a.trc", base=500)
    raw = raw[: 44 + 9] + b"\x0d" + raw[44 + 10 :]
    with pytest.raises(HeaderError, match="byte 53: born"):
        HEADER.decode(HEADER.read_many(raw), "born", file="a.trc")


def test_tables_document_themselves() -> None:
    rows = {row.name: row for row in HEADER.document()}
    assert rows["rate"][:5] == (14, "<u2", "rate", "Hz", "1 to 4096")
    assert rows["unit"].allowed == "0 uV, 1 mV"
    assert rows["early"].when == "version is 1 or 2"
    assert rows["late"].when == "version >= 3"
    assert rows["words"].type == "text(4) (2,)"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([Field("a", "<u4", 0), Field("b", "u1", 3)], "b overlaps a"),
        ([Field("a", "u1"), Field("a", "u1")], "declared twice"),
        ([Field("keys", "u1")], "not a name for a field"),
    ],
)
def test_a_wrong_declaration_is_refused(fields: list[Field], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Table("t", fields)


# Lengths out of earlier fields.

CHANNEL = Sequence("channel", [Field("label", QString()), Field("gain", "<f4", default=1.0)])
INTAN = Sequence(
    "intan",
    [
        Field("magic", "<u4", allowed={0xC6912702}, default=0xC6912702),
        Field("major", "<i2", allowed=range(1, 4), default=3),
        Field("note", QString(), when=Since("major", 2)),
        Field("n_channels", "<u2"),
        Field("channels", Repeat(CHANNEL, "n_channels")),
        Field("n_bytes", "u1"),
        Field("comment", TextOf("n_bytes")),
        Field("table", Counted("<i2", lambda v: v["n_channels"] * 2)),
    ],
)


def intan(**values: Any) -> dict[str, Any]:
    channels = [{"label": "A-000", "gain": 0.5}, {"label": "µ"}]
    return {"channels": channels, "table": [1, 2, 3, 4], "comment": "é", "note": "n", **values}


def test_counts_are_filled_in_and_read_back() -> None:
    raw = INTAN.write(intan())
    record = INTAN.read(b"#" + raw, 1, file="a.rhd", base=10)
    assert [c.label for c in record.channels] == ["A-000", "µ"]
    assert record.channels[1].gain == 1.0
    assert record.table.tolist() == [1, 2, 3, 4]
    assert (record.comment, record.note, record.n_bytes) == ("é", "n", 1)
    assert record.end == 11 + len(raw)
    assert bytes(record) == raw
    assert record.channels[1].offset_of("gain") == 11 + raw.index(np.float32(1).tobytes())
    assert INTAN.check(record) == []
    old = INTAN.read(INTAN.write(intan(major=1, note=None)))
    assert old.note is None
    with pytest.raises(KeyError, match="does not exist"):
        old.offset_of("note")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n_channels": 3}, "its count says 3"),
        ({"comment": "a\0"}, "must be text without NUL"),
        ({"major": 1}, "note: found 'n'; does not exist"),
        ({"comment": 5}, "must be text without NUL"),
        ({"note": 5}, "note: found 5"),
        ({"note": "\ud800"}, "must be text that UTF-16 can hold"),
    ],
)
def test_a_sequence_that_contradicts_itself_is_not_written(
    values: dict[str, Any], words: str
) -> None:
    with pytest.raises(HeaderError, match=words):
        INTAN.write(intan(**values))


def test_counts_that_lie_cost_nothing() -> None:
    raw = INTAN.write(intan(note=""))
    at = 10  # n_channels
    with pytest.raises(TruncatedError, match="channels"):
        INTAN.read(raw[:at] + b"\xff\xff" + raw[at + 2 :])
    with pytest.raises(HeaderError, match="length in bytes must be even"):
        INTAN.read(raw[:6] + b"\x03\0\0\0" + raw[10:])
    with pytest.raises(TruncatedError):
        INTAN.read(raw[:6] + b"\xfe\xff\xff\xff" + raw[10:])
    empty = Sequence("e", [Field("n", "<u4"), Field("parts", Repeat(Sequence("p", []), "n"))])
    with pytest.raises(HeaderError, match="at most 65536"):
        empty.read(b"\xff\xff\xff\xff")
    signed = Sequence("s", [Field("n", "<i4"), Field("x", Counted("u1", "n"))])
    with pytest.raises(HeaderError, match="must not be negative"):
        signed.read(b"\xff\xff\xff\xff1234")


# Properties.

CP1252 = "".join(chr(c) for c in range(32, 127)) + "éäµ€\x81"
words = st.text(CP1252, max_size=8).map(str.strip)
u2 = st.integers(0, 65535)
bounded = settings(max_examples=60, deadline=None)


@bounded
@given(
    st.fixed_dictionaries(
        {
            "version": st.integers(1, 3),
            "name": st.text("abcé", min_size=1, max_size=8),
            "born": st.dates(dt.date(1900, 1, 1), dt.date(2155, 12, 31)),
            "unit": st.integers(-(2**15), 2**15 - 1).filter(lambda n: n not in (0, 1)),
            "rate": st.integers(1, 4096),
            "reserved": st.binary(min_size=2, max_size=2),
            "words": st.tuples(words.map(lambda t: t[:4].strip()), st.just("")),
        }
    )
)
def test_table_round_trip(values: dict[str, Any]) -> None:
    raw = HEADER.write(values)
    record = HEADER.read(raw)
    assert {name: record[name] for name in values} == values
    assert HEADER.write(dict(record)) == raw
    assert HEADER.check(record) == []


@bounded
@given(
    st.lists(st.tuples(st.text(max_size=9), st.floats(width=32, allow_nan=False)), max_size=5),
    words,
)
def test_sequence_round_trip(channels: list[tuple[str, float]], comment: str) -> None:
    parts = [{"label": label, "gain": gain} for label, gain in channels]
    raw = INTAN.write(intan(channels=parts, comment=comment, table=[7] * (2 * len(parts))))
    record = INTAN.read(raw)
    assert [(c.label, c.gain) for c in record.channels] == channels
    assert record.comment == comment
    assert INTAN.write(dict(record)) == raw


@bounded
@given(st.lists(st.binary(max_size=6)), st.sampled_from(["cp1252", "latin-1", ("utf-8", "cp1252")]))
def test_text_columns_are_what_single_cells_are(cells: list[bytes], encoding: Any) -> None:
    table = Table("t", [Field("a", "u1"), Field("text", Text(6, encoding))])
    raw = b"".join(b"#" + cell.ljust(6, b"\0") for cell in cells)
    array = table.read_many(raw)
    expected = table.decode(array, "text")
    assert table.texts(array, "text").tolist() == expected
    assert table.texts(array, "text", "text").tolist() == [[text, text] for text in expected]
    with pytest.raises(TypeError):
        table.texts(array, "a")


@pytest.mark.parametrize("cut", [0, 1, 22, 43])
def test_a_short_buffer_is_truncated(cut: int) -> None:
    raw = HEADER.write(GIVEN)
    with pytest.raises(TruncatedError, match=f"a.trc: byte 100: header: .* {cut} there") as caught:
        HEADER.read(raw[:cut], file="a.trc", base=100)
    assert (caught.value.wanted, caught.value.got) == (44, cut)
    for offset in (-1, 45):
        with pytest.raises(NeophysError):
            HEADER.read(raw, offset)
    with pytest.raises(TruncatedError):
        HEADER.read_many(raw, 0, 10**15)
    with pytest.raises(HeaderError):
        HEADER.read_many(raw, 0, -1)


def test_conversions_give_back_what_they_took() -> None:
    hexed = Table(
        "t",
        [
            Field("code", "<u2", convert=Pair(hex, lambda text: int(text, 16), "hexadecimal")),
            Field("time", ("<u2", 7), convert=Moment("YM_Dhms")),
            Field("part", Bytes(1)),
        ],
    )
    values = {"code": "0xff", "time": dt.datetime(2026, 1, 31, 23, 59, 59), "part": b"x"}
    assert dict(hexed.read(hexed.write(values))) == values
    assert hexed.document()[0].allowed == "hexadecimal"
    with pytest.raises(HeaderError, match="code"):
        hexed.write({"code": "zz"})


@bounded
@given(st.binary(max_size=90))
def test_any_bytes_give_a_record_or_a_named_error(raw: bytes) -> None:
    for table in (HEADER, INTAN):
        told = "f: "
        try:
            record: Any = table.read(raw, file="f")
            table.check(record, report=Report())
            repr(record)
        except NeophysError as error:
            told = str(error)
        assert told.startswith("f: ")
