"""Neuralynx nse, nst, ntt and nev: spikes with their waveforms, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import (
    Clock,
    EventTable,
    SpikeTable,
    SpikeUnit,
    Waveforms,
    channel_table,
)
from neophys.formats import Report
from neophys.formats.neuralynx.headers import (
    HEADER_BYTES,
    LATEST,
    NEV_INDEX,
    NEV_RECORD,
    SAMPLES_AT,
    SPIKE_INDEX,
    FileHeader,
)
from neophys.formats.neuralynx.ncs import calibration
from neophys.source.bundle import Bundle

__all__ = ["Electrode", "Events", "find_events", "make_units", "read_electrode", "read_events"]


@dataclass(frozen=True, eq=False)
class Electrode:
    """The spikes of one file: times, cells, and the byte at which each waveform begins."""

    header: FileHeader
    ticks: NDArray[np.int64]
    cells: NDArray[np.uint32]
    positions: NDArray[np.int64]


def read_electrode(bundle: Bundle, header: FileHeader, report: Report) -> Electrode:
    """The spikes of a file, by the heads of its records, in the file's order."""
    heads = bundle.source(header.file).field(
        HEADER_BYTES, SPIKE_INDEX.dtype, header.n_records, header.record_bytes
    )
    at = HEADER_BYTES + SAMPLES_AT["spike"]
    positions = at + header.record_bytes * np.arange(header.n_records, dtype=np.int64)
    good = _believed(header, heads["timestamp"], report)
    return Electrode(
        header,
        heads["timestamp"][good].astype(np.int64),
        heads["cell"][good],
        positions[good],
    )


def make_units(
    electrodes: Sequence[Electrode], clock: Clock, report: Report
) -> tuple[tuple[SpikeUnit, ...], tuple[SpikeTable, ...]]:
    """A unit for each cell number of each file; cell 0 holds what nobody sorted."""
    units, tables = [], []
    entities = [electrode.header.entity for electrode in electrodes]
    for electrode in electrodes:
        header = electrode.header
        entity = header.entity if entities.count(header.entity) == 1 else header.stem
        channels = _channels(header, report)
        rate: float = header.text.take("SamplingFrequency", 0.0, report) or 0.0
        alignment = header.text.take("AlignmentPt", None, report)
        samples = (header.record_bytes - SAMPLES_AT["spike"]) // (2 * header.n_channels)
        pre = alignment - 1 if alignment is not None and 1 <= alignment <= samples else None
        for cell in np.unique(electrode.cells).tolist():
            mine = electrode.cells == cell
            name = f"{entity} unit {cell}" if cell else f"{entity} unsorted"
            units.append(
                SpikeUnit(f"{entity}#{cell}", name, clock, channels, rate, pre, cell != 0, entity)
            )
            waveforms = Waveforms(
                header.file,
                electrode.positions[mine],
                samples,
                np.dtype("<i2"),
                header.n_channels,
                "time, channel",
            )
            tables.append(SpikeTable(electrode.ticks[mine], waveforms))
    return tuple(units), tuple(tables)


def _channels(header: FileHeader, report: Report) -> NDArray[np.void]:
    n = header.n_channels
    units, gains = calibration(header, n, report)
    numbers = [str(each) for each in header.text.take("ADChannel", (), report) or ()]
    ids = numbers if len(set(numbers)) == n else [str(i) for i in range(n)]
    names = [header.entity] if n == 1 else [f"{header.entity} {i}" for i in ids]
    return channel_table(name=names, id=ids, units=[units] * n, gain=gains, offset=0.0)


@dataclass(frozen=True, eq=False)
class Events:
    """One event channel, out of one file or of several that a recorder split.

    Attributes
    ----------
    ticks
        Of all events, one file after the other.
    kinds
        By file, the pairs (id, TTL) that occur.
    """

    name: str
    headers: tuple[FileHeader, ...]
    ticks: NDArray[np.int64]
    kinds: Mapping[str, tuple[tuple[int, int], ...]]


def find_events(bundle: Bundle, headers: Sequence[FileHeader], report: Report) -> list[Events]:
    """The event channels of some files: one for each entity."""
    by_name: dict[str, list[FileHeader]] = {}
    for header in headers:
        by_name.setdefault(header.entity, []).append(header)
    found = []
    for name, own in by_name.items():
        ticks, kinds = [], {}
        for header in own:
            heads = bundle.source(header.file).field(
                HEADER_BYTES, NEV_INDEX.dtype, header.n_records, NEV_RECORD.size
            )
            heads = heads[_believed(header, heads["timestamp"], report)]
            ticks.append(heads["timestamp"].astype(np.int64))
            kinds[header.file] = tuple(np.unique(heads[["id", "ttl"]]).tolist())
        found.append(Events(name, tuple(own), np.concatenate(ticks), kinds))
    return found


def read_events(bundle: Bundle, files: Sequence[tuple[str, int]]) -> EventTable:
    """The events of some nev files (name, records), one file after the other.

    Columns are ``id``, ``ttl`` (uint16), ``extra`` (eight int32) and ``file``, the number of the
    file among `files`.
    """
    parts = []
    for number, (name, count) in enumerate(files):
        records = bundle.source(name).field(HEADER_BYTES, NEV_RECORD.dtype, count, NEV_RECORD.size)
        records = records[records["timestamp"] < LATEST]
        parts.append((records, np.full(len(records), number, np.int32)))
    records = np.concatenate([part for part, _ in parts])
    columns: dict[str, NDArray[Any]] = {
        key: np.ascontiguousarray(records[key]) for key in ("id", "ttl", "extra")
    }
    columns["file"] = np.concatenate([file for _, file in parts])
    ticks = records["timestamp"].astype(np.int64)
    return EventTable(ticks, _texts(records["text"]), columns=columns, encoding="latin-1")


def _texts(column: NDArray[np.bytes_]) -> NDArray[np.bytes_]:
    """Texts up to their first NUL: behind it may stand what an older text left."""
    if not (np.char.find(column, b"\0") >= 0).any():
        return np.ascontiguousarray(column)
    return np.array([text.partition(b"\0")[0] for text in column.tolist()], column.dtype)


def _believed(header: FileHeader, stamps: NDArray[np.uint64], report: Report) -> NDArray[np.bool_]:
    """Which records have a time that can be; the others are reported and left out."""
    good: NDArray[np.bool_] = stamps < LATEST
    if not good.all():
        first = int(np.flatnonzero(~good)[0])
        at = NEV_RECORD.places["timestamp"][0] if header.kind == "nev" else 0
        byte = HEADER_BYTES + first * header.record_bytes + at
        report("error", header.file, f"found {int(stamps[first])} in record {first}, and in "
               f"{int((~good).sum()) - 1} more; they are left out",
               offset=byte, field="timestamp")  # fmt: skip
    return good
