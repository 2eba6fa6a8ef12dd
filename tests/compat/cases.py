"""The table of recordings that both libraries read.

Each format's part of it is ``CASES`` of the module ``of_<format>.py`` beside this one, one line a
recording: ``Case("edf/mne-python/test.edf", "EDF", shows=("EDF-1",))``. `shows` names the
Deviations that it shows; any other difference fails, and so does one of these that does not show.
A built recording is a function that writes it: ``Case(build_cut_file, "Micromed", ...)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Case", "cases", "shows"]


T = TypeVar("T")


def shows(*ids: str) -> Callable[[T], T]:
    """Mark a test that shows a Deviation in its own way, where no Case can."""
    return lambda test: test


@dataclass(frozen=True)
class Case:
    """A recording and what is known to differ.

    Attributes
    ----------
    source
        Path below the folder of recordings, or ``build(folder) -> path`` that writes one.
    prefix
        Of the classes: ``"Micromed"``.
    shows
        Ids of the Deviations that it shows.
    arguments
        Of the raw reader's constructor, besides the path; those that the IO class lacks are left
        out there.
    limits
        Largest absolute difference that a Deviation excuses, by its id.
    windows
        Random windows of each signal that are compared.
    objects
        Whether blocks and segments are compared too.
    """

    source: str | Callable[[Path], Path]
    prefix: str
    shows: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    windows: int = 8
    objects: bool = True

    @property
    def id(self) -> str:
        name = self.source if isinstance(self.source, str) else self.source.__name__
        extra = ",".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{name}{'?' if extra else ''}{extra}"


def cases() -> tuple[Case, ...]:
    """Of all formats."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("of_*.py"))
    return tuple(case for name in modules for case in import_module(f"tests.compat.{name}").CASES)
