"""Text headers: sections and ``key=value``, ``-Key value`` lines, flat ``key=value``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from neophys.errors import HeaderError, Issue, near_misses
from neophys.tables.converts import Allowed, Convert, describe_allowed, is_allowed
from neophys.tables.field import Buffer, Reporter, Row, Severity, note
from neophys.tables.rules import Encodings, decode_text, encode_text, parse_number

__all__ = ["Entry", "Key", "Keyed", "KeyedRecord", "ListOf"]

Style: TypeAlias = Literal["ini", "dash", "flat"]
_TRUE: Final = frozenset({"true", "yes", "1", "on", "enabled"})
_FALSE: Final = frozenset({"false", "no", "0", "off", "disabled"})


@dataclass(frozen=True)
class ListOf:
    """Several values in one: separated by `separator`, by blanks where it is None."""

    kind: type
    separator: str | None = None

    def decode(self, text: str) -> tuple[Any, ...]:
        if self.separator is not None and not text.strip():
            return ()
        return tuple(_decode(self.kind, part.strip()) for part in text.split(self.separator))

    def encode(self, value: Iterable[Any]) -> str:
        joint = " " if self.separator is None else self.separator
        return joint.join(_encode(self.kind, part) for part in value)


Kind: TypeAlias = type | ListOf


@dataclass(frozen=True)
class Key:
    """A declared key of a text header.

    Parameters
    ----------
    name
        By which records give it.
    kind
        ``str``, ``int``, ``float``, ``bool``, or :class:`ListOf` one of them.
    meaning
        One line for people, units included.
    section
        Where it must stand (style ``"ini"``); None: anywhere.
    default
        Value where the key is missing.
    required
        Whether :meth:`Keyed.check` complains about a missing key.
    spelling
        As it stands in the file, compared without case; the name where it is "". Two sections may
        use one spelling for two keys.
    aliases
        Other spellings that are understood.
    repeat
        The key may occur several times; the value is a tuple. Otherwise the first wins.
    numbered
        ``Ch1=``, ``Ch2=`` ...: the value is a dict by number.
    allowed, convert, private
        As for :class:`Field`.
    """

    name: str
    kind: Kind = str
    meaning: str = ""
    section: str | None = None
    default: Any = None
    required: bool = False
    spelling: str = ""
    aliases: tuple[str, ...] = ()
    repeat: bool = False
    numbered: bool = False
    allowed: Allowed | None = None
    convert: Convert | None = None
    private: bool = False

    @property
    def written(self) -> str:
        """How the file spells it."""
        return self.spelling or self.name

    def error(self, file: str, at: int | None, value: object, allowed: str) -> HeaderError:
        if self.private:
            return HeaderError(file, at, self.name, None, "the value (private) is not allowed")
        return HeaderError(file, at, self.name, value, allowed)

    def row(self) -> Row:
        kind = self.kind
        label = f"{kind.kind.__name__} list" if isinstance(kind, ListOf) else kind.__name__
        name = f"{self.written}<n>" if self.numbered else self.written
        allowed = describe_allowed(self.allowed)
        if self.convert and self.convert.label:
            allowed = f"{allowed}; {self.convert.label}" if allowed else self.convert.label
        return Row(
            None, label, name, self.meaning, allowed, f"[{self.section}]" if self.section else ""
        )


class Entry(NamedTuple):
    """A line as found: its section ("" for none), key, value and absolute byte."""

    section: str
    key: str
    value: str
    offset: int


def _decode(kind: Kind, text: str) -> Any:
    if isinstance(kind, ListOf):
        return kind.decode(text)
    if kind is bool:
        word = text.casefold()
        if word not in _TRUE | _FALSE:
            raise ValueError("must be true or false")
        return word in _TRUE
    if kind is int or kind is float:
        return kind(parse_number(text, kind, "."))
    return text


def _encode(kind: Kind, value: Any) -> str:
    if isinstance(kind, ListOf):
        return kind.encode(value)
    text = str(kind(value)) if kind in (int, float) else str(value)
    if "\n" in text or "\r" in text or "\0" in text:
        raise ValueError("must be one line without NUL")
    return text


class KeyedRecord(Mapping[str, Any]):
    """The values of a text header by declared key, decoded when asked for; immutable.

    Attributes
    ----------
    file, offset
        The file's display name; absolute byte of the text's start.
    entries : tuple of Entry
        All keys in the order of the file.
    other : dict
        Values (text) of keys that are not declared; the first of each.
    free : dict
        Text of the free sections.
    lines : tuple of (int, str)
        Lines that hold no key, with their absolute byte.
    doubled : tuple of Entry
        Later occurrences of keys that are not declared as repeatable.
    """

    def __init__(self, table: Keyed, file: str, offset: int, found: _Found) -> None:
        self._table, self.file, self.offset = table, file, offset
        self.entries, self.lines = tuple(found.entries), tuple(found.lines)
        self.free: Mapping[str, str] = found.free
        self._by_key: dict[str, list[tuple[int, Entry]]] = {}
        self.other: dict[str, str] = {}
        doubled, seen = [], set()
        for entry in self.entries:
            key, number = table.key_of(entry)
            if key is None:
                self.other.setdefault(entry.key, entry.value)
                continue
            if not key.repeat and (key.name, number) in seen:
                doubled.append(entry)
                continue
            seen.add((key.name, number))
            self._by_key.setdefault(key.name, []).append((number, entry))
        self.doubled = tuple(doubled)

    def _key(self, name: str) -> Key:
        try:
            return self._table.by_name[name]
        except KeyError:
            pass
        hint = near_misses(name, self._table.by_name)
        raise KeyError(f"{self._table.name} has no key {name!r}{hint}")

    def __getitem__(self, name: str) -> Any:
        key = self._key(name)
        known = self._by_key.get(name)
        if not known:
            return key.default
        if key.numbered:
            return {number: self._decoded(key, entry) for number, entry in known}
        if key.repeat:
            return tuple(self._decoded(key, entry) for _, entry in known)
        return self._decoded(key, known[0][1])

    def _decoded(self, key: Key, entry: Entry) -> Any:
        try:
            value = _decode(key.kind, entry.value)
            return key.convert.decode(value) if key.convert else value
        except ValueError as error:
            reason = str(error)
        raise key.error(self.file, entry.offset, entry.value, reason)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._table.by_name:
            return self[name]
        raise AttributeError(f"no key {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.by_name)

    def __len__(self) -> int:
        return len(self._table.by_name)

    def has(self, name: str) -> bool:
        """Whether the key stands in the file."""
        self._key(name)
        return name in self._by_key

    def raw(self, name: str) -> str:
        """The text of a key (its first occurrence); "" where it is missing."""
        self._key(name)
        return self._by_key[name][0][1].value if name in self._by_key else ""

    def offset_of(self, name: str, number: int | None = None) -> int:
        """Absolute byte of the line of a key; of the text's start where it is missing."""
        self._key(name)
        for n, entry in self._by_key.get(name, ()):
            if number is None or n == number:
                return entry.offset
        return self.offset

    def take(self, name: str, default: Any, report: Reporter) -> Any:
        """The value; where it cannot be decoded or is not allowed, `default` and an issue."""
        try:
            self._verify(self._key(name))
            return self[name]
        except HeaderError as error:
            note(error, report, "warning", f"; taken as {default!r}")
            return default

    def _verify(self, key: Key) -> None:
        known = self._by_key.get(key.name, [])
        if key.required and not known:
            section = f" in [{key.section}]" if key.section else ""
            raise HeaderError(
                self.file, self.offset, key.name, None, f"the key is missing{section}"
            )
        for _, entry in known:
            self._decoded(key, entry)
            if key.allowed is not None:
                value = _decode(key.kind, entry.value)
                if not is_allowed(key.allowed, value):
                    words = f"allowed: {describe_allowed(key.allowed)}"
                    raise key.error(self.file, entry.offset, value, words)

    def __repr__(self) -> str:
        shown = []
        for name, key in self._table.by_name.items():
            if name not in self._by_key:
                continue
            try:
                shown.append(f"{name}={'(private)' if key.private else repr(self[name])}")
            except HeaderError:
                shown.append(f"{name}=(not valid)")
        return f"<{self._table.name}, {self.file}: {', '.join(shown)}>"


class _Found:
    """What the lines of a text gave."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.lines: list[tuple[int, str]] = []
        self.free: dict[str, str] = {}


class Keyed:
    """A text header.

    Parameters
    ----------
    name
        What it is: it stands in error messages.
    keys
        Those declared; others are kept in ``record.other``.
    style
        ``"ini"``: ``[Section]`` and ``key=value``, ``;`` begins a comment; ``"dash"``:
        ``-Key value``, ``-Key: value``; ``"flat"``: ``key=value``.
    encoding
        One or several tried in order on the whole text, or a function of the bytes that tells
        them. A UTF-8 BOM is skipped.
    free
        Sections whose text is kept as it is: from there on nothing is parsed as keys.
    first_lines
        Written before all keys.
    size
        Written text is filled with NUL to so many bytes.
    """

    def __init__(
        self,
        name: str,
        keys: Iterable[Key],
        *,
        style: Style = "ini",
        encoding: Encodings | Callable[[bytes], Encodings] = ("utf-8", "cp1252"),
        free: Iterable[str] = (),
        first_lines: Iterable[str] = (),
        size: int | None = None,
    ) -> None:
        self.name, self.keys, self.style, self.encoding = name, tuple(keys), style, encoding
        self.by_name: Mapping[str, Key] = {key.name: key for key in self.keys}
        if len(self.by_name) != len(self.keys):
            raise ValueError(f"{name}: a key is declared twice")
        self.free = frozenset(section.casefold() for section in free)
        self.first_lines, self.size = tuple(first_lines), size
        self._spelled = {
            ((key.section or "").casefold(), spelling.casefold()): key
            for key in self.keys
            for spelling in (key.written, *key.aliases)
        }

    def key_of(self, entry: Entry) -> tuple[Key | None, int]:
        """The declared key of a line and its number (0 where keys have none)."""
        spelled = entry.key.casefold()
        key = self._spelled_in(entry.section, spelled)
        if key is not None and not key.numbered:
            return key, 0
        match = re.fullmatch(r"(.*?)(\d{1,9})", spelled, re.ASCII)
        key = self._spelled_in(entry.section, match[1]) if match else None
        return (key, int(match[2])) if match and key is not None and key.numbered else (None, 0)

    def _spelled_in(self, section: str, spelled: str) -> Key | None:
        found = self._spelled.get((section.casefold(), spelled))
        return self._spelled.get(("", spelled)) if found is None else found

    def read(self, buffer: Buffer, *, file: str = "", base: int = 0) -> KeyedRecord:
        """The header in `buffer`, up to its first NUL.

        `file` and `base` (absolute byte of the buffer's first byte) are for errors. Raises
        HeaderError where no encoding fits.
        """
        text = bytes(buffer).partition(b"\0")[0]
        encodings = self.encoding(text) if callable(self.encoding) else self.encoding
        names = (encodings,) if isinstance(encodings, str) else encodings
        for chosen in names:
            try:
                decode_text(text, chosen)
                break
            except ValueError:
                continue
        else:
            raise HeaderError(file, base, self.name, None, f"must be text in {' or '.join(names)}")
        return KeyedRecord(self, file, base, self._parse(text, chosen, base))

    def _parse(self, text: bytes, encoding: str, base: int) -> _Found:
        found, section, at = _Found(), "", 0
        if text.startswith(b"\xef\xbb\xbf"):
            at = 3
        while at < len(text):
            end = text.find(b"\n", at)
            end = len(text) if end < 0 else end + 1
            line = decode_text(text[at:end], encoding).strip()
            start, at = base + at, end
            if self.style == "ini" and line.startswith("[") and line.endswith("]"):
                section = line[1:-1].strip()
                if section.casefold() in self.free:
                    found.free[section] = decode_text(text[at:], encoding)
                    break
                continue
            pair = self._split(line)
            if pair:
                found.entries.append(Entry(section, pair[0], pair[1], start))
            elif line:
                found.lines.append((start, line))
        return found

    def _split(self, line: str) -> tuple[str, str] | None:
        if self.style == "dash":
            if not line.startswith("-"):
                return None
            match = re.match(r"-([^\s:]+):?\s*(.*)", line)
            if match is None:
                return None
            value = match[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] == '"' and value.count('"') == 2
            return match[1], value[1:-1].strip() if quoted else value
        if self.style == "ini" and line.startswith(";"):
            return None
        key, equals, value = line.partition("=")
        return (key.strip(), value.strip()) if equals else None

    def check(
        self, record: KeyedRecord, *, report: Reporter | None = None, severity: Severity = "warning"
    ) -> list[Issue]:
        """Whether required keys are there and all values can be decoded and are allowed.

        As :meth:`Table.check`.
        """
        issues = []
        for key in self.keys:
            try:
                record._verify(key)
            except HeaderError as error:
                if report is None:
                    raise
                issues.append(note(error, report, severity))
        return issues

    def write(
        self, values: Mapping[str, Any], *, other: Mapping[str, str] | None = None, file: str = ""
    ) -> bytes:
        """The header's text: declared keys by section in their order, then `other` ones.

        A key not given is left out. Lines end CR LF; the first encoding is used. Raises
        HeaderError for values that do not fit.
        """
        for name in values:
            if name not in self.by_name:
                hint = near_misses(name, self.by_name)
                raise HeaderError(file, None, name, None, f"{self.name} has no such key{hint}")
        lines, section = list(self.first_lines), None
        ordered = dict.fromkeys([None, *(key.section for key in self.keys)])
        for key in [k for s in ordered for k in self.keys if k.section == s]:
            if values.get(key.name) is None:
                continue
            if key.section != section:
                section = key.section
                lines += ["", f"[{section}]"]
            lines += self._lines(key, values[key.name], file)
        try:
            lines += [
                self._line(name, _encode(str, value)) for name, value in (other or {}).items()
            ]
            encodings = () if callable(self.encoding) else self.encoding
            raw = encode_text("\r\n".join([*lines, ""]), encodings or "utf-8")
        except ValueError as error:
            reason = str(error)
        else:
            return self._filled(raw, file)
        raise HeaderError(file, None, self.name, None, reason)

    def _filled(self, raw: bytes, file: str) -> bytes:
        if self.size is not None and len(raw) > self.size:
            raise HeaderError(file, None, self.name, len(raw), f"must fit into {self.size} bytes")
        return raw.ljust(self.size or 0, b"\0")

    def _lines(self, key: Key, value: Any, file: str) -> list[str]:
        if key.numbered:
            named = [(f"{key.written}{number}", each) for number, each in value.items()]
        else:
            named = [(key.written, each) for each in (value if key.repeat else [value])]
        try:
            return [
                self._line(name, _encode(key.kind, key.convert.encode(v) if key.convert else v))
                for name, v in named
            ]
        except (TypeError, ValueError) as error:
            reason = str(error)
        raise key.error(file, None, value, reason)

    def _line(self, name: str, value: str) -> str:
        return f"-{name} {value}" if self.style == "dash" else f"{name}={value}"

    def document(self) -> list[Row]:
        """Type, name, meaning, allowed values and section of each declared key."""
        return [key.row() for key in self.keys]
