"""What is found once: of arrays, for all runs that share them; of a scenario's inputs, as long as they are at hand."""

from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import blake2b
from typing import Any, Final

import numpy as np

MOST_KNOWN: Final = 64
"""Results that are kept of one function, those that were found last."""
LATEST: Final = 8
"""The same, where what they follow from is compared and not only its bits."""


def found_once(find: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of arrays, of arrays by name and of numbers; the same bits are given the same array, read-only."""
    known: dict[bytes, np.ndarray] = {}

    @wraps(find)
    def found(*given: Any) -> np.ndarray:
        key = _digest(given)
        if key not in known:
            if len(known) == MOST_KNOWN:
                del known[next(iter(known))]
            known[key] = find(*given)
            known[key].setflags(write=False)
        return known[key]

    return found


def once(find: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of inputs, and of years and names, that is asked once of the same; its array is read-only."""

    @wraps(find)
    def found(inputs: Any, *given: Any) -> np.ndarray:
        key = (find, *(tuple(each) if isinstance(each, list) else each for each in given))
        if key not in inputs.found:
            inputs.found[key] = find(inputs, *given)
            inputs.found[key].setflags(write=False)
        known: np.ndarray = inputs.found[key]
        return known

    return found


class Latest:
    """What was found last, each with all that it follows from: found again only where that is another."""

    def __init__(self) -> None:
        self.kept: list[tuple[Any, np.ndarray]] = []

    def found(self, given: Any, find: Callable[[], np.ndarray]) -> np.ndarray:
        """What was found from the same, read-only."""
        for known, array in self.kept:
            if known == given:
                return array
        array = find()
        array.setflags(write=False)
        self.kept = [*self.kept[1 - LATEST :], (given, array)]
        return array


def _digest(given: tuple[Any, ...]) -> bytes:
    """A number that stands for all bits of what a function was given."""
    bits = blake2b()
    for each in given:
        for name, value in each.items() if isinstance(each, Mapping) else [("", each)]:
            array = np.asarray(value)
            bits.update(f"{name}{array.shape}{array.dtype}".encode())
            bits.update(array.tobytes())
    return bits.digest()
