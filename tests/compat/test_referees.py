"""The referees themselves: each way in which a run is no good is seen, and said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.compat.referees.__main__ import KNOWN
from tests.compat.referees.judge import Run, objections, omissions, read_known
from tests.compat.referees.suites import SUITES, Suite
from tests.recordings import PROJECT

from neophys.neo import deviations

FOLDER = "neo/test/coretest"
TEST = f"{FOLDER}/test_view.py::TestView::test_one"
OTHER = f"{FOLDER}/test_view.py::TestView::test_two"
SUITE = Suite("neo", FOLDER, collected=2, passed=1)

#: What stands in Neo's place: ours, with something the matter.
PLANTED = """
import importlib.util
from pathlib import Path
from neophys import neo

def faithful():
    neo.install_as_neo()

def with_a_bug():
    faithful()
    from neo.core.view import ChannelView
    ChannelView.resolve = lambda self: self.obj

def with_a_leak():
    from importlib.metadata import distribution
    origin = distribution("neo").locate_file("neo/core/filters.py")
    faithful()
    spec = importlib.util.spec_from_file_location("stray", origin)
    import sys
    sys.modules["stray"] = module = importlib.util.module_from_spec(spec)
    module.__file__ = str(origin)
"""


def good(**changes: object) -> Run:
    run = Run(
        outcomes={TEST: ("passed", ""), OTHER: ("passed", "")},
        modules=[f"{FOLDER}/test_view.py"],
    )
    vars(run).update(changes)
    return run


@pytest.mark.parametrize(
    ("run", "known", "said"),
    [
        (good(), {}, []),
        (good(outcomes={TEST: ("failed", "1 != 2"), OTHER: ("passed", "")}), {}, ["failed: "]),
        (good(outcomes={TEST: ("failed", "1 != 2"), OTHER: ("passed", "")}), {TEST: "GEN-1"}, []),
        (good(), {TEST: "GEN-1"}, ["excused, but it passed"]),
        (good(), {TEST + "x": "GEN-1"}, ["excused, but there is no such test"]),
        (good(), {f"{FOLDER}/test_gone.py::T::t": "GEN-1"}, ["excused, but its module is not run"]),
        (good(), {"neo/test/iotest/test_edfio.py::T::t": "GEN-1"}, []),
        (good(leaks=["neo.core.filters"]), {}, ["leak: "]),
        (good(overlooked=["edf/edf+C.edf"]), {}, ["at hand, and not read: edf/edf+C.edf"]),
        (good(crash="pytest gave up"), {}, ["crash: pytest gave up"]),
        (good(outcomes={TEST: ("passed", "")}), {}, ["only 1 tests, where there are 2"]),
        (good(outcomes={TEST: ("absent", "a"), OTHER: ("absent", "b")}), {}, ["only 0 tests pass"]),
        (good(outcomes={TEST: ("passed", ""), OTHER: ("absent", "recording")}), {}, []),
        (
            good(outcomes={TEST: ("passed", ""), OTHER: ("skipped", "no scipy")}),
            {},
            ["skipped for a reason that is not foreseen"],
        ),
        (
            good(outcomes={TEST: ("passed", ""), OTHER: ("skipped", "requires sklearn and a GPU")}),
            {},
            [],
        ),
        (good(modules=[f"{FOLDER}/test_{m}.py" for m in ("view", "base")]), {}, ["no tests: "]),
        (good(outcomes={}, whole=False, modules=[]), {}, ["no tests at all"]),
        (good(outcomes={TEST: ("passed", "")}, whole=False), {}, []),
    ],
)
def test_what_is_wrong_with_a_run_is_said(run: Run, known: dict[str, str], said: list[str]) -> None:
    found = list(objections(SUITE, run, known))
    assert len(found) == len(said), found
    assert all(line.startswith(begin) for line, begin in zip(found, said, strict=True)), found


def test_what_a_run_leaves_out_is_named() -> None:
    run = good(
        outcomes={TEST: ("failed", "1 != 2"), OTHER: ("absent", "")},
        absent=["edf/b.edf", "edf/a.edf", "plexon/c.plx"],
        not_built=["neo.io.tdtio.TdtIO", "neo.io.TdtIO", "neo.rawio.phyrawio.PhyRawIO"],
    )
    assert list(omissions(run, {TEST: "GEN-1"})) == [
        f"excused: {TEST}: GEN-1",
        "skipped 1: recordings absent",
        "absent in edf: a.edf, b.edf",
        "absent in plexon: c.plx",
        "not built: PhyRawIO, TdtIO",
    ]


@pytest.mark.parametrize(
    "text", ["a::b\n", "a::b -- \n", "a::b -- one\na::b -- two\n"], ids=["bare", "empty", "twice"]
)
def test_an_excuse_has_one_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.txt"
    path.write_text("# a comment\n\n" + text)
    with pytest.raises(SystemExit, match=r"known\.txt:\d: "):
        read_known(path)


def test_every_excuse_is_one_of_the_few_good_ones() -> None:
    ids = {deviation.id for deviation in deviations()}
    folders = {suite.folder for suite in SUITES.values()}
    for node, reason in read_known(KNOWN).items():
        kind, _, what = reason.partition(": ")
        good = {*ids, "private helper not rebuilt", "legacy mode not rebuilt"}
        assert kind in good, f"{node}: {reason}"
        assert what, f"{node}: {reason}"
        assert Path(node.partition("::")[0]).parent.as_posix() in folders, node


def run(place: Path, install: str, *options: str) -> tuple[int, list[str]]:
    """Run a small module of Neo's core tests in earnest."""
    pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    (place / "planted.py").write_text(PLANTED)
    command = [sys.executable, "-m", "tests.compat.referees", "--install", f"planted:{install}"]
    command += [*options] if "--only" in options else [*options, "--only", "view"]
    paths = filter(None, [str(place), os.environ.get("PYTHONPATH")])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [*command, "--suite", "core"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_ours_in_neos_place_passes_and_needs_no_excuse(tmp_path: Path) -> None:
    status, lines = run(tmp_path, "faithful")
    assert status == 0, lines
    assert lines[-1].startswith("compat: ")
    assert lines[-1].endswith(" passed: good")
    excused = tmp_path / "known.txt"
    excused.write_text(f"{FOLDER}/test_view.py::TestView::test_resolve -- not needed\n")
    status, lines = run(tmp_path, "faithful", "--known", str(excused))
    assert status == 1, lines
    assert any("excused, but it passed: " in line for line in lines), lines
    assert lines[-1].endswith("NOT GOOD: 1 objections, above")


@pytest.mark.parametrize(
    ("install", "options", "said"),
    [
        ("with_a_bug", [], "failed: neo/test/coretest/test_view.py::TestView::test_resolve: "),
        ("with_a_leak", [], "leak: modules of the real neo were loaded: stray"),
        ("faithful", ["--only", "nothing_of_that_name"], "no tests at all"),
        ("nothing_of_that_name", [], "crash: "),
    ],
)
def test_a_run_in_earnest_sees(tmp_path: Path, install: str, options: list[str], said: str) -> None:
    status, lines = run(tmp_path, install, *options)
    assert status == 1, lines
    assert any(line.strip().startswith(said) for line in lines), lines
    assert "NOT GOOD" in lines[-1]
