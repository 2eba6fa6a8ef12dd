"""Files that are written: whole, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from neophys.errors import NeophysError

__all__ = ["replacing"]

#: What a write into an open file ends with where the disk holds no more; it names no file.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the name `path` when it is whole and on the disk.

    Until then it stands beside it under a name of its own; where anything fails, what was at
    `path` is as before, and nothing else is left.

    Raises
    ------
    NeophysError
        It cannot be made, or cannot take the name.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with _blaming(path):
            file = part.open("xb")
        with file:
            try:
                yield file
            except OSError as error:
                if error.errno in _FULL and error.filename is None:
                    raise NeophysError(f"{path}: cannot be written: {error.strerror}") from error
                raise
            with _blaming(path):
                file.flush()
                os.fsync(file.fileno())
        with _blaming(path):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Errors name the file that is wanted, not the one on the way to it."""
    try:
        yield
    except OSError as error:
        raise NeophysError(f"{path}: cannot be written: {error.strerror or error}") from error
