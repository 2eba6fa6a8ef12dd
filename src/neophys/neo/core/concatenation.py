"""Regularly sampled signals put together in time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import quantities as pq

from neophys.neo.core.baseneo import MergeError, intersect_annotations
from neophys.neo.core.dataobject import ArrayDict

if TYPE_CHECKING:
    from neophys.neo.core.analogsignal import AnalogSignal

__all__ = ["concatenate_signals"]

_logger = logging.getLogger("neo.core.analogsignal")


def concatenate_signals(
    first: AnalogSignal, others: tuple[Any, ...], overwrite: bool, padding: Any
) -> AnalogSignal:
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
    AnalogSignal
        Starts at the earliest start; every signal is put at its nearest sample. Integer samples
        stay integers, so NaN as padding of such raises ValueError.

    Raises
    ------
    MergeError
        Where the signals do not fit, or there is a gap and no padding.
    """
    kind = type(first)
    if not all(isinstance(signal, kind) for signal in others):
        raise TypeError("only AnalogSignals can be concatenated to an AnalogSignal")
    if not others:
        return first
    signals: list[Any] = [first, *others]
    for signal in others:
        if (
            signal.units != first.units
            or signal.sampling_rate != first.sampling_rate
            or signal.shape[1:] != first.shape[1:]
        ):
            raise MergeError(
                "AnalogSignals have to share ['units', 'sampling_rate'] and their number of"
                " channels to be concatenated."
            )
    fill = _padding(first, signals, padding)
    start, stop = min(s.t_start for s in signals), max(s.t_stop for s in signals)
    n_samples = int(np.rint(((stop - start) * first.sampling_rate).simplified.magnitude))
    values = np.full((n_samples, *first.shape[1:]), fill, dtype=first.dtype)
    made = first._build(values, first._unit, first._meta.fork(None, _common_arrays(signals)))
    made.t_start = start
    _describe(made, signals)
    for signal in signals if overwrite else reversed(signals):
        made.splice(signal)
    return made


def _padding(first: AnalogSignal, signals: list[Any], padding: Any) -> Any:
    """The number for gaps, in the signals' units."""
    if padding is False:
        spans = sorted((float(s.t_start.rescale(first.t_start.units)),
                        float(s.t_stop.rescale(first.t_start.units))) for s in signals)  # fmt: skip
        period = float(first.sampling_period.rescale(first.t_start.units))
        reached = spans[0][1]
        for start, stop in spans:
            if start - reached > period:
                raise MergeError(
                    "Signals are not continuous. Can not concatenate signals with gaps. "
                    "Please provide a padding value."
                )
            reached = max(reached, stop)
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


def _common_arrays(signals: list[Any]) -> ArrayDict:
    common = dict(signals[0].array_annotations)
    for signal in signals[1:]:
        common = intersect_annotations(common, signal.array_annotations)
    return ArrayDict.trusted(signals[0]._get_arr_ann_length(), common).fork()


def _describe(made: AnalogSignal, signals: list[Any]) -> None:
    common = signals[0].annotations
    for signal in signals[1:]:
        common = intersect_annotations(common, signal.annotations)
    made.annotations = common
    made.annotations = made._copied_annotations()
    for word in ("name", "description", "file_origin"):
        values = [getattr(signal, word) for signal in signals]
        same = all(value == values[0] for value in values)
        setattr(made, word, values[0] if same else f"concatenation ({values})")
