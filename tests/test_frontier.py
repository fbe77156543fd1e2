"""Packages that hold a target: costs counted again, none that a finer search beats, on draws, by the same bytes."""

import json
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.interpolate import RBFInterpolator

import simsurance as ss
from simsurance.answers.condition import Chance, Condition, condition_of
from simsurance.answers.frontier import frontier
from simsurance.answers.on_draws import met
from simsurance.answers.package_search import SAME, efficient_of, robust_margin, spread_of
from simsurance.answers.packages import OBJECTIVES, levers_of, limits_of, outcomes
from simsurance.answers.surfaces import eliminated, least_cost, no_worse, on_grid, through
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages
from simsurance.results import simulate

SHARE, SUBSIDY = "contributions.personal.income_share", "contributions.subsidy.income_share"
RATIO = "benefits.inpatient.payment_ratio"
SHORT = {"horizon.last_year": 2031, "employee.projected": False}
LEVERS = [f"{SUBSIDY}=0.014:0.02", f"{RATIO}=0.6:0.7"]
ASKED = "reserve_months >= 7 through 2031"


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def central(base):
    return simulate([base])[0]


def asked_of(text, central):
    return condition_of(text, "resident", central)


@pytest.fixture(scope="module")
def found(base, central):
    return frontier(levers_of(base, LEVERS), asked_of(ASKED, central), central=central)


@pytest.mark.long
def test_costs_are_present_values_counted_from_the_tables_of_a_plain_run(found):
    package = found.packages[found.told[0]]
    results = ss.run(found.levers.at(package))
    fund, flows = results.fund.xs("resident", level="fund"), results.flows.groupby("year").sum()
    rates = results.shown.interest.rates + results.scenario.values.measures.discount_margin
    value, year_end = {}, 1.0
    for year, rate in zip(results.years, rates, strict=True):
        year_end /= 1 + rate
        value[year] = year_end * (1 + rate) ** 0.5  # flows fall at mid-year
    weights = np.array(list(value.values()))
    income = float(fund["members_income"] @ weights)
    care = flows["inpatient_claims"] + flows["outpatient_claims"]
    benefits = sum(
        flows[name] for name in ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
    )
    public = fund["subsidies"] + fund["assistance"] + fund["local_supplement"]
    own = fund["personal_contributions"] + fund["repair_payments"]
    expected = [float(each @ weights) / income for each in (own, care - benefits, public)]
    np.testing.assert_allclose(found.costs[found.told[0]], expected, rtol=1e-9)


@pytest.mark.long
def test_a_plain_run_of_every_package_told_holds_and_is_hardly_more_than_needed(found):
    assert 2 <= len(found.told) <= 10
    for place in found.told:
        months = ss.run(found.levers.at(found.packages[place])).fund.xs("resident", level="fund")["reserve_months"]
        assert 7 <= months.min() < 7.1


@pytest.mark.long
def test_no_package_of_a_grid_beats_one_that_is_told(found):
    grid = [found.levers.sizes(np.array(each)) for each in product(np.linspace(0, 1, 9), repeat=2)]
    runs = outcomes([found.levers.at(each) for each in grid], [found.condition], None)
    costs = np.array([each.costs for each in runs if each.margins[0] >= 0])
    assert len(costs) > 10
    for place in found.told:
        less = costs - found.costs[place]
        assert not ((less <= SAME).all(axis=1) & (less.sum(axis=1) < -3 * SAME)).any()


@pytest.mark.long
def test_limits_hold_in_every_package_told(base, central):
    limits = limits_of(["public_money <= 8.3e11 in 2030", "coverage >= 0.5 through 2031"], "resident", central)
    kept = frontier(levers_of(base, LEVERS), asked_of(ASKED, central), limits, central=central)
    assert len(kept.told) >= 3
    for place in kept.told:
        run = ss.run(kept.levers.at(kept.packages[place])).fund.xs("resident", level="fund")
        assert run.loc[2030, "public_money"] <= 8.3e11
        assert run["reserve_months"].min() >= 7
    assert len(kept.table.columns) == len(frontier_columns) + 2


frontier_columns = [
    *(SUBSIDY, RATIO, *OBJECTIVES, *(f"{name}_added" for name in OBJECTIVES)),
    *("value", "margin", "share_of_draws", "holds", "efficient", "told"),
]


@pytest.mark.long
def test_the_table_has_every_package_and_says_what_its_own_costs_are_beyond_the_scenario(found):
    assert list(found.table.columns) == frontier_columns
    assert len(found.table) == len(found.packages) == len(set(found.packages))
    own = found.packages.index(found.levers.own)
    np.testing.assert_allclose(found.added[own], 0, atol=1e-12)
    assert list(found.table["told"][list(found.told)]) == list("ABCDEFGHIJ")[: len(found.told)]


def test_efficient_is_what_nothing_beats_and_few_that_differ_are_told():
    costs = np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 2.0], [2.0, 2.0, 2.5], [1.0, 3.0, 1.0], [0.0, 0.0, 0.0]])
    holds = np.array([True, True, True, True, False])
    assert list(efficient_of(costs, holds)) == [False, True, False, True, False]
    line = np.stack([np.linspace(0, 1, 101), np.linspace(1, 0, 101), np.zeros(101)], axis=1)
    chosen = spread_of(line, 5)
    assert sorted(chosen) == [0, 25, 50, 75, 100] or len(chosen) == 5
    assert {0, 100} <= set(chosen)
    assert spread_of(line[:1], 5) == [0]


def test_on_a_level_surface_the_least_cost_lies_where_margin_and_proportion_meet():
    """Costs x and y, held where x + y ≥ 1: with weights 1 and 3, x = 3·y there; no worse than (0.7, 0.7) is (0.5, 0.5)."""

    def level(shares):
        return np.array([shares[0], shares[1], 0.0, shares.sum() - 1.0])

    at = least_cost(level, np.array([0.9, 0.9]), np.array([1.0, 3.0, 0.0]), np.zeros(3))
    np.testing.assert_allclose(at, [0.75, 0.25], atol=1e-5)
    better = no_worse(level, np.array([0.7, 0.7]), np.ones(3))
    assert better.sum() == pytest.approx(1.0, abs=1e-6)
    assert (better <= 0.7 + 1e-6).all()
    corner = on_grid(level, np.array([0.75026, 0.24961]), np.array([1.0, 3.0, 0.0]))
    assert corner.sum() >= 1.0


def test_a_surface_goes_through_what_was_run_and_is_level_where_that_is():
    at = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.7]])
    values = np.stack([2 + 3 * at[:, 0] - at[:, 1], 1e12 * at[:, 1]], axis=1)
    surface = through(at, values)
    np.testing.assert_allclose(surface(np.array([0.2, 0.5])), [2.1, 5e11], rtol=1e-9)
    np.testing.assert_allclose(through(at[:2], values[:2])(np.array([0.2, 0.5])), values[:2].mean(axis=0))


def test_elimination_solves_and_a_surface_is_that_of_a_library():
    random = np.random.default_rng(2)
    left, right = random.normal(size=(7, 7)), random.normal(size=(7, 2))
    np.testing.assert_allclose(eliminated(left, right), np.linalg.solve(left, right), rtol=1e-9)
    at, values = random.uniform(size=(30, 3)), random.normal(size=(30, 4))
    library = RBFInterpolator(at, values, kernel="cubic", degree=1)
    where = random.uniform(size=3)
    np.testing.assert_allclose(through(at, values)(where), library(where[None])[0], rtol=1e-7)


@pytest.mark.parametrize("sign", [">=", "<="])
@pytest.mark.parametrize("value", [0.0, 0.1, 0.25, 0.5, 1.0])
def test_the_margin_that_decides_has_the_sign_of_enough_draws(sign, value):
    chance = Chance(Condition("resident", "reserve_months", ">=", 6.0, "in", 2030), sign, value, "x")
    random = np.random.default_rng(1)
    for _ in range(200):
        margins = random.normal(random.normal(), 1, 16)
        enough = bool(met(chance, np.array((margins >= 0).mean())))
        assert (robust_margin(margins, chance) >= 0) == enough


@pytest.mark.long
def test_on_draws_a_package_told_holds_in_enough_of_them(base):
    short = base.replace({"horizon.last_year": 2028})
    found = ss.frontier(short, [f"{SUBSIDY}=0.014:0.02"], "P(reserve_months >= 7 through 2028) >= 0.75", draws=16)
    table = found.table
    assert (table["share_of_draws"][table["holds"]] >= 0.75).all()
    assert table["holds"].any()
    assert table["share_of_draws"].isna().any()  # what was looked at on the central path alone is not told to hold
    again = ss.stochastic(short, *found.scenarios.values(), draws=16)
    for run, share in zip(again.runs[1:], found.packages["share_of_draws"], strict=True):
        assert (run.kept.yearly["resident"]["reserve_months"].min(axis=1) >= 7).mean() == share


@pytest.mark.long
def test_any_number_of_processes_gives_the_same_packages(base, central, found):
    again = frontier(levers_of(base, LEVERS), asked_of(ASKED, central), central=central, jobs=2)
    assert again.packages == found.packages
    np.testing.assert_array_equal(again.costs, found.costs)


@pytest.mark.parametrize(
    ("levers", "limits", "told"),
    [
        ([], [], "0 levers; one to 6"),
        ([SHARE] * 7, [], "7 levers; one to 6"),
        ([SHARE, SHARE], [], "stands twice"),
        (["no.such.key=0:1"], [], "--lever no.such.key: baseline has no such key"),
        ([f"{SHARE}=2:1"], [], "is no range"),
        ([f"{RATIO}=0.5:7"], [], "is outside 0 to 1"),
        ([SHARE], ["coverage"], "--limit coverage: is no condition"),
        ([SHARE], ["P(coverage >= 0.9 in 2030) >= 0.5"], "is a probability; limits hold on the central path"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(base, central, levers, limits, told):
    with pytest.raises(SimsuranceError, match=told) as refused:
        limits_of(limits, "resident", central) if limits else levers_of(base, levers)
    assert refused.value.exit_code == ExitCode.USAGE
    assert len(refused.value.lines) == 1


ARGUMENTS = ["frontier", "baseline", "--set", "horizon.last_year=2031", "--set", "employee.projected=false"]
ARGUMENTS += ["--lever", LEVERS[0], "--lever", LEVERS[1], "--jobs", "1"]


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_command_writes_packages_and_their_scenarios_by_the_same_bytes(tmp_path, lang, found):
    written = []
    for place in ("one", "two"):
        given = [*ARGUMENTS, "--for", ASKED, "--lang", lang, "--json", "--out", str(tmp_path / place)]
        result = CliRunner().invoke(main, given)
        assert result.exit_code == 0, result.output
        folder = tmp_path / place / "frontier-baseline"
        files = {each.relative_to(folder): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
        written.append({name: content for name, content in files.items() if name.name != "manifest.json"})
    assert written[0] == written[1]
    told = json.loads(result.stdout)
    assert told["schema"] == "simsurance.frontier/1"
    assert told["packages"] == len(found.packages)
    letters = [row["told"] for row in told["packages_run"] if row["told"]]
    for letter in letters:
        months = ss.run(folder / f"package_{letter}.toml").fund.xs("resident", level="fund")["reserve_months"]
        assert months.min() >= 7
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert all(f"| {letter} |" in summary for letter in letters)


@pytest.mark.long
def test_no_package_is_told_with_the_one_that_comes_nearest(tmp_path):
    given = [*ARGUMENTS, "--for", "reserve_months >= 60 in 2031", "--no-charts", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 0, result.output
    assert f"Nearest comes {SUBSIDY} 0.02000, {RATIO} 0.6000: there the measure is" in result.output
    assert not list((tmp_path / "frontier-baseline").glob("package_*"))
