"""EDF, EDF+C, EDF+D, BDF and BDF+: European Data Format and its 24-bit sister.

Sources: the published descriptions of EDF (1992) and EDF+ (2003), BioSemi's page on BDF; real
files of eight writers. A stream is what has one sampling rate. Records of EDF+D may leave gaps:
a piece is what lies between two. Annotations are read when asked for, and so are the triggers
of BDF's Status signal.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Deferred,
    EventChannel,
    EventTable,
    Piece,
    Segment,
    SignalData,
    Stream,
)
from neophys.errors import HeaderError
from neophys.formats import Format, Magic, Report, Sureness
from neophys.formats.edf.annotations import (
    NS,
    Annotations,
    TimeLine,
    annotation_signals,
    read_annotations,
    time_line,
)
from neophys.formats.edf.channels import channels
from neophys.formats.edf.header import (
    BDF,
    EDF,
    HEADER,
    SIGNALS,
    Header,
    metadata,
    read_header,
    subject,
)
from neophys.formats.edf.status import STATUS, Status, read_status
from neophys.layout import INT24
from neophys.layout.records import Records
from neophys.source.bundle import Bundle

__all__ = ["FORMAT", "Options"]

#: Records begin so many nanoseconds after the first one; annotations are in decimal seconds.
CLOCK: Final = Clock(float(NS))
SECONDS: Final = Clock(1.0)


@dataclass(frozen=True, slots=True)
class Options:
    """Arguments of ``open``.

    Attributes
    ----------
    first_status
        The Status signal's first sample is an event, too, where it is not 0.
    """

    first_status: bool = False


def scan(bundle: Bundle, options: Options, report: Report) -> Contents:
    """Read the headers, and the records' times where there may be gaps."""
    source = bundle.source(bundle.main)
    header = read_header(source, report)
    annotated = annotation_signals(source, header)
    line = time_line(source, header, annotated, report)
    streams, data = _streams(bundle.main, header, annotated, line, report)
    event_channels, events = _events(header, annotated, line, streams)
    last = header.n_records - int(line.begins[-1])
    stop = float(CLOCK.seconds(int(line.ticks[-1]))) + last * line.duration
    return Contents(
        format="edf",
        streams=tuple(streams),
        event_channels=tuple(event_channels),
        spike_units=(),
        blocks=(Block((Segment(tuple(data), tuple(events), (), 0.0, stop),)),),
        metadata=metadata(header, line.t0, report),
        subject=subject(header, report),
        issues=tuple(report.issues),
        files=(bundle.main,),
    )


def _streams(
    file: str, header: Header, annotated: list[int], line: TimeLine, report: Report
) -> tuple[list[Stream], list[SignalData]]:
    """A stream for each number of samples a record, in order of first appearance."""
    apart = set(annotated)
    by_count: dict[int, list[int]] = {}
    for i, count in enumerate(header.n_samples):
        if i not in apart:
            by_count.setdefault(count, []).append(i)
    places = np.array(header.places, np.int64)
    table = channels(header, [i for members in by_count.values() for i in members], report)
    dtype = np.dtype("<i2") if header.item == 2 else INT24
    streams: list[Stream] = []
    data: list[SignalData] = []
    done = 0
    for count, members in by_count.items():
        rate = count / line.duration
        name = f"{rate:.10g} Hz" if len(by_count) > 1 else "signals"
        rows = table[done : done + len(members)]
        done += len(members)
        streams.append(Stream(str(len(streams)), name, rate, rows, dtype, CLOCK))
        layout = Records(
            file, header.data_offset, header.record_bytes, count,
            header.n_records * count, places[members], dtype, header.item,
        )  # fmt: skip
        data.append(SignalData(_pieces(layout, header.n_records, line)))
    return streams, data


def _pieces(layout: Records, n_records: int, line: TimeLine) -> tuple[Piece, ...]:
    ends = np.append(line.begins[1:], n_records)
    return tuple(
        Piece(tick, (end - begin) * layout.rows, layout, begin * layout.rows)
        for tick, begin, end in zip(
            line.ticks.tolist(), line.begins.tolist(), ends.tolist(), strict=True
        )
        if end > begin
    )


def _events(
    header: Header, annotated: list[int], line: TimeLine, streams: list[Stream]
) -> tuple[list[EventChannel], list[Deferred]]:
    """Annotations, and the triggers of BDF's Status signal; both are read when asked for."""
    event_channels: list[EventChannel] = []
    events: list[Deferred] = []
    if annotated:
        places = tuple((header.places[i], header.item * header.n_samples[i]) for i in annotated)
        event_channels.append(EventChannel("annotations", "annotations", "event", SECONDS))
        key = Annotations(
            header.data_offset, header.record_bytes, header.n_records, places, line.t0
        )
        events.append(Deferred(key))
    if header.item == 3:
        found = [
            (i, int(column))
            for i, stream in enumerate(streams)
            for column in np.flatnonzero(stream.channels["name"] == STATUS)[:1]
        ]
        for i, column in found[:1]:
            clock = Clock(streams[i].sampling_rate)
            event_channels.append(EventChannel("status", STATUS, "event", clock))
            events.append(Deferred(Status(i, column)))
    return event_channels, events


def tables(
    bundle: Bundle, contents: Contents, options: Options, key: Hashable, report: Report
) -> EventTable:
    """Read the events that the scan left for later."""
    if isinstance(key, Annotations):
        return read_annotations(bundle.source(contents.files[0]), contents, key, report)
    assert isinstance(key, Status)
    return read_status(bundle, contents, key, first=options.first_status)


def sniff(bundle: Bundle, name: str, head: bytes) -> Sureness:
    """``0`` and seven blanks prove little; the header's length, which follows from the number
    of signals, proves it."""
    if not head.startswith(EDF) or len(head) < HEADER.size:
        return "no"
    try:
        fixed = HEADER.read(head)
        n, written = fixed["n_signals"], fixed["header_bytes"]
    except HeaderError:
        return "no"
    if n < 1:
        return "no"
    return "certain" if written == 256 * (n + 1) else "likely"


FORMAT = Format(
    name="edf",
    label="EDF, EDF+, BDF, BDF+",
    vendor="European Data Format, BioSemi",
    extensions=(".edf", ".bdf", ".rec"),
    scan=scan,
    magic=(Magic(0, BDF),),
    sniff=sniff,
    opening="index",  # one field a record of EDF+D; EDF, EDF+C and BDF are flat
    tables=tables,
    options=Options,
    headers=(HEADER, SIGNALS),
    spec="docs/formats/edf.md",
)
