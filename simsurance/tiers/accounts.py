"""The other tiers of one run told by year: their accounts, what is left to patients, and the checks on both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.axes import PROFILE_AXES, REPORT_AXES, STOCK_AXES, Groups, at, axis, left
from simsurance.basis.inputs import Inputs
from simsurance.basis.tiers import TierRules, tier_rules
from simsurance.errors import SimsuranceError
from simsurance.ledger import TIERS, Party, account_of
from simsurance.measures import Measure
from simsurance.model.care import benefits_pp, critical_cover
from simsurance.model.choices import paid_more
from simsurance.model.projection import Projection
from simsurance.model.state import YearBasis
from simsurance.tiers.burden import THRESHOLDS, persons_above
from simsurance.tiers.care import BUT_INCOME, BY_YEAR, Behind, CareYear, employees, residents, take_up
from simsurance.tiers.nursing import ROUNDING, births_of, care_of, contributions

Columns = dict[str, np.ndarray]
CLAIMS: Final = ("inpatient_claims", "outpatient_claims", "employee_inpatient_claims", "employee_outpatient_claims")
BASIC: Final = (
    *("inpatient_benefits", "outpatient_benefits", "bonus_cost"),
    *("employee_inpatient_benefits", "employee_outpatient_benefits", "choice_benefits"),
)
PASSED: Final = ("long_term_care", "resident_long_term_care")
"""Rows by which a fund pays into long-term care insurance."""
BALANCES: Final = {Party.SUPPLEMENTARY: "supplementary_balance", Party.LONG_TERM_CARE: "care_closing"}
"""Columns of what a tier has at the end of a year, by tier; what medical assistance pays is the budget's."""
COVER: Final = "_cover"
"""How the names of years of cover end."""
BIRTHS: Final = {"residents": "resident_births", "members": "employee_births"}
MATERNITY: Final = ("maternity_benefits", "resident_maternity_benefits")
"""Births to the insured by scheme, and rows by which the funds pay for them apart from care."""
BUT_PROFILE: Final = axis(*(name for name in BY_YEAR[1:] if name not in PROFILE_AXES), of=BY_YEAR)
Sides = tuple[str, np.ndarray, np.ndarray]
"""Name of an identity, difference of its two sides and size of its terms, [year]."""


@dataclass(frozen=True)
class Tiers:
    """The other tiers of a run: a table by year, [year] by column, and the identities that hold on it."""

    columns: Columns
    checks: tuple[Sides, ...]

    def measures(self) -> Iterator[Measure]:
        """What they amount to in the last year."""
        for name, unit in MEASURED.items():
            yield Measure(f"tiers_{name}", float(self.columns[name][-1]), unit)


UNITS: Final = {
    "assistance_from_budget": "yuan",
    "assistance_benefits": "yuan",
    "assistance_inpatient": "yuan",
    "assistance_outpatient": "yuan",
    "supplementary_take_up": "share",
    "supplementary_premiums": "yuan",
    "supplementary_benefits": "yuan",
    "supplementary_loss_ratio": "share",
    "supplementary_balance": "yuan",
    "cost": "yuan",
    "left_by_public": "yuan",
    "own_payment": "yuan",
    "own_share": "share",
    "over_10_percent": "share",
    "over_40_percent": "share",
    "disabled": "persons",
    "disabled_60_plus": "persons",
    "severely_disabled": "persons",
    "care_beneficiaries": "persons",
    "care_from_employers": "yuan",
    "care_from_members": "yuan",
    "care_from_budget": "yuan",
    "care_from_residents": "yuan",
    "care_from_funds": "yuan",
    "care_benefits": "yuan",
    "care_own": "yuan",
    "care_closing": "yuan",
    "births_of_members": "births",
    "births_of_residents": "births",
    "maternity_benefits": "yuan",
    "resident_maternity_benefits": "yuan",
    "resident_births_within_inpatient": "yuan",
    "resident_births_own": "yuan",
}
"""Columns of the table and their units."""
BY_INCOME: Final = ("own_payment", "own_share", "over_10_percent", "over_40_percent")
"""Columns that are followed by one for each income group."""


def columns_of(groups: Groups) -> Iterator[tuple[str, str, str]]:
    """Every column of the table, in order: what it holds, of which income group, none for all, and its unit."""
    for name, unit in UNITS.items():
        yield name, "", unit
        if name in BY_INCOME:
            yield from ((name, group, unit) for group in groups.income_groups)


MEASURED: Final = {
    "assistance_benefits": "yuan",
    "supplementary_benefits": "yuan",
    "supplementary_loss_ratio": "share",
    "disabled_60_plus": "persons",
    "care_beneficiaries": "persons",
    "care_benefits": "yuan",
    "care_from_employers": "yuan",
    "care_from_budget": "yuan",
    "care_closing": "yuan",
    "resident_births_within_inpatient": "yuan",
    "own_share": "share",
    "over_10_percent": "share",
    "over_40_percent": "share",
}
"""Columns of the last year that are measures, and their units."""


def tiers_of(projection: Projection, basis: Sequence[YearBasis], inputs: Inputs, whole: bool = True) -> Tiers | None:
    """The other tiers of a projection of one run; None where they are not told.

    `whole`: care in every year, or in the last alone, which is all that measures read. SimsuranceError where more than
    everybody would take a cover, or something would be paid more than once.
    """
    rules = tier_rules(inputs)
    if rules is None:
        return None
    covered, years = projection.covered, projection.years
    assert covered is not None
    covers = [values for name, values in covered.items() if name.endswith(COVER)]
    taken = take_up(rules, years, covers, drawn=inputs.scenario.undrawn is not None)
    columns = _others(projection, rules, basis)
    told = range(len(years)) if whole else range(len(years) - 1, len(years))
    of_care = [_care_and_burden(projection, rules, place, basis[place], inputs.groups, taken[place]) for place in told]
    for name in of_care[-1]:
        columns[name] = np.full(len(years), np.nan)
        columns[name][told.start :] = [each[name] for each in of_care]
    rows = columns | {name: _of_run(projection, name) for name in ("assistance", *PASSED)}
    columns["care_from_funds"] = np.asarray(sum(rows[name] for name in PASSED))
    for tier, column in BALANCES.items():
        opening = rules.opening if tier is Party.LONG_TERM_CARE else 0.0
        columns[column] = opening + np.cumsum(sum(account_of(tier, rows)[0]) - sum(account_of(tier, rows)[1]))
    names = ("_".join(filter(None, each[:2])) for each in columns_of(inputs.groups))
    return Tiers({name: columns[name] for name in names}, tuple(_checks(projection, columns, rows, rules)))


def _of_run(projection: Projection, name: str) -> np.ndarray:
    """A flow of the only run, [year]; nothing where a scheme is not projected."""
    found = projection.totals.get(name)
    return np.zeros(len(projection.years)) if found is None else at(found, of=REPORT_AXES, run=0)


def _care_and_burden(
    projection: Projection, rules: TierRules, place: int, basis: YearBasis, groups: Groups, taken: np.ndarray
) -> dict[str, float]:
    """Columns of a year of care, what of it is left to patients, and whom that burdens."""
    covered = projection.covered
    assert covered is not None
    totals = {name: values[place].item() for name, values in projection.totals.items()}
    schemes = [residents(basis, covered["resident_cover"][place])]
    if basis.employee is not None:
        schemes.append(employees(basis.employee.care, covered["employee_cover"][place]))
    years = [
        CareYear(each, *rules.assistance(place), rules.supplementary(place), rules.covered[place], taken)
        for each in schemes
    ]
    critical = critical_cover(basis).expected(schemes[0].hospital_law) * basis.critical_factor
    return {
        "critical_by_law": float(schemes[0].hospital_yuan(critical).sum()),
        **_care(projection, rules, place, years, totals, groups, _of_choices(basis, schemes[0])),
        **_burden(basis, rules, years, groups),
    }


def _of_choices(basis: YearBasis, insured: Behind) -> tuple[np.ndarray, np.ndarray]:
    """What care that residents use more for a choice of cover costs, and what they are paid more for it, [income]."""
    cost, paid = np.zeros((2, insured.years.shape[-2]))
    if basis.choices is not None:
        rule, pp = basis.choices, benefits_pp(basis)
        of_care = pp.basic.inpatient_cost + pp.basic.outpatient_cost
        for place, a_year in enumerate(paid_more(basis, rule, pp)):
            with_it = insured.years * rule.take_up[:, place]
            cost += (with_it * rule.use[:, place] * of_care).sum(axis=BUT_INCOME)
            paid += (with_it * a_year).sum(axis=BUT_INCOME)
    return cost, paid


def _care(
    projection: Projection,
    rules: TierRules,
    place: int,
    years: Sequence[CareYear],
    totals: Mapping[str, float],
    groups: Groups,
    of_choices: tuple[np.ndarray, np.ndarray],
) -> dict[str, float]:
    """Who pays the cost of care, and what is left to patients by income group; `of_choices`: what they cost and are paid."""
    bonus, by_fund = (_by_income(projection, name, place) for name in ("bonus_cost", "choice_benefits"))
    added, chosen = of_choices
    cost = sum(_by_income(projection, name, place) for name in CLAIMS) + added
    inpatient = float(sum(each.assistance_inpatient().sum() for each in years))
    outpatient = float(sum(each.assistance_outpatient().sum() for each in years))
    supplementary = float(sum(each.paid_by_cover().sum() for each in years))
    own = sum(each.left_by_all() for each in years) - bonus + added - chosen
    for group in np.flatnonzero((own < -ROUNDING * cost) & (chosen > 0))[:1]:
        raise SimsuranceError(
            f"choices: of care for income group {groups.income_groups[group]} in {projection.years[place]}, "
            f"{cost[group]:.4g} yuan, they would pay {chosen[group]:.4g}, {-own[group]:.4g} more than all else leaves, so that "
            "it would be paid more than once; lower take_up or benefit of a choice"
        )
    insured = sum(each.behind.years.sum() for each in years)
    taking = sum((each.behind.years * each.taken).sum() for each in years)
    premiums = float(taking * rules.premium[place])
    return {
        "assistance_from_budget": totals["assistance"] + inpatient + outpatient,
        "assistance_benefits": inpatient + outpatient,
        "assistance_inpatient": inpatient,
        "assistance_outpatient": outpatient,
        "supplementary_take_up": float(taking / insured),
        "supplementary_premiums": premiums,
        "supplementary_benefits": supplementary,
        "supplementary_loss_ratio": supplementary / premiums if premiums else np.nan,
        "cost": float(np.sum(cost)),
        "left_by_public": float(sum(each.left_by_public().sum() for each in years) + (added - bonus - by_fund).sum()),
        "own_payment": float(np.sum(own)),
        "own_share": float(np.sum(own) / np.sum(cost)),
        **{f"own_payment_{name}": float(yuan) for name, yuan in zip(groups.income_groups, own, strict=True)},
        **{
            f"own_share_{name}": float(share)
            for name, share in zip(groups.income_groups, own / np.asarray(cost), strict=True)
        },
    }


def _burden(basis: YearBasis, rules: TierRules, years: Sequence[CareYear], groups: Groups) -> dict[str, float]:
    """Shares of the insured who pay more than so much of the income of their household."""
    income = basis.disposable_income * rules.household_size * rules.income_level
    insured = np.asarray(sum(each.behind.years.sum(axis=BUT_INCOME) for each in years))
    thresholds = np.stack([share * income for share in THRESHOLDS.values()])[:, None]
    above = sum(persons_above(each, thresholds) for each in years)
    found: dict[str, float] = {}
    for name, persons in zip(THRESHOLDS, np.asarray(above), strict=True):
        found[name] = float(persons.sum() / insured.sum())
        found |= {
            f"{name}_{group}": float(part) for group, part in zip(groups.income_groups, persons / insured, strict=True)
        }
    return found


def _others(projection: Projection, rules: TierRules, basis: Sequence[YearBasis]) -> Columns:
    """Long-term care insurance, and births by who pays them."""
    covered, years, totals = projection.covered, projection.years, projection.totals
    assert covered is not None
    none = np.zeros(len(years))
    stocks = at(projection.stocks.persons, of=STOCK_AXES, run=0).sum(axis=axis("area", of=left("run", of=STOCK_AXES)))
    insured = sum(values.sum(axis=BUT_PROFILE) for name, values in covered.items() if name.endswith(COVER))
    births = {scheme: covered[name].ravel() if name in covered else none for scheme, name in BIRTHS.items()}
    flows = {
        name: _of_run(projection, name) for name in (*MATERNITY, *PASSED, "contribution_base", "resident_enrolled")
    }
    claims = at(totals["inpatient_claims"], of=REPORT_AXES, run=0)
    ratio = np.divide(_of_run(projection, "inpatient_benefits"), claims, out=none.copy(), where=claims != 0)
    prevalence = np.stack([at(each.prevalence, run=0, status=0, area=0, income=0) for each in basis])
    return {
        **care_of(rules, (stocks[:-1] + stocks[1:]) / 2, prevalence, np.asarray(insured)),
        **contributions(rules, years, flows["contribution_base"], flows["resident_enrolled"], flows),
        **births_of(rules, years, births, flows, ratio),
    }


def _by_income(projection: Projection, name: str, place: int) -> np.ndarray:
    """A flow of a year by income group, [income]; nothing where a scheme is not projected."""
    found = projection.by_group.get(name)
    if found is None:
        return np.zeros(projection.by_group["births"].shape[-1])
    return np.asarray(at(found, of=REPORT_AXES, year=place, run=0).sum(axis=axis("area", of=("area", "income"))))


def _checks(projection: Projection, columns: Columns, rows: Columns, rules: TierRules) -> Iterator[Sides]:
    """Everybody's part of a cost is the cost, and a tier keeps what it takes in and does not pay, in the years told."""
    years = np.isfinite(columns["cost"])
    paid = sum(_of_run(projection, name) for name in BASIC) + rows["critical_by_law"]
    behind = rows["assistance_benefits"] + rows["supplementary_benefits"] + rows["own_payment"]
    difference = columns["cost"] - paid - behind
    yield (
        "tiers: paid by all = cost of care",
        np.where(years, difference, 0.0),
        np.where(years, columns["cost"], 1.0),
    )
    for tier in TIERS if years.all() else [Party.LONG_TERM_CARE]:
        income, outgo = (np.asarray(sum(side)) for side in account_of(tier, rows))
        held = columns.get(BALANCES.get(tier, ""), np.zeros_like(income))
        before = np.concatenate([[rules.opening if tier is Party.LONG_TERM_CARE else 0.0], held[:-1]])
        yield (
            f"tiers: {tier}, opening + income − outgo = closing",
            before + income - outgo - held,
            np.maximum(np.abs(held), income),
        )
