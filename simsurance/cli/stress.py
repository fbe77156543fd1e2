"""`simsurance stress`: the most plausible joint shock that depletes a fund by a year, or saves it."""

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
    from simsurance.answers.stress import Stress


@click.command()
@click.argument("scenario")
@click.option(
    "--by", type=int, required=True, metavar="YEAR", help="The fund is depleted at the end of this year, or before."
)
@click.option("--fund", default="resident", show_default=True, help="Which fund.")
@scenario_options
@many_runs_options("table")
def command(
    scenario: str,
    by: int,
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
    """Find the most plausible joint shock to all unknowns of SCENARIO that depletes a fund by a year.

    The nearest to their medians, by Mahalanobis' distance; where the fund is depleted by then anyway, the nearest that saves
    it. Writes OUT/stress-<name>/: the shock by unknown, a chart and a summary.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"stress-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.stress import require_by, stress
        from simsurance.output.manifest import stress_id
        from simsurance.output.save import save_stress
        from simsurance.uncertainty.chunks import discard_parts

        require_by(base, by)
        tell_notes(notes_of(base, lang))
        parts = parts_of(folder, stress_id(base, by, fund), lang)
        found = stress(
            base, by, fund, processors(jobs), parts, lambda done, of: line.say_share(said, done, of, "points")
        )
        line.say(said.say("progress.writing", folder=folder))
        save_stress(found, folder, charts, lang, command_line(), bom)
        discard_parts(parts)
    tell(_json(found, folder) if as_json else _text(found, folder, lang), nl=False)


def _text(found: "Stress", folder: Path, lang: str) -> str:
    """The shock, and what it says."""
    from simsurance.output.labels import words_of
    from simsurance.output.stress_summary import shock_rows, stress_lines

    before, after = stress_lines(found, lang)
    table = columns(shock_rows(found, words_of(found.scenario, lang))) if found.found.reached else []
    lines = [*before, "", *table, "", *after] if table else before
    return "\n".join([*lines, "", folder.as_posix(), ""])


def _json(found: "Stress", folder: Path) -> str:
    """The same for programs, with every unknown."""
    from simsurance.output.manifest import STRESS_SCHEMA, as_json, records, stress_content

    content: dict[str, Any] = {
        "schema": STRESS_SCHEMA,
        "ok": True,
        "scenario": found.scenario.name,
        "years": [found.central.years[0], found.central.years[-1]],
        **stress_content(found),
        "folder": folder.as_posix(),
        "shock": records(found.table),
    }
    return as_json(content)
