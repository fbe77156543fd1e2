"""Lines of choices of cover: their terms as yellow cells, who has one, what it pays and gets, and the rows of the ledger.

What who has a choice gets more, or less, is a sum of three amounts a head: what basic insurance pays, what it leaves to
patients, and what critical-illness insurance pays, each as its benefit and its use make it. The three are read from projections
of the same persons with a choice that is nothing but one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.answers.solve import unmoved
from simsurance.model.fund import ROUNDING
from simsurance.output.workbook.lines import OF, Formula, Line, constant
from simsurance.output.workbook.source import Source
from simsurance.results import simulate
from simsurance.scenario_file.choice_sections import Choice
from simsurance.scenario_file.keys import CHOICES

if TYPE_CHECKING:
    import pandas as pd

TERMS: Final = ("take_up", "contribution", "subsidy", "benefit", "use")
"""What may be changed of a choice."""
AMOUNTS: Final = ("basic", "left", "critical")
"""What is paid for who has a choice without it, what is left to them, and critical-illness benefits: yuan a head."""
PAID: Final = {"contributions": ("contribution", "personal"), "subsidies": ("subsidy", "subsidy")}
"""What is paid for who has a choice: the term that it is a share by, and of which standard."""
ONE: Final[dict[str, Any]] = {"contribution": 1.0, "subsidy": 1.0, "use_range": []}
ALONE: Final = {
    "basic": ONE | {"benefit": 0.0, "use": 1.0},
    "left": ONE | {"benefit": 1.0, "use": 0.0},
    "less": ONE | {"benefit": -1.0, "use": 0.0},
}
"""Choices that get what basic insurance pays, what it leaves, and what it and critical-illness insurance do not pay then."""


@dataclass(frozen=True)
class Found:
    """What is read from the projections of `ALONE`, yuan, by choice [year]: what they pay with terms of 1, and amounts got.

    `faster`: the amounts at faster growth of cost.
    """

    contributions: Mapping[str, np.ndarray]
    subsidies: Mapping[str, np.ndarray]
    amounts: Mapping[str, Mapping[str, np.ndarray]]
    faster: Mapping[str, Mapping[str, np.ndarray]]


def projected_alone(source: Source) -> Found:
    """The projections of a scenario's choices, everybody's membership held."""
    names = sorted(source.scenario.values.choices)
    varied = [
        scenario.replace({f"{CHOICES}.{name}.{term}": value for name in names for term, value in terms.items()})
        for scenario in (source.scenario, source.faster)
        for terms in ALONE.values()
    ]
    tables = [run.choices for run in simulate(varied, unmoved(source.run))]

    def of(place: int, column: str) -> dict[str, np.ndarray]:
        table: pd.DataFrame | None = tables[place]
        assert table is not None
        return {name: table.xs(name, level="choice")[column].to_numpy() for name in names}

    def amounts(first: int) -> dict[str, dict[str, np.ndarray]]:
        basic, left, less = (of(first + place, "benefits") for place in range(len(ALONE)))
        critical = {name: -less[name] - basic[name] for name in names}
        kept = {name: np.where(own > ROUNDING * basic[name], own, 0.0) for name, own in critical.items()}
        return {"basic": basic, "left": left, "critical": kept}

    return Found(of(0, "contributions"), of(0, "subsidies"), amounts(0), amounts(len(ALONE)))


@dataclass(frozen=True)
class OfChoice:
    """The lines of a choice, from the year it starts on."""

    source: Source
    name: str
    unit: float

    @property
    def choice(self) -> Choice:
        """Its terms."""
        return self.source.scenario.values.choices[self.name]

    @cached_property
    def years(self) -> Sequence[int]:
        """The years projected in which somebody can have it."""
        return [year for year in self.source.years if year >= self.choice.start]

    def place(self, part: str) -> str:
        """The name of a line."""
        return f"choice__{self.name}__{part}"

    def cell(self, part: str) -> str:
        """A line in a formula."""
        return f"{{{self.place(part)}}}"

    def terms(self) -> Iterator[Line]:
        """What may be changed of it."""
        for part in TERMS if self.years else ():
            values = dict.fromkeys(self.years, float(getattr(self.choice, part)))
            key, label = f"{CHOICES}.{self.name}.{part}", f"choice.{part}{OF}{self.name}"
            yield constant(Line(self.place(part), values, "share", label=label, key=key, style="percent"))

    def heads(self, of: Found) -> Iterator[Line]:
        """Who has it among all, and amounts a head: as in the run, how they answer to cost, at the costs of the workbook."""
        flows, persons = self.source.flows, self._told("persons")
        own, budget = self.source.standard("personal_contributions"), self.source.standard("subsidies")
        yield self._ratio("reach", persons, flows["resident_enrolled"] * self.choice.take_up)
        yield self._ratio("personal_level", of.contributions[self.name], persons * own)
        yield self._ratio("subsidy_level", of.subsidies[self.name], persons * budget)
        for amount in AMOUNTS:
            before, after = of.amounts[amount][self.name], of.faster[amount][self.name]
            a_head = self._ratio(f"{amount}_of_run", before, persons, "yuan", "yuan")
            yield a_head
            answer = self.source.elasticity("resident", before, after)
            yield self._line(f"{amount}_elasticity", answer, "ratio", "ratio", note="elasticity")
            at_cost = f"{{indexation}}*({{resident_cost}}/{{indexation}})^{self.cell(f'{amount}_elasticity')}"
            formula = f"{self.cell(f'{amount}_of_run')}*{at_cost}"
            yield self._line(f"{amount}_pp", a_head.values, "yuan", "yuan", formula, "at_cost")
        use, benefit = self.cell("use"), self.cell("benefit")
        paid = f"({use}+(1+{use})*MIN({benefit},0))*{self.cell('basic_pp')}"
        paid += f"+(1+{use})*MAX({benefit},0)*{self.cell('left_pp')}+MIN({benefit},0)*{self.cell('critical_pp')}"
        values = _divided(self._told("benefits"), persons)
        yield self._line("benefits_pp", self.source.by_year(values), "yuan", "yuan", paid)

    def lines(self) -> Iterator[Line]:
        """Who has it, what they pay more and get more."""
        persons = self.cell("persons")
        a_head = {
            flow: f"{self.cell(term)}*{{{standard}}}*{self.cell(f'{standard}_level')}"
            for flow, (term, standard) in PAID.items()
        }
        formulas = {
            "persons": f"{{resident_enrolled}}*{self.cell('reach')}*{self.cell('take_up')}",
            **{flow: f"{persons}*{formula}" for flow, formula in a_head.items()},
            "benefits": f"{persons}*{self.cell('benefits_pp')}",
        }
        for part, formula in formulas.items():
            values = self.source.by_year(self._told(part) / self.unit)
            yield self._line(part, values, "persons" if part == "persons" else "yuan_total", "amount", formula)

    def _told(self, column: str) -> np.ndarray:
        """What the run tells of it, [year]."""
        table = self.source.run.choices
        assert table is not None
        return np.asarray(table.xs(self.name, level="choice")[column])

    def _ratio(self, part: str, top: np.ndarray, bottom: np.ndarray, unit: str = "ratio", style: str = "ratio") -> Line:
        return self._line(part, self.source.by_year(_divided(top, bottom)), unit, style, note="frozen")

    def _line(
        self, part: str, values: Mapping[int, float], unit: str, style: str, formula: str = "", note: str = ""
    ) -> Line:
        own = {year: values[year] for year in self.years}
        amount, _, rest = part.partition("_")
        told = f"{amount}.{rest}" if amount in AMOUNTS else part
        return Line(self.place(part), own, unit, formula, f"choice.{told}{OF}{self.name}", note=note, style=style)


def _divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """One over the other, 0 where there is nothing."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)


def choices_of(source: Source, unit: float) -> list[OfChoice]:
    """The choices of cover of a scenario, in the order of their names; money and persons in parts of `unit`."""
    return [OfChoice(source, name, unit) for name in sorted(source.scenario.values.choices)]


def rows(choices: Sequence[OfChoice]) -> Mapping[str, Formula]:
    """The rows of the ledger that choices make."""

    def summed(flow: str) -> Formula:
        return lambda year: "+".join(each.cell(flow) for each in choices if year in each.years)

    return {f"choice_{flow}": summed(flow) for flow in (*PAID, "benefits")}
