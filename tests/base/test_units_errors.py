"""Units convert exactly; errors are one readable line and survive pickling."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from neophys import errors, units
from neophys.errors import HeaderError, Issue, NeophysError, TruncatedError, UnitsError, near_misses


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("µV", "uV"), ("μV", "uV"), (" microV ", "uV"), ("uv", "uV"), ("", "dimensionless"),
     ("mV", "mV"),
     ("degreeC", "degC"), ("°C", "degC"), ("furlong", None), ("%", "%"), ("pA", "pA")],
)  # fmt: skip
def test_spellings_met_in_files_are_known(text: str, symbol: str | None) -> None:
    assert units.normalize(text) == symbol


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [("uV", "mV", 1e-3), ("mV", "uV", 1e3), ("uV", "V", 1e-6), ("V", "uV", 1e6),
     ("nA", "pA", 1e3),
     ("µV", "uV", 1.0), ("furlong", "furlong", 1.0), ("min", "s", 60.0), ("s", "h", 1 / 3600)],
)  # fmt: skip
def test_conversions_are_the_nearest_number(source: str, target: str, factor: float) -> None:
    assert units.conversion(source, target) == factor


@pytest.mark.parametrize(("source", "target"), [("uV", "pA"), ("furlong", "m"), ("uV", "")])
def test_what_measures_something_else_does_not_convert(source: str, target: str) -> None:
    with pytest.raises(UnitsError, match=source):
        units.conversion(source, target)


def test_errors_tell_file_byte_field_and_what_is_allowed() -> None:
    error = HeaderError("a.trc", 175, "header_type", 9, "allowed: 4 or 5")
    assert str(error) == "a.trc: byte 175: header_type: found 9; allowed: 4 or 5"
    private = HeaderError("a.trc", 64, "surname", None, "no text")
    assert str(private) == "a.trc: byte 64: surname: no text"
    cut = TruncatedError("a.trc", 100, 50, 7)
    assert str(cut) == "a.trc: byte 100: the file ends early: 50 bytes wanted, 7 there"
    issue = Issue("warning", "a.trc", 3, "year", "found 0")
    assert str(issue) == "warning: a.trc: byte 3: year: found 0"


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [("HeaderError", ValueError), ("TruncatedError", EOFError),
     ("MissingFileError", FileNotFoundError),
     ("OutOfRangeError", IndexError), ("ChannelError", KeyError), ("EventError", KeyError),
     ("GapError", ValueError), ("UnitsError", ValueError), ("MixedRatesError", ValueError)],
)  # fmt: skip
def test_errors_are_what_people_catch(kind: str, builtin: type) -> None:
    assert issubclass(getattr(errors, kind), builtin)
    assert issubclass(getattr(errors, kind), NeophysError)


@pytest.mark.parametrize(
    "error",
    [NeophysError("x"), HeaderError("a", 1, "f", 2, "b"), TruncatedError("a", 1, 2, 3),
     errors.ChannelError("no 'x'"), errors.MissingFileError("a: none")],
)  # fmt: skip
def test_errors_survive_pickling(error: NeophysError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_near_misses_among_very_many_names_are_sought_in_some_only() -> None:
    def names() -> Iterator[str]:
        yield "Fp1"
        yield from map(str, range(5000))
        raise AssertionError("a million labels take a minute")

    assert near_misses("fp1", names()) == "; did you mean 'Fp1'?"


def test_near_misses_are_named() -> None:
    assert near_misses("fp1", ["Fp1", "Cz"]) == "; did you mean 'Fp1'?"
    assert near_misses("nothing like it", ["Fp1"]) == ""
