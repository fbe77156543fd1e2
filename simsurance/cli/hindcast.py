"""`simsurance hindcast`: the model's past years beside the published ones."""

import json
from itertools import groupby
from typing import TYPE_CHECKING, Final

import click

from simsurance.cli.options import language_option, scenario_options
from simsurance.cli.show import columns
from simsurance.language import Words, words
from simsurance.output.labels import fund_label, label, unit
from simsurance.scenario_file.loader import load

if TYPE_CHECKING:
    from simsurance.evidence.hindcast import Outturn

HEADER: Final = ("year", "item", "unit", "model", "published", "error", "remarks")


@click.command()
@click.argument("scenario", default="baseline")
@click.option(
    "--from",
    "first",
    type=int,
    help="Year on whose 1 January to start; the last but one that was published if none is given.",
)
@scenario_options
@language_option("the tables")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scenario: str, first: int | None, fragments: tuple[str, ...], settings: tuple[str, ...], lang: str, as_json: bool
) -> None:
    """Back-test: project SCENARIO from an earlier 1 January and print each year beside the published figures."""
    from simsurance.evidence.fit import FIRST_YEAR, TWO_YEARS, fitted_years
    from simsurance.evidence.hindcast import EMPLOYEE_TOTAL, hindcast, notes

    said = words(lang)
    found = hindcast(load(scenario, fragments, settings), TWO_YEARS[0] if first is None else first)
    known = {
        fund: {year: said.say(f"hindcast.notes.{name}") for year, name in by_year.items()}
        for fund, by_year in notes(found).items()
    }
    if as_json:
        listed = [{**vars(row), "error": row.error, "within_tolerance": row.within} for row in found]
        document = {"schema": "simsurance.hindcast/1", "ok": True, "results": listed, "notes": known}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
        return
    for fund, rows in groupby(found, key=lambda row: row.fund):
        click.echo(said.label("hindcast.employee_total") if fund == EMPLOYEE_TOTAL else fund_label(fund, lang))
        head = tuple(said.label(f"hindcast.{name}") for name in HEADER)
        click.echo("\n".join(columns([head, *(_cells(row, said) for row in rows)])))
        for year, text in known.get(fund, {}).items():
            click.echo(said.say("hindcast.note", year=year, text=text))
        click.echo("")
    click.echo(said.say("hindcast.footer", to=fitted_years("employee_active")[-2], first=FIRST_YEAR))


def _cells(row: "Outturn", said: Words) -> tuple[str, ...]:
    """A published figure beside the model's, and what to know of it."""
    from simsurance.evidence.hindcast import INCOME_WITH_INTEREST

    shown, total = unit(row.unit, said), row.item == INCOME_WITH_INTEREST
    remarks = {"fitted": row.fitted, "over_tolerance": row.within is False, "small": row.small}
    return (
        str(row.year),
        said.label("hindcast.income_with_interest") if total else label("fund", row.item, said.lang),
        shown.name,
        f"{said.number(row.model / shown.size, 1):>10}",
        f"{said.number(row.published / shown.size, 1):>10}",
        f"{said.quantity('percent', row.error, 1):>8}",
        said.label("list.clauses").join(said.label(f"hindcast.{name}") for name, holds in remarks.items() if holds),
    )
