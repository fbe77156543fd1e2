"""The opening state of every valuation date beside what was counted: ages, sexes, insured, deaths and births of its year.

`python -m simsurance.evidence.opening` prints it. What has no count was not published for its date.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, MEMBERSHIP_AXES, STOCK_AXES, at, axis
from simsurance.basis.inputs import Inputs
from simsurance.data import tables
from simsurance.data.tables import published
from simsurance.evidence.calibration import DEATH_YEARS, UNCOUNTED
from simsurance.evidence.fit import LAST_YEAR, YEARS, flow_sums, one_year, shipped
from simsurance.model.population import FEMALE
from simsurance.scenario_file.loader import Scenario, load

MILLION = 1e6
BROAD_AGES = {"under 16": (0, 16), "16 to 59": (16, 60), "60 to 64": (60, 65), "65 and over": (65, 101)}
COMPOSITION_YEAR = max(published("resident_insured_adults"))
"""The last year for whose end the make-up of the insured was published."""


@dataclass(frozen=True)
class Counted:
    """A number of the opening state and its count, persons or a share.

    `table`: the same before the ages are brought to their counts; `fitted`: an input is set so that the count is met.
    """

    what: str
    opening: float
    count: float | None
    table: float | None = None
    fitted: bool = True

    @property
    def off(self) -> float | None:
        """Opening over count, less one; None without a count."""
        return None if self.count is None else self.opening / self.count - 1


def counted_ages(date: int) -> dict[str, float]:
    """Persons counted on a 1 January by broad age, those under 16 and of 60 to 64 by difference; absent where not published."""
    everyone, working, older, oldest = (
        published(f"population{ages}").get(date - 1) for ages in ("", "_16_59", "_60_plus", "_65_plus")
    )
    found = {
        "under 16": None if everyone is None or working is None or older is None else everyone - working - older,
        "16 to 59": working,
        "60 to 64": None if older is None or oldest is None else older - oldest,
        "65 and over": oldest,
    }
    return {ages: persons for ages, persons in found.items() if persons is not None}


def stocks(baseline: Scenario, date: int) -> tuple[np.ndarray, np.ndarray]:
    """The opening stock of a 1 January, and before its ages are brought to their counts, [sex, age]."""
    at = baseline.replace({"horizon.valuation_year": date})
    opening, table = (Inputs(each, each.values).opening_stock() for each in (at, at.replace(dict(UNCOUNTED))))
    return opening, table


def ages_and_sexes(baseline: Scenario, date: int) -> Iterator[Counted]:
    """The population of a 1 January, its broad ages and its women."""
    opening, table = stocks(baseline, date)
    counts, before = counted_ages(date), date - 1
    yield Counted("population", opening.sum(), published("population").get(before), table.sum())
    for ages, (first, end) in BROAD_AGES.items():
        own, theirs = (float(stock[:, first:end].sum()) for stock in (opening, table))
        yield Counted(ages, own, counts.get(ages), theirs)
    women = published("population_female").get(before)
    yield Counted("women", opening[FEMALE].sum(), women, table[FEMALE].sum(), fitted=False)


def largest_step(baseline: Scenario, date: int) -> float:
    """The largest step from age to age in the ratio that brings the ages to their counts, relative."""
    opening, table = stocks(baseline, date)
    ratio = opening / table
    return float(np.maximum(ratio[:, 1:] / ratio[:, :-1], ratio[:, :-1] / ratio[:, 1:]).max() - 1)


def insured(baseline: Scenario, date: int) -> Iterator[Counted]:
    """The insured of both schemes on a 1 January, and the urban share."""
    results = one_year(baseline, date)
    seen, membership = results.projection.stocks, baseline.values.membership
    by_status = at(seen.membership, of=MEMBERSHIP_AXES, date=0, run=0).sum(
        axis=axis("health", "area", "income", of=MEMBERSHIP_AXES[2:])
    )
    residents = shipped(membership.resident_insured, date) - shipped(membership.duplicates, date)
    yield Counted("resident insured", seen.resident_insured[0].sum(), residents)
    for label, members, persons in zip(
        ("active members", "retired members"),
        (membership.employee_active, membership.employee_retired),
        by_status[EMPLOYEES],
        strict=True,
    ):
        yield Counted(label, float(persons), shipped(members, date))
    by_area = at(seen.persons, of=STOCK_AXES, date=0, run=0).sum(axis=axis("sex", "age", of=STOCK_AXES[2:]))
    path = str(baseline.tables["population.area_share_table"])
    wanted = float(tables.by_year(path, "urban_share", [date])[0])
    yield Counted("urban share", float(by_area[baseline.form.groups.areas.index("urban")] / by_area.sum()), wanted)


def composition(baseline: Scenario) -> Iterator[Counted]:
    """Young and other insured residents at the end of the year for which they were published; nothing is fitted to them."""
    year = COMPOSITION_YEAR
    insured = at(one_year(baseline, year + 1).projection.stocks.resident_insured, of=STOCK_AXES, date=0, run=0)
    ages = insured.sum(axis=axis("sex", "area", of=STOCK_AXES[2:]))
    young = published("resident_insured_school_and_preschool_children")[year]
    others = published("resident_insured_adults")[year] + published("resident_insured_students")[year]
    yield Counted("insured under 18, against children at school and before", ages[:18].sum(), young, fitted=False)
    yield Counted("insured of 18 and over, against adults and students", ages[18:].sum(), others, fitted=False)


def vital_events(baseline: Scenario, year: int) -> tuple[Counted, Counted]:
    """Deaths and births of a year that is valued at its start."""
    flows = flow_sums(one_year(baseline, year))
    deaths, births = (published(name).get(year) for name in ("deaths", "births"))
    return Counted("deaths", flows["deaths"], deaths), Counted("births", flows["births"], births)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:+.2%}".replace("-0.00%", "+0.00%")


def _line(row: Counted) -> str:
    size, digits = (1.0, 4) if row.opening < 1 else (MILLION, 1)
    table, count = ("–" if value is None else f"{value / size:,.{digits}f}" for value in (row.table, row.count))
    shown = f"{row.what:58}{table:>12}{row.opening / size:12,.{digits}f}{count:>12}{_percent(row.off):>10}"
    return shown + ("" if row.fitted else "  not fitted")


def report(baseline: Scenario) -> str:
    """The opening state of the last date, what is off on every date, and the deaths and births of every year."""
    last = LAST_YEAR + 1
    heads = f"{'table':>12}{'opening':>12}{'count':>12}{'off':>10}"
    lines = [f"{f'million persons, 1 January {last}':58}{heads}"]
    lines += [_line(row) for row in (*ages_and_sexes(baseline, last), *insured(baseline, last))]
    lines += ["", f"{f'million persons, 1 January {COMPOSITION_YEAR + 1}':58}{heads}"]
    lines += [_line(row) for row in composition(baseline)]
    names = ("population", *BROAD_AGES, "women")
    lines += ["", f"{'off':12}" + "".join(f"{name:>13}" for name in names) + f"{'largest step':>15}"]
    for date in (*YEARS, last):
        rows = {row.what: row for row in ages_and_sexes(baseline, date)}
        step = f"{largest_step(baseline, date):.2%}"
        lines.append(f"{f'{date}':12}" + "".join(f"{_percent(rows[name].off):>13}" for name in names) + f"{step:>15}")
    names = ("resident insured", "active members", "retired members", "urban share")
    lines += ["", f"{'off':12}" + "".join(f"{name:>18}" for name in names)]
    for date in (*YEARS, last):
        rows = {row.what: row for row in insured(baseline, date)}
        lines.append(f"{f'{date}':12}" + "".join(f"{_percent(rows[name].off):>18}" for name in names))
    events = "".join(f"{name:>12}{'counted':>12}{'off':>10}" for name in ("deaths", "births"))
    lines += ["", f"{'million':12}{events}"]
    for year in YEARS:
        shown = ""
        for row in vital_events(baseline, year):
            count = "–" if row.count is None else f"{row.count / MILLION:.2f}"
            shown += f"{row.opening / MILLION:12.2f}{count:>12}{_percent(row.off):>10}"
        lines.append(f"{year:<12}{shown}")
    level = shipped(baseline.values.population.mortality_level, LAST_YEAR)
    span = f"{DEATH_YEARS[0]} to {DEATH_YEARS[-1]}"
    lines += ["", f"level of mortality, for the deaths of {span} together: {level:.5f} times the rates of the table"]
    return "\n".join(lines)


def main() -> None:
    """Print it for the baseline."""
    sys.stdout.write(report(load("baseline")) + "\n")


if __name__ == "__main__":
    main()
