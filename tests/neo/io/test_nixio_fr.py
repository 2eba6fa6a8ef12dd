"""NIX files read lazily say the same as read whole, in seconds and Hz whatever units they use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import neo.core
import numpy as np
import pytest
import quantities as pq
from neo.io.nixio import NixIO as NeosNixIO
from tests.neo.io.nixobjects import block_of

import neophys.neo.core as ours
from neophys.errors import HeaderError, NeophysError
from neophys.neo.core import AnalogSignal, Block, Event, Segment, SpikeTrain
from neophys.neo.io.nixio import NixIO as WholeNixIO
from neophys.neo.io.nixio_fr import NixIO
from neophys.neo.rawio import NIXRawIO

pytest.importorskip("nixio")

# What Neo asks of nixio's arrays, NumPy warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LAZY = ("signal", "train", "train with waveforms", "empty train", "events", "epochs")
LISTS = ("analogsignals", "spiketrains", "events", "epochs")


def written(path: Path, *blocks: Any, io: Any = WholeNixIO) -> Path:
    with io(str(path), "ow") as file:
        file.write_all_blocks(list(blocks))
    return path


def block_with(*segments: list[Any]) -> Block:
    block = Block(name="b")
    for objects in segments:
        segment = Segment()
        block.segments.append(segment)
        for obj in objects:
            getattr(segment, type(obj).__name__.lower() + "s").append(obj)
    return block


def seconds(values: Any) -> Any:
    return values.rescale("s").magnitude.tolist()


@pytest.mark.parametrize("io", [NeosNixIO, WholeNixIO], ids=["Neo writes", "neophys writes"])
@pytest.mark.parametrize("kind", LAZY)
def test_lazy_and_whole_say_the_same(tmp_path: Path, io: Any, kind: str) -> None:
    core = neo.core if io is NeosNixIO else ours
    block = block_of(core, [kind])
    block.segments.pop()
    path = written(tmp_path / "a.nix", block, io=io)
    with WholeNixIO(path, "ro") as file:
        whole = file.read_block().segments[0]
    with NixIO(path) as file:
        proxies = file.read_block(lazy=True).segments[0]
        assert [len(getattr(proxies, w)) for w in LISTS] == [len(getattr(whole, w)) for w in LISTS]
        for word in LISTS:
            for proxy, wanted in zip(getattr(proxies, word), getattr(whole, word), strict=True):
                check(proxy, wanted)


def check(proxy: Any, wanted: Any) -> None:
    waveforms = {"load_waveforms": True} if getattr(wanted, "waveforms", None) is not None else {}
    found = proxy.load(**waveforms)
    assert found.name == wanted.name
    assert {k: found.annotations[k] for k in ("kind", "nix_name")} == {
        k: wanted.annotations[k] for k in ("kind", "nix_name")
    }
    for key, values in wanted.array_annotations.items():
        assert np.all(found.array_annotations[key] == values)
    assert found.shape == wanted.shape == tuple(proxy.shape)
    assert seconds(found.times) == pytest.approx(seconds(wanted.times))
    for word in ("durations", "sampling_rate", "left_sweep", "t_start"):
        value = getattr(wanted, word, None)
        # An empty train and its like say a rate of 1 Hz, which is no rate of anything.
        if value is not None and not (word == "sampling_rate" and not waveforms and value == pq.Hz):
            given = getattr(found, word).rescale(value.units)
            assert given.magnitude.tolist() == pytest.approx(value.magnitude.tolist())
    if hasattr(wanted, "labels"):
        assert found.labels.tolist() == wanted.labels.tolist()
    if waveforms:
        assert np.array_equal(found.waveforms, wanted.waveforms)
        assert found.waveforms.units == wanted.waveforms.units
    if isinstance(wanted, AnalogSignal):
        assert np.array_equal(found.magnitude, wanted.magnitude)
        assert found.units == wanted.units


def test_times_in_milliseconds_are_seconds(tmp_path: Path) -> None:
    objects: list[Any] = [
        AnalogSignal(np.zeros((10, 2)), units="mV", sampling_rate=2 * pq.kHz, t_start=500 * pq.ms),
        SpikeTrain([501, 503], units="ms", t_start=500, t_stop=600),
        Event([563] * pq.ms, labels=["x"]),
    ]
    reader = NIXRawIO(written(tmp_path / "a.nix", block_with(objects)))
    reader.parse_header()
    assert reader.get_signal_sampling_rate() == 2000
    assert reader.get_signal_t_start(0, 0) == 0.5
    assert reader.get_spike_timestamps(0, 0, 0, 0.502, None).tolist() == [0.503]
    assert reader.get_event_timestamps()[0].tolist() == [0.563]  # 563 * 0.001 is not
    assert (reader.segment_t_start(0, 0), reader.segment_t_stop(0, 0)) == (0.5, 0.6)
    assert reader.spike_count() == 2


def test_windows_and_choices_of_channels_are_parts_of_the_whole(tmp_path: Path) -> None:
    values = np.arange(40, dtype=np.int16).reshape(10, 4)
    signal = AnalogSignal(values, units="mV", sampling_rate=1 * pq.Hz)
    reader = NIXRawIO(written(tmp_path / "a.nix", block_with([signal])))
    reader.parse_header()
    for start, stop, channels in ((2, 5, None), (0, 10, [3, 1]), (4, 4, [0]), (7, None, slice(2))):
        found = reader.get_analogsignal_chunk(0, 0, start, stop, 0, channels)
        assert found.dtype == np.int16
        chosen = slice(None) if channels is None else channels
        assert found.tolist() == values[start:stop, chosen].tolist()


def test_each_block_has_its_own_segments(tmp_path: Path) -> None:
    train = [SpikeTrain([1.0], units="s", t_stop=2)]
    blocks = block_with(train), block_with(train[:], train[:])
    reader = NIXRawIO(written(tmp_path / "a.nix", *blocks))
    reader.parse_header()
    assert reader.header["nb_segment"] == [1, 2]
    assert reader.spike_count(1, 1, 0) == 1


@pytest.mark.parametrize(
    "other",
    [
        [],
        [AnalogSignal(np.zeros((5, 3)), units="mV", sampling_rate=1 * pq.kHz)],
        [AnalogSignal(np.zeros((5, 2)), units="V", sampling_rate=1 * pq.kHz)],
        [AnalogSignal(np.zeros((5, 2)), units="mV", sampling_rate=2 * pq.kHz)],
    ],
    ids=["no signal", "another number of channels", "another unit", "another rate"],
)
def test_a_segment_unlike_the_first_is_refused_by_name(tmp_path: Path, other: list[Any]) -> None:
    first = [AnalogSignal(np.zeros((5, 2)), units="mV", sampling_rate=1 * pq.kHz)]
    reader = NIXRawIO(written(tmp_path / "a.nix", block_with(first, other)))
    reader.parse_header()
    assert reader.get_analogsignal_chunk(0, 0).shape == (5, 2)
    with pytest.raises(HeaderError, match=r"a\.nix: block 0, segment 1.*neo\.io\.nixio\.NixIO"):
        reader.get_analogsignal_chunk(0, 1)


def test_damage_of_any_kind_is_an_error_of_ours_or_read(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.nix", block_of(ours, LAZY)).read_bytes()
    path = tmp_path / "a.nix"
    rng = np.random.default_rng(9)
    said = []
    for _ in range(40):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 200):
            damaged[at] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            NIXRawIO(path).parse_header()
        except NeophysError as error:
            said.append(str(error))
    assert said
    assert all("a.nix" in text for text in said)
