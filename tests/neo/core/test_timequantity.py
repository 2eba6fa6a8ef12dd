"""Our times answer as quantities do, to the last bit, wherever they are used."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import quantities as pq
from hypothesis import given
from hypothesis import strategies as st
from tests.neo.core.both import compare, outcome

from neophys.neo.core.timequantity import Time, scalar_time, time_array
from neophys.neo.core.units import SECOND, unit

MILLISECOND = unit("ms")

OPERATIONS = "add sub mul truediv floordiv mod lt le gt ge eq ne".split()
IN_PLACE = "iadd isub imul itruediv".split()
OTHERS: dict[str, Any] = {
    "s": 2.5 * pq.s,
    "ms": 20 * pq.ms,
    "us": 0.1 * pq.us,
    "minutes": 0.3 * pq.min,
    "int s": pq.Quantity(3, "s", dtype=int),
    "float32 s": pq.Quantity(0.1, "s", dtype="f4"),
    "unit": pq.ms,
    "one over Hz": 1 / (256.0 * pq.Hz),
    "array of s": np.array([0.1, 0.2, 0.3]) * pq.s,
    "array of ms": np.array([0.1, 0.2, 0.3]) * pq.ms,
    "rate": 30 * pq.kHz,
    "volt": 1 * pq.mV,
    "dimensionless": 2 * pq.dimensionless,
    "int": 3,
    "float": 0.1,
    "numpy float": np.float64(0.1),
    "plain array": np.array([1.0, 2.0, 3.0]),
}
MINE: dict[str, Callable[[], Time]] = {
    "scalar": lambda: scalar_time(0.7, SECOND),
    "scalar in ms": lambda: scalar_time(0.7, MILLISECOND),
    "array": lambda: time_array(np.array([0.7, 1.1, -3.0]), SECOND),
    "int scalar": lambda: Time(7, "s", dtype=int),
    "float32 array": lambda: Time(np.array([0.7, 1.1, -3.0], "f4"), "ms"),
}


def plain(time: Time) -> pq.Quantity:
    """The same, as quantities make it."""
    return pq.Quantity(np.array(time.magnitude), time.dimensionality)


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("own", MINE)
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_arithmetic_is_that_of_quantities(operation: str, other: str, own: str) -> None:
    act, make, value = getattr(operator, operation), MINE[own], OTHERS[other]
    mine, quantity = (outcome(lambda t: act(t, value), t) for t in (make(), plain(make())))
    compare(mine, quantity, f"own {operation} other")
    if operation in ("eq", "ne") and other in ("rate", "volt", "dimensionless"):
        return  # where units do not fit, quantities answer in the shape of the left operand
    mine, quantity = (outcome(lambda t: act(value, t), t) for t in (make(), plain(make())))
    compare(mine, quantity, f"other {operation} own")


@pytest.mark.parametrize("own", ["array", "float32 array"])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("operation", IN_PLACE)
def test_arrays_change_in_place_as_quantities_do(operation: str, other: str, own: str) -> None:
    act, make, value = getattr(operator, operation), MINE[own], OTHERS[other]
    mine, quantity = (outcome(lambda t: act(t, value), t) for t in (make(), plain(make())))
    compare(mine, quantity, f"own {operation} other")


@pytest.mark.parametrize("act", [
    operator.neg, operator.pos, abs, float, len, list, str, np.sqrt, np.diff, np.rint, np.isnan,
    lambda t: t.rescale("us"), lambda t: t.rescale(pq.min), lambda t: t.rescale("mV"),
    lambda t: t.rescale("s", dtype="f4"), lambda t: t.simplified, lambda t: t.units,
    lambda t: t.min(), lambda t: t.sum(), lambda t: t.mean(), lambda t: t[0], lambda t: t[1:],
    lambda t: t[[2, 0]], lambda t: t.item(), lambda t: t.tolist(), lambda t: t.copy(),
    lambda t: t.astype("f4"), lambda t: t**2, lambda t: 1.0 / t, lambda t: t.dimensionality.string,
    copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t)), lambda t: t.reshape(-1, 1),
    lambda t: np.sort(t), lambda t: t.max() > 1 * pq.ms, lambda t: np.concatenate([t, t]),
    lambda t: min(t, 10 * pq.s), lambda t: f"{t}",
])  # fmt: skip
@pytest.mark.parametrize("own", MINE)
def test_everything_else_is_that_of_quantities(own: str, act: Callable[[Any], Any]) -> None:
    make = MINE[own]
    compare(outcome(act, make()), outcome(act, plain(make())), "result")


FINITE = st.floats(-1e9, 1e9)
UNITS = st.sampled_from(["s", "ms", "us", "ns", "min", "h"])


@given(FINITE, UNITS, FINITE, UNITS)
def test_sums_are_bit_identical(a: float, of: str, b: float, other: str) -> None:
    mine, quantity = scalar_time(a, unit(of)), pq.Quantity(a, of)
    value = pq.Quantity(b, other)
    for act in (operator.add, operator.sub, operator.lt, operator.eq):
        compare(act(mine, value), act(quantity, value), "own first")
        compare(act(value, mine), act(value, quantity), "other first")


@pytest.mark.parametrize("act", [
    lambda t: t + 20 * pq.ms, lambda t: 20 * pq.ms + t, lambda t: t - 1 * pq.s, lambda t: -t,
    lambda t: t * 2, lambda t: 2.0 * t, lambda t: t / 4, lambda t: t.rescale("ms"),
    copy.copy, lambda t: pickle.loads(pickle.dumps(t)), lambda t: t.reshape(-1)[0],
    lambda t: t.units,
])  # fmt: skip
@pytest.mark.parametrize("own", ["scalar", "array"])
def test_times_make_times(own: str, act: Callable[[Any], Any]) -> None:
    assert isinstance(act(MINE[own]()), Time)


@pytest.mark.parametrize("act", [
    lambda t: t * t, lambda t: t * (2 * pq.Hz), lambda t: 1 / t, lambda t: t / t, np.square,
    lambda t: operator.imul(t, 2 * pq.Hz),
])  # fmt: skip
@pytest.mark.parametrize("own", ["scalar", "array"])
def test_what_is_no_time_is_a_plain_quantity(own: str, act: Callable[[Any], Any]) -> None:
    assert type(act(MINE[own]())) is pq.Quantity


@pytest.mark.parametrize("act", [
    operator.iadd, operator.isub, lambda t, _: operator.imul(t, 2),
    lambda t, _: operator.itruediv(t, 2),
])  # fmt: skip
def test_a_scalar_never_moves(act: Callable[[Any, Any], Any]) -> None:
    # It may be the t_start of an object.
    own = scalar_time(0.7, SECOND)
    moved = act(own, 1 * pq.s)
    assert own == 0.7 * pq.s
    assert moved != own


def test_made_from_what_quantities_are_made_from() -> None:
    compare(Time([1.0, 2.0] * pq.ms), [1.0, 2.0] * pq.ms, "quantity")
    compare(Time([1.0, 2.0] * pq.ms, "s"), pq.Quantity([1.0, 2.0] * pq.ms, "s"), "converted")
    compare(Time([1, 2], "ms"), pq.Quantity([1, 2], "ms"), "list")
    compare(Time(3.0), 3.0 * pq.s, "number")


def test_times_are_not_hashable_as_no_array_is() -> None:
    with pytest.raises(TypeError):
        hash(scalar_time(0.7, SECOND))


def test_units_change_in_place_where_nothing_else_has_the_values() -> None:
    values = np.array([1.0, 2.0])
    lent = time_array(values, SECOND)
    for view in (lent, lent[1:], lent.reshape(2, 1)):
        with pytest.raises(ValueError, match="view"):
            view.units = "ms"
    for own in (lent + 0 * pq.s, lent.copy(), lent.rescale("min"), lent * 1, lent[0]):
        before = own.rescale("us")
        own.units = "ms"
        assert own.dimensionality.string == "ms"
        np.testing.assert_allclose(own.rescale("us").magnitude, before.magnitude, rtol=1e-12)
    assert values.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="convert"):
        lent.copy().units = "mV"
