"""Micromed TRC through both libraries: the real recording; what it cannot show is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from tests.compat.cases import Case

from neophys.formats.micromed.writer import write

__all__ = ["CASES"]

REAL = "ephy_testing_data/micromed/File_micromed_1.TRC"
Patch = Callable[[bytearray], Any]


def raw(n: int, channels: int, width: int = 2, top: int | None = None) -> Any:
    rng = np.random.default_rng(n + channels)
    high = ((1 << 8 * width) if width < 4 else 1 << 24) if top is None else top
    return rng.integers(0, high, (n, channels)).astype(f"<u{width}")


def built(name: str, *shows: str, patch: Patch | None = None, **ask: Any) -> Case:
    """A case of a file by our writer, 1000 frames of two channels unless said otherwise."""
    known = {key: ask.pop(key) for key in ("windows", "objects") if key in ask}

    def make(folder: Path) -> Path:
        path = folder / f"{name}.TRC"
        given: dict[str, Any] = {
            "signals": raw(1000, 2), "channels": ["Fp1", "Cz"], "sampling_rate": 256,
            "start": datetime(2020, 2, 3, 4, 5, 6), "surname": "S", "first_name": "F",
        }  # fmt: skip
        write(path, **given | ask)
        if patch is not None:
            data = bytearray(path.read_bytes())
            patch(data)
            path.write_bytes(data)
        return path

    make.__name__ = name
    return Case(make, "Micromed", shows, **known)


def zone(data: bytes, number: int) -> int:
    """The byte at which a zone begins."""
    return int.from_bytes(data[176 + 16 * number + 8 :][:4], "little")


def put(at: int, value: bytes) -> Patch:
    return lambda data: data.__setitem__(slice(at, at + len(value)), value)


def label(value: bytes, field: int = 2) -> Patch:
    """Bytes in the first channel's electrode record (record 1)."""
    return lambda data: put(zone(data, 1) + 128 + field, value)(data)


def both_labels(value: bytes, field: int) -> Patch:
    """Bytes in both channels' records."""

    def patch(data: bytearray) -> None:
        for record in (1, 2):
            put(zone(data, 1) + 128 * record + field, value)(data)

    return patch


def note(value: bytes) -> Patch:
    return lambda data: put(zone(data, 2) + 4, value)(data)


def unpadded(data: bytearray) -> None:
    """Zone names padded with NUL, as in type 5."""
    data[175] = 5
    for number in range(15):
        at = 176 + 16 * number
        data[at : at + 8] = bytes(data[at : at + 8]).rstrip(b" ").ljust(8, b"\0")


def scaled(low: int, high: int, ground: int, **more: Any) -> Mapping[str, Any]:
    return {
        "label": "x", "logic_min": low, "logic_max": high, "logic_ground": ground,
        "physical_min": -3200, "physical_max": 3200, **more,
    }  # fmt: skip


PAIRS = [(100, 200), (300, 400), (500, 500), (700, 900)]

CASES = (
    Case(REAL, "Micromed"),
    # Values: bit for bit, for gains that are and are not float32 numbers.
    built("one_byte", signals=raw(999, 3, 1), channels=["a", "b", "c"], bytes_per_sample=1),
    built("four_bytes", signals=raw(500, 2, 4), bytes_per_sample=4),
    built("one_channel", "GEN-1", signals=raw(1, 1), channels=["a"]),
    built("many_channels", signals=raw(300, 256), channels=[f"c{i}" for i in range(256)],
          objects=False),
    built("odd_gains", signals=raw(800, 3),
          channels=[scaled(0, 65534, 32767), scaled(0, 4094, 2047), scaled(0, 65535, 32768)]),
    built("narrow", signals=raw(800, 1, top=4096), channels=[scaled(0, 4095, 2048)]),
    built("upside_down", channels=[
        scaled(0, 65535, 32768, physical_min=3200, physical_max=-3200),
        scaled(-2048, 2047, 0, physical_min=-100, physical_max=100),
    ]),
    built("two_units", channels=["a", scaled(0, 65535, 32768, units="mV")]),
    built("no_frames", signals=raw(0, 2)),
    # Events and segments.
    built("triggers_and_notes", triggers=[(7, 1), (52, 65535), (999, 3)],
          notes=[(5, "eyes open"), (900, "\u00e9 \u20ac")]),
    built("pairs", "MIC-1", event_a=("Seizure", PAIRS), event_b=("Sleep", PAIRS[:1])),
    built("name_without_pairs", "MIC-2", signals=raw(14000, 2), event_b=("Test 2", ())),
    built("later_segment", "MIC-3", segments=[(5000, 0), (9000, 600)],
          triggers=[(300, 1), (700, 2), (979, 3)]),
    built("cut_beginning", "MIC-4", segments=[(5000, 400)], triggers=[(100, 1), (500, 2)]),
    built("kept_beginning", "MIC-5", segments=[(0, 0), (9000, 600)],
          triggers=[(100, 1), (700, 2)]),
    built("trigger_at_0", "MIC-6", triggers=[(0, 5), (9, 5)]),
    # Texts, dates, units.
    built("year_2040", "MIC-7", start=datetime(2040, 1, 2, 3, 4, 5)),
    built("label_not_ascii", "MIC-8", patch=label(b"\xe91")),
    built("note_not_cp1252", "MIC-8", notes=[(5, "x")], patch=note(b"\x81")),
    built("day_0", "MIC-8", patch=put(128, b"\0")),
    built("odd_byte", "MIC-8", patch=lambda data: data.append(7)),
    built("stale_bytes", "MIC-11", patch=label(b"A\0B\1\0\0")),
    built("volts", "MIC-12", channels=["a", scaled(0, 65535, 32768, units="V")]),
    # Neo alone has no nV; here it has: both ask one registry of units, and ours adds it.
    built("nanovolts", channels=[scaled(0, 65535, 32768, units="nV")] * 2),
    built("unknown_unit", "MIC-12", patch=both_labels(b"\x37\0", 34)),
    built("percent_and_bpm", channels=[
        scaled(0, 65535, 32768, units="%"), scaled(0, 65535, 32768, units="bpm"),
    ]),
    built("type_5", "MIC-13", patch=unpadded),
    built("coefficient_0", "MIC-13", patch=both_labels(b"\0\0", 44)),
    built("empty_label", "MIC-14", patch=label(bytes(6))),
)  # fmt: skip
