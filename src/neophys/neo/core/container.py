"""What holds other objects: the base of blocks, segments and groups."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any, ClassVar, Self

from neophys.neo.core import filters
from neophys.neo.core.baseneo import (
    BaseNeo,
    MergeError,
    _container_name,
    _reference_name,
    parent_attribute,
)
from neophys.neo.core.dataobject import DataObject
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.spiketrainlist import SpikeTrainList

__all__ = ["Container", "_container_name", "_reference_name", "filterdata", "unique_objs"]


def unique_objs(objs: Iterable[Any]) -> list[Any]:
    """The objects without repetition, by identity, in order of first appearance."""
    return list({id(obj): obj for obj in objs}.values())


@cache
def _kinds(kind: type) -> frozenset[Any]:
    """A class, those it is derived from, those it is a proxy for; each with its name."""
    classes = {*kind.__mro__, *getattr(kind, "proxy_for", object).__mro__}
    return frozenset(classes | {one.__name__ for one in classes})


def _is_any(obj: Any, classes: Any) -> bool:
    """Whether an object, or what it is a proxy for, is of one of some classes or their names."""
    kind: Any = type(obj)
    return not _kinds(kind).isdisjoint(classes)


def filterdata(data: Any, targdict: Any = None, objects: Any = None, **kwargs: Any) -> Any:
    """The objects in `data` that fit; see :meth:`Container.filter`."""
    if objects is not None and not objects:
        return []
    classes = [objects] if isinstance(objects, (str, type)) else objects
    steps = [] if targdict is None else [targdict] if hasattr(targdict, "keys") else list(targdict)
    if kwargs:
        steps.append(kwargs)
    found = unique_objs(data)
    for criteria in steps:
        if not hasattr(criteria, "keys"):
            raise TypeError(f"criteria must be a dict or a list of dicts, not {targdict!r}")
        if len(criteria) == 1:
            ((key, value),) = criteria.items()
            found = [obj for obj in found if filters.fits(obj, key, value)]
        elif criteria:
            wanted = list(criteria.items())
            found = [obj for obj in found if any(filters.fits(obj, *one) for one in wanted)]
    if classes:
        found = [obj for obj in found if _is_any(obj, classes)]
    if found and all(isinstance(obj, SpikeTrain) for obj in found):
        return SpikeTrainList(found)
    return found


def children_property(name: str, doc: str) -> Any:
    """A list of children as attribute: assigning replaces the content."""

    def read(self: Container) -> Any:
        return self._get_object_list("_" + name)

    def write(self: Container, value: Any) -> None:
        self._set_object_list("_" + name, value)

    return property(read, write, doc=doc)


class Container(BaseNeo):
    """Base of blocks, segments and groups.

    Parameters
    ----------
    name, description, file_origin : str, optional
    **annotations
    """

    _container_child_objects: ClassVar[tuple[str, ...]] = ()
    _data_child_objects: ClassVar[tuple[str, ...]] = ()
    _repr_pretty_containers: ClassVar[tuple[str, ...]] = ()

    def _get_object_list(self, name: str) -> Any:
        return getattr(self, name)

    def _set_object_list(self, name: str, value: Any) -> None:
        mine = getattr(self, name)
        if value is mine:  # from +=
            return
        if not isinstance(value, (list, tuple, ObjectList)):
            raise TypeError(
                f"{name.removeprefix('_')} must be a list of objects, not a {type(value).__name__}"
            )
        mine.assign(value)

    # Names of the lists.

    @property
    def _child_objects(self) -> tuple[str, ...]:
        return self._container_child_objects + self._data_child_objects

    @property
    def _container_child_containers(self) -> tuple[str, ...]:
        return tuple(_container_name(child) for child in self._container_child_objects)

    @property
    def _data_child_containers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_container_name(child) for child in self._data_child_objects))

    @property
    def _child_containers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_container_name(child) for child in self._child_objects))

    @property
    def _container_lookup(self) -> dict[str, Any]:
        return {name: getattr(self, _container_name(name)) for name in self._child_objects}

    def _get_container(self, cls: Any) -> Any:
        """The list for a class, a subclass or a proxy; KeyError where there is none."""
        for kind in getattr(cls, "proxy_for", cls).__mro__:
            if kind.__name__ in self._child_objects:
                return getattr(self, _container_name(kind.__name__))
        raise KeyError(cls.__name__)

    # Children.

    def _in_lists(self, names: Iterable[str]) -> tuple[Any, ...]:
        return tuple(child for name in names for child in getattr(self, name))

    @property
    def _single_children(self) -> tuple[Any, ...]:
        return self._in_lists(self._child_containers)

    @property
    def data_children(self) -> tuple[Any, ...]:
        """Data objects directly in this one."""
        return self._in_lists(self._data_child_containers)

    @property
    def container_children(self) -> tuple[Any, ...]:
        """Containers directly in this one."""
        return self._in_lists(self._container_child_containers)

    @property
    def children(self) -> tuple[Any, ...]:
        """All objects directly in this one."""
        return self.data_children + self.container_children

    @property
    def data_children_recur(self) -> tuple[Any, ...]:
        """Data objects in this one and in all containers below."""
        below = (child.data_children_recur for child in self.container_children)
        return self.data_children + tuple(obj for children in below for obj in children)

    @property
    def container_children_recur(self) -> tuple[Any, ...]:
        """All containers below this one."""
        below = (child.container_children_recur for child in self.container_children)
        return self.container_children + tuple(obj for children in below for obj in children)

    @property
    def children_recur(self) -> tuple[Any, ...]:
        """All objects below this one."""
        return self.data_children_recur + self.container_children_recur

    @property
    def size(self) -> dict[str, int]:
        """How many objects are in each list."""
        return {name: len(getattr(self, name)) for name in self._child_containers}

    def add(self, *objects: Any) -> None:
        """Add objects, each to its list; TypeError for what cannot be held."""
        for obj in objects:
            try:
                held = self._get_container(type(obj))
            except KeyError:
                raise TypeError(
                    f"Cannot add object of type {type(obj).__name__} to a {type(self).__name__},"
                    f" can only add objects of the following types: {self._child_objects}"
                ) from None
            held.append(obj)

    def filter(
        self, targdict: Any = None, data: bool = True, container: bool = False,
        recursive: bool = True, objects: Any = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Children that fit.

        Parameters
        ----------
        targdict : dict or list of dict, optional
            Of the criteria in a dict one must hold, of several dicts (and `kwargs`) each. A
            criterion holds where an attribute, annotation or array annotation of its name equals
            the value, or meets the :class:`FilterCondition`; where that is an array, if one of
            its elements does. None or {}: everything.
        data, container : bool
            Whether data objects and containers are looked at.
        recursive : bool
            Whether to look below the direct children.
        objects : class, str or list of such, optional
            Only these classes, subclasses and proxies of them, whatever `data` and `container`
            say.
        **kwargs
            One more dict of criteria.

        Returns
        -------
        list, or SpikeTrainList
            The latter where all results are spike trains or `objects` is SpikeTrain.
        """
        if isinstance(targdict, str):
            raise TypeError("filtering is based on key-value pairs; only one of them was given")
        if objects is not None:
            data = container = True
        children: list[Any] = []
        if data:
            children.extend(self.data_children_recur if recursive else self.data_children)
        if container:
            children.extend(self.container_children_recur if recursive else self.container_children)
        found = filterdata(children, targdict=targdict, objects=objects, **kwargs)
        return SpikeTrainList(items=found) if objects is SpikeTrain else found

    def list_children_by_class(self, cls: Any) -> list[Any]:
        """All children below of a class, given as class, by name, or by the name of its lists."""
        wanted = cls if isinstance(cls, str) else cls.__name__
        found: list[Any] = []
        for one in (self, *self.container_children_recur):
            for name in (_container_name(wanted), wanted):
                if isinstance(held := getattr(one, name, None), ObjectList):
                    found.extend(held)
        if "RegionOfInterest" in wanted:  # all regions are in one list
            found = [obj for obj in found if _is_any(obj, [wanted])]
        return found

    # Relationships.

    def check_relationships(self, recursive: bool = True) -> None:
        """Raise AttributeError where a child does not name its container as parent."""
        for name in self._child_containers:
            objects = getattr(self, name)
            if objects.parent is None:
                continue
            if any(getattr(obj, parent_attribute(obj, self), None) is not self for obj in objects):
                raise AttributeError("Child should have its parent as an attribute")
        if recursive:
            for child in self.container_children:
                child.check_relationships(recursive=True)

    def create_relationship(self, force: bool = False, recursive: bool = True) -> None:
        """Make this the parent of its children that have none (with `force`, of all)."""
        for child in self._single_children:
            parent = parent_attribute(child, self)
            if force or getattr(child, parent, self) is None:
                setattr(child, parent, self)
        if recursive:
            for child in self.container_children:
                child.create_relationship(force=force, recursive=True)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of this and all below; its parent is the parent's copy, if that is being made."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        parents = self._parent_containers
        for key, value in self.__dict__.items():
            made.__dict__[key] = memo.get(id(value)) if key in parents else deepcopy(value, memo)
        return made

    # Merging.

    def merge(self, other: Any, *others: Any) -> None:  # type: ignore[override]  # needs one
        """Take over the content of another container, which is not to be used afterwards.

        Containers of one name are merged, data objects of one name are merged by their own
        rule, all others are appended. Groups refer to what became of their members.

        Raises
        ------
        MergeError
            Where data objects of one name do not fit.
        """
        for one in (other, *others):
            merged: dict[int, tuple[Any, Any]] = {}
            self._merge(one, merged)
            for container in (self, *self.container_children_recur):
                container._renew(merged)

    def _merge(self, other: Any, merged: dict[int, tuple[Any, Any]]) -> None:
        """Merge, and note each object that was merged beside what it became."""
        for name in self._container_child_containers:
            self._merge_containers(getattr(self, name), getattr(other, name), merged)
        for name in self._data_child_containers:
            self._merge_data(getattr(self, name), getattr(other, name), merged)
        self.merge_annotations(other)

    @staticmethod
    def _merge_containers(mine: Any, its: Any, merged: dict[int, tuple[Any, Any]]) -> None:
        by_name = {obj.name: obj for obj in mine if obj.name is not None}
        for obj in list(its):
            if obj in mine:
                continue
            if obj.name in by_name:
                by_name[obj.name]._merge(obj, merged)
            else:
                mine.append(obj)
                if obj.name is not None:
                    by_name[obj.name] = obj

    @staticmethod
    def _merge_data(mine: Any, its: Any, merged: dict[int, tuple[Any, Any]]) -> None:
        # Groups, whose lists have no parent, only refer to objects; views and proxies cannot be
        # merged.
        places = {
            obj.name: place
            for place, obj in enumerate(mine if mine.parent is not None else ())
            if obj.name is not None and isinstance(obj, DataObject)
        }
        for obj in list(its):
            if obj in mine:
                continue
            if obj.name not in places or not isinstance(obj, DataObject):
                mine.append(obj)
                continue
            place = places[obj.name]
            old, parents = mine[place], obj.parents
            obj.set_parent(mine.parent)  # signals of two segments refuse to be merged
            try:
                new = old.merge(obj)
            except (MergeError, ValueError):
                for attribute, parent in zip(obj._parent_containers, parents, strict=True):
                    setattr(obj, attribute, parent)
                raise
            if mine[-1] is new:  # a train in a segment adds what it is merged into there
                mine.pop()
            mine[place] = new
            merged[id(old)], merged[id(obj)] = (old, new), (obj, new)

    def _renew(self, merged: dict[int, tuple[Any, Any]]) -> None:
        """Put what objects were merged into in their place, where this still lists them."""
        for name in self._data_child_containers:
            objects = getattr(self, name)
            if any(id(obj) in merged for obj in objects):
                objects.assign(unique_objs(merged.get(id(o), (o, o))[1] for o in objects))

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        pp.text(type(self).__name__ + " with ")
        lists = ((name, getattr(self, name)) for name in self._child_containers)
        pp.text(", ".join(f"{len(objects)} {name}" for name, objects in lists if len(objects)))
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)
        for name in self._repr_pretty_containers:
            objects = getattr(self, name)
            pp.breakable()
            pp.text(f"# {name} (N={len(objects)})")
            for i, obj in enumerate(objects):
                pp.breakable()
                pp.text(f"{i}: ")
                with pp.indent(3):
                    pp.pretty(obj)
