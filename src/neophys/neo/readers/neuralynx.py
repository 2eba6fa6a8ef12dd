"""Neo's habits for Neuralynx: a stream for each rate, range and filter; segments cut at gaps.

Neo cuts by the header's rate and a tolerance that depends on the system (NeoCuts), refuses gaps
unless told how large one may be, makes a spike channel of each wire and an event channel of each
pair of event id and TTL value.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Clock, Contents, EventTable, Piece, SpikeTable
from neophys.errors import MissingFileError
from neophys.neo.readers import REQUIRED, NeoReader
from neophys.neo.readers.neuralynx_cuts import NeoCuts
from neophys.neo.readers.neuralynx_deviations import DEVIATIONS
from neophys.neo.readers.neuralynx_headers import NeoHeader, filter_numbers
from neophys.neo.readers.view import (
    Part,
    Span,
    View,
    ViewEvents,
    ViewSegment,
    ViewSpikes,
    ViewStream,
    at_cuts,
    find_event_channel,
    spike_view,
    stream_view,
)

__all__ = ["READER"]

_READ = (".ncs", ".nse", ".ntt", ".nev")


def prepare(arguments: dict[str, Any]) -> dict[str, Any]:
    """Neo's attributes out of its arguments, deprecated ones included."""
    given = dict(arguments)
    if not given["dirname"]:
        raise ValueError("`dirname` cannot be empty: name the folder of the recording")
    include, exclude = given.pop("include_filenames"), given.pop("exclude_filenames")
    filename, exclude_filename = given.pop("filename"), given.pop("exclude_filename")
    if filename is not None:
        warnings.warn("`filename` is deprecated: use `include_filenames`", stacklevel=5)
        include = [filename]
    if exclude_filename is not None:
        warnings.warn("`exclude_filename` is deprecated: use `exclude_filenames`", stacklevel=5)
        exclude = exclude_filename
    tolerance, strict = given.pop("gap_tolerance_ms"), given.pop("strict_gap_mode")
    if tolerance is not None and tolerance < 0:
        raise ValueError(f"`gap_tolerance_ms` must be non-negative, not {tolerance}")
    if strict is not None:
        text = (
            "`strict_gap_mode` is deprecated: `gap_tolerance_ms` of 0.2 / rate * 1000 (strict) "
            "or 128 / rate * 1000 (not strict) does the same"
        )
        warnings.warn(text, FutureWarning, stacklevel=5)
        if tolerance is not None:
            warnings.warn("`gap_tolerance_ms` goes before `strict_gap_mode`", stacklevel=5)
    made = {
        "dirname": given.pop("dirname"),
        "include_filenames": _listed(include),
        "exclude_filenames": _listed(exclude),
        "keep_original_times": given.pop("keep_original_times"),
        "gap_tolerance_ms": tolerance,
        "strict_gap_mode": True if strict is None else strict,
        "_use_legacy_gap_mode": strict is not None and tolerance is None,
        "rawmode": "multiple-files" if include else "one-dir",
    }
    if given:
        raise TypeError(f"unexpected keyword argument {next(iter(given))!r}")
    return made


def _listed(names: Any) -> list[Any]:
    return [] if names is None else [names] if isinstance(names, str | Path) else list(names)


def options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The files that Neo reads, where it cuts them, what second 0 is."""
    cuts = NeoCuts(
        arguments["gap_tolerance_ms"],
        arguments["_use_legacy_gap_mode"],
        bool(arguments["strict_gap_mode"]),
    )
    zero = 0 if arguments["keep_original_times"] else None
    return {"files": tuple(_files(arguments)), "cuts": cuts, "zero": zero}


def _files(arguments: Mapping[str, Any]) -> list[str]:
    """Names in Neo's order: those that were asked for as they were, else those of the folder."""
    folder = Path(arguments["dirname"])
    if arguments["include_filenames"]:
        names = []
        for name in arguments["include_filenames"]:
            if not (folder / name).is_file():
                raise MissingFileError(f"{folder / name} is not a file")
            names.append(Path(os.path.relpath(folder / name, folder)).as_posix())
    elif folder.is_dir():
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    else:
        raise MissingFileError(f"{folder} is not a folder")
    wanted = [
        name
        for name in names
        if Path(name).suffix.lower() in _READ
        and Path(name).name not in arguments["exclude_filenames"]
    ]
    if not wanted:
        raise MissingFileError(f"{folder}: no file that ends in {', '.join(_READ)}")
    return wanted


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """Streams by rate, range and filters; segments as the streams are cut."""
    files = _files(arguments)
    headers = _headers(contents)
    streams, order = _streams(contents, files, headers)
    return View(
        streams,
        tuple(_events(contents, files, headers)),
        tuple(_spikes(contents, files, headers)),
        (_segments(contents, streams, headers),),
        order,
    )


def ncs_filenames(
    contents: Contents, _: View, arguments: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """The file of each signal channel, by its name and id."""
    headers = _headers(contents)
    return {
        (headers[file].channel_names[0], str(headers[file].channel_ids[0])): str(
            Path(arguments["dirname"]) / file
        )
        for file in _files(arguments)
        if Path(file).suffix.lower() == ".ncs" and file in headers
    }


def file_headers(
    contents: Contents, _: View, arguments: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The header of each file that was read, by its path; converters take metadata from it."""
    headers = _headers(contents)
    return {
        str(Path(arguments["dirname"]) / file): headers[file].fields()
        for file in _files(arguments)
        if file in headers
    }


def _headers(contents: Contents) -> dict[str, NeoHeader]:
    other = contents.metadata.other
    return {
        file: NeoHeader(keys, other["opened"][file], other["closed"][file])
        for file, keys in other["headers"].items()
    }


def _streams(
    contents: Contents, files: Sequence[str], headers: Mapping[str, NeoHeader]
) -> tuple[tuple[ViewStream, ...], NDArray[np.int64] | None]:
    """Streams in the order of their first files, and the order of the channels' rows."""
    places = {
        str(file): (s, c)
        for s, stream in enumerate(contents.streams)
        for c, file in enumerate(stream.channels["file"])
    }
    own = [file for file in files if file in places]
    filters = filter_numbers(headers[file] for file in own)
    groups: dict[tuple[Any, ...], list[str]] = {}
    for file in own:
        s, c = places[file]
        rate = float(contents.streams[s].channels["nominal_rate"][c])
        key = (rate, headers[file].input_range, headers[file].filters, s)
        groups.setdefault(key, []).append(file)
    streams = []
    for number, ((rate, voltage, filter_, s), names) in enumerate(groups.items()):
        columns = np.array([places[file][1] for file in names], np.int64)
        channels = contents.streams[s].channels
        # Up to Cheetah 4 the header's rate is a rounded one, and Neo's times go by the true one.
        pre4 = headers[names[0]].text("NLX_Base_Class_Type") == "CscAcqEnt"
        title = f"stream{number}_{int(rate)}Hz_{int((voltage or 0) / 1000)}mVRange"
        stream = stream_view(
            contents,
            [Part(s, None if np.array_equal(columns, range(len(channels))) else columns)],
            name=f"{title}_DSPFilter{filters[filter_]}",
            id=str(number),
            dtype="int16",
            sampling_rate=[contents.streams[s].sampling_rate if pre4 else rate] * len(names),
        )
        ids = [headers[file].channel_ids[0] for file in names]
        if len(set(ids)) == len(ids):  # else ours, which tell them apart
            stream.rows["id"] = ids
            stream.rows["name"] = [headers[file].channel_names[0] for file in names]
        streams.append(stream)
    rows = [files.index(file) for names in groups.values() for file in names]
    return tuple(streams), np.argsort(rows, kind="stable") if rows else None


@dataclass(frozen=True, slots=True, eq=False)
class _Sections:
    """A stream's pieces; the rate by which Neo counts their ends, and these ends in ticks.

    ``signal_stop`` is where the last one ends by our own rate, in seconds.
    """

    pieces: tuple[Piece, ...]
    clock: Clock
    rate: float
    stops: tuple[int, ...]
    signal_stop: float

    @classmethod
    def of(
        cls, contents: Contents, stream: ViewStream, headers: Mapping[str, NeoHeader]
    ) -> _Sections:
        (part,) = stream.parts
        source = contents.streams[part.stream]
        signal = contents.blocks[0].segments[0].signals[part.stream]
        assert signal is not None
        first = 0 if part.columns is None else int(part.columns[0])
        file = str(source.channels["file"][first])
        lasts = contents.metadata.other["last_records"][file]
        rate = stream.sampling_rate
        if headers[file].measured:
            n = [piece.n_samples for piece in signal.pieces]
            longest = int(np.argmax(n))
            elapsed = lasts[longest][0] - signal.pieces[longest].start_tick
            if elapsed > 0:
                rate = (n[longest] - lasts[longest][1]) * 1e6 / elapsed
        stops = tuple(round(tick + 1e6 / rate * count) for tick, count in lasts)
        ours = max(round(tick + count * 1e6 / source.sampling_rate) for tick, count in lasts)
        return cls(signal.pieces, source.clock, rate, stops, float(source.clock.seconds(ours)))

    def agree(self, other: _Sections) -> bool:
        """Whether both have the same sections, give or take a record; the last may differ."""
        slack = 512e6 / min(self.rate, other.rate)
        return len(self.pieces) == len(other.pieces) and all(
            max(abs(own.start_tick - piece.start_tick), abs(stop - end)) <= slack
            for own, piece, stop, end in list(
                zip(self.pieces, other.pieces, self.stops, other.stops, strict=True)
            )[:-1]
        )


def _segments(
    contents: Contents, streams: Sequence[ViewStream], headers: Mapping[str, NeoHeader]
) -> tuple[ViewSegment, ...]:
    """A segment for each section; where streams are cut at other places, at all of them."""
    (whole,) = contents.blocks[0].segments
    sections = [_Sections.of(contents, stream, headers) for stream in streams]
    if not sections:
        return (ViewSegment(0, 0, whole.start, whole.stop, ()),)
    if not all(sections[0].agree(own) for own in sections):
        return at_cuts(contents, streams, tolerance=0.0)[0]
    last = len(sections[0].pieces) - 1
    made = []
    for k in range(last + 1):
        spans = tuple(
            Span(
                float(own.clock.seconds(own.pieces[k].start_tick)),
                own.pieces[k].n_samples,
                ((own.pieces[k],),),
            )
            for own in sections
        )
        ends = max(float(own.clock.seconds(own.stops[k])) for own in sections)
        # Spikes and events before the first section and after the last count to them.
        t_start = min(span.t_start for span in spans) if k else whole.start
        beyond = k == last and whole.stop > max(own.signal_stop for own in sections)
        t_stop = whole.stop if beyond else ends
        limits = (t_start, t_stop) if last else None
        made.append(ViewSegment(0, 0, t_start, t_stop, spans, limits))
    return tuple(made)


def _spikes(
    contents: Contents, files: Sequence[str], headers: Mapping[str, NeoHeader]
) -> Iterator[ViewSpikes]:
    """A spike channel for each wire and cell, each with the waveforms of all wires."""
    units: dict[str, list[int]] = {}
    for u, table in enumerate(contents.blocks[0].segments[0].spikes):
        assert isinstance(table, SpikeTable)
        assert table.waveforms is not None
        units.setdefault(table.waveforms.file, []).append(u)
    for file in files:
        header = headers.get(file)
        for wire, id in enumerate(header.channel_ids if header and file in units else ()):
            for u in units[file]:
                unit = contents.spike_units[u]
                cell = unit.id.rpartition("#")[2]
                yield spike_view(
                    contents,
                    u,
                    name=f"ch{headers[file].channel_names[wire]}#{id}#{cell}",
                    id=cell,
                    left_sweep=-1,
                    wf_gain=unit.channels["gain"][min(wire, len(unit.channels) - 1)],
                )


def _events(
    contents: Contents, files: Sequence[str], headers: Mapping[str, NeoHeader]
) -> Iterator[ViewEvents]:
    """An event channel for each pair of id and TTL value."""
    kinds, known = contents.metadata.other["event_kinds"], set()
    for file in files:
        for id, ttl in sorted((id, _signed(ttl)) for id, ttl in kinds.get(file, ())):
            channel = find_event_channel(contents, headers[file].entity or Path(file).stem)
            if (channel, id, ttl) not in known:
                known.add((channel, id, ttl))
                name = f"{headers[file].channel_names[0]} event_id={id} ttl={ttl}"
                of_kind = partial(_of_kind, id=id, ttl=ttl % 65536)
                yield ViewEvents(
                    name, headers[file].channel_ids[0], "event", channel, of_kind, "uint64"
                )


def _signed(ttl: int) -> int:
    return ttl - 65536 if ttl >= 32768 else ttl


def _of_kind(table: EventTable, *, id: int, ttl: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (table.columns["id"] == id) & (table.columns["ttl"] == ttl)
    return found


def annotate(contents: Contents, arguments: Mapping[str, Any], annotations: dict[str, Any]) -> None:
    """The header's keys on the signals' channels, the file's path on spikes and events."""
    files, headers = _files(arguments), _headers(contents)
    shown = view(contents, arguments)
    segment = annotations["blocks"][0]["segments"][0]
    for stream, signals in zip(shown.streams, segment["signals"], strict=True):
        (part,) = stream.parts
        names = contents.streams[part.stream].channels["file"]
        names = names if part.columns is None else names[part.columns]
        own = [headers[str(name)].annotations() for name in names]
        for key in own[0]:
            if all(key in each for each in own):
                signals["__array_annotations__"][key] = np.array([each[key] for each in own])
    tables = contents.blocks[0].segments[0].spikes
    for spikes, target in zip(shown.spikes, segment["spikes"], strict=True):
        table = tables[spikes.unit]
        assert isinstance(table, SpikeTable)
        assert table.waveforms is not None
        target["file_origin"] = str(Path(arguments["dirname"]) / table.waveforms.file)
    nev = [file for file in files if file in contents.metadata.other["event_kinds"]]
    for target in segment["events"]:
        target["file_origin"] = str(Path(arguments["dirname"]) / nev[-1])


_ARGUMENTS = {
    "include_filenames": None,
    "exclude_filenames": None,
    "keep_original_times": False,
    "gap_tolerance_ms": None,
    "strict_gap_mode": None,
    "filename": None,
    "exclude_filename": None,
}

READER = NeoReader(
    format="neuralynx",
    prefix="Neuralynx",
    extensions=("nse", "ncs", "nev", "ntt", "nvt", "nrd"),
    rawmode="one-dir",
    view=view,
    parameters={"dirname": "", **_ARGUMENTS, "**kargs": None},
    io_parameters={
        "dirname": REQUIRED,
        "use_cache": False,
        "cache_path": "same_as_resource",
        **_ARGUMENTS,
    },
    prepare=prepare,
    options=options,
    annotate=annotate,
    # Neo's own tests ask for them, and programs that convert to NWB.
    members={
        "file_headers": file_headers,
        "_nb_segment": lambda _, view, __: len(view.blocks[0]),
        "ncs_filenames": ncs_filenames,
    },
    deviations=DEVIATIONS,
)
