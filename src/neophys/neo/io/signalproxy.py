"""Proxies of signals."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.kernels import Calibration
from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import BaseNeo, copy_annotations
from neophys.neo.core.dataobject import ArrayDict
from neophys.neo.core.timequantity import Time, scalar_time
from neophys.neo.core.units import HERTZ, SECOND, Unit, quantity, unit, unit_of
from neophys.neo.io.baseproxy import BaseProxy
from neophys.neo.io.signalunits import signal_unit
from neophys.neo.io.timeslices import sample_window, seconds_of
from neophys.neo.rawio.engine import EngineRawIO
from neophys.neo.rawio.signals import rows_asked

__all__ = ["AnalogSignalProxy"]

_ALL = slice(None)
#: A reader may override any of these: then its signals are read through them.
_SIGNAL_METHODS = (
    "_get_analogsignal_chunk",
    "get_analogsignal_chunk",
    "rescale_signal_raw_to_float",
)


def _reads_through_engine(rawio: Any) -> bool:
    return isinstance(rawio, EngineRawIO) and all(
        getattr(type(rawio), name) is getattr(EngineRawIO, name) for name in _SIGNAL_METHODS
    )


class AnalogSignalProxy(BaseProxy):
    """A signal that is not read yet.

    Parameters
    ----------
    rawio
        A raw reader whose header is parsed.
    stream_index, block_index, seg_index : int
    inner_stream_channels
        Positions in the stream; None: all channels. They must have the same units.

    Attributes
    ----------
    shape : tuple
        (samples, channels)
    t_start, t_stop, duration, sampling_rate, sampling_period, units : Quantity
    dtype : str
        Of the samples as stored.
    """

    _parent_objects = ("Segment",)
    _necessary_attrs = (("sampling_rate", pq.Quantity, 0), ("t_start", pq.Quantity, 0))
    _recommended_attrs = BaseNeo._recommended_attrs
    proxy_for = AnalogSignal

    def __init__(
        self,
        rawio: Any = None,
        stream_index: Any = None,
        inner_stream_channels: Any = None,
        block_index: int = 0,
        seg_index: int = 0,
    ) -> None:
        self._rawio = rawio
        self._block_index, self._seg_index = block_index, seg_index
        self._stream_index = stream_index
        inner = _ALL if inner_stream_channels is None else inner_stream_channels
        self._inner_stream_channels = inner
        header = rawio.header["signal_channels"]
        stream_id = rawio.header["signal_streams"][stream_index]["id"]
        in_stream = np.flatnonzero(header["stream_id"] == stream_id)
        self._nb_total_chann_in_stream = len(in_stream)
        self._global_channel_indexes = in_stream[inner]
        self._nb_chan = len(self._global_channel_indexes)
        channels = header[self._global_channel_indexes]
        for field, error in (("units", ValueError), ("dtype", TypeError)):
            if len(np.unique(channels[field])) != 1:
                raise error(f"the channels of one signal must have the same {field}")
        if len(np.unique(channels["sampling_rate"])) != 1:
            raise ValueError("the channels of one signal must have the same sampling_rate")
        self._unit = signal_unit(channels["units"][0])
        self.dtype = channels["dtype"][0]
        self._rate = float(channels["sampling_rate"][0])
        self.shape = (rawio.get_signal_size(block_index, seg_index, stream_index), self._nb_chan)
        self._start = float(rawio.get_signal_t_start(block_index, seg_index, stream_index))
        self._through_engine = _reads_through_engine(rawio)
        # Positions in the stream.
        self._columns: Any = _ALL
        if not (isinstance(inner, slice) and inner == _ALL):
            self._columns = np.arange(len(in_stream), dtype=np.int64)[inner]
        # The stream's calibration, the columns that were last read, and theirs.
        self._cut: tuple[Calibration, bytes, Calibration] | None = None

        annotations, arrays = self._known("signals", stream_index)
        arrays = {key: np.asarray(values)[inner] for key, values in arrays.items()}
        super().__init__(array_annotations=arrays, **annotations)

    @property
    def units(self) -> pq.Quantity:
        """One of the signal's unit."""
        return quantity(1.0, self._unit)

    @units.setter
    def units(self, units: Any) -> None:
        self._unit = unit(units)

    @property
    def sampling_rate(self) -> pq.Quantity:
        """Samples per second."""
        return quantity(self._rate, HERTZ)

    @sampling_rate.setter
    def sampling_rate(self, rate: pq.Quantity) -> None:
        self._rate = float(rate.rescale("Hz").magnitude)

    @property
    def sampling_period(self) -> Time:
        """One over the rate."""
        return scalar_time(1.0 / self._rate, HERTZ.inverse)

    @property
    def t_start(self) -> Time:
        """Time of the first sample."""
        return scalar_time(self._start, SECOND)

    @t_start.setter
    def t_start(self, time: Any) -> None:
        self._start = seconds_of(time)

    @property
    def duration(self) -> Time:
        """Number of samples over the rate."""
        return scalar_time(self.shape[0] / self._rate, HERTZ.inverse)

    @property
    def t_stop(self) -> Time:
        """Time one period after the last sample."""
        return scalar_time(self._start + self.shape[0] / self._rate, SECOND)

    def _state(self) -> dict[str, Any]:
        return {**self.__dict__, "_cut": None}

    def __getstate__(self) -> dict[str, Any]:
        return self._state()

    def _summary(self) -> str:
        n, channels = self.shape
        return (
            f"{n} samples x {channels} channels, {self._unit.string}, {self._rate:g} Hz,"
            f" {self._start:g} s to {self._start + n / self._rate:g} s"
        )

    def _time_slice_indices(
        self, time_slice: Any, strict_slicing: bool = True
    ) -> tuple[int | None, int | None, Time]:
        """The first sample of a window, the one after its last, and the first one's time."""
        i_start, i_stop, start = sample_window(
            time_slice, strict_slicing, self._start, self._rate, self.shape[0]
        )
        return i_start, i_stop, scalar_time(start, SECOND)

    def load(  # type: ignore[override]  # Neo's base takes any argument
        self,
        time_slice: Any = None,
        strict_slicing: bool = True,
        channel_indexes: Any = None,
        magnitude_mode: str = "rescaled",
    ) -> AnalogSignal:
        """Read the signal, or a window and channels of it.

        Parameters
        ----------
        time_slice
            None, or start and stop: quantities, or numbers in seconds; None is the signal's own
            limit. See :func:`~neophys.neo.io.timeslices.sample_window` for the rounding.
        strict_slicing
            Refuse limits outside the signal with a ValueError.
        channel_indexes
            Positions in this signal: list, array, slice or mask; None: all.
        magnitude_mode
            ``"rescaled"``: float32 (float64 for float64 samples) in the signal's units, by the
            gains and offsets that the header has now. ``"raw"``: as stored, in units of gain
            times unit, where all gains are equal and all offsets 0.

        Returns
        -------
        AnalogSignal
        """
        i_start, i_stop, start = sample_window(
            time_slice, strict_slicing, self._start, self._rate, self.shape[0]
        )
        columns: Any = self._columns
        arrays: dict[str, Any] = self.array_annotations
        name = self.name
        if channel_indexes is not None:
            columns = self._chosen(channel_indexes)
            arrays = {key: values[channel_indexes] for key, values in arrays.items()}
            if self._count(columns) != self._nb_chan:
                name = f"slice of  {name}"
        of = self._unit
        if magnitude_mode == "rescaled":
            values = self._rescaled(i_start, i_stop, columns)
        elif magnitude_mode == "raw":
            of = self._raw_unit()
            values = self._rawio.get_analogsignal_chunk(
                self._block_index, self._seg_index, i_start, i_stop, self._stream_index,
                _for_reader(columns),
            )  # fmt: skip
        else:
            raise ValueError(f"magnitude_mode is 'rescaled' or 'raw', not {magnitude_mode!r}")
        return self._made(values, of, start, name, arrays)

    def _made(
        self, values: NDArray[Any], of: Unit, start: float, name: Any, arrays: dict[str, Any]
    ) -> AnalogSignal:
        """The signal of some values; its metadata are its own."""
        copied = {key: array.copy() for key, array in arrays.items()}
        return AnalogSignal._from_parts(
            values, of, start, self._rate, name, self.description, self.file_origin,
            copy_annotations(self.annotations), ArrayDict.trusted(values.shape[1], copied),
        )  # fmt: skip

    def __getitem__(self, key: Any) -> Any:
        """What the loaded signal gives for `key`, of which only those samples are read.

        A slice of rows, alone or with a choice of channels, gives a signal; a row or a single
        sample a plain quantity.
        """
        rows, channels = key if isinstance(key, tuple) and len(key) == 2 else (key, _ALL)
        if isinstance(rows, int | np.integer):
            row = range(self.shape[0])[rows]
            of_row = self._part(row, row + 1, _ALL)
            return of_row[0] if channels is _ALL else of_row[0, channels]
        if not isinstance(rows, slice) or channels is None:
            return self.load()[key]
        start, stop, step = rows.indices(self.shape[0])
        span = range(start, stop, step)
        low, high = max(start, 0), max(start, 0)
        if len(span):
            low, high = min(span[0], span[-1]), max(span[0], span[-1]) + 1
        if isinstance(channels, int | np.integer):
            channels = [channels]
        return self._part(low, high, channels)[::step]

    def _part(self, low: int, high: int, channels: Any) -> AnalogSignal:
        """Samples and channels by position, under the signal's own name."""
        values = self._rescaled(low, high, self._chosen(channels))
        arrays = {key: array[channels] for key, array in self.array_annotations.items()}
        made = self._made(values, self._unit, self._start, self.name, arrays)
        made._meta.start = made._start_of(low)
        made.segment = self.segment
        return made

    def _chosen(self, channel_indexes: Any) -> Any:
        """Positions in the stream of some of this signal's channels."""
        own = self._columns
        if isinstance(channel_indexes, slice) and channel_indexes == _ALL:
            return own
        if isinstance(own, slice):
            own = np.arange(self._nb_chan, dtype=np.int64)
        chosen: NDArray[np.int64] = own[channel_indexes]
        if chosen.ndim != 1:
            raise TypeError("channel_indexes must choose channels, not be the number of one")
        return chosen

    def _count(self, columns: Any) -> int:
        return self._nb_chan if isinstance(columns, slice) else len(columns)

    def _rescaled(self, i_start: int | None, i_stop: int | None, columns: Any) -> NDArray[Any]:
        if not self._through_engine:
            return self._rescaled_by_reader(i_start, i_stop, columns)
        direct = self._rawio._direct(self._block_index, self._seg_index, self._stream_index)
        calibration = direct.calibration()
        if type(columns) is not slice:
            chosen, cut = columns.tobytes(), self._cut
            if cut is None or cut[0] is not calibration or cut[1] != chosen:
                cut = self._cut = calibration, chosen, calibration.columns(columns)
            calibration = cut[2]
        start, stop = rows_asked(i_start, i_stop, direct.samples.n_samples)
        values: NDArray[Any] = direct.samples.physical(
            start, stop, columns, calibration, direct.dtype
        )
        return values

    def _rescaled_by_reader(
        self, i_start: int | None, i_stop: int | None, columns: Any
    ) -> NDArray[Any]:
        chosen = _for_reader(columns)
        raw = self._rawio.get_analogsignal_chunk(
            block_index=self._block_index,
            seg_index=self._seg_index,
            i_start=i_start,
            i_stop=i_stop,
            stream_index=self._stream_index,
            channel_indexes=chosen,
        )
        # However the header spells it ("float64", "<f8"): doubles stay doubles.
        dtype = "float64" if raw.dtype == np.float64 else "float32"
        values: NDArray[Any] = self._rawio.rescale_signal_raw_to_float(
            raw, dtype=dtype, stream_index=self._stream_index, channel_indexes=chosen
        )
        return values

    def _raw_unit(self) -> Unit:
        channels = self._rawio.header["signal_channels"]
        gains = channels["gain"][self._global_channel_indexes]
        offsets = channels["offset"][self._global_channel_indexes]
        if np.any(gains != gains[0]) or np.any(offsets != 0):
            raise ValueError("magnitude_mode='raw' needs equal gains and no offsets")
        return _scaled_unit(float(gains[0]), self._unit)

    @property
    def _raw_units(self) -> Any:
        try:
            return quantity(1.0, self._raw_unit())
        except ValueError:
            return None


@lru_cache(maxsize=256)
def _scaled_unit(gain: float, of: Unit) -> Unit:
    """``gain * unit`` as one unit; quantities evaluates its text, which takes long."""
    return unit_of(pq.CompoundUnit(f"{gain}*{of.string}")._dimensionality)


def _for_reader(columns: Any) -> Any:
    """Positions as a reader takes them: None for all."""
    return None if isinstance(columns, slice) and columns == _ALL else columns
