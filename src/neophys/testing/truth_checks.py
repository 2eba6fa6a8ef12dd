"""Checks against a builder's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.testing.case import Case, expect
from neophys.testing.example import Example, SignalTruth
from neophys.testing.report import NotHere

__all__ = ["times_match_oracle", "values_match_oracle"]


def values_match_oracle(case: Case) -> None:
    """Physical values are the builder's, in float64 to rounding and in float32 to its."""
    example = _example(case)
    for name, truth in example.signals.items():
        signal = case.recording.signals[name]
        wanted = np.concatenate([piece.values for piece in truth.pieces])
        n = len(wanted)
        for kind, tolerance in ((np.float64, 1e-12), (None, 1e-6)):
            found = signal.read(dtype=kind, gaps="skip").values
            expect(
                found.shape == wanted.shape, f"{name!r}: shape {found.shape}, not {wanted.shape}"
            )
            near(found, wanted, tolerance, f"{name!r}: values as {found.dtype}")
        expect(signal.read(gaps="skip").values[n:].size == 0, f"{name!r}: more than {n} samples")
    for name, spikes in example.spikes.items():
        if spikes.waveforms is not None:
            found = case.recording.spikes[name].waveforms
            expect(found is not None, f"{name!r}: no waveforms")
            near(np.asarray(found), spikes.waveforms, 1e-6, f"{name!r}: waveforms")


def times_match_oracle(case: Case) -> None:
    """Rates, starts and lengths of pieces, times of events and spikes are the builder's."""
    example = _example(case)
    recording = case.recording
    for name, truth in example.signals.items():
        _pieces(case, name, truth)
    for name, wanted in example.events.items():
        events = recording.events[name]
        order = np.argsort(wanted.times, kind="stable")
        near(events.times, wanted.times[order], 0, f"{name!r}: times")
        labels = [wanted.labels[i] for i in order]
        expect(events.label.tolist() == labels, f"{name!r}: labels are {events.label.tolist()}")
        durations = np.full(len(order), np.nan) if wanted.durations is None else wanted.durations
        near(events.durations, durations[order], 0, f"{name!r}: durations")
    for name, spikes in example.spikes.items():
        near(recording.spikes[name].times, spikes.times, 0, f"{name!r}: times")


def _pieces(case: Case, name: str, truth: SignalTruth) -> None:
    signal = case.recording.signals[name]
    rate = signal.sampling_rate
    expect(rate == truth.sampling_rate, f"{name!r}: {rate} Hz, not {truth.sampling_rate}")
    lengths = [len(piece.values) for piece in truth.pieces]
    starts = np.array([piece.start for piece in truth.pieces])
    found = [len(piece) for piece in signal.pieces] if len(signal) else []
    expect(found == lengths, f"{name!r}: pieces of {found} samples, not {lengths}")
    near(np.array([piece.t_start for piece in signal.pieces]), starts, 0, f"{name!r}: starts")
    times = [s + np.arange(n) / rate for s, n in zip(starts, lengths, strict=True)]
    near(signal.times, np.concatenate(times), 0, f"{name!r}: times of samples")
    for s, segment in enumerate(case.recording.segments):
        mine = [piece for piece in truth.pieces if piece.segment == s]
        held = [signal for signal in segment.signals if signal.name == name]
        n = sum(map(len, held))
        wanted = sum(len(piece.values) for piece in mine)
        expect(n == wanted, f"{name!r}: segment {s} has {n} samples, not {wanted}")
        if held and mine:
            near(
                np.array([held[0].t_start]), np.array([mine[0].start]), 0, f"segment {s}: its start"
            )


def near(found: NDArray[Any], wanted: NDArray[np.float64], relative: float, what: str) -> None:
    """Equal within `relative` of the largest value; times (0) within a nanosecond."""
    expect(found.shape == wanted.shape, f"{what}: {found.shape}, not {wanted.shape}")
    if found.size == 0:
        return
    scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
    tolerance = relative * scale if relative else max(1e-9, 1e-15 * scale)
    off = np.abs(found - wanted)
    wrong = ~((off <= tolerance) | (np.isnan(found) & np.isnan(wanted)))
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        n = int(wrong.sum())
        message = f"{what}: {n} of {found.size} differ, first at {at}: "
        expect(False, message + f"{found[at]!r}, expected {wanted[at]!r}")


def _example(case: Case) -> Example:
    if case.example is None:
        raise NotHere("no builder: the truth is not known")
    return case.example
