"""The codebook of draws, pairs, sweeps and sensitivities: one row a column of every table, with its unit and labels."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from simsurance.csv_text import rows_csv
from simsurance.language import languages, words
from simsurance.output.tables import CODEBOOK_HEADER
from simsurance.scenario_file.keys import KEYS

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunAccounts

PERCENTILE: Final = re.compile(r"p(\d+(?:\.\d+)?)")
SHARE, YEAR, OF_COLUMN, OF_MEASURE, OF_UNKNOWN = "share", "year", "of the column", "of the measure", "of the unknown"
UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("depleted", "below_target", "deficit", "share", "share_with_value", "share_with_both"), SHARE),
    **dict.fromkeys(("depleted_standard_error", "below_target_standard_error", "deficit_standard_error"), SHARE),
    **dict.fromkeys(("better", "better_standard_error", "same", "worse", "missed"), SHARE),
    **dict.fromkeys(("chance", "chance_lowest", "chance_highest"), SHARE),
    **dict.fromkeys(("first", "first_low", "first_high", "total", "total_low", "total_high"), SHARE),
    **dict.fromkeys(("inputs_of_membership", "inputs_of_cost", "nearer_low", "nearer_high"), "factor"),
    **dict.fromkeys(("low", "middle", "high", "range", "mean_absolute", "mean", "standard_deviation"), OF_MEASURE),
    **dict.fromkeys(("unknown_low", "unknown_high"), OF_UNKNOWN),
    "year": YEAR,
    "by": YEAR,
    "years_funded": "years",
    "central": OF_COLUMN,
}
"""Units by column; of percentiles and the central run that of the column or measure beside them."""
UNITS_OF: Final[Mapping[tuple[str, str], str]] = {
    ("information", "low"): SHARE,
    ("information", "high"): SHARE,
    ("measures", "central"): "see the column unit",
    ("measures", "value"): "see the column unit",
}
"""Units of columns that mean something else in a table."""
OF_PERCENTILES: Final = {"percentiles": OF_COLUMN, "pairs_by_year": OF_COLUMN, "measures": "see the column unit"}


def analysis_codebook(tables: "Mapping[str, pd.DataFrame]", central: "RunAccounts") -> str:
    """A codebook as CSV text; a measure that is a column has the unit that it has in the central run."""
    rows = []
    for table, frame in tables.items():
        for kind, names in (("key", frame.index.names), ("variable", frame.columns)):
            for each in names:
                name = str(each)
                unit = central.scenario.in_currency(_unit(table, name, central))
                rows.append((table, kind, name, unit, *(_label(table, name, lang) for lang in languages()), ""))
    return rows_csv(CODEBOOK_HEADER, rows)


def _unit(table: str, name: str, central: "RunAccounts") -> str:
    if PERCENTILE.fullmatch(name):
        return OF_PERCENTILES.get(table, OF_MEASURE)
    if name in KEYS:
        return KEYS[name].unit
    months = "months" if re.fullmatch(r"reserve_months_\d{4}", name) else ""
    found = UNITS_OF.get((table, name), UNITS.get(name, months))
    return found or str(central.measures["unit"].get(name, ""))


def _label(table: str, name: str, lang: str) -> str:
    said = words(lang)
    if found := PERCENTILE.fullmatch(name):
        return said.say("codebook.percentile", percentile=found[1], dated=table == "measures")
    for key in (f"codebook.{table}.{name}", f"column_of.{table}.{name}", f"codebook.{name}", f"key.{name}"):
        if key in said.entries:
            return said.label(key)
    return said.label("codebook.of_scenario" if name in KEYS else "codebook.summary_measure")
