"""One recording under check: opened, its streams, what is random about it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import neophys
from neophys.contents import Contents
from neophys.formats import Format
from neophys.reading.samples import Samples
from neophys.recording import Part, Recording, Signal
from neophys.source.bundle import open_bundle
from neophys.testing.example import Example
from neophys.testing.jobs import Child
from neophys.testing.report import Broken
from neophys.testing.watch import WatchedBundle

if TYPE_CHECKING:
    from neophys.neo.readers import NeoReader

__all__ = ["Case", "Trace", "equal", "expect"]

#: Bytes of samples that are held whole for comparison; longer signals are compared at their start.
_HELD = 32 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A stream's signal, over all segments of a block or in one of them, by both its faces."""

    where: str
    signal: Signal
    samples: Samples

    @property
    def rows(self) -> int:
        """Rows that are held whole for comparison."""
        row = max(1, self.samples.n_channels * self.samples.float_dtype.itemsize)
        return min(self.samples.n_samples, max(_HELD // row, 1))


@dataclass(eq=False)
class Case:
    """A recording and what the checks need to know of it.

    Attributes
    ----------
    path
        File or folder to open.
    label
        For the report.
    example
        The truth, where it is known.
    effort
        Windows, slices, damages of each kind.
    """

    format: Format
    path: Path
    label: str
    options: Mapping[str, Any]
    example: Example | None
    effort: int
    seed: int
    seconds: float
    child: Child
    neo_reader: NeoReader | None = None
    _opened: list[Recording] = field(default_factory=list)

    def open(self, source: Any = None, *, strict: bool = False) -> Recording:
        """The recording, from its path unless another source of the same bytes is given."""
        source = self.path if source is None else source
        recording = neophys.open(source, format=self.format.name, strict=strict, **self.options)
        self._opened.append(recording)
        return recording

    @cached_property
    def recording(self) -> Recording:
        return self.open()

    @property
    def contents(self) -> Contents:
        return self.recording.contents

    @cached_property
    def main(self) -> str:
        return self.recording.bundle.main

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The recording's files in memory, the main one first."""
        bundle = open_bundle(self.path)
        names = sorted({*self.contents.files} - {self.main})
        names = ([self.main] if self.main else []) + names
        sources = {name: bundle.source(name) for name in names}
        files = {name: bytes(s.read(0, s.size)) for name, s in sources.items()}
        bundle.close()
        return files

    @cached_property
    def size(self) -> int:
        """Bytes of all files."""
        sources = (self.recording.bundle.source(name) for name in self.contents.files)
        return sum(source.size for source in sources)

    def watched(self) -> tuple[Recording, WatchedBundle]:
        """The recording over a bundle that notes each read."""
        bundle = WatchedBundle(open_bundle(self.path))
        return self.open(bundle), bundle

    def rng(self, purpose: str) -> np.random.Generator:
        """The same for the same recording, purpose and seed."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.label}/{purpose}".encode())])

    def traces(self, recording: Recording | None = None) -> list[Trace]:
        """Each block's signals that are not empty; a few of many."""
        of = recording or self.recording
        blocks = enumerate(of.blocks)
        return self._few([t for b, block in blocks for t in _traces(of, block, b, None)])

    def parts(self, recording: Recording | None = None) -> list[Trace]:
        """Each segment's signals that are not empty; a few of many."""
        of = recording or self.recording
        return self._few([
            trace
            for b, block in enumerate(of.blocks)
            for s, segment in enumerate(block.segments)
            for trace in _traces(of, segment, b, s)
        ])  # fmt: skip

    def _few(self, traces: list[Trace]) -> list[Trace]:
        most = max(2, self.effort // 2)
        if len(traces) <= most:
            return traces
        return [traces[i] for i in np.linspace(0, len(traces) - 1, most).astype(int)]

    def close(self) -> None:
        for recording in self._opened:
            recording.close()


def _traces(of: Recording, part: Part, block: int, segment: int | None) -> list[Trace]:
    numbers = {id(stream): i for i, stream in enumerate(of.contents.streams)}
    where = f"block {block}" + ("" if segment is None else f", segment {segment}")
    found = []
    for signal in part.signals:
        samples = of.samples(numbers[id(signal.stream)], block=block, segment=segment)
        if samples.n_samples and samples.n_channels:
            found.append(Trace(f"{where}, {signal.name!r}", signal, samples))
    return found


def expect(condition: object, message: str) -> None:
    """Raise :class:`Broken` unless the condition holds."""
    if not condition:
        raise Broken(message)


def equal(found: Any, expected: NDArray[Any], what: str) -> None:
    """Raise :class:`Broken` unless two arrays have one shape and the same bits."""
    found = np.asarray(found)
    expect(found.shape == expected.shape, f"{what}: shape {found.shape}, expected {expected.shape}")
    same = found == expected
    if found.dtype.kind == "f":
        same |= np.isnan(found) & np.isnan(expected)
    if not same.all():
        at = tuple(int(i) for i in np.argwhere(~same)[0])
        n = int((~same).sum())
        message = f"{what}: {n} of {found.size} differ, first at {at}: "
        raise Broken(message + f"{found[at]!r}, expected {expected[at]!r}")
