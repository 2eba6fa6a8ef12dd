"""The reader without a file: equal to Neo's to the last bit, edges included."""

# ruff: noqa: NPY002 - NumPy's old global generator is what is promised about

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.compat.differences import Differences
from tests.compat.objects import compare_objects
from tests.compat.raw import compare_raw

from neophys.neo.io.exampleio import ExampleIO
from neophys.neo.rawio.examplerawio import ExampleRawIO


@pytest.fixture(autouse=True)
def _global_generator() -> Iterator[None]:
    state = np.random.get_state()
    yield
    np.random.set_state(state)


def seeded(kind: Any, *arguments: Any) -> Any:
    """A reader whose drawn annotations are those of a seed."""
    np.random.seed(7)
    made = kind(*arguments)
    if made.header is None:
        made.parse_header()
    return made


def test_it_is_neos_reader_bit_for_bit() -> None:
    pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    from neo.io.exampleio import ExampleIO as NeoIO
    from neo.rawio.examplerawio import ExampleRawIO as NeoRawIO

    found = Differences()
    neo, ours = seeded(NeoRawIO, "fake"), seeded(ExampleRawIO, "fake")
    compare_raw(neo, ours, found, windows=6, seed=1)
    # A window open at its end: Neo's spikes refuse it with a TypeError.
    beyond = [d for d in found if d.field == "refusal" and "None) (" in d.where]
    assert len(beyond) == 2 * 5 * 3
    # Neo's segments all have the array annotations of the last one.
    shared = [d for d in found if d.field == "array_annotations"]
    assert len(shared) == 20
    assert not [d for d in shared if "segment 1.2" in d.where]
    assert [str(d) for d in found if d not in beyond + shared] == []
    found = Differences()
    compare_objects(seeded(NeoIO, "fake"), seeded(ExampleIO, "fake"), found, windows=3, seed=2)
    shared = [d for d in found if d.field == "array_annotations"]
    assert [str(d) for d in found if "None)" not in d.where and d not in shared] == []
    for name in ("name", "description", "extensions", "rawmode", "mode", "is_readable",
                 "is_writable", "support_lazy", "read_params", "write_params"):  # fmt: skip
        assert getattr(ExampleIO, name) == getattr(NeoIO, name), name


def test_reading_waveforms_leaves_the_callers_random_numbers_alone() -> None:
    reader = seeded(ExampleRawIO)
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # the state is a tuple here
    waveforms = reader.get_spike_raw_waveforms(0, 0, 0)
    assert waveforms.shape == (20, 1, 50)
    assert waveforms.dtype == np.int16
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # as above


@pytest.mark.parametrize(
    "ask",
    [
        {"i_start": -1}, {"i_stop": 100_001}, {"i_start": 9, "i_stop": 3},
        {"channel_indexes": [8]}, {"channel_indexes": [-1]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_there_is_refused(ask: dict[str, Any]) -> None:
    with pytest.raises(IndexError, match=r"100000|there are 8"):
        seeded(ExampleRawIO).get_analogsignal_chunk(stream_index=0, **ask)


def test_windows_may_be_open_on_either_side() -> None:
    reader = seeded(ExampleRawIO)
    stamps = reader.get_spike_timestamps(1, 2, 0)
    assert stamps.dtype == np.float64
    assert stamps[[0, -1]].tolist() == [600_000, 609_500]
    assert reader.get_spike_timestamps(1, 2, 0, t_start=60.3).tolist() == stamps[6:].tolist()
    assert reader.get_spike_timestamps(1, 2, 0, t_stop=60.3).tolist() == stamps[:7].tolist()
    times, durations, labels = reader.get_event_timestamps(1, 2, 1, t_stop=62)
    assert times.tolist() == [60.5, 61.5]
    assert durations.tolist() == [0.25, 0.25]
    assert labels.tolist() == ["zoneX", "zoneX"]
