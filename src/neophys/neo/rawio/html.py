"""A raw reader's header as HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import Any

__all__ = ["page"]

_TABLES = {
    "signal_streams": "Signal streams",
    "signal_channels": "Signal channels",
    "spike_channels": "Spike channels",
    "event_channels": "Event channels",
}


def page(title: str, header: dict[str, Any] | None) -> str:
    """One collapsed table for each table of the header that has rows."""
    parts = [f"<h3>{escape(title)}</h3>"]
    if header is None:
        parts.append("<p><em>parse_header() reads what the file holds.</em></p>")
    else:
        parts.append(f"<p>{header['nb_block']} blocks, segments: {header['nb_segment']}</p>")
        for key, caption in _TABLES.items():
            if len(header[key]):
                parts.append(
                    f"<details><summary>{caption}</summary>{_table(header[key])}</details>"
                )
    return "<div>" + "\n".join(parts) + "</div>"


def _table(rows: Any) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in rows.dtype.names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_text(value))}</td>" for value in row) + "</tr>"
        for row in rows.tolist()
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
