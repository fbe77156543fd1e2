"""`simsurance stochastic`: many draws of what is not known, and what they say together."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import bom_option, command_line, language_option, notes_of, scenario_options, tell_notes
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.uncertainty.stochastic import Stochastic

DRAWS = 256
SAMPLERS = ("sobol", "lhs", "plain")
ENGINES = ("plain", "compiled")
CHANCE = ("depleted", "depleted_standard_error")
COLUMNS = ("scenario", "fund", "depletion", "median", "range", "chance")


@click.command()
@click.argument("scenario")
@click.argument("others", metavar="[OTHER]...", nargs=-1)
@scenario_options
@click.option("--draws", type=click.IntRange(1, 1_000_000), default=DRAWS, show_default=True, help="How many draws.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@click.option(
    "--sampler",
    type=click.Choice(SAMPLERS),
    default=SAMPLERS[0],
    show_default=True,
    help="Scrambled Sobol sequence, Latin hypercubes, or plain random numbers.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help='What steps the draws: NumPy alone, or compiled kernels (pip install "simsurance[fast]"). If not given, the likely '
    "quicker one that is installed.",
)
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes; as many as there are processors if not given.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@bom_option
@language_option("table, charts and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenario: str,
    others: tuple[str, ...],
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    draws: int,
    seed: int,
    sampler: str,
    engine: str | None,
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Project SCENARIO under many draws of what is not known, and each OTHER under the same draws.

    Writes OUT/stochastic-<names>/. Interrupted, the same command goes on from the draws that are done.
    """
    scenarios = [scenario_of(name, fragments, settings) for name in (scenario, *others)]
    names = [each.name for each in scenarios]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SimsuranceError(f"{twice}: named twice; draws of a scenario beside themselves say nothing")
    refuse(fault for each in scenarios for fault in table_faults(each))
    folder = out / "-".join(["stochastic", *names])
    prepare(folder)
    tell_notes(line for each in scenarios for line in notes_of(each, lang))
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.output.manifest import draws_id
        from simsurance.output.save import save_stochastic
        from simsurance.uncertainty.engines import chosen
        from simsurance.uncertainty.jobs import discard_parts
        from simsurance.uncertainty.sampling import Sample, sensible
        from simsurance.uncertainty.stochastic import stochastic

        sample = Sample(sensible(draws, sampler), seed, sampler)
        stepped_by = chosen(engine, sample.draws * len(scenarios))
        if sample.draws != draws:
            tell(said.say("stochastic_table.rounded", draws=sample.draws, asked=draws), err=True)
        parts = out / f"{folder.name}.{draws_id(scenarios, sample, stepped_by)[:8]}.parts"

        def told(done: int, of: int) -> None:
            line.say_share(said, done, of)

        runs = stochastic(scenarios, sample, jobs or os.cpu_count() or 1, parts, told, stepped_by)
        line.say(said.say("progress.writing", folder=folder))
        save_stochastic(runs, folder, charts, lang, command_line(), bom)
        discard_parts(parts)
    tell(_json(runs, folder) if as_json else _text(runs, folder, lang), nl=False)


def _text(runs: "Sequence[Stochastic]", folder: Path, lang: str) -> str:
    """A row for each scenario and fund."""
    from simsurance.output.draws_words import sampler_words

    said = words(lang)
    rows = [tuple(said.label(f"stochastic_table.{name}") for name in COLUMNS)]
    for run in runs:
        for fund in run.kept.yearly:
            rows.append(_row(run, fund, lang))
    first = runs[0]
    note = said.say("stochastic_table.note", nearer=first.brought_nearer, sample=sampler_words(first, lang))
    beside: list[str] = []
    if len(runs) > 1:
        from simsurance.output.pairs_words import pair_rows
        from simsurance.uncertainty.paired import Pairs

        beside = [*columns(pair_rows(Pairs(runs), lang)), ""]
    return "\n".join([*columns(rows), "", *beside, note, folder.as_posix(), ""])


def _row(run: "Stochastic", fund: str, lang: str) -> tuple[str, ...]:
    from simsurance.output.draws_words import short_range
    from simsurance.output.measured import measured, year_or_none

    said, last = words(lang), run.years[-1]
    central = year_or_none(measured(run.central, fund)["depletion_year"])
    _, middle, _ = run.range_of(fund)
    share, error = (float(run.probabilities[name].loc[(fund, last)]) for name in CHANCE)
    return (
        run.scenario.name,
        said.label(f"run.name.{fund}"),
        said.label("run.never") if central is None else str(central),
        said.label("run.never") if middle is None else str(middle),
        short_range(run, fund, lang),
        said.say("stochastic_table.chance_by", share=share, error=error, last=last),
    )


def _json(runs: "Sequence[Stochastic]", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import STOCHASTIC_SCHEMA, as_json, records

    first = runs[0]
    content: dict[str, Any] = {
        "schema": STOCHASTIC_SCHEMA,
        "ok": True,
        "sample": vars(first.sample),
        "engine": first.engine,
        "brought_nearer": first.brought_nearer,
        "folder": folder.as_posix(),
        "runs": {
            run.scenario.name: {
                "years": [run.years[0], run.years[-1]],
                "depletion": {
                    fund: dict(zip(("p10", "p50", "p90"), run.range_of(fund), strict=True)) for fund in run.kept.yearly
                },
                "probabilities": records(run.probabilities),
                "measures": records(run.measures),
            }
            for run in runs
        },
    }
    if len(runs) > 1:
        from simsurance.uncertainty.paired import Pairs

        content["pairs"] = records(Pairs(runs).differences)
    return as_json(content)
