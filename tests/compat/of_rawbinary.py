"""Raw binary files: the real one, and built ones of other declarations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.compat.cases import Case

__all__ = ["CASES"]

REAL = "ephy_testing_data/rawbinarysignal/File_rawbinary_10kHz_2channels_16bit.raw"


def built(
    name: str,
    data: bytes | Callable[[], bytes],
    *shows: str,
    objects: bool = True,
    **arguments: Any,
) -> Case:
    """A case of these bytes under this declaration."""

    def write(folder: Path) -> Path:
        (folder / f"{name}.raw").write_bytes(data if isinstance(data, bytes) else data())
        return folder / f"{name}.raw"

    write.__name__ = name
    return Case(write, "RawBinarySignal", shows, arguments, objects=objects)


def numbers(dtype: str, k: int = 3, before: int = 0) -> bytes:
    rng = np.random.default_rng(4)
    made = rng.integers(-(2**31), 2**31, (700, k)) * rng.random((700, k))
    return b"#" * before + made.astype(dtype).tobytes()


CASES = (
    Case(REAL, "RawBinarySignal"),
    Case(REAL, "RawBinarySignal", (), {"signal_gain": 2.0**-16, "signal_offset": -0.3}),
    Case(REAL, "RawBinarySignal", (), {"nb_channel": 5, "sampling_rate": 333.3, "dtype": "uint8"}),
    built("uint16", numbers("<i2"), dtype="uint16", nb_channel=3, signal_gain=0.1),
    built("int32", numbers("<i4"), dtype="int32", nb_channel=3),
    built("float32", numbers("<f4", 1), dtype="float32", nb_channel=1, signal_offset=1),
    built("float64", numbers("<f8"), dtype="float64", nb_channel=3, signal_gain=0.7),
    built("header", numbers("<i2", 3, 7), dtype="int16", nb_channel=3, bytesoffset=7),
    built("half_a_row", bytes(14), objects=False),
    built("big", numbers(">i2"), "RAW-1", dtype=">i2", nb_channel=3),
    built("odd", bytes(17), "RAW-2"),
)
