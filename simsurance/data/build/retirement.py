"""Probability that an active member of the employee scheme retires in the year: `profiles/retirement.csv`.

Members who were `age` on 1 January of `year` were all born in the calendar year `year - 1 - age`, in equal numbers a
month. Each worker type retires in the month in which its statutory age is reached: men at 60, women at 50 or 55
before 2025, then by the schedule of the decision of 2024 (to 63, 55 and 58). 60 percent of the women active before 50
are of the type that retires first. The probability is the share of those still active on 1 January who retire by 31
December; 1 once all types of a sex are past their age, 0 before the first.

Weakness: the split of women by type is judgement. Everyone retires in the month of the statutory age: early
retirement (up to three years from 2025), late retirement by agreement and special trades are left out, and so is the
minimum of contribution years, which is an input of its own. The split is of those who reach 50 in the scheme and does
not change over time.
"""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import SEX
from simsurance.data.build.evidence import Built, Residual, projected_years, rows_of
from simsurance.data.tables import AGES, FloatArray

YEARS = projected_years()
TYPES = {"female": (("women_50", 0.6), ("women_55", 0.4)), "male": (("men_60", 1.0),)}  # shares of women: judgement


@dataclass(frozen=True)
class Rule:
    """Births of these months (counted from year 0) retire when they have lived `months`."""

    first_birth: int
    months: int


def month(text: str) -> int:
    """Months since year 0 of `YYYY-MM`."""
    year, of_year = text[:7].split("-")
    return int(year) * 12 + int(of_year) - 1


def rules(worker_type: str, raised: bool = True) -> list[Rule]:
    """The schedule of one type in order of birth, the age before 2025 first; that age alone if it is not `raised`."""
    listed = [
        Rule(
            month(row["birth_month_from"]),
            int(row["statutory_age_years"]) * 12 + int(row["statutory_age_extra_months"]),
        )
        for row in rows_of("retirement_age_schedule.csv")
        if raised and row["worker_type"] == worker_type
    ]
    return [Rule(0, int(worker_type[-2:]) * 12), *listed]


def retirement_months(worker_type: str, birth_year: int, raised: bool = True) -> list[int]:
    """The month in which each of the twelve birth months of a year retires."""
    schedule = rules(worker_type, raised)
    births = range(birth_year * 12, birth_year * 12 + 12)
    return [
        birth + max(schedule, key=lambda rule: (rule.first_birth <= birth, rule.first_birth)).months for birth in births
    ]


def retired_share(sex: str, birth_year: int, raised: bool = True) -> FloatArray:
    """Share of a cohort's members who have retired by 1 January of each of YEARS and of the year after them."""
    dates = np.array([*YEARS, YEARS.stop]) * 12
    shares = np.zeros(len(dates))
    for worker_type, part in TYPES[sex]:
        months = np.array(retirement_months(worker_type, birth_year, raised))
        shares += part * (months[:, None] < dates).mean(axis=0)
    return shares


def probabilities(raised: bool = True) -> dict[tuple[int, str, int], float]:
    """The probability by year, sex and age, cohort by cohort."""
    births = range(YEARS.start - 1 - AGES[-1], YEARS.stop)
    retired = {(sex, birth): retired_share(sex, birth, raised) for sex in SEX.members for birth in births}
    found = {}
    for i, year in enumerate(YEARS):
        for sex in SEX.members:
            for age in AGES:
                before, after = retired[sex, year - 1 - age][i : i + 2]
                active = 1 - before
                found[year, sex, age] = round(float((after - before) / active) if active > 1e-9 else 1.0, 6)
    return found


def built(path: str, content: str, table: dict[tuple[int, str, int], float], last: Residual) -> Built:
    """A table of probabilities with its anchors: before 2025, and `last`."""
    residuals = (
        Residual("women aged 49 on 1 January 2020", 0.6, table[2020, "female", 49], "fitted"),
        Residual("men aged 59 on 1 January 2020", 1.0, table[2020, "male", 59], "fitted"),
        last,
    )
    return Built(
        path,
        ("year", "sex", "age", "probability"),
        [(*key, value) for key, value in table.items()],
        content,
        ("S_RET", "S_JUDGEMENT"),
        "derived from the law; share of women by type judgement",
        residuals,
    )


def build() -> Built:
    """Statutory ages as the law has raised them."""
    table = probabilities()
    return built(
        "profiles/retirement.csv",
        "probability that an active member retires in the calendar year, by age on 1 January",
        table,
        Residual("men aged 62 on 1 January 2045", 1.0, table[2045, "male", 62], "fitted"),
    )
