"""Declared headers of text and of rows of all channels: read, write, check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neophys.errors import HeaderError, NeophysError, TruncatedError
from neophys.formats import Report
from neophys.tables import (
    Between,
    ByField,
    Field,
    Key,
    Keyed,
    ListOf,
    Number,
    Table,
    Text,
)

EDF = ByField(
    "channels",
    [
        Field("label", Text(16, "latin-1", pad=" ")),
        Field("digital_max", Number(8, int), allowed=Between(-32768, 32767)),
        Field("physical_max", Number(8, rounded=True)),
        Field("bits", "<u2"),
    ],
)


def test_rows_of_all_channels_read_as_written() -> None:
    raw = EDF.write(
        {"label": ["Fp1", "µ"], "digital_max": [2047, -1], "physical_max": [1 / 3, -1e-9]}
    )
    columns = EDF.read(b"##" + raw, 2, 2, file="a.edf", base=254)
    assert columns.label == ["Fp1", "µ"]
    assert columns.digital_max == [2047, -1]
    assert columns.physical_max == [0.333333, -1e-9]
    assert columns.bits.tolist() == [0, 0]
    assert columns.offset_of("digital_max", 1) == 256 + 32 + 8
    assert columns.raw("digital_max", 1) == b"-1      "
    assert EDF.check(columns) == []
    assert len(raw) == 2 * EDF.width


def test_a_wrong_cell_is_named_and_may_be_passed_over() -> None:
    raw = bytearray(EDF.write({"label": ["a", "b"], "digital_max": [1, 2], "physical_max": [1, 2]}))
    raw[40:48] = b"40000   "
    columns = EDF.read(raw, 0, 2, file="a.edf")
    with pytest.raises(HeaderError, match=r"byte 40: digital_max\[1\]: found 40000; allowed"):
        EDF.check(columns)
    report = Report()
    assert columns.take("digital_max", 0, report) == [1, 0]
    assert len(report.issues) == 1
    with pytest.raises(HeaderError, match="one length"):
        EDF.write({"label": ["a", "b"], "digital_max": [1]})
    with pytest.raises(HeaderError, match="negative"):
        EDF.read(raw, 0, -1)
    with pytest.raises(TruncatedError, match="channels"):
        EDF.read(raw, 0, 10**12)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2047.0", 2047), ("+3", 3), ("1,5", None), ("", None), ("nan", None), ("1_0", None)],
)
def test_numbers_in_text(text: str, value: int | None) -> None:
    table = Table("t", [Field("n", Number(8, int))])
    raw = text.encode().ljust(8)
    if value is not None:
        assert table.read(raw).n == value
        return
    with pytest.raises(HeaderError, match="byte 0: n: found"):
        _ = table.read(raw).n


# Text.

VHDR = Keyed(
    "vhdr",
    [
        Key("data_file", str, "where the samples are", "Common", spelling="DataFile"),
        Key(
            "n",
            int,
            "channels",
            "Common",
            spelling="NumberOfChannels",
            required=True,
            allowed=range(1, 1000),
        ),
        Key("channels", ListOf(str, ","), "name, ref", "Channels", spelling="Ch", numbered=True),
        Key("impedance", float, "kOhm", "Other", spelling="Value"),
        Key("value", float, "", "Common", spelling="Value"),
        Key("patient", str, "who", "Common", private=True, allowed={"nobody"}),
        Key("on", bool, "", "Common"),
        Key("tag", str, "", "Common", repeat=True),
    ],
    free=("Comment",),
    first_lines=("Brain Vision",),
)
VALUES: dict[str, Any] = {
    "data_file": "µ.eeg",
    "n": 2,
    "channels": {1: ("Fp1", ""), 2: ("Cz", "A1")},
    "impedance": 5.5,
    "value": 1.25,
    "on": True,
    "tag": ("a", "b"),
}


def test_a_text_header_reads_as_written() -> None:
    raw = VHDR.write(VALUES, other={"Extra": "x"}) + b"\r\n[Comment]\r\nfree = text"
    record = VHDR.read(raw, file="a.vhdr", base=5)
    assert {name: record[name] for name in VALUES} == VALUES
    assert record.other == {"Extra": "x"}
    assert record.free == {"Comment": "free = text"}
    assert record.lines[0] == (5, "Brain Vision")
    assert record.patient is None
    at = record.offset_of("channels", 2) - 5
    assert raw[at:].startswith(b"Ch2=Cz,A1")
    assert VHDR.check(record) == []


def test_a_text_header_names_what_is_wrong() -> None:
    record = VHDR.read(
        b"[common]\nNUMBEROFCHANNELS=x\nnumberofchannels=3\non=maybe\npatient=Smith\nStray",
        file="a.vhdr",
    )
    report = Report()
    issues = VHDR.check(record, report=report)
    assert [(i.offset, i.field) for i in issues] == [(9, "n"), (56, "patient"), (47, "on")]
    assert record.take("n", 1, report) == 1
    assert [entry.value for entry in record.doubled] == ["3"]
    assert record.lines == ((70, "Stray"),)
    told = repr(record) + str(report.issues)
    assert "Smith" not in told
    with pytest.raises(HeaderError, match=r"byte 0: n: the key is missing in \[Common\]"):
        VHDR.check(VHDR.read(b"", file="a.vhdr"))
    with pytest.raises(HeaderError, match="one line"):
        VHDR.write({"data_file": "a\nb"})
    with pytest.raises(HeaderError, match="did you mean 'data_file'"):
        VHDR.write({"datafile": ""})
    with pytest.raises(HeaderError, match="one line"):
        VHDR.write({}, other={"x": "a\nb"})


@pytest.mark.parametrize(
    ("style", "text", "value"),
    [
        ("dash", '-Name "a b"', "a b"),
        ("dash", "-Name: a", "a"),
        ("dash", "Name a", None),
        ("flat", "name = a=b", "a=b"),
        ("flat", "[Name]", None),
        ("ini", "; name=a", None),
    ],
)
def test_styles_of_text(style: Any, text: str, value: str | None) -> None:
    assert Keyed("k", [Key("name")], style=style).read(text.encode())["name"] == value


def test_the_encoding_is_the_first_that_fits() -> None:
    table = Keyed("k", [Key("a")], style="flat")
    assert table.read("a=é".encode()).a == "é"
    assert table.read(b"\xef\xbb\xbfa=\xe9\x81").a == "é\x81"
    with pytest.raises(HeaderError, match="must be text in ascii"):
        Keyed("k", [Key("a")], encoding="ascii").read(b"a=\xe9")
    with pytest.raises(HeaderError, match="characters of ascii only"):
        Keyed("k", [Key("a")], encoding="ascii").write({"a": "é"})
    sized = Keyed("k", [Key("a")], style="flat", size=8)
    assert sized.write({"a": "1"}) == b"a=1\r\n\0\0\0"
    with pytest.raises(HeaderError, match="must fit into 8 bytes"):
        sized.write({"a": "12345"})


# Properties.

CP1252 = "".join(chr(c) for c in range(32, 127)) + "éäµ€\x81"
words = st.text(CP1252, max_size=8).map(str.strip)
u2 = st.integers(0, 65535)
# What eight characters hold to at least three digits.
measured = st.floats(-1e6, 1e6).filter(lambda x: not x or abs(x) > 1e-3) | st.just(-6.103515625e-05)
bounded = settings(max_examples=60, deadline=None)


@bounded
@given(st.lists(st.tuples(words, st.integers(-32768, 32767), measured, u2)))
def test_byfield_round_trip(rows: list[tuple[str, int, float, int]]) -> None:
    names = ("label", "digital_max", "physical_max", "bits")
    labels = [row[0].replace("€", "") for row in rows]
    values = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    raw = EDF.write({**values, "label": labels}, len(rows))
    columns = EDF.read(raw, 0, len(rows))
    assert columns.digital_max == values["digital_max"]
    assert columns.bits.tolist() == values["bits"]
    assert columns.label == [label.strip() for label in labels]
    assert np.allclose(columns.physical_max, values["physical_max"], rtol=5e-3, atol=0)
    assert EDF.write({name: list(columns[name]) for name in names}, len(rows)) == raw


line = st.text(CP1252 + "Ω☃", max_size=12).map(str.strip)


@bounded
@given(
    line, st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False),
    st.dictionaries(st.integers(0, 999), st.lists(words.filter(lambda t: "," not in t),
                                                 min_size=2, max_size=3).map(tuple), min_size=1),
)  # fmt: skip
def test_keyed_round_trip(name: str, n: int, value: float, channels: dict[int, Any]) -> None:
    given = {"data_file": name, "n": n, "value": value, "channels": channels}
    record = VHDR.read(VHDR.write(given))
    assert {key: record[key] for key in given} == given


@bounded
@given(st.binary(max_size=90), st.integers(0, 3))
def test_any_bytes_give_a_record_or_a_named_error(raw: bytes, n: int) -> None:
    told = "f: "
    try:
        columns = EDF.read(raw, 0, n, file="f")
        EDF.check(columns, report=Report())
        repr(columns)
    except NeophysError as error:
        told = str(error)
    assert told.startswith("f: ")
    record = VHDR.read(raw, file="f")
    VHDR.check(record, report=Report())
    repr(record)
