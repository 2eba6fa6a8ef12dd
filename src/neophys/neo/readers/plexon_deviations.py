"""Where our answers for Plexon plx differ from Neo's on purpose."""

from __future__ import annotations

from typing import Final

from neophys.neo.deviation import Deviation

__all__ = ["DEVIATIONS"]

DEVIATIONS: Final = (
    Deviation(
        "PLX-1", "plexon", ("samples", "values", "refusal"),
        "a channel's samples are those of its blocks, in the file's order",
        "where blocks differ in size, windows are shifted or raise",
        "the samples of the window",
    ),
    Deviation(
        "PLX-2", "plexon", ("samples", "values"),
        "a channel's samples are those of its blocks, in the file's order",
        "zeros for the last block of a window that ends where the block does",
        "the stored samples",
    ),
    Deviation(
        "PLX-3", "plexon", ("signal_channels.gain", "values"),
        "the maker's reader: continuous channels have BitsPerSlowSample",
        "takes BitsPerSpikeSample", "BitsPerSlowSample",
    ),
    Deviation(
        "PLX-6", "plexon", ("t_stop", "size", "spikes*", "events.*", "waveforms*", "refusal"),
        "blocks of different channels lie in any order",
        "the last block in the file ends the segment; later ones are counted and not given",
        "the latest one ends it",
    ),
    Deviation(
        "PLX-7", "plexon", ("refusal",),
        "names of channels are the user's",
        "refuses channels of one prefix with other rates or lengths; raises on names that "
        "begin with a digit, are empty or no UTF-8",
        "streams of their own; the stream 'signals' for channels without a prefix",
    ),
    Deviation(
        "PLX-8", "plexon", ("refusal",),
        "the maker's reader ends where the blocks do; what is whole is whole",
        "raises where there are no blocks, bytes behind them, blocks of unknown types or "
        "channels, no date, a gain of 0",
        "what is whole, and the rest as issues",
    ),
    Deviation(
        "PLX-9", "plexon", ("samples", "values", "size", "t_stop", "refusal"),
        "samples that are not in the file are not known",
        "a cut last block as long as announced, with zeros",
        "its samples that are there",
    ),
    Deviation(
        "PLX-10", "plexon", ("waveforms", "refusal"),
        "each block says how long its waveform is",
        "the channel's first block speaks for all; others raise",
        "shorter ones padded with NaN; none at all where no spike has one",
    ),
    Deviation(
        "PLX-11", "plexon", ("events.*", "event_count"),
        "a block is one event",
        "headers that share a number all have its events", "the first has them",
    ),
    Deviation(
        "PLX-13", "plexon", ("*_channels.name", "names", "repr", "annotations"),
        "names end with the first NUL byte", "keeps what lies behind it", "cut there",
    ),
    Deviation(
        "PLX-14", "plexon", ("spike_channels.wf_sampling_rate", "waveforms"),
        "the maker's reader: WaveformFreq 0 means the tick rate",
        "a rate of 0, with which its objects refuse the waveforms", "the tick rate",
    ),
)  # fmt: skip
