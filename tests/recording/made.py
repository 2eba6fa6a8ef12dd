"""A recording made in memory: two streams, a gap, events, spikes, two segments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Deferred,
    EventChannel,
    EventTable,
    Metadata,
    Piece,
    Segment,
    SignalData,
    SpikeTable,
    SpikeUnit,
    Stream,
    Subject,
    Waveforms,
    channel_table,
)
from neophys.formats import Format, NoOptions
from neophys.layout.records import plain
from neophys.recording import Recording
from neophys.source.bundle import Bundle, LocalBundle, MemoryBundle

N, K, RATE = 1000, 4, 100.0
NAMES = ("Fp1", "Cz", "O2", "EKG")
GAIN, OFFSET = np.array([0.5, 0.5, 0.1, 2.0]), np.array([-10.0, 0.0, 3.0, 0.0])

_rng = np.random.default_rng(7)
RAW = _rng.integers(-3000, 3000, (N, K)).astype("<i2")
SLOW = _rng.integers(0, 9, (50, 1)).astype("<i4")
DATA = RAW.tobytes() + SLOW.tobytes()
TRUTH = RAW * GAIN + OFFSET
#: Samples 0-599 at 0 s, 600-999 at 8 s: a gap of 2 s.
CUT, RESUMED = 600, 8.0
EVENTS = np.array([5, 100, 350, 590, 790, 900])
LABELS = ("a", "b", "a", "stim/1", "stim/2", "a")


def _tables(bundle: Bundle, contents: Contents, options: Any, key: Any, report: Any) -> EventTable:
    report("warning", "made", "one note has no text")
    durations = np.array([50.0, np.nan])
    labels = np.array(["späte Notiz".encode("latin-1"), b""])
    return EventTable(np.array([10, 20]), labels, durations, encoding="latin-1")


def scan(bundle: Bundle, options: Any, report: Any) -> Contents:
    file = bundle.main
    clock = Clock(RATE)
    units = ["uV", "uV", "uV", "mV"]
    table = channel_table(name=NAMES, id=list("0123"), units=units, gain=GAIN, offset=OFFSET)
    slow = channel_table(name=["Fp1"], id=["s0"], units=["degC"], gain=1.0, offset=0.0)
    fast_layout = plain(file, 0, N, K, "<i2")
    streams = (
        Stream("eeg", "EEG", RATE, table, np.dtype("<i2"), clock),
        Stream("slow", "Slow", 5.0, slow, np.dtype("<i4"), Clock(5.0)),
    )
    eeg = (Piece(0, CUT, fast_layout), Piece(int(RESUMED * RATE), N - CUT, fast_layout, CUT))
    slow_piece = Piece(0, 50, plain(file, RAW.nbytes, 50, 1, "<i4"))
    columns = {"code": np.arange(6)}
    events = EventTable(EVENTS, np.array(LABELS), columns=columns)
    wave = channel_table(name=["w"], id=["0"], units=["uV"], gain=0.5, offset=0.0)
    unit = SpikeUnit("u0", "SPK", clock, wave, 1000.0, 2, electrode="E1")
    shapes = Waveforms(file, np.array([0, 80, 160]), 5, np.dtype("<i2"))
    spikes = SpikeTable(np.array([10, 400, 900]), shapes)
    segment = Segment(
        (SignalData(eeg), SignalData((slow_piece,))),
        (events, Deferred("notes", 2)),
        (spikes,),
        0.0,
        12.0,
    )
    channels = (
        EventChannel("trig", "Trigger", "event", clock),
        EventChannel("note", "Note", "epoch", clock),
    )
    metadata = Metadata(start=datetime(2020, 5, 17, 10, 0, 0))
    subject = Subject(name="Doe", first_name="Jane")
    return Contents(
        "made", streams, channels, (unit,), (Block((segment,)),), metadata, subject, (), (file,)
    )


FORMAT = Format("made", "Made", "nobody", (".made",), scan, tables=_tables)


def made(path: Path | None = None) -> Recording:
    """The recording, in memory or as a file."""
    bundle: Bundle
    if path is None:
        bundle = MemoryBundle({"bytes": DATA}, "bytes")
    else:
        path.write_bytes(DATA)
        bundle = LocalBundle(path)
    return Recording(bundle, FORMAT, scan(bundle, NoOptions(), print), NoOptions())


def cut(*segments: list[tuple[int, int]], rate: float = RATE) -> Recording:
    """A signal in pieces, (tick, samples) each, whose samples count up through all segments.

    Each segment has one event, at its first piece's first sample, labelled with its number; it
    has a column ``code`` but in the last segment, which has no events if there are several.
    """
    n = sum(size for segment in segments for _, size in segment)
    data = np.arange(n, dtype="<i2")
    clock = Clock(100.0)
    channels = channel_table(name=["x"], id=["0"], units=["uV"], gain=1.0, offset=0.0)
    stream = Stream("0", "X", rate, channels, data.dtype, clock)
    layout = plain("bytes", 0, n, 1, "<i2")
    made_of, row = [], 0
    for number, pieces in enumerate(segments):
        parts = []
        for tick, size in pieces:
            parts.append(Piece(tick, size, layout, row))
            row += size
        first = np.array([pieces[0][0]] if pieces else [], np.int64)
        table = EventTable(first, np.array([str(number)]), columns={"code": np.array([7])})
        events = table if len(segments) == 1 or number < len(segments) - 1 else None
        made_of.append(Segment((SignalData(tuple(parts)),), (events,), (), 0.0, 1.0))
    contents = Contents(
        "made", (stream,), (EventChannel("marks, all of them", "", "event", clock),), (),
        (Block(tuple(made_of)),), Metadata(), Subject(), (), ("bytes",),
    )  # fmt: skip
    bundle = MemoryBundle({"bytes": data.tobytes()}, "bytes")
    return Recording(bundle, FORMAT, contents, NoOptions())
