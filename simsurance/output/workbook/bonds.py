"""Lines of bonds: their terms as yellow cells, what each brings, costs and leaves outstanding, and the rows of the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from simsurance.ledger import FUNDS, POOL, Fund
from simsurance.output.workbook.lines import OF, Formula, Line, constant
from simsurance.output.workbook.source import Source
from simsurance.scenario_file.bond_sections import Bond
from simsurance.scenario_file.keys import BONDS

MOVED_BY_COST: Final = "cost_per_admission"
"""The result that the cost of care moves; the others are of persons and of use, which stay."""


@dataclass(frozen=True)
class OfBond:
    """The lines of a bond; each has the years in which there is something of it."""

    source: Source
    name: str
    unit: float

    @property
    def bond(self) -> Bond:
        """Its terms."""
        return self.source.scenario.values.bonds[self.name]

    @cached_property
    def served(self) -> Sequence[int]:
        """The years projected in which there are coupons and redemptions."""
        issue = self.bond.year
        return [year for year in self.source.years if issue < year <= issue + self.bond.term_years]

    @cached_property
    def measured(self) -> Sequence[int]:
        """The year projected whose result is measured; none where there is no such year."""
        paid = self.bond.outcome_share > 0
        return [year for year in self.source.years if paid and year == self.bond.outcome_year]

    def place(self, part: str) -> str:
        """The name of a line."""
        return f"bond__{self.name}__{part}"

    def cell(self, part: str, back: int = 0) -> str:
        """A line in a formula, of the same year or of one some years back."""
        return f"{{{self.place(part)}{f'@-{back}' if back else ''}}}"

    def terms(self) -> Iterator[Line]:
        """What may be changed of it."""
        if self.bond.amount > 0:
            yield self._term("amount", [self.bond.year], "yuan_total", "amount")
        else:
            yield self._term("outgo_share", [self.bond.year], "share", "percent")
        if self.served:
            yield self._term("coupon", self.served, "share", "percent")
        if self.measured:
            yield self._term("outcome_share", self.measured, "share", "percent")
            yield self._term("outcome_reference", self.measured, "", "ratio")

    def _term(self, part: str, years: Sequence[int], unit: str, style: str) -> Line:
        value = float(getattr(self.bond, part)) / (self.unit if unit == "yuan_total" else 1.0)
        key, label = f"{BONDS}.{self.name}.{part}", f"bond.{part}{OF}{self.name}"
        return constant(Line(self.place(part), dict.fromkeys(years, value), unit, label=label, key=key, style=style))

    def lines(self) -> Iterator[Line]:
        """What it brings, costs and leaves outstanding, and the result that it is measured by."""
        issue, term = self.bond.year, self.bond.term_years
        bullet = self.bond.redemption == "bullet"

        def redeemed(year: int) -> str:
            if bullet:
                return self.cell("proceeds", year - issue) if year == issue + term else ""
            return f"{self.cell('proceeds', year - issue)}/{term}"

        def outstanding(year: int) -> str:
            if year in self.served:
                return f"{self.cell('outstanding', 1)}-{self.cell('redemptions')}"
            return self.cell("proceeds") if year == issue else ""

        yield self._line("proceeds", [issue], self._proceeds())
        if self.served:
            yield self._line("coupons", self.served, f"{self.cell('outstanding', 1)}*{self.cell('coupon')}")
            yield self._line("redemptions", self.served, redeemed)
        yield self._line("outstanding", self.source.years, outstanding)
        if self.measured:
            yield from self._outcome()

    def _proceeds(self) -> str:
        """What is issued: an amount, or a share of what the fund spends but for the cost of debt."""
        if self.bond.amount > 0:
            return self.cell("amount")
        fund = self.bond.fund
        spent = f"{{{fund}__outgo}}-{{{fund}__bond_coupons}}-{{{fund}__bond_outcomes}}"
        return f"{self.cell('outgo_share')}*({spent})"

    def _outcome(self) -> Iterator[Line]:
        """The result as in the run, at the costs of the workbook, and what is paid if it is met."""
        moved = self.bond.outcome_result == MOVED_BY_COST
        part = "result_of_run" if moved else "result"
        yield self._line(part, self.measured, "", "result", "", "ratio", "of_run")
        if moved:
            scheme = "employee" if self.bond.fund == POOL else "resident"
            at_cost = f"{self.cell('result_of_run')}*{{{scheme}_cost}}"
            yield self._line("result", self.measured, at_cost, "result", "", "ratio", "at_cost")
        sign = "<=" if self.bond.outcome_met == "at_most" else ">="
        met = f"IF({self.cell('result')}{sign}{self.cell('outcome_reference')},1,0)"
        principal = self.cell("proceeds", self.bond.outcome_year - self.bond.year)
        yield self._line("outcomes", self.measured, f"{met}*{self.cell('outcome_share')}*{principal}")

    def _line(
        self,
        part: str,
        years: Sequence[int],
        formula: Formula,
        column: str = "",
        unit: str = "yuan_total",
        style: str = "amount",
        note: str = "",
    ) -> Line:
        table = self.source.run.bonds
        assert table is not None
        own, size = table.xs(self.name, level="bond")[column or part], self.unit if unit == "yuan_total" else 1.0
        values = {year: float(own[year]) / size for year in years}
        return Line(self.place(part), values, unit, formula, f"bond.{part}{OF}{self.name}", note=note, style=style)

    def booked(self, flow: str, year: int) -> str:
        """A flow of `OF_BONDS` in a formula; empty in years without it."""
        years = {"proceeds": [self.bond.year], "coupons": self.served, "redemptions": self.served}
        if flow == "grants" and self.bond.outcome_payer != "budget":
            return ""
        return self.cell("outcomes" if flow == "grants" else flow) if year in years.get(flow, self.measured) else ""


def bonds_of(source: Source, unit: float) -> list[OfBond]:
    """The bonds of a scenario, in the order of their names; money in parts of `unit`."""
    return [OfBond(source, name, unit) for name in sorted(source.scenario.values.bonds)]


def rows(bonds: Sequence[OfBond]) -> Mapping[str, Formula]:
    """The rows of the ledger that bonds make."""

    def summed(fund: Fund, flow: str) -> Formula:
        own = [each for each in bonds if each.bond.fund == fund.name]
        return lambda year: "+".join(filter(None, (each.booked(flow, year) for each in own)))

    return {each.row.name: summed(fund, each.column.removeprefix("bond_")) for fund in FUNDS for each in fund.of_bonds}


def outstanding(bonds: Sequence[OfBond], fund: Fund) -> str:
    """What the bonds of a fund leave outstanding, in a formula; 0 where it has none."""
    return "+".join(each.cell("outstanding") for each in bonds if each.bond.fund == fund.name) or "0"
