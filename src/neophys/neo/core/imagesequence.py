"""Sequences of images."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import quantities as pq

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.dataobject import _own, quantity_parts
from neophys.neo.core.metadata import ImageMetadata
from neophys.neo.core.sampled import ZERO, Sampled, _get_sampling_rate
from neophys.neo.core.units import unit

__all__ = ["ImageSequence"]


def _new_imagesequence(
    cls: Any, image_data: Any, units: Any, t_start: Any, sampling_rate: Any, spatial_scale: Any,
    described: tuple[Any, ...], array_annotations: Any, annotations: Any,
) -> Any:  # fmt: skip
    """Rebuild a sequence from a pickle."""
    made = cls(image_data, units=units, t_start=t_start, sampling_rate=sampling_rate,
               spatial_scale=spatial_scale, **annotations)  # fmt: skip
    made.name, made.description, made.file_origin = described
    made.array_annotations = array_annotations
    return made


class ImageSequence(Sampled):
    """Images at a constant rate, as array of (frames, rows, columns).

    Parameters
    ----------
    image_data : array_like
        Copied.
    units : str or Quantity
    dtype : dtype, optional
    copy : None
        Accepted for compatibility; anything else raises ValueError.
    t_start : Quantity
        Time of the first frame.
    spatial_scale : Quantity
        Size of a pixel; required.
    frame_duration, sampling_rate : Quantity
        At least one of them; both must agree.
    name, description, file_origin : str, optional
    **annotations
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Segment",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("segment",)
    _quantity_attr: ClassVar[str] = "image_data"
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (
        ("image_data", pq.Quantity, 3),
        ("sampling_rate", pq.Quantity, 0),
        ("spatial_scale", pq.Quantity, 0),
        ("t_start", pq.Quantity, 0),
    )
    _recommended_attrs: ClassVar[tuple[Any, ...]] = BaseNeo._recommended_attrs
    _time_base: ClassVar[tuple[str, ...]] = ("sampling_rate", "spatial_scale", "t_start")
    _noun: ClassVar[str] = "image sequence"
    _metadata = ImageMetadata
    _meta: ImageMetadata

    def __new__(
        cls, image_data: Any, units: Any = pq.dimensionless, dtype: Any = None, copy: Any = None,
        t_start: Any = ZERO, spatial_scale: Any = None, frame_duration: Any = None,
        sampling_rate: Any = None, name: Any = None, description: Any = None,
        file_origin: Any = None, **annotations: Any,
    ) -> Self:  # fmt: skip
        if copy is not None:
            raise ValueError("`copy` has no effect any more and must be None")
        if spatial_scale is None:
            raise ValueError("spatial_scale is required")
        values, of = quantity_parts(np.stack(image_data), unit(units), dtype)
        if values.ndim != 3:
            raise ValueError("list doesn't have the correct number of dimensions")
        made = cls._build(np.array(values), of, None)
        made.sampling_rate = _get_sampling_rate(sampling_rate, frame_duration)
        made.spatial_scale = spatial_scale
        made.t_start = t_start
        return made

    def __init__(
        self, image_data: Any = None, units: Any = None, dtype: Any = None, copy: Any = None,
        t_start: Any = ZERO, spatial_scale: Any = None, frame_duration: Any = None,
        sampling_rate: Any = None, name: Any = None, description: Any = None,
        file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        self._describe(name, description, file_origin, None, annotations)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._reduced(_new_imagesequence, (
            type(self), np.array(self._values), self._unit, self.t_start, self.sampling_rate,
            self.spatial_scale, (self.name, self.description, self.file_origin),
            self.array_annotations, self.annotations,
        ))  # fmt: skip

    spatial_scale = _own("spatial_scale", "Size of a pixel.")

    @property
    def frame_duration(self) -> Any:
        """Time from one frame to the next."""
        return self.sampling_period

    @frame_duration.setter
    def frame_duration(self, duration: Any) -> None:
        if duration is None:
            raise ValueError("frame_duration cannot be None")
        if not hasattr(duration, "units"):
            raise ValueError("frame_duration must have units")
        self.sampling_period = duration

    def __getitem__(self, key: Any) -> Any:
        """A slice is a sequence of those frames; any other index gives a Quantity."""
        values = self._values[key]
        if type(key) is slice:
            return self._rows(key, values, self._meta.copied_array_annotations())
        return self._plain(values)

    def _repr_pretty_(self, pp: Any, cycle: bool) -> None:
        pp.text(
            f"{type(self).__name__} {self.shape[0]} frames with width {self.shape[2]} px and "
            f"height {self.shape[1]} px; units {self._unit.string}; datatype {self.dtype} "
        )
        for line in (f"sampling rate: {self.sampling_rate}",
                     f"spatial_scale: {self.spatial_scale}"):  # fmt: skip
            pp.breakable()
            with pp.group(indent=1):
                pp.text(line)

    def signal_from_region(self, *region: Any) -> list[AnalogSignal]:
        """For each region a signal of one channel: the mean of its pixels.

        As in Neo, the first coordinate of a pixel counts rows, the second columns. ValueError
        without a region, or where one has no pixels.
        """
        if not region:
            raise ValueError("no regions of interest have been given")
        signals = []
        for i, one in enumerate(region):
            pixels = one.pixels_in_region()
            if not pixels:
                raise ValueError(f"region {i} is empty")
            total = np.zeros(len(self))
            for row, column in pixels:
                total += self._values[:, row, column]
            signals.append(
                AnalogSignal(total / len(pixels), units=self._unit, t_start=self.t_start,
                             sampling_rate=self.sampling_rate)
            )  # fmt: skip
        return signals
