"""Writes TRC files of type 4 from the tables that read them: in one pass, whole or not at all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neophys.errors import HeaderError, NeophysError
from neophys.formats.micromed.tables import (
    ELECTRODE,
    EVENTS,
    HEADER,
    IMPEDANCE,
    MONTAGE,
    NONE,
    NOTE,
    SEGMENT,
    SPAN,
    TRIGGER,
    VIDEO,
    ZONE,
    ZONES,
)
from neophys.formats.micromed.zones import longest
from neophys.source.writing import replacing
from neophys.tables import Table

__all__ = ["write"]

Spans: TypeAlias = Iterable[tuple[int, int | None]]

#: logic_max, logic_ground of a channel of which only the name is given, by bytes per sample.
_LOGIC: Final = {1: (255, 128), 2: (65535, 32768), 4: (16777215, 8388608)}
#: Samples that are converted at a time.
_TILE: Final = 1 << 20


def write(
    path: str | os.PathLike[str],
    *,
    signals: NDArray[Any] | Iterable[NDArray[Any]],
    channels: Sequence[str | Mapping[str, Any]],
    sampling_rate: int,
    start: datetime | None = None,
    bytes_per_sample: int = 2,
    triggers: Iterable[tuple[int, int]] | NDArray[Any] = (),
    notes: Iterable[tuple[int, str]] = (),
    flags: Spans = (),
    event_a: tuple[str, Spans] = ("", ()),
    event_b: tuple[str, Spans] = ("", ()),
    segments: Iterable[tuple[int, int]] = (),
    compact: bool = False,
    overwrite: bool = False,
    **header: Any,
) -> int:
    """Write a Micromed TRC file of type 4.

    The file appears under its name when it is whole; where anything fails, nothing is left behind.

    Parameters
    ----------
    path
        ``NAME.TRC``; missing folders are not made.
    signals
        (samples, channels) raw unsigned integers, or an iterable of such chunks, which are written
        one by one: a file may be larger than the memory.
    channels
        For each a name (16 bit: 0 to 65535 is -3200 to 3200 uV), or fields of the electrode's
        record: ``{"label": "SpO2", "logic_max": 4095, "logic_ground": 0, "units": "%", ...}``.
    sampling_rate
        Hz, of all channels.
    start
        Wall clock at the first sample of the (uncut) recording, whole seconds.
    bytes_per_sample
        1, 2 or 4.
    triggers
        (frame, code), codes 1 to 65535; a (n, 2) array will do.
    notes
        (frame, text): at most 40 characters of cp1252.
    flags
        (begin, end) in frames; an end of None makes a point.
    event_a, event_b
        Name of the class, and its (begin, end) in frames.
    segments
        Of a cut recording: (sample of the original recording, frame in this file) where each
        begins.
    compact
        Leave out what is empty: zones for montages, history and films, records behind the last.
        Otherwise zones are as long as the maker's.
    overwrite
        Replace a file that is there.
    **header
        Fields of the header: ``surname=``, ``first_name=``, ``birth=``, ``laboratory=`` ...

    Returns
    -------
    int
        Frames written.

    Raises
    ------
    HeaderError
        A value that does not fit its field; samples that do not fit their bytes.
    NeophysError
        The file exists, or cannot be written.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise NeophysError(f"{target.name}: the file exists; overwrite=True replaces it")
    if start is not None and start.microsecond:
        raise HeaderError(target.name, None, "start", start, "must be a whole second")
    zones = _Zones(target.name, compact)
    electrodes = [_fields(channel, bytes_per_sample) for channel in channels]
    zones.add_channels(electrodes)
    zones.add_events(triggers, notes, flags, segments)
    for name, (label, spans) in (("EVENT A", event_a), ("EVENT B", event_b)):
        raw = EVENTS.write({"name": label}, file=target.name)
        zones.add(name, raw + zones.rows(name, SPAN, _spans(spans), 100))
    table, data_start = zones.table()
    values = {
        "start": start,
        "data_start": data_start,
        "n_channels": len(electrodes),
        "multiplexer": len(electrodes) * bytes_per_sample,
        "rate": sampling_rate,
        "bytes_per_sample": bytes_per_sample,
        **header,
    }
    fixed = HEADER.write(values, file=target.name)
    with replacing(target) as file:
        file.write(fixed[:176] + table + fixed[176 + len(table) :])
        file.write(zones.raw())
        return _write_signals(file, signals, len(electrodes), bytes_per_sample, target.name)


def _fields(channel: str | Mapping[str, Any], width: int) -> dict[str, Any]:
    given = {"label": channel} if isinstance(channel, str) else dict(channel)
    top, ground = _LOGIC.get(width, _LOGIC[2])
    return {"status": 1, "logic_max": top, "logic_ground": ground, **given}


def _spans(spans: Spans) -> list[tuple[int, int]]:
    return [(begin, 0 if end is None else end) for begin, end in spans]


class _Zones:
    """The zones' bytes, in the order of the zone table."""

    def __init__(self, file: str, compact: bool) -> None:
        self.file, self.compact = file, compact
        self._raw: dict[str, bytes] = {
            "IMPED_B": b"\xff" * IMPEDANCE.size * 256,
            "IMPED_E": b"\xff" * IMPEDANCE.size * 256,
            "MONTAGE": b"" if compact else bytes(30 * MONTAGE.size),
            "COMPRESS": bytes(10),
            "AVERAGE": bytes(128),
            "HISTORY": b"" if compact else b"\xff" * 512 + bytes(30 * MONTAGE.size),
            "DVIDEO": b"" if compact else b"\xff" * VIDEO.size * 1024,
        }

    def add(self, name: str, raw: bytes) -> None:
        self._raw[name] = raw

    def add_channels(self, electrodes: Sequence[Mapping[str, Any]]) -> None:
        """ORDER and LABCOD: record 0 is the common reference, the channels follow."""
        n = len(electrodes)
        if not 1 <= n <= 256:
            raise HeaderError(self.file, None, "channels", n, "allowed: 1 to 256")
        order = np.zeros(256, "<u2")
        order[:n] = np.arange(1, n + 1)
        records = [ELECTRODE.write({"label": "G2"})]
        records += [ELECTRODE.write(fields, file=self.file) for fields in electrodes]
        blank = bytes((0 if self.compact else 640 - len(records)) * ELECTRODE.size)
        self.add("ORDER", order.tobytes())
        self.add("LABCOD", b"".join(records) + blank)

    def add_events(self, triggers: Any, notes: Any, flags: Spans, segments: Any) -> None:
        """TRIGGER, NOTE, FLAGS and TRONCA."""
        rows = np.asarray(triggers if isinstance(triggers, np.ndarray) else list(triggers))
        self.add("TRIGGER", self.rows("TRIGGER", TRIGGER, rows, 8192))
        texts = [NOTE.write({"sample": at, "text": text}, file=self.file) for at, text in notes]
        if not all(any(text) for text in texts):
            raise HeaderError(self.file, None, "notes", (0, ""), "a note at frame 0 needs a text")
        blank = self._blanks(NOTE, 200 - len(texts))
        self.add("NOTE", b"".join(texts) + blank)
        self.add("FLAGS", self.rows("FLAGS", SPAN, _spans(flags), 100))
        cuts = list(segments)
        for before, after in itertools.pairwise(cuts):
            if after[1] <= before[1]:
                raise HeaderError(self.file, None, "segments", after, "frames must increase")
        self.add("TRONCA", self.rows("TRONCA", SEGMENT, cuts, 100))

    def rows(self, name: str, table: Table, rows: Any, count: int) -> bytes:
        """Records of two numbers, and blank ones up to `count`."""
        given = np.asarray(rows) if len(rows) else np.empty((0, 2), np.int64)
        if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu":
            raise HeaderError(self.file, None, name, rows[0], "allowed: pairs of integers")
        array = np.zeros(len(given), table.dtype)
        for field, column in zip(table.by_name, given.T, strict=True):
            # 0xFFFFFFFF means that there is none, and code 0 nearly so.
            low = 1 if field == "code" else 0
            high = min(int(np.iinfo(table.dtype[field]).max), NONE - 1)
            bad = column[(column < low) | (column > high)]
            if len(bad):
                allowed = f"allowed: {low} to {high}"
                raise HeaderError(self.file, None, field, int(bad[0]), allowed)
            array[field] = column
        first = 1 if table is SEGMENT else 0
        if not given[first:].any(axis=1).all():
            raise HeaderError(self.file, None, name, (0, 0), "a record of zeros ends the list")
        return array.tobytes() + self._blanks(table, count - len(array))

    def _blanks(self, table: Table, count: int) -> bytes:
        """Blank records: at least one, so that the list has its end."""
        return table.write({}) * (1 if self.compact else max(count, 1))

    def table(self) -> tuple[bytes, int]:
        """The zone table and the byte behind the last zone."""
        at, entries = HEADER.size, []
        for name in ZONES:
            length = len(self._raw[name])
            if length > longest(name):
                allowed = f"its zone has at most {longest(name)} bytes"
                raise HeaderError(self.file, None, name, length, allowed)
            entries.append(ZONE.write({"name": name, "start": at, "length": length}))
            at += length
        return b"".join(entries), at

    def raw(self) -> bytes:
        return b"".join(self._raw[name] for name in ZONES)


def _write_signals(file: BinaryIO, signals: Any, n_channels: int, width: int, name: str) -> int:
    dtype, frames = np.dtype(f"<u{width}"), 0
    for chunk in (signals,) if isinstance(signals, np.ndarray) else signals:
        if chunk.ndim != 2 or chunk.shape[1] != n_channels or chunk.dtype.kind not in "iu":
            found = f"{chunk.dtype} {chunk.shape}"
            allowed = f"allowed: integers of the shape (samples, {n_channels})"
            raise HeaderError(name, None, "signals", found, allowed)
        rows = max(1, _TILE // n_channels)
        for first in range(0, len(chunk), rows):
            tile = chunk[first : first + rows]
            if tile.dtype != dtype:
                top = (1 << 8 * width) - 1
                for worst in (int(tile.min()), int(tile.max())):
                    if not 0 <= worst <= top:
                        raise HeaderError(name, None, "signals", worst, f"allowed: 0 to {top}")
            file.write(np.ascontiguousarray(tile, dtype).data)
        frames += len(chunk)
    return frames
