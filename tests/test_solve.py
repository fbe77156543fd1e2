"""What a key has to be for a condition to hold: found again by plain runs, with its ends, on draws, and by year of action."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers.condition import Chance, Condition, condition_of
from simsurance.answers.delay import delay
from simsurance.answers.on_draws import OnDraws, nearest
from simsurance.answers.solve import STATIC, Answer, solve, unmoved
from simsurance.answers.vary import Vary, proportion_of, vary_of
from simsurance.basis import build_arrays
from simsurance.basis.entries import holding
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages
from simsurance.model.engines import COMPILED
from simsurance.model.projection import project
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty.sampling import Sample

SHARE, SUBSIDY = "contributions.personal.income_share", "contributions.subsidy.income_share"
RATIO = "benefits.inpatient.payment_ratio"
SHORT = {"horizon.last_year": 2040, "employee.projected": False}


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def central(base):
    return simulate([base])[0]


def asked_of(text, central):
    return condition_of(text, "resident", central)


@pytest.fixture(scope="module")
def found(base, central):
    return solve(
        vary_of(base, [SHARE, SUBSIDY]), condition_of("reserve_months >= 6 through 2040", "resident", central), central
    )


def test_a_plain_run_of_the_answer_meets_the_condition_and_one_beside_it_does_not(found):
    met = ss.run(found.vary.at(found.solution)).fund.xs("resident", level="fund")["reserve_months"]
    beside = ss.run(found.vary.at(found.solution - found.tolerance)).fund.xs("resident", level="fund")["reserve_months"]
    assert met.min() >= 6 > beside.min()
    assert found.answer.value_at(found.solution) == met.min()


@pytest.mark.long
def test_the_answer_takes_at_most_24_runs(base, central):
    for keys, asked in (
        ([SHARE], "reserve_months >= 6 through 2040"),
        ([SHARE, SUBSIDY], "depletion_year >= 2041"),
        ([f"{RATIO}=0.3:0.8"], "not depleted through 2038"),
    ):
        assert solve(vary_of(base, keys), condition_of(asked, "resident", central), central).runs <= 24


def test_static_holds_the_membership_to_the_bit_and_behaviour_moves_it(base, central):
    changed = base.replace({SHARE: 0.014})
    static, free = accounts_of([changed], unmoved(central))[0], accounts_of([changed])[0]
    for name in ("resident_insured", "resident_enrolled", "population"):
        np.testing.assert_array_equal(static.account[name], central.account[name])
    assert (free.account["resident_insured"][2:] < central.account["resident_insured"][2:]).all()
    same = accounts_of([base], unmoved(central))[0]
    np.testing.assert_array_equal(same.account["closing"], central.account["closing"])


def test_a_dearer_contribution_needs_more_with_behaviour_than_without(found):
    behaviour, static = found.answers
    assert static.response == STATIC
    assert behaviour.solution > static.solution > 1


def test_ends_are_told_apart_to_the_tolerance(found):
    for answer in found.answers:
        sizes, holds = np.array(answer.sizes), np.array(answer.holds)
        change = np.flatnonzero(holds[1:] != holds[:-1])
        assert len(change) == 1
        assert sizes[change[0] + 1] - sizes[change[0]] <= found.tolerance


def test_keys_move_in_their_proportion_from_their_year_on(base):
    vary = vary_of(base, [f"{SHARE}=0.9:1.5", SUBSIDY], (1, 3))
    changed = vary.at(1.2).values.contributions
    own = base.values.contributions
    years = [2026, 2027, 2040]
    np.testing.assert_allclose(
        values_by_year(changed.personal.income_share, years) / values_by_year(own.personal.income_share, years),
        [1, 1.2, 1.2],
    )
    np.testing.assert_allclose(
        values_by_year(changed.subsidy.income_share, years) / values_by_year(own.subsidy.income_share, years),
        [1, 1.6, 1.6],
    )
    added = vary_of(base, [f"{RATIO}=-0.1:0.1"], how="add", start=2030).at(0.05).values.benefits.inpatient.payment_ratio
    np.testing.assert_allclose(
        values_by_year(added, [2029, 2030])
        - values_by_year(base.values.benefits.inpatient.payment_ratio, [2029, 2030]),
        [0, 0.05],
    )


def test_the_size_of_an_option_is_a_key(base):
    key = "levers.procurement_inpatient.size"
    laid = base.with_fragment("central_procurement")
    vary = vary_of(laid, [f"{key}=-0.03:-0.01"])
    assert vary.own == laid.leaves[key]
    assert vary.at(-0.015).leaves[key] == -0.015
    usual = vary_of(laid, [key])
    assert (usual.low, usual.high) == (-0.03, -0.01)  # the option's own range, within half and twice its size


def answer_of(margins, own=0.0):
    sizes = tuple(float(place) for place in range(len(margins)))
    return Answer("behaviour", sizes, tuple(margins), tuple(margins), own)


def test_all_intervals_are_told_and_the_nearest_is_the_answer():
    answer = answer_of([-1.0, 1.0, 2.0, -1.0, -2.0, 1.0], own=4.0)
    assert [(each.low, each.high, each.to_bound) for each in answer.intervals] == [
        (1.0, 2.0, (False, False)),
        (5.0, 5.0, (False, True)),
    ]
    assert answer.solution == 5.0
    assert not answer.monotone
    assert answer_of([-2.0, -1.0, np.nan]).solution is None
    assert answer_of([-2.0, -1.0, np.nan]).best == 1.0
    assert answer_of([1.0, 2.0], own=0.0).solution == 0.0


def test_what_holds_already_is_its_own_answer(base, central):
    found = solve(
        vary_of(base, [SHARE]), condition_of("depletion_year >= 2030", "resident", central), central, (STATIC,)
    )
    assert found.holds_already
    assert found.solution == found.vary.own


def test_a_condition_on_a_date_agrees_with_the_date(base, central):
    runs = accounts_of([base.replace({RATIO: ratio}) for ratio in (0.55, 0.66, 0.7, 0.75)])
    for year in range(2028, 2042):
        for run in runs:
            (depleted,) = (each.value for each in run.measured if each.measure == "depletion_year")
            at_least, at_most = (Condition("resident", "depletion_year", sign, year) for sign in (">=", "<="))
            assert (at_least.margin(run) >= 0) == (math.isnan(depleted) or depleted >= year)
            assert (at_most.margin(run) >= 0) == (depleted <= year)


def test_in_through_and_by_ask_different_years(central):
    months = central.account["reserve_months"]
    asked = {
        when: condition_of(f"reserve_months >= 6 {when} 2035", "resident", central) for when in ("in", "through", "by")
    }
    until = months[: central.years.index(2035) + 1]
    assert [asked[when].of(central) for when in ("in", "through", "by")] == [until[-1], until.min(), until.max()]
    below = condition_of("reserve_months <= 6 through 2035", "resident", central)
    assert (below.of(central), below.margin(central)) == (until.max(), 6 - until.max())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "is no condition"),
        ("reserve_months > 6", "is no condition"),
        ("reserve_months >= 6", "is asked of a year"),
        ("reserve_month >= 6 in 2030", "did you mean reserve_months"),
        ("depletion_yeer >= 2030", "did you mean depletion_year"),
        ("reserve_months >= 6 in 2099", "2099 is not projected"),
        ("reserve_months_forward >= 6 in 2040", "no value in every year"),
        ("depletion_year >= 2020", "no year of the projection"),
        ("P(depleted by 2030) <= 3", "is no probability"),
        ("P(nonsense) <= 0.3", "is no condition"),
        ("employee_active >= 1 in 2030", "has no measure"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_told_in_one_line(central, asked, told):
    with pytest.raises(SimsuranceError, match=told) as refused:
        condition_of(asked, "resident", central)
    assert refused.value.exit_code == ExitCode.USAGE
    assert len(refused.value.lines) == 1


@pytest.mark.parametrize(
    ("keys", "options", "told"),
    [
        ([], {}, "is missing"),
        (["no.such.key"], {}, "has no such key"),
        (["contributions.personal.rule"], {}, "is no number"),
        (["horizon.last_year"], {}, "is no number"),
        ([f"{SHARE}=a:b"], {}, "is no range"),
        ([f"{SHARE}=0.02:0.01"], {}, "is no range"),
        ([f"{RATIO}=0.5:7"], {}, "is outside 0 to 1"),
        ([SHARE, SHARE], {}, "stands twice"),
        ([SHARE, f"{SUBSIDY}=0:1"], {}, "those of the first key"),
        ([SHARE, SUBSIDY], {"proportion": (0, 1)}, "the first not 0"),
        ([SHARE], {"start": 2099}, "is not projected"),
        ([SHARE], {"how": "add"}, "needs bounds"),
        (["fund.administration_share"], {}, "give bounds"),
    ],
)
def test_what_cannot_be_varied_is_told_in_one_line(base, keys, options, told):
    with pytest.raises(SimsuranceError, match=told):
        vary_of(base, keys, **options)
    with pytest.raises(SimsuranceError, match="is none"):
        proportion_of("1:x")


@pytest.mark.long
def test_waiting_costs_more_each_year_and_ends_where_nothing_suffices(base, central):
    asked = condition_of("reserve_months >= 6 through 2040", "resident", central)
    waited = delay(vary_of(base, [SHARE, SUBSIDY]), asked, (2027, 2030, 2036), central)
    first, second, third = (each.solution for each in waited.by_start)
    assert first < second
    assert third is None
    assert waited.last_possible == 2030
    assert waited.a_year == pytest.approx((second - first) / 3)
    assert waited.table.loc[2030, "value"] >= 6 > waited.table.loc[2036, "best_value"]


def test_a_plateau_is_told_with_the_least_change_that_reaches_it():
    """Nothing up to 3 suffices: 1.5 at best, from 2 on, and from -2 down; 2 is nearer to the scenario's own 1."""
    answer = Answer(
        "behaviour", (-3.0, -2.0, 1.0, 2.0, 3.0), (-0.5, -0.5, -1.0, -0.5, -0.5), (1.5, 1.5, 1.0, 1.5, 1.5), 1.0
    )
    assert answer.reaching == (-3.0, -2.0, 2.0, 3.0)
    assert (answer.best, answer.on_a_plateau) == (2.0, True)
    assert not answer_of([-2.0, -1.0]).on_a_plateau
    assert not answer_of([-1.0, 1.0, 1.0]).on_a_plateau


@pytest.mark.long
def test_a_condition_that_an_earlier_year_decides_has_a_plateau_whose_beginning_is_found(central, base):
    asked = condition_of("reserve_months >= 12 through 2030", "resident", central)
    found = solve(vary_of(base, [f"{SHARE}=0.008:0.02"], start=2030), asked, central)
    for answer in found.answers:
        assert answer.on_a_plateau
        assert answer.value_at(answer.best) == pytest.approx(central.account["reserve_months"][3])
        below = max(size for size in answer.sizes if size < answer.best)
        assert answer.best - below <= (0.02 - 0.008) / 64
        assert answer.value_at(below) < answer.value_at(answer.best)
    assert found.runs <= 24


@pytest.mark.long
def test_waiting_is_asked_of_probabilities_on_the_same_draws(base):
    short = base.replace({"horizon.last_year": 2032, "fund.opening": {2026: 5e10}})
    asked = "P(depleted by 2032) <= 0.5"
    found = ss.solve(short, [f"{SHARE}=1:3", SUBSIDY], asked, draws=8, how="multiply", delay=(0, 2))
    first, last = found.delay["size"]
    assert list(found.delay.index) == [2027, 2029]
    assert first == found.size < last
    assert (found.delay["value"] <= 0.5).all()
    assert found.delay["standard_error"].notna().any()


def linear(margins, value=0.9):
    vary = Vary(ss.load("baseline"), (SHARE,), (1.0,), "set", 2027, 0.0, 1.0)
    chance = Chance(Condition("resident", "reserve_months", ">=", 6.0, "in", 2030), ">=", value, "x")
    return OnDraws(None, vary, chance, Sample(len(margins[0]), 1, "plain"), (0.0, 1.0), np.array(margins))


def test_the_answer_on_draws_is_the_quantile_of_the_draws_thresholds():
    thresholds = (np.arange(160) + 0.5) / 160
    found = linear([-thresholds, 1 - thresholds])
    vary = replace(found.vary, low=0.0, high=1.0)
    assert nearest(vary, found.chance, found.sizes, found.margins) == pytest.approx(0.9, abs=2 / 400)
    assert list(found.shares) == [0.0, 1.0]
    assert found.solution == 1.0


@pytest.fixture(scope="module")
def drawn(base):
    short = base.replace({"horizon.last_year": 2034})
    return ss.solve(short, [f"{SHARE}=1:2", SUBSIDY], "P(depleted by 2034) <= 0.1", draws=16, how="multiply")


@pytest.mark.long
def test_on_draws_the_share_at_the_answer_was_run(drawn):
    shown = drawn.shown
    assert drawn.table.loc[drawn.size, "share"] <= 0.1
    draws = ss.stochastic(drawn.scenario, draws=16).draws["depletion_year"]
    assert drawn.table["share"].is_monotonic_decreasing
    assert shown.holds[-1]
    assert len(draws) == 16


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_command_writes_the_answer_and_a_scenario_that_meets_it(tmp_path, lang):
    arguments = ["solve", "baseline", "--set", "horizon.last_year=2040", "--vary", SHARE, "--vary", SUBSIDY]
    arguments += ["--for", "reserve_months >= 6 through 2040", "--delay", "0:1", "--lang", lang, "--json"]
    result = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["schema"] == "simsurance.solve/1"
    folder = tmp_path / "solve-baseline"
    assert {each.name for each in folder.iterdir()} >= {
        "solve.csv",
        "delay.csv",
        "solution.toml",
        "summary.md",
        "charts",
    }
    rerun = ss.run(folder / "solution.toml").fund.xs("resident", level="fund")["reserve_months"]
    assert rerun.min() >= 6
    assert [row["start"] for row in told["delay"]] == [2027, 2028]


@pytest.mark.long
def test_no_answer_is_told_with_the_best_that_is_permitted(tmp_path):
    arguments = ["solve", "baseline", "--set", "horizon.last_year=2040", "--vary", f"{SHARE}=0.009:0.0095"]
    result = CliRunner().invoke(
        main, [*arguments, "--for", "reserve_months >= 6 through 2040", "--no-charts", "--out", str(tmp_path)]
    )
    assert result.exit_code == 0
    assert "comes nearest" in result.output
    assert not (tmp_path / "solve-baseline" / "solution.toml").exists()


def test_a_membership_that_is_held_is_stepped_by_the_plain_engine_alone(central):
    built = holding(build_arrays(central.scenario), unmoved(central))
    with pytest.raises(ValueError, match="by the plain engine"):
        project(built.state, built.years, engine=COMPILED)


def test_a_key_that_moves_nothing_is_told(tmp_path):
    arguments = ["solve", "baseline", "--set", "horizon.last_year=2030", "--vary", "fund.opening", "--no-charts"]
    result = CliRunner().invoke(main, [*arguments, "--for", "depletion_year >= 2029", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "the same at every value tried" in result.output
    assert "the same at every value tried" in (tmp_path / "solve-baseline" / "summary.md").read_text(encoding="utf-8")
