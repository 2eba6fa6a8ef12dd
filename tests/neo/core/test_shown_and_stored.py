"""Objects are shown in notebooks as Neo's are, and Neo's pickles are read."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import neo
import pytest
import quantities as pq
from tests.neo.core.both import Call, compare, epochs, events, signal, train

from neophys.neo import core


class Printer:
    """What IPython hands to ``_repr_pretty_``, writing each break as a new line."""

    def __init__(self) -> None:
        self.written = ""

    def text(self, text: str) -> None:
        self.written += text

    def breakable(self) -> None:
        self.written += "\n"

    def pretty(self, obj: Any) -> None:
        if hasattr(obj, "_repr_pretty_"):
            obj._repr_pretty_(self, False)
        else:
            self.written += repr(obj)

    @contextmanager
    def group(self, indent: int = 0) -> Iterator[None]:
        yield

    indent = group


def shown(obj: Any) -> str:
    """The text of an object in a notebook."""
    printer = Printer()
    printer.pretty(obj)
    return printer.written


def irregular(n: Any) -> Any:
    """An irregular signal."""
    return n.IrregularlySampledSignal([1.0, 2.0] * pq.s, [3, 4] * pq.mV, name="irr", key=1)


def images(n: Any) -> Any:
    """An image sequence."""
    return n.ImageSequence([[[1.0]]], "V", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um)


MAKERS: dict[str, Call] = {
    "signal": signal, "events": events, "epochs": epochs, "train": train, "irregular": irregular,
    "bare train": lambda n: n.SpikeTrain([1.0], 2, "s"),
    "images": images, "base": lambda n: n.baseneo.BaseNeo("name", "text", key=1),
}  # fmt: skip


@pytest.mark.parametrize("case", MAKERS)
def test_shown_as_neo_shows_it(case: str) -> None:
    assert shown(MAKERS[case](core)) == shown(MAKERS[case](neo.core))


def test_containers_count_what_they_hold() -> None:
    made = core.Block("block", key=1)
    part = core.Segment("seg")
    part.analogsignals.append(signal(core))
    part.events.extend([events(core), events(core)])
    made.segments.append(part)
    assert shown(made).startswith(
        "Block with 1 segments\nname: 'block'\nannotations: {'key': 1}\n# segments (N=1)\n"
        "0: Segment with 1 analogsignals, 2 events\nname: 'seg'\n# analogsignals (N=1)\n"
        "0: AnalogSignal with 3 channels of length 10; units mV; datatype float64\n"
    )


@pytest.mark.parametrize("case", ["signal", "events", "epochs", "train", "irregular"])
def test_neos_pickles_are_read(case: str) -> None:
    its = MAKERS[case](neo.core)
    factory, (kind, *state) = its.__reduce__()
    module = importlib.import_module(factory.__module__.replace("neo.", "neophys.neo.", 1))
    made = getattr(module, factory.__name__)(getattr(core, kind.__name__), *state)
    compare(made, its, "made")
