"""Scenarios on the same draws: which of two values is better, differences by year, their chart and how to read them."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simsurance.language import languages
from simsurance.output.charts.pairs import charts_of, draw, write_all
from simsurance.output.pairs_words import pairs_summary, readings
from simsurance.scenario_file.loader import load
from simsurance.uncertainty.paired import BETTER, STEM, Pairs, _row, better_of, measures_of
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import YEARS_FUNDED, Stochastic, stochastic


@cache
def some() -> tuple[Stochastic, Stochastic]:
    scenarios = [load(name).replace({"horizon.last_year": 2030}) for name in ("baseline", "frozen_contribution")]
    one, other = stochastic(scenarios, Sample(16, 1))
    return one, other


@pytest.mark.long
def test_every_measure_says_which_of_two_values_is_better() -> None:
    one, _ = some()
    names = {fund: measures_of(one, fund) for fund in one.kept.yearly}
    assert all(YEARS_FUNDED in own for own in names.values())
    assert sum(map(len, names.values())) == len(one.kept.measured) + len(names)
    used = set()
    for own in names.values():
        for measure in own:
            better_of(measure)
            used.add(measure if measure in BETTER else STEM.fullmatch(measure)["stem"])
    assert used == {name for name in BETTER if not name.startswith("adjustment_")}  # nothing adjusts by itself here
    told = {
        "burden_urban_low_last_year": "lower",
        "required_more_from_budget_delayed": "lower",
        "outgo_pp_last_year": "none",
    }
    told |= {"closing_last_year_of_gdp": "higher", "payable_share_at_depletion": "none", "depletion_year": "higher"}
    assert {measure: better_of(measure) for measure in told} == told


def test_percentiles_of_a_difference_of_years_are_whole() -> None:
    years, more = np.arange(8.0), np.array([0.0, 0.0, -1.0, 0.0, 2.0, -1.0, 0.0, 0.0])
    assert set(_row(years, years + more, YEARS_FUNDED, "higher", whole=True)[-7:]) == set(more)
    assert _row(years, years + more, "reserve_months", "higher", whole=False)[-5] == -0.25


@pytest.mark.long
def test_differences_by_year_are_those_of_the_draws_and_of_the_central_runs() -> None:
    pairs = Pairs(some())
    one, other = pairs.runs
    own = pairs.by_year.loc[(other.scenario.name, "resident", "closing_constant_prices")]
    gap = (
        other.kept.yearly["resident"]["closing_constant_prices"]
        - one.kept.yearly["resident"]["closing_constant_prices"]
    )
    np.testing.assert_array_equal(own["p50"], np.percentile(gap, 50, axis=0))
    np.testing.assert_allclose(own[["better", "same", "worse"]].sum(axis=1), 1, rtol=0, atol=1e-12)
    assert own["worse"].iloc[-1] == 1
    accounts = [each.central.accounts["resident"] for each in (one, other)]
    central = [each["closing"] / each["price_level"] for each in accounts]
    np.testing.assert_allclose(own["central"], central[1] - central[0], rtol=1e-12)
    alike = Pairs((one, one)).by_year
    assert (alike["same"] == 1).all()
    assert charts_of(Pairs((one, one))) == []


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_a_chart_of_differences_shows_its_table_and_shares_that_make_1(lang: str, tmp_path: Path) -> None:
    pairs = Pairs(some())
    key = (pairs.names[1], "resident", "reserve_months")
    assert key in charts_of(pairs)
    chart = draw(pairs, *key, lang)
    upper, strip = chart.figure.axes
    own = pairs.by_year.loc[key]
    np.testing.assert_array_equal(upper.get_lines()[0].get_ydata(), own["central"])
    np.testing.assert_array_equal(upper.get_lines()[1].get_ydata(), own["p50"])
    tops = [bar.get_y() + bar.get_height() for bar in strip.patches[-len(own) :]]
    assert tops == pytest.approx([100] * len(own))
    assert list(chart.data["p90"]) == list(own["p90"])
    told = pairs_summary(pairs, lang)
    assert len([line for line in told.splitlines() if line.startswith("- ")]) == 2 + len(readings(pairs, lang))
    last = readings(pairs, lang)[0]
    assert pairs.names[1] in last
    assert "100" in last
    assert len(list(write_all(pairs, tmp_path / "charts", lang))) == 4 * len(charts_of(pairs))
