"""What a conformance check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Broken", "Conformance", "NotHere", "Result"]


class Broken(AssertionError):
    """A promise is not kept; the message says what was expected and what was found."""


class NotHere(Exception):
    """A check has nothing to check in this file; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """Of one check on one file.

    Attributes
    ----------
    check
        Its name, out of :data:`~neophys.testing.CHECKS`.
    file
        The recording's label; "" for a check over all of them.
    outcome
        ``"passed"``, ``"failed"`` or ``"skipped"``.
    message
        What failed, or why it was skipped.
    """

    check: str
    file: str
    outcome: Literal["passed", "failed", "skipped"]
    message: str = ""

    def __str__(self) -> str:
        where = f" [{self.file}]" if self.file else ""
        return f"{self.outcome} {self.check}{where}" + (f": {self.message}" if self.message else "")


@dataclass(frozen=True, slots=True)
class Conformance:
    """The results of :func:`~neophys.testing.check_format`; ``str()`` of it is for people."""

    format: str
    results: tuple[Result, ...]

    @property
    def failures(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.outcome == "failed")

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed on any file, in the order they were made."""
        return tuple(dict.fromkeys(result.check for result in self.failures))

    @property
    def passed(self) -> bool:
        """Whether no check failed; one that was skipped did not."""
        return not self.failures

    def raise_if_failed(self) -> None:
        """Raise :class:`Broken` with all failures."""
        if self.failures:
            raise Broken(str(self))

    def __str__(self) -> str:
        counts = Counter(result.outcome for result in self.results)
        head = ", ".join(f"{counts[o]} {o}" for o in ("passed", "failed", "skipped"))
        return "\n".join([f"{self.format}: {head}", *_lines(self.failures)])


def _lines(failures: Iterable[Result]) -> list[str]:
    return [f"  {failure}" for failure in failures]
