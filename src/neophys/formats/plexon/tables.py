"""The declared tables of a plx file: header, channel headers, data blocks.

Offsets and meanings are those of the maker's published header file; which field counts from
which version on, too. In older files such fields are padding and are not looked at.
"""

from __future__ import annotations

from typing import Final

from neophys.tables import Between, Bytes, Enum, Field, Moment, Since, Table, Text, Where

__all__ = [
    "BLOCK",
    "CONTINUOUS",
    "EVENT",
    "EVENT_CHANNEL",
    "FATAL",
    "HEADER",
    "SLOW",
    "SPIKE",
    "SPIKE_CHANNEL",
]

#: Types of data blocks; 2 and 3 are reserved and never written.
SPIKE, EVENT, CONTINUOUS = 1, 4, 5

_COUNT = Between(0, 32768)  # the maker's reader refuses more


def _text(width: int) -> Text:
    """A code page of eight bits by declaration; converters write UTF-8."""
    return Text(width, encoding=("utf-8", "cp1252"), strip="")


HEADER = Table(
    "file header",
    [
        Field("magic", Bytes(4), 0, "PLEX", allowed={b"PLEX"}, default=b"PLEX"),
        Field("version", "<i4", 4, "of the format", allowed=Between(99, 110), default=106),
        Field("comment", _text(128), 8, "free text"),
        Field(
            "tick_rate", "<i4", 136, "ticks of all time stamps, Hz (ADFrequency)",
            allowed=Where("1 or more", lambda rate: rate >= 1), default=40000,
        ),
        Field("n_spike_channels", "<i4", 140, "spike-channel headers", allowed=_COUNT),
        Field("n_event_channels", "<i4", 144, "event headers", allowed=_COUNT),
        Field("n_slow_channels", "<i4", 148, "continuous-channel headers", allowed=_COUNT),
        Field("points_wave", "<i4", 152, "samples of a waveform, nominal; the blocks tell"),
        Field("points_before", "<i4", 156, "samples before the threshold is crossed"),
        Field("date", ("<i4", 6), 160, "start, local time", convert=Moment("YMDhms")),
        Field("fast_read", "<i4", 184, "reserved"),
        Field("waveform_rate", "<i4", 188, "of the waveforms, Hz; 0: the tick rate"),
        Field("last_tick", "<f8", 192, "end of the session; often stale"),
        Field("trodality", "u1", 200, "1, 2 or 4", when=Since("version", 103)),
        Field("data_trodality", "u1", 201, "of the data's form", when=Since("version", 103)),
        Field("spike_bits", "u1", 202, "bits of a waveform sample", when=Since("version", 103)),
        Field("slow_bits", "u1", 203, "bits of a continuous sample", when=Since("version", 103)),
        Field("spike_max", "<u2", 204, "waveforms, zero to peak, mV", when=Since("version", 103)),
        Field("slow_max", "<u2", 206, "continuous, zero to peak, mV", when=Since("version", 103)),
        Field("spike_preamp", "<u2", 208, "gain before the channel's", when=Since("version", 105)),
        Field("acquired_by", _text(18), 210, "program, version", when=Since("version", 106)),
        Field("processed_by", _text(18), 228, "program, version", when=Since("version", 106)),
        Field("spike_counts", ("<i4", (130, 5)), 256, "by channel and unit; often stale"),
        Field("waveform_counts", ("<i4", (130, 5)), 2856, "the same with a waveform; often stale"),
        Field("event_counts", ("<i4", 512), 5456, "events by number, from 300 on samples; stale"),
    ],
    size=7504,
)  # fmt: skip

#: Without these nothing can be read; whatever else is off is an issue.
FATAL: Final = frozenset(
    ["magic", "version", "tick_rate", "n_spike_channels", "n_event_channels", "n_slow_channels"]
)

SPIKE_CHANNEL = Table(
    "spike-channel header",
    [
        Field("name", _text(32), 0, "of the channel"),
        Field("signal_name", _text(32), 32, "of the analog signal"),
        Field("channel", "<i4", 64, "number that blocks carry, from 1"),
        Field("rate_limit", "<i4", 68, "waveforms a second / 10"),
        Field("signal", "<i4", 72, "signal channel, from 1"),
        Field("reference", "<i4", 76, "signal channel, 0: none"),
        Field("gain", "<i4", 80, "total gain / that of the preamplifier (1000 below 105)"),
        Field("filter", "<i4", 84, "on or off"),
        Field("threshold", "<i4", 88, "in raw counts"),
        Field("method", "<i4", 92, "of sorting", convert=Enum({1: "boxes", 2: "templates"})),
        Field("n_units", "<i4", 96, "sorted units, nominal"),
        Field("templates", ("<i2", (5, 64)), 100, "of the units"),
        Field("fit", ("<i4", 5), 740, "of the templates"),
        Field("sort_width", "<i4", 760, "points to sort by"),
        Field("boxes", ("<i2", (5, 2, 4)), 764, "of the units"),
        Field("sort_begin", "<i4", 844, "first point to sort by"),
        Field("comment", _text(128), 848, "free text", when=Since("version", 105)),
        Field("source", "u1", 976, "of the data, by number", when=Since("version", 106)),
        Field("source_channel", "<u2", 978, "within the source", when=Since("version", 106)),
    ],
    size=1020,
)

EVENT_CHANNEL = Table(
    "event header",
    [
        Field("name", _text(32), 0, "of the event"),
        Field(
            "channel", "<i4", 32,
            "number that blocks carry: inputs from 1, keys from 101, 257 word, 258 start, 259 stop",
        ),
        Field("comment", _text(128), 36, "free text", when=Since("version", 105)),
        Field("source", "u1", 164, "of the data, by number", when=Since("version", 106)),
        Field("source_channel", "<u2", 166, "within the source", when=Since("version", 106)),
    ],
    size=296,
)  # fmt: skip

SLOW = Table(
    "continuous-channel header",
    [
        Field("name", _text(32), 0, "of the channel"),
        Field("channel", "<i4", 32, "number that blocks carry, from 0"),
        Field("rate", "<i4", 36, "samples, Hz", default=1000),
        Field("gain", "<i4", 40, "at the converter", default=1),
        Field("enabled", "<i4", 44, "on or off; only the blocks tell", default=1),
        Field("preamp", "<i4", 48, "gain before; 1000 below version 102", default=1),
        Field(
            "spike_channel", "<i4", 52, "that belongs to it, 0: none", when=Since("version", 104)
        ),
        Field("comment", _text(128), 56, "free text", when=Since("version", 105)),
        Field("source", "u1", 184, "of the data, by number", when=Since("version", 106)),
        Field("source_channel", "<u2", 186, "within the source", when=Since("version", 106)),
    ],
    size=296,
)

BLOCK = Table(
    "block header",
    [
        Field("type", "<i2", 0, "1 spike, 4 event, 5 continuous", allowed={1, 4, 5}),
        Field("upper", "<u2", 2, "bits 32 to 39 of the tick"),
        Field("lower", "<u4", 4, "bits 0 to 31 of the tick"),
        Field("channel", "<i2", 8, "number, as in the header of its kind"),
        Field("unit", "<i2", 10, "of a spike, 0: unsorted; the word of event 257"),
        Field("n_waves", "<i2", 12, "waveforms that follow; 0: none, whatever n_words says"),
        Field("n_words", "<i2", 14, "samples of each"),
    ],
)
