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
    from simsurance.answers.signs import Signs
    from simsurance.scenario_file.loader import Scenario
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
@click.option(
    "--signs",
    "concluded",
    metavar="CONCLUSION",
    help='Of two grids, also where a conclusion holds: "not depleted through 2045", or "beats OTHER" on --measure.',
)
@scenario_options
@many_runs_options("table")
def command(
    scenario: str,
    grids: tuple[str, ...],
    measure: str,
    fund: str,
    concluded: str | None,
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
        from simsurance.answers.signs import conclusion_of, other_named, require_two, signs
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
        conclusion = None
        if concluded is not None:
            require_two(points, concluded)
            named = other_named(concluded)
            other = None if named is None else _other(named, base, fragments, settings)
            conclusion = conclusion_of(concluded, measure, fund, central, other)
        parts = parts_of(folder, sweep_id(points, conclusion), lang)

        def told(done: int, of: int) -> None:
            line.say_share(said, done, of, "points")

        flips = None if conclusion is None else signs(points, conclusion, central, processors(jobs), parts, told)
        found = flips.sweep if flips else sweep(points, central, processors(jobs), parts, told)
        line.say(said.say("progress.writing", folder=folder))
        save_sweep(found, folder, fund, measure, charts, lang, command_line(), bom, flips)
        discard_parts(parts)
    tell(_json(found, folder, flips) if as_json else _text(found, folder, fund, measure, lang, flips), nl=False)


def _other(name: str, base: "Scenario", fragments: tuple[str, ...], settings: tuple[str, ...]) -> "Scenario":
    """A scenario by name or path, with what is laid upon the first; or an option laid upon the first."""
    from simsurance.scenario_file.files import find

    if isinstance(find(name, None, fragments=True), Path) and isinstance(find(name, None), str):
        return base.with_fragment(name)
    return scenario_of(name, fragments, settings)


def _text(found: "Sweep", folder: Path, fund: str, measure: str, lang: str, flips: "Signs | None" = None) -> str:
    """The measure at every point, where the table can be read; where a conclusion flips."""
    from simsurance.output.labels import fund_label, words_of
    from simsurance.output.signs_words import signs_lines
    from simsurance.output.sweep_summary import MOST_ROWS, measure_words, point_rows

    said = words_of(found.scenario, lang)
    rows = point_rows(found, fund, measure, said)
    told = [] if len(rows) > MOST_ROWS else [*columns(rows), ""]
    head = said.say("sweep.shown", whose=fund_label(fund, lang), what=measure_words(measure, fund, said))
    refused = int(found.refused.sum())
    note = [said.say("sweep.refused", refused=refused)] if refused else []
    note += [said.say("sweep.idle", key=grid.key) for grid in found.points.grids if not found.moves(grid)]
    signs = [line.replace("`", "") for line in signs_lines(flips, lang)] if flips else []
    return "\n".join([head, "", *told, *signs, *note, folder.as_posix(), ""])


def _json(found: "Sweep", folder: Path, flips: "Signs | None" = None) -> str:
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
    if flips:
        content["signs"] = {"conclusion": flips.conclusion.text, "points": records(flips.table)}
    return as_json(content)
