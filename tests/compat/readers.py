"""A reader of a laboratory's own format, written as people write theirs on Neo's base classes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["lab_buffers", "lab_io", "lab_raw"]

_RATE = 1000.0


def lab_raw(library: Any) -> Any:
    """The raw reader, on a library's base class; it makes up its data."""
    base = library.rawio.baserawio

    class LabRawIO(base.BaseRawIO):  # type: ignore[misc, name-defined]  # either library's
        extensions = ["lab"]  # noqa: RUF012  # as Neo's own readers declare it
        rawmode = "one-file"

        def __init__(self, filename: str = "") -> None:
            base.BaseRawIO.__init__(self)
            self.filename = filename

        def _source_name(self) -> str:
            return self.filename

        def _parse_header(self) -> None:
            self._samples = np.arange(4000, dtype="int16").reshape(1000, 4)
            channels = [
                (f"c{i}", str(i), _RATE, "int16", "uV", 0.5, 0.0, "0", "0") for i in range(4)
            ]
            self.header = {
                "nb_block": 1,
                "nb_segment": [2],
                "signal_buffers": np.array([("b", "0")], base._signal_buffer_dtype),
                "signal_streams": np.array([("main", "0", "0")], base._signal_stream_dtype),
                "signal_channels": np.array(channels, base._signal_channel_dtype),
                "spike_channels": np.array(
                    [("u0", "0", "uV", 0.1, 0.0, 5, _RATE)], base._spike_channel_dtype
                ),
                "event_channels": np.array(
                    [("trig", "0", "event"), ("rest", "1", "epoch")], base._event_channel_dtype
                ),
            }
            self._generate_minimal_annotations()
            block = self.raw_annotations["blocks"][0]
            block["name"] = "lab"
            for segment in block["segments"]:
                segment["signals"][0]["rig"] = "two"
                segment["signals"][0]["__array_annotations__"]["impedance"] = np.arange(4.0)
                segment["spikes"][0]["quality"] = "good"
                segment["events"][0]["nickname"] = "t"

        def _segment_t_start(self, block_index: int, seg_index: int) -> float:
            return 2.0 * seg_index

        def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
            return 2.0 * seg_index + 1

        def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
            return len(self._samples)

        def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
            return self._segment_t_start(block_index, seg_index)

        def _get_analogsignal_chunk(
            self, block_index: int, seg_index: int, i_start: Any, i_stop: Any, stream_index: int,
            channel_indexes: Any,
        ) -> Any:  # fmt: skip
            columns = slice(None) if channel_indexes is None else channel_indexes
            return self._samples[i_start:i_stop][:, columns]

        def _spike_count(self, block_index: int, seg_index: int, unit: int) -> int:
            return 3

        def _get_spike_timestamps(
            self, block_index: int, seg_index: int, unit: int, t_start: Any, t_stop: Any
        ) -> Any:
            ticks = np.array([100, 500, 900]) + 2000 * seg_index
            return ticks[self._within(ticks, t_start, t_stop)]

        def _within(self, ticks: Any, t_start: Any, t_stop: Any) -> Any:
            low = -np.inf if t_start is None else t_start
            high = np.inf if t_stop is None else t_stop
            return (ticks / _RATE >= low) & (ticks / _RATE <= high)

        def _rescale_spike_timestamp(self, ticks: Any, dtype: Any) -> Any:
            return ticks.astype(dtype) / _RATE

        def _get_spike_raw_waveforms(
            self, block_index: int, seg_index: int, unit: int, t_start: Any, t_stop: Any
        ) -> Any:
            n = len(self._get_spike_timestamps(block_index, seg_index, unit, t_start, t_stop))
            return np.arange(n * 20, dtype="int16").reshape(n, 1, 20)

        def _event_count(self, block_index: int, seg_index: int, channel: int) -> int:
            return 2

        def _get_event_timestamps(
            self, block_index: int, seg_index: int, channel: int, t_start: Any, t_stop: Any
        ) -> Any:
            ticks = np.array([10, 20]) + 2000 * seg_index
            kept = self._within(ticks, t_start, t_stop)
            lasting = np.array([5, 6])[kept] if channel else None
            return ticks[kept], lasting, np.array(["x", "y"], "U")[kept]

        def _rescale_event_timestamp(self, ticks: Any, dtype: Any, channel: int) -> Any:
            return ticks.astype(dtype) / _RATE

        def _rescale_epoch_duration(self, ticks: Any, dtype: Any, channel: int) -> Any:
            return ticks.astype(dtype) / _RATE

    return LabRawIO


def lab_io(library: Any) -> Any:
    """The IO class: the raw reader and Neo's bridge to its objects."""
    raw, bridge = lab_raw(library), library.io.basefromrawio.BaseFromRaw

    class LabIO(raw, bridge):  # type: ignore[misc, valid-type]  # either library's
        name = "Lab"
        mode = "file"
        _prefered_signal_group_mode = "group-by-same-units"

        def __init__(self, filename: str) -> None:
            raw.__init__(self, filename=filename)
            bridge.__init__(self, filename)

    return LabIO


def lab_buffers(library: Any) -> Any:
    """A raw reader that only says where the samples lie in its file: 16 bits, 4 channels."""
    base = library.rawio.baserawio

    class LabBufferRawIO(base.BaseRawWithBufferApiIO):  # type: ignore[misc, name-defined]  # either's
        rawmode = "one-file"

        def __init__(self, filename: str) -> None:
            base.BaseRawWithBufferApiIO.__init__(self)
            self.filename = filename

        def _source_name(self) -> str:
            return self.filename

        def _parse_header(self) -> None:
            self._buffer_descriptions = {0: {0: {"0": {
                "type": "raw", "file_path": self.filename, "dtype": "int16", "order": "C",
                "file_offset": 8, "shape": (500, 4),
            }}}}  # fmt: skip
            self._stream_buffer_slice = {"0": None}
            channels = [
                (f"c{i}", str(i), _RATE, "int16", "uV", 1.0, 0.0, "0", "0") for i in range(4)
            ]
            self.header = {
                "nb_block": 1,
                "nb_segment": [1],
                "signal_buffers": np.array([("b", "0")], base._signal_buffer_dtype),
                "signal_streams": np.array([("main", "0", "0")], base._signal_stream_dtype),
                "signal_channels": np.array(channels, base._signal_channel_dtype),
                "spike_channels": np.array([], base._spike_channel_dtype),
                "event_channels": np.array([], base._event_channel_dtype),
            }
            self._generate_minimal_annotations()

        def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
            return 0.0

        def _get_analogsignal_buffer_description(
            self, block_index: int, seg_index: int, buffer_id: str
        ) -> Any:
            return self._buffer_descriptions[block_index][seg_index][buffer_id]

    return LabBufferRawIO
