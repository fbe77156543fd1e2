"""`simsurance schemes`: what a policy in one scheme does to both."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from simsurance.axes import FUND
from simsurance.cli.options import scenario_options
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.output.folder import refuse_foreign
from simsurance.output.labels import LANGUAGES, Lang, Text, fund_label, in_language, number, signed, unit
from simsurance.scenario_file.files import find
from simsurance.scenario_file.loader import load

if TYPE_CHECKING:
    from simsurance.analysis.scheme_effects import SchemeEffects

HEADER: Final[tuple[Text, ...]] = (
    *(("policy", "政策"), ("fund", "基金"), ("income", "收入"), ("outgo", "支出"), ("balance", "收支差")),
    ("fund {last}", "{last}年末结余"),
    ("members {last}, {persons}", "{last}年末参保，{persons}"),
    ("depletion", "穿底年份"),
)
ALL: Final[Text] = ("all", "合计")
NONE: Final[Text] = ("none", "无")
UNITS_NOTE: Final[Text] = (
    "changes in {unit}; income, outgo and balance {first}–{last} as present values",
    "变化量，{unit}；收入、支出与收支差为{first}—{last}年现值",
)
MONEY: Final = ("income_present_value", "outgo_present_value", "balance_present_value", "closing_last_year")


@click.command()
@click.argument("scenario", default="baseline")
@scenario_options
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FRAGMENT",
    help="A fragment to look at, instead of retirement ages, flexible workers and enrolment without hukou; again for more.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw the chart, or leave it out.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the chart and of names."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenario: str,
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    policies: tuple[str, ...],
    out: Path,
    charts: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """Lay each policy alone upon SCENARIO, and write what it changes in every fund to OUT/schemes-<scenario>/.

    Changes are with the policy less without it; present values stand on the opening 1 January. cohorts.csv and groups.csv say
    who pays and who gains, a person.
    """
    unknown = [(policy, found) for policy in policies if isinstance(found := find(policy, fragments=True), str)]
    if unknown:
        raise SimsuranceError(*(f"--policy:{policy}: {words}" for policy, words in unknown))
    folder = out / f"schemes-{load(scenario, fragments, settings).name}"
    refuse_foreign(folder)
    with progress() as line:
        line.say("projecting")
        from simsurance.analysis.scheme_effects import POLICIES, scheme_effects
        from simsurance.output.save import save_scheme_effects

        effects = scheme_effects(scenario, policies or POLICIES, fragments, settings)
        line.say(f"writing {folder}")
        save_scheme_effects(effects, folder, charts, lang, shlex.join(["simsurance", *sys.argv[1:]]))
    click.echo(_json(effects, folder) if as_json else _text(effects, folder, lang), nl=False)


def _text(effects: "SchemeEffects", folder: Path, lang: Lang) -> str:
    """Policies and funds as a table, in the units of the language."""
    first, last = effects.base.years[0], effects.base.years[-1]
    yuan, heads = unit("yuan", lang), unit("persons", lang)
    head = tuple(in_language(words, lang).format(last=last, persons=heads.name) for words in HEADER)
    names = {"all": in_language(ALL, lang), **{fund: fund_label(fund, lang) for fund in FUND.members}}
    titles = dict(zip(effects.policies, effects.titles(lang), strict=True))
    rows = []
    for row in effects.effects.reset_index().to_dict(orient="records"):
        policy, fund = row["policy"], row["fund"]
        money = [signed(number(row[name] / yuan.size)) for name in MONEY]
        decimals = 0 if lang == "zh" else 1
        members = signed(number(row["members_last_year"] / heads.size, decimals)) if fund != "personal_accounts" else ""
        years = [row[name] for name in ("depletion_year_without", "depletion_year_with")]
        none = in_language(NONE, lang)
        depletion = " → ".join(none if year != year else f"{year:.0f}" for year in years) if fund != "all" else ""
        title = titles[policy] if fund == next(iter(effects.base.accounts)) else ""
        rows.append((title, names[fund], *money, members, depletion))
    told = in_language(UNITS_NOTE, lang).format(unit=yuan.name, first=first, last=last)
    return "\n".join([*columns([head, *rows]), "", told, words(lang).label("note.entry"), folder.as_posix(), ""])


def _json(effects: "SchemeEffects", folder: Path) -> str:
    """The same for programs."""
    from simsurance.output.manifest import SCHEME_EFFECTS_SCHEMA, as_json, records

    content = {
        "schema": SCHEME_EFFECTS_SCHEMA,
        "ok": True,
        "scenario": effects.base.scenario.name,
        "years": [effects.base.years[0], effects.base.years[-1]],
        "folder": folder.as_posix(),
        "effects": records(effects.effects),
    }
    return as_json(content)
