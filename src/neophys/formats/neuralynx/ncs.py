"""Neuralynx ncs: from the heads of the records to pieces, from channels to streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Clock, Piece, SignalData, Stream, channel_table
from neophys.formats import Report
from neophys.formats.neuralynx.headers import (
    HEADER_BYTES,
    LATEST,
    NCS_INDEX,
    NCS_RECORD,
    SAMPLES_AT,
    FileHeader,
)
from neophys.formats.parts import runs_of_ticks, unique
from neophys.layout import Layout
from neophys.layout.records import Records
from neophys.layout.runs import Runs
from neophys.layout.stack import stack
from neophys.source.bundle import Bundle
from neophys.units import DIMENSIONLESS

__all__ = ["Channel", "Cuts", "calibration", "make_streams", "read_channel"]

#: ``cuts(header, ticks, counts)``: the records at which a piece begins, the first is 0; None
#: leaves a file to the rule.
Cuts: TypeAlias = Callable[
    [FileHeader, NDArray[np.int64], NDArray[np.int64]], "NDArray[np.int64] | None"
]

_ROWS: Final = 512
_SAMPLE: Final = np.dtype("<i2")
#: Pieces of full records that get a layout each; files in more pieces get one index of runs.
_FEW: Final = 64
#: A measured interval is believed within this share of the header's; Cheetah 4 is off by 2.8 %.
_NEAR: Final = 0.1


@dataclass(frozen=True, eq=False)
class Channel:
    """One ncs channel, out of one file or of several that follow each other.

    Attributes
    ----------
    header
        Of the (first) file.
    nominal_rate, rate
        Hz: the header's, and that of the time stamps where the two contradict each other.
    units, gain
        Physical = raw * gain in these units.
    pieces
        In order of time; ticks are the file's us.
    lasts
        Of each piece, its last record's tick and samples: the time of its end is measured, too.
    """

    header: FileHeader
    nominal_rate: float
    rate: float
    units: str
    gain: float
    pieces: tuple[Piece, ...]
    lasts: tuple[tuple[int, int], ...]

    @property
    def stop(self) -> float:
        """Tick at which the last sample ends."""
        return max(tick + count * 1e6 / self.rate for tick, count in self.lasts)


def read_channel(
    bundle: Bundle, header: FileHeader, cuts: Cuts | None, report: Report
) -> Channel | None:
    """A channel out of its header and the heads of its records; None where it has no samples."""
    if header.n_records == 0:
        return None
    heads = bundle.source(header.file).field(
        HEADER_BYTES, NCS_INDEX.dtype, header.n_records, NCS_RECORD.size
    )
    ticks, counts = _index(header, heads, report)
    if not counts.any():
        report("info", header.file, "records without samples")
        return None
    declared = _declared_rate(header, heads, report)
    interval = _interval(header, ticks, counts, declared, report)
    gaps = runs_of_ticks(ticks, counts, interval, max(2.0, interval / 2))
    begins = None if cuts is None else cuts(header, ticks, counts)
    pieces = _pieces(header.file, ticks, counts, gaps if begins is None else begins)
    rate = _rate(ticks, counts, gaps, interval, 0.0 if header.pre4 else declared)
    pieces.sort(key=lambda piece: piece[0].start_tick)
    units, (gain,) = calibration(header, 1, report)
    channel = Channel(
        header,
        declared or rate,
        rate,
        units,
        gain,
        tuple(piece for piece, _ in pieces),
        tuple(last for _, last in pieces),
    )
    _check_clock(channel, ticks, report)
    return channel


def _index(
    header: FileHeader, heads: NDArray[Any], report: Report
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ticks and sample counts of the records; what cannot be is mended and reported."""
    valid = heads["valid"]
    if (many := valid > _ROWS).any():
        _report_record(header, "valid", many, valid, f"taken as {_ROWS}", "warning", report)
    counts = np.minimum(valid, _ROWS).astype(np.int64)
    stamps = heads["timestamp"]
    lost = stamps >= LATEST
    if lost.any():
        _report_record(header, "timestamp", lost, stamps, "the record is left out", "error", report)
        # An empty record at its neighbour's time: whatever stands around it, a cut is there.
        good = np.flatnonzero(~lost)
        nearest = np.maximum.accumulate(np.where(lost, -1, np.arange(len(stamps))))
        nearest[nearest < 0] = good[0] if len(good) else 0
        stamps = stamps[nearest] if len(good) else np.zeros_like(stamps)
        counts[lost] = 0
    return stamps.astype(np.int64), counts


def _report_record(
    header: FileHeader,
    field: str,
    bad: NDArray[np.bool_],
    column: NDArray[Any],
    done: str,
    severity: Any,
    report: Report,
) -> None:
    first = int(np.flatnonzero(bad)[0])
    more = f" (and {int(bad.sum()) - 1} more records)" if bad.sum() > 1 else ""
    byte = HEADER_BYTES + first * NCS_RECORD.size + NCS_RECORD.places[field][0]
    message = f"found {int(column[first])} in record {first}{more}; {done}"
    report(severity, header.file, message, offset=byte, field=field)


def _declared_rate(header: FileHeader, heads: NDArray[Any], report: Report) -> float:
    """The header's rate, else that of the first record; 0 where there is none."""
    rate: float = header.text.take("SamplingFrequency", 0.0, report) or 0.0
    if not rate:
        rate = float(heads["rate"][0])
        report("info", header.file, f"the header has no rate; the records say {rate:g} Hz")
    return rate


def _interval(
    header: FileHeader,
    ticks: NDArray[np.int64],
    counts: NDArray[np.int64],
    declared: float,
    report: Report,
) -> float:
    """Ticks from sample to sample, by which gaps are told from jitter.

    The median over full records that follow each other about as the header says; where none do,
    but the records agree among themselves, theirs; else what the header says.
    """
    steps = np.diff(ticks)[counts[:-1] == _ROWS] / _ROWS
    expected = 1e6 / declared if declared else 0.0
    regular = steps[np.abs(steps - expected) <= _NEAR * expected]
    if len(regular):
        return float(np.median(regular))
    forward = steps[steps > 0]
    if len(forward) > 1 or (len(forward) and not expected):
        middle = float(np.median(forward))
        if (np.abs(steps - middle) <= 0.01 * middle).sum() * 2 > len(steps):
            if expected:
                at = header.text.offset_of("SamplingFrequency")
                report("warning", header.file, f"the records come at {1e6 / middle:g} Hz, the "
                       f"header says {declared:g}; the records are believed",
                       offset=at, field="SamplingFrequency")  # fmt: skip
            return middle
    if not expected:
        report("error", header.file, "no rate in header or records; taken as 1 Hz",
               offset=HEADER_BYTES + NCS_RECORD.places["rate"][0], field="rate")  # fmt: skip
        return 1e6
    # Up to Cheetah 4 the clock ticked in whole microseconds and the header rounded its rate.
    return float(int(expected)) if header.pre4 and expected >= 1 else expected


def _rate(
    ticks: NDArray[np.int64],
    counts: NDArray[np.int64],
    begins: NDArray[np.int64],
    interval: float,
    declared: float,
) -> float:
    """Hz: the declared rate unless the longest piece contradicts it by more than rounding does.

    `declared` is 0 where it is not to be believed.
    """
    lasts = np.append(begins[1:], len(ticks)) - 1
    first = np.concatenate([[0], np.cumsum(counts)])
    lengths = first[lasts] - first[begins]
    longest = int(np.argmax(lengths))
    n = int(lengths[longest])
    elapsed = int(ticks[lasts[longest]] - ticks[begins[longest]])
    if n == 0 or elapsed <= 0:
        return declared if declared and abs(interval * declared - 1e6) < 1e-6 else 1e6 / interval
    if declared and abs(n * 1e6 / declared - elapsed) <= 2:
        return declared
    return n * 1e6 / elapsed


def _pieces(
    file: str, ticks: NDArray[np.int64], counts: NDArray[np.int64], begins: NDArray[np.int64]
) -> list[tuple[Piece, tuple[int, int]]]:
    """Pieces, each with its last record's tick and samples, in the order of the file.

    Pieces of full records are records; where one within a piece is not full, runs.
    """
    ends = np.append(begins[1:], len(ticks))
    full = counts == _ROWS
    full[ends - 1] = True
    first = np.concatenate([[0], np.cumsum(counts)])
    whole: Layout | None = None
    if not full.all() or len(begins) > _FEW:
        at = HEADER_BYTES + SAMPLES_AT["ncs"]
        positions = at + NCS_RECORD.size * np.arange(len(ticks), dtype=np.int64)
        whole = Runs(file, positions[:, None], first, _SAMPLE)
    places = np.array([SAMPLES_AT["ncs"]], np.int64)
    pieces = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        row, n = int(first[begin]), int(first[end] - first[begin])
        if n == 0:
            continue
        if whole is None:
            start = HEADER_BYTES + begin * NCS_RECORD.size
            layout = Records(file, start, NCS_RECORD.size, _ROWS, n, places, _SAMPLE, 2)
            piece = Piece(int(ticks[begin]), n, layout)
        else:
            piece = Piece(int(ticks[begin]), n, whole, row)
        pieces.append((piece, (int(ticks[end - 1]), int(counts[end - 1]))))
    return pieces


def _check_clock(channel: Channel, ticks: NDArray[np.int64], report: Report) -> None:
    back = np.flatnonzero(np.diff(ticks) < 0)
    overlaps = sum(
        after.start_tick < tick + (count - 0.5) * 1e6 / channel.rate
        for after, (tick, count) in zip(channel.pieces[1:], channel.lasts, strict=False)
    )
    if len(back) or overlaps:
        record = int(back[0]) + 1 if len(back) else 0
        byte = HEADER_BYTES + record * NCS_RECORD.size if len(back) else None
        report("warning", channel.header.file, f"the clock steps back {len(back)} times; "
               f"{overlaps} pieces overlap; they are given in order of time",
               offset=byte, field="timestamp")  # fmt: skip


def calibration(header: FileHeader, n: int, report: Report) -> tuple[str, list[float]]:
    """Units and gain of each of `n` channels: volts a count in uV, with the input's sign.

    Where the header has none, or not for every channel, the numbers stay counts.
    """
    text = header.text
    volts = list(text.take("ADBitVolts", (), report) or ())
    volts = volts * n if len(volts) == 1 else volts
    if len(volts) < n or not all(0 < abs(each) < 1e6 for each in volts):
        report("warning", header.file, "no volts a count for each channel; raw counts are given",
               offset=text.offset_of("ADBitVolts"), field="ADBitVolts")  # fmt: skip
        return DIMENSIONLESS, [1.0] * n
    inverted = list(text.take("InputInverted", (), report) or (False,))
    inverted = inverted * n if len(inverted) == 1 else inverted
    signs = [-1.0 if flag else 1.0 for flag in inverted] + [1.0] * n
    return "uV", [sign * (each * 1e6) for sign, each in zip(signs, volts[:n], strict=False)]


def join_split(channels: Sequence[Channel], report: Report) -> list[Channel]:
    """Channels, those that a recorder split over several files put together again.

    ``CSC1.ncs`` and ``CSC1_0001.ncs`` hold one entity and follow each other in time; files of one
    entity that overlap in time are copies, and stay apart.
    """
    joined: dict[tuple[Any, ...], list[Channel]] = {}
    for channel in channels:
        text = channel.header.text
        key = (channel.header.entity, text.raw("ADChannel"), channel.nominal_rate,
               channel.units, channel.gain)  # fmt: skip
        joined.setdefault(key, []).append(channel)
    result = []
    for same in joined.values():
        same.sort(key=lambda channel: channel.pieces[0].start_tick)
        follow = all(
            before.stop <= after.pieces[0].start_tick + 1 for before, after in pairwise(same)
        )
        if not follow:
            names = ", ".join(channel.header.file for channel in same)
            report("warning", same[0].header.file, "one channel in files that overlap in time, "
                   f"each given as a channel of its own: {names}", field="AcqEntName")  # fmt: skip
            result.extend(same)
            continue
        pieces = tuple(piece for channel in same for piece in channel.pieces)
        lasts = tuple(last for channel in same for last in channel.lasts)
        result.append(replace(same[0], pieces=pieces, lasts=lasts))
    return result


def make_streams(
    channels: Sequence[Channel], clock: Clock, report: Report
) -> tuple[tuple[Stream, ...], tuple[SignalData, ...]]:
    """Streams of the channels of one rate, one unit and the very same pieces, the fastest first."""
    groups: dict[tuple[Any, ...], list[Channel]] = {}
    for channel in channels:
        timing = tuple((piece.start_tick, piece.n_samples) for piece in channel.pieces)
        groups.setdefault((channel.nominal_rate, channel.units, timing), []).append(channel)
    ordered = sorted(groups.values(), key=lambda group: -group[0].nominal_rate)
    names = unique([f"{group[0].nominal_rate:.10g} Hz" for group in ordered])
    streams = tuple(
        Stream(str(i), name, group[0].rate, _channels(group, report), _SAMPLE, clock)
        for i, (name, group) in enumerate(zip(names, ordered, strict=True))
    )
    return streams, tuple(SignalData(_beside(group)) for group in ordered)


def _beside(group: Sequence[Channel]) -> tuple[Piece, ...]:
    """The pieces of channels that share them, their layouts side by side."""
    if len(group) == 1:
        return group[0].pieces
    known: dict[tuple[int, ...], Layout] = {}
    pieces = []
    for same in zip(*(channel.pieces for channel in group), strict=True):
        lead = same[0]
        rows = [piece.row0 for piece in same]
        if len(set(rows)) == 1:
            key = tuple(id(piece.layout) for piece in same)
            if key not in known:
                n = min(piece.layout.n_samples for piece in same)
                known[key] = stack([piece.layout for piece in same], n_samples=n)
            pieces.append(Piece(lead.start_tick, lead.n_samples, known[key], lead.row0))
        else:
            layout = stack([piece.layout for piece in same], rows, lead.n_samples)
            pieces.append(Piece(lead.start_tick, lead.n_samples, layout))
    return tuple(pieces)


def _channels(group: Sequence[Channel], report: Report) -> NDArray[np.void]:
    texts = [channel.header.text for channel in group]

    def column(name: str) -> list[float]:
        return [_number(text.take(name, None, report)) for text in texts]

    return channel_table(
        name=unique([c.header.entity for c in group], [c.header.stem for c in group]),
        id=unique([" ".join(t.raw("ADChannel").split()) or c.header.stem
                    for t, c in zip(texts, group, strict=True)], [c.header.stem for c in group]),
        units=[channel.units for channel in group],
        gain=[channel.gain for channel in group],
        offset=0.0,
        file=[channel.header.file for channel in group],
        nominal_rate=[channel.nominal_rate for channel in group],
        input_range=column("InputRange"),
        low_cut=column("DspLowCutFrequency"),
        high_cut=column("DspHighCutFrequency"),
        reference=[text.raw("ReferenceChannel") for text in texts],
        late=[_late(channel.header, report) for channel in group],
    )  # fmt: skip


def _late(header: FileHeader, report: Report) -> float:
    """us by which time stamps are late, because the filters' delay was left in them."""
    delay = _number(header.text.take("DspFilterDelay", None, report))
    if header.text.take("DspDelayCompensation", True, report) is not False or not delay > 0:
        return 0.0
    report("info", header.file, f"times are late by the filters' delay of {delay:g} us",
           offset=header.text.offset_of("DspFilterDelay"), field="DspFilterDelay")  # fmt: skip
    return delay


def _number(value: Any) -> float:
    """A number of the header, the first of several, NaN where there is none."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    return float("nan") if value is None else float(value)
