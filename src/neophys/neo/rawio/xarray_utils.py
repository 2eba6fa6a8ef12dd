"""Raw readers' buffers as Zarr references and as xarray's objects: the file itself, uncopied.

For readers that tell where their samples lie (``has_buffer_description_api()``). Values are as
stored; ``scale_factor`` and ``add_offset`` say what they mean where all channels have the same.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import UnsupportedError

__all__ = ["to_xarray_dataset", "to_xarray_datatree", "to_zarr_v2_reference"]


def to_zarr_v2_reference(
    rawio_reader: Any, block_index: int = 0, seg_index: int = 0, buffer_id: str | None = None
) -> dict[str, Any]:
    """References to a buffer in its file, in kerchunk's version 1: a Zarr 2 group.

    Parameters
    ----------
    rawio_reader
        A raw reader whose header is parsed.
    buffer_id
        None: the only one.

    Returns
    -------
    dict
        ``{"version": 1, "refs": {...}}`` with the arrays ``channel`` (ids) and ``traces`` (one
        chunk: the whole buffer). Its values are those that JSON knows.

    Raises
    ------
    ValueError
        No such buffer, or the reader does not tell where its samples lie.
    UnsupportedError
        The buffer is no plain array: HDF5.
    """
    buffers = rawio_reader.header["signal_buffers"]
    ids = buffers["id"].tolist()
    if buffer_id is None and len(ids) == 1:
        buffer_id = ids[0]
    if buffer_id not in ids:
        raise ValueError(f"buffer_id {buffer_id!r}: there are {ids}")
    description = rawio_reader.get_analogsignal_buffer_description(
        block_index=block_index, seg_index=seg_index, buffer_id=buffer_id
    )
    if description["type"] == "hdf5":
        raise UnsupportedError("references to a buffer of type 'hdf5'")
    if description["type"] != "raw":
        raise ValueError(f"a buffer of type {description['type']!r}")
    name = str(buffers["name"][ids.index(buffer_id)])
    channels = rawio_reader.header["signal_channels"]
    channels = channels[channels["buffer_id"] == buffer_id]
    channel_ids = np.ascontiguousarray(channels["id"])
    dtype = np.dtype(description["dtype"])
    shape = [int(n) for n in description["shape"]]
    length = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    dimensions = ["time", "channel"]
    if description.get("time_axis", 0) == 1:
        dimensions.reverse()
    refs: dict[str, Any] = {
        ".zgroup": {"zarr_format": 2},
        ".zattrs": {"name": name},
        "channel/0": "base64:" + base64.b64encode(channel_ids.tobytes()).decode(),
        "channel/.zarray": _array(list(channel_ids.shape), channel_ids.dtype, "C"),
        "channel/.zattrs": {"_ARRAY_DIMENSIONS": ["channel"]},
        "traces/0.0": [str(description["file_path"]), int(description["file_offset"]), length],
        "traces/.zarray": _array(shape, dtype, description.get("order", "C")),
        "traces/.zattrs": {"_ARRAY_DIMENSIONS": dimensions, "name": name} | _scale(channels),
    }
    return {"version": 1, "refs": refs}


def _array(shape: list[int], dtype: np.dtype[Any], order: str) -> dict[str, Any]:
    return {
        "chunks": shape,
        "compressor": None,
        "dtype": dtype.str,
        "fill_value": None,
        "filters": None,
        "order": order,
        "shape": shape,
        "zarr_format": 2,
    }


def _scale(channels: NDArray[Any]) -> dict[str, Any]:
    """What is the same for all channels."""
    found: dict[str, Any] = {"sampling_rate": float(channels["sampling_rate"][0])}
    units, gains, offsets = (np.unique(channels[key]) for key in ("units", "gain", "offset"))
    if len(units) == 1:
        found["units"] = str(units[0])
    if len(gains) == 1 and len(offsets) == 1:
        found["scale_factor"], found["add_offset"] = float(gains[0]), float(offsets[0])
    return found


def to_xarray_dataset(
    rawio_reader: Any, block_index: int = 0, seg_index: int = 0, buffer_id: str | None = None
) -> Any:
    """A buffer as ``xarray.Dataset``: ``traces`` by time and channel, read when asked for.

    Physical values where all channels have the same gain and offset, else raw ones. Parameters
    and errors as :func:`to_zarr_v2_reference`; UnsupportedError without xarray, zarr and fsspec.
    """
    references = to_zarr_v2_reference(rawio_reader, block_index, seg_index, buffer_id)
    xarray = _needed("xarray")
    for package in ("zarr", "fsspec"):
        _needed(package)
    return xarray.open_dataset(
        "reference://",
        mask_and_scale=True,
        engine="zarr",
        backend_kwargs={
            "storage_options": {"fo": references, "remote_protocol": "file"},
            "consolidated": False,
        },
    )


def to_xarray_datatree(rawio_reader: Any) -> Any:
    """All buffers as ``xarray.DataTree``: block, segment, buffer. See :func:`to_xarray_dataset`."""
    xarray = _needed("xarray")
    buffers = rawio_reader.header["signal_buffers"]
    nodes = {
        f"block{block}/segment{segment}/{buffer['name']}": to_xarray_dataset(
            rawio_reader, block, segment, str(buffer["id"])
        )
        for block, count in enumerate(rawio_reader.header["nb_segment"])
        for segment in range(count)
        for buffer in buffers
    }
    return xarray.DataTree.from_dict(nodes, name="root")


def _needed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise UnsupportedError(
            f"this needs {package}, which is not installed: pip install 'neophys[xarray]'"
        ) from error
