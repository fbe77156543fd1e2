"""`simsurance story`: what the rules of a scenario do to one member, year by year."""

import json
import math

import click

from simsurance.axes import DEDUCTIBLES, NATIONAL, SEX
from simsurance.cli.options import in_its_currency, language_option, scenario_options
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import words
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.notes import of_a_member

HISTORY_HELP = """One token a year, such as "2026: in no-claim, 2027-2028: lapse, 2029: in repair 1 claim 200000"
or "2026: employee wage 90000 claim 50000, 2027: leave, 2028: in"."""
HELP = """Tell year by year what the rules of SCENARIO do to one member.

A year (2027) or a span (2027-2029) is followed by a colon and one of

\b
  in            enrolled in the central period
  late [M]      enrolled later, M months into the year (the scenario's mean month)
  lapse         not insured
  newborn       enrolled in the birth year; the first year only
  employee      in the employee scheme, active or, after retire, retired
  retire        the last year of work, with the years of contributions it takes:
                a retired member of the employee scheme from the next year on
  retire short  the last year of work, without those years: next year joins the
                residents (in) or has no cover (lapse)
  retire short buy   buys the missing years and stays
  leave         the last year in the employee scheme: next year joins the
                residents within three months (in) or later (late, lapse)
and, of an insured year, any of
  repair [R]    pays for R lapsed years, or all (as many as are worth it)
  no-claim      no reimbursement in the year
  claim X       an inpatient cost of X yuan; claim X month M says when
or, of a year in the employee scheme,
  wage W        earned in the year before, W yuan; it goes on with the mean
                wage, which holds until a wage is told
  claim X       as above

Before the years may stand `before: insured 6`, `lapsed 2`, `never` or `employee`; without it the member has been
insured all along. Words may be Chinese: 参保 逾期 断保 新生儿 职工 补缴 零报销 住院费 退休 年限不足 趸缴 离职 工资.
"""


@click.command(help=HELP)
@click.argument("scenario")
@click.option("--history", required=True, metavar="TEXT", help=HISTORY_HELP)
@click.option("--age", type=int, help="Age on 1 January of the first year.  [default: 40; 0 for a newborn]")
@click.option("--sex", default="female", show_default=True, metavar="|".join(SEX.members))
@click.option("--area", default="rural", show_default=True, metavar="|".join(NATIONAL.areas))
@click.option("--income", default="middle", show_default=True, metavar="|".join(NATIONAL.income_groups))
@click.option(
    "--deductible",
    default="",
    metavar="|".join(DEDUCTIBLES),
    help="Of critical-illness insurance where the member lives.  [default: national]",
)
@language_option("words and table")
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scenario: str,
    history: str,
    age: int | None,
    sex: str,
    area: str,
    income: str,
    deductible: str,
    lang: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell year by year what the rules of a scenario do to one member."""
    from simsurance.member.story import story_years
    from simsurance.member.telling import rule_applied, table, year_told

    chosen = in_its_currency(load(scenario, fragments, settings))
    for note in of_a_member(chosen):
        tell(words(lang).say("run.note", scenario=chosen.name, note=note.told(words(lang))), err=True)
    person = {"sex": sex, "area": area, "income": income, "deductible": deductible}
    said = words(lang, chosen.currency)
    years = story_years(chosen, history, age=age, **person)
    told = "low" if any(one.low_deductible for one in years) else "national"
    if as_json:
        rows = [
            {
                name: None if isinstance(value, float) and math.isnan(value) else value
                for name, value in vars(one).items()
            }
            | {"rule": rule_applied(one, said), "told": year_told(one, said)}
            for one in years
        ]
        member = {**person, "deductible": told}
        document = {
            "schema": "simsurance.story/1",
            "ok": True,
            "scenario": chosen.name,
            "member": member,
            "years": rows,
        }
        tell(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
        return
    tell("\n".join(columns(table(years, said))))
    tell()
    for one in years:
        tell(year_told(one, said))
    tell()
    notes = {"all": True, told: any(one.insured for one in years), "employee": any(one.at_work for one in years)}
    for name, shown in notes.items():
        if shown:
            tell(said.label(f"story.notes.{name}"))
