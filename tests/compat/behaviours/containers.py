"""Containers, lists, annotations and filters."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]


def signal(neo: Any, **words: Any) -> Any:
    """20 samples of two channels, 10 Hz."""
    words = {"units": "mV", "sampling_rate": 10 * pq.Hz, "name": "sig"} | words
    return neo.AnalogSignal(np.arange(40.0).reshape(20, 2), **words)


def segment(neo: Any) -> Any:
    """Two events, two trains, a signal with named channels, a short film, a view."""
    made = neo.Segment(name="seg", condition="a", scores=np.array([1, 2]))
    made.analogsignals.append(signal(neo, array_annotations={"channel_names": ["Fz", "Cz"]}))
    made.events.append(neo.Event([1.5, 0.5] * pq.s, labels=["go", "stop"], name="ev", quality=5))
    made.events.append(neo.Event([1.0] * pq.s, labels=["x"], name="other"))
    made.spiketrains.append(neo.SpikeTrain([0.5] * pq.s, t_stop=2, name="st"))
    made.spiketrains.append(neo.SpikeTrain([0.7] * pq.s, t_stop=2, name="st2"))
    return made


def film(neo: Any) -> Any:
    """20 frames, 10 Hz."""
    return neo.ImageSequence(
        np.zeros((20, 2, 2)), "V", sampling_rate=10 * pq.Hz, spatial_scale=1 * pq.um
    )


def filmed(neo: Any) -> Any:
    made = segment(neo)
    made.imagesequences.append(film(neo))
    return made


def block(neo: Any) -> Any:
    made = neo.Block(name="block")
    made.segments.append(segment(neo))
    return made


def lazy(neo: Any) -> Any:
    """A made-up recording, not loaded."""
    return neo.io.ExampleIO("example.fake").read_block(lazy=True)


class Special:
    """A subclass of the library's signals."""

    def __new__(cls, neo: Any) -> Any:
        made = neo.Segment()
        kind = type("Special", (neo.AnalogSignal,), {})
        made.analogsignals.append(kind([1.0], units="mV", sampling_rate=1 * pq.Hz))
        return made


def names(objects: Any) -> list[Any]:
    return [obj.name for obj in objects]


def raised(call: Any) -> str:
    """The class of what a call raises, to the letter."""
    try:
        return f"{call()}"
    except Exception as error:  # it is what is shown
        return type(error).__name__


def after(obj: Any, *calls: Any) -> Any:
    """The object, after some calls on it."""
    for call in calls:
        call(obj)
    return obj


def written(obj: Any) -> str:
    """What IPython's printer is told, without its layout."""
    parts: list[str] = []

    class Printer:
        text = staticmethod(parts.append)

        def breakable(self) -> None:
            parts.append(" ")

        def pretty(self, value: Any) -> None:
            parts.append(type(value).__name__)

        def indent(self, by: int) -> Any:
            return self

        def group(self, indent: int) -> Any:
            return self

        def __enter__(self) -> None: ...

        def __exit__(self, *_: Any) -> None: ...

    obj._repr_pretty_(Printer(), False)
    return "".join(parts)


def _same(value: Any) -> Any:
    return lambda neo: value


TOOLS: dict[str, Any] = {
    "names": _same(names), "raised": _same(raised), "after": _same(after),
    "copy": _same(copy), "pickle": _same(pickle), "written": _same(written),
    "f": lambda neo: neo.core.filters, "base": lambda neo: neo.core.baseneo,
}  # fmt: skip
SEG = TOOLS | {"seg": segment}
FILM = TOOLS | {"seg": filmed}
BLK = TOOLS | {"blk": block, "other": block}
NEW = SEG | {
    "ev": lambda neo: neo.Event([9.0] * pq.s, name="ev3"),
    "sig": signal,
    "view": lambda neo: neo.ChannelView(signal(neo), [1]),
    "film": film,
}
LAZY = TOOLS | {"blk": lazy}

_FILTERED = (
    Behaviour(
        "the flags of InRange mean the opposite of their names",
        "[f.InRange(3, 5, left_closed=closed).evaluate(3) for closed in (False, True)]",
        "[True, False]", "[True, False]",
        kept="coretest/test_container.py::TestContainerNeo::test_filter_in_range", given=TOOLS,
    ),
    Behaviour(
        "several criteria in one dict are alternatives",
        "names(seg.filter({'name': 'ev', 'quality': 7}))", "['ev']", "['ev']",
        kept="coretest/test_container.py::TestContainerNeo::test_filter_filter_consistency",
        given=SEG,
    ),
    Behaviour(
        "a text alone is no criterion", "raised(lambda: seg.filter('ev'))", "TypeError",
        "TypeError", kept="coretest/test_container.py::TestContainerNeo::test_filter", given=SEG,
    ),
    Behaviour(
        "conditions are not asked about attributes", "names(seg.filter(name=f.Equals('ev')))",
        "[]", "['ev']", given=SEG,
    ),
    Behaviour(
        "an annotation that is an array cannot be looked for",
        "names(blk.filter(scores=2, data=False, container=True))", "ValueError", "['seg']",
        given=BLK,
    ),
    Behaviour(
        "an attribute that is an array cannot be looked for", "names(seg.filter(labels='go'))",
        "ValueError", "['ev']", given=SEG,
    ),
    Behaviour(
        "array annotations are not looked at", "names(seg.filter(channel_names='Cz'))", "[]",
        "['sig']", given=SEG,
    ),
    Behaviour(
        "a condition on values of several types fails",
        "names(after(seg, lambda s: s.events[1].annotate(quality='bad'))"
        ".filter(quality=f.GreaterThan(3)))",
        "TypeError", "['ev']", given=SEG,
    ),
    Behaviour(
        "a list of criteria is extended for the caller, too",
        "len(after([{'name': 'ev'}], lambda c: seg.filter(c, quality=5)))", "2", "1", given=SEG,
    ),
    Behaviour(
        "objects of a subclass are not found by their class",
        "len(special.filter(objects=neo.AnalogSignal))", "0", "1",
        given=TOOLS | {"special": Special},
    ),
    Behaviour(
        "spike trains that are not loaded are no spike trains",
        "len(blk.filter(objects=neo.SpikeTrain))", "0", "6", given=LAZY,
    ),
    Behaviour(
        "signals that are not loaded are not found by name of their class",
        "len(blk.filter(objects='AnalogSignal'))", "0", "6", given=LAZY,
    ),
    Behaviour(
        "IsIn with a text is a SyntaxError", "raised(lambda: f.IsIn('abc').evaluate('a'))",
        "SyntaxError", "TypeError", given=TOOLS,
    ),
    Behaviour(
        "IsIn takes no range and no array", "[f.IsIn(c).evaluate(2) for c in (range(3),)]",
        "SyntaxError", "[True]", given=TOOLS,
    ),
    Behaviour(
        "InRange takes no times", "len(seg.filter(t_stop=f.InRange(1 * pq.s, 2000 * pq.ms)))",
        "ValueError", "3", given=SEG,
    ),
    Behaviour(
        "list_children_by_class does not know the names of lists, which its documentation allows",
        "len(blk.list_children_by_class('events'))", "0", "2", given=BLK,
    ),
)  # fmt: skip

_LISTED = (
    Behaviour(
        "what an iterator gives is lost",
        "len(after(seg.events, lambda x: x.extend(iter([ev]))))", "2", "3", given=NEW,
    ),
    Behaviour(
        "the same object twice in one call is taken twice",
        "raised(lambda: len(after(seg.events, lambda x: x.extend([ev, ev]))))", "4",
        "ValueError", given=NEW,
    ),
    Behaviour(
        "what cannot be added all the same names the segment as its parent",
        "(raised(lambda: seg.events.extend([ev, 3])), ev.segment is seg)", "('TypeError', True)",
        "('TypeError', False)", given=NEW,
    ),
    Behaviour(
        "anything can be put in the place of an object",
        "raised(lambda: seg.events.__setitem__(0, 'x'))", "None", "TypeError", given=NEW,
    ),
    Behaviour(
        "what is put in the place of an object has no parent",
        "after(seg.events, lambda x: x.__setitem__(0, ev))[0].segment is seg", "False", "True",
        given=NEW,
    ),
    Behaviour(
        "there is no del", "len(after(seg.events, lambda x: x.__delitem__(0)))",
        "AttributeError", "1", given=SEG,
    ),
    Behaviour(
        "there is no copy", "len(seg.events.copy())", "AttributeError", "2", given=SEG,
    ),
    Behaviour(
        "reverse reverses, and raises", "names(after(seg.events, lambda x: x.reverse()))",
        "TypeError", "['other', 'ev']", given=SEG,
    ),
    Behaviour(
        "a list is not equal to one of the same objects", "seg.events == list(seg.events)",
        "False", "True", given=SEG,
    ),
    Behaviour(
        "`in` compares data, and fails where there are several", "ev in seg.events",
        "ValueError", "False", given=NEW,
    ),
    Behaviour(
        "index compares data, and fails where there are several",
        "seg.events.index(seg.events[1])", "ValueError", "1", given=SEG,
    ),
    Behaviour(
        "remove compares data, and fails where there are several",
        "names(after(seg.events, lambda x: x.remove(x[1])))", "ValueError", "['ev']", given=SEG,
    ),
    Behaviour(
        "what is taken out of a segment names it as its parent", "seg.events.pop().segment is None",
        "False", "True", given=SEG,
    ),
    Behaviour(
        "two segments share one list after an assignment",
        "after(neo.Segment(), lambda s: setattr(s, 'events', seg.events)).events is seg.events",
        "True", "False", given=SEG,
    ),
    Behaviour(
        "a tuple is ignored",
        "len(after(neo.Segment(), lambda s: setattr(s, 'events', (ev,))).events)", "0", "1",
        given=NEW,
    ),
    Behaviour(
        "anything else is ignored, too", "raised(lambda: setattr(seg, 'events', 3))", "None",
        "TypeError", given=SEG,
    ),
    Behaviour(
        "an assignment that fails leaves an empty list",
        "(raised(lambda: setattr(seg, 'events', [3])), len(seg.events))", "('TypeError', 0)",
        "('TypeError', 2)", given=SEG,
    ),
    Behaviour(
        "a segment's channelviews take no views",
        "len(after(seg.channelviews, lambda x: x.append(view)))", "AttributeError", "1", given=NEW,
    ),
)  # fmt: skip

_HELD = (
    Behaviour(
        "a wrong parent is an AttributeError",
        "raised(lambda: ev.set_parent(neo.Block()))", "AttributeError", "TypeError", given=NEW,
    ),
    Behaviour(
        "a group takes circles only",
        "len(neo.Group([neo.RectangularRegionOfInterest(film, 1, 1, 2, 2)]).regionsofinterest)",
        "KeyError", "1", given=NEW,
    ),
    Behaviour(
        "a group has a list of segments, but takes none",
        "raised(lambda: neo.Group([seg]))", "TypeError", "TypeError",
        kept="the documentation: groups stand outside the hierarchy of segments", given=SEG,
    ),
    Behaviour(
        "what a group allows does not hold for its lists",
        "raised(lambda: neo.Group(allowed_types=[neo.Epoch]).events.append(ev))", "None",
        "TypeError", given=NEW,
    ),
    Behaviour(
        "a group that allows spike trains takes none that are not loaded",
        "len(after(neo.Group(allowed_types=[neo.SpikeTrain]), lambda g: "
        "g.add(*blk.segments[0].spiketrains)).spiketrains)", "TypeError", "3", given=LAZY,
    ),
    Behaviour(
        "an object of a subclass cannot be added",
        "len(after(neo.Segment(), lambda s: s.add(special.analogsignals[0])).analogsignals)",
        "TypeError", "1", given=TOOLS | {"special": Special},
    ),
    Behaviour(
        "a list of a group's own sets the group as parent: refused by a bare Exception",
        "raised(lambda: neo.core.segment.ObjectList(neo.Event, parent=neo.Group()).append(ev))",
        "Exception", "TypeError", given=NEW,
    ),
    Behaviour(
        "a segment begins with the first event, not the earliest",
        "after(seg, lambda s: s.analogsignals.clear(), lambda s: s.spiketrains.__init__(parent=s),"
        " lambda s: s.events.pop()).t_start",
        "1.5 s", "0.5 s", given=SEG,
    ),
    Behaviour(
        "a segment ends with the begin of the last epoch, not its end",
        "after(neo.Segment(), lambda s: s.epochs.append(neo.Epoch([1] * pq.s, [5] * pq.s))).t_stop",
        "1.0 s", "1.0 s", kept="coretest/test_segment.py::TestSegment::test_times", given=SEG,
    ),
    Behaviour(
        "a segment does not begin with its image sequences",
        "after(neo.Segment(), lambda s: s.imagesequences.append(film)).t_start", "None", "None",
        kept="coretest/test_segment.py::TestSegment::test_times", given=NEW,
    ),
    Behaviour(
        "time_slice does not take its keywords",
        "seg.time_slice(0 * pq.s, 1 * pq.s, name='cut', trial=3).annotations.get('trial')",
        "None", "3", given=SEG,
    ),
    Behaviour(
        "time_slice leaves out image sequences",
        "[len(film) for film in seg.time_slice(0 * pq.s, 1 * pq.s).imagesequences]", "[]",
        "[10]", given=FILM,
    ),
    Behaviour(
        "time_slice leaves out events of which nothing remains",
        "names(seg.time_slice(1.2 * pq.s, 1.8 * pq.s).events)", "['ev']", "['ev']",
        kept="coretest/test_segment.py::TestSegment::test__time_slice", given=SEG,
    ),
    Behaviour(
        "a deep copy of a segment copies its block and all in it",
        "copy.deepcopy(blk.segments[0]).block is None", "False", "True", given=BLK,
    ),
    Behaviour(
        "a segment of a subclass cannot hold anything",
        "len(after(type('Trial', (neo.Segment,), {})(), lambda s: s.events.append(ev)).events)",
        "AttributeError", "1", given=NEW,
    ),
    Behaviour(
        "printed by IPython, a block shows whole lists in place of their lengths",
        "written(neo.Block(name='b'))", "Block with  name: str # segments (N=[])",
        "Block with  name: str # segments (N=0)", given=TOOLS,
    ),
    Behaviour(
        "merged blocks put the unnamed segments of both into one",
        "len(after(neo.Block(), lambda b: b.segments.append(neo.Segment()), lambda b: b.merge("
        "after(neo.Block(), lambda b: b.segments.append(neo.Segment())))).segments)",
        "1", "2", given=TOOLS,
    ),
    Behaviour(
        "named signals of two segments cannot be merged",
        "raised(lambda: len(after(seg, lambda s: s.merge(blk.segments[0])).analogsignals))",
        "MergeError", "1", given={"blk": block} | SEG | {
            "seg": lambda neo: after(neo.Segment(), lambda s: s.analogsignals.append(
                signal(neo, array_annotations={"channel_names": ["Pz", "Oz"]}))),
        },
    ),
    Behaviour(
        "nor can named trains",
        "raised(lambda: [len(st) for st in after(seg, lambda s: s.merge(two)).spiketrains])",
        "MergeError", "[2]", given=SEG | dict.fromkeys(
            ("seg", "two"), lambda neo: after(neo.Segment(), lambda s: s.spiketrains.append(
                neo.SpikeTrain([0.5] * pq.s, t_stop=2, name="st")))),
    ),
    Behaviour(
        "groups cannot be merged", "len(after(neo.Group(), lambda g: g.merge(neo.Group([sig])))"
        ".analogsignals)", "AttributeError", "1", given=NEW,
    ),
    Behaviour(
        "segments that are not loaded cannot be merged",
        "len(after(blk.segments[0], lambda s: s.merge(other.segments[0])).analogsignals)",
        "IndexError", "6", given=LAZY | {"other": lazy},
    ),
)  # fmt: skip

_ANNOTATED = (
    Behaviour(
        "a set or a path is no annotation",
        "raised(lambda: seg.annotate(x=path))", "ValueError", "ValueError",
        kept="coretest/test_base.py::Test_check_annotations::test__check_annotations__invalid_ValueError",
        given=SEG | {"path": _same(Path("x"))},
    ),
    Behaviour(
        "merged annotations that differ become a text",
        "base.merge_annotations({'x': 1}, {'x': 2})", "{'x': 'MERGE CONFLICT'}",
        "{'x': 'MERGE CONFLICT'}",
        kept="coretest/test_base.py::Test_BaseNeo_merge_annotations_merge::"
        "test_merge_annotations__unmergable_unequal_AssertionError",
        given=TOOLS,
    ),
    Behaviour(
        "merged annotations of quantities lose their units",
        "base.merge_annotation([1, 2] * pq.s, [3000] * pq.ms)", "[1.0, 2.0, 3000.0]",
        "[1.0, 2.0, 3.0] s", given=TOOLS,
    ),
    Behaviour(
        "merged annotations that are tables become rows of numbers",
        "base.merge_annotation(np.zeros((1, 2)), np.zeros((1, 2))).shape", "(4,)", "(2, 2)",
        given=TOOLS,
    ),
    Behaviour(
        "a text of NumPy's and a text of Python's do not merge",
        "base.merge_annotations({'x': np.str_('a')}, {'x': 'b'})", "{'x': 'MERGE CONFLICT'}",
        "{'x': 'a;b'}", given=TOOLS,
    ),
    Behaviour(
        "merged annotations share their lists with what they came from",
        "after({'x': [1]}, lambda a: base.merge_annotations({}, a)['x'].append(2))",
        "{'x': [1, 2]}", "{'x': [1]}", given=TOOLS,
    ),
    Behaviour(
        "equal numbers are not in the intersection",
        "base.intersect_annotations({'x': 1}, {'x': 1})", "{}", "{'x': 1}", given=TOOLS,
    ),
    Behaviour(
        "values of two types have no intersection",
        "base.intersect_annotations({'x': 1}, {'x': 'a'})", "TypeError", "{}", given=TOOLS,
    ),
)  # fmt: skip

BEHAVIOURS: tuple[Behaviour, ...] = (*_FILTERED, *_LISTED, *_HELD, *_ANNOTATED)
