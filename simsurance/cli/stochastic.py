"""`simsurance stochastic`: many draws of what is not known, and what they say together."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import (
    command_line,
    given,
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
from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse
from simsurance.scenario_file.files import shipped

if TYPE_CHECKING:
    from simsurance.uncertainty.stochastic import Stochastic

DRAWS = 256
TASK = 100
MANY = 1000
"""So many draws say what they will need, asked or not."""
SAMPLERS = ("sobol", "lhs", "plain")
ENGINES = ("plain", "compiled")
CHANCE = ("depleted", "depleted_standard_error")
COLUMNS = ("scenario", "fund", "depletion", "median", "range", "chance")


def _bytes(context: click.Context, parameter: click.Parameter, given: str | None) -> float | None:
    """A size such as 500M or 2G in bytes."""
    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([KMGT])B?", given.strip(), re.IGNORECASE)
    if not found or not float(found[1]):
        raise click.BadParameter(f"{given[:40]} is no size; write 500M or 2G")
    return float(found[1]) * 1000.0 ** ("KMGT".index(found[2].upper()) + 1)


@click.command()
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option(
    "--all", "every", is_flag=True, help="Every shipped scenario after those named; of these alone the baseline first."
)
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
@click.option(
    "--memory",
    metavar="SIZE",
    callback=_bytes,
    help="Need no more than this, such as 500M or 2G: fewer processes, fewer draws solved together.",
)
@click.option("--parquet", is_flag=True, help="Write every draw and its years as Parquet files as well.")
@click.option("--scheduler", metavar="ADDRESS", help="Compute on the cluster of this Dask scheduler: tcp://HOST:PORT.")
@click.option(
    "--task", type=click.IntRange(1, 1_000_000), default=TASK, show_default=True, help="Draws of a task of a cluster."
)
@many_runs_options("table")
def command(
    scenarios: tuple[str, ...],
    every: bool,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    draws: int,
    seed: int,
    sampler: str,
    engine: str | None,
    memory: float | None,
    parquet: bool,
    scheduler: str | None,
    task: int,
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Project the first SCENARIO under many draws of what is not known, and each other under the same draws.

    Writes OUT/stochastic-<names>/. Interrupted, the same command goes on from the draws that are done.
    """
    if not scenarios and not every:
        raise click.UsageError("name a scenario, or give --all; shipped are " + ", ".join(shipped()))
    if given("task") and not scheduler:
        raise click.UsageError("--task goes with --scheduler")
    wanted = (*scenarios, *(name for name in (shipped() if every else ()) if name not in scenarios))
    chosen = [scenario_of(name, fragments, settings) for name in wanted]
    names = [each.name for each in chosen]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SimsuranceError(f"{twice}: named twice; draws of a scenario beside themselves say nothing")
    refuse(fault for each in chosen for fault in table_faults(each))
    folder = out / "-".join(["stochastic", *names[: len(scenarios)], *(["all"] if every else [])])
    prepare(folder)
    tell_notes(line for each in chosen for line in notes_of(each, lang))
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.output.manifest import draws_id
        from simsurance.output.save import save_stochastic
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.engines import chosen as engine_of
        from simsurance.uncertainty.futures import refuse_certain
        from simsurance.uncertainty.jobs import over
        from simsurance.uncertainty.memory import need
        from simsurance.uncertainty.sampling import Sample, sensible
        from simsurance.uncertainty.stochastic import CHUNK, Plan, central_runs, project, said_of

        if parquet:
            from simsurance.output.parquet import require_parquet

            require_parquet()
        refuse_certain(chosen[0])
        sample = Sample(sensible(draws, sampler), seed, sampler)
        stepped_by = engine_of(engine, sample.draws * len(chosen), chosen)
        if sample.draws != draws:
            tell(
                said.say("stochastic_table.rounded", draws=sample.draws, asked=draws, sampler=sample.sampler), err=True
            )
        parts = parts_of(folder, draws_id(chosen, sample, stepped_by), lang)
        central = central_runs(chosen)
        needed = need(central, sample, 1 if scheduler else processors(jobs), memory)
        if memory is not None or sample.draws >= MANY:
            tell(said.say("stochastic_table.needs", **asdict(needed)), err=True)
        plan = Plan(tuple(chosen), sample, needed.beside, stepped_by)
        if scheduler:
            from simsurance.uncertainty.cluster import on_cluster

            def note(slow: int, workers: int) -> None:
                tell(said.say("stochastic_table.threads", address=scheduler, slow=slow, workers=workers), err=True)

            spread, size = on_cluster(scheduler, task, note), task
        else:
            spread, size = over(needed.jobs), CHUNK
        found = project(plan, spread, parts, lambda done, of: line.say_share(said, done, of), size)
        runs = said_of(central, sample, found, stepped_by)
        line.say(said.say("progress.writing", folder=folder))
        save_stochastic(runs, folder, charts, lang, command_line(), bom, parquet)
        text = _json(runs, folder) if as_json else _text(runs, folder, lang)
        discard_parts(parts)
    tell(text, nl=False)


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
