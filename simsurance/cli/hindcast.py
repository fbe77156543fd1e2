"""`simsurance hindcast`: the model's past years beside the published ones."""

import json
from itertools import groupby

import click

from simsurance.axes import FUND
from simsurance.cli.options import scenario_options
from simsurance.scenario_file.loader import load

LABELS = dict(zip(FUND.members, FUND.labels, strict=True)) | {"employee_total": "employee scheme, pool and accounts"}
FOOTER = """fitted: an input of the baseline is set so that the model, valued on 1 January of the year, meets the figure (active
members to {to}: valued in {first}); what is left of its error comes from the persons insured or from the funds at hand.
What is not marked is a check, with cost growth, prices and standards as they turned out."""
SCALES = {"persons": (1e6, "million persons"), "yuan": (1e9, "CNY billion"), "yuan a head": (1.0, "CNY a head")}


@click.command()
@click.argument("scenario", default="baseline")
@click.option(
    "--from",
    "first",
    type=int,
    help="Year on whose 1 January to start; the last but one that was published if none is given.",
)
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scenario: str, first: int | None, fragments: tuple[str, ...], settings: tuple[str, ...], as_json: bool
) -> None:
    """Project SCENARIO from an earlier 1 January and print each year beside the published figures."""
    from simsurance.evidence.fit import FIRST_YEAR, TWO_YEARS, fitted_years
    from simsurance.evidence.hindcast import hindcast, notes

    found = hindcast(load(scenario, fragments, settings), TWO_YEARS[0] if first is None else first)
    known = notes(found)
    if as_json:
        listed = [{**vars(row), "error": row.error, "within_tolerance": row.within} for row in found]
        document = {"schema": "simsurance.hindcast/1", "ok": True, "results": listed, "notes": known}
        click.echo(json.dumps(document, allow_nan=False, indent=2))
        return
    for fund, rows in groupby(found, key=lambda row: row.fund):
        click.echo(f"{LABELS[fund]}\n{'year':6}{'item':32}{'unit':18}{'model':>10}{'published':>12}{'error':>9}")
        for row in rows:
            scale, unit = SCALES[row.unit]
            remarks = [
                *(["fitted"] if row.fitted else []),
                *(["over tolerance"] if row.within is False else []),
                *(["a small difference of two levels"] if row.small else []),
            ]
            told = f"  {', '.join(remarks)}" if remarks else ""
            click.echo(
                f"{row.year:<6}{row.item:32}{unit:18}{row.model / scale:10,.1f}{row.published / scale:12,.1f}"
                f"{row.error:9.1%}{told}"
            )
        for year, text in known.get(fund, {}).items():
            click.echo(f"{year}: {text}.")
        click.echo("")
    click.echo(FOOTER.format(to=fitted_years("employee_active")[-2], first=FIRST_YEAR))
