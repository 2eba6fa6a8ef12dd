"""Tables of numbers in text files: fast where a file is clean, and by name of what is wrong.

Text is UTF-8 (a byte order mark is skipped); where it is not, Latin-1, in which every byte is a
character: only the numbers count. Lines end with LF, CR LF or CR; blank ones are skipped.
"""

from __future__ import annotations

import csv
import logging
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
from numpy.typing import NDArray

from neophys.errors import HeaderError, MissingFileError

__all__ = ["METHODS", "number", "open_text", "read_table"]

Rows = Iterator[tuple[int, list[str]]]

_ENCODINGS: Final = ("utf-8-sig", "latin-1")
#: What begins a comment for the method "genfromtxt".
_COMMENT: Final = '""'
_log = logging.getLogger("neo.io.asciisignalio.AsciiSignalIO")


def open_text(path: str | Path) -> TextIO:
    """The file as text. Raises MissingFileError."""
    try:
        with Path(path).open(encoding=_ENCODINGS[0]) as file:
            while file.read(1 << 20):
                pass
        encoding = _ENCODINGS[0]
    except UnicodeDecodeError:
        encoding = _ENCODINGS[1]
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file") from None
    return Path(path).open(encoding=encoding)


def read_table(
    path: str | Path,
    method: str,
    delimiter: str | None,
    skiprows: int,
    usecols: Sequence[int] | None,
) -> NDArray[np.float64]:
    """The numbers of a file.

    Parameters
    ----------
    method
        Out of :data:`METHODS`. ``"genfromtxt"``: each delimiter ends a cell, and what is no number
        is NaN, with a warning to the log; a single line is a column. ``"csv"``: cells may be
        quoted. ``"homemade"``: empty cells do not count.
    delimiter
        Between cells; None: blanks.
    skiprows
        Lines at the beginning that hold no numbers.
    usecols
        Columns to keep, in this order; negative ones count from the end. None: all.

    Returns
    -------
    array
        (lines, columns) float64.

    Raises
    ------
    HeaderError
        A cell that is no number, or a line with more or fewer cells than the first: by line and
        column.
    MissingFileError
    """
    with open_text(path) as file:
        first = next((line for line in islice(file, skiprows, None) if line.strip()), None)
        if first is None:
            raise HeaderError(str(path), None, None, None, f"no numbers after {skiprows} lines")
        file.seek(0)
        table = _fast(file, method, delimiter, skiprows)
        if table is None:
            file.seek(0)
            table = _slow(str(path), method, METHODS[method](file, delimiter, skiprows))
    table = _chosen(path, table, usecols)
    if method == "genfromtxt" and len(table) == 1:
        return table.T
    return table


def _chosen(path: str | Path, table: NDArray[Any], usecols: Sequence[int] | None) -> NDArray[Any]:
    if usecols is None:
        return table
    count = table.shape[1]
    wrong = next((c for c in usecols if not -count <= c < count), None)
    if wrong is not None:
        raise HeaderError(str(path), None, "usecols", wrong, f"there are {count} columns, from 0")
    return table[:, list(usecols)]


def _fast(
    file: TextIO, method: str, delimiter: str | None, skiprows: int
) -> NDArray[np.float64] | None:
    """By NumPy's parser; None where the file is not what that takes."""
    if delimiter is not None and len(delimiter) != 1:
        return None
    quote = '"' if method == "csv" else None
    try:
        # A comment is no number: files that have any go the other way.
        return np.loadtxt(
            file, comments=None, delimiter=delimiter, skiprows=skiprows, ndmin=2, quotechar=quote
        )
    except (ValueError, TypeError):  # TypeError: a delimiter that is none to NumPy
        return None


def _slow(path: str, method: str, rows: Rows) -> NDArray[np.float64]:
    """Line by line, and cell by cell where one is odd."""
    values, width = array("d"), 0
    odd, first = 0, (0, 0)
    for line, cells in rows:
        width = width or len(cells)
        if len(cells) != width:
            allowed = f"must be {width} columns as in the lines before; skiprows leaves out the top"
            raise HeaderError(path, None, f"line {line}", len(cells), allowed)
        try:
            values.extend(list(map(float, cells)))
        except ValueError:
            for column, cell in enumerate(cells):
                try:
                    values.append(float(cell))
                except ValueError:
                    if method != "genfromtxt":
                        number(path, line, column, cell)
                    first = (line, column + 1) if not odd else first
                    odd += 1
                    values.append(np.nan)
    if odd:
        where = f"line {first[0]}, column {first[1]}"
        _log.warning("%s: %d cells are no numbers, read as NaN: first %s", path, odd, where)
    if not width:
        raise HeaderError(path, None, None, None, "no numbers, only comments")
    return np.array(values, np.float64).reshape(-1, width)


def number(path: str, line: int, column: int, cell: str) -> float:
    """A cell's number; HeaderError names the line (from 1) and the column (given from 0)."""
    try:
        return float(cell)
    except ValueError:
        where = f"line {line}, column {column + 1}"
        raise HeaderError(path, None, where, cell, "must be a number") from None


def _genfromtxt(file: TextIO, delimiter: str | None, skiprows: int) -> Rows:
    for i, line in enumerate(islice(file, skiprows, None), skiprows + 1):
        text = line.partition(_COMMENT)[0].strip(" \r\n")
        if text:
            yield i, [cell or "nan" for cell in text.split(delimiter)]


def _csv(file: TextIO, delimiter: str | None, skiprows: int) -> Rows:
    rows = csv.reader(file, delimiter=delimiter or " ", skipinitialspace=delimiter is None)
    try:
        for cells in islice(rows, skiprows, None):
            if any(map(str.strip, cells)):
                yield rows.line_num, cells
    except csv.Error as error:
        raise HeaderError(file.name, None, f"line {rows.line_num}", None, f"{error}") from None


def _homemade(file: TextIO, delimiter: str | None, skiprows: int) -> Rows:
    for i, line in enumerate(islice(file, skiprows, None), skiprows + 1):
        cells = [cell for cell in line.strip("\r\n").split(delimiter) if cell and cell.strip()]
        if cells:
            yield i, cells


#: How a file is divided into cells, by the name of the method.
METHODS: Final[dict[str, Callable[[TextIO, str | None, int], Rows]]] = {
    "genfromtxt": _genfromtxt,
    "csv": _csv,
    "homemade": _homemade,
}
