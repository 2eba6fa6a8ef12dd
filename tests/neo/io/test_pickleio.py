"""PickleIO reads what neophys and Neo pickled, and runs nothing that a pickle says."""

from __future__ import annotations

import datetime
import io
import json
import os
import pickle
import pickletools
import struct
from collections import OrderedDict
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.neo.core.both import compare

from neophys import neo as ours
from neophys.errors import MissingFileError, NeophysError
from neophys.neo.core import NeoReadWriteError, Segment
from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.units import unit
from neophys.neo.io import PickleIO, get_io, iolist, list_candidate_ios
from neophys.neo.io.pickleio.machine import Machine, PickleRefusal
from neophys.neo.io.pickleio.objects import Objects

ANNOTATIONS: dict[str, Any] = {
    "text": "é", "whole": -5, "large": 10**30, "real": 0.1, "complex": 1 + 2j, "none": None,
    "true": True, "bytes": b"1\xff", "no_bytes": b"", "list": [1, [2.5, "x"]], "tuple": (1, 2, 3),
    "dict": {"a": (1,), "b": {"c": None}}, "quantity": 3 * pq.mV, "unit": pq.ms,
    "array": np.arange(3), "texts": np.array(["a", "bc"]), "wide": np.ones((2, 3), "f4", order="F"),
    "float32": np.float32(1), "str_": np.str_("a"), "bool_": np.bool_(True),
    "samples": pq.Quantity([3.0], pq.CompoundUnit("1/30000*s")), "decimal": Decimal("1.10"),
    "date": datetime.date(2020, 2, 29), "time": datetime.time(1, 2, 3), "ordered": OrderedDict(a=1),
    "when": datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.UTC),
    "lasting": datetime.timedelta(1, 2, 3),
}  # fmt: skip


def block_of(n: Any) -> Any:
    """A block with something of everything that can be pickled."""
    block = n.Block(name="b", rec_datetime=datetime.datetime(2001, 2, 3), **ANNOTATIONS)
    segment = n.Segment(name="s", index=3)
    block.segments.append(segment)
    train = n.SpikeTrain(
        [1.0, 2.0] * pq.ms, t_stop=3.0, waveforms=np.zeros((2, 1, 3)) * pq.uV, left_sweep=1 * pq.ms
    )
    train.array_annotate(x=np.array([1, 2]), y=np.array(["a", "b"]), z=[1, 2] * pq.mV)
    values = np.arange(6).reshape(3, 2)
    signal = n.AnalogSignal(values, "uV", dtype="f4", sampling_rate=1 * pq.kHz, name="x")
    signal.array_annotate(channel=["a", "b"])
    segment.spiketrains.append(train)
    segment.analogsignals.append(signal)
    segment.irregularlysampledsignals.append(
        n.IrregularlySampledSignal([0.0, 1, 4] * pq.s, values * pq.mV)
    )
    segment.events.append(n.Event([1, 2] * pq.s, labels=["a", "b"], key="v"))
    segment.epochs.append(n.Epoch([1, 2] * pq.s, [1, 1] * pq.ms, labels=["a", "b"]))
    group = n.Group([signal, train, n.ChannelView(signal, [0], name="view")], name="g")
    block.groups.append(group)
    if n is ours:  # Neo's own cannot be unpickled
        images = n.ImageSequence(
            np.zeros((2, 2, 2)), "V", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um
        )
        segment.imagesequences.append(images)
        group.add(
            n.CircularRegionOfInterest(images, 1, 1, 1),
            n.RectangularRegionOfInterest(images, 1, 1, 1, 1),
            n.PolygonRegionOfInterest(images, (0, 0), (0, 1), (1, 1)),
        )
    return block


@cache
def pickled(library: str, protocol: int) -> bytes:
    """The block of a library, as Python pickles it."""
    return pickle.dumps(block_of({"neo": neo, "neophys": ours}[library]), protocol)


def loaded(data: bytes) -> Any:
    """What PickleIO makes of these bytes."""
    maker = Objects(len(data))
    try:
        return maker.whole(Machine(data, "x.pkl", maker).run())
    except PickleRefusal as error:
        raise NeophysError(str(error)) from None


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("library", ["neo", "neophys"])
def test_pickles_of_neo_and_of_neophys_are_read_whole(
    library: str, protocol: int, tmp_path: Path
) -> None:
    path = tmp_path / "block.pkl"
    path.write_bytes(pickled(library, protocol))
    block = PickleIO(path).read_block()
    segment, group = block.segments[0], block.groups[0]
    assert type(block) is ours.Block
    assert block.rec_datetime == datetime.datetime(2001, 2, 3)
    compare(block.annotations, ANNOTATIONS, "annotations")
    assert segment.index == 3
    assert segment.block is block
    like = block_of(neo).segments[0]
    for name, known in like.size.items():
        if name != "imagesequences":
            assert len(getattr(segment, name)) == known, name
            for mine, its in zip(getattr(segment, name), getattr(like, name), strict=True):
                compare(mine, its, name)
                assert mine.segment is segment
    assert group.analogsignals[0] is segment.analogsignals[0]
    assert group.spiketrains[0] is segment.spiketrains[0]
    assert group.channelviews[0].obj is segment.analogsignals[0]
    assert len(group.regionsofinterest) == (3 if library == "neophys" else 0)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "block.pkl"
    block = block_of(ours)
    PickleIO(path).write(block)
    again = PickleIO(path).read()[0]
    compare(again.annotations, ANNOTATIONS, "annotations")
    assert type(pickle.loads(path.read_bytes())) is ours.Block  # an ordinary pickle


class _Own(ours.Segment):  # type: ignore[misc]  # a program's own class
    pass


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (partial(print), "has a partial as an annotation"),
        ({(1, 2): 3}, "keys that are no plain values"),
        ({1, 2}, "has a set as an annotation"),
        (bytearray(b"x"), "has a bytearray"),
        (..., "has a ellipsis"),
        (np.zeros(2, [("a", "i4")]), "arrays of type '.V4'"),
        (np.array(["2000-01-01"], "M8[D]"), "arrays of type '<M8"),
        (np.array([[1], None], object), "arrays of objects"),
        (json.loads("[" * 70 + "]" * 70), "nested too deeply"),
    ],
)
def test_what_would_not_be_read_back_is_not_written(value: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "block.pkl"
    path.write_bytes(b"before")
    for obj in (ours.Segment(), ours.Event([1.0], units="s", labels=["a"])):
        obj.annotations["x"] = value
        segment = ours.Segment() if isinstance(obj, ours.Event) else obj
        if segment is not obj:
            segment.events.append(obj)
        with pytest.raises(NeophysError, match=f"{said}.*: PickleIO would not read that back"):
            PickleIO(path).write_block(segment)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_objects_of_other_classes_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(NeophysError, match=r"test_pickleio\._Own cannot be written"):
        PickleIO(tmp_path / "a.pkl").write_block(_Own())


def test_lists_of_trains_that_were_made_from_arrays_are_read(tmp_path: Path) -> None:
    for n in (neo, ours):
        segment = n.Segment()
        of_arrays = type(segment.spiketrains).from_spike_time_array(
            np.array([0.5, 0.6, 0.7]), np.array([0, 1, 0]), [0, 1, 2], t_stop=1 * pq.s, units="s"
        )
        for trains in (of_arrays, type(of_arrays)()):
            segment._spiketrains = trains
            found = loaded(pickle.dumps(segment)).spiketrains
            assert [train.tolist() for train in found] == [train.tolist() for train in trains or ()]


def test_single_objects_are_read_by_kind(tmp_path: Path) -> None:
    train = block_of(ours).segments[0].spiketrains[0][:1]
    path = tmp_path / "train.pkl"
    PickleIO(path).write_spiketrain(train)
    assert PickleIO(path).read_spiketrain() == train
    assert PickleIO(path).read_block() == train  # as in Neo, whatever was written
    with pytest.raises(NeoReadWriteError, match="holds a SpikeTrain"):
        PickleIO(path).read_segment()
    with pytest.raises(NeoReadWriteError, match="lazily"):
        PickleIO(path).read_block(lazy=True)
    with pytest.raises(MissingFileError, match=r"none\.pkl"):
        PickleIO(tmp_path / "none.pkl").read_block()


def test_a_name_does_not_make_a_file_a_pickle(tmp_path: Path) -> None:
    path = tmp_path / "x.pickle"
    path.write_bytes(pickled("neophys", 4))
    assert PickleIO in iolist
    assert PickleIO.extensions == ["pkl", "pickle"]
    with pytest.raises(ValueError, match="pickle"):
        list_candidate_ios(path)
    with pytest.raises((OSError, ValueError)):
        get_io(path)


# Exploits.


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Any, *args: Any, state: Any = None) -> None:
        self.reduced = (function, args, state) if state else (function, args)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


def text(value: str) -> bytes:
    """The opcode that pushes a text."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def named(module: str, name: str) -> bytes:
    """The opcodes that push a global."""
    return text(module) + text(name) + b"\x93"


def with_annotation(value: bytes) -> bytes:
    """An event that has what these opcodes push as annotation and array annotation."""
    empty = pickle.dumps(np.zeros(0), 4)[11:-1]
    event, made = named("neo.core.event", "Event"), named("neo.core.event", "_new_event")
    notes = b"}" + text("key") + value + b"s"
    return made + b"(" + event + empty + empty + text("s") + b"NNN" + notes + b"}Nt" + b"R."


BLOCK, TRAIN = named("neo.core.block", "Block"), named("neo.core.spiketrain", "SpikeTrain")
DTYPE = named("numpy", "dtype") + text("f8") + b"\x89\x88\x87R"
EMPTY = (
    named("numpy.core.multiarray", "_reconstruct") + named("numpy", "ndarray") + b"K\0\x85C\1b\x87R"
)
_STATE = b"(K\3" + text("<") + b"NNN" + b"J\xff\xff\xff\xff" * 2 + b"K\0tb"
NESTED = b")" + b"\x85" * 100_000
CANARY = "ran"


def exploits() -> dict[str, bytes]:
    """Pickles that want to run something, or to break the process."""

    def dumped(*args: Any, protocol: int = 4, **kwargs: Any) -> bytes:
        return pickle.dumps(Calls(*args, **kwargs), protocol)

    run = f"open({CANARY!r}, 'w')"
    return {
        "os.system": dumped(os.system, f"touch {CANARY}"),
        "os.system by protocol 0": dumped(os.system, f"touch {CANARY}", protocol=0),
        "eval": dumped(eval, run),
        "exec": dumped(exec, run),
        "partial": dumped(partial, partial(os.system, f"touch {CANARY}")),
        "getattr": dumped(getattr, ours.Block, "__init__"),
        "io.open": dumped(io.open, CANARY, "w"),
        "numpy.load": dumped(np.load, "x.npy"),
        "numpy.memmap": dumped(np.memmap, CANARY, "u1", "w+"),
        "a unit by the registry": named("quantities.registry", "unit_registry") + b")R.",
        "a method by a dotted name": named("neo.core.block", "Block.__init__") + b")R.",
        "a dotted module": named("neophys.neo.core.units.pq.os", "system") + b")R.",
        "a unit that never ends": dumped(unit, "9**9**9**9"),
        "a compound unit that never ends": named("quantities.unitquantity", "CompoundUnit")
        + text("9**9**9**9") + b"\x85R.",
        "a unit with another meaning": named("quantities.unitquantity", "UnitTime")
        + text("second") + b"G?\xf0\0\0\0\0\0\0\x86R.",
        "a codec": named("_codecs", "encode") + text("x") + text("idna") + b"\x86R.",
        "a registered extension": b"\x82\1.",
        "a persistent id": b"Px\n.",
        "an instance": b"(ios\nsystem\n.",
        "attributes of a class": BLOCK + b"N}" + text("filter") + b"K\1s\x86b.",
        "attributes of a function": named("neo.core.event", "_new_event") + b"N}"
        + text("__defaults__") + b"Ns\x86b.",
        "a method replaced": BLOCK + b")\x81}" + text("filter") + b"K\1sb.",
        "a class replaced": BLOCK + b")\x81}" + text("__class__") + TRAIN + b"sb.",
        "a slot state": BLOCK + b")\x81N}" + text("name") + b"K\1s\x86b.",
        "a signal out of nothing": TRAIN + b")\x81.",
        "a block that is not built": BLOCK + b")\x81.",
        "a block without lists": BLOCK + b")\x81}" + text("annotations") + b"}sb.",
        "pointers as values": EMPTY + b"(K\1K\x08\x85" + named("numpy", "dtype") + text("O8")
        + b"\x89\x88\x87R" + b"\x89C\x08AAAAAAAAtb.",
        "a dtype that holds objects": DTYPE + b"(K\3" + text("|") + b"N" + text("a") + b"\x85}"
        + text("a") + DTYPE + b"K\0\x86sK\x08K\1K\1tb.",
        "more shape than values": EMPTY + b"(K\1J\xff\xff\xff\x7f\x85" + DTYPE + _STATE
        + b"\x89C\x08AAAAAAAAtb.",
        "values set twice": EMPTY + (b"(K\1K\1\x85" + DTYPE + _STATE + b"\x89C\x08AAAAAAAAtb") * 2
        + b".",
        "a nested tuple as key": b"}" + NESTED + b"Ns.",
        "values nested deeply": with_annotation(b"]" * 5_000 + b"a" * 4_999),
        "lists of lists of lists": with_annotation(b"]" + b"q\0" + b"0]h\0ah\0aq\0" * 50),
        "more bytes than there are": b"\x8e" + struct.pack("<Q", 2**62) + b"x.",
        "more array than there is": b"\x96" + struct.pack("<Q", 2**40) + b"x.",
        "a frame without end": b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.",
        "appended to what is no list": BLOCK + b"K\1a.",
        "a set": b"\x8fK\1\x90.",
        "no pickle": b"Hello.",
        "nothing": b"",
        "a list without Neo's objects": b"]K\1a.",
        "a number": b"K\1.",
    }  # fmt: skip


@pytest.mark.parametrize("exploit", exploits())
def test_no_pickle_runs_anything(
    exploit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = dict(vars(ours.Block))
    with pytest.raises(NeophysError):
        loaded(exploits()[exploit])
    assert list(tmp_path.iterdir()) == []
    assert dict(vars(ours.Block)) == before


def test_a_refusal_names_file_byte_and_what_was_wanted(tmp_path: Path) -> None:
    path = tmp_path / "bad.pkl"
    path.write_bytes(exploits()["os.system"])
    with pytest.raises(NeophysError, match=r"bad\.pkl: byte \d+: .* (posix|nt)\.system; PickleIO"):
        PickleIO(path).read_block()


def test_texts_that_share_an_array_with_a_long_one_do_not_fill_the_memory() -> None:
    long = text("x" * 1_000_000) + b"q\1"
    short = b"(" + b"h\1" + text("y") + b"q\2" + b"h\2" * 100_000
    values = b"]" + short + b"e"
    array_dict = named("neo.core.dataobject", "ArrayDict")
    checked = named("neo.core.dataobject", "_normalize_array_annotations")
    data = long + b"0" + array_dict + b"J\xa2\x86\1\0" + checked + b"}" + text("k") + values + b"s"
    with pytest.raises(NeophysError, match="flat lists"):
        loaded(data + b"\x87R.")


@pytest.mark.parametrize("of", ["neo", "neophys"])
@settings(max_examples=150, deadline=None)
@given(
    damage=st.lists(st.tuples(st.floats(0, 0.9999), st.binary(max_size=3)), min_size=1, max_size=4)
)
def test_damaged_pickles_give_an_error_or_an_object(
    of: str, damage: list[tuple[float, bytes]]
) -> None:
    data = bytearray(pickled(of, 4))
    for place, found in damage:
        at = int(place * len(data))
        data[at : at + max(len(found), 1)] = found
    try:
        made = loaded(bytes(data))
    except NeophysError:
        return
    assert isinstance(made, BaseNeo)


def test_a_unit_that_a_file_defines_is_registered_nowhere() -> None:
    words = named("quantities.unitquantity", "UnitQuantity") + text("zorkmid")
    twice = words + b"G@\0\0\0\0\0\0\0\x86R"

    def made(data: bytes) -> Any:
        return Machine(data + b".", "x", Objects(0)).run()

    assert made(twice) is made(twice)
    assert float(made(twice)._definition) == 2
    with pytest.raises(LookupError):
        pq.Quantity(1, "zorkmid")
    with pytest.raises(NeophysError, match="zorkmid"):
        made(words + b"G@\x08\0\0\0\0\0\0\x86R")


def test_only_ours_is_made_of_neos_globals() -> None:
    names = {arg for _, arg, _ in pickletools.genops(pickled("neo", 2)) if isinstance(arg, str)}
    assert "neo.core.segment Segment" in names
    assert type(loaded(pickled("neo", 2)).segments[0]) is Segment
