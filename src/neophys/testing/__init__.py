"""WHAT EVERY FORMAT MUST KEEP: check_format, for authors of formats in this package and others.

Write a function that builds small files from numbers it knows, and run

>>> from neophys.testing import check_format, toy
>>> report = check_format(toy.FORMAT, builder=toy.build, checks=["opens", "values_match_oracle"])
>>> report.passed
True

:mod:`neophys.testing.toy` is a format with its writer and its builder, as an example. Each name in
:data:`CHECKS` is one promise; the docstring of the function of that name says which.
"""

from __future__ import annotations

from neophys.testing.check import CHECKS, check_format
from neophys.testing.example import (
    EventTruth,
    Example,
    PieceTruth,
    SignalTruth,
    SpikeTruth,
    Spot,
)
from neophys.testing.report import Broken, Conformance, Result

__all__ = [
    "CHECKS",
    "Broken",
    "Conformance",
    "EventTruth",
    "Example",
    "PieceTruth",
    "Result",
    "SignalTruth",
    "SpikeTruth",
    "Spot",
    "check_format",
]
