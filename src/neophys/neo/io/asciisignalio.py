"""Signals in a text file: columns of numbers, one of which may be the time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import quantities as pq
from numpy.typing import NDArray

from neophys.errors import HeaderError
from neophys.neo.core.analogsignal import AnalogSignal
from neophys.neo.core.baseneo import NeoReadWriteError
from neophys.neo.core.block import Block
from neophys.neo.core.irregularlysampledsignal import IrregularlySampledSignal
from neophys.neo.core.segment import Segment
from neophys.neo.io.asciitables import METHODS, open_text, read_table
from neophys.neo.io.baseio import BaseIO
from neophys.neo.io.unittexts import unit_text
from neophys.source.writing import replacing

__all__ = ["AsciiSignalIO"]

_DELIMITERS: dict[str, Any] = {"value": "\t", "possible": ["\t", " ", ",", ";"]}
#: What a file beside the data may say, before the arguments.
_SETTINGS = ("delimiter", "usecols", "skiprows", "timecolumn", "sampling_rate", "t_start", "units",
             "time_units", "method", "signal_group_mode")  # fmt: skip
_MODES = ("split-all", "all-in-one")


def _whole(value: Any, least: float = -math.inf) -> bool:
    return type(value) is int and value >= least


#: What such a file may say of the arguments that are no quantities.
_IN_JSON: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "delimiter": ("a text or null", lambda value: value is None or isinstance(value, str)),
    "skiprows": ("a number from 0", lambda value: _whole(value, 0)),
    "timecolumn": ("a number or null", lambda value: value is None or _whole(value)),
    "usecols": ("numbers or null", lambda value: value is None or (
        all(map(_whole, value)) if isinstance(value, list) else _whole(value))),
    "method": (f"one of {', '.join(METHODS)}", lambda value: value in [*METHODS]),
    "signal_group_mode": (f"one of {', '.join(_MODES)}", lambda value: value in _MODES),
}  # fmt: skip


class AsciiSignalIO(BaseIO):
    r"""Reads and writes the signals of one segment as columns of text.

    Parameters
    ----------
    filename
        UTF-8 text, Latin-1 where it is not that.
    delimiter
        Between columns.
    usecols
        Columns to read, from 0: a number or a list; None: all.
    skiprows
        Lines at the top without numbers.
    timecolumn
        Which of the columns read holds times, negative from the end; None: none does. Times at
        even distances (to a millionth) make analog signals, others irregular ones.
    sampling_rate, t_start
        Quantities, where there is no time column; a `t_start` without unit is in `time_units`.
    units, time_units
        Of signals and of the time column: text or quantity.
    method
        ``"genfromtxt"`` (what is no number is NaN), ``"csv"`` (cells may be quoted),
        ``"homemade"`` (empty cells do not count), or a function of the file's name and `usecols`
        that returns an array of one or two dimensions.
    signal_group_mode
        ``"split-all"``: a signal for each column; ``"all-in-one"``: one of all.
    metadata_filename
        JSON with these arguments, which go before those given here; None: ``NAME_about.json``
        beside ``NAME.txt``, if there is one.
    """

    is_readable = True
    is_writable = True
    supported_objects: ClassVar[Any] = [Block, Segment, AnalogSignal]
    readable_objects: ClassVar[Any] = [Block, Segment]
    writeable_objects: ClassVar[Any] = [Segment]
    has_header = False
    is_streameable = False
    read_params: ClassVar[dict[Any, Any]] = {
        Segment: [
            ("delimiter", _DELIMITERS),
            ("usecols", {"value": None, "type": int}),
            ("skiprows", {"value": 0}),
            ("timecolumn", {"value": None, "type": int}),
            ("units", {"value": "V"}),
            ("time_units", {"value": pq.s}),
            ("sampling_rate", {"value": 1.0 * pq.Hz}),
            ("t_start", {"value": 0.0 * pq.s}),
            ("method", {"value": "homemade", "possible": ["genfromtxt", "csv", "homemade"]}),
            ("signal_group_mode", {"value": "split-all"}),
        ]
    }
    write_params: ClassVar[dict[Any, Any]] = {
        Segment: [("delimiter", _DELIMITERS), ("writetimecolumn", {"value": True})]
    }
    name: ClassVar[Any] = None
    extensions: ClassVar[list[str]] = ["txt", "asc", "csv", "tsv"]
    mode = "file"

    def __init__(
        self,
        filename: str | Path | None = None,
        delimiter: str | None = "\t",
        usecols: Any = None,
        skiprows: int = 0,
        timecolumn: int | None = None,
        sampling_rate: Any = 1.0 * pq.Hz,
        t_start: Any = 0.0 * pq.s,
        units: Any = pq.V,
        time_units: Any = pq.s,
        method: str | Callable[[Any, Any], NDArray[Any]] = "genfromtxt",
        signal_group_mode: str = "split-all",
        metadata_filename: str | Path | None = None,
    ) -> None:
        super().__init__()
        self.filename: Any = filename
        self.metadata_filename = metadata_filename
        given = dict(zip(_SETTINGS, (delimiter, usecols, skiprows, timecolumn, sampling_rate,
                         t_start, units, time_units, method, signal_group_mode),
                         strict=True))  # fmt: skip
        said = self.read_metadata()
        given |= {name: value for name, value in said.items() if name in given}
        self.delimiter, self.usecols = given["delimiter"], given["usecols"]
        self.skiprows, self.timecolumn = given["skiprows"], given["timecolumn"]
        self.sampling_rate = given["sampling_rate"]
        self.units = pq.Quantity(1, given["units"])
        self.time_units = given["time_units"]
        if self.time_units is not None:
            self.time_units = pq.Quantity(1, self.time_units)
        self.t_start = given["t_start"]
        if not isinstance(self.t_start, pq.Quantity):
            if self.time_units is None:
                raise ValueError("t_start has no unit, and time_units is None")
            self.t_start = self.t_start * self.time_units
        self.method = given["method"]
        if not callable(self.method) and self.method not in METHODS:
            names = ", ".join(map(repr, METHODS))
            raise ValueError(f"method is one of {names} or a function, not {self.method!r}")
        self.signal_group_mode = given["signal_group_mode"]
        #: Unit of the times in a file that was written here.
        self._written_in: Any = None

    # Reading.

    def read_block(self, lazy: bool = False) -> Block:
        """A block of the one segment; see :meth:`read_segment`."""
        block = Block(file_origin=Path(self.filename).name)
        block.segments.append(self.read_segment(lazy=lazy))
        block.check_relationships()
        return block

    def read_segment(self, lazy: bool = False) -> Segment:
        """Read all signals: values in float32, times in float64.

        Raises
        ------
        NotImplementedError
            ``lazy=True``.
        HeaderError
            What is no number, or a line with more or fewer columns than the first: by line and
            column.
        """
        if lazy:
            raise NotImplementedError("AsciiSignalIO does not read lazily")
        table = self._table()
        columns = self._columns(table.shape[1])
        time, make = self._clock(table)
        kept = [i for i in range(table.shape[1]) if i != time]
        segment = Segment(file_origin=Path(self.filename).name)
        if self.signal_group_mode == "all-in-one":
            signal = make(table[:, kept].astype(np.float32), name="multichannel")
            signal.array_annotate(channel_index=np.array([columns[i] for i in kept]))
            signals = [signal]
        else:
            signals = [
                make(table[:, i].astype(np.float32), name=f"Column {i}", channel_index=i)
                for i in kept
            ]
        for signal in signals:
            if isinstance(signal, AnalogSignal):
                segment.analogsignals.append(signal)
            else:
                segment.irregularlysampledsignals.append(signal)
        segment.check_relationships()
        return segment

    def _table(self) -> NDArray[Any]:
        """(samples, columns) numbers."""
        if not callable(self.method):
            chosen = None if self.usecols is None else np.atleast_1d(self.usecols).tolist()
            return read_table(self.filename, self.method, self.delimiter, self.skiprows, chosen)
        table: NDArray[Any] = self.method(self.filename, self.usecols)
        if not isinstance(table, np.ndarray):
            raise TypeError(f"method must return a NumPy array, not {type(table).__name__}")
        if table.ndim == 1:
            table = table[:, np.newaxis]
        if table.ndim != 2:
            raise ValueError(f"method must return 1 or 2 dimensions, not {table.ndim}")
        return table

    def _columns(self, count: int) -> list[int]:
        """Which columns of the file those of the table are."""
        if self.usecols is None:
            return list(range(count))
        chosen: list[int] = np.atleast_1d(self.usecols).tolist()
        return chosen if len(chosen) == count else list(range(count))

    def _clock(self, table: NDArray[Any]) -> tuple[int | None, Callable[..., Any]]:
        """The time column, and what makes a signal of values."""

        def regular(rate: Any, start: Any) -> Callable[..., Any]:
            return lambda values, **named: AnalogSignal(
                values * self.units, sampling_rate=rate, t_start=start, **named
            )

        if self.timecolumn is None:
            return None, regular(self.sampling_rate, self.t_start)
        count = table.shape[1]
        if not -count <= self.timecolumn < count:
            allowed = f"there are {count} columns, from 0"
            raise HeaderError(str(self.filename), None, "timecolumn", self.timecolumn, allowed)
        time = self.timecolumn % count
        times, unit = (
            table[:, time],
            self.time_units if self._written_in is None else self._written_in,
        )
        steps = np.diff(times)
        mean = steps.mean() if len(steps) else 0.0
        if mean > 0 and np.ptp(steps) < 1e-6 * mean:
            return time, regular(1.0 / mean / unit, times[0] * unit)
        return time, lambda values, **named: IrregularlySampledSignal(
            times * unit, values * self.units, **named
        )

    # The file beside the data.

    def _beside(self) -> Path | None:
        if self.filename is None:
            return None
        path = Path(self.filename)
        return path.with_name(f"{path.stem}_about.json")

    def read_metadata(self) -> dict[str, Any]:
        """What the JSON file says, quantities made; empty where there is none."""
        path = self._beside() if self.metadata_filename is None else Path(self.metadata_filename)
        if path is None or not path.exists():
            return {}
        if self.metadata_filename is None:
            self.metadata_filename = str(path)
        with open_text(path) as file:
            try:
                said = json.load(file)
            except json.JSONDecodeError as error:
                where = f"line {error.lineno}, column {error.colno}"
                raise HeaderError(str(path), None, where, None, error.msg) from None
            except (ValueError, RecursionError) as error:  # numbers too long, lists too deep
                raise HeaderError(str(path), None, None, None, f"{error}") from None
        if not isinstance(said, dict):
            raise HeaderError(str(path), None, None, said, "must be a JSON object")
        for key, (allowed, fits) in _IN_JSON.items():
            if key in said and not fits(said[key]):
                raise HeaderError(str(path), None, key, said[key], f"must be {allowed}")
        for key in ("sampling_rate", "t_start", "units", "time_units"):
            if said.get(key) is not None:
                said[key] = _from_json(path, key, said[key])
        return said

    def write_metadata(self, metadata_filename: str | Path | None = None) -> Any:
        """Write the arguments as JSON; returns the file's name.

        Parameters
        ----------
        metadata_filename
            None: the one that the constructor was given, else ``NAME_about.json``.
        """
        if metadata_filename is not None:
            self.metadata_filename = metadata_filename
        elif self.metadata_filename is None:
            self.metadata_filename = str(self._beside())
        time_units = self.time_units if self._written_in is None else self._written_in
        usecols = None if self.usecols is None else np.asarray(self.usecols).tolist()
        said = {
            "filename": str(self.filename),
            "delimiter": self.delimiter,
            "usecols": usecols,
            "skiprows": self.skiprows,
            "timecolumn": self.timecolumn,
            "sampling_rate": _as_json(self.sampling_rate),
            "t_start": _as_json(self.t_start),
            "units": self.units.dimensionality.string,
            "time_units": None if time_units is None else time_units.dimensionality.string,
            "signal_group_mode": self.signal_group_mode,
        }
        if not callable(self.method):
            said["method"] = self.method
        with replacing(Path(self.metadata_filename)) as file:
            file.write(json.dumps(said, indent=1).encode())
        return self.metadata_filename

    # Writing.

    def write_block(self, block: Block) -> None:
        """Write the segment of a block that has one; ValueError where it has others."""
        if len(block.segments) != 1:
            raise ValueError(f"a block of one segment can be written, not of {len(block.segments)}")
        self.write_segment(block.segments[0])

    def write_segment(self, segment: Segment) -> None:
        """Write the analog signals of a segment, all channels side by side.

        With ``timecolumn=0`` their times are the first column, in `time_units`. The file appears
        when it is whole. Attributes are set to the signals' own; where a metadata file is named,
        they are written there.

        Raises
        ------
        NotImplementedError
            A time column other than 0.
        NeoReadWriteError
            No analog signals, or such as do not fit together.
        """
        if self.timecolumn not in (None, 0):
            raise NotImplementedError("times are written to column 0 only")
        signals = list(segment.analogsignals)
        if not signals:
            raise NeoReadWriteError("the segment has no analog signals to write")
        first = signals[0]
        for name in ("sampling_rate", "units", "t_start"):
            self._require(name, [getattr(signal, name) for signal in signals])
        self._require("length", [len(signal) for signal in signals])
        columns = [np.asarray(signal.magnitude) for signal in signals]
        self._written_in = None
        if self.timecolumn is not None:
            self._written_in = self.time_units
            times = first.times.rescale(self.time_units).magnitude
            columns.insert(0, np.asarray(times)[:, np.newaxis])
        delimiter = " " if self.delimiter is None else self.delimiter
        with replacing(Path(self.filename)) as file:
            np.savetxt(file, np.concatenate(columns, axis=1), delimiter=delimiter)
        self.sampling_rate, self.units, self.shape = first.sampling_rate, first.units, first.shape
        self.time_units, self.t_start = first.times.units, first.t_start
        if self.metadata_filename is not None:
            self.write_metadata()

    def _require(self, name: str, values: list[Any]) -> None:
        odd = next((value for value in values if value != values[0]), None)
        if odd is not None:
            raise NeoReadWriteError(
                f"{self.filename}: the signals' {name} differs: {values[0]} and {odd}"
            )


def _from_json(path: Path, key: str, said: Any) -> Any:
    try:
        if isinstance(said, str):
            return pq.Quantity(1, unit_text(said))
        return pq.Quantity(float(said["value"]), unit_text(said["units"]))
    except (TypeError, LookupError, ValueError):
        allowed = 'must be {"value": number, "units": text}, or a unit'
        raise HeaderError(str(path), None, key, said, allowed) from None


def _as_json(quantity: Any) -> dict[str, Any]:
    return {"value": float(quantity.magnitude), "units": quantity.dimensionality.string}
