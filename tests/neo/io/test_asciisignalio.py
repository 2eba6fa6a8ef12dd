"""Signals in text files: as Neo reads them, and where it is wrong, right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from tests.recordings import recording

from neophys import neo
from neophys.errors import HeaderError, MissingFileError
from neophys.neo.io import AsciiSignalIO

REAL = "ephy_testing_data/asciisignal/"
TABLE = np.array([[1.5, -2, 3], [4, 5e-3, 6], [7, 8, 9.25], [10, 11, 12]])


def text(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def table(path: Path, numbers: Any = TABLE, delimiter: str = "\t") -> str:
    np.savetxt(path, numbers, delimiter=delimiter)
    return str(path)


def values(io: Any) -> Any:
    """(samples, signals) of all columns."""
    segment = io.read_segment()
    signals = [*segment.analogsignals, *segment.irregularlysampledsignals]
    return np.concatenate([signal.magnitude for signal in signals], axis=1)


@pytest.mark.parametrize("mode", ["split-all", "all-in-one"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("File_asciisignal_3.txt", {}),
        ("File_asciisignal_3.txt", {"skiprows": 1, "units": "mV", "usecols": [3, 0]}),
        ("File_asciisignal_3.txt", {"skiprows": 1, "method": "csv", "t_start": 2.5}),
        ("File_asciisignal_3.txt", {"skiprows": 1, "method": "homemade"}),
        ("File_asciisignal_1.asc", {"skiprows": 12, "delimiter": ","}),
        ("File_asciisignal_1.asc", {"skiprows": 12, "delimiter": " ", "method": "homemade"}),
    ],
    ids=str,
)
def test_real_files_are_what_they_are_in_neo(name: str, arguments: Any, mode: str) -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    path = str(recording(REAL + name))
    read = []
    for lib in (referee, neo):
        io = lib.io.AsciiSignalIO(path, signal_group_mode=mode, **arguments)
        read.append(io.read_block().segments[0].analogsignals)
    assert len(read[0]) == len(read[1])
    for theirs, ours in zip(*read, strict=True):
        assert ours.magnitude.dtype == theirs.magnitude.dtype
        assert np.array_equal(ours.magnitude, theirs.magnitude, equal_nan=True)
        for name in ("name", "units", "t_start", "sampling_rate"):
            assert str(getattr(ours, name)) == str(getattr(theirs, name))
        assert ours.annotations == theirs.annotations
        for key, column in theirs.array_annotations.items():
            assert np.array_equal(ours.array_annotations[key], column)


@pytest.mark.parametrize("method", ["genfromtxt", "csv", "homemade"])
@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        ("1.5\t-2\t3\n4\t5e-3\t6\n", {}),
        ("1.5\t-2\t3\r\n4\t5e-3\t6", {}),
        ("1.5\t-2\t3\r4\t5e-3\t6\r", {}),
        ("\n1.5\t-2\t3\n\n4\t5e-3\t6\n\n\n", {}),
        ("\ufeff1.5\t -2\t3\n4\t5e-3 \t6\n", {}),
        ("1.5,-2,3\n4,5e-3,6\n", {"delimiter": ","}),
        ("Ä\tb\n# c\n1.5\t-2\t3\n4\t5e-3\t6\n", {"skiprows": 2}),
        ("Ä\tb\n# c\n1.5\t-2\t3\n4\t5e-3\t6\n".encode("latin-1"), {"skiprows": 2}),
        ("0\t1.5\t-2\t3\n0\t4\t5e-3\t6\n", {"usecols": [1, 2, 3]}),
        ("0\t1.5\t-2\t3\n0\t4\t5e-3\t6\n", {"usecols": (-3, -2, -1)}),
    ],
    ids=repr,
)
def test_clean_files_are_read_by_all_methods(
    tmp_path: Path, method: str, content: Any, arguments: Any
) -> None:
    io = AsciiSignalIO(text(tmp_path / "a.txt", content), method=method, **arguments)
    assert np.array_equal(values(io), TABLE[:2].astype("float32"))


def test_a_single_column_may_be_chosen_by_number(tmp_path: Path) -> None:
    path = table(tmp_path / "a.txt")
    for method in ("genfromtxt", "csv", "homemade"):
        for mode in ("split-all", "all-in-one"):
            io = AsciiSignalIO(path, usecols=0, method=method, signal_group_mode=mode)
            assert values(io)[:, 0].tolist() == [1.5, 4, 7, 10]


def test_each_method_has_its_own_idea_of_cells(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = text(tmp_path / "a.txt", '1;;2;\n3;x;4;""5\n')
    made = values(AsciiSignalIO(path, delimiter=";"))
    assert np.array_equal(made, np.array([[1, np.nan, 2, np.nan], [3, np.nan, 4, np.nan]]),
                          equal_nan=True)  # fmt: skip
    assert "1 cells are no numbers, read as NaN: first line 2, column 2" in caplog.text
    quoted = text(tmp_path / "b.txt", '"1";2\n"3";4\n')
    assert values(AsciiSignalIO(quoted, delimiter=";", method="csv")).tolist() == [[1, 2], [3, 4]]
    runs = text(tmp_path / "c.txt", "  1    2\n3 4  \n")
    assert values(AsciiSignalIO(runs, delimiter=" ", method="homemade")).tolist() == [
        [1, 2],
        [3, 4],
    ]
    double = text(tmp_path / "d.txt", "1  2\n3  4\n")
    assert values(AsciiSignalIO(double, delimiter="  ")).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("content", "method", "match"),
    [
        ("1\t2\n3\tspam\n", "csv", r"line 2, column 2: found 'spam'; must be a number"),
        ("1\t2\n3\tspam\n", "homemade", r"line 2, column 2: found 'spam'; must be a number"),
        ("1\t2\n\t3\n", "csv", r"line 2, column 1: found ''"),
        ("a\tb\n1\t2\n", "csv", r"line 1, column 1: found 'a'"),
        ("1\t2\n3\n", "csv", r"line 2: found 1; must be 2 columns"),
        ("1\t2\n\n3\t4\t5\n", "homemade", r"line 3: found 3; must be 2 columns"),
        ("title\n1\t2\n", "genfromtxt", r"line 2: found 2; must be 1 columns.*skiprows"),
        ("\n \n", "genfromtxt", "no numbers"),
        ('""x\n', "genfromtxt", "only comments"),
        ("", "csv", "no numbers after 0 lines"),
    ],
    ids=repr,
)
def test_what_is_malformed_is_named_by_line_and_column(
    tmp_path: Path, content: str, method: str, match: str
) -> None:
    io = AsciiSignalIO(text(tmp_path / "a.txt", content), method=method)
    with pytest.raises(HeaderError, match=r"a\.txt: .*" + match):
        io.read_segment()


@pytest.mark.parametrize("mode", ["split-all", "all-in-one"])
@pytest.mark.parametrize("column", [0, 2, -1])
def test_a_column_of_times(tmp_path: Path, mode: str, column: int) -> None:
    steps = np.arange(1000) * 0.1 + 3e5  # float32 would not tell them apart
    for times, kind in ((steps, "analogsignals"), (steps**2, "irregularlysampledsignals")):
        numbers = np.insert(np.arange(2000.0).reshape(-1, 2), column % 3, times, axis=1)
        segment = AsciiSignalIO(
            table(tmp_path / "a.txt", numbers), timecolumn=column, time_units="ms",
            units="mV", signal_group_mode=mode,
        ).read_segment()  # fmt: skip
        signals = getattr(segment, kind)
        assert len(signals) == (1 if mode == "all-in-one" else 2)
        assert np.concatenate([s.magnitude for s in signals], axis=1).tolist() == (
            np.arange(2000.0).reshape(-1, 2).tolist()
        )
        for signal in signals:
            assert np.allclose(signal.times.rescale("ms").magnitude, times, rtol=1e-12)
            assert signal.units == pq.mV
            assert "t_start" not in signal.annotations
        if mode == "all-in-one":
            kept = [i for i in range(3) if i != column % 3]
            assert signals[0].array_annotations["channel_index"].tolist() == kept


def test_times_that_do_not_rise_evenly_are_irregular(tmp_path: Path) -> None:
    for times in ([5.0], [3.0, 2.0, 1.0], [1.0, 1.0]):
        numbers = np.column_stack([times, np.arange(len(times)), np.arange(len(times))])
        path = table(tmp_path / "a.txt", numbers)
        segment = AsciiSignalIO(path, timecolumn=0, method="csv").read_segment()
        assert segment.irregularlysampledsignals[0].times.magnitude.tolist() == times


def test_wrong_columns_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.txt")
    for arguments in ({"usecols": [0, 3]}, {"timecolumn": 3}, {"timecolumn": -4}):
        with pytest.raises(HeaderError, match="there are 3 columns, from 0"):
            AsciiSignalIO(path, **arguments).read_segment()


def test_functions_may_read(tmp_path: Path) -> None:
    def one(filename: Any, usecols: Any) -> Any:
        return np.arange(5.0) if usecols is None else np.zeros(usecols)

    assert values(AsciiSignalIO("nowhere", method=one)).tolist() == [[0], [1], [2], [3], [4]]
    with pytest.raises(ValueError, match="1 or 2 dimensions, not 3"):
        AsciiSignalIO("nowhere", method=one, usecols=(2, 2, 2)).read_segment()
    with pytest.raises(TypeError, match="not list"):
        AsciiSignalIO("nowhere", method=lambda *_: [1]).read_segment()
    with pytest.raises(ValueError, match="'genfromtxt', 'csv', 'homemade' or a function"):
        AsciiSignalIO("nowhere", method="guess")


def signals(*arrays: Any, **more: Any) -> Any:
    made = neo.Segment()
    given = {"units": "pA", "sampling_rate": 2 * pq.kHz, "t_start": 3 * pq.s} | more
    made.analogsignals.extend(neo.AnalogSignal(array, **given) for array in arrays)
    return made


@pytest.mark.parametrize("timecolumn", [None, 0])
def test_what_is_written_is_read(tmp_path: Path, timecolumn: int | None) -> None:
    path, about = tmp_path / "a.txt", tmp_path / "a_about.json"
    data = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    io = AsciiSignalIO(path, metadata_filename=about, timecolumn=timecolumn, time_units="ms")
    block = neo.Block()
    block.segments.append(signals(data[:, :2], data[:, 2:]))
    io.write_block(block)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.txt", "a_about.json"]
    # The reader that wrote, one that is told, one that finds the file beside.
    same = AsciiSignalIO(
        path, timecolumn=timecolumn, time_units="ms", sampling_rate=2 * pq.kHz, units="pA",
        t_start=3 * pq.s, metadata_filename=tmp_path / "none",
    )  # fmt: skip
    for reader in (io, same, AsciiSignalIO(str(path))):
        read = reader.read_segment().analogsignals
        assert np.array_equal(np.concatenate([s.magnitude for s in read], axis=1), data)
        assert read[0].units == pq.pA
        assert abs(float(read[0].t_start.rescale("s")) - 3) < 1e-12
        assert abs(float(read[0].sampling_rate.rescale("Hz")) - 2000) < 1e-9


def test_metadata_can_be_written_beside(tmp_path: Path) -> None:
    io = AsciiSignalIO(table(tmp_path / "a.b.txt"), usecols=np.array([2, 1]), method=np.atleast_2d)
    assert io.write_metadata() == str(tmp_path / "a.b_about.json")
    said = json.loads((tmp_path / "a.b_about.json").read_text())
    assert said["usecols"] == [2, 1]
    assert said["sampling_rate"] == {"value": 1.0, "units": "Hz"}
    assert "method" not in said
    again = AsciiSignalIO(io.filename, t_start=1.5, usecols=0)
    assert again.usecols == [2, 1]
    assert again.t_start == 0 * pq.s


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("{", "line 1, column 2"),
        ("[]", r"found \[\]; must be a JSON object"),
        ('{"t_start": 3}', "t_start: found 3; must be"),
        ('{"units": "spam"}', "units: found 'spam'; must be"),
    ],
    ids=repr,
)
def test_malformed_metadata_is_named(tmp_path: Path, content: str, match: str) -> None:
    text(tmp_path / "a_about.json", content)
    with pytest.raises(HeaderError, match=r"a_about\.json: " + match):
        AsciiSignalIO(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("made", "match"),
    [
        (signals(), "no analog signals"),
        (signals(np.ones((3, 1)), np.ones((4, 1))), "length differs: 3 and 4"),
    ],
    ids=["none", "lengths"],
)
def test_what_does_not_fit_is_not_written(tmp_path: Path, made: Any, match: str) -> None:
    path = text(tmp_path / "a.txt", "as it was")
    with pytest.raises(OSError, match=match):
        AsciiSignalIO(path).write_segment(made)
    for name, value in (("units", "mV"), ("sampling_rate", 1 * pq.Hz), ("t_start", 0 * pq.s)):
        odd = signals(np.ones((3, 1)))
        odd.analogsignals.append(signals(np.ones((3, 1)), **{name: value}).analogsignals[0])
        with pytest.raises(OSError, match=f"{name} differs"):
            AsciiSignalIO(path).write_segment(odd)
    with pytest.raises(NotImplementedError):
        AsciiSignalIO(path, timecolumn=1).write_segment(signals(np.ones((3, 1))))
    with pytest.raises(ValueError, match="not of 0"):
        AsciiSignalIO(path).write_block(neo.Block())
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"as it was"}


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        AsciiSignalIO(tmp_path / "a.txt").read_block()
    with pytest.raises(NotImplementedError):
        AsciiSignalIO(tmp_path / "a.txt").read_segment(lazy=True)


def test_the_class_declares_what_neos_does() -> None:
    referee = pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")
    theirs = referee.io.AsciiSignalIO
    for name in ("name", "description", "extensions", "mode", "is_readable", "is_writable",
                 "support_lazy", "has_header", "is_streameable"):  # fmt: skip
        assert getattr(AsciiSignalIO, name) == getattr(theirs, name), name
    for name in ("supported_objects", "readable_objects", "writeable_objects"):
        both = ([kind.__name__ for kind in getattr(io, name)] for io in (AsciiSignalIO, theirs))
        assert next(both) == next(both), name
    for name in ("read_params", "write_params"):
        both = (list(getattr(io, name).values()) for io in (AsciiSignalIO, theirs))
        assert next(both) == next(both), name


@pytest.mark.parametrize(
    "said",
    [
        '{"units": "[1]"}', '{"units": 5}', '{"skiprows": "x"}', '{"skiprows": -1}',
        '{"usecols": [1.5]}', '{"timecolumn": "a"}', '{"signal_group_mode": "each"}',
        '{"delimiter": 5}', '{"method": "os.system"}', '{"t_start": {"value": [1], "units": "s"}}',
        '{"sampling_rate": {"value": 1, "units": "9**9**9"}}', '{"skiprows": ' + "9" * 5000 + "}",
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_the_file_beside_the_data_may_not_say_is_an_error(said: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1\t2\n")
    (tmp_path / "a_about.json").write_text(said)
    with pytest.raises(HeaderError, match=r"a_about\.json"):
        AsciiSignalIO(tmp_path / "a.txt")


def test_a_cell_without_end_is_an_error(tmp_path: Path) -> None:
    path = text(tmp_path / "a.txt", '1,2\n3,"' + "x" * 200_000)
    with pytest.raises(HeaderError, match=r"a\.txt: line 2: .*field larger"):
        values(AsciiSignalIO(path, delimiter=",", method="csv"))
