"""A year's basis, the room that kernels work in and what they find, as records: fields of fixed shapes side by side."""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final, get_type_hints

import numpy as np

from simsurance.axes import (
    DEDUCTIBLES,
    ENTRANTS,
    HEALTH,
    PERSON_AXES,
    ROWS,
    SEX,
    STATUSES,
    TENURE_DEPTH,
    UNINSURED,
)
from simsurance.ledger import LEDGER, RESIDENT
from simsurance.model.compiled.normal import NODES, TERMS
from simsurance.model.state import BY_PERSON, Flows, YearBasis

NEEDS, SEXES = (len(axis.members) for axis in (HEALTH, SEX))
SCHEME_STATUSES: Final = 2
"""Members that the status axis of care has in a record, active and retired; care of one status stands there twice."""
BANDS: Final = 4
"""Bands of critical-illness insurance have room for a multiple of these, so that few kinds of records are compiled for."""
SIZES: Final = {
    "health": NEEDS,
    "status": SCHEME_STATUSES,
    "sex": SEXES,
    "deductible": len(DEDUCTIBLES),
}
OWN_STATUSES: Final = {"leave_odds": TENURE_DEPTH, "enter_odds": UNINSURED.stop}
"""Statuses of the fields that are not of care."""
RUN_ALONE: Final = "run alone"
NOT_IN_RECORDS: Final = ("pins", "enrolment", "adjustment", "bonds")


def _by_person() -> tuple[list[str], list[str]]:
    """The flows that are kept by person group: those that there always are, and those of the employee scheme's money."""
    hints = get_type_hints(Flows, include_extras=True)
    own = [name for name, hint in hints.items() if BY_PERSON in getattr(hint, "__metadata__", ())]
    names = [*own, *(row.name for row in LEDGER if not row.of_run)]
    scheme = {name for name, hint in get_type_hints(Flows).items() if hint == np.ndarray | None}
    scheme |= {row.name for row in LEDGER if RESIDENT not in (row.payer, row.receiver)}
    return [name for name in names if name not in scheme], [name for name in names if name in scheme]


OF_ALL, OF_SCHEME = _by_person()
FLOWS: Final = (*OF_ALL, *OF_SCHEME)
Places = namedtuple("Places", FLOWS)  # type: ignore[misc]
PLACE: Final[Any] = Places(*range(len(FLOWS)))
"""The place of a flow among those that are kept by person group."""
OF_RUN: Final = (
    "population_adjustment",
    "insured_adjustment",
    "employee_adjustment",
    "prevalence_error",
    *(row.name for row in LEDGER if row.of_run and not row.of_bonds),
)
"""What is told of a run as a whole."""


@dataclass(frozen=True)
class Size:
    """How many areas, income groups and ages the cells of a run have."""

    areas: int
    incomes: int
    ages: int

    @property
    def of_axes(self) -> dict[str, int]:
        """The same by axis."""
        return {"area": self.areas, "income": self.incomes, "age": self.ages}

    @property
    def kinds(self) -> int:
        """Kinds of income groups that rules of critical-illness insurance tell apart: the assisted, and all others."""
        return min(self.incomes, 2)


@dataclass(frozen=True)
class Field:
    """A field of a basis in a record: the parts that it stands in, its name, the axes that are declared for it."""

    parts: tuple[str, ...]
    name: str
    axes: tuple[str, ...]

    def shape(self, size: Size, bands: int) -> tuple[int, ...]:
        """Its shape in a record."""
        own = {"status": OWN_STATUSES[self.name]} if self.name in OWN_STATUSES else {}
        sizes = {**SIZES, **size.of_axes, "band": bands, **own}
        return tuple(sizes[axis] for axis in self.axes if axis != RUN_ALONE)

    def beside(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The same with size 1 on all other axes, as the plain basis has them behind the run."""
        if self.axes == (RUN_ALONE,):
            return ()
        sizes = dict(zip(self.axes, shape, strict=True))
        first = tuple(sizes[name] for name in ("deductible", "band") if name in sizes)
        return (*first, *(sizes.get(name, 1) for name in PERSON_AXES[1:]))


def declared(noun: Any) -> dict[str, tuple[str, ...]]:
    """The axes of the arrays of a noun."""
    hints = get_type_hints(noun, include_extras=True)
    told = {name: hint.__metadata__[-1] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
    return {name: (RUN_ALONE,) if axes == RUN_ALONE else tuple(axes.split()) for name, axes in told.items()}


def _part(noun: Any, name: str) -> Any:
    """The noun that a field of a basis is, where it is one."""
    hint = get_type_hints(noun)[name]
    return next((each for each in (hint, *getattr(hint, "__args__", ())) if is_dataclass(each)), None)


@cache
def fields_of(noun: Any = YearBasis, parts: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """The arrays of a basis and of its parts."""
    axes, found = declared(noun), list[Field]()
    for each in fields(noun):
        if each.name in axes:
            found.append(Field(parts, each.name, axes[each.name]))
        elif each.name not in NOT_IN_RECORDS and (part := _part(noun, each.name)) is not None:
            found += fields_of(part, (*parts, each.name))
    return tuple(found)


NUMBERS: Final = ("year", "rules_start", "bonus_credited_years", "bands", "projected", "held")
"""Whole numbers of a record: those of the year, bands of critical-illness insurance, whether the employee scheme's money is
projected, and whether entries to it are held."""


def _dtype(size: Size, bands: int, parts: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    here = [each for each in fields_of() if each.parts == parts]
    found: list[tuple[Any, ...]] = [(each.name, "f8", each.shape(size, bands)) for each in here]
    below = dict.fromkeys(
        each.parts[len(parts)]
        for each in fields_of()
        if len(each.parts) > len(parts) and each.parts[: len(parts)] == parts
    )
    return found + [(name, _dtype(size, bands, (*parts, name))) for name in below]


class Packed:
    """The basis of some runs as records, filled anew for each year."""

    def __init__(self, runs: int, size: Size, basis: Sequence[YearBasis]) -> None:
        most = max(year.critical_edges.shape[1] for year in basis)
        self.bands = bands = -(-most // BANDS) * BANDS
        whole = [(name, "i8") for name in NUMBERS]
        self.records = np.zeros(runs, np.dtype([*whole, *_dtype(size, bands)]))
        self.places = []
        for each in fields_of():
            room = self.records
            for part in each.parts:
                room = room[part]
            shape = each.shape(size, bands)
            self.places.append((each, room[each.name].reshape(runs, *each.beside(shape))))

    def fill(self, basis: YearBasis) -> np.ndarray:
        """The records of a year."""
        records, bands = self.records, basis.critical_edges.shape[1]
        records["year"], records["rules_start"] = basis.year, basis.rules_start
        records["bonus_credited_years"], records["bands"] = basis.bonus_credited_years, bands
        records["projected"], records["held"] = basis.employee is not None, basis.entries is not None
        for field, room in self.places:
            part: Any = basis
            for name in field.parts:
                part = getattr(part, name, None)
            if part is not None:
                (room[:, :bands] if "band" in field.axes else room)[...] = getattr(part, field.name)
        return records


def cells_record(size: Size) -> np.dtype:
    """Cells of a run."""
    return np.dtype([("rows", "f8", (NEEDS, len(ROWS), SEXES, size.areas, size.incomes, size.ages))])


def found_record(size: Size) -> np.dtype:
    """What a year of a run gives: sums of its flows, entrants, stocks of its end, and what is told of the run as a whole.

    `by_age` [flow, sex, age], `by_group` [flow, area, income]; `persons` and the like [sex, area, age].
    """
    areas, incomes, ages = size.areas, size.incomes, size.ages
    group, stock = (SEXES, areas, incomes, ages), (SEXES, areas, ages)
    return np.dtype(
        [
            ("by_age", "f8", (len(FLOWS), SEXES, ages)),
            ("by_group", "f8", (len(FLOWS), areas, incomes)),
            ("totals", "f8", (len(FLOWS),)),
            ("entrants", "f8", (len(ENTRANTS), *group)),
            ("prevalence_error", "f8"),
            ("prepaid", "f8"),
            ("population_adjustment", "f8"),
            ("insured_adjustment", "f8"),
            ("employee_adjustment", "f8"),
            ("persons", "f8", stock),
            ("resident_insured", "f8", stock),
            ("employee_insured", "f8", stock),
            ("membership", "f8", (NEEDS, STATUSES.stop, areas, incomes)),
            ("least_cell", "f8"),
        ]
    )


def flows_record(size: Size) -> np.dtype:
    """Every flow of a run by person group."""
    return np.dtype([("flows", "f8", (len(FLOWS), SEXES, size.areas, size.incomes, size.ages))])


def room_record(size: Size, bands: int) -> np.dtype:
    """What the kernels write for each other in a year of a run; `bands`: those of critical-illness insurance that have room."""
    areas, incomes, ages, kinds = size.areas, size.incomes, size.ages, size.kinds
    cell, group = (areas, incomes, ages), (SEXES, areas, incomes, ages)
    needs, user = (NEEDS, SEXES, ages), (NEEDS, SEXES, areas, ages)
    tenures, uninsured = TENURE_DEPTH, UNINSURED.stop
    care = [
        *(
            (name, "f8", (SCHEME_STATUSES, *user))
            for name in ("inpatient_cost", "inpatient", "outpatient_cost", "outpatient")
        ),
        ("no_claim", "f8", (SCHEME_STATUSES, *user)),
        *((name, "f8", user) for name in ("level", "above_deductible", "above_limit", "paid")),
        ("differ", "i8", (NEEDS,)),
    ]
    return np.dtype(
        [
            # persons by need class, and of them what the enrolment looks at
            ("people", "f8", (NEEDS, *group)),
            ("lapsed_years", "f8", cell),
            ("longest_gap", "f8", cell),
            ("rule_years", "f8", cell),
            ("tenures", "f8", (tenures, *cell)),
            ("no_claims", "f8", (tenures, *cell)),
            ("carried", "i8"),
            # health, births, deaths, migration
            ("redrawn", "f8", needs),
            ("mort_rate", "f8", needs),
            ("growth", "f8", needs),
            ("dying", "f8", needs),
            ("moving", "f8", (SEXES, ages)),
            ("women", "f8", cell),
            ("in_year", "f8", (ages,)),
            ("born_per_expected", "f8", (areas, incomes)),
            ("births", "f8", (areas, incomes)),
            ("newborn", "f8", (SEXES, areas, incomes)),
            ("newborn_end", "f8", (SEXES, areas, incomes)),
            ("newborn_dying", "f8", (SEXES, areas, incomes)),
            ("of_area", "f8", (areas, ages)),
            ("living", "f8", (areas,)),
            ("ready", "f8", (areas,)),
            ("out_of_area", "f8", (areas, ages)),
            ("into_area", "f8", (areas, ages)),
            ("out_of_assistance", "f8"),
            ("into_assistance", "f8"),
            ("persons_end", "f8"),
            # care
            ("care", care),
            ("employee_care", care),
            ("critical", "f8", (kinds, *user)),
            ("critical_claim", "f8", (kinds, *user)),
            ("cap_used", "f8", (kinds, *user)),
            ("above_ends", "f8", (len(DEDUCTIBLES), kinds, bands + 1, *user)),
            # one area and income group
            ("leave", "f8", (NEEDS, tenures, ages)),
            ("enter", "f8", (NEEDS, uninsured, ages)),
            ("lost", "f8", (uninsured + 1, ages)),
            ("left", "f8", (uninsured + 1, ages)),
            ("months", "f8", (uninsured + 1, ages)),
            ("paid_years", "f8", (uninsured + 1, ages)),
            ("lapsed", "f8", (uninsured + 1, ages)),
            ("longer", "f8", (ages,)),
            ("earned", "f8", (tenures, ages)),
            ("felt", "f8", (2, ages)),
            # one sex of it
            ("enrolled", "f8", (NEEDS, len(ROWS), ages)),
            ("leaving", "f8", (NEEDS, ages)),
            ("lost_credit", "f8", (NEEDS, ages)),
            ("returning", "f8", (NEEDS, ages)),
            ("payers", "f8", (NEEDS, ages)),
            ("present", "f8", (NEEDS, ages)),
            ("insured", "f8", (NEEDS, ages)),
            ("uninsured", "f8", (NEEDS, ages)),
            ("entry", "f8", (ages,)),
            ("entry_uninsured", "f8", (ages,)),
            ("years", "f8", (NEEDS, ages)),
            ("member_years", "f8", (SCHEME_STATUSES, NEEDS, ages)),
            ("bonus_cap", "f8", (NEEDS, ages)),
            ("flows", "f8", (len(FLOWS), ages)),
            ("line", "f8", (8, ages)),
        ]
    )


def layers_record(ages: int) -> np.dtype:
    """The tables of the excess of either scheme, by inpatient and outpatient cost and need class, and which of them is used."""
    tables = 2 * NEEDS
    scheme = [("sigma", "f8", (tables,)), ("table", "f8", (tables, NODES, TERMS)), ("use", "i8", (2, NEEDS))]
    scheme += [("line", "f8", (6, ages)), ("excess", "f8", (ages,)), ("share", "f8", (ages,))]
    return np.dtype([("residents", scheme), ("members", scheme)])
