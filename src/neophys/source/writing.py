"""Files that are written: whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from neophys.errors import AccessError

__all__ = ["replacing"]

#: What a write into an open file ends with where the disk holds no more; it names no file.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the name `path` when it is whole and on the disk.

    Until then it stands beside it under a name of its own; where anything fails, what was at
    `path` is as before, and nothing else is left. A link stays one, and the file that it leads to
    is replaced. Who may read a file that is replaced may read the new one, and nobody else.

    Raises
    ------
    NeophysError
        It cannot be made, or cannot take the name.
    """
    target = Path(os.path.realpath(path))
    # Shortened, as the whole of a name may be as long as names can be.
    part = target.with_name(f".{target.name[:40]}.{os.urandom(4).hex()}.part")
    try:
        with _blaming(path):
            file = part.open("xb")
        with file:
            if target.is_file():
                with suppress(OSError):  # a file system without permissions
                    shutil.copymode(target, part)
            try:
                yield file
            except OSError as error:
                if error.errno in _FULL and error.filename is None:
                    raise AccessError(f"{path}: cannot be written: {error.strerror}") from error
                raise
            with _blaming(path):
                file.flush()
                os.fsync(file.fileno())
        with _blaming(path):
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Errors name the file that is wanted, not the one on the way to it."""
    try:
        yield
    except OSError as error:
        raise AccessError(f"{path}: cannot be written: {error.strerror or error}") from error
