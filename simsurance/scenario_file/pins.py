"""Totals that a series replaces: which pins cannot be, and which levers cannot act beside them."""

from collections.abc import Iterable, Iterator
from typing import Final

from simsurance.ledger import INSURED, RESIDENT, SIDES, Booking, row_of
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.schema import LeverComponent, Pin, ScenarioValues

Complaint = tuple[tuple[str, ...], str]
"""The keys that disagree, and what is wrong with them in words."""
ROUNDING: Final = 1e-9
CARE: Final = ("inpatient_benefits", "critical_illness", "bonus_cost", "employee_inpatient_benefits")
CLINIC: Final = ("outpatient_benefits", "employee_outpatient_benefits")
OWN: Final = ("personal_contributions", "assistance", "repair_payments")
MOVED: Final[dict[LeverComponent, tuple[str, ...]]] = {
    "inpatient_use": CARE,
    "inpatient_cost": CARE,
    "outpatient_cost": CLINIC,
    "resident_inpatient_use": CARE[:3],
    "resident_inpatient_cost": CARE[:3],
    "resident_outpatient_cost": CLINIC[:1],
    "employee_inpatient_use": CARE[3:],
    "employee_inpatient_cost": CARE[3:],
    "employee_outpatient_cost": CLINIC[1:],
    "inpatient_benefits": ("inpatient_benefits",),
    "outpatient_benefits": ("outpatient_benefits",),
    "critical_illness": ("critical_illness", "bonus_cost"),
    "subsidies": ("subsidies",),
    "personal_contributions": OWN,
    "income": ("local_supplement",),
    "employee_inpatient_benefits": ("employee_inpatient_benefits",),
    "employee_outpatient_benefits": ("employee_outpatient_benefits",),
    "employer_contributions": ("employer_contributions",),
    "contribution_base": ("employer_contributions", "employee_contributions"),
    "employee_entry": ("employee_active", "employee_retired"),
}
"""Totals that a lever on a component moves; what follows them moves too."""
OF_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "contributions.personal.": OWN,
    "contributions.subsidy.": ("subsidies",),
    "contributions.assistance_share": OWN[:2],
    "contributions.local_supplement": ("local_supplement",),
    "benefits.inpatient.": CARE[:3],
    "benefits.outpatient.": CLINIC[:1],
    "benefits.critical_illness.": CARE[1:3],
    "claims.inpatient.": CARE,
    "claims.outpatient.": CLINIC,
    "claims.trend.": (*CARE[:3], *CLINIC[:1]),
    "fund.administration_share": ("administration",),
    "employee.contributions.employer_rate": ("employer_contributions",),
    "employee.contributions.employee_rate": ("employee_contributions",),
    "employee.contributions.to_accounts": ("employer_to_accounts",),
    "employee.accounts.retiree_credit": ("retiree_credits",),
    "employee.benefits.inpatient.": CARE[3:],
    "employee.benefits.outpatient.": CLINIC[1:],
    "employee.benefits.birth_benefit": ("maternity_benefits",),
    "employee.benefits.long_term_care": ("long_term_care",),
}
"""Totals that a key moves, or all keys that begin so."""
FELT: Final = {"personal_contributions", "employee_active", "employee_retired"}
"""Totals whose lever moves something else, too: members feel what they pay, and persons bring money."""


def pinning(values: ScenarioValues) -> list[Pin]:
    """The pins that name a year."""
    return [pin for pin in values.pins.values() if pin.values]


def is_held(values: ScenarioValues, rows: Iterable[str]) -> bool:
    """Whether a row is imposed in any year, so that it gives no answer."""
    return any(fixed_years(values, name) for name in rows)


def fixed_years(values: ScenarioValues, total: str) -> set[int]:
    """The years in which a total is imposed: by its own pin, or by that of the income or outgo that it is a part of."""
    wholes = {side for side, bookings in SIDES.items() if any(each.row.name == total for each in bookings)}
    return {
        year
        for pin in values.pins.values()
        if pin.mode == "fixed" and pin.total in {total, *wholes}
        for year in pin.values
    }


def held_levers(values: ScenarioValues, changed: Iterable[str]) -> list[tuple[str, tuple[str, ...], bool]]:
    """Levers and `changed` keys that pins hold: the path, the totals that are imposed, and whether nothing at all is moved."""
    first, last = values.horizon.valuation_year, values.horizon.last_year
    acting = [(f"levers.{name}", MOVED[lever.component], lever.start) for name, lever in values.levers.items()]
    acting += [(key, moved, first) for key in changed for start, moved in OF_KEYS.items() if key.startswith(start)]
    found = []
    for path, moved, start in acting:
        years = set(range(start, last + 1))
        there = [total for total in moved if values.employee.projected or not _of_employees(total)]
        held = {total: fixed_years(values, total) & years for total in there}
        if any(held.values()):
            totals = tuple(total for total, fixed in held.items() if fixed)
            found.append((path, totals, all(fixed == years for fixed in held.values()) and FELT.isdisjoint(there)))
    return found


def _of_employees(total: str) -> bool:
    """Whether a total belongs to the employee scheme's money."""
    return total not in INSURED and RESIDENT not in (row_of(total).payer, row_of(total).receiver)


def pin_notes(values: ScenarioValues, changed: Iterable[str]) -> list[str]:
    """What a run tells of its pins: what is imposed, and the levers and changed keys that cannot act beside it."""
    told = (
        [f"pinned: {', '.join(f'{pin.total} ({pin.mode})' for pin in acting)}"] if (acting := pinning(values)) else []
    )
    for path, totals, wholly in held_levers(values, changed):
        share = "cannot act" if wholly else "acts in part"
        told.append(f"{path} {share}: {', '.join(totals)} pinned, fixed")
    return told


def pin_complaints(values: ScenarioValues) -> Iterator[Complaint]:
    """Pins of years that are not projected, of money that is not, of one total twice, and those that contradict an identity."""
    first, last = values.horizon.valuation_year, values.horizon.last_year
    named: dict[str, str] = {}
    for name, pin in values.pins.items():
        key, total = f"pins.{name}.values", pin.total
        stock = total in INSURED
        begin, end = (first + 1, last + 1) if stock else (first, last)
        if outside := [year for year in pin.values if not begin <= year <= end]:
            of = f"1 January {begin} to {end}" if stock else f"{begin} to {end}"
            yield (key,), f"{outside[0]} is not among the years projected; pin {of}, or move the horizon"
        if not values.employee.projected and _money_of_employees(total):
            text = f"{total} is money of the employee scheme, which is not projected; set employee.projected = true"
            yield (f"pins.{name}.total",), text
        if total in named:
            text = f"{total} is pinned by pins.{named[total]} too; put the years of both into one"
            yield (f"pins.{name}.total", f"pins.{named[total]}.total"), text
        named.setdefault(total, name)
    yield from _sides(values, named)
    yield from _parts(values, named)
    yield from _persons(values, named)


def _money_of_employees(total: str) -> bool:
    """Whether a row, an income or an outgo is there with the employee scheme alone."""
    if total in INSURED:
        return False
    if total in SIDES:
        return not total.startswith(f"{RESIDENT}.")
    row = row_of(total)
    return row.is_transfer or RESIDENT not in (row.payer, row.receiver)


def _sides(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """A whole is the sum of its parts where all are pinned, and no smaller than some that are only added."""
    for side, bookings in SIDES.items():
        if side not in named:
            continue
        present = [each for each in bookings if values.employee.projected or not _money_of_employees(each.row.name)]
        for year, whole in values.pins[named[side]].values.items():
            pinned = [each for each in present if year in _series(values, named, each.row.name)]
            free = [each for each in present if each not in pinned and not each.row.change_of_stock]
            parts = sum(_signed(values, named, each, year) for each in pinned)
            keys = tuple(f"pins.{named[name]}.values" for name in (side, *(each.row.name for each in pinned)))
            size = ROUNDING * max(whole, parts)
            if pinned and not free and abs(whole - parts) > size:
                text = f"{side} {plain(whole)} is not the sum of its pinned parts, {plain(parts)}, in {year}; "
                yield keys, text + "make them equal, or leave one of them out"
            elif parts > whole + size and not any(each.taken_off for each in (*pinned, *free)):
                text = f"{side} {plain(whole)} is less than its pinned parts, {plain(parts)}, in {year}; "
                yield keys, text + "raise the whole or lower the parts"


def _series(values: ScenarioValues, named: dict[str, str], total: str) -> dict[int, float]:
    """The pinned series of a total; empty where it has none."""
    return values.pins[named[total]].values if total in named else {}


def _signed(values: ScenarioValues, named: dict[str, str], booking: Booking, year: int) -> float:
    """The pinned amount of a part, below zero where it takes away from the whole."""
    amount = _series(values, named, booking.row.name)[year]
    return -amount if booking.taken_off else amount


def _parts(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """A transfer that is part of another row is no larger than that."""
    for total in named:
        whole = row_of(total).within if total not in (*SIDES, *INSURED) else ""
        for year, part in _series(values, named, total).items():
            most = _series(values, named, whole).get(year)
            if most is not None and part > most * (1 + ROUNDING):
                text = f"{total} {plain(part)} is part of {whole} and above its {plain(most)} in {year}; lower it"
                yield tuple(f"pins.{named[each]}.values" for each in (total, whole)), text


def _persons(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """The insured of all schemes are no more than the population, where both are pinned."""
    for year, population in values.population.pinned_total.items():
        pinned = [total for total in INSURED if year in _series(values, named, total)]
        insured = sum(_series(values, named, total)[year] for total in pinned)
        if insured > population * (1 + ROUNDING):
            text = f"{' and '.join(pinned)} {plain(insured)} are above the pinned population {plain(population)} "
            keys = tuple(f"pins.{named[total]}.values" for total in pinned)
            yield (*keys, "population.pinned_total"), text + f"on 1 January {year}; lower the first or raise the second"
