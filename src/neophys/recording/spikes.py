"""Spike trains and their waveforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neophys.contents import SpikeTable, SpikeUnit
from neophys.kernels import Calibration
from neophys.reading.waveforms import physical_waveforms

if TYPE_CHECKING:
    from neophys.recording import Part

__all__ = ["SpikeTrain"]


class SpikeTrain:
    """The spikes of one unit, in one or more segments.

    Attributes
    ----------
    unit
        The :class:`~neophys.contents.SpikeUnit`: id, name, waveform channels.
    t_start, t_stop
        Seconds: the observed span.
    """

    def __init__(
        self,
        part: Part,
        number: int,
        unit: SpikeUnit,
        tables: list[SpikeTable],
    ) -> None:
        self._part, self._number, self._tables = part, number, tables
        self.unit, self.t_start, self.t_stop = unit, part.t_start, part.t_stop

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._part, self._number)

    @property
    def name(self) -> str:
        return self.unit.name

    @property
    def electrode(self) -> str:
        return self.unit.electrode

    @property
    def sorted(self) -> bool:
        """False for spikes that nobody assigned to a neuron."""
        return self.unit.sorted

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) seconds on the recording's clock."""
        parts = [np.asarray(self.unit.clock.seconds(t.ticks), np.float64) for t in self._tables]
        return np.concatenate([np.empty(0), *parts])

    @property
    def waveforms(self) -> NDArray[Any] | None:
        """(n, channels, samples) physical values, read now; None where there are none.

        Float32 for samples of up to 24 bits, else float64; NaN after the end of shorter ones.
        """
        tables = [table for table in self._tables if len(table)]
        if any(table.waveforms is None for table in tables) or not tables:
            return None
        calibration = Calibration(self.unit.channels["gain"], self.unit.channels["offset"])
        parts = [
            physical_waveforms(
                self._part.recording.bundle, table.waveforms, 0, len(table), calibration
            )
            for table in tables
            if table.waveforms is not None
        ]
        if len(parts) == 1:
            return parts[0]
        longest = max(part.shape[2] for part in parts)
        shape = len(self), parts[0].shape[1], longest
        whole = np.full(shape, np.nan, np.result_type(*parts))
        first = 0
        for part in parts:
            whole[first : first + len(part), :, : part.shape[2]] = part
            first += len(part)
        return whole

    def __len__(self) -> int:
        return sum(len(table) for table in self._tables)

    def __repr__(self) -> str:
        kind = "" if self.sorted else ", unsorted"
        return f"<SpikeTrain {self.name!r}: {len(self)} spikes{kind}>"


def _rebuild(part: Part, number: int) -> SpikeTrain:
    return part.spikes[number]
