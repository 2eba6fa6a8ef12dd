"""Neo's module for each format, though its classes are made elsewhere.

``from neophys.neo.io.micromedio import MicromedIO`` works as in Neo. Such a module is an object
that asks the package for its class; the packages put theirs into `sys.modules` when they are
imported, where Python finds them as it finds any module.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from neophys.errors import UnsupportedError
from neophys.neo.surface import HELPERS, WRITTEN, Declared

__all__ = ["FormatModule", "add_modules", "class_of", "unbuilt"]

_NEO: Final = __name__.rpartition(".")[0]


class FormatModule(ModuleType):
    """A module that holds what its package makes.

    Parameters
    ----------
    name
        Its full name.
    package
        Full name of the package that has the objects.
    offered
        Names here -> names there.
    holds_modules
        Whether there are modules below it.
    """

    def __init__(
        self, name: str, package: str, offered: Mapping[str, str], *, holds_modules: bool = False
    ) -> None:
        super().__init__(name, f"Neo's module of this name, for {', '.join(offered)}.")
        self.__spec__ = ModuleSpec(name, None, is_package=holds_modules)
        self.__package__ = name if holds_modules else name.rpartition(".")[0]
        if holds_modules:
            self.__path__: list[str] = []
        self._package = package
        self._offered = dict(offered)

    def __getattr__(self, name: str) -> Any:
        known = self.__dict__.get("_offered", {})
        if name in known:
            found = getattr(import_module(self._package), known[name])
        elif f"{self.__name__}.{name}" in sys.modules:
            return sys.modules[f"{self.__name__}.{name}"]
        elif name in HELPERS.get(self.__name__.removeprefix("neophys."), ()):
            found = _helper(name, self.__name__)
        else:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        # Under two threads the first object that was made is the object.
        return self.__dict__.setdefault(name, found)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._offered})


def add_modules(package: str, classes: Collection[Declared]) -> frozenset[str]:
    """Make the modules of a package's classes; returns the names of all below it."""
    offered: dict[str, dict[str, str]] = {}
    for declared in classes:
        if declared.name not in WRITTEN:
            # Neo's two classes NixIO differ in their module only.
            names = offered.setdefault(declared.module, {})
            names[declared.name.removesuffix("Fr")] = declared.name
    below = package.removeprefix("neophys.") + "."
    for name in HELPERS:
        if name.startswith(below):
            offered.setdefault(name.removeprefix(below), {})
    outer = {name.rpartition(".")[0]: names for name, names in offered.items() if "." in name}
    made = {
        name: FormatModule(f"{package}.{name}", package, names, holds_modules=name in outer)
        for name, names in (offered | outer).items()
    }
    sys.modules.update({f"{package}.{name}": module for name, module in made.items()})
    return frozenset(made) | {declared.module for declared in classes}


def class_of(declared: Declared, package: str) -> Any:
    """A class written by hand, or one that says that it is not built."""
    if declared.name in WRITTEN:
        module = import_module(f"{package}.{declared.module}")
        return getattr(module, declared.name.removesuffix("Fr"))
    return unbuilt(declared, package)


def unbuilt(declared: Declared, package: str) -> type:
    """A class that exists by name and declares what Neo's does, and cannot be constructed."""
    bases: tuple[type, ...]
    attributes: dict[str, Any] = {"extensions": list(declared.extensions)}
    if package.endswith(".io"):
        from neophys.neo.io.basefromrawio import BaseFromRaw
        from neophys.neo.io.baseio import BaseIO

        raw = getattr(import_module(f"{_NEO}.rawio"), declared.raw) if declared.raw else None
        bases = (raw, BaseFromRaw) if raw else (BaseIO,)
        attributes["mode"] = declared.mode
    else:
        from neophys.neo.rawio.base import BaseRawIO

        bases = (BaseRawIO,)
        attributes["rawmode"] = declared.mode

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise UnsupportedError(f"{declared.name} is not built yet; neophys.neo.iolist says what is")

    attributes |= {
        "__doc__": f"Neo's class of this name, which is not built yet: {declared.name}() says so.",
        "__module__": f"{package}.{declared.module}",
        "__qualname__": declared.name,
        "__init__": __init__,
        "is_built": False,
    }
    return type(declared.name, bases, attributes)


class _Helper(type):
    """Whatever is asked of such a class is another one: Neo's tests ask while they are imported."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _helper(f"{cls.__name__}.{name}", cls.__module__)


def _helper(name: str, module: str) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise UnsupportedError(f"{module}.{name}: a private part of Neo's reader, not rebuilt")

    document = "A private part of Neo's reader that is not rebuilt: using it says so."
    return _Helper(name, (), {"__doc__": document, "__module__": module, "__init__": __init__})
