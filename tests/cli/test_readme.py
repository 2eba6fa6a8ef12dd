"""The README is true: its Python runs, its commands do."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.recordings import PROJECT

from neophys.cli.app import run

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
SHELL = README.partition("## On the command line")[2].partition("## ")[0]
COMMANDS = re.findall(r"^neophys (?:(?!  ).)+", SHELL, re.M)


@pytest.fixture(autouse=True)
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sample", "sample.trc"]) == 0


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_its_python_runs(number: int) -> None:
    if "elephant" in PYTHON[number]:
        pytest.importorskip("elephant", reason="elephant is not installed")
    # In a process of its own: one of them installs neophys as neo.
    code = PYTHON[number] + "\nprint(*sorted({'neo', 'elephant'} & set(globals())))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[" in done.stdout or "elephant neo" in done.stdout


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_work(line: str) -> None:
    if line.endswith(".png"):
        pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    _, *arguments = shlex.split(line.replace("FILE", "sample.trc").replace("OUT", "other"))
    assert run(arguments) == 0


def test_it_shows_all_commands_and_runs_some_python() -> None:
    shown = {line.split()[1] for line in COMMANDS}
    assert shown == {"info", "average", "formats", "identify", "sample"}
    assert len(PYTHON) == 3
