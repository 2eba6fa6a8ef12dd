"""How the command speaks: plain lines, tables, a progress bar."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from neophys.reading.engine import Progress

__all__ = ["many", "plain", "progress", "say", "table"]

#: Seconds of work before there is a bar.
_PATIENCE = 0.5


def plain(text: str) -> str:
    """`text` in one line, without what would command a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text or "\t" in text else text


def many(n: int, what: str) -> str:
    """``"1 window"``, ``"2 windows"``."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def say(lines: Iterable[str]) -> None:
    """Print lines, whatever the files wrote into them."""
    for line in lines:
        print(plain(line))


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of left-aligned columns, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


@contextmanager
def progress(what: str) -> Iterator[Progress | None]:
    """A callback that draws a bar on stderr, once the work takes long; None where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    bar = Bar(*columns, TimeRemainingColumn(), console=console, transient=True)
    task = bar.add_task(what)
    begun = time.monotonic()

    def advance(done: int, total: int) -> None:
        if time.monotonic() - begun > _PATIENCE:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()
