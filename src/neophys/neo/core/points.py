"""What spike trains, events and epochs have in common: times in one dimension, things with each."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.dataobject import DataObject
from neophys.neo.core.timequantity import time_array

__all__ = ["Points", "without_metadata"]


def without_metadata(made: Any) -> Any:
    """A plain quantity of what NumPy put together: a new object has no bounds and no labels."""
    return made.view(pq.Quantity) if isinstance(made, DataObject) else made


class Points(DataObject):
    """Base of one-dimensional arrays of times.

    NumPy moves times; labels, waveforms and array annotations go with them or are left behind.
    """

    def _timely(self, values: NDArray[Any]) -> Any:
        """Values of another shape, without metadata."""
        self._share()
        return time_array(values, self._unit)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        made = super().__array_function__(func, types, args, kwargs)
        lost = func in (np.concatenate, np.roll) or np.ndim(made) > 1
        return without_metadata(made) if lost else made

    def take(  # type: ignore[override]  # one dimension, one kind of result
        self, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise"
    ) -> Any:
        """As ``numpy.take``; what belongs to the times comes along."""
        if out is None and mode == "raise" and np.ndim(indices) == 1:
            return self[np.asarray(indices)]
        return self._timely(np.asarray(self._values.take(indices, axis, out, mode)))

    def repeat(self, repeats: Any, axis: Any = None) -> Any:  # type: ignore[override]  # see above
        """As ``numpy.repeat``; what belongs to the times comes along."""
        return self[np.repeat(np.arange(self.size), repeats)]

    def partition(self, *_: Any, **how: Any) -> None:
        """Sort in place, which is a partition, too."""
        self.sort()

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # see above
        """The times in another shape, without what belongs to each."""
        values = self._values.reshape(*shape, **kwargs)
        return self[:] if values.shape == self.shape else self._timely(values)
