"""Packages of levers, projected side by side: what each costs members, patients and the public, and whether it holds a target.

What a package costs is told in present values over the projection, as shares of that of members' disposable income: what
members (and their employers) contribute; what patients pay themselves; what the budget, assistance and localities pay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.answers.condition import Chance, Condition, condition_of
from simsurance.answers.vary import FINENESS, How, Vary, rounded, vary_of
from simsurance.axes import axis
from simsurance.basis.entries import Entries
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import Kind, Party, fund_of
from simsurance.results import RunAccounts, accounts_of, blocks
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.points import Arrays

OBJECTIVES: Final = ("contributions", "own_payment", "public_money")
"""What is as small as can be, in the order of the last axis of costs."""
OWN: Final = (Party.MEMBERS, Party.EMPLOYERS)
PUBLIC: Final = (Party.BUDGET, Party.ASSISTANCE, Party.LOCALITIES)
CLAIMS: Final = {"resident": "", "employee": "employee_"}
"""What the names of a scheme's cost of care begin with."""
NOT_OF_CARE: Final = ("resident_maternity_benefits", "maternity_benefits")
"""Benefits that pay no part of the cost of care."""
MOST_LEVERS: Final = 6
OVER_PACKAGES: Final = axis("package", of=("package", "cost"))
COSTS, MARGINS, VALUES, PARTS = "costs", "margins", "values", "parts"


@dataclass(frozen=True)
class Levers:
    """What may be moved, each within its bounds. A package is the sizes of all levers, on a grid of 1/2,000 of the bounds."""

    scenario: Scenario
    each: tuple[Vary, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of the sizes of a package."""
        return tuple(vary.keys[0] for vary in self.each)

    @property
    def own(self) -> tuple[float, ...]:
        """The sizes that the scenario itself has."""
        return tuple(vary.own for vary in self.each)

    def sizes(self, shares: np.ndarray) -> tuple[float, ...]:
        """Sizes at shares of the way from the lower bounds to the higher ones, on the grid."""
        steps = np.round(np.clip(shares, 0.0, 1.0) * FINENESS) / FINENESS
        return tuple(
            rounded(float(vary.low + step * (vary.high - vary.low)))
            for vary, step in zip(self.each, steps, strict=True)
        )

    def shares(self, sizes: Sequence[float]) -> np.ndarray:
        """How far sizes are on the way from the lower bounds to the higher ones, [lever]."""
        return np.array(
            [(size - vary.low) / (vary.high - vary.low) for vary, size in zip(self.each, sizes, strict=True)]
        )

    def at(self, sizes: Sequence[float]) -> Scenario:
        """The scenario with a package; raises SimsuranceError where that is none."""
        changes = [vary.changes(size) for vary, size in zip(self.each, sizes, strict=True)]
        return self.scenario.replace({key: value for each in changes for key, value in each.items()})


def levers_of(scenario: Scenario, texts: Sequence[str], how: How | None = None, start: int | None = None) -> Levers:
    """Levers as they are typed, `key=low:high`; raises SimsuranceError (USAGE) where one is none."""
    if not 1 <= len(texts) <= MOST_LEVERS:
        raise _usage(f"--lever: {len(texts)} levers; one to {MOST_LEVERS}, key=low:high each")
    try:
        found = tuple(vary_of(scenario, [text], (), how, start) for text in texts)
    except SimsuranceError as error:
        raise _usage(*(line.replace("--vary", "--lever", 1) for line in error.lines)) from None
    keys = [vary.keys[0] for vary in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _usage(f"--lever: {twice} stands twice; one lever a key")
    return Levers(scenario, found)


def limits_of(texts: Sequence[str], fund: str, central: RunAccounts) -> tuple[Condition, ...]:
    """Limits as they are typed, in the form of a condition; raises SimsuranceError (USAGE) where one is none."""
    found = []
    for text in texts:
        try:
            limit = condition_of(text, fund, central)
        except SimsuranceError as error:
            lines = (line.replace("--for", "--limit", 1) for line in error.lines)
            raise SimsuranceError(*lines, exit_code=error.exit_code) from None
        if isinstance(limit, Chance):
            raise _usage(f"--limit {text}: is a probability; limits hold on the central path, --for takes P(…)")
        found.append(limit)
    return tuple(found)


@dataclass(frozen=True)
class Outcome:
    """What a package gives: costs as shares of income; margins of target and limits, and their parts; the measures asked."""

    costs: tuple[float, ...]
    margins: tuple[float, ...]
    values: tuple[float, ...]
    parts: tuple[float, ...]


@dataclass(frozen=True)
class Batch:
    """Packages to be projected, with what they are asked; `held` entries in all of them. Goes to processes as it is."""

    levers: Levers
    conditions: tuple[Condition, ...]
    packages: tuple[tuple[float, ...], ...]
    held: Entries | None
    parts: int
    """Parts of all margins together."""

    @property
    def points(self) -> int:
        """How many there are."""
        return len(self.packages)

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the packages from `first` to before `last`; NaN for one that the scenario does not bear."""
        scenarios = [self.levers.at(sizes) for sizes in self.packages[first:last]]
        found = outcomes(scenarios, self.conditions, self.held)
        sizes = {COSTS: len(OBJECTIVES), MARGINS: len(self.conditions), VALUES: len(self.conditions), PARTS: self.parts}
        return {
            name: np.array([np.full(size, np.nan) if row is None else getattr(row, name) for row in found])
            for name, size in sizes.items()
        }


def outcomes(
    scenarios: Sequence[Scenario], conditions: Sequence[Condition], held: Entries | None
) -> list[Outcome | None]:
    """Scenarios projected side by side, and what each gives; None for one that cannot be projected."""
    try:
        return [each for _, each in sorted(_outcomes(scenarios, conditions, held), key=lambda each: each[0])]
    except SimsuranceError as error:
        if error.exit_code != ExitCode.INPUT:
            raise
        if len(scenarios) == 1:
            return [None]
    return [found for scenario in scenarios for found in outcomes([scenario], conditions, held)]


def _outcomes(
    scenarios: Sequence[Scenario], conditions: Sequence[Condition], held: Entries | None
) -> Iterator[tuple[int, Outcome]]:
    fund = conditions[0].fund
    for block in blocks(scenarios, held):
        paid = own_payments(fund, block.projection.totals)
        for run, (place, accounts) in enumerate(block.accounts()):
            yield (
                place,
                Outcome(
                    tuple(costs(fund, accounts, paid[:, run])),
                    tuple(each.margin(accounts) for each in conditions),
                    tuple(each.of(accounts) for each in conditions),
                    tuple(float(part) for each in conditions for part in each.parts(accounts)),
                ),
            )


def own_payments(name: str, totals: Mapping[str, np.ndarray]) -> np.ndarray:
    """What the insured of a fund pay of the cost of their care, yuan, [year, run]: cost less benefits."""
    fund = fund_of(name)
    begin = CLAIMS[fund.scheme]
    cost = totals[f"{begin}inpatient_claims"] + totals[f"{begin}outpatient_claims"]
    rows = [each.row for each in fund.outgo if each.row.kind is Kind.BENEFIT and each.row.name not in NOT_OF_CARE]
    return np.asarray(cost - sum(totals[row.name] for row in rows if row.name in totals))


def costs(name: str, run: RunAccounts, paid: np.ndarray) -> list[float]:
    """The three costs of a run as shares of income, present values; `paid` by patients themselves, yuan, [year]."""
    account = run.accounts[name]
    middle, _ = run.interest.discounts(run.scenario.values.measures.discount_margin)
    income = float((account["members_income"] * middle).sum())
    yearly = [paid_by(name, run, OWN), paid, paid_by(name, run, PUBLIC)]
    return [float((each * middle).sum()) / income for each in yearly]


def paid_by(name: str, run: RunAccounts, payers: Sequence[Party]) -> np.ndarray:
    """What some payers pay into a fund, yuan, [year]; what is prepaid is counted when it is due."""
    account, none = run.accounts[name], np.zeros(len(run.years))
    booked = (each for each in fund_of(name).income if each.row.payer in payers and not each.row.change_of_stock)
    return np.asarray(sum((account[each.column] for each in booked if each.row.always or each.column in account), none))


def refused(levers: Levers, sizes: Sequence[float]) -> None:
    """Raises what a package that cannot be projected is refused for."""
    accounts_of([levers.at(sizes)])


def _usage(*lines: str) -> SimsuranceError:
    return SimsuranceError(*lines, exit_code=ExitCode.USAGE)
