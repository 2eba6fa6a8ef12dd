"""Regularly sampled signals put together in time."""

from __future__ import annotations

import logging
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import quantities as pq

from neophys.neo.core.baseneo import MergeError, intersect_annotations
from neophys.neo.core.dataobject import ArrayDict

if TYPE_CHECKING:
    from neophys.neo.core.sampled import Sampled

__all__ = ["concatenate_signals"]

_logger = logging.getLogger("neo.core.analogsignal")


def concatenate_signals(
    first: Sampled, others: tuple[Any, ...], overwrite: bool, padding: Any
) -> Sampled:
    """One signal over the time of several.

    Parameters
    ----------
    first, others
        Signals of the same units, rate and number of channels.
    overwrite : bool
        Where signals overlap: True takes the samples of the later argument, False of the earlier.
    padding : bool or Quantity
        What stands in gaps: False refuses them, True is NaN.

    Returns
    -------
    AnalogSignal or ImageSequence
        Starts at the earliest start; every signal is put at its nearest sample. Integer samples
        stay integers, so NaN as padding of such raises ValueError.

    Raises
    ------
    MergeError
        Where the signals do not fit, or there is a gap and no padding.
    """
    kind = type(first)
    if not all(isinstance(signal, kind) for signal in others):
        raise TypeError(f"only such objects can be concatenated to an {kind.__name__}")
    if not others:
        return first
    signals: list[Any] = [first, *others]
    for signal in others:
        if (
            signal.units != first.units
            or signal.sampling_rate != first.sampling_rate
            or signal.shape[1:] != first.shape[1:]
            or getattr(signal, "spatial_scale", None) != getattr(first, "spatial_scale", None)
        ):
            raise MergeError(
                "Signals have to share ['units', 'sampling_rate'] and their number of channels"
                " (images: their size and scale) to be concatenated."
            )
    timed = first[:0]
    timed.t_start = min(signal.t_start for signal in signals)
    places = [(int(timed.time_index(signal.t_start)), signal) for signal in signals]
    if padding is False:
        _check_gapless(places)
    fill = _padding(first, padding)
    n_samples = max(at + len(signal) for at, signal in places)
    values = np.full((n_samples, *first.shape[1:]), fill, dtype=first.dtype)
    for at, signal in places if overwrite else reversed(places):
        values[at : at + len(signal)] = signal._values
    made = first._build(values, first._unit, timed._meta.fork(None, common_arrays(signals)))
    made._sole = True
    _describe(made, signals)
    return made


def _check_gapless(places: list[tuple[int, Any]]) -> None:
    """Raise MergeError where a sample comes from no signal."""
    reached = 0
    for at, length in sorted((at, len(signal)) for at, signal in places):
        if at > reached:
            raise MergeError(
                "Signals are not continuous. Can not concatenate signals with gaps. "
                "Please provide a padding value."
            )
        reached = max(reached, at + length)


def _padding(first: Sampled, padding: Any) -> Any:
    """The number for gaps, in the signals' units."""
    if padding is False:
        return 0
    _logger.warning("Signals will be padded using %s.", padding)
    if padding is True:
        if first.dtype.kind in "iu":
            raise ValueError(
                f"samples of dtype {first.dtype} cannot hold NaN: give another padding"
            )
        return np.nan
    if not isinstance(padding, pq.Quantity):
        raise MergeError("The padding must be a bool or a Quantity.")
    return padding.rescale(first._unit).magnitude


def common_arrays(signals: list[Any]) -> ArrayDict:
    """The array annotations that all signals have alike, copied."""
    common = reduce(intersect_annotations, (dict(s.array_annotations) for s in signals))
    return ArrayDict.trusted(signals[0]._get_arr_ann_length(), common)


def _describe(made: Sampled, signals: list[Any]) -> None:
    made.annotations = reduce(intersect_annotations, (signal.annotations for signal in signals))
    for word in ("name", "description", "file_origin"):
        values = [getattr(signal, word) for signal in signals]
        same = all(value == values[0] for value in values)
        setattr(made, word, values[0] if same else f"concatenation ({values})")
