"""What signals have in common, regularly sampled or not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import MergeError, merge_annotations
from neophys.neo.core.dataobject import ArrayDict, DataObject
from neophys.neo.core.units import unit

__all__ = ["BaseSignal"]

_Quantity = pq.Quantity


class BaseSignal(DataObject):
    """Base of signals: arrays of (samples, channels)."""

    # Constructor arguments, and attributes, that say when the samples are.
    _time_base: ClassVar[tuple[str, ...]] = ()

    def _check_consistency(self, other: Any) -> None:
        """Raise ValueError where another signal is not on the same time base."""

    def _operate(self, other: Any, slow: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, BaseSignal):
            self._check_consistency(other)
        return slow(self, other)

    def __add__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__add__)

    def __radd__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__add__)

    def __sub__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__sub__)

    def __rsub__(self, other: Any) -> Any:
        return (-self)._operate(other, _Quantity.__add__)

    def __mul__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__mul__)

    def __truediv__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__truediv__)

    # Items.

    def __getitem__(self, key: Any) -> Any:
        if type(key) is slice:
            return self._rows(key, self._values[key], self._meta.copied_array_annotations())
        if isinstance(key, (int, np.integer)):
            return self._plain(self._values[key])
        if isinstance(key, tuple):
            return self._item(key)
        if isinstance(key, np.ndarray):
            return self._masked(key)
        raise IndexError("index should be an integer, tuple, slice or boolean numpy array")

    def __setitem__(self, key: Any, value: Any) -> None:
        # `signal[:, k]` is a column of two dimensions, and can be set to one.
        if type(key) is tuple and np.ndim(value) == 2 and isinstance(key[-1], (int, np.integer)):
            key = (*key[:-1], [key[-1]])
        _Quantity.__setitem__(self, key, value)

    def _plain(self, values: Any) -> pq.Quantity:
        made = np.asarray(values).view(pq.Quantity)
        made._dimensionality = self.dimensionality
        return made

    def _rows(self, rows: slice, values: NDArray[Any], array_annotations: Any) -> Self:
        """The signal of some rows, whose values are `values`; each kind has its time base."""
        return self._build(values, self._unit, self._meta.fork(self.segment, array_annotations))

    def _item(self, key: tuple[Any, ...]) -> Any:
        if len(key) != 2:
            raise IndexError("a signal has two dimensions")
        rows, channels = key
        if isinstance(rows, (int, np.integer)):
            return self._plain(self._values[key])
        if isinstance(rows, np.ndarray):
            raise NotImplementedError("Arrays not yet supported")
        if not isinstance(rows, slice):
            raise TypeError(f"{type(rows)} not supported")
        if channels is None:
            raise IndexError("Cannot add dimensions to a signal")
        values = self._values[key]
        if isinstance(channels, (int, np.integer)):
            chosen: Any = [channels]
            values = values.reshape(-1, 1)
        else:
            chosen = channels
        return self._rows(rows, values, self._selected(chosen, values.shape[-1]))

    def _masked(self, mask: NDArray[Any]) -> pq.Quantity:
        if mask.ndim == 1:
            return self._plain(self._values[mask])
        kept = np.sum(mask, axis=0)
        if not len(kept) or (kept != kept[0]).any():
            raise IndexError("a mask must keep the same number of samples of each channel")
        return self._plain(self._values.T[mask.T].reshape(self.shape[1], -1).T)

    # Arithmetic.

    def _after_ufunc(self, made: Self) -> pq.Quantity:
        if made.shape == self.shape:
            return super()._after_ufunc(made)
        if made.ndim < 2 or made.shape[0] != self.shape[0]:
            return made.view(_Quantity)
        made._meta = self._meta.fork(None, ArrayDict(made._get_arr_ann_length()))
        return made

    def __eq__(self, other: object) -> Any:
        if isinstance(other, BaseSignal) and not self._on_same_times(other):
            return False
        return _Quantity.__eq__(self, other)

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return not equal if isinstance(equal, bool) else np.logical_not(equal)

    __hash__ = None  # type: ignore[assignment]  # as every array: equality is elementwise

    def _on_same_times(self, other: Any) -> bool:
        return True

    def _get_required_attributes(self, signal: Any, units: Any) -> dict[str, Any]:
        """Constructor arguments of a signal like this one, with other data."""
        needed = {name: getattr(self, name) for name in self._time_base}
        return {self._quantity_attr: signal, "units": units, **needed}

    def duplicate_with_new_data(self, signal: Any, units: Any = None) -> Self:
        """A signal with the same metadata and other data, without array annotations or parent."""
        units = self._unit if units is None else units
        made = type(self)(**self._get_required_attributes(signal, units))
        made._copy_data_complement(self)
        return made

    def _copy_data_complement(self, other: Any) -> None:
        """Take over name, description, file_origin and (copied) annotations."""
        meta = self._meta
        meta.name, meta.description = other.name, other.description
        meta.file_origin = other.file_origin
        meta.annotations = other._copied_annotations()

    def merge(self, other: Any) -> Self:
        """Put the channels of another signal beside this one's.

        Raises MergeError where time base or segment differ.
        """
        for name in self._time_base:
            if not _same(getattr(self, name, None), getattr(other, name, None)):
                raise MergeError(f"Cannot merge these two signals as the {name} differ.")
        if self.segment is not other.segment:
            raise MergeError("Cannot merge these two signals as they belong to different segments.")
        if other.units != self.units:
            other = other.rescale(self._unit)
        data = np.hstack((self.magnitude, other.magnitude))
        array_annotations = self._merge_array_annotations(other)
        required = self._get_required_attributes(data, self._unit)
        made = type(self)(dtype=self.dtype, array_annotations=array_annotations, **required)
        for word in ("name", "description", "file_origin"):
            mine, its = getattr(self, word), getattr(other, word)
            setattr(made, word, mine if mine == its else f"merge({mine}, {its})")
        made.annotations = merge_annotations(self.annotations, other.annotations)
        made.segment = self.segment
        return made

    @staticmethod
    def _rescale(signal: Any, units: Any = None) -> Any:
        """A quantity in `units`; ValueError where neither it nor `units` says what it is."""
        if isinstance(signal, pq.Quantity):
            return signal if units is None else signal.rescale(unit(units))
        if units is None:
            raise ValueError("Units must be specified")
        return pq.Quantity(signal, units=units)


def _same(a: Any, b: Any) -> bool:
    if (a is None) != (b is None):
        return False
    return a is b or (np.shape(a) == np.shape(b) and bool(np.all(operator.eq(a, b))))
