"""Proxies of spike trains, events and epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import copy_annotations
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.timequantity import scalar_time
from neophys.neo.core.units import HERTZ, SECOND, quantity
from neophys.neo.io.baseproxy import BaseProxy
from neophys.neo.io.signalunits import ensure_signal_units
from neophys.neo.io.timeslices import consolidate_time_slice, prepare_time_slice

__all__ = ["EpochProxy", "EventProxy", "SpikeTrainProxy"]


class _TableProxy(BaseProxy):
    """Base of the proxies of what has times: seconds, as float64."""

    _quantity_attr = "times"
    dtype = np.dtype(np.float64)
    t_start: Any
    t_stop: Any

    def _place(self, rawio: Any, block_index: int, seg_index: int) -> None:
        self._rawio = rawio
        self._block_index, self._seg_index = block_index, seg_index
        self.t_start = scalar_time(float(rawio.segment_t_start(block_index, seg_index)), SECOND)
        self.t_stop = scalar_time(float(rawio.segment_t_stop(block_index, seg_index)), SECOND)

    @property
    def units(self) -> pq.Quantity:
        """One second."""
        return quantity(1.0, SECOND)

    def _summary(self) -> str:
        what = f"{self.proxy_for.__name__.lower()}s".replace("spiketrains", "spikes")
        return f"{len(self)} {what}, {self.t_start.item():g} s to {self.t_stop.item():g} s"

    def _finish(self, made: Any, rows: Any) -> Any:
        """Annotations, and array annotations where it is known which rows were read."""
        made.annotations.update(copy_annotations(self.annotations))
        if rows is not None:
            for key, values in self.array_annotations.items():
                made.array_annotate(**{key: np.array(values[rows] if len(values) else values)})
        return made

    def _words(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "file_origin": self.file_origin,
        }


def rows_in(whole: tuple[Any, ...], part: tuple[Any, ...]) -> NDArray[np.int64] | None:
    """Which rows of all that a reader has it gave for a window, of which it does not tell.

    Parameters
    ----------
    whole, part
        Stamps, and what else there is (durations, labels; None: not there), of all and of those
        in the window, in the same order.

    Returns
    -------
    array or None
        None where the part is no part of the whole.
    """
    stamps, own = np.asarray(whole[0]), np.asarray(part[0])
    if not len(own):
        return np.empty(0, np.int64)
    inside: NDArray[np.int64] = np.flatnonzero((stamps >= own.min()) & (stamps <= own.max()))
    if len(inside) == len(own) and np.array_equal(stamps[inside], own):
        return inside
    # Epochs that last into the window have others between them: one after the other.
    columns = [i for i, column in enumerate(part) if column is not None]
    given = zip(*(np.asarray(part[i]).tolist() for i in columns), strict=True)
    every = enumerate(zip(*(np.asarray(whole[i]).tolist() for i in columns), strict=True))
    found = [next((at for at, row in every if row == wanted), -1) for wanted in given]
    return None if -1 in found else np.array(found, np.int64)


class SpikeTrainProxy(_TableProxy):
    """A spike train that is not read yet.

    Attributes
    ----------
    shape : tuple
        (spikes,)
    t_start, t_stop : Quantity
        Of the segment.
    sampling_rate, left_sweep : Quantity or None
        Of the waveforms.
    """

    _parent_objects = ("Segment", "Unit")
    _necessary_attrs = (("t_start", pq.Quantity, 0), ("t_stop", pq.Quantity, 0))
    _recommended_attrs = ()
    proxy_for = SpikeTrain

    def __init__(
        self,
        rawio: Any = None,
        spike_channel_index: Any = None,
        block_index: int = 0,
        seg_index: int = 0,
    ) -> None:
        self._place(rawio, block_index, seg_index)
        self._spike_channel_index = spike_channel_index
        self.shape = (int(rawio.spike_count(block_index, seg_index, spike_channel_index)),)
        row = rawio.header["spike_channels"][spike_channel_index]
        rate = float(row["wf_sampling_rate"])
        self.sampling_rate: Any = None
        self.left_sweep: Any = None
        if rate > 0:
            self.sampling_rate = quantity(rate, HERTZ)
            self.left_sweep = scalar_time(int(row["wf_left_sweep"]) / rate, SECOND)
            self._wf_units = ensure_signal_units(row["wf_units"])
        annotations, arrays = self._known("spikes", spike_channel_index)
        super().__init__(array_annotations=arrays, **annotations)

    def load(  # type: ignore[override]  # Neo's base takes any argument
        self,
        time_slice: Any = None,
        strict_slicing: bool = True,
        magnitude_mode: str = "rescaled",
        load_waveforms: bool = False,
    ) -> SpikeTrain:
        """Read the spikes, or those of a window (both ends included).

        Parameters
        ----------
        time_slice, strict_slicing
            As for signals.
        magnitude_mode
            ``"rescaled"``: seconds. Raw stamps are not offered here.
        load_waveforms
            Read the waveforms too: float32 (spikes, channels, samples).

        Raises
        ------
        ValueError
            A limit outside the segment, a window that ends before it begins, or no waveforms.
        """
        if magnitude_mode == "raw":
            raise NotImplementedError("spikes in raw stamps: use the raw reader's methods")
        if magnitude_mode != "rescaled":
            raise ValueError(f"magnitude_mode is 'rescaled', not {magnitude_mode!r}")
        t_start, t_stop = consolidate_time_slice(
            time_slice, self.t_start, self.t_stop, strict_slicing
        )
        if t_stop < t_start:
            raise ValueError(f"the window ends before it begins: {t_start} to {t_stop}")
        where = self._block_index, self._seg_index, self._spike_channel_index
        window = *where, *prepare_time_slice(time_slice)
        stamps = self._rawio.get_spike_timestamps(*window)
        times = self._rawio.rescale_spike_timestamp(stamps, dtype="float64")
        waveforms = self._waveforms(window) if load_waveforms else None
        rows: Any = slice(None)
        if time_slice is not None:
            if self.array_annotations:
                whole = self._rawio.get_spike_timestamps(*where, None, None)
                rows = rows_in((whole,), (stamps,))
            # Readers count in whole ticks: they may give what lies up to one before the window.
            keep = (times >= t_start.item()) & (times <= t_stop.item())
            if not keep.all():
                times = times[keep]
                waveforms = None if waveforms is None else waveforms[keep]
                rows = rows[keep] if isinstance(rows, np.ndarray) else rows
        train = SpikeTrain(
            times, t_stop, units="s", dtype="float64", t_start=t_start,
            sampling_rate=self.sampling_rate, waveforms=waveforms, left_sweep=self.left_sweep,
            **self._words(),
        )  # fmt: skip
        made: SpikeTrain = self._finish(train, rows)
        return made

    def _waveforms(self, window: tuple[Any, ...]) -> pq.Quantity:
        raw = None
        if self.sampling_rate is not None:
            raw = self._rawio.get_spike_raw_waveforms(*window)
        if raw is None:
            raise ValueError("There are no waveforms")
        values = self._rawio.rescale_waveforms_to_float(
            raw, dtype="float32", spike_channel_index=self._spike_channel_index
        )
        return pq.Quantity(values, units=self._wf_units, dtype="float32")


class _EventOrEpoch(_TableProxy):
    _parent_objects = ("Segment",)

    def __init__(
        self,
        rawio: Any = None,
        event_channel_index: Any = None,
        block_index: int = 0,
        seg_index: int = 0,
    ) -> None:
        self._place(rawio, block_index, seg_index)
        self._event_channel_index = event_channel_index
        self.shape = (int(rawio.event_count(block_index, seg_index, event_channel_index)),)
        annotations, arrays = self._known("events", event_channel_index)
        super().__init__(array_annotations=arrays, **annotations)

    def load(  # type: ignore[override]  # as above
        self, time_slice: Any = None, strict_slicing: bool = True
    ) -> Any:
        """Read all, or those that begin in a window (both ends included)."""
        consolidate_time_slice(time_slice, self.t_start, self.t_stop, strict_slicing)
        rawio, channel = self._rawio, self._event_channel_index
        where = self._block_index, self._seg_index, channel
        given = rawio.get_event_timestamps(*where, *prepare_time_slice(time_slice))
        rows: Any = slice(None)
        if time_slice is not None and self.array_annotations:
            rows = rows_in(rawio.get_event_timestamps(*where, None, None), given)
        stamps, durations, labels = given
        times = rawio.rescale_event_timestamp(stamps, dtype="float64", event_channel_index=channel)
        made: Event | Epoch
        if rawio.header["event_channels"][channel]["type"] == b"epoch":
            if durations is not None:
                seconds = rawio.rescale_epoch_duration(
                    durations, dtype="float64", event_channel_index=channel
                )
                durations = pq.Quantity(seconds, "s")
            made = Epoch(
                times=times, durations=durations, labels=labels, units="s", **self._words()
            )
        else:
            made = Event(times=times, labels=labels, units="s", **self._words())
        return self._finish(made, rows)


class EventProxy(_EventOrEpoch):
    """Events that are not read yet."""

    _necessary_attrs = (
        ("times", pq.Quantity, 1),
        ("labels", np.ndarray, 1, np.dtype("U")),
    )
    proxy_for = Event


class EpochProxy(_EventOrEpoch):
    """Epochs that are not read yet."""

    _necessary_attrs = (
        ("times", pq.Quantity, 1),
        ("durations", pq.Quantity, 1),
        ("labels", np.ndarray, 1, np.dtype("U")),
    )
    proxy_for = Epoch
