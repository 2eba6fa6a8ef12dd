"""All that a recording holds, read out: to tell whether two of them hold the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import EventTable, SpikeTable
from neophys.errors import NeophysError
from neophys.recording import Recording

__all__ = ["Snapshot", "take", "text_of"]

#: Rows of a table's text, and spikes, that are read out.
_ROWS = 2000
_PLACE = tuple[str, int, int, int]


@dataclass(slots=True)
class Snapshot:
    """By (kind, block, segment, number): arrays whose first axis grows with the recording.

    ``unreadable`` are errors on reading samples that the recording claims to have, ``told``
    those on reading its tables, which may be met late.
    """

    parts: dict[_PLACE, tuple[NDArray[Any], ...]] = field(default_factory=dict)
    unreadable: list[NeophysError] = field(default_factory=list)
    told: list[NeophysError] = field(default_factory=list)

    def digest(self) -> str:
        """One short text; equal for equal contents."""
        hashed = hashlib.blake2b(digest_size=16)
        for place, arrays in sorted(self.parts.items()):
            hashed.update(repr(place).encode())
            for array in arrays:
                hashed.update(f"{array.dtype}{array.shape}".encode())
                hashed.update(np.ascontiguousarray(array).tobytes())
        return hashed.hexdigest()

    def begins(self, other: Snapshot) -> bool:
        """Whether `other` holds all this holds, and perhaps more behind it."""
        return all(
            len(mine) <= len(theirs) and _same(mine, theirs[: len(mine)])
            for place, arrays in self.parts.items()
            for mine, theirs in zip(arrays, other.parts.get(place, arrays), strict=True)
        )

    def samples(self) -> int:
        """Rows of all signals together."""
        return sum(len(arrays[0]) for place, arrays in self.parts.items() if place[0] == "signal")


def take(recording: Recording, most: int) -> Snapshot:
    """Read out a recording.

    Parameters
    ----------
    recording
        Errors on reading are noted; none is raised but those that are no NeophysError.
    most
        Bytes of samples to read at most, of each signal; its ends are always read.
    """
    snapshot = Snapshot()
    contents = recording.contents
    for b, block in enumerate(contents.blocks):
        for s, segment in enumerate(block.segments):
            for i, data in enumerate(segment.signals):
                if data is not None:
                    _signal(snapshot, recording, (b, s, i), most)
            for i, events in enumerate(segment.events):
                if events is not None:
                    _table(snapshot, recording, "events", (b, s, i))
            for i, spikes in enumerate(segment.spikes):
                if spikes is not None:
                    _table(snapshot, recording, "spikes", (b, s, i))
    return snapshot


def _signal(snapshot: Snapshot, recording: Recording, at: tuple[int, int, int], most: int) -> None:
    block, segment, stream = at
    try:
        samples = recording.samples(stream, block=block, segment=segment)
        n = samples.n_samples
        ends = [samples.raw(a, b) for a, b in _ends(n)]
        samples.physical(0, min(n, 16))
        whole = n * samples.n_channels * samples.dtype.itemsize <= most
        raw = samples.raw(0, n) if whole else ends[0]
        ticks = [piece.start_tick + np.arange(1) for piece in samples.pieces]
        starts = np.concatenate([np.empty(0, np.int64), *ticks])
        snapshot.parts["signal", *at] = (raw, starts)
    except NeophysError as error:
        snapshot.unreadable.append(error)


def _ends(n: int) -> Iterator[tuple[int, int]]:
    yield 0, min(n, 256)
    yield max(n - 3, 0), n
    yield n // 2, n // 2


def _table(snapshot: Snapshot, recording: Recording, kind: str, at: tuple[int, int, int]) -> None:
    block, segment, number = at
    try:
        if kind == "events":
            events = recording.event_table(number, block=block, segment=segment)
            snapshot.parts[kind, *at] = (events.ticks, text_of(events))
            return
        spikes = recording.spike_table(number, block=block, segment=segment)
        snapshot.parts[kind, *at] = (spikes.ticks,)
        if spikes.waveforms is not None:
            snapshot.parts["waveforms", *at] = (waveforms_of(recording, spikes),)
    except NeophysError as error:
        snapshot.told.append(error)


def waveforms_of(recording: Recording, spikes: SpikeTable) -> NDArray[Any]:
    """Raw waveforms of the first spikes."""
    from neophys.reading.waveforms import read_waveforms

    if spikes.waveforms is None:
        return np.empty((0, 0, 0))
    n = min(len(spikes), _ROWS)
    return read_waveforms(recording.bundle, spikes.waveforms, 0, n)


def text_of(events: EventTable) -> NDArray[np.str_]:
    """The labels of the first events as text; bytes that cannot be decoded are marked."""
    labels = events.labels[:_ROWS]
    if labels.dtype.kind != "S":
        return labels.astype(np.str_)
    return np.array([x.decode(events.encoding, "replace") for x in labels.tolist()], np.str_)


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.shape != b.shape:
        return False
    # Bytes, so that NaN equals itself; text may differ in width.
    return (
        a.tobytes() == b.astype(a.dtype).tobytes() if a.dtype.kind != "U" else bool((a == b).all())
    )
