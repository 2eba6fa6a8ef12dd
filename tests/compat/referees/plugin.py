"""Loaded by pytest when it runs a referee suite: puts ours in Neo's place and notes what happens.

``neo.test`` comes from the wheel, everything else of ``neo`` from the implementation; a module that
comes from the wheel's ``neo`` all the same is a *leak*. Each process (xdist runs several) has a
folder of its own, with the recordings as links in it, since the tests write beside them.
"""

from __future__ import annotations

import ast
import glob
import importlib
import json
import os
import sys
import unittest
import urllib.request
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.compat.referees.suites import FURTHER, INCOMPLETE, NEEDS, SUITES, wheel_of

#: The environment variable that holds the settings, as JSON: ``suite``, ``install``
#: ("module:function"), ``only`` (module names), ``sources`` (folders of recordings), ``scratch``.
VARIABLE = "NEOPHYS_REFEREES"
SETTINGS: dict[str, Any] = json.loads(os.environ[VARIABLE])
SUITE = SUITES[SETTINGS["suite"]]
# Asked now: once ours is in place, "neo" is the name of no distribution's folder.
NEO = wheel_of("neo") / "neo"
ROOT = wheel_of(SUITE.distribution)
ABSENT = "recording absent: "
NETWORK = "fetches its data over the network"

#: Node id -> outcome ("passed", "skipped", "absent", "failed") and why.
outcomes: dict[str, tuple[str, str]] = {}
#: What each process finds out: all are sets, joined at the end.
found: dict[str, set[str]] = {
    key: set() for key in ("leaks", "modules", "not_built", "read", "absent")
}


class WheelTests(MetaPathFinder):
    """Finds ``neo.test`` and what is below it in the wheel, whatever ``neo`` is."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for those names only."""
        if name == "neo.test":
            return PathFinder.find_spec(name, [str(NEO)])
        return PathFinder.find_spec(name, path) if name.startswith("neo.test.") else None


def pytest_configure(config: pytest.Config) -> None:
    """Put everything in place before anything of Neo's is imported."""
    place = Path(SETTINGS["scratch"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if config.option.numprocesses and not hasattr(config, "workerinput"):
        return  # the one that only distributes
    data = place / "data"
    for source in map(Path, SETTINGS["sources"]):
        _link(source, data)
    data.mkdir(parents=True, exist_ok=True)
    (place / "run").mkdir()
    os.chdir(place / "run")
    os.environ["EPHY_TESTING_DATA_FOLDER"] = str(data)
    if "neo" in sys.modules:
        raise pytest.UsageError("neo was imported before it could be replaced")
    module, _, function = SETTINGS["install"].partition(":")
    getattr(importlib.import_module(module), function)()
    sys.meta_path.insert(0, WheelTests())
    urllib.request.urlopen = _no_network
    if SUITE.by_format:
        _use_local_recordings(data)


def _link(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        link = target / path.relative_to(source)
        hidden = any(part.startswith(".") for part in link.relative_to(target).parts)
        if path.is_file() and not hidden and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())


def _no_network(*arguments: object, **options: object) -> Any:
    raise unittest.SkipTest(NETWORK)


def _use_local_recordings(data: Path) -> None:
    """Lead the classes that all format tests derive from to recordings at hand; fetch nothing."""

    def need(path: str) -> Path:
        # Without a folder: a file that the test is going to write.
        if "/" in path and not _is_there(data / path):
            found["absent"].add(path)
            raise unittest.SkipTest(ABSENT + path)
        return data / path

    def download(repo: object = None, remote_path: str = "", local_folder: object = None) -> Path:
        # A folder of a format: what is wanted from it is checked file by file.
        return data / remote_path

    rawio = importlib.import_module("neo.test.rawiotest.common_rawio_test")
    io = importlib.import_module("neo.test.iotest.common_io_test")
    for common, base in ((rawio, rawio.BaseTestRawIO), (io, io.BaseTestIO)):
        vars(common).update(
            HAVE_DATALAD=True, can_use_network=lambda: True, download_dataset=download
        )
        base.use_network = True
        base.get_local_path = staticmethod(lambda path: str(need(str(path))))
        base.setUpClass = classmethod(_on_what_is_there(base.setUpClass.__func__, data))


def _on_what_is_there(set_up: Any, data: Path) -> Any:
    """``setUpClass`` that first leaves out the recordings which are absent."""

    def wrapped(cls: Any) -> None:
        names = [*cls.entities_to_test]
        folders = {Path(name).parts[0] for name in cls.entities_to_download or ()}
        if names and folders:
            names += [name for name in FURTHER if Path(name).parts[0] in folders]
            there = [name for name in names if _is_there(data / name)]
            found["read"].update(there)
            found["absent"].update(set(names) - set(there) - set(FURTHER))
            if not there:
                raise unittest.SkipTest(ABSENT + f"all of {', '.join(sorted(folders))}")
            cls.entities_to_test = there
        set_up(cls)

    return wrapped


def _is_there(path: Path) -> bool:
    """Whether a recording exists: that path or, if it has no ending, files that have it as stem."""
    data = Path(os.environ["EPHY_TESTING_DATA_FOLDER"])
    needed = INCOMPLETE.get(path.relative_to(data).as_posix())
    if needed is not None and not (data / needed).exists():
        return False
    if path.exists() or any(letter.isalpha() for letter in path.suffix):
        return path.exists()
    return any(path.parent.glob(glob.escape(path.name) + ".*"))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Choose the modules to run."""
    name = collection_path.stem.removeprefix("test_")
    if collection_path.suffix != ".py" or name == collection_path.stem:
        return None
    chosen = SETTINGS["only"] or SUITE.modules or (name,)
    if name not in chosen:
        return True
    if SUITE.by_format and (missing := list(_not_built(collection_path))):
        found["not_built"].update(missing)
        return True
    found["modules"].add(collection_path.relative_to(ROOT).as_posix())
    return None


def _not_built(path: Path) -> Iterator[str]:
    """Those of Neo's classes that a test module is about which exist by name only."""
    for module, name in _classes_of(path):
        try:
            cls = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue  # the module is run, and tells
        if not getattr(cls, "is_built", True):
            yield f"{module}.{name}"


def _classes_of(path: Path) -> set[tuple[str, str]]:
    """Module and name of each reader that a test module names in its test classes.

    Where it names none there: of each that it imports. The text is parsed, not run, since it may
    import packages that only readers not built here want.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("neo.io", "neo.rawio"))
        for alias in node.names
    }
    named: set[tuple[str, str]] = set()
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for node in owner.body:
            match node:
                case ast.Assign(targets=[ast.Name(id="ioclass" | "rawioclass")], value=value):
                    named.update(_resolved(value, imported))
    return named or {
        place
        for name, place in imported.items()
        if name.endswith("IO") and not name.startswith("Base")
    }


def _resolved(value: ast.expr, imported: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    match value:
        case ast.Name(id=name) if name in imported:
            yield imported[name]
        case ast.Attribute(value=ast.Name(id=name), attr=cls) if name in imported:
            yield ".".join(imported[name]), cls


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave a class that a module only borrows from another test module to that other one."""
    items[:] = [
        item
        for item in items
        if not isinstance(item, pytest.Function)
        or item.cls is None
        or item.cls.__module__ == item.module.__name__
    ]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs more of its recording than is at hand."""
    data = Path(os.environ["EPHY_TESTING_DATA_FOLDER"])
    missing = [path for path in NEEDS.get(item.nodeid, ()) if not (data / path).exists()]
    if missing:
        found["absent"].update(missing)
        pytest.skip(reason=ABSENT + ", ".join(missing))


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note modules that cannot be imported, or skip themselves."""
    if report.failed:
        outcomes[report.nodeid] = ("failed", _line(report))
    elif report.skipped:
        outcomes[report.nodeid] = ("skipped", _reason(report))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the worst of what set-up, test, its sub-tests and what follows gave."""
    if report.failed:
        outcomes[report.nodeid] = ("failed", _line(report))
        return
    reason = _reason(report) if report.skipped else ""
    part = hasattr(report, "context")  # one sub-test of several
    if report.skipped and not (part and ABSENT not in reason and NETWORK not in reason):
        kind = "absent" if ABSENT in reason else "skipped"
        outcomes.setdefault(report.nodeid, (kind, reason))
    elif report.passed and report.when == "call" and not part:
        outcomes.setdefault(report.nodeid, ("passed", ""))


def _line(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The line of a report that names the error."""
    errors = [line[1:].strip() for line in report.longreprtext.splitlines() if line[:2] == "E "]
    return errors[0][:200] if errors else report.longreprtext[-200:]


def _reason(report: pytest.CollectReport | pytest.TestReport) -> str:
    why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longreprtext
    return str(why).removeprefix("Skipped: ")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of xdist found out."""
    for key, values in getattr(node, "workeroutput", {}).get(VARIABLE, {}).items():
        found[key].update(values)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for leaks, and write down everything."""
    tests = NEO / "test"
    for name, module in list(sys.modules.items()):
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        path = Path(file or "").resolve()
        if path.is_relative_to(NEO) and not path.is_relative_to(tests):
            found["leaks"].add(name)
    lists = {key: sorted(values) for key, values in found.items()}
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[VARIABLE] = lists
    else:
        result = Path(SETTINGS["scratch"]) / "result.json"
        result.write_text(json.dumps({"outcomes": outcomes, **lists}), encoding="utf-8")
