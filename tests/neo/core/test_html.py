"""What notebooks show of Neo's objects: whole, escaped, nothing read, nobody's data told."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import epochs, events, signal, train
from tests.neo.core.test_containers import block

from neophys.neo import core
from neophys.neo.io import ExampleIO


class Page(HTMLParser):
    """Checks that tags are balanced; keeps texts and tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append(tag)
        self.styles += [value or "" for name, value in attrs if name == "style"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def row(self, what: str) -> str:
        return self.texts[self.texts.index(what) + 1]


def shown(obj: Any) -> Page:
    return Page(obj._repr_html_())


def images() -> Any:
    return core.ImageSequence(np.zeros((20, 4, 5)), "V", sampling_rate=10 * pq.Hz,
                              spatial_scale=2 * pq.um, name="film")  # fmt: skip


def irregular() -> Any:
    return core.IrregularlySampledSignal([1.0, 2.5] * pq.s, [[1, 2], [3, 4]] * pq.mV)


ROWS: dict[str, tuple[Any, dict[str, str]]] = {
    "signal": (lambda: signal(core, array_annotations={"channel_names": ["Fz", "Cz", "Pz"]}), {
        "shape": "10 samples × 3 channels",  # noqa: RUF001  # a sign of multiplication is meant
        "units": "mV", "samples": "float64, 240 bytes", "sampling rate": "1000 Hz",
        "time": "5 ms to 15 ms (0.01 s)", "channels": "Fz, Cz, Pz",
        "array annotations": "channel_names (values: .array_annotations)",
        "annotations": "key, listed (values: .annotations)", "file": "x.trc",
    }),
    "irregular": (irregular, {"time": "1 s to 2.5 s (1.5 s)"}),
    "images": (images, {"frame rate": "10 Hz", "pixel size": "2 um", "time": "0 s to 2 s (2 s)"}),
    "train": (lambda: train(core), {
        "spikes": "4", "time": "0.25 s to 10 s (9.75 s)", "first": "3, 1, 2, 4.5 s",
        "sampling rate": "30 kHz",
    }),
    "many spikes": (lambda: core.SpikeTrain(np.arange(1e4), units="ms", t_stop=1e4), {
        "first": "0, 1, 2, 3, 4, 5, 6, 7, … (10,000) ms",
    }),
    "events": (lambda: events(core), {"events": "4", "0.5 s": "a", "2.5 s": "d"}),
    "epochs": (lambda: epochs(core), {"epochs": "3", "1 s": "200 ms b"}),
    "no events": (core.Event, {"events": "0"}),
    "many events": (lambda: core.Event(np.arange(20.0), units="s"), {"…": "12 more"}),
    "view": (lambda: core.ChannelView(signal(core), [0, 2]), {
        "channels": "0, 2", "of": "AnalogSignal sig",
    }),
    "region": (lambda: core.CircularRegionOfInterest(images(), 1, 2, 3), {"radius": "3"}),
    "segment": (lambda: block(core).segments[0], {"time": "0 s to 10 s (10 s)"}),
    "block": (lambda: block(core), {"annotations": "subject (values: .annotations)"}),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_shows_what_a_person_looks_for(case: str) -> None:
    make, rows = ROWS[case]
    obj = make()
    page = shown(obj)
    assert page.texts[0] == type(obj).__name__
    assert {what: page.row(what) for what in rows} == rows


def test_children_are_folded_and_counted() -> None:
    made = core.Block()
    made.segments.extend(core.Segment(name=f"segment {i}") for i in range(50))
    page = shown(made)
    assert "50 segments" in page.texts
    assert "30 more" in page.texts
    assert page.tags.count("details") == 21
    assert page.tags.count("summary") == 21
    assert "segment 19" in page.texts
    assert "segment 20" not in page.texts
    assert "1 AnalogSignal" in shown(block(core).segments[0].analogsignals).texts


def test_a_tree_of_any_size_is_a_page() -> None:
    made = core.Block()
    for _ in range(30):
        segment = core.Segment()
        segment.events.extend(core.Event([1.0] * pq.s) for _ in range(100))
        made.segments.append(segment)
    above = made
    for i in range(20):
        group = core.Group(name=f"depth {i}")
        above.groups.append(group)
        above = group
    assert len(made._repr_html_()) < 300_000
    assert "depth 19" not in shown(made).texts


def test_texts_are_escaped_and_colours_the_notebooks_own() -> None:
    nasty = "<script>x</script>&amp;"
    made = signal(
        core, name=nasty, description=nasty, array_annotations={"channel_names": [nasty] * 3},
        file_origin=f"a/{nasty}", **{nasty: 1},
    )  # fmt: skip
    made.segment = core.Segment(name=nasty)
    marks = events(core, labels=[nasty] * 4)
    for obj in (made, marks, core.ChannelView(made, [0])):
        page = shown(obj)
        assert "script" not in page.tags
        assert any(nasty in text for text in page.texts)
        styles = " ".join(page.styles).replace("color:inherit", "")
        assert "color" not in styles
        assert "background" not in styles


def test_values_of_annotations_and_folders_are_not_shown() -> None:
    made = block(core)
    made.annotate(patient="Doe")
    made.file_origin = "C:\\Doe\\x.trc"
    made.segments[0].file_origin = "/data/Doe/y.trc"
    made.segments[0].analogsignals[0].annotate(patient={"name": "Doe"})
    text = made._repr_html_()
    assert "patient" in text
    assert "x.trc" in text
    assert "y.trc" in text
    assert "Doe" not in text


def test_proxies_are_shown_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = ExampleIO("x.fake")
    made = reader.read_block(lazy=True)

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a repr must not read")

    for name in ("get_analogsignal_chunk", "get_spike_timestamps", "get_event_timestamps",
                 "get_spike_raw_waveforms"):  # fmt: skip
        monkeypatch.setattr(reader, name, refused)
    page = shown(made)
    assert "AnalogSignalProxy" in page.texts
    for obj in made.segments[0].data_children:
        page = shown(obj)
        assert "not loaded" in page.texts
        assert page.row("time")


def test_trains_kept_as_arrays_stay_arrays() -> None:
    trains = core.spiketrainlist.SpikeTrainList.from_spike_time_array(
        np.arange(6.0), np.array([0, 1, 0, 1, 2, 2]), [0, 1, 2], units="s", t_stop=10 * pq.s
    )
    assert "3 in the list" in shown(trains).texts
    assert trains._made_items() == []
    assert trains[1].shape == (2,)
    assert len(trains._made_items()) == 1
    assert "3 in the list" in shown(trains).texts


def test_half_made_objects_can_be_looked_at() -> None:
    made = signal(core)
    made.t_start = 3.0
    bare = np.zeros((3, 2)).view(core.AnalogSignal)
    assert shown(made).texts[0] == shown(bare).texts[0] == "AnalogSignal"
    assert shown(core.baseneo.BaseNeo(name="x")).texts[:3] == ["BaseNeo", " ", "x"]


def test_plain_repr_is_untouched() -> None:
    assert repr(core.Segment()).startswith("<neophys.neo.core.segment.Segment object at")
    assert repr(signal(core, rows=1, channels=1)).startswith("<AnalogSignal(array([[0.]]) * mV")
