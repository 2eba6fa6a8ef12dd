"""Naming a class of Neo's surface costs little: nothing is imported that it does not need yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

from neophys import neo


def imported(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("name", ["MicromedIO", "rawio.MicromedRawIO", "get_io"])
def test_naming_a_class_imports_no_engine_and_no_other_format(name: str) -> None:
    found = imported(f"from neophys import neo; neo.{name}")
    unwanted = {
        "scipy",
        "matplotlib",
        "importlib.metadata",
        "neophys.recording",
        "neophys.reading.samples",
    }
    unwanted |= {"neophys.neo.readers.edf", "neophys.neo.readers.plexon", "neophys.formats.edf"}
    assert found & unwanted == set()


@pytest.mark.parametrize("name", neo.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(neo, name) is not None
    assert name in dir(neo)


def test_unknown_names_are_named() -> None:
    with pytest.raises(AttributeError, match="NoSuchIO"):
        neo.NoSuchIO  # noqa: B018 - the access is the test
