"""Conditions and keys as a reader of a chart says them, in both languages."""

import pytest

from simsurance.answers.condition import condition_of
from simsurance.output.asked_words import asked_words
from simsurance.output.charts.keys import axis_words, value_words
from simsurance.output.labels import words_of
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load

KEY = "contributions.personal.income_share"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("baseline", [], ["horizon.last_year=2030", "employee.projected=false"])


@pytest.fixture(scope="module")
def run(scenario: Scenario) -> RunResult:
    return simulate([scenario])[0]


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        (
            "reserve_months >= 6 through 2029",
            "months of expenditure covered (reserve months) at least 6 months in every year to 2029",
            "可支付月数至2029年各年不低于6个月",
        ),
        ("depleted by 2029", "depleted by 2029", "至2029年累计结存耗尽"),
        ("not depleted through 2029", "not depleted by 2029", "至2029年累计结存未耗尽"),
        (
            "P(depleted by 2029) <= 0.3",
            "probability of depleted by 2029 at most 30 %",
            "“至2029年累计结存耗尽”的概率不高于30%",
        ),
        (
            "first_deficit_year >= 2028",
            "first year of annual deficit not before 2028",
            "首次当期收不抵支年份不早于2028年",
        ),
    ],
)
def test_a_condition_is_said_without_the_names_of_columns(
    run: RunResult, typed: str, english: str, chinese: str
) -> None:
    asked = condition_of(typed, "resident", run)
    assert asked_words(asked, run, words_of(run.scenario, "en")) == english
    assert asked_words(asked, run, words_of(run.scenario, "zh")) == chinese


def test_keys_have_their_names_along_an_axis_and_shares_are_told_in_per_cent(scenario: Scenario) -> None:
    english, chinese = (words_of(scenario, lang) for lang in ("en", "zh"))
    assert axis_words(scenario, KEY, english) == "personal contribution as a share of income"
    assert axis_words(scenario, "economy.real_income_growth", english) == "growth of real disposable income (a year)"
    assert axis_words(scenario, "economy.real_income_growth", chinese) == "人均可支配收入实际增长率（每年）"
    assert value_words(scenario, KEY, 0.0092214767, english) == "0.9221%"
    assert value_words(scenario, "claims.trend.residual_growth", -0.0117, chinese) == "−1.17%"
    assert value_words(scenario, "economy.disposable_income", 43377.0, english) == "43380"
