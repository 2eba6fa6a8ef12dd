"""NIX entities as HDF5 objects: the few shapes that Neo's mapping needs.

nixio opens and checks the files; it makes each entity through some forty look-ups by name, which
is where Neo's writing spends its time. Here the same objects are made and read by their handles.
Sources: the files that nixio 1.5 writes (NIX 1.2), and its documentation of the data model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import h5py
import numpy as np
from h5py import h5, h5a, h5d, h5g, h5o, h5p, h5s, h5t
from numpy.typing import NDArray

from neophys.neo.io.nixio.values import Stored

__all__ = [
    "Maker", "child", "children", "has", "link", "make_group", "names", "number", "property_of",
    "put_array", "put_number", "put_text", "read_array", "read_rows", "read_stacked",
    "shape_and_dtype", "stored_properties", "subgroup", "text",
]  # fmt: skip

#: A handle of h5py (GroupID, DatasetID), which has no types of its own.
Handle = Any

_TEXT = h5py.string_dtype("utf-8")
_TEXT_TYPE = h5t.py_create(_TEXT, logical=True)
_TEXT_IN_MEMORY = h5t.py_create(_TEXT)
_SCALAR = h5s.create(h5s.SCALAR)
_ORDER = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED
_CHUNK_BYTES = 1 << 18
#: Bytes that one stored byte may stand for: deflate reaches some 1030.
_MOST_PACKED = 2000


def _group_plan() -> Any:
    plan = h5p.create(h5p.GROUP_CREATE)
    plan.set_link_creation_order(_ORDER)
    return plan


_GROUP_PLAN = _group_plan()


# Writing


def put_text(where: Handle, name: bytes, value: str) -> None:
    """Set an attribute to a text."""
    held = np.empty((), _TEXT)
    held[()] = value
    h5a.create(where, name, _TEXT_TYPE, _SCALAR).write(held, _TEXT_IN_MEMORY)


def put_number(where: Handle, name: bytes, value: float) -> None:
    """Set an attribute to a float64."""
    h5a.create(where, name, h5t.IEEE_F64LE, _SCALAR).write(np.array(value, np.float64))


def make_group(where: Handle, name: str) -> Handle:
    """A new group that remembers the order of its links."""
    return h5g.create(where, name.encode(), gcpl=_GROUP_PLAN)


def subgroup(where: Handle, name: str) -> Handle:
    """A group of a group, made where it is not there."""
    found = child(where, name.encode())
    return make_group(where, name) if found is None else found


def link(target: Handle, where: Handle, name: str) -> None:
    """Let an object appear in a group under a name."""
    h5o.link(target, where, name.encode())


@lru_cache(maxsize=64)
def _types(dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """HDF5 types of values in a file and in memory."""
    if dtype.kind == "O":
        return _TEXT_TYPE, _TEXT_IN_MEMORY
    return h5t.py_create(dtype, logical=True), h5t.py_create(dtype)


@lru_cache(maxsize=64)
def _dataset_plan(chunk: tuple[int, ...]) -> Any:
    plan = h5p.create(h5p.DATASET_CREATE)
    plan.set_chunk(chunk)
    return plan


def put_array(where: Handle, name: bytes, values: NDArray[Any]) -> Handle:
    """A new dataset, which nixio may resize later."""
    values = np.ascontiguousarray(values)
    kind, in_memory = _types(values.dtype)
    rest = values.shape[1:]
    row = values.itemsize * math.prod(rest)
    rows = max(1, min(len(values), _CHUNK_BYTES // max(row, 1)))
    plan = _dataset_plan((rows, *(max(1, size) for size in rest)))
    space = h5s.create_simple(values.shape, (h5s.UNLIMITED,) * values.ndim)
    made = h5d.create(where, name, kind, space, plan)
    if values.size:
        # Texts are objects here; HDF5 asks for the dtype that says so.
        held = values.astype(_TEXT) if values.dtype.kind == "O" else values
        made.write(h5s.ALL, h5s.ALL, held, in_memory)
    return made


class Maker:
    """Makes entities that all say the same time of making."""

    def __init__(self) -> None:
        # nixio stamps local time, too.
        self.now = datetime.now().strftime("%Y%m%dT%H%M%S")

    def identify(self, made: Handle, name: str, kind: str | None) -> str:
        """Give an object what every entity has; returns its id."""
        identity = str(uuid4())
        put_text(made, b"name", name)
        if kind is not None:
            put_text(made, b"type", kind)
        put_text(made, b"entity_id", identity)
        put_text(made, b"created_at", self.now)
        put_text(made, b"updated_at", self.now)
        return identity

    def entity(self, where: Handle, name: str, kind: str, stored_as: str = "") -> tuple[Any, str]:
        """A new entity in a container, and its id."""
        made = make_group(where, stored_as or name)
        return made, self.identify(made, name, kind)

    def data_array(
        self, where: Handle, name: str, kind: str, values: NDArray[Any], unit: str | None
    ) -> tuple[Handle, str]:
        """A new DataArray and its id."""
        made, identity = self.entity(where, name, kind)
        put_array(made, b"data", values)
        if unit is not None:
            put_text(made, b"unit", unit)
        return made, identity

    def dimension(self, where: Handle, index: int, kind: str) -> Handle:
        """A new dimension (``"set"``, ``"sample"``, ``"range"``) in a group of them, from 1."""
        made = make_group(where, str(index))
        put_text(made, b"dimension_type", kind)
        return made

    def feature(self, where: Handle, data: Handle) -> None:
        """Let a DataArray be the feature of a tag, one part of it for each position."""
        identity = str(uuid4())
        made = make_group(where, identity)
        for name, value in (
            (b"entity_id", identity),
            (b"link_type", "indexed"),
            (b"target_type", "DataArray"),
            (b"created_at", self.now),
            (b"updated_at", self.now),
        ):
            put_text(made, name, value)
        link(data, made, "data")

    def put_property(
        self, where: Handle, name: str, stored: Stored, kind: str | None = None
    ) -> None:
        """A new property in a section's group of them; KeyError where the name is taken."""
        place = _link_name(name)
        if place in where:
            raise KeyError(name)
        made = put_array(where, place, stored.values)
        self.identify(made, name, None)
        for key, value in ((b"unit", stored.unit), (b"definition", stored.definition)):
            if value is not None:
                put_text(made, key, value)
        if kind is not None:
            put_text(made, b"type", kind)


def _link_name(name: str) -> bytes:
    # A slash would be a path; the name itself stands in an attribute.
    return (name.replace("/", "_") if name.strip(".") else "_" + name).encode()


# Reading


def has(where: Handle, name: bytes) -> bool:
    """Whether a group has a child of this name."""
    return bool(where.links.exists(name))


def child(where: Handle, name: bytes) -> Handle | None:
    """An object of a group, or None."""
    return h5o.open(where, name) if where.links.exists(name) else None


def names(where: Handle) -> list[bytes]:
    """Names of a group's links, in the order of making where the file tells."""
    found: list[bytes] = []
    ordered = where.get_create_plist().get_link_creation_order() & h5p.CRT_ORDER_INDEXED
    where.links.iterate(found.append, idx_type=h5.INDEX_CRT_ORDER if ordered else h5.INDEX_NAME)
    return found


def children(where: Handle, container: bytes) -> Iterator[Handle]:
    """The objects in a container of an entity; none where it lacks the container."""
    inside = child(where, container)
    if inside is not None:
        for name in names(inside):
            yield h5o.open(inside, name)


def text(where: Handle, name: bytes) -> str | None:
    """A text attribute, or None."""
    if not h5a.exists(where, name):
        return None
    attribute = h5a.open(where, name)
    held = np.empty((), _TEXT)
    try:
        attribute.read(held, _TEXT_IN_MEMORY)
    except (OSError, TypeError):  # a text of fixed length
        held = np.empty(attribute.shape, attribute.dtype)
        attribute.read(held)
    value = held[()]
    return value.decode() if isinstance(value, bytes) else str(value)


def number(where: Handle, name: bytes) -> float | None:
    """A number attribute, or None."""
    if not h5a.exists(where, name):
        return None
    held = np.empty((), np.float64)
    h5a.open(where, name).read(held)
    return float(held)


def _room(found: Handle) -> NDArray[Any]:
    """An array for a dataset; ValueError where that is more than the file can hold of it."""
    shape, dtype = found.shape, found.dtype
    claimed = dtype.itemsize * math.prod(shape)
    if claimed > _CHUNK_BYTES:
        stored = found.get_storage_size()
        if claimed > _MOST_PACKED * stored + _CHUNK_BYTES:
            raise ValueError(f"a dataset of shape {shape} of which the file has {stored} bytes")
    return np.empty(shape, dtype)


def _dataset(found: Handle) -> NDArray[Any]:
    values = _room(found)
    if values.size:
        found.read(h5s.ALL, h5s.ALL, values)
    if values.dtype.fields:  # NIX before 1.1.1: the value with its uncertainty
        values = values["value"]
    if values.dtype.kind in "OS":
        texts = [v.decode() if isinstance(v, bytes) else str(v) for v in values.flat]
        made = np.empty(len(texts), object)
        made[:] = texts
        return made.reshape(values.shape)
    return values


def read_array(where: Handle, name: bytes = b"data") -> NDArray[Any]:
    """A dataset of a group; of a DataArray's data, calibrated where the file says how.

    Raises KeyError where there is none.
    """
    values = _dataset(h5o.open(where, name))
    return _calibrated(where, values) if name == b"data" else values


def _calibrated(where: Handle, values: NDArray[Any]) -> NDArray[Any]:
    """The values of a DataArray, by the polynomial that it may have."""
    if not has(where, b"polynom_coefficients"):
        return values
    origin = number(where, b"expansion_origin") or 0.0
    coefficients = _dataset(h5o.open(where, b"polynom_coefficients"))
    made: NDArray[Any] = np.polynomial.polynomial.polyval(values - origin, coefficients)
    return made


def shape_and_dtype(where: Handle) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Of a DataArray's values."""
    found = h5o.open(where, b"data")
    room = _room(found)
    calibrated = has(where, b"polynom_coefficients")
    return room.shape, np.dtype(np.float64) if calibrated else room.dtype


def read_stacked(entities: list[Handle]) -> NDArray[Any]:
    """DataArrays of one shape and type, one below the other; ValueError where they differ."""
    shape, dtype = shape_and_dtype(entities[0])
    made = np.empty((len(entities), *shape), dtype)
    for row, where in zip(made, entities, strict=True):
        if shape_and_dtype(where) != (shape, dtype):
            raise ValueError(f"{text(where, b'name')!r} has another shape or type than the first")
        if has(where, b"polynom_coefficients"):
            row[...] = read_array(where)
        elif row.size:
            h5o.open(where, b"data").read(h5s.ALL, h5s.ALL, row)
    return made


def read_rows(where: Handle, start: int, stop: int, out: NDArray[Any]) -> None:
    """Some values of a DataArray of one dimension, into an array that has room for them."""
    if stop <= start:
        return
    found = h5o.open(where, b"data")
    values = np.empty(stop - start, found.dtype)
    chosen = found.get_space()
    chosen.select_hyperslab((start,), (stop - start,))
    found.read(h5s.create_simple((stop - start,)), chosen, values)
    out[:] = _calibrated(where, values)


def property_of(section: Handle | None, name: bytes) -> Stored | None:
    """One property of a section, or None."""
    inside = None if section is None else child(section, b"properties")
    found = None if inside is None else child(inside, name)
    return None if found is None else _stored(found)


def _stored(found: Handle) -> Stored:
    return Stored(_dataset(found), text(found, b"unit") or None, text(found, b"definition"))


def stored_properties(section: Handle | None) -> Iterator[tuple[str, Stored, str | None]]:
    """Name, value and type of a section's properties, then of those it links to."""
    seen = 0
    while section is not None and seen < 100:  # a link may lead in circles
        inside = child(section, b"properties")
        for place in names(inside) if inside is not None else ():
            found = h5o.open(inside, place)
            name = text(found, b"name") or place.decode()
            yield name, _stored(found), text(found, b"type")
        section, seen = child(section, b"link"), seen + 1
