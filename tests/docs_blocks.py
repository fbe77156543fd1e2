"""What pages of docs/ and README.md show as output, made by the command that they name.

`python -m tests.docs_blocks` writes all of it anew, `python -m tests.docs_blocks NAME` prints one block made here.
"""

import contextlib
import csv
import inspect
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from functools import cache, partial
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from click.testing import CliRunner

from simsurance import reviewer
from simsurance.analysis import single_changes as one_at_a_time
from simsurance.analysis.rests_on import rests_on
from simsurance.analysis.scheme_effects import scheme_effects
from simsurance.analysis.single_changes import Step, listed
from simsurance.analysis.twins import Twins, twins
from simsurance.answers.bridge import Valuation, bridge
from simsurance.basis import money, trend
from simsurance.basis.inputs import Inputs
from simsurance.cli import main as simsurance
from simsurance.cli.show import columns
from simsurance.data.tables import DATA, by_sex_age, published
from simsurance.evidence import (
    another_country,
    base_growth,
    by_hand,
    calibration,
    cost_growth,
    end_of_life,
    fan_coverage,
    many_draws,
    opening,
    tiers,
    vintages,
)
from simsurance.evidence.hindcast import INCOME_WITH_INTEREST, hindcast
from simsurance.intake import understood
from simsurance.language import words
from simsurance.model import participation
from simsurance.model.year import step
from simsurance.output import stored_draws
from simsurance.output.bridge_summary import bridge_lines, step_rows
from simsurance.output.labels import fund_label
from simsurance.output.workbook.book import Book
from simsurance.output.workbook.source import Source
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp

DOCS = Path(__file__).parent.parent / "docs"
METHOD = sorted((DOCS / "method").glob("[0-9]*.md"))
"""The sections of the method note."""
PAGES = sorted(DOCS.rglob("*.md"))
"""Every page of the site."""
README = DOCS.parent / "README.md"
FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w+\n(?P<content>.*?)```\n<!-- /file -->", re.DOTALL)
"""Files that a page shows: they stand in the folder in which the commands of all pages are called."""
BLOCK = re.compile(r"<!-- output: (?P<command>.+?) -->\n(?P<shown>.*?)<!-- /output -->", re.DOTALL)
MEASURED = re.compile(r"<!-- measured: (?P<command>.+?) -->\n(?P<shown>.*?)<!-- /measured -->", re.DOTALL)
"""Blocks whose command takes minutes: they stand in the note with what they were measured on and are not made anew here."""
MILLION, BILLION = 1e6, 1e9


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


@cache
def beside_twins() -> Twins:
    return twins(projected())


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
            "expenditure ÷ institution cost",
            "reimbursement rate, inpatient",
            "inpatient expenditure, CNY billion",
            "outpatient expenditure, the rest",
            "the rest ÷ outpatient cost",
        ),
        rows,
    )


def waiting() -> str:
    """Waiting months by lapsed years, plain and after repair, and rise of the cap by continuous years, in the baseline."""
    year = projected().basis[0]
    wait, lapsed = year.waiting, np.arange(1.0, 13.0)
    shaped = lapsed.reshape(-1, 1, 1, 1, 1, 1, 1)
    paid = wait.useful_repair(shaped)
    rise = participation.continuous_credit(lapsed, year.bonus_step.item(), year.bonus_after_years.item())
    granted = participation.limited(rise, year.critical_cap / year.indexation, year.bonus_limit).ravel()
    return table(
        ("years", *(f"{years:.0f}" for years in lapsed)),
        [
            ("waiting months after so many lapsed years", *(f"{value:.0f}" for value in wait.months(shaped).flat)),
            ("lapsed years worth paying for", *(f"{value:.0f}" for value in paid.flat)),
            ("waiting months when they are paid for", *(f"{value:.0f}" for value in wait.months(shaped, paid).flat)),
            (
                "increase in the cap with so many years of continuous enrolment, yuan of 2025",
                *(f"{value:,.0f}" for value in granted),
            ),
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
            "lapse rate",
            "re-enrolment and first-enrolment rate",
            "insured, million",
            "years lost by waiting, million",
            "expenditure, CNY billion",
        ),
        rows,
    )


def critical() -> str:
    """Critical-illness insurance and the bonus a head of those who pay, also with a heavier tail of cost and a higher cap."""
    heavy = {"benefits.critical_illness.tail_index": 2.0}
    large = {f"participation.{kind}_bonus.step": 10000 for kind in ("continuous", "no_claim")}
    runs = (
        projected(),
        *simulate(
            [
                baseline().replace(heavy),
                baseline().replace(large),
                baseline().replace({**heavy, **large}),
                load("baseline", ["critical_cap_300000"]),
            ]
        ),
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
                f"{cap:,.0f}",
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
            "cap, yuan",
            "mean increase in the cap, yuan",
            "of the cap",
            "cost of the bonus, yuan",
            "Pareto tail, index 2",
            "steps of 10,000",
            "both",
            "cap of 300,000",
        ),
        rows,
    )


def twin() -> str:
    """The baseline beside its static estimate."""
    rows = []
    for name, row in beside_twins().twin.iterrows():
        unit = str(row["unit"])
        scale, digits = {"yuan": (BILLION, 0), "persons": (MILLION, 2), "year": (1.0, 0)}.get(unit, (1.0, 4))
        shown = {"yuan": "CNY billion", "persons": "million persons"}.get(unit, unit)
        values = (row["value"], row["zero_effect"], row["difference"])
        signed = [
            f"{value / scale:{sign}{'' if unit == 'year' else ','}.{digits}f}"
            for value, sign in zip(values, ("", "", "+"), strict=True)
        ]
        rows.append((f"`{name}`", *signed, shown))
    return table(("measure", "baseline", "static estimate", "difference", "unit"), rows)


def drag() -> str:
    """The cost of adverse selection to the baseline's fund."""
    found = beside_twins().drag
    last = projected().years[-1]
    rows = [
        (f"`{part}`", *(f"{row[name] / BILLION:,.0f}" for name in ("present_value", "closing")))
        for part, row in found.iterrows()
    ]
    return table(("CNY billion", f"on 1 January {projected().years[0]}", f"at the end of {last}"), rows)


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
        "resident_insured": published("resident_insured"),
        INCOME_WITH_INTEREST: published("resident_income"),
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
                    f"`{row.item}`",
                    f"{row.error:+.1%}",
                    f"{carried / row.published - 1:+.1%}",
                    f"{flat / row.published - 1:+.1%}",
                )
            )
    return table(("year", "item", "model", f"growth of {start - 1} goes on", f"as in {start - 1}"), rows)


def identities() -> str:
    """The identities by name."""
    return "".join(f"* `{name}`\n" for name in projected().checks.index)


AGEING = (
    ("cost_by_time_to_death",),
    ("healthy_ageing_half",),
    ("healthy_ageing",),
    ("cost_by_time_to_death", "healthy_ageing_half"),
)
"""Sensitivities of ageing: the options of each."""


def of_ageing() -> dict[str, Scenario]:
    """The sensitivities of ageing by the options that they are asked for with."""
    return {f"`{' '.join(f'--with {option}' for option in each)}`": load("baseline", each) for each in AGEING}


@cache
def aged() -> dict[str, RunResult]:
    """The baseline and the sensitivities of ageing, projected."""
    scenarios = of_ageing()
    return {"baseline": projected(), **dict(zip(scenarios, simulate(list(scenarios.values())), strict=True))}


def beside(scenarios: dict[str, Scenario]) -> dict[str, RunResult]:
    """Each scenario projected, in the order given."""
    others = {name: scenario for name, scenario in scenarios.items() if name not in aged()}
    known = aged() | dict(zip(others, simulate(list(others.values())), strict=True))
    return {name: known[name] for name in scenarios}


def ageing() -> str:
    """Both funds under the sensitivities of ageing."""
    rows = []
    for name, result in aged().items():
        row = [name]
        for fund, prefix in (("resident", ""), ("employee_pool", "employee_pool_")):
            outgo = result.accounts[fund]["outgo"]
            row += [dated(result, f"{prefix}first_deficit_year"), dated(result, f"{prefix}depletion_year")]
            row += [f"{outgo[result.years.index(year)] / BILLION:,.0f}" for year in (2035, 2060)]
        required = result.measures["value"]
        row += [
            f"× {required['required_contribution_multiple_now']:.3f}",
            f"{required['employee_pool_required_rate_now']:.2%}",
        ]
        rows.append(row)
    own = ("annual deficit from", "depletion", "expenditure 2035", "2060")
    heads = ("change", *own, *(f"pool: {head}" for head in own), "required contribution", "pool: required rate")
    return table(heads, rows) + "\nCNY billion.\n"


def changes() -> dict[str, Scenario]:
    """The scenarios of the sensitivity table."""
    base, values = baseline(), baseline().values
    growth = values.claims.trend.residual_growth
    assert isinstance(growth, Ramp)
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
        "cost +1 point beyond income": base.replace({"claims.trend.residual_growth": shifted(growth, 0.01)}),
        "cost −1 point beyond income": base.replace({"claims.trend.residual_growth": shifted(growth, -0.01)}),
        "cost as income": base.replace({"claims.trend.residual_growth": 0}),
        "`--with rising_cost_growth`": load("baseline", ["rising_cost_growth"]),
        "all growth in use": base.replace({"claims.trend.use_share": 1}),
        "all growth in price": base.replace({"claims.trend.use_share": 0}),
        "`--with drift_of_areas`": load("baseline", ["drift_of_areas"]),
        "`--with jump_off_2025`": load("baseline", ["jump_off_2025"]),
        "level at the mean share of cost paid in 2023–2025": base.replace(levels),
        "real income +½ point": base.replace({"economy.real_income_growth": shifted(income, 0.005)}),
        "real income −½ point": base.replace({"economy.real_income_growth": shifted(income, -0.005)}),
        "`--with personal_standard_400_in_2027`": load("baseline", ["personal_standard_400_in_2027"]),
        "`--with ratio_mean_2017_2026`": load("baseline", ["ratio_mean_2017_2026"]),
        "local financing at the mean of 2019–2025": base.replace(
            {"contributions.local_supplement": float(np.mean(fitted))}
        ),
        "interest +1 point": base.replace({"economy.interest_rate": shifted(interest, 0.01)}),
        "`fixed_nominal_benefits`": load("fixed_nominal_benefits"),
        "`--with turnover_low`": load("baseline", ["turnover_low"]),
        "`--with turnover_high`": load("baseline", ["turnover_high"]),
        "`--with no_behaviour`": load("baseline", ["no_behaviour"]),
        **of_ageing(),
        "`low_fertility`": load("low_fertility"),
        "`--with mortality_level_fades`": load("baseline", ["mortality_level_fades"]),
        "`low_cost`": load("low_cost"),
        "`high_cost`": load("high_cost"),
    }


def sensitivity() -> str:
    """Deficit and depletion years, the fund after ten years and the required contribution, one change at a time."""
    scenarios = changes()
    rows = []
    for name, result in beside(scenarios).items():
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
            "first year of annual deficit",
            "depletion year",
            "fund balance at the end of 2035, CNY billion",
            "required contribution",
        ),
        rows,
    )


def pool_sensitivity() -> str:
    """The employee pool and, where a change reaches it, the resident fund, one change at a time."""
    base, scheme = baseline(), baseline().values.employee
    growth = scheme.care.residual_growth
    assert isinstance(growth, Ramp)

    def shifted(by: float) -> dict[str, Any]:
        return {"employee.care.residual_growth": {"ramp": {year: value + by for year, value in growth.ramp.items()}}}

    scenarios: dict[str, Scenario] = {
        "baseline": base,
        "cost +1 point beyond income": base.replace(shifted(0.01)),
        "cost −1 point beyond income": base.replace(shifted(-0.01)),
        "`--with wages_follow_income`": base.with_fragment("wages_follow_income"),
        **of_ageing(),
        "retirement ages as until 2024": base.with_fragment("retirement_ages_until_2024"),
        "a fifth retire three years early from 2027": base.replace(
            {"employee.retirement.early_share": {2019: 0, 2027: 0.2}}
        ),
        "a fifth less entries": base.replace({"employee.entry_level": entry_from_2027(0.8)}),
        "exits doubled": base.replace({"employee.exit_level": {2019: 1.0, 2027: 2.0}}),
        "odds of entry of the uninsured 3": base.replace({"employee.uninsured_odds_ratio": 3.0}),
        "odds of entry of the uninsured 15": base.replace({"employee.uninsured_odds_ratio": 15.0}),
        "fixed credits to retirees' accounts grow by 5 % a year": base.replace(
            {
                "employee.accounts.retiree_credit": {
                    2019: 1300,
                    2023: 840,
                    **{year: round(840 * 1.05 ** (year - 2026), 2) for year in range(2027, 2061)},
                }
            }
        ),
        "without the 2021 account and outpatient reform from 2027": base.with_fragment("outpatient_reform_undone"),
    }
    rows = []
    for name, result in beside(scenarios).items():
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
        *(
            "change",
            "annual deficit from",
            "depletion",
            "pool, end of 2035",
            "retired per active, 2060",
            "required rate",
        ),
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
    inputs, pool = Inputs(baseline(), values), projected().accounts["employee_pool"]
    items: dict[str, Iterable[float]] = {
        "real growth of age-specific cost": projected().account["real_cost_growth"],
        "of which beyond income": projected().account["residual_cost_growth"],
        "the same, employee scheme": pool["real_cost_growth"],
        "of which beyond income, employee scheme": pool["residual_cost_growth"],
        "real growth of disposable income": inputs.yearly(values.economy.real_income_growth),
        "the same over three years": trend.income_growth(inputs, years, values.claims.trend.income_lag),
        "inflation": inputs.yearly(values.economy.inflation),
        "interest": inputs.yearly(values.economy.interest_rate),
    }
    rows = [(name, *(f"{list(item)[years.index(year)]:.1%}" for year in shown)) for name, item in items.items()]
    by_year = dict(zip(years, projected().basis, strict=True))
    paid, wage = values.employee.contributions, inputs.wages(years) / inputs.incomes(years)["national"]
    reported = trend.grown(inputs, paid.compliance, paid.compliance_growth, years)
    rows += [
        ("local financing, factor", *(f"{by_year[year].local_supplement.item():.3f}" for year in shown)),
        ("mean wage over disposable income per head", *(f"{wage[years.index(year)]:.2f}" for year in shown)),
        ("reported share of wages", *(f"{reported[years.index(year)]:.3f}" for year in shown)),
    ]
    return table(("a year", *map(str, shown)), rows)


def more_income(elasticity: float, by: float) -> Scenario:
    """The baseline with so much more real income a year, to which cost answers with an elasticity."""
    income = baseline().values.economy.real_income_growth
    assert isinstance(income, Ramp)
    path = {"ramp": {year: value + by for year, value in income.ramp.items()}}
    return baseline().replace({"claims.trend.income_elasticity": elasticity, "economy.real_income_growth": path})


def turning_points() -> list[float]:
    """The elasticity below which a point more income eases what is required of each fund, and above which it burdens it."""
    near, own = np.linspace(0.8, 1.0, 3), projected().measures["value"]
    runs = simulate([more_income(float(eta), 0.01) for eta in near])
    names = ("required_contribution_multiple_now", "employee_pool_required_rate_now")
    more = [[float(run.measures["value"][name] - own[name]) for run in runs] for name in names]
    assert all(change[0] < 0 < change[-1] for change in more)
    return [float(np.interp(0.0, change, near)) for change in more]


def elasticity() -> str:
    """More and less income where cost follows it not at all, a little, and in full, and where the sign turns."""
    cases = [(eta, by) for eta in (0.0, 0.44, 1.0) for by in (0.01, -0.01)]
    rows = [("as in the baseline, any elasticity", *dates(projected()))]
    for (eta, by), result in zip(cases, simulate([more_income(*case) for case in cases]), strict=True):
        sign = "+" if by > 0 else "−"
        rows.append((f"real income {sign}1 point, elasticity {eta:g}", *dates(result)))
    resident, pool = turning_points()
    said = f"eases the resident fund below an elasticity of {resident:.2f}, the pool below {pool:.2f}, and burdens them above"
    return table(("change", *DATES), rows) + f"\nA point more income {said}.\n"


DATES = (
    "first year of annual deficit",
    "depletion year",
    "required contribution",
    "pool: depletion year",
    "pool: required rate",
)


def dates(result: RunResult) -> tuple[str, ...]:
    """Dates and what is required of the resident fund and of the pool."""
    measured = result.measures["value"]
    return (
        dated(result, "first_deficit_year"),
        dated(result, "depletion_year"),
        f"× {measured['required_contribution_multiple_now']:.3f}",
        dated(result, "employee_pool_depletion_year"),
        f"{measured['employee_pool_required_rate_now']:.2%}",
    )


def growth_of_each_sex() -> str:
    """The last year where growth of use moves the odds of each sex by itself, beside what the engine does."""
    rows = []
    for name, of_sexes in (("as computed", money.higher_of_sexes), ("each sex by itself", np.asarray)):
        with patch.object(money, "higher_of_sexes", of_sexes):
            (run,) = simulate([baseline()])
        flows, account = run.flows.groupby(level="year").sum().iloc[-1], run.account
        insured = account["resident_insured"][-1]
        rows.append(
            (
                name,
                f"{account['inpatients_per_100'][-1]:.2f}",
                f"{flows['no_claim'] / flows['resident_insured_years']:.2%}",
                f"{account['critical_illness'][-1] / insured:.1f}",
                f"{account['bonus_cost'][-1] / insured:.2f}",
                f"{account['outgo'][-1] / BILLION:,.1f}",
            )
        )
    heads = (
        str(projected().years[-1]),
        *("inpatients per 100", "without reimbursement", "critical-illness benefits, CNY", "bonus, CNY"),
        "expenditure, CNY billion",
    )
    return table(heads, rows)


def use_or_price() -> str:
    """Critical illness, the chance of no reimbursement and the dates with all growth in use and all in price."""
    shares = {"half in use": None, "all in use": 1, "all in price": 0}
    changed = [
        baseline() if of is None else baseline().replace({"claims.trend.use_share": of}) for of in shares.values()
    ]
    rows = []
    for name, run in zip(shares, simulate(changed), strict=True):
        for year in (2026, 2035, 2060):
            place, account = run.years.index(year), run.account
            flow = {key: values[place].sum() for key, values in run.projection.by_age.items()}
            heads = flow["resident_enrolled"]
            rows.append(
                (
                    f"{name}, {year}",
                    f"{account['admissions_per_100'][place]:.1f}",
                    f"{account['cost_per_admission'][place]:,.0f}",
                    f"{account['inpatients_per_100'][place]:.1f}",
                    f"{flow['no_claim'] / heads:.1%}",
                    f"{flow['critical_illness'] / heads:,.0f}",
                    f"{flow['critical_beneficiaries'] / heads:.2%}",
                    f"{flow['bonus_cost'] / heads:.2f}",
                    f"{account['outgo'][place] / BILLION:,.0f}",
                )
            )
    heads_of = (
        *("growth of age-specific cost", "admissions per 100", "CNY per admission", "inpatients per 100"),
        *("without reimbursement", "critical-illness benefits, CNY", "beneficiaries", "bonus, CNY"),
        "expenditure, CNY billion",
    )
    return table(heads_of, rows)


def cost_and_base() -> str:
    """Cost and contribution base at their centre and as they were stated before, apart and together."""
    cases = {
        "cost and base as before": ["rising_cost_growth", "wages_follow_income"],
        "cost at its centre alone": ["wages_follow_income"],
        "base at its centre alone": ["rising_cost_growth"],
        "both at their centre: the baseline": [],
    }
    runs = simulate([load("baseline", fragments) for fragments in cases.values()])
    rows = [(name, *dates(run)) for name, run in zip(cases, runs, strict=True)]
    return table(("", *DATES), rows)


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
        "expenditure",
        "annual surplus or deficit",
        "fund balance",
        "reserve months",
        "income rate",
        "cost rate",
    )
    return table(heads, rows) + "\nCNY billion; insured persons and fund balance on 31 December.\n"


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
        rows.append((f"`{name}`", shown, unit))
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
        *("year", "active, million", "retired, million", "retired per active", "contribution rate", "PAYG cost rate"),
        *(
            "pool income",
            "pool expenditure",
            "pool",
            "reserve months",
            "accounts' income",
            "accounts' expenditure",
            "accounts",
        ),
    )
    return table(heads, rows) + "\nCNY billion; members and balances on 31 December.\n"


def births() -> str:
    """Births to insured residents, what of inpatient benefits is for births, and what it were if it followed them."""
    run, scenario = projected(), baseline()
    use = by_sex_age(scenario.tables["claims.inpatient.use_table"], "use")["use"]
    fertile = slice(15, 50)
    of_births = np.zeros(use.shape[1])
    of_births[fertile] = 1 - use[1, fertile] / use[0, fertile]
    cost, intensity = trend.cost_and_use(Inputs(scenario, scenario.values), "resident")
    women = run.projection.stocks.resident_insured[:-1, 0, 0].sum(axis=1)
    number = np.array([(each * year.asfr.ravel()).sum() for each, year in zip(women, run.basis, strict=True)])
    part = (run.projection.by_age["inpatient_benefits"][:, 0, 0] * of_births).sum(axis=1)
    followed = part[0] / number[0] * number * (cost / intensity) / (cost / intensity)[0]
    rows = [
        (
            year,
            f"{number[place] / MILLION:.2f}",
            f"{part[place] / BILLION:.1f}",
            f"{part[place] / number[place]:,.0f}",
            f"{followed[place] / number[place]:,.0f}",
            f"{(followed - part)[place] / run.account['outgo'][place]:+.2%}",
        )
        for place, year in enumerate(run.years)
        if year in (2026, 2035, 2045, 2060)
    ]
    heads = (
        *(
            "year",
            "births to insured residents, million",
            "inpatient benefits for births, CNY billion",
            "a birth, yuan",
        ),
        *("a birth if it grew as an admission, yuan", "change of expenditure if it followed births"),
    )
    return table(heads, rows)


def entries() -> str:
    """What policies do with the baseline's entries to the employee scheme held, and by the odds of the uninsured."""
    names = ("automatic_renewal", "campaign", "turnover_low", "turnover_high", "flexible_workers_join")
    scenarios = {"`frozen_contribution`": load("frozen_contribution")}
    scenarios |= {f"`--with {name}`": baseline().with_fragment(name) for name in names}
    rows = []
    runs = (simulate(list(scenarios.values()), held) for held in (projected().entries, None))
    for name, *both in zip(scenarios, *runs, strict=True):
        of_both = zip(*(_more_than_baseline(run) for run in both), strict=True)
        rows.append((name, *(change for changes in of_both for change in changes)))
    end = projected().years[-1]
    heads = [f"pool, end of {end}: held", f"insured residents, end of {end}: held", "entrants, all years: held"]
    both_heads = [head for each in heads for head in (each, "by the odds")]
    return table(("upon the baseline", *both_heads), rows) + "\nCNY billion; million persons.\n"


def _more_than_baseline(run: RunResult) -> list[str]:
    """The pool and the insured residents at the end, and all who enter the employee scheme, more than in the baseline."""
    own, before = (
        (
            each.accounts["employee_pool"]["closing"][-1] / BILLION,
            each.account["resident_insured"][-1] / MILLION,
            each.projection.totals["employee_entries"].sum() / MILLION,
        )
        for each in (run, projected())
    )
    return [f"{round(one - other, 1) + 0.0:+,.1f}" for one, other in zip(own, before, strict=True)]


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
        "expenditure",
        "balance",
        f"fund, end of {effects.base.years[-1]}",
        "members, million",
    )
    return table(heads, rows) + "\nCNY billion.\n"


def provinces() -> str:
    """What each province's rules do to the projection."""
    names = sorted(name for name in shipped(fragments=True) if name.startswith("province_"))
    runs = [projected(), *simulate([load("baseline", [name]) for name in names])]
    written = [f"benefits.critical_illness.{name}=0" for name in ("low_deductible_places", "ratio_shift")]
    short = ["horizon.last_year=2026", *written]
    as_written = accounts_of(
        load("baseline", [] if name == "baseline" else [name], short) for name in ["baseline", *names]
    )
    early, late = (projected().years.index(year) for year in (2031, 2045))
    insured = [run.projection.stocks.resident_insured[1:, 0].sum(axis=(-3, -2, -1)) / MILLION for run in runs]
    rows = []
    for name, run, members, text_alone in zip(["baseline", *names], runs, insured, as_written, strict=True):
        flows = run.projection.totals
        rows.append(
            (
                f"`{name}`",
                *(f"{flows['leaves'][place, 0] / MILLION:,.2f}" for place in (early, late)),
                *(f"{members[place] - insured[0][place]:+,.2f}" for place in (early, late)),
                f"{flows['critical_illness'][0, 0] / BILLION:,.1f}",
                f"{text_alone.account['critical_illness'][0] / BILLION:,.1f}",
                f"{flows['bonus_cost'][late, 0] / MILLION:,.0f}",
                f"{flows['waiting_months'][early, 0] / 12 / MILLION:,.2f}",
                f"{(run.projection.fund[-1, 0, 0] - projected().projection.fund[-1, 0, 0]) / BILLION:+,.0f}",
            )
        )
    heads = (
        *("rules", "lapses 2031, million", "lapses 2045, million"),
        *("insured, end of 2031, million", "insured, end of 2045, million"),
        *(
            "critical-illness benefits 2026, CNY billion",
            "without what is fitted",
            "cost of the increase 2045, CNY million",
        ),
        *("years lost by waiting 2031, million", f"fund, end of {projected().years[-1]}, CNY billion"),
    )
    return (
        table(heads, rows)
        + "\nInsured and fund: less those of the baseline. Fitted: places with a low deductible, shift of ratios.\n"
    )


NOT_IN_THE_LIST: tuple[tuple[str, str, str, str], ...] = (
    ("real income growth ± ½ point", "economy.real_income_growth", "add", "0.005"),
    ("interest ± 1 point", "economy.interest_rate", "add", "0.01"),
    ("entry level of the employee scheme ± 0.2", "employee.entry_level", "add", "0.2"),
)
SET_INSTEAD: tuple[tuple[str, str, str], ...] = (
    ("net flow of the resident scheme −1% or +0.9% a year", "behaviour.targets.net_flow_rate", "-0.01 0.009"),
    ("return rate 0.27 or 0.65", "behaviour.targets.return_rate", "0.27 0.65"),
    ("share of cost growth that is use 0 or 1", "claims.trend.use_share", "0 1"),
    ("income elasticity of cost 0.44 or 1.22", "claims.trend.income_elasticity", "0.44 1.22"),
    ("the gap in mortality closes in 25 years", "population.mortality_level_fade_years", "25"),
)
"""Unknown inputs that the list of single changes leaves out: words, key and what it is raised by or set to."""


def single_changes() -> str:
    """The list of single changes upon the baseline."""
    return changes_table(None)


def not_in_the_list() -> str:
    """Other unknown inputs, changed in the same way."""
    steps = [
        Step(side, "", name, path, how, f"{sign}{value}", "")
        for name, path, how, value in NOT_IN_THE_LIST
        for side, sign in (("low", "-"), ("high", ""))
    ]
    for name, path, values in SET_INSTEAD:
        sides = ("low", "high") if " " in values else ("other",)
        steps += [
            Step(side, "", name, path, "set", value, "") for side, value in zip(sides, values.split(), strict=True)
        ]
    return changes_table([(step,) for step in steps])


def changes_table(changes: Sequence[tuple[Step, ...]] | None) -> str:
    """Depletion year and change of the balance in the central depletion year, resident fund and pooled fund."""
    found = one_at_a_time.single_changes(projected(), changes)
    shown = [found.funds[fund] for fund in ("resident", "employee_pool")]
    moved = {fund.fund: {(each.input, each.side): each for each in fund.moved} for fund in shown}
    order = [(step.input, step.side) for change in changes or listed() for step in change]
    inputs = [name for name, _ in order]
    keys = sorted(
        {key for each in moved.values() for key in each}, key=lambda key: (inputs.index(key[0]), order.index(key))
    )
    rows = []
    for name, side in keys:
        row = [name.replace("_", " "), side]
        for fund in shown:
            each = moved[fund.fund].get((name, side))
            row += ["–", "–"] if each is None else [each.depletion_year or "none", f"{each.change / BILLION:+,.0f}"]
        rows.append(row)
    heads = [f"{name}, {fund.year}" for name, fund in zip(("resident fund", "pooled fund"), shown, strict=True)]
    return table(("input", "change", "depletion", heads[0], "depletion", heads[1]), rows)


def own_module(name: str) -> Any:
    """A module beside this file, which is also run as a module of its folder."""
    sys.path.append(str(Path(__file__).parent))
    return import_module(name)


def of_the_city() -> dict[str, str]:
    """What each command of docs/own-fund.md prints, by the command."""
    return _city()[0]


@cache
def _city() -> tuple[dict[str, str], pd.DataFrame]:
    """That, and what the city's result rests on in the end."""
    example_city = own_module("example_city")
    with TemporaryDirectory() as folder:
        told = example_city.told(Path(folder))
        return told, rests_on(simulate([load(Path(folder, "city", "fund.toml"))])[0])


def valuation_bridge() -> str:
    """From the baseline of a year before to another scenario."""
    old = baseline().replace({"horizon.valuation_year": 2025})
    assumed = {"claims.trend.residual_growth": {"multiply": 0.8}, "benefits.inpatient.payment_ratio": 0.6}
    counted = {"membership.resident_insured": {**baseline().leaves["membership.resident_insured"], "2026": 935_000_000}}
    found = bridge(Valuation("valued in 2025", old), Valuation("valued in 2026", baseline().replace(assumed | counted)))
    rows = step_rows(found, "resident", "closing_2040", words("en"))
    return text("\n".join([*columns(rows), "", *bridge_lines(found, "resident", "closing_2040", "en")]))


def own_fund_import() -> str:
    """What the import of the city's population of 2025 says."""
    return text(of_the_city()["simsurance import city/raw/population_2025.csv"])


def own_fund_hindcast() -> str:
    """The city's past from 1 January 2024, the resident fund."""
    return text(of_the_city()["simsurance hindcast city/fund.toml --from 2024"].partition("\n\n")[0])


def own_fund_calibration() -> str:
    """What the calibration of the city says."""
    told = of_the_city()["simsurance calibrate city/fund.toml"]
    return text(told.rpartition("out/calibrate")[0])


def my_city() -> str:
    """What a run of the city prints."""
    return _city_run("en")


def my_city_zh() -> str:
    """The same in Chinese."""
    return _city_run("zh")


def _city_run(lang: str) -> str:
    with TemporaryDirectory() as folder:
        given = [
            str(own_module("example_city").city(Path(folder))),
            "--no-range",
            "--no-charts",
            "--lang",
            lang,
            "--out",
            f"{folder}/out",
        ]
        return text(CliRunner().invoke(simsurance, ["run", *given], catch_exceptions=False).stdout.partition("\n\n")[0])


def _reference(name: str) -> str:
    """A page of reference."""
    return str(getattr(own_module("docs_reference"), name)())


def own_fund_ex_ante() -> str:
    """The city with what was known on its past openings: head and all figures by item."""
    told = of_the_city()["simsurance hindcast city/fund.toml --ex-ante"]
    return text(told.partition(f"\n{words('en').label('ex_ante.by_opening')}")[0])


def own_fund_register() -> str:
    """The register of the city's accounts and standards."""
    told = of_the_city()["simsurance show city/fund.toml --register"].splitlines()
    shown = [
        line for line in told if "fund.opening" in line or line.startswith(("key", "contributions.", "city", "Without"))
    ]
    return text("\n".join(shown))


def own_fund_rests_on() -> str:
    """What the city's result rests on once its factors are fitted."""
    _, found = _city()
    heads = ("fund", "what", "own", "in part", "the nation's")
    rows = [
        (fund_label(fund, "en"), f"`{what}`", *(f"{share:.1%}" for share in row))
        for (fund, what), row in found.iterrows()
    ]
    return table(heads, rows)


def own_fund_series() -> str:
    """The yearly series that a fund may have."""
    rows = [
        (
            f"`{name}`",
            words("en").label(f"intake.series.{name}"),
            measure.unit,
            f"`{measure.key}`" if measure.key else "",
        )
        for name, measure in understood.measures().items()
    ]
    return table(("measure", "what it is", "unit", "key"), rows).replace("---:", "---")


def yellow_cells() -> str:
    """The keys of the yellow cells of a workbook, and how its funds move with them."""
    book = Book(Source(projected()), "en")
    rows = []
    for line in book.layout.lines.values():
        if line.inputs:
            years = f"{min(line.inputs)}–{max(line.inputs)}" if len(line.inputs) > 1 else min(line.inputs)
            rows.append((f"`{line.key}`", book.label(line), years, book.said.label(f"workbook.note.{line.note}")))
    lines = [("key", "what it is", "years", "effect"), ("---",) * 4, *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


BLOCKS: dict[str, Callable[[], str]] = {
    function.__name__: function
    for function in (
        order,
        published_share,
        waiting,
        critical,
        rules,
        entries,
        employee,
        births,
        schemes,
        twin,
        drag,
        single_changes,
        not_in_the_list,
        misfits,
        naive,
        identities,
        sensitivity,
        pool_sensitivity,
        elasticity,
        ageing,
        use_or_price,
        growth_of_each_sex,
        cost_and_base,
        assumptions,
        results,
        measures,
        provinces,
        valuation_bridge,
        own_fund_import,
        own_fund_hindcast,
        own_fund_calibration,
        own_fund_ex_ante,
        own_fund_register,
        own_fund_rests_on,
        own_fund_series,
        my_city,
        my_city_zh,
        yellow_cells,
    )
}
BLOCKS |= {name: partial(_reference, name) for name in ("glossary", "glossary_zh", "commands", "api")}
MODULES: dict[str, Callable[[], None]] = {
    "simsurance.evidence.calibration": calibration.main,
    "simsurance.evidence.cost_growth": cost_growth.main,
    "simsurance.evidence.base_growth": base_growth.main,
    "simsurance.evidence.by_hand": by_hand.main,
    "simsurance.evidence.end_of_life": end_of_life.main,
    "simsurance.evidence.tiers": tiers.main,
    "simsurance.evidence.opening": opening.main,
    "simsurance.reviewer": reviewer.main,
    "simsurance.output.stored_draws": stored_draws.main,
    "simsurance.evidence.many_draws": many_draws.main,
    "simsurance.evidence.fan_coverage": fan_coverage.main,
    "simsurance.evidence.another_country": another_country.main,
}


def output(command: str) -> str:
    """What a command of a page prints, as it is shown there, called where the files that pages show are."""
    with TemporaryDirectory() as folder, contextlib.chdir(folder):
        for page in PAGES:
            for found in FILE.finditer(page.read_text(encoding="utf-8")):
                Path(found["name"]).write_text(found["content"], encoding="utf-8")
        return _printed(command)


def _printed(command: str) -> str:
    match shlex.split(command):
        case ["python", "-m", "tests.docs_blocks", name]:
            return BLOCKS[name]()
        case ["python", "-m", "simsurance.evidence.vintages", "--told"]:
            return text(vintages.told())
        case ["python", "-m", module]:
            printed = StringIO()
            with redirect_stdout(printed):
                MODULES[module]()
            return text(printed.getvalue())
        case ["simsurance", "run", *arguments]:
            with TemporaryDirectory() as out:
                given = ["run", *arguments, "--no-charts", "--out", out]
                printed_table = CliRunner().invoke(simsurance, given, catch_exceptions=False).output
            return text(printed_table.partition("\n\n")[0])
        case [
            "simsurance",
            "solve" | "attribute" | "adjustment" | "frontier" | "stress" | "sweep" as asking,
            *arguments,
        ]:
            with TemporaryDirectory() as out:
                given = [asking, *arguments, "--no-charts", "--jobs", "1", "--out", out]
                told = CliRunner().invoke(simsurance, given, catch_exceptions=False).output
            return text(told.rstrip().rpartition("\n")[0].rstrip() + "\n")
        case ["simsurance", "stochastic", *arguments]:
            given = ["stochastic", *arguments, "--no-charts", "--jobs", "1"]
            told = CliRunner().invoke(simsurance, given, catch_exceptions=False).stdout
            return text(told.rpartition("\nout/")[0])
        case ["simsurance", "months" as asking, *arguments]:
            with TemporaryDirectory() as out:
                given = [asking, *arguments, "--no-charts", "--out", out]
                told = CliRunner().invoke(simsurance, given, catch_exceptions=False).output
            return text(told.rstrip().rpartition("\n")[0].rstrip() + "\n")
        case ["simsurance", "pool", *arguments]:
            with TemporaryDirectory() as out:
                given = ["pool", *arguments, "--no-charts", "--out", out]
                printed_pools = CliRunner().invoke(simsurance, given, catch_exceptions=False).output
            return text(printed_pools.partition(out)[0])
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
        for document in (*PAGES, README):
            document.write_text(refreshed(document.read_text(encoding="utf-8")), encoding="utf-8")
