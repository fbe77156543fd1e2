"""Charts of what a fund takes and pays: income and outgo, their rates, what would be required, personal accounts."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.evidence.published import fund_past
from simsurance.ledger import ACCOUNTS, POOL, RESIDENT
from simsurance.measures import measure_of
from simsurance.output.charts import canvas, marks, money
from simsurance.output.charts.canvas import (
    BAND_95,
    BLACK,
    BLUE,
    DASHED,
    NOTE_SIZE,
    SHORTFALL,
    SOLID,
    VERMILLION,
    WORSE,
    Chart,
    ChartFigure,
    Line,
)
from simsurance.output.charts.notes import foot
from simsurance.output.charts.scales import RATES, limit, reach
from simsurance.output.charts.titles import title_of, whose
from simsurance.output.charts.words import of_fund, word
from simsurance.output.labels import fund_label, unit, words_of
from simsurance.output.ranges import marked_range
from simsurance.output.stored_draws import required_words
from simsurance.output.summary import required_facts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

SMALL_DOTS: Final = 2.6
ABOVE: Final = 1.1
"""An axis ends so many times the highest above zero."""
BAR: Final = 0.42


def income_outgo(results: "RunResult", lang: str, fund: str = RESIDENT) -> Chart:
    """Income and outgo of each year, and the gap between them; income with interest where published years are projected too."""
    beside, own = money.income_column(results, fund), of_fund("income_outgo", fund)
    flows = {name: money.amounts(results, fund, name) for name in (beside, "outgo")}
    known = [money.published(fund_past(results.scenario, fund, name), results.scenario) for name in ("income", "outgo")]
    shown = money.shown(results.scenario, lang, [*np.concatenate([*flows.values()]), reach(own)])
    looks = ((BLUE, DASHED), (VERMILLION, SOLID))
    lines = [
        Line.of(
            measure_of(fund, name), _named(name, values, shown.size, lang), results.years, values, past, shown.size,
            colour=colour, dashes=dashes, marker_size=SMALL_DOTS,
        )
        for (name, values), past, (colour, dashes) in zip(flows.items(), known, looks, strict=True)
    ]  # fmt: skip
    notes = [word("note.interest", lang)] if lines[0].published and beside == "income" else []
    basis = money.basis(results.years[0] - 1, lang)
    figure = canvas.sheet(
        title_of(own, results, lang),
        word(f"axis.{beside}", lang, unit=shown.name, basis=basis, whose=whose(results, fund, lang)),
        foot(results.scenario, lang, lines, notes),
        lang,
    )
    axes = canvas.area(figure, percent=money.is_share())
    fill_gap(axes, *lines)
    canvas.draw_lines(axes, lines)
    axes.set_ylim(0, ABOVE * limit(own, canvas.highest(lines), shown.size))
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.direct_labels(axes, lines)
    return Chart(own, figure, canvas.frame(lines, shown.name))


def _named(name: str, values: np.ndarray, size: float, lang: str) -> str:
    """What a flow is called at the end of its line, with its last value and its growth a year."""
    years, growth = len(values) - 1, None
    if years and values[0] > 0 and values[-1] > 0:
        growth = float((values[-1] / values[0]) ** (1 / years) - 1)
    what = "income" if name == money.WITH_INTEREST else name
    return word(f"line.{what}", lang) + "\n" + word("line.grows", lang, value=float(values[-1] / size), growth=growth)


def fill_gap(axes: "Axes", income: Line, outgo: Line) -> None:
    """The area between income and outgo: one colour where there is more outgo, another where there is more income."""
    years = np.array(list(income.points))
    taken, paid = (np.array(list(line.points.values())) for line in (income, outgo))
    look: Any = {"interpolate": True, "linewidth": 0, "zorder": 2}
    axes.fill_between(years, taken, paid, where=paid > taken, color=SHORTFALL, **look)
    axes.fill_between(years, taken, paid, where=paid < taken, color=BAND_95, **look)


def cost_and_income_rate(results: "RunResult", lang: str, ranges: "SingleChanges | None" = None) -> Chart:
    """What each fund pays and takes as a share of its base: a panel each, its own scale, depletion and its range marked."""
    funds = [fund for fund in RATES if fund in results.accounts]
    lines = {fund: _rates(results, fund, lang) for fund in funds}
    figure = canvas.sheet(
        title_of("cost_and_income_rate", results, lang),
        word("axis.cost_and_income_rate", lang),
        foot(results.scenario, lang, [], _rate_notes(len(funds) > 1, lang)),
        lang,
    )
    for place, fund in enumerate(funds):
        left, right = canvas.beside(figure, place, len(funds))
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + 24, percent=True)
        told = word(
            "head.rates",
            lang,
            fund=fund_label(fund, lang) if len(funds) > 1 else "",
            base=word(f"head.base.{fund}", lang),
        )
        canvas.head(axes, told)
        _draw_rates(axes, results, fund, lines[fund], lang, ranges)
    shown = unit("share", words_of(results.scenario, lang)).name
    return Chart(
        "cost_and_income_rate", figure, canvas.frame([line for pair in lines.values() for line in pair], shown)
    )


def _rate_notes(several: bool, lang: str) -> list[str]:
    """What has to be known of the rates, and that those of the employee scheme rest on judgement."""
    return [word("note.rates", lang, several=several), *([word("note.employee", lang)] if several else [])]


def _rates(results: "RunResult", fund: str, lang: str) -> list[Line]:
    """Cost and income rate of a fund, named with their last values."""
    said, found = words_of(results.scenario, lang), []
    for name, key, look in zip(
        RATES[fund], ("cost", "income_rate"), ((VERMILLION, SOLID), (BLUE, DASHED)), strict=True
    ):
        values = results.accounts[fund][name]
        label = f"{word(f'line.{key}', lang)}\n{said.quantity('percent', float(values[-1]), 1)}"
        colour, dashes = look
        found.append(
            Line.of(
                measure_of(fund, name), label, results.years, values, size=0.01, colour=colour, dashes=dashes, width=2.2
            )
        )
    return found


def _draw_rates(
    axes: "Axes", results: "RunResult", fund: str, lines: list[Line], lang: str, ranges: "SingleChanges | None"
) -> None:
    """Both rates, what cannot be paid once the fund has run out, and where cost passes income."""
    cost, income = (np.array(list(line.points.values())) for line in lines)
    years, depleted = np.array(results.years), marks.depletion_of(results, fund)
    canvas.draw_lines(axes, lines)
    axes.set_ylim(0, ABOVE * limit("cost_and_income_rate", canvas.highest(lines), 0.01, fund) or 1.0)
    canvas.year_axis(axes, lines, None)
    passes = np.flatnonzero((cost[1:] > income[1:]) & (cost[:-1] <= income[:-1]))
    if len(passes):
        place = int(passes[0])
        gap = cost - income
        share = float(gap[place] / (gap[place] - gap[place + 1]))
        spot = (float(years[place] + share), float(income[place] + share * (income[place + 1] - income[place])))
        axes.plot(
            *spot, "o", markersize=5, markerfacecolor="white", markeredgecolor=BLACK, markeredgewidth=1.0, zorder=8
        )
        _note(axes, lines, spot, word("mark.cost_passes", lang, year=int(years[place + 1])))
    if depleted:
        after = years >= depleted
        axes.fill_between(years, income, cost, where=after & (cost > income), color=SHORTFALL, linewidth=0, zorder=2)
        place = list(years).index(depleted)
        axes.plot([depleted] * 2, sorted([income[place], cost[place]]), color=BLACK, linewidth=1.0, zorder=6)
        forms = marks.above(word("mark.depleted", lang, year=depleted), marked_range(results, ranges, fund, lang))
        _note(axes, lines, (depleted, float(cost[place])), *forms)
    canvas.direct_labels(axes, lines)


def _note(axes: "Axes", lines: list[Line], spot: tuple[float, float], *forms: str) -> None:
    """Words about a spot, in the first of their forms that meets no line."""
    note = axes.annotate("", spot, (0, 0), textcoords="offset points", fontsize=NOTE_SIZE, color=canvas.AXIS, zorder=9)
    note.set_bbox(canvas.PAPER)
    for words in forms:
        note.set_text(words)
        if not canvas.into_clear(note, lines, marks.AROUND):
            return


def contribution_gap(results: "RunResult", lang: str) -> Chart:
    """What is levied when it can change, and if that is delayed, beside what would be required: a panel a fund."""
    facts = {
        fund: [fact for fact in required_facts(results, fund) if fact["levied"]]
        for fund in RATES
        if fund in results.accounts
    }
    facts = {fund: told for fund, told in facts.items() if told} or {RESIDENT: []}
    target = results.scenario.values.measures.target_reserve_months
    drawn = {fund: required_words(results.scenario, fund, lang) for fund in facts}
    ranges = [
        word("note.drawn", lang, fund=fund_label(fund, lang), start=facts[fund][0]["start"], drawn=each)
        for fund, each in drawn.items()
        if each and facts[fund]
    ]
    figure = canvas.sheet(
        title_of("contribution_gap", results, lang),
        word("axis.contribution_gap", lang, target=target, last=results.years[-1]),
        foot(results.scenario, lang, [], [word("note.contribution_gap", lang), *ranges]),
        lang,
    )
    tables = []
    for place, (fund, told) in enumerate(facts.items()):
        left, right = canvas.beside(figure, place, len(facts), 8)
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + 24, percent=fund == POOL)
        base = word(f"head.levied.{fund}", lang)
        canvas.head(axes, word("head.rates", lang, fund=fund_label(fund, lang) if len(facts) > 1 else "", base=base))
        tables.append(_draw_gap(axes, figure, fund, told, lang))
    return Chart("contribution_gap", figure, canvas.together(*tables))


def _draw_gap(axes: "Axes", figure: ChartFigure, fund: str, facts: list[Any], lang: str) -> "pd.DataFrame":
    """For each year in which it may begin: what is levied, and what is required, hatched where it is more."""
    import pandas as pd

    rows, said = [], figure.said
    scale, name = (0.01, "%") if fund == POOL else (1.0, said.label("chart.head.yuan_pp"))
    for place, fact in enumerate(facts):
        standard, level = fact["standard"] / scale, max(fact["level"] / scale, 0.0)
        rows += [(fund, fact["start"], "levied", standard, name), (fund, fact["start"], "required", level, name)]
        kept, more = min(standard, level), max(level - standard, 0.0)
        axes.bar(place - BAR / 2, standard, 0.92 * BAR, color=BLUE, zorder=3)
        axes.bar(place + BAR / 2, kept, 0.92 * BAR, color=canvas.PAID, zorder=3)
        axes.bar(
            place + BAR / 2,
            more,
            0.92 * BAR,
            kept,
            color=WORSE,
            hatch="////",
            edgecolor=VERMILLION,
            linewidth=0,
            zorder=3,
        )
        for at, value, words in ((-BAR / 2, standard, "mark.levied"), (BAR / 2, level, "mark.required_short")):
            number = said.number(value, 2 if fund == POOL else 0) + ("%" if fund == POOL else "")
            told = word(words, lang, number=number, change=fact["change"])
            axes.annotate(
                told,
                (place + at, value),
                (0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=NOTE_SIZE,
            )
    axes.set_xlim(-0.8, len(facts) - 0.2)
    axes.set_ylim(0, 1.3 * max([row[3] for row in rows] or [1.0]))
    axes.set_xticks(range(len(facts)), [word("head.from", lang, year=fact["start"]) for fact in facts])
    axes.tick_params(axis="x", length=0)
    for kind in ("levied", "required"):
        bars = {row[1]: row[3] for row in rows if row[2] == kind}
        figure.curves += (canvas.Drawn(f"{fund_label(fund, lang)}, {word(f'line.{kind}', lang)}", bars),)
    return pd.DataFrame(rows, columns=["series", "year", "kind", "value", "unit"])


def personal_accounts(results: "RunResult", lang: str) -> Chart:
    """What members hold in their own accounts, and what comes and goes: never netted with the pool."""
    basis, scenario = money.basis(results.years[0] - 1, lang), results.scenario
    flows = {name: money.amounts(results, ACCOUNTS, name) for name in (money.income_column(results, ACCOUNTS), "outgo")}
    balance = money.amounts(results, ACCOUNTS, "closing")
    past = {
        name: money.published(fund_past(scenario, ACCOUNTS, name), scenario)
        for name in ("cumulative_balance", "income", "outgo")
    }
    shown = money.shown(scenario, lang, [*balance, *np.concatenate([*flows.values()]), reach("personal_accounts")])

    def line(name: str, words: str, values: np.ndarray, known: str, **look: Any) -> Line:
        return Line.of(measure_of(ACCOUNTS, name), words, results.years, values, past[known], shown.size, **look)

    (income, taken), (outgo, paid) = flows.items()
    held = line("closing", word("line.held", lang), balance, "cumulative_balance", stock=True)
    small: Any = {"marker_size": SMALL_DOTS}
    moved = [
        line(income, _named(income, taken, shown.size, lang), taken, "income", colour=BLUE, dashes=DASHED, **small),
        line(outgo, _named(outgo, paid, shown.size, lang), paid, "outgo", colour=VERMILLION, **small),
    ]
    figure = canvas.sheet(
        title_of("personal_accounts", results, lang),
        word("axis.personal_accounts", lang, unit=shown.name, basis=basis),
        foot(scenario, lang, [held, *moved], [word("note.accounts", lang)]),
        lang,
        canvas.TALL,
    )
    upper, lower = canvas.stacked(figure, 0.46, percent="both" if money.is_share() else "")
    for axes, drawn, words, part in ((upper, [held], "head.held", ""), (lower, moved, "head.flows", "flows")):
        canvas.head(axes, word(words, lang))
        canvas.draw_lines(axes, drawn)
        axes.set_ylim(
            min(0.0, *(min(each.points.values()) for each in drawn)),
            ABOVE * limit("personal_accounts", canvas.highest(drawn), shown.size, part),
        )
        canvas.year_axis(axes, [held, *moved], results.years[0], word("mark.projection", lang) if axes is upper else "")
        canvas.direct_labels(axes, drawn)
    marks.depletion(upper, results, held, ACCOUNTS, lang, None)
    return Chart("personal_accounts", figure, canvas.frame([held, *moved], shown.name))
