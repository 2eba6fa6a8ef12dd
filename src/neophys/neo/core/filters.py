"""Conditions for :meth:`Container.filter`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from numbers import Number
from typing import Any

__all__ = [
    "Equals", "FilterCondition", "GreaterThan", "GreaterThanOrEquals", "InRange", "IsIn", "IsNot",
    "LessThan", "LessThanOrEquals",
]  # fmt: skip


class FilterCondition(ABC):
    """A test of an annotation against a control value."""

    def __init__(self, control: Any) -> None:
        self.control = control

    @abstractmethod
    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""


class Equals(FilterCondition):
    """Equal to the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare == self.control)


class IsNot(FilterCondition):
    """Different from the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare != self.control)


class LessThanOrEquals(FilterCondition):
    """At most the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare <= self.control)


class GreaterThanOrEquals(FilterCondition):
    """At least the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare >= self.control)


class LessThan(FilterCondition):
    """Less than the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare < self.control)


class GreaterThan(FilterCondition):
    """Greater than the control."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        return bool(compare > self.control)


class IsIn(FilterCondition):
    """In a list, tuple or set, or equal to an int."""

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation passes; SyntaxError for any other control, as in Neo."""
        if isinstance(self.control, (list, tuple, set)):
            return compare in self.control
        if isinstance(self.control, int):
            return bool(compare == self.control)
        raise SyntaxError("parameter not of type list, tuple, set or int")


class InRange(FilterCondition):
    """Between two bounds.

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
        if not isinstance(lower_bound, Number) or not isinstance(upper_bound, Number):
            raise ValueError("parameter is not a number")
        super().__init__((lower_bound, upper_bound))
        self.lower_bound, self.upper_bound = lower_bound, upper_bound
        self.left_closed, self.right_closed = left_closed, right_closed

    def evaluate(self, compare: Any) -> bool:
        """Whether the annotation `compare` passes."""
        above = self.lower_bound < compare if self.left_closed else self.lower_bound <= compare
        below = compare < self.upper_bound if self.right_closed else compare <= self.upper_bound
        return bool(above and below)
