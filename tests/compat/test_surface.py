"""Neo's public surface, name by name: modules, functions, classes, members, signatures."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

neo = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

#: Neo's modules that are not of one format.
MODULES = """
    neo neo.core neo.core.baseneo neo.core.dataobject neo.core.basesignal neo.core.analogsignal
    neo.core.irregularlysampledsignal neo.core.imagesequence neo.core.spiketrain
    neo.core.spiketrainlist neo.core.event neo.core.epoch neo.core.view neo.core.regionofinterest
    neo.core.segment neo.core.block neo.core.group neo.core.container neo.core.objectlist
    neo.core.filters neo.io neo.io.baseio neo.io.basefromrawio neo.io.proxyobjects neo.io.tools
    neo.rawio neo.rawio.baserawio neo.rawio.utils neo.rawio.xarray_utils
    neo.utils neo.utils.misc neo.utils.datasets
""".split()

#: Of one reader each: only what they define is asked for.
READERS = """
    neo.io.asciisignalio neo.io.asciispiketrainio neo.io.exampleio neo.io.neomatlabio neo.io.nixio
    neo.io.pickleio neo.io.rawbinarysignalio neo.rawio.examplerawio
""".split()

#: What Neo's loops leave behind.
LEFT_BEHIND = {"extension", "current_io", "neuroshare_spec"}


def both(name: str) -> tuple[ModuleType, ModuleType]:
    return importlib.import_module(name), importlib.import_module(f"neophys.{name}")


def is_neos(value: Any) -> bool:
    """Whether it is Neo's own: its modules import much besides."""
    if inspect.ismodule(value):
        return value.__name__.startswith("neo.")
    if inspect.isclass(value) or inspect.isfunction(value):
        return value.__module__.startswith("neo.")
    return isinstance(value, list | dict | str | int)


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        if not name.startswith("_") and name not in LEFT_BEHIND and is_neos(value):
            yield name, value


def defined(module: str) -> Iterator[tuple[str, Any]]:
    """The classes and functions of a module, not those that it imports."""
    for name, value in public(importlib.import_module(module)):
        if getattr(value, "__module__", None) == module:
            yield name, value


@pytest.mark.parametrize("module", [*MODULES, *READERS])
def test_every_public_name_is_there(module: str) -> None:
    its, ours = both(module)
    names = dict(public(its)) if module in MODULES else dict(defined(module))
    missing = [name for name in names if not hasattr(ours, name)]
    assert missing == []


def classes() -> dict[str, tuple[type, type]]:
    found = {}
    for module in [*MODULES, *READERS]:
        ours = importlib.import_module(f"neophys.{module}")
        for name, value in defined(module):
            if inspect.isclass(value):
                found[f"{module}.{name}"] = (value, getattr(ours, name))
    return found


CLASSES = classes()


@pytest.mark.parametrize("name", CLASSES)
def test_every_member_is_there(name: str) -> None:
    its, ours = CLASSES[name]
    missing = [
        member
        for member, value in inspect.getmembers_static(its)
        if not member.startswith("_") and not hasattr(ours, member)
    ]
    assert missing == []
    for member, value in inspect.getmembers_static(its):
        if isinstance(value, property) and not member.startswith("_"):
            mine = inspect.getattr_static(ours, member)
            assert not inspect.isfunction(mine), f"{member} is a property"
            if value.fset and isinstance(mine, property):
                assert mine.fset, f"{member} can be set"


@pytest.mark.parametrize("name", CLASSES)
def test_class_attributes_say_the_same(name: str) -> None:
    its, ours = CLASSES[name]
    for member, value in inspect.getmembers_static(its):
        if isinstance(value, str | bool | int | tuple) and not member.startswith("__"):
            mine = getattr(ours, member, None)
            assert texts(mine) == texts(value), member


def texts(value: Any) -> Any:
    """A value with classes by their names, so that Neo's and ours are equal."""
    if isinstance(value, tuple | list):
        return tuple(map(texts, value))
    named = inspect.isclass(value) or inspect.isfunction(value)
    return value.__name__ if named else repr(value)


def callables() -> dict[str, tuple[Any, Any]]:
    found = {}
    for module in MODULES:
        ours = importlib.import_module(f"neophys.{module}")
        for name, value in defined(module):
            if inspect.isfunction(value):
                found[f"{module}.{name}"] = (value, getattr(ours, name, None))
    for name, (one, two) in CLASSES.items():
        for member, value in vars(one).items():
            method = inspect.isfunction(value) and (member == "__init__" or member[0] != "_")
            if method:
                found[f"{name}.{member}"] = (value, getattr(two, member, None))
        if "__new__" in vars(one):
            found[f"{name}.__new__"] = (one.__new__, constructor(two))
    return found


def constructor(cls: type) -> Any:
    return cls.__new__ if "__new__" in vars(cls) else cls.__init__


CALLABLES = callables()


@pytest.mark.parametrize("name", CALLABLES)
def test_every_signature_takes_what_neos_takes(name: str) -> None:
    """Each argument of Neo's by position and by name, with its default."""
    its, mine = (inspect.signature(found).parameters for found in CALLABLES[name])
    order = [key for key, of in its.items() if of.kind is of.POSITIONAL_OR_KEYWORD]
    own = [key for key, of in mine.items() if of.kind is of.POSITIONAL_OR_KEYWORD]
    assert own[: len(order)] == order, "arguments by position"
    for key, of in its.items():
        if of.kind is of.VAR_KEYWORD:
            assert any(x.kind is x.VAR_KEYWORD for x in mine.values())
        elif of.kind is of.POSITIONAL_OR_KEYWORD and of.default is not of.empty:
            assert texts(mine[key].default) == texts(of.default), key
