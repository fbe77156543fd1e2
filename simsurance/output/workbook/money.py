"""The sheets of money: amounts a head, every row of the ledger as persons times amounts, and the account of each fund."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import numpy as np

from simsurance.basis.trend import Scheme, grown
from simsurance.ledger import (
    ACCOUNTS,
    LEDGER,
    POOL,
    POOL_BENEFITS,
    RESIDENT,
    RESIDENT_BENEFITS,
    RESIDENT_LEVIED,
    Fund,
    there,
)
from simsurance.model.fund import ROUNDING, growth
from simsurance.output.workbook import bonds, choices
from simsurance.output.workbook.bonds import bonds_of
from simsurance.output.workbook.choices import choices_of, projected_alone
from simsurance.output.workbook.lines import Formula, Line, Sheet
from simsurance.output.workbook.source import BY_COST, Source

PIN: Final = "_pin"
"""Behind the name of a row: what a pinned total multiplies it by."""
DECIMALS: Final = 3
"""Decimals of a change: less of a balance is the rounding of numbers in cells."""


def _sum(rows: tuple[str, ...]) -> str:
    """The sum of rows of the ledger."""
    return "(" + "+".join(f"{{{row}}}" for row in rows) + ")"


FLOWS: Final = {
    "personal_contributions": "{personal_due}-{assistance}",
    "assistance": "{personal_due}*{assisted_part}*{assistance_share}",
    "subsidies": "{resident_enrolled}*{subsidy}*{subsidy_level}",
    "local_supplement": "({personal_due}+{subsidies})*({supplement}*{income_level}-1)",
    "repair_payments": "{repaired_years}*{personal}",
    "recoveries": _sum(RESIDENT_BENEFITS) + "*{recovered_share}",
    "resident_long_term_care": "{resident_enrolled}*{long_term_care_amount}*{indexation_of_run}*{indexation}",
    "adjustment_payments": _sum(RESIDENT_LEVIED) + "*{adjustment_share}",
    "administration": _sum(RESIDENT_BENEFITS) + "*{administration_share}",
    "employer_contributions": (
        "{contribution_base}*({employer_rate}+{employer_rate_change})*(1-{relief})*{employer_level}"
    ),
    "employee_contributions": "{contribution_base}*{employee_rate}*(1-{without_account})",
    "employer_to_accounts": "{employer_contributions}*{to_accounts}",
    "retiree_credits": "{retired_years}*{retiree_credit}",
    "purchases": "{purchased}*({employer_rate}+{employer_rate_change})*{wage@-1}",
    "retiree_contributions": "{retired_years}*{retirees_paying}*{retiree_rate}*{pension}",
    "maternity_benefits": "{births_to_members}*{birth_benefit}*{wage@-1}/{wage_of_reference}",
    "employee_recoveries": _sum(POOL_BENEFITS) + "*{employee_recovered_share}",
    "long_term_care": "{covered_years}*{employee_long_term_care}*{indexation_of_run}*{indexation}",
    "employee_adjustment_payments": "{employer_contributions}*{employee_adjustment_share}",
    "account_spending": "{available}*{spending_rate}",
    "relatives_care": "{available}*{relatives_care_rate}",
    "contributions_from_accounts": "{personal_contributions}*{relatives_share}",
}
"""What each row of the ledger comes to; one that is not here stands as the run has it, benefits that answer to cost apart."""
AT_FACTOR: Final = FLOWS.keys() - {
    "personal_contributions",
    "assistance",
    "subsidies",
    "repair_payments",
    "purchases",
    "maternity_benefits",
    "contributions_from_accounts",
}
"""Rows whose formula meets a pinned total by a factor of its own; those left out are made of levels that the run has found."""


def a_head(source: Source) -> Sheet:
    """The sheet of amounts a head: what the run has, and what they are at the costs of the workbook."""
    sheet = Sheet("a_head")
    sheet.add("resident_scheme", *_resident_heads(source))
    for row in (row for row, (scheme, *_) in BY_COST.items() if scheme == "resident"):
        sheet.add(*_benefit(source, row, "resident_insured_years"))
    if own := choices_of(source, 1.0):
        found = projected_alone(source)
        sheet.add("choices", *(line for each in own for line in each.heads(found)))
    if source.employed:
        sheet.add("employee_scheme", *_employee_heads(source))
        for row in (row for row, (scheme, *_) in BY_COST.items() if scheme == "employee"):
            sheet.add(*_benefit(source, row, "covered_years"))
    return sheet


def _ratio(source: Source, name: str, top: np.ndarray, bottom: np.ndarray, unit: str, style: str = "ratio") -> Line:
    """What a flow is in parts of another, as in the run; 0 where there is none of it."""
    found = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)
    return Line(name, source.by_year(found), unit, style=style, note="frozen")


def _resident_heads(source: Source) -> Iterator[Line]:
    flows = source.flows
    due = flows["personal_contributions"] + flows["assistance"]
    own, budget = source.standard("personal_contributions"), source.standard("subsidies")
    yield _ratio(source, "personal_level", due, flows["resident_enrolled"] * own, "ratio")
    yield Line("assisted_part", source.assisted_part, "share", style="share", note="frozen")
    yield _ratio(source, "subsidy_level", flows["subsidies"], flows["resident_enrolled"] * budget, "ratio")
    yield Line("income_level", source.by_year(source.lever("income")), "ratio", style="ratio", note="frozen")
    yield _ratio(
        source,
        "relatives_share",
        flows["contributions_from_accounts"],
        flows["personal_contributions"],
        "share",
        "share",
    )


def _employee_heads(source: Source) -> Iterator[Line]:
    flows = source.flows
    wages = source.inputs.wages([year - 1 for year in source.years])
    counted = flows["contribution_base"] / (flows["active_years"] * wages * _reported(source))
    yield Line("counted_wages", source.by_year(counted), "share", style="share", note="frozen")
    reference = source.inputs.wages([source.scenario.values.claims.trend.reference_year - 1])[0]
    yield Line("wage_of_reference", source.by_year(np.full(len(source.years), reference)), "yuan", style="yuan")
    yield Line(
        "employer_level", source.by_year(source.lever("employer_contributions")), "ratio", style="ratio", note="frozen"
    )


def _reported(source: Source) -> np.ndarray:
    """Share of the base that is reported, or found, [year]."""
    paid = source.scenario.values.employee.contributions
    reported = grown(source.inputs, paid.compliance, paid.compliance_growth, list(source.years))
    return np.asarray(reported + source.inputs.yearly(paid.unreported_found) * np.maximum(1 - reported, 0.0))


def _benefit(source: Source, row: str, heads: str) -> Iterator[Line]:
    """A benefit a head as in the run, how it answers to cost, and what it is at the costs of the workbook."""
    scheme: Scheme = BY_COST[row][0]
    flows = source.flows
    residents = heads == "resident_insured_years"
    years = flows[heads] if residents else flows["active_years"] + flows["retired_years"]
    line = _ratio(source, f"{row}_of_run", flows[row], years, "yuan", "yuan")
    yield line
    yield Line(f"{row}_elasticity", source.answers[row], "ratio", style="ratio", note="elasticity")
    at_cost = f"{{{row}_of_run}}*{{indexation}}*({{{scheme}_cost}}/{{indexation}})^{{{row}_elasticity}}"
    yield Line(f"{row}_pp", line.values, "yuan", at_cost, style="yuan", note="at_cost")


def flows(source: Source, unit: float) -> Sheet:
    """The sheet of money flows: every row of the ledger; persons and money in parts of `unit`."""
    sheet = Sheet("flows")
    totals = {name: values / unit for name, values in source.flows.items()}
    held = [row for row in LEDGER if row.name in totals]
    chosen, issued = choices_of(source, unit), bonds_of(source, unit)
    formulas = {**FLOWS, **_with_arrears(source), **choices.rows(chosen), **bonds.rows(issued)}
    sheet.add("beside", *_beside(source, unit))
    if chosen:
        sheet.add("choices", *(line for each in chosen for line in each.lines()))
    if issued:
        sheet.add("bonds", *(line for each in issued for line in each.lines()))
    sheet.add("ledger")
    for row in held:
        heads = "resident_insured_years" if BY_COST.get(row.name, ("",))[0] == "resident" else "covered_years"
        formula = f"{{{heads}}}*{{{row.name}_pp}}" if row.name in BY_COST else formulas.get(row.name, "")
        note = "" if formula else "frozen"
        if fixed := source.fixed_years(row.name):
            note = "pinned"
        if row.name in AT_FACTOR and isinstance(formula, str) and (factor := source.pin_factor(row.name)) is not None:
            sheet.lines.insert(sheet.lines.index("ledger"), _pin(source, row.name, factor))
            formula = f"({formula})*{{{row.name}{PIN}}}"
        if row.name == "prepaid_change" and not source.run.projection.prepaid.any():
            note = ""
        values = source.by_year(totals[row.name])
        sheet.add(Line(row.name, values, "yuan_total", _except(formula, fixed), style="amount", note=note))
    return sheet


def _with_arrears(source: Source) -> Mapping[str, Formula]:
    """Rows of the ledger where part of the contributions due stays unpaid, and is settled when the lag is over."""
    if not (lag := source.arrears_lag):
        return {}
    recovered = f"{{contributions_unpaid@-{lag}}}*{{recovered_of_arrears}}"
    return {
        "employer_contributions": f"{FLOWS['employer_contributions']}*(1-{{arrears}})",
        "arrears_recovered": lambda year: recovered if year >= source.first + lag else "",
    }


def _except(formula: Formula, fixed: Collection[int]) -> Formula:
    """A formula in all years but those in which the total is fixed, where the cell holds its number."""
    if not fixed or not formula:
        return formula
    return lambda year: "" if year in fixed else formula if isinstance(formula, str) else formula(year)


def _pin(source: Source, row: str, factor: np.ndarray) -> Line:
    """What brings a row to the total that replaces it."""
    return Line(f"{row}{PIN}", source.by_year(factor), "ratio", style="ratio", note="frozen")


def _beside(source: Source, unit: float) -> Iterator[Line]:
    """What rows of the ledger are made of beside persons and amounts a head."""
    totals = {name: values / unit for name, values in source.flows.items()}
    due = totals["personal_contributions"] + totals["assistance"]
    yield Line(
        "personal_due",
        source.by_year(due),
        "yuan_total",
        "{resident_enrolled}*{personal}*{personal_level}",
        style="amount",
    )
    plain = source.standard("personal_contributions")
    yield _ratio(source, "repaired_years", totals["repair_payments"], plain, "person_years", "amount")
    if not source.employed:
        return
    paid = source.scenario.values.employee.contributions
    rate = source.inputs.yearly(paid.employer_rate) + source.inputs.yearly(paid.employer_rate_change)
    wages = source.inputs.wages([year - 1 for year in source.years])
    yield _ratio(source, "purchased", totals["purchases"], rate * wages, "person_years", "amount")
    benefit = source.inputs.yearly(source.scenario.values.employee.benefits.birth_benefit)
    reference = source.inputs.wages([source.scenario.values.claims.trend.reference_year - 1])[0]
    yield _ratio(
        source, "births_to_members", totals["maternity_benefits"], benefit * wages / reference, "persons", "amount"
    )
    base = "{active_years}*{wage@-1}*" + _REPORTED[source.unreported_is_found] + "*{counted_wages}"
    yield Line("contribution_base", source.by_year(totals["contribution_base"]), "yuan_total", base, style="amount")
    if source.arrears_lag:
        yield from _arrears(source, unit)
    if "retiree_contributions" in totals:
        yield _retirees_paying(source)
    accounts = source.run.accounts[ACCOUNTS]
    there = np.maximum(accounts["opening"] + accounts["income"], 0.0) / unit
    available = f"MAX({{{ACCOUNTS}__opening}}+{{{ACCOUNTS}__income}},0)"
    yield Line("available", source.by_year(there), "yuan_total", available, style="amount")


_REPORTED: Final = {False: "{reported}", True: "({reported}+{unreported_found}*MAX(1-{reported},0))"}
"""What counts of the base, by whether part of what is not reported is found."""


def _arrears(source: Source, unit: float) -> Iterator[Line]:
    """What stays unpaid in a year, what is owed at its end, and what is written off when the lag is over."""
    pool, lag, first = source.run.accounts[POOL], source.arrears_lag, source.first
    share = np.array(list(source.key("employee.contributions.arrears").values()))
    unpaid = "{employer_contributions}*{arrears}/(1-{arrears})"

    def line(name: str, values: np.ndarray, formula: Formula) -> Line:
        return Line(name, source.by_year(values / unit), "yuan_total", formula, style="amount")

    def outstanding(year: int) -> str:
        years_back = range(min(lag, year - first + 1))
        return "+".join(f"{{contributions_unpaid{f'@-{back}' if back else ''}}}" for back in years_back)

    lost = f"{{contributions_unpaid@-{lag}}}-{{arrears_recovered}}"
    yield line("contributions_unpaid", source.flows["employer_contributions"] * share / (1 - share), unpaid)
    yield line("arrears_outstanding", pool["arrears_outstanding"], outstanding)
    yield line("arrears_written_off", pool["arrears_written_off"], lambda year: lost if year >= first + lag else "")


def _retirees_paying(source: Source) -> Line:
    """The share of retired members who pay contributions: all, or those who retire from the first year with a rate on."""
    paid, flows = source.scenario.values.employee.contributions, source.flows
    if paid.retirees_paying == "all":
        everybody = source.by_year(np.ones(len(source.years)))
        return Line("retirees_paying", everybody, "share", style="share", note="frozen")
    years = list(source.years)
    pension = source.inputs.grown_with_income(paid.retiree_pension, 0.0, source.first - 1, years)
    due = flows["retired_years"] * source.inputs.yearly(paid.retiree_rate) * pension
    return _ratio(source, "retirees_paying", flows["retiree_contributions"], due, "share", "share")


def account(source: Source, fund: Fund, unit: float) -> Sheet:
    """The sheet of a fund: from the opening balance over income, outgo and interest to the closing one."""
    sheet, own, name = Sheet(fund.name), source.run.accounts[fund.name], fund.name
    first = source.first

    def amount(column: str) -> dict[int, float]:
        return {year: value / unit for year, value in source.by_year(own[column]).items()}

    opening_key = {
        RESIDENT: "fund.opening",
        POOL: "employee.fund.opening_pool",
        ACCOUNTS: "employee.fund.opening_accounts",
    }
    sheet.add(
        Line(
            f"{name}__opening",
            amount("opening"),
            "yuan_total",
            lambda year: f"{{{name}__closing@-1}}" if year > first else "",
            key=opening_key[name],
            inputs=frozenset([first]),
            note="exact",
            label="opening",
            style="total",
        )
    )
    for side, all_of_it in (("income", fund.income), ("outgo", fund.outgo)):
        bookings = tuple(there(all_of_it, source.run.projection.totals))
        sheet.add(side)
        columns = [f"{name}__{each.column}" for each in bookings]
        for each, column in zip(bookings, columns, strict=True):
            taken = f"-{{{each.row.name}}}" if each.taken_off else f"{{{each.row.name}}}"
            sheet.add(Line(column, amount(each.column), "yuan_total", taken, label=each.column, style="amount"))
        whole = f"SUM({{{columns[0]}..{columns[-1]}}})"
        sheet.add(Line(f"{name}__{side}", amount(side), "yuan_total", whole, label=side, style="total"))
    sheet.add("balance", *_balance(source, fund, unit))
    return sheet


def _balance(source: Source, fund: Fund, unit: float) -> Iterator[Line]:
    """Interest and the closing balance of a fund, and what is read from it; balances are net of debt, interest is not."""
    name, own = fund.name, source.run.accounts[fund.name]
    outgo = own["outgo"]
    borrowed = tuple(there(fund.debt, source.run.projection.totals))

    def total(part: str, values: np.ndarray, formula: Formula, style: str = "amount") -> Line:
        return Line(f"{name}__{part}", source.by_year(values / unit), "yuan_total", formula, label=part, style=style)

    held, opening = f"{{{name}__opening}}", own["opening"]
    if borrowed:
        opening = opening + np.append(0.0, own["debt_outstanding"][:-1])
        before = f"+{{{name}__debt_outstanding@-1}}"
        yield total("held", opening, lambda year: f"{{{name}__opening}}" + before * (year > source.first))
        held = f"{{{name}__held}}"
    rate, margin = source.key("economy.interest_rate"), source.key("economy.deficit_interest_margin")
    chosen = np.array(list(rate.values())) + np.array(list(margin.values())) * (opening < -ROUNDING * outgo)
    chooses = f"{{interest_rate}}+IF({held}<-{ROUNDING:.9f}*{{{name}__outgo}},{{deficit_margin}},0)"
    yield Line(f"{name}__rate", source.by_year(chosen), "share", chooses, label="rate", style="percent")
    left = growth(chosen, source.timing) - 1
    flow = f"({{{name}__income}}-{{{name}__outgo}})"
    yield total("interest_on_opening", opening * chosen, f"{held}*{{{name}__rate}}")
    yield total("interest_on_flows", (own["income"] - outgo) * left, f"{flow}*((1+{{{name}__rate}})^{{timing}}-1)")
    interest = f"{{{name}__interest_on_opening}}+{{{name}__interest_on_flows}}"
    yield total("interest", own["interest"], interest, "total")
    closing = f"{held}*(1+{{{name}__rate}})+{flow}*(1+{{{name}__rate}})^{{timing}}"
    if borrowed:
        for each in borrowed:
            yield total(each.column, own[each.column], f"{'-' if each.taken_off else ''}{{{each.row.name}}}")
        moved = "".join(f"+{{{name}__{each.column}}}" for each in borrowed)
        owed = f"{{{name}__debt_outstanding@-1}}"
        yield total("closing_gross", own["closing_gross"], closing + moved)
        yield total("debt_outstanding", own["debt_outstanding"], lambda year: owed * (year > source.first) + moved)
        closing = f"{{{name}__closing_gross}}-{{{name}__debt_outstanding}}"
    yield total("closing", own["closing"], closing, "total")
    closing_of_run = source.by_year(own["closing"] / unit)
    yield Line(f"{name}__of_run", closing_of_run, "yuan_total", label="closing_of_run", note="of_run", style="amount")
    yield Line(
        f"{name}__change",
        dict.fromkeys(source.years, 0.0),
        "yuan_total",
        f"ROUND({{{name}__closing}}-{{{name}__of_run}},{DECIMALS})",
        label="change",
        note="change",
        style="amount",
    )
    yield Line(
        f"{name}__months",
        source.by_year(own["reserve_months"]),
        "months",
        f"{{{name}__closing}}/({{{name}__outgo}}/12)",
        label="reserve_months",
        style="months",
    )
    yield Line(
        f"{name}__real",
        source.by_year(own["closing"] / own["price_level"] / unit),
        "yuan_total",
        f"{{{name}__closing}}/{{price_level}}",
        label="real",
        style="amount",
    )
    yield Line(
        f"{name}__below",
        source.by_year((own["closing"] < -ROUNDING * outgo).astype(float)),
        "",
        f"IF({{{name}__closing}}<-{ROUNDING:.9f}*{{{name}__outgo}},1,0)",
        label="below",
        style="count",
    )
