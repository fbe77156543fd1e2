"""The sheet of checks: every identity of persons and money between lines of the workbook, as a formula that is 0."""

from collections.abc import Collection, Iterator
from typing import Final

from simsurance.ledger import FUNDS, LEDGER, TRANSFERS, Fund, Kind, from_outside, there
from simsurance.output.workbook.bonds import bonds_of, outstanding
from simsurance.output.workbook.lines import Line, Sheet
from simsurance.output.workbook.money import PIN
from simsurance.output.workbook.source import Source

DECIMALS: Final = 9
"""A residual is a share of the terms compared; what is nothing at so many decimals is 0."""


def checks(source: Source) -> Sheet:
    """The sheet of checks, [identity] by year."""
    sheet = Sheet("checks")
    sheet.add("of_persons")
    for name, left, right in _persons(source):
        sheet.add(_zero(source, name, left, right))
    sheet.add("of_money")
    for name, left, right in _money(source):
        sheet.add(_zero(source, name, left, right))
    return sheet


def _zero(source: Source, name: str, left: str, right: str) -> Line:
    """An identity: its residual over the larger side, 0 where both are the same."""
    residual = f"ROUND(({left}-({right}))/MAX(1,ABS({left}),ABS({right})),{DECIMALS})"
    return Line(f"check_{name}", dict.fromkeys(source.years, 0.0), "share", residual, style="check")


def _persons(source: Source) -> Iterator[tuple[str, str, str]]:
    yield "population_ages", "{population_closing}", "{all_ages}"
    yield "population_statuses", "{population_closing}", "{all_statuses}"
    yield "insured", "{insured_closing}", "{persons_resident}"
    yield "enrolled", "{resident_enrolled}", "{insured_opening}+{newborn_enrolled}+{joins}+{returns}-{leaves}"
    if source.employed:
        yield "employees", "{employee_closing}", "{persons_employed}"
        yield "members", "{employee_closing}", "{employee_active}+{employee_retired}"


def _money(source: Source) -> Iterator[tuple[str, str, str]]:
    funds = [fund for fund in FUNDS if fund.name in source.run.accounts]
    held = {fund.name for fund in funds}
    shared = "({personal_contributions}+{assistance}+{subsidies})*({supplement}*{income_level}-1)"
    if source.pin_factor("local_supplement") is not None:
        shared += f"*{{local_supplement{PIN}}}"
    yield "supplement", "{local_supplement}", shared
    yield "subsidies", "{subsidies}", "{resident_enrolled}*{subsidy}*{subsidy_level}"
    for fund in funds:
        yield from _of_fund(fund, source.run.projection.totals)
    if issued := bonds_of(source, 1.0):
        for fund in (fund for fund in funds if fund.of_bonds):
            yield f"{fund.name}_debt", f"{{{fund.name}__debt_outstanding}}", outstanding(issued, fund)
    for row in TRANSFERS:
        if row.payer in held and row.receiver in held:
            yield f"transfer_{row.name}", *_both_ends(row.name, funds)
    outside = ""
    for row in LEDGER:
        if row.kind is Kind.DEBT or row.name not in source.run.projection.totals:
            continue
        if way := from_outside(row, held):
            outside += f"{'+' if way > 0 else '-'}{{{row.name}}}"
    change = "+".join(f"{{{name}__income}}-{{{name}__outgo}}" for name in held_in_order(funds))
    yield "all_funds", change, outside.removeprefix("+")


def held_in_order(funds: list[Fund]) -> list[str]:
    """The names of funds in the order of a state."""
    return [fund.name for fund in funds]


def _of_fund(fund: Fund, held: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """What holds of one fund: its balance by its parts, and what is read from it."""
    name = fund.name
    moved = f"{{{name}__opening}}+{{{name}__income}}-{{{name}__outgo}}+{{{name}__interest}}"
    yield f"{name}_balance", f"{{{name}__closing}}", moved
    for side, bookings in (("income", fund.income), ("outgo", fund.outgo)):
        whole = "".join(f"{'-' if each.taken_off else '+'}{{{each.row.name}}}" for each in there(bookings, held))
        yield f"{name}_{side}", f"{{{name}__{side}}}", whole.removeprefix("+")
    yield f"{name}_months", f"{{{name}__months}}*{{{name}__outgo}}/12", f"{{{name}__closing}}"


def _both_ends(row: str, funds: list[Fund]) -> tuple[str, str]:
    """A transfer as the fund that pays it books it, and as the fund that receives it does."""
    payer = next(
        f for f in funds for each in (*f.income, *f.outgo) if each.row.name == row and f.name == each.row.payer
    )
    booking = next(each for each in (*payer.income, *payer.outgo) if each.row.name == row)
    paid = f"{{{payer.name}__{booking.column}}}"
    receiver = next(f for f in funds if f.name == booking.row.receiver)
    received = next((each for each in receiver.income if each.row.name == row), None)
    got = f"{{{receiver.name}__{received.column}}}" if received else f"{{{row}}}"
    return (f"-{paid}" if booking.taken_off else paid), got
