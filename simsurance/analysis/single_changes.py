"""How far a depletion year moves when one thing that nobody knows is changed at a time, policy kept as it is.

The list of changes stands in `scenarios/single_changes.csv`, a row a key. Rows of one number are one run: what they change
reaches different funds, or is one thing told in two keys. Changes are relative to the scenario's own values.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.measures import measure_of
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.register import rows
from simsurance.scenario_file.schedule import CALENDAR, Ramp, Schedule, value_in

if TYPE_CHECKING:
    import pandas as pd

HEADER: Final = ("run", "side", "fund", "input", "path", "how", "value", "basis")
TOLD: Final = 3
"""How many inputs are named that move a fund most."""
KEYS: Final = ("fund", "input", "side")
REFUSED: Final = "not_possible"
"""The status of a change that the scenario does not bear."""


@dataclass(frozen=True)
class Step:
    """What a change does to one key: a row of the list. `fund` is empty where every fund is reached."""

    side: str
    fund: str
    input: str
    path: str
    how: str
    value: str
    basis: str

    def reaches(self, fund: str) -> bool:
        """Whether a fund is reached; personal accounts are where the pooled fund of their scheme is."""
        return self.fund in ("", POOL if fund == ACCOUNTS else fund)

    @property
    def size(self) -> float | None:
        """By how much a value is raised; None where it is set."""
        return None if self.how == "set" else float(self.value)

    @property
    def set_to(self) -> Any:
        """What a value is set to: a number where it is written as one."""
        for kind in (int, float):
            with suppress(ValueError):
                return kind(self.value)
        return self.value


Change = tuple[Step, ...]
"""What one run changes."""


@dataclass(frozen=True)
class Moved:
    """A fund under one change: when it is depleted, and what its closing balance changes by at constant prices, yuan.

    The year is None if it never comes, or the change is not possible; the status then says which.
    """

    input: str
    side: str
    size: float | None
    depletion_year: int | None
    status: str
    change: float


@dataclass(frozen=True)
class FundRange:
    """A fund's depletion year and those under single changes; None is a year that does not come by `last`.

    Changes of the balance are those of 31 December of `year`: the central depletion year, the last year if there is none.
    """

    fund: str
    depletion_year: int | None
    year: int
    last: int
    moved: tuple[Moved, ...]

    @cached_property
    def ends(self) -> tuple[int | None, int | None]:
        """The earliest and the latest depletion year, the central one included."""
        possible = [each.depletion_year for each in self.moved if each.status != REFUSED]
        found = [self.depletion_year, *possible]
        named = [year for year in found if year is not None]
        return min(named, default=None), None if None in found else max(named)

    def most(self, count: int = TOLD) -> list[tuple[Moved, ...]]:
        """The inputs that move the balance most, each with its sides; those that do not move it are left out."""
        moving = [each for each in self.moved if each.change and each.status != REFUSED]
        sides = [
            tuple(each for each in moving if each.input == name) for name in dict.fromkeys(m.input for m in moving)
        ]
        return sorted(sides, key=lambda each: -max(abs(side.change) for side in each))[:count]


@dataclass(frozen=True)
class SingleChanges:
    """The range of every fund of a run."""

    funds: dict[str, FundRange]

    @cached_property
    def ranges(self) -> "pd.DataFrame":
        """Depletion year of each fund, and the earliest and latest under single changes with their statuses; index fund."""
        import pandas as pd

        table = []
        for found in self.funds.values():
            row: dict[str, Any] = {"fund": found.fund}
            for name, year in zip(
                ("depletion", "earliest", "latest"), (found.depletion_year, *found.ends), strict=True
            ):
                row |= {f"{name}_year": _number(year), f"{name}_status": _status(year, found.last)}
            table.append(row)
        return pd.DataFrame(table).set_index("fund")

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every change: depletion year, status; change of the closing balance of `year` at constant prices."""
        import pandas as pd

        found_rows = [
            {
                **{"fund": found.fund, "input": each.input, "side": each.side},
                **{"depletion_year": _number(each.depletion_year), "status": each.status},
                **{"year": found.year, "change": each.change},
            }
            for found in self.funds.values()
            for each in found.moved
        ]
        columns = [*KEYS, "depletion_year", "status", "year", "change"]
        return pd.DataFrame(found_rows, columns=columns).set_index(list(KEYS))


def _number(year: int | None) -> float:
    return np.nan if year is None else float(year)


def _status(year: int | None, last: int) -> str:
    return "ok" if year is not None else f"not_depleted_by_{last}"


@cache
def listed() -> tuple[Change, ...]:
    """The list of changes, a run each."""
    table = rows(scenarios_folder() / "single_changes.csv", HEADER)
    return tuple(
        tuple(Step(**{name: row[name] for name in HEADER[1:]}) for row in same)
        for _, same in groupby(table, key=lambda row: row["run"])
    )


def size_of(fund: str, name: str, side: str) -> float | None:
    """By how much a change of the list raises an input on a side that reaches a fund; None where it is set, or not listed."""
    steps = (step for change in listed() for step in change if step.input == name and step.side == side)
    return next((step.size for step in steps if step.reaches(fund)), None)


def single_changes(results: RunAccounts, changes: Sequence[Change] | None = None) -> SingleChanges:
    """The range of a run over the list, or over other changes: one build and one projection a change, a few side by side.

    A change that alters nothing in the scenario is left out, and so is one that reaches none of its funds. Where no year
    projected lies after the published ones nothing is unknown, and there is no change.
    """
    moved: dict[str, list[Moved]] = {fund: [] for fund in results.accounts}
    planned: list[tuple[list[Step], dict[str, Any]]] = []
    for change in listed() if changes is None else changes:
        reaching = [step for step in change if any(step.reaches(fund) for fund in results.accounts)]
        if values := dict(_values(results.scenario, reaching)):
            planned.append((reaching, values))
    all_changed = _changed(results, [values for _, values in planned])
    for (reaching, values), changed in zip(planned, all_changed, strict=True):
        for fund, found in moved.items():
            step = next((step for step in reaching if step.reaches(fund) and step.path in values), None)
            if step:
                found.append(_moved(results, changed, fund, step))
    last = results.years[-1]
    central = {fund: _depletion_year(results, fund) for fund in moved}
    return SingleChanges(
        {
            fund: FundRange(fund, central[fund], central[fund] or last, last, tuple(found))
            for fund, found in moved.items()
        }
    )


def _changed(results: RunAccounts, changes: Sequence[dict[str, Any]]) -> list[RunAccounts | None]:
    """The run's scenario with other values, projected with the entries that it holds; None where it does not bear them."""
    possible = {}
    for place, values in enumerate(changes):
        with _borne():
            possible[place] = results.scenario.replace(values)
    found: dict[int, RunAccounts] = {}
    with _borne():
        found = dict(zip(possible, accounts_of(possible.values(), results.held), strict=True))
    for place, scenario in possible.items() if not found else ():
        with _borne():
            (found[place],) = accounts_of([scenario], results.held)
    return [found.get(place) for place in range(len(changes))]


@contextmanager
def _borne() -> Iterator[None]:
    """Pass over what a scenario does not bear."""
    try:
        yield
    except SimsuranceError as error:
        if error.exit_code != ExitCode.INPUT:
            raise


def _moved(results: RunAccounts, changed: RunAccounts | None, fund: str, step: Step) -> Moved:
    """A fund without and with a change."""
    told = (step.input, step.side, step.size)
    if changed is None:
        return Moved(*told, None, REFUSED, np.nan)
    year, last = _depletion_year(changed, fund), results.years[-1]
    place = results.years.index(_depletion_year(results, fund) or last)
    old, new = (closing_real(each, fund)[place] for each in (results, changed))
    return Moved(*told, year, _status(year, last), float(new - old))


def closing_real(results: RunAccounts, fund: str) -> np.ndarray:
    """A fund on each 31 December in yuan of the year before the valuation date, by the run's own inflation, [year]."""
    account = results.accounts[fund]
    return np.asarray(account["closing"] / account["price_level"])


def _depletion_year(results: RunAccounts, fund: str) -> int | None:
    """The depletion year of a fund; None if it never comes."""
    found = results.by_measure[measure_of(fund, "depletion_year")]
    return int(found.value) if found.status == "ok" else None


def _values(scenario: Scenario, steps: Iterable[Step]) -> Iterator[tuple[str, Any]]:
    """The changed value of each key that a change alters in a scenario.

    What is given until the reference year of cost is no unknown: values are raised from the year after it.
    """
    first = max(scenario.values.horizon.valuation_year, scenario.values.claims.trend.reference_year + 1)
    steps = [step for step in steps if step.path in scenario.leaves]  # a scheme may lack the part that a key is of
    for step in steps if first <= scenario.values.horizon.last_year else ():
        own: Any = reduce(getattr, step.path.split("."), scenario.values)
        if step.size is None:
            if step.set_to != own:
                yield step.path, step.set_to
        elif step.how != "add_where_named" or not isinstance(own, dict) or max(own) >= first:
            yield step.path, raised(own, step.size, first)


def raised(schedule: Schedule, by: float, first: int) -> Schedule:
    """A schedule with all its values from a year on raised; a number becomes a ramp, which names all years as it did."""
    if isinstance(schedule, float | int):
        schedule = Ramp(ramp={CALENDAR[0]: float(schedule)})
    is_ramp = isinstance(schedule, Ramp)
    knots = schedule.ramp if isinstance(schedule, Ramp) else schedule
    before = {first - 1: value_in(schedule, first - 1)} if is_ramp else {}
    found = {year: value for year, value in (knots | before).items() if year < first and value is not None}
    later = {year: value for year, value in knots.items() if year > first}
    at_first = value_in(schedule, first)
    if at_first is not None:
        later[first] = at_first
    found |= {year: value + by for year, value in later.items()}
    ordered = dict(sorted(found.items()))
    return Ramp(ramp=ordered) if is_ramp else ordered
