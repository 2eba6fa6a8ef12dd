"""Raw binary files written and read again; what the declaration says holds."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.compat.cases import shows
from tests.compat.differences import Refusal, attempt

from neophys import neo
from neophys.errors import MissingFileError, NeophysError
from neophys.neo.io import RawBinarySignalIO
from neophys.neo.rawio import RawBinarySignalRawIO


def segment(*arrays: Any, rate: float = 1000.0) -> Any:
    made = neo.Segment()
    for array in arrays:
        made.analogsignals.append(
            neo.AnalogSignal(array, units="mV", sampling_rate=rate * pq.Hz, t_start=0 * pq.s)
        )
    return made


def values(n: int = 50, k: int = 3, dtype: str = "float32") -> Any:
    return np.random.default_rng(n).normal(0, 100, (n, k)).astype(dtype)


def declared(path: Path, **more: Any) -> Any:
    return RawBinarySignalIO(str(path), **{"nb_channel": 3, "sampling_rate": 1000.0} | more)


@pytest.mark.parametrize("dtype", ["int16", ">i2", "float32", ">f8", "int32"])
def test_what_is_written_is_read(tmp_path: Path, dtype: str) -> None:
    written = segment(values())
    before = copy.deepcopy(written.analogsignals[0])
    io = declared(tmp_path / "a.raw", dtype=dtype, signal_gain=0.01, signal_offset=5.0)
    io.write_segment(written)
    assert np.array_equal(written.analogsignals[0], before), "the caller's data have changed"
    for reader in (
        io,
        declared(tmp_path / "a.raw", dtype=dtype, signal_gain=0.01, signal_offset=5.0),
    ):
        read = reader.read()[0].segments[0].analogsignals[0]
        assert float(abs(read.magnitude - before.magnitude).max()) <= 0.005 + 1e-4
        assert read.sampling_rate == 1000 * pq.Hz
    assert [path.name for path in tmp_path.iterdir()] == ["a.raw"]


def test_long_signals_are_written_in_parts(tmp_path: Path) -> None:
    data = np.arange(2_500_000, dtype="int32").reshape(-1, 1)
    declared(tmp_path / "a.raw", dtype="int32", nb_channel=1).write_segment(segment(data))
    assert np.array_equal(np.fromfile(tmp_path / "a.raw", "int32"), data[:, 0])


def test_several_signals_of_one_channel_lie_side_by_side(tmp_path: Path) -> None:
    data = values()
    io = declared(tmp_path / "a.raw", dtype="float32")
    io.write_segment(segment(*(data[:, i] for i in range(3))))
    assert np.array_equal(np.fromfile(tmp_path / "a.raw", "float32").reshape(-1, 3), data)


def test_what_neo_writes_from_floats_is_what_we_write(tmp_path: Path) -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    data = np.arange(-60.0, 60).reshape(-1, 3)
    for lib in (neo, referee):
        made = lib.Segment()
        signal = lib.AnalogSignal(data.copy(), units="V", sampling_rate=1 * pq.kHz)
        made.analogsignals.append(signal)
        io = lib.io.RawBinarySignalIO(str(tmp_path / lib.__name__), signal_gain=0.5)
        io.write_segment(made)
    written = [(tmp_path / lib.__name__).read_bytes() for lib in (neo, referee)]
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("arrays", "arguments", "error", "match"),
    [
        ([], {}, OSError, "no analog signals"),
        ([values(), values()], {}, OSError, "one channel"),
        ([values(5, 1), values(6, 1)], {}, ValueError, "differ in shape"),
        ([values(5, 1), values(5, 1, "float64")], {}, ValueError, "differ in dtype"),
        ([values()], {"bytesoffset": 4}, NotImplementedError, "bytesoffset"),
        ([values() * 1e6], {}, OSError, r"not a number of int16 \(-32768 to 32767\)"),
        ([values() * np.nan], {}, OSError, r"nan \(150 values"),
        ([values(dtype="float64") * 1e300], {"dtype": "float32"}, OSError, "a number of float32"),
        ([values(5, 1)], {"signal_gain": (1.0, 2.0, 3.0)}, ValueError, "gains or offsets for"),
    ],
    ids=["none", "shapes", "lengths", "types", "offset", "range", "nan", "float range", "gains"],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_left(
    tmp_path: Path, arrays: Any, arguments: Any, error: type[Exception], match: str
) -> None:
    (tmp_path / "a.raw").write_bytes(b"as it was")
    io = declared(tmp_path / "a.raw", **arguments)
    with pytest.raises(error, match=match):
        io.write_segment(segment(*arrays))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.raw": b"as it was"}


def test_a_file_that_is_not_there_can_be_written_and_not_read(tmp_path: Path) -> None:
    io = declared(tmp_path / "new.raw")
    assert len(io.header["signal_channels"]) == 0
    with pytest.raises(MissingFileError, match=r"new\.raw"):
        io.read_segment()
    io.write_segment(segment(np.ones((4, 3))))
    assert io.read_segment().analogsignals[0].shape == (4, 3)
    with pytest.raises(FileNotFoundError):
        RawBinarySignalRawIO(str(tmp_path / "typo.raw")).parse_header()


def test_a_declaration_that_is_not_what_was_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    RawBinarySignalIO(str(tmp_path / "a.raw")).write_segment(segment(np.ones((4, 3))))
    assert "3 channels at 1000.0 Hz; declared are 2 at 10000.0 Hz" in caplog.text
    assert caplog.records[0].name.startswith("neo.io")


@shows("RAW-3")
def test_an_empty_file_has_no_samples(tmp_path: Path) -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    (tmp_path / "empty.raw").write_bytes(b"")
    chunks = []
    for lib in (referee, neo):
        reader = lib.rawio.RawBinarySignalRawIO(str(tmp_path / "empty.raw"))
        reader.parse_header()
        chunks.append(attempt(reader.get_analogsignal_chunk))
    assert isinstance(chunks[0], Refusal)
    assert chunks[1].shape == (0, 2)


def test_wrong_declarations_are_refused_by_argument(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(8))
    with pytest.raises(NeophysError, match="nb_channel: found 0"):
        RawBinarySignalIO(str(tmp_path / "a.raw"), nb_channel=0)


def test_the_classes_declare_what_neos_do() -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    theirs = referee.io.RawBinarySignalIO
    for name in ("name", "description", "extensions", "mode", "rawmode", "is_readable",
                 "is_writable", "support_lazy", "read_params", "write_params",
                 "_prefered_signal_group_mode"):  # fmt: skip
        assert getattr(RawBinarySignalIO, name) == getattr(theirs, name), name
    for name in ("supported_objects", "readable_objects", "writeable_objects"):
        both = ([kind.__name__ for kind in getattr(io, name)] for io in (RawBinarySignalIO, theirs))
        assert next(both) == next(both), name
