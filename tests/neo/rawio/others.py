"""Readers as other people write them: one body, on Neo's base classes or on ours."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

__all__ = ["buffered", "full"]

N = 400


def full(base: ModuleType, float_type: str = "float64") -> Any:
    """A reader class with all of the hooks; `base` is a module ``neo.rawio.baserawio``.

    Two blocks of two segments; a stream of int16 in two units, one of doubles; two units with
    waveforms; two event channels and an epoch channel, each with a clock of its own.
    """

    class OtherRawIO(base.BaseRawIO):  # type: ignore[misc, name-defined]  # the base is an argument
        extensions: ClassVar = ["other"]
        rawmode = "one-file"

        def __init__(self, filename: str = "") -> None:
            base.BaseRawIO.__init__(self)
            self.filename = filename

        def _source_name(self) -> str:
            return self.filename

        def _parse_header(self) -> None:
            rows = [
                (
                    f"ch{i}",
                    str(i),
                    100.0,
                    "int16",
                    "uV" if i < 3 else "mV",
                    0.3 + i / 7,
                    i / 3,
                    "a",
                    "",
                )
                for i in range(5)
            ]
            rows += [("x", "7", 50.0, float_type, "", 1.0, 0.0, "b", "")]
            rows += [("y", "8", 50.0, float_type, "", 1.0, 0.0, "b", "")]
            spikes = [
                ("u0", "0", "uV", 0.1, 2.0, 3, 1000.0),
                ("u1", "1", "mV", 1.0, 0.0, 0, 1000.0),
            ]
            events = [("at", "0", "event"), ("also", "1", "event"), ("span", "2", "epoch")]
            self.header = {
                "nb_block": 2,
                "nb_segment": [2, 2],
                "signal_buffers": np.array([], base._signal_buffer_dtype),
                "signal_streams": np.array(
                    [("A", "a", ""), ("B", "b", "")], base._signal_stream_dtype
                ),
                "signal_channels": np.array(rows, base._signal_channel_dtype),
                "spike_channels": np.array(spikes, base._spike_channel_dtype),
                "event_channels": np.array(events, base._event_channel_dtype),
            }
            self._generate_minimal_annotations()
            for b in range(2):
                block = self.raw_annotations["blocks"][b]
                block["name"], block["subject"] = f"block {b}", "mouse"
                for s in range(2):
                    segment = block["segments"][s]
                    segment["signals"][0]["__array_annotations__"]["site"] = np.array(list("vwxyz"))
                    segment["spikes"][0]["__array_annotations__"]["size"] = np.arange(20.0)
                    segment["events"][0]["__array_annotations__"]["rank"] = np.arange(10)
                    segment["events"][0]["color"] = "red"

        def _segment_t_start(self, block_index: int, seg_index: int) -> float:
            return 3.25 * seg_index

        def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
            return 3.25 * seg_index + 4.0

        def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
            return N // (stream_index + 1)

        def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
            return self._segment_t_start(block_index, seg_index)

        def _get_analogsignal_chunk(
            self, block_index: int, seg_index: int, i_start: Any, i_stop: Any, stream_index: int,
            channel_indexes: Any,
        ) -> Any:  # fmt: skip
            n = self._get_signal_size(block_index, seg_index, stream_index)
            rng = np.random.default_rng([block_index, seg_index, stream_index])
            whole = rng.integers(-30000, 30000, (n, 5)).astype("int16")
            if stream_index == 1:
                whole = rng.normal(size=(n, 2))
            start, stop = i_start or 0, n if i_stop is None else i_stop
            if not 0 <= start <= stop <= n:
                raise IndexError("outside")
            chosen = slice(None) if channel_indexes is None else channel_indexes
            return whole[start:stop, chosen]

        def _spike_count(self, block_index: int, seg_index: int, unit_index: int) -> int:
            return 20

        def _ticks(self, seg_index: int, t_start: Any, t_stop: Any) -> Any:
            ticks = np.arange(20) * 150 + 3250 * seg_index + 75
            first = -np.inf if t_start is None else t_start * 1000
            last = np.inf if t_stop is None else t_stop * 1000
            return (ticks >= first) & (ticks <= last), ticks

        def _get_spike_timestamps(
            self, block_index: int, seg_index: int, unit_index: int, t_start: Any, t_stop: Any
        ) -> Any:
            keep, ticks = self._ticks(seg_index, t_start, t_stop)
            return ticks[keep]

        def _rescale_spike_timestamp(self, spike_timestamps: Any, dtype: Any) -> Any:
            return spike_timestamps.astype(dtype) / 1000.0

        def _get_spike_raw_waveforms(
            self, block_index: int, seg_index: int, unit_index: int, t_start: Any, t_stop: Any
        ) -> Any:
            keep, _ = self._ticks(seg_index, t_start, t_stop)
            return (np.arange(20 * 2 * 6).reshape(20, 2, 6) % 251).astype("int16")[keep]

        def _event_count(self, block_index: int, seg_index: int, event_channel_index: int) -> int:
            return 10

        def _get_event_timestamps(
            self,
            block_index: int,
            seg_index: int,
            event_channel_index: int,
            t_start: Any,
            t_stop: Any,
        ) -> Any:
            rate = self._rate(event_channel_index)
            ticks = ((np.arange(10) / 4 + 3.25 * seg_index) * rate).astype("int64")
            first = -np.inf if t_start is None else t_start * rate
            last = np.inf if t_stop is None else t_stop * rate
            keep = (ticks >= first) & (ticks <= last)
            labels = np.array([f"e{i}" for i in range(10)], dtype="U")[keep]
            durations = np.full(keep.sum(), 8) if event_channel_index == 2 else None
            return ticks[keep], durations, labels

        def _rate(self, event_channel_index: int) -> float:
            return 64.0 * (event_channel_index + 1)

        def _rescale_event_timestamp(
            self, event_timestamps: Any, dtype: Any, event_channel_index: int
        ) -> Any:
            return event_timestamps.astype(dtype) / self._rate(event_channel_index)

        def _rescale_epoch_duration(
            self, raw_duration: Any, dtype: Any, event_channel_index: int
        ) -> Any:
            return raw_duration.astype(dtype) / self._rate(event_channel_index)

    return OtherRawIO


def buffered(base: ModuleType, kind: str = "raw", time_axis: int = 0) -> Any:
    """A reader class on the buffer API: four columns in a file, of which a stream is some.

    Call ``write(path)`` of the class first.
    """
    shape = (N, 4) if time_axis == 0 else (4, N)

    class BufferedRawIO(base.BaseRawWithBufferApiIO):  # type: ignore[misc, name-defined]  # as above
        extensions: ClassVar = ["buf"]
        rawmode = "one-file"
        stream_slice: Any = None

        def __init__(self, filename: str = "") -> None:
            base.BaseRawWithBufferApiIO.__init__(self)
            self.filename = filename

        @staticmethod
        def write(path: Path) -> Path:
            data = np.arange(N * 4, dtype="<i2").reshape(shape)
            if kind == "hdf5":
                import h5py

                with h5py.File(path, "w") as file:
                    file["data"] = data
            else:
                path.write_bytes(b"header.." + data.tobytes())
            return path

        def _source_name(self) -> str:
            return self.filename

        def _parse_header(self) -> None:
            chosen = slice(None) if self.stream_slice is None else self.stream_slice
            names = np.array(list("abcd"))[chosen]
            rows = [(x, x, 100.0, "int16", "uV", 0.5, 0.0, "s", "0") for x in names]
            self.header = {
                "nb_block": 1,
                "nb_segment": [1],
                "signal_buffers": np.array([("buf", "0")], base._signal_buffer_dtype),
                "signal_streams": np.array([("S", "s", "0")], base._signal_stream_dtype),
                "signal_channels": np.array(rows, base._signal_channel_dtype),
                "spike_channels": np.array([], base._spike_channel_dtype),
                "event_channels": np.array([], base._event_channel_dtype),
            }
            self._stream_buffer_slice = {"s": self.stream_slice}
            self._buffer_descriptions = {
                0: {
                    0: {
                        "0": {
                            "type": kind,
                            "file_path": str(self.filename),
                            "dtype": "<i2",
                            "order": "C",
                            "file_offset": 8,
                            "hdf5_path": "data",
                            "shape": shape,
                            "time_axis": time_axis,
                        }
                    }
                }
            }
            self._generate_minimal_annotations()

        def _segment_t_start(self, block_index: int, seg_index: int) -> float:
            return 0.0

        def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
            return N / 100.0

        def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
            return 0.0

        def _get_analogsignal_buffer_description(
            self, block_index: int, seg_index: int, buffer_id: str
        ) -> Any:
            return self._buffer_descriptions[block_index][seg_index][buffer_id]

    return BufferedRawIO
