"""`simsurance schemes`: what a policy in one scheme does to both."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from simsurance.cli.options import (
    bom_option,
    command_line,
    entries_option,
    language_option,
    scenario_options,
    style_option,
    tell_undrawn,
)
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.errors import SimsuranceError
from simsurance.language import Words, words
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.output.folder import prepare
from simsurance.output.labels import FIGURES, fund_label, scenario_title, unit, words_of
from simsurance.scenario_file.files import find
from simsurance.scenario_file.loader import load

if TYPE_CHECKING:
    from simsurance.analysis.scheme_effects import SchemeEffects

MONEY: Final = (
    "income_present_value",
    "outgo_present_value",
    "balance_present_value",
    "closing_last_year_constant_prices",
)
HEADER: Final = ("policy", "fund", *MONEY, "members_last_year", "depletion")
POOLED: Final = ("resident", POOL)
"""Funds that can be depleted; personal accounts are their holders' own."""


@click.command()
@click.argument("scenario", default="baseline")
@scenario_options
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FRAGMENT",
    help="A fragment to look at, instead of retirement ages, flexible workers and enrolment without hukou; again for more.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@entries_option
@click.option("--charts/--no-charts", default=True, help="Draw the chart, or leave it out.")
@style_option
@bom_option
@language_option("table and chart")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenario: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    policies: tuple[str, ...],
    out: Path,
    entries: str,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Lay each policy alone upon SCENARIO, and write what it changes in every fund to OUT/schemes-<scenario>/.

    Changes are with the policy less without it; present values stand on the opening 1 January. cohorts.csv and groups.csv say
    who pays and who gains, a person.
    """
    unknown = [(policy, found) for policy in policies if isinstance(found := find(policy, fragments=True), str)]
    if unknown:
        raise SimsuranceError(*(f"--policy:{policy}: {text}" for policy, text in unknown))
    folder = out / f"schemes-{load(scenario, fragments, settings).name}"
    prepare(folder)
    with progress() as line:
        line.say(words(lang).label("progress.projecting"))
        from simsurance.analysis.scheme_effects import POLICIES, scheme_effects
        from simsurance.output.save import save_scheme_effects

        effects = scheme_effects(scenario, policies or POLICIES, fragments, settings, entries)
        line.say(words(lang).say("progress.writing", folder=folder))
        save_scheme_effects(effects, folder, charts, lang, command_line(), bom)
    if charts:
        tell_undrawn([scenario_title(effects.base.scenario, lang), *effects.titles(lang)], lang)
    tell(_json(effects, folder) if as_json else _text(effects, folder, lang), nl=False)


def _text(effects: "SchemeEffects", folder: Path, lang: str) -> str:
    """Policies and funds as a table, in the units of the language."""
    from simsurance.output.entry_notes import entry_notes

    said, first, last = words_of(effects.base.scenario, lang), effects.base.years[0], effects.base.years[-1]
    facts = {"first": first, "last": last, "price_year": first - 1}
    head = tuple(said.say(f"schemes.{name}", **facts) for name in HEADER)
    titles = dict(zip(effects.policies, effects.titles(lang), strict=True))
    shown = unit("yuan", said, effects.effects[list(MONEY)].to_numpy().ravel(), FIGURES)
    rows = []
    for row in effects.effects.reset_index().to_dict(orient="records"):
        name = said.label("schemes.all") if row["fund"] == "all" else fund_label(row["fund"], lang)
        title = titles[row["policy"]] if row["fund"] == next(iter(effects.base.accounts)) else ""
        rows.append((title, name, *_changes(row, shown.size, said)))
    held = {name: run.held is not None for name, run in effects.policies.items()}
    not_met = {name: run.not_met for name, run in effects.policies.items()}
    told = [said.say("schemes.units", unit=shown.name, **facts)]
    told += entry_notes(effects.base, held, not_met, said)
    return "\n".join([*columns([head, *rows]), "", *told, folder.as_posix(), ""])


def _changes(row: Mapping[Any, Any], size: float, said: Words) -> tuple[str, ...]:
    """What a policy changes in a fund, or in all of them."""
    money = [said.signed(said.number(row[name] / size)) for name in MONEY]
    heads = said.signed(said.quantity("persons", row["members_last_year"]))
    members = heads if row["fund"] != ACCOUNTS else ""
    years = [row[name] for name in ("depletion_year_without", "depletion_year_with")]
    never = said.label("schemes.not_depleted")
    depletion = " → ".join(f"{year:.0f}" if isfinite(year) else never for year in years)
    return (*money, members, depletion if row["fund"] in POOLED else "")


def _json(effects: "SchemeEffects", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import SCHEME_EFFECTS_SCHEMA, as_json, records

    content = {
        "schema": SCHEME_EFFECTS_SCHEMA,
        "ok": True,
        "scenario": effects.base.scenario.name,
        "years": [effects.base.years[0], effects.base.years[-1]],
        "folder": folder.as_posix(),
        "entries_held": {name: run.held is not None for name, run in effects.policies.items()},
        "entries_not_met": {name: run.not_met for name, run in effects.policies.items()},
        "effects": records(effects.effects),
    }
    return as_json(content)
