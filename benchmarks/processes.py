"""What needs a fresh process each: memory high-water marks and imports."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["eager_overhead", "import_ratios", "lazy_high_water"]

_LAZY = """
import sys, logging
logging.disable(logging.WARNING)
import numpy as np, quantities as pq
from neophys import neo
seg = neo.MicromedIO(filename=sys.argv[1]).read_segment(lazy=True)
triggers, proxy = seg.events[0].load(), seg.analogsignals[0]
total = 0
for t in triggers.times[1:-1]:
    total = total + proxy.load(time_slice=(t - 20 * pq.ms, t + 20 * pq.ms)).magnitude
"""

_EAGER = """
import sys, logging
logging.disable(logging.WARNING)
from neophys import neo
reader = neo.MicromedIO(filename=sys.argv[1])
reader.parse_header()
reader.read_segment(lazy=True).analogsignals[0].load(time_slice=None, channel_indexes=[0])
def memory(which):
    lines = open('/proc/self/status').read().splitlines()
    return int(next(line for line in lines if line.startswith(which)).split()[1]) * 1024
before = memory('VmRSS')
signal = reader.read_segment(lazy=False).analogsignals[0]
print((memory('VmHWM') - before) / signal.magnitude.nbytes - 1)
"""

_PEAK = """
print(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])
"""


def _run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def lazy_high_water(path: Path) -> int:
    """Bytes of memory at most while averaging lazily around all triggers."""
    return statistics.median_low(int(_run(_LAZY + _PEAK, str(path))) * 1024 for _ in range(3))


def eager_overhead(path: Path) -> float:
    """The eager read's memory beyond its result's own, as a share of it."""
    return statistics.median(float(_run(_EAGER, str(path))) for _ in range(3))


def import_ratios(turns: int = 21) -> dict[str, float]:
    """Wall time of fresh interpreters, each pair by turns: medians of the ratios."""
    pairs = {
        "import neophys / import numpy": ("import neophys", "import numpy"),
        "neo.MicromedIO / import quantities": (
            "from neophys import neo; neo.MicromedIO",
            "import quantities",
        ),
    }
    found = {}
    for name, (mine, peer) in pairs.items():
        ratios = []
        for _ in range(turns):
            start = time.perf_counter()
            _run(mine)
            middle = time.perf_counter()
            _run(peer)
            ratios.append((middle - start) / (time.perf_counter() - middle))
        found[name] = statistics.median(ratios[1:])
    return found
