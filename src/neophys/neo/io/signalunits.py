"""Units of signals: from a header's text."""

from __future__ import annotations

import logging
from functools import cache

import quantities as pq

from neophys.neo.core.units import DIMENSIONLESS, Unit, quantity, unit
from neophys.neo.io.unittexts import unit_text

__all__ = ["ensure_signal_units", "signal_unit", "unit_convert"]

logger = logging.getLogger("Neo")

unit_convert = {
    "Volts": "V",
    "volts": "V",
    "Volt": "V",
    "volt": "V",
    " Volt": "V",
    "microV": "uV",
    "\u00b5V": "uV",
    "\u03bcV": "uV",
}


#: "Not applicable", not newtons per ampere.
_NO_UNITS = frozenset({"N/A"})


@cache
def _parsed(text: str) -> Unit | None:
    try:
        return unit(unit_text(text))
    except Exception:  # quantities evaluates the text, and raises whatever that raises
        return None


def signal_unit(text: str) -> Unit:
    """The unit for a header's text; what nobody knows is dimensionless, and logged."""
    plain = str(text).replace(" ", "")
    found = None if plain in _NO_UNITS else _parsed(unit_convert.get(plain, plain))
    if found is None:
        logger.warning('no quantity for units "%s": taken as dimensionless', plain)
        return DIMENSIONLESS
    return found


def ensure_signal_units(units: str) -> pq.Quantity:
    """One of the unit for a header's text."""
    return quantity(1.0, signal_unit(units))
