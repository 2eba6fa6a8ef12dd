"""``docs/deviations.md`` and ``docs/differences-from-neo.md``, made of the lists themselves.

``python -m tests.compat.page`` writes them.
"""

from __future__ import annotations

from itertools import groupby

from tests.compat.behaviours import Behaviour, behaviours
from tests.recordings import PROJECT

from neophys import neo
from neophys.formats import get_format
from neophys.neo.deviation import Deviation

__all__ = ["BEHAVIOURS_PAGE", "PAGE", "behaviours_page", "page"]

PAGE = PROJECT / "docs" / "deviations.md"
BEHAVIOURS_PAGE = PROJECT / "docs" / "differences-from-neo.md"

_HEAD = """\
# Where neophys differs from Neo

Made from `neophys.neo.deviations()` by `python -m tests.compat.page`; do not edit.

Programs written for Neo get from `neophys.neo` the same values bit for bit, the same names, ids,
grouping and times, but for what stands here: places where Neo 0.14.6 gives data that the format's
specification, or Neo's own rule, says are wrong, and files that it refuses though they can be
read. The differential tests compare both on the same bytes. What differs and is not listed fails
them, and so does an entry that no recording and no built file shows.
"""


_BEHAVIOURS_HEAD = """\
# Odd behaviour of Neo's objects, decided one by one

Made from `tests/compat/behaviours` by `python -m tests.compat.page`; do not edit. Where *data* of
recordings differ stands in [deviations.md](deviations.md).

Neo's objects have habits that look unintended. Where a test or the documentation of Neo pins one,
neophys keeps it, and the last column says what pins it. Else neophys does what a user would
expect. Each example is run in both by the tests: this page says what came out.
"""


def page() -> str:
    """The document's text."""
    parts = [_HEAD]
    for format, entries in groupby(neo.deviations(), key=lambda entry: entry.format):
        title = "All formats" if format == "*" else get_format(format).label
        rows = ["| | what decides | Neo | neophys | where it shows |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"## {title}", "", *rows, *map(_row, entries), ""]))
    return "\n".join(parts)


def _row(entry: Deviation) -> str:
    fields = ", ".join(f"`{field}`" for field in entry.fields)
    texts = [entry.id, entry.clause, entry.neo, entry.ours]
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} | {fields} |"


def behaviours_page() -> str:
    """The text of the page on odd behaviour."""
    parts = [_BEHAVIOURS_HEAD]
    for title, entries in behaviours().items():
        rows = ["| what | example | Neo | neophys | kept, because of |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"## {title}", "", *rows, *map(_behaviour_row, entries), ""]))
    return "\n".join(parts)


def _behaviour_row(entry: Behaviour) -> str:
    ours = "the same" if entry.kept else f"`{entry.ours}`"
    kept = f"`{entry.kept}`" if "::" in entry.kept else entry.kept
    return f"| {entry.what} | `{entry.example}` | `{entry.neo}` | {ours} | {kept} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    BEHAVIOURS_PAGE.write_text(behaviours_page(), encoding="utf-8")
