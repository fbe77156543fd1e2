"""The opening ages are those counted, reached by the smoothest change that keeps total and births."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from simsurance.basis.counted_ages import HIGHEST_STEP, Count, OutOfReach, at_counts, neighbours, smoothest
from simsurance.basis.inputs import Inputs
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.evidence.calibration import UNCOUNTED
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load

DATES = range(2019, 2027)
FROM = {"16_59": (16, 60), "60_plus": (60, 101), "65_plus": (65, 101)}


@cache
def scenario_of(date: int) -> Scenario:
    """The baseline opening on a 1 January, over one year."""
    return load("baseline").replace({"horizon.valuation_year": date, "horizon.last_year": date})


@cache
def stocks(date: int) -> tuple[np.ndarray, np.ndarray]:
    """The opening stock, and before its ages are brought to the counts, [sex, age]."""
    both = scenario_of(date), scenario_of(date).replace(UNCOUNTED)
    opening, table = (Inputs(each, each.values).opening_stock() for each in both)
    return opening, table


def step(ratio: np.ndarray) -> float:
    return float(np.maximum(ratio[:, 1:] / ratio[:, :-1], ratio[:, :-1] / ratio[:, 1:]).max() - 1)


@pytest.mark.parametrize("date", DATES)
def test_every_count_of_the_date_is_met(date: int) -> None:
    opening, table = stocks(date)
    assert opening.sum() == pytest.approx(table.sum(), rel=1e-12)
    for ages, (first, end) in FROM.items():
        count = published(f"population_{ages}").get(date - 1)
        if count is not None:
            assert opening[:, first:end].sum() == pytest.approx(count, rel=1e-12)


def test_the_old_of_2026_are_those_published() -> None:
    opening, table = stocks(2026)
    assert opening[:, 60:].sum() == pytest.approx(323.38e6, rel=1e-12)
    assert opening[:, 65:].sum() == pytest.approx(223.65e6, rel=1e-12)
    assert table[:, 65:].sum() < 0.96 * 223.65e6, "the table alone has far fewer"


@pytest.mark.parametrize("date", DATES)
def test_no_age_differs_by_more_than_a_hundredth_from_the_next(date: int) -> None:
    opening, table = stocks(date)
    largest = step(opening / table)
    assert 0.001 < largest <= HIGHEST_STEP * (1 + 1e-9)
    assert (largest > HIGHEST_STEP * (1 - 1e-9)) == (date in (2022, 2023)), "it binds where famine cohorts turn 60"


@pytest.mark.parametrize("date", [2019, 2023, 2026])
def test_births_of_the_first_year_are_kept(date: int) -> None:
    after, before = (
        run.projection.by_age["births"].sum()
        for run in simulate([scenario_of(date), scenario_of(date).replace(UNCOUNTED)])
    )
    assert after == pytest.approx(before, rel=1e-12)


def test_without_counts_the_ages_are_those_of_the_table_to_the_last_bit() -> None:
    later = load("baseline").replace({key: {1999: 5e8} for key in UNCOUNTED})
    assert Inputs(later, later.values).opening_stock().tobytes() == stocks(2026)[1].tobytes()


def test_without_a_count_of_those_of_16_to_59_the_young_keep_their_number() -> None:
    opening, table = stocks(2019)
    assert 2018 not in published("population_16_59")
    assert opening[:, :16].sum() == pytest.approx(table[:, :16].sum(), rel=1e-12)


def test_one_count_is_met_alone() -> None:
    alone = scenario_of(2026).replace({**UNCOUNTED, "population.counted.age_65_plus": {2026: 220e6}})
    assert Inputs(alone, alone.values).opening_stock()[:, 65:].sum() == pytest.approx(220e6, rel=1e-12)


def problem(seed: int, bend: float) -> tuple[np.ndarray, np.ndarray]:
    """A small stock [sex, age] with a total and two counts that a bent profile has."""
    draw = np.random.default_rng(seed)
    stock = draw.uniform(5, 20, (2, 9))
    totals = np.stack([stock, stock * (np.arange(9) > 5), stock * np.array([[1.0], [0.0]]) * (np.arange(9) < 4)])
    profile = 1 + bend * np.linspace(-1, 1, 9) ** 2
    return totals, (totals * profile).sum(axis=(1, 2))


def searched(totals: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The same by a general search."""
    differences, steps = neighbours(totals.shape[2])
    rows = totals.reshape(len(totals), -1)
    limits = [LinearConstraint(rows, wanted, wanted), LinearConstraint(steps, -np.inf, 0.0)]
    found = minimize(
        lambda ratio: float(((differences @ ratio) ** 2).sum()),
        np.ones(rows.shape[1]),
        jac=lambda ratio: 2 * differences.T @ (differences @ ratio),
        constraints=limits,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return np.asarray(found.x.reshape(totals.shape[1:]))


@pytest.mark.parametrize(
    ("seed", "bend", "binds"), [(1, 0.005, False), (2, -0.006, False), (3, 0.05, True), (4, -0.05, True)]
)
def test_it_is_the_smoothest_that_a_general_search_finds(seed: int, bend: float, binds: bool) -> None:
    totals, wanted = problem(seed, bend)
    ratio = smoothest(totals, wanted)
    assert (totals * ratio).sum(axis=(1, 2)) == pytest.approx(wanted, rel=1e-12)
    assert ratio == pytest.approx(searched(totals, wanted), abs=2e-6)
    assert (step(ratio) > HIGHEST_STEP * (1 - 1e-9)) == binds


@pytest.mark.parametrize("date", [2022, 2026])
def test_last_digits_of_the_table_do_not_grow(date: int) -> None:
    _, table = stocks(date)
    shaken = table * (1 + 1e-13 * np.random.default_rng(5).standard_normal(table.shape))
    counts = [Count(first, end, published(f"population_{ages}")[date - 1]) for ages, (first, end) in FROM.items()]
    births = np.where((np.arange(101) > 15) & (np.arange(101) < 50), 0.03, 0.0)
    once, again = (at_counts(stock, counts, births) for stock in (table, shaken))
    assert once == pytest.approx(again, rel=1e-11)


def test_counts_out_of_reach_are_told_in_one_line_at_the_count_that_is_farthest(tmp_path: Path) -> None:
    file = tmp_path / "many_old.toml"
    file.write_text(
        'title = "a"\ndescription = "b"\nextends = "baseline"\n[population.counted]\nage_60_plus = {2026 = 9.0e8}\n'
    )
    old = stocks(2026)[1][:, 60:].sum()
    with pytest.raises(SimsuranceError) as told:
        simulate([load(file)])
    (line,) = told.value.lines
    assert line.startswith(f"{file}:population.counted.age_60_plus: 900000000 persons on 1 January 2026, of whom ")
    assert line.endswith("or {} for each to keep the ages of the table")
    has, nearer = re.search(r"demography/population\.csv has (\d+): .*nearer to (\d+),", line).groups()  # type: ignore[union-attr]
    assert int(has) == int(nearer) == round(old)


@pytest.mark.parametrize("count", [Count(60, 101, 900e6), Count(60, 101, 1.0), Count(0, 16, 1.5e9)])
def test_counts_out_of_reach_are_refused(count: Count) -> None:
    with pytest.raises(OutOfReach):
        at_counts(stocks(2026)[1], [count], np.zeros(101))


def test_a_count_of_ages_that_nobody_has_is_told() -> None:
    young = stocks(2026)[1] * (np.arange(101) < 60)
    with pytest.raises(OutOfReach):
        at_counts(young, [Count(60, 101, 1e6)], np.zeros(101))


def test_the_baseline_has_the_published_counts() -> None:
    counted = load("baseline").values.population.counted
    for ages in FROM:
        known = {year + 1: persons for year, persons in published(f"population_{ages}").items() if year + 1 in DATES}
        assert getattr(counted, f"age_{ages}") == known


@pytest.mark.long
def test_opening_ages_have_the_same_bits_with_one_thread_and_with_two() -> None:
    code = (
        "import hashlib\n"
        "from simsurance.basis.inputs import Inputs\n"
        "from simsurance.scenario_file.loader import load\n"
        "for date in (2023, 2026):\n"
        "    years = {'horizon.valuation_year': date, 'horizon.last_year': date}\n"
        "    scenario = load('baseline').replace(years)\n"
        "    print(hashlib.sha256(Inputs(scenario, scenario.values).opening_stock().tobytes()).hexdigest())"
    )
    one, two = (
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
        for threads in ("1", "2")
    )
    assert len(one.split()) == len(set(one.split())) == 2
    assert one == two


@pytest.mark.parametrize("variant", ["low", "high"])
def test_the_opening_hangs_on_no_variant_of_fertility(variant):
    base = load("baseline")
    other = base.replace({"population.fertility_variant": variant})
    own, same = (Inputs(each, each.values).opening_stock() for each in (base, other))
    assert own.tobytes() == same.tobytes()
