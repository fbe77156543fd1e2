"""The chart of what a policy in one scheme does to every fund."""

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from simsurance import __version__
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, GREY, SKY, VERMILLION, Chart
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, scenario_title, unit, words_of

if TYPE_CHECKING:
    from simsurance.analysis.scheme_effects import SchemeEffects

NAME: Final = "scheme_effects"
LOOKS: Final = {"resident": (VERMILLION, ""), POOL: (BLUE, "////"), ACCOUNTS: (SKY, "....")}
BAR: Final = 0.26
LABEL_WIDTH: Final = 26
PLACE: Final = (0.3, 0.2, 0.64, 0.6)


def draw(effects: "SchemeEffects", lang: str = "en") -> Chart:
    """Bars by policy and fund: the change in income less expenditure over the period, present value."""
    with canvas.style():
        return _draw(effects, lang)


def _draw(effects: "SchemeEffects", lang: str) -> Chart:
    changes = effects.effects["balance_present_value"]
    drawn = changes[changes.index.isin(effects.base.accounts, level="fund")]
    shown = unit("yuan", words_of(effects.base.scenario, lang), drawn)
    table = drawn / shown.size
    years = effects.base.years
    axis = word("axis.scheme_effects", lang, unit=shown.name, first=years[0], last=years[-1])
    base = word("note.base", lang, base=scenario_title(effects.base.scenario, lang))
    figure = canvas.sheet(word("title.scheme_effects", lang), axis, [f"{base} · simsurance {__version__}"], lang)
    axes = canvas.plot_area(figure, PLACE)
    axes.grid(visible=False)
    axes.grid(axis="x", color="#E4E4E4", linewidth=0.6)
    places = np.arange(len(effects.policies), dtype=float)
    for position, fund in enumerate(effects.base.accounts):
        colour, hatch = LOOKS[fund]
        numbers = [float(table.loc[policy, fund]) for policy in effects.policies]
        label = fund_label(fund, lang)
        at = places + (position - 1) * BAR
        axes.barh(at, numbers, BAR * 0.9, color=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        for height, value in zip(at, numbers, strict=True):
            side = "left" if value >= 0 else "right"
            axes.annotate(
                figure.said.number(value),
                (value, height),
                (3 if value >= 0 else -3, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=7,
            )
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.margins(x=0.2)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(axes.yaxis.get_major_formatter())
    axes.set_yticks(places, [canvas.wrapped(title, LABEL_WIDTH) for title in effects.titles(lang)])
    axes.invert_yaxis()
    figure.legend(loc="lower right", bbox_to_anchor=(0.97, 0.01), ncols=3, frameon=False, fontsize=7.5, labelcolor=GREY)
    return Chart(NAME, figure, table.rename(shown.name).reset_index())
