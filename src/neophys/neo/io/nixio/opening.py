"""Opening NIX files: what is wrong with one is said in words; an old one is not lost."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from neophys.errors import (
    AccessError,
    HeaderError,
    MissingFileError,
    NeophysError,
    TruncatedError,
    UnsupportedError,
)

__all__ = ["Overwritten", "check_nix_version", "flush", "open_nix"]

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_ERRNO = re.compile(r"\berrno = (\d+)")
_CUT_SHORT = re.compile(r"truncated file: eof = (\d+).*stored_eof = (\d+)")


def check_nix_version() -> None:
    """ImportError where nixio is missing or older than 1.5."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("nixio")
    except PackageNotFoundError as error:
        raise ImportError(
            "NIX files need the package nixio: pip install 'neophys[nix]'", name="nixio"
        ) from error
    numbers = [int(n) for n in re.findall(r"\d+", found)[:2]]
    if numbers < [1, 5]:
        raise ImportError(
            f"NIX files need nixio 1.5 or later, not {found}: pip install 'neophys[nix]'",
            name="nixio",
        )


class Overwritten:
    """A file that is to be replaced, beside its place until that is done.

    Attributes
    ----------
    failed : bool
        Whether writing failed: then :meth:`settle` brings the file back.
    """

    def __init__(self, path: Path) -> None:
        self.failed = False
        self._path = path
        self._aside = path.with_name(f"{path.name}.before-{uuid4().hex[:8]}")
        path.rename(self._aside)

    def keep_mode(self) -> None:
        """Give the new file the permissions of the old one."""
        shutil.copymode(self._aside, self._path)

    def drop(self) -> None:
        """The new file is whole: remove the old one when that is on the disk."""
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())
        self._aside.unlink(missing_ok=True)

    def settle(self) -> None:
        """The new file is closed: bring the old one back, or remove it."""
        if self.failed:
            self._aside.replace(self._path)
        else:
            self.drop()


def open_nix(filename: str, mode: str) -> tuple[Any, Overwritten | None]:
    """Open a file with nixio.

    Parameters
    ----------
    mode
        ``"ro"``, ``"rw"`` or ``"ow"``; ValueError for anything else.

    Returns
    -------
    nixio.File, Overwritten or None
        The second for a file that was there, with ``"ow"``.
    """
    import nixio

    modes = {
        "ro": nixio.FileMode.ReadOnly,
        "rw": nixio.FileMode.ReadWrite,
        "ow": nixio.FileMode.Overwrite,
    }
    if mode not in modes:
        raise ValueError(f"mode is 'ro', 'rw' or 'ow', not {mode!r}")
    path = Path(os.path.realpath(filename))
    there = path.exists()
    if not there and mode == "ro":
        raise MissingFileError(f"{filename}: no such file")
    if there and mode == "rw" and path.stat().st_size == 0:
        mode = "ow"
    if mode == "ow" and there:
        if path.is_dir():
            raise IsADirectoryError(f"{filename} is a folder")
        _refuse_while_written(filename, path)
        return _replace(path, nixio)
    try:
        if there:
            _check(filename, path)
        return nixio.File.open(str(path), modes[mode]), None
    except NeophysError:
        raise
    except RuntimeError as error:
        raise _of_version(filename, path, mode, error) from error
    except Exception as error:  # nixio and HDF5 may say anything of a damaged file
        raise _damaged(filename, path, error) from error


def flush(filename: str, root: Any) -> None:
    """Let the file hold what was written to it; NeophysError where that fails."""
    from h5py import h5f

    try:
        h5f.flush(root)
    except (OSError, RuntimeError) as error:
        number = _ERRNO.search(str(error))
        said = os.strerror(int(number[1])) if number else error
        raise AccessError(f"{filename}: cannot be written: {said}") from error


def _refuse_while_written(filename: str, path: Path) -> None:
    """NeophysError where a file that is to be put aside is open for writing: all would be lost."""
    import h5py

    if not h5py.is_hdf5(path):
        return
    try:
        with h5py.File(path, "r") as file:
            busy = file.id.get_intent() & h5py.h5f.ACC_RDWR
    except BlockingIOError:
        busy = True
    except OSError:  # damaged: nobody writes to it
        busy = False
    if busy:
        raise AccessError(f"{filename} is open for writing elsewhere, so it is not replaced")


def _replace(path: Path, nixio: Any) -> tuple[Any, Overwritten]:
    old = Overwritten(path)
    try:
        made = nixio.File.open(str(path), nixio.FileMode.Overwrite)
        old.keep_mode()
    except BaseException:  # raised again
        old.failed = True
        old.settle()
        raise
    return made, old


def _check(filename: str, path: Path) -> None:
    """HeaderError for what is no NIX file, before it is opened for writing."""
    import h5py

    with path.open("rb") as file:
        start = file.read(8)
    # HDF5 allows a user block of 512, 1024 ... bytes before it; nixio writes none.
    if start != _SIGNATURE and not h5py.is_hdf5(path):
        raise HeaderError(filename, 0, "signature", start, "NIX files are HDF5 files")
    with h5py.File(path, "r") as opened:
        found = opened.attrs.get("format")
    found = found.decode(errors="replace") if isinstance(found, bytes) else found
    if found != "nix":
        raise HeaderError(filename, None, "format", found, "an HDF5 file, but not a NIX file")


def _of_version(filename: str, path: Path, mode: str, error: Exception) -> Exception:
    import h5py

    with h5py.File(path, "r") as file:
        found = file.attrs.get("version", ())
    version = ".".join(str(n) for n in np.ravel(found)) or "unknown"
    what = "written to" if mode == "rw" else "read"
    hint = " (mode='ro' reads it)" if mode == "rw" else ""
    return UnsupportedError(
        f"{filename}: NIX files of version {version} are not {what} by this nixio{hint}: {error}"
    )


def _damaged(filename: str, path: Path, error: Exception) -> Exception:
    cut = _CUT_SHORT.search(str(error))
    if cut is not None:
        there, wanted = int(cut[1]), int(cut[2])
        return TruncatedError(filename, there, wanted - there, 0, "NIX")
    if isinstance(error, OSError) and error.errno is not None:
        return error  # not allowed, open elsewhere ...: nothing is wrong with the file
    return HeaderError(filename, None, None, None, f"cannot be opened as NIX file: {error}")
