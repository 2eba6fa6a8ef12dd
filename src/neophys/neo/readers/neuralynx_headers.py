"""A Neuralynx header as Neo understands it: names, ids, filters, annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeAlias

__all__ = ["Filters", "NeoHeader", "filter_numbers"]

#: The filters' keys and values, sorted: what tells streams of one rate apart.
Filters: TypeAlias = tuple[tuple[str, Any], ...]

_FLAGS: Final = {"True": True, "Enabled": True, "False": False, "Disabled": False}
_MICRO: Final = "\u00b5"
_FILTERS: Final = (
    "DSPLowCutFilterEnabled",
    "DspLowCutFrequency",
    "DspLowCutFilterType",
    "DspLowCutNumTaps",
    "DSPHighCutFilterEnabled",
    "DspHighCutFrequency",
    "DspHighCutFilterType",
    "DspHighCutNumTaps",
    "DspDelayCompensation",
    f"DspFilterDelay_{_MICRO}s",
)
_TEXTS: Final = ("FileType", "HardwareSubSystemName", "HardwareSubSystemType", "ADMaxValue",
                 "RecordSize", "NumADChannels")  # fmt: skip

#: Names that Neo gives to keys of the file; their values are interpreted.
_RENAMED: Final = {"AcqEntName", "ADChannel", "ADBitVolts", "SamplingFrequency", "InputInverted"}


class NeoHeader:
    """The keys of one file's header, with Neo's types.

    Parameters
    ----------
    keys
        As in the file, text.
    opened, closed
        Local times, None where the header has none.
    """

    def __init__(
        self, keys: Mapping[str, str], opened: datetime | None, closed: datetime | None
    ) -> None:
        self._written = {key.replace(f"\u00c2{_MICRO}", _MICRO): v for key, v in keys.items()}
        self._keys = {key.lower(): value for key, value in self._written.items()}
        self.opened, self.closed = opened, closed

    def text(self, key: str) -> str:
        """The value as it stands in the file; "" where it is missing."""
        return self._keys.get(key.lower(), "")

    @property
    def entity(self) -> str:
        return self.text("AcqEntName") or self.text("NLX_Base_Class_Name")

    @property
    def measured(self) -> bool:
        """Whether the times of ends go by the time stamps' rate, not the header's."""
        if self.text("NLX_Base_Class_Type") in ("CscAcqEnt", "BmlAcq"):
            return False
        return bool(self.text("HardwareSubSystemType")) or "ATLAS" not in (
            self.text("AcquisitionSystem").upper().split()
        )

    @cached_property
    def channel_ids(self) -> list[str]:
        """AD channel numbers; ``"unknown"`` where there are none."""
        words = self.text("ADChannel").split()
        return [str(int(word)) if word.isdecimal() else word for word in words] or ["unknown"]

    @cached_property
    def channel_names(self) -> list[str]:
        """A name for each id: a name each where there are so many, else the same for all."""
        n, name = len(self.channel_ids), self.text("AcqEntName")
        words = name.split()
        return words if len(words) == n else [name or "unknown"] * n

    @cached_property
    def input_range(self) -> float | None:
        """uV, of the first channel."""
        words = self.text("InputRange").split()
        value = _number(words[0]) if words else None
        return None if isinstance(value, str) else value

    @cached_property
    def filters(self) -> Filters:
        found = ((key, self._value(key)) for key in _FILTERS if key.lower() in self._keys)
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def _value(self, key: str) -> Any:
        text = self.text(key)
        return _FLAGS.get(text, text) if key.endswith(("Enabled", "sation")) else _number(text)

    def fields(self) -> dict[str, Any]:
        """All keys as they stand in the file; what Neo interprets by its names and types."""
        made: dict[str, Any] = {k: v for k, v in self._written.items() if k not in _RENAMED}
        made |= self.annotations()
        made["channel_ids"] = [int(x) if x.isdecimal() else x for x in self.channel_ids]
        made["channel_names"] = self.channel_names
        ranges = [_number(word) for word in self.text("InputRange").split()]
        if len(ranges) > 1:
            made["InputRange"] = ranges
        if rate := self.text("SamplingFrequency"):
            made["sampling_rate"] = float(rate)
        if bits := self.text("ADBitVolts").split():
            bits *= len(self.channel_ids) if len(bits) == 1 else 1
            made["bit_to_microVolt"] = [float(volts) * 1e6 for volts in bits]
        name, version = self._application()
        made |= {"ApplicationName": name, "ApplicationVersion": version}
        return made

    def _application(self) -> tuple[str, str]:
        """The program that wrote the file and its version; Neo's guess where no key says it."""
        if revision := self.text("CheetahRev"):
            return "Cheetah", revision
        if found := re.fullmatch(r'(\S*) "(.*)"', self.text("ApplicationName")):
            return found[1], found[2].replace(" Development", ".dev0").strip()
        return ("BML", "1.0") if self.text("NLX_Base_Class_Type") else ("Neuraview", "2")

    def annotations(self) -> dict[str, Any]:
        """What Neo writes down of a channel."""
        made: dict[str, Any] = dict(self.filters)
        made |= {key: self.text(key) for key in _TEXTS if key.lower() in self._keys}
        if "inputinverted" in self._keys:
            made["input_inverted"] = self.text("InputInverted") == "True"
        found = {"recording_opened": self.opened, "recording_closed": self.closed,
                 "InputRange": self.input_range}  # fmt: skip
        return made | {key: value for key, value in found.items() if value is not None}


def _number(text: str) -> Any:
    """A whole number unless it has a point; the text where it is no number."""
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def filter_numbers(headers: Iterable[NeoHeader]) -> dict[Filters, int]:
    """The number of each set of filters, in sorted order."""
    distinct = {header.filters for header in headers}
    try:
        ordered = sorted(distinct)
    except TypeError:  # values of different types do not compare
        ordered = sorted(distinct, key=repr)
    return {filters: number for number, filters in enumerate(ordered)}
