"""Draws that agree with what was observed: levels of cost, benefits and contributions solved again in each of them.

A draw changes what a person costs, pays and is paid. In the reference year of cost that is known: income and outgo of every
fund, admissions, the shares of cost that are paid. So each draw is valued at the start of that year and lived through it, and
its levels are solved until it gives what the scenario itself gives, within 1e-12; a published total of a fund that the scenario
gives within 0.1 % counts itself. The levels move the paths behind them by the same factor, or the same number of points.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeVar

import numpy as np

from simsurance.axes import AGE
from simsurance.basis import build_plain
from simsurance.basis.built import Built, stack
from simsurance.basis.persons import Persons, persons_together
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.ledger import ACCOUNTS, FUNDS, POOL, RESIDENT, booked
from simsurance.model import fund
from simsurance.model.care import benefits_pp, bonus_granted
from simsurance.model.groups import by_person_group, total
from simsurance.model.lives import Lives
from simsurance.model.projection import short_buffers
from simsurance.model.state import State, Workspace, YearBasis, combined
from simsurance.model.year import entered, paid
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Ramp, Schedule
from simsurance.uncertainty.futures import with_parts
from simsurance.uncertainty.parameters import value_at, with_values

EXACT: Final = 1e-12
"""How near every target is met, relative."""
STEP: Final = 1e-4
FIRST_STEPS: Final = 3
MOST_STEPS: Final = 25
LONGEST_STEP: Final = 0.7
GIVEN_UP: Final = 1.5
"""How many times as far as one would believe a level may go while it is looked for."""
SURELY: Final = 100.0
"""A level that is so many times farther beyond what one would believe than targets are missed by surely stays there."""
NEAR: Final = 1e-3
"""How near a published total has to be to what the scenario gives to take its place."""
PUBLISHED: Final = {
    f"{RESIDENT}.income": "resident_income",
    f"{RESIDENT}.outgo": "resident_outgo",
    f"{POOL}.income": "employee_pool_income",
    f"{POOL}.outgo": "employee_pool_outgo",
    f"{ACCOUNTS}.income": "employee_account_income",
    f"{ACCOUNTS}.outgo": "employee_account_outgo",
}
"""Series of the totals of the funds, income with interest."""
MOST_POINTS: Final = 0.2
"""By how much a payment ratio may move: at most twenty points. What doubles or halves is not what was observed either."""
CRITICAL: Final = "critical_illness"
CRITICAL_SPREAD: Final = 0.1 / 1.2815515655446004
"""Spread of critical-illness benefits: 80 per cent within 10 per cent, judged; what was published is a secondary source."""

Found = TypeVar("Found")
Moved = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""An array of a year at a number on the scale of its level, [run, …]; with it, how far each age is on the way to the older."""


def scaled(own: np.ndarray, x: np.ndarray, _: np.ndarray) -> np.ndarray:
    """Multiplied: the number is a logarithm."""
    return np.asarray(own * np.exp(x))


def added(own: np.ndarray, x: np.ndarray, _: np.ndarray) -> np.ndarray:
    """So many points more."""
    return own + x


def steeper(own: np.ndarray, x: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """Multiplied by the whole factor from the older on, and by nothing for the younger."""
    return np.asarray(own * np.exp(x * progress))


def share(own: np.ndarray, x: np.ndarray, _: np.ndarray) -> np.ndarray:
    """So many points more, between none and all."""
    return np.clip(own + x, 0.0, 1.0)


@dataclass(frozen=True)
class Level:
    """A level that is solved: its key, what it is solved for, and what a number on its scale does to which arrays of a year.

    `factor`: the number is a logarithm, 0 changes nothing; else it is added. `most`: by how much one would believe it to move.
    """

    key: str
    target: str
    arrays: tuple[str, ...]
    how: Moved = scaled
    most: float = float(np.log(2.0))

    @property
    def factor(self) -> bool:
        """Whether the number is a logarithm."""
        return self.how in (scaled, steeper)

    def moved(self, own: Schedule, by: float) -> Schedule:
        """The scenario's own value, or every value of its path, moved, within the bounds of the key."""
        key = KEYS[self.key]
        assert key.lowest is not None
        assert key.highest is not None
        low, high = key.lowest, key.highest

        def here(value: float) -> float:
            return float(min(max(value * np.exp(by) if self.factor else value + by, low), high))

        if isinstance(own, Ramp):
            return Ramp(ramp={year: here(value) for year, value in own.ramp.items()})
        return {year: here(value) for year, value in own.items()} if isinstance(own, dict) else here(own)


OF_RESIDENTS: Final = (
    Level("claims.inpatient.level", "hospital", ("care.inpatient_cost",)),
    Level("benefits.inpatient.payment_ratio", "hospital_ratio", ("care.inpatient_ratio",), added, MOST_POINTS),
    Level("benefits.critical_illness.low_deductible_places", CRITICAL, ("critical_low_places",), share, 1.0),
    Level("claims.outpatient.level", f"{RESIDENT}.outgo", ("care.outpatient_cost",)),
    Level("claims.inpatient.admissions_per_user", "admissions", ("care.admissions", "employee.care.admissions")),
    Level("contributions.local_supplement", f"{RESIDENT}.income", ("local_supplement",)),
)
OF_MEMBERS: Final = (
    Level(
        "employee.care.use_level",
        "employee_admissions",
        ("employee.care.inpatient_use", "employee.care.admissions"),
    ),
    Level("employee.care.inpatient_level", "employee_inpatient_claims", ("employee.care.inpatient_cost",)),
    Level(
        "employee.care.older_cost_ratio",
        "retired_over_active",
        ("employee.care.inpatient_cost", "employee.care.outpatient_cost"),
        steeper,
    ),
    Level("employee.care.outpatient_level", "employee_outpatient_claims", ("employee.care.outpatient_cost",)),
    Level(
        "employee.benefits.inpatient.payment_ratio",
        "employee_hospital_ratio",
        ("employee.care.inpatient_ratio",),
        added,
        MOST_POINTS,
    ),
    Level(
        "employee.benefits.outpatient.payment_ratio",
        f"{POOL}.outgo",
        ("employee.care.outpatient_ratio",),
        added,
        MOST_POINTS,
    ),
    Level("employee.benefits.birth_benefit", "maternity_benefits", ("employee.birth_benefit",)),
    Level("employee.contributions.compliance", f"{ACCOUNTS}.income", ("employee.contribution_base",)),
    Level(
        "employee.contributions.employer_rate",
        f"{POOL}.income",
        ("employee.employer_rate", "employee.purchase_pp"),
    ),
    Level("employee.accounts.spending_rate", f"{ACCOUNTS}.outgo", ("employee.spending_rate",)),
    Level("employee.accounts.relatives_care_rate", "relatives_care", ("employee.relatives_care_rate",)),
)
SETTLED: Final = ("hospital", CRITICAL, *PUBLISHED)
"""Targets that are not known for certain: settlement noise, of critical-illness benefits a spread of their own."""


@dataclass(frozen=True)
class Solved:
    """Levels of some draws: what each is moved by, [draw, level], and the largest relative distance from a target, [draw]."""

    levels: tuple[Level, ...]
    moves: np.ndarray
    missed: np.ndarray

    def possible(self, place: int) -> bool:
        """Whether the targets are met by levels that one would believe."""
        return bool(np.isfinite(self.missed[place]))

    def values(self, scenario: Scenario, place: int) -> dict[str, Schedule]:
        """The values of one draw by path, those of the scenario moved."""
        return {
            level.key: level.moved(value_at(scenario.values, level.key), float(by))
            for level, by in zip(self.levels, self.moves[place], strict=True)
        }


@dataclass(frozen=True)
class Opened:
    """The persons of a draw from its valuation date on, and those in the reference year of cost."""

    ahead: Persons
    in_year: Persons


@dataclass(frozen=True)
class Observed:
    """What a scenario gives in the reference year of cost, and how its levels answer to it."""

    scenario: Scenario
    year: int
    levels: tuple[Level, ...]
    targets: np.ndarray
    """[target], as logarithms."""
    start: np.ndarray
    """Where the scenario's own levels meet the targets, [level]."""
    slopes: np.ndarray
    """What a target moves by where a level does, as logarithms, [target, level]."""

    @cached_property
    def spread(self) -> np.ndarray:
        """Standard deviation of each target's logarithm, [target]."""
        noise = self.scenario.values.uncertainty.settlement_noise
        found = [
            CRITICAL_SPREAD if level.target == CRITICAL else noise * (level.target in SETTLED) for level in self.levels
        ]
        return np.array(found) * bool(self.scenario.values.uncertainty.parameters)

    def opened(self, scenarios: Mapping[int, Scenario]) -> dict[int, Opened | None]:
        """The persons of draws by row; None where one opens neither at its valuation date nor in the reference year."""
        found = persons_together([*scenarios.values(), *(at_start(each, self.year) for each in scenarios.values())])
        both = zip(scenarios, found[: len(scenarios)], found[len(scenarios) :], strict=True)
        return {
            row: Opened(ahead, in_year) if isinstance(ahead, Persons) and isinstance(in_year, Persons) else None
            for row, ahead, in_year in both
        }

    def solve(
        self, scenarios: Sequence[Scenario], opened: Sequence[Opened | None], noise: np.ndarray
    ) -> tuple[Solved, list[int]]:
        """The levels of draws, and the rows of those that can open; `noise` standard normal numbers, [row, target]."""
        in_year = {
            row: found
            for row, (each, own) in enumerate(zip(scenarios, opened, strict=True))
            if own is not None and (found := built(at_start(each, self.year), own.in_year)) is not None
        }
        rows = list(in_year)
        if not rows:
            return Solved(self.levels, np.empty((0, len(self.levels))), np.empty(0)), []
        reached = Reached.by([scenarios[row] for row in rows], list(in_year.values()), self.levels)
        wanted = self.targets + noise[rows, : len(self.levels)] * self.spread
        moves, missed = settled(reached, wanted, np.tile(self.start, (len(rows), 1)), self.slopes)
        return Solved(self.levels, moves, missed), rows


def built(scenario: Scenario, persons: Persons) -> Built | None:
    """A draw built, its persons known; None where it does not open, or would be paid more than the cost."""
    try:
        return build_plain(scenario, persons)
    except (ArithmeticError, SimsuranceError):
        return None


def observed(scenario: Scenario) -> Observed:
    """What draws of a scenario have to give in its reference year; the valuation year where that cannot be opened.

    Raises SimsuranceError for a scenario that does not say what is drawn.
    """
    if not scenario.form.has("uncertainty"):
        raise SimsuranceError(
            f"{scenario.name}: has no [uncertainty], so that nothing is drawn; give it that section, or ask simsurance run for "
            "the range over single changes"
        )
    values = scenario.values
    dates, reference = scenario.valuation_years, values.claims.trend.reference_year
    year = (
        reference if reference in dates and reference < values.horizon.valuation_year else values.horizon.valuation_year
    )
    levels = OF_RESIDENTS + (OF_MEMBERS if values.employee.projected else ())
    opened = [build_plain(at_start(scenario, year))]
    there = np.isfinite(Reached.by([scenario], opened, levels)(np.zeros((1, len(levels))))[0])
    levels = tuple(each for each, has in zip(levels, there, strict=True) if has or each.target == CRITICAL)
    reached = Reached.by([scenario], opened, levels)  # what there is none of is not solved
    none = np.zeros((1, len(levels)))
    own = reached(none)[0]
    totals = dict(zip((level.target for level in levels), own, strict=True))
    for name, series in PUBLISHED.items():
        known = published(series).get(year)
        if name in totals and known and abs(np.log(known) - totals[name]) < NEAR:
            totals[name] = np.log(known)
    targets = np.array(list(totals.values()))
    slopes = np.stack([(reached(none + one)[0] - own) / STEP for one in STEP * np.eye(len(levels))], axis=-1)
    start, _ = settled(reached, targets[None], none, slopes)
    return Observed(scenario, year, levels, targets, start[0], slopes)


def at_start(scenario: Scenario, year: int) -> Scenario:
    """A scenario valued at the start of one year, and projected over it."""
    horizon = {"horizon.valuation_year": year, "horizon.last_year": year}
    return with_parts(
        scenario,
        values=with_values(scenario.values, horizon),
        reference=with_values(scenario.reference, horizon),
        at_root=with_values(scenario.at_root, horizon),
        leaves=dict(scenario.leaves) | horizon,
    )


def with_levels(year: YearBasis, levels: Sequence[Level], moves: np.ndarray, progress: np.ndarray) -> YearBasis:
    """A year at moved levels, [run, level], one after another where several act on an array."""
    moved: dict[str, np.ndarray] = {}
    for place, level in enumerate(levels):
        x = moves[:, place].reshape(-1, *(1 for _ in progress.shape[1:]))
        for path in level.arrays:
            if year.employee is not None or not path.startswith("employee."):
                own = moved[path] if path in moved else attrgetter(path)(year)
                moved[path] = level.how(own, x, progress)
    return with_arrays(year, moved)


def with_arrays(noun: Found, arrays: Mapping[str, np.ndarray]) -> Found:
    """The same year, or part of one, with other arrays at dotted paths."""
    own: dict[str, Any] = {}
    inside: dict[str, dict[str, np.ndarray]] = {}
    for path, array in arrays.items():
        name, _, rest = path.partition(".")
        if rest:
            inside.setdefault(name, {})[rest] = array
        else:
            own[name] = array
    own |= {name: with_arrays(getattr(noun, name), within) for name, within in inside.items()}
    return replace(noun, **own)  # type: ignore[type-var]


@dataclass(frozen=True)
class Reached:
    """What some draws give in a year, in logarithms, [run, target], for levels moved, [run, level].

    `progress`: how far each age is on the way from the younger to the older, on the person axes.
    """

    levels: tuple[Level, ...]
    state: State
    year: YearBasis
    progress: np.ndarray
    lives: Lives

    @classmethod
    def by(cls, scenarios: Sequence[Scenario], built: Sequence[Built], levels: tuple[Level, ...]) -> "Reached":
        """Of scenarios and what they are built to."""
        together = stack(built)
        state, (year,) = together.state, together.years
        ages = np.arange(len(AGE.members)) + 0.5
        bounds = [
            (care.younger_to_age, care.older_from_age) for care in (each.values.employee.care for each in scenarios)
        ]
        progress = np.stack([np.clip((ages - low) / (high - low), 0, 1) for low, high in bounds]).reshape(
            len(scenarios), *(1 for _ in range(state.cells.ndim - 2)), len(ages)
        )
        with short_buffers():
            lives, _, _ = entered(state, year, Workspace(state.cells.shape))
            earned = bonus_granted(lives.enrolled, lives.payers, year, lives.credited)
        if not earned.any():  # then no level makes a bonus cost anything, and it need not be asked each time
            year = replace(year, rules_in_force=np.zeros_like(year.rules_in_force))
        return cls(levels, state, year, progress, lives)

    def of(self, runs: np.ndarray) -> "Reached":
        """Those of some runs of several."""
        return combined([self], lambda arrays: arrays[0][runs] if len(arrays[0]) > 1 else arrays[0])

    def __call__(self, moves: np.ndarray) -> np.ndarray:
        """The targets at moved levels."""
        year = with_levels(self.year, self.levels, moves, self.progress)
        with short_buffers():
            found = given(self.lives, self.state, year)
        with np.errstate(divide="ignore"):
            return np.log(np.stack([found[level.target] for level in self.levels], axis=-1))

    @cached_property
    def share(self) -> tuple[int, np.ndarray]:
        """Which level is a share of places, and what it is before it is moved, [run]."""
        place = next(place for place, each in enumerate(self.levels) if each.target == CRITICAL)
        return place, np.broadcast_to(self.year.critical_low_places.reshape(-1), len(self.state.cells))

    def at_its_end(self, moves: np.ndarray, missed: np.ndarray) -> np.ndarray:
        """Whether the share of places is 0 or 1 and its target lies beyond, [run]."""
        place, own = self.share
        share, rises = own + moves[:, place], missed[:, place] > 0
        return np.where(rises, share >= 1, share <= 0)

    def within(self, moves: np.ndarray) -> np.ndarray:
        """Moved levels with the share of places between 0 and 1, [run, level]."""
        place, own = self.share
        kept = moves.copy()
        kept[:, place] = np.clip(own + moves[:, place], 0.0, 1.0) - own
        return kept


def given(lives: Lives, state: State, year: YearBasis) -> dict[str, np.ndarray]:
    """What a year gives: income with interest and outgo of every fund, and what else levels are solved for, [run]."""
    flows = paid(lives, year, benefits_pp(year))
    totals = {name: total(values) for name, values in flows.items() if not name.startswith("chosen.")}
    totals["prepaid_change"] = np.zeros_like(totals["resident_enrolled"])
    _, interest = fund.closed(state.fund, totals, year.interest_rate, year.deficit_rate, year.interest_share)
    found = dict(totals)
    for place, of in enumerate(FUNDS[: state.fund.shape[1]]):
        found[f"{of.name}.income"] = fund.summed(booked(of.income, totals)) + interest[:, place]
        found[f"{of.name}.outgo"] = fund.summed(booked(of.outgo, totals))
    found["hospital"] = totals["inpatient_benefits"] + totals["critical_illness"] + totals["bonus_cost"]
    found["hospital_ratio"] = found["hospital"] / totals["inpatient_claims"]
    if year.employee is not None:
        care, years = year.employee.care, lives.member_years
        found["employee_hospital_ratio"] = totals["employee_inpatient_benefits"] / totals["employee_inpatient_claims"]
        cost = care.inpatient_use * care.inpatient_cost + care.outpatient_use * care.outpatient_cost
        active, retired = (total(by_person_group(years[:, :, rows] * cost)) for rows in (slice(0, 1), slice(1, None)))
        found["retired_over_active"] = retired / active
    return found


def solved(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where each matrix [run, target, level] gives its right side, [run, level]; each level moves its own target most.

    Elimination without a library of linear algebra, whose last digits hang on where numbers lie in memory.
    """
    left, found = matrices.copy(), right.copy()
    for place in range(right.shape[-1]):
        row, own = left[:, place : place + 1] / left[:, place : place + 1, place : place + 1], slice(place, place + 1)
        value = found[:, own] / left[:, place, own]
        factor = left[:, :, own].copy()
        factor[:, place] = 0.0
        left -= factor * row
        found -= factor[..., 0] * value
        left[:, own], found[:, own] = row, value
    return found


def settled(
    reached: Reached, wanted: np.ndarray, start: np.ndarray, slopes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Levels at which the targets are met, [run, level], and the largest distance left, [run].

    Broyden's steps, of each target for the levels alone that it answers to (Schubert's): those of other levels tell it nothing.
    Where a share of places has come to its end it stays there, and its target is given up. Infinite where levels do not
    settle, or where one would not believe them.
    """
    place, most = reached.share[0], np.array([level.most for level in reached.levels])
    moves = reached.within(start)
    missed, acts, slopes = wanted - reached(moves), slopes != 0, np.tile(slopes, (len(moves), 1, 1))
    ended, own_place = np.zeros(len(moves), dtype=bool), np.eye(len(slopes[0]))[place]
    runs, found, distance = np.arange(len(moves)), moves.copy(), np.full(len(moves), np.inf)
    for count in range(MOST_STEPS):
        if count >= FIRST_STEPS:
            ended = ended | reached.at_its_end(moves, missed)
        left = missed.copy()
        left[ended, place] = 0.0
        off = np.abs(left).max(axis=-1)
        beyond = (np.abs(moves) / most).max(axis=-1) - 1
        found[runs], distance[runs] = moves, np.where((off < EXACT) & (beyond <= 0), off, np.inf)
        lost = (beyond > GIVEN_UP - 1) | ((beyond > SURELY * off) & (count >= FIRST_STEPS))
        if not (going := (off >= EXACT) & ~lost).all():
            if not going.any():
                break
            runs, moves, missed, left, wanted, slopes, ended = (
                each[going] for each in (runs, moves, missed, left, wanted, slopes, ended)
            )
            reached = reached.of(going)
        own = slopes.copy()
        own[ended, place] = own_place
        step = solved(own, left)
        step *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(step).max(axis=-1), 1e-300))[:, None]
        after = reached.within(moves + step)
        made, new = after - moves, wanted - reached(after)
        error = missed - new - (slopes * made[:, None]).sum(axis=-1)
        by_level = made[:, None] * acts
        length = (by_level**2).sum(axis=-1)
        slopes += np.divide(error, length, out=np.zeros_like(error), where=np.abs(error) > EXACT)[..., None] * by_level
        moves, missed = after, new
    return found, distance
