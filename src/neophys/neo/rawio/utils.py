"""Plain arrays in files, for readers written by others."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["get_memmap_chunk_from_opened_file", "get_memmap_shape"]


def get_memmap_shape(
    filename: str | Path, dtype: DTypeLike, num_channels: int | None = None, offset: int = 0
) -> tuple[int, ...]:
    """Shape of the array that a file holds behind `offset` bytes.

    Returns
    -------
    tuple
        (values,), or (rows, num_channels) of the rows that are whole.

    Raises
    ------
    ValueError
        What lies behind `offset` is no whole number of values.
    """
    itemsize = np.dtype(dtype).itemsize
    available = Path(filename).stat().st_size - offset
    if available < 0 or available % itemsize:
        raise ValueError(
            f"{filename}: the {available} bytes from byte {offset} on are not a whole number of"
            f" values of {itemsize} bytes"
        )
    size = available // itemsize
    return (size,) if num_channels is None else (size // num_channels, num_channels)


def get_memmap_chunk_from_opened_file(
    fid: IO[bytes],
    num_channels: int,
    start: int,
    stop: int,
    dtype: DTypeLike,
    file_offset: int = 0,
) -> NDArray[Any]:
    """Rows of a two-dimensional array in an open file, mapped rather than read.

    Parameters
    ----------
    fid
        Open for reading in binary mode; it may be closed afterwards.
    start, stop
        Half-open range of rows.
    file_offset
        Bytes before the first row.

    Returns
    -------
    array
        (stop - start, num_channels), read-only.

    Raises
    ------
    ValueError
        The rows are not all in the file.
    """
    kind = np.dtype(dtype)
    shape = stop - start, num_channels
    if start < 0 or stop < start:
        raise ValueError(f"rows [{start}, {stop}) are no range of rows")
    if not shape[0] * shape[1]:
        nothing: NDArray[Any] = np.empty(shape, kind)
        nothing.flags.writeable = False
        return nothing
    first = file_offset + start * num_channels * kind.itemsize
    # A map begins at a page.
    page, inside = divmod(first, mmap.ALLOCATIONGRANULARITY)
    mapped = mmap.mmap(
        fid.fileno(),
        inside + shape[0] * num_channels * kind.itemsize,
        access=mmap.ACCESS_READ,
        offset=page * mmap.ALLOCATIONGRANULARITY,
    )
    return np.ndarray(shape, kind, mapped, inside)
