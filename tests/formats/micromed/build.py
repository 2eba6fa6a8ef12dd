"""Small TRC files of known content, and what a scan of them gives."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Contents, Deferred, EventTable
from neophys.errors import Issue
from neophys.formats import Report
from neophys.formats.micromed import FORMAT, write
from neophys.formats.micromed.tables import (
    ELECTRODE,
    HEADER,
    NOTE,
    OLD_ELECTRODE,
    SPAN,
    ZONE,
    ZONES,
)
from neophys.reading.samples import Samples
from neophys.source.bundle import open_bundle

NAMES = ("Trigger", "Note", "Event A", "Event B")


def frames(n: int, channels: int = 2, width: int = 2) -> NDArray[Any]:
    """(n, channels) numbers that differ in each place and use all bytes."""
    numbers = np.arange(n * channels, dtype=np.uint64) * 40503 + 12345
    stored: NDArray[Any] = (numbers % 2 ** (8 * width)).astype(f"<u{width}")
    return stored.reshape(n, channels)


def trc(n: int = 1000, **given: Any) -> bytes:
    """A file of `n` frames, 2 channels, 100 Hz unless said otherwise."""
    given.setdefault("channels", ["Fp1", "Fp2"])
    given.setdefault("sampling_rate", 100)
    width = given.get("bytes_per_sample", 2)
    given.setdefault("signals", frames(n, len(given["channels"]), width))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.trc"
        write(path, **given)
        return path.read_bytes()


def zone(raw: bytes, name: str) -> tuple[int, int]:
    """Start and length of a zone."""
    entry = ZONE.read(raw, 176 + 16 * ZONES.index(name))
    return entry.start, entry.length


def put(raw: bytes, name: str, content: bytes, at: int = 0) -> bytes:
    """The file with some bytes of a zone replaced."""
    start = zone(raw, name)[0] + at
    return raw[:start] + content + raw[start + len(content) :]


def move(raw: bytes, name: str, **changed: Any) -> bytes:
    """The file with an entry of the zone table changed."""
    return ZONE.patch(raw, 176 + 16 * ZONES.index(name), **changed)


def electrode(raw: bytes, channel: int = 0, **changed: Any) -> bytes:
    """The file with fields of a channel's electrode changed."""
    return ELECTRODE.patch(raw, zone(raw, "LABCOD")[0] + 128 * (channel + 1), **changed)


def old(kind: int, n: int = 500) -> bytes:
    """A file of type 2 or 3, by the maker's declaration: 2 channels, 64 Hz, 1 byte."""
    labels = [OLD_ELECTRODE.write({"label": "G2"})] * 7
    for label, units in (("O1", "uV"), ("O2", "mV")):
        labels.append(
            OLD_ELECTRODE.write({"label": label, "units": units, "logic_max": 255,
                                 "logic_ground": 128, "physical_min": -128, "physical_max": 128})
        )  # fmt: skip
    notes = NOTE.write({"sample": 3, "text": "drei"}) + NOTE.write({})
    epochs = b"Spindle".ljust(64, b"\0") + SPAN.write({"begin": 64, "end": 96}) + SPAN.write({})
    zones = {"ORDER": bytes([8, 7]), "LABCOD": b"".join(labels), "NOTE": notes, "EVENT A": epochs}
    at, table = HEADER.size, b""
    for name in ZONES[: {2: 9, 3: 14}[kind]]:
        content = zones.get(name, b"")
        table += ZONE.write({"name": name if content else "", "start": at, "length": len(content)})
        at += len(content)
    values: dict[str, Any] = {
        "header_type": kind, "n_channels": 2, "rate": 64, "bytes_per_sample": 1,
        "multiplexer": 2, "data_start": at,
    }  # fmt: skip
    if kind == 3:
        values["video_start"] = 7
    header = HEADER.write(values)
    body = b"".join(zones[name] for name in ZONES[: {2: 9, 3: 14}[kind]] if name in zones)
    return header[:176] + table + header[176 + len(table) :] + body + frames(n, 2, 1).tobytes()


class Scanned:
    """``Scanned(bytes or path)``: contents by scan, samples by the engine, tables by key."""

    def __init__(self, source: bytes | Path, *, strict: bool = False) -> None:
        self.bundle = open_bundle({"a.trc": source} if isinstance(source, bytes) else source)
        self.contents: Contents = FORMAT.scan(self.bundle, None, Report(strict=strict))
        self.stream = self.contents.streams[0]
        self.segments = self.contents.blocks[0].segments

    @cached_property
    def issues(self) -> list[Issue]:
        """Those of the scan and of all tables."""
        late = Report()
        for i in range(len(self.segments)):
            for name in NAMES:
                self.table(name, i, late)
        return [*self.contents.issues, *late.issues]

    @property
    def told(self) -> str:
        return "\n".join(map(str, self.issues))

    def samples(self) -> Samples:
        pieces = [p for s in self.segments for data in s.signals if data for p in data.pieces]
        return Samples(self.bundle, self.stream, pieces)

    def raw(self) -> NDArray[Any]:
        samples = self.samples()
        return samples.raw(0, samples.n_samples)

    def values(self) -> NDArray[Any]:
        samples = self.samples()
        return samples.physical(0, samples.n_samples)

    def channel(self, field: str) -> list[Any]:
        found: list[Any] = self.stream.channels[field].tolist()
        return found

    def table(self, name: str, segment: int = 0, report: Report | None = None) -> EventTable:
        deferred = self.segments[segment].events[NAMES.index(name)]
        assert isinstance(deferred, Deferred)
        assert FORMAT.tables is not None
        report = Report() if report is None else report
        table = FORMAT.tables(self.bundle, self.contents, None, deferred.key, report)
        assert isinstance(table, EventTable)
        return table

    def events(self, name: str, segment: int = 0) -> list[Any]:
        table = self.table(name, segment)
        return list(zip(table.ticks.tolist(), table.labels.tolist(), strict=True))

    def epochs(self, name: str, segment: int = 0) -> list[Any]:
        table = self.table(name, segment)
        assert table.durations is not None
        ends = [None if d != d else d for d in table.durations.tolist()]
        return list(zip(table.ticks.tolist(), ends, table.labels.tolist(), strict=True))
