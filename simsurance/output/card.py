"""The summary card that a notebook shows for results."""

from html import escape
from typing import TYPE_CHECKING

from simsurance.output.labels import money, number, persons, scenario_title
from simsurance.output.measured import measured, year_or_none

if TYPE_CHECKING:
    from simsurance.results import Results


def card(results: "Results") -> str:
    """A small table in HTML: what the fund holds when, when it runs out, what it would take."""
    values, found = results.scenario.values, measured(results)
    last = results.years[-1]

    def year(name: str) -> str:
        when = year_or_none(found[name])
        return f"none by {last}" if when is None else str(when)

    def ends(name: str) -> list[float]:
        return [float(results.account[name][place]) for place in (0, -1)]

    required = found["required_contribution_multiple_now"].value
    holds = results.checks["holds"]
    rows = [
        ("First deficit year", year("first_deficit_year")),
        ("Depletion year", year("depletion_year")),
        ("Fund", " → ".join(money(amount, "en") for amount in ends("closing"))),
        ("Reserve months", " → ".join(number(months, 1) for months in ends("reserve_months"))),
        ("Residents insured", " → ".join(persons(count, "en") for count in ends("resident_insured"))),
        (
            f"Required contribution for {values.measures.target_reserve_months:g} months in {last}",
            f"× {number(required, 3)}",
        ),
        ("Identities", f"{holds.sum()} of {len(holds)} hold"),
    ]
    cells = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows
    )
    caption = "<caption style='text-align:left'>"
    title = f"{escape(scenario_title(results.scenario, 'en'))}, {results.years[0]} → {last}"
    return f"<table>{caption}<b>{title}</b></caption>{cells}</table>"
