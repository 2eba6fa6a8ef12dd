"""Every read is exact or an error; files are looked for in the recording's folder only."""

from __future__ import annotations

import gzip
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neophys.errors import (
    AccessError,
    ClosedError,
    MissingFileError,
    NeophysError,
    SourceChangedError,
    TruncatedError,
)
from neophys.source import SourceBase, local
from neophys.source.bundle import LocalBundle, MemoryBundle, open_bundle
from neophys.source.local import LocalFile, MappedFile
from neophys.source.memory import FileObject, MemoryFile

DATA = np.random.default_rng(3).integers(0, 256, 10_000, np.uint8).tobytes()


@pytest.fixture(params=["local", "mapped", "memory", "object"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    make: dict[str, Callable[[], SourceBase]] = {
        "local": lambda: LocalFile(path),
        "mapped": lambda: MappedFile(path),
        "memory": lambda: MemoryFile(bytearray(DATA), "a.bin"),
        "object": lambda: FileObject(io.BytesIO(DATA), "a.bin"),
    }
    made = make[request.param]()
    yield made
    made.close()


def test_reads_are_exact(source: Any) -> None:
    assert (source.name, source.size) == ("a.bin", len(DATA))
    for a, n in ((0, 0), (0, 1), (9_990, 10), (10_000, 0), (123, 4567)):
        assert bytes(source.read(a, n)) == DATA[a : a + n]
        out = bytearray(n)
        source.read_into(a, memoryview(out))
        assert bytes(out) == DATA[a : a + n]
    out = bytearray(60)
    offsets, lengths = np.array([5000, 10, 20]), np.array([10, 30, 20])
    source.read_ranges(offsets, lengths, memoryview(out))
    assert bytes(out) == DATA[5000:5010] + DATA[10:40] + DATA[20:40]


@pytest.mark.parametrize(
    ("offset", "length"), [(9_999, 2), (10_001, 1), (0, 10_001), (0, 1 << 60), (-1, 5)]
)
def test_reads_past_the_end_are_errors(source: Any, offset: int, length: int) -> None:
    with pytest.raises(TruncatedError, match=r"a\.bin: byte"):
        source.read(offset, length)


def test_one_field_of_many_records(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neophys.source.FIELD_TILE", 100)
    truth = np.array([np.frombuffer(DATA, "<u4", 1, 3 + 37 * i)[0] for i in range(270)])
    np.testing.assert_array_equal(source.field(3, "<u4", 270, 37), truth)
    assert len(source.field(3, "<u4", 0, 37)) == 0
    with pytest.raises(TruncatedError):
        source.field(3, "<u4", 1 << 50, 37)


def test_a_closed_source_says_so(source: Any) -> None:
    source.close()
    with pytest.raises(ClosedError):
        source.read(0, 1)
    with pytest.raises(ClosedError):
        source.read_into(0, memoryview(bytearray(1)))


def test_threads_read_the_same_bytes_while_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    source = LocalFile(path)
    wrong: list[object] = []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        while True:
            a = int(rng.integers(0, 9000))
            try:
                if bytes(source.read(a, 1000)) != DATA[a : a + 1000]:
                    wrong.append(a)
            except ClosedError:
                return
            except BaseException as error:
                wrong.append(error)
                return

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    source.close()
    # Descriptors of the closed file are handed out anew: none must be read by mistake.
    others = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
    for thread in threads:
        thread.join()
    for other in others:
        os.close(other)
    assert not wrong


def test_a_file_cut_short_while_it_is_open_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    source = LocalFile(path)
    source.read(0, 10)
    with path.open("r+b") as file:
        file.truncate(5000)
    with pytest.raises(SourceChangedError, match=r"a\.bin: byte 4000: .* 10000 bytes and has 5000"):
        source.read(4000, 2000)
    assert bytes(source.read(0, 5000)) == DATA[:5000]


def test_many_files_stay_below_the_limit_of_open_ones(tmp_path: Path) -> None:
    sources = []
    for i in range(local.OPEN_FILES + 20):
        path = tmp_path / f"{i}"
        path.write_bytes(bytes([i % 256]) * 10)
        sources.append(LocalFile(path))
    for _ in range(2):
        for i, source in enumerate(sources):
            assert source.read(3, 1) == bytes([i % 256])
    assert sum(source._handle is not None for source in sources) <= local.OPEN_FILES
    for source in sources:
        source.close()


def test_a_file_replaced_before_its_first_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    source = LocalFile(path)
    path.write_bytes(DATA[:-1])
    with pytest.raises(SourceChangedError):
        source.read(0, 1)


def test_a_file_object_keeps_its_place_and_stays_open() -> None:
    file = io.BytesIO(DATA)
    file.seek(77)
    bundle = open_bundle(file)
    assert bytes(bundle.source(bundle.main).read(5, 10)) == DATA[5:15]
    assert file.tell() == 77
    bundle.close()
    assert not file.closed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    for name in ("main.dat", "Part.DAT", "sub/deep.dat"):
        (home / name).write_bytes(name.encode())
    (tmp_path / "secret").write_bytes(b"secret")
    (home / "link").symlink_to(tmp_path / "secret")
    return home


def test_a_folder_is_all_its_files_a_file_those_beside_it(folder: Path) -> None:
    assert LocalBundle(folder).names() == ("Part.DAT", "link", "main.dat", "sub/deep.dat")
    one = LocalBundle(folder / "main.dat")
    assert (one.main, one.label) == ("main.dat", "main.dat")
    assert one.companion("part.dat", of="main.dat") == "Part.DAT"
    assert bytes(one.source("Part.DAT").read(0, 4)) == b"Part"
    deep = LocalBundle(folder)
    assert deep.companion(".\\DEEP.dat", of="sub/deep.dat") == "sub/deep.dat"


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "C:\\x", "a\0b", "", "link", "absent"]
)
@pytest.mark.parametrize("memory", [False, True])
def test_names_that_lead_out_of_the_folder_find_nothing(
    folder: Path, name: str, memory: bool
) -> None:
    bundle = (
        MemoryBundle({"main.dat": b"x"}, "main.dat") if memory else LocalBundle(folder / "main.dat")
    )
    with pytest.raises(MissingFileError, match="folder"):
        bundle.source(bundle.companion(name, of="main.dat", role="signal file"))


def test_a_recording_that_is_itself_a_link_is_read_with_its_neighbours(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "main.dat").symlink_to(folder / "main.dat")
    (tmp_path / "links" / "Part.DAT").symlink_to(folder / "Part.DAT")
    bundle = LocalBundle(tmp_path / "links" / "main.dat")
    assert bytes(bundle.source("main.dat").read(0, 4)) == b"main"
    assert bytes(bundle.source("Part.DAT").read(0, 4)) == b"Part"


def test_a_folder_of_links_is_the_files_that_they_lead_to(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "main.dat").symlink_to(folder / "main.dat")
    bundle = LocalBundle(tmp_path / "links")
    assert bytes(bundle.source("main.dat").read(0, 4)) == b"main"
    with pytest.raises(MissingFileError):  # a header may not lead there
        bundle.companion("main.dat")


def test_companions_may_lie_in_the_annex_of_their_data_set(tmp_path: Path) -> None:
    annex = tmp_path / ".git" / "annex" / "objects"
    (tmp_path / "sub").mkdir()
    for name in ("a.vhdr", "a.eeg"):
        (annex / name).mkdir(parents=True)
        (annex / name / "key").write_bytes(name.encode())
        (tmp_path / "sub" / name).symlink_to(annex / name / "key")
    bundle = LocalBundle(tmp_path / "sub" / "a.vhdr")
    assert bytes(bundle.source(bundle.companion("a.eeg", of="a.vhdr")).read(0, 5)) == b"a.eeg"


def test_what_may_not_be_looked_at_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("neophys.source.bundle.os.stat", refuse)
    with pytest.raises(NeophysError, match="cannot be opened: Permission denied"):
        open_bundle(tmp_path / "locked" / "a.trc")


def test_a_digest_tells_whether_files_are_still_the_same(folder: Path) -> None:
    bundle = LocalBundle(folder)
    names = ("main.dat", "sub/deep.dat")
    digest = bundle.digest(names)
    LocalBundle(folder).check(names, digest)
    (folder / "main.dat").write_bytes(b"other, longer")
    with pytest.raises(SourceChangedError):
        LocalBundle(folder).check(names, digest)


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="cannot open float"):
        open_bundle(1.5)
    with pytest.raises(MissingFileError, match="no such file or folder"):
        open_bundle(tmp_path / "absent")
    with pytest.raises(NeophysError, match="cannot seek"):
        open_bundle(_Pipe()).source("pipe")
    with pytest.raises(MissingFileError, match="empty path"):
        open_bundle("")
    with pytest.raises(MissingFileError, match="expanduser"):
        open_bundle("~/absent")
    (tmp_path / "text").write_text("hello")
    with (tmp_path / "text").open() as text, pytest.raises(NeophysError, match="'rb'"):
        open_bundle(text).source("text")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(AccessError, match="not a regular file"):
        open_bundle(tmp_path / "fifo").head("fifo", 8)


@pytest.mark.parametrize("name", [b"caf\xe9.dat", "naïve\nname.dat".encode(), b" .dat", b"~"])
def test_any_file_name_will_do(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(DATA)
    for given in (str(path), path, _BytesPath(os.fsencode(path))):
        bundle = open_bundle(given)
        assert bytes(bundle.source(bundle.main).read(5, 10)) == DATA[5:15]
        assert bundle.names() == (os.fsdecode(name),)
        bundle.check(bundle.names(), bundle.digest(bundle.names()))


class _BytesPath:
    def __init__(self, path: bytes) -> None:
        self.path = path

    def __fspath__(self) -> bytes:
        return self.path


def test_a_relative_path_is_one_for_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    bundle = open_bundle("main.dat")
    monkeypatch.chdir(folder.parent)
    assert bytes(bundle.source("main.dat").read(0, 4)) == b"main"


def test_a_file_object_without_a_name_is_a_file() -> None:
    packed = io.BytesIO(gzip.compress(DATA))
    with gzip.open(packed) as file:  # its name is ""
        bundle = open_bundle(file)
        assert bundle.main
        assert bytes(bundle.source(bundle.main).read(5, 10)) == DATA[5:15]


def test_two_recordings_of_one_file_object_take_turns() -> None:
    file = io.BytesIO(DATA)
    assert FileObject(file)._lock is FileObject(file)._lock
    assert FileObject(file)._lock is not FileObject(io.BytesIO(DATA))._lock


def test_a_map_closed_under_a_read_is_never_an_empty_file(tmp_path: Path) -> None:
    class ClosedMeanwhile(MappedFile):
        """Another thread closes between the question whether it is closed and the read."""

        armed = False

        @property
        def _closed(self) -> bool:
            if self.armed:
                self._map = None
            return False

        @_closed.setter
        def _closed(self, value: bool) -> None: ...

    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    source = ClosedMeanwhile(path)
    source.armed = True
    assert source.read(5, 10) == DATA[5:15]


def test_a_folder_that_cannot_be_listed_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", forbidden)
    with pytest.raises(NeophysError, match="home: cannot be listed: Permission denied"):
        LocalBundle(folder).names()


class _Pipe(io.RawIOBase):
    name = "pipe"

    def read(self, size: int = -1) -> bytes:
        return b""

    def tell(self) -> int:
        raise OSError("a pipe")
