"""The base of all arrays: a Quantity with metadata that is one value."""

from __future__ import annotations

import warnings
from copy import deepcopy
from dataclasses import fields
from operator import attrgetter
from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray
from quantities.dimensionality import Dimensionality

from neophys.neo.core.baseneo import BaseNeo, _check_annotations, _container_name, copy_annotations
from neophys.neo.core.metadata import Metadata, PlainMetadata
from neophys.neo.core.subclasses import Subclassed
from neophys.neo.core.units import Unit, change_units, numbers_in, quantity, unit, unit_of

__all__ = ["ArrayDict", "DataObject"]

_Quantity = pq.Quantity


def _normalize_array_annotations(value: Any, length: int) -> Any:
    """Check array annotations (one, or a dict of them) and turn each into an array.

    Raises ValueError for None, a wrong length, more than one dimension, or a type that no
    annotation may have.
    """
    if isinstance(value, dict):
        for key in value:
            if isinstance(value[key], dict):
                raise ValueError("Dicts are not allowed as array annotations")
            value[key] = _normalize_array_annotations(value[key], length)
        return value
    if value is None:
        raise ValueError("Array annotations must not be None")
    if not isinstance(value, (list, tuple, np.ndarray)) or np.ndim(value) == 0:
        _check_annotations(value)
        value = value.flatten() if isinstance(value, pq.Quantity) else np.array([value])
    elif not isinstance(value, np.ndarray):
        value = _array_of(value)
    if value.size == 0:
        return value
    if value.ndim != 1:
        raise ValueError("Array annotations must be one-dimensional")
    if len(value) != length:
        raise ValueError(
            f"Array annotations must have the length of the object ({length}), not {len(value)}"
        )
    # Dates and the like make arrays of objects: their first element tells, as in Neo.
    _check_annotations(value[0] if value.dtype.kind == "O" else value)
    return value


def _array_of(values: Any) -> NDArray[Any]:
    if any(isinstance(v, (list, tuple, dict)) for v in values):
        raise ValueError("Array annotations must be one-dimensional")
    if len(values) and all(isinstance(v, pq.Quantity) for v in values):
        units = values[0].units
        return np.asanyarray(pq.Quantity([v.rescale(units).item() for v in values], units))
    made = np.array(values)
    if made.dtype.kind == "O":
        _check_annotations(values[0])
        raise ValueError("Array annotations must hold values of one simple type")
    if made.dtype.kind in "US" and not all(isinstance(v, (str, bytes)) for v in values):
        raise ValueError("Array annotations must not mix texts with other values")
    return made


class ArrayDict(dict):  # type: ignore[type-arg]  # Neo's is not generic
    """A dict of arrays of one length, checked as they are set.

    Parameters
    ----------
    length : int
        What each value must have.
    check_function : callable
        Takes a value (or a dict of values) and the length; returns it as array, or raises.
    """

    def __init__(
        self,
        length: int,
        check_function: Any = _normalize_array_annotations,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.length = length
        self.check_function = check_function
        if args or kwargs:
            self.update(*args, **kwargs)

    @classmethod
    def trusted(cls, length: int, values: dict[str, Any]) -> ArrayDict:
        """Arrays that are known to be right; the dict is copied, the arrays are shared."""
        made = cls(length)
        dict.update(made, values)
        return made

    def fork(self) -> ArrayDict:
        """A deep copy."""
        made = ArrayDict(self.length, self.check_function)
        for key, value in self.items():
            dict.__setitem__(
                made, key, value.copy() if type(value) is np.ndarray else deepcopy(value)
            )
        return made

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError("Array annotations must have a string as key")
        super().__setitem__(key, self._checked({key: value})[key])

    def _checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """The values as arrays of their own: the caller's may change later."""
        made: dict[str, Any] = self.check_function(dict(given), self.length)
        return {
            key: value.copy() if value is given[key] and isinstance(value, np.ndarray) else value
            for key, value in made.items()
        }

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As ``dict.update``, checked as a whole before anything changes."""
        checked: dict[str, Any] = {}
        for other in (*args, kwargs):
            checked.update(self._checked(dict(other)))
        super().update(checked)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As ``dict.setdefault``, checked."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]  # checked, so no pairs
        self.update(other)
        return self

    def copy(self) -> ArrayDict:
        """Another dict with the same arrays."""
        return ArrayDict.trusted(self.length, self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.length, self.check_function, dict(self))


def _own(name: str, doc: str) -> Any:
    def write(self: DataObject, value: Any) -> None:
        setattr(self._meta, name, value)

    return property(attrgetter("_meta." + name), write, doc=doc)


class DataObject(Subclassed, BaseNeo, pq.Quantity):  # type: ignore[misc]  # quantities is untyped
    """Base of all arrays of Neo.

    Parameters
    ----------
    name, description, file_origin : str, optional
    array_annotations : dict of array_like, optional
        One value per channel (signals) or per item (events, epochs, trains).
    **annotations
    """

    __array_priority__ = 22  # above Time and Quantity: mixed results are signals and trains
    _metadata: ClassVar[type[Metadata]] = PlainMetadata
    _meta: Any
    # Whether no other object has the same samples.
    _sole = False
    _quantity_attr: ClassVar[str] = "data"

    def __new__(
        cls, data: Any, units: Any = "", dtype: Any = None, copy: Any = None, **_: Any
    ) -> Self:
        values, of = quantity_parts(data, units or None, dtype, default=pq.dimensionless)
        return cls._build(values, of, None)

    def __init__(
        self, name: Any = None, description: Any = None, file_origin: Any = None,
        array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        if isinstance(name, (list, tuple, np.ndarray)):
            # A bare DataObject was given data, units and dtype by position.
            name = description = file_origin = array_annotations = None
        for word in ("units", "dtype", "copy"):
            annotations.pop(word, None)
        self._describe(name, description, file_origin, array_annotations, annotations)

    def _describe(
        self,
        name: Any,
        description: Any,
        file_origin: Any,
        array_annotations: Any,
        annotations: dict[str, Any],
    ) -> None:
        if annotations:
            _check_annotations(annotations)
        meta = self._meta
        meta.name, meta.description, meta.file_origin = name, description, file_origin
        meta.annotations = annotations
        if array_annotations is not None:
            self.array_annotate(**array_annotations)

    name = _own("name", "Name, or None.")
    description = _own("description", "Description, or None.")
    file_origin = _own("file_origin", "File that the data come from, or None.")
    annotations = _own("annotations", "Free annotations, by key.")
    segment = _own("segment", "The segment that holds this object, or None.")

    def _replace_array_annotations(self, values: Any) -> None:
        self._meta.array_annotations = ArrayDict(
            self._get_arr_ann_length(), _normalize_array_annotations, values or {}
        )

    array_annotations = property(
        attrgetter("_meta.array_annotations"), _replace_array_annotations,
        doc="Arrays of one value per channel or item; what is assigned is checked and copied.",
    )  # fmt: skip

    # Making objects from arrays and from each other.

    def __array_finalize__(self, obj: Any) -> None:
        known = getattr(obj, "_dimensionality", None)
        if known is not None:
            self._dimensionality = known
        if isinstance(obj, DataObject) and type(obj._meta) is self._metadata:
            self._inherit(obj)

    def _inherit(self, obj: DataObject) -> None:
        """Take over the metadata of the object that this one is a view or a copy of."""
        obj._share()
        self._meta = obj._meta.fork(
            obj._meta.segment,
            obj._meta.copied_array_annotations()
            if self.shape[-1:] == obj.shape[-1:]
            else ArrayDict(self._get_arr_ann_length()),
        )

    def __getattr__(self, name: str) -> Any:
        # Reached for a fresh view of a plain array only: what _build does not set is made here.
        if name == "_meta":
            self._meta = self._metadata(
                annotations={}, array_annotations=ArrayDict(self._get_arr_ann_length())
            )
            return self._meta
        if name == "_dimensionality":
            self._dimensionality = Dimensionality()
            return self._dimensionality
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __array_wrap__(
        self, obj: Any, context: Any = None, return_scalar: bool = False
    ) -> pq.Quantity | NDArray[Any]:
        if obj is self:
            return self
        made = _Quantity.__array_wrap__(self, obj, context, return_scalar)
        if type(made) is not type(self):
            return made
        return self._after_ufunc(made)

    def _after_ufunc(self, made: Self) -> pq.Quantity:
        """What a ufunc makes of this object: one like it where the items are still the same."""
        if made.shape != self.shape:
            return made.view(_Quantity)
        made._meta = self._meta.fork(None, self._meta.copied_array_annotations())
        made._sole = True
        return made

    @property
    def _unit(self) -> Unit:
        known = self._dimensionality
        if type(known) is not Unit:
            known = self._dimensionality = unit_of(known)
        return known

    @property
    def units(self) -> pq.Quantity:
        """One of this unit."""
        return quantity(1.0, self._unit)

    @units.setter
    def units(self, units: Any) -> None:
        change_units(self, units)

    def _share(self) -> None:
        """Another quantity has the same samples from now on: their unit is not to change."""
        if self._sole:
            self._sole = False

    @property
    def _values(self) -> NDArray[Any]:
        values: NDArray[Any] = self.view(np.ndarray)
        return values

    def _same_with(self, values: NDArray[Any], of: Unit | None = None, segment: Any = None) -> Self:
        """The same metadata (all copied) on fresh values of the same shape."""
        meta = self._meta
        made = self._derive(
            values, self._unit if of is None else of,
            meta.fork(segment, meta.copied_array_annotations()),
        )  # fmt: skip
        made._sole = True
        return made

    # Changing in place: what shares samples must not change its unit under the others.

    def _change_unit_with(self, other: Any) -> None:
        if getattr(other, "dimensionality", None) and not self._sole:
            raise ValueError("can not modify units of a view of a Quantity")

    def __imul__(self, other: Any) -> Any:
        self._change_unit_with(other)
        return _Quantity.__imul__(self, other)

    def __itruediv__(self, other: Any) -> Any:
        self._change_unit_with(other)
        return _Quantity.__itruediv__(self, other)

    def __ipow__(self, other: Any) -> Any:
        self._change_unit_with(self)
        return _Quantity.__ipow__(self, other)

    # Pickles.

    def _holder(self) -> Any:
        """The segment, if it holds this very object: a slice only knows where it comes from."""
        segment = self._meta.segment
        for kind in type(self).__mro__ if segment is not None else ():
            children = getattr(segment, _container_name(kind.__name__), None)
            if children is not None:
                return segment if self in children else None
        return None

    def _reduced(self, factory: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """What ``__reduce__`` returns: an object that a segment holds is pickled with its tree.

        The segment is state, not argument: so the object is known to the pickler when the segment
        comes to it, and is written once.
        """
        segment = self._holder()
        return (
            (factory, arguments) if segment is None else (factory, arguments, {"segment": segment})
        )

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self._meta.segment = state["segment"]
        else:
            _Quantity.__setstate__(self, state)

    # Array annotations.

    def array_annotate(self, **array_annotations: Any) -> None:
        """Add array annotations, checked."""
        self.array_annotations.update(array_annotations)

    def array_annotations_at_index(self, index: Any) -> dict[str, Any]:
        """The array annotations of an item or of several, as a dict; IndexError outside."""
        return {
            key: value if len(value) == 0 and self._get_arr_ann_length() else value[index]
            for key, value in self.array_annotations.items()
        }

    def _selected(self, index: Any, length: int) -> ArrayDict:
        """A deep copy of the array annotations of some items."""
        made = ArrayDict(length)
        for key, value in self.array_annotations_at_index(index).items():
            dict.__setitem__(made, key, deepcopy(value))
        return made

    def _get_arr_ann_length(self) -> int:
        return int(self.shape[-1]) if self.shape else 1

    def _merge_array_annotations(self, other: Any) -> dict[str, Any]:
        mine, its = self.array_annotations, other.array_annotations
        merged: dict[str, Any] = {}
        for key in mine:
            if key not in its:
                continue
            value, more = deepcopy(mine[key]), deepcopy(its[key])
            if isinstance(value, pq.Quantity):
                try:
                    more = more.rescale(value.units)
                except ValueError:
                    raise ValueError(
                        f"array annotations {key!r} cannot be merged: their units differ"
                    ) from None
                merged[key] = np.append(value.magnitude, more.magnitude) * value.units
            else:
                merged[key] = np.append(value, more)
        only_here, only_there = [k for k in mine if k not in its], [k for k in its if k not in mine]
        if only_here or only_there:
            warnings.warn(
                "The following array annotations were omitted, because they were only present in"
                f" one of the merged objects: {only_here} from the one that was merged into and"
                f" {only_there} from the one that was merged into the other",
                UserWarning,
                stacklevel=3,
            )
        return merged

    # Copies and conversions.

    def rescale(self, units: Any, dtype: Any = None) -> Self:
        """A copy in other units (and of another dtype), with all metadata and the same segment."""
        target = unit(units)
        if target == self._dimensionality:
            return self.copy() if dtype is None else self.astype(dtype)
        values = np.asarray(scaled(self._values, self._unit.factor(target)))
        if dtype is not None:
            values = values.astype(dtype, copy=False)
        return self._same_with(values, target, self.segment)

    def copy(self, *args: Any, **kwargs: Any) -> Self:
        """A copy of the data, with copies of all metadata and the same segment."""
        return self._same_with(self._values.copy(*args, **kwargs), segment=self.segment)

    def __copy__(self) -> Self:
        return self.copy()

    def astype(self, dtype: Any = None, **kwargs: Any) -> Self:
        """The same object with another dtype."""
        own = self._values
        values = np.asarray(own.astype(dtype, **kwargs))
        made = self._same_with(values, segment=self.segment)
        if values is own:  # with copy=False
            made._sole = False
            self._share()
        return made

    def as_array(self, units: Any = None) -> NDArray[Any]:
        """The values as plain array: a view, or converted where `units` are given."""
        made: NDArray[Any] = self.rescale(units).magnitude if units else self.magnitude
        return made

    def as_quantity(self) -> pq.Quantity:
        """The values as plain Quantity, sharing memory."""
        self._share()
        return self.view(_Quantity)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = self._same_with(self._values.copy())
        memo[id(self)] = made
        made._deepen(memo)
        self._copy_own(made, memo)
        return made

    def _deepen(self, memo: dict[int, Any]) -> None:
        """After a deep copy: copy what the metadata still share with the original."""
        meta = self._meta
        common = {field.name for field in fields(Metadata)}
        for field in fields(meta):
            if field.name not in common:
                setattr(meta, field.name, deepcopy(getattr(meta, field.name), memo))

    def _copied_annotations(self) -> dict[str, Any]:
        return dict(copy_annotations(self.annotations))


def scaled(values: NDArray[Any], factor: float) -> NDArray[Any]:
    """Values times a conversion factor, in the precision that quantities uses: float32 stays."""
    if values.dtype.kind in "fc":
        factor = values.dtype.type(factor)
    return np.asarray(values * factor)


def quantity_parts(
    data: Any, units: Any, dtype: Any, default: Any = None
) -> tuple[NDArray[Any], Unit]:
    """Values and unit of what a constructor was given, converted where its units differ.

    Memory is shared where nothing has to change. Raises ValueError where no units are known.
    """
    if isinstance(data, pq.Quantity):
        own = unit_of(data._dimensionality)
        values = data.view(np.ndarray)
        of = own if units is None else unit(units)
        if of != own:
            values = np.asarray(values * own.factor(of))
        return (values if dtype is None else values.astype(dtype, copy=False)), of
    if units is None:
        if default is None:
            raise ValueError("Units must be specified")
        units = default
    of = unit(units)
    return np.asarray(numbers_in(data, of), dtype=dtype), of
