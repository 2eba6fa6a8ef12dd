"""The conformance check is itself checked: the toy passes, each planted bug is found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.testing.mutants import MUTANTS, mutant

from neophys.contents import Contents
from neophys.neo.readers import NeoReader
from neophys.neo.readers.view import Part, View, as_recorded, stream_view
from neophys.reading import engine
from neophys.reading.samples import Samples
from neophys.recording import Signal
from neophys.source.local import LocalFile
from neophys.testing import CHECKS, Broken, Conformance, Result, check_format, toy


def check(format: Any, *checks: str, **kwargs: Any) -> Conformance:
    builder = kwargs.pop("builder", toy.build)
    return check_format(format, builder=builder, checks=checks, thorough=6, **kwargs)


def view(contents: Contents, arguments: Any) -> View:
    streams = (stream_view(contents, [Part(0)], name="Signals", id="0", dtype="int16"),)
    return View(streams, (), (), as_recorded(contents, streams))


READER = NeoReader("toy", "Toy", ("toy",), "one-file", view)


def test_the_toy_keeps_every_promise() -> None:
    report = check_format(toy.FORMAT, builder=toy.build, neo_reader=READER)
    report.raise_if_failed()
    assert {result.check for result in report.results} == set(CHECKS)
    skipped = {result.check for result in report.results if result.outcome == "skipped"}
    assert skipped == {"gaps_are_told"}  # in the files that have none
    assert Result("gaps_are_told", "gaps.toy", "passed") in report.results


@pytest.mark.parametrize("name", MUTANTS)
def test_each_planted_bug_is_killed_by_the_check_named_for_it(name: str) -> None:
    named, reason, _ = MUTANTS[name]
    report = check(mutant(name), named, seconds=1.0)
    assert report.failed == (named,), str(report)
    assert reason in report.failures[0].message


#: Checks that are tested by a bug in what all formats share, or by a file that is none.
ELSEWHERE = {
    "opens",
    "out_is_used",
    "dtype_is_asked",
    "order_is_asked",
    "tiles_agree",
    "gaps_are_told",
    "cut_while_open",
    "neo_face_agrees",
}


def test_every_check_has_a_planted_bug() -> None:
    assert {named for named, _, _ in MUTANTS.values()} | ELSEWHERE == set(CHECKS)


# What a format cannot get wrong by itself: bugs in what all formats share.


def forgets(name: str) -> Callable[..., Any]:
    """Samples.physical without one of its arguments."""
    physical = Samples.physical

    def changed(self: Samples, *args: Any, **kwargs: Any) -> Any:
        kwargs[name] = None
        return physical(self, *args, **kwargs)

    return changed


@pytest.mark.parametrize(
    ("named", "argument"),
    [("out_is_used", "out"), ("dtype_is_asked", "dtype"), ("order_is_asked", "order")],
)
def test_an_argument_of_read_that_is_ignored_is_found(
    monkeypatch: pytest.MonkeyPatch, named: str, argument: str
) -> None:
    monkeypatch.setattr(Samples, "physical", forgets(argument))
    assert check(toy.FORMAT, named).failed == (named,)


def test_an_engine_that_reads_more_than_is_planned_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    physical = Samples.physical

    def greedy(self: Samples, *args: Any, **kwargs: Any) -> Any:
        source = self.bundle.source(self.bundle.main)
        source.read(0, source.size)
        return physical(self, *args, **kwargs)

    monkeypatch.setattr(Samples, "physical", greedy)
    report = check(toy.FORMAT, "plan_is_what_is_read")
    assert "which is not planned" in report.failures[0].message


def test_an_engine_that_loses_its_place_between_tiles_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut = engine._cut

    def lost(span: Any, rows: int) -> Any:
        return (replace(part, row=span.row) for part in cut(span, rows))

    monkeypatch.setattr(engine, "_cut", lost)
    assert check(toy.FORMAT, "tiles_agree").failed == ("tiles_agree",)


def test_a_signal_that_closes_gaps_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signal, "_crossed", lambda self: [])
    assert "no GapError" in check(toy.FORMAT, "gaps_are_told").failures[0].message


def test_a_source_that_is_silent_about_a_cut_file_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LocalFile, "_short", lambda *args: None)
    report = check(toy.FORMAT, "cut_while_open")
    assert "read after its file was cut" in report.failures[0].message


def test_a_face_of_neos_that_shows_other_samples_is_found() -> None:
    def late(contents: Contents, arguments: Any) -> View:
        """All pieces but the first."""
        whole = view(contents, arguments)
        (segment,) = whole.blocks[0]
        (span,) = segment.spans
        object.__setattr__(span, "n_samples", span.n_samples + 1)
        return whole

    reader = NeoReader("toy", "Toy", ("toy",), "one-file", late)
    assert check(toy.FORMAT, "neo_face_agrees", neo_reader=reader).failed == ("neo_face_agrees",)


# What an author sees.


def test_a_format_that_does_not_open_does_not_pass() -> None:
    report = check_format(mutant("wants_a_byte"), files=[__file__], checks=["lazy_equals_eager"])
    assert report.failed == ("opens",)


def test_a_report_says_what_failed_and_where() -> None:
    found = (Result("opens", "a.toy", "passed"), Result("empty", "a.toy", "failed", "it opens"))
    report = Conformance("toy", found)
    assert str(report) == "toy: 1 passed, 1 failed, 0 skipped\n  failed empty [a.toy]: it opens"
    with pytest.raises(Broken, match="it opens"):
        report.raise_if_failed()


def test_a_check_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing would be checked"):
        check_format(toy.FORMAT)


def test_a_check_of_no_such_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no such check: everything"):
        check(toy.FORMAT, "everything")


def test_a_format_that_another_process_cannot_import_is_refused_by_name() -> None:
    local = mutant("swapped_bytes")
    object.__setattr__(local, "scan", lambda *args: None)
    with pytest.raises(TypeError, match="toy: another process cannot import it"):
        check(local, "empty")


def test_the_same_seed_makes_the_same_damages() -> None:
    from neophys.testing.damage import Target, damages

    data = bytes(np.arange(5000) % 251)
    target = Target({"a": data}, "a", {"a": np.array([[0, 800]])})
    first, again, other = (damages(target, 9, np.random.default_rng(s)) for s in (1, 1, 2))
    assert [d.what for d in first] == [d.what for d in again] != [d.what for d in other]
    assert all(d.apply({"a": data})["a"] != data for d in first if d.check != "pointers_lied")
