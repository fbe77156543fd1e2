"""A timely adjustment in words and tables: what it did by year, beside no rule and a fixed path, and on draws.

The sentences stand in the language files, their order in `templates/adjustment.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.adjusting import PARTIES
from simsurance.axes import ANSWER
from simsurance.language import Words
from simsurance.output.labels import in_its_words, words_of
from simsurance.output.solve_summary import size_words
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.answers.adjustment import Adjustment
    from simsurance.results import RunAccounts

TEMPLATE: Final = Path(__file__).parent / "templates" / "adjustment.md.j2"
FIXED_FILE: Final = "fixed_path.toml"
DASH: Final = "–"
COUNTS: Final = ("first_year", "steps", "steps_back", "exhausted", "turns")
Rows = list[tuple[str, ...]]


def adjustment_facts(run: "RunAccounts", lang: str) -> dict[str, Any]:
    """What a rule did in a run and who paid, for sentences; empty where none is in force."""
    found = {str(name).removeprefix("adjustment_"): float(value) for name, value in run.measures["value"].items()}
    if "steps" not in found:
        return {}
    said = words_of(run.scenario, lang)
    told = {name: None if math.isnan(found[name]) else int(found[name]) for name in COUNTS}
    paid = [
        said.say("adjustment.party", party=said.label(f"payer.{party}"), amount=found[f"paid_from_{party}"])
        for party in PARTIES
        if found[f"paid_from_{party}"] >= 1
    ]
    return told | {"years": len(run.years), "parties": paid}


def yearly_rows(table: "pd.DataFrame", said: Words) -> Rows:
    """A row a year in which the rule acts, or its trigger is met without an answer left: what it read, did and set."""
    head = [said.label(f"adjustment.column.{name}") for name in ("year", "months", "acted")]
    rows = [(*head, *(said.label(f"axis.answer.{answer}") for answer in ANSWER.members))]
    for year, row in table.iterrows():
        if not row["acted"] and not row["fired"]:
            continue
        acted = {1: "step", -1: "back", 0: "exhausted"}[int(row["acted"])]
        factors = (float(row[f"{answer}_factor"]) for answer in ANSWER.members)
        told = (said.number(each, 3) if each != 1 else DASH for each in factors)
        rows.append((str(year), said.number(row["months_read"], 1), said.label(f"adjustment.acted.{acted}"), *told))
    return rows


def path_rows(found: "Adjustment", said: Words) -> Rows:
    """A row a path: depletion, reserve months, and what each party bears."""
    names = ("path", "depletion", "lowest", "last")
    rows = [
        (
            *(said.label(f"adjustment.column.{name}") for name in names),
            *(said.label(f"payer.{party}") for party in PARTIES),
        )
    ]
    for path, row in found.paths.iterrows():
        depleted = row["depletion_year"]
        rows.append(
            (
                said.label(f"adjustment.path.{path}"),
                DASH if math.isnan(depleted) else f"{depleted:.0f}",
                *(said.number(row[name], 1) for name in ("lowest_reserve_months", "reserve_months_last_year")),
                *(_money(row[f"paid_from_{party}"], said) for party in PARTIES),
            )
        )
    return rows


def chance_rows(found: "Adjustment", said: Words) -> Rows:
    """Of draws, a row a path: the chance of depletion with its error, and the lowest reserve months."""
    assert found.chances is not None
    names = ("path", "chance", "lowest_10", "lowest_50", "lowest_90")
    rows: Rows = [tuple(said.label(f"adjustment.column.{name}") for name in names)]
    for path, row in found.chances.iterrows():
        chance = said.say("adjustment.chance", share=row["depleted"], error=row["standard_error"])
        months = (said.number(row[f"lowest_months_p{at}"], 1) for at in (10, 50, 90))
        rows.append((said.label(f"adjustment.path.{path}"), chance, *months))
    return rows


def frequency_rows(found: "Adjustment", said: Words) -> Rows:
    """Of draws with the rule, a row a measure: share of draws with any, tenth percentile, median and ninetieth."""
    assert found.frequencies is not None
    names = ("measure", "any", "p10", "p50", "p90")
    rows: Rows = [tuple(said.label(f"adjustment.column.{name}") for name in names)]
    for name, row in found.frequencies.iterrows():
        short = str(name).removeprefix("adjustment_")
        party = short.removeprefix("paid_from_")
        label = said.label(f"payer.{party}" if party != short else f"adjustment.count.{short}")
        values = (row[f"p{at}"] for at in (10, 50, 90))
        printed = (
            DASH if math.isnan(each) else _money(each, said) if party != short else f"{each:.0f}" for each in values
        )
        rows.append((label, said.say("adjustment.share", share=row["any"]), *printed))
    return rows


def _money(amount: float, said: Words) -> str:
    return said.quantity("money", amount) if amount >= 1 else DASH


def told_facts(found: "Adjustment", lang: str) -> dict[str, Any]:
    """Everything that is told."""
    scenario = found.scenario
    said = words_of(scenario, lang)
    return {
        "title": markdown(in_its_words(scenario, "title", lang)),
        "name": scenario.name,
        "version": __version__,
        "first": found.ruled.years[0],
        "last": found.ruled.years[-1],
        "rule": adjustment_facts(found.ruled, lang),
        "size": None if found.size is None else size_words(100 * found.size, said),
        "start": found.start,
        "yearly": yearly_rows(found.table, said),
        "paths": path_rows(found, said),
        "chances": chance_rows(found, said) if found.draws else [],
        "frequencies": frequency_rows(found, said) if found.draws else [],
        "draws": found.draws[0].sample.draws if found.draws else 0,
        "seed": found.draws[0].sample.seed if found.draws else 0,
        "file": None if found.fixed is None else FIXED_FILE,
    }


def rule_lines(facts: dict[str, Any], said: Words) -> list[str]:
    """The sentences on what a rule did."""
    rule = facts["rule"]
    if not rule["steps"] and not rule["exhausted"]:
        return [said.say("adjustment.never", **facts)]
    lines = [said.say("adjustment.acts", **rule)]
    return lines + ([said.say("adjustment.paid", **rule)] if rule["parties"] else [])


def adjustment_lines(found: "Adjustment", lang: str) -> list[str]:
    """The sentences on the terminal, what the rule did and the fixed path."""
    facts, said = told_facts(found, lang), words_of(found.scenario, lang)
    return [*rule_lines(facts, said), said.say("adjustment.fixed", **facts)]


def adjustment_summary(found: "Adjustment", lang: str = "en") -> str:
    """The summary as Markdown."""
    facts, said = told_facts(found, lang), words_of(found.scenario, lang)
    return said.page(TEMPLATE, **facts, lines=adjustment_lines(found, lang))
