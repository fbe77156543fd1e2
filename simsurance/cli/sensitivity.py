"""`simsurance sensitivity`: what moves a fund most of all that is not known."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import (
    command_line,
    given,
    goes_on_from,
    many_runs_options,
    notes_of,
    processors,
    scenario_options,
    tell_notes,
)
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.information import Drawn, Information
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.screening import Screening
    from simsurance.uncertainty.sensitivity import Sensitivity
    from simsurance.uncertainty.variance import Shares


@click.command()
@click.argument("scenario")
@scenario_options
@click.option("--year", type=int, help="Year at whose end reserve months are told; the tenth if not given.")
@click.option(
    "--morris", type=click.IntRange(2, 10_000), help="Morris screening from so many trajectories: what matters at all?"
)
@click.option(
    "--draws", type=click.IntRange(1, 1_000_000), help="Draw so often as well: what is it worth to know each?"
)
@click.option(
    "--draws-from",
    "drawn_in",
    type=click.Path(path_type=Path),
    help="The same from the draws of a folder that `stochastic` wrote.",
)
@click.option("--sobol", type=click.IntRange(8, 100_000), help="Sobol indices by group, from so many draws a group.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of what is drawn.")
@click.option(
    "--by", type=int, help="Depleted by which year, for draws; the least certain one of each fund if not given."
)
@many_runs_options("list")
def command(
    scenario: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    year: int | None,
    morris: int | None,
    draws: int | None,
    drawn_in: Path | None,
    sobol: int | None,
    seed: int,
    by: int | None,
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Project SCENARIO with each unknown at its 10th and its 90th percentile, one at a time.

    Writes OUT/sensitivity-<name>/: both ends by fund and measure, tornadoes, and a summary. Interrupted, the same command goes
    on from the runs that are done. With --draws: by how much the variance of "depleted by a year" would shrink were each known.
    """
    if draws is not None and drawn_in is not None:
        raise click.UsageError("--draws and --draws-from: new draws or those of a folder; leave one out")
    if by is not None and draws is None and drawn_in is None:
        raise click.UsageError("--by goes with --draws or --draws-from")
    if given("seed") and not (morris or draws or sobol):
        raise click.UsageError("--seed goes with --morris, --draws or --sobol")
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"sensitivity-{base.name}"
    prepare(folder)
    tell_notes(notes_of(base, lang))
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.model.engines import PLAIN
        from simsurance.output.manifest import draws_id, shocks_id, trajectories_id
        from simsurance.output.save import save_sensitivity
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.information import SAMPLER, Drawn, information
        from simsurance.uncertainty.parameters import K
        from simsurance.uncertainty.sampling import Sample
        from simsurance.uncertainty.screening import Trajectories, screening
        from simsurance.uncertainty.sensitivity import require_by, sensitivity
        from simsurance.uncertainty.stochastic import stochastic
        from simsurance.uncertainty.variance import shares

        parts = goes_on_from(out / f"{folder.name}.{shocks_id(base, K)[:8]}.parts")

        def told(done: int, of: int) -> None:
            line.say_share(said, done, of, "points")

        require_by(base, by)
        processes = processors(jobs)
        known = None if drawn_in is None else information(_saved(drawn_in, base, lang), by)
        found = sensitivity(base, year, processes, parts, told)
        walked, screened = parts, None
        if morris:
            walked = out / f"{folder.name}.morris-{trajectories_id(Trajectories(base, morris, seed))[:8]}.parts"
            screened = screening(base, morris, seed, found.year, processes, walked, told)
        sample = _sample(draws, seed, lang) if draws else None
        drawn = parts if sample is None else out / f"{folder.name}.{draws_id([base], sample, PLAIN)[:8]}.parts"
        if sample is not None:
            (run,) = stochastic([base], sample, processes, drawn, lambda done, of: line.say_share(said, done, of))
            known = information(Drawn.of(run), by)
        mixed, of_groups = parts, None
        if sobol:
            each = Sample(sobol, seed, SAMPLER)
            mixed = out / f"{folder.name}.sobol-{draws_id([base], each, PLAIN)[:8]}.parts"
            of_groups = shares(base, each, processes, mixed, told)
        line.say(said.say("progress.writing", folder=folder))
        save_sensitivity(found, folder, charts, lang, command_line(), bom, known, of_groups, screened)
        more = (known, of_groups, screened)
        text = _json(found, folder, *more) if as_json else _text(found, folder, lang, *more)
        for finished in (parts, drawn, mixed, walked):
            discard_parts(finished)
    tell(text, nl=False)


def _sample(draws: int, seed: int, lang: str) -> "Sample":
    """The draws, and a line where they are not as many as asked for."""
    from simsurance.uncertainty.information import SAMPLER
    from simsurance.uncertainty.sampling import Sample, sensible

    sample = Sample(sensible(draws, SAMPLER), seed, SAMPLER)
    if sample.draws != draws:
        tell(
            words(lang).say("stochastic_table.rounded", draws=sample.draws, asked=draws, sampler=sample.sampler),
            err=True,
        )
    return sample


def _saved(folder: Path, base: "Scenario", lang: str) -> "Drawn":
    """The draws of a folder, which have to be those of the scenario; a line where a sequence made them."""
    from simsurance.output.planned import run_id
    from simsurance.output.saved_draws import saved_draws
    from simsurance.uncertainty.information import SAMPLER

    found = saved_draws(folder)
    if run_id(found.scenario) != run_id(base):
        raise SimsuranceError(f"--draws-from {folder}: its draws are of another scenario than {base.name}; draw again")
    if found.sample.sampler != SAMPLER:
        tell(words(lang).say("sensitivity.tied", draws=found.sample.draws), err=True)
    return replace(found, scenario=base)


def _text(
    found: "Sensitivity",
    folder: Path,
    lang: str,
    known: "Information | None",
    parts: "Shares | None",
    screened: "Screening | None",
) -> str:
    """The three unknowns that move each fund most, and the three that are worth most to know."""
    from simsurance.output.sensitivity_summary import effect_facts, headline, most, part_facts, worth_facts

    said, told = words(lang), list[str]()
    for fund in found.funds:
        told.append(headline(found, fund, lang))
        told += [
            f"  {place}. {said.say('sensitivity.ends', **each)}"
            for place, each in enumerate(most(found, fund, said), 1)
        ]
        if screened:
            moved = effect_facts(screened, fund, said)
            told.append(said.say("sensitivity.screened", **moved))
            told += [
                f"  {place}. {said.say('sensitivity.effect', **each)}" for place, each in enumerate(moved["effects"], 1)
            ]
            if moved["unmeasured"]:
                told.append(said.say("sensitivity.unmeasured", **moved))
        if known:
            facts = worth_facts(known, fund, said)
            told.append(said.say("sensitivity.known", **facts))
            told += [
                f"  {place}. {said.say('sensitivity.worth', **each)}" for place, each in enumerate(facts["worths"], 1)
            ]
        if parts:
            groups = part_facts(parts, fund, said)
            told.append(said.say("sensitivity.parts", **groups))
            told += [
                f"  {place}. {said.say('sensitivity.part', **each)}" for place, each in enumerate(groups["parts"], 1)
            ]
        told.append("")
    return "\n".join([*told, folder.as_posix(), ""])


def _json(
    found: "Sensitivity",
    folder: Path,
    known: "Information | None",
    parts: "Shares | None",
    screened: "Screening | None",
) -> str:
    """The same for programs, with every unknown."""
    from simsurance.output.manifest import SENSITIVITY_SCHEMA, as_json, records

    content: dict[str, Any] = {
        "schema": SENSITIVITY_SCHEMA,
        "ok": True,
        "scenario": found.scenario.name,
        "years": [found.years[0], found.years[-1]],
        "z": found.shocks.z,
        "folder": folder.as_posix(),
        "ends": records(found.table),
    }
    if known:
        content |= {"sample": vars(known.run.sample), "information": records(known.table)}
    if screened:
        content["morris"] = records(screened.table)
    if parts:
        content["sobol"] = records(parts.table)
    return as_json(content)
