"""Continuous channels: streams of those that are sampled together, and their pieces."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.contents import Clock, Piece, SignalData, Stream, channel_table
from neophys.formats import Report
from neophys.formats.parts import pieces_from_ticks, runs_of_ticks, unique
from neophys.formats.plexon.blocks import Blocks, known_blocks
from neophys.formats.plexon.headers import Headers
from neophys.layout import Layout
from neophys.layout.runs import Runs, UnevenRuns

__all__ = ["SAMPLE", "read_signals"]

SAMPLE: Final = np.dtype("<i2")


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    """One channel's blocks that hold samples.

    Attributes
    ----------
    row, rate, source
        Of its header.
    ticks, first
        Tick and sample at which each piece begins.
    n_samples
        Of all pieces.
    """

    row: int
    rate: int
    source: int
    blocks: Blocks
    ticks: NDArray[np.int64]
    first: NDArray[np.int64]
    n_samples: int

    def goes_with(self, other: _Channel) -> bool:
        """Whether it has the pieces of `other`, and at most one block more."""
        n = int(self.first.searchsorted(other.n_samples))
        return (
            0 <= self.n_samples - other.n_samples <= self.blocks.samples[-1]
            and np.array_equal(self.first[:n], other.first)
            and np.array_equal(self.ticks[:n], other.ticks)
        )

    def cut_to(self, n_samples: int) -> Blocks:
        """Its blocks without what the last one has beyond `n_samples`."""
        extra = self.n_samples - n_samples
        if extra == self.blocks.samples[-1]:
            return self.blocks.take(slice(0, -1))
        cut = self.blocks.take(slice(None))
        samples = cut.samples.copy()
        samples[-1] -= extra
        return replace(cut, samples=samples)


def read_signals(
    headers: Headers, blocks: Blocks, clock: Clock, report: Report
) -> tuple[tuple[Stream, ...], tuple[SignalData, ...]]:
    """A stream for each source, rate and set of pieces; by the first channel's header.

    Channels of one name and rate may begin and end apart (a wideband channel and what was
    filtered from it, 400 samples later), so the times of the blocks decide, not the names.
    """
    groups = _groups(_channels(headers, blocks, clock, report))
    names = _stream_names([[headers.slow.names[c.row] for c in group] for group in groups])
    streams, signals = [], []
    for number, (name, group) in enumerate(zip(names, groups, strict=True)):
        rate = float(group[0].rate)
        table = _channel_table(headers, [channel.row for channel in group], report)
        streams.append(Stream(str(number), name, rate, table, SAMPLE, clock))
        common = _common_blocks(headers.file, name, group, report)
        pieces = _pieces(headers.file, common, group[0].rate, clock)
        _report_times(headers.file, name, common[0], group[0].rate, pieces, clock, report)
        signals.append(SignalData(pieces))
    return tuple(streams), tuple(signals)


def _channels(headers: Headers, blocks: Blocks, clock: Clock, report: Report) -> list[_Channel]:
    """The channels that have samples, by header."""
    slow, found = headers.slow, []
    for number, own in known_blocks(blocks, slow.row_of, "continuous", headers.file, report):
        row = slow.row_of[number]
        rate = int(slow.rows["rate"][row])
        own = own.take(own.samples > 0)
        if not len(own):
            continue
        if rate <= 0:
            report(
                "error", headers.file,
                f"found {rate}: no sampling rate; channel {slow.names[row]!r} is left out",
                offset=slow.offset_of(row, "rate"), field="rate",
            )  # fmt: skip
            continue
        begins = runs_of_ticks(own.ticks, own.samples, *_timing(clock, rate))
        before = np.concatenate([[0], np.cumsum(own.samples)])
        source = int(slow.rows["source"][row]) if headers.version >= 106 else 0
        starts = own.ticks[begins], before[begins]
        found.append(_Channel(row, rate, source, own, *starts, int(before[-1])))
    return sorted(found, key=lambda channel: channel.row)


def _groups(channels: Sequence[_Channel]) -> list[list[_Channel]]:
    """Channels of one source and rate whose pieces are the same, each group by header.

    A file that ends within a round of blocks has some channels a block longer than others.
    """
    groups: dict[Hashable, list[list[_Channel]]] = {}
    for channel in sorted(channels, key=lambda channel: channel.n_samples):
        alike = groups.setdefault((channel.source, channel.rate, int(channel.ticks[0])), [])
        for group in reversed(alike):
            if channel.goes_with(group[0]):
                group.append(channel)
                break
        else:
            alike.append([channel])
    found = [sorted(group, key=lambda c: c.row) for alike in groups.values() for group in alike]
    return sorted(found, key=lambda group: group[0].row)


def _common_blocks(file: str, name: str, group: Sequence[_Channel], report: Report) -> list[Blocks]:
    """Each channel's blocks, as far as all have samples."""
    n = min(channel.n_samples for channel in group)
    longer = [channel for channel in group if channel.n_samples > n]
    if longer:
        most = max(channel.n_samples for channel in longer) - n
        report(
            "error", file,
            f"the blocks end within a round: {len(longer)} channels of {name!r} have up to {most} "
            f"samples more than the others, which are left out",
            offset=min(channel.blocks.offset_of(-1, "n_words") for channel in longer),
            field="n_words",
        )  # fmt: skip
    return [c.cut_to(n) if c.n_samples > n else c.blocks for c in group]


def _timing(clock: Clock, rate: int) -> tuple[float, float]:
    """(ticks a sample, tolerance): a gap is what one sample or one tick cannot explain.

    Writers round each block's tick where the tick rate is no multiple of the sampling rate.
    """
    ticks = clock.rate / rate
    return ticks, max(ticks, 1.0)


def _pieces(file: str, group: Sequence[Blocks], rate: int, clock: Clock) -> tuple[Piece, ...]:
    """The pieces of a stream; the layout is one index for all channels."""
    lengths = [blocks.samples for blocks in group]
    positions = [blocks.positions for blocks in group]
    layout: Layout
    if all(np.array_equal(own, lengths[0]) for own in lengths[1:]):
        first = np.concatenate([[0], np.cumsum(lengths[0])])
        layout = Runs(file, np.stack(positions, axis=1), first, SAMPLE)
    else:
        bounds = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        layout = UnevenRuns(file, np.concatenate(positions), bounds, len(group), SAMPLE)
    times = group[0]
    return pieces_from_ticks(layout, times.ticks, times.samples, *_timing(clock, rate))


def _report_times(
    file: str,
    name: str,
    blocks: Blocks,
    rate: int,
    pieces: Sequence[Piece],
    clock: Clock,
    report: Report,
) -> None:
    """Say where times go back, or drift away from the nominal rate within a piece."""
    starts = np.array([piece.start_tick for piece in pieces])
    if len(back := np.flatnonzero(np.diff(starts) < 0)):
        at = pieces[int(back[0]) + 1]
        block = int(np.searchsorted(np.cumsum(blocks.samples), at.row0, "right"))
        report(
            "error", file,
            f"the times of {name!r} go back at sample {at.row0}, as after a reset of the clock "
            f"({len(back)} times in all); what lies behind is a piece of its own",
            offset=blocks.offset_of(block, "lower"), field="lower",
        )  # fmt: skip
    ticks, tolerance = _timing(clock, rate)
    before = np.cumsum(blocks.samples) - blocks.samples
    rows = np.array([piece.row0 for piece in pieces])
    of = np.searchsorted(rows, before, "right") - 1
    off = (blocks.ticks - starts[of]) - (before - rows[of]) * ticks
    worst = int(np.argmax(np.abs(off)))
    if abs(off[worst]) > tolerance:
        report(
            "warning", file,
            f"the times of {name!r} drift by {off[worst] / ticks:+.1f} samples from "
            f"{rate} Hz within a piece; samples are timed from the start of the piece",
            offset=blocks.offset_of(worst, "lower"), field="lower",
        )  # fmt: skip


def _channel_table(headers: Headers, rows: Sequence[int], report: Report) -> NDArray[np.void]:
    slow, version = headers.slow, headers.version
    gains = [headers.slow_gain(row, report) for row in rows]
    some = slow.rows[list(rows)]
    extra: dict[str, Any] = {"number": some["channel"].astype(np.int64), "header": rows}
    if version >= 104:
        extra["spike_channel"] = some["spike_channel"].astype(np.int64)
    if version >= 106:
        extra["source"] = some["source"].astype(np.int64)
        extra["source_channel"] = some["source_channel"].astype(np.int64)
    return channel_table(
        name=[slow.names[row] for row in rows],
        id=[str(number) for number in some["channel"].tolist()],
        units=["dimensionless" if gain is None else "mV" for gain in gains],
        gain=[1.0 if gain is None else gain for gain in gains],
        offset=0.0,
        **extra,
    )


def _stream_names(groups: Sequence[Sequence[str]]) -> list[str]:
    """What the channels' names begin with (WB, SPKC, FP), told apart by a number where needed."""
    plain = []
    for group in groups:
        starts = dict.fromkeys(re.split(r"\d", name)[0].strip() for name in group)
        plain.append(("+".join(filter(None, starts)) if len(starts) <= 3 else "") or "signals")
    return unique(plain)
