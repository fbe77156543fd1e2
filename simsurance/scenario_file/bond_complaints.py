"""What contradicts itself in the bonds of a scenario."""

from collections.abc import Iterator
from typing import Final

from simsurance.ledger import POOL
from simsurance.scenario_file.bond_sections import NO_YEAR, Bond
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.schema import ScenarioValues

Complaints = Iterator[tuple[tuple[str, ...], str]]
"""Keys that disagree, and what is wrong with them."""
OF_AN_OUTCOME: Final = ("outcome_year", "outcome_result", "outcome_met", "outcome_reference", "outcome_payer")


def bond_complaints(values: ScenarioValues, year: int) -> Complaints:
    """What contradicts itself in each bond; bonds are issued within the projection and have one size."""
    opening, last = values.horizon.valuation_year, values.horizon.last_year
    for name, bond in values.bonds.items():
        key = f"bonds.{name}"
        if bond.amount > 0 and bond.outgo_share > 0:
            yield (f"{key}.amount", f"{key}.outgo_share"), "both are above 0, and a bond has one size; give one of them"
        elif bond.amount <= 0 and bond.outgo_share <= 0:
            text = "neither amount nor outgo_share is above 0, and a bond has one size; give one of them"
            yield (f"{key}.amount", f"{key}.outgo_share", f"{key}.year"), text
        if bond.year < opening:
            text = f"{bond.year} is before the valuation year {opening} and its debt; issue in {opening} or later"
            yield (f"{key}.year", "horizon.valuation_year"), text
        if bond.year > last:
            text = f"{bond.year} is after {last}, the last year projected; issue in {last} or before, or leave the bond out"
            yield (f"{key}.year", "horizon.last_year"), text
        if bond.fund == POOL and not values.employee.projected:
            text = "the employee scheme's money is not projected; set employee.projected = true"
            yield (f"{key}.fund", "employee.projected"), text
        yield from _outcome(key, bond)
        yield from _pinned(key, bond, values)


def _outcome(key: str, bond: Bond) -> Complaints:
    """A payment that hangs on a result has a year, after the issue, and a reference; one that is none has neither."""
    if not bond.outcome_share:
        if bond.outcome_year != NO_YEAR or bond.outcome_reference:
            text = "outcome_share is 0, and a result that nothing is paid for is not measured"
            text += "; give a share, or leave the result out"
            yield (f"{key}.outcome_share", f"{key}.outcome_year", f"{key}.outcome_reference"), text
        return
    if bond.outcome_year == NO_YEAR or not bond.outcome_reference:
        missing = "outcome_year" if bond.outcome_year == NO_YEAR else "outcome_reference"
        text = f"{plain(bond.outcome_share)} is paid for a result, and {missing} is not given; give the year and the reference"
        yield (f"{key}.outcome_share", f"{key}.{missing}"), text
    elif bond.outcome_year <= bond.year:
        text = f"{bond.outcome_year} is not after the issue on 31 December {bond.year}; measure in {bond.year + 1} or later"
        yield (f"{key}.outcome_year", f"{key}.year"), text
    if bond.fund == POOL and bond.outcome_result == "coverage":
        text = (
            "coverage is of the residents; for the employee pool measure admissions, inpatients or cost of an admission"
        )
        yield (f"{key}.outcome_result", f"{key}.fund"), text


def _pinned(key: str, bond: Bond, values: ScenarioValues) -> Complaints:
    """A whole income or outgo that a series imposes leaves no room for what a bond costs."""
    for name, pin in values.pins.items():
        fund, _, side = pin.total.partition(".")
        if side and fund == bond.fund and (years := [each for each in pin.values if each > bond.year]):
            text = f"{pin.total} is pinned in {min(years)}, when the bond of {bond.year} may cost; pin rows, or leave one out"
            yield (f"{key}.year", f"pins.{name}.values"), text
