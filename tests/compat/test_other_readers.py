"""Readers that others wrote against Neo's hooks, on Neo and on us; what all formats share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.compat.cases import shows
from tests.compat.differences import Differences, Refusal, attempt
from tests.compat.objects import compare_objects
from tests.compat.raw import compare_raw
from tests.neo.rawio.others import N, buffered, full

from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio import baserawio

referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

from neo.io.basefromrawio import BaseFromRaw as NeoBaseFromRaw  # noqa: E402 - where it is installed
from neo.rawio import baserawio as neo_baserawio  # noqa: E402 - where it is installed

BASES = ((neo_baserawio, NeoBaseFromRaw), (baserawio, BaseFromRaw))


def made(raw: Any, from_raw: Any, path: Path) -> Any:
    """The IO class that people derive from a raw reader, on a file."""

    class OtherIO(raw, from_raw):  # type: ignore[misc]  # bases are arguments
        def __init__(self, filename: str) -> None:
            raw.__init__(self, filename=filename)
            from_raw.__init__(self, filename)

    return OtherIO(str(path))


def both(path: Path, float_type: str = "float64") -> list[Any]:
    return [made(full(base, float_type), from_raw, path) for base, from_raw in BASES]


def both_buffered(path: Path, chosen: Any = None, **kind: Any) -> list[Any]:
    readers = []
    for base, from_raw in BASES:
        raw = buffered(base, **kind)
        raw.stream_slice = chosen
        raw.write(path)
        readers.append(made(raw, from_raw, path))
    return readers


def test_a_full_reader_gives_the_same_on_both(tmp_path: Path) -> None:
    found = Differences()
    neo, ours = both(tmp_path / "a.other")
    compare_raw(neo, ours, found, windows=6, seed=3)
    compare_objects(neo, ours, found, windows=3, seed=4)
    # GEN-7: Neo's objects have the first channel's clock for all events.
    late = [
        d for d in found if d.field.startswith("events.") and not d.where.startswith("segment ")
    ]
    late += [d for d in found if ".load(" in d.where and d.field.startswith("events.")]
    # In windows Neo drops the array annotations of spikes and events.
    dropped = [
        d
        for d in found
        if d.field == "array_annotations" and "time_slice" in d.where and "signals" not in d.where
    ]
    assert late
    assert dropped
    assert [str(d) for d in found if d not in late + dropped] == []


@shows("GEN-7")
def test_events_are_timed_by_their_own_channel(tmp_path: Path) -> None:
    neo, ours = (reader.read_segment() for reader in both(tmp_path / "a.other"))
    expected = np.arange(10) / 4
    assert np.array_equal(ours.events[1].times.magnitude, expected)
    assert np.array_equal(neo.events[1].times.magnitude, 2 * expected)
    assert np.array_equal(ours.epochs[0].durations.magnitude, np.full(10, 8 / 192))
    assert np.array_equal(neo.epochs[0].durations.magnitude, np.full(10, 8 / 64))


@shows("GEN-9")
def test_doubles_stay_doubles_however_they_are_spelled(tmp_path: Path) -> None:
    neo, ours = (reader.read_segment() for reader in both(tmp_path / "a.other", "<f8"))
    assert [s.analogsignals[2].dtype for s in (neo, ours)] == [np.float32, np.float64]


@shows("GEN-3")
def test_a_window_may_be_open_at_its_start(tmp_path: Path) -> None:
    neo, ours = (r.read_segment(lazy=True).analogsignals[0] for r in both(tmp_path / "a.other"))
    assert isinstance(attempt(lambda: neo.load(time_slice=(None, 1 * pq.s))), Refusal)
    loaded = ours.load(time_slice=(None, 1 * pq.s))
    assert np.array_equal(loaded, ours.load(time_slice=(0 * pq.s, 1 * pq.s)))
    assert loaded.shape[0] == 100


@shows("GEN-6")
def test_array_annotations_go_with_their_channels(tmp_path: Path) -> None:
    neo, ours = (r.read_segment(lazy=True).analogsignals[0] for r in both(tmp_path / "a.other"))
    names = [
        p.load(channel_indexes=[2, 1, 0]).array_annotations["channel_names"].tolist()
        for p in (neo, ours)
    ]
    assert names == [["ch0", "ch1", "ch2"], ["ch2", "ch1", "ch0"]]


@shows("GEN-1")
def test_an_empty_window_at_the_start_is_empty(tmp_path: Path) -> None:
    neo, ours = both_buffered(tmp_path / "a.buf")
    lengths = [len(r.get_analogsignal_chunk(i_start=0, i_stop=0)) for r in (neo, ours)]
    assert lengths == [N, 0]


@shows("GEN-2")
def test_samples_before_the_start_are_refused(tmp_path: Path) -> None:
    neo, ours = both_buffered(tmp_path / "a.buf")
    assert neo.get_analogsignal_chunk(i_start=-1, i_stop=1).shape == (2, 4)
    for error in (IndexError, ValueError):
        with pytest.raises(error, match="samples"):
            ours.get_analogsignal_chunk(i_start=-1, i_stop=1)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("kind", ["raw", "hdf5"])
@pytest.mark.parametrize("chosen", [None, [3, 1], slice(1, 3)], ids=str)
@shows("GEN-8")
def test_buffers_give_the_columns_that_were_chosen(
    tmp_path: Path, kind: str, axis: int, chosen: Any
) -> None:
    if kind == "hdf5":
        pytest.importorskip("h5py", reason="h5py is not installed: buffers of type hdf5")
    neo, ours = both_buffered(tmp_path / "a.buf", chosen, kind=kind, time_axis=axis)
    data = np.arange(N * 4, dtype="<i2").reshape((N, 4) if axis == 0 else (4, N))
    columns = (data if axis == 0 else data.T)[:, slice(None) if chosen is None else chosen]
    agrees = []
    for indexes in (None, [1, 0], slice(0, 1), np.array([1])):
        expected = columns[5:50, slice(None) if indexes is None else indexes]
        ask = {"i_start": 5, "i_stop": 50, "channel_indexes": indexes}
        assert np.array_equal(ours.get_analogsignal_chunk(**ask), expected)
        theirs = attempt(lambda ask=ask: neo.get_analogsignal_chunk(**ask))
        agrees.append(not isinstance(theirs, Refusal) and np.array_equal(theirs, expected))
    neo_is_right = axis == 0 if kind == "raw" else chosen is None
    assert all(agrees) == neo_is_right
