from typing import Any

Array = Any  # anything that exports a buffer

def decode(raw: Array, out: Array, table: bytes, flags: int, /) -> None: ...
def decode_bytes(data: Array, code: int, out: Array, table: bytes, flags: int, /) -> None: ...
def gather_runs(
    buffer: Array, at: Array, counts: Array, rows: Array, columns: Array, out: Array, /
) -> None: ...
def add_windows(raw: Array, total: Array, /) -> None: ...
def minmax(raw: Array, out_min: Array, out_max: Array, /) -> None: ...
def walk_blocks(
    buffer: Array,
    start: int,
    header_bytes: int,
    count_offset: int,
    words_offset: int,
    word_bytes: int,
    /,
) -> tuple[bytes, int, int]: ...
