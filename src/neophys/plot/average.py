"""The mean around an event, of one channel or of hundreds, in one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neophys.recording.labelled import Labelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_average"]

#: Up to so many channels each has a colour and a name; more are drawn alike, and as a map.
_FEW = 8
#: Names beside a map; of more channels only some are named.
_NAMED = 100


def draw_average(mean: Labelled, *, title: str = "") -> Figure:
    """Draw the mean over windows around an event.

    Parameters
    ----------
    mean
        (time, channel) or (time,), time in seconds relative to the event, as ``Trials.mean()``
        returns it.
    title
        What was averaged; the number of windows is added.

    Returns
    -------
    Figure
        Lines, one axes for each unit; of many channels also a map, channel by channel. It belongs
        to no window system: ``figure.savefig(...)`` writes it.

    Raises
    ------
    ImportError
        Matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    values = mean.values.reshape(len(mean.time), -1)
    names = np.atleast_1d(mean.channel).tolist()
    units = np.array(mean.units if isinstance(mean.units, tuple) else [mean.units] * len(names))
    groups = [np.flatnonzero(units == unit) for unit in dict.fromkeys(units.tolist())]
    heights = [2.6] * len(groups)
    mapped = len(groups) == 1 and len(names) > _FEW
    if mapped:
        heights.append(min(max(0.12 * len(names), 2.0), 12.0))
    figure = Figure(figsize=(8, sum(heights) + 1), dpi=120, layout="constrained")
    grid = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    axes = grid[:, 0].tolist()
    made = "" if mean.n is None else f" (n = {mean.n})"
    figure.suptitle(_plain(f"{title}{made}"), fontsize="medium")
    for axis, group in zip(axes, groups, strict=False):
        chosen = [names[i] for i in group]
        _draw_lines(axis, mean.time * 1e3, values[:, group], chosen, str(units[group[0]]))
    if mapped:
        _draw_map(figure, axes[-1], mean.time * 1e3, values, names, str(units[0]))
    for axis in axes:
        axis.axvline(0, color="0.2", linewidth=1, linestyle="--")
    axes[-1].set_xlabel("time from the event [ms]")
    return figure


def _draw_lines(
    axis: Axes, time: NDArray[np.float64], values: NDArray[Any], names: list[str], unit: str
) -> None:
    # Few samples are shown as what they are.
    marker = "." if len(time) <= 50 else ""
    if len(names) <= _FEW:
        for name, line in zip(names, values.T, strict=True):
            axis.plot(time, line, marker=marker, linewidth=1.4, label=_plain(name))
    else:
        axis.plot(time, values, color="tab:blue", linewidth=0.6, alpha=0.45)
        axis.plot([], [], color="tab:blue", linewidth=0.6, label=f"{len(names)} channels")
        middle = values.mean(axis=1)
        axis.plot(time, middle, marker=marker, color="black", label="mean of the channels")
    axis.set_ylabel(f"mean [{_plain(unit)}]")
    axis.margins(x=0)
    axis.grid(alpha=0.25)
    axis.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        ncols=_FEW,
        frameon=False,
        fontsize="small",
    )


def _draw_map(
    figure: Figure,
    axis: Axes,
    time: NDArray[np.float64],
    values: NDArray[Any],
    names: list[str],
    unit: str,
) -> None:
    finite = np.abs(values[np.isfinite(values)])
    # A single wild channel must not make all others pale.
    reach = float(np.percentile(finite, 99)) if finite.size else 1.0
    half = (time[1] - time[0]) / 2 if len(time) > 1 else 0.5
    image = axis.imshow(
        values.T,
        aspect="auto",
        interpolation="nearest",
        cmap="RdBu_r",
        vmin=-(reach or 1.0),
        vmax=reach or 1.0,
        extent=(time[0] - half, time[-1] + half, len(names) - 0.5, -0.5),
    )
    named = range(0, len(names), -(-len(names) // _NAMED))
    axis.set_yticks(named, [_plain(names[i]) for i in named], fontsize=6)
    axis.tick_params(axis="y", length=0)
    label = f"mean [{_plain(unit)}]"
    figure.colorbar(image, ax=axis, label=label, extend="both", pad=0.01, aspect=40)


def _plain(text: str) -> str:
    """Text that matplotlib takes as it is: no mathematics, no hidden legend entry."""
    text = text.replace("$", r"\$").replace("uV", "µV")
    return f" {text}" if text.startswith("_") else text
