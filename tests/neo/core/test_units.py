"""Units are interned, know quantities' own factors, and cannot be changed."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from typing import Any

import pytest
import quantities as pq

from neophys.neo import core
from neophys.neo.core.units import HERTZ, SECOND, quantity, unit, unit_of

TEXTS = [
    "s",
    "ms",
    "us",
    "Hz",
    "kHz",
    "mV",
    "uV",
    "1/ms",
    "dimensionless",
    "degC",
    "mV*s",
    "V/s**2",
]


@pytest.mark.parametrize("text", TEXTS)
def test_one_unit_is_one_object(text: str) -> None:
    one = unit(text)
    quantities_own = pq.Quantity(1.0, text)
    assert unit(text) is unit_of(quantities_own.dimensionality) is unit(one) is one
    assert unit(quantities_own.units) is one
    assert one == quantities_own.dimensionality
    assert one.string == quantities_own.dimensionality.string
    assert copy.deepcopy(one) is one
    assert pickle.loads(pickle.dumps(one)) is one


@pytest.mark.parametrize(
    ("of", "to"),
    [("s", "ms"), ("ms", "s"), ("min", "us"), ("uV", "mV"), ("1/ms", "Hz"), ("Hz", "Hz")],
)
def test_factors_are_those_of_quantities(of: str, to: str) -> None:
    assert unit(of).factor(unit(to)) == float(pq.Quantity(1.0, of).rescale(to).magnitude)


def test_no_factor_between_things_of_different_kind() -> None:
    with pytest.raises(ValueError, match='Unable to convert between units of "s" and "mV"'):
        unit("s").factor(unit("mV"))


def test_products_and_inverses() -> None:
    assert SECOND.times(HERTZ) == (pq.s * pq.Hz).dimensionality
    assert unit("kHz").inverse.string == (1 / pq.kHz).dimensionality.string
    assert unit("ms").times(unit("kHz")).simplifier == 1.0
    assert [unit(t).is_time for t in ("s", "min", "1/Hz", "Hz", "mV")] == [True] * 3 + [False] * 2


@pytest.mark.parametrize(
    ("bad", "error"), [("fnord", LookupError), (3 * pq.s, ValueError), (None, TypeError)]
)
def test_what_is_no_unit_is_refused(bad: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        unit(bad)


def test_a_unit_cannot_be_changed() -> None:
    for change in (lambda u: u.update({}), lambda u: u.__setitem__(pq.s, 2),
                   lambda u: u.__delitem__(pq.s)):  # fmt: skip
        with pytest.raises(TypeError, match="shared"):
            change(SECOND)
    product = SECOND
    product *= unit("mV")
    assert SECOND.string == "s"
    assert product == (pq.s * pq.mV).dimensionality


def test_a_quantity_does_not_share_its_unit() -> None:
    made = quantity(5.0, SECOND)
    made.units = "ms"
    assert made.magnitude == 5000.0
    assert SECOND.string == "s"


def test_units_of_one_name_and_two_sizes_are_two() -> None:
    slow = pq.UnitQuantity("tick_of_a_test", pq.s / 20, symbol="tick_of_a_test")
    fast = pq.UnitQuantity("tick_of_a_test", pq.s / 40, symbol="tick_of_a_test")
    assert [float((2.0 * tick).rescale("s")) for tick in (slow, fast)] == [0.1, 0.05]
    assert [unit(tick).factor(SECOND) for tick in (slow, fast)] == [0.05, 0.025]
    for tick in (slow, fast):
        # What a pickle brings back is known as what it was.
        assert unit(pickle.loads(pickle.dumps(tick))) is unit(tick)


def test_threads_that_ask_for_one_unit_get_one_object() -> None:
    for i in range(20):
        tick = pq.UnitQuantity(f"tick_of_threads_{i}", pq.s / (i + 2))
        found: list[Any] = []
        gate = threading.Barrier(4)

        def ask(tick: Any = tick, found: Any = found, gate: Any = gate) -> None:
            gate.wait()
            found.append(unit(tick))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len(set(map(id, found))) == 1


def test_nothing_becomes_another_kind_of_thing_without_assertions() -> None:
    # Quantities compares what is measured in an `assert`, which `python -O` leaves out.
    program = (
        "import quantities as pq; from neophys.neo.core.units import unit\n"
        "try: print(unit('mV').factor(unit('s')))\n"
        "except ValueError: print('refused')"
    )
    run = subprocess.run(
        [sys.executable, "-O", "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "refused\n"


def test_lists_of_quantities_are_converted_one_by_one() -> None:
    times: list[Any] = [1 * pq.s, 2000 * pq.ms]
    rate = 1 * pq.Hz
    for made in (
        core.Event(times, units="s"),
        core.Epoch(times, times, units="s"),
        core.SpikeTrain(times, t_stop=5, units="s"),
        core.Epoch([1, 2] * pq.s, times).durations,
        core.IrregularlySampledSignal(times, [1, 2], "mV", "s").times,
    ):
        assert made.magnitude.tolist() == [1.0, 2.0]
    one = core.AnalogSignal([[1 * pq.mV, 2 * pq.V]], "mV", sampling_rate=rate)
    assert one.magnitude.tolist() == [[1.0, 2000.0]]
    bare = core.AnalogSignal([1 * pq.dimensionless, 2], "mV", sampling_rate=rate)
    assert bare.magnitude.tolist() == [[1.0], [2.0]]
    with pytest.raises(ValueError, match="convert between"):
        core.Event([1 * pq.s, 2 * pq.V], units="s")
