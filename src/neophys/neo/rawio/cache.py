"""What readers keep between calls, if they were asked to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["Cache"]


class Cache:
    """Mixed into :class:`~neophys.neo.rawio.base.BaseRawIO`.

    The cache lives as long as the reader. Nothing is written beside the data or anywhere else,
    and no pickle is read: opening is fast enough without.
    """

    use_cache: bool
    _cache: dict[str, Any] | None

    def setup_cache(self, cache_path: str, **init_kargs: Any) -> None:
        """Begin an empty cache; `cache_path` must be one of Neo's names or an existing folder."""
        if cache_path not in ("home", "same_as_resource") and not Path(cache_path).exists():
            raise ValueError(
                f"cache_path: {cache_path!r} is no folder, nor 'home' or 'same_as_resource'"
            )
        self._cache = {}

    def add_in_cache(self, **kargs: Any) -> None:
        """Keep values by name. Raises ValueError without ``use_cache=True``."""
        if not self.use_cache or self._cache is None:
            raise ValueError("add_in_cache() needs a reader made with use_cache=True")
        self._cache.update(kargs)

    def dump_cache(self) -> None:
        """Has nothing to do; raises ValueError without ``use_cache=True``."""
        if not self.use_cache:
            raise ValueError("dump_cache() needs a reader made with use_cache=True")
