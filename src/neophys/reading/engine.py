"""Plan, merge, fetch, place: the only place that reads samples.

All spans of a call are cut into batches of about a tile (:attr:`Bundle.tile_bytes`) at their
layouts' grain. A batch is planned, its ranges are merged over all columns, pieces and windows,
fetched into one buffer that each thread keeps, and placed from there. Long reads are shared by a
few threads: fresh memory, copying and calibrating all leave the interpreter alone.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from neophys.layout import Columns, Layout, Plan, Sink
from neophys.source.bundle import Bundle

__all__ = ["Progress", "Span", "read"]

#: Called with (rows done, rows in all) after every batch; what it raises cancels the read.
Progress: TypeAlias = Callable[[int, int], None]

#: A buffer up to this size is kept by its thread for the next read.
_KEPT = 4 << 20
#: A read of fewer batches is not worth a second thread.
_ALONE = 16
_THREADS = 4
#: A batch whose merged ranges are so many times its tile is halved.
_SPREAD = 4


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Rows [start, stop) of a layout, which go to output row `row` and those after it."""

    layout: Layout
    start: int
    stop: int
    row: int


class _Kept(threading.local):
    buffer: NDArray[np.uint8] = np.empty(0, np.uint8)


_kept = _Kept()


def read(
    bundle: Bundle,
    spans: Sequence[Span],
    columns: Columns,
    sink: Sink,
    progress: Progress | None = None,
) -> None:
    """Show the samples of `spans` to `sink`.

    Parameters
    ----------
    bundle
        Where the layouts' files are.
    spans
        In any order; each row of each is shown once.
    columns
        Of every layout.
    sink
        Takes the samples; see :mod:`neophys.reading.sinks`.
    progress
        Told after every batch.
    """
    total = sum(span.stop - span.start for span in spans)
    done = 0
    for batch in _read_batches(bundle, spans, columns, sink):
        if progress:
            done += sum(span.stop - span.start for span in batch)
            progress(done, total)


def _read_batches(
    bundle: Bundle, spans: Sequence[Span], columns: Columns, sink: Sink
) -> Iterator[list[Span]]:
    """Reads batch by batch; yields each when it is done."""
    batches = _batches(spans, columns, bundle.tile_bytes)
    ahead = list(islice(batches, _ALONE))
    workers = _workers() if sink.threads and len(ahead) == _ALONE else 1
    if workers == 1:
        for batch in chain(ahead, batches):
            _read_batch(bundle, batch, columns, sink)
            yield batch
        return
    with ThreadPoolExecutor(workers) as pool:
        pending: deque[tuple[list[Span], Future[None]]] = deque()
        try:
            for batch in chain(ahead, batches):
                task = pool.submit(_read_batch, bundle, batch, columns, sink)
                pending.append((batch, task))
                if len(pending) > 2 * workers:
                    yield _finished(*pending.popleft())
            while pending:
                yield _finished(*pending.popleft())
        finally:  # cancelled, or one failed: what has not begun never will
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(batch: list[Span], task: Future[None]) -> list[Span]:
    task.result()
    return batch


def _workers() -> int:
    """Threads for a long read: as many as this process has processors, four at most."""
    try:
        return min(_THREADS, len(os.sched_getaffinity(0)))
    except AttributeError:  # not Linux
        return min(_THREADS, os.cpu_count() or 1)


def _batches(spans: Sequence[Span], columns: Columns, tile: int) -> Iterator[list[Span]]:
    """Spans cut and grouped so that a group costs about `tile` bytes."""
    group: list[Span] = []
    weight = 0.0
    for span in spans:
        n_columns = len(columns) if not isinstance(columns, slice) else _width(columns, span.layout)
        cost = span.layout.row_bytes(n_columns)
        if cost * (span.stop - span.start) <= tile:
            if group and weight + cost * (span.stop - span.start) > tile:
                yield group
                group, weight = [], 0.0
            group.append(span)
            weight += cost * (span.stop - span.start)
            continue
        if group:
            yield group
            group, weight = [], 0.0
        for part in _cut(span, max(1, int(tile / cost))):
            yield [part]
    if group:
        yield group


def _width(columns: slice, layout: Layout) -> int:
    return len(range(*columns.indices(layout.n_channels)))


def _cut(span: Span, rows: int) -> Iterator[Span]:
    """`span` in parts of about `rows`, cut at its layout's grain where that is possible."""
    grain = span.layout.grain
    if rows >= grain:
        rows -= rows % grain
    start = span.start
    while start < span.stop:
        stop = start + rows
        if rows >= grain:
            stop -= stop % grain
        stop = min(stop, span.stop)
        yield Span(span.layout, start, stop, span.row + start - span.start)
        start = stop


def _read_batch(bundle: Bundle, batch: list[Span], columns: Columns, sink: Sink) -> None:
    plans = [span.layout.plan(span.start, span.stop, columns) for span in batch]
    files, file, offsets, lengths = _joined(plans)
    if len(offsets) == 0:
        return
    regions = _merged(file, offsets, lengths, bundle.merge_gap)
    size = int(regions.lengths.sum())
    if size > _SPREAD * bundle.tile_bytes and size > 2 * int(lengths.sum()):
        # The ranges lie so far apart that gaps are most of what would be read.
        halves = _halved(batch)
        if halves:
            for half in halves:
                _read_batch(bundle, half, columns, sink)
            return
    buffer = _buffer(size)
    out = memoryview(buffer.data)
    for f in np.unique(regions.file).tolist():
        mine = np.flatnonzero(regions.file == f)
        place = int(regions.places[mine[0]])
        wanted = regions.lengths[mine]
        part = out[place : place + int(wanted.sum())]
        bundle.source(files[f]).read_ranges(regions.offsets[mine], wanted, part)
    first = 0
    for span, plan in zip(batch, plans, strict=True):
        n = len(plan.offsets)
        span.layout.place(plan, buffer, regions.at[first : first + n], span.row, sink)
        first += n


def _halved(batch: list[Span]) -> list[list[Span]]:
    if len(batch) > 1:
        middle = len(batch) // 2
        return [batch[:middle], batch[middle:]]
    rows = batch[0].stop - batch[0].start
    if rows < 2 or rows <= batch[0].layout.grain:
        return []
    return [[part] for part in _cut(batch[0], (rows + 1) // 2)]


def _joined(
    plans: list[Plan],
) -> tuple[list[str], NDArray[np.int32] | int, NDArray[np.int64], NDArray[np.int64]]:
    """The ranges of all plans, with one list of files; 0 for their numbers where it is one."""
    first = plans[0]
    if all(isinstance(p.file, int) and p.files == first.files for p in plans) and (
        len(first.files) == 1
    ):
        if len(plans) == 1:
            return [first.files[0]], 0, first.offsets, first.lengths
        offsets = np.concatenate([p.offsets for p in plans])
        return [first.files[0]], 0, offsets, np.concatenate([p.lengths for p in plans])
    number: dict[str, int] = {}
    parts = []
    for plan in plans:
        of_plan = np.array([number.setdefault(f, len(number)) for f in plan.files], np.int32)
        parts.append(of_plan[np.broadcast_to(np.asarray(plan.file, np.int32), plan.offsets.shape)])
    return (
        list(number),
        np.concatenate(parts),
        np.concatenate([p.offsets for p in plans]),
        np.concatenate([p.lengths for p in plans]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Regions:
    """What is fetched: (m,) regions by file and byte, their places in the buffer, and (n,) the
    place of each range."""

    file: NDArray[np.int32]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    places: NDArray[np.int64]
    at: NDArray[np.int64]


def _merged(
    file: NDArray[np.int32] | int, offsets: NDArray[np.int64], lengths: NDArray[np.int64], gap: int
) -> _Regions:
    """Ranges of one file that touch, overlap or lie at most `gap` apart become one region."""
    n = len(offsets)
    if n == 1:
        zero = np.zeros(1, np.int64)
        which = np.full(1, int(file) if isinstance(file, int) else file[0], np.int32)
        return _Regions(which, offsets, lengths, zero, zero)
    ends = offsets + lengths
    files = np.zeros(n, np.int32) if isinstance(file, int) else file
    if isinstance(file, int):
        order = None if (offsets[1:] >= offsets[:-1]).all() else np.argsort(offsets, kind="stable")
    else:
        order = np.lexsort((offsets, files))
    by_file, begin, end = files, offsets, ends
    if order is not None:
        by_file, begin, end = files[order], offsets[order], ends[order]
    reach = _reach(by_file, end, several=not isinstance(file, int))
    new = np.empty(n, bool)
    new[0] = True
    np.greater(begin[1:], reach[:-1] + gap, out=new[1:])
    if not isinstance(file, int):
        new[1:] |= by_file[1:] != by_file[:-1]
    heads = np.flatnonzero(new)
    tails = np.append(heads[1:], n) - 1
    region_offsets, region_lengths = begin[heads], reach[tails] - begin[heads]
    places = np.cumsum(region_lengths) - region_lengths
    region = np.cumsum(new) - 1
    at_sorted = places[region] + begin - region_offsets[region]
    if order is None:
        at = at_sorted
    else:
        at = np.empty(n, np.int64)
        at[order] = at_sorted
    return _Regions(by_file[heads], region_offsets, region_lengths, places, at)


def _reach(file: NDArray[np.int32], end: NDArray[np.int64], *, several: bool) -> NDArray[np.int64]:
    """The furthest byte so far, in each file anew."""
    if not several:
        return np.maximum.accumulate(end)
    cuts = np.flatnonzero(file[1:] != file[:-1]) + 1
    return np.concatenate([np.maximum.accumulate(part) for part in np.split(end, cuts)])


def _buffer(size: int) -> NDArray[np.uint8]:
    if size > _KEPT:
        return np.empty(size, np.uint8)
    if len(_kept.buffer) < size:
        _kept.buffer = np.empty(max(size, min(_KEPT, 1 << 20)), np.uint8)
    return _kept.buffer
