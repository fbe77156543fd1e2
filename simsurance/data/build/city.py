"""A fictitious city of 8 million, in the forms in which offices keep their tables: `python -m simsurance.data.build.city`.

No place is meant. Every number follows from the nation's tables by a share, a smooth tilt by age and a seeded noise. The
tables are awkward on purpose: five-year ages to 85 and over, GB18030, ten thousands, semicolons, a long and a wide form, a
year that is missing (2021) and a clean-up of registers in 2023 that looks like a fall of the insured.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.data.tables import published
from simsurance.intake.population import nation

FOLDER: Final = Path(__file__).parents[2] / "intake" / "city"
SEED: Final = 8_000_000
PERSONS: Final = {2020: 7.86e6, 2025: 8.0e6}
YEARS: Final = tuple(range(2018, 2026))
MISSING, CLEANED = 2021, 2023
DUPLICATES: Final = 0.08
"""Records counted twice before the clean-up, share of the insured residents."""
GROUPS: Final = (*((first, first + 5) for first in range(0, 85, 5)), (85, 101))
RICHER, DEARER, MORE_EMPLOYED = 1.12, 1.04, 1.06
FEWER_RESIDENTS: Final = 0.94
ABOVE_MINIMUM: Final = 30
"""Yuan by which the city's personal contribution is above the nation's minimum."""


def known(name: str) -> Callable[[int], float]:
    """The nation's series; a year without a figure has the geometric mean of those around it."""
    values = published(name)

    def of(year: int) -> float:
        if year in values:
            return values[year]
        before, after = max(y for y in values if y < year), min(y for y in values if y > year)
        return float(np.sqrt(values[before] * values[after]))

    return of


def stock(year: int, noise: np.ndarray) -> np.ndarray:
    """The city's persons at the end of a year by sex and age, [sex, age]."""
    theirs = nation(year + 1, True)
    tilted = theirs * np.exp(0.12 * np.sin((np.arange(theirs.shape[1]) - 18) / 16)) * noise
    return tilted * PERSONS[year] / tilted.sum()


def population(year: int, persons: np.ndarray) -> Iterator[Sequence[object]]:
    """The city's population table of a year, ten thousands with two decimals."""
    yield [f"某市{year}年末常住人口分年龄、性别（虚构） 单位：万人", "", "", ""]
    yield ["年龄组", "合计", "男", "女"]
    sexes = [[round(float(row[a:b].sum()) / 1e4, 2) for a, b in GROUPS] for row in persons]
    for (first, end), women, men in zip(GROUPS, *sexes, strict=True):
        label = f"{first}-{end - 1}岁" if end <= 100 else f"{first}岁及以上"
        yield [label, f"{women + men:.2f}", f"{men:.2f}", f"{women:.2f}"]
    women, men = (sum(each) for each in sexes)
    yield ["合计", f"{women + men:.2f}", f"{men:.2f}", f"{women:.2f}"]
    yield ["注：虚构数据，不代表任何地区", "", "", ""]


def tables() -> dict[str, bytes]:
    """The files of the city by name."""
    rng = np.random.default_rng(SEED)
    cohorts = np.exp(0.02 * rng.standard_normal((2, 101)))
    found = {f"population_{year}.csv": _csv(population(year, stock(year, cohorts)), ",", "gb18030") for year in PERSONS}
    share = {year: PERSONS[2025] / published("population")[2025] * (1 + 0.001 * (year - 2025)) for year in YEARS}
    noise = {
        name: dict(zip(YEARS, np.exp(0.006 * rng.standard_normal(len(YEARS))), strict=True))
        for name in ("in", "out", "care")
    }
    residents = {
        year: known("resident_insured")(year) * share[year] * FEWER_RESIDENTS * (1 + DUPLICATES * (year < CLEANED))
        for year in YEARS
    }
    active = {year: known("employee_active")(year) * share[year] * MORE_EMPLOYED for year in YEARS}
    retired = {year: known("employee_retired")(year) * share[year] * MORE_EMPLOYED for year in YEARS}
    rows: list[Sequence[object]] = [["某市基本医疗保险参保人数（虚构），年末，万人", "", "", ""]]
    rows.append(["年份", "城乡居民参保人数", "职工医保在职", "职工医保退休"])
    rows += [
        [f"{year}年", *(f"{each[year] / 1e4:.2f}" for each in (residents, active, retired))]
        for year in YEARS
        if year != MISSING
    ]
    found["insured.csv"] = _csv(rows, ",", "gb18030")
    found["accounts.csv"] = _csv(_accounts(residents, active, noise), ";", "utf-8")
    paid, subsidy = known("personal_contribution_by_insured_year"), known("subsidy")
    rows = [["居民医保筹资标准（虚构）", "", ""], ["年度", "个人缴费标准（元）", "财政补助标准（元）"]]
    rows += [[year, int(paid(year)) + ABOVE_MINIMUM, int(subsidy(year))] for year in (*range(2019, 2026), 2026)]
    found["standards.csv"] = _csv(rows, ",", "gb18030")
    names = ("disposable_income_national", "disposable_income_urban", "disposable_income_rural")
    rows = [["year", "disposable income (yuan)", "urban disposable income (yuan)", "rural disposable income (yuan)"]]
    rows += [[year, *(round(known(name)(year) * RICHER) for name in names)] for year in (2017, *YEARS)]
    found["incomes.csv"] = _csv(rows, "\t", "utf-8")
    rows = [["某市住院情况（虚构）", "", ""], ["年份", "居民住院人次（万人次）", "居民住院费用（亿元）"]]
    for year in YEARS[1:]:
        if year != MISSING:
            people = residents[year] / (1 + DUPLICATES * (year < CLEANED))
            discharges = people * known("resident_discharges_per_insured")(year) * noise["care"][year]
            cost = discharges * known("resident_cost_per_discharge")(year) * DEARER
            rows.append([year, f"{discharges / 1e4:.2f}", f"{cost / 1e8:.2f}"])
    found["care.csv"] = _csv(rows, ",", "gb18030")
    return found


def _accounts(
    residents: dict[int, float], active: dict[int, float], noise: dict[str, dict[int, float]]
) -> list[Sequence[object]]:
    """Income, expenditure and balances, ten thousands of yuan, one figure a row; one more a head than in the nation."""
    rows: list[Sequence[object]] = [["year", "item", "value (10k yuan)"]]
    labels = {"resident": "resident fund", "employee_pool": "pooled fund", "employee_account": "personal accounts"}
    balances = {"resident": 0.55, "employee_pool": 1.6, "employee_account": 1.5}
    heads = {
        "resident": (
            {y: n / (1 + DUPLICATES * (y < CLEANED)) for y, n in residents.items()},
            known("resident_insured"),
        ),
        **dict.fromkeys(("employee_pool", "employee_account"), (active, known("employee_active"))),
    }
    for fund, label in labels.items():
        own, theirs = heads[fund]
        balance = None
        for year in YEARS:
            ratio = own[year] / theirs(year)
            income = known(f"{fund}_income")(year) * ratio * noise["in"][year] * (1.02 if fund == "resident" else 1.05)
            outgo = known(f"{fund}_outgo")(year) * ratio * noise["out"][year] * DEARER
            balance = balances[fund] * outgo if balance is None else balance + income - outgo
            if year != MISSING:
                rows += [
                    [year, f"{label} {'balance' if name == 'balance' else name}", f"{value / 1e4:.0f}"]
                    for name, value in (("income", income), ("expenditure", outgo), ("balance", balance))
                ]
    return rows


def _csv(rows: Iterator[Sequence[object]] | Sequence[Sequence[object]], delimiter: str, encoding: str) -> bytes:
    """Rows as offices save them."""
    return "".join(f"{delimiter.join(map(str, row))}\r\n" for row in rows).encode(encoding)


def main() -> None:
    """Write the city's tables."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in tables().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
