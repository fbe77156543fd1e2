"""A comparison in words: what differs, and what follows from it; every number comes from its tables."""

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.measures import measure_of
from simsurance.output.labels import (
    Lang,
    Text,
    fund_label,
    in_language,
    is_nothing,
    money,
    number,
    percent,
    persons,
    points,
    scenario_title,
    status_words,
    yuan_pp,
)
from simsurance.output.measured import measured, year_or_none

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison

WORDS: Final[dict[str, Text]] = {
    "title": ("# {titles}", "# {titles}"),
    "run": (
        "Differences are from **{base}**, the first. Money is nominal; simsurance {version}.",
        "差额均相对第一个情景**{base}**。金额为名义值；simsurance {version}。",
    ),
    "results": ("## Results", "## 结果"),
    "keys": ("## What differs", "## 设定差异"),
    "in_base": ("base", "第一个情景："),
    "none": ("Same values as the base.", "与第一个情景取值相同。"),
    "rules": (
        "**The effect of the 2024 participation rules rests on judgement**: no evaluation of them was found, and the "
        "evidence allows an effect of zero.",
        "**2024年参保新规的效果系判断**：未见评估研究，现有证据不排除效果为零。",
    ),
    "horizons": (
        "The scenarios do not cover the same years: measures of the last year are of different years.",
        "各情景年份不同：末年指标属于不同年份。",
    ),
    "ok_year": ("{year}", "{year}年"),
    "no_year": ("none by {last}", "至{last}年无"),
}
DIRECT_COST: Final[Text] = (
    "fund, end of the last year, nobody reacting to bonus and waiting",
    "末年末累计结余（激励与等待期无行为效应）",
)
MEASURE: Final[Text] = ("measure", "指标")
Shown = Callable[[float, Lang], str]
UNCHANGED: Final = "="
"""What stands for a difference that is nought at the precision printed."""

DATED: Final[tuple[tuple[str, Text], ...]] = (
    ("first_deficit_year", ("first deficit", "当期首现赤字")),
    ("depletion_year", ("depletion", "穿底")),
)
RESERVE: Final[tuple[tuple[str, Text, Shown], ...]] = (
    ("reserve_months_last_year", ("reserve months, last year", "末年可支付月数"), lambda value, _: number(value, 1)),
    ("closing_last_year", ("fund, end of the last year", "末年末累计结余"), money),
)
MEASURES: Final[tuple[tuple[str, Text, Shown], ...]] = (
    *RESERVE,
    ("resident_insured_last_year", ("residents insured, last year", "末年参保人数"), persons),
    ("coverage_last_year", ("coverage, last year", "末年参保率"), percent),
    ("outgo_pp_last_year", ("outgo a head, last year", "末年人均支出"), yuan_pp),
    ("cost_rate_last_year", ("cost rate, last year", "末年成本率"), percent),
    ("actuarial_balance", ("actuarial balance", "精算平衡"), percent),
    (
        "required_contribution_multiple_now",
        ("required contribution, multiple from the first year", "所需筹资倍数（自首年）"),
        lambda value, _: number(value, 3),
    ),
    ("public_money_present_value", ("public money, present value", "财政与救助支出现值"), money),
)
EMPLOYEE_MEASURES: Final[dict[str, tuple[tuple[str, Text, Shown], ...]]] = {
    "employee_pool": (
        *RESERVE,
        ("dependency_ratio_last_year", ("retired over active, last year", "末年退休在职比"), percent),
        ("pay_as_you_go_rate_last_year", ("pay-as-you-go rate, last year", "末年现收现付费率"), percent),
        ("required_rate_now", ("required rate from the first year", "所需费率（自首年）"), percent),
    ),
    "personal_accounts": RESERVE[1:],
}
"""What is told of the other funds where every scenario projects them."""


def comparison_summary(comparison: "Comparison", lang: Lang) -> str:
    """The summary of a comparison as Markdown."""
    titles = [scenario_title(result.scenario, lang) for result in comparison.results]
    facts = {"titles": " · ".join(titles), "base": titles[0], "version": __version__}

    def say(key: str) -> str:
        return in_language(WORDS[key], lang).format(**facts)

    lines = [say("title"), "", say("run"), ""]
    if len({(result.years[0], result.years[-1]) for result in comparison.results}) > 1:
        lines += [say("horizons"), ""]
    lines += [
        say("results"),
        "",
        *_table([in_language(MEASURE, lang), *comparison.names], rows(comparison, lang)),
        "",
    ]
    lines += [say("keys"), ""]
    keys = comparison.differences
    for name in comparison.names[1:]:
        own = keys[keys[name] != keys[comparison.names[0]]]
        lines += [f"**{name}**", ""]
        lines += [
            f"- `{key} = {row[name]}`; {say('in_base')} `{row[comparison.names[0]]}`" for key, row in own.iterrows()
        ]
        lines += [say("none"), ""] if own.empty else [""]
    if any(str(key).startswith("participation.") for key in keys.index):
        lines += [say("rules"), ""]
    return "\n".join(lines)


def rows(comparison: "Comparison", lang: Lang) -> list[list[str]]:
    """The measures of a comparison as printed, the difference from the base in brackets."""
    alone = comparison.twin.xs("closing_last_year", level="measure")["zero_effect"].to_dict()
    direct_cost = [money(float(alone[name]), lang) for name in comparison.names]
    found_rows = [
        *_dated_rows(comparison, "resident", lang),
        [in_language(DIRECT_COST, lang), *direct_cost],
        *_measure_rows(comparison, "resident", MEASURES, lang),
    ]
    for fund, told in EMPLOYEE_MEASURES.items():
        if all(fund in result.accounts for result in comparison.results):
            found_rows += [*_dated_rows(comparison, fund, lang), *_measure_rows(comparison, fund, told, lang)]
    return found_rows


def _label(text: Text, fund: str, lang: Lang) -> str:
    """The name of a measure; those of the resident fund stand without it."""
    words = in_language(text, lang)
    return words if fund == "resident" else f"{fund_label(fund, lang)}{'：' if lang == 'zh' else ': '}{words}"


def _dated_rows(comparison: "Comparison", fund: str, lang: Lang) -> list[list[str]]:
    """First deficit and depletion of a fund in each scenario."""
    found_rows = []
    for name, text in DATED:
        row = [_label(text, fund, lang)]
        for result in comparison.results:
            year = year_or_none(measured(result, fund)[name])
            words = in_language(WORDS["no_year" if year is None else "ok_year"], lang)
            row.append(words.format(year=year, last=result.years[-1]))
        found_rows.append(row)
    return found_rows


def _measure_rows(
    comparison: "Comparison", fund: str, told: tuple[tuple[str, Text, Shown], ...], lang: Lang
) -> list[list[str]]:
    """Measures of a fund in each scenario, with their differences from the base."""
    found_rows = []
    for name, text, printed in told:
        row = [_label(text, fund, lang)]
        for place, (_, found) in enumerate(comparison.measures.loc[measure_of(fund, name)].iterrows()):
            value, difference = float(found["value"]), float(found["difference"])
            words = printed(value, lang) if isfinite(value) else status_words(str(found["status"]), lang)
            row.append(
                f"{words} ({_difference(printed, difference, lang)})" if place and isfinite(difference) else words
            )
        found_rows.append(row)
    return found_rows


def _difference(printed: Shown, difference: float, lang: Lang) -> str:
    """A difference from the base with its sign, one of percentages in points."""
    amount = (points if printed is percent else printed)(abs(difference), lang)
    return UNCHANGED if is_nothing(amount) else f"{'−' if difference < 0 else '+'}{amount}"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    marks = ["---", *("---:" for _ in header[1:])]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (header, marks, *rows)]
