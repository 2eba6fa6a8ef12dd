"""Files with known truth: what a builder gives to the conformance check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EventTruth", "Example", "PieceTruth", "SignalTruth", "SpikeTruth", "Spot"]


@dataclass(frozen=True, slots=True, eq=False)
class PieceTruth:
    """A run of samples without a gap inside it.

    Attributes
    ----------
    start
        Seconds on the recording's clock.
    values
        (samples, channels) float64, physical: by the builder's own arithmetic.
    segment
        The segment that it belongs to.
    """

    start: float
    values: NDArray[np.float64]
    segment: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SignalTruth:
    """What a stream must hold: its channels' names and units, Hz, and its pieces in order."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    sampling_rate: float
    pieces: tuple[PieceTruth, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EventTruth:
    """What an event channel must hold, all segments one after the other.

    Attributes
    ----------
    times, durations
        (n,) seconds; a duration is NaN for a point, None stands for points only.
    labels
        Text.
    """

    times: NDArray[np.float64]
    labels: tuple[str, ...]
    durations: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SpikeTruth:
    """What a unit must hold, all segments one after the other.

    Attributes
    ----------
    times
        (n,) seconds.
    waveforms
        (n, channels, samples) float64, physical; None where there are none.
    """

    times: NDArray[np.float64]
    waveforms: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A number in a file that the corruption battery will lie about.

    Attributes
    ----------
    file, offset
        Where it stands.
    kind
        A NumPy type (``"<u4"``), or ``"text"`` for decimal digits in ASCII.
    length
        Bytes of a text number.
    """

    file: str
    offset: int
    kind: str
    length: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Bytes, and what they must be read as.

    Attributes
    ----------
    name
        For the report.
    files
        Bytes by name; the names may hold folders.
    main
        The file to open; None: the only one; "": the folder.
    signals, events, spikes
        By the name of the stream, event channel, unit. Those not named are not compared.
    private
        Texts of the subject's that must appear nowhere unasked.
    counts, pointers
        Numbers in the files to lie about.
    length_is_known
        Whether the files say how long they are, so that every cut must be noticed. Where they
        do not, a cut between two frames cannot be.
    options
        The format's own arguments of ``open``.
    """

    name: str
    files: Mapping[str, bytes]
    main: str | None = None
    signals: Mapping[str, SignalTruth] = field(default_factory=dict)
    events: Mapping[str, EventTruth] = field(default_factory=dict)
    spikes: Mapping[str, SpikeTruth] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    counts: tuple[Spot, ...] = ()
    pointers: tuple[Spot, ...] = ()
    length_is_known: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the files below `folder`; returns the path to open."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if self.main is None:
            return folder / next(iter(self.files))
        return folder / self.main
