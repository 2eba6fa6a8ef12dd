"""Neo's segments out of a recording's pieces: nothing is lost, nothing runs over a gap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.recordings import recording

from neophys.contents import (
    Block,
    Clock,
    Contents,
    Metadata,
    Piece,
    Segment,
    SignalData,
    Stream,
    Subject,
    channel_table,
)
from neophys.errors import GapError
from neophys.layout.records import plain
from neophys.neo import rawio
from neophys.neo.readers.view import Part, ViewStream, as_recorded, at_cuts, stream_view

RATE = 100.0


def made(*streams: list[tuple[int, int]]) -> tuple[Contents, list[ViewStream]]:
    """A recording of streams at 100 Hz, each of pieces (start tick, samples)."""
    table = channel_table(name=["a", "b"], id=["0", "1"], units=["uV", "uV"], gain=1.0, offset=0.0)
    dtype = np.dtype("<i2")
    listed = []
    data = []
    for i, pieces in enumerate(streams):
        listed.append(Stream(str(i), f"s{i}", RATE, table, dtype, Clock(RATE)))
        rows = np.cumsum([0, *(n for _, n in pieces)]).tolist()
        layout = plain(f"f{i}", 0, rows[-1], 2, dtype)
        own = [Piece(t, n, layout, row) for (t, n), row in zip(pieces, rows, strict=False)]
        data.append(SignalData(tuple(own)))
    starts = [t for pieces in streams for t, _ in pieces] or [0]
    stops = [t + n for pieces in streams for t, n in pieces] or [0]
    segment = Segment(tuple(data), (), (), min(starts) / RATE, max(stops) / RATE)
    contents = Contents(
        "made", tuple(listed), (), (), (Block((segment,)),), Metadata(), Subject(), (), ()
    )
    views = [
        stream_view(contents, [Part(i)], name=f"s{i}", id=str(i), dtype="int16")
        for i in range(len(streams))
    ]
    return contents, views


def spans(*streams: list[tuple[int, int]], **ask: Any) -> list[list[tuple[float, int]]]:
    contents, views = made(*streams)
    (segments,) = at_cuts(contents, views, **{"tolerance": 0.0, **ask})
    return [[(span.t_start, span.n_samples) for span in segment.spans] for segment in segments]


def test_without_gaps_there_is_one_segment() -> None:
    assert spans([(0, 100)], [(50, 10)]) == [[(0.0, 100), (0.5, 10)]]
    assert spans([(0, 100)], tolerance=None) == [[(0.0, 100)]]


def test_gaps_of_several_streams_that_overlap_are_one_cut() -> None:
    found = spans([(0, 100), (200, 50)], [(0, 101), (203, 47)])
    assert found == [[(0.0, 100), (0.0, 101)], [(2.0, 50), (2.03, 47)]]


def test_a_stream_that_runs_on_is_divided_and_one_without_samples_has_size_0() -> None:
    found = spans([(0, 100), (200, 50)], [(0, 250)], [(0, 90)])
    assert [[n for _, n in segment] for segment in found] == [[100, 200, 90], [50, 50, 0]]
    assert [segment[1][0] for segment in found] == [0.0, 2.0]


def test_small_gaps_run_together_and_any_is_refused_without_a_tolerance() -> None:
    assert spans([(0, 100), (102, 50)], tolerance=0.05) == [[(0.0, 150)]]
    with pytest.raises(GapError, match=r"'s0': 1 gaps: 20\.000 ms at 1\.0"):
        spans([(0, 100), (102, 50)], tolerance=None)


def test_a_clock_that_jumps_back_begins_a_segment() -> None:
    assert spans([(100, 50), (20, 50)]) == [[(1.0, 50)], [(0.2, 50)]]


def test_events_in_gaps_are_left_out_or_kept() -> None:
    contents, views = made([(0, 100), (200, 50)])
    (inside,) = at_cuts(contents, views, tolerance=0.0)
    assert [segment.limits for segment in inside] == [(0.0, 1.0), (2.0, 2.5)]
    (kept,) = at_cuts(contents, views, tolerance=0.0, keep_events=True)
    assert [segment.limits for segment in kept] == [(-np.inf, np.nextafter(2.0, 0)), (2.0, np.inf)]


def test_as_recorded_gaps_do_not_matter() -> None:
    contents, views = made([(10, 100), (200, 50)])
    ((segment,),) = as_recorded(contents, views)
    assert (segment.t_start, segment.spans[0].n_samples, segment.limits) == (0.1, 150, None)
    ((segment,),) = as_recorded(contents, views, t_start=0.0)
    assert segment.spans[0].t_start == 0.0


PIECES = st.lists(st.tuples(st.integers(2, 40), st.integers(1, 60)), min_size=1, max_size=5)


@given(st.lists(PIECES, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_every_sample_is_in_one_segment_and_none_runs_over_a_gap(gaps: Any) -> None:
    streams = []
    for pairs in gaps:
        tick, pieces = 0, []
        for gap, n in pairs:
            pieces.append((tick + gap, n))
            tick += gap + n
        streams.append(pieces)
    contents, views = made(*streams)
    (segments,) = at_cuts(contents, views, tolerance=0.0)
    for i, pieces in enumerate(streams):
        ticks = [t + j for t, n in pieces for j in range(n)]
        seen = []
        for segment in segments:
            span = segment.spans[i]
            rows = [p.row0 + j for (own,) in [span.pieces] for p in own for j in range(p.n_samples)]
            assert len(rows) == span.n_samples
            if rows:
                own_ticks = [ticks[row] for row in rows]
                assert own_ticks == list(range(own_ticks[0], own_ticks[0] + len(rows)))
                assert span.t_start == pytest.approx(own_ticks[0] / RATE, abs=1e-12)
            seen += rows
        assert seen == list(range(len(ticks)))


def test_readers_have_the_attributes_beside_the_api_that_programs_take() -> None:
    path = recording("ephy_testing_data/plexon/File_plexon_3.plx")
    plexon = rawio.PlexonRawIO(str(path))
    plexon.parse_header()
    assert plexon._global_ssampling_rate == 30000.0
    edf = rawio.EDFRawIO(str(recording("ephy_testing_data/edf/edf+C.edf")))
    edf.parse_header()
    assert edf.edf_header["startdate"] == datetime(2022, 3, 2, 10, 42, 19)
    first = edf.signal_headers[0]
    assert (first["label"], first["sample_frequency"], first["digital_max"]) == ("ch1", 256, 32767)


def test_the_headers_of_neuralynx_files_are_there_by_path_with_neos_names_and_types() -> None:
    folder = recording("ephy_testing_data/neuralynx/Cheetah_v5.6.3/original_data")
    raw = rawio.NeuralynxRawIO(dirname=str(folder), gap_tolerance_ms=1.0)
    raw.parse_header()
    tetrode = raw.file_headers[str(folder / "TT1.ntt")]
    assert tetrode["channel_ids"] == [40, 41, 42, 43]
    assert len(tetrode["bit_to_microVolt"]) == len(tetrode["InputRange"]) == 4
    assert (tetrode["ApplicationName"], tetrode["ApplicationVersion"]) == ("Cheetah", "5.6.3")
    folder = recording("ephy_testing_data/neuralynx/Cheetah_v6.4.1dev/original_data")
    raw = rawio.NeuralynxRawIO(dirname=str(folder), gap_tolerance_ms=1.0)
    raw.parse_header()
    signal = raw.file_headers[str(folder / "CSC1_truncated.ncs")]
    assert (signal["sampling_rate"], signal["ApplicationVersion"]) == (32000.0, "6.4.1.dev0")
    assert signal["recording_opened"] < signal["recording_closed"]
