"""EDF and BDF: all recordings; what they cannot show is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.compat.cases import Case
from tests.formats.edf.build import Notes, Signal, edf, ramp, tal, timed

__all__ = ["CASES"]


def built(name: str, make: Callable[[], bytes], *shows: str, **known: Any) -> Case:
    """A case of a file that `make` makes; its name ends in the suffix."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(make())
        return folder / name

    write.__name__ = name
    return Case(write, "EDF", shows, **known)


def one(**signal: Any) -> Signal:
    return Signal(ramp(3, 200), 200, **signal)


NOTES = timed("+0", "+1", "+2", texts={0: tal("+0.5", "x", duration="1")})
PLUS: dict[str, Any] = {"plus": "C", "patient": "X X X X", "recording": "Startdate X X X X"}

CASES = (
    Case("ephy_testing_data/edf/edf+C.edf", "EDF", ("EDF-1",)),
    Case("edf/EDF.jl/bdf_test.bdf", "EDF", ("EDF-1", "EDF-2")),
    Case("edf/EDF.jl/evt.bdf", "EDF", ("EDF-1", "EDF-2", "EDF-4")),
    Case("edf/EDF.jl/test_uneven_samp_one_byte_too_long.edf", "EDF", ("EDF-9",)),
    Case("edf/edfio/SC4001EC-Hypnogram.bdf", "EDF", ("EDF-8",)),
    Case("edf/edfio/test_subsecond.bdf", "EDF", ("EDF-1", "EDF-2", "EDF-3", "EDF-4", "EDF-5")),
    Case("edf/eeglab/test.bdf", "EDF", ("EDF-7",)),
    Case("edf/mne-python/duplicate_channel_labels.edf", "EDF", ("EDF-1",)),
    Case("edf/mne-python/test.bdf", "EDF", ("EDF-7",)),
    Case("edf/mne-python/test.edf", "EDF", ("EDF-1", "EDF-3", "EDF-4")),
    Case("edf/mne-python/test_bdf_stim_channel.bdf", "EDF", ("EDF-1", "EDF-2")),
    Case("edf/mne-python/test_edf_stim_channel.edf", "EDF", ("EDF-1",)),
    Case("edf/mne-python/test_reduced.edf", "EDF", ("EDF-1", "EDF-3", "EDF-4")),
    Case("edf/mne-python/test_uneven_samp.edf", "EDF", ("EDF-1",)),
    Case("edf/mne-testing-data/MB0400FU.EDF", "EDF", ("EDF-6",)),
    Case("edf/mne-testing-data/SC4001EC-Hypnogram.edf", "EDF", ("EDF-8",)),
    Case("edf/mne-testing-data/chtypes_edf.edf", "EDF", ("EDF-1", "EDF-3", "EDF-4")),
    Case("edf/mne-testing-data/subsecond_starttime.edf", "EDF",
         ("EDF-1", "EDF-3", "EDF-4", "EDF-5")),
    Case("edf/mne-testing-data/test_utf8_annotations.edf", "EDF", ("EDF-1", "EDF-4")),
    Case("edf/pyedflib/test_generator.bdf", "EDF", ("EDF-1", "EDF-2")),
    Case("edf/pyedflib/test_generator_datarec_generator_2.bdf", "EDF", ("EDF-1", "EDF-2")),
    Case("edf/pyedflib/test_subsecond.edf", "EDF", ("EDF-1", "EDF-3", "EDF-4", "EDF-5")),
    Case("edf/pyedflib/test_utf8.edf", "EDF", ("EDF-1", "EDF-3", "EDF-4", "EDF-5")),
    built("gap.edf", lambda: edf(one(), timed("+0", "+1", "+7"), plus="D"), "EDF-6"),
    built("gap_in_c.edf", lambda: edf(one(), timed("+0", "+1", "+7"), plus="C"), "EDF-6"),
    built("never_closed.edf", lambda: edf(one(), n_records=-1), "EDF-7"),
    built("cut.edf", lambda: edf(one())[:-9], "EDF-7"),
    built("date.edf", lambda: edf(one(), raw={"start_date": b"31.02.20"}), "EDF-9"),
    built("micro.edf", lambda: edf(one(), raw_signals={("dimension", 0): b"\xb5V"}), "EDF-9"),
    built("equal.edf", lambda: edf(one(digital=(5, 5))), "EDF-1"),
    built("plain.edf", lambda: edf(one(), Notes(NOTES.lists)), "EDF-1", "EDF-12", objects=False),
    built("whole.bdf", lambda: edf(Signal([-8388608, 8388607, 70000], 3), bdf=True),
          "EDF-1", "EDF-2"),
    built("names.edf", lambda: edf(one(), NOTES, plus="C"), "EDF-1", "EDF-4"),
)  # fmt: skip
