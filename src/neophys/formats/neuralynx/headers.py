"""Neuralynx headers and records as declared tables; what a file's header tells of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from neophys.errors import HeaderError, UnsupportedError
from neophys.formats import Report
from neophys.source.bundle import Bundle
from neophys.tables import Between, Field, Key, Keyed, KeyedRecord, ListOf, Table

__all__ = [
    "HEADER",
    "HEADER_BYTES",
    "KINDS",
    "LATEST",
    "MAGIC",
    "NCS_INDEX",
    "NCS_RECORD",
    "NEV_INDEX",
    "NEV_RECORD",
    "SAMPLES_AT",
    "SPIKE_INDEX",
    "SPIKE_RECORD",
    "FileHeader",
    "kind_by_name",
    "read_header",
]

MAGIC: Final = b"######## Neuralynx"
HEADER_BYTES: Final = 16384
#: Bytes in which the text of nearly every header ends.
_USUAL_TEXT: Final = 4096
#: What a damaged time stamp is known by: 2**62 us are 146 thousand years.
LATEST: Final = 1 << 62

#: Bytes of a record of each kind of file, as far as the kind alone tells.
KINDS: Final[Mapping[str, int]] = {
    "ncs": 1044,
    "nse": 112,
    "nst": 176,
    "ntt": 304,
    "nev": 184,
    "nvt": 1828,
}
_SPIKE_CHANNELS: Final = {"nse": 1, "nst": 2, "ntt": 4}
_FILE_TYPES: Final = {"csc": "ncs", "ncs": "ncs", "event": "nev", "video": "nvt"}
#: Cheetah up to 4 names the kind by the class that recorded it, in 2001 in a comment line.
_CLASSES: Final = {
    "cscacqent": "ncs",
    "bmlacq": "ncs",
    "ttscacqent": "ntt",
    "stscacqent": "nst",
    "sescacqent": "nse",
    "eventacqent": "nev",
    "vtacqent": "nvt",
}
_POSITIVE: Final = Between(1e-6, 1e9)

_MICRO: Final = "\u00b5"

HEADER: Final = Keyed(
    "Neuralynx header",
    [
        Key("FileType", str, "kind of file: CSC, NCS, Spike, Event, Video"),
        Key("FileVersion", str, "version of the header"),
        Key("SessionUUID", str, "identifies the recording session"),
        Key("OriginalFileName", str, "path on the recording computer", private=True),
        Key("TimeCreated", str, "local time at which the file was made"),
        Key("TimeClosed", str, "local time at which it was closed"),
        Key("RecordSize", int, "bytes of a record", allowed=Between(8, 1 << 20)),
        Key("ApplicationName", str, "program and its version"),
        Key("CheetahRev", str, "version of Cheetah, before 5.7"),
        Key("NLX_Base_Class_Type", str, "what recorded it, up to Cheetah 4"),
        Key("NLX_Base_Class_Name", str, "the channel's name, up to Cheetah 4"),
        Key("AcquisitionSystem", str, "acquisition system and its type"),
        Key("HardwareSubSystemType", str, "the system's type, before 5.7"),
        Key("ReferenceChannel", str, "the channel's reference"),
        Key("SamplingFrequency", float, "samples a second, Hz", allowed=_POSITIVE),
        Key("ADMaxValue", float, "largest AD count"),
        Key("ADBitVolts", ListOf(float), "volts of a count, by channel"),
        Key("AcqEntName", str, "name of the channel or electrode"),
        Key("NumADChannels", int, "AD channels in the file", allowed=Between(1, 4096)),
        Key("ADChannel", ListOf(int), "numbers of the AD channels"),
        Key("InputRange", ListOf(float), "input range, uV, by channel"),
        Key("InputInverted", ListOf(bool), "numbers are those of the inverted input"),
        Key("DSPLowCutFilterEnabled", bool, "high-pass filter on"),
        Key("DspLowCutFrequency", float, "its corner, Hz"),
        Key("DSPHighCutFilterEnabled", bool, "low-pass filter on"),
        Key("DspHighCutFrequency", float, "its corner, Hz"),
        Key("DspDelayCompensation", bool, "the filters' delay is taken off the times"),
        Key(
            "DspFilterDelay",
            float,
            "the filters' delay, us",
            spelling=f"DspFilterDelay_{_MICRO}s",
            aliases=(f"DspFilterDelay_\u00c2{_MICRO}s",),  # UTF-8, decoded as Latin-1
        ),
        Key("WaveformLength", int, "samples of a waveform"),
        Key("AlignmentPt", int, "its sample at the spike's time, from 1"),
        Key("Feature", str, "what the eight numbers of a spike are", repeat=True),
    ],
    style="dash",
    encoding="latin-1",
    first_lines=("######## Neuralynx Data File Header",),
    size=HEADER_BYTES,
)

_NCS: Final = (
    Field("timestamp", "<u8", 0, "time of the first sample, us"),
    Field("channel", "<u4", 8, "channel number; not always the header's"),
    Field("rate", "<u4", 12, "samples a second, truncated to whole Hz"),
    Field("valid", "<u4", 16, "samples that count; the rest is stale", allowed=Between(0, 512)),
)
_SPIKE: Final = (
    Field("timestamp", "<u8", 0, "time of the alignment point, us"),
    Field("electrode", "<u4", 8, "acquisition entity's number"),
    Field("cell", "<u4", 12, "cell number; 0: not sorted"),
)
#: Where the samples of an ncs and of a spike record begin.
SAMPLES_AT: Final[Mapping[str, int]] = {"ncs": 20, "spike": 48}
#: The part of a record that a scan reads, and the whole.
NCS_INDEX: Final = Table("ncs record's head", _NCS, 20)
NCS_RECORD: Final = Table(
    "ncs record", (*_NCS, Field("samples", ("<i2", 512), 20, "AD counts")), 1044
)
SPIKE_INDEX: Final = Table("spike record's head", _SPIKE, 16)
#: The waveform behind it is (samples, channels), "<i2", as long as the record is.
SPIKE_RECORD: Final = Table(
    "spike record", (*_SPIKE, Field("features", ("<i4", 8), 16, "see the header's Feature")), 48
)
_NEV: Final = (
    Field("start", "<i2", 0, "start of packet: 0, formerly 0x800"),
    Field("packet", "<i2", 2, "packet's id"),
    Field("data_bytes", "<i2", 4, "bytes of data: 2 or 0", default=2),
    Field("timestamp", "<u8", 6, "time, us"),
    Field("id", "<i2", 14, "what the event is: 11, 19 recorder or TTL, 20 TTL input, 4 typed"),
    Field("ttl", "<u2", 16, "state of the port's lines, a bit pattern"),
)
NEV_INDEX: Final = Table("nev record's head", _NEV, 18)
NEV_RECORD: Final = Table(
    "nev record",
    [
        *_NEV,
        Field("crc", "<i2", 18, "check sum"),
        Field("dummy1", "<i2", 20, "not used"),
        Field("dummy2", "<i2", 22, "not used"),
        Field("extra", ("<i4", 8), 24, "bits of an extended TTL port"),
        Field("text", "S128", 56, "what happened, Latin-1, up to the first NUL"),
    ],
    184,
)

_COMMENT_TIME: Final = re.compile(
    r"(?:Time|Date) (Opened|Closed):?\s*\(m+/d+/y+\):\s*(\d{1,2})/(\d{1,2})/(\d{1,4})"
    r"\s+(?:At Time:|\(h:m:s\.ms\))\s*(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,3}))?",
    re.ASCII,
)
_KEY_TIME: Final = re.compile(
    r"(\d{4})/(\d{1,2})/(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})", re.ASCII
)
_CLASS: Final = re.compile(r"NLX_Base Class Type\s*:\s*(\w+)", re.ASCII)
_NAME: Final = re.compile(r"## File Name:?\s+(.*)")


@dataclass(frozen=True, eq=False)
class FileHeader:
    """What the text header of a file, its name and its size tell.

    Attributes
    ----------
    file, kind
        Name in the bundle; ``"ncs"``, ``"nse"``, ``"nst"``, ``"ntt"`` or ``"nev"``.
    text
        The header's keys.
    record_bytes, n_records
        Whole records behind the header.
    """

    file: str
    kind: str
    text: KeyedRecord
    record_bytes: int
    n_records: int

    @property
    def stem(self) -> str:
        return PurePosixPath(self.file).stem

    @property
    def entity(self) -> str:
        """The channel's or electrode's name: the header's, else the file's."""
        return self.text.raw("AcqEntName") or self.text.raw("NLX_Base_Class_Name") or self.stem

    @property
    def pre4(self) -> bool:
        """Recorded on whole microseconds a sample (Cheetah up to 4)."""
        return self.text.raw("NLX_Base_Class_Type") == "CscAcqEnt"

    @property
    def n_channels(self) -> int:
        """AD channels in a record."""
        return _SPIKE_CHANNELS.get(self.kind, 1)

    @property
    def opened(self) -> datetime | None:
        """Local time at which the file was opened; None where it is missing or impossible."""
        return _moment(self.text, "TimeCreated", "Opened")

    @property
    def closed(self) -> datetime | None:
        """Local time at which it was closed; it may lie before the opening."""
        return _moment(self.text, "TimeClosed", "Closed")

    @property
    def software(self) -> str:
        if self.text.raw("CheetahRev"):
            return f"Cheetah {self.text.raw('CheetahRev')}"
        return " ".join(self.text.raw("ApplicationName").replace('"', " ").split())

    @property
    def device(self) -> str:
        return self.text.raw("HardwareSubSystemType") or " ".join(
            self.text.raw("AcquisitionSystem").split()[1:]
        )

    @property
    def session(self) -> str:
        """What the files of one session share: its id, else the folder it was recorded to."""
        if self.text.raw("SessionUUID"):
            return self.text.raw("SessionUUID").lower()
        path = self.text.raw("OriginalFileName")
        for _, line in self.text.lines:
            found = _NAME.match(line)
            path = path or (found[1].strip() if found else "")
        parts = path.replace("\\", "/").split("/")
        return parts[-2].lower() if len(parts) > 1 else ""


def kind_by_name(name: str) -> str:
    """The kind that a file's extension stands for, "" where it stands for none."""
    suffix = PurePosixPath(name).suffix.lower()[1:]
    return suffix if suffix in KINDS or suffix in ("nts", "nrd") else ""


def read_header(bundle: Bundle, name: str, report: Report) -> FileHeader:
    """The header of one file, which begins with the magic bytes.

    Raises
    ------
    HeaderError
        It does not begin so, or is of no kind that is known.
    UnsupportedError
        It is of a kind that is not read.
    """
    size = bundle.source(name).size
    head = bundle.head(name, _USUAL_TEXT)
    if b"\0" not in head:
        head = bundle.head(name, HEADER_BYTES)
    if not head.startswith(MAGIC):
        raise HeaderError(name, 0, "magic", head[:18], f"must be {MAGIC!r}")
    text = HEADER.read(head, file=name)
    kind = _kind(name, text, size)
    record_bytes = KINDS[kind]
    if kind in _SPIKE_CHANNELS:
        record_bytes = _spike_bytes(kind, text, report)
    elif (text.take("RecordSize", None, report) or record_bytes) != record_bytes:
        report("warning", name, f"records of {kind} files have {record_bytes} bytes; taken as such",
               offset=text.offset_of("RecordSize"), field="RecordSize")  # fmt: skip
    n_records, tail = divmod(max(size - HEADER_BYTES, 0), record_bytes)
    if size < HEADER_BYTES:
        report("error", name, f"the file ends in its header of {HEADER_BYTES} bytes", offset=size)
    elif tail:
        report("error", name, f"the last record is cut: {tail} of {record_bytes} bytes, left out",
               offset=size - tail)  # fmt: skip
    elif n_records == 0:
        report("info", name, "a header without records")
    return FileHeader(name, kind, text, record_bytes, n_records)


def _kind(name: str, text: KeyedRecord, size: int) -> str:
    """The kind of a file: its header knows best, then its name, then its size."""
    by_name = kind_by_name(name)
    declared = text.raw("FileType").lower()
    kind = _FILE_TYPES.get(declared, "")
    if declared == "spike":
        kind = by_name if by_name in _SPIKE_CHANNELS else _spike_kind(text)
    kind = kind or by_name or _by_class(text) or _by_size(text, size)
    if kind in ("nvt", "nts", "nrd"):
        what = {"nvt": "video tracking", "nts": "time stamps alone", "nrd": "raw dump"}[kind]
        raise UnsupportedError(f"{name}: {what} (.{kind}) of Neuralynx is not read")
    if not kind:
        raise UnsupportedError(
            f"{name}: a Neuralynx header that does not tell what the file holds; "
            f"let its name end in one of: {', '.join('.' + kind for kind in KINDS)}"
        )
    return kind


def _spike_kind(text: KeyedRecord) -> str:
    for key, kinds in (("NumADChannels", _SPIKE_CHANNELS), ("RecordSize", KINDS)):
        for kind in _SPIKE_CHANNELS:
            if text.raw(key) == str(kinds[kind]):
                return kind
    return ""


def _by_class(text: KeyedRecord) -> str:
    named = [text.raw("NLX_Base_Class_Type")]
    named += [match[1] for _, line in text.lines if (match := _CLASS.search(line))]
    return next((_CLASSES[word.lower()] for word in named if word.lower() in _CLASSES), "")


def _by_size(text: KeyedRecord, size: int) -> str:
    """The one kind whose record has the declared size, or whose records fill the file."""
    sizes = {str(record): kind for kind, record in KINDS.items()}
    if text.raw("RecordSize") in sizes:
        return sizes[text.raw("RecordSize")]
    body = size - HEADER_BYTES
    fits = [kind for kind, record in KINDS.items() if body > 0 and body % record == 0]
    return fits[0] if len(fits) == 1 else ""


def _spike_bytes(kind: str, text: KeyedRecord, report: Report) -> int:
    """Bytes of a spike record: the header decides, if waveforms of so many channels fit."""
    usual = KINDS[kind]
    found: int = text.take("RecordSize", usual, report) or usual
    head, frame = SAMPLES_AT["spike"], 2 * _SPIKE_CHANNELS[kind]
    if found > head and (found - head) % frame == 0:
        return found
    report("warning", text.file, f"no record of {kind} files; taken as {usual}",
           offset=text.offset_of("RecordSize"), field="RecordSize")  # fmt: skip
    return usual


def _moment(text: KeyedRecord, key: str, word: str) -> datetime | None:
    stated = _KEY_TIME.match(text.raw(key))
    if stated:
        year, month, day, hour, minute, second = (int(part) for part in stated.groups())
        return _date_time(year, month, day, hour, minute, second, 0)
    for _, line in text.lines:
        found = _COMMENT_TIME.search(line)
        if found and found[1] == word:
            month, day, year, hour, minute, second = (int(part) for part in found.groups()[1:7])
            year += 0 if year > 99 else 2000 if year < 80 else 1900
            return _date_time(year, month, day, hour, minute, second, int(found[8] or 0))
    return None


def _date_time(*parts: int) -> datetime | None:
    year, month, day, hour, minute, second, milli = parts
    try:
        return datetime(year, month, day, hour, minute, second, milli * 1000)
    except (ValueError, OverflowError):
        return None
