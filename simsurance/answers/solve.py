"""What a key has to be for a condition to hold: a grid of runs side by side, ends of intervals refined by further runs.

A condition may hold in several intervals of a key, or in none; all are found that the grid tells apart. Each end lies between
two runs, one in which the condition holds and one in which it does not, no further apart than the tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from simsurance.answers.condition import Condition
from simsurance.answers.vary import Vary, rounded
from simsurance.basis import build_arrays
from simsurance.basis.entries import Entries, enrolment_of
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.model.fund import ROUNDING
from simsurance.results import ODDS, RunAccounts, RunResult, accounts_of, entries_of, simulate
from simsurance.scenario_file.loader import Scenario

if TYPE_CHECKING:
    import pandas as pd

GRID: Final = 6
"""Sizes that are tried first, from bound to bound."""
BESIDE: Final = 0.04
"""Distance from an end with behaviour at which the end without it is looked for, as a share of the distance of the bounds."""
PLATEAU: Final = 1 / 64
"""How near the smallest size that reaches a plateau is told, as a share of the distance of the bounds."""
BEHAVIOUR, STATIC = "behaviour", "static"
RESPONSES: Final = (BEHAVIOUR, STATIC)
"""With every response, and with the membership of the scenario itself held: nobody leaves or enters for what is changed."""


@dataclass(frozen=True)
class Interval:
    """Where a condition holds: from one size to another, both tried; whether each end is one of the bounds."""

    low: float
    high: float
    to_bound: tuple[bool, bool]


@dataclass(frozen=True)
class Answer:
    """All sizes tried under one response, in order, and what holds there."""

    response: str
    sizes: tuple[float, ...]
    margins: tuple[float, ...]
    values: tuple[float, ...]
    own: float

    @property
    def holds(self) -> tuple[bool, ...]:
        """Whether the condition holds at each size."""
        return tuple(margin >= 0 for margin in self.margins)

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """Where the condition holds, from low to high."""
        found, start = list[Interval](), None
        for place, holds in enumerate((*self.holds, False)):
            if holds and start is None:
                start = place
            elif not holds and start is not None:
                ends = start == 0, place == len(self.sizes)
                found.append(Interval(self.sizes[start], self.sizes[place - 1], ends))
                start = None
        return tuple(found)

    @cached_property
    def solution(self) -> float | None:
        """The size nearest to the scenario's own at which the condition holds; None where it holds nowhere."""
        if not self.intervals:
            return None
        return min(
            (min(max(self.own, each.low), each.high) for each in self.intervals), key=lambda size: abs(size - self.own)
        )

    @property
    def moves(self) -> bool:
        """Whether the measure is another at any size."""
        return len({margin for margin in self.margins if np.isfinite(margin)}) > 1

    @property
    def monotone(self) -> bool:
        """Whether the margin rises, or falls, all along."""
        steps = np.diff([margin for margin in self.margins if np.isfinite(margin)])
        return bool((steps >= 0).all() or (steps <= 0).all())

    @property
    def best(self) -> float:
        """The size that comes nearest to the condition, or exceeds it most; of several the nearest to the scenario's own."""
        return min(self.reaching, key=lambda size: abs(size - self.own))

    @property
    def reaching(self) -> tuple[float, ...]:
        """The sizes tried at which the margin is the best there is: several on a plateau."""
        best = np.nanmax(self.margins)
        return tuple(size for size, each in zip(self.sizes, self.margins, strict=True) if near(each, best))

    @property
    def on_a_plateau(self) -> bool:
        """Whether nothing meets the condition and several sizes come equally near."""
        return self.solution is None and len(self.reaching) > 1

    def value_at(self, size: float) -> float:
        """The measure at a size that was tried."""
        return self.values[self.sizes.index(size)]


def near(margin: float, best: float) -> bool:
    """Whether a margin is the best but for rounding."""
    return bool(margin >= best - ROUNDING * max(abs(best), 1.0))


@dataclass(frozen=True)
class Solved:
    """A condition, what is varied for it, and the answers with and without behaviour."""

    central: RunResult
    vary: Vary
    condition: Condition
    answers: tuple[Answer, ...]
    runs: int

    @property
    def scenario(self) -> Scenario:
        """The scenario that was asked."""
        return self.vary.scenario

    @property
    def fund(self) -> str:
        """The fund that is asked about."""
        return self.condition.fund

    @property
    def answer(self) -> Answer:
        """The one with behaviour."""
        return self.answers[0]

    @property
    def change(self) -> float:
        """What the answer with behaviour is off the scenario's own size; NaN where there is none."""
        size = self.answer.solution
        return np.nan if size is None else size - self.vary.own

    @property
    def holds_already(self) -> bool:
        """Whether the scenario itself meets the condition."""
        return self.condition.margin(self.central) >= 0

    @property
    def question(self) -> Condition:
        """What is asked."""
        return self.condition

    @property
    def asked(self) -> str:
        """The condition as it is typed."""
        return self.condition.text

    @property
    def best(self) -> float:
        """The size that comes nearest to the condition with behaviour, or exceeds it most."""
        return self.answer.best

    def value_at(self, size: float) -> float:
        """The measure at a size that was tried with behaviour."""
        return self.answer.value_at(size)

    @property
    def solution(self) -> float | None:
        """The size that meets the condition with behaviour, nearest to the scenario's own; None where none does."""
        return self.answer.solution

    @property
    def tolerance(self) -> float:
        """How far at most the answer is from a size at which the condition does not hold."""
        return self.vary.least_change

    @property
    def beside(self) -> dict[str, Any]:
        """What is told beside the answer: every response, and the runs it took."""
        return {
            "responses": {
                each.response: {
                    "solution": each.solution,
                    "intervals": [[part.low, part.high] for part in each.intervals],
                }
                for each in self.answers
            },
            "projections": self.runs,
        }

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every run: response, size of the first key, the other keys, the measure, its margin, whether the condition holds."""
        import pandas as pd

        rows = []
        for answer in self.answers:
            for size, margin, value, holds in zip(
                answer.sizes, answer.margins, answer.values, answer.holds, strict=True
            ):
                rows.append((answer.response, size, value, margin, holds, size == answer.solution))
        columns = ["response", "size", "value", "margin", "holds", "solution"]
        return pd.DataFrame(rows, columns=columns).set_index(["response", "size"])


def solve(
    vary: Vary,
    condition: Condition,
    central: RunResult | None = None,
    responses: Sequence[str] = RESPONSES,
    entries: str = ODDS,
) -> Solved:
    """The sizes at which a condition holds, with behaviour and with the membership of the scenario itself held.

    With behaviour, entries to the employee scheme follow from the odds, as in a run of what is found, or are `held` as the
    scenario has them. Raises SimsuranceError where the scenario bears no size within the bounds.
    """
    (run,) = simulate([vary.scenario]) if central is None else (central,)
    answers, runs = list[Answer](), 1
    for response in responses:
        held = entries_of(run, entries) if response == BEHAVIOUR else unmoved(run)
        answer, made = _answer(response, vary, condition, run, held, _first_tries(vary, answers))
        answers.append(answer)
        runs += made + (response == STATIC)
    return Solved(run, vary, condition, tuple(answers), runs)


def unmoved(run: RunResult) -> Entries:
    """What holds the whole membership of a run: entries to the employee scheme and the hazards of the enrolment."""
    return replace(run.entries, enrolment=enrolment_of(build_arrays(run.scenario)))


def _first_tries(vary: Vary, known: Sequence[Answer]) -> list[float]:
    """Sizes that are tried first: a grid, or around the ends that are known with another response."""
    if not known:
        return [rounded(size) for size in np.linspace(vary.low, vary.high, GRID)]
    aside = BESIDE * (vary.high - vary.low)
    ends = [
        end
        for each in known[0].intervals
        for end, bound in zip((each.low, each.high), each.to_bound, strict=True)
        if not bound
    ]
    near = {rounded(end + shift) for end in ends for shift in (-aside, aside)}
    least = set() if ends or known[0].solution is not None else {known[0].best}
    return sorted({vary.low, vary.high, *least, *(size for size in near if vary.low < size < vary.high)})


def _answer(
    response: str, vary: Vary, condition: Condition, central: RunResult, held: Entries | None, first: Sequence[float]
) -> tuple[Answer, int]:
    """The answer under one response, and how many runs it took."""
    tried: dict[float, tuple[float, float]] = {}
    if vary.low <= vary.own <= vary.high:
        tried[vary.own] = condition.margin(central), condition.of(central)
    before = len(tried)

    def margins(sizes: Sequence[float]) -> list[float]:
        new = [size for size in sizes if size not in tried]
        for size, run in zip(new, projected([vary.at(size) for size in new], held), strict=True):
            tried[size] = (np.nan, np.nan) if run is None else (condition.margin(run), condition.of(run))
        return [tried[size][0] for size in sizes]

    margins(first)
    if all(np.isnan(margin) for margin, _ in tried.values()):
        accounts_of([vary.at(first[0])], held)
    last = np.inf
    while ends := _open_ends(tried, vary.least_change):
        left = sum(high - low for low, high in ends)
        for low, high in ends:
            margins(_between(tried, low, high, vary.least_change) if left <= last / 3 else _thirds(low, high))
        last = left
    if not any(margin >= 0 for margin, _ in tried.values()):
        while end := _plateau_end(tried, vary):
            margins([end])
    sizes = sorted(tried)
    of_margin, of_value = zip(*(tried[size] for size in sizes), strict=True)
    return Answer(response, tuple(sizes), of_margin, of_value, vary.own), len(tried) - before


def projected(scenarios: Sequence[Scenario], held: Entries | None) -> list[RunAccounts | None]:
    """Runs side by side; None for a scenario that cannot be projected."""
    try:
        return list(accounts_of(scenarios, held))
    except SimsuranceError as error:
        if error.exit_code != ExitCode.INPUT:
            raise
        if len(scenarios) == 1:
            return [None]
    return [run for scenario in scenarios for run in projected([scenario], held)]


def _open_ends(tried: dict[float, tuple[float, float]], least: float) -> list[tuple[float, float]]:
    """Neighbours between which the condition begins or ceases to hold and that are further apart than the tolerance."""
    sizes = [size for size in sorted(tried) if not np.isnan(tried[size][0])]
    return [
        (low, high)
        for low, high in pairwise(sizes)
        if (tried[low][0] >= 0) != (tried[high][0] >= 0)
        and high - low > least
        and low < rounded((low + high) / 2) < high
    ]


def _plateau_end(tried: dict[float, tuple[float, float]], vary: Vary) -> float | None:
    """Between the size nearest to the own of those that come as near as any and its neighbour there; None where done."""
    sizes = [size for size in sorted(tried) if np.isfinite(tried[size][0])]
    best = max(tried[size][0] for size in sizes)
    reaching = [size for size in sizes if near(tried[size][0], best)]
    size = min(reaching, key=lambda each: abs(each - vary.own))
    beside = sizes.index(size) + (1 if size < vary.own else -1)
    if len(reaching) < 2 or len(reaching) == len(sizes) or size == vary.own or not 0 <= beside < len(sizes):
        return None
    middle = rounded((size + sizes[beside]) / 2)
    return middle if abs(size - sizes[beside]) > PLATEAU * (vary.high - vary.low) and middle not in tried else None


def _between(tried: dict[float, tuple[float, float]], low: float, high: float, least: float) -> list[float]:
    """Two sizes to try, on either side of where a steady curve through all margins is 0.

    As far from there as the straight lines through two neighbours would have it: that is how little is known of the bend.
    """
    sizes = [size for size in sorted(tried) if np.isfinite(tried[size][0])]
    curve = PchipInterpolator(sizes, [tried[size][0] for size in sizes])
    middle = float(brentq(lambda size: float(curve(size)), low, high, xtol=1e-15))
    place = sizes.index(low)
    pairs = [sizes[place + shift : place + shift + 2] for shift in (-1, 1) if place + shift >= 0]
    roots = [_root(tried, *pair) for pair in pairs if len(pair) == 2]
    aside = min((abs(root - middle) for root in roots if root is not None), default=np.inf)
    aside = min(max(1.5 * aside, 0.45 * least), (high - low) / 6)
    found = sorted({rounded(min(max(middle + shift, low), high)) for shift in (-aside, aside)} - {low, high})
    return found or _thirds(low, high)


def _root(tried: dict[float, tuple[float, float]], one: float, other: float) -> float | None:
    """Where the line through two sizes' margins is 0; None where it is level."""
    (first, _), (second, _) = tried[one], tried[other]
    return None if first == second else one - first * (other - one) / (second - first)


def _thirds(low: float, high: float) -> list[float]:
    return [
        size for size in (rounded(low + (high - low) / 3), rounded(high - (high - low) / 3)) if low < size < high
    ] or [rounded((low + high) / 2)]
