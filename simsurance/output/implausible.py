"""What of a run can hardly be: a fund that takes all income and more, an income below zero, growth beyond reason."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.language import words
from simsurance.output.labels import fund_label
from simsurance.scenario_file.years import spans

if TYPE_CHECKING:
    from simsurance.results import RunResult

ALL_INCOME: Final = 1.0
"""Cost rate at which a fund's expenditure is all income of those it covers."""
MOST_GROWTH: Final = 100.0
"""Times the first year's expenditure at constant prices beyond which growth is implausible."""


def implausible(results: "RunResult", lang: str) -> list[str]:
    """A sentence for each fund and each of its results that can hardly be."""
    said = words(lang)
    return [
        said.say(f"summary.implausible.{name}", fund=fund_label(fund, lang), **facts)
        for fund in results.accounts
        for name, facts in _of_a_fund(results, fund)
    ]


def _of_a_fund(results: "RunResult", fund: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sentences of a fund by their names, and their facts."""
    account, years = results.accounts[fund], results.years
    rate = account["cost_rate"]
    if (over := rate > ALL_INCOME).any():
        place = int(np.nanargmax(rate))
        yield "cost_rate", {"first": years[int(over.argmax())], "year": years[place], "rate": float(rate[place])}
    if below := [year for year, income in zip(years, account["income"].tolist(), strict=True) if income < 0]:
        yield "income", {"spans": spans(below)}
    real = account["outgo"] / account["price_level"]
    place = int(real.argmax())
    if real[place] > MOST_GROWTH * real[0] > 0:
        yield "growth", {"times": float(real[place] / real[0]), "year": years[place], "first": years[0]}
