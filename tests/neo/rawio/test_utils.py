"""Plain arrays in files, mapped; buffers as references for Zarr."""

from __future__ import annotations

import base64
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.neo.rawio.others import N, buffered, full

import neophys
from neophys.errors import UnsupportedError
from neophys.neo.rawio import MicromedRawIO, baserawio
from neophys.neo.rawio.utils import get_memmap_chunk_from_opened_file, get_memmap_shape
from neophys.neo.rawio.xarray_utils import (
    to_xarray_dataset,
    to_xarray_datatree,
    to_zarr_v2_reference,
)

SAMPLE = Path(neophys.__file__).parent / "data" / "sample.trc"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.raw"
    path.write_bytes(b"123" + np.arange(10_007, dtype="<i2").tobytes())
    return path


def test_the_shape_of_what_a_file_holds(file: Path) -> None:
    assert get_memmap_shape(file, "int16", offset=3) == (10_007,)
    assert get_memmap_shape(str(file), np.dtype("<i2"), num_channels=4, offset=3) == (2501, 4)
    for offset in (2, 30_001):
        with pytest.raises(ValueError, match=r"a\.raw"):
            get_memmap_shape(file, "int16", offset=offset)


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (1200, 1210), (0, 2501), (7, 7)])
def test_rows_are_mapped_and_outlive_the_file(file: Path, start: int, stop: int) -> None:
    with file.open("rb") as opened:
        rows = get_memmap_chunk_from_opened_file(opened, 4, start, stop, "<i2", 3)
    assert rows.tolist() == np.arange(10_004).reshape(-1, 4)[start:stop].tolist()
    assert rows.dtype == np.dtype("<i2")
    assert rows.shape == (stop - start, 4)
    assert not rows.flags.writeable


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (5, 3), (0, 2600)])
def test_rows_that_are_not_there_are_refused(file: Path, start: int, stop: int) -> None:
    with file.open("rb") as opened, pytest.raises(ValueError, match=r"range|greater"):
        get_memmap_chunk_from_opened_file(opened, 4, start, stop, np.dtype("<i2"), 3)


def sample() -> Any:
    reader = MicromedRawIO(str(SAMPLE))
    reader.parse_header()
    return reader


def bytes_of(reference: Any) -> bytes:
    if isinstance(reference, str):
        return base64.b64decode(reference.removeprefix("base64:"))
    path, offset, length = reference
    return Path(path).read_bytes()[offset : offset + length]


def test_references_lead_to_the_samples() -> None:
    reader = sample()
    found = to_zarr_v2_reference(reader)
    assert json.loads(json.dumps(found)) == found
    assert (found["version"], found["refs"][".zgroup"]) == (1, {"zarr_format": 2})
    refs = found["refs"]
    for name, expected in (
        ("traces", reader.get_analogsignal_chunk()),
        ("channel", reader.header["signal_channels"]["id"]),
    ):
        array = refs[f"{name}/.zarray"]
        (key,) = [
            key for key in refs if key.startswith(f"{name}/") and "." not in key[len(name) + 1]
        ]
        values = np.frombuffer(bytes_of(refs[key]), array["dtype"]).reshape(array["shape"])
        assert values.tolist() == expected.tolist()
    attributes = refs["traces/.zattrs"]
    assert attributes["_ARRAY_DIMENSIONS"] == ["time", "channel"]
    row = reader.header["signal_channels"][0]
    words = {"units": "units", "scale_factor": "gain", "add_offset": "offset"}
    assert {key: attributes[key] for key in words} == {key: row[words[key]] for key in words}
    assert attributes["sampling_rate"] == row["sampling_rate"]


def test_references_are_those_of_neo() -> None:
    pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    from neo.rawio import MicromedRawIO as NeoRawIO
    from neo.rawio.xarray_utils import to_zarr_v2_reference as neos

    reader = NeoRawIO(str(SAMPLE))
    reader.parse_header()
    buffer_id = reader.header["signal_buffers"]["id"][0]
    neo, ours = neos(reader, buffer_id=buffer_id), to_zarr_v2_reference(sample())
    assert ours == json.loads(json.dumps(neo, default=int))


def test_a_scale_is_given_where_it_holds_for_all_channels() -> None:
    reader = sample()
    reader.header["signal_channels"]["offset"][1] = 5
    attributes = to_zarr_v2_reference(reader)["refs"]["traces/.zattrs"]
    assert "scale_factor" not in attributes
    assert "add_offset" not in attributes


def test_time_may_be_the_second_axis(tmp_path: Path) -> None:
    kind = buffered(baserawio, time_axis=1)
    reader = kind(kind.write(tmp_path / "a.buf"))
    reader.parse_header()
    refs = to_zarr_v2_reference(reader)["refs"]
    assert refs["traces/.zarray"]["shape"] == [4, N]
    assert refs["traces/.zattrs"]["_ARRAY_DIMENSIONS"] == ["channel", "time"]


def test_what_has_no_references_is_refused(tmp_path: Path) -> None:
    other = full(baserawio)("a.other")
    other.parse_header()
    with pytest.raises(ValueError, match="buffer_id"):
        to_zarr_v2_reference(other)
    with pytest.raises(ValueError, match="there are"):
        to_zarr_v2_reference(sample(), buffer_id="9")
    reader = buffered(baserawio, kind="hdf5")(tmp_path / "a.h5")
    reader.parse_header()
    with pytest.raises(UnsupportedError, match="hdf5"):
        to_zarr_v2_reference(reader)


@pytest.mark.skipif(
    any(find_spec(name) is None for name in ("xarray", "zarr", "fsspec")),
    reason="xarray, zarr or fsspec is not installed",
)
@pytest.mark.filterwarnings("ignore")
def test_xarray_reads_through_the_references() -> None:
    reader = sample()
    dataset = to_xarray_dataset(reader)
    raw = reader.get_analogsignal_chunk(i_start=100, i_stop=120)
    expected = reader.rescale_signal_raw_to_float(raw, dtype="float64")
    assert np.allclose(dataset["traces"][100:120].values, expected)
    assert to_xarray_datatree(reader)["block0/segment0/Signals/traces"].shape == (7424, 8)


@pytest.mark.parametrize("call", [to_xarray_dataset, to_xarray_datatree])
def test_without_xarray_it_says_what_to_install(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'neophys\[xarray\]'"):
        call(sample())
