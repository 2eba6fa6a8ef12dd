"""The recordings that are measured: generated, and two real ones where they are at hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.formats.plexon.build import generate
from tests.recordings import data_root

from neophys.formats import micromed

__all__ = ["make"]

CHANNELS, RATE = 64, 2048
#: logic_max of 65535 makes the gain a float32 number, 65534 does not.
LOGIC_MAX = {"exact": 65535, "odd": 65534}
_REAL = {
    "real": "ephy_testing_data/micromed/File_micromed_1.TRC",
    "omniplex": "plexon/buzcode-plexonSDK/16sp_lfp_with_2coords.plx",
}


def make(folder: Path, long: int) -> dict[str, Path]:
    """Generate what is not there yet; `long` is the long recordings' size in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    part = min(long, 200_000_000)
    wanted = {
        "exact": ("exact", long),
        "odd": ("odd", part),
        "exact-part": ("exact", part),
        "odd-part": ("odd", part),
        "short": ("exact", 8_000_000),
    }
    for name, (gains, size) in wanted.items():
        path = files[name] = folder / f"{gains}-{size}.trc"
        if not path.exists():
            print(f"writing {path.name} ...", file=sys.stderr)
            _write(path, LOGIC_MAX[gains], size // (2 * CHANNELS))
    files["plexon32"] = folder / "plexon32.plx"
    if not files["plexon32"].exists():
        generate(files["plexon32"], cycles=100, sizes=(100,) * 4)  # Neo reads no unequal ones
    root = data_root()
    if root is not None:
        files |= {name: root / path for name, path in _REAL.items() if (root / path).exists()}
    return files


def _write(path: Path, logic_max: int, frames: int) -> None:
    seconds = frames // RATE
    rows = range(RATE, (seconds - 1) * RATE, RATE)
    micromed.write(
        path,
        signals=_chunks(frames),
        channels=[{"label": f"E{i}", "logic_max": logic_max} for i in range(CHANNELS)],
        sampling_rate=RATE,
        start=datetime(2026, 1, 15, 10, 30),
        triggers=[(frame, 1 + i % 4) for i, frame in enumerate(rows)],
    )


def _chunks(frames: int) -> Iterator[NDArray[np.uint16]]:
    """The same noise again and again: the values do not matter, their number does."""
    noise = np.random.default_rng(1).integers(0, 65535, (RATE * 8, CHANNELS), np.uint16)
    for first in range(0, frames, len(noise)):
        yield noise[: frames - first]
