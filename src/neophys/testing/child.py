"""The process that opens damaged files: limited in memory and time, so that it may die.

It takes jobs from its standard input and answers on its standard output, both as pickled
objects with their length before them. ``faulthandler`` ends it when a single step takes too long,
and says where it was.
"""

from __future__ import annotations

import faulthandler
import io
import os
import pickle
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import neophys
from neophys.errors import NeophysError
from neophys.recording import Recording
from neophys.source.bundle import MemoryBundle
from neophys.testing.damage import TELLING, Damage
from neophys.testing.jobs import Battery, Problem, Reread, known, receive, send
from neophys.testing.snapshot import Snapshot, take

#: Bytes that any job may take beyond a multiple of its files' size.
ROOM = 96 << 20


@dataclass
class _Trial:
    """What one damage came to."""

    error: NeophysError | None = None
    snapshot: Snapshot | None = None
    issues: frozenset[str] = frozenset()
    warned: list[str] = field(default_factory=list)
    said: str = ""
    #: What is lost, by an issue of the scan, though ``strict=True`` opens it too.
    lenient: str = ""


def main() -> None:
    """Answer jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a format prints must not be taken for an answer
    jobs = sys.stdin.buffer
    while (job := receive(jobs)) is not None:
        if isinstance(job, Battery):
            _battery(job, answers)
        else:
            send(answers, _reread(job))


def _battery(job: Battery, answers: IO[bytes]) -> None:
    """Begin and end of each damage are answered, so that one that kills is known by name."""
    size = sum(map(len, job.files.values()))
    with known(job.format):
        faulthandler.dump_traceback_later(job.seconds, exit=True)
        whole = _try(job, job.files, size)
        faulthandler.cancel_dump_traceback_later()
        with _limited(ROOM + 8 * size):
            silent: dict[tuple[str, int], str] = {}
            for number, damage in enumerate(job.damages[job.first :], job.first):
                send(answers, ("begin", number))
                faulthandler.dump_traceback_later(job.seconds, exit=True)
                problem = _problem(job, damage, whole, silent, size)
                faulthandler.cancel_dump_traceback_later()
                send(answers, ("end", number, problem))
    send(answers, ("done",))


def _problem(
    job: Battery, damage: Damage, whole: _Trial, silent: dict[tuple[str, int], str], size: int
) -> Problem | None:
    try:
        trial = _try(job, damage.apply(job.files), size)
        text = _judge(job, damage, trial, whole, silent)
        return Problem(damage.check, text) if text else _private(job, damage, trial)
    except MemoryError:
        return Problem(damage.check, f"wants more memory than {ROOM >> 20} MB + 8 times the file")
    except Exception as error:  # any other exception is what the battery looks for
        return Problem(damage.check, f"{type(error).__name__}: {error} ({_place(error)})")


def _try(job: Battery, files: dict[str, bytes], size: int) -> _Trial:
    """Open, and read all that is there."""
    trial, said = _Trial(), io.StringIO()
    with (
        warnings.catch_warnings(record=True) as caught,
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        warnings.simplefilter("always")
        try:
            bundle = MemoryBundle(files, job.main)
            with neophys.open(bundle, format=job.format.name, **job.options) as recording:
                trial.snapshot = take(recording, 4 * size + 4096)
                _look_at(recording)
                trial.issues = frozenset(map(str, recording.issues))
            trial.lenient = _lenient(job, files, recording)
        except NeophysError as error:
            trial.error = error
    trial.warned = [f"{w.category.__name__}: {w.message}" for w in caught]
    errors = [trial.error] if trial.error else []
    if trial.snapshot:
        errors += [*trial.snapshot.unreadable, *trial.snapshot.told]
    trial.said = "\n".join([said.getvalue(), *map(repr, errors), *map(str, errors), *trial.issues])
    return trial


def _lenient(job: Battery, files: dict[str, bytes], recording: Recording) -> str:
    """What ``strict=True`` should have stopped at and did not; "" where all is well."""
    lost = [issue for issue in recording.contents.issues if issue.severity == "error"]
    if not lost:
        return ""
    again = MemoryBundle(files, job.main)
    try:
        neophys.open(again, format=job.format.name, strict=True, **job.options).close()
    except NeophysError:
        return ""
    return str(lost[0])


def _look_at(recording: Recording) -> None:
    """What people see of a recording must be printable, whatever is in it."""
    for face in (recording, recording.metadata, recording.events, *recording.signals):
        repr(face)


def _judge(
    job: Battery, damage: Damage, trial: _Trial, whole: _Trial, silent: dict[tuple[str, int], str]
) -> str:
    """What is wrong with how a damage was met; "" if nothing."""
    if trial.warned:
        return f"warns where an Issue is due: {trial.warned[0]}"
    if trial.error is not None:
        names = [*job.files, *(name.rpartition("/")[2] for name in job.files), "bytes"]
        if any(name in str(trial.error) for name in names):
            return ""
        return f"the error names no file: {trial.error}"
    if trial.lenient:
        return f"strict=True opens it, too, though: {trial.lenient}"
    new, old = trial.snapshot, whole.snapshot
    if new is None or old is None or trial.issues - whole.issues:
        return ""
    if new.unreadable:
        return f"opens without a word, and then: {new.unreadable[0]}"
    if new.told or (digest := new.digest()) == old.digest():
        return ""
    counts = f"{new.samples()} samples where there were {old.samples()}"
    if damage.must_tell:
        return f"opens without a word, with {counts}"
    if damage.check == "appended" and not old.begins(new):
        return f"opens without a word, and reads other data; {counts}"
    if damage.cut is not None:
        if not new.begins(old):
            return f"opens without a word, and reads what never was in it; {counts}"
        near = [silent.get((damage.file, damage.cut + d)) for d in (-1, 1)]
        silent[damage.file, damage.cut] = digest
        if digest in near:
            return f"opens without a word, a byte more or less; {counts}"
    return ""


def _private(job: Battery, damage: Damage, trial: _Trial) -> Problem | None:
    """Whether a message quotes the subject."""
    if damage.check in TELLING:
        for text in job.private:
            if text in trial.said:
                return Problem("subject_is_private", "a message of it tells of the subject")
    return None


def _place(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


@contextmanager
def _limited(more: int) -> Iterator[None]:
    """At most so many bytes of memory more than now, where the platform can hold it."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError):
        yield  # no such limit on Windows, no such count on macOS
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _reread(job: Reread) -> tuple[str, str]:
    """The digests of a pickled recording, read here and in a fork of this process."""
    faulthandler.dump_traceback_later(job.seconds, exit=True)
    with known(job.format):
        recording = pickle.loads(job.pickled)
        here = take(recording, job.most).digest()
        there = _in_fork(recording, job) if hasattr(os, "fork") else here
    faulthandler.cancel_dump_traceback_later()
    return here, there


def _in_fork(recording: Recording, job: Reread) -> str:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):  # a fork must not run on into its parent's code
            os.write(into, take(recording, job.most).digest().encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as file:
        digest = file.read().decode()
    os.waitpid(child, 0)
    return digest or "the fork died"


if __name__ == "__main__":
    main()
