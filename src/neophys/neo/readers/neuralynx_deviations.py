"""Where our answers differ from Neo 0.14.6 for Neuralynx, on purpose."""

from __future__ import annotations

from typing import Final

from neophys.neo.deviation import Deviation

__all__ = ["DEVIATIONS"]

DEVIATIONS: Final = (
    Deviation(
        "NLX-3", "neuralynx", ("samples", "values"),
        "only the first `valid` samples of a record count",
        "takes 512 of each record of a segment: what follows a partly filled one is shifted",
        "the samples that count, one after the other",
    ),
    Deviation(
        "NLX-4", "neuralynx", ("samples", "values", "size", "segments", "repr", "refusal"),
        "each record tells its own time",
        "where the last time stamp fits, it overlooks holes and partly filled records",
        "every record is looked at",
    ),
    Deviation(
        "NLX-5", "neuralynx",
        ("*sampling_rate", "t_start", "t_stop", "size", "samples", "values"),
        "Cheetah up to 4 sampled in whole microseconds; its header's rate is rounded",
        "the header's rate, with a segment's end by the true one", "the true rate",
    ),
    Deviation(
        "NLX-7", "neuralynx", ("t_start", "t_stop", "events.times", "spikes.times"),
        "time stamps are whole microseconds",
        "divides before it subtracts the origin: off by up to 0.25 us",
        "subtracts whole microseconds, then divides",
    ),
    Deviation(
        "NLX-9", "neuralynx", ("event*", "t_st*", "objects", "repr", "annotations"),
        "every record of every nev file is an event",
        "the events of an earlier nev file with the same kinds vanish; unordered ones, too",
        "all of them",
    ),
    Deviation(
        "NLX-10", "neuralynx", ("refusal",), "event texts are Latin-1",
        "raises for text that is not ASCII", "the text",
    ),
    Deviation(
        "NLX-12", "neuralynx", ("t_start", "t_stop", "size", "samples", "values"),
        "one origin for a session: the earliest time there is",
        "where the clock steps back, sections stay in the file's order, with negative times",
        "sections in order of time, from 0",
    ),
    Deviation(
        "NLX-14", "neuralynx", ("refusal",),
        "a cut last record, an entity with a blank, keys that are missing: the rest is whole",
        "raises", "what is there; the recording's issues tell the rest",
    ),
    Deviation(
        "NLX-15", "neuralynx", ("refusal",),
        "channels start and stop on their own; a recorder splits long files",
        "raises for split files, and for channels of one rate that differ in timing",
        "split files are joined; channels that differ are streams of their own",
    ),
    Deviation(
        "NLX-17", "neuralynx", ("array_annotations",), "5.4.0 writes a colon after a key",
        "does not see that key", "sees it",
    ),
    Deviation(
        "NLX-18", "neuralynx", ("signal_streams.name", "names", "groups", "repr", "annotations"),
        "a stream's name states its rate, range and filter",
        "names are sorted by rate, ids and channels are not: names of other streams",
        "each stream's own",
    ),
    Deviation(
        "NLX-19", "neuralynx",
        ("event_count", "events.*", "spike_count", "spikes*", "waveforms*", "refusal"),
        "a segment's events and spikes are those within its limits, whatever window is asked for",
        "a window that reaches beyond the segment gives those of gaps and other segments",
        "the segment's own",
    ),
)  # fmt: skip
