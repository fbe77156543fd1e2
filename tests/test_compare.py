"""Scenarios side by side, from Python and from the command line."""

import csv
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.analysis import levers
from simsurance.cli import main
from simsurance.cli.compare import command as compare_command
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.output.compare_summary import comparison_summary
from simsurance.output.entry_notes import entry_notes
from simsurance.results import ENTRIES

pytestmark = pytest.mark.usefixtures("shared_ranges")
SHORT = ["horizon.last_year=2028"]


@pytest.fixture(scope="module")
def comparison():
    return ss.compare(*(ss.load(name, settings=SHORT) for name in ("baseline", "frozen_contribution", "high_cost")))


def compare(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def test_measures_stand_side_by_side_with_their_difference_from_the_base(comparison):
    table = comparison.measures
    assert list(table.loc["closing_last_year"].index) == ["baseline", "frozen_contribution", "high_cost"]
    for name, result in zip(comparison.names, comparison.results, strict=True):
        own = table.xs(name, level="scenario")
        np.testing.assert_array_equal(own["value"], result.measures["value"])
        np.testing.assert_array_equal(
            own["difference"], result.measures["value"] - comparison.results[0].measures["value"]
        )
        assert own["status"].tolist() == result.measures["status"].tolist()


def test_a_year_that_does_not_come_has_no_difference(comparison):
    row = comparison.measures.loc[("depletion_year", "high_cost")]
    assert np.isnan(row["difference"])
    assert row["status"] == "not_depleted_by_2028"


def test_the_fund_of_each_and_its_difference(comparison):
    base, frozen = comparison.results[0].fund, comparison.results[1].fund
    assert comparison.fund.loc["frozen_contribution"].equals(frozen)
    np.testing.assert_array_equal(
        comparison.fund_difference.loc["frozen_contribution"]["closing"], frozen["closing"] - base["closing"]
    )
    assert (comparison.fund_difference.loc["baseline"].fillna(0) == 0).all().all()


def test_only_the_keys_that_differ_are_named(comparison):
    keys = set(comparison.differences.index)
    assert "contributions.personal.rule" in keys
    assert "claims.trend.residual_growth" in keys
    assert not keys & {"title", "title_zh", "description", "description_zh", "horizon.last_year"}
    with_a_lever = ss.compare(*(ss.load("baseline", each, SHORT) for each in ([], ["central_procurement"])))
    assert "levers.procurement_inpatient.size" in with_a_lever.differences.index
    assert with_a_lever.differences.loc["levers.procurement_inpatient.size", "baseline"] == ""
    row = comparison.differences.loc["contributions.personal.rule"]
    assert row["baseline"] == row["high_cost"] != row["frozen_contribution"]


@pytest.mark.long
def test_a_comparison_says_whose_entries_to_the_employee_scheme_are_held(tmp_path):
    pair = ["baseline", "baseline+automatic_renewal"]
    arguments = [*pair, "--set", SHORT[0], "--no-charts", "--no-range", "--out", tmp_path]
    told, by_odds = compare(*arguments).stdout, compare(*arguments, "--entries", "odds").stdout
    assert "New entrants to the employee scheme are those of `baseline`" in told
    assert "Balances without behavioural response hold the same entrants" in told
    assert "employee.uninsured_odds_ratio" not in told
    assert "those of `baseline`" not in by_odds
    assert "employee.uninsured_odds_ratio" in by_odds
    pool = "employee pooled fund: closing balance, final year"
    rows = [next(line for line in each.splitlines() if line.startswith(pool)) for each in (told, by_odds)]
    assert rows[0] != rows[1]
    as_json = [json.loads(compare(*arguments, *more, "--json").stdout) for more in ([], ["--entries", "odds"])]
    assert [found["entries_held"] for found in as_json] == [{"baseline+automatic_renewal": so} for so in (True, False)]
    assert as_json[0]["entries_not_met"] == {"baseline+automatic_renewal": {}}


@pytest.mark.long
def test_the_folder_of_a_comparison_says_whose_entries_are_held_and_what_is_not_met(tmp_path):
    held, by_odds = (
        ss.compare(*(ss.load(name, settings=SHORT) for name in ("baseline", "frozen_contribution")), entries=entries)
        for entries in ("held", "odds")
    )
    held.save(tmp_path / "held", charts=False, ranges=False)
    by_odds.save(tmp_path / "odds", charts=False, ranges=False)
    runs = [json.loads((tmp_path / name / "manifest.json").read_text())["runs"] for name in ("held", "odds")]
    own = runs[0]["frozen_contribution"]
    assert own["entries_of"] == {"scenario": "baseline", "run_id": runs[0]["baseline"]["run_id"]}
    assert own["entries_not_met"] == {}
    assert not {"entries_of"} & {*runs[0]["baseline"], *runs[1]["frozen_contribution"]}
    told = [(tmp_path / name / "summary.md").read_text() for name in ("held", "odds")]
    assert ["those of `baseline`" in each for each in told] == [True, False]
    assert ["not an observed behaviour" in each for each in told] == [False, True]
    tables = [(tmp_path / name / "entries_not_met.csv").read_text().splitlines() for name in ("held", "odds")]
    assert [table[:2] for table in tables] == [
        ["year,frozen_contribution", "2026,0.0"],
        ["year,frozen_contribution", "2026,"],
    ]
    assert held.entries_not_met.equals(held.shown.entries_not_met)
    assert (held.shown.twin != by_odds.shown.twin).any().any(), "twins hold what their run holds"


@pytest.mark.long
def test_entries_are_not_held_where_the_base_lacks_years(tmp_path):
    longer = ss.compare(ss.load("baseline", settings=SHORT), ss.load("baseline", settings=["horizon.last_year=2029"]))
    assert longer.shown.held == {"baseline_2": False}
    told = comparison_summary(longer.shown, "en")
    assert "not an observed behaviour" in told
    three = ss.compare(*longer.results, ss.load("frozen_contribution", settings=SHORT))
    assert three.shown.held == {"baseline_2": False, "frozen_contribution": True}
    assert "Not held, for `baseline` does not have all of their years: baseline_2." in comparison_summary(
        three.shown, "en"
    )
    assert "`baseline`之内" in comparison_summary(three.shown, "zh")


@pytest.mark.parametrize("lang", languages())
def test_entries_not_met_are_said(comparison, lang):
    many = {"frozen_contribution": {2028: 2e6, 2029: 3e6}, "high_cost": {}}
    told = entry_notes(comparison.shown.results[0], comparison.shown.held, many, words(lang))
    assert len(told) == 2
    assert all(word in told[1] for word in ("frozen_contribution", "2028", "entries_not_met"))
    assert {"en": "5", "zh": "500"}[lang] in told[1]


def test_entries_are_held_or_by_the_odds_and_nothing_else():
    with pytest.raises(SimsuranceError, match="entries: 'both' is not known; held or odds"):
        ss.compare("baseline", "low_cost", entries="both")
    choices = next(each for each in compare_command.params if each.name == "entries").type.choices
    assert tuple(choices) == ENTRIES


def test_results_at_hand_with_other_entries_are_projected_anew(comparison):
    alone = ss.run(ss.load("frozen_contribution", settings=SHORT))
    again = ss.compare(comparison.results[0], alone)
    assert again.shown.held == {"frozen_contribution": True}
    assert again.fund.equals(comparison.fund.loc[["baseline", "frozen_contribution"]])
    by_odds = ss.compare(comparison.results[0], alone, comparison.results[1], entries="odds")
    assert by_odds.shown.results[1] is alone.shown
    assert by_odds.fund.loc["frozen_contribution"].equals(by_odds.fund.loc["frozen_contribution_2"])


def test_the_same_scenario_twice_differs_in_nothing_and_is_told_apart():
    twice = ss.compare(*(ss.load("baseline", settings=SHORT) for _ in range(2)))
    assert twice.names == ("baseline", "baseline_2")
    assert twice.differences.empty
    assert (twice.measures["difference"].dropna() == 0).all()


def test_results_at_hand_are_used_as_they_are(comparison):
    again = ss.compare(comparison.results[0], ss.load("high_cost", settings=SHORT))
    assert again.shown.results[0] is comparison.shown.results[0]
    assert again.names == ("baseline", "high_cost")


def test_years_that_only_one_has_are_left_out_of_the_difference():
    longer = ss.compare(ss.load("baseline", settings=SHORT), ss.load("baseline", settings=["horizon.last_year=2030"]))
    assert longer.fund_difference.loc["baseline_2"].index.get_level_values("year").max() == 2028
    assert longer.plot.fund_balance_difference() is not None


@pytest.mark.long
def test_the_command_writes_a_folder_and_prints_measures_and_keys(tmp_path):
    done = compare("baseline", "frozen_contribution", "--set", SHORT[0], "--out", tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    folder = tmp_path / "compare-baseline-frozen_contribution"
    assert "contributions.personal.rule" in done.stdout
    assert done.stdout.endswith(f"{folder.as_posix()}\n")
    with (folder / "compare.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["scenario"] for row in rows} == {"baseline", "frozen_contribution"}
    manifest = json.loads((folder / "manifest.json").read_text())
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == {*manifest["outputs"], "manifest.json"}
    assert {"compare_fund.csv", "summary.md", "charts/reserve_months.png", "charts/insured.svg"} <= written
    assert (
        compare("baseline", "frozen_contribution", "--set", SHORT[0], "--out", tmp_path, "--no-charts").exit_code == 0
    )
    assert not (folder / "charts").exists()


@pytest.mark.long
def test_a_scenario_may_carry_fragments_behind_plus_signs(tmp_path):
    done = compare("baseline", "baseline+prepaid_70", "--set", SHORT[0], "--out", tmp_path, "--no-charts", "--json")
    content = json.loads(done.stdout)
    assert content["scenarios"] == ["baseline", "baseline+prepaid_70"]
    assert [row["key"] for row in content["differences"]] == ["contributions.prepaid_share"]


@pytest.mark.long
def test_many_names_make_a_short_folder(tmp_path):
    names = [f"scenario_{letter * 20}" for letter in "abcdefgh"]
    for name in names:
        (tmp_path / f"{name}.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2026\n')
    files = [tmp_path / f"{name}.toml" for name in names]
    done = compare(*files, "--out", tmp_path / "out", "--no-charts", "--no-range")
    assert done.exit_code == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"compare-{names[0]}-and-7-others"]


def test_one_scenario_alone_is_a_usage_error_and_an_unknown_one_an_input_error(tmp_path):
    assert compare("baseline").exit_code == ExitCode.USAGE
    assert compare("baseline", "nothing_like_it", "--out", tmp_path).exit_code == ExitCode.INPUT
    assert list(tmp_path.iterdir()) == []


def test_measures_of_a_fund_that_only_one_scenario_projects_are_kept():
    alone = ss.load("baseline", settings=[*SHORT, "employee.projected=false"])
    both = ss.load("baseline", settings=SHORT)
    for pair in ((alone, both), (both, alone)):
        table = ss.compare(*pair).measures
        assert len(table.loc["employee_pool_closing_last_year"]) == 1
        assert len(table.loc["closing_last_year"]) == 2
        assert table["unit"].notna().all()


@pytest.mark.long
def test_a_difference_of_percentages_is_told_in_points_and_none_as_an_equals_sign(tmp_path):
    told = compare("baseline", "low_cost", "--set", SHORT[0], "--no-charts", "--out", tmp_path).stdout
    lines = {line.split("  ")[0]: line for line in told.splitlines()}
    assert re.search(r"% \([+−]\d+\.\d\d percentage points\)$", lines["cost rate, % of disposable income, final year"])
    coverage = lines["coverage rate outside the employee scheme, final year"]
    assert "% (=)" in coverage or " points)" in coverage
    same = compare("baseline", "baseline", "--set", SHORT[0], "--no-charts", "--out", tmp_path).stdout
    assert same.count("(=)") > 10
    assert not re.search(r"\([+−][^)1-9]*\)", told + same)


def test_the_columns_of_levers_name_their_fund_and_what_rests_on_a_residual_is_told(lever_effects, monkeypatch):
    monkeypatch.setattr(levers, "effects", lever_effects)
    shown = CliRunner().invoke(main, ["levers", "baseline", "--set", "horizon.last_year=2027"]).stdout
    funds, heads, *_, note = shown.splitlines()
    assert re.split(r"  +", funds) == ["", "resident fund", "employee pooled fund"]
    assert len(re.split(r"  +", heads)) == 12
    assert heads.index("depletion", funds.index("employee pooled fund")) == funds.index("employee pooled fund")
    assert ("those of `baseline`" in note, "fitted residual" in note) == (True, True)
    monkeypatch.setattr(levers, "shipped", lambda fragments: ("campaign", "case_payment"))  # a few will do
    by_odds = CliRunner().invoke(main, ["levers", "baseline", "--set", "horizon.last_year=2028", "--entries", "odds"])
    note = by_odds.stdout.splitlines()[-1]
    assert ("employee.uninsured_odds_ratio" in note, "not an observed behaviour" in note) == (True, True)
    alone = ["levers", "baseline", "--set", "horizon.last_year=2028", "--set", "employee.projected=false"]
    assert "uninsured_odds_ratio" not in CliRunner().invoke(main, alone).stdout


def test_effects_on_both_schemes_are_told_in_chinese_and_in_its_units(tmp_path):
    arguments = ["schemes", "baseline", "--policy", "flexible_workers_join", "--set", SHORT[0], "--no-charts"]
    english, chinese = (
        CliRunner().invoke(main, [*arguments, "--lang", lang, "--out", str(tmp_path)]).stdout for lang in ("en", "zh")
    )
    header, resident, *_ = chinese.splitlines()
    assert header.split()[:5] == ["政策选项", "基金", "收入", "支出", "收支差"]
    assert "2028年末参保人数" in header
    assert "合计" in chinese
    assert not re.search(r"\b(all|none|policy|change)\b", chinese)
    assert "拟合校准的余项" in chinese
    assert "a fitted residual" in english
    own = english.splitlines()[1].split("resident fund")[1].split()
    amount, members, *same = (
        float(text.removesuffix("万人").replace("−", "-").replace(",", ""))
        for text in (resident.split()[2], resident.split()[6], own[0], own[4])
    )
    assert [amount / 100, members / 100] == pytest.approx(same, abs=0.6)
    assert ("政策引起的变化，万元" in chinese, "policy, CNY million" in english) == (True, True)
    assert own[5] == "million"


@pytest.fixture(scope="module")
def reformed():
    return ss.compare(*(ss.load(name, settings=SHORT) for name in ("baseline", "no_2024_rules"))).shown


@pytest.mark.parametrize("lang", languages())
def test_the_summary_tells_changes_assumptions_and_judgement(reformed, lang):
    said, text = words(lang), comparison_summary(reformed, lang)
    assert "`participation.in_force = false`" in text
    assert said.label("compare.rests_on_judgement") in text
    coverage, months, outgo = (
        reformed.measures.loc[(name, "no_2024_rules"), "difference"]
        for name in ("coverage_last_year", "reserve_months_last_year", "outgo_pp_last_year")
    )
    printed = (said.quantity("points", coverage), said.number(months, 1), said.quantity("yuan", outgo, 0))
    brackets = {"en": " ({})", "zh": "（{}）"}[lang]
    for change in printed:
        assert brackets.format(said.signed(change)) in text
    assert said.label("compare.dated.depletion_year.label") in text
    scenario = reformed.results[0].scenario
    pool = f"| {said.label('axis.fund.employee_pool')}"
    mixed = ss.compare(scenario, scenario.replace({"employee.projected": False})).shown
    assert (pool in text, pool in comparison_summary(mixed, lang)) == (True, False)


@pytest.mark.parametrize("lang", languages())
def test_a_scenario_beside_itself_changes_nothing(reformed, lang):
    text = comparison_summary(ss.compare(reformed.results[0].scenario, reformed.results[0].scenario).shown, lang)
    assert text.count("=") > 10
    assert not re.search(r"[(（][+−][^)）1-9]*[)）]", text)
    assert words(lang).label("compare.same") in text
    assert words(lang).label("compare.rests_on_judgement") not in text


@pytest.mark.parametrize("lang", languages())
def test_a_balance_below_zero_is_told_as_a_deficit(lang):
    poor = ss.load("baseline", settings=["fund.opening=0", "horizon.last_year=2028"])
    compared = ss.compare(poor, poor).shown
    closing = float(compared.results[0].account["closing"][-1])
    assert closing < 0
    said = words(lang)
    deficit = said.say("compare.deficit", amount=said.quantity("money", -closing))
    text = comparison_summary(compared, lang)
    assert f"| {deficit} |" in text
    assert f"| −{said.quantity('money', -closing)}" not in text


@pytest.mark.parametrize("lang", languages())
def test_where_nothing_is_levied_the_comparison_says_so(lang):
    never = ss.load("baseline", settings=["employee.contributions.employer_rate=0", *SHORT])
    text = comparison_summary(ss.compare(never, never).shown, lang)
    assert f"| {words(lang).label('status.nothing_levied')} |" in text
    assert not re.search(r"\bnan\b|\binf\b|None", text)


def test_the_terminal_tells_the_measures_in_chinese(tmp_path):
    told = compare("baseline", "low_cost", "--set", SHORT[0], "--no-charts", "--out", tmp_path, "--lang", "zh").stdout
    table, _, keys = told.partition("\n\n")
    assert not re.search(r"[A-Za-z]", "".join(table.splitlines()[1:]))
    assert "取值不同的假设" in keys


def test_scenarios_that_are_the_same_have_the_same_twins():
    """The twins of the base hold the entries that those of the others hold."""
    base = ss.load("baseline", settings=SHORT)
    both = ss.compare(base, base.replace({"economy.gdp": {}}))
    first, second = (both.twin.xs(name, level="scenario") for name in both.names)
    for column in ("value", "zero_effect", "difference"):
        assert first[column].equals(second[column])
