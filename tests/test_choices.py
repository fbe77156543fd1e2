"""Choices of cover: by hand, selection, opting out, refusal and loading, and what cannot be."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.analysis.twins import twins
from simsurance.api import run as run_of
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.model.engines import COMPILED
from simsurance.output.charts import draw
from simsurance.output.saved import saved
from simsurance.output.summary import summary
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.uncertainty.futures import drawn as as_drawn
from simsurance.uncertainty.observed import observed
from simsurance.uncertainty.parameters import K, parameters_of

YEARS = {"horizon.last_year": 2028, "economy.interest_rate": 0.02}
ALL: dict[str, Any] = {
    **{"start": 2027, "ramp_years": 2, "take_up": 0.4, "need": [1.0, 1.0, 1.0], "income": [1.0, 1.0, 1.0, 1.0]},
    **{"contribution": 0.5, "subsidy": 0.25, "benefit": 0.3},
    **{"mark": "judgement", "source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"},
}
SICK = {"need": [0.0, 0.0, 1.0]}
OF_THE_SICK: dict[str, Any] = {"need": (0.0, 0.0, 1.0), "take_up": 1.0, "ramp_years": 1}
TERMS = ("contribution", "subsidy", "benefit")


def with_choice(**changes: Any) -> Scenario:
    return load("baseline").replace(YEARS | {"choices.one": ALL | changes})


@cache
def without() -> RunResult:
    return simulate([load("baseline").replace(YEARS)])[0]


@cache
def found(**changes: Any) -> RunResult:
    return simulate([with_choice(**{name: list(v) if isinstance(v, tuple) else v for name, v in changes.items()})])[0]


def test_a_cover_that_all_take_alike_by_hand() -> None:
    """A fifth in 2027, two fifths from 2028: half of the standard, a quarter of the subsidy, three tenths of own payment."""
    run, base = found(), without()
    share = np.array([0.0, 0.2, 0.4])
    flows, table = base.projection.totals, run.choices
    assert table is not None
    newborn = flows["newborn_enrolled"][:, 0]
    payers = flows["resident_enrolled"][:, 0] - newborn
    own = (
        flows["inpatient_claims"]
        + flows["outpatient_claims"]
        - flows["inpatient_benefits"]
        - flows["outpatient_benefits"]
    )
    standard, subsidy = base.account["personal_contribution_pp"], base.account["subsidy_pp"]
    assert table["persons"].to_numpy() == pytest.approx(share * payers)
    assert table["contributions"].to_numpy() == pytest.approx(0.5 * share * payers * standard)
    assert table["subsidies"].to_numpy() == pytest.approx(0.25 * share * payers * subsidy)
    assert table["benefits"].to_numpy() == pytest.approx(0.3 * share * own[:, 0])
    assert table["at_mean_need"].to_numpy() == pytest.approx(table["benefits"].to_numpy())  # nobody is selected
    for column in ("contributions", "subsidies", "benefits"):
        assert run.account[f"choice_{column}"] == pytest.approx(table[column].to_numpy())
    net = (table["contributions"] + table["subsidies"] - table["benefits"]).to_numpy()
    off = run.account["closing"] - base.account["closing"]
    assert off == pytest.approx([0, net[1] * 1.02**0.5, net[1] * 1.02**1.5 + net[2] * 1.02**0.5], rel=1e-6)
    assert run.account["resident_insured"] == pytest.approx(base.account["resident_insured"], rel=0, abs=0)


def test_the_sick_who_choose_cost_more_than_as_many_of_every_need() -> None:
    table = found(need=(0.5, 1.0, 2.0)).choices
    assert table is not None
    last = table.iloc[-1]
    assert last["benefits"] > 1.1 * last["at_mean_need"] > 0
    assert last["persons_high_need"] / last["persons"] > 0.09


def test_opting_out_takes_contribution_subsidy_and_all_benefits_along() -> None:
    """All of high need: their own two benefits and critical illness, whatever is paid for anybody else."""
    run = found(
        **{
            "need": (0.0, 0.0, 1.0),
            "take_up": 1.0,
            "ramp_years": 1,
            "contribution": -1.0,
            "subsidy": -1.0,
            "benefit": -1.0,
        }
    )
    base, table = without(), run.choices
    assert table is not None
    paid = sum(base.account[name] for name in ("inpatient_benefits", "outpatient_benefits", "critical_illness"))
    assert (table["benefits"].to_numpy()[1:] < 0).all()
    share = -table["benefits"].to_numpy()[1:] / paid[1:]
    of_persons = table["persons"].to_numpy()[1:] / base.account["resident_enrolled"][1:]
    assert (share > 5 * of_persons).all()  # the sick cost many times the mean
    assert (share < 1).all()
    assert table["persons"].to_numpy() == pytest.approx(table["persons_high_need"].to_numpy())
    assert (run.account["closing"][1:] > base.account["closing"][1:]).all()


def test_a_loading_is_income_alone() -> None:
    run = found(
        **{
            "need": (0.0, 0.0, 1.0),
            "take_up": 1.0,
            "ramp_years": 1,
            "contribution": 1.0,
            "subsidy": 0.0,
            "benefit": 0.0,
        }
    )
    assert run.account["choice_contributions"][0] == 0
    assert (run.account["choice_contributions"][1:] > 1e10).all()
    assert not run.account["choice_benefits"].any()
    assert run.account["outgo"] == pytest.approx(without().account["outgo"])


def test_the_compiled_engine_leaves_choices_to_the_plain_one_and_runs_stand_side_by_side() -> None:
    pytest.importorskip("numba")
    scenarios = [with_choice(), with_choice(need=[0.5, 1.0, 2.0]), load("baseline").replace(YEARS)]
    runs, others = accounts_of(scenarios), accounts_of(scenarios, engine=COMPILED)
    for own, other in zip(runs[:2], others, strict=False):
        assert all(np.array_equal(other.account[name], of, equal_nan=True) for name, of in own.account.items())
    for name, column in runs[0].account.items():
        assert np.array_equal(column, found().account[name], equal_nan=True), name
    assert not [name for name in runs[2].account if "choice" in name]
    assert without().choices is None
    assert not [name for name in (*without().fund, *without().flows) if "choice" in name]


def test_a_run_with_a_choice_is_told_written_and_read_again(tmp_path: Path) -> None:
    scenario = with_choice(**SICK, take_up=1.0, contribution=-1.0, subsidy=-1.0, benefit=-1.0)
    run_of(scenario).save(tmp_path / "run", charts=False)
    assert saved(tmp_path / "run").table("choices").loc[(2028, "one"), "persons"] > 5e7
    text = (tmp_path / "run" / "summary.md").read_text(encoding="utf-8")
    assert "100% of them of high need" in text
    changed, others = text.partition("Set otherwise than in the baseline:")[2].partition("\n## ")[::2]
    (line,) = [line for line in changed.splitlines() if "choices.one" in line]
    assert "need = [0.0, 0.0, 1.0]" in line
    assert "contribution = -1.0" in line
    assert "(expert judgement, Judgement of the authors" in line
    assert "choices.one = " not in others
    assert load(str(tmp_path / "run" / "scenario.toml")).values.choices == scenario.values.choices
    told = summary(twins(simulate([scenario])[0]), "zh")
    assert "无保障" in told
    assert "`choices.one = { start = 2027, " in told


def test_show_tells_source_mark_and_range_of_a_choice() -> None:
    command = ["show", "baseline", "--with", "voluntary_higher_cover", "choices"]
    rows = {
        row["key"].rpartition(".")[2]: row for row in json.loads(CliRunner().invoke(main, [*command, "--json"]).stdout)
    }
    assert [rows["take_up"][each] for each in ("source", "mark", "low", "high")] == [
        "S_JUDGEMENT",
        "judgement",
        0.05,
        0.2,
    ]
    assert [rows["use"][end] for end in ("low", "high")] == [0.0, 0.1]
    assert [rows["need"][each] for each in ("source", "mark", "low", "high")] == [
        "S_JUDGEMENT",
        "judgement",
        None,
        None,
    ]
    lines = CliRunner().invoke(main, command).stdout.splitlines()
    assert [line.split()[1:] for line in lines if ".take_up" in line] == [
        ["0.1", "share", "S_JUDGEMENT", "judgement", "0.05", "to", "0.2", "fragments/voluntary_higher_cover"]
    ]


def test_the_chart_tells_what_a_choice_costs_the_fund_at_constant_prices() -> None:
    (run,) = simulate([with_choice(need=[0.5, 1.0, 2.0])])
    assert run.choices is not None
    last = run.choices.xs("one", level="choice").iloc[-1] / run.account["price_level"][-1]
    net = last["benefits"] - last["contributions"] - last["subsidies"]
    assert net > 0
    chart = draw("choice_of_cover", run)
    assert f"costs the resident fund a net CNY {net / 1e9:.0f} billion" in chart.figure.heading[0]
    ends = chart.data[chart.data["year"] == run.years[-1]].set_index("series")["value"]
    assert ends["one_takes"] > ends["one_at_mean_need"] > 0
    assert ends["one_takes"] - ends["one_brings"] == pytest.approx(net / 1e9)


@pytest.mark.parametrize(("lang", "called"), [("en", "Voluntary higher cover (`"), ("zh", "自愿提高保障（`")])
def test_chart_and_summary_call_a_choice_by_its_title(lang: str, called: str) -> None:
    (run,) = simulate([load("baseline", ["voluntary_higher_cover"]).replace(YEARS)])
    heads = [text.get_text() for axes in draw("choice_of_cover", run, lang).figure.axes for text in axes.texts]
    assert called[:-2].rstrip().lower() in heads
    assert f"{called}higher_cover`" in summary(twins(run), lang)


def test_the_chart_needs_a_choice() -> None:
    with pytest.raises(SimsuranceError, match=r"needs a choice of cover; lay voluntary_higher_cover upon it"):
        draw("choice_of_cover", without())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"take_up": 1.2}, "1"),
        ({"take_up": 0.6, "need": [1.0, 1.0, 2.0]}, "0.6 is 1.2 of the class and group that choose most; at most 0.5"),
        ({"need": [1.0, 1.0]}, "has 2 numbers; give 3, for low, moderate, high"),
        ({"income": [1.0]}, "has 1 numbers; give 4, for assisted, low, middle, high"),
        ({"start": 2026}, "2026 is not after the valuation year 2026; start in 2027 or later"),
        ({"contribution": 0.0, "subsidy": 0.0, "benefit": 0.0}, "so nothing is chosen"),
        ({"benefit": 1.5}, "1"),
    ],
)
def test_what_contradicts_itself_is_one_line(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SimsuranceError) as error:
        with_choice(**changes)
    assert len(error.value.lines) == 1
    assert said in str(error.value)
    assert "choices.one" in str(error.value)


def test_choices_that_are_more_than_all_together_and_a_workbook_are_told() -> None:
    with pytest.raises(SimsuranceError, match=r"with the other choices 1.1 of one class and group; together at most 1"):
        with_choice(take_up=0.6).replace({"choices.two": ALL | {"take_up": 0.5}})


RANGES: dict[str, Any] = {"take_up_range": [0.2, 0.6], "use_range": [0.0, 0.1]}


def test_draws_vary_a_choice_that_has_a_range_and_without_one_nothing_else() -> None:
    """There is no number for a choice without a range; with one, its draws move with their own key, and money with them."""
    plain, ranged = with_choice(), with_choice(**RANGES)
    drawn = parameters_of(ranged)
    before, own = [each.path for each in parameters_of(plain).drawn], ["choices.one.take_up", "choices.one.use"]
    assert [each.path for each in parameters_of(load("baseline").replace(YEARS)).drawn] == before
    assert [each.path for each in drawn.drawn] == [*before, *own]
    numbers = np.zeros(len(drawn.drawn))
    numbers[-2:] = K, -K
    values = drawn.values(ranged, numbers, np.ones(len(numbers)))
    assert [values[path] for path in own] == pytest.approx([0.6, 0.0])
    assert drawn.values(load("baseline").replace(YEARS), numbers, np.ones(len(numbers))).keys() == set(before)
    at_most = parameters_of(with_choice(**RANGES, need=[1.0, 1.0, 2.0]))
    assert at_most.values(ranged, numbers, np.ones(len(numbers)))[own[0]] == pytest.approx(0.5)  # all of high need
    (low,), (high,) = (
        accounts_of([as_drawn(ranged, {own[0]: take_up, own[1]: 0.0})]) for take_up in (ALL["take_up"], values[own[0]])
    )
    assert low.accounts["resident"]["closing"] == pytest.approx(found().accounts["resident"]["closing"], rel=1e-12)
    of_choice = [run.accounts["resident"]["choice_contributions"][-1] for run in (low, high)]
    assert of_choice[1] / of_choice[0] == pytest.approx(1.5)


def test_draws_are_held_to_the_same_levels_with_a_choice() -> None:
    own, base = (observed(each) for each in (with_choice(), load("baseline").replace(YEARS)))
    assert own.levels == base.levels
    assert own.targets == pytest.approx(base.targets)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"take_up_range": [0.5, 0.6]}, "choices.one.take_up_range: is no range around 0.4"),
        ({"take_up_range": [0.4]}, "choices.one.take_up_range: is no range around 0.4"),
        ({"take_up_range": [0.0, 0.5]}, "choices.one.take_up_range: reaches 0 or 1"),
        ({"use_range": [0.1, 0.2]}, "choices.one.use_range: is no range around 0"),
    ],
)
def test_a_range_holds_its_value(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SimsuranceError) as refused:
        with_choice(**changes)
    assert words in str(refused.value)
