"""Neo's raw layer: one class a format, one base for readers written by others.

Classes are made when they are first asked for, those of :mod:`neophys.neo.surface` all exist.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from neophys.neo.modules import add_modules, class_of
from neophys.neo.readers import CLASS_NAMES, reader_of
from neophys.neo.surface import NOT_LISTED, RAW_CLASSES, WRITTEN

__all__ = ["BaseRawIO", "get_rawio", "get_rawio_class", "rawiolist", *RAW_CLASSES]

#: The modules here, as in Neo.
MODULES = frozenset({"baserawio", "utils", "xarray_utils"})
MODULES |= add_modules(__name__, RAW_CLASSES.values())


def __getattr__(name: str) -> Any:
    made: Any
    if name in RAW_CLASSES:
        made = _class(name)
    elif name == "rawiolist":
        made = [__getattr__(known) for known in RAW_CLASSES if _is_listed(known)]
    elif name == "BaseRawIO":
        from neophys.neo.rawio.base import BaseRawIO as made
    elif name in MODULES:
        made = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Under two threads the first class that was made is the class.
    return globals().setdefault(name, made)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _class(name: str) -> Any:
    prefix = name.removesuffix("RawIO")
    if prefix in CLASS_NAMES:
        from neophys.neo.rawio.classes import make_rawio

        return make_rawio(reader_of(CLASS_NAMES[prefix]))
    return class_of(RAW_CLASSES[name], __name__)


def _is_listed(name: str) -> bool:
    built = name.removesuffix("RawIO") in CLASS_NAMES or name in WRITTEN
    return built and name not in NOT_LISTED


def get_rawio(filename_or_dirname: str | Path, exclusive_rawio: bool = True) -> Any:
    """The raw class for a file or folder, by suffix; the file need not exist.

    Returns
    -------
    class, list or None
        The one that fits, None where none or several do; with ``exclusive_rawio=False`` all that
        fit, those for most of a folder's suffixes first.
    """
    path = Path(filename_or_dirname)
    if path.is_dir():
        suffixes = {file.suffix[1:].lower() for file in path.iterdir() if file.is_file()}
    else:
        suffixes = {path.suffix[1:].lower()}
    found = [
        rawio
        for suffix in sorted(suffixes)
        for rawio in __getattr__("rawiolist")
        if suffix in {extension.lower() for extension in rawio.extensions}
    ]
    if exclusive_rawio:
        return found[0] if len(found) == 1 else None
    return [rawio for rawio, _ in Counter(found).most_common()]


def get_rawio_class(filename_or_dirname: str | Path) -> Any:
    """The same under the name it had before."""
    import warnings

    warnings.warn("get_rawio_class is now get_rawio", DeprecationWarning, stacklevel=2)
    return get_rawio(filename_or_dirname)
