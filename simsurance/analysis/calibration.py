"""The fitted values of the baseline: how each is found, so that anyone can find it again.

`python -m simsurance.analysis.calibration` prints every fitted value beside the one that the baseline ships.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from simsurance.axes import TENURES
from simsurance.basis import build
from simsurance.basis.inputs import Inputs
from simsurance.data.tables import published
from simsurance.results import Results, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Schedule, values_by_year

FIRST_YEAR, LAST_YEAR = 2019, 2025
NET_TRANSFERS = 6.5e6
"""Net moves from the resident to the employee scheme a year: middle of the 5 to 8 million named by the authority."""
CRITICAL_YEAR, CRITICAL_BENEFICIARIES, CRITICAL_BENEFITS = 2023, 11.56e6, 92e9
"""Persons paid by critical-illness insurance, and at about 8,000 yuan each what they were paid; a secondary source."""
IN_SCOPE_SHARE_YEAR = 2019
"""The only year with both the paid share of all inpatient cost and of in-scope inpatient cost."""


@dataclass(frozen=True)
class Fit:
    """One fitted number: its key, what it was fitted to, the value found and the value shipped."""

    key: str
    what: str
    found: float
    shipped: float

    @property
    def difference(self) -> float:
        """Relative distance of the shipped value from the one found."""
        return abs(self.shipped / self.found - 1)


def shipped(schedule: Schedule, year: int) -> float:
    """What the baseline says for a year."""
    return float(values_by_year(schedule, [year])[0])


def one_year(baseline: Scenario, year: int, last: int | None = None) -> Results:
    """The baseline valued at the start of a year and projected over it, or to `last`."""
    return simulate([baseline.replace({"horizon.valuation_year": year, "horizon.last_year": last or year})])[0]


def stock_levels(baseline: Scenario) -> Iterator[Fit]:
    """National count of the population on 1 January over the unscaled stock."""
    count = published("population")
    for year in range(FIRST_YEAR, LAST_YEAR + 2):
        plain = baseline.replace({"horizon.valuation_year": year, "population.stock_level": 1.0})
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
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
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


def employee_levels(baseline: Scenario) -> Iterator[Fit]:
    """Moves to and within the employee scheme over the last two years.

    Entry level, share qualified at retirement and odds of entry of the uninsured are solved so that the counts of 1 January
    2024 go to those of two years later while net moves out of the resident scheme are the published 5 to 8 million a year.
    """
    opening = baseline.values.employee
    wanted = np.array(
        [published("employee_active")[LAST_YEAR], published("employee_retired")[LAST_YEAR], NET_TRANSFERS]
    )
    guess = np.array([1.5, 0.9, np.log(6.0)])
    for _ in range(8):
        reached = _employee_counts(baseline, guess)
        slope = np.stack(
            [(_employee_counts(baseline, guess + step) - reached) / 0.01 for step in 0.01 * np.eye(3)], axis=1
        )
        guess = guess + np.linalg.solve(slope, wanted - reached)
    yield Fit(
        "employee.entry_level", "active, retired, moves", float(guess[0]), shipped(opening.entry_level, LAST_YEAR + 1)
    )
    yield Fit("employee.qualified_share", "active, retired, moves", float(guess[1]), opening.qualified_share.male)
    yield Fit(
        "employee.uninsured_odds_ratio", "active, retired, moves", float(np.exp(guess[2])), opening.uninsured_odds_ratio
    )


def _employee_counts(baseline: Scenario, guess: np.ndarray) -> np.ndarray:
    changed = baseline.replace(
        {
            "employee.entry_level": float(guess[0]),
            "employee.qualified_share": {"female": float(guess[1]), "male": float(guess[1])},
            "employee.uninsured_odds_ratio": float(np.exp(guess[2])),
        }
    )
    projection = one_year(changed, LAST_YEAR - 1, LAST_YEAR).projection
    members = projection.stocks.membership[-1, 0].sum(axis=(0, 2, 3))[-2:]
    net = (projection.by_age["transfers_out"] - projection.by_age["transfers_in"])[:, 0].sum() / 2
    return np.array([*members, net])


def local_supplements(baseline: Scenario) -> Iterator[Fit]:
    """Published income less interest, over payers times national standards."""
    income = published("resident_income")
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
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
    """Inpatient and outpatient outgo of 2025 in yuan.

    Inpatient: published inpatient cost × in-scope share × published payment ratio; outpatient is the rest of the outgo. The
    in-scope share is that of 2019, the paid share of all inpatient cost over that of in-scope cost.
    """
    in_scope = (
        published("resident_inpatient_payment_ratio_of_all_cost")[IN_SCOPE_SHARE_YEAR]
        / published("resident_inpatient_payment_ratio_in_scope")[IN_SCOPE_SHARE_YEAR]
    )
    inpatient = (
        published("resident_inpatient_cost")[LAST_YEAR]
        * in_scope
        * published("resident_inpatient_payment_ratio")[LAST_YEAR]
    )
    return inpatient, published("resident_outgo")[LAST_YEAR] - inpatient


BENEFIT_KEYS = {
    "claims.inpatient.level": f"inpatient outgo of {LAST_YEAR}",
    "benefits.inpatient.payment_ratio": f"payment ratio of {LAST_YEAR}",
    "claims.outpatient.level": f"outpatient outgo of {LAST_YEAR}",
    "benefits.critical_illness.level": f"critical-illness benefits of {CRITICAL_YEAR}",
    "benefits.critical_illness.deductible_factor": f"critical-illness beneficiaries of {CRITICAL_YEAR}",
}


def benefit_levels(baseline: Scenario) -> Iterator[Fit]:
    """Levels of cost and benefits, solved together: outgo and payment ratio of 2025, critical-illness insurance of 2023.

    The payment ratio counts both layers. The targets of critical-illness insurance are weak.
    """
    hospital, outpatient = benefit_targets()
    ratio = published("resident_inpatient_payment_ratio")[LAST_YEAR]
    wanted = np.log([hospital, ratio, outpatient, CRITICAL_BENEFITS, CRITICAL_BENEFICIARIES])
    claims, benefits = baseline.values.claims, baseline.values.benefits
    critical = benefits.critical_illness
    own = [
        claims.inpatient.level,
        shipped(benefits.inpatient.payment_ratio, LAST_YEAR),
        claims.outpatient.level,
        critical.level,
        critical.deductible_factor,
    ]
    guess = np.log(own)
    for _ in range(6):
        reached = _benefits(baseline, guess)
        slope = np.stack([(_benefits(baseline, guess + step) - reached) / 0.003 for step in 0.003 * np.eye(5)], axis=1)
        guess = guess + np.linalg.solve(slope, wanted - reached)
    for (key, what), found, value in zip(BENEFIT_KEYS.items(), np.exp(guess), own, strict=True):
        yield Fit(key, what, float(found), value)


def _benefits(baseline: Scenario, logs: np.ndarray) -> np.ndarray:
    """Logarithms of what the five levels are fitted to."""
    changed = baseline.replace(dict(zip(BENEFIT_KEYS, (float(value) for value in np.exp(logs)), strict=True)))
    now, then = (
        {name: values.sum() for name, values in one_year(changed, year).projection.by_age.items()}
        for year in (LAST_YEAR, CRITICAL_YEAR)
    )
    hospital = now["inpatient_benefits"] + now["critical_illness"] + now["bonus_cost"]
    return np.log(
        [
            hospital,
            hospital / now["inpatient_claims"],
            now["outpatient_benefits"],
            then["critical_illness"],
            then["critical_beneficiaries"],
        ]
    )


def real_growth(baseline: Scenario) -> Iterator[Fit]:
    """Growth of institution cost a head of the insured, less prices and less the ageing and selection that the model shows."""
    cost = {
        year: sum(
            published(f"resident_{kind}_cost")[year]
            for kind in ("inpatient", "general_outpatient", "chronic_outpatient")
        )
        / published("resident_insured")[year]
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }
    structure = {}
    for year in cost:
        results = one_year(baseline, year)
        flows = results.projection.by_age
        head = (flows["inpatient_claims"].sum() + flows["outpatient_claims"].sum()) / flows[
            "resident_insured_years"
        ].sum()
        structure[year] = (
            head
            / Inputs(results.scenario, results.scenario.values).cost_index(
                results.scenario.values.claims.trend.real_growth
            )[0]
        )
    economy, trend = baseline.values.economy, baseline.values.claims.trend
    found = []
    for year in range(FIRST_YEAR + 1, LAST_YEAR + 1):
        ageing = structure[year] / structure[year - 1]
        growth = cost[year] / cost[year - 1] / ageing / (1 + shipped(economy.inflation, year))
        found.append(growth)
        yield Fit(
            f"1 + claims.trend.real_growth[{year}]",
            "institution cost a head",
            growth,
            1 + shipped(trend.real_growth, year),
        )
    mean = float(np.prod(found) ** (1 / len(found)))
    start = LAST_YEAR + 1
    yield Fit(
        f"1 + claims.trend.real_growth[{start}]",
        f"mean of {FIRST_YEAR + 1}–{LAST_YEAR}",
        mean,
        1 + shipped(trend.real_growth, start),
    )


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
    weight = state.persons[0][:, TENURES].sum(axis=(1, 4))
    weight = weight / weight.sum()

    def wide(array: np.ndarray) -> np.ndarray:
        return np.broadcast_to(array[0, :, 0, :, :, 0, :], weight.shape)

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
    prevalence = weight / weight.sum(axis=0)
    redrawn = (prevalence * top).sum(axis=0)
    keep = scenario.values.health.persistence
    again = [
        float((weight * top * (keep**lag * top + (1 - keep**lag) * redrawn)).sum() / (weight * top).sum())
        for lag in (1, 4)
    ]
    levels = np.geomspace(threshold, 1e7, 400)
    beyond = np.array([(weight * above(level)).sum() for level in levels])
    top_cost = threshold * beyond[0] + float(np.trapezoid(beyond, levels))
    total = float((weight * (use * mean + seen * visit)).sum())
    users = weight * use / (weight * use).sum()
    log_mean = np.log(mean) - sigma**2 / 2
    variance = float((users * ((log_mean - (users * log_mean).sum()) ** 2 + sigma**2)).sum())
    return Concentration(top_cost / total, again[0], again[1], float((weight * use).sum()), variance**0.5)


def fits(baseline: Scenario) -> Iterator[Fit]:
    """Every fitted value of the baseline, in the order in which they depend on each other."""
    yield from stock_levels(baseline)
    yield from fertility_levels(baseline)
    yield from employee_levels(baseline)
    yield from local_supplements(baseline)
    yield from real_growth(baseline)
    yield from benefit_levels(baseline)


def main() -> None:
    """Print what is found beside what is shipped."""
    baseline = load("baseline")
    print(f"{'key':46}{'fitted to':38}{'found':>12}{'shipped':>12}{'off':>10}")
    for fit in fits(baseline):
        print(f"{fit.key:46}{fit.what:38}{fit.found:12.5f}{fit.shipped:12.5f}{fit.difference:10.2%}")
    for name, value in vars(concentration(baseline)).items():
        print(f"{name:46}{'not fitted exactly: see the method note':38}{value:12.4f}")


if __name__ == "__main__":
    main()
