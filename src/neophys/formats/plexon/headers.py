"""The headers of a plx file, and what its gains mean in millivolts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from neophys.errors import HeaderError
from neophys.formats import Report
from neophys.formats.plexon.tables import EVENT_CHANNEL, FATAL, HEADER, SLOW, SPIKE_CHANNEL
from neophys.source import Source
from neophys.tables import FixedRecord, Table

__all__ = ["Channels", "Headers", "read_headers"]

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """The headers of one kind of channel.

    Attributes
    ----------
    table, rows, base
        The declaration, the raw rows, the byte of the first.
    names
        Decoded.
    row_of
        Number that blocks carry -> row; where headers share a number, the first.
    """

    table: Table
    rows: NDArray[Any]
    base: int
    names: list[str]
    row_of: dict[int, int]

    def offset_of(self, row: int, field: str) -> int:
        """The byte of a field in the file."""
        return self.base + row * self.table.size + self.table.places[field][0]


@dataclass(frozen=True, slots=True, eq=False)
class Headers:
    """All headers; ``data_start`` is the byte of the first block."""

    file: str
    main: FixedRecord
    spikes: Channels
    events: Channels
    slow: Channels
    data_start: int

    @property
    def version(self) -> int:
        return int(self.main.version)

    def slow_gain(self, row: int, report: Report) -> float | None:
        """mV a count of a continuous channel; None where the header does not tell, with an issue.

        ``max / (half_range * preamp * gain)`` in float64: the operands are the maker's.
        """
        maximum, half = 5000.0, 2048.0
        if self.version >= 103:
            maximum, half = self._range("slow_max", "slow_bits")
        preamp = int(self.slow.rows["preamp"][row]) if self.version >= 102 else 1000
        found = {"gain": int(self.slow.rows["gain"][row]), "preamp": preamp}
        return self._gain(self.slow, row, maximum, half, found, report)

    def spike_gain(self, row: int, report: Report) -> float | None:
        """mV a count of a channel's waveforms; None as above."""
        maximum, half = 3000.0, 2048.0
        if self.version >= 103:
            maximum, half = self._range("spike_max", "spike_bits")
        preamp = int(self.main.spike_preamp) if self.version >= 105 else 1000
        found = {"gain": int(self.spikes.rows["gain"][row])}
        if preamp <= 0:
            self._no_gain(self.main.offset_of("spike_preamp"), "spike_preamp", preamp,
                          self.spikes.names[row], report)  # fmt: skip
            return None
        return self._gain(self.spikes, row, maximum, half * preamp, found, report)

    def _range(self, maximum: str, bits: str) -> tuple[float, float]:
        """(mV, counts) from zero to peak; 0 where the header has none."""
        return float(self.main[maximum]), 2.0 ** (self.main[bits] - 1) if self.main[bits] else 0.0

    def _gain(
        self,
        channels: Channels,
        row: int,
        maximum: float,
        divisor: float,
        factors: dict[str, int],
        report: Report,
    ) -> float | None:
        if maximum <= 0 or divisor <= 0:
            field = ("slow_" if channels is self.slow else "spike_") + (
                "max" if maximum <= 0 else "bits"
            )
            self._no_gain(self.main.offset_of(field), field, 0, channels.names[row], report)
            return None
        for field, value in factors.items():
            if value <= 0:
                offset = channels.offset_of(row, field)
                self._no_gain(offset, field, value, channels.names[row], report)
                return None
            divisor *= value
        return maximum / divisor

    def _no_gain(self, offset: int, field: str, found: int, name: str, report: Report) -> None:
        report(
            "error", self.file,
            f"found {found}: the gain of {name!r} is unknown; its values are raw counts",
            offset=offset, field=field,
        )  # fmt: skip


def read_headers(source: Source, report: Report) -> Headers:
    """Read and check the headers.

    Raises
    ------
    HeaderError
        No plx file, a version or count that cannot be, a tick rate below 1.
    TruncatedError
        The file ends within the headers.
    """
    file = source.name
    main = HEADER.read(source.read(0, min(HEADER.size, source.size)), file=file)

    def note(
        severity: Severity,
        where: str,
        message: str,
        *,
        offset: int | None = None,
        field: str | None = None,
    ) -> None:
        if field in FATAL:
            raise HeaderError(where, offset, field, None, message)
        report(severity, where, message, offset=offset, field=field)

    HEADER.check(main, report=note)
    if main.version > 107:
        report("info", file, f"version {main.version} is read as 107, the last that is described",
               offset=main.offset_of("version"), field="version")  # fmt: skip
    at = HEADER.size
    kinds = []
    for table, count in (
        (SPIKE_CHANNEL, main.n_spike_channels),
        (EVENT_CHANNEL, main.n_event_channels),
        (SLOW, main.n_slow_channels),
    ):
        kinds.append(_channels(source, table, at, count))
        at += count * table.size
    _report_repeated(kinds[0], file, report)
    _report_repeated(kinds[2], file, report)
    return Headers(file, main, kinds[0], kinds[1], kinds[2], at)


def _channels(source: Source, table: Table, at: int, count: int) -> Channels:
    rows = table.read_many(source.read(at, count * table.size), 0, count, file=source.name, base=at)
    row_of: dict[int, int] = {}
    for row, number in enumerate(rows["channel"].tolist()):
        row_of.setdefault(number, row)
    return Channels(table, rows, at, list(table.decode(rows, "name")), row_of)


def _report_repeated(channels: Channels, file: str, report: Report) -> None:
    """Event headers share numbers in sound files (OmniPlex 1.1.9), channel headers never."""
    extra = len(channels.rows) - len(channels.row_of)
    if extra:
        first = next(
            row
            for row, number in enumerate(channels.rows["channel"].tolist())
            if channels.row_of[number] != row
        )
        report(
            "warning", file,
            f"{extra} headers repeat a channel number; blocks belong to the first of each",
            offset=channels.offset_of(first, "channel"), field="channel",
        )  # fmt: skip
