"""Spike trains in text files, one a line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import quantities as pq

from neophys import neo
from neophys.errors import HeaderError, MissingFileError
from neophys.neo.io import AsciiSpikeTrainIO


def read(path: Path, content: str | bytes, **arguments: Any) -> list[Any]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(AsciiSpikeTrainIO(path).read_segment(**arguments).spiketrains)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1.5\t2\t\n3\t\n", [[1.5, 2], [3]]),
        ("1.5\t2\r\n3\t4.25", [[1.5, 2], [3, 4.25]]),
        ("\t1.5\t2\n\n0.5\n", [[1.5, 2], [], [0.5]]),
        ("\n\t\n", [[], []]),
        ("", []),
        ("3\t1\t2\n", [[3, 1, 2]]),
        ("\ufeff1\n2\n", [[1], [2]]),
    ],
    ids=repr,
)
def test_a_train_a_line(tmp_path: Path, content: str, expected: Any) -> None:
    trains = read(tmp_path / "a.txt", content)
    assert [train.magnitude.tolist() for train in trains] == expected
    for i, train in enumerate(trains):
        assert train.annotations == {"channel_index": i}
        assert train.t_start == 0 * pq.s
        assert train.t_stop == max(expected[i], default=0) * pq.s


def test_units_delimiters_and_starts(tmp_path: Path) -> None:
    (train,) = read(tmp_path / "a.txt", "5,6.125\n", delimiter=",", unit="ms", t_start=4 * pq.ms)
    assert train.units == pq.ms
    assert train.magnitude.tolist() == [5, 6.125]
    assert (train.t_start, train.t_stop) == (4 * pq.ms, 6.125 * pq.ms)
    with pytest.raises(ValueError, match="t_start"):
        read(tmp_path / "a.txt", "5\n", t_start=6 * pq.s)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("1\t2\n3\tspam\t4\n", r"line 2, column 2: found 'spam'; must be a number"),
        ("1\t\t2\n", r"line 1, column 2: found ''"),
        ("1.5 s\t\n", r"line 1, column 1: found '1.5 s'"),
    ],
    ids=repr,
)
def test_what_is_no_time_is_named_by_line_and_column(
    tmp_path: Path, content: str, match: str
) -> None:
    with pytest.raises(HeaderError, match=r"a\.txt: " + match):
        read(tmp_path / "a.txt", content)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    times = np.sort(np.random.default_rng(0).uniform(0, 9000, 200))
    segment = neo.Segment()
    segment.spiketrains.append(neo.SpikeTrain(times, units="ms", t_stop=9001))
    segment.spiketrains.append(neo.SpikeTrain([], units="s", t_stop=9))
    segment.spiketrains.append(neo.SpikeTrain([0.1, 0.2], units="s", t_stop=9))
    for delimiter in ("\t", ";"):
        io = AsciiSpikeTrainIO(str(tmp_path / "a.txt"))
        io.write_segment(segment, delimiter=delimiter)
        trains = io.read_segment(delimiter=delimiter).spiketrains
        assert (
            trains[0].magnitude.tolist() == segment.spiketrains[0].rescale("s").magnitude.tolist()
        )
        assert [len(train) for train in trains] == [200, 0, 2]
        assert trains[2].magnitude.tolist() == [0.1, 0.2]
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_train_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1\n")
    segment: Any = SimpleNamespace(spiketrains=[neo.SpikeTrain([1.0], units="s", t_stop=2), None])
    with pytest.raises(AttributeError):
        AsciiSpikeTrainIO(tmp_path / "a.txt").write_segment(segment)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.txt": "1\n"}


def test_a_file_is_what_it_is_in_neo(tmp_path: Path) -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    times = np.random.default_rng(1).uniform(0, 5, (100, 20))
    (tmp_path / "a.txt").write_text(
        "".join("".join(f"{x:f}\t" for x in row) + "\n" for row in times)
    )
    segments = [
        lib.io.AsciiSpikeTrainIO(str(tmp_path / "a.txt")).read_segment() for lib in (referee, neo)
    ]
    assert segments[0].file_origin == segments[1].file_origin
    trains = [segment.spiketrains for segment in segments]
    assert len(trains[0]) == len(trains[1]) == 100
    for theirs, ours in zip(*trains, strict=True):
        assert np.array_equal(ours.magnitude.astype("float32"), theirs.magnitude)
        assert np.float32(ours.t_stop) == np.float32(theirs.t_stop)
        assert ours.annotations == theirs.annotations


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        AsciiSpikeTrainIO(tmp_path / "a.txt").read_segment()
    with pytest.raises(OSError, match="lazily"):
        AsciiSpikeTrainIO(tmp_path / "a.txt").read_segment(lazy=True)


def test_the_class_declares_what_neos_does() -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    theirs = referee.io.AsciiSpikeTrainIO
    for name in ("name", "description", "extensions", "mode", "is_readable", "is_writable",
                 "support_lazy", "has_header", "is_streameable"):  # fmt: skip
        assert getattr(AsciiSpikeTrainIO, name) == getattr(theirs, name), name
    for name in ("supported_objects", "readable_objects", "writeable_objects"):
        both = ([kind.__name__ for kind in getattr(io, name)] for io in (AsciiSpikeTrainIO, theirs))
        assert next(both) == next(both), name
    for name in ("read_params", "write_params"):
        both = (list(getattr(io, name).values()) for io in (AsciiSpikeTrainIO, theirs))
        assert next(both) == next(both), name
