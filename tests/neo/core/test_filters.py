"""Filters find what Neo's find, and what one would expect beside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same
from tests.neo.core.test_containers import block, lazy_block, named

from neophys.neo import core
from neophys.neo.io import proxyobjects


def filters(n: Any) -> Any:
    """The module of conditions."""
    return n.filters


FOUND: dict[str, Call] = {
    "children": lambda b, n: b.children,
    "data_children": lambda b, n: b.segments[0].data_children,
    "data_children_recur": lambda b, n: b.data_children_recur,
    "container_children_recur": lambda b, n: b.container_children_recur,
    "children_recur": lambda b, n: b.children_recur,
    "of a group": lambda b, n: b.groups[0].children_recur,
    "walk": lambda b, n: b.groups[0].walk(),
    "everything": lambda b, n: b.filter(),
    "an empty dict": lambda b, n: b.filter({}),
    "an empty list": lambda b, n: b.filter([]),
    "name": lambda b, n: b.filter(name="a sig"),
    "names": lambda b, n: b.filter([{"name": "a sig"}, {"key": "value"}]),
    "one or other": lambda b, n: b.filter({"name": "a sig", "quality": 7}),
    "one and other": lambda b, n: b.filter({"name": "a sig", "quality": 7}, key="value"),
    "keywords": lambda b, n: b.filter(quality=7),
    "annotation": lambda b, n: b.filter(seed=1),
    "annotation of containers": lambda b, n: b.filter(seed=1, data=False, container=True),
    "containers": lambda b, n: b.filter(data=False, container=True),
    "direct containers": lambda b, n: b.filter(data=False, container=True, recursive=False),
    "class": lambda b, n: b.filter(objects=n.AnalogSignal),
    "class name": lambda b, n: b.filter(objects="Event"),
    "classes": lambda b, n: b.filter(objects=[n.Event, "Epoch"]),
    "no class": lambda b, n: b.filter(objects=[]),
    "trains": lambda b, n: b.filter(objects=n.SpikeTrain),
    "groups": lambda b, n: b.filter(objects=n.Group),
    "condition": lambda b, n: b.filter({"quality": filters(n).GreaterThan(5)}),
    "condition not met": lambda b, n: b.filter({"quality": filters(n).LessThan(5)}),
    "conditions": lambda b, n: b.filter([{"quality": filters(n).InRange(5, 9)}, {"name": "b st"}]),
    "a text": lambda b, n: b.filter("name"),
    "twice the same": lambda b, n: n.container.filterdata([b.segments[0]] * 2, name="a"),
    "by class": lambda b, n: b.list_children_by_class(n.SpikeTrain),
    "by class name": lambda b, n: b.list_children_by_class("Segment"),
    "by unknown class": lambda b, n: b.list_children_by_class("Fnord"),
}


@pytest.mark.parametrize("case", FOUND)
def test_finds_what_neo_finds(case: str) -> None:
    def found(n: Any) -> Any:
        objects = FOUND[case](block(n), n)
        return type(objects).__name__, named(objects)

    assert_same(found)


CONDITIONS: dict[str, Call] = {
    "equals": lambda f: [f.Equals(3).evaluate(x) for x in (2, 3)],
    "is not": lambda f: [f.IsNot(3).evaluate(x) for x in (2, 3)],
    "less": lambda f: [f.LessThan(3).evaluate(x) for x in (2, 3, 4)],
    "at most": lambda f: [f.LessThanOrEquals(3).evaluate(x) for x in (2, 3, 4)],
    "greater": lambda f: [f.GreaterThan(3).evaluate(x) for x in (2, 3, 4)],
    "at least": lambda f: [f.GreaterThanOrEquals(3).evaluate(x) for x in (2, 3, 4)],
    "in": lambda f: [f.IsIn(c).evaluate(3) for c in ([1, 3], (1, 2), {3}, 3, 4)],
    "in range": lambda f: [f.InRange(3, 5, *c).evaluate(x) for x in (2, 3, 4, 5, 6)
                           for c in ((), (True,), (False, True), (True, True))],
    "in a range of texts": lambda f: f.InRange("a", "b"),
    "of nothing": lambda f: f.FilterCondition(3),
}  # fmt: skip


@pytest.mark.parametrize("case", CONDITIONS)
def test_conditions_hold_where_neos_hold(case: str) -> None:
    assert_same(lambda n: CONDITIONS[case](n.filters))


def test_filter_finds_what_is_not_loaded() -> None:
    made = lazy_block()
    found = made.filter(objects=core.SpikeTrain)
    assert type(found).__name__ == "SpikeTrainList"
    assert len(found) == 6
    assert [obj.segment for obj in found] == [s for s in made.segments for _ in s.spiketrains]
    for kind, proxy in (("AnalogSignal", proxyobjects.AnalogSignalProxy), (core.Event,) * 2,
                        (core.Epoch, "EpochProxy")):  # fmt: skip
        assert made.filter(objects=kind) == made.filter(objects=proxy) != []
    assert type(made.filter(objects=proxyobjects.SpikeTrainProxy)) is list
    groups = [obj for obj in made.container_children_recur if isinstance(obj, core.Group)]
    assert made.filter(objects=[core.ImageSequence, "Group"]) == groups != []
    first = made.segments[0].analogsignals[0]
    assert made.filter(name=first.name, objects="AnalogSignal") == [
        segment.analogsignals[0] for segment in made.segments
    ]
    channel = first.array_annotations["channel_names"][1]
    assert first in made.filter(channel_names=channel)


class Longer(core.filters.FilterCondition):
    """A condition of somebody's own."""

    def evaluate(self, compare: Any) -> bool:
        return len(compare) > self.control


CRITERIA: dict[str, tuple[dict[str, Any], str]] = {
    "attribute": ({"name": core.filters.IsIn(["a sig", "b st"])}, "a sig, b st"),
    "attribute that is none": ({"quality": core.filters.IsNot(7)}, ""),
    "time": ({"t_stop": core.filters.GreaterThan(9000 * pq.ms)}, "a st, b st"),
    "annotation first": ({"name": core.filters.Equals("other")}, "a ep"),
    "value of either": ({"name": "a ep"}, "a ep"),
    "element of labels": ({"labels": core.filters.IsIn({"d"})}, "a ev, b ev"),
    "no element": ({"labels": core.filters.IsNot("a")}, ""),
    "array annotation": ({"gain": core.filters.InRange(1, 2, True)}, "a sig, b sig"),
    "whole array": ({"gain": np.arange(3)}, "a sig, b sig"),
    "another array": ({"gain": np.arange(2)}, ""),
    "the parent": ({"segment": None}, ""),
    "unit forgotten": ({"duration": 3}, ""),
    "own condition": ({"key": Longer(4)}, "a sig, a ev, a ep, a st, b sig, b ev, b ep, b st"),
    "method": ({"merge": core.filters.IsNot(3)}, ""),
}


@pytest.mark.parametrize("case", CRITERIA)
def test_criteria_hold_for_attributes_annotations_and_arrays(case: str) -> None:
    made = block(core)
    made.groups.clear()
    made.segments[0].epochs[0].annotate(name="other")
    criteria, names = CRITERIA[case]
    found = [obj.name for obj in made.filter(criteria)]
    assert sorted(found) == sorted(filter(None, names.split(", ")))


def test_mistakes_in_criteria_are_told() -> None:
    made = block(core)
    with pytest.raises(TypeError, match="len"):
        made.filter(quality=Longer(3))
    with pytest.raises(TypeError, match="IsIn"):
        core.filters.IsIn(object())
