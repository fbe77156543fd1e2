"""Summary measures of a fund, each defined once, with unit and status (method note, section 10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simsurance.axes import AREA, FUND, INCOME, TENURES, UNINSURED, row
from simsurance.model.fund import ROUNDING, overdrawn, summed
from simsurance.model.projection import Projection, total
from simsurance.model.state import YearBasis
from simsurance.scenario_file.schema import ScenarioValues


@dataclass(frozen=True)
class Measure:
    """One measure. `status` is `ok`, or says why there is no value: then `value` is NaN."""

    measure: str
    value: float
    unit: str
    status: str = "ok"


Account = dict[str, np.ndarray]
"""A fund's account and what is read beside it; names and units as in `simsurance.variables`."""

COMPONENTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "resident": (
        ("personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments", "prepaid_change"),
        ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost", "administration"),
    ),
    "employee_pool": (
        ("employer_contributions", "employer_to_accounts", "retiree_credits", "purchases"),
        ("inpatient_benefits", "outpatient_benefits", "maternity_benefits", "long_term_care"),
    ),
    "personal_accounts": (
        ("employee_contributions", "employer_to_accounts", "retiree_credits"),
        ("account_spending", "relatives_care", "relatives_contributions"),
    ),
}
"""Components of income and of outgo of each fund, columns of its account."""


def accounts(projection: Projection, basis: Sequence[YearBasis]) -> dict[str, Account]:
    """The account of each fund that is projected, [year, run]."""
    found = {"resident": resident_account(projection, basis)}
    if projection.fund.shape[-1] > 1:
        found |= {"employee_pool": pool_account(projection), "personal_accounts": personal_accounts(projection)}
    return {fund: _balanced(fund, account, projection) for fund, account in found.items()}


def resident_account(projection: Projection, basis: Sequence[YearBasis]) -> Account:
    """What only the resident fund has."""
    totals, single, stocks = projection.totals, projection.by_run, projection.stocks

    def standard(name: str) -> np.ndarray:
        return np.stack(
            [
                np.broadcast_to(getattr(year, name).mean(axis=(1, 2, 3, 4, 5, 6)), single["interest"].shape[1:])
                for year in basis
            ]
        )

    summed = (
        *("personal_contributions", "contributions_from_accounts", "assistance", "subsidies", "local_supplement"),
        *("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost", "repair_payments"),
        *("resident_enrolled", "members_income"),
    )
    alone = ("prepaid_change", "administration", "interest", "population_adjustment", "prevalence_error")
    found = {name: totals[name] for name in summed} | {name: single[name] for name in alone}
    found["prepaid"] = projection.prepaid[1:]
    due = found["personal_contributions"] + found["assistance"]
    found["personal_contribution_pp"], found["subsidy_pp"] = (
        ratio(due, found["resident_enrolled"]),
        standard("subsidy_pp"),
    )
    insured, uninsured = (total(stocks.membership[:, :, :, rows]) for rows in (TENURES, UNINSURED))
    everyone = total(stocks.persons)
    found["resident_insured"] = insured[1:]
    found["coverage"] = ratio(insured, insured + uninsured)[1:]
    found["coverage_of_population"] = ((everyone - uninsured) / everyone)[1:]
    found["leave_rate"] = ratio(totals["leaves"], insured[:-1])
    found["return_rate"] = ratio(totals["returns"] + totals["joins"], uninsured[:-1])
    found["public_money"] = found["subsidies"] + found["assistance"]
    found["population"] = everyone[1:]
    found["heads"] = found["resident_enrolled"]
    return found


def pool_account(projection: Projection) -> Account:
    """What only the pooled fund of the employee scheme has."""
    totals, single = projection.totals, projection.by_run
    active, retired = (total(projection.stocks.membership[:, :, :, row(name) : row(name) + 1]) for name in EMPLOYED)
    base, employer = totals["contribution_base"], totals["employer_contributions"]
    return {
        "employer_contributions": employer,
        "employer_to_accounts": -single["employer_to_accounts"],
        "retiree_credits": -totals["retiree_credits"],
        "purchases": totals["purchases"],
        "inpatient_benefits": totals["employee_inpatient_benefits"],
        "outpatient_benefits": totals["employee_outpatient_benefits"],
        "benefits_of_retired": totals["benefits_of_retired"],
        "maternity_benefits": totals["maternity_benefits"],
        "long_term_care": totals["long_term_care"],
        "interest": single["pool_interest"],
        "employee_active": active[1:],
        "employee_retired": retired[1:],
        "dependency_ratio": ratio(retired, active)[1:],
        "contribution_base": base,
        "contribution_rate": ratio(employer - single["employer_to_accounts"], base),
        "members_income": totals["employee_members_income"],
        "heads": totals["active_years"] + totals["retired_years"],
    }


def personal_accounts(projection: Projection) -> Account:
    """What only the personal accounts have."""
    totals, single = projection.totals, projection.by_run
    return {
        "employee_contributions": totals["employee_contributions"],
        "employer_to_accounts": single["employer_to_accounts"],
        "retiree_credits": totals["retiree_credits"],
        "account_spending": totals["account_spending"],
        "relatives_care": single["relatives_care"],
        "relatives_contributions": single["relatives_contributions"],
        "interest": single["account_interest"],
        "members_income": totals["employee_members_income"],
        "heads": totals["active_years"] + totals["retired_years"],
    }


def _balanced(fund: str, account: Account, projection: Projection) -> Account:
    """The account with what every fund has: totals, balance, reserve, rates and amounts a head."""
    income, outgo = (summed(account[name] for name in names) for names in COMPONENTS[fund])
    place = FUND.members.index(fund)
    opening, closing = projection.fund[:-1, :, place], projection.fund[1:, :, place]
    monthly = outgo / 12
    forward = np.full_like(monthly, np.nan)
    forward[:-1] = ratio(closing[:-1], monthly[1:])
    found = {name: values for name, values in account.items() if name != "heads"}
    if fund == "employee_pool":
        levied = found["employer_contributions"] + found["employer_to_accounts"]
        found["pay_as_you_go_rate"] = ratio(outgo - (income - levied), found["contribution_base"])
    if "prepaid" in found:
        found["reserve_months_without_prepaid"] = ratio(closing - found["prepaid"], monthly)
    return found | {
        "opening": opening,
        "income": income,
        "outgo": outgo,
        "current_balance": income + found["interest"] - outgo,
        "closing": closing,
        "reserve_months": ratio(closing, monthly),
        "reserve_months_forward": forward,
        "outgo_pp": ratio(outgo, account["heads"]),
        "income_pp": ratio(income, account["heads"]),
        "income_rate": ratio(income, found["members_income"]),
        "cost_rate": ratio(outgo, found["members_income"]),
    }


def ratio(part: np.ndarray, whole: np.ndarray, otherwise: float = np.nan) -> np.ndarray:
    """Part over whole; something else where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=whole != 0)


def discount_factors(interest: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Value on the opening 1 January of one yuan at the middle and at the end of each year, from rates by year."""
    rate = interest + margin
    end = np.cumprod(1 / (1 + rate))
    return end * np.sqrt(1 + rate), end


def first_year(below: np.ndarray, years: Sequence[int]) -> float:
    """The first year in which a condition holds, NaN if it never does."""
    return float(years[int(np.argmax(below))]) if below.any() else float("nan")


def required_multiple(values: ScenarioValues, account: Account, interest: np.ndarray, start: int) -> float:
    """The level multiple of what is levied, from a year on, that leaves the target reserve at the horizon; NaN if nothing is.

    Static: nobody reacts. `account` by year, `start` a position in it. Interest runs at the fund's rate throughout.
    """
    middle, end = discount_factors(interest, 0.0)
    target = values.measures.target_reserve_months * account["outgo"][-1] / 12
    levied = account["income"] - sum(account[name] for name in NOT_LEVIED if name in account)
    missing = target * end[-1] - account["opening"][0] - summed((account["income"] - account["outgo"]) * middle)
    value = float(summed((levied * middle)[start:]))
    return 1 + float(missing) / value if value > ROUNDING * float(summed(np.abs(account["outgo"]))) else float("nan")


NOT_LEVIED: Final = ("prepaid_change", "purchases", "retiree_credits")
"""Components of income that a level multiple of the contribution does not act on."""
INCOME_SHARE: Final = "share of members' disposable income"
BASE_SHARE: Final = "share of the contribution base"
FIRST_AND_LAST = {
    "closing": "yuan",
    "reserve_months": "months",
    "current_balance": "yuan",
    "outgo_pp": "yuan a year",
    "income_rate": INCOME_SHARE,
    "cost_rate": INCOME_SHARE,
    "coverage": "share",
    "coverage_of_population": "share",
    "leave_rate": "share of the insured a year",
    "return_rate": "share of the uninsured a year",
    "resident_insured": "persons",
    "public_money": "yuan",
    "employee_active": "persons",
    "employee_retired": "persons",
    "dependency_ratio": "retired per active member",
    "contribution_rate": "share of the base",
    "pay_as_you_go_rate": "share of the base",
}
"""Columns of an account that are reported for the first and the last year, with their units."""
EMPLOYED: Final = ("employee_active", "employee_retired")


def measures(values: ScenarioValues, accounts: dict[str, Account], basis: Sequence[YearBasis]) -> list[Measure]:
    """All measures of one run; `accounts` by year. Those of the resident fund first, the others' named after their fund."""
    years = [year.year for year in basis]
    interest = np.array([float(year.interest_rate[0]) for year in basis])
    found = []
    for fund, account in accounts.items():
        own = [*dated_measures(account, years), *level_measures(account)]
        if fund == "resident":
            own += burden_measures(basis)
        if fund != "personal_accounts":
            own += present_values(values, account, interest)
            own += required_contributions(values, account, interest, years)
        own += payable_shares(account, years)
        found += [replace(each, measure=measure_of(fund, each.measure)) for each in own]
    return found


def measure_of(fund: str, name: str) -> str:
    """The name of a fund's measure: those of the resident fund have no prefix."""
    return name if fund == "resident" else f"{fund}_{name}"


def dated_measures(account: Account, years: Sequence[int]) -> list[Measure]:
    """First deficit year and depletion year, or the status that there is none."""
    found = []
    for name, below, status in (
        ("first_deficit_year", overdrawn(account["current_balance"], account["outgo"]), "no_deficit_by"),
        ("depletion_year", overdrawn(account["closing"], account["outgo"]), "not_depleted_by"),
    ):
        year = first_year(below, years)
        found.append(Measure(name, year, "year", "ok" if np.isfinite(year) else f"{status}_{years[-1]}"))
    return found


def level_measures(account: Account) -> list[Measure]:
    """Columns of the account at both ends, and the lowest reserve."""
    ends = [
        Measure(f"{name}_{label}_year", float(account[name][place]), unit)
        for name, unit in FIRST_AND_LAST.items()
        if name in account
        for label, place in (("first", 0), ("last", -1))
    ]
    return [*ends, Measure("lowest_reserve_months", float(account["reserve_months"].min()), "months")]


def burden_measures(basis: Sequence[YearBasis]) -> list[Measure]:
    """Own payment over disposable income of the year before, by area and income group, in the first and the last year."""
    unit = "share of disposable income of the year before"
    return [
        Measure(
            f"burden_{area}_{income}_{label}_year",
            float(np.broadcast_to(basis[place].burden[0, 0, 0, 0, ..., 0], (2, 4))[row, column]),
            unit,
        )
        for row, area in enumerate(AREA.members)
        for column, income in enumerate(INCOME.members)
        for label, place in (("first", 0), ("last", -1))
    ]


def present_values(values: ScenarioValues, account: Account, interest: np.ndarray) -> list[Measure]:
    """Actuarial balance, also with the discount rate a point lower and higher, and public money.

    The balance is a share of what the fund's contributions are measured by: the base of contributions, where there is one, or
    the disposable income of those who pay.
    """
    of, unit = ("contribution_base", BASE_SHARE) if "contribution_base" in account else ("members_income", INCOME_SHARE)
    target = values.measures.target_reserve_months * account["outgo"][-1] / 12
    found = []
    for label, shift in (("", 0.0), ("_discount_minus_1_point", -0.01), ("_discount_plus_1_point", 0.01)):
        middle, end = discount_factors(interest, values.measures.discount_margin + shift)
        balance = account["opening"][0] + summed((account["income"] - account["outgo"]) * middle) - target * end[-1]
        share = float(balance / summed(account[of] * middle))
        found.append(Measure(f"actuarial_balance{label}", share, unit))
    if "public_money" not in account:
        return found
    middle, _ = discount_factors(interest, values.measures.discount_margin)
    public = float(summed(account["public_money"] * middle))
    return [*found, Measure("public_money_present_value", public, "yuan of the valuation date")]


def required_contributions(
    values: ScenarioValues, account: Account, interest: np.ndarray, years: Sequence[int]
) -> list[Measure]:
    """Required contribution now and if delayed: as a multiple of the scenario's, and in yuan a head or as a rate."""
    delay = min(values.measures.delay_years, len(years) - 1)
    if "subsidy_pp" in account:
        of, level, unit = "personal contribution and subsidy", "required_contribution", "yuan per person in"
        standard = account["personal_contribution_pp"] + account["subsidy_pp"]
    else:
        of, level, unit = "employer's contribution", "required_rate", "share of the base in"
        standard = account["contribution_rate"]
    found = []
    for label, start in (("now", 0), ("delayed", delay)):
        multiple = required_multiple(values, account, interest, start)
        first = years[start]
        status = "ok" if np.isfinite(multiple) else "nothing_levied"
        name = f"required_contribution_multiple_{label}"
        found.append(Measure(name, multiple, f"times {of} from {first}", status))
        found.append(Measure(f"{level}_{label}", multiple * float(standard[start]), f"{unit} {first}", status))
    return found


def payable_shares(account: Account, years: Sequence[int]) -> list[Measure]:
    """Share of outgo that income covers in the depletion year and in the last, or the status that there is none."""
    depleted = overdrawn(account["closing"], account["outgo"])
    share = ratio(account["income"], account["outgo"])
    places = (("at_depletion", int(np.argmax(depleted))), ("last_year", len(years) - 1))
    if depleted.any():
        found = [(label, float(share[place])) for label, place in places]
        return [
            Measure(f"payable_share_{label}", value, "share of expenditure", "ok" if np.isfinite(value) else "no_outgo")
            for label, value in found
        ]
    status = f"not_depleted_by_{years[-1]}"
    return [Measure(f"payable_share_{label}", float("nan"), "share of expenditure", status) for label, _ in places]
