"""What files keep, and what files are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour
from tests.compat.behaviours.files import _file

__all__ = ["BEHAVIOURS"]


def _folder_with(*names: str) -> Path:
    folder = Path(_file())
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return folder


def _annotated(value: Any, key: str = "x", **others: Any) -> Any:
    def made(neo: Any) -> Any:
        block = neo.Block()
        block.segments.append(neo.Segment())
        block.segments[0].annotations |= {key: value} | others
        return block

    return made


def _through(reader: str, suffix: str) -> Any:
    """A function that writes a block, and gives the annotations that come back."""

    def made(neo: Any) -> Any:
        def through(block: Any) -> Any:
            io = getattr(neo.io, reader)(_file() + suffix)
            io.write_block(block)
            return io.read_block().segments[0].annotations

        return through

    return made


def _huge(neo: Any) -> Any:
    made = neo.Segment()
    made.analogsignals.append(
        neo.AnalogSignal(np.array([[1e300]]), units="V", sampling_rate=1 * pq.Hz)
    )
    return made


_MATLAB = _through("NeoMatlabIO", ".mat")

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "brackets, asterisks and question marks in the beginning of names are patterns",
        "[io.__name__ for io in neo.list_candidate_ios(folder / 'rat[1]')]",
        "ValueError", "['MicromedIO']", given={"folder": lambda neo: _folder_with("rat[1].trc")},
    ),
    Behaviour(
        "a class that declares trc and TRC is there twice",
        "len(neo.list_candidate_ios('none/x.trc'))", "2", "1",
    ),
    Behaviour(
        "annotations whose names MATLAB does not allow are left out, unsaid",
        "sorted(through(block))", "[]", "Exception",
        given={"block": _annotated(1, "_x"), "through": _MATLAB},
    ),
    Behaviour(
        "masked values are written to MATLAB files as if they were none",
        "through(block)['x'].tolist()", "[1, 999999]", "Exception",
        given={"block": _annotated(np.ma.array([1, 2], mask=[False, True])), "through": _MATLAB},
    ),
    Behaviour(
        "an annotation x_units that is no unit: the file is not read again",
        "sorted(through(block))", "LookupError", "['x', 'x_units']",
        given={"block": _annotated(1, x_units="parsnips"), "through": _MATLAB},
    ),
    Behaviour(
        "annotations may hold anything that can be pickled: a set",
        "through(block)['x']", "{1}", "Exception",
        given={"block": _annotated({1}), "through": _through("PickleIO", ".pkl")},
    ),
    Behaviour(
        "numbers that float32 cannot hold are written as infinite",
        "io.write_segment(seg) or np.fromfile(io.filename, 'f4')", "[inf]", "OSError",
        given={
            "io": lambda neo: neo.io.RawBinarySignalIO(_file(), dtype="float32", nb_channel=1),
            "seg": _huge,
        },
    ),
)  # fmt: skip
