"""Micromed TRC by its specification: segments of cut recordings, triggers, notes, epochs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tests.formats.micromed.build import Scanned, frames, move, put, trc

from neophys.formats.micromed.tables import (
    NOTE,
    SEGMENT,
    TRIGGER,
)

# Segments of cut recordings.


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ([], [(0, 0, 1000)]),
        ([(5000, 0), (9000, 600)], [(5000, 0, 600), (9000, 600, 400)]),
        ([(5000, 400)], [(0, 0, 400), (5000, 400, 600)]),
        ([(0, 0), (9000, 600)], [(0, 0, 600), (9000, 600, 400)]),
        ([(10 * i, 10 * i) for i in range(100)], [(10 * i, 10 * i, 10) for i in range(100)]),
    ],
)
def test_segments(cuts: list[Any], expected: list[Any]) -> None:
    found = Scanned(trc(segments=cuts))
    assert found.told == ""
    pieces = [data.pieces[0] for s in found.segments if (data := s.signals[0])]
    assert [(p.start_tick, p.row0, p.n_samples) for p in pieces] == expected
    assert [s.start for s in found.segments] == [t / 100 for t, _, _ in expected]
    assert [s.stop for s in found.segments] == [(t + n) / 100 for t, _, n in expected]
    assert np.array_equal(found.raw(), frames(1000))


def test_the_zone_of_segments_may_be_full() -> None:
    raw = trc(segments=[(10 * i + 5, 10 * i) for i in range(100)])
    found = Scanned(move(raw, "TRONCA", length=800))
    assert len(found.segments) == 100
    assert found.told == ""


@pytest.mark.parametrize(
    ("cuts", "n_segments", "told"),
    [
        ([(5000, 0), (9000, 600), (20000, 1000)], 2, "warning: .* 1 of 3 begin behind the last"),
        ([(5000, 0), (9000, 600), (9900, 300)], 2, "error: .* 1 of 3 do not begin behind the one"),
        ([(5000, 0), (5100, 600)], 2, "1 segments begin before the one before ends"),
    ],
)
def test_segments_that_cannot_be_are_told(cuts: list[Any], n_segments: int, told: str) -> None:
    rows = b"".join(SEGMENT.write({"time": t, "sample": s}) for t, s in cuts)
    found = Scanned(put(trc(), "TRONCA", rows))
    assert len(found.segments) == n_segments
    assert re.search(told, found.told)


def test_events_lie_in_their_segment() -> None:
    found = Scanned(
        trc(
            segments=[(5000, 0), (9000, 600)],
            triggers=[(700, 7), (599, 5), (600, 6)],
            notes=[(999, "late")],
            event_a=("A", [(100, 600), (590, 610), (700, None)]),
        )
    )
    assert found.events("Trigger", 0) == [(5599, "5")]
    assert found.events("Trigger", 1) == [(9100, "7"), (9000, "6")]
    assert found.table("Trigger", 1).columns["code"].tolist() == [7, 6]
    assert found.events("Note", 1) == [(9399, "late")]
    # Ends where its segment does; runs over the cut, so the time that was cut out is in it.
    assert found.epochs("Event A", 0) == [(5100, 500, "A"), (5590, 9010 - 5590, "A")]
    assert found.epochs("Event A", 1) == [(9100, None, "A")]


# Events.


def test_triggers() -> None:
    given = [(0, 5), (30, 65535), (20, 1), (20, 1)]
    raw = trc(triggers=given)
    expected = [(0, "5"), (30, "65535"), (20, "1"), (20, "1")]
    assert Scanned(raw).events("Trigger") == expected
    empty = TRIGGER.write({"sample": 0, "code": 0}, check=False)
    assert Scanned(put(raw, "TRIGGER", empty, 6)).events("Trigger") == expected[:1] + expected[2:]
    assert Scanned(put(raw, "TRIGGER", TRIGGER.write({}), 6)).events("Trigger") == expected[:1]
    full = move(trc(triggers=[(i, 3) for i in range(8192)]), "TRIGGER", length=8192 * 6)
    found = Scanned(full)
    assert len(found.events("Trigger")) == 1000
    assert "7192 of 8192 lie behind" in found.told


def test_notes_are_whole_texts() -> None:
    texts = ["at 0", "é€", "x" * 40, "* * * Part 1 * * *", "\x81"]
    raw = trc(notes=[(i * 10, text) for i, text in enumerate(texts)])
    assert Scanned(raw).events("Note") == [(i * 10, text) for i, text in enumerate(texts)]
    many = [(i, f"note {i}") for i in range(1000)]
    assert Scanned(trc(notes=many)).events("Note") == many
    stale = put(raw, "NOTE", b"A\0stale", 4)
    assert Scanned(stale).events("Note")[0] == (0, "A")
    ended = put(raw, "NOTE", NOTE.write({"text": " "}, check=False) + NOTE.write({"sample": 1}))
    assert Scanned(ended).events("Note") == []
    past = Scanned(trc(notes=[(5, "in"), (1000, "past")]))
    assert past.events("Note") == [(5, "in")]
    assert "NOTE: 1 of 2 lie behind the last frame" in past.told


@pytest.mark.parametrize("which", ["A", "B"])
def test_epochs_are_a_name_and_pairs(which: str) -> None:
    name, key = f"Event {which}", f"event_{which.lower()}"
    four = [(100, 200), (300, 400), (500, 500), (700, 900)]
    expected = [(100, 100, "Spike"), (300, 100, "Spike"), (500, 0, "Spike"), (700, 200, "Spike")]
    assert Scanned(trc(1000, **{key: ("Spike", four)})).epochs(name) == expected
    hundred = [(i, i + 2) for i in range(100)]
    raw = trc(1000, **{key: ("x" * 64, hundred)})
    assert len(Scanned(raw).epochs(name)) == 100
    exact = move(raw, name.upper(), length=864)
    assert Scanned(exact).epochs(name)[-1] == (99, 2, "x" * 64)
    assert Scanned(trc(14000, **{key: ("Test 2", [])})).epochs(name) == []
    assert Scanned(trc(1000, **{key: ("P", [(7, None)])})).epochs(name) == [(7, None, "P")]


def test_epochs_that_cannot_be_are_told() -> None:
    found = Scanned(trc(event_a=("A", [(50, 40), (990, 2000), (1000, 1001), (10, 20)])))
    assert found.epochs("Event A") == [(50, 0, "A"), (990, 10, "A"), (10, 10, "A")]
    for told in ("1 of 3 end before they begin", "1 of 4 lie behind", "1 of 3 end behind the last"):
        assert told in found.told


def test_event_channels_are_there_without_events() -> None:
    found = Scanned(trc())
    kinds = [(c.name, c.kind, c.clock.rate) for c in found.contents.event_channels]
    assert kinds == [
        ("Trigger", "event", 100.0), ("Note", "event", 100.0),
        ("Event A", "epoch", 100.0), ("Event B", "epoch", 100.0),
    ]  # fmt: skip
    assert found.told == ""
