"""Blocks in MATLAB files: what goes in comes out, in neophys and in Neo."""

from __future__ import annotations

import contextlib
import datetime
import struct
import sys
from pathlib import Path
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.neo.core.both import compare

from neophys import neo as ours
from neophys.errors import MissingFileError, NeophysError
from neophys.neo.core import Block
from neophys.neo.io import NeoMatlabIO

LIBRARIES: dict[str, Any] = {"neo": neo, "neophys": ours}
ANNOTATIONS: dict[str, Any] = {
    "text": "é", "empty": "", "whole": 42, "real": 0.5, "true": True, "none": None,
    "quantity": 3 * pq.mV, "quantities": [3.0, 4] * pq.mV, "numbers": [1.5, 2.5],
    "inner": {"a": 1, "none": None, "deep": {"q": 5 * pq.Hz}},
}  # fmt: skip


def block_of(n: Any) -> Any:
    """A block with something of everything."""
    block = n.Block(name="b", file_datetime=datetime.datetime(2001, 2, 3, 4, 5, 6, 70))
    segment = n.Segment(name="s", index=3, **ANNOTATIONS)
    block.segments.extend([segment, n.Segment()])
    images = n.ImageSequence(
        np.arange(8.0).reshape(2, 2, 2), "V", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um
    )
    segment.imagesequences.append(images)
    segment.spiketrains.extend(
        [
            n.SpikeTrain([1.0, 2.0] * pq.ms, t_stop=3.0, t_start=0.5, left_sweep=1 * pq.ms),
            n.SpikeTrain([], units="s", t_stop=3),
            n.SpikeTrain([1], units="s", t_stop=3, name="one"),
        ]
    )
    of = {"units": "uV", "sampling_rate": 1 * pq.kHz, "t_start": 2 * pq.ms}
    segment.analogsignals.extend(
        [
            n.AnalogSignal(np.arange(6.0).reshape(3, 2), dtype="f4", **of),
            n.AnalogSignal(np.arange(3.0), **of),
        ]
    )
    segment.irregularlysampledsignals.append(
        n.IrregularlySampledSignal([0.0, 1, 4] * pq.ms, np.arange(3.0) * pq.A)
    )
    segment.events.extend(
        [
            n.Event([1, 2] * pq.s, labels=["a", "b"], key="v"),
            n.Event([1] * pq.s, labels=["abc"]),
            n.Event([] * pq.s, labels=np.array([], "U")),
        ]
    )
    segment.epochs.append(n.Epoch([1, 2] * pq.s, [1, 1] * pq.ms, labels=["a", "b"]))
    view = n.ChannelView(segment.analogsignals[0], [1], name="view", key="v")
    circle = n.CircularRegionOfInterest(images, 1, 1, 1.5, name="circle")
    group = n.Group([segment.analogsignals[0], segment.spiketrains[0], view, circle], name="g")
    block.groups.extend([group, n.Group([group])])
    return block


def same(mine: Any, its: Any) -> None:
    """Two blocks hold the same."""
    assert mine.name == its.name
    for own, known in zip(mine.segments, its.segments, strict=True):
        compare(own.annotations, known.annotations, "annotations")
        assert (own.name, own.index, own.block) == (known.name, known.index, mine)
        for name, count in known.size.items():
            assert len(getattr(own, name)) == count, name
            for one, other in zip(getattr(own, name), getattr(known, name), strict=True):
                compare(one, other, name)
    group, referring = mine.groups
    assert group.analogsignals[0] is mine.segments[0].analogsignals[0]
    assert group.spiketrains[0] is mine.segments[0].spiketrains[0]
    assert referring.groups[0] is group
    view, circle = group.channelviews[0], group.regionsofinterest[0]
    assert (view.name, view.annotations) == ("view", {"key": "v"})
    assert view.obj is mine.segments[0].analogsignals[0]
    assert view.index.tolist() == [1]
    assert circle.obj is mine.segments[0].imagesequences[0]
    assert (circle.name, circle.x, circle.y, circle.radius) == ("circle", 1, 1, 1.5)


@pytest.mark.parametrize("writer", LIBRARIES)
@pytest.mark.parametrize("reader", LIBRARIES)
def test_files_go_both_ways(writer: str, reader: str, tmp_path: Path) -> None:
    path = tmp_path / "block.mat"
    LIBRARIES[writer].io.NeoMatlabIO(path).write(block_of(LIBRARIES[writer]))
    (block,) = LIBRARIES[reader].io.NeoMatlabIO(path).read()
    known = block_of(neo)
    known.segments[0].annotations["numbers"] = np.array([1.5, 2.5])
    if reader == "neo":  # an empty text is what it reads as an array
        del known.segments[0].annotations["empty"], block.segments[0].annotations["empty"]
    if reader == "neophys":
        assert block.file_datetime == datetime.datetime(2001, 2, 3, 4, 5, 6, 70)
        same(block, known)
    else:
        compare(block.segments[0].annotations, known.segments[0].annotations, "annotations")
        for name in known.segments[0].size:
            for one, other in zip(
                getattr(block.segments[0], name), getattr(known.segments[0], name), strict=True
            ):
                compare(one, other, name)
        assert block.groups[0].channelviews[0].obj is block.segments[0].analogsignals[0]


def through(tmp_path: Path, *objects: Any, **annotations: Any) -> Any:
    """The segment that comes back when these are written in one."""
    block, segment = Block(), ours.Segment(**annotations)
    block.segments.append(segment)
    segment.add(*objects)
    NeoMatlabIO(tmp_path / "x").write_block(block)
    assert [path.name for path in tmp_path.iterdir()] == ["x.mat"]
    return NeoMatlabIO(tmp_path / "x").read_block().segments[0]


@pytest.mark.parametrize("shape", [(2, 1, 3), (1, 1, 1), (1, 2, 1)])
def test_waveforms_keep_their_shape(shape: tuple[int, ...], tmp_path: Path) -> None:
    waveforms = np.arange(np.prod(shape)).reshape(shape) * pq.uV
    train = ours.SpikeTrain(np.arange(float(shape[0])), units="s", t_stop=9, waveforms=waveforms)
    compare(through(tmp_path, train).spiketrains[0].waveforms, waveforms, "waveforms")


@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (1, 1), (0, 2)])
def test_signals_keep_their_shape(shape: tuple[int, int], tmp_path: Path) -> None:
    signal = ours.AnalogSignal(np.ones(shape, complex) * 1j, "V", sampling_rate=1 * pq.Hz)
    compare(through(tmp_path, signal).analogsignals[0].magnitude, signal.magnitude, "samples")


def test_texts_keep_their_length(tmp_path: Path) -> None:
    event = ours.Event([1, 2, 3] * pq.s, labels=["a", "bcd", "e "])
    found = through(tmp_path, event, mixed=[1, "a", None], texts=["a", "bcd"])
    assert found.events[0].labels.tolist() == ["a", "bcd", "e "]
    assert found.annotations == {"mixed": [1, "a", None], "texts": ["a", "bcd"]}


def test_polygons_and_rectangles_are_read(tmp_path: Path) -> None:
    block = block_of(ours)
    images = block.segments[0].imagesequences[0]
    corners = ((0.0, 0.0), (0.0, 1.0), (1.5, 1.0))
    block.groups[0].add(
        ours.PolygonRegionOfInterest(images, *corners),
        ours.RectangularRegionOfInterest(images, 1, 1, 2, 3),
    )
    NeoMatlabIO(tmp_path / "x.mat").write(block)
    _, polygon, rectangle = NeoMatlabIO(tmp_path / "x.mat").read()[0].groups[0].regionsofinterest
    assert polygon.vertices == corners
    assert (rectangle.width, rectangle.height) == (2, 3)


def test_blocks_made_in_matlab_are_read(tmp_path: Path) -> None:
    """No ids, vectors in either direction, doubles throughout, padded texts, struct arrays."""
    signal = {"signal": np.ones((1, 5)), "signal_units": "mV", "t_start": 0.0, "t_start_units": "s",
              "sampling_rate": 100.0, "sampling_rate_units": "Hz"}  # fmt: skip
    event = {"times": np.array([[0.0], [10.0]]), "times_units": "ms",
             "labels": np.array(["trig", "t2"])}  # fmt: skip
    cells = np.empty((1, 1), object)
    cells[0, 0] = signal
    segment = {"name": "one", "index": 4.0, "analogsignals": cells, "events": event, "mine": 7.0}
    scipy.io.savemat(tmp_path / "m.mat", {"block": {"segments": segment}, "other": 1})
    found = NeoMatlabIO(tmp_path / "m.mat").read_block().segments[0]
    assert (found.name, found.index, found.mine) == ("one", 4, 7)
    assert found.analogsignals[0].shape == (5, 1)
    assert found.events[0].labels.tolist() == ["trig", "t2"]
    assert found.events[0].times.rescale("s").tolist() == [0, 0.01]


def test_writing_changes_nothing_and_says_what_it_leaves_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    block = block_of(ours)
    block.segments[0].analogsignals[0].array_annotate(channel=["a", "b"])
    NeoMatlabIO(tmp_path / "x.mat").write(block)
    assert "array annotations of 1 objects are not written" in caplog.text
    assert caplog.records[0].name == "neo.io.neomatlabio.NeoMatlabIO"
    expected = block_of(neo)
    expected.segments[0].analogsignals[0].array_annotate(channel=["a", "b"])
    same(block, expected)


@pytest.mark.parametrize("units", ["see the notes", "mV)", "9**9**9", 5])
def test_an_annotation_may_be_called_as_the_unit_of_another(units: Any, tmp_path: Path) -> None:
    found = through(tmp_path, gain=2.0, gain_units=units, label="a", label_units="mV").annotations
    assert {key: found[key] for key in ("gain", "gain_units", "label", "label_units")} == {
        "gain": 2.0, "gain_units": units, "label": "a", "label_units": "mV",
    }  # fmt: skip


def note(key: Any, value: Any) -> Any:
    return lambda block: block.annotations.update({"q": 3 * pq.mV, key: value})


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(cls: int, name: bytes, count: int, content: bytes) -> bytes:
    parts = element(6, struct.pack("<II", cls, 0)) + element(5, struct.pack("<ii", 1, count))
    return element(14, parts + element(1, name) + content)


@pytest.mark.parametrize(
    "of_nothing",
    [matrix(4, b"", 9000, element(17, b"")),
     matrix(2, b"", 9000, element(5, struct.pack("<i", 8)) + element(1, b""))],
    ids=["blanks", "structs without fields"],
)  # fmt: skip
def test_what_takes_no_bytes_is_bounded_by_those_of_the_file(
    of_nothing: bytes, tmp_path: Path
) -> None:
    path, header = tmp_path / "a.mat", b"MATLAB 5.0".ljust(124) + b"\0\1IM"
    path.write_bytes(header + matrix(1, b"block", 500, of_nothing * 500))
    with pytest.raises(NeophysError, match="far more values than bytes"):
        NeoMatlabIO(path).read_block()


def test_what_was_written_is_read_whatever_else_has_the_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("other")
    io = NeoMatlabIO(tmp_path / "a")
    io.write_block(Block(name="b"))
    assert io.read_block().name == "b"


def stray(block: Any) -> None:
    block.groups[0].add(ours.SpikeTrain([1], units="s", t_stop=2))


def large(block: Any) -> None:
    block.annotations["large"] = 10**30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (stray, "'g' .* SpikeTrain"),
        (large, "x.mat"),
        *(
            (note(key, 5), "cannot be the name of a field")
            for key in ("_a", "1st", "é", "", "a" * 64, 7)
        ),
        (note("q_units", "V"), "q_units would be the unit of q"),
        (note("x", np.ma.array([1, 2], mask=[False, True])), "MaskedArray"),
    ],
)
def test_what_cannot_be_written_leaves_the_old_file(change: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mat"
    path.write_bytes(b"old")
    block = block_of(ours)
    change(block)
    with pytest.raises(NeophysError, match=said):
        NeoMatlabIO(path).write(block)
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("x.mat", b"old")]


TRAIN = {"times": [1.0, 2.0], "times_units": "s", "t_stop": 3.0, "t_stop_units": "s"}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (None, r"holds \['other'\]"),
        (3.0, "no struct"),
        ({"segments": 3.0}, r"block\.segments\{1\}: .*no struct"),
        ({"segments": {"spiketrains": TRAIN | {"times_units": "9**9**9"}}}, r"times: .*not a unit"),
        ({"segments": {"spiketrains": {"times": 1.0}}}, r"spiketrains\{1\}\.times: .*times_units"),
        ({"segments": {"spiketrains": {}}}, "block"),
        ({"groups": {"spiketrains": [5, 6]}}, r"groups\{1\}\.spiketrains: .*object 5"),
    ],
)
def test_errors_name_the_place(block: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.mat"
    variables = {"other": 1.0} if block is None else {"block": block}
    scipy.io.savemat(path, variables)
    with pytest.raises(NeophysError, match=rf"bad\.mat: .*{said}"):
        NeoMatlabIO(path).read_block()


def test_lazy_missing_and_unnamed_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ours.NeoReadWriteError, match="lazily"):
        NeoMatlabIO(tmp_path / "x.mat").read_block(lazy=True)
    with pytest.raises(MissingFileError, match=r"x\.mat"):
        NeoMatlabIO(tmp_path / "x.mat").read_block()
    with pytest.raises(NeophysError, match="no filename"):
        NeoMatlabIO().read_block()


def test_scipy_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(ImportError, match="scipy"):
        NeoMatlabIO("x.mat")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    damage=st.lists(st.tuples(st.floats(0, 0.9999), st.binary(max_size=3)), min_size=1, max_size=3)
)
@pytest.mark.filterwarnings("ignore")  # what SciPy, NumPy and quantities say of damaged values
def test_damaged_files_give_an_error_or_a_block(
    damage: list[tuple[float, bytes]], tmp_path: Path
) -> None:
    path = tmp_path / "x.mat"
    NeoMatlabIO(path).write(block_of(ours))
    data = bytearray(path.read_bytes())
    for place, found in damage:
        at = int(place * len(data))
        data[at : at + max(len(found), 1)] = found
    path.write_bytes(data)
    with contextlib.suppress(NeophysError):
        assert isinstance(NeoMatlabIO(path).read_block(), Block)
