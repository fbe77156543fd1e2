"""The fitted values of the baseline: how each is found, so that anyone can find it again.

`python -m simsurance.evidence.calibration` prints every fitted value beside the one that the baseline ships.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.integrate import trapezoid
from scipy.special import ndtr, ndtri

from simsurance.axes import PERSON_AXES, TENURES, at, axis, left
from simsurance.basis import build
from simsurance.basis.inputs import Inputs
from simsurance.basis.trend import SCHEMES
from simsurance.data.tables import published
from simsurance.evidence import calibration_employee as employee
from simsurance.evidence.base_growth import drift_fits
from simsurance.evidence.calibration_employee import NET_TRANSFERS
from simsurance.evidence.cost_growth import admissions_per_user, real_growth, residual_growth, use_growth
from simsurance.evidence.fit import (
    FIRST_YEAR,
    LAST_YEAR,
    YEARS,
    Fit,
    fitted_years,
    flow_sums,
    inpatient_in_scope,
    levels,
    one_year,
    shipped,
)
from simsurance.evidence.published import in_scope_share
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import register
from simsurance.scenario_file.years import COUNTED_AGES

__all__ = ["FIRST_YEAR", "LAST_YEAR", "NET_TRANSFERS", "fits", "in_scope_share", "main", "one_year", "shipped"]

CRITICAL_YEAR, CRITICAL_BENEFICIARIES = max(published("critical_illness_beneficiaries").items())
CRITICAL_BENEFITS = 92e9
"""Persons paid by critical-illness insurance, and at about 8,000 yuan each what they were paid; a secondary source."""
WEAK_KEYS = ("benefits.critical_illness.low_deductible_places", "benefits.critical_illness.ratio_shift")
"""What is fitted to the two, within the range of the register: as near as that allows, not to either."""


DEATH_YEARS = YEARS[-3:]
"""Years whose counted deaths give the level of mortality."""
UNCOUNTED: Final[Mapping[str, Any]] = {key: {} for key in COUNTED_AGES}


def stock_levels(baseline: Scenario) -> Iterator[Fit]:
    """National count of the population on 1 January over the unscaled stock."""
    count = published("population")
    for year in range(FIRST_YEAR, LAST_YEAR + 2):
        plain = baseline.replace({"horizon.valuation_year": year, "population.stock_level": 1.0, **UNCOUNTED})
        stock = Inputs(plain, plain.values).opening_stock().sum()
        yield Fit(
            f"population.stock_level[{year}]",
            "population",
            count[year - 1] / float(stock),
            shipped(baseline.values.population.stock_level, year),
        )


def fertility_levels(baseline: Scenario) -> Iterator[Fit]:
    """National births over births on the scaled stock with the table's fertility."""
    births = published("births")
    for year in YEARS:
        plain = baseline.replace(
            {"horizon.valuation_year": year, "horizon.last_year": year, "population.fertility_level": 1.0}
        )
        found = simulate([plain])[0].projection.by_age["births"].sum()
        yield Fit(
            f"population.fertility_level[{year}]",
            "births",
            births[year] / float(found),
            shipped(baseline.values.population.fertility_level, year),
        )


def mortality_level(baseline: Scenario) -> Iterator[Fit]:
    """One factor on death rates for the deaths counted in some years, each valued at its start with the ages counted."""
    years = f"deaths of {DEATH_YEARS[0]}–{DEATH_YEARS[-1]}"
    own = shipped(baseline.values.population.mortality_level, LAST_YEAR)
    counted = sum(published("deaths")[year] for year in DEATH_YEARS)

    def deaths(changed: Scenario) -> list[float]:
        return [sum(flow_sums(one_year(changed, year))["deaths"] for year in DEATH_YEARS)]

    yield from levels(baseline, {"population.mortality_level": years}, [own], [counted], deaths)


def local_supplements(baseline: Scenario) -> Iterator[Fit]:
    """Published income less interest, over payers times national standards."""
    income = published("resident_income")
    for year in fitted_years("resident_income"):
        account = one_year(baseline, year).account
        standard = account["income"][0] - account["local_supplement"][0]
        factor = (income[year] - account["interest"][0]) / standard
        yield Fit(
            f"contributions.local_supplement[{year}]",
            "fund income",
            float(factor),
            shipped(baseline.values.contributions.local_supplement, year),
        )


def benefit_targets() -> tuple[float, float]:
    """Inpatient and outpatient outgo of the resident fund, last year: in-scope cost × payment ratio, and the rest. Yuan."""
    inpatient = inpatient_in_scope("resident") * published("resident_inpatient_payment_ratio")[LAST_YEAR]
    return inpatient, published("resident_outgo")[LAST_YEAR] - inpatient


BENEFIT_KEYS = {
    "claims.inpatient.level": f"inpatient outgo of {LAST_YEAR}",
    "benefits.inpatient.payment_ratio": f"payment ratio of {LAST_YEAR}",
    "claims.outpatient.level": f"outpatient outgo of {LAST_YEAR}",
    **dict.fromkeys(WEAK_KEYS, f"critical illness {CRITICAL_YEAR}, as near as may be"),
}


def benefit_levels(baseline: Scenario) -> Iterator[Fit]:
    """Levels of cost and benefits, found together: outgo and payment ratio of the last year, critical-illness insurance.

    The payment ratio counts both layers. The two targets of critical-illness insurance are weak and count alike, by the
    logarithm of what is missed.
    """
    hospital, outpatient = benefit_targets()
    ratio = published("resident_inpatient_payment_ratio")[LAST_YEAR]
    claims, benefits = baseline.values.claims, baseline.values.benefits
    critical = benefits.critical_illness
    own = [
        claims.inpatient.level,
        shipped(benefits.inpatient.payment_ratio, LAST_YEAR),
        claims.outpatient.level,
        critical.low_deductible_places,
        critical.ratio_shift,
    ]
    targets = [hospital, ratio, outpatient, CRITICAL_BENEFICIARIES, CRITICAL_BENEFITS]
    most = {key: float(register()[key].high) for key in WEAK_KEYS}
    yield from levels(baseline, BENEFIT_KEYS, own, targets, _benefits, most)


def weakly_met(baseline: Scenario) -> Iterator[Fit]:
    """What was published of critical-illness insurance beside the model: two weak targets, each missed by a residual."""
    *_, beneficiaries, benefits = _benefits(baseline)
    for name, known, model in (
        (f"critical-illness persons paid {CRITICAL_YEAR}, million", CRITICAL_BENEFICIARIES / 1e6, beneficiaries / 1e6),
        (f"critical-illness benefits {CRITICAL_YEAR}, billion yuan", CRITICAL_BENEFITS / 1e9, benefits / 1e9),
    ):
        yield Fit(name, "a weak target, as near as may be", known, model)


def _benefits(changed: Scenario) -> list[float]:
    """What the levels of the resident scheme are fitted to."""
    now, then = (flow_sums(one_year(changed, year)) for year in (LAST_YEAR, CRITICAL_YEAR))
    hospital = now["inpatient_benefits"] + now["critical_illness"] + now["bonus_cost"]
    return [
        hospital,
        hospital / now["inpatient_claims"],
        now["outpatient_benefits"],
        then["critical_beneficiaries"],
        then["critical_illness"],
    ]


@dataclass(frozen=True)
class Concentration:
    """How concentrated and how lasting annual cost is among the insured of the valuation year."""

    top_tenth_share: float
    stay_one_year: float
    stay_four_years: float
    inpatient_users: float
    inpatient_log_sd: float


def concentration(scenario: Scenario) -> Concentration:
    """Share of cost of the top tenth by annual cost, and the share of them who are there again after one and four years.

    People keep their need class with the persistence, else draw it from the prevalence at their age; ages stand still.
    """
    state, years = build(scenario.replace({"horizon.last_year": scenario.values.horizon.valuation_year}))
    care = years[0].care
    weight = state.persons[0][:, TENURES].sum(axis=axis("status", "income", of=PERSON_AXES[1:]))
    weight = weight / weight.sum()

    def wide(array: np.ndarray) -> np.ndarray:
        return np.broadcast_to(at(array, run=0, status=0, income=0), weight.shape)

    use, mean, sigma = wide(care.inpatient_use), wide(care.inpatient_cost), wide(care.inpatient_sigma)
    seen, visit, spread = wide(care.outpatient_use), wide(care.outpatient_cost), wide(care.outpatient_sigma)
    normal = ndtri((np.arange(200) + 0.5) / 200)
    stays = mean[..., None] * np.exp(sigma[..., None] * normal - sigma[..., None] ** 2 / 2)

    def above(cost: float) -> np.ndarray:
        def clinic(rest: np.ndarray) -> np.ndarray:
            rest = np.maximum(rest, 1e-9)
            trailing = (..., *([None] * (rest.ndim - weight.ndim)))
            return seen[trailing] * ndtr(-(np.log(rest / visit[trailing]) / spread[trailing] + spread[trailing] / 2))

        short = cost - stays
        with_stay = np.where(short <= 0, 1.0, clinic(short)).mean(axis=-1)
        return (1 - use) * clinic(np.full(weight.shape, cost)) + use * with_stay

    low, high = 1.0, 1e7
    for _ in range(60):
        threshold = (low * high) ** 0.5
        low, high = (threshold, high) if (weight * above(threshold)).sum() > 0.1 else (low, threshold)
    top = above(threshold)
    over_needs = axis("health", of=left("run", "status", "income"))
    prevalence = weight / weight.sum(axis=over_needs)
    redrawn = (prevalence * top).sum(axis=over_needs)
    keep = scenario.values.health.persistence
    again = [
        float((weight * top * (keep**lag * top + (1 - keep**lag) * redrawn)).sum() / (weight * top).sum())
        for lag in (1, 4)
    ]
    levels = np.geomspace(threshold, 1e7, 400)
    beyond = np.array([(weight * above(level)).sum() for level in levels])
    top_cost = threshold * beyond[0] + float(trapezoid(beyond, levels))
    total = float((weight * (use * mean + seen * visit)).sum())
    users = weight * use / (weight * use).sum()
    log_mean = np.log(mean) - sigma**2 / 2
    variance = float((users * ((log_mean - (users * log_mean).sum()) ** 2 + sigma**2)).sum())
    return Concentration(top_cost / total, again[0], again[1], float((weight * use).sum()), variance**0.5)


def fits(baseline: Scenario) -> Iterator[Fit]:
    """Every fitted value of the baseline, in the order in which they depend on each other."""
    yield from stock_levels(baseline)
    yield from mortality_level(baseline)
    yield from fertility_levels(baseline)
    yield from employee.employee_levels(baseline)
    yield from employee.entry_levels(baseline)
    yield from local_supplements(baseline)
    for scheme in SCHEMES:
        yield from real_growth(baseline, scheme)
        yield from use_growth(baseline, scheme)
    yield from residual_growth(baseline)
    yield from admissions_per_user(baseline)
    yield from drift_fits(baseline)
    yield from benefit_levels(baseline)
    yield from employee.employee_contributions(baseline)
    yield from employee.use_level(baseline)
    yield from employee.birth_benefits(baseline)
    yield from employee.employee_benefit_levels(baseline)
    yield from employee.outpatient_ratios(baseline)
    yield from employee.account_rates(baseline)


def main() -> None:
    """Print what is found beside what is shipped, and what was published beside what the model gives without a fit."""
    baseline = load("baseline")
    print(f"{'key':50}{'fitted to':38}{'found':>12}{'shipped':>12}{'off':>10}")
    for fit in fits(baseline):
        print(f"{fit.key:50}{fit.what:38}{fit.found:12.5f}{fit.shipped:12.5f}{fit.difference:10.2%}")
    print(f"{'figure':50}{'':38}{'published':>12}{'model':>12}{'off':>10}")
    for check in (*weakly_met(baseline), *employee.unfitted(baseline)):
        print(f"{check.key:50}{check.what:38}{check.found:12.1f}{check.shipped:12.1f}{check.difference:10.2%}")
    for name, value in vars(concentration(baseline)).items():
        print(f"{name:50}{'not fitted exactly: see the method note':50}{value:12.4f}")


if __name__ == "__main__":
    main()
