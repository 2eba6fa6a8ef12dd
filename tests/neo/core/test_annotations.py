"""Annotations and array annotations are checked, merged and kept as Neo's are."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same

from neophys.neo import core
from neophys.neo.core.dataobject import ArrayDict

VALUES: dict[str, Any] = {
    "int": 1, "float": 1.5, "text": "x", "bytes": b"x", "none": None, "true": True,
    "date": datetime(2020, 1, 2), "numpy number": np.float32(1), "numpy true": np.True_,
    "list": [1, "x", [2]], "tuple": (1, 2), "dict": {"a": {"b": [1]}}, "array": np.arange(3),
    "texts": np.array(["a", "b"]), "quantity": [1, 2] * pq.s, "set": {1}, "path": Path("x"),
    "int as key": {1: 2}, "objects": np.array([None, {}], dtype=object),
    "dates": np.array(["2020-01-01"], dtype="M8"), "list with a set": [{1}],
}  # fmt: skip
ARRAYS: dict[str, Any] = {
    "list": [1, 2, 3], "tuple": (1.0, 2.0, 3.0), "array": np.array(["a", "b", "c"]),
    "quantity": [1, 2, 3] * pq.mV, "list of quantities": [1 * pq.s, 2 * pq.s, 3 * pq.s],
    "empty": [], "short": [1, 2], "none": None, "two dimensions": np.zeros((3, 2)),
    "scalar": 1, "scalar quantity": 1 * pq.s, "dict": {"a": 1}, "lists": [[1], [2], [3]],
    "nones": [None, None, None], "dates": [datetime(2020, 1, 2)] * 3,
}  # fmt: skip
PAIRS: dict[str, tuple[Any, Any]] = {
    "texts": ("a", "b"), "equal texts": ("a", "a"), "lists": ([1], [2]), "numbers": (1, 2),
    "equal numbers": (1, 1), "arrays": (np.array([1]), np.array([2])), "types": (1, "a"),
    "equal arrays": (np.array([1, 2]), np.array([1, 2])), "equal lists": ([1], [1]),
    "dicts": ({"a": 1, "b": [1]}, {"b": [2], "c": 3}), "equal dicts": ({"a": 1}, {"a": 1}),
    "conflict": ({"a": 1}, {"a": 2}),
}  # fmt: skip
# What intersect_annotations keeps of them; Neo drops equal numbers, and refuses two types.
COMMON: dict[str, Any] = {"equal numbers": {"key": 1}, "types": {}}


@pytest.mark.parametrize("case", VALUES)
def test_annotations_are_checked_as_neo_checks_them(case: str) -> None:
    def annotated(n: Any) -> Any:
        made = n.Segment()
        made.annotate(key=VALUES[case])
        return made.annotations

    assert_same(annotated)
    assert_same(lambda n: n.baseneo.BaseNeo(key=VALUES[case]).annotations)


@pytest.mark.parametrize("case", ARRAYS)
@pytest.mark.parametrize("size", [3, 1])
def test_array_annotations_are_checked_as_neo_checks_them(size: int, case: str) -> None:
    def annotated(n: Any) -> Any:
        made = n.Event(np.arange(float(size)), units="s")
        made.array_annotate(key=copy.deepcopy(ARRAYS[case]))
        return dict(made.array_annotations)

    assert_same(annotated)


@pytest.mark.parametrize("case", PAIRS)
@pytest.mark.parametrize("how", ["merge_annotation", "merge_annotations", "intersect_annotations"])
def test_merged_as_neo_merges(how: str, case: str) -> None:
    a, b = PAIRS[case]
    if how == "merge_annotation":
        assert_same(lambda n: n.baseneo.merge_annotation(a, b))
        return
    mine, yours = {"key": a, "mine": 1}, {"key": b, "yours": 2}
    if how == "intersect_annotations" and case in COMMON:
        assert core.baseneo.intersect_annotations(mine, yours) == COMMON[case]
    else:
        assert_same(lambda n: getattr(n.baseneo, how)(mine, yours))


def test_merged_annotations_keep_units_rows_and_texts() -> None:
    joined = core.baseneo.merge_annotation([1, 2] * pq.s, [3000] * pq.ms)
    assert joined.tolist() == [1, 2, 3]
    assert joined.dimensionality == pq.s.dimensionality
    rows = core.baseneo.merge_annotation(np.ones((2, 3)), np.zeros((1, 3)))
    assert rows.shape == (3, 3)
    merged = core.baseneo.merge_annotations(
        {"a": np.str_("x"), "b": np.nan, "c": [1] * pq.s},
        {"a": "y", "b": np.nan, "c": [1] * pq.V},
    )
    assert merged["a"] == "x;y"
    assert np.isnan(merged["b"])
    assert merged["c"] == "MERGE CONFLICT"


@pytest.mark.parametrize("how", ["merge_annotations", "intersect_annotations"])
def test_combined_annotations_share_nothing(how: str) -> None:
    mine, yours = {"list": [[1]]}, {"list": [[1]]}
    other = {"nested": {"a": [1]}}
    made = getattr(core.baseneo, how)(mine | copy.deepcopy(other), yours | other)
    for value in made["nested"].values():
        value.append(2)
    made["list"][0].append(2)
    assert (mine, yours, other) == ({"list": [[1]]}, {"list": [[1]]}, {"nested": {"a": [1]}})


def test_equal_arrays_and_nested_values_are_common() -> None:
    values: dict[str, Any] = {
        "array": np.array([[1, 2], [3, 4]]), "mixed": [1, {"a": np.array([1, 2])}], "date": 3.5,
    }  # fmt: skip
    common = core.baseneo.intersect_annotations(values, copy.deepcopy(values) | {"date": 4})
    assert sorted(common) == ["array", "mixed"]


MADE: dict[str, Call] = {
    "names": lambda n: [n.baseneo._reference_name("Segment"), n.baseneo._container_name("Segment"),
                        n.baseneo._container_name("CircularRegionOfInterest")],
    "merged": lambda n: _merged(n.baseneo.BaseNeo(a="x", b=1), n.baseneo.BaseNeo(a="y", c=2)),
    "error": lambda n: issubclass(n.NeoReadWriteError, OSError),
}  # fmt: skip


def _merged(one: Any, other: Any) -> Any:
    one.merge(other)
    return one.annotations


@pytest.mark.parametrize("case", MADE)
def test_bases_answer_as_neos_do(case: str) -> None:
    assert_same(MADE[case])


def test_array_annotations_keep_their_length() -> None:
    arrays = ArrayDict(3)
    arrays.update({"a": [1, 2, 3]}, b=[4, 5, 6])
    for made in (arrays, pickle.loads(pickle.dumps(arrays)), copy.deepcopy(arrays), arrays.fork()):
        assert {key: value.tolist() for key, value in made.items()} == {
            "a": [1, 2, 3],
            "b": [4, 5, 6],
        }
        with pytest.raises(ValueError, match="length"):
            made["c"] = [1]
        with pytest.raises(ValueError, match="length"):
            made.update(a=[7, 8, 9], c=[1])
        assert made["a"].tolist() == [1, 2, 3]
    with pytest.raises(TypeError):
        arrays[1] = [1, 2, 3]


def test_an_array_annotation_does_not_mix_texts_and_numbers() -> None:
    for mixed in ([1, "a", 2.0], ["a", 1, 2.0]):
        with pytest.raises(ValueError, match="must not mix"):
            ArrayDict(3)["key"] = mixed


def test_an_array_annotation_does_not_follow_the_callers_array() -> None:
    values = np.array([1, 2, 3])
    made = core.Event([1.0, 2.0, 3.0] * pq.s, array_annotations={"key": values})
    values[0] = 99
    assert made.array_annotations["key"].tolist() == [1, 2, 3]
