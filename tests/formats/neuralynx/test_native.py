"""Neuralynx recordings through the native interface: gaps, slices, times, events, spikes."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from tests.formats.neuralynx.build import folder, ncs, ramp
from tests.recordings import each_recording, recording

import neophys
from neophys.errors import GapError, UnsupportedError

ROOT = "ephy_testing_data/neuralynx/"


@pytest.mark.parametrize("path", each_recording("neuralynx", ".ncs"))
def test_every_slice_of_a_real_signal_is_that_of_its_file(path: Path) -> None:
    records = np.memmap(
        path,
        np.dtype([("t", "<u8"), ("c", "<u4"), ("r", "<u4"), ("n", "<u4"), ("s", "<i2", 512)]),
        "r",
        16384,
    )
    whole = np.concatenate([record["s"][: record["n"]] for record in records])
    with neophys.open(path) as rec:
        signal = rec.signal
        assert signal.shape == (len(whole), 1)
        gain = signal.channels["gain"][0]
        random = np.random.default_rng(len(whole))
        edges = [(0, len(whole)), (0, 1), (500, 600), (len(whole) - 3, len(whole))]
        for a, b in [*edges, *np.sort(random.integers(0, len(whole), (20, 2))).tolist()]:
            raw = np.asarray(signal.raw[a:b].read(gaps="skip"))[:, 0]
            assert raw.tolist() == whole[a:b].tolist()
            if b - a < 5000:
                values = np.asarray(signal[a:b].read(gaps="skip"))[:, 0]
                assert values.tobytes() == (whole[a:b].astype("f4") * gain).astype("f4").tobytes()


def test_gaps_are_where_the_recorder_was_stopped() -> None:
    with neophys.open(recording(ROOT + "Cheetah_v5.7.4/original_data")) as rec:
        signal = rec.signal
        assert [len(piece) for piece in signal.pieces] == [342559, 352031, 348447, 351999]
        starts = rec.events["Events"].where("Starting Recording").times
        # Each piece begins 16 us after the recorder said so.
        later = [part.t_start - time for part, time in zip(signal.pieces, starts, strict=True)]
        assert [round(seconds * 1e6) for seconds in later] == [16] * 4
        with pytest.raises(GapError):
            signal[342000:343000].read()
        parts = signal[342000:343000].pieces
        joined = np.concatenate([np.asarray(part.raw.read()) for part in parts])
        assert (joined == np.asarray(signal.raw[342000:343000].read(gaps="skip"))).all()
        after = signal.sel(time=(13.8, 13.9))
        assert after.shape == (3200, 1)
        assert after.t_start == pytest.approx(13.8, abs=1 / 32000)


def test_times_are_exact_to_the_microsecond() -> None:
    start = 1_698_932_395_972_475
    records = [(start, 512), (start + 16000, 512), (start + 1_536_000, 512)]
    with neophys.open(
        folder(a_ncs=ncs(records), b_ncs=ncs([(start - 1, 1)], AcqEntName="b"))
    ) as rec:
        signal = rec["CSC1"]
        assert signal.times[[0, 512, 1024]].tolist() == [0.000001, 0.016001, 1.536001]


def test_streams_of_their_own_timing_are_found_by_channel() -> None:
    with neophys.open(recording(ROOT + "Cheetah_v6.4.1dev")) as rec:
        assert [round(rec[name].t_start * 1e6) for name in ("CSC1", "LFP4", "WE1")] == [
            159906, 0, 375,
        ]  # fmt: skip
        assert rec["WE1"].shape[0] == 512
        np.testing.assert_allclose(np.asarray(rec["WE1"][:3]).ravel(),
                                   [-14730.835, -14721.680, -14715.576], atol=1e-3)  # fmt: skip


def test_waveforms_are_physical_by_channel() -> None:
    with neophys.open(recording(ROOT + "Cheetah_v5.6.3")) as rec:
        (train,) = rec.spikes
        assert train.waveforms.shape == (5699, 4, 32)
        expected = np.array([-849, -2580, -2717, -3389]) * -0.00457777638
        np.testing.assert_allclose(train.waveforms[0, :, 0], expected, rtol=1e-6)
        assert train.times[0] == (358815958 - 358534739) / 1e6
        assert not train.sorted


def test_a_recording_travels() -> None:
    path = recording(ROOT + "Cheetah_v5.5.1")
    with neophys.open(path, exclude="STet3b.nse") as rec:
        again = pickle.loads(pickle.dumps(rec))
        assert len(again.spikes) == 1
        assert (np.asarray(again.signal.raw[5:9]) == np.asarray(rec.signal.raw[5:9])).all()


def test_bytes_need_no_name() -> None:
    with neophys.open(ncs([(7, 512)])) as rec:
        assert rec.format == "neuralynx"
        assert np.asarray(rec.signal.raw[:]).ravel().tolist() == ramp(0, 512).tolist()


def test_video_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="video tracking"):
        neophys.open(recording(ROOT + "Cheetah_v5.6.3/original_data/VT1.nvt"))
