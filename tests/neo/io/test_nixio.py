"""NIX files go from one library to the other and back, and are not lost."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import neo.core
import numpy as np
import pytest
import quantities as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo.io.nixio import NixIO as NeosNixIO
from tests.neo.io.nixobjects import KINDS, block_of, contents

import neophys.neo.core as ours
from neophys.errors import (
    ClosedError,
    HeaderError,
    MissingFileError,
    NeophysError,
    TruncatedError,
    UnsupportedError,
)
from neophys.neo.core import (
    AnalogSignal,
    Block,
    Event,
    Group,
    Segment,
    SpikeTrain,
)
from neophys.neo.io.nixio import NixIO, create_quantity, dt_from_nix, dt_to_nix
from neophys.neo.io.nixio.values import decode, encode, nix_unit
from neophys.neo.io.nixio.writing import _loaded_train
from neophys.neo.rawio import NIXRawIO

nixio = pytest.importorskip("nixio")

# What Neo asks of nixio's arrays, NumPy warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def written(path: Path, *blocks: Any, io: Any = NixIO) -> Path:
    with io(str(path), "ow") as file:
        file.write_all_blocks(list(blocks))
    return path


def read(path: Path, io: Any = NixIO) -> Any:
    with io(str(path), "ro") as file:
        return file.read_block()


def back(path: Path, block: Block) -> Block:
    found: Block = read(written(path, block))
    return found


def with_train(**annotations: Any) -> tuple[Block, SpikeTrain]:
    block, segment = Block(name="b"), Segment(name="s")
    train = SpikeTrain([1.0, 2.0], units="s", t_stop=3, name="t", **annotations)
    block.segments.append(segment)
    segment.spiketrains.append(train)
    return block, train


# Both libraries


@pytest.mark.parametrize("kind", [*KINDS, "all"])
@pytest.mark.parametrize("writer", [NeosNixIO, NixIO], ids=["Neo writes", "neophys writes"])
@pytest.mark.parametrize("reader", [NeosNixIO, NixIO], ids=["Neo reads", "neophys reads"])
def test_what_either_library_writes_either_reads(
    tmp_path: Path, writer: Any, reader: Any, kind: str
) -> None:
    kinds = tuple(KINDS) if kind == "all" else (kind,)
    block = block_of(neo.core if writer is NeosNixIO else ours, kinds)
    path = written(tmp_path / "a.nix", block, io=writer)
    assert_alike(contents(read(path, reader)), contents(block))


def assert_alike(found: Any, wanted: Any, where: str = "") -> None:
    """Equal, numbers to the last bits: a rate is stored as its period."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), where
        for key in wanted:
            assert_alike(found[key], wanted[key], f"{where}/{key}")
    elif isinstance(wanted, list | tuple):
        assert len(found) == len(wanted), where
        for i, value in enumerate(wanted):
            assert_alike(found[i], value, f"{where}/{i}")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=1e-15), where
    else:
        assert found == wanted, where


def test_a_file_that_neo_wrote_goes_on_here_and_back(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", block_of(neo.core), io=NeosNixIO)
    with NixIO(path, "rw") as file:
        file.write_block(block_of(ours, ["events"]))
    with NeosNixIO(str(path), "rw") as file:
        file.write_block(block_of(neo.core, ["train"]))
    for io in (NixIO, NeosNixIO):
        with io(str(path), "ro") as file:
            blocks = file.read_all_blocks()
        assert [len(b.segments[0].events) for b in blocks] == [2, 1, 0]


# Values


@pytest.mark.parametrize(
    "value",
    [
        None, ["a"], [1], [1.5] * pq.s, 4 * pq.mV, b"bytes", {"a": [1, {"b": None}]}, [1, "a"],
        [[1, 2], [3, 4]], [1, 2.5], 2**63, True, [True, False], np.float32(0.1), np.int8(3),
        datetime(2020, 1, 2, tzinfo=UTC), time(3, 4, tzinfo=UTC), (), [],
    ],
    ids=repr,
)  # fmt: skip
def test_an_annotation_that_neo_loses_or_refuses_comes_back(tmp_path: Path, value: Any) -> None:
    found = back(tmp_path / "a.nix", Block(value=value)).annotations["value"]
    if isinstance(value, pq.Quantity):
        assert found.shape == value.shape
        assert found.dimensionality == value.dimensionality
        assert found.tolist() == value.tolist()
    else:
        assert found == (list(value) if isinstance(value, tuple) else value)
        assert not isinstance(found, np.ndarray | np.generic)


@pytest.mark.parametrize(
    "value",
    [np.arange(3), np.arange(6.0).reshape(2, 3), np.array(["a", "b"]), np.array([True])],
    ids=repr,
)
def test_an_array_comes_back_as_array(tmp_path: Path, value: Any) -> None:
    found = back(tmp_path / "a.nix", Block(value=value)).annotations["value"]
    assert isinstance(found, np.ndarray)
    assert (found.dtype, found.tolist()) == (value.dtype, value.tolist())


@pytest.mark.parametrize("value", [1j, [1 * pq.s, 1 * pq.V], "a\0b", [datetime(2020, 1, 1)]])
def test_an_annotation_that_cannot_be_stored_is_named(tmp_path: Path, value: Any) -> None:
    block, train = with_train()
    train.annotations["odd"] = value
    with NixIO(tmp_path / "a.nix", "ow") as file:
        with pytest.raises(ValueError, match=r"SpikeTrain 't': annotation 'odd'"):
            file.write_block(block)
        assert file.read_all_blocks() == []


@pytest.mark.parametrize("name", ["a/b", ".", "..", "t stop", "µ", "times", "units", "name"])
def test_an_annotation_may_have_any_name(tmp_path: Path, name: str) -> None:
    block, train = with_train()
    train.annotations[name] = 7
    assert back(tmp_path / "a.nix", block).segments[0].spiketrains[0].annotations[name] == 7


def test_a_name_that_the_file_needs_itself_is_refused(tmp_path: Path) -> None:
    block, train = with_train()
    train.annotations["t_stop"] = "never"
    with NixIO(tmp_path / "a.nix", "ow") as file, pytest.raises(ValueError, match="'t_stop'"):
        file.write_block(block)


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
SCALARS = st.one_of(
    st.none(), TEXT, NUMBERS, st.datetimes(datetime(1000, 1, 1)), st.dates(), st.times()
)
LISTS = st.one_of(
    st.lists(TEXT), st.lists(NUMBERS), st.lists(st.lists(TEXT)), st.dictionaries(TEXT, NUMBERS)
)


@given(st.one_of(SCALARS, LISTS))
@settings(max_examples=200, deadline=None)
def test_any_value_is_the_same_stored_and_read(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.dictionaries(TEXT.filter(bool), st.one_of(SCALARS, LISTS), max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_annotations_are_the_same_in_a_file(tmp_path: Path, values: dict[str, Any]) -> None:
    block = Block()
    block.annotations = {f"_{key}": value for key, value in values.items()}
    found = back(tmp_path / "a.nix", block).annotations
    assert {key: found[key] for key in found if key != "nix_name"} == {
        key: block.annotations[key] for key in block.annotations if key != "nix_name"
    }


@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("mV", False), ("uV**2", False), ("1/kHz", False), ("V*s", False), ("1/ms**2", False),
        ("1/30000*V", True), ("0.1 * ms", True), ("1e-3*V", True),
    ],
)  # fmt: skip
def test_a_unit_is_one_of_its_own_where_it_has_a_number(text: str, compound: bool) -> None:
    (symbol, *_) = nix_unit(text)
    assert isinstance(symbol, pq.CompoundUnit) == compound
    assert create_quantity(2.0, text) == 2 * pq.Quantity(1, pq.CompoundUnit(text)).simplified


@pytest.mark.parametrize("text", ["__import__('os')", "a[0]", "lambda: 0", "x.__y", "9**9**9"])
def test_a_unit_of_a_file_is_never_run(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[str] = []
    monkeypatch.setattr("neophys.neo.io.nixio.values.unit", evaluated.append)
    with pytest.raises(ValueError, match="does not look like a unit"):
        nix_unit(text)
    assert evaluated == []


def test_a_unit_that_is_unknown_is_named() -> None:
    with pytest.raises(ValueError, match="'parsnips' is no unit that is known"):
        nix_unit("parsnips")


@pytest.mark.parametrize("rate", [49.0, 93.0, 30000.0, 24414.0625, 0.3])
def test_a_rate_that_is_stored_as_period_comes_back_to_the_last_bit(
    tmp_path: Path, rate: float
) -> None:
    block = Block()
    block.segments.append(Segment())
    signal = AnalogSignal([0.0], units="V", sampling_rate=rate * pq.Hz)
    block.segments[0].analogsignals.append(signal)
    found = back(tmp_path / "a.nix", block).segments[0].analogsignals[0].sampling_rate
    assert (float(found.magnitude), str(found.dimensionality)) == (rate, "Hz")


def test_dates_of_an_unknown_kind_stay_text() -> None:
    assert dt_from_nix("2020", "ERA") == "2020"
    assert dt_to_nix(3) == 3


# Objects


def test_a_cut_of_a_written_train_is_a_train_of_its_own(tmp_path: Path) -> None:
    block, train = with_train()
    written(tmp_path / "first.nix", block)
    cut = train.time_slice(1.5 * pq.s, 2.5 * pq.s)
    assert cut.annotations["nix_name"] == train.annotations["nix_name"]
    block.segments[0].spiketrains.append(cut)
    found = back(tmp_path / "a.nix", block).segments[0].spiketrains
    assert [len(t) for t in found] == [2, 1]


def test_what_is_in_two_segments_is_stored_once(tmp_path: Path) -> None:
    block, train = with_train()
    block.segments.append(Segment(name="other"))
    block.segments[1].spiketrains.append(train)
    block.groups.append(Group([train], name="g"))
    found = back(tmp_path / "a.nix", block)
    one, two = (segment.spiketrains[0] for segment in found.segments)
    assert found.groups[0].spiketrains[0] is one
    assert one.segment is not two.segment
    with nixio.File.open(str(tmp_path / "a.nix"), nixio.FileMode.ReadOnly) as nix:
        assert len(nix.blocks[0].multi_tags) == 1


def test_an_object_of_a_group_belongs_to_a_segment(tmp_path: Path) -> None:
    block, train = with_train()
    block.groups.append(Group([train[:1]], name="g"))
    with NixIO(tmp_path / "a.nix", "ow") as file, pytest.raises(ValueError, match="group 'g'"):
        file.write_block(block)


@pytest.mark.parametrize("moment", [None, datetime(1969, 7, 20, 20, 17, 40, 123456)])
def test_the_time_of_recording_is_what_it_was(tmp_path: Path, moment: Any) -> None:
    block = Block(rec_datetime=moment)
    block.segments.append(Segment(rec_datetime=moment))
    found = back(tmp_path / "a.nix", block)
    assert [found.rec_datetime, found.segments[0].rec_datetime] == [moment, moment]


def test_origin_index_and_rate_of_a_train_are_kept_for_both(tmp_path: Path) -> None:
    block, train = with_train()
    block.segments[0].index = 4
    train.file_origin, train.sampling_rate = "of.plx", 40 * pq.kHz
    path = written(tmp_path / "a.nix", block)
    for io in (NixIO, NeosNixIO):
        segment = read(path, io).segments[0]
        found = segment.spiketrains[0]
        assert (segment.index, found.file_origin) == (4, "of.plx")
        assert found.sampling_rate == 40 * pq.kHz


def test_neo_reads_left_sweep_right_whatever_its_unit(tmp_path: Path) -> None:
    block, train = with_train()
    train.waveforms, train.sampling_rate = np.zeros((2, 1, 3)) * pq.uV, 20 * pq.Hz
    train.left_sweep = 50 * pq.ms
    path = written(tmp_path / "a.nix", block)
    for io in (NixIO, NeosNixIO):
        sweep = read(path, io).segments[0].spiketrains[0].left_sweep
        assert float(sweep.rescale("ms").magnitude) == pytest.approx(50)


def test_a_left_sweep_of_neos_keeps_its_unit(tmp_path: Path) -> None:
    block = block_of(neo.core, ["train with waveforms"])
    block.segments[0].spiketrains[0].left_sweep = 2 * pq.s
    found = read(written(tmp_path / "a.nix", block, io=NeosNixIO)).segments[0].spiketrains[0]
    assert found.left_sweep == 2 * pq.s


def test_what_nix_files_cannot_keep_is_said(tmp_path: Path) -> None:
    block = Block()
    segment = Segment()
    block.segments.append(segment)
    segment.analogsignals.append(AnalogSignal(np.empty((5, 0)), units="V", sampling_rate=1 * pq.Hz))
    with pytest.warns(UserWarning, match="signals without channels: 1"):
        written(tmp_path / "a.nix", block)


# Names


def test_names_of_objects_become_names_in_the_file(tmp_path: Path) -> None:
    block, train = with_train()
    with NixIO(tmp_path / "a.nix", "ow") as file:
        file.write_block(block, use_obj_names=True)
        assert "t" in file.nix_file.blocks["b"].multi_tags
    assert train.annotations["nix_name"] == "t"


@pytest.mark.parametrize("name", ["t", "", None, "a/b"])
def test_names_that_do_not_tell_objects_apart_are_refused(tmp_path: Path, name: Any) -> None:
    block, _ = with_train()
    block.segments[0].events.append(Event([1] * pq.s, name=name))
    with NixIO(tmp_path / "a.nix", "ow") as file, pytest.raises(ValueError, match="name"):
        file.write_block(block, use_obj_names=True)


def test_blocks_are_found_by_position_and_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", *(Block(name=name) for name in "abc"))
    with NixIO(path, "ro") as file:
        names = [block.annotations["nix_name"] for block in file.iter_blocks()]
        assert file.read_block(index=-1).name == "c"
        assert file.read_block(nixname=names[1]).name == "b"
        assert file.read_block(neoname="c").annotations["nix_name"] == names[2]
        assert [b.name for b in iter(file.read_block, None)] == ["a", "b", "c"]
        for wrong in ({"index": 3}, {"nixname": "x"}, {"neoname": "x"}):
            with pytest.raises(LookupError, match=r"a\.nix"):
                file.read_block(**wrong)


# Files that must not be lost


def test_a_block_replaces_the_one_of_its_name(tmp_path: Path) -> None:
    block, train = with_train()
    path = written(tmp_path / "a.nix", block)
    train.annotate(more=1)
    with NixIO(path) as file:
        file.write_block(block)
        (found,) = file.read_all_blocks()
    assert found.segments[0].spiketrains[0].annotations["more"] == 1


def test_a_block_stays_where_its_replacement_fails(tmp_path: Path) -> None:
    block, train = with_train()
    path = written(tmp_path / "a.nix", block)
    train.annotations["odd"] = 1j
    with NixIO(path) as file:
        with pytest.raises(ValueError, match="odd"):
            file.write_block(block)
        (found,) = file.read_all_blocks()
    assert len(found.segments[0].spiketrains[0]) == 2
    assert "odd" not in found.segments[0].spiketrains[0].annotations
    with nixio.File.open(str(path), nixio.FileMode.ReadOnly) as nix:
        assert [b.name for b in nix.blocks] == [block.annotations["nix_name"]]
        assert len(nix.sections) == 2


@pytest.mark.parametrize("fails", [True, False])
def test_an_overwritten_file_comes_back_when_writing_fails(tmp_path: Path, fails: bool) -> None:
    path = written(tmp_path / "a.nix", Block(name="old"))
    path.chmod(0o640)
    block = Block(name="new")
    block.annotations["odd"] = 1j if fails else 1
    with NixIO(path, "ow") as file:
        try:
            file.write_block(block)
        except ValueError:
            assert fails
    assert read(path).name == ("old" if fails else "new")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_an_overwritten_file_comes_back_when_its_block_is_left_by_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", Block(name="old"))
    with pytest.raises(KeyError), NixIO(path, "ow"):
        raise KeyError("before anything was written")
    assert read(path).name == "old"


def test_overwriting_with_nothing_leaves_an_empty_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", Block(name="old"))
    NixIO(path, "ow").close()
    with NixIO(path, "ro") as file:
        assert file.read_all_blocks() == []


# Files of other writers


def test_a_file_of_an_older_nix_is_read(tmp_path: Path) -> None:
    import h5py

    block, train = with_train()
    train.annotate(depth=3 * pq.mm, texts=["a", "b"])
    path = written(tmp_path / "a.nix", block)
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = np.array([1, 1, 0], np.int32)
        section = file["metadata"]
        for name in (block.annotations["nix_name"], block.segments[0].annotations["nix_name"]):
            section = section[name]["sections"]
        properties = section[train.annotations["nix_name"]]["properties"]
        for name, kind in (("depth", float), ("texts", h5py.string_dtype())):
            values, attributes = properties[name][()], dict(properties[name].attrs)
            del properties[name]
            rows = np.zeros(len(values), [("value", kind), ("uncertainty", float)])
            rows["value"] = values
            properties[name] = rows
            for key, value in attributes.items():  # and texts of fixed length
                properties[name].attrs[key] = np.bytes_(value)
    found = read(path).segments[0].spiketrains[0].annotations
    assert (found["depth"], found["texts"]) == (3 * pq.mm, ["a", "b"])


def test_values_that_a_file_calibrates_are_calibrated(tmp_path: Path) -> None:
    block = Block()
    block.segments.append(Segment())
    signal = AnalogSignal(np.arange(4, dtype=np.int16), units="V", sampling_rate=1 * pq.Hz)
    block.segments[0].analogsignals.append(signal)
    path = written(tmp_path / "a.nix", block)
    with nixio.File.open(str(path), nixio.FileMode.ReadWrite) as nix:
        array = nix.blocks[0].data_arrays[0]
        array.polynom_coefficients = (1.0, 0.5)
        array.expansion_origin = 2.0
    assert read(path).segments[0].analogsignals[0].magnitude.ravel().tolist() == [0, 0.5, 1, 1.5]
    reader = NIXRawIO(path)
    reader.parse_header()
    assert reader.get_analogsignal_chunk(i_start=1).ravel().tolist() == [0.5, 1, 1.5]


def test_a_group_that_is_none_of_neos_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", Block())
    with nixio.File.open(str(path), nixio.FileMode.ReadWrite) as nix:
        nix.blocks[0].create_group("mine", "session")
    with pytest.raises(HeaderError, match="'mine' is of type 'session'"):
        read(path)


# Errors


def nix_bytes(tmp_path: Path) -> bytes:
    return written(tmp_path / "whole.nix", block_of(ours)).read_bytes()


def test_a_file_that_is_none_says_so(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "a.h5"
    with pytest.raises(MissingFileError, match=r"a\.h5"):
        NixIO(path, "ro")
    path.write_bytes(b"not HDF5 at all")
    for mode in ("ro", "rw"):
        with pytest.raises(HeaderError, match=r"a\.h5: byte 0: signature"):
            NixIO(path, mode)
    with h5py.File(path, "w") as file:
        file["x"] = 1
    before = path.read_bytes()
    for mode in ("ro", "rw"):
        with pytest.raises(HeaderError, match="not a NIX file"):
            NixIO(path, mode)
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="'ro', 'rw' or 'ow'"):
        NixIO(path, "r+")


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_another_version_of_nix_says_so(tmp_path: Path, mode: str) -> None:
    import h5py

    path = written(tmp_path / "a.nix", Block())
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = np.array([2, 0, 0], np.int32)
    with pytest.raises(UnsupportedError, match=r"a\.nix: NIX files of version 2\.0\.0"):
        NixIO(path, mode)


def test_a_file_cut_short_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.nix"
    path.write_bytes(nix_bytes(tmp_path)[:-5000])
    with pytest.raises(TruncatedError, match="ends early"):
        NixIO(path, "ro")


def test_damage_of_any_kind_is_an_error_of_ours_or_read(tmp_path: Path) -> None:
    whole = nix_bytes(tmp_path)
    path = tmp_path / "a.nix"
    rng = np.random.default_rng(9)
    said = []
    for _ in range(60):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 200):
            damaged[at] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read(path)
        except NeophysError as error:
            said.append(str(error))
    assert said
    assert all("a.nix" in text for text in said)


def test_groups_below_themselves_are_refused(tmp_path: Path) -> None:
    block = Block()
    outer = Group(name="outer")
    outer.add(Group(name="inner"))
    block.groups.append(outer)
    path = written(tmp_path / "a.nix", block)
    inner = outer.groups[0].annotations["nix_name"]
    with nixio.File.open(str(path), nixio.FileMode.ReadWrite) as nix:
        nix.blocks[0].groups[inner].metadata["neo_parent"] = inner
    with pytest.raises(HeaderError, match="below itself"):
        read(path)


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    file = NixIO(tmp_path / "a.nix", "ow")
    file.close()
    file.close()
    for call in (file.read_block, lambda: file.write_block(Block())):
        with pytest.raises(ClosedError, match="closed"):
            call()


def test_a_file_open_for_reading_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nix", Block())
    with NixIO(path, "ro") as file, pytest.raises(UnsupportedError, match="mode='rw'"):
        file.write_block(Block())


def test_without_nixio_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(ImportError, match=r"neophys\[nix\]"):
        NixIO("a.nix")
    monkeypatch.setattr(metadata, "version", lambda name: "1.4.9")
    with pytest.raises(ImportError, match=r"not 1\.4\.9"):
        NixIO("a.nix")


def test_the_classes_are_there_without_nixio_and_h5py() -> None:
    code = (
        "import sys; sys.modules.update(nixio=None, h5py=None);"
        "from neophys.neo.io import NixIO, NixIOFr; from neophys.neo.rawio import NIXRawIO;"
        "print(NixIO.extensions, NixIOFr.name, NIXRawIO.rawmode)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["['h5',", "'nix']", "NIX", "IO", "one-file"]


def test_damaged_waveforms_of_a_proxy_are_not_left_out_unsaid() -> None:
    class Proxy:
        sampling_rate = 1 * pq.Hz
        error: Exception

        def load(self, load_waveforms: bool = False) -> str:
            if load_waveforms:
                raise self.error
            return "without waveforms"

    proxy = Proxy()
    proxy.error = ValueError("a rate, and no waveforms")
    assert _loaded_train(proxy) == "without waveforms"
    proxy.error = HeaderError("file.plx", 1, "waveforms", 0, "must be whole")
    with pytest.raises(HeaderError):
        _loaded_train(proxy)
