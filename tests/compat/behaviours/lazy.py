"""Proxies, readers and tools."""

from __future__ import annotations

import copy
import json
import pickle
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import quantities as pq
from tests.compat.behaviours import Behaviour
from tests.neo.rawio.others import full

import neophys

__all__ = ["BEHAVIOURS"]

SAMPLE = Path(neophys.__file__).parent / "data" / "sample.trc"


@cache
def folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()  # gone with the process


def below(neo: Any, name: str) -> Any:
    return import_module(f"{neo.__name__}.{name}")


def reader(neo: Any, **changed: Any) -> Any:
    """A reader written by others: two blocks, a stream of five channels in two units."""
    raw, from_raw = full(below(neo, "rawio.baserawio")), below(neo, "io.basefromrawio").BaseFromRaw

    def begin(self: Any) -> None:
        raw.__init__(self, filename="a.other")
        from_raw.__init__(self, "a.other")

    return type("OtherIO", (raw, from_raw), {"__init__": begin, **changed})()


def odd_size(neo: Any) -> Any:
    def size(self: Any, block_index: int, seg_index: int, stream_index: int) -> int:
        return 199

    return reader(neo, _get_signal_size=size).read_segment(lazy=True).analogsignals[0]


def thirty_kilohertz(neo: Any) -> Any:
    made = reader(neo)
    made.header["signal_channels"]["sampling_rate"][:5] = 30000
    return made.read_segment(lazy=True).analogsignals[0]


def short_hook(neo: Any) -> Any:
    def rescale(self: Any, event_timestamps: Any, dtype: Any) -> Any:
        return event_timestamps.astype(dtype) / 64.0

    return reader(neo, _rescale_event_timestamp=rescale)


def lazy_segment(neo: Any) -> Any:
    return reader(neo).read_segment(lazy=True)


def lazy_signal(neo: Any) -> Any:
    return lazy_segment(neo).analogsignals[0]


def read_once(neo: Any) -> Any:
    """The proxies of a file of which something was read."""
    block = neo.io.MicromedIO(str(SAMPLE)).read_block(lazy=True)
    block.segments[0].analogsignals[0].load(time_slice=(0.0, 0.1))
    return block


def micromed(neo: Any) -> Any:
    made = neo.rawio.MicromedRawIO(str(SAMPLE))
    made.parse_header()
    return made


def example(neo: Any) -> Any:
    made = neo.rawio.ExampleRawIO("a.fake")
    made.parse_header()
    return made


def listing(neo: Any) -> Any:
    made = reader(neo)
    for segment in made.raw_annotations["blocks"][0]["segments"]:
        segment["signals"][0]["__array_annotations__"]["site"] = list("vwxyz")
    return made


def with_cache(neo: Any) -> Any:
    class CachedRawIO(below(neo, "rawio.baserawio").BaseRawIO):  # type: ignore[misc]  # a value
        rawmode = "one-file"

        def __init__(self, **options: Any) -> None:
            self.filename = str(SAMPLE)
            super().__init__(use_cache=True, **options)

        def _source_name(self) -> str:
            return self.filename

    return lambda: CachedRawIO(cache_path=folder().name)


def events_in_segment(neo: Any) -> Any:
    made = neo.Segment()
    made.events.append(
        neo.Event([1, 2, 3] * pq.s, array_annotations={"trial": [1, 2, 3]}, sites=np.array([1, 2]))
    )
    return made


def _events_at_depths(neo: Any) -> Any:
    made = events_in_segment(neo)
    made.events[0].array_annotate(depth=[1, 2, 3] * pq.mm)
    return made


A = {"a": lazy_signal}
SEG = {"seg": lazy_segment}
IO = {"io": reader}
UTILS = {"utils": lambda neo: below(neo, "utils")}

BEHAVIOURS = (
    Behaviour(
        "a window of a proxy that is open at its start is refused",
        "a.load(time_slice=(None, 1.0)).shape", "ValueError", "(100, 3)", given=A,
    ),
    Behaviour(
        "NumPy's integers and float32 are no times",
        "a.load(time_slice=(np.int64(0), np.float32(1))).shape", "TypeError", "(100, 3)", given=A,
    ),
    Behaviour(
        "a window inside the signal asks for a sample behind its last",
        "odd.load(time_slice=(0.015, odd.t_stop)).shape", "IndexError", "(197, 3)",
        given={"odd": odd_size},
    ),
    Behaviour(
        "what lies wholly outside is an error, strict_slicing=False or not",
        "a.load(time_slice=(50.0, 60.0), strict_slicing=False).shape", "IndexError", "(0, 3)",
        given=A,
    ),
    Behaviour(
        "proxies cannot be indexed",
        "a[10:20, [0, 2]].shape", "TypeError", "(10, 2)", given=A,
    ),
    Behaviour("proxies have no length", "len(a)", "TypeError", "400", given=A),
    Behaviour("NumPy sees one object", "np.asarray(a).shape", "()", "(400, 3)", given=A),
    Behaviour(
        "views of proxies' channels cannot be resolved",
        "neo.ChannelView(a, [0, 2]).resolve().shape", "TypeError", "(400, 2)", given=A,
    ),
    Behaviour(
        "channels in another order keep the array annotations of the old one",
        "a.load(channel_indexes=[2, 1, 0]).array_annotations['channel_names']",
        "['ch0', 'ch1', 'ch2']", "['ch2', 'ch1', 'ch0']", given=A,
    ),
    Behaviour(
        "channels cannot be chosen where each is a signal of its own",
        "io.read_segment(lazy=True, signal_group_mode='split-all')"
        ".analogsignals[1].load(channel_indexes=[0]).shape",
        "TypeError", "(400, 1)", given=IO,
    ),
    Behaviour(
        "windows of spike trains lose the array annotations",
        "seg.spiketrains[0].load(time_slice=(0.2, 0.5)).array_annotations",
        "{}", "{'size': array([1., 2.])}", given=SEG,
    ),
    Behaviour(
        "windows of events lose them too",
        "seg.events[0].load(time_slice=(0.2, 0.5)).array_annotations",
        "{}", "{'rank': array([1, 2])}", given=SEG,
    ),
    Behaviour(
        "a proxy that was read from cannot be pickled",
        "pickle.loads(pickle.dumps(block)).segments[0].analogsignals[0].shape",
        "TypeError", "(7424, 8)", given={"block": read_once, "pickle": lambda neo: pickle},
    ),
    Behaviour(
        "a deep copy of a lazy block shares its signals",
        "copy.deepcopy(block).segments[0].analogsignals[0] is block.segments[0].analogsignals[0]",
        "True", "False", given={"block": read_once, "copy": lambda neo: copy},
    ),
    Behaviour(
        "raw annotations are one dict for all segments and blocks",
        "r.raw_annotations['blocks'][0]['segments'][0]['signals'][0]"
        " is r.raw_annotations['blocks'][1]['segments'][2]['signals'][0]",
        "True", "False", given={"r": example},
    ),
    Behaviour(
        "asking a reader without buffers for one raises NotImplementedError",
        "io.get_analogsignal_buffer_description()", "NotImplementedError", "ValueError", given=IO,
    ),
    Behaviour(
        "the only buffer must be named",
        "r.get_analogsignal_buffer_description()['type']", "KeyError", "raw",
        given={"r": micromed},
    ),
    Behaviour(
        "nor has xarray a way to say: the only one",
        "xarray_utils.to_zarr_v2_reference(r)['version']", "ValueError", "1",
        given={"r": micromed, "xarray_utils": lambda neo: below(neo, "rawio.xarray_utils")},
    ),
    Behaviour(
        "references cannot be written as JSON",
        "len(json.loads(json.dumps(xarray_utils.to_zarr_v2_reference(r, buffer_id='0'))))",
        "TypeError", "2",
        given={
            "r": micromed,
            "json": lambda neo: json,
            "xarray_utils": lambda neo: below(neo, "rawio.xarray_utils"),
        },
    ),
    Behaviour(
        "array annotations that are lists stop reading where channels are chosen",
        "io.read_segment(signal_group_mode='split-all').analogsignals[1].array_annotations['site']",
        "TypeError", "['w']", given={"io": listing},
    ),
    Behaviour(
        "an empty list of channels is an error",
        "io.get_analogsignal_chunk(stream_index=0, channel_indexes=[]).shape",
        "IndexError", "(400, 0)", given=IO,
    ),
    Behaviour(
        "ids that are numbers are not found",
        "io.channel_id_to_index(0, [3, 0])", "ValueError", "[3, 0]", given=IO,
    ),
    Behaviour(
        "a reader that scales events as the base class declares it fails",
        "io.read_segment().events[0].times[1]", "TypeError", "0.25 s", given={"io": short_hook},
    ),
    Behaviour(
        "read() gives the first block only", "len(io.read(lazy=True))", "1", "2", given=IO,
    ),
    Behaviour(
        "a unit of N/A is newton per ampere",
        "proxies.ensure_signal_units('N/A')", "1 N/A", "1.0",
        given={"proxies": lambda neo: below(neo, "io.proxyobjects")},
    ),
    Behaviour(
        "the style of a reader in a notebook has doubled braces",
        "'{{' in r._repr_html_()", "True", "False", given={"r": micromed},
    ),
    Behaviour(
        "a cache in a folder of one's own cannot be had",
        "reader()._cache", "UnboundLocalError", "{}", given={"reader": with_cache},
    ),
    Behaviour(
        "create_group_across_segment=True asks for groups of events, which there are none",
        "io.read_block(create_group_across_segment=True)",
        "NotImplementedError", "NotImplementedError",
        kept="iotest/test_micromedio.py::TestMicromedIO::test_create_group_across_segment",
        given=IO,
    ),
    Behaviour(
        "a time exactly between two samples, in ms, is another one for a proxy and its signal",
        "[x.time_slice(1.55 * pq.ms, None).shape[0] for x in (fast, fast.load())]",
        "[353, 354]", "[353, 354]", kept="each window holds the samples that it holds in Neo",
        given={"fast": thirty_kilohertz},
    ),
    Behaviour(
        "the tables of a header can be written to, and what is written counts",
        "r.header['signal_channels'].flags.writeable", "True", "True",
        kept="programs correct gains there", given={"r": micromed},
    ),
    Behaviour(
        "events cannot be chosen by an array of values",
        "len(utils.get_events(seg, trial=np.array([1, 2]))[0])", "ValueError", "2",
        given={"seg": events_in_segment, **UTILS},
    ),
    Behaviour(
        "nor by an annotation that is an array",
        "len(utils.get_events(seg, sites=[1, 2]))", "ValueError", "1",
        given={"seg": events_in_segment, **UTILS},
    ),
    Behaviour(
        "nor by their times",
        "utils.get_events(seg, times=at)[0].times", "ValueError", "[1.0] s",
        given={"seg": events_in_segment, "at": lambda _: 1000 * pq.ms, **UTILS},
    ),
    Behaviour(
        "nor by array annotations that have a unit",
        "[len(e) for e in utils.get_events(seg, depth=2000 * pq.um)]", "ValueError", "[1]",
        given={"seg": _events_at_depths, **UTILS},
    ),
    Behaviour(
        "segments are not cut by proxies of epochs",
        "len(utils.cut_segment_by_epoch(seg, seg.epochs[0]))", "TypeError", "10",
        given={**SEG, **UTILS},
    ),
    Behaviour(
        "a slice of a LazyList is empty",
        "len(tools.LazyList(None, True, [neo.Segment(), neo.Segment()])[:2])", "0", "2",
        given={"tools": lambda neo: below(neo, "io.tools")},
    ),
)  # fmt: skip
