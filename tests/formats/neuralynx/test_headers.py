"""What text headers of every generation tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.formats.neuralynx.build import NCS_KEYS, header, ncs, ncs_record, scanned

from neophys.errors import HeaderError, NeophysError, UnsupportedError
from neophys.formats import Report
from neophys.formats.neuralynx.headers import HEADER, KINDS, read_header
from neophys.source.bundle import open_bundle

TITLE = b"######## Neuralynx Data File Header"

#: name -> (lines after the title, (kind, entity, opened, software, device, rate))
GENERATIONS: dict[str, tuple[list[str], tuple[Any, ...]]] = {
    "mclust 2001": (
        [
            "## Time Opened: (m/d/y): 5/13/2001  At Time: 11:2:3.210 ",
            "## NLX_Base Class Type : TTScAcqEnt",
        ],
        ("ntt", "x", datetime(2001, 5, 13, 11, 2, 3, 210000), "", "", None),
    ),
    "cheetah 4.0.2": (
        [
            "## Time Opened: (m/d/y): 10/4/2003  At Time: 10:3:0.578 ",
            "-CheetahRev 4.0.2 ",
            "-NLX_Base_Class_Name\tCSC14 ",
            "-NLX_Base_Class_Type\tCscAcqEnt ",
            "\t-SamplingFrequency\t27789",
        ],
        ("ncs", "CSC14", datetime(2003, 10, 4, 10, 3, 0, 578000), "Cheetah 4.0.2", "", 27789.0),
    ),
    "bml": (
        [
            "## File Name: null",
            "## Time Opened: (m/d/y): 12/11/15  At Time: 11:37:39.000",
            "-NLX_Base_Class_Type\tBmlAcq",
            "\t-SamplingFrequency\t24000.000000",
        ],
        ("ncs", "x", datetime(2015, 12, 11, 11, 37, 39), "", "", 24000.0),
    ),
    "5.4.0, a colon after the key": (
        [
            "## Time Opened (m/d/y): 1/01/2001  At Time: 0:00:00.000 ",
            "-CheetahRev 5.4.0  ",
            "",
            "-AcqEntName CSC5 ",
            "-FileType: CSC ",
            "-HardwareSubSystemType DigitalLynx ",
            "-SamplingFrequency 1017.375000 ",
        ],
        ("ncs", "CSC5", datetime(2001, 1, 1), "Cheetah 5.4.0", "DigitalLynx", 1017.375),
    ),
    "5.5.1": (
        [
            "## Time Opened (m/d/y): 11/29/2013  (h:m:s.ms) 17:5:16.793",
            "-CheetahRev 5.5.1 ",
            "-AcqEntName Tet3a",
            "-FileType CSC",
            "-SamplingFrequency 32000",
        ],
        ("ncs", "Tet3a", datetime(2013, 11, 29, 17, 5, 16, 793000), "Cheetah 5.5.1", "", 32000.0),
    ),
    "5.7.4": (
        [
            "-FileType Event",
            "-ProbeName ",
            "-TimeCreated 2017/02/16 17:56:04",
            '-ApplicationName Cheetah "5.7.4 "',
            "-AcquisitionSystem AcqSystem1 DigitalLynxSX",
        ],
        ("nev", "x", datetime(2017, 2, 16, 17, 56, 4), "Cheetah 5.7.4", "DigitalLynxSX", None),
    ),
    "neuraview": (
        ["## Date Opened: (mm/dd/yyy): 12/14/2015 At Time: 15:58:32", "-RecordSize 184"],
        ("nev", "x", datetime(2015, 12, 14, 15, 58, 32), "", "", None),
    ),
    "an impossible date": (
        ["-FileType CSC", "-TimeCreated 2017/13/46 17:56:04"],
        ("ncs", "x", None, "", "", None),
    ),
    "a spike file of two wires": (
        ["-FileType Spike", "-NumADChannels 2"],
        ("nst", "x", None, "", "", None),
    ),
    "an entity with a blank": (
        ["-FileType CSC", "-AcqEntName my lead 3 ", "-SamplingFrequency 3.2e+004"],
        ("ncs", "my lead 3", None, "", "", 32000.0),
    ),
}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("case", GENERATIONS)
def test_a_header_of_any_generation_is_understood(case: str, end: str) -> None:
    lines, expected = GENERATIONS[case]
    text = end.join(["", *lines, ""]).encode()
    # Cheetah 1.1.0 leaves rubbish behind the text's first NUL: nobody may take it for keys.
    whole = (TITLE + text + b"\0").ljust(9000, b"\xe3") + b"\r\n-SamplingFrequency 1\r\n"
    found = read_header(open_bundle({"x": whole.ljust(16384, b"\0")}), "x", Report())
    rate = found.text["SamplingFrequency"]
    assert (
        found.kind, found.entity, found.opened, found.software, found.device, rate
    ) == expected  # fmt: skip


@pytest.mark.parametrize("micro", [b"\xb5", b"\xc2\xb5"])
def test_the_filters_delay_is_found_however_mu_is_spelled(micro: bytes) -> None:
    text = TITLE + b"\r\n-FileType NCS\r\n-SamplingFrequency 32000\r\n-DspFilterDelay_" + micro
    text += b"s 473\r\n-DspDelayCompensation Disabled\r\n"
    _, contents = scanned(text.ljust(16384, b"\0") + ncs_record(0, [1, 2, 3]))
    assert contents.streams[0].channels["late"].tolist() == [473.0]
    assert any("473 us" in issue.message for issue in contents.issues)


def test_quotes_lists_exponents_and_first_occurrences() -> None:
    lines = [
        '-ReferenceChannel "Source 02 Panel Ground"',
        "-ADBitVolts 3.05185e-008  1e-9\t2e-9 3e-9",
        "-adchannel 40 41 42 43 ",
        "-InputRange 132.5",
        "-InputRange 7",
        "-Feature Peak 0 0",
        "-Feature Valley 1 0",
    ]
    text = TITLE + "\r\n".join(["", *lines, ""]).encode()
    found = HEADER.read(text)
    assert found.raw("ReferenceChannel") == "Source 02 Panel Ground"
    assert found["ADBitVolts"] == (3.05185e-08, 1e-9, 2e-9, 3e-9)
    assert found["ADChannel"] == (40, 41, 42, 43)
    assert found["InputRange"] == (132.5,)
    assert found["Feature"] == ("Peak 0 0", "Valley 1 0")


@pytest.mark.parametrize(
    ("name", "keys", "kind"),
    [
        ("a.ncs", {"FileType": "Event"}, "nev"),  # the header knows better than the name
        ("a.ntt", {"FileType": "Spike", "NumADChannels": 1}, "ntt"),
        ("a.dat", {"FileType": "Spike", "NumADChannels": None, "RecordSize": 304}, "ntt"),
        ("a.Ncs", {"FileType": None, "RecordSize": None}, "ncs"),
        ("a.dat", {"FileType": None, "RecordSize": 112}, "nse"),
        ("a.dat", {"FileType": None, "RecordSize": None}, "ncs"),  # by the size of the file
    ],
)
def test_the_kind_comes_from_header_then_name_then_size(
    name: str, keys: dict[str, object], kind: str
) -> None:
    data = header(NCS_KEYS, **keys) + bytes(1044)
    assert read_header(open_bundle({name: data}), name, Report()).kind == kind


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("VT1.nvt", header(NCS_KEYS, FileType="Video"), UnsupportedError, "video tracking"),
        ("lost.txt", header(NCS_KEYS, FileType=None, RecordSize=None), UnsupportedError, ".ncs"),
        ("a.ncs", b"NEURALEV" + bytes(20000), HeaderError, "a.ncs: byte 0: magic"),
        ("a.ncs", b"", HeaderError, "magic"),
    ],
)
def test_what_is_not_read_says_so(
    name: str, data: bytes, error: type[NeophysError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_header(open_bundle({name: data}), name, Report())


@pytest.mark.parametrize("key", sorted(k.name for k in HEADER.keys))
def test_a_spoilt_key_never_stops_the_reading(key: str) -> None:
    spoilt = TITLE + f"\r\n-{HEADER.by_name[key].written} \xff;nan?\r\n".encode("latin-1")
    _, contents = scanned(spoilt.ljust(16384, b"\0") + ncs([(0, 512), (16000, 512)])[16384:])
    assert contents.streams[0].sampling_rate == 32000.0  # the records' own


def test_records_of_each_kind_have_their_size() -> None:
    sizes = {"ncs": 1044, "nse": 112, "nst": 176, "ntt": 304, "nev": 184, "nvt": 1828}
    assert sizes == KINDS


def test_the_original_path_is_private() -> None:
    _, contents = scanned(ncs([(0, 512)], OriginalFileName=r"C:\Doe_John\CSC1.ncs"))
    assert "Doe" not in repr(contents.metadata)
