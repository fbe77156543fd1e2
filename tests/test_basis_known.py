"""What follows from arrays alone is found once."""

import numpy as np
import pytest

from simsurance.basis.known import LATEST, MOST_KNOWN, Latest, found_once, once


def test_the_same_bits_are_given_the_same_array_and_other_bits_another() -> None:
    asked = []

    @found_once
    def scaled(values: np.ndarray, by: dict[str, np.ndarray], factor: float) -> np.ndarray:
        asked.append(factor)
        return values * by["one"] * factor

    given = np.arange(4.0)
    first = scaled(given, {"one": given}, 2)
    assert scaled(given.copy(), {"one": given.copy()}, 2) is first
    assert asked == [2]
    np.testing.assert_array_equal(first, 2 * given**2)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    for other in (
        (given, {"one": given}, 3),
        (given + 1, {"one": given}, 2),
        (given.reshape(2, 2), {"one": given.reshape(2, 2)}, 2),
    ):
        np.testing.assert_array_equal(scaled(*other), other[0] * other[1]["one"] * other[2])
    assert len(asked) == 4


def test_what_was_found_long_ago_is_found_anew() -> None:
    asked = []

    @found_once
    def same(value: float) -> np.ndarray:
        asked.append(value)
        return np.array(value)

    for value in range(MOST_KNOWN + 1):
        same(value)
    same(MOST_KNOWN)
    same(0)
    assert asked == [*range(MOST_KNOWN + 1), 0]


class Asked:
    """Inputs, and how often they were asked."""

    def __init__(self) -> None:
        self.found: dict[object, np.ndarray] = {}
        self.times = 0

    @once
    def grown(self, years: list[int], rate: float = 0.0) -> np.ndarray:
        self.times += 1
        return np.array(years) * (1 + rate)


def test_inputs_are_asked_once_for_the_same_years() -> None:
    one, other = Asked(), Asked()
    found = one.grown([1, 2])
    assert one.grown([1, 2]) is found
    np.testing.assert_array_equal(one.grown([1, 2], 1.0), [2, 4])
    np.testing.assert_array_equal(other.grown([1, 3]), [1, 3])
    assert (one.times, other.times) == (2, 1)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 5


def test_what_was_found_last_is_found_anew_where_it_follows_from_something_else() -> None:
    latest, asked = Latest(), []

    def ask(given: object) -> np.ndarray:
        def find() -> np.ndarray:
            asked.append(given)
            return np.array(len(asked))

        return latest.found(given, find)

    assert ask(["a", {1: 2.0}]) is ask(["a", {1: 2.0}])
    assert ask(["a", {1: 3.0}]) == 2
    for place in range(LATEST):
        ask(place)
    assert ask(["a", {1: 3.0}]) == LATEST + 3
    assert len(latest.kept) == LATEST
