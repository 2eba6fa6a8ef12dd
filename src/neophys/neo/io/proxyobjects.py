"""What ``lazy=True`` gives in place of data: objects that know all but their samples.

Each has the metadata of the object it stands for, and ``load``, which reads that object or a
window of it.
"""

from __future__ import annotations

import logging

from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import BaseNeo
from neophys.neo.core.dataobject import ArrayDict
from neophys.neo.core.epoch import Epoch
from neophys.neo.core.event import Event
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.io.baseproxy import BaseProxy, check_annotations
from neophys.neo.io.signalproxy import AnalogSignalProxy
from neophys.neo.io.signalunits import ensure_signal_units, unit_convert
from neophys.neo.io.tableproxies import EpochProxy, EventProxy, SpikeTrainProxy, _EventOrEpoch
from neophys.neo.io.timeslices import consolidate_time_slice, ensure_second, prepare_time_slice

__all__ = [
    "AnalogSignal",
    "AnalogSignalProxy",
    "ArrayDict",
    "BaseNeo",
    "BaseProxy",
    "Epoch",
    "EpochProxy",
    "Event",
    "EventProxy",
    "SpikeTrain",
    "SpikeTrainProxy",
    "_EventOrEpoch",
    "check_annotations",
    "consolidate_time_slice",
    "ensure_second",
    "ensure_signal_units",
    "prepare_time_slice",
    "proxyobjectlist",
    "unit_convert",
]

logger = logging.getLogger("Neo")

proxyobjectlist = [AnalogSignalProxy, SpikeTrainProxy, EventProxy, EpochProxy]
