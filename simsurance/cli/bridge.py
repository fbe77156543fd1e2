"""`simsurance bridge`: from one valuation to the next, what of the change comes from what."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.options import bom_option, command_line, in_its_currency, language_option, style_option
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import words
from simsurance.output.folder import prepare

if TYPE_CHECKING:
    from simsurance.answers.bridge import Bridge


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--measure", default="funded_until", show_default=True, help="What is told and drawn; or closing_2040.")
@click.option("--fund", default="resident", show_default=True, help="Of which fund.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@style_option
@bom_option
@language_option("table, charts and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    old: str, new: str, measure: str, fund: str, out: Path, charts: bool, bom: bool, lang: str, as_json: bool
) -> None:
    """Say why the answer of NEW is not that of OLD: date, data, experience, assumptions, policy, model.

    OLD and NEW are scenarios, folders that simsurance run has written, or years of valuation of the baseline with what was
    known then (a minute). Writes OUT/bridge-<old>-<new>/.
    """
    folder = out / f"bridge-{_slug(old)}-{_slug(new)}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.bridge import bridge
        from simsurance.output.save import save_bridge
        from simsurance.output.valuations import valuation_of

        line.say(said.label("progress.projecting"))
        found = bridge(valuation_of(old), new_one := valuation_of(new))
        in_its_currency(new_one.scenario)
        said = words(lang)
        found.require_fund(fund)
        found.table(fund, measure)  # a measure without a value is refused before anything is written
        line.say(said.say("progress.writing", folder=folder))
        save_bridge(found, folder, fund, measure, charts, lang, command_line(), bom)
    tell(_json(found, folder, fund, measure) if as_json else _text(found, folder, fund, measure, lang), nl=False)


def _slug(name: str) -> str:
    """A name as part of the folder's."""
    return Path(name).stem[:60] if name.endswith(".toml") else Path(name).name[:60]


def _text(found: "Bridge", folder: Path, fund: str, measure: str, lang: str) -> str:
    """The steps, and what stands in them."""
    from simsurance.output.bridge_summary import bridge_facts, bridge_lines, step_rows
    from simsurance.output.labels import words_of

    said = words_of(found.new.scenario, lang)
    change = said.say("bridge.change", **bridge_facts(found, fund, measure, lang)).replace("**", "")
    rows = columns(step_rows(found, fund, measure, said))
    return "\n".join([change, "", *rows, "", *bridge_lines(found, fund, measure, lang), folder.as_posix(), ""])


def _json(found: "Bridge", folder: Path, fund: str, measure: str) -> str:
    """The same for programs."""
    from simsurance.output.manifest import BRIDGE_SCHEMA, as_json, bridge_content, records

    content: dict[str, Any] = {
        "schema": BRIDGE_SCHEMA,
        "ok": True,
        **bridge_content(found),
        "folder": folder.as_posix(),
        "fund": fund,
        "measure": measure,
        "steps": records(found.table(fund, measure)),
    }
    return as_json(content)
