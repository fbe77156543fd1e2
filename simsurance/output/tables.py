"""The tables of a run as CSV text: tidy, full precision, one column a variable, and the codebook that explains them."""

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.adjusting import FACTORS, payers
from simsurance.axes import AXES
from simsurance.csv_text import rows_csv, table_csv
from simsurance.language import WHOLE, languages, words
from simsurance.ledger import BESIDE
from simsurance.output.kept_tables import packed
from simsurance.output.labels import label, member_label, of_group
from simsurance.output.planned import (
    ACCRUED_BONUS,
    ADJUSTMENT,
    BESIDE_TWINS,
    BONDS,
    CHOICES,
    KEPT,
    OF_THE_RUN,
    SINGLE_CHANGES,
    TIERS,
    Extent,
    has_accrued_bonus,
)
from simsurance.scenario_file.schedule import values_by_year
from simsurance.tiers.accounts import columns_of
from simsurance.variables import FRAMES, KEYS, SOMETIMES, VARIABLES

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.analysis.twins import Twins
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.stochastic import Stochastic

KEY_UNITS: Final = {"year": "year", "date": "year", "birth_year": "year", "age": "years"}
OTHERS: Final = (
    ("measures", "key", "measure", ""),
    ("measures", "variable", "value", "see the column unit"),
    ("measures", "variable", "unit", ""),
    ("measures", "variable", "status", ""),
    ("twin", "key", "measure", ""),
    ("twin", "variable", "value", "see the column unit"),
    ("twin", "variable", "zero_effect", "see the column unit"),
    ("twin", "variable", "difference", "see the column unit"),
    ("twin", "variable", "unit", ""),
    ("twin", "variable", "status", ""),
    ("twin", "variable", "zero_effect_status", ""),
    ("drag", "key", "part", ""),
    ("drag", "variable", "present_value", "yuan"),
    ("drag", "variable", "closing", "yuan"),
    ("drag", "variable", "unit", ""),
    ("drag", "variable", "status", ""),
    ("tail", "key", "year", "year"),
    ("tail", "variable", "bonus_cost_pp", "yuan"),
    ("tail", "variable", "critical_illness_pp", "yuan"),
    ("tail", "variable", "pareto_bonus_cost_pp", "yuan"),
    ("tail", "variable", "pareto_critical_illness_pp", "yuan"),
    (SINGLE_CHANGES, "key", "fund", ""),
    (SINGLE_CHANGES, "key", "input", ""),
    (SINGLE_CHANGES, "key", "side", ""),
    (SINGLE_CHANGES, "variable", "depletion_year", "year"),
    (SINGLE_CHANGES, "variable", "status", ""),
    (SINGLE_CHANGES, "variable", "year", "year"),
    (SINGLE_CHANGES, "variable", "change", "yuan"),
    ("tail", "variable", "status", ""),
    (ADJUSTMENT, "key", "year", "year"),
    (ADJUSTMENT, "variable", "months_read", "months"),
    (ADJUSTMENT, "variable", "fired", "0 or 1"),
    (ADJUSTMENT, "variable", "acted", "1, 0 or −1"),
    *((ADJUSTMENT, "variable", name, "factor") for name in FACTORS),
    ("checks", "key", "identity", ""),
    ("checks", "variable", "residual", "share"),
    ("checks", "variable", "year", "year"),
    ("checks", "variable", "amount", "persons or yuan"),
    ("checks", "variable", "holds", ""),
)
"""Columns of the tables that are no accounts: table, kind, name, unit."""
OF_DRAWS: Final = ("percentiles", "probabilities", "dated", "measures", "draws")
"""The tables of draws, each a file of that name."""
LABELS: Final = tuple("label" if lang == WHOLE else f"label_{lang}" for lang in languages())
CODEBOOK_HEADER: Final = ("table", "kind", "name", "unit", *LABELS, "formula")


def run_tables(
    twins: "Twins", ranges: "SingleChanges | None" = None, extent: Extent | None = None
) -> dict[str, str | bytes]:
    """Every table of a run as CSV text by file name, what ranges rest on if they are given; those left out in one file."""
    extent = extent or Extent()
    homes = ((twins.full, OF_THE_RUN), (twins, BESIDE_TWINS), (twins.full, ("checks",)))
    tables = {name: getattr(home, name) for home, names in homes for name in names}
    if twins.full.adjustment is not None:
        tables[ADJUSTMENT] = twins.full.adjustment
    if twins.full.bonds is not None:
        tables[BONDS] = twins.full.bonds
    if twins.full.choices is not None:
        tables[CHOICES] = twins.full.choices
    if twins.full.accrued_bonus is not None:
        tables[ACCRUED_BONUS] = twins.full.accrued_bonus
    if twins.full.tiers is not None:
        tables[TIERS] = twins.full.tiers
    if ranges is not None:
        tables[SINGLE_CHANGES] = ranges.table
    kept = {name: table for name, table in tables.items() if name not in extent.tables}
    texts: dict[str, str | bytes] = {
        f"{name}.csv": table_csv(table) for name, table in tables.items() if name not in kept
    }
    texts["codebook.csv"] = rows_csv(CODEBOOK_HEADER, codebook(twins.full.scenario))
    return texts | ({KEPT: packed(kept)} if kept else {})


def comparison_tables(comparison: "Comparison", ranges: "Sequence[SingleChanges] | None" = None) -> dict[str, str]:
    """The tables of a comparison as CSV text by file name; what ranges rest on if they are given."""
    texts = {
        "compare.csv": table_csv(comparison.measures),
        "compare_fund.csv": table_csv(comparison.fund),
        "compare_fund_difference.csv": table_csv(comparison.fund_difference),
        "compare_twin.csv": table_csv(comparison.twin),
        "differences.csv": table_csv(comparison.differences),
        "entries_not_met.csv": table_csv(comparison.entries_not_met),
    }
    if ranges is not None:
        import pandas as pd

        tables = dict(zip(comparison.names, (each.table for each in ranges), strict=True))
        texts[f"{SINGLE_CHANGES}.csv"] = table_csv(pd.concat(tables, names=["scenario"]))
    return texts


def _lacking(scenario: "Scenario") -> tuple[str, ...]:
    """Tables that a scenario has not, and what the names of columns begin with that it has not."""
    values, paid = scenario.values, scenario.values.employee.contributions
    years = range(values.horizon.valuation_year, values.horizon.last_year + 1)
    there = {
        (BONDS, "bond_", "debt_", "closing_gross", "reserve_months_gross"): bool(values.bonds),
        (CHOICES, "choice_"): bool(values.choices),
        (ACCRUED_BONUS,): has_accrued_bonus(scenario),
        ("arrears_",): bool(values_by_year(paid.arrears, years).any()),
        ("retiree_contributions",): bool(values_by_year(paid.retiree_rate, years).any()),
    }
    return tuple(name for names, has in there.items() if not has for name in names)


def codebook(scenario: "Scenario") -> list[tuple[str, ...]]:
    """One row a column of every table with its unit, labels and formula, then one row a member of every axis.

    What tells of bonds, choices of cover, other tiers, arrears and the like is there where the scenario has any.
    """
    rows: list[tuple[str, ...]] = []
    lacking = _lacking(scenario)
    for table, keys in KEYS.items():
        if table in lacking:
            continue
        rows += [(table, "key", key, KEY_UNITS.get(key, ""), *_labels(f"key.{key}"), "") for key in keys]
        for found in VARIABLES:
            if found.table == table and not (found.name in SOMETIMES and found.name.startswith(lacking)):
                told = _of_column(table, found.name)
                rows.append((table, "variable", found.name, scenario.in_currency(found.unit), *told, found.formula))
    for table, kind, name, unit in OTHERS:
        told = _labels(f"key.{name}") if kind == "key" else _of_column(table, name)
        rows.append((table, kind, name, scenario.in_currency(unit), *told, ""))
    for name in payers(scenario.form.groups):
        party, _, group = name.partition("_")
        labels = (of_group(scenario, f"column_of.{ADJUSTMENT}.{party}", group, lang) for lang in languages())
        rows.append((ADJUSTMENT, "variable", name, scenario.in_currency("yuan"), *labels, ""))
    if scenario.values.tiers.in_force:
        rows += _tiers(scenario)
    rows += [
        ("frame", "member", name, scenario.in_currency(unit), *_labels(f"frame.{name}"), "")
        for name, unit in FRAMES.items()
    ]
    for axis in AXES.values():
        if axis.name != "age":
            rows += [(axis.name, "member", name, "", *_labels(f"axis.{axis.name}.{name}"), "") for name in axis.members]
        if axis.name == "sex":
            rows += _groups(scenario)
    return rows


def _tiers(scenario: "Scenario") -> list[tuple[str, ...]]:
    """The columns of the table of the other tiers, one of each income group where a column is told by group."""
    formulas = {row.name: row.formula for row in BESIDE}
    rows = [(TIERS, "key", "year", "year", *_labels("key.year"), "")]
    for name, group, unit in columns_of(scenario.form.groups):
        labels = (of_group(scenario, f"column_of.{TIERS}.{name}", group, lang) for lang in languages())
        column = "_".join(filter(None, (name, group)))
        rows.append((TIERS, "variable", column, scenario.in_currency(unit), *labels, formulas.get(name, "")))
    return rows


def _groups(scenario: "Scenario") -> list[tuple[str, ...]]:
    """The areas and income groups of a scenario, with their labels in every language."""
    of_scheme = scenario.form.groups
    return [
        (axis.name, "member", name, "", *(member_label(scenario, lang, name) for lang in languages()), "")
        for axis in (of_scheme.area, of_scheme.income)
        for name in axis.members
    ]


def _labels(key: str) -> tuple[str, ...]:
    """The words at a key in every language."""
    return tuple(words(lang).label(key) for lang in languages())


def _of_column(table: str, name: str) -> tuple[str, ...]:
    """The label of a column in every language."""
    return tuple(label(table, name, lang) for lang in languages())


DRAWS_AT_ONCE: Final = 500
"""Draws whose rows are written at once."""


def stochastic_tables(run: "Stochastic") -> dict[str, str]:
    """The tables of draws as CSV text by file name, but for the one with a row a draw."""
    return {f"{name}.csv": table_csv(getattr(run, name)) for name in OF_DRAWS if name != "draws"}


def write_draws(run: "Stochastic", file: Path, bom: bool) -> None:
    """The table with a row a draw as a CSV file, some rows at a time."""
    with file.open("wb") as opened:
        opened.write(codecs.BOM_UTF8 if bom else b"")
        for first in range(0, run.sample.draws, DRAWS_AT_ONCE):
            head, rows = table_csv(run.some_draws(first, min(first + DRAWS_AT_ONCE, run.sample.draws))).split("\n", 1)
            opened.write((rows if first else f"{head}\n{rows}").encode())
