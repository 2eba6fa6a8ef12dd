"""The raw layer's base class: a header of tables, and methods that read by block and segment.

Readers derive from :class:`BaseRawIO` and fill in the private hooks
(:class:`~neophys.neo.rawio.hooks.Hooks`). Ours do so
through the engine (:mod:`neophys.neo.rawio.engine`); readers written by others against Neo's
hooks run as they are.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.neo.rawio.cache import Cache
from neophys.neo.rawio.hooks import Hooks, call_with_channel
from neophys.neo.rawio.tables import COMMON_CHARACTERISTICS, error_header, pprint_vector

__all__ = ["BaseRawIO"]


class BaseRawIO(Cache, Hooks):
    """Base of all raw readers.

    A recording has blocks, each with segments. Channels that are sampled together form a stream;
    ``channel_indexes`` count within one. All positions count from 0.

    Attributes
    ----------
    header : dict or None
        After :meth:`parse_header`: ``nb_block``, ``nb_segment`` (one a block) and the tables
        ``signal_buffers``, ``signal_streams``, ``signal_channels``, ``spike_channels``,
        ``event_channels``. Changes to gains, offsets and units of the tables count at the next
        call.
    raw_annotations : dict
        Annotations for all objects, by block, segment and kind.
    """

    name: ClassVar[str] = "BaseRawIO"
    description: ClassVar[str] = ""
    extensions: ClassVar[list[str]] = []
    rawmode: str | None = None

    header: Any
    raw_annotations: dict[str, Any]
    _templates: Any = None

    def __init__(
        self, use_cache: bool = False, cache_path: str = "same_as_resource", **kargs: Any
    ) -> None:
        self.use_cache = use_cache
        self._cache = None
        if use_cache:
            self.setup_cache(cache_path)
        self.header = None
        self.is_header_parsed = False
        self._has_buffer_description_api = False

    @cached_property
    def logger(self) -> Any:
        """Named as Neo's: ``neo.rawio.MicromedRawIO``."""
        import logging

        cls = type(self)
        return logging.getLogger(f"{cls.__module__.removeprefix('neophys.')}.{cls.__name__}")

    # The header.

    def parse_header(self) -> None:
        """Read the header; all else needs it. Calling it again reads it again."""
        self._templates = None
        self._parse_header()
        self._settle_annotations()
        self._check_stream_signal_channel_characteristics()
        self.is_header_parsed = True

    def _parsed(self) -> Any:
        """The header; TypeError before it is read, as in Neo, but one that says so."""
        header = self.header
        if header is None:
            raise TypeError(f"{type(self).__name__}: {error_header}")
        return header

    def source_name(self) -> Any:
        """The file's or folder's name, as it was given."""
        return self._source_name()

    def block_count(self) -> int:
        """Number of blocks."""
        count: int = self._parsed()["nb_block"]
        return count

    def segment_count(self, block_index: int) -> int:
        """Number of a block's segments."""
        count: int = self._parsed()["nb_segment"][block_index]
        return count

    def signal_streams_count(self) -> int:
        """Number of streams, the same in all segments."""
        return len(self._parsed()["signal_streams"])

    def signal_channels_count(self, stream_index: int) -> int:
        """Number of a stream's channels."""
        return len(self._stream_rows(stream_index))

    def spike_channels_count(self) -> int:
        """Number of spike channels (units)."""
        return len(self._parsed()["spike_channels"])

    def event_channels_count(self) -> int:
        """Number of event and epoch channels."""
        return len(self._parsed()["event_channels"])

    def segment_t_start(self, block_index: int, seg_index: int) -> float:
        """Seconds: the start of a segment, for its spikes and events."""
        return self._segment_t_start(block_index, seg_index)

    def segment_t_stop(self, block_index: int, seg_index: int) -> float:
        """Seconds: the end of a segment."""
        return self._segment_t_stop(block_index, seg_index)

    def _stream_rows(self, stream_index: int) -> NDArray[np.int64]:
        """The rows of ``signal_channels`` that are a stream's, in order."""
        ids = self._parsed()["signal_channels"]["stream_id"]
        rows: NDArray[np.int64] = np.flatnonzero(
            ids == self._parsed()["signal_streams"][stream_index]["id"]
        )
        return rows

    def _check_stream_signal_channel_characteristics(self) -> None:
        """Raise ValueError unless each stream's channels fit together and have ids of their own."""
        streams, channels = self._parsed()["signal_streams"], self._parsed()["signal_channels"]
        if len(streams) and not len(channels):
            raise ValueError("there is a signal stream, and not one signal channel")
        for i, stream in enumerate(streams):
            rows = self._stream_rows(i)
            if any(len(set(channels[f][rows].tolist())) != 1 for f in COMMON_CHARACTERISTICS):
                raise ValueError(
                    f"stream {stream['id']}: its channels differ in one of {COMMON_CHARACTERISTICS}"
                )
            if len(set(channels["id"][rows].tolist())) != len(rows):
                raise ValueError(f"stream {stream['id']}: several of its channels have the same id")
        self._several_channel_groups = len(streams) > 1

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}: {self.source_name()}"]
        if self.header is not None:
            blocks = self.block_count()
            lines.append(f"nb_block: {blocks}")
            lines.append(f"nb_segment:  {[self.segment_count(i) for i in range(blocks)]}")
            streams = [
                f"{stream['name']} (chans: {self.signal_channels_count(i)})"
                for i, stream in enumerate(self._parsed()["signal_streams"])
            ]
            lines.append(f"signal_streams: {pprint_vector(streams)}")
            lines += [
                f"{table}: {pprint_vector(self.header[table]['name'])}"
                for table in ("signal_channels", "spike_channels", "event_channels")
            ]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        from neophys.neo.rawio.html import page

        header = self.header if self.is_header_parsed else None
        return page(f"{type(self).__name__}: {self.source_name()}", header)

    # Annotations.

    def _generate_minimal_annotations(self) -> None:
        """Make ``raw_annotations`` from the header; readers call it once the header is there."""
        from neophys.neo.rawio.annotations import minimal

        self.raw_annotations, self._templates = minimal(self._parsed(), self._source_name())

    def _settle_annotations(self) -> None:
        """After a reader has written its annotations: each segment gets what is its own."""
        if self._templates is not None:
            from neophys.neo.rawio.annotations import settle

            settle(self.raw_annotations, self._templates)
            self._templates = None

    def _repr_annotations(self) -> str:
        from neophys.neo.rawio.annotations import describe

        return describe(self._parsed(), self.raw_annotations)

    def print_annotations(self) -> None:
        """Print ``raw_annotations`` as a tree."""
        print(self._repr_annotations())

    # Signals.

    def channel_name_to_index(
        self, stream_index: int, channel_names: list[str]
    ) -> NDArray[np.int64]:
        """Positions in the stream of channels by name.

        A single name stands for itself. Raises ValueError for unknown names, and where names
        repeat.
        """
        names = self._parsed()["signal_channels"]["name"][self._stream_rows(stream_index)].tolist()
        if len(set(names)) != len(names):
            raise ValueError("channel names are not unique in this stream; choose by id or index")
        return _positions(names, channel_names)

    def channel_id_to_index(self, stream_index: int, channel_ids: list[str]) -> NDArray[np.int64]:
        """Positions in the stream of channels by id, text or number; ValueError for unknown."""
        ids = self._parsed()["signal_channels"]["id"][self._stream_rows(stream_index)].tolist()
        return _positions(ids, channel_ids)

    def _get_channel_indexes(
        self, stream_index: int, channel_indexes: Any, channel_names: Any, channel_ids: Any
    ) -> Any:
        """The choice as positions: indexes go before names, names before ids."""
        if channel_indexes is None and channel_names is not None:
            return self.channel_name_to_index(stream_index, channel_names)
        if channel_indexes is None and channel_ids is not None:
            return self.channel_id_to_index(stream_index, channel_ids)
        return channel_indexes

    def _get_stream_index_from_arg(self, stream_index_arg: int | None) -> int:
        """The stream asked for; None stands for the only one."""
        count = len(self._parsed()["signal_streams"])
        if stream_index_arg is None:
            if count != 1:
                raise ValueError(f"stream_index must say which of {count} streams")
            return 0
        if not 0 <= stream_index_arg < count:
            raise ValueError(f"stream_index {stream_index_arg}: there are {count} streams")
        return stream_index_arg

    def get_signal_size(
        self, block_index: int, seg_index: int, stream_index: int | None = None
    ) -> int:
        """Number of samples of a stream in a segment."""
        stream = self._get_stream_index_from_arg(stream_index)
        return self._get_signal_size(block_index, seg_index, stream)

    def get_signal_t_start(
        self, block_index: int, seg_index: int, stream_index: int | None = None
    ) -> float:
        """Seconds: time of a stream's first sample in a segment."""
        stream = self._get_stream_index_from_arg(stream_index)
        return self._get_signal_t_start(block_index, seg_index, stream)

    def get_signal_sampling_rate(self, stream_index: int | None = None) -> float:
        """Hz."""
        first = self._stream_rows(self._get_stream_index_from_arg(stream_index))[0]
        return float(self._parsed()["signal_channels"]["sampling_rate"][first])

    def get_analogsignal_chunk(
        self,
        block_index: int = 0,
        seg_index: int = 0,
        i_start: int | None = None,
        i_stop: int | None = None,
        stream_index: int | None = None,
        channel_indexes: Any = None,
        channel_names: list[str] | None = None,
        channel_ids: list[str] | None = None,
        prefer_slice: bool = False,
    ) -> NDArray[Any]:
        """Samples as stored.

        Parameters
        ----------
        i_start, i_stop
            Half-open range of samples in the segment; None: its limits.
        stream_index
            May be None where there is one stream only.
        channel_indexes
            Positions in the stream (list, array, slice, mask), in any order; None: all.
        channel_names, channel_ids
            The choice by text instead.
        prefer_slice
            Hand consecutive positions to the reader as a slice.

        Returns
        -------
        array
            (samples, channels) in the file's type.
        """
        if not len(self._parsed()["signal_streams"]) or not len(self._parsed()["signal_channels"]):
            raise AttributeError("get_analogsignal_chunk: this recording has no signals")
        stream = self._get_stream_index_from_arg(stream_index)
        chosen = self._get_channel_indexes(stream, channel_indexes, channel_names, channel_ids)
        chosen = _listed(chosen)
        if isinstance(chosen, np.ndarray) and chosen.dtype == bool:
            count = self.signal_channels_count(stream)
            if chosen.size != count:
                raise ValueError(f"a mask of {chosen.size} for a stream of {count} channels")
            chosen = np.flatnonzero(chosen)
        if (
            prefer_slice
            and isinstance(chosen, np.ndarray)
            and chosen.size
            and (np.diff(chosen) == 1).all()
        ):
            chosen = slice(chosen[0], chosen[-1] + 1)
        return self._get_analogsignal_chunk(block_index, seg_index, i_start, i_stop, stream, chosen)

    def rescale_signal_raw_to_float(
        self,
        raw_signal: NDArray[Any],
        dtype: DTypeLike = "float32",
        stream_index: int | None = None,
        channel_indexes: Any = None,
        channel_names: list[str] | None = None,
        channel_ids: list[str] | None = None,
    ) -> NDArray[Any]:
        """Physical values of raw ones, by the gains and offsets that the header has now.

        For float32 each of the two steps is computed in float64 and rounded. The channels must be
        chosen as they were for :meth:`get_analogsignal_chunk`.
        """
        stream = self._get_stream_index_from_arg(stream_index)
        chosen = self._get_channel_indexes(stream, channel_indexes, channel_names, channel_ids)
        rows = self._stream_rows(stream)
        rows = rows if chosen is None else rows[_listed(chosen)]
        channels = self._parsed()["signal_channels"]
        return _scaled(raw_signal, dtype, channels["gain"][rows], channels["offset"][rows])

    # Spikes.

    def spike_count(
        self, block_index: int = 0, seg_index: int = 0, spike_channel_index: int = 0
    ) -> int:
        """Number of a unit's spikes in a segment."""
        return self._spike_count(block_index, seg_index, spike_channel_index)

    def get_spike_timestamps(
        self,
        block_index: int = 0,
        seg_index: int = 0,
        spike_channel_index: int = 0,
        t_start: float | None = None,
        t_stop: float | None = None,
    ) -> NDArray[Any]:
        """(n,) time stamps of a unit's spikes in the format's own counting; limits in seconds."""
        return self._get_spike_timestamps(
            block_index, seg_index, spike_channel_index, t_start, t_stop
        )

    def rescale_spike_timestamp(
        self, spike_timestamps: NDArray[Any], dtype: DTypeLike = "float64"
    ) -> NDArray[Any]:
        """Seconds of spikes' time stamps."""
        return self._rescale_spike_timestamp(spike_timestamps, dtype)

    def get_spike_raw_waveforms(
        self,
        block_index: int = 0,
        seg_index: int = 0,
        spike_channel_index: int = 0,
        t_start: float | None = None,
        t_stop: float | None = None,
    ) -> NDArray[Any] | None:
        """(spikes, channels, samples) as stored, or None."""
        return self._get_spike_raw_waveforms(
            block_index, seg_index, spike_channel_index, t_start, t_stop
        )

    def rescale_waveforms_to_float(
        self,
        raw_waveforms: NDArray[Any],
        dtype: DTypeLike = "float32",
        spike_channel_index: int = 0,
    ) -> NDArray[Any]:
        """Waveforms in the unit of the spike channel's ``wf_units``."""
        row = self._parsed()["spike_channels"][spike_channel_index]
        return _scaled(raw_waveforms, dtype, row["wf_gain"], row["wf_offset"])

    # Events.

    def event_count(
        self, block_index: int = 0, seg_index: int = 0, event_channel_index: int = 0
    ) -> int:
        """Number of a channel's events in a segment."""
        return self._event_count(block_index, seg_index, event_channel_index)

    def get_event_timestamps(
        self,
        block_index: int = 0,
        seg_index: int = 0,
        event_channel_index: int = 0,
        t_start: float | None = None,
        t_stop: float | None = None,
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[Any]]:
        """Time stamps, durations (None for events) and labels; limits in seconds."""
        return self._get_event_timestamps(
            block_index, seg_index, event_channel_index, t_start, t_stop
        )

    def rescale_event_timestamp(
        self,
        event_timestamps: NDArray[Any],
        dtype: DTypeLike = "float64",
        event_channel_index: int = 0,
    ) -> NDArray[Any]:
        """Seconds of a channel's time stamps."""
        seconds: NDArray[Any] = call_with_channel(
            self._rescale_event_timestamp, event_timestamps, dtype, event_channel_index
        )
        return seconds

    def rescale_epoch_duration(
        self,
        raw_duration: NDArray[Any],
        dtype: DTypeLike = "float64",
        event_channel_index: int = 0,
    ) -> NDArray[Any]:
        """Seconds of a channel's durations."""
        seconds: NDArray[Any] = call_with_channel(
            self._rescale_epoch_duration, raw_duration, dtype, event_channel_index
        )
        return seconds

    # Buffers: signals that are plain arrays in a file.

    def has_buffer_description_api(self) -> bool:
        """Whether :meth:`get_analogsignal_buffer_description` can tell where the samples lie."""
        return self._has_buffer_description_api

    def get_analogsignal_buffer_description(
        self, block_index: int = 0, seg_index: int = 0, buffer_id: str | None = None
    ) -> dict[str, Any]:
        """Type, file, dtype, offset and shape of a buffer in a segment.

        None stands for the only buffer. Raises ValueError where there is not just one, and where
        the reader does not tell where its samples lie.
        """
        hook = type(self)._get_analogsignal_buffer_description
        if hook is Hooks._get_analogsignal_buffer_description:
            raise ValueError(f"{type(self).__name__} does not tell where in a file its samples lie")
        if buffer_id is None:
            ids = self._parsed()["signal_buffers"]["id"].tolist()
            if len(ids) != 1:
                raise ValueError(f"buffer_id must say which of {len(ids)} buffers")
            buffer_id = ids[0]
        return self._get_analogsignal_buffer_description(block_index, seg_index, buffer_id)


def _listed(chosen: Any) -> Any:
    """A list, tuple or range of positions as array; anything else as it is."""
    if isinstance(chosen, list | tuple | range):
        return np.asarray(chosen) if len(chosen) else np.empty(0, np.int64)
    return chosen


def _positions(known: list[str], asked: Any) -> NDArray[np.int64]:
    place = {text: i for i, text in enumerate(known)}
    asked = [str(text) for text in ([asked] if isinstance(asked, str | int) else asked)]
    unknown = [text for text in asked if text not in place]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not in list; there are: {', '.join(known[:20])}")
    return np.array([place[text] for text in asked], np.int64)


def _scaled(raw: NDArray[Any], dtype: DTypeLike, gain: Any, offset: Any) -> NDArray[Any]:
    made = raw.astype(dtype)
    # In place with float64 factors: NumPy computes in float64 and rounds each step.
    if np.any(gain != 1.0):
        made *= gain
    if np.any(offset != 0.0):
        made += offset
    return made
