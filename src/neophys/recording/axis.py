"""The time axis of samples in pieces: from rows to seconds and back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from neophys.reading.samples import Samples

__all__ = ["gap_rows", "overlaps", "place", "times_of"]


def times_of(samples: Samples, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds of `rows` (int64) on the recording's clock."""
    if not len(rows):
        return np.empty(0)
    firsts = np.array(samples.first_rows[:-1])
    piece = np.searchsorted(firsts, rows, side="right") - 1
    ticks = np.array([p.start_tick for p in samples.pieces], np.int64)
    start = samples.stream.clock.seconds(ticks)
    return np.asarray(start[piece] + (rows - firsts[piece]) / samples.stream.sampling_rate)


def gap_rows(samples: Samples) -> list[int]:
    """Rows that do not follow the one before in time, by half a sample or more."""
    clock, rate = samples.stream.clock, samples.stream.sampling_rate
    rows = []
    for i, (before, after) in enumerate(pairwise(samples.pieces)):
        seconds_apart = clock.seconds(after.start_tick) - clock.seconds(before.start_tick)
        if abs(seconds_apart * rate - before.n_samples) >= 0.5:
            rows.append(samples.first_rows[i + 1])
    return rows


def overlaps(samples: Samples) -> bool:
    """Whether a piece begins before the one ahead of it: a time then means several rows."""
    starts = [piece.start_tick for piece in samples.pieces]
    return any(after < before for before, after in pairwise(starts))


def place(samples: Samples, time: float) -> tuple[int, int]:
    """The last piece that has begun at `time`, and the row nearest to it (ties to even).

    Counted on from the piece's first row: it may lie before the piece, or past its end.
    """
    clock, rate = samples.stream.clock, samples.stream.sampling_rate
    number = row = 0
    for i, piece in enumerate(samples.pieces):
        since = round((time - clock.seconds(piece.start_tick)) * rate)
        if i and since < 0:
            break
        number, row = i, samples.first_rows[i] + since
    return number, row
