"""`simsurance levers`: what each shipped fragment changes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simsurance.cli.options import entries_option, jobs_option, language_option, scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import Words, words
from simsurance.output.labels import FIGURES, Unit, fund_label, in_its_words, in_language, unit, words_of
from simsurance.processes import cores

if TYPE_CHECKING:
    from simsurance.analysis.levers import Effect, Figure
    from simsurance.results import RunAccounts


@click.command()
@click.argument("scenario", default="baseline")
@scenario_options
@entries_option
@language_option("the table")
@jobs_option("options")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: titles, descriptions, figures in full.")
def command(
    scenario: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    entries: str,
    lang: str,
    jobs: int | None,
    as_json: bool,
) -> None:
    """List the shipped policy options with what each changes when it alone is laid upon SCENARIO with --with.

    Years are those with the option, months, balance, contribution and government financing the change; nothing is written.
    Sizes, sources and ranges: simsurance show SCENARIO levers --with NAME
    """
    with progress() as line:
        line.say(words(lang).label("progress.projecting"))
        from simsurance.analysis.levers import effects

        base, found = effects(scenario, fragments, settings, entries, jobs or cores())
    if as_json:
        tell(_json(base, found, entries), nl=False)
        return
    tell("\n".join(_text(base, found, entries, words_of(base.scenario, lang))))


def _text(base: "RunAccounts", found: Sequence["Effect"], entries: str, said: Words) -> list[str]:
    """The scenario, each option that can be laid upon it, and why others cannot."""
    from simsurance.analysis.levers import NOTHING_CHANGED
    from simsurance.measures import starts_of
    from simsurance.output.entry_notes import entry_notes
    from simsurance.results import HELD

    shown = [effect for effect in found if effect.figures]
    money = unit("yuan", said, _amounts(shown), FIGURES)
    rows = [*_header(base, said), _base_row(base, shown, money, said), *(_row(effect, money, said) for effect in shown)]
    units = {
        "unit": money.name,
        "unit_pp": unit("yuan_pp", said).name,
        "first": base.years[0],
        "last": base.years[-1],
        "price_year": base.years[0] - 1,
        "start": base.years[starts_of(base.scenario.values, len(base.years))[0]],
    }
    lines = [*columns(rows), "", said.say("levers.units", **units), said.label("levers.note")]
    if unmoved := [effect.fragment for effect in shown if not any(figure.moved for figure in effect.figures)]:
        lines.append(said.say("levers.unmoved", options=unmoved, last=base.years[-1]))
    for effect in found:
        if effect.reason:
            reason = said.label("levers.nothing_changed" if effect.reason == NOTHING_CHANGED else "levers.refused")
            lines.append(said.say("levers.not_applied", option=effect.fragment, reason=reason))
    held = {effect.fragment: entries == HELD for effect in shown}
    return [*lines, *entry_notes(base, held, {effect.fragment: effect.entries_not_met for effect in shown}, said)]


def _amounts(shown: Sequence["Effect"]) -> list[float]:
    """Every sum of money in the table."""
    figures = [figure for effect in shown for figure in told(effect) if figure.is_money]
    return [amount for figure in figures for amount in (figure.base, figure.value) if amount is not None]


def _header(base: "RunAccounts", said: Words) -> list[tuple[str, ...]]:
    """Two rows: whose figures they are, and what they are."""
    from simsurance.analysis.levers import both_schemes, reserve_years
    from simsurance.ledger import POOL

    dated = (said.label("levers.first_deficit_year"), said.label("levers.depletion_year"))
    months = (said.say("levers.reserve_months", year=year) for year in reserve_years(base))
    closing = said.say("levers.closing_last_year", year=base.years[-1])
    required = (said.label("levers.required_contribution"), said.label("levers.required_contribution_multiple"))
    groups = {"resident": (*dated, *months, closing, *required, said.label("levers.public_money"))}
    if both_schemes(base):
        groups[POOL] = (dated[1], closing)
    whose = [name for fund, heads in groups.items() for name in (fund_label(fund, said.lang), *[""] * (len(heads) - 1))]
    heads = [head for heads in groups.values() for head in heads]
    return [("", *whose, ""), (said.label("levers.option"), *heads, said.label("levers.what"))]


def _base_row(base: "RunAccounts", shown: Sequence["Effect"], money: Unit, said: Words) -> tuple[str, ...]:
    """The scenario itself: levels, not changes."""
    title = in_its_words(base.scenario, "title", said.lang)
    cells = (
        [_level(figure, money, said) for figure in told(shown[0])]
        if shown
        else [""] * (len(_header(base, said)[0]) - 2)
    )
    return (base.scenario.name, *cells, title)


def _level(figure: "Figure", money: Unit, said: Words) -> str:
    """The value without the option, as printed; a balance below zero is a deficit."""
    if figure.base is None:
        return _no_value(figure, said)
    match figure.unit:
        case "year":
            return f"{figure.base:.0f}"
        case "months":
            amount = said.number(abs(figure.base), 1)
        case _ if figure.is_money:
            amount = said.number(abs(figure.base) / money.size)
        case _:
            return said.number(figure.base, 0 if figure.measure == "required_contribution_now" else 3)
    return said.say("levers.deficit", amount=amount) if figure.base < 0 else amount


def told(effect: "Effect") -> list["Figure"]:
    """What of an option stands in the table: balances at constant prices alone."""
    return [figure for figure in effect.figures if not figure.measure.endswith("closing_last_year")]


def _row(effect: "Effect", money: Unit, said: Words) -> tuple[str, ...]:
    """One option: years as they become, everything else as a change."""
    title = in_language(effect, "title", said.lang)
    kind = said.label("levers.factor") if effect.factor else ""
    title = f"{title}{kind}"
    return (effect.fragment, *(_cell(figure, money, said) for figure in told(effect)), title)


def _cell(figure: "Figure", money: Unit, said: Words) -> str:
    """The year with the option, or the change of anything else."""
    if figure.unit == "year":
        if figure.value is None:
            return _no_value(figure, said)
        change = said.signed(said.number(figure.change)) if figure.change else ""
        return said.say("levers.year", year=f"{figure.value:.0f}", change=change)
    if figure.change is None:
        return _no_value(figure, said)
    match figure.unit:
        case "months":
            return said.signed(said.number(figure.change, 2))
        case _ if figure.is_money:
            return said.signed(said.number(figure.change / money.size))
    return said.signed(said.number(figure.change, 1 if figure.measure == "required_contribution_now" else 4))


def _no_value(figure: "Figure", said: Words) -> str:
    """Why there is no value: the year does not come, or does not lie in the projection."""
    if figure.unit != "year":
        return said.label("levers.outside")
    return said.label("levers.not_depleted" if figure.measure.endswith("depletion_year") else "levers.no_deficit")


def _json(base: "RunAccounts", found: Sequence["Effect"], entries: str) -> str:
    """Everything as JSON text."""
    from simsurance.output.manifest import as_json, plain

    return as_json(
        {
            "schema": "simsurance.levers/1",
            "ok": True,
            "scenario": base.scenario.name,
            "years": [base.years[0], base.years[-1]],
            "entries": entries,
            "fragments": [
                {
                    "fragment": effect.fragment,
                    "title": effect.title,
                    "title_zh": effect.title_zh,
                    "description": effect.description,
                    "kind": "factor" if effect.factor else "rule",
                    "applied": bool(effect.figures),
                    "reason": effect.reason,
                    "entries_not_met": effect.entries_not_met,
                    "figures": {
                        figure.measure: {
                            **{name: plain(value) for name, value in vars(figure).items() if name != "measure"},
                            "unit": base.scenario.in_currency(figure.unit),
                            "change": plain(figure.change),
                        }
                        for figure in effect.figures
                    },
                }
                for effect in found
            ],
        }
    )
