"""Assumptions as a report shows them: the main ones by year, and every estimate, each with its mark of certainty."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from simsurance.language import Words
from simsurance.output.certainty import BASELINE, baseline_marks
from simsurance.output.labels import unit_name, words_of
from simsurance.output.report.parts import Cell, Table
from simsurance.scenario_file.keys import REGISTER
from simsurance.scenario_file.register import Entry, register, sources
from simsurance.scenario_file.schedule import value_in
from simsurance.scenario_file.toml_text import toml_value
from simsurance.uncertainty.parameters import value_at

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

MAIN: Final = {
    "contributions.personal.income_share": "personal_share",
    "contributions.subsidy.income_share": "subsidy_share",
    "contributions.local_supplement_growth": "supplement_growth",
    "economy.real_income_growth": "real_income_growth",
    "economy.inflation": "inflation",
    "economy.interest_rate": "interest_rate",
    "claims.trend.residual_growth": "growth_beyond",
    "benefits.inpatient.payment_ratio": "payment_ratio",
    "employee.contributions.employer_rate": "employer_rate",
    "employee.contributions.compliance_growth": "reported_growth",
    "employee.wage.growth_excess": "wage_excess",
    "employee.care.residual_growth": "growth_beyond",
    "employee.benefits.inpatient.payment_ratio": "employee_payment_ratio",
}
"""The assumptions that a fund moves with most, and their words under `workbook.line`."""
EMPLOYEE: Final = "employee."
LONGEST: Final = 90
NO_ESTIMATES: Final = ("plausible", "published", REGISTER, "judged_on", "axes")


def main_assumptions(scenario: "Scenario", years: Sequence[int], lang: str) -> Table:
    """The main assumptions in the first year, in one ten years on and in the last, with their marks."""
    said, marks = words_of(scenario, lang), marks_of(scenario)
    shown = sorted({years[0], min(years[0] + 10, years[-1]), years[-1]})
    rows = []
    for key, name in MAIN.items():
        if key not in scenario.form.keys or (key.startswith(EMPLOYEE) and not scenario.values.employee.projected):
            continue
        own = value_at(scenario.values, key)
        values = [value_in(own, year) for year in shown]
        cells = [Cell("" if value is None else said.quantity("percent", value), value) for value in values]
        rows.append([Cell(said.label(f"workbook.line.{name}")), *cells, Cell(mark_words(marks.get(key), said))])
    head = [said.label("report.assumption.name"), *map(str, shown), said.label("report.assumption.mark")]
    return Table("main_assumptions", said.label("report.assumption.main"), head, rows)


def all_assumptions(scenario: "Scenario", lang: str) -> Table:
    """Every key of the scenario that is no table or text: value, unit, mark, range, source."""
    return inputs_of(scenario, lang, "", "all_assumptions", words_of(scenario, lang).label("report.assumption.all"))


def inputs_of(scenario: "Scenario", lang: str, of: str, name: str, caption: str) -> Table:
    """The same of the keys whose paths begin so."""
    said, marks = words_of(scenario, lang), marks_of(scenario)
    rows = []
    own, taken = scenario.leaves[REGISTER], taken_from_the_register(scenario)
    for path, known in scenario.form.keys.items():
        if (
            not path.startswith(of)
            or path not in scenario.leaves
            or known.kind in ("text", "table")
            or path.split(".")[0] in NO_ESTIMATES
        ):
            continue
        value, entry = toml_value(scenario.leaves[path]), taken.get(path)
        short = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        low_high = f"{entry.low} – {entry.high}" if entry and entry.low else ""
        told = own.get(path, {}).get("source") or scenario.origins.get(path, "")
        source = entry.source_id if entry else told
        unit = unit_name(scenario, known.unit, lang)
        cells = (said.keyed(path).replace("`", ""), short, unit, mark_words(marks.get(path), said), low_high, source)
        rows.append([Cell(text) for text in cells])
    names = ("key", "value", "unit", "mark", "range", "source")
    head = [said.label(f"report.assumption.{name}") for name in names]
    return Table(name, caption, head, rows, aside=True)


def cited_sources(scenario: "Scenario", lang: str) -> Table:
    """Every source that an assumption taken from the baseline names: its id, what it is, its date."""
    said = words_of(scenario, lang)
    told = sources(lang)
    cited = {entry.source_id for entry in taken_from_the_register(scenario).values()} & told.keys()
    rows = [[Cell(source), Cell(told[source])] for source in told if source in cited]
    head = [said.label(f"report.source.{name}") for name in ("id", "title")]
    return Table("sources", said.label("report.source.caption"), head, rows, aside=True)


def marks_of(scenario: "Scenario") -> dict[str, str]:
    """Marks of certainty of what the scenario takes from the baseline, those of choices included."""
    taken = [path for path, file in scenario.origins.items() if file == BASELINE and path in register()]
    own = {path: row["mark"] for path, row in scenario.leaves[REGISTER].items()}
    return {path: register()[path].mark for path in taken} | baseline_marks(scenario) | own


def taken_from_the_register(scenario: "Scenario") -> dict[str, Entry]:
    """What the register of the baseline says of the keys that stand as it says; of a scenario's own figures it says nothing."""
    own, listed = scenario.leaves[REGISTER], register()
    return {path: listed[path] for path in marks_of(scenario) if path in listed and path not in own}


def mark_words(mark: str | None, said: Words) -> str:
    """A mark in words; what the scenario sets itself has none but that."""
    return said.label(f"mark.{mark}") if mark else said.label("report.assumption.own")
