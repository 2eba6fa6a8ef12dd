"""What can go wrong, as types: the errors that neophys raises and the issues that it reports.

Every error is a :class:`NeophysError`; those that people already catch by a built-in name
(``EOFError``, ``KeyError`` ...) are that too. Whatever is off in a file but does not stop its
reading is an :class:`Issue` on the recording, never a warning that scrolls by.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

__all__ = [
    "AccessError",
    "ChannelError",
    "ClosedError",
    "EventError",
    "GapError",
    "HeaderError",
    "Issue",
    "MissingFileError",
    "MixedRatesError",
    "NeophysError",
    "OutOfRangeError",
    "RemoteError",
    "SeveralRecordingsError",
    "SourceChangedError",
    "TruncatedError",
    "UnitsError",
    "UnknownFormatError",
    "UnsupportedError",
    "near_misses",
]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that is off in a file and did not stop its reading.

    Attributes
    ----------
    severity
        ``"error"``: data are lost or may be wrong; ``"warning"``: the file breaks its
        specification, the data are whole; ``"info"``: an assumption worth knowing.
    where
        Name of the file, relative to the recording's folder.
    offset
        Byte in that file, or None.
    field
        The field of the format's tables, or None.
    message
        What was found and what was done about it, in one sentence.
    """

    severity: Literal["error", "warning", "info"]
    where: str
    offset: int | None
    field: str | None
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {_place(self.where, self.offset, self.field)}{self.message}"


class NeophysError(Exception):
    """Base of all errors that neophys raises on purpose; ``str(error)`` is one readable line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__))


def _rebuild(cls: type[NeophysError], message: str, state: dict[str, Any]) -> NeophysError:
    error = cls.__new__(cls, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


class UnknownFormatError(NeophysError):
    """No format claims the source."""


class SeveralRecordingsError(NeophysError):
    """A folder holds more than one recording; the message lists them and how to choose."""


class HeaderError(NeophysError, ValueError):
    """A header field holds what it must not.

    Attributes
    ----------
    file, offset, field, value, allowed
        Where it stands, what was found (None where it is private), what would be right.
    """

    def __init__(
        self, file: str, offset: int | None, field: str | None, value: object, allowed: str
    ) -> None:
        found = "" if value is None else f"found {_shorten(value)}; "
        super().__init__(f"{_place(file, offset, field)}{found}{allowed}")
        self.file, self.offset, self.field = file, offset, field
        self.value, self.allowed = value, allowed


class TruncatedError(NeophysError, EOFError):
    """A file ends before the bytes that were asked for.

    Attributes
    ----------
    file, offset, wanted, got
        The file, the first byte wanted, how many were wanted and how many there are.
    """

    def __init__(self, file: str, offset: int, wanted: int, got: int, field: str = "") -> None:
        what = f"{field}: " if field else ""
        super().__init__(
            f"{file}: byte {offset}: {what}the file ends early: {wanted} bytes wanted, "
            f"{max(got, 0)} there"
        )
        self.file, self.offset, self.wanted, self.got, self.field = file, offset, wanted, got, field


class MissingFileError(NeophysError, FileNotFoundError):
    """A file that does not exist, or that a header names and the folder lacks."""


class AccessError(NeophysError, OSError):
    """A file or folder that is there, and cannot be opened, listed or written."""


class SourceChangedError(NeophysError):
    """The file is not the one that was scanned."""


class OutOfRangeError(NeophysError, IndexError):
    """A time or sample outside what the recording covers."""


class ChannelError(NeophysError, KeyError):
    """A channel, stream or unit name that is unknown or ambiguous."""


class EventError(NeophysError, KeyError):
    """An event channel or label that is unknown."""


class GapError(NeophysError, ValueError):
    """A read would run across a gap in time."""


class UnitsError(NeophysError, ValueError):
    """Units that cannot be converted into each other."""


class MixedRatesError(NeophysError, ValueError):
    """Channels of different sampling rates asked for as one signal."""


class ClosedError(NeophysError):
    """A read from a recording that was closed."""


class RemoteError(NeophysError):
    """A server that did not give what was asked for."""


class UnsupportedError(NeophysError):
    """Valid, but not read: the message says what exactly."""


#: Names that a misspelt one is compared with at most: each costs microseconds.
_COMPARED = 5000


def near_misses(name: str, known: Iterable[str], limit: int = 3) -> str:
    """``"; did you mean 'Fp1'?"`` for a name that is nearly one of the known, else ``""``.

    Examples
    --------
    >>> near_misses("fp1", ["Fp1", "Cz"])
    "; did you mean 'Fp1'?"
    """
    by_folded: dict[str, str] = {}
    for candidate in islice(known, _COMPARED):
        by_folded.setdefault(candidate.casefold(), candidate)
    close = difflib.get_close_matches(name.casefold(), by_folded, n=limit, cutoff=0.6)
    if not close:
        return ""
    return "; did you mean " + " or ".join(repr(by_folded[c]) for c in close) + "?"


def _place(file: str, offset: int | None, field: str | None) -> str:
    parts = [file] if file else []
    if offset is not None:
        parts.append(f"byte {offset}")
    if field:
        parts.append(field)
    return ": ".join(parts) + ": " if parts else ""


def _shorten(value: object, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
