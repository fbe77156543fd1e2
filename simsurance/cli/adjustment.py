"""`simsurance adjustment`: what a rule that acts by itself does, who pays, and what a fixed path would have done."""

from dataclasses import replace
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
    from simsurance.answers.adjustment import Adjustment


@click.command()
@click.argument("scenario")
@click.option(
    "--draws", type=click.IntRange(1, 1_000_000), help="Also on so many draws: how often it acts, and chances."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@scenario_options
@many_runs_options("answer")
def command(
    scenario: str,
    draws: int | None,
    seed: int,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Say what the timely adjustment of SCENARIO does by itself, year by year, and who pays for it.

    Beside the same scenario without it, and beside the fixed path that ends with the same fund: one share more on
    contribution and subsidy from the beginning. Writes OUT/adjustment-<name>/.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"adjustment-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.adjustment import adjustment, on_draws
        from simsurance.output.manifest import draws_id
        from simsurance.output.save import save_adjustment
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.engines import chosen
        from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible

        found = adjustment(base)
        tell_notes(notes_of(base, lang))
        if draws:
            sample = Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0])
            engine = chosen(None, sample.draws, [base])
            parts = parts_of(folder, draws_id([run.scenario for run in found.runs.values()], sample, engine), lang)
            drawn = on_draws(
                found, sample, processors(jobs), parts, lambda done, of: line.say_share(said, done, of), engine
            )
            found = replace(found, draws=drawn)
        line.say(said.say("progress.writing", folder=folder))
        save_adjustment(found, folder, charts, lang, command_line(), bom)
    tell(_json(found, folder) if as_json else _text(found, folder, lang), nl=False)
    if draws:
        discard_parts(parts)


def _text(found: "Adjustment", folder: Path, lang: str) -> str:
    """What the rule did, in words and tables."""
    from simsurance.output.adjustment_summary import adjustment_lines, told_facts

    facts = told_facts(found, lang)
    tables = [facts[name] for name in ("yearly", "paths", "chances", "frequencies") if len(facts[name]) > 1]
    parts = [*(["", *columns(rows)] for rows in tables)]
    lines = [line for part in parts for line in part]
    return "\n".join([*adjustment_lines(found, lang), *lines, "", folder.as_posix(), ""])


def _json(found: "Adjustment", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import ADJUSTMENT_SCHEMA, adjustment_content, as_json, records

    content: dict[str, Any] = {
        "schema": ADJUSTMENT_SCHEMA,
        "ok": True,
        "scenario": found.scenario.name,
        "years": [found.ruled.years[0], found.ruled.years[-1]],
        **adjustment_content(found),
        "folder": folder.as_posix(),
        "adjustment": records(found.table),
        "paths": records(found.paths),
    }
    if found.chances is not None and found.frequencies is not None:
        content |= {"chances": records(found.chances), "frequencies": records(found.frequencies)}
    return as_json(content)
