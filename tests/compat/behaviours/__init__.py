"""Odd behaviour of Neo's objects, decided one by one: the table of ``differences-from-neo.md``.

Each module here holds ``BEHAVIOURS``, one entry a behaviour that Neo's inventory calls odd. The
example is run in Neo and in neophys; what each gives is compared with what the entry says. An
entry that is `kept` behaves as in Neo, since a test or the documentation of Neo pins it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import quantities as pq

__all__ = ["Behaviour", "behaviours", "shown"]


@dataclass(frozen=True)
class Behaviour:
    """One odd behaviour.

    Attributes
    ----------
    what
        What is odd, in a few words: ``"2 * sig subtracts"``.
    example
        A Python expression that shows it in one line, with `neo`, `np`, `pq` and the names that
        `given` makes; strings of it may not hold ``|``.
    neo, ours
        What :func:`shown` says of its value in either: ``"[-2, -1, 0]"``, ``"ValueError"``. Equal
        where the behaviour is kept.
    kept
        Where it is kept, why: the test (``coretest/test_x.py::Class::test``) or the document of
        Neo's that pins it.
    given
        Names for the example, each a function of the library: ``{"sig": lambda neo: ...}``.
    """

    what: str
    example: str
    neo: str
    ours: str
    kept: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def behaviours() -> dict[str, tuple[Behaviour, ...]]:
    """All entries, by the title of their module's first line."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        module = import_module(f"{__name__}.{path.stem}")
        found[(module.__doc__ or path.stem).splitlines()[0].rstrip(".")] = module.BEHAVIOURS
    return found


def shown(entry: Behaviour, library: ModuleType) -> str:
    """What the example gives in a library: the value's text, or the name of the exception."""
    names: dict[str, Any] = {"neo": library, "np": np, "pq": pq}
    names |= {name: make(library) for name, make in entry.given.items()}
    try:
        value = eval(entry.example, names)  # the examples are this project's own
    except Exception as error:  # what it raises is what it shows
        return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, pq.Quantity):
        number = value.magnitude.tolist()
        unit = value.dimensionality.string
        return f"{number}" if unit == "dimensionless" else f"{number} {unit}"
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.tolist()}"
    if isinstance(value, tuple | list) and any(
        isinstance(x, np.generic | np.ndarray) for x in value
    ):
        return f"{type(value)(_text(x) for x in value)}".replace("'", "")
    return f"{value}"
