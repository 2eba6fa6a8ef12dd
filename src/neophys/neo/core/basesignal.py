"""What signals have in common, regularly sampled or not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.baseneo import MergeError, merge_annotations
from neophys.neo.core.dataobject import ArrayDict, DataObject
from neophys.neo.core.units import unit, unit_of

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

    def _summed(
        self, other: Any, add: Callable[[Any, Any], Any], slow: Callable[[Any, Any], Any]
    ) -> Any:
        """A sum or difference, in this signal's unit; what is no quantity is left to quantities."""
        if not isinstance(other, _Quantity):
            return slow(self, other)
        if isinstance(other, BaseSignal):
            self._check_consistency(other)
        of, its = self._unit, unit_of(other._dimensionality)
        values = other.view(np.ndarray)
        if its != of:
            # Quantities converts in the precision of the sum, Neo's objects in their own.
            shared = values if isinstance(other, DataObject) else np.empty(0, self.dtype)
            factor = its.factor(of)
            kind = np.result_type(values, shared)
            values = values * (kind.type(factor) if kind.kind in "fc" else factor)
        made = add(self._values, values)
        return self._same_with(made) if made.shape == self.shape else self._plain(made)

    def __add__(self, other: Any) -> Any:
        return self._summed(other, np.add, _Quantity.__add__)

    def __radd__(self, other: Any) -> Any:
        return self._summed(other, np.add, _Quantity.__add__)

    def __sub__(self, other: Any) -> Any:
        return self._summed(other, np.subtract, _Quantity.__sub__)

    def __rsub__(self, other: Any) -> Any:
        return self._summed(other, _subtracted_from, _Quantity.__rsub__)

    def __mul__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__mul__)

    def __truediv__(self, other: Any) -> Any:
        return self._operate(other, _Quantity.__truediv__)

    # Items.

    def __getitem__(self, key: Any) -> Any:
        self._share()
        if type(key) is slice:
            return self._rows(key, self._values[key], self._meta.copied_array_annotations())
        if isinstance(key, (int, np.integer)) or is_position(key):
            return self._plain(self._values[key])
        if key is Ellipsis or isinstance(key, tuple):
            return self._item(spelt_out(key, self.ndim))
        chosen = chosen_rows(key)
        if chosen is None:
            raise IndexError(
                "a signal is indexed by integers, slices, arrays of such or of bool, and tuples"
            )
        return self._masked(chosen) if chosen.ndim > 1 else self._picked(chosen, slice(None))

    def __setitem__(self, key: Any, value: Any) -> None:
        # `signal[:, k]` is a column of two dimensions, and can be set to one.
        if type(key) is tuple and np.ndim(value) == 2 and isinstance(key[-1], (int, np.integer)):
            key = (*key[:-1], [key[-1]])
        _Quantity.__setitem__(self, key, value)

    def _plain(self, values: Any) -> pq.Quantity:
        self._share()  # many of these are views
        made = np.asarray(values).view(pq.Quantity)
        made._dimensionality = self.dimensionality
        return made

    def _rows(self, rows: slice, values: NDArray[Any], array_annotations: Any) -> Self:
        """The signal of some rows, whose values are `values`; each kind has its time base."""
        return self._derive(values, self._unit, self._meta.fork(self.segment, array_annotations))

    def _item(self, key: tuple[Any, ...]) -> Any:
        if len(key) != 2:
            if len(key) == 1:
                return self[key[0]]
            raise IndexError(f"a signal has {self.ndim} dimensions")
        rows, channels = key
        if isinstance(rows, (int, np.integer)):
            return self._plain(self._values[key])
        if channels is None:
            raise IndexError("Cannot add dimensions to a signal")
        if isinstance(rows, slice):
            return self._columns(rows, self._values[key], channels)
        chosen = chosen_rows(rows)
        if chosen is None or chosen.ndim != 1:
            raise TypeError(f"{type(rows)} not supported")
        return self._picked(chosen, channels)

    def _columns(self, rows: Any, values: NDArray[Any], channels: Any) -> Self:
        """Some channels of some rows, whose values are `values`; one channel stays a column."""
        if isinstance(channels, (int, np.integer)):
            channels = [channels]
            values = values.reshape(-1, 1)
        return self._rows(rows, values, self._selected(channels, values.shape[-1]))

    def _picked(self, rows: NDArray[Any], channels: Any) -> Any:
        """Single rows: of a signal with a constant rate they are none."""
        return self._plain(self._values[rows, channels] if self.ndim > 1 else self._values[rows])

    def _masked(self, mask: NDArray[Any]) -> pq.Quantity:
        if mask.dtype != bool or mask.shape != self.shape:
            raise IndexError(f"a mask of this signal is of bool and has the shape {self.shape}")
        kept = np.sum(mask, axis=0)
        if not len(kept) or (kept != kept[0]).any():
            raise IndexError("a mask must keep the same number of samples of each channel")
        return self._plain(self._values.T[mask.T].reshape(self.shape[1], -1).T)

    # Other shapes. Where the first axis is not time any more, it is no signal.

    def _shaped(self, values: NDArray[Any]) -> Any:
        self._share()
        if values.shape == self.shape:
            return self._rows(slice(None), values, self._meta.copied_array_annotations())
        if values.ndim and values.shape[0] == self.shape[0] and values.size == self.size:
            return self._rows(slice(None), values, ArrayDict(values.shape[-1]))
        return self._plain(values)

    @property
    def T(self) -> Any:  # type: ignore[override]  # no signal any more
        """The transposed array, as plain Quantity."""
        return self.transpose()

    def transpose(self, *axes: Any) -> Any:  # type: ignore[override]  # no signal any more
        """The transposed array, as plain Quantity."""
        return self._plain(self._values.transpose(*axes))

    def swapaxes(self, axis1: Any, axis2: Any) -> Any:
        """The array with two axes exchanged, as plain Quantity unless they are one."""
        values = self._values.swapaxes(axis1, axis2)
        ndim = self.ndim
        return self._shaped(values) if axis1 % ndim == axis2 % ndim else self._plain(values)

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # see above
        """The array in another shape: a signal while each sample keeps its row."""
        return self._shaped(self._values.reshape(*shape, **kwargs))

    def ravel(self, order: Any = "C") -> Any:  # type: ignore[override]  # see above
        """All samples in a row: of one channel a signal, else a plain Quantity."""
        return self._shaped(self._values.ravel(order))

    def flatten(self, order: Any = "C") -> Any:  # type: ignore[override]  # see above
        """As :meth:`ravel`, copied."""
        return self._shaped(self._values.flatten(order))

    def squeeze(self, axis: Any = None) -> Any:
        """The array without axes of length one, as plain Quantity, always: as in Neo."""
        return self._plain(self._values.squeeze(axis))

    def take(  # type: ignore[override]  # see above
        self, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise"
    ) -> Any:
        """As ``numpy.take``: some channels are a signal, anything else is a plain Quantity."""
        plain = out is None and mode == "raise" and np.ndim(indices) == 1
        if plain and self.ndim == 2 and axis in (1, -1):
            return self[:, np.asarray(indices)]
        return self._plain(self._values.take(indices, axis, out, mode))

    def repeat(self, repeats: Any, axis: Any = None) -> Any:  # type: ignore[override]  # see above
        """As ``numpy.repeat``, as plain Quantity."""
        return self._plain(self._values.repeat(repeats, axis))

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:  # type: ignore[override]  # see above
        """As ``numpy.compress``, as plain Quantity."""
        return self._plain(self._values.compress(condition, axis, out))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        made = super().__array_function__(func, types, args, kwargs)
        if func is np.roll and isinstance(made, BaseSignal):
            axis = kwargs.get("axis", args[2] if len(args) > 2 else None)
            if axis != 0 and axis != -made.ndim:  # channels may have changed places
                made.array_annotations = {}
        return made

    # Arithmetic.

    def _after_ufunc(self, made: Self) -> pq.Quantity:
        if made.shape == self.shape:
            return super()._after_ufunc(made)
        if made.ndim < 2 or made.shape[0] != self.shape[0]:
            return made.view(_Quantity)
        made._meta = self._meta.fork(None, ArrayDict(made._get_arr_ann_length()))
        return made

    def __pos__(self) -> Self:
        return self._same_with(self._values.copy())

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

    def time_slice(self, t_start: Any, t_stop: Any) -> Any:
        """The part between two times."""
        raise AssertionError("each kind of signal has its own way")

    def concatenate(self, *signals: Any) -> Any:
        """Put signals together in time."""
        raise AssertionError("each kind of signal has its own way")

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
        if other._unit != self._unit:
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


def _subtracted_from(own: NDArray[Any], other: NDArray[Any]) -> Any:
    return np.subtract(other, own)


def scipy_signal() -> ModuleType:
    """``scipy.signal``; ImportError that says what to install where there is none."""
    try:
        import scipy.signal
    except ImportError as error:
        raise ImportError(
            "resampling needs scipy, which is not installed: pip install scipy"
        ) from error
    found: ModuleType = scipy.signal
    return found


def spelt_out(key: Any, ndim: int) -> tuple[Any, ...]:
    """An index as tuple, ``...`` replaced by the slices that it stands for."""
    parts = key if isinstance(key, tuple) else (key,)
    at = [i for i, part in enumerate(parts) if part is Ellipsis]
    if len(at) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    if at or not parts:
        i = at[0] if at else 0
        whole = (slice(None),) * (ndim - len(parts) + len(at))
        parts = (*parts[:i], *whole, *parts[i + 1 :])
    return parts


def is_position(key: Any) -> bool:
    """Whether this is an integer as array without dimensions, as NumPy's quantiles index."""
    return isinstance(key, np.ndarray) and not key.ndim and key.dtype.kind in "iu"


def chosen_rows(key: Any) -> NDArray[Any] | None:
    """A list or array of positions, or a mask; None for anything else."""
    if not isinstance(key, (list, np.ndarray)):
        return None
    chosen = np.asarray(key)
    if not chosen.size and isinstance(key, list):
        chosen = chosen.astype(int)
    return chosen if chosen.dtype.kind in "biu" and chosen.ndim else None


def _same(a: Any, b: Any) -> bool:
    if (a is None) != (b is None):
        return False
    return a is b or (np.shape(a) == np.shape(b) and bool(np.all(operator.eq(a, b))))
