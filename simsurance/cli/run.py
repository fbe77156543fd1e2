"""`simsurance run`: project scenarios and write tables, charts and a summary of each."""

import gc
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.options import (
    as_of_option,
    bom_option,
    command_line,
    extent_options,
    in_its_currency,
    jobs_option,
    language_option,
    money_option,
    notes_of,
    range_option,
    scenario_options,
    strict_option,
    style_option,
    tell_notes,
    tell_undrawn,
)
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.errors import SimsuranceError
from simsurance.language import told_in, words
from simsurance.output.look import Look, current, looked

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.output.planned import Extent
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

SELDOM = 20_000
"""Objects made until Python looks for those that hold each other alone: charts are many, and short-lived."""
COLUMNS = ("scenario", "fund", "first_deficit", "depletion", "months", "required")


Row = tuple[tuple[str, ...], list[str]]
"""Cells of a row of the table, and the lines below it."""


@dataclass(frozen=True)
class Told:
    """What is kept of a run that has been written: rows of the table, what is told of it, its report and where it stands."""

    rows: list[Row]
    told: list[str]
    report: dict[str, Any]
    written: str


@dataclass(frozen=True)
class Order:
    """What is asked of every scenario, and where each is written."""

    scenarios: "Sequence[Scenario]"
    folders: Sequence[Path]
    extent: "Extent"
    charts: bool
    ranged: bool
    bom: bool
    lang: str
    as_json: bool
    command: str
    in_two: bool
    """Whether a run's charts are drawn by two processes beside this one."""
    look: Look
    scales: Mapping[str, Mapping[str, float]]
    """How far the axes of charts reach for all scenarios of a currency, by currency; none where each has its own."""


def _settings(context: click.Context, parameter: click.Parameter, given: str | None) -> tuple[str, ...]:
    """`A:B` as settings of the horizon; either side may be empty."""
    if given is None:
        return ()
    found = re.fullmatch(r"(\d{4})?:(\d{4})?", given)
    if not found or given == ":":
        raise click.BadParameter(f"{given} is not a span of years; write 2026:2050, :2050 or 2019:")
    keys = ("horizon.valuation_year", "horizon.last_year")
    return tuple(f"{key}={year}" for key, year in zip(keys, found.groups(), strict=True) if year)


@click.command()
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Run every shipped scenario.")
@scenario_options
@click.option(
    "--years",
    metavar="A:B",
    callback=_settings,
    help="Open on 1 January of A and end with B; either may be left out.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@style_option
@money_option
@click.option(
    "--own-scale",
    is_flag=True,
    help="Draw each named scenario's charts on axes of their own, as with --all, not on common ones.",
)
@as_of_option
@range_option
@extent_options
@bom_option
@language_option("table, charts and summary")
@jobs_option("scenarios and charts")
@click.option("--dry-run", is_flag=True, help="Check, and say what would be written. Nothing is computed or written.")
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenarios: tuple[str, ...],
    every: bool,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    years: tuple[str, ...],
    as_of: tuple[str, ...],
    out: Path,
    charts: bool,
    own_scale: bool,
    ranged: bool,
    formats: tuple[str, ...] | None,
    tables: tuple[str, ...] | None,
    bom: bool,
    lang: str,
    jobs: int | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Project scenarios, given by name or as .toml files, and write a folder for each: OUT/<scenario>/.

    Of one scenario everything is written; of several, charts as PNG alone and no ages.csv, if --formats or --tables do not say
    otherwise. A fund that is depleted is a result, not an error: the exit code is 0.
    """
    from simsurance.cli.validate import table_faults
    from simsurance.output.folder import prepare, refuse_foreign
    from simsurance.output.planned import MANY, Extent
    from simsurance.processes import cores, spread
    from simsurance.scenario_file.faults import refuse
    from simsurance.scenario_file.files import shipped
    from simsurance.scenario_file.loader import load

    if not scenarios and not every:
        raise click.UsageError("name a scenario, or give --all; shipped are " + ", ".join(shipped()))
    named = dict.fromkeys((*scenarios, *(shipped() if every else ())))
    chosen = [load(name, fragments, (*years, *as_of, *settings)) for name in named]
    if len({scenario.currency for scenario in chosen}) == 1:
        in_its_currency(chosen[0])
    refuse(fault for scenario in chosen for fault in table_faults(scenario))
    folders = _folders(chosen, out, refuse_foreign if dry_run else prepare)
    tell_notes((line for scenario in chosen for line in notes_of(scenario, lang, single=True)), strict)
    usual = MANY if len(chosen) > 1 else Extent()
    extent = Extent(formats or usual.formats, tables or usual.tables)
    if dry_run:
        plans = (_plan(*each, extent, charts, ranged) for each in zip(chosen, folders, strict=True))
        _tell(list(plans), as_json)
        return
    in_two = len(chosen) == 1 and (jobs or cores()) > 1
    runs: dict[int, Told] = {}
    with progress() as line:
        line.say(words(lang).label("progress.importing"))
        scales = _scales(chosen) if charts and not (own_scale or every) and len(chosen) > 1 else {}
        told_with = (charts, ranged, bom, lang, as_json, command_line(), in_two, current(), scales)
        order = Order(chosen, folders, extent, *told_with)
        for place, made in spread(_written_whole, order, range(len(chosen)), jobs or cores()):
            runs[place] = made
            at = {"place": len(runs), "all": len(chosen), "name": chosen[place].name}
            line.say(words(lang).say("progress.run", **at))
    told = [runs[place] for place in sorted(runs)]
    for note in (note for run in told for note in run.told):
        tell(note, err=True)
    if charts:
        from simsurance.output.labels import scenario_title

        tell_undrawn((scenario_title(scenario, lang) for scenario in chosen), lang)
    if as_json:
        _tell([run.report for run in told], as_json)
    else:
        table = _table([row for run in told for row in run.rows], lang)
        opened = words(lang).say("run.open", files=_to_open(extent, charts), several=len(chosen) > 1)
        tell("\n".join([*table, "", *(run.written for run in told), opened]))


def _written_whole(order: Order, place: int) -> Told:
    """Project a scenario with its twins and write its folder; what is told of it."""
    gc.set_threshold(SELDOM)
    with told_in(order.scenarios[place].currency), looked(order.look):
        return _written_of(order, place)


def _scales(scenarios: Sequence["Scenario"]) -> dict[str, dict[str, float]]:
    """How far the axes of charts have to reach for all scenarios in a currency, by currency."""
    from simsurance.output.charts.scales import scale_of
    from simsurance.results import simulate

    together: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        together.setdefault(scenario.currency, []).append(scenario)
    return {currency: scale_of(simulate(same)) for currency, same in together.items() if len(same) > 1}


def _written_of(order: Order, place: int) -> Told:
    """The same, in the words of the scenario's currency."""
    from simsurance.analysis.single_changes import single_changes
    from simsurance.analysis.twins import beside_twins, twins
    from simsurance.output.easel import Easel
    from simsurance.output.save import save
    from simsurance.results import simulate

    scenario, folder, lang = order.scenarios[place], order.folders[place], order.lang
    scale = order.scales.get(scenario.currency, {})
    easel = Easel(lang, order.extent.formats, order.ranged) if order.charts and order.in_two else None
    if easel:
        (result,) = simulate([scenario])
        easel.show(result)
        beside = twins(result)
    else:
        beside = beside_twins(scenario)
        result = beside.full
    ranges = single_changes(result) if order.ranged else None
    if easel and ranges:
        easel.tell(ranges)
    save(beside, folder, order.charts, lang, order.command, ranges, order.bom, order.extent, easel, scale)
    return Told(
        _rows(result, ranges, lang),
        [*_pinned(result, lang), *_implausible(result, lang)],
        _report(result, folder, ranges) if order.as_json else {},
        _written(result, folder, lang),
    )


def _to_open(extent: "Extent", charts: bool) -> list[str]:
    """The three files of a folder to open first."""
    picture = f"charts/reserve_months.{extent.formats[0]}" if charts else "scenario.toml"
    return ["summary.md", picture, "fund.csv" if "fund" in extent.tables else "codebook.csv"]


def _folders(scenarios: Sequence["Scenario"], out: Path, look_at: Callable[[Path], None]) -> list[Path]:
    """Each scenario's folder; raises SimsuranceError if two would be the same or one is not ours to replace."""
    names = [scenario.name.casefold() for scenario in scenarios]
    if twice := [scenario.name for scenario in scenarios if names.count(scenario.name.casefold()) > 1]:
        raise SimsuranceError(f"{out / twice[0]}: two scenarios would write here; rename one of their files")
    folders = [out / scenario.name for scenario in scenarios]
    for folder in folders:
        look_at(folder)
    return folders


def _plan(scenario: "Scenario", folder: Path, extent: "Extent", charts: bool, ranged: bool) -> dict[str, Any]:
    """What a run would write."""
    from simsurance.output.planned import file_names, run_id

    horizon = scenario.values.horizon
    return {
        "scenario": scenario.name,
        "run_id": run_id(scenario),
        "years": [horizon.valuation_year, horizon.last_year],
        "folder": folder.as_posix(),
        "files": file_names(scenario, charts, ranged, extent),
    }


def _report(result: "RunResult", folder: Path, ranges: "SingleChanges | None") -> dict[str, Any]:
    """What a run found and wrote, for programs."""
    from simsurance.output.folder import read_manifest
    from simsurance.output.manifest import plain, records
    from simsurance.output.measured import outlooks
    from simsurance.output.ranges import range_record

    written = read_manifest(folder) or {}
    told = ("scenario", "run_id", "years", "carried", "pinned", "checks", "left_out", "outputs")
    measures = {row.pop("measure"): row for row in records(result.measures)}
    funds = [{name: plain(value) for name, value in vars(found).items()} for found in outlooks(result)]
    if ranges:
        for of_fund in funds:
            of_fund["depletion_range"] = range_record(ranges.funds[of_fund["fund"]])
    of_a_fund = (key for key in ("register", "rests_on", "tables_of_the_nation") if key in written)
    kept = (*told, *of_a_fund)
    beside = {} if result.bonds is None else {"bonds": records(result.bonds)}
    found = {**{key: written[key] for key in kept}, "folder": folder.as_posix(), "funds": funds, "measures": measures}
    return found | beside


def _tell(runs: list[dict[str, Any]], as_json: bool) -> None:
    """Runs as one JSON document, or the plans of a dry run in lines."""
    if as_json:
        from simsurance.output.manifest import SCHEMA
        from simsurance.output.manifest import as_json as json_text

        tell(json_text({"schema": SCHEMA, "ok": True, "runs": runs}), nl=False)
        return
    for plan in runs:
        first, last = plan["years"]
        tell(f"{plan['scenario']}, {first} → {last}: {plan['run_id']}")
        tell("\n".join(f"  {plan['folder']}/{name}" for name in plan["files"]))


def _rows(result: "RunResult", ranges: "SingleChanges | None", lang: str) -> list[Row]:
    """A row for each fund, with what its balance covers at both ends of the projection.

    Below it what is known of the ranges of its depletion year and of what is required.
    """
    from simsurance.output.card import required
    from simsurance.output.measured import outlooks
    from simsurance.output.ranges import told_ranges
    from simsurance.output.stored_draws import required_words

    said, rows = words(lang), list[Row]()
    for found in outlooks(result):
        dated = (found.first_deficit_year, found.depletion_year)
        years = (said.label("run.never") if year is None else str(year) for year in dated)
        months = " → ".join(said.say("run.cover", months=each) for each in found.reserve_months)
        fund = said.label(f"run.name.{found.fund}")
        cells = (result.scenario.name, fund, *years, months, required(found, result, lang))
        drawn = required_words(result.scenario, found.fund, lang)
        rows.append((cells, [*told_ranges(result, ranges, found.fund, lang), *filter(None, [drawn])]))
    return rows


def _table(rows: Sequence[Row], lang: str) -> list[str]:
    """The table on standard output: the rows of all runs under their heads."""
    from simsurance.cli.show import columns, width

    cells = [tuple(words(lang).label(f"run.{name}") for name in COLUMNS), *(row for row, _ in rows)]
    indent = " " * (max(width(row[0]) for row in cells) + 2)
    table = zip(columns(cells), ([], *(below for _, below in rows)), strict=True)
    central = [] if any(below for _, below in rows) else ["", words(lang).label("run.central")]
    return [*(line for row, below in table for line in (row, *(indent + each for each in below))), *central]


def _pinned(result: "RunResult", lang: str) -> list[str]:
    """Each pin of a run and what it multiplies the model by: its least and its largest factor."""
    from simsurance.output.summary import pin_facts

    return [words(lang).say("run.pin", scenario=result.scenario.name, **pin) for pin in pin_facts(result, lang)]


def _implausible(result: "RunResult", lang: str) -> list[str]:
    """What of a run can hardly be, as in its summary."""
    from simsurance.output.implausible import implausible

    return [words(lang).say("run.note", scenario=result.scenario.name, note=note) for note in implausible(result, lang)]


def _written(result: "RunResult", folder: Path, lang: str) -> str:
    """Which years were projected, and where they were written."""
    first, last = result.years[0], result.years[-1]
    return words(lang).say(
        "run.written", scenario=result.scenario.name, first=first, last=last, folder=folder.as_posix()
    )
