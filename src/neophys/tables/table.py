"""Fixed offsets: headers of one record, tables of a million."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import HeaderError, Issue
from neophys.tables.converts import Moment, Pair, Scale, is_allowed
from neophys.tables.field import (
    Buffer,
    Declared,
    Field,
    Record,
    Reporter,
    Row,
    Severity,
    note,
    window,
)
from neophys.tables.rules import Numeric, Text

__all__ = ["FixedRecord", "Table"]

_NONE: Mapping[str, Any] = {}


class FixedRecord(Record):
    """A record of a :class:`Table`: a view of its bytes, decoded field by field when asked for."""

    __slots__ = ("_data", "_places")

    _data: memoryview
    _places: Mapping[str, tuple[int, int]]

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Field],
        places: Mapping[str, tuple[int, int]],
        data: memoryview,
        file: str,
        offset: int,
        context: Mapping[str, Any],
    ) -> None:
        super().__init__(kind, fields, file, offset, context)
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_data", data)

    def raw(self, name: str) -> bytes:
        self._field(name)
        start, stop = self._places[name]
        return bytes(self._data[start:stop])

    def offset_of(self, name: str) -> int:
        self._field(name)
        return self.offset + self._places[name][0]

    def __bytes__(self) -> bytes:
        return bytes(self._data)

    def __eq__(self, other: object) -> bool:
        """Whether both are of one table and hold the same bytes, wherever they stand."""
        if not isinstance(other, FixedRecord):
            return NotImplemented
        return self.fields is other.fields and self._data == other._data

    __hash__ = None  # type: ignore[assignment]  # as for every mapping

    def _value(self, field: Field) -> Any:
        start, stop = self._places[field.name]
        return field.value(self._data[start:stop], self.file, self.offset + start)


class Table(Declared[FixedRecord]):
    """Fields at fixed offsets.

    Parameters
    ----------
    name
        What the record is: it stands in error messages.
    fields
        A field without offset follows the one before. Fields overlap only where `when` tells
        them apart.
    size
        Bytes of the record; None: up to the end of the last field.

    Attributes
    ----------
    size : int
    dtype : numpy.dtype
        Structured, with the declared offsets and ``itemsize == size``.
    """

    def __init__(self, name: str, fields: Iterable[Field], size: int | None = None) -> None:
        super().__init__(name, fields)
        places: dict[str, tuple[int, int]] = {}
        stop = 0
        for field in self.fields:
            start = stop if field.offset is None else field.offset
            stop = start + field.rule.size
            places[field.name] = (start, stop)
        end = max((stop for _, stop in places.values()), default=0)
        self.size = end if size is None else size
        if end > self.size:
            raise ValueError(f"{name}: fields end at byte {end}, behind the size {size}")
        self.places: Mapping[str, tuple[int, int]] = places
        self._refuse_overlaps()

    def _refuse_overlaps(self) -> None:
        reached, before = 0, ""
        always = [field.name for field in self.fields if field.when is None]
        for name in sorted(always, key=lambda name: self.places[name]):
            start, stop = self.places[name]
            if start < reached:
                raise ValueError(f"{self.name}: {name} overlaps {before}")
            reached, before = stop, name

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(
            {
                "names": [field.name for field in self.fields],
                "formats": [(field.rule.dtype, field.rule.shape) for field in self.fields],
                "offsets": [self.places[field.name][0] for field in self.fields],
                "itemsize": self.size,
            }
        )

    @cached_property
    def _numeric(self) -> np.dtype[Any]:
        kept = [f for f in self.fields if isinstance(f.rule, Numeric) and not f.rule.shape]
        return np.dtype(
            {
                "names": [field.name for field in kept],
                "formats": [field.rule.dtype for field in kept],
                "offsets": [self.places[field.name][0] for field in kept],
                "itemsize": self.size,
            }
        )

    def numbers(self, record: FixedRecord) -> dict[str, Any]:
        """All binary numbers of a record in one go: as stored, before `convert`, unchecked.

        For scans that need many of them: field by field costs ten times as much.
        """
        values = np.frombuffer(record._data, self._numeric)[0].item()
        return dict(zip(self._numeric.names or (), values, strict=True))

    def read(
        self,
        buffer: Buffer,
        offset: int = 0,
        *,
        file: str = "",
        base: int = 0,
        context: Mapping[str, Any] = _NONE,
    ) -> FixedRecord:
        """One record; its fields are decoded when asked for, and checked by :meth:`check`.

        Parameters
        ----------
        buffer
            Bytes, a memoryview or an array of uint8; the record keeps it alive.
        offset
            Byte in the buffer where the record starts.
        file
            The file's display name, for errors.
        base
            Absolute byte of the buffer's first byte in the file.
        context
            Values from elsewhere (a version in another header) that ``when=`` may ask for.

        Raises
        ------
        TruncatedError
            The buffer ends before the record does.
        """
        data = window(buffer, offset, self.size, file, base, self.name)
        return FixedRecord(self.name, self.by_name, self.places, data, file, base + offset, context)

    def records(
        self,
        buffer: Buffer,
        offset: int,
        count: int,
        *,
        file: str = "",
        base: int = 0,
        context: Mapping[str, Any] = _NONE,
    ) -> list[FixedRecord]:
        """`count` records one after the other; arguments as for :meth:`read`."""
        size, count = self.size, int(count)
        data = window(buffer, offset, count * size, file, base, self.name)
        return [
            FixedRecord(
                self.name, self.by_name, self.places, data[i * size : (i + 1) * size],
                file, base + offset + i * size, context,
            )
            for i in range(count)
        ]  # fmt: skip

    def read_many(
        self, buffer: Buffer, offset: int = 0, count: int | None = None, *,
        file: str = "", base: int = 0,
    ) -> NDArray[Any]:  # fmt: skip
        """Records as a structured array of :attr:`dtype`: a view of the buffer.

        ``count=None``: as many whole records as the buffer holds. The other arguments and errors
        are those of :meth:`read`. Columns are raw; :meth:`decode` gives values.
        """
        if count is None:
            count = max(0, (memoryview(buffer).nbytes - offset) // self.size)
        count = int(count)
        data = window(buffer, offset, count * self.size, file, base, self.name)
        return np.frombuffer(data, self.dtype) if count > 0 else np.empty(0, self.dtype)

    def decode(
        self, array: NDArray[Any], name: str, *, file: str = "", base: int = 0
    ) -> NDArray[Any] | list[Any]:
        """All values of one field: an array for binary numbers, else a list.

        `file` and `base` (absolute byte of the array's first record) are for errors. Values that
        `convert` cannot decode raise HeaderError.
        """
        field = self.by_name[name]
        column = array[name]
        convert = field.convert
        if isinstance(field.rule, Numeric) and (convert is None or isinstance(convert, Scale)):
            numbers = field.rule.decode_many(column)
            return numbers if convert is None else np.asarray(convert.decode(numbers))
        try:
            found: NDArray[Any] | list[Any] = field.rule.decode_many(column)
            if convert is None:
                return found
            if isinstance(found, np.ndarray) and found.ndim == 1:
                found = found.tolist()
            return [convert.decode(value) for value in found]
        except ValueError:
            pass
        # Once more, cell by cell, to say which one it is.
        start = base + self.places[name][0]
        return [
            field.value(cell.tobytes(), file, start + i * self.size)
            for i, cell in enumerate(np.ascontiguousarray(column))
        ]

    def texts(self, array: NDArray[Any], *names: str) -> NDArray[np.str_]:
        """All values of text fields (no `convert`) as an array of text: fast for many records.

        One name gives (n,); several, of fields that are stored alike, give (n, names).
        """
        rule = self.by_name[names[0]].rule
        alike = all(self.by_name[name].rule == rule for name in names[1:])
        if not alike or not isinstance(rule, Text):
            raise TypeError(f"{self.name}: {', '.join(names)} are not texts of one width")
        if len(names) == 1:
            return rule.decode_array(array[names[0]])
        columns = np.concatenate([array[name] for name in names])
        return rule.decode_array(columns).reshape(len(names), -1).T

    def check_many(
        self,
        array: NDArray[Any],
        *,
        file: str = "",
        base: int = 0,
        report: Reporter | None = None,
        severity: Severity = "warning",
    ) -> list[Issue]:
        """:meth:`check` over an array of records: the first fault of each field.

        `file` and `base` (absolute byte of the array's first record) are for errors. Fields with
        ``when=`` are left to the caller, who knows the version.
        """
        issues = []
        for field in self.fields:
            if field.when is not None:
                continue
            try:
                self._check_column(field, np.ascontiguousarray(array[field.name]), file, base)
            except HeaderError as error:
                if report is None:
                    raise
                issues.append(note(error, report, severity))
        return issues

    def _check_column(self, field: Field, column: NDArray[Any], file: str, base: int) -> None:
        rows: Iterable[int] = range(len(column))
        if isinstance(field.rule, Numeric) and not isinstance(field.convert, Moment | Pair):
            if field.allowed is None:
                return
            distinct = np.unique(column)
            values = field.rule.decode_many(distinct).tolist()
            good = [is_allowed(field.allowed, value) for value in values]
            bad = np.isin(column, distinct[~np.array(good, bool)]).reshape(len(column), -1)
            rows = np.flatnonzero(bad.any(axis=1)).tolist()
        for row in rows:
            try:
                field.verify(
                    column[row].tobytes(), file, base + row * self.size + self.places[field.name][0]
                )
            except HeaderError as error:
                found = HeaderError(
                    file, error.offset, f"{field.name}[{row}]", error.value, error.allowed
                )
            else:
                continue
            raise found

    def write(
        self,
        values: Mapping[str, Any],
        *,
        file: str = "",
        base: int = 0,
        context: Mapping[str, Any] = _NONE,
        check: bool = True,
    ) -> bytes:
        """The inverse of :meth:`read`: one record.

        Parameters
        ----------
        values
            By field name; a field not given is written as its default, else zero or blank.
        file, base, context
            As for :meth:`read`.
        check
            Whether disallowed values are refused.

        Raises
        ------
        HeaderError
            A name that no field has, a value that does not fit or is not allowed.
        """
        self._known(values, file)
        out = bytearray(self.size)
        scope = self._scope(values, context)
        for field in self.fields:
            start, stop = self.places[field.name]
            if field.when is None or self._to_write(field, values, scope, file):
                raw = field.stored(scope[field.name], file, base + start)
                if check and field.allowed is not None:
                    field.verify_value(field.rule.decode(raw), file, base + start)
                out[start:stop] = raw
        return bytes(out)

    def patch(self, buffer: Buffer, offset: int = 0, /, **values: Any) -> bytes:
        """A copy of `buffer` with some fields of the record at `offset` changed.

        Values must fit; whether they are allowed is not asked, so that tests can damage a header.
        """
        self._known(values, "")
        window(buffer, offset, self.size, "", 0, self.name)
        out = bytearray(buffer)
        for name, value in values.items():
            start, stop = self.places[name]
            field = self.by_name[name]
            out[offset + start : offset + stop] = field.stored(value, "", offset + start)
        return bytes(out)

    def document(self) -> list[Row]:
        return [field.row(self.places[field.name][0]) for field in self.fields]
