"""Builds plx files from the declared tables: block by block for tests, large ones at once.

Benchmarks use :func:`generate`; its samples are those of :func:`generated_samples`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neophys.formats.plexon.tables import (
    BLOCK,
    CONTINUOUS,
    EVENT,
    EVENT_CHANNEL,
    HEADER,
    SLOW,
    SPIKE,
    SPIKE_CHANNEL,
)
from neophys.tables import Table

__all__ = ["DATE", "Plx", "generate", "generated_samples"]


@dataclass
class Plx:
    """A plx file in the making.

    Parameters
    ----------
    slow, spikes, events
        The channels' headers: values by field name; ``channel`` and ``name`` number themselves.
    header
        Fields of the file header; counts are filled in, those of spikes and samples stay zero as
        the maker's own writer leaves them.
    """

    slow: Sequence[Mapping[str, Any]] = ()
    spikes: Sequence[Mapping[str, Any]] = ()
    events: Sequence[Mapping[str, Any]] = ()
    header: Mapping[str, Any] = field(default_factory=dict)
    blocks: list[bytes] = field(default_factory=list)

    def block(
        self, kind: int, channel: int, tick: int, *, unit: int = 0, waves: ArrayLike = ()
    ) -> Plx:
        """Add a block; `waves` is (samples,) or (waves, samples)."""
        payload = np.asarray(waves, "<i2")
        n_waves, n_words = (1, len(payload)) if payload.ndim == 1 else payload.shape
        values = {
            "type": kind,
            "upper": tick >> 32,
            "lower": tick & 0xFFFFFFFF,
            "channel": channel,
            "unit": unit,
            "n_waves": n_waves if payload.size else 0,
            "n_words": n_words,
        }
        self.blocks.append(BLOCK.write(values, check=False) + payload.tobytes())
        return self

    def samples(self, channel: int, tick: int, values: ArrayLike) -> Plx:
        """Add a block of continuous samples."""
        return self.block(CONTINUOUS, channel, tick, waves=values)

    def spike(self, channel: int, tick: int, unit: int = 0, waves: ArrayLike = ()) -> Plx:
        """Add a spike."""
        return self.block(SPIKE, channel, tick, unit=unit, waves=waves)

    def event(self, number: int, tick: int, word: int = 0) -> Plx:
        """Add an event; `word` as the block's int16 has it."""
        return self.block(EVENT, number, tick, unit=word)

    @property
    def data_start(self) -> int:
        """The byte of the first block."""
        return len(self.headers())

    def headers(self) -> bytes:
        """All bytes before the blocks."""
        values = {
            "n_spike_channels": len(self.spikes),
            "n_event_channels": len(self.events),
            "n_slow_channels": len(self.slow),
            "date": DATE,
            **self.header,
        }
        context = {"version": values.get("version", 106)}
        if context["version"] >= 103:
            values = _RANGES | values
        if context["version"] >= 105:
            values = {"spike_preamp": 1} | values
        return HEADER.write(values, check=False) + b"".join(
            _rows(table, rows, first, name, context)
            for table, rows, first, name in (
                (SPIKE_CHANNEL, self.spikes, 1, "SPK"),
                (EVENT_CHANNEL, self.events, 1, "EVT"),
                (SLOW, self.slow, 0, "FP"),
            )
        )

    def tobytes(self) -> bytes:
        """The whole file."""
        return self.headers() + b"".join(self.blocks)


#: When built files begin, unless they say otherwise.
DATE = datetime(2021, 3, 4, 5, 6, 7)

_RANGES = {"spike_bits": 16, "slow_bits": 16, "spike_max": 2500, "slow_max": 5000}


def _rows(
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    first: int,
    name: str,
    context: Mapping[str, Any],
) -> bytes:
    return b"".join(
        table.write(
            {"channel": first + i, "name": f"{name}{i + 1:02}"}
            | ({"gain": 1} if table is SPIKE_CHANNEL else {})
            | row,
            context=context,
            check=False,
        )
        for i, row in enumerate(rows)
    )


def generated_samples(channel: int, start: int, stop: int) -> NDArray[np.int16]:
    """What :func:`generate` stores as samples [start, stop) of a channel."""
    rows = np.arange(start, stop, dtype=np.int64)
    return ((rows * 7 + channel * 1009) % 60013 - 30000).astype(np.int16)


def generate(
    path: Path,
    *,
    cycles: int,
    channels: int = 32,
    sizes: Sequence[int] = (120, 80, 110, 90),
    rate: int = 1000,
    tick_rate: int = 40000,
    spike_words: int = 32,
) -> int:
    """Write a file of `cycles` times the same pattern; the number of samples a channel.

    A cycle has, for each of `sizes`, a block of so many samples of each channel in turn, a spike
    on each channel, and an event.
    """
    plx = Plx(
        slow=[{"rate": rate} for _ in range(channels)],
        spikes=[{} for _ in range(channels)],
        events=[{}],
        header={"tick_rate": tick_rate, "points_wave": spike_words, "points_before": 8},
    )
    ticks = tick_rate // rate
    per_cycle = sum(sizes)
    pattern: list[tuple[int, int, int, int]] = []  # type, channel, first sample, words
    first = 0
    for size in sizes:
        pattern += [(CONTINUOUS, channel, first, size) for channel in range(channels)]
        pattern += [(SPIKE, channel + 1, first, spike_words) for channel in range(channels)]
        pattern.append((EVENT, 1, first, 0))
        first += size
    with path.open("wb") as file:
        file.write(plx.headers())
        for begin in range(0, cycles, 256):
            rows = np.arange(begin, min(begin + 256, cycles)) * per_cycle
            file.write(_cycles(pattern, rows, ticks).tobytes())
    return cycles * per_cycle


def _cycles(
    pattern: Sequence[tuple[int, int, int, int]], rows: NDArray[np.int64], ticks: int
) -> NDArray[np.uint8]:
    """(cycles, bytes) that begin at these samples."""
    out = np.zeros((len(rows), sum(BLOCK.size + 2 * words for *_, words in pattern)), np.uint8)
    at = 0
    for kind, channel, first, words in pattern:
        header = out[:, at : at + BLOCK.size].view(BLOCK.dtype)[:, 0]
        tick = (rows + first) * ticks
        header["type"], header["channel"] = kind, channel
        header["upper"], header["lower"] = tick >> 32, tick & 0xFFFFFFFF
        header["n_waves"], header["n_words"] = words > 0, words
        at += BLOCK.size
        if words:
            samples = rows[:, None] + first + np.arange(words)
            values = (samples * 7 + channel * 1009) % 60013 - 30000
            out[:, at : at + 2 * words] = values.astype("<i2").view(np.uint8)
        at += 2 * words
    return out
