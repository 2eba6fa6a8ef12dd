"""Units as interned objects: a unit's text is parsed once, a pair of units converted once.

Every object of this package carries a :class:`Unit` as its dimensionality. Quantities computes
conversions by evaluating unit texts each time (some 30 µs a look-up); here each factor is asked
of it once and then stands in a table, so all numbers are those of quantities, bit for bit.
"""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any, Final

import numpy as np
import quantities as pq
from quantities.dimensionality import Dimensionality
from quantities.quantity import get_conversion_factor, validate_dimensionality

__all__ = [
    "DIMENSIONLESS",
    "HERTZ",
    "SECOND",
    "Unit",
    "change_units",
    "numbers_in",
    "quantity",
    "unit",
    "unit_of",
]


class Unit(Dimensionality):  # type: ignore[misc]  # quantities is untyped
    """A dimensionality that exists once, knows its factors, and is never changed.

    Made by :func:`unit` and :func:`unit_of` only. Two equal ones are nearly always the same
    object; those that name the same units in another order are equal but not identical, since
    quantities multiplies in that order and the last bit may differ.
    """

    def __init__(self, dimensionality: Dimensionality) -> None:
        super().__init__(dimensionality)
        self._hash: int = Dimensionality.__hash__(self)
        self._factors: dict[int, float | None] = {}
        self._products: dict[int, Unit] = {}
        self._simplifier: float | None = None
        self._inverse: Unit | None = None
        self._is_time: bool | None = None

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or self._hash == hash(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __reduce__(self) -> tuple[Any, ...]:
        text = self.string
        if _BY_TEXT.get(text) is self or _parses_to(text, self):
            return unit, (text,)
        return unit_of, (Dimensionality(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Unit:
        return self

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: the object is shared by everything that has this unit."""
        raise TypeError("a Unit is shared and cannot be changed")

    __setitem__ = __delitem__ = update

    def _elsewhere(self, other: object) -> Any:
        return NotImplemented  # so that `*=` makes a new dimensionality

    __imul__ = __itruediv__ = __ipow__ = _elsewhere

    def factor(self, target: Unit) -> float:
        """The number that turns values in this unit into values in `target`.

        Raises ValueError where the two measure different things.
        """
        if self is target:
            return 1.0
        try:
            found = self._factors[id(target)]
        except KeyError:
            found = self._factors[id(target)] = self._ask_factor(target)
        if found is None:
            raise ValueError(f'Unable to convert between units of "{self}" and "{target}"')
        return found

    def _ask_factor(self, target: Unit) -> float | None:
        if self == target:
            return 1.0
        one, its = pq.Quantity(1.0, self), pq.Quantity(1.0, target)
        # Quantities only asserts this, so `python -O` would turn volts into seconds.
        if one._reference.dimensionality != its._reference.dimensionality:
            return None
        return float(get_conversion_factor(one, its))

    def times(self, other: Unit) -> Unit:
        """The unit of a product."""
        found = self._products.get(id(other))
        if found is None:
            found = self._products[id(other)] = unit_of(Dimensionality.__mul__(self, other))
        return found

    @property
    def inverse(self) -> Unit:
        """The unit of one over a value in this unit (``1/Hz``, not ``s``)."""
        if self._inverse is None:
            self._inverse = unit_of(Dimensionality(self) ** -1)
        return self._inverse

    @property
    def simplifier(self) -> float:
        """The factor to base units (s, m, kg ...), as ``Quantity.simplified`` computes it."""
        if self._simplifier is None:
            self._simplifier = float(pq.Quantity(1.0, self).simplified.magnitude)
        return self._simplifier

    @property
    def is_time(self) -> bool:
        """Whether values in this unit are times (``1/Hz`` among them)."""
        if self._is_time is None:
            self._is_time = bool(self.simplified == SECOND)
        return self._is_time


_BY_TEXT: Final[dict[str, Unit]] = {}
_BY_OBJECT: Final[dict[int, Unit]] = {}
_BY_KEY: Final[dict[tuple[tuple[int, float], ...], Unit]] = {}
_BY_NAME: Final[dict[tuple[tuple[Any, ...], ...], Unit]] = {}
# Unit objects out of pickles, which thousands of objects may share, and what they mean: each is
# kept alive while its id stands here.
_STRANGE: Final[dict[int, tuple[Any, Unit]]] = {}
_MOST_STRANGE: Final = 100
# Two objects for one unit would confuse the factors, which are known by ids.
_ADDING: Final = Lock()


def unit_of(dimensionality: Dimensionality) -> Unit:
    """The interned unit for a dimensionality of quantities."""
    if type(dimensionality) is Unit:
        return dimensionality
    if len(dimensionality) == 1:
        for symbol, power in dimensionality.items():
            if power == 1:
                found = _BY_OBJECT.get(id(symbol))
                if found is not None:
                    return found
                strange = _STRANGE.get(id(symbol))
                if strange is not None:
                    return strange[1]
    key = tuple((id(symbol), power) for symbol, power in dimensionality.items())
    found = _BY_KEY.get(key)
    return found if found is not None else _intern(dimensionality, key)


def _intern(dimensionality: Dimensionality, key: tuple[tuple[int, float], ...]) -> Unit:
    # Unpickled unit objects are equal to those of the registry but not identical: name and size
    # find the unit. Only objects that a Unit keeps alive may be known by their id.
    names = tuple((*_described(symbol), power) for symbol, power in dimensionality.items())
    with _ADDING:
        found = _BY_NAME.get(names)
        if found is None:
            found = _BY_NAME[names] = _BY_KEY[key] = Unit(dimensionality)
            if len(key) == 1 and key[0][1] == 1:
                _BY_OBJECT[key[0][0]] = found
        elif len(key) == 1 and key[0][1] == 1:
            if len(_STRANGE) >= _MOST_STRANGE:
                _STRANGE.clear()
            _STRANGE[key[0][0]] = next(iter(dimensionality)), found
    return found


def _described(symbol: Any) -> tuple[Any, ...]:
    """What tells units apart: people define units of their own, and may define a name anew."""
    reference = symbol._reference
    base = tuple((unit.name, power) for unit, power in reference._dimensionality.items())
    return type(symbol), symbol.name, float(reference.item()), base


def unit(units: Any) -> Unit:
    """The interned unit for a text, a quantity of magnitude one, or a dimensionality.

    Raises what quantities raises: LookupError for unknown texts, ValueError for a magnitude
    other than one, TypeError for anything else.
    """
    if type(units) is Unit:
        return units
    if type(units) is str:
        found = _BY_TEXT.get(units)
        if found is None:
            found = _BY_TEXT[units] = unit_of(validate_dimensionality(units))
        return found
    found = _BY_OBJECT.get(id(units))
    return found if found is not None else unit_of(validate_dimensionality(units))


def _parses_to(text: str, wanted: Unit) -> bool:
    try:
        return unit(text) is wanted
    except Exception:  # quantities raises whatever evaluating the text raises
        return False


def quantity(value: float, of: Unit) -> pq.Quantity:
    """A scalar plain Quantity without any parsing."""
    made = np.array(value).view(pq.Quantity)
    made._dimensionality = Dimensionality(of)
    return made


def numbers_in(values: Any, of: Unit) -> Any:
    """A list of quantities, nested or not, as numbers in a unit; anything else as it is.

    What has no dimensions is a number already. Masked floats become NaN: no object here has a
    mask. Raises ValueError for another kind of unit, and for masked integers.
    """
    masked = sys.modules.get("numpy.ma")  # who has a masked array has imported it
    if masked is not None and isinstance(values, masked.MaskedArray):
        return _unmasked(values)
    if not isinstance(values, (list, tuple)) or not values:
        return values
    if isinstance(values[0], (list, tuple)):
        return [numbers_in(row, of) for row in values]
    if not isinstance(values[0], pq.Quantity):
        return values
    return [_number_in(value, of) for value in values]


def _unmasked(values: Any) -> Any:
    if not np.ma.is_masked(values):
        return values.data
    if values.dtype.kind not in "fc":
        raise ValueError(
            f"masked values of type {values.dtype} cannot be NaN: fill them (.filled(0)), or make "
            f"them floats (.astype(float))"
        )
    return values.filled(np.nan)


def _number_in(value: Any, of: Unit) -> Any:
    if not isinstance(value, pq.Quantity):
        return value
    own = unit_of(value._dimensionality)
    same = own in (of, DIMENSIONLESS)
    return value.magnitude if same else value.magnitude * own.factor(of)


def change_units(owner: Any, units: Any) -> None:
    """Convert an array of ours in place, which must be the only one that has its values.

    Raises ValueError where another quantity has them: that would change under its own unit.
    """
    if not owner._sole:
        raise ValueError("can not modify units of a view of a Quantity")
    target = unit(units)
    values = owner.view(np.ndarray)
    values *= owner._unit.factor(target)
    owner._dimensionality = target


SECOND: Final = unit(pq.s)
HERTZ: Final = unit(pq.Hz)
DIMENSIONLESS: Final = unit(pq.dimensionless)
#: Quantities ends at microvolts, files do not; what is pickled in nV is read back by this name.
NANOVOLT: Final = unit(pq.UnitQuantity("nanovolt", pq.uV / 1000, symbol="nV"))
