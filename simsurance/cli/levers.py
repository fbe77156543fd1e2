"""`simsurance levers`: what each shipped fragment changes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simsurance.cli.options import scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.output.labels import ENTRY_NOTE, in_language, number, signed

if TYPE_CHECKING:
    from simsurance.analysis.levers import Effect, Figure
    from simsurance.results import RunResult

BILLION = 1e9


@click.command()
@click.argument("scenario", default="baseline")
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: titles, descriptions, figures in full.")
def command(scenario: str, fragments: tuple[str, ...], settings: tuple[str, ...], as_json: bool) -> None:
    """List the shipped fragments with what each changes when it alone is laid upon SCENARIO with --with.

    Years are those with the fragment, months, fund and contribution the change; nothing is written. Sizes, sources and
    ranges: simsurance show SCENARIO levers --with NAME
    """
    with progress() as line:
        line.say("projecting")
        from simsurance.analysis.levers import both_schemes, effects

        base, found = effects(scenario, fragments, settings)
    if as_json:
        click.echo(_json(base, found), nl=False)
        return
    shown = [effect for effect in found if effect.figures]
    head = _header(base)
    click.echo("\n".join(columns([head, _base_row(base, shown), *(_row(effect) for effect in shown)])))
    for effect in found:
        if effect.reason:
            click.echo(f"not applied: {effect.fragment}: {effect.reason}")
    if both_schemes(base):
        click.echo(f"\n{in_language(ENTRY_NOTE, 'en')}")


def _header(base: "RunResult") -> tuple[str, ...]:
    from simsurance.analysis.levers import both_schemes, reserve_years

    months = (f"resident months {year}" for year in reserve_years(base))
    last = base.years[-1]
    required = ("resident required, CNY a head", "resident required, multiple")
    figures = ("resident deficit", "resident depletion", *months, f"resident fund {last}, CNY bn", *required)
    pool = ("pool depletion", f"pool {last}, CNY bn") if both_schemes(base) else ()
    return ("fragment", *figures, *pool, "what it is")


def _base_row(base: "RunResult", shown: Sequence["Effect"]) -> tuple[str, ...]:
    """The scenario itself: levels, not changes."""
    if not shown:
        return (base.scenario.name, *[""] * (len(_header(base)) - 2), base.scenario.values.title)
    by_name = {figure.measure: figure for figure in shown[0].figures}
    cells = [_level(figure) for figure in by_name.values()]
    return (base.scenario.name, *cells, base.scenario.values.title)


def _level(figure: "Figure") -> str:
    """The value without the fragment, as printed."""
    if figure.base is None:
        return "none"
    match figure.unit:
        case "year":
            return f"{figure.base:.0f}"
        case "months":
            return number(figure.base, 1)
        case "yuan":
            return number(figure.base / BILLION)
    return number(figure.base) if figure.measure == "required_contribution_now" else f"× {number(figure.base, 3)}"


def _row(effect: "Effect") -> tuple[str, ...]:
    """One fragment: years as they become, everything else as a change."""
    return (effect.fragment, *(_cell(figure) for figure in effect.figures), effect.title)


def _cell(figure: "Figure") -> str:
    """The year with the fragment, or the change of anything else."""
    if figure.unit == "year":
        if figure.value is None:
            return "none"
        sign = f" ({signed(number(figure.change))})" if figure.change else ""
        return f"{figure.value:.0f}{sign}"
    if figure.change is None:
        return "outside"
    match figure.unit:
        case "months":
            return signed(number(figure.change, 2))
        case "yuan":
            return signed(number(figure.change / BILLION))
    decimals = 1 if figure.measure == "required_contribution_now" else 4
    return signed(number(figure.change, decimals))


def _json(base: "RunResult", found: Sequence["Effect"]) -> str:
    """Everything as JSON text."""
    from simsurance.output.manifest import as_json, plain

    return as_json(
        {
            "schema": "simsurance.levers/1",
            "ok": True,
            "scenario": base.scenario.name,
            "years": [base.years[0], base.years[-1]],
            "fragments": [
                {
                    "fragment": effect.fragment,
                    "title": effect.title,
                    "title_zh": effect.title_zh,
                    "description": effect.description,
                    "applied": bool(effect.figures),
                    "reason": effect.reason,
                    "figures": {
                        figure.measure: {
                            **{name: plain(value) for name, value in vars(figure).items() if name != "measure"},
                            "change": plain(figure.change),
                        }
                        for figure in effect.figures
                    },
                }
                for effect in found
            ],
        }
    )
