"""Units, dates and annotations as a NIX file's texts and numbers, and back.

What Neo writes is written as Neo writes it. What Neo loses or refuses (None, one item in a list,
nested values ...) is told by the definition of the property, which Neo does not look at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from numbers import Integral, Real
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.units import Unit, quantity, unit, unit_of
from neophys.neo.io.unittexts import unit_text

__all__ = [
    "ARRAYANNOTATION",
    "DATEANNOTATION",
    "DATETIMEANNOTATION",
    "EMPTYANNOTATION",
    "TIMEANNOTATION",
    "Stored",
    "create_quantity",
    "decode",
    "decode_array",
    "dt_from_nix",
    "dt_to_nix",
    "encode",
    "nix_unit",
    "stringify",
    "units_to_string",
]

EMPTYANNOTATION = "EMPTYLIST"
ARRAYANNOTATION = "ARRAYANNOTATION"
DATETIMEANNOTATION = "DATETIME"
DATEANNOTATION = "DATE"
TIMEANNOTATION = "TIME"
# Neo's end here; a property with one of these is in Neo the text or number that it stores.
_ZONED_DATETIME, _ZONED_TIME = "DATETIME with zone", "TIME with zone"
_NONE, _BYTES, _LIST, _ARRAY, _JSON = "NONE", "BYTES", "LIST", "ARRAY", "JSON"

_FORMATS = {
    DATETIMEANNOTATION: "%Y-%m-%dT%H:%M:%S.%f",
    DATEANNOTATION: "%Y-%m-%d",
    TIMEANNOTATION: "%H:%M:%S.%f",
}

_POWER = re.compile(r"\*\*\s*\(?[-+]?[\d.]+\)?")
_NUMBER = re.compile(r"(?<![\w.])\d[\d.]*(?:[eE][-+]?\d+)?")


def stringify(value: Any) -> str | None:
    """A value as text: bytes as UTF-8, None as None."""
    if value is None:
        return None
    return value.decode() if isinstance(value, bytes) else str(value)


# Units


@lru_cache(maxsize=1024)
def nix_unit(text: str) -> Unit:
    """The unit that a NIX file names; ``"1/30000*V"`` is one of its own, as in quantities.

    Raises
    ------
    ValueError
        The text is no unit.
    """
    bare = _POWER.sub("", unit_text(text))
    own = "*" in bare and any(float(n) != 1 for n in _NUMBER.findall(bare) if n.count(".") < 2)
    try:
        if own:
            return unit_of(pq.CompoundUnit(text).dimensionality)
        return unit(text.strip())
    except Exception as error:  # quantities raises whatever evaluating the text raises
        raise ValueError(f"{text!r} is no unit that is known") from error


def create_quantity(values: Any, unitstr: str) -> pq.Quantity:
    """Values in the unit that a text of a NIX file names."""
    return quantity(values, nix_unit(unitstr))


def units_to_string(pqunit: Any) -> str:
    """The text by which NIX files name a unit: that of quantities without outer parentheses."""
    text = str(pqunit.dimensionality)
    if text.startswith("(") and text.endswith(")"):
        return text.strip("()")
    return text


# Dates


def dt_to_nix(dt: Any) -> Any:
    """A date, time or datetime as text, and the definition that tells which it was.

    Anything else is given back as it is.
    """
    if isinstance(dt, datetime):
        if dt.tzinfo is not None:
            return dt.isoformat(), _ZONED_DATETIME
        return dt.isoformat(timespec="microseconds"), DATETIMEANNOTATION
    if isinstance(dt, date):
        return dt.isoformat(), DATEANNOTATION
    if isinstance(dt, time):
        if dt.tzinfo is not None:
            return dt.isoformat(), _ZONED_TIME
        return dt.isoformat(timespec="microseconds"), TIMEANNOTATION
    return dt


def dt_from_nix(nixdt: Any, annotype: str | None) -> Any:
    """What :func:`dt_to_nix` was given; a text of any other definition as it is.

    Raises ValueError for a text that is no date.
    """
    if annotype == _ZONED_DATETIME:
        return datetime.fromisoformat(nixdt)
    if annotype == _ZONED_TIME:
        return time.fromisoformat(nixdt)
    if annotype not in _FORMATS:
        return nixdt
    parsed = datetime.strptime(nixdt, _FORMATS[annotype])
    if annotype == DATEANNOTATION:
        return parsed.date()
    return parsed.time() if annotype == TIMEANNOTATION else parsed


# Annotations


@dataclass(frozen=True, slots=True)
class Stored:
    """A value as the property of a NIX file: one or two dimensions, texts as objects."""

    values: NDArray[Any]
    unit: str | None = None
    definition: str | None = None


_NO_TEXT = np.empty(0, object)


def _texts(values: Any, definition: str | None = None) -> Stored:
    made = np.empty(len(values), object)
    made[:] = [str(value) for value in values]
    return Stored(made, None, definition)


def encode(value: Any) -> Stored:
    """A value as it is stored.

    Raises
    ------
    ValueError
        NIX files hold no such value: complex numbers, durations, lists of dates, quantities of
        several units.
    """
    if value is None:
        return Stored(_NO_TEXT, None, _NONE)
    if isinstance(value, (date, time)):
        text, definition = dt_to_nix(value)
        return _texts([text], definition)
    if isinstance(value, str):
        return _texts([value]) if value else Stored(_NO_TEXT)
    if isinstance(value, bytes):
        return _texts([value.decode()], _BYTES)
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, dict):
        return _nested(value)
    if isinstance(value, (list, tuple)):
        return _encode_list(list(value))
    return Stored(_numbers([value]))


def _numbers(values: list[Any]) -> NDArray[Any]:
    """Numbers as an array of booleans, int64 or float64."""
    if all(isinstance(value, (bool, np.bool_)) for value in values):
        return np.array(values, bool)
    if any(isinstance(v, (bool, np.bool_)) or not isinstance(v, Real) for v in values):
        raise ValueError(f"NIX files hold no {type(values[0]).__name__}")
    made = np.array(values)
    if all(isinstance(value, Integral) for value in values):
        if made.dtype.kind not in "iu":
            raise ValueError("NIX files hold no integers of more than 64 bits")
        return made
    if any(isinstance(v, Integral) and int(float(v)) != v for v in values):
        raise ValueError("NIX files hold no integers of more than 53 bits beside fractions")
    return made.astype(np.float64)


def _encode_array(value: Any) -> Stored:
    if isinstance(value, np.ma.MaskedArray) or value.dtype.names:
        raise ValueError("NIX files hold no masked or structured arrays")
    if not isinstance(value, pq.Quantity):
        if value.ndim == 0:
            return encode(value.item())
        if value.size and value.dtype.kind not in "biuf":
            stored = _encode_list(value.tolist())
            return stored if stored.definition == _JSON else Stored(stored.values, None, _ARRAY)
        return Stored(_plain(value), None, _ARRAY) if value.size else _empty(None)
    text = _unit_text(value)
    if value.size == 0:
        return _empty(text)
    return Stored(_plain(np.atleast_1d(value.magnitude)), text,
                  _LIST if value.ndim and value.size == 1 else None)  # fmt: skip


def _unit_text(value: Any) -> str:
    """The unit of an annotation: as quantities writes it, parentheses included."""
    return str(value.dimensionality)


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    # Half and long doubles are for neither nixio nor other readers.
    if values.dtype.kind == "f" and values.dtype.itemsize not in (4, 8):
        return values.astype(np.float64)
    if values.dtype.kind == "c":
        raise ValueError("NIX files hold no complex numbers")
    return values


def _empty(unit_text: str | None) -> Stored:
    return Stored(_NO_TEXT, unit_text, EMPTYANNOTATION)


def _encode_list(values: list[Any]) -> Stored:
    if not values:
        return _empty(None)
    definition = _LIST if len(values) == 1 else None
    if all(isinstance(value, str) for value in values):
        return _texts(values, definition)
    if all(isinstance(value, pq.Quantity) and value.ndim == 0 for value in values):
        units = {_unit_text(value) for value in values}
        if len(units) > 1:
            raise ValueError(f"values in several units: {', '.join(sorted(units))}")
        return Stored(_plain(np.array([v.item() for v in values])), units.pop(), definition)
    if any(isinstance(value, (list, tuple, dict, np.ndarray, str)) or value is None
           for value in values):  # fmt: skip
        return _nested(values)
    try:
        return Stored(_numbers(values), None, definition)
    except ValueError:
        return _nested(values)


def _nested(value: Any) -> Stored:
    """A nested value as JSON text."""
    try:
        _check_keys(value)
        return _texts([json.dumps(value, default=_for_json)], _JSON)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"NIX files hold no such value inside another: {error}") from error


def _check_keys(value: Any) -> None:
    """ValueError for keys of which JSON would make texts: 1 and "1" would be one."""
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        raise ValueError("NIX files hold only texts as keys")
    if isinstance(value, (dict, list, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            _check_keys(one)


def _for_json(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, pq.Quantity):
        return value.tolist()
    raise TypeError(f"{type(value).__name__}")


def decode(stored: Stored) -> Any:
    """The value of a property: one value as scalar, several as list or Quantity.

    Raises ValueError for a date, unit or nested value that is none.
    """
    values, definition = stored.values, stored.definition
    if values.size == 0:
        if definition == _NONE:
            return None
        if stored.unit:
            return create_quantity(np.empty(0), stored.unit)
        return [] if definition == EMPTYANNOTATION or values.dtype.kind != "O" else ""
    single = values.size == 1 and definition not in (_LIST, _ARRAY)
    if stored.unit:
        return create_quantity(values[0] if single else values, stored.unit)
    if definition == _ARRAY:
        return _array(values)
    if not single:
        return values.tolist()
    value = values.item()
    if definition == _JSON:
        return json.loads(value)
    if definition == _BYTES:
        return value.encode()
    return dt_from_nix(value, definition)


def decode_array(stored: Stored) -> Any:
    """The values of a property as array annotation."""
    if stored.unit:
        return create_quantity(stored.values if stored.values.size else np.empty(0), stored.unit)
    return _array(stored.values)


def _array(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "O":
        return values
    return np.array(values.tolist(), dtype="U") if values.size else np.empty(0)
