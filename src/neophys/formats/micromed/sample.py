"""The recording that ships with the package: made up, the same bytes everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.formats.micromed.writer import write

__all__ = ["write_sample"]

RATE: Final = 256
SECONDS: Final = 29
#: Name; how much of the evoked response and of the alpha rhythm it sees, in eighths.
CHANNELS: Final = (
    ("Fp1", 1, 1), ("Fz", 5, 2), ("C3", 6, 3), ("Cz", 8, 3),
    ("C4", 6, 3), ("Pz", 7, 6), ("O1", 2, 8), ("O2", 2, 8),
)  # fmt: skip
#: Of the response: middle and half width in ms, height in uV (to code 1, to code 2).
WAVES: Final = ((18, 16, -14, -14), (95, 45, -9, -10), (180, 70, 6, 6), (320, 150, 4, 18))
#: Stored numbers of one uV, 65536 / 6400, as a fraction.
PER_UV: Final = (1024, 100)


def write_sample(path: str | os.PathLike[str], *, overwrite: bool = False) -> int:
    """Write the sample: 8 channels of made-up EEG, 256 Hz, 29 s, with triggers, notes, an epoch.

    Every trigger (code 1 often, 2 seldom) evokes a response, which an average shows. All is whole
    numbers, so that the bytes are the same on every machine. Returns the number of frames; errors
    are those of :func:`~neophys.formats.micromed.write`.
    """
    chance = _chance(20260115)
    triggers, frame = [], RATE // 2
    while frame < (SECONDS - 1) * RATE:
        triggers.append((frame, 2 if next(chance) % 4 == 0 else 1))
        frame += 220 + next(chance) % 73
    return write(
        path,
        signals=_signals(triggers, chance),
        channels=[{"label": name, "highpass": 0.15, "lowpass": 100} for name, _, _ in CHANNELS],
        sampling_rate=RATE,
        start=datetime(2026, 1, 15, 10, 30),
        triggers=triggers,
        notes=[(40, "Eyes closed"), (3300, "Übung: counts the rare tones"), (7200, "End")],
        event_a=("Blink", [(1500, 1580), (5210, 5300)]),
        compact=True,
        overwrite=overwrite,
        laboratory="neophys, made up",
        surname="Sample",
        first_name="Ada",
        birth=date(1980, 2, 29),
        acquisition_unit="SD64",
        file_type="C19",
    )


def _chance(seed: int) -> Iterator[int]:
    """Numbers from 0 to 65535 in no visible order: a linear congruence, Knuth's MMIX."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 48


def _signals(triggers: list[tuple[int, int]], chance: Iterator[int]) -> NDArray[Any]:
    n = SECONDS * RATE
    # The rhythm is a resonator at 10 Hz, driven by chance; fixed point with 14 bits.
    alpha = [0, 0]
    for _ in range(n - 2):
        driven = next(chance) % 321 - 160
        alpha.append((31284 * alpha[-1] - 15868 * alpha[-2]) // 16384 + driven)
    evoked = [0] * n
    for at, code in triggers:
        for k in range(RATE // 2):
            evoked[at + k] += _response(k * 1000 // RATE, code)
    columns = []
    for _, sees, rhythm in CHANNELS:
        noise = [(sum(next(chance) for _ in range(3)) - 98304) * 8 // 8192 for _ in range(n)]
        columns.append(
            [
                32768 + sees * e // 8 + rhythm * a // 64 + w
                for e, a, w in zip(evoked, alpha, noise, strict=True)
            ]
        )
    return np.array(columns, np.int64).T


def _response(ms: int, code: int) -> int:
    """Of all waves at once, in stored numbers: each is a smooth bump."""
    total = 0
    for middle, width, usual, rare in WAVES:
        inside = width * width - (ms - middle) ** 2
        if inside > 0:
            height = rare if code == 2 else usual
            total += height * inside * inside * PER_UV[0] // (width**4 * PER_UV[1])
    return total
