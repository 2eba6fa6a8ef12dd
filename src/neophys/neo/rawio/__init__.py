"""Neo's raw layer: one class a format, one base for readers written by others.

Classes are made when they are first asked for.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from neophys.neo.readers import CLASS_NAMES, reader_of

__all__ = ["BaseRawIO", "get_rawio", "get_rawio_class", "rawiolist"]
__all__ += [f"{prefix}RawIO" for prefix in CLASS_NAMES]

_MODULES = ("baserawio",)


def __getattr__(name: str) -> Any:
    prefix = name.removesuffix("RawIO")
    made: Any
    if prefix in CLASS_NAMES and name.endswith("RawIO"):
        from neophys.neo.rawio.classes import make_rawio

        made = make_rawio(reader_of(CLASS_NAMES[prefix]))
    elif name == "rawiolist":
        made = [__getattr__(f"{p}RawIO") for p in CLASS_NAMES]
    elif name == "BaseRawIO":
        from neophys.neo.rawio.base import BaseRawIO as made
    elif name in _MODULES:
        made = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Under two threads the first class that was made is the class.
    return globals().setdefault(name, made)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


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
