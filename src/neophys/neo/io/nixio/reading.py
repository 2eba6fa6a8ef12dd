"""A NIX block as Neo's objects: the mapping of :mod:`writing`, read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.block import Block
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.group import Group
from neophys.neo.core.imagesequence import ImageSequence
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.segment import Segment
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.units import HERTZ, SECOND, Unit, quantity, unit_of
from neophys.neo.core.view import ChannelView
from neophys.neo.io.nixio import store
from neophys.neo.io.nixio.values import ARRAYANNOTATION, decode, decode_array, nix_unit
from neophys.neo.io.nixio.writing import REC_DATETIME

__all__ = [
    "BlockReader", "Facts", "facts_of", "labels_of", "signals_in", "timing_of", "waveform_timing",
]  # fmt: skip

_LISTS = {
    "neo.analogsignal": "analogsignals",
    "neo.irregularlysampledsignal": "irregularlysampledsignals",
    "neo.imagesequence": "imagesequences",
    "neo.event": "events",
    "neo.epoch": "epochs",
    "neo.spiketrain": "spiketrains",
}
_ONE_HERTZ = quantity(1.0, HERTZ)


@dataclass(slots=True)
class Facts:
    """Name, description and annotations of an object."""

    name: Any
    description: str | None
    annotations: dict[str, Any]
    array_annotations: dict[str, Any] = field(default_factory=dict)

    def pop(self, name: str, default: Any = None) -> Any:
        """A value that is no annotation."""
        return self.annotations.pop(name, default)

    def give(self, obj: Any) -> Any:
        """Describe an object; what files hold is not checked again."""
        obj.name, obj.description = self.name, self.description
        obj.file_origin = self.pop("file_origin")
        obj.annotations = self.annotations
        if self.array_annotations:
            obj.array_annotations.update(self.array_annotations)
        return obj


def facts_of(nix: Any, name: str) -> Facts:
    """What the properties beside an entity say of the object."""
    section = store.child(nix, b"metadata")
    annotations: dict[str, Any] = {"nix_name": name}
    arrays: dict[str, Any] = {}
    for key, stored, kind in store.stored_properties(section):
        if kind == ARRAYANNOTATION:
            arrays[key] = decode_array(stored)
        else:
            annotations[key] = decode(stored)
    neo_name = annotations.pop("neo_name", None)
    return Facts(neo_name or None, store.text(nix, b"definition"), annotations, arrays)


def _base_name(name: str) -> str:
    """The name of a signal, of that of one of its DataArrays."""
    return name.rpartition(".")[0]


def signals_in(nix: Any, container: bytes = b"data_arrays") -> Iterator[tuple[str, str, Any]]:
    """Name, kind and DataArrays of the signals in a group or among the references of a tag."""
    grouped: dict[str, list[Any]] = {}
    kinds: dict[str, str] = {}
    for entity in store.children(nix, container):
        kind = store.text(entity, b"type") or ""
        if kind in _LISTS:
            base = _base_name(_name(entity))
            grouped.setdefault(base, []).append(entity)
            kinds[base] = kind
    for base, entities in grouped.items():
        yield base, kinds[base], entities


class BlockReader:
    """Reads one block.

    Groups hold the objects of the segments. What is in several segments is an object in each, as
    an object has one segment; groups hold the first.
    """

    def __init__(self, block: Any) -> None:
        self._block = block
        self._made: dict[str, Any] = {}

    def read(self) -> Block:
        """The block with all that it holds.

        Raises
        ------
        ValueError, KeyError
            The file holds what Neo's mapping does not; the message names the entity.
        """
        nix = self._block
        facts = facts_of(nix, _name(nix))
        block: Block = facts.give(Block(index=facts.pop("index")))
        self._date(block, nix)
        nested = []
        for entity in store.children(nix, b"groups"):
            kind, name = store.text(entity, b"type"), _name(entity)
            if kind == "neo.segment":
                block.segments.append(self._segment(entity, name))
            elif kind in ("neo.group", "neo.subgroup"):
                group, parent = self._group(entity, name)
                nested.append((name, group, parent))
                self._made[name] = group
            else:
                raise ValueError(f"group {name!r} is of type {kind!r}, which is none of Neo's")
        _check_tree({name: parent for name, _, parent in nested})
        for _, group, parent in nested:
            (block if parent is None else self._known(parent, "group")).groups.append(group)
        block.check_relationships()
        return block

    def _known(self, name: str, what: str) -> Any:
        found = self._made.get(name)
        if found is None:
            raise KeyError(f"{what} {name!r} is referred to and is not there")
        return found

    @staticmethod
    def _date(obj: Any, nix: Any) -> None:
        obj.file_datetime = obj.annotations.pop("file_datetime", None)
        exact = store.text(nix, REC_DATETIME)
        if exact is not None:
            obj.rec_datetime = datetime.fromisoformat(exact) if exact else None
            return
        made = store.text(nix, b"created_at")
        if made is not None:
            moment = datetime.strptime(made, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            obj.rec_datetime = moment.astimezone().replace(tzinfo=None)

    # Containers

    def _segment(self, nix: Any, name: str) -> Segment:
        facts = facts_of(nix, name)
        segment: Segment = facts.give(Segment(index=facts.pop("index")))
        self._date(segment, nix)
        for base, kind, entities in signals_in(nix):
            signal = self._signal(base, kind, entities)
            self._made.setdefault(base, signal)
            getattr(segment, _LISTS[kind]).append(signal)
        for tag in store.children(nix, b"multi_tags"):
            kind, tag_name = store.text(tag, b"type") or "", _name(tag)
            if kind in _LISTS:
                marks = self._tag(tag, tag_name, kind)
                self._made.setdefault(tag_name, marks)
                getattr(segment, _LISTS[kind]).append(marks)
        return segment

    def _group(self, nix: Any, name: str) -> tuple[Group, str | None]:
        facts = facts_of(nix, name)
        parent = facts.pop("neo_parent")
        group: Group = facts.give(Group())
        for base, _, _ in signals_in(nix):
            group.add(self._known(base, "signal"))
        for tag in store.children(nix, b"multi_tags"):
            tag_name = _name(tag)
            if store.text(tag, b"type") == "neo.channelview" and tag_name not in self._made:
                self._made[tag_name] = self._view(tag, tag_name)
            group.add(self._known(tag_name, "object"))
        return group, parent

    def _view(self, nix: Any, name: str) -> ChannelView:
        signals = [base for base, _, _ in signals_in(nix, b"references")]
        if len(signals) != 1:
            raise ValueError(f"channel view {name!r} refers to {len(signals)} signals, not to one")
        index = store.read_array(_entity(nix, b"positions"))
        view = ChannelView(self._known(signals[0], "signal"), index)
        made: ChannelView = facts_of(nix, name).give(view)
        return made

    # Data

    def _signal(self, name: str, kind: str, entities: list[Any]) -> Any:
        first = entities[0]
        facts = facts_of(first, name)
        of = _unit(first)
        # One row a channel as it is read: the transposed view is what Neo gives, too.
        values = store.read_stacked(entities).T
        if kind == "neo.imagesequence":
            return self._images(name, values, of, facts)
        time = _time_dimension(first, name)
        if kind == "neo.irregularlysampledsignal":
            ticks: Any = store.read_array(time, b"ticks")
            times = quantity(ticks, _unit(time))
            return facts.give(IrregularlySampledSignal(times, values, units=of))
        interval, per = _interval(time, name), _unit(time, SECOND)
        start = facts.pop("t_start")
        if start is None:
            start = quantity(store.number(time, b"offset") or 0.0, per)
        rate = quantity(_rate(interval), per.inverse)
        return facts.give(
            AnalogSignal(values, units=of, sampling_rate=rate, t_start=_in(start, per))
        )

    @staticmethod
    def _images(name: str, values: NDArray[Any], of: Unit, facts: Facts) -> Any:
        rate, scale = facts.pop("sampling_rate"), facts.pop("spatial_scale")
        if rate is None or scale is None:
            raise ValueError(f"image sequence {name!r} lacks sampling_rate or spatial_scale")
        start = _in(facts.pop("t_start", 0.0), SECOND)
        rate, per = _in(rate, HERTZ), unit_of(_in(rate, HERTZ).dimensionality)
        made = ImageSequence(
            values, units=of, sampling_rate=_ONE_HERTZ, spatial_scale=scale, t_start=start
        )
        # Files say anything here; who computes with a rate that is none is told so then.
        made._meta.rate, made._meta.rate_unit = float(rate.magnitude), per
        return facts.give(made)

    def _tag(self, nix: Any, name: str, kind: str) -> Any:
        facts = facts_of(nix, name)
        positions = _entity(nix, b"positions")
        times, of = store.read_array(positions), _unit(positions, SECOND)
        if kind == "neo.spiketrain":
            return _train(nix, name, times, of, facts)
        labels = labels_of(positions)
        if kind == "neo.event":
            return facts.give(Event(times, labels=labels, units=of))
        extents = _entity(nix, b"extents")
        durations: Any = store.read_array(extents)
        durations = quantity(durations, _unit(extents, of))
        return facts.give(Epoch(times, durations=durations, labels=labels, units=of))


def _train(nix: Any, name: str, times: NDArray[Any], of: Unit, facts: Facts) -> SpikeTrain:
    stop = facts.pop("t_stop")
    if stop is None:
        raise ValueError(f"spike train {name!r} lacks t_stop")
    given = {
        key: facts.pop(key) for key in ("sampling_rate", "left_sweep") if key in facts.annotations
    }
    start = _in(facts.pop("t_start", 0.0), of)
    train = SpikeTrain(times, t_stop=_in(stop, of), t_start=start, units=of, **given)
    feature = next(store.children(nix, b"features"), None)
    if feature is not None:
        _take_waveforms(train, _entity(feature, b"data"), name)
    made: SpikeTrain = facts.give(train)
    return made


def _take_waveforms(train: SpikeTrain, nix: Any, name: str) -> None:
    waveforms: Any = store.read_array(nix)
    time = _time_dimension(nix, f"{name}.waveforms")
    per = _unit(time, SECOND)
    train.waveforms = quantity(waveforms, _unit(nix))
    train.sampling_rate = quantity(_rate(_interval(time, name)), per.inverse)
    train.left_sweep = _left_sweep(nix, per)


def _left_sweep(nix: Any, per: Unit) -> Any:
    sweep = store.property_of(store.child(nix, b"metadata"), b"left_sweep")
    return None if sweep is None else _in(decode(sweep), per)


# For the raw layer


def timing_of(nix: Any, start: Any) -> tuple[float, float]:
    """Hz and seconds of the first sample of a signal, of its first DataArray.

    `start` is the property ``t_start``, where there is one.
    """
    name = _name(nix)
    time = _time_dimension(nix, name)
    per = _unit(time, SECOND)
    if start is None:
        start = store.number(time, b"offset") or 0.0
    first = float(_in(start, per).rescale("s").magnitude)
    # So that 1/kHz gives 1000 Hz and not its neighbour.
    rate = _rate(_interval(time, name)) * per.inverse.factor(HERTZ)
    return rate, first


def waveform_timing(nix: Any) -> tuple[float, float]:
    """Hz of waveforms, and seconds before the spike (of several values the first)."""
    rate, _ = timing_of(nix, None)
    time = _time_dimension(nix, _name(nix))
    sweep = _left_sweep(nix, _unit(time, SECOND))
    if sweep is None:
        return rate, 0.0
    return rate, float(np.ravel(sweep.rescale("s").magnitude)[0])


# Small parts


def _check_tree(parents: dict[str, str | None]) -> None:
    """ValueError where groups are below themselves."""
    for name in parents:
        above, seen = parents[name], {name}
        while above is not None:
            if above in seen:
                raise ValueError(f"group {name!r} is below itself")
            seen.add(above)
            above = parents.get(above)


def _name(nix: Any) -> str:
    name = store.text(nix, b"name")
    if name is None:
        raise KeyError("an entity without name")
    return name


def _entity(nix: Any, name: bytes) -> Any:
    found = store.child(nix, name)
    if found is None:
        raise KeyError(f"{_name(nix)!r} has no {name.decode()}")
    return found


def _unit(nix: Any, default: Unit | None = None) -> Unit:
    text = store.text(nix, b"unit")
    if text is None:
        return nix_unit("dimensionless") if default is None else default
    return nix_unit(text)


def _in(value: Any, of: Unit) -> Any:
    """A quantity as it is; a number of a file that names no unit is in `of`."""
    if hasattr(value, "dimensionality"):
        return value
    values: Any = np.asarray(value, np.float64)
    return quantity(values, of)


def _rate(interval: float) -> float:
    """The rate whose period this is: 49 where 1 / (1 / 49) is not."""
    rate = 1.0 / interval
    short = float(f"{rate:.15g}")
    return short if 1.0 / short == interval else rate


def _interval(time: Any, name: str) -> float:
    interval = store.number(time, b"sampling_interval")
    if not interval:
        raise ValueError(f"signal {name!r} has no sampling interval")
    return interval


def _time_dimension(nix: Any, name: str) -> Any:
    for dimension in store.children(nix, b"dimensions"):
        if store.text(dimension, b"label") == "time":
            return dimension
    raise ValueError(f"signal {name!r} has no dimension called time")


def labels_of(positions: Any) -> NDArray[Any] | None:
    """Labels of events or epochs, None where there are none."""
    dimension = next(store.children(positions, b"dimensions"), None)
    if dimension is None or not store.has(dimension, b"labels"):
        return None
    labels = store.read_array(dimension, b"labels")
    return np.array(labels.tolist(), dtype="U") if labels.size else None
