"""Neo's objects in MATLAB files, as structs with Neo's names: files go both ways with Neo.

A block is the variable ``block``; its segments, groups and their children are cells of structs. A
quantity is a number and a text, ``t_start`` and ``t_start_units``; a data object's samples have
the name that Neo gives them (``signal``, ``times``, ``image_data``). What belongs to a group is
named by its ``neo_id``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import quantities as pq

from neophys.errors import AccessError, HeaderError, MissingFileError, NeophysError
from neophys.neo.core import Block, class_by_name, objectnames
from neophys.neo.core.baseneo import _container_name
from neophys.neo.core.units import unit_of
from neophys.neo.io.baseio import BaseIO
from neophys.neo.io.neomatlabio.values import (
    PY_NONE,
    mapping_of,
    matlab_value,
    quantity_of,
    read_variable,
    scipy_io,
)
from neophys.source.writing import replacing

__all__ = ["PY_NONE", "NeoMatlabIO", "get_classname_from_container_name"]


def get_classname_from_container_name(container_name: str, struct: Any) -> str | None:
    """The class of what a list holds; a region's is told by its fields."""
    if container_name == "regionsofinterest":
        kinds = {"radius": "Circular", "vertices": "Polygon"}
        kind = next((kinds[name] for name in struct._fieldnames if name in kinds), "Rectangular")
        return f"{kind}RegionOfInterest"
    return next((name for name in objectnames if _container_name(name) == container_name), None)


class NeoMatlabIO(BaseIO):
    """Reads and writes blocks as MATLAB files of versions 5 to 7.2.

    Parameters
    ----------
    filename : str or Path
        ``.mat`` is added where it is missing.

    Notes
    -----
    Needs scipy. As in Neo, array annotations have no place in such files: what is lost is logged.
    Dates among annotations come back as texts.
    """

    is_readable: ClassVar[bool] = True
    is_writable: ClassVar[bool] = True
    has_header: ClassVar[bool] = False
    is_streameable: ClassVar[bool] = False
    supported_objects: ClassVar[Any] = list(class_by_name.values())
    readable_objects: ClassVar[Any] = [Block]
    writeable_objects: ClassVar[Any] = [Block]
    read_params: ClassVar[dict[Any, Any]] = {Block: []}
    write_params: ClassVar[dict[Any, Any]] = {Block: []}
    name: ClassVar[str] = "neomatlab"
    extensions: ClassVar[list[str]] = ["mat"]
    mode: ClassVar[str] = "file"

    def __init__(self, filename: str | Path | None = None) -> None:
        scipy_io()
        super().__init__(filename)
        self.filename: Any = filename
        self._made: dict[int, Any] = {}
        self._place: list[str] = []

    def _path(self, *, must_be_there: bool) -> Path:
        if self.filename is None:
            raise NeophysError("NeoMatlabIO has no filename")
        path = Path(self.filename)
        longer = path if path.suffix == ".mat" else path.with_name(path.name + ".mat")
        # What is written under this name is read again, whatever else is there.
        return path if must_be_there and not longer.exists() and path.exists() else longer

    # Reading.

    def read_block(self, lazy: bool = False) -> Any:
        """The block of the file.

        Raises
        ------
        NeoReadWriteError
            ``lazy`` is asked for.
        NeophysError
            The file is missing, damaged, or holds no block; the place in it is named.
        """
        if lazy:
            from neophys.neo.core.baseneo import NeoReadWriteError

            raise NeoReadWriteError("NeoMatlabIO does not read lazily")
        path = self._path(must_be_there=True)
        self._made, self._place = {}, []
        try:
            block = read_variable(path.read_bytes(), path.name, "block")
            if not hasattr(block, "_fieldnames"):
                raise ValueError("is no struct")
            with self._at("block"):
                return self.create_ob_from_struct(block, "Block")
        except FileNotFoundError:
            raise MissingFileError(f"{path}: does not exist") from None
        except NeophysError:
            raise
        except Exception as error:  # scipy and the constructors raise anything on a damaged file
            place = "".join(self._place) or "block"
            raise HeaderError(path.name, None, place, None, f"{error}") from error

    @contextmanager
    def _at(self, place: str) -> Iterator[None]:
        # Left as it is by an error, which says where it was.
        self._place.append(place)
        yield
        self._place.pop()

    def create_dict_from_struct(self, struct: Any) -> dict[str, Any]:
        """A struct, usually of annotations, as dict with its quantities and Nones."""
        return mapping_of(struct)

    def create_ob_from_struct(self, struct: Any, classname: str) -> Any:
        """The object of a struct, with all below it.

        Parameters
        ----------
        struct
            As scipy reads it with ``struct_as_record=False``.
        classname
            ``"Block"``, ``"SpikeTrain"`` ...

        Raises
        ------
        ValueError
            A field is missing or holds what it must not.
        """
        cls: Any = class_by_name[classname]
        values = self._values(struct, cls)
        corners = [tuple(one) for one in np.reshape(values.pop("vertices", ()), (-1, 2)).tolist()]
        made = cls(*([values.pop("image_sequence"), *corners] if corners else ()), **values)
        if hasattr(notes := getattr(struct, "annotations", None), "_fieldnames"):
            made.annotations = self.create_dict_from_struct(notes)
        known = {*values, "annotations", "neo_id", "viewed_classname"}
        for name in struct._fieldnames:
            own = name in known or name.endswith("_units") or name.startswith("_")
            if not own and not hasattr(made, name):
                setattr(made, name, getattr(struct, name))
        self._made[int(getattr(struct, "neo_id", 0))] = made
        if classname == "Block":
            self._fill_block(made, struct)
        elif classname == "Segment":
            for name in made._child_containers:
                self._fill(getattr(made, name), struct, name)
        return made

    def _values(self, struct: Any, cls: Any) -> dict[str, Any]:
        """The arguments of a class's constructor."""
        quantity, names = getattr(cls, "_quantity_attr", None), struct._fieldnames
        found: dict[str, Any] = {}
        for name, kind, *rest in (*cls._necessary_attrs, *cls._recommended_attrs):
            if name not in names:
                if (name, kind, *rest) in cls._necessary_attrs and name != "labels":
                    raise ValueError(f"{cls.__name__} without {name}")
                continue
            with self._at(f".{name}"):
                kind = pq.Quantity if name == quantity else kind
                ndim, dtype = (*rest, 0, None)[:2]
                found[name] = self._value(struct, name, kind, ndim, dtype)
        if quantity in found:
            samples = found.pop(quantity)
            found |= {quantity: samples.magnitude, "units": unit_of(samples.dimensionality)}
        return found

    def _value(self, struct: Any, name: str, kind: Any, ndim: int, dtype: Any) -> Any:
        value = getattr(struct, name)
        if kind is pq.Quantity:
            if not hasattr(struct, f"{name}_units"):
                raise ValueError(f"no {name}_units beside it")
            made = quantity_of(value, getattr(struct, f"{name}_units"))
            return made.reshape(-1) if ndim == 1 or (ndim == 2 and not made.ndim) else made
        if kind is np.ndarray:
            empty = isinstance(value, str | np.ndarray | list) and not len(value)
            made = np.array([] if empty else value).reshape(-1)
            # MATLAB's numbers are doubles; an array of integers stays the one that was written.
            whole = dtype == np.dtype("i") and made.dtype.kind in "iub"
            return made if whole else made.astype(int if dtype == np.dtype("i") else dtype)
        if kind is datetime:
            return self._date(value)
        if "viewed_classname" in struct._fieldnames and name in ("obj", "image_sequence"):
            return self._referred(value)
        return kind(value) if kind is str or (kind is int and name == "index") else value

    def _date(self, value: Any) -> datetime | None:
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            place = "".join(self._place)
            self.logger.warning("%s: %r is no date like 2020-12-31 23:59:59", place, value)
            return None

    def _referred(self, identity: Any) -> Any:
        """The object that has an id in this file."""
        try:
            return self._made[int(identity)]
        except KeyError:
            raise ValueError(f"refers to object {int(identity)}, which is not there") from None

    def _fill_block(self, block: Any, struct: Any) -> None:
        self._fill(block.segments, struct, "segments")
        self._fill(block.groups, struct, "groups")
        # Groups may refer to one another.
        for i, (group, its) in enumerate(
            zip(block.groups, _as_list(getattr(struct, "groups", ())), strict=True)
        ):
            for name in group._child_containers:
                with self._at(f".groups{{{i + 1}}}.{name}"):
                    self._fill_group(getattr(group, name), _as_list(getattr(its, name, ())), name)

    def _fill_group(self, target: Any, given: list[Any], name: str) -> None:
        for one in given:
            if hasattr(one, "_fieldnames"):
                kind = get_classname_from_container_name(name, one)
                target.append(self.create_ob_from_struct(one, str(kind)))
            else:
                target.append(self._referred(one))

    def _fill(self, target: Any, struct: Any, name: str) -> None:
        for i, one in enumerate(_as_list(getattr(struct, name, ()))):
            with self._at(f".{name}{{{i + 1}}}"):
                if not hasattr(one, "_fieldnames"):
                    raise ValueError("is no struct")
                kind = get_classname_from_container_name(name, one)
                target.append(self.create_ob_from_struct(one, str(kind)))

    # Writing.

    def write_block(self, bl: Any, **kargs: Any) -> None:
        """Write a block; an older file is replaced when the new one is whole.

        Parameters
        ----------
        bl : Block
            Proxies in it are loaded; nothing in it changes.
        **kargs
            For ``scipy.io.savemat``: ``do_compression`` ...

        Raises
        ------
        NeophysError
            An object or annotation has no place in MATLAB files, or a group holds an object that
            is in no segment of the block.
        """
        path = self._path(must_be_there=False)
        struct = self.create_struct_from_obj(bl)
        for segment in bl.segments:
            struct["segments"].append(own := self.create_struct_from_obj(segment))
            for name in segment._child_containers:
                own[name] += [
                    self.create_struct_from_obj(child) for child in getattr(segment, name)
                ]
        known = (*bl.segments, *bl.groups, *(obj for seg in bl.segments for obj in seg.children))
        inside = set(map(id, known))
        for group in bl.groups:
            struct["groups"].append(own := self.create_struct_from_obj(group))
            for name in group._child_containers:
                own[name] += [self._member(child, group, inside) for child in getattr(group, name)]
        lost = [o for o in bl.data_children_recur if getattr(o, "array_annotations", None)]
        if lost:
            self.logger.warning(
                "%s: array annotations of %d objects are not written", path, len(lost)
            )
        options = {"oned_as": "row", "long_field_names": True} | kargs
        try:
            with replacing(path) as file:
                scipy_io().savemat(file, {"block": struct}, **options)
        except (TypeError, ValueError, OverflowError) as error:
            raise AccessError(f"{path}: cannot be written: {error}") from error

    def _member(self, child: Any, group: Any, inside: set[int]) -> Any:
        made: Any
        if getattr(child, "is_view", False):
            made = self.create_struct_from_view(child)
            child = getattr(child, child._necessary_attrs[0][0])
        else:
            made = id(child)
        if id(child) not in inside:
            raise AccessError(
                f"group {group.name!r} cannot be written: it holds a {type(child).__name__} that"
                " is in no segment of the block"
            )
        return made

    def create_struct_from_obj(self, ob: Any) -> dict[str, Any]:
        """What the file holds for an object: its attributes, and empty lists for its children."""
        struct: dict[str, Any] = {"neo_id": id(ob)}
        supported = {_container_name(kind.__name__) for kind in self.supported_objects}
        for name in getattr(ob, "_child_containers", ()):
            if name in supported:
                struct[name] = []
        ob = ob.load() if hasattr(ob, "proxy_for") else ob
        for name, *_ in (*ob._all_attrs, ("annotations",)):
            samples = name == getattr(ob, "_quantity_attr", None)
            value = pq.Quantity(ob.magnitude, ob.dimensionality) if samples else getattr(ob, name)
            if value is not None:
                struct[name], units = matlab_value(value)
                if units:
                    struct[f"{name}_units"] = units
        return struct

    def create_struct_from_view(self, ob: Any) -> dict[str, Any]:
        """What the file holds for a channel view or region: the id of what it shows, and where."""
        name = ob._necessary_attrs[0][0]
        viewed = getattr(ob, name)
        attributes = [found for found, *_ in (*ob._all_attrs, ("annotations",)) if found != name]
        struct: dict[str, Any] = {"neo_id": id(ob), name: id(viewed)}
        for attribute in attributes:
            if (value := getattr(ob, attribute)) is not None:
                struct[attribute] = matlab_value(value)[0]
        shown = getattr(viewed, "proxy_for", type(viewed))
        return struct | {"viewed_classname": shown.__name__}


def _as_list(value: Any) -> list[Any]:
    """Children as they come: a list of cells, a single one, an array of ids, or nothing."""
    if isinstance(value, np.ndarray):
        return list(value.reshape(-1))
    return list(value) if isinstance(value, list | tuple | str) else [value]
