"""Signal: a lazy (time, channel) array of one stream."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neophys.contents import Stream
from neophys.errors import ChannelError, OutOfRangeError
from neophys.layout import Columns
from neophys.reading.engine import Progress
from neophys.reading.samples import Samples
from neophys.recording.labelled import Labelled
from neophys.recording.lookup import channel_columns
from neophys.recording.reads import checked_out, gap_error, read_grid, read_rows
from neophys.recording.times import is_time, seconds
from neophys.units import normalize

if TYPE_CHECKING:
    from neophys.recording import Recording
    from neophys.recording.events import Events, Where
    from neophys.recording.windows import Trials

__all__ = ["Signal"]

_ALL = slice(None)


class Signal:
    """Samples of one stream, read when asked for. Selecting reads nothing and copies nothing.

    Dimensions are (time, channel); a single channel or sample drops its dimension. Integers count
    samples under NumPy's rules; text with a unit, quantities and dates are times; names are
    channels. Windows are half-open. Where the stream has gaps, the sample axis counts stored
    samples and `times` is true.
    """

    __slots__ = (
        "_at",
        "_columns",
        "_one_channel",
        "_one_row",
        "_raw",
        "_recording",
        "_rows",
        "_samples",
    )

    def __init__(
        self, recording: Recording, samples: Samples, at: tuple[int, int, int | None]
    ) -> None:
        self._recording, self._samples = recording, samples
        self._at = at  # stream, block, segment: where pickles find the samples again
        self._rows = range(samples.n_samples)
        self._columns: Columns = _ALL
        self._one_row = self._one_channel = self._raw = False

    def _but(self, **changes: Any) -> Signal:
        new = object.__new__(Signal)
        new._recording, new._samples, new._at = self._recording, self._samples, self._at
        new._rows, new._columns = self._rows, self._columns
        new._one_row, new._one_channel, new._raw = self._one_row, self._one_channel, self._raw
        for name, value in changes.items():
            setattr(new, name, value)
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self._rows, self._columns, self._one_row, self._one_channel, self._raw)
        return _rebuild, (self._recording, self._at, state)

    # What it is

    @property
    def stream(self) -> Stream:
        return self._samples.stream

    @property
    def name(self) -> str:
        return self.stream.name

    @property
    def channels(self) -> NDArray[np.void]:
        """Structured array, one row a channel: name, id, units, gain, offset, ..."""
        return self.stream.channels[self._columns]

    @property
    def sampling_rate(self) -> float:
        """Hz; a step divides it."""
        return self.stream.sampling_rate / abs(self._rows.step)

    @property
    def units(self) -> str | tuple[str, ...]:
        """Of the values; a tuple, one for each channel, where they differ."""
        if self._raw:
            return "raw"
        units = self.channels["units"].tolist()
        return units[0] if len(set(units)) == 1 else tuple(units)

    @property
    def shape(self) -> tuple[int, ...]:
        time = () if self._one_row else (len(self._rows),)
        return time if self._one_channel else (*time, len(self.channels))

    @property
    def dims(self) -> tuple[str, ...]:
        time = () if self._one_row else ("time",)
        return time if self._one_channel else (*time, "channel")

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of what :meth:`read` returns: float32 for up to 24 bits, else float64."""
        return self._samples.dtype if self._raw else self._samples.float_dtype

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single sample has no length")
        return self.shape[0]

    @property
    def raw(self) -> Signal:
        """The same selection, as stored: native byte order, int32 for 24 bit."""
        return self._but(_raw=True)

    @property
    def times(self) -> NDArray[np.float64]:
        """(time,) seconds on the recording's clock, gaps and all."""
        rows = np.arange(self._rows.start, self._rows.stop, self._rows.step)
        return self._samples.axis.times(rows)

    @property
    def t_start(self) -> float:
        """Seconds of the first sample; NaN where there is none."""
        return self._samples.axis.time(self._rows[0]) if self._rows else float("nan")

    @property
    def t_stop(self) -> float:
        """Seconds at which the last sample ends; NaN where there is none."""
        if not self._rows or self.stream.sampling_rate <= 0:
            return float("nan")
        return self._samples.axis.time(self._rows[-1]) + 1 / self.sampling_rate

    @property
    def pieces(self) -> tuple[Signal, ...]:
        """The parts of this selection without a gap between them."""
        if self._rows.step != 1:
            raise ValueError("pieces of a signal with a step: take the pieces first, then the step")
        first, last = self._rows.start, self._rows.stop
        cuts = [row for row in self._samples.axis.gaps if first < row < last]
        edges = [first, *cuts, last]
        return tuple(self._but(_rows=range(a, b)) for a, b in pairwise(edges))

    # Choosing

    def __getitem__(self, key: Any) -> Signal:
        """``sig[a:b]``, ``sig[a:b, channels]``, ``sig["Fp1"]``, ``sig["10s":"20s"]``."""
        if isinstance(key, slice):
            return self._take_time(key)
        if isinstance(key, tuple):
            if len(key) > self.ndim:
                raise IndexError(f"{len(key)} indexes for a signal of {self.ndim} dimensions")
            out = self
            if len(key) == 2:
                out = out._take_channel(key[1])
            return out._take_time(key[0]) if key else out
        if isinstance(key, str) or _is_names(key):
            return self._take_channel(key)
        return self._take_time(key)

    def isel(self, time: Any = _ALL, channel: Any = _ALL) -> Signal:
        """By position: ``isel(time=slice(0, 10), channel=[0, 3])``."""
        out = self if channel is _ALL else self._take_channel(channel)
        return out if time is _ALL else out._take_time(time)

    def sel(
        self,
        *,
        time: Any = None,
        channel: Any = None,
        outside: Literal["raise", "clip"] = "raise",
    ) -> Signal:
        """By label.

        Parameters
        ----------
        time
            ``(a, b)`` or ``slice(a, b)``: the half-open window [a, b), either end may be None;
            one time: the nearest sample, its dimension dropped. Seconds, ``"20ms"``, quantities,
            dates (see :func:`neophys.recording.times.seconds`).
        channel
            A name or several.
        outside
            A time that the signal does not cover: ``"raise"``, or ``"clip"`` to what is there.

        Raises
        ------
        OutOfRangeError, ChannelError
        """
        if outside not in ("raise", "clip"):
            raise ValueError(f"outside={outside!r}: 'raise' or 'clip'")
        out = self if channel is None else self._take_channel(channel)
        if time is None:
            return out
        if isinstance(time, slice):
            if time.step is not None:
                raise ValueError("a time window has no step; take it by samples: sig[a:b:step]")
            time = (time.start, time.stop)
        if isinstance(time, tuple):
            if len(time) != 2:
                raise ValueError(f"time={time!r}: (start, stop) is wanted")
            return out._window(time[0], time[1], clip=outside == "clip")
        if isinstance(time, (list, np.ndarray)) and np.ndim(time) > 0:
            raise TypeError("several times: around(events, before=, after=) reads windows")
        return out._nearest(self._seconds(time), clip=outside == "clip")

    def _take_time(self, key: Any) -> Signal:
        if self._one_row:
            raise IndexError("this signal is a single sample: its time dimension is gone")
        if isinstance(key, slice):
            if is_time(key.start) or is_time(key.stop):
                if key.step is not None:
                    raise ValueError("a time window has no step; take it by samples: sig[a:b:step]")
                return self._window(key.start, key.stop, clip=False)
            try:
                rows = self._rows[key]
            except TypeError:
                raise TypeError(
                    f"samples are counted in whole numbers, not {key}; for seconds write "
                    'sig.sel(time=(1.5, 2)) or sig["1.5s":"2s"]'
                ) from None
            return self._but(_rows=rows or range(rows.start, rows.start))
        if is_time(key):
            return self._nearest(self._seconds(key), clip=False)
        if isinstance(key, (list, tuple, np.ndarray, bool, np.bool_)) or key is Ellipsis:
            raise TypeError(f"samples are taken by slice or number, not {key!r}; else read() first")
        if isinstance(key, (float, np.floating)) or not hasattr(key, "__index__"):
            raise TypeError(
                f"a sample is a whole number, not {key!r}; for seconds write sig.sel(time={key!r})"
            )
        try:
            row = self._rows[key]
        except IndexError:
            raise OutOfRangeError(f"no sample {key}: there are {len(self._rows)}") from None
        return self._but(_rows=range(row, row + 1), _one_row=True)

    def _take_channel(self, key: Any) -> Signal:
        if self._one_channel:
            raise ChannelError("this signal is a single channel already")
        chosen, single = channel_columns(key, self.channels, ChannelError)
        if isinstance(self._columns, slice) and isinstance(chosen, slice):
            first = self._columns.start or 0
            columns: Columns = slice(first + chosen.start, first + chosen.stop)
        else:
            columns = np.arange(len(self.stream.channels), dtype=np.int64)[self._columns][chosen]
        return self._but(_columns=columns, _one_channel=single)

    def _seconds(self, value: Any) -> float:
        return seconds(value, self._recording.start_time)

    def _window(self, a: Any, b: Any, *, clip: bool) -> Signal:
        low, high = self._covered()
        start = None if a is None else self._seconds(a)
        stop = None if b is None else self._seconds(b)
        first, last = low if start is None else start, high if stop is None else stop
        half = 0.5 / self.stream.sampling_rate
        if last < first and not (clip and None in (start, stop)):
            raise ValueError(f"a window from {first:g} s to {last:g} s ends before it begins")
        if not clip and (first < low - half or last > high + half):
            raise OutOfRangeError(
                f"{first:g} to {last:g} s asked; {self.name} covers {low:g} to {high:g} s "
                "(outside='clip' takes what there is)"
            )
        return self._but(_rows=self._samples.axis.window(start, stop, self._rows))

    def _nearest(self, time: float, *, clip: bool) -> Signal:
        low, high = self._covered()
        step = 1 / self.stream.sampling_rate
        if not clip and not low - step / 2 <= time <= high:
            raise OutOfRangeError(f"{time:g} s asked; {self.name} covers {low:g} to {high:g} s")
        row = self._samples.axis.nearest(time, self._rows)
        if not clip and abs(self._samples.axis.time(row) - time) > step:
            raise OutOfRangeError(f"{time:g} s asked; it lies in a gap of {self.name}")
        return self._but(_rows=range(row, row + 1), _one_row=True)

    def _covered(self) -> tuple[float, float]:
        """The times that can be chosen from, where they can."""
        if self._rows.step != 1:
            raise ValueError("times of a signal with a step: choose the time first, then the step")
        if not self._rows:
            raise OutOfRangeError(f"{self.name}: no samples to choose from")
        if self.stream.sampling_rate <= 0:
            raise OutOfRangeError(
                f"{self.name} has no sampling rate, so no times: choose by samples, sig[a:b]"
            )
        if self._samples.axis.overlaps(self._rows):
            raise OutOfRangeError(
                f"{self.name}: segments or pieces overlap in time; choose one: "
                "rec.segments[i].signals[...] or .pieces[i]"
            )
        return self.t_start, self.t_stop

    # Reading

    def read(
        self,
        out: NDArray[Any] | None = None,
        units: str | None = None,
        dtype: DTypeLike | None = None,
        order: Literal["time", "channel"] | None = None,
        gaps: Literal["raise", "nan", "skip"] = "raise",
        progress: Progress | None = None,
    ) -> Any:
        """Read the samples.

        Parameters
        ----------
        out
            Array of the signal's shape to fill, any strides; returned as it is.
        units
            ``"mV"`` ...; None: what the file declares for each channel.
        dtype
            float32 or float64; None: float32 for up to 24 bits, which it holds exactly.
        order
            Memory order: ``"time"`` keeps a sample's channels together, ``"channel"`` a channel's
            samples; None: as in the file. Dimensions are always (time, channel).
        gaps
            Samples that are not contiguous in time: ``"raise"``; ``"nan"``: one even grid, NaN
            where nothing was recorded; ``"skip"``: joined, `.time` jumps.
        progress
            Called with (samples done, samples in all); what it raises cancels the read.

        Returns
        -------
        Labelled
            Or `out`, where it was given.

        Raises
        ------
        GapError, UnitsError, ClosedError, TruncatedError, SourceChangedError
        """
        if gaps != "raise" and gaps not in ("nan", "skip"):
            raise ValueError(f"gaps={gaps!r}: 'raise', 'nan' or 'skip'")
        if order is not None and order not in ("time", "channel"):
            raise ValueError(f"order={order!r}: 'time', 'channel' or None")
        if self._raw and (units is not None or dtype is not None):
            raise TypeError("raw samples have no units and their own dtype")
        if out is not None:
            checked_out(self, out)
        if len(self._samples.pieces) > 1 and gaps != "skip":
            cuts = self._crossed()
            if cuts and gaps == "raise":
                raise gap_error(self, cuts[0])
            if cuts:
                filled, times, attrs = read_grid(self, out, units, dtype, order, progress)
                coords = {"time": times, **self._channel_coords(converted=units is not None)}
                labelled = Labelled(filled, self.dims, coords, self._units_as(units), attrs=attrs)
                return labelled if out is None else out
        if out is not None:
            if out.shape != self.shape:
                raise ValueError(f"out has the shape {out.shape}, the signal {self.shape}")
            target = out.reshape(len(self._rows), len(self.channels)) if out.ndim < 2 else out
            read_rows(self, self._rows, target, units, dtype, order, progress)
            return out
        values = read_rows(self, self._rows, None, units, dtype, order, progress)
        if self._one_row or self._one_channel:
            values = values.reshape(self.shape)
        if units is None:
            return Labelled(values, self.dims, self._coords, self.units)
        converted = partial(self._coords, converted=True)
        return Labelled(values, self.dims, converted, self._units_as(units))

    def _units_as(self, units: str | None) -> str | tuple[str, ...]:
        return self.units if units is None else normalize(units) or units

    def _coords(self, *, converted: bool = False) -> dict[str, NDArray[Any]]:
        channels = self._channel_coords(converted=converted)
        return channels if self._one_row else {"time": self.times, **channels}

    def _channel_coords(self, *, converted: bool = False) -> dict[str, NDArray[Any]]:
        channels = self.channels
        if self._one_channel:
            return {"channel": channels["name"][0]}
        coords = {"channel": channels["name"]}
        if isinstance(self.units, tuple) and not converted:
            coords["units"] = channels["units"]
        return coords

    def _crossed(self) -> list[int]:
        """The rows after gaps that this selection has on both sides."""
        if not self._rows:
            return []
        first, last = sorted((self._rows[0], self._rows[-1]))
        samples = self._samples
        if samples.piece_at(first) == samples.piece_at(last):
            return []
        return [row for row in samples.axis.gaps if first < row <= last]

    def around(
        self,
        events: Events | str | Any,
        before: Any,
        after: Any,
        *,
        where: Where | None = None,
        baseline: tuple[Any, Any] | None = None,
        incomplete: Literal["drop", "raise"] = "drop",
    ) -> Trials:
        """Windows around events, read when asked for.

        Parameters
        ----------
        events
            Name of an event channel, an :class:`Events`, or times in seconds.
        before, after
            From so long before each event to so long after it (half-open): ``"20ms"``, seconds.
        where
            Which of the events; see :meth:`Events.where`.
        baseline
            ``(a, b)`` relative to the event: its mean is subtracted, per trial and channel.
        incomplete
            Windows that the signal does not cover whole: ``"drop"`` (they are listed in
            ``.dropped``) or ``"raise"``.
        """
        from neophys.recording.windows import trials_around

        return trials_around(self, events, before, after, where, baseline, incomplete)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("reading a signal makes a copy; copy=False cannot be kept")
        if self._raw or dtype is None or np.dtype(dtype) not in (np.float32, np.float64):
            values = self.read().values
            return np.asarray(values if dtype is None else values.astype(dtype))
        return np.asarray(self.read(dtype=dtype).values)

    def __iter__(self) -> Any:
        raise TypeError("a signal is not iterated sample by sample; read() it, or take .pieces")

    def __contains__(self, item: object) -> bool:
        raise TypeError("a signal is not searched sample by sample; read() it")

    def __bool__(self) -> bool:
        raise TypeError("a signal is neither true nor false; ask len(sig)")

    def __repr__(self) -> str:
        sizes = ", ".join(f"{d}: {n}" for d, n in zip(self.dims, self.shape, strict=True))
        state = ", closed" if self._recording.closed else ""
        if not self._rows:
            return f"<Signal {self.name!r} ({sizes}), empty{state}>"
        gaps = len(self._crossed())
        units = self.units if isinstance(self.units, str) else "several units"
        return (
            f"<Signal {self.name!r} ({sizes}) {self.sampling_rate:g} Hz, {units}, "
            f"{self.t_start:g} to {self.t_stop:g} s, gaps: {gaps or 'none'}{state}>"
        )


def _rebuild(
    recording: Recording, at: tuple[int, int, int | None], state: tuple[Any, ...]
) -> Signal:
    stream, block, segment = at
    signal = Signal(recording, recording.samples(stream, block=block, segment=segment), at)
    rows, columns, one_row, one_channel, raw = state
    return signal._but(
        _rows=rows, _columns=columns, _one_row=one_row, _one_channel=one_channel, _raw=raw
    )


def _is_names(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and all(isinstance(item, str) for item in key)
