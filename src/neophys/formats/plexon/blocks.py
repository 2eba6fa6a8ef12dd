"""The chain of data blocks: walked once, in windows, kept as columns."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.formats import Report
from neophys.formats.plexon.tables import BLOCK, CONTINUOUS, EVENT, SPIKE
from neophys.kernels import walk_blocks
from neophys.source import Source

__all__ = ["Blocks", "known_blocks", "walk"]

#: Bytes of the file that are held at a time.
WINDOW: Final = 4 << 20

_COUNT, _WORDS = BLOCK.places["n_waves"][0], BLOCK.places["n_words"][0]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Columns of blocks, one row a block, in the file's order.

    Attributes
    ----------
    type, channel, unit, n_waves
        (n,) int16.
    ticks
        (n,) int64.
    positions
        (n,) int64 byte of the first sample.
    samples
        (n,) int64 samples of all waveforms of the block together.
    """

    type: NDArray[np.int16]
    channel: NDArray[np.int16]
    unit: NDArray[np.int16]
    n_waves: NDArray[np.int16]
    ticks: NDArray[np.int64]
    positions: NDArray[np.int64]
    samples: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ticks)

    def offset_of(self, row: int, field: str) -> int:
        """The byte in the file of a field of one block's header."""
        return int(self.positions[row]) - BLOCK.size + BLOCK.places[field][0]

    def take(self, rows: Any) -> Blocks:
        """Some of the blocks: a slice, indexes or a mask."""
        return Blocks(*(getattr(self, name)[rows] for name in self.__slots__))

    def of_type(self, kind: int) -> Blocks:
        """The blocks of one type, by channel and then as in the file."""
        rows = np.flatnonzero(self.type == kind)
        return self.take(rows[np.argsort(self.channel[rows], kind="stable")])

    def by_unit(self) -> Blocks:
        """The same blocks by unit and then as they were."""
        return self.take(np.argsort(self.unit, kind="stable"))

    def split(self, column: NDArray[Any]) -> Iterator[tuple[int, Blocks]]:
        """The runs of blocks that share a value of a sorted column."""
        cuts = (np.flatnonzero(column[1:] != column[:-1]) + 1).tolist()
        for start, stop in zip([0, *cuts], [*cuts, len(column)], strict=True):
            if stop > start:
                yield int(column[start]), self.take(slice(start, stop))


def walk(source: Source, start: int, report: Report) -> Blocks:
    """All blocks from byte `start` on.

    There is no index and no count that can be believed: each block says where the next one is.
    Where the chain breaks the walk ends with an issue, as the maker's reader does; what was read
    before it stays. A continuous block that the file's end cuts keeps its whole samples, another
    one is left out.
    """
    headers: list[NDArray[Any]] = []
    places: list[NDArray[np.int64]] = []
    at, size = start, source.size
    scratch = np.empty(min(WINDOW, max(size - start, 0)), np.uint8)
    while size - at >= BLOCK.size:
        window = scratch[: size - at]
        source.read_into(at, window.data)
        positions, stop, reason = walk_blocks(window, 0, BLOCK.size, _COUNT, _WORDS, 2)
        found = _headers(window, positions)
        bad = _first_bad(found)
        headers.append(found[:bad])
        places.append(positions[:bad] + (at + BLOCK.size))
        if bad < len(found):
            _report_end(report, source, at + int(positions[bad]), window[int(positions[bad]) :])
            break
        at += stop
        if reason == "negative length":
            _report_end(report, source, at, window[stop:])
            break
    else:
        if 0 < size - at < BLOCK.size:
            report(
                "warning", source.name,
                f"{size - at} bytes after the last block, too few for another; left out",
                offset=at,
            )  # fmt: skip
    return _columns(headers, places, source, report)


def _headers(window: NDArray[np.uint8], positions: NDArray[np.int64]) -> NDArray[Any]:
    """The headers at these positions of the window, copied."""
    n = max(len(window) - BLOCK.size + 1, 0)
    every = np.ndarray((n,), f"V{BLOCK.size}", window.data, 0, (1,))
    return every[positions].view(BLOCK.dtype)


def _first_bad(found: NDArray[Any]) -> int:
    """The first header that is none; the number of headers where all are good."""
    kind = found["type"]
    good = (kind == SPIKE) & (found["unit"] >= 0) | (kind == EVENT) | (kind == CONTINUOUS)
    good &= found["channel"] >= 0
    return int(np.argmin(good)) if len(good) and not good.all() else len(good)


def _report_end(report: Report, source: Source, at: int, rest: NDArray[np.uint8]) -> None:
    """Say which field of the block at `at` cannot be."""
    record = BLOCK.read(rest, file=source.name, base=at)
    left = source.size - at
    if not any(bytes(record)):
        report("warning", source.name, f"zeros for a block; the last {left} bytes are left out",
               offset=at)  # fmt: skip
        return
    kinds = {SPIKE: ("unit",), EVENT: (), CONTINUOUS: ()}.get(record["type"])
    names = ("type",) if kinds is None else ("channel", *kinds, "n_waves", "n_words")
    name = next((name for name in names if name == "type" or record[name] < 0), names[-1])
    report(
        "error", source.name,
        f"found {record[name]}: no block of data; from here on {left} bytes are left out",
        offset=record.offset_of(name), field=name,
    )  # fmt: skip


def _columns(
    headers: list[NDArray[Any]], places: list[NDArray[np.int64]], source: Source, report: Report
) -> Blocks:
    found = np.concatenate(headers) if headers else np.empty(0, BLOCK.dtype)
    positions = np.concatenate(places) if places else np.empty(0, np.int64)
    samples = found["n_waves"].astype(np.int64) * found["n_words"]
    if len(found):
        there = max(source.size - int(positions[-1]), 0) // 2
        if samples[-1] > there:
            kept = there if found["type"][-1] == CONTINUOUS else 0
            report(
                "error", source.name,
                f"the file ends within this block: {kept} of {samples[-1]} samples are kept",
                offset=int(positions[-1]) - BLOCK.size,
            )  # fmt: skip
            samples[-1] = kept
            if not kept:
                found, positions, samples = found[:-1], positions[:-1], samples[:-1]
    return Blocks(
        found["type"].astype(np.int16),
        found["channel"].astype(np.int16),
        found["unit"].astype(np.int16),
        found["n_waves"].astype(np.int16),
        (found["upper"].astype(np.int64) << 32) + found["lower"],
        positions,
        samples,
    )


def known_blocks(
    blocks: Blocks, known: Container[int], kind: str, file: str, report: Report
) -> list[tuple[int, Blocks]]:
    """Blocks of one type by channel, with one issue for all whose channel has no header."""
    found = []
    lost = []
    for number, own in blocks.split(blocks.channel):
        if number in known:
            found.append((number, own))
        else:
            lost.append(own)
    if lost:
        report(
            "error", file,
            f"{sum(map(len, lost))} {kind} blocks of channels that have no header are left out",
            offset=min(own.offset_of(0, "channel") for own in lost), field="channel",
        )  # fmt: skip
    return found
