"""Blocks: whole recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from neophys.neo.core.container import Container, children_property, unique_objs
from neophys.neo.core.group import Group
from neophys.neo.core.objectlist import ObjectList
from neophys.neo.core.segment import Segment

__all__ = ["Block"]


class Block(Container):
    """A recording: segments, and groups across them.

    Parameters
    ----------
    name, description, file_origin : str, optional
    file_datetime, rec_datetime : datetime, optional
        When the file was made, and when the recording began.
    index : int, optional
    **annotations
    """

    _container_child_objects: ClassVar[tuple[str, ...]] = ("Segment", "Group")
    _recommended_attrs: ClassVar[tuple[Any, ...]] = (
        ("file_datetime", datetime),
        ("rec_datetime", datetime),
        ("index", int),
        *Container._recommended_attrs,
    )
    _repr_pretty_attrs_keys_: ClassVar[tuple[str, ...]] = (
        *Container._repr_pretty_attrs_keys_,
        "file_origin",
        "file_datetime",
        "rec_datetime",
        "index",
    )
    _repr_pretty_containers: ClassVar[tuple[str, ...]] = ("segments",)

    def __init__(
        self, name: Any = None, description: Any = None, file_origin: Any = None,
        file_datetime: Any = None, rec_datetime: Any = None, index: Any = None,
        **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, description, file_origin, **annotations)
        self.file_datetime = file_datetime
        self.rec_datetime = rec_datetime
        self.index = index
        self._segments = ObjectList(Segment, parent=self)
        self._groups = ObjectList(Group, parent=self)

    segments = children_property("segments", "Segments.")
    groups = children_property("groups", "Groups.")

    @property
    def data_children_recur(self) -> tuple[Any, ...]:
        """Data objects in all segments and groups, each once."""
        return tuple(unique_objs(super().data_children_recur))

    def list_children_by_class(self, cls: Any) -> list[Any]:
        """All children below of a class, given as class or by name, each once."""
        return unique_objs(super().list_children_by_class(cls))
