"""Chart of a calibration: what is left of every figure, before and after."""

from collections.abc import Iterator, Sequence
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
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    from simsurance.evidence.fund_fit import FundFit

NAME: Final = "calibration_fit"
WIDE, ROW, REST = 16.0, 0.4, 4.2
LEFT, RIGHT = 0.46, 0.96
NAME_SIZE, HEAD_SIZE = 6.5, 7.5
"""Points of the name of a figure, and of that of its fund above."""
NAMES: Final = 2 * (LEFT - 0.03) * WIDE * CENTIMETRE * 72 / NAME_SIZE
"""Places of the name of a figure."""
TOLERATED: Final = "#E4E4E4"


def draw(fit: "FundFit", lang: str = "en") -> Chart:
    """A row a figure: hollow before, full after, the item's tolerance behind."""
    said, table = words_of(fit.scenario, lang), fit.residuals
    funds = list(dict.fromkeys(table.index.get_level_values("fund")))
    rows = len(table) + len(funds)
    high = ROW * rows + REST
    with canvas.style():
        figure = canvas.sheet(
            _title(fit, lang),
            word("axis.calibration", lang),
            foot(fit.scenario, lang, [], [word("note.calibration", lang, first=fit.first, last=fit.last)]),
            lang,
            size=(WIDE * CENTIMETRE, high * CENTIMETRE),
        )
        axes = canvas.plot_area(figure, (LEFT, 1.9 / high, RIGHT - LEFT, ROW * rows / high))
        axes.grid(visible=False)
        names, heads = dict[int, str](), dict[str, int]()
        for order, row in enumerate(table.reset_index().to_dict(orient="records")):
            fund = str(row["fund"])
            heads.setdefault(fund, order + len(heads))
            place = order + len(heads)
            within = 100 * TOLERANCE[str(row["unit"])]
            axes.barh(place, 2 * within, 0.9, left=-within, color=TOLERATED, zorder=0.5)
            before, after = 100 * float(row["error_before"]), 100 * float(row["error"])
            axes.plot([before, after], [place, place], color=GREY, linewidth=0.8, zorder=2)
            axes.plot([before], [place], "o", markersize=4, markerfacecolor="white", markeredgecolor=GREY, zorder=3)
            axes.plot([after], [place], "o", markersize=4.5, color=BLUE if row["within"] else VERMILLION, zorder=4)
            name = word("mark.figure", lang, what=item_label(str(row["item"]), said), year=row["year"])
            names[place] = canvas.wrapped(name, NAMES, 1, size=NAME_SIZE)
        for fund, place in heads.items():
            head = axes.annotate(
                fund_label(fund, said), (0, place), (-4, 0), axes.get_yaxis_transform(), "offset points"
            )
            head.set(ha="right", va="center", fontsize=HEAD_SIZE, color=canvas.BLACK, annotation_clip=False)
        axes.axvline(0, color=BLACK, linewidth=0.8, zorder=1)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_yticks(list(names), list(names.values()), fontsize=NAME_SIZE)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(7))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
        return Chart(NAME, figure, table.reset_index())


def _title(fit: "FundFit", lang: str) -> str:
    """How many figures are met within their tolerance, with the factors and without them."""
    table = fit.residuals
    before = sum(abs(row["error_before"]) <= TOLERANCE[str(row["unit"])] for _, row in table.iterrows())
    found = {"within": int(table["within"].sum()), "before": before, "figures": len(table)}
    return word("title.calibration", lang, title=in_its_words(fit.scenario, "title", lang), **found)


def write_all(fit: "FundFit", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(fit, lang), folder, formats)
