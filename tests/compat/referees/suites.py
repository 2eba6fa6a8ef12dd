"""What is run: which tests of the installed wheels, on which recordings, and how many at least.

The tests stay in their wheels; what stands here are facts about them.
"""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

__all__ = ["EXCUSABLE_SKIPS", "FURTHER", "INCOMPLETE", "NEEDS", "SUITES", "Suite", "wheel_of"]


@dataclass(frozen=True)
class Suite:
    """A folder of tests inside an installed wheel.

    Attributes
    ----------
    collected, passed
        How many tests there are at least, and how many of them pass at least where there is no
        recording at all: a run that quietly tests less is not good. More are welcome, as formats
        join; then raise these.
    modules
        The modules to run, without ``test_``; all when empty.
    by_format
        Only modules whose Neo classes are built here are run.
    """

    distribution: str
    folder: str
    collected: int
    passed: int
    modules: tuple[str, ...] = ()
    by_format: bool = False


#: Not among Elephant's: modules that fetch data, and numerics that hardly meet Neo's objects.
_ELEPHANT = tuple(
    """
    asset causality cell_assembly_detection change_point_detection conversion cubic
    current_source_density gpfa kernels neo_tools parallel phase_analysis signal_processing spade
    spectral spike_train_correlation spike_train_dissimilarity spike_train_generation
    spike_train_surrogates spike_train_synchrony sta statistics total_spiking_probability_edges
    trials unitary_event_analysis utils waveform_features
    """.split()
)

SUITES = {
    "core": Suite("neo", "neo/test/coretest", 631, 631),
    "utils": Suite("neo", "neo/test/utils", 11, 10),
    "io": Suite("neo", "neo/test/iotest", 249, 105, by_format=True),
    "rawio": Suite("neo", "neo/test/rawiotest", 43, 7, by_format=True),
    "elephant": Suite("elephant", "elephant/test", 731, 709, _ELEPHANT),
}

#: Skips that say nothing against a run, by what the reason holds. Any other one fails it: a
#: package that the tests want is part of the project's extra ``test``.
EXCUSABLE_SKIPS: tuple[str, ...] = (
    "fetches its data over the network",
    "acess to network",  # as Neo writes it
    "requires sklearn and a GPU",
    "PR 688",  # Elephant has replaced that test
    "This test will fail with numpy",
)

#: Recordings that Neo's tests do not name and read as well where they are.
FURTHER: tuple[str, ...] = (
    "asciispiketrain/testNeoAsciiSpikelIO.txt",
    "brainvision/File_brainvision_binary_multiplexed_3.vhdr",
    "elan/testNeoElanIO.eeg",
    "rawbinarysignal/testNeoRawIO.raw",
    "spike2/BURST.SMR",
    "spike2/Blood Pressure Waveform.smr",
    "spike2/Burst Data as Events.smr",
    "spike2/Cricket Song.smr",
    "spike2/Extracellular Spikes.smr",
)

_UNIT_SPIKES = "axona/dataset_unit_spikes/20140815-180secs"
#: A recording that may be at hand without a file that reading it takes.
INCOMPLETE = {f"{_UNIT_SPIKES}.set": f"{_UNIT_SPIKES}.bin"}

#: Tests that need more of a recording's folder than its name tells, by node id.
_RAW, _IO = "neo/test/rawiotest/test_neuralynxrawio.py", "neo/test/iotest/test_neuralynxio.py"
_TET3B = "neuralynx/Cheetah_v5.5.1/original_data/Tet3b.ncs"
_STET3A = "neuralynx/Cheetah_v5.5.1/plain_data/STet3a.txt"
_CSC2 = "neuralynx/Cheetah_v5.6.3/original_data/CSC2.ncs"
_CSC5 = "neuralynx/Cheetah_v5.7.4/original_data/CSC5.ncs"
_REDUCED = "neuralynx/Cheetah_v6.3.2/incomplete_blocks/CSC1_reduced.ncs"
NEEDS = {
    f"{_RAW}::TestNeuralynxRawIO::test_scan_ncs_files": (_TET3B, _REDUCED),
    f"{_RAW}::TestNeuralynxRawIO::test_exclude_filenames": (_CSC2,),
    f"{_RAW}::TestNeuralynxRawIO::test_directory_in_data_folder": (_CSC2,),
    f"{_IO}::TestCheetah_v551::test_read_block": (_TET3B,),
    f"{_IO}::TestCheetah_v551::test_read_segment": (_TET3B,),
    f"{_IO}::TestCheetah_v563::test_read_block": (_CSC2,),
    f"{_IO}::TestCheetah_v563::test_read_segment": (_TET3B,),
    f"{_IO}::TestCheetah_v574::test_read_block": (_CSC5,),
    f"{_IO}::TestCheetah_v574::test_exclude_filenames": (_CSC5,),
    f"{_IO}::TestData::test_keep_original_spike_times": (_STET3A,),
    f"{_IO}::TestIncompleteBlocks::test_incomplete_block_handling_v632": (_REDUCED,),
    f"{_IO}::TestGaps::test_gap_handling_v563": (_CSC2,),
}


def wheel_of(distribution: str) -> Path:
    """The folder into which a distribution was installed.

    Raises
    ------
    SystemExit
        It is not installed, or without its tests.
    """
    try:
        place = importlib.metadata.distribution(distribution).locate_file("")
    except importlib.metadata.PackageNotFoundError:
        raise SystemExit(f"{distribution} is not installed: pip install '.[test]'") from None
    root = Path(str(place)).resolve()
    if not (root / distribution / "test").is_dir():
        raise SystemExit(f"the installed {distribution} has no tests")
    return root
