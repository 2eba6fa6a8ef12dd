"""The Status signal of BDF: 24 bits, of which the low 16 are the trigger input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from neophys.contents import Contents, EventTable, text_array
from neophys.reading.samples import Samples
from neophys.source.bundle import Bundle

__all__ = ["STATUS", "Status", "read_status"]

STATUS: Final = "Status"
#: Bits 0 to 15; above are: new epoch, speed mode, CMS in range, battery low, MK2.
_TRIGGERS: Final = 0xFFFF
_TILE: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Status:
    """Where the Status signal is: the key of the Deferred table."""

    stream: int
    column: int


def read_status(bundle: Bundle, contents: Contents, key: Status, *, first: bool) -> EventTable:
    """Each change of the trigger input to a value that is not 0.

    Ticks are samples after the first record's begin: int64, or float64 where a gap has put the
    samples between two.

    Parameters
    ----------
    first
        The first sample counts, too.
    """
    stream = contents.streams[key.stream]
    data = contents.blocks[0].segments[0].signals[key.stream]
    pieces = data.pieces if data else ()
    samples = Samples(bundle, stream, pieces)
    column = slice(key.column, key.column + 1)
    rows, codes = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    before: int | None = 0 if first else None
    for start in range(0, samples.n_samples, _TILE):
        stop = min(start + _TILE, samples.n_samples)
        code = samples.raw(start, stop, column)[:, 0] & _TRIGGERS
        previous = np.concatenate([code[:1] if before is None else [before], code[:-1]])
        found = np.flatnonzero((code != previous) & (code != 0))
        rows.append(found + start)
        codes.append(code[found])
        before = int(code[-1])
    row = np.concatenate(rows)
    ticks = row
    if any(piece.start_tick for piece in pieces):
        piece = np.searchsorted(samples.first_rows, row, "right") - 1
        begins = np.array([stream.clock.seconds(p.start_tick) for p in pieces])
        shift = begins * stream.sampling_rate - np.array(samples.first_rows[:-1])
        ticks = row + shift[piece]
    return EventTable(ticks, text_array([str(code) for code in np.concatenate(codes).tolist()]))
