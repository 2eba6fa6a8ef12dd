"""Ordered fields whose lengths come from earlier fields (Intan, counted strings and arrays)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from neophys.errors import HeaderError, Issue, TruncatedError
from neophys.tables.field import Buffer, Declared, Field, Record, Reporter, Severity, window
from neophys.tables.rules import (
    Encodings,
    Numeric,
    Rule,
    Several,
    decode_text,
    encode_text,
    refuse_wide,
    rule_of,
)

__all__ = ["Counted", "ParsedRecord", "QString", "Repeat", "Sequence", "TextOf"]

#: A number, the name of an earlier field, or a function of the values so far.
Count: TypeAlias = int | str | Callable[[Mapping[str, Any]], int]

_NONE: Mapping[str, Any] = {}
#: No header has more of what takes no bytes at all.
_MOST_EMPTY: Final = 65536


class _Cursor:
    """Where parsing stands in the window; every step is checked against the bytes there are."""

    __slots__ = ("base", "data", "file", "position")

    def __init__(self, data: memoryview, position: int, file: str, base: int) -> None:
        self.data, self.position, self.file, self.base = data, position, file, base

    def step(self, size: int, what: str) -> memoryview:
        there = len(self.data) - self.position
        if size > there:
            raise TruncatedError(self.file, self.base + self.position, size, there, what)
        self.position += size
        return self.data[self.position - size : self.position]


class Varying:
    """A rule whose length is known only while reading."""

    count: Count = 0

    @property
    def label(self) -> str:
        raise AssertionError("each rule has its own label")

    @property
    def minimum(self) -> int:
        """The fewest bytes it can take."""
        return 0

    def blank(self) -> bytes:
        return b""

    def parse(self, cursor: _Cursor, values: Mapping[str, Any], what: str) -> Any:
        """The value at the cursor, which moves on; ValueError says what would be right."""
        raise AssertionError("each rule has its own parse")

    def encode(self, value: Any) -> bytes:
        raise AssertionError("each rule has its own encode")

    def measure(self, value: Any) -> int | None:
        """What `count` must be for this value; None where the length is stored with it."""
        return len(value)

    def _how_many(self, cursor: _Cursor, values: Mapping[str, Any], each: int, what: str) -> int:
        count = _counted(self.count, values)
        if count < 0:
            raise ValueError(f"its count must not be negative, is {count}")
        there = len(cursor.data) - cursor.position
        if count * each > there:
            raise TruncatedError(
                cursor.file, cursor.base + cursor.position, count * each, there, what
            )
        if not each and count > _MOST_EMPTY:
            raise ValueError(f"its count must be at most {_MOST_EMPTY}, is {count}")
        return count


def _counted(count: Count, values: Mapping[str, Any]) -> int:
    if isinstance(count, str):
        return int(values[count] or 0)
    return int(count(values)) if callable(count) else count


def _count_label(count: Count) -> str:
    return "computed" if callable(count) else str(count)


class QString(Varying):
    """Qt's string: ``<u4`` length in bytes, then UTF-16-LE; 0xFFFFFFFF is the null string, ""."""

    label = "QString"
    minimum = 4

    def blank(self) -> bytes:
        return bytes(4)

    def parse(self, cursor: _Cursor, values: Mapping[str, Any], what: str) -> str:
        length = int.from_bytes(cursor.step(4, what), "little")
        if length == 0xFFFFFFFF:
            return ""
        if length % 2:
            raise ValueError(f"its length in bytes must be even, is {length}")
        try:
            return bytes(cursor.step(length, what)).decode("utf-16-le")
        except UnicodeDecodeError:
            raise ValueError("must be UTF-16 text") from None

    def encode(self, value: Any) -> bytes:
        try:
            raw = value.encode("utf-16-le")
        except UnicodeEncodeError:
            raise ValueError("must be text that UTF-16 can hold") from None
        return len(raw).to_bytes(4, "little") + bytes(raw)

    def measure(self, value: Any) -> None:
        return None


class TextOf(Varying):
    """Text of `length` bytes: cut at the first NUL; ends as they are."""

    def __init__(self, length: Count, encoding: Encodings = "cp1252") -> None:
        refuse_wide(encoding)
        self.count, self.encoding = length, encoding

    @property
    def label(self) -> str:
        return f"text({_count_label(self.count)})"

    def parse(self, cursor: _Cursor, values: Mapping[str, Any], what: str) -> str:
        raw = cursor.step(self._how_many(cursor, values, 1, what), what)
        return decode_text(bytes(raw).partition(b"\0")[0], self.encoding)

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("must be text without NUL")
        return encode_text(value, self.encoding)

    def measure(self, value: Any) -> int:
        return len(self.encode(value))


class Counted(Varying):
    """`count` elements: an array of binary numbers, else a tuple."""

    def __init__(self, element: Any, count: Count) -> None:
        self.element: Rule = rule_of(element)
        self.count = count

    @property
    def label(self) -> str:
        return f"{self.element.label} ({_count_label(self.count)},)"

    def _of(self, count: int) -> Rule:
        if isinstance(self.element, Numeric):
            return Numeric(self.element.type, (count, *self.element.form))
        return Several(self.element, (count,))

    def parse(self, cursor: _Cursor, values: Mapping[str, Any], what: str) -> Any:
        count = self._how_many(cursor, values, self.element.size, what)
        return self._of(count).decode(cursor.step(count * self.element.size, what))

    def encode(self, value: Any) -> bytes:
        return self._of(len(value)).encode(value)


class Repeat(Varying):
    """`count` records of another table or sequence that see the values of the outer one."""

    def __init__(self, part: Any, count: Count) -> None:
        self.part, self.count = part, count

    @property
    def label(self) -> str:
        return f"{self.part.name} ({_count_label(self.count)},)"

    @property
    def each(self) -> int:
        return self.part.minimum if isinstance(self.part, Sequence) else int(self.part.size)

    def parse(self, cursor: _Cursor, values: Mapping[str, Any], what: str) -> tuple[Record, ...]:
        found = []
        for _ in range(self._how_many(cursor, values, self.each, what)):
            record = self.part.read(
                cursor.data, cursor.position, file=cursor.file, base=cursor.base, context=values
            )
            sequence = isinstance(self.part, Sequence)
            cursor.position = record.end - cursor.base if sequence else cursor.position + self.each
            found.append(record)
        return tuple(found)

    def emit(self, value: Any, scope: Mapping[str, Any], file: str) -> bytes:
        return b"".join(self.part.write(each, file=file, context=scope) for each in value)


class ParsedRecord(Record):
    """A record of a :class:`Sequence`. ``end`` is the absolute byte behind it."""

    __slots__ = ("_data", "_parsed", "_spans", "end")

    _data: memoryview
    _parsed: dict[str, Any]
    _spans: dict[str, tuple[int, int]]
    end: int

    def __init__(
        self, kind: str, fields: Mapping[str, Field], data: memoryview, file: str, offset: int,
        context: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(kind, fields, file, offset, context)
        for name, value in (("_data", data), ("_parsed", {}), ("_spans", {}), ("end", offset)):
            object.__setattr__(self, name, value)

    def raw(self, name: str) -> bytes:
        self._field(name)
        start, stop = self._spans.get(name, (0, 0))
        return bytes(self._data[start:stop])

    def offset_of(self, name: str) -> int:
        if self.has(name):
            return self.offset + self._spans[name][0]
        raise KeyError(f"{self.kind}: {name} does not exist in this version")

    def __bytes__(self) -> bytes:
        return bytes(self._data[: self.end - self.offset])

    def __eq__(self, other: object) -> bool:
        """Whether both are of one declaration and hold the same bytes, wherever they stand."""
        if not isinstance(other, ParsedRecord):
            return NotImplemented
        return self.fields is other.fields and bytes(self) == bytes(other)

    __hash__ = None  # type: ignore[assignment]  # as for every mapping

    def _base_value(self, field: Field) -> Any:
        """Before `convert`."""
        if field.name in self._parsed:
            return self._parsed[field.name]
        start, stop = self._spans[field.name]
        return field.rule.decode(self._data[start:stop])

    def _value(self, field: Field) -> Any:
        start, stop = self._spans[field.name]
        if field.name not in self._parsed:
            return field.value(self._data[start:stop], self.file, self.offset + start)
        found = self._parsed[field.name]
        if field.convert is None:
            return found
        try:
            return field.convert.decode(found)
        except ValueError as error:
            reason = str(error)
        raise field.error(self.file, self.offset + start, found, reason)

    def _verify(self, field: Field) -> None:
        self._value(field)
        found = self._base_value(field)
        field.verify_value(found, self.file, self.offset_of(field.name))


class Sequence(Declared[ParsedRecord]):
    """Fields one after the other, whose lengths, counts and presence may hang on earlier ones.

    Attributes
    ----------
    minimum : int
        The fewest bytes a record can take.
    """

    def __init__(self, name: str, fields: Iterable[Field]) -> None:
        super().__init__(name, fields)
        if any(field.offset is not None for field in self.fields):
            raise ValueError(f"{name}: fields of a sequence have no offset")
        self.minimum: int = sum(
            field.rule.minimum if isinstance(field.rule, Varying) else field.rule.size
            for field in self.fields
            if field.when is None
        )

    def read(
        self, buffer: Buffer, offset: int = 0, *,
        file: str = "", base: int = 0, context: Mapping[str, Any] = _NONE,
    ) -> ParsedRecord:  # fmt: skip
        """The record at byte `offset` of the buffer; arguments as for :meth:`Table.read`.

        Raises
        ------
        TruncatedError
            The buffer ends first, or a count promises more than it holds. Where the buffer is a
            window on a longer file: read again with a longer one.
        HeaderError
            A length or count that cannot be.
        """
        start = base + offset
        length = max(0, memoryview(buffer).nbytes - offset)
        data = window(buffer, offset, length, file, base, self.name)
        record = ParsedRecord(self.name, self.by_name, data, file, start, context)
        cursor = _Cursor(data, 0, file, start)
        for field in self.fields:
            if field.when is not None and not field.when(record):
                continue
            before = cursor.position
            if isinstance(field.rule, Varying):
                record._parsed[field.name] = self._parse(field, cursor, record)
            else:
                cursor.step(field.rule.size, field.name)
            record._spans[field.name] = (before, cursor.position)
        object.__setattr__(record, "end", start + cursor.position)
        return record

    @staticmethod
    def _parse(field: Field, cursor: _Cursor, record: ParsedRecord) -> Any:
        at = cursor.base + cursor.position
        try:
            return field.rule.parse(cursor, record, field.name)
        except HeaderError:
            raise
        except ValueError as error:
            reason = str(error)
        raise HeaderError(cursor.file, at, field.name, None, reason)

    def check(
        self, record: ParsedRecord, *, report: Reporter | None = None,
        severity: Severity = "warning",
    ) -> list[Issue]:  # fmt: skip
        issues = super().check(record, report=report, severity=severity)
        for field in self.fields:
            if isinstance(field.rule, Repeat) and field.exists(record):
                for part in record[field.name]:
                    issues += field.rule.part.check(part, report=report, severity=severity)
        return issues

    def write(
        self, values: Mapping[str, Any], *, file: str = "", base: int = 0,
        context: Mapping[str, Any] = _NONE, check: bool = True,
    ) -> bytes:  # fmt: skip
        """The inverse of :meth:`read`.

        A count that stands in a field of its own and is not given is taken from what it counts.
        Raises HeaderError for values that do not fit, are not allowed, or a count that is wrong.
        """
        self._known(values, file)
        scope = self._scope(values, context)
        self._fill_counts(values, scope, file)
        parts, at = [], base
        for field in self.fields:
            if not self._to_write(field, values, scope, file):
                continue
            raw = self._stored(field, scope, file, at, check)
            if check and field.allowed is not None and not isinstance(field.rule, Varying):
                field.verify_value(field.rule.decode(raw), file, at)
            parts.append(raw)
            at += len(raw)
        return b"".join(parts)

    def _fill_counts(self, values: Mapping[str, Any], scope: dict[str, Any], file: str) -> None:
        for field in self.fields:
            rule, value = field.rule, scope[field.name]
            if isinstance(rule, Varying) and isinstance(rule.count, str) and value is not None:
                counter = rule.count
                if counter in self.by_name and values.get(counter) is None:
                    scope[counter] = _measured(field, value, file, None)

    def _stored(
        self, field: Field, scope: Mapping[str, Any], file: str, at: int, check: bool
    ) -> bytes:
        rule, value = field.rule, scope[field.name]
        if not isinstance(rule, Varying):
            return field.stored(value, file, at)
        if value is not None and field.convert is not None:
            value = field.convert.encode(value)
        if check and value is not None:
            field.verify_value(value, file, at)
        measured = 0 if value is None else _measured(field, value, file, at)
        if measured is not None and measured != _counted(rule.count, scope):
            expected = _counted(rule.count, scope)
            raise field.error(file, at, measured, f"its count says {expected}")
        if value is None:
            return rule.blank()
        if isinstance(rule, Repeat):
            return rule.emit(value, scope, file)
        try:
            return rule.encode(value)
        except (TypeError, ValueError, AttributeError) as error:
            reason = str(error)
        raise field.error(file, at, value, reason)


def _measured(field: Field, value: Any, file: str, at: int | None) -> int | None:
    """What the field's count must be; HeaderError where the value cannot be written at all."""
    try:
        measured: int | None = field.rule.measure(value)
        return measured
    except (TypeError, ValueError, AttributeError) as error:
        reason = str(error)
    raise field.error(file, at, value, reason)
