"""Spike trains in a text file, one a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import quantities as pq

from neophys.neo.core.baseneo import NeoReadWriteError
from neophys.neo.core.segment import Segment
from neophys.neo.core.spiketrain import SpikeTrain
from neophys.neo.io.asciitables import number, open_text
from neophys.neo.io.baseio import BaseIO
from neophys.source.writing import replacing

__all__ = ["AsciiSpikeTrainIO"]

_DELIMITERS: dict[str, Any] = {"value": "\t", "possible": ["\t", " ", ",", ";"]}


class AsciiSpikeTrainIO(BaseIO):
    """Reads and writes the spike trains of one segment: a line each, an empty line an empty one.

    Parameters
    ----------
    filename
        UTF-8 text, Latin-1 where it is not that.
    """

    is_readable = True
    is_writable = True
    supported_objects: ClassVar[Any] = [Segment, SpikeTrain]
    readable_objects: ClassVar[Any] = [Segment]
    writeable_objects: ClassVar[Any] = [Segment]
    has_header = False
    is_streameable = False
    read_params: ClassVar[dict[Any, Any]] = {
        Segment: [("delimiter", _DELIMITERS), ("t_start", {"value": 0.0})]
    }
    write_params: ClassVar[dict[Any, Any]] = {Segment: [("delimiter", _DELIMITERS)]}
    name: ClassVar[Any] = None
    extensions: ClassVar[list[str]] = ["txt"]
    mode = "file"

    def __init__(self, filename: str | Path | None = None) -> None:
        super().__init__()
        self.filename: Any = filename

    def read_segment(
        self,
        lazy: bool = False,
        delimiter: str = "\t",
        t_start: Any = 0.0 * pq.s,
        unit: Any = pq.s,
    ) -> Segment:
        """Read all trains.

        Parameters
        ----------
        delimiter
            Between times; one at a line's end (or beginning) may be left over.
        t_start
            Of all trains. Each one's ``t_stop`` is its last spike, `t_start` where it has none.
        unit
            Of the times: text or quantity.

        Raises
        ------
        NeoReadWriteError
            ``lazy=True``.
        HeaderError
            What is no number, by line and column.
        """
        if lazy:
            raise NeoReadWriteError("AsciiSpikeTrainIO does not read lazily")
        unit = pq.Quantity(1, unit)
        segment = Segment(file_origin=Path(self.filename).name)
        with open_text(self.filename) as file:
            for i, line in enumerate(file):
                times = self._times(line.rstrip("\r\n"), delimiter, i + 1) * unit
                stop = times.max() if times.size else t_start
                train = SpikeTrain(times, t_start=t_start, t_stop=stop)
                train.annotate(channel_index=i)
                segment.spiketrains.append(train)
        segment.check_relationships()
        return segment

    def _times(self, text: str, delimiter: str, line: int) -> Any:
        cells = text.split(delimiter)
        if not cells[-1].strip():
            del cells[-1]
        first = 1 if cells and not cells[0].strip() else 0
        try:
            return np.array([float(cell) for cell in cells[first:]], np.float64)
        except ValueError:
            for column, cell in enumerate(cells[first:], first):
                number(str(self.filename), line, column, cell)
            raise

    def write_segment(self, segment: Segment, delimiter: str = "\t") -> None:
        """Write the trains of a segment, in seconds; their limits and names are lost.

        The file appears when it is whole; each time is written so that it is read back the same.
        """
        with replacing(Path(self.filename)) as file:
            for train in segment.spiketrains:
                times = np.asarray(train.rescale("s").magnitude).tolist()
                text = "".join(f"{time!r}{delimiter}" for time in times)
                file.write(f"{text}\n".encode())
