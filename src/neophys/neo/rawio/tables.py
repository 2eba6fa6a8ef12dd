"""The tables of a header: fields and types as of Neo 0.14.6."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = [
    "COMMON_CHARACTERISTICS",
    "EVENT_CHANNEL_DTYPE",
    "SIGNAL_BUFFER_DTYPE",
    "SIGNAL_CHANNEL_DTYPE",
    "SIGNAL_STREAM_DTYPE",
    "SPIKE_CHANNEL_DTYPE",
]

SIGNAL_BUFFER_DTYPE: Final[Any] = [("name", "U64"), ("id", "U64")]
SIGNAL_STREAM_DTYPE: Final[Any] = [("name", "U128"), ("id", "U64"), ("buffer_id", "U64")]
SIGNAL_CHANNEL_DTYPE: Final[Any] = [
    ("name", "U64"),
    ("id", "U64"),
    ("sampling_rate", "float64"),
    ("dtype", "U16"),
    ("units", "U64"),
    ("gain", "float64"),
    ("offset", "float64"),
    ("stream_id", "U64"),
    ("buffer_id", "U64"),
]
SPIKE_CHANNEL_DTYPE: Final[Any] = [
    ("name", "U64"),
    ("id", "U64"),
    ("wf_units", "U64"),
    ("wf_gain", "float64"),
    ("wf_offset", "float64"),
    ("wf_left_sweep", "int64"),
    ("wf_sampling_rate", "float64"),
]
#: ``type`` holds bytes: ``b"event"`` or ``b"epoch"``.
EVENT_CHANNEL_DTYPE: Final[Any] = [("name", "U64"), ("id", "U64"), ("type", "S5")]

#: What all channels of a stream must have in common.
COMMON_CHARACTERISTICS: Final = ["sampling_rate", "dtype", "stream_id"]


def empty(dtype: Any) -> np.ndarray[Any, Any]:
    """A table without rows."""
    return np.zeros(0, dtype)
