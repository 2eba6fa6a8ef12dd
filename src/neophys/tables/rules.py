"""How the bytes of one field become a value and back: numbers, text, text numbers, raw bytes.

A rule knows nothing of files. What it cannot decode or encode it says by ValueError, whose
message tells what would be right; the field adds file, byte and name.
"""

from __future__ import annotations

import codecs
import math
import re
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bytes", "Number", "Numeric", "Rule", "Several", "Text", "decode_text", "encode_text"]

#: One encoding, or several that are tried in order.
Encodings: TypeAlias = str | tuple[str, ...]

# Windows-1252, where the five bytes that it leaves undefined are the Latin-1 characters: decoding
# never fails and gives every byte back on encoding.
_CP1252: Final = "".join(
    bytes([b]).decode("latin-1" if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
    for b in range(256)
)
_TO_CP1252: Final = codecs.charmap_build(_CP1252)
_CODES: Final = {
    "cp1252": np.array([ord(c) for c in _CP1252], np.uint32),
    "latin-1": np.arange(256, dtype=np.uint32),
}
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def decode_text(raw: bytes, encodings: Encodings) -> str:
    """`raw` in the first of the encodings that fits; ``"cp1252"`` always does."""
    for name in (encodings,) if isinstance(encodings, str) else encodings:
        if name == "cp1252":
            return codecs.charmap_decode(raw, "strict", _CP1252)[0]
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"must be text in {_names(encodings)}")


def encode_text(text: str, encodings: Encodings) -> bytes:
    """`text` in the first of the encodings that has all its characters."""
    for name in (encodings,) if isinstance(encodings, str) else encodings:
        try:
            if name == "cp1252":
                return codecs.charmap_encode(text, "strict", _TO_CP1252)[0]
            return text.encode(name)
        except UnicodeEncodeError:
            continue
    raise ValueError(f"must have characters of {_names(encodings)} only")


def refuse_wide(encodings: Encodings) -> None:
    """Text that is cut at its first NUL byte must be in an encoding that extends ASCII."""
    for name in (encodings,) if isinstance(encodings, str) else encodings:
        if name != "cp1252" and "A".encode(name) != b"A":
            raise ValueError(f"{name} does not extend ASCII")


def parse_number(text: str, kind: type[int] | type[float], decimal: str = ".,") -> int | float:
    """A decimal number written out; integers may be written ``2047.0``.

    `decimal` lists the decimal signs that are understood. No ``nan``, ``inf`` or ``1_000``.
    """
    plain = text.replace(",", ".") if "," in decimal else text
    if not _NUMBER.fullmatch(plain):
        raise ValueError("must be a number")
    if kind is int and plain.lstrip("+-").isdigit() and len(plain) <= 100:
        return int(plain)
    value = float(plain)
    if math.isinf(value):
        raise ValueError("must be a number that float64 can hold")
    if kind is float:
        return value
    if not value.is_integer():
        raise ValueError("must be a whole number")
    return int(value)


def _names(encodings: Encodings) -> str:
    return encodings if isinstance(encodings, str) else " or ".join(encodings)


class Rule:
    """How one element of fixed length is stored; `dtype` is what a column of it looks like."""

    @property
    def dtype(self) -> np.dtype[Any]:
        raise AssertionError("each rule has its own dtype")

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a field that is an array; () otherwise."""
        return ()

    @property
    def size(self) -> int:
        """Bytes of the field."""
        return self.dtype.itemsize * math.prod(self.shape)

    @property
    def label(self) -> str:
        """For documentation: ``"<u2"``, ``"text(32)"``, ``"<u4 (128, 2)"``."""
        raise AssertionError("each rule has its own label")

    def blank(self) -> bytes:
        """What is written where no value is given."""
        return bytes(self.size)

    def decode(self, raw: bytes | memoryview) -> Any:
        """The value of `size` bytes; ValueError says what would be right."""
        raise AssertionError("each rule has its own decode")

    def encode(self, value: Any) -> bytes:
        """The inverse: `size` bytes; ValueError says what would be right."""
        raise AssertionError("each rule has its own encode")

    def decode_many(self, column: NDArray[Any]) -> NDArray[Any] | list[Any]:
        """All values of a column of `dtype`."""
        decode = self.decode
        return [decode(cell) for cell in column.tolist()]


@dataclass(frozen=True)
class Numeric(Rule):
    """Binary numbers of a NumPy type: int, float, or a read-only array in native byte order."""

    type: str
    form: tuple[int, ...] = ()

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.type)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.form

    @property
    def label(self) -> str:
        return f"{self.type} {self.form}" if self.form else self.type

    @cached_property
    def _struct(self) -> struct.Struct:
        order = ">" if self.dtype.str[0] == ">" else "<"
        code = {"i": "?bh?i???q", "u": "?BH?I???Q", "f": "??e?f???d", "b": "??"}[self.dtype.kind]
        return struct.Struct(order + code[self.dtype.itemsize])

    @cached_property
    def _native(self) -> np.dtype[Any]:
        return self.dtype.newbyteorder("=")

    def decode(self, raw: bytes | memoryview) -> Any:
        if not self.form:
            return self._struct.unpack(raw)[0]
        values = np.frombuffer(raw, self.dtype).astype(self._native)
        values.flags.writeable = False
        return values.reshape(self.form) if len(self.form) > 1 else values

    def encode(self, value: Any) -> bytes:
        try:
            given = np.asarray(value)
            with np.errstate(all="ignore"):
                stored = given.astype(self.dtype)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"must fit into {self.label}") from None
        if given.dtype.kind not in "biufO":
            raise ValueError("must be a number")
        if given.shape != self.form:
            raise ValueError(f"must have the shape {self.form}")
        if self.dtype.kind == "f":
            lost = np.isinf(stored) & ~np.isinf(given.astype("f8"))
        else:
            lost = np.asarray(stored != given)
        if lost.any():
            raise ValueError(f"must fit into {self.label}")
        return stored.tobytes()

    def decode_many(self, column: NDArray[Any]) -> NDArray[Any]:
        return column.astype(self._native)


@dataclass(frozen=True)
class Bytes(Rule):
    """Bytes as they are."""

    width: int

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(f"V{self.width}")

    @property
    def label(self) -> str:
        return f"bytes({self.width})"

    def decode(self, raw: bytes | memoryview) -> bytes:
        return bytes(raw)

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview) or len(value) != self.width:
            raise ValueError(f"must be {self.width} bytes")
        return bytes(value)


@dataclass(frozen=True)
class Text(Rule):
    r"""Text of fixed width: cut at the first NUL, blanks stripped at both ends.

    Parameters
    ----------
    width
        In bytes.
    encoding
        One, or several that are tried in order. ``"cp1252"`` decodes its undefined bytes as
        Latin-1, so it never fails. ``("utf-8", "cp1252")``: UTF-8 where it is valid UTF-8.
    pad
        The byte that fills up what is written: ``"\0"`` or ``" "``.
    strip
        The characters that are stripped; ``""`` for none.
    """

    width: int
    encoding: Encodings = "cp1252"
    pad: Literal["\0", " "] = "\0"
    strip: str = " \t\r\n"

    def __post_init__(self) -> None:
        refuse_wide(self.encoding)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(f"S{self.width}")

    @property
    def label(self) -> str:
        return f"text({self.width})"

    def blank(self) -> bytes:
        return self.pad.encode() * self.width

    def decode(self, raw: bytes | memoryview) -> str:
        kept = bytes(raw).partition(b"\0")[0]
        return decode_text(kept, self.encoding).strip(self.strip)

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("must be text without NUL")
        raw = encode_text(value.strip(self.strip), self.encoding)
        if len(raw) > self.width:
            raise ValueError(f"must fit into {self.width} bytes, takes {len(raw)}")
        return raw.ljust(self.width, self.pad.encode())

    def decode_array(self, column: NDArray[Any]) -> NDArray[np.str_]:
        """All values of a column as an array of text, without a Python loop where one byte is one
        character; values are those of :meth:`decode`."""
        codes = _CODES.get(self.encoding) if isinstance(self.encoding, str) else None
        if codes is None or not self.width or not len(column):
            return np.array(self.decode_many(column), f"U{max(self.width, 1)}")
        raw = np.ascontiguousarray(column).view(np.uint8).reshape(-1, self.width)
        kept = codes.take(raw)
        blank = raw == 0
        if np.count_nonzero(blank[:, :-1] > blank[:, 1:]):  # something stands behind a NUL
            np.putmask(kept, np.logical_or.accumulate(blank, axis=1), 0)
        texts: NDArray[np.str_] = kept.view(f"U{self.width}").ravel()
        return np.strings.strip(texts, self.strip) if self.strip else texts


@dataclass(frozen=True)
class Number(Rule):
    """A decimal number written out in a fixed width of ASCII, blank padded.

    Blanks and NULs around it are stripped; a comma as decimal sign, exponents, a leading ``+``
    and, for integers, ``2047.0`` are understood.

    Parameters
    ----------
    width
        In bytes.
    kind
        ``float`` (default) or ``int``.
    empty
        What an empty field means; None: it is an error.
    rounded
        Write as many digits as fit; otherwise what does not fit exactly is an error.
    """

    width: int
    kind: type[int] | type[float] = float
    empty: int | float | None = None
    rounded: bool = False

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(f"S{self.width}")

    @property
    def label(self) -> str:
        return f"{'number' if self.kind is float else 'integer'} text({self.width})"

    def blank(self) -> bytes:
        return b" " * self.width

    def decode(self, raw: bytes | memoryview) -> int | float:
        text = bytes(raw).strip(b" \0\t").decode("latin-1")
        if not text:
            if self.empty is None:
                raise ValueError("must be a number, is empty")
            return self.empty
        return self.kind(parse_number(text, self.kind))

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, int | float | np.number) or not math.isfinite(value):
            raise ValueError("must be a finite number")
        number = self.kind(value)
        if number != value:
            raise ValueError("must be a whole number")
        text = str(number) if self.kind is int else _written(float(number), self.width)
        if len(text) > self.width and self.rounded:
            text = _rounded(float(number), self.width)
        if len(text) > self.width:
            raise ValueError(f"must fit into {self.width} characters, takes {len(text)}")
        return text.encode("ascii").ljust(self.width)


def _written(number: float, width: int) -> str:
    """The shortest text that gives the number back; without exponent if that fits."""
    exact = _short_exponent(repr(number))
    if exact.endswith(".0"):
        exact = exact[:-2]
    short = _short_exponent(f"{number:.17g}")
    for digits in range(1, 17):
        if float(text := _short_exponent(f"{number:.{digits}g}")) == number:
            short = text
            break
    return exact if len(exact) <= width or len(exact) < len(short) else short


def _rounded(number: float, width: int) -> str:
    for digits in range(17, 0, -1):
        text = _short_exponent(f"{number:.{digits}g}")
        if len(text) <= width:
            return text
    return repr(number)


def _short_exponent(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


@dataclass(frozen=True)
class Several(Rule):
    """An array of elements that are no binary numbers; the value is a tuple (nested if 2-D)."""

    inner: Rule
    form: tuple[int, ...]

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return self.inner.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.form

    @property
    def label(self) -> str:
        return f"{self.inner.label} {self.form}"

    def blank(self) -> bytes:
        return self.inner.blank() * math.prod(self.form)

    def decode(self, raw: bytes | memoryview) -> tuple[Any, ...]:
        width = self.inner.size
        if len(self.form) > 1:
            part = Several(self.inner, self.form[1:])
            return tuple(part.decode(raw[i : i + part.size]) for i in range(0, len(raw), part.size))
        return tuple(self.inner.decode(raw[i : i + width]) for i in range(0, len(raw), width))

    def encode(self, value: Any) -> bytes:
        if isinstance(value, str | bytes) or len(value) != self.form[0]:
            raise ValueError(f"must have the shape {self.form}")
        part = Several(self.inner, self.form[1:]) if len(self.form) > 1 else self.inner
        return b"".join(part.encode(element) for element in value)

    def decode_many(self, column: NDArray[Any]) -> list[Any]:
        return [self.decode(row.tobytes()) for row in column]


def rule_of(spec: Any) -> Rule:
    """A rule from what stands in a declaration: a rule, a NumPy type, or (either, shape).

    ``"S32"`` is ``Text(32)``, ``"V10"`` is ``Bytes(10)``.
    """
    if isinstance(spec, Rule):
        return spec
    if isinstance(spec, tuple):
        inner, shape = rule_of(spec[0]), spec[1]
        form = (shape,) if isinstance(shape, int) else tuple(shape)
        return Numeric(inner.type, form) if isinstance(inner, Numeric) else Several(inner, form)
    dtype = np.dtype(spec)
    if dtype.kind == "S":
        return Text(dtype.itemsize)
    if dtype.kind == "V" and dtype.names is None:
        return Bytes(dtype.itemsize)
    if dtype.kind in "iufb" and dtype.itemsize <= 8:
        return Numeric(str(spec) if isinstance(spec, str) else dtype.str)
    raise TypeError(f"no rule for {spec!r}")
