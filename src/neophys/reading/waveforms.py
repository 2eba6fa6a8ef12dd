"""Waveforms of spikes, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Waveforms
from neophys.kernels import Calibration, decode
from neophys.layout.runs import Runs
from neophys.reading.engine import Span, read
from neophys.reading.sinks import Raw, native, physical_dtype
from neophys.source.bundle import Bundle

__all__ = ["physical_waveforms", "read_waveforms"]


def read_waveforms(bundle: Bundle, waveforms: Waveforms, start: int, stop: int) -> NDArray[Any]:
    """Raw waveforms of spikes [start, stop).

    Returns
    -------
    array
        (n, channels, samples) in native byte order; where spikes have unequal lengths, float32
        with NaN after the end of the shorter ones (float64 for samples wider than 24 bit).
    """
    positions = waveforms.positions[start:stop]
    counts = np.broadcast_to(np.asarray(waveforms.n_samples, np.int64), waveforms.positions.shape)
    counts = counts[start:stop]
    n, channels = len(positions), waveforms.n_channels
    longest = int(counts.max()) if n else int(np.max(waveforms.n_samples, initial=0))
    dtype = native(waveforms.dtype)
    # Each spike is a run of all its samples; the runs lie one after the other in one column.
    first = np.concatenate([[0], np.cumsum(counts * channels)]).astype(np.int64)
    flat = np.empty((int(first[-1]), 1), dtype)
    if flat.size:
        runs = Runs(waveforms.file, positions[:, None].astype(np.int64), first, waveforms.dtype)
        read(bundle, [Span(runs, 0, runs.n_samples, 0)], slice(0, 1), Raw(flat))
    if (counts == longest).all():
        return _by_channel(flat.reshape(n, channels * longest), channels, longest, waveforms.axes)
    out = np.full((n, channels, longest), np.nan, physical_dtype(waveforms.dtype))
    for length in np.unique(counts).tolist():
        mine = np.flatnonzero(counts == length)
        samples = flat[first[mine][:, None] + np.arange(length * channels), 0]
        out[mine, :, :length] = _by_channel(samples, channels, length, waveforms.axes)
    return out


def physical_waveforms(
    bundle: Bundle, waveforms: Waveforms, start: int, stop: int, calibration: Calibration
) -> NDArray[Any]:
    """The same, calibrated: float32 for samples of up to 24 bits, else float64."""
    raw = read_waveforms(bundle, waveforms, start, stop)
    out: NDArray[Any] = np.empty(raw.shape, physical_dtype(waveforms.dtype))
    decode(raw.transpose(0, 2, 1), out.transpose(0, 2, 1), calibration)
    return out


def _by_channel(flat: NDArray[Any], channels: int, length: int, axes: str) -> NDArray[Any]:
    if axes == "channel, time":
        return flat.reshape(len(flat), channels, length)
    return np.ascontiguousarray(flat.reshape(len(flat), length, channels).transpose(0, 2, 1))
