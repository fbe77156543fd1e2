"""What the shipped scenarios and their register say adds up."""

import pytest

from simsurance.basis.inputs import NATION, Inputs
from simsurance.data.tables import published
from simsurance.scenario_file.files import known_fragment, scenarios_folder, shipped
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.leaves import leaves_of
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.operators import is_operator
from simsurance.scenario_file.register import MARKS, register, sources
from simsurance.scenario_file.schedule import values_by_year

BASE = load("baseline")
INCOME = {2016: 23821, 2017: 25974, 2018: 28228, 2019: 30733, 2020: 32189, 2021: 35128, 2022: 36883, 2023: 39218}
INCOME |= {2024: 41314, 2025: 43377}
PERSONAL = {
    2017: 150,
    2018: 180,
    2019: 220,
    2020: 250,
    2021: 280,
    2022: 320,
    2023: 350,
    2024: 380,
    2025: 400,
    2026: 400,
}
SUBSIDY = {2017: 450, 2018: 490, 2019: 520, 2020: 550, 2021: 580, 2022: 610, 2023: 640, 2024: 670, 2025: 700, 2026: 724}


def last_value(value):
    table = value.get("ramp", value) if isinstance(value, dict) else value
    return list(table.values())[-1] if isinstance(table, dict) else table


def test_the_register_has_exactly_one_row_for_every_key_of_the_baseline():
    lines = (scenarios_folder() / "register.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == sorted(KEYS)


def test_every_source_and_mark_of_the_register_is_known():
    assert {entry.source_id for entry in register().values()} - {""} <= set(sources())
    assert {entry.mark for entry in register().values()} <= set(MARKS)


def test_every_estimate_has_a_source_and_opinion_says_so():
    for path, entry in register().items():
        assert entry.source_id or entry.mark == "choice", path
        assert entry.source_id != "S_JUDGEMENT" or entry.mark == "judgement", path


@pytest.mark.parametrize("path", [path for path, entry in register().items() if entry.low or entry.high])
def test_the_range_of_the_register_holds_the_value_of_the_baseline_within_the_bounds(path):
    entry, key = register()[path], KEYS[path]
    assert key.lowest is not None
    assert key.highest is not None
    assert key.lowest <= float(entry.low) <= last_value(BASE.leaves[path]) <= float(entry.high) <= key.highest


def test_estimated_numbers_have_a_range():
    without = {"rules", "switch", "choice", "table", "text", "list"}
    bare = [
        path
        for path, entry in register().items()
        if entry.mark in ("judgement", "abstract", "recalled_low") and not entry.low and KEYS[path].kind not in without
    ]
    assert bare == []


def test_the_baselines_standards_are_the_notices():
    contributions = BASE.values.contributions
    for year in range(2019, 2027):
        assert values_by_year(contributions.personal.schedule, [year])[0] == PERSONAL[year]
        assert values_by_year(contributions.subsidy.schedule, [year])[0] == SUBSIDY[year]
    incomes = values_by_year(BASE.values.economy.disposable_income, range(2017, 2026))
    assert list(incomes) == [INCOME[year] for year in range(2017, 2026)]


def test_the_baselines_employee_scheme_is_as_published():
    scheme, members = BASE.values.employee, published("employee_insured")
    for path, series in (
        (scheme.contributions.flexible_share, published("employee_flexible")),
        (scheme.accounts.without, published("employee_without_account")),
    ):
        years = [year for year in series if year >= 2019]
        assert list(values_by_year(path, years)) == pytest.approx(
            [series[year] / members[year] for year in years], abs=5e-5
        )
    assert scheme.wage.mean == published("average_wage_urban_nonprivate")
    for path, name in ((scheme.fund.opening_pool, "employee_pool"), (scheme.fund.opening_accounts, "employee_account")):
        assert path == {year + 1: value for year, value in published(f"{name}_cumulative_balance").items()}


def test_the_baseline_keeps_the_ratio_of_2026():
    contributions = BASE.values.contributions
    assert contributions.personal.income_share == pytest.approx(400 / 43377, rel=1e-7)
    assert contributions.subsidy.income_share == pytest.approx(724 / 43377, rel=1e-7)
    assert contributions.subsidy.share_of_total == pytest.approx(724 / 1124, rel=1e-7)
    assert contributions.subsidy.ratio_to_personal == pytest.approx(724 / 400)


def test_the_personal_standard_stays_once_more_and_then_follows_income_from_there():
    scenario = load("baseline", ["personal_standard_400_in_2027"])
    inputs = Inputs(scenario, scenario.values)
    of_2026, of_2027 = inputs.income(NATION, [2026, 2027])
    assert inputs.standards()[0][1:3] == pytest.approx([400, 400 * of_2027 / of_2026], abs=0.01)


def test_the_mean_ratio_fragment_is_the_mean_of_ten_years_split_as_in_2026():
    mean = sum((PERSONAL[year] + SUBSIDY[year]) / INCOME[year - 1] for year in range(2017, 2027)) / 10
    contributions = load("baseline", ["ratio_mean_2017_2026"]).values.contributions
    assert mean == pytest.approx(0.0262573, abs=1e-7)
    assert contributions.personal.income_share == pytest.approx(mean * 400 / 1124, rel=1e-6)
    assert contributions.subsidy.income_share == pytest.approx(mean * 724 / 1124, rel=1e-6)


@pytest.mark.parametrize(
    ("part", "growth"), [("personal", (400 / 150) ** (1 / 9) - 1), ("subsidy", (700 / 420) ** (1 / 9) - 1)]
)
def test_growth_as_in_2016_to_2025_is_that_of_the_notices_then_that_of_the_baselines_income(part, growth):
    rates = getattr(load("contribution_as_2016_2025").values.contributions, part).growth_rate
    assert list(values_by_year(rates, range(2027, 2036))) == pytest.approx([growth] * 9, abs=5e-6)
    years = range(2036, 2061)
    economy = BASE.values.economy
    before = [year - 1 for year in years]
    income = (1 + values_by_year(economy.real_income_growth, before)) * (
        1 + values_by_year(economy.inflation, before)
    ) - 1
    assert list(values_by_year(rates, years)) == pytest.approx(list(income), abs=6e-6)


@pytest.mark.parametrize("path", ["economy.real_income_growth", "claims.trend.residual_growth"])
def test_high_and_low_cost_mirror_each_other_around_the_baseline_from_2026(path):
    section, *inner = path.split(".")

    def values(name):
        value = getattr(load(name).values, section)
        for part in inner:
            value = getattr(value, part)
        return values_by_year(value, range(2026, 2061))

    assert values("high_cost") + values("low_cost") == pytest.approx(2 * values("baseline"))
    step = 0.01 if section == "claims" else -0.005
    assert values("high_cost") - values("baseline") == pytest.approx(step)


@pytest.mark.parametrize("name", ["high_cost", "low_cost"])
def test_cost_scenarios_leave_the_year_before_the_valuation_date_as_it_is(name):
    for path in ("claims.trend.real_growth", "population.mortality_factor"):
        section, *inner = path.split(".")
        theirs, ours = getattr(load(name).values, section), getattr(BASE.values, section)
        for part in inner:
            theirs, ours = getattr(theirs, part), getattr(ours, part)
        before = [2025]  # the reference year of cost; earlier years do not count from the valuation date on
        assert list(values_by_year(theirs, before)) == pytest.approx(list(values_by_year(ours, before)))


def test_without_behaviour_switches_every_effect_off():
    effects = load("baseline", ["no_behaviour"]).values.behaviour.effects
    assert not any(dict(effects).values())


def test_every_shipped_scenario_but_the_baseline_is_short():
    for name in set(shipped()) - {"baseline"}:
        lines = (scenarios_folder() / f"{name}.toml").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 20
        assert 'extends = "baseline"' in lines


@pytest.mark.parametrize(("name", "by"), [("high_cost", 0.01), ("low_cost", -0.01)])
def test_a_set_moves_growth_of_cost_beyond_income_by_a_point_in_every_year_in_both_schemes(
    name: str, by: float
) -> None:
    years = range(2026, 2061)
    paths = [
        (each.claims.trend.residual_growth, each.employee.care.residual_growth)
        for each in (load("baseline").values, load(name).values)
    ]
    for before, after in zip(*paths, strict=True):
        moved = values_by_year(after, years) - values_by_year(before, years)
        assert moved == pytest.approx([by] * len(years))


ALL_OR_NONE = {
    "automatic_renewal",
    "cost_by_time_to_death",
    "healthy_ageing",
    "healthy_ageing_half",
    "no_level_factors",
}
"""Options whose numbers are 0, 1 or a half of a thing, as their titles say."""
OF_ANOTHER_STATE = {"outpatient_reform_undone", "wages_follow_income"}
"""Options that stand for a state of things with a name of its own, as those of provinces do."""


@pytest.mark.parametrize("name", shipped(fragments=True))
def test_an_option_that_sets_numbers_says_so_in_its_titles(name):
    layer = known_fragment(name)
    absolute = [
        path
        for path, value in leaves_of(layer, []).items()
        if path in KEYS and KEYS[path].kind in ("number", "schedule", "whole number") and not is_operator(value)
    ]
    named = name in ALL_OR_NONE | OF_ANOTHER_STATE or name.startswith("province_")
    for title in (layer.data["title"], layer.data["title_zh"]):
        assert not absolute or named or any(character.isdigit() for character in title), title
