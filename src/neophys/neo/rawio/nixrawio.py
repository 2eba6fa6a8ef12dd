"""NIX files by block and segment, read as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.errors import HeaderError
from neophys.neo.core.units import SECOND, unit_of
from neophys.neo.io.nixio.opening import check_nix_version, open_nix
from neophys.neo.rawio.baserawio import (
    BaseRawIO,
    _event_channel_dtype,
    _signal_buffer_dtype,
    _signal_channel_dtype,
    _signal_stream_dtype,
    _spike_channel_dtype,
)
from neophys.neo.rawio.signals import columns_asked, rows_asked

__all__ = ["NIXRawIO"]

#: Properties that are no annotations.
_ATTRIBUTES = {
    "block": ("file_datetime", "index"),
    "segment": ("file_datetime", "index"),
    "signals": ("t_start", "sampling_rate"),
    "spikes": ("t_start", "t_stop", "sampling_rate", "left_sweep"),
    "events": (),
}


@dataclass(slots=True)
class _Marks:
    """A spike train, an event or an epoch: where its numbers are."""

    nix: Any
    kind: str
    facts: dict[str, Any]
    arrays: dict[str, Any]
    times: Any
    seconds: float  # the unit of the times

    def stamps(self) -> NDArray[np.float64]:
        """Seconds."""
        from neophys.neo.io.nixio import store

        stamps: NDArray[np.float64] = _in_seconds(
            store.read_array(self.times).astype(np.float64), self.seconds
        )
        return stamps


@dataclass(slots=True)
class _Signal:
    """An analog signal: its DataArrays."""

    entities: list[Any]
    facts: dict[str, Any]
    arrays: dict[str, Any]
    rate: float
    start: float
    dtype: np.dtype[Any]
    size: int
    units: str


@dataclass(slots=True)
class _Segment:
    facts: dict[str, Any]
    signals: list[_Signal] = field(default_factory=list)
    trains: list[_Marks] = field(default_factory=list)
    events: list[_Marks] = field(default_factory=list)


class NIXRawIO(BaseRawIO):
    """Reads the NIX files that NixIO writes, of Neo or of neophys.

    The tables tell what the first segment of the first block holds: other segments are read by
    position. One that has other signals, trains or events raises HeaderError when these are asked
    for; ``neo.io.nixio.NixIO`` reads it. Irregularly sampled signals, image sequences and groups
    are left out. Time stamps are seconds.

    Parameters
    ----------
    filename : str or Path

    Raises
    ------
    ImportError
        The package nixio (extra ``nix``) is missing.
    """

    extensions: ClassVar[list[str]] = ["nix", "h5"]
    rawmode = "one-file"

    file: Any = None

    def __init__(self, filename: str | Path = "") -> None:
        check_nix_version()
        super().__init__()
        self.filename = str(filename)

    def _source_name(self) -> str:
        return self.filename

    def _parse_header(self) -> None:
        if self.file is not None:
            self.file.close()
        self.file, _ = open_nix(self.filename, "ro")
        from neophys.neo.io.nixio import store

        root = self.file._h5file.id  # as NixIO
        try:
            self._blocks = [_block(nix) for nix in store.children(root, b"data")]
        except Exception as error:  # as NixIO: HDF5 may say anything of a damaged file
            self.file.close()
            said = error.args[0] if error.args else type(error).__name__
            raise HeaderError(self.filename, None, None, None, f"{said}") from error
        segments = [segments for _, segments in self._blocks]
        first = next((own[0] for own in segments[:1] if own), _Segment({}))
        self.header = {
            "nb_block": len(segments),
            "nb_segment": [len(own) for own in segments],
            "signal_buffers": np.array([], _signal_buffer_dtype),
            "signal_streams": np.array(
                [(signal.facts["name"], str(i), "") for i, signal in enumerate(first.signals)],
                _signal_stream_dtype,
            ),
            "signal_channels": np.array(_channels(first), _signal_channel_dtype),
            "spike_channels": np.array(
                [_spike_row(train) for train in first.trains], _spike_channel_dtype
            ),
            "event_channels": np.array(_event_rows(first), _event_channel_dtype),
        }
        self._generate_minimal_annotations()
        self._annotate()

    def _annotate(self) -> None:
        for tree, (facts, segments) in zip(self.raw_annotations["blocks"], self._blocks,
                                           strict=True):  # fmt: skip
            tree.update(_annotations(facts, "block"))
            for below, segment in zip(tree["segments"], segments, strict=True):
                below.update(_annotations(segment.facts, "segment"))
                parts: dict[str, list[Any]] = {
                    "signals": [*segment.signals],
                    "spikes": [*segment.trains],
                    "events": [*segment.events],
                }
                for kind, objects in parts.items():
                    # What the first segment lacks has no row in the tables.
                    for own, obj in zip(below[kind], objects, strict=False):
                        own.update(_annotations(obj.facts, kind))
                        own["__array_annotations__"].update(obj.arrays)

    def _part(self, block_index: int, seg_index: int, kind: str, index: int) -> Any:
        """A signal, train or event of a segment, by position."""
        own = getattr(self._blocks[block_index][1][seg_index], kind)
        if index >= len(own):
            raise HeaderError(
                self.filename, None, f"block {block_index}, segment {seg_index}", None,
                f"it has {len(own)} {kind}, the first segment has more: use neo.io.nixio.NixIO",
            )  # fmt: skip
        return own[index]

    def _segment_t_start(self, block_index: int, seg_index: int) -> float:
        return self._limits(block_index, seg_index)[0]

    def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
        return self._limits(block_index, seg_index)[1]

    def _limits(self, block_index: int, seg_index: int) -> tuple[float, float]:
        """Seconds between which signals and trains lie; (0, 0) where there are none."""
        segment = self._blocks[block_index][1][seg_index]
        limits = [(s.start, s.start + s.size / s.rate) for s in segment.signals]
        limits += [
            (_seconds(train.facts.get("t_start", 0.0), train.seconds),
             _seconds(train.facts["t_stop"], train.seconds))
            for train in segment.trains
        ]  # fmt: skip
        starts, stops = zip(*limits, strict=True) if limits else ((0.0,), (0.0,))
        return min(starts), max(stops)

    # Signals.

    def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
        size: int = self._part(block_index, seg_index, "signals", stream_index).size
        return size

    def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
        start: float = self._part(block_index, seg_index, "signals", stream_index).start
        return start

    def _get_analogsignal_chunk(
        self,
        block_index: int,
        seg_index: int,
        i_start: int | None,
        i_stop: int | None,
        stream_index: int,
        channel_indexes: Any,
    ) -> NDArray[Any]:
        from neophys.neo.io.nixio import store

        signal = self._part(block_index, seg_index, "signals", stream_index)
        self._check_like_first(signal, block_index, seg_index, stream_index)
        start, stop = rows_asked(i_start, i_stop, signal.size)
        columns, _ = columns_asked(channel_indexes, len(signal.entities))
        chosen = np.arange(len(signal.entities))[columns].tolist()
        made = np.empty((len(chosen), stop - start), signal.dtype)
        for row, channel in zip(made, chosen, strict=True):
            store.read_rows(signal.entities[channel], start, stop, row)
        return made.T

    def _check_like_first(
        self, signal: _Signal, block_index: int, seg_index: int, stream: int
    ) -> None:
        rows = self._stream_rows(stream)
        row = self.header["signal_channels"][rows[0]]
        found = len(signal.entities), signal.units, signal.rate
        wanted = len(rows), str(row["units"]), float(row["sampling_rate"])
        if found != wanted:
            raise HeaderError(
                self.filename, None,
                f"block {block_index}, segment {seg_index}, signal {stream}", found,
                f"channels, units and Hz are {wanted} in the first segment: "
                "use neo.io.nixio.NixIO",
            )  # fmt: skip

    # Spikes.

    def _spike_count(self, block_index: int, seg_index: int, spike_channel_index: int) -> int:
        train = self._part(block_index, seg_index, "trains", spike_channel_index)
        return len(train.stamps())

    def _get_spike_timestamps(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any]:
        train: _Marks = self._part(block_index, seg_index, "trains", spike_channel_index)
        stamps = train.stamps()
        return stamps[_between(stamps, t_start, t_stop)]

    def _rescale_spike_timestamp(
        self, spike_timestamps: NDArray[Any], dtype: DTypeLike
    ) -> NDArray[Any]:
        return spike_timestamps.astype(dtype)

    def _get_spike_raw_waveforms(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any] | None:
        from neophys.neo.io.nixio import store

        train = self._part(block_index, seg_index, "trains", spike_channel_index)
        data = _waveforms(train.nix)
        if data is None:
            return None
        return store.read_array(data)[_between(train.stamps(), t_start, t_stop)]

    # Events.

    def _event_count(self, block_index: int, seg_index: int, event_channel_index: int) -> int:
        return len(self._part(block_index, seg_index, "events", event_channel_index).stamps())

    def _get_event_timestamps(
        self, block_index: int, seg_index: int, event_channel_index: int, t_start: Any, t_stop: Any
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[Any]]:
        from neophys.neo.io.nixio import reading, store

        event = self._part(block_index, seg_index, "events", event_channel_index)
        stamps = event.stamps()
        keep = _between(stamps, t_start, t_stop)
        labels = reading.labels_of(event.times)
        labels = np.full(len(stamps), "") if labels is None else labels
        durations = None
        extents = store.child(event.nix, b"extents")
        if event.kind == "neo.epoch" and extents is not None:
            durations = _in_seconds(store.read_array(extents), _unit_seconds(extents))[keep]
        return stamps[keep], durations, labels[keep]

    def _rescale_event_timestamp(
        self, event_timestamps: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        return event_timestamps.astype(dtype)

    def _rescale_epoch_duration(
        self, raw_duration: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        return raw_duration.astype(dtype)


# The header


def _block(nix: Any) -> tuple[dict[str, Any], list[_Segment]]:
    from neophys.neo.io.nixio import store

    segments = [
        _segment(group)
        for group in store.children(nix, b"groups")
        if store.text(group, b"type") == "neo.segment"
    ]
    return _facts(nix)[0], segments


def _facts(nix: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Annotations and array annotations, with the name as ``name``."""
    from neophys.neo.io.nixio import reading, store

    found = reading.facts_of(nix, store.text(nix, b"name") or "")
    return {"name": found.name or "", **found.annotations}, found.array_annotations


def _segment(nix: Any) -> _Segment:
    from neophys.neo.io.nixio import reading, store

    made = _Segment(_facts(nix)[0])
    for _, kind, entities in reading.signals_in(nix):
        if kind == "neo.analogsignal":
            made.signals.append(_signal(entities))
    for tag in store.children(nix, b"multi_tags"):
        kind = store.text(tag, b"type") or ""
        if kind in ("neo.spiketrain", "neo.event", "neo.epoch"):
            times = store.child(tag, b"positions")
            marks = _Marks(tag, kind, *_facts(tag), times, _unit_seconds(times))
            (made.trains if kind == "neo.spiketrain" else made.events).append(marks)
    return made


def _signal(entities: list[Any]) -> _Signal:
    from neophys.neo.io.nixio import reading, store

    facts, arrays = _facts(entities[0])
    rate, start = reading.timing_of(entities[0], facts.get("t_start"))
    shape, dtype = store.shape_and_dtype(entities[0])
    units = store.text(entities[0], b"unit") or ""
    return _Signal(entities, facts, arrays, rate, start, dtype, shape[0], units)


def _channels(segment: _Segment) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for stream, signal in enumerate(segment.signals):
        rows += [
            (signal.facts["name"], str(len(rows) + i), signal.rate, str(signal.dtype),
             signal.units, 1.0, 0.0, str(stream), "")
            for i in range(len(signal.entities))
        ]  # fmt: skip
    return rows


def _spike_row(train: _Marks) -> tuple[Any, ...]:
    from neophys.neo.io.nixio import reading, store

    data = _waveforms(train.nix)
    units, rate, before = "", 0.0, 0
    if data is not None:
        units = store.text(data, b"unit") or ""
        rate, sweep = reading.waveform_timing(data)
        before = round(sweep * rate)
    identity = store.text(train.nix, b"entity_id")
    return train.facts["name"], identity, units, 1.0, 0.0, before, rate


def _event_rows(segment: _Segment) -> list[tuple[Any, ...]]:
    counts = {"neo.event": 0, "neo.epoch": 0}
    rows = []
    for event in segment.events:
        rows.append((event.facts["name"], str(counts[event.kind]), event.kind.removeprefix("neo.")))
        counts[event.kind] += 1
    return rows


# Small parts


def _annotations(facts: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        key: value for key, value in facts.items()
        if key not in _ATTRIBUTES[kind] and not (key == "name" and not value)
    }  # fmt: skip


def _waveforms(tag: Any) -> Any:
    from neophys.neo.io.nixio import store

    feature = next(store.children(tag, b"features"), None)
    return None if feature is None else store.child(feature, b"data")


def _unit_seconds(nix: Any) -> float:
    from neophys.neo.io.nixio import store
    from neophys.neo.io.nixio.values import nix_unit

    text = store.text(nix, b"unit")
    return 1.0 if text is None else nix_unit(text).factor(SECOND)


def _in_seconds(values: Any, per: float) -> Any:
    # 13 ms are 13 / 1000 s: a product with 0.001 is the neighbour of that.
    fraction = 1.0 / per
    return values / fraction if fraction.is_integer() else values * per


def _seconds(value: Any, per: float) -> float:
    if hasattr(value, "dimensionality"):
        value, per = float(value.magnitude), unit_of(value.dimensionality).factor(SECOND)
    return float(_in_seconds(value, per))


def _between(stamps: NDArray[Any], t_start: Any, t_stop: Any) -> NDArray[np.bool_]:
    keep = np.ones(stamps.shape, bool)
    if t_start is not None:
        keep &= stamps >= t_start
    if t_stop is not None:
        keep &= stamps <= t_stop
    return keep
