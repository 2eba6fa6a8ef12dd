"""Headers that give, for each field, a row of all channels (EDF, BDF)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import HeaderError
from neophys.tables.field import Buffer, Declared, Field, Record, Reporter, note, window
from neophys.tables.rules import Numeric

__all__ = ["ByField", "Columns"]


class Columns(Record):
    """The values of a :class:`ByField`: for each field a list (array, if binary) of n values."""

    __slots__ = ("_data", "n")

    _data: memoryview
    #: Number of channels.
    n: int

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Field],
        data: memoryview,
        file: str,
        offset: int,
        n: int,
    ) -> None:
        super().__init__(kind, fields, file, offset, {})
        object.__setattr__(self, "_data", data)
        object.__setattr__(self, "n", n)

    def raw(self, name: str, index: int | None = None) -> bytes:
        """The bytes of a field: of all channels, or of one."""
        field = self._field(name)
        start = self.offset_of(name) - self.offset
        if index is None:
            return bytes(self._data[start : start + self.n * field.rule.size])
        start = self.offset_of(name, index) - self.offset
        return bytes(self._data[start : start + field.rule.size])

    def offset_of(self, name: str, index: int = 0) -> int:
        """Absolute byte of a field's value for channel `index`."""
        widths: int = 0
        for field in self.fields.values():
            if field.name == name:
                if not 0 <= index <= max(self.n - 1, 0):
                    raise IndexError(f"{self.kind}: channel {index} of {self.n}")
                return int(self.offset + self.n * widths + index * field.rule.size)
            widths += field.rule.size
        raise KeyError(f"{self.kind} has no field {name!r}")

    def _cell(self, field: Field, index: int) -> Any:
        name = f"{field.name}[{index}]"
        raw = self.raw(field.name, index)
        return field.value(raw, self.file, self.offset_of(field.name, index), name)

    def _value(self, field: Field) -> Any:
        if isinstance(field.rule, Numeric) and field.convert is None:
            column = np.frombuffer(
                self.raw(field.name), np.dtype((field.rule.dtype, field.rule.shape))
            )
            values: NDArray[Any] = field.rule.decode_many(column)
            return values
        try:
            return self._decoded(field)
        except ValueError:
            # Once more, cell by cell, to say which one it is.
            return [self._cell(field, i) for i in range(self.n)]

    def _decoded(self, field: Field) -> list[Any]:
        decode, width, raw = field.rule.decode, field.rule.size, self.raw(field.name)
        found = [decode(raw[i * width : (i + 1) * width]) for i in range(self.n)]
        return [field.convert.decode(value) for value in found] if field.convert else found

    def _verify(self, field: Field) -> None:
        for i in range(self.n):
            self._verify_cell(field, i)

    def _verify_cell(self, field: Field, index: int) -> None:
        value = self._cell(field, index)
        if field.allowed is None:
            return
        try:
            found = field.rule.decode(self.raw(field.name, index)) if field.convert else value
            field.verify_value(found, self.file, self.offset_of(field.name, index))
        except HeaderError as error:
            name = f"{field.name}[{index}]"
            raise HeaderError(error.file, error.offset, name, error.value, error.allowed) from None

    def take(self, name: str, default: Any, report: Reporter) -> list[Any]:
        """The values; those that cannot be decoded or are not allowed: `default`, and an issue."""
        field = self._field(name)
        if field.allowed is None:
            with suppress(HeaderError):  # then cell by cell
                return list(self[name])
        values: list[Any] = []
        for i in range(self.n):
            try:
                self._verify_cell(field, i)
                values.append(self._cell(field, i))
            except HeaderError as error:
                note(error, report, "warning", f"; taken as {default!r}")
                values.append(default)
        return values


class ByField(Declared[Columns]):
    """For each field the values of all n channels, then the next field.

    Attributes
    ----------
    width : int
        Bytes of one channel: n channels take ``n * width``.
    """

    def __init__(self, name: str, fields: Iterable[Field]) -> None:
        super().__init__(name, fields)
        if any(field.when is not None or field.offset is not None for field in self.fields):
            raise ValueError(f"{name}: fields have neither offset nor when")
        self.width: int = sum(field.rule.size for field in self.fields)

    def read(
        self, buffer: Buffer, offset: int, n: int, *, file: str = "", base: int = 0
    ) -> Columns:
        """The fields of `n` channels from byte `offset` of the buffer on.

        `file` and `base` (absolute byte of the buffer's first byte) are for errors.

        Raises
        ------
        TruncatedError
            The buffer ends before ``n * width`` bytes.
        HeaderError
            `n` is negative.
        """
        n = int(n)
        data = window(buffer, offset, n * self.width, file, base, self.name)
        return Columns(self.name, self.by_name, data, file, base + offset, n)

    def write(
        self, values: Mapping[str, Any], n: int | None = None, *,
        file: str = "", base: int = 0, check: bool = True,
    ) -> bytes:  # fmt: skip
        """The inverse: each field's list of values, all of one length.

        A field not given is written as its default, else zero or blank; `n` is needed where none
        is given. Raises HeaderError for values that do not fit, are not allowed or miss.
        """
        self._known(values, file)
        lengths = {len(column) for column in values.values()} | ({n} if n is not None else set())
        if len(lengths) != 1:
            raise HeaderError(file, None, self.name, sorted(lengths), "all fields: one length")
        count = lengths.pop()
        parts, at = [], base
        for field in self.fields:
            for value in values.get(field.name, [field.default] * count):
                raw = field.stored(field.default if value is None else value, file, at)
                if check and field.allowed is not None:
                    field.verify_value(field.rule.decode(raw), file, at)
                parts.append(raw)
                at += len(raw)
        return b"".join(parts)
