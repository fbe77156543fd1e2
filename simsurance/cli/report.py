"""`simsurance report`: papers for the meeting, of scenarios or of results on disk."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simsurance.cli.compare import folder_name, scenario_of
from simsurance.cli.options import (
    command_line,
    language_option,
    money_option,
    notes_of,
    scenario_options,
    style_option,
    tell_notes,
)
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.cli.validate import table_faults
from simsurance.language import words
from simsurance.output.folder import prepare, read_manifest
from simsurance.scenario_file.faults import refuse

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario


@click.command()
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option(
    "--format",
    "formats",
    default="html",
    show_default=True,
    metavar="NAMES",
    help="html, docx, pptx, xlsx, joined by commas, or all.",
)
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    metavar="FILE.docx",
    help="A Word document of your office, whose styles and page the report takes.",
)
@scenario_options
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@style_option
@money_option
@language_option("all files")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the files' names.")
def command(
    scenarios: tuple[str, ...],
    formats: str,
    template: Path | None,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    out: Path,
    lang: str,
    as_json: bool,
) -> None:
    """Write a report to OUT/report-<names>/: a page, a Word document, slides, an audit workbook of each scenario.

    SCENARIO is a name or a .toml file, which is projected, or the folder of a run, OUT/<scenario>, whose results are taken as
    they stand there. Several stand side by side, the first is the base.
    """
    given = [_given(name, fragments, settings) for name in scenarios]
    fresh = [each for each in given if not isinstance(each, Path)]
    refuse(fault for scenario in fresh for fault in table_faults(scenario))
    names = [each.name for each in given]
    folder = out / folder_name("report", names)
    prepare(folder)
    with progress() as line:
        line.say(words(lang).label("progress.importing"))
        from simsurance.output.report.files import Order, chosen_formats, require_possible, save_report

        order = Order(chosen_formats(formats), lang, template, command_line())
        require_possible(order)
    tell_notes(dict.fromkeys(note for scenario in fresh for note in notes_of(scenario, lang, single=True)))
    with progress() as line:
        files = save_report(
            given, folder, order, lambda name: line.say(words(lang).say("progress.reported", name=name))
        )
    places = [f"{folder.as_posix()}/{name}" for name in files]
    tell(_json(folder, files) if as_json else "\n".join([*places, ""]), nl=False)


def _given(name: str, fragments: tuple[str, ...], settings: tuple[str, ...]) -> "Scenario | Path":
    """The folder of a run, or a scenario; what is laid upon scenarios cannot be laid upon results."""
    path = Path(name)
    if not path.is_dir():
        return scenario_of(name, fragments, settings)
    if fragments or settings:
        raise click.UsageError(f"--with, --set: act on scenarios; {name} holds results as they are")
    return path.resolve() if path.name in ("", "..") else path


def _json(folder: Path, files: list[str]) -> str:
    """What was written, for programs."""
    from simsurance.output.manifest import REPORT_SCHEMA, as_json

    written = read_manifest(folder) or {}
    kept = {key: written[key] for key in ("lang", "formats", "runs", "outputs")}
    return as_json({"schema": REPORT_SCHEMA, "ok": True, "folder": folder.as_posix(), "files": files, **kept})
