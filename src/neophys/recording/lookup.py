"""Finding things by name, id or position."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from neophys.errors import NeophysError, near_misses

__all__ = ["Named", "channel_columns", "find"]

T = TypeVar("T")


def find(
    key: str,
    names: Sequence[str],
    ids: Sequence[str],
    *,
    what: str,
    error: type[NeophysError],
) -> int:
    """The position of what is called `key`: by name, else by id; exact and case-sensitive.

    Raises
    ------
    NeophysError
        Of the type `error`: unknown (with near misses), or a name that several share.
    """
    found = [i for i, name in enumerate(names) if name == key]
    if not found:
        found = [i for i, id_ in enumerate(ids) if id_ == key]
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(repr(ids[i]) for i in found)
        raise error(f"{len(found)} {what}s are called {key!r}; choose by id ({which}) or number")
    if not names:
        raise error(f"no {what} {key!r}: there is none")
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    raise error(f"no {what} {key!r}{near_misses(key, names)} ({len(names)}: {shown})")


class Named(Generic[T]):
    """An ordered mapping by name, id and position; iteration gives the values."""

    def __init__(
        self,
        names: Sequence[str],
        ids: Sequence[str],
        make: Callable[[int], T],
        *,
        what: str,
        error: type[NeophysError],
    ) -> None:
        self.names, self._ids, self._make = tuple(names), tuple(ids), make
        self._what, self._error = what, error

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[T]:
        return (self._make(i) for i in range(len(self)))

    def __getitem__(self, key: str | int) -> T:
        if isinstance(key, str):
            index = find(key, self.names, self._ids, what=self._what, error=self._error)
        else:
            index = _number(key, len(self), self._what, self._error)
        return self._make(index)

    def __contains__(self, key: object) -> bool:
        return key in self.names or key in self._ids

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.names)

    def __repr__(self) -> str:
        names = f": {', '.join(self.names)}" if self.names else ""
        return f"<{len(self)} {self._what}s{names}>"


def channel_columns(
    wanted: Any, channels: NDArray[np.void], error: type[NeophysError]
) -> tuple[slice | NDArray[np.int64], bool]:
    """The columns that `wanted` means, and whether it is a single one (its dimension goes).

    Parameters
    ----------
    wanted
        A name, id or number; a list of these; a slice of numbers; a mask.
    channels
        Structured array with ``name`` and ``id``.
    """
    n = len(channels)
    if isinstance(wanted, slice):
        for end in (wanted.start, wanted.stop, wanted.step):
            if end is not None and not hasattr(end, "__index__"):
                raise TypeError(f"channels are sliced by number, not {end!r}")
        start, stop, step = wanted.indices(n)
        if step == 1:
            return slice(start, max(start, stop)), False
        return np.arange(start, stop, step, dtype=np.int64), False
    if isinstance(wanted, str) or np.ndim(wanted) == 0:
        index = _column(wanted, channels, error)
        return slice(index, index + 1), True
    array = np.asarray(wanted)
    if array.dtype == bool:
        if array.shape != (n,):
            raise error(f"a mask of {array.shape} for {n} channels")
        return np.flatnonzero(array).astype(np.int64), False
    return np.array([_column(item, channels, error) for item in wanted], np.int64), False


def _column(wanted: Any, channels: NDArray[np.void], error: type[NeophysError]) -> int:
    if isinstance(wanted, str):
        names, ids = channels["name"].tolist(), channels["id"].tolist()
        return find(str(wanted), names, ids, what="channel", error=error)
    return _number(wanted, len(channels), "channel", error)


def _number(wanted: Any, n: int, what: str, error: type[NeophysError]) -> int:
    """`wanted` as a position from the start; negative ones count from the end."""
    try:
        return range(n)[operator.index(wanted)]
    except IndexError:
        raise error(f"no {what} {wanted}: there are {n}") from None
    except TypeError:
        raise TypeError(f"a {what} is chosen by name, id or number, not {wanted!r}") from None
