"""`simsurance attribute`: what each part of a package, or of the difference between two scenarios, does."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import (
    command_line,
    entries_option,
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
    from simsurance.answers.attribute import Attribution


@click.command()
@click.argument("scenario")
@click.argument("other", required=False)
@click.option(
    "--option",
    "package",
    multiple=True,
    metavar="NAMES",
    help="Parts that are options laid upon SCENARIO: names or .toml files, joined by commas. May be repeated.",
)
@click.option(
    "--part",
    "named",
    multiple=True,
    metavar="NAME=KEYS",
    help="Keys, joined by commas, that make one part of the difference to OTHER; the rest goes by table of keys.",
)
@click.option("--measure", default="years_funded", show_default=True, help="What is told and drawn.")
@click.option("--fund", default="resident", show_default=True, help="Of which fund.")
@click.option(
    "--orders", type=click.IntRange(4, 100_000), default=64, show_default=True, help="Orders drawn, for many parts."
)
@scenario_options
@entries_option
@many_runs_options("table")
def command(
    scenario: str,
    other: str | None,
    package: tuple[str, ...],
    named: tuple[str, ...],
    measure: str,
    fund: str,
    orders: int,
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
    """Say what each part of a change does: options laid upon SCENARIO, or what OTHER sets otherwise.

    Effects hang on no order (Shapley values) and add up to the change. Writes OUT/attribute-<name>/. --with and --set hold
    for SCENARIO and OTHER.
    """
    if bool(other) == bool(package):
        raise click.UsageError("give another scenario, or --option NAMES; one of the two")
    if named and not other:
        raise click.UsageError("--part: groups keys of the difference to another scenario; name one")
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"attribute-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.attribute import attribute, differences, named_keys, options_of
        from simsurance.output.manifest import attribution_id
        from simsurance.output.save import save_attribution
        from simsurance.results import simulate
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.sweep import require_measure

        if other:
            parts = differences(base, scenario_of(other, fragments, settings), named_keys(named))
        else:
            parts = options_of([name for names in package for name in names.split(",")], base)
        (central,) = simulate([base])
        require_measure(central, fund, measure)
        tell_notes(notes_of(base, lang))
        kept = parts_of(folder, attribution_id(base, parts, entries, orders), lang)
        found = attribute(
            base,
            parts,
            entries,
            orders,
            processors(jobs),
            kept,
            lambda done, of: line.say_share(said, done, of, "points"),
            central,
        )
        line.say(said.say("progress.writing", folder=folder))
        save_attribution(found, folder, fund, measure, charts, lang, command_line(), bom)
        discard_parts(kept)
    tell(_json(found, folder) if as_json else _text(found, folder, fund, measure, lang), nl=False)


def _text(found: "Attribution", folder: Path, fund: str, measure: str, lang: str) -> str:
    """The effects, and what they are of."""
    from simsurance.output.attribution_summary import attribution_lines, effect_rows
    from simsurance.output.labels import words_of

    rows = effect_rows(found, fund, measure, words_of(found.central.scenario, lang))
    change, *rest = attribution_lines(found, fund, measure, lang)
    return "\n".join([change.replace("**", ""), "", *columns(rows), "", *rest, folder.as_posix(), ""])


def _json(found: "Attribution", folder: Path) -> str:
    """The same for programs: effects on every measure."""
    from simsurance.output.manifest import ATTRIBUTION_SCHEMA, as_json, attribution_content, records

    content: dict[str, Any] = {
        "schema": ATTRIBUTION_SCHEMA,
        "ok": True,
        "scenario": found.central.scenario.name,
        "years": [found.central.years[0], found.central.years[-1]],
        **attribution_content(found),
        "folder": folder.as_posix(),
        "effects": records(found.table),
    }
    return as_json(content)
