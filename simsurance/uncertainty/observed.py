"""Draws that agree with what was observed: levels of cost, benefits and contributions solved again in each of them.

A draw changes what a person costs, pays and is paid. In the reference year of cost that is known: income and outgo of every
fund, admissions, the shares of cost that are paid. So each draw is valued at the start of that year and lived through it, and
its levels are solved until it gives what the scenario itself gives, within 1e-12; a published total of a fund that the scenario
gives within 0.1 % counts itself. The levels move the paths behind them by the same factor, or the same number of points.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from simsurance.axes import AGE
from simsurance.basis import build_plain, stack
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.ledger import ACCOUNTS, FUNDS, POOL, RESIDENT, booked
from simsurance.model import fund
from simsurance.model.care import benefits_pp
from simsurance.model.groups import by_person_group, total
from simsurance.model.lives import Lives
from simsurance.model.projection import short_buffers
from simsurance.model.state import State, Workspace, YearBasis
from simsurance.model.year import entered, paid
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Ramp, Schedule
from simsurance.uncertainty.parameters import value_at, with_values

EXACT: Final = 1e-12
"""How near every target is met, relative."""
STEP: Final = 1e-4
FIRST_STEPS: Final = 3
MOST_STEPS: Final = 25
LONGEST_STEP: Final = 0.7
GIVEN_UP: Final = 1.5
"""How many times as far as one would believe a level may go while it is looked for."""
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

Year = YearBasis
Scaled = Callable[[Year, np.ndarray, np.ndarray], Year]


@dataclass(frozen=True)
class Level:
    """A level that is solved: its key, what it is solved for, and what a number on its scale does to a year.

    `factor`: the number is a logarithm, 0 changes nothing; else it is added. `most`: by how much one would believe it to move.
    """

    key: str
    target: str
    apply: Scaled
    factor: bool = True
    most: float = float(np.log(2.0))

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


def _care(name: str, factor: bool = True) -> Scaled:
    def apply(year: Year, x: np.ndarray, _: np.ndarray) -> Year:
        own = getattr(year.care, name)
        return replace(year, care=replace(year.care, **{name: own * np.exp(x) if factor else own + x}))

    return apply


def _member_care(*names: str, factor: bool = True) -> Scaled:
    def apply(year: Year, x: np.ndarray, _: np.ndarray) -> Year:
        assert year.employee is not None
        care = year.employee.care
        moved = {name: getattr(care, name) * np.exp(x) if factor else getattr(care, name) + x for name in names}
        return replace(year, employee=replace(year.employee, care=replace(care, **moved)))

    return apply


def _members(*names: str) -> Scaled:
    def apply(year: Year, x: np.ndarray, _: np.ndarray) -> Year:
        assert year.employee is not None
        moved = {name: getattr(year.employee, name) * np.exp(x) for name in names}
        return replace(year, employee=replace(year.employee, **moved))

    return apply


def _older(year: Year, x: np.ndarray, progress: np.ndarray) -> Year:
    """Members' cost rises more steeply with age: by the whole factor from the older on."""
    return _member_care("inpatient_cost", "outpatient_cost")(year, x * progress, progress)


def _supplement(year: Year, x: np.ndarray, _: np.ndarray) -> Year:
    return replace(year, local_supplement=year.local_supplement * np.exp(x))


def _admissions(year: Year, x: np.ndarray, none: np.ndarray) -> Year:
    year = _care("admissions")(year, x, none)
    return year if year.employee is None else _member_care("admissions")(year, x, none)


def _low_places(year: Year, x: np.ndarray, _: np.ndarray) -> Year:
    return replace(year, critical_low_places=np.clip(year.critical_low_places + x, 0.0, 1.0))


OF_RESIDENTS: Final = (
    Level("claims.inpatient.level", "hospital", _care("inpatient_cost")),
    Level(
        "benefits.inpatient.payment_ratio", "hospital_ratio", _care("inpatient_ratio", factor=False), False, MOST_POINTS
    ),
    Level("benefits.critical_illness.low_deductible_places", CRITICAL, _low_places, False, 1.0),
    Level("claims.outpatient.level", f"{RESIDENT}.outgo", _care("outpatient_cost")),
    Level("claims.inpatient.admissions_per_user", "admissions", _admissions),
    Level("contributions.local_supplement", f"{RESIDENT}.income", _supplement),
)
OF_MEMBERS: Final = (
    Level("employee.care.use_level", "employee_admissions", _member_care("inpatient_use", "admissions")),
    Level("employee.care.inpatient_level", "employee_inpatient_claims", _member_care("inpatient_cost")),
    Level("employee.care.older_cost_ratio", "retired_over_active", _older),
    Level("employee.care.outpatient_level", "employee_outpatient_claims", _member_care("outpatient_cost")),
    Level(
        "employee.benefits.inpatient.payment_ratio",
        "employee_hospital_ratio",
        _member_care("inpatient_ratio", factor=False),
        False,
        MOST_POINTS,
    ),
    Level(
        "employee.benefits.outpatient.payment_ratio",
        f"{POOL}.outgo",
        _member_care("outpatient_ratio", factor=False),
        False,
        MOST_POINTS,
    ),
    Level("employee.benefits.birth_benefit", "maternity_benefits", _members("birth_benefit")),
    Level("employee.contributions.compliance", f"{ACCOUNTS}.income", _members("contribution_base")),
    Level("employee.contributions.employer_rate", f"{POOL}.income", _members("employer_rate", "purchase_pp")),
    Level("employee.accounts.spending_rate", f"{ACCOUNTS}.outgo", _members("spending_rate")),
    Level("employee.accounts.relatives_care_rate", "relatives_care", _members("relatives_care_rate")),
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

    def solve(self, scenarios: Mapping[int, Scenario], noise: np.ndarray) -> tuple[Solved, list[int]]:
        """The levels of draws by row, and the rows that can open; `noise` standard normal numbers, [row, target]."""
        opened = {row: built for row, each in scenarios.items() if (built := _opened(each, self.year)) is not None}
        rows = list(opened)
        if not rows:
            return Solved(self.levels, np.empty((0, len(self.levels))), np.empty(0)), []
        reached = Reached([scenarios[row] for row in rows], list(opened.values()), self.levels)
        wanted = self.targets + noise[rows, : len(self.levels)] * self.spread
        moves, missed = settled(reached, wanted, np.tile(self.start, (len(rows), 1)), self.slopes)
        return Solved(self.levels, moves, missed), rows


Built = tuple[State, tuple[YearBasis, ...]]


def _opened(scenario: Scenario, year: int) -> Built | None:
    """A scenario built at a year; None where it opens neither there nor at its valuation date."""
    try:
        first = scenario.values.horizon.valuation_year
        if year != first:
            build_plain(at_start(scenario, first))
        return build_plain(at_start(scenario, year))
    except (ArithmeticError, SimsuranceError):
        return None


def observed(scenario: Scenario) -> Observed:
    """What draws of a scenario have to give in its reference year; the valuation year where that cannot be opened."""
    values = scenario.values
    dates, reference = scenario.valuation_years, values.claims.trend.reference_year
    year = (
        reference if reference in dates and reference < values.horizon.valuation_year else values.horizon.valuation_year
    )
    levels = OF_RESIDENTS + (OF_MEMBERS if values.employee.projected else ())
    built = build_plain(at_start(scenario, year))
    there = np.isfinite(Reached([scenario], [built], levels)(np.zeros((1, len(levels))))[0])
    levels = tuple(each for each, has in zip(levels, there, strict=True) if has or each.target == CRITICAL)
    reached = Reached([scenario], [built], levels)  # what there is none of is not solved
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
    return replace(
        scenario,
        values=with_values(scenario.values, horizon),
        reference=with_values(scenario.reference, horizon),
        at_root=with_values(scenario.at_root, horizon),
        leaves=dict(scenario.leaves) | horizon,
    )


class Reached:
    """What some scenarios give in a year, in logarithms, [run, target], for levels moved, [run, level]."""

    def __init__(self, scenarios: Sequence[Scenario], built: Sequence[Built], levels: Sequence[Level]) -> None:
        self.levels = levels
        self.state, (self.year,) = stack(built)
        ages = np.arange(len(AGE.members)) + 0.5
        bounds = [
            (care.younger_to_age, care.older_from_age) for care in (each.values.employee.care for each in scenarios)
        ]
        self.progress = np.stack([np.clip((ages - low) / (high - low), 0, 1) for low, high in bounds]).reshape(
            len(scenarios), *(1 for _ in range(self.state.cells.ndim - 2)), len(ages)
        )
        with short_buffers():
            self.lives, _, _ = entered(self.state, self.year, Workspace(self.state.cells.shape))

    def __call__(self, moves: np.ndarray) -> np.ndarray:
        """The targets at moved levels."""
        year = self.year
        for place, level in enumerate(self.levels):
            by = moves[:, place].reshape(-1, *(1 for _ in self.progress.shape[1:]))
            year = level.apply(year, by, self.progress)
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
    totals = {name: total(values) for name, values in flows.items()}
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
    """Levels at which the targets are met, [run, level], and the largest distance left, [run]; Broyden's steps.

    Where a share of places has come to its end it stays there, and its target is given up. Infinite where levels do not
    settle, or where one would not believe them.
    """
    moves, places = reached.within(start), reached.share[0]
    missed, slopes = wanted - reached(moves), np.tile(slopes, (len(moves), 1, 1))
    ended, own_place = np.zeros(len(moves), dtype=bool), np.eye(len(slopes[0]))[places]
    lost, most = np.zeros(len(moves), dtype=bool), np.array([level.most for level in reached.levels])
    for count in range(MOST_STEPS):
        if count >= FIRST_STEPS:
            ended |= reached.at_its_end(moves, missed)
        left = missed.copy()
        left[ended, places] = 0.0
        lost |= (np.abs(moves) > GIVEN_UP * most).any(axis=-1)
        going = (np.abs(left).max(axis=-1) >= EXACT) & ~lost
        if not going.any():
            break
        own = slopes.copy()
        own[ended, places] = own_place
        step = solved(own, left) * going[:, None]
        step *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(step).max(axis=-1), 1e-300))[:, None]
        after = reached.within(moves + step)
        made, new = after - moves, wanted - reached(after)
        off = missed - new - (slopes * made[:, None]).sum(axis=-1)
        square = np.where(going, (made**2).sum(axis=-1), 1.0)
        slopes += (going / square).reshape(-1, 1, 1) * off[:, :, None] * made[:, None, :]
        moves, missed = after, new
    distance = np.abs(left).max(axis=-1)
    return moves, np.where((distance < EXACT) & (np.abs(moves) <= most).all(axis=-1), distance, np.inf)
