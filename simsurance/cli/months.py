"""`simsurance months`: a year by months, the money in the bank, and the months that have been beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.compare import scenario_of
from simsurance.cli.options import (
    bom_option,
    command_line,
    language_option,
    notes_of,
    scenario_options,
    style_option,
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
    from simsurance.answers.actual_months import Warned
    from simsurance.answers.months import Months

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)


@click.command()
@click.argument("scenario")
@click.option("--year", type=int, required=True, help="The year, or the first one.")
@click.option("--years", "count", type=click.IntRange(1, 3), default=1, show_default=True, help="How many years.")
@click.option("--inputs", type=FILE, help="Your own inputs of the months, CSV, in place of the items that it names.")
@click.option(
    "--actual", type=FILE, help="Months that have been, CSV with fund,month,income,outgo: where the year ends."
)
@click.option("--fund", default="resident", show_default=True, help="Of which fund the months are printed.")
@scenario_options
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@style_option
@bom_option
@language_option("table, charts and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenario: str,
    year: int,
    count: int,
    inputs: Path | None,
    actual: Path | None,
    fund: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    out: Path,
    charts: bool,
    bom: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Spread a year of SCENARIO over its months: the money in the bank at each month's end, its least, what to borrow.

    Writes OUT/months-<name>/. Inputs are those of scenarios/months.csv; the months reconcile with the year.
    """
    base = scenario_of(scenario, fragments, settings)
    refuse(table_faults(base))
    folder = out / f"months-{base.name}"
    prepare(folder)
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.importing"))
        from simsurance.answers.actual_months import warned
        from simsurance.answers.month_inputs import month_inputs
        from simsurance.answers.months import months, require_fund
        from simsurance.output.save import save_months
        from simsurance.results import accounts_of

        given = None if inputs is None else month_inputs(inputs)
        tell_notes(notes_of(base, lang))
        line.say(said.label("progress.projecting"))
        (run,) = accounts_of([base])
        found = months(run, year, count, given)
        require_fund(found, fund)
        been = {} if actual is None else warned(found, actual)
        line.say(said.say("progress.writing", folder=folder))
        save_months(found, folder, been, charts, lang, command_line(), bom)
    tell(_json(found, been, folder) if as_json else _text(found, been, folder, fund, lang), nl=False)


def _text(found: "Months", been: "dict[str, Warned]", folder: Path, fund: str, lang: str) -> str:
    """The months of a fund, and what is told of them."""
    from simsurance.output.labels import words_of
    from simsurance.output.months_summary import fund_facts, fund_lines, month_rows

    of, said = found.funds[fund], words_of(found.run.scenario, lang)
    head = said.say("months.whole", **fund_facts(of, None, lang))
    lines = fund_lines(of, been.get(fund), lang)
    return "\n".join([head, *columns(month_rows(of, said)), "", *lines, "", folder.as_posix(), ""])


def _json(found: "Months", been: "dict[str, Warned]", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import MONTHS_SCHEMA, as_json, months_content, records

    content: dict[str, Any] = {
        "schema": MONTHS_SCHEMA,
        "ok": True,
        "scenario": found.run.scenario.name,
        **months_content(found, been),
        "folder": folder.as_posix(),
        "months": records(found.table),
        "reconciliation": records(found.reconciliation),
    }
    return as_json(content)
