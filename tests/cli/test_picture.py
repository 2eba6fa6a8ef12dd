"""The picture of an average: what it must tell."""

from __future__ import annotations

import io

import numpy as np
import pytest

from neophys.recording.labelled import Labelled

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

from neophys.plot import draw_average


def mean(names: list[str], units: str | tuple[str, ...] = "uV", n_times: int = 20) -> Labelled:
    values = np.random.default_rng(1).standard_normal((n_times, len(names)))
    coords = {"time": (np.arange(n_times) - 5) / 1000, "channel": np.array(names)}
    return Labelled(values, ("time", "channel"), coords, units, n=7)


def test_it_says_milliseconds_units_names_and_how_many() -> None:
    drawn = mean(["Fp1", "_Cz"])
    figure = draw_average(drawn, title="day.TRC")
    assert figure.get_suptitle() == "day.TRC (n = 7)"
    [axis] = figure.axes
    assert axis.get_xlabel() == "time from the event [ms]"
    assert axis.get_ylabel() == "mean [µV]"
    legend = axis.get_legend()
    assert legend is not None
    assert [text.get_text().strip() for text in legend.get_texts()] == ["Fp1", "_Cz"]
    *lines, zero = axis.get_lines()
    for line, values in zip(lines, drawn.values.T, strict=True):
        np.testing.assert_allclose(line.get_xdata(), np.arange(20) - 5.0, atol=1e-9)
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert list(zero.get_xdata()) == [0, 0]


def test_of_many_channels_it_draws_a_map_that_names_them() -> None:
    drawn = mean([f"C{i}" for i in range(64)])
    figure = draw_average(drawn)
    _, map_axis, colours = figure.axes
    [image] = map_axis.get_images()
    np.testing.assert_array_equal(image.get_array(), drawn.values.T)
    assert image.get_extent() == pytest.approx((-5.5, 14.5, 63.5, -0.5))
    assert [text.get_text() for text in map_axis.get_yticklabels()] == drawn.channel.tolist()
    assert colours.get_ylabel() == "mean [µV]"


def test_each_unit_has_its_own_axes() -> None:
    figure = draw_average(mean(["Fp1", "SpO2", "Fp2"], ("uV", "%", "uV")))
    assert [axis.get_ylabel() for axis in figure.axes] == ["mean [µV]", "mean [%]"]
    assert [len(axis.get_lines()) for axis in figure.axes] == [3, 2]


@pytest.mark.parametrize("names", [["$x", "a$b$c"], [f"$\\bad{i}$" for i in range(120)]])
@pytest.mark.parametrize("n_times", [1, 60])
def test_no_name_and_no_size_keeps_it_from_being_written(names: list[str], n_times: int) -> None:
    drawn = mean(names, n_times=n_times)
    drawn.values[0, 0] = np.nan
    with io.BytesIO() as file:
        draw_average(drawn, title="50% $x$$ of it.TRC").savefig(file, format="png")
        assert file.getvalue().startswith(b"\x89PNG")
