"""Tools on Neo's objects: choose events and epochs, make epochs, cut along them."""

from __future__ import annotations

from neophys.neo.utils import datasets, misc
from neophys.neo.utils.datasets import download_dataset, get_local_testing_data_folder
from neophys.neo.utils.misc import (
    add_epoch,
    cut_block_by_epochs,
    cut_segment_by_epoch,
    get_epochs,
    get_events,
    is_block_rawio_compatible,
    match_events,
)

__all__ = [
    "add_epoch",
    "cut_block_by_epochs",
    "cut_segment_by_epoch",
    "datasets",
    "download_dataset",
    "get_epochs",
    "get_events",
    "get_local_testing_data_folder",
    "is_block_rawio_compatible",
    "match_events",
    "misc",
]
