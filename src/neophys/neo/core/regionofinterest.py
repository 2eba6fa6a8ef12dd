"""Regions of image sequences."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from typing import Any, ClassVar

from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.imagesequence import ImageSequence

__all__ = [
    "CircularRegionOfInterest",
    "PolygonRegionOfInterest",
    "RectangularRegionOfInterest",
    "RegionOfInterest",
]

_SEQUENCE = ("image_sequence", ("ImageSequence",), 1)


class RegionOfInterest(BaseNeo):
    """Base of the regions.

    Parameters
    ----------
    image_sequence : ImageSequence, or a proxy of one
        ValueError for anything else.
    name, description, file_origin : str, optional
    **annotations
    """

    _parent_objects: ClassVar[tuple[str, ...]] = ("Group",)
    _parent_attrs: ClassVar[tuple[str, ...]] = ("group",)
    _necessary_attrs: ClassVar[tuple[Any, ...]] = (_SEQUENCE,)
    is_view = True

    def __init__(
        self, image_sequence: Any, name: Any = None, description: Any = None,
        file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, description, file_origin, **annotations)
        if not issubclass(getattr(image_sequence, "proxy_for", type(image_sequence)),
                          ImageSequence):  # fmt: skip
            raise ValueError("Can only take a RegionOfInterest of an ImageSequence")
        self.image_sequence = image_sequence

    @property
    def obj(self) -> Any:
        """The image sequence, by the name that channel views use."""
        return self.image_sequence

    @obj.setter
    def obj(self, value: Any) -> None:
        if not isinstance(value, ImageSequence):
            raise TypeError(f"Value must be ImageSequence, not of type: {type(value)}")
        self.image_sequence = value

    def resolve(self) -> Any:
        """The region's signal, in a list."""
        return self.image_sequence.signal_from_region(self)


def _between(low: float, high: float) -> range:
    return range(floor(low), ceil(high))


class CircularRegionOfInterest(RegionOfInterest):
    """A disc.

    Parameters
    ----------
    image_sequence : ImageSequence
    x, y, radius : float
        Centre and radius, in pixels.
    name, description, file_origin : str, optional
    **annotations
    """

    _necessary_attrs = (_SEQUENCE, ("x", int), ("y", int), ("radius", int))

    def __init__(
        self, image_sequence: Any, x: Any, y: Any, radius: Any, name: Any = None,
        description: Any = None, file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(image_sequence, name, description, file_origin, **annotations)
        self.x, self.y, self.radius = x, y, radius

    @property
    def centre(self) -> tuple[Any, Any]:
        """(x, y)"""
        return self.x, self.y

    center = centre

    def is_inside(self, x: float, y: float) -> bool:
        """Whether a point is in the disc; the boundary is."""
        return bool((x - self.x) ** 2 + (y - self.y) ** 2 <= self.radius**2)

    def pixels_in_region(self) -> list[Any]:
        """The pixels ``[x, y]`` inside; as in Neo, none at ``x + radius`` or ``y + radius``."""
        reach = self.radius
        return [
            [x, y]
            for y in _between(self.y - reach, self.y + reach)
            for x in _between(self.x - reach, self.x + reach)
            if self.is_inside(x, y)
        ]


class RectangularRegionOfInterest(RegionOfInterest):
    """A rectangle.

    Parameters
    ----------
    image_sequence : ImageSequence
    x, y, width, height : float
        Centre and size, in pixels.
    name, description, file_origin : str, optional
    **annotations
    """

    _necessary_attrs = (_SEQUENCE, ("x", int), ("y", int), ("width", int), ("height", int))

    def __init__(
        self, image_sequence: Any, x: Any, y: Any, width: Any, height: Any, name: Any = None,
        description: Any = None, file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(image_sequence, name, description, file_origin, **annotations)
        self.x, self.y, self.width, self.height = x, y, width, height

    def is_inside(self, x: float, y: float) -> bool:
        """Whether a point is in the rectangle; its upper and right edges are not."""
        right, up = x - self.x, y - self.y
        return bool(
            -self.width / 2.0 <= right < self.width / 2.0
            and -self.height / 2.0 <= up < self.height / 2.0
        )

    def pixels_in_region(self) -> list[Any]:
        """The pixels ``[x, y]`` inside."""
        return [
            [x, y]
            for y in _between(self.y - self.height / 2.0, self.y + self.height / 2.0)
            for x in _between(self.x - self.width / 2.0, self.x + self.width / 2.0)
            if self.is_inside(x, y)
        ]


class PolygonRegionOfInterest(RegionOfInterest):
    """A polygon.

    Parameters
    ----------
    image_sequence : ImageSequence
    *vertices : pairs of float
        Corners in order, in pixels.
    name, description, file_origin : str, optional
    **annotations
    """

    _necessary_attrs = (_SEQUENCE, ("vertices", list))

    def __init__(
        self, image_sequence: Any, *vertices: Any, name: Any = None, description: Any = None,
        file_origin: Any = None, **annotations: Any,
    ) -> None:  # fmt: skip
        super().__init__(image_sequence, name, description, file_origin, **annotations)
        self.vertices = vertices

    def polygon_ray_casting(
        self, bounding_points: Any, bounding_box_positions: Iterable[Any]
    ) -> list[Any]:
        """The positions in a polygon: a ray to the right crosses an odd number of its sides."""
        corners = [(float(x), float(y)) for x, y in bounding_points]
        sides = list(zip(corners, [corners[-1], *corners[:-1]], strict=True))

        def crossings(x: float, y: float) -> int:
            return sum(
                (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
                for (x0, y0), (x1, y1) in sides
            )

        return [pos for pos in bounding_box_positions if crossings(pos[0], pos[1]) % 2]

    def pixels_in_region(self) -> list[Any]:
        """The pixels ``(x, y)`` inside."""
        xs, ys = zip(*self.vertices, strict=True)
        box = [(x, y) for y in _between(min(ys), max(ys)) for x in _between(min(xs), max(xs))]
        return self.polygon_ray_casting(self.vertices, box)
