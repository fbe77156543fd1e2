"""A rule beside no rule and beside a fixed path: what is told, written and drawn, and that it adds up."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.adjusting import PARTIES, columns, columns_of, payers, turns
from simsurance.answers.adjustment import FIXED, NONE, RULE, adjustment, on_draws
from simsurance.axes import NATIONAL
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.output.adjustment_summary import adjustment_summary
from simsurance.output.charts.adjustment import draw, draw_paths
from simsurance.uncertainty.sampling import Sample

COLUMNS, PAYERS = columns(NATIONAL), payers(NATIONAL)
SHORT = {"horizon.last_year": 2034, "employee.projected": False}
EARLY = {
    "timely_adjustment.in_force": True,
    "timely_adjustment.months_below": 9.0,
    "timely_adjustment.payment_ratio.order": 1,
}


@pytest.fixture(scope="module")
def ruled():
    return ss.load("baseline").replace(SHORT | EARLY)


@pytest.fixture(scope="module")
def found(ruled):
    return adjustment(ruled)


def test_a_scenario_without_a_rule_is_refused_in_a_line():
    with pytest.raises(SimsuranceError, match="no timely adjustment is in force; --with timely_adjustment") as raised:
        adjustment(ss.load("baseline").replace(SHORT))
    assert raised.value.exit_code == ExitCode.USAGE


def test_the_fixed_path_ends_with_the_funds_of_the_rule_and_is_a_scenario_of_its_own(found, tmp_path):
    ends = {path: run.account["closing"][-1] for path, run in found.runs.items()}
    assert ends[NONE] < ends[RULE] <= ends[FIXED]
    small = found.fixed.scenario.replace(
        {f"levers.{name}.size": found.size - 1 / 2000 for name in ("fixed_path_contribution", "fixed_path_subsidy")}
    )
    assert ss.run(small).measures["value"]["closing_last_year"] < ends[RULE]
    ss.adjustment(found.scenario).save(tmp_path / "out", charts=False)
    again = ss.run(ss.load(tmp_path / "out" / "fixed_path.toml"))
    assert again.measures["value"]["closing_last_year"] == pytest.approx(ends[FIXED], rel=1e-12)


def test_what_payers_bear_is_the_part_of_the_factors(found):
    """Levied at factors F it is levied at 1 times F: F/(F − 1) of what is borne beyond is what was paid."""
    table, account = found.table, found.ruled.account
    assert tuple(table.columns) == COLUMNS
    later = table.index >= 2030
    own, budget = (table[f"{name}_factor"][later].to_numpy() for name in ("contribution", "subsidy"))
    np.testing.assert_allclose(table["budget"][later] * budget / (budget - 1), account["subsidies"][later], rtol=1e-12)
    members = table[columns_of("members", PAYERS)].sum(axis=1)[later]
    paid = account["personal_contributions"] + account["repair_payments"]
    np.testing.assert_allclose(members * own / (own - 1), paid[later], rtol=1e-12)
    assert (table[list(PAYERS)] >= 0).all(axis=None)
    assert (table["patients_low"][later] > 0).all()


def test_what_is_left_to_patients_is_what_the_scheduled_rules_would_have_paid(found, ruled):
    """Nobody answers to a contribution here: the benefits of the same persons without the rule, less those with it."""
    no_response = {"behaviour.effects.burden": False, "behaviour.effects.bonus": False}
    only = ruled.replace(
        no_response | {"timely_adjustment.contribution.order": 0, "timely_adjustment.subsidy.order": 0}
    )
    with_rule = ss.run(only)
    without = ss.run(only.replace({"timely_adjustment.in_force": False}))
    names = ["inpatient_benefits", "outpatient_benefits", "critical_illness"]
    paid = [each.fund.xs("resident", level="fund")[names].sum(axis=1) for each in (without, with_rule)]
    left = with_rule.adjustment[[name for name in COLUMNS if name.startswith("patients")]].sum(axis=1)
    cut = left > 0
    assert cut.sum() > 3
    np.testing.assert_allclose(left[cut], (paid[0] - paid[1])[cut], rtol=0.02)


def test_paths_and_measures_tell_the_same(found):
    measures = {each.measure: each.value for each in found.ruled.measured}
    rule = found.paths.loc[RULE]
    for party in PARTIES:
        assert rule[f"paid_from_{party}"] == measures[f"adjustment_paid_from_{party}"]
    assert measures["adjustment_steps"] == (found.table["acted"] > 0).sum()
    assert measures["adjustment_first_year"] == found.table.index[found.table["acted"] > 0][0]
    assert (found.paths.loc[NONE, [f"paid_from_{party}" for party in PARTIES]] == 0).all()


def test_turns_are_counted_over_years_in_which_nothing_is_done():
    acted = np.array([[0, 1, 1], [1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0], [1, -1, 1]])
    assert turns(acted).tolist() == [2, 3, 0]


@pytest.mark.long
def test_draws_tell_chances_and_frequencies(found):
    drawn = on_draws(found, Sample(8, 1))
    from dataclasses import replace

    whole = replace(found, draws=drawn)
    assert list(whole.chances.index) == [NONE, RULE, FIXED]
    assert whole.frequencies.loc["adjustment_steps", "any"] == np.mean(
        np.asarray(drawn[1].kept.measured["adjustment_steps"]) > 0
    )
    assert "adjustment_steps" not in drawn[0].kept.measured
    for lang in languages():
        assert "8" in adjustment_summary(whole, lang)


@pytest.mark.parametrize("lang", languages())
def test_charts_hold_what_is_drawn(found, lang):
    chart, paths = draw(found, lang), draw_paths(found, lang)
    assert {"contribution_factor", "budget", "patients"} <= set(chart.data["series"])
    assert set(paths.data["series"]) == {NONE, RULE, FIXED}
    measures, said = {each.measure: each.value for each in found.ruled.measured}, words(lang)
    title = chart.figure.heading[0]
    most = max(PARTIES, key=lambda party: measures[f"adjustment_paid_from_{party}"])
    assert said.label(f"payer.{most}") in title
    assert said.quantity("money", measures[f"adjustment_paid_from_{most}"]) in title
    for name in ("steps", "first_year"):
        assert f"{measures[f'adjustment_{name}']:.0f}" in title
    assert "2034" in paths.figure.heading[0]


@pytest.mark.parametrize("lang", languages())
def test_a_chart_of_a_rule_that_never_acts_says_so(ruled, lang):
    idle = adjustment(ruled.replace({"timely_adjustment.months_below": 0.0, "horizon.last_year": 2028}))
    told = draw(idle, lang).figure.heading[0]
    assert ("not triggered by 2028" if lang == "en" else "至2028年从未触发") in told
    assert ("neither" if lang == "en" else "亦未耗尽") in draw_paths(idle, lang).figure.heading[0]


@pytest.mark.long
def test_the_command_writes_a_folder_and_prints_json(tmp_path):
    given = [f"{path}={str(value).lower()}" for path, value in (SHORT | EARLY).items()]
    settings = [part for each in given for part in ("--set", each)]
    command = ["adjustment", "baseline", *settings, "--no-charts", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, [*command, "--json"], catch_exceptions=False)
    content = json.loads(told.stdout)
    assert content["schema"] == "simsurance.adjustment/1"
    assert len(content["adjustment"]) == 9
    assert [row["path"] for row in content["paths"]] == [NONE, RULE, FIXED]
    with (tmp_path / "adjustment-baseline" / "adjustment.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["year", *COLUMNS]
    plain = CliRunner().invoke(main, [*command, "--lang", "zh"], catch_exceptions=False)
    assert "固定路径" in plain.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_story_beside_a_rule_that_adjusts_says_that_it_tells_scheduled_values(lang):
    told = CliRunner().invoke(
        main, ["story", "baseline", "--with", "timely_adjustment", "--history", "2026: in", "--lang", lang]
    )
    assert told.exit_code == 0, told.stderr
    assert words(lang).say("scenario_note.scheduled") in told.stderr
