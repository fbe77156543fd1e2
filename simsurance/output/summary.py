"""A run in words: every number comes from its tables, every weakness that a reader has to know stands beside them.

The sentences stand in the language files, their order in `templates/summary.md.j2`; here are the facts that they tell.
"""

from itertools import groupby
from math import isfinite
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import __version__
from simsurance.analysis.rests_on import rests_on, tables_of_the_nation
from simsurance.basis.inputs import NATION, Inputs
from simsurance.data.tables import published
from simsurance.language import told_in, words
from simsurance.language.names import key_name
from simsurance.ledger import POOL, fund_of
from simsurance.measures import by_payer, in_frame, starts_of
from simsurance.output.adjustment_summary import adjustment_facts
from simsurance.output.bonds_words import bond_facts, debt_facts
from simsurance.output.certainty import (
    BASELINE,
    JUDGED,
    RECALLED,
    counted_marks,
    opening_is_estimate,
    unsure,
    wage_dispersion_is_judgement,
)
from simsurance.output.choice_words import choice_facts
from simsurance.output.controls import beyond_evidence, control_facts
from simsurance.output.employee_words import arrears_facts, retiree_facts, spread_facts
from simsurance.output.implausible import implausible
from simsurance.output.labels import fund_label, in_its_words, in_language, origins, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import most_facts, told_ranges
from simsurance.output.stored_draws import required_words
from simsurance.output.tiers_words import tier_facts
from simsurance.plain_text import markdown
from simsurance.results import accounts_of
from simsurance.scenario_file.form import SECTIONS
from simsurance.scenario_file.keys import BONDS, CHOICES, NAMED, REGISTER, key_at, named_part
from simsurance.scenario_file.loader import TITLES
from simsurance.scenario_file.own_register import stale
from simsurance.scenario_file.pins import held_levers
from simsurance.scenario_file.register import source_title
from simsurance.scenario_file.schedule import rule_in
from simsurance.scenario_file.schema import FUND
from simsurance.scenario_file.toml_text import toml_value
from simsurance.variables import CONSTANT_PRICES, FRAMES

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.analysis.twins import Twins
    from simsurance.measures import Measure
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

TEMPLATE: Final = Path(__file__).parent / "templates" / "summary.md.j2"
GDP_KEYS: Final = ("economy.gdp", "economy.real_gdp_growth", "economy.gdp_deflator")
RULE_FLOWS: Final = ("waiting_months", "bonus_cap", "critical_beneficiaries")
LEVER_TOLD: Final = ("component", "start", "ramp_years", "size", "low", "high")
BESIDE_EMPLOYERS: Final = ("retiree_contributions", "arrears_recovered")
"""What is levied for the pooled fund beside the contributions that employers owe in a year."""
WITH_TERMS: Final = (CHOICES, BONDS)
BESIDE_TERMS: Final = ("title", "title_zh", "mark", "source", "description", "description_zh")
ENDS: Final = (("first_year", 0), ("last_year", -1))
ON_ENROLMENT: Final = ("contributions.", "participation.", "behaviour.", "membership.", "population.assisted_share")
"""Keys that change who is uninsured, and through that who enters the employee scheme."""
Facts = dict[str, Any]
"""What sentences tell, by the names that they have there; numbers in the tables' units."""


def summary(twins: "Twins", lang: str, ranges: "SingleChanges | None" = None) -> str:
    """The summary of a run, beside its twins, as Markdown; depletion years with their ranges if these are given."""
    with told_in(twins.full.scenario.currency):
        return _summary(twins, lang, ranges)


def _summary(twins: "Twins", lang: str, ranges: "SingleChanges | None" = None) -> str:
    """The same, in the words of the scenario's currency."""
    results = twins.full
    scenario = results.scenario
    funds = {
        fund: fund_facts(results, fund, lang) | range_facts(results, fund, ranges, lang) for fund in results.accounts
    }
    return words_of(scenario, lang).page(
        TEMPLATE,
        title=markdown(in_its_words(scenario, "title", lang)),
        description=markdown(in_its_words(scenario, "description", lang)),
        name=scenario.name,
        show=scenario.name.split("+")[0],
        version=__version__,
        first=results.years[0],
        last=results.years[-1],
        price_year=results.years[0] - 1,
        changes=changes(scenario, lang),
        implausible=implausible(results, lang),
        pins=[pin | {"source": markdown(pin["source"])} for pin in pin_facts(results, lang)],
        held=[
            {"lever": lever, "totals": totals, "wholly": wholly}
            for lever, totals, wholly in held_levers(scenario.values, scenario.changed)
        ],
        **{POOL: None} | funds,
        entries_of=results.held.of.name if results.held else None,
        rests_on_entries=POOL in results.accounts and any(path.startswith(ON_ENROLMENT) for path in scenario.changed),
        controls=control_facts(scenario, lang),
        beyond_evidence=beyond_evidence(scenario),
        answer=demand_facts(results),
        tiers=tier_facts(results, lang),
        rules=rule_facts(twins),
        has={section.rpartition(".")[2]: scenario.form.has(section) for section in SECTIONS},
        response_pinned=twins.held,
        twin=twin_facts(twins),
        drag=drag_facts(twins),
        adjustment=adjustment_facts(results, lang),
        bonds=bond_facts(results, lang),
        choices=choice_facts(results, lang),
        arrears=arrears_facts(results),
        retirees=retiree_facts(results),
        account_spread=spread_facts(results),
        reform_acts=scenario.values.participation.in_force or scenario.reference.participation.in_force,
        wages_are_judgement=wage_dispersion_is_judgement(scenario),
        **counted_marks(scenario),
        carried=carried(scenario),
        own=fund_of_its_own(results, lang),
        standard=forecast_standard(results),
        checks=len(results.checks),
        judgements=unsure(scenario, JUDGED, lang),
        unverified=unsure(scenario, RECALLED, lang),
        ranged=ranges is not None,
    )


def fund_facts(results: "RunResult", fund: str, lang: str) -> Facts:
    """What is told of a fund."""
    account, found = results.accounts[fund], measured(results, fund)
    balance, public = found.get("actuarial_balance"), found.get("public_money_present_value")
    return {
        "first": results.years[0],
        "last": results.years[-1],
        "target": results.scenario.values.measures.target_reserve_months,
        "first_cash_deficit_year": year_or_none(found["first_cash_deficit_year"]),
        "first_deficit_year": year_or_none(found["first_deficit_year"]),
        "depletion_year": year_or_none(found["depletion_year"]),
        "prepaid": fund_of(fund).paid_in_advance and bool(account["prepaid"].any()),
        "debt": debt_facts(results, fund),
        "estimated_opening": opening_is_estimate(results.scenario, fund),
        "also_levied": [words(lang).label(f"column.{name}") for name in BESIDE_EMPLOYERS if name in account],
        "rate_constant": fund_of(fund).rated and bool(np.ptp(account["contribution_rate"]) < 1e-9),
        "required": [
            fact | {"drawn": required_words(results.scenario, fund, lang)} for fact in required_facts(results, fund)
        ],
        "required_split": split_facts(results, fund, lang),
        "price_year": results.years[0] - 1,
        "in_gdp": bool(np.isfinite(account["gdp"][-1])),
        "own_gdp": any(path in results.scenario.changed for path in GDP_KEYS),
        "actuarial_balance": None if balance is None else balance.value,
        "public_value": None if public is None else public.value,
        **_payable(found),
        **_extremes(results.years, account["reserve_months"]),
        **{end: _of_a_year(account, place) for end, place in ENDS},
    }


def range_facts(results: "RunResult", fund: str, ranges: "SingleChanges | None", lang: str) -> Facts:
    """The range of a fund's depletion year, and what moves the fund most; nothing without ranges."""
    most = most_facts(ranges.funds[fund], results.years[0] - 1, words_of(results.scenario, lang)) if ranges else None
    told = told_ranges(results, ranges, fund, lang)
    return {"range": words(lang).say("range.together", told=told) if told else "", "most": most}


def _of_a_year(account: dict[str, np.ndarray], place: int) -> Facts:
    """What stands in a fund's account in one year; no months of expenditure where there is none."""
    found: Facts = {name: float(column[place]) for name, column in account.items()}
    framed = {frame: in_frame(account, frame) for frame in FRAMES}
    for name in framed[CONSTANT_PRICES]:
        amounts = {frame: float(of_frame[name][place]) for frame, of_frame in framed.items()}
        found[f"{name}_frames"] = {frame: each if isfinite(each) else None for frame, each in amounts.items()}
    found["income_of_gdp"] = found["disposable_income"] / found["gdp"]
    months, retired = found["reserve_months"], found.get("dependency_ratio")
    found["reserve_months"] = months if isfinite(months) else None
    if retired is not None:
        found["support_ratio"] = 1 / retired if retired else float("nan")
    return found


def _extremes(years: tuple[int, ...], months: np.ndarray) -> Facts:
    """When a balance covers most and least of expenditure, and whether that is neither in the first nor in the last year."""
    covered = {year: float(value) for year, value in zip(years, months, strict=True) if isfinite(value)}
    found: Facts = {"peak_within": False, "low_within": False}
    for name, choice in (("peak", max), ("low", min)):
        if covered:
            year = choice(covered, key=covered.__getitem__)
            found |= {f"{name}_year": year, f"{name}_months": covered[year]}
            found[f"{name}_within"] = year not in (years[0], years[-1])
    return found


def _payable(found: dict[str, "Measure"]) -> Facts:
    """The shares of expenditure that income covers in the depletion year and in the last; none where there is no such year."""
    shares = [found[f"payable_share_{when}"].value for when in ("at_depletion", "last_year")]
    told = shares if all(map(isfinite, shares)) else [None, None]
    return dict(zip(("payable_depletion", "payable_last"), told, strict=True))


def forecast_standard(results: "RunResult") -> Facts:
    """The first standards that a rule gives and no schedule names; nothing where all are named."""
    rules, account = results.scenario.values.contributions.personal.rule, results.account
    for place, year in enumerate(results.years):
        if rule_in(rules, year) != "schedule":
            levied = (account[name][place] for name in ("personal_contribution_pp", "subsidy_pp"))
            return dict(zip(("year", "personal", "subsidy"), (year, *map(float, levied)), strict=True))
    return {}


def required_facts(results: "RunResult", fund: str) -> list[Facts]:
    """What of its contributions gives a fund the target reserve, from the first year on and if the change begins later."""
    years, account, found = results.years, results.accounts[fund], measured(results, fund)
    if "required_contribution_multiple_now" not in found:
        return []
    rated = not fund_of(fund).a_head
    standards = account["contribution_rate"] if rated else account["personal_contribution_pp"] + account["subsidy_pp"]
    told: list[Facts] = []
    for start, place in starts(results).items():
        multiple = found[f"required_contribution_multiple_{start}"]
        level = found[f"{'required_rate' if rated else 'required_contribution'}_{start}"]
        fact: Facts = {"start": years[place], "last": years[-1], "levied": multiple.status == "ok"}
        fact["pinned"] = multiple.status == "pinned"
        fact |= {"multiple": multiple.value, "change": multiple.value - 1}
        fact |= {"standard": float(standards[place]), "level": level.value}
        told.append(fact | {"target": results.scenario.values.measures.target_reserve_months})
        if not fact["levied"]:
            break
    return told


def split_facts(results: "RunResult", fund: str, lang: str) -> Facts:
    """What more, or less, is to be levied from when it can change, by who pays it; nothing where nobody or one alone pays."""
    found, said = measured(results, fund), words_of(results.scenario, lang)
    more = {
        payer: found.get(f"required_more_from_{payer}_now") for payer in by_payer(fund_of(fund), results.accounts[fund])
    }
    amounts = {payer: each.value for payer, each in more.items() if each is not None and each.status == "ok"}
    if len(amounts) < 2:
        return {}
    parts = [
        said.say("summary.required_part", payer=said.label(f"payer.{payer}"), amount=amount)
        for payer, amount in amounts.items()
    ]
    return {"start": results.years[starts(results)["now"]], "total": sum(amounts.values()), "parts": parts}


def starts(results: "RunResult") -> dict[str, int]:
    """From when contributions may change, as positions in the years: as soon as they can, and later if that is later."""
    now, delayed = starts_of(results.scenario.values, len(results.years))
    return {"now": now, "delayed": delayed} if delayed > now else {"now": now}


def rule_facts(twins: "Twins") -> Facts:
    """What the participation rules do and cost, at both ends."""
    results, account = twins.full, twins.full.account
    totals = {name: results.flows[name].groupby(level="year").sum().to_numpy() for name in RULE_FLOWS}
    found: Facts = {"in_force": results.scenario.values.participation.in_force, "tail_pinned": twins.tail_held}
    (income_before,) = Inputs(results.scenario, results.scenario.values).income(NATION, [results.years[0] - 1])
    found["accrued"] = accrued_facts(results)
    found["fitted_to"] = max(published("critical_illness_beneficiaries"))
    for end, place in ENDS:
        told = {name: float(account[name][place]) for name in ("repair_payments", "critical_illness")}
        told |= {name: float(total[place]) for name, total in totals.items()}
        told["bonus_cap_pp"] = told["bonus_cap"] / float(account["resident_enrolled"][place])
        incomes, prices = (float(account[name][place]) for name in ("disposable_income_pp", "price_level"))
        told["bonus_cap_pp_at_incomes"] = told["bonus_cap_pp"] * income_before / incomes
        told |= {f"{name}_real": told[name] / prices for name in ("repair_payments", "critical_illness")}
        told |= {name: float(twins.tail[name].iloc[place]) for name in ("bonus_cost_pp", "pareto_bonus_cost_pp")}
        found[end] = told
    return found


def accrued_facts(results: "RunResult") -> Facts:
    """What rewards earned and not used are worth at the end of the first year and of the last but one, and what moved it."""
    table = results.accrued_bonus
    if table is None:
        return {}
    prices = results.account["price_level"]
    first, last = table.iloc[0], table.iloc[-1]
    told = {
        name: float(first[name]) for name in ("opening", "earned", "interest", "used", "lapsed", "closing", "expected")
    }
    ends = {
        "last_closing": float(last["closing"]),
        "last_expected": float(last["expected"]),
        "last_used": float(last["used"]),
    }
    real = {f"{name}_real": value / float(prices[-2]) for name, value in ends.items()}
    return told | ends | real | {"first_year": int(table.index[0]), "last_year": int(table.index[-1])}


def demand_facts(results: "RunResult") -> Facts:
    """What use that answers to the price changes in the last year; nothing where it does not answer."""
    if not results.scenario.values.claims.demand.answers:
        return {}
    (without,) = accounts_of([results.scenario.replace({"claims.demand.answers": False})], results.held)
    now, before = results.account, without.account
    outgo, closing = (float(now[name][-1] - before[name][-1]) for name in ("outgo", "closing"))
    users = float(now["inpatients_per_100"][-1] / before["inpatients_per_100"][-1]) - 1
    price = float(now["price_level"][-1])
    return {"outgo": outgo / price, "closing": closing / price, "users": users}


def twin_facts(twins: "Twins") -> Facts:
    """How the projection ends without behavioural responses to the rules, and what these change."""
    measures = {"closing": "closing_last_year", "insured": "resident_insured_last_year"}
    columns = {"static": twins.twin["zero_effect"], "response": twins.twin["difference"]}
    prices = float(twins.full.account["price_level"][-1])
    found: Facts = {}
    for told, column in columns.items():
        found[told] = {name: float(column[measure]) for name, measure in measures.items()}
        found[told]["closing_real"] = found[told]["closing"] / prices
    return found


def drag_facts(twins: "Twins") -> Facts:
    """What behavioural responses cost the fund, present value."""
    values = twins.drag["present_value"]
    names = {"total": "total", "fewer": "fewer_payers", "sicker": "sicker_payers"}
    return {told: float(values[part]) for told, part in names.items()}


def changes(scenario: "Scenario", lang: str) -> list[Facts]:
    """What the scenario says itself: leaves with another value than the baseline's, all levers, choices of cover and bonds."""
    own = [path for path, file in scenario.origins.items() if file != BASELINE and path not in (*TITLES, REGISTER)]
    keys, named = [path for path in own if key_at(path) and not named_part(path)[0]], origins(scenario)
    if len(keys) > len(scenario.form.keys) // 2:
        keys = []
    told: list[Facts] = [
        {"what": f"{path} = {toml_value(scenario.leaves[path])}", "origin": named[path], "mark": ""} for path in keys
    ]
    for fact in told:
        path = fact["what"].partition(" = ")[0]
        fact |= _registered(scenario, path, lang) | {"name": key_name(path, lang)}
    for name, lever in scenario.values.levers.items():
        said = toml_value({key: scenario.leaves[f"levers.{name}.{key}"] for key in LEVER_TOLD})
        origin, mark = named[f"levers.{name}.size"], words(lang).label(f"mark.{lever.mark}")
        about = markdown(in_language(lever, "description", lang))
        lever_told = {"what": f"levers.{name} = {said}", "origin": origin, "mark": mark}
        told.append(lever_told | {"source": markdown(source_title(lever.source, lang)), "about": about})
    whole = [f"{table}.{name}" for table in WITH_TERMS for name in sorted(getattr(scenario.values, table))]
    return [*told, *(_told_whole(scenario, path, lang) for path in whole)]


def _told_whole(scenario: "Scenario", path: str, lang: str) -> Facts:
    """A choice of cover or a bond with all its terms; what it is about stands where its results are told."""
    table, _, name = path.partition(".")
    held, named, said = getattr(scenario.values, table)[name], origins(scenario), words(lang)
    terms = [key for key in NAMED[table] if key not in BESIDE_TERMS and f"{path}.{key}" in scenario.leaves]
    stated = toml_value({key: scenario.leaves[f"{path}.{key}"] for key in terms})
    origin = f"`{said.label('list.between')}`".join(dict.fromkeys(named[f"{path}.{key}"] for key in terms))
    return {
        "what": f"{path} = {stated}",
        "origin": origin,
        "mark": said.label(f"mark.{held.mark}"),
        "source": markdown(source_title(held.source, lang)),
        "about": "",
    }


def _registered(scenario: "Scenario", path: str, lang: str) -> Facts:
    """What the register says of an own value; an empty mark where it has no row."""
    row = scenario.leaves[REGISTER].get(path)
    if row is None:
        return {"registered": ""}
    named = {name: markdown(row.get(name, "")) for name in ("source", "owner")}
    return named | {"registered": words(lang).label(f"mark.{row['mark']}"), "until": row.get("valid_until", "")}


def fund_of_its_own(results: "RunResult", lang: str) -> Facts:
    """What a fund of its own rests on: own inputs whose validity has ended, shares of the nation's shapes, its tables."""
    scenario, said = results.scenario, words(lang)
    found: Facts = {"stale": [note.told(said) for note in stale(scenario.leaves)], "shares": []}
    if scenario.values.scope != FUND:
        return found
    table = rests_on(results)
    for fund in table.index.unique("fund"):
        shares = {what: table.loc[(fund, what)].to_dict() for what in table.loc[fund].index}
        found["shares"].append(
            {"fund": fund_label(fund, lang), "first": results.years[0], "last": results.years[-1]} | shares
        )
    return found | {"tables": tables_of_the_nation(scenario)}


def pin_facts(results: "RunResult", lang: str) -> list[Facts]:
    """What is pinned: total, mode, its years, and between which factors on the model's total."""
    told = []
    for name, factors in results.pin_factors.items():
        pin = results.scenario.values.pins[name]
        fact: Facts = {"name": name, "total": pin.total, "fixed": pin.mode == "fixed", "source": pin.source}
        fact |= {"first": min(factors), "last": max(factors), "years": len(factors)}
        for extreme, choice in (("least", min), ("most", max)):
            year = choice(factors, key=factors.__getitem__)
            fact |= {extreme: factors[year], f"{extreme}_year": year}
        told.append(fact | {"mark": words(lang).label(f"mark.{pin.mark}")})
    return told


def carried(scenario: "Scenario") -> list[Facts]:
    """Yearly factors without a value for the years projected, by the year whose value is kept."""
    kept = groupby(scenario.carried.items(), key=itemgetter(1))
    return [{"year": year, "keys": [path for path, _ in paths]} for year, paths in kept]
