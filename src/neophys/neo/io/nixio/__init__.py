"""NIX files (HDF5): all of Neo's objects, written and read back.

The mapping is Neo's own, so files go from one library to the other. Needs the package ``nixio``
(extra ``nix``), which is imported when :class:`NixIO` is constructed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import uuid4

from neophys.errors import (
    ClosedError,
    HeaderError,
    NeophysError,
    OutOfRangeError,
    UnsupportedError,
)
from neophys.neo import __version__ as neover
from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.block import Block
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.group import Group
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.segment import Segment
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.core.view import ChannelView
from neophys.neo.io.baseio import BaseIO
from neophys.neo.io.nixio.naming import use_object_names
from neophys.neo.io.nixio.opening import Overwritten, check_nix_version, flush, open_nix
from neophys.neo.io.nixio.values import (
    ARRAYANNOTATION,
    DATEANNOTATION,
    DATETIMEANNOTATION,
    EMPTYANNOTATION,
    TIMEANNOTATION,
    create_quantity,
    dt_from_nix,
    dt_to_nix,
    stringify,
    units_to_string,
)

__all__ = [
    "ARRAYANNOTATION",
    "DATEANNOTATION",
    "DATETIMEANNOTATION",
    "EMPTYANNOTATION",
    "TIMEANNOTATION",
    "NixIO",
    "check_nix_version",
    "create_quantity",
    "dt_from_nix",
    "dt_to_nix",
    "neover",
    "stringify",
    "units_to_string",
]

#: What files say that Neo wrote before it wrote its version.
_FIRST_VERSION = "0.5.2"


class NixIO(BaseIO):
    """Writes blocks to a NIX file and reads them.

    Each object that is written gets an annotation ``nix_name``, the name of its entity in the
    file; a block that has the name of one in the file replaces it, when it has been written whole.

    Parameters
    ----------
    filename : str or Path
    mode : str
        ``"ro"``: read; ``"rw"``: read and write, making the file where there is none; ``"ow"``:
        begin a new file. The file that was there is put aside (as ``<name>.before-...``) until
        something has been written whole or :meth:`close` is called, and comes back when the first
        writing fails, or nothing of that ever happens.

    Raises
    ------
    ImportError
        nixio is missing or too old.
    HeaderError, TruncatedError, UnsupportedError, MissingFileError
        The file is none of NIX's, is cut short, is of a version that is not read or (``"rw"``)
        not written, or does not exist (``"ro"``).
    """

    is_readable = True
    is_writable = True
    supported_objects: ClassVar[Any] = [
        Block, Segment, Group, ChannelView, AnalogSignal, IrregularlySampledSignal, Epoch, Event,
        SpikeTrain,
    ]  # fmt: skip
    readable_objects: ClassVar[Any] = [Block]
    writeable_objects: ClassVar[Any] = [Block]
    name = "NIX"
    extensions: ClassVar[list[str]] = ["h5", "nix"]
    mode = "file"

    nix_file: Any = None
    _overwritten: Overwritten | None = None

    def __init__(self, filename: str | Path, mode: str = "rw") -> None:
        check_nix_version()
        super().__init__(filename)
        self.nix_file, self._overwritten = open_nix(self.filename, mode)
        self._file_version = self._version_of(new=self.nix_file.mode == "w")
        self._next_block = 0

    def _version_of(self, new: bool) -> str:
        """The version of Neo that the file names; written where it may be and is missing."""
        from neophys.neo.io.nixio import store

        try:
            section = store.child(store.child(self._root(), b"metadata"), b"neo")
            found = store.property_of(section, b"version")
            if found is not None:
                return str(found.values.item())
        except Exception as error:  # HDF5 may say anything of a damaged file
            raise HeaderError(self.filename, None, "neo.version", None, f"{error}") from error
        version = neover if new else _FIRST_VERSION
        if self.nix_file.mode != "r":
            self.nix_file.create_section("neo", "neo.metadata")["version"] = version
        return version

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None and self._overwritten is not None:
            self._overwritten.failed = True
        self.close()

    def __del__(self) -> None:
        if self._overwritten is not None:
            self._overwritten.failed = True  # neither written nor closed: a program that failed
        self.close()

    def close(self) -> None:
        """Close the file; more than once is nothing."""
        file, self.nix_file = self.nix_file, None
        old, self._overwritten = self._overwritten, None
        try:
            if file is not None and file.is_open():
                file.close()
        except BaseException:  # raised again
            if old is not None:
                old.failed = True
            raise
        finally:
            if old is not None:
                old.settle()

    # Reading

    def read_all_blocks(self, lazy: bool = False) -> list[Block]:
        """All blocks, in the order of writing; UnsupportedError for ``lazy=True``."""
        _refuse_lazy(lazy)
        return list(self.iter_blocks())

    def iter_blocks(self) -> Iterator[Block]:
        """The blocks one by one, each read when it is asked for."""
        for name in self._block_names():
            yield self._read(name)

    def read_block(
        self,
        index: int | None = None,
        nixname: str | None = None,
        neoname: str | None = None,
        lazy: bool = False,
    ) -> Block | None:
        """One block; without arguments the next of the file, and None after the last.

        Parameters
        ----------
        index
            Position in the file; goes before `nixname`, which goes before `neoname`.
        nixname
            Name of the NIX block.
        neoname
            Name of the block that was written; the first that has it.
        lazy
            UnsupportedError for True: ``neo.io.nixio_fr`` reads lazily.

        Raises
        ------
        OutOfRangeError, KeyError
            There is no such block.
        """
        _refuse_lazy(lazy)
        names = self._block_names()
        if index is not None:
            if not -len(names) <= index < len(names):
                raise OutOfRangeError(f"{self.filename}: block {index} of {len(names)}")
            return self._read(names[index])
        if nixname is not None:
            if nixname.encode() not in names:
                raise KeyError(f"{self.filename} has no NIX block {nixname!r}")
            return self._read(nixname.encode())
        if neoname is not None:
            return self._read(self._named(neoname, names))
        if self._next_block >= len(names):
            return None
        self._next_block += 1
        return self._read(names[self._next_block - 1])

    def _root(self) -> Any:
        if self.nix_file is None:
            raise ClosedError(f"{self.filename}: the file was closed")
        # nixio has no other way to its file than by path, which may have changed.
        return self.nix_file._h5file.id

    def _block_names(self) -> list[bytes]:
        from neophys.neo.io.nixio import store

        return store.names(store.child(self._root(), b"data"))

    def _named(self, neoname: str, names: list[bytes]) -> bytes:
        from neophys.neo.io.nixio import store

        data = store.child(self._root(), b"data")
        for name in names:
            section = store.child(store.child(data, name), b"metadata")
            found = store.property_of(section, b"neo_name")
            if found is not None and found.values.tolist() == [neoname]:
                return name
        raise KeyError(f"{self.filename} has no block with the Neo name {neoname!r}")

    def _read(self, name: bytes) -> Block:
        from neophys.neo.io.nixio import store
        from neophys.neo.io.nixio.reading import BlockReader

        try:
            return BlockReader(store.child(store.child(self._root(), b"data"), name)).read()
        except NeophysError:
            raise
        except Exception as error:  # HDF5 or Neo's objects may say anything of a damaged file
            said = error.args[0] if error.args else type(error).__name__
            raise HeaderError(
                self.filename, None, f"block {name.decode(errors='replace')!r}", None, f"{said}"
            ) from error

    # Writing

    def write_all_blocks(self, neo_blocks: Iterable[Block], use_obj_names: bool = False) -> None:
        """Write blocks; see :meth:`write_block`."""
        blocks = list(neo_blocks)
        if use_obj_names:
            use_object_names(blocks)
        self._write(blocks)

    def write_block(self, block: Block, use_obj_names: bool = False) -> None:
        """Write a block in place of the one of its ``nix_name``, if there is one.

        Parameters
        ----------
        block : Block
            Proxies are loaded.
        use_obj_names
            Entities get the names of the objects.

        Raises
        ------
        ValueError
            An annotation, a name or a group cannot be stored; with `use_obj_names`, names are
            missing or occur twice. The file is as it was before.
        UnsupportedError
            The file is open for reading, or is of another version of NIX.
        NeophysError
            The disk is full, or fails. A file in mode ``"rw"`` may be damaged then, as HDF5 files
            are changed where they lie.
        """
        self.write_all_blocks([block], use_obj_names)

    def _write(self, blocks: list[Block]) -> None:
        from neophys.neo.io.nixio.writing import BlockWriter

        root = self._root()
        if self.nix_file.mode == "r":
            raise UnsupportedError(f"{self.filename} is open for reading: open it with mode='rw'")
        try:
            for block in blocks:
                BlockWriter(root, lambda: self._generate_nix_name()).write(block)
            flush(self.filename, root)
        except BaseException:  # raised again
            if self._overwritten is not None:
                self._overwritten.failed = True
            raise
        if self._overwritten is not None:
            self._overwritten.drop()
            self._overwritten = None

    @staticmethod
    def _generate_nix_name() -> str:
        return uuid4().hex

    def _write_property(self, section: Any, name: str, v: Any) -> Any:
        """Write a value as property of a nixio Section; returns the property."""
        from neophys.neo.io.nixio import store
        from neophys.neo.io.nixio.writing import put_annotation

        properties = store.subgroup(section._h5group.group.id, "properties")
        put_annotation(store.Maker(), properties, name, v, section.name)
        return section.props[name]


def _refuse_lazy(lazy: bool) -> None:
    if lazy:
        raise UnsupportedError("NixIO reads whole blocks: neo.io.nixio_fr.NixIO reads lazily")
