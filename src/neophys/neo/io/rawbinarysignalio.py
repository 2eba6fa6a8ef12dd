"""Raw binary files, read and written: an array of numbers that the caller declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from neophys.errors import MissingFileError
from neophys.neo import rawio
from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import NeoReadWriteError
from neophys.neo.core.block import Block
from neophys.neo.core.segment import Segment
from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio.classes import with_signature
from neophys.neo.rawio.engine import header_of
from neophys.neo.readers import reader_of
from neophys.neo.readers.view import View, ViewSegment
from neophys.source.writing import replacing

__all__ = ["RawBinarySignalIO"]

#: Samples of all channels that are converted at a time.
_TILE: Final = 1 << 20
_NOTHING: Final = View((), (), (), ((ViewSegment(0, 0, 0.0, 0.0, ()),),))


def _begin(self: Any, arguments: dict[str, Any]) -> None:
    rawio.RawBinarySignalRawIO.__init__(self, **arguments)
    BaseFromRaw.__init__(self, arguments["filename"])


class RawBinarySignalIO(rawio.RawBinarySignalRawIO, BaseFromRaw):  # type: ignore[misc]  # made there
    """Reads and writes one segment of signals as plain numbers.

    Parameters
    ----------
    filename
        One that does not exist can be written.
    dtype, nb_channel
        Type of the numbers, and how many form a row.
    sampling_rate
        Hz.
    signal_gain, signal_offset
        Values are numbers * gain + offset; they have no units.
    bytesoffset
        Bytes before the first number.
    """

    is_readable = True
    is_writable = True
    supported_objects: ClassVar[Any] = [Segment, AnalogSignal]
    readable_objects: ClassVar[Any] = [Segment]
    writeable_objects: ClassVar[Any] = [Segment]

    _prefered_signal_group_mode = "group-by-same-units"

    __init__ = with_signature(reader_of("rawbinary").io_parameters, _begin)

    def _parse_header(self) -> None:
        if Path(self.filename).exists():
            super()._parse_header()
            return
        # It may be about to be written.
        self.close()
        self._view, self._annotations, self._is_parsed = _NOTHING, None, False
        self.header = header_of(_NOTHING)

    def _check_there(self) -> None:
        if not self._is_parsed:
            raise MissingFileError(f"{self.filename}: no such file, and nothing written yet")

    def read_segment(self, *args: Any, **kargs: Any) -> Segment:
        """As :meth:`BaseFromRaw.read_segment`."""
        self._check_there()
        return super().read_segment(*args, **kargs)  # type: ignore[no-any-return]  # made at run time

    def read_block(self, *args: Any, **kargs: Any) -> Block:
        """As :meth:`BaseFromRaw.read_block`."""
        self._check_there()
        return super().read_block(*args, **kargs)  # type: ignore[no-any-return]  # made at run time

    def write_segment(self, segment: Segment) -> None:
        """Write the analog signals of a segment, side by side, as numbers of the declared type.

        The file appears when it is whole. Numbers are ``(value - offset) / gain``, in the signals'
        own units; for integer types they are rounded to the nearest.

        Raises
        ------
        NotImplementedError
            There are bytes before the first number.
        NeoReadWriteError
            No signals; several of which one has several channels; values that the type cannot
            hold.
        ValueError
            Signals of different length, sampling rate or type.
        """
        if self.bytesoffset:
            raise NotImplementedError("writing behind other bytes: bytesoffset must be 0")
        signals = _fitting(segment.analogsignals)
        arrays = [np.asarray(signal.magnitude) for signal in signals]
        step = max(_TILE // sum(array.shape[1] for array in arrays), 1)
        with replacing(Path(self.filename)) as file:
            for first in range(0, len(arrays[0]), step):
                rows = np.concatenate([array[first : first + step] for array in arrays], axis=1)
                file.write(self._numbers(rows).tobytes())
        self._compare(signals)
        self.parse_header()

    def _numbers(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values as stored; a copy."""
        gain, offset = (np.asarray(x, np.float64) for x in (self.signal_gain, self.signal_offset))
        dtype: np.dtype[Any] = np.dtype(self.dtype)
        if not (gain != 1).any() and not (offset != 0).any() and values.dtype == dtype:
            return values
        made = (values - offset) / gain
        if made.shape != values.shape:
            raise ValueError(f"{values.shape[1]} channels, and gains or offsets for others")
        if dtype.kind == "f":
            with np.errstate(over="ignore"):
                stored = made.astype(dtype)
            self._refuse(made, np.isfinite(made) & ~np.isfinite(stored), np.finfo(dtype))
            return stored
        made = np.rint(made)
        limits = np.iinfo(dtype)
        # Written so that NaN is outside, too; a double may round the limits of 64 bits up.
        outside = ~((made >= limits.min) & (made < float(limits.max) + 1))
        self._refuse(made, outside, limits)
        return made.astype(dtype)

    def _refuse(self, numbers: NDArray[Any], outside: NDArray[np.bool_], limits: Any) -> None:
        """NeoReadWriteError where some numbers are outside of a type's limits."""
        if outside.any():
            raise NeoReadWriteError(
                f"{self.filename}: {numbers[outside][0]:g} ({outside.sum()} values in all) is not a"
                f" number of {limits.dtype} ({limits.min} to {limits.max}): choose another dtype"
                " or gain"
            )

    def _compare(self, signals: list[Any]) -> None:
        """Warn where what was written is not what is declared for reading."""
        columns = sum(signal.shape[1] for signal in signals)
        rate = float(signals[0].sampling_rate.rescale("Hz").magnitude)
        if columns != self.nb_channel or rate != self.sampling_rate:
            self.logger.warning(
                "%s has %s channels at %s Hz; declared are %s at %s Hz",
                self.filename, columns, rate, self.nb_channel, self.sampling_rate,
            )  # fmt: skip


def _fitting(signals: Any) -> list[Any]:
    """The signals, if they can lie side by side."""
    fitting: list[Any] = list(signals)
    if not fitting:
        raise NeoReadWriteError("the segment has no analog signals to write")
    if len(fitting) > 1 and fitting[0].shape[1] != 1:
        raise NeoReadWriteError("several signals are written only if each has one channel")
    for name in ("shape", "sampling_rate", "dtype"):
        values = [getattr(signal, name) for signal in fitting]
        odd = next((value for value in values if value != values[0]), None)
        if odd is not None:
            raise ValueError(f"signals differ in {name}: {values[0]} and {odd}")
    return fitting
