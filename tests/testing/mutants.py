"""Planted bugs: the toy format with one thing wrong, each to be killed by the check named for it.

Everything stands at the top level of the module, for another process imports it by name.
"""

from __future__ import annotations

import logging
import os
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from neophys.contents import (
    Block,
    Clock,
    Contents,
    EventTable,
    Metadata,
    Piece,
    Segment,
    SignalData,
    Subject,
)
from neophys.errors import HeaderError, Issue, NeophysError
from neophys.formats import Format, Report
from neophys.layout import Columns, Plan, Sink
from neophys.layout.records import Records
from neophys.source.bundle import Bundle
from neophys.testing import toy

FORMAT = toy.FORMAT


# Tools: a toy scan, and ways to change what it found.


def changed(contents: Contents, **fields: Any) -> Contents:
    return replace(contents, **fields)


def with_stream(contents: Contents, **fields: Any) -> Contents:
    return replace(contents, streams=(replace(contents.streams[0], **fields),))


def with_pieces(contents: Contents, change: Callable[[tuple[Piece, ...]], Any]) -> Contents:
    (segment,) = contents.blocks[0].segments
    assert segment.signals[0] is not None
    pieces = tuple(change(segment.signals[0].pieces))
    segment = replace(segment, signals=(SignalData(pieces),))
    return replace(contents, blocks=(replace(contents.blocks[0], segments=(segment,)),))


def as_layout(contents: Contents, kind: type[Records], **fields: Any) -> Contents:
    """The same samples in a layout of another kind."""

    def change(pieces: tuple[Piece, ...]) -> Any:
        for piece in pieces:
            old = piece.layout
            assert isinstance(old, Records)
            made = kind(
                old.file, old.offset, old.record_bytes, old.rows, old.n_samples, old.places,
                old.dtype, old.step,
            )  # fmt: skip
            for name, value in fields.items():
                object.__setattr__(made, name, value)
            yield replace(piece, layout=made)

    return with_pieces(contents, change)


class Quiet(Report):
    """A report that forgets what it is told."""

    def __call__(self, *args: Any, **kwargs: Any) -> None: ...


# Samples and values.


def one_sample_too_few(bundle: Bundle, options: Any, report: Report) -> Contents:
    def cut(pieces: tuple[Piece, ...]) -> Any:
        last = [replace(piece, n_samples=piece.n_samples - 1) for piece in pieces[-1:]]
        return *pieces[:-1], *last

    return with_pieces(toy.scan(bundle, options, report), cut)


def swapped_bytes(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = with_stream(toy.scan(bundle, options, report), dtype=np.dtype(">i2"))
    return as_layout(contents, Records, dtype=np.dtype(">i2"))


def gains_in_wrong_order(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    channels = contents.streams[0].channels.copy()
    channels["gain"] = channels["gain"][::-1]
    return with_stream(contents, channels=channels)


def offset_before_gain(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    channels = contents.streams[0].channels.copy()
    channels["offset"] *= channels["gain"]
    return with_stream(contents, channels=channels)


def another_dtype(bundle: Bundle, options: Any, report: Report) -> Contents:
    return with_stream(toy.scan(bundle, options, report), dtype=np.dtype("<u2"))


class OrderIgnored(Records):
    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        chosen = columns if isinstance(columns, slice) else np.sort(columns)
        return super().plan(start, stop, chosen)


def order_ignored(bundle: Bundle, options: Any, report: Report) -> Contents:
    return as_layout(toy.scan(bundle, options, report), OrderIgnored)


class RepeatsIgnored(Records):
    def place(self, plan: Plan, buffer: Any, at: Any, row: int, sink: Sink) -> None:
        start, stop, places = plan.info
        _, first = np.unique(places, return_index=True)
        once = replace(plan, info=(start, stop, places[np.sort(first)]))
        super().place(once, buffer, at, row, sink)


def repeats_ignored(bundle: Bundle, options: Any, report: Report) -> Contents:
    return as_layout(toy.scan(bundle, options, report), RepeatsIgnored)


class Greedy(Records):
    """Plans the whole array for any window of it."""

    def plain_window(self, start: int, stop: int, columns: slice) -> None:
        return None

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        plan = super().plan(start, stop, columns)
        whole = super().plan(0, self.n_samples, slice(None))
        return replace(whole, info=plan.info) if len(plan.offsets) else plan


def plans_too_much(bundle: Bundle, options: Any, report: Report) -> Contents:
    return as_layout(toy.scan(bundle, options, report), Greedy)


# Times, names, privacy.


def gap_closed(bundle: Bundle, options: Any, report: Report) -> Contents:
    def join(pieces: tuple[Piece, ...]) -> Any:
        n = sum(piece.n_samples for piece in pieces)
        return [replace(piece, n_samples=n) for piece in pieces[:1]]

    return with_pieces(toy.scan(bundle, options, report), join)


def events_shifted(
    bundle: Bundle, contents: Any, options: Any, key: Any, report: Any
) -> EventTable:
    events = toy.tables(bundle, contents, options, key, report)
    return replace(events, ticks=events.ticks + 1000)


def float_epochs(bundle: Bundle, options: Any, report: Report) -> Contents:
    """Seconds since 1970 first, the difference then: microseconds are gone."""
    contents = toy.scan(bundle, options, report)
    channel = contents.event_channels[0]
    zero = int(channel.clock.zero // 1_000_000)
    return changed(contents, event_channels=(replace(channel, clock=Clock(1.0, zero)),))


def float_ticks(bundle: Bundle, contents: Any, options: Any, key: Any, report: Any) -> EventTable:
    events = toy.tables(bundle, contents, options, key, report)
    first = contents.streams[0].clock.zero / 1e6 % 1
    return replace(events, ticks=events.ticks / 1e6 - first, durations=events.durations / 1e6)


def mojibake(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    channels = contents.streams[0].channels.copy()
    channels["name"] = [name.encode().decode("latin-1") for name in channels["name"].tolist()]
    return with_stream(contents, channels=channels)


def bytes_for_text(bundle: Bundle, options: Any, report: Report) -> Contents:
    return with_stream(toy.scan(bundle, options, report), id=b"0")


def prints_the_name(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    print("reading the recording of", contents.subject.name)
    return contents


def logs_the_name(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    logging.getLogger(__name__).debug("subject %s", contents.subject.name)
    return contents


def shows_the_name(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    return changed(contents, metadata=Metadata(other={"subject": contents.subject.name}))


def blames_the_name(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    if report.issues:
        raise HeaderError(bundle.main, None, None, contents.subject.name, "the file is cut")
    return contents


# Opening.


def reads_samples(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    source = bundle.source(bundle.main)
    at = toy.read_header(bundle).samples_at
    source.read(at, source.size - at)
    return contents


def claims_all(bundle: Bundle, name: str, head: bytes) -> str:
    return "certain"


def writes_a_cache(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    if hasattr(bundle, "root"):
        (Path(bundle.root) / "toy.index").write_bytes(b"index")
    return contents


def asks_for_the_path(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    folder = str(getattr(bundle, "root", ""))
    return changed(contents, metadata=Metadata(comment=folder))


# Threads, processes, pickles.


class OnePlan(Records):
    """Keeps its plan to itself, for whichever thread places next."""

    def plain_window(self, start: int, stop: int, columns: slice) -> None:
        return None

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        self.__dict__["last"] = plan = super().plan(start, stop, columns)
        return plan

    def place(self, plan: Plan, buffer: Any, at: Any, row: int, sink: Sink) -> None:
        super().place(self.__dict__["last"], buffer, at, row, sink)


def shares_a_plan(bundle: Bundle, options: Any, report: Report) -> Contents:
    return as_layout(toy.scan(bundle, options, report), OnePlan)


LAST: dict[str, Bundle] = {}


def remembers_the_last(bundle: Bundle, options: Any, report: Report) -> Contents:
    LAST["bundle"] = bundle
    return toy.scan(bundle, options, report)


def reads_the_last(bundle: Bundle, *rest: Any) -> EventTable:
    return toy.tables(LAST["bundle"], *rest)


def holds_a_function(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    return changed(contents, metadata=Metadata(other={"convert": lambda x: x}))


class OfThisProcess(Records):
    """Good where it was made only."""

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        if os.getpid() != self.__dict__["process"]:
            raise NeophysError("the handle was opened in another process")
        return super().plan(start, stop, columns)

    def plain_window(self, start: int, stop: int, columns: slice) -> None:
        return None


def of_this_process(bundle: Bundle, options: Any, report: Report) -> Contents:
    return as_layout(toy.scan(bundle, options, report), OfThisProcess, process=os.getpid())


# Damage.


@dataclass(frozen=True, eq=False)
class Padded(Records):
    """Zeros where the file has ended."""

    def plain_window(self, start: int, stop: int, columns: slice) -> None:
        return None

    def plan(self, start: int, stop: int, columns: Columns) -> Plan:
        n = self.__dict__["there"]
        plan = super().plan(min(start, n), min(stop, n), columns)
        return replace(plan, info=(plan.info, start, stop, columns))

    def place(self, plan: Plan, buffer: Any, at: Any, row: int, sink: Sink) -> None:
        inner, start, stop, columns = plan.info
        k = len(self.places[columns])
        sink.put(row, slice(0, k), np.zeros((1, stop - start, k), self.dtype))
        super().place(replace(plan, info=inner), buffer, at, row, sink)


def zeros_past_the_end(bundle: Bundle, options: Any, report: Report) -> Contents:
    header, contents = toy.read_header(bundle), toy.scan(bundle, options, Quiet())
    n, frame = header.n_samples, 2 * header.n_channels
    places = 2 * np.arange(header.n_channels)
    layout = Padded(
        bundle.main, header.samples_at, frame, 1, n, places, np.dtype("<i2"), frame
    )  # fmt: skip
    there = (bundle.source(bundle.main).size - header.samples_at) // frame
    layout.__dict__["there"] = max(there, 0)
    return with_pieces(contents, lambda _: [Piece(header.start, n, layout)])


def trusts_the_count(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, Quiet())
    n = toy.read_header(bundle).n_samples

    def grow(pieces: tuple[Piece, ...]) -> Any:
        for piece in pieces[:1]:
            assert isinstance(piece.layout, Records)
            yield replace(piece, n_samples=n, layout=replace(piece.layout, n_samples=n))

    return with_pieces(contents, grow)


def swallows_truncation(bundle: Bundle, options: Any, report: Report) -> Contents:
    return replace(toy.scan(bundle, options, Quiet()), issues=())


def warns_of_truncation(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    if contents.issues:
        warnings.warn("the file ends early", stacklevel=1)
    return contents


def allocates_by_count(bundle: Bundle, options: Any, report: Report) -> Contents:
    header = toy.read_header(bundle)
    np.empty((header.n_samples, header.n_channels))
    return toy.scan(bundle, options, report)


def follows_pointers(bundle: Bundle, options: Any, report: Report) -> Contents:
    header = toy.read_header(bundle)
    struct.unpack_from("<qI", bundle.head(bundle.main, header.samples_at), header.pieces_at)
    return toy.scan(bundle, options, report)


def runs_in_circles(
    bundle: Bundle, contents: Any, options: Any, key: Any, report: Any
) -> EventTable:
    at = toy.read_header(bundle).events_at
    while at:
        at = toy.BLOCK.read(bundle.source(bundle.main).read(at, 8)).next
    return toy.tables(bundle, contents, options, key, report)


def knows_one_rate(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    {1000.0: "1 kHz"}[contents.streams[0].sampling_rate]
    return contents


def counts_from_the_end(bundle: Bundle, options: Any, report: Report) -> Contents:
    header, contents = toy.read_header(bundle), toy.scan(bundle, options, report)
    at = bundle.source(bundle.main).size - 2 * header.n_channels * header.n_samples
    return as_layout(contents, Records, offset=max(at, 0))


def empty_when_unknown(bundle: Bundle, options: Any, report: Report) -> Contents:
    try:
        return toy.scan(bundle, options, report)
    except NeophysError:
        nothing = Block((Segment((), (), (), 0.0, 0.0),))
        return Contents("toy", (), (), (), (nothing,), Metadata(), Subject(), (), (bundle.main,))


def reads_text_too(bundle: Bundle, options: Any, report: Report) -> Contents:
    head = bundle.head(bundle.main, 64)
    if head[:1].isalpha() and not head.startswith(toy.MAGIC[:2]):
        float(head.split()[0])
    return toy.scan(bundle, options, report)


def wants_a_byte(bundle: Bundle, options: Any, report: Report) -> Contents:
    bundle.head(bundle.main, 1)[0]
    return toy.scan(bundle, options, report)


def speaks_past_the_report(bundle: Bundle, options: Any, report: Report) -> Contents:
    contents = toy.scan(bundle, options, report)
    return replace(contents, issues=(Issue("error", bundle.main, None, None, "half is lost"),))


def forgives_when_strict(bundle: Bundle, options: Any, report: Report) -> Contents:
    return toy.scan(bundle, options, Report())


#: The check that must kill it, what it must say, and what is changed of the toy.
MUTANTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "one_sample_too_few": (
        "values_match_oracle",
        "shape (299, 1), not (300, 1)",
        {"scan": one_sample_too_few},
    ),
    "swapped_bytes": ("values_match_oracle", "values as float64", {"scan": swapped_bytes}),
    "gains_in_wrong_order": (
        "values_match_oracle",
        "values as float64",
        {"scan": gains_in_wrong_order},
    ),
    "offset_before_gain": (
        "values_match_oracle",
        "values as float64",
        {"scan": offset_before_gain},
    ),
    "another_dtype": ("contents_are_consistent", "int16, not uint16", {"scan": another_dtype}),
    "order_ignored": ("slices_compose", "differ", {"scan": order_ignored}),
    "repeats_ignored": ("lazy_equals_eager", "differ", {"scan": repeats_ignored}),
    "plans_too_much": ("plan_is_what_is_read", "bytes are planned", {"scan": plans_too_much}),
    "gap_closed": ("times_match_oracle", "pieces of [2000] samples", {"scan": gap_closed}),
    "events_shifted": ("times_match_oracle", "times: 10 of 10", {"tables": events_shifted}),
    "float_epochs": (
        "times_match_oracle",
        "times: 10 of 10",
        {"scan": float_epochs, "tables": float_ticks},
    ),
    "mojibake": ("names_are_text", "name ('", {"scan": mojibake}),
    "bytes_for_text": ("names_are_text", "is no text", {"scan": bytes_for_text}),
    "prints_the_name": ("subject_is_private", "output tells", {"scan": prints_the_name}),
    "logs_the_name": ("subject_is_private", "a log tells", {"scan": logs_the_name}),
    "shows_the_name": ("subject_is_private", "repr tells", {"scan": shows_the_name}),
    "blames_the_name": ("subject_is_private", "a message of it tells", {"scan": blames_the_name}),
    "reads_samples": ("open_reads_headers_only", "bytes of samples", {"scan": reads_samples}),
    "claims_all": ("sniff_exclusive", "claimed", {"sniff": claims_all}),
    "claims_none": ("sniff_exclusive", "claimed by []", {"magic": ()}),
    "writes_a_cache": ("nothing_written", "new files: ['toy.index']", {"scan": writes_a_cache}),
    "asks_for_the_path": ("sources_agree", "contents.metadata", {"scan": asks_for_the_path}),
    "shares_a_plan": ("threads_agree", "", {"scan": shares_a_plan}),
    "remembers_the_last": (
        "recordings_are_independent",
        "once another file is open",
        {"scan": remembers_the_last, "tables": reads_the_last},
    ),
    "holds_a_function": ("pickle_round_trip", "pickle", {"scan": holds_a_function}),
    "of_this_process": ("processes_agree", "a fork", {"scan": of_this_process}),
    "zeros_past_the_end": (
        "truncated_anywhere",
        "opens without a word, with 300 samples",
        {"scan": zeros_past_the_end},
    ),
    "swallows_truncation": (
        "truncated_anywhere",
        "opens without a word, with 0 samples",
        {"scan": swallows_truncation},
    ),
    "warns_of_truncation": (
        "truncated_anywhere",
        "warns where an Issue is due",
        {"scan": warns_of_truncation},
    ),
    "forgives_when_strict": (
        "truncated_anywhere",
        "strict=True opens it, too, though: error",
        {"scan": forgives_when_strict},
    ),
    "trusts_the_count": (
        "counts_lied",
        "opens without a word, and then",
        {"scan": trusts_the_count},
    ),
    "allocates_by_count": ("counts_lied", "more memory", {"scan": allocates_by_count}),
    "follows_pointers": ("pointers_lied", "error: unpack_from", {"scan": follows_pointers}),
    "runs_in_circles": ("pointers_lied", "takes too long", {"tables": runs_in_circles}),
    "knows_one_rate": ("bits_flipped", "KeyError", {"scan": knows_one_rate}),
    "counts_from_the_end": ("appended", "reads other data", {"scan": counts_from_the_end}),
    "empty_when_unknown": ("random_bytes", "opens without a word", {"scan": empty_when_unknown}),
    "reads_text_too": ("text_file", "ValueError", {"scan": reads_text_too}),
    "speaks_past_the_report": (
        "strict_raises",
        "half is lost",
        {"scan": speaks_past_the_report},
    ),
    "wants_a_byte": ("empty", "IndexError", {"scan": wants_a_byte}),
}


def mutant(name: str) -> Format:
    """The toy format with that bug."""
    return replace(FORMAT, **MUTANTS[name][2])
