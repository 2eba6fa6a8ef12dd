"""PICTURES of what was read. Matplotlib is imported when one is drawn."""

from __future__ import annotations

from neophys.plot.average import draw_average

__all__ = ["draw_average"]
