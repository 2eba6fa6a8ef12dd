"""check_format: every promise that a format makes, held to files."""

from __future__ import annotations

import hashlib
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from neophys import formats
from neophys.errors import UnsupportedError
from neophys.formats import Format
from neophys.source.bundle import Bundle, MemoryBundle, open_bundle
from neophys.testing.battery import run_battery
from neophys.testing.case import Case, expect
from neophys.testing.damage import BATTERY
from neophys.testing.example import Example
from neophys.testing.jobs import Child, known, portable
from neophys.testing.neo_checks import neo_face_agrees
from neophys.testing.opening_checks import (
    contents_are_consistent,
    names_are_text,
    open_reads_headers_only,
    strict_raises,
    subject_is_private,
)
from neophys.testing.reading_checks import (
    dtype_is_asked,
    gaps_are_told,
    lazy_equals_eager,
    order_is_asked,
    out_is_used,
    plan_is_what_is_read,
    slices_compose,
    tiles_agree,
)
from neophys.testing.report import Broken, Conformance, NotHere, Result
from neophys.testing.travel_checks import (
    cut_while_open,
    pickle_round_trip,
    processes_agree,
    recordings_are_independent,
    sources_agree,
    threads_agree,
)
from neophys.testing.truth_checks import times_match_oracle, values_match_oracle

if TYPE_CHECKING:
    from neophys.neo.readers import NeoReader

__all__ = ["CHECKS", "check_format"]

_OF_ONE: Final[tuple[Callable[[Case], None], ...]] = (
    contents_are_consistent,
    open_reads_headers_only,
    strict_raises,
    names_are_text,
    subject_is_private,
    values_match_oracle,
    times_match_oracle,
    lazy_equals_eager,
    tiles_agree,
    slices_compose,
    gaps_are_told,
    plan_is_what_is_read,
    out_is_used,
    dtype_is_asked,
    order_is_asked,
    sources_agree,
    threads_agree,
    pickle_round_trip,
    processes_agree,
    cut_while_open,
    neo_face_agrees,
)

#: The names of all checks, in the order they are made.
CHECKS: Final = (
    "sniff_exclusive",
    "opens",
    *(check.__name__ for check in _OF_ONE),
    *BATTERY,
    "recordings_are_independent",
    "nothing_written",
)


def check_format(
    format: Format,
    files: Iterable[str | Path] = (),
    builder: Callable[[], Iterable[Example]] | None = None,
    *,
    foreign: Iterable[str | Path] = (),
    neo_reader: NeoReader | None = None,
    checks: Sequence[str] | None = None,
    options: Mapping[str, Any] | None = None,
    thorough: int = 12,
    seed: int = 0,
    seconds: float = 20.0,
) -> Conformance:
    """Hold a format to all its promises.

    Parameters
    ----------
    format
        The literal ``FORMAT``. It need not be registered; its functions must be importable, for
        another process will use them.
    files
        Recordings (files or folders) that it must open; what cannot be known of them is not
        checked.
    builder
        Gives :class:`~neophys.testing.Example`: small files with known truth.
    foreign
        Files that it must not claim.
    neo_reader
        What Neo's face of the format is made of, for ``neo_face_agrees``; None: that of the
        package, if it has one.
    checks
        Names out of :data:`CHECKS`; None: all.
    options
        Of ``open``, for `files`.
    thorough
        Windows, slices and damages of each kind: 12 takes about a second a small recording.
    seed
        The same seed makes the same windows and damages.
    seconds
        How long opening and reading one damaged file may take.

    Returns
    -------
    Conformance
        ``report.raise_if_failed()``; ``str(report)`` lists the failures.

    Raises
    ------
    ValueError
        Nothing to check, or no check of that name.
    TypeError
        Another process cannot import the format's functions.

    Examples
    --------
    >>> from neophys.testing import check_format, toy
    >>> print(check_format(toy.FORMAT, builder=toy.build, checks=["sniff_exclusive"]))
    toy: 1 passed, 0 failed, 0 skipped
    """
    unknown = set(checks or ()) - set(CHECKS)
    if unknown:
        raise ValueError(f"no such check: {', '.join(sorted(unknown))}; there are: {CHECKS}")
    chosen = set(CHECKS if checks is None else checks)
    child = Child()
    cases: list[Case] = []
    bare, reader = portable(format), neo_reader or _reader(format)
    with tempfile.TemporaryDirectory(prefix="neophys-check-") as folder, known(format):

        def case(path: Path, label: str, of: Mapping[str, Any], example: Example | None) -> Case:
            return Case(bare, path, label, of, example, thorough, seed, seconds, child, reader)

        for number, example in enumerate(builder() if builder else ()):
            path = example.write(Path(folder) / str(number))
            cases.append(case(path, example.name, example.options, example))
        cases += [case(path, path.name, options or {}, None) for path in map(Path, files)]
        if not cases:
            raise ValueError("neither files nor a builder of some: nothing would be checked")
        try:
            return Conformance(format.name, tuple(_run(format, cases, foreign, chosen)))
        finally:
            for each in cases:
                each.close()
            child.close()


def _run(
    format: Format, cases: list[Case], foreign: Iterable[str | Path], chosen: set[str]
) -> list[Result]:
    results = [_made("sniff_exclusive", "", partial(_sniff, format, cases, foreign))]
    opened = []
    for case in cases:
        before = _listing(case)
        results.append(_made("opens", case.label, partial(_opens, case)))
        if results[-1].outcome == "passed":
            opened.append(case)
            results += _all_of(case, chosen)
        results.append(_made("nothing_written", case.label, partial(_unchanged, case, before)))
    if len(opened) > 1:
        together = partial(recordings_are_independent, opened)
        results.append(_made("recordings_are_independent", "", together))
    # What does not open is not checked, and must not seem to pass.
    return [r for r in results if r.check in chosen or (r.check, r.outcome) == ("opens", "failed")]


def _all_of(case: Case, chosen: set[str]) -> list[Result]:
    results = [
        _made(check.__name__, case.label, partial(check, case))
        for check in _OF_ONE
        if check.__name__ in chosen
    ]
    if chosen & {*BATTERY, "subject_is_private"}:
        results += run_battery(case, chosen)
    return results


def _made(name: str, label: str, check: Callable[[], None]) -> Result:
    """The result of a check; warnings count as failures, any exception as one."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check()
        except NotHere as why:
            return Result(name, label, "skipped", str(why))
        except Broken as failure:
            return Result(name, label, "failed", str(failure))
        except Exception as error:  # a format that raises anything else fails by it
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            return Result(name, label, "failed", f"{type(error).__name__}: {error} ({place})")
    if caught:
        first = caught[0]
        message = f"warns where an Issue is due: {first.category.__name__}: {first.message}"
        return Result(name, label, "failed", message)
    return Result(name, label, "passed")


def _opens(case: Case) -> None:
    try:
        repr(case.recording)
    except UnsupportedError as error:
        raise NotHere(str(error)) from None


def _reader(format: Format) -> NeoReader | None:
    """The package's own reader for Neo's face."""
    from neophys.neo.readers import CLASS_NAMES, reader_of

    return reader_of(format.name) if format.name in CLASS_NAMES.values() else None


def _sniff(format: Format, cases: list[Case], foreign: Iterable[str | Path]) -> None:
    """Its own files are claimed, all others are not; no two formats are certain of one."""
    for case in cases:
        claims = _claims(format, open_bundle(case.path))
        expect(claims == [format.name], f"{case.label}: claimed by {claims}")
    rng = np.random.default_rng(0)
    junk = {"nothing": b"", "a byte": b"\0", "noise": rng.bytes(4096), "zeros": bytes(4096)}
    junk |= {"text": b"Dear colleague,\r\n" * 99, "a table": b"1.5\t2.5\r\n" * 99}
    for name, data in junk.items():
        claims = _claims(format, MemoryBundle({name: data}, name))
        expect(format.name not in claims, f"{name}: claimed")
    for path in map(Path, foreign):
        claims = _claims(format, open_bundle(path))
        expect(format.name not in claims, f"{path.name}: claimed, and not its own")


def _claims(format: Format, bundle: Bundle) -> list[str]:
    """The formats that would read the bundle: those that are certain, else those likely."""
    head = bundle.head(bundle.main, 512) if bundle.main else b""
    known = {f.name: f for f in formats.formats()} | {format.name: format}
    sure = {name: formats.sureness(candidate, bundle, head) for name, candidate in known.items()}
    bundle.close()
    for wanted in ("certain", "likely"):
        found = [name for name, said in sure.items() if said == wanted]
        if found:
            return found
    return []


def _listing(case: Case) -> dict[str, tuple[int, int, str]]:
    """Size, time and digest of the files about a recording."""
    if case.path.is_dir():
        root, paths = case.path, list(case.path.rglob("*"))
    else:
        root, paths = case.path.parent, list(case.path.parent.iterdir())
    found = {}
    for path in paths:
        stat = path.stat()
        own = path == case.path or root == case.path
        digest = ""
        if own and path.is_file() and stat.st_size < 64 << 20:
            digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        # The time of a folder tells of files that came and went.
        found[path.relative_to(root).as_posix()] = (stat.st_size, stat.st_mtime_ns, digest)
    return found


def _unchanged(case: Case, before: dict[str, tuple[int, int, str]]) -> None:
    """The folder's listing, bytes and times are as before."""
    after = _listing(case)
    new = sorted(set(after) - set(before))
    expect(not new, f"there are new files: {new}")
    changed = sorted(name for name in before if after.get(name) != before[name])
    expect(not changed, f"files have changed or are gone: {changed}")
