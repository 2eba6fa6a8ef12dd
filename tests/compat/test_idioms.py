"""What programs do with Neo's objects and readers, said in our own lines and run in both.

Each line of the tables, and each function below them, is a habit seen in programs that use Neo:
analysis packages, viewers, converters, simulators, readers of a laboratory's own format. Some take
names that Neo does not promise. What gives something else on purpose is in
``tests/compat/behaviours``.
"""

from __future__ import annotations

import copy
import datetime
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from tests.compat.readers import lab_buffers, lab_io, lab_raw
from tests.neo.core.both import compare, epochs, events, outcome, signal, train

import neophys.neo as ours

# Expressions without blanks, as words: `s` is a signal, `t` a train, `q` a time, `r` a rate.

SIGNAL = """
    s.mean(axis=0) s.std() s.max(axis=0) s.argmax() s.sum(axis=0) s.var() s.min()
    s[:,0].magnitude.flatten().tolist() s[2].tolist() s[3,1] s[-1,:].magnitude s[:,1] s[2:5]
    s[2:5,:2] s.magnitude[:,0] s[:,[0,2]].array_annotations s[:,-1].array_annotations
    s[1:-1].duration s[:,np.array([True,False,True])].array_annotations s[0:0].shape s[5:2].shape
    s.rescale('uV') s.rescale(pq.V) s.as_quantity() s.as_array('V') (s/pq.mV).simplified.magnitude
    (s*1000).rescale('uV').magnitude (s*pq.A).dimensionality.string 1*s.units s.units.symbol
    s.units.name str(s.units) s.dimensionality.unicode s.units==pq.mV s.simplified.units
    s.sampling_rate.rescale('kHz') s.sampling_period.rescale('us') s.sampling_rate.item()
    float(s.sampling_rate) 1/s.sampling_rate s.sampling_rate==1000*pq.Hz s.sampling_rate>1*pq.kHz
    int(s.sampling_rate*s.duration) int((1*pq.s*s.sampling_rate).simplified)
    s.times.rescale('ms')[:3] s.times.magnitude[-1] s.times-s.t_start s.time_index(7*pq.ms)
    s.t_start.rescale(pq.s).magnitude.item() s.t_start+s.duration s.t_stop-s.t_start
    np.interp(0.0075,s.times.rescale('s').magnitude,s.magnitude[:,0])
    np.searchsorted(s.times.rescale('s').magnitude,0.008) s.shape[-1] len(s) s.size s.ndim s.dtype
    s.nbytes s.T.shape s.tolist()[1] np.asarray(s)[0] s.annotations['key']
    s.annotations.get('none') s.array_annotations['gain'] s.segment s.name
    list(s.array_annotations) json.dumps(s.annotations) s.time_slice(6*pq.ms,9*pq.ms)
    s.time_shift(1*pq.s) s.splice(s[:2],copy=True) s.merge(s)
    s.duplicate_with_new_data(s.magnitude*2) s.copy() s.rectify().magnitude[0]
    s.downsample(1).shape (s-s.mean(axis=0)).magnitude (s-1*pq.mV).magnitude (s+s).magnitude
    (s>2*pq.mV).any() (s==s).all() s[s[:,0]>3*pq.mV].shape s.max()>20*pq.mV np.allclose(s,s)
    np.isnan(s).any() s.clip(1*pq.mV,3*pq.mV) np.hstack([s.magnitude,s.magnitude]).shape
    np.vstack([s.T[0].magnitude]*2).shape np.median(s.magnitude,axis=0) np.abs(s).magnitude
    s.mean().rescale('uV').item() s.reshape(2,-1).shape [c.sum().item()for(c)in(s.T)]
    [x.magnitude.tolist()for(x)in(s)][:2] s.view(np.ndarray)[1] type(s[0]).__name__
    type(s[0,0]).__name__ type(s[:,0]).__name__ type(s.max()).__name__
"""

TRAIN = """
    len(t) t.magnitude t.times t.t_start t.t_stop t.duration t.units.dimensionality.string t.dtype
    t[t>1.5*pq.s] t[(t>1*pq.s)&(t<4*pq.s)] t[t.magnitude>1.5] t[::-1] t[[0,2]] t[-1] t.times[0]
    t[np.array([True,False,True,False])] t[np.argsort(t.magnitude)] t[0:0].size
    t[1:3].waveforms.shape t[t.times>2*pq.s].array_annotations t[1:3].t_stop list(t)[:1]
    [float(x)for(x)in(t)] t.time_slice(1*pq.s,2.5*pq.s) t.time_slice(None,2*pq.s)
    t.time_shift(1*pq.s) t.rescale('ms') t.merge(t) t.sort() t.copy() t.as_array('ms')
    t.as_quantity() (t+1*pq.s).t_stop t==t len(t)/(t.t_stop-t.t_start).rescale('s').magnitude
    (len(t)/t.duration).simplified (t.size/t.duration).rescale(pq.Hz) (t-t.t_start).magnitude
    (t.times-t.t_start).rescale('ms') np.diff(t.times).rescale('ms').magnitude np.diff(t.magnitude)
    sorted(t.magnitude) np.histogram(t.magnitude,bins=3)[0]
    np.histogram(t.times.rescale('ms').magnitude,bins=3)[1] np.hstack([t.times,t.times]).size
    np.unique(t.times.magnitude) (t.times<t.t_stop).all() np.searchsorted(np.sort(t.magnitude),2.5)
    np.isin(t.magnitude,[1.]) t.is_sorted t.min() t.max() t.waveforms.mean(axis=0).magnitude
    t.waveforms.units.dimensionality.string t.waveforms[0].magnitude
    t.waveforms.rescale('mV').magnitude[0,0,0] t.left_sweep t.spike_duration t.right_sweep
    t.sampling_rate.rescale('Hz').item() t.annotations.get('unit_id') t.array_annotations['code']
    min(t.t_stop,5*pq.s) max([t.t_start,1*pq.s]) (t.t_stop-t.t_start)/10 range(int(t.t_stop))[-1]
    np.arange(t.t_start.item(),t.t_stop.item(),5)
    np.arange(0,t.t_stop.rescale('ms').magnitude,2500) pq.Quantity(t).rescale('ms') str(t.t_start)
    f'{t.t_start}' repr(t.t_stop) type(t[0:1]).__name__
"""

TIME = """
    q+1*pq.ms q-1*pq.s q*2 q/2 1/q q/q q**2 q%(3*pq.s) -q abs(q) q>5*pq.s q==10*pq.s q<=10000*pq.ms
    q.item() float(q) int(q) bool(q) q.magnitude q.magnitude.item() q.tolist() q.shape q.ndim
    q.dtype q.units q.dimensionality.string q.rescale('ms') q.rescale('ms').item() q.simplified
    q.rescale(pq.min) q.rescale(q.units) copy.copy(q) copy.deepcopy(q)
    pickle.loads(pickle.dumps(q)) q.copy() isinstance(q,pq.Quantity) isinstance(q,np.ndarray)
    q.astype('float32').dtype q.astype(int) q.reshape(1) q.flatten() np.float64(q) np.array(q)
    np.asarray(q) np.round(q,1) round(float(q),1) np.max([q,q]) np.isclose(q,10*pq.s)
    np.array([q,q]) pq.Quantity(q,'ms') pq.Quantity(q) [q,q]*pq.s pq.Quantity([q,q])
    np.linspace(0*pq.s,q,3) np.arange(0,q,4) np.minimum(q,5*pq.s) np.sqrt(q**2)
    (q*pq.Hz).simplified.item() (q*(1*pq.kHz)).simplified (q/(1*pq.ms)).simplified.item()
    int((q*1000*pq.Hz).simplified) str(q) repr(q) f'{q}' hash(q.item()) sorted([q,1*pq.s])[0]
    sum([q,q],0*pq.s) (q-q).item()==0 np.array([1.,2.])*q np.array([1.,2.])*pq.s+q [1,2]*pq.s-q
    np.hstack([q,q]) np.append(q,q) np.clip(q,0*pq.s,5*pq.s) np.isfinite(q) np.mean([q,q])
    q.units==pq.s q.dimensionality==pq.s.dimensionality q.units.symbol q._dimensionality.string
    json.dumps(q.tolist()) datetime.timedelta(seconds=float(q)).seconds np.zeros(int(q)).size
    math.floor(q) math.isclose(q,10) np.ceil(q) q.T.shape np.atleast_1d(q)
    np.interp(q,[0,20],[0,1])
"""

_MODULES = {"np": np, "pq": pq, "copy": copy, "pickle": pickle, "json": json, "math": math,
            "datetime": datetime}  # fmt: skip
_EXPRESSIONS = [
    *(("s", text, signal) for text in SIGNAL.split()),
    *(("t", text, train) for text in TRAIN.split()),
    *(("q", text, lambda library: train(library).t_stop) for text in TIME.split()),
]


@pytest.mark.parametrize(
    ("name", "text", "make"), _EXPRESSIONS, ids=lambda x: x if isinstance(x, str) else ""
)
@pytest.mark.filterwarnings("ignore")
def test_an_expression_gives_what_it_gives_in_neo(name: str, text: str, make: Any) -> None:
    def value(library: Any) -> Any:
        return eval(text, _MODULES | {name: make(library)})  # the expressions are our own

    compare(outcome(value, ours), outcome(value, neo), text)


Idiom = Callable[[Any], Any]
IDIOMS: list[Idiom] = []


def idiom(function: Idiom) -> Idiom:
    IDIOMS.append(function)
    return function


# Simulators fill segments, by train or from arrays.


@idiom
def a_simulator_writes_trains_and_a_signal(library: Any) -> Any:
    segment, block = library.Segment(name="run"), library.Block()
    block.segments.append(segment)
    for i in range(3):
        times = pq.Quantity([1.0, 2.0 + i], pq.ms)
        segment.spiketrains.append(
            library.SpikeTrain(times, t_start=0 * pq.ms, t_stop=9 * pq.ms, units="ms", source_id=i)
        )
    v = library.AnalogSignal(
        np.zeros((5, 2)), units="mV", t_start=0 * pq.ms, sampling_period=0.1 * pq.ms, name="v",
        channel_ids=np.arange(2), array_annotations={"channel_index": np.arange(2)},
    )  # fmt: skip
    v.segment = segment
    segment.analogsignals.append(v)
    ordered = sorted(segment.spiketrains, key=lambda t: -t.annotations["source_id"])
    return [ordered, v, bool(v.t_stop - 0.5 * pq.ms < 1e-10), block.segments[0].block is block]


@idiom
def a_list_of_trains_from_arrays(library: Any) -> Any:
    trains = library.spiketrainlist.SpikeTrainList.from_spike_time_array(
        np.array([1.0, 2, 3, 4]) * pq.ms, np.array([3, 5, 3, 5]), np.array([3, 4, 5]),
        t_stop=9 * pq.ms, units="ms", t_start=0 * pq.ms, population="p", index=np.arange(3),
    )  # fmt: skip
    segment = library.Segment()
    segment.spiketrains = trains
    segment.spiketrains.segment = segment
    made = [[t.times for t in trains], trains.multiplexed]
    segment.spiketrains = [train for train in segment.spiketrains if len(train)]
    return [*made, [t.annotations for t in segment.spiketrains]]


@idiom
def a_shallow_copy_of_a_segment_keeps_some_signals(library: Any) -> Any:
    segment = library.Segment()
    segment.spiketrains = [train(library)]
    segment.analogsignals = [signal(library), signal(library, name="v")]
    new = copy.copy(segment)
    new.spiketrains = []
    new.analogsignals = [s for s in segment.analogsignals if s.name == "v"]
    return [len(segment.spiketrains), len(new.spiketrains), segment.analogsignals[0],
            len(segment.analogsignals), new.analogsignals[0]]  # fmt: skip


# Viewers and pipelines hang things on objects, and change them in place.


@idiom
def attributes_of_the_programs_own(library: Any) -> Any:
    block, segment, s = library.Block(), library.Segment(), signal(library)
    s.color, block.rawio, segment.seen = "red", 3, [1]
    segment.analogsignals.append(s)
    block.segments.append(segment)
    copied = copy.deepcopy(s)
    return [block.segments[0].analogsignals[0].color, block.rawio, getattr(s[1:], "color", None),
            copied.color, copy.deepcopy(block).segments[0].seen]  # fmt: skip


@idiom
def metadata_are_replaced(library: Any) -> Any:
    s, t, e, p = signal(library), train(library), events(library), epochs(library)
    s.name, s.t_start, s.sampling_rate, s.annotations = "n", 3 * pq.s, 2 * pq.kHz, {"a": 1}
    s.array_annotations["more"] = s.array_annotations["gain"] * 2
    s.array_annotations.update({"z": ["p", "q", "r"]})
    del s.array_annotations["label"]
    t.t_stop, t.t_start, t.waveforms, t.left_sweep = 20 * pq.s, 0 * pq.s, None, None
    e.labels = [label.upper() for label in e.labels]
    e.array_annotations["code"][0] = 9
    p.durations = [1, 2, 3] * pq.s
    return [s, t, e, p]


@idiom
def samples_are_replaced(library: Any) -> Any:
    s = signal(library)
    s[0] = 5 * pq.mV
    s[1, :] = 1000 * pq.uV
    s += 1 * pq.mV
    s -= s.mean(axis=0)
    s[s < 0 * pq.mV] = 0 * pq.mV
    s.magnitude[2, 1] = 7
    return s


@idiom
def images_are_turned(library: Any) -> Any:
    film = library.ImageSequence(
        np.arange(18.0).reshape(2, 3, 3),
        units="V",
        sampling_rate=1 * pq.Hz,
        spatial_scale=1 * pq.mm,
    )
    film.annotate(array_annotations={"x": np.zeros((3, 3))})
    turned = film.duplicate_with_new_data(np.rot90(film.as_array(), axes=(1, 2)))
    turned.annotations["array_annotations"] = {}
    return [film.annotations, turned.annotations, turned.magnitude, film.spatial_scale]


# Objects are built again from what their classes declare.


@idiom
def objects_are_rebuilt_from_their_declared_attributes(library: Any) -> Any:
    made = []
    for old in (signal(library), train(library), events(library), epochs(library)):
        names = [words[0] for words in old._necessary_attrs + old._recommended_attrs]
        given = {n: getattr(old, n, None) for n in names if n != old._quantity_attr}
        given = {name: value for name, value in given.items() if value is not None}
        made.append(type(old)(old.magnitude, units=old.units, **given, **old.annotations))
    return made


@idiom
def names_behind_the_underscore(library: Any) -> Any:
    base, s = library.core.baseneo, signal(library)
    s._t_start, s._sampling_rate = 1 * pq.s, 2 * pq.kHz
    plain = signal(library)
    plain._dimensionality = pq.dimensionless.dimensionality
    e, p = events(library), epochs(library)
    e._labels, p._durations = np.array(list("wxyz")), np.array([1.0, 2, 3]) * pq.s
    return [base._container_name("SpikeTrain"), base._reference_name("Segment"), s.t_start,
            s.sampling_rate, plain.units, e.labels, e._labels, p.durations,
            base.merge_annotations({"a": 1, "b": "x"}, {"a": 1, "b": "y"})]  # fmt: skip


@idiom
def what_containers_know_of_their_children(library: Any) -> Any:
    block, segment = library.Block(), library.Segment(index=2)
    block.segments.append(segment)
    segment.analogsignals.append(signal(library))
    segment.events.append(events(library))
    found = {}
    for each in (block, segment):
        for name in ("_child_containers", "_data_child_containers", "_container_child_containers",
                     "_data_child_objects", "_parent_containers", "size"):  # fmt: skip
            found[f"{type(each).__name__}.{name}"] = getattr(each, name)
        for name in ("data_children_recur", "container_children_recur", "children_recur"):
            kinds = [type(child).__name__ for child in getattr(each, name)]
            found[f"{type(each).__name__}.{name}"] = kinds
    return found


# Subclasses.


@idiom
def a_subclass_of_signal(library: Any) -> Any:
    class Amplified(library.AnalogSignal):  # type: ignore[misc, name-defined]  # either library's
        def __new__(cls, *args: Any, gain: int = 1, **words: Any) -> Any:
            made = super().__new__(cls, *args, **words)
            made.gain = gain
            return made

        def __init__(self, *args: Any, gain: int = 1, **words: Any) -> None:
            super().__init__(*args, **words)

        def __array_finalize__(self, obj: Any) -> None:
            super().__array_finalize__(obj)
            self.gain = getattr(obj, "gain", None)

    s = Amplified(np.ones((4, 2)), units="mV", sampling_rate=1 * pq.kHz, gain=5, name="s", rig=2)
    made = [s[1:], s * 2, s.rescale("uV"), s.time_slice(1 * pq.ms, 3 * pq.ms), copy.deepcopy(s),
            s.duplicate_with_new_data(s.magnitude)]  # fmt: skip
    return [s.gain, s[1:].gain, s.annotations, s.name, (s * 2).gain, s[:, 0].gain,
            [type(each).__name__ for each in made], [each.magnitude for each in made]]  # fmt: skip


@idiom
def a_subclass_of_event_with_its_own_constructor(library: Any) -> Any:
    class Trigger(library.Event):  # type: ignore[misc, name-defined]  # either library's
        def __new__(cls, times: Any = None, labels: Any = None, kind: int = 0, **words: Any) -> Any:
            made = pq.Quantity(times, units="s").view(cls)
            made._labels = np.array(labels)
            made._kind = kind
            made.segment = None
            return made

        def __init__(
            self, times: Any = None, labels: Any = None, kind: int = 0, **words: Any
        ) -> None:
            library.core.dataobject.DataObject.__init__(self, **words)

        def __array_finalize__(self, obj: Any) -> None:
            super().__array_finalize__(obj)
            self._kind = getattr(obj, "_kind", None)

    t = Trigger([1.0, 2, 3], ["a", "b", "c"], 4, name="t", array_annotations={"x": [1, 2, 3]}, w=2)
    return [t.labels, t._kind, t.annotations, t.array_annotations, t[1:].magnitude, t.times, t.name]


@idiom
def a_subclass_of_epoch_that_sets_its_durations(library: Any) -> Any:
    class Zone(library.Epoch):  # type: ignore[misc, name-defined]  # either library's
        def __new__(cls, places: Any = None, extents: Any = None, **words: Any) -> Any:
            made = pq.Quantity.__new__(cls, places, units=pq.s.dimensionality)
            made._labels, made._durations, made.segment = np.array([]), extents, None
            return made

        def __init__(self, places: Any = None, extents: Any = None, **words: Any) -> None:
            library.core.dataobject.DataObject.__init__(self, **words)

    zone = Zone([1.0, 2.0], [0.5, 0.25] * pq.s, name="z", array_annotations={"k": [1, 2]})
    return [zone.magnitude, zone.durations, zone.labels, zone.times, zone.name]


@idiom
def a_segment_with_lists_of_its_own(library: Any) -> Any:
    class Stored(library.Segment):  # type: ignore[misc, name-defined]  # either library's
        def __init__(self, **words: Any) -> None:
            self._signals: list[Any] = []
            library.Segment.__init__(self, **words)

        @property
        def analogsignals(self) -> Any:
            return self._signals

        @analogsignals.setter
        def analogsignals(self, signals: Any) -> None:
            self._signals = list(signals)

    segment = Stored(name="n", key="v")
    segment.analogsignals.append(signal(library))
    return [segment.analogsignals[0].magnitude, segment.t_start, segment.t_stop, segment.size,
            segment.name, segment.annotations, len(segment.data_children)]  # fmt: skip


# Whole trees travel, and are searched.


@idiom
def a_block_travels(library: Any) -> Any:
    block, segment = library.Block(name="b"), library.Segment(index=0)
    block.segments.append(segment)
    segment.spiketrains.append(train(library))
    segment.events.append(events(library))
    block.groups.append(library.Group([segment.spiketrains[0]], name="g"))
    seen = []
    for made in (pickle.loads(pickle.dumps(block)), copy.deepcopy(block)):
        inner = made.segments[0]
        seen.append([made.name, inner.size, list(inner.spiketrains), inner.block is made,
                     inner.spiketrains[0].segment is inner,
                     made.groups[0].spiketrains[0] is inner.spiketrains[0]])  # fmt: skip
    return seen


@idiom
def a_block_is_searched(library: Any) -> Any:
    block = library.Block()
    for i in range(2):
        segment = library.Segment(index=i, condition="ab"[i])
        block.segments.append(segment)
        segment.analogsignals.append(signal(library, name=f"s{i}"))
        segment.spiketrains.extend([train(library, name=f"t{i}", unit=i), train(library, unit=5)])
    above = library.core.filters.GreaterThan(0)
    return [[t.name for t in block.filter(name="s1")], len(block.filter(objects="SpikeTrain")),
            [s.index for s in block.filter(objects=library.Segment, condition="a")],
            [t.name for t in block.filter({"unit": 1})], type(block.filter()).__name__,
            [t.name for t in block.filter(targdict={"unit": above}, objects=library.SpikeTrain)],
            len(block.list_children_by_class("AnalogSignal"))]  # fmt: skip


@idiom
def kinds_are_asked_for(library: Any) -> Any:
    core, segment = library.core, library.Segment()
    return [isinstance(library.Block(), core.container.Container), neo_name(library.SpikeTrain),
            isinstance(signal(library), core.basesignal.BaseSignal),
            isinstance(train(library), core.dataobject.DataObject),
            issubclass(library.SpikeTrain, pq.Quantity), type(segment.spiketrains).__name__,
            type(segment.events).__name__, isinstance(segment.events, list), library.__version__,
            library.container.Container is core.container.Container]  # fmt: skip


def neo_name(kind: type) -> str:
    return f"{kind.__module__.removeprefix('neophys.')}.{kind.__qualname__}"


# Readers of a laboratory's own format.


@idiom
def a_raw_reader_of_ones_own(library: Any) -> Any:
    raw = lab_raw(library)("f.lab")
    raw.parse_header()
    chunk = raw.get_analogsignal_chunk(0, 0, 0, 5, stream_index=0, channel_indexes=[1, 3])
    scaled = raw.rescale_signal_raw_to_float(chunk, "float32", channel_indexes=[1, 3])
    return [raw.header, repr(raw), chunk, scaled,
            raw.get_analogsignal_chunk(channel_names=["c1"], i_stop=3), raw.raw_annotations,
            raw.get_signal_sampling_rate(), raw.segment_count(0), raw.source_name(),
            raw.rescale_waveforms_to_float(raw.get_spike_raw_waveforms()),
            raw.get_event_timestamps(event_channel_index=1), raw.is_header_parsed]  # fmt: skip


@idiom
def a_raw_reader_that_describes_its_buffers(library: Any) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "f.lab"
        np.arange(-4, 2000, dtype="int16").tofile(path)
        raw = lab_buffers(library)(str(path))
        raw.parse_header()
        described = dict(raw.get_analogsignal_buffer_description(0, 0, "0"), file_path="")
        chunk = np.array(raw.get_analogsignal_chunk(0, 0, 2, 6, 0, channel_indexes=[0, 2]))
        return [chunk, raw.get_signal_size(0, 0, 0), described, raw.has_buffer_description_api()]


@idiom
def an_io_class_of_ones_own(library: Any) -> Any:
    io = lab_io(library)("f.lab")
    block = io.read_block()
    segment = block.segments[1]
    split = io.read_segment(signal_group_mode="split-all", time_slice=(0.2 * pq.s, 0.8 * pq.s))
    return [block.name, segment.analogsignals[0], list(segment.spiketrains), segment.events[0],
            segment.epochs[0], [group.name for group in block.groups], list(split.analogsignals),
            list(split.spiketrains), [kind.__name__ for kind in io.readable_objects]]  # fmt: skip


@idiom
def proxies_of_an_io_class_of_ones_own(library: Any) -> Any:
    segment = lab_io(library)("f.lab").read_segment(lazy=True)
    proxy, spikes, marks = segment.analogsignals[0], segment.spiketrains[0], segment.events[0]
    kinds = library.io.proxyobjects
    window = proxy.load(
        time_slice=(0.1 * pq.s, 0.2 * pq.s), channel_indexes=[1, 2], magnitude_mode="raw"
    )
    return [isinstance(proxy, kinds.AnalogSignalProxy), isinstance(marks, kinds.BaseProxy), window,
            proxy.shape, proxy.t_stop, proxy._stream_index, proxy._inner_stream_channels,
            proxy._rawio.header["nb_segment"], spikes.load(), spikes._spike_channel_index,
            marks.load(), marks._event_channel_index, proxy.annotations]  # fmt: skip


@idiom
def proxies_made_by_hand(library: Any) -> Any:
    raw, kinds = lab_raw(library)("f.lab"), library.io.proxyobjects
    raw.parse_header()
    signals = kinds.AnalogSignalProxy(
        rawio=raw, stream_index=0, inner_stream_channels=[1, 2], block_index=0, seg_index=1
    )
    at = {"rawio": raw, "block_index": 0, "seg_index": 0}
    return [signals.load(), kinds.SpikeTrainProxy(spike_channel_index=0, **at).load(),
            kinds.EventProxy(event_channel_index=0, **at).load(),
            kinds.EpochProxy(event_channel_index=1, **at).load()]  # fmt: skip


@pytest.mark.parametrize("function", IDIOMS, ids=lambda function: function.__name__)
@pytest.mark.filterwarnings("ignore")
def test_a_habit_of_programs_gives_what_it_gives_in_neo(function: Idiom) -> None:
    its, mine = function(neo), outcome(function, ours)
    if isinstance(mine, Exception):
        raise mine
    compare(mine, its, function.__name__)
