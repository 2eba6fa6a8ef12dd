"""THE COMMAND ``neophys``: what a recording holds, averages of it, the formats there are."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command on the arguments of the process, and exit with its status."""
    from neophys.cli.app import run

    raise SystemExit(run())
