"""Readers of ours: what they promise beyond being Neo's."""

from __future__ import annotations

import inspect
import pickle
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neophys import neo
from neophys.errors import MissingFileError
from neophys.formats.micromed.writer import write
from neophys.neo import io, rawio

N, K = 2000, 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    signals = np.random.default_rng(0).integers(0, 65536, (N, K)).astype("<u2")
    channels = [
        {"label": f"c{i}", "physical_min": -100 * i - 100, "physical_max": 300} for i in range(K)
    ]
    file = tmp_path / "a.TRC"
    write(
        file, signals=signals, channels=channels, sampling_rate=100, triggers=[(50, 1), (900, 2)],
        start=datetime(2020, 1, 2, 3, 4, 5), surname="Doe",
    )  # fmt: skip
    return file


def reader(path: Path) -> Any:
    made = rawio.MicromedRawIO(str(path))
    made.parse_header()
    return made


def scaled(made: Any, **ask: Any) -> Any:
    """By the base's plain arithmetic."""
    raw = made.get_analogsignal_chunk(**ask)
    chosen = ask.get("channel_indexes", slice(None))
    table = made.header["signal_channels"][chosen]
    values = raw.astype("float32")
    values *= table["gain"]
    values += table["offset"]
    return values


@pytest.mark.parametrize("chosen", [None, [3, 1], [0, 0], slice(1, 4), np.array([4])], ids=str)
def test_a_load_is_the_chunk_rescaled(path: Path, chosen: Any) -> None:
    made = neo.MicromedIO(str(path))
    proxy = made.read_segment(lazy=True).analogsignals[0]
    for start, stop in ((0, N), (7, 9), (N - 3, N)):
        window = (start / 100, stop / 100)
        loaded = proxy.load(time_slice=window, channel_indexes=chosen)
        ask = {} if chosen is None else {"channel_indexes": chosen}
        expected = scaled(made, i_start=start, i_stop=stop, **ask)
        assert loaded.magnitude.tobytes() == expected.tobytes()
        assert np.array_equal(loaded, proxy.load(time_slice=window)[:, chosen or slice(None)]
                              if not isinstance(chosen, np.ndarray) else loaded)  # fmt: skip


def test_edits_of_the_header_count_for_every_way_to_read(path: Path) -> None:
    made = neo.MicromedIO(str(path))
    proxy = made.read_segment(lazy=True).analogsignals[0]
    proxy.load(), proxy.load(channel_indexes=[1, 2])
    made.header["signal_channels"]["gain"][1] = 0.1
    made.header["signal_channels"]["offset"][2] = 7
    assert np.array_equal(proxy.load().magnitude, scaled(made))
    part = proxy.load(channel_indexes=[1, 2]).magnitude
    assert np.array_equal(part, scaled(made, channel_indexes=[1, 2]))
    raw = made.get_analogsignal_chunk()
    assert np.array_equal(made.rescale_signal_raw_to_float(raw), scaled(made))
    made.header["signal_channels"] = made.header["signal_channels"].copy()
    made.header["signal_channels"]["gain"] = 2.0
    assert np.array_equal(made.rescale_signal_raw_to_float(raw), scaled(made))
    assert np.array_equal(proxy.load().magnitude, scaled(made))


def test_an_overridden_method_is_what_proxies_read_through(path: Path) -> None:
    class Doubled(rawio.MicromedRawIO):  # type: ignore[misc]  # made when asked for
        def _get_analogsignal_chunk(self, *args: Any) -> Any:
            return super()._get_analogsignal_chunk(*args) * 2

    class DoubledIO(Doubled, io.basefromrawio.BaseFromRaw):  # type: ignore[misc]  # as above
        def __init__(self, filename: str) -> None:
            Doubled.__init__(self, filename)
            io.basefromrawio.BaseFromRaw.__init__(self, filename)

    made = DoubledIO(str(path))
    (signal,) = made.read_segment().analogsignals
    assert np.array_equal(signal.magnitude, scaled(made))


@pytest.mark.parametrize("stage", ["unparsed", "parsed", "read"])
def test_readers_and_proxies_travel(path: Path, stage: str) -> None:
    made = rawio.MicromedRawIO(str(path))
    if stage != "unparsed":
        made.parse_header()
        made.header["signal_channels"]["gain"][0] = 3.0
    if stage == "read":
        made.get_analogsignal_chunk(i_stop=3)
    other = pickle.loads(pickle.dumps(made))
    assert type(other) is type(made)
    if stage == "unparsed":
        other.parse_header()
    else:
        assert other.header["signal_channels"]["gain"][0] == 3.0
    assert np.array_equal(other.get_analogsignal_chunk(), reader(path).get_analogsignal_chunk())
    assert other.event_count(0, 0, 0) == 2

    proxy = neo.MicromedIO(str(path)).read_segment(lazy=True).analogsignals[0]
    copy = pickle.loads(pickle.dumps(proxy))
    assert np.array_equal(copy.load(time_slice=(1, 2)), proxy.load(time_slice=(1, 2)))


def test_a_closed_reader_opens_again(path: Path) -> None:
    with reader(path) as made:
        before = made.get_analogsignal_chunk()
        bundle = made._opened().bundle
        made.close()
        assert bundle.closed
        assert np.array_equal(made.get_analogsignal_chunk(), before)


def test_threads_share_a_proxy(path: Path) -> None:
    proxy = neo.MicromedIO(str(path)).read_segment(lazy=True).analogsignals[0]
    whole = proxy.load().magnitude
    wrong = []

    def read(seed: int) -> None:
        for start in np.random.default_rng(seed).integers(0, N - 50, 100).tolist():
            columns = [start % K, (start + 2) % K]
            part = proxy.load(time_slice=(start / 100, (start + 50) / 100), channel_indexes=columns)
            if not np.array_equal(part.magnitude, whole[start : start + 50][:, columns]):
                wrong.append(start)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_windows_of_events_include_both_ends(path: Path) -> None:
    made = reader(path)
    for window, expected in (((0.5, 9.0), [50, 900]), ((0.51, 9.0), [900]), ((0.5, 8.99), [50])):
        stamps, durations, labels = made.get_event_timestamps(0, 0, 0, *window)
        assert (stamps.tolist(), durations) == (expected, None)
        assert labels.tolist() == [{50: "1", 900: "2"}[tick] for tick in expected]


def test_channels_are_found_by_id_and_by_names_that_are_unique(path: Path) -> None:
    made = reader(path)
    for names in (["c3", "c0"], ["c0"]):
        expected = made.get_analogsignal_chunk(channel_indexes=[int(name[1]) for name in names])
        assert np.array_equal(made.get_analogsignal_chunk(channel_names=names), expected)
        ids = [name[1] for name in names]
        assert np.array_equal(made.get_analogsignal_chunk(channel_ids=ids), expected)
    with pytest.raises(ValueError, match="'c9' is not in list"):
        made.channel_name_to_index(0, ["c9"])
    made.header["signal_channels"]["name"][1] = "c0"
    with pytest.raises(ValueError, match="not unique"):
        made.channel_name_to_index(0, ["c3"])
    assert made.channel_id_to_index(0, ["3"]).tolist() == [3]


@pytest.mark.parametrize("limits", [(-1, 5), (0, N + 1), (7, 6)])
def test_samples_outside_are_refused(path: Path, limits: tuple[int, int]) -> None:
    made = reader(path)
    for error in (IndexError, ValueError):
        with pytest.raises(error, match=rf"\[0, {N}\)"):
            made.get_analogsignal_chunk(i_start=limits[0], i_stop=limits[1])


def test_buffers_tell_where_the_samples_lie(path: Path) -> None:
    made = reader(path)
    assert made.has_buffer_description_api()
    found = made.get_analogsignal_buffer_description(buffer_id="0")
    raw = np.fromfile(found["file_path"], found["dtype"], offset=found["file_offset"])
    assert np.array_equal(raw.reshape(found["shape"]), made.get_analogsignal_chunk())


def test_no_file_and_no_recording_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader(tmp_path / "absent.TRC")
    with pytest.raises(MissingFileError):
        rawio.MicromedRawIO().parse_header()
    (tmp_path / "text.TRC").write_text("not a recording" * 99)
    with pytest.raises(ValueError, match=r"text\.TRC"):
        reader(tmp_path / "text.TRC")
    with pytest.raises(OSError, match=r"text\.TRC"):
        neo.get_io(tmp_path / "text.TRC")


def test_classes_have_signatures_names_and_one_identity() -> None:
    raw, whole = rawio.MicromedRawIO, neo.MicromedIO
    assert str(inspect.signature(raw)) == "(filename='')"
    assert str(inspect.signature(whole)) == "(filename)"
    assert whole is io.MicromedIO
    assert (raw.__module__, raw.__qualname__) == (
        "neophys.neo.rawio.micromedrawio",
        "MicromedRawIO",
    )
    assert issubclass(whole, raw)
    assert issubclass(raw, rawio.baserawio.BaseRawWithBufferApiIO)
    assert [kind.__name__ for kind in whole.readable_objects] == ["Block", "Segment"]
    with pytest.raises(TypeError, match="missing a required argument: 'filename'"):
        whole()


def test_a_name_suggests_its_classes(path: Path) -> None:
    assert type(neo.get_io(path)) is neo.MicromedIO
    assert neo.MicromedIO in neo.list_candidate_ios(path)
    assert neo.MicromedIO in neo.list_candidate_ios(path.parent)
    assert rawio.get_rawio(path) is rawio.MicromedRawIO
    assert rawio.get_rawio("what.trc") is rawio.MicromedRawIO
    assert rawio.get_rawio("what.xyz") is None
    assert {"EDFIO", "MicromedIO", "PlexonIO"} <= {io.__name__ for io in neo.iolist}
    with pytest.raises(ValueError, match="xyz"):
        neo.list_candidate_ios("what.xyz")


def test_the_cache_is_kept_in_memory(path: Path) -> None:
    made = rawio.BaseRawIO(use_cache=True)
    made.add_in_cache(a=1)
    made.dump_cache()
    assert made._cache == {"a": 1}
    with pytest.raises(ValueError, match="use_cache"):
        reader(path).add_in_cache(a=1)
    assert sorted(file.name for file in path.parent.iterdir()) == ["a.TRC"]
