"""What a reader fills in: the private methods behind those of :class:`BaseRawIO`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from numpy.typing import DTypeLike, NDArray

__all__ = ["Hooks", "call_with_channel"]


class Hooks:
    """Mixed into :class:`~neophys.neo.rawio.base.BaseRawIO`; readers override all they need."""

    def _parse_header(self) -> None:
        raise NotImplementedError

    def _source_name(self) -> Any:
        raise NotImplementedError

    def _segment_t_start(self, block_index: int, seg_index: int) -> float:
        raise NotImplementedError

    def _segment_t_stop(self, block_index: int, seg_index: int) -> float:
        raise NotImplementedError

    def _get_signal_size(self, block_index: int, seg_index: int, stream_index: int) -> int:
        raise NotImplementedError

    def _get_signal_t_start(self, block_index: int, seg_index: int, stream_index: int) -> float:
        raise NotImplementedError

    def _get_analogsignal_chunk(
        self,
        block_index: int,
        seg_index: int,
        i_start: int | None,
        i_stop: int | None,
        stream_index: int,
        channel_indexes: Any,
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _spike_count(self, block_index: int, seg_index: int, spike_channel_index: int) -> int:
        raise NotImplementedError

    def _get_spike_timestamps(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _rescale_spike_timestamp(
        self, spike_timestamps: NDArray[Any], dtype: DTypeLike
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _get_spike_raw_waveforms(
        self, block_index: int, seg_index: int, spike_channel_index: int, t_start: Any, t_stop: Any
    ) -> NDArray[Any] | None:
        raise NotImplementedError

    def _event_count(self, block_index: int, seg_index: int, event_channel_index: int) -> int:
        raise NotImplementedError

    def _get_event_timestamps(
        self, block_index: int, seg_index: int, event_channel_index: int, t_start: Any, t_stop: Any
    ) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[Any]]:
        raise NotImplementedError

    def _rescale_event_timestamp(
        self, event_timestamps: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _rescale_epoch_duration(
        self, raw_duration: NDArray[Any], dtype: DTypeLike, event_channel_index: int
    ) -> NDArray[Any]:
        raise NotImplementedError

    def _get_analogsignal_buffer_description(
        self, block_index: int, seg_index: int, buffer_id: str | None
    ) -> dict[str, Any]:
        raise NotImplementedError


@cache
def _positional(function: Callable[..., Any]) -> float:
    """How many arguments by position a function takes."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return float("inf")
    return sum(
        kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for kind in kinds
    )


def call_with_channel(hook: Any, values: Any, dtype: DTypeLike, channel: int) -> Any:
    """``hook(values, dtype, channel)``, or without the channel where the hook does not know it.

    Neo's base class declares these hooks with two arguments and calls them with three: readers
    are written in both ways.
    """
    function = getattr(hook, "__func__", hook)
    bound = function is not hook
    if _positional(function) - bound < 3:
        return hook(values, dtype)
    return hook(values, dtype, channel)
