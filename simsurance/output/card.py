"""The summary card that a notebook shows for results."""

from html import escape
from typing import TYPE_CHECKING

from simsurance.language import WHOLE, words
from simsurance.ledger import fund_of
from simsurance.measures import starts_of
from simsurance.output.compare_summary import notes, rows
from simsurance.output.labels import fund_label, scenario_title, status_words, words_of
from simsurance.output.measured import Outlook, outlooks
from simsurance.output.ranges import told_ranges
from simsurance.output.stored_draws import required_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult


class Card(str):
    """A card as HTML text, which a notebook shows as it is meant."""

    def _repr_html_(self) -> str:
        return str(self)


def card(results: "RunResult", lang: str = WHOLE, ranges: "SingleChanges | None" = None) -> Card:
    """A small table in HTML, one column a fund: what it holds when, when it is depleted with its range, what it would take."""
    said, found, holds = words_of(results.scenario, lang), outlooks(results), results.checks["holds"]
    ends = {"first": results.years[0], "last": results.years[-1], "price_year": results.years[0] - 1}

    def year(when: int | None) -> str:
        return said.say("card.never", **ends) if when is None else str(when)

    def depletion(found: Outlook) -> str:
        told = told_ranges(results, ranges, found.fund, lang)
        own = said.say("range.together", told=told) if told else ""
        return (
            said.say("range.beside", what=year(found.depletion_year), range=own) if own else year(found.depletion_year)
        )

    def insured(fund: str) -> str:
        columns = [results.accounts[fund][name] for name in fund_of(fund).insured]
        counts = [float(sum(column[place] for column in columns)) for place in (0, -1)]
        return " → ".join(said.quantity("persons", count) for count in counts) if columns else ""

    target = results.scenario.values.measures.target_reserve_months
    rows = [
        ("first_deficit", [year(each.first_deficit_year) for each in found]),
        ("depletion", [depletion(each) for each in found]),
        ("balance", [" → ".join(said.say("card.amount", closing=each) for each in one.closing) for one in found]),
        ("real", [" → ".join(said.say("card.amount", closing=each) for each in one.real) for one in found]),
        ("months", [" → ".join(said.say("card.cover", months=each) for each in one.reserve_months) for one in found]),
        ("insured", [insured(each.fund) for each in found]),
        ("required", [required_range(each, results, lang) for each in found]),
        ("checks", [said.say("card.hold", held=int(holds.sum()), all=len(holds))]),
    ]
    named = [(said.say(f"card.{key}", target=target, **ends), texts) for key, texts in rows]
    if len(found) > 1:
        named.insert(0, ("", [fund_label(each.fund, lang) for each in found]))
    cells = "".join(_line(*each) for each in named)
    title = escape(said.say("card.title", title=scenario_title(results.scenario, lang), **ends))
    return Card(f"<table><caption style='text-align:left'><b>{title}</b></caption>{cells}</table>")


def comparison_card(
    comparison: "Comparison", lang: str = WHOLE, ranges: "Sequence[SingleChanges] | None" = None
) -> Card:
    """The measures of scenarios side by side, depletion years with their ranges, and whose entries stand behind them."""
    said = words_of(comparison.results[0].scenario, lang)
    header = "".join(f"<th>{escape(cell)}</th>" for cell in (said.label("compare.measure"), *comparison.names))
    table = "".join(_line(name, cells) for name, *cells in rows(comparison, lang, ranges))
    told = [] if comparison.same_years else [said.label("compare.horizons")]
    below = "".join(f"<p>{escape(note)}</p>" for note in [*told, *notes(comparison, lang)])
    return Card(f"<table><tr>{header}</tr>{table}</table>{below}")


def required(found: Outlook, results: "RunResult", lang: str) -> str:
    """The required multiple and the year that it begins in, or why there is none; empty where none is measured."""
    said, multiple, status = words(lang), found.required_contribution_multiple, found.required_contribution_status
    if multiple is None:
        return "" if status is None else status_words(status, lang)
    if multiple < 0:
        return said.label("card.nothing_required")
    start = results.years[starts_of(results.scenario.values, len(results.years))[0]]
    return said.say("card.required_from", times=said.quantity("multiple", multiple), start=start)


def required_range(found: Outlook, results: "RunResult", lang: str) -> str:
    """The same with its range where accepted draws know of it."""
    own, drawn = required(found, results, lang), required_words(results.scenario, found.fund, lang)
    return words(lang).say("range.beside", what=own, range=drawn) if own and drawn else own


def _line(name: str, cells: "Sequence[str]") -> str:
    """A row of a table: its name and its cells."""
    own = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr><th style='text-align:left'>{escape(name)}</th>{own}</tr>"
