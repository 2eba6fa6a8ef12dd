"""Subclasses, and types that programs ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour
from tests.neo.core.both import signal, train

__all__ = ["BEHAVIOURS"]


def _with_rig(kind: type) -> Any:
    """A subclass that hands an attribute on, as NumPy's documentation shows it."""

    def finalize(self: Any, obj: Any) -> None:
        kind.__array_finalize__(self, obj)  # type: ignore[attr-defined]  # an array's
        self.rig = getattr(obj, "rig", None)

    return type("Rigged", (kind,), {"__array_finalize__": finalize})


def _rigged_train(neo: Any) -> Any:
    made = _with_rig(neo.SpikeTrain)([1.0, 2.0] * pq.s, t_stop=9.0)
    made.rig = 5
    return made


def _rigged_signal(neo: Any) -> Any:
    made = _with_rig(neo.AnalogSignal)(np.ones((3, 1)), units="mV", sampling_rate=1 * pq.kHz)
    made.rig = 5
    return made


_GIVEN = {"st": train, "sig": signal, "own": _rigged_train, "tape": _rigged_signal}

BEHAVIOURS = (
    Behaviour(
        "a time is a quantity of a class of its own: ask with isinstance",
        "(type(st.t_start) is pq.Quantity, isinstance(st.t_start, pq.Quantity))",
        neo="(True, True)",
        ours="(False, True)",
        given=_GIVEN,
    ),
    Behaviour(
        "a train of a subclass in another unit is a plain train",
        "type(own.rescale('ms')).__name__",
        neo="SpikeTrain",
        ours="Rigged",
        given=_GIVEN,
    ),
    Behaviour(
        "a shifted train of a subclass is a plain train",
        "type(own.time_shift(1 * pq.s)).__name__",
        neo="SpikeTrain",
        ours="Rigged",
        given=_GIVEN,
    ),
    Behaviour(
        "a signal in another unit loses what its subclass hands on",
        "tape.rescale('uV').rig",
        neo="None",
        ours="5",
        given=_GIVEN,
    ),
    Behaviour(
        "parts of a signal, as NumPy splits it, forget the channels' annotations",
        "'gain' in np.array_split(sig, 2)[0].array_annotations",
        neo="False",
        ours="True",
        given=_GIVEN,
    ),
)
