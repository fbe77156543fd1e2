"""A sentence for each chart of a run, with the number in it, and what has to be known beside it."""

from typing import TYPE_CHECKING, Any, Final

from simsurance.ledger import POOL, RESIDENT
from simsurance.output.labels import fund_label, words_of
from simsurance.output.summary import fund_facts, range_facts

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

SENTENCES: Final = {
    "reserve_months": (RESIDENT, "reserve_months"),
    "fund_balance": (RESIDENT, "fund_balance"),
    "income_outgo": (RESIDENT, "income_outgo"),
    "insured": (RESIDENT, "insured"),
    "admissions": (RESIDENT, "admissions"),
    "cost_per_admission": (RESIDENT, "cost_per_admission"),
    "employee_reserve_months": (POOL, "reserve_months"),
    "employee_fund_balance": (POOL, "fund_balance"),
    "employee_income_outgo": (POOL, "income_outgo"),
    "employee_rates": (POOL, "rates"),
    "members_by_scheme": (POOL, "members"),
}
"""Charts with a sentence: whose facts it tells, and its key; the others keep the title that they have."""
WITH_RANGE: Final = ("reserve_months",)


def title_of(name: str, run: "RunResult", ranges: "SingleChanges | None", lang: str) -> tuple[str, str]:
    """The sentence of a chart, empty where there is none, and the note beside it: the range of a date that it tells."""
    if name not in SENTENCES:
        return "", ""
    fund, key = SENTENCES[name]
    said = words_of(run.scenario, lang)
    facts: dict[str, Any] = fund_facts(run, fund, lang) | range_facts(run, fund, ranges, lang)
    note = facts["range"] if key in WITH_RANGE else ""
    return said.say(f"report.sentence.{key}", fund=fund_label(fund, lang), **facts), note
