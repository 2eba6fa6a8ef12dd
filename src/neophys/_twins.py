"""The NumPy twins of the compiled kernels: the same bits, slower. See :mod:`neophys.kernels`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .kernels import Calibration

Array = NDArray[Any]

_TILE = 1 << 18  # samples: a megabyte of float32, which cache and threads both like
_FEW = 1 << 14  # samples: one short window
_NAMES = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
_TYPES = frozenset(np.dtype(order + name) for name in _NAMES for order in "<>")
_V3 = np.dtype("V3")
_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
_PLANES = np.dtype([("low", "u1"), ("middle", "u1"), ("high", "i1")])


def decode(raw: Array, out: Array, calibration: Calibration) -> None:
    """The twin of :func:`neophys.kernels.decode`."""
    _check_block(raw)
    if out.dtype not in _FLOATS:
        raise TypeError(f"out must be float32 or float64, not {out.dtype}")
    _check_out(out, raw.shape)
    if raw.shape[2] != len(calibration):
        raise ValueError(f"{raw.shape[2]} columns, a calibration of {len(calibration)}")
    with np.errstate(all="ignore"):
        if raw.size <= _FEW:
            _decode_directly(raw, out, calibration)
        elif out.dtype == np.float64 or calibration.exact32:
            _decode_plainly(raw, out, calibration)
        elif _has_table(raw, calibration):
            _decode_by_table(raw, out, calibration)
        else:
            _decode_rounded(raw, out, calibration)


def decode_bytes(data: Any, dtype: np.dtype[Any], out: Array, calibration: Calibration) -> None:
    """The twin of :func:`neophys.kernels.decode_bytes`."""
    buffer = np.frombuffer(data, np.uint8)
    if dtype not in _TYPES and dtype != _V3:
        raise TypeError(f"no samples of type {dtype}")
    if out.ndim != 2:
        raise ValueError(f"out must be (samples, columns), not {out.shape}")
    if buffer.size != out.size * np.dtype(dtype).itemsize:
        raise ValueError(f"{buffer.size} bytes do not fill {out.shape} of {dtype}")
    if out.size <= _FEW and dtype != _V3 and out.dtype in _FLOATS:
        if out.shape[1] != len(calibration):
            raise ValueError(f"{out.shape[1]} columns, a calibration of {len(calibration)}")
        with np.errstate(all="ignore"):
            _decode_directly(buffer.view(dtype).reshape(out.shape), out, calibration)
        return
    decode(buffer.view(dtype).reshape(len(out), 1, -1), out[:, None], calibration)


def _decode_directly(raw: Array, out: Array, calibration: Calibration) -> None:
    """In place: where samples are few, NumPy's own casts cost less than scratch arrays.

    Computing into float32 with float64 factors, it rounds after each step.
    """
    narrow = out.dtype == np.float32 and calibration.exact32
    gain = calibration.gain32 if narrow else calibration.gain
    offset = calibration.offset32 if narrow else calibration.offset
    if calibration.uniform and len(gain):
        gain, offset = gain[0], offset[0]
    numbers = _numbers(raw)
    if narrow or out.dtype == np.float64 or raw.dtype.kind == "f" or raw.dtype.itemsize > 3:
        np.copyto(out, numbers, casting="unsafe")
        if not calibration.gain_is_one:
            np.multiply(out, gain, out=out, casting="unsafe")
        if not calibration.offset_is_zero:
            np.add(out, offset, out=out, casting="unsafe")
        return
    values = numbers.astype(np.float64)  # what float32 would hold exactly
    if not calibration.gain_is_one:
        values *= gain
        np.copyto(out, values, casting="unsafe")
        np.copyto(values, out)
    if not calibration.offset_is_zero:
        values += offset
    np.copyto(out, values, casting="unsafe")


def _decode_plainly(raw: Array, out: Array, calibration: Calibration) -> None:
    """In the arithmetic of `out`: a cast, then a pass for each step."""
    steps = _steps(calibration, out.dtype, raw.size)
    scratch = np.empty(min(out.size, max(_TILE, raw.shape[2])), out.dtype)
    for part, place in _tiles(raw, out):
        if not steps:
            np.copyto(place, _numbers(part), casting="unsafe")
            continue
        values = scratch[: part.size]
        left = steps
        if len(steps) > 1 and calibration.uniform and part.flags.c_contiguous and raw.dtype != _V3:
            # Casting on the way is a pass less.
            step, factors = steps[0]
            step(part.reshape(-1), factors, out=values, dtype=out.dtype, casting="unsafe")
            left = steps[1:]
        else:
            np.copyto(values.reshape(part.shape), _numbers(part), casting="unsafe")
        for step, factors in left[:-1]:
            _apply(step, values, factors, values)
        step, factors = left[-1]
        if place.flags.c_contiguous:
            _apply(step, values, factors, place.reshape(-1))
        else:
            _apply(step, values, factors, values)
            np.copyto(place, values.reshape(part.shape))


def _decode_rounded(raw: Array, out: Array, calibration: Calibration) -> None:
    """Each step in float64, rounded to float32 after it."""
    steps = _steps(calibration, np.dtype(np.float64), raw.size)
    exact = raw.dtype.kind != "f" and raw.dtype.itemsize <= 3
    size = min(out.size, max(_TILE, raw.shape[2]))
    wide, narrow = np.empty(size, np.float64), np.empty(size, np.float32)
    for part, place in _tiles(raw, out):
        doubles, singles = wide[: part.size], narrow[: part.size]
        np.copyto((doubles if exact else singles).reshape(part.shape), _numbers(part), "unsafe")
        for i, (step, factors) in enumerate(steps):
            if i or not exact:
                np.copyto(doubles, singles)
            _apply(step, doubles, factors, doubles)
            if i < len(steps) - 1:
                np.copyto(singles, doubles, casting="unsafe")
        np.copyto(place, doubles.reshape(part.shape), casting="unsafe")


def _steps(
    calibration: Calibration, dtype: np.dtype[Any], size: int
) -> list[tuple[np.ufunc, Array]]:
    """What is to be done to `size` samples, with factors of `dtype`: one, a row's or a tile's."""
    narrow = dtype == np.float32
    steps: list[tuple[np.ufunc, Array]] = []
    if not calibration.gain_is_one:
        steps.append((np.multiply, calibration.gain32 if narrow else calibration.gain))
    if not calibration.offset_is_zero:
        steps.append((np.add, calibration.offset32 if narrow else calibration.offset))
    if calibration.uniform:
        return [(step, factors[:1]) for step, factors in steps]
    if size < _TILE:
        return steps
    # A factor beside every sample is faster than factors that must be repeated.
    kept, rows = calibration._kept, max(1, _TILE // len(calibration))
    for step, factors in steps:
        if (step, dtype) not in kept:
            kept[step, dtype] = np.tile(factors, rows)
    return [(step, kept[step, dtype]) for step, _ in steps]


def _apply(step: np.ufunc, values: Array, factors: Array, out: Array) -> None:
    """``out = step(values, factors)`` in one dimension, the factors repeated as needed."""
    if factors.size == 1 or factors.size >= values.size:
        step(values, factors[: values.size], out=out)
    else:
        row = (-1, factors.size)
        step(values.reshape(row), factors, out=out.reshape(row))


def _has_table(raw: Array, calibration: Calibration) -> bool:
    """Whether samples can be looked up, in a table that exists or pays."""
    if not calibration.uniform or raw.dtype.kind not in "iu" or raw.dtype.itemsize > 2:
        return False
    return raw.size >= 1 << 16 or raw.dtype in calibration._kept


def _decode_by_table(raw: Array, out: Array, calibration: Calibration) -> None:
    """Look up what each pattern of up to 16 bits means: all columns are calibrated alike."""
    patterns = np.dtype(f"u{raw.dtype.itemsize}")
    table = calibration._kept.get(raw.dtype)
    if table is None:
        every = np.arange(1 << 8 * patterns.itemsize).astype(patterns).view(raw.dtype)
        table = np.empty(every.size, np.float32)
        one = calibration.columns(slice(1))
        _decode_rounded(every[:, None, None], table[:, None, None], one)
        calibration._kept[raw.dtype] = table
    for part, place in _tiles(raw, out):
        # No pattern needs wrapping; but to be ready to raise, take would copy `place`.
        np.take(table, part.view(patterns), out=place, mode="wrap")


def gather_runs(
    buffer: Any, at: Array, counts: Array, rows: Array, columns: Array, out: Array
) -> None:
    """The twin of :func:`neophys.kernels.gather_runs`: runs of one length at a time."""
    data = np.frombuffer(buffer, np.uint8)
    size = out.dtype.itemsize
    if out.ndim != 2 or not out.flags.writeable:
        raise ValueError("out must be two-dimensional and writeable")
    if size not in (1, 2, 3, 4, 8) or out.dtype.hasobject:
        raise TypeError(f"samples of {out.dtype}")
    for index in (at, counts, rows, columns):
        if index.dtype != np.int64:
            raise TypeError(f"indices must be int64, not {index.dtype}")
        if index.ndim != 1 or len(index) != len(at):
            raise ValueError("at, counts, rows and columns must be equally long, in one dimension")
    n_rows, n_columns = out.shape
    inside = (counts >= 0) & (counts <= n_rows) & (rows >= 0) & (rows <= n_rows - counts)
    inside &= (columns >= 0) & (columns < n_columns) & (at >= 0)
    inside &= at <= len(data) - np.where(inside, counts, 0) * size
    if not inside.all():
        raise ValueError(f"run {int(np.argmin(inside))} lies outside the buffer or out")
    for count in np.unique(counts[counts > 0]).tolist():
        chosen = counts == count
        width = count * size
        windows = np.ndarray((len(data) - width + 1,), f"V{width}", data, 0, (1,))
        samples = windows[at[chosen]].view(out.dtype).reshape(-1, count)
        out[rows[chosen][:, None] + np.arange(count), columns[chosen][:, None]] = samples


def add_windows(raw: Array, total: Array) -> None:
    """The twin of :func:`neophys.kernels.add_windows`."""
    _check_block(raw)
    wanted = np.dtype(np.float64 if raw.dtype.kind == "f" else np.int64)
    if total.dtype != wanted:
        raise TypeError(f"the total of {raw.dtype} must be {wanted}, not {total.dtype}")
    _check_out(total, raw.shape)
    with np.errstate(all="ignore"):
        for part, place in _tiles(raw, total):
            np.add(place, _numbers(part), out=place, dtype=wanted, casting="unsafe")


def minmax(raw: Array, out_min: Array, out_max: Array) -> None:
    """The twin of :func:`neophys.kernels.minmax`."""
    _check_block(raw)
    wanted = np.dtype(np.int32) if raw.dtype == _V3 else raw.dtype.newbyteorder("=")
    for out in (out_min, out_max):
        if out.dtype != wanted:
            raise TypeError(f"the extremes of {raw.dtype} are {wanted}, not {out.dtype}")
        _check_out(out, raw.shape[2:])
    if not raw.shape[0] * raw.shape[1]:
        raise ValueError("no sample, no extremes")
    first = True
    with np.errstate(all="ignore"):
        for part, _ in _tiles(raw, raw):
            numbers = _numbers(part)
            for out, least in ((out_min, np.fmin), (out_max, np.fmax)):
                found = least.reduce(numbers, axis=(0, 1))
                out[...] = found if first else least(out, found)
            first = False
        if raw.dtype.kind == "f":
            for out in (out_min, out_max):
                out += 0.0  # a negative zero becomes a positive one
                out[np.isnan(out)] = np.nan


def walk_blocks(
    buffer: Any,
    start: int,
    header_bytes: int,
    count_offset: int,
    words_offset: int,
    word_bytes: int,
) -> tuple[NDArray[np.int64], int, int]:
    """The twin of :func:`neophys.kernels.walk_blocks`; the reason is an index."""
    data = memoryview(buffer).cast("B")
    fields = (count_offset, words_offset)
    in_header = 0 <= min(fields) <= max(fields) <= header_bytes - 2
    if not in_header or start < 0 or not 0 <= word_bytes <= 1024:
        raise ValueError(
            "the fields must lie in the header, words have at most 1024 bytes, and nothing may be "
            "negative"
        )
    positions: list[int] = []
    last = len(data) - header_bytes
    position = start
    while position <= last:
        at, of = position + count_offset, position + words_offset
        count = int.from_bytes(data[at : at + 2], "little", signed=True)
        words = int.from_bytes(data[of : of + 2], "little", signed=True)
        if count < 0 or words < 0:
            return np.array(positions, np.int64), position, 3
        positions.append(position)
        position += header_bytes + count * words * word_bytes
    reason = 0 if position == len(data) else 1 if position < len(data) else 2
    return np.array(positions, np.int64), position, reason


def _check_block(raw: Array) -> None:
    if raw.dtype not in _TYPES and raw.dtype != _V3:
        raise TypeError(f"no samples of type {raw.dtype}")
    if raw.ndim != 3:
        raise ValueError(f"raw must be (records, rows, columns), not {raw.shape}")


def _check_out(out: Array, shape: tuple[int, ...]) -> None:
    if not (out.dtype.isnative and out.flags.aligned):
        raise TypeError("out must be native and aligned, of the type documented")
    if out.shape != shape:
        raise ValueError(f"out must be {shape}, not {out.shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")


def _tiles(raw: Array, out: Array) -> Iterator[tuple[Array, Array]]:
    """Parts of both, small enough to stay in the cache between two passes."""
    records, rows, columns = raw.shape
    if not records * rows * columns:
        return
    if rows * columns <= _TILE:
        step = _TILE // (rows * columns)
        for i in range(0, records, step):
            yield raw[i : i + step], out[i : i + step]
        return
    step = max(1, _TILE // columns)
    for record in range(records):
        for i in range(0, rows, step):
            here = np.s_[record : record + 1, i : i + step]
            yield raw[here], out[here]


def _numbers(raw: Array) -> Array:
    """The block as NumPy can compute with it: 24 bits become int32."""
    if raw.dtype != _V3:
        return raw
    base = _first_base(raw)
    if base is not None and sys.byteorder == "little":
        start = raw.__array_interface__["data"][0] - byte_bounds(base)[0]
        if start > 0 and min(raw.strides) >= 0:
            # One byte early, so that the sample is the upper three bytes and carries the sign.
            early = np.ndarray(raw.shape, "<i4", base, start - 1, raw.strides)
            numbers: Array = np.right_shift(early, 8)
            return numbers
    planes = raw.view(_PLANES)
    numbers = planes["high"].astype(np.int32)
    for name in ("middle", "low"):
        numbers <<= 8
        numbers |= planes[name]
    return numbers


def _first_base(raw: Array) -> Array | None:
    """The contiguous bytes that the array is a view of, if it is one."""
    base: Any = raw
    while isinstance(base.base, np.ndarray):
        base = base.base
    if base is raw or not base.flags.c_contiguous:
        return None
    flat: Array = np.asarray(base).reshape(-1).view(np.uint8)
    return flat
