"""A published valuation as scenarios: six policies for the trust funds of the United States' Social Security.

`python -m simsurance.evidence.us_oasdi` writes `scenarios/valuations/us_oasdi/*.toml` from the published table beside them, and
prints what the fund account makes of the pinned flows beside what was published. The table is in per cent of taxable payroll;
money here is in dollars of a payroll of the first year that is a round number, and a rate of a later year is multiplied by
payroll growth. Only one run, with the highest income, tells interest over payroll growth; the others are not asked.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.toml_text import toml_value

FOLDER: Final = scenarios_folder() / "valuations" / "us_oasdi"
TABLE: Final = FOLDER / "single_year_tables.csv"
PARENT: Final = "payroll"
CALIBRATED_ON: Final = "300"
INTEREST: Final = 0.045
"""Nominal interest a year, a judgement: with growth from the table it only says where in the year flows fall."""
SMOOTHED: Final = 3
"""Years before and behind over which a growth factor is averaged: fund ratios are printed in whole per cent."""
LEAST_RATIO: Final = 0.5
"""Fund ratio below which its rounding tells nothing of interest any more."""
PAYROLL: Final = 1e13
"""Taxable payroll of the first year in dollars, a judgement: it scales all amounts, and moves no ratio and no year."""


@dataclass(frozen=True)
class Published:
    """One run of the table by year: rates in per cent of payroll, and the fund over the year's cost where there is a fund."""

    cost: Mapping[int, float]
    income: Mapping[int, float]
    fund_ratio: Mapping[int, float]

    @property
    def last_positive_year(self) -> int:
        """The last year that begins with money in the fund: in that year it is depleted, or the table ends."""
        return max(self.fund_ratio)


def published() -> dict[str, Published]:
    """The runs of the table by number."""
    runs: dict[str, Published] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            run = runs.setdefault(row["run"].removeprefix("tr2024_run"), Published({}, {}, {}))
            year = int(row["year"])
            for column, held, size in (
                ("cost_rate_pct_payroll", run.cost, 1.0),
                ("income_rate_pct_payroll", run.income, 1.0),
                ("trust_fund_ratio_jan1_pct", run.fund_ratio, 100.0),
            ):
                if row[column]:
                    assert isinstance(held, dict)
                    held[year] = float(row[column]) / size
    return runs


def payroll(run: Published, interest: float = INTEREST) -> dict[int, float]:
    """Taxable payroll by year, that of the first year 100: its growth is what makes the run's own fund ratios.

    fund[t+1] ÷ payroll[t+1] = (1 + i) ÷ (1 + growth) · (fund ÷ payroll + (income − cost) · (1+i)^−½), solved for the growth.
    """
    years = sorted(run.cost)
    held = {year: run.fund_ratio[year] * run.cost[year] for year in run.fund_ratio}
    net = {
        year: held[year + 1] / (held[year] + (run.income[year] - run.cost[year]) / (1 + interest) ** 0.5)
        for year in held
        if year + 1 in held and run.fund_ratio[year + 1] >= LEAST_RATIO
    }
    near = {year: [net[other] for other in net if abs(other - year) <= SMOOTHED] for year in years}
    smooth = {year: float(np.mean(near[year])) for year in years if year in net}
    last = float(np.mean([smooth[year] for year in sorted(smooth)[-2 * SMOOTHED - 1 :]]))
    index = {years[0]: 100.0}
    for year in years:
        index[year + 1] = index[year] * (1 + interest) / smooth.get(year, last)
    return index


def files(interest: float = INTEREST, dollars: float = PAYROLL) -> dict[str, str]:
    """The scenario files by name, `dollars` the payroll of the first year; without what is told of them in README.md."""
    runs = published()
    wages = payroll(runs[CALIBRATED_ON], interest)
    first = min(wages)
    money = {year: dollars * index / wages[first] for year, index in wages.items()}
    told = {f"{PARENT}.toml": _parent(first, runs[CALIBRATED_ON], dollars, interest)}
    return told | {f"run{name}.toml": _run(name, run, money) for name, run in runs.items()}


def _parent(first: int, run: Published, dollars: float, interest: float) -> str:
    """What all runs have in common: currency, date, opening fund, interest."""
    opening = round(run.fund_ratio[first] * run.cost[first] / 100 * dollars)
    told = f"in dollars of a taxable payroll of {dollars / 1e12:g} trillion in {first}, a round number"
    return f"""# Written by `python -m simsurance.evidence.us_oasdi`; see README.md in this folder.
extends = "baseline"

title = "US Social Security, fund account"
title_zh = "美国社会保障基金账户"
description = "The fund account alone: income and expenditure are pinned, {told}."

[horizon]
valuation_year = {first}

[economy]
currency = "USD"
gdp = {{}}
interest_rate = {interest}
flow_timing = "middle"

[employee]
projected = false

[fund]
opening = {opening}
"""


def _run(name: str, run: Published, money: Mapping[int, float]) -> str:
    """One policy: its published income and cost, in dollars of the payroll of each year."""
    text = f"""# Written by `python -m simsurance.evidence.us_oasdi`; see README.md in this folder.
extends = "{PARENT}.toml"

title = "US Social Security, provision {name}"
title_zh = "美国社会保障，测算{name}"

[horizon]
last_year = {max(run.cost)}
"""
    for side, rates in (("income", run.income), ("outgo", run.cost)):
        values = {year: round(rate / 100 * money[year]) for year, rate in rates.items()}
        text += f"""
[pins.{side}]
total = "resident.{side}"
mode = "fixed"
values = {toml_value(values)}
mark = "derived"
source = "Social Security Administration, Office of the Chief Actuary: Detailed Single Year Tables, run {name} (2024 basis)"
"""
    return text


def projected() -> dict[str, RunAccounts]:
    """The account of each run, from the scenario files."""
    runs = list(published())
    return dict(zip(runs, accounts_of(load(FOLDER / f"run{name}.toml") for name in runs), strict=True))


def fund_ratios(results: RunAccounts) -> dict[int, float]:
    """The fund over the year's cost on 1 January, by year, as long as there is one."""
    account = results.account
    ratios = zip(results.years, account["opening"] / account["outgo"], strict=True)
    return {year: float(ratio) for year, ratio in ratios if ratio > 0}


def comparison() -> Iterator[tuple[str, int, int, float, int]]:
    """Run, last year that begins with money as published and as computed, largest difference of a fund ratio, its year."""
    runs = published()
    for name, results in projected().items():
        found, told = fund_ratios(results), runs[name].fund_ratio
        off = {year: abs(found.get(year, 0.0) - told[year]) for year in told}
        worst = max(off, key=off.__getitem__)
        yield name, runs[name].last_positive_year, max(found), off[worst], worst


def lines() -> list[str]:
    """The comparison in words."""
    said = "run {}: money until {}, computed {}; fund ratio off by {:.4f} at most, in {}"
    return [said.format(*row) for row in comparison()]


if __name__ == "__main__":
    for name, text in files().items():
        Path(FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write("\n".join([*lines(), ""]))
