"""Proxies of spike trains, events and epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq

from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.timequantity import scalar_time
from neophys.neo.core.units import HERTZ, SECOND, quantity
from neophys.neo.io.signalproxy import BaseProxy
from neophys.neo.io.signalunits import ensure_signal_units
from neophys.neo.io.timeslices import consolidate_time_slice, prepare_time_slice

__all__ = ["EpochProxy", "EventProxy", "SpikeTrainProxy"]


class SpikeTrainProxy(BaseProxy):
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
    _quantity_attr = "times"
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
        self._rawio = rawio
        self._block_index, self._seg_index = block_index, seg_index
        self._spike_channel_index = spike_channel_index
        self.shape = (rawio.spike_count(block_index, seg_index, spike_channel_index),)
        self.t_start = scalar_time(float(rawio.segment_t_start(block_index, seg_index)), SECOND)
        self.t_stop = scalar_time(float(rawio.segment_t_stop(block_index, seg_index)), SECOND)
        row = rawio.header["spike_channels"][spike_channel_index]
        rate = float(row["wf_sampling_rate"])
        self.sampling_rate: Any = None
        self.left_sweep: Any = None
        if rate > 0:
            self.sampling_rate = quantity(rate, HERTZ)
            self.left_sweep = scalar_time(int(row["wf_left_sweep"]) / rate, SECOND)
            self._wf_units = ensure_signal_units(row["wf_units"])
        known = rawio.raw_annotations["blocks"][block_index]["segments"][seg_index]
        annotations = known["spikes"][spike_channel_index].copy()
        arrays = annotations.pop("__array_annotations__")
        super().__init__(array_annotations=arrays, **annotations)

    def load(
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
            A limit outside the segment, or no waveforms.
        """
        if magnitude_mode == "raw":
            raise NotImplementedError("spikes in raw stamps: use the raw reader's methods")
        if magnitude_mode != "rescaled":
            raise ValueError(f"magnitude_mode is 'rescaled', not {magnitude_mode!r}")
        t_start, t_stop = consolidate_time_slice(
            time_slice, self.t_start, self.t_stop, strict_slicing
        )
        window = self._block_index, self._seg_index, self._spike_channel_index, *(
            prepare_time_slice(time_slice)
        )  # fmt: skip
        times = self._rawio.rescale_spike_timestamp(
            self._rawio.get_spike_timestamps(*window), dtype="float64"
        )
        waveforms = self._waveforms(window) if load_waveforms else None
        if time_slice is not None:
            # Readers count in whole ticks: they may give what lies up to one before the window.
            keep = (times >= t_start.item()) & (times <= t_stop.item())
            if not keep.all():
                times = times[keep]
                waveforms = None if waveforms is None else waveforms[keep]
        train = SpikeTrain(
            times, t_stop, units="s", dtype="float64", t_start=t_start,
            sampling_rate=self.sampling_rate, waveforms=waveforms, left_sweep=self.left_sweep,
            **self._describe(),
        )  # fmt: skip
        if time_slice is None:
            train.array_annotate(**self.array_annotations)
        return train

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


class _EventOrEpoch(BaseProxy):
    _parent_objects = ("Segment",)
    _quantity_attr = "times"

    def __init__(
        self,
        rawio: Any = None,
        event_channel_index: Any = None,
        block_index: int = 0,
        seg_index: int = 0,
    ) -> None:
        self._rawio = rawio
        self._block_index, self._seg_index = block_index, seg_index
        self._event_channel_index = event_channel_index
        self.shape = (rawio.event_count(block_index, seg_index, event_channel_index),)
        self.t_start = scalar_time(float(rawio.segment_t_start(block_index, seg_index)), SECOND)
        self.t_stop = scalar_time(float(rawio.segment_t_stop(block_index, seg_index)), SECOND)
        known = rawio.raw_annotations["blocks"][block_index]["segments"][seg_index]
        annotations = known["events"][event_channel_index].copy()
        arrays = annotations.pop("__array_annotations__")
        super().__init__(array_annotations=arrays, **annotations)

    def load(self, time_slice: Any = None, strict_slicing: bool = True) -> Any:
        """Read all, or those that begin in a window (both ends included)."""
        consolidate_time_slice(time_slice, self.t_start, self.t_stop, strict_slicing)
        channel = self._event_channel_index
        stamps, durations, labels = self._rawio.get_event_timestamps(
            self._block_index, self._seg_index, channel, *prepare_time_slice(time_slice)
        )
        rawio = self._rawio
        times = rawio.rescale_event_timestamp(stamps, dtype="float64", event_channel_index=channel)
        kind = rawio.header["event_channels"][channel]["type"]
        made: Event | Epoch
        if kind == b"epoch":
            if durations is not None:
                seconds = rawio.rescale_epoch_duration(
                    durations, dtype="float64", event_channel_index=channel
                )
                durations = pq.Quantity(seconds, "s")
            made = Epoch(
                times=times, durations=durations, labels=labels, units="s", **self._describe()
            )
        else:
            made = Event(times=times, labels=labels, units="s", **self._describe())
        if time_slice is None:
            made.array_annotate(**self.array_annotations)
        return made


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
