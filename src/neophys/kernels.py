"""The loops over samples: calibrate, gather, add, compare, walk.

Each has two implementations that give the same bits: a compiled one (``_kernels.c``, built at
installation where there is a C compiler) and a NumPy twin. :data:`COMPILED` says which one is in
use; ``NEOPHYS_KERNELS=numpy`` in the environment forces the twin. Nothing here knows a format.

Samples are handed over as *blocks*: strided views ``(records, rows, columns)`` of a byte buffer,
in the byte order of the disk. A multiplexed array is records of one row; a vectorised record is a
block whose rows are contiguous. The types are ``i1 u1 i2 u2 i4 u4 i8 u8 f4 f8`` in either byte
order, and ``V3`` for 24-bit little-endian two's complement.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _twins

try:
    from . import _kernels
except ImportError:  # no compiler when this was installed
    _compiled = False
else:
    _compiled = os.environ.get("NEOPHYS_KERNELS", "") != "numpy"

__all__ = [
    "COMPILED",
    "Calibration",
    "add_windows",
    "decode",
    "decode_bytes",
    "gather_runs",
    "minmax",
    "walk_blocks",
]

COMPILED: bool = _compiled
"""Whether the compiled kernels are in use (else their NumPy twins)."""

Stop = Literal["end", "cut header", "cut payload", "negative length"]
_STOPS: tuple[Stop, ...] = ("end", "cut header", "cut payload", "negative length")

_PLAIN, _EXACT, _UNIFORM = 1, 2, 4  # as in _kernels.c
_NATIVE = {"i1": 0, "u1": 1, "<i2": 2, "<u2": 3, "V3": 4, "<i4": 5, "<u4": 6, "<i8": 7, "<u8": 8}
_NATIVE |= {"<f4": 9, "<f8": 10}
_CODES: dict[np.dtype[Any], int] = {np.dtype(name): code for name, code in _NATIVE.items()}
_CODES |= {d.newbyteorder(">"): c + 16 for d, c in _CODES.items() if d.itemsize > 1 and c != 4}


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Calibration:
    """Gains and offsets of a stream's columns: ``physical = raw * gain + offset``.

    What a call to :func:`decode` needs is worked out once, here. Treat the arrays as read-only.

    Parameters
    ----------
    gain, offset
        Float64, one for each column, in the stream's units.

    Attributes
    ----------
    gain_is_one, offset_is_zero
        All gains are 1 (the multiplication is skipped), all offsets 0 (the addition is skipped).
    exact32
        All gains and offsets are float32 numbers, so that float32 arithmetic gives the same bits
        as float64 arithmetic that is rounded to float32 after each step: a double has more than
        2 * 24 + 2 bits.
    uniform
        All columns have the same gain and the same offset.

    Raises
    ------
    ValueError
        If the two are not one-dimensional and equally long.

    Examples
    --------
    >>> Calibration([0.5, 0.5], [0.0, 0.0]).exact32
    True
    """

    gain: NDArray[np.float64]
    offset: NDArray[np.float64]
    gain32: NDArray[np.float32] = field(repr=False)
    offset32: NDArray[np.float32] = field(repr=False)
    gain_is_one: bool
    offset_is_zero: bool
    exact32: bool
    uniform: bool
    finite: bool
    _kept: dict[Any, NDArray[Any]] = field(repr=False)
    _table: bytes = field(repr=False)
    _flags: int = field(repr=False)

    def __init__(self, gain: ArrayLike, offset: ArrayLike) -> None:
        put = object.__setattr__
        g, o = (np.array(x, np.float64, order="C") for x in (gain, offset))
        if g.ndim != 1 or g.shape != o.shape:
            raise ValueError(f"one gain and one offset a column, not {g.shape} and {o.shape}")
        with np.errstate(all="ignore"):
            g32, o32 = g.astype(np.float32), o.astype(np.float32)
        for array in (g, o, g32, o32):
            array.flags.writeable = False
        one, zero = bool((g == 1).all()), bool((o == 0).all())
        exact = bool((g32 == g).all() and (o32 == o).all())
        put(self, "gain", g)
        put(self, "offset", o)
        put(self, "gain32", g32)
        put(self, "offset32", o32)
        put(self, "gain_is_one", one)
        put(self, "offset_is_zero", zero)
        put(self, "exact32", exact)
        # By their bits: 0.0 and -0.0 are different factors.
        put(self, "uniform", all(x.tobytes() == x[:1].tobytes() * len(x) for x in (g, o)))
        put(self, "finite", bool(np.isfinite(g).all() and np.isfinite(o).all()))
        put(self, "_kept", {})  # what the NumPy twins work out once
        # Adding -0.0 changes no number, where +0.0 would turn -0.0 into 0.0.
        added = [np.full_like(x, -0.0) if zero else x for x in (o, o32)]
        put(self, "_table", b"".join(x.tobytes() for x in (g, added[0], g32, added[1])))
        put(self, "_flags", _PLAIN * (one and zero) | _EXACT * exact | _UNIFORM * self.uniform)

    def __len__(self) -> int:
        return len(self.gain)

    def __reduce__(self) -> tuple[Any, ...]:
        return Calibration, (self.gain, self.offset)

    def columns(self, selection: slice | NDArray[np.intp]) -> Calibration:
        """The calibration of some of the columns; itself for all of them."""
        if isinstance(selection, slice) and selection.indices(len(self)) == (0, len(self), 1):
            return self
        return Calibration(self.gain[selection], self.offset[selection])


def decode(raw: NDArray[Any], out: NDArray[Any], calibration: Calibration) -> None:
    """Turn a block of raw samples into physical values.

    Float32 values are ``f32(f64(f32(f64(f32(raw)) * gain)) + offset)``, the arithmetic of Neo: two
    roundings, after the product and after the sum. Float64 values are ``f64(raw) * gain +
    offset``, without fused multiply-add. A step that does nothing for any column is skipped.

    Parameters
    ----------
    raw
        Block ``(records, rows, columns)`` in disk byte order, any strides.
    out
        Native float32 or float64 of the same shape, any strides; shares no memory with `raw`.
    calibration
        One gain and offset for each column.

    Raises
    ------
    TypeError
        If a dtype is not one of those above.
    ValueError
        If shapes differ, or `out` is read-only.
    """
    if COMPILED and calibration.finite:
        _kernels.decode(raw, out, calibration._table, calibration._flags)
    else:
        _twins.decode(raw, out, calibration)


def decode_bytes(
    data: bytes | bytearray | memoryview | NDArray[np.uint8],
    dtype: np.dtype[Any],
    out: NDArray[Any],
    calibration: Calibration,
) -> None:
    """As :func:`decode`, for the bytes of a whole multiplexed window.

    Parameters
    ----------
    data
        Contiguous bytes of ``(samples, columns)``; not a byte more or less.
    dtype
        Type of the samples on disk.
    out
        Native float32 or float64 ``(samples, columns)``, any strides.
    calibration
        One gain and offset for each column.

    Raises
    ------
    TypeError, ValueError
        As :func:`decode`; also if the bytes do not fill `out`.
    """
    if COMPILED and calibration.finite:
        code = _CODES.get(dtype, -1)
        _kernels.decode_bytes(data, code, out, calibration._table, calibration._flags)
    else:
        _twins.decode_bytes(data, dtype, out, calibration)


def gather_runs(
    buffer: bytes | memoryview | NDArray[np.uint8],
    at: NDArray[np.int64],
    counts: NDArray[np.int64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    out: NDArray[Any],
) -> None:
    """Copy runs of consecutive samples to their places.

    Run ``i`` is ``counts[i]`` samples of ``out.dtype`` from byte ``at[i]`` on; it goes to
    ``out[rows[i] : rows[i] + counts[i], columns[i]]``. Runs must not overlap in `out`.

    Parameters
    ----------
    buffer
        Contiguous bytes.
    at, counts, rows, columns
        Int64, one-dimensional, equally long.
    out
        ``(rows, columns)``, any strides, items of 1, 2, 3, 4 or 8 bytes. The byte order plays no
        role: bytes are copied.

    Raises
    ------
    TypeError
        If an index is not int64 or the items of `out` have another size.
    ValueError
        If a run lies outside `buffer` or `out`; nothing is written then.
    """
    if COMPILED:
        _kernels.gather_runs(buffer, at, counts, rows, columns, out)
    else:
        _twins.gather_runs(buffer, at, counts, rows, columns, out)


def add_windows(raw: NDArray[Any], total: NDArray[Any]) -> None:
    """Add a block of raw samples to a sum: ``total += raw``.

    Parameters
    ----------
    raw
        Block ``(records, rows, columns)`` in disk byte order.
    total
        Native, of the same shape: int64 for integers (exact, modulo 2**64), float64 for floats.

    Raises
    ------
    TypeError, ValueError
        As :func:`decode`.
    """
    if COMPILED:
        _kernels.add_windows(raw, total)
    else:
        _twins.add_windows(raw, total)


def minmax(raw: NDArray[Any], out_min: NDArray[Any], out_max: NDArray[Any]) -> None:
    """Least and greatest raw sample of each column.

    NaNs are passed over; a column of nothing else gives NaN. A zero is a positive zero.

    Parameters
    ----------
    raw
        Block ``(records, rows, columns)`` in disk byte order, with at least one sample a column.
    out_min, out_max
        ``(columns,)`` of the native dtype of `raw`; int32 for 24 bits.

    Raises
    ------
    TypeError, ValueError
        As :func:`decode`; also if there are columns without a sample.
    """
    if COMPILED:
        _kernels.minmax(raw, out_min, out_max)
    else:
        _twins.minmax(raw, out_min, out_max)


def walk_blocks(
    buffer: bytes | memoryview | NDArray[np.uint8],
    start: int,
    header_bytes: int,
    count_offset: int,
    words_offset: int,
    word_bytes: int,
) -> tuple[NDArray[np.int64], int, Stop]:
    """Positions of the headers in a chain of blocks.

    A block is a header of `header_bytes` and ``count * words * word_bytes`` bytes of payload,
    where count and words are little-endian int16 in the header.

    Parameters
    ----------
    buffer
        Contiguous bytes, possibly one window of a larger file.
    start
        Where the first header begins; it may lie past the end.
    header_bytes, count_offset, words_offset, word_bytes
        The shape of a header.

    Returns
    -------
    positions : int64 array
        Of the headers that lie whole in `buffer` (their payloads may end outside).
    stop : int
        Where the next header begins, counted as `start` is: to go on from there with the next
        window. For ``"negative length"`` the header at fault.
    reason : str
        ``"end"``: `stop` is the buffer's end. ``"cut header"``: a header begins at `stop` and is
        not whole. ``"cut payload"``: `stop` lies past the end, the last block's payload is not
        whole in this buffer. ``"negative length"``: a count or words below 0.

    Raises
    ------
    ValueError
        If `start` or `word_bytes` is negative, or a field does not lie in the header.
    """
    if COMPILED:
        data, stop, reason = _kernels.walk_blocks(
            buffer, start, header_bytes, count_offset, words_offset, word_bytes
        )
        return np.frombuffer(data, np.int64), stop, _STOPS[reason]
    positions, stop, reason = _twins.walk_blocks(
        buffer, start, header_bytes, count_offset, words_offset, word_bytes
    )
    return positions, stop, _STOPS[reason]
