"""What a policy in one scheme does to both: the table, the folder, the command."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simsurance.analysis.scheme_effects import ADDITIVE, POLICIES, SchemeEffects, scheme_effects
from simsurance.axes import FUND
from simsurance.cli import main
from simsurance.output.charts import scheme_effects as chart
from simsurance.output.folder import read_manifest
from simsurance.output.labels import fund_label
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schedule import values_by_year

SHORT = ["horizon.last_year=2031"]


@pytest.fixture(scope="module")
def effects() -> SchemeEffects:
    return scheme_effects("baseline", settings=SHORT)


def test_every_policy_has_a_row_for_each_fund_and_for_all_of_them(effects: SchemeEffects) -> None:
    assert list(effects.effects.index) == [(policy, fund) for policy in POLICIES for fund in (*FUND.members, "all")]
    for policy in POLICIES:
        rows = effects.effects.loc[policy]
        for column in ADDITIVE[2:]:
            assert rows.loc["all", column] == pytest.approx(rows.loc[list(FUND.members), column].sum()), column


def test_the_effect_is_with_the_policy_less_without_it(effects: SchemeEffects) -> None:
    policy = "retirement_ages_until_2024"
    before, after = (each.accounts["employee_pool"] for each in (effects.base, effects.policies[policy]))
    row = effects.effects.loc[(policy, "employee_pool")]
    assert row["closing_last_year"] == after["closing"][-1] - before["closing"][-1]
    balance = row["income_present_value"] - row["outgo_present_value"]
    assert row["balance_present_value"] == pytest.approx(balance)
    rate = np.array([float(year.interest_rate[0]) for year in effects.base.basis])
    middle = np.cumprod(1 / (1 + rate)) * np.sqrt(1 + rate)
    assert row["income_present_value"] == pytest.approx(((after["income"] - before["income"]) * middle).sum())


def test_earlier_retirement_and_more_entries_move_money_and_members_as_they_must(effects: SchemeEffects) -> None:
    table = effects.effects
    assert table.loc[("retirement_ages_until_2024", "employee_pool"), "income_present_value"] < 0
    for policy in ("flexible_workers_join", "enrolment_without_hukou"):
        assert table.loc[(policy, "employee_pool"), "members_last_year"] > 0
        assert table.loc[(policy, "resident"), "members_last_year"] < 0
        assert table.loc[(policy, "resident"), "outgo_present_value"] < 0


def test_what_accounts_pay_for_relatives_is_income_of_one_fund_and_outgo_of_another() -> None:
    """Where nobody stays insured because of it, the resident fund gets the same money, from another hand."""
    nobody = [*SHORT, "behaviour.effects.family=false"]
    more = scheme_effects("baseline", ["family_accounts"], settings=nobody)
    table = more.effects.loc["family_accounts"]
    changed = more.policies["family_accounts"]
    paid = [each.accounts["personal_accounts"]["relatives_contributions"] for each in (more.base, changed)]
    assert (paid[1][1:] > paid[0][1:]).all()
    assert table.loc["resident", "balance_present_value"] == 0
    assert table.loc["personal_accounts", "outgo_present_value"] > 0
    assert table.loc["all", "balance_present_value"] == table.loc["personal_accounts", "balance_present_value"] < 0
    assert table.loc["all", "income_present_value"] < 0, "households pay less"
    received = changed.account["contributions_from_accounts"]
    np.testing.assert_allclose(received, paid[1])


def test_incidence_of_a_policy_is_a_person(effects: SchemeEffects) -> None:
    policy = "flexible_workers_join"
    before, after = effects.base.groups, effects.policies[policy].groups
    wanted = (after["employee_contributions"] - before["employee_contributions"]) / before["person_years"]
    pd.testing.assert_series_equal(effects.groups.loc[policy]["employee_contributions"], wanted, check_names=False)
    assert effects.cohorts.index.names == ["policy", "birth_year"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_chart_shows_the_numbers_of_the_table(effects: SchemeEffects, lang: str) -> None:
    drawn = chart.draw(effects, lang)  # type: ignore[arg-type]
    size = 1e9 if lang == "en" else 1e8
    shown = drawn.data.set_index(["policy", "fund"]).iloc[:, 0]
    of_funds = effects.effects["balance_present_value"].drop("all", level="fund")
    pd.testing.assert_series_equal(shown, of_funds / size, check_names=False)
    bars = [patch.get_width() for axes in drawn.figure.axes for patch in axes.patches]
    assert sorted(bars) == pytest.approx(sorted(shown))
    assert effects.titles("zh") != effects.titles("en")


def test_the_command_writes_a_folder_and_prints_every_fund(tmp_path: Path) -> None:
    arguments = ["schemes", "baseline", "--policy", "compliance_up", "--set", SHORT[0], "--out", str(tmp_path)]
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.stderr
    for fund in FUND.members:
        assert fund_label(fund, "en") in told.stdout
    assert str(tmp_path / "schemes-baseline") in told.stdout
    manifest = read_manifest(tmp_path / "schemes-baseline")
    assert manifest is not None
    assert {"effects.csv", "cohorts.csv", "groups.csv", "charts/scheme_effects.png"} <= set(manifest["outputs"])
    as_json = CliRunner().invoke(main, [*arguments, "--json", "--no-charts"])
    content = json.loads(as_json.stdout)
    assert [row["fund"] for row in content["effects"]] == [*FUND.members, "all"]


def test_flexible_workers_who_join_are_at_most_the_members_who_join() -> None:
    """The share of flexible workers that the fragment tells must not turn present members into flexible workers."""
    flexible = scheme_effects("baseline", ["flexible_workers_join"])
    results = [flexible.base, flexible.policies["flexible_workers_join"]]
    years = results[0].years
    shares = [values_by_year(each.scenario.values.employee.contributions.flexible_share, years) for each in results]
    active = [each.accounts["employee_pool"]["employee_active"] for each in results]
    before = np.array(years) >= 2029
    more_flexible = (shares[1][1:] * active[1][:-1] - shares[0][1:] * active[0][:-1])[before[1:]]
    more = (active[1] - active[0])[:-1][before[1:]]
    assert (more_flexible <= more).all()
    assert (more_flexible > 0.4 * more).all(), "most of them, but for those who enter in the first years"


def test_a_scenario_at_hand_is_taken_as_well_as_a_name(effects: SchemeEffects) -> None:
    at_hand = scheme_effects(load("baseline", settings=SHORT))
    pd.testing.assert_frame_equal(at_hand.effects, effects.effects)


def test_a_policy_acts_on_what_a_setting_has_set() -> None:
    given = [*SHORT, "employee.contributions.employer_rate_change=-0.02"]
    found = scheme_effects("baseline", ["employer_rate_down"], settings=given)
    effect = found.effects.loc[("employer_rate_down", "employee_pool"), "income_present_value"]
    assert effect < 0, "a point below what the setting says"
