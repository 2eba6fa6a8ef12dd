"""What readers written by others may rely on, beyond what Neo promises them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.neo.rawio.others import N, buffered, full

import neophys
from neophys.neo import MicromedIO
from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.rawio import MicromedRawIO, baserawio

SAMPLE = Path(neophys.__file__).parent / "data" / "sample.trc"
Raw = full(baserawio)


def parsed(**changed: Any) -> Any:
    made = type("Changed", (Raw,), changed)("a.other")
    made.parse_header()
    return made


def children(reader: Any, kind: str, index: int) -> list[dict[str, Any]]:
    return [
        segment[kind][index]
        for block in reader.raw_annotations["blocks"]
        for segment in block["segments"]
    ]


# Annotations.


def annotating(write: Any) -> Any:
    def parse(self: Any) -> None:
        Raw._parse_header(self)
        self._generate_minimal_annotations()
        write(children(self, "signals", 0), children(self, "events", 1))

    return parsed(_parse_header=parse)


def test_what_is_written_for_one_segment_holds_for_all() -> None:
    def write(signals: Any, events: Any) -> None:
        signals[0]["reference"] = ["skull"]
        signals[0]["name"] = "renamed"
        signals[0]["__array_annotations__"]["depth"] = np.arange(5)
        events[3]["color"] = "red"

    reader = annotating(write)
    signals = children(reader, "signals", 0)
    for signal in signals:
        assert (signal["name"], signal["reference"]) == ("renamed", ["skull"])
        assert signal["__array_annotations__"]["depth"].tolist() == [0, 1, 2, 3, 4]
    assert [event["color"] for event in children(reader, "events", 1)] == ["red"] * 4
    signals[0]["reference"].append("ear")
    signals[0]["__array_annotations__"]["depth"][0] = 9
    signals[0]["__array_annotations__"]["channel_names"][0] = "?"
    assert signals[1]["reference"] == ["skull"]
    assert signals[1]["__array_annotations__"]["depth"][0] == 0
    assert signals[1]["__array_annotations__"]["channel_names"][0] == "ch0"


def test_what_is_written_for_each_segment_is_its_own() -> None:
    def write(signals: Any, events: Any) -> None:
        for i, (signal, event) in enumerate(zip(signals, events, strict=True)):
            signal["number"] = i
            event["__array_annotations__"]["rank"] = np.full(10, i)

    reader = annotating(write)
    assert [signal["number"] for signal in children(reader, "signals", 0)] == [0, 1, 2, 3]
    ranks = [e["__array_annotations__"]["rank"][0] for e in children(reader, "events", 1)]
    assert ranks == [0, 1, 2, 3]


def test_array_annotations_of_items_are_never_another_segments() -> None:
    def write(signals: Any, events: Any) -> None:
        events[0]["__array_annotations__"]["rank"] = np.arange(10)

    arrays = [e["__array_annotations__"] for e in children(annotating(write), "events", 1)]
    assert [list(array) for array in arrays] == [["rank"], [], [], []]


def test_later_edits_stay_where_they_are() -> None:
    reader = MicromedRawIO(str(SAMPLE))
    reader.parse_header()
    reader.raw_annotations["blocks"][0]["segments"][0]["signals"][0]["x"] = 1
    assert "ground" in children(reader, "signals", 0)[0]["__array_annotations__"]
    again = MicromedIO(str(SAMPLE)).read_segment(lazy=True).analogsignals[0]
    assert "x" not in again.annotations


def test_a_key_that_is_an_argument_elsewhere_is_an_annotation() -> None:
    class OtherIO(Raw, BaseFromRaw):  # type: ignore[misc, valid-type]  # made by a function
        def __init__(self) -> None:
            Raw.__init__(self, "a.other")
            BaseFromRaw.__init__(self, "a.other")

    reader = OtherIO()
    for kind in ("events", "spikes"):
        children(reader, kind, 0)[0].update(units="ticks", times="late", labels="none")
    segment = reader.read_segment()
    for obj in (segment.events[0], segment.spiketrains[0]):
        assert obj.annotations["units"] == "ticks"
        assert obj.annotations["times"] == "late"


# Calls.


@pytest.mark.parametrize(
    "call",
    [
        lambda r: r.block_count(),
        lambda r: r.signal_streams_count(),
        lambda r: r.get_analogsignal_chunk(),
        lambda r: r.get_signal_sampling_rate(),
        lambda r: r.rescale_waveforms_to_float(np.zeros(3)),
    ],
)
def test_before_the_header_errors_say_what_is_missing(call: Any) -> None:
    for reader in (Raw("a.other"), MicromedRawIO(str(SAMPLE))):
        with pytest.raises(TypeError, match="parse_header"):
            call(reader)
        assert reader.header is None
        assert type(reader).__name__ in repr(reader)


def _two(self: Any, values: Any, dtype: Any) -> Any:
    return values.astype(dtype) / 8.0


def _any(self: Any, *args: Any) -> Any:
    assert len(args) == 3
    return args[0].astype(args[1]) / 8.0


@pytest.mark.parametrize("hook", [_two, _any, staticmethod(lambda values, dtype: values / 8.0)])
def test_hooks_may_leave_out_the_event_channel(hook: Any) -> None:
    reader = parsed(_rescale_event_timestamp=hook, _rescale_epoch_duration=hook)
    assert reader.rescale_event_timestamp(np.array([16]), event_channel_index=1).tolist() == [2.0]
    assert reader.rescale_epoch_duration(np.array([4]), "float32", 2).tolist() == [0.5]


def test_channels_may_be_told_in_many_ways() -> None:
    reader = parsed()
    expected = reader.get_analogsignal_chunk(stream_index=0, channel_indexes=[3, 0])
    for ask in (
        {"channel_indexes": (3, 0)}, {"channel_ids": [3, 0]}, {"channel_ids": ["3", np.str_("0")]},
        {"channel_names": np.array(["ch3", "ch0"])},
    ):  # fmt: skip
        chunk = reader.get_analogsignal_chunk(stream_index=0, **ask)
        assert np.array_equal(chunk, expected)
        assert reader.rescale_signal_raw_to_float(chunk, stream_index=0, **ask).shape == (N, 2)
    for one in ({"channel_ids": 3}, {"channel_names": "ch3"}):
        assert reader.get_analogsignal_chunk(stream_index=0, **one).shape == (N, 1)
    with pytest.raises(ValueError, match="'9' is not in list"):
        reader.channel_id_to_index(0, [9])


@pytest.mark.parametrize("limits", [(0.5, 3), (0, 3.0), ("0", 3)])
def test_samples_are_counted_in_whole_numbers(limits: Any) -> None:
    reader = MicromedRawIO(str(SAMPLE))
    reader.parse_header()
    with pytest.raises(TypeError):
        reader.get_analogsignal_chunk(i_start=limits[0], i_stop=limits[1])


# Buffers.


def test_a_buffer_is_described_where_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not tell"):
        parsed().get_analogsignal_buffer_description()
    kind = buffered(baserawio)
    reader = kind(kind.write(tmp_path / "a.buf"))
    reader.parse_header()
    for buffer_id in (None, "0"):
        found = reader.get_analogsignal_buffer_description(buffer_id=buffer_id)
        assert found["shape"] == (N, 4)


def test_readers_of_buffers_leave_nothing_open_that_keeps_them_from_travelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = buffered(baserawio)
    monkeypatch.setitem(globals(), "BufferedRawIO", kind)
    kind.__qualname__, kind.__module__ = "BufferedRawIO", __name__
    reader = kind(kind.write(tmp_path / "a.buf"))
    reader.parse_header()
    before = reader.get_analogsignal_chunk(i_stop=7)
    state = reader.__getstate__()
    assert "_open_buffers" not in pickle.loads(pickle.dumps(state))
    other = kind.__new__(kind)
    other.__dict__.update(state)
    assert np.array_equal(other.get_analogsignal_chunk(i_stop=7), before)


# The cache.


def test_a_cache_lives_with_its_reader_and_nowhere_else(tmp_path: Path) -> None:
    class CachedRawIO(baserawio.BaseRawIO):
        def __init__(self, **options: Any) -> None:
            self.filename = tmp_path / "a.x"
            super().__init__(**options)

    for place in ("same_as_resource", "home", str(tmp_path)):
        reader = CachedRawIO(use_cache=True, cache_path=place)
        reader.add_in_cache(a=1)
        reader.dump_cache()
        assert reader._cache == {"a": 1}
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="no folder"):
        CachedRawIO(use_cache=True, cache_path=str(tmp_path / "missing"))
    for call in (CachedRawIO().dump_cache, CachedRawIO().add_in_cache):
        with pytest.raises(ValueError, match="use_cache"):
            call()
