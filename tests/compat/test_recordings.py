"""The same recordings through Neo 0.14.6 and through us: what differs is a Deviation."""

from __future__ import annotations

import inspect
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from tests.compat.cases import Case, cases
from tests.compat.differences import Difference, Differences, Refusal, attempt
from tests.compat.objects import compare_objects
from tests.compat.raw import compare_raw
from tests.recordings import recording

from neophys import neo as ours
from neophys.neo.deviation import Deviation
from neophys.neo.rawio.base import BaseRawIO

neo = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

KNOWN = {deviation.id: deviation for deviation in ours.deviations()}


def excuse(difference: Difference, case: Case) -> str | None:
    """The id of the Deviation that decides a difference."""
    for name in case.shows:
        deviation: Deviation = KNOWN[name]
        fits = any(fnmatchcase(difference.field, pattern) for pattern in deviation.fields)
        if fits and difference.size <= case.limits.get(name, float("inf")):
            return name
    return None


def differences(case: Case, path: Path) -> Differences:
    """All that differs; nothing more is compared once one of both refuses the recording."""
    found = Differences()
    name = f"{case.prefix}RawIO"
    raw = [
        attempt(lambda lib=lib: opened(getattr(lib.rawio, name), path, case.arguments))
        for lib in (neo, ours)
    ]
    if any(isinstance(reader, Refusal) for reader in raw):
        found.compare("parse_header", str(path.name), *raw)
        return found
    BaseRawIO._check_stream_signal_channel_characteristics(raw[1])
    if compare_raw(raw[0], raw[1], found, case.windows, seed=1) and case.objects:
        both = []
        for lib in (neo, ours):
            io = getattr(lib, f"{case.prefix}IO")
            takes = inspect.signature(io).parameters
            some = {key: value for key, value in case.arguments.items() if key in takes}
            both.append(attempt(lambda io=io, some=some: io(str(path), **some)))
        if found.compare("construction", case.prefix, *(isinstance(x, Refusal) for x in both)):
            compare_objects(*both, found, case.windows // 2, seed=2)
    return found


def opened(cls: Any, path: Path, arguments: Any) -> Any:
    reader = cls(str(path), **arguments)
    reader.parse_header()
    return reader


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_what_differs_from_neo_is_a_deviation(case: Case, tmp_path: Path) -> None:
    path = recording(case.source) if isinstance(case.source, str) else case.source(tmp_path)
    found = differences(case, path)
    excused = {difference: excuse(difference, case) for difference in found}
    unknown = [str(difference) for difference, name in excused.items() if name is None]
    assert unknown[:20] == []
    assert sorted(set(case.shows) - set(excused.values())) == [], "these Deviations do not show"
