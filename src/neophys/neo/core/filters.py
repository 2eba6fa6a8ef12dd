"""Conditions for :meth:`Container.filter`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container as Collection
from numbers import Number
from typing import Any

import numpy as np

__all__ = [
    "Equals", "FilterCondition", "GreaterThan", "GreaterThanOrEquals", "InRange", "IsIn", "IsNot",
    "LessThan", "LessThanOrEquals",
]  # fmt: skip

_NOTHING = object()
_NO_ARRAYS: dict[str, Any] = {}


class FilterCondition(ABC):
    """A test of a value against a control value."""

    def __init__(self, control: Any) -> None:
        self.control = control

    @abstractmethod
    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""


class Equals(FilterCondition):
    """Equal to the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare == self.control)


class IsNot(FilterCondition):
    """Different from the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare != self.control)


class LessThanOrEquals(FilterCondition):
    """At most the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare <= self.control)


class GreaterThanOrEquals(FilterCondition):
    """At least the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare >= self.control)


class LessThan(FilterCondition):
    """Less than the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare < self.control)


class GreaterThan(FilterCondition):
    """Greater than the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        return bool(compare > self.control)


class IsIn(FilterCondition):
    """In a list, tuple, set, range, array ..., or equal to a number.

    Raises TypeError for a text or anything else, when made.
    """

    def __init__(self, control: Any) -> None:
        if isinstance(control, (str, bytes)) or not isinstance(control, (Collection, Number)):
            raise TypeError(f"IsIn takes a list, tuple, set or number, not {control!r}")
        super().__init__(control)

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        if isinstance(self.control, Collection):
            return compare in self.control
        return bool(compare == self.control)


class InRange(FilterCondition):
    """Between two bounds: numbers, or times and other quantities.

    `left_closed` and `right_closed` keep Neo's meaning, which is the opposite of the word: False
    includes the bound, True excludes it. Neo's own tests and programs rely on it.
    """

    def __init__(
        self,
        lower_bound: Any,
        upper_bound: Any,
        left_closed: bool = False,
        right_closed: bool = False,
    ) -> None:
        for bound in (lower_bound, upper_bound):
            if not isinstance(bound, Number) and not hasattr(bound, "dimensionality"):
                raise ValueError("parameter is not a number")
        super().__init__((lower_bound, upper_bound))
        self.lower_bound, self.upper_bound = lower_bound, upper_bound
        self.left_closed, self.right_closed = left_closed, right_closed

    def evaluate(self, compare: Any) -> bool:
        """Whether the value `compare` passes."""
        above = self.lower_bound < compare if self.left_closed else self.lower_bound <= compare
        below = compare < self.upper_bound if self.right_closed else compare <= self.upper_bound
        return bool(above and below)


def equal(found: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one; of an array, whether one of its elements is."""
    if found is wanted:
        return True
    try:
        same = found == wanted
        if type(same) is bool or np.ndim(same) == 0:
            return bool(same)
    except (TypeError, ValueError):  # what cannot be compared is not equal
        return False
    if np.ndim(wanted) == 0:
        return bool(np.any(same))
    return bool(np.shape(found) == np.shape(wanted) and np.all(same))


def passes(found: Any, condition: FilterCondition) -> bool:
    """Whether a value meets a condition; of an array, whether one of its elements does.

    What has no order with the control (None, a text) does not meet it.
    """
    if isinstance(condition, Equals):
        return equal(found, condition.control)
    if isinstance(condition, IsNot):
        return not equal(found, condition.control)
    if isinstance(found, np.ndarray) and found.ndim:
        return any(passes(element, condition) for element in found.ravel())
    try:
        return bool(condition.evaluate(found))
    except TypeError:
        if type(condition).__module__ != __name__:
            raise  # a mistake in somebody's own condition
        return False


def fits(obj: Any, key: str, wanted: Any) -> bool:
    """Whether a criterion of :meth:`Container.filter` holds for an object.

    A value is looked for in the attribute, the annotation and the array annotation of that name;
    a condition is asked about the first of annotation, attribute and array annotation there is.
    """
    if isinstance(wanted, FilterCondition):
        return _meets(obj, key, wanted)
    if equal(getattr(obj, key, _NOTHING), wanted):
        return True
    if key in obj.annotations and equal(obj.annotations[key], wanted):
        return True
    arrays: Any = getattr(obj, "array_annotations", _NO_ARRAYS)
    return key in arrays and equal(arrays[key], wanted)


def _meets(obj: Any, key: str, condition: FilterCondition) -> bool:
    if key in obj.annotations:
        return passes(obj.annotations[key], condition)
    attribute = getattr(obj, key, _NOTHING)
    if attribute is not _NOTHING and not callable(attribute):
        return passes(attribute, condition)
    arrays: Any = getattr(obj, "array_annotations", _NO_ARRAYS)
    return key in arrays and passes(arrays[key], condition)
