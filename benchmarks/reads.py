"""One process's measurements of reading; prints them as JSON. Run by ``python -m benchmarks``."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import neo
import numpy as np
import quantities as pq

import neophys
from benchmarks.timing import Pair, by_turns
from neophys import neo as ours
from neophys.kernels import COMPILED

Row = tuple[str, str, Pair]


def openings(files: dict[str, Path]) -> Iterator[Row]:
    """Header parsed, by both rawios; and ours on a long file against ours on a short one."""
    long, short = files["exact"], files["short"]

    def parse(cls: Any, path: Path) -> Callable[[], Any]:
        return lambda: cls(filename=str(path)).parse_header()

    mine, theirs = ours.rawio.MicromedRawIO, neo.rawio.MicromedRawIO
    yield "open", "open, header parsed", by_turns(parse(mine, long), parse(theirs, long))
    yield (
        "open-length",
        "open the long file (ours / short file)",
        by_turns(parse(mine, short), parse(mine, long)),
    )
    pair = by_turns(partial(_parsed, mine, str(long)), partial(_parsed, theirs, str(long)))
    yield "open-tables", "open, and look at the header's tables", pair
    real = files.get("real")
    if real:
        yield (
            "open-real",
            "open, the real recording",
            by_turns(parse(mine, real), parse(theirs, real)),
        )


def _parsed(cls: Any, path: str) -> Any:
    reader = cls(filename=path)
    reader.parse_header()
    return reader.header


def windows(files: dict[str, Path]) -> Iterator[Row]:
    """Proxy windows of 40 ms x 64 channels, and the worked example's whole loop."""
    for kind in ("exact", "odd"):
        mine, theirs = (
            m.MicromedIO(filename=str(files[kind])).read_segment(lazy=True).analogsignals[0]
            for m in (ours, neo)
        )
        span = (100 * pq.s, 100.04 * pq.s)
        _same(mine.load(time_slice=span).magnitude, theirs.load(time_slice=span).magnitude)
        pair = by_turns(partial(mine.load, time_slice=span), partial(theirs.load, time_slice=span))
        yield f"window-{kind}", f"proxy.load, 40 ms x 64, {kind} gains", pair
    mine, theirs = (
        m.MicromedIO(filename=str(files["exact"])).read_segment(lazy=True) for m in (ours, neo)
    )
    _same(_average(mine), _average(theirs))
    pair = by_turns(partial(_average, mine), partial(_average, theirs), turns=9)
    yield "loop", "the worked example's lazy loop", pair


def _average(segment: Any) -> Any:
    """The worked example, for the first 300 triggers."""
    lim_start, lim_end = -20 * pq.ms, +20 * pq.ms
    triggers = segment.events[0].load(time_slice=None)
    proxy = segment.analogsignals[0]
    times = triggers.times[1:300]
    chunks = [proxy.load(time_slice=(t + lim_start, t + lim_end)) for t in times]
    return np.mean(np.mean(np.stack([s.magnitude for s in chunks], axis=0), axis=0), axis=1)


class Floor:
    """A window of a plain file by hand: pread, astype, ``*=``, ``+=``."""

    def __init__(self, path: Path, offset: int, gain: Any, shift: Any) -> None:
        self.handle, self.offset = os.open(path, os.O_RDONLY), offset
        self.gain, self.shift, self.k = gain, shift, len(gain)

    def read(self, a: int, b: int) -> Any:
        """(b - a, k) float32."""
        data = os.pread(self.handle, (b - a) * 2 * self.k, self.offset + a * 2 * self.k)
        x = np.frombuffer(data, "<u2").reshape(-1, self.k).astype(np.float32)
        x *= self.gain
        x += self.shift
        return x


def native(files: dict[str, Path]) -> Iterator[Row]:
    """``sig[a:b].read()`` against the floor."""
    for kind in ("exact", "odd"):
        recording = neophys.open(files[kind])
        sig = recording.signals[0]
        layout: Any = recording.samples(0).pieces[0].layout
        gain, shift = sig.channels["gain"].copy(), sig.channels["offset"].copy()
        floor = Floor(files[kind], layout.offset, gain, shift)
        for name, n in (("40 ms", 82), ("1 s", 2048)):
            a, b = 300_000, 300_000 + n
            _same(sig[a:b].read().values, floor.read(a, b))
            pair = by_turns(partial(_window, sig, a, b), partial(floor.read, a, b), turns=25)
            yield f"native-{n}-{kind}", f"sig[a:b].read(), {name} x 64, {kind} gains (floor)", pair
        os.close(floor.handle)


def _window(sig: Any, a: int, b: int) -> Any:
    return sig[a:b].read()


def eager(files: dict[str, Path]) -> Iterator[Row]:
    """The whole signal as an AnalogSignal, by both."""
    for kind in ("exact", "odd"):
        path = str(files[f"{kind}-part"])
        mine, theirs = (partial(_whole, m.MicromedIO(filename=path)) for m in (ours, neo))
        _same(mine().magnitude, theirs().magnitude)
        yield f"eager-{kind}", f"eager read, {kind} gains", by_turns(mine, theirs, turns=9)


def _whole(reader: Any) -> Any:
    return reader.read_segment(lazy=False).analogsignals[0]


def plexon(files: dict[str, Path]) -> Iterator[Row]:
    """One second of all channels: one plan against a read a channel."""
    for name in ("omniplex", "plexon32"):
        if name not in files:
            continue
        mine, theirs = (
            m.rawio.PlexonRawIO(filename=str(files[name]), progress_bar=False) for m in (ours, neo)
        )
        mine.parse_header()
        theirs.parse_header()
        _same(_second(mine), _second(theirs))
        n = len(mine.header["signal_channels"])
        pair = by_turns(partial(_second, mine), partial(_second, theirs))
        yield name, f"Plexon, 1 s x all {n} channels ({name})", pair


def _second(reader: Any) -> Any:
    rate = int(reader.get_signal_sampling_rate(0))
    raw = reader.get_analogsignal_chunk(i_start=3 * rate, i_stop=4 * rate, stream_index=0)
    return reader.rescale_signal_raw_to_float(raw, stream_index=0)


def _same(mine: Any, theirs: Any) -> None:
    if not np.array_equal(mine, theirs):
        raise SystemExit("values differ: nothing to compare")


def main() -> None:
    logging.disable(logging.WARNING)
    files = {name: Path(path) for name, path in json.loads(sys.argv[1]).items()}
    rows = [
        {"key": key, "what": what, "ours": pair.ours, "theirs": pair.theirs, "ratio": pair.ratio}
        for part in (openings, windows, native, eager, plexon)
        for key, what, pair in part(files)
    ]
    json.dump({"compiled": COMPILED, "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main()
