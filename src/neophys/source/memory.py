"""Bytes in memory, and open file objects."""

from __future__ import annotations

import hashlib
import io
import threading
import weakref
from typing import Any, BinaryIO

from neophys.errors import ClosedError, NeophysError, TruncatedError
from neophys.source import Fingerprint, SourceBase

__all__ = ["FileObject", "MemoryFile"]


class MemoryFile(SourceBase):
    """Anything that has the buffer protocol."""

    def __init__(self, data: Any, name: str = "bytes") -> None:
        self.name = name
        self._data: memoryview | None = memoryview(data).cast("B")
        self.size = self._data.nbytes

    def read(self, offset: int, length: int) -> memoryview:
        data = self._data
        if data is None:
            raise ClosedError(f"{self.name}: the recording was closed")
        if length < 0 or offset < 0 or offset + length > self.size:
            raise TruncatedError(self.name, offset, length, self.size - offset)
        return data[offset : offset + length]

    def read_into(self, offset: int, out: memoryview) -> None:
        out[:] = self.read(offset, len(out))

    def fingerprint(self) -> Fingerprint:
        digest = hashlib.blake2b(self.read(0, self.size), digest_size=16).hexdigest()
        return Fingerprint(self.size, digest)

    def close(self) -> None:
        self._data = None


#: One lock for each file object, whoever opened a recording of it.
_locks: weakref.WeakKeyDictionary[Any, threading.Lock] = weakref.WeakKeyDictionary()
_locks_lock = threading.Lock()


def _lock_of(file: Any) -> threading.Lock:
    try:
        with _locks_lock:
            return _locks.setdefault(file, threading.Lock())
    except TypeError:  # of a class whose objects cannot be kept track of
        return threading.Lock()


class FileObject(SourceBase):
    """An open binary file object that can seek; it is shared, so each read takes its lock.

    Its position is left where the caller had it. It is not closed: it is the caller's.
    """

    def __init__(self, file: BinaryIO, name: str = "") -> None:
        self._file: BinaryIO | None = file
        self._lock = _lock_of(file)
        given = getattr(file, "name", "")
        self.name = name or (given if isinstance(given, str) and given else "file object")
        if isinstance(file, io.TextIOBase):
            raise NeophysError(f"{self.name}: opened as text; open it as bytes: open(path, 'rb')")
        try:
            with self._lock:
                here = file.tell()
                self.size = file.seek(0, 2)
                file.seek(here)
        except (OSError, AttributeError, ValueError) as error:
            raise NeophysError(f"{self.name}: the file object cannot seek: {error}") from error

    def read_into(self, offset: int, out: memoryview) -> None:
        file = self._file
        if file is None:
            raise ClosedError(f"{self.name}: the recording was closed")
        with self._lock:
            here = file.tell()
            try:
                file.seek(offset)
                done = 0
                while done < len(out):
                    part = file.read(len(out) - done)
                    if not part:
                        break
                    out[done : done + len(part)] = part
                    done += len(part)
            finally:
                file.seek(here)
        if done != len(out):
            raise TruncatedError(self.name, offset, len(out), done)

    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.size, f"object {id(self._file)}")

    def close(self) -> None:
        self._file = None
