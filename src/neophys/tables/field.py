"""A declared field, when it exists, and what all kinds of tables share: check and document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from neophys.errors import HeaderError, Issue, TruncatedError, near_misses
from neophys.tables.converts import Allowed, Convert, describe_allowed, is_allowed
from neophys.tables.rules import rule_of

__all__ = [
    "Buffer",
    "Declared",
    "Field",
    "OneOf",
    "Record",
    "Reporter",
    "Row",
    "Severity",
    "Since",
    "note",
    "window",
]

#: What tables read from: bytes, a memoryview, an array of uint8.
Buffer: TypeAlias = Any
When: TypeAlias = Callable[[Mapping[str, Any]], bool]
Severity: TypeAlias = Literal["error", "warning", "info"]


class Reporter(Protocol):
    """Takes note of an issue, as the report of a scan does."""

    def __call__(
        self,
        severity: Severity,
        where: str,
        message: str,
        *,
        offset: int | None = None,
        field: str | None = None,
    ) -> None: ...


@dataclass(frozen=True)
class Since:
    """``when=Since("version", 105)``: exists where that earlier field is at least so much."""

    field: str
    minimum: Any

    def __call__(self, values: Mapping[str, Any]) -> bool:
        return bool(values[self.field] >= self.minimum)

    def __str__(self) -> str:
        return f"{self.field} >= {self.minimum}"


@dataclass(frozen=True)
class OneOf:
    """``when=OneOf("header_type", 4, 5)``: exists where that earlier field is one of these."""

    field: str
    values: tuple[Any, ...]

    def __init__(self, field: str, *values: Any) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", values)

    def __call__(self, values: Mapping[str, Any]) -> bool:
        return values[self.field] in self.values

    def __str__(self) -> str:
        return f"{self.field} is {describe_allowed(self.values)}"


class Row(NamedTuple):
    """One line of a table's documentation."""

    offset: int | None
    type: str
    name: str
    meaning: str
    allowed: str
    when: str


class Field:
    """One field of a header.

    Parameters
    ----------
    name
        By which records give it; an identifier makes ``record.name`` work.
    rule
        A NumPy type (``"<u2"``, ``"S32"`` for text, ``"V10"`` for bytes, ``("<u4", (128, 2))``), or
        a rule: :class:`Text`, :class:`Number`, :class:`Bytes`, in a :class:`Sequence` also
        :class:`QString`, :class:`Counted`, :class:`Repeat`, :class:`TextOf`.
    offset
        Byte in the record, for :class:`Table`; None: right after the field before.
    meaning
        One line for people, units included.
    allowed
        A set, a range, :class:`Between`, :class:`Where`: of the value before `convert`.
    when
        Where the field exists: :class:`Since`, :class:`OneOf`, or a function of the values.
    convert
        What the stored number or text means: :class:`Enum`, :class:`Scale`, :class:`Moment`,
        :class:`Pair`.
    private
        Of a person: never in errors, ``repr`` or documentation.
    default
        What is written where no value is given (None: zero or blank), and the value where the
        field does not exist.
    """

    __slots__ = (
        "allowed", "convert", "default", "meaning", "name", "offset", "private", "rule", "when",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        rule: Any,
        offset: int | None = None,
        meaning: str = "",
        *,
        allowed: Allowed | None = None,
        when: When | None = None,
        convert: Convert | None = None,
        private: bool = False,
        default: Any = None,
    ) -> None:
        self.name, self.offset, self.meaning = name, offset, meaning
        self.rule: Any = rule if hasattr(rule, "parse") else rule_of(rule)
        self.allowed, self.when, self.convert = allowed, when, convert
        self.private, self.default = private, default

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.rule.label})"

    def error(self, file: str, at: int | None, value: object, allowed: str) -> HeaderError:
        """The error that names the field; the value is left out where it is private."""
        if self.private:
            return HeaderError(file, at, self.name, None, "the value (private) is not allowed")
        return HeaderError(file, at, self.name, value, allowed)

    def value(self, raw: Any, file: str, at: int, name: str = "") -> Any:
        """The value of the field's bytes."""
        try:
            found = self.rule.decode(raw)
            return self.convert.decode(found) if self.convert else found
        except ValueError as error:
            reason = str(error)
        # Raised outside the handler: the cause would carry a private value along.
        failure = self.error(file, at, bytes(raw), reason)
        if name:
            failure = HeaderError(file, at, name, failure.value, failure.allowed)
        raise failure

    def stored(self, value: Any, file: str, at: int | None) -> bytes:
        """The inverse of :meth:`value`; None is written as blank."""
        if value is None:
            return bytes(self.rule.blank())
        try:
            return bytes(self.rule.encode(self.convert.encode(value) if self.convert else value))
        except (TypeError, ValueError, AttributeError) as error:
            reason = str(error)
        raise self.error(file, at, value, reason)

    def blank_value(self) -> Any:
        """What a field means that is written as zero or blank; None where that is nothing."""
        if hasattr(self.rule, "parse"):
            return None
        try:
            return self.value(self.rule.blank(), "", 0)
        except HeaderError:
            return None

    def verify(self, raw: Any, file: str, at: int) -> None:
        """Raises HeaderError where the bytes cannot be decoded or the value is not allowed."""
        self.value(raw, file, at)
        if self.allowed is not None:
            self.verify_value(self.rule.decode(raw), file, at)

    def verify_value(self, found: Any, file: str, at: int | None) -> None:
        """Raises HeaderError where a value (before `convert`) is not allowed."""
        if self.allowed is not None and not is_allowed(self.allowed, found):
            raise self.error(file, at, found, f"allowed: {describe_allowed(self.allowed)}")

    def exists(self, values: Mapping[str, Any]) -> bool:
        return self.when is None or bool(self.when(values))

    def row(self, offset: int | None) -> Row:
        if isinstance(self.when, Since | OneOf):
            when = str(self.when)
        else:
            when = "" if self.when is None else (self.when.__doc__ or "some versions").strip()
        allowed = describe_allowed(self.allowed)
        if self.convert and self.convert.label:
            allowed = f"{allowed}; {self.convert.label}" if allowed else self.convert.label
        return Row(offset, self.rule.label, self.name, self.meaning, allowed, when)


class Record(Mapping[str, Any]):
    """The values of one header by name, decoded when asked for; immutable.

    ``record["rate"]`` and ``record.rate`` are the value. A field that this version of the format
    does not have gives its declared default. ``repr`` leaves private values out.
    """

    __slots__ = ("context", "fields", "file", "kind", "offset")

    kind: str
    fields: Mapping[str, Field]
    context: Mapping[str, Any]
    #: The file's display name.
    file: str
    #: Absolute byte of the record's start.
    offset: int

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Field],
        file: str,
        offset: int,
        context: Mapping[str, Any],
    ) -> None:
        set_ = object.__setattr__
        set_(self, "kind", kind)
        set_(self, "fields", fields)
        set_(self, "file", file)
        set_(self, "offset", offset)
        set_(self, "context", context)

    def raw(self, name: str) -> bytes:
        """The bytes of a field as they stand in the file."""
        raise AssertionError("each record has its own raw")

    def offset_of(self, name: str) -> int:
        """Absolute byte of a field in the file."""
        raise AssertionError("each record has its own offset_of")

    def has(self, name: str) -> bool:
        """Whether this version of the format has the field."""
        return self._field(name).exists(self)

    def _value(self, field: Field) -> Any:
        raise AssertionError("each record has its own _value")

    def _field(self, name: str) -> Field:
        try:
            return self.fields[name]
        except KeyError:
            pass
        raise KeyError(f"{self.kind} has no field {name!r}{near_misses(name, self.fields)}")

    def __getitem__(self, name: str) -> Any:
        field = self.fields.get(name)
        if field is None:
            if name in self.context:
                return self.context[name]
            field = self._field(name)
        if field.when is not None and not field.when(self):
            return field.default
        return self._value(field)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked while a copy is made, before any slot is set
            raise AttributeError(name)
        if name in self.fields:
            return self[name]
        raise AttributeError(f"{self.kind} has no field {name!r}{near_misses(name, self.fields)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a record cannot be changed; see Table.patch")

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __repr__(self) -> str:
        shown = []
        for name, field in self.fields.items():
            if field.private:
                shown.append(f"{name}=(private)")
                continue
            try:
                shown.append(f"{name}={self[name]!r}")
            except HeaderError:
                shown.append(f"{name}=(not valid)")
        place = f"{self.file}: byte {self.offset}" if self.file else f"byte {self.offset}"
        return f"<{self.kind}, {place}: {', '.join(shown)}>"

    def take(self, name: str, default: Any, report: Reporter) -> Any:
        """The value; where it cannot be decoded or is not allowed, `default` and an issue."""
        try:
            field = self._field(name)
            value = self[name]
            if field.allowed is not None and self.has(name):
                self._verify(field)
        except HeaderError as error:
            note(error, report, "warning", f"; taken as {default!r}")
            return default
        return value

    def _verify(self, field: Field) -> None:
        field.verify(self.raw(field.name), self.file, self.offset_of(field.name))


R = TypeVar("R", bound=Record)
_TAKEN: Final = frozenset(dir(Record)) | frozenset(Record.__slots__)


class Declared(Generic[R]):
    """What every kind of table has: a name, its fields, check and document."""

    def __init__(self, name: str, fields: Iterable[Field]) -> None:
        self.name = name
        self.fields: tuple[Field, ...] = tuple(fields)
        self.by_name: Mapping[str, Field] = {field.name: field for field in self.fields}
        if len(self.by_name) != len(self.fields):
            raise ValueError(f"{name}: a field is declared twice")
        if taken := _TAKEN & set(self.by_name):
            raise ValueError(f"{name}: not a name for a field: {', '.join(sorted(taken))}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {len(self.fields)} fields>"

    def check(
        self, record: R, *, report: Reporter | None = None, severity: Severity = "warning"
    ) -> list[Issue]:
        """Whether all fields that exist can be decoded and are allowed.

        Parameters
        ----------
        record
            Out of :meth:`read`.
        report
            None: the first fault raises HeaderError. Else each is reported and returned.
        severity
            Of the issues.
        """
        issues = []
        for field in self.fields:
            try:
                if field.exists(record):
                    record._verify(field)
            except HeaderError as error:
                if report is None:
                    raise
                issues.append(note(error, report, severity))
        return issues

    def document(self) -> list[Row]:
        """Offset (None where it varies), type, name, meaning, allowed values, versions."""
        return [field.row(field.offset) for field in self.fields]

    def _known(self, values: Mapping[str, Any], file: str) -> None:
        for name in values:
            if name not in self.by_name:
                hint = near_misses(name, self.by_name)
                raise HeaderError(file, None, name, None, f"{self.name} has no such field{hint}")

    def _to_write(
        self, field: Field, values: Mapping[str, Any], scope: Mapping[str, Any], file: str
    ) -> bool:
        """Whether a field is written; a value for one that does not exist is an error."""
        if field.exists(scope):
            return True
        given = values.get(field.name)
        if given is not None and (field.default is None or given != field.default):
            raise field.error(file, None, given, "does not exist in this version")
        return False

    def _scope(self, values: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """All values to write: those given, else the defaults, else what a blank field means."""
        scope = dict(context)
        for field in self.fields:
            value = values.get(field.name)
            if value is None:
                value = field.default
            if value is None and field.when is None:
                value = field.blank_value()
            scope[field.name] = value
        return scope


def note(error: HeaderError, report: Reporter, severity: Severity, done: str = "") -> Issue:
    """Report a fault as an issue."""
    found = "" if error.value is None else f"found {_short(error.value)}; "
    message = f"{found}{error.allowed}{done}"
    report(severity, error.file, message, offset=error.offset, field=error.field)
    return Issue(severity, error.file, error.offset, error.field, message)


def _short(value: object, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def window(buffer: Buffer, offset: int, size: int, file: str, base: int, what: str) -> memoryview:
    """`size` bytes of the buffer from `offset` on; TruncatedError where they are not there."""
    if offset < 0 or size < 0:
        lie = offset if offset < 0 else size
        raise HeaderError(file, base + max(offset, 0), what, lie, "no place or size is negative")
    view = buffer if isinstance(buffer, memoryview) else memoryview(buffer)
    if view.format != "B" or view.ndim != 1:
        view = view.cast("B")
    if offset + size > len(view):
        raise TruncatedError(file, base + offset, size, len(view) - offset, what)
    return view[offset : offset + size]
