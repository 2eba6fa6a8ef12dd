"""The worked example on the real recording: what it prints, and what it computes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray
from tests.recordings import recording

from neophys import neo

FILE = "ephy_testing_data/micromed/File_micromed_1.TRC"
PRINTED = """\
MicromedIO: {path}
nb_block: 1
nb_segment:  [1]
signal_streams: [Signals (chans: 64)]
signal_channels: [FP1, FP2, AF7, AF3 ... Trig , VEOG , HEOG , EMG]
spike_channels: []
event_channels: [Trigger, Note, Event A, Event B]
"""
AVERAGE = np.array(
    "28.009033 19.662857 26.106644 26.94664 14.271545 5.2375793 0.71487427 3.2821655 "
    "11.3471985 3.28331".split(),
    np.float32,
)
LIMITS = -20 * pq.ms, +20 * pq.ms


def fancy_average(signals: list[Any]) -> NDArray[np.float32]:
    stacked = np.stack([signal.magnitude for signal in signals], axis=0)
    return np.mean(np.mean(stacked, axis=0), axis=1)


def test_the_reader_prints_as_in_neo() -> None:
    path = recording(FILE)
    reader = neo.MicromedIO(filename=str(path))
    reader.parse_header()
    assert str(reader) == PRINTED.format(path=path)
    printed = " ".join(f"Header information: {reader.header}".split())
    assert "('FP1', '0', 256., 'u2', 'uV', 0.09765625, -3200., '0', '0')" in printed
    assert len(re.findall(r"256\., 'u2', 'uV'", printed)) == 64
    assert "('Note', '', b'event'), ('Event A', '', b'epoch')" in printed


def test_eager_and_lazy_averages_are_the_ten_numbers() -> None:
    reader = neo.MicromedIO(filename=str(recording(FILE)))

    segment = reader.read_segment(lazy=False)
    signal, triggers = segment.analogsignals[0], segment.events[0]
    assert (triggers.times * 256).magnitude.tolist() == [52, 289, 519, 979]
    eager = fancy_average(
        [signal.time_slice(*(t + limit for limit in LIMITS)) for t in triggers.times]
    )

    segment = reader.read_segment(lazy=True)
    proxy, triggers = segment.analogsignals[0], segment.events[0].load(time_slice=None)
    lazy = fancy_average(
        [proxy.load(time_slice=tuple(t + limit for limit in LIMITS)) for t in triggers.times]
    )

    for average in (eager, lazy):
        assert average.dtype == np.float32
        assert average.tobytes() == AVERAGE.tobytes()
