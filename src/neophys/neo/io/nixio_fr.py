"""NIX files through the raw layer: lazily, by block and segment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio.nixrawio import NIXRawIO

__all__ = ["NixIO"]


class NixIO(NIXRawIO, BaseFromRaw):  # type: ignore[misc, override]  # as every XIO
    """Reads NIX files lazily; see :class:`~neophys.neo.rawio.nixrawio.NIXRawIO` for its limits."""

    name = "NIX IO"

    _prefered_signal_group_mode = "group-by-same-units"

    def __init__(self, filename: str | Path) -> None:
        NIXRawIO.__init__(self, filename)
        BaseFromRaw.__init__(self, filename)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.header = None
        self.file.close()
