"""Values as MATLAB files hold them, and back: texts, dates, quantities, cells, structs."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from types import ModuleType
from typing import Any, Final

import numpy as np
import quantities as pq

from neophys.errors import NeophysError
from neophys.neo.io.neomatlabio.check import checked_variable
from neophys.neo.io.unittexts import unit_text

__all__ = ["PY_NONE", "mapping_of", "matlab_value", "quantity_of", "read_variable", "scipy_io",
           "text_list"]  # fmt: skip

#: Stands for None among annotations: MATLAB has nothing like it.
PY_NONE: Final = "Py_None"

#: What SciPy writes, and does not leave out.
_FIELD: Final = re.compile(r"[A-Za-z][ -~]{0,62}")

#: Arrays whose shape counts, where others lose their axes of length one.
_SHAPED: Final = ("signal", "image_data", "waveforms")


def scipy_io() -> ModuleType:
    """``scipy.io``; ImportError that says what to install where there is none."""
    try:
        import scipy.io
    except ImportError as error:
        raise ImportError(
            "NeoMatlabIO needs scipy, which is not installed: pip install 'neophys[matlab]'"
        ) from error
    found: ModuleType = scipy.io
    return found


# To MATLAB.


def matlab_value(value: Any) -> tuple[Any, str | None]:
    """What a file holds for a value, and the text of its unit, if it has one."""
    if isinstance(value, np.ma.MaskedArray | bytearray):
        raise NeophysError(f"a {type(value).__name__} cannot be written to MATLAB files")
    if isinstance(value, pq.Quantity):
        return np.array(value.magnitude), value.dimensionality.string
    if isinstance(value, datetime | date | time | timedelta | Decimal):
        return str(value), None
    if isinstance(value, Mapping):
        return dict(_fields(value)), None
    if isinstance(value, list | tuple):
        return _list(value), None
    if isinstance(value, np.ndarray) and value.dtype.kind in "US":
        return text_list(value), None
    return value, None


def _fields(mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        if type(key) is not str or not _FIELD.fullmatch(key):
            raise NeophysError(f"{key!r:.60} cannot be the name of a field in MATLAB files")
        found, units = (PY_NONE, None) if value is None else matlab_value(value)
        yield key, found
        if units:
            if f"{key}_units" in mapping:
                raise NeophysError(f"{key}_units would be the unit of {key} in a MATLAB file")
            yield f"{key}_units", units


def _list(values: list[Any] | tuple[Any, ...]) -> Any:
    # NumPy would turn the numbers of a mixed list into texts.
    if all(isinstance(one, int | float | complex | np.number) for one in values):
        return list(values)
    if all(isinstance(one, str) for one in values):
        return text_list(np.array(values, dtype="U"))
    if all(isinstance(one, list | tuple | np.ndarray) for one in values):
        made = np.array(values) if len({np.shape(one) for one in values}) == 1 else None
        if made is not None and made.dtype.kind in "biufc":
            return made
    return _cells([PY_NONE if one is None else matlab_value(one)[0] for one in values])


def _cells(values: Any) -> Any:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def text_list(texts: Any) -> Any:
    """Texts of one length as they are, which become a matrix; others as cells.

    In a matrix the shorter ones would be filled up with blanks.
    """
    values = np.char.decode(texts, "latin-1") if texts.dtype.kind == "S" else texts
    flat = values.ravel().tolist()
    if len({len(one) for one in flat}) <= 1 and not any(one.endswith(" ") for one in flat):
        return values
    return _cells(flat)


# From MATLAB.


def read_variable(data: bytes, file: str, name: str) -> Any:
    """A variable of a file: structs as objects, cells as lists, numbers and texts as such.

    Raises
    ------
    NeophysError
        The file is none of MATLAB's, damaged, or holds no such variable.
    """
    from numpy.exceptions import ComplexWarning

    checked, names = checked_variable(data, file, name)
    if checked is None:
        raise NeophysError(f"{file}: no variable {name!r}; the file holds {names}")
    load: Any = scipy_io().loadmat
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ComplexWarning)
            found = load(BytesIO(checked), struct_as_record=False, mat_dtype=True)
    except ComplexWarning:  # complex values only come in the type in which they are stored
        found = load(BytesIO(checked), struct_as_record=False)
    return _simple(found[name], "", False)


def _simple(value: Any, name: str, written: bool) -> Any:
    if hasattr(value, "_fieldnames"):
        # What Neo or neophys wrote has ids; a user's own vector may lie in either direction.
        written = "neo_id" in value._fieldnames
        for field in value._fieldnames:
            value.__dict__[field] = _simple(value.__dict__[field], field, written)
        return value
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind == "O":
        inner = [_simple(one, "", False) for one in value.ravel(order="F")]
        return inner[0] if len(inner) == 1 and hasattr(inner[0], "_fieldnames") else inner
    if value.dtype.kind == "U":
        if value.size < 2:
            return value.item() if value.size else ""
        return np.char.rstrip(value, " ")
    if name in _SHAPED and written:
        return value
    return value.squeeze() if value.size != 1 else value.item()


def quantity_of(value: Any, units: Any) -> pq.Quantity:
    """A quantity; ValueError for what are no numbers, or does not look like a unit."""
    if np.asarray(value).dtype.kind not in "biufc":
        raise ValueError(f"a unit, {units!r:.60}, and no numbers")
    try:
        return pq.Quantity(value, unit_text(str(units)))
    except Exception as error:  # quantities evaluates the text, and raises whatever that raises
        raise ValueError(f"{units!r:.60} is not a unit: {error}") from None


def mapping_of(struct: Any) -> dict[str, Any]:
    """A struct as dict, with its quantities and Nones."""
    made: dict[str, Any] = {}
    for name in struct._fieldnames:
        made[name] = _annotation(getattr(struct, name))
    for name in struct._fieldnames:
        units = made.get(f"{name}_units")
        if isinstance(units, str) and made[name] is not None:
            # Whoever wrote it may have meant a text of his own.
            with suppress(ValueError):
                made[name] = quantity_of(made[name], units)
                del made[f"{name}_units"]
    return made


def _annotation(value: Any) -> Any:
    if hasattr(value, "_fieldnames"):
        return mapping_of(value)
    if isinstance(value, list):
        return [_annotation(one) for one in value]
    return None if isinstance(value, str) and value == PY_NONE else value
