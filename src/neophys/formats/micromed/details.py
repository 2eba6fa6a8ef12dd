"""What else the header holds: as plain numbers, texts and tuples, decoded when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.formats.micromed.tables import (
    AVERAGE,
    EDITIONS,
    HEADER,
    HISTORY,
    IMPEDANCE,
    MONTAGE,
    NONE,
    SPAN,
    VIDEO,
    Edition,
)
from neophys.formats.micromed.zones import Zones
from neophys.tables import FixedRecord, Table

__all__ = ["Details"]

_PLACES: Final = [HEADER.places[field.name] for field in HEADER.fields if field.private]
_PRIVATE: Final = min(start for start, _ in _PLACES), max(stop for _, stop in _PLACES)
#: Of a montage, up to its inputs: what follows are filters of a scale that sources dispute.
_MONTAGE: Final = Table(
    "montage",
    [f for f in MONTAGE.fields if MONTAGE.places[f.name][1] <= MONTAGE.places["highpass"][0]],
)
_SAMPLES: Final = 128 * HISTORY.size
_END: Final = NONE.to_bytes(4, "little")
_NO_FILMS: Final = b"\xff" * (1024 * VIDEO.size)


class Details(Mapping[str, Any]):
    """The header's fields that are not the patient's, and the zones that no reading needs.

    Keys are the fields of the header (``"file_type"`` ...), and ``"electrodes"`` (a dict for each
    channel), ``"impedances_begin"``, ``"impedances_end"`` ((positive, negative) for each channel,
    kOhm; None: not measured), ``"flags"`` ((begin, end) in frames of the file; None: a point),
    ``"montages"``, ``"history"`` (frames where the montage changed, and the montages),
    ``"average"`` (None: the file is no average), ``"videos"``. It holds bytes and no file.
    """

    __slots__ = ("_codes", "_electrodes", "_header", "_zones")

    def __init__(
        self, raw: bytes, zones: Zones, codes: NDArray[np.int64], electrodes: bytes, n_montages: int
    ) -> None:
        low, high = _PRIVATE
        self._header = raw[:low] + bytes(high - low) + raw[high:]
        self._codes, self._electrodes = codes, electrodes
        kept = {name: bytes(zones.raw(name)) for name in ("IMPED_B", "IMPED_E", "FLAGS", "AVERAGE")}
        kept["DVIDEO"] = _films(zones)
        if self._edition.montages:
            kept["MONTAGE"] = _montages(zones, "MONTAGE", 0, n_montages)
            kept["samples"] = zones.part("HISTORY", 0, _SAMPLES)
            changes = -(-kept["samples"].find(_END) // 4) if _END in kept["samples"] else 128
            kept["HISTORY"] = _montages(zones, "HISTORY", _SAMPLES, changes)
        self._zones = kept

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
        return EDITIONS[self._header[HEADER.places["header_type"][0]]]

    def _all_electrodes(self) -> tuple[dict[str, Any], ...]:
        table, first = self._edition.electrode, int(self._codes.min())
        return tuple(
            {"code": code} | _plain(table.read(self._electrodes, (code - first) * table.size))
            for code in self._codes.tolist()
        )

    def _impedances(self, zone: str) -> tuple[tuple[int | None, int | None], ...]:
        rows = IMPEDANCE.read_many(self._zones[zone])[: len(self._codes)].tolist()
        return tuple((_unless(p, 255), _unless(n, 255)) for p, n in rows)

    def _flags(self) -> tuple[tuple[int, int | None], ...]:
        rows = SPAN.read_many(self._zones["FLAGS"]).tolist()
        return tuple((begin, end or None) for begin, end in rows if begin or end)

    def _montages(self, zone: str) -> tuple[dict[str, Any], ...]:
        raw = self._zones.get(zone, b"")
        count = len(raw) // _MONTAGE.size
        found = [_plain(record) for record in _MONTAGE.records(raw, 0, count)]
        for montage in found:
            for name in ("colour", "selection", "inputs"):
                montage[name] = montage[name][: montage["lines"]]
        return tuple(found)

    def _history(self) -> dict[str, Any]:
        samples = tuple(_samples(self._zones.get("samples", b"")))
        return {"samples": samples, "montages": self._montages("HISTORY")}

    def _average(self) -> dict[str, Any] | None:
        raw = self._zones["AVERAGE"][: AVERAGE.size]
        return _plain(AVERAGE.read(raw)) if len(raw) == AVERAGE.size and any(raw) else None

    def _videos(self) -> tuple[dict[str, int], ...]:
        rows = VIDEO.read_many(self._zones["DVIDEO"]).tolist()
        return tuple(dict(zip(VIDEO.by_name, row, strict=True)) for row in rows)


def _montages(zones: Zones, name: str, skip: int, count: int) -> bytes:
    """The first parts of montages, without filters and free bytes: a fifth of the bytes."""
    raw = zones.part(name, skip, count * MONTAGE.size)
    count = len(raw) // MONTAGE.size
    if not count:
        return b""
    whole = np.frombuffer(raw, np.uint8, count * MONTAGE.size).reshape(count, MONTAGE.size)
    return whole[:, : _MONTAGE.size].tobytes()


def _films(zones: Zones) -> bytes:
    """The records of films that there are."""
    raw = bytes(zones.raw("DVIDEO"))
    if not raw or raw == _NO_FILMS:
        return b""
    rows = VIDEO.read_many(raw)
    return bytes(rows[(rows["duration"] != NONE) & (rows["duration"] != 0)].data)


def _samples(raw: bytes) -> list[int]:
    found: list[int] = HISTORY.read_many(raw)["sample"].tolist()
    return found[: found.index(NONE)] if NONE in found else found


def _plain(record: FixedRecord) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in record.items()
    }


def _unless(value: int, missing: int) -> int | None:
    return None if value == missing else value


def _of_header(name: str) -> Callable[[Details], Any]:
    return lambda details: HEADER.read(details._header)[name]


_DETAILS: Final[dict[str, Callable[[Details], Any]]] = {
    **{
        field.name: _of_header(field.name)
        for field in HEADER.fields
        if not field.private and field.name not in ("title", "start")
    },
    "video_start": lambda details: _unless(HEADER.read(details._header)["video_start"], NONE),
    "electrodes": Details._all_electrodes,
    "impedances_begin": lambda details: details._impedances("IMPED_B"),
    "impedances_end": lambda details: details._impedances("IMPED_E"),
    "flags": Details._flags,
    "montages": lambda details: details._montages("MONTAGE"),
    "history": Details._history,
    "average": Details._average,
    "videos": Details._videos,
}
