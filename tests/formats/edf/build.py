"""Small EDF and BDF files from numbers that the test knows, through the declared tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neophys.formats.edf.header import BDF, EDF, HEADER, SIGNALS

LIMITS = {2: (-32768, 32767), 3: (-8388608, 8388607)}


def tal(onset: str, *texts: str | bytes, duration: str | None = None) -> bytes:
    """A time-stamped annotation list; ``tal("+1", "")`` tells a record's time."""
    length = b"" if duration is None else b"\x15" + duration.encode()
    parts = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return onset.encode() + length + b"\x14" + b"".join(p + b"\x14" for p in parts) + b"\0"


@dataclass
class Signal:
    """Samples (all records of it), ``n`` in each record; `header` are fields of its header."""

    samples: ArrayLike
    n: int
    label: str = "EEG Fp1"
    physical: tuple[float, float] = (-100.0, 100.0)
    digital: tuple[int, int] | None = None
    dimension: str = "uV"
    header: dict[str, Any] = field(default_factory=dict)

    def blocks(self, item: int) -> list[bytes]:
        values = np.asarray(self.samples, np.int32).reshape(-1, self.n)
        raw = values.astype("<i4").view(np.uint8).reshape(*values.shape, 4)[:, :, :item]
        return [row.tobytes() for row in raw]

    def fields(self, item: int) -> dict[str, Any]:
        low, high = self.digital or LIMITS[item]
        return {
            "label": self.label, "dimension": self.dimension, "n_samples": self.n,
            "physical_min": self.physical[0], "physical_max": self.physical[1],
            "digital_min": low, "digital_max": high, **self.header,
        }  # fmt: skip

    def values(self, item: int = 2) -> NDArray[np.float64]:
        """The oracle: ``(raw - dmin) * (pmax - pmin) / (dmax - dmin) + pmin``."""
        low, high = self.digital or LIMITS[item]
        step = (self.physical[1] - self.physical[0]) / (high - low)
        return (np.asarray(self.samples, np.float64) - low) * step + self.physical[0]


@dataclass
class Notes:
    """An annotation signal: what each record's block begins with; `size` bytes in each."""

    lists: Sequence[bytes]
    size: int = 120
    label: str | None = None

    def blocks(self, item: int) -> list[bytes]:
        width = self.n(item) * item
        assert all(len(block) <= width for block in self.lists)
        return [block.ljust(width, b"\0") for block in self.lists]

    def n(self, item: int) -> int:
        return -(-self.size // item)

    def fields(self, item: int) -> dict[str, Any]:
        label = self.label or ("EDF Annotations" if item == 2 else "BDF Annotations")
        low, high = LIMITS[item]
        return {
            "label": label, "n_samples": self.n(item), "physical_min": -1, "physical_max": 1,
            "digital_min": low, "digital_max": high,
        }  # fmt: skip


def edf(
    *signals: Signal | Notes,
    bdf: bool = False,
    plus: str = "",
    duration: float = 1.0,
    raw: dict[str, bytes] | None = None,
    raw_signals: dict[tuple[str, int], bytes] | None = None,
    **header: Any,
) -> bytes:
    """The file's bytes.

    Parameters
    ----------
    plus
        ``"C"`` or ``"D"``: EDF+ or BDF+.
    raw, raw_signals
        Header bytes by field (and signal) that replace what the tables write.
    **header
        Fields of the header.
    """
    item = 3 if bdf else 2
    blocks = [signal.blocks(item) for signal in signals]
    n_records = len(blocks[0])
    assert all(len(b) == n_records for b in blocks), "signals of unequal length"
    base = "BDF" if bdf else "EDF"
    values = {
        "version": BDF if bdf else EDF,
        "patient": "MCH-0234567 F 02-MAY-1951 Haagse_Harry" if plus else "Harry Haagse",
        "recording": "Startdate 02-MAR-2002 EMG561 BK/JOP Sony._MNC" if plus else "lab 3",
        "start_date": dt.date(2002, 3, 2), "start_time": dt.time(4, 5, 6),
        "header_bytes": 256 * (len(signals) + 1),
        "reserved": f"{base}+{plus}" if plus else "24BIT" if bdf else "",
        "n_records": n_records, "record_duration": duration, "n_signals": len(signals),
    } | header  # fmt: skip
    head = bytearray(HEADER.write(values, check=False))
    for name, content in (raw or {}).items():
        start, stop = HEADER.places[name]
        head[start:stop] = content.ljust(stop - start)
    rows = [signal.fields(item) for signal in signals]
    names = {name for row in rows for name in row}
    table = {name: [row.get(name) for row in rows] for name in names}
    second = SIGNALS.write(table, check=False)
    columns = SIGNALS.read(second, 0, len(signals))
    second = bytearray(second)
    for (name, i), content in (raw_signals or {}).items():
        at, width = columns.offset_of(name, i), SIGNALS.by_name[name].rule.size
        second[at : at + width] = content.ljust(width)
    data = b"".join(block for record in zip(*blocks, strict=True) for block in record)
    return bytes(head + second) + data


def ramp(n_records: int, n: int, seed: int = 0, item: int = 2) -> NDArray[np.int32]:
    """Samples that differ everywhere, over the whole range, both limits included."""
    low, high = LIMITS[item]
    rng = np.random.default_rng(seed)
    values = rng.integers(low, high, n_records * n, endpoint=True, dtype=np.int64)
    values[:2] = (low, high)[: len(values)]
    return values.astype(np.int32)


def timed(*times: str, texts: dict[int, bytes] | None = None, size: int = 120) -> Notes:
    """The annotation signal of records at these times, with further lists in some."""
    return Notes([tal(t, "") + (texts or {}).get(i, b"") for i, t in enumerate(times)], size)
