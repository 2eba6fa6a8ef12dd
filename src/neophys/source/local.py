"""Local files: exact, lock-free reads on a shared handle."""

from __future__ import annotations

import itertools
import mmap
import os
import stat
import threading
import weakref
from typing import Final

import numpy as np

from neophys.errors import (
    AccessError,
    ClosedError,
    MissingFileError,
    SourceChangedError,
    TruncatedError,
)
from neophys.source import Fingerprint, SourceBase

__all__ = ["LocalFile", "MappedFile"]

#: Files held open at a time in this process: a folder of 1,000 files must not end in EMFILE.
OPEN_FILES: Final = 64


class _Handle:
    """An open descriptor. A read in progress holds a reference, so that closing the file under
    it can never hand it the descriptor of another file: the last reference closes."""

    __slots__ = ("fd", "lock")

    def __init__(self, path: str) -> None:
        self.fd = os.open(
            path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        )
        self.lock = threading.Lock() if not hasattr(os, "pread") else None

    def __del__(self) -> None:
        fd = getattr(self, "fd", None)  # None where opening failed
        if fd is not None:
            os.close(fd)

    def read_into(self, offset: int, out: memoryview) -> int:
        """Bytes read, fewer than asked only at the end of the file."""
        done = 0
        while done < len(out):
            n = self._some(offset + done, out[done:] if done else out)
            if n == 0:
                break
            done += n
        return done

    def _some(self, offset: int, out: memoryview) -> int:
        if self.lock is None:
            return os.preadv(self.fd, [out], offset)
        with self.lock:  # Windows has no pread: seek and read must not be parted
            os.lseek(self.fd, offset, os.SEEK_SET)
            part = os.read(self.fd, len(out))
        out[: len(part)] = part
        return len(part)


_clock = itertools.count()
_open_lock = threading.Lock()
_open: weakref.WeakSet[LocalFile] = weakref.WeakSet()


class LocalFile(SourceBase):
    """A file on this machine, read by ``pread``.

    Parameters
    ----------
    path
        The file.
    name
        For messages; the file's own name if not given.
    """

    def __init__(self, path: str | os.PathLike[str], name: str = "") -> None:
        self.path = os.fspath(path)
        self.name = name or os.path.basename(self.path)
        self._handle: _Handle | None = None
        self._used = 0
        self._closed = False
        self._fingerprint = self.fingerprint()
        self.size = self._fingerprint.size

    def read(self, offset: int, length: int) -> bytes:
        handle = self._handle or self._reopen()
        self._used = next(_clock)
        if length < 0 or offset < 0 or offset + length > self.size:
            raise TruncatedError(self.name, offset, length, self.size - offset)
        if handle.lock is None:
            data = os.pread(handle.fd, length, offset)
            if len(data) == length:
                return data
        out = bytearray(length)
        self.read_into(offset, memoryview(out))
        return bytes(out)

    def read_into(self, offset: int, out: memoryview) -> None:
        handle = self._handle or self._reopen()
        self._used = next(_clock)
        got = handle.read_into(offset, out) if offset >= 0 else 0
        if got != len(out):
            self._short(offset, len(out), got)

    def fingerprint(self) -> Fingerprint:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            raise MissingFileError(f"{self.name}: no such file") from None
        except OSError as error:
            raise AccessError(f"{self.name}: cannot be opened: {error.strerror}") from error
        return self._mark(found)

    def _mark(self, found: os.stat_result) -> Fingerprint:
        if not stat.S_ISREG(found.st_mode):  # reading a pipe would wait for ever
            raise AccessError(f"{self.name}: not a regular file")
        return Fingerprint(found.st_size, str(found.st_mtime_ns))

    def close(self) -> None:
        with _open_lock:
            self._closed = True
            self._handle = None
            _open.discard(self)

    def _reopen(self) -> _Handle:
        with _open_lock:
            if self._closed:
                raise ClosedError(f"{self.name}: the recording was closed")
            if self._handle is not None:
                return self._handle
            if len(_open) >= OPEN_FILES:
                oldest = min(_open, key=lambda file: file._used)
                oldest._handle = None
                _open.discard(oldest)
            try:
                handle = _Handle(self.path)
            except FileNotFoundError:
                raise MissingFileError(f"{self.name}: no such file") from None
            except OSError as error:
                raise AccessError(f"{self.name}: cannot be opened: {error.strerror}") from error
            now, before = self._mark(os.fstat(handle.fd)), self._fingerprint
            # One that has grown is still the one that was scanned.
            if now.size < before.size or (now.size == before.size and now.tag != before.tag):
                raise SourceChangedError(
                    f"{self.name}: the file has changed since it was opened; open it again"
                )
            self._used = next(_clock)
            self._handle = handle
            _open.add(self)
            return handle

    def _short(self, offset: int, wanted: int, got: int) -> None:
        now = self.fingerprint()
        if now.size < self.size:
            raise SourceChangedError(
                f"{self.name}: byte {offset}: the file was cut while it was open: it had "
                f"{self.size} bytes and has {now.size}; open it again"
            )
        raise TruncatedError(self.name, offset, wanted, got)


class MappedFile(LocalFile):
    """A file mapped into memory, on request: fastest for one channel out of many.

    A mapped file that another program cuts short kills the process on the next read (SIGBUS);
    :class:`LocalFile` raises an exception instead and is the default.
    """

    def __init__(self, path: str | os.PathLike[str], name: str = "") -> None:
        super().__init__(path, name)
        self._map: memoryview | None = None
        if self.size:
            with open(self.path, "rb") as file:
                self._map = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._window(offset, length))

    def read_into(self, offset: int, out: memoryview) -> None:
        np.asarray(out)[...] = np.asarray(self._window(offset, len(out)))

    def close(self) -> None:
        super().close()
        self._map = None  # arrays that look into the map keep it alive

    def _window(self, offset: int, length: int) -> memoryview:
        mapped = self._map  # before the question whether it is closed, which may happen meanwhile
        if self._closed:
            raise ClosedError(f"{self.name}: the recording was closed")
        if length < 0 or offset < 0 or offset + length > self.size:
            raise TruncatedError(self.name, offset, length, self.size - offset)
        return memoryview(b"") if mapped is None else mapped[offset : offset + length]
