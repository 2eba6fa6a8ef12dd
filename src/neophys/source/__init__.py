"""WHERE BYTES COME FROM: exact reads of byte ranges, from any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from neophys.errors import TruncatedError

__all__ = ["FIELD_SKIP", "FIELD_TILE", "Fingerprint", "Source", "SourceBase"]

#: Bytes that a column read (:meth:`Source.field`) holds at a time.
FIELD_TILE = 1 << 20
#: Bytes between two fields from which on each is read alone: less is cheaper to read along.
FIELD_SKIP = 1 << 14


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells that a file is still the one that was scanned: its size and a tag.

    ``tag`` is the modification time in ns for local files, an ETag for remote ones, a digest for
    bytes in memory.
    """

    size: int
    tag: str


@runtime_checkable
class Source(Protocol):
    """Bytes by position. Every read is exact or raises TruncatedError; threads may share it."""

    @property
    def name(self) -> str:
        """For messages: the file's name in its bundle, a path or an address."""
        ...

    @property
    def size(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes | memoryview:
        """`length` bytes from `offset` on."""
        ...

    def read_into(self, offset: int, out: memoryview) -> None:
        """Fill `out` (bytes) from `offset` on."""
        ...

    def read_ranges(
        self, offsets: NDArray[np.int64], lengths: NDArray[np.int64], out: memoryview
    ) -> None:
        """Fill `out` with the ranges, one after the other."""
        ...

    def field(self, offset: int, dtype: Any, count: int, stride: int) -> NDArray[Any]:
        """One field of `count` records: ``dtype`` at `offset`, `offset` + `stride`, ..."""
        ...

    def fingerprint(self) -> Fingerprint: ...

    def close(self) -> None: ...


class SourceBase:
    """What every source can build from ``read_into`` alone."""

    name: str
    size: int

    def read_into(self, offset: int, out: memoryview) -> None:
        raise AssertionError("each source has its own read_into")

    def read(self, offset: int, length: int) -> bytes | memoryview:
        if length < 0 or offset < 0 or offset + length > self.size:
            # Checked before the memory is taken: a lying length must not cost gigabytes.
            raise TruncatedError(self.name, offset, length, self.size - offset)
        out = bytearray(length)
        self.read_into(offset, memoryview(out))
        return memoryview(out)

    def read_ranges(
        self, offsets: NDArray[np.int64], lengths: NDArray[np.int64], out: memoryview
    ) -> None:
        at = 0
        for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
            self.read_into(offset, out[at : at + length])
            at += length

    def field(self, offset: int, dtype: Any, count: int, stride: int) -> NDArray[Any]:
        dtype = np.dtype(dtype)
        if count <= 0:
            return np.empty(0, dtype)
        last = offset + (count - 1) * stride + dtype.itemsize
        if last > self.size:
            raise TruncatedError(self.name, offset, last - offset, self.size - offset)
        out = np.empty(count, dtype)
        if stride - dtype.itemsize > FIELD_SKIP:
            each = np.full(count, dtype.itemsize, np.int64)
            places = offset + stride * np.arange(count, dtype=np.int64)
            self.read_ranges(places, each, out.view(np.uint8).data)
            return out
        per_tile = max(1, FIELD_TILE // max(stride, 1))
        scratch = np.empty(min(per_tile, count) * stride, np.uint8)
        for first in range(0, count, per_tile):
            n = min(per_tile, count - first)
            length = (n - 1) * stride + dtype.itemsize
            self.read_into(offset + first * stride, memoryview(scratch.data)[:length])
            rows = np.ndarray((n,), dtype, scratch.data, 0, (stride,))
            out[first : first + n] = rows
        return out
