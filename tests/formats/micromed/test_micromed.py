"""Micromed TRC by its specification: signals and header, on built files and a real one."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.micromed.build import Scanned, frames, old, put, trc, zone
from tests.recordings import recording

from neophys.errors import UnsupportedError
from neophys.formats.micromed.tables import (
    AVERAGE,
    HEADER,
    HISTORY,
    IMPEDANCE,
    MONTAGE,
    VIDEO,
)

REAL = "ephy_testing_data/micromed/File_micromed_1.TRC"

# The real recording.


def test_the_real_recording_reads_as_described() -> None:
    found = Scanned(recording(REAL))
    assert (found.stream.sampling_rate, found.stream.dtype.str) == (256.0, "<u2")
    names = found.channel("name")
    assert len(names) == 64
    assert names[:3] + names[-4:] == ["FP1", "FP2", "AF7", "Trig", "VEOG", "HEOG", "EMG"]
    assert set(found.channel("gain")) == {0.09765625}
    assert set(found.channel("offset")) == {-3200.0}
    assert set(found.channel("units")) == {"uV"}
    assert set(found.channel("reference")) == {"G2"}
    raw, values = found.raw(), found.values()
    assert raw.shape == (1000, 64)
    assert raw[[0, 1, 2, -1], 0].tolist() == [30953, 30467, 30044, 31202]
    assert values[:3, 0].tolist() == [-177.24609375, -224.70703125, -266.015625]
    assert values[[0, 1, 2, -1], -1].tolist() == [107.2265625, 114.84375, 37.5, -136.62109375]
    assert found.events("Trigger") == [(52, "1"), (289, "1"), (519, "1"), (979, "1")]
    assert found.events("Note") == []
    assert found.epochs("Event A") == found.epochs("Event B") == [], "classes have names only"
    assert found.told.endswith("440 of 444 lie behind the last frame and are left out")
    assert (found.segments[0].start, found.segments[0].stop) == (0.0, 3.90625)


def test_the_real_average_is_to_the_last_digit() -> None:
    found = Scanned(recording(REAL))
    values = found.values()
    windows = [values[t - 5 : t + 5] for t in found.table("Trigger").ticks]
    assert str(np.stack(windows).mean(axis=0).mean(axis=1)).split() == (
        "[28.009033 19.662857 26.106644 26.94664 14.271545 5.2375793 0.71487427 3.2821655 "
        "11.3471985 3.28331 ]"
    ).split()  # fmt: skip


def test_the_real_header_is_plain_data() -> None:
    contents = Scanned(recording(REAL)).contents
    assert contents.metadata.start == dt.datetime(2007, 11, 15, 15, 4, 7)
    assert contents.metadata.device == "Micromed SD64"
    assert contents.subject.birth_date == dt.date(2007, 11, 15)
    other = contents.metadata.other
    assert (other["file_type"], other["header_type"], other["n_montages"]) == ("C64", 4, 29)
    assert other["video_start"] is None
    assert other["flags"] == other["videos"] == ()
    assert other["average"] is None
    assert other["impedances_begin"][11:13] == ((97, None), (None, None))
    assert [e["code"] for e in other["electrodes"]] == list(range(32, 96))
    assert [e["position"] for e in other["electrodes"]] == list(range(64))
    assert other["history"]["samples"] == (0, 24088, 25028)
    assert len(other["montages"]) == 29
    assert [0, 32] in other["montages"][0]["inputs"]
    assert len(other["montages"][0]["inputs"]) == other["montages"][0]["lines"] == 64
    assert dict(pickle.loads(pickle.dumps(other))) == dict(other)


# Signals.


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("channels", [1, 3, 256])
def test_samples_are_those_written(width: int, channels: int) -> None:
    given = frames(50, channels, width)
    names = [f"E{i}" for i in range(channels)]
    found = Scanned(trc(signals=given, channels=names, bytes_per_sample=width))
    assert found.channel("name") == names
    assert found.channel("id") == [str(i) for i in range(channels)]
    assert np.array_equal(found.raw(), given)
    span, ground = {1: (256, 128), 2: (65536, 32768), 4: (16777216, 8388608)}[width]
    expected = (given.astype("f8") - ground) * (6400 / span)
    assert np.allclose(found.values(), expected, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize(
    ("fields", "gain", "offset", "units"),
    [
        ({"physical_min": 3200, "physical_max": -3200}, -0.09765625, 3200.0, "uV"),
        (
            {"logic_min": -2048, "logic_max": 2047, "logic_ground": 0,
             "physical_min": -100, "physical_max": 100},
            0.048828125, 0.0, "uV",
        ),
        ({"logic_max": 65534}, 6400 / 65535, -32768 * (6400 / 65535), "uV"),
        ({"units": -1}, 0.09765625, -3200.0, "nV"),
        ({"units": 1}, 0.09765625, -3200.0, "mV"),
        ({"units": 2}, 0.09765625, -3200.0, "V"),
        ({"units": 100}, 0.09765625, -3200.0, "%"),
        ({"units": 101}, 0.09765625, -3200.0, "bpm"),
        ({"units": 102}, 0.09765625, -3200.0, "dimensionless"),
    ],
)  # fmt: skip
def test_calibration(fields: dict[str, Any], gain: float, offset: float, units: str) -> None:
    found = Scanned(trc(channels=[{"label": "X", **fields}]))
    assert (found.channel("gain"), found.channel("offset")) == ([gain], [offset])
    assert found.channel("units") == [units]
    assert found.told == ""


def test_what_means_little_is_an_issue() -> None:
    raw = trc(channels=["A", {"label": "B", "units": 55}, {"label": "C", "physical_max": -3200}])
    found = Scanned(raw)
    assert found.channel("units") == ["uV", "dimensionless", "uV"]
    at = zone(raw, "LABCOD")[0]
    told = [(i.offset, i.field) for i in found.issues]
    assert told == [(at + 3 * 128 + 30, "physical_max"), (at + 2 * 128 + 34, "units")]
    assert "found 55 in channel 1" in found.told


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (b"\xe91\0\0\0\0", "é1"),
        (b"ABCDEF", "ABCDEF"),
        (b"A\0B\x01\0\0", "A"),
        (b" Fp1 \0", "Fp1"),
        (b"\0\0\0\0\0\0", "ch0"),
        (b"a.b c\0", "a.b c"),
    ],
)
def test_labels(label: bytes, name: str) -> None:
    raw = put(trc(), "LABCOD", label, 128 + 2)
    assert Scanned(raw).channel("name") == [name, "Fp2"]


def test_the_order_of_samples_is_that_of_order() -> None:
    raw = put(trc(channels=["A", "B", "C"]), "ORDER", np.array([3, 1, 3], "<u2").tobytes())
    found = Scanned(raw)
    assert found.channel("name") == ["C", "A", "C"]
    assert found.channel("electrode") == [3, 1, 3]
    assert [e["label"] for e in found.contents.metadata.other["electrodes"]] == ["C", "A", "C"]


def test_equal_coefficients_multiply_the_rate() -> None:
    given = [{"label": "A", "coefficient": 2}, {"label": "B", "coefficient": 2}]
    assert Scanned(trc(channels=given)).stream.sampling_rate == 200.0
    zero = Scanned(trc(channels=[{"label": "A", "coefficient": 0}, "B"]))
    assert zero.stream.sampling_rate == 100.0
    with pytest.raises(UnsupportedError, match=r"coefficient: .* B differ from A"):
        Scanned(trc(channels=["A", {"label": "B", "coefficient": 2}]))


def test_filters_are_in_hertz() -> None:
    found = Scanned(trc(channels=[{"label": "A", "highpass": 0.15, "lowpass": 70}]))
    assert (found.channel("highpass"), found.channel("lowpass")) == ([0.15], [70.0])


# How many samples.


@pytest.mark.parametrize(("extra", "told"), [(1, "1 of 4 bytes"), (3, "3 of 4 bytes"), (0, "")])
def test_a_last_frame_that_is_cut_is_left_out_and_told(extra: int, told: str) -> None:
    raw = trc(10) + bytes(extra)
    found = Scanned(raw)
    assert found.samples().n_samples == 10
    assert told in found.told
    assert [i.offset for i in found.issues] == [len(raw) - extra] * bool(extra)


def test_no_samples_are_a_valid_file() -> None:
    found = Scanned(trc(0, triggers=[(0, 1)]))
    assert found.samples().n_samples == 0
    assert len(found.segments) == 1
    assert found.segments[0].stop == 0.0
    assert found.events("Trigger") == []


def test_one_sample_is_a_valid_file() -> None:
    found = Scanned(trc(1, channels=["A"]))
    assert found.raw().shape == (1, 1)
    assert found.segments[0].stop == 1 / 100


@pytest.mark.parametrize(
    ("multiplexer", "columns", "told"),
    [(6, 3, "so far apart"), (0, 2, "ignored"), (3, 2, "ignored")],
)
def test_the_multiplexer_is_believed_where_it_can_be(
    multiplexer: int, columns: int, told: str
) -> None:
    given = frames(10, columns)
    raw = trc(0)
    raw = HEADER.patch(raw, multiplexer=multiplexer) + given.tobytes()
    found = Scanned(raw)
    assert np.array_equal(found.raw(), given[:, :2])
    assert told in found.told


def test_samples_beyond_4_gib_are_read(tmp_path: Path) -> None:
    raw, path = trc(0), tmp_path / "long.trc"
    last = frames(1)
    n = (1 << 30) + 7
    with path.open("wb") as file:
        file.write(raw)
        file.seek(len(raw) + (n - 1) * 4)
        file.write(last.tobytes())
    found = Scanned(path)
    assert found.samples().n_samples == n
    assert np.array_equal(found.samples().raw(n - 1, n), last)


# The header.


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (b"\x0f\x0b\x8c\x01\x02\x03", dt.datetime(2040, 11, 15, 1, 2, 3)),
        (b"\x01\x01\xff\0\0\0", dt.datetime(2155, 1, 1)),
        (b"\0\x0b\x64\x01\x02\x03", None),
        (b"\x01\x0d\x64\x01\x02\x03", None),
        (b"\x01\x01\x64\x18\x02\x03", None),
        (b"\0\0\0\0\0\0", None),
    ],
)
def test_the_date(date: bytes, expected: dt.datetime | None) -> None:
    raw = trc()
    found = Scanned(raw[:128] + date + raw[134:])
    assert found.contents.metadata.start == expected
    told = [issue.field for issue in found.issues]
    assert told == (["start"] if expected is None and any(date) else [])
    assert found.samples().n_samples == 1000


def test_the_subject_is_apart_and_private() -> None:
    raw = trc(surname="Müller", first_name="Ada", birth=dt.date(2007, 11, 15), laboratory="Lab")
    contents = Scanned(raw).contents
    subject = contents.subject
    assert (subject.name, subject.first_name) == ("Müller", "Ada")
    assert subject.birth_date == dt.date(2007, 11, 15)
    assert contents.metadata.other["laboratory"] == "Lab"
    pieces = [repr(contents), repr(dict(contents.metadata.other))]
    pieces.append(pickle.dumps(contents.metadata).decode("cp1252", "replace"))
    bad = Scanned(raw[:106] + b"\x0d\x0d\x0d" + raw[109:])
    assert bad.contents.subject.birth_date is None
    assert [i.field for i in bad.issues] == ["birth"]
    assert "13" not in bad.told
    for text in ("Müller", "Ada"):
        assert not any(text in piece for piece in pieces)


def test_details_are_those_of_the_zones() -> None:
    raw = trc(flags=[(3, 9), (12, None)])
    raw = put(raw, "IMPED_B", IMPEDANCE.write({"positive": 5, "negative": 7}))
    montage = {"lines": 2, "description": "bip", "inputs": np.arange(256).reshape(128, 2)}
    raw = put(raw, "MONTAGE", MONTAGE.write(montage) * 2)
    raw = HEADER.patch(raw, n_montages=2, video_start=17)
    raw = put(raw, "HISTORY", HISTORY.write({"sample": 4}))
    raw = put(raw, "HISTORY", MONTAGE.write({"description": "then"}), 512)
    raw = put(raw, "AVERAGE", AVERAGE.write({"n_traces": 30, "before": 100}))
    raw = put(raw, "DVIDEO", VIDEO.write({"delay": -5, "duration": 60000, "number": 2}), 16)
    other = Scanned(raw).contents.metadata.other
    assert other["flags"] == ((3, 9), (12, None))
    assert other["impedances_begin"] == ((5, 7), (None, None))
    assert other["impedances_end"] == ((None, None), (None, None))
    assert [m["description"] for m in other["montages"]] == ["bip", "bip"]
    assert other["montages"][0]["inputs"] == [[0, 1], [2, 3]]
    assert other["history"]["samples"] == (4,)
    assert [m["description"] for m in other["history"]["montages"]] == ["then"]
    assert (other["average"]["n_traces"], other["average"]["before"]) == (30, 100)
    assert other["videos"] == ({"delay": -5, "duration": 60000, "number": 2},)
    assert other["video_start"] == 17
    assert other["electrodes"][1]["label"] == "Fp2"


# Types 2 and 3.


@pytest.mark.parametrize("kind", [2, 3])
def test_types_2_and_3_read_by_the_declaration(kind: int) -> None:
    found = Scanned(old(kind))
    assert found.channel("name") == ["O2", "O1"]
    assert found.channel("units") == ["mV", "uV"]
    assert (found.channel("gain")[0], found.channel("offset")[0]) == (1.0, -128.0)
    assert np.array_equal(found.raw(), frames(500, 2, 1))
    assert found.events("Note") == [(3 * 64 if kind == 2 else 3, "drei")]
    assert found.epochs("Event A") == ([] if kind == 2 else [(64, 32, "Spindle")])
    assert found.events("Trigger") == []
    assert "no real file of type" in found.told
    other = dict(found.contents.metadata.other)
    assert other["video_start"] == (None if kind == 2 else 7)
    assert [e["label"] for e in other["electrodes"]] == ["O2", "O1"]
