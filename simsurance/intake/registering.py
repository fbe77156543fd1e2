"""The register of a fund's own values, from the tables that were imported: `[register]` in `tables/inputs.toml`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from simsurance.intake.store import Store
from simsurance.intake.understood import measures
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.own_fund import STOCK
from simsurance.scenario_file.own_register import COLUMNS, NO_INPUTS, NO_VALUES
from simsurance.scenario_file.register import MARKS

Row = dict[str, str]
FOLLOWING: Final[Row] = {"source": "simsurance import", "mark": "choice"}
"""What follows from a table being there: a rule, a factor of 1, a total that is not the nation's."""
FROM_THE_NATION: Final[Row] = {"source": "the nation's, at the fund's ratio of incomes", "mark": "derived"}
PERSONS: Final = ("population", "elsewhere")


def keys_of(kind: str, series: Iterable[str], files: Iterable[str], of_files: Mapping[str, str]) -> list[str]:
    """The keys that a table of a kind sets: of yearly series those of each, else those of the clean tables that it makes."""
    if kind in PERSONS:
        return [STOCK]
    if kind == "series":
        return [key for name in series if name in measures() and (key := measures()[name].key) in KEYS]
    return [of_files[file] for file in files if file in of_files]


def rows(store: Store, leaves: Mapping[str, Any]) -> dict[str, Row]:
    """A row for each key that the tables set: what is told of the latest table that sets it, of several of one date of all.

    In the order of their names, whatever was imported first.
    """
    found: dict[str, Row] = {}
    for path in leaves:
        if path in NO_VALUES or path.startswith(NO_INPUTS):
            continue
        setting = [row for row in store.imports if path in row["keys"].split()]
        if not setting:
            found[path] = dict(FROM_THE_NATION if path.startswith("economy.area_income.") else FOLLOWING)
            continue
        last = max(int(row["last_year"]) for row in setting)
        found[path] = _together([row for row in setting if int(row["last_year"]) == last])
    return dict(sorted(found.items()))


def _together(imports: list[dict[str, str]]) -> Row:
    """What is told of tables together: every source and owner, the weakest mark, the earliest date."""
    joined = {name: "; ".join(dict.fromkeys(row[name] for row in imports if row[name])) for name in ("source", "owner")}
    dates = [row["valid_until"] for row in imports if row["valid_until"]]
    told = joined | {
        "mark": max((row["mark"] for row in imports), key=list(MARKS).index),
        "valid_until": min(dates, default=""),
    }
    return {name: told[name] for name in COLUMNS if told[name]}
