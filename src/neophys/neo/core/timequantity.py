"""Times with fast arithmetic: what the objects of this package hand out as times.

A :class:`Time` is a Quantity. Adding, subtracting and comparing two float64 times costs about a
microsecond (quantities: fifty), with the same numbers to the last bit: the other operand is
multiplied by quantities' own factor, then added. Everything unusual is left to quantities.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray
from quantities.dimensionality import Dimensionality

from neophys.neo.core.units import SECOND, Unit, change_units, unit, unit_of

__all__ = ["Time", "scalar_time", "stored", "time_array", "value_in", "values_in"]

_F8 = np.dtype(np.float64)
_item = np.ndarray.item
_Quantity = pq.Quantity


class Time(pq.Quantity):  # type: ignore[misc]  # quantities is untyped
    """A quantity of time, scalar or array.

    Parameters
    ----------
    data : array_like or Quantity
        Values; a Quantity is converted where `units` differ.
    units : str or Quantity
        A unit of time; seconds where neither `data` nor this names one.
    dtype : dtype, optional
    """

    # Whether no other object has the same memory.
    _sole = False
    # Above Quantity, below signals and trains: mixed results are what the richer one says.
    __array_priority__ = 21.5

    def __new__(cls, data: Any, units: Any = "", dtype: Any = None, copy: Any = None) -> Time:
        if isinstance(data, pq.Quantity):
            source = pq.Quantity(data, units=units or "", dtype=dtype)
            return time_array(source.magnitude, unit_of(source._dimensionality), cls)
        # A Unit without dimensions is an empty one, and not the same as none.
        of = unit(units) if units or isinstance(units, Unit) else SECOND
        return time_array(np.asarray(data, dtype=dtype), of, cls)

    def __array_finalize__(self, obj: Any) -> None:
        known = getattr(obj, "_dimensionality", None)
        if known is not None:
            self._dimensionality = known

    def __getattr__(self, name: str) -> Any:
        # Reached for a fresh view of a plain array only.
        if name == "_dimensionality":
            self._dimensionality = Dimensionality()
            return self._dimensionality
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __array_wrap__(
        self, obj: Any, context: Any = None, return_scalar: bool = False
    ) -> pq.Quantity | NDArray[Any]:
        made = _timely(_Quantity.__array_wrap__(self, obj, context, return_scalar))
        return _sole(made) if isinstance(made, Time) and made is not self else made

    @property
    def _unit(self) -> Unit:
        known = self._dimensionality
        if type(known) is not Unit:
            known = self._dimensionality = unit_of(known)
        return known

    @property
    def units(self) -> Time:
        """One of this unit."""
        return scalar_time(1.0, self._unit)

    @units.setter
    def units(self, units: Any) -> None:
        if self.ndim == 0:
            self._sole = True
        change_units(self, units)

    def rescale(self, units: Any = None, dtype: Any = None) -> pq.Quantity:
        """A copy in other units; float32 stays float32, integers become float64."""
        if units is None or dtype is not None or self.dtype is not _F8:
            made = _Quantity.rescale(self, units, dtype)
            return made.view(Time) if unit_of(made._dimensionality).is_time else made
        target = unit(units)
        factor = self._unit.factor(target)
        if self.ndim == 0:
            return scalar_time(_item(self) * factor, target)
        return _sole(time_array(self.view(np.ndarray) * factor, target))

    def astype(self, dtype: Any = None, **kwargs: Any) -> Time:
        """The same times as another dtype."""
        own = self.view(np.ndarray)
        made = np.asarray(own.astype(dtype, **kwargs))
        times = time_array(made, self._unit)
        return times if made is own else _sole(times)

    def __add__(self, other: Any) -> Any:
        value = value_in(other, self)
        if value is None:
            return _joined(self, other, operator.add, _Quantity.__add__)
        return scalar_time(_item(self) + value, self._dimensionality)

    def __radd__(self, other: Any) -> Any:
        return _reflected(self, other, operator.add, _Quantity.__radd__)

    def __sub__(self, other: Any) -> Any:
        value = value_in(other, self)
        if value is None:
            return _joined(self, other, operator.sub, _Quantity.__sub__)
        return scalar_time(_item(self) - value, self._dimensionality)

    def __rsub__(self, other: Any) -> Any:
        return _reflected(self, other, operator.sub, _Quantity.__rsub__)

    def __iadd__(self, other: Any) -> Any:
        # A scalar may be the t_start that an object holds: `t += dt` must not move that object.
        if self.ndim == 0:
            return self + other
        return _joined(self, other, operator.iadd, _Quantity.__iadd__)

    def __isub__(self, other: Any) -> Any:
        if self.ndim == 0:
            return self - other
        return _joined(self, other, operator.isub, _Quantity.__isub__)

    def __imul__(self, other: Any) -> Any:
        return self * other if self.ndim == 0 else _timely(_Quantity.__imul__(self, other))

    def __itruediv__(self, other: Any) -> Any:
        return self / other if self.ndim == 0 else _timely(_Quantity.__itruediv__(self, other))

    def __mul__(self, other: Any) -> Any:
        if (type(other) is int or type(other) is float) and self.dtype is _F8:
            return _scaled(self, operator.mul, other)
        return _Quantity.__mul__(self, other)

    def __rmul__(self, other: Any) -> Any:
        if (type(other) is int or type(other) is float) and self.dtype is _F8:
            return _scaled(self, operator.mul, other)
        return _Quantity.__rmul__(self, other)

    def __truediv__(self, other: Any) -> Any:
        if (type(other) is int or type(other) is float) and other and self.dtype is _F8:
            return _scaled(self, operator.truediv, other)
        return _Quantity.__truediv__(self, other)

    def __neg__(self) -> Any:
        return _sole(time_array(np.asarray(-self.view(np.ndarray)), self._unit))

    def __lt__(self, other: Any) -> Any:
        return _compared(self, other, operator.lt, _Quantity.__lt__)

    def __le__(self, other: Any) -> Any:
        return _compared(self, other, operator.le, _Quantity.__le__)

    def __gt__(self, other: Any) -> Any:
        return _compared(self, other, operator.gt, _Quantity.__gt__)

    def __ge__(self, other: Any) -> Any:
        return _compared(self, other, operator.ge, _Quantity.__ge__)

    def __eq__(self, other: object) -> Any:
        return _compared(self, other, operator.eq, _Quantity.__eq__)

    def __ne__(self, other: object) -> Any:
        return _compared(self, other, operator.ne, _Quantity.__ne__)

    __hash__ = None  # type: ignore[assignment]  # as every array: equality is elementwise

    def __getitem__(self, key: Any) -> Any:
        made = np.ndarray.__getitem__(self, key)
        if isinstance(made, Time):
            return made
        return time_array(np.asarray(made), self._unit)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 1 and self.dtype is _F8:
            own = self._unit
            return (scalar_time(value, own) for value in np.ndarray.tolist(self))
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Time, (self.view(np.ndarray), self._unit)

    def __copy__(self) -> Time:
        return self.copy()

    def copy(self, order: Any = "C") -> Time:
        """A copy that shares nothing."""
        return _sole(time_array(np.array(self.view(np.ndarray), order=order), self._unit))

    def __deepcopy__(self, memo: dict[int, Any]) -> Time:
        return self.copy()


class _Stored:
    """Stands for a plain Quantity in a pickle, whose own form takes long to load."""

    __slots__ = ("quantity",)

    def __init__(self, quantity: pq.Quantity) -> None:
        self.quantity = quantity

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.quantity
        return plain_quantity, (own.view(np.ndarray), unit_of(own._dimensionality))


def plain_quantity(values: NDArray[Any], of: Unit) -> pq.Quantity:
    """A quantity from a pickle of ours."""
    made = values.view(_Quantity)
    made._dimensionality = Dimensionality(of)
    return made


def stored(value: Any) -> Any:
    """A value for a pickle: plain quantities in a short form, anything else as it is."""
    return _Stored(value) if type(value) is _Quantity else value


def _timely(made: Any) -> Any:
    """A result of quantities' arithmetic, as plain Quantity where it is no time."""
    if isinstance(made, Time) and not unit_of(made._dimensionality).is_time:
        return made.view(_Quantity)
    return made


def _sole(made: Time) -> Time:
    made._sole = True
    return made


def scalar_time(value: float, of: Unit) -> Time:
    """One float64 time, made as fast as can be; `of` is trusted to be a unit of time."""
    made: Any = np.array(value).view(Time)
    made._dimensionality = of
    return made  # type: ignore[no-any-return]  # view() is typed for plain arrays


def time_array(values: NDArray[Any], of: Unit, cls: type[Time] = Time) -> Time:
    """Times that share memory with an array; `of` is trusted to be a unit of time."""
    made: Any = values.view(cls)
    made._dimensionality = of
    return made  # type: ignore[no-any-return]  # view() is typed for plain arrays


def value_in(other: Any, like: Time) -> float | None:
    """A scalar time's value in the unit of another; None leaves the case to quantities.

    `like` and `other` must both be float64 scalars of known time units, which is nearly always so.
    """
    kind = type(other)
    if (
        (kind is Time or kind is _Quantity)
        and like.ndim == 0
        and other.ndim == 0
        and like.dtype is _F8
        and other.dtype is _F8
    ):
        own, its = like._unit, other._dimensionality
        if its is own:
            return float(_item(other))
        factor = unit_of(its).factor(own)
        return float(_item(other)) * factor
    return None


def values_in(other: Any, like: Time) -> NDArray[Any] | None:
    """Times as numbers in the unit of another; None leaves the case to quantities.

    Both must be float64 of known time units, scalars or arrays. Raises ValueError where `other`
    is no time.
    """
    kind = type(other)
    if (kind is Time or kind is _Quantity) and like.dtype is _F8 and other.dtype is _F8:
        own, its = like._unit, other._dimensionality
        values: NDArray[Any] = other.view(np.ndarray)
        return values if its is own else values * unit_of(its).factor(own)
    return None


def _joined(
    mine: Time, other: Any, operation: Callable[[Any, Any], Any], slow: Callable[[Any, Any], Any]
) -> Any:
    """A sum or difference of which one part at least is an array, in the unit of the first."""
    values = values_in(other, mine)
    if values is None:
        if getattr(other, "__array_priority__", 0) > Time.__array_priority__:
            return NotImplemented  # trains and events know how they are shifted
        return slow(mine, other)
    own = mine.view(np.ndarray)
    made = operation(own, values)
    return mine if made is own else _sole(time_array(np.asarray(made), mine._unit))


def _reflected(
    mine: Time, other: Any, operation: Callable[[Any, Any], Any], slow: Callable[[Any, Any], Any]
) -> Any:
    """``other - mine`` and the like, in the unit of `other` where that is a plain Quantity.

    Python asks the subclass first, so this stands in for ``Quantity.__add__`` of `other`, whose
    unit the result has.
    """
    if type(other) is _Quantity and other.dtype is _F8:
        left = time_array(other.view(np.ndarray), unit_of(other._dimensionality))
        values = values_in(mine, left)
        if values is not None:
            made = operation(left.view(np.ndarray), values)
            return _sole(time_array(np.asarray(made), left._unit))
    if isinstance(other, _Quantity):
        forward = _Quantity.__add__ if operation is operator.add else _Quantity.__sub__
        return forward(other.view(_Quantity), mine)
    return slow(mine, other)


def _compared(
    mine: Time, other: Any, operation: Callable[[Any, Any], Any], slow: Callable[[Any, Any], Any]
) -> Any:
    try:
        value = value_in(other, mine)
        if value is not None:
            return np.bool_(operation(_item(mine), value))
        values = values_in(other, mine)
    except ValueError:
        values = None
    return slow(mine, other) if values is None else operation(mine.view(np.ndarray), values)


def _scaled(mine: Time, operation: Callable[[Any, Any], Any], number: float) -> Time:
    if mine.ndim == 0:
        return scalar_time(float(operation(_item(mine), number)), mine._unit)
    return _sole(time_array(operation(mine.view(np.ndarray), number), mine._unit))
