"""NIX files."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]

_count = itertools.count()


@cache
def _folder() -> Path:
    made = tempfile.mkdtemp(prefix="neophys-behaviours-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def _file() -> str:
    return str(_folder() / f"{next(_count)}.nix")


def _write(neo: Any, path: str, block: Any, mode: str = "ow") -> None:
    with neo.io.NixIO(path, mode) as file:
        file.write_block(block)


def _read(neo: Any, path: str) -> Any:
    with neo.io.NixIO(path, "ro") as file:
        return file.read_block()


def _back(neo: Any) -> Callable[[Any], Any]:
    """Write a block and read it."""

    def back(block: Any) -> Any:
        path = _file()
        _write(neo, path, block)
        return _read(neo, path)

    return back


def _block(neo: Any, *objects: Any) -> Any:
    block, segment = neo.Block(name="b"), neo.Segment()
    block.segments.append(segment)
    for obj in objects:
        getattr(segment, type(obj).__name__.lower() + "s").append(obj)
    return block


def _train(neo: Any, **more: Any) -> Any:
    return neo.SpikeTrain([1.0, 2.0], units="s", t_stop=3, **more)


def _cut(neo: Any) -> Any:
    """A block with a train that was written before, and a cut of it."""
    train = _train(neo)
    _back(neo)(_block(neo, train))
    return _block(neo, train, train.time_slice(1.5 * pq.s, 3 * pq.s))


def _swept(neo: Any) -> Any:
    return _block(
        neo,
        _train(
            neo,
            waveforms=np.zeros((2, 1, 3)) * pq.uV,
            sampling_rate=1 * pq.kHz,
            left_sweep=2 * pq.s,
        ),
    )


def _failed(mode: str) -> Callable[[Any], Any]:
    """What a file holds when writing a block again has failed: its first block."""

    def failed(neo: Any) -> Any:
        path, block = _file(), _block(neo, _train(neo))
        _write(neo, path, block)
        block.segments[0].spiketrains[0].annotations["odd"] = 1j
        with contextlib.suppress(ValueError):
            _write(neo, path, block, mode)
        return _read(neo, path)

    return failed


def _lazy(neo: Any) -> Any:
    """A raw reader of a signal of 2 kHz and a train."""
    path = _file()
    signal = neo.AnalogSignal(np.zeros((4, 1)), units="mV", sampling_rate=2 * pq.kHz)
    _write(neo, path, _block(neo, signal, _train(neo)))
    reader = neo.rawio.NIXRawIO(path)
    reader.parse_header()
    return reader


def _squared(neo: Any) -> Any:
    return _block(neo, neo.AnalogSignal(np.zeros((4, 1)), units="uV**2", sampling_rate=1 * pq.Hz))


def _through_raw(neo: Any) -> Any:
    """A named block, with a signal that outlasts its train, as the lazy reader reads it."""
    block = _block(
        neo,
        neo.AnalogSignal(np.zeros(9), "mV", sampling_rate=1 * pq.Hz),
        neo.SpikeTrain([1.0], 2.0, "s"),
        neo.Event([1.0] * pq.s, ["x"], array_annotations={"code": [7]}),
    )
    block.segments[0].name = "s"
    path = _file()
    _write(neo, path, block)
    return neo.io.nixio_fr.NixIO(path).read_block()


BACK = {"back": _back}
_TESTS = "iotest/test_nixio.py::NixIOWriteTest::"

BEHAVIOURS = (
    Behaviour(
        "NixIO writes the names of its entities into the annotations of what it writes",
        "back(blk) and 'nix_name' in blk.annotations",
        "True", "True", kept=f"{_TESTS}test_block_write",
        given=BACK | {"blk": lambda neo: neo.Block()},
    ),
    Behaviour(
        "a tuple comes back as list",
        "back(neo.Block(x=())).annotations['x']",
        "[]", "[]", kept=f"{_TESTS}test_annotations_special_cases", given=BACK,
    ),
    Behaviour(
        "a cut of a train that was written before is taken for that train",
        "[len(t) for t in back(blk).segments[0].spiketrains]",
        "[2]", "[2, 1]", given=BACK | {"blk": _cut},
    ),
    Behaviour(
        "a block without a time of recording comes back with that of writing",
        "back(neo.Block()).rec_datetime is None", "False", "True", given=BACK,
    ),
    Behaviour(
        "left_sweep is read in the unit of the sampling period, whatever it was",
        "back(blk).segments[0].spiketrains[0].left_sweep",
        "2.0 1/kHz", "2000.0 1/kHz", given=BACK | {"blk": _swept},
    ),
    Behaviour(
        "no name comes back as an empty one",
        "back(neo.Block()).name is None", "False", "True", given=BACK,
    ),
    Behaviour(
        "file_origin is not written",
        "back(neo.Block(file_origin='a.plx')).file_origin", "None", "a.plx", given=BACK,
    ),
    Behaviour(
        "an annotation of None cannot be written",
        "back(neo.Block(x=None)).annotations['x']", "TypeError", "None", given=BACK,
    ),
    Behaviour(
        "a dict comes back as list of its keys",
        "back(neo.Block(x={'a': 1, 'b': 2})).annotations['x']",
        "['a', 'b']", "{'a': 1, 'b': 2}", given=BACK,
    ),
    Behaviour(
        "nested lists are left out",
        "back(neo.Block(x=[[1, 2], [3]])).annotations.get('x')",
        "None", "[[1, 2], [3]]", given=BACK,
    ),
    Behaviour(
        "a list of one comes back as what is in it",
        "back(neo.Block(x=['a'])).annotations['x']", "a", "['a']", given=BACK,
    ),
    Behaviour(
        "a power of a unit comes back as a unit of its own",
        "back(blk).segments[0].analogsignals[0].units",
        "1.0 (uV**2)", "1.0 uV**2", given=BACK | {"blk": _squared},
    ),
    Behaviour(
        "where writing a block again fails, the old one is gone",
        "len(failed.segments[0].spiketrains)",
        "0", "1", given={"failed": _failed("rw")},
    ),
    Behaviour(
        "where writing a new file in place of an old one fails, the old one is gone",
        "len(failed.segments[0].spiketrains)",
        "0", "1", given={"failed": _failed("ow")},
    ),
    Behaviour(
        "read lazily, a rate in kHz is one in Hz",
        "raw.get_signal_sampling_rate()", "2.0", "2000.0", given={"raw": _lazy},
    ),
    Behaviour(
        "read lazily, trains count no spikes",
        "raw.spike_count()", "0", "2", given={"raw": _lazy},
    ),
    Behaviour(
        "an array comes back as a list",
        "type(back(neo.Block(x=np.array([1, 2]))).annotations['x']).__name__",
        "list", "ndarray", given=BACK,
    ),
    Behaviour(
        "read lazily, blocks and segments have no names",
        "(again.name, again.segments[0].name)",
        "(None, None)", "('b', 's')", given={"again": _through_raw},
    ),
    Behaviour(
        "read lazily, array annotations of events are lists among the annotations",
        "list(again.segments[0].events[0].array_annotations)",
        "[]", "['code']", given={"again": _through_raw},
    ),
    Behaviour(
        "read lazily, a segment has the limits of its last train, whatever else is in it",
        "(again.segments[0].analogsignals[0].t_stop, again.segments[0].spiketrains[0].t_stop)",
        "(9.0 s, 2.0 s)", "(9.0 s, 9.0 s)", given={"again": _through_raw},
    ),
)  # fmt: skip
