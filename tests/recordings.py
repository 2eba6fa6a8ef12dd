"""Where tests find real recordings: they stay outside the project and may be absent.

The folder is the one that ``NEOPHYS_TEST_DATA`` names, else ``shared/data`` beside the project.
Its ``INDEX.tsv`` lists the files: one row each, with at least the columns ``path`` and ``format``.
A test that needs a recording which is not there is skipped, with :data:`ABSENT` in its reason.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
VARIABLE = "NEOPHYS_TEST_DATA"
ABSENT = "no real recording"


@cache
def data_root() -> Path | None:
    """The folder of real recordings, or None where there is none.

    Raises
    ------
    pytest.UsageError
        ``NEOPHYS_TEST_DATA`` names something that is no folder.
    """
    named = os.environ.get(VARIABLE)
    if named:
        root = Path(named).expanduser().resolve()
        if not root.is_dir():
            raise pytest.UsageError(f"{VARIABLE}={named}: no such folder")
        return root
    beside = PROJECT.parent / "shared" / "data"
    return beside if beside.is_dir() else None


@cache
def index() -> tuple[dict[str, str], ...]:
    """The rows of ``INDEX.tsv``, by column name; none where it is absent."""
    root = data_root()
    if root is None or not (root / "INDEX.tsv").is_file():
        return ()
    with (root / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t"))


def recording(path: str) -> Path:
    """One file or folder of the recordings; skips the running test where it is absent.

    Parameters
    ----------
    path
        As in the index: ``"ephy_testing_data/micromed/File_micromed_1.TRC"``.
    """
    root = data_root()
    if root is None:
        pytest.skip(reason=f"{ABSENT}: {path} (set {VARIABLE})")
    if not (root / path).exists():
        pytest.skip(reason=f"{ABSENT}: {path} is not in {root}")
    return root / path


def recordings(format: str, *suffixes: str) -> list[Path]:
    """All files of a format in the index that exist, sorted; an empty list where there are none.

    Parameters
    ----------
    format
        As in the index's column ``format``: ``"edf"``, ``"neuralynx"`` ...
    *suffixes
        Only names that end so, whatever their case: ``".edf"``, ``".bdf"``; none given: all.
    """
    root = data_root()
    if root is None:
        return []
    wanted = tuple(suffix.lower() for suffix in suffixes) or ("",)
    found = (
        root / row["path"]
        for row in index()
        if row["format"] == format and row["path"].lower().endswith(wanted)
    )
    return sorted(path for path in found if path.exists())


def each_recording(format: str, *suffixes: str) -> list[Any]:
    """The same, as parameters for ``pytest.mark.parametrize``, each named by its path.

    Where there are none, the one parameter is a test that is skipped and says why.
    """
    root = data_root()
    found = recordings(format, *suffixes)
    if root is None or not found:
        why = f"{ABSENT}: any of {format} {' '.join(suffixes)}".rstrip() + f" (set {VARIABLE})"
        return [pytest.param(None, marks=pytest.mark.skip(reason=why), id="absent")]
    return [pytest.param(path, id=path.relative_to(root).as_posix()) for path in found]
