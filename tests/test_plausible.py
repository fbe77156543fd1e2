"""Amounts in the wrong unit, and the nation's inputs beside another fund's members, are told before anything is computed."""

import pytest
from click.testing import CliRunner

from simsurance import load
from simsurance.cli import main
from simsurance.scenario_file.files import shipped


def told(*settings: str) -> list[str]:
    """The notes of the baseline under settings."""
    return load("baseline", settings=settings).notes


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("fund.opening=87421100", "fund.opening is 0.00010 times the root's per insured person; amounts are in CNY: was it "
         "given in units of CNY 10,000?"),
        ("fund.opening=8742.11", "was it given in units of CNY 100,000,000?"),
        ("employee.fund.opening_pool=351441300", "was it given in units of CNY 10,000?"),
        ("employee.wage.mean=12000000", "wage.mean is 93 times the root's; amounts are in CNY: is it 100 times too large?"),
        ("claims.inpatient.mean_cost=14", "was it given in units of CNY 1,000?"),
        ("contributions.personal.schedule={2026=40000}", "contributions.personal.schedule is 100 times the root's"),
    ],
)  # fmt: skip
def test_an_amount_in_another_unit_is_told_with_the_unit_that_it_is_probably_in(setting: str, said: str) -> None:
    (note,) = told(setting)
    assert said in note


@pytest.mark.parametrize(
    "setting", ["fund.opening=9e11", "fund.opening=-4e11", "fund.opening=0", "employee.wage.mean=60000"]
)
def test_what_may_well_be_is_not_told(setting: str) -> None:
    assert told(setting) == []


def test_another_currency_has_other_amounts() -> None:
    assert told('economy.currency="KRW"', "fund.opening=1.7e14", "employee.wage.mean=48000000") == []


OWN = ("membership.resident_insured=3000000", "fund.opening=2900000000")


def test_each_input_of_the_nation_beside_another_funds_members_is_told_once() -> None:
    named = [
        note.partition(" is still the root's, though there are 0.0032 times its insured residents")[0]
        for note in told(*OWN)
    ]
    assert named == [
        "population.stock_table",
        "population.migration_table",
        "population.income_groups_table",
        "membership.employee_active",
        "employee.fund.opening_pool",
        "employee.fund.opening_accounts",
    ]
    without = told(*OWN, "employee.projected=false", "population.migration_factor=0")
    assert [note.partition(" ")[0] for note in without] == ["population.stock_table", "population.income_groups_table"]


@pytest.mark.parametrize("name", shipped())
def test_no_shipped_scenario_has_such_a_note(name: str) -> None:
    assert load(name).notes == []


def test_validate_and_a_run_say_so_and_go_on() -> None:
    for command in (["validate", "baseline"], ["run", "baseline", "--dry-run"]):
        done = CliRunner().invoke(main, [*command, "--set", "fund.opening=87421100"])
        assert (done.exit_code, done.stderr.count("was it given in units of CNY 10,000?")) == (0, 1)
