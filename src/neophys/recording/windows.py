"""Trials: windows around events, streamed in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neophys.errors import EventError, OutOfRangeError
from neophys.kernels import Calibration
from neophys.reading.engine import Progress
from neophys.recording.events import Events, Where
from neophys.recording.labelled import Labelled
from neophys.recording.signal import Signal
from neophys.recording.times import seconds

__all__ = ["Dropped", "Trials", "trials_around"]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A window that the signal does not cover whole: the event's row, its time, why."""

    row: int
    time: float
    reason: Literal["outside", "gap"]


class Trials:
    """Lazy (trial, time, channel): equal windows around events.

    Attributes
    ----------
    n
        Windows that are whole.
    time
        (time,) seconds relative to the event, the same for all.
    events
        The events of these windows.
    dropped
        What was left out, and why.
    window
        (from, to) in seconds, relative to the event.
    """

    def __init__(
        self,
        signal: Signal,
        starts: NDArray[np.int64],
        length: int,
        lead: int,
        events: Events,
        dropped: tuple[Dropped, ...],
        baseline: slice | None,
    ) -> None:
        self._signal, self._starts, self._length, self._lead = signal, starts, length, lead
        self.events, self.dropped, self._baseline = events, dropped, baseline
        self.time: NDArray[np.float64] = np.arange(-lead, length - lead) / signal.sampling_rate
        self.window = (-lead / signal.sampling_rate, (length - lead) / signal.sampling_rate)

    @property
    def n(self) -> int:
        return len(self._starts)

    @property
    def shape(self) -> tuple[int, ...]:
        tail = () if self._signal._one_channel else (len(self._signal.channels),)
        return (self.n, self._length, *tail)

    @property
    def dims(self) -> tuple[str, ...]:
        return ("trial", "time") if self._signal._one_channel else ("trial", "time", "channel")

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, key: Any) -> Any:
        """A trial as Labelled (time, channel); by slice, mask or numbers some of them, lazily."""
        if not hasattr(key, "__index__") or isinstance(key, np.ndarray):
            return Trials(
                self._signal, self._starts[key], self._length, self._lead,
                self.events[key], self.dropped, self._baseline,
            )  # fmt: skip
        values = self._values(self._starts[[key]])[0]
        return Labelled(values, self.dims[1:], self._coords(), self._signal.units)

    def __iter__(self) -> Iterator[Labelled]:
        return (self[i] for i in range(self.n))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("reading windows makes a copy; copy=False cannot be kept")
        values = self.read().values
        return np.asarray(values if dtype is None else values.astype(dtype))

    def read(self) -> Labelled:
        """All windows: (trial, time, channel)."""
        coords = self._coords() | {"trial": np.arange(self.n)}
        return Labelled(self._values(self._starts), self.dims, coords, self._signal.units)

    def mean(self, progress: Progress | None = None) -> Labelled:
        """The mean over the windows: (time, channel) float64, `n` windows.

        Raw samples are added as integers, exactly, and calibrated once; memory does not grow
        with the number of windows.

        Parameters
        ----------
        progress
            Called with (samples done, samples in all); what it raises cancels the work.
        """
        signal = self._signal
        if not self.n:
            raise EventError("0 trials have no mean")
        total = signal._samples.sum_windows(
            self._starts.tolist(), self._length, signal._columns, progress=progress
        )
        channels = signal.channels
        with np.errstate(invalid="ignore"):  # float samples may be infinite
            values = total / self.n
            if not signal._raw:
                values = values * channels["gain"] + channels["offset"]
        if self._baseline is not None:
            # Subtracting each window's own baseline first gives the same mean.
            values -= values[self._baseline].mean(axis=0)
        if signal._one_channel:
            values = values[:, 0]
        return Labelled(values, self.dims[1:], self._coords(), signal.units, self.n)

    def _values(self, starts: NDArray[np.int64]) -> NDArray[Any]:
        signal = self._signal
        if signal._raw:
            plain = Calibration(np.ones(len(signal.channels)), np.zeros(len(signal.channels)))
            values = signal._samples.windows(
                starts.tolist(), self._length, signal._columns, calibration=plain, dtype=np.float64
            )
        else:
            values = signal._samples.windows(starts.tolist(), self._length, signal._columns)
        if self._baseline is not None:
            values -= values[:, self._baseline].mean(axis=1, keepdims=True)
        return values[:, :, 0] if signal._one_channel else values

    def _coords(self) -> dict[str, NDArray[Any]]:
        return {"time": self.time, **self._signal._channel_coords()}

    def __repr__(self) -> str:
        of = self.n + len(self.dropped)
        sizes = ", ".join(f"{d}: {n}" for d, n in zip(self.dims, self.shape, strict=True))
        a, b = self.window
        return f"<Trials ({sizes}) {a:g} to {b:g} s around {self.n} of {of} events>"


def trials_around(
    signal: Signal,
    events: Any,
    before: Any,
    after: Any,
    where: Where | None,
    baseline: tuple[Any, Any] | None,
    incomplete: str,
) -> Trials:
    """What :meth:`Signal.around` returns; see there."""
    if incomplete not in ("drop", "raise"):
        raise ValueError(f"incomplete={incomplete!r}: 'drop' or 'raise'")
    lead, tail = seconds(before, what="before"), seconds(after, what="after")
    if lead < 0 or tail < 0 or lead + tail == 0:
        raise ValueError(
            f"before={before!r}, after={after!r}: both count away from the event, not below 0"
        )
    signal._covered()
    chosen = _events(signal, events, where)
    rate = signal.stream.sampling_rate
    n_before, length = round(lead * rate), round((lead + tail) * rate)
    if length < 1:
        raise ValueError(f"the window holds no sample at {rate:g} Hz")
    starts, kept, dropped = _starts(signal, chosen, n_before, length)
    if dropped and incomplete == "raise":
        first = dropped[0]
        raise OutOfRangeError(
            f"{len(dropped)} of {len(chosen)} windows are not whole; the first, around "
            f"{first.time:g} s: {first.reason} ({signal!r})"
        )
    if not kept.size:
        raise EventError(f"0 trials: {len(chosen)} events, {len(dropped)} windows not whole")
    of_baseline = None if baseline is None else _baseline(baseline, rate, n_before, length)
    return Trials(signal, starts, length, n_before, chosen[kept], dropped, of_baseline)


def _events(signal: Signal, events: Any, where: Where | None) -> Events:
    if isinstance(events, str):
        events = signal._recording.part(*signal._at[1:]).event_channel(events)
    elif not isinstance(events, Events):
        if hasattr(events, "rescale"):
            events = events.rescale("s").magnitude
        if np.asarray(events).dtype.kind not in "iuf":  # text, dates
            events = [signal._seconds(time) for time in np.atleast_1d(events).tolist()]
        times = np.asarray(events, np.float64).reshape(-1)
        blank = np.full(len(times), "")
        events = Events(times, np.full(len(times), np.nan), blank, blank, {})
    chosen: Events = events if where is None else events.where(where)
    return chosen


def _starts(
    signal: Signal, events: Events, n_before: int, length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[Dropped, ...]]:
    """First rows of the windows that are whole, the events' rows, and the rest."""
    rate = signal.stream.sampling_rate
    parts = signal.pieces
    begins = np.array([part.t_start for part in parts])
    rows = np.array([part._rows.start for part in parts], np.int64)
    sizes = np.array([len(part._rows) for part in parts], np.int64)
    # To the nearest sample before asking which part: an event half a sample early is in time.
    number = np.searchsorted(begins - 0.5 / rate, events.times, side="right") - 1
    number = np.maximum(number, 0)
    at = np.rint((events.times - begins[number]) * rate)
    # No window is so far off, and infinite times are no numbers of samples.
    at = np.nan_to_num(np.clip(at, -(2**60), 2**60), nan=-(2**60)).astype(np.int64) - n_before
    whole = (at >= 0) & (at + length <= sizes[number])
    dropped = []
    for i in np.flatnonzero(~whole).tolist():
        low, high = at[i] < 0, at[i] + length > sizes[number[i]]
        outer = (low and number[i] == 0) or (high and number[i] == len(parts) - 1)
        outer = outer or not np.isfinite(events.times[i])
        dropped.append(Dropped(i, float(events.times[i]), "outside" if outer else "gap"))
    kept = np.flatnonzero(whole)
    return rows[number[kept]] + at[kept], kept, tuple(dropped)


def _baseline(baseline: tuple[Any, Any], rate: float, n_before: int, length: int) -> slice:
    a, b = (None if t is None else seconds(t, what="baseline") for t in baseline)
    first = 0 if a is None else n_before + round(a * rate)
    last = length if b is None else n_before + round(b * rate)
    if not 0 <= first < last <= length:
        raise ValueError(f"baseline={baseline!r} must hold a sample and lie within the window")
    return slice(first, last)
