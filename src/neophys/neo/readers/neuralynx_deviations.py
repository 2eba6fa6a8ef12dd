"""Where our answers differ from Neo 0.14.6 for Neuralynx, on purpose."""

from __future__ import annotations

from typing import Final

from neophys.neo.deviation import Deviation

__all__ = ["DEVIATIONS"]

DEVIATIONS: Final[tuple[Deviation, ...]] = ()
