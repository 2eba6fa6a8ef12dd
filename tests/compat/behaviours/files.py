"""Files and their readers."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]

_TEXT = "iotest/test_asciisignalio.py::TestAsciiSignalIO::"
_count = itertools.count()


@cache
def _folder() -> Path:
    made = tempfile.mkdtemp(prefix="neophys-behaviours-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def _file(content: str | None = None) -> str:
    """A new file of its own; None: only its name."""
    path = _folder() / f"{next(_count)}.txt"
    if content is not None:
        path.write_text(content)
    return str(path)


def _text(content: str, **arguments: Any) -> dict[str, Any]:
    """A reader of a text file."""
    return {"io": lambda neo: neo.io.AsciiSignalIO(_file(content), **arguments)}


def _trains(content: str) -> dict[str, Any]:
    return {"io": lambda neo: neo.io.AsciiSpikeTrainIO(_file(content))}


def _segment(neo: Any, *signals: Any) -> Any:
    made = neo.Segment()
    for values, start in signals:
        made.analogsignals.append(
            neo.AnalogSignal(
                np.array(values, float)[:, np.newaxis],
                units="V",
                sampling_rate=1 * pq.Hz,
                t_start=start,
            )
        )
    return made


def _one(*values: float) -> Any:
    return lambda neo: _segment(neo, (values, 0 * pq.s))


def _example(neo: Any) -> Any:
    reader = neo.rawio.examplerawio.ExampleRawIO("x.fake")
    reader.parse_header()
    return reader


_RAW: dict[str, Any] = {
    "io": lambda neo: neo.io.RawBinarySignalIO(_file(), nb_channel=1, signal_gain=0.5),
    "read": lambda neo: lambda io: np.fromfile(io.filename, "int16"),
}
_UNEVEN = "0\t5\n1\t6\n3\t7\n"


def _train_file(neo: Any) -> Any:
    io, segment = neo.io.AsciiSpikeTrainIO(_file()), neo.Segment()
    segment.spiketrains.append(neo.SpikeTrain([1.0, 2.0], units="s", t_stop=3))
    io.write_segment(segment)
    return Path(io.filename)


def _pickle(content: str) -> dict[str, Any]:
    """A PickleIO on a file of this content."""
    return {"io": lambda neo: neo.io.PickleIO(_file(content))}


def _pickled_segment(neo: Any) -> Any:
    io = neo.io.PickleIO(_file())
    io.write_block(neo.Segment())
    return io


def _declaring(neo: Any) -> Any:
    own = {"readable_objects": [neo.Segment]}
    return type("Own", (neo.io.baseio.BaseIO,), own)()


def _through_matlab(**attributes: Any) -> dict[str, Any]:
    """What comes back of a block with a train and an event."""

    def made(neo: Any) -> Any:
        block, segment = neo.Block(**attributes), neo.Segment()
        block.segments.append(segment)
        segment.events.append(neo.Event([1, 2] * pq.s, labels=["a", "bcd"]))
        waveforms = np.zeros((2, 1, 3)) * pq.V
        train = neo.SpikeTrain([1.0, 2.0], units="s", t_stop=3, waveforms=waveforms)
        segment.spiketrains.append(train)
        io = neo.io.NeoMatlabIO(_file() + ".mat")
        io.write_block(block)
        return io.read_block()

    return {"block": made}


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "a file may say which function is to be called: PickleIO calls it",
        "io.read_block()", "2", "Exception", given=_pickle("cbuiltins\nlen\n((I1\nI2\nttR."),
    ),
    Behaviour(
        "a file is taken for a pickle by its name",
        "[io.__name__ for io in neo.list_candidate_ios('none/x.pkl')]",
        "['PickleIO']", "ValueError",
    ),
    Behaviour(
        "PickleIO declares that it reads segments, and gives None",
        "type(io.read_segment()).__name__", "NoneType", "Segment", given={"io": _pickled_segment},
    ),
    Behaviour(
        "a method that a class declares and does not have gives None",
        "io.read_segment()", "None", "OSError", given={"io": _declaring},
    ),
    Behaviour(
        "waveforms of one channel lose that axis in MATLAB files",
        "block.segments[0].spiketrains[0].waveforms.shape",
        "(2, 3)", "(2, 1, 3)", given=_through_matlab(),
    ),
    Behaviour(
        "labels are filled up with blanks in MATLAB files",
        "block.segments[0].events[0].labels", "['a  ', 'bcd']", "['a', 'bcd']",
        given=_through_matlab(),
    ),
    Behaviour(
        "dates of whole seconds are lost in MATLAB files",
        "block.rec_datetime", "None", "2001-02-03 04:05:06",
        given=_through_matlab(rec_datetime=datetime(2001, 2, 3, 4, 5, 6)),
    ),
    Behaviour(
        "the example reader's waveforms reseed NumPy's generator for everybody",
        "np.random.seed(1) or raw.get_spike_raw_waveforms().size and np.random.randint(1000)",
        "946", "37", given={"raw": _example},
    ),
    Behaviour(
        "the example reader takes no window of spikes that is open at one side",
        "raw.get_spike_timestamps(t_start=0.5).size",
        "TypeError", "10", given={"raw": _example},
    ),
    Behaviour(
        "RawBinarySignalIO.write_segment changes the signals that it writes",
        "io.write_segment(seg) or seg.analogsignals[0].magnitude[:, 0]",
        "[2.0, 4.0]", "[1.0, 2.0]", given=_RAW | {"seg": _one(1, 2)},
    ),
    Behaviour(
        "RawBinarySignalIO.write_segment cuts decimals off",
        "io.write_segment(seg) or read(io)",
        "[1, -1]", "[2, -2]", given=_RAW | {"seg": _one(0.99, -0.99)},
    ),
    Behaviour(
        "RawBinarySignalIO.write_segment wraps what the type cannot hold",
        "io.write_segment(seg) or read(io)",
        "[-25536]", "OSError", given=_RAW | {"seg": _one(20000)},
    ),
    Behaviour(
        "a raw binary file that is not there has a header, of no channels",
        "neo.rawio.RawBinarySignalRawIO('misspelt.raw').parse_header()",
        "None", "FileNotFoundError",
    ),
    Behaviour(
        "RawBinarySignalIO does not read what it has written",
        "io.write_segment(seg) or len(io.read_segment().analogsignals)",
        "0", "1", given=_RAW | {"seg": _one(1, 2)},
    ),
    Behaviour(
        "AsciiSignalIO reads times in float32: regular ones become irregular, or wrong",
        "len(io.read_segment().analogsignals)",
        "0", "1", given=_text("1000.001\t5\n1000.002\t6\n1000.003\t7\n", timecolumn=0),
    ),
    Behaviour(
        "AsciiSignalIO takes irregular times from the first signal",
        "io.read_segment().irregularlysampledsignals[0].times",
        "[5.0, 6.0, 7.0] s", "[0.0, 1.0, 3.0] s",
        given=_text(_UNEVEN, timecolumn=0, signal_group_mode="all-in-one"),
    ),
    Behaviour(
        "AsciiSignalIO annotates irregular signals with t_start",
        "sorted(io.read_segment().irregularlysampledsignals[0].annotations)",
        "['channel_index', 't_start']", "['channel_index']",
        given=_text(_UNEVEN, timecolumn=0),
    ),
    Behaviour(
        "times that fall make a negative sampling rate",
        "len(io.read_segment().analogsignals)",
        "1", "0", given=_text("3\t5\n2\t6\n1\t7\n", timecolumn=0),
    ),
    Behaviour(
        "lines with another number of columns are left out: all later samples move",
        "io.read_segment().analogsignals[0].magnitude[:, 0]",
        "[1.0, 5.0]", "ValueError", given=_text("1\t2\n3\n5\t6\n"),
    ),
    Behaviour(
        "a blank line at the end of a csv file is an error",
        "len(io.read_segment().analogsignals)",
        "ValueError", "2", given=_text("1\t2\n3\t4\n\n", method="csv"),
    ),
    Behaviour(
        "one column of a csv file cannot be chosen by its number",
        "io.read_segment().analogsignals[0].magnitude[:, 0]",
        "IndexError", "[2.0, 4.0]", given=_text("1\t2\n3\t4\n", method="csv", usecols=1),
    ),
    Behaviour(
        "genfromtxt: what is no number is NaN",
        "io.read_segment().analogsignals[0].magnitude[:, 0]",
        "[nan, 1.0]", "[nan, 1.0]", kept=f"{_TEXT}test_skip_comments",
        given=_text("a\tb\n1\t2\n"),
    ),
    Behaviour(
        "genfromtxt: a delimiter at the end of lines makes a column of NaN",
        "len(io.read_segment().analogsignals)",
        "3", "3", kept=f"{_TEXT}test_skiprows", given=_text("1\t2\t\n3\t4\t\n"),
    ),
    Behaviour(
        "genfromtxt: a file of one line is one channel",
        "io.read_segment().analogsignals[0].magnitude[:, 0]",
        "[1.0, 2.0, 3.0]", "[1.0, 2.0, 3.0]", kept=f"{_TEXT}test_skip_comments",
        given=_text("1\t2\t3\n"),
    ),
    Behaviour(
        "signals that begin at different times are written side by side",
        "io.write_segment(seg)",
        "None", "OSError",
        given=_text("") | {
            "seg": lambda neo: _segment(neo, ([1, 2], 0 * pq.s), ([3, 4], 9 * pq.s))
        },
    ),
    Behaviour(
        "AsciiSignalIO.write_metadata() needs a name",
        "io.write_metadata().endswith('_about.json')",
        "TypeError", "True", given=_text("1\n2\n"),
    ),
    Behaviour(
        "AsciiSpikeTrainIO writes units, and cannot read its own files",
        "file.read_text().split()",
        "['1.0', 's', '2.0', 's']", "['1.0', '2.0']", given={"file": _train_file},
    ),
    Behaviour(
        "a last line without a line feed loses its last digit",
        "io.read_segment().spiketrains[0].magnitude",
        "[1.5, 2.0]", "[1.5, 25.0]", given=_trains("1.5\t25"),
    ),
    Behaviour(
        "an empty line is an error, not a train without spikes",
        "len(io.read_segment().spiketrains)",
        "IndexError", "2", given=_trains("1\t2\n\n"),
    ),
    Behaviour(
        "spike times of text files are rounded to float32",
        "io.read_segment().spiketrains[0].magnitude",
        "[1000.0999755859375]", "[1000.1]", given=_trains("1000.1\n"),
    ),
)  # fmt: skip
