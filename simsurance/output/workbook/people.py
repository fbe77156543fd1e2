"""The sheets of persons: the population, the insured of both schemes, and how they move; all as the run has them."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from simsurance.axes import EMPLOYEES, STATUS, TENURES, UNINSURED, axis
from simsurance.ledger import POOL, fund_of
from simsurance.model.projection import total
from simsurance.output.workbook.lines import Line, Sheet
from simsurance.output.workbook.source import Source, of_run

AGE_GROUPS: Final = {"age_0_15": (0, 16), "age_16_59": (16, 60), "age_60_64": (60, 65), "age_65_79": (65, 80)}
OLDEST: Final = "age_80_plus"
MOVED: Final = {
    "population": ("population_opening", "population_adjustment", "population_closing"),
    "insured": ("insured_opening", "insured_adjustment", "insured_closing"),
    "employee": ("employee_opening", "employee_adjustment", "employee_closing"),
}
"""Lines of a stock of persons: on 1 January, what brings it to a fixed path, on 31 December."""
RESIDENT_IN: Final = ("newborn_enrolled", "joins", "returns", "transfers_in", "insured_migration")
RESIDENT_OUT: Final = ("leaves", "insured_deaths", "transfers_out")


def population(source: Source, unit: float) -> Sheet:
    """The sheet of the population; persons in parts of `unit`."""
    sheet, stocks = Sheet("population"), source.run.projection.stocks
    persons = of_run(total(stocks.persons)) / unit
    sheet.add("movement", *_moved(source, "population", persons, ("births", "net_migration"), ("deaths",), unit))
    own = of_run(stocks.persons)[1:]
    by_age = own.sum(axis=axis("sex", "area", of=("date", "sex", "area", "age"))) / unit
    edges = [*AGE_GROUPS.values(), (80, by_age.shape[-1])]
    sheet.add("ages")
    for name, (first, last) in zip((*AGE_GROUPS, OLDEST), edges, strict=True):
        sheet.add(Line(name, source.by_year(by_age[:, first:last].sum(axis=-1)), "persons", style="amount"))
    ages = f"SUM({{{next(iter(AGE_GROUPS))}..{OLDEST}}})"
    sheet.add(Line("all_ages", source.by_year(persons[1:]), "persons", ages, style="total"))
    sheet.add("statuses")
    for name, rows in (("uninsured", UNINSURED), ("resident", TENURES), ("employed", EMPLOYEES)):
        held = of_run(total(stocks.membership[:, :, :, rows]))[1:] / unit
        sheet.add(Line(f"persons_{name}", source.by_year(held), "persons", style="amount"))
    sheet.add(
        Line(
            "all_statuses",
            source.by_year(persons[1:]),
            "persons",
            "SUM({persons_uninsured..persons_employed})",
            style="total",
        )
    )
    return sheet


def insured(source: Source, unit: float) -> Sheet:
    """The sheet of the insured of both schemes; persons in parts of `unit`."""
    sheet, flows = Sheet("insured"), source.flows
    stocks = source.run.projection.stocks.membership
    residents = of_run(total(stocks[:, :, :, TENURES])) / unit
    sheet.add("resident_scheme", *_moved(source, "insured", residents, RESIDENT_IN, RESIDENT_OUT, unit))
    enrolled = "{insured_opening}+{newborn_enrolled}+{joins}+{returns}-{leaves}"
    sheet.add(
        Line("resident_enrolled", _persons(source, "resident_enrolled", unit), "persons", enrolled, style="total")
    )
    sheet.add(_frozen(source, "resident_insured_years", unit, "person_years"))
    coverage = source.by_year(source.run.account["coverage"])
    outside = "{insured_closing}/({persons_uninsured}+{persons_resident})"
    sheet.add(Line("coverage", coverage, "share", outside, style="percent"))
    members = of_run(total(stocks[:, :, :, EMPLOYEES])) / unit
    ins, outs = ("employee_entries", "employee_migration"), ("employee_deaths", "employee_exits")
    if source.employed:
        sheet.add("employee_scheme", *_moved(source, "employee", members, ins, outs, unit))
        for name in fund_of(POOL).insured:
            row = STATUS.members.index(name)
            held = of_run(total(stocks[:, :, :, row : row + 1]))[1:] / unit
            sheet.add(Line(name, source.by_year(held), "persons", style="amount"))
        for name in ("active_years", "retired_years"):
            sheet.add(_frozen(source, name, unit, "person_years"))
        covered = flows["active_years"] + flows["retired_years"]
        whole = "{active_years}+{retired_years}"
        sheet.add(Line("covered_years", source.by_year(covered / unit), "person_years", whole, style="total"))
    return sheet


def _moved(
    source: Source, name: str, stock: np.ndarray, entering: Sequence[str], leaving: Sequence[str], unit: float
) -> Iterator[Line]:
    """A stock of persons from 1 January to 31 December: `stock` by date, what enters and what leaves."""
    first, (opening, adjustment, closing) = source.first, MOVED[name]
    yield Line(
        opening,
        source.by_year(stock[:-1]),
        "persons",
        lambda year: f"{{{closing}@-1}}" if year > first else "",
        style="amount",
    )
    for flow in (*entering, *leaving):
        yield _frozen(source, flow, unit)
    yield _frozen(source, adjustment, unit)
    whole = f"{{{opening}}}" + "".join(f"+{{{flow}}}" for flow in entering)
    whole += "".join(f"-{{{flow}}}" for flow in leaving) + f"+{{{adjustment}}}"
    yield Line(closing, source.by_year(stock[1:]), "persons", whole, style="total")


def _frozen(source: Source, name: str, unit: float, kind: str = "persons") -> Line:
    """A flow of the run as numbers."""
    return Line(name, _persons(source, name, unit), kind, style="amount")


def _persons(source: Source, name: str, unit: float) -> dict[int, float]:
    return {year: number / unit for year, number in source.total(name).items()}
