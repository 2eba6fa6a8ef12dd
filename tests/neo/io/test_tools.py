"""Lists whose items are loaded when somebody takes them; what neo.io's modules offer."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import pytest

from neophys.neo import Segment
from neophys.neo.io.tools import LazyList


class Loads:
    """Loads a segment for a key, and remembers which."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def load_lazy_cascade(self, key: Any, lazy: Any) -> Any:
        self.asked.append((key, lazy))
        return Segment(name=key)


def test_an_item_is_loaded_once_and_when_it_is_taken() -> None:
    io, whole = Loads(), Segment(name="whole")
    listed = LazyList(io, "lazily", ["a", whole, "b"])
    assert (len(listed), io.asked) == (3, [])
    assert listed[1] is whole
    assert listed[0].name == "a"
    assert listed[0] is listed[0]
    assert io.asked == [("a", "lazily")]
    assert [segment.name for segment in listed] == ["a", "whole", "b"]
    assert io.asked == [("a", "lazily"), ("b", "lazily")]


def test_it_changes_as_lists_do_and_loads_nothing_for_that() -> None:
    io = Loads()
    listed = LazyList(io, True)
    listed.append("c")
    listed.extend(["d", "e"])
    listed.insert(0, "b")
    listed[1] = "C"
    listed.reverse()
    listed.remove("d")
    del listed[0]
    assert repr(listed) == str(listed) == "<LazyList>['C', 'b']"
    part = listed[:1]
    assert isinstance(part, LazyList)
    assert io.asked == []
    assert part[0].name == "C"
    assert io.asked == [("C", True)]


MODULES = (
    "io.basefromrawio", "io.proxyobjects", "io.tools", "rawio.baserawio", "rawio.utils",
    "rawio.xarray_utils", "utils", "utils.misc", "utils.datasets",
)  # fmt: skip
#: Neo declares them without the event channel, which it passes all the same.
SHORT_IN_NEO = ("_rescale_event_timestamp", "_rescale_epoch_duration")


def _parameters(function: Any) -> list[tuple[str, Any, str]]:
    return [
        (p.name, p.kind, repr(p.default)) for p in inspect.signature(function).parameters.values()
    ]


@pytest.mark.parametrize("name", MODULES)
def test_modules_offer_what_neos_offer(name: str) -> None:
    pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    neo, ours = import_module(f"neo.{name}"), import_module(f"neophys.neo.{name}")
    missing, differ = [], []
    for key, value in vars(neo).items():
        if key.startswith("__") or (inspect.ismodule(value) and "neo" not in value.__name__):
            continue
        if not hasattr(ours, key):
            missing.append(key)
        elif inspect.isfunction(value) and _parameters(value) != _parameters(getattr(ours, key)):
            differ.append(key)
        elif inspect.isclass(value) and value.__module__ == neo.__name__:
            mine = getattr(ours, key)
            for word, member in vars(value).items():
                if word.startswith("__") and word != "__init__":
                    continue
                if not hasattr(mine, word):
                    missing.append(f"{key}.{word}")
                elif inspect.isfunction(member) and word not in SHORT_IN_NEO:
                    same = _parameters(member) == _parameters(getattr(mine, word))
                    differ += [] if same else [f"{key}.{word}"]
    assert (missing, differ) == ([], [])
