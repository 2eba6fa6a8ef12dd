"""The compiled kernels and their NumPy twins keep one contract, bit for bit."""

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neophys import _twins, kernels
from neophys.kernels import Calibration

Array = NDArray[Any]
NUMBERS = ["i1", "u1", *(o + k + n for k in "iuf" for n in "248" for o in "<>" if k + n != "f2")]
TYPES = [*NUMBERS, "V3"]
SHAPES = {
    "window": (37, 1, 5),
    "wide": (9, 1, 70),
    "one column": (300, 1, 1),
    "vectorised": (3, 150, 5),
    "one record": (1, 131, 67),
    "empty": (0, 4, 3),
    "no column": (4, 2, 0),
}
GAINS = {
    "exact": ([0.09765625, 0.5, -2.0], [-3200.0, 0.0, 7.0]),
    "odd": ([0.1, 1 / 3, -1.7], [1e-3, -5.1, 0.7]),
    "odd, one": ([0.1], [0.3]),
    "exact, one": ([0.25], [100.0]),
    "plain": ([1.0], [0.0]),
    "no offset": ([0.1, -0.3], [0.0, -0.0]),
    "no gain": ([1.0], [0.1, 2.0]),
    "some of both": ([1.0, 0.1, -1.0], [0.0, 0.1, -0.0]),
    "signs of zero": ([0.0, -0.0], [0.0, 0.0]),
    "not finite": ([np.inf, np.nan, 1.0], [0.0, np.nan, -np.inf]),
}


@pytest.fixture(params=["compiled", "numpy", "numpy, in tiles"])
def use(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    which: str = request.param
    if which == "compiled" and not hasattr(kernels, "_kernels"):
        pytest.skip("compiled: the extension neophys._kernels was not built")
    monkeypatch.setattr(kernels, "COMPILED", which == "compiled")
    if which == "numpy, in tiles":  # what large blocks take
        monkeypatch.setattr(_twins, "_FEW", -1)
    return which


def calibration(kind: str, columns: int) -> Calibration:
    return Calibration(*(np.resize(x, columns) for x in GAINS[kind]))


def samples(dtype: str, shape: tuple[int, ...], seed: int = 0) -> tuple[bytes, Array]:
    """Random bytes of samples, extremes among them, and what they mean."""
    n = int(np.prod(shape))
    rng = np.random.default_rng(seed)
    if dtype == "V3":
        data = rng.bytes(3 * n)
        low = np.frombuffer(data, "u1").reshape(-1, 3).astype("i4")
        values = low[:, 0] + 256 * low[:, 1] + 65536 * (low[:, 2] - 256 * (low[:, 2] > 127))
        return data, values.astype("i4").reshape(shape)
    if dtype[-2] == "f":
        values = rng.standard_normal(n) * 10.0 ** rng.integers(-44, 38, n)
        odd = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3e38]
    else:
        ends = np.iinfo(dtype)
        values = rng.integers(ends.min, ends.max, n, endpoint=True, dtype=dtype.lstrip("<>"))
        odd = [ends.min, ends.max, 0, ends.max - 1]
    values[: len(odd)] = odd[:n]
    array = values.astype(dtype).reshape(shape)
    return array.tobytes(), array.astype(array.dtype.newbyteorder("="))


def layouts(data: bytes, dtype: str, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """The same block in many memory layouts: byte by byte, none of them aligned."""
    size = np.dtype(dtype).itemsize
    cells = np.frombuffer(data, "u1").reshape(*shape, size)
    for name, axes in (("rows", (0, 1, 2)), ("columns", (0, 2, 1)), ("time last", (2, 0, 1))):
        laid = cells.transpose(*axes, 3)
        for pad, lead in ((0, 0), (1, 0), (0, 1), (2, 3)):
            room = np.full(lead + laid.shape[0] * laid.shape[1] * (laid.shape[2] + pad) * size, 7)
            room = room.astype("u1")
            wide = room[lead:].reshape(*laid.shape[:2], (laid.shape[2] + pad), size)
            wide[:, :, : laid.shape[2]] = laid
            steps = np.array(wide.strides[:3])[np.argsort(axes)]
            view = np.ndarray(shape, dtype, room, lead if room.size > lead else 0, tuple(steps))
            yield f"{name}, {pad} cells apart, byte {lead}", view
    flipped = np.frombuffer(cells[::-1, ::-1, ::-1].tobytes(), dtype).reshape(shape)
    yield "backwards", flipped[::-1, ::-1, ::-1]


def outs(shape: tuple[int, ...], dtype: str) -> dict[str, Array]:
    r, n, c = shape
    return {
        "time first": np.full(shape, 99, dtype),
        "columns first": np.full((c, r, n), 99, dtype).transpose(1, 2, 0),
        "spaced": np.full((r, 2 * n, c + 3), 99, dtype)[:, ::2, 1 : c + 1],
        "backwards": np.full(shape, 99, dtype)[::-1, :, ::-1],
    }


def oracle(values: Array, cal: Calibration, dtype: str) -> Array:
    """Each step as it is written down: whole passes, rounded to `dtype` after each."""
    with np.errstate(all="ignore"):
        x = values.astype(dtype)
        if (cal.gain != 1).any():
            x = (x.astype("f8") * cal.gain).astype(dtype)
        if (cal.offset != 0).any():
            x = (x.astype("f8") + cal.offset).astype(dtype)
    return x


def assert_same_bits(got: Array, wanted: Array, what: object = "") -> None:
    assert got.dtype == wanted.dtype
    assert got.shape == wanted.shape
    assert np.ascontiguousarray(got).tobytes() == np.ascontiguousarray(wanted).tobytes(), what


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("dtype", TYPES)
def test_decode_gives_the_documented_bits_for_every_layout(use: str, dtype: str, kind: str) -> None:
    shape = SHAPES[kind]
    data, values = samples(dtype, shape)
    for gains in GAINS:
        cal = calibration(gains, shape[2])
        for wide in ("f4", "f8"):
            wanted = oracle(values, cal, wide)
            for layout, raw in layouts(data, dtype, shape):
                for order, out in outs(shape, wide).items():
                    kernels.decode(raw, out, cal)
                    assert_same_bits(out, wanted, (gains, wide, layout, order))


@pytest.mark.parametrize("dtype", TYPES)
def test_decode_bytes_is_decode_of_a_whole_window(use: str, dtype: str) -> None:
    data, values = samples(dtype, (41, 6))
    for gains in GAINS:
        cal = calibration(gains, 6)
        for wide in ("f4", "f8"):
            for given_bytes in (data, memoryview(data), bytearray(data)):
                for out in (np.empty((41, 6), wide), np.empty((6, 41), wide).T):
                    kernels.decode_bytes(given_bytes, np.dtype(dtype), out, cal)
                    assert_same_bits(out, oracle(values, cal, wide), (gains, wide))


@pytest.mark.parametrize("columns", [1, 4, 64])
@pytest.mark.parametrize("dtype", ["<u2", "<i2", ">i2"])
def test_all_16_bit_samples_are_exact(use: str, dtype: str, columns: int) -> None:
    values = np.arange(65536).astype("u2").view(dtype.lstrip("<>")).astype(dtype)
    raw = np.repeat(values.reshape(-1, 1, 1), columns, axis=2)
    out = np.empty(raw.shape, "f4")
    gains = [(0.09765625, -3200.0), (6400 / 65534, -3200.0), (0.1, 0.0), (1.0, 0.1), (0.195, -6e3)]
    for gain, offset in [*gains, ([0.1, 0.0, -0.0], [0.3, 0.0, 0.0])]:
        cal = Calibration(np.resize(gain, columns), np.resize(offset, columns))
        kernels.decode(raw, out, cal)
        assert_same_bits(out, oracle(raw, cal, "f4"), (gain, offset))


@pytest.mark.parametrize("dtype", ["V3", "<i4", "<f4"])
def test_float32_arithmetic_is_enough_where_it_is_used(use: str, dtype: str) -> None:
    rng = np.random.default_rng(3)
    data, values = samples(dtype, (4096, 1, 64))
    raw = np.frombuffer(data, dtype).reshape(values.shape)
    for _ in range(8):
        scale = 10.0 ** rng.integers(-12, 8, 64)
        cal = Calibration(*(rng.standard_normal((2, 64)) * scale).astype("f4"))
        assert cal.exact32
        out = np.empty(values.shape, "f4")
        kernels.decode(raw, out, cal)
        assert_same_bits(out, oracle(values, cal, "f4"))


FINITE = st.floats(allow_nan=False, allow_infinity=False)
NUMBER = (
    st.floats(-1e6, 1e6) | st.floats(-1e6, 1e6, width=32) | FINITE | st.sampled_from([0.0, 1.0])
)


@pytest.mark.parametrize("dtype", ["<u2", ">i2", "V3", "<i4", "<f4", "u1"])
@given(pairs=st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=40), seed=st.integers(0, 99))
def test_any_gain_and_offset(dtype: str, pairs: list[tuple[float, float]], seed: int) -> None:
    columns = len(pairs)
    data, values = samples(dtype, (33, 1, columns), seed)
    raw = np.frombuffer(data, dtype).reshape(33, 1, columns)
    cal = Calibration(*np.array(pairs).T)
    saved = kernels.COMPILED
    try:
        for compiled in {False, hasattr(kernels, "_kernels")}:
            kernels.COMPILED = compiled
            for wide in ("f4", "f8"):
                for out in outs(raw.shape, wide).values():
                    kernels.decode(raw, out, cal)
                    assert_same_bits(out, oracle(values, cal, wide), compiled)
    finally:
        kernels.COMPILED = saved


def test_decode_writes_nothing_beside_its_out(use: str) -> None:
    data, values = samples("<i2", (5, 20, 30))
    for wide in ("f4", "f8"):
        room = np.full((7, 24, 36), 99, wide)
        for _, raw in layouts(data, "<i2", values.shape):
            kernels.decode(raw, room[1:6, 2:22, 3:33], calibration("odd", 30))
        room[1:6, 2:22, 3:33] = 99
        assert (room == 99).all()


def test_calibration_knows_its_kind_and_its_columns() -> None:
    cal = Calibration([0.5, 0.5, 0.1], [0, 0, 1])
    assert [cal.exact32, cal.uniform, cal.gain_is_one, cal.offset_is_zero] == [False] * 4
    assert cal.columns(slice(None)) is cal
    assert cal.columns(slice(0, 3)) is cal
    part = cal.columns(np.array([1, 0]))
    assert part.exact32
    assert part.uniform
    assert part.offset_is_zero
    assert cal.columns(slice(None, None, -1)).gain.tolist() == [0.1, 0.5, 0.5]
    copy = pickle.loads(pickle.dumps(cal))
    assert (copy.gain.tolist(), copy.offset.tolist()) == (cal.gain.tolist(), cal.offset.tolist())
    with pytest.raises(ValueError, match="read-only"):
        cal.gain[0] = 2
    for wrong in (([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]]), (1.0, 1.0)):
        with pytest.raises(ValueError, match="one gain and one offset"):
            Calibration(*wrong)


@pytest.mark.parametrize("dtype", TYPES)
def test_add_windows_is_exact(use: str, dtype: str) -> None:
    for shape in SHAPES.values():
        data, values = samples(dtype, shape)
        wide = "f8" if dtype[-2] == "f" else "i8"
        with np.errstate(all="ignore"):
            wanted = values.astype(wide) + np.dtype(wide).type(99)
        for layout, raw in layouts(data, dtype, shape):
            for order, total in outs(shape, wide).items():
                kernels.add_windows(raw, total)
                assert_same_bits(total, wanted, (layout, order))


@pytest.mark.parametrize("dtype", TYPES)
def test_minmax_of_every_column(use: str, dtype: str) -> None:
    for shape in SHAPES.values():
        if not shape[0]:
            continue
        data, values = samples(dtype, shape)
        if dtype[-2] == "f" and shape[2]:
            values[..., 0] = np.nan
            data = values.astype(dtype).tobytes()
        low, high = np.empty((2, shape[2]), values.dtype), np.empty((shape[2], 2), values.dtype)
        wanted = np.fmin.reduce(values, (0, 1)), np.fmax.reduce(values, (0, 1))
        for layout, raw in layouts(data, dtype, shape):
            kernels.minmax(raw, low[0], high[:, 1])
            np.testing.assert_array_equal(low[0], wanted[0], layout)
            np.testing.assert_array_equal(high[:, 1], wanted[1], layout)


@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
def test_minmax_has_one_zero_and_knows_infinity(use: str, dtype: str) -> None:
    raw = np.array([[-0.0, np.inf, np.nan], [0.0, np.nan, -np.inf]], dtype)[:, None]
    for block in (raw, raw[::-1], raw[:, :, ::-1]):
        low, high = np.full((2, 3), 7, raw.dtype.newbyteorder("="))
        kernels.minmax(block, low, high)
        wanted = [0.0, np.inf, -np.inf] if block.strides[2] > 0 else [-np.inf, np.inf, 0.0]
        assert_same_bits(low, np.array(wanted, low.dtype))
        assert_same_bits(high, np.array(wanted, low.dtype))


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i2", "V3", "<f4", "<f8"])
@given(data=st.data())
def test_gather_runs_copies_every_run(dtype: str, data: st.DataObject) -> None:
    size = np.dtype(dtype).itemsize
    buffer = np.random.default_rng(1).bytes(500)
    counts = data.draw(st.lists(st.integers(0, 12), max_size=25))
    at = [data.draw(st.integers(0, 500 - size * n)) for n in counts]
    columns = [i % 3 for i in range(len(counts))]
    rows = [sum(counts[i % 3 : i : 3]) for i in range(len(counts))]
    wanted = np.zeros((320, 3, size), "u1")
    for a, n, r, c in zip(at, counts, rows, columns, strict=True):
        wanted[r : r + n, c] = np.frombuffer(buffer, "u1", n * size, a).reshape(n, size)
    index = np.array([at, counts, rows, columns], np.int64).reshape(4, -1)
    saved = kernels.COMPILED
    try:
        for compiled in {False, hasattr(kernels, "_kernels")}:
            kernels.COMPILED = compiled
            for out in (np.zeros((320, 3), dtype), np.zeros((3, 320), dtype).T):
                for strided in (index, np.repeat(index, 2, axis=1)[:, ::2]):
                    kernels.gather_runs(buffer, *strided, out)
                    assert out.tobytes() == wanted.tobytes()
    finally:
        kernels.COMPILED = saved


BIG = 2**62
OUTSIDE = {
    "before the buffer": (-1, 2, 0, 0),
    "past the buffer": (97, 2, 0, 0),
    "far past the buffer": (BIG, 2, 0, 0),
    "too long": (0, 51, 0, 0),
    "far too long": (0, BIG, 0, 0),
    "negative length": (0, -1, 0, 0),
    "row before out": (0, 2, -1, 0),
    "row past out": (0, 2, 59, 0),
    "row far past out": (0, 2, 2**63 - 1, 0),
    "column before out": (0, 2, 0, -1),
    "column past out": (0, 2, 0, 4),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_gather_runs_refuses_what_lies_outside(use: str, name: str) -> None:
    runs = np.array([(0, 1, 0, 0), OUTSIDE[name]], np.int64).T
    out = np.zeros((60, 4), "<i2")
    with pytest.raises(ValueError, match="run 1 lies outside"):
        kernels.gather_runs(bytes(range(98)), *runs, out)
    assert not out.any()


def chain(blocks: list[tuple[int, int]]) -> tuple[bytes, list[int]]:
    data, positions = b"", []
    for count, words in blocks:
        positions.append(len(data))
        data += struct.pack("<12x2h", count, words) + bytes(2 * count * words)
    return data, positions


BLOCKS = [(1, 32), (0, 0), (1, 0), (3, 5), (1, 70)]
HEADER = (16, 12, 14, 2)


def test_walk_blocks_finds_every_header(use: str) -> None:
    data, positions = chain(BLOCKS * 500)
    for given_bytes in (data, memoryview(data), np.frombuffer(data, "u1")):
        found, stop, reason = kernels.walk_blocks(given_bytes, 0, *HEADER)
        assert found.dtype == np.int64
        assert found.tolist() == positions
        assert (stop, reason) == (len(data), "end")


def test_walk_blocks_goes_on_in_the_next_window(use: str) -> None:
    data, positions = chain(BLOCKS * 9)
    for width in (16, 17, 50, 400):
        found, begin, stop = [], 0, 0
        while stop < len(data):
            window = data[begin : begin + width]
            here, local, reason = kernels.walk_blocks(window, stop - begin, *HEADER)
            assert reason in ("end", "cut header", "cut payload")
            found += (here + begin).tolist()
            stop = begin + local
            begin = stop
        assert found == positions
        assert stop == len(data)


@pytest.mark.parametrize("cut", range(0, 111, 3))
def test_walk_blocks_says_where_a_chain_is_cut(use: str, cut: int) -> None:
    data, positions = chain([(1, 8), (2, 10), (1, 3)])
    found, stop, reason = kernels.walk_blocks(data[:cut], 0, *HEADER)
    whole = [p for p in positions if p + 16 <= cut]
    assert found.tolist() == whole
    starts = [*positions, len(data)]
    assert stop == starts[len(whole)]
    assert reason == ("end" if stop == cut else "cut header" if stop < cut else "cut payload")


@pytest.mark.parametrize(("count", "words"), [(-1, 4), (4, -1), (-3, -3), (-32768, -32768)])
def test_walk_blocks_stops_at_a_negative_length(use: str, count: int, words: int) -> None:
    data, positions = chain([(1, 8), (2, 2)])
    data += struct.pack("<12x2h", count, words) + bytes(99)
    found, stop, reason = kernels.walk_blocks(data, 0, *HEADER)
    assert found.tolist() == positions
    assert (stop, reason) == (len(data) - 115, "negative length")


def test_walk_blocks_ends_at_once_past_the_end(use: str) -> None:
    for start, reason in (
        (3, "end"),
        (2, "cut header"),
        (4, "cut payload"),
        (10**9, "cut payload"),
    ):
        found, stop, why = kernels.walk_blocks(b"abc", start, *HEADER)
        assert (len(found), stop, why) == (0, start, reason)


RAW = np.zeros((4, 2, 3), "<i2")
OUT = np.zeros((4, 2, 3), "f4")
THREE = Calibration([0.1] * 3, [0.0] * 3)
INDEX = np.zeros(2, np.int64)
READ_ONLY = np.frombuffer(bytes(96), "f4").reshape(4, 2, 3)
GATHER_OUT = np.zeros((5, 2), "<i2")
UNALIGNED = np.ndarray((4, 2, 3), "f4", np.zeros(99, "u1"), 1)
MISUSE: dict[str, tuple[type[Exception], str, tuple[Any, ...]]] = {
    "other shape": (ValueError, "decode", (RAW, OUT[:3], THREE)),
    "transposed shape": (ValueError, "decode", (RAW, np.zeros((4, 3, 2), "f4"), THREE)),
    "two dimensions": (ValueError, "decode", (RAW[0], OUT[0], THREE)),
    "out of two dimensions": (ValueError, "decode", (RAW, OUT[0], THREE)),
    "too few gains": (ValueError, "decode", (RAW, OUT, Calibration([0.1] * 2, [0.0] * 2))),
    "too many gains": (ValueError, "decode", (RAW, OUT, Calibration([0.1] * 9, [0.0] * 9))),
    "integer out": (TypeError, "decode", (RAW, np.zeros(RAW.shape, "i4"), THREE)),
    "half out": (TypeError, "decode", (RAW, np.zeros(RAW.shape, "f2"), THREE)),
    "swapped out": (TypeError, "decode", (RAW, np.zeros(RAW.shape, ">f4"), THREE)),
    "read-only out": (ValueError, "decode", (RAW, READ_ONLY, THREE)),
    "unaligned out": (TypeError, "decode", (RAW, UNALIGNED, THREE)),
    "complex raw": (TypeError, "decode", (RAW.astype("c8"), OUT, THREE)),
    "bool raw": (TypeError, "decode", (RAW.astype("?"), OUT, THREE)),
    "half raw": (TypeError, "decode", (RAW.astype("f2"), OUT, THREE)),
    "bytes raw": (TypeError, "decode", (RAW.astype("S1"), OUT, THREE)),
    "void raw": (TypeError, "decode", (RAW.view("V2"), OUT, THREE)),
    "record raw": (TypeError, "decode", (RAW.view([("a", "<i2")]), OUT, THREE)),
    "object raw": (TypeError, "decode", (RAW.astype("O"), OUT, THREE)),
    "too few bytes": (ValueError, "decode_bytes", (bytes(47), RAW.dtype, OUT[:, 0], THREE)),
    "too many bytes": (
        ValueError,
        "decode_bytes",
        (bytes(50), RAW.dtype, OUT.reshape(8, 3), THREE),
    ),
    "bytes of another type": (
        TypeError,
        "decode_bytes",
        (bytes(48), np.dtype("f2"), OUT[:, 0], THREE),
    ),
    "three dimensions": (ValueError, "decode_bytes", (bytes(48), RAW.dtype, OUT, THREE)),
    "total too narrow": (TypeError, "add_windows", (RAW, np.zeros(RAW.shape, "i4"))),
    "total of floats": (TypeError, "add_windows", (RAW, np.zeros(RAW.shape, "f8"))),
    "total of integers": (TypeError, "add_windows", (OUT, np.zeros(RAW.shape, "i8"))),
    "total of another shape": (ValueError, "add_windows", (RAW, np.zeros((4, 2, 4), "i8"))),
    "sum of text": (TypeError, "add_windows", (RAW.astype("S1"), np.zeros(RAW.shape, "i8"))),
    "extremes of another type": (TypeError, "minmax", (RAW, *np.zeros((2, 3), "i4"))),
    "extremes of too many": (ValueError, "minmax", (RAW, *np.zeros((2, 4), "i2"))),
    "extremes of nothing": (ValueError, "minmax", (RAW[:0], *np.zeros((2, 3), "i2"))),
    "extremes of no row": (ValueError, "minmax", (RAW[:, :0], *np.zeros((2, 3), "i2"))),
    "extremes of text": (TypeError, "minmax", (RAW.astype("S1"), *np.zeros((2, 3), "S1"))),
    "narrow index": (TypeError, "gather_runs", (b"ab", *[INDEX.astype("i4")] * 4, GATHER_OUT)),
    "unequal index": (
        ValueError,
        "gather_runs",
        (b"ab", INDEX, INDEX[:1], INDEX, INDEX, GATHER_OUT),
    ),
    "square index": (ValueError, "gather_runs", (b"ab", *[np.zeros((2, 2), "i8")] * 4, GATHER_OUT)),
    "runs of 16 bytes": (TypeError, "gather_runs", (b"ab", *[INDEX] * 4, GATHER_OUT.astype("c16"))),
    "runs into three": (ValueError, "gather_runs", (b"ab", *[INDEX] * 4, OUT)),
    "runs into read-only": (ValueError, "gather_runs", (b"ab", *[INDEX] * 4, READ_ONLY[0])),
    "walk before the start": (ValueError, "walk_blocks", (b"ab", -1, *HEADER)),
    "field outside the header": (ValueError, "walk_blocks", (b"ab", 0, 15, 12, 14, 2)),
    "field before the header": (ValueError, "walk_blocks", (b"ab", 0, 16, -1, 14, 2)),
    "header of nothing": (ValueError, "walk_blocks", (b"ab", 0, 0, 0, 0, 2)),
    "negative words": (ValueError, "walk_blocks", (b"ab", 0, 16, 12, 14, -2)),
    "monstrous words": (ValueError, "walk_blocks", (b"ab", 0, 16, 12, 14, 2**40)),
}


@pytest.mark.parametrize("name", MISUSE)
def test_misuse_raises_before_anything_is_written(use: str, name: str) -> None:
    error, function, arguments = MISUSE[name]
    before = [x.copy() for x in arguments if isinstance(x, np.ndarray)]
    with pytest.raises(error):
        getattr(kernels, function)(*arguments)
    after = [x for x in arguments if isinstance(x, np.ndarray)]
    for a, b in zip(after, before, strict=True):
        assert a.tobytes() == b.tobytes()


def test_the_environment_forces_the_twins() -> None:
    code = "from neophys import kernels; print(kernels.COMPILED)"
    environment = dict(os.environ, NEOPHYS_KERNELS="numpy")
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False"]
