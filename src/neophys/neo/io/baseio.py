"""Base of the classes that give objects: ``read_...`` and ``write_...`` by kind of object."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any, ClassVar, Final

__all__ = ["BaseIO", "read_error", "write_error"]

read_error = "this class does not read objects of this kind"
write_error = "this class does not write objects of this kind"

#: Kinds of objects, each with the name of what its ``write_`` method takes.
_KINDS: Final = {
    "Block": "bl", "Segment": "seg", "SpikeTrain": "sptr", "AnalogSignal": "anasig",
    "ImageSequence": "imseq", "RectangularRegionOfInterest": "rectroi",
    "CircularRegionOfInterest": "circroi", "PolygonRegionOfInterest": "polyroi",
    "IrregularlySampledSignal": "irsig", "ChannelView": "chv", "Event": "ev", "Epoch": "ep",
    "Group": "group",
}  # fmt: skip
_LAZY: Final = (*_KINDS, "NeoReadWriteError", "logging_handler")
__all__ += [*_LAZY]


def __getattr__(name: str) -> Any:
    # Modules of Neo's readers import these from here; imported when asked for.
    if name == "logging_handler":
        return import_module("neophys.neo.rawio.baserawio").logging_handler
    if name in _LAZY:
        return getattr(import_module("neophys.neo.core"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class BaseIO:
    """Reads and writes objects; subclasses say which kinds, and how.

    Attributes
    ----------
    readable_objects, writeable_objects, supported_objects : list of classes
    support_lazy : bool
    extensions : list of str
        Without the dot.
    mode : str
        ``"file"`` or ``"dir"``: what a recording is.
    """

    is_readable: ClassVar[bool] = False
    is_writable: ClassVar[bool] = False
    supported_objects: ClassVar[Any] = []
    readable_objects: ClassVar[Any] = []
    writeable_objects: ClassVar[Any] = []
    support_lazy: ClassVar[bool] = False
    read_params: ClassVar[dict[Any, Any]] = {}
    write_params: ClassVar[dict[Any, Any]] = {}
    name: ClassVar[str] = "BaseIO"
    description: ClassVar[str] = ""
    extensions: ClassVar[list[str]] = []
    mode: ClassVar[str] = "file"

    def __init__(self, filename: str | Path | None = None, **kargs: Any) -> None:
        self.filename = str(filename)
        import logging

        cls = type(self)
        self.logger = logging.getLogger(f"{cls.__module__.removeprefix('neophys.')}.{cls.__name__}")

    def read(self, lazy: bool = False, **kargs: Any) -> list[Any]:
        """All that is read in one go, as a list of blocks.

        Raises NeoReadWriteError for ``lazy=True`` where the class cannot.
        """
        if lazy and not self.support_lazy:
            raise _refusal(f"{type(self).__name__} cannot read lazily")
        kinds = {kind.__name__ for kind in self.readable_objects}
        read_all: Any = getattr(self, "read_all_blocks", None)
        if "Block" in kinds:
            if callable(read_all):
                blocks: list[Any] = read_all(lazy=lazy, **kargs)
                return blocks
            return [self.read_block(lazy=lazy, **kargs)]
        if "Segment" in kinds:
            from neophys.neo.core.block import Block

            block = Block(name="One segment only")
            block.segments.append(self.read_segment(lazy=lazy, **kargs))
            block.check_relationships()
            return [block]
        raise NotImplementedError(f"{type(self).__name__} reads neither blocks nor segments")

    def write(self, bl: Any, **kargs: Any) -> None:
        """Write a block, or several where the class can."""
        kinds = {kind.__name__ for kind in self.writeable_objects}
        if "Block" in kinds:
            if not isinstance(bl, Sequence):
                self.write_block(bl, **kargs)
                return
            write_all: Any = getattr(self, "write_all_blocks", None)
            if write_all is None:
                raise _refusal(f"{type(self).__name__} cannot write several blocks")
            write_all(bl, **kargs)
        elif "Segment" in kinds:
            if len(bl.segments) != 1:
                raise _refusal(f"{type(self).__name__} writes one segment, not {len(bl.segments)}")
            self.write_segment(bl.segments[0], **kargs)
        else:
            raise NotImplementedError(f"{type(self).__name__} writes neither blocks nor segments")

    # One method a kind, as attributes below.
    read_block: Any
    read_segment: Any
    write_block: Any
    write_segment: Any


def _refusal(message: str) -> OSError:
    from neophys.neo.core.baseneo import NeoReadWriteError

    return NeoReadWriteError(message)


def _method(name: str, kind: str, declared: str, otherwise: str, *parameters: str) -> Any:
    """A method that a class has to bring itself: here it says that this one does not."""

    def method(self: BaseIO, *args: Any, **kargs: Any) -> None:
        own = type(self).__name__
        if kind not in {known.__name__ for known in getattr(self, declared)}:
            raise _refusal(f"{own}: {kind}: {otherwise}")
        raise _refusal(f"{own} declares that it has {name}, and has none")

    shown = [Parameter(word, Parameter.POSITIONAL_OR_KEYWORD) for word in ("self", *parameters)]
    made: Any = method
    made.__signature__ = Signature([*shown, Parameter("kargs", Parameter.VAR_KEYWORD)])
    made.__name__, made.__qualname__ = name, f"BaseIO.{name}"
    made.__doc__ = f"For {kind}; NeoReadWriteError where a class has no method of its own."
    return made


for _kind, _written in _KINDS.items():
    for _name, _args in (
        (f"read_{_kind.lower()}", ("readable_objects", read_error)),
        (f"write_{_kind.lower()}", ("writeable_objects", write_error, _written)),
    ):
        setattr(BaseIO, _name, _method(_name, _kind, *_args))
