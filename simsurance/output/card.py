"""The summary card that a notebook shows for results."""

from html import escape
from typing import TYPE_CHECKING

from simsurance.output.labels import money, number, persons

if TYPE_CHECKING:
    from simsurance.results import Results


def card(results: "Results") -> str:
    """A small table in HTML: what the fund holds when, when it runs out, what it would take."""
    values, measures = results.scenario.values, results.measures
    last = results.years[-1]

    def year(name: str) -> str:
        found = measures.loc[name]
        return f"{found['value']:.0f}" if found["status"] == "ok" else str(found["status"]).replace("_", " ")

    def ends(name: str) -> list[float]:
        return [float(results.accounts[name][place]) for place in (0, -1)]

    required = measures.loc["required_contribution_multiple_now", "value"]
    holds = results.checks["holds"]
    rows = [
        ("First deficit year", year("first_deficit_year")),
        ("Depletion year", year("depletion_year")),
        ("Fund", " → ".join(money(amount, "en") for amount in ends("closing"))),
        ("Reserve months", " → ".join(number(months, 1) for months in ends("reserve_months"))),
        ("Residents insured", " → ".join(persons(count, "en") for count in ends("resident_insured"))),
        (f"Required contribution for {values.measures.target_reserve_months:g} months in {last}", f"× {number(required, 3)}"),
        ("Identities", f"{holds.sum()} of {len(holds)} hold"),
    ]
    cells = "".join(f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    title = f"{escape(values.title)}, {results.years[0]} → {last}"
    return f"<table><caption style='text-align:left'><b>{title}</b></caption>{cells}</table>"
