"""Runs whose lengths differ from channel to channel give each channel its own samples."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neophys.layout import Layout
from neophys.layout.runs import Runs, UnevenRuns

N, CHANNELS = 40, 3


class Taken:
    """A sink that keeps what it is shown."""

    def __init__(self, rows: int, columns: int) -> None:
        self.out = np.full((rows, columns), -1, np.int16)

    def put(self, row: int, columns: Any, raw: NDArray[Any]) -> None:
        flat = raw.reshape(-1, raw.shape[2])
        self.out[row : row + len(flat), columns] = flat


def laid_out(cuts: list[set[int]]) -> tuple[NDArray[np.uint8], list[NDArray[np.int64]], Any]:
    """Bytes that hold channel c's row i as 100 * c + i, in runs cut at these rows; (file's bytes,
    each channel's run starts, positions by channel)."""
    pieces: list[bytes] = []
    firsts, positions = [], []
    at = 5
    for channel, of_channel in enumerate(cuts):
        first = np.array(sorted({0, N} | of_channel))
        firsts.append(first)
        places = []
        for low, high in pairwise(first.tolist()):
            places.append(at)
            pieces.append((100 * channel + np.arange(low, high)).astype("<i2").tobytes() + b"xyz")
            at += len(pieces[-1])
        positions.append(places)
    return np.frombuffer(b"....." + b"".join(pieces), np.uint8), firsts, positions


def read(layout: Layout, data: NDArray[np.uint8], start: int, stop: int, columns: Any) -> Any:
    """As the engine does, without merging."""
    plan = layout.plan(start, stop, columns)
    parts = [data[o : o + n] for o, n in zip(plan.offsets, plan.lengths, strict=True)]
    buffer = np.concatenate([np.empty(0, np.uint8), *parts])
    sink = Taken(stop - start, len(np.arange(layout.n_channels)[columns]))
    layout.place(plan, buffer, np.cumsum(plan.lengths) - plan.lengths, 0, sink)
    return sink.out


CUTS = st.lists(st.sets(st.integers(1, N - 1)), min_size=CHANNELS, max_size=CHANNELS)


@settings(deadline=None, derandomize=True)
@given(CUTS, st.integers(0, N), st.integers(0, N), st.lists(st.integers(0, CHANNELS - 1)))
def test_every_window_of_every_choice_of_columns(
    cuts: list[set[int]], a: int, b: int, chosen: list[int]
) -> None:
    data, firsts, positions = laid_out(cuts)
    bounds = np.concatenate([f[:-1] + c * N for c, f in enumerate(firsts)] + [[CHANNELS * N]])
    layout = UnevenRuns(
        "f", np.concatenate(positions).astype(int), bounds, CHANNELS, np.dtype("<i2")
    )
    start, stop = min(a, b), max(a, b)
    expected = 100 * np.arange(CHANNELS) + np.arange(start, stop)[:, None]
    for columns in (slice(None), slice(1, 3), np.array(chosen, np.int64)):
        assert (read(layout, data, start, stop, columns) == expected[:, columns]).all()


def test_agrees_with_one_index_where_the_runs_are_equal() -> None:
    data, firsts, positions = laid_out([{3, 9, 30}] * CHANNELS)
    one = Runs("f", np.array(positions).T, firsts[0], np.dtype("<i2"))
    bounds = np.concatenate([firsts[0][:-1] + c * N for c in range(CHANNELS)] + [[CHANNELS * N]])
    each = UnevenRuns("f", np.array(positions).ravel(), bounds, CHANNELS, np.dtype("<i2"))
    assert (one.n_samples, one.n_channels) == (each.n_samples, each.n_channels) == (N, CHANNELS)
    for columns in (slice(None), np.array([2, 0, 2])):
        assert (read(one, data, 2, 31, columns) == read(each, data, 2, 31, columns)).all()


@pytest.mark.parametrize("columns", [slice(None), slice(2, 2), np.empty(0, np.int64)])
def test_an_empty_window_plans_nothing(columns: Any) -> None:
    data, firsts, positions = laid_out([{3}] * CHANNELS)
    bounds = np.concatenate([firsts[0][:-1] + c * N for c in range(CHANNELS)] + [[CHANNELS * N]])
    for layout in (
        Runs("f", np.array(positions).T, firsts[0], np.dtype("<i2")),
        UnevenRuns("f", np.array(positions).ravel(), bounds, CHANNELS, np.dtype("<i2")),
    ):
        assert read(layout, data, 7, 7, columns).shape[0] == 0
        if len(np.arange(3)[columns]) == 0:
            assert len(layout.plan(0, 9, columns).offsets) == 0
