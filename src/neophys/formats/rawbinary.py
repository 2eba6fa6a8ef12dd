"""Raw binary: one rectangular array of numbers, of which the caller says everything.

Such a file says nothing about itself, so it is never recognised: ``neophys.open(path,
format="rawbinary", dtype="int16", sampling_rate=30000, nb_channel=64)``. The practice of spike
sorters and old acquisition systems (``.dat``, ``.bin``, ``.raw``); see docs/formats/rawbinary.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Final

import numpy as np

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Metadata,
    Piece,
    Segment,
    SignalData,
    Stream,
    Subject,
    channel_table,
)
from neophys.errors import HeaderError, TruncatedError, UnsupportedError
from neophys.formats import Format, Report
from neophys.layout.records import plain
from neophys.source.bundle import Bundle

__all__ = ["FORMAT", "Options"]

#: Pieces begin at whole nanoseconds: `t_start` is any number of seconds.
CLOCK: Final = Clock(1e9)
_MOST_CHANNELS: Final = 1 << 20
_LATEST: Final = 9e9  # seconds: nanoseconds in 64 bits end a little later


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments of ``open``: what the file holds.

    Attributes
    ----------
    dtype
        Type of a number in the file, byte order included: integers of 1 to 8 bytes, floats of 4
        or 8 (``"int16"``, ``">f4"``). This, `sampling_rate` and `nb_channel` must be given.
    sampling_rate
        Hz.
    nb_channel
        Channels, at least 1.
    signal_gain, signal_offset
        Physical is raw * gain + offset; a number, or one a channel.
    bytesoffset
        Bytes before the first sample.
    order
        ``"C"``: a sample of each channel, then the next ones; ``"F"``: one channel after the
        other.
    units
        Of the physical values: a text, or one a channel.
    channel_names
        A text a channel; ``ch0``, ``ch1`` ... where there are none.
    t_start
        Seconds: time of the first sample, to the nanosecond.
    n_samples
        Samples of each channel; None: as many as the file holds.

    Raises
    ------
    ValueError
        Naming the argument and what is allowed.
    UnsupportedError
        A `dtype` that is no plain number.
    """

    dtype: Any = None
    sampling_rate: Any = None
    nb_channel: Any = None
    signal_gain: Any = 1.0
    signal_offset: Any = 0.0
    bytesoffset: int = 0
    order: str = "C"
    units: Any = ""
    channel_names: Any = None
    t_start: float = 0.0
    n_samples: int | None = None

    def __post_init__(self) -> None:
        for name in ("dtype", "sampling_rate", "nb_channel"):
            _require(name, None, getattr(self, name) is not None, "given: no such file says it")
        _require("sampling_rate", self.sampling_rate, _finite(self.sampling_rate, 0.0), "Hz, > 0")
        channels = _whole(self.nb_channel, 1) and self.nb_channel <= _MOST_CHANNELS
        _require("nb_channel", self.nb_channel, channels, f"a number from 1 to {_MOST_CHANNELS}")
        _require("bytesoffset", self.bytesoffset, _whole(self.bytesoffset, 0), "bytes, from 0")
        _require("order", self.order, self.order in ("C", "F"), "'C' or 'F'")
        start = _finite(self.t_start, -_LATEST) and self.t_start < _LATEST
        _require("t_start", self.t_start, start, f"seconds, below {_LATEST:g}")
        samples = self.n_samples is None or _whole(self.n_samples, 0)
        _require("n_samples", self.n_samples, samples, "a number from 0, or None")
        put = object.__setattr__
        put(self, "dtype", _number_type(self.dtype))
        for name, kind in (("signal_gain", Real), ("signal_offset", Real), ("units", str)):
            put(self, name, self._one_each(name, kind))
        if self.channel_names is not None:
            put(self, "channel_names", self._one_each("channel_names", str))

    def _one_each(self, name: str, kind: type) -> tuple[Any, ...]:
        """The values of all channels, hashable as the keys of scans are."""
        given = getattr(self, name)
        single = np.ndim(given) == 0 and name != "channel_names"
        values = (given,) * self.nb_channel if single else tuple(given)
        what = f"one {'text' if kind is str else 'finite number'} for each of the channels"
        fits = len(values) == self.nb_channel and all(isinstance(x, kind) for x in values)
        _require(name, given, fits and (kind is str or np.isfinite(values).all()), what)
        return tuple(map(str if kind is str else float, values))


def _require(name: str, value: object, fits: Any, allowed: str) -> None:
    if not fits:
        raise HeaderError("", None, name, value, f"must be {allowed}")


def _finite(value: object, above: float) -> bool:
    return isinstance(value, Real) and math.isfinite(value) and float(value) > above


def _whole(value: object, least: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def _number_type(given: object) -> np.dtype[Any]:
    try:
        dtype: np.dtype[Any] = np.dtype(given)  # type: ignore[call-overload]  # from a caller
    except (TypeError, ValueError):
        raise HeaderError("", None, "dtype", given, "must be a type of NumPy's") from None
    if dtype.kind not in "iuf" or dtype.itemsize > 8 or dtype == np.float16:
        raise UnsupportedError(f"dtype {given!r}: only integers, and floats of 4 or 8 bytes")
    return dtype


def scan(bundle: Bundle, options: Options, report: Report) -> Contents:
    """Lay the declared array over the file: of the file, its length is all that is asked.

    Raises
    ------
    TruncatedError
        The file ends before its first sample, or (``order="F"``) before its last channel.
    HeaderError
        ``order="F"`` and a length that is not one of whole channels.
    """
    n = _rows(bundle, options, report)
    k, axis = options.nb_channel, 0 if options.order == "C" else 1
    layout = plain(bundle.main, options.bytesoffset, n, k, options.dtype, time_axis=axis)
    start_tick = round(options.t_start * CLOCK.rate)
    pieces = (Piece(start_tick, n, layout),) if n else ()
    numbers = list(map(str, range(k)))
    channels = channel_table(
        name=options.channel_names or [f"ch{i}" for i in numbers],
        id=numbers,
        units=options.units,
        gain=options.signal_gain,
        offset=options.signal_offset,
    )
    rate = float(options.sampling_rate)
    stream = Stream("0", "Signals", rate, channels, options.dtype, CLOCK)
    start = float(CLOCK.seconds(start_tick))
    segment = Segment((SignalData(pieces),), (), (), start, start + n / rate)
    return Contents(
        format=FORMAT.name,
        streams=(stream,),
        event_channels=(),
        spike_units=(),
        blocks=(Block((segment,)),),
        metadata=Metadata(),
        subject=Subject(),
        issues=tuple(report.issues),
        files=(bundle.main,),
    )


def _rows(bundle: Bundle, options: Options, report: Report) -> int:
    """Samples of each channel; what does not fit the declaration is told."""
    size, file, at = bundle.source(bundle.main).size, bundle.main, options.bytesoffset
    if at > size:
        raise TruncatedError(file, at, 1, size - at, "bytesoffset")
    row: int = options.dtype.itemsize * options.nb_channel
    there, rest = (size - at) // row, (size - at) % row
    wanted: int | None = options.n_samples
    shape = f"rows of {row} bytes ({options.nb_channel} x {options.dtype})"
    if options.order == "F":
        if wanted is not None and wanted > there:
            raise TruncatedError(file, at, wanted * row, size - at, "n_samples")
        if wanted is None and rest:
            message = f"must be {shape}: {rest} bytes too many, so channels would be misplaced"
            raise HeaderError(file, None, "length", size - at, message)
    if wanted is None:
        if rest:
            message = f"{rest} bytes after the last of {there} {shape}: is the declaration right?"
            report("warning", file, message, offset=size - rest)
        return there
    if wanted > there:
        message = f"the file ends early: {there} of {wanted} {shape} are there"
        report("error", file, message, offset=size, field="n_samples")
    elif size - at > wanted * row:
        message = f"{size - at - wanted * row} bytes after the {wanted} {shape} asked for"
        report("info", file, message, offset=at + wanted * row)
    return min(wanted, there)


FORMAT = Format(
    name="rawbinary",
    label="Raw binary, shape declared by the caller",
    vendor="any maker",
    # Names say nothing: a .dat may be anything, and is no sign of this.
    extensions=(),
    scan=scan,
    options=Options,
    spec="docs/formats/rawbinary.md",
)
