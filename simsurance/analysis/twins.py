"""A scenario beside its twins: what part of a result rests on assumed behaviour.

The zero-effect twin keeps the participation rules and what they cost directly, but nobody reacts to bonus or waiting. The
static twin has no behavioural covariate at all. The intercepts of both are solved anew, so that their opening year has the
same turnover.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simsurance.basis.entries import Entries
from simsurance.ledger import RESIDENT, fund_of
from simsurance.model.fund import summed
from simsurance.results import RunAccounts, RunResult, accounts_of, blocks
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.pins import is_held

if TYPE_CHECKING:
    import pandas as pd


RULE_EFFECTS = ("bonus", "wait")
ALL_EFFECTS = ("burden", "health", "bonus", "wait", "campaign", "renewal", "mood", "family")
PARETO_INDEX = 2.0
"""Pareto index of the heavy tail: the middle of the range 1.5 to 2.5; no estimate for China was read."""
ANSWERING = (
    *fund_of(RESIDENT).insured,
    *(each.row.name for each in (*fund_of(RESIDENT).income, *fund_of(RESIDENT).outgo) if each.row.scaled),
)
"""Totals through which behaviour reaches the resident fund: where one is imposed, the twins tell no response."""
CRITICAL = "benefits.critical_illness"
OF_THE_TAIL = ("critical_illness", "bonus_cost")
COMPARED = (
    "first_deficit_year",
    "depletion_year",
    "closing_last_year",
    "resident_insured_last_year",
    "coverage_last_year",
    "required_contribution_multiple_now",
)


def without_effects(scenario: Scenario, effects: tuple[str, ...]) -> Scenario:
    """The scenario with these covariates switched off; a scheme without behaviour has none."""
    if not scenario.form.has("behaviour"):
        return scenario
    return scenario.replace({f"behaviour.effects.{name}": False for name in effects})


@dataclass(frozen=True)
class Twins:
    """Results of a scenario, of its zero-effect twin, of its static twin, and with a heavy tail of cost."""

    full: RunResult
    zero_effect: RunAccounts
    static: RunAccounts
    heavy_tail: RunAccounts

    @property
    def held(self) -> bool:
        """Whether an imposed total keeps a response from the fund: what the twins ask has the status `pinned`."""
        return is_held(self.full.scenario.values, ANSWERING)

    @property
    def tail_held(self) -> bool:
        """Whether the benefits that hang on the tail are imposed."""
        return is_held(self.full.scenario.values, OF_THE_TAIL)

    @cached_property
    def tail(self) -> "pd.DataFrame":
        """What hangs on the tail of cost: benefits of the raised cap, by year, yuan a payer; index year.

        `bonus_cost_pp` as the scenario has it, `pareto_bonus_cost_pp` with a Pareto tail above the 99th percentile; the same
        for all critical-illness benefits. Where these are imposed a Pareto tail has no values, and the status `pinned`.
        """
        import pandas as pd

        columns = {}
        for prefix, results in (("", self.full), ("pareto_", self.heavy_tail)):
            account = results.account
            for name in ("bonus_cost", "critical_illness"):
                pp = account[name] / account["resident_enrolled"]
                columns[f"{prefix}{name}_pp"] = np.full_like(pp, np.nan) if prefix and self.tail_held else pp
        found = pd.DataFrame(columns, index=pd.Index(self.full.years, name="year"))
        return found.assign(status="pinned" if self.tail_held else "ok")

    @cached_property
    def twin(self) -> "pd.DataFrame":
        """Measures of the scenario and of its zero-effect twin, their difference and unit; index measure.

        Where a response is imposed the twin has no values, and `pinned` as its status.
        """
        import pandas as pd

        own, twin = self.full.measures.loc[list(COMPARED)], self.zero_effect.measures.loc[list(COMPARED)]
        if self.held:
            twin = twin.assign(value=np.nan, status="pinned")
        return pd.DataFrame(
            {
                "value": own["value"],
                "zero_effect": twin["value"],
                "difference": own["value"] - twin["value"],
                "unit": own["unit"],
                "status": own["status"],
                "zero_effect_status": twin["status"],
            }
        )

    @cached_property
    def drag(self) -> "pd.DataFrame":
        """Selection drag: fund of the static twin less that of the scenario; index part.

        `present_value` on the opening 1 January and `closing` at the horizon, yuan, at the fund's interest. The parts, fewer
        payers and sicker payers, are the Shapley values of the path of payers and of the path of the balance a payer.
        None has a value, and `status` is `pinned`, where a response is imposed.
        """
        import pandas as pd

        middle, end = self.full.interest.discounts()
        payers, balance = zip(*(_paths(results) for results in (self.full, self.static)), strict=True)

        def value(of_payers: int, of_balance: int) -> float:
            return float(summed(payers[of_payers] * balance[of_balance] * middle))

        fewer = (value(1, 0) - value(0, 0) + value(1, 1) - value(0, 1)) / 2
        sicker = (value(0, 1) - value(0, 0) + value(1, 1) - value(1, 0)) / 2
        values = np.array([fewer, sicker, fewer + sicker]) * (np.nan if self.held else 1.0)
        parts = pd.Index(["fewer_payers", "sicker_payers", "total"], name="part")
        columns = {"present_value": values, "closing": values / end[-1], "unit": self.full.scenario.in_currency("yuan")}
        return pd.DataFrame(columns | {"status": "pinned" if self.held else "ok"}, index=parts)


def _paths(results: RunAccounts) -> tuple[np.ndarray, np.ndarray]:
    """Payers and income less outgo a payer, by year."""
    account = results.account
    payers = account["resident_enrolled"]
    return payers, (account["income"] - account["outgo"]) / payers


def twins(results: RunResult, held: Entries | None = None) -> Twins:
    """The twins of a scenario that has been projected, in one batch.

    With the same entries to the employee scheme held as the run, or others: its own, where other runs hold them.
    """
    return Twins(results, *accounts_of(_twins_of(results.scenario), held or results.held))


def beside_twins(scenario: Scenario) -> Twins:
    """A scenario and its twins projected in one batch; the same as one after the other."""
    runs: dict[int, RunAccounts] = {}
    for block in blocks([scenario, *_twins_of(scenario)]):
        runs |= dict(block.results() if 0 in block.places else block.accounts())
    full, *others = (runs[place] for place in sorted(runs))
    assert isinstance(full, RunResult)
    return Twins(replace(full, projection=deepcopy(full.projection)), *others)  # a copy holds no more than its own run


def _twins_of(scenario: Scenario) -> list[Scenario]:
    """Without the effects of the rules, without any, and with a heavy tail of cost."""
    layered = scenario.form.has(CRITICAL)
    heavy = scenario.replace({f"{CRITICAL}.tail_index": PARETO_INDEX}) if layered else scenario
    return [*(without_effects(scenario, effects) for effects in (RULE_EFFECTS, ALL_EFFECTS)), heavy]
