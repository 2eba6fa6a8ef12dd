"""A scan with what is needed to read what it found, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neophys.contents import Contents, EventTable, Segment, SpikeTable
from neophys.formats import NoOptions, Report
from neophys.formats.plexon import FORMAT
from neophys.reading.samples import Samples
from neophys.reading.waveforms import read_waveforms
from neophys.source.bundle import Bundle, open_bundle

__all__ = ["Scanned", "scan"]


@dataclass
class Scanned:
    """Contents and the bundle they are of."""

    contents: Contents
    bundle: Bundle

    @property
    def segment(self) -> Segment:
        return self.contents.blocks[0].segments[0]

    def samples(self, stream: int = 0) -> Samples:
        signal = self.segment.signals[stream]
        assert signal is not None
        return Samples(self.bundle, self.contents.streams[stream], signal.pieces)

    def starts(self, stream: int = 0) -> list[tuple[int, int]]:
        """(tick, samples) of each piece."""
        signal = self.segment.signals[stream]
        assert signal is not None
        return [(piece.start_tick, piece.n_samples) for piece in signal.pieces]

    def events(self, number: int) -> EventTable:
        ids = [channel.id for channel in self.contents.event_channels]
        table = self.segment.events[ids.index(str(number))]
        assert isinstance(table, EventTable)
        return table

    def spikes(self, unit: str) -> SpikeTable:
        ids = [unit.id for unit in self.contents.spike_units]
        table = self.segment.spikes[ids.index(unit)]
        assert isinstance(table, SpikeTable)
        return table

    def waveforms(self, unit: str) -> Any:
        """All raw waveforms of a unit."""
        table = self.spikes(unit)
        assert table.waveforms is not None
        return read_waveforms(self.bundle, table.waveforms, 0, len(table))

    @property
    def issues(self) -> list[str]:
        return [str(issue) for issue in self.contents.issues]


def scan(source: Any, *, strict: bool = False) -> Scanned:
    """Scan a path, bytes, ..."""
    bundle = open_bundle(source)
    return Scanned(FORMAT.scan(bundle, NoOptions(), Report(strict=strict)), bundle)
