"""Our modules under Neo's names, for programs that say ``import neo``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Final

from neophys.neo.surface import NEO_VERSION

__all__ = ["install_as_neo"]

_OURS: Final = "neophys."


def install_as_neo() -> None:
    """Let ``import neo`` anywhere in this process give neophys, whether Neo is installed or not.

    Afterwards ``neo``, ``neo.core``, ``neo.io``, ``neo.rawio``, ``neo.utils`` and all below them
    are the modules of ``neophys.neo`` themselves, none loaded twice, and
    ``importlib.metadata.version("neo")`` is the version of Neo whose surface this is. Call it
    before anything imports Neo; calling it again does nothing. Pickles that name ``neo.core...``
    load. A process that is started afresh (``multiprocessing`` with *spawn*) has to call it, too,
    if its code says ``import neo``.

    Raises
    ------
    ImportError
        The real Neo is imported already: its objects would not be ours.

    Examples
    --------
    >>> import neophys.neo
    >>> neophys.neo.install_as_neo()  # doctest: +SKIP
    >>> import elephant  # doctest: +SKIP
    """
    ours = import_module(__name__.rpartition(".")[0])
    if sys.modules.get("neo") is ours:
        return
    loaded = sorted(name for name in sys.modules if name == "neo" or name.startswith("neo."))
    if loaded:
        place = getattr(sys.modules[loaded[0]], "__file__", None) or "an unknown place"
        raise ImportError(
            f"the real neo is imported already (from {place}): call install_as_neo() before "
            f"anything that imports it",
            name="neo",
        )
    sys.meta_path.insert(0, _Finder())
    sys.modules["neo"] = ours


class _Finder(DistributionFinder):
    """Finds ``neo.x`` as ``neophys.neo.x``, and answers for the distribution ``neo``."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if not fullname.startswith("neo."):
            return None
        found = find_spec(_OURS + fullname)
        if found is None:
            return None
        package = found.submodule_search_locations is not None
        return ModuleSpec(fullname, _Alias(), origin=found.origin, is_package=package)

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        name = context.name if context is not None else None
        return [_Neo()] if name is not None and name.lower() == "neo" else []


class _Alias(Loader):
    """Hands out our module, which is whole, so no thread ever sees one that is not."""

    _spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(_OURS + spec.name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # Python has put that of the other name in its place.
        module.__spec__ = self._spec


class _Neo(Distribution):
    def read_text(self, filename: str | PathLike[str]) -> str | None:
        if str(filename) != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: neo\nVersion: {NEO_VERSION}\nSummary: by neophys\n"

    def locate_file(self, path: str | PathLike[str]) -> Path:
        return Path(__file__).parents[2] / path
