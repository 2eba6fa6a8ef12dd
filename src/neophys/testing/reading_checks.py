"""Checks of reading: slices, windows, arguments of ``read``, and which bytes are read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import ChannelError, GapError, OutOfRangeError
from neophys.reading.samples import Samples
from neophys.recording import Signal
from neophys.source.bundle import open_bundle
from neophys.testing.case import Case, Trace, equal, expect
from neophys.testing.report import Broken, NotHere
from neophys.testing.watch import Read, TiledBundle, WatchedBundle, merged, total

__all__ = [
    "dtype_is_asked",
    "gaps_are_told",
    "lazy_equals_eager",
    "order_is_asked",
    "out_is_used",
    "plan_is_what_is_read",
    "slices_compose",
    "tiles_agree",
]

#: Rows of the windows that are compared, at most.
_WINDOW = 4096
#: Samples of all channels that are read in small tiles.
_TILED = 1 << 16


def lazy_equals_eager(case: Case) -> None:
    """Every window through every face equals the window of the whole."""
    for trace in _some(case):
        rng, samples = case.rng(trace.where), trace.samples
        raw, whole = samples.raw(0, trace.rows), samples.physical(0, trace.rows)
        for a, b, columns in _windows(rng, trace, case.effort):
            what = f"{trace.where}: samples [{a}:{b}], channels {columns}"
            equal(samples.raw(a, b, columns), raw[a:b][:, columns], f"{what}, raw")
            equal(samples.physical(a, b, columns), whole[a:b][:, columns], what)
            lazy = trace.signal[a:b, columns].read(gaps="skip")
            equal(lazy.values, whole[a:b][:, columns], f"{what}, Signal")
        _many_windows(rng, trace, whole, raw, case.effort)
        for a, b in _pieces(trace, case.effort):
            part = np.asarray(trace.signal[a:b])
            equal(part, whole[a:b], f"{trace.where}: np.asarray of samples [{a}:{b}]")
    _segments_make_blocks(case)


def tiles_agree(case: Case) -> None:
    """Read in many small tiles, samples are those that are read in large ones."""
    tiled = case.open(TiledBundle(open_bundle(case.path)))
    for trace, small in zip(_some(case), case.traces(tiled), strict=True):
        rng = case.rng(trace.where)
        n = min(trace.rows, _TILED // max(1, trace.samples.n_channels))
        raw, whole = trace.samples.raw(0, n), trace.samples.physical(0, n)
        for columns in (slice(None), rng.permutation(trace.samples.n_channels)):
            what = f"{trace.where}: {n} samples in tiles, channels {columns}"
            equal(small.samples.raw(0, n, columns), raw[:, columns], f"{what}, raw")
            equal(small.samples.physical(0, n, columns), whole[:, columns], what)
        _many_windows(rng, small, whole, raw, max(2, case.effort // 2))


def _many_windows(
    rng: np.random.Generator,
    trace: Trace,
    whole: NDArray[Any],
    raw: NDArray[Any],
    effort: int,
) -> None:
    """Windows in one fetch, and their sum."""
    length = int(rng.integers(1, min(len(raw), 50) + 1))
    starts = rng.integers(0, len(raw) - length + 1, effort).tolist()
    columns = slice(0, int(rng.integers(1, trace.samples.n_channels + 1)))
    what = f"{trace.where}: windows of {length} from {starts}"
    expected = np.stack([whole[a : a + length, columns] for a in starts])
    equal(trace.samples.windows(starts, length, columns), expected, what)
    kind = np.float64 if raw.dtype.kind == "f" else np.int64
    sums = np.zeros((length, expected.shape[2]), kind)
    for a in starts:  # one after the other: float sums depend on the order
        sums += raw[a : a + length, columns]
    equal(trace.samples.sum_windows(starts, length, columns), sums, f"{what}, summed")


def _segments_make_blocks(case: Case) -> None:
    """The parts of a signal in its segments, one after the other, are the signal."""
    recording = case.recording
    for b, block in enumerate(recording.blocks):
        for signal in block.signals:
            number = [s is signal.stream for s in recording.contents.streams].index(True)
            parts = [
                recording.samples(number, block=b, segment=s)
                for s in range(len(recording.contents.blocks[b].segments))
            ]
            n = sum(part.n_samples for part in parts)
            what = f"block {b}, {signal.name!r}: samples in all segments"
            expect(n == len(signal), f"{what}: {n}, in the block {len(signal)}")
            if len(parts) > 1 and n * len(signal.channels) < 1 << 22:
                joined = np.concatenate([part.raw(0, part.n_samples) for part in parts])
                equal(joined, signal.raw.read(gaps="skip").values, what)


def slices_compose(case: Case) -> None:
    """Slices of slices follow NumPy's rules; so does every choice of channels."""
    for trace in _some(case):
        rng = case.rng(trace.where)
        n = min(trace.rows, _WINDOW)
        array, lazy = trace.samples.physical(0, n), trace.signal[:n]
        for _ in range(case.effort):
            first, second = _slice(rng, n), _slice(rng, n)
            columns = _channels(rng, trace.samples.n_channels)
            what = f"{trace.where}: [:{n}][{first}, {columns}][{second}]"
            found = lazy.isel(time=first, channel=columns)[second]
            _same_shape(lazy[first, columns][second], found, what)
            wanted = array[first][:, columns][second]
            expect(found.shape == wanted.shape, f"{what}: shape {found.shape}, not {wanted.shape}")
            equal(found.read(gaps="skip").values, wanted, what)
            row = int(rng.integers(-n, n))
            equal(lazy[row].read().values, array[row], f"{trace.where}: sample {row}")
        _names(trace, array, lazy)
        _outside(trace)


def _same_shape(one: Signal, other: Signal, what: str) -> None:
    expect(one.shape == other.shape, f"{what}: shapes {one.shape} and {other.shape}, with isel")


def gaps_are_told(case: Case) -> None:
    """Reading across a gap is refused, or fills it on request with NaN, every sample in place."""
    found = False
    for trace in _some(case):
        signal = trace.signal
        parts = signal.pieces
        for before, after in list(pairwise(parts))[: case.effort]:
            hole = (after.t_start - before.t_stop) * signal.sampling_rate
            if not 0 < hole * len(signal.channels) < 1 << 22:
                continue  # segments that overlap, or a grid that no memory would hold
            found = True
            _gap(trace, before[-min(len(before), 5) :], after[: min(len(after), 5)])
    if not found:
        raise NotHere("no gap")


def _gap(trace: Trace, before: Signal, after: Signal) -> None:
    a, b, rate = len(before), len(after), trace.signal.sampling_rate
    row = int(np.searchsorted(trace.signal.times, after.t_start - 0.5 / rate))
    across = trace.signal[row - a : row + b]
    what = f"{trace.where}: samples [{row - a}:{row + b}], with a gap"
    for read in (across.read, across.raw.read, across[::-1].read, partial(np.asarray, across)):
        try:
            read()
        except GapError:
            continue
        raise Broken(f"{what}: no GapError")
    filled = across.read(gaps="nan")
    n = round((after.t_start - before.t_start) * rate)
    expect(len(filled.values) == n + b, f"{what}: filled to {len(filled.values)}, not {n + b}")
    equal(filled.values[:a], before.read().values, f"{what}: filled, before it")
    equal(filled.values[n:], after.read().values, f"{what}: filled, after it")
    expect(np.isnan(filled.values[a:n]).all(), f"{what}: numbers in the gap")


def _names(trace: Trace, array: NDArray[Any], lazy: Any) -> None:
    """Channels by name or id, where these are not given twice."""
    channels = trace.signal.channels
    names, ids = channels["name"].tolist(), channels["id"].tolist()
    for i in {0, len(names) - 1}:
        for key in (names[i], ids[i]):
            if names.count(key) + (key not in names) * ids.count(key) == 1 and (
                names[i] == key or key not in names
            ):
                what = f"{trace.where}: channel {key!r}"
                equal(lazy[key].read(gaps="skip").values, array[:, i], what)
    try:
        trace.signal["no such channel"]
    except ChannelError:
        return
    raise Broken(f"{trace.where}: an unknown channel gives no ChannelError")


def _outside(trace: Trace) -> None:
    n = len(trace.signal)
    expect(len(trace.signal[n : n + 5]) == 0, f"{trace.where}: samples after the last")
    for row in (n, -n - 1):
        try:
            trace.signal[row]
        except OutOfRangeError:
            continue
        raise Broken(f"{trace.where}: sample {row} of {n} gives no OutOfRangeError")


def out_is_used(case: Case) -> None:
    """``out=`` is filled and returned: contiguous, strided, reversed, float32 and float64."""
    for trace in _some(case):
        rng = case.rng(trace.where)
        for a, b, columns in _windows(rng, trace, max(2, case.effort // 3)):
            signal, what = trace.signal[a:b, columns], f"{trace.where}: samples [{a}:{b}]"
            for kind in (np.float32, np.float64):
                wanted = signal.read(dtype=kind, gaps="skip").values
                for name, out in _targets(wanted.shape, kind):
                    found = signal.read(out=out, gaps="skip")
                    expect(found is out, f"{what}: out= is not what read returns")
                    equal(out, wanted, f"{what}: out= {name}, {np.dtype(kind)}")


def _targets(shape: tuple[int, ...], kind: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    rows, columns = shape
    yield "contiguous", np.full(shape, -1, kind)
    yield "by channel", np.full(shape[::-1], -1, kind).T
    yield "strided", np.full((2 * rows, 3 * columns), -1, kind)[::2, 1::3]
    yield "reversed", np.full(shape, -1, kind)[::-1]


def dtype_is_asked(case: Case) -> None:
    """float32 and float64 on request; raw is as stored, and both agree with raw, gain, offset."""
    for trace in _some(case):
        n = min(trace.rows, _WINDOW)
        samples = trace.samples
        raw = samples.raw(0, n)
        expect(raw.dtype == samples.dtype, f"{trace.where}: raw is {raw.dtype}")
        gain, offset = samples.stream.channels["gain"], samples.stream.channels["offset"]
        for kind in (np.float32, np.float64):
            what = f"{trace.where}: {np.dtype(kind)}"
            found = trace.signal[:n].read(dtype=kind, gaps="skip").values
            expect(found.dtype == kind, f"{what} was asked, {found.dtype} came")
            wanted = raw.astype(kind)
            # Two roundings in this order are the promise, and what Neo computes.
            with np.errstate(all="ignore"):
                if (gain != 1).any():
                    wanted = (wanted * gain).astype(kind)
                if (offset != 0).any():
                    wanted = (wanted + offset).astype(kind)
            equal(found, wanted, f"{what}: raw * gain + offset")


def order_is_asked(case: Case) -> None:
    """Memory order on request; values the same."""
    for trace in _some(case):
        if trace.samples.n_channels < 2 or trace.rows < 2:
            continue
        signal = trace.signal[: min(trace.rows, _WINDOW)]
        wanted = signal.read(gaps="skip").values
        for order in ("time", "channel"):
            found = signal.read(order=order, gaps="skip").values
            flat = found if order == "time" else found.T
            expect(flat.flags.c_contiguous, f"{trace.where}: order={order!r} is not kept")
            equal(found, wanted, f"{trace.where}: order={order!r}")


def plan_is_what_is_read(case: Case) -> None:
    """Just the planned bytes are read, and no more than what is asked is planned."""
    recording, bundle = case.watched()
    for trace in _some(case, recording):
        rng = case.rng(trace.where)
        for a, b, columns in _windows(rng, trace, case.effort):
            what = f"{trace.where}: samples [{a}:{b}], channels {columns}"
            planned = _planned(trace.samples, a, b, columns, what)
            bundle.log.clear()
            trace.signal[a:b, columns].read(gaps="skip")
            # A frame may be read from its first byte to its last, whatever columns are asked.
            frame = max(p.layout.row_bytes(trace.samples.n_channels) for p in trace.samples.pieces)
            _compare(bundle, planned, int(np.ceil(frame)), what)


def _planned(
    samples: Samples, a: int, b: int, columns: Any, what: str
) -> dict[str, NDArray[np.int64]]:
    """The bytes of each file that the layouts plan for a window, and whether that is too much."""
    offsets: dict[str, list[NDArray[np.int64]]] = {}
    most = 0.0
    chosen = columns if isinstance(columns, slice) else np.asarray(columns, np.int64)
    for piece, first in zip(samples.pieces, samples.first_rows, strict=False):
        low, high = max(a - first, 0), min(b - first, piece.n_samples)
        if low >= high:
            continue
        layout = piece.layout
        plan = layout.plan(piece.row0 + low, piece.row0 + high, chosen)
        files = np.broadcast_to(np.asarray(plan.file), plan.offsets.shape)
        for number, name in enumerate(plan.files):
            mine = files == number
            pair = np.stack([plan.offsets[mine], plan.lengths[mine]])
            offsets.setdefault(name, []).append(pair)
        rows = high - low + 2 * layout.grain
        most += 1.25 * rows * layout.row_bytes(layout.n_channels) + 256
    parts = {name: np.concatenate(pairs, axis=1) for name, pairs in offsets.items()}
    found = {name: merged(*pair) for name, pair in parts.items()}
    n = sum(map(total, found.values()))
    expect(n <= most, f"{what}: {n} bytes are planned, {int(most)} would do")
    return found


def _compare(
    bundle: WatchedBundle, planned: dict[str, NDArray[np.int64]], frame: int, what: str
) -> None:
    for name in {read.file for read in bundle.log} | set(planned):
        log = [read for read in bundle.log if read.file == name]
        wanted = planned.get(name, np.empty((0, 2), np.int64))
        extra = _outside_of(log, wanted, bundle.merge_gap, frame)
        expect(extra is None, f"{what}: reads {extra}, which is not planned")
        got = merged(*np.array([(r.offset, r.length) for r in log], np.int64).reshape(-1, 2).T)
        both = merged(*_starts_lengths(got, wanted))
        expect(total(both) == total(got), f"{what}: planned bytes of {name} are not read")


def _starts_lengths(*ranges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    joined = np.concatenate(ranges)
    return joined[:, 0], joined[:, 1] - joined[:, 0]


def _outside_of(log: list[Read], wanted: NDArray[np.int64], gap: int, frame: int) -> Read | None:
    """A read that reaches outside of the planned ranges, where these are joined over small gaps."""
    for read in log:
        begin, end = read.offset, read.offset + read.length
        near = wanted[(wanted[:, 1] > begin) & (wanted[:, 0] < end)]
        if len(near) == 0 or begin <= near[0, 0] - frame or end >= near[-1, 1] + frame:
            return read
        if len(near) > 1 and (near[1:, 0] - near[:-1, 1]).max() > gap:
            return read
    return None


def _some(case: Case, recording: Any = None) -> list[Trace]:
    traces = case.traces(recording)
    if not traces:
        raise NotHere("no signal")
    return traces


def _windows(
    rng: np.random.Generator, trace: Trace, count: int
) -> Iterator[tuple[int, int, slice | NDArray[np.int64]]]:
    """Windows at the ends and anywhere, short and long, of all channels and of some; empty ones."""
    n, c = trace.rows, trace.samples.n_channels
    yield 0, min(n, _WINDOW), slice(None)
    yield n - 1, n, slice(None)
    yield n, n, slice(None)
    cuts = [row for row in trace.samples.first_rows if 0 < row < n]
    for i in range(count):
        at = int(rng.choice(cuts)) if cuts and i % 3 == 0 else int(rng.integers(0, n + 1))
        a = max(0, at - int(rng.integers(0, 1 + _WINDOW // 10 ** (i % 4))))
        b = min(n, at + int(rng.integers(0, 1 + _WINDOW // 10 ** (i % 4))))
        if i % 2:
            first = int(rng.integers(0, c))
            yield a, b, slice(first, int(rng.integers(first, c + 1)))
        else:
            yield a, b, rng.integers(0, c, int(rng.integers(1, c + 2)))


def _slice(rng: np.random.Generator, n: int) -> slice:
    ends = [None if rng.random() < 0.2 else int(rng.integers(-n - 3, n + 4)) for _ in range(2)]
    step = (None, 1, 2, 7, -1, -3)[int(rng.integers(6))]
    return slice(ends[0], ends[1], step)


def _channels(rng: np.random.Generator, c: int) -> Any:
    """A choice of channels that keeps their dimension."""
    return (
        slice(None),
        _slice(rng, c),
        rng.integers(-c, c, int(rng.integers(1, c + 2))).tolist(),
        rng.permutation(c),
        rng.random(c) < 0.5,
        np.empty(0, np.int64),
    )[int(rng.integers(6))]


def _pieces(trace: Trace, count: int) -> list[tuple[int, int]]:
    """The first rows of some pieces."""
    edges = list(zip(trace.samples.first_rows, trace.samples.first_rows[1:], strict=False))
    return [(a, min(b, a + _WINDOW)) for a, b in edges if b <= trace.rows and b > a][:count]
