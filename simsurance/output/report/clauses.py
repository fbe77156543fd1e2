"""The clauses of law that touch money as a table of a report: what the model has of each, and what it cannot say."""

from typing import TYPE_CHECKING

from simsurance.evidence.clauses import clauses
from simsurance.language import CNY, words
from simsurance.output.report.parts import Cell, Table

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario


def of_the_law(scenario: "Scenario") -> bool:
    """Whether a scheme is one that these clauses are of."""
    return scenario.form.has("participation") and scenario.currency == CNY


def clause_table(lang: str) -> Table:
    """Each clause with the keys that stand for it, what shows it, how sure its wording is, and what cannot be said."""
    said, rows = words(lang), []
    for each in clauses():
        cells = (
            said.label(f"clauses.of.{each.text}"),
            each.wording[lang],
            said.label(f"mark.{each.mark}"),
            ", ".join(each.keys) or said.label("clauses.none"),
            each.shown,
            each.cannot[lang],
        )
        rows.append([Cell(text) for text in cells])
    names = ("clause", "key", "shown", "cannot")
    clause, key, shown, cannot = (said.label(f"clauses.column.{name}") for name in names)
    head = [said.label("report.clause_text"), clause, said.label("report.assumption.mark"), key, shown, cannot]
    return Table("clause_table", said.label("report.clauses_caption"), head, rows)
