"""Proxies stand in for what they will be: indexed, converted, copied, pickled."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.rawio.others import full

import neophys
from neophys.neo import ChannelView, MicromedIO
from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio import baserawio

SAMPLE = Path(neophys.__file__).parent / "data" / "sample.trc"
Raw = full(baserawio)


class OtherIO(Raw, BaseFromRaw):  # type: ignore[misc, valid-type]  # made by a function
    def __init__(self) -> None:
        Raw.__init__(self, filename="a.other")
        BaseFromRaw.__init__(self, "a.other")
        self.asked: list[int] = []

    def _get_analogsignal_chunk(self, b: int, s: int, i_start: Any, i_stop: Any, *more: Any) -> Any:
        chunk = super()._get_analogsignal_chunk(b, s, i_start, i_stop, *more)
        self.asked.append(chunk.size)
        return chunk


@pytest.fixture(params=["engine", "other"])
def reader(request: Any) -> Any:
    return OtherIO() if request.param == "other" else MicromedIO(str(SAMPLE))


def assert_same(one: Any, two: Any) -> None:
    """Type, values, units and metadata are the same, bit for bit."""
    assert type(one) is type(two)
    assert one.dtype == two.dtype
    assert one.shape == two.shape
    assert np.array_equal(one.magnitude, two.magnitude)
    assert one.units == two.units
    for word in ("name", "file_origin", "annotations", "t_start", "sampling_rate"):
        assert getattr(one, word, None) == getattr(two, word, None), word
    mine, its = (getattr(x, "array_annotations", {}) for x in (one, two))
    assert list(mine) == list(its)
    assert all(np.array_equal(mine[key], its[key]) for key in its)


KEYS: list[Any] = [
    slice(10, 20), slice(-5, None), slice(None, None, 3), slice(20, 10, -2), slice(9, 9),
    slice(399, 5), slice(3, 10**9), 7, -1, np.int64(3),
    (slice(10, 20), slice(None)), (slice(10, 20), [2, 0]), (slice(4, 40, 7), np.array([1, 2])),
    (slice(0, 5), np.array([True, False, True])), (slice(None, 4), slice(0, 3, 2)),
    (slice(0, 5), 1), (slice(0, 5), -1), (slice(5, 1, -1), [1]), (3, 1), (3, [0, 2]),
    (-2, slice(1)),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_indexing_is_that_of_the_loaded_signal(reader: Any, key: Any) -> None:
    lazy = reader.read_segment(lazy=True).analogsignals[0]
    if lazy.shape[1] != 3:  # masks are written for three channels
        whole = lazy.load(channel_indexes=[0, 1, 2])
        whole.name = lazy.name
        lazy = type(lazy)(reader, 0, [0, 1, 2])
    else:
        whole = lazy.load()
    assert_same(lazy[key], whole[key])


@pytest.mark.parametrize("key", [400, -401, (400, 0), (0, 3), (slice(0, 2), [3]), (slice(2), None)])
def test_what_is_not_there_is_an_index_error(key: Any) -> None:
    with pytest.raises(IndexError):
        OtherIO().read_segment(lazy=True).analogsignals[0][key]


def test_indexing_reads_the_window_only() -> None:
    reader = OtherIO()
    lazy = reader.read_segment(lazy=True).analogsignals[0]
    part = lazy[100:110, [0, 2]]
    assert reader.asked == [20]
    assert part.array_annotations["site"].tolist() == ["v", "x"]
    assert part.t_start == 1 * pq.s


def test_numpy_and_python_see_arrays(reader: Any) -> None:
    segment = reader.read_segment(lazy=True)
    loaded = reader.read_segment()
    for name in ("analogsignals", "spiketrains", "events", "epochs"):
        for lazy, whole in zip(getattr(segment, name), getattr(loaded, name), strict=True):
            assert np.asarray(lazy).dtype == whole.dtype
            for values in (np.asarray(lazy), lazy.magnitude, lazy[:].magnitude):
                assert np.array_equal(values, whole.magnitude)
            assert (len(lazy), lazy.shape, lazy.ndim, lazy.size) == (
                len(whole), whole.shape, whole.ndim, whole.size,
            )  # fmt: skip
            assert np.asarray(lazy, dtype="float64").dtype == np.float64
            assert lazy.units == whole.units
            assert bool(lazy)
            with pytest.raises(ValueError, match="copy"):
                np.array(lazy, copy=False)
    assert len(list(segment.events[0])) == len(loaded.events[0])


def test_views_of_channels_read_when_resolved() -> None:
    reader = OtherIO()
    view = ChannelView(reader.read_segment(lazy=True).analogsignals[0], [2, 0])
    assert view.shape == (400, 2)
    assert reader.asked == []
    resolved = view.resolve()
    assert resolved.array_annotations["channel_names"].tolist() == ["ch2", "ch0"]
    assert reader.asked == [800]


def test_what_is_loaded_shares_no_metadata_with_the_proxy() -> None:
    reader = OtherIO()
    segment = reader.read_segment(lazy=True)
    for proxy in (segment.analogsignals[0], segment.spiketrains[0], segment.events[0]):
        proxy.annotate(listed=[1])
        loaded = proxy.load()
        key = next(iter(loaded.array_annotations))
        before = proxy.array_annotations[key].tolist()
        loaded.annotations["listed"].append(2)
        loaded.array_annotations[key][:] = loaded.array_annotations[key][::-1].copy()
        assert proxy.annotations["listed"] == [1]
        assert proxy.array_annotations[key].tolist() == before
    again = reader.read_segment(lazy=True)
    assert "listed" not in again.analogsignals[0].annotations
    known = reader.raw_annotations["blocks"][0]["segments"][0]["signals"][0]
    known["nested"] = {"a": [1]}
    reader.read_segment(lazy=True).analogsignals[0].annotations["nested"]["a"].append(2)
    assert known["nested"] == {"a": [1]}


def test_windows_keep_the_array_annotations_of_what_is_in_them() -> None:
    segment = OtherIO().read_segment(seg_index=1, lazy=True)
    train, event = segment.spiketrains[0], segment.events[0]
    for window in ((3.5, 4.5), (3.3, None), (None, 4.0), (5.0, 5.0)):
        part = train.load(time_slice=window, load_waveforms=True)
        whole = train.load()
        low, high = (x if x is not None else y for x, y in zip(window, (3.25, 7.25), strict=True))
        inside = (whole.magnitude >= low) & (whole.magnitude <= high)
        assert np.array_equal(part.array_annotations["size"], np.arange(20.0)[inside])
        assert len(part.waveforms) == inside.sum()
        part, whole = event.load(time_slice=window), event.load()
        inside = (whole.magnitude >= low) & (whole.magnitude <= high)
        assert np.array_equal(part.array_annotations["rank"], np.arange(10)[inside])


def test_what_a_reader_gives_too_early_is_left_out_with_its_annotations() -> None:
    class EarlyIO(OtherIO):
        def _ticks(self, seg_index: int, t_start: Any, t_stop: Any) -> Any:
            early = None if t_start is None else t_start - 0.15
            return super()._ticks(seg_index, early, t_stop)

    train = EarlyIO().read_segment(lazy=True).spiketrains[0]
    part = train.load(time_slice=(0.3, 0.7), load_waveforms=True)
    assert part.magnitude.tolist() == [0.375, 0.525, 0.675]
    assert part.array_annotations["size"].tolist() == [2, 3, 4]
    assert np.array_equal(part.waveforms, train.load(load_waveforms=True).waveforms[2:5])


def test_items_are_found_again_where_others_lie_between_them() -> None:
    from neophys.neo.io.tableproxies import rows_in

    stamps, labels = np.array([0, 1, 2, 5]), np.array(list("abcd"))
    lasting = np.array([10, 1, 9, 1])
    inside = np.array([0, 2, 3])  # those that last until 5 at least
    part = stamps[inside], lasting[inside], labels[inside]
    assert rows_in((stamps, lasting, labels), part).tolist() == [0, 2, 3]
    assert rows_in((stamps, None, labels), (stamps[:0], None, labels[:0])).tolist() == []
    assert rows_in((stamps, None, labels), (np.array([7]), None, np.array(["x"]))) is None


def test_copies_and_pickles_share_nothing() -> None:
    block = MicromedIO(str(SAMPLE)).read_block(lazy=True)
    proxy = block.segments[0].analogsignals[0]
    first = proxy.load(time_slice=(0.0, 0.1))
    for made in (copy.deepcopy(block), pickle.loads(pickle.dumps(block))):
        twin = made.segments[0].analogsignals[0]
        assert twin is not proxy
        assert twin._rawio is not proxy._rawio
        assert twin._rawio is made.segments[0].events[0]._rawio
        assert twin.segment is made.segments[0]
        assert made.segments[0].block is made
        twin.annotate(x=1)
        twin.name = "twin"
        twin._rawio.header["signal_channels"]["gain"] *= 2
        assert "x" not in proxy.annotations
        assert_same(proxy.load(time_slice=(0.0, 0.1)), first)
        assert not np.array_equal(twin.load(time_slice=(0.0, 0.1)).magnitude, first.magnitude)
    for made in (copy.deepcopy(proxy), copy.copy(proxy)):
        made.annotate(x=1)
        made.array_annotations["channel_names"][0] = "?"
        assert "x" not in proxy.annotations
        assert proxy.array_annotations["channel_names"][0] != "?"
    assert copy.deepcopy(proxy).segment is None
    assert copy.copy(proxy)._rawio is proxy._rawio


def test_proxies_say_what_they_are() -> None:
    segment = OtherIO().read_segment(lazy=True)
    proxies = (
        segment.analogsignals[2], segment.spiketrains[0], segment.events[0], segment.epochs[0],
    )  # fmt: skip
    shown = [repr(proxy) for proxy in proxies]
    assert shown == [
        "<AnalogSignalProxy 'B': 200 samples x 2 channels, dimensionless, 50 Hz, 0 s to 4 s>",
        "<SpikeTrainProxy 'u0': 20 spikes, 0 s to 4 s>",
        "<EventProxy 'at': 10 events, 0 s to 4 s>",
        "<EpochProxy 'span': 10 epochs, 0 s to 4 s>",
    ]


def test_times_as_stored_come_in_a_unit_of_their_own() -> None:
    reader = OtherIO()
    reader.header["signal_channels"]["gain"][3:5] = 0.5
    reader.header["signal_channels"]["offset"][3:5] = 0
    signals = reader.read_segment(lazy=True).analogsignals
    raw = signals[1].load(magnitude_mode="raw")
    assert raw.dtype == np.int16
    assert signals[1]._raw_units == pq.CompoundUnit("0.5*mV")
    assert np.allclose(raw.rescale("mV").magnitude, signals[1].load().magnitude)
    assert signals[0]._raw_units is None
    with pytest.raises(ValueError, match="equal gains"):
        signals[0].load(magnitude_mode="raw")
