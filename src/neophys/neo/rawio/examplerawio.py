"""A reader without a file: made-up signals, spikes, events and epochs to try programs on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.neo.rawio.baserawio import (
    BaseRawIO,
    _event_channel_dtype,
    _signal_buffer_dtype,
    _signal_channel_dtype,
    _signal_stream_dtype,
    _spike_channel_dtype,
)
from neophys.neo.rawio.signals import columns_asked, rows_asked

__all__ = ["ExampleRawIO"]

_RATE = 10000.0
_GAIN = 1000.0 / 2**16
_STREAM_CHANNELS, _SAMPLES, _WAVEFORM_SAMPLES = 8, 100_000, 50
#: (start, stop) in seconds, by block and segment.
_SEGMENTS = (((0.0, 10.0), (15.0, 25.0)), ((0.0, 10.0), (20.0, 30.0), (60.0, 70.0)))
_EVENT_LABELS = np.array(["trigger_a", "trigger_b"] * 3, "U12")
_EPOCH_LABELS = np.array(["zoneX"] * 5 + ["zoneZ"] * 5, "U12")


class ExampleRawIO(BaseRawIO):
    """Made-up data, the same for every name; the file is not opened and need not exist.

    Two blocks of two and three segments, ten seconds each. Two streams of eight ``int16`` channels
    at 10 kHz (all zero), three units of 20 spikes with waveforms, a channel of six events and one
    of ten epochs. ``impedance`` and ``amplitudes`` among the array annotations are drawn from
    NumPy's global generator.
    """

    extensions: ClassVar[list[str]] = ["fake"]
    rawmode = "one-file"

    def __init__(self, filename: str | Path | None = "") -> None:
        super().__init__()
        self.filename = filename

    def _source_name(self) -> Any:
        return self.filename

    def _parse_header(self) -> None:
        channels = [
            (
                f"ch{i}",
                i + 1,
                _RATE,
                "int16",
                "uV" if i < 14 else "pA",
                _GAIN,
                0.0,
                *[str(i // 8)] * 2,
            )
            for i in range(2 * _STREAM_CHANNELS)
        ]
        units = [(f"unit{i}", f"#{i}", "uV", _GAIN, 0.0, 20, _RATE) for i in range(3)]
        marks = [("Some events", "ev_0", "event"), ("Some epochs", "ep_1", "epoch")]
        self.header = {
            "nb_block": len(_SEGMENTS),
            "nb_segment": [len(segments) for segments in _SEGMENTS],
            "signal_buffers": np.array(
                [(f"buffer {i}", f"{i}") for i in "01"], _signal_buffer_dtype
            ),
            "signal_streams": np.array([(f"stream {i}", i, i) for i in "01"], _signal_stream_dtype),
            "signal_channels": np.array(channels, _signal_channel_dtype),
            "spike_channels": np.array(units, _spike_channel_dtype),
            "event_channels": np.array(marks, _event_channel_dtype),
        }
        self._generate_minimal_annotations()
        for i, block in enumerate(self.raw_annotations["blocks"]):
            block |= {"name": f"Block #{i}", "block_extra_info": f"This is the block {i}"}
            for j, segment in enumerate(block["segments"]):
                segment["name"] = f"Seg #{j} Block #{i}"
                segment["seg_extra_info"] = f"This is the seg {j} of block {i}"
                self._annotate(segment, i, j)

    def _annotate(self, segment: dict[str, Any], block_index: int, seg_index: int) -> None:
        for i, signal in enumerate(segment["signals"]):
            signal["nickname"] = f"This stream {i} is from a subdevice"
            # The global generator on purpose: a program that seeds it gets the numbers it knows.
            drawn = np.random.rand(_STREAM_CHANNELS) * 10000  # noqa: NPY002  # see above
            signal["__array_annotations__"]["impedance"] = drawn
        for i, train in enumerate(segment["spikes"]):
            train["quality"] = "Good!!"
            drawn = np.random.randn(self.spike_count(block_index, seg_index, i))  # noqa: NPY002  # same
            train["__array_annotations__"]["amplitudes"] = drawn
        events, epochs = segment["events"]
        count = self.event_count(block_index, seg_index, 0)
        events["nickname"], epochs["nickname"] = "Miss Event 0", "MrEpoch 1"
        events["__array_annotations__"]["button"] = ["A"] * count

    def _segment_t_start(self, block_index: int, seg_index: int) -> float:
        return _SEGMENTS[block_index][seg_index][0]

    def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
        return _SEGMENTS[block_index][seg_index][1]

    # Signals.

    def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
        return _SAMPLES

    def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
        return self._segment_t_start(block_index, seg_index)

    def _get_analogsignal_chunk(
        self,
        block_index: int,
        seg_index: int,
        i_start: int | None,
        i_stop: int | None,
        stream_index: int,
        channel_indexes: Any,
    ) -> NDArray[Any]:
        start, stop = rows_asked(i_start, i_stop, _SAMPLES)
        if channel_indexes is not None and not isinstance(channel_indexes, slice):
            asked = np.asarray(channel_indexes)
            if ((asked < 0) | (asked >= _STREAM_CHANNELS)).any():
                raise IndexError(f"channels {asked.tolist()}: there are {_STREAM_CHANNELS}, from 0")
        columns, _ = columns_asked(channel_indexes, _STREAM_CHANNELS)
        count = np.arange(_STREAM_CHANNELS)[columns].size
        return np.zeros((stop - start, count), np.int16)

    # Spikes.

    def _spike_count(self, block_index: int, seg_index: int, spike_channel_index: int) -> int:
        return 20

    def _get_spike_timestamps(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any]:
        stamps = np.arange(0, 10000, 500) + self._segment_t_start(block_index, seg_index) * _RATE
        low = -np.inf if t_start is None else int(t_start * _RATE)
        high = np.inf if t_stop is None else int(t_stop * _RATE)
        return stamps[(stamps >= low) & (stamps <= high)]

    def _rescale_spike_timestamp(
        self, spike_timestamps: NDArray[Any], dtype: DTypeLike
    ) -> NDArray[Any]:
        times: NDArray[Any] = spike_timestamps.astype(dtype)
        times /= _RATE
        return times

    def _get_spike_raw_waveforms(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any]:
        count = self._get_spike_timestamps(
            block_index, seg_index, spike_channel_index, t_start, t_stop
        ).size
        # The numbers that this seed has always given, without reseeding the caller's generator.
        made = np.random.RandomState(2205).randint(
            -16, 16, size=count * _WAVEFORM_SAMPLES, dtype=np.int16
        )
        return made.reshape(count, 1, _WAVEFORM_SAMPLES)

    # Events.

    def _event_count(self, block_index: int, seg_index: int, event_channel_index: int) -> int:
        return (6, 10)[event_channel_index]

    def _get_event_timestamps(
        self, block_index: int, seg_index: int, event_channel_index: int, t_start: Any, t_stop: Any
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[Any]]:
        count = self._event_count(block_index, seg_index, event_channel_index)
        start = self._segment_t_start(block_index, seg_index)
        stamps = np.arange(count, dtype=np.float64) + event_channel_index * 0.5 + start
        keep = np.ones(count, bool)
        if t_start is not None:
            keep &= stamps >= t_start
        if t_stop is not None:
            keep &= stamps <= t_stop
        if event_channel_index == 0:
            return stamps[keep], None, _EVENT_LABELS[keep]
        return stamps[keep], np.full(count, 0.25)[keep], _EPOCH_LABELS[keep]

    def _rescale_event_timestamp(
        self, event_timestamps: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        return event_timestamps.astype(dtype)

    def _rescale_epoch_duration(
        self, raw_duration: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        return raw_duration.astype(dtype)
