"""The nation made small: a fund with a share of its persons and its money, all a head the same."""

from pathlib import Path
from typing import Any

import pandas as pd

from simsurance import load
from simsurance.scenario_file.loader import Scenario

COUNTS = ("population.counted.age_16_59", "population.counted.age_60_plus", "population.counted.age_65_plus")
MEMBERS = ("membership.resident_insured", "membership.employee_active", "membership.employee_retired")
MONEY = ("fund.opening", "employee.fund.opening_pool", "employee.fund.opening_accounts", "economy.gdp")
TABLES = {"population.stock_table": "persons", "population.migration_table": "net_migrants"}


def scaled(share: float, folder: Path) -> Scenario:
    """The baseline with a share of the nation's persons and money, its own tables in a folder."""
    base = load("baseline")
    changes: dict[str, Any] = {path: times(base.leaves[path], share) for path in (*COUNTS, *MEMBERS, *MONEY)}
    for path, column in TABLES.items():
        table = pd.read_csv(base.tables[path])
        table[column] *= share
        file = folder / f"{column}.csv"
        table.to_csv(file, index=False, lineterminator="\n")
        changes[path] = file.as_posix()
    return base.replace(changes)


def times(schedule: dict[str, float], share: float) -> dict[str, float]:
    """A schedule with every number multiplied."""
    return {year: number * share for year, number in schedule.items()}
