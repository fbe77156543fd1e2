"""Who pays and who gains: tables by birth cohort and income group, from flows small enough to sum by hand."""

import numpy as np
import pytest

from simsurance.incidence import cohort_table, group_table
from simsurance.ledger import PAID_AND_RECEIVED
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import load


@pytest.fixture(scope="module")
def results() -> RunResult:
    return simulate([load("baseline").replace({"horizon.last_year": 2028})])[0]


def discounted(results: RunResult, name: str) -> float:
    """A flow of all persons, at its value on the opening 1 January."""
    rate = np.array([float(year.interest_rate[0]) for year in results.basis])
    middle = np.cumprod(1 / (1 + rate)) * np.sqrt(1 + rate)
    return float((results.projection.by_age[name][:, 0].sum(axis=(1, 2)) * middle).sum())


@pytest.mark.parametrize("table", ["cohorts", "groups"])
def test_cohorts_and_groups_share_out_the_whole_of_every_flow(results: RunResult, table: str) -> None:
    found = getattr(results, table)
    for column, rows in PAID_AND_RECEIVED.items():
        named = [row.name for row in rows if row.name in results.projection.by_age]
        assert found[column].sum() == pytest.approx(sum(discounted(results, name) for name in named)), column
    received = found["resident_benefits"] + found["employee_benefits"]
    paid = found["resident_contributions"] + found["employee_contributions"]
    assert found["net_benefit"].to_numpy() == pytest.approx((received - paid).to_numpy())


def test_what_is_passed_on_to_long_term_care_insurance_is_outgo_and_no_benefit_of_a_cohort(results: RunResult) -> None:
    changed = results.scenario.replace({"employee.benefits.long_term_care": 100, "benefits.long_term_care": 20})
    (passed,) = simulate([changed])
    for fund in ("resident", "employee_pool"):
        more = passed.accounts[fund]["outgo"] - results.accounts[fund]["outgo"]
        assert more == pytest.approx(passed.accounts[fund]["long_term_care"])
        assert (more > 0).all()
    for name in ("resident_benefits", "employee_benefits", "net_benefit"):
        assert np.array_equal(passed.cohorts[name], results.cohorts[name])


def test_persons_of_a_cohort_are_those_alive_at_the_opening_or_born_since(results: RunResult) -> None:
    persons = results.cohorts["persons"]
    alive = results.projection.stocks.persons[0, 0].sum(axis=(0, 1))
    assert [persons.index.min(), persons.index.max()] == [1925, 2028]
    assert persons.loc[1990] == alive[35]
    assert persons.loc[1925] == alive[100]
    assert persons.loc[2026] == results.projection.by_age["births"][0].sum()
    lived = results.projection.stocks.persons[:-1, 0].sum()
    assert results.groups["person_years"].sum() == pytest.approx(lived)


def test_a_cohort_is_followed_along_the_years(results: RunResult) -> None:
    (_, columns) = cohort_table(results.projection, results.basis)
    at_age = results.projection.by_age["retiree_credits"][:, 0].sum(axis=1)
    rate = np.array([float(year.interest_rate[0]) for year in results.basis])
    middle = np.cumprod(1 / (1 + rate)) * np.sqrt(1 + rate)
    born_1960 = sum(at_age[year, 65 + year] * middle[year] for year in range(3))
    others = [row.name for row in PAID_AND_RECEIVED["employee_benefits"] if row.name != "retiree_credits"]
    rest = sum(
        results.projection.by_age[name][year, 0].sum(axis=0)[65 + year] * middle[year]
        for name in others
        if name in results.projection.by_age
        for year in range(3)
    )
    assert columns["employee_benefits"][1960 - 1925].item() == pytest.approx(born_1960 + rest)


def test_the_newborn_have_a_cohort_of_their_own_from_their_first_year_on() -> None:
    base = load("baseline").replace({"horizon.last_year": 2026})
    one_year = simulate([base])[0]
    pp = one_year.cohorts.div(one_year.cohorts["persons"], axis=0)["public_money"]
    subsidy = float(one_year.account["subsidy_pp"][0])
    share = float(one_year.projection.by_age["newborn_enrolled"].sum() / one_year.projection.by_age["births"].sum())
    assert pp[2026] == pytest.approx(share * subsidy, rel=0.02)
    assert pp[2025] == pytest.approx(pp[2024], rel=0.05)


def test_without_the_employee_scheme_its_columns_are_nought() -> None:
    base = load("baseline").replace({"horizon.last_year": 2027, "employee.projected": False})
    alone = simulate([base])[0]
    for _, columns in (
        cohort_table(alone.projection, alone.basis),
        group_table(alone.projection, alone.basis, alone.of_scheme),
    ):
        assert not columns["employee_contributions"].any()
        assert columns["resident_contributions"].sum() > 0


def test_what_the_funds_gain_is_what_members_and_employers_pay_more_than_they_get() -> None:
    """Of the pool, with a part of the employers' contributions credited to accounts: all that is paid and all that is got."""
    base = load("baseline").replace({"horizon.last_year": 2030, "employee.contributions.to_accounts": 0.2})
    (results,) = simulate([base])
    pool, cohorts = results.accounts["employee_pool"], results.cohorts
    rate = np.array([float(year.interest_rate[0]) for year in results.basis])
    middle = np.cumprod(1 / (1 + rate)) * np.sqrt(1 + rate)
    gained = ((pool["income"] - pool["outgo"]) * middle).sum()
    assert (cohorts["employee_contributions"] - cohorts["employee_benefits"]).sum() == pytest.approx(gained)
    groups = results.groups
    assert (groups["employee_contributions"] - groups["employee_benefits"]).sum() == pytest.approx(gained)
