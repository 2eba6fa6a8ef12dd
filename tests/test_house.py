"""The promises of the house itself: what docs/architecture.md and CONTRIBUTING.md say of the code.

The arrows between the rooms are import-linter's (pyproject.toml); the rest is here.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "neophys"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FUNCTION, LONGEST_FILE = 60, 500

#: Folders of somebody's machine, put together here so that this file does not name one itself.
MACHINES = "|".join(["work", "tmp", "root", "home", "Users", "farm", "opt"])
MACHINE_PATH = re.compile(rf"(?:^|[^\w.~/<])/(?:{MACHINES})/[\w.-]+")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|placeholder|for now)\b")
#: What silences a check, or any error at all, and ends its line without a reason.
SILENCED = re.compile(
    r"except(?: Exception| BaseException)?:\s*(?:pass)?$"
    r"|# type: ignore(?:\[[\w, -]+\])?$|# noqa(?:: ?[A-Z0-9, ]+)?$"
)


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring not counted."""
    assert function.end_lineno is not None
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


def tracked_text() -> list[tuple[str, str]]:
    """Name and text of every file under version control that is text."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip(reason="not a git work tree: no list of tracked files")
    names = subprocess.run(
        [git, "-C", str(PROJECT), "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    found = []
    for name in filter(None, names):
        path = PROJECT / name
        # A tracked file may have just been removed; a binary one is data of ours.
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            found.append((name, data.decode("utf-8")))
    return found


def matches(pattern: re.Pattern[str], texts: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    texts = tracked_text()
    assert len(texts) > len(MODULES) // 2
    assert matches(MACHINE_PATH, texts) == []


def test_nothing_in_the_package_is_unfinished() -> None:
    texts = [(name_of(path), path.read_text(encoding="utf-8")) for path in MODULES]
    assert matches(UNFINISHED, texts) == []


def test_what_is_silenced_says_why() -> None:
    paths = [*MODULES, *(PROJECT / "tests").rglob("*.py"), *(PROJECT / "benchmarks").rglob("*.py")]
    texts = [(name_of(path), path.read_text(encoding="utf-8")) for path in paths]
    assert matches(SILENCED, texts) == []


def test_functions_fit_on_a_screen_and_files_in_a_head() -> None:
    long_files = [
        f"{name_of(path)}: {n} lines"
        for path in MODULES
        if (n := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    ]
    long_functions = [
        f"{name_of(path)}:{function.lineno} {function.name}: {n} lines"
        for path in MODULES
        for function in functions(path)
        if (n := lines_of(function)) > LONGEST_FUNCTION
    ]
    assert long_files + long_functions == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if ast.get_docstring(parsed(path)) is None and not path.name.startswith("_kernels")
    ]
    assert MODULES
    assert silent == []


def test_import_neophys_imports_nothing_heavy() -> None:
    heavy = ["quantities", "matplotlib", "typer", "rich", "defusedxml", "asyncio"]
    code = f"import sys, neophys; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_package_says_that_it_is_typed() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert (PACKAGE / "py.typed").is_file()
    assert "py.typed" in settings["tool"]["setuptools"]["package-data"]["*"]


def test_the_version_stands_in_one_place() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    version = settings["project"]["version"]
    repeated = [name_of(path) for path in MODULES if f'"{version}"' in path.read_text("utf-8")]
    assert repeated == []
    assert re.search(
        rf"^## .*\b{re.escape(version)}\b", (PROJECT / "CHANGELOG.md").read_text(), re.M
    )


def test_kernels_are_compiled_where_they_can_be() -> None:
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    if shutil.which(compiler) is None or not headers.is_file():
        pytest.skip(reason="no C compiler, or no headers of Python, to build the kernels with")
    assert find_spec("neophys._kernels") is not None, "there is a compiler, and no kernels"


def test_documents_point_at_files_that_exist() -> None:
    link = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
    documents = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    broken = [
        f"{name_of(document)}: {target}"
        for document in documents
        for target in link.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert documents
    assert broken == []
