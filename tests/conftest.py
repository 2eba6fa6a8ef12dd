"""What the whole suite shares: the recordings, and a summary that tells what was not tested."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from neophys import kernels
from tests.recordings import ABSENT, VARIABLE, data_root, index


@pytest.fixture(scope="session")
def recordings_root() -> Path:
    """The folder of real recordings; the test is skipped where there is none."""
    root = data_root()
    if root is None:
        pytest.skip(reason=f"{ABSENT}s (set {VARIABLE})")
    return root


def pytest_report_header() -> list[str]:
    return [f"recordings: {_where()}", f"kernels: {_kernels()}"]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say where the recordings came from, and each reason for which tests were skipped."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        *_, reason = report.longrepr if isinstance(report.longrepr, tuple) else (report.longrepr,)
        by_reason[str(reason).removeprefix("Skipped: ")].append(report.nodeid)
    terminalreporter.section("what was tested")
    terminalreporter.line(f"recordings: {_where()}")
    terminalreporter.line(f"kernels: {_kernels()}")
    if not by_reason:
        terminalreporter.line("skipped: nothing")
    for reason, tests in sorted(by_reason.items()):
        files = ", ".join(sorted({test.partition("::")[0] for test in tests}))
        terminalreporter.line(f"skipped {len(tests)}: {reason}  [{files}]")


def _where() -> str:
    root = data_root()
    if root is None:
        return f"absent, so tests on real recordings are skipped (set {VARIABLE})"
    return f"{len(index())} files in {root}"


def _kernels() -> str:
    return "compiled" if kernels.COMPILED else "NumPy twins"
