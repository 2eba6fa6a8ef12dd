"""Spikes and events: tables out of the blocks of their types."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neophys.contents import (
    Clock,
    EventChannel,
    EventTable,
    SpikeTable,
    SpikeUnit,
    Waveforms,
    channel_table,
)
from neophys.formats import Report
from neophys.formats.plexon.blocks import Blocks, known_blocks
from neophys.formats.plexon.headers import Headers

__all__ = ["read_events", "read_spikes"]


def read_spikes(
    headers: Headers, blocks: Blocks, clock: Clock, report: Report
) -> tuple[tuple[SpikeUnit, ...], tuple[SpikeTable, ...]]:
    """A unit for each channel and unit number that occurs, in the order of the headers."""
    main, spikes = headers.main, headers.spikes
    rate = float(main.waveform_rate if main.waveform_rate > 0 else main.tick_rate)
    before = int(main.points_before)
    found: list[tuple[int, SpikeUnit, SpikeTable]] = []
    for channel, of_channel in known_blocks(blocks, spikes.row_of, "spike", headers.file, report):
        row = spikes.row_of[channel]
        name = spikes.names[row]
        gain = headers.spike_gain(row, report)
        tables: dict[int, NDArray[np.void]] = {}
        by_unit = of_channel.by_unit()
        for unit, own in by_unit.split(by_unit.unit):
            waveforms = _waveforms(own, name, headers.file, report)
            width = waveforms.n_channels if waveforms else 1
            if width not in tables:
                tables[width] = _waveform_channels(headers, row, gain, width)
            described = SpikeUnit(
                id=f"ch{channel}#{unit}",
                name=_unit_name(name, unit),
                clock=clock,
                channels=tables[width],
                sampling_rate=rate,
                pre_samples=before if before >= 0 else None,
                sorted=unit > 0,
                electrode=name,
            )
            found.append((row, described, SpikeTable(own.ticks, waveforms)))
    found.sort(key=lambda entry: entry[0])
    return tuple(unit for _, unit, _ in found), tuple(table for _, _, table in found)


def _unit_name(channel: str, unit: int) -> str:
    """As Plexon's programs say it: a, b, c ... behind the channel."""
    if unit == 0:
        return f"{channel} unsorted"
    return f"{channel}{chr(ord('a') + unit - 1)}" if unit <= 26 else f"{channel}#{unit}"


def _waveforms(blocks: Blocks, name: str, file: str, report: Report) -> Waveforms | None:
    """Where the waveforms lie; None where no spike has one."""
    there = blocks.samples > 0
    if not there.any():
        return None
    waves = np.maximum(blocks.n_waves, 1)
    width = int(np.bincount(waves[there]).argmax())
    counts = blocks.samples // waves
    if (other := there & (waves != width)).any():
        report(
            "error", file,
            f"{int(other.sum())} spikes of {name!r} have another number of waveforms than most, "
            f"which have {width}; these waveforms are left out",
            offset=blocks.offset_of(int(np.argmax(other)), "n_waves"), field="n_waves",
        )  # fmt: skip
        counts[other] = 0
    # Read together they are padded to the longest: one that a damaged header made long would
    # cost gigabytes.
    limit = max(int(counts.mean() * 8), 128)
    if (long := counts > limit).any():
        report(
            "error", file,
            f"{int(long.sum())} waveforms of {name!r} have more than {limit} samples, where most "
            f"have {int(np.median(counts))}; they are left out",
            offset=blocks.offset_of(int(np.argmax(long)), "n_words"), field="n_words",
        )  # fmt: skip
        counts[long] = 0
    longest = int(counts.max())
    if longest == 0:
        return None
    n_samples = longest if int(counts.min()) == longest else counts
    return Waveforms(file, blocks.positions, n_samples, np.dtype("<i2"), width)


def _waveform_channels(
    headers: Headers, row: int, gain: float | None, width: int
) -> NDArray[np.void]:
    """A row for each waveform of a block; those of a trode belong to the channels that follow.

    One also where no spike has a waveform: gain and threshold are the electrode's.
    """
    spikes = headers.spikes
    number = int(spikes.rows["channel"][row])
    numbers = range(number, number + width)
    rows = [spikes.row_of.get(n, row) for n in numbers]
    return channel_table(
        name=[spikes.names[r] for r in rows],
        id=[str(n) for n in numbers],
        units=["dimensionless" if gain is None else "mV"] * len(rows),
        gain=1.0 if gain is None else gain,
        offset=0.0,
        threshold=spikes.rows["threshold"][rows].astype(np.int64),
    )


def read_events(
    headers: Headers, blocks: Blocks, clock: Clock, report: Report
) -> tuple[tuple[EventChannel, ...], tuple[EventTable, ...]]:
    """A channel for each number that a header has.

    Several headers may share a number (14 do in a file of OmniPlex 1.1.9); the blocks carry the
    number only, so the first header names it.
    """
    events = headers.events
    found = dict(known_blocks(blocks, events.row_of, "event", headers.file, report))
    none = blocks.take(slice(0, 0))
    channels = tuple(
        EventChannel(str(number), events.names[row], "event", clock)
        for number, row in events.row_of.items()
    )
    return channels, tuple(_event_table(found.get(number, none)) for number in events.row_of)


def _event_table(blocks: Blocks) -> EventTable:
    """Labels are the blocks' words as numbers: the strobed word; 0 where there is none."""
    words = blocks.unit.view(np.uint16)
    distinct, of = np.unique(words, return_inverse=True)
    return EventTable(blocks.ticks, distinct.astype("U5")[of], columns={"value": words})
