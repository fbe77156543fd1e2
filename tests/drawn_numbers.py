"""The numbers of a chart's table beside those that its figure draws, read back from lines, dots, areas, bars and bands."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simsurance.output.charts import people, scheme_effects
from simsurance.output.charts.canvas import Chart

MARK = "v"
"""What says where a fund is in deficit or runs out, or a line leaves the frame; it stands on a line or on zero."""
CROSSING = 1e-6
"""Where an area meets zero its height is nothing but rounding."""
Points = tuple[tuple[float, float], ...]


def assert_table_is_drawn(chart: Chart) -> None:
    """Every number of the table is drawn, and every number drawn stands in the table."""
    OWN_WAY.get(chart.name, assert_lines_and_bands)(chart)


def assert_lines_and_bands(chart: Chart) -> None:
    in_band = chart.data["series"].str.startswith("band_")
    tabled = points_of(chart.data[~in_band])
    assert lines(chart.figure) == Counter(tabled.values())
    bounds = chart.data[in_band].groupby("series")["value"].unique()
    edges = sorted(float(edge) for values in bounds for edge in values)
    assert edges == pytest.approx(bands(chart.figure))
    shown = {point for _, points in tabled.values() for point in points}
    for axes in chart.figure.axes:
        for x, y in marks(axes):
            assert (x, y) in shown or y in (0.0, axes.get_ylim()[0])
        below = [{(x, y) for x, y in points if y < 0} for _, points in tabled.values()]
        for area in axes.collections:  # between zero and one of the lines, where that is below
            corners = {(x, y) for x, y in area.get_paths()[0].vertices.tolist() if abs(y) > CROSSING}
            assert corners
            assert corners in below


def assert_layers(chart: Chart) -> None:
    """The edges of the layers are their sums from below, and the areas between them the layers themselves."""
    tabled = points_of(chart.data)
    floors: dict[str, dict[float, float]] = {"projection": {}, "published": {}}
    edges: Counter[tuple[str, Points]] = Counter()
    for (_, kind), (_, points) in tabled.items():
        floor = floors["projection" if kind == "projection" else "published"]
        for x, y in points:
            floor[x] = floor.get(x, 0.0) + y
        edges[kind, tuple((x, floor[x]) for x, _ in points)] += 1
    assert lines(chart.figure) == edges
    (axes,) = chart.figure.axes
    layers = [dict(points) for (_, kind), (_, points) in tabled.items() if kind == "projection"]
    assert len(axes.collections) == len(layers)
    for area, layer in zip(axes.collections, layers, strict=True):
        assert heights(area.get_paths()[0].vertices) == pytest.approx(layer)


def assert_pyramids(chart: Chart) -> None:
    """A step for each age, men to the left, the insured of each scheme from the middle outwards."""
    drawn = {}
    names = [(sex, name) for sex in ("male", "female") for name, *_ in people.INSURANCE]
    for axes, date in zip(chart.figure.axes, dict.fromkeys(chart.data["date"]), strict=True):
        assert str(date) in axes.texts[0].get_text()
        for bars, (sex, name) in zip(axes.patches, names, strict=True):
            ends, edges, starts = bars.get_data()
            assert (ends <= 0).all() if sex == "male" else (ends >= 0).all()
            ages = ((edges[1:] + edges[:-1]) / 2).tolist()
            drawn |= {(date, sex, age, name): width for age, width in zip(ages, abs(ends - starts), strict=True)}
    columns = ["date", "sex", "age", "insurance"]
    assert chart.data.set_index(columns)["value"].to_dict() == pytest.approx(drawn, abs=1e-9)
    assert len(chart.data) == len(drawn)


def assert_bars(chart: Chart) -> None:
    """A bar for each policy and fund, policies from above, and the number at its end."""
    (axes,) = chart.figure.axes
    columns = dict(zip(chart.data["fund"].unique(), axes.containers, strict=True))
    drawn = {}
    assert all(len(bars) == chart.data["policy"].nunique() for bars in columns.values())
    for place, policy in enumerate(chart.data["policy"].unique()):
        for fund, bars in columns.items():
            bar = bars[place]
            assert round(bar.get_y() + bar.get_height() / 2) == place
            drawn[policy, fund] = bar.get_width()
    (value,) = chart.data.columns[2:]
    assert chart.data.set_index(["policy", "fund"])[value].to_dict() == drawn
    assert len(chart.data) == len(drawn) == len(axes.texts)


OWN_WAY = {
    "members_by_scheme": assert_layers,
    "pyramids": assert_pyramids,
    scheme_effects.NAME: assert_bars,
}


def points_of(data: Any) -> Mapping[tuple[str, str], tuple[str, Points]]:
    """Kind and points of every series of a table."""
    series, kind, x, y, _ = data.columns
    return {
        name: (name[1], tuple(zip(rows[x].astype(float).tolist(), rows[y].tolist(), strict=True)))
        for name, rows in data.groupby([series, kind], sort=False)
    }


def lines(figure: Figure) -> Counter[tuple[str, Points]]:
    """Kind and points of everything drawn along the axes; what spans the sheet, such as zero, is no number."""
    return Counter(
        (kind_of(line), tuple(map(tuple, line.get_xydata().tolist())))
        for axes in figure.axes
        for line in axes.get_lines()
        if line.get_transform() == axes.transData and line.get_marker() != MARK and len(line.get_xydata())
    )


def kind_of(line: Line2D) -> str:
    """What a line, filled dots and hollow dots stand for."""
    if line.get_linestyle() != "None":
        return "projection"
    return "estimate" if line.get_markerfacecolor() == "white" else "published"


def marks(axes: Axes) -> list[tuple[float, float]]:
    """Where the marks stand."""
    return [(x, y) for line in axes.get_lines() if line.get_marker() == MARK for x, y in line.get_xydata().tolist()]


def bands(figure: Figure) -> list[float]:
    """The lower and the upper edge of every shaded band."""
    paths = [patch.get_patch_transform().transform_path(patch.get_path()) for patch in figure.axes[0].patches]
    return [edge for path in paths for edge in (path.vertices[:, 1].min(), path.vertices[:, 1].max())]


def heights(outline: np.ndarray) -> dict[float, float]:
    """How high an area is at each of its places along the axis."""
    return {x: float(np.ptp(outline[outline[:, 0] == x, 1])) for x in np.unique(outline[:, 0]).tolist()}
