"""The engine beside the oracle: the same scenario through both, quantity by quantity."""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from oracle import Book, Floats, Intercepts, Oracle

from simsurance.axes import FUND, HEALTH, NATIONAL, NO_CLAIM, STATUS, STATUSES, TENURES, UNINSURED, index, row
from simsurance.basis import build
from simsurance.basis.inputs import Inputs
from simsurance.basis.people import relative_odds
from simsurance.model.care import benefits_pp
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.state import Flows, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.scenario_file.loader import Scenario, load

INCOME = NATIONAL.income

CLOSED = ("population.migration_factor=0",)
"""What the oracle leaves out is switched off in both."""
FLOWS = (
    "births", "deaths", "leaves", "returns", "joins", "newborn_enrolled", "transfers_in", "transfers_out",
    "waiting_months", "repaired_years", "repair_payments", "resident_enrolled", "resident_insured_years",
    "inpatient_users", "inpatient_claims", "outpatient_claims", "inpatient_benefits", "outpatient_benefits", "critical_illness",
    "critical_beneficiaries", "bonus_cap", "bonus_cost", "no_claim", "personal_contributions", "assistance",
    "contributions_from_accounts", "subsidies", "local_supplement", "members_income",
    "employee_entries", "employee_exits", "retirements", "employee_deaths", "active_years", "retired_years",
    "contribution_base", "employer_contributions", "employer_to_accounts", "employee_contributions", "retiree_credits",
    "purchases", "employee_inpatient_claims", "employee_outpatient_claims", "employee_inpatient_benefits",
    "employee_outpatient_benefits", "benefits_of_retired", "maternity_benefits", "long_term_care", "account_spending",
    "relatives_care", "relatives_contributions", "employee_members_income", "retiree_contributions", "arrears_recovered",
)  # fmt: skip
CARRIED = ("rule_years", "lapsed_years", "months_left", "carried_lapsed", "carried_insured", "no_claim_lapsed")
LARGEST_Z = 4.5
APPROXIMATE = {
    "months_left": ("waiting_months", 0.02),
    "carried_lapsed": ("bonus_at_work", 0.02),
    "carried_insured": ("bonus_at_work", 0.02),
    "no_claim_of_leavers": ("no_claim_years", 0.01),
    "no_claim_years": ("no_claim_years", 0.01),
    "no_claim_lapsed": ("no_claim_years", 0.01),
    "bonus_cap": ("bonus_cap", 0.01),
    "bonus_cost": ("bonus_cost", 0.03),
}
"""Quantities that cells hold only as means: how far apart they may be beyond chance, as a share of what."""
Totals = dict[str, dict[int, float]]
Batches = dict[str, dict[int, Floats]]


# --- the engine's side -----------------------------------------------------------------------------------------------


def engine_totals(state: State, basis: Sequence[YearBasis]) -> Totals:
    """The engine year after year, under the names and years of the oracle."""
    found: Totals = {}
    work = Workspace(state.cells.shape)
    for year in basis:
        hazard = enrolment_hazards(state.cells, year)
        lost = float((state.cells[:, :, NO_CLAIM] * hazard.leave).sum())
        state, flows = step(state, year, work)
        stocks = stock_totals(state.cells)
        at_work = float(flows.bonus_cap.sum() / year.indexation.max()) + abs(stocks["carried_insured"])
        funds = dict(zip(FUND.members, state.fund[0].tolist(), strict=False))
        amounts = {**flow_totals(flows), **stocks, **funds, "no_claim_of_leavers": lost, "bonus_at_work": at_work}
        for name, amount in amounts.items():
            found.setdefault(name, {})[year.year] = amount
    return found


def flow_totals(flows: Flows) -> dict[str, float]:
    """Flows of a year, summed."""
    named = flows.by_name
    found = {name: float(named[name].sum()) for name in FLOWS if name in named}
    if flows.active_years is not None:
        paid = found["employee_inpatient_benefits"] + found["employee_outpatient_benefits"]
        found["benefits_of_active"] = paid - found["benefits_of_retired"]
    return found


def stock_totals(cells: Floats) -> dict[str, float]:
    """Persons and tracked totals of a 1 January."""
    found = {name: float(cells[:, :, place].sum()) for place, name in enumerate(STATUS.members)}
    insured = cells[:, :, TENURES].sum(axis=(0, 2))
    found["persons"] = float(cells[:, :, STATUSES].sum())
    found["resident_insured"] = float(insured.sum())
    for place, need in enumerate(HEALTH.members):
        found[f"insured_{need}"] = float(insured[place].sum())
    for place, income in enumerate(INCOME.members):
        found[f"insured_{income}_income"] = float(insured[:, :, :, place].sum())
    found["insured_urban"] = float(insured[:, :, index("area", "urban")].sum())
    for name, first, end in (("0_17", 0, 18), ("18_59", 18, 60), ("60_plus", 60, 101)):
        found[f"insured_{name}"] = float(insured[..., first:end].sum())
    found |= {name: float(cells[:, :, row(name)].sum()) for name in CARRIED}
    found["no_claim_years"] = float(cells[:, :, NO_CLAIM].sum())
    return found


def intercepts_of(scenario: Scenario, basis: YearBasis) -> Intercepts:
    """The solved factors on the odds, as plain numbers."""
    odds = relative_odds(Inputs(scenario, scenario.values), by_need=scenario.values.behaviour.effects.health)
    leave = basis.leave_odds[0, 0, 0, 0, 0, 0, 0] / (odds["leave"][0, 0, 0] * odds["group"][0, 0])
    enter = basis.enter_odds[0, 0, :, 0, 0, 0, 0] / odds["enter"][0, :, 0]
    return Intercepts(float(leave), float(enter[0]), float(enter[1]))


# --- a scenario through both -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Closed:
    """A scenario without what the oracle leaves out, and what the engine starts from."""

    scenario: Scenario
    state: State
    basis: tuple[YearBasis, ...]

    @property
    def last_year(self) -> int:
        """The last year followed."""
        return self.basis[-1].year


def closed_scenario(settings: Sequence[str], years: int) -> Closed:
    """The baseline with these settings over so many years."""
    scenario = load("baseline", settings=[*CLOSED, *settings])
    first = scenario.values.horizon.valuation_year
    scenario = scenario.replace({"horizon.last_year": first + years - 1})
    return Closed(scenario, *build(scenario))


def by_engine(closed: Closed) -> Totals:
    """Totals of the engine, by name and year."""
    return engine_totals(closed.state, closed.basis)


def by_oracle(closed: Closed, lives: int, seed: int, own_history: bool = False) -> Batches:
    """Totals of the oracle, by name, year and batch."""
    scenario, cells = closed.scenario, closed.state.persons[0]
    assert cells.shape == (3, UNINSURED.stop + 5 + 2, 2, 2, 4, 101)
    intercepts = intercepts_of(scenario, closed.basis[0])
    book = Book(scenario.values, scenario.tables, scenario.reference, cells, intercepts)
    silence = np.broadcast_to(benefits_pp(closed.basis[0]).no_claim, (1, 3, 1, 2, 2, 1, 101))[0, :, 0, :, :, 0]
    oracle = Oracle(book, cells, lives, seed, own_history=own_history, past_silence=silence)
    return oracle.run(len(closed.basis))


@dataclass(frozen=True)
class Difference:
    """One quantity of one year: engine, oracle, standard error of the oracle."""

    name: str
    year: int
    engine: float
    oracle: float
    error: float

    @property
    def z(self) -> float:
        """Difference in standard errors; 0 where both agree to rounding."""
        gap = self.oracle - self.engine
        if abs(gap) <= 1e-9 * max(abs(self.engine), 1.0):
            return 0.0
        return gap / self.error if self.error > 0 else float(np.copysign(np.inf, gap))

    @property
    def relative(self) -> float:
        """Difference as a share of the engine's number."""
        return (self.oracle - self.engine) / abs(self.engine) if self.engine else 0.0


def difference(name: str, year: int, engine: float, by_batch: Floats) -> Difference:
    """The oracle's mean over batches and its standard error beside the engine's number.

    Sums of a few large amounts spread in proportion to their mean: where the mean came out below the engine's number, so did
    the spread, and both are taken at that number.
    """
    mean, error = float(by_batch.mean()), float(by_batch.std(ddof=1) / np.sqrt(len(by_batch)))
    return Difference(name, year, engine, mean, error * max(1.0, engine / mean if mean > 0 else 1.0))


def differences(engine: Totals, oracle: Batches) -> list[Difference]:
    """Every quantity of every year that both know."""
    return [
        difference(name, year, engine[name][year], by_batch)
        for name in oracle
        if name in engine
        for year, by_batch in oracle[name].items()
    ]


def disagreements(engine: Totals, oracle: Batches) -> list[Difference]:
    """Differences that chance and the stated bounds of the approximations do not explain."""
    found = []
    for each in differences(engine, oracle):
        of, share = APPROXIMATE.get(each.name, (each.name, 0.0))
        allowed = share * abs(engine[of][each.year])
        gap = each.oracle - each.engine
        beyond = Difference(each.name, each.year, 0.0, max(abs(gap) - allowed, 0.0), each.error)
        if beyond.z > LARGEST_Z:
            found.append(each)
    return found


# --- what is printed -------------------------------------------------------------------------------------------------


def worst(found: Iterable[Difference]) -> list[Difference]:
    """The year with the largest difference in standard errors, by quantity."""
    largest: dict[str, Difference] = {}
    for each in found:
        if each.name not in largest or abs(each.z) > abs(largest[each.name].z):
            largest[each.name] = each
    return [largest[name] for name in sorted(largest)]


def table(found: Sequence[Difference]) -> str:
    """Quantity, year, engine, oracle, difference and standard error as shares of the engine's number, z."""
    lines = [f"{'quantity':<26}{'year':>5}{'engine':>16}{'oracle':>16}{'difference':>12}{'s.e.':>10}{'z':>8}"]
    for each in found:
        size = abs(each.engine) or 1.0
        lines.append(
            f"{each.name:<26}{each.year:>5}{each.engine:>16.6g}{each.oracle:>16.6g}"
            f"{each.relative:>12.3%}{each.error / size:>10.3%}{each.z:>8.2f}"
        )
    return "\n".join(lines)


@dataclass(frozen=True)
class Stress:
    """A scenario in which an approximation of the cohort form shows, and what it is read from."""

    title: str
    settings: tuple[str, ...]
    quantities: tuple[str, ...]
    years: int = 20
    own_history: bool = False
    without: tuple[str, ...] = ()
    """Settings that switch the rule off; with them the effect of the rule on the insured is compared as well."""


NO_BONUS = ("participation.continuous_bonus.step=0", "participation.no_claim_bonus.step=0")
LARGE_STEPS = ("participation.continuous_bonus.step=10000", "participation.no_claim_bonus.step=10000")
KEPT = ("participation.continuous_bonus.step=4000", "participation.continuous_bonus.kept_after_lapse=true")
STRESSES = (
    Stress(
        "baseline",
        (),
        (
            *("leaves", "no_claim_of_leavers", "no_claim_lapsed", "no_claim_years", "bonus_cap", "bonus_cost"),
            *("waiting_months", "months_left", "lapsed_years", "resident_insured_years"),
        ),
        without=NO_BONUS,
    ),
    Stress(
        "steps of 10,000, limit binds",
        LARGE_STEPS,
        ("leaves", "no_claim_of_leavers", "bonus_cap", "bonus_cost"),
        without=NO_BONUS,
    ),
    Stress(
        "steps of 4,000, bonus kept after a lapse",
        KEPT,
        ("carried_lapsed", "carried_insured", "bonus_cap", "bonus_cost"),
    ),
    Stress(
        "cap cut by 3,000 a lapsed year",
        ("participation.cap_cut_per_lapsed_year=3000",),
        ("carried_lapsed", "carried_insured", "bonus_cap", "bonus_cost"),
    ),
    Stress("own years in the employee scheme", (), ("leaves", "tenure_5", "bonus_cap", "bonus_cost"), own_history=True),
)


def last_year(totals: Any, name: str) -> Any:
    """A quantity of the last year."""
    return totals[name][max(totals[name])]


def approximations(lives: int, seed: int, years: int | None = None) -> str:
    """What the cohort form costs where it is approximate, in the last year of each stress, as a table in Markdown."""
    lines = ["| scenario | quantity | engine | lives | difference | standard error |", "|---|---|---:|---:|---:|---:|"]
    for stress in STRESSES:
        span = years or stress.years
        scenario = closed_scenario(stress.settings, span)
        engine, oracle = by_engine(scenario), by_oracle(scenario, lives, seed, stress.own_history)
        year = scenario.last_year
        found = [difference(name, year, last_year(engine, name), last_year(oracle, name)) for name in stress.quantities]
        if stress.without:
            off = closed_scenario((*stress.settings, *stress.without), span)
            engine_off, oracle_off = by_engine(off), by_oracle(off, lives, seed)
            insured = "resident_insured"
            effect = last_year(engine, insured) - last_year(engine_off, insured)
            by_batch = last_year(oracle, insured) - last_year(oracle_off, insured)
            found.append(difference("resident insured, effect of the bonus", year, effect, by_batch))
        for each in found:
            name, size = each.name.replace("_", " "), abs(each.engine) or 1.0
            lines.append(
                f"| {stress.title}, {year} | {name} | {each.engine:,.4g} | {each.oracle:,.4g} "
                f"| {each.relative:+.2%} | {each.error / size:.2%} |"
            )
    return "\n".join(lines)


def say(text: str) -> None:
    """A line or more of the answer."""
    sys.stdout.write(text + "\n")


def main() -> None:
    """Print the comparison, or the table of approximations."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle")
    parser.add_argument("--lives", type=int, default=1_000_000, help="lives to follow")
    parser.add_argument("--years", type=int, help="years to follow them, 12 or as the approximations need")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a value")
    parser.add_argument("--own-history", action="store_true", help="true years in the employee scheme")
    parser.add_argument("--approximations", action="store_true", help="measure what the cohort form approximates")
    asked = parser.parse_args()
    started = time.perf_counter()
    if asked.approximations:
        say(approximations(asked.lives, asked.seed, asked.years))
        return
    scenario = closed_scenario(asked.set, asked.years or 12)
    engine, oracle = by_engine(scenario), by_oracle(scenario, asked.lives, asked.seed, asked.own_history)
    found = differences(engine, oracle)
    say(table(worst(found)))
    spread = np.sqrt(np.mean([each.z**2 for each in found if each.name not in APPROXIMATE and each.z]))
    left = disagreements(engine, oracle)
    say(f"{len(found)} numbers, root mean square of z {spread:.2f}, {time.perf_counter() - started:.0f} seconds")
    say(f"{len(left)} disagreements" + (":\n" + table(left) if left else ""))
