"""The timely adjustment of a scenario by year on the axes, and what is known of the fund's accounts at the opening."""

import numpy as np

from simsurance.axes import ANSWER
from simsurance.basis.inputs import Arrays, Inputs
from simsurance.data.tables import DATA, published, read_table
from simsurance.model.adjustment import KNOWN, PROJECTED, TRIGGERS, opening_standing
from simsurance.model.state import Standing
from simsurance.scenario_file.adjustment_complaints import FOLLOWING
from simsurance.scenario_file.schedule import rule_in, value_in
from simsurance.scenario_file.schema import FUND

PUBLISHED = DATA / "published.csv"
ACCOUNTS = ("resident_income", "resident_outgo")
"""Published series of income with interest and of outgo."""


def rule_of(inputs: Inputs) -> Arrays | None:
    """The rule by year, as `simsurance.model.state.AdjustmentBasis`; None where none is in force.

    What a trigger does not use is no part of it.
    """
    rule = inputs.values.timely_adjustment
    if not rule.in_force:
        return None
    trigger, years = TRIGGERS.index(rule.trigger), np.array(inputs.years)
    answers = [getattr(rule, name) for name in ANSWER.members]
    bounds = [each.ceiling if hasattr(each, "ceiling") else each.floor for each in answers]
    taken = np.array([each.order > 0 for each in answers])
    of_run = {
        "trigger": trigger,
        "months_below": rule.months_below if rule.trigger != "current_balance" else 0,
        "years_ahead": rule.years_ahead if trigger == PROJECTED else 1,
        "recovery_months": rule.recovery_months,
        "notice_years": rule.notice_years,
    }
    numbers = {
        "order": [each.order for each in answers],
        "step": np.where(taken, [each.step for each in answers], 1),
        "bound": np.where(taken, bounds, 1),
    }
    reached = (0, rule.notice_years, rule.notice_years + 1)
    return {
        "acts": (years >= rule.first_year).astype(float)[:, None],
        **{name: np.array([[float(value)]]) for name, value in of_run.items()},
        **{name: np.array([[values]], dtype=float) for name, values in numbers.items()},
        "highest_rise": highest_rise(inputs, rule.notice_years + 1)[:, None],
        "follows": np.stack([follows(inputs, ahead) for ahead in reached], axis=-1)[:, None],
    }


def highest_rise(inputs: Inputs, ahead: int) -> np.ndarray:
    """Most by which the contribution's factor may rise on the year before, in the year so many years ahead, [year].

    The product of factor and indexed contribution rises by at most `contributions.personal.highest_rise` where it is indexed.
    """
    own, years = inputs.values.contributions.personal, [*inputs.years, inputs.last + 1]
    standard = inputs.standards()[0] / inputs.lever("personal_contributions", years)
    most = np.full(len(inputs.years), np.inf)
    for place in range(len(most)):
        year = place + ahead
        if year < len(years) and rule_in(own.rule, years[year]) == "indexed" and standard[year] > 0:
            rise = value_in(own.highest_rise, years[year])
            assert rise is not None
            if standard[year - 1] > 0:
                most[place] = (1 + rise) * standard[year - 1] / standard[year]
    return most


def follows(inputs: Inputs, ahead: int) -> np.ndarray:
    """Whether the subsidy follows the contribution by ratio or share so many years ahead, [year]."""
    rule = inputs.values.contributions.subsidy.rule
    return np.array([float(rule_in(rule, year + ahead) in FOLLOWING) for year in inputs.years])


def known_at_opening(inputs: Inputs) -> Standing:
    """Where a rule stands at the opening: no answer taken, the published accounts of the last three years known."""
    file = inputs.tables["published.series_table"]
    own = inputs.values.scope != FUND or file != PUBLISHED
    there = set(map(str, read_table(file)["measure"])) if own else set()
    held = [published(name, file) if name in there else {} for name in ACCOUNTS]
    before = range(inputs.first - KNOWN, inputs.first)
    income, outgo = (np.array([[series.get(year, np.nan) for year in before]]) for series in held)
    return opening_standing(income, outgo, len(inputs.groups.income_groups))
