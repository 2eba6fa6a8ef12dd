"""Labelled: the small named array that reads and reductions return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray

from neophys.errors import ChannelError, UnitsError, near_misses
from neophys.recording.times import seconds

__all__ = ["Labelled"]

Coords = Mapping[str, NDArray[Any]]

_COMPARING = {np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal}
#: What gives the units of its operands, which must be the same; comparisons give none.
_KEEPING = _COMPARING | {
    np.add, np.subtract, np.negative, np.positive, np.absolute, np.fabs, np.maximum, np.minimum,
    np.fmax, np.fmin, np.rint, np.floor, np.ceil, np.trunc, np.clip, np.remainder, np.fmod,
}  # fmt: skip
#: What gives the units of the first operand where the second has none.
_SCALING = {np.multiply, np.divide, np.floor_divide}


class Labelled(NDArrayOperatorsMixin):
    """An array in memory with named dimensions and their coordinates.

    Attributes
    ----------
    values
        The array.
    dims
        Name of each axis, of ``trial``, ``time``, ``channel``.
    coords
        Array for each dimension: ``time`` in seconds, ``channel`` names, ``trial`` rows of the
        events; ``units`` of each channel where they differ.
    units
        Of the values; a tuple, one for each channel, where they differ.
    n
        How many trials a mean is made of; None for what was simply read.
    attrs
        Anything else worth knowing.
    """

    __slots__ = ("_coords", "attrs", "dims", "n", "units", "values")

    def __init__(
        self,
        values: NDArray[Any],
        dims: tuple[str, ...],
        coords: Coords | Callable[[], Coords],
        units: str | tuple[str, ...] = "",
        n: int | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        self.values, self.dims, self.units, self.n = values, dims, units, n
        self._coords = coords
        self.attrs: Mapping[str, Any] = attrs or {}

    @property
    def coords(self) -> Coords:
        if callable(self._coords):  # most readers never look: a window costs microseconds
            self._coords = self._coords()
        return self._coords

    @property
    def time(self) -> NDArray[np.float64]:
        """(time,) seconds."""
        return self._coordinate("time")

    @property
    def channel(self) -> NDArray[np.str_]:
        """(channel,) names."""
        return self._coordinate("channel")

    def _coordinate(self, name: str) -> NDArray[Any]:
        try:
            return self.coords[name]
        except KeyError:
            raise AttributeError(
                f"no coordinate {name!r}; there are: {', '.join(self.coords)}"
            ) from None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def ndim(self) -> int:
        return self.values.ndim

    @property
    def size(self) -> int:
        return self.values.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype, copy=copy)

    def __reduce__(self) -> tuple[Any, ...]:
        # What it was read from does not travel along.
        state = self.values, self.dims, dict(self.coords), self.units, self.n, dict(self.attrs)
        return Labelled, state

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [x.values if isinstance(x, Labelled) else x for x in inputs]
        out = kwargs.get("out", ())
        if out:
            kwargs["out"] = tuple(x.values if isinstance(x, Labelled) else x for x in out)
        if method == "__call__":
            units = self._units_after(ufunc, inputs)
        result = getattr(ufunc, method)(*plain, **kwargs)
        if len(out) == 1:
            if method == "__call__" and isinstance(out[0], Labelled):
                out[0]._relabel(units)
            return out[0]
        if method != "__call__" or np.shape(result) != self.shape:
            return result
        made = Labelled(np.asarray(result), self.dims, self._coords, self.units, self.n, self.attrs)
        made._relabel(units)
        return made

    def _units_after(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> str | tuple[str, ...]:
        """The units of what `ufunc` gives; "" where it is in none that are known."""
        labelled = [x for x in inputs if isinstance(x, Labelled)]
        for other in labelled:
            if other is not self:
                self._must_match(other)
        if ufunc in _SCALING and len(labelled) == 1 and isinstance(inputs[0], Labelled):
            return self.units
        if ufunc is np.multiply and len(labelled) == 1:
            return self.units
        if ufunc not in _KEEPING:
            return ""
        for other in labelled:
            if other.units != self.units:
                raise UnitsError(
                    f"{self.units} and {other.units} do not go together: read(units=...) converts, "
                    "use .values to ignore it"
                )
        return "" if ufunc in _COMPARING else self.units

    def _relabel(self, units: str | tuple[str, ...]) -> None:
        if units != self.units:
            self.units = units
            self._coords = {key: value for key, value in self.coords.items() if key != "units"}

    def _must_match(self, other: Labelled) -> None:
        if self.dims != other.dims or self.shape != other.shape:
            raise ValueError(
                f"dimensions differ: {self._outline()} and {other._outline()}; compare .values"
            )
        for name in self.coords:
            if not np.array_equal(self.coords[name], other.coords.get(name, np.empty(0))):
                raise ValueError(f"coordinates {name!r} differ; use .values to ignore them")

    def __getitem__(self, key: Any) -> Labelled:
        """NumPy's rules, axis by axis, with channel names too: ``x[a:b, "Fp1"]``."""
        keys = key if isinstance(key, tuple) else (key,)
        for index in keys:
            if index is None or (np.ndim(index) > 1 and not isinstance(index, str)):
                raise IndexError("each dimension takes one index; for others use .values")
        if sum(index is Ellipsis for index in keys) == 1:
            at = [index is Ellipsis for index in keys].index(True)
            whole = (slice(None),) * (self.ndim - len(keys) + 1)
            keys = (*keys[:at], *whole, *keys[at + 1 :])
        if len(keys) == 1 and _is_name(keys[0]) and self.ndim > 1:
            keys = (*(slice(None),) * (self.ndim - 1), keys[0])
        if len(keys) > self.ndim:
            raise IndexError(f"{len(keys)} indexes for {self._outline()}")
        out = self
        # From the last axis on, so that a dropped one does not move those still to come.
        for axis in range(len(keys) - 1, -1, -1):
            out = out._take(axis, keys[axis])
        return out

    def sel(self, *, time: Any = None, channel: Any = None) -> Labelled:
        """By label: ``time=(a, b)``, half-open; ``channel=`` a name or several.

        Times are seconds, ``"20ms"``, quantities; None for no limit.
        """
        out = self
        if time is not None:
            out = out._take(out._axis("time"), out._time_index(time))
        return out if channel is None else out._take(out._axis("channel"), channel)

    def isel(self, **indexes: Any) -> Labelled:
        """By position: ``isel(time=slice(0, 10), channel=3)``."""
        out = self
        for dim, index in indexes.items():
            out = out._take(out._axis(dim), index)
        return out

    def _axis(self, dim: str) -> int:
        if dim not in self.dims:
            raise ValueError(f"no dimension {dim!r} in {self._outline()}")
        return self.dims.index(dim)

    def _time_index(self, time: Any) -> Any:
        pair = (time.start, time.stop) if isinstance(time, slice) else time
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"time={time!r}: (start, stop) is wanted")
        a, b = (None if end is None else seconds(end) for end in pair)
        inside = np.ones(len(self.time), np.bool_)
        if a is not None:
            inside &= self.time >= a - 1e-9
        if b is not None:
            inside &= self.time < b - 1e-9
        rows = np.flatnonzero(inside)
        if not len(rows):
            return slice(0, 0)
        # A view, unless what was read runs back in time.
        together = rows[-1] - rows[0] == len(rows) - 1
        return slice(int(rows[0]), int(rows[-1]) + 1) if together else rows

    def _take(self, axis: int, index: Any) -> Labelled:
        dim = self.dims[axis]
        if dim == "channel" and (_is_name(index)):
            index = self._channel_index(index)
        place = (slice(None),) * axis + (index,)
        values = self.values[place]
        coords = dict(self.coords)
        units = self.units
        for name in (dim, "units") if dim == "channel" else (dim,):
            if name in coords:
                coords[name] = np.asarray(coords[name][index])
        if dim == "channel" and isinstance(units, tuple):
            chosen = np.atleast_1d(np.asarray(units)[index]).tolist()
            units = chosen[0] if len(set(chosen)) == 1 else tuple(chosen)
        dropped = values.ndim < self.ndim
        if dropped and dim == "time":
            coords.pop("time")
        dims = self.dims[:axis] + self.dims[axis + 1 :] if dropped else self.dims
        return Labelled(values, dims, coords, units, self.n, self.attrs)

    def _channel_index(self, wanted: Any) -> Any:
        names = np.atleast_1d(self.channel).tolist()
        found = []
        for name in [wanted] if isinstance(wanted, str) else wanted:
            if names.count(name) != 1:
                if name in names:
                    raise ChannelError(f"several channels are called {name!r}; choose by number")
                raise ChannelError(f"no channel {name!r}{near_misses(name, names)}")
            found.append(names.index(name))
        return found[0] if isinstance(wanted, str) else found

    def _outline(self) -> str:
        return (
            "(" + ", ".join(f"{d}: {n}" for d, n in zip(self.dims, self.shape, strict=True)) + ")"
        )

    def __repr__(self) -> str:
        units = self.units if isinstance(self.units, str) else "several units"
        made = "" if self.n is None else f", n = {self.n}"
        head = f"<Labelled {self._outline()} {self.dtype} in {units or 'no units'}{made}>"
        return f"{head}\n{np.array2string(self.values, threshold=20, edgeitems=2)}"


def _is_name(index: Any) -> bool:
    return isinstance(index, str) or (
        isinstance(index, list) and bool(index) and all(isinstance(x, str) for x in index)
    )
