"""``python -m tests.compat.referees``: run the suites, print what is wrong, a line of counts last.

The exit status is 0 only if every test that was collected passes, or is skipped for want of a
recording or another foreseen reason, save those that ``known.txt`` excuses; no excuse is needless;
no code of the real Neo but its tests was loaded; and no suite was smaller than it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.compat.referees.judge import Run, objections, omissions, read_known
from tests.compat.referees.suites import INCOMPLETE, SUITES, Suite, wheel_of
from tests.recordings import PROJECT, VARIABLE, data_root

KNOWN = Path(__file__).parents[1] / "known.txt"
INSTALL = "neophys.neo:install_as_neo"
#: Seconds after which a suite is given up; it takes less than two minutes.
LIMIT = 900


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; gives the exit status."""
    options = _options(arguments)
    known, sources = read_known(options.known), recordings()
    where = ", ".join(map(str, sources)) or f"absent, so tests on them are skipped (set {VARIABLE})"
    print(f"recordings: {where}")
    total: Counter[str] = Counter()
    wrong = 0
    for name in options.suite:
        start = time.monotonic()
        run = execute(name, SUITES[name], options, sources)
        spent = time.monotonic() - start
        found = list(objections(SUITES[name], run, known))
        wrong += len(found)
        count = run.count()
        count["excused"] = sum(node in known for node in run.of("failed"))
        count["failed"] -= count["excused"]
        total += count
        print(f"{name}: {_told(count)}; {len(run.read)} recordings read; {spent:.0f} s")
        for line in [*omissions(run, known), *found]:
            print(f"  {line}")
    verdict = "good" if not wrong else f"NOT GOOD: {wrong} objections, above"
    print(f"compat: {_told(total)}: {verdict}")
    return 1 if wrong else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.compat.referees", description=__doc__)
    add = parser.add_argument
    add("--suite", nargs="+", choices=SUITES, default=[*SUITES], help="all when not given")
    add("--only", nargs="+", default=[], metavar="MODULE", help="such as spiketrain, edfio")
    add("--workers", type=int, default=1, help="processes")
    add("--known", type=Path, default=KNOWN, help="the tests that are excused")
    add("--install", default=INSTALL, metavar="MODULE:FUNCTION", help="puts itself in Neo's place")
    add("--verbose", action="store_true", help="show what pytest prints")
    return parser.parse_args(arguments)


def recordings() -> list[Path]:
    """The folders of recordings, laid out as Neo's tests have them; the first with one counts."""
    root = data_root()
    if root is None:
        return []
    places = (root / "ephy_testing_data", root.parent / "suites" / "recordings")
    return [place for place in places if place.is_dir()]


def execute(name: str, suite: Suite, options: argparse.Namespace, sources: list[Path]) -> Run:
    """Run a suite in an interpreter and a folder of its own."""
    root = wheel_of(suite.distribution)
    with tempfile.TemporaryDirectory(prefix="neophys-compat-") as scratch:
        settings = {
            "suite": name,
            "install": options.install,
            "only": options.only,
            "sources": [str(source) for source in sources],
            "scratch": scratch,
        }
        try:
            done = subprocess.run(
                _command(root, suite, options.workers),
                cwd=scratch,
                env=_environment(settings),
                timeout=LIMIT,
                stdout=None if options.verbose else subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(crash=f"not finished after {LIMIT} s")
        result = Path(scratch) / "result.json"
        # 0: all pass, 1: some fail, 5: no tests.
        if done.returncode not in (0, 1, 5) or not result.is_file():
            return Run(crash=f"pytest gave up ({done.returncode}): {(done.stdout or '')[-2000:]}")
        run = Run(**json.loads(result.read_text(encoding="utf-8")), whole=not options.only)
    run.overlooked = [
        path
        for path in run.absent
        if path not in INCOMPLETE and any((source / path).exists() for source in sources)
    ]
    return run


def _command(root: Path, suite: Suite, workers: int) -> list[str]:
    """pytest with nobody's settings, so that neither ours nor the wheel's count."""
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, f"--rootdir={root}"]
    command += [
        f"--confcutdir={root / suite.distribution / 'test'}",
        "--continue-on-collection-errors",
    ]
    command += [
        "-o",
        "python_files=test_*.py",
        "--assert=plain",
        "--tb=short",
        "--disable-warnings",
    ]
    command += ["-p", "no:cacheprovider", "-p", "tests.compat.referees.plugin"]
    if workers > 1:
        command += ["-n", str(workers), "--dist", "loadfile"]
    return [*command, str(root / suite.folder)]


def _environment(settings: dict[str, object]) -> dict[str, str]:
    # Neo's tests behave otherwise on the machines of its own project.
    mine = {k: v for k, v in os.environ.items() if k not in ("GITHUB_ACTIONS", "PYTEST_ADDOPTS")}
    paths = [str(PROJECT), *filter(None, mine.get("PYTHONPATH", "").split(os.pathsep))]
    return mine | {
        "PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in paths),
        "NEOPHYS_REFEREES": json.dumps(settings),
        "MPLBACKEND": "agg",
        # The processes share the machine already.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _told(count: Counter[str]) -> str:
    kinds = ("passed", "failed", "excused", "skipped", "absent")
    return ", ".join(f"{count[kind]} {kind}" for kind in kinds if count[kind] or kind == "passed")


if __name__ == "__main__":
    sys.exit(main())
