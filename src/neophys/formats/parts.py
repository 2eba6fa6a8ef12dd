"""What several formats need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Piece
from neophys.layout import Layout

__all__ = ["pieces_from_ticks", "runs_of_ticks", "unique"]


def runs_of_ticks(
    ticks: NDArray[np.int64],
    counts: NDArray[np.int64] | int,
    ticks_per_sample: float,
    tolerance: float,
) -> NDArray[np.int64]:
    """The records at which a new piece begins; record 0 is always one.

    Record r + 1 follows record r without a gap where its tick differs by no more than
    `tolerance` from ``ticks[r] + counts[r] * ticks_per_sample``.

    Parameters
    ----------
    ticks
        (records,) int64 tick of each record's first sample.
    counts
        Samples in each record.
    ticks_per_sample, tolerance
        In ticks.
    """
    if len(ticks) == 0:
        return np.empty(0, np.int64)
    counts = np.broadcast_to(np.asarray(counts, np.int64), ticks.shape)
    expected = counts[:-1] * ticks_per_sample
    off = np.abs(np.diff(ticks) - expected) > tolerance
    return np.concatenate([[0], np.flatnonzero(off) + 1]).astype(np.int64)


def pieces_from_ticks(
    layout: Layout,
    ticks: NDArray[np.int64],
    counts: NDArray[np.int64] | int,
    ticks_per_sample: float,
    tolerance: float,
) -> tuple[Piece, ...]:
    """Pieces of `layout` whose records have these ticks: the one rule for all formats.

    See :func:`runs_of_ticks`; pieces without samples are left out.
    """
    begins = runs_of_ticks(ticks, counts, ticks_per_sample, tolerance)
    per_record: NDArray[Any] = np.broadcast_to(np.asarray(counts, np.int64), ticks.shape)
    first = np.concatenate([[0], np.cumsum(per_record)])
    rows = first[np.append(begins, len(ticks))]
    return tuple(
        Piece(int(ticks[b]), int(rows[i + 1] - rows[i]), layout, int(rows[i]))
        for i, b in enumerate(begins.tolist())
        if rows[i + 1] > rows[i]
    )


def unique(names: Iterable[str], instead: Sequence[str] = ()) -> list[str]:
    """`names`; one that came before is replaced by that of `instead`, and numbered.

    Examples
    --------
    >>> unique(["WB", "FP", "WB"])
    ['WB', 'FP', 'WB (2)']
    """
    known: set[str] = set()
    result = []
    for i, name in enumerate(names):
        chosen = instead[i] if name in known and instead else name
        count = 2
        single = chosen
        while single in known:
            single, count = f"{chosen} ({count})", count + 1
        known.add(single)
        result.append(single)
    return result
