"""What is read through layouts, engine and sinks is what a slow, obvious reader finds."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neophys.contents import Clock, Piece, Stream, channel_table
from neophys.errors import ClosedError, TruncatedError
from neophys.kernels import Calibration
from neophys.layout import INT24, Layout
from neophys.layout.records import Records, plain
from neophys.layout.runs import Runs
from neophys.layout.stack import stack
from neophys.reading.samples import Samples
from neophys.source.bundle import LocalBundle, MemoryBundle

DTYPES = [np.dtype(d) for d in ("u1", "i1", "<i2", ">i2", "<u2", "<i4", ">f4", "<f8")] + [INT24]
INTEGERS = [d for d in DTYPES if d.kind != "f"]


@dataclass
class Case:
    """A layout, its bytes, and all its samples as float64, found one by one."""

    layout: Layout
    files: dict[str, bytes]
    truth: np.ndarray


def noise(rng: np.random.Generator, n: int, dtype: np.dtype[Any]) -> bytes:
    if dtype.kind == "f":
        return rng.normal(size=n // dtype.itemsize + 1).astype(dtype).tobytes()[:n]
    return rng.integers(0, 256, n, np.uint8).tobytes()


def number(data: bytes, at: int, dtype: np.dtype[Any]) -> float:
    if dtype == INT24:
        return int.from_bytes(data[at : at + 3], "little", signed=True)
    return float(np.frombuffer(data, dtype, 1, at)[0])


def records(rng: np.random.Generator, dtype: np.dtype[Any]) -> Case:
    """Records with a head, padding, columns in any order; vectorised, multiplexed or wide."""
    item, k, rows = dtype.itemsize, int(rng.integers(1, 5)), int(rng.integers(1, 7))
    n = int(rng.integers(1, 40))
    pad, offset = int(rng.integers(0, 9)), int(rng.integers(0, 13))
    wide = int(rng.integers(0, 2)) * 20_000  # above CHEAP_GAP: columns are read one by one
    if rng.integers(2):
        step, width = item, rows * item + wide
        record = k * width + pad
    else:
        step, width = k * item + pad, item
        record = rows * step
    places = rng.permutation(k).astype(np.int64) * width
    data = noise(rng, offset + -(-n // rows) * record, dtype)
    layout = Records("a", offset, record, rows, n, places, dtype, step)
    truth = np.empty((n, k))
    for i in range(n):
        for c in range(k):
            at = offset + i // rows * record + int(places[c]) + i % rows * step
            truth[i, c] = number(data, at, dtype)
    return Case(layout, {"a": data}, truth)


def runs(rng: np.random.Generator, dtype: np.dtype[Any], file: str = "a") -> Case:
    """Blocks of unequal length, each channel's own, scattered over the file."""
    item, k = dtype.itemsize, int(rng.integers(1, 4))
    counts = rng.integers(1, 9, int(rng.integers(1, 12)))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    sizes = np.repeat(counts[:, None] * item + rng.integers(0, 30), k, 1).ravel()
    order = rng.permutation(len(sizes))
    place = np.empty(len(sizes), np.int64)
    place[order] = np.cumsum(sizes[order]) - sizes[order]
    data = noise(rng, int(sizes.sum()), dtype)
    positions = place.reshape(len(counts), k)
    truth = np.empty((int(first[-1]), k))
    for r, count in enumerate(counts.tolist()):
        for c in range(k):
            for i in range(count):
                at = int(positions[r, c]) + i * item
                truth[int(first[r]) + i, c] = number(data, at, dtype)
    return Case(Runs(file, positions, first, dtype), {file: data}, truth)


def stacked(rng: np.random.Generator, dtype: np.dtype[Any]) -> Case:
    """Parts in several files, each begun at a row of its own."""
    parts = [runs(rng, dtype, f"{i}") for i in range(int(rng.integers(1, 4)))]
    rows = [int(rng.integers(0, part.layout.n_samples)) for part in parts]
    layout = stack([part.layout for part in parts], rows)
    columns = [part.truth[r : r + layout.n_samples] for part, r in zip(parts, rows, strict=True)]
    files = {name: data for part in parts for name, data in part.files.items()}
    return Case(layout, files, np.concatenate(columns, axis=1))


def samples_of(case: Case, rng: np.random.Generator) -> Samples:
    """The case as a stream, cut into pieces that leave no sample out; an engine of tiny tiles."""
    k = case.layout.n_channels
    names = [f"c{i}" for i in range(k)]
    gain, offset = rng.choice([0.5, 0.1, 1.0, 3e-7], k), rng.choice([0.0, -3200.0, 0.1], k)
    table = channel_table(name=names, id=names, units=["uV"] * k, gain=gain, offset=offset)
    stream = Stream("0", "s", 100.0, table, case.layout.dtype, Clock(100.0))
    cuts = sorted(
        {0, case.layout.n_samples, *rng.integers(0, case.layout.n_samples + 1, 2).tolist()}
    )
    pieces = [Piece(a, b - a, case.layout, a) for a, b in pairwise(cuts)]
    bundle = MemoryBundle(case.files)
    bundle.tile_bytes = int(rng.choice([16, 200, 1 << 20]))
    bundle.merge_gap = int(rng.choice([0, 7, 1 << 14]))
    return Samples(bundle, stream, pieces)


def selection(rng: np.random.Generator, k: int) -> Any:
    if rng.integers(2):
        a, b = sorted(rng.integers(0, k + 1, 2).tolist())
        return slice(a, b)
    return rng.integers(0, k, int(rng.integers(0, 2 * k + 1))).astype(np.int64)


KINDS = {"records": records, "runs": runs, "stack": stacked}


@np.errstate(all="ignore")  # bytes taken at random are wild floats
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_window_of_any_columns_is_what_the_bytes_say(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = KINDS[kind](rng, DTYPES[seed % len(DTYPES)])
    samples = samples_of(case, rng)
    columns = selection(rng, samples.n_channels)
    a, b = sorted(rng.integers(0, samples.n_samples + 1, 2).tolist())
    truth = case.truth[a:b, columns]
    order = [None, "time", "channel"][seed % 3]
    raw = samples.raw(a, b, columns, order=order)
    assert raw.dtype == samples.dtype
    assert raw.dtype.isnative
    np.testing.assert_array_equal(raw.astype(np.float64), truth)
    gain, offset = samples.calibration.gain[columns], samples.calibration.offset[columns]
    double = samples.physical(a, b, columns, dtype=np.float64, order=order)
    np.testing.assert_array_equal(double, truth * gain + offset)
    single = samples.physical(a, b, columns, dtype=np.float32)
    x = truth.astype(np.float32)
    x = (x.astype(np.float64) * gain).astype(np.float32)
    x = (x.astype(np.float64) + offset).astype(np.float32)
    np.testing.assert_array_equal(single, x)
    strided = np.full((2 * (b - a), 3 * truth.shape[1] + 1), -1.0)
    into = strided[::2, 1::3]
    assert samples.physical(a, b, columns, out=into) is into
    np.testing.assert_array_equal(into, double)
    assert (strided[1::2] == -1).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_many_windows_are_one_call(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = KINDS[kind](rng, INTEGERS[seed % len(INTEGERS)])
    samples = samples_of(case, rng)
    columns = selection(rng, samples.n_channels)
    length = int(rng.integers(0, samples.n_samples + 1))
    starts = rng.integers(0, samples.n_samples - length + 1, int(rng.integers(0, 6))).tolist()
    truth = np.array([case.truth[s : s + length, columns] for s in starts])
    truth = truth.reshape(
        len(starts), length, -1 if truth.size else samples.physical(0, 0, columns).shape[1]
    )
    many = samples.windows(starts, length, columns, calibration=None, dtype=np.float64)
    gain, offset = samples.calibration.gain[columns], samples.calibration.offset[columns]
    np.testing.assert_array_equal(many, truth * gain + offset)
    total = samples.sum_windows(starts, length, columns)
    np.testing.assert_array_equal(total, truth.sum(axis=0))
    assert total.dtype == np.int64


def eeg(n: int = 4000, k: int = 6) -> tuple[Samples, np.ndarray]:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 65536, (n, k)).astype("<u2")
    names = [f"c{i}" for i in range(k)]
    table = channel_table(name=names, id=names, units=["uV"] * k, gain=0.1, offset=-3200.0)
    stream = Stream("0", "s", 100.0, table, values.dtype, Clock(100.0))
    layout = plain("a", 10, n, k, "<u2")
    bundle = MemoryBundle({"a": bytes(10) + values.tobytes()})
    return Samples(bundle, stream, [Piece(0, n, layout)]), values


def test_the_short_cut_gives_the_same_bits_as_the_engine() -> None:
    samples, _ = eeg()
    two = Samples(
        samples.bundle,
        samples.stream,
        [Piece(0, 100, samples.pieces[0].layout), Piece(100, 3900, samples.pieces[0].layout, 100)],
    )
    for columns in (slice(None), slice(2, 3), slice(1, 5)):
        short = samples.physical(50, 150, columns)
        np.testing.assert_array_equal(short, two.physical(50, 150, columns))


def test_small_windows_of_plain_arrays_are_shown_as_read(tmp_path: Path) -> None:
    memory, values = eeg()
    assert memory.stored(50, 150) is None  # somebody's buffer may change
    (tmp_path / "a").write_bytes(bytes(10) + values.tobytes())
    samples = Samples(LocalBundle(tmp_path / "a"), memory.stream, memory.pieces)
    shown = samples.stored(50, 150)
    assert shown is not None
    np.testing.assert_array_equal(shown, values[50:150])
    assert not shown.flags.writeable
    samples.bundle.tile_bytes = 100
    assert samples.stored(50, 150) is None


def test_progress_is_told_to_the_end_and_may_cancel() -> None:
    samples, _ = eeg()
    samples.bundle.tile_bytes = 4096
    told: list[tuple[int, int]] = []
    samples.physical(0, 4000, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (4000, 4000)
    assert len(told) > 5
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        samples.physical(0, 4000, progress=stop)


def test_threads_read_the_same_bits() -> None:
    samples, values = eeg()
    samples.bundle.tile_bytes = 1000
    wrong: list[int] = []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(50):
            a, b = sorted(rng.integers(0, 4001, 2).tolist())
            columns = selection(rng, 6)
            if not np.array_equal(samples.raw(a, b, columns), values[a:b, columns]):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_layout_that_promises_too_much_is_an_error() -> None:
    samples, _ = eeg()
    layout = plain("a", 10, 4001, 6, "<u2")
    long = Samples(samples.bundle, samples.stream, [Piece(0, 4001, layout)])
    with pytest.raises(TruncatedError, match="a: byte"):
        long.raw(0, 4001)
    with pytest.raises(TruncatedError, match="a: byte"):
        long.physical(3999, 4001)


def test_a_closed_bundle_says_so() -> None:
    samples, _ = eeg()
    samples.bundle.close()
    with pytest.raises(ClosedError):
        samples.physical(0, 10)


def test_all_columns_keep_their_calibration() -> None:
    samples, _ = eeg()
    assert samples.calibration.columns(slice(0, 6)) is samples.calibration
    other = Calibration(np.full(6, 2.0), np.zeros(6))
    doubled = samples.physical(0, 5, calibration=other, dtype=np.float64)
    np.testing.assert_array_equal(doubled, samples.raw(0, 5) * 2.0)
