"""A sentence for each chart of a run, with the number in it, and what has to be known beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from simsurance.ledger import POOL, RESIDENT
from simsurance.output.labels import fund_label, scenario_title, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.summary import fund_facts, range_facts

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

SENTENCES: Final = {
    "reserve_months": (RESIDENT, "reserve_months"),
    "fund_balance": (RESIDENT, "fund_balance"),
    "income_outgo": (RESIDENT, "income_outgo"),
    "insured": (RESIDENT, "insured"),
    "contribution_burden": (RESIDENT, "contribution_burden"),
    "pyramids": (RESIDENT, "pyramids"),
    "cost_by_age": (RESIDENT, "cost_by_age"),
    "admissions": (RESIDENT, "admissions"),
    "cost_per_admission": (RESIDENT, "cost_per_admission"),
    "employee_reserve_months": (POOL, "reserve_months"),
    "employee_fund_balance": (POOL, "fund_balance"),
    "employee_income_outgo": (POOL, "income_outgo"),
    "employee_rates": (POOL, "rates"),
    "members_by_scheme": (POOL, "members"),
}
"""Charts with a sentence: whose facts it tells, and its key; the others keep the title that they have."""
OLD: Final = 65
YOUNGER, OLDER = (30, 39), (75, 84)
"""Ages whose benefits a head are told beside each other."""
RESIDENT_CARE: Final = ("inpatient_benefits", "outpatient_benefits", "critical_illness")
WITH_RANGE: Final = ("reserve_months", "fund_balance")


def title_of(name: str, run: "RunResult", ranges: "SingleChanges | None", lang: str) -> tuple[str, str]:
    """The sentence of a chart, empty where there is none, and the note beside it: the range of a date that it tells."""
    if name not in SENTENCES:
        return "", ""
    fund, key = SENTENCES[name]
    said = words_of(run.scenario, lang)
    facts: dict[str, Any] = fund_facts(run, fund, lang) | range_facts(run, fund, ranges, lang)
    facts |= BESIDE[key](run) if key in BESIDE else {}
    note = facts["range"] if key in WITH_RANGE else ""
    return said.say(f"report.sentence.{key}", fund=fund_label(fund, lang), **facts), note


def _old(run: "RunResult") -> dict[str, Any]:
    """Share of persons of 65 and over on the first and the last 1 January."""
    persons = run.population["persons"]
    found: dict[str, Any] = {"old": OLD}
    for name, date in (("begin", run.dates[0]), ("end", run.dates[-1])):
        of_date = persons.xs(date, level="date")
        ages = of_date.index.get_level_values("age")
        found |= {name: date, f"old_{name}": float(of_date[ages >= OLD].sum() / of_date.sum())}
    return found


def _ages(run: "RunResult") -> dict[str, Any]:
    """Residents' benefits a head of older over younger ages in the first and the last year."""
    ages = run.ages
    found: dict[str, Any] = {"younger": YOUNGER, "older": OLDER}
    for name, year in (("first_times", run.years[0]), ("last_times", run.years[-1])):
        of_year = ages.xs(year, level="year").groupby(level="age").sum()
        heads = [of_year.loc[low:high] for low, high in (OLDER, YOUNGER)]
        paid = [each[list(RESIDENT_CARE)].to_numpy().sum() / each["resident_insured_years"].sum() for each in heads]
        found[name] = float(paid[0] / paid[1])
    return found


BESIDE: Final = {"pyramids": _old, "cost_by_age": _ages}
"""Facts of sentences that stand in other tables than that of the funds."""


def dated_title(runs: Sequence["RunResult"], fund: str, lang: str) -> str:
    """The sentence of a chart of several scenarios: when a fund runs out in each."""
    said = words_of(runs[0].scenario, lang)
    told = []
    for run in runs:
        year = year_or_none(measured(run, fund)["depletion_year"])
        when = said.say("compare.dated.depletion_year.never", last=run.years[-1]) if year is None else str(year)
        told.append(said.say("report.of_scenario", title=scenario_title(run.scenario, lang), fund=when))
    return said.say("report.sentence.depleted_in", fund=fund_label(fund, lang), told=told)
