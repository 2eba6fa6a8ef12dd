"""Arrays in pickles: rebuilt by NumPy from a shape, a simple type and as many bytes.

A pickled array or dtype is an empty one that gets its state afterwards. NumPy believes that state,
so a hostile one makes it read memory that is not the array's; here it is checked first.
"""

from __future__ import annotations

import re
from math import prod
from typing import Any, Final

import numpy as np

from neophys.neo.io.pickleio.machine import PickleRefusal

__all__ = ["PickledDtype", "array_from_buffer", "array_state", "check_objects", "numeric_dtype",
           "scalar"]  # fmt: skip

_SIMPLE: Final = re.compile(r"[<>=|]?(?:[biufc]\d{1,2}|[SU]\d{1,9}|[?O]|O8|b1|bool|object)")
_ATOMS: Final = (str, int, float, bool, bytes, complex, type(None), np.generic)


class PickledDtype:
    """A dtype on its way out of a pickle.

    Attributes
    ----------
    dtype
        As far as it is known.
    """

    __slots__ = ("dtype",)

    def __init__(self, args: tuple[Any, ...]) -> None:
        text = args[0] if args else None
        if type(text) is not str or not _SIMPLE.fullmatch(text) or len(args) > 3:
            raise PickleRefusal(f"arrays of type {text!r:.40} are not read from pickles")
        self.dtype = np.dtype(text)

    def set_state(self, state: Any) -> None:
        """Take the byte order; everything else must be what a simple type has."""
        if not (type(state) is tuple and len(state) == 8 and state[2:5] == (None, None, None)):
            raise PickleRefusal("structured arrays are not read from pickles")
        if state[1] not in ("<", ">", "|", "="):
            raise PickleRefusal("this pickle has an array of unknown byte order")
        self.dtype = self.dtype.newbyteorder(state[1])


def numeric_dtype(given: Any) -> Any:
    """A dtype of numbers, or None."""
    if given is None:
        return None
    if isinstance(given, PickledDtype) and given.dtype.kind in "biufc":
        return given.dtype
    raise PickleRefusal("this pickle has an object whose dtype is none of numbers")


def _checked(dtype: Any, shape: Any, length: int) -> np.dtype[Any]:
    """The dtype, if so many bytes are an array of that shape."""
    if not isinstance(dtype, PickledDtype):
        raise PickleRefusal("this pickle has an array without a dtype")
    own = dtype.dtype
    if not (
        type(shape) is tuple
        and len(shape) <= 32
        and all(type(n) is int and n >= 0 for n in shape)
        and (own.itemsize or not prod(shape))
    ):
        raise PickleRefusal("this pickle has an array without a shape")
    size = own.itemsize if own.kind != "O" else 1
    if prod(shape) * size != length:
        raise PickleRefusal(
            f"this pickle has an array of shape {shape} and type {own} of {length} bytes"
        )
    return own


def check_objects(values: list[Any]) -> None:
    """PickleRefusal unless all are plain values."""
    if not all(isinstance(value, _ATOMS) for value in values):
        raise PickleRefusal("arrays of objects are not read from pickles")


def array_state(state: Any) -> tuple[Any, ...]:
    """The state of an array, fit for ``ndarray.__setstate__``."""
    if not (type(state) is tuple and len(state) == 5 and state[0] == 1):
        raise PickleRefusal("this pickle has an array in an unknown form")
    _, shape, dtype, by_columns, values = state
    if type(values) is str:
        values = values.encode("latin-1")  # bytes of Python 2
    if type(values) not in (bytes, list):
        raise PickleRefusal("this pickle has an array without values")
    own = _checked(dtype, shape, len(values))
    if (own.kind == "O") is not (type(values) is list):
        raise PickleRefusal("this pickle has an array whose values are of another type")
    if type(values) is list:
        check_objects(values)
    return 1, shape, own, bool(by_columns), values


def array_from_buffer(args: tuple[Any, ...]) -> Any:
    """An array of protocol 5: values, dtype, shape, order."""
    values, dtype, shape, order = args
    if type(values) not in (bytes, bytearray) or order not in ("C", "F"):
        raise PickleRefusal("this pickle has an array without values")
    own = _checked(dtype, shape, len(values))
    if own.kind == "O":
        raise PickleRefusal("arrays of objects are not read from pickles")
    return np.frombuffer(values, own).reshape(shape, order=order)


def scalar(args: tuple[Any, ...]) -> Any:
    """One number or text of NumPy: dtype, bytes."""
    dtype, value = (*args, b"")[:2]
    if type(value) is str:
        value = value.encode("latin-1")
    if not isinstance(dtype, PickledDtype) or dtype.dtype.kind == "O" or type(value) is not bytes:
        raise PickleRefusal("this pickle has a scalar of an unknown type")
    own = dtype.dtype
    if not own.itemsize and not value:
        return own.type()
    return np.frombuffer(value, _checked(dtype, (), len(value)))[0]
