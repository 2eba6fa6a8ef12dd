"""What proxies promise: windows are exact, edits of the header count, arguments mean something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.rawio.others import full

from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.io.timeslices import ensure_second, sample_window
from neophys.neo.rawio import baserawio

Raw = full(baserawio)


class OtherIO(Raw, BaseFromRaw):  # type: ignore[misc, valid-type]  # made by a function
    def __init__(self, filename: str) -> None:
        Raw.__init__(self, filename=filename)
        BaseFromRaw.__init__(self, filename)


@pytest.fixture
def reader(tmp_path: Path) -> Any:
    return OtherIO(str(tmp_path / "a.other"))


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((0.0005, 0.0015), (0, 1)),
        ((0.0015, 0.0025), (2, 3)),
        ((0.0025, 0.0035), (2, 3)),
        ((0.0005, 0.001), (0, 0)),
        ((1.0005, 1.0015), (1000, 1001)),
        ((None, None), (None, None)),
        ((None, 0.5), (0, 500)),
        ((0.5, None), (500, None)),
        ((0.0, 0.0), (0, 0)),
    ],
)
def test_windows_begin_at_the_nearest_sample_and_equal_ones_are_equally_long(
    window: Any, expected: Any
) -> None:
    assert sample_window(window, True, 0.0, 1000.0, 2000)[:2] == expected


def test_two_halves_that_round_up_stay_inside_the_signal() -> None:
    assert sample_window((0.015, 1.99), True, 0.0, 100.0, 199) == (2, 199, 0.02)


@pytest.mark.parametrize(
    ("window", "shape"),
    [
        ((-9.0, 0.1), (10, 3)),
        ((3.9, 50.0), (10, 3)),
        ((-9.0, -5.0), (0, 3)),
        ((50.0, 60.0), (0, 3)),
    ],
)
def test_what_there_is_of_a_window_is_taken(reader: Any, window: Any, shape: Any) -> None:
    proxy = reader.read_segment(lazy=True).analogsignals[0]
    assert proxy.load(time_slice=window, strict_slicing=False).shape == shape
    with pytest.raises(ValueError, match="outside"):
        proxy.load(time_slice=window)


def test_windows_that_are_none_are_refused(reader: Any) -> None:
    segment = reader.read_segment(lazy=True)
    for proxy in (*segment.analogsignals, *segment.spiketrains, *segment.events):
        if proxy in segment.events:  # as in Neo, where nothing lies in such a window
            assert len(proxy.load(time_slice=(2.0, 1.0))) == 0
        else:
            with pytest.raises(ValueError, match="before it begins"):
                proxy.load(time_slice=(2.0, 1.0))
        with pytest.raises(TypeError, match="text"):
            proxy.load(time_slice=("1", "2"))


@pytest.mark.parametrize("time", [2, 2.0, np.float32(2), np.int64(2), 2 * pq.s, 2000 * pq.ms])
def test_times_are_taken_in_any_type(time: Any) -> None:
    assert ensure_second(time) == 2 * pq.s


def test_limits_outside_are_refused_or_moved(reader: Any) -> None:
    proxy = reader.read_segment(lazy=True).analogsignals[0]
    with pytest.raises(ValueError, match="outside"):
        proxy.load(time_slice=(-1 * pq.s, 1 * pq.s))
    loaded = proxy.load(time_slice=(-1 * pq.s, 9 * pq.s), strict_slicing=False)
    assert loaded.shape == proxy.shape


def test_edits_of_the_header_count_at_the_next_call(reader: Any) -> None:
    proxy = reader.read_segment(lazy=True).analogsignals[0]
    before = proxy.load().magnitude
    reader.header["signal_channels"]["gain"][:3] *= 2
    reader.header["signal_channels"]["offset"][:3] = 0
    after = proxy.load().magnitude
    assert not np.array_equal(before, after)
    raw = reader.get_analogsignal_chunk(stream_index=0, channel_indexes=[0, 1, 2])
    expected = reader.rescale_signal_raw_to_float(raw, stream_index=0, channel_indexes=[0, 1, 2])
    assert np.array_equal(after, expected)


def test_lazy_with_arguments_of_load_is_refused(reader: Any) -> None:
    with pytest.raises(ValueError, match="time_slice"):
        reader.read_segment(lazy=True, time_slice=(0, 1))
    with pytest.raises(ValueError, match="load_waveforms"):
        reader.read_segment(lazy=True, load_waveforms=True)


def test_groups_join_signals_and_units_of_all_segments(reader: Any) -> None:
    block = reader.read_block(
        create_group_across_segment={"SpikeTrain": True, "AnalogSignal": True}
    )
    assert [group.name for group in block.groups] == [
        "Channels: (ch0 ch1 ch2)", "Channels: (ch3 ch4)", "B",
        "SpikeTrain group 0", "SpikeTrain group 1",
    ]  # fmt: skip
    assert [len(group.analogsignals) for group in block.groups[:3]] == [2, 2, 2]
    assert [len(group.spiketrains) for group in block.groups[3:]] == [2, 2]
    with pytest.raises(NotImplementedError):
        reader.read_block(create_group_across_segment=True)
    with pytest.raises(ValueError, match="create_group_across_segment"):
        reader.read_block(create_group_across_segment="yes")


def test_a_read_gives_all_blocks(reader: Any) -> None:
    block, other = reader.read(lazy=True)
    assert (block.name, other.name) == ("block 0", "block 1")
    assert [len(segment.analogsignals) for segment in block.segments] == [3, 3]
    with pytest.raises(OSError, match="does not write"):
        reader.write_block(block)
