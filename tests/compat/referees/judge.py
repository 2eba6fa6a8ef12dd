"""The verdict on a suite's run: what is wrong with it, and what it could not show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.compat.referees.suites import EXCUSABLE_SKIPS, Suite

__all__ = ["Run", "objections", "omissions", "read_known"]


@dataclass
class Run:
    """What the plugin noted; see there.

    ``whole`` tells that no module was left out by ``--only``; ``crash`` why there is nothing;
    ``overlooked`` which recordings the plugin calls absent though they are not.
    """

    outcomes: dict[str, Any] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    overlooked: list[str] = field(default_factory=list)
    whole: bool = True
    crash: str = ""

    def count(self) -> Counter[str]:
        """How many tests have each outcome."""
        return Counter(kind for kind, _ in self.outcomes.values())

    def of(self, kind: str) -> dict[str, str]:
        """The tests of an outcome, and why."""
        return {node: why for node, (found, why) in self.outcomes.items() if found == kind}


def read_known(path: Path) -> dict[str, str]:
    """The tests that are excused, each with its reason: lines ``<node id> -- <reason>``.

    Raises
    ------
    SystemExit
        A line has no reason, or excuses what another one excuses.
    """
    known: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        node, _, reason = (part.strip() for part in line.partition(" -- "))
        if not reason or node in known:
            raise SystemExit(f"{path.name}:{number}: {'twice' if reason else 'no reason'}: {node}")
        known[node] = reason
    return known


def objections(suite: Suite, run: Run, known: dict[str, str]) -> Iterator[str]:
    """Everything that makes the run fail, a line each."""
    if run.crash:
        yield f"crash: {run.crash}"
        return
    if run.leaks:
        yield f"leak: modules of the real neo were loaded: {', '.join(run.leaks)}"
    for node, why in run.of("failed").items():
        if node not in known:
            yield f"failed: {node}: {why}"
    yield from _needless(suite, run, known)
    yield from _hollow(suite, run)


def _needless(suite: Suite, run: Run, known: dict[str, str]) -> Iterator[str]:
    """Excuses that excuse nothing."""
    for node in known:
        module = node.partition("::")[0]
        if Path(module).parent.as_posix() != suite.folder:
            continue
        if module not in run.modules:
            if run.whole:
                yield f"excused, but its module is not run: {node}"
        elif node not in run.outcomes:
            yield f"excused, but there is no such test: {node}"
        elif run.outcomes[node][0] in ("passed", "skipped"):
            yield f"excused, but it {run.outcomes[node][0]}: {node}"


def _hollow(suite: Suite, run: Run) -> Iterator[str]:
    """Signs that less was tested than it seems."""
    collected = {node.partition("::")[0] for node in run.outcomes}
    for module in run.modules:
        if module not in collected:
            yield f"no tests: {module}"
    for node, why in run.of("skipped").items():
        if not any(part in why for part in EXCUSABLE_SKIPS):
            yield f"skipped for a reason that is not foreseen: {node}: {why}"
    if run.overlooked:
        yield f"at hand, and not read: {', '.join(run.overlooked)}"
    if not run.outcomes:
        yield "no tests at all"
    if run.whole:
        passed = run.count()["passed"]
        if len(run.outcomes) < suite.collected:
            yield f"only {len(run.outcomes)} tests, where there are {suite.collected} at least"
        if passed < suite.passed:
            yield f"only {passed} tests pass, where {suite.passed} do at least"


def omissions(run: Run, known: dict[str, str]) -> Iterator[str]:
    """What the run could not show, by reason."""
    for node in run.of("failed"):
        if node in known:
            yield f"excused: {node}: {known[node]}"
    reasons = Counter(run.of("skipped").values())
    for why, number in sorted(reasons.items()):
        yield f"skipped {number}: {why}"
    if number := run.count()["absent"]:
        yield f"skipped {number}: recordings absent"
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in run.absent:
        folder, _, rest = path.partition("/")
        by_folder[folder].append(rest)
    for folder, names in sorted(by_folder.items()):
        yield f"absent in {folder}: {', '.join(sorted(names))}"
    if run.not_built:
        names = sorted({name.rpartition(".")[2] for name in run.not_built})
        yield f"not built: {', '.join(names)}"
