"""Units in pickles: what a file says of a unit is checked, never evaluated unseen.

Quantities makes units by evaluating their text, where ``9**9**9`` never ends, and registers every
unit that is unpickled for the whole process. Here a text must look like a unit before quantities
sees it, a known unit is the one that is known, and one that a file defines is registered nowhere.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
import quantities as pq
from quantities import constants
from quantities.registry import unit_registry
from quantities.unitquantity import IrreducibleUnit

from neophys.neo.core.units import NANOVOLT
from neophys.neo.io import unittexts
from neophys.neo.io.pickleio.machine import PickleRefusal

__all__ = ["UNIT_CLASSES", "named_unit", "unit_text"]

#: Classes of units, by name.
UNIT_CLASSES: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        pq.UnitQuantity, pq.UnitMass, pq.UnitLength, pq.UnitTime, pq.UnitCurrent, pq.UnitSubstance,
        pq.UnitLuminousIntensity, pq.UnitTemperature, pq.UnitInformation, pq.UnitCurrency,
        pq.UnitConstant, pq.CompoundUnit, pq.Dimensionless, IrreducibleUnit,
    )
}  # fmt: skip

_LONGEST: Final = 200
#: Units that files defined, by class and name: the first one that is seen stands.
_DEFINED: Final[dict[tuple[type, str], Any]] = {}


def unit_text(text: str) -> str:
    """A unit's text that may be given to quantities; PickleRefusal for anything else."""
    try:
        return unittexts.unit_text(text)
    except ValueError as error:
        raise PickleRefusal(str(error)) from None


@cache
def _known() -> dict[tuple[type, str], Any]:
    units = [*vars(pq).values(), *vars(constants).values(), *NANOVOLT]
    return {(type(u), u._name): u for u in units if isinstance(u, pq.UnitQuantity)}


def named_unit(kind: Any, args: tuple[Any, ...]) -> Any:
    """The unit of a class that has a name; as the file defines it where quantities has none.

    Parameters
    ----------
    kind
        One of :data:`UNIT_CLASSES`.
    args
        Name, definition, symbol, symbol in Unicode, aliases, docstring, as quantities pickles.
    """
    name, definition, symbol, u_symbol, _aliases, doc = (*args, *[None] * 6)[:6]
    if type(name) is not str or len(args) > 6 or len(name) > _LONGEST:
        raise PickleRefusal("this pickle has a unit without a name")
    if kind is pq.CompoundUnit:
        return pq.CompoundUnit(unit_text(name))
    found = _known().get((kind, name)) or _DEFINED.get((kind, name)) or _registered(kind, name)
    if found is not None:
        if kind is pq.Dimensionless or _same(found._definition, definition):
            return found
        raise PickleRefusal(f"unit {name!r} is defined otherwise in this pickle")
    if kind is pq.Dimensionless or not all(
        text is None or type(text) is str for text in (symbol, u_symbol, doc)
    ):
        raise PickleRefusal(f"unit {name!r} cannot be defined like this")
    if definition is not None and type(definition) not in (int, float, pq.Quantity):
        raise PickleRefusal(f"unit {name!r} has a definition that is no quantity")
    # __init__ would register it.
    made = kind.__new__(kind, name, definition, symbol, u_symbol, [], doc)
    return _DEFINED.setdefault((kind, name), made)


def _registered(kind: Any, name: str) -> Any:
    """A unit that the program itself has defined."""
    if not name.isidentifier():
        return None
    try:
        found = unit_registry[name]
    except (LookupError, SyntaxError):
        return None
    return found if type(found) is kind and found._name == name else None


def _same(known: Any, given: Any) -> bool:
    if known is None or given is None:
        return known is given
    if not isinstance(given, pq.Quantity):
        return bool(not known._dimensionality and float(known.magnitude) == given)
    return bool(
        dict(known._dimensionality) == dict(given._dimensionality)
        and np.array_equal(known.magnitude, given.magnitude)
    )
