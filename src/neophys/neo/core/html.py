"""Neo's objects as HTML, for notebooks.

Shows what one looks for first: what it is, how large, how fast, from when to when, and what is in
it, to be unfolded. Nothing is read or loaded for it, no data are copied or summed. Of annotations
only the keys are shown: their values may be a patient's. Colours are the notebook's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

__all__ = ["of"]

Facts = Iterator[tuple[str, str]]

#: How many children of a list are shown, at each depth; the others are counted.
_SHOWN = (20, 8, 4)
_ITEMS = 8
_TIMES = " \N{MULTIPLICATION SIGN} "
_DIM = '<span style="opacity:.65">{}</span>'
_CELL = '<td style="text-align:left;vertical-align:top">{}</td>'


def of(obj: Any) -> str:
    """An object of Neo's, a proxy of one, or a list of such, as HTML."""
    if hasattr(obj, "_made_items"):
        inner = f"<div>{_title(obj)}</div>{_children(obj, 0)}"
    else:
        inner = f"<div>{_title(obj)}</div>{_body(obj, 0)}"
    return f'<div class="neo-object">{inner}</div>'


# Texts.


def _number(value: Any) -> str:
    return f"{float(value):.6g}"


def _amount(value: Any) -> str:
    """A quantity, periods in seconds; anything else as it is."""
    if not hasattr(value, "dimensionality"):
        return str(value)
    if "/" in str(value.dimensionality):  # a duration counted in periods: 1/Hz
        value = _in_seconds(value)
    return f"{_number(value.magnitude)} {value.dimensionality.string}"


def _in_seconds(value: Any) -> Any:
    try:
        return value.rescale("s")
    except ValueError:  # no time: mV/s, um/pixel
        return value


def _from_to(start: Any, stop: Any) -> str:
    length = _amount(_in_seconds(stop - start))
    return f"{_amount(start)} to {_amount(stop)} ({length})"


def _some(texts: Iterable[Any], total: int, most: int = _ITEMS) -> str:
    """The first few of some texts."""
    shown = ", ".join(str(text) for text, _ in zip(texts, range(most), strict=False))
    return f"{shown}, … ({total:,})" if total > most else shown


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun if n == 1 else noun + 's'}"


def _by(shape: Iterable[int]) -> str:
    return _TIMES.join(f"{n:,}" for n in shape)


def _is_loaded(obj: Any) -> bool:
    return isinstance(obj, np.ndarray)


def _bytes(n: float) -> str:
    for word in ("bytes", "kB", "MB"):
        if n < 1000:
            return f"{n:.3g} {word}"
        n /= 1000
    return f"{n:.3g} GB"


# What each kind shows.


def _kind(obj: Any) -> str:
    """The name of the class of Neo's that an object or proxy is of."""
    for kind in getattr(obj, "proxy_for", type(obj)).__mro__:
        if kind.__name__ in _KINDS:
            return str(kind.__name__)
    return ""


def _sampled(obj: Any) -> Facts:
    samples, channels = obj.shape
    yield "shape", _count(samples, "sample") + _TIMES + _count(channels, "channel")
    yield from _values(obj)
    if _kind(obj) == "AnalogSignal":
        yield "sampling rate", _amount(obj.sampling_rate)
    if obj.shape[0]:
        yield "time", _from_to(obj.t_start, obj.t_stop)
    names = obj.array_annotations.get("channel_names")
    if names is not None and len(names):
        yield "channels", _some(names, len(names))


def _values(obj: Any) -> Facts:
    yield "units", str(obj.units.dimensionality.string)
    size = int(np.prod(obj.shape)) * np.dtype(obj.dtype).itemsize
    yield "samples", f"{np.dtype(obj.dtype).name}, {_bytes(size)}"


def _images(obj: Any) -> Facts:
    yield "shape", f"{_count(obj.shape[0], 'frame')} of {_by(obj.shape[1:])} pixels"
    yield from _values(obj)
    yield "frame rate", _amount(obj.sampling_rate)
    yield "pixel size", _amount(obj.spatial_scale)
    yield "time", _from_to(obj.t_start, obj.t_stop)


def _train(obj: Any) -> Facts:
    yield "spikes", f"{obj.shape[0]:,}"
    yield "time", _from_to(obj.t_start, obj.t_stop)
    if _is_loaded(obj):
        if len(obj):
            first = (_number(value) for value in obj.view(np.ndarray)[:_ITEMS])
            yield "first", f"{_some(first, len(obj))} {obj.dimensionality.string}"
        if obj.waveforms is not None:
            yield "waveforms", f"{_by(np.shape(obj.waveforms))} (spikes, channels, samples)"
    if obj.sampling_rate is not None:
        yield "sampling rate", _amount(obj.sampling_rate)


def _marks(obj: Any) -> Facts:
    yield _kind(obj).lower() + "s", f"{obj.shape[0]:,}"
    if not _is_loaded(obj):
        yield "time", _from_to(obj.t_start, obj.t_stop)
        return
    labels = [] if obj.labels is None else obj.labels
    durations = getattr(obj, "durations", None)
    of_unit = "" if durations is None else f" {durations.dimensionality.string}"
    for i, time in enumerate(obj.view(np.ndarray)[:_ITEMS]):
        text = str(labels[i]) if i < len(labels) else ""
        if durations is not None and i < np.size(durations):
            long = np.atleast_1d(durations.magnitude)[i]
            text = f"{_number(long)}{of_unit} {text}"
        yield f"{_number(time)} {obj.dimensionality.string}", text
    if len(obj) > _ITEMS:
        yield "…", f"{len(obj) - _ITEMS:,} more"


def _view(obj: Any) -> Facts:
    yield "channels", _some(obj.index, len(obj.index))
    yield "of", f"{type(obj.obj).__name__} {obj.obj.name or ''}"


def _region(obj: Any) -> Facts:
    for word in ("x", "y", "radius", "width", "height", "vertices"):
        if hasattr(obj, word):
            yield word, str(getattr(obj, word))


def _segment(obj: Any) -> Facts:
    start, stop = obj.t_start, obj.t_stop
    if start is not None and stop is not None:
        yield "time", _from_to(start, stop)


def _plain(obj: Any) -> Facts:
    yield from ()


_KINDS: dict[str, Callable[[Any], Facts]] = {
    "AnalogSignal": _sampled, "IrregularlySampledSignal": _sampled, "ImageSequence": _images,
    "SpikeTrain": _train, "Event": _marks, "Epoch": _marks, "ChannelView": _view,
    "RegionOfInterest": _region, "Segment": _segment, "Container": _plain, "BaseNeo": _plain,
}  # fmt: skip


def _described(obj: Any) -> Facts:
    """What all objects have."""
    for word in ("description", "rec_datetime", "file_datetime"):
        if getattr(obj, word, None):
            yield word.replace("_", " "), str(getattr(obj, word))
    if obj.file_origin:
        # Folders may be named after patients, and are long.
        yield "file", str(obj.file_origin).replace("\\", "/").rsplit("/", 1)[-1]
    for word in ("array_annotations", "annotations"):
        keys = getattr(obj, word, None) or ()
        if len(keys):
            yield word.replace("_", " "), f"{_some(keys, len(keys), 30)} (values: .{word})"


# How it is put together.


def _facts(obj: Any) -> Facts:
    for source in (_KINDS[_kind(obj) or "BaseNeo"], _described):
        facts = source(obj)
        while True:
            try:
                yield next(facts)
            except StopIteration:
                break
            except (AttributeError, TypeError, ValueError, IndexError):
                break  # an object that is half made can be looked at, too


def _short(obj: Any) -> str:
    """What an object holds, in a few words."""
    kind = _kind(obj)
    if hasattr(obj, "_made_items"):
        kinds = " or ".join(kind.__name__ for kind in obj.allowed_contents)
        return _count(len(obj), kinds or "object")
    if kind in ("Segment", "Container"):
        held = ((len(objects), word) for word, objects in _lists(obj))
        return ", ".join(_count(n, word) for n, word in held) or "empty"
    if kind in ("Event", "Epoch"):
        return f"{obj.shape[0]:,}"
    if kind == "SpikeTrain":
        return _count(obj.shape[0], "spike")
    shape, units = getattr(obj, "shape", ()), getattr(obj, "units", None)
    return _by(shape) if units is None else f"{_by(shape)} {units.dimensionality.string}"


def _title(obj: Any) -> str:
    parts = [f"<strong>{escape(type(obj).__name__)}</strong>"]
    if getattr(obj, "name", None):
        parts.append(f"<em>{escape(str(obj.name))}</em>")
    parts.append(_DIM.format(escape(_short(obj))))
    if hasattr(obj, "proxy_for"):
        parts.append(_DIM.format("not loaded"))
    return " ".join(parts)


_NOUNS = {
    "segments": "segment", "groups": "group", "analogsignals": "signal",
    "irregularlysampledsignals": "irregular signal", "spiketrains": "spike train",
    "events": "event channel", "epochs": "epoch channel", "imagesequences": "image sequence",
    "channelviews": "channel view", "regionsofinterest": "region",
}  # fmt: skip


def _lists(obj: Any) -> Iterator[tuple[str, Any]]:
    """The lists of a container that hold anything, each with what it holds."""
    for name, noun in _NOUNS.items():
        objects: Any = getattr(obj, name, ())
        if hasattr(objects, "_made_items") and len(objects):
            yield noun, objects


def _body(obj: Any, depth: int) -> str:
    rows = "".join(
        f'<tr><th style="text-align:left;vertical-align:top;font-weight:normal;opacity:.65">'
        f"{escape(what)}</th>{_CELL.format(escape(text))}</tr>"
        for what, text in _facts(obj)
    )
    parts = [f'<table style="margin:0 0 .3em;color:inherit">{rows}</table>'] if rows else []
    for noun, objects in _lists(obj):
        heading = escape(_count(len(objects), noun))
        parts.append(f"<details><summary>{heading}</summary>{_children(objects, depth)}</details>")
    return "".join(parts)


def _children(objects: Any, depth: int) -> str:
    total = len(objects)
    if depth >= len(_SHOWN) or len(objects._made_items()) < total:
        # Too deep, or trains that are not objects yet: making them takes time and memory.
        shown: list[Any] = []
    else:
        shown = objects._made_items()[: _SHOWN[depth]]
    parts = [
        f"<details><summary>{i}: {_title(obj)}</summary>{_body(obj, depth + 1)}</details>"
        for i, obj in enumerate(shown)
    ]
    if total > len(shown):
        more = "more" if shown else "in the list"
        parts.append(f"<div>{_DIM.format(f'{total - len(shown):,} {more}')}</div>")
    return f'<div style="margin-left:1.2em">{"".join(parts)}</div>'
