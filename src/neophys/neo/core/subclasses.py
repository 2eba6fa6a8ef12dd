"""What programs put on data objects, or on subclasses of them: slices and copies have it too."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from neophys.neo.core.units import Unit

__all__ = ["Subclassed"]

_OURS = __name__.partition(".")[0] + "."


class Subclassed:
    """Part of the base of all arrays: its objects are made without the constructor."""

    _dimensionality: Any
    _meta: Any
    _sole: bool
    # Whether the class hands attributes of its own on in ``__array_finalize__``, as NumPy's
    # subclasses do.
    _finalizes: ClassVar[bool] = False

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        finalize = getattr(cls, "__array_finalize__", None)
        cls._finalizes = not getattr(finalize, "__module__", _OURS).startswith(_OURS)

    @classmethod
    def _build(cls, values: NDArray[Any], of: Unit, meta: Any) -> Self:
        """View an array as this class, nothing checked; None makes fresh metadata on first use."""
        made: Any = values.view(cls)
        made._dimensionality = of
        if meta is not None:
            made._meta = meta
        return made  # type: ignore[no-any-return]  # view() is typed for plain arrays

    def _derive(self, values: NDArray[Any], of: Unit, meta: Any) -> Self:
        """As `_build`, for what comes of this object: a subclass hands its attributes on."""
        made = self._build(values, of, meta)
        if self._finalizes:
            sole: Any = self._sole
            made.__array_finalize__(self)  # type: ignore[attr-defined]  # an array's
            made._dimensionality, made._meta = of, meta
            if sole:  # the two share metadata for a moment, no samples
                self._sole = sole
        return made

    def _copy_own(self, made: Self, memo: dict[int, Any]) -> None:
        """Deep copy, to a copy of this object, what programs have put on it."""
        known = made.__dict__
        known.update({k: deepcopy(v, memo) for k, v in self.__dict__.items() if k not in known})
