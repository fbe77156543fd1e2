"""`simsurance sensitivity`: what moves a fund most of all that is not known."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import bom_option, command_line, language_option, notes_of, scenario_options, tell_notes
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.uncertainty.information import Information
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.sensitivity import Sensitivity
    from simsurance.uncertainty.variance import Shares


@click.command()
@click.argument("scenario")
@scenario_options
@click.option("--year", type=int, help="Year at whose end reserve months are told; the tenth if not given.")
@click.option(
    "--draws", type=click.IntRange(1, 1_000_000), help="Draw so often as well: what is it worth to know each?"
)
@click.option("--sobol", type=click.IntRange(8, 100_000), help="Sobol indices by group, from so many draws a group.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@click.option(
    "--by", type=int, help="Depleted by which year, for --draws; the least certain one of each fund if not given."
)
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes; as many as there are processors if not given.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@bom_option
@language_option("list, charts and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a list.")
def command(
    scenario: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    year: int | None,
    draws: int | None,
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
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"sensitivity-{base.name}"
    prepare(folder)
    tell_notes(notes_of(base, lang))
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.model.engines import PLAIN
        from simsurance.output.manifest import draws_id, shocks_id
        from simsurance.output.save import save_sensitivity
        from simsurance.uncertainty.information import SAMPLER, information
        from simsurance.uncertainty.jobs import discard_parts
        from simsurance.uncertainty.parameters import K
        from simsurance.uncertainty.sampling import Sample
        from simsurance.uncertainty.sensitivity import require_by, sensitivity
        from simsurance.uncertainty.stochastic import stochastic
        from simsurance.uncertainty.variance import shares

        parts = out / f"{folder.name}.{shocks_id(base, K)[:8]}.parts"

        def told(done: int, of: int) -> None:
            line.say_share(said, done, of, "points")

        require_by(base, by)
        processes = jobs or os.cpu_count() or 1
        found = sensitivity(base, year, processes, parts, told)
        sample = _sample(draws, seed, lang) if draws else None
        drawn = parts if sample is None else out / f"{folder.name}.{draws_id([base], sample, PLAIN)[:8]}.parts"
        known = None
        if sample is not None:
            (run,) = stochastic([base], sample, processes, drawn, lambda done, of: line.say_share(said, done, of))
            known = information(run, by)
        mixed, of_groups = parts, None
        if sobol:
            each = Sample(sobol, seed, SAMPLER)
            mixed = out / f"{folder.name}.sobol-{draws_id([base], each, PLAIN)[:8]}.parts"
            of_groups = shares(base, each, processes, mixed, told)
        line.say(said.say("progress.writing", folder=folder))
        save_sensitivity(found, folder, charts, lang, command_line(), bom, known, of_groups)
        for finished in (parts, drawn, mixed):
            discard_parts(finished)
    tell(_json(found, folder, known, of_groups) if as_json else _text(found, folder, lang, known, of_groups), nl=False)


def _sample(draws: int, seed: int, lang: str) -> "Sample":
    """The draws, and a line where they are not as many as asked for."""
    from simsurance.uncertainty.information import SAMPLER
    from simsurance.uncertainty.sampling import Sample, sensible

    sample = Sample(sensible(draws, SAMPLER), seed, SAMPLER)
    if sample.draws != draws:
        tell(words(lang).say("stochastic_table.rounded", draws=sample.draws, asked=draws), err=True)
    return sample


def _text(found: "Sensitivity", folder: Path, lang: str, known: "Information | None", parts: "Shares | None") -> str:
    """The three unknowns that move each fund most, and the three that are worth most to know."""
    from simsurance.output.sensitivity_summary import headline, most, part_facts, worth_facts

    said, told = words(lang), list[str]()
    for fund in found.funds:
        told.append(headline(found, fund, lang))
        told += [
            f"  {place}. {said.say('sensitivity.ends', **each)}"
            for place, each in enumerate(most(found, fund, said), 1)
        ]
        if known:
            facts = worth_facts(known, fund, said)
            told.append(said.say("sensitivity.known", **facts))
            told += [
                f"  {place}. {said.say('sensitivity.worth', **each)}" for place, each in enumerate(facts["worths"], 1)
            ]
        if parts:
            groups = part_facts(parts, fund, said)
            told.append(said.say("sensitivity.parts", parts=groups))
            told += [f"  {place}. {said.say('sensitivity.part', **each)}" for place, each in enumerate(groups, 1)]
        told.append("")
    return "\n".join([*told, folder.as_posix(), ""])


def _json(found: "Sensitivity", folder: Path, known: "Information | None", parts: "Shares | None") -> str:
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
    if parts:
        content["sobol"] = records(parts.table)
    return as_json(content)
