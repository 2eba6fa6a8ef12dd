"""Plexon plx: all recordings; what they cannot show is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.compat.cases import Case
from tests.formats.plexon.build import Plx

from neophys.formats.plexon.tables import BLOCK

__all__ = ["CASES"]

QUIET = {"progress_bar": False}


def built(name: str, make: Callable[[], bytes], *shows: str, **known: Any) -> Case:
    """A case of a file that `make` makes."""

    def write(folder: Path) -> Path:
        (folder / "built.plx").write_bytes(make())
        return folder / "built.plx"

    write.__name__ = name
    return Case(write, "Plexon", shows, arguments=QUIET, **known)


def real(path: str, *shows: str) -> Case:
    return Case(path, "Plexon", shows, arguments=QUIET)


def signals(*names: str, samples: int = 8, blocks: int = 3, **header: Any) -> Plx:
    """Channels in blocks of equal size."""
    plx = Plx(slow=[{"name": name} for name in names], header=header)
    for block in range(blocks):
        for channel in range(len(names)):
            values = 100 * channel + np.arange(samples) + block * samples + 1
            plx.samples(channel, block * samples * 40, values)
    return plx


def scaled(version: int) -> bytes:
    """Signals and spikes of a version; both have as many bits, which Neo takes for one."""
    header: dict[str, Any] = {"version": version, "waveform_rate": 20000}
    if version >= 103:
        header |= {"spike_bits": 12, "slow_bits": 12, "spike_max": 3100, "slow_max": 2500}
    if version >= 105:
        header |= {"spike_preamp": 500}
    plx = Plx(slow=[{"gain": 3, "preamp": 7}] * 2, spikes=[{"gain": 5}] * 2, header=header)
    for block in range(4):
        for channel in (0, 1):
            plx.samples(channel, block * 200, np.arange(5) * 31 - 77)
            plx.spike(channel + 1, block * 200 + 7, block % 3, np.arange(6) * 17 - 40)
    return plx.tobytes()


def rates() -> bytes:
    plx = Plx(slow=[{"name": "x1"}, {"name": "x2", "rate": 500}])
    return plx.samples(0, 0, [1, 2, 3]).samples(1, 0, [4, 5, 6]).tobytes()


def streams() -> bytes:
    """Two prefixes in turn, of which one begins late: streams that are no runs of the headers."""
    plx = Plx(slow=[{"name": name} for name in ("WB01", "FP01", "WB02", "FP02", "ch", "ch")])
    for block in range(3):
        for channel in range(6):
            late = 62 if channel in (2, 5) else 0
            plx.samples(channel, block * 160 + late, np.arange(4) + 10 * channel + block)
    return plx.tobytes()


def words() -> bytes:
    plx = signals("FP01")
    plx.events = [{"channel": 257}, {"channel": 1}, {"channel": 258, "name": "Start"}]
    return plx.event(258, 0).event(257, 90, -1).event(1, 95).event(257, 930, 32767).tobytes()


def spikes(*waves: Any, **header: Any) -> Plx:
    plx = Plx(spikes=[{}], header=header)
    for i, wave in enumerate(waves):
        plx.spike(1, 4000 * i, 0, wave)
    return plx


def late() -> bytes:
    """A spike that is later than the last block."""
    plx = spikes([1, 2], [3, 4], [5, 6], waveform_rate=40000)
    plx.events = [{}]
    return plx.event(1, 6000).tobytes()


def twice() -> bytes:
    events = [{"channel": 7, "name": "a"}, {"channel": 7, "name": "b"}]
    return Plx(events=events).event(7, 5).event(7, 90).tobytes()


def rest_of_name() -> bytes:
    plx = Plx(events=[{"channel": 258, "name": "Start"}]).event(258, 0).event(258, 77)
    return plx.tobytes().replace(b"Start\0\0\0", b"Start\0" + b"18")


def bare(**slow: Any) -> bytes:
    return Plx(slow=[slow]).samples(0, 0, [1, 2, 3]).samples(0, 120, [4, 5, 6]).tobytes()


WHOLE = signals("FP01", "FP02")
UNKNOWN = BLOCK.write({"type": 7}, check=False)

CASES = (
    real("plexon/buzcode-plexonSDK/16sp_lfp_with_2coords.plx", "PLX-2", "PLX-1"),
    real("plexon/buzcode-plexonSDK/ts_freq_zero.plx"),
    real("ephy_testing_data/plexon/File_plexon_1.plx", "PLX-14"),
    real("ephy_testing_data/plexon/File_plexon_3.plx", "PLX-2"),
    *(built(f"version_{v}", lambda v=v: scaled(v), "PLX-2") for v in range(100, 108)),
    built("streams", streams, "PLX-2"),
    built("words", words, "PLX-2"),
    built("bits", lambda: signals("FP01", slow_bits=16, spike_bits=12).tobytes(),
          "PLX-2", "PLX-3"),
    built("late", late, "PLX-6"),
    built("digit", lambda: signals("1V").tobytes(), "PLX-7"),
    built("micro", lambda: signals("V1").tobytes().replace(b"V1\0", b"\xb51\0"), "PLX-7"),
    built("rates", rates, "PLX-7"),
    built("no_blocks", lambda: signals("FP01", blocks=0).tobytes(), "PLX-8"),
    built("tail", lambda: WHOLE.tobytes() + b"abc", "PLX-8"),
    built("type_7", lambda: WHOLE.tobytes() + UNKNOWN, "PLX-8"),
    built("channel_9", lambda: signals("FP01").samples(9, 0, [1]).tobytes(), "PLX-8"),
    built("no_date", lambda: signals("FP01", date=None).tobytes(), "PLX-8"),
    built("gain_0", lambda: bare(gain=0), "PLX-8"),
    built("cut", lambda: signals("FP01").tobytes()[:-4], "PLX-2", "PLX-9"),
    built("two_lengths", lambda: spikes([1, 2], [3, 4, 5], waveform_rate=9).tobytes(), "PLX-10"),
    built("no_waveforms", lambda: spikes([], [], waveform_rate=9).tobytes(), "PLX-10"),
    built("twice", twice, "PLX-11"),
    built("rest_of_name", rest_of_name, "PLX-13"),
)  # fmt: skip
