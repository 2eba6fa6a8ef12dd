"""What a decoded number or text means, and which values are allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import numpy as np

from neophys.errors import near_misses

__all__ = ["Allowed", "Between", "Convert", "Enum", "Moment", "Pair", "Scale", "Where"]


@runtime_checkable
class Convert(Protocol):
    """From the stored number or text to the value, and back; ValueError says what would be right.

    ``decode(encode(value)) == value`` for every value that encode takes.
    """

    @property
    def label(self) -> str: ...

    def decode(self, value: Any) -> Any: ...

    def encode(self, value: Any) -> Any: ...


@dataclass(frozen=True)
class Enum:
    """Codes with names. A code without a name stays a number: what is new is not lost."""

    names: Mapping[int, str]

    @property
    def label(self) -> str:
        return ", ".join(f"{code} {name}" for code, name in self.names.items())

    def decode(self, value: int) -> str | int:
        return self.names.get(value, value)

    def encode(self, value: str | int) -> int:
        if not isinstance(value, str):
            return value
        for code, name in self.names.items():
            if name == value:
                return code
        raise ValueError(f"must be one of: {self.label}{near_misses(value, self.names.values())}")


@dataclass(frozen=True)
class Scale:
    """``value = stored / divisor``: 150 with 1000 is 0.15. On arrays, too."""

    divisor: float
    units: str = ""

    @property
    def label(self) -> str:
        return f"÷ {self.divisor:g} {self.units}".rstrip()

    def decode(self, value: Any) -> Any:
        return value / self.divisor

    def encode(self, value: Any) -> Any:
        return np.rint(np.asarray(value, "f8") * self.divisor)


@dataclass(frozen=True)
class Pair:
    """Any other conversion, by two functions."""

    decoder: Callable[[Any], Any]
    encoder: Callable[[Any], Any]
    label: str = ""

    def decode(self, value: Any) -> Any:
        return self.decoder(value)

    def encode(self, value: Any) -> Any:
        return self.encoder(value)


_PARTS: Final[dict[str, str]] = {
    "Y": "year",
    "M": "month",
    "D": "day",
    "h": "hour",
    "m": "minute",
    "s": "second",
}


@dataclass(frozen=True)
class Moment:
    """A date, a time of day or both, stored as numbers in some order.

    Parameters
    ----------
    order
        One letter for each number: ``Y M D h m s``, ``f`` milliseconds, ``_`` ignored (written 0).
    year0
        Added to the year: 1900 where it is stored as years since then.

    Notes
    -----
    With Y, M, D the value is a date, with h, m, s a time, with both a datetime (without zone).
    A date of zeros only is None: unknown.
    """

    order: str
    year0: int = 0

    @property
    def label(self) -> str:
        return f"{self.order}, year + {self.year0}" if self.year0 else self.order

    @cached_property
    def _places(self) -> tuple[tuple[str, int], ...]:
        return tuple((_PARTS[c], i) for i, c in enumerate(self.order) if c in _PARTS)

    def decode(self, value: Any) -> dt.date | dt.time | dt.datetime | None:
        numbers = np.asarray(value).tolist()
        if len(numbers) != len(self.order):
            raise ValueError(f"must be {len(self.order)} numbers")
        dated = "Y" in self.order
        if dated and not any(numbers):
            return None
        parts = {name: numbers[i] for name, i in self._places}
        if "f" in self.order:
            parts["microsecond"] = numbers[self.order.index("f")] * 1000
        try:
            if not dated:
                return dt.time(**parts)
            parts["year"] += self.year0
            return dt.datetime(**parts) if "hour" in parts else dt.date(**parts)
        except (ValueError, OverflowError):
            raise ValueError("must be a valid date or time") from None

    def encode(self, value: Any) -> list[int]:
        numbers = []
        for c in self.order:
            if c in _PARTS:
                number = getattr(value, _PARTS[c], None)
                if number is None:
                    raise ValueError("must be a date or time with all parts of " + self.order)
                numbers.append(number - self.year0 if c == "Y" else number)
            else:
                numbers.append(value.microsecond // 1000 if c == "f" else 0)
        return numbers


@dataclass(frozen=True)
class Between:
    """Allowed: from `low` to `high`, both included."""

    low: float
    high: float

    def __call__(self, value: Any) -> bool:
        return bool(self.low <= value <= self.high)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Where:
    """Allowed: what a test says, in words: ``Where("a multiple of 4", lambda n: n % 4 == 0)``."""

    text: str
    test: Callable[[Any], bool]

    def __call__(self, value: Any) -> bool:
        return bool(self.test(value))

    def __str__(self) -> str:
        return self.text


#: Allowed values of a field: a set, a range, :class:`Between`, :class:`Where`.
Allowed: TypeAlias = Collection[Any] | Between | Where


def is_allowed(allowed: Allowed, value: Any) -> bool:
    """Whether `value` (each element of an array) is allowed."""
    if isinstance(value, np.ndarray | tuple):
        flat = value.ravel().tolist() if isinstance(value, np.ndarray) else value
        return all(is_allowed(allowed, element) for element in flat)
    return allowed(value) if isinstance(allowed, Between | Where) else value in allowed


def describe_allowed(allowed: Allowed | None) -> str:
    """In words: ``"1, 2 or 4"``, ``"0 to 256"``."""
    if allowed is None:
        return ""
    if isinstance(allowed, range) and len(allowed) > 1 and allowed.step == 1:
        return f"{allowed[0]} to {allowed[-1]}"
    if isinstance(allowed, Between | Where):
        return str(allowed)
    values = [
        repr(value)
        for value in (sorted(allowed) if isinstance(allowed, set | frozenset) else allowed)
    ]
    return " or ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else values)
