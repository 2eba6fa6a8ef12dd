"""Lists that know what they may hold and who owns it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from neophys.neo.core.baseneo import BaseNeo

__all__ = ["ObjectList"]


class ObjectList:
    """A list of Neo objects that checks their class and sets their parent.

    Parameters
    ----------
    allowed_contents : class or tuple of classes
        What may stand in the list; proxies of such may, too.
    parent : Container, optional
        Becomes the parent of everything that is added.
    """

    def __init__(self, allowed_contents: Any, parent: Any = None) -> None:
        kinds = (allowed_contents,) if isinstance(allowed_contents, type) else allowed_contents
        if not all(issubclass(kind, BaseNeo) for kind in kinds):
            raise TypeError("Each item in allowed_contents must be a subclass of BaseNeo")
        self.allowed_contents = tuple(kinds)
        self._items: list[Any] = []
        self.parent = parent

    def _fits(self, obj: Any) -> bool:
        return isinstance(obj, self.allowed_contents) or (
            getattr(obj, "proxy_for", None) in self.allowed_contents
        )

    def _handle_append(self, obj: Any) -> None:
        """Check one object and make it this list's parent's child."""
        if not self._fits(obj):
            raise TypeError(
                f"Object is a {type(obj)}. It should be one of {self.allowed_contents}."
            )
        if self._contains(obj):
            raise ValueError(
                "Cannot add this object because it is already contained within the list"
            )
        self._adopt(obj)

    def _adopt(self, obj: Any) -> None:
        parent = self.parent
        if parent is None:
            return
        relation = type(parent).__name__.lower()
        if relation == "group":
            raise TypeError("Objects in groups should not link to the group as their parent")
        setattr(obj, relation, parent)

    def _contains(self, obj: Any) -> bool:
        return any(item is obj for item in self._items)

    def __str__(self) -> str:
        return str(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __add__(self, objects: Any) -> Any:
        return self._items + list(objects)

    def __radd__(self, objects: Any) -> Any:
        return list(objects) + self._items

    def __contains__(self, key: object) -> bool:
        return self._contains(key) or key in self._items

    def __iadd__(self, objects: Any) -> Any:
        self.extend(objects)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __getitem__(self, i: Any) -> Any:
        return self._items[i]

    def __len__(self) -> int:
        return len(self._items)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._items[key] = value

    def append(self, obj: Any) -> None:
        """Add one object; TypeError for a wrong class, ValueError for one that is in already."""
        self._handle_append(obj)
        self._items.append(obj)

    def extend(self, objects: Iterable[Any]) -> None:
        """Add several objects, checked one after another."""
        for obj in list(objects):
            self.append(obj)

    def insert(self, index: int, obj: Any) -> None:
        """Add an object before another."""
        self._handle_append(obj)
        self._items.insert(index, obj)

    def clear(self) -> None:
        """Empty the list; the objects keep their parent."""
        self._items = []

    def count(self, value: Any) -> int:
        """How often an object is in the list."""
        return self._items.count(value)

    def index(self, value: Any, start: int = 0, stop: int = sys.maxsize) -> int:
        """Where an object stands."""
        return self._items.index(value, start, stop)

    def pop(self, index: int = -1) -> Any:
        """Remove and return an object, which keeps its parent."""
        return self._items.pop(index)

    def remove(self, value: Any) -> None:
        """Remove an object, which keeps its parent."""
        for i, item in enumerate(self._items):
            if item is value:
                del self._items[i]
                return
        self._items.remove(value)

    def reverse(self) -> None:
        """Reverse the order, in place."""
        self._items.reverse()

    def sort(self, *args: Any, key: Any = None, reverse: bool = False) -> None:
        """Sort in place."""
        self._items.sort(*args, key=key, reverse=reverse)
