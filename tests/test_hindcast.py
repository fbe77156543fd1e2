"""The past against what was published, fund by fund."""

import pytest

from simsurance.analysis.hindcast import CURRENT_BALANCE, ITEMS, Outturn, hindcast
from simsurance.axes import FUND
from simsurance.data.tables import published
from simsurance.scenario_file.loader import load

EMPLOYEES = ("employee_pool", "personal_accounts")


@pytest.fixture(scope="module")
def two_years() -> list[Outturn]:
    return hindcast(load("baseline"), 2024)


def test_every_fund_is_compared_by_fund_and_year(two_years: list[Outturn]) -> None:
    order = [(FUND.members.index(row.fund), row.year) for row in two_years]
    assert order == sorted(order)
    assert {row.fund for row in two_years} == set(FUND.members)
    assert {row.year for row in two_years} == {2024, 2025}
    assert len(two_years) == 2 * len(ITEMS)


def test_the_employee_scheme_of_2024_and_2025_is_within_the_tolerance(two_years: list[Outturn]) -> None:
    for row in two_years:
        if row.fund in EMPLOYEES and row.item != CURRENT_BALANCE:
            assert row.within, row


def test_published_figures_are_those_of_the_table(two_years: list[Outturn]) -> None:
    found = {(row.fund, row.item, row.year): row.published for row in two_years}
    income, outgo = published("employee_pool_income"), published("employee_pool_outgo")
    assert found["employee_pool", CURRENT_BALANCE, 2025] == income[2025] - outgo[2025]
    a_head = published("resident_outgo")[2024] / published("resident_insured")[2024]
    assert found["resident", "outgo a head of the insured", 2024] == a_head


def test_a_year_without_a_published_figure_is_left_out() -> None:
    compared = {(row.item, row.year) for row in hindcast(load("baseline"), 2020) if row.fund == "employee_pool"}
    assert ("outgo", 2021) not in compared
    assert {("outgo", 2020), ("outgo", 2022), ("active members on 31 December", 2021)} <= compared


def test_members_of_2019_come_near_those_of_every_later_year() -> None:
    for row in hindcast(load("baseline"), 2019):
        if row.fund in EMPLOYEES and row.unit == "persons":
            assert abs(row.error) < 0.0305, row


def test_a_scheme_that_is_not_projected_is_not_compared() -> None:
    alone = load("baseline").replace({"employee.projected": False})
    assert {row.fund for row in hindcast(alone, 2025)} == {"resident"}
