"""Pools in words: who gains and who loses, what sums to nothing, what becomes steadier; every number from the tables.

The sentences stand in the language files, their order in `templates/pools.md.j2`.
"""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.analysis.pools import ADJUSTED, MERGED, SEPARATE
from simsurance.axes import YEAR
from simsurance.language import Words, words
from simsurance.ledger import POOL
from simsurance.output.labels import in_language
from simsurance.plain_text import markdown
from simsurance.scenario_file.pooling import OWN, UPWARDS
from simsurance.scenario_file.register import MARKS, source_title

if TYPE_CHECKING:
    from simsurance.analysis.pools import Pools

TEMPLATE: Final = Path(__file__).parent / "templates" / "pools.md.j2"


def said_of(pools: "Pools", lang: str) -> Words:
    """The words of a language with the pools' currency."""
    return words(lang, pools.pooling.currency)


def titles(pools: "Pools", lang: str) -> dict[str, str]:
    """The title of each pool by its name."""
    return {pool.name: in_language(pool, "title", lang) for pool in pools.pooling.pools}


def pool_rows(pools: "Pools", lang: str) -> list[tuple[str, ...]]:
    """A row a pool, who gains most first: insured, net transfer, depletion year and reserve months apart and adjusted.

    Without an adjustment fund there is no transfer and nothing adjusted to show.
    """
    said, named = said_of(pools, lang), titles(pools, lang)
    between = pools.pooling.adjustment is not None
    heads = ["pool", "insured", *(["net_pp"] if between else []), "depletion", "months"]
    heads += ["merged", "mark"] if pools.merged is not None else ["mark"]
    rows = [tuple(said.say(f"pools.column.{name}", year=pools.year) for name in heads)]
    for name, row in pools.pools.iterrows():
        dates = [_year(float(row[f"depletion_year_{kind}"]), said) for kind in (SEPARATE, ADJUSTED)]
        months = [said.number(float(row[f"reserve_months_{kind}"]), 1) for kind in (SEPARATE, ADJUSTED)]
        moved = [
            said.say("pools.from_to", apart=before, adjusted=after) if between else before
            for before, after in (dates, months)
        ]
        cells = [named[str(name)], said.quantity("persons", float(row["insured"]))]
        cells += [*([said.signed(said.number(float(row["net_transfer_pp"]), 1))] if between else []), *moved]
        if pools.merged is not None:
            cells.append(said.signed(said.number(float(row["merged_balance_pp"]), 1)))
        rows.append((*cells, said.label(f"mark.{row['mark']}")))
    return rows


def marks_told(pools: "Pools", said: Words) -> str:
    """How many pools' figures are how certain, the surest first."""
    marks = [pool.mark for pool in pools.pooling.pools]
    counted = [{"count": marks.count(mark), "mark": said.label(f"mark.{mark}")} for mark in MARKS if mark in marks]
    return said.say("pools.marks", counted=counted)


def _year(value: float, said: Words) -> str:
    return f"{value:.0f}" if isfinite(value) else said.label("pools.never")


def pools_facts(pools: "Pools", lang: str) -> dict[str, Any]:
    """Everything that is told of pools."""
    said, pooling, named = said_of(pools, lang), pools.pooling, titles(pools, lang)
    net = pools.net.sum(axis=YEAR)
    last, place = pools.years[-1], pools.years.index(pools.year)
    spread, depleted = (
        {kind: pools.stability.loc[(kind, year), column] for kind in pools.stability.index.unique("arrangement")}
        for column, year in (("spread", pools.year), ("depleted", last))
    )
    return {
        "title": markdown(in_language(pooling, "title", lang)),
        "description": markdown(in_language(pooling, "description", lang)),
        "name": pooling.name,
        "version": __version__,
        "count": len(pools.names),
        "first": pools.years[0],
        "last": last,
        "year": pools.year,
        "rules": pooling.adjustment,
        "merged": pools.merged is not None,
        "upwards": pooling.merged is not None and pooling.merged.benefits == UPWARDS,
        "phase_in_years": pooling.merged.phase_in_years if pooling.merged else 0,
        "employee": pooling.fund == POOL,
        "benefits": named.get(pooling.merged.benefits, "") if pooling.merged else "",
        "one_standard": pooling.merged is not None and pooling.merged.standard != OWN,
        "gainers": int((net > 0).sum()),
        "losers": int((net < 0).sum()),
        "gained": float(net.clip(min=0).sum()),
        "lost": float(-net.clip(max=0).sum()),
        "kept": float(pools.kept.sum()),
        "spread": {kind: float(value) for kind, value in spread.items()},
        "depleted": {kind: int(value) for kind, value in depleted.items()},
        "merged_months": float(pools.reserve_months(MERGED)[place, 0]) if pools.merged is not None else 0.0,
        "nation": pools.nation is not None,
        "gap": 0.0 if pools.nation is None else pools.reconciliation,
        "rows": [tuple(cell.replace("|", "\\|") for cell in row) for row in pool_rows(pools, lang)],
        "pools": [
            (markdown(named[pool.name]), said.label(f"mark.{pool.mark}"), markdown(source_title(pool.source, lang)))
            for pool in pooling.pools
        ],
    }


def pools_summary(pools: "Pools", lang: str = "en") -> str:
    """The summary of pools side by side as Markdown."""
    return said_of(pools, lang).page(TEMPLATE, **pools_facts(pools, lang))


def pools_lines(pools: "Pools", lang: str) -> list[str]:
    """What is told below the table of pools."""
    said, facts = said_of(pools, lang), pools_facts(pools, lang)
    keys = ["reading", "adjustment", "gainers", "zero"] if facts["rules"] else ["reading_apart", "no_adjustment"]
    keys += ["spread", *(["merged"] if facts["merged"] else []), *(["reconciliation"] if facts["nation"] else [])]
    return [said.say(f"pools.{key}", **facts) for key in keys]
