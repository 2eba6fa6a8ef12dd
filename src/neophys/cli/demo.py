"""``make demo``: the main job on one recording, and what the two ways of doing it cost.

Average around the triggers, in Neo's words: once with all samples in memory, once with those of
the windows only. Both give the same bits. A longer window is averaged natively, as a stream.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import neophys
from neophys.cli.averaging import NO_MATPLOTLIB
from neophys.cli.output import many, say
from neophys.cli.overview import as_lines, overview
from neophys.cli.status import status_of
from neophys.errors import NeophysError
from neophys.recording.labelled import Labelled
from neophys.source.writing import replacing

__all__ = ["main"]


_REAL = Path("ephy_testing_data", "micromed", "File_micromed_1.TRC")
#: Half a window: seconds, and samples that it must hold.
_HALF, _LEAST = 0.020, 5
#: Bytes of samples that the demo reads at once: more are averaged lazily only.
_MOST = 1 << 30


def main(arguments: list[str]) -> int:
    """Run the demo on the file that is named, or on the best there is; the exit status."""
    return status_of(lambda: _demonstrate(arguments))


def _demonstrate(arguments: list[str]) -> None:
    if len(arguments) > 1:
        raise NeophysError("make demo FILE=...: one file or folder")
    if find_spec("matplotlib") is None:
        raise NeophysError(NO_MATPLOTLIB)
    with contextlib.ExitStack() as stack:
        path, why = stack.enter_context(_recording(arguments))
        with neophys.open(path) as recording:
            lines, format = as_lines(overview(recording)), recording.format
        say([f"{path.name}, {why}", "", *lines, ""])
        name = _average(_reader(path, format), path)
        _respond(path, name)


def _reader(path: Path, format: str) -> Any:
    """Neo's class for the format: its choice by a file's name knows fewer names than we read."""
    from neophys import neo
    from neophys.neo.readers import CLASS_NAMES

    prefixes = {name: prefix for prefix, name in CLASS_NAMES.items()}
    if format not in prefixes:
        raise NeophysError(f"{path.name}: Neo's words for the format {format} are not there")
    # Neo refuses gaps, unless it is told to cut segments at them.
    options = {"gap_tolerance_ms": 0.0} if format == "neuralynx" else {}
    return getattr(neo, f"{prefixes[format]}IO")(path, **options)


@contextlib.contextmanager
def _recording(arguments: list[str]) -> Iterator[tuple[Path, str]]:
    """What to average, and where it comes from."""
    if arguments:
        yield Path(arguments[0]), "which you named"
        return
    named = os.environ.get("NEOPHYS_TEST_DATA")
    root = Path(named).expanduser() if named else Path("..", "shared", "data")
    if (root / _REAL).is_file():
        where = "NEOPHYS_TEST_DATA" if named else str(root)
        yield root / _REAL, f"a real recording, in {where}"
        return
    with as_file(files("neophys") / "data" / "sample.trc") as sample:
        why = "a made-up recording that comes with neophys; make demo FILE=... takes one of yours"
        yield sample, why


@dataclass(frozen=True, slots=True)
class _Job:
    """Which windows of which signal: places in what a Neo reader gives, and times."""

    reader: Any
    block: int
    segment: int
    signal: int
    half: Any
    times: Any

    def eagerly(self) -> NDArray[Any]:
        """(time, channel): the mean over the windows of a signal that is in memory."""
        segment = self.reader.read_segment(self.block, self.segment, lazy=False)
        signal = segment.analogsignals[self.signal]
        return _mean([signal.time_slice(t - self.half, t + self.half) for t in self.times])

    def lazily(self) -> NDArray[Any]:
        """The same, of a signal that stays on disk."""
        segment = self.reader.read_segment(self.block, self.segment, lazy=True)
        proxy = segment.analogsignals[self.signal]
        return _mean([proxy.load(time_slice=(t - self.half, t + self.half)) for t in self.times])


def _mean(windows: list[Any]) -> NDArray[Any]:
    mean: NDArray[Any] = np.mean(np.stack([w.magnitude for w in windows], axis=0), axis=0)
    return mean


def _average(reader: Any, path: Path) -> str:
    """Average both ways, say what each took, draw; the name of the events."""
    job, proxy, name = _find(reader, path)
    half = float(job.half)
    samples = 4 * proxy.shape[0] * proxy.shape[1]
    fits = samples <= _MOST
    # Once before it counts: what is imported on the way is not held for the samples' sake.
    first = replace(job, times=job.times[:1])
    first.lazily()
    if samples < _MOST >> 5:
        first.eagerly()
    lazy, lazy_peak = _measured(job.lazily)
    unit = str(proxy.units.dimensionality)
    n_times, n_channels = lazy.shape
    around = f"{many(len(job.times), 'window')} around {name!r}, {1e3 * half:g} ms before and after"
    say([f"{around}: {n_times} samples of {many(n_channels, 'channel')}, {unit}."])
    say(["The memory that it took, and the mean over windows and channels:"])
    say([_row("signal on disk, its windows read", lazy, lazy_peak)])
    if fits:
        eager, eager_peak = _measured(job.eagerly)
        say([_row("signal in memory", eager, eager_peak)])
        if not np.array_equal(eager, lazy, equal_nan=True):
            raise NeophysError("the two means differ, which they must not")
        say(["  Both agree, bit for bit."])
    else:
        say([f"  {'signal in memory':<36} left out, since it takes {_size(samples)}"])
    mean = _labelled(proxy, lazy, half, unit, len(job.times))
    title = f"{path.name}, around {name}"
    say(["", f"Each channel's mean: {_draw(mean, title, f'{path.stem}_average')}"])
    return name


def _respond(path: Path, name: str) -> None:
    """Draw a longer window too, in the native way, where there is just one signal."""
    with neophys.open(path) as recording:
        if len(recording.signals) > 1 or name not in recording.events.names:
            return
        try:
            trials = recording.signal.around(name, before="100ms", after="500ms")
        except NeophysError:
            return  # a recording that is shorter than the window
        mean = trials.mean()
    drawn = _draw(mean, f"{path.name}, around {name}", f"{path.stem}_response")
    say([f"From 100 ms before to 500 ms after, streamed: {drawn}"])


def _row(head: str, erp: NDArray[Any], peak: int) -> str:
    means = np.mean(erp, axis=1)
    shown = " ".join(f"{value:.4g}" for value in means[:10]) + (" ..." if means[10:].size else "")
    return f"  {head:<36} {_size(peak):>7}  {shown}"


def _find(reader: Any, path: Path) -> tuple[_Job, Any, str]:
    """The first signal with events that have whole windows in it."""
    held = 0
    for block, n_segments in enumerate(reader.header["nb_segment"]):
        for number in range(n_segments):
            segment = reader.read_segment(block, number, lazy=True)
            for table in (*segment.events, *segment.epochs):
                events = table.load()
                held += len(events.times)
                if not len(events.times):
                    continue
                for i, proxy in enumerate(segment.analogsignals):
                    rate = float(proxy.sampling_rate.rescale("Hz"))
                    half = max(_HALF, _LEAST / rate) * events.times.units
                    inside = events.times - half >= proxy.t_start
                    inside &= events.times + half <= proxy.t_stop
                    if inside.any():
                        times = events.times[inside]
                        return _Job(reader, block, number, i, half, times), proxy, events.name
    if held:
        raise NeophysError(f"{path.name}: none of its {held} events has a whole window of signal")
    raise NeophysError(
        f"{path.name}: holds no events in Neo's words, so there is nothing to average around"
    )


def _measured(work: Callable[[], NDArray[Any]]) -> tuple[NDArray[Any], int]:
    """What `work` gives, and the most bytes that it held at a time."""
    gc.collect()
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _size(n_bytes: int) -> str:
    size = n_bytes / 1000
    for unit in ("kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _labelled(proxy: Any, erp: NDArray[Any], half: float, unit: str, n: int) -> Labelled:
    rate = float(proxy.sampling_rate.rescale("Hz"))
    time = (np.arange(len(erp)) - round(half * rate)) / rate
    names = np.asarray(proxy.array_annotations["channel_names"])
    return Labelled(erp, ("time", "channel"), {"time": time, "channel": names}, unit, n)


def _draw(mean: Labelled, title: str, name: str) -> Path:
    from neophys.plot import draw_average

    out = Path("out", f"{name}.png")
    out.parent.mkdir(exist_ok=True)
    with replacing(out) as file:
        draw_average(mean, title=title).savefig(file, format="png")
    return out


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
