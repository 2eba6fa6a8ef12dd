"""Neuralynx: a folder of one file a channel, electrode and event list.

Every file has a text header of 16384 bytes, then records of a fixed size: ncs (continuous),
nse, nst, ntt (spikes of one, two, four wires), nev (events). Records carry their own time in
integer microseconds, which alone tells the gaps. Facts are from the maker's record layouts and from
headers of Cheetah 1 to 6.4, Pegasus, Neuraview and BML files; see docs/formats/neuralynx.md.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Deferred,
    EventChannel,
    EventTable,
    Metadata,
    Segment,
    SpikeTable,
    Subject,
)
from neophys.errors import MissingFileError, NeophysError, SeveralRecordingsError
from neophys.formats import Format, Magic, Report, Sureness
from neophys.formats.neuralynx.headers import (
    HEADER,
    KINDS,
    MAGIC,
    NCS_RECORD,
    NEV_RECORD,
    SPIKE_RECORD,
    FileHeader,
    kind_by_name,
    read_header,
)
from neophys.formats.neuralynx.ncs import (
    Channel,
    Cuts,
    join_split,
    make_streams,
    read_channel,
)
from neophys.formats.neuralynx.points import (
    Electrode,
    Events,
    find_events,
    make_units,
    read_electrode,
    read_events,
)
from neophys.source.bundle import Bundle

__all__ = ["FORMAT", "Options", "scan", "tables"]

_SPIKES = ("nse", "nst", "ntt")
#: us; times further apart are taken for damage: 60 days.
_LONGEST = 60 * 86_400_000_000


@dataclass(frozen=True)
class Options:
    """What ``open`` takes for a Neuralynx folder.

    Attributes
    ----------
    files
        Only these files, by name; none given: all. Files that are named are taken as one session.
    exclude
        Not these.
    session
        Of a folder that holds several, the one whose id begins so.
    cuts
        Says at which records of a file a piece begins; None: where a record is off by more than
        half a sample and 2 us. It must pickle: a function of a module does.
    zero
        The time, in us as in the files, that is second 0; None: the first of all there is.
    """

    files: Sequence[str] = ()
    exclude: Sequence[str] = ()
    session: str = ""
    cuts: Cuts | None = None
    zero: int | None = None

    def __post_init__(self) -> None:
        for name in ("files", "exclude"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))


def scan(bundle: Bundle, options: Options, report: Report) -> Contents:
    """What a file or folder holds: headers and the heads of the records are read, no sample."""
    names = _choose(bundle, options)
    found = _headers(bundle, names, report)
    headers = _one_session(bundle, found, options)
    others = {header.file for header in found} - {header.file for header in headers}
    of_kind = {kind: [h for h in headers if h.kind == kind] for kind in KINDS}
    read = (read_channel(bundle, header, options.cuts, report) for header in of_kind["ncs"])
    channels = join_split([channel for channel in read if channel], report)
    spiking = [header for kind in _SPIKES for header in of_kind[kind]]
    electrodes = [read_electrode(bundle, header, report) for header in spiking]
    events = find_events(bundle, of_kind["nev"], report)
    first, last = _span(channels, electrodes, events, report)
    clock = Clock(1e6, first if options.zero is None else options.zero)
    streams, signals = make_streams(channels, clock, report)
    units, spikes = make_units(electrodes, clock, report)
    deferred = tuple(
        Deferred(("nev", *((header.file, header.n_records) for header in event.headers)),
                 len(event.ticks))
        for event in events
    )  # fmt: skip
    start, stop = clock.seconds(first), clock.seconds(last)
    segment = Segment(signals, deferred, spikes, start, stop)
    return Contents(
        FORMAT.name,
        streams,
        tuple(EventChannel(event.name, event.name, "event", clock) for event in events),
        units,
        (Block((segment,)),),
        _metadata(headers, first, clock.zero, channels, events, report),
        Subject(),
        tuple(report.issues),
        tuple(name for name in names if name not in others),
    )


def tables(
    bundle: Bundle, contents: Contents, options: Options, key: Hashable, report: Report
) -> EventTable | SpikeTable:
    """The events of the nev files that `key` names."""
    assert isinstance(key, tuple)
    return read_events(bundle, key[1:])


def _choose(bundle: Bundle, options: Options) -> list[str]:
    """The files to read, in natural order: the one that was opened, or those of the folder."""
    if bundle.main:
        return [bundle.main]
    names = [name for name in bundle.names() if kind_by_name(name)]
    for wanted in options.files:
        if not any(_named(name, [wanted]) for name in names):
            raise MissingFileError(f"{bundle.label}: no file {wanted!r} among {', '.join(names)}")
    folders: dict[PurePosixPath, list[str]] = {}
    for name in names:
        if not options.files or _named(name, options.files):
            folders.setdefault(PurePosixPath(name).parent, []).append(name)
    if not folders:
        raise MissingFileError(f"{bundle.label}: no {', '.join('.' + kind for kind in KINDS)} file")
    folder = min(folders, key=lambda path: len(path.parts))
    if len(folder.parts) > 0 and len(folders) > 1:
        found = ", ".join(sorted(str(path) for path in folders))
        raise SeveralRecordingsError(f"{bundle.label}: recordings in {found}; open one of them")
    chosen = (name for name in folders[folder] if not _named(name, options.exclude))
    return sorted(chosen, key=_natural)


def _named(name: str, wanted: Iterable[str]) -> bool:
    return name in wanted or PurePosixPath(name).name in wanted


def _natural(name: str) -> list[tuple[int, str]]:
    """CSC2 before CSC10."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part)
            for part in re.split(r"([0-9]{1,18})", name)]  # fmt: skip


def _headers(bundle: Bundle, names: Sequence[str], report: Report) -> list[FileHeader]:
    """The headers of the files; of a folder, what cannot be read is reported and left out."""
    headers, problem = [], None
    for name in names:
        try:
            headers.append(read_header(bundle, name, report))
        except NeophysError as error:
            unread = kind_by_name(name) in ("nvt", "nts", "nrd")
            if bundle.main or (report.strict and not unread):
                raise
            problem = problem or error
            why = str(error).removeprefix(f"{name}: ")
            report("info" if unread else "error", name, f"left out: {why}")
    if not headers and problem:
        raise problem
    return headers


def _one_session(bundle: Bundle, headers: list[FileHeader], options: Options) -> list[FileHeader]:
    """The headers of one session; those that name none belong to it."""
    if options.files or bundle.main:
        return headers
    sessions: dict[str, list[str]] = {}
    for header in headers:
        if header.session:
            sessions.setdefault(header.session, []).append(header.file)
    wanted = [name for name in sessions if name.startswith(options.session.lower())]
    if options.session and len(wanted) == 1:
        return [header for header in headers if header.session in ("", wanted[0])]
    if len(sessions) > 1 or options.session:
        found = "; ".join(f"{_shown(name)}: {', '.join(of)}" for name, of in sessions.items())
        raise SeveralRecordingsError(
            f"{bundle.label}: choose one of its {len(sessions)} sessions with session=, or files "
            f"with files= ({found})"
        )
    return headers


def _shown(session: str) -> str:
    """A session as messages have it: its id or date; a folder's name may be a person's."""
    return session if re.fullmatch("[0-9a-f_-]+", session) else "(a folder's name)"


def _span(
    channels: Sequence[Channel],
    electrodes: Sequence[Electrode],
    events: Sequence[Events],
    report: Report,
) -> tuple[int, int]:
    """First and last tick of all there is: one origin for the session."""
    points = [(e.header.file, e.ticks) for e in electrodes if len(e.ticks)]
    points += [(e.headers[0].file, e.ticks) for e in events if len(e.ticks)]
    firsts = [(int(ticks.min()), file) for file, ticks in points]
    firsts += [(c.pieces[0].start_tick, c.header.file) for c in channels]
    lasts = [(int(ticks.max()), file) for file, ticks in points]
    lasts += [(round(channel.stop), channel.header.file) for channel in channels]
    if not firsts:
        return 0, 0
    (first, file), (last, other) = min(firsts), max(lasts)
    if last - first > _LONGEST:
        days = (last - first) // 86_400_000_000
        report("warning", file, f"times from {first} us here to {last} us in {other}: no session "
               f"lasts {days} days, some may be wrong", field="timestamp")  # fmt: skip
    return first, last


def _metadata(
    headers: Sequence[FileHeader],
    first: int,
    zero: int,
    channels: Sequence[Channel],
    events: Sequence[Events],
    report: Report,
) -> Metadata:
    """Start, device, software; in ``other`` by file: keys of the header, times of opening and
    closing, last record (tick, samples) of each piece, pairs (id, TTL) of events."""
    opened = min((header.opened for header in headers if header.opened), default=None)
    start = _by_epoch(first, opened)
    if opened is not None and start is None:
        start = opened
        report("info", headers[0].file, "the start is when the files were opened; "
               "recording began some time after", field="TimeCreated")  # fmt: skip
    other = {
        "headers": {
            header.file: {
                entry.key: entry.value
                for entry in reversed(header.text.entries)
                if not ((key := HEADER.key_of(entry)[0]) and key.private)
            }
            for header in headers
        },
        "opened": {header.file: header.opened for header in headers},
        "closed": {header.file: header.closed for header in headers},
        "last_records": {channel.header.file: channel.lasts for channel in channels},
        "event_kinds": {file: kinds for event in events for file, kinds in event.kinds.items()},
    }
    return Metadata(
        start=_shifted(start, zero - first),
        device=next((header.device for header in headers if header.device), ""),
        software=next((header.software for header in headers if header.software), ""),
        other=other,
    )


def _by_epoch(first: int, opened: datetime | None) -> datetime | None:
    """Newer systems count from 1970, in local time: believed within a day of the header's."""
    moment = _shifted(datetime(1970, 1, 1), first)
    if moment is None or opened is None:
        return None
    return moment if timedelta(0) <= moment - opened < timedelta(days=1) else None


def _shifted(moment: datetime | None, microseconds: int) -> datetime | None:
    try:
        return None if moment is None else moment + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def _sniff_folder(bundle: Bundle) -> Sureness:
    names = [name for name in bundle.names() if kind_by_name(name) in KINDS]
    heads = (bundle.head(name, len(MAGIC)) for name in names[:100])
    return "certain" if any(head == MAGIC for head in heads) else "no"


FORMAT = Format(
    name="neuralynx",
    label="Neuralynx",
    vendor="Neuralynx",
    extensions=(".ncs", ".nse", ".nst", ".ntt", ".nev"),
    magic=(Magic(0, MAGIC),),
    sniff_folder=_sniff_folder,
    opening="index",
    scan=scan,
    tables=tables,
    options=Options,
    headers=(HEADER, NCS_RECORD, SPIKE_RECORD, NEV_RECORD),
    spec="docs/formats/neuralynx.md",
)
