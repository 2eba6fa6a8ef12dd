"""Several spike trains made one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import MergeError, copy_annotations, merge_annotations
from neophys.neo.core.dataobject import ArrayDict, scaled
from neophys.neo.core.metadata import SpikeMetadata
from neophys.neo.core.units import Unit, unit_of

if TYPE_CHECKING:
    from neophys.neo.core.spiketrain import SpikeTrain

__all__ = ["merge_array_annotations", "merge_trains"]


def merge_trains(first: SpikeTrain, others: tuple[Any, ...]) -> SpikeTrain:
    """One sorted train of several, in the first one's unit; see :meth:`SpikeTrain.merge`."""
    if not others:
        raise ValueError("nothing to merge: give at least one other spike train")
    _check_all_fit(first, others)
    own, trains = first._unit, [first, *others]
    metas = [train._meta for train in trains]
    with_waveforms = {meta.waveforms is not None for meta in metas}
    if len(with_waveforms) > 1:
        raise MergeError("Cannot merge signal with waveform and signal without waveform.")
    times, order = _joined(trains, own), None
    array_annotations = ArrayDict(times.size)
    if True in with_waveforms or any(meta.array_annotations for meta in metas):
        order = np.argsort(times, kind="stable")
        times = times[order]
        array_annotations.update(first._merge_array_annotations(others, sorting=order))
    else:
        times.sort()
    name, description, file_origin = (
        _merged_name([getattr(meta, word) for meta in metas]) for word in _WORDS
    )
    annotations = copy_annotations(merge_annotations(*(meta.annotations for meta in metas)))
    mine = first._meta
    meta = SpikeMetadata(
        name, description, file_origin, annotations, array_annotations, None,
        mine.t_start, mine.t_stop, mine.sampling_rate, mine.left_sweep,
    )  # fmt: skip
    if order is not None and True in with_waveforms:
        meta.waveforms = _stacked([meta.waveforms for meta in metas])[order]
    made = type(first)._build(times, own, meta)
    if first.segment is not None:
        first.segment.spiketrains.append(made)
        made.segment = first.segment
    return made


def _joined(trains: list[SpikeTrain], own: Unit) -> NDArray[Any]:
    if all(train._dimensionality is own and train.dtype is _F8 for train in trains):
        made: NDArray[Any] = np.empty(sum(map(len, trains)))
        return np.concatenate(trains, out=made)
    return np.concatenate([_times_in(train, own) for train in trains])


def _times_in(train: SpikeTrain, own: Unit) -> NDArray[Any]:
    values = train._values
    return values if train._unit is own else scaled(values, train._unit.factor(own))


_F8 = np.dtype(np.float64)
_WORDS = ("name", "description", "file_origin")
_TERMS = ("sampling_rate", "t_start", "t_stop", "left_sweep")


def _terms(train: SpikeTrain) -> tuple[Any, ...]:
    """What merged trains must have in common, as values that compare fast."""
    meta, own = train._meta, train._unit
    return tuple(_term(getattr(meta, word), own) for word in _TERMS)


def _term(value: Any, own: Unit) -> Any:
    if type(value) is float:  # a bound in the unit of the times
        return value, own
    if isinstance(value, pq.Quantity) and value.ndim == 0:
        return value.item(), unit_of(value._dimensionality)
    return value if value is None else id(value)


def _check_all_fit(first: SpikeTrain, others: tuple[Any, ...]) -> None:
    """Raise MergeError where a train does not fit the first one."""
    own, kind, meta, terms = first._unit, type(first), first._meta, _terms(first)
    rate, sweep, segment = meta.sampling_rate, meta.left_sweep, meta.segment
    start, stop = (bound[0] if isinstance(bound, tuple) else bound for bound in terms[1:3])
    for other in others:
        if type(other) is kind and other._dimensionality is own:
            its = other._meta
            # Most trains share all this with the first one: no need to look closer.
            if (
                its.t_start.__class__ is float and its.t_start == start
                and its.t_stop.__class__ is float and its.t_stop == stop
                and its.sampling_rate is rate and its.left_sweep is sweep
                and its.segment is segment
            ):  # fmt: skip
                continue
        _check_fit(first, other, terms)


def _check_fit(first: SpikeTrain, other: Any, terms: tuple[Any, ...]) -> None:
    if hasattr(other, "proxy_for"):
        raise MergeError("Cannot merge a SpikeTrainProxy into a SpikeTrain: load it first.")
    if not hasattr(other, "left_sweep"):
        raise MergeError("Cannot merge, only a SpikeTrain can be merged into a SpikeTrain.")
    if _terms(other) != terms:
        for word in _TERMS:
            mine, its = getattr(first, word), getattr(other, word)
            if (mine is None) != (its is None) or (mine is not None and not np.all(mine == its)):
                raise MergeError(f"Cannot merge, different {word}")
    if first.segment is not other.segment:
        raise MergeError("Cannot merge these signals as they belong to different segments.")


def _merged_name(names: list[Any]) -> Any:
    """``merge(a; b)`` of the names that differ; names that are such are taken apart first."""
    different = dict.fromkeys(names)
    if list(different) == [None]:
        return None
    parts: dict[str, None] = {}
    merged = False
    for name in map(str, different):
        if name.startswith("merge(") and name.endswith(")"):
            merged = True
            parts.update(dict.fromkeys(name[6:-1].split("; ")))
        else:
            parts[name] = None
    return f"merge({'; '.join(parts)})" if merged or len(parts) > 1 else next(iter(parts))


def _stacked(waveforms: list[Any]) -> Any:
    first = waveforms[0]
    if not isinstance(first, pq.Quantity):
        return np.vstack(waveforms)
    return np.vstack([w.rescale(first.units).magnitude for w in waveforms]) * first.units


def merge_array_annotations(
    first: SpikeTrain, others: tuple[Any, ...], order: Any
) -> dict[str, Any]:
    """The array annotations that all trains have, in the order of the merged spikes."""
    merged: dict[str, Any] = {}
    mine = first.array_annotations
    only_here = [k for k in mine if not all(k in other.array_annotations for other in others)]
    for key in mine:
        if key in only_here:
            continue
        values = [mine[key], *(other.array_annotations[key] for other in others)]
        if isinstance(values[0], pq.Quantity):
            units = values[0].units
            joined = np.concatenate([v.rescale(units).magnitude for v in values]) * units
        else:
            joined = np.concatenate(values)
        merged[key] = joined[order] if len(joined) else joined
    only_there = sorted({k for other in others for k in other.array_annotations if k not in mine})
    if only_here or only_there:
        warnings.warn(
            "The following array annotations were omitted, because they were only present in one"
            f" of the merged objects: {only_here} from the one that was merged into and"
            f" {only_there} from the ones that were merged into it.",
            UserWarning,
            stacklevel=4,
        )
    return merged
