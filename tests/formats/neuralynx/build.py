"""Small Neuralynx files out of numbers that the test knows, written by the declared tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neophys.contents import Contents, EventTable
from neophys.formats import Report
from neophys.formats.neuralynx import FORMAT, Options
from neophys.formats.neuralynx.headers import HEADER, NCS_RECORD, NEV_RECORD, SPIKE_RECORD
from neophys.source.bundle import Bundle, open_bundle

#: What stands behind the samples that count.
STALE = -21555

NCS_KEYS: dict[str, Any] = {
    "FileType": "NCS",
    "FileVersion": "3.4",
    "SessionUUID": "d8ba8eef",
    "OriginalFileName": r"D:\data\2021-02-26_15-46-33\CSC1.ncs",
    "TimeCreated": "2021/02/26 15:46:52",
    "RecordSize": 1044,
    "ApplicationName": 'Cheetah "6.4.1 "',
    "AcquisitionSystem": "AcqSystem1 DigitalLynxSX",
    "SamplingFrequency": 32000.0,
    "ADMaxValue": 32767.0,
    "ADBitVolts": [3.0517578125e-08],
    "AcqEntName": "CSC1",
    "NumADChannels": 1,
    "ADChannel": [7],
    "InputRange": "1000",
    "InputInverted": [True],
}


def header(keys: Mapping[str, Any], **changed: Any) -> bytes:
    """A text header: `keys` with some changed; None leaves a key out, text is written as it is."""
    values = {**keys, **changed}
    texts = {
        key: value
        for key, value in values.items()
        if isinstance(value, str) and HEADER.by_name[key].kind is not str
    }
    return HEADER.write({k: v for k, v in values.items() if k not in texts}, other=texts)


def ncs_record(timestamp: int, samples: ArrayLike, valid: int | None = None) -> bytes:
    """One record; `valid` where it is not the number of `samples`."""
    given = np.asarray(samples, "<i2")
    whole = np.full(512, STALE, "<i2")
    whole[: len(given)] = given
    count = len(given) if valid is None else valid
    fields = {"timestamp": timestamp, "channel": 199, "rate": 32000, "valid": count}
    return NCS_RECORD.write({**fields, "samples": whole}, check=False)


def ncs(records: Iterable[tuple[int, int]], *, first: int = 0, **keys: Any) -> bytes:
    """An ncs file of records (timestamp, valid samples); the samples count on from `first`."""
    body, at = b"", first
    for timestamp, valid in records:
        body += ncs_record(timestamp, ramp(at, min(valid, 512)), valid)
        at += min(valid, 512)
    return header(NCS_KEYS, **keys) + body


def ramp(start: int, n: int) -> NDArray[np.int16]:
    """`n` samples of the ramp that built files hold."""
    return (np.arange(start, start + n) % 60000 - 30000).astype(np.int16)


def spikes(
    rows: Sequence[tuple[int, int]], waveforms: ArrayLike, *, kind: str = "ntt", **keys: Any
) -> bytes:
    """A spike file of rows (timestamp, cell) with (n, samples, channels) waveforms."""
    samples = np.asarray(waveforms, "<i2")
    _, n_samples, n_channels = samples.shape
    text = {
        **NCS_KEYS,
        "FileType": "Spike",
        "RecordSize": 48 + 2 * n_samples * n_channels,
        "AcqEntName": {"nse": "SE1", "nst": "ST1", "ntt": "TT1"}[kind],
        "NumADChannels": n_channels,
        "ADChannel": list(range(n_channels)),
        "AlignmentPt": 8,
    }
    body = b"".join(
        SPIKE_RECORD.write({"timestamp": time, "electrode": 3, "cell": cell}) + wave.tobytes()
        for (time, cell), wave in zip(rows, samples, strict=True)
    )
    return header(text, **keys) + body


def nev(rows: Iterable[tuple[int, int, int, bytes]], **keys: Any) -> bytes:
    """An event file of rows (timestamp, id, ttl, text)."""
    text = {
        "FileType": "Event",
        "FileVersion": "3.2",
        "SessionUUID": "d8ba8eef",
        "TimeCreated": "2021/02/26 15:46:52",
        "RecordSize": 184,
        "AcqEntName": "Events",
    }
    body = b""
    for time, number, ttl, what in rows:
        record = NEV_RECORD.write({"timestamp": time, "id": number, "ttl": ttl})
        body += record[:56] + what.ljust(128, b"\0")
    return header(text, **keys) + body


def scanned(source: Any, *, strict: bool = False, **options: Any) -> tuple[Bundle, Contents]:
    """The bundle and contents of a path, a file's bytes, or a mapping of names to bytes."""
    bundle = source if isinstance(source, Bundle) else open_bundle(source)
    return bundle, FORMAT.scan(bundle, Options(**options), Report(strict=strict))


def folder(**files: bytes) -> dict[str, bytes]:
    """Files as keyword arguments: ``CSC1_ncs=...`` is CSC1.ncs; never a single file."""
    named = {".".join(name.rsplit("_", 1)): data for name, data in files.items()}
    return {**named, "readme.txt": b"text"}


def timing(contents: Contents) -> list[list[tuple[int, int]]]:
    """(start tick, samples) of each piece of each stream."""
    (segment,) = contents.blocks[0].segments
    return [
        [(piece.start_tick, piece.n_samples) for piece in signal.pieces]
        for signal in segment.signals
        if signal is not None
    ]


def event_table(bundle: Bundle, contents: Contents, channel: int = 0) -> EventTable:
    """The events of one channel."""
    deferred = contents.blocks[0].segments[0].events[channel]
    assert FORMAT.tables is not None
    table = FORMAT.tables(bundle, contents, Options(), deferred.key, Report())  # type: ignore[union-attr]  # Neuralynx defers all
    assert isinstance(table, EventTable)
    return table
