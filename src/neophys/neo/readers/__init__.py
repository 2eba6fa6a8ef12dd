"""ONE SMALL MODULE A FORMAT: what is Neo's habit for it, and nothing else.

The format's own module (:mod:`neophys.formats`) says what a recording holds. A reader says how Neo
shows that: names, ids, grouping, segments, ``t_start`` 0, the arguments of the constructor. It
is a :class:`NeoReader` named ``READER`` in ``neo/readers/<format>.py``, 30 to 80 lines, and the
classes ``XRawIO`` and ``XIO`` are made from it; :mod:`~neophys.neo.readers.micromed` is the model.

What a reader consists of:

``parameters``, ``io_parameters``
    The constructors' arguments in Neo's order, with defaults; :data:`REQUIRED` where there is
    none. Each becomes an attribute of the instance (``filename``, ``dirname``, ...).
``prepare(arguments)``
    Optional: checks and normalises the arguments as Neo's constructor does (warnings and
    ValueErrors included) and returns the attributes to set, ``rawmode`` among them if it
    depends on the arguments.
``options(arguments)``
    The format's own options (keywords of ``neophys.open``) for these arguments.
``view(contents, arguments)``
    A :class:`~neophys.neo.readers.view.View`: streams, event and spike channels, segments. The
    header's tables come from it, row for row. Raises where Neo refuses by convention (gaps
    without ``gap_tolerance_ms``).
``annotate(contents, arguments, annotations)``
    Optional: adds to ``raw_annotations``, which hold Neo's minimal ones already. The dicts of
    streams, units and event channels are shared by all segments, as in Neo.
``members``
    Optional: attributes of Neo's raw reader beside its API that programs and Neo's own tests take
    from it, each a function of the contents, the view and the arguments.
``deviations``
    Each place where the format's data differ from Neo's on purpose: a
    :class:`~neophys.neo.deviation.Deviation` each, none that no recording or built file shows.

For the helpers :func:`~neophys.neo.readers.view.stream_view`,
:func:`~neophys.neo.readers.view.spike_view`, :func:`~neophys.neo.readers.view.as_recorded` and
:func:`~neophys.neo.readers.view.at_cuts` see :mod:`neophys.neo.readers.view`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from neophys.contents import Contents
    from neophys.neo.deviation import Deviation
    from neophys.neo.readers.view import View

__all__ = ["CLASS_NAMES", "REQUIRED", "NeoReader", "all_readers", "reader_of"]

#: In the place of a default: the argument must be given.
REQUIRED: Final = object()

#: What the names of a format's classes begin with -> the module of its reader.
CLASS_NAMES: Final = {
    "EDF": "edf",
    "Micromed": "micromed",
    "Neuralynx": "neuralynx",
    "Plexon": "plexon",
    "RawBinarySignal": "rawbinary",
}


def _no_options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class NeoReader:
    """What Neo's two classes for a format are made from; see the module.

    Attributes
    ----------
    format
        Name of the format in :mod:`neophys.formats`.
    prefix
        ``"Micromed"`` for ``MicromedRawIO`` and ``MicromedIO``.
    extensions
        As Neo declares them, without the dot.
    rawmode
        ``"one-dir"`` readers open ``dirname``, the others ``filename``.
    name, description
        Class attributes of the IO class.
    buffers
        Whether Neo's reader has the buffer API (signals as plain arrays in the file).
    """

    format: str
    prefix: str
    extensions: tuple[str, ...]
    rawmode: Literal["one-file", "multi-file", "one-dir"]
    view: Callable[[Contents, Mapping[str, Any]], View]
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"filename": ""})
    io_parameters: Mapping[str, Any] = field(default_factory=lambda: {"filename": REQUIRED})
    prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    options: Callable[[Mapping[str, Any]], dict[str, Any]] = _no_options
    annotate: Callable[[Contents, Mapping[str, Any], dict[str, Any]], None] | None = None
    members: Mapping[str, Callable[[Contents, View, Mapping[str, Any]], Any]] = field(
        default_factory=dict
    )
    deviations: tuple[Deviation, ...] = ()
    name: str = "BaseRawIO"
    description: str = ""
    buffers: bool = False


def reader_of(format: str) -> NeoReader:
    """The reader of a format; its module is imported now."""
    reader: NeoReader = import_module(f"neophys.neo.readers.{format}").READER
    return reader


def all_readers() -> tuple[NeoReader, ...]:
    """All readers, by name of their classes."""
    return tuple(reader_of(CLASS_NAMES[prefix]) for prefix in sorted(CLASS_NAMES))
