"""How sure the inputs of a run are: marks of the estimates that it takes from the baseline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from simsurance.basis.control import acting, rests_on
from simsurance.basis.inputs import Inputs
from simsurance.evidence.published import RECALLED as RECALLED
from simsurance.evidence.published import fund_measure, history, series_file
from simsurance.language import words
from simsurance.language.names import table_name
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.scenario_file.register import register
from simsurance.scenario_file.schedule import values_by_year

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

BASELINE: Final = "scenarios/baseline.toml"
READ: Final = ("verified", "verified_transcription", "derived", "fitted", "calibration", "abstract")
JUDGEMENT: Final = "judgement"
SIZE_JUDGED: Final = "size is judgement"
"""What the note of an estimate says of which only the direction was read: it counts as judgement."""
CHOICE: Final = "choice"
MONEY_OF_EMPLOYEES: Final = (
    *("employee.wage.", "employee.contributions.", "employee.accounts.", "employee.care.", "employee.benefits."),
    *("employee.fund.", "employee.unqualified.missing_years"),
)
"""Keys that act on the employee scheme's money alone; the others of `employee` say who its members are."""
JUDGED: Final = (JUDGEMENT,)


def counted_marks(scenario: "Scenario") -> dict[str, int]:
    """How many of the estimates taken from the baseline are how sure."""
    marks = list(baseline_marks(scenario).values())
    return {
        "estimated": len(marks),
        "read": sum(mark in READ for mark in marks),
        "recalled": sum(mark in RECALLED for mark in marks),
        "judged": marks.count(JUDGEMENT),
    }


def baseline_marks(scenario: "Scenario") -> dict[str, str]:
    """Mark of certainty of every estimate that the scenario takes from the baseline; switches and names are none.

    Nor are those of the employee scheme's money where it is not projected, nor those of rules of control that do not act
    and of other tiers that are not told.
    """
    taken = [path for path, file in scenario.origins.items() if file == BASELINE and path in register()]
    if not scenario.values.employee.projected:
        taken = [path for path in taken if not path.startswith(MONEY_OF_EMPLOYEES)]
    rules = acting(Inputs(scenario, scenario.values))
    taken = [path for path in taken if not path.startswith("control.") or rests_on(path, rules)]
    if not scenario.values.tiers.in_force:
        taken = [path for path in taken if not path.startswith("tiers.")]
    entries = [register()[path] for path in taken]
    return {
        entry.path: JUDGEMENT if SIZE_JUDGED in entry.note else entry.mark for entry in entries if entry.mark != CHOICE
    }


def unsure(scenario: "Scenario", marks: Sequence[str], lang: str) -> list[dict[str, str]]:
    """The inputs taken from the baseline that carry one of the marks: sections of the scenario, and the names of their keys."""
    sections: dict[str, list[str]] = {}
    for path, mark in baseline_marks(scenario).items():
        if mark in marks:
            section, _, name = path.partition(".")
            sections.setdefault(section, []).append(table_name(path, lang) or f"`{name}`")
    said = words(lang)
    return [
        {"section": said.label(f"section.{section}"), "key": section, "names": said.listed(dict.fromkeys(names))}
        for section, names in sections.items()
    ]


def opening_is_estimate(scenario: "Scenario", fund: str) -> bool:
    """Whether a fund opens with a published balance that is itself an estimate."""
    values = scenario.values
    first = values.horizon.valuation_year
    openings = {
        "resident": values.fund.opening,
        POOL: values.employee.fund.opening_pool,
        ACCOUNTS: values.employee.fund.opening_accounts,
    }
    balance = history(fund_measure(fund, "cumulative_balance"), series_file(scenario))
    opening = float(values_by_year(openings[fund], [first])[0])
    return first - 1 in balance.estimated and balance.values[first - 1] == opening


def wage_dispersion_is_judgement(scenario: "Scenario") -> bool:
    """Whether wage dispersion is the baseline's, and a judgement there."""
    return baseline_marks(scenario).get("employee.wage.sigma") == JUDGEMENT
