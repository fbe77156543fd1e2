"""The insured by age and sex: at most the population and those who live elsewhere; the shape of the employee scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from simsurance.axes import AGE, SEX, axis
from simsurance.csv_text import rows_csv
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.intake import by_age, graduation
from simsurance.intake.store import ELSEWHERE, POPULATION, Store
from simsurance.intake.understood import Fact, Understood, size_of
from simsurance.scenario_file.loader import load

SEXES: Final = axis("sex", of=("sex", "age"))
FILE: Final = "insured_by_age.csv"
PROFILE: Final = "employee_profile.csv"
RESIDENT: Final = "resident_insured"
SCHEMES: Final = (RESIDENT, "employee_active", "employee_retired")
LEAST_SHARE: Final = 0.02
"""Of the persons of an age in the pattern of a scheme."""
MOST_EMPLOYED: Final = 0.999
"""Largest share of the members at an age: the rest is what odds are taken over."""


@dataclass(frozen=True)
class Insured:
    """The insured by single age on a date, as text of tables, and what is to be told of them."""

    date: int
    csv: str
    profile: str | None
    unit: Mapping[str, Fact]
    facts: Mapping[str, Fact]
    groups: tuple[by_age.Group, ...]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]


def insured(table: Understood, kept: Store) -> Insured:
    """The insured of a table by single age. Raises SimsuranceError with every fault."""
    grid, found = table.grid, by_age.read(table)
    units = {c.means: size_of(table, c, "persons")[1] for c in table.columns if c.means in SCHEMES}
    if not units:
        raise grid.fault(table.header_row, "", "no scheme is told", f"columns of {', '.join(SCHEMES)}")
    if found.faults:
        raise SimsuranceError(*dict.fromkeys(found.faults))
    told = table.facts.get("date") or Fact("year_end", "assumed")
    year = found.years[-1]
    date = year + (told.value in ("year_end", "census"))
    stock = kept.stock()
    at = min(stock, key=lambda other: abs(other - date))
    everyone, residents = stock[at], kept.stocks[POPULATION][at]
    patterns = _patterns(everyone)
    schemes = [name for name in SCHEMES if name in units]
    counted = np.zeros((len(schemes), *everyone.shape))
    edges: list[int] = []
    for scheme, name in enumerate(schemes):
        groups = found.groups(year, name)
        for sex, cells in groups.items():
            edges, values = by_age.edges(cells)
            if sex == "both":
                shape = patterns[name].sum(axis=SEXES)
                counted[scheme] = graduation.counts(values, edges, shape) * patterns[name] / np.maximum(shape, 1e-300)
            else:
                place = SEX.members.index(sex)
                counted[scheme, place] = graduation.counts(values, edges, patterns[name][place])
    notes = _above(table, counted, everyone, residents, edges, at, ELSEWHERE in kept.stocks)
    for place in range(len(SEX.members)):
        room = everyone[place].copy()
        for scheme in sorted(range(len(schemes)), key=lambda each: schemes[each] == RESIDENT):
            counted[scheme, place] = graduation.at_most(counted[scheme, place], room, edges)
            room = np.maximum(room - counted[scheme, place], 0.0)
    text = rows_csv(("sex", "age", *schemes), _rows(counted))
    profile = None
    if {"employee_active", "employee_retired"} <= set(schemes):
        active, retired = (counted[schemes.index(name)] / everyone for name in SCHEMES[1:])
        most = np.maximum((active + retired) / MOST_EMPLOYED, 1.0)
        profile = rows_csv(("sex", "age", "active", "retired"), _rows(np.stack([active / most, retired / most])))
    words = tuple(sorted(next(iter(groups.values())), key=lambda each: each[0]))
    return Insured(date, text, profile, units, {"date": told}, words, tuple(notes))


def _rows(arrays: np.ndarray) -> list[tuple[object, ...]]:
    """Rows of sex, age and one number for each array [column, sex, age]."""
    return [
        (sex, age, *(repr(float(value)) for value in arrays[:, place, age]))
        for place, sex in enumerate(SEX.members)
        for age in range(len(AGE.members))
    ]


def _patterns(everyone: np.ndarray) -> dict[str, np.ndarray]:
    """The nation's shape of each scheme on the fund's persons; a place may employ where the nation employs nobody."""
    shares = tables.by_sex_age(str(load("baseline").tables["employee.profile_table"]), "active", "retired")
    outside = 1 - shares["active"] - shares["retired"]
    found = dict(zip(SCHEMES, (outside, shares["active"], shares["retired"]), strict=True))
    return {name: everyone * np.maximum(share, LEAST_SHARE) for name, share in found.items()}


def _above(
    table: Understood,
    counted: np.ndarray,
    everyone: np.ndarray,
    residents: np.ndarray,
    edges: list[int],
    date: int,
    away: bool,
) -> list[tuple[str, Mapping[str, Any]]]:
    """A note of groups with more insured than residents; raises SimsuranceError where those elsewhere do not explain it."""
    noted, lines = [], []
    for first, end in zip(edges, [*edges[1:], len(AGE.members)], strict=True):
        own, all_, here = (float(each[..., first:end].sum()) for each in (counted, everyone, residents))
        ages = by_age.words(first, None if end > by_age.LAST else end)
        if own > all_ * (1 + 1e-9):
            beside = " and those insured here who live elsewhere" if away else ""
            wrong = f"{own:,.0f} insured of {ages}, above the {all_:,.0f} of the population{beside} on 1 January {date}"
            right = "the right counts, or import those insured here who live elsewhere"
            lines.append(table.grid.line(0, "", wrong, right))
        elif own > here * (1 + 1e-9):
            noted.append((first, None if end > by_age.LAST else end))
    if lines:
        raise SimsuranceError(*lines)
    return [("above_residents", {"ages": noted})] if noted else []
