"""What follows from arrays alone is found once."""

import numpy as np
import pytest

from simsurance.basis.known import MOST_KNOWN, found_once


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
