"""Check of Neo's face: that it is the recording's own data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.errors import GapError
from neophys.testing.case import Case, equal, expect
from neophys.testing.report import NotHere

__all__ = ["neo_face_agrees"]

#: Rows of a segment that are compared.
_ROWS = 200_000


def neo_face_agrees(case: Case) -> None:
    """Header, counts, chunks and timestamps of the raw reader are those of the recording."""
    raw = _opened(case)
    try:
        header = raw.header
        expect(header["nb_block"] == len(header["nb_segment"]), "nb_block and nb_segment differ")
        for block, n in enumerate(header["nb_segment"]):
            for segment in range(n):
                _segment(case, raw, block, segment)
        _totals(case, raw)
    finally:
        raw.close()


def _opened(case: Case) -> Any:
    from neophys.neo.rawio.classes import make_rawio

    reader = case.neo_reader
    if reader is None:
        raise NotHere("Neo has no reader for this format, or none is given")
    if (reader.rawmode == "one-dir") != (not case.main):
        raise NotHere(f"Neo's reader opens what is {reader.rawmode}")
    cls: Any = make_rawio(reader)
    arguments = {"filename" if case.main else "dirname": str(case.path)}
    raw = cls(**arguments)
    try:
        raw.parse_header()
    except GapError as refusal:
        if "gap_tolerance_ms" not in reader.parameters:
            raise NotHere(f"Neo refuses: {refusal}") from None
        raw = cls(**arguments, gap_tolerance_ms=0.0)
        raw.parse_header()
    return raw


def _segment(case: Case, raw: Any, block: int, segment: int) -> None:
    where = f"block {block}, segment {segment}"
    start, stop = raw.segment_t_start(block, segment), raw.segment_t_stop(block, segment)
    expect(start <= stop, f"{where}: from {start} to {stop} s")
    for stream in range(raw.signal_streams_count()):
        _chunks(case, raw, (block, segment, stream))
    for channel in range(raw.event_channels_count()):
        what = f"{where}, event channel {channel}"
        n = raw.event_count(block, segment, channel)
        times, durations, labels = raw.get_event_timestamps(block, segment, channel)
        expect(len(times) == n == len(labels), f"{what}: {n} events, {len(times)} timestamps")
        epochs = raw.header["event_channels"]["type"][channel] == b"epoch"
        if epochs:
            expect(durations is not None and len(durations) == n, f"{what}: durations")
        seconds = raw.rescale_event_timestamp(times, "float64", channel)
        expect(seconds.dtype == np.float64 and len(seconds) == n, f"{what}: times")
        _window(raw.get_event_timestamps, (block, segment, channel), seconds, what)
    for channel in range(raw.spike_channels_count()):
        what = f"{where}, unit {channel}"
        n = raw.spike_count(block, segment, channel)
        times = raw.get_spike_timestamps(block, segment, channel)
        expect(len(times) == n, f"{what}: {n} spikes, {len(times)} timestamps")
        waveforms = raw.get_spike_raw_waveforms(block, segment, channel)
        expect(waveforms is None or len(waveforms) == n, f"{what}: waveforms of {n} spikes")


def _window(read: Any, at: tuple[int, int, int], seconds: NDArray[np.float64], what: str) -> None:
    """A window of events holds those that begin in it; an epoch may also last into it."""
    if len(seconds) == 0:
        return
    low, high = np.quantile(seconds, [0.25, 0.75]).tolist()
    times, _, labels = read(*at, low, high)
    inside = int(((seconds > low) & (seconds < high)).sum())
    message = f"{what}: {len(times)} events from {low} to {high} s, at least {inside} are there"
    expect(len(times) == len(labels) and inside <= len(times) <= len(seconds), message)


def _chunks(case: Case, raw: Any, at: tuple[int, int, int]) -> None:
    block, segment, stream = at
    what = f"block {block}, segment {segment}, stream {stream}"
    n, c = raw.get_signal_size(*at), raw.signal_channels_count(stream)
    rows = raw.header["signal_channels"]
    stream_id = raw.header["signal_streams"]["id"][stream]
    mine = rows[rows["stream_id"] == stream_id]
    expect(len(mine) == c, f"{what}: {c} channels, {len(mine)} rows")
    if n == 0:
        return
    stop = min(n, _ROWS)
    whole = raw.get_analogsignal_chunk(block, segment, 0, stop, stream)
    expect(whole.shape == (stop, c), f"{what}: a chunk of {whole.shape}, not {(stop, c)}")
    rng = case.rng(what)
    for _ in range(max(2, case.effort // 4)):
        a, b = sorted(rng.integers(0, stop + 1, 2).tolist())
        columns = rng.integers(0, c, int(rng.integers(1, c + 1)))
        part = raw.get_analogsignal_chunk(block, segment, a, b, stream, columns)
        equal(part, whole[a:b][:, columns], f"{what}: chunk [{a}:{b}], channels {columns}")


def _totals(case: Case, raw: Any) -> None:
    """All of Neo's segments together hold each of the recording's samples once."""
    contents = case.contents
    held = sum(
        data.n_samples * len(stream.channels)
        for block in contents.blocks
        for segment in block.segments
        for stream, data in zip(contents.streams, segment.signals, strict=True)
        if data is not None
    )
    at = [
        (block, segment, stream)
        for block, n in enumerate(raw.header["nb_segment"])
        for segment in range(n)
        for stream in range(raw.signal_streams_count())
    ]
    shown = sum(raw.get_signal_size(*place) * raw.signal_channels_count(place[2]) for place in at)
    expect(shown <= held, f"Neo's face shows {shown} samples, the recording has {held}")
    _values(case, raw, at)


def _values(case: Case, raw: Any, at: list[tuple[int, int, int]]) -> None:
    """Each stream of Neo's holds samples of the recording's channels of the same names."""
    signals = [s for block in case.recording.blocks for s in block.signals]
    for block, segment, stream in at:
        n = min(raw.get_signal_size(block, segment, stream), 1000)
        stream_id = raw.header["signal_streams"]["id"][stream]
        rows = raw.header["signal_channels"]
        names = rows["name"][rows["stream_id"] == stream_id].tolist()
        found = [s for s in signals if s.channels["name"].tolist() == names]
        if len(found) != 1 or n == 0:
            continue  # Neo's habit groups or names them otherwise: the differential tests compare
        chunk = raw.get_analogsignal_chunk(block, segment, 0, n, stream)
        start = raw.get_signal_t_start(block, segment, stream)
        signal = found[0]
        times = signal.times
        first = int(np.argmin(np.abs(times - start)))
        if abs(times[first] - start) > 0.5 / signal.sampling_rate:
            continue  # so is where a signal starts
        what = f"block {block}, segment {segment}, stream {stream}: the recording's samples"
        equal(chunk, signal[first : first + n].raw.read(gaps="skip").values, what)
