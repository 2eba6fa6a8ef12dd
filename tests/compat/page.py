"""``docs/deviations.md``, made of the list itself: ``python -m tests.compat.page`` writes it."""

from __future__ import annotations

from itertools import groupby

from tests.recordings import PROJECT

from neophys import neo
from neophys.formats import get_format
from neophys.neo.deviation import Deviation

__all__ = ["PAGE", "page"]

PAGE = PROJECT / "docs" / "deviations.md"

_HEAD = """\
# Where neophys differs from Neo

Made from `neophys.neo.deviations()` by `python -m tests.compat.page`; do not edit.

Programs written for Neo get from `neophys.neo` the same values bit for bit, the same names, ids,
grouping and times, but for what stands here: places where Neo 0.14.6 gives data that the format's
specification, or Neo's own rule, says are wrong, and files that it refuses though they can be
read. The differential tests compare both on the same bytes. What differs and is not listed fails
them, and so does an entry that no recording and no built file shows.
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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
