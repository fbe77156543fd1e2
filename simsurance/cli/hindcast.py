"""`simsurance hindcast`: the model's past years beside the published ones."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import click

from simsurance.cli.options import in_its_currency, language_option, scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import CNY, Words, words
from simsurance.output.labels import fund_label, label, unit
from simsurance.scenario_file.keys import REGISTER
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.own_fund import CALIBRATED

if TYPE_CHECKING:
    from simsurance.evidence.ex_ante import Forecast
    from simsurance.evidence.hindcast import Outturn
    from simsurance.scenario_file.loader import Scenario

OWN_DECIMALS: Final = 3
"""Of millions and billions in a fund of its own, which is a small part of the nation."""
HEADER: Final = ("year", "item", "unit", "model", "published", "error", "remarks")


@click.command()
@click.argument("scenario", default="baseline")
@click.option(
    "--from",
    "first",
    type=int,
    help="Year on whose 1 January to start; the last but one that was published if none is given.",
)
@click.option(
    "--ex-ante",
    is_flag=True,
    help="Errors with what was known at each opening, beside naive forecasts: stored of the baseline, found of your own fund.",
)
@scenario_options
@language_option("the tables")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scenario: str,
    first: int | None,
    ex_ante: bool,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    lang: str,
    as_json: bool,
) -> None:
    """Back-test: project SCENARIO from an earlier 1 January and print each year beside the published figures."""
    from simsurance.evidence.calibrated import overlay_of
    from simsurance.evidence.fit import FIRST_YEAR, fitted_years
    from simsurance.evidence.hindcast import hindcast, notes, openings, published_years, refuse_others
    from simsurance.evidence.published import own_series, series_file
    from simsurance.scenario_file.schema import FUND

    said = words(lang)
    if ex_ante and scenario == "baseline":
        if first or fragments or settings:
            raise click.UsageError(
                "--ex-ante prints the stored table of the baseline; leave other options out, or name your own fund"
            )
        _ex_ante(said, as_json)
        return
    if ex_ante:
        fund = in_its_currency(load(scenario, fragments, settings, overlay_of(scenario)))
        if fund.values.scope != FUND and not own_series(fund):
            raise click.UsageError(
                "--ex-ante prints the stored table of the baseline, or that of a fund with series of its own; "
                "leave the scenario out, or name your own fund"
            )
        _fund_ex_ante(fund, first, words(lang), as_json)
        return
    loaded = in_its_currency(load(scenario, fragments, settings))
    said = words(lang)
    refuse_others(loaded)
    opens, last = published_years(loaded)
    possible = openings(loaded) if own_series(loaded) else range(opens, last + 1)
    usual = max((year for year in possible if year < last), default=possible[0])
    found = hindcast(loaded, usual if first is None else first)
    known = {
        fund: {year: said.say(f"hindcast.notes.{note.name}", **vars(note)) for year, note in by_year.items()}
        for fund, by_year in notes(found, series_file(loaded)).items()
    }
    if as_json:
        listed = [{**vars(row), "error": row.error, "within_tolerance": row.within} for row in found]
        document = {"schema": "simsurance.hindcast/1", "ok": True, "results": listed, "notes": known}
        tell(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
        return
    decimals = OWN_DECIMALS if own_series(loaded) else 1
    for fund, rows in groupby(found, key=lambda row: row.fund):
        tell(_fund(fund, said))
        head = tuple(said.label(f"hindcast.{name}") for name in HEADER)
        tell("\n".join(columns([head, *(_cells(row, said, decimals) for row in rows)])))
        for year, text in known.get(fund, {}).items():
            tell(said.say("hindcast.note", year=year, text=text))
        tell("")
    if own_series(loaded):
        tell(said.say("hindcast.footer_own", first=possible[0], last=possible[-1], fitted=_fitted(loaded)))
        return
    tell(said.say("hindcast.footer", to=fitted_years("employee_active")[-2], first=FIRST_YEAR))


def _fitted(loaded: "Scenario") -> str:
    """What is fitted to the series: by a calibration that a fund lies upon, or as another country's scheme registers it."""
    rows = {path: row["source"] for path, row in loaded.leaves[REGISTER].items() if row.get("mark") == "fitted"}
    if loaded.currency != CNY:
        return ", ".join(f"{path} ({source})" for path, source in rows.items())
    return next(iter(rows.values()), "") if loaded.leaves[CALIBRATED] else ""


def _cells(row: "Outturn", said: Words, decimals: int = 1) -> tuple[str, ...]:
    """A published figure beside the model's, and what to know of it; persons and amounts of all with more `decimals`."""
    shown = unit(row.unit, said)
    digits = decimals if row.unit in ("persons", "yuan") else 1
    remarks = {"fitted": row.fitted, "over_tolerance": row.within is False, "small": row.small}
    return (
        str(row.year),
        _item(row.item, said),
        shown.name,
        f"{said.number(row.model / shown.size, digits):>10}",
        f"{said.number(row.published / shown.size, digits):>10}",
        f"{said.quantity('percent', row.error, 1):>8}",
        said.label("list.clauses").join(said.label(f"hindcast.{name}") for name, holds in remarks.items() if holds),
    )


def _fund(fund: str, said: Words) -> str:
    """The name of a fund, or of the employee scheme."""
    from simsurance.evidence.hindcast import EMPLOYEE_TOTAL

    return said.label("hindcast.employee_total") if fund == EMPLOYEE_TOTAL else fund_label(fund, said.lang)


def _item(item: str, said: Words) -> str:
    """The name of what is compared; published income contains interest."""
    from simsurance.evidence.hindcast import INCOME_WITH_INTEREST

    total = item == INCOME_WITH_INTEREST
    return said.label("hindcast.income_with_interest") if total else label("fund", item, said.lang)


def _fund_ex_ante(fund: "Scenario", first: int | None, said: Words, as_json: bool) -> None:
    """The errors of a fund's own openings, found anew: by item over groups of figures, and opening by opening."""
    from simsurance.evidence.fund_ex_ante import fund_ex_ante

    with progress() as line:
        line.say(said.label("progress.projecting"))
        found = fund_ex_ante(fund, first)
    if as_json:
        tell(_forecasts_json(found.rows, left_out=found.left_out, uncut=found.uncut))
        return
    tell(said.say("ex_ante.fund_head", name=fund.name, openings=found.openings, left_out=_spans(found.left_out, said)))
    straddling = [row for row in found.rows if row.straddles]
    others = [row for row in found.rows if not row.straddles]
    for name, rows in (("all", found.rows), *((("broken", straddling), ("unbroken", others)) if straddling else ())):
        if rows:
            tell("\n" + said.label(f"ex_ante.fund_groups.{name}"))
            _errors(rows, "", said)
    tell("\n" + said.label("ex_ante.by_opening"))
    _errors(found.rows, "opening", said)
    tell("\n" + said.say("ex_ante.fund_footer", uncut=found.uncut))
    tell(said.label("ex_ante.footer"))


def _spans(left_out: Mapping[int, str], said: Words) -> list[tuple[str, str]]:
    """Openings that were left out, those in a row for the same reason together."""
    runs = groupby(sorted(left_out.items()), key=lambda each: each[1])
    named = [(_why(why, said), [year for year, _ in run]) for why, run in runs]
    return [(f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}", why) for why, years in named]


def _why(reason: str, said: Words) -> str:
    """Why an opening was left out: by a word for it, or by what is wrong with its inputs."""
    key = f"ex_ante.left_out.{reason}"
    return said.label(key) if key in said.entries else said.say("ex_ante.left_out.unopened", why=reason)


def _forecasts_json(found: "Sequence[Forecast]", **beside: Any) -> str:
    """Forecasts with their errors as one JSON document."""
    listed = [
        {
            **{name: value for name, value in vars(row).items() if name != "breaks"},
            "error": {name: row.error(name) for name in row.forecasts},
        }
        for row in found
    ]
    document = {"schema": "simsurance.hindcast_ex_ante/1", "ok": True, "results": listed, **beside}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)


def _ex_ante(said: Words, as_json: bool) -> None:
    """The stored ex ante errors: by item over groups of openings, by years ahead, and opening by opening."""
    from simsurance.evidence.ex_ante import BREAKS, GROUPS, LEFT_OUT, OPENINGS, stored

    found = stored()
    if as_json:
        tell(_forecasts_json(found))
        return
    tell(said.say("ex_ante.head", first=OPENINGS[0], last=OPENINGS[-1]))
    for group, belongs in GROUPS.items():
        tell("\n" + said.say(f"ex_ante.groups.{group}", year=LEFT_OUT, breaks=BREAKS))
        _errors([row for row in found if belongs(row)], "", said)
    tell("\n" + said.label("ex_ante.by_horizon"))
    _errors(found, "horizon", said)
    tell("\n" + said.label("ex_ante.by_opening"))
    _errors(found, "opening", said)
    tell("\n" + said.label("ex_ante.footer"))


def _errors(found: Sequence["Forecast"], by: str, said: Words) -> None:
    """Mean absolute errors by item, and by an attribute of the forecasts if one is named."""
    from simsurance.evidence.ex_ante import COLUMNS, FORECASTS, mean_errors

    head = ("item", *([by] if by else []), "figures", *COLUMNS, "smallest")
    rows: list[tuple[str, ...]] = [tuple(said.label(f"ex_ante.{name}") for name in head)]
    for (fund, item), of_item in groupby(sorted(found, key=_place), key=lambda row: (row.fund, row.item)):
        every = sorted(of_item, key=lambda row: getattr(row, by or "horizon"))
        for value, same in groupby(every, key=lambda row: getattr(row, by) if by else ""):
            figures = list(same)
            errors = mean_errors(figures)
            best = min(FORECASTS, key=errors.__getitem__)
            name = said.label("list.clauses").join((_fund(fund, said), _item(item, said)))
            cells = (f"{said.quantity('percent', errors[each], 1):>7}" for each in COLUMNS)
            rows.append(
                (name, *([str(value)] if by else []), f"{len(figures):>3}", *cells, said.label(f"ex_ante.{best}"))
            )
    tell("\n".join(columns(rows)))


def _place(row: "Forecast") -> int:
    """Where an item stands in the tables."""
    from simsurance.evidence.ex_ante import ITEMS

    return [(item.fund, item.name) for item in ITEMS].index((row.fund, row.item))
