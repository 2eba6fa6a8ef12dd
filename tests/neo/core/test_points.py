"""What NumPy makes of trains, events and epochs has what belongs to the times, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import quantities as pq

from neophys.neo import core

TIMES = [3.0, 1.0, 2.0]
CODES = {3.0: 30, 1.0: 10, 2.0: 20}
LABELS = {3.0: "c", 1.0: "a", 2.0: "b"}

MADE: dict[str, Callable[[], Any]] = {
    "train": lambda: core.SpikeTrain(
        TIMES, 9.0, "s", waveforms=np.array(TIMES).reshape(3, 1, 1) * pq.mV,
        array_annotations={"code": [30, 10, 20]},
    ),
    "event": lambda: core.Event(TIMES, list("cab"), "s", array_annotations={"code": [30, 10, 20]}),
    "epoch": lambda: core.Epoch(
        TIMES, TIMES * pq.s, list("cab"), "s", array_annotations={"code": [30, 10, 20]}
    ),
}  # fmt: skip

WHOLE: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "taken": (lambda x: np.take(x, [2, 0, 1]), [2.0, 3.0, 1.0]),
    "taken by the method": (lambda x: x.take([1, 1]), [1.0, 1.0]),
    "repeated": (lambda x: np.repeat(x, [2, 1, 0]), [3.0, 3.0, 1.0]),
    "partitioned": (lambda x: np.partition(x, 1), [1.0, 2.0, 3.0]),
    "sorted": (np.sort, [1.0, 2.0, 3.0]),
    "turned": (np.flip, [2.0, 1.0, 3.0]),
    "same shape": (lambda x: np.reshape(x, (3,)), TIMES),
}

BARE: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "rows": (lambda x: np.reshape(x, (3, 1)), [[3.0], [1.0], [2.0]]),
    "new axis": (lambda x: x[None], [TIMES]),
    "two dimensions": (np.atleast_2d, [TIMES]),
    "expanded": (lambda x: np.expand_dims(x, 0), [TIMES]),
    "table of indices": (lambda x: x[np.array([[0, 1], [1, 2]])], [[3.0, 1.0], [1.0, 2.0]]),
    "taken as a table": (lambda x: np.take(x, [[0, 1]]), [[3.0, 1.0]]),
    "wrapped": (lambda x: x.take([4], mode="wrap"), [1.0]),
    "concatenated": (lambda x: np.concatenate([x, x]), [*TIMES, *TIMES]),
    "shaped like it": (lambda x: np.full_like(x, 5, shape=(1, 2)), [[5.0, 5.0]]),
    "broadcast": (lambda x: np.broadcast_to(x, (1, 3), subok=True), [TIMES]),
    "rolled": (lambda x: np.roll(x, 1), [2.0, 3.0, 1.0]),
}


@pytest.mark.parametrize("how", WHOLE)
@pytest.mark.parametrize("kind", MADE)
def test_what_belongs_to_a_time_stays_with_it(kind: str, how: str) -> None:
    obj = MADE[kind]()
    change, times = WHOLE[how]
    made = change(obj)
    assert type(made) is type(obj)
    assert made.magnitude.tolist() == times
    assert made.array_annotations["code"].tolist() == [CODES[t] for t in times]
    if kind == "train":
        assert made.waveforms.magnitude.ravel().tolist() == times
    else:
        assert list(made.labels) == [LABELS[t] for t in times]
    if kind == "epoch":
        assert made.durations.magnitude.tolist() == times
    assert obj.magnitude.tolist() == TIMES


@pytest.mark.parametrize("how", BARE)
@pytest.mark.parametrize("kind", MADE)
def test_what_is_no_train_or_event_any_more_has_no_metadata(kind: str, how: str) -> None:
    change, values = BARE[how]
    made = change(MADE[kind]())
    assert isinstance(made, pq.Quantity)
    assert not isinstance(made, core.dataobject.DataObject)
    assert made.magnitude.tolist() == values
