"""Signals."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]


def signal(neo: Any) -> Any:
    """6 samples x 2 channels, 1 kHz, from 5 ms."""
    return neo.AnalogSignal(
        np.arange(12.0).reshape(6, 2), units="mV", sampling_rate=1 * pq.kHz, t_start=5 * pq.ms
    )


SIG = {"sig": signal}

BEHAVIOURS = (
    Behaviour(
        "a slice from the end begins before the signal",
        "sig[-3:].t_start", "2.0 ms", "8.0 ms", given=SIG,
    ),
    Behaviour(
        "a step of rows does not change the rate",
        "sig[::2].sampling_rate", "1.0 kHz", "0.5 kHz", given=SIG,
    ),
)  # fmt: skip
