"""Neo's habits for EDF, EDF+ and BDF: a stream a rate, named by it; events and epochs apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Contents, EventTable
from neophys.neo.deviation import Deviation
from neophys.neo.readers import NeoReader
from neophys.neo.readers.view import (
    Part,
    View,
    ViewEvents,
    at_cuts,
    find_event_channel,
    stream_view,
)
from neophys.units import DIMENSIONLESS

__all__ = ["READER"]


def _is_point(table: EventTable) -> NDArray[np.bool_]:
    lengths = table.durations
    return np.ones(len(table), bool) if lengths is None else ~(lengths > 0)


def _is_epoch(table: EventTable) -> NDArray[np.bool_]:
    return ~_is_point(table)


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """Channels in the header's order, units as written; gaps cut segments."""
    streams = tuple(
        stream_view(
            contents,
            [Part(i)],
            name=f"stream ({(stream.sampling_rate,)} Hz)",
            id=str(i),
            dtype="int16" if stream.dtype.itemsize == 2 else "int32",
            units=_units(stream.channels),
        )
        for i, stream in enumerate(contents.streams)
    )
    channel = find_event_channel(contents, "annotations")
    events = tuple(
        ViewEvents(name, f"{kind}_channel", kind, channel, where, "float64", overlap=True)
        for name, kind, where in (("Event", "event", _is_point), ("Epoch", "epoch", _is_epoch))
    )
    blocks = at_cuts(contents, streams, tolerance=0.0, keep_events=True)
    return View(streams, events, (), blocks, _order(contents))


def _units(channels: NDArray[np.void]) -> NDArray[np.str_]:
    """As written; none where the limits calibrate nothing and stored numbers are the values."""
    written = channels["dimension"]
    bare = (channels["units"] == DIMENSIONLESS) & (written != "Boolean")
    return np.where(bare, "", written)


def _order(contents: Contents) -> NDArray[np.int64] | None:
    """The header's order of the channels, over all streams."""
    signals = [stream.channels["signal"] for stream in contents.streams]
    return np.argsort(np.concatenate(signals)) if signals else None


def _header(contents: Contents) -> dict[str, Any]:
    """The header's fields, as EDFlib names and spells them."""
    subject = contents.subject
    more = subject.other
    plus = "+" in contents.metadata.other["variant"]
    sex = {"F": "Female", "M": "Male"}.get(subject.sex, "")
    birth = f"{subject.birth_date:%d %b %Y}".lower() if subject.birth_date else ""
    return {
        "technician": more.get("technician", ""),
        "recording_additional": more.get("more on the recording", ""),
        "patientname": subject.name or ("X" if plus and "patient" not in more else ""),
        "patient_additional": more.get("more", ""),
        "patientcode": subject.id,
        "equipment": contents.metadata.device,
        "admincode": more.get("administration code", ""),
        "sex": sex,
        "startdate": contents.metadata.start,
        "birthdate": birth,
        "gender": sex,
    }


def _signal_headers(contents: Contents) -> list[dict[str, Any]]:
    """A dict for each signal in the header's order, as EDFlib names the fields."""
    found = [
        {
            "label": str(row["name"]),
            "dimension": str(row["dimension"]),
            "sample_frequency": float(stream.sampling_rate),
            "physical_max": float(row["physical_max"]),
            "physical_min": float(row["physical_min"]),
            "digital_max": int(row["digital_max"]),
            "digital_min": int(row["digital_min"]),
            "prefilter": str(row["prefilter"]),
            "transducer": str(row["transducer"]),
        }
        for stream in contents.streams
        for row in stream.channels
    ]
    order = _order(contents)
    return found if order is None else [found[i] for i in order]


def annotate(contents: Contents, arguments: Mapping[str, Any], annotations: dict[str, Any]) -> None:
    """The header's fields on the block."""
    block = annotations["blocks"][0]
    block |= {"name": "EDF Data Block", **_header(contents)}
    block["segments"][0]["name"] = "Seg #0 Block #0"
    if contents.streams:
        # Neo appends the channels' arrays behind the streams, where no signal has them.
        columns = [stream.channels["transducer"] for stream in contents.streams]
        transducers = np.concatenate(columns)[_order(contents)].tolist()
        extra = {"__array_annotations__": {"transducer": transducers}}
        block["segments"][0]["signals"].append(extra)


READER = NeoReader(
    format="edf",
    prefix="EDF",
    extensions=("edf",),
    rawmode="one-file",
    view=view,
    io_parameters={"filename": ""},
    annotate=annotate,
    # Programs that convert to NWB take the first from Neo's reader.
    members={
        "edf_header": lambda contents, *_: _header(contents),
        "signal_headers": lambda contents, *_: _signal_headers(contents),
    },
    name="EDF IO",
    description="IO for reading EDF and EDF+ files",
    deviations=(
        Deviation(
            "EDF-1", "edf",
            ("signal_channels.gain", "signal_channels.offset", "values", "*units"),
            "EDF: the digital limits mean the physical ones; equal ones mean nothing",
            "divides by digital maximum - minimum + 1, where that is 1 too",
            "by digital maximum - minimum; where that is 0, values are the stored numbers",
        ),
        Deviation(
            "EDF-2", "edf", ("samples*", "values", "signal_channels.dtype", "attributes"),
            "BDF: samples have 24 bits", "cuts them to 16, which wraps", "int32",
        ),
        Deviation(
            "EDF-3", "edf", ("events.durations", "events.labels"),
            "EDF+: the duration of an annotation may be absent",
            "an epoch that lasts -1 s", "an event",
        ),
        Deviation(
            "EDF-4", "edf", ("events.*", "event_count"),
            "EDF+: an annotation may lie at the start, before it, or after the end",
            "leaves these out, and those that last through a window; counts all in both channels",
            "all, each counted in its channel",
        ),
        Deviation(
            "EDF-5", "edf", ("annotations",),
            "EDF+: the first record's time is a fraction of a second after the header's",
            "a tenth of the fraction", "the fraction",
        ),
        Deviation(
            "EDF-6", "edf", ("refusal", "segments"), "EDF+D: records may leave gaps",
            "refuses EDF+D, and EDF+C with gaps", "a segment for each run of records",
        ),
        Deviation(
            "EDF-7", "edf", ("refusal",),
            "EDF: -1 records until the recording is closed; a cut file holds its whole records",
            "refuses", "reads what the file holds, with an issue",
        ),
        Deviation(
            "EDF-8", "edf", ("refusal",), "EDF+: a file may hold annotations alone",
            "IndexError", "no signals, and the annotations",
        ),
        Deviation(
            "EDF-9", "edf", ("refusal",),
            "what is odd in a header and does not concern the samples does not stop their reading",
            "refuses odd dates, years after 2084, non-ASCII text, commas, equal physical limits",
            "reads, with an issue",
        ),
        Deviation(
            "EDF-11", "edf", ("refusal", "samples"),
            "a file may be opened any number of times, a reader shared by threads",
            "refuses a second handle on a file; threads get each other's windows",
            "independent handles, exact windows",
        ),
        Deviation(
            "EDF-12", "edf",
            ("signal_streams*", "signal_channels*", "*annotations", "event*", "repr"),
            "a signal named EDF Annotations whose bytes are annotations holds no samples",
            "shows it as a signal where the header does not say EDF+", "events",
        ),
    ),
)  # fmt: skip
