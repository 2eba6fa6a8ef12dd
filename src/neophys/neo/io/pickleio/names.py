"""Names in pickles: the closed list of what PickleIO knows, under Neo's names and ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from neophys.neo.io.pickleio.units import UNIT_CLASSES

__all__ = ["Known", "is_known", "known"]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A global that pickles of Neo's objects name.

    Attributes
    ----------
    name
        Its full name, for errors.
    kind
        What becomes of it: a key of ``objects._CALLS``; ``"array: "`` and what the other
        arguments are, for what makes a data object; ``"object"`` for what is made empty and gets
        its state; ``"value"`` for what is only handed on.
    real
        The class or function itself.
    """

    name: str
    kind: str
    real: Any


#: Where pickles find what they name: full names without ``neophys``, kind of :class:`Known`.
_PLACES: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "neo.core.block.Block", "neo.core.segment.Segment", "neo.core.group.Group",
            "neo.core.view.ChannelView", "neo.core.objectlist.ObjectList",
            "neo.core.spiketrainlist.SpikeTrainList", "neo.core.traincolumns.TrainColumns",
            "neo.core.regionofinterest.CircularRegionOfInterest",
            "neo.core.regionofinterest.PolygonRegionOfInterest",
            "neo.core.regionofinterest.RectangularRegionOfInterest",
        ),
        "object",
    ),
    **dict.fromkeys(
        (
            "neo.core.analogsignal.AnalogSignal", "neo.core.epoch.Epoch", "neo.core.event.Event",
            "neo.core.irregularlysampledsignal.IrregularlySampledSignal",
            "neo.core.imagesequence.ImageSequence", "neo.core.spiketrain.SpikeTrain",
            "neo.core.dataobject._normalize_array_annotations",
            "neo.core.regionofinterest.RegionOfInterest",
            "numpy.ndarray", "builtins.object", "builtins.dict", "quantities.quantity.Quantity",
        ),
        "value",
    ),
    "neo.core.analogsignal._new_AnalogSignalArray":
        "array: units dtype flag bound bound bound text text text items notes link",
    "neo.core.analogsignal._unsampled": "array: units text text text items notes",
    "neo.core.irregularlysampledsignal._new_IrregularlySampledSignal":
        "array: array units units dtype flag text text text items notes link",
    "neo.core.spiketrain._new_spiketrain":
        "array: bound units dtype flag bound bound array bound text text text items notes link"
        " link",
    "neo.core.event._new_event": "array: array units text text text items notes link",
    "neo.core.epoch._new_epoch": "array: array array units text text text items notes link",
    "neo.core.imagesequence._new_imagesequence":
        "array: units bound bound bound notes items notes",
    "neo.core.dataobject.ArrayDict": "arraydict",
    "neo.core.objectlist._Members": "plain",
    "neo.core.timequantity.Time": "time",
    "neo.core.timequantity.plain_quantity": "time",
    "neo.core.units.unit": "unit",
    "neo.core.units.unit_of": "unit_of",
    "numpy.dtype": "dtype",
    "numpy._core.multiarray._reconstruct": "array",
    "numpy._core.multiarray.scalar": "scalar",
    "numpy._core.numeric._frombuffer": "buffer",
    "quantities.quantity._reconstruct_quantity": "quantity",
    "quantities.dimensionality.Dimensionality": "dimensionality",
    **{f"quantities.unitquantity.{name}": "named unit" for name in UNIT_CLASSES},
    "copyreg._reconstructor": "reconstructor",
    "_codecs.encode": "encode",
    "builtins.bytes": "encode",
    "builtins.range": "range",
    "builtins.complex": "plain", "decimal.Decimal": "plain",
    "collections.OrderedDict": "ordered",
    "datetime.datetime": "plain", "datetime.date": "plain", "datetime.time": "plain",
    "datetime.timedelta": "plain", "datetime.timezone": "plain",
}  # fmt: skip

#: Modules under the names that they had once.
_RENAMED: Final = {
    "__builtin__": "builtins", "copy_reg": "copyreg", "numpy.core.multiarray":
    "numpy._core.multiarray", "numpy.core.numeric": "numpy._core.numeric",
}  # fmt: skip


def _place(module: str, name: str) -> str:
    module = module.removeprefix("neophys.")
    return f"{_RENAMED.get(module, module)}.{name}"


def is_known(module: str, name: str) -> bool:
    """Whether a pickle that names this can be read."""
    return _place(module, name) in _PLACES


@cache
def _of_place(place: str) -> Known:
    module, _, name = place.rpartition(".")
    own = f"neophys.{module}" if module.startswith("neo.") else module
    return Known(place, _PLACES[place], getattr(import_module(own), name))


def known(module: str, name: str) -> Known | None:
    """What stands for a global, None for one that is not in the list."""
    place = _place(module, name)
    return _of_place(place) if place in _PLACES else None
