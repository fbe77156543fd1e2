"""The fitted values of the baseline: how each is found, so that anyone can find it again.

`python -m simsurance.analysis.calibration` prints every fitted value beside the one that the baseline ships.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from simsurance.axes import EMPLOYEES, TENURES
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
RELIEF_YEAR, RELIEF = 2020, 164.9e9
"""Employers' contributions were cut for some months of it, by so many yuan as the authority said (recalled, not fitted)."""
NO_SPLIT_YEAR = 2021
"""Income and outgo of the employee scheme were published for both accounts together."""
OUTPATIENT_YEARS = SPENDING_YEARS = (2019, 2022, 2023, 2025)
"""Years whose outgo a path of the employee scheme is fitted to; those between lie on the ramp and are a check."""


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


LONGEST_STEP = 0.2


def solved(reached: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Where a function reaches what is wanted: Newton's steps with slopes by difference, until they no longer matter."""
    step = 0.003
    for _ in range(40):
        here = reached(guess)
        slope = np.stack([(reached(guess + one) - here) / step for one in step * np.eye(len(guess))], axis=1)
        move = np.linalg.solve(slope, wanted - here)
        size = np.abs(move).max()
        guess = guess + move * LONGEST_STEP / max(size, LONGEST_STEP)
        if size < 1e-7:
            return guess
    raise ArithmeticError("a calibration does not settle")


def levels(
    baseline: Scenario,
    keys: Mapping[str, str],
    own: list[float],
    targets: list[float],
    reached: Callable[[Scenario], list[float]],
) -> Iterator[Fit]:
    """Positive numbers of the scenario, `keys` with what they are fitted to, at which the model reaches the targets."""

    def changed(logs: np.ndarray) -> np.ndarray:
        values = dict(zip(keys, (float(value) for value in np.exp(logs)), strict=True))
        return np.log(reached(baseline.replace(values)))

    found = np.exp(solved(changed, np.log(targets), np.log(own)))
    for (key, what), value, here in zip(keys.items(), found, own, strict=True):
        yield Fit(key, what, float(value), here)


def by_year(
    baseline: Scenario,
    key: str,
    path: Schedule,
    year: int,
    what: str,
    target: float,
    reached: Callable[[Scenario], list[float]],
) -> Iterator[Fit]:
    """The value of a path in one year at which the model, valued at its start, reaches the target."""
    for fit in levels(baseline, {key: what}, [shipped(path, year)], [target], reached):
        yield replace(fit, key=f"{key}[{year}]")


def employee_levels(baseline: Scenario) -> Iterator[Fit]:
    """Moves to and within the employee scheme over the last two years.

    Entry level, share who stay at retirement and odds of entry of the uninsured are solved so that the counts of 1 January
    2024 go to those of two years later while net moves out of the resident scheme are the published 5 to 8 million a year.
    Those who stay are the qualified and, of the others, those who buy the missing years: that share is judgement.
    """
    scheme = baseline.values.employee
    qualified, buying = shipped(scheme.qualified_share.male, LAST_YEAR), scheme.unqualified.buying
    own = [
        shipped(scheme.entry_level, LAST_YEAR + 1),
        qualified + (1 - qualified) * buying,
        scheme.uninsured_odds_ratio,
    ]
    wanted = np.array(
        [published("employee_active")[LAST_YEAR], published("employee_retired")[LAST_YEAR], NET_TRANSFERS]
    )

    def counts(guess: np.ndarray) -> np.ndarray:
        share = float((guess[1] - buying) / (1 - buying))
        changed = baseline.replace(
            {
                "employee.entry_level": float(guess[0]),
                "employee.qualified_share": {"female": share, "male": share},
                "employee.uninsured_odds_ratio": float(np.exp(guess[2])),
            }
        )
        projection = one_year(changed, LAST_YEAR - 1, LAST_YEAR).projection
        members = projection.stocks.membership[-1, 0].sum(axis=(0, 2, 3))[-2:]
        net = (projection.by_age["transfers_out"] - projection.by_age["transfers_in"])[:, 0].sum() / 2
        return np.array([*members, net])

    entry, staying, odds = solved(counts, wanted, np.array([own[0], own[1], np.log(own[2])]))
    what = "active, retired, moves"
    yield Fit("employee.entry_level", what, float(entry), own[0])
    yield Fit("employee.qualified_share", what, float((staying - buying) / (1 - buying)), qualified)
    yield Fit("employee.uninsured_odds_ratio", what, float(np.exp(odds)), own[2])


def entry_levels(baseline: Scenario) -> Iterator[Fit]:
    """Entry level of each year before those two: active members at its end, all else as it is."""
    key, level = "employee.entry_level", baseline.values.employee.entry_level
    for year in range(FIRST_YEAR, LAST_YEAR - 1):

        def active(changed: Scenario, year: int = year) -> list[float]:
            return [float(one_year(changed, year).accounts["employee_pool"]["employee_active"][0])]

        yield from by_year(baseline, key, level, year, "active", published("employee_active")[year], active)


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


def inpatient_in_scope(scheme: str) -> float:
    """Inpatient cost of 2025 that is in scope: the share is that of 2019, paid of all cost over paid of in-scope cost."""
    of_all, of_scope = (published(f"{scheme}_inpatient_payment_ratio_{what}") for what in ("of_all_cost", "in_scope"))
    share = of_all[IN_SCOPE_SHARE_YEAR] / of_scope[IN_SCOPE_SHARE_YEAR]
    return published(f"{scheme}_inpatient_cost")[LAST_YEAR] * share


def benefit_targets() -> tuple[float, float]:
    """Inpatient and outpatient outgo of the resident fund in 2025, yuan: in-scope cost × payment ratio, and the rest."""
    inpatient = inpatient_in_scope("resident") * published("resident_inpatient_payment_ratio")[LAST_YEAR]
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
    claims, benefits = baseline.values.claims, baseline.values.benefits
    critical = benefits.critical_illness
    own = [
        claims.inpatient.level,
        shipped(benefits.inpatient.payment_ratio, LAST_YEAR),
        claims.outpatient.level,
        critical.level,
        critical.deductible_factor,
    ]
    targets = [hospital, ratio, outpatient, CRITICAL_BENEFITS, CRITICAL_BENEFICIARIES]
    yield from levels(baseline, BENEFIT_KEYS, own, targets, _benefits)


def _benefits(changed: Scenario) -> list[float]:
    """What the levels of the resident scheme are fitted to."""
    now, then = (flow_sums(one_year(changed, year)) for year in (LAST_YEAR, CRITICAL_YEAR))
    hospital = now["inpatient_benefits"] + now["critical_illness"] + now["bonus_cost"]
    return [
        hospital,
        hospital / now["inpatient_claims"],
        now["outpatient_benefits"],
        then["critical_illness"],
        then["critical_beneficiaries"],
    ]


def flow_sums(results: Results) -> dict[str, float]:
    """Flows over all years and persons."""
    return {name: float(values.sum()) for name, values in results.projection.by_age.items()}


EMPLOYEE_BENEFIT_KEYS = {
    "employee.care.inpatient_level": f"in-scope inpatient cost of {LAST_YEAR}",
    "employee.care.older_cost_ratio": f"cost of retired over active {LAST_YEAR}",
    "employee.care.outpatient_level": f"outpatient cost of {LAST_YEAR}",
    "employee.benefits.inpatient.payment_ratio": f"payment ratio of {LAST_YEAR}",
    "employee.benefits.outpatient.payment_ratio": f"rest of the pool's outgo of {LAST_YEAR}",
}


def outpatient_parts() -> tuple[float, float]:
    """Members' outpatient cost of 2025 in institutions and in pharmacies, yuan."""
    kinds = ("general_outpatient", "chronic_outpatient")
    return sum(published(f"employee_{kind}_cost")[LAST_YEAR] for kind in kinds), published("employee_pharmacy_cost")[
        LAST_YEAR
    ]


def employee_benefit_levels(baseline: Scenario) -> Iterator[Fit]:
    """Levels of cost and benefits of the employee scheme, solved together on 2025.

    What the outgo of the pool leaves after inpatient and maternity benefits is taken as outpatient benefits.
    """
    scheme = baseline.values.employee
    care, benefits = scheme.care, scheme.benefits
    own = [
        care.inpatient_level,
        care.older_cost_ratio,
        care.outpatient_level,
        shipped(benefits.inpatient.payment_ratio, LAST_YEAR),
        shipped(benefits.outpatient.payment_ratio, LAST_YEAR),
    ]
    targets = [
        inpatient_in_scope("employee"),
        published("employee_retired_institution_cost")[LAST_YEAR]
        / published("employee_active_institution_cost")[LAST_YEAR],
        sum(outpatient_parts()),
        published("employee_inpatient_payment_ratio")[LAST_YEAR],
        published("employee_pool_outgo")[LAST_YEAR],
    ]
    yield from levels(baseline, EMPLOYEE_BENEFIT_KEYS, own, targets, _employee_benefits)


def _employee_benefits(changed: Scenario) -> list[float]:
    """What the levels of the employee scheme are fitted to."""
    results = one_year(changed, LAST_YEAR)
    flows = flow_sums(results)
    return [
        flows["employee_inpatient_claims"],
        retired_to_active(changed, flows),
        flows["employee_outpatient_claims"],
        flows["employee_inpatient_benefits"] / flows["employee_inpatient_claims"],
        float(results.accounts["employee_pool"]["outgo"][0]),
    ]


ALL_FOR_THE_RETIRED = {
    f"employee.benefits.{kind}.{key}": value
    for kind, limit in (("inpatient", 1e8), ("outpatient", {"low": 1e7, "moderate": 1e7, "high": 1e7}))
    for key, value in (("deductible", 0), ("payment_ratio", 0), ("retired_ratio_extra", 1), ("limit", limit))
} | {"employee.benefits.inpatient.retired_deductible": 0}


def retired_to_active(scenario: Scenario, flows: dict[str, float]) -> float:
    """Institution cost of retired over that of active members in 2025.

    Rules that pay the retired everything and the active nothing show what belongs to the retired. Published institution cost
    holds what is out of scope and leaves pharmacies out; both are taken to be alike for active and retired.
    """
    of_retired = flow_sums(one_year(scenario.replace(ALL_FOR_THE_RETIRED), LAST_YEAR))
    institutions, pharmacies = outpatient_parts()
    scope = inpatient_in_scope("employee") / published("employee_inpatient_cost")[LAST_YEAR]
    weights = {
        "employee_inpatient": 1 / scope,
        "employee_outpatient": institutions / (institutions + pharmacies),
    }
    everyone = sum(weight * flows[f"{name}_claims"] for name, weight in weights.items())
    retired = sum(weight * of_retired[f"{name}_benefits"] for name, weight in weights.items())
    return retired / (everyone - retired)


def use_level(baseline: Scenario) -> Iterator[Fit]:
    """Members' chance of an admission over residents', against discharges for each insured of 2025."""
    state, years = build(baseline.replace({"horizon.valuation_year": LAST_YEAR, "horizon.last_year": LAST_YEAR}))
    scheme = years[0].employee
    assert scheme is not None

    def chance(persons: np.ndarray, use: np.ndarray) -> float:
        return float((persons * use).sum() / persons.sum())

    members = chance(state.persons[:, :, EMPLOYEES], scheme.care.inpatient_use)
    residents = chance(state.persons[:, :, TENURES], years[0].care.inpatient_use)
    wanted, base = (published(f"{name}_discharges_per_insured")[LAST_YEAR] for name in ("employee", "resident"))
    level = baseline.values.employee.care.use_level
    yield Fit(
        "employee.care.use_level",
        f"discharges over residents' of {LAST_YEAR}",
        level * wanted / base / (members / residents),
        level,
    )


def outpatient_ratios(baseline: Scenario) -> Iterator[Fit]:
    """Share of outpatient cost that the pool pays: what its outgo leaves to it, in the years of the path before the last."""
    key, ratio = (
        "employee.benefits.outpatient.payment_ratio",
        baseline.values.employee.benefits.outpatient.payment_ratio,
    )
    for year in OUTPATIENT_YEARS[:-1]:

        def outgo(changed: Scenario, year: int = year) -> list[float]:
            return [float(one_year(changed, year).accounts["employee_pool"]["outgo"][0])]

        yield from by_year(baseline, key, ratio, year, "pool outgo", published("employee_pool_outgo")[year], outgo)


def birth_benefits(baseline: Scenario) -> Iterator[Fit]:
    """Published maternity expenditure over births to active members, year by year, at the wages of 2025."""
    benefit = baseline.values.employee.benefits.birth_benefit
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        own = shipped(benefit, year)
        found = own * published("maternity_outgo")[year] / flow_sums(one_year(baseline, year))["maternity_benefits"]
        yield Fit(f"employee.benefits.birth_benefit[{year}]", "maternity expenditure", found, own)


@dataclass(frozen=True)
class EmployeeIncome:
    """A year's income of the employee scheme, yuan: the model's parts at `compliance` and `relief`, published less interest.

    `accounts` is None where the published income was not split.
    """

    employer: float
    own: float
    credits: float
    purchases: float
    compliance: float
    relief: float
    total: float
    accounts: float | None


def employee_income(baseline: Scenario, year: int) -> EmployeeIncome:
    """Income of a year, valued at its start."""
    results = one_year(baseline, year)
    flows, paid = flow_sums(results), baseline.values.employee.contributions
    pool, accounts = (float(results.accounts[name]["interest"][0]) for name in ("employee_pool", "personal_accounts"))
    split = published("employee_account_income")
    return EmployeeIncome(
        employer=flows["employer_contributions"],
        own=flows["employee_contributions"],
        credits=flows["retiree_credits"],
        purchases=flows["purchases"],
        compliance=shipped(paid.compliance, year),
        relief=shipped(paid.relief, year),
        total=published("employee_total_income")[year] - pool - accounts,
        accounts=split[year] - accounts if year in split else None,
    )


def employee_contributions(baseline: Scenario) -> Iterator[Fit]:
    """Compliance, employers' rate, their share for the accounts, and the relief of 2020, from published income less interest.

    In the last year the reform of the accounts is complete: they get members' own contributions and the credits of the
    retired alone, so that their income gives compliance and the pool's the employers' rate. That rate holds for earlier years
    too: there all income gives compliance, and the accounts' part what employers gave them. In 2020 compliance is the mean of
    the years beside it, and relief is what is missing.
    """
    paid, key = baseline.values.employee.contributions, "employee.contributions"
    years = {year: employee_income(baseline, year) for year in range(FIRST_YEAR, LAST_YEAR + 1)}
    last = years[LAST_YEAR]
    assert last.accounts is not None
    scale = {LAST_YEAR: (last.accounts - last.credits) / last.own}
    own_rate = shipped(paid.employer_rate, LAST_YEAR)
    rate = own_rate * (last.total - last.accounts + last.credits) / (last.employer * scale[LAST_YEAR] + last.purchases)
    due, rest = {}, {}
    for year, of in years.items():
        change = rate / shipped(paid.employer_rate, year)
        due[year], rest[year] = of.employer / (1 - of.relief) * change, of.total - of.purchases * change
        scale.setdefault(year, rest[year] / (due[year] + of.own))
    compliance = {year: scale[year] * of.compliance for year, of in years.items()}
    compliance[RELIEF_YEAR] = (compliance[RELIEF_YEAR - 1] + compliance[RELIEF_YEAR + 1]) / 2
    scale[RELIEF_YEAR] = compliance[RELIEF_YEAR] / years[RELIEF_YEAR].compliance
    levied = {year: rest[year] - of.own * scale[year] for year, of in years.items()}
    to_accounts = {
        year: (of.accounts - of.credits - of.own * scale[year]) / levied[year]
        for year, of in years.items()
        if of.accounts is not None
    }
    to_accounts[NO_SPLIT_YEAR] = (to_accounts[NO_SPLIT_YEAR - 1] + to_accounts[NO_SPLIT_YEAR + 1]) / 2
    del to_accounts[LAST_YEAR]
    relief = {RELIEF_YEAR: 1 - levied[RELIEF_YEAR] / (due[RELIEF_YEAR] * scale[RELIEF_YEAR])}
    for name, what, found in (
        ("employer_rate", "pool income", {LAST_YEAR: rate}),
        ("compliance", "all income; 2025 account income", compliance),
        ("to_accounts", "account income", to_accounts),
        ("relief", "income missing", relief),
    ):
        for year in sorted(found):
            yield Fit(f"{key}.{name}[{year}]", what, found[year], shipped(getattr(paid, name), year))


def account_rates(baseline: Scenario) -> Iterator[Fit]:
    """What of the accounts is spent: published use by relatives, less contributions, and the rest of published outgo."""
    rates, key = baseline.values.employee.accounts, "employee.accounts"
    mutual_aid, outgo = published("employee_account_mutual_aid"), published("employee_account_outgo")
    for year in sorted({*SPENDING_YEARS, *mutual_aid}):
        account = one_year(baseline, year).accounts["personal_accounts"]
        spent, care, paid = (
            float(account[name][0]) for name in ("account_spending", "relatives_care", "relatives_contributions")
        )
        if year in mutual_aid:
            own = shipped(rates.relatives_care_rate, year)
            yield Fit(f"{key}.relatives_care_rate[{year}]", "mutual aid", own * (mutual_aid[year] - paid) / care, own)
        if year in SPENDING_YEARS:
            own, relatives = shipped(rates.spending_rate, year), mutual_aid.get(year, care + paid)
            yield Fit(f"{key}.spending_rate[{year}]", "account outgo", own * (outgo[year] - relatives) / spent, own)


def unfitted(baseline: Scenario) -> Iterator[Fit]:
    """Published figures of the employee scheme that nothing was fitted to beside the model, valued at the start of the year."""
    for fund, series, fitted in (
        ("employee_pool", "employee_pool", OUTPATIENT_YEARS),
        ("personal_accounts", "employee_account", SPENDING_YEARS),
    ):
        outgo = published(f"{series}_outgo")
        for year in sorted(set(outgo) & set(range(FIRST_YEAR, LAST_YEAR)) - set(fitted)):
            model = float(one_year(baseline, year).accounts[fund]["outgo"][0])
            yield Fit(f"{fund} outgo {year}, billion yuan", "not fitted", outgo[year] / 1e9, model / 1e9)
    paid = flow_sums(one_year(baseline, RELIEF_YEAR))["employer_contributions"]
    share = shipped(baseline.values.employee.contributions.relief, RELIEF_YEAR)
    yield Fit(f"relief of {RELIEF_YEAR}, billion yuan", "not fitted", RELIEF / 1e9, paid * share / (1 - share) / 1e9)


@dataclass(frozen=True)
class CostSeries:
    """Where the growth of a scheme's cost stands, its published insured, and its cost and insured years in the model."""

    key: str
    insured: tuple[str, ...]
    claims: tuple[str, ...]
    insured_years: tuple[str, ...]


COST_SERIES = {
    "resident": CostSeries(
        "claims.trend.real_growth",
        ("resident_insured",),
        ("inpatient_claims", "outpatient_claims"),
        ("resident_insured_years",),
    ),
    "employee": CostSeries(
        "employee.care.real_growth",
        ("employee_active", "employee_retired"),
        ("employee_inpatient_claims", "employee_outpatient_claims"),
        ("active_years", "retired_years"),
    ),
}
INSTITUTION_COST = ("inpatient_cost", "general_outpatient_cost", "chronic_outpatient_cost")


def real_growth(baseline: Scenario, scheme: str = "resident") -> Iterator[Fit]:
    """Growth of institution cost a head of the insured, less prices and less the ageing and selection that the model shows."""
    series, values = COST_SERIES[scheme], baseline.values
    path = {"resident": values.claims.trend.real_growth, "employee": values.employee.care.real_growth}[scheme]
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    cost = {
        year: sum(published(f"{scheme}_{kind}")[year] for kind in INSTITUTION_COST)
        / sum(published(name)[year] for name in series.insured)
        for year in years
    }
    structure = {}
    for year in years:
        results = one_year(baseline, year)
        flows = flow_sums(results)
        head = sum(flows[name] for name in series.claims) / sum(flows[name] for name in series.insured_years)
        structure[year] = head / float(Inputs(results.scenario, results.scenario.values).cost_index(path)[0])
    found = []
    for year in years[1:]:
        ageing = structure[year] / structure[year - 1]
        growth = cost[year] / cost[year - 1] / ageing / (1 + shipped(baseline.values.economy.inflation, year))
        found.append(growth)
        yield Fit(f"1 + {series.key}[{year}]", "institution cost a head", growth, 1 + shipped(path, year))
    mean, start = float(np.prod(found) ** (1 / len(found))), LAST_YEAR + 1
    yield Fit(f"1 + {series.key}[{start}]", f"mean of {FIRST_YEAR + 1}–{LAST_YEAR}", mean, 1 + shipped(path, start))


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
    yield from entry_levels(baseline)
    yield from local_supplements(baseline)
    for scheme in COST_SERIES:
        yield from real_growth(baseline, scheme)
    yield from benefit_levels(baseline)
    yield from employee_contributions(baseline)
    yield from use_level(baseline)
    yield from birth_benefits(baseline)
    yield from employee_benefit_levels(baseline)
    yield from outpatient_ratios(baseline)
    yield from account_rates(baseline)


def main() -> None:
    """Print what is found beside what is shipped, and what was published beside what the model gives without a fit."""
    baseline = load("baseline")
    print(f"{'key':50}{'fitted to':38}{'found':>12}{'shipped':>12}{'off':>10}")
    for fit in fits(baseline):
        print(f"{fit.key:50}{fit.what:38}{fit.found:12.5f}{fit.shipped:12.5f}{fit.difference:10.2%}")
    print(f"{'figure':50}{'':38}{'published':>12}{'model':>12}{'off':>10}")
    for check in unfitted(baseline):
        print(f"{check.key:50}{check.what:38}{check.found:12.1f}{check.shipped:12.1f}{check.difference:10.2%}")
    for name, value in vars(concentration(baseline)).items():
        print(f"{name:50}{'not fitted exactly: see the method note':50}{value:12.4f}")


if __name__ == "__main__":
    main()
