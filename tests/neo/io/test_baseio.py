"""BaseIO: what classes for files have in common, also those that others write."""

from __future__ import annotations

import inspect
from typing import Any

import neo
import neo.io.baseio as neos
import pytest

from neophys import neo as ours
from neophys.neo.io import baseio
from neophys.neo.io.baseio import BaseIO

LIBRARIES = {"neo": neo, "neophys": ours}


def public(module: Any) -> set[str]:
    """Names that a program may import."""
    return {name for name in dir(module) if not name.startswith("_")}


def test_every_name_of_neos_module_is_there() -> None:
    modules = {name for name in public(neos) if inspect.ismodule(getattr(neos, name))}
    missing = public(neos) - modules - {"annotations"} - {*public(baseio), *baseio.__all__}
    assert not missing
    assert all(getattr(baseio, name) is not None for name in baseio.__all__)
    assert baseio.Segment is ours.Segment


def test_methods_have_the_parameters_of_neos() -> None:
    for name, its in inspect.getmembers(neos.BaseIO, inspect.isfunction):
        mine = inspect.signature(getattr(BaseIO, name)).parameters
        known = inspect.signature(its).parameters
        assert [(p.name, p.kind, p.default) for p in mine.values()] == [
            (p.name, p.kind, p.default) for p in known.values()
        ], name


def test_class_attributes_are_those_of_neo() -> None:
    values = {
        name: value
        for name, value in vars(neos.BaseIO).items()
        if not name.startswith("_") and not callable(value)
    }
    assert values == {name: getattr(BaseIO, name) for name in values}


@pytest.mark.parametrize("kind", ours.objectnames)
def test_what_a_class_does_not_declare_is_refused_by_name(kind: str) -> None:
    for call in (f"read_{kind.lower()}", f"write_{kind.lower()}"):
        with pytest.raises(ours.NeoReadWriteError, match=f"BaseIO: {kind}: .* does not"):
            getattr(BaseIO(), call)(*([None] if "write" in call else []))


def reader_for(n: Any) -> Any:
    """A class that keeps what it is given, as somebody writes one."""

    class Kept(n.io.baseio.BaseIO):  # type: ignore[misc]  # its base is chosen here
        held: Any = None

        def read_block(self, lazy: bool = False) -> Any:
            return self.held

        def write_block(self, bl: Any) -> None:
            self.held = bl

        def read_segment(self, lazy: bool = False) -> Any:
            return self.held

        def write_segment(self, seg: Any) -> None:
            self.held = seg

    return Kept


@pytest.mark.parametrize("library", LIBRARIES)
def test_read_and_write_choose_by_what_is_declared(library: str) -> None:
    n = LIBRARIES[library]
    kept = reader_for(n)("x.kept", any_option=1)
    assert kept.filename == "x.kept"
    block, segment = n.Block(), n.Segment()
    with pytest.raises(NotImplementedError):
        kept.read()
    with pytest.raises(NotImplementedError):
        kept.write(block)

    type(kept).readable_objects = type(kept).writeable_objects = [n.Segment]
    with pytest.raises(n.NeoReadWriteError):
        kept.write(block)  # no segment in it
    block.segments.append(segment)
    kept.write(block)
    assert kept.held is segment
    (wrapped,) = kept.read()
    assert (wrapped.name, wrapped.segments[0]) == ("One segment only", segment)

    type(kept).readable_objects = type(kept).writeable_objects = [n.Block]
    kept.write(block)
    assert kept.read() == [block]
    with pytest.raises(n.NeoReadWriteError):
        kept.write([block])
    with pytest.raises(n.NeoReadWriteError):
        kept.read(lazy=True)

    kept.write_all_blocks = kept.write_block
    kept.read_all_blocks = lambda lazy: [*kept.held, lazy]
    kept.support_lazy = True
    kept.write([block])
    assert kept.read(lazy=True) == [block, True]


def test_loggers_have_neos_names() -> None:
    assert ours.io.PickleIO("x").logger.name == "neo.io.pickleio.PickleIO"
    assert reader_for(ours)("x").logger.name.startswith(__name__)
