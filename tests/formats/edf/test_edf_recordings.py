"""EDF and BDF on real recordings: values as the specification's table has them, and referees."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.formats.edf.opened import Opened
from tests.recordings import each_recording, recording

import neophys

PYEDFLIB = pytest.importorskip("pyedflib")

#: What EDFlib does not open: EDF+D, a count of -1 or with blanks before it, an impossible date.
REFUSED = {
    "MB0400FU.EDF", "eeglab/test.bdf", "mne-python/test.bdf",
    "test_uneven_samp_one_byte_too_long.edf",
}  # fmt: skip

ALL = each_recording("edf", ".edf", ".bdf")

#: path: variant, {rate: (channels, samples)}, first samples of the first and the last signal
TABLE: dict[str, tuple[str, dict[float, tuple[int, int]], list[float], list[float]]] = {
    "ephy_testing_data/edf/edf+C.edf": (
        "EDF+C", {256.0: (5, 256)}, [59.04325932707712, -67.91180285343708, -37.11299305714505],
        [-74.50370031280995, -52.652780956740685, 126.78110933089187],
    ),
    "edf/mne-python/duplicate_channel_labels.edf": (
        "EDF+C", {250.0: (3, 2500)}, [44.6, 44.8, 44.6], [17.2, 16.8, 17.0],
    ),
    "edf/mne-python/test.edf": ("EDF+C", {512.0: (139, 3072)}, [-15, -3, -3], [4352, 0, 0]),
    "edf/mne-python/test_uneven_samp.edf": (
        "EDF", {100.0: (1, 11000), 12.8: (1, 1408)}, [0, 0.9375, 1.8408203125], [1, 1, 1],
    ),
    "edf/EDF.jl/test_uneven_samp_one_byte_too_long.edf": (
        "EDF", {100.0: (1, 11000), 12.8: (1, 1408)}, [0, 0.9375, 1.8408203125], [1, 1, 1],
    ),
    "edf/mne-python/test_edf_stim_channel.edf": (
        "EDF", {128.0: (25, 1228)}, [175940.65629053177, 175941.09384298467, 175942.8753337911],
        [0, 0, 0],
    ),
    "edf/mne-testing-data/subsecond_starttime.edf": (
        "EDF+C", {512.0: (3, 2560)}, [6.247302967880387, 6.778988326848776, 8.90572976272233],
        [-0.9304493781948324, -0.39876401922634225, -2.5255054551003027],
    ),
    "edf/edfio/test_subsecond.bdf": (
        "BDF+C", {128.0: (1, 89344)}, [6.247302967880387, 7.576516365301359, 10.234943160143303],
        [6.247302967880387, 7.576516365301359, 10.234943160143303],
    ),
    "edf/mne-testing-data/chtypes_edf.edf": (
        "EDF+C", {200.0: (42, 1000)}, [97.26564942949415, 84.47268297093655, 82.22658962325085],
        [-6001465, -6001465, -6001465],
    ),
    "edf/mne-testing-data/MB0400FU.EDF": (
        "EDF+D", {200.0: (25, 5800)},
        [-193.16083415258788, -297.066769631129, 109.27965661530834], [-11502.9] * 3,
    ),
    "edf/mne-testing-data/test_utf8_annotations.edf": (
        "EDF+C", {200.0: (11, 2000)}, [99.99237048905161] * 3,
        [99.99237048905161, 0.015259021896667946, -99.96185244525827],
    ),
    "edf/mne-testing-data/SC4001EC-Hypnogram.edf": ("EDF+C", {}, [], []),
    "edf/edfio/SC4001EC-Hypnogram.bdf": ("BDF+C", {}, [], []),
    "edf/mne-python/test.bdf": (
        "BDF", {2048.0: (73, 2048)}, [14660.582285021665, 14655.144795068773, 14647.05106002395],
        [-6815744] * 3,
    ),
    "edf/eeglab/test.bdf": (
        "BDF", {256.0: (17, 15360)},
        [-526.6094063883647, -521.9844061126933, -526.4844063809142], [1900799] * 3,
    ),
    "edf/EDF.jl/bdf_test.bdf": (
        "BDF+C", {250.0: (8, 18250)},
        [-1.4185906302300282, -3.4689905327104498, -3.6120416886988096],
        [-1.8715859575022478, -3.397464954701718, -4.231930031295633],
    ),
    "edf/EDF.jl/evt.bdf": ("BDF+C", {1.0: (1, 1081)}, [0.022351743129547685] * 3,
                           [0.022351743129547685] * 3),
    "edf/pyedflib/test_generator.bdf": (
        "BDF+C",
        {1000.0: (1, 30000), 800.0: (1, 24000), 500.0: (1, 15000), 975.0: (1, 29250),
         999.0: (1, 29970)},
        [31.410636389889078, 62.79033796729664, 94.10816991973934],
        [-627.7998463988215, 937.3897276753023, 849.5899349206643],
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", TABLE)
def test_values_are_those_of_the_specification(path: str) -> None:
    variant, rates, first, last = TABLE[path]
    file = Opened(recording(path))
    assert file.contents.metadata.other["variant"] == variant
    streams = file.contents.streams
    assert {
        s.sampling_rate: (len(s.channels), file.samples(i).n_samples)
        for i, s in enumerate(streams)
    } == rates  # fmt: skip
    if streams:
        np.testing.assert_allclose(file.values(0)[:3, 0], first, rtol=1e-9)
        np.testing.assert_allclose(file.values(len(streams) - 1)[:3, -1], last, rtol=1e-9)


#: path: how many annotations, and some of them by number
NOTES: dict[str, tuple[int, dict[int, tuple[float, float | None, str]]]] = {
    "edf/mne-python/test.edf": (
        5,
        {0: (0, None, "start"), 1: (0.1344, 0.256, "type A"), 2: (0.3904, 1.0, "type A"),
         4: (2.5, 2.5, "type A")},
    ),
    "edf/mne-testing-data/subsecond_starttime.edf": (
        2, {0: (1.9511719, None, "XLSpike"), 1: (3.4921875, None, "Clip Note")},
    ),
    "edf/mne-testing-data/chtypes_edf.edf": (
        8,
        {0: (0, None, "+0.000000"), 1: (0, None, "Segment: REC START LTM+6 EEG"),
         2: (0, None, "A1+A2 OFF"), 7: (2.0, None, "starts turning head")},
    ),
    "edf/mne-testing-data/MB0400FU.EDF": (4, {0: (0, None, "+0.000000")}),
    "edf/mne-testing-data/test_utf8_annotations.edf": (
        2, {0: (0, None, "RECORD START"), 1: (2.0, 0.5, "仰卧")},
    ),
    "edf/mne-testing-data/SC4001EC-Hypnogram.edf": (
        154, {0: (0, 30630, "Sleep stage W"), 153: (79500, 6900, "Sleep stage ?")},
    ),
    "edf/edfio/SC4001EC-Hypnogram.bdf": (154, {153: (79500, 6900, "Sleep stage ?")}),
    "edf/EDF.jl/evt.bdf": (
        1081,
        {0: (270.756, 0, "200"), 1: (418.134, 0, "222"), 2: (418.914, 0, "31"),
         1080: (2003.567, 0, "255")},
    ),
    "edf/pyedflib/test_utf8.edf": (5, {}),
}  # fmt: skip


@pytest.mark.parametrize("path", NOTES)
def test_annotations_are_those_of_the_specification(path: str) -> None:
    n, some = NOTES[path]
    notes = Opened(recording(path)).notes()
    assert len(notes) == n
    assert {i: notes[i] for i in some} == some


@pytest.mark.parametrize("path", ALL)
def test_edflib_agrees(path: Path) -> None:
    if path.as_posix().endswith(tuple(REFUSED)):
        with pytest.raises(OSError, match=re.escape(path.name)):
            PYEDFLIB.EdfReader(str(path))
        return
    file = Opened(path)
    with PYEDFLIB.EdfReader(str(path)) as other:
        labels = other.getSignalLabels()
        for i, stream in enumerate(file.contents.streams):
            raw, values = file.raw(i), file.values(i)
            for column, row in enumerate(stream.channels):
                signal = int(row["id"])
                assert row["name"] == labels[signal]
                assert stream.sampling_rate == pytest.approx(other.getSampleFrequency(signal))
                theirs = other.readSignal(signal, digital=True)
                np.testing.assert_array_equal(raw[:, column], theirs)
                span = abs(row["physical_max"] - row["physical_min"])
                theirs = other.readSignal(signal)
                np.testing.assert_allclose(values[:, column], theirs, rtol=0, atol=1e-10 * span)
        if any(channel.name == "annotations" for channel in file.contents.event_channels):
            times, lengths, texts = other.readAnnotations()
            notes = file.notes()
            np.testing.assert_allclose([note[0] for note in notes], times, rtol=0, atol=1e-9)
            # EDFlib marks a point by -1.
            points = [-1 if note[1] is None else note[1] for note in notes]
            np.testing.assert_allclose(points, lengths, rtol=0, atol=1e-9)
            assert [note[2] for note in notes] == texts.tolist()


STATUS: dict[str, tuple[int, list[float], list[str]]] = {
    "edf/mne-python/test.bdf": (1, [589 / 2048], ["128"]),
    "edf/mne-python/test_bdf_stim_channel.bdf": (9, [0.484, 0.62, 1.904], ["4", "2", "1"]),
    "edf/eeglab/test.bdf": (80, [0.828125, 1.6171875, 2.2890625], ["254", "255", "254"]),
}


@pytest.mark.parametrize("path", STATUS)
def test_status_triggers(path: str) -> None:
    n, times, labels = STATUS[path]
    file = Opened(recording(path))
    table = file.table("Status")
    bits = file.raw()[:, -1] & 0xFFFF
    assert len(table) == n == ((bits[1:] != bits[:-1]) & (bits[1:] != 0)).sum()
    clock = file.contents.event_channels[-1].clock
    assert clock.seconds(table.ticks[:3]).tolist() == times
    assert table.labels[:3].tolist() == labels


@pytest.mark.parametrize("path", ALL)
def test_a_recording_reads_any_part_as_the_whole(path: Path) -> None:
    with neophys.open(path) as opened:
        assert opened.format == "edf"
        for signal in opened.signals:
            whole, raw = signal.read().values, signal.raw.read().values
            rng = np.random.default_rng(len(whole))
            n, k = signal.shape
            for _ in range(6):
                a, b = sorted(rng.integers(0, n, 2, endpoint=True).tolist())
                columns = rng.permutation(k)[: rng.integers(1, k, endpoint=True)].tolist()
                part = signal[a:b, columns]
                np.testing.assert_array_equal(part.read().values, whole[a:b][:, columns])
                np.testing.assert_array_equal(part.raw.read().values, raw[a:b][:, columns])
            at = n / signal.sampling_rate / 3
            row = round(at * signal.sampling_rate)
            found = signal.sel(time=(at, at + 2 / signal.sampling_rate)).read()
            np.testing.assert_array_equal(found.values, whole[row : row + 2])
        assert len(opened.events) == sum(
            len(opened.event_table(i)) for i in range(len(opened.contents.event_channels))
        )
