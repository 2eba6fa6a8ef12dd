"""The corruption battery's damages, as data: the same for the same file and seed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neophys.testing.example import Spot

__all__ = ["BATTERY", "TELLING", "Damage", "Target", "damages"]

#: The checks of the battery, in their order.
BATTERY: Final = (
    "truncated_anywhere",
    "bits_flipped",
    "counts_lied",
    "pointers_lied",
    "random_bytes",
    "text_file",
    "empty",
    "appended",
)
#: Those after which messages are searched for the subject: the others may make anything a name.
TELLING: Final = ("truncated_anywhere", "bits_flipped", "appended")
_DIGITS: Final = re.compile(rb"\d+")
_TEXT: Final = b"Dear colleague,\r\nthe recording is in the other folder.\r\n" * 40


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done to one file.

    Attributes
    ----------
    check
        The check it belongs to.
    file
        Its name.
    what
        For the report: ``"cut to 512 of 4096 bytes"``.
    cut
        The size that is left; None: all.
    patches
        (offset, bytes) written over what is there.
    whole
        Bytes that take the file's place.
    more
        Bytes added at the end.
    must_tell
        Whether opening it without an error or issue is a failure whatever is read.
    """

    check: str
    file: str
    what: str
    cut: int | None = None
    patches: tuple[tuple[int, bytes], ...] = ()
    whole: bytes | None = None
    more: bytes = b""
    must_tell: bool = False

    def apply(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """All files, this one damaged."""
        data = bytearray(files[self.file] if self.whole is None else self.whole)
        for offset, patch in self.patches:
            data[offset : offset + len(patch)] = patch
        if self.cut is not None:
            del data[self.cut :]
        return {**files, self.file: bytes(data + self.more)}


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A recording to damage.

    Attributes
    ----------
    files, main
        Its bytes by name; the file to open, "" for the folder.
    header
        (n, 2) byte ranges [begin, end) of each file that opening reads: where damage hurts.
    counts, pointers
        Known numbers to lie about.
    length_is_known
        Whether each cut must be noticed.
    """

    files: Mapping[str, bytes]
    main: str
    header: Mapping[str, NDArray[np.int64]]
    counts: Sequence[Spot] = ()
    pointers: Sequence[Spot] = ()
    length_is_known: bool = False


def damages(target: Target, effort: int, rng: np.random.Generator) -> list[Damage]:
    """About `effort` damages for each check of :data:`BATTERY`, over all files."""
    found: list[Damage] = []
    share = max(2, effort // max(1, len(target.files)))
    names = list(target.files)
    if len(names) > effort:
        names = [names[i] for i in np.sort(rng.choice(len(names), effort, replace=False))]
    for name in names:
        data = target.files[name]
        if data:
            places = _places(target, name, rng)
            found += _truncated(name, len(data), target, share, rng)
            found += _flipped(name, data, places, share, rng)
            found += _lied_counts(name, data, target, places, share, rng)
            found += _lied_pointers(name, data, target, places, share, rng)
        found += _replaced(name, data, rng)
        found += _appended(name, data, rng)
    return sorted(found, key=lambda damage: BATTERY.index(damage.check))


def _places(target: Target, name: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """1,000 bytes that opening reads, the first 512 of them twice as likely; sorted."""
    ranges = target.header.get(name, np.empty((0, 2), np.int64))
    size = len(target.files[name])
    if len(ranges) > 200:
        ranges = ranges[np.sort(rng.choice(len(ranges), 200, replace=False))]
    parts = [rng.integers(a, b, 1000 // len(ranges) + 1) for a, b in ranges.clip(max=size) if b > a]
    parts.append(rng.integers(0, min(512, size), 1000))
    return np.unique(np.concatenate(parts))


def _truncated(
    name: str, size: int, target: Target, n: int, rng: np.random.Generator
) -> Iterator[Damage]:
    """Cuts, each with the one a byte shorter: what is lost in silence shows as no difference."""
    edges = target.header.get(name, np.empty((0, 2), np.int64)).ravel()
    if len(edges) > n:
        edges = rng.choice(edges, n, replace=False)
    cuts = {size - 1, *rng.integers(0, size, n).tolist(), *edges.tolist()}
    for cut in sorted({max(c - d, 0) for c in cuts if c <= size for d in (0, 1)} - {size}):
        what = f"cut to {cut} of {size} bytes"
        yield Damage("truncated_anywhere", name, what, cut=cut, must_tell=target.length_is_known)


def _flipped(
    name: str, data: bytes, places: NDArray[np.int64], n: int, rng: np.random.Generator
) -> Iterator[Damage]:
    for _ in range(n):
        where = np.sort(rng.choice(places, min(len(places), int(rng.integers(1, 4)))))
        bits = rng.integers(0, 8, len(where)).tolist()
        patches = [
            (a, bytes([data[a] ^ 1 << b])) for a, b in zip(where.tolist(), bits, strict=True)
        ]
        what = "flipped " + ", ".join(
            f"bit {b} of byte {a}" for (a, _), b in zip(patches, bits, strict=True)
        )
        yield Damage("bits_flipped", name, what, patches=tuple(patches))


def _lied_counts(
    name: str,
    data: bytes,
    target: Target,
    places: NDArray[np.int64],
    n: int,
    rng: np.random.Generator,
) -> Iterator[Damage]:
    for spot in target.counts:
        if spot.file == name:
            for lie in (0, 1, -1, "twice", "most", "half of most", "one more"):
                yield from _lie("counts_lied", data, spot, lie, most=8 * len(data))
    numbers = [m.span() for a, b in target.header.get(name, ()) if b - a < 1 << 16
               for m in _DIGITS.finditer(data, int(a), int(b))]  # fmt: skip
    picked = rng.permutation(len(numbers))[:n]
    for begin, end in (numbers[i] for i in np.sort(picked).tolist()):
        spot = Spot(name, begin, "text", end - begin)
        lies = ("most", 0) if end - begin < 3 else ("most", -1)
        yield from _lie("counts_lied", data, spot, lies[int(rng.integers(2))])
    # Most counts stand at even bytes near the beginning.
    even = rng.permutation(np.arange(0, min(512, len(data)), 2))[: 4 * n]
    for at in np.sort(np.concatenate([rng.choice(places, n), even])).tolist():
        kind = ("<u2", "<u4", "<i4", "<f8")[int(rng.integers(4))]
        if at + np.dtype(kind).itemsize <= len(data):
            lie = ("most", "half of most", 0, -1)[int(rng.integers(4))]
            yield from _lie("counts_lied", data, Spot(name, at, kind), lie)
    for at in np.sort(rng.choice(places, max(1, n // 4))).tolist():
        patches = ((at, np.array([np.nan], "<f8").tobytes()[: len(data) - at]),)
        yield Damage("counts_lied", name, f"byte {at} (<f8): became nan", patches=patches)


def _lied_pointers(
    name: str,
    data: bytes,
    target: Target,
    places: NDArray[np.int64],
    n: int,
    rng: np.random.Generator,
) -> Iterator[Damage]:
    known = [spot for spot in target.pointers if spot.file == name]
    lies = (0, "size", "size - 1", "itself", "before", "most")
    for spot in known:
        for lie in lies:
            yield from _lie("pointers_lied", data, spot, lie, most=len(data) - 1)
        for other in known:  # chains that run in a circle
            if other.offset != spot.offset:
                yield from _lie("pointers_lied", data, spot, other.offset)
    for at in np.sort(rng.choice(places, n)).tolist():
        spot = Spot(name, at, "<u4")
        if at + 4 <= len(data):
            yield from _lie("pointers_lied", data, spot, lies[int(rng.integers(len(lies)))])


def _lie(
    check: str, data: bytes, spot: Spot, lie: int | str, *, most: float = np.inf
) -> Iterator[Damage]:
    """A number in place of another; nothing where it is the same, or does not fit.

    One above `most` cannot be true of the file, and must be told.
    """
    stored = data[spot.offset : spot.offset + (spot.length or np.dtype(spot.kind).itemsize)]
    if spot.kind == "text":
        true: Any = int(stored) if stored.strip().isdigit() else 0
        low, high = 1 - 10 ** (spot.length - 1), 10**spot.length - 1
    else:
        kind = np.dtype(spot.kind)
        true = np.frombuffer(stored, kind)[0].item()
        if kind.kind == "f":
            low, high = int(-1e300), int(1e300)
        else:
            low, high = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    number = _number(lie, true, low, high, spot, len(data))
    if number is None:
        return
    if spot.kind == "text":
        patch = f"{number:<{spot.length}}".encode()
    else:
        patch = np.array([number], spot.kind).tobytes()
    if patch != stored:
        what = f"byte {spot.offset} ({spot.kind}): {true!r} became {lie!r} ({patch.hex(' ')})"
        patches = ((spot.offset, patch),)
        yield Damage(check, spot.file, what, patches=patches, must_tell=number > most)


def _number(lie: int | str, true: float, low: int, high: int, spot: Spot, size: int) -> int | None:
    """The lie as a number; None where it does not fit."""
    wanted: dict[int | str, Any] = {
        "most": high, "half of most": high // 2 + 1, "twice": 2 * true, "one more": true + 1,
        "size": size, "size - 1": size - 1, "itself": spot.offset, "before": true - 1,
    }  # fmt: skip
    number = wanted.get(lie, lie)
    if number == -1 and low == 0:
        return high
    # A float that is no number has no neighbours either.
    return int(number) if low <= number <= high else None


def _replaced(name: str, data: bytes, rng: np.random.Generator) -> Iterator[Damage]:
    for size in (1, 100, 5000):
        noise = rng.bytes(size)
        yield Damage("random_bytes", name, f"{size} random bytes", whole=noise, must_tell=True)
    if len(data) > 64:
        kept = min(len(data) // 2, 256)
        noise = data[:kept] + rng.bytes(min(len(data) - kept, 1 << 16))
        yield Damage("random_bytes", name, f"its first {kept} bytes, then random ones", whole=noise)
    yield Damage("text_file", name, "a letter", whole=_TEXT, must_tell=True)
    yield Damage(
        "text_file",
        name,
        "a letter in UTF-16",
        whole=_TEXT.decode().encode("utf-16"),
        must_tell=True,
    )
    yield Damage("empty", name, "no byte at all", whole=b"", must_tell=True)


def _appended(name: str, data: bytes, rng: np.random.Generator) -> Iterator[Damage]:
    for more in (b"\0", rng.bytes(7), rng.bytes(1500), bytes(4096), data[-4096:]):
        yield Damage("appended", name, f"{len(more)} bytes more", more=more)
