"""The clauses of law that touch money as tables of a report: what the model has of each, and what it cannot say."""

from typing import TYPE_CHECKING

from simsurance.evidence.clauses import TEXTS, clauses
from simsurance.language import CNY, words
from simsurance.output.report.parts import Cell, Table

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario


def of_the_law(scenario: "Scenario") -> bool:
    """Whether a scheme is one that these clauses are of."""
    return scenario.form.has("participation") and scenario.currency == CNY


def clause_tables(lang: str) -> list[Table]:
    """Of each text its clauses: how sure the wording is, the keys that stand for it, what shows it, what cannot be said."""
    said, tables = words(lang), []
    head = [said.label(f"clauses.column.{name}") for name in ("clause", "key", "shown", "cannot")]
    for text in TEXTS:
        rows = []
        for each in (clause for clause in clauses() if clause.text == text):
            wording = said.say("range.beside", what=each.wording[lang], range=said.label(f"mark.{each.mark}"))
            keys = ", ".join(each.keys) or said.label("clauses.none")
            rows.append([Cell(cell) for cell in (wording, keys, each.shown, each.cannot[lang])])
        tables.append(Table(f"clauses_{text}", said.label(f"clauses.of.{text}"), head, rows))
    return tables
