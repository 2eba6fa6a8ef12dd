"""Neo's habits for raw binary files: a declaration with defaults, one stream ``Signals``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neophys.contents import Contents
from neophys.neo.deviation import Deviation
from neophys.neo.readers import REQUIRED, NeoReader
from neophys.neo.readers.view import Part, View, as_recorded, stream_view

__all__ = ["READER"]

_DECLARED = "the caller's declaration is all that is known of such a file"
_DEFAULTS = {
    "dtype": "int16",
    "sampling_rate": 10000.0,
    "nb_channel": 2,
    "signal_gain": 1.0,
    "signal_offset": 0.0,
    "bytesoffset": 0,
}


def options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The format's options have Neo's names."""
    return {name: arguments[name] for name in _DEFAULTS}


def view(contents: Contents, arguments: Mapping[str, Any]) -> View:
    """One stream; the type as the caller spelled it."""
    dtype = arguments["dtype"]
    if not isinstance(dtype, str):
        dtype = str(contents.streams[0].dtype)
    streams = (
        stream_view(contents, [Part(0)], name="Signals", id="0", dtype=dtype, buffer_id="0"),
    )
    return View(streams, (), (), as_recorded(contents, streams))


READER = NeoReader(
    format="rawbinary",
    prefix="RawBinarySignal",
    extensions=("raw", "bin", "dat"),
    rawmode="one-file",
    view=view,
    parameters={"filename": "", **_DEFAULTS},
    io_parameters={"filename": REQUIRED, **_DEFAULTS},
    options=options,
    buffers=True,
    deviations=(
        Deviation(
            "RAW-1", "rawbinary", ("samples.dtype",), "raw samples are handed out as numbers",
            "in the file's byte order", "in the machine's, with the same values",
        ),
        Deviation(
            "RAW-2", "rawbinary", ("refusal",), _DECLARED,
            "refuses a length that is no multiple of the number's", "whole rows, and an issue",
        ),
        Deviation(
            "RAW-3", "rawbinary", ("refusal",), "a file without samples has none",
            "cannot map an empty file", "a signal of no samples",
        ),
    ),
)  # fmt: skip
