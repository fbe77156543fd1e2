"""What a policy in one scheme does to every fund and to membership of both: with it less without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.analysis.compare import require_one_currency
from simsurance.errors import SimsuranceError
from simsurance.ledger import fund_of
from simsurance.measures import measure_of
from simsurance.model.fund import summed
from simsurance.results import HELD, RunResult, entries_of, simulate
from simsurance.scenario_file.files import known_fragment
from simsurance.scenario_file.loader import Scenario, load

if TYPE_CHECKING:
    import pandas as pd


POLICIES: Final = ("retirement_ages_until_2024", "flexible_workers_join", "enrolment_without_hukou")
"""Fragments that act on both schemes: retirement age, formalisation, enrolment where one lives and works."""


@dataclass(frozen=True, repr=False)
class SchemeEffects:
    """A scenario that projects both schemes, and the same with each policy alone, by the name of its fragment."""

    base: RunResult
    policies: Mapping[str, RunResult]

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return list(self.base.accounts)

    def titles(self, lang: str) -> list[str]:
        """What each policy is called in a language, or where it has no name in that language, in English."""
        told = [known_fragment(name).data for name in self.policies]
        named = zip(self.policies, told, strict=True)
        return [str(data.get(f"title_{lang}", data.get("title", name))) for name, data in named]

    def __repr__(self) -> str:
        return f"{self.base.scenario.name}: {', '.join(self.policies)}"

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Changes by policy and fund, and of all funds together; index policy, fund.

        Present values on the opening 1 January of income, outgo and of one less the other, of all funds without what one pays
        to another; the closing fund and the members
        at the horizon; depletion years without and with the policy, empty where the fund is not depleted.
        """
        import pandas as pd

        found: dict[str, pd.DataFrame] = {}
        for name, changed in self.policies.items():
            by_fund = pd.DataFrame({fund: self._effect(changed, fund) for fund in self.base.accounts}).T
            by_fund.loc["all"] = by_fund[list(ADDITIVE)].sum()
            by_fund.loc["all", ["income_present_value", "outgo_present_value"]] -= self._between_funds(changed)
            found[name] = by_fund
        return pd.concat(found, names=["policy", "fund"])

    @cached_property
    def cohorts(self) -> "pd.DataFrame":
        """What each policy changes for each birth cohort: present values a person; index policy, birth_year."""
        return self._incidence("cohorts", "persons")

    @cached_property
    def groups(self) -> "pd.DataFrame":
        """What each policy changes for each area and income group: present values a year lived in it without the policy.

        Index policy, area, income.
        """
        return self._incidence("groups", "person_years")

    def _effect(self, changed: RunResult, fund: str) -> dict[str, float]:
        before, after = self.base.accounts[fund], changed.accounts[fund]
        middle = self._discounts()
        income, outgo = (float(summed((after[name] - before[name]) * middle)) for name in ("income", "outgo"))
        members = sum(float(after[name][-1] - before[name][-1]) for name in fund_of(fund).insured)
        measure = measure_of(fund, "depletion_year")
        depletion = [float(each.measures["value"][measure]) for each in (self.base, changed)]
        closing = float(after["closing"][-1] - before["closing"][-1])
        real = float((after["closing"] / after["price_level"] - before["closing"] / before["price_level"])[-1])
        changes = dict(zip(ADDITIVE, (income, outgo, income - outgo, closing, real, members), strict=True))
        return changes | dict(zip(DATED, depletion, strict=True))

    def _between_funds(self, changed: RunResult) -> float:
        """What accounts pay to the resident fund more than without the policy, present value."""
        before, after = (each.account["contributions_from_accounts"] for each in (self.base, changed))
        return float(summed((after - before) * self._discounts()))

    def _discounts(self) -> np.ndarray:
        """Value on the opening 1 January of one yuan in the middle of each year."""
        middle, _ = self.base.interest.discounts(self.base.scenario.values.measures.discount_margin)
        return middle

    def _incidence(self, table: str, heads: str) -> "pd.DataFrame":
        import pandas as pd

        before: pd.DataFrame = getattr(self.base, table)
        found = {
            name: (getattr(changed, table) - before).drop(columns=heads).div(before[heads], axis="index")
            for name, changed in self.policies.items()
        }
        return pd.concat(found, names=["policy"])


ADDITIVE: Final = (
    "income_present_value",
    "outgo_present_value",
    "balance_present_value",
    "closing_last_year",
    "closing_last_year_constant_prices",
    "members_last_year",
)
DATED: Final = ("depletion_year_without", "depletion_year_with")


def scheme_effects(
    scenario: Scenario | str | Path,
    policies: Sequence[str | Path] = POLICIES,
    fragments: Sequence[str] = (),
    settings: Sequence[str] = (),
    entries: str = HELD,
) -> SchemeEffects:
    """The scenario, a name, a path or a value, without and with each policy, a shipped fragment or a path, alone.

    `entries` to the employee scheme are those of the scenario, `held`, or follow from the `odds`.
    Raises SimsuranceError for a faulty scenario or policy, one in another currency, and where the employee scheme is not
    projected.
    """
    base = scenario if isinstance(scenario, Scenario) else load(scenario, fragments, settings)
    if not base.form.has("employee"):
        raise SimsuranceError(f"{base.name}: has no [employee], and so one fund to look at; a scenario of two schemes")
    if not base.values.employee.projected:
        raise SimsuranceError(
            f"{base.name}:employee.projected: false leaves one fund to look at; true to project both schemes"
        )
    changed = [base.with_fragment(policy) for policy in policies]
    require_one_currency([base, *changed])
    (without,) = simulate([base])
    others = simulate(changed, entries_of(without, entries))
    return SchemeEffects(without, dict(zip(map(str, policies), others, strict=True)))
