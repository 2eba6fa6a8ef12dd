"""Base of readers that only say where a plain array of samples lies, and in which file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import UnsupportedError
from neophys.neo.rawio.base import BaseRawIO

if TYPE_CHECKING:
    from neophys.reading.samples import Samples

__all__ = ["BaseRawWithBufferApiIO"]


class BaseRawWithBufferApiIO(BaseRawIO):
    """Signals from descriptions of buffers.

    A reader provides ``_buffer_descriptions[block][segment][buffer_id]`` (dicts with ``type``
    ``"raw"`` or ``"hdf5"``, ``file_path``, ``dtype``, ``file_offset`` or ``hdf5_path``, ``shape``
    and, where time is the second axis, ``time_axis`` 1), ``_stream_buffer_slice[stream_id]`` (the
    buffer's columns that form the stream; None: all), and
    ``_get_analogsignal_buffer_description``.
    """

    _stream_buffer_slice: dict[str, Any]

    def __init__(self, *arg: Any, **kwargs: Any) -> None:
        super().__init__(*arg, **kwargs)
        self._has_buffer_description_api = True

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "_open_buffers"}

    def _described(
        self, block_index: int, seg_index: int, stream_index: int
    ) -> tuple[str, dict[str, Any], int]:
        stream = self.header["signal_streams"][stream_index]
        buffer_id = str(stream["buffer_id"])
        description = self.get_analogsignal_buffer_description(block_index, seg_index, buffer_id)
        axis = description.get("time_axis", 0)
        if axis not in (0, 1):
            raise ValueError(f"time_axis must be 0 or 1, not {axis}")
        return str(stream["id"]), description, axis

    def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
        _, description, axis = self._described(block_index, seg_index, stream_index)
        return int(description["shape"][axis])

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

        stream_id, description, axis = self._described(block_index, seg_index, stream_index)
        start, stop = rows_asked(i_start, i_stop, int(description["shape"][axis]))
        # The stream's columns of the buffer first, the choice among them after that.
        buffer_columns = np.arange(description["shape"][1 - axis], dtype=np.int64)
        own = self._stream_buffer_slice[stream_id]
        buffer_columns = buffer_columns if own is None else buffer_columns[own]
        chosen, single = columns_asked(channel_indexes, len(buffer_columns))
        columns = buffer_columns[chosen]
        if description["type"] == "raw":
            chunk = self._raw_buffer(description, axis).raw(start, stop, columns)
        elif description["type"] == "hdf5":
            chunk = _from_hdf5(description, axis, start, stop, columns)
        else:
            raise UnsupportedError(f"a buffer of type {description['type']!r}")
        return chunk[:, 0] if single else chunk

    def _raw_buffer(self, description: dict[str, Any], axis: int) -> Samples:
        opened = self.__dict__.setdefault("_open_buffers", {})
        key = (axis, *(str(description[k]) for k in ("file_path", "file_offset", "shape", "dtype")))
        if key not in opened:
            opened[key] = _plain_samples(description, axis)
        found: Samples = opened[key]
        return found


def _plain_samples(description: dict[str, Any], axis: int) -> Samples:
    from neophys.contents import Clock, Piece, Stream, channel_table
    from neophys.layout.records import plain
    from neophys.reading.samples import Samples
    from neophys.source.bundle import open_bundle

    bundle = open_bundle(description["file_path"])
    n_samples, k = description["shape"][axis], description["shape"][1 - axis]
    dtype = np.dtype(description["dtype"])
    layout = plain(
        bundle.main, int(description["file_offset"]), n_samples, k, dtype, time_axis=axis
    )
    names = [str(i) for i in range(k)]
    channels = channel_table(name=names, id=names, units=[""] * k, gain=1.0, offset=0.0)
    stream = Stream("0", "", 1.0, channels, dtype, Clock(1.0))
    return Samples(bundle, stream, [Piece(0, n_samples, layout)])


def _from_hdf5(
    description: dict[str, Any], axis: int, start: int, stop: int, columns: NDArray[np.int64]
) -> NDArray[Any]:
    import h5py

    with h5py.File(description["file_path"], "r") as file:
        data = file[description["hdf5_path"]]
        # h5py wants sorted columns without repeats; the choice is put in order afterwards.
        low, high = (int(columns.min()), int(columns.max()) + 1) if len(columns) else (0, 0)
        rows = data[start:stop, low:high] if axis == 0 else data[low:high, start:stop].T
    made: NDArray[Any] = np.asarray(rows)[:, columns - low]
    return made
