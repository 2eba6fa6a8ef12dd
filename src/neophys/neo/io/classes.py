"""Neo's IO classes made from readers."""

from __future__ import annotations

from typing import Any

from neophys.neo import rawio
from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio.classes import with_signature
from neophys.neo.readers import NeoReader
from neophys.neo.surface import IO_CLASSES, module_of

__all__ = ["make_io"]


def make_io(reader: NeoReader) -> type[BaseFromRaw]:
    """The class ``XIO(XRawIO, BaseFromRaw)`` for a reader."""
    raw = getattr(rawio, f"{reader.prefix}RawIO")
    name = f"{reader.prefix}IO"
    first = next(iter(reader.io_parameters))

    def begin(self: Any, arguments: dict[str, Any]) -> None:
        raw.__init__(self, **arguments)
        BaseFromRaw.__init__(self, arguments[first])

    made: type[BaseFromRaw] = type(
        name,
        (raw, BaseFromRaw),
        {
            "__doc__": f"Reads {reader.prefix} recordings; see :class:`BaseFromRaw`.",
            "__module__": module_of(name, IO_CLASSES, "neophys.neo.io"),
            "__qualname__": name,
            "__init__": with_signature(reader.io_parameters, begin),
            "_prefered_signal_group_mode": "group-by-same-units",
            "name": reader.name,
            "description": reader.description,
            "mode": "dir" if reader.rawmode == "one-dir" else "file",
        },
    )
    return made
