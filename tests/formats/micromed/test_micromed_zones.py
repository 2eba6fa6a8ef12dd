"""Micromed TRC by its specification: zones, what is refused, what is known by its bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.formats.micromed.build import Scanned, electrode, move, put, trc, zone

from neophys.errors import HeaderError, NeophysError, TruncatedError, UnsupportedError
from neophys.formats import Report, identify
from neophys.formats.micromed.tables import (
    HEADER,
    SPAN,
    TRIGGER,
    ZONE,
    ZONES,
)
from neophys.source.bundle import open_bundle

# Zones.


def test_the_writer_lays_zones_as_the_maker_does() -> None:
    starts = (640, 1152, 83072, 91872, 92672, 93472, 93984, 94496, 217376, 217386, 217514, 340906,
              357290, 358154, 359018)  # fmt: skip
    raw = trc(0)
    assert tuple(zone(raw, name)[0] for name in ZONES) == starts
    assert len(raw) == HEADER.read(raw).data_start == 408170


def test_zones_padded_with_nul_and_type_5() -> None:
    raw = trc(triggers=[(5, 1)])
    for name in ZONES:
        start = 176 + 16 * ZONES.index(name)
        raw = raw[:start] + name.encode().ljust(8, b"\0") + raw[start + 8 :]
    assert Scanned(raw).told == ""
    stale = raw[:208] + b"NOTE\0x\0\0" + raw[216:]
    assert Scanned(stale).told == ""
    found = Scanned(HEADER.patch(raw, header_type=5))
    assert found.events("Trigger") == [(5, "1")]
    assert found.told.startswith("info: a.trc: byte 175: header_type: no real file of type 5")


def test_zones_are_found_by_name_else_by_place() -> None:
    raw = trc(triggers=[(5, 1)], notes=[(3, "n")])
    note, trigger = 176 + 16 * 2, 176 + 16 * 14
    swapped = (
        raw[:note] + raw[trigger : trigger + 16] + raw[note + 16 : trigger]
        + raw[note : note + 16] + raw[trigger + 16 :]
    )  # fmt: skip
    found = Scanned(swapped)
    assert (found.events("Trigger"), found.events("Note")) == ([(5, "1")], [(3, "n")])
    assert found.told == ""
    found = Scanned(ZONE.patch(raw, trigger, name="TRIGGR"))
    assert found.events("Trigger") == [(5, "1")]
    assert "byte 400: TRIGGER: found b'TRIGGR  '; taken for TRIGGER by its place" in found.told


@pytest.mark.parametrize("gone", [{"start": 0}, {"length": 0}])
def test_an_absent_zone_has_no_records(gone: dict[str, int]) -> None:
    raw = trc(triggers=[(5, 1)], notes=[(3, "n")], event_a=("A", [(1, 2)]), segments=[(7, 0)])
    for name in ZONES[2:]:
        raw = move(raw, name, **gone)
    found = Scanned(raw)
    assert found.told == ""
    assert found.events("Trigger") == found.events("Note") == found.epochs("Event A") == []
    assert [s.start for s in found.segments] == [0.0]
    assert len(dict(found.contents.metadata.other)) > 20


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"start": 600}, "a zone begins behind the header"),
        ({"start": 4_000_000_000}, "a zone ends within the file"),
        ({"length": 4_000_000_000}, "a zone ends within the file"),
        ({"start": 408_160, "length": 20}, "a zone does not reach into the samples"),
    ],
)
def test_a_wrong_pointer_to_a_zone_is_told(changed: dict[str, int], told: str) -> None:
    raw = move(trc(triggers=[(5, 1)], notes=[(3, "n")]), "TRIGGER", **changed)
    found = Scanned(raw)
    assert (found.events("Trigger"), found.events("Note")) == ([], [(3, "n")])
    (issue,) = found.issues
    assert (issue.severity, issue.offset, issue.field) == ("error", 176 + 14 * 16, "TRIGGER")
    assert told in issue.message
    with pytest.raises(HeaderError, match="byte 400: TRIGGER"):
        Scanned(raw, strict=True)
    for name in ("ORDER", "LABCOD", "TRONCA"):
        with pytest.raises(NeophysError, match=f"a.trc: byte [0-9]+: {name}"):
            Scanned(move(trc(), name, **changed))


def test_a_length_that_lies_does_not_make_opening_long() -> None:
    found = Scanned(move(trc(300_000), "FLAGS", length=1_100_000))
    assert "byte 224: FLAGS: found start 91872, length 1100000; this zone has at most" in found.told


def test_zones_may_lie_behind_the_samples() -> None:
    raw = trc(triggers=[(5, 1)])
    start, length = zone(raw, "TRIGGER")
    behind = move(raw, "TRIGGER", start=len(raw)) + raw[start : start + length]
    assert Scanned(behind).events("Trigger") == [(5, "1")]


# What is refused, each by its own message.


REFUSED: tuple[tuple[Callable[[bytes], bytes], type[Exception], str], ...] = (
    (lambda r: HEADER.patch(r, compression=1), UnsupportedError, "150: compression: found 1"),
    (lambda r: HEADER.patch(r, n_channels=0), HeaderError, "142: n_channels: found 0; allow"),
    (lambda r: HEADER.patch(r, n_channels=300), HeaderError, "n_channels: found 300; allowed"),
    (lambda r: HEADER.patch(r, bytes_per_sample=3), HeaderError, "148: .* 3; allowed: 1, 2 or 4"),
    (lambda r: HEADER.patch(r, rate=0), HeaderError, "146: rate: found 0"),
    (lambda r: HEADER.patch(r, data_start=600), HeaderError, "138: data_start: found 600"),
    (lambda r: HEADER.patch(r, data_start=10**9), HeaderError, "data_start: found 1000000000"),
    (lambda r: HEADER.patch(r, header_type=6), HeaderError, "header_type: found 6; allowed: 2"),
    (lambda r: HEADER.patch(r, header_type=0), UnsupportedError, "175: header_type: found 0"),
    (lambda r: HEADER.patch(r, header_type=1), UnsupportedError, "175: header_type: found 1"),
    (lambda r: put(r, "ORDER", b"\x80\x02"), HeaderError, r"640: ORDER\[0\]: found 640; the z"),
    (lambda r: move(r, "ORDER", length=2), HeaderError, "found 2; the zone ORDER names 1 "),
    (lambda r: move(r, "LABCOD", length=0), HeaderError, "LABCOD: the file has no such zone"),
    (lambda r: electrode(r, logic_max=-1), HeaderError, "1298: logic_max of channel 0: found -1"),
    (lambda r: r[:639], TruncatedError, "0: .*640 bytes wanted, 639 there"),
    (lambda r: r[:5000], TruncatedError, "1152: LABCOD: the file ends early"),
    (lambda r: r[:300000], HeaderError, "data_start: found 408170"),
    (lambda r: b"", TruncatedError, "0 there"),
    (lambda r: b"not a recording " * 100, HeaderError, "0: title"),
)


@pytest.mark.parametrize(("damage", "error", "told"), REFUSED)
def test_refused(damage: Callable[[bytes], bytes], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=f"a.trc: .*{told}"):
        Scanned(damage(trc()))


def test_a_lost_title_is_an_issue_where_the_zones_tell() -> None:
    raw = b"?" * 32 + trc()[32:]
    assert "byte 0: title: found" in Scanned(raw).told
    assert identify(open_bundle({"a.eeg": raw})).name == "micromed"


# Recognition.


@pytest.mark.parametrize("name", ["a.TRC", "a.VWR", "a", "a.edf"])
def test_known_by_its_bytes(name: str) -> None:
    assert identify(open_bundle({name: trc()})).name == "micromed"


def test_system_1_files_are_refused_by_name() -> None:
    raw = bytearray(8000)
    for at, value in ((8, 128), (182, 6176), (184, 16)):
        raw[at : at + 2] = value.to_bytes(2, "little")
    raw[186:192] = bytes([11, 15, 90, 10, 0, 0])
    bundle = open_bundle({"old.trc": bytes(raw)})
    assert identify(bundle).name == "micromed"
    with pytest.raises(
        UnsupportedError, match=r"old.trc: byte 175: header_type: found 0; .*type 0"
    ):
        identify(bundle).scan(bundle, None, Report())
    for other in ({"old.dat": bytes(raw)}, {"x.trc": b"\xff" * 8000}, {"x.trc": bytes(8000)}):
        with pytest.raises(NeophysError, match="no format knows"):
            identify(open_bundle(other))


def test_pairs_are_blank_at_the_end() -> None:
    assert SPAN.write({}) == bytes(8)
    assert TRIGGER.write({}) == b"\xff" * 6
