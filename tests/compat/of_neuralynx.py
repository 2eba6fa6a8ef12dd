"""Neuralynx folders: all real ones; what they cannot show is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tests.compat.cases import Case
from tests.formats.neuralynx.build import ncs, nev, spikes

__all__ = ["CASES"]

ROOT = "ephy_testing_data/neuralynx/"
#: Half the grid of float64 at the largest times: 2**-22 s of seconds since 1970.
GRID: Mapping[str, float] = {"NLX-7": 2.6e-7}
CUT = {"gap_tolerance_ms": 0.0}
JOIN = {"gap_tolerance_ms": 1e9}
R = 16000


def real(folder: str, *shows: str, **arguments: Any) -> Case:
    return Case(ROOT + folder, "Neuralynx", shows, arguments, GRID)


def built(name: str, make: Callable[[], Mapping[str, bytes]], *shows: str, **more: Any) -> Case:
    """A case of a folder of files that `make` makes."""

    def write(folder: Path) -> Path:
        (folder / name).mkdir()
        for file, data in make().items():
            (folder / name / file).write_bytes(data)
        return folder / name

    write.__name__ = name
    return Case(write, "Neuralynx", shows, limits=GRID, **more)


def steady(n: int, start: int = 0, valid: Mapping[int, int] | None = None) -> list[tuple[int, int]]:
    return [(start + i * R, (valid or {}).get(i, 512)) for i in range(n)]


def other(**keys: Any) -> dict[str, Any]:
    return {"AcqEntName": "b", "ADChannel": [8], **keys}


CASES = (
    real("BML/original_data"),
    real("BML_unfilledsplit/original_data"),
    real("BML_unfilledsplit/original_data", "NLX-7", "NLX-5", **CUT),
    real("BML_unfilledsplit/original_data", "NLX-3", "NLX-5", **JOIN),
    real("Cheetah_v1.1.0/original_data"),
    real("Cheetah_v4.0.2/original_data", "NLX-7", "NLX-5"),
    real("Cheetah_v5.4.0/original_data", "NLX-7", "NLX-17"),
    real("Cheetah_v5.4.0/original_data", "NLX-7", "NLX-17", **CUT),
    real("Cheetah_v5.5.1/original_data"),
    real("Cheetah_v5.5.1/original_data", "NLX-7", **CUT),
    real("Cheetah_v5.5.1/original_data", "NLX-7", strict_gap_mode=False),
    real("Cheetah_v5.5.1/original_data", **CUT, keep_original_times=True),
    real("Cheetah_v5.5.1/original_data", "NLX-7", include_filenames=["STet3a.nse", "Events.nev"]),
    real("Cheetah_v5.5.1/original_data", "NLX-7", exclude_filenames="Tet3a.ncs"),
    real("Cheetah_v5.6.3/original_data", "NLX-7"),
    real("Cheetah_v5.7.4/original_data"),
    real("Cheetah_v5.7.4/original_data", "NLX-7", "NLX-19", **CUT),
    real("Cheetah_v5.7.4/original_data", "NLX-3", "NLX-7", **JOIN),
    real("Cheetah_v5.7.4/original_data", "NLX-7", "NLX-19", strict_gap_mode=True),
    real("Cheetah_v6.3.2/incomplete_blocks", "NLX-7"),
    real("Cheetah_v6.4.1dev/original_data", "NLX-7"),
    real("Neuraview_v2/original_data", "NLX-7"),
    real("Pegasus_v2.1.1", "NLX-7"),
    real("Pegasus_v2.1.1", keep_original_times=True),
    built("two_streams", lambda: {
        "a.ncs": ncs(steady(4)), "b.ncs": ncs(steady(4), **other(InputRange="500")),
        "c.ncs": ncs(steady(4), **other(AcqEntName="c", ADChannel=[9])),
    }),
    built("hidden_holes", lambda: {"a.ncs": ncs(steady(6, 0, {2: 400}))}, "NLX-4"),
    built("hidden_holes_cut", lambda: {"a.ncs": ncs(steady(6, 0, {2: 400}))}, "NLX-4",
          arguments=CUT),
    built("empty_record_inside", lambda: {"a.ncs": ncs([(0, 512), (R, 0), (2 * R, 512)])}, "NLX-4",
          arguments=CUT),
    built("partly_filled_inside", lambda: {
        "a.ncs": ncs([(0, 512), (R, 400), (R + 12500, 512), (R + 28500, 512)]),
    }, "NLX-3"),
    built("clock_steps_back", lambda: {"a.ncs": ncs([*steady(2, 10 * R), *steady(3)])}, "NLX-12",
          arguments=CUT, objects=False),
    built("two_event_entities", lambda: {
        "A.nev": nev([(5, 11, 0, b"a")], AcqEntName="A"),
        "B.nev": nev([(9, 11, 0, b"b")], AcqEntName="B"),
    }, "NLX-9"),
    built("gap_in_one_rate", lambda: {
        "a.ncs": ncs([*steady(3), *steady(3, 100 * R)]),
        "b.ncs": ncs([(0, 512), (256000, 512)], **other(SamplingFrequency=2000.0)),
    }, "NLX-15", arguments=CUT),
    built("jitter_of_atlas", lambda: {
        "a.ncs": ncs([(t + i % 2, n) for i, (t, n) in enumerate(steady(7, 1698932395972475))],
                     AcquisitionSystem="AcqSystem1 ATLAS"),
    }, "NLX-7"),
    built("drift", lambda: {"a.ncs": ncs([(i * (R + 7), 512) for i in range(5)])}),
    built("two_event_files", lambda: {
        "Events.nev": nev([(9, 11, 0, b"x"), (30, 4, 0, b"z")]),
        "Events_0001.nev": nev([(20, 11, 0, b"y")]),
    }, "NLX-9"),
    built("unordered_events", lambda: {
        "Events.nev": nev([(30, 11, 0, b"x"), (10, 11, 0, b"y"), (20, 11, 0, b"z")]),
    }, "NLX-9", objects=False),
    built("latin_event", lambda: {"Events.nev": nev([(9, 11, 0x8001, b"na\xefve")])}, "NLX-10",
          objects=False),
    built("cut_record", lambda: {"a.ncs": ncs(steady(3))[:-9]}, "NLX-14"),
    built("entity_with_blank", lambda: {"a.ncs": ncs(steady(3), AcqEntName="my lead")}, "NLX-14"),
    built("no_volts", lambda: {"a.ncs": ncs(steady(3), ADBitVolts=None)}, "NLX-14"),
    built("split_file", lambda: {
        "a.ncs": ncs(steady(3)), "a_0001.ncs": ncs(steady(3, 4 * R)),
    }, "NLX-15", arguments=CUT),
    built("starts_differ", lambda: {
        "a.ncs": ncs(steady(3)), "b.ncs": ncs(steady(3, 3), **other()),
    }, "NLX-15"),
    built("slow_one_first", lambda: {
        "a.ncs": ncs([(0, 512), (256000, 512)], SamplingFrequency=2000.0),
        "b.ncs": ncs(steady(4), **other()),
    }, "NLX-18"),
    built("sorted_tetrode", lambda: {
        "a.ncs": ncs([*steady(4), *steady(4, 9 * R)]),
        "TT1.ntt": spikes([(R, 1), (2 * R, 0), (6 * R, 1), (10 * R, 1)],
                          np.arange(512).reshape(4, 32, 4), ADBitVolts=[1e-8, 2e-8, 3e-8, 4e-8]),
        "Events.nev": nev([(R, 11, 0, b"in"), (6 * R, 11, 0, b"between"), (10 * R, 11, 1, b"in")]),
    }, "NLX-19", arguments=CUT),
)  # fmt: skip
