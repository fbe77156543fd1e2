"""Scenarios on the same draws, in words: how often one is better than the base, and by how much."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.language import Words, words
from simsurance.ledger import FUNDS
from simsurance.output.draws_words import chance
from simsurance.output.labels import fund_label

if TYPE_CHECKING:
    from simsurance.uncertainty.paired import Pairs

TOLD: Final = {"years_funded": 0, "reserve_months_last_year": 1, "required_contribution_multiple_now": 3}
"""What is told of a pair, with the decimals of a difference."""
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


def pairs_summary(pairs: "Pairs", lang: str) -> str:
    """The rows as a Markdown document."""
    said, (head, *rows) = words(lang), pair_rows(pairs, lang)
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |" + " ---: |" * (len(head) - 3)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    title = said.say("pairs.title", base=pairs.names[0], sample=pairs.runs[0].sample.draws)
    return "\n".join([f"# {title}", "", said.label("pairs.about"), "", *lines, ""])
