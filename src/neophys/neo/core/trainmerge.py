"""Several spike trains made one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import quantities as pq

from neophys.neo.core.baseneo import MergeError, merge_annotations

if TYPE_CHECKING:
    from neophys.neo.core.spiketrain import SpikeTrain

__all__ = ["merge_array_annotations", "merge_trains"]


def merge_trains(first: SpikeTrain, others: tuple[Any, ...]) -> SpikeTrain:
    """One sorted train of several, in the first one's unit; see :meth:`SpikeTrain.merge`."""
    if not others:
        raise ValueError("nothing to merge: give at least one other spike train")
    for other in others:
        _check_fit(first, other)
    trains = [first, *(train.rescale(first._unit) for train in others)]
    with_waveforms = [train.waveforms is not None for train in trains]
    if any(with_waveforms) and not all(with_waveforms):
        raise MergeError("Cannot merge signal with waveform and signal without waveform.")
    times = np.concatenate([train._values for train in trains])
    order = np.argsort(times, kind="stable")
    words = {
        word: _merged_name([getattr(train, word) for train in trains])
        for word in ("name", "description", "file_origin")
    }
    made = type(first)(
        times[order], units=first._unit, t_start=first.t_start, t_stop=first.t_stop,
        sampling_rate=first.sampling_rate, left_sweep=first.left_sweep,
        array_annotations=first._merge_array_annotations(others, sorting=order), **words,
    )  # fmt: skip
    made.annotations = merge_annotations(*(train.annotations for train in trains))
    made.annotations = made._copied_annotations()
    if all(with_waveforms):
        made.waveforms = _stacked([train.waveforms for train in trains])[order]
    made.segment = first.segment
    if made.segment is not None:
        made.segment.spiketrains.append(made)
    return made


def _check_fit(first: SpikeTrain, other: Any) -> None:
    if hasattr(other, "proxy_for"):
        raise MergeError("Cannot merge a SpikeTrainProxy into a SpikeTrain: load it first.")
    if not hasattr(other, "left_sweep"):
        raise MergeError("Cannot merge, only a SpikeTrain can be merged into a SpikeTrain.")
    for word in ("sampling_rate", "t_start", "t_stop", "left_sweep"):
        mine, its = getattr(first, word), getattr(other, word)
        if (mine is None) != (its is None) or (mine is not None and not np.all(mine == its)):
            raise MergeError(f"Cannot merge, different {word}")
    if first.segment is not other.segment:
        raise MergeError("Cannot merge these signals as they belong to different segments.")


def _merged_name(names: list[Any]) -> Any:
    """``merge(a; b)`` of the names that differ; names that are such are taken apart first."""
    if all(name is None for name in names):
        return None
    parts: dict[str, None] = {}
    merged = False
    for name in map(str, names):
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
