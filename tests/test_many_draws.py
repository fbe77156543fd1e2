"""Many draws: fewer lie where they say, and blocks of one sequence err as seeds do."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from simsurance.evidence import many_draws
from simsurance.evidence.many_draws import (
    APART,
    BLOCK,
    DEPLETED_BY,
    FEWER,
    SMALL,
    WHOLE,
    InBlocks,
    by_block,
    chances,
    compared,
    error_of,
    farthest,
    farthest_of,
    place_of,
    report,
    stored_blocks,
    stored_of,
    whole_error,
    worth_of,
)
from simsurance.measures import measure_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty import draws
from simsurance.uncertainty.engines import chosen
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample
from simsurance.uncertainty.stochastic import Plan

DIMENSIONS = 6


def accepted():
    """The chance that a fund is depleted by a year in the accepted draws, by fund and year."""
    with (scenarios_folder() / "references" / "baseline" / "draws.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for each in chances():
        years = [float(row[measure_of(each.fund, "depletion_year")] or "inf") for row in rows]
        found[each.fund, each.year] = float(np.mean(np.array(years) <= each.year))
    assert len(rows) == SMALL
    return found


def test_256_and_1024_draws_lie_no_farther_from_many_than_the_farthest_of_as_many_chances_may() -> None:
    """If not: python -m simsurance.evidence.many_draws --draws 16384."""
    fewer = {(each.fund, each.year): each.fewer for each in chances()}
    assert compared(FEWER) > compared(SMALL) > 30
    for found, size in ((accepted(), SMALL), (fewer, FEWER)):
        most = farthest_of(compared(size))
        assert farthest(found, size)[0] < most < 4.2
        moved = {at: chance + 0.2 for at, chance in found.items()}
        assert farthest(moved, size)[0] > most


def test_the_chance_of_depletion_by_2040_lies_within_three_standard_errors_of_many() -> None:
    at = ("resident", DEPLETED_BY)
    (many,) = (each for each in chances() if (each.fund, each.year) == at)
    for chance, error in ((accepted()[at], many.error_256), (many.fewer, many.error_1024)):
        assert abs(chance - many.depleted) < APART * np.hypot(error, many.standard_error)


def test_one_chance_may_lie_three_standard_errors_away_and_the_farthest_of_many_farther() -> None:
    assert farthest_of(1) == pytest.approx(APART)
    shown = np.abs(np.random.default_rng(1).standard_normal((100_000, 50))).max(axis=1)
    assert (shown > farthest_of(50)).mean() == pytest.approx(0.0027, abs=0.0006)


def test_stored_chances_are_those_of_all_blocks_and_rise() -> None:
    found, of = chances(), stored_of()
    blocks, _ = stored_blocks()
    assert blocks["depleted"].size * BLOCK == int(of["draws"])
    by = {(each.fund, each.year): each for each in found}
    assert by["resident", 2040].depleted == pytest.approx(blocks["depleted"].mean(), abs=1e-8)
    assert by["resident", 2040].error_256 == pytest.approx(float(error_of(blocks["depleted"], SMALL)), rel=1e-6)
    for fund in {each.fund for each in found}:
        shares = [each.depleted for each in found if each.fund == fund]
        assert shares == sorted(shares)
        assert len(shares) == 35


def small(draws, seed=1):
    """A whole sample in the order of blocks, of few dimensions."""
    sample = Sample(WHOLE, seed, "sobol")
    numbers = sample.normals(DIMENSIONS, 0, WHOLE)
    return numbers[[place_of(point) for point in range(draws)]]


def test_every_draw_of_the_sample_has_one_place() -> None:
    assert sorted(map(place_of, range(WHOLE))) == list(range(WHOLE))
    few = Sample(SMALL, 1, "sobol").normals(DIMENSIONS, 0, SMALL)
    np.testing.assert_array_equal(small(SMALL), few)


def smooth(z):
    return np.exp(0.3 * z).sum(axis=-1) + 0.2 * z[..., 0] * z[..., 1]


@pytest.mark.long
def test_blocks_err_as_seeds_do() -> None:
    """64 blocks of one sequence beside 400 seeds: the standard errors of a mean of 256 agree."""
    seeds = [smooth(Sample(SMALL, seed, "sobol").normals(DIMENSIONS, 0, SMALL)).mean() for seed in range(100, 500)]
    by_seed = np.sqrt(np.mean((np.array(seeds) - smooth(small(WHOLE)).mean()) ** 2))
    of_blocks = [float(error_of(by_block(smooth(small(WHOLE, seed))), SMALL)) for seed in range(1, 5)]
    assert np.sqrt(np.mean(np.square(of_blocks))) == pytest.approx(by_seed, rel=0.12)
    assert of_blocks[0] > 2 * float(whole_error(by_block(smooth(small(WHOLE)))))


def test_plain_draws_are_worth_themselves_and_sobol_draws_more() -> None:
    plain = smooth(np.random.default_rng(3).standard_normal((WHOLE, DIMENSIONS)))
    worth = worth_of(by_block(plain), float(plain.var()))
    assert worth.low < SMALL < worth.high
    assert worth.high / worth.low < 2.5
    even = smooth(small(WHOLE))
    assert worth_of(by_block(even), float(even.var())).low > 4 * SMALL


def test_draws_are_those_of_the_sample_in_whatever_chunks() -> None:
    scenario = load("baseline").replace({"horizon.last_year": 2027, "employee.projected": False})
    work = InBlocks(scenario, 1, SMALL)
    across = work.chunk(BLOCK - 2, BLOCK + 2)["months/resident"]
    plan = Plan((scenario,), Sample(WHOLE, 1, "sobol"), engine=chosen(None, SMALL))
    start = WHOLE // SCRAMBLINGS
    own = [plan.chunk(*span)["0/yearly/resident/reserve_months"] for span in ((30, 32), (start, start + 2))]
    np.testing.assert_array_equal(across, np.concatenate(own))


def test_the_report_tells_what_is_stored_and_of_another_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    told = report()
    resident = next(each for each in chances() if (each.fund, each.year) == ("resident", 2040))
    assert f"{100 * resident.depleted:.1f}" in next(line for line in told.splitlines() if "resident, 2040" in line)
    monkeypatch.setattr(many_draws, "made_of", lambda _: {})
    assert "has changed since" in report()
    monkeypatch.setattr(many_draws, "chances", lambda: [replace(resident, year=2030)])
    assert "2040" not in report().splitlines()[2]


def test_a_draw_that_would_pay_retired_members_more_than_their_care_costs_is_brought_nearer() -> None:
    work = InBlocks(load("baseline"), 2, WHOLE)
    (found,) = draws.in_order(work.futures, work.observed, 599, 600)
    assert found.nearer[1] < 1
    values = found.of(work.scenario).values.employee.benefits.inpatient
    assert values_by_year(values.payment_ratio, [2026, 2027]).max() + values.retired_ratio_extra <= 1
    whole = found.levels.values(work.scenario, found.row)
    assert whole["employee.benefits.inpatient.payment_ratio"] > 0.88465
