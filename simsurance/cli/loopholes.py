"""`simsurance loopholes`: members' best answers to the rules of a scenario, and what they cost the fund."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from simsurance.axes import HEALTH, NATIONAL, SEX
from simsurance.cli.options import in_its_currency, jobs_option, language_option, scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import Words, words
from simsurance.processes import cores
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.notes import of_a_member

if TYPE_CHECKING:
    from simsurance.member.loopholes import Loophole
    from simsurance.member.strategy import Foresight, Outcome

SHOWN: Final = 12
ALONE: Final = 20
"""Years up to which one process is done before others have begun."""
LEAST_WORTH: Final = 0.5
"""Yuan below which a strategy is worth no more than enrolling every year."""
COLUMNS: Final = (
    "strategy",
    "contributions",
    "repair",
    "benefits",
    "worth",
    "over_always",
    "years_insured",
    "fund_cost",
    "over_always",
)
TABLE: Final = (
    "age",
    "need",
    "income",
    "area",
    "sex",
    "persons",
    "worth_known",
    "worth_in_year",
    "worth_last_year",
    "fund_cost_known",
    "strategy",
)


@click.command()
@click.argument("scenario")
@click.option("--age", type=int, default=20, show_default=True, help="Age on the first 1 January.")
@click.option(
    "--need",
    default="low",
    show_default=True,
    metavar="|".join(HEALTH.members),
    help="Need class in the year before the first.",
)
@click.option("--income", default="middle", show_default=True, metavar="|".join(NATIONAL.income_groups))
@click.option("--area", default="rural", show_default=True, metavar="|".join(NATIONAL.areas))
@click.option("--sex", default="female", show_default=True, metavar="|".join(SEX.members))
@click.option("--years", type=int, default=20, show_default=True, help="Years that the member looks ahead.")
@click.option(
    "--share", type=float, default=0.1, show_default=True, help="Share of the members who follow the best strategy."
)
@click.option("--members/--no-members", default=True, help="Compare the default set of members too.")
@language_option("words and tables")
@scenario_options
@jobs_option("ages of members", ALONE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scenario: str,
    age: int,
    need: str,
    income: str,
    area: str,
    sex: str,
    years: int,
    share: float,
    members: bool,
    lang: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
) -> None:
    """Find a member's best strategy under the rules of SCENARIO in expected money, and what it costs the fund.

    Each year the member enrols in the central period or late, with any number of lapsed years paid for, or stays out.
    Behind the member follow those of ages 20, 35, 50 and 65, every need class, low and middle income, both areas and
    sexes, the dearest for the fund first.
    """
    from simsurance.member.loopholes import LEFT_OUT, find, require_share, rows

    chosen = in_its_currency(load(scenario, fragments, settings))
    for note in of_a_member(chosen):
        tell(words(lang).say("run.note", scenario=chosen.name, note=note.told(words(lang))), err=True)
    require_share(share)
    with progress() as line:
        line.say(words(lang).label("progress.member"))
        (one,) = find(chosen, ages=(age,), needs=(need,), incomes=(income,), areas=(area,), sexes=(sex,), years=years)
        line.say(words(lang).label("progress.members"))
        jobs = jobs or (cores() if years > ALONE else 1)
        compared = rows(find(chosen, years=years, jobs=jobs), share, lang) if members else []
    if as_json:
        document = {
            "schema": "simsurance.loopholes/1",
            "ok": True,
            "scenario": chosen.name,
            "years": years,
            "share": share,
        }
        tell(
            json.dumps(document | {"member": _plain(one, share, lang), "members": compared}, allow_nan=False, indent=2)
        )
        return
    said = words(lang, chosen.currency)
    tell("\n".join(_member(one, years, share, said)))
    if members:
        tell("\n" + "\n".join(_members(compared, share, said)))
    left_out = [said.label(f"strategy.left_out.{name}") for name in LEFT_OUT]
    tell("\n" + said.say("strategy.not_counted", items=said.label("list.clauses").join(left_out)))


def _member(one: "Loophole", years: int, share: float, said: Words) -> list[str]:
    """The member's strategies in words and as a table of values."""
    from simsurance.member.strategy import Outcome
    from simsurance.member.strategy_words import in_words

    always, best = one.always, one.best["known"]
    foresights = {name: said.label(f"strategy.foresight.{name}") for name in one.best}
    rules = [
        said.say("strategy.told", foresight=told, rule=in_words(one, name, said.lang))
        for name, told in foresights.items()
    ]
    head = tuple(said.label(f"strategy.columns.{name}") for name in COLUMNS)
    rows = [
        (name, *_values(outcome, always, said))
        for name, outcome in (
            (said.label("strategy.always"), always),
            *((foresights[name], outcome) for name, outcome in one.best.items()),
            (said.label("strategy.never"), Outcome(0, 0, 0, 0, 0, 0, ())),
        )
    ]
    stands_for = said.say(
        "strategy.stands_for",
        persons=one.persons,
        share=share,
        cost=share * one.persons * one.fund_cost(),
        saved=share * one.persons * (always.subsidies - best.subsidies),
    )
    return [_who(one, years, said), *rules, "", *columns([head, *rows]), said.label("strategy.values"), stands_for]


def _who(one: "Loophole", years: int, said: Words) -> str:
    """The member and the years looked at."""
    groups = {name: said.label(f"axis.{name}.{getattr(one.person, name)}") for name in ("sex", "area", "income")}
    need = said.label(f"strategy.needs.{one.need}")
    return said.say("strategy.who", age=one.person.age, need=need, year=one.first_year - 1, years=years, **groups)


def _values(outcome: "Outcome", always: "Outcome", said: Words) -> tuple[str, ...]:
    """What a strategy comes to, and what over enrolling every year."""
    number = said.number
    money = (outcome.contributions, outcome.repair, outcome.benefits, outcome.value, outcome.value - always.value)
    fund = (outcome.fund_cost, outcome.fund_cost - always.fund_cost)
    return (*map(number, money), number(outcome.insured_years, 1), *map(number, fund))


def _members(rows: Sequence[Mapping[str, Any]], share: float, said: Words) -> list[str]:
    """The default set, the dearest first."""
    gaining = [row for row in rows if row["worth_known"] > LEAST_WORTH]
    all_cost = said.say(
        "strategy.all_cost",
        share=share,
        cost=sum(row["fund_cost_known"] for row in rows),
        idle=len(rows) - len(gaining),
        members=len(rows),
    )
    head = tuple(said.label(f"strategy.table.{name}") for name in TABLE)
    table = columns([head, *(_row(row, said) for row in gaining[:SHOWN])])
    return [*table, all_cost, said.label("strategy.members_note")]


def _row(row: Mapping[str, Any], said: Words) -> tuple[str, ...]:
    """One member of the default set."""
    return (
        str(row["age"]),
        said.label(f"strategy.needs.{row['need']}"),
        *(said.label(f"axis.{name}.{row[name]}") for name in ("income", "area", "sex")),
        said.quantity("persons", row["persons"]),
        *(said.number(row[name]) for name in TABLE if name.startswith("worth_")),
        said.quantity("money", row["fund_cost_known"]),
        row["strategy"],
    )


def _plain(one: "Loophole", share: float, lang: str) -> dict[str, Any]:
    """The member's strategies for programs."""
    from simsurance.member.strategy_words import in_words

    def outcome(foresight: "Foresight | None") -> dict[str, Any]:
        found = one.always if foresight is None else one.best[foresight]
        row = {name: value for name, value in vars(found).items() if name != "habits"} | {"value": found.value}
        if foresight is not None:
            row |= {"worth": one.worth(foresight), "fund_cost_over_always": one.fund_cost(foresight)}
            row |= {
                "fund_cost_of_share": share * one.persons * one.fund_cost(foresight),
                "strategy": in_words(one, foresight, lang),
            }
        return row

    named = {
        "age": one.person.age,
        "need": one.need,
        "income": one.person.income,
        "area": one.person.area,
        "sex": one.person.sex,
    }
    return (
        named
        | {"persons": one.persons, "always": outcome(None)}
        | {foresight: outcome(foresight) for foresight in one.best}
    )
