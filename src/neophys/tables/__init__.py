r"""Declared headers: one declaration reads, writes, checks and documents.

Four kinds cover the formats: :class:`Table` (fixed offsets), :class:`Sequence` (lengths out of
earlier fields), :class:`ByField` (for each field a row of all channels) and :class:`Keyed` (text).
They work on buffers and do no I/O: ``file`` names the file in errors, ``base`` is the buffer's
place in it.

Examples
--------
>>> HEADER = Table("header", [
...     Field("laboratory", Text(8, pad=" "), 0, "where it was recorded"),
...     Field("surname", "S8", 8, "the patient's", private=True),
...     Field("birth", ("u1", 3), 16, convert=Moment("MDY", year0=1900), private=True),
...     Field("n_bytes", "<u2", 20, "bytes of a sample", allowed={1, 2, 4}, default=2),
... ], size=24)

Write, read; a field knows where it stands, a record hides what is private:

>>> raw = HEADER.write({"laboratory": "Essen", "surname": "Doe"})
>>> header = HEADER.read(raw, file="a.trc")
>>> header.laboratory, header["n_bytes"], header.birth, header.offset_of("n_bytes")
('Essen', 2, None, 20)
>>> header
<header, a.trc: byte 0: laboratory='Essen', surname=(private), birth=(private), n_bytes=2>

Check; damage is named by file, byte and field:

>>> HEADER.check(HEADER.read(HEADER.patch(raw, n_bytes=3), file="a.trc"))
Traceback (most recent call last):
neophys.errors.HeaderError: a.trc: byte 20: n_bytes: found 3; allowed: 1, 2 or 4

Many records are one array; text columns are decoded when asked for:

>>> HEADER.decode(HEADER.read_many(raw * 3), "laboratory")
['Essen', 'Essen', 'Essen']

Document:

>>> HEADER.document()[3][:5]
(20, '<u2', 'n_bytes', 'bytes of a sample', '1, 2 or 4')
"""

from __future__ import annotations

from neophys.tables.byfield import ByField, Columns
from neophys.tables.converts import Allowed, Between, Convert, Enum, Moment, Pair, Scale, Where
from neophys.tables.field import Field, OneOf, Record, Reporter, Row, Since
from neophys.tables.keyed import Entry, Key, Keyed, KeyedRecord, ListOf
from neophys.tables.rules import Bytes, Number, Numeric, Rule, Several, Text, decode_text
from neophys.tables.sequence import Counted, ParsedRecord, QString, Repeat, Sequence, TextOf
from neophys.tables.table import FixedRecord, Table

__all__ = [
    "Allowed",
    "Between",
    "ByField",
    "Bytes",
    "Columns",
    "Convert",
    "Counted",
    "Entry",
    "Enum",
    "Field",
    "FixedRecord",
    "Key",
    "Keyed",
    "KeyedRecord",
    "ListOf",
    "Moment",
    "Number",
    "Numeric",
    "OneOf",
    "Pair",
    "ParsedRecord",
    "QString",
    "Record",
    "Repeat",
    "Reporter",
    "Row",
    "Rule",
    "Scale",
    "Sequence",
    "Several",
    "Since",
    "Table",
    "Text",
    "TextOf",
    "Where",
    "decode_text",
]
