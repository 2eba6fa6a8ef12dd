"""Whatever the bytes: an error that names file, byte and field, or contents with issues."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.formats.neuralynx.build import event_table, folder, ncs, nev, scanned, spikes

from neophys.contents import Contents, SpikeTable
from neophys.errors import NeophysError
from neophys.reading.samples import Samples
from neophys.reading.waveforms import read_waveforms
from neophys.source.bundle import Bundle

FILES = {
    "CSC1.ncs": ncs([(0, 512), (16000, 400), (28500, 512), (90000, 31)]),
    "TT1.ntt": spikes([(5, 0), (9, 2)], np.arange(256).reshape(2, 32, 4)),
    "Events.nev": nev([(3, 11, 0, b"Starting Recording"), (8, 4, 2, b"typed")]),
}
#: Bytes of a file that its text takes at most.
TEXT = 700


def read_all(bundle: Bundle, contents: Contents) -> None:
    """Every sample, spike, waveform and event that the contents promise."""
    (segment,) = contents.blocks[0].segments
    for stream, signal in zip(contents.streams, segment.signals, strict=True):
        assert signal is not None
        samples = Samples(bundle, stream, signal.pieces)
        raw = samples.raw(0, samples.n_samples)
        assert raw.shape == (signal.n_samples, len(stream.channels))
        assert np.isfinite(samples.physical(0, samples.n_samples)).all()
        assert np.isfinite(stream.sampling_rate)
        assert stream.sampling_rate > 0
    for table in segment.spikes:
        assert isinstance(table, SpikeTable)
        assert table.waveforms is not None
        read_waveforms(bundle, table.waveforms, 0, len(table))
    for channel in range(len(contents.event_channels)):
        table_ = event_table(bundle, contents, channel)
        assert len(table_.labels) == len(table_)
    assert 0 <= segment.start <= segment.stop


def cut(data: bytes, random: np.random.Generator) -> Iterator[bytes]:
    sizes = [0, 1, 17, 18, 19, 500, 16383, 16384, 16385, len(data) - 1]
    sizes += random.integers(0, len(data), 20).tolist()
    yield from (data[:size] for size in sizes)


def flipped(data: bytes, random: np.random.Generator) -> Iterator[bytes]:
    for _ in range(150):
        # Half in the text, half in the records: what lies between is NUL.
        low, high = (18, TEXT) if random.random() < 0.5 else (16384, len(data))
        damaged = bytearray(data)
        for at in random.integers(low, high, random.integers(1, 9)).tolist():
            damaged[at] ^= 1 << int(random.integers(8))
        yield bytes(damaged)


def random_records(data: bytes, random: np.random.Generator) -> Iterator[bytes]:
    yield data[:16384] + bytes(20 * 1044)
    yield data[:16384] + b"\xff" * (20 * 1044)
    for _ in range(30):
        yield data[:16384] + random.bytes(int(random.integers(1, 40_000)))


def random_text(data: bytes, random: np.random.Generator) -> Iterator[bytes]:
    for _ in range(30):
        yield b"######## Neuralynx" + random.bytes(16366) + data[16384:]


def other_files(data: bytes, random: np.random.Generator) -> Iterator[bytes]:
    yield b""
    yield b"a text file\n" * 2000
    yield b"NEURALEV" + bytes(30_000)
    yield from (random.bytes(n) for n in (1, 100, 16384, 30_000))


@pytest.mark.parametrize("alone", [True, False], ids=["file", "folder"])
@pytest.mark.parametrize("harm", [cut, flipped, random_records, random_text, other_files])
@pytest.mark.parametrize("name", FILES)
def test_damage_gives_an_error_or_contents_that_can_be_read(
    name: str, harm: Callable[[bytes, np.random.Generator], Iterator[bytes]], alone: bool
) -> None:
    random = np.random.default_rng(sum(map(ord, name + harm.__name__)))
    tried, refusals = 0, []
    for damaged in harm(FILES[name], random):
        files = {name: damaged} if alone else {**FILES, name: damaged}
        try:
            bundle, contents = scanned(files)
        except NeophysError as error:
            refusals.append(str(error))
            continue
        read_all(bundle, contents)
        tried += 1
    if harm is not other_files or not alone:
        assert tried > 0
    assert [error for error in refusals if alone and name not in error] == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_lacks_bytes_says_so(name: str) -> None:
    for size in (900, len(FILES[name]) - 1):
        _, contents = scanned({name: FILES[name][:size]})
        assert [i.where for i in contents.issues if i.severity == "error"] == [name]


def test_a_file_that_shrinks_after_the_scan_gives_an_error(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "CSC1.ncs"
    path.write_bytes(FILES["CSC1.ncs"])
    bundle, contents = scanned(path)
    path.write_bytes(FILES["CSC1.ncs"][:17000])
    (signal,) = contents.blocks[0].segments[0].signals
    assert signal is not None
    samples = Samples(bundle, contents.streams[0], signal.pieces)
    with pytest.raises(NeophysError, match=r"CSC1\.ncs"):
        samples.raw(0, samples.n_samples)


def test_a_folder_of_nothing_but_damage_is_an_error() -> None:
    with pytest.raises(NeophysError, match=r"a\.ncs: byte 0: magic"):
        scanned(folder(a_ncs=b"no", b_nse=b"such"))
