"""The files that belong together: one recording's, by relative name.

A name that a header gives is looked up *inside the recording's folder only*: no ``..``, no
absolute path, no link that leads out (but into the annex of a data set under git-annex).
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from neophys.errors import (
    AccessError,
    ClosedError,
    MissingFileError,
    NeophysError,
    SourceChangedError,
)
from neophys.source import Source
from neophys.source.local import LocalFile, MappedFile
from neophys.source.memory import FileObject, MemoryFile

__all__ = ["Bundle", "LocalBundle", "MemoryBundle", "open_bundle"]

#: Files listed of a folder at most: a home directory given by mistake must not hang.
MAX_FILES = 100_000


class Bundle:
    """Files by name, opened when first asked for.

    Attributes
    ----------
    main
        Name of the file that was opened; "" where a folder was.
    label
        For messages and repr: the file's or the folder's own name, no path.
    merge_gap, tile_bytes
        What the engine needs to know of the medium: gaps up to this size are cheaper to read
        than to skip; bytes to fetch at a time.
    """

    main: str
    label: str
    merge_gap = 16 * 1024
    tile_bytes = 3 << 19

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._lock = threading.Lock()
        self._closed = False

    def names(self) -> tuple[str, ...]:
        """All files, sorted, relative to the bundle's folder with ``/`` between parts."""
        raise AssertionError("each bundle lists its own files")

    def source(self, name: str) -> Source:
        """The bytes of a file of the bundle. Raises MissingFileError where there is none."""
        source = self._sources.get(name)
        if source is not None:
            return source
        with self._lock:
            if self._closed:
                raise ClosedError(f"{self.label}: the recording was closed")
            if name not in self._sources:
                self._sources[name] = self._open(name)
            return self._sources[name]

    def companion(self, name: str, *, of: str = "", role: str = "file") -> str:
        """The bundle's name for a file that a header names.

        Parameters
        ----------
        name
            As the header has it. Exact first, then whatever its case.
        of
            The file whose header it is: its folder is where `name` is looked for.
        role
            For messages.

        Raises
        ------
        MissingFileError
            Where it is not there, or leads out of the recording's folder.
        """
        plain = name.strip().replace("\\", "/")
        parts = PurePosixPath(plain).parts
        where = f"{of}: " if of else ""
        if not parts or plain.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in plain:
            raise MissingFileError(f"{where}{role} {name!r} lies outside the recording's folder")
        folder = PurePosixPath(of).parent if of else PurePosixPath()
        wanted = str(folder / PurePosixPath(plain))
        if self.has(wanted):
            return wanted
        folded = wanted.casefold()
        for candidate in self.names():
            if candidate.casefold() == folded and self.has(candidate):
                return candidate
        raise MissingFileError(f"{where}{role} {name!r} is not in the recording's folder")

    def has(self, name: str) -> bool:
        """Whether the bundle has a file of just this name."""
        return name in self.names()

    def head(self, name: str, length: int) -> bytes:
        """The first bytes of a file, fewer where it is shorter."""
        source = self.source(name)
        return bytes(source.read(0, min(length, source.size)))

    def digest(self, names: Iterable[str]) -> str:
        """One short text for the fingerprints of the named files."""
        hashed = hashlib.blake2b(digest_size=12)
        for name in sorted(names):
            mark = self.source(name).fingerprint()
            hashed.update(f"{name}\0{mark.size}\0{mark.tag}\0".encode("utf-8", "surrogatepass"))
        return hashed.hexdigest()

    def check(self, names: Iterable[str], digest: str) -> None:
        """Raise SourceChangedError unless the named files are those that `digest` was made of."""
        if self.digest(names) != digest:
            raise SourceChangedError(f"{self.label}: the recording has changed since it was opened")

    def reopening(self) -> tuple[Any, ...]:
        """What :func:`open_bundle` needs to find the same bundle elsewhere, for pickling."""
        raise NeophysError(
            f"{self.label}: a recording made from bytes or an open file object cannot be pickled; "
            "open it by its path or address"
        )

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for source in self._sources.values():
                source.close()
            self._sources.clear()

    @property
    def closed(self) -> bool:
        return self._closed

    def _open(self, name: str) -> Source:
        raise AssertionError("each bundle opens its own files")


class LocalBundle(Bundle):
    """A file with those beside it, or a folder.

    Parameters
    ----------
    path
        A file or folder.
    mapped
        Map files into memory instead of reading them (see :class:`MappedFile`).
    """

    def __init__(self, path: str | os.PathLike[str], *, mapped: bool = False) -> None:
        super().__init__()
        given = os.fsdecode(path)
        self.path = os.path.abspath(given)
        self.mapped = mapped
        self.label = os.path.basename(self.path)
        if not given:
            raise MissingFileError("'': an empty path names no file or folder")
        try:
            is_folder = stat.S_ISDIR(os.stat(self.path).st_mode)
        except PermissionError as error:
            raise AccessError(f"{given}: cannot be opened: {error.strerror}") from error
        except (OSError, ValueError):  # ValueError: a null character
            hint = "; ~ is for os.path.expanduser() to replace" if given.startswith("~") else ""
            raise MissingFileError(f"{given}: no such file or folder{hint}") from None
        self.root, self.main = (self.path, "") if is_folder else os.path.split(self.path)
        self._names: tuple[str, ...] | None = None

    def names(self) -> tuple[str, ...]:
        if self._names is None:
            self._names = tuple(sorted(self._list(deep=not self.main)))
        return self._names

    def has(self, name: str) -> bool:
        return "\0" not in name and self._inside(name) is not None

    def reopening(self) -> tuple[Any, ...]:
        return self.path, self.mapped

    def _list(self, *, deep: bool) -> list[str]:
        found: list[str] = []

        def unreadable(error: OSError) -> None:
            if error.filename == self.root:
                raise AccessError(f"{self.label}: cannot be listed: {error.strerror}") from error

        for folder, folders, files in os.walk(self.root, onerror=unreadable):
            here = os.path.relpath(folder, self.root).replace(os.sep, "/")
            found.extend(files if here == "." else [f"{here}/{file}" for file in files])
            folders.sort()
            if not deep:
                break
            if len(found) > MAX_FILES:
                raise NeophysError(f"{self.label}: the folder holds more than {MAX_FILES} files")
        return found

    def _inside(self, name: str) -> str | None:
        """The path of a file of the bundle; None for one that is not there or leads out."""
        path = os.path.join(self.root, name)
        if name == self.main and name:
            return path
        real = os.path.realpath(path)
        if not os.path.isfile(real):
            return None
        # The opened file itself may be a link; others may lead to where that one leads.
        homes = [os.path.realpath(self.root)]
        if self.main:
            homes.append(os.path.dirname(os.path.realpath(self.path)))
        if _within(real, homes) or _within(real, _annexes(homes[0])):
            return path
        return None

    def _open(self, name: str) -> Source:
        path = self._inside(name) if "\0" not in name else None
        if path is None and not self.main and name in self.names():
            path = os.path.join(self.root, name)  # a link that the user has put there
        if path is None:
            raise MissingFileError(f"{name!r}: no such file in the recording's folder")
        return MappedFile(path, name) if self.mapped else LocalFile(path, name)


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(os.path.join(folder, "")) for folder in folders)


def _annexes(folder: str) -> list[str]:
    """Where git-annex keeps the files of the data set that `folder` lies in, as links."""
    above = folder
    while True:
        kept = os.path.join(above, ".git", "annex", "objects")
        if os.path.isdir(kept):
            return [os.path.realpath(kept)]
        if above == os.path.dirname(above):
            return []
        above = os.path.dirname(above)


class MemoryBundle(Bundle):
    """Named buffers or file objects."""

    def __init__(self, files: Mapping[str, Any], main: str = "") -> None:
        super().__init__()
        self._files = dict(files)
        self.main = main
        self.label = main or "bytes"

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def has(self, name: str) -> bool:
        return name in self._files

    def _open(self, name: str) -> Source:
        if name not in self._files:
            raise MissingFileError(f"{name}: no such file in the recording")
        content = self._files[name]
        if hasattr(content, "read") and hasattr(content, "seek"):
            return FileObject(content, name)
        return MemoryFile(content, name)


def open_bundle(source: Any, *, mapped: bool = False) -> Bundle:
    """The bundle for whatever a user calls a recording.

    Parameters
    ----------
    source
        A path (str or PathLike) of a file or folder; bytes, bytearray or memoryview; an open
        binary file object that can seek; a mapping of names to bytes or file objects; a Bundle.
    mapped
        Map local files into memory.
    """
    if isinstance(source, Bundle):
        return source
    if isinstance(source, str | os.PathLike):
        return LocalBundle(source, mapped=mapped)
    if isinstance(source, bytes | bytearray | memoryview):
        return MemoryBundle({"bytes": source}, "bytes")
    if isinstance(source, Mapping):
        return MemoryBundle(source, next(iter(source)) if len(source) == 1 else "")
    if hasattr(source, "read") and hasattr(source, "seek"):
        name = getattr(source, "name", None)
        label = (os.path.basename(name) if isinstance(name, str) else "") or "file object"
        return MemoryBundle({label: source}, label)
    raise TypeError(
        f"cannot open {type(source).__name__}: give a path, bytes, an open binary file or a "
        "mapping of names to one of these"
    )
