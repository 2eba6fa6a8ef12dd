"""The zones of a TRC file: found by name, bounded by the bytes there are, read when it opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from numpy.typing import NDArray

from neophys.errors import HeaderError, TruncatedError
from neophys.formats import Report
from neophys.formats.micromed.tables import HEADER, ZONE, ZONES, Edition
from neophys.source import Source
from neophys.tables import Table

__all__ = ["Zones", "find_zones", "longest"]

_ZONE_TABLE: Final = 176
_PLACES: Final = [_ZONE_TABLE + i * ZONE.size for i in range(len(ZONES))]
_DATA_START: Final = slice(*HEADER.places["data_start"])
_AS_WRITTEN: Final = [name.ljust(8).encode() for name in ZONES]
#: Without these nothing can be read: a wrong pointer to one is an error, to others an issue.
_NEEDED: Final = frozenset({"ORDER", "LABCOD", "TRONCA"})
_LITTLE: Final = 1 << 20
#: What opening reads whole: the others are long, or wait until somebody asks.
_READ: Final = frozenset({"ORDER", "FLAGS", "TRONCA", "IMPED_B", "IMPED_E", "AVERAGE", "DVIDEO"})


def longest(name: str) -> int:
    """The most bytes that a zone can have: a length that lies must not make opening long."""
    return _LITTLE if name in _READ else 1 << 26


class Zones:
    """Where the zones lie (absolute byte and length by name), and their bytes."""

    def __init__(self, file: Source, places: Mapping[str, tuple[int, int]]) -> None:
        self.source, self.file, self.places = file, file.name, places
        self._raw: dict[str, memoryview] = {}
        run: list[str] = []
        end = 0
        for name, (start, length) in places.items():
            if name in _READ:
                if start != end and run:
                    self._read(run, end)
                    run = []
                run.append(name)
                end = start + length
        if run:
            self._read(run, end)

    def _read(self, names: list[str], end: int) -> None:
        """Zones that lie side by side."""
        at = self.places[names[0]][0]
        data = memoryview(self.source.read(at, end - at))
        for name in names:
            start, length = self.places[name]
            self._raw[name] = data[start - at : start - at + length]

    def start(self, name: str) -> int | None:
        """Absolute byte of a zone, for messages."""
        return self.places[name][0] if name in self.places else None

    def length(self, name: str) -> int:
        """Bytes of a zone; 0 where there is none."""
        return self.places[name][1] if name in self.places else 0

    def raw(self, name: str) -> memoryview:
        """A zone's bytes, none where there is no such zone."""
        if name not in self._raw:
            self._raw[name] = memoryview(self.part(name, 0, self.length(name)))
        return self._raw[name]

    def records(self, name: str, table: Table, skip: int = 0) -> NDArray[Any]:
        """As many whole records as the zone holds behind its first `skip` bytes."""
        return table.read_many(self.raw(name)[skip:])

    def part(self, name: str, offset: int, length: int) -> bytes:
        """Some bytes of a zone, fewer where it ends before."""
        start, there = self.places.get(name, (0, 0))
        length = min(length, there - offset)
        return bytes(self.source.read(start + offset, length)) if length > 0 else b""


def find_zones(file: Source, raw: bytes, edition: Edition, report: Report) -> Zones:
    """The zones that the header's table names, checked against the bytes that there are.

    `raw` is the fixed header.
    """
    data_start = int.from_bytes(raw[_DATA_START], "little")
    size, places = file.size, {}
    for name, start, length, at in _entries(file.name, raw, edition, report):
        if not length or not start:
            continue
        if not HEADER.size <= start <= start + length <= data_start <= size or length > _LITTLE:
            fault = _fault(size, data_start, name, start, length)
            if fault and name not in _NEEDED:
                found = f"found start {start}, length {length}; {fault}; the zone is left out"
                report("error", file.name, found, offset=at, field=name)
                continue
            if fault and HEADER.size <= start and start + length > size:
                raise TruncatedError(file.name, start, length, size - start, name)
            if fault:
                raise HeaderError(file.name, at, name, (start, length), fault)
        places[name] = (start, length)
    return Zones(file, places)


def _entries(
    file: str, raw: bytes, edition: Edition, report: Report
) -> list[tuple[str, int, int, int]]:
    """(name, start, length, byte of the entry) of each zone: by name, else by its place."""
    rows = ZONE.read_many(raw, _ZONE_TABLE, edition.zones).tolist()
    names = [name for name, _, _ in rows]
    if names == _AS_WRITTEN:
        return [
            (name, start, length, at)
            for name, (_, start, length), at in zip(ZONES, rows, _PLACES, strict=True)
        ]
    names = [name.partition(b"\0")[0].strip().ljust(8) for name in names]
    entries = []
    for i, name in enumerate(ZONES[: edition.zones]):
        wanted = _AS_WRITTEN[i]
        at = names.index(wanted) if wanted in names else i
        _, start, length = rows[at]
        if names[at] != wanted:
            if name in edition.by_name_only or names[at] in _AS_WRITTEN or not (start and length):
                continue
            found = f"found {names[at]!r}; taken for {name} by its place"
            report("warning", file, found, offset=_PLACES[at], field=name)
        entries.append((name, start, length, _PLACES[at]))
    return entries


def _fault(size: int, data_start: int, name: str, start: int, length: int) -> str:
    if start < HEADER.size:
        return f"a zone begins behind the header, at byte {HEADER.size} or later"
    if start + length > size:
        return f"a zone ends within the file, at byte {size} or earlier"
    if length > longest(name):
        return f"this zone has at most {longest(name)} bytes"
    if start < data_start < start + length:
        return f"a zone does not reach into the samples, which begin at byte {data_start}"
    return ""
