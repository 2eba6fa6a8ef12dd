"""The same call on Neo and on ours, and whether the two answers are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import neo
import numpy as np
import quantities as pq

from neophys.neo import core as ours

Call = Callable[[Any], Any]

_ATTRIBUTES = (
    "name", "description", "file_origin", "annotations", "array_annotations", "t_start", "t_stop",
    "sampling_rate", "duration", "labels", "durations", "waveforms", "left_sweep", "times",
    "spatial_scale",
)  # fmt: skip


def outcome(call: Call, library: Any) -> Any:
    """What a call returns, or the exception that it raises."""
    try:
        return call(library)
    except Exception as error:  # whatever is raised is compared with what the other raises
        return error


def assert_same(call: Call) -> Any:
    """Both libraries give the same: kind, dtype, values, unit, metadata, or error. Returns ours."""
    its, mine = outcome(call, neo.core), outcome(call, ours)
    compare(mine, its, "result")
    return mine


def compare(mine: Any, its: Any, where: str) -> None:
    """Compare two answers, whatever they are, bit for bit."""
    if isinstance(its, Exception):
        # Neo's own classes of errors are ours by name.
        kinds = [kind.__name__ for kind in type(mine).__mro__]
        assert type(its).__name__ in kinds, f"{where}: {mine!r} for {its!r}"
    elif isinstance(its, neo.core.dataobject.DataObject):
        assert type(mine).__name__ == type(its).__name__, where
        _compare_quantities(mine, its, where)
        for name in _ATTRIBUTES:
            if hasattr(its, name):
                compare(
                    outcome(_reading(name), mine), outcome(_reading(name), its), f"{where}.{name}"
                )
        assert (mine.segment is None) == (its.segment is None), f"{where}.segment"
    elif isinstance(its, pq.Quantity):
        _compare_quantities(mine, its, where)
    elif isinstance(its, np.ndarray):
        _compare_arrays(mine, its, where)
    elif isinstance(its, Mapping):
        assert sorted(mine) == sorted(its), where
        for key in its:
            compare(mine[key], its[key], f"{where}[{key!r}]")
    elif isinstance(its, (list, tuple)):
        assert len(mine) == len(its), where
        for i, (a, b) in enumerate(zip(mine, its, strict=True)):
            compare(a, b, f"{where}[{i}]")
    else:
        assert type(mine).__name__ == type(its).__name__, f"{where}: {mine!r} for {its!r}"
        assert mine == its or mine is its or mine != mine, f"{where}: {mine!r} for {its!r}"


def _reading(name: str) -> Call:
    return lambda obj: getattr(obj, name)


def _compare_quantities(mine: Any, its: Any, where: str) -> None:
    assert isinstance(mine, pq.Quantity), f"{where}: {mine!r} for {its!r}"
    assert mine.dimensionality == its.dimensionality, where
    assert mine.dimensionality.string == its.dimensionality.string, where
    _compare_arrays(mine.magnitude, its.magnitude, where)


def _compare_arrays(mine: Any, its: Any, where: str) -> None:
    assert np.shape(mine) == np.shape(its), where
    if np.size(its):
        assert np.asarray(mine).dtype == np.asarray(its).dtype, where
    assert np.array_equal(mine, its, equal_nan=np.asarray(its).dtype.kind in "fc"), (
        f"{where}: {mine!r} for {its!r}"
    )


def signal(library: Any, *, rows: int = 10, channels: int = 3, **changed: Any) -> Any:
    """A signal with all metadata, its samples counting from 0."""
    words: dict[str, Any] = {
        "units": "mV", "sampling_rate": 1000 * pq.Hz, "t_start": 5 * pq.ms, "name": "sig",
        "description": "a signal", "file_origin": "x.trc",
        "array_annotations": {"gain": np.arange(channels), "label": list("abcdefgh"[:channels])},
        "key": "value", "listed": [1, 2],
    }  # fmt: skip
    words.update(changed)
    data = words.pop("data", np.arange(float(rows * channels)).reshape(rows, channels))
    return library.AnalogSignal(data, **words)


def events(library: Any, **changed: Any) -> Any:
    """Four events with all metadata."""
    words: dict[str, Any] = {
        "labels": ["a", "b", "c", "d"], "units": "s", "name": "ev", "description": "events",
        "file_origin": "x.trc", "array_annotations": {"code": [1, 2, 3, 4]}, "key": "value",
    }  # fmt: skip
    words.update(changed)
    return library.Event(words.pop("times", [0.5, 1.0, 1.5, 2.5]), **words)


def epochs(library: Any, **changed: Any) -> Any:
    """Three epochs with all metadata."""
    words: dict[str, Any] = {
        "durations": [100.0, 200.0, 300.0] * pq.ms, "labels": ["a", "b", "c"], "units": "s",
        "name": "ep", "array_annotations": {"code": [1, 2, 3]}, "key": "value",
    }  # fmt: skip
    words.update(changed)
    return library.Epoch(words.pop("times", [0.5, 1.0, 2.5]), **words)


def train(library: Any, **changed: Any) -> Any:
    """A train of four spikes with waveforms and all metadata."""
    words: dict[str, Any] = {
        "t_start": 0.25, "t_stop": 10.0, "units": "s", "name": "st", "description": "a train",
        "file_origin": "x.plx", "sampling_rate": 30 * pq.kHz, "left_sweep": 0.2 * pq.ms,
        "waveforms": np.arange(24.0).reshape(4, 2, 3) * pq.uV,
        "array_annotations": {"code": [1, 2, 3, 4]}, "key": "value",
    }  # fmt: skip
    words.update(changed)
    return library.SpikeTrain(words.pop("times", [3.0, 1.0, 2.0, 4.5]), **words)
