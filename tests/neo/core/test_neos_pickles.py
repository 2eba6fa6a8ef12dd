"""What Neo has pickled loads, after `install_as_neo`, as the same objects of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("neo", reason="the referee is not installed: neo 0.14.6")

#: What both processes run: whose `neo`, and what an object is, as JSON.
START = '''
import json, pickle, sys
import numpy as np, quantities as pq
if sys.argv[1] == "neophys":
    from neophys.neo import install_as_neo
    install_as_neo()
import neo
from neo.core.objectlist import ObjectList
from neo.core.spiketrainlist import SpikeTrainList

FIELDS = """name description file_origin annotations array_annotations t_start t_stop sampling_rate
left_sweep waveforms labels durations times index rec_datetime""".split()
LISTS = """segments analogsignals irregularlysampledsignals spiketrains events epochs groups
imagesequences""".split()


def told(value):
    if isinstance(value, pq.Quantity):
        return [value.magnitude.tolist(), value.dimensionality.string, str(value.dtype)]
    if isinstance(value, (np.ndarray, np.generic)):
        return [value.tolist(), str(value.dtype)]
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [told(one) for one in value]
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def tell(obj):
    if isinstance(obj, (list, ObjectList)):
        return [tell(one) for one in obj]
    made = {"kind": type(obj).__name__, "module": type(obj).__module__.removeprefix("neophys.")}
    if isinstance(obj, np.ndarray):
        made["values"] = told(obj.view(pq.Quantity))
    for name in FIELDS:
        if hasattr(obj, name) and not callable(getattr(obj, name)):
            made[name] = told(getattr(obj, name))
    for name in LISTS:
        if hasattr(obj, name):
            made[name] = tell(getattr(obj, name))
    made["segment"] = getattr(obj, "segment", None) is not None
    return made
'''

WRITE = (
    START
    + """
WORDS = dict(name="a name", description="a text", file_origin="x.trc", key=[1, {"b": 2.5}])


def train(**more):
    return neo.SpikeTrain(
        np.array([1.0, 2.0, 4.5]), 10 * pq.s, "ms", t_start=0.5, sampling_rate=30 * pq.kHz,
        left_sweep=0.2 * pq.ms, waveforms=np.arange(12.0).reshape(3, 2, 2) * pq.uV,
        array_annotations={"code": [1, 2, 3], "at": [1, 2, 3] * pq.mm}, **WORDS, **more,
    )


def event():
    return neo.Event([1.0, 2.0] * pq.s, ["a", "b"], array_annotations={"code": [1, 2]}, **WORDS)


def epoch():
    return neo.Epoch([1.0, 2.0] * pq.s, [3.0, 4.0] * pq.ms, ["a", "b"], **WORDS)


def signal():
    return neo.AnalogSignal(
        np.arange(6.0, dtype="f4").reshape(3, 2), "mV", t_start=5 * pq.ms, sampling_rate=2 * pq.kHz,
        array_annotations={"channel": ["Cz", "Pz"]}, **WORDS,
    )


def irregular():
    return neo.IrregularlySampledSignal([0.5, 1.5, 7.0] * pq.s, [1, 2, 3] * pq.pA, **WORDS)


def columns():
    return SpikeTrainList.from_spike_time_array(
        np.array([1.0, 2.0, 3.0, 4.0]), np.array([5, 7, 5, 7]), [5, 6, 7], t_stop=9.0, units="s",
        side=["l", "r", "l"], area="V1",
    )


def segment():
    made = neo.Segment(index=3, **WORDS)
    made.analogsignals.append(signal())
    made.irregularlysampledsignals.append(irregular())
    made.spiketrains.extend([train(), train(unit_id=2)])
    made.events.append(event())
    made.epochs.append(epoch())
    return made


def block():
    made = neo.Block(**WORDS)
    made.segments.extend([segment(), segment()])
    for one in made.segments:
        one.block = made
    group = neo.Group(objects=[made.segments[0].spiketrains[1]], name="unit")
    made.groups.append(group)
    return made


def expanded():
    made = columns()
    list(made)
    made.multiplexed
    return made


MADE = {
    "train": train(), "event": event(), "epoch": epoch(), "signal": signal(),
    "irregular": irregular(), "arrays": columns(), "expanded": expanded(),
    "list": SpikeTrainList([train(), train(channel_id=4)]), "empty list": SpikeTrainList(),
    "segment": segment(), "block": block(), "in a segment": segment().spiketrains[0],
    "without bounds": neo.SpikeTrain([1.0], 2, "s") * 2,
}
for protocol in (2, 4, 5):
    with open(f"{sys.argv[2]}/{protocol}.pickle", "wb") as file:
        pickle.dump(MADE, file, protocol)
print(json.dumps({name: tell(obj) for name, obj in MADE.items()}))
"""
)

READ = (
    START
    + """
made = {}
for protocol in (2, 4, 5):
    with open(f"{sys.argv[2]}/{protocol}.pickle", "rb") as file:
        found = pickle.load(file)
    made[protocol] = {name: tell(obj) for name, obj in found.items()}
block = found["block"]
assert block.groups[0].spiketrains[0] is block.segments[0].spiketrains[1]
assert all(segment.block is block for segment in block.segments)
again = pickle.loads(pickle.dumps(block))
assert all(obj.segment is segment for segment in again.segments for obj in segment.data_children)
alone = found["in a segment"]
assert alone.segment.spiketrains[0] is alone
held = [obj for segment in block.segments for obj in segment.data_children]
assert all(any(obj.segment is segment for segment in block.segments) for obj in held)
assert found["expanded"].multiplexed[0].tolist() == [5, 5, 7, 7]
assert found["arrays"].multiplexed[0].tolist() == [5, 7, 5, 7]
assert type(found["train"]).__init__ is neo.SpikeTrain.__init__
print(json.dumps(made))
"""
)


def _told(code: str, *arguments: str) -> Any:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Neo pickled, and what loads of it by protocol."""
    folder: Path = tmp_path_factory.mktemp("pickles")
    return _told(WRITE, "neo", str(folder)), _told(READ, "neophys", str(folder))


@pytest.mark.parametrize("protocol", ["2", "4", "5"])
@pytest.mark.parametrize("name", [
    "train", "event", "epoch", "signal", "irregular", "arrays", "expanded", "list", "empty list",
    "segment", "block", "in a segment", "without bounds",
])  # fmt: skip
def test_what_neo_pickled_is_loaded(
    both: tuple[dict[str, Any], dict[str, Any]], name: str, protocol: str
) -> None:
    written, loaded = both
    assert loaded[protocol][name] == written[name]
