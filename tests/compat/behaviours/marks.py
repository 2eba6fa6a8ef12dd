"""Events and epochs."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import quantities as pq
from tests.compat.behaviours import Behaviour

__all__ = ["BEHAVIOURS"]


def event(neo: Any) -> Any:
    """Two labelled events."""
    return neo.Event(
        [1.0, 2.0], ["a", "b"], "s", name="ev", array_annotations={"code": [7, 8]}, key=1
    )


def epoch(neo: Any) -> Any:
    """Two labelled epochs of half a second."""
    return neo.Epoch([1.0, 2.0] * pq.s, 0.5, ["a", "b"], description="text", file_origin="file")


def printed(_: Any) -> Callable[[Callable[[], Any]], bool]:
    """Whether something is printed while something is done."""

    def run(act: Callable[[], Any]) -> bool:
        with redirect_stdout(io.StringIO()) as out:
            act()
        return bool(out.getvalue())

    return run


def after(_: Any) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """What an object is after something was done with it."""

    def run(obj: Any, act: Callable[[Any], Any]) -> Any:
        act(obj)
        return obj

    return run


EV = {"ev": event, "printed": printed, "after": after}
EP = {"ep": epoch, "after": after, "reloaded": lambda _: lambda e: pickle.loads(pickle.dumps(e))}

BEHAVIOURS = (
    Behaviour(
        "shifted by a sum, events have no labels",
        "list((ev + 1 * pq.s).labels)",
        "TypeError",
        "[a, b]",
        given=EV,
    ),
    Behaviour(
        "shifted by a sum, events cannot be shown",
        "repr(ev + 1 * pq.s)",
        "TypeError",
        "<Event: a@2.0 s, b@3.0 s>",
        given=EV,
    ),
    Behaviour(
        "a time plus events has no labels",
        "list((1 * pq.s + ev).labels)",
        "AttributeError",
        "[a, b]",
        given=EV,
    ),
    Behaviour(
        "shifted by a difference, epochs cannot be shown",
        "repr(ep - 1 * pq.s)",
        "TypeError",
        "<Epoch: a@0.0 s for 0.5 s, b@1.0 s for 0.5 s>",
        given=EP,
    ),
    Behaviour("twice the events are events", "type(ev * 2).__name__", "Event", "Time", given=EV),
    Behaviour(
        "intervals between events are events",
        "type(np.diff(ev)).__name__",
        "Event",
        "Time",
        given=EV,
    ),
    Behaviour(
        "events without labels are shown as none",
        "repr(neo.Event([1.0, 2.0], units='s'))",
        "<Event: >",
        "<Event: 1.0 s, 2.0 s>",
    ),
    Behaviour(
        "epochs without labels are shown as none",
        "repr(neo.Epoch([1.0], [2.0], units='s'))",
        "<Epoch: >",
        "<Epoch: 1.0 s for 2.0 s>",
    ),
    Behaviour("merging prints", "printed(lambda: ev.merge(ev))", "True", "False", given=EV),
    Behaviour(
        "events can be of volts", "neo.Event([1.0], units='mV').units", "1.0 mV", "ValueError"
    ),
    Behaviour(
        "epochs can be of volts",
        "neo.Epoch([1.0], [1.0], units='mV').units",
        "1.0 mV",
        "ValueError",
    ),
    Behaviour(
        "durations can be of volts",
        "neo.Epoch([1.0] * pq.s, [1.0] * pq.mV).durations",
        "[1.0] mV",
        "ValueError",
    ),
    Behaviour(
        "epochs from events forget the annotations",
        "ev.to_epoch().annotations",
        "{}",
        "{'key': 1}",
        given=EV,
    ),
    Behaviour("epochs from events forget the name", "ev.to_epoch().name", "None", "ev", given=EV),
    Behaviour(
        "epochs of a length forget the array annotations",
        "list(ev.to_epoch(durations=1 * pq.s).array_annotations.get('code', []))",
        "[]",
        "[7, 8]",
        given=EV,
    ),
    Behaviour(
        "lists of durations are not counted",
        "neo.Epoch([1.0, 2.0, 3.0], [1, 2], units='s').durations",
        "[1, 2] s",
        "ValueError",
    ),
    Behaviour(
        "epochs without durations have none",
        "neo.Epoch([1.0, 2.0] * pq.s).durations",
        "[] s",
        "[0.0, 0.0] s",
    ),
    Behaviour(
        "epochs without durations cannot be shown",
        "repr(neo.Epoch([1.0] * pq.s, labels=['a']))",
        "<Epoch: >",
        "<Epoch: a@1.0 s for 0.0 s>",
    ),
    Behaviour(
        "durations set as a list are a list",
        "after(ep, lambda e: setattr(e, 'durations', [1, 2])).durations",
        "[1, 2]",
        "[1, 2] s",
        given=EP,
    ),
    Behaviour(
        "labels are not counted where there were none",
        "len(after(neo.Event([1, 2], units='s'), lambda e: setattr(e, 'labels', ['a'])).labels)",
        "1",
        "ValueError",
        given=EV,
    ),
    Behaviour(
        "labels cannot be taken away",
        "len(after(ev, lambda e: setattr(e, 'labels', None)).labels)",
        "TypeError",
        "0",
        given=EV,
    ),
    Behaviour(
        "an epoch that began before the window is not in it",
        "list(ep.time_slice(1.2 * pq.s, 3 * pq.s).labels)",
        "[b]",
        "[b]",
        given=EP,
        kept="documentation of `Epoch.time_slice`: times between t_start and t_stop",
    ),
    Behaviour(
        "a pickle exchanges description and file_origin",
        "reloaded(ep).description",
        "file",
        "text",
        given=EP,
    ),
    Behaviour(
        "annotations of a copy are those of the original",
        "after(ev, lambda e: e.copy().annotate(key=2)).annotations",
        "{'key': 2}",
        "{'key': 1}",
        given=EV,
    ),
    Behaviour(
        "sorted by NumPy, events keep the labels of the old order",
        "list(np.sort(neo.Event([2, 1] * pq.s, ['b', 'a'])).labels)",
        "[b, a]",
        "[a, b]",
    ),
    Behaviour(
        "so do rolled ones",
        "type(np.roll(ev, 1)).__name__",
        "Event",
        "Quantity",
        given=EV,
    ),
    Behaviour(
        "events that NumPy takes keep the labels of the old order",
        "list(np.take(ev, [1, 0]).labels)",
        "[a, b]",
        "[b, a]",
        given=EV,
    ),
    Behaviour(
        "a single time is an event without dimensions",
        "neo.Event(5 * pq.s).shape",
        "()",
        "ValueError",
    ),
)
