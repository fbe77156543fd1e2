"""Chart of a calibration: what is left of every figure, before and after."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.evidence.hindcast import TOLERANCE
from simsurance.output.calibration_summary import item_label
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, in_its_words, words_of

if TYPE_CHECKING:
    from simsurance.evidence.fund_fit import FundFit

NAME: Final = "calibration_fit"
WIDE, ROW, REST = 16.0, 0.4, 4.2
LEFT, RIGHT = 0.42, 0.96


def draw(fit: "FundFit", lang: str = "en") -> Chart:
    """A row a figure: hollow before, full after, the item's tolerance behind."""
    said, table = words_of(fit.scenario, lang), fit.residuals
    high = ROW * len(table) + REST
    with canvas.style():
        figure = canvas.sheet(
            word("title.calibration", lang, title=in_its_words(fit.scenario, "title", lang)),
            word("axis.calibration", lang),
            foot(fit.scenario, lang, [], [word("note.calibration", lang, first=fit.first, last=fit.last)]),
            lang,
            size=(WIDE * CENTIMETRE, high * CENTIMETRE),
        )
        axes = canvas.plot_area(figure, (LEFT, 1.9 / high, RIGHT - LEFT, ROW * len(table) / high))
        axes.grid(visible=False)
        names = []
        for place, (each, (_, row)) in enumerate(zip(fit.figures, table.iterrows(), strict=True)):
            within = 100 * TOLERANCE[str(row["unit"])]
            axes.barh(place, 2 * within, 0.9, left=-within, color="#F0F0F0", zorder=0)
            before, after = 100 * float(row["error_before"]), 100 * float(row["error"])
            axes.plot([before, after], [place, place], color=GREY, linewidth=0.8, zorder=2)
            axes.plot([before], [place], "o", markersize=4, markerfacecolor="white", markeredgecolor=GREY, zorder=3)
            axes.plot([after], [place], "o", markersize=4.5, color=BLUE if row["within"] else VERMILLION, zorder=4)
            names.append(f"{each.year} {fund_label(each.item.fund, lang)}: {item_label(each.item.name, said)}")
        axes.axvline(0, color=BLACK, linewidth=0.8, zorder=1)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_yticks(range(len(table)), [canvas.wrapped(name, 52, 1, size=6.5) for name in names], fontsize=6.5)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(7))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
        return Chart(NAME, figure, table.reset_index())


def write_all(fit: "FundFit", folder: Path, lang: str) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(fit, lang), folder)
