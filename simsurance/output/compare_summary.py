"""A comparison in words: what differs, and what follows from it; every number comes from its tables."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.language import Words, is_nothing, words
from simsurance.ledger import ACCOUNTS, POOL, RESIDENT, fund_of
from simsurance.measures import measure_of
from simsurance.output.entry_notes import entry_notes
from simsurance.output.labels import fund_label, scenario_title, status_words, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import range_words
from simsurance.output.stored_draws import stored_draws, stored_words
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.single_changes import SingleChanges

    Ranges = Sequence[SingleChanges] | None

TEMPLATE: Final = Path(__file__).parent / "templates" / "comparison.md.j2"
DATED: Final = ("first_deficit_year", "depletion_year")
"""Told of a fund that pays benefits; personal accounts are their holders' own."""
MEASURES: Final[Mapping[str, Mapping[str, str]]] = {
    RESIDENT: {
        "reserve_months_last_year": "months",
        "closing_last_year": "money",
        "closing_last_year_constant_prices": "money",
        "closing_last_year_of_gdp": "percent",
        "resident_insured_last_year": "persons",
        "coverage_last_year": "percent",
        "outgo_pp_last_year": "yuan",
        "outgo_pp_last_year_constant_prices": "yuan",
        "cost_rate_last_year": "percent",
        "actuarial_balance": "percent",
        "required_contribution_multiple_now": "multiple",
        "public_money_present_value": "money",
    },
    POOL: {
        "reserve_months_last_year": "months",
        "closing_last_year": "money",
        "closing_last_year_constant_prices": "money",
        "closing_last_year_of_gdp": "percent",
        "dependency_ratio_last_year": "per_hundred",
        "pay_as_you_go_rate_last_year": "percent",
        "required_rate_now": "percent",
    },
    ACCOUNTS: {"closing_last_year": "money", "closing_last_year_constant_prices": "money"},
}
"""What is told of each fund, in this order, and how it is printed; of the members' own money the balance alone."""
MAY_BE_A_DEFICIT: Final = ("months", "money")


def comparison_summary(comparison: "Comparison", lang: str, ranges: "Ranges" = None) -> str:
    """The summary of a comparison as Markdown; depletion years with their ranges if these are given."""
    keys, names = comparison.differences, comparison.names
    header = [words(lang).label("compare.measure"), *names]
    differing = []
    for name in names[1:]:
        own = keys[keys[name] != keys[names[0]]]
        differing.append((name, [(key, row[name], row[names[0]]) for key, row in own.iterrows()]))
    return words_of(comparison.results[0].scenario, lang).page(
        TEMPLATE,
        titles=[markdown(scenario_title(result.scenario, lang)) for result in comparison.results],
        version=__version__,
        entry_notes=notes(comparison, lang),
        other_years=not comparison.same_years,
        table=[[cell.replace("|", "\\|") for cell in row] for row in (header, *rows(comparison, lang, ranges))],
        ranged=ranges is not None,
        differing=differing,
        reform_differs=any(str(key).startswith("participation.") for key in keys.index),
    )


def notes(comparison: "Comparison", lang: str) -> list[str]:
    """Whose entries to the employee scheme stand behind the differences, and behind balances without behavioural response."""
    said = words(lang)
    told = entry_notes(comparison.results[0], comparison.held, comparison.not_met, said)
    return [*told, said.say("note.no_behaviour_held")] if told and any(comparison.held.values()) else told


def rows(comparison: "Comparison", lang: str, ranges: "Ranges" = None) -> list[list[str]]:
    """The measures of a comparison as printed, the change from the first scenario in brackets."""
    said = words_of(comparison.results[0].scenario, lang)
    alone = comparison.twin.xs("closing_last_year", level="measure").loc[list(comparison.names)]
    no_behaviour = [
        level("money", float(value), said) if isfinite(value) else status_words(str(status), lang)
        for value, status in zip(alone["zero_effect"], alone["zero_effect_status"], strict=True)
    ]
    found_rows = []
    for fund in MEASURES:
        if all(fund in result.accounts for result in comparison.results):
            found_rows += _dated_rows(comparison, fund, said, ranges) if fund_of(fund).pooled else []
            found_rows += _measure_rows(comparison, fund, said)
        if fund == RESIDENT:
            found_rows.append([said.label("compare.resident.no_behaviour"), *no_behaviour])
    return found_rows


def _of(fund: str, measure: str, said: Words) -> str:
    """The name of a measure; those of the resident fund stand without it."""
    of_fund = fund_label(fund, said.lang)
    return said.say("compare.of_fund", fund=of_fund, measure=measure) if fund_of(fund).prefix else measure


def _dated_rows(comparison: "Comparison", fund: str, said: Words, ranges: "Ranges") -> list[list[str]]:
    """First deficit and depletion of a fund in each scenario, and the range of the depletion year."""
    found_rows = []
    for name in DATED:
        measure = said.label(f"compare.dated.{name}.label")
        if ranges is None and name == "depletion_year":
            measure = said.say("compare.central", measure=measure)
        row = [_of(fund, measure, said)]
        for result in comparison.results:
            year = year_or_none(measured(result, fund)[name])
            key = f"compare.dated.{name}.never" if year is None else "compare.year"
            row.append(said.say(key, year=year, last=result.years[-1]))
        found_rows.append(row)
    if ranges is not None:
        label = _of(fund, said.label("compare.range"), said)
        found_rows.append([label, *(range_words(each.funds[fund], said.lang) for each in ranges)])
    stored = [stored_draws(result.scenario) for result in comparison.results]
    if any(stored):
        told = (stored_words(each, fund, said.lang) if each else said.label("compare.not_drawn") for each in stored)
        found_rows.append([_of(fund, said.label("compare.draws"), said), *told])
    return found_rows


def _measure_rows(comparison: "Comparison", fund: str, said: Words) -> list[list[str]]:
    """Measures of a fund in each scenario, with their changes from the first."""
    found_rows = []
    for name, kind in MEASURES[fund].items():
        row = [_of(fund, said.label(f"compare.{fund}.{name}"), said)]
        for place, (_, found) in enumerate(comparison.measures.loc[measure_of(fund, name)].iterrows()):
            value, change = float(found["value"]), float(found["difference"])
            text = level(kind, value, said) if isfinite(value) else status_words(str(found["status"]), said.lang)
            if place and isfinite(change):
                text = said.say("compare.changed", value=text, change=_change(kind, change, said))
            row.append(text)
        found_rows.append(row)
    return found_rows


def level(kind: str, value: float, said: Words) -> str:
    """A measure as printed; a balance below zero is a deficit."""
    if kind in MAY_BE_A_DEFICIT and value < 0:
        return said.say("compare.deficit", amount=_printed(kind, -value, said))
    return _printed(kind, value, said)


def _change(kind: str, change: float, said: Words) -> str:
    """A change from the first scenario with its sign, one of percentages in points."""
    amount = _printed("points" if kind == "percent" else kind, abs(change), said)
    if is_nothing(amount):
        return said.label("compare.unchanged")
    return f"{said.label('number.minus') if change < 0 else '+'}{amount}"


def _printed(kind: str, value: float, said: Words) -> str:
    """A quantity as printed."""
    match kind:
        case "months":
            return said.number(value, 1)
        case "per_hundred":
            return said.number(100 * value, 1)
        case "multiple":
            return said.number(value, 3)
        case "yuan":
            return said.quantity(kind, value, 0)
    return said.quantity(kind, value)
