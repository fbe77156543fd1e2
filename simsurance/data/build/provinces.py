"""The 31 provinces as pools, as far as published figures of them reach: `python -m simsurance.data.build.provinces`.

Read: persons and broad ages of the census of 2020, disposable income per head of 2023. Each province is a share of the nation
by its persons; its ages stand to the nation's as in 2020, group by group, and its income as in 2023. All else is the nation's.

Weakness: insured persons by province were not found, so the share of persons stands for that of the insured: provinces that
people have left insure more. Cost, benefits, balances, standards, fertility, mortality and migration are the nation's; the
ages of 24 provinces and most incomes are from general knowledge, checked against national sums.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.axes import AGE, SEX
from simsurance.basis.inputs import Inputs
from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA, published, text_rows
from simsurance.intake import graduation
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import MARKS
from simsurance.scenario_file.toml_text import toml_value

TABLE: Final = DATA / "regions" / "provinces.csv"
HEADER: Final = (
    *("code", "name_en", "name_zh", "persons_2020", "share_0_14", "share_15_59", "share_60_plus", "share_65_plus"),
    *("income_2023", "mark_persons", "mark_ages", "mark_income"),
)
NAME: Final = "provinces"
EDGES: Final = (0, 15, 60, 65)
"""First age of each published group."""
INCOME_YEAR: Final = 2023
INCOMES: Final = ("economy.disposable_income", "economy.area_income.urban", "economy.area_income.rural")
OF_INCOME: Final = (
    *("contributions.personal.income_share", "contributions.subsidy.income_share"),
    *(f"benefits.critical_illness.{name}" for name in ("deductible_income_share", "low_deductible_income_share")),
    "benefits.critical_illness.cap_income_multiple",
)
"""What is a multiple of income, and stays in yuan what it is in the nation."""
DIGITS: Final = 6
AGES: Final = range(len(AGE.members))
WEAKEST: Final = "derived"
"""The mark of a share of persons that stands for one of insured, however sure the persons are."""
TOLD: Final = {
    "title": "Provincial ages and incomes, all else the nation's",
    "title_zh": "各省年龄结构与收入，其余取全国",
    "description": (
        "31 pools, shares of the nation by the persons of the census of 2020, with the ages of the census and the incomes of "
        "2023. All else is the nation's: no province's own cost, benefits, balance or standard was found. A levy of 3 %, a "
        "round number and no plan, is paid out by need."
    ),
    "description_zh": (
        "31个统筹地区，按2020年普查人口分摊全国，年龄结构取普查，收入取2023年；其余均取全国："
        "未查得各省自身的费用、待遇、结存与筹资标准。上解3%为取整假设，并非规划，按需要拨付。"
    ),
}
ADJUSTMENT: Final[Mapping[str, float | str]] = {
    **{"levy": 0.03, "first_year": 2027, "rule": "need", "covered": 0.8, "cap": 0.2, "opening": 0, "interest": 0.02},
}
"""Round numbers and no plan."""
SOURCE: Final = (
    "census of 2020 (persons: {persons}, ages: {ages}), disposable income of 2023 ({income}); all else the nation's"
)


def groups(row: dict[str, str]) -> np.ndarray:
    """Persons of a province by the published groups: under 15, 15 to 59, 60 to 64, 65 and over."""
    young, middle, old, oldest = (float(row[f"share_{ages}"]) for ages in ("0_14", "15_59", "60_plus", "65_plus"))
    return int(row["persons_2020"]) * np.array([young, middle, old - oldest, oldest])


def stock(row: dict[str, str], rows: list[dict[str, str]], nation: np.ndarray) -> np.ndarray:
    """As many persons as the nation [sex, age], of which a province has its share, with its own ages."""
    of_all = np.sum([groups(each) for each in rows], axis=0)
    ratio = (groups(row) / groups(row).sum()) / (of_all / of_all.sum())
    pattern = nation.sum(axis=0)
    now = np.add.reduceat(pattern, EDGES) * ratio
    persons = graduation.counts(now * pattern.sum() / now.sum(), EDGES, pattern)
    return np.asarray(np.round(nation / pattern * persons))


def table_text(persons: np.ndarray, date: int) -> str:
    """The persons of 1 January as a table."""
    cells = (
        (date, sex, age, int(of_sex[age])) for sex, of_sex in zip(SEX.members, persons, strict=True) for age in AGES
    )
    return rows_csv(("date", SEX.name, AGE.name, "persons"), cells)


def pool_lines(row: dict[str, str], share: float, income: float) -> Iterator[str]:
    """The pool of a province in a pooling scenario; `income` of the nation."""
    marks = {name: row[f"mark_{name}"] for name in ("persons", "ages", "income")}
    ratio = round(float(row["income_2023"]) / income, DIGITS)
    yield f"\n[pools.{row['name_en'].lower().replace(' ', '_')}]"
    told = {"scenario": "baseline", "share": share, "title": row["name_en"], "title_zh": row["name_zh"]}
    told |= {"mark": max((*marks.values(), WEAKEST), key=list(MARKS).index), "source": SOURCE.format(**marks)}
    yield from (f"{name} = {toml_value(value)}" for name, value in told.items())
    yield f"\n[pools.{row['name_en'].lower().replace(' ', '_')}.set]"
    yield f'population.stock_table = "{NAME}/{row["code"]}.csv"'
    yield "population.stock_level = 1.0"
    yield "population.counted = { age_16_59 = {}, age_60_plus = {}, age_65_plus = {} }"
    yield from (f"{path} = {{ multiply = {ratio} }}" for path in INCOMES)
    yield from (f"{path} = {{ multiply = {round(1 / ratio, DIGITS)} }}" for path in OF_INCOME)


def built(baseline: Scenario) -> dict[str, str]:
    """Every file that this script writes, by its name below the shipped pooling scenarios."""
    rows = text_rows(TABLE, HEADER)
    nation = Inputs(baseline, baseline.values).opening_stock()
    date = baseline.values.horizon.valuation_year
    persons = sum(int(row["persons_2020"]) for row in rows)
    shares = [round(int(row["persons_2020"]) / persons, DIGITS) for row in rows[:-1]]
    shares.append(round(1 - sum(shares), DIGITS))
    income = published("disposable_income_national")[INCOME_YEAR]
    lines = [line for row, share in zip(rows, shares, strict=True) for line in pool_lines(row, share, income)]
    tables = {f"{NAME}/{row['code']}.csv": table_text(stock(row, rows, nation), date) for row in rows}
    head = [f"{name} = {toml_value(text)}" for name, text in TOLD.items()]
    head += ["", "[adjustment]", *(f"{name} = {toml_value(value)}" for name, value in ADJUSTMENT.items())]
    return {f"{NAME}.toml": "\n".join([*head, *lines]) + "\n"} | tables


def main(folder: Path) -> None:
    """Write the pooling scenario and its tables of persons."""
    (folder / NAME).mkdir(exist_ok=True)
    for name, text in built(load("baseline")).items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(scenarios_folder() / "pools")
