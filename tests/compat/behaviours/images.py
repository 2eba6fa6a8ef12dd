"""Irregular signals, images and regions."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour
from tests.compat.behaviours.signals import after

__all__ = ["BEHAVIOURS"]


def irregular(neo: Any) -> Any:
    """3 samples x 2 channels."""
    return neo.IrregularlySampledSignal(
        [1, 2, 4] * pq.s, np.arange(6.0).reshape(3, 2), units="mV", name="irr",
        array_annotations={"gain": [1, 2]}, run=3,
    )  # fmt: skip


def images(neo: Any, dtype: str = "f8") -> Any:
    """4 frames of 5 rows and 6 columns, 2 Hz, in V."""
    return neo.ImageSequence(
        np.arange(120).reshape(4, 5, 6).astype(dtype), units="V", sampling_rate=2 * pq.Hz,
        spatial_scale=3 * pq.um,
    )  # fmt: skip


def small(neo: Any) -> Any:
    """The same, of 8 bits."""
    return images(neo, "u1")


IRR: dict[str, Any] = {"irr": irregular, "after": after}
IMAGES: dict[str, Any] = {
    "images": images, "small": small, "after": after, "copy": lambda _: copy,
    "pickle": lambda _: pickle,
}  # fmt: skip

BEHAVIOURS = (
    # Irregular signals.
    Behaviour(
        "a channel's array annotations are numbers in a plain dict",
        "type(irr[:, 1].array_annotations['gain']).__name__",
        "int64", "ndarray", given=IRR,
    ),
    Behaviour(
        "samples cannot be chosen by their times",
        "irr[irr.times > 1 * pq.s].times",
        "TypeError", "[2.0, 4.0] s", given=IRR,
    ),
    Behaviour(
        "an empty window is the whole signal",
        "irr.time_slice(10 * pq.s, 20 * pq.s).shape",
        "(3, 2)", "(0, 2)", given=IRR,
    ),
    Behaviour(
        "an empty signal has no start: asking fails",
        "irr[:0].t_start",
        "IndexError", "None", given=IRR,
    ),
    Behaviour(
        "nor a duration",
        "irr[:0].duration",
        "IndexError", "0.0 s", given=IRR,
    ),
    Behaviour(
        "the negative of a signal has no times",
        "(-irr).times",
        "None", "[1.0, 2.0, 4.0] s", given=IRR,
    ),
    Behaviour(
        "signals of other lengths cannot be compared",
        "irr == irr[:2]",
        "ValueError", "False", given=IRR,
    ),
    Behaviour(
        "times can be replaced by fewer",
        "len(after(irr, lambda s: setattr(s, 'times', [1] * pq.s)).times)",
        "1", "ValueError", given=IRR,
    ),
    Behaviour(
        "times can be replaced by numbers without unit",
        "after(irr, lambda s: setattr(s, 'times', [1, 2, 3])).times",
        "[1, 2, 3]", "ValueError", given=IRR,
    ),
    Behaviour(
        "times in volts are taken",
        "neo.IrregularlySampledSignal([1, 2], [1, 2], 'mV', 'V').times",
        "[1.0, 2.0] V", "ValueError", given=IRR,
    ),
    Behaviour(
        "times of a copy are those of the signal",
        "(irr.copy().times.__setitem__(0, 9 * pq.s), irr.times)[1]",
        "[9.0, 2.0, 4.0] s", "[1.0, 2.0, 4.0] s", given=IRR,
    ),
    Behaviour(
        "joined signals have times without unit",
        "irr.concatenate(irr.time_shift(9 * pq.s)).times[0]",
        "1.0", "1.0 s", given=IRR,
    ),
    Behaviour(
        "joined signals are annotated with t_start and t_stop",
        "sorted(irr.concatenate(irr.time_shift(9 * pq.s)).annotations)",
        "['run', 't_start', 't_stop']", "['run']", given=IRR,
    ),
    Behaviour(
        "the mean of several channels is their sum",
        "neo.IrregularlySampledSignal([1, 2] * pq.s, [[3, 5], [4, 6]], 'mV').mean()",
        "8.0 mV", "4.0 mV",
    ),
    Behaviour(
        "a resampled signal loses its name",
        "irr.resample(4).name",
        "None", "irr", given=IRR,
    ),
    # Images and regions.
    Behaviour(
        "a slice has no rate",
        "images[1:3].sampling_rate",
        "AttributeError", "2.0 Hz", given=IMAGES,
    ),
    Behaviour(
        "a slice has no start",
        "images[1:3].t_start",
        "AttributeError", "0.5 s", given=IMAGES,
    ),
    Behaviour(
        "cropped images have no scale",
        "images[:, 1:3, 1:3].spatial_scale",
        "AttributeError", "3.0 um", given=IMAGES,
    ),
    Behaviour(
        "one image claims to be a sequence",
        "type(images[0]).__name__",
        "ImageSequence", "Quantity", given=IMAGES,
    ),
    Behaviour(
        "the repr lacks rate and scale",
        "'sampling rate' in repr(images)",
        "False", "True", given=IMAGES,
    ),
    Behaviour(
        "a time slice is None",
        "images.time_slice(0.5 * pq.s, 1.5 * pq.s).shape",
        "AttributeError", "(2, 5, 6)", given=IMAGES,
    ),
    Behaviour(
        "joined sequences are None",
        "images[:2].concatenate(images[2:]).shape",
        "AttributeError", "(4, 5, 6)", given=IMAGES,
    ),
    Behaviour(
        "rescaling fails",
        "images.rescale('mV').t_start",
        "ValueError", "0.0 s", given=IMAGES,
    ),
    Behaviour(
        "deep copies fail",
        "copy.deepcopy(images).spatial_scale",
        "ValueError", "3.0 um", given=IMAGES,
    ),
    Behaviour(
        "pickles cannot be read",
        "pickle.loads(pickle.dumps(images)).sampling_rate",
        "ValueError", "2.0 Hz", given=IMAGES,
    ),
    Behaviour(
        "after arithmetic by numpy there is no rate",
        "np.sqrt(images).sampling_rate",
        "AttributeError", "2.0 Hz", given=IMAGES,
    ),
    Behaviour(
        "a rate without unit is taken",
        "after(images, lambda s: setattr(s, 'sampling_rate', 5)).sampling_rate",
        "5", "ValueError", given=IMAGES,
    ),
    Behaviour(
        "x counts rows in `signal_from_region`",
        "neo.RectangularRegionOfInterest(images, 4, 1, 1, 1).resolve()[0][0]",
        "[25.0] V", "[10.0] V", given=IMAGES,
    ),
    Behaviour(
        "a region beyond the left or upper edge goes on at the other side",
        "neo.RectangularRegionOfInterest(images, 0, 2, 2, 2).resolve()[0][0]",
        "[13.5] V", "IndexError", given=IMAGES,
    ),
    Behaviour(
        "the mean of small integers overflows",
        "neo.RectangularRegionOfInterest(small, 2, 2, 4, 4).resolve()[0][3]",
        "[4.5] V", "[100.5] V", given=IMAGES,
    ),
    Behaviour(
        "a circle lacks its pixels at x + radius and y + radius",
        "neo.CircularRegionOfInterest(images, 2, 2, 1).pixels_in_region()",
        "[[2, 1], [1, 2], [2, 2]]",
        "[[2, 1], [1, 2], [2, 2]]",
        kept="coretest/test_regionofinterest.py::Test_CircularRegionOfInterest::test_result",
        given=IMAGES,
    ),
    Behaviour(
        "a rectangle is given by its centre",
        "neo.RectangularRegionOfInterest(images, 2, 2, 2, 2).pixels_in_region()",
        "[[1, 1], [2, 1], [1, 2], [2, 2]]",
        "[[1, 1], [2, 1], [1, 2], [2, 2]]",
        kept="coretest/test_regionofinterest.py::Test_RectangularRegionOfInterest::test_result",
        given=IMAGES,
    ),
)  # fmt: skip
