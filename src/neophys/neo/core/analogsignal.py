"""Regularly sampled signals."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import (
    BaseNeo,
    MergeError,
    intersect_annotations,
    merge_annotations,
)
from neophys.neo.core.basesignal import BaseSignal, scipy_signal
from neophys.neo.core.dataobject import ArrayDict, DataObject, quantity_parts
from neophys.neo.core.metadata import SignalMetadata
from neophys.neo.core.sampled import ZERO, Sampled, _get_sampling_rate
from neophys.neo.core.units import HERTZ, SECOND, Unit

__all__ = [
    "AnalogSignal", "BaseNeo", "BaseSignal", "DataObject", "MergeError", "intersect_annotations",
    "merge_annotations",
]  # fmt: skip


def _new_AnalogSignalArray(
    cls: Any, signal: Any, units: Any = None, dtype: Any = None, copy: Any = None,
    t_start: Any = ZERO, sampling_rate: Any = None, sampling_period: Any = None, name: Any = None,
    file_origin: Any = None, description: Any = None, array_annotations: Any = None,
    annotations: Any = None, segment: Any = None,
) -> Any:  # fmt: skip
    """Rebuild a signal from a pickle; name and order of arguments are those of Neo's pickles."""
    made = cls(
        signal, units=units, dtype=dtype, t_start=t_start, sampling_rate=sampling_rate,
        sampling_period=sampling_period, name=name, file_origin=file_origin,
        description=description, array_annotations=array_annotations,
    )  # fmt: skip
    made.annotate(**(annotations or {}))
    made.segment = segment
    return made


class AnalogSignal(Sampled):
    """A signal sampled at a constant rate, as array of (samples, channels).

    Parameters
    ----------
    signal : array_like or Quantity
        Samples; one dimension is one channel. Memory is shared where units and dtype fit.
    units : str or Quantity, optional
        Required where `signal` has none; another unit than that of `signal` converts.
    dtype : dtype, optional
    copy : None
        Accepted for compatibility; anything else raises ValueError.
    t_start : Quantity
        Time of the first sample; a bare number is in seconds.
    sampling_rate, sampling_period : Quantity
        At least one of them; both must agree.
    name, file_origin, description : str, optional
    array_annotations : dict of array_like, optional
        One value per channel.
    **annotations
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Segment",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("segment",)
    _quantity_attr: ClassVar[str] = "signal"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("signal", pq.Quantity, 2),
        ("sampling_rate", pq.Quantity, 0),
        ("t_start", pq.Quantity, 0),
    )
    _recommended_attrs: ClassVar[tuple[Any, ...]] = BaseNeo._recommended_attrs
    _metadata = SignalMetadata
    _meta: SignalMetadata

    def __new__(
        cls, signal: Any, units: Any = None, dtype: Any = None, copy: Any = None,
        t_start: Any = ZERO, sampling_rate: Any = None, sampling_period: Any = None,
        name: Any = None, file_origin: Any = None, description: Any = None,
        array_annotations: Any = None, **annotations: Any,
    ) -> Self:  # fmt: skip
        if copy is not None:
            raise ValueError("`copy` has no effect any more and must be None")
        values, of = quantity_parts(signal, units, dtype)
        if not values.ndim:  # as in Neo, an IndexError
            raise IndexError("a signal is an array of (samples, channels), not a single value")
        if values.ndim == 1:
            values = values.reshape(-1, 1)
        made = cls._build(values, of, None)
        made.t_start = t_start
        made.sampling_rate = _get_sampling_rate(sampling_rate, sampling_period)
        return made

    def __init__(
        self, signal: Any = None, units: Any = None, dtype: Any = None, copy: Any = None,
        t_start: Any = ZERO, sampling_rate: Any = None, sampling_period: Any = None,
        name: Any = None, file_origin: Any = None, description: Any = None,
        array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, array_annotations, annotations)

    @classmethod
    def _from_parts(
        cls, values: NDArray[Any], of: Unit, start: float, rate: float, name: Any = None,
        description: Any = None, file_origin: Any = None,
        annotations: dict[str, Any] | None = None, array_annotations: Any = None,
        segment: Any = None,
    ) -> Self:  # fmt: skip
        """A signal from parts that are known to be right: nothing is parsed, checked or copied.

        Parameters
        ----------
        values : ndarray
            (samples, channels)
        of : Unit
            From :func:`neophys.neo.core.units.unit`.
        start, rate : float
            Seconds and Hz.
        annotations : dict, optional
            Belongs to the signal from now on.
        array_annotations : ArrayDict, optional
            Likewise; `ArrayDict.trusted(n_channels, arrays)` makes one that shares arrays.
        """
        made: Any = values.view(cls)
        made._dimensionality = of
        made._meta = SignalMetadata(
            name, description, file_origin,
            {} if annotations is None else annotations,
            ArrayDict(values.shape[-1]) if array_annotations is None else array_annotations,
            segment, start, SECOND, rate, HERTZ,
        )  # fmt: skip
        return made  # type: ignore[no-any-return]  # view() is typed for plain arrays

    def __reduce__(self) -> tuple[Any, ...]:
        rate = None if self._meta.rate is None else self.sampling_rate
        if rate is None:
            return _unsampled, (
                type(self), self._values, self._unit, self.name, self.file_origin,
                self.description, self.array_annotations, self.annotations,
            )  # fmt: skip
        return self._reduced(_new_AnalogSignalArray, (
            type(self), self._values, self._unit, None, None, self.t_start, rate, None,
            self.name, self.file_origin, self.description, self.array_annotations,
            self.annotations, None,
        ))  # fmt: skip

    # Text.

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        pp.text(
            f"{type(self).__name__} with {self.shape[1]} channels of length {self.shape[0]}; "
            f"units {self.dimensionality.string}; datatype {self.dtype}"
        )
        if self._has_repr_pretty_attrs_():
            pp.breakable()
            self._repr_pretty_attrs_(pp, cycle)
        for line in (
            f"sampling rate: {self.sampling_rate}",
            f"time: {self.t_start} to {self.t_stop}",
        ):
            pp.breakable()
            with pp.group(indent=1):
                pp.text(line)

    # Making other signals.

    def splice(self, signal: Any, copy: bool = False) -> AnalogSignal:
        """Overwrite a part with another signal, in place or (with `copy`) in a copy.

        Raises ValueError where the other does not lie within this one or its rate differs.
        """
        if signal.t_start < self.t_start:
            raise ValueError("Cannot splice earlier than the start of the signal")
        if signal.t_stop > self.t_stop:
            raise ValueError("Splice extends beyond signal")
        if signal.sampling_rate != self.sampling_rate:
            raise ValueError("Sampling rates do not match")
        made = self._same_with(self._values.copy()) if copy else self
        i = int(self.time_index(signal.t_start))
        made[i : i + signal.shape[0], :] = signal.as_quantity()
        return made

    def _resampled(self, values: NDArray[Any], rate: float) -> Self:
        made = self._same_with(values)
        made._meta.rate = rate
        return made

    def downsample(self, downsampling_factor: int, **kwargs: Any) -> Self:
        """Decimate in time with ``scipy.signal.decimate``; `kwargs` are its arguments."""
        kwargs.pop("axis", None)
        values = scipy_signal().decimate(self.magnitude, downsampling_factor, axis=0, **kwargs)
        return self._resampled(values, self._sampled()[0] / downsampling_factor)

    def resample(self, sample_count: int, **kwargs: Any) -> Self:
        """Resample to a number of samples with ``scipy.signal.resample``."""
        kwargs.pop("axis", None)
        kwargs.pop("t", None)
        values = scipy_signal().resample(self.magnitude, sample_count, axis=0, **kwargs)
        return self._resampled(values, sample_count / self.shape[0] * self._sampled()[0])

    def rectify(self, **kwargs: Any) -> Self:
        """The absolute values; `kwargs` are those of ``numpy.absolute``."""
        return self._same_with(np.absolute(self.magnitude, **kwargs))


def _unsampled(
    cls: type[AnalogSignal], values: NDArray[Any], of: Unit, name: Any = None,
    file_origin: Any = None, description: Any = None, array_annotations: Any = None,
    annotations: Any = None,
) -> AnalogSignal:  # fmt: skip
    """Rebuild a pickled view that has no time base."""
    made = cls._build(values, of, None)
    made._describe(name, description, file_origin, array_annotations, annotations or {})
    return made
