"""``neophys formats``, ``identify`` and ``sample``."""

from __future__ import annotations

import dataclasses
import textwrap
from pathlib import Path

import neophys
from neophys.cli.output import say, table
from neophys.errors import NeophysError
from neophys.formats import Format, get_format

__all__ = ["show_format", "show_formats", "show_identity", "write_sample"]


def show_formats() -> None:
    """One line a format."""
    rows = [("name", "format", "files", "writes")]
    for known in neophys.list_formats():
        writes = "yes" if known.write else "no"
        rows.append((known.name, known.label, _files(known), writes))
    say(table(rows))


def show_format(name: str, *, fields: bool) -> None:
    """What is known of one format, and its fields where they are asked for."""
    known = get_format(name)
    options = [field.name for field in dataclasses.fields(known.options)]
    say(
        [
            f"{known.name}: {known.label}, of {known.vendor}",
            f"  files      {_files(known)}",
            f"  opening    reads {_OPENING[known.opening]}",
            f"  writes     {'yes' if known.write else 'no'}",
            f"  options    {', '.join(options) or 'none'}",
            f"  described  {known.spec or 'nowhere'}",
        ]
    )
    if fields:
        _show_fields(known)


def _files(known: Format) -> str:
    return " ".join(known.extensions) or ("a folder" if known.sniff_folder else "of any name")


_NOTE = 12 * " "
_OPENING = {
    "flat": "headers only",
    "index": "headers and a field of every record",
    "walk": "the header of every block",
}


def _show_fields(known: Format) -> None:
    if not known.headers:
        say(["", f"{known.name} declares no headers"])
    for header in known.headers:
        documented = header.document()
        rows = [("byte", "type", "field", "meaning")]
        for row in documented:
            byte = "" if row.offset is None else str(row.offset)
            rows.append((byte, row.type, row.name, row.meaning))
        head, *lines = table(rows)
        say(["", header.name, f"  {head}"])
        for line, row in zip(lines, documented, strict=True):
            say([f"  {line}"])
            where = f"where {row.when}" if row.when else ""
            for note in filter(None, (row.allowed, where)):
                say(textwrap.wrap(note, 96, initial_indent=_NOTE, subsequent_indent=_NOTE))


def show_identity(file: str) -> None:
    """The format's name, and what people call it."""
    found = neophys.identify(file)
    say([f"{Path(file).name}: {found.name} ({found.label})"])


def write_sample(out: Path, *, force: bool) -> None:
    """Write the small Micromed recording; NeophysError where it would overwrite."""
    from neophys.formats.micromed import write_sample as write

    if out.exists() and not force:
        raise NeophysError(f"{out.name}: there is such a file; --force overwrites it")
    write(out, overwrite=force)
    say([f"{out}: written; try: neophys info {out}"])
