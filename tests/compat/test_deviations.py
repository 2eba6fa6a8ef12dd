"""The list of Deviations: every one is shown, and none is named that is not there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.compat.cases import cases
from tests.compat.page import PAGE, page
from tests.recordings import PROJECT

from neophys import neo

KNOWN = Counter(deviation.id for deviation in neo.deviations())


def marked(folder: Path) -> Iterator[str]:
    """The ids in ``@shows("GEN-1")`` above tests."""
    for path in folder.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "shows":
                        yield from (ast.literal_eval(argument) for argument in decorator.args)


def test_every_deviation_is_shown_and_every_one_shown_is_known() -> None:
    shown = {name for case in cases() for name in case.shows} | set(marked(PROJECT / "tests"))
    assert sorted(KNOWN.keys() - shown) == [], "no recording or built file shows these"
    assert sorted(shown - KNOWN.keys()) == [], "there are no such deviations"


def test_ids_are_unique_and_entries_are_whole() -> None:
    assert [name for name, count in KNOWN.items() if count > 1] == []
    for deviation in neo.deviations():
        assert all([deviation.clause, deviation.neo, deviation.ours, *deviation.fields])


def test_the_page_about_them_is_made_of_them() -> None:
    wrong = "python -m tests.compat.page writes it anew"
    assert PAGE.read_text(encoding="utf-8") == page(), wrong
