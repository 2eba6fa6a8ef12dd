"""Units in files: a text is looked at before quantities, which evaluates it, gets it.

``9**9**9`` never ends, and stands in four bytes fewer than ``millivolt``.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["unit_text"]

_LONGEST: Final = 200
_EXPONENT: Final = r"[-+]?\d{1,2}(?:\.\d*)?"
#: Numbers, names and operators; an exponent is a short number, so no sign is a double asterisk.
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,2})?)"
    rf"|(?P<power>(?:\*\*|\^)\s*(?:\(\s*{_EXPONENT}(?:/\d{{1,2}})?\s*\)|{_EXPONENT}))"
    r"|(?P<name>[^\W\d]\w*)|(?P<sign>\*(?!\*)|[/()+\-.%·]))\s*"
)


def unit_text(text: str) -> str:
    """A unit's text that may be given to quantities, as it is.

    Raises
    ------
    ValueError
        It does not look like a unit.
    """
    at, before, groups = 0, "", 0
    while at < len(text):
        token = _TOKEN.match(text, at) if len(text) <= _LONGEST else None
        kind = token.lastgroup if token else None
        if kind == "power":
            # Powers of numbers are what makes an evaluation endless: of a group, one is allowed.
            group = before == "sign" and text[:at].rstrip().endswith(")")
            groups += group
            fits = before == "name" or (group and groups == 1)
        else:
            fits = "sign" in (kind, before or "sign")
        if token is None or not fits or "__" in token[0]:
            raise ValueError(f"{text[:60]!r} does not look like a unit")
        at, before = token.end(), kind or ""
    return text
