"""Neo's objects in pickles, which are read without running them.

Neo loads whatever a pickle names, and so runs whatever its author wrote. Here a file can only make
Neo's objects and their parts (:mod:`neophys.neo.io.pickleio.names` has the list); anything else in
it is an error that names it. No file is taken for a pickle by its name alone: ``get_io`` and
``list_candidate_ios`` do not know this class.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any, BinaryIO, ClassVar

import numpy as np

from neophys.errors import AccessError, MissingFileError, NeophysError
from neophys.neo.core import AnalogSignal, Block, Segment, SpikeTrain
from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.container import Container
from neophys.neo.core.dataobject import DataObject
from neophys.neo.core.traincolumns import TrainColumns
from neophys.neo.io.baseio import BaseIO, read_error
from neophys.neo.io.pickleio.arrays import PickledDtype, check_objects
from neophys.neo.io.pickleio.machine import Machine, PickleRefusal
from neophys.neo.io.pickleio.names import is_known
from neophys.neo.io.pickleio.objects import Objects
from neophys.source.writing import replacing

__all__ = ["PickleIO"]


class PickleIO(BaseIO):
    """Reads and writes Neo's objects as pickles.

    Parameters
    ----------
    filename : str or Path

    Notes
    -----
    Reads pickles that neophys or Neo wrote, of protocols 0 to 5. What is pickled by one version may
    not be read by another: keep results between two steps in such files, not data for years.
    """

    is_readable: ClassVar[bool] = True
    is_writable: ClassVar[bool] = True
    has_header: ClassVar[bool] = False
    is_streameable: ClassVar[bool] = False
    supported_objects: ClassVar[Any] = [Block, Segment, AnalogSignal, SpikeTrain]
    readable_objects: ClassVar[Any] = supported_objects
    writeable_objects: ClassVar[Any] = supported_objects
    mode: ClassVar[str] = "file"
    name: ClassVar[str] = "Python pickle file"
    extensions: ClassVar[list[str]] = ["pkl", "pickle"]

    def read_block(self, lazy: bool = False) -> Any:
        """The object that the file holds: a block, or whatever of Neo's was written.

        Raises
        ------
        NeoReadWriteError
            ``lazy`` is asked for.
        NeophysError
            The file is missing, damaged, or wants more than Neo's objects.
        """
        if lazy:
            raise _refusal("PickleIO does not read lazily")
        path = Path(self.filename)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise MissingFileError(f"{path}: does not exist") from None
        except OSError as error:
            raise AccessError(f"{path}: cannot be read: {error.strerror or error}") from error
        maker = Objects(len(data))
        made = Machine(data, path.name, maker).run()
        try:
            return maker.whole(made)
        except PickleRefusal as error:
            raise NeophysError(f"{path.name}: {error}") from None

    def write_block(self, block: Any) -> None:
        """Write a block, or another object of Neo's; an older file is replaced when it is whole.

        Raises
        ------
        NeophysError
            It holds something that PickleIO does not read back.
        """
        with replacing(Path(self.filename)) as file:
            _Pickler(file).dump(block)


class _Pickler(pickle.Pickler):
    """Refuses what could not be read back."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        # Nothing that is written is too much.
        self._reader = Objects(sys.maxsize)

    def reducer_override(self, obj: Any) -> Any:
        try:
            self._check(obj)
        except PickleRefusal as error:
            what = str(error).replace("this pickle has", "has")
            message = f"{_name(type(obj))} {what}: PickleIO would not read that back"
            raise NeophysError(message) from None
        return NotImplemented

    def _check(self, obj: Any) -> None:
        if isinstance(obj, type | FunctionType | BuiltinFunctionType):
            if not is_known(obj.__module__ or "", obj.__qualname__):
                raise NeophysError(
                    f"{_name(obj)} cannot be written by PickleIO: it would not be read back"
                )
        elif isinstance(obj, np.dtype):
            PickledDtype((obj.str,))
        elif isinstance(obj, np.ndarray):
            if obj.dtype.kind == "O":
                check_objects(obj.ravel().tolist())
            if isinstance(obj, DataObject):
                self._reader.annotation(obj.annotations)
        elif isinstance(obj, Container):
            for value in vars(obj).values():
                self._reader.annotation(value, objects=True)
        elif isinstance(obj, BaseNeo | TrainColumns):
            self._reader.annotation(obj.annotations)


def _name(kind: Any) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _refusal(message: str) -> OSError:
    from neophys.neo.core.baseneo import NeoReadWriteError

    return NeoReadWriteError(message)


def _reading(kind: Any) -> Any:
    def read(self: PickleIO, lazy: bool = False) -> Any:
        found = self.read_block(lazy=lazy)
        if not isinstance(found, kind):
            raise _refusal(f"{self.filename} holds a {type(found).__name__}: {read_error}")
        return found

    read.__name__ = f"read_{kind.__name__.lower()}"
    read.__doc__ = f"The {kind.__name__} that the file holds; NeoReadWriteError if it is another."
    return read


for _kind in (Segment, AnalogSignal, SpikeTrain):
    setattr(PickleIO, f"read_{_kind.__name__.lower()}", _reading(_kind))
    setattr(PickleIO, f"write_{_kind.__name__.lower()}", PickleIO.write_block)
