"""Objects from the reader without a file."""

from __future__ import annotations

from pathlib import Path

from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio.examplerawio import ExampleRawIO

__all__ = ["ExampleIO"]


class ExampleIO(ExampleRawIO, BaseFromRaw):  # type: ignore[misc, override]  # as every XIO
    """Made-up blocks and segments; see :class:`ExampleRawIO`."""

    name = "example IO"
    description = "Fake IO"

    _prefered_signal_group_mode = "group-by-same-units"

    def __init__(self, filename: str | Path | None = "") -> None:
        ExampleRawIO.__init__(self, filename=filename)
        BaseFromRaw.__init__(self, filename)
