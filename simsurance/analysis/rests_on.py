"""How much of a fund's result rests on its own figures, and how much on the nation's shapes.

Measured in the money and the persons of the run itself: each row of an account has keys that its level a head follows from and
tables that its ages follow from (`data/rests_on.csv`); a key or table is own where no shipped file gives it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from simsurance.data.tables import DATA, text_rows
from simsurance.ledger import POOL, RESIDENT
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.years import is_shipped

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

FILE: Final = DATA / "rests_on.csv"
HEADER: Final = ("fund", "column", "side", "levels", "ages")
OWN, PARTLY, NATION = DEGREES = ("own", "partly", "nation")
STOCK: Final = "population.stock_table"
INSURED: Final = {RESIDENT: "resident_insured", POOL: "employee_insured"}
"""The insured of a fund among the stocks."""


def own_keys(scenario: "Scenario") -> set[str]:
    """The keys that no shipped file gives: of tables those whose file is the fund's own."""
    return {
        path
        for path, layer in scenario.layers.items()
        if path in KEYS
        and not (layer.folder is not None and layer.folder.is_relative_to(scenarios_folder()))
        and not (path in scenario.tables and is_shipped(scenario.tables[path]))
    }


def tables_of_the_nation(scenario: "Scenario") -> list[str]:
    """The keys of the tables by age, sex or area that are shipped ones, in the order of the schema."""
    tables = (path for path in scenario.tables if not path.startswith(("uncertainty.", "published.")))
    return [path for path in tables if is_shipped(scenario.tables[path])]


def rests_on(results: "RunResult") -> "pd.DataFrame":
    """Shares that rest on own figures, in part on them, and on the nation's alone; index fund and what.

    `income_level`, `outgo_level`: of income and benefits over the years at constant prices, whether a level a head is own;
    `outgo_ages`: of benefits, whether the tables of use and cost by age are own; `persons`: of insured person-years, whether
    the persons stood in an own population table on the valuation date. Each row sums to 1.
    """
    import pandas as pd

    own, known = own_keys(results.scenario), text_rows(FILE, HEADER)
    found = {}
    for fund in (fund for fund in INSURED if fund in results.accounts):
        account = results.accounts[fund]
        rows = [row for row in known if row["fund"] == fund and row["column"] in account]
        for what, side, column in (
            ("income_level", "income", "levels"),
            ("outgo_level", "outgo", "levels"),
            ("outgo_ages", "outgo", "ages"),
        ):
            found[fund, what] = dict.fromkeys(DEGREES, 0.0)
            for row in (row for row in rows if row["side"] == side):
                amount = float((account[row["column"]] / account["price_level"]).sum())
                found[fund, what][_degree(row[column].split(), own, any_is_enough=column == "levels")] += amount
        found[fund, "persons"] = _persons(results, fund, STOCK in own)
    shares = {
        place: {degree: part / sum(parts.values()) for degree, part in parts.items()} for place, parts in found.items()
    }
    return pd.DataFrame(shares).T.rename_axis(index=["fund", "what"])


def _degree(keys: Sequence[str], own: set[str], any_is_enough: bool) -> str:
    """Whether what follows from keys is own: a level where one of them is, a shape where all are."""
    given = [key in own for key in keys]
    if all(given) or (any_is_enough and any(given)):
        return OWN
    return PARTLY if any(given) else NATION


def _persons(results: "RunResult", fund: str, counted: bool) -> dict[str, float]:
    """Insured person-years of those who were alive on the valuation date, and of those born since."""
    insured = results.population[INSURED[fund]].groupby(level=["date", "age"]).sum()
    dates, ages = (insured.index.get_level_values(name).to_numpy() for name in ("date", "age"))
    there = (ages >= dates - results.years[0]) & counted
    of_years = dates <= results.years[-1]
    own, whole = (float(insured[chosen & of_years].sum()) for chosen in (there, there | True))
    return {OWN: own, PARTLY: 0.0, NATION: whole - own}
