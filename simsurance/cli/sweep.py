"""`simsurance sweep`: a scenario over a grid of values of its keys."""

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
    from simsurance.uncertainty.sweep import Sweep


@click.command()
@click.argument("scenario")
@click.option(
    "--grid",
    "grids",
    multiple=True,
    metavar="KEY=FROM:TO:N",
    help="N values of a key, from one to another, in all years from the valuation year on. One gives a line, two a map.",
)
@click.option("--measure", default="depletion_year", show_default=True, help="What chart and table show.")
@click.option("--fund", default="resident", show_default=True, help="Of which fund.")
@scenario_options
@many_runs_options("table")
def command(
    scenario: str,
    grids: tuple[str, ...],
    measure: str,
    fund: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Project SCENARIO at every point of one or more grids of values.

    Writes OUT/sweep-<name>/: sweep.csv has every fund and measure. A schedule keeps what stands before the valuation year and
    has the value of the point from there on. Interrupted, the same command goes on from the points that are done.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"sweep-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.output.manifest import sweep_id
        from simsurance.output.save import save_sweep
        from simsurance.results import simulate
        from simsurance.uncertainty.chunks import discard_parts
        from simsurance.uncertainty.sweep import grid_of, points_of, require_chart, require_measure, sweep

        points = points_of(base, [grid_of(text) for text in grids])
        if charts:
            require_chart(points)
        (central,) = simulate([base])
        require_measure(central, fund, measure)
        tell_notes(notes_of(base, lang))
        parts = parts_of(folder, sweep_id(points), lang)
        found = sweep(
            points,
            central,
            processors(jobs),
            parts,
            lambda done, of: line.say_share(said, done, of, "points"),
        )
        line.say(said.say("progress.writing", folder=folder))
        save_sweep(found, folder, fund, measure, charts, lang, command_line(), bom)
        discard_parts(parts)
    tell(_json(found, folder) if as_json else _text(found, folder, fund, measure, lang), nl=False)


def _text(found: "Sweep", folder: Path, fund: str, measure: str, lang: str) -> str:
    """The measure at every point, where the table can be read."""
    from simsurance.output.labels import fund_label, words_of
    from simsurance.output.sweep_summary import MOST_ROWS, measure_words, point_rows

    said = words_of(found.scenario, lang)
    rows = point_rows(found, fund, measure, said)
    told = [] if len(rows) > MOST_ROWS else [*columns(rows), ""]
    head = said.say("sweep.shown", whose=fund_label(fund, lang), what=measure_words(measure, fund, said))
    refused = int(found.refused.sum())
    note = [said.say("sweep.refused", refused=refused)] if refused else []
    note += [said.say("sweep.idle", key=grid.key) for grid in found.points.grids if not found.moves(grid)]
    return "\n".join([head, "", *told, *note, folder.as_posix(), ""])


def _json(found: "Sweep", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import SWEEP_SCHEMA, as_json, records

    content: dict[str, Any] = {
        "schema": SWEEP_SCHEMA,
        "ok": True,
        "scenario": found.scenario.name,
        "years": [found.years[0], found.years[-1]],
        "grids": [{**vars(grid), "own": found.base(grid)} for grid in found.points.grids],
        "not_possible": int(found.refused.sum()),
        "folder": folder.as_posix(),
        "points": records(found.table),
    }
    return as_json(content)
