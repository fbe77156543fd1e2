"""`simsurance page`: one offline page with sliders, for a meeting."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import command_line, jobs_option, language_option, notes_of, scenario_options, tell_notes
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.answers.page import Page


@click.command()
@click.argument("scenario")
@click.option(
    "--levers",
    "levers",
    multiple=True,
    metavar="NAMES",
    help="Levers by name or as KEY=FROM:TO, joined by commas, six at most: contribution_share, subsidy_share, cost_growth, "
    "income_growth, payment_ratio, late_retirement if not given.",
)
@click.option(
    "--from", "start", type=int, help="First year that levers move; the first that can still be changed if not given."
)
@click.option(
    "--draws", type=click.IntRange(0, 4096), default=128, show_default=True, help="Draws of fans and chances; 0: none."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@scenario_options
@jobs_option("runs")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@language_option("the page")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of lines.")
def command(
    scenario: str,
    levers: tuple[str, ...],
    start: int | None,
    draws: int,
    seed: int,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    out: Path,
    lang: str,
    as_json: bool,
) -> None:
    """Make a page of SCENARIO on which sliders move its levers: OUT/page-<scenario>/page.html.

    The page needs neither network nor simsurance. It does not run the engine: its error against runs that it has not seen is
    printed on it, and a lever moves less where the error would be too large.
    """
    asked = [name for names in levers for name in names.split(",")]
    made(scenario, asked, start, draws, seed, fragments, settings, jobs, out, lang, as_json)


def made(
    scenario: str,
    levers: list[str],
    start: int | None,
    draws: int,
    seed: int,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    out: Path,
    lang: str,
    as_json: bool,
    checks: int | None = None,
    checks_on_draws: int | None = None,
) -> None:
    """Make a page, write it and tell of it; fewer checks than a page has where that is asked for."""
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"page-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers import surrogate, surrogate_draws
        from simsurance.answers.page import page
        from simsurance.answers.sliders import sliders_of
        from simsurance.output.save import save_page
        from simsurance.processes import cores
        from simsurance.uncertainty.engines import chosen
        from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible

        sliders = sliders_of(base, levers, start)
        tell_notes(notes_of(base, lang))
        sample = Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0]) if draws else None
        found = page(
            sliders,
            sample,
            chosen(None, draws * (1 + 2 * len(sliders.each)), [base]),
            jobs or cores(),
            surrogate.CHECKS if checks is None else checks,
            surrogate_draws.CHECKS if checks_on_draws is None else checks_on_draws,
            lambda what, done, of: line.say_share(said, done, of, what),
        )
        line.say(said.say("progress.writing", folder=folder))
        save_page(found, folder, lang, command_line())
    tell(_json(found, folder) if as_json else _text(found, folder, lang), nl=False)


def _text(found: "Page", folder: Path, lang: str) -> str:
    """What the page's error is, and where it stands."""
    from simsurance.output.meeting_page import PAGE, error_lines

    return "\n".join([*error_lines(found, lang), "", (folder / PAGE).as_posix(), ""])


def _json(found: "Page", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import PAGE_SCHEMA, as_json, page_content

    content = {
        "schema": PAGE_SCHEMA,
        "ok": True,
        "scenario": found.central.scenario.name,
        "years": [found.central.years[0], found.central.years[-1]],
        **page_content(found),
        "folder": folder.as_posix(),
    }
    return as_json(content)
