"""Proxies, readers and tools."""

from __future__ import annotations

from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]

BEHAVIOURS: tuple[Behaviour, ...] = ()
