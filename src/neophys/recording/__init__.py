"""THE NATIVE INTERFACE: a recording, its signals, events and spikes."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np

from neophys.contents import (
    Block,
    Contents,
    Deferred,
    EventTable,
    Metadata,
    Segment,
    SpikeTable,
    Subject,
)
from neophys.errors import (
    AccessError,
    ChannelError,
    EventError,
    Issue,
    MixedRatesError,
    NeophysError,
)
from neophys.formats import Format, Report, formats, get_format
from neophys.formats import identify as identify_bundle
from neophys.reading.samples import Samples
from neophys.recording.events import Events, events_of, joined
from neophys.recording.labelled import Labelled
from neophys.recording.lookup import Named, find
from neophys.recording.signal import Signal
from neophys.recording.spikes import SpikeTrain
from neophys.recording.windows import Trials
from neophys.source.bundle import Bundle, open_bundle

__all__ = [
    "Events",
    "Labelled",
    "Part",
    "Recording",
    "Signal",
    "SpikeTrain",
    "Trials",
    "identify",
    "list_formats",
    "open",
]

#: Scans that unpickled recordings of one process share.
_KEPT_SCANS = 32
_scans: OrderedDict[tuple[Any, ...], Contents] = OrderedDict()
_scans_lock = threading.Lock()


def open(
    source: Any,
    *,
    format: str | None = None,
    strict: bool = False,
    mapped: bool = False,
    **options: Any,
) -> Recording:
    """Open a recording: headers and indexes are read, no signal.

    Parameters
    ----------
    source
        Path of a file or folder; bytes; an open binary file; a mapping of names to these.
    format
        Name of the format (see :func:`list_formats`); None: found out from the bytes.
    strict
        Raise what would be an issue of severity error.
    mapped
        Map local files into memory: faster for few of many channels, but a file that another
        program cuts short then ends the process.
    **options
        The format's own.

    Raises
    ------
    NeophysError
        UnknownFormatError, HeaderError, TruncatedError, MissingFileError, UnsupportedError ...
    """
    bundle = open_bundle(source, mapped=mapped)
    try:
        chosen = identify_bundle(bundle) if format is None else get_format(format)
        if not bundle.main and chosen.sniff_folder is None:
            raise AccessError(f"{bundle.label}: a folder; {chosen.label} recordings are files")
        values = _options(chosen, options)
        report = Report(strict=strict)
        contents = chosen.scan(bundle, values, report)
    except BaseException:  # whatever it was, no file stays open
        if bundle is not source:
            bundle.close()
        raise
    return Recording(bundle, chosen, contents, values, strict)


def identify(source: Any) -> Format:
    """The format of a recording, without opening it. Raises UnknownFormatError."""
    bundle = open_bundle(source)
    try:
        return identify_bundle(bundle)
    finally:
        if bundle is not source:
            bundle.close()


def list_formats() -> tuple[Format, ...]:
    """All formats that can be read, those of other packages last."""
    return formats()


def _options(chosen: Format, options: dict[str, Any]) -> Any:
    if not options:
        return chosen.options()
    known = [f.name for f in dataclasses.fields(chosen.options)]
    unknown = [name for name in options if name not in known]
    if unknown:
        there = ", ".join(known) or "none"
        raise TypeError(f"{chosen.label} has no option {unknown[0]!r}; there are: {there}")
    return chosen.options(**options)


class Part:
    """Segments of one block, seen as one: a recording, a block or a segment.

    Attributes
    ----------
    signals, spikes
        By name, id or number; iteration gives the values.
    events
        One table of all event channels; ``events["Trigger"]`` is a part of it.
    t_start, t_stop
        Seconds: the span of the segments on the recording's clock.
    """

    def __init__(self, recording: Recording, block: int, segment: int | None) -> None:
        self._whole, self._block, self._segment = recording, block, segment

    @property
    def recording(self) -> Recording:
        """The recording that this is a part of."""
        return self._whole

    @property
    def _segments(self) -> tuple[Segment, ...]:
        segments = self.recording.segments_of(self._block)
        return segments if self._segment is None else (segments[self._segment],)

    def _numbers(self) -> range:
        if self._segment is None:
            return range(len(self.recording.segments_of(self._block)))
        return range(self._segment, self._segment + 1)

    @property
    def metadata(self) -> Any:
        """What the format says of this block or segment."""
        block: Block = self.recording.contents.blocks[self._block]
        return block.metadata if self._segment is None else block.segments[self._segment].metadata

    @property
    def t_start(self) -> float:
        return min((s.start for s in self._segments), default=0.0)

    @property
    def t_stop(self) -> float:
        return max((s.stop for s in self._segments), default=0.0)

    @property
    def segments(self) -> tuple[Part, ...]:
        """Each segment."""
        return tuple(Part(self.recording, self._block, i) for i in self._numbers())

    @property
    def signals(self) -> Named[Signal]:
        streams = self.recording.contents.streams
        there = [
            i for i in range(len(streams)) if any(s.signals[i] is not None for s in self._segments)
        ]
        return Named(
            [streams[i].name for i in there],
            [streams[i].id for i in there],
            lambda i: self._signal(there[i]),
            what="signal",
            error=ChannelError,
        )

    def _signal(self, stream: int) -> Signal:
        at = (stream, self._block, self._segment)
        samples = self.recording.samples(stream, block=self._block, segment=self._segment)
        return Signal(self.recording, samples, at)

    @property
    def signal(self) -> Signal:
        """The only signal; an error that lists them where there are several."""
        signals = self.signals
        if len(signals) == 1:
            return signals[0]
        raise ChannelError(f"{len(signals)} signals: {', '.join(signals.names)}; .signals[name]")

    @property
    def spikes(self) -> Named[SpikeTrain]:
        units = self.recording.contents.spike_units
        return Named(
            [unit.name for unit in units],
            [unit.id for unit in units],
            self._train,
            what="spike unit",
            error=ChannelError,
        )

    def _train(self, unit: int) -> SpikeTrain:
        of, block = self.recording, self._block
        tables = [of.spike_table(unit, block=block, segment=s) for s in self._numbers()]
        known = of.contents.spike_units[unit]
        return SpikeTrain(self, unit, known, tables)

    @property
    def events(self) -> Events:
        channels = self.recording.contents.event_channels
        parts = [self._channel_events(i) for i in range(len(channels))]
        return joined(channels, parts)

    def event_channel(self, name: str) -> Events:
        """The events of one channel, by name or id: the tables of the others stay unread."""
        channels = self.recording.contents.event_channels
        names, ids = [channel.name for channel in channels], [channel.id for channel in channels]
        return self._channel_events(find(name, names, ids, what="event channel", error=EventError))

    def _channel_events(self, channel: int) -> Events:
        of, block = self.recording, self._block
        tables = [of.event_table(channel, block=block, segment=s) for s in self._numbers()]
        return events_of(of.contents.event_channels[channel], tables)

    def __getitem__(self, key: str | list[str]) -> Signal:
        """Channels by name or id, wherever they are."""
        if isinstance(key, str):
            return self._signal(self._find_channel(key)[0])[key]
        if not isinstance(key, list | tuple) or not key:
            raise ChannelError(
                f"channels are chosen by name or id, or a list of these, not {key!r}"
            )
        streams = {self._find_channel(name)[0] for name in key}
        if len(streams) > 1:
            known = self.recording.contents.streams
            which = ", ".join(
                f"{known[i].name} ({known[i].sampling_rate:g} Hz)" for i in sorted(streams)
            )
            raise MixedRatesError(
                f"these channels are of several signals: {which}; read each alone"
            )
        return self._signal(streams.pop())[list(key)]

    def _find_channel(self, name: str) -> tuple[int, int]:
        if not isinstance(name, str):
            raise ChannelError(
                f"channels are chosen by name or id, or a list of these, not {name!r}"
            )
        streams = self.recording.contents.streams
        where = [(i, j) for i, stream in enumerate(streams) for j in range(len(stream.channels))]
        names = [n for stream in streams for n in stream.channels["name"].tolist()]
        ids = [n for stream in streams for n in stream.channels["id"].tolist()]
        return where[find(name, names, ids, what="channel", error=ChannelError)]

    def __repr__(self) -> str:
        what = "block" if self._segment is None else "segment"
        number = self._block if self._segment is None else self._segment
        return (
            f"<{what} {number} of {self.recording.name!r}: {self.t_start:g} to {self.t_stop:g} s>"
        )


class Recording(Part):
    """An opened recording: what it holds is known, samples are read when asked for.

    A context manager; closing is optional. It may be shared by threads and pickled: it travels
    as where its files are and what they were, and is scanned again where it lands.

    Attributes
    ----------
    contents
        What the scan found, as plain data.
    bundle
        The files.
    """

    def __init__(
        self, bundle: Bundle, format: Format, contents: Contents, options: Any, strict: bool = False
    ) -> None:
        # Nothing here refers to the recording itself: its files close with its last reference.
        self._block, self._segment = 0, None
        self.bundle, self.contents = bundle, contents
        self._format, self._options, self._strict = format, options, strict
        self._tables: dict[Any, Any] = {}
        self._samples: dict[tuple[int, int, int | None], Samples] = {}
        self._late_issues: list[Issue] = []
        self._digest = "" if bundle.closed else _digest(bundle, contents)

    @property
    def recording(self) -> Recording:
        """Itself."""
        return self

    @property
    def name(self) -> str:
        """The file's or folder's own name."""
        return self.bundle.label

    @property
    def format(self) -> str:
        return self._format.name

    @property
    def metadata(self) -> Metadata:
        return self.contents.metadata

    @property
    def subject(self) -> Subject:
        """Who was recorded; only ``.show()`` prints it."""
        return self.contents.subject

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What is off in the files, that of tables read since among it."""
        return (*self.contents.issues, *self._late_issues)

    @property
    def start_time(self) -> datetime | None:
        """The wall clock at second 0; None where unknown."""
        return self.contents.metadata.start

    @property
    def duration(self) -> float:
        """Seconds from the first segment's start to the last one's end."""
        return self.t_stop - self.t_start

    @property
    def blocks(self) -> tuple[Part, ...]:
        return tuple(Part(self, i, None) for i in range(len(self.contents.blocks)))

    @property
    def closed(self) -> bool:
        return self.bundle.closed

    def close(self) -> None:
        """Close the files; a read that is under way ends well or with ClosedError."""
        self.bundle.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def part(self, block: int, segment: int | None) -> Part:
        """A block, or one of its segments."""
        return Part(self, block, segment)

    def segments_of(self, block: int) -> tuple[Segment, ...]:
        """The segments of a block; a recording without blocks has none."""
        blocks = self.contents.blocks
        return blocks[block].segments if blocks else ()

    def samples(self, stream: int, *, block: int = 0, segment: int | None = None) -> Samples:
        """A stream's samples in one segment, or in all of a block: what all faces read through."""
        key = (stream, block, segment)
        if key not in self._samples:
            segments = self.segments_of(block)
            chosen = segments if segment is None else segments[segment : segment + 1]
            data = [s.signals[stream] for s in chosen]
            pieces = [piece for signal in data if signal is not None for piece in signal.pieces]
            self._samples[key] = Samples(self.bundle, self.contents.streams[stream], pieces)
        return self._samples[key]

    def event_table(self, channel: int, *, block: int = 0, segment: int = 0) -> EventTable:
        """One channel's events in one segment; a deferred table is read once."""
        found = self._table(self.contents.blocks[block].segments[segment].events[channel])
        if found is None:
            return EventTable(np.empty(0, np.int64), np.empty(0, "U1"))
        assert isinstance(found, EventTable)
        return found

    def spike_table(self, unit: int, *, block: int = 0, segment: int = 0) -> SpikeTable:
        """One unit's spikes in one segment; a deferred table is read once."""
        found = self._table(self.contents.blocks[block].segments[segment].spikes[unit])
        if found is None:
            return SpikeTable(np.empty(0, np.int64))
        assert isinstance(found, SpikeTable)
        return found

    def _table(self, table: Any) -> EventTable | SpikeTable | None:
        if not isinstance(table, Deferred):
            return table  # type: ignore[no-any-return]  # one of the three that remain
        if table.key not in self._tables:
            if self._format.tables is None:
                raise NeophysError(f"{self.format}: deferred tables, and nothing that reads them")
            report = Report(strict=self._strict)
            read = self._format.tables(self.bundle, self.contents, self._options, table.key, report)
            if self._tables.setdefault(table.key, read) is read:
                self._late_issues.extend(report.issues)  # at once, whatever other threads add
        return self._tables[table.key]  # type: ignore[no-any-return]  # filled by the line above

    def __reduce__(self) -> tuple[Any, ...]:
        root = self.bundle.reopening()
        return _reopen, (root, self._digest, self.format, self._options, self._strict)

    def __repr__(self) -> str:
        contents = self.contents
        state = ", closed" if self.closed else ""
        lines = [f"<Recording {self.name!r}: {self._format.label}{state}>"]
        start = f", begun {self.start_time:%Y-%m-%d %H:%M:%S}" if self.start_time else ""
        segments = sum(len(block.segments) for block in contents.blocks)
        parts = "" if segments == 1 else f", {segments} segments"
        lines.append(f"  {_clock_text(self.duration)}{start}{parts}")
        signals = self.signals
        shown = islice(signals, 4)
        lines += ["  " + repr(signal)[1:-1].replace(", closed", "") for signal in shown]
        if len(signals) > 4:
            lines.append(f"  ... {len(signals)} signals in all")
        if contents.event_channels:
            names = [channel.name or channel.id for channel in contents.event_channels]
            lines.append(f"  events: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}")
        if contents.spike_units:
            lines.append(f"  spike units: {len(contents.spike_units)}")
        issues = self.issues
        lines.append(f"  issues: {len(issues) or 'none'}")
        lines += [f"    {str(issue)[:110]}" for issue in issues[:2]]
        return "\n".join(lines)


def _clock_text(duration: float) -> str:
    minutes, rest = divmod(round(duration, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:06.3f}".rstrip("0").rstrip(".")


def _digest(bundle: Bundle, contents: Contents) -> str:
    try:
        bundle.reopening()
    except NeophysError:
        return ""  # it cannot travel, and hashing a buffer of gigabytes would be for nothing
    return bundle.digest(contents.files)


def _reopen(
    root: tuple[Any, ...], digest: str, format: str, options: Any, strict: bool
) -> Recording:
    """A pickled recording where it lands; raises SourceChangedError for other files."""
    path, mapped = root
    bundle = open_bundle(path, mapped=mapped)
    chosen = get_format(format)
    key = (root, digest, format, repr(options), strict)
    with _scans_lock:
        contents = _scans.get(key)
    if contents is None:
        contents = chosen.scan(bundle, options, Report(strict=strict))
    bundle.check(contents.files, digest)
    with _scans_lock:
        _scans[key] = contents
        _scans.move_to_end(key)
        while len(_scans) > _KEPT_SCANS:
            _scans.popitem(last=False)
    return Recording(bundle, chosen, contents, options, strict)
