"""Neo's classes that give objects, and the choice among them by a file's name.

Classes are made when they are first asked for.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from glob import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from neophys.neo.modules import add_modules, class_of
from neophys.neo.readers import CLASS_NAMES, reader_of
from neophys.neo.surface import (
    ALIASES,
    BY_NAME_ONLY,
    DECLARED_BY_CALLER,
    IO_CLASSES,
    NOT_LISTED,
    WRITTEN,
)

__all__ = ["get_io", "io_by_extension", "iolist", "list_candidate_ios", *IO_CLASSES, *ALIASES]

#: The modules here, as in Neo.
MODULES = frozenset({"basefromrawio", "baseio", "proxyobjects", "tools"})
MODULES |= add_modules(__name__, IO_CLASSES.values())


def __getattr__(name: str) -> Any:
    made: Any
    if name in ALIASES:
        made = getattr(sys.modules[__name__], ALIASES[name])
    elif name in IO_CLASSES:
        made = _class(name)
    elif name == "iolist":
        made = [__getattr__(known) for known in IO_CLASSES if _is_listed(known)]
    elif name == "io_by_extension":
        made = _by_extension(__getattr__("iolist"))
    elif name in MODULES:
        made = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Under two threads the first class that was made is the class.
    return globals().setdefault(name, made)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _class(name: str) -> Any:
    prefix = name.removesuffix("IO")
    if prefix in CLASS_NAMES and name not in WRITTEN:
        from neophys.neo.io.classes import make_io

        return make_io(reader_of(CLASS_NAMES[prefix]))
    return class_of(IO_CLASSES[name], __name__)


def _is_listed(name: str) -> bool:
    built = name.removesuffix("IO") in CLASS_NAMES or name in WRITTEN
    return built and name not in NOT_LISTED


def _by_extension(classes: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for io in classes:
        known = () if io.__name__ in BY_NAME_ONLY else io.extensions
        # Once, where it declares "trc" and "TRC".
        for extension in dict.fromkeys(map(str.lower, known)):
            found.setdefault(extension, []).append(io)
    return found


def get_io(file_or_folder: str | Path, *args: Any, **kwargs: Any) -> Any:
    """The first reader that opens a file or folder, of those its name suggests.

    One that would read anything as numbers (``RawBinarySignalIO``) is tried only with arguments
    that say what the numbers are.

    Raises
    ------
    OSError
        None does; the message says what each of them said.
    """
    said = []
    for io in list_candidate_ios(file_or_folder):
        if io.__name__ in DECLARED_BY_CALLER and not (args or kwargs):
            said.append(f"{io.__name__}: say what it holds (dtype, nb_channel, sampling_rate)")
            continue
        try:
            return io(file_or_folder, *args, **kwargs)
        except Exception as error:  # whatever keeps this one from opening it, the next one may
            said.append(f"{io.__name__}: {error}")
    raise OSError(f"no reader opens {file_or_folder}: " + "; ".join(said))


def list_candidate_ios(
    file_or_folder: str | Path,
    ignore_patterns: Sequence[str] = ("*.ini", "README.txt", "README.md"),
) -> list[Any]:
    """The classes that read files with such names, those for most of a folder's files first.

    Parameters
    ----------
    file_or_folder
        A file, a folder (with all below it), or the beginning of the names of several files.
    ignore_patterns
        Files of a folder that say nothing, as of ``PurePath.match``.

    Raises
    ------
    ValueError
        No class reads files with such names.
    """
    path = Path(file_or_folder)
    known = __getattr__("io_by_extension")
    if path.is_dir():
        files = [
            file
            for file in path.rglob("*")
            if file.is_file()
            and file.suffix
            and not any(file.match(pattern) for pattern in ignore_patterns)
        ]
    elif path.is_file() or not path.parent.exists():
        files = []
    else:
        files = list(path.parent.glob(escape(path.name) + "*"))
    if not files and not path.is_dir():
        suffix = path.suffix[1:].lower()
        if suffix not in known:
            raise ValueError(f"{path}: no reader for names that end in {suffix!r}{_also({suffix})}")
        of_suffix: list[Any] = known[suffix]
        return of_suffix
    found = Counter(
        io for file in files for suffix in file.suffixes for io in known.get(suffix[1:].lower(), ())
    )
    if not found:
        suffixes = {suffix[1:].lower() for file in files for suffix in file.suffixes}
        raise ValueError(f"{path}: no reader for the names of the files there{_also(suffixes)}")
    return [io for io, _ in found.most_common()]


def _also(suffixes: set[str]) -> str:
    """Of an error: Neo's classes for such names, which are not suggested here."""
    others = [
        name
        for name, declared in IO_CLASSES.items()
        if suffixes & {extension.lower() for extension in declared.extensions}
    ]
    asked = [name for name in others if _is_listed(name)]
    missing = [name for name in others if not _is_listed(name)]
    return (f"; {', '.join(asked)} does, asked by name" if asked else "") + (
        f"; not built yet: {', '.join(missing)}" if missing else ""
    )
