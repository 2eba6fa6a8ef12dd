"""Blocks, segments and groups hold, find, merge and copy as Neo's do."""

from __future__ import annotations

import copy
import operator
import pickle
from datetime import datetime
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, epochs, events, signal, train

from neophys.neo import core
from neophys.neo.io import ExampleIO


def segment(n: Any, name: str = "seg", **words: Any) -> Any:
    """A segment with one of each, named after it."""
    made = n.Segment(name=name, index=3, rec_datetime=datetime(2020, 1, 2), **words)
    made.analogsignals.append(signal(n, name=f"{name} sig", t_start=0 * pq.s, rows=4000))
    made.events.append(events(n, name=f"{name} ev"))
    made.epochs.append(epochs(n, name=f"{name} ep"))
    made.spiketrains.append(train(n, name=f"{name} st", quality=7))
    made.irregularlysampledsignals.append(
        n.IrregularlySampledSignal([1.0, 2.0, 3.0] * pq.s, [1, 2, 3] * pq.mV, name=f"{name} irr")
    )
    return made


def block(n: Any) -> Any:
    """Two segments, and a group with one below it."""
    made = n.Block(name="block", subject="none")
    made.segments.extend([segment(n, "a", seed=1), segment(n, "b", seed=2)])
    first = made.segments[0]
    group = n.Group([first.analogsignals[0], first.spiketrains[0]], name="group")
    group.add(n.ChannelView(first.analogsignals[0], [0, 2], name="view"))
    group.groups.append(n.Group([made.segments[1].spiketrains[0]], name="below"))
    made.groups.append(group)
    return made


def named(objects: Any) -> list[str]:
    """What was found, by class and name."""
    return [f"{type(obj).__name__} {obj.name}" for obj in objects]


READ: dict[str, Call] = {
    "t_start": lambda s: s.t_start,
    "t_stop": lambda s: s.t_stop,
    "size": lambda s: s.size,
    "index": lambda s: s.index,
    "time_slice": lambda s: _content(s.time_slice(1 * pq.s, 2500 * pq.ms)),
    "time_slice from 0": lambda s: _content(s.time_slice(1 * pq.s, 2.5 * pq.s, reset_time=True)),
    "time_slice between marks": lambda s: _content(s.time_slice(1.6 * pq.s, 1.7 * pq.s)),
    "time_slice outside": lambda s: s.time_slice(100 * pq.s, 200 * pq.s),
    "copied": lambda s: _content(copy.deepcopy(s)),
    "pickled": lambda s: _content(pickle.loads(pickle.dumps(s))),
}


def _content(s: Any) -> Any:
    s.check_relationships()
    return [s.name, s.index, s.rec_datetime, s.annotations, s.block, *s.data_children]


@pytest.mark.parametrize("case", READ)
def test_segments_answer_as_neos_do(case: str) -> None:
    def answer(n: Any) -> Any:
        made = segment(n, seed=1)
        if case == "time_slice between marks":  # Neo returns all of an irregular signal
            made.irregularlysampledsignals.clear()
        return READ[case](made)

    assert_same(answer)


def test_an_empty_segment_has_no_limits() -> None:
    assert core.Segment().t_start is None
    assert core.Segment().t_stop is None


def test_signals_without_samples_do_not_hide_the_limits() -> None:
    made = segment(core)
    made.irregularlysampledsignals.append(
        made.irregularlysampledsignals[0].time_slice(50 * pq.s, 60 * pq.s)
    )
    assert (made.t_start, made.t_stop) == (0 * pq.s, 10 * pq.s)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies_keep_the_tree(copied: Call) -> None:
    made = copied(block(core))
    first, group = made.segments[0], made.groups[0]
    made.check_relationships()
    assert first.block is made
    assert group.block is made
    assert group.analogsignals[0] is first.analogsignals[0]
    assert first.analogsignals[0].segment is first
    assert group.groups[0].spiketrains[0] is made.segments[1].spiketrains[0]
    compare(made.children_recur[0], block(neo.core).children_recur[0], "first child")


def test_a_child_names_its_parent() -> None:
    made = block(core)
    assert made.segments[0].parents == (made,)
    lonely = core.Event([1.0] * pq.s)
    assert lonely.parents == (None,)
    with pytest.raises(TypeError, match="can only have parents"):
        lonely.set_parent(made)
    made.segments[0].events[0].segment = None
    with pytest.raises(AttributeError, match="parent"):
        made.check_relationships()
    made.create_relationship()
    made.check_relationships()


LISTED: dict[str, Call] = {
    "added": lambda s, e: s.add(e),
    "appended": lambda s, e: s.events.append(e),
    "inserted": lambda s, e: s.events.insert(0, e),
    "extended": lambda s, e: s.events.extend([e]),
    "assigned": lambda s, e: setattr(s, "events", [e]),
    "in place": lambda s, e: s.events.__iadd__([e]),
    "twice": lambda s, e: (s.events.append(e), s.events.append(e)),
    "another class": lambda s, e: s.epochs.append(e),
    "no data": lambda s, e: s.add("x"),
    "popped": lambda s, e: (s.events.append(e), s.events.pop(0).name)[1],
    "inserted beyond": lambda s, e: s.events.insert(-1, e),
    "of another list": lambda s, e: s.events.extend(_owning(s, e).events),
    "cleared": lambda s, e: s.events.clear(),
    "found": lambda s, e: (s.events.append(e), s.events.index(s.events[0]))[1],
    "added to a list": lambda s, e: named(operator.add(s.events, [e])),
    "a list added": lambda s, e: named(operator.add([e], s.events)),
}


def _owning(s: Any, e: Any) -> Any:
    other = type(s)()
    other.events.append(e)
    return other


@pytest.mark.parametrize("case", LISTED)
def test_lists_take_what_neos_take(case: str) -> None:
    def done(n: Any) -> Any:
        made = segment(n)
        one = n.Event([9.0] * pq.s, name="new")
        answer = LISTED[case](made, one)
        kept = answer if isinstance(answer, (list, str, int)) else None
        return kept, named(made.events), one.segment is made

    assert_same(done)


def test_a_list_knows_what_is_in_it_whatever_was_done_to_it() -> None:
    rng = np.random.default_rng(3)
    everything = [core.Event([float(i)] * pq.s) for i in range(12)]
    listed, held = core.Segment().events, []
    actions: list[Any] = [
        lambda x, e: x.append(e), lambda x, e: x.insert(1, e), lambda x, e: x.extend([e]),
        lambda x, e: x.pop(), lambda x, e: x.remove(e), lambda x, e: x.__setitem__(0, e),
        lambda x, e: x.__delitem__(slice(0, 2)), lambda x, e: x.reverse(), lambda x, e: x.clear(),
        lambda x, e: x.__setitem__(slice(1, 2), [e]),
    ]  # fmt: skip
    for action, which in zip(rng.integers(0, 10, 3000), rng.integers(0, 12, 3000), strict=True):
        event = everything[which]
        trial = list(held)
        wrong = False
        try:
            places = {id(x): i for i, x in enumerate(held)}
            if action == 4:
                del trial[places[id(event)]]
            else:
                actions[action](trial, event)
            wrong = len({id(x) for x in trial}) != len(trial)
        except (IndexError, KeyError):
            wrong = True
        if wrong:
            with pytest.raises((ValueError, IndexError)):
                actions[action](listed, event)
        else:
            actions[action](listed, event)
            held = trial
        assert listed == held
        for one in everything:
            inside = any(one is x for x in held)
            assert (one in listed, listed.count(one)) == (inside, int(inside))
            assert one.segment is (listed.parent if inside else None)


def test_lists_take_what_neos_lose() -> None:
    made = segment(core)
    made.events.extend(core.Event([float(i)] * pq.s) for i in range(3))
    assert len(made.events) == 4
    made.epochs = (core.Epoch(),)
    assert len(made.epochs) == 1
    made.events.reverse()
    assert made.events[-1].name == "seg ev"
    made.events.remove(made.events[1])
    assert len(made.events) == 3
    with pytest.raises(TypeError, match="must be a list"):
        made.events = 3
    made.channelviews.append(core.ChannelView(made.analogsignals[0], [1]))
    assert len(made.channelviews) == 1
    other = core.Segment()
    other.events = made.events
    assert other.events is not made.events
    assert all(one.segment is other for one in other.events)


GROUPED: dict[str, Call] = {
    "of a kind": lambda n: n.Group(allowed_types=[n.Event]).add(events(n)),
    "of another kind": lambda n: n.Group(allowed_types=[n.Event]).add(epochs(n)),
    "of no kind": lambda n: n.Group(allowed_types=[int]),
    "segment": lambda n: n.Group([n.Segment()]),
    "group": lambda n: named(n.Group([n.Group(name="x")]).children),
    "circle": lambda n: _circled(n).size["regionsofinterest"],
}


def _circled(n: Any) -> Any:
    frames = n.ImageSequence(np.zeros((2, 3, 3)), "V", sampling_rate=1 * pq.Hz,
                             spatial_scale=1 * pq.um)  # fmt: skip
    return n.Group([n.CircularRegionOfInterest(frames, 1, 1, 1)])


@pytest.mark.parametrize("case", GROUPED)
def test_groups_take_what_neos_take(case: str) -> None:
    assert_same(GROUPED[case])


def test_all_regions_can_be_grouped() -> None:
    frames = _circled(core).regionsofinterest[0].image_sequence
    group = core.Group([core.RectangularRegionOfInterest(frames, 1, 1, 1, 1)])
    assert len(group.regionsofinterest) == 1


def test_merged_blocks_hold_what_neos_hold() -> None:
    def merged(n: Any) -> Any:
        one, other = n.Block(more=1, same=2), n.Block(more=3, other=4)
        for made, names in ((one, "ab"), (other, "bc")):
            for name in names:
                part = n.Segment(name=name)
                part.events.append(events(n, name="ev"))
                part.epochs.append(epochs(n, name=f"ep of {id(made) * 0}{names}"))
                made.segments.append(part)
        one.merge(other)
        return one.annotations, [(s.name, *s.data_children) for s in one.segments]

    its, mine = merged(neo.core), merged(core)
    compare(mine[0], its[0], "annotations")
    assert [named(s[1:]) for s in mine[1]] == [named(s[1:]) for s in its[1]]
    # Neo forgets that a merged object belongs to the segment only until set_parent.
    assert all(obj.segment is not None for s in mine[1] for obj in s[1:])


def test_named_signals_of_merged_segments_become_one() -> None:
    one, other = segment(core), segment(core)
    for made in (one, other):
        del made.spiketrains[:], made.epochs[:], made.events[:], made.irregularlysampledsignals[:]
    group = core.Group(one.analogsignals)
    made = core.Block()
    made.segments.append(one)
    made.groups.append(group)
    its = core.Block()
    its.segments.append(other)
    its.groups.append(core.Group([*other.analogsignals, train(core, name="st")]))
    made.merge(other=its)
    (merged,) = made.segments[0].analogsignals
    assert merged.shape == (4000, 6)
    assert merged.segment is one
    assert group.analogsignals == [merged]
    assert made.groups[1].analogsignals == [merged]
    assert len(made.groups[1].spiketrains) == 1


def test_named_trains_of_merged_segments_become_one() -> None:
    one, other = segment(core), segment(core)
    counts = [len(st) for st in one.spiketrains]
    group = core.Group(one.spiketrains[:1])
    one.merge(other)
    assert [len(st) for st in one.spiketrains] == [2 * count for count in counts]
    assert all(st.segment is one for st in one.spiketrains)
    block = core.Block()
    block.segments.append(segment(core))
    block.groups.append(core.Group(block.segments[0].spiketrains[:1]))
    its = core.Block()
    its.segments.append(segment(core))
    block.merge(its)
    assert block.groups[0].spiketrains[0] is block.segments[0].spiketrains[0]
    assert len(group.spiketrains) == 1


def test_what_does_not_fit_is_not_merged() -> None:
    one, other = core.Segment(), core.Segment()
    one.analogsignals.append(signal(core))
    other.analogsignals.append(signal(core, t_start=1 * pq.s))
    with pytest.raises(core.baseneo.MergeError):
        one.merge(other)
    assert other.analogsignals[0].segment is other
    assert one.analogsignals[0].shape == (10, 3)


def test_merged_blocks_keep_unnamed_segments_apart() -> None:
    one, other = core.Block(), core.Block()
    one.segments.append(core.Segment())
    other.segments.extend([core.Segment(), core.Segment(name="a")])
    one.merge(other)
    assert [s.name for s in one.segments] == [None, None, "a"]


def test_views_of_one_name_are_kept() -> None:
    views = [core.ChannelView(signal(core), [i], name="view") for i in range(2)]
    group = core.Group(views[:1])
    group.merge(core.Group(views[1:]))
    assert group.channelviews == views


def lazy_block() -> Any:
    return ExampleIO("example.fake").read_block(lazy=True)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copied", "pickled"]
)
@pytest.mark.parametrize("make", [lambda: block(core), lazy_block], ids=["loaded", "lazy"])
def test_parts_of_trees_are_copied_whole(make: Any, copied: Any) -> None:
    tree = make()
    segment = tree.segments[0]
    assert segment.events[0] in segment.events  # its ids are known, and mean nothing elsewhere
    made = copied(segment)
    made.check_relationships()
    assert made.analogsignals[0] in made.analogsignals
    assert segment.analogsignals[0] not in made.analogsignals
    made.analogsignals.clear()
    assert len(segment.analogsignals) > 0
    if copied is copy.deepcopy:
        assert made.block is None
        assert copied(segment.events).parent is None
    else:
        assert made.block.segments[0] is made
        listed = copied(segment.events)
        assert listed.parent.events is listed
        assert listed[0].segment is listed.parent
    whole = copied(tree)
    whole.check_relationships()
    assert whole.segments[0].block is whole
    assert whole.groups[0].block is whole


def test_limits_are_the_earliest_and_latest_in_any_unit() -> None:
    made = core.Segment()
    made.events.append(core.Event([3.0, 1.0, 2.0] * pq.s))
    made.epochs.append(core.Epoch([1500.0, np.nan, 500.0] * pq.ms))
    made.spiketrains.append(
        core.SpikeTrain([], t_start=700 * pq.ms, t_stop=2900 * pq.ms, units="ms")
    )
    assert (made.t_start, made.t_stop) == (500 * pq.ms, 3 * pq.s)
    assert made.t_start.dimensionality.string == "ms"
    start = made.spiketrains[0].t_start
    made.epochs.clear()
    limit = made.t_start
    limit += 1 * pq.s
    assert made.t_start == start == 700 * pq.ms


def test_a_slice_takes_views_images_and_keywords_along() -> None:
    made = segment(core, seed=1)
    made.epochs.clear()
    made.irregularlysampledsignals.clear()
    sig = made.analogsignals[0]
    film = core.ImageSequence(np.zeros((20, 2, 2)), "V", sampling_rate=10 * pq.Hz,
                              spatial_scale=1 * pq.um, t_start=1 * pq.s)  # fmt: skip
    made.imagesequences.append(film)
    view = core.ChannelView(sig, [2, 0], name="view", array_annotations={"x": [1, 2]}, key=[1])
    made.channelviews.extend([view, core.ChannelView(signal(core), [0])])
    cut = made.time_slice(0.5 * pq.s, 2 * pq.s, reset_time=True, name="cut", index=7, trial=3)
    assert (cut.name, cut.index, cut.rec_datetime) == ("cut", 7, made.rec_datetime)
    assert cut.annotations == {"seed": 1, "trial": 3}
    assert (len(cut.imagesequences[0]), cut.imagesequences[0].t_start) == (10, 0.5 * pq.s)
    (its,) = cut.channelviews
    assert its.obj is cut.analogsignals[0]
    assert (its.name, its.index.tolist(), its.annotations) == ("view", [2, 0], {"key": [1]})
    its.annotations["key"].append(2)
    assert view.annotations == {"key": [1]}
    for window in ((0, 0.5), (3.1, 3.5)):
        assert len(made.time_slice(*(window * pq.s)).imagesequences) == 0
    cut.check_relationships()


def test_subclasses_of_containers_are_parents() -> None:
    class Trial(core.Segment):
        pass

    class Session(core.Block):
        pass

    made = Session()
    made.segments.append(Trial())
    made.segments[0].events.append(core.Event())
    assert made.segments[0].block is made
    assert made.segments[0].events[0].segment is made.segments[0]
    made.check_relationships()
    assert made.filter(objects="Segment") == [made.segments[0]]
    core.Event().set_parent(Trial())


def test_regions_are_listed_by_class() -> None:
    group = _circled(core)
    film = group.regionsofinterest[0].image_sequence
    group.add(core.RectangularRegionOfInterest(film, 1, 1, 1, 1))
    made = core.Block()
    made.groups.append(group)
    for kind, number in (("CircularRegionOfInterest", 1), ("RegionOfInterest", 2),
                         ("regionsofinterest", 2), (core.RectangularRegionOfInterest, 1),
                         ("name", 0)):  # fmt: skip
        assert len(made.list_children_by_class(kind)) == number


@pytest.mark.parametrize("wrong", [3, "x", core.Epoch()], ids=["number", "text", "other class"])
def test_a_change_that_fails_changes_nothing(wrong: Any) -> None:
    made = segment(core)
    before, new = list(made.events), core.Event()
    for change in (
        lambda: made.events.extend([new, wrong]),
        lambda: made.events.__setitem__(slice(0, 1), [new, wrong]),
        lambda: made.events.__setitem__(0, wrong),
        lambda: setattr(made, "events", [new, wrong]),
        lambda: made.events.insert(0, wrong),
        lambda: made.events.__iadd__([new, wrong]),
    ):
        with pytest.raises(TypeError, match="should be one of"):
            change()
        assert made.events == before
        assert new.segment is None
        assert before[0].segment is made
