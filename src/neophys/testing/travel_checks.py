"""Checks that a recording is the same from anywhere: any source, thread, process, pickle."""

from __future__ import annotations

import dataclasses
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from neophys.errors import ClosedError, NeophysError
from neophys.recording import Recording
from neophys.source.bundle import LocalBundle, MemoryBundle, open_bundle
from neophys.testing.case import Case, Trace, equal, expect
from neophys.testing.jobs import Reread
from neophys.testing.report import Broken, NotHere
from neophys.testing.snapshot import take
from neophys.testing.watch import FarBundle

__all__ = [
    "cut_while_open",
    "pickle_round_trip",
    "plain_data",
    "processes_agree",
    "sources_agree",
    "threads_agree",
]

#: Bytes of samples that are read of each signal.
_READ = 8 << 20
_THREADS = 8
#: A pickled recording is its root, a digest and the options: no more than this and the root.
_PICKLED = 1024


def sources_agree(case: Case) -> None:
    """Path, text, map, file object, bytes, folder, server: the same contents and samples."""
    wanted = plain_data(case.contents)
    digest = take(case.recording, _READ).digest()
    for name, source in _sources(case):
        with case.open(source) as recording:
            if recording.bundle.main in (case.main, ""):
                found = plain_data(recording.contents)
                expect(found == wanted, f"{name}: {_difference(found, wanted)}")
            # Bytes have no name, and names may stand in names: their data are compared.
            expect(take(recording, _READ).digest() == digest, f"{name}: other samples or tables")


def _sources(case: Case) -> Iterator[tuple[str, Any]]:
    yield "path as text", str(case.path)
    yield "mapped", LocalBundle(case.path, mapped=True)
    yield "server", FarBundle(open_bundle(case.path))
    if case.size > 64 << 20:
        return
    yield "memory", MemoryBundle(case.files, case.main)
    if len(case.files) == 1 and case.main:
        yield "bytes", case.files[case.main]
        with case.path.open("rb") as file:
            yield "file object", file
    elif not case.main:
        yield "mapping", case.files


def _difference(found: Any, wanted: Any, where: str = "contents") -> str:
    """Where two plain descriptions part."""
    if isinstance(found, tuple) and isinstance(wanted, tuple) and len(found) == len(wanted):
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            if a != b:
                name = a[0] if isinstance(a, tuple) and a and isinstance(a[0], str) else i
                return _difference(a, b, f"{where}.{name}")
    shown = [
        text if len(text) < 200 else text[:200] + "..." for text in (repr(found), repr(wanted))
    ]
    return f"{where} differs: {shown[0]}, elsewhere {shown[1]}"


def plain_data(value: Any) -> Any:
    """Contents as nested tuples that compare."""
    if isinstance(value, np.ndarray):
        data: Any = value.tolist() if value.dtype.hasobject else value.tobytes()
        return "array", value.dtype.str, value.shape, data
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        parts = [(f.name, plain_data(getattr(value, f.name))) for f in fields]
        return type(value).__name__, *parts
    if isinstance(value, Mapping):
        return tuple(sorted((str(k), plain_data(v)) for k, v in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(plain_data, value))
    if isinstance(value, float) and value != value:
        return "nan"
    return value if isinstance(value, int | float | str | bytes) else repr(value)


def pickle_round_trip(case: Case) -> None:
    """A recording and its signals travel small and read the same; its contents are plain data."""
    copied = pickle.loads(pickle.dumps(case.contents))
    same = plain_data(copied) == plain_data(case.contents)
    expect(same, "contents are another after pickling")
    data = pickle.dumps(case.recording)
    most = _PICKLED + len(str(case.path))
    expect(len(data) <= most, f"a pickled recording has {len(data)} bytes, {most} would do")
    digest = take(case.recording, _READ).digest()
    with pickle.loads(data) as recording:
        expect(take(recording, _READ).digest() == digest, "after pickling it reads other data")
    for trace in case.traces()[:2]:
        part = trace.signal[1 : min(trace.rows, 500) : 2, ::-1]
        again = pickle.loads(pickle.dumps(part))
        wanted = part.read(gaps="skip").values
        equal(again.read(gaps="skip").values, wanted, f"{trace.where}: a pickled part")
    if case.size <= 64 << 20:
        _memory_refuses(case)


def _memory_refuses(case: Case) -> None:
    try:
        pickle.dumps(case.open(MemoryBundle(case.files, case.main)))
    except NeophysError:
        return
    raise Broken("a recording in memory pickles, though its bytes cannot be found elsewhere")


def cut_while_open(case: Case) -> None:
    """A file that another program cuts short gives an error on reading, never other data."""
    if case.size > 64 << 20:
        raise NotHere("the recording has more than 64 MB")
    with tempfile.TemporaryDirectory(prefix="neophys-check-") as folder:
        for name, data in case.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        with case.open(Path(folder) / case.main) as recording:
            traces = case.traces(recording)
            whole = [trace.samples.raw(0, trace.rows) for trace in traces]
            for name in case.files:
                os.truncate(Path(folder) / name, len(case.files[name]) // 3)
            for trace, intact, before in zip(traces, case.traces(), whole, strict=True):
                # What buffers hold from before must not pass for what is read now.
                intact.samples.raw(1, trace.rows)
                try:
                    found = trace.samples.raw(0, trace.rows)
                except NeophysError:
                    continue
                equal(found, before, f"{trace.where}: read after its file was cut")
            take(recording, _READ)  # its tables: anything but another exception


def processes_agree(case: Case) -> None:
    """Another process, and a fork of it, read the same."""
    digest = take(case.recording, _READ).digest()
    job = Reread(case.format, pickle.dumps(case.recording), _READ, case.seconds)
    answers = list(case.child.ask(job))
    expect(answers, f"the other process died: {case.child.last_words() if not answers else ''}")
    for where, found in zip(("another process", "a fork"), answers[0], strict=True):
        expect(found == digest, f"{where}: {found}, here {digest}")


def threads_agree(case: Case) -> None:
    """Eight threads on one recording read the same; closing it under them is safe."""
    digest = take(case.recording, _READ).digest()
    shared = case.open()
    found = _together(lambda number: take(shared, _READ).digest())
    expect(set(found) == {digest}, "threads that read all at once differ")
    traces = case.traces(shared)
    if not traces:
        raise NotHere("no signal")
    whole = [trace.samples.physical(0, trace.rows) for trace in traces]
    _together(lambda number: _windows_in_thread(case, traces, whole, number))
    _closed_under_reads(case)


def _windows_in_thread(case: Case, traces: list[Trace], whole: list[Any], number: int) -> None:
    for trace, array in zip(traces, whole, strict=True):
        rng = case.rng(f"{trace.where} thread {number}")
        for _ in range(4 * case.effort):
            a = int(rng.integers(0, trace.rows))
            b = min(trace.rows, a + int(rng.integers(1, 300)))
            columns = rng.integers(0, trace.samples.n_channels, 3)
            what = f"{trace.where}: samples [{a}:{b}] in a thread"
            equal(trace.samples.physical(a, b, columns), array[a:b][:, columns], what)


def _closed_under_reads(case: Case) -> None:
    recording = case.open()
    trace = case.traces(recording)[0]
    n = min(trace.rows, 2000)
    wanted = trace.samples.physical(0, n)
    reading = threading.Barrier(_THREADS + 1)

    def read(number: int) -> None:
        for i in range(100_000):  # ended by the close, long before
            try:
                found = trace.samples.physical(0, n)
            except NeophysError:
                return
            equal(found, wanted, "a read while the recording is closed")
            if i == 2:
                reading.wait(60)

    def close() -> None:
        reading.wait(60)
        recording.close()

    _together(read, close)
    try:
        trace.samples.physical(0, n)
    except ClosedError:
        return
    raise Broken("a closed recording reads on, or raises no ClosedError")


def _together(work: Callable[[int], Any], here: Callable[[], None] | None = None) -> list[Any]:
    """What `work` returns in each of the threads; the first error is raised."""
    results: list[Any] = [None] * _THREADS
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            results[number] = work(number)
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(_THREADS)]
    with _switching():
        for thread in threads:
            thread.start()
        if here is not None:
            here()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return results


@contextmanager
def _switching() -> Iterator[None]:
    """Threads take turns as often as they can, so that what they share shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def recordings_are_independent(cases: list[Case]) -> None:
    """A recording reads the same when others were opened after it."""
    before = [take(case.open(), _READ).digest() for case in cases]
    opened: list[Recording] = [case.open() for case in cases]
    for case, recording, digest in zip(cases, opened, before, strict=True):
        found = take(recording, _READ).digest()
        expect(found == digest, f"{case.label}: reads other data once another file is open")
