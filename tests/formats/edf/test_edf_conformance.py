"""EDF and BDF held to what every format promises, on built and real files."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.formats.edf.build import Notes, Signal, edf, ramp, tal, timed
from tests.recordings import recording

import neophys
from neophys.formats.edf import FORMAT
from neophys.source.bundle import open_bundle
from neophys.testing import EventTruth, Example, PieceTruth, SignalTruth, Spot, check_format
from neophys.testing.watch import WatchedBundle

PRIVATE = ("Haagse", "MCH-0234567", "BK/JOP", "EMG561", "1951")
COUNTS = ((184, 8), (236, 8), (244, 8), (252, 4))


def truth(
    rate: float, pieces: list[tuple[float, int]], *signals: Signal, item: int = 2
) -> SignalTruth:
    """What a stream must hold: pieces are (start, samples)."""
    values = np.stack([signal.values(item) for signal in signals], axis=1)
    ends = np.cumsum([n for _, n in pieces])
    return SignalTruth(
        tuple(signal.label for signal in signals),
        ("uV",) * len(signals),
        rate,
        tuple(
            PieceTruth(start, values[end - n : end])
            for (start, n), end in zip(pieces, ends.tolist(), strict=True)
        ),
    )


def events(*rows: tuple[float, float, str]) -> EventTruth:
    times, durations, labels = zip(*rows, strict=True)
    return EventTruth(np.array(times), labels, np.array(durations))


def example(name: str, file: str, data: bytes, **known: object) -> Example:
    spots = tuple(Spot(file, at, "text", length) for at, length in COUNTS)
    return Example(name, {file: data}, private=PRIVATE, counts=spots, **known)


def examples() -> Iterator[Example]:
    nan = float("nan")
    fast = Signal(ramp(6, 500, 1), 500, "Fp1")
    back = Signal(ramp(6, 500, 2), 500, "µ é", (200.0, -300.0))
    slow = Signal(ramp(6, 64, 3), 64, "slow", (-0.3, 0.7), (-2048, 2047))
    both = {"500 Hz": (500.0, (fast, back)), "64 Hz": (64.0, (slow,))}
    yield example(
        "EDF", "a.edf", edf(fast, slow, back),
        signals={
            name: truth(rate, [(0, round(6 * rate))], *of) for name, (rate, of) in both.items()
        },
    )  # fmt: skip
    texts = {1: tal("+3.5", "late", duration="0.5") + tal("+0.75", "ä")}
    notes = timed("+0.25", "+1.25", "+2.25", "+3.25", "+4.25", "+5.25", texts=texts)
    yield example(
        "EDF+C", "a.edf", edf(notes, fast, back, plus="C"),
        signals={"signals": truth(500.0, [(0, 3000)], fast, back)},
        events={"annotations": events((0.5, nan, "ä"), (3.25, 0.5, "late"))},
    )  # fmt: skip
    notes = timed("+0", "+1", "+9.5", "+10.5", "+11.5", "+99.125", texts={3: tal("+5", "gap")})
    yield example(
        "EDF+D", "a.edf", edf(fast, slow, notes, back, plus="D"),
        signals={
            name: truth(
                rate,
                [(t, round(n * rate)) for t, n in ((0, 2), (9.5, 3), (99.125, 1))],
                *of,
            )
            for name, (rate, of) in both.items()
        },
        events={"annotations": events((5.0, nan, "gap"))},
    )  # fmt: skip
    wide = Signal(ramp(6, 500, 4, 3), 500, "Cz", (-262144.0, 262143.0))
    status = Signal(np.repeat([0, 1, 0x10001, -8388608 + 7, 0, 2], 500), 500, "Status")
    points = EventTruth(np.array([1.0, 3.0, 5.0]), ("1", "7", "2"))
    yield example(
        "BDF", "a.bdf", edf(wide, status, bdf=True),
        signals={"signals": truth(500.0, [(0, 3000)], wide, status, item=3)},
        events={"Status": points},
    )  # fmt: skip
    hypnogram = Notes([tal("+0", "") + tal("+30630", "W", duration="120")])
    yield example(
        "annotations", "a.edf", edf(hypnogram, plus="C", duration=0),
        events={"annotations": events((30630.0, 120.0, "W"))},
    )  # fmt: skip


def test_built_files_keep_all_promises() -> None:
    check_format(FORMAT, builder=examples).raise_if_failed()


@pytest.mark.parametrize(
    "path",
    ["ephy_testing_data/edf/edf+C.edf", "edf/mne-python/test_reduced.edf",
     "edf/mne-testing-data/MB0400FU.EDF", "edf/eeglab/test.bdf"],
)  # fmt: skip
def test_real_files_keep_all_promises(path: str) -> None:
    check_format(FORMAT, [recording(path)], thorough=6).raise_if_failed()


@pytest.mark.parametrize(
    ("plus", "times", "reads"),
    [("", (), 0), ("C", "0123", 64), ("D", "0123", 4 * 32), ("C", "0129", 64 + 4 * 32)],
    ids=["EDF", "EDF+C", "EDF+D", "EDF+C with a gap"],
)
def test_opening_reads_headers_and_times_only(plus: str, times: str, reads: int) -> None:
    notes = [timed(*(f"+{t}" for t in times))] if plus else []
    data = edf(Signal(ramp(4, 20_000), 20_000), *notes, plus=plus)
    bundle = WatchedBundle(open_bundle({"a.edf": data}))
    with neophys.open(bundle, format="edf"):
        header = 256 * (2 + len(notes))
        lengths = sum(read.length for read in bundle.log)
    # Of EDF+D the first and last record's time are read twice.
    assert lengths <= header + reads + (64 if plus == "D" else 0)
