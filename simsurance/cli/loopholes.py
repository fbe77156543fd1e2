"""`simsurance loopholes`: members' best answers to the rules of a scenario, and what they cost the fund."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from simsurance.axes import AREA, HEALTH, INCOME, SEX
from simsurance.cli.options import scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.output.labels import number
from simsurance.scenario_file.loader import load

if TYPE_CHECKING:
    from simsurance.member.loopholes import Loophole
    from simsurance.member.strategy import Foresight

TOLD = {
    "known": "best, knowing the year's need beforehand",
    "in_year": "best, knowing last year's need; late enrolment once the year's shows",
    "last_year": "best, knowing last year's need",
}
SHOWN = 12


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
@click.option("--income", default="middle", show_default=True, metavar="|".join(INCOME.members))
@click.option("--area", default="rural", show_default=True, metavar="|".join(AREA.members))
@click.option("--sex", default="female", show_default=True, metavar="|".join(SEX.members))
@click.option("--years", type=int, default=20, show_default=True, help="Years that the member looks ahead.")
@click.option(
    "--share", type=float, default=0.1, show_default=True, help="Share of the members who follow the best strategy."
)
@click.option("--members/--no-members", default=True, help="Compare the default set of members too.")
@scenario_options
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
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find a member's best strategy under the rules of SCENARIO in expected money, and what it costs the fund.

    Each year the member enrols in the central period or late, with any number of lapsed years paid for, or stays out.
    Behind the member follow those of ages 20, 35, 50 and 65, every need class, low and middle income, both areas and
    sexes, the dearest for the fund first.
    """
    from simsurance.member.loopholes import LEFT_OUT, find, loopholes, require_share

    chosen = load(scenario, fragments, settings)
    require_share(share)
    with progress() as line:
        line.say("the member")
        (one,) = find(chosen, ages=(age,), needs=(need,), incomes=(income,), areas=(area,), sexes=(sex,), years=years)
        line.say("the default set of members")
        compared = loopholes(chosen, years=years, share=share).to_dict(orient="records") if members else []
    if as_json:
        document = {
            "schema": "simsurance.loopholes/1",
            "ok": True,
            "scenario": chosen.name,
            "years": years,
            "share": share,
        }
        click.echo(
            json.dumps(document | {"member": _plain(one, share), "members": compared}, allow_nan=False, indent=2)
        )
        return
    click.echo("\n".join(_member(one, years, share)))
    if members:
        click.echo("\n" + "\n".join(_members(compared, share)))
    click.echo("\nLeft out: " + "; ".join(LEFT_OUT) + ".")


def _member(one: "Loophole", years: int, share: float) -> list[str]:
    """The member's strategies in words and as a table of values."""
    from simsurance.member.strategy_words import in_words

    who = one.person
    lines = [
        f"A {who.sex} {who.area} member of {who.income} income, aged {who.age}, {one.need} need in "
        f"{one.first_year - 1}, insured all along, over {years} years:",
        *(f"  {TOLD[foresight]}: {in_words(one, foresight)}." for foresight in one.best),
        "",
    ]
    rows: list[tuple[str, ...]] = [
        (
            "strategy",
            "contributions",
            "repair",
            "benefits",
            "worth",
            "over always",
            "years insured",
            "cost to the fund",
            "over always",
        )
    ]
    always = one.always
    for name, outcome in (
        ("always enrolled", always),
        *((TOLD[foresight], outcome) for foresight, outcome in one.best.items()),
    ):
        money = (outcome.contributions, outcome.repair, outcome.benefits, outcome.value, outcome.value - always.value)
        fund = (outcome.fund_cost, outcome.fund_cost - always.fund_cost)
        rows.append((name, *map(number, money), number(outcome.insured_years, 1), *map(number, fund)))
    rows.append(("never enrolled", "0", "0", "0", "0", number(-always.value), "0.0", "0", number(-always.fund_cost)))
    lines += columns(rows)
    lines.append(
        "Expected present values for one member, CNY, at the fund's interest; "
        "the cost to the fund is outgo less contributions and subsidies."
    )
    cost = share * one.persons * one.fund_cost()
    saved = share * one.persons * (always.subsidies - one.best["known"].subsidies)
    lines.append(
        f"The member stands for {number(one.persons / 1e6, 2)} million insured; if {number(100 * share)} % of them did "
        f"so, the fund would {'lose' if cost >= 0 else 'gain'} CNY {number(abs(cost) / 1e6, 1)} million, while the "
        f"budget saved {number(saved / 1e6, 1)} million of subsidies."
    )
    return lines


def _members(rows: Sequence[Mapping[Any, Any]], share: float) -> list[str]:
    """The default set, the dearest first."""
    head = (
        "age",
        "need",
        "income",
        "area",
        "sex",
        "million",
        "worth",
        "in year",
        "last year's",
        "fund, million",
        "best strategy",
    )
    shown = [row for row in rows if row["worth_known"] > 0.5][:SHOWN]
    text = [
        (
            str(row["age"]),
            *(str(row[name]) for name in ("need", "income", "area", "sex")),
            number(row["persons"] / 1e6, 2),
            *(number(row[f"worth_{foresight}"]) for foresight in TOLD),
            number(row["fund_cost_known"] / 1e6, 1),
            row["strategy"],
        )
        for row in shown
    ]
    total = sum(row["fund_cost_known"] for row in rows)
    best = (
        f"If {number(100 * share)} % of each followed the best strategy with the year's need known, it would cost the "
        f"fund CNY {number(total / 1e6)} million"
    )
    idle = len(rows) - sum(row["worth_known"] > 0.5 for row in rows)
    note = (
        f"{best} in present value. For {idle} of {len(rows)} members nothing is worth more than enrolling every year."
    )
    return [
        *columns([head, *text]),
        note,
        "Worth to one member over enrolling every year, CNY, by what is known of the need class: the year's; last "
        "year's, and the year's for late enrolment (in year); last year's.",
    ]


def _plain(one: "Loophole", share: float) -> dict[str, Any]:
    """The member's strategies for programs."""
    from simsurance.member.strategy_words import in_words

    def outcome(foresight: "Foresight | None") -> dict[str, Any]:
        found = one.always if foresight is None else one.best[foresight]
        row = {name: value for name, value in vars(found).items() if name != "habits"} | {"value": found.value}
        if foresight is not None:
            row |= {"worth": one.worth(foresight), "fund_cost_over_always": one.fund_cost(foresight)}
            row |= {
                "fund_cost_of_share": share * one.persons * one.fund_cost(foresight),
                "strategy": in_words(one, foresight),
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
