"""What a saved run has beside plain funds: other tiers and own payments, choices of cover, bonds; each with its weakness."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from simsurance.language import Words
from simsurance.output.bonds_words import bond_facts
from simsurance.output.choice_words import choice_facts
from simsurance.output.labels import choice_title, member_label, scenario_title, unit, words_of
from simsurance.output.report.assumptions import inputs_of, mark_words, taken_from_the_register
from simsurance.output.report.parts import Block, Bullets, Cell, Heading, Paragraph, Table
from simsurance.output.saved import SavedRun
from simsurance.output.tiers_words import PAID_IN, tier_facts
from simsurance.scenario_file.register import sources
from simsurance.tiers.burden import THRESHOLDS

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunResult

TIER_SENTENCES: Final = ("assistance", "supplementary", "own", "burden", "care", "births")
SHARES: Final = ("own_share", *THRESHOLDS)
EVERY: Final = 5
"""Years between the rows of a table that has some rows a year."""
OF_CHOICES: Final = ("contributions", "subsidies", "benefits", "at_mean_need")
OF_BONDS: Final = ("proceeds", "coupons", "redemptions", "outcomes", "grants", "outstanding")


def tiers_blocks(run: SavedRun, lang: str) -> Iterator[Block]:
    """Who pays behind the funds, what is left to patients, by income group, long-term care; nothing where it is not told."""
    table, said = run.tiers, words_of(run.scenario, lang)
    facts = tier_facts(cast("RunResult", run), lang)
    if table is None:
        return
    told = [said.say(f"summary.tiers_{name}", **facts) for name in TIER_SENTENCES]
    yield Bullets([said.label("summary.tiers_order"), *told, _rests_on(run, "tiers.", said)])
    title, name = scenario_title(run.scenario, lang), run.scenario.name
    parts = {
        "cost": table["cost"],
        "public": table["cost"] - table["left_by_public"],
        "assistance": table["assistance_benefits"],
        "supplementary": table["supplementary_benefits"],
        "own": table["own_payment"],
    }
    shares = {share: table[share] for share in SHARES}
    yield _by_year(f"{name}_tiers", "report.tiers.by_year", title, parts, said, "report.tiers", shares)
    if len(run.of_scheme.income_groups) > 1:
        yield _by_group(run, said)
    care = {
        "paid_in": table[list(PAID_IN)].sum(axis="columns"),
        "care_benefits": table["care_benefits"],
        "care_closing": table["care_closing"],
    }
    persons = {"care_beneficiaries": table["care_beneficiaries"]}
    yield _by_year(f"{name}_care", "report.tiers.care", title, care, said, "report.tiers", persons=persons)
    yield inputs_of(run.scenario, lang, "tiers.", f"{name}_tiers_inputs", said.label("report.tiers.inputs"))


def choices_blocks(run: SavedRun, lang: str) -> Iterator[Block]:
    """Who has each choice of cover, what it does to the fund, what of that is selection; nothing where there are none."""
    table, said = run.choices, words_of(run.scenario, lang)
    if table is None:
        return
    told = [said.say("summary.choice", **each) for each in choice_facts(cast("RunResult", run), lang)]
    yield Bullets([*told, said.label("summary.choices_as_told"), said.label("report.choices.weak")])
    for name in dict.fromkeys(table.index.get_level_values("choice")):
        own = table.xs(name, level="choice")
        money = {column: own[column] for column in OF_CHOICES}
        money["fund"] = own["contributions"] + own["subsidies"] - own["benefits"]
        called = choice_title(run.scenario, name, lang)
        heading = said.say("report.choices.of", name=called, title=scenario_title(run.scenario, lang))
        persons = {"persons": own["persons"]}
        yield _by_year(
            f"{run.scenario.name}_choice_{name}",
            "report.choices.by_year",
            heading,
            money,
            said,
            "report.choices",
            persons=persons,
            chosen=_some_years(run.years),
        )


def bonds_blocks(run: SavedRun, lang: str) -> Iterator[Block]:
    """What each bond brings and costs and what it was measured by; nothing where there are none."""
    table, said = run.bonds, words_of(run.scenario, lang)
    facts = bond_facts(cast("RunResult", run), lang)
    if table is None or not facts:
        return
    yield Bullets([said.label("summary.bonds"), *(said.say("summary.bond", **each) for each in facts)])
    for each in facts:
        own = table.xs(each["name"], level="bond")
        money = {column: own[column] for column in OF_BONDS}
        heading = said.say("report.choices.of", name=each["name"], title=scenario_title(run.scenario, lang))
        years = [year for year in run.years if any(float(values[year]) for values in money.values())]
        place = f"{run.scenario.name}_bond_{each['name']}"
        yield _by_year(place, "report.bonds.by_year", heading, money, said, "report.bonds", chosen=years)


SECTIONS: Final[dict[str, Callable[[SavedRun, str], Iterator[Block]]]] = {
    "tiers": tiers_blocks,
    "choices": choices_blocks,
    "bonds": bonds_blocks,
}
"""Sections of a report by the name of their heading."""


def section_blocks(name: str, runs: Sequence[SavedRun], lang: str) -> Iterator[Block]:
    """A section of these over all runs; nothing where none has what it tells of."""
    for run in runs:
        if blocks := list(SECTIONS[name](run, lang)):
            if len(runs) > 1:
                yield Heading(scenario_title(run.scenario, lang))
            yield from blocks
    if name == "tiers" and any(run.tiers is not None for run in runs):
        yield Paragraph(words_of(runs[0].scenario, lang).label("report.tiers.weak"))


def _by_year(
    name: str,
    caption: str,
    title: str,
    money: dict[str, "pd.Series[float]"],
    said: Words,
    heads: str,
    shares: dict[str, "pd.Series[float]"] | None = None,
    persons: dict[str, "pd.Series[float]"] | None = None,
    chosen: Sequence[int] | None = None,
) -> Table:
    """A table by year of amounts in one unit, shares in per cent and persons in one unit, [year] each."""
    shares, persons = shares or {}, persons or {}
    amounts = unit("yuan", said, [float(each) for values in money.values() for each in values])
    heads_of = {key: said.label(f"{heads}.{key}") for key in (*money, *shares, *persons)}
    heads_of |= {key: said.say("range.beside", what=heads_of[key], range="%") for key in shares}
    sizes = dict.fromkeys(money, 1 / amounts.size) | dict.fromkeys(shares, 100.0)
    for key, values in persons.items():
        shown = unit("persons", said, values.to_list())
        sizes[key] = 1 / shown.size
        heads_of[key] = said.say("range.beside", what=heads_of[key], range=shown.name)
    columns = money | shares | persons
    years = list(next(iter(columns.values())).index) if chosen is None else chosen
    rows = []
    for year in years:
        numbers = [float(values[year]) * sizes[key] for key, values in columns.items()]
        rows.append([Cell(str(year), float(year)), *(Cell(said.number(each, 1), each) for each in numbers)])
    head = [said.label("report.tiers.year"), *(heads_of[key] for key in columns)]
    return Table(name, said.say(caption, title=title, unit=amounts.name), head, rows)


def _by_group(run: SavedRun, said: Words) -> Table:
    """Out-of-pocket shares of the first and the last year by income group, per cent."""
    assert run.tiers is not None
    ends = (run.years[0], run.years[-1])
    rows = []
    for group in run.of_scheme.income_groups:
        values = [100 * float(run.tiers[f"{share}_{group}"][year]) for share in SHARES for year in ends]
        cells = [Cell(said.number(each, 1), each) for each in values]
        rows.append([Cell(member_label(run.scenario, said.lang, group)), *cells])
    head = [
        said.say("report.tiers.in_year", what=said.label(f"report.tiers.{share}"), year=year)
        for share in SHARES
        for year in ends
    ]
    caption = said.say("report.tiers.by_group", title=scenario_title(run.scenario, said.lang))
    return Table(f"{run.scenario.name}_own_payment", caption, [said.label("report.tiers.group"), *head], rows)


def _rests_on(run: SavedRun, prefix: str, said: Words) -> str:
    """How many inputs of a section have which mark, and the sources that they name."""
    entries = {path: entry for path, entry in taken_from_the_register(run.scenario).items() if path.startswith(prefix)}
    counted = Counter(mark_words(entry.mark, said) for entry in entries.values())
    marks = [said.say("range.beside", what=mark, range=number) for mark, number in counted.most_common()]
    titles, cited = sources(said.lang), dict.fromkeys(entry.source_id for entry in entries.values())
    named = [titles[each] for each in cited if each in titles]
    lists = said.label("list.clauses")
    return said.say("report.tiers.sources", marks=lists.join(marks), sources=lists.join(named))


def _some_years(years: Sequence[int]) -> list[int]:
    """The first, every fifth and the last year."""
    return sorted({*years[::EVERY], years[-1]})
