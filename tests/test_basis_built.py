"""What scenarios are built to, side by side: the same as year by year, and what they share kept once."""

from functools import cache

import numpy as np
import pytest
from small_scheme import arrays_of

from simsurance.basis import build_arrays
from simsurance.basis import stack as stack_of_years
from simsurance.basis.built import Built, all_the_same, side_by_side, stack
from simsurance.scenario_file.loader import load

CHANGES: tuple[dict[str, object], ...] = (
    {},
    {"health.persistence": 0.995, "contributions.personal.schedule": 500},
    {"claims.end_of_life.share": 0.5, "health.healthy_ageing": 0.5},
)


@cache
def built() -> tuple[Built, ...]:
    short = load("baseline").replace({"horizon.last_year": 2028})
    return tuple(build_arrays(short.replace(changes)) for changes in CHANGES)


def test_runs_side_by_side_are_those_that_are_put_together_year_by_year() -> None:
    together = stack(built())
    state, years = stack_of_years([(each.state, each.years) for each in built()])
    for name, array in vars(state).items():
        np.testing.assert_array_equal(getattr(together.state, name), array, err_msg=name)
    assert [year.year for year in together.years] == [2026, 2027, 2028]
    for one, other in zip(together.years, years, strict=True):
        wanted = arrays_of(other)
        for name, array in arrays_of(one).items():
            np.testing.assert_array_equal(*np.broadcast_arrays(array, wanted[name]), err_msg=name)


def test_what_runs_share_is_kept_once_and_one_alone_is_what_it_was() -> None:
    one, two, _ = built()
    assert stack([one]) is one
    together = stack([one, two])
    assert together.arrays["survival"] is one.arrays["survival"]
    assert together.arrays["personal_pp"].shape[1] == 2
    assert together.arrays["pins"] is None


def test_a_run_that_varies_where_another_does_not_makes_the_axis_long_for_both() -> None:
    flat, long = np.ones((1, 1, 2)), np.arange(6.0).reshape(3, 1, 2)
    found = side_by_side([flat, long])
    assert found.shape == (3, 2, 2)
    np.testing.assert_array_equal(found[:, 0], np.ones((3, 2)))
    np.testing.assert_array_equal(found[:, 1], long[:, 0])


@pytest.mark.parametrize(
    ("other", "same"),
    [(np.array([1.0, np.nan]), True), (np.array([1.0, 2.0]), False), (np.array([[1.0, np.nan]]), False)],
)
def test_arrays_are_the_same_where_shape_and_bits_are(other: np.ndarray, same: bool) -> None:
    first = np.array([1.0, np.nan])
    assert all_the_same([first, first])
    assert all_the_same([first, first, other]) is same
