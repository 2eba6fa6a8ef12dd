"""The writer: what it writes is read, what it cannot write is refused and leaves nothing."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import os
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.micromed.build import NAMES, Scanned, frames, trc

import neophys
from neophys.errors import HeaderError, NeophysError
from neophys.formats.micromed import write, write_sample
from neophys.formats.micromed.tables import HEADER

N = 300
inside = st.integers(0, N - 1)
text = st.text("abc é€", min_size=1, max_size=40).map(str.strip).filter(bool)
spans = st.lists(
    st.tuples(st.integers(1, N - 1), st.none() | st.integers(0, 50)).map(
        lambda s: (s[0], None if s[1] is None else min(s[0] + s[1], N))
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(
    triggers=st.lists(st.tuples(inside, st.integers(1, 65535)), max_size=9),
    notes=st.lists(st.tuples(inside, text), max_size=5),
    events=st.tuples(text, spans),
    cuts=st.lists(st.integers(1, N - 1), unique=True, max_size=4).map(sorted),
    start=st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2155, 12, 31)),
    compact=st.booleans(),
)
def test_what_is_written_is_read(
    triggers: Any, notes: Any, events: Any, cuts: list[int], start: dt.datetime, compact: bool
) -> None:
    segments = [(5000 + 10 * at, at) for at in [0, *cuts]]
    start = start.replace(microsecond=0)
    found = Scanned(
        trc(N, triggers=triggers, notes=notes, event_b=events, segments=segments, start=start,
            compact=compact)
    )  # fmt: skip
    assert found.told == ""
    assert found.contents.metadata.start == start
    assert np.array_equal(found.raw(), frames(N))
    bounds = [*(at for _, at in segments), N]
    where = [[low <= at < high for at in range(N)] for low, high in pairwise(bounds)]

    def ticks(i: int, at: int) -> int:
        return segments[i][0] + at - segments[i][1]

    for i, here in enumerate(where):
        assert found.events("Trigger", i) == [(ticks(i, t), str(c)) for t, c in triggers if here[t]]
        assert found.events("Note", i) == [(ticks(i, t), said) for t, said in notes if here[t]]
        begun = [(t, end) for t, end in events[1] if here[t]]
        table = found.table("Event B", i)
        assert table.ticks.tolist() == [ticks(i, t) for t, _ in begun]
        assert set(table.labels.tolist()) <= {events[0]}
        assert table.durations is not None
        assert np.isnan(table.durations).tolist() == [end is None for _, end in begun]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"channels": []}, "channels: found 0; allowed: 1 to 256"),
        ({"channels": ["A"] * 257}, "channels: found 257"),
        ({"channels": ["A234567", "B"]}, "label: .*must fit into 6 bytes"),
        ({"channels": [{"name": "A"}]}, "electrode has no such field"),
        ({"signals": frames(5, 3)}, r"signals: found 'uint16 \(5, 3\)'"),
        ({"signals": np.zeros((5, 2))}, "signals: found 'float64"),
        ({"signals": np.full((5, 2), 65536)}, "signals: found 65536; allowed: 0 to 65535"),
        ({"signals": np.full((5, 2), -1)}, "signals: found -1"),
        ({"triggers": [(1, 0)]}, "code: found 0; allowed: 1 to 65535"),
        ({"triggers": [(-1, 1)]}, "sample: found -1"),
        ({"triggers": [(2**32 - 1, 1)]}, "sample: found 4294967295"),
        ({"triggers": [(1.5, 1)]}, "allowed: pairs of integers"),
        ({"triggers": [1, 2]}, "allowed: pairs of integers"),
        ({"notes": [(0, " ")]}, "a note at frame 0 needs a text"),
        ({"notes": [(3, "x" * 41)]}, "must fit into 40 bytes"),
        ({"notes": [(3, "Ω")]}, "must have characters of cp1252 only"),
        ({"event_a": ("A", [(0, None)])}, "a record of zeros ends the list"),
        ({"flags": [(0, 0)]}, "a record of zeros"),
        ({"flags": [(1, 2)] * 140_000}, "FLAGS: found 1120008; its zone has at most 1048576 bytes"),
        ({"segments": [(0, 5), (9, 5)]}, "frames must increase"),
        ({"sampling_rate": 70000}, "rate: found 70000"),
        ({"bytes_per_sample": 3}, "found 3; allowed: 1, 2 or 4"),
        ({"start": dt.datetime(2026, 1, 1, 0, 0, 0, 5)}, "must be a whole second"),
        ({"start": dt.datetime(1800, 1, 1)}, "start: found"),
        ({"surnam": "Doe"}, "did you mean 'surname'"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_leaves_nothing(
    wrong: dict[str, Any], told: str, tmp_path: Path
) -> None:
    usual: dict[str, Any] = {"signals": frames(5), "channels": ["A", "B"], "sampling_rate": 100}
    with pytest.raises(HeaderError, match=told):
        write(tmp_path / "a.trc", **{**usual, **wrong})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.trc"
    usual: dict[str, Any] = {"channels": ["A", "B"], "sampling_rate": 100}
    write(path, signals=frames(5), **usual)
    before = path.read_bytes()
    with pytest.raises(NeophysError, match=r"a.trc: the file exists; overwrite=True replaces it"):
        write(path, signals=frames(6), **usual)

    def chunks() -> Iterator[Any]:
        yield frames(3)
        assert len(list(tmp_path.iterdir())) == 2, "the part stands beside the file"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, signals=chunks(), overwrite=True, **usual)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert write(path, signals=frames(6), overwrite=True, **usual) == 6
    assert Scanned(path).samples().n_samples == 6


def test_the_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, kept = tmp_path / "a.trc", []
    monkeypatch.setattr(os, "fsync", lambda descriptor: kept.append(path.exists()))
    write(path, signals=frames(5), channels=["A", "B"], sampling_rate=100)
    assert kept == [False]
    assert path.exists()


def test_chunks_are_written_as_they_come(tmp_path: Path) -> None:
    whole = frames(1000, 3, 4)
    path = tmp_path / "a.trc"
    parts = (part for part in (whole[:1], whole[1:1], whole[1:700].astype("i8"), whole[700:]))
    n = write(path, signals=parts, channels=["A", "B", "C"], sampling_rate=9, bytes_per_sample=4)
    assert n == 1000
    assert np.array_equal(Scanned(path).raw(), whole)


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    chunk, names = np.zeros((20_000, 16), np.int64), [f"E{i}" for i in range(16)]
    triggers = np.array([(i * 2048, 1) for i in range(290)])
    tracemalloc.start()
    try:
        chunks = (chunk for _ in range(30))
        write(
            tmp_path / "a.trc", signals=chunks, channels=names, sampling_rate=2048,
            triggers=triggers,
        )  # fmt: skip
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "a.trc").stat().st_size > 19e6
    assert peak < 6e6


def test_the_sample_is_the_one_that_ships(tmp_path: Path) -> None:
    path = tmp_path / "sample.trc"
    write_sample(path)
    shipped = importlib.resources.files("neophys") / "data" / "sample.trc"
    assert path.read_bytes() == shipped.read_bytes()
    assert path.stat().st_size < 150_000
    with pytest.raises(NeophysError, match="exists"):
        write_sample(path)


def test_the_sample_shows_what_there_is_to_see(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample.trc")
    found = Scanned(tmp_path / "sample.trc")
    assert found.told == ""
    assert (found.stream.sampling_rate, len(found.channel("name"))) == (256.0, 8)
    assert [len(found.table(name)) for name in NAMES] == [28, 3, 2, 0]
    assert set(found.table("Trigger").labels.tolist()) == {"1", "2"}
    values = found.values()
    windows = [values[t - 20 : t + 100] for t in found.table("Trigger").ticks.tolist()]
    average = np.mean(windows, axis=0)[:, found.channel("name").index("Cz")]
    before, early, late = average[:20], average[20:30], average[60:110]
    assert abs(before.mean()) < 3
    assert early.min() < -8, "a first wave within 20 ms of the trigger"
    assert late.mean() > 3, "and a slow one"


def test_documents_itself() -> None:
    rows = {row.name: row for row in HEADER.document()}
    assert rows["data_start"].offset == 138
    assert rows["video_start"].when == "header_type is 3, 4 or 5"


def test_four_byte_samples_are_read_as_a_float64_oracle_has_them(tmp_path: Path) -> None:
    whole = np.random.default_rng(4).integers(0, 2**32, (200, 2), np.uint32)
    fields = [
        {"label": "A", "logic_min": 0, "logic_max": 2**24 - 2, "logic_ground": 2**23},
        {"label": "B", "logic_min": 0, "logic_max": 2**24 - 1, "logic_ground": 0},
    ]
    write(tmp_path / "a.trc", signals=whole, channels=fields, sampling_rate=9, bytes_per_sample=4)
    read = neophys.open(tmp_path / "a.trc").signal.read()
    gain = np.array([6400 / (2**24 - 1), 6400 / 2**24])
    ground = np.array([2**23, 0])
    assert read.dtype == np.float64
    np.testing.assert_allclose(read.values, (whole.astype(np.float64) - ground) * gain, rtol=1e-9)
