"""Summary measures of a fund, each defined once, with unit and status (method note, section 10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.axes import AREA, INCOME, TENURES, UNINSURED
from simsurance.model.projection import Projection, YearBasis
from simsurance.scenario_file.schema import ScenarioValues


@dataclass(frozen=True)
class Measure:
    """One measure. `status` is `ok`, or says why there is no value: then `value` is NaN."""

    measure: str
    value: float
    unit: str
    status: str = "ok"


def accounts(projection: Projection, basis: Sequence[YearBasis]) -> dict[str, np.ndarray]:
    """The fund's account and what is read beside it, [year, run]; names and units as in `simsurance.variables`."""
    flow, single, stocks = projection.by_age, projection.by_run, projection.stocks

    def total(array: np.ndarray) -> np.ndarray:
        return array.sum(axis=tuple(range(2, array.ndim)))

    def standard(name: str) -> np.ndarray:
        return np.stack(
            [
                np.broadcast_to(getattr(year, name).mean(axis=(1, 2, 3, 4, 5, 6)), single["interest"].shape[1:])
                for year in basis
            ]
        )

    parts = ("personal_contributions", "assistance", "subsidies", "local_supplement")
    found = {
        name: total(flow[name])
        for name in (
            *parts,
            "inpatient_benefits",
            "outpatient_benefits",
            "critical_illness",
            "bonus_cost",
            "repair_payments",
            "resident_enrolled",
            "members_income",
        )
    }
    found |= {
        name: single[name]
        for name in ("prepaid_change", "administration", "interest", "population_adjustment", "prevalence_error")
    }
    found["opening"], found["closing"] = projection.fund[:-1, :, 0], projection.fund[1:, :, 0]
    found["prepaid"] = projection.prepaid[1:]
    found["income"] = sum((found[name] for name in (*parts, "repair_payments", "prepaid_change")), start=np.zeros(()))
    found["outgo"] = (
        found["inpatient_benefits"]
        + found["outpatient_benefits"]
        + found["critical_illness"]
        + found["bonus_cost"]
        + found["administration"]
    )
    found["current_balance"] = found["income"] + found["interest"] - found["outgo"]
    monthly = found["outgo"] / 12
    found["reserve_months"] = found["closing"] / monthly
    found["reserve_months_without_prepaid"] = (found["closing"] - found["prepaid"]) / monthly
    found["reserve_months_forward"] = np.full_like(monthly, np.nan)
    found["reserve_months_forward"][:-1] = found["closing"][:-1] / monthly[1:]
    due = found["personal_contributions"] + found["assistance"]
    found["personal_contribution_pp"], found["subsidy_pp"] = due / found["resident_enrolled"], standard("subsidy_pp")
    found["outgo_pp"] = found["outgo"] / found["resident_enrolled"]
    found["income_pp"] = found["income"] / found["resident_enrolled"]
    found["income_rate"] = found["income"] / found["members_income"]
    found["cost_rate"] = found["outgo"] / found["members_income"]
    insured = total(stocks.membership[:, :, :, TENURES])
    uninsured = total(stocks.membership[:, :, :, UNINSURED])
    found["resident_insured"] = insured[1:]
    found["coverage"] = (insured / (insured + uninsured))[1:]
    found["leave_rate"] = total(flow["leaves"]) / insured[:-1]
    found["return_rate"] = (total(flow["returns"]) + total(flow["joins"])) / uninsured[:-1]
    found["public_money"] = found["subsidies"] + found["assistance"]
    found["population"] = total(stocks.persons)[1:]
    return found


def discount_factors(interest: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Value on the opening 1 January of one yuan at the middle and at the end of each year, from rates by year."""
    rate = interest + margin
    end = np.cumprod(1 / (1 + rate))
    return end * np.sqrt(1 + rate), end


def first_year(below: np.ndarray, years: Sequence[int]) -> float:
    """The first year in which a condition holds, NaN if it never does."""
    return float(years[int(np.argmax(below))]) if below.any() else float("nan")


def required_multiple(
    values: ScenarioValues, account: dict[str, np.ndarray], interest: np.ndarray, start: int
) -> float:
    """The level multiple of contributions and subsidies, from a year on, that leaves the target reserve at the horizon.

    Static: nobody reacts. `account` by year, `start` a position in it. Interest runs at the fund's rate throughout.
    """
    middle, end = discount_factors(interest, 0.0)
    target = values.measures.target_reserve_months * account["outgo"][-1] / 12
    levied = account["income"] - account["prepaid_change"]
    missing = target * end[-1] - account["opening"][0] - ((account["income"] - account["outgo"]) * middle).sum()
    return 1 + float(missing / (levied * middle)[start:].sum())


INCOME_SHARE = "share of members' disposable income"
FIRST_AND_LAST = {
    "closing": "yuan",
    "reserve_months": "months",
    "current_balance": "yuan",
    "outgo_pp": "yuan a year",
    "income_rate": INCOME_SHARE,
    "cost_rate": INCOME_SHARE,
    "coverage": "share",
    "leave_rate": "share of the insured a year",
    "return_rate": "share of the uninsured a year",
    "resident_insured": "persons",
    "public_money": "yuan",
}
"""Columns of the account that are reported for the first and the last year, with their units."""


def measures(values: ScenarioValues, account: dict[str, np.ndarray], basis: Sequence[YearBasis]) -> list[Measure]:
    """All measures of one run; `account` by year."""
    years = [year.year for year in basis]
    interest = np.array([float(year.interest_rate[0]) for year in basis])
    return [
        *dated_measures(account, years),
        *level_measures(account),
        *burden_measures(basis),
        *present_values(values, account, interest),
        *required_contributions(values, account, interest, years),
        *payable_shares(account, years),
    ]


def dated_measures(account: dict[str, np.ndarray], years: Sequence[int]) -> list[Measure]:
    """First deficit year and depletion year, or the status that there is none."""
    found = []
    for name, below, status in (
        ("first_deficit_year", account["current_balance"] < 0, "no_deficit_by"),
        ("depletion_year", account["closing"] < 0, "not_depleted_by"),
    ):
        year = first_year(below, years)
        found.append(Measure(name, year, "year", "ok" if np.isfinite(year) else f"{status}_{years[-1]}"))
    return found


def level_measures(account: dict[str, np.ndarray]) -> list[Measure]:
    """Columns of the account at both ends, and the lowest reserve."""
    ends = [
        Measure(f"{name}_{label}_year", float(account[name][place]), unit)
        for name, unit in FIRST_AND_LAST.items()
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


def present_values(values: ScenarioValues, account: dict[str, np.ndarray], interest: np.ndarray) -> list[Measure]:
    """Actuarial balance, also with the discount rate a point lower and higher, and public money."""
    target = values.measures.target_reserve_months * account["outgo"][-1] / 12
    found = []
    for label, shift in (("", 0.0), ("_discount_minus_1_point", -0.01), ("_discount_plus_1_point", 0.01)):
        middle, end = discount_factors(interest, values.measures.discount_margin + shift)
        balance = account["opening"][0] + ((account["income"] - account["outgo"]) * middle).sum() - target * end[-1]
        share = float(balance / (account["members_income"] * middle).sum())
        found.append(Measure(f"actuarial_balance{label}", share, INCOME_SHARE))
    middle, _ = discount_factors(interest, values.measures.discount_margin)
    public = float((account["public_money"] * middle).sum())
    return [*found, Measure("public_money_present_value", public, "yuan of the valuation date")]


def required_contributions(
    values: ScenarioValues, account: dict[str, np.ndarray], interest: np.ndarray, years: Sequence[int]
) -> list[Measure]:
    """Required contribution now and if delayed: as a multiple of the scenario's, and in yuan a head."""
    delay = min(values.measures.delay_years, len(years) - 1)
    standard = account["personal_contribution_pp"] + account["subsidy_pp"]
    found = []
    for label, start in (("now", 0), ("delayed", delay)):
        multiple = required_multiple(values, account, interest, start)
        first = years[start]
        unit = f"times personal contribution and subsidy from {first}"
        found.append(Measure(f"required_contribution_multiple_{label}", multiple, unit))
        yuan = multiple * float(standard[start])
        found.append(Measure(f"required_contribution_{label}", yuan, f"yuan a head in {first}"))
    return found


def payable_shares(account: dict[str, np.ndarray], years: Sequence[int]) -> list[Measure]:
    """Share of outgo that income covers in the depletion year and in the last, or the status that there is none."""
    depleted = account["closing"] < 0
    share = account["income"] / account["outgo"]
    places = (("at_depletion", int(np.argmax(depleted))), ("last_year", len(years) - 1))
    if depleted.any():
        return [Measure(f"payable_share_{label}", float(share[place]), "share of outgo") for label, place in places]
    status = f"not_depleted_by_{years[-1]}"
    return [Measure(f"payable_share_{label}", float("nan"), "share of outgo", status) for label, _ in places]
