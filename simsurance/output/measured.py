"""The summary measures of a run by name, and the outlook of each fund."""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from simsurance.measures import Measure, measure_of

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunAccounts

RESIDENT = "resident"


@dataclass(frozen=True)
class Outlook:
    """What is first asked of a fund: deficit and depletion year, what it holds in the first and the last year.

    `real` is the closing balance at constant prices. A year that never comes is None, and so is the required multiple of a
    fund for which none is measured or where it has no value; the status then says why.
    """

    fund: str
    first_deficit_year: int | None
    depletion_year: int | None
    closing: tuple[float, float]
    real: tuple[float, float]
    reserve_months: tuple[float, float]
    required_contribution_multiple: float | None
    required_contribution_status: str | None


def measured(results: "RunAccounts", fund: str = RESIDENT) -> dict[str, Measure]:
    """Every measure of a fund: value, unit and status, by the name that it has for the resident fund."""
    table = results.measures
    rows = zip(table.index, table["value"], table["unit"], table["status"], strict=True)
    found = {str(name): Measure(str(name), float(value), str(unit), str(status)) for name, value, unit, status in rows}
    prefixes = [measure_of(other, "") for other in results.accounts if other != RESIDENT]
    if fund == RESIDENT:
        return {name: each for name, each in found.items() if not name.startswith(tuple(prefixes))}
    own = measure_of(fund, "")
    return {name.removeprefix(own): each for name, each in found.items() if name.startswith(own)}


def year_or_none(found: Measure) -> int | None:
    """The year of a dated measure; None if it never comes."""
    return int(found.value) if found.status == "ok" else None


def outlooks(results: "RunAccounts") -> list[Outlook]:
    """The outlook of each fund that is projected."""
    return [_outlook(results, fund) for fund in results.accounts]


def _outlook(results: "RunAccounts", fund: str) -> Outlook:
    found, account = measured(results, fund), results.accounts[fund]
    required = found.get("required_contribution_multiple_now")
    ends = account["closing"], account["closing"] / account["price_level"], account["reserve_months"]
    closing, real, months = ((float(column[0]), float(column[-1])) for column in ends)
    return Outlook(
        fund,
        year_or_none(found["first_deficit_year"]),
        year_or_none(found["depletion_year"]),
        closing,
        real,
        months,
        None if required is None or required.status != "ok" else required.value,
        None if required is None else required.status,
    )


def depletion_in(values: "pd.Series[float]", fund: str) -> int | None:
    """The depletion year of a fund among measures of a run by name; None if it never comes."""
    year = float(values[measure_of(fund, "depletion_year")])
    return int(year) if isfinite(year) else None
