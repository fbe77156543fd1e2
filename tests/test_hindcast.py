"""The past against what was published, fund by fund."""

import json
import re

import pytest
from click.testing import CliRunner

from simsurance.cli import main
from simsurance.data.tables import published
from simsurance.evidence.fit import fitted_years
from simsurance.evidence.hindcast import (
    CLOSING_BALANCE,
    CURRENT_BALANCE,
    INCOME_WITH_INTEREST,
    ITEMS,
    PARTS,
    Outturn,
    hindcast,
    notes,
)
from simsurance.scenario_file.loader import load

EMPLOYEES = ("employee_pool", "personal_accounts")


@pytest.fixture(scope="module")
def two_years() -> list[Outturn]:
    return hindcast(load("baseline"), 2024)


def test_every_fund_is_compared_by_fund_and_year(two_years: list[Outturn]) -> None:
    order = [([*PARTS].index(row.fund), row.year) for row in two_years]
    assert order == sorted(order)
    assert {row.fund for row in two_years} == set(PARTS)
    assert {row.year for row in two_years} == {2024, 2025}
    assert len(two_years) == 2 * len(ITEMS)


def test_the_employee_scheme_of_2024_and_2025_is_within_the_tolerance(two_years: list[Outturn]) -> None:
    rows = [row for row in two_years if row.fund in EMPLOYEES and row.item != CURRENT_BALANCE]
    assert {row.year for row in rows} == {2024, 2025}
    for row in rows:
        assert row.within, row


def test_published_figures_are_those_of_the_table(two_years: list[Outturn]) -> None:
    found = {(row.fund, row.item, row.year): row.published for row in two_years}
    income, outgo = published("employee_pool_income"), published("employee_pool_outgo")
    assert found["employee_pool", CURRENT_BALANCE, 2025] == income[2025] - outgo[2025]
    a_head = published("resident_outgo")[2024] / published("resident_insured")[2024]
    assert found["resident", "outgo_pp", 2024] == a_head


def test_a_year_without_a_published_figure_is_left_out() -> None:
    compared = {(row.item, row.year) for row in hindcast(load("baseline"), 2020) if row.fund == "employee_pool"}
    assert ("outgo", 2021) not in compared
    assert {("outgo", 2020), ("outgo", 2022), ("employee_active", 2021)} <= compared


def test_the_year_without_a_split_is_compared_in_total() -> None:
    rows = {
        row.item: row for row in hindcast(load("baseline"), 2021) if row.fund == "employee_total" and row.year == 2021
    }
    assert rows[INCOME_WITH_INTEREST].published == published("employee_total_income")[2021]
    assert rows["outgo"].published == published("employee_total_outgo")[2021]
    assert rows[INCOME_WITH_INTEREST].error == pytest.approx(0, abs=0.001)
    assert rows["outgo"].error == pytest.approx(0, abs=0.05)


def test_the_total_is_pool_and_accounts(two_years: list[Outturn]) -> None:
    for item in (INCOME_WITH_INTEREST, "outgo"):
        for year in (2024, 2025):
            model = {row.fund: row.model for row in two_years if (row.item, row.year) == (item, year)}
            assert model["employee_total"] == pytest.approx(model["employee_pool"] + model["personal_accounts"])


def test_fitted_figures_are_those_that_the_calibration_fits(two_years: list[Outturn]) -> None:
    fitted = {(row.fund, row.item, row.year) for row in two_years if row.fitted}
    for item in ITEMS:
        if item.name not in (CURRENT_BALANCE, CLOSING_BALANCE):
            for year in (2024, 2025):
                said = year in fitted_years(item.series)
                assert ((item.fund, item.name, year) in fitted) == said, (item.name, year)
    assert ("employee_pool", "outgo", 2024) not in fitted
    assert ("employee_pool", "outgo", 2025) in fitted


def test_a_balance_is_fitted_as_far_as_its_flows_are(two_years: list[Outturn]) -> None:
    fitted = {(row.fund, row.item, row.year) for row in two_years if row.fitted}
    assert ("employee_pool", CURRENT_BALANCE, 2024) not in fitted
    assert ("employee_pool", CURRENT_BALANCE, 2025) in fitted
    assert ("employee_pool", CLOSING_BALANCE, 2025) not in fitted  # the outgo of 2024 is not
    later = {(row.fund, row.item) for row in hindcast(load("baseline"), 2025) if row.fitted}
    assert ("employee_pool", CLOSING_BALANCE) in later


def test_only_a_balance_below_a_tenth_of_income_is_called_small(two_years: list[Outturn]) -> None:
    small = {(row.fund, row.year) for row in two_years if row.small}
    assert small == {(fund, year) for fund in ("resident", "personal_accounts") for year in (2024, 2025)}
    assert all(row.item == CURRENT_BALANCE for row in two_years if row.small)


def test_notes_are_those_of_the_years_shown(two_years: list[Outturn]) -> None:
    assert {fund: [*told] for fund, told in notes(two_years).items()} == {
        "resident": [],
        "employee_pool": [2025],
        "personal_accounts": [2025],
    }
    shown = CliRunner().invoke(main, ["hindcast", "--from", "2019"]).stdout
    assert shown.count("2019: the maternity fund's balance of CNY 60 billion was merged into the pooled fund") == 1
    assert "the balance on 31 December is a provisional estimate" in shown


def test_the_command_marks_what_is_fitted() -> None:
    shown = CliRunner().invoke(main, ["hindcast", "--from", "2025"])
    assert shown.exit_code == 0, shown.stderr
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    (pool,) = (line for line in lines if "annual surplus or deficit" in line and " 469.9 " in line)
    assert pool.endswith("% fitted")
    (resident,) = (line for line in lines if "annual surplus or deficit" in line and " 55.9 " in line)
    assert resident.endswith("fitted; small difference of two large amounts")
    (insured,) = (line for line in lines if line.startswith("2025 insured residents, 31 December"))
    assert insured.endswith("%")
    document = json.loads(CliRunner().invoke(main, ["hindcast", "--from", "2025", "--json"]).stdout)
    assert {row["item"] for row in document["results"] if not row["fitted"]} == {"resident_insured"}
    assert document["notes"]["employee_pool"]["2025"].startswith("the balance on 31 December")


def test_members_of_2019_come_near_those_of_every_later_year() -> None:
    for row in hindcast(load("baseline"), 2019):
        if row.fund in EMPLOYEES and row.unit == "persons":
            assert abs(row.error) < 0.03, row


def test_a_scheme_that_is_not_projected_is_not_compared() -> None:
    alone = load("baseline").replace({"employee.projected": False})
    assert {row.fund for row in hindcast(alone, 2025)} == {"resident"}


def test_the_back_test_is_told_in_chinese_with_the_same_errors() -> None:
    english, chinese = (CliRunner().invoke(main, ["hindcast", "--lang", lang]).stdout for lang in ("en", "zh"))
    assert not re.search(r"[A-Za-z]", chinese)
    errors = [re.findall(r"\d%", shown) for shown in (english, chinese)]
    assert errors[0] == errors[1]
    assert len(errors[0]) == 2 * len(ITEMS)
