"""Charts of results: a figure, and the numbers that it shows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.errors import SimsuranceError
from simsurance.language import told_in
from simsurance.ledger import POOL
from simsurance.output.charts import ages, canvas, choices, employee, flows, fund, people
from simsurance.output.charts.canvas import Chart, ChartFigure
from simsurance.output.charts.scales import ALONE, scaled
from simsurance.output.labels import CHOICE_CHARTS, TIER_CHARTS, WITH_DEPLETION, chart_names
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

CHARTS: Final[dict[str, Callable[..., Chart]]] = {
    "reserve_months": fund.reserve_months,
    "fund_balance": fund.fund_balance,
    "income_outgo": flows.income_outgo,
    "cost_and_income_rate": flows.cost_and_income_rate,
    "contribution_gap": flows.contribution_gap,
    "insured": people.insured,
    "contribution_burden": people.contribution_burden,
    "pyramids": ages.pyramids,
    "cost_by_age": ages.cost_by_age,
    "transfer_by_age": ages.transfer_by_age,
    "admissions": people.admissions,
    "cost_per_admission": people.cost_per_admission,
    "employee_reserve_months": partial(fund.reserve_months, fund=POOL),
    "employee_fund_balance": partial(fund.fund_balance, fund=POOL),
    "employee_income_outgo": partial(flows.income_outgo, fund=POOL),
    "personal_accounts": flows.personal_accounts,
    "retired_per_active": employee.retired_per_active,
    "members_by_scheme": employee.members_by_scheme,
    "cohort_balance": employee.cohort_balance,
    "own_payment": people.own_payment,
    "choice_of_cover": choices.choice_of_cover,
}
"""Every chart by its name, which is also the stem of its files."""


def draw(name: str, results: "RunResult", lang: str = "en", ranges: "SingleChanges | None" = None) -> Chart:
    """The chart of that name.

    Raises SimsuranceError if there is none, or if it needs the employee scheme and that is not projected.
    """
    if name not in CHARTS:
        raise SimsuranceError(f"{name}: no such chart; there are {', '.join(CHARTS)}")
    if name not in chart_names(results.scenario):
        if name in TIER_CHARTS:
            raise SimsuranceError(
                f"{results.scenario.name}: the chart {name} needs the other tiers; set tiers.in_force = true"
            )
        if name in CHOICE_CHARTS:
            raise SimsuranceError(
                f"{results.scenario.name}: the chart {name} needs a choice of cover; lay voluntary_higher_cover upon it, or "
                "state one in [choices]"
            )
        raise SimsuranceError(
            f"{results.scenario.name}: the chart {name} needs the employee scheme; set employee.projected = true"
        )
    with canvas.style(), told_in(results.scenario.currency):
        return CHARTS[name](results, lang, **({"ranges": ranges} if name in WITH_DEPLETION else {}))


def write_all(
    results: "RunResult",
    folder: Path,
    lang: str,
    ranges: "SingleChanges | None" = None,
    formats: Sequence[str] = FORMATS,
    scale: Mapping[str, float] = ALONE,
) -> Iterator[Path]:
    """Draw every chart that the results have into a folder, in some formats; yields the files.

    `scale`: how far axes reach at least.
    """
    folder.mkdir(exist_ok=True)
    with scaled(scale):
        for name in chart_names(results.scenario):
            yield from canvas.write(draw(name, results, lang, ranges), folder, formats)


class Plots:
    """The charts of one scenario's results as figures: `results.plot.reserve_months(lang="zh")`."""

    def __init__(self, results: "RunResult", ranges: "Callable[[], SingleChanges] | None" = None) -> None:
        self._results = results
        self._ranges = ranges

    def _draw(self, name: str, lang: str) -> ChartFigure:
        """The chart of that name; ranges are found when one tells a depletion year."""
        ranges = self._ranges() if self._ranges and name in WITH_DEPLETION else None
        return draw(name, self._results, lang, ranges).figure

    def reserve_months(self, lang: str = "en") -> ChartFigure:
        """The resident fund in months of its outgo."""
        return self._draw("reserve_months", lang)

    def fund_balance(self, lang: str = "en") -> ChartFigure:
        """The resident fund on 31 December of each year."""
        return self._draw("fund_balance", lang)

    def income_outgo(self, lang: str = "en") -> ChartFigure:
        """Income without interest and outgo of the resident fund in each year."""
        return self._draw("income_outgo", lang)

    def cost_and_income_rate(self, lang: str = "en") -> ChartFigure:
        """What each fund pays and takes as a share of its own base."""
        return self._draw("cost_and_income_rate", lang)

    def contribution_gap(self, lang: str = "en") -> ChartFigure:
        """What is levied beside what would be required, now and if that is delayed."""
        return self._draw("contribution_gap", lang)

    def insured(self, lang: str = "en") -> ChartFigure:
        """Insured of the resident scheme on 31 December of each year."""
        return self._draw("insured", lang)

    def contribution_burden(self, lang: str = "en") -> ChartFigure:
        """Own payment over income of the year before by income group."""
        return self._draw("contribution_burden", lang)

    def pyramids(self, lang: str = "en") -> ChartFigure:
        """Population by age, sex and insurance at both ends of the projection."""
        return self._draw("pyramids", lang)

    def cost_by_age(self, lang: str = "en") -> ChartFigure:
        """Benefits per insured year by age in the first and the last year."""
        return self._draw("cost_by_age", lang)

    def transfer_by_age(self, lang: str = "en") -> ChartFigure:
        """Benefits less contributions of a person insured by age."""
        return self._draw("transfer_by_age", lang)

    def admissions(self, lang: str = "en") -> ChartFigure:
        """Admissions and inpatients of a hundred insured in each year."""
        return self._draw("admissions", lang)

    def cost_per_admission(self, lang: str = "en") -> ChartFigure:
        """Eligible cost of an admission in each year."""
        return draw("cost_per_admission", self._results, lang).figure

    def employee_reserve_months(self, lang: str = "en") -> ChartFigure:
        """The employee scheme's pooled fund in months of its outgo."""
        return self._draw("employee_reserve_months", lang)

    def employee_fund_balance(self, lang: str = "en") -> ChartFigure:
        """The employee scheme's pooled fund on 31 December of each year."""
        return self._draw("employee_fund_balance", lang)

    def employee_income_outgo(self, lang: str = "en") -> ChartFigure:
        """Income without interest and outgo of the employee scheme's pooled fund in each year."""
        return self._draw("employee_income_outgo", lang)

    def personal_accounts(self, lang: str = "en") -> ChartFigure:
        """What members hold in personal accounts, and what comes and goes in each year."""
        return self._draw("personal_accounts", lang)

    def retired_per_active(self, lang: str = "en") -> ChartFigure:
        """Retired per 100 active members of the employee scheme."""
        return self._draw("retired_per_active", lang)

    def members_by_scheme(self, lang: str = "en") -> ChartFigure:
        """The population on 31 December by scheme."""
        return self._draw("members_by_scheme", lang)

    def cohort_balance(self, lang: str = "en") -> ChartFigure:
        """Present value of contributions and benefits a person by birth cohort, over the horizon."""
        return self._draw("cohort_balance", lang)

    def own_payment(self, lang: str = "en") -> ChartFigure:
        """What is left to patients behind all tiers by income group, where the other tiers are told."""
        return self._draw("own_payment", lang)

    def choice_of_cover(self, lang: str = "en") -> ChartFigure:
        """What each choice of cover brings the resident fund and takes from it, where there are choices."""
        return self._draw("choice_of_cover", lang)


__all__ = ["CHARTS", "Chart", "ChartFigure", "Plots", "draw", "write_all"]
