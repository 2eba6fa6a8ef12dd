"""Irregular signals, images, their regions, and channel views answer as Neo's do."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.neo.core.both import Call, assert_same, compare, signal

from neophys.neo import core
from neophys.neo.core import imagesequence

ROWS = np.arange(10.0).reshape(5, 2)


def irregular(library: Any, **changed: Any) -> Any:
    """Five samples of two channels with all metadata."""
    words: dict[str, Any] = {
        "times": [0.5, 1.0, 1.25, 3.0, 7.0] * pq.s, "signal": ROWS, "units": "mV", "name": "irr",
        "description": "text", "file_origin": "x", "array_annotations": {"gain": [1, 2]},
        "key": "value",
    }  # fmt: skip
    return library.IrregularlySampledSignal(**(words | changed))


def images(library: Any, **changed: Any) -> Any:
    """Four frames of 5 rows and 6 columns."""
    words: dict[str, Any] = {
        "units": "V", "sampling_rate": 2 * pq.Hz, "spatial_scale": 3 * pq.um, "name": "im",
        "t_start": 1 * pq.s, "key": "value",
    }  # fmt: skip
    data = np.arange(120.0).reshape(4, 5, 6)
    return library.ImageSequence(data, **(words | changed))


MADE: dict[str, Call] = {
    "all metadata": irregular,
    "one channel": lambda n: n.IrregularlySampledSignal([1, 2], [3, 4], "mV", "s"),
    "times converted": lambda n: irregular(n, time_units="ms"),
    "units converted": lambda n: irregular(n, signal=ROWS * pq.V),
    "no units": lambda n: n.IrregularlySampledSignal([1, 2] * pq.s, [3, 4]),
    "no time units": lambda n: n.IrregularlySampledSignal([1, 2], [3, 4], "mV"),
    "too few times": lambda n: n.IrregularlySampledSignal([1], [3, 4], "mV", "s"),
    "copy": lambda n: irregular(n, copy=True),
    "images": images,
    "images by duration": lambda n: images(n, sampling_rate=None, frame_duration=0.5 * pq.s),
    "images without scale": lambda n: images(n, spatial_scale=None),
    "images without rate": lambda n: images(n, sampling_rate=None),
    "images without units": lambda n: images(n, units=None),
    "images without start": lambda n: images(n, t_start=None),
    "image of two dimensions": lambda n: n.ImageSequence(
        [[1, 2]], "V", sampling_rate=1 * pq.Hz, spatial_scale=1 * pq.um
    ),
}
READ: dict[str, Call] = {
    "repr": repr,
    "t_start": lambda s: s.t_start,
    "t_stop": lambda s: s.t_stop,
    "intervals": lambda s: s.sampling_intervals,
    "row": lambda s: s[1],
    "rows": lambda s: s[1:3],
    "channels": lambda s: s[:, :1],
    "chosen channels": lambda s: s[:, [1, 0]],
    "mask of samples": lambda s: s[s.magnitude > 3],
    "text": lambda s: s["x"],
    "plus": lambda s: s + 1 * pq.uV,
    "plus signal": lambda s: s + s,
    "plus later": lambda s: s + s.time_shift(1 * pq.s),
    "minus from": lambda s: 1 * pq.mV - s,
    "times": lambda s: s * 2,
    "equal": lambda s: s == s,
    "equal to later": lambda s: s == s.time_shift(1 * pq.s),
    "rescaled": lambda s: s.rescale("uV"),
    "copied": lambda s: s.copy(),
    "deeply copied": copy.deepcopy,
    "pickled": lambda s: pickle.loads(pickle.dumps(s)),
    "slice": lambda s: s.time_slice(1 * pq.s, 3000 * pq.ms),
    "slice from": lambda s: s.time_slice(1.1 * pq.s, None),
    "slice until": lambda s: s.time_slice(None, 1.1 * pq.s),
    "shifted": lambda s: s.time_shift(20 * pq.ms),
    "mean": lambda s: s[:, :1].mean(),
    "mean between": lambda s: s.mean(interpolation="x"),
    "merged": lambda s: s.merge(s),
    "merged with later": lambda s: s.merge(s.time_shift(1 * pq.s)),
    "concatenated with overlap": lambda s: s.concatenate(s),
    "new data": lambda s: s.duplicate_with_new_data(ROWS * 2),
}
OF_IMAGES: dict[str, Call] = {
    "frame_duration": lambda s: s.frame_duration,
    "t_stop": lambda s: s.t_stop,
    "times": lambda s: s.times,
    "frame": lambda s: s[1].as_quantity() if hasattr(s[1], "as_quantity") else s[1],
    "plus": lambda s: s + 1 * pq.V,
    "plus others": lambda s: s + images(core if isinstance(s, core.ImageSequence) else neo.core,
                                        sampling_rate=3 * pq.Hz),
    "half": lambda s: s / 2,
}  # fmt: skip


@pytest.mark.parametrize("case", MADE)
def test_made_as_neo_makes_it(case: str) -> None:
    assert_same(MADE[case])


@pytest.mark.parametrize("case", READ)
def test_irregular_signals_answer_as_neos_do(case: str) -> None:
    assert_same(lambda library: READ[case](irregular(library)))


@pytest.mark.parametrize("case", OF_IMAGES)
def test_images_answer_as_neos_do(case: str) -> None:
    assert_same(lambda library: OF_IMAGES[case](images(library)))


def test_an_irregular_signal_resamples_as_neos_does() -> None:
    pytest.importorskip("scipy.signal")
    bare = {"name": None, "description": None, "file_origin": None}  # Neo loses them
    assert_same(lambda library: irregular(library, **bare).resample(7))
    assert irregular(core).resample(7).name == "irr"


def test_an_empty_window_of_an_irregular_signal_is_empty() -> None:
    assert irregular(neo.core).time_slice(10 * pq.s, 20 * pq.s).shape == (5, 2)
    part = irregular(core).time_slice(10 * pq.s, 20 * pq.s)
    assert part.shape == (0, 2)
    assert part.times.shape == (0,)


def test_joined_irregular_signals_keep_the_unit_of_time_and_their_annotations() -> None:
    one = irregular(core)
    made = one.concatenate(one.time_shift(-2100 * pq.ms), allow_overlap=True)
    assert made.times.units == pq.s
    assert (np.diff(made.times.magnitude) >= 0).all()
    assert made.magnitude[:, 0].tolist() == [0, 2, 4, 0, 6, 2, 4, 6, 8, 8]
    assert made.annotations == {"key": "value"}


OWN_TIMES: dict[str, Call] = {
    "copied": lambda s: s.copy(),
    "deeply copied": copy.deepcopy,
    "plus": lambda s: s + 1 * pq.mV,
    "negative": lambda s: -s,
    "rescaled": lambda s: s.rescale("uV"),
    "sliced in time": lambda s: s.time_slice(None, None),
    "of other data": lambda s: s.duplicate_with_new_data(ROWS),
}


@pytest.mark.parametrize("case", OWN_TIMES)
def test_times_go_with_the_samples(case: str) -> None:
    one = irregular(core)
    made = OWN_TIMES[case](one)
    made.times[1] = 0.75 * pq.s
    assert one.times[1] == 1 * pq.s
    part = one[1:]
    part.times[0] = 0.75 * pq.s
    assert one.times[1] == 0.75 * pq.s


def test_times_of_another_number_or_kind_are_refused() -> None:
    one = irregular(core)
    for wrong, message in (
        ([1.0] * pq.s, "as many times"), ([1, 2, 3, 4, 5], "units"),
        ([1, 2, 3, 4, 5] * pq.V, "unit of time"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            one.times = wrong
    given = [1, 2, 3, 4, 5] * pq.ms
    one.times = given
    given[0] = 9 * pq.ms
    assert one.times[0] == 1 * pq.ms


def test_a_negative_irregular_signal_keeps_its_times() -> None:
    assert (-irregular(neo.core)).times is None
    compare((-irregular(core)).times, irregular(neo.core).times, "times")


def test_images_can_be_sliced_rescaled_copied_and_pickled() -> None:
    one = images(core)
    part = one[1:3]
    assert (part.shape, part.t_start, part.sampling_rate) == ((2, 5, 6), 1.5 * pq.s, 2 * pq.Hz)
    assert np.shares_memory(part, one)
    assert one.time_slice(1.5 * pq.s, None).shape == (3, 5, 6)
    for made in (one.rescale("mV"), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (made.spatial_scale, made.t_start, made.name) == (3 * pq.um, 1 * pq.s, "im")
        assert made.annotations == {"key": "value"}
        assert np.all(made == one)


def _rectangle(n: Any) -> Any:
    return n.RectangularRegionOfInterest(images(n), 2, 2, 2, 4)


REGIONS: dict[str, Call] = {
    "circle": lambda n: n.CircularRegionOfInterest(images(n), 2, 2, 1.5),
    "rectangle": _rectangle,
    "polygon": lambda n: n.PolygonRegionOfInterest(images(n), (0, 0), (4, 0.5), (3.5, 4), (0, 3)),
    "of something": lambda n: n.CircularRegionOfInterest("x", 2, 2, 1),
}


@pytest.mark.parametrize("case", REGIONS)
def test_regions_hold_the_pixels_that_neos_hold(case: str) -> None:
    assert_same(lambda n: REGIONS[case](n).pixels_in_region())


def _turned(n: Any, dtype: str, frames: int) -> Any:
    """Images whose rows are as many as their columns; for Neo rows and columns change places."""
    rows = np.random.default_rng(3).normal(size=(frames, 6, 6)) * 1000
    rows = rows.astype(dtype)
    rows = rows.swapaxes(1, 2) if n is neo.core else rows
    return n.ImageSequence(rows, units="V", sampling_rate=2 * pq.Hz, spatial_scale=3 * pq.um,
                           t_start=1 * pq.s)  # fmt: skip


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8"])
@pytest.mark.parametrize("case", ["circle", "rectangle", "polygon"])
def test_signals_of_regions_are_neos_to_the_last_bit(case: str, dtype: str, frames: int) -> None:
    def signals(n: Any) -> Any:
        region = REGIONS[case](n)
        region.image_sequence = _turned(n, dtype, frames)
        return region.resolve()

    assert_same(signals)


def test_many_frames_are_averaged_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _rectangle(core).resolve()[0]
    monkeypatch.setattr(imagesequence, "_TILE", 200)
    compare(_rectangle(core).resolve()[0], whole, "signal")


def test_the_mean_of_small_integers_does_not_overflow() -> None:
    made = core.ImageSequence(np.full((2, 5, 6), 200, "u1"), "V", sampling_rate=2 * pq.Hz,
                              spatial_scale=3 * pq.um)  # fmt: skip
    region = core.RectangularRegionOfInterest(made, 2, 2, 2, 4)
    assert region.resolve()[0].magnitude.tolist() == [[200.0], [200.0]]


def test_a_region_has_columns_first_and_stays_within_the_images() -> None:
    one = images(core)
    pixel = core.RectangularRegionOfInterest(one, 5, 1, 1, 1)
    assert pixel.pixels_in_region() == [[5, 1]]
    assert pixel.resolve()[0][0].item() == one.magnitude[0, 1, 5]
    for x, y in ((0, 2), (6, 2), (2, 0), (2, 5)):
        with pytest.raises(IndexError, match=r"columns .* rows"):
            core.RectangularRegionOfInterest(one, x, y, 2, 2).resolve()


def test_regions_say_what_is_inside_as_neos_do() -> None:
    for case in ("circle", "rectangle"):
        region = REGIONS[case]
        for x, y in ((0.5, 2), (1, 2), (1, 0), (3, 2), (2, 3.5), (2, 4), (9, 9)):
            assert_same(lambda n, x=x, y=y, region=region: region(n).is_inside(x, y))
    assert_same(lambda n: REGIONS["circle"](n).center)


def test_no_region_and_no_pixels_are_refused() -> None:
    assert_same(lambda n: images(n).signal_from_region())
    assert_same(lambda n: n.RectangularRegionOfInterest(images(n), 2.5, 2, 0, 0).resolve())


def test_a_region_can_look_at_other_images() -> None:
    region = _rectangle(core)
    other = images(core)
    region.obj = other
    assert region.image_sequence is other
    with pytest.raises(TypeError, match="must be ImageSequence"):
        region.obj = "x"


VIEWS: dict[str, Call] = {
    "integers": lambda n: n.ChannelView(signal(n), [2, 0], array_annotations={"x": [1, 2]}),
    "mask": lambda n: n.ChannelView(signal(n), [True, False, True]),
    "short mask": lambda n: n.ChannelView(signal(n), [True, False]),
    "floats": lambda n: n.ChannelView(signal(n), [1.0]),
    "two dimensions": lambda n: n.ChannelView(signal(n), [[1, 2]]),
    "of something": lambda n: n.ChannelView("x", [1]),
    "of irregular": lambda n: n.ChannelView(irregular(n), [1, 0]),
}


@pytest.mark.parametrize("case", VIEWS)
def test_views_show_what_neos_show(case: str) -> None:
    assert_same(lambda n: _without_its_own(VIEWS[case](n).resolve()))
    assert_same(lambda n: VIEWS[case](n).shape)
    assert_same(lambda n: dict(VIEWS[case](n).array_annotations))


def _without_its_own(made: Any) -> Any:
    # Neo leaves a view's own array annotations behind.
    made.array_annotations.pop("x", None)
    return made


def test_what_a_view_shows_has_the_views_array_annotations() -> None:
    made = VIEWS["integers"](core).resolve()
    assert {key: list(value) for key, value in made.array_annotations.items()} == {
        "gain": [2, 0], "label": ["c", "a"], "x": [1, 2]
    }  # fmt: skip


@pytest.mark.parametrize("index", [[3], [-4], [0, 99]])
def test_a_view_of_channels_that_are_not_there_is_refused(index: list[int]) -> None:
    with pytest.raises(IndexError, match="3 channels"):
        core.ChannelView(signal(core), index)


def test_a_view_may_be_empty_or_count_from_the_end() -> None:
    assert core.ChannelView(signal(core), []).resolve().shape == (10, 0)
    assert core.ChannelView(signal(core), [-1]).resolve().array_annotations["label"] == ["c"]


def test_the_mean_of_irregular_channels_is_that_of_all() -> None:
    one = core.IrregularlySampledSignal([1.0, 2.0, 4.0] * pq.s, [[1, 2], [3, 4], [5, 6]], "mV")
    means = [one[:, k].mean() for k in (0, 1)]
    assert [m.item() for m in means] == pytest.approx([7 / 3, 10 / 3])
    assert one.mean().item() == pytest.approx(np.mean([m.item() for m in means]))
    assert one[:, 0].ravel().mean() == means[0]
    assert one[:, 0].ravel()[[0, 2]].times.magnitude.tolist() == [1.0, 4.0]


@pytest.mark.parametrize("how", ["downsample", "resample", "irregular"])
def test_without_scipy_resampling_says_what_is_missing(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.signal", None)
    one = core.AnalogSignal(np.zeros(9), "mV", sampling_rate=1 * pq.Hz)
    other = core.IrregularlySampledSignal([1, 2], [1, 2], "mV", "s")
    act = other.resample if how == "irregular" else getattr(one, how)
    with pytest.raises(ImportError, match="pip install scipy"):
        act(2)


@pytest.mark.parametrize("join", [np.concatenate, np.vstack, np.hstack])
@pytest.mark.parametrize("make", [irregular, images])
def test_what_has_lost_its_time_base_is_no_signal(make: Any, join: Any) -> None:
    one = make(core)
    made = join([one, one])
    assert type(made) is pq.Quantity
    np.testing.assert_array_equal(made.magnitude, join([one.magnitude, one.magnitude]))


def test_a_signal_without_rate_keeps_its_name_in_a_pickle() -> None:
    one = signal(core)
    one.annotate(units="any")
    bare = np.full_like(one, 2, shape=(3, one.shape[1]))
    made = pickle.loads(pickle.dumps(bare))
    assert (made.name, made.annotations, made.units) == (one.name, one.annotations, one.units)
    assert made.array_annotations.keys() == bare.array_annotations.keys()
    assert made.sampling_rate is None
