"""The numbers of a chart's table beside those that its figure draws, read back from lines, dots, areas, bars and bands."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, StepPatch

from simsurance.output.charts import ages, scheme_effects
from simsurance.output.charts.canvas import PAST_FIELD, Chart

MARKS = ("v",)
"""What says where a fund is in deficit or runs out; it stands on a line or on zero."""
Points = tuple[tuple[float, float], ...]


def assert_table_is_drawn(chart: Chart) -> None:
    """Every number of the table is drawn, and every number drawn stands in the table."""
    OWN_WAY.get(chart.name, assert_lines_and_bands)(chart)


def assert_lines_and_bands(chart: Chart) -> None:
    """Lines and dots are the rows of the table; in a panel below a line may be drawn once more, steps are shares."""
    stepped = chart.data["series"].str.endswith("payable_share")
    in_band = chart.data["series"].str.startswith("band_")
    tabled = Counter(points_of(chart.data[~in_band & ~stepped]).values())
    assert lines(chart.figure) == tabled
    bounds = chart.data[in_band].groupby("series")["value"].unique()
    edges = sorted(float(edge) for values in bounds for edge in values)
    assert edges == pytest.approx(bands(chart.figure))
    shares = chart.data.loc[stepped, "value"]
    for steps in (patch for axes in chart.figure.axes for patch in axes.patches if isinstance(patch, StepPatch)):
        values, years, _ = steps.get_data()
        assert list(chart.data.loc[stepped, "year"] - 0.5) == years[:-1].tolist()
        assert values.tolist() in (shares.tolist(), [100.0] * len(shares))
    if len(shares):
        assert len(chart.figure.axes[-1].patches) > 2
    for axes in (axes for axes in chart.figure.axes if axes.axison):
        for x, y in marks(axes):
            assert y == 0.0 or any((x, y) in points for _, points in tabled)


def assert_layers(chart: Chart) -> None:
    """The areas between the sums of the layers from below are the layers themselves, published years and projected ones."""
    tabled = points_of(chart.data)
    (axes,) = chart.figure.axes
    nothing = np.empty((0, 2))
    areas = iter(area.get_paths()[0].vertices for area in axes.collections)
    for name in dict.fromkeys(name for name, _ in tabled):
        past = dict(tabled[name, "published"][1]) | dict(tabled.get((name, "estimate"), ("", ()))[1])
        ahead = dict(tabled[name, "projection"][1])
        if past:
            first = min(ahead)
            assert heights(next(areas, nothing)) == pytest.approx(past | {first: ahead[first]})
        assert heights(next(areas, nothing)) == pytest.approx(ahead)
    assert next(areas, None) is None


def assert_pyramids(chart: Chart) -> None:
    """A step for each age, men to the left, the insured of each scheme from the middle outwards; the open age apart."""
    drawn = {}
    names = [(sex, name) for sex in ("male", "female") for name, *_ in ages.INSURANCE]
    for axes, date in zip(chart.figure.axes, dict.fromkeys(chart.data["date"]), strict=True):
        assert str(date) in axes.texts[0].get_text() + axes.texts[1].get_text()
        filled = [bars for bars in axes.patches if bars.get_fill()]
        for bars, (sex, name) in zip(filled, names, strict=True):
            ends, edges, starts = bars.get_data()
            there = np.isfinite(ends)
            assert (ends[there] <= 0).all() if sex == "male" else (ends[there] >= 0).all()
            middles = ((edges[1:] + edges[:-1]) / 2)[there]
            known = [*middles[:-1].tolist(), float(ages.OPEN_AGE)]
            widths = abs(ends - starts)[there]
            drawn |= {(date, sex, age, name): width for age, width in zip(known, widths, strict=True)}
    columns = ["date", "sex", "age", "insurance"]
    assert chart.data.set_index(columns)["value"].to_dict() == pytest.approx(drawn, abs=1e-9)
    assert len(chart.data) == len(drawn)


def assert_bars(chart: Chart) -> None:
    """A bar for each policy in the panel of each fund, policies from above, and the number at its end."""
    drawn = {}
    for axes, fund in zip(chart.figure.axes, chart.data["fund"].unique(), strict=True):
        bars = [bar for bars in axes.containers for bar in bars]
        for bar, policy in zip(bars, chart.data["policy"].unique(), strict=True):
            assert round(bar.get_y() + bar.get_height() / 2) == list(chart.data["policy"].unique()).index(policy)
            drawn[policy, fund] = bar.get_width()
    (value,) = chart.data.columns[2:]
    assert chart.data.set_index(["policy", "fund"])[value].to_dict() == drawn
    assert len(chart.data) == len(drawn)


def assert_gap(chart: Chart) -> None:
    """Beside what is levied a bar as high as what is required."""
    drawn = []
    for axes, fund in zip(chart.figure.axes, chart.data["series"].unique(), strict=True):
        tops: dict[float, float] = {}
        for bar in (bar for bars in axes.containers for bar in bars):
            middle = round(bar.get_x() + bar.get_width() / 2, 9)
            tops[middle] = max(tops.get(middle, 0.0), bar.get_y() + bar.get_height())
        drawn += [(fund, tops[place]) for place in sorted(tops)]
    rows = zip(chart.data["series"], chart.data["value"], strict=True)
    for (fund, told), (of, height) in zip(rows, drawn, strict=True):
        assert fund == of
        assert told == pytest.approx(height)


OWN_WAY = {
    "members_by_scheme": assert_layers,
    "pyramids": assert_pyramids,
    "contribution_gap": assert_gap,
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
    """Kind and points of everything drawn along the axes; what spans the sheet, such as zero, is no number.

    What stands in several panels counts once.
    """
    found: Counter[tuple[str, Points]] = Counter()
    for axes in (axes for axes in figure.axes if axes.axison):
        found |= Counter(
            (kind_of(line), tuple(map(tuple, line.get_xydata().tolist())))
            for line in axes.get_lines()
            if line.get_transform() == axes.transData and line.get_marker() not in MARKS and is_of_data(line)
        )
    return found


def is_of_data(line: Line2D) -> bool:
    """Whether a line is one of data: no upright at one place, and no ring where lines cross."""
    x = line.get_xdata()
    upright = len(x) == 2 and x[0] == x[1]
    ring = len(x) == 1 and line.get_marker() == "o" and float(x[0]) != round(float(x[0]))
    return len(x) > 0 and not upright and not ring


def kind_of(line: Line2D) -> str:
    """What a line, filled dots and hollow dots stand for."""
    if line.get_linestyle() != "None":
        return "projection"
    return "estimate" if line.get_markerfacecolor() == "white" else "published"


def marks(axes: Axes) -> list[tuple[float, float]]:
    """Where the marks stand."""
    return [(x, y) for line in axes.get_lines() if line.get_marker() in MARKS for x, y in line.get_xydata().tolist()]


def shaded(figure: Figure) -> Iterator[Patch]:
    """The shaded bands of a figure's first plot, the field of the past left out."""
    return (
        patch for patch in figure.axes[0].patches if patch.get_gid() != PAST_FIELD and not isinstance(patch, StepPatch)
    )


def bands(figure: Figure) -> list[float]:
    """The lower and the upper edge of every shaded band."""
    paths = [patch.get_patch_transform().transform_path(patch.get_path()) for patch in shaded(figure)]
    return [edge for path in paths for edge in (path.vertices[:, 1].min(), path.vertices[:, 1].max())]


def heights(outline: np.ndarray) -> dict[float, float]:
    """How high an area is at each of its places along the axis."""
    return {x: float(np.ptp(outline[outline[:, 0] == x, 1])) for x in np.unique(outline[:, 0]).tolist()}
