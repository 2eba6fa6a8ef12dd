"""``neophys average``: the mean around events, streamed, as a picture or as numbers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import typer

import neophys
from neophys.cli.output import many, progress, say
from neophys.errors import ChannelError, EventError, NeophysError
from neophys.recording.times import seconds
from neophys.source.writing import replacing

if TYPE_CHECKING:
    from neophys.recording import Events, Labelled, Recording, Signal, Trials

__all__ = ["NO_MATPLOTLIB", "Wish", "trials_of", "units_of_channels", "write"]

NO_MATPLOTLIB = "a picture needs matplotlib, which is not installed: pip install 'neophys[plot]'"

_SUFFIXES = (".png", ".csv", ".npy")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be averaged, as it was asked for: times are text."""

    events: str
    before: str
    after: str
    channels: tuple[str, ...] = ()
    signal: str | None = None
    labels: tuple[str, ...] = ()
    start: str | None = None
    stop: str | None = None


def write(file: str, wish: Wish, out: Path, *, format: str | None = None) -> None:
    """Average, and write the mean to `out`, by what its name ends in."""
    kind = out.suffix.lower()
    if kind not in _SUFFIXES:
        raise typer.BadParameter(f"-o: {out.name!r} must end in {', '.join(_SUFFIXES)}")
    if kind == ".png" and find_spec("matplotlib") is None:
        raise NeophysError(NO_MATPLOTLIB)
    with neophys.open(file, format=format) as recording:
        trials = trials_of(recording, wish)
        with progress(f"averaging {many(trials.n, 'window')}") as report:
            mean = trials.mean(report)
        with replacing(out) as whole:
            if kind == ".npy":
                np.save(whole, mean.values)
            elif kind == ".csv":
                _write_csv(mean, whole)
            else:
                from neophys.plot import draw_average

                what = ": ".join((wish.events, *([", ".join(wish.labels)] if wish.labels else [])))
                figure = draw_average(mean, title=f"{recording.name}, around {what}")
                figure.savefig(whole, format="png")
    say([f"{out}: {_made(trials, wish)}", *_dropped(trials)])


def trials_of(recording: Recording, wish: Wish) -> Trials:
    """The windows that are wished for; nothing is read but tables.

    Raises
    ------
    NeophysError
        What is asked for by name is not there, or no window is whole.
    typer.BadParameter
        A time cannot be read, or the window is none.
    """
    try:
        return _trials(recording, wish)
    except KeyError as error:
        # A name that is not there: ChannelError, EventError.
        raise NeophysError(f"{recording.name}: {error}") from None


def _trials(recording: Recording, wish: Wish) -> Trials:
    clock = recording.start_time
    before, after = _seconds(wish.before, "--before"), _seconds(wish.after, "--after")
    events = _within(recording.events[wish.events], wish, clock)
    signal = _signal(recording, wish)
    try:
        return signal.around(
            events, before, after, where=list(wish.labels) if wish.labels else None
        )
    except NeophysError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _signal(recording: Recording, wish: Wish) -> Signal:
    channels = list(wish.channels)
    if wish.signal is not None:
        signal = recording.signals[wish.signal]
        return signal[channels] if channels else signal
    if channels:
        return recording[channels]
    signals = recording.signals
    if len(signals) == 1:
        return signals[0]
    if not len(signals):
        raise ChannelError("the recording holds no signal")
    names = ", ".join(signals.names)
    raise ChannelError(
        f"{len(signals)} signals ({names}); choose one with --signal, or "
        "some of its channels with --channel"
    )


def _within(events: Events, wish: Wish, clock: datetime | None) -> Events:
    """The events from ``--from`` on, before ``--to``."""
    mask = np.ones(len(events), bool)
    if wish.start is not None:
        mask &= events.times >= _seconds(wish.start, "--from", clock)
    if wish.stop is not None:
        mask &= events.times < _seconds(wish.stop, "--to", clock)
    if not len(events):
        raise EventError(f"the event channel {wish.events!r} is empty")
    if not mask.any():
        first, last = float(events.times[0]), float(events.times[-1])
        raise EventError(
            f"none of {len(events)} events of {wish.events!r} lies between --from and --to: "
            f"they lie between {first:g} and {last:g} s"
        )
    return events.where(mask)


def _seconds(text: str, option: str, clock: datetime | None = None) -> float:
    try:
        number: float | str = float(text)
    except ValueError:
        number = text
    try:
        return seconds(number, clock, what=option)
    except NeophysError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def units_of_channels(mean: Labelled) -> list[str]:
    """The unit of each channel."""
    units = mean.units
    return list(units) if isinstance(units, tuple) else [units] * mean.shape[-1]


def _write_csv(mean: Labelled, file: BinaryIO) -> None:
    """Seconds, then a column a channel, each headed by its name and unit."""
    import io

    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    names = zip(mean.channel.tolist(), units_of_channels(mean), strict=True)
    rows.writerow(["time [s]", *(f"{name} [{unit}]" for name, unit in names)])
    for time, values in zip(mean.time.tolist(), mean.values.tolist(), strict=True):
        rows.writerow([time, *values])
    text.detach()


def _made(trials: Trials, wish: Wish) -> str:
    _, n_times, n_channels = trials.shape
    windows, channels = many(trials.n, "window"), many(n_channels, "channel")
    return f"mean of {windows} around {wish.events}, {n_times} samples of {channels}"


def _dropped(trials: Trials) -> list[str]:
    """What was left out, and why."""
    whys = {
        "outside": "reach beyond the recording",
        "gap": "reach into a gap",
    }
    lines = []
    for reason, why in whys.items():
        times = [dropped.time for dropped in trials.dropped if dropped.reason == reason]
        if times:
            shown = ", ".join(f"{time:g}" for time in times[:5]) + (", ..." if times[5:] else "")
            lines.append(f"left out: {len(times)}, since they {why} (at {shown} s)")
    return lines
