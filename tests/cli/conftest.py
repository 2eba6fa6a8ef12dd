"""A small Micromed recording with a patient, whose names must not leak."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from neophys.formats.micromed.writer import write

RATE = 256
SURNAME, FIRST_NAME = "PREFECTFORD", "ZAPHODIA"
CHANNELS = ["Fp1", "Cz", "O1", *(f"C{i}" for i in range(1, 10))]
#: Frame and code; the last lies too near to the end for a window of 100 ms.
TRIGGERS = [(500, 1), (1000, 2), (1500, 1), (2000, 1), (3995, 1)]
SAMPLES = np.random.default_rng(7).integers(32000, 33600, (4000, len(CHANNELS)), np.uint16)


def write_trc(path: Path, **more: object) -> Path:
    """Twelve channels, five triggers, one note."""
    fields = {"triggers": TRIGGERS, "notes": [(700, "eyes open")]} | more
    write(
        path,
        signals=SAMPLES,
        channels=CHANNELS,
        sampling_rate=RATE,
        start=datetime(2020, 1, 2, 3, 4, 5),
        surname=SURNAME,
        first_name=FIRST_NAME,
        birth=date(1952, 3, 11),
        **fields,
    )
    return path


@pytest.fixture(scope="session")
def trc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trc(tmp_path_factory.mktemp("recordings") / "day.TRC")
