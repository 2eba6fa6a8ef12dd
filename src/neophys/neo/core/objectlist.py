"""Lists that know what they may hold and who owns it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from neophys.neo.core.baseneo import BaseNeo, parent_attribute

__all__ = ["ObjectList"]


class _Members:
    """The ids of the objects in a list, so that asking whether one is in does not scan it."""

    __slots__ = ("ids", "of")

    def __init__(self, of: list[Any] | None = None) -> None:
        self.of = of
        self.ids = set(map(id, of or ()))


class ObjectList:
    """A list of Neo objects that checks their class and sets their parent.

    An object is in the list if it is that very object: equal data do not count. What is taken out
    has no parent any more, if this list's owner was its parent.

    Parameters
    ----------
    allowed_contents : class or tuple of classes
        What may stand in the list; proxies of such may, too.
    parent : Container, optional
        Becomes the parent of everything that is added.
    """

    parent: Any = None
    _members: _Members | None = None

    def __init__(self, allowed_contents: Any, parent: Any = None) -> None:
        kinds = (allowed_contents,) if isinstance(allowed_contents, type) else allowed_contents
        if not all(issubclass(kind, BaseNeo) for kind in kinds):
            raise TypeError("Each item in allowed_contents must be a subclass of BaseNeo")
        self.allowed_contents = tuple(kinds)
        self._items: list[Any] = []
        self.parent = parent

    # What subclasses that keep their items otherwise override.

    def _own_items(self) -> list[Any]:
        """The items, to be changed."""
        return self._items

    def _made_items(self) -> list[Any]:
        """Those items that exist as objects already."""
        return self._items

    def _limits(self, word: str) -> list[Any]:
        """An attribute of all items."""
        return [getattr(obj, word) for obj in self._items]

    # Membership and parents.

    def _fits(self, obj: Any) -> bool:
        return isinstance(obj, self.allowed_contents) or (
            getattr(obj, "proxy_for", None) in self.allowed_contents
        )

    def _known(self) -> _Members:
        items, known = self._items, self._members
        if known is None or known.of is not items or len(known.ids) != len(items):
            known = self._members = _Members(items)
        return known

    def _changing(self) -> list[Any]:
        """The items, to be changed, after which their ids are looked up anew."""
        self._members = None
        return self._own_items()

    def _contains(self, obj: Any) -> bool:
        return id(obj) in self._known().ids and any(item is obj for item in self._items)

    def _check(self, objects: Iterable[Any], leaving: Iterable[Any] = ()) -> None:
        """Raise TypeError for a wrong class, ValueError for what would be in the list twice."""
        going, seen = set(map(id, leaving)), set()
        for obj in objects:
            if not self._fits(obj):
                raise TypeError(
                    f"Object is a {type(obj)}. It should be one of {self.allowed_contents}."
                )
            if id(obj) in seen or (id(obj) not in going and self._contains(obj)):
                raise ValueError(
                    "Cannot add this object because it is already contained within the list"
                )
            seen.add(id(obj))

    def _handle_append(self, obj: Any) -> None:
        """Check one object and make it this list's parent's child."""
        self._check((obj,))
        self._adopt(obj)

    def _adopt(self, obj: Any) -> None:
        parent = self.parent
        if parent is None:
            return
        relation = parent_attribute(obj, parent)
        if relation == "group":
            raise TypeError("Objects in groups should not link to the group as their parent")
        if getattr(obj, relation, None) is not parent:
            setattr(obj, relation, parent)

    def _release(self, obj: Any) -> None:
        parent = self.parent
        if parent is not None:
            relation = parent_attribute(obj, parent)
            if getattr(obj, relation, None) is parent:
                setattr(obj, relation, None)

    def __getstate__(self) -> dict[str, Any]:
        # Ids mean nothing elsewhere, and are looked up while the objects are pickled.
        return {key: value for key, value in self.__dict__.items() if key != "_members"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # Data objects may be pickled without their parent.
        parent = self.parent
        if parent is not None:
            for obj in self._made_items():
                relation = parent_attribute(obj, parent)
                if getattr(obj, relation, parent) is None:
                    setattr(obj, relation, parent)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A copy of list and objects; its parent is the parent's copy, if that is being made."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        parent = self.parent
        for key, value in ObjectList.__getstate__(self).items():
            made.__dict__[key] = memo.get(id(value)) if value is parent else deepcopy(value, memo)
        if made.parent is not None:
            for obj, copied in zip(self._made_items(), made._made_items(), strict=True):
                if getattr(obj, parent_attribute(obj, parent), None) is parent:
                    made._adopt(copied)
        return made

    # As a list.

    def __str__(self) -> str:
        return str(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def _repr_html_(self) -> str:
        from neophys.neo.core import html  # made when somebody looks

        return html.of(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, (list, tuple, ObjectList)):
            return NotImplemented
        return len(self) == len(other) and all(
            mine is its for mine, its in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # as that of a list, which changes

    def __add__(self, objects: Any) -> Any:
        return self._items + list(objects)

    def __radd__(self, objects: Any) -> Any:
        return list(objects) + self._items

    def __contains__(self, key: object) -> bool:
        return self._contains(key)

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
        items = self._items
        several = isinstance(key, slice)
        new, old = (list(value), items[key]) if several else ([value], [items[key]])
        self._check(new, leaving=old)
        self._changing()[key] = new if several else value
        for obj in old:
            self._release(obj)
        for obj in new:
            self._adopt(obj)

    def __delitem__(self, key: Any) -> None:
        items = self._changing()
        old = items[key] if isinstance(key, slice) else [items[key]]
        del items[key]
        for obj in old:
            self._release(obj)

    def append(self, obj: Any) -> None:
        """Add one object; TypeError for a wrong class, ValueError for one that is in already."""
        self._handle_append(obj)
        items, known = self._own_items(), self._known()
        items.append(obj)
        known.ids.add(id(obj))

    def extend(self, objects: Iterable[Any]) -> None:
        """Add several objects: all of them, or none where one cannot be added."""
        new = list(objects)
        self._check(new)
        for obj in new:
            self._adopt(obj)
        self._changing().extend(new)

    def insert(self, index: int, obj: Any) -> None:
        """Add an object before another."""
        self._handle_append(obj)
        self._changing().insert(index, obj)

    def assign(self, objects: Iterable[Any]) -> None:
        """Replace the content: by all of these objects, or by none where one does not fit."""
        self[:] = objects

    def clear(self) -> None:
        """Empty the list."""
        del self[:]

    def copy(self) -> Any:
        """The objects, as ``self[:]``."""
        return self[:]

    def count(self, value: Any) -> int:
        """1 if an object is in the list, else 0."""
        return int(self._contains(value))

    def index(self, value: Any, start: int = 0, stop: int = sys.maxsize) -> int:
        """Where an object stands; ValueError if it does not."""
        for i in range(*slice(start, stop).indices(len(self))):
            if self._items[i] is value:
                return i
        raise ValueError(f"this {type(value).__name__} is not in the list")

    def pop(self, index: int = -1) -> Any:
        """Remove and return an object."""
        obj = self._changing().pop(index)
        self._release(obj)
        return obj

    def remove(self, value: Any) -> None:
        """Remove an object; ValueError if it is not in the list."""
        del self[self.index(value)]

    def reverse(self) -> None:
        """Reverse the order, in place."""
        self._changing().reverse()

    def sort(self, *args: Any, key: Any = None, reverse: bool = False) -> None:
        """Sort in place."""
        self._changing().sort(*args, key=key, reverse=reverse)
