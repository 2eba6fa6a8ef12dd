"""Whatever bytes there are: an error that names file and field, or a recording with issues."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from tests.formats.micromed.build import NAMES, Scanned, frames, old, trc
from tests.recordings import recording

from neophys.errors import NeophysError
from neophys.formats.micromed import FORMAT
from neophys.testing import EventTruth, Example, PieceTruth, SignalTruth, Spot, check_format

REAL = "ephy_testing_data/micromed/File_micromed_1.TRC"


@cache
def whole(kind: str) -> bytes:
    if kind != "full":
        return old(int(kind))
    return trc(
        300, channels=["A", "B", {"label": "C", "units": "mV"}], triggers=[(3, 1), (250, 2)],
        notes=[(9, "né")], event_a=("A", [(5, 9), (280, 300)]), event_b=("B", [(1, None)]),
        segments=[(100, 0), (900, 200)], flags=[(1, 2)], compact=True, surname="Doe",
        start=dt.datetime(2020, 1, 1),
    )  # fmt: skip


def exercised(raw: bytes) -> str:
    """Everything asked for once; what is said about it."""
    try:
        found = Scanned(raw)
    except NeophysError as error:
        return str(error)
    samples = found.samples()
    n = samples.n_samples
    assert n * samples.n_channels <= len(raw)
    assert samples.physical(max(n - 10, 0), n).shape == (min(n, 10), samples.n_channels)
    for i in range(len(found.segments)):
        for name in NAMES:
            table = found.table(name, i)
            assert len(table) == len(table.labels)
    repr(dict(found.contents.metadata.other))
    return found.told or "a.trc: whole"


@pytest.mark.parametrize("kind", ["full", "2", "3"])
def test_cut_anywhere(kind: str) -> None:
    raw = whole(kind)
    start = int.from_bytes(raw[138:142], "little")
    rng = np.random.default_rng(1)
    for cut in [0, 1, 175, 639, 640, start - 1, *rng.integers(0, start, 100).tolist()]:
        told = exercised(raw[:cut])
        assert told.startswith("a.trc: byte "), (cut, told)
    for cut in range(start, start + 20):
        assert "a.trc" in exercised(raw[:cut])


@pytest.mark.parametrize("kind", ["full", "2", "3"])
def test_bits_flipped(kind: str) -> None:
    raw = whole(kind)
    start = int.from_bytes(raw[138:142], "little")
    rng = np.random.default_rng(2)
    # Half of them in the fixed header, where pointers and counts are.
    places = [*rng.integers(128, 416, 150).tolist(), *rng.integers(0, start, 150).tolist()]
    for at, bit in zip(places, rng.integers(0, 8, len(places)).tolist(), strict=True):
        damaged = bytearray(raw)
        damaged[at] ^= 1 << bit
        assert "a.trc" in exercised(bytes(damaged)), (at, bit)


def test_many_bits_flipped_and_numbers_lied() -> None:
    raw = whole("full")
    rng = np.random.default_rng(3)
    extreme = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(raw), len(raw) - 1]
    for _ in range(300):
        damaged = bytearray(raw)
        for at in rng.integers(128, 416, 3).tolist():
            if rng.integers(2):
                damaged[at] = int(rng.integers(256))
            else:
                damaged[at : at + 4] = int(rng.choice(extreme)).to_bytes(4, "little")
        assert "a.trc" in exercised(bytes(damaged))


def test_random_bytes_with_a_title() -> None:
    rng = np.random.default_rng(4)
    for size in (640, 700, 5000, 20000):
        for _ in range(40):
            raw = whole("full")[:32] + rng.bytes(size - 32)
            kind = int(rng.integers(2, 6))
            assert "a.trc" in exercised(raw[:175] + bytes([kind]) + raw[176:])


def examples() -> list[Example]:
    given = frames(300, 3)
    gain = np.array([0.09765625] * 3)
    values = (given.astype("f8") - 32768) * gain
    raw = whole("full")
    two = old(3)
    return [
        Example(
            "segments, all kinds of events",
            {"a.trc": raw},
            signals={
                "Signals": SignalTruth(
                    ("A", "B", "C"), ("uV", "uV", "mV"), 100.0,
                    (PieceTruth(1.0, values[:200], 0), PieceTruth(9.0, values[200:], 1)),
                )
            },
            events={
                "Trigger": EventTruth(np.array([1.03, 9.5]), ("1", "2")),
                "Note": EventTruth(np.array([1.09]), ("né",)),
                "Event A": EventTruth(np.array([1.05, 9.8]), ("A", "A"), np.array([0.04, 0.2])),
                "Event B": EventTruth(np.array([1.01]), ("B",), np.array([np.nan])),
            },
            private=("Doe",),
            counts=tuple(Spot("a.trc", at, "<u2") for at in (142, 144, 148, 152)),
            pointers=tuple(Spot("a.trc", at, "<u4") for at in (138, *range(184, 416, 16))),
            length_is_known=False,
        ),
        Example("type 3", {"b.trc": two}, length_is_known=False),
        Example("real header layout", {"c.trc": trc(20, triggers=[(0, 1)])}, length_is_known=False),
    ]  # fmt: skip


def test_every_promise_of_a_format_is_kept() -> None:
    check_format(FORMAT, builder=examples, thorough=6).raise_if_failed()


def test_every_promise_is_kept_for_the_real_recording() -> None:
    check_format(FORMAT, [recording(REAL)], thorough=4).raise_if_failed()
