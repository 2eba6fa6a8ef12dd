"""Annotation signals of EDF+ and BDF+: when records begin, and what was remarked.

Such a signal holds bytes. In each record they are time-stamped annotation lists (TALs), then
NULs: ``onset [0x15 duration] 0x14 (text 0x14)* 0x00``. The first TAL of the first annotation
signal has an empty first text: its onset is the time of the record.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Contents, EventTable, text_array
from neophys.errors import HeaderError
from neophys.formats import Report
from neophys.formats.edf.header import Header
from neophys.formats.parts import runs_of_ticks
from neophys.source import FIELD_SKIP, FIELD_TILE, Source
from neophys.tables import decode_text

__all__ = ["Annotations", "TimeLine", "annotation_signals", "read_annotations", "time_line"]

_LABELS: Final = ("EDF Annotations", "BDF Annotations")
#: Times are counted in nanoseconds: real files write up to seven decimals.
NS: Final = 10**9
#: Bytes of a record's first TAL that are looked at for its time.
_TIME_WIDTH: Final = 32
_SECONDS: Final = rb"(?=\d)0*+(\d{0,9})(?:\.(\d*+))?"
_TAL: Final = re.compile(
    rb"([+-])" + _SECONDS + rb"(?:\x15(?:" + _SECONDS + rb")?)?\x14(?:(.*)\x14)?", re.DOTALL
)
_WIDEST_TEXTS: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Annotations:
    """What :func:`read_annotations` needs to know: the key of the Deferred table.

    ``places`` are (byte in the record, bytes) of each annotation signal; `t0` is the time of the
    first record in ns.
    """

    data_offset: int
    record_bytes: int
    n_records: int
    places: tuple[tuple[int, int], ...]
    t0: int


@dataclass(frozen=True, slots=True, eq=False)
class TimeLine:
    """When records lie.

    Attributes
    ----------
    duration
        Of a record, seconds.
    t0
        Time of the first record after the header's time, ns.
    begins
        Records at which a piece begins.
    ticks
        When they begin, ns after `t0`.
    """

    duration: float
    t0: int
    begins: NDArray[np.int64]
    ticks: NDArray[np.int64]


def annotation_signals(source: Source, header: Header) -> list[int]:
    """Signals that hold annotations. In a file without ``+`` the bytes have to look like it."""
    found = [i for i, label in enumerate(header.labels) if label in _LABELS]
    if header.plus or not header.n_records:
        return found
    return [i for i in found if _is_tals(_blocks(source, header, i, 0, 1)[0].tobytes())]


def _is_tals(block: bytes) -> bool:
    tals = [tal for tal in block.split(b"\0") if tal]
    return bool(tals) and all(_TAL.fullmatch(tal) for tal in tals)


def _blocks(
    source: Source, header: Header, signal: int, first: int, count: int, width: int | None = None
) -> NDArray[np.uint8]:
    """(count, width) bytes of an annotation signal, from record `first` on."""
    whole = header.n_samples[signal] * header.item
    width = whole if width is None else min(width, whole)
    at = header.data_offset + first * header.record_bytes + header.places[signal]
    return _column(source, at, width, count, header.record_bytes)


def _column(source: Source, at: int, width: int, count: int, stride: int) -> NDArray[np.uint8]:
    cells = source.field(at, np.dtype(f"V{width}"), count, stride)
    return cells.view(np.uint8).reshape(count, width)


def time_line(source: Source, header: Header, annotated: list[int], report: Report) -> TimeLine:
    """When the records begin; reads each record's time where gaps are possible.

    Raises
    ------
    HeaderError
        Records of no duration whose signals have samples, and no times either.
    """
    line = _line(source, header, annotated, report)
    if not 0 <= line.t0 < NS:
        message = f"the first record begins {line.t0 / NS:g} s after the header's time"
        report("warning", source.name, message + "; second 0 is where it begins")
    return line


def _line(source: Source, header: Header, annotated: list[int], report: Report) -> TimeLine:
    n, duration = header.n_records, header.duration
    has_samples = len(annotated) < len(header.labels)
    times: NDArray[np.int64] | None = None
    t0 = 0
    if annotated and n:
        first, last = (
            int(_times(_blocks(source, header, annotated[0], r, 1, _TIME_WIDTH))[0])
            for r in (0, n - 1)
        )
        t0 = 0 if first == _NO_TIME else first
        off = abs(last - first - (n - 1) * duration * NS)
        gap = _NO_TIME not in (first, last) and off > _tolerance(header, annotated)
        if has_samples and header.plus == "C" and gap and duration:
            report("warning", source.name, "EDF+C, but the times of its records are not even")
        if has_samples and (header.plus == "D" or (header.plus == "C" and gap)):
            times = _times(_blocks(source, header, annotated[0], 0, n, _TIME_WIDTH))
    elif header.plus == "D" and n:
        report("warning", source.name, "EDF+D without times: taken as continuous")
    if times is not None:
        return _with_gaps(source, header, times, _tolerance(header, annotated), report)
    if has_samples and duration == 0:
        raise _no_duration(header)
    return TimeLine(duration, t0, np.zeros(1, np.int64), np.zeros(1, np.int64))


def _no_duration(header: Header) -> HeaderError:
    at = header.fixed.offset_of("record_duration")
    wanted = "must be more than 0 where signals have samples"
    return HeaderError(header.fixed.file, at, "record_duration", 0, wanted)


_NO_TIME: Final = np.iinfo(np.int64).min


def _tolerance(header: Header, annotated: list[int]) -> float:
    """ns: half a sample of the fastest signal, but not less than a microsecond."""
    apart = set(annotated)
    counts = [n for i, n in enumerate(header.n_samples) if i not in apart]
    return max(1000.0, 0.5 * header.duration * NS / max(counts, default=1))


def _with_gaps(
    source: Source, header: Header, times: NDArray[np.int64], tolerance: float, report: Report
) -> TimeLine:
    """The time line of records that tell their times."""
    missing = int((times == _NO_TIME).sum())
    if missing:
        message = f"{missing} records do not tell their time; taken as following without a gap"
        report("warning", source.name, message)
    duration, good = header.duration, times != _NO_TIME
    if duration == 0:
        steps = np.diff(times[good])
        if not (steps > 0).any():
            raise _no_duration(header)
        duration = float(steps[steps > 0].min()) / NS
        tolerance = max(1000.0, 0.5 * duration * NS / max(header.n_samples))
        message = f"found 0; the times of the records make it {duration:g} s"
        at = header.fixed.offset_of("record_duration")
        report("warning", source.name, message, offset=at, field="record_duration")
    step = duration * NS
    good &= ~(lying := _out_of_order(times, good, step, tolerance))
    if lying.any():
        message = f"{int(lying.sum())} records say that they begin before the one before ends; "
        report("error", source.name, message + "taken as following it without a gap")
    filled = _filled(times, good, step)
    begins = runs_of_ticks(filled, 1, step, tolerance)
    last = np.append(begins[1:], len(filled)) - 1
    drift = float(np.abs(filled[last] - filled[begins] - (last - begins) * step).max())
    if drift > 2 * tolerance:
        message = f"the times of the records drift by {drift / NS:g} s within a piece"
        report("warning", source.name, message)
    t0 = int(filled[0])
    return TimeLine(duration, t0, begins, filled[begins] - t0)


def _out_of_order(
    times: NDArray[np.int64], good: NDArray[np.bool_], step: float, tolerance: float
) -> NDArray[np.bool_]:
    """Which of the records whose times contradict each other to distrust: as few as possible."""
    lying = np.zeros(len(times), bool)
    records = np.flatnonzero(good)
    slack = times[records] - np.rint(records * step)  # gaps so far: can only grow
    if len(records) == 0 or (np.diff(slack) >= -tolerance).all():
        return lying
    late = slack > np.minimum.accumulate(slack[::-1])[::-1] + tolerance
    early = slack < np.maximum.accumulate(slack) - tolerance
    # One against one: rather a jump than the beginning, which the others rest on.
    fewer = int(late.sum()) + bool(late[0]) <= int(early.sum())
    lying[records] = late if fewer else early
    return lying


def _filled(times: NDArray[np.int64], good: NDArray[np.bool_], step: float) -> NDArray[np.int64]:
    """Times of all records: those not told follow the last one that is."""
    records = np.arange(len(times))
    known = np.maximum.accumulate(np.where(good, records, -1))
    first = int(np.argmax(good))
    lead = int(times[first]) - round(first * step) if good.any() else 0
    lead = lead if 0 <= lead < NS else 0  # the first record begins within the first second
    filled = np.where(known >= 0, times[known], lead)
    filled += np.rint((records - np.maximum(known, 0)) * step).astype(np.int64)
    return filled


def _times(rows: NDArray[np.uint8]) -> NDArray[np.int64]:
    """ns of ``+t 0x14 0x14`` at the beginning of each row; _NO_TIME where there is none."""
    n, width = rows.shape
    if width < 5:
        return np.full(n, _NO_TIME)
    end = np.argmax(rows == 0x14, axis=1)
    good = np.isin(rows[:, 0], (0x2B, 0x2D)) & (end > 1) & (end < width - 1)
    good &= rows[np.arange(n), np.minimum(end + 1, width - 1)] == 0x14
    value, whole, decimals = (np.zeros(n, np.int64) for _ in range(3))
    point = np.zeros(n, bool)
    for j in range(1, int(end[good].max(initial=0))):
        inside = j < end
        digit = rows[:, j].astype(np.int64) - 0x30
        is_digit = (digit >= 0) & (digit <= 9)
        is_point = (rows[:, j] == 0x2E) & ~point
        good &= ~inside | is_digit | is_point
        point |= inside & is_point
        whole += inside & is_digit & ~point & ((whole > 0) | (digit > 0))
        take = inside & is_digit & (decimals < 9)
        value[take] = value[take] * 10 + digit[take]
        decimals += take & point
    good &= whole <= 9
    value *= 10 ** (9 - decimals)
    return np.where(good, np.where(rows[:, 0] == 0x2D, -value, value), _NO_TIME)


def read_annotations(
    source: Source, contents: Contents, key: Annotations, report: Report
) -> EventTable:
    """All annotations, in the file's order: decimal seconds after the first record's begin.

    Durations are seconds, NaN for a point in time.

    ``text@@channel`` is an annotation of one channel where there is such a channel: its name
    stands in the column ``signal``.
    """
    channels = {str(name) for stream in contents.streams for name in stream.channels["name"]}
    ticks, durations = array("q"), array("d")
    labels: list[str] = []
    signals: list[str] = []
    known: dict[bytes, tuple[str, str]] = {}  # equal texts share memory
    broken = 0
    for tal in _tals(source, key):
        found = _TAL.fullmatch(tal)
        if found is None:
            broken += 1
            continue
        sign, whole, decimals, length, parts, texts = found.groups()
        onset = _ns(whole, decimals) * (-1 if sign == b"-" else 1) - key.t0
        duration = float("nan") if length is None else _ns(length, parts) / NS
        for raw in filter(None, (texts or b"").split(b"\x14")):
            if raw not in known:
                known[raw] = _label(raw, channels)
            ticks.append(onset)
            durations.append(duration)
            labels.append(known[raw][0])
            signals.append(known[raw][1])
    if broken:
        report("error", source.name, f"{broken} annotations are broken and left out")
    if odd := sum(not _is_utf8(raw) for raw in known):
        report("warning", source.name, f"{odd} texts of annotations are no UTF-8; read as cp1252")
    return EventTable(
        np.array(ticks, np.int64) / NS,
        _texts(labels),
        durations=np.array(durations, np.float64),
        columns={"signal": text_array(signals)} if any(signals) else {},
    )


def _label(raw: bytes, channels: set[str]) -> tuple[str, str]:
    """Text and channel of an annotation."""
    text = decode_text(raw, ("utf-8", "cp1252"))
    label, mark, channel = text.rpartition("@@")
    return (label, channel) if mark and channel in channels else (text, "")


def _texts(texts: list[str]) -> NDArray[np.str_]:
    """Fixed width; objects where one long text would make all of them long."""
    if len(texts) * max(map(len, texts), default=0) * 4 > _WIDEST_TEXTS:
        return np.array(texts, object)
    return text_array(texts)


def _tals(source: Source, key: Annotations) -> Iterator[bytes]:
    """The TALs of all records in the file's order, without their NULs."""
    per_tile = max(1, FIELD_TILE // sum(width for _, width in key.places))
    for first in range(0, key.n_records, per_tile):
        tiles = _tiles(source, key, first, min(per_tile, key.n_records - first))
        used = np.any([tile.any(axis=1) for tile in tiles], axis=0)
        for record in np.flatnonzero(used).tolist():
            for tile in tiles:
                for tal in tile[record].tobytes().split(b"\0"):
                    if tal:
                        yield tal


def _tiles(source: Source, key: Annotations, first: int, n: int) -> list[NDArray[np.uint8]]:
    """(n, width) bytes of each annotation signal; those that lie together are read together."""
    at, stride = key.data_offset + first * key.record_bytes, key.record_bytes
    low, high = key.places[0][0], sum(key.places[-1])
    if high - low - sum(width for _, width in key.places) <= FIELD_SKIP and high < FIELD_TILE:
        tile = _column(source, at + low, high - low, n, stride)
        return [tile[:, place - low : place - low + width] for place, width in key.places]
    return [_column(source, at + place, width, n, stride) for place, width in key.places]


def _ns(whole: bytes, decimals: bytes | None) -> int:
    digits = decimals or b""
    return int(whole or b"0") * NS + int((digits + b"000000000")[:9]) + (digits[9:10] >= b"5")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
