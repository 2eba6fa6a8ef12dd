"""The object model of both, where ours is right on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.compat.cases import shows
from tests.compat.differences import Refusal, attempt

from neophys import neo as ours

neo = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

BOTH = (neo, ours)


def signal(lib: Any, units: str = "mV") -> Any:
    return lib.AnalogSignal(
        np.arange(12.0).reshape(6, 2), units=units, sampling_rate=1 * pq.kHz, t_start=5 * pq.ms
    )


def irregular(lib: Any, *times: float) -> Any:
    return lib.IrregularlySampledSignal(list(times) * pq.s, list(times) * pq.mV)


@shows("GEN-4")
def test_a_window_without_samples_is_empty() -> None:
    found = [irregular(lib, 1.0, 2.0).time_slice(10 * pq.s, 20 * pq.s).shape for lib in BOTH]
    assert found == [(2, 1), (0, 1)]


@shows("GEN-5")
def test_arithmetic_is_arithmetic() -> None:
    theirs, mine = ((2 * signal(lib, "dimensionless")).magnitude for lib in BOTH)
    plain = np.arange(12.0).reshape(6, 2)
    assert np.array_equal(theirs, plain - 2)
    assert np.array_equal(mine, plain * 2)
    assert [signal(lib)[-3:].t_start.item() for lib in BOTH] == [2.0, 8.0]
    assert [signal(lib)[::2].sampling_rate.item() for lib in BOTH] == [1.0, 0.5]
    assert [(-signal(lib)).sampling_rate for lib in BOTH] == [None, 1 * pq.kHz]
    unequal = [attempt(lambda lib=lib: signal(lib) != signal(lib)) for lib in BOTH]
    assert isinstance(unequal[0], Refusal)
    assert not np.any(unequal[1])


@shows("GEN-13")
def test_lists_hold_what_is_added(capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for lib in BOTH:
        segment = lib.Segment()
        segment.events.extend(lib.Event([1.0] * pq.s) for _ in range(2))
        counts.append(len(segment.events))
    assert counts == [0, 2]
    printed = []
    for lib in BOTH:
        event = lib.Event([1.0] * pq.s, labels=["a"])
        event.merge(event)
        printed.append(bool(capsys.readouterr().out))
    assert printed == [True, False]
    units = [
        str(irregular(lib, 1.0).concatenate(irregular(lib, 2.0)).times.dimensionality)
        for lib in BOTH
    ]
    assert units == ["dimensionless", "s"]
