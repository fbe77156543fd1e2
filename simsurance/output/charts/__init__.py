"""Charts of results: a figure, and the numbers that it shows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.output.charts import canvas, fund, people
from simsurance.output.charts.canvas import Chart, ChartFigure
from simsurance.output.labels import Lang

if TYPE_CHECKING:
    from simsurance.results import Results

CHARTS: Final[dict[str, Callable[["Results", Lang], Chart]]] = {
    "reserve_months": fund.reserve_months,
    "fund_balance": fund.fund_balance,
    "income_outgo": fund.income_outgo,
    "insured": people.insured,
    "contribution_burden": people.contribution_burden,
    "pyramids": people.pyramids,
    "cost_by_age": people.cost_by_age,
}
"""Every chart by its name, which is also the stem of its files."""


def draw(name: str, results: "Results", lang: Lang = "en") -> Chart:
    """The chart of that name."""
    with canvas.style():
        return CHARTS[name](results, lang)


def write_all(results: "Results", folder: Path, lang: Lang) -> Iterator[Path]:
    """Draw every chart into a folder; yields the files."""
    folder.mkdir()
    for name in CHARTS:
        yield from canvas.write(draw(name, results, lang), folder)


class Plots:
    """The charts of one scenario's results as figures: `results.plot.reserve_months(lang="zh")`."""

    def __init__(self, results: "Results") -> None:
        self._results = results

    def reserve_months(self, lang: Lang = "en") -> ChartFigure:
        """The fund in months of its outgo."""
        return draw("reserve_months", self._results, lang).figure

    def fund_balance(self, lang: Lang = "en") -> ChartFigure:
        """The fund on 31 December of each year."""
        return draw("fund_balance", self._results, lang).figure

    def income_outgo(self, lang: Lang = "en") -> ChartFigure:
        """Income without interest and outgo of each year."""
        return draw("income_outgo", self._results, lang).figure

    def insured(self, lang: Lang = "en") -> ChartFigure:
        """Insured on 31 December of each year."""
        return draw("insured", self._results, lang).figure

    def contribution_burden(self, lang: Lang = "en") -> ChartFigure:
        """Own payment over income of the year before by income group."""
        return draw("contribution_burden", self._results, lang).figure

    def pyramids(self, lang: Lang = "en") -> ChartFigure:
        """Population by age, sex and insurance at both ends of the projection."""
        return draw("pyramids", self._results, lang).figure

    def cost_by_age(self, lang: Lang = "en") -> ChartFigure:
        """Benefits per insured year by age in the first and the last year."""
        return draw("cost_by_age", self._results, lang).figure


__all__ = ["CHARTS", "Chart", "ChartFigure", "Plots", "draw", "write_all"]
