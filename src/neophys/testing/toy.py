"""A worked example: a small binary format with its writer and its builder.

A toy file has a header of 72 bytes; wherever that points, a table of channels, a table of pieces
(runs without a gap), and the samples, int16 in frames of all channels; and a chain of blocks of
events. It is no format that anybody uses: it is what :func:`~neophys.testing.check_format` is
tried on, and what the next format's module may look like.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Deferred,
    EventChannel,
    EventTable,
    Metadata,
    Piece,
    Segment,
    SignalData,
    Stream,
    Subject,
    channel_table,
    text_array,
)
from neophys.errors import HeaderError
from neophys.formats import Format, Magic, NoOptions, Report
from neophys.layout.records import plain
from neophys.source.bundle import Bundle
from neophys.tables import Between, Field, FixedRecord, Table, Text
from neophys.testing.example import EventTruth, Example, PieceTruth, SignalTruth, Spot

__all__ = ["BLOCK", "CHANNEL", "EVENT", "FORMAT", "HEADER", "PIECE", "build", "write"]

MAGIC: Final = b"NEOTOY1\n"
UTF8: Final = ("utf-8", "cp1252")

HEADER = Table("header", [
    Field("magic", "V8", meaning="NEOTOY1 and a line feed", default=MAGIC),
    Field("start", "<i8", meaning="the first sample, µs since 1970, UTC"),
    Field("sampling_rate", "<f8", meaning="Hz", allowed=Between(1e-3, 1e6)),
    Field("n_channels", "<u2", meaning="rows of the channel table", allowed=Between(1, 4096)),
    Field("n_pieces", "<u2", meaning="rows of the piece table"),
    Field("n_samples", "<u4", meaning="frames, of all pieces together"),
    Field("channels_at", "<u4", meaning="byte of the channel table"),
    Field("pieces_at", "<u4", meaning="byte of the piece table"),
    Field("samples_at", "<u4", meaning="byte of the first frame"),
    Field("events_at", "<u4", meaning="byte of the first block of events, 0: none"),
    Field("subject", Text(24, encoding=UTF8), meaning="the subject's name", private=True),
])  # fmt: skip
CHANNEL = Table("channel", [
    Field("name", Text(16, encoding=UTF8)),
    Field("units", Text(8, encoding=UTF8)),
    Field("gain", "<f8", meaning="physical = raw * gain + shift"),
    Field("shift", "<f8"),
])  # fmt: skip
PIECE = Table("piece", [
    Field("start", "<i8", meaning="its first sample, µs since 1970"),
    Field("n_samples", "<u4", meaning="frames"),
])  # fmt: skip
BLOCK = Table("block of events", [
    Field("next", "<u4", meaning="byte of the next block, 0: the last"),
    Field("count", "<u4", meaning="events that follow"),
])  # fmt: skip
EVENT = Table("event", [
    Field("start", "<i8", meaning="µs since 1970"),
    Field("duration", "<i4", meaning="µs, -1: a point in time", default=-1),
    Field("label", Text(16, encoding=UTF8)),
])  # fmt: skip


def scan(bundle: Bundle, options: NoOptions, report: Report) -> Contents:
    """Read the header, the channels and the pieces; lay out the samples; leave the events."""
    header = read_header(bundle)
    clock = Clock(1e6, header.start)
    channels = read_channels(bundle, header)
    stream = Stream("0", "Signals", header.sampling_rate, channels, np.dtype("<i2"), clock)
    pieces = lay_out(bundle, header, read_pieces(bundle, header), report)
    span = [(p.start_tick - clock.zero) / 1e6 for p in pieces]
    ends = [s + p.n_samples / stream.sampling_rate for s, p in zip(span, pieces, strict=True)]
    segment = Segment(
        signals=(SignalData(pieces),),
        events=(Deferred("events"),),
        spikes=(),
        start=min(span, default=0.0),
        stop=max(ends, default=0.0),
    )
    return Contents(
        format="toy",
        streams=(stream,),
        event_channels=(EventChannel("0", "Events", "event", clock),),
        spike_units=(),
        blocks=(Block((segment,)),),
        metadata=Metadata(start=wall_clock(header, report)),
        subject=Subject(name=header.take("subject", "", report)),
        issues=tuple(report.issues),
        files=(bundle.main,),
    )


def read_header(bundle: Bundle) -> FixedRecord:
    header = HEADER.read(bundle.head(bundle.main, HEADER.size), file=bundle.main)
    if header.raw("magic") != MAGIC:
        raise HeaderError(bundle.main, 0, "magic", header.raw("magic"), f"must be {MAGIC!r}")
    HEADER.check(header)
    return header


def wall_clock(header: FixedRecord, report: Report) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=header.start)
    except OverflowError:
        at = header.offset_of("start")
        report("warning", header.file, "no date: ignored", offset=at, field="start")
        return None


def read_table(bundle: Bundle, table: Table, at: int, count: int) -> NDArray[Any]:
    """`count` rows from byte `at` on; a source never gives fewer bytes than it was asked for."""
    rows = bundle.source(bundle.main).read(at, count * table.size)
    return table.read_many(rows, count=count, file=bundle.main, base=at)


def read_channels(bundle: Bundle, header: FixedRecord) -> NDArray[np.void]:
    rows = read_table(bundle, CHANNEL, header.channels_at, header.n_channels)
    return channel_table(
        name=list(CHANNEL.decode(rows, "name")),
        id=[str(i) for i in range(len(rows))],
        units=list(CHANNEL.decode(rows, "units")),
        gain=rows["gain"],
        offset=rows["shift"],
    )


def read_pieces(bundle: Bundle, header: FixedRecord) -> NDArray[Any]:
    return read_table(bundle, PIECE, header.pieces_at, header.n_pieces)


def lay_out(
    bundle: Bundle, header: FixedRecord, table: NDArray[Any], report: Report
) -> tuple[Piece, ...]:
    """The pieces; those that the file is too short for are cut, and reported."""
    frame = 2 * header.n_channels
    at, size = header.samples_at, bundle.source(bundle.main).size
    there = max(0, size - at) // frame
    total = int(table["n_samples"].sum(dtype=np.int64))
    if total != header.n_samples:
        message = (
            f"{header.n_samples} samples in the header, {total} in the pieces: the latter hold"
        )
        report("error", bundle.main, message, offset=header.offset_of("n_samples"))
    if total > there:
        message = f"the file ends early: {there} of {total} samples are there"
        report("error", bundle.main, message, offset=min(at, size), field="samples")
    n = min(total, there)
    layout = plain(bundle.main, at, n, header.n_channels, "<i2")
    first = np.concatenate([[0], np.cumsum(table["n_samples"], dtype=np.int64)]).clip(max=n)
    return tuple(
        Piece(int(start), int(first[i + 1] - first[i]), layout, int(first[i]))
        for i, start in enumerate(table["start"].tolist())
        if first[i + 1] > first[i]
    )


def tables(
    bundle: Bundle, contents: Contents, options: NoOptions, key: Hashable, report: Report
) -> EventTable:
    """The events, when somebody asks: along the chain, which must end."""
    header, source = read_header(bundle), bundle.source(bundle.main)
    found, seen, at = [np.empty(0, EVENT.dtype)], set[int](), header.events_at
    while at:
        if at in seen or sum(map(len, found)) * EVENT.size > source.size:
            report("error", bundle.main, "the chain of events runs into itself", offset=at)
            break
        seen.add(at)
        block = BLOCK.read(source.read(at, BLOCK.size), file=bundle.main, base=at)
        found.append(read_table(bundle, EVENT, at + BLOCK.size, block.count))
        at = block.next
    rows = np.concatenate(found)
    durations = np.where(rows["duration"] < 0, np.nan, rows["duration"].astype("f8"))
    return EventTable(
        rows["start"].astype("i8"), text_array(EVENT.decode(rows, "label")), durations
    )


FORMAT = Format(
    name="toy",
    label="Toy",
    vendor="neophys",
    extensions=(".toy",),
    magic=(Magic(0, MAGIC),),
    scan=scan,
    tables=tables,
    headers=(HEADER, CHANNEL, PIECE, BLOCK, EVENT),
    spec="src/neophys/testing/toy.py",
)


def write(
    raw: NDArray[np.int16],
    *,
    channels: Sequence[Mapping[str, Any]],
    pieces: Sequence[tuple[int, int]],
    events: Sequence[Mapping[str, Any]],
    sampling_rate: float,
    subject: str = "",
    block: int = 4,
) -> bytes:
    """A toy file.

    Parameters
    ----------
    raw
        (samples, channels) int16.
    channels, events
        The rows of those tables, by field.
    pieces
        (µs since 1970, samples) of each.
    block
        Events in each block of the chain.
    """
    channels_at = HEADER.size
    pieces_at = channels_at + len(channels) * CHANNEL.size
    chain, events_at = b"", pieces_at + len(pieces) * PIECE.size
    for first in range(0, len(events), block):
        rows = [EVENT.write(event) for event in events[first : first + block]]
        after = events_at + len(chain) + BLOCK.size + len(rows) * EVENT.size
        last = first + block >= len(events)
        chain += BLOCK.write({"next": 0 if last else after, "count": len(rows)}) + b"".join(rows)
    header = HEADER.write({
        "start": pieces[0][0], "sampling_rate": sampling_rate, "n_channels": len(channels),
        "n_pieces": len(pieces), "n_samples": len(raw), "channels_at": channels_at,
        "pieces_at": pieces_at, "samples_at": events_at + len(chain),
        "events_at": events_at if events else 0, "subject": subject,
    })  # fmt: skip
    rows = [CHANNEL.write(channel) for channel in channels]
    rows += [PIECE.write({"start": start, "n_samples": n}) for start, n in pieces]
    return header + b"".join(rows) + chain + np.ascontiguousarray(raw, "<i2").tobytes()


def build() -> list[Example]:
    """Files whose contents are known, for :func:`~neophys.testing.check_format`."""
    return [
        _example("plain", n_channels=1, lengths=[300], n_events=0, seed=1),
        _example("gaps", n_channels=5, lengths=[700, 1, 1299], n_events=10, seed=2),
        _example("long", n_channels=8, lengths=[5000], n_events=3, seed=3),
    ]


def _example(name: str, n_channels: int, lengths: list[int], n_events: int, seed: int) -> Example:
    rng = np.random.default_rng(seed)
    raw = rng.integers(-32768, 32768, (sum(lengths), n_channels)).astype(np.int16)
    start, rate = 1_700_000_000_123_457, 1000.0
    gain, offset = rng.uniform(0.01, 2, n_channels), rng.uniform(-9, 9, n_channels)
    names = [f"Ä{i} µ" for i in range(n_channels)]
    starts = start + np.concatenate([[0], np.cumsum(lengths)[:-1] * 1000 + 2_500_007])
    starts += 1_000_000 * np.arange(len(lengths))
    at = np.sort(rng.integers(0, 5_000_000, n_events))
    durations = np.where(np.arange(n_events) % 3 == 0, 1500, -1)
    labels = [f"größe {i}" for i in range(n_events)]
    data = write(
        raw,
        channels=[
            {"name": n, "units": "uV", "gain": g, "shift": o}
            for n, g, o in zip(names, gain, offset, strict=True)
        ],
        pieces=list(zip(starts.tolist(), lengths, strict=True)),
        events=[
            {"start": start + a, "duration": d, "label": label}
            for a, d, label in zip(at.tolist(), durations.tolist(), labels, strict=True)
        ],
        sampling_rate=rate,
        subject="Zaphod Beeblebrox",
    )
    signal = SignalTruth(
        names=tuple(names),
        units=("uV",) * n_channels,
        sampling_rate=rate,
        pieces=tuple(
            PieceTruth((s - start) / 1e6, part * gain + offset)
            for s, part in zip(
                starts.tolist(), np.split(raw.astype("f8"), np.cumsum(lengths)[:-1]), strict=True
            )
        ),
    )
    lasting = np.where(durations < 0, np.nan, durations / 1e6)
    counts, pointers = _spots(f"{name}.toy", data, n_events)
    return Example(
        name=f"{name}.toy",
        files={f"{name}.toy": data},
        signals={"Signals": signal},
        events={"Events": EventTruth(at / 1e6, tuple(labels), lasting)},
        private=("Zaphod", "Beeblebrox"),
        counts=counts,
        pointers=pointers,
    )


def _spots(file: str, data: bytes, n_events: int) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """Where counts and where pointers stand: in the header, and in the chain of events."""
    header = HEADER.read(data)
    counts = [("n_channels", "<u2"), ("n_pieces", "<u2"), ("n_samples", "<u4")]
    pointers = ["channels_at", "pieces_at", "samples_at", "events_at"]
    full = BLOCK.size + 4 * EVENT.size
    chain = [header.events_at + full * i for i in range(-(-n_events // 4))]
    return (
        (
            *(Spot(file, header.offset_of(field), type) for field, type in counts),
            *(Spot(file, at + BLOCK.places["count"][0], "<u4") for at in chain),
        ),
        (
            *(Spot(file, header.offset_of(field), "<u4") for field in pointers),
            *(Spot(file, at + BLOCK.places["next"][0], "<u4") for at in chain),
        ),
    )
