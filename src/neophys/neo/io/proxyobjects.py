"""What ``lazy=True`` gives in place of data: objects that know all but their samples.

Each has the metadata of the object it stands for, and ``load``, which reads that object or a
window of it.
"""

from __future__ import annotations

from neophys.neo.io.baseproxy import BaseProxy, check_annotations
from neophys.neo.io.signalproxy import AnalogSignalProxy
from neophys.neo.io.signalunits import ensure_signal_units, unit_convert
from neophys.neo.io.tableproxies import EpochProxy, EventProxy, SpikeTrainProxy
from neophys.neo.io.timeslices import consolidate_time_slice, ensure_second, prepare_time_slice

__all__ = [
    "AnalogSignalProxy",
    "BaseProxy",
    "EpochProxy",
    "EventProxy",
    "SpikeTrainProxy",
    "check_annotations",
    "consolidate_time_slice",
    "ensure_second",
    "ensure_signal_units",
    "prepare_time_slice",
    "proxyobjectlist",
    "unit_convert",
]

proxyobjectlist = [AnalogSignalProxy, SpikeTrainProxy, EventProxy, EpochProxy]
