"""The sheet of assumptions: yellow cells of the scenario's keys by year, and what follows before anybody is counted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from simsurance.basis import trend
from simsurance.basis.control import administration
from simsurance.basis.money import recovered_share
from simsurance.basis.trend import Scheme, grown
from simsurance.output.workbook.bonds import bonds_of
from simsurance.output.workbook.choices import choices_of
from simsurance.output.workbook.lines import EXACT, NEARLY, Formula, Line, Sheet
from simsurance.output.workbook.source import GROWTH_KEYS, Source
from simsurance.scenario_file.keys import PAYROLL
from simsurance.scenario_file.schedule import last_named, rule_in

Years = Collection[int]


PERSONAL: Final = {
    "schedule": "personal_schedule",
    "growth": "personal_growth",
    "share": "personal_share",
    "floor": "personal_floor",
    "rise": "personal_rise",
}
SUBSIDY: Final = {
    "schedule": "subsidy_schedule",
    "growth": "subsidy_growth",
    "share": "subsidy_share",
    "ratio": "subsidy_ratio",
    "part": "subsidy_part",
}
"""Lines of the yellow cells that the rules of a standard read."""


def assumptions(source: Source, unit: float) -> Sheet:
    """The sheet of assumptions; totals of money in parts of `unit`."""
    sheet = Sheet("assumptions")
    sheet.add("economy", *_economy(source))
    sheet.add("interest", *_interest(source))
    sheet.add("personal", *_personal(source))
    sheet.add("subsidy", *_subsidy(source))
    sheet.add("resident_other", *_resident(source))
    sheet.add("resident_cost", *_cost(source, "resident"))
    if own := choices_of(source, unit):
        sheet.add("choices", *(line for each in own for line in each.terms()))
    if source.employed:
        sheet.add("wages", *_wages(source))
        sheet.add("employee", *_employee(source))
        sheet.add("employee_cost", *_cost(source, "employee"))
    if issued := bonds_of(source, unit):
        sheet.add("bonds", *(line for each in issued for line in each.terms()))
    return sheet


def entry(
    source: Source,
    name: str,
    key: str,
    note: str = EXACT,
    years: Sequence[int] | None = None,
    yellow: Years | None = None,
    style: str = "percent",
    unit: str = "share",
    label: str = "",
) -> Line:
    """A line of yellow cells: a key of the scenario by year; `yellow`: those of the years that can be changed."""
    chosen = source.years if years is None else years
    inputs = (chosen if yellow is None else yellow) if source.has(key) else ()
    own = source.key(key, chosen)
    return Line(name, own, unit, label=label, key=key, inputs=frozenset(inputs), note=note, style=style)


def under_rules(source: Source, name: str, key: str, of_run: np.ndarray) -> Line:
    """Yellow cells of a key, [year]; where rules on care move it, what the run has, in grey."""
    own = entry(source, name, key)
    if (of_run == np.array(list(own.values.values()))).all():
        return own
    return Line(name, source.by_year(of_run), own.unit, note="of_run", style=own.style)


def _economy(source: Source) -> Iterator[Line]:
    """Prices and incomes."""
    later = [year for year in source.years if year > source.base]
    yield entry(source, "inflation", "economy.inflation", NEARLY, yellow=later)
    before = source.first - 1
    level = {before: 1.0} | source.by_year(source.run.account["price_level"])
    step = "{price_level@-1}*(1+{inflation})"
    yield Line("price_level", level, "ratio", lambda year: "" if year == before else step, style="ratio")

    lag = source.scenario.values.claims.trend.income_lag
    past = [year for year in range(before - lag + 1, source.first) if year >= source.income_known_from]
    facts = [year for year in source.years if year <= source.last_income]
    growth = source.income_growth([*past, *facts]) if past or facts else {}
    growth |= source.key("economy.real_income_growth", [year for year in source.years if year not in facts])
    yield Line(
        "real_income_growth",
        dict(sorted(growth.items())),
        "share",
        key="economy.real_income_growth",
        inputs=frozenset(year for year in later if year not in facts),
        note=NEARLY,
        style="percent",
    )
    yield Line(
        "income",
        source.incomes([before, *source.years]),
        "yuan",
        lambda year: "" if year <= max(source.last_income, before) else _INCOME,
        label="disposable_income",
        style="yuan",
    )
    yield Line("income_of_run", source.incomes([before, *source.years]), "yuan", style="yuan", note="of_run")


_INCOME: Final = "{income@-1}*(1+{real_income_growth})*(1+{inflation})"


def _interest(source: Source) -> Iterator[Line]:
    """Interest on the funds, and the share of the year that is left when money moves."""
    yield entry(source, "interest_rate", "economy.interest_rate")
    yield entry(source, "deficit_margin", "economy.deficit_interest_margin")
    yield Line(
        "timing", source.by_year(np.full(len(source.years), source.timing)), "ratio", note="timing", style="ratio"
    )


def _standard(
    source: Source,
    name: str,
    keys: str,
    rule_of: Mapping[int, str],
    values: np.ndarray,
    named: Mapping[str, str],
    phase_in: int = 1,
) -> Iterator[Line]:
    """A standard a head by its rule of each year, the yellow cells of the keys that the rule reads, and its line.

    `values`: the standard of every year before options act on it, [year].
    """
    years, personal = source.years, "floor" in named
    rules = {year: rule_in(rule_of, year) for year in years}
    first = years[0]

    def under(*those: str) -> list[int]:
        return [year for year in years if rules[year] in those]

    if chosen := under("schedule"):
        yield entry(source, named["schedule"], f"{keys}.schedule", years=chosen, style="yuan", unit="yuan")
    if chosen := under("growth"):
        yield entry(source, named["growth"], f"{keys}.growth_rate", years=chosen)
    indexed = under("indexed")
    if indexed:
        yield entry(source, named["share"], f"{keys}.income_share", years=indexed, style="share")
        if personal:
            yield entry(source, named["floor"], f"{keys}.floor", years=indexed, style="yuan", unit="yuan")
            yield entry(source, named["rise"], f"{keys}.highest_rise", years=indexed)
    if chosen := under("ratio"):
        yield entry(source, named["ratio"], f"{keys}.ratio_to_personal", years=chosen, style="ratio", unit="ratio")
    if chosen := under("share"):
        yield entry(source, named["part"], f"{keys}.share_of_total", years=chosen)
    own = source.by_year(values)
    before = source.key(f"{keys}.schedule", [first])[first] if rules[first] != "schedule" else None
    if before is not None:
        own = {first - 1: before} | own

    unfollowed = {year for year in indexed if personal and not all(own[then] for then in own if then < year)}
    """Years capped by a contribution of years ago, because there was none since: they stay as in the run."""

    def effective(year: int) -> str:
        """The share of income of a year in which changes are phased in."""
        if phase_in == 1:
            return f"{{{named['share']}}}"
        begun = max(
            each for each in (first, *years) if each <= year and (each == first or rules[each - 1] != "indexed")
        )
        parts = [f"{{{named['share']}}}"]
        for back in range(min(phase_in - 1, year - begun + 1)):
            then = year - back
            moved = f"{{{named['share']}@{-back:+d}}}" if back else f"{{{named['share']}}}"
            start = f"{{{name}@{-back - 1:+d}}}/{{income@{-back - (2 if begun > first else 1):+d}}}"
            earlier = f"{{{named['share']}@{-back - 1:+d}}}" if then > begun else start
            parts.append(f"-({moved}-{earlier})*{1 - (back + 1) / phase_in!r}")
        return "".join(parts)

    def formula(year: int) -> str:
        rule = rules.get(year, "")
        match rule:
            case "schedule":
                return f"{{{named['schedule']}}}"
            case "growth":
                return f"{{{name}@-1}}*(1+{{{named['growth']}}})"
            case "with_income":
                return f"{{{name}@-1}}" + ("*{income@-1}/{income@-2}" if year > first else "")
            case "indexed" if year in unfollowed:
                return ""
            case "indexed":
                wanted = f"({effective(year)})*{{income@-1}}"
                if not personal:
                    return wanted
                return f"MIN(MAX({wanted},{{{named['floor']}}}),{{{name}@-1}}*(1+{{{named['rise']}}}))"
            case "payroll":
                return "{payroll_rate}*{earnings}"
            case "ratio":
                return f"{{personal}}*{{{named['ratio']}}}"
            case "share":
                return f"{{personal}}*{{{named['part']}}}/(1-{{{named['part']}}})"
        return ""

    yield Line(name, own, "yuan", formula, style="yuan")


def _personal(source: Source) -> Iterator[Line]:
    """The personal contribution."""
    own = source.scenario.values.contributions.personal
    values = source.standard("personal_contributions")
    if "payroll" in own.rule.values():
        yield from _earnings(source)
    yield from _standard(source, "personal", "contributions.personal", own.rule, values, PERSONAL, own.phase_in_years)
    yield entry(source, "assistance_share", "contributions.assistance_share")


def _subsidy(source: Source) -> Iterator[Line]:
    """The government subsidy."""
    own = source.scenario.values.contributions.subsidy
    values = source.standard("subsidies")
    yield from _standard(source, "subsidy", "contributions.subsidy", own.rule, values, SUBSIDY)


def _chain(source: Source, name: str, level: str, growth: str) -> Iterator[Line]:
    """A level as named, after that with its growth."""
    values = source.scenario.values
    named = values.contributions.local_supplement if name == "supplement" else values.employee.contributions.compliance
    path = values.contributions.local_supplement_growth
    if name != "supplement":
        path = values.employee.contributions.compliance_growth
    last, before = last_named(named, source.years[-1]), source.first - 1
    whole = grown(source.inputs, named, path, [before, *source.years])
    own = dict(zip([before, *source.years], map(float, whole), strict=True))
    later = [year for year in source.years if year > last]
    facts = [year for year in source.years if year <= last]
    if later:
        yield entry(source, f"{name}_growth", growth, years=later)
    yield Line(
        name,
        own,
        "ratio",
        lambda year: f"{{{name}@-1}}*(1+{{{name}_growth}})" if year in later else "",
        key=level if facts else "",
        inputs=frozenset(facts),
        note=EXACT if facts else "",
        style="ratio",
    )


def _resident(source: Source) -> Iterator[Line]:
    """What else the resident fund's money follows from."""
    yield from _chain(source, "supplement", "contributions.local_supplement", "contributions.local_supplement_growth")
    recovered = recovered_share(source.inputs, "resident", source.scenario.values.benefits.recovered_share)
    yield under_rules(source, "recovered_share", "benefits.recovered_share", recovered)
    yield entry(source, "adjustment_share", "fund.adjustment_share")
    charged = np.array(list(source.key("fund.administration_share").values())) * administration(source.inputs)
    yield under_rules(source, "administration_share", "fund.administration_share", charged)
    yield entry(source, "long_term_care_amount", "benefits.long_term_care", style="yuan", unit="yuan")
    if source.scenario.values.benefits.indexation == "income":
        yield Line("indexation", source.by_year(np.ones(len(source.years))), "ratio", _INDEX, style="ratio")
    else:
        yield Line("indexation", source.by_year(np.ones(len(source.years))), "ratio", style="ratio", note="fixed")
    index = source.inputs.indexation(list(source.years))
    yield Line("indexation_of_run", source.by_year(index), "ratio", style="ratio", note="of_run")


_INDEX: Final = "{income@-1}/{income_of_run@-1}"


def _cost(source: Source, scheme: Scheme) -> Iterator[Line]:
    """Growth of a scheme's cost of care at given age and need, and what it comes to beside the run's."""
    trends, named = source.scenario.values.claims.trend, source.named_growth(scheme)
    years, base, key = source.years, source.base, GROWTH_KEYS[scheme]
    later = [year for year in years if year > base]
    facts = sum(year <= trend.given_incomes(source.inputs)[-1] for year in named)
    beyond = [year for year in years if year not in named]
    if asked := [year for year in named if year in later]:
        yield entry(source, f"{scheme}_named_growth", f"{key}.real_growth", NEARLY, named, asked, label="named_growth")
    elif named:
        own = source.key(f"{key}.real_growth", named)
        yield Line(f"{scheme}_named_growth", own, "share", label="named_growth", style="percent")
    if beyond:
        asked = [year for year in beyond if year in later]
        yield entry(
            source, f"{scheme}_growth_beyond", f"{key}.residual_growth", NEARLY, beyond, asked, label="growth_beyond"
        )
    mean = source.by_year(trend.income_growth(source.inputs, list(years), trends.income_lag))
    shown = scheme == "resident"
    if shown:
        yield Line("mean_income_growth", mean, "share", _mean_growth(source, trends.income_lag), style="percent")
        yield Line("mean_growth_at_root", source.mean_growth_at_root(), "share", note="root", style="percent")
        yield Line("growth_at_root", source.growth_at_root(), "ratio", note="root", style="ratio")
        elasticity = source.by_year(np.full(len(years), trends.income_elasticity))
        yield Line("income_elasticity", elasticity, "ratio", note="frozen", style="ratio")
    real = source.by_year(trend.real_growth(source.inputs, scheme, list(years)))
    relative = "((1+{mean_income_growth})/(1+{mean_growth_at_root}))^{income_elasticity}"

    def growth(year: int) -> str:
        if year in named:
            known = f"{{{scheme}_named_growth}}"
            return known if named.index(year) < facts else f"(1+{known})*{relative}-1"
        return f"(1+{{{scheme}_growth_beyond}})*{{growth_at_root}}*{relative}-1"

    yield Line(f"{scheme}_real_growth", real, "share", growth, label="real_growth", style="percent")
    ratio = dict.fromkeys((source.first - 1, *years), 1.0)
    prices = source.key("economy.inflation")
    yield Line(
        f"{scheme}_growth_of_run",
        {year: (1 + real[year]) * (1 + prices[year]) - 1 for year in years},
        "share",
        label="growth_of_run",
        style="percent",
        note="of_run",
    )
    step = f"{{{scheme}_cost@-1}}*(1+{{{scheme}_real_growth}})*(1+{{inflation}})/(1+{{{scheme}_growth_of_run}})"
    yield Line(
        f"{scheme}_cost", ratio, "ratio", lambda year: step if year > base else "", "cost_of_care", style="ratio"
    )


def _mean_growth(source: Source, lag: int) -> Formula:
    """The geometric mean of growth of income over a year and those of the lag before it, as far as known."""

    def formula(year: int) -> str:
        span = [then for then in range(year - lag, year + 1) if then >= source.income_known_from]
        parts = [f"(1+{{real_income_growth{f'@{then - year:+d}' if then != year else ''}}})" for then in span]
        return f"({'*'.join(parts)})^(1/{len(parts)})-1"

    return formula


def _wages(source: Source) -> Iterator[Line]:
    """The mean wage, which the limits of the contribution base are shares of."""
    years = [source.first - 1, *source.years]
    wages = dict(zip(years, map(float, source.inputs.wages(years)), strict=True))
    named = last_named(source.scenario.values.employee.wage.mean, source.first - 1)
    yield from _with_income(source, "wage", "wage_excess", wages, named)


def _earnings(source: Source) -> Iterator[Line]:
    """Earnings that count, which a rate of contributions is taken from."""
    paid, inputs = source.scenario.values.contributions.payroll, source.inputs
    years = [source.first - 1, *source.years]
    found = inputs.grown_with_income(paid.earnings, paid.earnings_growth_excess, source.first, years)
    yield entry(source, "payroll_rate", f"{PAYROLL}.rate", style="share")
    earnings = dict(zip(years, map(float, found), strict=True))
    named = last_named(paid.earnings, source.first)
    yield from _with_income(source, "earnings", "earnings_excess", earnings, named)


EARNED: Final = {
    "wage": ("employee.wage.mean", "employee.wage.growth_excess"),
    "earnings": (f"{PAYROLL}.earnings", f"{PAYROLL}.earnings_growth_excess"),
    "pension": ("employee.contributions.retiree_pension", ""),
}
"""Keys of what grows with income: its level and its excess, none of what has none."""


def _with_income(source: Source, name: str, excess: str, values: Mapping[int, float], last: int) -> Iterator[Line]:
    """Amounts as named to a last year, then with disposable income a head and an excess; `values` from the year before on."""
    level, beyond_key = EARNED[name]
    later = [year for year in source.years if year > max(last, source.base)]
    facts = [year for year in source.years if year <= last]
    beyond = [year for year in source.years if year > last]
    step = f"{{{name}@-1}}*{{income}}/{{income@-1}}"
    if beyond and beyond_key:
        yield entry(source, excess, beyond_key, years=beyond, yellow=later)
        step += f"*(1+{{{excess}}})"
    yield Line(
        name,
        values,
        "yuan",
        lambda year: step if year in beyond else "",
        key=level if facts else "",
        inputs=frozenset(facts),
        note=EXACT if facts else "",
        style="yuan",
    )


def _of_retirees(source: Source) -> Iterator[Line]:
    """What retired members pay of a pension.

    Where those alone pay who retire from the first year with a rate on, the run tells how many they are in the years after it.
    """
    paid, key = source.scenario.values.employee.contributions, "employee.contributions.retiree_rate"
    rates = source.key(key)
    first = min(year for year, rate in rates.items() if rate)
    known = [year for year, rate in rates.items() if year > first and rate]
    yield entry(source, "retiree_rate", key, yellow=known if paid.retirees_paying == "new" else None)
    years = [source.first - 1, *source.years]
    pension = source.inputs.grown_with_income(paid.retiree_pension, 0.0, source.first - 1, years)
    named = last_named(paid.retiree_pension, source.first - 1)
    yield from _with_income(source, "pension", "", dict(zip(years, map(float, pension), strict=True)), named)


def _employee(source: Source) -> Iterator[Line]:
    """What else the employee scheme's money follows from."""
    yield entry(source, "employer_rate", "employee.contributions.employer_rate")
    yield entry(source, "employer_rate_change", "employee.contributions.employer_rate_change")
    yield entry(source, "relief", "employee.contributions.relief")
    yield entry(source, "employee_rate", "employee.contributions.employee_rate")
    yield from _chain(
        source, "reported", "employee.contributions.compliance", "employee.contributions.compliance_growth"
    )
    if source.unreported_is_found:
        yield entry(source, "unreported_found", "employee.contributions.unreported_found")
    if source.arrears_lag:
        yield entry(source, "arrears", "employee.contributions.arrears")
        yield entry(source, "recovered_of_arrears", "employee.contributions.arrears_recovered")
    if "retiree_contributions" in source.flows:
        yield from _of_retirees(source)
    yield entry(source, "without_account", "employee.accounts.without")
    yield entry(source, "to_accounts", "employee.contributions.to_accounts")
    yield entry(source, "retiree_credit", "employee.accounts.retiree_credit", style="yuan", unit="yuan")
    yield entry(source, "spending_rate", "employee.accounts.spending_rate")
    yield entry(source, "relatives_care_rate", "employee.accounts.relatives_care_rate")
    yield entry(source, "birth_benefit", "employee.benefits.birth_benefit", style="yuan", unit="yuan")
    yield entry(source, "employee_long_term_care", "employee.benefits.long_term_care", style="yuan", unit="yuan")
    recovered = recovered_share(source.inputs, "employee", source.scenario.values.employee.benefits.recovered_share)
    yield under_rules(source, "employee_recovered_share", "employee.benefits.recovered_share", recovered)
    yield entry(source, "employee_adjustment_share", "employee.fund.adjustment_share")
