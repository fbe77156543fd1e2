"""What acts in a saved run beside the plain rules, as its summary tells it: pins, rules on care, an adjustment, own figures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from simsurance.axes import ANSWER
from simsurance.language import Words
from simsurance.output.adjustment_summary import adjustment_facts, yearly_rows
from simsurance.output.controls import beyond_evidence, control_facts
from simsurance.output.labels import fund_label, scenario_title, words_of
from simsurance.output.planned import ADJUSTMENT
from simsurance.output.report.parts import Block, Bullets, Cell, Heading, Table
from simsurance.output.saved import SavedRun
from simsurance.plain_text import markdown
from simsurance.scenario_file.register import source_title

if TYPE_CHECKING:
    from simsurance.results import RunResult


def rules_blocks(run: SavedRun, lang: str) -> Iterator[Block]:
    """Pinned totals, rules on care, an adjustment with its list, and what rests on own figures; often nothing."""
    said = words_of(run.scenario, lang)
    facts = {"first": run.years[0], "last": run.years[-1], "price_year": run.years[0] - 1}
    if pins := list(_pins(run, said)):
        yield Heading(said.label("report.rules.pinned"))
        yield Bullets([said.label("summary.pinned"), *pins])
    if controls := control_facts(run.scenario, lang):
        told = [said.say("summary.control", **each, **facts) for each in controls]
        told += [said.say("summary.beyond_evidence", **each) for each in beyond_evidence(run.scenario)]
        yield Heading(said.label("summary.heading.control"))
        yield Bullets([*told, said.say("summary.control_as_means")])
    if adjusted := adjustment_facts(cast("RunResult", run), lang):
        yield from _adjustment(run, adjusted | facts, said)
    if own := run.manifest.get("rests_on"):
        yield Heading(said.label("report.rules.own"))
        shares = list(_own(own, facts, lang, said))
        tables = said.say("summary.tables_of_the_nation", tables=run.manifest["tables_of_the_nation"])
        yield Bullets([*shares, tables])


def _pins(run: SavedRun, said: Words) -> Iterator[str]:
    for name, held in run.manifest.get("pinned", {}).items():
        pin, factors = run.scenario.values.pins[name], held["factors"]
        years = sorted(map(int, factors))
        yield said.say(
            "summary.pin",
            total=held["total"],
            fixed=held["mode"] == "fixed",
            first=years[0],
            last=years[-1],
            years=len(years),
            least=min(factors.values()),
            most=max(factors.values()),
            mark=said.label(f"mark.{pin.mark}"),
            source=markdown(source_title(pin.source, said.lang)),
        )


def _adjustment(run: SavedRun, facts: dict[str, Any], said: Words) -> Iterator[Block]:
    """What a rule did and who paid, and a row for each year in which it acted or had no answer left."""
    yield Heading(said.label("report.rules.adjustment"))
    if not (facts["steps"] or facts["exhausted"]):
        yield Bullets([said.label("adjustment.never")])
        return
    told = [said.say("adjustment.acts", **facts), said.label("summary.adjustment")]
    yield Bullets([*told, *([said.say("adjustment.paid", **facts)] if facts["parties"] else [])])
    if ADJUSTMENT not in run.tables:
        return
    head, *rows = yearly_rows(run.table(ADJUSTMENT), said)
    numbers = len(head) - len(ANSWER.members)
    cells = [
        [Cell(text, float(place) if numbers <= column or column == 0 else None) for column, text in enumerate(row)]
        for place, row in enumerate(rows)
    ]
    caption = said.say("report.rules.by_year", title=scenario_title(run.scenario, said.lang))
    yield Table(f"{run.scenario.name}_adjustment", caption, head, cells)


def _own(rows: list[dict[str, Any]], facts: dict[str, Any], lang: str, said: Words) -> Iterator[str]:
    funds: dict[str, dict[str, Any]] = {}
    for row in rows:
        funds.setdefault(row["fund"], {})[row["what"]] = row
    for fund, shares in funds.items():
        yield said.say("summary.rests_on", **facts | {"fund": fund_label(fund, lang)} | shares)
