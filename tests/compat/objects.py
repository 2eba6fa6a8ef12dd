"""The objects of both: blocks and segments, eager and lazy, and what proxies load."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq
from tests.compat.differences import Differences, Refusal, attempt

__all__ = ["compare_objects"]

DESCRIBED = ("name", "description", "file_origin")
DATED = (*DESCRIBED, "rec_datetime", "file_datetime", "index")
SIGNAL = (*DESCRIBED, "shape", "units", "t_start", "t_stop", "sampling_rate", "sampling_period")
#: What an attribute comes from, where that is a field of the raw layer.
FIELDS = {
    "name": "names",
    "rec_datetime": "annotations",
    "units": "units",
    "shape": "size",
    "t_start": "t_start",
    "t_stop": "t_stop",
    "sampling_rate": "sampling_rate",
    "sampling_period": "sampling_rate",
    "left_sweep": "spike_channels.wf_sampling_rate",
}
MODES = ("group-by-same-units", "split-all")


def compare_objects(neo: Any, ours: Any, found: Differences, windows: int, seed: int) -> None:
    """Compare what two IO instances give."""
    rng = np.random.default_rng(seed)
    for mode in MODES:
        for lazy in (False, True):
            where = f"{mode}, {'lazy' if lazy else 'eager'}"
            ask: dict[str, Any] = {"signal_group_mode": mode, "lazy": lazy}
            blocks = [attempt(lambda r=r, ask=ask: r.read_block(**ask)) for r in (neo, ours)]
            if any(isinstance(block, Refusal) for block in blocks):
                found.compare("read_block", where, *blocks)
                continue
            compare_block(*blocks, where, found)
            if lazy and mode == MODES[0]:
                compare_loads(*blocks, found, rng, windows)
    ask = {"load_waveforms": True}
    segments = [attempt(lambda r=r, ask=ask: r.read_segment(**ask)) for r in (neo, ours)]
    if any(isinstance(segment, Refusal) for segment in segments):
        refused = [isinstance(segment, Refusal) for segment in segments]
        field = "waveforms" if neo.spike_channels_count() else "refusal"
        found.compare(field, "read_segment refused", *refused)
        return
    trains = zip(*(segment.spiketrains for segment in segments), strict=False)
    for i, (one, two) in enumerate(trains):
        found.compare("waveforms.values", f"train {i}", one.waveforms, two.waveforms)


def compare_block(neo: Any, ours: Any, where: str, found: Differences) -> None:
    compare_described(neo, ours, DATED, f"{where}: block", found)
    names = [[(group.name, len(group.analogsignals)) for group in x.groups] for x in (neo, ours)]
    found.compare("names", f"{where} groups", *names)
    for one, two in zip(neo.groups, ours.groups, strict=False):
        found.compare_dicts("groups", where, one.annotations, two.annotations)
    for s, (one, two) in enumerate(zip(neo.segments, ours.segments, strict=False)):
        here = f"{where}: segment {s}"
        compare_described(one, two, DATED, here, found)
        for kind in ("analogsignals", "spiketrains", "events", "epochs"):
            lists = [list(getattr(x, kind)) for x in (one, two)]
            found.compare("objects", f"{here} {kind}", *(len(x) for x in lists))
            for i, (x, y) in enumerate(zip(*lists, strict=False)):
                found.compare("objects", f"{here} {kind}", type(x).__name__, type(y).__name__)
                compare_data(x, y, f"{here} {kind} {i}", found)


def compare_described(neo: Any, ours: Any, names: Any, where: str, found: Differences) -> None:
    for name in names:
        field = FIELDS.get(name, "attributes")
        if name == "sampling_rate" and type(neo).__name__.startswith("SpikeTrain"):
            field = "spike_channels.wf_sampling_rate"
        found.compare(field, f"{where}.{name}", getattr(neo, name), getattr(ours, name))
    found.compare_dicts("annotations", where, neo.annotations, ours.annotations)


def compare_data(neo: Any, ours: Any, where: str, found: Differences) -> None:
    """Two data objects, or two proxies."""
    kind = type(neo).__name__.removesuffix("Proxy")
    lazy = type(neo).__name__.endswith("Proxy")
    if kind == "AnalogSignal":
        compare_described(neo, ours, SIGNAL, where, found)
        found.compare("attributes", f"{where}.dtype", str(neo.dtype), str(ours.dtype))
        if not lazy:
            found.compare("values", where, neo.magnitude, ours.magnitude)
    elif kind == "SpikeTrain":
        names = (*DESCRIBED, "shape", "t_start", "t_stop", "sampling_rate", "left_sweep")
        compare_described(neo, ours, names, where, found)
        if not lazy:
            found.compare("spikes.times", where, neo.magnitude, ours.magnitude)
            found.compare("attributes", f"{where}.units", neo.units, ours.units)
    else:
        compare_described(neo, ours, DESCRIBED, where, found)
        found.compare("event_count", where, neo.shape, ours.shape)
        if lazy:
            compare_described(neo, ours, ("t_start", "t_stop"), where, found)
        else:
            found.compare("events.times", where, neo.times, ours.times)
            found.compare("events.labels", where, neo.labels.tolist(), ours.labels.tolist())
            if kind == "Epoch":
                found.compare("events.durations", where, neo.durations, ours.durations)
    found.compare_dicts("array_annotations", where, neo.array_annotations, ours.array_annotations)


def compare_loads(neo: Any, ours: Any, found: Differences, rng: Any, windows: int) -> None:
    for s, (one, two) in enumerate(zip(neo.segments, ours.segments, strict=False)):
        for kind in ("analogsignals", "spiketrains", "events", "epochs"):
            pairs = list(zip(getattr(one, kind), getattr(two, kind), strict=False))
            for i, (x, y) in enumerate(pairs[:6]):
                here = f"segment {s} {kind} {i}"
                for ask in asks(kind, x, rng, windows):
                    load(x, y, ask, here, found)


def asks(kind: str, proxy: Any, rng: Any, windows: int) -> list[dict[str, Any]]:
    """Arguments of load: windows in several units and types, strict or not, channels, modes."""
    start, stop = float(proxy.t_start.magnitude), float(proxy.t_stop.magnitude)
    found: list[dict[str, Any]] = [{}]
    for a, b in np.sort(rng.uniform(start, stop, (windows, 2)), axis=1).tolist():
        found.append({"time_slice": (a * pq.s, b * pq.s)})
        found.append({"time_slice": (a * 1000 * pq.ms, b * 1000 * pq.ms)})
        found.append({"time_slice": (a, None)})
        found.append({"time_slice": (start - 1.0, b), "strict_slicing": False})
        found.append({"time_slice": (a, stop + 1.0), "strict_slicing": False})
        found.append({"time_slice": (start - 1.0, b)})
    if kind == "analogsignals":
        k = proxy.shape[1]
        chosen = rng.permutation(k)[: max(1, k // 2)]
        choices = (chosen, chosen.tolist(), slice(0, 1), np.arange(k) % 2 == 0) if k > 1 else ()
        found += [{"channel_indexes": c, "time_slice": (start, stop)} for c in choices]
        found.append({"magnitude_mode": "raw"})
        found.append({"magnitude_mode": "other"})
    return found


def load(neo: Any, ours: Any, ask: dict[str, Any], here: str, found: Differences) -> None:
    if ask.get("time_slice", (None,))[0] is not None and neo.shape[0] == 0:
        return
    both = [attempt(lambda p=p: p.load(**ask)) for p in (neo, ours)]
    where = f"{here}.load({ask})"
    raw = ask.get("magnitude_mode") == "raw"
    refused = [isinstance(x, Refusal) for x in both]
    if raw and any(refused):
        # Gains and offsets decide whether there are raw units.
        found.compare("values", f"{where}: refused", *refused)
    elif any(refused):
        found.compare("load", where, *both)
    elif raw:
        found.compare("values", f"{where}.units", str(both[0].units), str(both[1].units))
        found.compare("samples", where, both[0].magnitude, both[1].magnitude)
    else:
        compare_data(*both, where, found)
