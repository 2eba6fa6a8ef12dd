"""What the signal headers of EDF and BDF say of the channels: units, calibration, filters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neophys.contents import channel_table
from neophys.formats import Report
from neophys.formats.edf.header import Header
from neophys.units import DIMENSIONLESS, normalize

__all__ = ["channels"]

_LIMITS = ("physical_min", "physical_max", "digital_min", "digital_max")


def channels(header: Header, signals: Sequence[int], report: Report) -> NDArray[np.void]:
    """The channel table of some signals, calibrated where the header allows it.

    Ids count the signals that are no annotations, from "0" on, in the header's order.
    """
    fields = header.signals
    by_name = {name: fields.take(name, None, report) for name in _LIMITS}
    texts = {name: fields[name] for name in ("dimension", "transducer", "prefilter")}
    position = {signal: i for i, signal in enumerate(sorted(signals))}
    units, gains, offsets = [], [], []
    for signal in signals:
        limits = [values[signal] for values in by_name.values()]
        fault, gain, offset = _calibration(*limits)
        if fault:
            at = fields.offset_of("physical_min", signal)
            message = f"{fault}: found limits {', '.join(map(str, limits))}"
            report("warning", fields.file, message, offset=at, field=f"physical_min[{signal}]")
        units.append(DIMENSIONLESS if gain is None else _unit(texts["dimension"][signal]))
        gains.append(1.0 if gain is None else gain)
        offsets.append(offset)
    _report_units(header, signals, units, report)
    return channel_table(
        name=[header.labels[i] for i in signals],
        id=[str(position[i]) for i in signals],
        units=units,
        gain=gains,
        offset=offsets,
        signal=np.asarray(signals, np.int64),
        dimension=[texts["dimension"][i] for i in signals],
        transducer=[texts["transducer"][i] for i in signals],
        prefilter=[texts["prefilter"][i] for i in signals],
        **{
            name: np.array([values[i] for i in signals], np.float64)
            for name, values in by_name.items()
        },
    )


def _calibration(
    low: float | None, high: float | None, first: int | None, last: int | None
) -> tuple[str, float | None, float]:
    """(what is wrong, gain, offset); gain None: the stored numbers are the values.

    The digital limits mean the physical ones: ``gain = (high - low) / (last - first)``.
    """
    if low is None or high is None or first is None or last is None or first == last:
        return "not calibrated", None, 0.0
    gain = (high - low) / (last - first)
    offset = low - first * gain
    if gain == 0.0 or not (math.isfinite(gain) and math.isfinite(offset)):
        return "not calibrated", None, 0.0
    return "digital_min is more than digital_max" if first > last else "", gain, offset


def _unit(written: str) -> str:
    """The unit's symbol; as written where nobody knows it."""
    # 0x83 0xCA: the micro sign of Japanese writers (Shift-JIS), as cp1252 has it.
    written = written.replace("ƒÊ", "µ")
    if written == "Boolean":
        return DIMENSIONLESS
    return normalize(written) or written


def _report_units(header: Header, signals: Sequence[int], units: list[str], report: Report) -> None:
    unknown: dict[str, list[int]] = {}
    for signal, unit in zip(signals, units, strict=True):
        if normalize(unit) is None:
            unknown.setdefault(unit, []).append(signal)
    for unit, members in unknown.items():
        at = header.signals.offset_of("dimension", members[0])
        message = f"unit {unit!r} of {len(members)} signals is not known; taken as dimensionless"
        field = f"dimension[{members[0]}]"
        report("info", header.signals.file, message, offset=at, field=field)
