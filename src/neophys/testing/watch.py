"""Bundles for checks: one that notes what is read, one that behaves as a server would."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neophys.source import Fingerprint, Source, SourceBase
from neophys.source.bundle import Bundle

__all__ = ["FarBundle", "Read", "TiledBundle", "WatchedBundle", "merged", "total"]


class Read(NamedTuple):
    """One read of a source: `length` bytes wanted, over `span` bytes from `offset` on.

    The two differ for a field of many records only: a remote source would fetch the span, a
    local one skips.
    """

    file: str
    offset: int
    length: int
    span: int


class WatchedBundle(Bundle):
    """Another bundle, whose reads are noted in `log` (from any thread)."""

    def __init__(self, inner: Bundle) -> None:
        super().__init__()
        self.inner = inner
        self.main, self.label = inner.main, inner.label
        self.merge_gap, self.tile_bytes = inner.merge_gap, inner.tile_bytes
        self.log: list[Read] = []

    def names(self) -> tuple[str, ...]:
        return self.inner.names()

    def has(self, name: str) -> bool:
        return self.inner.has(name)

    def reopening(self) -> tuple[Any, ...]:
        return self.inner.reopening()

    def close(self) -> None:
        super().close()
        self.inner.close()

    def _open(self, name: str) -> Source:
        return _WatchedSource(self.inner.source(name), name, self.log)


class _WatchedSource:
    def __init__(self, inner: Source, file: str, log: list[Read]) -> None:
        self.inner, self.file, self.log = inner, file, log
        self.name, self.size = inner.name, inner.size

    def read(self, offset: int, length: int) -> bytes | memoryview:
        self.log.append(Read(self.file, offset, length, length))
        return self.inner.read(offset, length)

    def read_into(self, offset: int, out: memoryview) -> None:
        self.log.append(Read(self.file, offset, len(out), len(out)))
        self.inner.read_into(offset, out)

    def read_ranges(
        self, offsets: NDArray[np.int64], lengths: NDArray[np.int64], out: memoryview
    ) -> None:
        pairs = zip(offsets.tolist(), lengths.tolist(), strict=True)
        self.log.extend(Read(self.file, offset, length, length) for offset, length in pairs)
        self.inner.read_ranges(offsets, lengths, out)

    def field(self, offset: int, dtype: Any, count: int, stride: int) -> NDArray[Any]:
        item = np.dtype(dtype).itemsize
        span = max(count - 1, 0) * stride + item
        self.log.append(Read(self.file, offset, count * item, span))
        return self.inner.field(offset, dtype, count, stride)

    def fingerprint(self) -> Fingerprint:
        return self.inner.fingerprint()

    def close(self) -> None:
        self.inner.close()


class TiledBundle(WatchedBundle):
    """Fetches little at a time, so that a small file is read as a large one: in many tiles."""

    def __init__(self, inner: Bundle) -> None:
        super().__init__(inner)
        self.merge_gap, self.tile_bytes = 64, 4096


class FarBundle(WatchedBundle):
    """Sources that can do no more than a server does: give a range of bytes.

    They are no LocalFile and no MemoryFile, columns and lists of ranges come through the one
    primitive, and gaps are dearer than bytes.
    """

    def __init__(self, inner: Bundle) -> None:
        super().__init__(inner)
        self.merge_gap, self.tile_bytes = 1 << 18, 1 << 23

    def _open(self, name: str) -> Source:
        return _FarSource(self.inner.source(name))


class _FarSource(SourceBase):
    def __init__(self, inner: Source) -> None:
        self.inner, self.name, self.size = inner, inner.name, inner.size

    def read_into(self, offset: int, out: memoryview) -> None:
        self.inner.read_into(offset, out)

    def fingerprint(self) -> Fingerprint:
        return self.inner.fingerprint()

    def close(self) -> None:
        self.inner.close()


def merged(offsets: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 2) disjoint [begin, end) in order that cover just these ranges."""
    held = lengths > 0
    order = np.argsort(offsets[held], kind="stable")
    begin = offsets[held][order]
    if len(begin) == 0:
        return np.empty((0, 2), np.int64)
    reach = np.maximum.accumulate(begin + lengths[held][order])
    new = np.append(True, begin[1:] > reach[:-1])
    last = np.append(np.flatnonzero(new)[1:], len(begin)) - 1
    return np.stack([begin[new], reach[last]], axis=1)


def total(ranges: NDArray[np.int64]) -> int:
    """Bytes of disjoint ranges."""
    return int((ranges[:, 1] - ranges[:, 0]).sum())
