"""A run in words: every number comes from its tables, every weakness that a reader has to know stands beside them."""

from collections.abc import Callable
from itertools import groupby
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.output.certainty import (
    BASELINE,
    counted_marks,
    judgements,
    opening_is_estimate,
    wage_spread_is_judgement,
)
from simsurance.output.labels import Lang, in_language, in_words_or, money, number, percent, persons, yuan_pp
from simsurance.output.measured import measured
from simsurance.output.summary_words import SHARE_OF, WHOLE, sentence
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.toml_text import toml_value

if TYPE_CHECKING:
    import numpy as np

    from simsurance.analysis.twins import Twins
    from simsurance.measures import Measure
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

RULE_FLOWS: Final = ("waiting_months", "bonus_cap", "critical_beneficiaries")
NAMES: Final = ("title", "title_zh", "description")
LEVER_TOLD: Final = ("component", "start", "ramp_years", "size", "low", "high")
COLUMNS: Final[dict[str, tuple[str, Callable[[float, Lang], str]]]] = {
    "closing": ("closing", money),
    "reserve": ("reserve_months", lambda months, _: number(months, 1)),
    "months_without": ("reserve_months_without_prepaid", lambda months, _: number(months, 1)),
    "insured": ("resident_insured", persons),
    "coverage": ("coverage", lambda share, lang: percent(share, lang, 1)),
    "both": ("coverage_of_population", lambda share, lang: percent(share, lang, 1)),
    "income": ("income", money),
    "outgo": ("outgo", money),
    "outgo_pp": ("outgo_pp", yuan_pp),
    "income_pp": ("income_pp", yuan_pp),
    "cost_rate": ("cost_rate", percent),
    "income_rate": ("income_rate", percent),
    "public": ("public_money", money),
    "active": ("employee_active", persons),
    "retired": ("employee_retired", persons),
    "dependency": ("dependency_ratio", lambda share, lang: percent(share, lang, 1)),
    "payg": ("pay_as_you_go_rate", percent),
    "rate": ("contribution_rate", percent),
    "care": ("relatives_care", money),
    "paid": ("relatives_contributions", money),
}
"""Columns of a fund's account that are told of its first and its last year, and how they are printed."""


def summary(twins: "Twins", lang: Lang) -> str:
    """The summary of a run, beside its twins, as Markdown."""
    results = twins.full
    facts, scenario, several = numbers(twins, lang), results.scenario, len(results.accounts) > 1

    def say(*keys: str) -> list[str]:
        return [sentence(key, lang).format(**facts) for key in keys]

    values = scenario.values
    lines = [f"# {values.title_zh if lang == 'zh' else values.title}", "", values.description, ""]
    lines += say("run_all" if several else "run")
    if changed := changes(scenario):
        lines += ["", *say("changed"), "", *changed]
    lines += ["", *say("resident_fund" if several else "fund"), "", *_standing(results, "resident", lang)]
    lines += say(*(["prepaid"] if results.account["prepaid"].any() else []))
    lines += ["", *say("resident_members" if several else "members"), "", *say("insured")]
    lines += ["", *say("resident_money" if several else "money"), ""]
    lines += [*say("per_head", "rates"), *_required(results, "resident", lang), *say("balance", "public")]
    lines += ["", *say("rules_head"), "", *say("waiting", "bonus", "critical", "twin", "drag")]
    if several:
        lines += _employee(results, lang)
    lines += ["", *say("trust"), ""]
    lines += say(*(["rules"] if rules_act(scenario) else []), "marks" if facts["estimated"] != "0" else "own")
    lines += [sentence("carried", lang).format(year=year, keys=keys) for year, keys in _carried(scenario).items()]
    lines += say("ages", "incurred", *(["estimate"] if opening_is_estimate(scenario, "resident") else []), "checks")
    if judged := judgements(scenario, lang):
        lines += ["", *say("judgements"), "", *judged]
    return "\n".join([*lines, "", *say("rounding"), ""])


def _standing(results: "RunResult", fund: str, lang: Lang) -> list[str]:
    """Deficit, depletion and reserve of a fund."""
    found, facts, account = measured(results, fund), fund_numbers(results, fund, lang), results.accounts[fund]
    keys = ["deficit" if found["first_deficit_year"].status == "ok" else "no_deficit"]
    if found["depletion_year"].status == "ok":
        keys += ["depleted", *(["payable"] if "payable_depletion" in facts else [])]
    else:
        keys.append("not_depleted")
    if fund == "personal_accounts":
        ends = [(account["closing"][place], account["reserve_months"][place]) for place in (0, -1)]
        held = all(closing >= 0 and isfinite(months) for closing, months in ends)
        keys.append("accounts_balance" if held else "reserve")
    else:
        keys += ["reserve", *(["peak"] if "peak_year" in facts else [])]
    return [sentence(key, lang).format(**facts) for key in keys]


def _required(results: "RunResult", fund: str, lang: Lang) -> list[str]:
    """What of its contributions holds the target reserve of a fund, from the first year on and if it begins later."""
    scenario, years, account, found = results.scenario, results.years, results.accounts[fund], measured(results, fund)
    target, last = f"{scenario.values.measures.target_reserve_months:g}", str(years[-1])
    rated = "contribution_rate" in account
    standards = account["contribution_rate"] if rated else account["personal_contribution_pp"] + account["subsidy_pp"]
    printed, name, key = (percent, "required_rate", "rate") if rated else (yuan_pp, "required_contribution", "required")
    told = []
    for label, place in _starts(results).items():
        multiple, level = found[f"required_contribution_multiple_{label}"], found[f"{name}_{label}"]
        facts = {"target": target, "last": last, "start": str(years[place]), "multiple": number(multiple.value, 3)}
        facts |= {"standard": printed(float(standards[place]), lang), "level": printed(level.value, lang)}
        words = f"{key}_{label}" if multiple.status == "ok" else "required_nothing"
        told.append(sentence(words, lang).format(**facts))
        if multiple.status != "ok":
            break
    return told


def _starts(results: "RunResult") -> dict[str, int]:
    """From when contributions may change, as positions in the years: now, and later where the horizon has a later year."""
    later = min(results.scenario.values.measures.delay_years, len(results.years) - 1)
    return {"now": 0, "delayed": later} if later else {"now": 0}


def _employee(results: "RunResult", lang: Lang) -> list[str]:
    """The section on the employee scheme: its members, its pooled fund, the personal accounts."""
    scenario = results.scenario

    def say(fund: str, *keys: str) -> list[str]:
        facts = fund_numbers(results, fund, lang)
        weak = ["estimate"] if opening_is_estimate(scenario, fund) else []
        return [sentence(key, lang).format(**facts) for key in (*weak, *keys)]

    pool, accounts = "employee_pool", "personal_accounts"
    people = fund_numbers(results, "resident", lang) | fund_numbers(results, pool, lang)
    spread = ["wage_spread"] if wage_spread_is_judgement(scenario) else []
    return [
        *("", sentence("employee", lang), ""),
        *(sentence(key, lang).format(**people) for key in ("employee_members", "both_schemes")),
        *("", sentence("pool", lang), "", *_standing(results, pool, lang)),
        *say(pool, "pool_rates", *spread),
        *_required(results, pool, lang),
        sentence("balance", lang).format(**people),
        *("", sentence("accounts", lang), "", *_standing(results, accounts, lang)),
        *say(accounts, "accounts_flows", "relatives"),
    ]


def numbers(twins: "Twins", lang: Lang) -> dict[str, str]:
    """Every number that the summary tells of the resident scheme and of the run as printed, by its name in sentences."""
    results = twins.full
    scenario = results.scenario
    found = {"name": scenario.name, "show": scenario.name.split("+")[0], "version": __version__}
    found |= fund_numbers(results, "resident", lang) | counted_marks(scenario) | _rules(twins, lang)
    found["public_value"] = money(measured(results)["public_money_present_value"].value, lang)
    residuals = results.checks["residual"].to_numpy()
    worst = int(residuals.argmax())
    found |= {"checks": str(len(residuals)), "residual": f"{residuals[worst]:.1e}".replace("-", "−")}
    return found | {"residual_year": str(results.checks["year"].to_numpy()[worst])}


def fund_numbers(results: "RunResult", fund: str, lang: Lang) -> dict[str, str]:
    """What is told of a fund, as printed, by its name in the sentences."""
    scenario, years, account = results.scenario, results.years, results.accounts[fund]
    measures = measured(results, fund)
    found = {"whole": in_language(WHOLE[fund], lang), "first": str(years[0]), "last": str(years[-1])}
    found["target"] = f"{scenario.values.measures.target_reserve_months:g}"
    months = account["reserve_months"].tolist()
    if with_outgo := [place for place, value in enumerate(months) if isfinite(value)]:
        for name, choice in (("peak", max), ("low", min)):
            place = choice(with_outgo, key=months.__getitem__)
            found |= {f"{name}_year": str(years[place]), f"{name}_months": number(months[place], 1)}
    for name in ("first_deficit_year", "depletion_year"):
        found[name] = f"{measures[name].value:.0f}"
    return found | _ends(account, lang) | _present_values(measures, lang)


def _ends(account: dict[str, "np.ndarray"], lang: Lang) -> dict[str, str]:
    """What stands in a fund's account in the first and in the last year, as printed."""
    found = {}
    for end, place in (("first", 0), ("last", -1)):
        for name, (column, printed) in COLUMNS.items():
            if column in account:
                found[f"{name}_{end}"] = in_words_or(printed, float(account[column][place]), lang)
        closing, months = float(account["closing"][place]), float(account["reserve_months"][place])
        key = "held" if closing >= 0 else "owed"
        words = sentence(key if isfinite(months) else f"{key}_without_outgo", lang)
        found[f"balance_{end}"] = words.format(amount=money(abs(closing), lang), months=number(abs(months), 1))
    return found


def _present_values(measures: dict[str, "Measure"], lang: Lang) -> dict[str, str]:
    """Actuarial balance and payable shares, of a fund that has them."""
    found = {}
    if balance := measures.get("actuarial_balance"):
        found["actuarial_balance"] = in_words_or(percent, balance.value, lang)
        found["balance_of"] = in_language(SHARE_OF[balance.unit], lang)
    payable = [measures.get(f"payable_share_{when}") for when in ("at_depletion", "last_year")]
    shares = [each.value for each in payable if each is not None and isfinite(each.value)]
    if len(shares) == len(payable):
        found |= zip(("payable_depletion", "payable_last"), (percent(share, lang, 0) for share in shares), strict=True)
    return found


def _rules(twins: "Twins", lang: Lang) -> dict[str, str]:
    """What the participation rules do and cost, with and without reactions, as printed."""
    results = twins.full
    account, found = results.account, {}
    totals = {name: results.flows[name].groupby(level="year").sum().to_numpy() for name in RULE_FLOWS}
    for end, place in (("first", 0), ("last", -1)):
        payers = float(account["resident_enrolled"][place])
        found[f"months_{end}"] = number(float(totals["waiting_months"][place]) / 1e6, 1)
        found[f"repair_{end}"] = money(float(account["repair_payments"][place]), lang)
        found[f"cap_{end}"] = yuan_pp(float(totals["bonus_cap"][place]) / payers, lang)
        found[f"bonus_{end}"] = yuan_pp(float(account["bonus_cost"][place]) / payers, lang, 4)
        heavy = float(twins.tail["pareto_bonus_cost_pp"].to_numpy()[place])
        found[f"pareto_{end}"] = yuan_pp(heavy, lang, 4)
        found[f"critical_{end}"] = money(float(account["critical_illness"][place]), lang)
        found[f"ill_{end}"] = persons(float(totals["critical_beneficiaries"][place]), lang)
    twin = twins.twin[["zero_effect", "difference"]].to_dict("index")
    drag = twins.drag["present_value"].to_dict()
    for name, measure, printed in (
        ("fund", "closing_last_year", money),
        ("insured", "resident_insured_last_year", persons),
    ):
        found[f"twin_{name}"] = printed(float(twin[measure]["zero_effect"]), lang)
    found["twin_gain"] = money(float(twin["closing_last_year"]["difference"]), lang)
    found["twin_members"] = persons(float(twin["resident_insured_last_year"]["difference"]), lang)
    return found | {
        f"drag_{name}": money(float(drag[part]), lang)
        for name, part in (("total", "total"), ("fewer", "fewer_payers"), ("sicker", "sicker_payers"))
    }


def changes(scenario: "Scenario") -> list[str]:
    """What the scenario says itself: key and value of every leaf that is not the baseline's, and every lever."""
    own = [path for path, file in scenario.origins.items() if file != BASELINE and path not in NAMES]
    keys = [path for path in own if path in KEYS]
    if len(keys) > len(KEYS) // 2:
        keys = []
    told = [f"- `{path} = {toml_value(scenario.leaves[path])}` ({scenario.origins[path]})" for path in keys]
    for name, lever in scenario.values.levers.items():
        said = {key: scenario.leaves[f"levers.{name}.{key}"] for key in LEVER_TOLD}
        told.append(f"- `levers.{name} = {toml_value(said)}` ({lever.mark}; {scenario.origins[f'levers.{name}.size']})")
    return told


def _carried(scenario: "Scenario") -> dict[int, str]:
    """Keys of the yearly factors that are carried, by the year whose value is kept."""
    kept = groupby(scenario.carried.items(), key=itemgetter(1))
    return {year: ", ".join(f"`{path}`" for path, _ in paths) for year, paths in kept}


def rules_act(scenario: "Scenario") -> bool:
    """Whether the participation rules of 2024 are in force, here or where behaviour is calibrated."""
    return scenario.values.participation.in_force or scenario.reference.participation.in_force
