"""What docs/method.md shows as output, made by the command that it names.

`python -m tests.docs_blocks` writes all of it anew, `python -m tests.docs_blocks NAME` prints one block made here.
"""

import csv
import inspect
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from simsurance.analysis.scheme_effects import scheme_effects
from simsurance.cli import main as simsurance
from simsurance.data.tables import DATA, published
from simsurance.evidence import by_hand, calibration, opening
from simsurance.evidence.hindcast import hindcast
from simsurance.model import participation
from simsurance.model.year import step
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp

METHOD = Path(__file__).parent.parent / "docs" / "method.md"
BLOCK = re.compile(r"<!-- output: (?P<command>.+?) -->\n(?P<shown>.*?)<!-- /output -->", re.DOTALL)
MEASURED = re.compile(r"<!-- measured: (?P<command>.+?) -->\n(?P<shown>.*?)<!-- /measured -->", re.DOTALL)
"""Blocks whose command takes minutes: they stand in the note with what they were measured on and are not made anew here."""
MILLION, BILLION = 1e6, 1e9
DUPLICATES = 56e6
"""Registrations removed in 2022 to 2024, as the authority counted them in March 2024."""


def text(output: str) -> str:
    """Output as a fenced block without blanks at the ends of its lines."""
    return "\n".join(["```text", *(line.rstrip() for line in output.strip("\n").splitlines()), "```", ""])


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, all but the first column to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


@cache
def baseline() -> Scenario:
    return load("baseline")


@cache
def projected() -> RunResult:
    return simulate([baseline()])[0]


def order() -> str:
    """The order of the year as the step's docstring has it."""
    (whole,) = re.findall(r"(1 the year’s.*|1 the year's.*)", inspect.getdoc(step) or "", re.DOTALL)
    return text(str(whole))


def share_of_cost() -> dict[int, float]:
    """Outgo of the resident fund over institution cost."""
    kinds = [published(f"resident_{kind}_cost") for kind in ("inpatient", "general_outpatient", "chronic_outpatient")]
    return {year: published("resident_outgo")[year] / sum(kind[year] for kind in kinds) for year in kinds[0]}


def published_share() -> str:
    """Outgo of the resident fund over institution cost, and its split, by the same rule each year."""
    inpatient, ratio, outgo = (
        published(name) for name in ("resident_inpatient_cost", "resident_inpatient_payment_ratio", "resident_outgo")
    )
    paid = share_of_cost()
    clinics = {
        year: sum(published(f"resident_{kind}_cost")[year] for kind in ("general_outpatient", "chronic_outpatient"))
        for year in inpatient
    }
    in_scope = calibration.in_scope_share("resident")
    rows = []
    for year in sorted(inpatient):
        stays = inpatient[year] * in_scope * ratio[year] if year in ratio else np.nan
        rest = outgo[year] - stays
        split = (
            (f"{ratio[year]:.1%}", f"{stays / BILLION:,.0f}", f"{rest / BILLION:,.0f}", f"{rest / clinics[year]:.1%}")
            if year in ratio
            else ("–",) * 4
        )
        rows.append((year, f"{paid[year]:.1%}", *split))
    return table(
        (
            "year",
            "outgo ÷ institution cost",
            "payment ratio, inpatient",
            "inpatient outgo, CNY billion",
            "outpatient outgo, the rest",
            "the rest ÷ outpatient cost",
        ),
        rows,
    )


def waiting() -> str:
    """Waiting months by lapsed years, plain and after repair, and rise of the cap by continuous years, in the baseline."""
    values = baseline().values
    year = projected().basis[0]
    wait, lapsed = year.waiting, np.arange(1.0, 13.0)
    shaped = lapsed.reshape(-1, 1, 1, 1, 1, 1, 1)
    paid = wait.useful_repair(shaped)
    rise = participation.continuous_credit(lapsed, year.bonus_step.item(), year.bonus_after_years.item())
    cap = calibration.shipped(values.benefits.critical_illness.cap, values.horizon.valuation_year)
    granted = participation.limited(rise, np.array(cap), year.bonus_limit.item())
    return table(
        ("years", *(f"{years:.0f}" for years in lapsed)),
        [
            ("waiting months after so many lapsed years", *(f"{value:.0f}" for value in wait.months(shaped).flat)),
            ("lapsed years worth paying for", *(f"{value:.0f}" for value in paid.flat)),
            ("waiting months when they are paid for", *(f"{value:.0f}" for value in wait.months(shaped, paid).flat)),
            ("rise of the cap with so many continuous years, yuan of 2025", *(f"{value:,.0f}" for value in granted)),
        ],
    )


def rules() -> str:
    """The baseline beside a run in which the participation rules never begin."""
    runs = (projected(), simulate([load("no_2024_rules")])[0])
    years = (projected().years[0], 2035, projected().years[-1])
    rows = []
    for year in years:
        place = projected().years.index(year)
        for label, run in zip(("in force", "never"), runs, strict=True):
            waited = run.projection.by_age["waiting_months"][place].sum() / 12
            account = {name: values[place] for name, values in run.account.items()}
            rows.append(
                (
                    year,
                    label,
                    f"{account['leave_rate']:.2%}",
                    f"{account['return_rate']:.1%}",
                    f"{account['resident_insured'] / MILLION:,.1f}",
                    f"{waited / MILLION:.1f}",
                    f"{account['outgo'] / BILLION:,.0f}",
                )
            )
    return table(
        (
            "year",
            "rules",
            "leave rate",
            "return and join rate",
            "insured, million",
            "years lost by waiting, million",
            "outgo, CNY billion",
        ),
        rows,
    )


def critical() -> str:
    """Critical-illness insurance and the bonus a head of those who pay, also with a heavier tail of cost."""
    heavy = {"benefits.critical_illness.tail_index": 2.0}
    large = {f"participation.{kind}_bonus.step": 10000 for kind in ("continuous", "no_claim")}
    runs = (
        projected(),
        *simulate([baseline().replace(heavy), baseline().replace(large), baseline().replace({**heavy, **large})]),
    )
    rows = []
    for year in (2026, 2030, 2035, 2045, 2060):
        place = projected().years.index(year)
        heads = [
            {
                name: flow[place].sum() / run.projection.by_age["resident_enrolled"][place].sum()
                for name, flow in run.projection.by_age.items()
            }
            for run in runs
        ]
        own = heads[0]
        cap = float(runs[0].basis[place].critical_cap.item())
        rows.append(
            (
                year,
                f"{own['critical_illness']:,.0f}",
                f"{own['critical_beneficiaries']:.2%}",
                f"{own['no_claim']:.1%}",
                f"{own['bonus_cap']:,.0f}",
                f"{own['bonus_cap'] / cap:.1%}",
                *(f"{head['bonus_cost']:.2f}" for head in heads),
            )
        )
    return table(
        (
            "year",
            "benefits, yuan",
            "persons paid",
            "without reimbursement",
            "mean rise of the cap, yuan",
            "of the cap",
            "cost of the bonus, yuan",
            "Pareto tail, index 2",
            "steps of 10,000",
            "both",
        ),
        rows,
    )


def twin() -> str:
    """The baseline beside its zero-effect twin."""
    rows = []
    for name, row in projected().twin.iterrows():
        unit = str(row["unit"])
        scale, digits = {"yuan": (BILLION, 0), "persons": (MILLION, 2), "year": (1.0, 0)}.get(unit, (1.0, 4))
        shown = {"yuan": "CNY billion", "persons": "million persons"}.get(unit, unit)
        values = (row["value"], row["zero_effect"], row["difference"])
        signed = [
            f"{value / scale:{sign}{'' if unit == 'year' else ','}.{digits}f}"
            for value, sign in zip(values, ("", "", "+"), strict=True)
        ]
        rows.append((str(name).replace("_", " "), *signed, shown))
    return table(("measure", "baseline", "zero-effect twin", "difference", "unit"), rows)


def drag() -> str:
    """Selection drag on the baseline's fund."""
    found = projected().drag
    last = projected().years[-1]
    rows = [
        (str(part).replace("_", " "), *(f"{row[name] / BILLION:,.0f}" for name in ("present_value", "closing")))
        for part, row in found.iterrows()
    ]
    return table(("CNY billion", f"on 1 January {projected().years[0]}", f"at the end of {last}"), rows)


def duplicates() -> str:
    """Mean real growth of cost as fitted, and with the duplicates taken out of the first year's insured."""
    own = {fit.key: fit.found for fit in calibration.real_growth(baseline())}
    first, last = calibration.FIRST_YEAR, calibration.LAST_YEAR
    (mean,) = (found for key, found in own.items() if str(last + 1) in key)
    insured = published("resident_insured")
    cleaner = (insured[first] - DUPLICATES) / insured[first]
    without = mean * cleaner ** (1 / (last - first))
    return table(
        (f"real growth of cost a head at given age, mean of {first + 1}–{last}", "a year"),
        [
            ("as fitted, published insured", f"{mean - 1:.2%}"),
            (f"less {DUPLICATES / MILLION:.0f} million of the insured of {first}", f"{without - 1:.2%}"),
        ],
    )


def misfits() -> str:
    """Targets of concentration and of the derived tables that are not met."""
    found = calibration.concentration(baseline())
    rows: list[tuple[str, str, str]] = [
        (
            "top tenth there again after one year",
            f"{found.stay_one_year:.3f}",
            "0.336 (city claims); 0.315 (rural county)",
        ),
        ("top tenth there again after four years", f"{found.stay_four_years:.3f}", "0.236 (city claims)"),
        (
            "top tenth, share of cost",
            f"{found.top_tenth_share:.3f}",
            "over 0.50 (city claims); over 0.70 (rural county)",
        ),
        ("inpatients, share of the insured", f"{found.inpatient_users:.3f}", "about 0.14 (judgement)"),
        ("inpatients, sd of log cost", f"{found.inpatient_log_sd:.2f}", "1.20 (1.09–1.26)"),
    ]
    with (DATA / "residuals.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["use"] == "compared":
                rows.append((row["what"], f"{float(row['reached']):.3g}", f"{float(row['target']):.3g}"))
            elif "assisted who live in rural" in row["what"]:
                rows.append((row["what"], f"{float(row['reached']):.3g}", "less: none published"))
    return table(("not fitted, or not met", "model or table", "evidence"), rows)


def naive() -> str:
    """Errors of the model valued at 2024, and of carrying on the growth of the year before."""
    start = 2024
    series = {
        "insured on 31 December": published("resident_insured"),
        "income with interest": published("resident_income"),
        "outgo": published("resident_outgo"),
    }
    rows = []
    for row in hindcast(baseline(), start):
        if row.fund == "resident" and row.item in series:
            known = series[row.item]
            growth = known[start - 1] / known[start - 2]
            carried = known[start - 1] * growth ** (row.year - start + 1)
            flat = known[start - 1]
            rows.append(
                (
                    row.year,
                    row.item,
                    f"{row.error:+.1%}",
                    f"{carried / row.published - 1:+.1%}",
                    f"{flat / row.published - 1:+.1%}",
                )
            )
    return table(("year", "item", "model", f"growth of {start - 1} goes on", f"as in {start - 1}"), rows)


def as_known_then(opening_year: int) -> Scenario:
    """The baseline from an earlier 1 January with cost growth, cost level and supplement as known on it.

    Cost grows at the mean of the fitted years, from a level that meets last year's outgo; the supplement stays.
    """
    values, before = baseline().values, opening_year - 1
    known = {year: calibration.shipped(values.claims.trend.real_growth, year) for year in range(2019, opening_year)}
    mean = float(np.prod([1 + known[year] for year in range(2020, opening_year)]) ** (1 / (opening_year - 2020)) - 1)
    growth = {"claims.trend.real_growth": {"ramp": {**known, opening_year: mean}}}
    reached = calibration.one_year(baseline().replace(growth), before).account["outgo"][0]
    scale = published("resident_outgo")[before] / float(reached)
    levels = {
        f"claims.{kind}.level": getattr(values.claims, kind).level * scale for kind in ("inpatient", "outpatient")
    }
    supplement = calibration.shipped(values.contributions.local_supplement, before)
    return baseline().replace({**growth, **levels, "contributions.local_supplement": supplement})


def ex_ante() -> str:
    """Errors of the model with the fit ended at the opening, beside last year's growth carried on."""
    outgo, rows = published("resident_outgo"), []
    for start in (2022, 2023, 2024):
        carried = outgo[start - 1] / outgo[start - 2]
        for row in hindcast(as_known_then(start), start):
            if row.fund == "resident" and row.item == "outgo":
                naive_error = outgo[start - 1] * carried ** (row.year - start + 1) / row.published - 1
                rows.append((f"1 January {start}", row.year, f"{row.error:+.1%}", f"{naive_error:+.1%}"))
    return table(("opening", "year", "outgo, model", "outgo, last year's growth goes on"), rows)


def identities() -> str:
    """The identities by name."""
    return "".join(f"* {name}\n" for name in projected().checks.index)


def changes() -> dict[str, Scenario]:
    """The scenarios of the sensitivity table."""
    base, values = baseline(), baseline().values
    growth = values.claims.trend.real_growth
    assert isinstance(growth, Ramp)
    now = calibration.shipped(growth, 2026)
    held = {**{year: value for year, value in growth.ramp.items() if year <= 2026}, 2035: now, 2050: growth.ramp[2050]}
    fitted = [calibration.shipped(values.contributions.local_supplement, year) for year in range(2019, 2026)]

    share = share_of_cost()
    lower = sum(share[year] for year in (2023, 2024, 2025)) / 3 / share[2025]
    levels = {
        f"claims.{kind}.level": getattr(values.claims, kind).level * lower for kind in ("inpatient", "outpatient")
    }

    def shifted(schedule: Ramp, by: float, since: int = 2026) -> dict[str, Any]:
        return {"ramp": {year: value + (by if year >= since else 0.0) for year, value in schedule.ramp.items()}}

    income, interest = values.economy.real_income_growth, values.economy.interest_rate
    assert isinstance(income, Ramp)
    assert isinstance(interest, Ramp)
    return {
        "baseline": base,
        "real cost +1 point": base.replace({"claims.trend.real_growth": shifted(growth, 0.01)}),
        "real cost −1 point": base.replace({"claims.trend.real_growth": shifted(growth, -0.01)}),
        "real cost stays at the fitted mean to 2035": base.replace({"claims.trend.real_growth": {"ramp": held}}),
        "`--with drift_of_areas`": load("baseline", ["drift_of_areas"]),
        "`--with jump_off_2025`": load("baseline", ["jump_off_2025"]),
        "level at the mean share of cost paid in 2023–2025": base.replace(levels),
        "real income +½ point": base.replace({"economy.real_income_growth": shifted(income, 0.005)}),
        "real income −½ point": base.replace({"economy.real_income_growth": shifted(income, -0.005)}),
        "`--with ratio_mean_2017_2026`": load("baseline", ["ratio_mean_2017_2026"]),
        "local supplement at the mean of 2019–2025": base.replace(
            {"contributions.local_supplement": float(np.mean(fitted))}
        ),
        "interest +1 point": base.replace({"economy.interest_rate": shifted(interest, 0.01)}),
        "`fixed_nominal_benefits`": load("fixed_nominal_benefits"),
        "`--with turnover_low`": load("baseline", ["turnover_low"]),
        "`--with turnover_high`": load("baseline", ["turnover_high"]),
        "`--with no_behaviour`": load("baseline", ["no_behaviour"]),
        "`low_fertility`": load("low_fertility"),
        "`--with mortality_level_fades`": load("baseline", ["mortality_level_fades"]),
        "`low_cost`": load("low_cost"),
        "`high_cost`": load("high_cost"),
    }


def sensitivity() -> str:
    """Deficit and depletion years, the fund after ten years and the required contribution, one change at a time."""
    scenarios = changes()
    rows = []
    for name, result in zip(scenarios, simulate(list(scenarios.values())), strict=True):
        fund = result.account["closing"][result.years.index(2035)]
        required = result.measures.loc["required_contribution_multiple_now"]["value"]
        rows.append(
            (
                name,
                dated(result, "first_deficit_year"),
                dated(result, "depletion_year"),
                f"{fund / BILLION:,.0f}",
                f"× {required:.3f}",
            )
        )
    return table(
        (
            "change",
            "first deficit year",
            "depletion year",
            "fund at the end of 2035, CNY billion",
            "required contribution",
        ),
        rows,
    )


def pool_sensitivity() -> str:
    """The employee pool and, where a change reaches it, the resident fund, one change at a time."""
    base, scheme = baseline(), baseline().values.employee
    growth = scheme.care.real_growth
    assert isinstance(growth, Ramp)

    def shifted(by: float) -> dict[str, Any]:
        return {"ramp": {year: value + (by if year >= 2026 else 0.0) for year, value in growth.ramp.items()}}

    scenarios: dict[str, Scenario] = {
        "baseline": base,
        "real cost +1 point": base.replace({"employee.care.real_growth": shifted(0.01)}),
        "real cost −1 point": base.replace({"employee.care.real_growth": shifted(-0.01)}),
        "wages a point behind income from 2027": base.with_fragment("wages_behind_income"),
        "retirement ages as until 2024": base.with_fragment("retirement_ages_until_2024"),
        "a fifth retire three years early from 2027": base.replace(
            {"employee.retirement.early_share": {2019: 0, 2027: 0.2}}
        ),
        "a fifth less entries": base.replace({"employee.entry_level": entry_from_2027(0.8)}),
        "exits doubled": base.replace({"employee.exit_level": {2019: 1.0, 2027: 2.0}}),
        "odds of entry of the uninsured 3": base.replace({"employee.uninsured_odds_ratio": 3.0}),
        "odds of entry of the uninsured 15": base.replace({"employee.uninsured_odds_ratio": 15.0}),
        "credits of the retired grow by 5 % a year": base.replace(
            {
                "employee.accounts.retiree_credit": {
                    2019: 1300,
                    2023: 840,
                    **{year: round(840 * 1.05 ** (year - 2026), 2) for year in range(2027, 2061)},
                }
            }
        ),
        "without the outpatient reform from 2027": base.with_fragment("outpatient_reform_undone"),
    }
    rows = []
    for name, result in zip(scenarios, simulate(list(scenarios.values())), strict=True):
        pool = result.accounts["employee_pool"]
        place = result.years.index(2035)
        rows.append(
            (
                name,
                dated(result, "employee_pool_first_deficit_year"),
                dated(result, "employee_pool_depletion_year"),
                f"{pool['closing'][place] / BILLION:,.0f}",
                f"{pool['dependency_ratio'][-1]:.3f}",
                f"{result.measures.loc['employee_pool_required_rate_now']['value']:.2%}",
                f"{result.account['closing'][place] / BILLION:,.0f}",
            )
        )
    heads = (
        *("change", "first deficit", "depletion", "pool, end of 2035", "retired over active, 2060", "required rate"),
        "resident fund, end of 2035",
    )
    return table(heads, rows) + "\nCNY billion.\n"


def entry_from_2027(factor: float) -> dict[int, float]:
    """The baseline's level of entry, changed from 2027 on."""
    level = baseline().values.employee.entry_level
    assert isinstance(level, dict)
    return level | {2027: calibration.shipped(level, 2027) * factor}


def dated(result: RunResult, name: str) -> str:
    """A year, or the status in words."""
    found = result.measures.loc[name]
    return f"{found['value']:.0f}" if found["status"] == "ok" else str(found["status"]).replace("_", " ")


def assumptions() -> str:
    """The yearly assumptions that the balance rests on."""
    values, years = baseline().values, projected().years
    shown = [year for year in years if year < years[0] + 5 or year % 5 == 0]
    items = {
        "real growth of cost at given age": values.claims.trend.real_growth,
        "real growth of disposable income": values.economy.real_income_growth,
        "inflation": values.economy.inflation,
        "interest": values.economy.interest_rate,
    }
    rows = [(name, *(f"{calibration.shipped(item, year):.1%}" for year in shown)) for name, item in items.items()]
    supplement = values.contributions.local_supplement
    rows.append(("local supplement, factor", *(f"{calibration.shipped(supplement, year):.3f}" for year in shown)))
    return table(("a year", *map(str, shown)), rows)


def results() -> str:
    """The account of the baseline: ten years, then every fifth."""
    account, years = projected().account, projected().years
    shown = [year for year in years if year < years[0] + 10 or year % 5 == 0]
    rows = []
    for year in shown:
        place = years.index(year)
        row = {name: values[place] for name, values in account.items()}
        money = [
            f"{row[name] / BILLION:,.0f}" for name in ("income", "interest", "outgo", "current_balance", "closing")
        ]
        rates = [f"{row[name]:.2%}" for name in ("income_rate", "cost_rate")]
        rows.append((year, f"{row['resident_insured'] / MILLION:,.1f}", *money, f"{row['reserve_months']:.1f}", *rates))
    heads = (
        "year",
        "insured, million",
        "income",
        "interest",
        "outgo",
        "current balance",
        "fund",
        "reserve months",
        "income rate",
        "cost rate",
    )
    return table(heads, rows) + "\nCNY billion; insured and fund on 31 December.\n"


def measures() -> str:
    """The baseline's measures."""
    rows = []
    for name, row in projected().measures.iterrows():
        value, unit = row["value"], str(row["unit"])
        if row["status"] != "ok":
            shown = str(row["status"]).replace("_", " ")
        elif unit == "year":
            shown = f"{value:.0f}"
        elif unit.startswith("share"):
            shown, unit = f"{value:.2%}", unit.removeprefix("share").strip() or "share"
        elif unit.startswith("yuan") and abs(value) > MILLION:
            shown, unit = f"{value / BILLION:,.0f}", f"CNY billion{unit.removeprefix('yuan')}"
        elif unit == "persons":
            shown, unit = f"{value / MILLION:,.1f}", "million persons"
        else:
            shown = f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
        rows.append((str(name).replace("_", " "), shown, unit))
    return table(("measure", "value", "unit"), rows)


def employee() -> str:
    """Members, rates and balances of the employee scheme in the baseline."""
    pool, accounts = (projected().accounts[fund] for fund in ("employee_pool", "personal_accounts"))
    years = projected().years
    shown = [years.index(year) for year in years if year < years[0] + 3 or year % 5 == 0]
    rows = []
    for place in shown:
        members = [f"{pool[name][place] / MILLION:,.1f}" for name in ("employee_active", "employee_retired")]
        rates = [f"{pool[name][place]:.2%}" for name in ("contribution_rate", "pay_as_you_go_rate")]
        money = [f"{pool[name][place] / BILLION:,.0f}" for name in ("income", "outgo", "closing")]
        months = f"{pool['reserve_months'][place]:.1f}"
        spent = [f"{accounts[name][place] / BILLION:,.0f}" for name in ("income", "outgo", "closing")]
        ratio = f"{pool['dependency_ratio'][place]:.3f}"
        rows.append((years[place], *members, ratio, *rates, *money, months, *spent))
    heads = (
        *("year", "active, million", "retired, million", "retired over active", "contribution rate", "pay-as-you-go"),
        *("pool income", "pool outgo", "pool", "reserve months", "accounts' income", "accounts' outgo", "accounts"),
    )
    return table(heads, rows) + "\nCNY billion; members and balances on 31 December.\n"


def schemes() -> str:
    """What policies do to every fund."""
    effects = scheme_effects("baseline")
    titles = dict(zip(effects.policies, effects.titles("en"), strict=True))
    columns = ("income_present_value", "outgo_present_value", "balance_present_value", "closing_last_year")
    rows = []
    for row in effects.effects.reset_index().to_dict(orient="records"):
        members = "" if row["fund"] == "personal_accounts" else f"{row['members_last_year'] / MILLION:+,.1f}"
        money = [f"{row[name] / BILLION:+,.0f}" for name in columns]
        rows.append((titles[row["policy"]], str(row["fund"]).replace("_", " "), *money, members))
    heads = (
        "policy",
        "fund",
        "income",
        "outgo",
        "balance",
        f"fund, end of {effects.base.years[-1]}",
        "members, million",
    )
    return table(heads, rows) + "\nCNY billion.\n"


BLOCKS: dict[str, Callable[[], str]] = {
    function.__name__: function
    for function in (
        order,
        published_share,
        waiting,
        critical,
        rules,
        employee,
        schemes,
        twin,
        drag,
        duplicates,
        misfits,
        naive,
        ex_ante,
        identities,
        sensitivity,
        pool_sensitivity,
        assumptions,
        results,
        measures,
    )
}
MODULES: dict[str, Callable[[], None]] = {
    "simsurance.evidence.calibration": calibration.main,
    "simsurance.evidence.by_hand": by_hand.main,
    "simsurance.evidence.opening": opening.main,
}


def output(command: str) -> str:
    """What a command of the method note prints, as it is shown there."""
    match shlex.split(command):
        case ["python", "-m", "tests.docs_blocks", name]:
            return BLOCKS[name]()
        case ["python", "-m", module]:
            printed = StringIO()
            with redirect_stdout(printed):
                MODULES[module]()
            return text(printed.getvalue())
        case ["simsurance", *arguments]:
            return text(CliRunner().invoke(simsurance, arguments, catch_exceptions=False).output)
    raise ValueError(f"no block is made by {command}")


def refreshed(note: str) -> str:
    """The note with every block as its command prints it now."""
    return BLOCK.sub(
        lambda found: f"<!-- output: {found['command']} -->\n{output(found['command'])}<!-- /output -->", note
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(BLOCKS[sys.argv[1]]())
    else:
        METHOD.write_text(refreshed(METHOD.read_text(encoding="utf-8")), encoding="utf-8")
