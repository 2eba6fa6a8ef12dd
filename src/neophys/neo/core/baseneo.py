"""What all of Neo's objects have: a name, annotations, a parent."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from numbers import Number
from typing import Any, ClassVar

import numpy as np

__all__ = [
    "BaseNeo",
    "MergeError",
    "NeoReadWriteError",
    "intersect_annotations",
    "merge_annotation",
    "merge_annotations",
]

ALLOWED_ANNOTATION_TYPES = (
    int, float, complex, str, bytes, type(None), datetime, date, time, timedelta,
    Number, Decimal, np.number, np.bool_,
)  # fmt: skip

_ATOMS = frozenset((int, float, complex, str, bytes, bool, type(None), np.str_, np.float64))


class NeoReadWriteError(OSError):
    """Reading or writing is not possible with this class."""


class MergeError(Exception):
    """Objects do not fit together."""


def _check_annotations(value: Any) -> None:
    """Raise ValueError (TypeError for a key) where a value may not be an annotation."""
    if isinstance(value, np.ndarray):
        if not issubclass(value.dtype.type, (np.str_, np.bytes_, np.bool_, np.number)):
            raise ValueError(f"Invalid annotation. NumPy arrays with dtype {value.dtype.type} are"
                             " not allowed")  # fmt: skip
    elif isinstance(value, dict):
        for key, element in value.items():
            if not isinstance(key, str):
                raise TypeError("Annotations must have a string as key")
            _check_annotations(element)
    elif isinstance(value, (list, tuple)):
        for element in value:
            _check_annotations(element)
    elif not isinstance(value, ALLOWED_ANNOTATION_TYPES):
        raise ValueError(f"Invalid annotation. Annotations of type {type(value)} are not allowed")


def copy_annotations(annotations: Any) -> Any:
    """A deep copy, quick for the usual dict of texts and numbers."""
    if type(annotations) is not dict:
        return deepcopy(annotations)
    return {k: v if type(v) in _ATOMS else deepcopy(v) for k, v in annotations.items()}


def _kind(value: Any) -> type:
    """The type by which annotations are compared: NumPy's texts are texts."""
    return str if isinstance(value, str) else type(value)


def _joined(a: Any, b: Any) -> Any:
    """Two arrays, one after the other: quantities in the unit of the first, rows as rows."""
    units = getattr(a, "units", None)
    if units is not None:
        return units * _joined(a.magnitude, b.rescale(units).magnitude)
    if a.ndim > 1 and a.shape[1:] == b.shape[1:]:
        return np.concatenate([a, b])
    return np.append(a, b)


def merge_annotation(a: Any, b: Any) -> Any:
    """Merge two annotations of one type: dicts, arrays and lists are joined, texts too.

    Raises TypeError for two types, ValueError for two values that cannot be joined.
    """
    if _kind(a) is not _kind(b):
        raise TypeError(f"annotations of two types: {type(a).__name__} and {type(b).__name__}")
    if isinstance(a, dict):
        return merge_annotations(a, b)
    if isinstance(a, np.ndarray):
        return _joined(a, b)
    if isinstance(a, list):
        return a + b
    if isinstance(a, str):
        return a if a == b else a + ";" + b
    if a != b and not (a != a and b != b):  # nan and nan agree
        raise ValueError("Could not merge annotations: they are not equal and not joinable")
    return a


def merge_annotations(A: dict[str, Any], *Bs: dict[str, Any]) -> dict[str, Any]:
    """Merge dicts of annotations; what cannot be merged becomes ``"MERGE CONFLICT"``.

    Nothing in the result is shared with them.
    """
    merged: dict[str, Any] = copy_annotations(A)
    for B in Bs:
        for name, value in copy_annotations(B).items():
            if name not in merged:
                merged[name] = value
                continue
            try:
                merged[name] = merge_annotation(merged[name], value)
            except (TypeError, ValueError):
                merged[name] = "MERGE CONFLICT"
    return merged


def intersect_annotations(A: dict[str, Any], B: dict[str, Any]) -> dict[str, Any]:
    """Copies of what two dicts have in common: the same value under the same key."""
    common = {key: value for key, value in A.items() if key in B and _same(value, B[key])}
    return dict(copy_annotations(common))


def _same(a: Any, b: Any) -> bool:
    if _kind(a) is not _kind(b):
        return False
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b or (a != a and b != b))  # nan and nan agree


def _reference_name(class_name: str) -> str:
    """The attribute by which a child names a parent of this class."""
    return class_name.lower()


def _container_name(class_name: str) -> str:
    """The attribute by which a parent holds children of this class."""
    if "RegionOfInterest" in class_name:
        return "regionsofinterest"
    return class_name.lower() + "s"


def parent_attribute(child: Any, parent: Any) -> str:
    """The attribute by which a child names this parent, who may be of a subclass."""
    possible = child._parent_objects
    kinds = type(parent).__mro__
    kind = next((kind for kind in kinds if kind.__name__ in possible), kinds[0])
    return _reference_name(kind.__name__)


class BaseNeo:
    """Base of all of Neo's objects.

    Parameters
    ----------
    name, description, file_origin : str, optional
    **annotations
        Texts, numbers, dates, arrays of them, and lists, tuples and dicts of such.
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ()
    _parent_attrs: ClassVar[tuple[str, ...]] = ()
    _necessary_attrs: ClassVar[tuple[Any, ...]] = ()
    _recommended_attrs: ClassVar[tuple[Any, ...]] = (
        ("name", str),
        ("description", str),
        ("file_origin", str),
    )
    _repr_pretty_attrs_keys_: ClassVar[tuple[str, ...]] = ("name", "description", "annotations")
    is_view: ClassVar[bool] = False

    name: Any
    description: Any
    file_origin: Any
    annotations: Any

    def __init__(
        self,
        name: Any = None,
        description: Any = None,
        file_origin: Any = None,
        **annotations: Any,
    ) -> None:
        _check_annotations(annotations)
        self.annotations = annotations
        self.name = name
        self.description = description
        self.file_origin = file_origin
        for parent in self._parent_containers:
            setattr(self, parent, None)

    @property
    def _parent_containers(self) -> tuple[str, ...]:
        return tuple(_reference_name(parent) for parent in self._parent_objects)

    @property
    def parents(self) -> tuple[Any, ...]:
        """The parents, None where there is none."""
        return tuple(getattr(self, attr) for attr in self._parent_containers)

    @property
    def _all_attrs(self) -> tuple[Any, ...]:
        return self._necessary_attrs + self._recommended_attrs

    def annotate(self, **annotations: Any) -> None:
        """Add annotations, checked; they are reached by ``obj.annotations[key]``."""
        _check_annotations(annotations)
        self.annotations.update(annotations)

    def merge_annotations(self, *others: Any) -> None:
        """Take over the annotations of other objects, in place."""
        self.annotations.update(
            merge_annotations(self.annotations, *(o.annotations for o in others))
        )

    def merge(self, *others: Any) -> Any:
        """Merge; here only the annotations."""
        self.merge_annotations(*others)

    def set_parent(self, obj: Any) -> None:
        """Make `obj` the parent; TypeError where its class cannot be one."""
        attribute = parent_attribute(self, obj)
        if attribute not in self._parent_containers:
            raise TypeError(
                f"{type(self).__name__} can only have parents of {self._parent_objects},"
                f" not {type(obj).__name__}"
            )
        setattr(self, attribute, obj)

    def _has_repr_pretty_attrs_(self) -> bool:
        return any(getattr(self, key) for key in self._repr_pretty_attrs_keys_)

    def _repr_pretty_attrs_(self, pp: Any, cycle: bool) -> None:
        first = True
        for key in self._repr_pretty_attrs_keys_:
            value = getattr(self, key)
            if value:
                if not first:
                    pp.breakable()
                first = False
                with pp.group(indent=1):
                    pp.text(f"{key}: ")
                    pp.pretty(value)

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        pp.text(type(self).__name__)
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)

    def _repr_html_(self) -> str:
        from neophys.neo.core import html  # made when somebody looks

        return html.of(self)
