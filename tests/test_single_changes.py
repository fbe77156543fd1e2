"""The range of a depletion year: single changes, each a run of its own, told beside the year."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from shared_runs import compared, projected, ranged, shipped, twinned

import simsurance as ss
from simsurance import results as results_module
from simsurance.analysis.single_changes import (
    REFUSED,
    FundRange,
    Moved,
    Step,
    closing_real,
    listed,
    raised,
    single_changes,
)
from simsurance.cli import main
from simsurance.language import languages, words
from simsurance.language.names import table_name
from simsurance.output.card import card
from simsurance.output.certainty import JUDGED, RECALLED, baseline_marks, counted_marks, unsure
from simsurance.output.charts import draw
from simsurance.output.compare_summary import comparison_summary
from simsurance.output.planned import SINGLE_CHANGES
from simsurance.output.ranges import most_facts, range_words, told_ranges
from simsurance.output.summary import summary
from simsurance.output.tables import codebook
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.register import register
from simsurance.scenario_file.schedule import Ramp

SHORT = {"horizon.last_year": 2029}
MOST_BUILDS = 12
POLICY = ("participation.", "contributions.personal.", "contributions.subsidy.", "benefits.", "employee.benefits.")
BOTH = pytest.mark.parametrize("lang", languages())


def moved(name, change, side="low", year=None, status="ok", size=0.01):
    return Moved(name, side, size, year, status, change)


def by_hand(*years):
    """A fund depleted in 2040 whose changes are depleted in these years."""
    found = tuple(moved(f"input_{place}", 1.0, year=year) for place, year in enumerate(years))
    return FundRange("resident", 2040, 2040, 2060, found)


def test_every_change_is_of_a_known_key_that_is_no_policy():
    steps = [step for change in listed() for step in change]
    assert {step.path for step in steps} <= set(KEYS)
    assert not [step.path for step in steps if step.path.startswith(POLICY)]
    told = {step.input for step in steps}
    assert all(f"range.input.{name}" in words(lang).entries for name in told for lang in languages())


def test_standard_errors_are_those_of_the_register_and_the_range_of_inflation_holds_its_changes():
    for step in (step for change in listed() for step in change if step.how == "add"):
        entry = register()[step.path]
        if step.basis == "standard error":
            assert f"± {100 * abs(step.size):g} point" in entry.note, step.path
        else:
            settled = max(shipped("baseline").values.economy.inflation.ramp.items())[1] + step.size
            assert float(entry.low) <= settled <= float(entry.high)


def test_what_shares_a_run_reaches_other_funds_or_is_one_input():
    for change in listed():
        assert len({step.side for step in change}) == 1
        for fund in ("resident", "employee_pool"):
            assert len({step.input for step in change if step.reaches(fund)}) <= 1
        assert len({step.input for step in change}) == 1 or all(step.fund for step in change)


@pytest.mark.parametrize("scenario", ["baseline", "low_fertility"])
def test_at_most_twelve_builds_projected_several_at_once(monkeypatch, scenario):
    run = projected(scenario, **SHORT)
    counts = {"build_arrays": 0, "project": 0}

    def counting(name):
        true = getattr(results_module, name)

        def counted(*given, **named):
            counts[name] += 1
            return true(*given, **named)

        return counted

    for name in counts:
        monkeypatch.setattr(results_module, name, counting(name))
    single_changes(run)
    assert counts["build_arrays"] == len(listed()) - (scenario == "low_fertility")
    assert 0 < counts["project"] <= counts["build_arrays"] / 2
    assert counts["build_arrays"] < MOST_BUILDS


@pytest.mark.long
def test_the_range_holds_the_central_year_and_the_ends_are_years_of_single_runs():
    for found in ranged("baseline").funds.values():
        years = [found.depletion_year, *(each.depletion_year for each in found.moved)]
        earliest, latest = found.ends
        assert earliest in years
        assert latest in years
        assert all((earliest or 9999) <= (year or 9999) <= (latest or 9999) for year in years)


def test_a_change_is_what_a_run_of_its_own_gives_by_fund():
    """Local financing and the reported share stand in one run: each fund sees its own alone, to the bit."""
    base, table = projected(), ranged("baseline").table
    centre = {2026: -0.0005, 2050: 0.0}
    lower = {str(year): value - 0.0019 for year, value in centre.items()}
    alone = {
        ("resident", "local_financing_growth"): {"contributions.local_supplement_growth": {"ramp": lower}},
        ("employee_pool", "reported_share_growth"): {
            "employee.contributions.compliance_growth": {"ramp": {"2026": -0.0112 - 0.007, "2050": -0.007}}
        },
    }
    inflation = np.interp(base.years, [2025, 2030], [0.0, 0.02])
    prices = np.cumprod(1 + inflation)
    for (fund, name), changes in alone.items():
        own, row = projected(**changes), table.loc[(fund, name, "low")]
        place = base.years.index(int(row["year"]))
        difference = own.accounts[fund]["closing"][place] - base.accounts[fund]["closing"][place]
        assert row["change"] == pytest.approx(difference / prices[place], rel=1e-9)
        prefix = "" if fund == "resident" else f"{fund}_"
        assert row["depletion_year"] == own.measures.loc[f"{prefix}depletion_year", "value"]
        assert row["year"] == base.measures.loc[f"{prefix}depletion_year", "value"]


def test_constant_prices_are_those_of_the_runs_own_inflation():
    run = projected(**{"economy.inflation": 0.1, **SHORT})
    real = closing_real(run, "resident")
    np.testing.assert_allclose(run.account["closing"] / real, 1.1 ** np.arange(1, 5))


@pytest.mark.parametrize(
    ("years", "ends"),
    [
        ((2039, 2044), (2039, 2044)),
        ((2042, 2044), (2040, 2044)),
        ((2039, None), (2039, None)),
        ((2040, 2040), (2040, 2040)),
    ],
)
def test_the_ends_are_the_earliest_and_the_latest_and_never_is_the_latest(years, ends):
    assert by_hand(*years).ends == ends


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (by_hand(2039, 2044), "single changes: 2039 to 2044", "单项变动：2039—2044年"),
        (by_hand(2039, None), "single changes: 2039 to not depleted by 2060", "单项变动：2039年至2060年末仍未耗尽"),
        (by_hand(2040), "single changes: 2040", "单项变动：2040年"),
        (
            FundRange("resident", None, 2060, 2060, (moved("a", 1.0),)),
            "single changes: not depleted by 2060",
            "单项变动：2060年末仍未耗尽",
        ),
        (by_hand(), "", ""),
    ],
)
def test_an_end_may_be_a_status(found, english, chinese):
    assert [range_words(found, lang) for lang in ("en", "zh")] == [english, chinese]


def test_a_change_that_is_not_possible_is_no_end():
    none = moved("wild", np.nan, status=REFUSED)
    found = FundRange("resident", 2040, 2040, 2060, (moved("tame", -5.0, year=2039), none))
    assert found.ends == (2039, 2040)
    assert [sides[0].input for sides in found.most()] == ["tame"]


def test_inputs_are_ranked_by_the_larger_of_their_two_sides():
    found = FundRange(
        "resident",
        2040,
        2040,
        2060,
        (
            *(moved("a", 3e9), moved("a", -1e9, "high")),
            *(moved("b", 2e9), moved("b", -7e9, "high")),
            *(moved("c", 0.0), moved("c", 0.0, "high")),
            *(moved("d", 4e9, "other"), moved("e", -0.5e9, "other")),
        ),
    )
    assert [sides[0].input for sides in found.most()] == ["b", "d", "a"]
    assert [[side.change for side in sides] for sides in found.most(1)] == [[2e9, -7e9]]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (0.01, Ramp(ramp={1990: 0.01, 2025: 0.01, 2026: 0.03})),
        ({2019: 0.01, 2030: 0.05}, {2019: 0.01, 2026: 0.03, 2030: 0.07}),
        ({2030: 0.05}, {2030: 0.07}),
        (Ramp(ramp={2026: 0.01, 2050: 0.0}), Ramp(ramp={2026: 0.03, 2050: 0.02})),
        (Ramp(ramp={2020: 0.0, 2030: 0.1}), Ramp(ramp={2020: 0.0, 2025: 0.05, 2026: 0.08, 2030: 0.12})),
    ],
)
def test_a_schedule_is_raised_from_a_year_on_and_kept_before(schedule, expected):
    found = raised(schedule, 0.02, 2026)
    assert type(found) is type(expected)
    knots, wanted = (each.ramp if isinstance(each, Ramp) else each for each in (found, expected))
    assert knots == pytest.approx(wanted)


def test_changes_start_from_the_scenarios_own_values():
    """A path that names growth of every year is moved itself; the variant that a scenario has is no change."""
    named = ss.load("baseline", ["rising_cost_growth"]).replace({"horizon.last_year": 2030})
    table = single_changes(ss.run(named).shown).table["change"]
    low, high = (table["resident", "cost_growth", side] for side in ("low", "high"))
    assert low > 1e9
    assert high < -1e9
    fewer = ranged("low_fertility", **SHORT).table.loc["resident"]
    assert list(fewer.loc["fertility"].index) == ["high"]


def test_without_the_employee_scheme_its_inputs_are_left_out():
    found = ranged("baseline", **{"employee.projected": False, **SHORT})
    assert list(found.funds) == ["resident"]
    inputs = {each.input for each in found.funds["resident"].moved}
    assert "local_financing_growth" in inputs
    assert not {"wage_growth", "reported_share_growth"} & inputs


def test_where_all_years_are_published_nothing_is_unknown():
    past = ranged("baseline", **{"horizon.valuation_year": 2024, "horizon.last_year": 2025})
    assert all(not found.moved for found in past.funds.values())
    assert past.table.empty


def test_a_change_that_a_scenario_does_not_bear_is_told_as_such():
    wild = Step("high", "", "inflation", "economy.inflation", "add", "99", "range")
    found = single_changes(projected(**SHORT), [(wild,)])
    assert set(found.table["status"]) == {REFUSED}
    assert found.table["change"].isna().all()


def test_python_finds_the_range_when_asked_and_once():
    results = ss.Results(projected(**SHORT))
    assert "ranges" not in vars(results)
    assert results.ranges is results.ranges
    assert list(results.depletion_range.index) == ["resident", "employee_pool", "personal_accounts"]
    assert set(results.depletion_range["earliest_status"]) == {"not_depleted_by_2029"}
    assert results.single_changes.index.names == ["fund", "input", "side"]
    both = ss.compare(results, ss.Results(projected("frozen_contribution", **SHORT)))
    assert both.results[0] is results
    assert list(both.depletion_range.loc["baseline"].index) == list(results.depletion_range.index)


@pytest.mark.long
@BOTH
def test_card_summary_comparison_and_charts_tell_the_range_beside_the_year(lang):
    run, found = projected(), ranged("baseline")
    told = {fund: range_words(each, lang) for fund, each in found.funds.items()}
    in_card = card(run, lang, found)
    twins = twinned()
    text = summary(twins, lang, found)
    for fund in ("resident", "employee_pool"):
        assert told[fund] in in_card
        assert re.search(
            rf"\*\*{found.funds[fund].depletion_year}年?\*\*\S* ?\S*[(（]{re.escape(told[fund])}[)）;；]", text
        )
        for move in most_facts(found.funds[fund], 2026, words(lang))["moves"]:
            assert move in text
    assert words(lang).label("summary.single_changes") in text
    alone = compared("baseline")
    assert f"| {told['resident']} |" in comparison_summary(alone, lang, [found])
    for chart, place, fund in (
        ("reserve_months", 0, "resident"),
        ("cost_and_income_rate", 0, "resident"),
        ("cost_and_income_rate", 1, "employee_pool"),
    ):
        drawn = " ".join(each.get_text() for each in draw(chart, run, lang, found).figure.axes[place].texts)
        of_draws = told_ranges(run, found, fund, lang)[-1]
        assert of_draws != told[fund]
        assert re.sub(r"\s", "", of_draws) in re.sub(r"\s", "", drawn)
    label = words(lang).label("range.single_changes").partition("{")[0].strip()
    for without in (card(run, lang), summary(twins, lang), comparison_summary(alone, lang)):
        assert label not in without


def test_what_moves_a_fund_most_is_told_with_size_and_both_changes():
    found = ranged("baseline").funds["resident"]
    (first, *_) = most_facts(found, 2026, words("en"))["moves"]
    low, high = (words("en").quantity("money", each.change) for each in found.most()[0])
    assert first == f"excess cost growth 0.8 percentage points a year lower +{low}, higher {high}"
    assert len(most_facts(found, 2026, words("zh"))["moves"]) == 3


def invoke(*arguments):
    done = CliRunner().invoke(main, [*arguments, "--set", "horizon.last_year=2027", "--no-charts"])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize("command", [("run", "baseline"), ("compare", "baseline", "frozen_contribution")])
def test_no_range_leaves_it_out(tmp_path, command):
    for option, there in (((), True), (("--no-range",), False)):
        printed = invoke(*command, *option, "--out", str(tmp_path))
        (folder,) = tmp_path.iterdir()
        assert ("single changes:" in printed) == there
        assert ((folder / "single_changes.csv").exists()) == there
        assert ("ingle changes:" in (folder / "summary.md").read_text()) == there


@pytest.mark.long
def test_json_carries_the_range(tmp_path):
    (run,) = json.loads(invoke("run", "baseline", "--json", "--out", str(tmp_path)))["runs"]
    for fund in run["funds"]:
        told = fund["depletion_range"]
        assert (told["earliest"], told["latest"], told["status"]) == (None, None, "not_depleted_by_2027")
        assert told["label"] == "single changes"
    assert len({each["input"] for each in run["funds"][0]["depletion_range"]["moves_most"]}) == 3
    both = json.loads(invoke("compare", "baseline", "low_cost", "--json", "--out", str(tmp_path)))
    assert list(both["depletion_ranges"]) == ["baseline", "low_cost"]
    assert both["depletion_ranges"]["baseline"]["resident"] == run["funds"][0]["depletion_range"]


def test_the_table_of_changes_has_its_rows_in_the_codebook():
    known = [
        name for found, kind, name, *_ in codebook(ss.load("baseline")) if found == SINGLE_CHANGES and kind != "member"
    ]
    table = ranged("baseline").table
    assert known == [*table.index.names, *table.columns]


@BOTH
def test_an_estimate_whose_size_is_judgement_counts_as_one_and_recalled_inputs_are_listed(lang):
    scenario = shipped("baseline")
    marks = baseline_marks(scenario)
    sized = [path for path in marks if "size is judgement" in register()[path].note]
    assert len(sized) > 5
    assert {marks[path] for path in sized} == {"judgement"}
    assert {register()[path].mark for path in sized} != {"judgement"}
    counts = counted_marks(scenario)
    text = summary(twinned(**SHORT), lang)
    judged, recalled = unsure(scenario, JUDGED, lang), unsure(scenario, RECALLED, lang)
    for rows, chosen, number in ((judged, JUDGED, counts["judged"]), (recalled, RECALLED, counts["recalled"])):
        paths = [path for path, mark in marks.items() if mark in chosen]
        assert len(paths) == number
        listed = {row["key"]: row["names"] for row in rows}
        assert set(listed) == {path.partition(".")[0] for path in paths}
        for path in paths:
            section, _, name = path.partition(".")
            assert (table_name(path, lang) or f"`{name}`") in listed[section], path
        if lang == "en":
            assert sum(names.count("`") // 2 for names in listed.values()) == number
        assert all(names in text for names in listed.values())
    assert counts["estimated"] == counts["read"] + counts["recalled"] + counts["judged"]
