"""A member's years in the employee scheme: contributions, accounts, claims, retirement and return, worked by hand."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.basis import build
from simsurance.cli import main
from simsurance.language import words
from simsurance.member.history import parsed
from simsurance.member.member_year import Person
from simsurance.member.story import rules_of, story, story_years
from simsurance.member.telling import rule_applied, table, year_told
from simsurance.scenario_file.loader import Scenario, load

VALUES = {
    "benefits.indexation": "fixed",
    "employee.projected": True,
    "employee.years_count": True,
    "employee.unqualified.missing_years": 5,
    "employee.wage.mean": {2018: 100_000, 2060: 100_000},
    "employee.wage.floor": 0.6,
    "employee.wage.ceiling": 3,
    "employee.contributions.employer_rate": 0.06,
    "employee.contributions.employee_rate": 0.02,
    "employee.contributions.compliance": 1,
    "employee.contributions.relief": 0,
    "employee.contributions.to_accounts": 0,
    "employee.contributions.flexible_base": 0.6,
    "employee.accounts.retiree_credit": 840,
    "employee.benefits.inpatient.deductible": 1200,
    "employee.benefits.inpatient.retired_deductible": 1000,
    "employee.benefits.inpatient.payment_ratio": 0.86,
    "employee.benefits.inpatient.retired_ratio_extra": 0.04,
    "employee.benefits.inpatient.limit": 500_000,
}
"""The employee scheme in round numbers; a mean wage of 100,000 yuan in every year."""
MONEY = ["wage", "contribution_base", "employer_contribution", "own_contribution"]


def scheme(**changes: object) -> Scenario:
    named = {f"employee.{name.replace('__', '.')}": value for name, value in changes.items()}
    return load("baseline").replace(VALUES | named)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("employee wage 90000", [90_000, 90_000, 5400, 1800]),
        ("employee wage 30000", [30_000, 60_000, 3600, 1200]),
        ("employee wage 400000", [400_000, 300_000, 18_000, 6000]),
        ("employee", [100_000, 100_000, 6000, 2000]),
    ],
)
def test_contributions_by_hand(told, wanted):
    year = story(scheme(), f"2026: {told}").loc[2026]
    assert year[MONEY].tolist() == pytest.approx(wanted)
    assert year["member_pays"] == year["to_account"] == pytest.approx(wanted[-1])
    assert year["to_pool"] == pytest.approx(wanted[-2])


@pytest.mark.parametrize("wage", [30_000, 90_000, 400_000])
def test_one_person_pays_from_all_of_the_wage_however_much_the_scheme_reports(wage):
    history = f"2026: employee wage {wage}"
    year = story(scheme(contributions__compliance=0.8), history).loc[2026]
    assert year["contribution_base"] == min(max(wage, 60_000), 300_000)
    assert year[MONEY].tolist() == story(scheme(), history).loc[2026, MONEY].tolist()


def test_relief_and_the_part_of_the_employer_that_goes_to_the_account():
    changed = scheme(contributions__to_accounts=0.3, contributions__relief=0.5)
    year = story(changed, "2026: employee wage 90000").loc[2026]
    assert year["employer_contribution"] == pytest.approx(2700)
    assert year["to_account"] == pytest.approx(1800 + 810)
    assert year["to_pool"] == pytest.approx(1890)


def test_the_words_of_a_working_year():
    year = story(scheme(), "2026: employee wage 90000 claim 50000").loc[2026]
    assert year["told"] == (
        "2026, age 40: in the employee scheme. Wage in 2025: CNY 90,000. Contribution base: CNY 90,000. "
        "Employer contribution CNY 5,400, employee contribution CNY 1,800; CNY 1,800 is credited to the personal account, "
        "CNY 5,400 to the employee pooled fund. Eligible inpatient expenses CNY 50,000: above the deductible of CNY 1,200 "
        "the employee pooled fund pays 86%, CNY 41,968; out-of-pocket CNY 8,032."
    )
    assert (
        "Average wage in 2025: CNY 100,000. Contribution base: " in story(scheme(), "2026: employee").loc[2026, "told"]
    )
    assert (
        "Contribution base, raised to the lower limit: CNY 60,000."
        in story(scheme(), "2026: employee wage 30000").loc[2026, "told"]
    )
    assert (
        "Contribution base, held to the upper limit: CNY 300,000."
        in story(scheme(), "2026: employee wage 400000").loc[2026, "told"]
    )


def test_a_wage_goes_on_with_the_mean_wage_until_another_is_told():
    changed = scheme(wage__mean={2018: 100_000, 2025: 110_000, 2026: 121_000, 2027: 133_100, 2028: 140_000})
    history = "2026: employee, 2027: employee wage 96800, 2028: employee, 2029: employee wage 70000, 2030: leave"
    told = story(changed, history)
    assert told["wage"].tolist()[:4] == pytest.approx([110_000, 96_800, 106_480, 70_000])
    assert told["wage_is_mean"].tolist() == [True, False, False, False, False]


def test_floor_and_ceiling_are_shares_of_the_mean_wage_of_the_year_before():
    changed = scheme(wage__mean={2018: 100_000, 2025: 110_000, 2026: 121_000})
    told = story(changed, "2026: employee wage 900, 2027: employee wage 900000")
    assert told["contribution_base"].tolist() == pytest.approx([0.6 * 110_000, 3 * 121_000])


def test_a_wage_told_of_several_years_is_earned_in_each_of_them():
    changed = scheme(wage__mean={2018: 100_000, 2025: 110_000, 2026: 121_000})
    assert story(changed, "2026-2028: employee wage 90000")["wage"].tolist() == [90_000] * 3


def test_the_base_of_a_mean_wage_is_that_of_the_projection():
    alike = {"assisted": 1.0, "low": 1.0, "middle": 1.0, "high": 1.0}
    changed = scheme(wage__sigma=0.05, wage__income_ratio=alike, contributions__flexible_share=0)
    year = story(changed, "2026: employee").loc[2026]
    _, basis = build(changed)
    projected = next(one for one in basis if one.year == 2026).employee
    assert projected is not None
    assert year["contribution_base"] == pytest.approx(float(projected.contribution_base.ravel()[0]), rel=1e-9)
    assert year["employer_contribution"] == pytest.approx(100_000 * float(projected.employer_rate.ravel()[0]))


@pytest.mark.parametrize(
    ("claim", "active", "retired"),
    [(50_000, 41_968, 44_100), (1100, 0, 90), (900, 0, 0), (900_000, 500_000, 500_000), (300_000, 256_968, 269_100)],
)
def test_claims_of_active_and_retired_members_by_hand(claim, active, retired):
    history = f"before: employee, 2026: retire claim {claim}, 2027: employee claim {claim} month 1"
    told = story(scheme(), history, age=60, sex="male")
    assert told["basic"].tolist() == pytest.approx([active, retired])
    assert told["own_payment"].tolist() == pytest.approx([claim - active, claim - retired])
    assert told["deductible"].tolist() == [1200, 1000]
    assert told["payment_ratio"].tolist() == pytest.approx([0.86, 0.9])
    assert told["limit"].tolist() == [500_000] * 2
    assert told["claim_covered"].tolist() == [True, True]


def test_a_claim_below_the_deductible_or_above_the_limit_is_told():
    told = story(scheme(), "2026: employee claim 900, 2027: employee claim 900000")["told"]
    assert "Eligible inpatient expenses CNY 900 do not exceed the deductible of CNY 1,200" in told[2026]
    assert "pays 86% up to the annual payment limit, CNY 500,000; out-of-pocket CNY 400,000" in told[2027]


def test_whoever_retires_with_the_years_pays_nothing_and_has_a_credit():
    told = story(scheme(), "2026: employee wage 90000, 2027: retire, 2028-2029: employee", age=59, sex="male")
    assert told["membership"].tolist() == ["employee", "employee", "retired", "retired"]
    assert told["move"].tolist() == ["", "retires", "", ""]
    assert told["member_pays"].tolist() == pytest.approx([1800, 1800, 0, 0])
    assert told["to_account"].tolist() == pytest.approx([1800, 1800, 840, 840])
    assert told["to_pool"].tolist() == pytest.approx([5400, 5400, 0, 0])
    assert told["wage"].tolist()[2:] == [0, 0]
    assert "Retires at the end of the year with the minimum contribution period completed" in told.loc[2027, "told"]
    assert "No contribution is due; CNY 840 is credited to the personal account." in told.loc[2028, "told"]


def test_the_missing_years_are_bought_at_retirement():
    told = story(scheme(), "2026: employee wage 90000, 2027: retire short buy, 2028: employee", age=59, sex="male")
    assert told.loc[2027, ["missing_years", "purchase"]].tolist() == pytest.approx([5, 5 * 0.06 * 60_000])
    assert told.loc[2027, ["member_pays", "to_pool", "to_account"]].tolist() == pytest.approx([19_800, 23_400, 1800])
    assert told.loc[2028, "membership"] == "retired"
    assert (
        "5 years short of the minimum contribution period, pays a lump sum of CNY 18,000 into the employee pooled fund"
        in told.loc[2027, "told"]
    )
    assert (
        "CNY 1,800 is credited to the personal account, CNY 5,400 to the employee pooled fund" in told.loc[2027, "told"]
    )


def test_whoever_retires_short_joins_the_residents_or_has_no_cover():
    history = "before: employee, 2026: retire short, 2027: {}"
    joined, out = (
        story(scheme(), history.format(told), age=60, sex="male").loc[2027]
        for told in ("in claim 50000", "lapse claim 50000")
    )
    assert joined[["membership", "waiting", "months_of_cover"]].tolist() == ["transferred", 0, 12]
    assert joined["basic"] > 0
    assert out[["membership", "own_payment"]].tolist() == ["lapsed", 50_000]
    assert "coverage by the employee scheme ends" in story(scheme(), history.format("in"), age=60).loc[2026, "told"]


def test_a_leaver_who_joins_at_once_does_not_wait_and_keeps_the_years():
    told = story(scheme(), "before: never, 2025: in, 2026-2027: employee, 2028: leave, 2029: in claim 50000")
    assert told.loc[2029, ["membership", "waiting", "months_of_cover"]].tolist() == ["transferred", 0, 12]
    assert told.loc[2029, "continuous_years"] == 5
    assert told.loc[2029, "continuous_credit"] == load("baseline").values.participation.continuous_bonus.step
    assert "Years in the employee scheme count: 5 years of continuous enrolment." in told.loc[2029, "told"]
    assert "Leaves the employee scheme at the end of the year." in told.loc[2028, "told"]


def test_years_that_do_not_count_are_told():
    told = story(scheme(years_count=False), "2025-2026: in, 2027: employee, 2028: leave, 2029: in")
    assert told.loc[2029, "continuous_years"] == 1
    assert "Years in the employee scheme do not count towards continuous enrolment." in told.loc[2029, "told"]
    assert "Continuous enrolment of 2 years is broken." in told.loc[2027, "told"]
    assert "broken" not in story(scheme(), "2025-2026: in, 2027: employee").loc[2027, "told"]


@pytest.mark.parametrize("gap", [1, 2, 4])
def test_a_leaver_who_starts_a_gap_waits_as_the_rules_say(gap):
    back = 2028 + gap
    told = story(scheme(), f"2026: employee, 2027: leave, 2028-{back - 1}: lapse, {back}: in").loc[back]
    assert told[["membership", "waiting", "continuous_years"]].tolist() == ["returned", 3 + gap, 1]


def test_leaving_changes_nothing_for_the_years_after_it():
    left, silent = (
        story(scheme(), f"2026: employee, 2027: {told}, 2028: in, 2029: in no-claim") for told in ("leave", "employee")
    )
    assert left.loc[2028:].equals(silent.loc[2028:])


def test_nobody_retires_before_the_youngest_age_of_the_scenario():
    for age, sex in ((40, "female"), (50, "male")):
        (worker,) = rules_of(scheme(), Person(age, sex), parsed("2030: employee"), born=False).workers
        _, basis = build(scheme())
        rates = next(one for one in basis if one.year == 2030).retirement[0, 0, 0, int(sex == "male"), 0, 0]
        assert worker is not None
        assert worker.retires_from == np.flatnonzero(rates)[0] > age


def test_a_working_life_in_chinese_is_the_same_story():
    english = story(
        scheme(),
        "2026: employee wage 90000 claim 50000 month 3, 2027: leave, 2028: in, 2029: employee, 2030: retire short buy",
        age=60,
    )
    chinese = story(
        scheme(),
        "2026：职工 工资 90000 住院费 50000 月 3，2027：离职，2028：参保，2029：职工，2030：退休 年限不足 趸缴",
        age=60,
    )
    assert english.equals(chinese)


@pytest.mark.parametrize("count", [True, False])
def test_a_working_life_told_in_chinese_has_no_english_word(count):
    life = (
        "2026: in, 2027: employee wage 900, 2028: employee wage 9000000 claim 900, 2029: leave claim 9000000, 2030: in,"
        "2031: employee wage 90000, 2032: {}, 2033: {}"
    )
    for retires, after in (("retire", "employee claim 5000"), ("retire short", "in"), ("retire short buy", "employee")):
        changed = scheme(years_count=count, contributions__compliance=0.9)
        years = story_years(changed, life.format(retires, after), age=55)
        told = [text for one in years for text in (year_told(one, words("zh")), rule_applied(one, words("zh")))]
        for text in [*told, *(cell for row in table(years, words("zh")) for cell in row)]:
            assert not re.search(r"[A-Za-z{}|]", text), text


def test_the_command_shows_the_money_of_a_working_year():
    call = ["story", "baseline", "--history", "2026: employee wage 90000 claim 50000, 2027: leave, 2028: in"]
    shown = CliRunner().invoke(main, call)
    assert shown.exit_code == 0, shown.stderr
    heading = shown.stdout.splitlines()[0]
    for name in ("contribution base", "employer pays", "person pays", "to personal account", "to employee pooled fund"):
        assert name in heading
    assert "critical-illness pays" not in heading
    assert "Employee scheme: the contribution base is the full wage of the year before" in shown.stdout
    assert "Critical-illness insurance: a place with the national deductible" in shown.stdout
    document = json.loads(CliRunner().invoke(main, [*call, "--json"]).stdout)
    first, left, joined = document["years"]
    assert (first["membership"], first["wage"]) == ("employee", 90_000)
    assert first["employer_contribution"] + first["own_contribution"] == pytest.approx(
        first["to_account"] + first["to_pool"]
    )
    assert first["basic"] + first["own_payment"] == pytest.approx(50_000)
    assert (left["move"], joined["membership"]) == ("leaves", "transferred")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_story_of_work_alone_does_not_speak_of_critical_illness(lang):
    call = ["story", "baseline", "--lang", lang, "--age", "60", "--history"]
    for history in (
        "2026: employee wage 30000 claim 50000",
        "before: employee, 2026: retire short, 2027: lapse",
    ):
        shown = CliRunner().invoke(main, [*call, history])
        assert shown.exit_code == 0, shown.stderr
        assert "ritical" not in shown.stdout
        assert "大病" not in shown.stdout


def test_a_story_without_work_shows_no_column_of_it():
    shown = CliRunner().invoke(main, ["story", "baseline", "--history", "2026: in, 2027: lapse"])
    assert "pooled fund" not in shown.stdout
    assert "Employee scheme" not in shown.stdout
