"""A block of Neo's objects as the entities of a NIX file.

Block: a NIX block. Segment and Group: NIX groups (``neo.segment``, ``neo.group``,
``neo.subgroup``). A signal: one DataArray a channel, an image sequence one a column, named
``<nix_name>.<i>``. Trains, events, epochs and channel views: MultiTags, times and durations their
DataArrays. Names and annotations: properties of a metadata section beside each.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import quantities as pq

from neophys.errors import NeophysError
from neophys.neo.io.nixio import store
from neophys.neo.io.nixio.values import (
    ARRAYANNOTATION,
    Stored,
    encode,
    units_to_string,
)

__all__ = ["REC_DATETIME", "BlockWriter", "put_annotation"]

#: Attribute of a NIX block or group with the exact time of recording, empty where there is none:
#: NIX's time of making, which Neo uses, has whole seconds and is always set.
REC_DATETIME = b"neo_rec_datetime"

_SIGNALS = ("analogsignals", "irregularlysampledsignals")
_MARKS = ("events", "epochs", "spiketrains")


@dataclass(slots=True)
class _Written:
    """What stands in the file for an object: its DataArrays or its MultiTag, with their ids."""

    obj: Any
    entities: list[tuple[Any, str]] = field(default_factory=list)


def put_annotation(
    maker: store.Maker, properties: Any, name: str, value: Any, owner: str, array: bool = False
) -> None:
    """Write an annotation as property; ValueError says which of which object cannot be."""
    try:
        stored = encode(value)
        maker.put_property(properties, str(name), stored, ARRAYANNOTATION if array else None)
    except KeyError as error:
        raise ValueError(
            f"{owner}: NIX files use the name {name!r} themselves, or it is that of two annotations"
        ) from error
    except ValueError as error:
        raise ValueError(f"{owner}: annotation {name!r}: {error}") from error


class BlockWriter:
    """Writes one block, below a name of its own until it is whole.

    Parameters
    ----------
    root
        Handle of the file.
    new_name
        Gives the second half of the names of objects that have none.
    """

    def __init__(self, root: Any, new_name: Callable[[], str]) -> None:
        self._root = root
        self._new_name = new_name
        self._maker = store.Maker()
        self._by_object: dict[int, _Written] = {}
        self._by_name: dict[str, _Written] = {}
        self._containers: dict[bytes, Any] = {}
        self._lost: dict[str, int] = {}

    def write(self, block: Any) -> None:
        """Write the block in place of one of the same name; the file is as before if it fails."""
        name = self._name_of(block, "neo.block")
        draft = f"{name}.unfinished"
        data: Any = store.child(self._root, b"data")
        sections: Any = store.child(self._root, b"metadata")
        try:
            self._write(block, name, draft, data, sections)
        except BaseException:  # raised again
            _remove(data, draft)
            _remove(sections, draft)
            raise
        for place in (data, sections):
            _remove(place, name)
            place.links.move(draft.encode(), place, name.encode())
        for what, count in self._lost.items():
            warnings.warn(f"not written, NIX files keep no {what}: {count}", stacklevel=4)

    def _write(self, block: Any, name: str, draft: str, data: Any, sections: Any) -> None:
        _remove(data, draft)
        _remove(sections, draft)
        nix, _ = self._maker.entity(data, name, "neo.block", draft)
        section, _ = self._maker.entity(sections, name, "neo.block.metadata", draft)
        for container in (b"groups", b"data_arrays", b"multi_tags"):
            self._containers[container] = store.make_group(nix, container.decode())
        self._describe(block, nix, section)
        below = store.make_group(section, "sections")
        self._date(block, nix)
        for segment in block.segments:
            self._segment(segment, below)
        for group in block.groups:
            self._group(group, below, "")

    # What every object has

    def _name_of(self, obj: Any, kind: str) -> str:
        name = obj.annotations.get("nix_name")
        if name is None:
            name = self._rename(obj, kind)
        if not isinstance(name, str) or not name or "/" in name or not name.strip("."):
            raise ValueError(f"{name!r} cannot be the name of a NIX object")
        return name

    def _rename(self, obj: Any, kind: str) -> str:
        name = f"{kind}.{self._new_name()}"
        obj.annotations["nix_name"] = name
        return name

    def _section(self, sections: Any, name: str, kind: str) -> Any:
        if store.has(sections, name.encode()):
            raise ValueError(f"two objects are to have the name {name!r} in a NIX file")
        section, _ = self._maker.entity(sections, name, f"{kind}.metadata")
        return section

    def _describe(
        self, obj: Any, nix: Any, section: Any, more: dict[str, Any] | None = None
    ) -> None:
        """Name, description, annotations and `more` of an object.

        `nix` is the entity or a list of entities that share the section.
        """
        entities = nix if isinstance(nix, list) else [nix]
        for entity in entities:
            store.link(section, entity, "metadata")
            if obj.description is not None:
                store.put_text(entity, b"definition", str(obj.description))
        properties = store.make_group(section, "properties")
        owner = f"{type(obj).__name__} {obj.name!r}"
        self._put_name(properties, obj.name)
        extra = dict(more or {})
        extra |= {
            key: getattr(obj, key)
            for key in ("file_origin", "index")
            if isinstance(getattr(obj, key, None), (str, int)) and key not in obj.annotations
        }
        for key, value in extra.items():
            put_annotation(self._maker, properties, key, value, owner)
        for key, value in obj.annotations.items():
            put_annotation(self._maker, properties, key, value, owner)
        for key, value in (getattr(obj, "array_annotations", None) or {}).items():
            put_annotation(self._maker, properties, key, value, owner, array=True)

    def _put_name(self, properties: Any, name: Any) -> None:
        value = "" if name is None else name
        if isinstance(value, str):
            texts = np.empty(1, object)
            texts[0] = value
            self._maker.put_property(properties, "neo_name", Stored(texts))
        else:
            put_annotation(self._maker, properties, "neo_name", value, "name")

    def _date(self, obj: Any, nix: Any) -> None:
        when = obj.rec_datetime
        store.put_text(nix, REC_DATETIME, "" if when is None else when.isoformat())
        if when is not None:
            import h5py

            moment = datetime.fromtimestamp(int(when.timestamp()), UTC)
            h5py.h5a.delete(nix, b"created_at")
            store.put_text(nix, b"created_at", moment.strftime("%Y%m%dT%H%M%S"))
        if obj.file_datetime is not None:
            properties = store.child(store.child(nix, b"metadata"), b"properties")
            put_annotation(
                self._maker, properties, "file_datetime", obj.file_datetime, type(obj).__name__
            )

    # Containers

    def _segment(self, segment: Any, sections: Any) -> None:
        name = self._unused(segment, "neo.segment", b"groups")
        nix, _ = self._maker.entity(self._containers[b"groups"], name, "neo.segment")
        section = self._section(sections, name, "neo.segment")
        self._describe(segment, nix, section)
        below = store.make_group(section, "sections")
        self._date(segment, nix)
        arrays = store.make_group(nix, "data_arrays")
        tags = store.make_group(nix, "multi_tags")
        for kind in _SIGNALS:
            for signal in getattr(segment, kind):
                self._place(signal, below, arrays, self._signal)
        signals = [
            entity for kind in _SIGNALS for signal in getattr(segment, kind)
            for entity in self._by_object[id(signal)].entities
        ]  # fmt: skip
        for kind in _MARKS:
            for marks in getattr(segment, kind):
                made = self._place(marks, below, tags, self._tag)
                if kind != "spiketrains":
                    self._refer(made, signals)
        for images in segment.imagesequences:
            self._place(images, below, arrays, self._signal)
        self._lose("channel views outside groups", getattr(segment, "channelviews", ()))

    def _unused(self, obj: Any, kind: str, container: bytes) -> str:
        """The name of an object; a new one where another object of the block has it."""
        name = self._name_of(obj, kind)
        return (
            self._rename(obj, kind)
            if store.has(self._containers[container], name.encode())
            else name
        )

    def _place(
        self, obj: Any, sections: Any, container: Any, write: Callable[..., _Written]
    ) -> _Written:
        """Write an object unless that is done, and let it appear in a segment."""
        made = self._by_object.get(id(obj))
        if made is None:
            kind = f"neo.{getattr(obj, 'proxy_for', type(obj)).__name__.lower()}"
            name = self._name_of(obj, kind)
            if name in self._by_name:  # an object copied or cut from one that is written, too
                name = self._rename(obj, kind)
            made = write(obj, name, kind, sections)
            self._by_object[id(obj)] = self._by_name[name] = made
        self._refer_in(container, made.entities)
        return made

    @staticmethod
    def _refer_in(container: Any, entities: Iterable[tuple[Any, str]]) -> None:
        for entity, identity in entities:
            if not store.has(container, identity.encode()):
                store.link(entity, container, identity)

    def _refer(self, tag: _Written, signals: list[tuple[Any, str]]) -> None:
        if signals:
            ((entity, _),) = tag.entities
            self._refer_in(store.subgroup(entity, "references"), signals)

    def _lose(self, what: str, objects: Any) -> None:
        if len(objects):
            self._lost[what] = self._lost.get(what, 0) + len(objects)

    def _group(self, group: Any, sections: Any, parent: str) -> None:
        kind = "neo.subgroup" if parent else "neo.group"
        if id(group) in self._by_object:
            raise ValueError(
                f"group {group.name!r} is in two places; in a NIX file a group has one parent"
            )
        name = self._unused(group, kind, b"groups")
        nix, _ = self._maker.entity(self._containers[b"groups"], name, kind)
        self._by_object[id(group)] = _Written(group)
        section = self._section(sections, name, kind)
        self._describe(group, nix, section, {"neo_parent": parent} if parent else None)
        for container, names in (
            ("data_arrays", (*_SIGNALS, "imagesequences")),
            ("multi_tags", (*_MARKS, "channelviews")),
        ):
            objects = [obj for word in names for obj in getattr(group, word)]
            into = store.make_group(nix, container) if objects else None
            for obj in objects:
                if hasattr(obj, "obj"):
                    made = self._view(obj, group, section)
                else:
                    made = self._found(obj, group)
                self._refer_in(into, made.entities)
        self._lose("regions of interest", group.regionsofinterest)
        self._lose("segments in groups", group.segments)
        for below_it in group.groups:
            self._group(below_it, sections, name)

    def _found(self, obj: Any, group: Any) -> _Written:
        """What stands for an object of a group; ValueError where it is in no segment."""
        made = self._by_object.get(id(obj))
        if made is None:  # what was loaded twice is known by its name
            named = self._by_name.get(obj.annotations.get("nix_name", ""))
            if named is not None and type(named.obj) is type(obj) and named.obj.shape == obj.shape:
                made = named
        if made is None:
            raise ValueError(
                f"{type(obj).__name__} {obj.name!r} in group {group.name!r} belongs to no segment "
                "of the block; NIX files keep such objects in segments only"
            )
        return made

    def _view(self, view: Any, group: Any, section: Any) -> _Written:
        made = self._by_object.get(id(view))
        if made is None:
            signal = self._found(view.obj, group)
            sections = store.subgroup(section, "sections")
            kind = "neo.channelview"
            name = self._unused(view, kind, b"multi_tags")
            made = self._multi_tag(view, name, kind, sections, view.index, None, b"index")
            self._by_object[id(view)] = made
            self._refer(made, signal.entities)
        return made

    # Data

    def _signal(self, given: Any, name: str, kind: str, sections: Any) -> _Written:
        """Signals and image sequences: a DataArray for each channel or column."""
        obj = given.load() if hasattr(given, "proxy_for") else given
        arrays = self._containers[b"data_arrays"]
        made = _Written(given)
        values = np.asarray(obj.magnitude)
        if values.shape[-1] == 0:
            self._lose("signals without channels", [obj])
        for i in range(values.shape[-1]):
            entity, identity = self._maker.data_array(
                arrays, f"{name}.{i}", kind, values[..., i].T, units_to_string(obj.units)
            )
            made.entities.append((entity, identity))
        if kind == "neo.irregularlysampledsignal":
            more = self._range_dimensions(obj, made)
        elif kind == "neo.imagesequence":
            more = {key: getattr(obj, key) for key in ("sampling_rate", "spatial_scale", "t_start")}
        else:
            more = self._sampled_dimensions(obj, made)
        section = self._section(sections, name, kind)
        self._describe(given, [entity for entity, _ in made.entities], section, more)
        return made

    def _sampled_dimensions(self, signal: Any, made: _Written) -> dict[str, Any]:
        period, start = signal.sampling_period, signal.t_start
        offset = float(start.rescale(period.units).magnitude)
        for entity, _ in made.entities:
            self._sampled(store.make_group(entity, "dimensions"), 1, period, offset)
        return {"t_start": start}

    def _sampled(self, dimensions: Any, index: int, period: Any, offset: float | None) -> None:
        time = self._maker.dimension(dimensions, index, "sample")
        store.put_number(time, b"sampling_interval", float(period.magnitude))
        store.put_text(time, b"unit", units_to_string(period.units))
        store.put_text(time, b"label", "time")
        if offset is not None:
            store.put_number(time, b"offset", offset)

    def _range_dimensions(self, signal: Any, made: _Written) -> dict[str, Any]:
        ticks = np.asarray(signal.times.magnitude, np.float64)
        for entity, _ in made.entities:
            time = self._maker.dimension(store.make_group(entity, "dimensions"), 1, "range")
            store.put_array(time, b"ticks", ticks)
            store.put_text(time, b"unit", units_to_string(signal.times.units))
            store.put_text(time, b"label", "time")
        return {}

    def _multi_tag(
        self, obj: Any, name: str, kind: str, sections: Any, positions: Any, unit: str | None,
        word: bytes = b"times", more: dict[str, Any] | None = None,
    ) -> _Written:  # fmt: skip
        arrays = self._containers[b"data_arrays"]
        where, _ = self._maker.data_array(
            arrays, f"{name}.{word.decode()}", f"{kind}.{word.decode()}", positions, unit
        )
        tag, identity = self._maker.entity(self._containers[b"multi_tags"], name, kind)
        store.link(where, tag, "positions")
        section = self._section(sections, name, kind)
        self._describe(obj, tag, section, more)
        return _Written(obj, [(tag, identity)])

    def _tag(self, given: Any, name: str, kind: str, sections: Any) -> _Written:
        """Spike trains, events and epochs."""
        train = kind == "neo.spiketrain"
        obj = given
        if hasattr(given, "proxy_for"):
            obj = _loaded_train(given) if train else given.load()
        made = self._multi_tag(
            given, name, kind, sections, obj.times.magnitude, units_to_string(obj.times.units),
            more=_of_train(obj) if train else None,
        )  # fmt: skip
        made.obj = given
        ((tag, _),) = made.entities
        if train:
            if obj.waveforms is not None:
                self._waveforms(obj, tag, name)
            return made
        labels = store.make_group(store.child(tag, b"positions"), "dimensions")
        texts = np.empty(len(obj.labels), object)
        texts[:] = [str(label) for label in obj.labels]
        store.put_array(self._maker.dimension(labels, 1, "set"), b"labels", texts)
        if kind == "neo.epoch":
            durations, _ = self._maker.data_array(
                self._containers[b"data_arrays"], f"{name}.durations", "neo.epoch.durations",
                obj.durations.magnitude, units_to_string(obj.durations.units),
            )  # fmt: skip
            store.link(durations, tag, "extents")
        return made

    def _waveforms(self, train: Any, tag: Any, name: str) -> None:
        if train.sampling_rate is None:
            raise ValueError(
                f"SpikeTrain {train.name!r}: waveforms without sampling_rate cannot be written"
            )
        waveforms = train.waveforms
        of = units_to_string(getattr(waveforms, "units", pq.dimensionless))
        of_waveforms = f"{name}.waveforms"
        array, _ = self._maker.data_array(
            self._containers[b"data_arrays"], of_waveforms, "neo.waveforms",
            np.asarray(getattr(waveforms, "magnitude", waveforms)), of,
        )  # fmt: skip
        last = np.ndim(waveforms)
        dimensions = store.make_group(array, "dimensions")
        for index in range(1, last):
            self._maker.dimension(dimensions, index, "set")
        period = train.sampling_period
        self._sampled(dimensions, last, period, None)
        sections = store.make_group(store.child(tag, b"metadata"), "sections")
        section = self._section(sections, of_waveforms, "neo.waveforms")
        store.link(section, array, "metadata")
        if train.left_sweep is not None:
            # Neo takes the number to be in the unit of the sampling period.
            put_annotation(
                self._maker, store.make_group(section, "properties"), "left_sweep",
                train.left_sweep.rescale(period.units), f"SpikeTrain {train.name!r}",
            )  # fmt: skip
        self._maker.feature(store.make_group(tag, "features"), array)


def _loaded_train(proxy: Any) -> Any:
    if proxy.sampling_rate is not None:
        try:
            return proxy.load(load_waveforms=True)
        except NeophysError:  # damaged waveforms are not left out unsaid
            raise
        except ValueError:  # a rate, and no waveforms
            pass
    return proxy.load()


def _of_train(train: Any) -> dict[str, Any]:
    more = {"t_start": train.t_start, "t_stop": train.t_stop}
    if train.waveforms is None:
        rate, sweep = train.sampling_rate, train.left_sweep
        if rate is not None and not (rate.magnitude == 1 and rate.dimensionality.string == "Hz"):
            more["sampling_rate"] = rate
        if sweep is not None:
            more["left_sweep"] = sweep
    return {key: value for key, value in more.items() if key not in train.annotations
            or key in ("t_start", "t_stop")}  # fmt: skip


def _remove(where: Any, name: str) -> None:
    if store.has(where, name.encode()):
        where.unlink(name.encode())
