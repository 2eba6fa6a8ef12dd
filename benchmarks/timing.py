"""Timing by turns: what disturbs the machine disturbs both sides."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Pair", "by_turns"]


@dataclass(frozen=True)
class Pair:
    """Medians in seconds; `ratio` is the median of the ratios of neighbouring turns."""

    ours: float
    theirs: float
    ratio: float


def by_turns(
    ours: Callable[[], Any], theirs: Callable[[], Any], *, turns: int = 15, spend: float = 0.1
) -> Pair:
    """Time both, one after the other, `turns` times.

    Parameters
    ----------
    ours, theirs
        Each is called as often in a turn as fits `spend` seconds, at least once.
    """
    counts = [_count(job, spend) for job in (ours, theirs)]
    gc.disable()
    try:
        rounds = [
            tuple(_once(job, n) for job, n in zip((ours, theirs), counts, strict=True))
            for _ in range(turns)
        ]
    finally:
        gc.enable()
    mine = statistics.median(a for a, _ in rounds)
    peer = statistics.median(b for _, b in rounds)
    return Pair(mine, peer, statistics.median(b / a for a, b in rounds))


def _count(job: Callable[[], Any], spend: float) -> int:
    job()  # warm
    return max(1, int(spend / max(_once(job, 1), 1e-7)))


def _once(job: Callable[[], Any], n: int) -> float:
    gc.collect()  # what the turn before left: Neo's objects are cycles, and may hold gigabytes
    start = time.perf_counter()
    for _ in range(n):
        job()
    return (time.perf_counter() - start) / n
