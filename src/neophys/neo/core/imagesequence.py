"""Sequences of images."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.basesignal import BaseSignal, spelt_out
from neophys.neo.core.dataobject import DataObject, quantity_parts
from neophys.neo.core.metadata import ImageMetadata, own
from neophys.neo.core.sampled import ZERO, Sampled, _get_sampling_rate
from neophys.neo.core.units import unit

__all__ = ["AnalogSignal", "BaseNeo", "BaseSignal", "DataObject", "ImageSequence"]

_TILE: Final = 1 << 22


def _new_imagesequence(
    cls: Any, image_data: Any, units: Any, t_start: Any, sampling_rate: Any, spatial_scale: Any,
    described: tuple[Any, ...], array_annotations: Any, annotations: Any,
) -> Any:  # fmt: skip
    """Rebuild a sequence from a pickle."""
    made = cls(image_data, units=units, t_start=t_start, sampling_rate=sampling_rate,
               spatial_scale=spatial_scale)  # fmt: skip
    made.annotate(**annotations)
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
        Among them, `array_annotations`: a dict of arrays with a value per column.
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
        self, image_data: Any = None, units: Any = pq.dimensionless, dtype: Any = None,
        copy: Any = None, t_start: Any = ZERO, spatial_scale: Any = None,
        frame_duration: Any = None, sampling_rate: Any = None, name: Any = None,
        description: Any = None, file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        array_annotations = annotations.pop("array_annotations", None)
        self._describe(name, description, file_origin, array_annotations, annotations)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._reduced(_new_imagesequence, (
            type(self), self._values, self._unit, self.t_start, self.sampling_rate,
            self.spatial_scale, (self.name, self.description, self.file_origin),
            self.array_annotations, self.annotations,
        ))  # fmt: skip

    @property
    def spatial_scale(self) -> Any:
        """Size of a pixel."""
        return self._meta.spatial_scale

    @spatial_scale.setter
    def spatial_scale(self, scale: Any) -> None:
        self._meta.spatial_scale = own(scale)

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

    def _check_consistency(self, other: Any) -> None:
        super()._check_consistency(other)
        if isinstance(other, ImageSequence) and not np.all(
            self.spatial_scale == other.spatial_scale
        ):
            raise ValueError("Inconsistent values of spatial_scale")

    def __getitem__(self, key: Any) -> Any:
        """Slices give a sequence of those frames and pixels; any other index gives a Quantity."""
        self._share()
        parts = spelt_out(key, self.ndim)
        values = self._values[parts]
        if not all(type(part) is slice for part in parts):
            return self._plain(values)
        columns = parts[2] if len(parts) == 3 else slice(None)
        return self._rows(parts[0], values, self._selected(columns, values.shape[-1]))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        made = super().__array_function__(func, types, args, kwargs)
        lost = isinstance(made, ImageSequence) and (made.ndim != 3 or made._meta.rate is None)
        return made.view(pq.Quantity) if lost else made

    def _also_shown(self) -> str:
        return f", spatial scale: {self.spatial_scale}"

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

        The first coordinate of a pixel is its column, the second its row.

        Raises
        ------
        ValueError
            Without a region, or where one has no pixels.
        IndexError
            Where a region reaches out of the images.
        """
        if not region:
            raise ValueError("no regions of interest have been given")
        signals = []
        for i, one in enumerate(region):
            pixels = np.array(one.pixels_in_region())
            if not pixels.size:
                raise ValueError(f"region {i} is empty")
            if pixels.min() < 0 or (pixels.max(axis=0) >= self.shape[:0:-1]).any():
                raise IndexError(
                    f"region {i} has columns {pixels[:, 0].min()} to {pixels[:, 0].max()} and rows "
                    f"{pixels[:, 1].min()} to {pixels[:, 1].max()}; the images have "
                    f"{self.shape[2]} columns and {self.shape[1]} rows"
                )
            signals.append(
                AnalogSignal(self._means(*pixels.T), units=self._unit, t_start=self.t_start,
                             sampling_rate=self.sampling_rate)
            )  # fmt: skip
        return signals

    def _means(self, columns: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
        """The mean of some pixels of each frame, added one after the other as Neo does."""
        kind = self.dtype if self.dtype.kind in "fc" else np.dtype(float)
        total = np.zeros(len(self), dtype=kind)
        per_tile = max(1, _TILE // max(1, len(rows) * kind.itemsize))
        for start in range(0, len(self), per_tile):
            tile = self._values[start : start + per_tile, rows, columns].astype(kind)
            # A running sum adds in order; np.sum adds in pairs, which rounds otherwise.
            total[start : start + per_tile] = np.cumsum(tile, axis=1)[:, -1]
        return np.asarray(total / len(rows))
