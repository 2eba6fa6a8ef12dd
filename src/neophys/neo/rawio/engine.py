"""Neo's private hooks on our engine: from a recording and a reader's view of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.errors import MissingFileError, UnsupportedError
from neophys.neo.rawio.base import BaseRawIO
from neophys.neo.rawio.bufferapi import BaseRawWithBufferApiIO
from neophys.neo.rawio.tables import (
    EVENT_CHANNEL_DTYPE,
    SIGNAL_BUFFER_DTYPE,
    SIGNAL_CHANNEL_DTYPE,
    SIGNAL_STREAM_DTYPE,
    SPIKE_CHANNEL_DTYPE,
)
from neophys.neo.readers import NeoReader

# The engine itself is imported when a file is opened: naming a class costs next to nothing.
if TYPE_CHECKING:
    from neophys.contents import Clock
    from neophys.neo.rawio.signals import Direct
    from neophys.neo.rawio.stamps import EventRows, SpikeRows
    from neophys.neo.readers.view import View, ViewSegment
    from neophys.recording import Recording

__all__ = ["BufferedEngineRawIO", "EngineRawIO", "header_of"]

_BUFFER, _STREAM, _CHANNEL, _SPIKE, _EVENT = map(
    np.dtype,
    (
        SIGNAL_BUFFER_DTYPE,
        SIGNAL_STREAM_DTYPE,
        SIGNAL_CHANNEL_DTYPE,
        SPIKE_CHANNEL_DTYPE,
        EVENT_CHANNEL_DTYPE,
    ),
)
_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
_LEVELS = {"error": 30, "warning": 20, "info": 10}


def header_of(view: View) -> dict[str, Any]:
    """The tables of a header, row for row from a view."""
    rows = [stream.rows for stream in view.streams]
    channels = rows[0] if len(rows) == 1 else np.concatenate([np.zeros(0, _CHANNEL), *rows])
    buffers = [(stream.name, stream.buffer_id) for stream in view.streams if stream.buffer_id]
    streams = [(stream.name, stream.id, stream.buffer_id) for stream in view.streams]
    spikes = [tuple(getattr(unit, name) for name in _SPIKE.names or ()) for unit in view.spikes]
    events = [(events.name, events.id, events.kind) for events in view.events]
    return {
        "nb_block": len(view.blocks),
        "nb_segment": [len(segments) for segments in view.blocks],
        "signal_buffers": np.array(buffers, _BUFFER),
        "signal_streams": np.array(streams, _STREAM),
        "signal_channels": channels if view.order is None else channels[view.order],
        "spike_channels": np.array(spikes, _SPIKE),
        "event_channels": np.array(events, _EVENT),
    }


class EngineRawIO(BaseRawIO):
    """A reader of ours: what a :class:`~neophys.neo.readers.NeoReader` says, read by the engine.

    The recording is opened by :meth:`parse_header`; after :meth:`close`, or in another process,
    it is opened again when something is read.
    """

    _reader: ClassVar[NeoReader]
    _header: Any
    _annotations: dict[str, Any] | None

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        for_base = {key: arguments[key] for key in ("use_cache", "cache_path") if key in arguments}
        given = {key: value for key, value in arguments.items() if key not in for_base}
        if self._reader.prepare is not None:
            given = self._reader.prepare(given)
        for key, value in given.items():
            setattr(self, key, value)
        self._argument_names = tuple(given)
        super().__init__(**for_base)
        self._annotations = None
        self._is_parsed = False
        self._forget()

    def _forget(self) -> None:
        self._recording: Recording | None = None
        self._directs: dict[tuple[int, int, int], Direct] = {}
        self._event_rows: dict[tuple[int, int, int], EventRows] = {}
        self._spike_rows: dict[tuple[int, int, int], SpikeRows] = {}

    def __getstate__(self) -> dict[str, Any]:
        kept = {"_recording", "_directs", "_event_rows", "_spike_rows", "_view", "logger"}
        return {key: value for key, value in self.__dict__.items() if key not in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        BaseRawIO.__init__(self)
        self.__dict__.update(state)
        self._forget()

    def close(self) -> None:
        """Close the file; what is read later opens it again."""
        recording = self._recording
        self._forget()
        if recording is not None:
            recording.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Opening.

    @property
    def _arguments(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self._argument_names}

    def _source_name(self) -> Any:
        return getattr(self, next(iter(self._reader.parameters)))

    def _opened(self) -> Recording:
        if self._recording is None:
            self._recording = self._open()
        return self._recording

    def _open(self) -> Recording:
        from neophys.recording import open as open_recording

        source, arguments = self._source_name(), self._arguments
        if isinstance(source, str) and not source:
            raise MissingFileError("no file was named")
        recording = open_recording(
            source, format=self._reader.format, **self._reader.options(arguments)
        )
        self._view = self._reader.view(recording.contents, arguments)
        return recording

    def _parse_header(self) -> None:
        self.close()
        contents = self._opened().contents
        self._header = self._annotations = None
        self._is_parsed = True
        for issue in contents.issues:
            self.logger.log(_LEVELS[issue.severity], "%s", issue)

    @property
    def header(self) -> Any:
        """The tables, made when first asked for; None before :meth:`parse_header`."""
        if self._header is None and self._is_parsed:
            self._opened()
            self._header = header_of(self._view)
        return self._header

    @header.setter
    def header(self, header: Any) -> None:
        self._header = header

    @property
    def raw_annotations(self) -> dict[str, Any]:
        """Annotations for all objects, made when first asked for."""
        if self._annotations is None:
            self._generate_minimal_annotations()
        made: dict[str, Any] = self._annotations or {}
        return made

    @raw_annotations.setter
    def raw_annotations(self, annotations: dict[str, Any]) -> None:
        self._annotations = annotations

    def _generate_minimal_annotations(self) -> None:
        super()._generate_minimal_annotations()
        if self._reader.annotate is not None:
            self._reader.annotate(self._opened().contents, self._arguments, self.raw_annotations)
        self._settle_annotations()

    def _check_stream_signal_channel_characteristics(self) -> None:
        # A view's streams are right by construction; tests compare every reader's with the check.
        self._several_channel_groups = len(self._view.streams) > 1

    def _segment(self, block_index: int, seg_index: int) -> ViewSegment:
        if not self._is_parsed:
            self._parsed()
        self._opened()
        return self._view.blocks[block_index][seg_index]

    def _segment_t_start(self, block_index: int, seg_index: int) -> float:
        return self._segment(block_index, seg_index).t_start

    def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
        return self._segment(block_index, seg_index).t_stop

    # Signals.

    def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
        return self._segment(block_index, seg_index).spans[stream_index].n_samples

    def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
        return self._segment(block_index, seg_index).spans[stream_index].t_start

    def _direct(self, block_index: int, seg_index: int, stream_index: int) -> Direct:
        """The stream's samples in a segment, with the header's calibration."""
        key = (block_index, seg_index, stream_index)
        found = self._directs.get(key)
        channels = self.header["signal_channels"]
        if found is None or found.channels is not channels:
            from neophys.neo.rawio.signals import Direct, StreamSamples
            from neophys.reading.samples import Samples

            recording = self._opened()
            span = self._view.blocks[block_index][seg_index].spans[stream_index]
            parts = [
                (
                    Samples(recording.bundle, recording.contents.streams[part.stream], pieces),
                    part.columns,
                )
                for part, pieces in zip(
                    self._view.streams[stream_index].parts, span.pieces, strict=True
                )
            ]
            samples = StreamSamples(parts)
            kind = "float64" if samples.dtype == np.float64 else "float32"
            found = Direct(samples, channels, self._stream_rows(stream_index), kind)
            self._directs[key] = found
        return found

    def _get_analogsignal_chunk(
        self,
        block_index: int,
        seg_index: int,
        i_start: int | None,
        i_stop: int | None,
        stream_index: int,
        channel_indexes: Any,
    ) -> NDArray[Any]:
        from neophys.neo.rawio.signals import columns_asked, rows_asked

        samples = self._direct(block_index, seg_index, stream_index).samples
        start, stop = rows_asked(i_start, i_stop, samples.n_samples)
        columns, single = columns_asked(channel_indexes, samples.n_channels)
        chunk = samples.raw(start, stop, columns)
        return chunk[:, 0] if single else chunk

    def rescale_signal_raw_to_float(
        self,
        raw_signal: NDArray[Any],
        dtype: DTypeLike = "float32",
        stream_index: int | None = None,
        channel_indexes: Any = None,
        channel_names: list[str] | None = None,
        channel_ids: list[str] | None = None,
    ) -> NDArray[Any]:
        """As the base's, by the compiled kernel where all channels are meant."""
        stream = self._get_stream_index_from_arg(stream_index)
        chosen = self._get_channel_indexes(stream, channel_indexes, channel_names, channel_ids)
        direct = next((d for key, d in self._directs.items() if key[2] == stream), None)
        kind = np.dtype(dtype)
        if (
            direct is None
            or direct.channels is not self.header["signal_channels"]
            or chosen is not None
            or raw_signal.shape[1:] != (direct.samples.n_channels,)
            or raw_signal.dtype != direct.samples.dtype
            or kind not in _FLOATS
        ):
            return super().rescale_signal_raw_to_float(raw_signal, dtype, stream, chosen)
        return direct.rescaled(raw_signal, kind)

    # Spikes.

    def _spikes(self, block_index: int, seg_index: int, channel: int) -> SpikeRows:
        key = (block_index, seg_index, channel)
        found = self._spike_rows.get(key)
        if found is None:
            from neophys.neo.rawio.stamps import SpikeRows

            recording, segment = self._opened(), self._segment(block_index, seg_index)
            unit = self._view.spikes[channel].unit
            table = recording.spike_table(unit, block=segment.block, segment=segment.segment)
            clock = recording.contents.spike_units[unit].clock
            found = self._spike_rows[key] = SpikeRows.of(table, segment, clock)
        return found

    def _spike_count(self, block_index: int, seg_index: int, spike_channel_index: int) -> int:
        return len(self._spikes(block_index, seg_index, spike_channel_index))

    def _get_spike_timestamps(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any]:
        return self._spikes(block_index, seg_index, spike_channel_index).window(t_start, t_stop)

    def _rescale_spike_timestamp(
        self, spike_timestamps: NDArray[Any], dtype: DTypeLike
    ) -> NDArray[Any]:
        # Neo's hook does not say which unit: readers' views have units on one clock only.
        from neophys.neo.rawio.stamps import seconds

        units = self._opened().contents.spike_units
        return seconds(spike_timestamps, units[self._view.spikes[0].unit].clock, dtype)

    def _get_spike_raw_waveforms(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any] | None:
        spikes = self._spikes(block_index, seg_index, spike_channel_index)
        return spikes.waveforms(self._opened().bundle, t_start, t_stop)

    # Events.

    def _events(self, block_index: int, seg_index: int, channel: int) -> EventRows:
        key = (block_index, seg_index, channel)
        found = self._event_rows.get(key)
        if found is None:
            from neophys.contents import EventTable
            from neophys.neo.rawio.stamps import EventRows

            recording, segment = self._opened(), self._segment(block_index, seg_index)
            source = self._view.events[channel]
            table = EventTable(np.empty(0, np.int64), np.empty(0, "U1"))
            if source.channel is not None:
                table = recording.event_table(
                    source.channel, block=segment.block, segment=segment.segment
                )
            clock = self._event_clock(channel)
            found = self._event_rows[key] = EventRows.of(table, source, segment, clock)
        return found

    def _event_clock(self, channel: int) -> Clock:
        contents = self._opened().contents
        source = self._view.events[channel].channel
        return contents.event_channels[source].clock if source is not None else _clock(contents)

    def _event_count(self, block_index: int, seg_index: int, event_channel_index: int) -> int:
        return len(self._events(block_index, seg_index, event_channel_index))

    def _get_event_timestamps(
        self, block_index: int, seg_index: int, event_channel_index: int, t_start: Any, t_stop: Any
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[Any]]:
        return self._events(block_index, seg_index, event_channel_index).window(t_start, t_stop)

    def _rescale_event_timestamp(
        self, event_timestamps: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        from neophys.neo.rawio.stamps import seconds

        return seconds(np.asarray(event_timestamps), self._event_clock(event_channel_index), dtype)

    def _rescale_epoch_duration(
        self, raw_duration: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        return np.asarray(raw_duration).astype(dtype) / self._event_clock(event_channel_index).rate


class BufferedEngineRawIO(EngineRawIO, BaseRawWithBufferApiIO):
    """A reader whose signals are plain arrays in the file, and that tells where they lie."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__(arguments)
        self._has_buffer_description_api = True

    def _parse_header(self) -> None:
        super()._parse_header()
        self._stream_buffer_slice = {stream.id: slice(None) for stream in self._view.streams}

    def _get_analogsignal_buffer_description(
        self, block_index: int, seg_index: int, buffer_id: str | None
    ) -> dict[str, Any]:
        index = [stream.buffer_id for stream in self._view.streams].index(buffer_id or "")
        from neophys.layout.records import Records

        span = self._segment(block_index, seg_index).spans[index]
        pieces = span.pieces[0]
        layout = pieces[0].layout if len(pieces) == 1 else None
        if not isinstance(layout, Records) or layout.rows != 1:
            raise UnsupportedError(f"{self._source_name()}: the signal is not one plain array")
        return {
            "type": "raw",
            "file_path": str(self._source_name()),
            "dtype": str(self._view.streams[index].rows["dtype"][0]),
            "order": "C",
            "file_offset": layout.offset
            + pieces[0].row0 * layout.record_bytes
            + int(layout.places[0]),
            "shape": (span.n_samples, layout.n_channels),
        }


def _clock(contents: Any) -> Clock:
    """For channels that never have events: any clock will do."""
    some: Clock = (*contents.event_channels, *contents.streams)[0].clock
    return some
