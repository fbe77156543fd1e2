"""What a calibration finds, in words: factors, what the figures cannot tell, what is left of each figure.

The sentences stand in the language files, their order in `templates/calibration.md.j2`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.evidence.fund_fit import TOLD
from simsurance.language import Words
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    from simsurance.evidence.fund_fit import FundFit

TEMPLATE: Final = Path(__file__).parent / "templates" / "calibration.md.j2"
HEADS: Final = ("key", "how", "value", "error", "told")


def factor_rows(fit: "FundFit", said: Words) -> list[tuple[str, ...]]:
    """A row a factor: what it is, how it moves, the value with its standard error, how well the figures tell it."""
    rows = [tuple(said.label(f"calibration.column.{name}") for name in HEADS)]
    for key, row in fit.table.iterrows():
        share = said.say("calibration.told", share=float(row["from_data"]))
        remarks = [share]
        remarks += [said.label("calibration.weakly")] if row["from_data"] < TOLD else []
        remarks += [said.label("calibration.at_bound")] if row["at_bound"] else []
        remarks += [said.say("calibration.like", other=row["like"])] if row["like"] else []
        sign = said.label(f"calibration.how.{row['how']}")
        value, error = (said.number(float(row[name]), 4) for name in ("value", "standard_error"))
        rows.append((str(key), sign, value, error, said.label("list.clauses").join(remarks)))
    return rows


def figure_rows(fit: "FundFit", said: Words) -> list[tuple[str, ...]]:
    """A row a figure: error before and after."""
    heads = ("item", "year", "before", "after")
    rows = [tuple(said.label(f"calibration.column.{name}") for name in heads)]
    for each, (_, row) in zip(fit.figures, fit.residuals.iterrows(), strict=True):
        name = f"{fund_label(each.item.fund, said.lang)}: {item_label(each.item.name, said)}"
        after = said.signed(said.say("calibration.share", share=float(row["error"])))
        before = said.signed(said.say("calibration.share", share=float(row["error_before"])))
        rows.append((name, str(each.year), before, after if row["within"] else f"{after} *"))
    return rows


def item_label(item: str, said: Words) -> str:
    """The name of an item."""
    return said.label(f"column.{item}") if f"column.{item}" in said.entries else said.label(f"hindcast.{item}")


def calibration_facts(fit: "FundFit", lang: str) -> dict[str, Any]:
    """Everything that is told of a calibration."""
    said = words_of(fit.scenario, lang)
    return {
        "title": markdown(in_its_words(fit.scenario, "title", lang)),
        "name": fit.scenario.name,
        "version": __version__,
        "first": fit.first,
        "last": fit.last,
        "figures": len(fit.figures),
        "count": len(fit.factors),
        "runs": fit.projections,
        "fits": fit.fits,
        "unique": fit.unique,
        "worst": fit.worst,
        "scale": fit.scale,
        "rows": factor_rows(fit, said),
        "left": figure_rows(fit, said),
        "masked": [f"{name} {year}" for name, year, _ in fit.masked],
    }


def calibration_summary(fit: "FundFit", lang: str = "en") -> str:
    """The summary of a calibration as Markdown."""
    return words_of(fit.scenario, lang).page(TEMPLATE, **calibration_facts(fit, lang))


def calibration_lines(fit: "FundFit", lang: str) -> list[str]:
    """What is told below the table of factors."""
    said, facts = words_of(fit.scenario, lang), calibration_facts(fit, lang)
    lines = [said.say("calibration.result", **facts)]
    if not fit.unique:
        lines.append(said.label("calibration.not_unique"))
    if fit.masked:
        lines.append(said.say("calibration.masked", **facts))
    return lines
