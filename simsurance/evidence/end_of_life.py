"""Cost of the last year of life beside what was published: multiples, shares of cost, and what is left of the effect of ageing.

`python -m simsurance.evidence.end_of_life` prints the tables of the method note.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from simsurance.axes import AGE, NATIONAL, PROFILE_AXES, REPORT_AXES, SEX, along, at, axis, left
from simsurance.basis import ageing, life_table
from simsurance.basis.employee import employee_care
from simsurance.basis.inputs import PLACES, STOCK, Inputs
from simsurance.basis.money import resident_care
from simsurance.basis.trend import SCHEMES, Scheme, cost_index
from simsurance.data import tables
from simsurance.data.tables import DATA
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import register

BY_NEED: Final = ("year", *PROFILE_AXES)
OVER_NEEDS, OVER_PEOPLE = axis("health", of=BY_NEED), axis("sex", "age", of=STOCK)
OPTION: Final = "cost_by_time_to_death"
MULTIPLES: Final = "claims.end_of_life."
AGES: Final = (30, 55, 70, 80, 90)
"""An age of each band of the multiples."""
HALF_IN_TOWNS: Final = np.full(
    (1, len(NATIONAL.areas), len(NATIONAL.income_groups), len(AGE.members)),
    1 / (len(NATIONAL.areas) * len(NATIONAL.income_groups)),
)
"""Shares of the areas and income groups: on any that costs are brought to the national figure on, all together have it."""


@cache
def published() -> dict[str, tuple[float, float, float]]:
    """Value, low and high of each row of the evidence."""
    with (DATA / "evidence" / "end_of_life.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["measure"]: (float(row["value"]), float(row["low"]), float(row["high"])) for row in rows}


@cache
def scenarios() -> dict[str, Scenario]:
    """The baseline; cost by time to death with the multiples of the register, low, central, high; what is laid beside them.

    Where all classes die alike they explain nothing of a multiple: `not net`.
    """
    central = load("baseline", [OPTION])
    rows = {path: row for path, row in register().items() if path.startswith(MULTIPLES) and row.mark == "judgement"}
    ends = (central.replace({path: float(getattr(row, end)) for path, row in rows.items()}) for end in ("low", "high"))
    low, high = ends
    return {
        "baseline": load("baseline"),
        "low": low,
        "central": central,
        "high": high,
        "not net": central.replace(dict.fromkeys(("health.mortality_ratio.low", "health.mortality_ratio.high"), 1.0)),
        "healthy ageing by half": load("baseline", ["healthy_ageing_half"]),
        "healthy ageing": load("baseline", ["healthy_ageing"]),
        "time to death and healthy ageing by half": load("baseline", [OPTION, "healthy_ageing_half"]),
    }


@cache
def projected() -> RunResult:
    """The baseline's persons, whom neither sensitivity moves."""
    return simulate([scenarios()["baseline"]])[0]


@cache
def no_longer_lives() -> RunResult:
    """The baseline's persons if death rates stayed those of the reference year of cost."""
    scenario = scenarios()["baseline"]
    reference, path = scenario.values.claims.trend.reference_year, scenario.tables["population.mortality_table"]
    years = tables.years_of(path)
    rates = tables.by_year_sex_age(path, "mx", [min(year, reference) for year in years])
    lines = [
        f"{years[year]},{SEX.members[sex]},{AGE.members[age]},{float(rates[year, sex, age])!r}"
        for year, sex, age in np.ndindex(*rates.shape)
    ]
    with TemporaryDirectory() as folder:
        own = Path(folder) / "mortality.csv"
        own.write_text("\n".join(["year,sex,age,mx", *lines]) + "\n", encoding="utf-8")
        return simulate([scenario.replace({"population.mortality_table": str(own)})])[0]


@dataclass(frozen=True)
class Cost:
    """What care costs a person of a scheme, areas together, at the prices and use of the reference year."""

    inputs: Inputs
    scheme: Scheme

    @cached_property
    def by_need(self) -> np.ndarray:
        """Cost by need class, [year, health, sex, age]."""
        care = (resident_care if self.scheme == "resident" else employee_care)(self.inputs, HALF_IN_TOWNS)
        cost = sum(care[f"{kind}_use"] * care[f"{kind}_cost"] for kind in ("inpatient", "outpatient"))
        found = at(cost, of=PLACES, run=0, status=0, income=0)
        mean = found.mean(axis=axis("area", of=left("run", "status", "income", of=PLACES)))
        return np.asarray(mean / along(cost_index(self.inputs, self.scheme), "year", of=BY_NEED))

    @property
    def shares(self) -> np.ndarray:
        """Shares of the need classes, [year or 1, health, sex, age]."""
        return ageing.prevalence(self.inputs, self.inputs.years)

    @property
    def mean(self) -> np.ndarray:
        """Cost at each age, [year, sex, age]."""
        return np.asarray((self.shares * self.by_need).sum(axis=OVER_NEEDS))


@cache
def cost(multiples: str, scheme: Scheme) -> Cost:
    """Cost of a scheme in one of `scenarios()`."""
    scenario = scenarios()[multiples]
    return Cost(Inputs(scenario, scenario.values), scheme)


def persons(scheme: Scheme, run: RunResult | None = None) -> np.ndarray:
    """Years of cover, of the baseline or of another run, [year, sex, age]."""
    flows = (run or projected()).projection.by_age
    names = ["resident_insured_years"] if scheme == "resident" else ["active_years", "retired_years"]
    return np.asarray(sum(at(flows[name], of=REPORT_AXES, run=0) for name in names))


def multiples(scheme: Scheme) -> dict[str, np.ndarray]:
    """The multiple as it was found, what the need classes make of it alone, and what is left within a class, [sex, age]."""
    inputs, at_reference = cost("central", scheme).inputs, cost("baseline", scheme).by_need[0]
    shares, chance = inputs.prevalence(), ageing.dying(inputs, [inputs.values.claims.trend.reference_year])[0]
    alone = ageing.multiple_of_all(np.ones(at_reference.shape[1:]), shares, chance, at_reference)
    gross = np.broadcast_to(ageing.gross_multiple(inputs, scheme), alone.shape)
    return {"gross": gross, "need classes": alone, "net": ageing.net_multiple(inputs, scheme, at_reference)}


def last_year_cost(name: str, scheme: Scheme) -> tuple[np.ndarray, np.ndarray]:
    """Cost of the last year of life, and all cost, at the prices of the reference year, [year]."""
    of, at_reference = cost(name, scheme), cost("baseline", scheme).by_need[0]
    net, chance = ageing.net_multiple(of.inputs, scheme, at_reference), ageing.dying(of.inputs, of.inputs.years)
    survivors = of.by_need / (1 + (net - 1) * chance)
    last = (of.shares * chance * net * survivors).sum(axis=OVER_NEEDS)
    people = persons(scheme)
    return (people * last).sum(axis=OVER_PEOPLE), (people * of.mean).sum(axis=OVER_PEOPLE)


def last_year_share(name: str, schemes: Sequence[Scheme] = SCHEMES) -> np.ndarray:
    """Share of the cost of schemes that falls into the last year of life, [year]."""
    last, everything = np.add.reduce([last_year_cost(name, scheme) for scheme in schemes])
    return np.asarray(last / everything)


def ageing_effect(name: str, schemes: Sequence[Scheme] = SCHEMES, run: RunResult | None = None) -> np.ndarray:
    """Rise of cost per person since the first year through age and sex alone, [year].

    People of an age and sex belong to the schemes in the shares of the first year.
    """
    people = {scheme: persons(scheme, run) for scheme in schemes}
    everybody = np.asarray(sum(people.values()))
    mean = sum(people[scheme][:1] / everybody[:1].clip(1e-9) * cost(name, scheme).mean for scheme in schemes)
    a_head = (everybody * mean).sum(axis=OVER_PEOPLE) / everybody.sum(axis=OVER_PEOPLE)
    return np.asarray(a_head / a_head[0] - 1)


def disappearing(name: str, schemes: Sequence[Scheme] = SCHEMES) -> np.ndarray:
    """Share of that rise that is not there with cost by time to death, [year]."""
    return missing(ageing_effect("baseline", schemes), ageing_effect(name, schemes))


def missing(rise: np.ndarray, smaller: np.ndarray) -> np.ndarray:
    """Share of a rise that is not in a smaller one; 0 where there is none."""
    return np.divide(rise - smaller, rise, out=np.zeros_like(rise), where=rise != 0)


def shown() -> list[int]:
    """The first year and the first of each decade."""
    return [year for year in projected().years if year == projected().years[0] or year % 10 == 0]


def later() -> list[int]:
    """The last two of them."""
    return shown()[-2:]


def place(year: int) -> int:
    """Where a year stands in the projection."""
    return list(projected().years).index(year)


def line(label: str, values: Iterable[float], form: str = "") -> str:
    """A line of a table: what it is, and its numbers."""
    return f"{label:<48}" + "".join(f"{format(value, form):>8}" for value in values)


def at_later(by_year: np.ndarray) -> list[float]:
    """What a table shows of numbers by year."""
    return [by_year[place(year)] for year in later()]


def multiples_table() -> list[str]:
    """Lines: the multiples of each scheme, means of women and men."""
    lines = [line("last year of life over survivors of the age", AGES)]
    for scheme in SCHEMES:
        for label, value in multiples(scheme).items():
            lines.append(line(f"{scheme}, {label}", [value[:, age].mean() for age in AGES], ".2f"))
    return lines


def share_table() -> list[str]:
    """Lines: the share of cost in the last year of life."""
    lines = [line("share of cost in the last year of life", shown())]
    groups: list[tuple[str, str, Sequence[Scheme]]] = [(each, "central", [each]) for each in SCHEMES]
    groups += [(f"both schemes, {name} multiples", name, SCHEMES) for name in ("low", "central", "high")]
    for label, name, schemes in groups:
        share = last_year_share(name, schemes)
        lines.append(line(label, [share[place(year)] for year in shown()], ".1%"))
    known = published()
    _, *ends = known["decedent_share"]
    lines.append(f"{'the same multiples, population of 2024':<48}{ends[0]:.1%} to {ends[1]:.1%}")
    ends = [known[f"oecd_decedent_share_{end}"][0] for end in ("low", "high")]
    lines.append(f"{'nine countries, 2009-2011':<48}{ends[0]:.1%} to {ends[1]:.1%}")
    return lines


def effect_table() -> list[str]:
    """Lines: cost per person through ageing alone, and how much of its rise disappears."""
    lines = [line("cost per person through age and sex alone", later())]
    groups: list[tuple[str, Sequence[Scheme]]] = [*((each, [each]) for each in SCHEMES), ("both schemes", SCHEMES)]
    for label, schemes in groups:
        for name, what in (("baseline", "by age"), ("central", "by time to death")):
            rise = ageing_effect(name, schemes)
            lines.append(line(f"{label}, {what}", at_later(rise), "+.1%"))
        lost = disappearing("central", schemes)
        lines.append(line(f"{label}, share that disappears", at_later(lost), ".1%"))
    beside = {
        "low": "low multiples",
        "high": "high multiples",
        "not net": "multiples not net of need",
        **{name: name for name in ("healthy ageing by half", "healthy ageing")},
        "time to death and healthy ageing by half": "time to death, healthy by half",
    }
    frozen = missing(ageing_effect("baseline"), ageing_effect("baseline", run=no_longer_lives()))
    lines.append(line("both schemes, lives no longer", at_later(frozen), ".1%"))
    for name, label in beside.items():
        lost = disappearing(name)
        lines.append(line(f"both schemes, {label}", at_later(lost), ".1%"))
    known = published()
    _, *ends = known["germany_ageing_overstated"]
    lines.append(f"{'Germany, 2002 to 2050':<48}{ends[0]:.1%} to {ends[1]:.1%}")
    ends = [known[f"swiss_age_effect_reduction_{end}"][0] for end in ("low", "high")]
    lines.append(f"{'Swiss insured born 1931-35, 1996 to 2011':<48}{ends[0]:.1%} to {ends[1]:.1%}")
    return lines


def expectancy_table() -> list[str]:
    """Lines: life expectancy gained since the reference year, by which healthy ageing shifts prevalence."""
    inputs = cost("baseline", "resident").inputs
    reference = inputs.values.claims.trend.reference_year
    expectancy = life_table.life_expectancy(inputs.death_rates([reference, *later()]))
    ages = (0, 50, 65, 80)
    lines = [line(f"years of life gained since {reference}, at age", ages)]
    for row, year in enumerate(later(), start=1):
        for sex, name in enumerate(SEX.members):
            gained = expectancy[row, sex] - expectancy[0, sex]
            lines.append(line(f"{name}, {year}", [gained[age] for age in ages], ".1f"))
    return lines


def main() -> None:
    """Print the tables."""
    parts = (multiples_table(), share_table(), effect_table(), expectancy_table())
    print("\n\n".join("\n".join(part) for part in parts))


if __name__ == "__main__":
    main()
