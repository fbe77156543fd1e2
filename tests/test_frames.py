"""Amounts at constant prices, as shares of disposable income and of GDP; what changes when contributions can."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scaled_fund import scaled

from simsurance import load
from simsurance.basis.frames import population
from simsurance.basis.inputs import Inputs
from simsurance.errors import SimsuranceError
from simsurance.ledger import POOL, fund_of
from simsurance.measures import by_payer, in_frame
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.files import TABLES
from simsurance.scenario_file.schedule import value_in
from simsurance.variables import A_HEAD, FRAMES

SHORT = {"horizon.last_year": 2034}
RICHER = {"economy.real_income_growth": 0.07}


def run(**changes: object) -> RunAccounts:
    """The baseline until 2034 with other values; `__` stands for a dot."""
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return accounts_of([load("baseline").replace(SHORT | given)])[0]


@pytest.fixture(scope="module")
def base() -> RunAccounts:
    return run()


def test_constant_prices_are_those_of_the_year_before_the_first(base: RunAccounts) -> None:
    """2034 is nine years of inflation after 2025: one by one, not through the product of the engine."""
    level, inflation = 1.0, base.scenario.values.economy.inflation
    for year in base.years:
        level *= 1 + (value_in(inflation, year) or 0.0)
    real = base.frames.loc[("constant_prices", 2034, "resident")]
    nominal = base.fund.loc[(2034, "resident")]
    for name in ("closing", "outgo", "outgo_pp", "subsidies"):
        assert real[name] == pytest.approx(nominal[name] / level, rel=1e-12)
    assert (
        base.frames.loc[("constant_prices", 2025 + 1, "resident")]["outgo"] < base.fund.loc[(2026, "resident")]["outgo"]
    )


def test_shares_of_income_and_of_product_are_of_the_whole_population(base: RunAccounts) -> None:
    account = base.account
    persons = account["disposable_income"] / account["disposable_income_pp"]
    growth = zip(
        (0.04,) * 5 + (0.031,) * 4, (-0.005, -0.001, 0.003, 0.007, 0.011, 0.015, 0.015, 0.015, 0.015), strict=True
    )
    gdp = 140187900000000.0
    for place, (real, deflator) in enumerate(growth):
        gdp *= (1 + real) * (1 + deflator)
        assert account["gdp"][place] == pytest.approx(gdp, rel=1e-12)
    framed = {frame: in_frame(account, frame) for frame in FRAMES}
    np.testing.assert_allclose(framed["of_gdp"]["outgo"], account["outgo"] / account["gdp"])
    np.testing.assert_allclose(framed["of_income"]["outgo"], account["outgo"] / account["disposable_income"])
    np.testing.assert_allclose(framed["of_income"]["outgo_pp"], account["outgo_pp"] / account["disposable_income_pp"])
    np.testing.assert_allclose(framed["of_gdp"]["outgo_pp"], account["outgo_pp"] * persons / account["gdp"])
    assert all(name in framed["of_gdp"] for name in A_HEAD if name in account)


def test_product_moves_with_incomes_and_people_against_the_root(base: RunAccounts) -> None:
    """GDP(t) is the root's times the ratio of income a head times population to the root's."""
    for changes in (RICHER, {"population.fertility_variant": "low", "population.migration_factor": 3.0}):
        other = run(**{name.replace(".", "__"): value for name, value in changes.items()})
        ratio = other.account["disposable_income"] / base.account["disposable_income"]
        assert not np.allclose(ratio, 1.0, rtol=1e-4)
        np.testing.assert_allclose(other.account["gdp"], base.account["gdp"] * ratio, rtol=1e-11)


def test_the_population_of_the_root_is_that_of_the_engine(base: RunAccounts) -> None:
    scenario = load("baseline").replace(SHORT | {"population.mortality_factor": 1.1})
    found = population(Inputs(scenario, scenario.values).at_root)
    account = base.account
    np.testing.assert_allclose(
        (found[:-1] + found[1:]) / 2, account["disposable_income"] / account["disposable_income_pp"], rtol=1e-12
    )
    np.testing.assert_allclose(found[1:], account["population"], rtol=1e-12)


@pytest.mark.parametrize("last", [2025, 2027])
def test_a_product_of_its_own_is_met_in_the_last_year_named(base: RunAccounts, last: int) -> None:
    """A fund with half the people and other incomes names its own product: nothing is taken off it."""
    named = {year: 1e12 * (year - 2000) for year in range(2018, last + 1)}
    own = run(economy__gdp=named, economy__disposable_income={2018: 30000, **dict.fromkeys(range(2019, 2026), 50000)})
    plain = run(economy__gdp=named)
    if last in own.years:
        assert own.account["gdp"][own.years.index(last)] == pytest.approx(named[last], rel=1e-12)
    else:
        np.testing.assert_allclose(own.account["gdp"], plain.account["gdp"], rtol=1e-12)


def test_without_a_product_its_shares_say_so() -> None:
    found = run(economy__gdp={})
    assert np.isnan(found.account["gdp"]).all()
    measures = found.measures
    assert measures.loc["closing_last_year_of_gdp", "status"] == "no_gdp"
    assert measures.loc["closing_last_year_constant_prices", "status"] == "ok"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"economy.gdp": {2024: 1e14, 2026: 1e14}}, "economy.gdp: 2025 is missing before 2026; name it, or end with"),
        ({"measures.notice_years": 6}, "delay_years 5 is below notice_years 6; raise the first or lower the second"),
    ],
)
def test_what_cannot_be_is_told(changes: dict[str, object], told: str) -> None:
    with pytest.raises(SimsuranceError, match=told):
        load("baseline").replace(changes)


def test_the_cash_balance_leaves_interest_out(base: RunAccounts) -> None:
    for fund in (base.account, base.accounts[POOL]):
        np.testing.assert_allclose(fund["cash_balance"] + fund["interest"], fund["current_balance"], rtol=1e-9)
    cash, current = (base.measures["value"][f"first_{name}_year"] for name in ("cash_deficit", "deficit"))
    assert cash == next(year for year, left in zip(base.years, base.account["cash_balance"], strict=True) if left < 0)
    assert cash < current
    assert base.measures["status"]["employee_pool_first_cash_deficit_year"] == "no_cash_deficit_by_2034"


def test_interest_is_told_against_the_growth_of_income(base: RunAccounts) -> None:
    incomes = [43377.0, *base.account["disposable_income_pp"]]
    growth = [after / before - 1 for before, after in pairwise(incomes)]
    rates = [value_in(base.scenario.values.economy.interest_rate, year) for year in base.years]
    assert None not in rates
    np.testing.assert_allclose(base.account["interest_less_income_growth"], np.array(rates, float) - growth, atol=1e-15)


def test_the_required_contribution_begins_when_contributions_can_change(base: RunAccounts) -> None:
    for notice in (0, 1, 3):
        found = run(measures__notice_years=notice).measures
        assert found.loc["required_contribution_multiple_now", "unit"].endswith(f"from {2026 + notice}")
        assert found.loc["required_contribution_multiple_delayed", "unit"].endswith("from 2031")
    assert base.measures.loc["required_contribution_now", "unit"] == "yuan per person in 2027"


def test_what_more_is_levied_is_split_by_who_pays_it(base: RunAccounts) -> None:
    """The parts are all that the multiple adds in the first year that it acts in."""
    values, account = base.measures["value"], base.account
    multiple = values["required_contribution_multiple_now"]
    paid = by_payer(fund_of("resident"), account)
    assert list(paid) == ["members", "assistance", "budget", "localities"]
    parts = {payer: values[f"required_more_from_{payer}_now"] for payer in paid}
    names = ("personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments")
    levied = sum(account[name][1] for name in names)
    assert sum(parts.values()) == pytest.approx((multiple - 1) * levied, rel=1e-12)
    assert parts["budget"] == pytest.approx((multiple - 1) * account["subsidies"][1], rel=1e-12)
    assert values["employee_pool_required_more_from_employers_now"] == pytest.approx(
        (values["employee_pool_required_contribution_multiple_now"] - 1)
        * (base.accounts[POOL]["employer_contributions"] + base.accounts[POOL]["employer_to_accounts"])[1],
        rel=1e-12,
    )


def test_a_fund_with_people_of_its_own_has_its_part_of_the_product(base: RunAccounts, tmp_path: Path) -> None:
    """Half the nation by a table of its own: GDP is that of the root, whose people are of its own table, times the ratio."""
    lines = (TABLES / "demography/population.csv").read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("persons")
    halved = [line.split(",") for line in lines[1:]]
    for row in halved:
        row[place] = str(float(row[place]) / 2)
    (tmp_path / "demography").mkdir()
    own = tmp_path / "demography" / "population.csv"
    own.write_text("\n".join([lines[0], *map(",".join, halved)]) + "\n", encoding="utf-8")
    file = tmp_path / "half.toml"
    counts = load("baseline").leaves
    text = 'extends = "baseline"\ntitle = "Half"\n[horizon]\nlast_year = 2034\n[population]\n'
    text += 'stock_table = "demography/population.csv"\nmigration_factor = 0.5\n[population.counted]\n'
    text += "".join(f"{name} = {{}}\n" for name in ("age_16_59", "age_60_plus", "age_65_plus")) + "[membership]\n"
    for name in ("resident_insured", "employee_active", "employee_retired"):
        text += f"{name} = {counts[f'membership.{name}']['2026'] / 2}\n"
    file.write_text(text, encoding="utf-8")
    scenario = load(file)
    assert scenario.tables["population.stock_table"] == own != scenario.root_tables["population.stock_table"]
    (half,) = accounts_of([scenario])
    ratio = half.account["disposable_income"] / base.account["disposable_income"]
    np.testing.assert_allclose(ratio, 0.5, rtol=5e-3)
    np.testing.assert_allclose(half.account["gdp"], base.account["gdp"] * ratio, rtol=1e-11)
    saved = tmp_path / "elsewhere" / "saved.toml"
    saved.parent.mkdir()
    saved.write_text(scenario.to_toml(), encoding="utf-8")
    (again,) = accounts_of([load(saved)])
    np.testing.assert_array_equal(again.account["gdp"], half.account["gdp"])


def test_a_product_of_its_own_is_met_again_where_the_run_is_repeated(tmp_path: Path) -> None:
    """A fund with people and product of its own, and the complete scenario that its folder has."""
    own = scaled(0.03, tmp_path).replace(SHORT)
    file = tmp_path / "scenario.toml"
    file.write_text(own.to_toml(), encoding="utf-8")
    first, again = (found.account["gdp"] for found in accounts_of([own, load(file)]))
    np.testing.assert_array_equal(first, again)
    assert first[0] / run().account["gdp"][0] == pytest.approx(0.03, rel=1e-9)
