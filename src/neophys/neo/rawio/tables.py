"""The tables of a header: fields and types as of Neo 0.14.6."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

__all__ = [
    "COMMON_CHARACTERISTICS",
    "EVENT_CHANNEL_DTYPE",
    "SIGNAL_BUFFER_DTYPE",
    "SIGNAL_CHANNEL_DTYPE",
    "SIGNAL_STREAM_DTYPE",
    "SPIKE_CHANNEL_DTYPE",
    "error_header",
    "possible_raw_modes",
    "pprint_vector",
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


error_header = "the header is not read yet: call parse_header()"

possible_raw_modes = ["one-file", "multi-file", "one-dir"]


def pprint_vector(vector: ArrayLike, lim: int = 8) -> str:
    """Texts in brackets; of more than `lim` the first and the last half only."""
    texts = np.asarray(vector)
    if texts.ndim != 1:
        raise ValueError(f"one dimension wanted, not {texts.ndim}")
    if len(texts) <= lim:
        return f"[{', '.join(texts)}]"
    return f"[{', '.join(texts[: lim // 2])} ... {' , '.join(texts[-lim // 2 :])}]"
