"""Raw binary: the caller's declaration laid over a file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.recordings import recording

import neophys
from neophys.errors import HeaderError, NeophysError, TruncatedError, UnsupportedError
from neophys.formats.rawbinary import FORMAT, Options
from neophys.testing import CHECKS, Example, PieceTruth, SignalTruth, check_format

REAL = "ephy_testing_data/rawbinarysignal/File_rawbinary_10kHz_2channels_16bit.raw"
#: Bytes of a declared shape may be any, and as many as there are.
UNKNOWABLE = {"sniff_exclusive", "random_bytes", "text_file", "empty"}
#: As Neo's reader declares a file of which nothing is said.
DEFAULT = {"dtype": "int16", "sampling_rate": 10000.0, "nb_channel": 2}
TYPES = "i1 u1 <i2 >i2 <u2 >u2 <i4 >i4 >u4 <i8 >u8 <f4 >f4 <f8 >f8".split()


def numbers(n: int, k: int, dtype: str) -> np.ndarray[Any, Any]:
    """(n, k) numbers that differ and use the type's range, as far as doubles hold it."""
    kind = np.dtype(dtype)
    rng = np.random.default_rng(n + k)
    if kind.kind == "f":
        return rng.normal(0, 100, (n, k)).astype(kind)
    limits = np.iinfo(kind)
    low, high = max(limits.min, -(2**52)), min(limits.max, 2**52)
    return rng.integers(low, high, (n, k), endpoint=True).astype(kind)


def example(name: str, n: int, k: int, dtype: str, **more: Any) -> Example:
    raw = numbers(n, k, dtype)
    options = DEFAULT | {"dtype": dtype, "nb_channel": k} | more
    order, offset = options.get("order", "C"), options.get("bytesoffset", 0)
    gain, shift = (np.broadcast_to(options.get(f"signal_{x}", d), k) for x, d in
                   (("gain", 1.0), ("offset", 0.0)))  # fmt: skip
    pieces = (PieceTruth(options.get("t_start", 0.0), raw.astype("f8") * gain + shift),)
    truth = SignalTruth(
        tuple(options.get("channel_names", [f"ch{i}" for i in range(k)])),
        tuple(np.broadcast_to(options.get("units", ""), k).tolist()),
        options["sampling_rate"],
        pieces if n else (),
    )
    data = b"x" * offset + raw.tobytes(order) + b"y" * options.pop("rest", 0)
    return Example(name, {name: data}, signals={"Signals": truth}, length_is_known=False,
                   options=options)  # fmt: skip


def declared() -> list[Example]:
    """What only ``open`` can be told."""
    return [
        example("wide.dat", 300, 37, "<i2", signal_gain=np.linspace(0.1, 2, 37).tolist(),
                signal_offset=np.arange(37.0).tolist(), units="uV", bytesoffset=7),
        example("channels.dat", 2000, 5, ">f4", order="F", n_samples=2000, bytesoffset=1024,
                t_start=-1.5, channel_names=list("abcdé"), units=["mV", "mV", "uV", "", "V"]),
        example("one.bin", 999, 1, "<i4", signal_gain=0.25, rest=3, sampling_rate=333.3),
    ]  # fmt: skip


def test_it_keeps_every_promise_but_to_be_recognised() -> None:
    checks = [check for check in CHECKS if check not in UNKNOWABLE]
    # Neo's reader opens files without a declaration as two channels of int16.
    default = [example("default.raw", 5000, 2, "int16"), example("rest.raw", 9, 2, "int16", rest=1)]
    check_format(FORMAT, builder=lambda: default, checks=checks, thorough=6).raise_if_failed()
    checks.remove("neo_face_agrees")
    check_format(FORMAT, builder=declared, checks=checks, thorough=4).raise_if_failed()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_in_both_orders(tmp_path: Path, dtype: str, order: str) -> None:
    made = example("a.bin", 65, 3, dtype, order=order, bytesoffset=3)
    checks = ["values_match_oracle", "slices_compose", "dtype_is_asked"]
    check_format(FORMAT, builder=lambda: [made], checks=checks, thorough=4).raise_if_failed()


def test_nothing_is_ever_taken_for_it(tmp_path: Path) -> None:
    for name in ("a.raw", "a.bin", "a.dat", "a"):
        (tmp_path / name).write_bytes(bytes(400))
        with pytest.raises(NeophysError, match="no format knows") as caught:
            neophys.open(tmp_path / name)
        assert "looks like" not in str(caught.value)


def test_the_real_recording_keeps_them_too() -> None:
    checks = [check for check in CHECKS if check not in UNKNOWABLE]
    report = check_format(FORMAT, [recording(REAL)], options=DEFAULT, checks=checks, thorough=3)
    report.raise_if_failed()


def test_the_real_recording() -> None:
    rec = neophys.open(recording(REAL), format="rawbinary", signal_gain=2.0**-16, **DEFAULT)
    values = np.asarray(rec.signal[:3])
    assert rec.signal.shape == (200_000, 2)
    assert rec.t_stop == 20.0
    assert (values * 2**16).tolist() == [[-240, -304], [48, -256], [48, -368]]


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"nb_channel": 0}, "nb_channel"), ({"nb_channel": True}, "nb_channel"),
        ({"nb_channel": 2.0}, "nb_channel"), ({"nb_channel": 10**9}, "nb_channel"),
        ({"sampling_rate": 0}, "sampling_rate"), ({"sampling_rate": np.inf}, "sampling_rate"),
        ({"sampling_rate": "1"}, "sampling_rate"), ({"bytesoffset": -1}, "bytesoffset"),
        ({"order": "K"}, "order"), ({"t_start": 1e10}, "t_start"), ({"n_samples": -1}, "n_samples"),
        ({"signal_gain": [1.0]}, "signal_gain"), ({"signal_offset": np.nan}, "signal_offset"),
        ({"units": 3}, "units"), ({"channel_names": "ab"}, None), ({"channel_names": ["a"]},
        "channel_names"), ({"dtype": "spam"}, "dtype"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_arguments_are_named(wrong: dict[str, Any], argument: str | None) -> None:
    if argument is None:  # two letters for two channels are two names
        assert Options(**DEFAULT | wrong).channel_names == ("a", "b")
        return
    with pytest.raises(ValueError, match=rf"^{argument}: found .*; must be "):
        neophys.open(b"1234", format="rawbinary", **DEFAULT | wrong)


@pytest.mark.parametrize(
    "dtype", ["O", "U4", "c8", "?", "M8[s]", [("a", "i2")], "V3", "g", "f2"], ids=str
)
def test_what_is_no_plain_number_is_refused(dtype: Any) -> None:
    with pytest.raises(UnsupportedError, match="only integers, and floats"):
        neophys.open(b"1234", format="rawbinary", **DEFAULT | {"dtype": dtype})


@pytest.mark.parametrize("left_out", DEFAULT)
def test_a_declaration_is_required(left_out: str) -> None:
    options = {name: value for name, value in DEFAULT.items() if name != left_out}
    with pytest.raises(NeophysError, match=f"^{left_out}: must be given"):
        neophys.open(b"1234", format="rawbinary", **options)


def rows(data: bytes, **options: Any) -> tuple[int, list[tuple[str, int | None]]]:
    """Samples of a channel, and the issues' severities and places."""
    rec = neophys.open(data, format="rawbinary", **DEFAULT | options)
    return rec.signal.shape[0], [(issue.severity, issue.offset) for issue in rec.issues]


def test_what_does_not_fit_is_told() -> None:
    assert rows(bytes(17)) == (4, [("warning", 16)])
    assert rows(bytes(14), bytesoffset=7) == (1, [("warning", 11)])
    assert rows(b"") == rows(bytes(9), bytesoffset=9) == (0, [])
    assert rows(bytes(16), n_samples=3) == (3, [("info", 12)])
    assert rows(bytes(16), n_samples=5) == (4, [("error", 16)])
    assert rows(bytes(17), n_samples=4, order="F") == (4, [("info", 16)])
    with pytest.raises(TruncatedError, match="byte 10: bytesoffset"):
        rows(bytes(9), bytesoffset=10)
    with pytest.raises(HeaderError, match="1 bytes too many"):
        rows(bytes(17), order="F")
    with pytest.raises(TruncatedError, match="n_samples"):
        rows(bytes(16), n_samples=5, order="F")


def test_offsets_have_64_bits(tmp_path: Path) -> None:
    path, at = tmp_path / "sparse.bin", 5 * 2**30
    with path.open("wb") as file:
        file.seek(at)
        file.write(bytes(range(1, 5)))
    with neophys.open(path, format="rawbinary", **DEFAULT | {"dtype": "u1"}) as rec:
        last = rec.signal.shape[0]
        assert last == at // 2 + 2
        assert np.asarray(rec.signal[last - 3 :]).tolist() == [[0, 0], [1, 2], [3, 4]]
        assert len(pickle.dumps(rec)) < 1500
