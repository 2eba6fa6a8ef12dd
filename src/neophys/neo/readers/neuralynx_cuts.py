"""Where Neo cuts Neuralynx signals, and when it refuses them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neophys.errors import GapError, HeaderError
from neophys.formats.neuralynx.headers import FileHeader

__all__ = ["NeoCuts"]

_ROWS = 512


@dataclass(frozen=True, slots=True)
class NeoCuts:
    """Where Neo begins a new section: a record off its predicted time by more than a tolerance.

    Attributes
    ----------
    tolerance_ms
        As the user gave it; None: the system's own, and gaps of a sample or more are refused.
    legacy, strict
        ``strict_gap_mode`` was given, and what: no refusal then; not strict: a quarter record.
    """

    tolerance_ms: float | None
    legacy: bool
    strict: bool

    def __call__(
        self, header: FileHeader, ticks: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> NDArray[np.int64] | None:
        try:
            nominal = header.text["SamplingFrequency"]
        except HeaderError:
            nominal = None
        if not nominal or nominal > 1e6:
            return None
        interval = float(int(1e6 / nominal)) if header.pre4 else 1e6 / nominal
        rate = 1e6 / interval
        off = np.diff(ticks) - ((counts[:-1] / rate) * 1e6).astype(np.int64)
        gaps = np.flatnonzero(np.abs(off) >= max(interval, round(0.2 * interval) + 1))
        predicted = round(int(ticks[0]) + interval * _ROWS * (len(ticks) - 1))
        if not len(gaps) and (counts[:-1] == _ROWS).all() and int(ticks[-1]) == predicted:
            return np.zeros(1, np.int64)
        if len(gaps) and self.tolerance_ms is None and not self.legacy:
            raise GapError(_refusal(header.file, gaps + 1, off[gaps], interval))
        cut = np.flatnonzero(np.abs(off) > self._tolerance(header, interval)) + 1
        return np.concatenate([[0], cut]).astype(np.int64)

    def _tolerance(self, header: FileHeader, interval: float) -> float:
        if self.tolerance_ms is not None:
            return self.tolerance_ms * 1000.0
        if self.legacy and not self.strict and not header.pre4:
            return round(0.25 * _ROWS * interval)
        exact = header.pre4 or header.text.raw("NLX_Base_Class_Type") == "BmlAcq"
        exact = exact or header.device.upper() == "ATLAS"
        return 0.0 if exact else round(0.2 * interval)


def _refusal(file: str, records: NDArray[np.int64], off: NDArray[np.int64], interval: float) -> str:
    shown = ", ".join(
        f"{abs(gap) / 1000:.3f} ms before record {record} ({record * _ROWS * interval / 1e6:.6f} s)"
        for record, gap in list(zip(records.tolist(), off.tolist(), strict=True))[:5]
    )
    more = f" and {len(records) - 5} more" if len(records) > 5 else ""
    return (
        f"{file}: {len(records)} timestamp gaps: {shown}{more}; gap_tolerance_ms= says how large "
        "a gap may be to be ignored (0.0: cut into segments at each)"
    )
