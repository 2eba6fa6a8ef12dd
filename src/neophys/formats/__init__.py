"""ONE MODULE A FORMAT: tables, a scan, a :class:`Format` literal.

A format says where the bytes lie and what they mean; it never reads a sample. This module holds
what a format is, the registry, and the way from a source to the format that reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePosixPath
from typing import Any, Final, Literal, TypeAlias

from neophys.contents import Contents, EventTable, SpikeTable
from neophys.errors import HeaderError, Issue, UnknownFormatError
from neophys.source.bundle import Bundle

__all__ = [
    "Format",
    "Magic",
    "NoOptions",
    "Report",
    "formats",
    "get_format",
    "identify",
    "register",
    "sureness",
]

#: How sure a format is that a source is its own.
Sureness: TypeAlias = Literal["no", "likely", "certain"]

_HEAD: Final = 512


@dataclass(frozen=True, slots=True)
class Magic:
    """Bytes at an offset that make a file certainly a format's own."""

    offset: int
    value: bytes

    def matches(self, head: bytes) -> bool:
        return head[self.offset : self.offset + len(self.value)] == self.value


#: The formats of this package, and what tells them without importing their modules.
_BUILT_IN: Final[dict[str, tuple[Magic, ...]]] = {
    "micromed": (Magic(2, b"MICROMED  Brain-Quick file"),),
    "edf": (Magic(0, b"\xffBIOSEMI"),),
    "neuralynx": (Magic(0, b"######## Neuralynx"),),
    "plexon": (Magic(0, b"PLEX"),),
    "rawbinary": (),
}


@dataclass(frozen=True, slots=True)
class NoOptions:
    """For formats that have no arguments of their own."""


class Report:
    """Collects the issues of a scan; under ``strict`` one of severity error is raised instead."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.issues: list[Issue] = []

    def __call__(
        self,
        severity: Literal["error", "warning", "info"],
        where: str,
        message: str,
        *,
        offset: int | None = None,
        field: str | None = None,
    ) -> None:
        """Note what is off; see :class:`~neophys.errors.Issue` for the arguments."""
        if self.strict and severity == "error":
            raise HeaderError(where, offset, field, None, message)
        self.issues.append(Issue(severity, where, offset, field, message))


@dataclass(frozen=True, slots=True)
class Format:
    """What neophys knows of a format.

    Attributes
    ----------
    name, label, vendor
        ``"micromed"``, ``"Micromed TRC"``, ``"Micromed"``.
    extensions
        Lower case, with the dot: a hint, never a proof.
    scan
        ``scan(bundle, options, report) -> Contents``: reads headers, indexes and small tables,
        no signal. Holds nothing open, never writes.
    magic
        Bytes that prove the format.
    sniff
        ``sniff(bundle, name, head) -> "no" | "likely" | "certain"`` for what magic cannot tell;
        `head` holds the file's first 512 bytes.
    sniff_folder
        The same for a folder: ``sniff_folder(bundle)``.
    opening
        What opening costs: ``"flat"`` headers only; ``"index"`` one field a record too;
        ``"walk"`` blocks of unknown length, one after the other.
    tables
        ``tables(bundle, contents, options, key, report)``: reads a Deferred table.
    options
        Frozen dataclass: the format's own arguments of ``open``.
    write
        The writer, where there is one.
    headers
        The declared tables, for ``neophys formats NAME --fields``.
    spec
        Where the format is described.
    """

    name: str
    label: str
    vendor: str
    extensions: tuple[str, ...]
    scan: Callable[[Bundle, Any, Report], Contents]
    magic: tuple[Magic, ...] = ()
    sniff: Callable[[Bundle, str, bytes], Sureness] | None = None
    sniff_folder: Callable[[Bundle], Sureness] | None = None
    opening: Literal["flat", "index", "walk"] = "flat"
    tables: Callable[[Bundle, Contents, Any, Hashable, Report], EventTable | SpikeTable] | None = (
        None
    )
    options: type = NoOptions
    write: Callable[..., Any] | None = None
    headers: tuple[Any, ...] = field(default=())
    spec: str = ""


_loaded: dict[str, Format] = {}


def formats() -> tuple[Format, ...]:
    """All formats: this package's, those of entry points ``neophys.formats``, registered ones."""
    return tuple(map(get_format, _names()))


def _names() -> list[str]:
    return list(dict.fromkeys((*_BUILT_IN, *sorted(_foreign()), *_loaded)))


def register(format: Format) -> Callable[[], None]:
    """Have this process know a format, before any other of its name, until the result is called.

    For trying a format that is being written: ``neophys.open`` and what stands on it then find
    it by name and by its bytes. Other processes are not told; what is to stay is an entry point.
    """
    name, before = format.name, _loaded.get(format.name)
    _loaded[name] = format

    def undo() -> None:
        if before is None:
            _loaded.pop(name, None)
        else:
            _loaded[name] = before

    return undo


@cache
def _foreign() -> dict[str, EntryPoint]:
    """The formats of other packages."""
    return {point.name: point for point in entry_points(group="neophys.formats")}


def get_format(name: str) -> Format:
    """The format of that name; its module is imported now. Raises UnknownFormatError."""
    if name not in _loaded:
        if name in _BUILT_IN:
            _loaded[name] = import_module(f"neophys.formats.{name}").FORMAT
        else:
            if name not in _foreign():
                raise UnknownFormatError(f"no format {name!r}; there are: {', '.join(_names())}")
            _loaded[name] = _foreign()[name].load()
    return _loaded[name]


def identify(bundle: Bundle) -> Format:
    """The one format that reads the bundle.

    The magic bytes of a format of this package decide at once. Else all are asked, and certain
    beats likely: two that are certain are a defect and an error that names both, between several
    that are likely the user decides (``format=``).

    Raises
    ------
    UnknownFormatError
        With what was tried and the first bytes.
    """
    head = bundle.head(bundle.main, _HEAD) if bundle.main else b""
    marked = [name for name, marks in _BUILT_IN.items() if any(m.matches(head) for m in marks)]
    if len(marked) == 1:  # the common case imports one module
        return get_format(marked[0])
    found: dict[Sureness, list[Format]] = {"certain": [], "likely": []}
    for candidate in formats():
        sure = sureness(candidate, bundle, head)
        if sure != "no":
            found[sure].append(candidate)
    best = found["certain"] or found["likely"]
    if len(best) == 1:
        return best[0]
    if best:
        names = ", ".join(candidate.name for candidate in best)
        raise UnknownFormatError(f"{bundle.label}: may be any of: {names}; say which with format=")
    raise UnknownFormatError(_not_known(bundle, head))


def sureness(candidate: Format, bundle: Bundle, head: bytes) -> Sureness:
    """How sure a format is of a bundle; `head` holds the first 512 bytes of its main file."""
    if not bundle.main:
        return candidate.sniff_folder(bundle) if candidate.sniff_folder else "no"
    if any(magic.matches(head) for magic in candidate.magic):
        return "certain"
    return candidate.sniff(bundle, bundle.main, head) if candidate.sniff else "no"


def _not_known(bundle: Bundle, head: bytes) -> str:
    tried = ", ".join(candidate.name for candidate in formats())
    if not bundle.main:
        return f"{bundle.label}: no format knows this folder; tried: {tried}"
    if not head:
        return f"{bundle.label}: the file is empty"
    suffix = PurePosixPath(bundle.main).suffix.lower()
    near = [c.label for c in formats() if suffix in c.extensions]
    hint = f"; the name looks like {' or '.join(near)}, the bytes do not" if near else ""
    # No more: the name of a patient begins at byte 8 of a damaged EDF.
    first = f"(first bytes {head[:8]!r})"
    return f"{bundle.label}: no format knows this file {first}{hint}; tried: {tried}"
