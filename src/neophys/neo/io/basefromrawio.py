"""From a raw reader to objects: what every class ``XIO(XRawIO, BaseFromRaw)`` gets for nothing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from neophys.neo.io.baseio import BaseIO

if TYPE_CHECKING:
    from neophys.neo.core.block import Block
    from neophys.neo.core.segment import Segment

__all__ = ["BaseFromRaw"]

_GROUPED = ("AnalogSignal", "SpikeTrain", "Event", "Epoch")


def __getattr__(name: str) -> Any:
    # Neo's module offers what it imports, proxies above all, and people import it from there.
    found = None
    if not name.startswith("__"):
        modules = ("io.proxyobjects", "core", "rawio.baserawio")
        places = (import_module(f"neophys.neo.{where}") for where in modules)
        found = next((getattr(place, name) for place in places if hasattr(place, name)), None)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found


class _Classes:
    """A list of classes of the object model, imported when somebody looks at it."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def __get__(self, instance: object, owner: type | None = None) -> list[type]:
        return [
            getattr(import_module(f"neophys.neo.core.{name.lower()}"), name) for name in self._names
        ]


class BaseFromRaw(BaseIO):
    """Blocks and segments, lazy or not, from the methods of a raw reader.

    The header is parsed on construction. See :class:`BaseIO` for the attributes.
    """

    is_readable = True
    is_writable = False
    supported_objects: ClassVar[Any] = _Classes(
        "Block", "Segment", *_GROUPED[:2], "Group", *_GROUPED[2:]
    )
    readable_objects: ClassVar[Any] = _Classes("Block", "Segment")
    writeable_objects: ClassVar[Any] = []
    support_lazy = True
    name = "BaseIO"
    description = ""
    mode = "file"

    _prefered_signal_group_mode = "group-by-same-units"

    # From the raw reader beside this class.
    header: Any
    raw_annotations: Any
    parse_header: Any
    segment_count: Any
    block_count: Any

    def __init__(self, *args: Any, **kargs: Any) -> None:
        BaseIO.__init__(self, *args, **kargs)
        self.parse_header()

    def read_all_blocks(self, lazy: bool = False, **kargs: Any) -> list[Block]:
        """All blocks of the recording, as :meth:`read_block` reads each; or one, by its index."""
        count = self.block_count()
        if count == 1 or "block_index" in kargs:
            return [self.read_block(lazy=lazy, **kargs)]
        return [self.read_block(block_index=i, lazy=lazy, **kargs) for i in range(count)]

    def read_block(
        self,
        block_index: int = 0,
        lazy: bool = False,
        create_group_across_segment: bool | dict[str, bool] | None = None,
        signal_group_mode: str | None = None,
        load_waveforms: bool = False,
    ) -> Block:
        """Read a block with all its segments.

        Parameters
        ----------
        block_index
            From 0.
        lazy
            Proxies in place of data.
        create_group_across_segment
            Groups that join the same signal (or unit) of all segments, by kind:
            ``{"AnalogSignal": True, "SpikeTrain": False}`` is what None stands for. Events and
            epochs cannot be grouped.
        signal_group_mode
            ``"group-by-same-units"``: one signal for each stream and unit; ``"split-all"``: one
            for each channel; None: the class's own choice.
        load_waveforms
            Read the spikes' waveforms too.
        """
        from neophys.neo.core.block import Block
        from neophys.neo.io.proxyobjects import check_annotations

        kinds = _grouped(create_group_across_segment)
        mode = signal_group_mode or self._prefered_signal_group_mode
        annotations = dict(self.raw_annotations["blocks"][block_index])
        del annotations["segments"]
        block = Block(**check_annotations(annotations))
        signal_groups = self._signal_groups(mode) if kinds["AnalogSignal"] else []
        spike_groups = self._spike_groups() if kinds["SpikeTrain"] else []
        block.groups.extend([*signal_groups, *spike_groups])
        for seg_index in range(self.segment_count(block_index)):
            segment = self.read_segment(
                block_index=block_index,
                seg_index=seg_index,
                lazy=lazy,
                signal_group_mode=mode,
                load_waveforms=load_waveforms,
            )
            block.segments.append(segment)
            for group, signal in zip(signal_groups, segment.analogsignals, strict=False):
                group.add(signal)
            for group, train in zip(spike_groups, segment.spiketrains, strict=False):
                group.add(train)
        block.check_relationships()
        return block

    def _signal_groups(self, mode: str) -> list[Any]:
        from neophys.neo.core.group import Group

        ids = self.header["signal_streams"]["id"]
        return [
            Group(name=name, stream_id=ids[stream])
            for stream, _, name in self.get_sub_signal_streams(mode)
        ]

    def _spike_groups(self) -> list[Any]:
        from neophys.neo.core.group import Group

        return [
            Group(name=f"SpikeTrain group {i}", unit_name=row["name"], unit_id=row["id"])
            for i, row in enumerate(self.header["spike_channels"])
        ]

    def read_segment(
        self,
        block_index: int = 0,
        seg_index: int = 0,
        lazy: bool = False,
        signal_group_mode: str | None = None,
        load_waveforms: bool = False,
        time_slice: Any = None,
        strict_slicing: bool = True,
    ) -> Segment:
        """Read a segment.

        Parameters
        ----------
        block_index, seg_index
            From 0.
        lazy, signal_group_mode, load_waveforms
            See :meth:`read_block`.
        time_slice
            Two times, of which each may be None (the segment's own limit): read a window only.
        strict_slicing
            Refuse limits outside the segment.

        Raises
        ------
        ValueError
            `time_slice` or `load_waveforms` together with `lazy`: they are arguments of the
            proxies' ``load`` then.
        """
        if lazy and time_slice is not None:
            raise ValueError("with lazy=True, time_slice is an argument of the proxies' load()")
        if lazy and load_waveforms:
            raise ValueError("with lazy=True, load_waveforms is an argument of the proxies' load()")
        from neophys.neo.core.segment import Segment
        from neophys.neo.io import proxyobjects

        where: dict[str, Any] = {"rawio": self, "block_index": block_index, "seg_index": seg_index}
        window = {"time_slice": time_slice, "strict_slicing": strict_slicing}
        annotations = dict(self.raw_annotations["blocks"][block_index]["segments"][seg_index])
        for key in ("signals", "spikes", "events"):
            del annotations[key]
        segment = Segment(index=seg_index, **proxyobjects.check_annotations(annotations))
        mode = signal_group_mode or self._prefered_signal_group_mode
        for stream, channels, name in self.get_sub_signal_streams(mode):
            signal = proxyobjects.AnalogSignalProxy(
                stream_index=stream, inner_stream_channels=channels, **where
            )
            signal.name = name
            segment.analogsignals.append(signal if lazy else signal.load(**window))
        for channel in range(len(self.header["spike_channels"])):
            train = proxyobjects.SpikeTrainProxy(spike_channel_index=channel, **where)
            segment.spiketrains.append(
                train if lazy else train.load(load_waveforms=load_waveforms, **window)
            )
        for channel, kind in enumerate(self.header["event_channels"]["type"]):
            proxy: Any
            if kind == b"event":
                proxy = proxyobjects.EventProxy(event_channel_index=channel, **where)
                segment.events.append(proxy if lazy else proxy.load(**window))
            elif kind == b"epoch":
                proxy = proxyobjects.EpochProxy(event_channel_index=channel, **where)
                segment.epochs.append(proxy if lazy else proxy.load(**window))
        segment.check_relationships()
        return segment

    def get_sub_signal_streams(
        self, signal_group_mode: str = "group-by-same-units"
    ) -> list[tuple[int, Any, str]]:
        """The signals that a segment has: (stream, positions in it or None for all, name)."""
        found: list[tuple[int, Any, str]] = []
        table = self.header["signal_channels"]
        for index, stream in enumerate(self.header["signal_streams"]):
            channels = table[table["stream_id"] == stream["id"]]
            if signal_group_mode == "split-all":
                found.extend((index, [i], row["name"]) for i, row in enumerate(channels))
            elif signal_group_mode == "group-by-same-units":
                units = list(dict.fromkeys(channels["units"].tolist()))
                if len(units) == 1:
                    found.append((index, None, stream["name"]))
                    continue
                for text in units:
                    inner = np.flatnonzero(channels["units"] == text)
                    names = " ".join(channels["name"][inner].tolist())
                    found.append((index, inner, f"Channels: ({names})"))
            else:
                raise NotImplementedError(
                    f"signal_group_mode is 'group-by-same-units' or 'split-all', not"
                    f" {signal_group_mode!r}"
                )
        return found


def _grouped(asked: bool | dict[str, bool] | None) -> dict[str, bool]:
    """Which kinds to group."""
    if asked is None:
        kinds = {"AnalogSignal": True}
    elif isinstance(asked, bool):
        kinds = dict.fromkeys(_GROUPED, asked)
    elif isinstance(asked, dict):
        kinds = asked
    else:
        raise ValueError("create_group_across_segment must be True, False, None or a dict")
    for kind in ("Event", "Epoch"):
        if kinds.get(kind, False):
            raise NotImplementedError(f"groups of {kind} objects across segments")
    return {kind: bool(kinds.get(kind, False)) for kind in _GROUPED}
