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


def merge_annotation(a: Any, b: Any) -> Any:
    """Merge two annotations of one type: dicts, arrays and lists are joined, texts too.

    Raises TypeError for two types, ValueError for two values that cannot be joined.
    """
    if type(a) is not type(b):
        raise TypeError(f"annotations of two types: {type(a).__name__} and {type(b).__name__}")
    if isinstance(a, dict):
        return merge_annotations(a, b)
    if isinstance(a, np.ndarray):
        return np.append(a, b)
    if isinstance(a, list):
        return a + b
    if isinstance(a, str):
        return a if a == b else a + ";" + b
    if a != b:
        raise ValueError("Could not merge annotations: they are not equal and not joinable")
    return a


def merge_annotations(A: dict[str, Any], *Bs: dict[str, Any]) -> dict[str, Any]:
    """Merge dicts of annotations; what cannot be merged becomes ``"MERGE CONFLICT"``."""
    merged = A.copy()
    for B in Bs:
        for name in B:
            if name not in merged:
                merged[name] = B[name]
                continue
            try:
                merged[name] = merge_annotation(merged[name], B[name])
            except (TypeError, ValueError):
                merged[name] = "MERGE CONFLICT"
    return merged


def intersect_annotations(A: dict[str, Any], B: dict[str, Any]) -> dict[str, Any]:
    """What two dicts have in common; of the values, only dicts, texts, lists and arrays stay.

    Raises TypeError where one key holds two types.
    """
    common: dict[str, Any] = {}
    for key in set(A) & set(B):
        a, b = A[key], B[key]
        if type(a) is not type(b):
            raise TypeError(f"annotations of two types: {type(a).__name__} and {type(b).__name__}")
        if isinstance(a, dict):
            if a == b:
                common[key] = a
        elif isinstance(a, np.ndarray):
            if a.shape == b.shape and np.all(a == b):
                common[key] = a
        elif isinstance(a, (str, list)) and a == b:
            common[key] = a
    return common


def _reference_name(class_name: str) -> str:
    """The attribute by which a child names a parent of this class."""
    return class_name.lower()


def _container_name(class_name: str) -> str:
    """The attribute by which a parent holds children of this class."""
    if "RegionOfInterest" in class_name:
        return "regionsofinterest"
    return class_name.lower() + "s"


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
        kind = type(obj).__name__
        if kind not in self._parent_objects:
            raise TypeError(
                f"{type(self).__name__} can only have parents of {self._parent_objects}, not {kind}"
            )
        setattr(self, _reference_name(kind), obj)

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
