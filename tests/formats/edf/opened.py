"""A scanned EDF file, with what tests ask of it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Deferred, EventTable, Piece
from neophys.formats import Report
from neophys.formats.edf import FORMAT, Options
from neophys.reading.samples import Samples
from neophys.source.bundle import open_bundle


class Opened:
    """``Opened(bytes or path)``: contents by scan, samples by the engine, tables by key."""

    def __init__(self, source: bytes | Path, **options: Any) -> None:
        self.bundle = open_bundle({"a.edf": source} if isinstance(source, bytes) else source)
        self.options, self.report = Options(**options), Report()
        self.contents = FORMAT.scan(self.bundle, self.options, self.report)
        self.segment = self.contents.blocks[0].segments[0]

    def pieces(self, stream: int = 0) -> tuple[Piece, ...]:
        data = self.segment.signals[stream]
        assert data is not None
        return data.pieces

    def spans(self, stream: int = 0) -> list[tuple[float, int]]:
        """(seconds, samples) of each piece."""
        return [(p.start_tick / 1e9, p.n_samples) for p in self.pieces(stream)]

    def samples(self, stream: int = 0) -> Samples:
        return Samples(self.bundle, self.contents.streams[stream], self.pieces(stream))

    def raw(self, stream: int = 0) -> NDArray[Any]:
        samples = self.samples(stream)
        return samples.raw(0, samples.n_samples)

    def values(self, stream: int = 0) -> NDArray[np.float64]:
        samples = self.samples(stream)
        return samples.physical(0, samples.n_samples, dtype=np.float64)

    def table(self, name: str = "annotations") -> EventTable:
        names = [channel.name for channel in self.contents.event_channels]
        deferred = self.segment.events[names.index(name)]
        assert isinstance(deferred, Deferred)
        assert FORMAT.tables is not None
        key = deferred.key
        found = FORMAT.tables(self.bundle, self.contents, self.options, key, self.report)
        assert isinstance(found, EventTable)
        return found

    def notes(self) -> list[tuple[float, float | None, str]]:
        """(seconds, seconds or None, text) of each annotation, in order of time."""
        table = self.table()
        assert table.durations is not None
        rows = [
            (time, None if np.isnan(length) else length, str(label))
            for time, length, label in zip(
                table.ticks.tolist(), table.durations.tolist(), table.labels, strict=True
            )
        ]
        return sorted(rows, key=lambda row: row[0])

    @cached_property
    def faults(self) -> dict[str, tuple[str, str]]:
        """The issues so far: severity and message by field."""
        return {issue.field or "": (issue.severity, issue.message) for issue in self.report.issues}
