"""What Neo's surface shows of a recording: its streams, channels and segments, as data.

A reader's ``view`` function makes a :class:`View` from a recording's Contents, mostly with the
helpers of this module. A view reads nothing; it says which pieces and tables stand for what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Contents, EventTable, Piece
from neophys.errors import GapError
from neophys.neo.rawio.tables import SIGNAL_CHANNEL_DTYPE

__all__ = [
    "Part",
    "Span",
    "View",
    "ViewEvents",
    "ViewSegment",
    "ViewSpikes",
    "ViewStream",
    "as_recorded",
    "at_cuts",
    "find_event_channel",
    "spike_view",
    "stream_view",
]

_ROW = np.dtype(SIGNAL_CHANNEL_DTYPE)

#: Picks the rows of an event table that a channel of Neo's shows: (n,) bool.
Where: TypeAlias = Callable[[EventTable], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Columns of one stream of the Contents (index); None: all, in order."""

    stream: int
    columns: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class ViewStream:
    """A stream as Neo shows it; made by :func:`stream_view`.

    Attributes
    ----------
    name, id, buffer_id
        Of its row of ``header["signal_streams"]``.
    parts
        Where its channels are; nearly always one. Several parts lie side by side and must have
        the same rate, and the same number of samples in every segment.
    sampling_rate
        As the header has it, Hz.
    make_rows
        Makes `rows` when they are first asked for.
    """

    name: str
    id: str
    parts: tuple[Part, ...]
    sampling_rate: float
    make_rows: Callable[[], NDArray[np.void]]
    buffer_id: str = ""

    @cached_property
    def rows(self) -> NDArray[np.void]:
        """Its rows of ``header["signal_channels"]``, in the order of the parts' columns."""
        return self.make_rows()


@dataclass(frozen=True, slots=True, eq=False)
class ViewEvents:
    """A row of ``header["event_channels"]``, and where its events are.

    Attributes
    ----------
    name, id, kind
        Of the row; kind ``"epoch"`` gives durations, ``"event"`` None.
    channel
        Index in the Contents' event channels; None: it never has any.
    where
        Which rows of that channel's tables; None: all.
    stamp_dtype
        Of the raw time stamps and durations.
    overlap
        A time window takes what lasts into it too; else what begins in it.
    """

    name: str
    id: str
    kind: str
    channel: int | None
    where: Where | None = None
    stamp_dtype: str = "int64"
    overlap: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ViewSpikes:
    """A row of ``header["spike_channels"]``, and where its spikes are.

    Attributes
    ----------
    name, id, wf_units, wf_gain, wf_offset, wf_left_sweep, wf_sampling_rate
        Of the row.
    unit
        Index in the Contents' spike units.
    """

    name: str
    id: str
    wf_units: str
    wf_gain: float
    wf_offset: float
    wf_left_sweep: int
    wf_sampling_rate: float
    unit: int


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """One stream's samples in one of Neo's segments: pieces by part, read as one run."""

    t_start: float
    n_samples: int
    pieces: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ViewSegment:
    """One of Neo's segments.

    Attributes
    ----------
    block, segment
        Where in the Contents it lies; several of Neo's may lie in one of theirs.
    t_start, t_stop
        Seconds: the limits for its spikes and events.
    spans
        By stream of the view.
    limits
        Seconds, both included: which of the Contents' segment's events and spikes are its own;
        None: all.
    """

    block: int
    segment: int
    t_start: float
    t_stop: float
    spans: tuple[Span, ...]
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """All that Neo's header and counts come from.

    Attributes
    ----------
    streams, events, spikes
        In the order of the header's tables.
    blocks
        Neo's segments by block.
    order
        Where the rows of ``header["signal_channels"]`` are not the streams' rows one stream
        after the other: the permutation that puts them in order. Within a stream the order
        must stay.
    """

    streams: tuple[ViewStream, ...]
    events: tuple[ViewEvents, ...]
    spikes: tuple[ViewSpikes, ...]
    blocks: tuple[tuple[ViewSegment, ...], ...]
    order: NDArray[np.int64] | None = None


def stream_view(
    contents: Contents,
    parts: Sequence[Part],
    *,
    name: str,
    id: str,
    dtype: str,
    buffer_id: str = "",
    **columns: Any,
) -> ViewStream:
    """A stream of channels that keep their own name, id, units, gain and offset.

    Parameters
    ----------
    contents, parts, name, id, buffer_id
        See :class:`ViewStream`.
    dtype
        As Neo spells it for this format: ``"u2"``, ``"int16"``.
    **columns
        Instead of the channels' own ``name``, ``id``, ``units``, ``gain`` or ``offset``, or
        ``sampling_rate``: one value a channel.
    """
    rates = columns.setdefault("sampling_rate", [contents.streams[parts[0].stream].sampling_rate])
    common = {"dtype": dtype, "stream_id": id, "buffer_id": buffer_id}
    make = partial(_signal_rows, contents, parts, columns | common)
    return ViewStream(name, id, tuple(parts), float(rates[0]), make, buffer_id)


def _signal_rows(
    contents: Contents, parts: Sequence[Part], columns: Mapping[str, Any]
) -> NDArray[np.void]:
    tables = [contents.streams[p.stream].channels for p in parts]
    chosen = [t if p.columns is None else t[p.columns] for t, p in zip(tables, parts, strict=True)]
    rows = np.zeros(sum(map(len, chosen)), _ROW)
    for field in _ROW.names or ():
        if field in columns:
            rows[field] = columns[field]
        else:
            own = [t[field] for t in chosen]
            rows[field] = own[0] if len(own) == 1 else np.concatenate(own)
    return rows


def spike_view(
    contents: Contents, unit: int, *, name: str, id: str, left_sweep: int, **row: Any
) -> ViewSpikes:
    """A spike channel whose waveforms' numbers are those of the unit's first channel.

    `row` may override ``wf_units``, ``wf_gain``, ``wf_offset``, ``wf_sampling_rate``.
    """
    of = contents.spike_units[unit]
    first = of.channels[0] if len(of.channels) else {"units": "", "gain": 1.0, "offset": 0.0}
    values: dict[str, Any] = {f"wf_{key}": first[key] for key in ("units", "gain", "offset")}
    values |= {"wf_sampling_rate": of.sampling_rate} | row
    return ViewSpikes(name, id, unit=unit, wf_left_sweep=left_sweep, **values)


def find_event_channel(contents: Contents, key: str) -> int | None:
    """Index of the event channel of this id, else of this name; None where there is none."""
    for keys in (
        [channel.id for channel in contents.event_channels],
        [channel.name for channel in contents.event_channels],
    ):
        if key in keys:
            return keys.index(key)
    return None


def as_recorded(
    contents: Contents, streams: Sequence[ViewStream], *, t_start: float | None = None
) -> tuple[tuple[ViewSegment, ...], ...]:
    """A segment of Neo's for each of the Contents', whatever gaps it has: pieces run together.

    Parameters
    ----------
    t_start
        Of every signal; None: the first piece's own time.
    """
    return tuple(
        tuple(
            _joined(contents, streams, b, s, t_start)
            for s in range(len(contents.blocks[b].segments))
        )
        for b in range(len(contents.blocks))
    )


def at_cuts(
    contents: Contents,
    streams: Sequence[ViewStream],
    *,
    tolerance: float | None,
    keep_events: bool = False,
) -> tuple[tuple[ViewSegment, ...], ...]:
    """Segments without a gap: the Contents' segments, cut wherever a stream has a gap.

    A stream without samples between two cuts has size 0 there.

    Parameters
    ----------
    tolerance
        Seconds: pieces closer than this run together. None: any gap is refused.
    keep_events
        Events and spikes in a gap go with the segment before it; else they belong to none, as
        in Neo.

    Raises
    ------
    GapError
        (a ValueError) where `tolerance` is None and there are gaps; it lists them.
    """
    return tuple(
        tuple(
            made
            for s in range(len(block.segments))
            for made in _cut(contents, streams, b, s, tolerance, keep_events)
        )
        for b, block in enumerate(contents.blocks)
    )


def _pieces(contents: Contents, stream: ViewStream, b: int, s: int) -> list[tuple[Piece, ...]]:
    signals = contents.blocks[b].segments[s].signals
    found = (signals[part.stream] for part in stream.parts)
    return [() if data is None else data.pieces for data in found]


def _joined(
    contents: Contents, streams: Sequence[ViewStream], b: int, s: int, t_start: float | None
) -> ViewSegment:
    segment = contents.blocks[b].segments[s]
    spans = []
    for stream in streams:
        pieces = _pieces(contents, stream, b, s)
        clock = contents.streams[stream.parts[0].stream].clock
        own = float(clock.seconds(pieces[0][0].start_tick)) if pieces[0] else segment.start
        n = sum(piece.n_samples for piece in pieces[0])
        spans.append(Span(own if t_start is None else t_start, n, tuple(pieces)))
    return _bounded(streams, spans, b, s, (segment.start, segment.stop))


def _bounded(
    streams: Sequence[ViewStream],
    spans: Sequence[Span],
    b: int,
    s: int,
    otherwise: tuple[float, float],
    limits: tuple[float, float] | None = None,
) -> ViewSegment:
    """A segment as long as its signals, or from and to `otherwise` where it has none."""
    full = [(span, stream) for span, stream in zip(spans, streams, strict=True) if span.n_samples]
    start = min((span.t_start for span, _ in full), default=otherwise[0])
    stops = (span.n_samples / stream.sampling_rate + span.t_start for span, stream in full)
    return ViewSegment(b, s, start, max(stops, default=otherwise[1]), tuple(spans), limits)


@dataclass(frozen=True, slots=True, eq=False)
class _Timed:
    """Pieces of one part with their times; a part's pieces between two cuts are one run."""

    pieces: tuple[Piece, ...]
    starts: list[float]
    rate: float

    def stop(self, i: int) -> float:
        return self.starts[i] + self.pieces[i].n_samples / self.rate

    def gaps(self, tolerance: float) -> list[tuple[int, float, float]]:
        """(piece after the gap, end of the one before, its start)"""
        edges = [(i, self.stop(i - 1), self.starts[i]) for i in range(1, len(self.pieces))]
        # Seconds are rounded ticks: a nanosecond is no gap.
        return [edge for edge in edges if abs(edge[2] - edge[1]) > max(tolerance, 1e-9)]


def _cut(
    contents: Contents,
    streams: Sequence[ViewStream],
    b: int,
    s: int,
    tolerance: float | None,
    keep_events: bool,
) -> Iterator[ViewSegment]:
    timed = [
        [
            _Timed(
                pieces,
                [float(contents.streams[part.stream].clock.seconds(p.start_tick)) for p in pieces],
                stream.sampling_rate,
            )
            for part, pieces in zip(stream.parts, _pieces(contents, stream, b, s), strict=True)
        ]
        for stream in streams
    ]
    gaps = [part.gaps(tolerance or 0.0) for parts in timed for part in parts]
    if tolerance is None and any(gaps):
        raise GapError(_refusal(streams, timed))
    cuts = _cut_times(gaps)
    runs = [[list(_runs(part, cuts, tolerance or 0.0)) for part in parts] for parts in timed]
    edges = [-np.inf, *cuts, np.inf]
    whole = contents.blocks[b].segments[s]
    for k in range(len(cuts) + 1):
        begin = max(edges[k], whole.start)
        spans = []
        for parts in runs:
            t_start, n, _ = parts[0][k]
            pieces = tuple(part[k][2] for part in parts)
            spans.append(Span(begin if t_start is None else t_start, n, pieces))
        made = _bounded(streams, spans, b, s, (begin, min(edges[k + 1], whole.stop)))
        limits = (
            (edges[k], float(np.nextafter(edges[k + 1], -np.inf)) if k < len(cuts) else np.inf)
            if keep_events
            else (made.t_start, made.t_stop)
        )
        yield ViewSegment(b, s, made.t_start, made.t_stop, made.spans, limits if cuts else None)


def _cut_times(gaps: Sequence[Sequence[tuple[int, float, float]]]) -> list[float]:
    """As few cuts as there can be, so that one lies at or in each gap: each where data resume."""
    cuts: list[float] = []
    for low, high in sorted(
        ((min(e, r), max(e, r)) for part in gaps for _, e, r in part), key=lambda gap: gap[1]
    ):
        if not cuts or low > cuts[-1]:
            cuts.append(high)
    return cuts


def _runs(
    part: _Timed, cuts: Sequence[float], tolerance: float
) -> Iterator[tuple[float | None, int, tuple[Piece, ...]]]:
    """(t_start, samples, pieces) of a part between the cuts; None and 0 where it has nothing."""
    begins = {after for after, _, _ in part.gaps(tolerance)}
    i, row = 0, 0
    for k in range(len(cuts) + 1):
        cut = cuts[k] if k < len(cuts) else np.inf
        taken: list[Piece] = []
        t_start = None
        while i < len(part.pieces) and not (i in begins and row == 0 and taken):
            piece = part.pieces[i]
            if part.starts[i] + row / part.rate >= cut:
                break
            keep = piece.n_samples
            # A piece that runs on over another stream's gap is divided there.
            if part.stop(i) > cut:
                keep = min(int(np.ceil((cut - part.starts[i]) * part.rate - 1e-6)), keep)
            if t_start is None:
                t_start = part.starts[i] + row / part.rate
            taken.append(Piece(piece.start_tick, keep - row, piece.layout, piece.row0 + row))
            i, row = (i + 1, 0) if keep == piece.n_samples else (i, keep)
            if row:
                break
        yield t_start, sum(piece.n_samples for piece in taken), tuple(taken)


def _refusal(streams: Sequence[ViewStream], timed: Sequence[Sequence[_Timed]]) -> str:
    lines = []
    for stream, parts in zip(streams, timed, strict=True):
        found = parts[0].gaps(0.0)
        if not found:
            continue
        shown = ", ".join(
            f"{(resume - end) * 1000:.3f} ms at {end:.6f} s" for _, end, resume in found[:5]
        )
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        lines.append(f"stream {stream.name!r}: {len(found)} gaps: {shown}{more}")
    return (
        "the signals have gaps in time; gap_tolerance_ms= says how large a gap may be to be "
        "ignored (0.0: cut into segments at each). " + "; ".join(lines)
    )
