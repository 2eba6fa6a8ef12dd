"""What a recording holds, as plain data: the one type that passes from formats to readers.

A format's ``scan`` returns :class:`Contents`: frozen dataclasses, tuples and NumPy arrays. No
file handle, lock or callback hides in it; it can be printed, compared field by field, pickled.
Times are integer *ticks* on a :class:`Clock`; seconds appear only where somebody asks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neophys.errors import Issue
from neophys.layout import Layout

__all__ = [
    "Block",
    "Clock",
    "Contents",
    "Deferred",
    "EventChannel",
    "EventTable",
    "Metadata",
    "Piece",
    "Segment",
    "SignalData",
    "SpikeTable",
    "SpikeUnit",
    "Stream",
    "Subject",
    "Waveforms",
    "channel_table",
    "text_array",
]

Key: TypeAlias = Hashable


@dataclass(frozen=True, slots=True)
class Clock:
    """How ticks become seconds: ``(ticks - zero) / rate``, dividing, in float64."""

    rate: float
    zero: int = 0

    def seconds(self, ticks: Any) -> Any:
        """Seconds (float or float64 array) of `ticks` (int, or integer or float64 array)."""
        if isinstance(ticks, np.ndarray) and ticks.dtype.kind == "u":
            ticks = ticks.astype(np.int64)
        return (ticks - self.zero) / self.rate

    def ticks(self, seconds: float) -> float:
        """The (fractional) tick at `seconds`."""
        return seconds * self.rate + self.zero


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Channels that are sampled together.

    Attributes
    ----------
    id, name
        Text; ids are unique in a recording.
    sampling_rate
        Hz.
    channels
        Structured array, one row a channel: at least ``name``, ``id``, ``units`` (text),
        ``gain``, ``offset`` (float64; physical = raw * gain + offset); see
        :func:`channel_table`. A format adds columns of its own.
    dtype
        The samples' type on disk, byte order included; 24 bit is ``V3``.
    clock
        The clock of the pieces' ticks.
    """

    id: str
    name: str
    sampling_rate: float
    channels: NDArray[np.void]
    dtype: np.dtype[Any]
    clock: Clock


@dataclass(frozen=True, slots=True)
class EventChannel:
    """A source of events (points in time) or epochs (intervals)."""

    id: str
    name: str
    kind: Literal["event", "epoch"]
    clock: Clock


@dataclass(frozen=True, slots=True, eq=False)
class SpikeUnit:
    """A neuron, or the unsorted spikes of an electrode.

    Attributes
    ----------
    id, name
        Text; ids are unique in a recording.
    clock
        The clock of the spikes' ticks.
    channels
        Structured array like a stream's, one row a waveform channel (four for a tetrode);
        empty where there are no waveforms.
    sampling_rate
        Of the waveforms, Hz; 0 where unknown.
    pre_samples
        Samples of a waveform before the spike's time; None where unknown.
    sorted
        False for spikes that nobody assigned to a neuron.
    electrode
        Name of the electrode (electrode group) the spikes were found on.
    """

    id: str
    name: str
    clock: Clock
    channels: NDArray[np.void]
    sampling_rate: float = 0.0
    pre_samples: int | None = None
    sorted: bool = True
    electrode: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A run of samples without a gap inside it.

    Sample *i* of the piece is row ``row0 + i`` of `layout` and lies at
    ``start_tick`` (its stream's clock) plus ``i / sampling_rate`` seconds.
    """

    start_tick: int
    n_samples: int
    layout: Layout
    row0: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SignalData:
    """One stream's samples in one segment: pieces in order of time."""

    pieces: tuple[Piece, ...]

    @property
    def n_samples(self) -> int:
        """Samples of all pieces together."""
        return sum(piece.n_samples for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Deferred:
    """A table that is read when it is first asked for, by ``Format.tables``.

    Attributes
    ----------
    key
        What the format's ``tables`` needs to find it.
    count
        Rows, where the scan knows them without reading; else None.
    """

    key: Key
    count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Events of one channel in one segment, in the file's order.

    Attributes
    ----------
    ticks
        (n,) int64, or float64 where the format itself has decimal times.
    durations
        (n,) float64 in ticks, NaN for a point; None when all are points.
    labels
        (n,) text, or bytes that ``encoding`` decodes when somebody asks. Text is an array of
        objects where one is so long that fixed width would cost too much.
    columns
        Further columns of the format, (n,) arrays by name.
    encoding
        Of bytes labels.
    """

    ticks: NDArray[Any]
    labels: NDArray[Any]
    durations: NDArray[np.float64] | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    encoding: str = "utf-8"

    def __len__(self) -> int:
        return len(self.ticks)


@dataclass(frozen=True, slots=True, eq=False)
class Waveforms:
    """Where the waveforms of a spike table lie.

    Attributes
    ----------
    file
        Name in the bundle.
    positions
        (n,) int64, the byte at which each spike's samples begin.
    n_samples
        Samples a channel of each waveform: an int, or (n,) int64 where they differ (shorter
        ones read as padded with NaN).
    dtype
        On disk, byte order included.
    n_channels
        Channels of each waveform.
    axes
        ``"time, channel"`` (sample-major) or ``"channel, time"``: the order within one.
    """

    file: str
    positions: NDArray[np.int64]
    n_samples: int | NDArray[np.int64]
    dtype: np.dtype[Any]
    n_channels: int = 1
    axes: Literal["time, channel", "channel, time"] = "channel, time"


@dataclass(frozen=True, slots=True, eq=False)
class SpikeTable:
    """Spikes of one unit in one segment: (n,) int64 ticks, and where their waveforms lie."""

    ticks: NDArray[np.int64]
    waveforms: Waveforms | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ticks)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """What the recorder calls a segment: a sweep, a part of a cut recording, ...

    Attributes
    ----------
    signals, events, spikes
        By stream, by event channel, by spike unit; None where the segment has none.
    start, stop
        Seconds: the observed span on the recording's clock.
    metadata
        The segment's own annotations (a sweep's name, its date ...).
    """

    signals: tuple[SignalData | None, ...]
    events: tuple[EventTable | Deferred | None, ...]
    spikes: tuple[SpikeTable | Deferred | None, ...]
    start: float
    stop: float
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Segments on one clock; nearly every recording has one block."""

    segments: tuple[Segment, ...]
    name: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Metadata:
    """What people ask a recording for; the rest of the header is in `other`.

    ``start`` is the wall clock at second 0 of the recording's clock (None where unknown or
    impossible); it has a time zone only where the file has one.
    """

    start: datetime | None = None
    device: str = ""
    software: str = ""
    comment: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Who was recorded. Shown by :meth:`show` only: repr, logs and exports leave it out."""

    id: str = ""
    name: str = ""
    first_name: str = ""
    sex: str = ""
    birth_date: date | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Subject(private: .show() tells)"

    def show(self) -> str:
        """The subject's data as text, one field a line; empty fields are left out."""
        rows = {
            "id": self.id,
            "name": self.name,
            "first name": self.first_name,
            "sex": self.sex,
            "birth date": self.birth_date,
            **self.other,
        }
        return "\n".join(f"{key}: {value}" for key, value in rows.items() if value)


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """All that a scan found; see the classes of the fields.

    ``format`` is the format's name, ``files`` the bundle's files that the recording uses.
    """

    format: str
    streams: tuple[Stream, ...]
    event_channels: tuple[EventChannel, ...]
    spike_units: tuple[SpikeUnit, ...]
    blocks: tuple[Block, ...]
    metadata: Metadata
    subject: Subject
    issues: tuple[Issue, ...]
    files: tuple[str, ...]


def channel_table(
    *,
    name: Sequence[str],
    id: Sequence[str],
    units: Sequence[str],
    gain: ArrayLike,
    offset: ArrayLike,
    **extra: Any,
) -> NDArray[np.void]:
    """The structured array that describes a stream's (or a waveform's) channels.

    Parameters
    ----------
    name, id, units
        Text of each channel; text columns are as wide as their longest entry.
    gain, offset
        Numbers or one for all: physical = raw * gain + offset, in `units`.
    **extra
        Further columns of the format, sequences of equal length.
    """
    n = len(name)
    columns: dict[str, NDArray[Any]] = {
        "name": text_array(name),
        "id": text_array(id),
        "units": text_array(units),
        "gain": np.broadcast_to(np.asarray(gain, np.float64), (n,)),
        "offset": np.broadcast_to(np.asarray(offset, np.float64), (n,)),
    }
    for key, values in extra.items():
        array = np.asarray(values)
        columns[key] = text_array(list(values)) if array.dtype.kind in "US" else array
    table = np.empty(n, [(key, column.dtype) for key, column in columns.items()])
    for key, column in columns.items():
        table[key] = column
    return table


def text_array(texts: Iterable[str]) -> NDArray[np.str_]:
    """(n,) array of text, at least one character wide so that it can hold empty ones."""
    array = np.asarray(list(texts), dtype=np.str_)
    return array if array.dtype.itemsize else array.astype("U1")
