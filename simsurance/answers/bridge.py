"""From one valuation to the next: what comes from the date, the data, experience, assumptions, policy and the model.

The old answer as it was saved, less that of its inputs on present code, is the model's. Then steps follow in a stated order,
each on what those before have led to: the period (window and date; counts of the new date as the old valuation projected
them), revised data of the time before, experience (what has been counted in place of what was projected), assumptions and
policy. A set of steps is a scenario of its own, root included: each key from the old valuation or the new one, keys that are
given by year year by year. Beside the order stand effects that hang on none (Shapley values of the same steps). Both add up
to the change.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.answers.attribute import over_sets
from simsurance.answers.solve import projected
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import ACCOUNTS, POOL, RESIDENT
from simsurance.measures import measure_of
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.files import TABLES
from simsurance.scenario_file.keys import KEYS, POLICY_KEYS, named_part
from simsurance.scenario_file.loader import TOLD, Scenario, load
from simsurance.scenario_file.register import register
from simsurance.scenario_file.toml_text import toml_text
from simsurance.scenario_file.years import COUNTED, COUNTED_AGES, COUNTED_OF_PROJECTED
from simsurance.variables import VARIABLES

if TYPE_CHECKING:
    import pandas as pd

PERIOD, DATA, EXPERIENCE, ASSUMPTIONS, POLICY = "period", "data", "experience", "assumptions", "policy"
MODEL, UNEXPLAINED, TOTAL = "model", "unexplained", "total"
ORDER: Final = (PERIOD, DATA, EXPERIENCE, ASSUMPTIONS, POLICY)
"""The stated order; the model's step comes before them."""
FUNDED_UNTIL: Final = "funded_until"
"""The year in which a fund is depleted; the one after the last year where it is not."""
SECOND: Final = {
    "resident": "required_contribution_multiple_now",
    "employee_pool": "required_contribution_multiple_now",
}
"""What is drawn beside the measure asked for, where it has a value in every step."""
LARGEST_GAP: Final = 1e-9
"""Largest part of a change, relative to the larger answer, that may be left without a step."""
MIXED: Final = "mixed.toml:"
"""How faults begin of the file of a set of steps."""
COUNTS: Final = (*COUNTED, *COUNTED_OF_PROJECTED, *COUNTED_AGES, "population.stock_level")
"""Keys of what is counted on a 1 January."""
PROJECTED: Final[Mapping[str, tuple[str, str]]] = {
    "membership.resident_insured": (RESIDENT, "resident_insured"),
    "membership.employee_active": (POOL, "employee_active"),
    "membership.employee_retired": (POOL, "employee_retired"),
    "fund.opening": (RESIDENT, "closing"),
    "employee.fund.opening_pool": (POOL, "closing"),
    "employee.fund.opening_accounts": (ACCOUNTS, "closing"),
}
"""Counts of a 1 January, and where the account of the year before has what was projected of them."""
REFERENCE_YEAR: Final = "claims.trend.reference_year"
OF_REFERENCE: Final = ("level", "deductible", "limit", "payment_ratio", "retired_deductible")
"""Ends of keys of cost and benefits that are levels, or amounts at the prices, of the reference year."""
CARE: Final = ("claims.", "benefits.", "employee.care.", "employee.benefits.")
POLICIES: Final = (
    "contributions.",
    "benefits.",
    "participation.",
    "fund.",
    "employee.contributions.",
    "employee.benefits.",
)
POLICIES_BESIDE: Final = ("employee.retirement", "employee.retirement_table", "levers", "pins")
FITTED: Final = ("fitted", "calibration")
"""Marks of keys that are found from what was published, wherever they stand."""


@dataclass(frozen=True)
class Valuation:
    """An answer of its time: the scenario, measures saved of it by name, keys that present code has beside its own."""

    name: str
    scenario: Scenario
    saved: Mapping[str, float] | None = None
    filled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bridge:
    """Two valuations and every set of steps between them; `faults`: sets of steps that are no scenario, with what is wrong."""

    old: Valuation
    new: Valuation
    keys: Mapping[str, tuple[str, ...]]
    runs: Mapping[frozenset[str], RunAccounts]
    last: RunAccounts
    faults: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in which something changes, in the stated order."""
        return tuple(step for step in ORDER if step in self.keys)

    @property
    def order_free(self) -> bool:
        """Whether every set of steps could be run."""
        return not self.faults

    def require_fund(self, fund: str) -> None:
        """Raises SimsuranceError (USAGE) where one of the valuations has no such fund."""
        have = [each for each in self.runs[frozenset()].accounts if each in self.last.accounts]
        if fund not in have:
            raise SimsuranceError(
                f"--fund {fund}: not in both valuations; one of {', '.join(have)}", exit_code=ExitCode.USAGE
            )

    def value(self, run: RunAccounts, fund: str, measure: str) -> float:
        """A measure of a run; `closing_2040` is a column of the fund's account in a year."""
        account = run.accounts.get(fund)
        named = {each.measure: each.value for each in run.measured}
        if measure == FUNDED_UNTIL:
            return self._funded_until(named.get(measure_of(fund, "depletion_year"), np.nan))
        if measure_of(fund, measure) in named:
            return float(named[measure_of(fund, measure)])
        column, _, year = measure.rpartition("_")
        if account is not None and column in account and year.isdecimal() and int(year) in run.years:
            return float(account[column][run.years.index(int(year))])
        return np.nan

    @property
    def common_last(self) -> int:
        """The last year that all valuations project: a horizon that ends earlier is no depletion."""
        return min(run.years[-1] for run in (*self.runs.values(), self.last))

    def _funded_until(self, depleted: float) -> float:
        """The year of depletion within the years that all project, or the year after."""
        return min(float(depleted), self.common_last + 1.0) if np.isfinite(depleted) else self.common_last + 1.0

    def ends(self, fund: str, measure: str) -> tuple[float, float]:
        """The old and the new answer, as saved where they were."""
        first = self.runs[frozenset()]
        return self._answer(self.old, first, fund, measure), self._answer(self.new, self.last, fund, measure)

    def _answer(self, of: Valuation, run: RunAccounts, fund: str, measure: str) -> float:
        own = self.value(run, fund, measure)
        if of.saved is None:
            return own
        if measure == FUNDED_UNTIL:
            return self._funded_until(of.saved.get(measure_of(fund, "depletion_year"), np.nan))
        return of.saved.get(measure_of(fund, measure), of.saved.get(f"{fund}/{measure}", np.nan))

    def table(self, fund: str, measure: str) -> "pd.DataFrame":
        """Each step's effect in the stated order and free of order, and where the answer then stands; index step.

        Raises SimsuranceError where the measure has no value in one of the valuations.
        """
        import pandas as pd

        before, after = self.ends(fund, measure)
        values = {members: self.value(run, fund, measure) for members, run in self.runs.items()}
        path = [frozenset(self.steps[:count]) for count in range(len(self.steps) + 1)]
        if not np.isfinite([before, after, *(values[each] for each in path)]).all():
            raise SimsuranceError(
                f"--measure {measure}: has no value for the {fund} in every step; {FUNDED_UNTIL}, a measure of both results, "
                "or a column of fund.csv with a year of both, such as closing_2040",
                exit_code=ExitCode.USAGE,
            )
        ordered = dict(zip(self.steps, np.diff([values[each] for each in path]), strict=True))
        free = self._shapley(values)
        model, left = values[path[0]] - before, after - values[path[-1]]
        rows = [(MODEL, model, model), *((step, ordered[step], free[step]) for step in self.steps)]
        rows.append((UNEXPLAINED, left, left))
        table = pd.DataFrame(rows, columns=["step", "effect", "order_free"]).set_index("step")
        table["after"] = before + table["effect"].cumsum()
        table.loc[TOTAL] = [table["effect"].sum(), table["order_free"].sum(), after]
        return table

    def shown(self, fund: str, measure: str) -> "dict[str, pd.DataFrame]":
        """The tables of a measure and of the one that is drawn beside it, where that has a value in every step."""
        tables = {measure: self.table(fund, measure)}
        second = SECOND.get(fund, measure)
        if second != measure:
            with suppress(SimsuranceError):
                tables[second] = self.table(fund, second)
        return tables

    def unit(self, fund: str, measure: str) -> str:
        """The unit of a measure, or of a column in a year."""
        if measure == FUNDED_UNTIL:
            return "year"
        named = {each.measure: each.unit for each in self.last.measured}
        if unit := named.get(measure_of(fund, measure)):
            return unit
        column = measure.rpartition("_")[0]
        return next((each.unit for each in VARIABLES if (each.table, each.name) == ("fund", column)), "")

    def _shapley(self, values: Mapping[frozenset[str], float]) -> dict[str, float]:
        """Effects that hang on no order; NaN where a set of steps could not be run."""
        if not self.order_free or not np.isfinite(list(values.values())).all():
            return dict.fromkeys(self.steps, np.nan)
        return {step: float(np.dot(*over_sets(step, values))) for step in self.steps}

    @cached_property
    def gap(self) -> float:
        """The largest relative difference between what was saved of the new valuation and its inputs on present code."""
        if self.new.saved is None:
            return 0.0
        now = {each.measure: each.value for each in self.last.measured}
        pairs = [(self.new.saved[name], now[name]) for name in now if np.isfinite(self.new.saved.get(name, np.nan))]
        return max((abs(was - is_) / (max(abs(was), abs(is_)) or 1.0) for was, is_ in pairs), default=0.0)


def bridge(old: Valuation, new: Valuation) -> Bridge:
    """What lies between two valuations, the old one first.

    Raises SimsuranceError where the new one is valued before the old or beyond its horizon, where a step
    is no scenario, and (COMPARISON) where the new result is not that of its inputs on present code.
    """
    first, then = (each.scenario.values.horizon.valuation_year for each in (old, new))
    if then < first:
        raise SimsuranceError(
            f"{new.name}: valued at 1 January {then}, {old.name} at {first}; name the earlier valuation first",
            exit_code=ExitCode.USAGE,
        )
    central, last_run = accounts_of([old.scenario])[0], accounts_of([new.scenario])[0]
    last = old.scenario.values.horizon.last_year
    if then > last + 1:
        raise SimsuranceError(
            f"{old.name}: projects to {last}, before the valuation at 1 January {then}; a later last_year"
        )
    mixed = _Mixed(old, new, central)
    keys = mixed.keys
    steps = tuple(step for step in ORDER if step in keys)
    sets = [frozenset(each) for count in range(len(steps) + 1) for each in combinations(steps, count)]
    on_the_way = {frozenset(steps[:count]) for count in range(len(steps) + 1)}
    runs, faults = _runs(mixed.at, sets, on_the_way)
    found = Bridge(old, new, keys, runs, last_run, tuple(faults))
    if found.gap > LARGEST_GAP:
        raise SimsuranceError(
            f"{new.name}: its inputs give other results on present code, by {found.gap:.3g} of a measure; run it again",
            exit_code=ExitCode.COMPARISON,
        )
    return found


def _runs(
    at: Callable[[frozenset[str]], Scenario], sets: Sequence[frozenset[str]], needed: set[frozenset[str]]
) -> tuple[dict[frozenset[str], RunAccounts], list[str]]:
    """The runs of all sets of steps; of those that are not needed what is wrong is told instead."""
    scenarios: dict[frozenset[str], Scenario] = {}
    faults: list[str] = []

    def wrong(members: frozenset[str], lines: Sequence[str], code: ExitCode) -> None:
        names = " + ".join(step for step in ORDER if step in members)
        told = [f"{names}: {line.rpartition(MIXED)[2]}" for line in lines]
        if members in needed:
            raise SimsuranceError(*told, exit_code=code)
        faults.append(told[0])

    for each in sets:
        try:
            scenarios[each] = at(each)
        except SimsuranceError as error:
            wrong(each, error.lines, error.exit_code)
    found = projected([*scenarios.values()], None)
    runs = {each: run for each, run in zip(scenarios, found, strict=True) if run is not None}
    for each in scenarios.keys() - runs.keys():
        try:
            accounts_of([scenarios[each]])
        except SimsuranceError as error:
            wrong(each, error.lines, error.exit_code)
    return runs, faults


@dataclass(frozen=True)
class _Side:
    """A valuation as the values of a complete file: its leaves, what it needs of its root, in what its pins are found."""

    leaves: dict[str, Any]
    of_root: dict[str, Any]
    pinned_in: dict[str, Any]

    @classmethod
    def of(cls, scenario: Scenario) -> "_Side":
        """Own tables by their full paths."""
        own = {path: file.as_posix() for path, file in scenario.tables.items() if not file.is_relative_to(TABLES)}
        of_root = dict(scenario.of_root)
        roots = scenario.root_tables.items()
        of_root |= {
            path: file.as_posix() for path, file in roots if path in of_root and not file.is_relative_to(TABLES)
        }
        return cls(dict(scenario.leaves) | own, of_root, dict(scenario.pin_root.leaves) if scenario.pin_root else {})


@dataclass(frozen=True)
class _Mixed:
    """The scenario of every set of steps: each key from the old valuation or the new, yearly ones year by year."""

    old: Valuation
    new: Valuation
    central: RunAccounts

    @cached_property
    def sides(self) -> tuple[_Side, _Side]:
        """Both valuations as complete files."""
        return _Side.of(self.old.scenario), _Side.of(self.new.scenario)

    @cached_property
    def dates(self) -> tuple[int, int]:
        """The valuation years."""
        first, then = (each.scenario.values.horizon.valuation_year for each in (self.old, self.new))
        return first, then

    @cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys of each step; a yearly key may stand in several, and a count of the new date in experience."""
        found: dict[str, list[str]] = {}
        for part in ("leaves", "of_root"):
            was, now = (getattr(side, part) for side in self.sides)
            for path in (each for each in dict.fromkeys((*was, *now)) if was.get(each) != now.get(each)):
                if path not in TOLD:
                    steps = self._parts(path, was.get(path), now.get(path), differing=True)
                    for step in dict.fromkeys(steps.values()):
                        found.setdefault(step, []).append(path)
        if self.dates[1] > self.dates[0]:
            found.setdefault(EXPERIENCE, []).extend(self._projected)
        return {step: tuple(dict.fromkeys(found[step])) for step in ORDER if step in found}

    def at(self, steps: frozenset[str]) -> Scenario:
        """The scenario in which some steps have been made, read from a file of its own."""
        leaves, of_root = (self._mix(part, steps) for part in ("leaves", "of_root"))
        if PERIOD in steps and EXPERIENCE not in steps:
            for path, projected in self._projected.items():
                leaves[path] = {**_by_year(leaves[path]), str(self.dates[1]): projected}
        reference = {path: value for path, value in of_root.items() if value != leaves.get(path)}
        pinned_in = self.sides[POLICY in steps].pinned_in
        pinned = {
            path: value
            for path, value in pinned_in.items()
            if named_part(path)[0] or (path in KEYS and value != leaves.get(path))
        }
        with TemporaryDirectory() as folder:
            file = Path(folder) / MIXED.rstrip(":")
            file.write_text(toml_text(leaves, reference=reference, pinned_in=pinned), encoding="utf-8")
            return load(file)

    def _mix(self, part: str, steps: frozenset[str]) -> dict[str, Any]:
        """The leaves, or what the root gives, with some steps made."""
        was, now = (getattr(side, part) for side in self.sides)
        found = {path: self._value(path, was.get(path), now.get(path), steps) for path in dict.fromkeys((*was, *now))}
        return {path: value for path, value in found.items() if value is not None}

    @cached_property
    def _projected(self) -> dict[str, float]:
        """What the old valuation projected for the new date, of what is counted on it; empty where the date is the same."""
        first, then = self.dates
        if then == first:
            return {}
        place = self.central.years.index(then - 1)
        return {
            path: float(self.central.accounts[fund][column][place])
            for path, (fund, column) in PROJECTED.items()
            if fund in self.central.accounts and _by_year(self.old.scenario.leaves[path])
        }

    def _value(self, path: str, was: Any, now: Any, steps: frozenset[str]) -> Any:
        """The value of a key with some steps made; None where it is there in the other valuation alone."""
        if was == now:
            return was
        parts = self._parts(path, was, now)
        if not steps.issuperset(parts.values()) and steps.isdisjoint(parts.values()):
            return was
        if "" in parts:
            return now if EXPERIENCE in steps else self._until(was, now)
        if steps.issuperset(parts.values()):
            return now
        both = dict(zip((False, True), self._yearly(was, now), strict=True))
        found = {year: side[year] for year, step in parts.items() if year in (side := both[step in steps])}
        return found or (now if parts[max(parts)] in steps else was)

    def _parts(self, path: str, was: Any, now: Any, differing: bool = False) -> dict[str, str]:
        """The step of each year of a key, or of the whole key under an empty name; of years that differ alone if so asked."""
        step, (before, after) = self._step(path), self._yearly(was, now)
        if step not in (ASSUMPTIONS, DATA, EXPERIENCE) or not before or not after:
            return {"": step}
        years = sorted({*before, *after})
        if differing:
            years = [year for year in years if before.get(year) != after.get(year)]
        return {year: self._of_year(path, int(year)) for year in years}

    def _until(self, was: Any, now: Any) -> Any:
        """A new ramp with the old values in the years before the new date, which are not yet experience."""
        knots, (first, then) = _knots(now), self.dates
        before = {year: value for year in {first, then - 1} if (value := _along(was, year)) is not None}
        if not knots or not before or min(knots) <= first:
            return now
        return {"ramp": {str(year): value for year, value in sorted({**before, **knots}.items())}}

    def _yearly(self, was: Any, now: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both values by year; one number beside a yearly value holds from its beginning, or from the new date, on."""
        before, after = _by_year(was), _by_year(now)
        if after and isinstance(was, int | float):
            before = {str(min(self.dates[0], *map(int, after))): was}
        if before and isinstance(now, int | float):
            after = {str(self.dates[1]): now}
        return before, after

    def _of_year(self, path: str, year: int) -> str:
        """The step of a year of a key that is estimated, counted or observed."""
        first, then = self.dates
        if path in COUNTS:
            return DATA if year <= first else EXPERIENCE
        return DATA if year < first else EXPERIENCE if year < then else ASSUMPTIONS

    def _step(self, path: str) -> str:
        """The step of a key as a whole."""
        if path.startswith("horizon."):
            return PERIOD
        old, new = (each.scenario.leaves.get(REFERENCE_YEAR) for each in (self.old, self.new))
        care = path.startswith(CARE) and any(name in OF_REFERENCE for name in path.split("."))
        if old != new and (path == REFERENCE_YEAR or care or path.endswith(("inpatient_level", "outpatient_level"))):
            return EXPERIENCE
        if path in COUNTS:
            return EXPERIENCE
        entry = register().get(path)
        fitted = entry is not None and entry.mark in FITTED
        if named_part(path)[0] or ((path in POLICY_KEYS or path.startswith(POLICIES)) and not fitted):
            return POLICY
        if path.startswith(POLICIES_BESIDE):
            return POLICY
        return DATA if path in self.new.scenario.tables else ASSUMPTIONS


def _by_year(value: Any) -> dict[str, Any]:
    """A value that is given year by year; empty for any other."""
    yearly = isinstance(value, dict) and bool(value) and all(str(year).isdecimal() for year in value)
    return {str(year): each for year, each in value.items()} if yearly else {}


def _knots(value: Any) -> dict[int, float]:
    """The years of a ramp with their values; empty for any other value."""
    ramp = value.get("ramp") if isinstance(value, dict) else None
    return {int(year): float(each) for year, each in ramp.items()} if ramp else {}


def _along(value: Any, year: int) -> float | None:
    """A number, a ramp or a yearly value in a year; None for any other value, and before its first year."""
    if named := [each for each in _by_year(value) if int(each) <= year]:
        last = value[max(named)]
        return float(last) if isinstance(last, int | float) else None
    if knots := _knots(value):
        return float(np.interp(year, sorted(knots), [knots[each] for each in sorted(knots)]))
    return float(value) if isinstance(value, int | float) else None
