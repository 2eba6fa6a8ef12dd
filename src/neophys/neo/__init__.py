"""NEO'S SURFACE: programs written for Neo 0.14 run on this engine.

``from neophys import neo`` stands for ``import neo``. Everything is imported when it is first
used. Where the answers differ from Neo's on purpose, :func:`deviations` says so.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from neophys.neo.surface import ALIASES, IO_CLASSES, NEO_VERSION

if TYPE_CHECKING:
    from neophys.neo.deviation import Deviation

__all__ = ["deviations", "install_as_neo"]

#: The version of Neo that programs find here.
__version__ = NEO_VERSION

_OBJECTS: Final = (
    "AnalogSignal", "Block", "ChannelView", "CircularRegionOfInterest", "Epoch", "Event", "Group",
    "ImageSequence", "IrregularlySampledSignal", "NeoReadWriteError", "PolygonRegionOfInterest",
    "RectangularRegionOfInterest", "Segment", "SpikeTrain",
    "class_by_name", "objectlist", "objectnames",
)  # fmt: skip
_IO: Final = ("get_io", "io_by_extension", "iolist", "list_candidate_ios")
_MODULES: Final = ("core", "io", "rawio", "utils")
__all__ += [*_OBJECTS, *_IO, *_MODULES, *IO_CLASSES, *ALIASES]


def __getattr__(name: str) -> Any:
    made: Any
    if name in _OBJECTS:
        made = getattr(import_module(f"{__name__}.core"), name)
    elif name in _IO or name in IO_CLASSES or name in ALIASES:
        made = getattr(import_module(f"{__name__}.io"), name)
    elif name == "logging_handler":
        made = import_module(f"{__name__}.rawio.baserawio").logging_handler
    elif name in _MODULES:
        made = import_module(f"{__name__}.{name}")
    elif name in _below("core", "io"):
        # Neo's package lets its packages' modules through.
        made = getattr(import_module(f"{__name__}.{_below('core', 'io')[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = made
    return made


def _below(*packages: str) -> dict[str, str]:
    """The modules of these packages -> the package."""
    return {
        name: package
        for package in packages
        for name in import_module(f"{__name__}.{package}").MODULES
    }


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def install_as_neo() -> None:
    """Let ``import neo`` in this process give neophys; see :mod:`neophys.neo.install`."""
    from neophys.neo.install import install_as_neo

    install_as_neo()


def deviations() -> tuple[Deviation, ...]:
    """Where the answers differ from Neo's on purpose: of all formats first, then by format."""
    from neophys.neo.deviation import GENERAL
    from neophys.neo.readers import all_readers

    return GENERAL + tuple(found for reader in all_readers() for found in reader.deviations)
