"""The zones of a TRC file: found by name, bounded by the bytes there are, read in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.errors import HeaderError, TruncatedError
from neophys.formats import Report
from neophys.formats.micromed.tables import (
    AVERAGE,
    EDITIONS,
    HEADER,
    HISTORY,
    IMPEDANCE,
    NONE,
    SPAN,
    VIDEO,
    ZONE,
    ZONES,
    Edition,
)
from neophys.source import Source
from neophys.tables import FixedRecord, Table

__all__ = ["Details", "Zones", "find_zones"]

ZONE_TABLE: Final = 176
#: Without these nothing can be read, so that a wrong pointer is an error, not an issue.
_NEEDED: Final = ("ORDER", "LABCOD", "TRONCA")
#: Real headers take 0.4 MB; zones that a longer one spreads out are read one by one.
_ONE_READ: Final = 1 << 21
#: No zone is longer: the longest known take 0.12 MB.
_LONGEST: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Zones:
    """Where the zones lie, and their bytes.

    Attributes
    ----------
    file
        The file's name, for messages.
    places
        Absolute byte and length by name; only zones that are there.
    region, far
        The bytes from the end of the header to the first sample; those of zones elsewhere.
    """

    file: str
    places: Mapping[str, tuple[int, int]]
    region: bytes
    far: Mapping[str, bytes]

    def start(self, name: str) -> int:
        """Absolute byte of a zone; 0 where there is none."""
        return self.places.get(name, (0, 0))[0]

    def bytes(self, name: str) -> memoryview:
        """A zone's bytes, none where there is no such zone."""
        if name in self.far:
            return memoryview(self.far[name])
        start, length = self.places.get(name, (HEADER.size, 0))
        return memoryview(self.region)[start - HEADER.size : start - HEADER.size + length]

    def records(self, name: str, table: Table, skip: int = 0) -> NDArray[Any]:
        """As many whole records as the zone holds behind its first `skip` bytes."""
        return table.read_many(self.bytes(name)[skip:])


def find_zones(file: Source, header: FixedRecord, edition: Edition, report: Report) -> Zones:
    """The zones that the header's table names, checked against the file's size, and their bytes."""
    data_start: int = header.data_start
    places = {}
    for name, start, length, at in _entries(header, edition, report):
        if length == 0 or start == 0:
            continue
        fault = _fault(file.size, data_start, start, length)
        if fault and name in _NEEDED:
            if start >= HEADER.size and start + length > file.size:
                raise TruncatedError(file.name, start, length, file.size - start, name)
            raise HeaderError(file.name, at, name, (start, length), fault)
        if fault:
            found = f"found start {start}, length {length}; {fault}; the zone is left out"
            report("error", file.name, found, offset=at, field=name)
            continue
        places[name] = (start, length)
    whole = HEADER.size <= data_start <= min(file.size, _ONE_READ)
    region = bytes(file.read(HEADER.size, data_start - HEADER.size)) if whole else b""
    far = {
        name: bytes(file.read(start, length))
        for name, (start, length) in places.items()
        if start + length > len(region) + HEADER.size
    }
    return Zones(file.name, places, region, far)


def _entries(
    header: FixedRecord, edition: Edition, report: Report
) -> Iterator[tuple[str, int, int, int]]:
    """(name, start, length, byte of the entry) of each zone: by name, else by its place."""
    table = ZONE.read_many(bytes(header), ZONE_TABLE, edition.zones)
    rows = table.tolist()
    names = [raw.partition(b"\0")[0].strip() for raw, _, _ in rows]
    for i, name in enumerate(ZONES[: edition.zones]):
        raw = name.encode()
        at = names.index(raw) if raw in names else i
        if names[at] != raw:
            if name in edition.by_name_only or names[at].decode("latin-1") in ZONES:
                continue
            if rows[at][1] and rows[at][2]:
                found = f"no zone has this name; taken from its place, named {names[at]!r}"
                report(
                    "warning", header.file, found, offset=ZONE_TABLE + at * ZONE.size, field=name
                )
        yield name, rows[at][1], rows[at][2], ZONE_TABLE + at * ZONE.size


def _fault(size: int, data_start: int, start: int, length: int) -> str:
    if start < HEADER.size:
        return f"a zone begins behind the header, at byte {HEADER.size} or later"
    if start + length > size:
        return f"a zone ends within the file, at byte {size} or earlier"
    if length > _LONGEST:
        return f"a zone has at most {_LONGEST} bytes"
    if start < data_start < start + length:
        return f"a zone does not reach into the samples, which begin at byte {data_start}"
    return ""


class Details(Mapping[str, Any]):
    """What else the header holds, as plain numbers, texts and tuples, decoded when asked for.

    Nothing of the patient: only zones, and the header's fields that are not private.
    """

    __slots__ = ("_codes", "_header", "_type", "_zones")

    def __init__(self, header: FixedRecord, zones: Zones, codes: NDArray[Any]) -> None:
        raw = bytes(header)
        places = [HEADER.places[f.name] for f in HEADER.fields if f.private]
        low, high = min(p[0] for p in places), max(p[1] for p in places)
        self._header = raw[:low] + bytes(high - low) + raw[high:]
        self._type: int = header.header_type
        self._zones, self._codes = zones, codes

    def __getitem__(self, key: str) -> Any:
        return _DETAILS[key](self)

    def __iter__(self) -> Iterator[str]:
        return iter(_DETAILS)

    def __len__(self) -> int:
        return len(_DETAILS)

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"

    @property
    def _edition(self) -> Edition:
        return EDITIONS[self._type]

    def _electrodes(self) -> tuple[dict[str, Any], ...]:
        table = self._edition.electrode
        raw = self._zones.bytes("LABCOD")
        return tuple(
            {"code": code} | _plain(table.read(raw, code * table.size))
            for code in self._codes.tolist()
        )

    def _impedances(self, zone: str) -> tuple[tuple[int | None, int | None], ...]:
        rows = self._zones.records(zone, IMPEDANCE)[: len(self._codes)].tolist()
        return tuple((_unless(p, 255), _unless(n, 255)) for p, n in rows)

    def _flags(self) -> tuple[tuple[int, int | None], ...]:
        rows = self._zones.records("FLAGS", SPAN).tolist()
        return tuple((begin, end or None) for begin, end in rows if begin or end)

    def _montages(self) -> tuple[Any, ...]:
        count = HEADER.read(self._header).n_montages
        return self._montages_of(self._zones.bytes("MONTAGE"), count)

    def _montages_of(self, raw: memoryview, count: int) -> tuple[Any, ...]:
        size, table = self._edition.montage_bytes, self._edition.montage
        starts = range(0, min(count * size, len(raw) - size + 1), size)
        if table is None:
            return tuple(bytes(raw[at : at + size]) for at in starts)
        return tuple(_plain(table.read(raw, at)) for at in starts)

    def _history(self) -> dict[str, Any]:
        raw = self._zones.bytes("HISTORY")
        samples = HISTORY.read_many(raw[:512])["sample"].tolist()
        if NONE in samples:
            samples = samples[: samples.index(NONE)]
        return {"samples": tuple(samples), "montages": self._montages_of(raw[512:], len(samples))}

    def _average(self) -> dict[str, Any] | None:
        raw = self._zones.bytes("AVERAGE")
        if len(raw) < AVERAGE.size or not any(raw[: AVERAGE.size]):
            return None
        return _plain(AVERAGE.read(raw))

    def _videos(self) -> tuple[dict[str, int], ...]:
        rows = self._zones.records("DVIDEO", VIDEO)
        rows = rows[(rows["duration"] != NONE) & (rows["duration"] != 0)]
        return tuple(dict(zip(VIDEO.by_name, row, strict=True)) for row in rows.tolist())

    def _field(self, name: str) -> Any:
        return HEADER.read(self._header)[name]


def _plain(record: FixedRecord) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in record.items()
    }


def _unless(value: int, missing: int) -> int | None:
    return None if value == missing else value


def _field(name: str) -> Callable[[Details], Any]:
    return lambda details: details._field(name)


_DETAILS: Final[dict[str, Callable[[Details], Any]]] = {
    **{
        field.name: _field(field.name)
        for field in HEADER.fields
        if not field.private and field.name not in ("title", "start")
    },
    "video_start": lambda details: _unless(details._field("video_start"), NONE),
    "electrodes": Details._electrodes,
    "impedances_begin": lambda details: details._impedances("IMPED_B"),
    "impedances_end": lambda details: details._impedances("IMPED_E"),
    "flags": Details._flags,
    "montages": Details._montages,
    "history": Details._history,
    "average": Details._average,
    "videos": Details._videos,
}
