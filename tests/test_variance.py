"""Indices of Sobol: the estimators on a function with known ones, groups that are independent, the runs they rest on."""

import numpy as np
import pytest

import simsurance as ss
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.variance import Mixed, estimated, groups_of, indices, mixed, shares

A, B = 7.0, 0.1


def ishigami(x):
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def known():
    """First-order and total indices of the function of Ishigami in closed form."""
    v1, v2, v13 = 0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    return np.array([v1, v2, 0.0]) / whole, np.array([v1 + v13, v2, v13]) / whole


def results_of(groups, draws, seed=3):
    a, b = np.random.default_rng(seed).uniform(-np.pi, np.pi, (2, draws, 3))
    return np.stack([ishigami(x) for x in mixed(a, b, groups)], axis=-1)


SINGLE = {name: np.array([place]) for place, name in enumerate("xyz")}


def test_the_function_of_ishigami_has_its_known_indices():
    first, total = estimated(results_of(SINGLE, 200_000))
    np.testing.assert_allclose(first, known()[0], atol=0.01)
    np.testing.assert_allclose(total, known()[1], atol=0.01)


def test_of_a_group_the_indices_are_those_of_all_of_it():
    first, total = estimated(results_of({"xz": np.array([0, 2]), "y": np.array([1])}, 200_000))
    np.testing.assert_allclose(first, [1 - known()[0][1], known()[0][1]], atol=0.015)
    np.testing.assert_allclose(total, first, atol=0.02)


@pytest.mark.long
def test_intervals_hold_the_known_indices_about_as_often_as_they_say():
    held = []
    for seed in range(40):
        for place, each in enumerate(indices("xyz", results_of(SINGLE, 400, seed))):
            for ends, value in ((each.first_ends, known()[0][place]), (each.total_ends, known()[1][place])):
                held.append(ends[0] <= value <= ends[1])
    assert 0.88 < np.mean(held) < 0.99
    assert indices("xyz", np.ones((16, 5))) == []


@pytest.fixture(scope="module")
def work():
    return Mixed(ss.load("baseline").replace({"horizon.last_year": 2026}), Sample(16, 1, "plain"))


def test_groups_hold_every_number_once_and_what_is_correlated_together(work):
    groups, futures = work.groups, work.futures
    places = np.concatenate(list(groups.values()))
    assert sorted(places) == list(range(len(futures.dimensions)))
    of_place = {place: name for name, own in groups.items() for place in own}
    root, at = futures.parameters.root, futures.places["input"]
    correlated = np.argwhere((np.abs(root @ root.T) > 1e-12) & ~np.eye(len(root), dtype=bool))
    assert len(correlated)
    for one, other in correlated:
        assert of_place[at[one]] == of_place[at[other]]
    off = work.scenario.replace({"uncertainty.paths": False, "uncertainty.demography": False})
    few = Mixed(off, work.sample)
    assert not {"long_run", "yearly", "total_fertility"} & set(groups_of(few.futures, few.observed.spread))


def test_the_runs_of_a_draw_are_a_and_b_and_a_with_one_group_of_b(work):
    rows = work.futures.numbers(0, work.points).reshape(16, work.sets, -1)
    for place, own in enumerate(work.groups.values()):
        others = np.setdiff1d(np.arange(rows.shape[-1]), own)
        np.testing.assert_array_equal(rows[:, 2 + place][:, own], rows[:, 1][:, own])
        np.testing.assert_array_equal(rows[:, 2 + place][:, others], rows[:, 0][:, others])
    assert np.abs(np.corrcoef(rows[:, 0].ravel(), rows[:, 1].ravel())[0, 1]) < 0.05


@pytest.mark.long
def test_where_one_family_is_drawn_it_is_all_of_the_variance():
    off = {f"uncertainty.{name}": False for name in ("parameters", "behaviour", "demography")}
    short = {"horizon.last_year": 2027, "employee.projected": False, "fund.opening": 2e11, "uncertainty.long_run": 0.0}
    scenario = ss.load("baseline").replace(off | short)
    found = shares(scenario, Sample(16, 1, "plain"))
    assert list(found.mixed.groups) == ["long_run", "yearly"]
    results = found.arrays["months/resident"][:, -1].reshape(16, 4)
    first, total = estimated(results)
    assert total[0] == 0
    assert total[1] > 0.5
    np.testing.assert_array_equal(results[:, 2], results[:, 0])
    np.testing.assert_array_equal(results[:, 3], results[:, 1])
    assert first[0] == 0
    assert first[1] > 0
