"""Scenarios on the same draws, in words: how often one is better than the base, and by how much."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.language import Words, words
from simsurance.ledger import FUNDS
from simsurance.output.draws_words import chance
from simsurance.output.labels import fund_label, words_of
from simsurance.output.stochastic_summary import pooled, told_years
from simsurance.uncertainty.paired import SAME_SHARE
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    from simsurance.uncertainty.paired import Pairs

TOLD: Final = {"years_funded": 0, "reserve_months_last_year": 1, "required_contribution_multiple_now": 3}
"""What is told of a pair, with the decimals of a difference."""
BALANCE: Final = f"closing_{CONSTANT_PRICES}"
ENDS: Final = {"low": "p10", "median": "p50", "high": "p90"}
HEAD: Final = ("scenario", "fund", "measure", "better", "same", "worse", "median", "range")


def pair_rows(pairs: "Pairs", lang: str) -> list[tuple[str, ...]]:
    """A head, and a row for each scenario less the base, pooled fund and measure that is told."""
    said, table = words(lang), pairs.differences.to_dict("index")
    rows = [tuple(said.label(f"pairs.{name}") for name in HEAD)]
    for name in pairs.names[1:]:
        for fund in (fund.name for fund in FUNDS if fund.pooled):
            for measure, decimals in TOLD.items():
                if found := table.get((name, fund, measure)):
                    told = (name, fund_label(fund, lang), said.label(f"pairs.{measure}"))
                    rows.append((*told, *_chances(found, said), *_differences(found, decimals, said)))
    return rows


def _chances(found: Mapping[Any, Any], said: Words) -> tuple[str, ...]:
    shares = [float(found[name]) for name in ("better", "same", "worse")]
    return tuple("" if np.isnan(share) else chance(share, said) for share in shares)


def _differences(found: Mapping[Any, Any], decimals: int, said: Words) -> tuple[str, str]:
    low, middle, high = (float(found[name]) for name in ("p10", "p50", "p90"))
    if np.isnan(middle):
        return "", ""
    low_words, middle_words, high_words = (said.signed(said.number(each, decimals)) for each in (low, middle, high))
    return middle_words, said.say("pairs.ends", low=low_words, high=high_words)


def readings(pairs: "Pairs", lang: str) -> list[str]:
    """By how much the balance of each pooled fund differs in the years that are told, and how often it is higher."""
    base = pairs.runs[0]
    said, told = words_of(base.scenario, lang), list[str]()
    table = pairs.by_year.to_dict("index")
    for name in pairs.names[1:]:
        for fund in pooled(base):
            for year in told_years(base):
                row = table.get((name, fund, BALANCE, year))
                if row is None:
                    continue
                ends = {each: said.signed(said.quantity("money", float(row[at]))) for each, at in ENDS.items()}
                shares = {each: chance(float(row[each]), said) for each in ("better", "same", "worse")}
                whose = {"fund": fund_label(fund, lang), "name": name, "base": pairs.names[0]}
                told.append(said.say("pairs.reading", **whose, **ends, **shares, year=year, prices=base.years[0] - 1))
    return told


def pairs_summary(pairs: "Pairs", lang: str) -> str:
    """The rows as a Markdown document, with how to read them."""
    said, (head, *rows) = words(lang), pair_rows(pairs, lang)
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |" + " ---: |" * (len(head) - 3)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    title = said.say("pairs.title", base=pairs.names[0], sample=pairs.runs[0].sample.draws)
    sure = said.say("pairs.sure", base=pairs.names[0], within=SAME_SHARE)
    read = [*readings(pairs, lang), sure, said.say("pairs.apart", last=pairs.runs[0].years[-1])]
    told = ["", f"## {said.label('pairs.reading_title')}", "", *(f"- {each}" for each in read), ""]
    return "\n".join([f"# {title}", "", said.label("pairs.about"), "", *lines, *told])
