"""How metadata travel: what an operation does to each field of its result, as a table.

A table names for each operation a :class:`Trip`; :func:`follow` makes the source, runs the
operation, and checks every field of the result against what the trip says, and that source and
result share nothing that changes: neither notices what is done to the other.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import quantities as pq

__all__ = [
    "ABSENT", "COMMON", "KEPT", "LOST", "Kind", "Trip", "annotated", "array_annotated", "follow",
    "plain", "trip",
]  # fmt: skip


class Fate(Enum):
    """What becomes of a field."""

    KEPT = "equal to the source's; the same object only where that cannot change, or is a parent"
    LOST = "None or empty"
    ABSENT = "the result has no such field: a plain Quantity, array or number"


KEPT, LOST, ABSENT = Fate


@dataclass(frozen=True)
class Trip:
    """An operation, and the fate of each field: a `Fate`, or the value that the result has."""

    call: Callable[[Any], Any]
    fates: Mapping[str, Any]
    # The result is the source itself, changed in place.
    in_place: bool = False


@dataclass(frozen=True)
class Kind:
    """A class whose objects travel.

    Attributes
    ----------
    make
        An object with every field set, in a segment.
    disturb
        For each field, what changes it as roughly as a caller can.
    """

    make: Callable[[], Any]
    disturb: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)


def trip(
    call: Callable[[Any], Any], fates: Mapping[str, Any], *, in_place: bool = False, **others: Any
) -> Trip:
    """A trip with the fates of a group of operations, but for those named here."""
    return Trip(call, {**fates, **others}, in_place)


def annotated(obj: Any) -> None:
    """Change an object's annotations: one added, the lists and arrays within changed."""
    for value in obj.annotations.values():
        _spoil(value)
    obj.annotate(added="by disturb")


def _spoil(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _spoil(inner)
        value["spoilt"] = True
    elif isinstance(value, list):
        for inner in value:
            _spoil(inner)
        value.append("spoilt")
    elif isinstance(value, np.ndarray) and value.size and value.dtype.kind in "iuf":
        value.view(np.ndarray).flat[0] = 77


def array_annotated(obj: Any) -> None:
    """Change an object's array annotations: one added, the others changed in their place."""
    for value in obj.array_annotations.values():
        _spoil(value)
    obj.array_annotate(added=np.zeros(obj.shape[-1] if obj.shape else 1))


def _setting(name: str, value: Any) -> Callable[[Any], None]:
    return lambda obj: setattr(obj, name, value)


#: What every data object has.
COMMON: dict[str, Callable[[Any], None]] = {
    "name": _setting("name", "disturbed"),
    "description": _setting("description", "disturbed"),
    "file_origin": _setting("file_origin", "disturbed"),
    "annotations": annotated,
    "array_annotations": array_annotated,
    "segment": _setting("segment", None),
}


def plain(value: Any) -> Any:
    """A value as something that is compared by ``==`` and that nothing can change."""
    if isinstance(value, pq.Quantity):
        return value.magnitude.tolist(), value.dimensionality.string
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value if hasattr(value, "analogsignals") else copy.deepcopy(value)


def _state(obj: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(getattr(obj, name)) for name in fields}


def follow(kind: Kind, one: Trip) -> Any:
    """Check a trip, field by field and for independence; returns the result."""
    assert set(one.fates) == set(kind.disturb), "a trip says what becomes of every field"
    source = kind.make()
    before = _state(source, kind.disturb)
    result = one.call(source)
    if one.in_place:
        assert result is source, "not in place"
    else:
        assert result is not source, "the source itself came back"
        assert _state(source, kind.disturb) == before, "the source has changed"
    for name, fate in one.fates.items():
        _check(result, name, fate, before[name])
    if not one.in_place:
        _check_independence(kind, one)
    return result


def _check(result: Any, name: str, fate: Any, before: Any) -> None:
    if fate is ABSENT:
        assert not hasattr(result, name), f"{name} is there"
        return
    assert hasattr(result, name), f"{name} is absent"
    found = plain(getattr(result, name))
    if fate is KEPT:
        assert found == before, f"{name} is {found}, was {before}"
    elif fate is LOST:
        values = found[0] if isinstance(found, tuple) else found
        assert values is None or values in ([], {}), f"{name} is {found}"
    else:
        assert found == plain(fate), f"{name} is {found}, not {plain(fate)}"


def _check_independence(kind: Kind, one: Trip) -> None:
    """Neither object sees what is done to the other's metadata."""
    for disturbed_first in (True, False):
        source = kind.make()
        result = one.call(source)
        pair = (result, source) if disturbed_first else (source, result)
        fields = {
            name: change
            for name, change in kind.disturb.items()
            if all(hasattr(obj, name) for obj in pair)
        }
        before = _state(pair[1], fields)
        for name, change in fields.items():
            change(pair[0])
            now = _state(pair[1], fields)
            which = "the result" if disturbed_first else "the source"
            assert now == before, f"changing {name} of {which} reaches the other"
