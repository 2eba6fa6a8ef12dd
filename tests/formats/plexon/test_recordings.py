"""Real plx files hold what the maker's own reader says they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from tests.formats.plexon.scanned import Scanned, scan
from tests.recordings import each_recording, recording

from neophys.errors import HeaderError

OMNIPLEX = "plexon/buzcode-plexonSDK/16sp_lfp_with_2coords.plx"
MAP = "ephy_testing_data/plexon/File_plexon_1.plx"
ELPHY = "ephy_testing_data/plexon/File_plexon_3.plx"


def first_spikes(found: Scanned, unit: str, n: int) -> tuple[list[int], list[int]]:
    """(ticks, samples of the first waveform)"""
    return (
        found.spikes(unit).ticks[:n].tolist(),
        found.waveforms(unit)[0, 0, :n].tolist(),
    )


def test_omniplex_with_blocks_of_six_and_seven_samples() -> None:
    found = scan(recording(OMNIPLEX))
    (stream,) = found.contents.streams
    assert (stream.name, stream.sampling_rate, stream.clock.rate) == ("FP", 1000, 40000)
    assert stream.channels["name"].tolist() == [f"FP{i + 1:02}" for i in range(16)]
    assert stream.channels["id"].tolist() == [str(128 + i) for i in range(16)]
    assert set(stream.channels["gain"].tolist()) == {7.62939453125e-05}
    assert found.starts() == [(181, 15962)]
    samples = found.samples()
    whole = samples.raw(0, 15962)
    assert whole[:3, [0, 15]].T.tolist() == [[-1300, -1486, -1824], [-264, -230, -88]]
    assert whole[-3:, 0].tolist() == [7428, 7596, 7713]
    physical = samples.physical(0, 3, slice(0, 1), dtype="f8")[:, 0]
    assert physical.tolist() == [-0.09918212890625, -0.113372802734375, -0.13916015625]
    rng = np.random.default_rng(1)
    for start, stop in np.sort(rng.integers(0, 15963, (100, 2))).tolist():
        assert (samples.raw(start, stop) == whole[start:stop]).all()
    strobed = found.events(257)
    assert (len(strobed), strobed.labels[:3].tolist()) == (1924, ["22009", "22731", "24282"])
    assert found.events(259).ticks.tolist() == [644882]
    assert len(found.spikes("ch1#0")) == 1154
    assert first_spikes(found, "ch1#0", 3)[1] == [509, 1828, 3177]
    assert found.spikes("ch1#0").ticks[0] == 1437
    assert sum(len(found.spikes(u.id)) for u in found.contents.spike_units) == 9294
    assert found.contents.metadata.software == "OmniPlex 1.1.9"
    assert (found.segment.start, found.segment.stop) == (0, 644882 / 40000)
    assert not found.issues


def test_the_threshold_is_crossed_where_the_header_says() -> None:
    found = scan(recording(OMNIPLEX))
    unit = found.contents.spike_units[0]
    # Negative: the waveform goes down to it; the maker's software marks sample `pre_samples`.
    crossed = (found.waveforms("ch1#0")[:, 0] <= unit.channels["threshold"][0]).argmax(axis=1)
    assert (crossed == unit.pre_samples).all()


def test_map_with_spikes_only() -> None:
    found = scan(recording(MAP))
    units = found.contents.spike_units
    assert not found.contents.streams
    assert [len(found.spikes(unit.id)) for unit in units] == [5376, 8956, 6414, 3971]
    assert {unit.sampling_rate for unit in units} == {40000}  # the header has 0
    assert first_spikes(found, "ch1#0", 3) == ([1100, 2273, 3410], [-60, -13, 37])
    assert first_spikes(found, "ch4#0", 3) == ([52, 341, 483], [37, 31, 21])
    assert units[0].channels["gain"][0] * -60 == -0.087890625
    assert found.segment.stop == 2995673 / 40000
    assert not found.issues


def test_a_converted_file_with_its_short_last_block() -> None:
    found = scan(recording(ELPHY))
    assert [stream.name for stream in found.contents.streams] == ["V"]
    assert found.starts() == [(0, 600806)]
    samples = found.samples()
    assert samples.physical(0, 3, dtype="f8")[:, 0].tolist() == [
        1630.859375,
        1525.87890625,
        1389.16015625,
    ]
    assert np.count_nonzero(samples.raw(600806 - 52, 600806)) == 48
    assert first_spikes(found, "ch1#0", 3) == ([90, 420, 708], [-449, -206, 34])
    assert found.contents.spike_units[0].channels["gain"][0] == 7.32421875e-05
    assert sum(len(found.spikes(u.id)) for u in found.contents.spike_units) == 8351
    assert found.contents.metadata.start == datetime(2010, 2, 22, 20, 0, 57)
    assert found.segment.stop == 600.806
    assert not found.issues


def test_a_tick_rate_of_0_is_refused_by_name() -> None:
    path = recording("plexon/buzcode-plexonSDK/ts_freq_zero.plx")
    with pytest.raises(HeaderError, match=r"ts_freq_zero\.plx: byte 136: tick_rate: found 0"):
        scan(path)


SOUND = [p for p in each_recording("plexon", ".plx") if "ts_freq_zero" not in str(p.id)]


@pytest.mark.parametrize("path", SOUND)
def test_path_and_bytes_hold_the_same(path: Any) -> None:
    one, two = scan(path), scan(path.read_bytes())
    assert one.starts() == two.starts() if one.contents.streams else not two.contents.streams
    for unit in one.contents.spike_units:
        assert (one.spikes(unit.id).ticks == two.spikes(unit.id).ticks).all()
