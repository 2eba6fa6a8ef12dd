"""Micromed TRC (System PLUS, Brain-Quick, System 98): one file with header, zones and samples.

Read: header types 4 and 5; 2 and 3, which no real file has confirmed. Types 0 and 1 are refused by
name. Facts: the maker's structure declarations, public readers, one real recording (type 4); see
``docs/formats/micromed.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

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
)
from neophys.errors import HeaderError, UnsupportedError
from neophys.formats import Format, Magic, NoOptions, Report, Sureness
from neophys.formats.micromed import tables
from neophys.formats.micromed.details import Details
from neophys.formats.micromed.events import CHANNELS, Cuts, read_events
from neophys.formats.micromed.sample import write_sample
from neophys.formats.micromed.tables import (
    ACQUISITION_UNITS,
    EDITIONS,
    HEADER,
    SYSTEM_1,
    TITLE,
    UNITS,
    Edition,
)
from neophys.formats.micromed.writer import write
from neophys.formats.micromed.zones import Zones, find_zones
from neophys.layout.records import Records, plain
from neophys.source import Source
from neophys.source.bundle import Bundle
from neophys.tables import FixedRecord

__all__ = ["FORMAT", "scan", "write", "write_sample"]

_NAME = slice(2, 28)
_IDS = np.array([str(i) for i in range(256)])
#: The columns of ``Stream.channels``; high- and low-pass in Hz.
CHANNEL = np.dtype(
    [
        ("name", "U6"), ("id", "U3"), ("units", "U13"), ("gain", "f8"), ("offset", "f8"),
        ("reference", "U6"), ("electrode", "u2"), ("type_bits", "u2"), ("unit_code", "i2"),
        ("highpass", "f8"), ("lowpass", "f8"),
    ]
)  # fmt: skip

#: Without allowed values here no reading begins; ranges are asked faster than the fields.
_CHECKED: Final = (
    (HEADER.by_name["header_type"], frozenset(EDITIONS)),
    (HEADER.by_name["n_channels"], range(1, 257)),
    (HEADER.by_name["rate"], range(1, 65536)),
    (HEADER.by_name["bytes_per_sample"], frozenset({1, 2, 4})),
)
_SAMPLES: Final = {width: np.dtype(f"<u{width}") for width in (1, 2, 4)}

#: The header's binary numbers by name.
Numbers: TypeAlias = Mapping[str, Any]


def scan(bundle: Bundle, options: NoOptions, report: Report) -> Contents:
    """Read the header, find the zones, read the channels, lay out the signal."""
    file = bundle.source(bundle.main)
    header, numbers = read_header(file, report)
    edition, raw = EDITIONS[numbers["header_type"]], bytes(header)
    zones = find_zones(file, raw, edition, report)
    codes = _electrode_codes(numbers, edition, zones)
    first = int(codes.min())
    electrodes = _electrodes(zones, edition, first, int(codes.max()))
    stream = _stream(numbers, edition, zones, codes, electrodes, first, report)
    layout = _layout(file, numbers, stream, report)
    cuts = Cuts.read(zones, layout.n_samples, report)
    segments = tuple(
        Segment(
            (_samples(cuts, i, layout),),
            tuple(Deferred((channel, i)) for channel in range(len(CHANNELS))),
            (),
            *cuts.seconds(i, stream.sampling_rate),
        )
        for i in range(len(cuts))
    )
    details = Details(raw, zones, codes, electrodes.tobytes(), numbers["n_montages"])
    return Contents(
        format="micromed",
        streams=(stream,),
        event_channels=tuple(
            EventChannel(str(i), name, kind, stream.clock)
            for i, (name, kind, _) in enumerate(CHANNELS)
        ),
        spike_units=(),
        blocks=(Block(segments),),
        metadata=_metadata(header, numbers, details, report),
        subject=Subject(
            name=header["surname"],
            first_name=header["first_name"],
            birth_date=header.take("birth", None, report),
        ),
        issues=tuple(report.issues),
        files=(bundle.main,),
    )


def read_table(
    bundle: Bundle, contents: Contents, options: NoOptions, key: Any, report: Report
) -> EventTable:
    """Triggers, notes or epochs of a segment: ``key`` is (event channel, segment)."""
    file, told = bundle.source(bundle.main), Report()  # the scan has told of all but the events
    header, numbers = read_header(file, told)
    edition = EDITIONS[numbers["header_type"]]
    zones = find_zones(file, bytes(header), edition, told)
    data = [data for s in contents.blocks[0].segments for data in s.signals if data is not None]
    cuts = Cuts.read(zones, sum(part.n_samples for part in data), told)
    return read_events(zones, cuts, key, numbers["rate"] if edition.note_seconds else 1, report)


def read_header(file: Source, report: Report) -> tuple[FixedRecord, Numbers]:
    """The fixed header of a file of type 2 to 5, checked; and its numbers."""
    raw = bytes(file.read(0, HEADER.size))
    header = HEADER.read(raw, file=file.name)
    numbers = HEADER.numbers(header)
    kind: int = numbers["header_type"]
    titled = raw[_NAME] == TITLE[_NAME]
    if kind in (0, 1) and (titled or _is_system_1(raw)):
        raise UnsupportedError(
            f"{file.name}: byte {_byte('header_type')}: header_type: found {kind}; files of type 0 "
            "and 1 (System 1) are not read, only those of type 2 to 5"
        )
    if not titled:
        if kind not in EDITIONS or not _has_order(raw):
            allowed = f"a Micromed file begins with {TITLE[:30].decode()!r}"
            raise HeaderError(file.name, 0, "title", raw[:32], allowed)
        found = f"found {raw[:32]!r}; known by its zones alone"
        report("warning", file.name, found, offset=0, field="title")
    for field, good in _CHECKED:
        if numbers[field.name] not in good:
            field.verify_value(numbers[field.name], file.name, _byte(field.name))
    if numbers["compression"]:
        raise UnsupportedError(
            f"{file.name}: byte {_byte('compression')}: compression: found "
            f"{numbers['compression']}; only 0 (none) is read, others have no public description"
        )
    if not EDITIONS[kind].confirmed:
        why = f"no real file of type {kind} has confirmed how these are read"
        report("info", file.name, why, offset=_byte("header_type"), field="header_type")
    return header, numbers


def _byte(name: str) -> int:
    return HEADER.places[name][0]


def _electrode_codes(numbers: Numbers, edition: Edition, zones: Zones) -> NDArray[np.int64]:
    """(channels,) index of each channel's electrode record, in the order of the samples."""
    n = numbers["n_channels"]
    for name in ("ORDER", "LABCOD"):
        if name not in zones.places:
            raise HeaderError(zones.file, None, name, None, "the file has no such zone")
    raw, order = zones.raw("ORDER"), np.dtype(edition.order)
    if n * order.itemsize > len(raw):
        allowed = f"the zone ORDER names {len(raw) // order.itemsize} channels only"
        raise HeaderError(zones.file, _byte("n_channels"), "n_channels", n, allowed)
    return np.frombuffer(raw, order, n).astype(np.int64)


def _electrodes(zones: Zones, edition: Edition, first: int, last: int) -> NDArray[np.void]:
    """The records of all electrodes from the first to the last that the channels name."""
    known, table = zones.length("LABCOD") // edition.electrode.size, edition.electrode
    if last >= known:
        order = np.frombuffer(zones.raw("ORDER"), np.dtype(edition.order))
        i = int(np.argmax(order >= known))
        at = zones.places["ORDER"][0] + i * order.itemsize
        allowed = f"the zone LABCOD has {known} electrodes"
        raise HeaderError(zones.file, at, f"ORDER[{i}]", int(order[i]), allowed)
    raw = zones.part("LABCOD", first * table.size, (last + 1 - first) * table.size)
    return np.frombuffer(raw, table.dtype)


def _stream(
    numbers: Numbers, edition: Edition, zones: Zones, codes: NDArray[np.int64],
    electrodes: NDArray[np.void], first: int, report: Report,
) -> Stream:  # fmt: skip
    table, n = edition.electrode, len(codes)
    rows = electrodes.take(codes - first)
    span = np.subtract(rows["logic_max"], rows["logic_min"], dtype=np.float64) + 1
    gain = np.subtract(rows["physical_max"], rows["physical_min"], dtype=np.float64)
    if np.count_nonzero(span) < n:
        i = int(np.argmin(span != 0))
        at = zones.places["LABCOD"][0] + int(codes[i]) * table.size + table.places["logic_max"][0]
        what = f"logic_max of channel {i}"
        raise HeaderError(zones.file, at, what, int(rows["logic_max"][i]), "the span is zero")
    gain /= span
    channels = np.empty(n, CHANNEL)
    names, references = table.texts(rows, "label", "reference").T
    channels["id"], channels["name"], channels["reference"] = _IDS[:n], names, references
    if np.count_nonzero(names) < n:
        unnamed = names == ""
        channels["name"][unnamed] = np.strings.add("ch", _IDS[:n][unnamed])
    channels["gain"], channels["offset"] = gain, 0.0 - rows["logic_ground"] * gain
    channels["electrode"], channels["unit_code"] = codes, rows["units"]
    channels["type_bits"], channels["lowpass"] = rows["type_bits"], rows["lowpass"]
    np.divide(rows["highpass"], 1000, out=channels["highpass"])
    units = {code: UNITS.get(code, "dimensionless") for code in set(rows["units"].tolist())}
    if len(units) == 1:
        (channels["units"],) = units.values()
    else:
        channels["units"] = [units[code] for code in rows["units"].tolist()]
    if np.count_nonzero(gain) < n or not UNITS.keys() >= units.keys():
        _report_odd(zones, table, codes, rows, report)
    rate = float(numbers["rate"] * _coefficient(zones, channels, rows["coefficient"]))
    dtype = _SAMPLES[numbers["bytes_per_sample"]]
    return Stream("0", "Signals", rate, channels, dtype, Clock(rate))


def _report_odd(
    zones: Zones, table: Any, codes: NDArray[np.int64], rows: NDArray[Any], report: Report
) -> None:
    """Issues for what can be read but means little: unknown units, no physical range."""
    flat = rows["physical_min"] == rows["physical_max"]
    unknown = np.array([code not in UNITS for code in rows["units"].tolist()])
    for odd, field, why in (
        (flat, "physical_max", "equals physical_min, so that all values are one"),
        (unknown, "units", "is not known; values are as calibrated, without units"),
    ):
        if odd.any():
            i = int(np.argmax(odd))
            at = zones.places["LABCOD"][0] + int(codes[i]) * table.size + table.places[field][0]
            found = f"found {int(rows[field][i])} in channel {i} (of {int(odd.sum())} such); {why}"
            report("warning", zones.file, found, offset=at, field=field)


def _coefficient(zones: Zones, channels: NDArray[Any], coefficients: NDArray[Any]) -> int:
    """The factor of all channels. How a frame of unequal ones is ordered, nobody describes."""
    first = int(coefficients[0]) or 1
    if not np.count_nonzero(coefficients != first):
        return first
    odd = channels["name"][np.maximum(coefficients, 1) != first].tolist()
    if odd:
        names = ", ".join(odd[:5]) + (" ..." if len(odd) > 5 else "")
        raise UnsupportedError(
            f"{zones.file}: byte {zones.start('LABCOD')}: coefficient: channels have different "
            f"sampling rates, which is not read: {names} differ from {channels['name'][0]}"
        )
    return first


def _layout(file: Source, numbers: Numbers, stream: Stream, report: Report) -> Records:
    start, stride = numbers["data_start"], numbers["multiplexer"]
    if not HEADER.size <= start <= file.size:
        allowed = f"the samples begin between byte {HEADER.size} and the file's end, {file.size}"
        raise HeaderError(file.name, _byte("data_start"), "data_start", start, allowed)
    n_channels = len(stream.channels)
    frame = n_channels * stream.dtype.itemsize
    if stride != frame:
        known = f"found {stride}; a frame of {n_channels} channels has {frame} bytes; "
        done = "frames taken as so far apart" if stride > frame else "ignored"
        at = _byte("multiplexer")
        report("warning", file.name, known + done, offset=at, field="multiplexer")
    stride = max(stride, frame)
    n, rest = divmod(file.size - start, stride)
    if rest:
        found = f"the last frame is cut: {rest} of {stride} bytes are left out"
        report("warning", file.name, found, offset=start + n * stride, field="samples")
    return plain(file.name, start, n, n_channels, stream.dtype, frame_bytes=stride)


def _samples(cuts: Cuts, i: int, layout: Records) -> SignalData:
    n = int(cuts.stops[i] - cuts.starts[i])
    if n == 0:
        return SignalData(())
    return SignalData((Piece(int(cuts.times[i]), n, layout, int(cuts.starts[i])),))


def _metadata(header: FixedRecord, numbers: Numbers, details: Details, report: Report) -> Metadata:
    unit = numbers["acquisition_unit"]
    device = f"Micromed {ACQUISITION_UNITS.get(unit, f'acquisition unit {unit}')}"
    try:
        start = header["start"]
    except HeaderError:
        start = header.take("start", None, report)
    return Metadata(start=start, device=device, other=details)


def _has_order(raw: bytes) -> bool:
    return raw[176:184].rstrip(b"\0 ") == b"ORDER"


def _is_system_1(raw: bytes) -> bool:
    record = SYSTEM_1.read(raw)
    faults = Report()
    return not SYSTEM_1.check(record, report=faults) and record.start is not None


def _sniff(bundle: Bundle, name: str, head: bytes) -> Sureness:
    """What the title does not tell: types 2 to 5 by their zones, 0 and 1 by their numbers."""
    if len(head) < SYSTEM_1.size:
        return "no"
    if head[175] in EDITIONS and _has_order(head):
        return "certain"
    return "likely" if name.lower().endswith(".trc") and _is_system_1(head) else "no"


FORMAT = Format(
    name="micromed",
    label="Micromed TRC",
    vendor="Micromed",
    extensions=(".trc", ".vwr"),
    magic=(Magic(_NAME.start, TITLE[_NAME]),),
    sniff=_sniff,
    opening="flat",
    scan=scan,
    tables=read_table,
    write=write,
    headers=(
        tables.HEADER, tables.ZONE, tables.ELECTRODE, tables.OLD_ELECTRODE, tables.NOTE,
        tables.SPAN, tables.EVENTS, tables.SEGMENT, tables.TRIGGER, tables.IMPEDANCE,
        tables.MONTAGE, tables.HISTORY, tables.AVERAGE, tables.VIDEO,
    ),
    spec="docs/formats/micromed.md",
)  # fmt: skip
