"""Totals that a series replaces: which pins cannot be, and which levers cannot act beside them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from simsurance.ledger import (
    FUNDS,
    INSURED,
    LEDGER,
    RESIDENT,
    SIDES,
    SPENDING,
    TRANSFERS,
    Booking,
    Kind,
    Row,
    is_optional,
    row_of,
)
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.keys import named_part
from simsurance.scenario_file.schedule import value_in
from simsurance.scenario_file.schema import LeverComponent, Pin, ScenarioValues

Complaint = tuple[tuple[str, ...], str]
"""The keys that disagree, and what is wrong with them in words."""
ROUNDING: Final = 1e-9
CARE: Final = ("inpatient_benefits", "critical_illness", "bonus_cost", "employee_inpatient_benefits")
CLINIC: Final = ("outpatient_benefits", "employee_outpatient_benefits")
OWN: Final = ("personal_contributions", "assistance", "repair_payments")
BIRTHS: Final = "resident_maternity_benefits"
NURSING: Final = ("resident_long_term_care", "long_term_care")
EVERYTHING: Final = (
    *(row.name for row in LEDGER if row.always and not (row.follows or row.change_of_stock)),
    *INSURED,
)
MOVED: Final[dict[LeverComponent, tuple[str, ...]]] = {
    "inpatient_use": CARE,
    "inpatient_cost": (*CARE, BIRTHS),
    "outpatient_cost": CLINIC,
    "resident_inpatient_use": CARE[:3],
    "resident_inpatient_cost": (*CARE[:3], BIRTHS),
    "resident_outpatient_cost": CLINIC[:1],
    "employee_inpatient_use": CARE[3:],
    "employee_inpatient_cost": CARE[3:],
    "employee_outpatient_cost": CLINIC[1:],
    "inpatient_benefits": ("inpatient_benefits", "bonus_cost"),
    "outpatient_benefits": ("outpatient_benefits",),
    "critical_illness": ("critical_illness", "bonus_cost"),
    "subsidies": ("subsidies",),
    "personal_contributions": OWN,
    "income": ("local_supplement",),
    "employee_inpatient_benefits": ("employee_inpatient_benefits",),
    "employee_outpatient_benefits": ("employee_outpatient_benefits",),
    "employer_contributions": ("employer_contributions",),
    "contribution_base": ("employer_contributions", "employee_contributions"),
    "employee_entry": EVERYTHING,
}
"""Totals that a lever on a component moves; what follows them moves too."""
RESIDENT_CARE: Final = (*CARE[:3], *CLINIC[:1])
ON_WAGES: Final = ("employer_contributions", "employee_contributions", "purchases")
OF_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "": EVERYTHING,
    **dict.fromkeys(("title", "description", "horizon.", "uncertainty.", "measures.", "fund.", "employee.fund."), ()),
    **dict.fromkeys(("economy.interest_rate", "economy.flow_timing", "employee.fund.opening_accounts"), SPENDING),
    "economy.deficit_interest_margin": (),
    "fund.administration_share": ("administration",),
    "fund.adjustment_share": ("adjustment_payments",),
    "employee.fund.adjustment_share": ("employee_adjustment_payments",),
    "contributions.": (*OWN, *INSURED[:1]),
    "contributions.subsidy.": ("subsidies",),
    "contributions.local_supplement": ("local_supplement",),
    "contributions.prepaid_share": ("prepaid_change",),
    "tiers.": (),
    "timely_adjustment.": (*OWN, *INSURED[:1], "subsidies", *CARE[:3], *CLINIC[:1]),
    "benefits.inpatient.": CARE[:3],
    "benefits.outpatient.": CLINIC[:1],
    "benefits.outpatient.deductible": (*CLINIC[:1], "bonus_cost"),
    "benefits.critical_illness.": CARE[1:3],
    "benefits.critical_illness.tail_index": CARE,
    "benefits.birth_benefit": (BIRTHS,),
    "benefits.long_term_care": ("resident_long_term_care",),
    "benefits.recovered_share": ("recoveries",),
    "benefits.indexation": (*CARE, *CLINIC, *NURSING),
    "claims.": (*CARE, *CLINIC),
    "claims.inpatient.": CARE,
    **dict.fromkeys((f"claims.inpatient.{name}" for name in ("area_cost.", "level")), CARE[:3]),
    **dict.fromkeys((f"claims.outpatient.{name}" for name in ("area_cost.", "level")), CLINIC[:1]),
    "claims.trend.": (*CARE, *CLINIC, BIRTHS),
    **dict.fromkeys((f"claims.trend.{name}_growth" for name in ("real", "residual", "use")), (*RESIDENT_CARE, BIRTHS)),
    "claims.trend.reference_year": (*CARE, *CLINIC, "maternity_benefits", BIRTHS, *NURSING),
    "claims.demand.resident_inpatient": CARE[:3],
    "claims.demand.resident_outpatient": CLINIC[:1],
    "claims.demand.employee_inpatient": CARE[3:],
    "claims.demand.employee_outpatient": CLINIC[1:],
    "claims.demand.inpatient_chance": CARE,
    "claims.end_of_life.resident_factor": RESIDENT_CARE,
    "claims.end_of_life.employee_factor": (*CARE[3:], *CLINIC[1:]),
    "control.": (*CARE, *CLINIC),
    **dict.fromkeys((f"control.{rule}." for rule in ("referral", "case_payment", "devices", "stay")), CARE),
    "control.village.": CLINIC[:1],
    "control.telemedicine.": CLINIC,
    "control.away.": CARE,
    "control.digital.": (*CARE, *CLINIC),
    "control.digital.visits_added": CLINIC,
    "control.digital.administration": ("administration",),
    "control.audit.": (*CARE, *CLINIC, "recoveries", "employee_recoveries"),
    "control.audit.fines_imposed": (),
    "control.levels.resident.": CARE[:3],
    "control.levels.employee.": CARE[3:],
    "control.levels.consumables.": CARE,
    "control.levels.days.": CARE,
    "control.levels.case_mix_share": CARE,
    **dict.fromkeys((f"control.levels.{part}." for part in ("drugs", "tests")), CARE),
    **dict.fromkeys((f"control.levels.outpatient_{part}" for part in ("drugs", "tests")), CLINIC),
    "employee.wage.": (*ON_WAGES, "maternity_benefits"),
    "employee.contributions.": ON_WAGES,
    "employee.contributions.employee_rate": ("employee_contributions",),
    "employee.contributions.employer_rate": ("employer_contributions", "purchases"),
    "employee.contributions.relief": ("employer_contributions",),
    "employee.contributions.arrears": ("employer_contributions",),
    **dict.fromkeys((f"employee.contributions.arrears_{name}" for name in ("recovered", "lag")), ()),
    "employee.contributions.retiree": (),
    "employee.flexible_": EVERYTHING,
    "employee.contributions.to_accounts": ("employer_to_accounts",),
    "employee.accounts.": SPENDING,
    "employee.accounts.without": ("employee_contributions",),
    **dict.fromkeys((f"employee.accounts.{name}" for name in ("empty_share", "balance_spread", "small_balance")), ()),
    "employee.accounts.retiree_credit": ("retiree_credits",),
    "employee.unqualified.missing_years": ("purchases",),
    "employee.care.": (*CARE[3:], *CLINIC[1:]),
    "employee.benefits.inpatient.": CARE[3:],
    "employee.benefits.outpatient.": CLINIC[1:],
    "employee.benefits.birth_benefit": ("maternity_benefits",),
    "employee.benefits.long_term_care": ("long_term_care",),
    "employee.benefits.recovered_share": ("employee_recoveries",),
}
"""Totals that a key moves, by the beginning of keys; the longest that fits counts, and the empty one fits all.

Not those that move by a small part of that, because members feel what they pay and get.
"""


@dataclass(frozen=True)
class Limit:
    """What is paid out of contributions is no more than they are: `part_of` them, or taken off them by the fund."""

    parts: tuple[str, ...]
    wholes: tuple[str, ...]
    part_of: bool

    @property
    def totals(self) -> tuple[str, ...]:
        """All rows that it compares."""
        return (*self.parts, *self.wholes)

    def text(self, named: Collection[str], part: float, whole: float, year: int) -> str:
        """What is wrong where the parts named exceed the whole."""
        parts = f"{' and '.join(named)} {plain(part)} {'is' if len(named) == 1 else 'are'}"
        of = f"{'part of' if self.part_of else 'taken off'} {' and '.join(self.wholes)}"
        return f"{parts} {of} and above its {plain(whole)} in {year}"


LIMITS: Final = (
    *(Limit((row.name,), (row.within,), True) for row in LEDGER if row.within and not row.passed_on),
    *(
        Limit(
            tuple(each.row.name for each in fund.income if each.taken_off),
            tuple(each.row.name for each in fund.income if each.row.always and each.row.kind is Kind.LEVIED),
            False,
        )
        for fund in FUNDS
        if any(each.taken_off for each in fund.income)
    ),
)
"""Transfers and the contributions that they are paid out of."""
FELT: Final = {"personal_contributions", "prepaid_change", *INSURED}
"""Totals whose lever moves something else, too: members feel what they pay, persons bring money, advances stand in the fund."""


def pinning(values: ScenarioValues) -> list[Pin]:
    """The pins that name a year."""
    return [pin for pin in values.pins.values() if pin.values]


def is_held(values: ScenarioValues, rows: Iterable[str]) -> bool:
    """Whether a row is imposed in any year, so that it gives no answer."""
    return any(fixed_years(values, name) for name in rows)


def fixed_years(values: ScenarioValues, total: str) -> set[int]:
    """The years in which a total is imposed: by its own pin, or by that of the income or outgo that it is a part of."""
    pins = (pin for pin in values.pins.values() if pin.mode == "fixed")
    return {year for pin in pins if total == pin.total or total in _parts_of(pin.total) for year in pin.values}


def held_levers(values: ScenarioValues, changed: Iterable[str]) -> list[tuple[str, tuple[str, ...], bool]]:
    """Levers and `changed` keys that pins hold: the path, the totals that are imposed, and whether nothing at all is moved."""
    first, last = values.horizon.valuation_year, values.horizon.last_year
    fixed = [pin for pin in values.pins.values() if pin.mode == "fixed"]
    acting = [(f"levers.{name}", MOVED[lever.component], lever.start) for name, lever in values.levers.items()]
    acting += [(key, moved_by(key), first) for key in changed if not named_part(key)[0]]
    found: list[tuple[str, tuple[str, ...], bool]] = []
    for path, moved, start in acting:
        there = [total for total in moved if values.employee.projected or not is_optional(total)]
        following = with_what_follows(there)
        begun = [pin for pin in fixed if any(year - (pin.total in INSURED) >= start for year in pin.values)]
        holding = tuple(pin.total for pin in begun if not following.isdisjoint(_parts_of(pin.total)))
        if holding:
            years = set(range(start, last + 1))
            wholly = FELT.isdisjoint(there) and all(years <= _stopped(values, total) for total in there)
            found.append((path, holding, wholly))
    return found


def _stopped(values: ScenarioValues, total: str) -> set[int]:
    """The years in which a total moves nothing: it is imposed, or a whole is, and none of that is passed on to another fund."""
    years = {year for pin in values.pins.values() if (pin.total, pin.mode) == (total, "fixed") for year in pin.values}
    if total in INSURED or row_of(total).is_transfer:
        return years
    passed_on = {name for row in TRANSFERS for name in row.follows if values.employee.projected}
    wholes = {side for side in SIDES if total in _parts_of(side) and passed_on.isdisjoint(_parts_of(side))}
    pins = (pin for pin in values.pins.values() if pin.mode == "fixed" and pin.total in wholes)
    return years.union(*(pin.values for pin in pins))


def moved_by(key: str) -> tuple[str, ...]:
    """The totals that a key moves itself, not through others."""
    return OF_KEYS[max((start for start in OF_KEYS if key.startswith(start)), key=len)]


def with_what_follows(totals: Iterable[str]) -> set[str]:
    """Totals, and those that move with them unless they are imposed: shares of them, and spending from accounts."""
    found, own_accounts = set(totals), {fund.name for fund in FUNDS if not fund.pooled}
    for row in LEDGER:
        if not found.isdisjoint(row.follows):
            found.add(row.name)
    if any(row.name in found for row in LEDGER if row.receiver in own_accounts):
        found.update(SPENDING)
    return found


def _parts_of(total: str) -> set[str]:
    """A total, or the rows that an income or outgo is made of."""
    return {each.row.name for each in SIDES[total]} if total in SIDES else {total}


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
        if not values.employee.projected and is_optional(total):
            text = f"{total} is money of the employee scheme, which is not projected; set employee.projected = true"
            yield (f"pins.{name}.total",), text
        if total in named:
            text = f"{total} is pinned by pins.{named[total]} too; put the years of both into one"
            yield (f"pins.{name}.total", f"pins.{named[total]}.total"), text
        named.setdefault(total, name)
    yield from _sides(values, named)
    yield from _parts(values, named)
    yield from _persons(values, named)


def _sides(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """A whole is the sum of its parts where all are pinned, and no smaller than some that are only added."""
    for side, bookings in SIDES.items():
        if side not in named:
            continue
        present = [each for each in bookings if values.employee.projected or not is_optional(each.row.name)]
        for year, whole in values.pins[named[side]].values.items():
            pinned = [each for each in present if year in _series(values, named, each.row.name)]
            free = [each for each in present if each not in pinned and not each.row.change_of_stock]
            parts = sum(_signed(values, named, each, year) for each in pinned)
            keys = tuple(f"pins.{named[name]}.values" for name in (side, *(each.row.name for each in pinned)))
            size = ROUNDING * max(whole, parts)
            if pinned and not free and abs(whole - parts) > size:
                text = f"{side} {plain(whole)} is not the sum of its pinned parts, {plain(parts)}, in {year}; "
                yield keys, text + "make them equal, or leave one of them out"
            elif parts > whole + size and not any(each.taken_off and _acts(values, each.row, year) for each in free):
                text = f"{side} {plain(whole)} is less than its pinned parts, {plain(parts)}, in {year}; "
                yield keys, text + "raise the whole or lower the parts"


def _acts(values: ScenarioValues, row: Row, year: int) -> bool:
    """Whether a row may be more than nothing: what is recovered is a share of the benefits of its scheme."""
    if row.kind is not Kind.RECOVERY:
        return True
    benefits = values.benefits if row.receiver == RESIDENT else values.employee.benefits
    return value_in(benefits.recovered_share, year) != 0


def _series(values: ScenarioValues, named: dict[str, str], total: str) -> dict[int, float]:
    """The pinned series of a total; empty where it has none."""
    return values.pins[named[total]].values if total in named else {}


def _signed(values: ScenarioValues, named: dict[str, str], booking: Booking, year: int) -> float:
    """The pinned amount of a part, below zero where it takes away from the whole."""
    amount = _series(values, named, booking.row.name)[year]
    return -amount if booking.taken_off else amount


def _parts(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """What is paid out of contributions is no more than they are, where both are pinned."""
    for limit in LIMITS:
        wholes = [_series(values, named, name) for name in limit.wholes]
        for year in sorted(set[int]().union(*wholes)):
            pinned = [name for name in limit.parts if year in _series(values, named, name)]
            part = sum(_series(values, named, name)[year] for name in pinned)
            whole = sum(series.get(year, inf) for series in wholes)
            if part > whole * (1 + ROUNDING):
                keys = tuple(f"pins.{named[name]}.values" for name in (*pinned, *limit.wholes))
                yield keys, f"{limit.text(pinned, part, whole, year)}; lower the one or raise the other"


def _persons(values: ScenarioValues, named: dict[str, str]) -> Iterator[Complaint]:
    """The insured of all schemes are no more than the population, where both are pinned."""
    for year, population in values.population.pinned_total.items():
        pinned = [total for total in INSURED if year in _series(values, named, total)]
        insured = sum(_series(values, named, total)[year] for total in pinned)
        if insured > population * (1 + ROUNDING):
            text = f"{' and '.join(pinned)} {plain(insured)} are above the pinned population {plain(population)} "
            keys = tuple(f"pins.{named[total]}.values" for total in pinned)
            yield (*keys, "population.pinned_total"), text + f"on 1 January {year}; lower the first or raise the second"
