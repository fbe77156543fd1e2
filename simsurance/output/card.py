"""The summary card that a notebook shows for results."""

from html import escape
from typing import TYPE_CHECKING

from simsurance.output.labels import fund_label, in_words_or, money, number, persons, scenario_title, status_words
from simsurance.output.measured import Outlook, outlooks

if TYPE_CHECKING:
    from simsurance.results import RunResult

COUNTED = {"resident": ("resident_insured",), "employee_pool": ("employee_active", "employee_retired")}
"""Persons insured by the scheme that a fund belongs to."""


def card(results: "RunResult") -> str:
    """A small table in HTML, one column a fund: what it holds when, when it runs out, what it would take."""
    target, last = results.scenario.values.measures.target_reserve_months, results.years[-1]
    found = outlooks(results)

    def year(when: int | None) -> str:
        return f"none by {last}" if when is None else str(when)

    def insured(fund: str) -> str:
        if fund not in COUNTED:
            return ""
        columns = [results.accounts[fund][name] for name in COUNTED[fund]]
        return " → ".join(persons(float(sum(column[place] for column in columns)), "en") for place in (0, -1))

    def months(found: float) -> str:
        return in_words_or(lambda each, _: number(each, 1), found, "en")

    holds = results.checks["holds"]
    rows = [
        ("First deficit year", [year(each.first_deficit_year) for each in found]),
        ("Depletion year", [year(each.depletion_year) for each in found]),
        ("Fund", [" → ".join(money(amount, "en") for amount in each.closing) for each in found]),
        ("Reserve months", [" → ".join(map(months, each.reserve_months)) for each in found]),
        ("Insured" if len(found) > 1 else "Residents insured", [insured(each.fund) for each in found]),
        (
            f"Required contribution for {target:g} months in {last}",
            [times(each) for each in found],
        ),
        ("Identities", [f"{holds.sum()} of {len(holds)} hold"]),
    ]
    if len(found) > 1:
        rows.insert(0, ("", [fund_label(each.fund, "en") for each in found]))
    cells = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th>"
        + "".join(f"<td>{escape(text)}</td>" for text in texts)
        + "</tr>"
        for name, texts in rows
    )
    caption = "<caption style='text-align:left'>"
    title = f"{escape(scenario_title(results.scenario, 'en'))}, {results.years[0]} → {last}"
    return f"<table>{caption}<b>{title}</b></caption>{cells}</table>"


def times(found: Outlook) -> str:
    """The required multiple of what is levied for a fund, or why there is none; empty where none is measured."""
    if found.required_contribution_multiple is not None:
        return f"× {number(found.required_contribution_multiple, 3)}"
    status = found.required_contribution_status
    return "" if status is None else status_words(status, "en")
