"""neophys reads electrophysiology recordings of different makers: lazily, exactly, fast.

>>> rec = neophys.open("File_micromed_1.TRC")
>>> rec.signals[0].around("Trigger", before="20ms", after="20ms").mean()

Everything is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neophys import errors as errors
    from neophys.errors import NeophysError as NeophysError
    from neophys.recording import Recording as Recording
    from neophys.recording import identify as identify
    from neophys.recording import list_formats as list_formats
    from neophys.recording import open as open

_FROM = {
    "NeophysError": "neophys.errors",
    "Recording": "neophys.recording",
    "identify": "neophys.recording",
    "list_formats": "neophys.recording",
    "open": "neophys.recording",
}
_MODULES = ("errors", "neo", "testing")

__all__ = [
    "NeophysError",
    "Recording",
    "errors",
    "identify",
    "list_formats",
    "neo",
    "open",
    "testing",
]


def __getattr__(name: str) -> Any:
    if name in _FROM:
        value = getattr(import_module(_FROM[name]), name)
    elif name in _MODULES:
        value = import_module(f"neophys.{name}")
    else:
        raise AttributeError(f"module 'neophys' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
