"""Events and epochs are chosen, matched and cut as in Neo, of loaded objects and of proxies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import compare, epochs, events, outcome, signal, train
from tests.neo.rawio.others import full

from neophys import neo as ours
from neophys.neo import utils
from neophys.neo.io.basefromrawio import BaseFromRaw
from neophys.neo.io.proxyobjects import EpochProxy
from neophys.neo.rawio import baserawio

referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

_CHILDREN = ("analogsignals", "irregularlysampledsignals", "spiketrains", "events", "epochs")


def segment(neo: Any) -> Any:
    """All kinds of data between 0 and 10 s, with what no other object may have."""
    made = neo.Segment(name="seg", index=3, nix_name="neo.segment.1", trial_type="go")
    made.analogsignals.append(signal(neo, rows=1000, sampling_rate=100 * pq.Hz, t_start=0 * pq.s))
    made.spiketrains.append(train(neo, t_start=0.0))
    made.events.append(events(neo, nix_name="neo.event.1"))
    made.events.append(events(neo, times=[700.0, 1200.0, 8000.0, 9000.0], units="ms", name="ms"))
    made.epochs.append(epochs(neo, nix_name="neo.epoch.1"))
    made.epochs.append(epochs(neo, times=[4.0, 5.0, 6.0], name="other", key="else"))
    return made


def block(neo: Any) -> Any:
    made = neo.Block(name="block")
    made.segments.append(segment(neo))
    second = segment(neo)
    second.epochs.pop()
    made.segments.append(second)
    made.segments.append(neo.Segment(name="empty"))
    return made


def flat(value: Any) -> Any:
    """Containers as dicts of what they hold."""
    if hasattr(value, "analogsignals") and hasattr(value, "index"):
        words = ("name", "description", "index", "annotations")
        return {w: getattr(value, w) for w in words} | {
            name: [flat(child) for child in getattr(value, name)] for name in _CHILDREN
        }
    if hasattr(value, "segments"):
        return {
            "name": value.name,
            "annotations": value.annotations,
            "segments": [flat(s) for s in value.segments],
        }
    return [flat(v) for v in value] if isinstance(value, list | tuple) else value


def first_event(neo: Any) -> Any:
    return segment(neo).events[0]


CALLS: dict[str, Callable[[Any], Any]] = {
    "events, all": lambda neo: neo.utils.get_events(block(neo)),
    "by annotation": lambda neo: neo.utils.get_epochs(block(neo), key="else"),
    "by attribute": lambda neo: neo.utils.get_events(block(neo), name="ms"),
    "by array annotation": lambda neo: neo.utils.get_events(segment(neo), code=3),
    "by several values": lambda neo: neo.utils.get_epochs(segment(neo), code=[3, 1]),
    "by labels": lambda neo: neo.utils.get_events(segment(neo), labels=["a", "d"]),
    "by label": lambda neo: neo.utils.get_events(segment(neo), labels="b"),
    "by two": lambda neo: neo.utils.get_events(segment(neo), name="ev", code=[2, 4]),
    "by none that fits": lambda neo: neo.utils.get_events(segment(neo), key="x"),
    "by an unknown key": lambda neo: neo.utils.get_events(segment(neo), foo=1),
    "by an empty list": lambda neo: neo.utils.get_events(segment(neo), code=[]),
    "of something else": lambda neo: neo.utils.get_events([1]),
    "add, one event": lambda neo: neo.utils.add_epoch(
        segment(neo), first_event(neo), pre=-100 * pq.ms, post=0.25 * pq.s
    ),
    "add, two events": lambda neo: neo.utils.add_epoch(
        segment(neo), first_event(neo), first_event(neo).time_shift(1 * pq.ms), name="between", x=1
    ),
    "add, own labels": lambda neo: neo.utils.add_epoch(
        segment(neo), first_event(neo), post=1 * pq.s, labels=list("wxyz"), attach_result=False
    ),
    "add, nothing long": lambda neo: neo.utils.add_epoch(segment(neo), first_event(neo)),
    "add, backwards": lambda neo: neo.utils.add_epoch(segment(neo), first_event(neo), pre=1 * pq.s),
    "add, two lengths": lambda neo: neo.utils.add_epoch(
        segment(neo), first_event(neo), first_event(neo)[:2], post=1 * pq.s
    ),
    "add, to a block": lambda neo: neo.utils.add_epoch(block(neo), first_event(neo)),
    "add, of epochs": lambda neo: neo.utils.add_epoch(segment(neo), epochs(neo)),
    "match": lambda neo: neo.utils.match_events(
        first_event(neo), events(neo, times=[200.0, 700.0, 2000.0, 2600.0], units="ms")
    ),
    "match, itself": lambda neo: neo.utils.match_events(first_event(neo), first_event(neo)),
    "match, none": lambda neo: neo.utils.match_events(
        first_event(neo), events(neo, times=[0.1, 0.2, 0.3, 0.4])
    ),
    "cut": lambda neo: neo.utils.cut_segment_by_epoch(segment(neo), epochs(neo)),
    "cut, from 0": lambda neo: neo.utils.cut_segment_by_epoch(
        segment(neo), epochs(neo, times=[500.0, 1500.0, 2500.0], units="ms"), reset_time=True
    ),
    "cut, beyond": lambda neo: neo.utils.cut_segment_by_epoch(
        segment(neo), epochs(neo, times=[1.0, 9.0, 9.95])
    ),
    "cut, a block": lambda neo: neo.utils.cut_segment_by_epoch(block(neo), epochs(neo)),
    "cut, by events": lambda neo: neo.utils.cut_segment_by_epoch(segment(neo), events(neo)),
    "cut block": lambda neo: neo.utils.cut_block_by_epochs(block(neo)),
    "cut block, some": lambda neo: neo.utils.cut_block_by_epochs(
        block(neo), {"key": "else", "code": [1, 3]}, reset_time=True
    ),
    "cut a segment as block": lambda neo: neo.utils.cut_block_by_epochs(segment(neo)),
    "compatible": lambda neo: neo.utils.is_block_rawio_compatible(block(neo)),
    "problems": lambda neo: neo.utils.is_block_rawio_compatible(block(neo), return_problems=True),
    "no segments": lambda neo: neo.utils.is_block_rawio_compatible(neo.Block()),
    "clean": lambda neo: neo.utils.misc.clean_annotations({"nix_name": 1, "a": 2}),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.filterwarnings("ignore")
def test_as_in_neo(call: Callable[[Any], Any]) -> None:
    import neo.utils

    compare(flat(outcome(call, ours)), flat(outcome(call, neo)), "result")


def test_channels_that_differ_are_named_as_in_neo() -> None:
    import neo.utils

    found = []
    for library in (neo, ours):
        made = library.Block()
        made.segments = [segment(library), segment(library), segment(library)]
        made.segments[1].analogsignals[0] = signal(
            library, channels=2, units="uV", sampling_rate=3 * pq.Hz
        )
        made.segments[2].events.pop()
        found.append(library.utils.is_block_rawio_compatible(made, return_problems=True))
    assert found[0] == found[1]
    assert len(found[1][1]) == 4


def test_leftovers_and_segments_without_epochs_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="event2"):
        utils.match_events(first_event(ours)[:2], events(ours, times=[0.6, 1.1, 1.6, 9.0]))
    with pytest.warns(UserWarning, match=r"2 Epoch objects|not cut"):
        utils.cut_block_by_epochs(block(ours))


def test_what_is_cut_shares_nothing_with_the_whole() -> None:
    whole, along = segment(ours), epochs(ours, listed=[1])
    parts = utils.cut_segment_by_epoch(whole, along)
    parts[0].annotations["listed"].append(2)
    parts[0].analogsignals[0].annotations["listed"].append(3)
    assert along.annotations["listed"] == parts[1].annotations["listed"] == [1]
    assert whole.analogsignals[0].annotations["listed"] == [1, 2]
    assert [part.annotations["code"] for part in parts] == [1, 2, 3]


def test_arrays_of_values_choose_too() -> None:
    whole = segment(ours)
    (found, _) = utils.get_events(whole, code=np.array([2, 3]))
    assert found.labels.tolist() == ["b", "c"]
    whole.events[0].annotate(sites=np.array([1, 2]))
    (found,) = utils.get_events(whole, sites=np.array([1, 2]))
    assert found.name == "ev"
    assert utils.get_events(whole, sites=np.array([1, 2, 3])) == []
    assert found.segment is None


@pytest.fixture
def lazy() -> Any:
    raw = full(baserawio)

    class OtherIO(raw, BaseFromRaw):  # type: ignore[misc, valid-type]  # made by a function
        def __init__(self) -> None:
            raw.__init__(self, filename="a.other")
            BaseFromRaw.__init__(self, "a.other")

    return OtherIO()


def test_proxies_serve_as_well_as_what_they_stand_for(lazy: Any) -> None:
    loaded, proxies = lazy.read_segment(), lazy.read_segment(lazy=True)
    proxy = proxies.epochs[0]
    assert isinstance(proxy, EpochProxy)
    for one, two in zip(
        utils.cut_segment_by_epoch(loaded, loaded.epochs[0]),
        utils.cut_segment_by_epoch(proxies, proxy),
        strict=True,
    ):
        compare(flat(two), flat(one), "part")
    compare(
        utils.add_epoch(proxies, proxies.events[0], post=1 * pq.s, attach_result=False),
        utils.add_epoch(loaded, loaded.events[0], post=1 * pq.s, attach_result=False),
        "epoch",
    )
    (chosen,) = utils.get_events(proxies, rank=[3, 4])
    assert isinstance(chosen, ours.Event)
    assert chosen.array_annotations["rank"].tolist() == [3, 4]
    matched = utils.match_events(proxies.events[0], loaded.events[0].time_shift(10 * pq.ms))
    assert [len(event) for event in matched] == [10, 10]
    assert utils.get_events(proxies)[0] is proxies.events[0]


def test_items_are_chosen_by_times_and_values_with_units() -> None:
    one = ours.Segment()
    one.epochs.append(
        ours.Epoch([1.0, 2.0, 3.0] * pq.s, [0.5, 0.5, 1.0] * pq.s, ["a", "b", "c"],
                   array_annotations={"at": [1, 2, 3] * pq.mm})
    )  # fmt: skip
    wanted: dict[str, tuple[Any, str]] = {
        "times": (2000 * pq.ms, "b"), "durations": (500 * pq.ms, "ab"), "at": (3000 * pq.um, "c"),
    }  # fmt: skip
    for key, (value, labels) in wanted.items():
        (found,) = utils.get_epochs(one, **{key: value})
        assert "".join(found.labels) == labels
    (found,) = utils.get_epochs(one, times=[1.0, 3.0] * pq.s)
    assert "".join(found.labels) == "ac"
    (found,) = utils.get_epochs(one, times=[1000 * pq.ms, 2 * pq.s])
    assert "".join(found.labels) == "ab"
    (found,) = utils.get_epochs(one, at=[1, 3])
    assert "".join(found.labels) == "ac"
    with pytest.raises(ValueError, match="convert between"):
        utils.get_epochs(one, times=1 * pq.mV)
