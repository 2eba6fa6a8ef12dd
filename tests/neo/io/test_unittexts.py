"""Units of files: what quantities evaluates has been looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neophys import neo
from neophys.errors import HeaderError
from neophys.neo.io.neomatlabio.values import quantity_of
from neophys.neo.io.nixio.values import nix_unit
from neophys.neo.io.pickleio.machine import PickleRefusal
from neophys.neo.io.pickleio.units import unit_text as pickled_unit
from neophys.neo.io.signalunits import signal_unit
from neophys.neo.io.unittexts import unit_text

GOOD = [
    "mV", "1/s**0.5", "kg*m**2/(s**3*A)", "1/30000*s", "dimensionless", "%", "s**(-1)",
    "m^2", "(1/30000*V)**2", "V/Hz**(1/2)", "",
]  # fmt: skip
BAD = [
    "9**9**9", "((9)**99)**99", "s**9**9", "s**99999", "9**(99999*99999)",
    "1<<99", "'a'*9", "[1]", "s.__x__", "__import__('os')", "a if b else c", "lambda:0", "m" * 201,
]  # fmt: skip


@pytest.mark.parametrize("good", GOOD)
def test_units_are_given_to_quantities(good: str) -> None:
    assert unit_text(good) == good


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_unit_is_not(bad: str) -> None:
    with pytest.raises(ValueError, match="does not look like a unit"):
        unit_text(bad)


def beside(folder: Path) -> Any:
    (folder / "a.txt").write_text("1\t2\n")
    (folder / "a_about.json").write_text('{"time_units": "9**9**9"}')
    return neo.io.AsciiSignalIO(folder / "a.txt")


@pytest.mark.parametrize(
    ("reads", "error"),
    [
        (lambda _: nix_unit("9**9**9"), ValueError),
        (lambda _: quantity_of(1.0, "9**9**9"), ValueError),
        (lambda _: pickled_unit("9**9**9"), PickleRefusal),
        (beside, HeaderError),
    ],
)
def test_every_reader_looks(
    reads: Callable[[Path], Any], error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error, match=r"9\*\*9\*\*9"):
        reads(tmp_path)


def test_headers_of_recordings_are_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    assert not signal_unit("9**9**9")
    assert "9**9**9" in caplog.text
