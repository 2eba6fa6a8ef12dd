"""MATLAB files, checked before SciPy reads them: it ends the process on some damaged ones.

A file of version 5 to 7.2 is a header of 128 bytes and elements, each a tag (type, bytes) and its
content, padded to eight bytes; up to four bytes stand in the tag itself. A variable is an element
of type 14, whose content is elements again; or one of type 15, which holds such a one compressed.
(The MathWorks, "MAT-File Format", chapter 1.)
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from math import prod
from struct import Struct
from typing import Final

from neophys.errors import HeaderError, TruncatedError, UnsupportedError

__all__ = ["checked_variable"]

_HEADER: Final = 128
_MATRIX, _COMPRESSED, _INT32, _INT8, _UINT32 = 14, 15, 5, 1, 6
#: Bytes of the numeric types of elements.
_NUMBERS: Final = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
#: Bytes of a character, at least.
_CHARACTERS: Final = {1: 1, 2: 1, 4: 2, 16: 1, 17: 2, 18: 4}
_CELL, _STRUCT, _CHAR, _FIRST_NUMBER, _LAST_NUMBER = 1, 2, 4, 6, 15
_DEEPEST: Final = 100


def checked_variable(data: bytes, file: str, wanted: str) -> tuple[bytes | None, list[str]]:
    """A file with one variable only, uncompressed, that is safe to read; and the names of all.

    Parameters
    ----------
    data
        The whole file.
    file
        Its name, for errors.
    wanted
        The variable; None comes back where it is not there.

    Raises
    ------
    HeaderError, TruncatedError
        This is no such file, or damaged.
    UnsupportedError
        A file of version 7.3, or a variable that holds objects, functions or sparse matrices.
    """
    if len(data) < _HEADER:
        raise TruncatedError(file, 0, _HEADER, len(data), "header")
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None:
        raise HeaderError(file, 126, "byte order", data[126:128], "is no MATLAB file of version 5")
    version = int.from_bytes(data[124:126], "little" if order == "<" else "big")
    if version != 0x0100:
        raise UnsupportedError(
            f"{file}: a MATLAB file of version {version:#x}; 5 to 7.2 are read: save it with -v7"
        )
    names, found = [], None
    for element in _variables(data, file, order):
        check = _Check(element, file, order)
        names.append(name := check.name())
        if name == wanted and found is None:
            check.matrix(0, len(element), 0)
            found = data[:_HEADER] + element
    return found, names


def _variables(data: bytes, file: str, order: str) -> Iterator[bytes]:
    """The elements of variables, uncompressed, each with its tag."""
    tag, at = Struct(order + "II"), _HEADER
    while at < len(data):
        if at + 8 > len(data):
            raise TruncatedError(file, at, 8, len(data) - at, "tag")
        kind, size = tag.unpack_from(data, at)
        if size > len(data) - at - 8:
            raise TruncatedError(file, at + 8, size, len(data) - at - 8, "variable")
        if kind == _MATRIX:
            yield data[at : at + 8 + size]
        elif kind == _COMPRESSED:
            try:
                yield zlib.decompress(memoryview(data)[at + 8 : at + 8 + size])
            except zlib.error as error:
                raise HeaderError(file, at + 8, "variable", None, f"is damaged: {error}") from error
        else:
            raise HeaderError(file, at, "type of element", kind, "must be 14 or 15")
        at += 8 + size


class _Check:
    """Walks through one variable."""

    def __init__(self, data: bytes, file: str, order: str) -> None:
        self.data, self.file = data, file
        self.words, self.word = Struct(order + "II"), Struct(order + "i")
        self.order = order
        #: Values that may yet be made of nothing: as many as the variable has bytes.
        self.free = len(data)

    def fail(self, at: int, what: str) -> HeaderError:
        """An error at a byte of the (uncompressed) variable."""
        return HeaderError(self.file, at, "variable", None, what)

    def spend(self, count: int, at: int) -> None:
        """Count values that take no bytes; HeaderError where there are too many of them."""
        self.free -= count
        if self.free < 0:
            raise self.fail(at, f"has far more values than bytes: {count} more")

    def element(self, at: int, end: int, kinds: tuple[int, ...]) -> tuple[int, int, int, int]:
        """Type, first byte and size of an element, and where the next one begins."""
        if at + 8 > end:
            raise self.fail(at, "ends within a tag")
        kind, size = self.words.unpack_from(self.data, at)
        begin, after = at + 8, at + 8 + size + -size % 8
        if kind >> 16:
            kind, size, begin, after = kind & 0xFFFF, kind >> 16, at + 4, at + 8
            if size > 4:
                raise self.fail(at, f"has {size} bytes in a tag for four")
        if kind not in kinds:
            raise self.fail(at, f"has an element of type {kind} where {kinds} may stand")
        if begin + size > end:
            raise self.fail(at, f"has an element of {size} bytes, which are not there")
        return kind, begin, size, min(after, end)

    def head(self, at: int, end: int) -> tuple[int, int, tuple[int, ...], str, int]:
        """Class, flags, shape and name of a matrix, and where its content begins."""
        _, begin, size, at = self.element(at, end, (_UINT32,))
        if size != 8:
            raise self.fail(begin, "has no flags")
        flags, _ = self.words.unpack_from(self.data, begin)
        _, begin, size, at = self.element(at, end, (_INT32,))
        if size % 4 or not 8 <= size <= 128:
            raise self.fail(begin, "has no shape")
        shape = Struct(f"{self.order}{size // 4}i").unpack_from(self.data, begin)
        # Structs without fields need no bytes, but each is made.
        if min(shape) < 0 or prod(shape) > len(self.data) or max(shape) > len(self.data):
            raise self.fail(begin, f"has the shape {shape}")
        _, begin, size, at = self.element(at, end, (_INT8,))
        name = self.data[begin : begin + size].decode("latin-1")
        return flags & 0xFF, flags >> 8, shape, name, at

    def name(self) -> str:
        """The variable's name; objects of newer classes have none."""
        kind, begin, size, _ = self.element(0, len(self.data), (_MATRIX,))
        try:
            return self.head(begin, begin + size)[3] if kind else ""
        except HeaderError:
            return ""

    def matrix(self, at: int, end: int, depth: int) -> int:
        """Check a matrix and all in it; returns where the next element begins."""
        _, at, size, after = self.element(at, end, (_MATRIX,))
        if not size:
            return after
        if depth > _DEEPEST:
            raise self.fail(at, "is nested too deeply")
        end = at + size
        kind, flags, shape, _, at = self.head(at, end)
        count = prod(shape)
        if kind == _STRUCT:
            count, at = self.fields(count, at, end)
        if kind in (_CELL, _STRUCT):
            for _ in range(count):
                at = self.matrix(at, end, depth + 1)
        elif kind == _CHAR:
            self.values(count, _CHARACTERS, at, end)
        elif _FIRST_NUMBER <= kind <= _LAST_NUMBER:
            for _ in range(2 if flags & 8 else 1):  # complex
                at = self.values(count, _NUMBERS, at, end)
        else:
            raise UnsupportedError(f"{self.file}: class {kind} of MATLAB's is not read")
        return after

    def fields(self, count: int, at: int, end: int) -> tuple[int, int]:
        """How many matrices the fields of a struct are, and where they begin."""
        _, begin, size, at = self.element(at, end, (_INT32,))
        length = self.word.unpack_from(self.data, begin)[0] if size == 4 else 0
        _, begin, size, at = self.element(at, end, (_INT8,))
        if length < 1 or size % length:
            raise self.fail(begin, "has no names of fields")
        if not size:
            self.spend(count, begin)
        return count * (size // length), at

    def values(self, count: int, sizes: dict[int, int], at: int, end: int) -> int:
        """Check numbers or characters; a text in UTF-8 may have fewer characters than bytes."""
        kind, begin, size, at = self.element(at, end, tuple(sizes))
        if size % sizes[kind] or not (
            count == size // sizes[kind]
            or (sizes is _CHARACTERS and count < size)
            or (sizes is _CHARACTERS and not size)
        ):
            raise self.fail(begin, f"has {size} bytes for {count} values of type {kind}")
        if not size:
            self.spend(count, begin)  # blanks may be left out
        return at
