"""A change that starts in a later year leaves every earlier one as it was, to the digit; all identities hold in one batch."""

from functools import reduce
from typing import Any, Final

import numpy as np
import pytest

from simsurance import load
from simsurance.errors import SimsuranceError
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import value_in

FIRST, LAST = 2033, 2034
TRIED: Final = (1.1, 0.9, 1.02)
LOOKS_AHEAD: Final = ("reserve_months_forward",)
"""What of a year is told over the next."""
OF_NEW_YEAR: Final = ("population.assisted_share",)
"""What holds on 1 January, and so at the end of the year before."""
READ_ONCE: Final = (
    "stock_level",
    "membership.resident_insured",
    "membership.employee_",
    "membership.duplicates",
    "opening",
)
"""Schedules that are read on the valuation date alone."""


def by_years(scenario: Scenario) -> dict[str, dict[int, float]]:
    """Every schedule that goes on, a value a year."""
    found = {}
    for path, key in KEYS.items():
        if key.kind == "schedule" and not any(part in path for part in READ_ONCE):
            own: Any = reduce(getattr, path.replace(".return.", ".back.").split("."), scenario.values)
            found[path] = {year: value for year in range(2010, LAST + 1) if (value := value_in(own, year)) is not None}
    return found


def changed(scenario: Scenario, path: str, values: dict[int, float]) -> Scenario | None:
    """The scenario with another value from 2033 on; None where no other is possible beside the rest."""
    for times in TRIED:
        other = values[FIRST] * times or 0.001
        try:
            return scenario.replace({path: {year: other if year >= FIRST else value for year, value in values.items()}})
        except SimsuranceError:
            continue
    return None


@pytest.fixture(scope="module")
def runs() -> dict[str, RunAccounts]:
    """The baseline under the name "", and with one schedule changed from 2033 on, by its key."""
    plain = load("baseline").replace({"horizon.last_year": LAST})
    values = by_years(plain)
    told = plain.replace(values)
    scenarios = {"": told} | {path: found for path in values if (found := changed(told, path, values[path]))}
    return dict(zip(scenarios, accounts_of(scenarios.values()), strict=True))


@pytest.mark.long
def test_a_change_that_starts_later_leaves_earlier_years_as_they_were(runs: dict[str, RunAccounts]) -> None:
    base = runs[""]

    def before(path: str) -> int:
        return base.years.index(FIRST - (path in OF_NEW_YEAR))

    def unchanged(fund: str, column: str, values: np.ndarray) -> np.ndarray:
        """The baseline's column; nothing in a column that is there only where the change acts, as that of arrears."""
        return base.accounts[fund].get(column, np.zeros_like(values))

    moved = {
        f"{path}: {column} of {fund}"
        for path, run in runs.items()
        for fund, account in run.accounts.items()
        for column, values in account.items()
        if column not in LOOKS_AHEAD
        and not np.array_equal(values[: before(path)], unchanged(fund, column, values)[: before(path)], equal_nan=True)
    }
    assert moved == set()


@pytest.mark.long
def test_most_schedules_are_tried_and_act_from_then_on(runs: dict[str, RunAccounts]) -> None:
    base, acting = runs[""], []
    for path, run in runs.items():
        same = [np.array_equal(run.accounts[fund]["closing"], base.accounts[fund]["closing"]) for fund in base.accounts]
        acting += [path] * (not all(same))
    assert len(runs) > 90
    assert len(acting) > 50


@pytest.mark.parametrize(
    "path", ["population.mortality_level", "population.mortality_advance", "population.migration_factor"]
)
def test_people_of_later_years_leave_the_product_of_earlier_ones(path: str) -> None:
    """Beside the baseline as it stands, whose people are those of the root."""
    plain = load("baseline").replace({"horizon.last_year": LAST})
    held = plain[path]
    last = max(held.items())[1] if isinstance(held, dict) else held
    earlier = held if isinstance(held, dict) else {"2015": held}
    base, run = accounts_of([plain, plain.replace({path: {**earlier, str(FIRST): last + 0.2}})])
    before = base.years.index(FIRST)
    for column, values in run.account.items():
        if column not in LOOKS_AHEAD:
            np.testing.assert_array_equal(values[:before], base.account[column][:before], err_msg=column)
    assert run.account["gdp"][before] != base.account["gdp"][before]
