"""A year by months in words: the table of a fund, its least money, what lies between the fund and the bank, early warning.

The sentences stand in the language files, their order in `templates/months.md.j2`.
"""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.answers.month_inputs import OWN, SIZES
from simsurance.language import Words
from simsurance.output.labels import Unit, fund_label, in_its_words, unit, words_of
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.answers.actual_months import Warned
    from simsurance.answers.months import FundMonths, Months

TEMPLATE: Final = Path(__file__).parent / "templates" / "months.md.j2"
SHOWN: Final = ("income", "outgo", "cash", "for_next_year")
MOST_MOVES: Final = 3
FIGURES: Final = 3
"""Figures at least of the largest amount of a table."""


def month_words(of: "FundMonths", place: int, said: Words) -> str:
    """A month by its place among those of all years."""
    return said.say("months.month", year=of.years[place // 12], month=place % 12 + 1)


def unit_of(of: "FundMonths", said: Words) -> Unit:
    """The unit in which the amounts of a fund are shown."""
    return unit("yuan", said, [float(abs(of.cash).max())], FIGURES)


def years_of(of: "FundMonths") -> str:
    """The years as printed."""
    return f"{of.years[0]}" if len(of.years) == 1 else f"{of.years[0]}–{of.years[-1]}"


def month_rows(of: "FundMonths", said: Words) -> list[tuple[str, ...]]:
    """A row a month: what comes, what goes, the money at its end, what of it is for the year after; the unit stands above."""
    shown = unit_of(of, said)
    columns = [of.income, of.outgo, of.cash[1:], of.for_next_year]
    rows = [tuple(said.label(f"months.column.{name}") for name in ("month", *SHOWN))]
    rows += [
        (month_words(of, place, said), *(said.number(float(each) / shown.size, 1) for each in amounts))
        for place, amounts in enumerate(zip(*columns, strict=True))
    ]
    return rows


def move_facts(of: "FundMonths", said: Words) -> list[str]:
    """The inputs that move the least money most."""
    found = []
    for row in of.ranges.head(MOST_MOVES).reset_index().to_dict(orient="records"):
        mark = said.label("months.own_input" if row["mark"] == OWN else f"mark.{row['mark']}")
        ends = {name: said.quantity("money", float(row[name])) for name in ("lowest_low", "lowest_high")}
        inputs = {name: said.number(float(row[name]), None) for name in ("low", "high")}
        item, place = said.label(f"months.item.{row['item']}"), "" if row["item"] in SIZES else row["place"]
        found.append(said.say("months.move", item=item, place=place, mark=mark, **ends, **inputs))
    return found


def fund_facts(of: "FundMonths", warned: "Warned | None", lang: str) -> dict[str, Any]:
    """Everything that is told of the months of a fund."""
    said = words_of(of.run.scenario, lang)
    money = {
        name: said.quantity("money", value) for name, value in zip(("low", "high"), of.range_of_lowest, strict=True)
    }
    worst = max(0.0, -of.range_of_lowest[0])
    borrowed = {
        "overdraft": of.overdraft,
        "worst": worst,
        "own_overdraft": of.overdraft_without_next_year,
    }
    return {
        "whose": fund_label(of.fund, lang),
        "years": years_of(of),
        "unit": unit_of(of, said).name,
        "at": month_words(of, of.lowest, said),
        "least": said.quantity("money", float(of.cash[1:].min())),
        **money,
        **{name: said.quantity("money", amount) if amount else "" for name, amount in borrowed.items()},
        "between": [_between(date, row, said) for date, row in of.reconciled.iterrows()],
        "moves": move_facts(of, said),
        "rows": month_rows(of, said),
        "actual": None if warned is None else warned_facts(warned, said),
    }


def _between(date: Any, row: "pd.Series[float]", said: Words) -> dict[str, Any]:
    """From the fund to the money in the bank on a date."""

    def told(amount: float) -> str:
        return said.quantity("money", float(amount))

    return {
        "date": date,
        "fund": told(row["balance"]),
        "ahead": told(row["booked_ahead"] + row["collected_ahead"]),
        "owed": told(row["owed"] + row["owed_at_valuation"]),
        "advanced": told(row["advanced"]) if row["advanced"] else "",
        "cash": told(row["cash"]),
    }


def warned_facts(warned: "Warned", said: Words) -> dict[str, Any]:
    """Early warning: what has been beside the path, and where the year ends."""
    path, half = warned.path, float(warned.half_band[12])
    end = float(warned.cash[12])
    below = next((month for month in range(1, 13) if warned.cash[month] < 0), None)
    banded = isfinite(half) and half > 0
    return {
        "whose": fund_label(path.fund, said.lang),
        "known": warned.known,
        "at": month_words(path, warned.known - 1, said),
        "ahead": warned.behind >= 0,
        "behind": said.quantity("money", abs(warned.behind)),
        **warned.ratios,
        "cash": said.quantity("money", end),
        "low": said.quantity("money", end - half) if banded else "",
        "high": said.quantity("money", end + half) if banded else "",
        "as_path": said.quantity("money", warned.as_path),
        "path": said.quantity("money", float(path.cash[12])),
        "below": None if below is None else month_words(path, below - 1, said),
    }


def fund_lines(of: "FundMonths", warned: "Warned | None", lang: str) -> list[str]:
    """What is told of a fund on the terminal, without its table."""
    facts, said = fund_facts(of, warned, lang), words_of(of.run.scenario, lang)
    lines = [said.say("months.least", **facts), said.say("months.overdraft", **facts), said.say("months.own", **facts)]
    lines += [said.say("months.between", **each) for each in facts["between"]]
    lines += [said.say("months.moves", **facts)] if facts["moves"] else []
    if actual := facts["actual"]:
        lines += [said.say("months.actual", **actual), said.say("months.year_end", **actual)]
        lines += [said.say("months.below", at=actual["below"])] if actual["below"] else []
    return [line.replace("**", "") for line in lines]


def months_summary(months: "Months", warned: "Mapping[str, Warned]", lang: str = "en") -> str:
    """The summary of a year by months as Markdown."""
    scenario, first = months.run.scenario, next(iter(months.funds.values()))
    facts = {
        "title": markdown(in_its_words(scenario, "title", lang)),
        "name": scenario.name,
        "version": __version__,
        "years": years_of(first),
        "funds": [fund_facts(of, warned.get(name), lang) for name, of in months.funds.items()],
    }
    return words_of(scenario, lang).page(TEMPLATE, **facts)
