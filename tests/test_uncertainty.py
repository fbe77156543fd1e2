"""Draws: what they stand for, what they agree with, that they are the same whatever computes them, and what they say."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simsurance.basis import build_plain
from simsurance.basis.inputs import Inputs
from simsurance.basis.life_table import life_expectancy
from simsurance.cli import main
from simsurance.data.tables import published
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language.messages import told
from simsurance.output.pairs_words import HEAD, TOLD, pair_rows, pairs_summary
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import register, rows
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty import draws, jobs
from simsurance.uncertainty.chunks import COLUMNS, DONE, Arrays, Span
from simsurance.uncertainty.correlation import correlation_matrix, nearest
from simsurance.uncertainty.futures import Futures, drawn, futures_of, refuse_certain
from simsurance.uncertainty.jobs import over
from simsurance.uncertainty.observed import (
    OF_MEMBERS,
    OF_RESIDENTS,
    PUBLISHED,
    Reached,
    at_start,
    given,
    observed,
    with_levels,
)
from simsurance.uncertainty.paired import Pairs, measures_of
from simsurance.uncertainty.parameters import (
    HARD,
    HEADER,
    K_HARD,
    NOT_DRAWN,
    K,
    Parameter,
    parameters_of,
    value_at,
    with_values,
)
from simsurance.uncertainty.paths import AT, BOUNDS, LATENT, SERIES, between, paths_of, rotation
from simsurance.uncertainty.sampling import FEWEST, SCRAMBLINGS, Sample, sensible, uniforms
from simsurance.uncertainty.stochastic import Plan, Stochastic, kept_of, project, standard_error, stochastic

SHORT = {"horizon.last_year": 2027}
OFF = {f"uncertainty.{family}": False for family in ("parameters", "behaviour", "paths", "demography")}
DRAWS = 16


@cache
def baseline(last: int = 2027) -> Scenario:
    return load("baseline").replace({"horizon.last_year": last})


@cache
def futures(draws: int = 1024, last: int = 2060) -> Futures:
    return futures_of(
        baseline(last), Sample(draws, 1), tuple(level.target for level in observed(baseline(last)).levels)
    )


@cache
def some() -> tuple[Stochastic, Stochastic]:
    one, other = stochastic(
        [baseline(2030), load("frozen_contribution").replace({"horizon.last_year": 2030})], Sample(DRAWS, 1)
    )
    return one, other


# --- numbers -------------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_uniforms_everywhere() -> None:
    found = {
        name: hashlib.sha256(uniforms(name, 1, 0, 32, 5).tobytes()).hexdigest()[:12] for name in ("sobol", "plain")
    }
    assert found == {"sobol": SOBOL, "plain": PLAIN}


SOBOL, PLAIN = "d0be13989b06", "38d1016dbf1c"


@pytest.mark.parametrize("sampler", ["sobol", "lhs", "plain"])
def test_normal_numbers_have_mean_0_and_variance_1_and_scramblings_are_independent(sampler: str) -> None:
    sample = Sample(1024, 3, sampler)
    found = sample.normals(6, 0, 1024)
    assert np.abs(found.mean(axis=0)).max() < 0.1
    assert found.var(axis=0) == pytest.approx(1, abs=0.15)
    parts = np.split(found, SCRAMBLINGS)
    assert np.std([part.mean() for part in parts]) > 0
    assert (sample.normals(6, 100, 300) == found[100:300]).all()


@pytest.mark.parametrize(
    ("asked", "sampler", "made"),
    [(1, "sobol", FEWEST), (256, "sobol", 256), (300, "sobol", 512), (300, "plain", 304), (1000, "lhs", 1000)],
)
def test_a_number_of_draws_that_cannot_be_is_rounded_up(asked: int, sampler: str, made: int) -> None:
    assert sensible(asked, sampler) == made


def test_a_standard_error_is_that_of_the_mean_over_scramblings() -> None:
    values = np.repeat(np.arange(SCRAMBLINGS, dtype=float), 4)
    assert standard_error(values) == pytest.approx(np.arange(SCRAMBLINGS).std(ddof=1) / SCRAMBLINGS**0.5)


# --- inputs --------------------------------------------------------------------------------------------------------------


def test_every_input_with_a_range_is_drawn_or_it_is_said_why_not() -> None:
    table = {row["path"]: row for row in rows(load("baseline").tables["uncertainty.parameters_table"], HEADER)}
    ranged = {path for path, entry in register().items() if entry.low or entry.high}
    assert ranged <= set(table)
    assert {path for path, row in table.items() if row["family"] != NOT_DRAWN} <= ranged
    assert all(row["note"] for row in table.values() if row["family"] == NOT_DRAWN)
    grouped = [row["group"] for row in table.values() if row["group"]]
    assert {name for name in grouped if grouped.count(name) < 2} == set()


def at_ends(each: Parameter) -> tuple[float, float, float]:
    own = value_at(baseline().values, each.path)
    hard = each.lowest == float(register()[each.path].low) and each.highest == float(register()[each.path].high)
    k = K_HARD if hard else K
    found = [each.drawn(own, 2026, z) for z in (-k, 0.0, k)]
    low, middle, high = (float(values_by_year(value, [2026])[0]) for value in found)
    return low, middle, high


@pytest.mark.parametrize("each", parameters_of(baseline()).drawn, ids=lambda each: each.path)
def test_low_the_value_and_high_are_percentiles_of_what_is_drawn(each: Parameter) -> None:
    entry, own = register()[each.path], float(values_by_year(value_at(baseline().values, each.path), [2026])[0])
    low, middle, high = at_ends(each)
    assert middle == pytest.approx(own, rel=1e-12)
    assert low == pytest.approx(float(entry.low), rel=1e-9, abs=1e-12)
    assert high == pytest.approx(float(entry.high), rel=1e-9, abs=1e-12)


def test_ranges_of_what_single_places_have_are_never_left() -> None:
    table = rows(load("baseline").tables["uncertainty.parameters_table"], HEADER)
    hard = {row["path"] for row in table if row["bounds"] == HARD}
    assert hard
    for each in parameters_of(baseline()).drawn:
        found = [each.drawn(value_at(baseline().values, each.path), 2026, z) for z in (-9.0, 9.0)]
        low, high = (float(values_by_year(value, [2026])[0]) for value in found)
        key = KEYS[each.path]
        bounds = register()[each.path] if each.path in hard else None
        lowest, highest = (float(bounds.low), float(bounds.high)) if bounds else (key.lowest, key.highest)
        assert lowest is not None
        assert highest is not None
        assert lowest <= low <= high <= highest, each.path


def test_inputs_of_a_group_go_together_as_the_table_says() -> None:
    parameters = parameters_of(baseline())
    normal = np.random.default_rng(1).standard_normal((4096, len(parameters.drawn))) @ parameters.root.T
    ranks = normal.argsort(axis=0).argsort(axis=0)
    found = np.corrcoef(ranks.T)
    for one, first in enumerate(parameters.drawn):
        for other, second in enumerate(parameters.drawn[:one]):
            together = first.group and first.group == second.group
            wanted = parameters.correlations[first.group] * first.sign * second.sign if together else 0.0
            assert found[one, other] == pytest.approx(wanted, abs=0.08), (first.path, second.path)


def test_values_changed_without_a_check_are_those_that_a_checked_change_gives() -> None:
    changes = {"behaviour.return.burden": 0.3, "health.mortality_ratio.low": 0.5, "claims.inpatient.sigma.high": 1.2}
    assert with_values(baseline().values, changes) == baseline().replace(changes).values


# --- paths ---------------------------------------------------------------------------------------------------------------


def test_places_of_a_path_are_turned_without_loss_and_the_first_carries_most_of_its_sum() -> None:
    turned = rotation(36)
    assert turned.T @ turned == pytest.approx(np.eye(36), abs=1e-12)
    response = np.tril(0.3 ** np.maximum(np.subtract.outer(np.arange(36), np.arange(36)), 0)).cumsum(axis=0)
    share = ((response @ turned) ** 2).sum(axis=0)
    assert share[0] / share.sum() > 0.8


def test_paths_deviate_as_their_table_says() -> None:
    """Moments of 1,024 draws against closed forms: spread of the first year, of the long-run mean, and correlations."""
    found = futures()
    paths, at, numbers = found.paths, found.places, found.numbers(0, 1024)
    values = [paths.values(found.scenario, row[at["shift"]], row[at["path"]]) for row in numbers]
    years = np.array(paths.years)
    own = found.scenario.values

    def path(key: str) -> np.ndarray:
        return np.array([values_by_year(each[key], years) for each in values])

    growth = np.log1p(path("economy.real_income_growth")) - np.log1p(
        values_by_year(own.economy.real_income_growth, years)
    )
    process = paths.processes["real_income_growth"]
    assert growth[:, 0].std() == pytest.approx((process.sd**2 + process.shift_sd**2) ** 0.5, rel=0.08)
    mean = growth.mean(axis=1)
    yearly = process.sd / (1 - process.phi) / len(years) ** 0.5
    assert mean.std() == pytest.approx((process.shift_sd**2 + yearly**2) ** 0.5, rel=0.1)
    assert np.median(growth) == pytest.approx(0, abs=5e-4)
    cost = [path(f"{of}.residual_growth") for of in ("claims.trend", "employee.care")]
    assert np.corrcoef(cost[0][:, 0], cost[1][:, 0])[0, 1] == pytest.approx(0.75, abs=0.08)
    assert path("economy.interest_rate").min() >= 0
    assert path("economy.inflation").min() >= paths.processes["inflation"].floor
    supplement = 1.0572 * np.cumprod(1 + path("contributions.local_supplement_growth"), axis=1)
    assert supplement.min() >= 1 - 1e-12


@pytest.mark.parametrize("year", [2030, 2045, 2060])
def test_fertility_and_life_expectancy_lie_between_their_bounds_as_often_as_these_say(year: int) -> None:
    found = futures()
    paths, at, numbers = found.paths, found.places, found.numbers(0, 256)
    values = [paths.values(found.scenario, row[at["shift"]], row[at["path"]]) for row in numbers]
    place = year - paths.bounds_from
    born = np.array([values_by_year(each["population.fertility_level"], [year])[0] for each in values])
    bounds = paths.bounds["total_fertility"][place] / paths.bounds["total_fertility"][place, BOUNDS.index("median")]
    assert ((born > bounds[1]) & (born < bounds[3])).mean() == pytest.approx(0.8, abs=0.08)
    inside = []
    for each in values[:64]:
        scenario = drawn(found.scenario, {"population.mortality_advance": each["population.mortality_advance"]})
        alive = life_expectancy(Inputs(scenario, scenario.values).death_rates([year]) / 0.90784)[0, :, 0]
        inside.append(
            [
                low < one < high
                for (low, high), one in zip(paths.bounds["life_expectancy"][:, place][:, [1, 3]], alive, strict=True)
            ]
        )
    assert np.mean(inside) == pytest.approx(0.8, abs=0.12)


def test_a_value_between_bounds_is_on_straight_lines_through_them() -> None:
    bounds = np.array([[1.0, 2.0, 4.0, 7.0, 9.0]])
    for place, z in enumerate(AT):
        assert between(bounds, np.array([z])) == pytest.approx(bounds[0, place])
    assert between(bounds, np.array([3.0]))[0] > 9
    assert between(bounds, np.array([-3.0]))[0] < 1


def test_pairs_that_are_no_correlations_are_refused_with_the_nearest() -> None:
    pairs = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(SimsuranceError, match="no correlations that series can have together; the nearest"):
        correlation_matrix(["a", "b", "c"], pairs, "x.csv")
    near = nearest(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    assert np.linalg.eigvalsh(near)[0] > 0
    assert np.diag(near) == pytest.approx(1)
    of_higham = nearest(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    assert of_higham[[0, 0, 1], [1, 2, 2]] == pytest.approx([0.7607, 0.1573, 0.7607], abs=5e-5)


# --- what was observed -----------------------------------------------------------------------------------------------------


def test_income_outgo_and_insured_of_the_reference_year_are_the_published_ones_in_every_draw() -> None:
    calm = load("baseline").replace({"uncertainty.settlement_noise": 0, "horizon.last_year": 2027})
    fit = observed(calm)
    found = futures_of(calm, Sample(DRAWS, 2), tuple(level.target for level in fit.levels))
    chosen = draws.in_order(found, fit, 0, DRAWS)
    runs = accounts_of([at_start(each.of(calm), fit.year) for each in chosen])
    for run in runs:
        for name, series in PUBLISHED.items():
            fund, side = name.split(".")
            account = run.accounts[fund]
            total = account[side][0] + (account["interest"][0] if side == "income" else 0.0)
            assert total == pytest.approx(published(series)[fit.year], rel=1e-9), name
    opened = [simulate([each.of(calm)])[0].projection.stocks.resident_insured[0].sum() for each in chosen[:4]]
    assert opened == pytest.approx([published("resident_insured")[fit.year]] * 4, rel=1e-9)
    assert len({run.account["inpatient_benefits"][0] for run in runs}) == DRAWS


def test_settlement_noise_moves_the_reference_year_by_as_much_as_it_says() -> None:
    noisy = load("baseline").replace(
        {**OFF, "uncertainty.parameters": True, "uncertainty.settlement_noise": 0.02} | SHORT
    )
    fit = observed(noisy)
    spread = dict(zip((level.target for level in fit.levels), fit.spread, strict=True))
    assert spread["resident.outgo"] == 0.02
    assert spread["hospital_ratio"] == 0
    assert spread["critical_illness"] == pytest.approx(0.078, abs=1e-3)


def test_with_nothing_drawn_every_draw_is_the_central_run() -> None:
    off = baseline().replace(OFF)
    (found,) = stochastic([off], Sample(DRAWS, 1))
    table = found.percentiles
    spread = (table["p97.5"] - table["p2.5"]).abs() / table["central"].abs().replace(0, 1)
    assert spread.max() < 1e-9
    amounts = table.loc["resident"].loc[["income", "outgo", "closing"]]
    assert amounts["p50"].to_numpy() == pytest.approx(amounts["central"].to_numpy(), rel=1e-3)


def own_table(folder: Path, *changed: dict[str, str]) -> str:
    """A table of inputs of one's own."""
    file = folder / "parameters.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, HEADER, lineterminator="\n")
        writer.writeheader()
        for row in changed:
            writer.writerow(dict.fromkeys(HEADER, "") | row)
    return str(file)


@pytest.mark.long
def test_one_normal_input_of_a_linear_measure_gives_its_closed_form(tmp_path: Path) -> None:
    """The opening fund is what is drawn: its percentiles are those of a two-piece normal number."""
    row = {
        "path": "fund.opening",
        "family": "parameters",
        "scale": "additive",
        "low": "8e11",
        "high": "9.5e11",
        "note": "own",
    }
    changes = OFF | {"uncertainty.parameters": True, "uncertainty.parameters_table": own_table(tmp_path, row)} | SHORT
    scenario = load("baseline").replace(changes | {"uncertainty.settlement_noise": 0, "fund.opening": 874.211e9})
    (found,) = stochastic([scenario], Sample(128, 1))
    real = found.percentiles.loc[("resident", "opening", 2026)]
    assert real["p50"] == pytest.approx(874.211e9, rel=1e-3)
    assert real["p10"] == pytest.approx(8e11, rel=5e-3)
    assert real["p90"] == pytest.approx(9.5e11, rel=5e-3)


def test_a_family_that_is_switched_off_leaves_the_draws_of_the_others_as_they_are() -> None:
    whole, without = futures(64, 2030), None
    quiet = baseline(2030).replace({"uncertainty.paths": False, "uncertainty.demography": False})
    without = futures_of(quiet, Sample(64, 1), whole.targets)
    for one, other in zip(whole.numbers(0, 8), without.numbers(0, 8), strict=True):
        first, second = whole.values(one), without.values(other)
        assert set(first) - set(second) == set(first) & {*map(str, first)} - set(second)
        assert {path: first[path] for path in second} == second


@pytest.mark.long
@pytest.mark.parametrize(
    "path", [path for path in KEYS if path.startswith("uncertainty.") and KEYS[path].kind != "table"]
)
def test_every_key_of_what_is_drawn_moves_draws(path: str) -> None:
    start = baseline()
    own = value_at(start.values, path)
    other = start.replace(
        {
            path: (not own)
            if isinstance(own, bool)
            else own + 0.5 * (own or 1)
            if path != "uncertainty.settlement_noise"
            else 0.05
        }
    )
    fits = [observed(each) for each in (start, other)]
    found = []
    for each, fit in zip((start, other), fits, strict=True):
        future = futures_of(each, Sample(DRAWS, 1), tuple(level.target for level in fit.levels))
        block = draws.in_order(future, fit, 0, 2)
        found.append([accounts_of([one.of(each)])[0].account["closing"][-1] for one in block])
    assert np.abs(np.array(found[0]) / found[1] - 1).max() > 1e-6


# --- the same whatever computes them -----------------------------------------------------------------------------------------


def same(one: list, other: list) -> None:
    for first, second in zip(one, other, strict=True):
        for fund, columns in first.yearly.items():
            for name, values in columns.items():
                assert np.array_equal(values, second.yearly[fund][name], equal_nan=True), (fund, name)
        for name, values in first.measured.items():
            assert np.array_equal(values, second.measured[name], equal_nan=True), name


@pytest.mark.long
def test_processes_blocks_and_what_was_on_disk_give_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan((baseline(),), Sample(DRAWS, 1))
    whole = project(plan)
    same(whole, project(plan, over(2), tmp_path / "parts", size=8))
    monkeypatch.setattr(Plan, "chunk", None)
    same(whole, project(plan, over(1), tmp_path / "parts"))


def test_a_draw_is_the_same_alone_and_beside_others() -> None:
    plan = Plan((baseline(),), Sample(DRAWS, 1))
    together, alone = plan.chunk(4, 12), Plan(plan.scenarios, plan.sample, beside=1).chunk(5, 8)
    for name, values in alone.items():
        assert np.array_equal(values, together[name][1:4], equal_nan=True), name


def test_a_draw_that_would_be_paid_more_than_the_cost_is_brought_nearer() -> None:
    """The ratio that was solved and what the retired are paid beyond it are more than 1 in one of these."""
    found = kept_of(Plan((baseline(),), Sample(64, 1)).chunk(56, 64), 0)
    assert found.nearer[:, 1].min() < 1
    assert np.isfinite(found.measured["closing_last_year"]).all()


@pytest.mark.long
def test_a_draw_is_given_up_early_only_where_it_would_be_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kept_of(Plan((baseline(),), Sample(64, 1)).chunk(0, 32), 0)
    assert (found.nearer[:, 1] < 1).any()
    monkeypatch.setattr("simsurance.uncertainty.observed.SURELY", np.inf)
    same([found], [kept_of(Plan((baseline(),), Sample(64, 1)).chunk(0, 32), 0)])


def test_levels_are_solved_without_a_bonus_that_nobody_has_earned() -> None:
    levels, built = OF_RESIDENTS + OF_MEMBERS, build_plain(at_start(baseline(), 2025))
    reached = Reached.by([baseline()], [built], levels)
    moves = np.full((1, len(levels)), 0.02)
    assert reached.year.rules_in_force.max() == 0 < built.years[0].rules_in_force.max()
    year = with_levels(built.years[0], levels, moves, reached.progress)
    whole = given(reached.lives, reached.state, year)
    assert np.exp(reached(moves)[0]) == pytest.approx([float(whole[level.target][0]) for level in levels], rel=1e-14)
    later = build_plain(at_start(baseline(), 2027))
    assert Reached.by([baseline()], [later], levels).year.rules_in_force.max() > 0


def test_scenarios_side_by_side_are_each_as_after_the_first_alone() -> None:
    one, other = baseline(), load("frozen_contribution").replace(SHORT)
    pair, first = Plan((one, other), Sample(DRAWS, 1)).chunk(0, 4), Plan((one,), Sample(DRAWS, 1)).chunk(0, 4)
    same([kept_of(first, 0)], [kept_of(pair, 0)])
    assert not np.array_equal(pair["0/yearly/resident/closing"], pair["1/yearly/resident/closing"])


@pytest.mark.long
@pytest.mark.parametrize("file", [COLUMNS, DONE])
def test_a_damaged_part_is_computed_again(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan((baseline(),), Sample(DRAWS, 1))
    whole, chunk, made = project(plan), Plan.chunk, list[tuple[int, int]]()
    project(plan, None, tmp_path, size=8)
    content = bytearray((tmp_path / file).read_bytes())
    content[-9 if file == DONE else 8 * 10] ^= 1
    (tmp_path / file).write_bytes(content)
    monkeypatch.setattr(Plan, "chunk", lambda plan, *span: made.append(span) or chunk(plan, *span))
    same(whole, project(plan, None, tmp_path, size=8))
    assert made == [(8, 16) if file == DONE else (0, 8)]


# --- what they say -----------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_tables_are_what_the_draws_are() -> None:
    found = some()[0]
    months = found.kept.yearly["resident"]["reserve_months"]
    table = found.percentiles.loc["resident"].loc["reserve_months"]
    assert table["p50"].to_numpy() == pytest.approx(np.median(months, axis=0))
    assert table["central"].to_numpy() == pytest.approx(found.central.account["reserve_months"])
    chances = found.probabilities.loc["resident"]
    depleted = found.kept.measured["depletion_year"]
    assert chances["depleted"].to_numpy() == pytest.approx([(depleted <= year).mean() for year in found.years])
    assert chances["depleted"].is_monotonic_increasing
    assert chances["below_target"].to_numpy() == pytest.approx((months < 6).mean(axis=0))
    assert found.dated.groupby(level=["fund", "event"])["share"].sum().to_numpy() == pytest.approx(1)
    assert len(found.draws) == DRAWS


@pytest.mark.long
def test_constant_prices_are_those_of_each_draw() -> None:
    own = some()[0].kept.yearly["resident"]
    assert own["closing_constant_prices"] == pytest.approx(own["closing"] / own["price_level"])
    assert own["price_level"][:, -1].std() > 0


def test_pairs_see_the_same_draws_and_chances_make_1() -> None:
    one, other = some()
    assert (one.kept.yearly["resident"]["price_level"] == other.kept.yearly["resident"]["price_level"]).all()
    table = Pairs(some()).differences
    told = table[table["better_is"] != "none"].dropna(subset=["better"])
    assert (told["better"] + told["same"] + told["worse"]).to_numpy() == pytest.approx(1)
    months = table.loc[(other.scenario.name, "resident", "reserve_months_last_year")]
    assert months["worse"] == 1
    assert {name for _, fund, name in table.index if fund == "resident"} == set(measures_of(one, "resident"))
    assert not [column for column in table if "mean" in column]


def test_not_depleted_ranks_after_every_year_and_both_not_depleted_is_a_tie() -> None:
    from simsurance.uncertainty.paired import _row

    base, other = np.array([2030.0, np.nan, np.nan, 2040.0] * 4), np.array([np.nan, np.nan, 2050.0, 2040.0] * 4)
    _, better, _, tie, worse, *_ = _row(base, other, "depletion_year", "higher", whole=True)
    assert (better, tie, worse) == (0.25, 0.5, 0.25)


@pytest.mark.long
def test_the_command_writes_tables_and_tells_of_rounding(tmp_path: Path) -> None:
    call = ["stochastic", "baseline", "--draws", "10", "--jobs", "1", "--no-charts", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, [*call, "--set", "horizon.last_year=2027"])
    assert done.exit_code == 0, done.output
    assert "16 draws, not 10" in done.stderr
    assert "80 % of draws" in done.stdout
    folder = tmp_path / "stochastic-baseline"
    assert {file.name for file in folder.iterdir()} >= {
        "percentiles.csv",
        "probabilities.csv",
        "draws.csv",
        "manifest.json",
    }
    assert [each.name for each in tmp_path.iterdir()] == ["stochastic-baseline"]
    assert len(pd.read_csv(folder / "draws.csv")) == 16


FAULTY = {
    "no_such_key": (
        {"path": "claims.nothing", "family": "parameters", "scale": "log", "low": "1", "high": "2"},
        "there is no key",
    ),
    "no_such_family": (
        {"path": "claims.inpatient.mean_cost", "family": "guess", "scale": "log"},
        "'guess' is not known",
    ),
    "family_of_many_characters": (
        {"path": "claims.inpatient.mean_cost", "family": "x" * 5000, "scale": "log"},
        f"'{'x' * 37}...' is not known",
    ),
    "number_of_many_characters": (
        {"path": "claims.inpatient.mean_cost", "family": "parameters", "scale": "log", "low": "x" * 5000, "high": "8"},
        f"{'x' * 37}... is no number",
    ),
    "no_such_scale": (
        {"path": "claims.inpatient.mean_cost", "family": "parameters", "scale": "beta"},
        "'beta' is not known",
    ),
    "inverted": (
        {"path": "claims.inpatient.mean_cost", "family": "parameters", "scale": "log", "low": "11000", "high": "8000"},
        "low 11000 is above high 8000; low, value and high in rising order",
    ),
    "beyond_the_value": (
        {"path": "claims.inpatient.mean_cost", "family": "parameters", "scale": "log", "low": "8000", "high": "9000"},
        "the range from 8000 to 9000 does not hold the value 9500",
    ),
    "no_number": (
        {"path": "claims.inpatient.mean_cost", "family": "parameters", "scale": "log", "low": "few", "high": "8"},
        "few is no number",
    ),
    "no_logarithm": (
        {"path": "claims.end_of_life.share", "family": "parameters", "scale": "log", "low": "0", "high": "1"},
        "takes no range from 0",
    ),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_table_of_inputs_is_told_in_one_line(case: str, tmp_path: Path) -> None:
    row, words = FAULTY[case]
    file = own_table(tmp_path, row)
    call = [
        "stochastic",
        "baseline",
        "--draws",
        "16",
        "--out",
        str(tmp_path),
        "--set",
        f'uncertainty.parameters_table="{file}"',
    ]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 3
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "stochastic-baseline").exists()


def test_scenarios_over_other_years_are_no_pair() -> None:
    with pytest.raises(SimsuranceError, match="the same horizon"):
        stochastic([baseline(2027), baseline(2028)], Sample(DRAWS, 1))


def test_series_that_lack_a_number_are_told(tmp_path: Path) -> None:
    text = load("baseline").tables["uncertainty.paths_table"].read_text(encoding="utf-8")
    file = tmp_path / "paths.csv"
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("inflation,phi")) + "\n")
    with pytest.raises(SimsuranceError, match="inflation: phi missing"):
        paths_of(baseline().replace({"uncertainty.paths_table": str(file)}))
    assert set(paths_of(baseline()).processes) == set(SERIES)
    assert set(paths_of(baseline()).persistence) == set(LATENT)


WRONG = {
    "phi of 1": (
        "paths",
        "inflation,phi,0.6,",
        "inflation,phi,1,",
        "inflation:phi: 1 cannot be; a number from 0 to 0.999",
    ),
    "spread below 0": (
        "paths",
        "real_income_growth,shift_sd,0.006,",
        "real_income_growth,shift_sd,-0.006,",
        "real_income_growth:shift_sd: -0.006 cannot be; a number of 0 or more",
    ),
    "correlation above 1": (
        "correlations",
        "real_income_growth,inflation,-0.20,",
        "real_income_growth,inflation,1.2,",
        "real_income_growth:inflation: 1.2 cannot be; a number from -1 to 1",
    ),
    "a pair twice": (
        "correlations",
        "real_income_growth,interest_rate,",
        "inflation,real_income_growth,",
        "inflation:real_income_growth: stands twice; one row a pair of series",
    ),
    "bounds inverted": (
        "life_expectancy",
        "2026,female,",
        "2026,female,99",
        "lower95 lies above lower80 in 2026; bounds in rising order",
    ),
    "no matrix": (
        "groups",
        "age_odds,0.5,",
        "age_odds,-0.9,",
        "csv:age_odds: these are no correlations that inputs can have together; the nearest ones differ by at most",
    ),
    "low above high": (
        "paths",
        "resident_excess_cost,phi,0.3,0,0.6,",
        "resident_excess_cost,phi,0.3,0.6,0,",
        "resident_excess_cost:phi: low 0.6 is above high 0; low, value and high in rising order",
    ),
    "outside its range": (
        "paths",
        "inflation,sd_innovation,0.011,",
        "inflation,sd_innovation,9,",
        "inflation:sd_innovation: the range from 0.008 to 0.017 does not hold the value 9; low, value and high",
    ),
    "half a range": (
        "paths",
        "inflation,sd_innovation,0.011,0.008,0.017",
        "inflation,sd_innovation,0.011,0.008,",
        "inflation:sd_innovation: nothing is not a number; a decimal number",
    ),
    "correlation outside its range": (
        "correlations",
        "real_income_growth,inflation,-0.20,-0.50,0.20",
        "real_income_growth,inflation,-0.20,0.50,-0.20",
        "real_income_growth:inflation: low 0.5 is above high -0.2; low, value and high in rising order",
    ),
    "no such parameter": (
        "paths",
        "inflation,floor,",
        "inflation,ceiling,",
        "inflation: ceiling is not known; one of phi, sd_innovation, shift_sd, floor",
    ),
    "a spread of a series of demography": (
        "paths",
        "net_migration,phi,",
        "net_migration,shift_sd,",
        "net_migration: shift_sd is not known; one of phi",
    ),
    "no such mark of a path": (
        "paths",
        "T_WBCPI,judgement,rounded",
        "T_WBCPI,guess,rounded",
        "inflation:phi: guess is no mark of certainty; one of verified, ",
    ),
    "a life below 0": (
        "life_expectancy",
        "2026,female,",
        "2026,female,-",
        "lower95 is -79.881 in 2026; years above 0",
    ),
    "lives that end before the years drawn": (
        "life_expectancy",
        "2024,female,79.632",
        "2024,female,-5",
        "lower95 is -5 in 2024; years above 0",
    ),
    "lives that stay": (
        "life_expectancy",
        "2027,male,74.199,75.079,76.617",
        "2027,male,74.199,75.079,76.377",
        "the median does not rise after 2026; medians that rise from year to year",
    ),
    "a group twice": ("groups", "need_cost,0.5,", "need,0.4,", "need: stands twice; one row a group"),
    "a group of nothing": (
        "groups",
        "strategic,0.3",
        "unused,0.1,judgement,own\nstrategic,0.3",
        "unused: no input is of this group; groups of parameters.csv",
    ),
    "a group without a row": (
        "groups",
        "need,0.5,judgement,one scale of need\n",
        "",
        "no row for 'need', the group of claims.inpatient.use_odds_ratio.moderate in parameters.csv; one row a group",
    ),
    "no mark of a group": (
        "groups",
        "need,0.5,judgement",
        "need,0.5,",
        "need: nothing is no mark of certainty; one of ",
    ),
    "no such sign": (
        "parameters",
        "behaviour.leave.campaign,behaviour,additive,,,,campaign,-",
        "behaviour.leave.campaign,behaviour,additive,,,,campaign,minus",
        "behaviour.leave.campaign:sign: 'minus' is not known; one of +, -",
    ),
    "inputs without a row": (
        "parameters",
        "claims.inpatient.cost_ratio.high,parameters,log,,,,need_cost,+,,\n",
        "",
        "no row for claims.inpatient.cost_ratio.high (1 in all); a row for each input with a range, of the family none",
    ),
    "a key twice, once not drawn": (
        "parameters",
        "population.mortality_factor,none",
        "population.mortality_level,none",
        "population.mortality_level: stands twice; one row a key",
    ),
    "a key twice": (
        "parameters",
        "population.assisted_share,",
        "health.persistence,",
        "health.persistence: stands twice; one row a key",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_no_distribution_can_be_is_one_line(case: str, tmp_path: Path) -> None:
    name, before, after, words = WRONG[case]
    key = f"uncertainty.{name}_table"
    text = load("baseline").tables[key].read_text(encoding="utf-8")
    assert text.count(before) == 1
    file = tmp_path / f"{name}.csv"
    file.write_text(text.replace(before, after), encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(f'extends = "baseline"\n[uncertainty]\n{name}_table = "{file.name}"\n', encoding="utf-8")
    for call in (["validate"], ["stochastic", "--draws", "16", "--out", str(tmp_path)]):
        done = CliRunner().invoke(main, [*call, str(own)])
        assert done.exit_code == 3, done.output
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith(f"{own}:{key}: {file}:")
        assert words in line
    assert told(line, "zh") != line


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["stochastic", "baseline", "--task", "5"], "--task goes with --scheduler"),
        (["sensitivity", "baseline", "--by", "2028"], "--by goes with --draws or --draws-from"),
        (["sensitivity", "baseline", "--seed", "1"], "--seed goes with --morris, --draws or --sobol"),
        (["sensitivity", "baseline", "--seed", "1", "--draws-from", "out"], "--seed goes with --morris, --draws or"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(call: list[str], words: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [*call, "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sampler", "asked", "words"),
    [
        ("sobol", 17, "32 draws, not 17: eight scramblings of equal size, of a Sobol sequence a power of two"),
        ("plain", 17, "24 draws, not 17: eight parts of equal size, of two draws or more"),
        ("lhs", 5, "16 draws, not 5: eight parts of equal size, of two draws or more"),
    ],
)
def test_rounding_is_told_by_what_draws(
    sampler: str, asked: int, words: str, tmp_path: Path, interrupt: list[int]
) -> None:
    done = drawn_until(interrupt, 0, tmp_path, "--sampler", sampler, "--draws", str(asked))
    assert done.stderr.splitlines()[0] == words


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ctrl-C once so many chunks are done as the list says."""
    after: list[int] = []

    def stop(work: Any, spans: Sequence[Span]) -> Iterator[tuple[Span, Arrays]]:
        for place, (first, last) in enumerate(spans):
            if place == after[0]:
                raise KeyboardInterrupt
            yield (first, last), {"one": np.zeros(last - first)}

    monkeypatch.setattr(jobs, "over", lambda processes: stop)
    return after


def drawn_until(interrupt: list[int], chunks: int, folder: Path, *options: str) -> Result:
    interrupt[:] = [chunks]
    call = ["stochastic", "baseline", "--set", "horizon.last_year=2027", "--no-charts", "--out", str(folder), *options]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == ExitCode.INTERRUPTED
    return done


def test_who_interrupts_draws_is_told_that_they_go_on_where_some_are_done(tmp_path: Path, interrupt: list[int]) -> None:
    """Runs of another seed beside are told of, unless none of them was finished."""
    seeds = [["--draws", "64", "--seed", str(seed)] for seed in (1, 2, 3)]
    nothing = drawn_until(interrupt, 0, tmp_path, *seeds[0])
    assert nothing.stderr.splitlines() == ["interrupted"]
    assert not list(tmp_path.iterdir())
    some = drawn_until(interrupt, 1, tmp_path, *seeds[1])
    assert some.stderr.splitlines() == ["interrupted; the command again goes on from what is done"]
    *beside, last = drawn_until(interrupt, 1, tmp_path, *seeds[2], "--lang", "zh").stderr.splitlines()
    assert len(beside) == 1
    assert last == "已中断；重新执行命令即可从已完成处继续"


def test_draws_of_nothing_are_refused_as_sensitivity_does(tmp_path: Path) -> None:
    off = [f"{path}=false" for path in OFF] + ["horizon.last_year=2027"]
    given = [word for each in off for word in ("--set", each)] + ["--out", str(tmp_path), "--no-charts"]
    for command in ("stochastic", "sensitivity"):
        done = CliRunner().invoke(main, [command, "baseline", *given])
        assert done.exit_code == ExitCode.INPUT
        assert done.stderr.splitlines()[-1] == (
            "baseline: every family in [uncertainty] is switched off; switch one on"
        )
    for family in OFF:
        refuse_certain(load("baseline").replace(OFF | {family: True}))


def test_two_tables_of_ones_own_are_not_both_to_blame(tmp_path: Path) -> None:
    """Groups are read with the inputs: what is wrong with them is told once, at their own key."""
    tables = load("baseline").tables
    for name, before, after in (("parameters", "", ""), ("groups", "incentives,0.5,", "incentives,-0.9,")):
        text = tables[f"uncertainty.{name}_table"].read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(text.replace(before, after) if before else text, encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "baseline"\n[uncertainty]\nparameters_table = "parameters.csv"\ngroups_table = "groups.csv"\n',
        encoding="utf-8",
    )
    (line,) = CliRunner().invoke(main, ["validate", str(own)]).stderr.strip().splitlines()
    assert line.startswith(f"{own}:uncertainty.groups_table: {tmp_path / 'groups.csv'}:incentives: ")


def test_a_floor_above_the_path_itself_is_told_in_one_line(tmp_path: Path) -> None:
    text = load("baseline").tables["uncertainty.paths_table"].read_text(encoding="utf-8")
    assert "inflation,floor,-0.03," in text
    (tmp_path / "paths.csv").write_text(
        text.replace("inflation,floor,-0.03,", "inflation,floor,0.05,"), encoding="utf-8"
    )
    own = tmp_path / "own.toml"
    own.write_text('extends = "baseline"\n[uncertainty]\npaths_table = "paths.csv"\n', encoding="utf-8")
    (line,) = CliRunner().invoke(main, ["validate", str(own)]).stderr.strip().splitlines()
    assert ":inflation:floor: 0.05 is above economy.inflation in every year, at most 0.0" in line
    assert line.endswith("so that nothing lower is drawn; a floor below it")


def test_the_shipped_tables_laid_beside_a_scenario_are_in_order(tmp_path: Path) -> None:
    names = ("parameters", "groups", "paths", "correlations", "life_expectancy", "net_migration")
    lines = []
    for name in names:
        table = load("baseline").tables[f"uncertainty.{name}_table"]
        (tmp_path / f"{name}.csv").write_bytes(table.read_bytes())
        lines.append(f'{name}_table = "{name}.csv"')
    own = tmp_path / "own.toml"
    own.write_text("\n".join(['extends = "baseline"', "[uncertainty]", *lines, ""]), encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", str(own)])
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("name", ["net_migration", "life_expectancy"])
@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (2024, 2026, "no bounds after 2026; rows to 2029, or an earlier horizon.last_year"),
        (2027, 2100, "no bounds before 2027; rows from 2026 on, or uncertainty.demography = false"),
    ],
)
def test_bounds_of_too_few_years_are_told(name: str, first: int, last: int, words: str, tmp_path: Path) -> None:
    key = f"uncertainty.{name}_table"
    changed = {key: cut(load("baseline").tables[key], first, last, tmp_path)}
    with pytest.raises(SimsuranceError, match=f"{name}.csv: {words}$"):
        paths_of(baseline(2028).replace(changed))


def test_bounds_of_the_years_drawn_are_enough(tmp_path: Path) -> None:
    """Median, lower and upper bounds as in the longer tables; beyond the last year the slope of the years that there are."""
    keys = [f"uncertainty.{name}_table" for name in ("net_migration", "life_expectancy")]
    changed = {key: cut(load("baseline").tables[key], 2026, 2029, tmp_path) for key in keys}
    long, short = paths_of(baseline(2028)), paths_of(baseline(2028).replace(changed))
    place = np.array(long.years) - long.bounds_from
    for of_place in (np.full(len(place), -1.0), np.zeros(len(place)), np.full(len(place), 0.1)):
        assert np.isfinite(short._ahead(place, of_place)).all()
    assert short._ahead(place, np.zeros(len(place))) == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(short.bounds["net_migration"], long.bounds["net_migration"][: len(place)])


def cut(table: Path, first: int, last: int, folder: Path) -> str:
    """The rows of some years of a table, as one of one's own."""
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    file = folder / table.name
    file.write_text("\n".join([head, *(row for row in rows if first <= int(row[:4]) <= last), ""]), encoding="utf-8")
    return str(file)


def test_pairs_are_told_in_both_languages_as_their_table_has_them() -> None:
    pairs = Pairs(some())
    for lang in ("en", "zh"):
        head, *told = pair_rows(pairs, lang)
        assert len(told) == 2 * len(TOLD)
        assert {len(row) for row in (head, *told)} == {len(HEAD)}
        assert all(" | ".join(row) in pairs_summary(pairs, lang) for row in told)
    months = pairs.differences.loc[(pairs.names[1], "resident", "reserve_months_last_year")]
    row = next(row for row in pair_rows(pairs, "en") if row[1:3] == ("resident fund", "months covered, final year"))
    assert row[5] == "100 %"
    assert row[6] == f"−{abs(months['p50']):.1f}"


def test_what_no_digit_shown_tells_apart_is_the_same() -> None:
    one, other = some()
    table = Pairs((one, one)).differences
    assert (table["same"].dropna() == 1).all()
    table = Pairs((one, other)).differences
    assert table.loc[(other.scenario.name, "employee_pool", "reserve_months_last_year"), "same"] == 1


@pytest.mark.long
def test_a_draw_whose_turnover_no_odds_give_is_brought_nearer() -> None:
    """More return than leave with fewer insured: refused where the basis is built, so no such draw may reach it."""
    scenario = load("baseline").replace({"employee.projected": False, "employee.exit_level": 0.5, **SHORT})
    found = kept_of(Plan((scenario,), Sample(64, 3, "plain")).chunk(30, 31), 0)
    assert found.nearer[0, 0] < 1
