"""Damaged plx files: a NeophysError that says where, or what is whole with what is wrong listed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.formats.plexon.build import Plx
from tests.formats.plexon.scanned import Scanned, scan
from tests.recordings import recording

from neophys.errors import HeaderError, NeophysError, TruncatedError
from neophys.formats.plexon.tables import BLOCK


def whole() -> Plx:
    """Two channels of 3, 4 and 5 samples, spikes with waveforms, events."""
    plx = Plx(slow=[{}, {}], spikes=[{}, {}], events=[{}, {"channel": 257}])
    first = 0
    for size in (3, 4, 5):
        for channel in (0, 1):
            plx.samples(channel, first * 40, 100 * channel + np.arange(first, first + size))
            plx.spike(channel + 1, first * 40, 1, [7] * 6)
        plx.event(257, first * 40, first).event(1, first * 40)
        first += size
    return plx


def read_all(found: Scanned) -> None:
    """Touch everything that the contents say is there."""
    for stream in range(len(found.contents.streams)):
        samples = found.samples(stream)
        assert samples.physical(0, samples.n_samples).shape == (
            samples.n_samples,
            samples.n_channels,
        )
    for unit in found.contents.spike_units:
        if found.spikes(unit.id).waveforms:
            assert len(found.waveforms(unit.id)) == len(found.spikes(unit.id))


def survives(data: bytes) -> Scanned | None:
    """What opens, read; None where a NeophysError refuses it."""
    try:
        found = scan({"a.plx": data})
        read_all(found)
    except NeophysError as error:
        return None if re.match(r"a\.plx: byte \d+: ", str(error)) else pytest.fail(str(error))
    return found


def test_every_cut_is_refused_or_told() -> None:
    plx = whole()
    data, start = plx.tobytes(), plx.data_start
    borders = set(np.cumsum([start, *map(len, plx.blocks)]).tolist())
    full = scan(data).samples(0).raw(0, 12)
    for length in [0, 1, 3, 4, 7503, 7504, 8000, start - 1, *range(start, len(data))]:
        found = survives(data[:length])
        if length < start:
            assert found is None
            continue
        assert found is not None
        # Nothing tells of blocks that are missing whole, unless some channels have theirs.
        assert bool(found.issues) or length in borders
        assert len(found.contents.streams) <= 1
        for number, stream in enumerate(found.contents.streams):
            samples = found.samples(number)
            raw = samples.raw(0, samples.n_samples)
            columns = stream.channels["number"]
            assert (raw == full[: len(raw), columns]).all()


@pytest.mark.parametrize(
    ("lost", "samples", "spikes"), [(0, 5, 1), (1, 4, 1), (2, 4, 1), (9, 0, 1), (10, 0, 1)]
)
def test_a_cut_continuous_block_keeps_its_whole_samples(
    lost: int, samples: int, spikes: int
) -> None:
    plx = Plx(slow=[{}], spikes=[{}]).spike(1, 0, 0, [1, 2]).samples(0, 0, [1, 2, 3, 4, 5])
    data = plx.tobytes()
    found = scan(data[: len(data) - lost])
    n = found.samples().n_samples if found.contents.streams else 0
    assert (n, len(found.spikes("ch1#0"))) == (samples, spikes)
    if lost:
        assert f"{samples} of 5 samples are kept" in found.issues[0]
        assert found.contents.issues[0].offset == plx.data_start + 20
        with pytest.raises(HeaderError):
            scan(data[:-lost], strict=True)


@pytest.mark.parametrize(("blocks", "longer"), [(6, 0), (5, 2), (4, 1), (3, 0)])
def test_a_file_that_ends_within_a_round_is_one_stream(blocks: int, longer: int) -> None:
    plx = Plx(slow=[{}] * 3)
    for first, size in ((0, 4), (4, 3)):
        for channel in range(3):
            plx.samples(channel, first * 40, 10 * channel + np.arange(first, first + size))
    del plx.blocks[blocks:]
    found = scan(plx.tobytes())
    n = 7 if blocks == 6 else 4
    assert found.starts() == [(0, n)]
    assert (found.samples().raw(0, n) == np.arange(n)[:, None] + [0, 10, 20]).all()
    told = [f"{longer} channels of 'FP' have up to 3 samples more"] if longer else []
    assert len(found.issues) == len(told)
    assert all(text in issue for text, issue in zip(told, found.issues, strict=True))


def test_a_cut_spike_is_left_out() -> None:
    data = Plx(spikes=[{}]).spike(1, 0, 0, [1, 2]).spike(1, 9, 0, [3, 4]).tobytes()
    found = scan(data[:-1])
    assert found.spikes("ch1#0").ticks.tolist() == [0]
    assert "0 of 2 samples are kept" in found.issues[0]


ENDS = {
    "fifteen bytes": (b"\x05" * 15, "warning", 0, "15 bytes after the last block"),
    "zeros": (bytes(64), "warning", 0, "the last 64 bytes are left out"),
    "type 2": (BLOCK.write({"type": 2}, check=False), "error", 0, "type: found 2"),
    "type 7": (BLOCK.write({"type": 7}, check=False) + bytes(9), "error", 0, "type: found 7"),
    "channel -1": (BLOCK.write({"type": 5, "channel": -1}), "error", 8, "channel: found -1"),
    "unit -1": (BLOCK.write({"type": 1, "unit": -1}), "error", 10, "unit: found -1"),
    "-1 waveforms": (BLOCK.write({"type": 1, "n_waves": -1}), "error", 12, "n_waves: found -1"),
    "-5 words": (BLOCK.write({"type": 5, "n_words": -5}), "error", 14, "n_words: found -5"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_walk_ends_where_the_chain_breaks(name: str) -> None:
    broken, severity, at, message = ENDS[name]
    plx = whole()
    before = plx.tobytes()
    found = scan(before + broken + b"".join(plx.blocks) * (severity == "error"))
    (issue,) = found.contents.issues
    assert (issue.severity, issue.offset) == (severity, len(before) + at)
    assert message in str(issue)
    assert found.samples().n_samples == 12


def test_blocks_of_unknown_channels_are_left_out_and_told_once() -> None:
    plx = whole()
    before = len(plx.tobytes())
    plx.samples(9, 0, [1, 2]).samples(9, 80, [1]).spike(9, 0).event(9, 0).event(9, 1)
    plx.samples(0, 480, [5]).samples(1, 480, [6])
    found = scan(plx.tobytes())
    assert found.samples().n_samples == 13
    assert [(i.offset, i.message.split(" of ")[0]) for i in found.contents.issues] == [
        (before + 8, "2 continuous blocks"),
        (before + 20 + 18 + 8, "1 spike blocks"),
        (before + 20 + 18 + 16 + 8, "2 event blocks"),
    ]


@pytest.mark.parametrize("field", ["n_spike_channels", "n_event_channels", "n_slow_channels"])
def test_counts_beyond_the_file_are_refused(field: str) -> None:
    with pytest.raises(TruncatedError, match="the file ends early"):
        scan(Plx(header={field: 32768}).tobytes())


def test_flipped_bits() -> None:
    data = whole().tobytes()
    rng = np.random.default_rng(8)
    survived = 0
    for _ in range(600):
        broken = bytearray(data)
        for at in rng.integers(0, len(data), rng.integers(1, 4)):
            broken[int(at)] ^= 1 << int(rng.integers(8))
        survived += survives(bytes(broken)) is not None
    assert survived > 300


def test_random_blocks_and_random_bytes() -> None:
    plx = whole()
    rng = np.random.default_rng(9)
    for size in (5, 16, 100, 5000):
        for _ in range(20):
            noise = rng.bytes(size)
            assert survives(plx.tobytes() + noise) is not None
            survives(b"PLEX" + noise)
            survives(noise)


def test_a_real_file_with_bytes_overwritten() -> None:
    data = recording("plexon/buzcode-plexonSDK/16sp_lfp_with_2coords.plx").read_bytes()
    rng = np.random.default_rng(10)
    for _ in range(25):
        broken = bytearray(data)
        at = int(rng.integers(136, len(data)))
        broken[at : at + 8] = rng.bytes(len(broken[at : at + 8]))
        survives(bytes(broken))
