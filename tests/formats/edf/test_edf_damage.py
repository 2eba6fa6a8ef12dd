"""Damaged EDF and BDF files: an error that names file, byte and field, or issues; nothing else."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from tests.formats.edf.build import Notes, Signal, edf, ramp, tal, timed
from tests.formats.edf.opened import Opened
from tests.recordings import recording

from neophys.errors import NeophysError

TEXTS = {1: tal("+1.5", "target@@EEG Fp1", duration="0.25"), 3: tal("+11.5", "x", "y")}


def whole() -> dict[str, bytes]:
    """A file of each variant."""
    c3, status = Signal(ramp(4, 8), 8, "C3"), Signal(np.arange(32), 8, "Status")
    slow, notes = Signal(ramp(4, 1), 1), timed("+0", "+1", "+2", "+3", texts=TEXTS)
    gaps = timed("+0.5", "+1.5", "+10.5", "+11.5", texts=TEXTS)
    return {
        "EDF": edf(c3, slow),
        "EDF+C": edf(c3, notes, slow, plus="C"),
        "EDF+D": edf(c3, slow, gaps, plus="D"),
        "BDF": edf(c3, status, bdf=True),
        "BDF+D": edf(status, gaps, bdf=True, plus="D"),
        "annotations": edf(notes, plus="C", duration=0),
    }


def attempt(data: bytes) -> Opened | NeophysError:
    """Everything that a file holds, or why it cannot be read; any other error goes on."""
    try:
        return read_all(data)
    except NeophysError as error:
        return error


def read_all(data: bytes) -> Opened:
    file = Opened(data)
    for i in range(len(file.contents.streams)):
        file.raw(i)
        file.values(i)
        file.spans(i)
    for channel in file.contents.event_channels:
        file.table(channel.name)
    file.contents.subject.show()
    return file


def damaged(data: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(40):  # bits
        copy = bytearray(data)
        for _ in range(rng.choice((1, 1, 5, 50))):
            copy[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        yield bytes(copy)
    header = min(len(data), 256 * 4)
    for _ in range(60):  # header text
        copy, at = bytearray(data), rng.randrange(160, header - 8)
        junk = rng.choice((b"-1", b"99999999", b"1E30", b"nan", b"\xff" * 8, b"", b"0", b"-0,1"))
        copy[at : at + 8] = junk.ljust(8)
        yield bytes(copy)
    for field, width in ((184, 8), (236, 8), (244, 8), (252, 4)):  # counts
        for lie in (b"-1", b"0", b"1", b"9999", b"99999999", b"1E-9", b"1E307"):
            yield data[:field] + lie[:width].ljust(width) + data[field + width :]
    for _ in range(10):  # annotations
        copy, at = bytearray(data), rng.randrange(len(data) // 2, len(data))
        copy[at : at + 40] = rng.choice((b"+", b"\x14", b"\x15", b"+9.9\x14", b"0")) * 40
        yield bytes(copy[: len(data)])


@pytest.mark.parametrize("variant", whole())
def test_damage_is_named(variant: str) -> None:
    data = whole()[variant]
    assert read_all(data).report.issues == []
    found = [attempt(broken) for broken in damaged(data, random.Random(variant))]
    refused = [error for error in found if isinstance(error, NeophysError)]
    assert len(refused) > 10
    assert [str(error) for error in refused if not str(error).startswith("a.edf: byte ")] == []


@pytest.mark.parametrize("variant", whole())
def test_a_cut_anywhere_is_an_error_or_an_issue(variant: str) -> None:
    data = whole()[variant]
    for n in range(0, len(data), 7):
        file = attempt(data[:n])
        if isinstance(file, Opened):
            assert [issue.severity for issue in file.report.issues] == ["error"]
        else:
            assert n < 256 * 4, str(file)


def test_a_cut_real_recording_keeps_its_whole_records() -> None:
    data = recording("edf/mne-python/duplicate_channel_labels.edf").read_bytes()
    all_of_it = read_all(data).raw()
    for n in range(1280, len(data), 1013):
        file = read_all(data[:n])
        found = file.raw()
        np.testing.assert_array_equal(found, all_of_it[: len(found)])
        assert len(found) == 250 * ((n - 1280) // 1508)
        assert file.faults["n_records"][0] == "error"


@pytest.mark.parametrize("n", [1, 8, 255, 256, 512, 5000])
def test_random_bytes_are_no_recording(n: int) -> None:
    noise = random.Random(n).randbytes(n)
    with pytest.raises(NeophysError):
        read_all(noise)
    for start in (b"0       ", b"\xffBIOSEMI"):
        with pytest.raises(NeophysError):
            read_all((start + noise)[:n])


@pytest.mark.parametrize(
    "data",
    [
        edf(Signal([0], 1), n_records=99999999, raw_signals={("n_samples", 0): b"99999999"}),
        edf(*[Notes([b"+0\x14\x14"] * 200, 8)] * 300, plus="D"),
        edf(Signal([1] * 20000, 1), Notes([b"+0\x14\x14"] * 20000, 6), plus="D"),
        edf(Notes([tal("+1", "a") * 30000], 200_000), plus="C", duration=0),
        edf(Notes([tal("+1", "x" * 99000) + b"+0\x14a\x14\0" * 9000], 200_000), plus="C"),
        edf(Signal([1], 1), Notes([b"+" + b"0" * 300_000], 400_000), plus="D"),
    ],
    ids=["counts", "300 annotation signals", "tiny records", "many texts", "one long text",
         "zeros"],
)  # fmt: skip
def test_lies_cost_no_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        read_all(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 * len(data) + (1 << 22)
