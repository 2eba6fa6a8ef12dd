"""Where our answers differ from Neo 0.14.6 on purpose, as data.

The docs, :func:`neophys.neo.deviations` and the differential tests read one list: what differs
between the two and is not in it fails a test, and so does an entry that no recording shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["GENERAL", "Deviation"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One place where Neo's data are wrong, or where it refuses what can be read.

    Attributes
    ----------
    id
        Short and unique, ``"MIC-1"``: what tests name it by.
    format
        Name of the format; ``"*"`` for all.
    fields
        Patterns (as of :mod:`fnmatch`) over what differs: ``signal_channels.gain``, ``samples``,
        ``values``, ``events.times``, ``events.durations``, ``events.labels``, ``event_count``,
        ``spikes``, ``spike_count``, ``waveforms``, ``segments``, ``t_start``, ``t_stop``,
        ``sampling_rate``, ``units``, ``names``, ``annotations``, ``refusal``.
    clause
        What decides: the format's specification, or the rule that Neo itself states.
    neo, ours
        What each gives, in a few words.
    """

    id: str
    format: str
    fields: tuple[str, ...]
    clause: str
    neo: str
    ours: str


_RANGE = "get_analogsignal_chunk: rows [i_start, i_stop) of the segment"

#: Of the layer that all formats share.
GENERAL: Final = (
    Deviation(
        "GEN-1", "*", ("samples", "values", "size", "t_stop"), _RANGE,
        "i_stop=0 means: to the end", "an empty window",
    ),
    Deviation(
        "GEN-2", "*", ("samples", "refusal"), _RANGE,
        "a negative i_start gives bytes that lie before the data", "an IndexError (and ValueError)",
    ),
    Deviation(
        "GEN-3", "*", ("refusal",), "a limit of time_slice that is None is the signal's own",
        "AnalogSignalProxy.load(time_slice=(None, t)) raises", "from the signal's start",
    ),
    Deviation(
        "GEN-4", "*", ("samples",), "time_slice keeps what lies in the window",
        "an irregular signal without samples in the window gives all of them", "none",
    ),
    Deviation(
        "GEN-5", "*", ("values", "t_start", "sampling_rate"), "arithmetic, and that of indexes",
        "2 * signal subtracts 2; signal[-3:] begins before the signal; signal[::2] has the old "
        "rate; -signal and ufuncs lose times and rate; signal != signal raises",
        "products; the third last sample's time; half the rate; both are kept; an array",
    ),
    Deviation(
        "GEN-6", "*", ("annotations",), "array annotations belong to their channels",
        "load(channel_indexes=) with all channels in another order leaves them where they were",
        "they go with their channels",
    ),
    Deviation(
        "GEN-7", "*", ("events.times", "events.durations"),
        "rescale_event_timestamp takes the event channel, whose clock may be its own",
        "proxies ask for channel 0's clock", "the channel's own clock",
    ),
    Deviation(
        "GEN-8", "*", ("samples", "refusal"),
        "channel_indexes are positions in the stream",
        "buffers with time along the columns, and of HDF5, select before or twice",
        "the stream's columns first, then the selection, once",
    ),
    Deviation(
        "GEN-9", "*", ("values",), "float64 samples load as float64",
        "only where the header spells their type 'float64'", "however the header spells it",
    ),
    Deviation(
        "GEN-13", "*", ("objects", "units"), "lists hold what is added; times have units",
        "extend() with a generator adds nothing, Event.merge() prints, joined irregular signals "
        "have times without units",
        "all are added, nothing is printed, times in s",
    ),
)  # fmt: skip
