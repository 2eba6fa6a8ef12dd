"""The declared headers of Micromed TRC files, types 2 to 5: what stands where, and its meaning.

The facts are from the structure declarations that the maker gave out with its type 4 description,
from public readers, and from one real recording of type 4. Types 2 and 3 rest on the declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from neophys.tables import Between, Enum, Field, Moment, OneOf, Scale, Table, Text, Where

__all__ = [
    "ACQUISITION_UNITS",
    "AVERAGE",
    "EDITIONS",
    "ELECTRODE",
    "EVENTS",
    "FILE_TYPES",
    "HEADER",
    "HISTORY",
    "IMPEDANCE",
    "MONTAGE",
    "NONE",
    "NOTE",
    "OLD_ELECTRODE",
    "SEGMENT",
    "SPAN",
    "SYSTEM_1",
    "TITLE",
    "TRIGGER",
    "UNITS",
    "VIDEO",
    "ZONE",
    "ZONES",
    "Edition",
]

TITLE: Final = b"* MICROMED  Brain-Quick file *\x00\x1a"
#: A sample, time or duration that does not exist.
NONE: Final = 0xFFFFFFFF

#: The maker's constants; newer devices have numbers (35, 65) that no public list explains.
ACQUISITION_UNITS: Final[dict[int, str]] = {
    0: "BQ124", 1: "MS40 Holter", 2: "BQ132S", 6: "BQ124 card", 7: "SAM32 card", 8: "SAM25 card",
    9: "BQ132S reversed", 10: "SAM32 R card", 11: "SAM25 R card", 12: "SAM32 internal",
    13: "SAM25", 14: "SAM32 R", 15: "SAM25 R", 16: "SD", 17: "SD128", 18: "SD96", 19: "SD64",
    20: "SD128c", 21: "SD64c", 22: "BQ132S PCI", 23: "BQ132S R PCI",
}  # fmt: skip
#: Cn: n EEG inputs on a common reference; P: with inputs for polygraphy.
FILE_TYPES: Final[dict[int, str]] = {
    40: "C128", 42: "C84P", 44: "C84", 46: "C96", 48: "C63P", 50: "C63", 52: "C64", 54: "C42P",
    56: "C42", 58: "C32", 60: "C21P", 62: "C21", 64: "C19P", 66: "C19", 68: "C12", 70: "C8P",
    72: "C8", 74: "free", 76: "C25P", 78: "C27P", 80: "C24P", 82: "C25P", 84: "C27P", 86: "C31P",
    100: "C26P", 101: "C16P", 102: "C12P", 103: "32P", 120: "C48P", 121: "C56P", 122: "C24P",
    140: "C52P", 141: "64P", 160: "C88P", 161: "C80P", 162: "C72P", 180: "C120P", 181: "C112P",
    182: "C104P", 183: "C96P", 200: "C122P", 201: "C116P", 202: "C110P", 203: "C104P",
    204: "128P", 205: "96P",
}  # fmt: skip
UNITS: Final[dict[int, str]] = {
    -1: "nV", 0: "uV", 1: "mV", 2: "V", 100: "%", 101: "bpm", 102: "dimensionless",
}  # fmt: skip

HEADER: Final = Table(
    "Micromed header",
    [
        Field("title", "V32", 0, "names the format", default=TITLE),
        Field("laboratory", Text(32, pad=" "), 32, "where it was recorded"),
        Field("surname", Text(22, pad=" "), 64, "the patient's", private=True),
        Field("first_name", Text(20, pad=" "), 86, "the patient's", private=True),
        Field(
            "birth", ("u1", 3), 106, "the patient's; zeros: unknown",
            convert=Moment("MDY", year0=1900), private=True,
        ),
        Field(
            "start", ("u1", 6), 128, "when the recording began, by the local clock",
            convert=Moment("DMYhms", year0=1900),
        ),
        Field("acquisition_unit", "<i2", 134, "the device", convert=Enum(ACQUISITION_UNITS)),
        Field("file_type", "<u2", 136, "set-up of the acquisition", convert=Enum(FILE_TYPES)),
        Field("data_start", "<u4", 138, "byte of the first sample"),
        Field("n_channels", "<u2", 142, "channels stored", allowed=range(1, 257)),
        Field("multiplexer", "<u2", 144, "bytes of a frame: one sample of each channel"),
        Field(
            "rate", "<u2", 146, "lowest rate, Hz; a channel's is this times its coefficient",
            allowed=Between(1, 65535),
        ),
        Field("bytes_per_sample", "<u2", 148, "unsigned integers", allowed={1, 2, 4}, default=2),
        Field("compression", "<u2", 150, "0: none; others have no public description"),
        Field("n_montages", "<u2", 152, "montages stored"),
        Field(
            "video_start", "<u4", 154, "first sample with digital video; 0xFFFFFFFF: none",
            when=OneOf("header_type", 3, 4, 5), default=NONE,
        ),
        Field("video_desync", "<u2", 158, "of MPEG, frames an hour",
              when=OneOf("header_type", 4, 5)),
        Field(
            "header_type", "u1", 175, "version of the layout", allowed={2, 3, 4, 5}, default=4,
        ),
    ],
    size=640,
)  # fmt: skip

ZONE: Final = Table(
    "zone",
    [
        Field("name", Text(8, pad=" "), 0, "padded with blanks, in type 5 with NUL"),
        Field("start", "<u4", 8, "absolute byte; 0: there is no such zone"),
        Field("length", "<u4", 12, "bytes; 0: there is no such zone"),
    ],
)
#: In the order of the zone table, which begins at byte 176.
ZONES: Final = (
    "ORDER", "LABCOD", "NOTE", "FLAGS", "TRONCA", "IMPED_B", "IMPED_E", "MONTAGE", "COMPRESS",
    "AVERAGE", "HISTORY", "DVIDEO", "EVENT A", "EVENT B", "TRIGGER",
)  # fmt: skip

_KIND: Final = (
    "of the input: 1 bipolar (else against G2), 2 marker, 4 oximeter, 8 DC, 16 bipolar as EEG"
)

ELECTRODE: Final = Table(
    "electrode",
    [
        Field("status", "u1", 0, "1: acquired; 2: no electrode but the set-up's name"),
        Field("type_bits", "u1", 1, _KIND),
        Field("label", Text(6), 2, "positive input"),
        Field("reference", Text(6), 8, "negative input", default="G2"),
        Field("logic_min", "<i4", 14, "lowest stored number"),
        Field("logic_max", "<i4", 18, "highest stored number", default=65535),
        Field("logic_ground", "<i4", 22, "stored number that means zero", default=32768),
        Field("physical_min", "<i4", 26, "value at logic_min, in units", default=-3200),
        Field("physical_max", "<i4", 30, "value at logic_max, in units", default=3200),
        Field("units", "<i2", 34, "", convert=Enum(UNITS)),
        Field("highpass", "<u2", 36, "stored as Hz times 1000", convert=Scale(1000, "Hz")),
        Field("highpass_type", "<u2", 38),
        Field("lowpass", "<u2", 40, "Hz; often 0"),
        Field("lowpass_type", "<u2", 42),
        Field("coefficient", "<u2", 44, "sampling rate / lowest rate; 0 means 1", default=1),
        Field("position", "<u2", 46, "place in the headbox; not the order of the data"),
        Field("latitude", "<f4", 48, "degrees, for maps"),
        Field("longitude", "<f4", 52, "degrees, for maps"),
        Field("in_maps", "u1", 56, "shown in maps"),
        Field("in_average", "u1", 57, "part of the average reference"),
        Field("description", Text(32), 58),
        Field("xyz", ("<f4", 3), 90, "place in space"),
        Field("coordinates", "<u2", 102, "type of the coordinates"),
    ],
    size=128,
)
OLD_ELECTRODE: Final = Table(
    "electrode (types 2 and 3)",
    [
        Field("type_bits", "<u2", 0, _KIND),
        Field("label", Text(6), 2, "positive input"),
        Field("reference", Text(6), 8, "negative input", default="G2"),
        Field("logic_min", "<u2", 14, "lowest stored number"),
        Field("logic_max", "<u2", 16, "highest stored number", default=65535),
        Field("logic_ground", "<u2", 18, "stored number that means zero", default=32768),
        Field("physical_min", "<i4", 20, "value at logic_min, in units", default=-3200),
        Field("physical_max", "<i4", 24, "value at logic_max, in units", default=3200),
        Field("units", "<i2", 28, "", convert=Enum(UNITS)),
        Field("highpass", "<u2", 30, "stored as Hz times 1000", convert=Scale(1000, "Hz")),
        Field("highpass_type", "<u2", 32),
        Field("lowpass", "<u2", 34, "Hz; often 0"),
        Field("lowpass_type", "<u2", 36),
        Field("coefficient", "<u2", 38, "sampling rate / lowest rate; 0 means 1", default=1),
        Field("position", "<u2", 40, "place in the headbox; not the order of the data"),
        Field("latitude", "<f4", 54, "degrees, for maps"),
        Field("longitude", "<f4", 58, "degrees, for maps"),
        Field("in_maps", "u1", 62, "shown in maps"),
        Field("in_average", "u1", 63, "part of the average reference"),
        Field("description", Text(32), 64),
    ],
    size=128,
)

NOTE: Final = Table(
    "note",
    [
        Field("sample", "<u4", 0, "frame in this file; in type 2, seconds"),
        Field("text", Text(40), 4, "longer ones are cut"),
    ],
)
#: Zones FLAGS and, after the name, EVENT A and B.
SPAN: Final = Table(
    "span",
    [
        Field("begin", "<u4", 0, "frame in this file"),
        Field("end", "<u4", 4, "frame in this file; 0: a point"),
    ],
)
EVENTS: Final = Table("events", [Field("name", Text(64), 0, "of the class; pairs follow")])
SEGMENT: Final = Table(
    "segment",
    [
        Field("time", "<u4", 0, "sample of the original recording where the segment begins"),
        Field("sample", "<u4", 4, "frame in this file where it begins"),
    ],
)
IMPEDANCE: Final = Table(
    "impedance",
    [
        Field("positive", "u1", 0, "kΩ by the maker's convention; 255: not measured"),
        Field("negative", "u1", 1, "the same"),
    ],
)
MONTAGE: Final = Table(
    "montage",
    [
        Field("lines", "<u2", 0, "traces"),
        Field("sectors", "<u2", 2),
        Field("base_time", "<u2", 4),
        Field("notch", "u1", 6),
        Field("view_reference", "u1", 7),
        Field("colour", ("u1", 128), 8),
        Field("selection", ("u1", 128), 136),
        Field("description", Text(64), 264),
        Field("inputs", ("<u2", (128, 2)), 328, "electrodes (first, second): first - second"),
        Field("highpass", ("<u4", 128), 840, "of a scale that sources dispute"),
        Field("lowpass", ("<u4", 128), 1352, "the same"),
        Field("reference", ("<u4", 128), 1864),
    ],
    size=4096,
)
AVERAGE: Final = Table(
    "average",
    [
        Field("n_traces", "<u4", 0, "traces averaged"),
        Field("n_files", "<u4", 4, "files averaged"),
        Field("before", "<u4", 8, "ms before the stimulus"),
        Field("after", "<u4", 12, "ms after it"),
        Field("weighted", "<u4", 16, "1: weighted"),
        Field("correct", "<u2", 20, "correct answers"),
        Field("wrong", "<u2", 22, "wrong answers"),
        Field("missing", "<u2", 24, "no answers"),
        Field("times", ("<f4", 5), 26, "mean, SD, maximum, minimum, ratio"),
    ],
    size=128,
)
#: The zone HISTORY begins with 128 of these; the montages of that time follow.
HISTORY: Final = Table("history", [Field("sample", "<u4", 0, "frame where the montage changed")])
VIDEO: Final = Table(
    "video",
    [
        Field("delay", "<i4", 0, "ms from the recording's start to the film's"),
        Field("duration", "<u4", 4, "ms; 0xFFFFFFFF: no film"),
        Field("number", "<u4", 8, "of the file VID_n.AVI"),
    ],
    size=16,
)
TRIGGER: Final = Table(
    "trigger",
    [
        Field("sample", "<u4", 0, "frame in this file; 0xFFFFFFFF ends the list", default=NONE),
        Field("code", "<u2", 4, "1 to 65535", default=65535),
    ],
)

#: What tells a file of type 0 or 1, which has no title, from any other file.
SYSTEM_1: Final = Table(
    "System 1 header",
    [
        Field("rate", "<u2", 8, "Hz", allowed=Between(1, 65535)),
        Field("header_type", "u1", 175, allowed={0, 1}),
        Field("data_start", "<u2", 182, allowed=Between(6176, 65535)),
        Field("n_channels", "<u2", 184, allowed=range(1, 33)),
        Field("start", ("u1", 6), 186, convert=Moment("MDYhms", year0=1900),
              allowed=Where("a date", lambda numbers: numbers < 156)),
    ],
    size=192,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """What differs between header types."""

    order: str = "<u2"
    electrode: Table = ELECTRODE
    zones: int = len(ZONES)
    #: Zones that are there only where the zone table names them.
    by_name_only: tuple[str, ...] = ()
    note_seconds: bool = False
    #: Whether the layout of montages is known.
    montages: bool = True
    confirmed: bool = True


EDITIONS: Final[dict[int, Edition]] = {
    2: Edition("u1", OLD_ELECTRODE, 9, (), True, False, False),
    3: Edition("u1", OLD_ELECTRODE, 14, ("DVIDEO", "EVENT A", "EVENT B"), False, False, False),
    4: Edition(),
    5: Edition(confirmed=False),
}
