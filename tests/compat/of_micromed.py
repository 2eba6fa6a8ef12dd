"""Micromed TRC through both libraries."""

from __future__ import annotations

from tests.compat.cases import Case

__all__ = ["CASES"]

REAL = "ephy_testing_data/micromed/File_micromed_1.TRC"

CASES = (Case(REAL, "Micromed"),)
