"""The ex ante table: one opening found anew, nothing later than its opening used, and the words that print it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.cli import main
from simsurance.data.tables import published
from simsurance.evidence import cost_growth, known, known_levels
from simsurance.evidence.drift import Series, drifts
from simsurance.evidence.ex_ante import (
    COLUMNS,
    GROUPS,
    ITEMS,
    OPENINGS,
    Forecast,
    forecasts,
    hashes,
    mean_errors,
    stored,
    stored_hashes,
)
from simsurance.evidence.known import CUT_AFTER, Growth, centres, cut, fading, owed
from simsurance.evidence.known_levels import known_at
from simsurance.evidence.naive import NAIVE, before
from simsurance.scenario_file.loader import Scenario, load

FOUND_ANEW = 2022
"""Its levels need everything: deaths of one year, outgo that is not split, years that return, the reform of the accounts."""


def test_the_stored_table_is_of_these_inputs() -> None:
    """If not: python -m simsurance.evidence.ex_ante."""
    assert stored_hashes() == hashes()


def later_moved(baseline: Scenario, opening: int) -> Scenario:
    """The baseline with every number changed that it names from the opening on; after it where the opening's own is known."""

    def moved(leaf: object, first: int) -> object:
        if isinstance(leaf, dict) and "ramp" in leaf:
            return {"ramp": moved(leaf["ramp"], first)}
        if isinstance(leaf, dict) and all(str(year).isdigit() for year in leaf):
            return {
                year: 1.01 * value if int(year) >= first and isinstance(value, int | float) else value
                for year, value in leaf.items()
            }
        return leaf

    kept = (
        "economy.interest_rate",
        "economy.disposable_income",
        "tiers.long_term_care.covered",
    )  # given to 2040; what amounts of 2025 are brought back with; ends with all
    leaves = {
        path: moved(leaf, opening + (CUT_AFTER.get(path) == 0))
        for path, leaf in baseline.leaves.items()
        if path not in kept
    }
    changed = {path: leaf for path, leaf in leaves.items() if leaf != baseline.leaves[path]}
    assert {"claims.trend.real_growth", "employee.contributions.compliance", "contributions.local_supplement"} <= set(
        changed
    )
    return baseline.replace(changed)


@pytest.mark.long
def test_an_opening_found_anew_is_as_stored_and_uses_nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Published figures end before the opening, and what the baseline and the measured growth say of later years is wrong."""
    baseline = load("baseline")
    growth = Growth.of(baseline)

    def spoilt(series: Series) -> Series:
        return replace(series, growth={year: g + (year >= FOUND_ANEW) for year, g in series.growth.items()})

    wrong = Growth(
        {scheme: spoilt(series) for scheme, series in growth.cost.items()},
        {key: replace(source, series=spoilt(source.series)) for key, source in growth.base.items()},
    )
    for module in (known, known_levels):
        monkeypatch.setattr(module, "published", lambda measure: before(published(measure), FOUND_ANEW))
    scenario = known_at(FOUND_ANEW, later_moved(baseline, FOUND_ANEW), wrong)
    monkeypatch.undo()
    kept = [row for row in stored() if row.opening == FOUND_ANEW]
    for now, row in zip(forecasts(FOUND_ANEW, scenario), kept, strict=True):
        assert (now.year, now.fund, now.item) == (row.year, row.fund, row.item)
        assert now.published == pytest.approx(row.published, rel=1e-8)
        assert now.forecasts == pytest.approx(row.forecasts, rel=1e-5)


def test_every_opening_is_compared_to_the_last_year_on_every_item() -> None:
    wanted = {
        (opening, year, item.fund, item.name)
        for opening in OPENINGS
        for item in ITEMS
        for year in item.known()
        if year >= opening
    }
    rows = stored()
    assert {(row.opening, row.year, row.fund, row.item) for row in rows} == wanted
    assert len(rows) == len(wanted)
    assert tuple(range(2020, 2026)) == OPENINGS


def test_naive_forecasts_are_those_of_the_stored_figures() -> None:
    known = {(item.fund, item.name): item.known() for item in ITEMS}
    for row in stored():
        series = known[row.fund, row.item]
        assert row.published == pytest.approx(series[row.year], rel=1e-8)
        for name, forecast in NAIVE.items():
            assert row.forecasts[name] == pytest.approx(forecast(before(series, row.opening), row.year), rel=1e-8)


def test_naive_forecasts_by_hand() -> None:
    known = {2018: 100.0, 2019: 100.0, 2020: 100.0, 2021: 150.0, 2022: 300.0}
    found = {name: forecast(known, 2024) for name, forecast in NAIVE.items()}
    assert found["no_change"] == 300
    assert found["last_growth"] == pytest.approx(1200)
    assert found["mean_growth"] == pytest.approx(300 * 3 ** (2 / 3))
    assert found["linear_trend"] == pytest.approx(150 + 4 * 45)
    gap = {2019: 100.0, 2020: 100.0, 2022: 121.0}
    assert NAIVE["last_growth"](gap, 2023) == pytest.approx(133.1)


def test_a_series_whose_breaks_take_all_years_follows_the_other() -> None:
    told = Series("employee", {2017: 0.02, 2018: 0.01, 2019: 0.03, 2020: -0.1}, single=(2020,))
    silent = Series("resident", {2020: -0.1}, single=(2020,))
    resident, employee = centres([silent, told], 2021, 0.01, 0.75)
    (alone,) = drifts([told], 0.01)
    assert employee == pytest.approx(alone.mean)
    assert resident == pytest.approx(0.75 * alone.mean)
    assert centres([silent], 2021, 0.01) == [0.0]
    assert centres([Series("two", {2019: 0.02, 2020: 0.04})], 2020, 0.01) == [0.0]


def test_years_by_themselves_return_in_the_year_after_them() -> None:
    series = Series("cost", {2019: 0.01, 2020: -0.1, 2021: 0.02, 2022: 0.05}, single=(2020, 2021))
    assert owed(series, 2020, 0.01) == 0
    assert owed(series, 2021, 0.01) == pytest.approx(0.11)
    assert owed(series, 2022, 0.01) == pytest.approx(0.11 - 0.01)
    assert owed(series, 2023, 0.01) == 0
    growth = fading(2021, 0.01, 0.11)
    assert growth[2021] == pytest.approx(np.expm1(0.12))
    assert growth[2022] == pytest.approx(np.expm1(0.01 * 23 / 24))
    assert growth[2045] == 0


def test_figures_across_the_break_of_2023_stand_apart() -> None:
    rows = {(row.opening, row.year): row.straddles for row in stored()}
    assert rows[2020, 2022] is rows[2024, 2024] is False
    assert rows[2020, 2023] is rows[2023, 2023] is rows[2022, 2025] is True
    apart = [sum(map(GROUPS[group], stored())) for group in ("straddling", "not_straddling")]
    assert sum(apart) == len(stored())
    assert {row.opening for row in stored() if GROUPS["without_year"](row)} == {*OPENINGS} - {2021}


def test_the_mean_error_is_that_of_the_absolute_errors() -> None:
    def row(**own: float) -> Forecast:
        return Forecast(2020, 2020, "resident", "outgo", 100.0, dict.fromkeys(COLUMNS, 100.0) | own)

    errors = mean_errors([row(model=90.0), row(model=120.0, no_change=150.0)])
    assert errors["model"] == pytest.approx(0.15)
    assert errors["no_change"] == pytest.approx(0.25)
    assert errors["linear_trend"] == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_is_printed_by_group_years_ahead_and_opening(lang: str) -> None:
    printed = CliRunner().invoke(main, ["hindcast", "--ex-ante", "--lang", lang], catch_exceptions=False).output
    every = [row for row in stored() if (row.fund, row.item) == ("resident", "outgo")]
    for group in GROUPS.values():
        error = mean_errors([row for row in every if group(row)])["model"]
        assert f"{error:.1%}".rstrip("%") in printed
    lines = printed.splitlines()
    assert len([line for line in lines if f" {len(every)} " in line]) >= len(ITEMS) - 2
    for opening in OPENINGS:
        assert sum(f"  {opening}  " in line for line in lines) == len(ITEMS)


def test_every_figure_is_printed_as_json() -> None:
    printed = CliRunner().invoke(main, ["hindcast", "--ex-ante", "--json"], catch_exceptions=False).output
    found = json.loads(printed)["results"]
    assert len(found) == len(stored())
    assert set(found[0]["error"]) == set(COLUMNS)


@pytest.mark.parametrize("given", [["no_2024_rules"], ["--from", "2022"], ["--with", "campaign"], ["--set", "a.b=1"]])
def test_the_stored_table_takes_no_scenario(given: list[str]) -> None:
    done = CliRunner().invoke(main, ["hindcast", *given, "--ex-ante"])
    assert done.exit_code == 2
    assert "stored table" in done.output


def test_the_rules_of_then() -> None:
    """Found without the levels, which is quick."""
    baseline = load("baseline")
    growth = Growth(
        {"resident": Series("resident", {}), "employee": Series("employee", {})},
        {
            key: replace(source, series=replace(source.series, growth={}))
            for key, source in Growth.of_base(baseline).items()
        },
    )
    then, later = (cut(baseline, growth, opening) for opening in (2024, 2025))
    assert not then.values.participation.in_force
    assert not then.reference.participation.in_force
    assert later.values.participation.in_force
    assert then.tables["employee.retirement_table"].name == "retirement_until_2024.csv"
    assert then.values.contributions.personal.schedule == {
        year: value
        for year, value in published("personal_contribution_by_insured_year").items()
        if 2019 <= year <= 2024
    }
    assert max(then.values.contributions.subsidy.schedule) == 2023
    assert max(then.values.economy.disposable_income) == 2023
    assert cost_growth.PRIOR_ERROR == 0.01
