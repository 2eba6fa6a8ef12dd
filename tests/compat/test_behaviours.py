"""Odd behaviour of Neo's objects: each is as ``docs/differences-from-neo.md`` says, in both."""

from __future__ import annotations

import warnings

import pytest
from tests.compat.behaviours import Behaviour, behaviours, shown
from tests.compat.page import BEHAVIOURS_PAGE, behaviours_page

from neophys import neo as ours

neo = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

ENTRIES = [entry for entries in behaviours().values() for entry in entries]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.what)
def test_behaviour_is_as_the_list_says(entry: Behaviour) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Neo's and quantities' own
        assert shown(entry, neo) == entry.neo
        assert shown(entry, ours) == entry.ours
    assert (entry.neo == entry.ours) == bool(entry.kept)


def test_the_page_shows_the_list() -> None:
    assert BEHAVIOURS_PAGE.read_text(encoding="utf-8") == behaviours_page(), (
        "docs/differences-from-neo.md is not what the list says; run: python -m tests.compat.page"
    )
