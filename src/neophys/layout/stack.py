"""Several layouts side by side: one file a channel, or runs that differ from channel to channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neophys.layout import Columns, Layout, Plan, Sink, column_indexes

__all__ = ["Stack", "stack"]


@dataclass(frozen=True, eq=False)
class Stack:
    """Row *i* of column *c* is row ``rows[p] + i`` of column ``column[c]`` of ``parts[p]``, where
    p = ``part[c]``.

    All parts have one dtype. `n_samples` rows exist in every part.
    """

    parts: tuple[Layout, ...]
    part: NDArray[np.int64]
    column: NDArray[np.int64]
    rows: tuple[int, ...]
    n_samples: int

    @property
    def n_channels(self) -> int:
        return len(self.part)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.parts[0].dtype

    @property
    def grain(self) -> int:
        return self.parts[0].grain

    @property
    def order(self) -> str:
        return "channel"

    def row_bytes(self, n_columns: int) -> float:
        # Of the dearest parts: each column may lie in another one, and be read with all beside it.
        costs = sorted(part.row_bytes(min(n_columns, part.n_channels)) for part in self.parts)
        return sum(costs[-n_columns:]) if n_columns else 0.0

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        chosen = column_indexes(columns, self.n_channels)
        of_part, of_column = self.part[chosen], self.column[chosen]
        plans: list[Plan] = []
        info: list[tuple[Layout, Plan, int, int, NDArray[np.int64]]] = []
        files: list[str] = []
        file_of: list[NDArray[np.int32]] = []
        n = 0
        for p in np.unique(of_part).tolist():
            outputs = np.flatnonzero(of_part == p)
            part, row = self.parts[p], self.rows[p]
            plan = part.plan(start + row, stop + row, of_column[outputs])
            file_of.append(
                np.asarray(plan.file, np.int32) + np.full(len(plan.offsets), len(files), np.int32)
            )
            files.extend(plan.files)
            info.append((part, plan, n, n + len(plan.offsets), outputs))
            n += len(plan.offsets)
            plans.append(plan)
        if not plans:
            none = np.empty(0, np.int64)
            return Plan((), 0, none, none, info)
        return Plan(
            tuple(files),
            np.concatenate(file_of),
            np.concatenate([plan.offsets for plan in plans]),
            np.concatenate([plan.lengths for plan in plans]),
            info,
        )

    def place(
        self, plan: Plan, buffer: NDArray[np.uint8], at: NDArray[np.int64], row: int, sink: Sink
    ) -> None:
        for part, inner, n0, n1, outputs in plan.info:
            part.place(inner, buffer, at[n0:n1], row, _Columns(sink, outputs))


class _Columns:
    """Hands samples on to `sink`, under other column numbers."""

    __slots__ = ("outputs", "sink", "threads")

    def __init__(self, sink: Sink, outputs: NDArray[np.int64]) -> None:
        self.sink, self.outputs, self.threads = sink, outputs, sink.threads

    def put(self, row: int, columns: Columns, raw: NDArray[Any]) -> None:
        chosen = self.outputs[columns]
        first, n = int(chosen[0]), len(chosen)
        if n == 1 or (int(chosen[-1]) - first == n - 1 and (np.diff(chosen) == 1).all()):
            self.sink.put(row, slice(first, first + n), raw)
        else:
            self.sink.put(row, chosen, raw)


def stack(
    parts: Sequence[Layout], rows: Sequence[int] | None = None, n_samples: int | None = None
) -> Stack:
    """All columns of all parts, in order.

    Parameters
    ----------
    parts
        Layouts of one dtype.
    rows
        Each part's row at which the stack's row 0 lies; 0 for all if None.
    n_samples
        Rows; if None, those that all parts have.
    """
    starts = tuple(rows) if rows is not None else (0,) * len(parts)
    n = (
        min(p.n_samples - r for p, r in zip(parts, starts, strict=True))
        if n_samples is None
        else n_samples
    )
    part = np.repeat(np.arange(len(parts), dtype=np.int64), [p.n_channels for p in parts])
    column = np.concatenate([np.arange(p.n_channels, dtype=np.int64) for p in parts])
    return Stack(tuple(parts), part, column, starts, n)
