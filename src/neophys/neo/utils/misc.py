"""Choose events and epochs, make epochs of events, cut segments along epochs.

Where a container holds proxies they are loaded, as little of them as is needed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys import neo
from neophys.neo.core.baseneo import NeoReadWriteError, copy_annotations
from neophys.neo.core.block import Block
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.segment import Segment
from neophys.neo.core.timequantity import scalar_time
from neophys.neo.core.units import Unit, unit_of

__all__ = [
    "add_epoch",
    "clean_annotations",
    "cut_block_by_epochs",
    "cut_segment_by_epoch",
    "get_epochs",
    "get_events",
    "is_block_rawio_compatible",
    "match_events",
    "neo",
    "reserved_annotations",
]

#: Annotations that name one object in a file: no other object may have them.
reserved_annotations = ["nix_name"]

_NO_TIME = 0 * pq.s


def _loaded(obj: Any) -> Any:
    """The object that a proxy stands for; anything else as it is."""
    return obj.load() if hasattr(obj, "proxy_for") else obj


def clean_annotations(dictionary: dict[str, Any]) -> dict[str, Any]:
    """The annotations without those that belong to one object only (``nix_name``)."""
    return {key: value for key, value in dictionary.items() if key not in reserved_annotations}


# Choosing.


def get_events(container: Any, **properties: Any) -> list[Any]:
    """Events of a segment or block that fit.

    Parameters
    ----------
    container : Segment or Block
    **properties
        Each names an annotation, ``labels``, ``times``, ``durations``, an array annotation or an
        attribute. An annotation or attribute must equal the value, and then holds for the whole
        object; of labels, times, durations and array annotations the items stay that are the
        value, or among the values of a list or array. All properties must hold.

    Returns
    -------
    list of Event
        What fits, as copies without segment; proxies are loaded. Without properties, or where
        one is an empty list: the objects themselves.

    Raises
    ------
    TypeError
        Another container.
    ValueError
        A value in a unit that what it is compared with cannot have.
    """
    return _chosen(container, "events", properties)


def get_epochs(container: Any, **properties: Any) -> list[Any]:
    """Epochs of a segment or block that fit, as :func:`get_events` chooses events."""
    return _chosen(container, "epochs", properties)


def _chosen(container: Any, kind: str, properties: dict[str, Any]) -> list[Any]:
    if isinstance(container, Block):
        segments: Sequence[Any] = container.segments
    elif isinstance(container, Segment):
        segments = (container,)
    else:
        raise TypeError(
            f"{kind} are taken from a Block or a Segment, not from a {type(container).__name__}"
        )
    return [
        found
        for segment in segments
        for found in _get_from_list(getattr(segment, kind), properties)
    ]


def _get_from_list(input_list: Iterable[Any], prop: dict[str, Any] | None = None) -> list[Any]:
    """The events or epochs of a list that fit; see :func:`get_events`."""
    if not prop or any(isinstance(value, list) and not value for value in prop.values()):
        return list(input_list)
    found = []
    for obj in input_list:
        part = _loaded(obj)
        for key, value in prop.items():
            part = _filter_event_epoch(part, key, value)
            if part is None:
                break
        else:
            found.append(part)
    return found


def _filter_event_epoch(obj: Any, annotation_key: str, annotation_value: Any) -> Any:
    """The items of an event or epoch that fit, as a copy; None where none does."""
    valid_ids = _get_valid_ids(obj, annotation_key, annotation_value)
    return _event_epoch_slice_by_valid_ids(obj, valid_ids) if len(valid_ids) else None


def _event_epoch_slice_by_valid_ids(obj: Any, valid_ids: Any) -> Any:
    """Some items as a copy that has no segment."""
    if not isinstance(obj, Event | Epoch):
        raise TypeError(f"items are taken from events and epochs, not from {type(obj).__name__}")
    part = obj[np.asarray(valid_ids, np.int64)]
    part.segment = None
    return part


def _get_valid_ids(obj: Any, annotation_key: str, annotation_value: Any) -> NDArray[np.int64]:
    """Positions of the items for which the annotation, label or attribute fits."""
    every: NDArray[np.int64] = np.arange(obj.size)
    known = obj.annotations
    if annotation_key in known and _equal(known[annotation_key], annotation_value):
        return every
    if annotation_key in ("labels", "times", "durations") and hasattr(obj, annotation_key):
        return _among(getattr(obj, annotation_key), annotation_value)
    if annotation_key in obj.array_annotations:
        return _among(obj.array_annotations[annotation_key], annotation_value)
    if hasattr(obj, annotation_key) and _equal(getattr(obj, annotation_key), annotation_value):
        return every
    return every[:0]


def _among(own: Any, wanted: Any) -> NDArray[np.int64]:
    """Positions of the items that are a value or one of several, in whatever unit these are."""
    values = wanted if isinstance(wanted, list | np.ndarray) else [wanted]
    if isinstance(own, pq.Quantity):
        if not isinstance(values, pq.Quantity):
            units = own.units
            values = [v.rescale(units).item() if isinstance(v, pq.Quantity) else v for v in values]
        else:
            values = values.rescale(own.units).magnitude
        own = own.magnitude
    return np.flatnonzero(np.isin(own, values))


def _equal(mine: Any, wanted: Any) -> bool:
    """Whether two values are the same; arrays are where all their elements are."""
    if isinstance(mine, np.ndarray) or isinstance(wanted, np.ndarray):
        if np.shape(mine) != np.shape(wanted):
            return False
        return bool(np.all(mine == wanted))
    return bool(mine == wanted)


# Making epochs.


def add_epoch(
    segment: Any,
    event1: Any,
    event2: Any = None,
    pre: Any = _NO_TIME,
    post: Any = _NO_TIME,
    attach_result: bool = True,
    **kwargs: Any,
) -> Epoch:
    """Epochs around the events of one object, or between those of two.

    Parameters
    ----------
    segment : Segment
    event1, event2 : Event, or a proxy of one
        Epoch *i* lasts from ``event1[i] + pre`` to ``event2[i] + post``; without `event2`,
        around `event1`.
    pre, post : Quantity
    attach_result
        Put the epochs in the segment.
    **kwargs
        Of :class:`Epoch`. The name is ``"epoch"`` and the labels are the name and a number where
        they are left out; annotations and array annotations are those of `event1`.

    Raises
    ------
    TypeError
        Other objects.
    ValueError
        The two have not equally many events, or an epoch would not be longer than nothing.
    """
    if not isinstance(segment, Segment):
        raise TypeError(f"segment has to be a Segment, not a {type(segment).__name__}")
    event1 = _loaded(event1)
    event2 = event1 if event2 is None else _loaded(event2)
    for event in (event1, event2):
        if not isinstance(event, Event):
            raise TypeError(f"events have to be of type Event, not {type(event).__name__}")
    if len(event1) != len(event2):
        raise ValueError(
            f"epochs lie between pairs of events, and there are {len(event1)} and {len(event2)};"
            " match_events() finds pairs"
        )
    times = event1.times + pre
    durations = event2.times + post - times
    if np.any(durations.magnitude <= 0):
        at = int(np.flatnonzero(durations.magnitude <= 0)[0])
        raise ValueError(f"epoch {at} would last {durations[at]}: it ends before or as it begins")
    name = kwargs.setdefault("name", "epoch")
    kwargs.setdefault("labels", [f"{name}_{i}" for i in range(len(times))])
    made = Epoch(times=times, durations=durations, **kwargs)
    made.annotate(**copy_annotations(clean_annotations(event1.annotations)))
    made.array_annotate(**copy_annotations(clean_annotations(event1.array_annotations)))
    if attach_result:
        segment.epochs.append(made)
    return made


def match_events(event1: Any, event2: Any) -> tuple[Any, Any]:
    """Pairs of events: one of the first, and the next one of the second.

    Of several that come before the same event of the second, the last is its partner. What has
    none is left out; what remains at the end of either gives a warning.

    Parameters
    ----------
    event1, event2 : Event, or a proxy of one

    Returns
    -------
    event1, event2 : Event
        Equally many, as copies without segment.
    """
    event1, event2 = _loaded(event1), _loaded(event2)
    first = event1.times.magnitude.tolist()
    second = event2.times.rescale(event1.units).magnitude.tolist()
    i = j = 0
    pairs: list[tuple[int, int]] = []
    while i < len(first) and j < len(second):
        if first[i] >= second[j]:
            j += 1
        elif i + 1 < len(first) and first[i + 1] < second[j]:
            i += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    for which, left in (("event1", len(first) - i), ("event2", len(second) - j)):
        if left:
            warnings.warn(f"the last {left} events of {which} have no partner", stacklevel=2)
    mine, its = np.array(pairs, np.int64).reshape(-1, 2).T
    return (
        _event_epoch_slice_by_valid_ids(event1, mine),
        _event_epoch_slice_by_valid_ids(event2, its),
    )


# Cutting.


def cut_block_by_epochs(
    block: Any, properties: dict[str, Any] | None = None, reset_time: bool = False
) -> Block:
    """Cut each segment of a block along its own epochs.

    Parameters
    ----------
    block : Block
    properties
        Which epochs, as for :func:`get_epochs`; None or {}: all.
    reset_time
        Whether the time of each new segment begins at 0.

    Returns
    -------
    Block
        A new one, without name and annotations, that holds the parts of all segments. Segments
        without such epochs are left out, with a warning; so there is where a segment has several
        objects of them, whose parts may overlap.
    """
    if not isinstance(block, Block):
        raise TypeError(f"block has to be a Block, not a {type(block).__name__}")
    made = Block()
    for segment in block.segments:
        epochs = _get_from_list(segment.epochs, properties)
        if len(epochs) != 1:
            said = "is not cut: no epochs fit" if not epochs else f"{len(epochs)} Epoch objects fit"
            warnings.warn(f"segment {segment.name}: {said} ({properties})", stacklevel=2)
        for epoch in epochs:
            made.segments.extend(cut_segment_by_epoch(segment, epoch, reset_time))
    return made


def cut_segment_by_epoch(seg: Any, epoch: Any, reset_time: bool = False) -> list[Segment]:
    """The parts of a segment that epochs cover, each as a segment.

    Parameters
    ----------
    seg : Segment
        Of proxies in it, only what lies in the epochs is read.
    epoch : Epoch, or a proxy of one
    reset_time
        Whether the time of each part begins at 0.

    Returns
    -------
    list of Segment
        As :meth:`Segment.time_slice` gives them, with the epoch's annotations, and of its array
        annotations what belongs to it.

    Raises
    ------
    TypeError
        Other objects.
    ValueError
        An epoch reaches beyond a signal.
    """
    if not isinstance(seg, Segment):
        raise TypeError(f"seg has to be a Segment, not a {type(seg).__name__}")
    if isinstance(getattr(epoch, "proxy_for", None), type) and issubclass(epoch.proxy_for, Epoch):
        epoch = epoch.load()
    if not isinstance(epoch, Epoch):
        raise TypeError(f"epoch has to be an Epoch, not a {type(epoch).__name__}")
    common = clean_annotations(epoch.annotations)
    single = {
        key: values
        for key, values in clean_annotations(epoch.array_annotations).items()
        if len(values)
    }
    parts = []
    for i, (start, stop) in enumerate(_limits(epoch)):
        part = seg.time_slice(start, stop, reset_time=reset_time)
        part.annotations = clean_annotations(part.annotations)
        part.annotations.update(copy_annotations(common))
        part.annotations.update({key: _own(values[i]) for key, values in single.items()})
        parts.append(part)
    return parts


def _limits(epoch: Epoch) -> list[tuple[Any, Any]]:
    """Start and end of each epoch as times in the epoch's unit."""
    of: Unit = unit_of(epoch._dimensionality)
    starts = epoch.magnitude.astype(np.float64)
    lasting = epoch.durations
    if np.size(lasting) != len(starts):
        raise ValueError(f"{len(starts)} epochs have {np.size(lasting)} durations")
    stops = starts + lasting.magnitude * unit_of(lasting._dimensionality).factor(of)
    return [
        (scalar_time(start, of), scalar_time(stop, of))
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
    ]


def _own(value: Any) -> Any:
    """An array's element that is no view of the array."""
    return value.copy() if isinstance(value, np.ndarray) else value


# Checking.

_COUNTED = {
    "analogsignals": "AnalogSignals",
    "spiketrains": "SpikeTrains",
    "events": "Events",
    "epochs": "Epochs",
}


def is_block_rawio_compatible(
    block: Any, return_problems: bool = False
) -> bool | tuple[bool, list[str]]:
    """Whether a block, once in a file, could be read by a raw reader.

    Raw readers want the same objects in all segments, signals with the same channels, rate and
    units in all of them, and no irregularly sampled ones.

    Parameters
    ----------
    block : Block
    return_problems
        Say what is in the way too.

    Returns
    -------
    bool, or (bool, list of str)

    Raises
    ------
    NeoReadWriteError
        The block has no segments.
    """
    if not len(block.segments):
        raise NeoReadWriteError("this block has no segments")
    first = block.segments[0]
    problems = [
        f"Number of {word} is not consistent across segments"
        for segment in block.segments
        for kind, word in _COUNTED.items()
        if len(getattr(segment, kind)) != len(getattr(first, kind))
    ]
    if not any("AnalogSignals" in problem for problem in problems):
        problems += _inconsistent_signals(block.segments)
    problems += [
        "IrregularlySampledSignals are not raw compatible"
        for segment in block.segments
        if len(segment.irregularlysampledsignals)
    ]
    return (not problems, problems) if return_problems else not problems


def _inconsistent_signals(segments: Sequence[Any]) -> list[str]:
    """What differs between the signals of the first segment and those of the others."""
    problems = []
    for i, like in enumerate(segments[0].analogsignals):
        for segment in segments:
            signal = segment.analogsignals[i]
            same = {
                "sampling rate": signal.sampling_rate == like.sampling_rate,
                "channel count": signal.shape[1] == like.shape[1],
                "units": signal.units == like.units,
            }
            problems += [
                f"AnalogSignals have inconsistent {what} across segments"
                for what, agrees in same.items()
                if not agrees
            ]
    return problems
