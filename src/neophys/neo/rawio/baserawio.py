"""What readers written by others import: the base classes and the header's tables."""

from __future__ import annotations

import logging
from typing import Literal

from neophys.neo.rawio.base import BaseRawIO
from neophys.neo.rawio.bufferapi import BaseRawWithBufferApiIO
from neophys.neo.rawio.tables import (
    COMMON_CHARACTERISTICS as _common_sig_characteristics,
)
from neophys.neo.rawio.tables import (
    EVENT_CHANNEL_DTYPE as _event_channel_dtype,
)
from neophys.neo.rawio.tables import (
    SIGNAL_BUFFER_DTYPE as _signal_buffer_dtype,
)
from neophys.neo.rawio.tables import (
    SIGNAL_CHANNEL_DTYPE as _signal_channel_dtype,
)
from neophys.neo.rawio.tables import (
    SIGNAL_STREAM_DTYPE as _signal_stream_dtype,
)
from neophys.neo.rawio.tables import (
    SPIKE_CHANNEL_DTYPE as _spike_channel_dtype,
)
from neophys.neo.rawio.tables import error_header, possible_raw_modes, pprint_vector
from neophys.neo.rawio.utils import get_memmap_chunk_from_opened_file

__all__ = [
    "BaseRawIO",
    "BaseRawWithBufferApiIO",
    "Literal",
    "_common_sig_characteristics",
    "_event_channel_dtype",
    "_signal_buffer_dtype",
    "_signal_channel_dtype",
    "_signal_stream_dtype",
    "_spike_channel_dtype",
    "error_header",
    "get_memmap_chunk_from_opened_file",
    "logging_handler",
    "possible_raw_modes",
    "pprint_vector",
]

#: For programs that take it off their loggers: nothing here puts it on one.
logging_handler = logging.StreamHandler()
