"""The summary card that a notebook shows for results."""

from html import escape
from typing import TYPE_CHECKING

from simsurance.output.labels import fund_label, money, number, persons, scenario_title
from simsurance.output.measured import outlooks

if TYPE_CHECKING:
    from simsurance.results import Results

COUNTED = {"resident": ("resident_insured",), "employee_pool": ("employee_active", "employee_retired")}
"""Persons insured by the scheme that a fund belongs to."""


def card(results: "Results") -> str:
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

    def times(multiple: float | None) -> str:
        return "" if multiple is None else f"× {number(multiple, 3)}"

    holds = results.checks["holds"]
    rows = [
        ("First deficit year", [year(each.first_deficit_year) for each in found]),
        ("Depletion year", [year(each.depletion_year) for each in found]),
        ("Fund", [" → ".join(money(amount, "en") for amount in each.closing) for each in found]),
        ("Reserve months", [" → ".join(number(months, 1) for months in each.reserve_months) for each in found]),
        ("Insured" if len(found) > 1 else "Residents insured", [insured(each.fund) for each in found]),
        (
            f"Required contribution for {target:g} months in {last}",
            [times(each.required_contribution_multiple) for each in found],
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
