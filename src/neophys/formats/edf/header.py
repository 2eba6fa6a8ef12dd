"""The headers of EDF and BDF: fixed-width text, declared; and what their fields mean."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from neophys.contents import Metadata, Subject
from neophys.errors import HeaderError
from neophys.formats import Report
from neophys.source import Source
from neophys.tables import (
    Between,
    ByField,
    Bytes,
    Columns,
    Field,
    FixedRecord,
    Number,
    Pair,
    Table,
    Text,
)

__all__ = ["BDF", "EDF", "HEADER", "SIGNALS", "Header", "metadata", "read_header", "subject"]

EDF: Final = b"0       "
BDF: Final = b"\xffBIOSEMI"
#: Header text is ASCII by the description; real writers use Latin-1, cp1252 and UTF-8.
_ENCODING: Final = ("utf-8", "cp1252")
_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_THREE: Final = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d\d|yy)")


def _date(text: str) -> dt.date | None:
    """``dd.mm.yy``: 1985 to 2084. After that ``yy`` is written literally: None, without error."""
    found = _THREE.fullmatch(text)
    try:
        if found and found[3] == "yy":
            return None
        if found:
            year = int(found[3])
            return dt.date(year + (1900 if year >= 85 else 2000), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise ValueError("must be a date, dd.mm.yy")


def _date_text(date: dt.date) -> str:
    year = f"{date.year % 100:02}" if 1985 <= date.year <= 2084 else "yy"
    return f"{date.day:02}.{date.month:02}.{year}"


def _time(text: str) -> dt.time:
    found = _THREE.fullmatch(text)
    try:
        if found and found[3] != "yy":
            return dt.time(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise ValueError("must be a time, hh.mm.ss")


def text(width: int) -> Text:
    """Text of a header: blank padded."""
    return Text(width, _ENCODING, pad=" ")


HEADER: Final = Table(
    "EDF header",
    [
        Field("version", Bytes(8), 0, "EDF or BDF", allowed={EDF, BDF}, default=EDF),
        Field("patient", text(80), 8, "local patient identification", private=True),
        Field("recording", text(80), 88, "local recording identification", private=True),
        Field(
            "start_date", text(8), 168, "local date of the start",
            convert=Pair(_date, _date_text, "dd.mm.yy, 1985 to 2084"),
        ),
        Field(
            "start_time", text(8), 176, "local time of the start",
            convert=Pair(_time, lambda time: f"{time:%H.%M.%S}", "hh.mm.ss"),
        ),
        Field("header_bytes", Number(8, int), 184, "256 * (signals + 1)", allowed=Between(1, 1e8)),
        Field("reserved", text(44), 192, "begins with EDF+C, EDF+D, BDF+C, BDF+D or 24BIT"),
        Field(
            "n_records", Number(8, int), 236, "data records; -1: the recording was never closed",
            allowed=Between(-1, 1e8),
        ),
        Field(
            "record_duration", Number(8), 244, "seconds of a data record; 0: annotations only",
            allowed=Between(0, 1e8),
        ),
        Field(
            "n_signals", Number(4, int), 252, "signals, those of annotations included",
            allowed=Between(1, 9999),
        ),
    ],
    size=256,
)  # fmt: skip

SIGNALS: Final = ByField(
    "EDF signal headers",
    [
        Field("label", text(16), meaning="name; EDF Annotations, BDF Annotations: no samples"),
        Field("transducer", text(80), meaning="kind of sensor"),
        Field("dimension", text(8), meaning="physical unit"),
        Field("physical_min", Number(8, rounded=True), meaning="value of digital_min"),
        Field("physical_max", Number(8, rounded=True), meaning="value of digital_max"),
        Field("digital_min", Number(8, int), meaning="limit of the stored numbers"),
        Field("digital_max", Number(8, int), meaning="limit of the stored numbers"),
        Field("prefilter", text(80), meaning="HP:0.1Hz LP:75Hz N:50Hz"),
        Field(
            "n_samples", Number(8, int), meaning="samples in a data record", allowed=Between(1, 1e8)
        ),
        Field("reserved", text(32)),
    ],
)


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """Both headers, and where the data records lie.

    `places` are the bytes in a data record at which each signal's part begins.
    """

    fixed: FixedRecord
    signals: Columns
    labels: tuple[str, ...]
    n_samples: tuple[int, ...]
    places: tuple[int, ...]
    item: int
    data_offset: int
    record_bytes: int
    n_records: int
    duration: float

    @property
    def plus(self) -> str:
        """``"C"``, ``"D"``: the + variants; ``""``: neither. Only five bytes count."""
        mark = self.fixed.raw("reserved")[:5]
        return chr(mark[4]) if mark[:4] in (b"EDF+", b"BDF+") and mark[4:] in (b"C", b"D") else ""

    @property
    def variant(self) -> str:
        base = "EDF" if self.item == 2 else "BDF"
        return f"{base}+{self.plus}" if self.plus else base


def read_header(source: Source, report: Report) -> Header:
    """Read both headers and settle what they leave open against the file's size.

    Raises
    ------
    HeaderError, TruncatedError
        Where there is no telling where samples lie.
    """
    file = source.name
    fixed = HEADER.read(source.read(0, min(HEADER.size, source.size)), file=file)
    must = {}
    for name in ("version", "n_signals", "record_duration"):
        must[name] = fixed[name]
        HEADER.by_name[name].verify_value(must[name], file, fixed.offset_of(name))
    n = must["n_signals"]
    available = min(n * SIGNALS.width, source.size - HEADER.size)
    signals = SIGNALS.read(source.read(256, available), 0, n, file=file, base=256)
    counts = signals["n_samples"]
    for count in (min(counts), max(counts)):
        at = signals.offset_of("n_samples", counts.index(count))
        SIGNALS.by_name["n_samples"].verify_value(count, file, at)
    item = 2 if must["version"] == EDF else 3
    *places, record_bytes = accumulate((item * count for count in counts), initial=0)
    data_offset = _data_offset(fixed, record_bytes, source.size, report)
    n_records = _n_records(fixed, data_offset, record_bytes, source.size, report)
    duration = must["record_duration"]
    if n_records * duration > 8e9:  # the clock counts nanoseconds in 64 bits
        at = fixed.offset_of("record_duration")
        raise HeaderError(file, at, "record_duration", duration, "the recording must end")
    return Header(
        fixed, signals, tuple(signals["label"]), tuple(counts), tuple(places), item, data_offset,
        record_bytes, n_records, float(duration),
    )  # fmt: skip


def _data_offset(fixed: FixedRecord, record_bytes: int, size: int, report: Report) -> int:
    """Where the records begin: what the number of signals says, unless only the field fits."""
    by_signals: int = 256 * (fixed["n_signals"] + 1)
    written: int = fixed.take("header_bytes", by_signals, report)
    if written == by_signals:
        return by_signals
    fits = (size - by_signals) % record_bytes == 0
    chosen = by_signals if fits or not by_signals < written <= size else written
    report(
        "warning",
        fixed.file,
        f"found {written}; the signals make it {by_signals}; taken as {chosen}",
        offset=fixed.offset_of("header_bytes"),
        field="header_bytes",
    )
    return chosen


def _n_records(
    fixed: FixedRecord, data_offset: int, record_bytes: int, size: int, report: Report
) -> int:
    """As many records as the file holds: the field is written on closing, and often not."""
    fit, rest = divmod(max(size - data_offset, 0), record_bytes)
    written: int = fixed.take("n_records", fit, report)
    tail = f"; {rest} bytes behind the last whole record are left out" if rest else ""
    at = fixed.offset_of("n_records")
    if written > fit:
        message = f"found {written}; the file was cut: it holds {fit} whole records{tail}"
        report("error", fixed.file, message, offset=at, field="n_records")
    elif written != fit:
        why = "the recording was never closed" if written == -1 else f"found {written}"
        message = f"{why}; the file holds {fit} records and all are read{tail}"
        report("warning", fixed.file, message, offset=at, field="n_records")
    elif rest:
        report("warning", fixed.file, tail[2:], offset=data_offset + fit * record_bytes)
    return fit


def _day(text: str) -> dt.date | None:
    """``dd-MMM-yyyy`` with English months, as EDF+ writes dates; None for anything else."""
    day, _, rest = text.partition("-")
    month, _, year = rest.partition("-")
    try:
        return dt.date(int(year), _MONTHS.index(month.upper()) + 1, int(day))
    except ValueError:
        return None


def _parts(text: str) -> list[str]:
    """Parts of an EDF+ identification: blanks within are written ``_``, unknown is ``X``."""
    return ["" if part == "X" else part.replace("_", " ") for part in text.split()]


def metadata(header: Header, t0: int, report: Report) -> Metadata:
    """Start and device. `t0` (ns) is when the first record begins, after the header's time."""
    fixed = header.fixed
    date: dt.date | None = fixed.take("start_date", None, report)
    time: dt.time | None = fixed.take("start_time", None, report)
    parts = fixed["recording"].split()
    startdate = len(parts) > 1 and parts[0] == "Startdate"
    # Written with four digits, and the only one after 2084.
    day = _day(parts[1]) if startdate else None
    if day and date and day != date:
        message = f"found {date}; the recording field says {day}; taken as {day}"
        at = fixed.offset_of("start_date")
        report("warning", fixed.file, message, offset=at, field="start_date")
    date = day or date
    start = None
    if date and time:
        try:
            start = dt.datetime.combine(date, time) + dt.timedelta(microseconds=t0 / 1000)
        except OverflowError:
            report("warning", fixed.file, "the first record's time leaves the calendar")
    other = {
        "variant": header.variant,
        "n_records": header.n_records,
        "record_duration": header.duration,
        "start_fraction": t0 / 1e9,
    }
    device = _parts(fixed["recording"])[4] if startdate and header.plus and len(parts) > 4 else ""
    return Metadata(start=start, device=device, other=other)


def subject(header: Header, report: Report) -> Subject:
    """Patient and recording identification. Free text may hold anything, so all is private."""
    fixed = header.fixed
    patient, recording = fixed["patient"], fixed["recording"]
    parts, about = _parts(patient), _parts(recording)
    if header.plus and len(parts) < 4:
        message = "EDF+ wants code, sex, birth date and name; taken as free text"
        at = fixed.offset_of("patient")
        report("warning", fixed.file, message, offset=at, field="patient")
    if not header.plus or len(parts) < 4:
        return Subject(other={"patient": patient, "recording": recording})
    other = {
        "more": " ".join(parts[4:]),
        "administration code": about[2] if len(about) > 2 else "",
        "technician": about[3] if len(about) > 3 else "",
        "more on the recording": " ".join(about[5:]),
    }
    return Subject(id=parts[0], sex=parts[1], birth_date=_day(parts[2]), name=parts[3], other=other)
