"""Summary measures of a fund, each defined once, with unit and status (method note, section 10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, NOT_EMPLOYEES, TENURES, UNINSURED
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
        return np.stack([np.broadcast_to(getattr(year, name).mean(axis=(1, 2, 3, 4, 5, 6)), single["interest"].shape[1:]) for year in basis])

    parts = ("personal_contributions", "assistance", "subsidies", "local_supplement")
    found = {name: total(flow[name]) for name in (*parts, "inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost", "repair_payments", "resident_enrolled", "members_income")}
    found |= {name: single[name] for name in ("prepaid_change", "administration", "interest", "population_adjustment", "prevalence_error")}
    found["opening"], found["closing"] = projection.fund[:-1, :, 0], projection.fund[1:, :, 0]
    found["prepaid"] = projection.prepaid[1:]
    found["income"] = sum((found[name] for name in (*parts, "repair_payments", "prepaid_change")), start=np.zeros(()))
    found["outgo"] = found["inpatient_benefits"] + found["outpatient_benefits"] + found["critical_illness"] + found["bonus_cost"] + found["administration"]
    found["current_balance"] = found["income"] + found["interest"] - found["outgo"]
    monthly = found["outgo"] / 12
    found["reserve_months"] = found["closing"] / monthly
    found["reserve_months_without_prepaid"] = (found["closing"] - found["prepaid"]) / monthly
    found["reserve_months_forward"] = np.full_like(monthly, np.nan)
    found["reserve_months_forward"][:-1] = found["closing"][:-1] / monthly[1:]
    found["personal_contribution_pp"], found["subsidy_pp"] = standard("personal_pp"), standard("subsidy_pp")
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


def required_multiple(values: ScenarioValues, account: dict[str, np.ndarray], interest: np.ndarray, start: int) -> float:
    """The level multiple of contributions and subsidies, from a year on, that leaves the target reserve at the horizon.

    Static: nobody reacts. `account` by year, `start` a position in it. Interest runs at the fund's rate throughout.
    """
    middle, end = discount_factors(interest, 0.0)
    target = values.measures.target_reserve_months * account["outgo"][-1] / 12
    levied = account["income"] - account["prepaid_change"]
    missing = target * end[-1] - account["opening"][0] - ((account["income"] - account["outgo"]) * middle).sum()
    return 1 + float(missing / (levied * middle)[start:].sum())


def measures(values: ScenarioValues, account: dict[str, np.ndarray], basis: Sequence[YearBasis]) -> list[Measure]:
    """All measures of one run; `account` by year."""
    years = [year.year for year in basis]
    last = years[-1]
    interest = np.array([float(year.interest_rate[0]) for year in basis])
    middle, end = discount_factors(interest, values.measures.discount_margin)
    never = f"not_in_horizon_to_{last}"
    found = []

    def dated(name: str, below: np.ndarray, status: str) -> float:
        year = first_year(below, years)
        found.append(Measure(name, year, "year", "ok" if np.isfinite(year) else status))
        return year

    dated("first_deficit_year", account["current_balance"] < 0, f"no_deficit_by_{last}" if never else "")
    depletion = dated("depletion_year", account["closing"] < 0, f"not_depleted_by_{last}")
    for name, unit in (("closing", "yuan"), ("reserve_months", "months"), ("current_balance", "yuan"), ("outgo_pp", "yuan a year"), ("income_rate", "share of members' disposable income"), ("cost_rate", "share of members' disposable income"), ("coverage", "share"), ("resident_insured", "persons")):
        found.append(Measure(f"{name}_first_year", float(account[name][0]), unit))
        found.append(Measure(f"{name}_last_year", float(account[name][-1]), unit))
    lowest = int(np.argmin(account["reserve_months"]))
    found.append(Measure("lowest_reserve_months", float(account["reserve_months"][lowest]), "months"))

    income, outgo, members_income = account["income"], account["outgo"], account["members_income"]
    target = values.measures.target_reserve_months * outgo[-1] / 12
    balance = account["opening"][0] + ((income - outgo) * middle).sum() - target * end[-1]
    found.append(Measure("actuarial_balance", float(balance / (members_income * middle).sum()), "share of members' disposable income"))
    found.append(Measure("public_money_present_value", float((account["public_money"] * middle).sum()), "yuan of the valuation date"))

    delay = min(values.measures.delay_years, len(years) - 1)
    standard = account["personal_contribution_pp"] + account["subsidy_pp"]
    for label, start in (("now", 0), ("delayed", delay)):
        multiple = required_multiple(values, account, interest, start)
        found.append(Measure(f"required_contribution_multiple_{label}", multiple, f"times personal contribution and subsidy from {years[start]}"))
        found.append(Measure(f"required_contribution_{label}", multiple * float(standard[start]), f"yuan a head in {years[start]}"))
    if np.isfinite(depletion):
        place = years.index(int(depletion))
        for label, at in (("at_depletion", place), ("last_year", len(years) - 1)):
            found.append(Measure(f"payable_share_{label}", float(income[at] / outgo[at]), "share of outgo"))
    else:
        found.extend(Measure(f"payable_share_{label}", float("nan"), "share of outgo", f"not_depleted_by_{last}") for label in ("at_depletion", "last_year"))
    return found


__all__ = ["EMPLOYEES", "NOT_EMPLOYEES", "Measure", "accounts", "measures", "required_multiple"]
