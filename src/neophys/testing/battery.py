"""The corruption battery: damaged files, opened in a child process."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neophys.testing.case import Case
from neophys.testing.damage import BATTERY, TELLING, Damage, Target, damages
from neophys.testing.jobs import Battery, Problem
from neophys.testing.report import Result
from neophys.testing.watch import merged

__all__ = ["run_battery"]

#: Larger recordings are not damaged: a whole copy for each damage would take too long.
_LARGEST = 64 << 20
#: A format that kills or hangs the child so often is not asked further.
_DEATHS = 2


def run_battery(case: Case, chosen: set[str]) -> list[Result]:
    """The results of the battery's chosen checks on one recording."""
    if case.size > _LARGEST:
        why = f"the recording has more than {_LARGEST >> 20} MB"
        return [Result(check, case.label, "skipped", why) for check in BATTERY]
    example = case.example
    target = Target(
        case.files,
        case.main,
        _read_at_open(case),
        example.counts if example else (),
        example.pointers if example else (),
        bool(example and example.length_is_known),
    )
    effort = max(2, min(case.effort, (case.effort << 20) // max(case.size, 1)))
    kinds = chosen | set(TELLING if "subject_is_private" in chosen else ())
    todo = tuple(d for d in damages(target, effort, case.rng("damage")) if d.check in kinds)
    # Digits alone would be found by chance in the counts of bytes that messages tell.
    private = tuple(t for t in example.private if not t.isdigit()) if example else ()
    job = Battery(
        case.format, case.files, case.main, case.options, todo, private, case.seconds
    )  # fmt: skip
    problems, tried = _run(case, job)
    return [r for r in _results(case, todo[:tried], problems) if r.check in chosen]


def _read_at_open(case: Case) -> dict[str, NDArray[np.int64]]:
    """The byte ranges of each file that opening reads; of fields in many records, each one."""
    _, bundle = case.watched()
    found = {}
    for name in case.files:
        reads = [read for read in bundle.log if read.file == name]
        offsets = np.array([read.offset for read in reads], np.int64)
        found[name] = merged(offsets, np.array([read.length for read in reads], np.int64))
    return found


def _run(case: Case, job: Battery) -> tuple[list[tuple[Damage, Problem]], int]:
    """The problems, and how many damages were tried."""
    problems: list[tuple[Damage, Problem]] = []
    first = deaths = 0
    while first < len(job.damages) and deaths < _DEATHS:
        begun = first
        for answer in case.child.ask(replace(job, first=first)):
            if answer[0] == "done":
                return problems, len(job.damages)
            if answer[0] == "begin":
                begun = answer[1]
            elif answer[2] is not None:
                problems.append((job.damages[answer[1]], answer[2]))
        deaths += 1
        words = case.child.last_words()
        problems.append((job.damages[begun], Problem(job.damages[begun].check, words)))
        first = begun + 1
    return problems, first


def _results(
    case: Case, tried: tuple[Damage, ...], problems: list[tuple[Damage, Problem]]
) -> list[Result]:
    """One result a check: the first problem, and how many more there are."""
    results = []
    for check in (*BATTERY, "subject_is_private"):
        mine = [(damage, problem) for damage, problem in problems if problem.check == check]
        n = sum(damage.check == check for damage in tried)
        if mine:
            damage, problem = mine[0]
            message = f"{damage.file}: {damage.what}: {problem.message}"
            more = f" ({len(mine)} of {n} damages)" if check in BATTERY else ""
            results.append(Result(check, case.label, "failed", message + more))
        elif n:
            results.append(Result(check, case.label, "passed", f"{n} damages"))
        elif check in BATTERY:
            why = "no such damage was tried"
            results.append(Result(check, case.label, "skipped", why))
    return results
