"""`simsurance frontier`: packages of levers that hold a target, of which no other costs less without costing somebody more."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import (
    command_line,
    many_runs_options,
    notes_of,
    parts_of,
    processors,
    scenario_options,
    tell_notes,
)
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.answers.frontier import Frontier


@click.command()
@click.argument("scenario")
@click.option(
    "--lever",
    "keys",
    multiple=True,
    required=True,
    metavar="KEY=FROM:TO",
    help="What a package may move, and between which bounds. One to six.",
)
@click.option(
    "--for",
    "asked",
    required=True,
    metavar="CONDITION",
    help='The target: "reserve_months >= 6 through 2045", "P(depleted by 2045) <= 0.1".',
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="CONDITION",
    help='What every package has to keep: "coverage >= 0.9 through 2040", "public_money_present_value <= 2e13".',
)
@click.option("--fund", default="resident", show_default=True, help="Of which fund.")
@click.option(
    "--from", "start", type=int, help="First year that is moved; the first that can still be changed if not given."
)
@click.option(
    "--how", type=click.Choice(("set", "multiply", "add")), help="For all levers; by what a key has if not given."
)
@click.option("--draws", type=click.IntRange(1, 1_000_000), default=32, show_default=True, help="Draws, for P(…).")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@scenario_options
@click.option(
    "--entries",
    type=click.Choice(("odds", "held")),
    default="odds",
    show_default=True,
    help="New entrants to the employee scheme: by the odds of the uninsured, or those of SCENARIO; on draws always these.",
)
@many_runs_options("table")
def command(
    scenario: str,
    keys: tuple[str, ...],
    asked: str,
    limits: tuple[str, ...],
    fund: str,
    start: int | None,
    how: Any,
    draws: int,
    seed: int,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    entries: str,
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Find packages of levers of SCENARIO that hold a target at the least cost to members, patients and the public.

    Writes OUT/frontier-<name>/: every package that was run, a chart, a summary, and the scenario of each package told, ten at
    most. None is the cheapest: the one saves somebody what it costs somebody else.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"frontier-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.condition import Chance, condition_of
        from simsurance.answers.frontier import frontier
        from simsurance.answers.packages import levers_of, limits_of
        from simsurance.output.manifest import packages_id
        from simsurance.output.save import save_frontier
        from simsurance.results import simulate
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible

        levers = levers_of(base, keys, how, start)
        (central,) = simulate([base])
        target = condition_of(asked, fund, central)
        kept = limits_of(limits, fund, central)
        tell_notes(notes_of(base, lang))
        sample = Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0]) if isinstance(target, Chance) else None
        parts = parts_of(folder, packages_id(levers, target, kept, sample, entries), lang)
        found = frontier(
            levers,
            target,
            kept,
            sample,
            central,
            entries,
            processors(jobs),
            parts,
            lambda done, of: line.say_share(said, done, of, "points"),
        )
        line.say(said.say("progress.writing", folder=folder))
        save_frontier(found, folder, charts, lang, command_line(), bom)
        discard_parts(parts)
    tell(_json(found, folder) if as_json else _text(found, folder, lang), nl=False)


def _text(found: "Frontier", folder: Path, lang: str) -> str:
    """The packages told, and what they cost."""
    from simsurance.output.frontier_summary import frontier_lines, package_rows
    from simsurance.output.labels import words_of

    before, after = frontier_lines(found, lang)
    table = columns(package_rows(found, words_of(found.levers.scenario, lang))) if found.told else []
    lines = [*before, "", *table, "", *after] if table else before
    return "\n".join([*(each.replace("`", "") for each in lines), "", folder.as_posix(), ""])


def _json(found: "Frontier", folder: Path) -> str:
    """The same for programs, with every package."""
    from simsurance.output.manifest import FRONTIER_SCHEMA, as_json, frontier_content, records

    content: dict[str, Any] = {
        "schema": FRONTIER_SCHEMA,
        "ok": True,
        "scenario": found.levers.scenario.name,
        "years": [found.central.years[0], found.central.years[-1]],
        **frontier_content(found),
        "folder": folder.as_posix(),
        "packages_run": records(found.table),
    }
    return as_json(content)
