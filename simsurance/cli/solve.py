"""`simsurance solve`: what a key has to be for a condition to hold."""

import re
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
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.answers.delay import Delay
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.solve import Solved


DRAWS, DRAWS_OF_A_DELAY = 256, 64
"""Draws for a probability, and where that is asked for every start."""


def _delays(context: click.Context, parameter: click.Parameter, given: str | None) -> tuple[int, ...]:
    """`0:15` as years of waiting."""
    if given is None:
        return ()
    found = re.fullmatch(r"(\d{1,2}):(\d{1,2})", given)
    if not found or int(found[1]) >= int(found[2]):
        raise click.BadParameter(f"{given} is no span of years of waiting; write 0:15")
    return tuple(range(int(found[1]), int(found[2]) + 1))


@click.command()
@click.argument("scenario")
@click.option(
    "--vary",
    "keys",
    multiple=True,
    required=True,
    metavar="KEY[=FROM:TO]",
    help="What is varied, and between which bounds. Repeated: keys that move together.",
)
@click.option(
    "--for",
    "asked",
    required=True,
    metavar="CONDITION",
    help='"reserve_months >= 6 through 2050", "depletion_year >= 2045", "P(depleted by 2050) <= 0.1".',
)
@click.option("--fund", default="resident", show_default=True, help="Of which fund.")
@click.option(
    "--from", "start", type=int, help="First year that is varied; the first that can still be changed if not given."
)
@click.option(
    "--how",
    type=click.Choice(("set", "multiply", "add")),
    help="Set a number, or multiply or add to the values there; several keys are multiplied if not given.",
)
@click.option("--proportion", metavar="A:B", help="Change of each key for each unit of the first's; 1:1 if not given.")
@click.option("--delay", "waits", metavar="A:B", callback=_delays, help="Also with a start so many years later: 0:15.")
@click.option(
    "--draws",
    type=click.IntRange(1, 1_000_000),
    help=f"Draws, for P(…): {DRAWS} if not given, with --delay {DRAWS_OF_A_DELAY} for each start.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@scenario_options
@click.option(
    "--entries",
    type=click.Choice(("odds", "held")),
    default="odds",
    show_default=True,
    help="New entrants to the employee scheme: by the odds of the uninsured, or those of SCENARIO; on draws always these.",
)
@many_runs_options("answer")
def command(
    scenario: str,
    keys: tuple[str, ...],
    asked: str,
    fund: str,
    start: int | None,
    how: Any,
    proportion: str | None,
    waits: tuple[int, ...],
    draws: int | None,
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
    """Find what keys of SCENARIO have to be for a condition to hold, nearest to what they are.

    Writes OUT/solve-<name>/: every run, charts, a summary, and solution.toml, the scenario that meets the condition. With
    behavioural responses, and with nobody responding; a probability on the same draws at every value.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"solve-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.condition import Chance, condition_of
        from simsurance.answers.delay import delay, delay_on_draws, most_runs, starts_of
        from simsurance.answers.on_draws import on_draws
        from simsurance.answers.solve import solve
        from simsurance.answers.vary import proportion_of, vary_of
        from simsurance.output.manifest import asked_id
        from simsurance.output.save import save_solve
        from simsurance.results import simulate
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible

        vary = vary_of(base, keys, proportion_of(proportion) if proportion else (), how, start)
        (central,) = simulate([base])
        condition = condition_of(asked, fund, central)
        tell_notes(notes_of(base, lang))
        found: Solved | OnDraws
        waiting: Delay | None = None
        if isinstance(condition, Chance):
            starts = starts_of(vary, waits)
            sample = Sample(sensible(draws or (DRAWS_OF_A_DELAY if starts else DRAWS), SAMPLERS[0]), seed, SAMPLERS[0])
            if starts:
                facts = {"starts": len(starts), "draws": sample.draws, "runs": most_runs(starts, sample)}
                click.echo(said.say("solve.delay_cost", **facts), err=True)
            parts = parts_of(folder, asked_id(vary, condition, sample), lang)
            found = on_draws(
                vary,
                condition,
                sample,
                processors(jobs),
                parts,
                lambda done, of: line.say_share(said, done, of),
            )
            if starts:
                waiting = delay_on_draws(
                    vary,
                    condition,
                    sample,
                    starts,
                    processors(jobs),
                    parts,
                    lambda done, of: line.say_share(said, done, of, "points"),
                )
            discard_parts(parts)
        else:
            starts = starts_of(vary, waits)
            found = solve(vary, condition, central, entries=entries)
            if starts:
                waiting = delay(
                    vary,
                    condition,
                    starts,
                    central,
                    lambda done, of: line.say_share(said, done, of, "points"),
                    entries,
                )
        line.say(said.say("progress.writing", folder=folder))
        save_solve(found, folder, waiting, charts, lang, command_line(), bom)
    tell(_json(found, waiting, folder) if as_json else _text(found, waiting, folder, lang), nl=False)


def _text(found: "Solved | OnDraws", waiting: "Delay | None", folder: Path, lang: str) -> str:
    """The answer in words."""
    from simsurance.output.solve_summary import solve_lines

    return "\n".join(
        [*(re.sub(r"[*`]+", "", each) for each in solve_lines(found, waiting, lang)), "", folder.as_posix(), ""]
    )


def _json(found: "Solved | OnDraws", waiting: "Delay | None", folder: Path) -> str:
    """The same for programs, with every run."""
    from simsurance.output.manifest import SOLVE_SCHEMA, answer_content, as_json, records

    content: dict[str, Any] = {
        "schema": SOLVE_SCHEMA,
        "ok": True,
        "scenario": found.vary.scenario.name,
        "years": [found.central.years[0], found.central.years[-1]],
        **answer_content(found),
        "folder": folder.as_posix(),
        "runs": records(found.table),
    }
    if waiting:
        content["delay"] = records(waiting.table)
    return as_json(content)
