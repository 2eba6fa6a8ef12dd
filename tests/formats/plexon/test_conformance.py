"""Plexon keeps what every format must keep, on built and on real files."""

from __future__ import annotations

import numpy as np
from tests.formats.plexon.build import Plx
from tests.recordings import recordings

from neophys.formats.plexon import FORMAT
from neophys.formats.plexon.tables import BLOCK, HEADER, SPIKE_CHANNEL
from neophys.testing import (
    EventTruth,
    Example,
    PieceTruth,
    SignalTruth,
    SpikeTruth,
    Spot,
    check_format,
)

RATE = 40000


def everything() -> Example:
    """Two streams, one of them with a gap and unequal blocks; two units; strobed words."""
    rng = np.random.default_rng(5)
    low = rng.integers(-32768, 32768, (900, 3)).astype("<i2")
    wide = rng.integers(-32768, 32768, (1200, 2)).astype("<i2")
    waves = rng.integers(-9999, 9999, (60, 24)).astype("<i2")
    plx = Plx(
        slow=[
            {"channel": 16, "name": "FP01", "gain": 2, "preamp": 5},
            {"channel": 17, "name": "FP02µ", "gain": 3, "preamp": 7},
            {"channel": 18, "name": "FP03"},
            {"channel": 0, "name": "WB01", "rate": 20000, "source": 1},
            {"channel": 1, "name": "WB02", "rate": 20000, "source": 1},
        ],
        spikes=[{"name": "SPK01", "gain": 4}, {"name": "SPK02"}],
        events=[{"channel": 257, "name": "Strobed"}, {"channel": 1, "name": "EVT01"}],
        header={"spike_preamp": 10, "points_before": 8},
    )
    gap = 8000
    for first in range(0, 900, 30):
        tick = 62 + first * 40 + gap * (first >= 600)
        for column, channel in enumerate((16, 17, 18)):
            cut = 13 if channel == 17 else 30
            plx.samples(channel, tick, low[first : first + cut, column])
            if cut < 30:
                plx.samples(channel, tick + cut * 40, low[first + cut : first + 30, column])
        for channel in (0, 1):
            part = wide[first // 30 * 40 :][:40, channel]
            plx.samples(channel, 180 + first // 30 * 80, part)
        spike = first // 30
        plx.spike(1, tick, 0, waves[spike]).spike(2, tick + 5, 3, waves[30 + spike])
        plx.event(257, tick + 1, spike * 1000 - 4000)
    scale = np.array([5000 / (32768 * 10), 5000 / (32768 * 21), 5000 / 32768])
    ticks = 62 + np.arange(30) * 1200 + gap * (np.arange(30) >= 20)
    words = tuple(str(word % 65536) for word in range(-4000, 26000, 1000))
    return Example(
        name="everything.plx",
        files={"everything.plx": plx.tobytes()},
        signals={
            "FP": SignalTruth(
                names=("FP01", "FP02µ", "FP03"),
                units=("mV",) * 3,
                sampling_rate=1000,
                pieces=(
                    PieceTruth(62 / RATE, low[:600] * scale),
                    PieceTruth((62 + 600 * 40 + gap) / RATE, low[600:] * scale),
                ),
            ),
            "WB": SignalTruth(
                names=("WB01", "WB02"),
                units=("mV",) * 2,
                sampling_rate=20000,
                pieces=(PieceTruth(180 / RATE, wide * (5000 / 32768)),),
            ),
        },
        events={
            "Strobed": EventTruth((ticks + 1) / RATE, words),
            "EVT01": EventTruth(np.empty(0), ()),
        },
        spikes={
            "SPK01 unsorted": SpikeTruth(
                ticks / RATE, waves[:30, None] * (2500 / (32768 * 10 * 4))
            ),
            "SPK02c": SpikeTruth((ticks + 5) / RATE, waves[30:, None] * (2500 / (32768 * 10))),
        },
        counts=tuple(
            Spot("everything.plx", offset, kind)
            for offset, kind in [
                *((HEADER.places[f"n_{kind}_channels"][0], "<i4") for kind in KINDS),
                (HEADER.places["points_wave"][0], "<i4"),
                (HEADER.size + SPIKE_CHANNEL.places["n_units"][0], "<i4"),
                (plx.data_start + BLOCK.places["n_waves"][0], "<i2"),
                (plx.data_start + BLOCK.places["n_words"][0], "<i2"),
            ]
        ),
        length_is_known=False,
    )


KINDS = ("spike", "event", "slow")


def spikes_only() -> Example:
    """A file of an old version, without events or continuous channels."""
    plx = Plx(spikes=[{"name": "sig01"}], header={"version": 101, "tick_rate": 25000})
    for i in range(40):
        plx.spike(1, 100 * i, 1)
    truth = SpikeTruth(np.arange(40) * 100 / 25000)
    files = {"spikes.plx": plx.tobytes()}
    return Example("spikes.plx", files, spikes={"sig01a": truth}, length_is_known=False)


def test_every_promise() -> None:
    files = [path for path in recordings("plexon", ".plx") if path.name != "ts_freq_zero.plx"]
    report = check_format(FORMAT, files, lambda: [everything(), spikes_only()], thorough=6)
    report.raise_if_failed()
    assert report.passed
