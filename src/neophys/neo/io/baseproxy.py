"""What all proxies have in common: metadata, and reading when somebody asks for values."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.neo.core.baseneo import BaseNeo, copy_annotations
from neophys.neo.core.dataobject import ArrayDict

__all__ = ["BaseProxy", "check_annotations"]


def check_annotations(annotations: dict[str, Any]) -> dict[str, Any]:
    """Annotations as an object takes them: texts are str; no coordinates, which are no text."""
    for key in ("name", "description", "file_origin"):
        if key in annotations:
            annotations[key] = str(annotations[key])
    annotations.pop("coordinates", None)
    return annotations


class BaseProxy(BaseNeo):
    """Base of the proxies: metadata and :meth:`load`.

    A proxy can be used where an array is asked for: indexing, iteration, ``numpy.asarray`` and
    :attr:`magnitude` read what they need. It keeps nothing of what it read.
    """

    proxy_for: ClassVar[type]
    shape: tuple[int, ...]
    segment: Any
    _rawio: Any
    _block_index: int
    _seg_index: int

    def __init__(self, array_annotations: dict[str, Any] | None = None, **annotations: Any) -> None:
        annotations = check_annotations(copy_annotations(annotations))
        annotations.setdefault("file_origin", str(self._rawio.source_name()))
        arrays = {key: np.array(values) for key, values in (array_annotations or {}).items()}
        self.array_annotations = ArrayDict(self.shape[-1])
        self.array_annotations.update({k: v for k, v in arrays.items() if v.ndim == 1})
        super().__init__(**annotations)

    def load(self, time_slice: Any = None, **kwargs: Any) -> Any:
        """Read the object, or a window of it."""
        raise NotImplementedError

    def time_slice(self, t_start: Any, t_stop: Any) -> Any:
        """Read a window; both limits must lie inside."""
        return self.load(time_slice=(t_start, t_stop))

    def _known(self, kind: str, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Annotations and array annotations that the reader has for an object."""
        block, segment = self._block_index, self._seg_index
        known = self._rawio.raw_annotations["blocks"][block]["segments"][segment]
        annotations = dict(known[kind][index])
        return annotations, annotations.pop("__array_annotations__", {})

    # As an array.

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    @property
    def magnitude(self) -> NDArray[Any]:
        """The values as plain array; each use reads them."""
        values: NDArray[Any] = self.load().magnitude
        return values

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("a proxy has no array yet: it is read, which copy=False forbids")
        return np.asarray(self.magnitude, dtype)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __bool__(self) -> bool:
        # As in Neo, where proxies have no length: `if proxy:` asks whether there is one.
        return True

    def __getitem__(self, key: Any) -> Any:
        return self.load()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.load())

    # Copies.

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(self._state())
        made.annotations = copy_annotations(self.annotations)
        made.array_annotations = self.array_annotations.fork()
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        parents = {name: getattr(self, name, None) for name in self._parent_containers}
        state = {key: value for key, value in self._state().items() if key not in parents}
        made.__dict__.update(deepcopy(state, memo))
        # A parent comes along where it is being copied itself; a copy alone has none.
        made.__dict__.update({name: memo.get(id(parent)) for name, parent in parents.items()})
        return made

    def _state(self) -> dict[str, Any]:
        return self.__dict__

    def __repr__(self) -> str:
        name = f" {str(self.name)!r}" if self.name else ""
        return f"<{type(self).__name__}{name}: {self._summary()}>"

    def _summary(self) -> str:
        return f"shape {self.shape}"
