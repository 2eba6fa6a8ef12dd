"""Views of some channels of a signal."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.basesignal import BaseSignal
from neophys.neo.core.dataobject import ArrayDict

__all__ = ["ChannelView"]


class ChannelView(BaseNeo):
    """Some channels of a signal, without copying it.

    Parameters
    ----------
    obj : AnalogSignal or IrregularlySampledSignal, or a proxy of such
    index : array_like of int or bool
        Positions of the channels, or a mask over all.
    name, description, file_origin : str, optional
    array_annotations : dict of array_like, optional
        One value per channel of the view.
    **annotations

    Raises
    ------
    ValueError
        For another object, or an index that is neither integers nor a mask of the right length.
    IndexError
        Where there is no such channel.
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Group",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("group",)
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("obj", ("AnalogSignal", "IrregularlySampledSignal"), 1),
        ("index", np.ndarray, 1, np.dtype("i")),
    )
    is_view = True

    def __init__(
        self, obj: Any, index: Any, name: Any = None, description: Any = None,
        file_origin: Any = None, array_annotations: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, description, file_origin, **annotations)
        if not issubclass(getattr(obj, "proxy_for", type(obj)), BaseSignal):
            raise ValueError(
                "Can only take a ChannelView of an AnalogSignal or an IrregularlySampledSignal"
            )
        self.obj = obj
        self.index = np.array(index)
        if self.index.ndim != 1:
            raise ValueError("index must be a 1D array")
        if self.index.dtype == bool:
            if self.index.size != obj.shape[-1]:
                raise ValueError("index size does not match number of channels in signal")
            (self.index,) = np.nonzero(self.index)
        elif not self.index.size:
            self.index = self.index.astype(int)
        elif self.index.dtype.kind not in "iu":
            raise ValueError("index must be of a list or array of data type boolean or integer")
        n_channels = obj.shape[-1]
        if self.index.size and not -n_channels <= self.index.min() <= self.index.max() < n_channels:
            raise IndexError(f"index {self.index.tolist()} of a signal with {n_channels} channels")
        self.array_annotations = ArrayDict(self._get_arr_ann_length())
        if array_annotations is not None:
            self.array_annotate(**array_annotations)

    @property
    def shape(self) -> tuple[int, int]:
        """(samples, channels of the view)."""
        return self.obj.shape[0], self.index.size

    def _get_arr_ann_length(self) -> int:
        return self.index.size

    def array_annotate(self, **array_annotations: Any) -> None:
        """Add array annotations, checked."""
        self.array_annotations.update(array_annotations)

    def resolve(self) -> Any:
        """The channels as a signal, with their array annotations and then those of the view."""
        made = self.obj[:, self.index]
        made.array_annotate(**self.array_annotations)
        return made
