"""Korea's National Health Insurance, described by files alone, beside what was published and officially projected.

Nothing is pinned. Two levels are fitted to figures of 2024: that of earnings to contributions, that of cost to benefits.
"""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.axes import axis
from simsurance.data import tables
from simsurance.model.fund import summed
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.files import countries
from simsurance.scenario_file.loader import load

NAME: Final = "korea"
RISING: Final = "rate_to_ceiling.toml"
FITTED: Final = 2024
STRUCTURE: Final = 2023
"""The year whose age structure the published effects of ageing are measured against."""
HUNDRED_MILLION, TRILLION = 1e8, 1e12
CASH: Final = "cash"
BENEFITS: Final = ("inpatient_benefits", "outpatient_benefits")
INCOME: Final = ("personal_contributions", "subsidies")
EFFECTS: Final = {"income": INCOME, "expenditure": BENEFITS}
OFFICIAL: Final = {"PLAN2": "second plan 2024", "NABO2023": "Budget Office 2023", "NABO2024": "Budget Office 2024"}
"""The projections whose yearly figures are shown, by their name in the evidence."""
OUTLOOKS: Final = ("NABO2023", "PLAN2", "NABO2024", "KIM2024", "MOEF2025", "KIMWOO2025")
"""Those whose first deficit and depletion are shown."""


def folder() -> Path:
    """Where the scheme and its evidence lie."""
    return countries()[NAME].parent


def evidence(name: str) -> list[dict[str, str]]:
    """The rows of a table of the evidence."""
    with (folder() / "evidence" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def published() -> dict[tuple[str, int], float]:
    """Published figures of the accounts on a cash basis by measure and year, won."""
    rows = (row for row in evidence("scheme") if row["unit"] == "100 million won" and row["basis"] == CASH)
    return {(row["measure"], int(row["year"])): float(row["value"]) * HUNDRED_MILLION for row in rows}


@cache
def projected(opening: int, rising: bool = False) -> RunResult:
    """The scheme valued on 1 January of a year; `rising`: with rates up to the legal ceiling."""
    scenario = load(folder() / RISING if rising else NAME)
    return simulate([scenario.replace({"horizon.valuation_year": opening})])[0]


def account(run: RunResult, names: Sequence[str], year: int) -> float:
    """The sum of columns of the fund's account in a year, won."""
    place = run.years.index(year)
    return float(sum(run.account[name][place] for name in names))


@dataclass(frozen=True)
class Figure:
    """A figure of the model beside the published one, won."""

    year: int
    item: str
    model: float
    published: float
    fitted: bool = False

    @property
    def error(self) -> float:
        """Relative difference of the model."""
        return self.model / self.published - 1


ITEMS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "contributions": ("contribution_income", ("personal_contributions",)),
    "subsidy": ("government_subsidy", ("subsidies",)),
    "income": ("income_total", ("income", "interest")),
    "benefits": ("benefit_expenditure", BENEFITS),
    "expenditure": ("expenditure_total", ("outgo",)),
    "reserve, 31 December": ("reserve", ("closing",)),
}
FITTED_ITEMS: Final = ("contributions", "benefits")


def past() -> Iterator[Figure]:
    """The years from the fitted one, valued on its 1 January, as far as published."""
    run = projected(FITTED)
    for year in run.years:
        for item, (measure, names) in ITEMS.items():
            if (measure, year) in published():
                model = account(run, names, year)
                yield Figure(year, item, model, published()[measure, year], year == FITTED and item in FITTED_ITEMS)


def medical_benefits() -> Figure:
    """Benefits of 2024 from cost by age and the persons of each age, before the level, beside benefits for care alone."""
    level = load(NAME).values.claims.outpatient.level
    of_care = next(
        float(row["value"])
        for row in evidence("scheme")
        if (row["measure"], row["year"]) == ("benefit_medical", str(FITTED))
    )
    model = account(projected(FITTED), BENEFITS, FITTED) / level
    return Figure(FITTED, "benefits for care", model, of_care * HUNDRED_MILLION)


def ageing(item: str, year: int) -> float:
    """By what share the age structure of a year makes an item a head larger than that of 2023 does.

    Money of a year and age over the insured there, weighted with either structure.
    """
    by_age = projected(FITTED).ages.loc[year].groupby(level="age").sum()
    insured = by_age["resident_insured_years"].to_numpy()
    money = np.asarray(summed(by_age[name].to_numpy() for name in EFFECTS[item]))
    a_head = np.divide(money, insured, out=np.zeros_like(money), where=insured > 0)
    stock = tables.stocks(str(load(NAME).tables["population.stock_table"]), [STRUCTURE])[0].sum(
        axis=axis("sex", of=("sex", "age"))
    )
    own, before = insured / insured.sum(), stock / stock.sum()
    return float((a_head * own).sum() / (a_head * before).sum() - 1)


@cache
def official(projection: str) -> dict[tuple[str, int], float]:
    """Figures of an official projection, its main variant first, by measure and year; years stand as measures of year 0."""
    found: dict[tuple[str, int], float] = {}
    for row in evidence("projections"):
        if (
            row["projection"] == projection
            and row["variant"] == "base"
            and row["value"].replace(".", "").lstrip("-").isdigit()
        ):
            found.setdefault((row["measure"], int(row["year"] or 0)), float(row["value"]))
    return found


def effects() -> Iterator[tuple[str, int, float, float]]:
    """Item and year of each published effect of ageing, the model's and the published one, shares."""
    for row in evidence("projections"):
        item = row["measure"].removesuffix("_effect_share")
        if item in EFFECTS and row["measure"] != item:
            yield item, int(row["year"]), ageing(item, int(row["year"])), float(row["value"]) / 100


def outlook(run: RunResult) -> tuple[str, str]:
    """First deficit and depletion of a run, in words of a table."""
    measured = run.measures
    return tuple(  # type: ignore[return-value]
        f"{measured['value'][name]:.0f}" if measured["status"][name] == "ok" else "none"
        for name in ("first_deficit_year", "depletion_year")
    )


def lines() -> Iterator[str]:
    """The comparison as lines of text."""
    yield "trillion won                      model  published   error"
    for each in past():
        note = "  fitted" if each.fitted else ""
        yield f"{each.year} {each.item:<25}{_money(each.model)} {_money(each.published)} {each.error:+8.1%}{note}"
    care = medical_benefits()
    yield ""
    yield "Benefits for care, from cost by age of 2022 and the persons of each age, no level fitted:"
    yield f"{care.year} {care.item:<25}{_money(care.model)} {_money(care.published)} {care.error:+8.1%}"
    yield ""
    yield f"Effect of the age structure against that of {STRUCTURE}   model  published  points"
    for item, year, model, known in effects():
        yield f"{year} {item:<40}{model:+8.1%} {known:+9.1%} {100 * (model - known):+7.1f}"
    yield ""
    own, rising = projected(FITTED + 1), projected(FITTED + 1, rising=True)
    heads = "".join(f"{name:>20}" for name in OFFICIAL.values())
    yield f"expenditure, trillion won    model{heads}"
    for year in (2025, 2026, 2027, 2028, 2032, 2033):
        planned = [official(name).get(("expenditure", year)) for name in OFFICIAL]
        cells = "".join(f"{'' if each is None else f'{each:.1f}':>20}" for each in planned)
        yield f"{year}{_money(account(own, ('outgo',), year)):>30}{cells}".rstrip()
    yield ""
    yield "first deficit and depletion"
    yield f"model, rates as decided (7.19 %)            {'  '.join(outlook(own))}"
    yield f"model, rates up to the ceiling of 8 %       {'  '.join(outlook(rising))}"
    for name in OUTLOOKS:
        years = (official(name).get((f"{event}_year", 0)) for event in ("first_deficit", "depletion"))
        yield f"{name:<44}{'  '.join('none' if year is None else f'{year:.0f}' for year in years)}"


def _money(amount: float) -> str:
    return f"{amount / TRILLION:10.2f}"


def main() -> None:
    """Print the comparison."""
    sys.stdout.write("\n".join(lines()) + "\n")


if __name__ == "__main__":
    main()
