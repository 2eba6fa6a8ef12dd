"""One process's measurements of objects; prints them as JSON. Run by ``python -m benchmarks``."""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import neo
import neo.utils
import numpy as np
import quantities as pq

from benchmarks.timing import Pair, by_turns
from neophys import neo as ours

Row = tuple[str, str, Pair]

RATE, SECONDS, CHANNELS = 2000, 62.5, 64
BOTH = (ours, neo)
SPIKES = np.sort(np.random.default_rng(2).uniform(0, SECONDS, 1000))
NOISE = np.random.default_rng(3).normal(size=(int(RATE * SECONDS), CHANNELS)).astype(np.float32)
#: A list of so many trains with so many spikes each.
MANY = 1000


def single(_: int) -> Iterator[Row]:
    """Making, slicing and shifting one object."""
    for name, units in (("pq.s", pq.s), ("'s'", "s")):
        mine, theirs = (partial(lib.SpikeTrain, SPIKES, 70.0, units=units) for lib in BOTH)
        yield f"train-{name}", f"SpikeTrain(1000 spikes, units={name})", _pair(mine, theirs)
    mine, theirs = (_signal(lib) for lib in BOTH)
    span = (10 * pq.s, 10.04 * pq.s)
    pair = _pair(partial(mine.time_slice, *span), partial(theirs.time_slice, *span))
    yield "time-slice", "AnalogSignal.time_slice, 40 ms x 64", pair
    pair = _pair(partial(_rows, mine), partial(_rows, theirs))
    yield "index", "AnalogSignal[a:b], 80 x 64", pair
    mine, theirs = (_event(lib) for lib in BOTH)
    span = (10 * pq.s, 20 * pq.s)
    pair = _pair(partial(mine.time_slice, *span), partial(theirs.time_slice, *span))
    yield "event-slice", "Event.time_slice, 160 of 1000 events", pair
    shift = 20 * pq.ms
    mine, theirs = (lib.SpikeTrain(SPIKES, 70.0, units="s").times for lib in BOTH)
    pair = _pair(partial(mine.__add__, shift), partial(theirs.__add__, shift))
    yield "shift-many", "train.times + 20 ms, 1000 spikes", pair
    one, other = mine[500], theirs[500]
    pair = _pair(partial(one.__add__, shift), partial(other.__add__, shift))
    yield "shift-one", "train.times[500] + 20 ms", pair


def cutting(_: int) -> Iterator[Row]:
    """A segment cut around a hundred epochs."""
    cuts = (partial(lib.utils.cut_segment_by_epoch, _segment(lib), _epoch(lib)) for lib in BOTH)
    pair = _pair(*cuts, turns=5)
    n = len(_epoch(ours))
    each = Pair(pair.ours / n, pair.theirs / n, pair.ratio)
    yield "cut", "cut_segment_by_epoch, per epoch of 40 ms: 1 signal, 10 trains, 1 event", each


def lists(_: int) -> Iterator[Row]:
    """A thousand trains of a thousand spikes."""
    random = np.random.default_rng(4)
    times = np.sort(random.uniform(0, 100, MANY * MANY))
    ids = random.permutation(np.repeat(np.arange(MANY), MANY))
    build = [partial(_built, lib, times, ids) for lib in BOTH]
    yield "build", "from_spike_time_array and its trains, 1000 x 1000", _pair(*build, turns=5)
    trains = [[*_built(lib, times, ids)] for lib in BOTH]
    pair = _pair(*(partial(first.merge, *rest) for first, *rest in trains), turns=5)
    yield "merge", "SpikeTrain.merge of 1000 x 1000", pair
    # A new list each time: Neo keeps the arrays once they are made.
    pair = _pair(
        *(
            lambda lib=lib, own=own: lib.core.spiketrainlist.SpikeTrainList(own).multiplexed
            for lib, own in zip(BOTH, trains, strict=True)
        ),
        turns=9,
    )
    yield "multiplexed", "SpikeTrainList(trains).multiplexed, 1000 x 1000", pair


def stored(trains: int) -> Iterator[Row]:
    """Many trains from pickles, each loaded in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = {name: Path(scratch) / f"{name}.pickle" for name in ("neophys", "neo")}
        for name, path in paths.items():
            _fresh(_WRITE, name, str(path), str(trains))
        rounds = [
            tuple(
                _fresh(_LOAD, reader, str(paths[writer]))
                for reader, writer in (("neo", "neo"), ("neophys", "neophys"), ("neophys", "neo"))
            )
            for _ in range(3)
        ]
    (peer, total), (own, mine), (foreign, others) = (
        (statistics.median(turn[i][0] for turn in rounds), {turn[i][1] for turn in rounds})
        for i in range(3)
    )
    if not total == mine == others or len(total) != 1:
        raise SystemExit("values differ: nothing to compare")
    for key, what, spent, i in (
        ("pickle-own", "neophys wrote", own, 1),
        ("pickle-neos", "Neo wrote", foreign, 2),
    ):
        ratio = statistics.median(turn[0][0] / turn[i][0] for turn in rounds)
        yield key, f"{trains:,} trains loaded from a pickle that {what}", Pair(spent, peer, ratio)


#: The pickles are made and loaded where only one of the two libraries is.
_START = """
import pickle, sys, time
if sys.argv[1] == "neophys":
    from neophys.neo import install_as_neo
    install_as_neo()
import neo, numpy as np, quantities as pq
import neo.core.spiketrain
"""

_WRITE = (
    _START
    + """
block, segment = neo.Block(), neo.Segment()
block.segments.append(segment)
for i in range(int(sys.argv[3])):
    times = np.sort(np.random.default_rng(i).uniform(0, 100, 20))
    train = neo.SpikeTrain(times, t_stop=100 * pq.s, units=pq.s, unit_id=i)
    segment.spiketrains.append(train)
with open(sys.argv[2], "wb") as file:
    pickle.dump(block, file)
print(0, 0)
"""
)

_LOAD = (
    _START
    + """
with open(sys.argv[2], "rb") as file:
    start = time.perf_counter()
    trains = pickle.load(file).segments[0].spiketrains
    # Loaded is what can be used.
    each = [train for train in trains]
    spent = time.perf_counter() - start
print(spent, sum(float(train[-1]) * train.annotations["unit_id"] for train in each[::97]))
"""
)


def _fresh(code: str, *arguments: str) -> tuple[float, float]:
    command = [sys.executable, "-c", code, *arguments]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    spent, total = run.stdout.split()
    return float(spent), float(total)


def sizes() -> list[dict[str, Any]]:
    """Bytes of a pickled slice of ten samples of a signal in a segment."""
    mine, theirs = (len(pickle.dumps(_segment(lib).analogsignals[0][100:110])) for lib in BOTH)
    what = f"pickle of 10 samples of a {NOISE.nbytes / 1e6:.0f} MB signal in a Segment"
    return [{"key": "pickle-slice", "what": what, "ours": mine, "theirs": theirs, "bytes": True}]


def _signal(lib: Any) -> Any:
    return lib.AnalogSignal(NOISE, units="uV", sampling_rate=RATE * pq.Hz, name="lfp")


def _event(lib: Any) -> Any:
    return lib.Event(SPIKES, labels=[f"e{i % 7}" for i in range(len(SPIKES))], units="s")


def _segment(lib: Any) -> Any:
    segment = lib.Segment()
    segment.analogsignals.append(_signal(lib))
    for i in range(10):
        train = lib.SpikeTrain(SPIKES + i / 1000, 70.0, units="s", unit_id=i)
        segment.spiketrains.append(train)
    segment.events.append(_event(lib))
    return segment


def _epoch(lib: Any) -> Any:
    starts = np.arange(100) * 0.5 + 1
    labels = [f"trial {i}" for i in range(100)]
    return lib.Epoch(starts * pq.s, durations=np.full(100, 40.0) * pq.ms, labels=labels)


def _rows(signal: Any) -> Any:
    return signal[20_000:20_080]


def _built(lib: Any, times: Any, ids: Any) -> Any:
    made = lib.core.spiketrainlist.SpikeTrainList.from_spike_time_array(
        times, ids, list(range(MANY)), t_stop=100 * pq.s, units="s"
    )
    made[MANY // 2]
    return made


def _pair(mine: Callable[[], Any], theirs: Callable[[], Any], turns: int = 15) -> Pair:
    """Timed by turns, once both are seen to give the same."""
    if not _same(mine(), theirs()):
        raise SystemExit(f"values differ: nothing to compare in {mine}")
    return by_turns(mine, theirs, turns=turns)


def _same(mine: Any, theirs: Any) -> bool:
    if hasattr(theirs, "analogsignals"):
        children = ("analogsignals", "spiketrains", "events")
        return all(_same([*getattr(mine, c)], [*getattr(theirs, c)]) for c in children)
    if isinstance(theirs, np.ndarray):
        bounds = ("t_start", "t_stop")
        parts = [b for b in bounds if hasattr(theirs, b)]
        equal = np.allclose(np.asarray(mine), np.asarray(theirs), rtol=1e-14, atol=0)
        alike = getattr(mine, "units", 1) == getattr(theirs, "units", 1)
        return bool(equal and alike) and all(
            _same(getattr(mine, part), getattr(theirs, part)) for part in parts
        )
    return len(mine) == len(theirs) and all(map(_same, mine, theirs))


def main() -> None:
    trains = int(sys.argv[1])
    rows = [
        {"key": key, "what": what, "ours": pair.ours, "theirs": pair.theirs, "ratio": pair.ratio}
        for part in (single, cutting, lists, stored)
        for key, what, pair in part(trains)
    ]
    json.dump(rows + sizes(), sys.stdout)


if __name__ == "__main__":
    main()
