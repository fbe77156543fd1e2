"""Chart of a year by months: money in the bank above, what comes and what goes below."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from simsurance.answers.months import CLEARED
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import Unit, words_of
from simsurance.output.months_summary import fund_facts, unit_of
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.answers.actual_months import Warned
    from simsurance.answers.months import FundMonths, Months
    from simsurance.language import Words

UPPER: Final = (0.125, 0.47, 0.83, 0.33)
LOWER: Final = (0.125, 0.245, 0.83, 0.17)
TINT, BAND = canvas.SHORTFALL, canvas.BAND_80
WIDE: Final = 0.38


def draw(of: "FundMonths", warned: "Warned | None" = None, lang: str = "en") -> Chart:
    """The money in the bank at each month's end, what is below zero tinted; income and outgo of the month side by side."""
    said = words_of(of.run.scenario, lang)
    shown, facts = unit_of(of, said), fund_facts(of, warned, lang)
    keys = {"fund": facts["whose"], "at": facts["at"], "least": facts["least"], "overdraft": facts["overdraft"]}
    notes = [word("note.months_range", lang, low=facts["low"], high=facts["high"]), word("note.months_marks", lang)]
    notes += [word("note.months_actual", lang)] if warned else []
    with canvas.style():
        figure = canvas.sheet(
            word("title.months", lang, **keys),
            word("axis.months", lang, unit=shown.name),
            foot(of.run.scenario, lang, [], notes),
            lang,
        )
        above, below = canvas.plot_area(figure, UPPER), canvas.plot_area(figure, LOWER)
        _money(above, of, warned, shown, said)
        _flows(below, of, shown, said)
        return Chart(f"months_{of.fund}", figure, _data(of, warned))


def _money(axes: "Axes", of: "FundMonths", warned: "Warned | None", shown: Unit, said: "Words") -> None:
    """The balance at each month's end, with what is not the next year's, the least, and what has been."""
    places, cash = np.arange(len(of.cash)), of.cash / shown.size
    own = (of.cash[1:] - of.for_next_year) / shown.size
    axes.plot(places, cash, color=BLACK, linewidth=2.0, zorder=5, label=word("line.months_cash", said.lang))
    axes.plot(
        places[1:], own, color=BLACK, linewidth=1.1, linestyle=canvas.DASHED, zorder=4,
        label=word("line.months_own", said.lang),
    )  # fmt: skip
    if warned:
        held, half = warned.cash / shown.size, warned.half_band / shown.size
        axes.fill_between(np.arange(13), held - half, held + half, color=BAND, linewidth=0, zorder=2)
        label = word("line.months_actual", said.lang)
        axes.plot(np.arange(13), held, color=BLUE, linewidth=1.4, zorder=6, label=label)
        known = np.arange(warned.known + 1)
        axes.plot(known, held[known], "o", color=BLUE, markersize=4, zorder=7)
    canvas.from_zero(axes)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.16 * (high - low))  # room for the names of the lines
    if low < 0:
        axes.axhspan(low, 0, color=TINT, zorder=0, linewidth=0)
        axes.text(
            0.01,
            0.04,
            word("mark.overdraft", said.lang),
            transform=axes.transAxes,
            fontsize=8,
            color=canvas.ink(VERMILLION),
        )
    place = of.lowest + 1
    axes.plot([place], [cash[place]], "o", markersize=7, markerfacecolor="none", markeredgecolor=VERMILLION, zorder=8)
    axes.legend(loc="upper center", ncols=3, fontsize=7.5, frameon=False, borderaxespad=0.1)
    axes.set_xlim(-0.5, len(of.cash) - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_locator(FixedLocator(list(range(0, len(of.cash), 12 if len(of.years) > 1 else 3))))
    axes.tick_params(axis="x", labelbottom=False)


def _flows(axes: "Axes", of: "FundMonths", shown: Unit, said: "Words") -> None:
    """What comes and what goes in each month; months in which the former year is cleared are marked."""
    places = np.arange(1, len(of.cash))
    pairs = ((of.income, BLUE, "line.months_income", -0.5), (of.outgo, VERMILLION, "line.months_outgo", 0.5))
    for amounts, colour, key, aside in pairs:
        label = word(key, said.lang)
        axes.bar(places + aside * WIDE, amounts / shown.size, WIDE, color=colour, label=label, zorder=3)
    cleared = of.columns[CLEARED] > 0
    tops = np.maximum(of.income, of.outgo) / shown.size
    axes.plot(places[cleared], tops[cleared] * 1.0 + 0.09 * tops.max(), "^", color=GREY, markersize=5, zorder=4)
    axes.set_ylim(0, 1.35 * tops.max())
    axes.set_xlim(-0.5, len(of.cash) - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.legend(loc="upper center", ncols=2, fontsize=7.5, frameon=False, borderaxespad=0.1)
    many = len(of.years) > 1
    axes.xaxis.set_major_locator(FixedLocator([float(place) for place in places if not many or place % 3 == 1]))

    def name(place: float, _: object) -> str:
        year, month = of.years[int(place - 1) // 12], int(place - 1) % 12 + 1
        return f"{month}\n{year}" if month == 1 else f"{month}"

    axes.xaxis.set_major_formatter(FuncFormatter(name))
    axes.tick_params(axis="x", labelsize=7.5)


def _data(of: "FundMonths", warned: "Warned | None") -> "pd.DataFrame":
    """What is drawn, a row a month."""
    import pandas as pd

    months = [(year, month) for year in of.years for month in range(1, 13)]
    table = pd.DataFrame(months, columns=["year", "month"])
    table["income"], table["outgo"], table["cash"] = of.income, of.outgo, of.cash[1:]
    table["without_next_year"] = of.cash[1:] - of.for_next_year
    if warned:
        for name in ("cash", "low", "high"):
            table.loc[:11, f"going_on_{name}"] = warned.table[name].to_numpy()
    return table


def write_all(
    months: "Months", warned: "dict[str, Warned]", folder: Path, lang: str, formats: Sequence[str] = FORMATS
) -> Iterator[Path]:
    """Draw the charts of all funds into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, of in months.funds.items():
        yield from canvas.write(draw(of, warned.get(name), lang), folder, formats)
