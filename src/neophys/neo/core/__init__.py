"""Neo's object model: signals, spike trains, events, epochs, and what holds them.

The classes are imported when first asked for.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_CLASSES = {
    # Block first, as in Neo.
    "Block": "block",
    "Segment": "segment",
    "AnalogSignal": "analogsignal",
    "IrregularlySampledSignal": "irregularlysampledsignal",
    "Event": "event",
    "Epoch": "epoch",
    "SpikeTrain": "spiketrain",
    "ImageSequence": "imagesequence",
    "RectangularRegionOfInterest": "regionofinterest",
    "CircularRegionOfInterest": "regionofinterest",
    "PolygonRegionOfInterest": "regionofinterest",
    "ChannelView": "view",
    "Group": "group",
}
_OTHERS = {"NeoReadWriteError": "baseneo"}
#: The modules here, as in Neo; `objectlist` is another, hidden by the list of that name.
MODULES = (
    "analogsignal", "baseneo", "basesignal", "block", "container", "dataobject", "epoch", "event",
    "filters", "group", "imagesequence", "irregularlysampledsignal", "regionofinterest",
    "segment", "spiketrain", "spiketrainlist", "view",
)  # fmt: skip

objectnames = list(_CLASSES)

__all__ = [*_CLASSES, *_OTHERS, "class_by_name", "filters", "objectlist", "objectnames"]


def __getattr__(name: str) -> Any:
    found: Any
    if name in _CLASSES or name in _OTHERS:
        module = importlib.import_module(f"{__name__}.{_CLASSES.get(name) or _OTHERS[name]}")
        found = getattr(module, name)
    elif name in MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    elif name == "class_by_name":
        found = {known: getattr(sys.modules[__name__], known) for known in objectnames}
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *MODULES})


class _Core(ModuleType):
    """This module: `objectlist` is a list, as in Neo, though a submodule has that name too."""

    @property
    def objectlist(self) -> list[type]:
        """All classes of the object model."""
        return [getattr(self, name) for name in objectnames]

    @objectlist.setter
    def objectlist(self, module: ModuleType) -> None:
        # The import system sets the submodule here.
        return None


sys.modules[__name__].__class__ = _Core
