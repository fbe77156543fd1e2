"""Titles as sentences, made of the numbers that a chart shows; a noun where no rule gives a sentence."""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.ledger import ACCOUNTS, POOL, RESIDENT
from simsurance.output.charts import money
from simsurance.output.labels import fund_label, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.summary import fund_facts, required_facts

if TYPE_CHECKING:
    from simsurance.results import RunResult

Facts = dict[str, Any]


def title_of(name: str, results: "RunResult", lang: str, **own: Any) -> str:
    """The title of a chart; `own`: facts that the chart itself has found. The noun where the sentence is empty."""
    said = words_of(results.scenario, lang)
    fund, key = (POOL, name.removeprefix("employee_")) if name.startswith("employee_") else (RESIDENT, name)
    facts: Facts = {"fund": fund_label(fund, lang), "first": results.years[0], "last": results.years[-1], **own}
    if key in FACTS:
        facts |= FACTS[key](results, fund, lang)
    return said.say(f"chart.sentence.{key}", **facts).strip() or said.label(f"chart.title.{key}")


def whose(results: "RunResult", fund: str, lang: str) -> str:
    """Whose chart it is where there are several funds; nobody's where there is one."""
    return fund_label(fund, lang) if len(results.accounts) > 1 else ""


def _fund(results: "RunResult", fund: str, lang: str) -> Facts:
    """What is told of a fund."""
    return fund_facts(results, fund, lang)


def _balance(results: "RunResult", fund: str, lang: str) -> Facts:
    """When a fund is largest, when it runs out, what it holds or lacks in the end."""
    values = money.amounts(results, fund, "closing")
    peak = int(np.argmax(values))
    return {
        "peak_year": results.years[peak],
        "peak": money.told(float(values[peak]), results, lang),
        "depletion_year": year_or_none(measured(results, fund)["depletion_year"]),
        "short": bool(values[-1] < 0),
        "end": money.told(abs(float(values[-1])), results, lang),
    }


def _flows(results: "RunResult", fund: str, lang: str) -> Facts:
    """From when a fund pays more than it takes, whether it does so until the end, and how much more then."""
    column = money.income_column(results, fund)
    gap = money.amounts(results, fund, "outgo") - money.amounts(results, fund, column)
    short = np.flatnonzero(gap > 0)
    found: Facts = {"year": None, "lasts": False, "short": bool(gap[-1] > 0), "interest": column == money.WITH_INTEREST}
    if len(short):
        found |= {"year": results.years[short[0]], "lasts": bool((gap[short[0] :] > 0).all())}
    return found | {"end": money.told(abs(float(gap[-1])), results, lang)}


def _rates(results: "RunResult", fund: str, lang: str) -> Facts:
    """By how much each fund pays more than it takes in the last year, as a share of its base."""
    account = results.accounts[RESIDENT]
    found: Facts = {"resident": float(account["cost_rate"][-1] - account["income_rate"][-1]), "pool": None}
    if POOL in results.accounts:
        account = results.accounts[POOL]
        gap = float(account["pay_as_you_go_rate"][-1] - account["contribution_rate"][-1])
        found["pool"] = gap if isfinite(gap) else None  # nothing is said of a base of nothing
    return found


def _gap(results: "RunResult", fund: str, lang: str) -> Facts:
    """By how much contributions have to change, by fund; those of whom nothing is levied are left out."""
    told = []
    for each in (RESIDENT, POOL):
        facts = required_facts(results, each) if each in results.accounts else []
        if facts and facts[0]["levied"]:
            told.append(facts[0] | {"whose": fund_label(each, lang)})
    return {"told": told, "several": len(results.accounts) > 1}


def _accounts(results: "RunResult", fund: str, lang: str) -> Facts:
    """What personal accounts hold at both ends."""
    values = money.amounts(results, ACCOUNTS, "closing")
    return {"start": money.told(float(values[0]), results, lang), "end": money.told(float(values[-1]), results, lang)}


def _members(results: "RunResult", fund: str, lang: str) -> Facts:
    """Insured of both schemes at both ends."""
    pool = results.accounts[POOL]
    employee = pool["employee_active"] + pool["employee_retired"]
    resident = results.account["resident_insured"]
    return {
        "resident": (float(resident[0]), float(resident[-1])),
        "employee": (float(employee[0]), float(employee[-1])),
    }


FACTS: Final[dict[str, Callable[["RunResult", str, str], Facts]]] = {
    "reserve_months": _fund,
    "fund_balance": _balance,
    "income_outgo": _flows,
    "insured": _fund,
    "admissions": _fund,
    "cost_per_admission": _fund,
    "retired_per_active": lambda results, _, lang: fund_facts(results, POOL, lang),
    "cost_and_income_rate": _rates,
    "contribution_gap": _gap,
    "personal_accounts": _accounts,
    "members_by_scheme": _members,
}
"""What the sentence of a chart is made of, by the chart's name without that of its scheme."""


def range_in_words(years: Sequence[int | None]) -> tuple[int | None, int | None, int]:
    """The earliest and the latest of some years, and how many there are."""
    found = sorted(year for year in years if year is not None)
    return (found[0], found[-1], len(found)) if found else (None, None, 0)
