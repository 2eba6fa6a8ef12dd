"""The promises that every format makes, held to built and to real Neuralynx recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.neuralynx.build import ncs, nev, ramp, spikes
from tests.recordings import recording

from neophys.formats.neuralynx import FORMAT
from neophys.testing import (
    EventTruth,
    Example,
    PieceTruth,
    SignalTruth,
    SpikeTruth,
    Spot,
    check_format,
)

#: uV a count of built files: 3.0517578125e-08 V, of the inverted input.
GAIN = -0.030517578125
R = 16000
EPOCH = 1_698_932_395_972_475


def truth(
    names: tuple[str, ...], pieces: list[tuple[int, int]], zero: int, rate: float = 32000.0
) -> SignalTruth:
    """Pieces (start tick, samples) of the builder's ramp, every channel the same."""
    first = np.concatenate([[0], np.cumsum([n for _, n in pieces])])
    values = [
        np.repeat(ramp(int(row), n)[:, None] * GAIN, len(names), axis=1)
        for row, (_, n) in zip(first, pieces, strict=False)
    ]
    made = (
        PieceTruth((tick - zero) / 1e6, value)
        for (tick, _), value in zip(pieces, values, strict=True)
    )
    return SignalTruth(names, ("uV",) * len(names), rate, tuple(made))


def examples() -> Iterator[Example]:
    """Full and partly filled records with gaps, two streams, a sorted tetrode, events."""
    gaps = [(EPOCH + 40, 512), (EPOCH + R + 40, 100), (EPOCH + 9 * R, 512)]
    parted = [(EPOCH, 512), (EPOCH + R, 400), (EPOCH + R + 12500, 512)]
    slow = {"AcqEntName": "slow", "ADChannel": [3], "SamplingFrequency": 2000.0}
    waves = np.arange(3 * 32 * 4).reshape(3, 32, 4) - 200
    rows = [(EPOCH + 70, 2), (EPOCH + 50, 0), (EPOCH + 90, 2)]
    yield Example(
        "a session",
        {
            "CSC1.ncs": ncs(gaps),
            "CSC2.ncs": ncs(gaps, AcqEntName="CSC2", ADChannel=[8]),
            "slow.ncs": ncs([(EPOCH + 5, 512), (EPOCH + 256005, 30)], **slow),
            "TT1.ntt": spikes(rows, waves, ADBitVolts=[3.0517578125e-08]),
            "Events.nev": nev([(EPOCH + 9, 11, 0, b"Starting"), (EPOCH + 4, 4, 2, b"caf\xe9")]),
        },
        "",
        signals={
            "32000 Hz": truth(
                ("CSC1", "CSC2"), [(EPOCH + 40, 612), (EPOCH + 9 * R, 512)], EPOCH + 4
            ),
            "2000 Hz": truth(("slow",), [(EPOCH + 5, 542)], EPOCH + 4, 2000.0),
        },
        events={"Events": EventTruth(np.array([5e-6, 0.0]), ("Starting", "caf\xe9"))},
        spikes={
            "TT1 unsorted": SpikeTruth(np.array([46e-6]), waves[[1]].transpose(0, 2, 1) * GAIN),
            "TT1 unit 2": SpikeTruth(
                np.array([66e-6, 86e-6]), waves[[0, 2]].transpose(0, 2, 1) * GAIN
            ),
        },
        counts=(Spot("CSC1.ncs", 16384 + 16, "<u4"), Spot("CSC1.ncs", 16384 + 12, "<u4")),
        length_is_known=False,
    )
    yield Example(
        "partly filled records",
        {"a.ncs": ncs(parted), "b.ncs": ncs(parted, AcqEntName="b", ADChannel=[8])},
        "",
        signals={"32000 Hz": truth(("CSC1", "b"), [(EPOCH, 1424)], EPOCH)},
        length_is_known=False,
    )


def test_built_recordings_keep_every_promise() -> None:
    report = check_format(FORMAT, builder=examples, foreign=[Path(__file__)])
    report.raise_if_failed()


@pytest.mark.parametrize(
    "folder",
    [
        "BML/original_data",
        "BML_unfilledsplit/original_data",
        "Cheetah_v5.4.0/original_data",
        "Cheetah_v5.6.3/original_data",
        "Cheetah_v6.4.1dev/original_data",
        "Pegasus_v2.1.1",
    ],
)
def test_real_recordings_keep_every_promise(folder: str) -> None:
    path: Any = recording(f"ephy_testing_data/neuralynx/{folder}")
    check_format(FORMAT, files=[path], thorough=4).raise_if_failed()
