"""`simsurance validate`: check scenario files and the tables that they name, without running them."""

import json
from pathlib import Path

import click

from simsurance.cli.options import (
    in_its_currency,
    language_option,
    notes_of,
    scenario_options,
    strict_option,
    tell_notes,
)
from simsurance.cli.terminal import tell
from simsurance.errors import SimsuranceError
from simsurance.language import WHOLE
from simsurance.scenario_file.faults import Fault, fault_lines, printable
from simsurance.scenario_file.files import TABLES, label_of, scenarios_folder
from simsurance.scenario_file.keys import DRAWN
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.years import years_read


@click.command()
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@scenario_options
@strict_option
@language_option("notes")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of lines.")
def command(
    scenarios: tuple[str, ...],
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    strict: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Check scenarios, given by name or as .toml files, and print every fault. Nothing is computed.

    The tables of your own that a scenario names are read, too: their columns, rows and numbers.

    A fragment is checked upon a scenario: simsurance validate baseline --with my_fragment.toml
    """
    found = {scenario: faults_and_notes(scenario, fragments, settings, lang) for scenario in scenarios}
    faults = {name: [*wrong, *(notes if strict else ())] for name, (wrong, notes) in found.items()}
    if not strict:
        tell_notes(line for _, notes in found.values() for line in notes)
    if as_json:
        report = [
            {"scenario": name, "ok": not lines, "faults": lines, "notes": [] if strict else found[name][1]}
            for name, lines in faults.items()
        ]
        tell(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for name in (name for name, lines in faults.items() if not lines):
            tell(f"ok {printable(name)}")
    if wrong := list(dict.fromkeys(line for lines in faults.values() for line in lines)):
        raise SimsuranceError(*wrong)


def faults_and_notes(
    scenario: str, fragments: tuple[str, ...], settings: tuple[str, ...], lang: str = WHOLE
) -> tuple[list[str], list[str]]:
    """The lines that say what is wrong with a scenario, its tables and its opening; where nothing is, its notes."""
    try:
        loaded = in_its_currency(load(scenario, fragments, settings))
        wrong = fault_lines(table_faults(loaded))
        return wrong, [] if wrong else notes_of(loaded, lang)
    except SimsuranceError as error:
        return list(error.lines), []


def table_faults(scenario: Scenario) -> list[Fault]:
    """What is wrong with the tables that are not the shipped ones in their place, told at the keys that name them."""
    return [fault for key in scenario.tables if _is_own(scenario, key) for fault in _faults_of(scenario, key)]


def _is_own(scenario: Scenario, key: str) -> bool:
    """Whether a table is not a shipped one in the place that a shipped file gave it."""
    folder = scenario.layers[key].folder
    shipped = folder is not None and folder.is_relative_to(scenarios_folder())
    return not (shipped and scenario.tables[key].is_relative_to(TABLES))


def _faults_of(scenario: Scenario, key: str) -> list[Fault]:
    """What is wrong with one table; what is read with it and is wrong itself is told at its own key."""
    file = scenario.tables[key]
    try:
        _read(scenario, key)
    except SimsuranceError as error:
        drawn = [each for each in scenario.tables if each.startswith(DRAWN) and _is_own(scenario, each)]
        others = tuple(f"{scenario.tables[each]}:" for each in drawn if scenario.tables[each] != file)
        told = (line.replace(str(file), label_of(file), 1) for line in error.lines if not line.startswith(others))
        return [scenario.layers[key].fault(key, line) for line in told]
    return []


PARAMETERS = ("uncertainty.parameters", "uncertainty.groups")
"""Beginnings of the keys of tables that say how inputs are drawn; the other tables of what is drawn are of paths."""


def _read(scenario: Scenario, key: str) -> None:
    """Read the table that a key names for the years that a projection reads it for; raises SimsuranceError."""
    from simsurance.data import tables

    path: Path = scenario.tables[key]
    horizon = scenario.values.horizon
    spans = years_read(horizon.valuation_year, horizon.last_year, scenario.tables)
    years = range(spans[key][0], spans[key][1] + 1) if key in spans else range(0)
    match key:
        case "population.stock_table":
            tables.stocks(path, years)
        case "population.mortality_table":
            tables.by_year_sex_age(path, "mx", years)
        case "population.fertility_table":
            tables.by_year_age(path, "asfr", years, range(15, 50))
        case "population.total_fertility_table":
            for variant in dict.fromkeys(("medium", scenario.values.population.fertility_variant)):
                tables.total_fertility(path, variant, years)
        case "population.sex_ratio_table":
            tables.by_year(path, "males_per_female_birth", years)
        case "population.migration_table":
            tables.by_year_sex_age(path, "net_migrants", years)
        case "population.area_share_table":
            tables.columns_by_year(path, [f"{area}{tables.OF_AREA}" for area in scenario.form.groups.areas[:-1]], years)
        case "population.area_share_by_age_table":
            tables.by_age(path, *(f"{area}{tables.OF_AREA}" for area in scenario.form.groups.areas[:-1]))
        case "population.area_moves_table":
            tables.by_age(path, "weight")
        case "population.income_groups_table":
            tables.by_area_income(path, scenario.form.groups, "share", "relative_income")
        case "contributions.payroll.earnings_table":
            tables.by_sex_age(path, "relative_earnings")
        case "health.prevalence_table":
            tables.by_sex_age(path, "moderate", "high")
        case "employee.profile_table":
            tables.by_sex_age(path, "active", "retired")
        case "employee.moves_table":
            tables.by_sex_age(path, "entry", "exit")
        case "employee.retirement_table":
            tables.by_year_sex_age(path, "probability", years)
        case "claims.inpatient.use_table":
            tables.by_sex_age(path, "use")
        case "claims.inpatient.cost_table":
            tables.by_age(path, "relative_cost")
        case "claims.outpatient.cost_table":
            tables.by_sex_age(path, "relative_cost")
        case "published.series_table":
            from simsurance.evidence.published import series_names

            series_names(path)
        case _ if key.startswith(DRAWN):
            from simsurance.uncertainty.parameters import parameters_of, refuse_forgotten
            from simsurance.uncertainty.paths import paths_of, refuse_high_floors

            if key.split("_")[0] in PARAMETERS:
                parameters_of(scenario)
            else:
                paths = paths_of(scenario)
            if key == "uncertainty.parameters_table":
                refuse_forgotten(scenario)
            elif key == "uncertainty.paths_table":
                refuse_high_floors(scenario, paths)
        case _:
            raise AssertionError(key)
