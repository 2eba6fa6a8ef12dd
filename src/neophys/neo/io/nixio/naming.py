"""Names of objects as names in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["use_object_names"]


def use_object_names(blocks: list[Any]) -> None:
    """Make the names of blocks and all that is in them their ``nix_name``.

    Raises
    ------
    ValueError
        Objects that a NIX file tells apart by name have none or the same; nothing is changed.
    """
    chosen = _distinct(blocks, "blocks")
    for block in blocks:
        where = f"block {block.name!r}"
        groups = [below for group in block.groups for below in group.walk()]
        chosen += _distinct([*block.segments, *groups], f"{where}: segments and groups")
        chosen += _distinct(
            (
                signal
                for segment in block.segments
                for signal in (
                    *segment.analogsignals,
                    *segment.irregularlysampledsignals,
                    *segment.imagesequences,
                )
            ),
            f"{where}: signals",
        )
        chosen += _distinct(
            (
                marks
                for segment in block.segments
                for marks in (*segment.events, *segment.epochs, *segment.spiketrains)
            ),
            f"{where}: events, epochs and spike trains",
        )
    for obj in chosen:
        obj.annotations["nix_name"] = obj.name


def _distinct(objects: Iterable[Any], where: str) -> list[Any]:
    found = list({id(obj): obj for obj in objects}.values())
    names = [obj.name for obj in found]
    if not all(names):
        raise ValueError(f"use_obj_names: {where}: one has no name")
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"use_obj_names: {where}: two have the name {name!r}")
        seen.add(name)
    return found
