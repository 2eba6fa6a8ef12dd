"""The raw layer of both, method by method."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.compat.differences import Differences, Refusal, attempt

__all__ = ["compare_raw"]

TABLES = ("signal_buffers", "signal_streams", "signal_channels", "spike_channels", "event_channels")


def compare_raw(neo: Any, ours: Any, found: Differences, windows: int, seed: int) -> bool:
    """Compare two raw readers whose headers are parsed; False where segments are not the same."""
    rng = np.random.default_rng(seed)
    for table in TABLES:
        found.compare_tables(table, neo.header[table], ours.header[table])
    if not found.compare("segments", "nb_block", neo.block_count(), ours.block_count()):
        return False
    for b in range(neo.block_count()):
        here = f"block {b}"
        if not found.compare("segments", here, neo.segment_count(b), ours.segment_count(b)):
            return False
        for s in range(neo.segment_count(b)):
            compare_segment(neo, ours, b, s, found, rng, windows)
    compare_annotations(neo, ours, found)
    if not any(difference.where == "header" for difference in found):
        found.compare("repr", "reader", repr(neo), repr(ours))
    return True


def compare_segment(
    neo: Any, ours: Any, b: int, s: int, found: Differences, rng: Any, windows: int
) -> None:
    here = f"segment {b}.{s}"
    for which in ("t_start", "t_stop"):
        both = (getattr(r, f"segment_{which}")(b, s) for r in (neo, ours))
        found.compare(which, here, *both)
    for stream in range(min(neo.signal_streams_count(), ours.signal_streams_count())):
        compare_stream(neo, ours, (b, s, stream), found, rng, windows)
    for unit in range(min(neo.spike_channels_count(), ours.spike_channels_count())):
        compare_spikes(neo, ours, (b, s, unit), found, rng)
    for channel in range(min(neo.event_channels_count(), ours.event_channels_count())):
        compare_events(neo, ours, (b, s, channel), found, rng)


def compare_stream(
    neo: Any, ours: Any, at: tuple[int, int, int], found: Differences, rng: Any, windows: int
) -> None:
    b, s, stream = at
    here = f"segment {b}.{s} stream {stream}"
    found.compare("sampling_rate", here, *(r.get_signal_sampling_rate(stream) for r in (neo, ours)))
    found.compare("t_start", here, *(r.get_signal_t_start(b, s, stream) for r in (neo, ours)))
    sizes = [int(r.get_signal_size(b, s, stream)) for r in (neo, ours)]
    found.compare("size", here, *sizes)
    n, k = min(sizes), min(r.signal_channels_count(stream) for r in (neo, ours))
    edges = [(0, n), (0, min(n, 10)), (max(n - 10, 0), n), (n // 2, n // 2)]
    inside = rng.integers(0, n + 1, (windows, 2))
    for i, (start, stop) in enumerate([*edges, *np.sort(inside, axis=1).tolist()]):
        columns: Any = None
        if i > 3 and k > 1:
            columns = rng.permutation(k)[: rng.integers(1, k + 1)]
            columns = [columns, columns.tolist(), slice(0, k // 2 + 1), columns % 2 == 0][i % 4]
            if isinstance(columns, np.ndarray) and columns.dtype == bool:
                columns = np.resize(columns, k) | (np.arange(k) == 0)
        if stop == 0:
            continue  # Neo's i_stop=0: GEN-1 has its own test
        ask = {"i_start": start, "i_stop": stop, "stream_index": stream, "channel_indexes": columns}
        where = f"{here} [{start}:{stop}] {columns if i > 3 else ''}"
        chunks = [
            attempt(lambda r=r, ask=ask: r.get_analogsignal_chunk(b, s, **ask)) for r in (neo, ours)
        ]
        found.compare("samples", where, *chunks)
        if any(isinstance(chunk, Refusal) for chunk in chunks):
            continue
        found.compare("samples.dtype", where, chunks[0].dtype, chunks[1].dtype)
        for dtype in ("float32", "float64"):
            scaled = [
                r.rescale_signal_raw_to_float(
                    chunk, dtype, stream_index=stream, channel_indexes=columns
                )
                for r, chunk in zip((neo, ours), chunks, strict=True)
            ]
            found.compare("values", f"{where} {dtype}", *scaled)


def limits(neo: Any, b: int, s: int, rng: Any) -> list[tuple[float | None, float | None]]:
    """No window, and some; between the segment's ends, or open on one side."""
    ends = sorted((neo.segment_t_start(b, s), neo.segment_t_stop(b, s)))
    some = np.sort(rng.uniform(*ends, (4, 2)), axis=1).tolist()
    return [(None, None), *((float(x), float(y)) for x, y in some), (some[0][0], None)]


def compare_spikes(
    neo: Any, ours: Any, at: tuple[int, int, int], found: Differences, rng: Any
) -> None:
    b, s, _ = at
    here = f"segment {b}.{s} unit {at[2]}"
    found.compare("spike_count", here, *(int(r.spike_count(*at)) for r in (neo, ours)))
    for window in limits(neo, b, s, rng):
        where = f"{here} {window}"
        stamps = [attempt(lambda r=r: r.get_spike_timestamps(*at, *window)) for r in (neo, ours)]  # noqa: B023 - called at once
        if found.compare("spikes", where, *stamps) and not isinstance(stamps[0], Refusal):
            times = [r.rescale_spike_timestamp(x) for r, x in zip((neo, ours), stamps, strict=True)]
            found.compare("spikes.times", where, *times)
        waves = [attempt(lambda r=r: r.get_spike_raw_waveforms(*at, *window)) for r in (neo, ours)]  # noqa: B023 - called at once
        if found.compare("waveforms", where, *waves) and isinstance(waves[0], np.ndarray):
            scaled = [
                r.rescale_waveforms_to_float(x, spike_channel_index=at[2])
                for r, x in zip((neo, ours), waves, strict=True)
            ]
            found.compare("waveforms.values", where, *scaled)


def compare_events(
    neo: Any, ours: Any, at: tuple[int, int, int], found: Differences, rng: Any
) -> None:
    b, s, channel = at
    here = f"segment {b}.{s} event channel {channel}"
    found.compare("event_count", here, *(int(r.event_count(*at)) for r in (neo, ours)))
    for window in limits(neo, b, s, rng):
        where = f"{here} {window}"
        tables = [attempt(lambda r=r: r.get_event_timestamps(*at, *window)) for r in (neo, ours)]  # noqa: B023 - called at once
        if any(isinstance(table, Refusal) for table in tables):
            found.compare("events", where, *tables)
            continue
        times = [
            r.rescale_event_timestamp(table[0], event_channel_index=channel)
            for r, table in zip((neo, ours), tables, strict=True)
        ]
        found.compare("events.times", where, *times)
        found.compare("events.labels", where, *(table[2].tolist() for table in tables))
        durations = [
            None
            if table[1] is None
            else r.rescale_epoch_duration(table[1], event_channel_index=channel)
            for r, table in zip((neo, ours), tables, strict=True)
        ]
        found.compare("events.durations", where, *durations)


def compare_annotations(neo: Any, ours: Any, found: Differences) -> None:
    for b, (one, two) in enumerate(
        zip(neo.raw_annotations["blocks"], ours.raw_annotations["blocks"], strict=True)
    ):
        compare_dict(one, two, f"block {b}", found)
        for s, (left, right) in enumerate(zip(one["segments"], two["segments"], strict=True)):
            compare_dict(left, right, f"segment {b}.{s}", found)
            for kind in ("signals", "spikes", "events"):
                for i, (x, y) in enumerate(zip(left[kind], right[kind], strict=False)):
                    compare_dict(x, y, f"segment {b}.{s} {kind} {i}", found)


def compare_dict(neo: dict[str, Any], ours: dict[str, Any], where: str, found: Differences) -> None:
    skip = {"segments", "signals", "spikes", "events", "__array_annotations__"}
    plain = [{key: x for key, x in d.items() if key not in skip} for d in (neo, ours)]
    found.compare_dicts("annotations", where, *plain)
    arrays = [d.get("__array_annotations__", {}) for d in (neo, ours)]
    found.compare_dicts("array_annotations", where, *arrays)
