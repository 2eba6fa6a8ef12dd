"""What differs between two answers: the one list that both sides of the harness write to."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantities as pq

__all__ = ["Difference", "Differences", "Refusal", "attempt"]


@dataclass(frozen=True)
class Difference:
    """One field that differs; `size` is the largest absolute difference of numbers, else inf."""

    field: str
    where: str
    neo: str
    ours: str
    size: float = np.inf

    def __str__(self) -> str:
        by = f" (by at most {self.size:.3g})" if np.isfinite(self.size) else ""
        return f"{self.field} [{self.where}]: Neo {self.neo}, ours {self.ours}{by}"


@dataclass(frozen=True)
class Refusal:
    """An answer that was an exception."""

    error: Exception

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}: {str(self.error)[:120]}"


def attempt(act: Callable[[], Any]) -> Any:
    """What `act` returns, or its exception as a Refusal; warnings are not the matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Neo's and quantities' own: what differs is compared
        try:
            return act()
        except Exception as error:  # whatever it is: the comparison shows it
            return Refusal(error)


class Differences(list[Difference]):
    """Collects what differs."""

    def compare(self, field: str, where: str, neo: Any, ours: Any) -> bool:
        """Note a difference, if there is one; True where both are the same."""
        if isinstance(neo, Refusal) or isinstance(ours, Refusal):
            if isinstance(neo, Refusal) and isinstance(ours, Refusal):
                return True
            self.append(Difference("refusal", f"{where} ({field})", shown(neo), shown(ours)))
            return False
        if same(neo, ours):
            return True
        self.append(Difference(field, where, shown(neo), shown(ours), distance(neo, ours)))
        return False

    def compare_tables(self, table: str, neo: Any, ours: Any) -> None:
        """Compare structured arrays: fields and types, number of rows, each field's values."""
        self.compare(f"{table}.dtype", "header", neo.dtype, ours.dtype)
        if self.compare(table, "number of rows", len(neo), len(ours)):
            for name in neo.dtype.names:
                self.compare(f"{table}.{name}", "header", neo[name], ours[name])

    def compare_dicts(self, field: str, where: str, neo: Mapping[str, Any], ours: Any) -> None:
        """Compare annotations key by key."""
        self.compare(field, f"{where}: keys", sorted(neo), sorted(ours))
        for key in set(neo) & set(ours):
            self.compare(field, f"{where}[{key!r}]", neo[key], ours[key])


def same(a: Any, b: Any) -> bool:
    """Equal, bit for bit where both are numbers of one type; NaN equals NaN."""
    if isinstance(a, pq.Quantity) or isinstance(b, pq.Quantity):
        units = [str(x.dimensionality) if hasattr(x, "dimensionality") else None for x in (a, b)]
        return units[0] == units[1] and same(plain(a), plain(b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape:
            return False
        if a.dtype == b.dtype and a.dtype.kind == "f":
            return a.tobytes() == b.tobytes() or bool(np.array_equal(a, b, equal_nan=True))
        return bool(np.array_equal(a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, (str, bytes)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float) and np.isnan(a) and np.isnan(b):
        return True
    return (type(a) is type(b) and bool(a == b)) or bool(a == b)


def plain(value: Any) -> Any:
    return np.asarray(value.magnitude) if isinstance(value, pq.Quantity) else value


def distance(a: Any, b: Any) -> float:
    a, b = np.asarray(plain(a)), np.asarray(plain(b))
    if a.shape != b.shape or a.dtype.kind not in "iufb" or b.dtype.kind not in "iufb":
        return np.inf
    if a.size == 0:
        return 0.0
    return float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64))))


def shown(value: Any) -> str:
    text = repr(value)
    if isinstance(value, np.ndarray):
        text = f"{value.dtype}{value.shape} {np.array2string(value, threshold=6)}"
    return " ".join(text.split())[:160]
