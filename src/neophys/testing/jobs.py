"""What the check and its child process say to each other."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

from neophys.formats import Format, register
from neophys.testing.damage import Damage

__all__ = ["Battery", "Child", "Problem", "Reread", "known", "portable", "receive", "send"]


@dataclass(frozen=True, slots=True)
class Battery:
    """Damage a recording's files one way after the other, from number `first` on."""

    format: Format
    files: dict[str, bytes]
    main: str
    options: Mapping[str, Any]
    damages: tuple[Damage, ...]
    private: tuple[str, ...]
    seconds: float
    first: int = 0


@dataclass(frozen=True, slots=True)
class Reread:
    """Unpickle a recording and read it, here and in a fork."""

    format: Format
    pickled: bytes
    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A promise that a damage broke."""

    check: str
    message: str


def portable(format: Format) -> Format:
    """A format as it travels: its functions by name, without what only documents it.

    Raises
    ------
    TypeError
        Where another process could not find its functions.
    """
    bare = replace(format, headers=())
    try:
        pickle.dumps(bare)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TypeError(f"{format.name}: another process cannot import it: {error}") from error
    return bare


def send(stream: IO[bytes], thing: object) -> None:
    data = pickle.dumps(thing)
    stream.write(len(data).to_bytes(8, "little") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next thing sent; None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    data = stream.read(int.from_bytes(head, "little"))
    return pickle.loads(data)


@contextmanager
def known(format: Format) -> Iterator[None]:
    """Have ``open`` know a format that is registered nowhere, under its name."""
    forget = register(format)
    try:
        yield
    finally:
        forget()


@dataclass
class Child:
    """A child process, started when first needed, again when it has died."""

    process: subprocess.Popen[bytes] | None = None
    errors: Any = None

    def ask(self, job: Battery | Reread) -> Iterator[Any]:
        """Send a job; its answers, as they come. They end where the child dies."""
        if self.process is None or self.process.poll() is not None:
            self._start()
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            send(self.process.stdin, job)
        except BrokenPipeError:
            return
        while (answer := receive(self.process.stdout)) is not None:
            yield answer
            if answer == ("done",) or isinstance(job, Reread):
                return

    def last_words(self) -> str:
        """Why it died: its status, and where it was."""
        assert self.process is not None
        status = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        if any(line.startswith("Timeout") for line in lines):
            return " ".join(["takes too long", *lines[2:3]])
        return f"ends the process with status {status}: {lines[-1] if lines else 'no word'}"

    def close(self) -> None:
        if self.process is not None:
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    stream.close()
            self.process.wait()
            self.process = None
        if self.errors is not None:
            self.errors.close()

    def _start(self) -> None:
        if self.process is not None:
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    stream.close()
        if self.errors is None:
            self.errors = tempfile.TemporaryFile()  # noqa: SIM115  # close() closes it
        self.errors.seek(0)
        self.errors.truncate()
        # What threads and libraries of linear algebra set aside would count as memory.
        calm = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "neophys.testing.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={**os.environ, **calm, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
