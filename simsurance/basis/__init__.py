"""From a scenario to numbers: the opening state and every assumption of every year as arrays on the axes."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from functools import cache
from typing import Final

import numpy as np

from simsurance.axes import TENURES, axes_except
from simsurance.basis import opening
from simsurance.basis.cause import OPENING, told_at_its_key
from simsurance.basis.employee import employee_basis
from simsurance.basis.inputs import Arrays, Inputs
from simsurance.basis.money import money_basis
from simsurance.basis.people import (
    behaviour_basis,
    counted_years,
    demographic_basis,
    employee_entry,
    intercepts,
    moves_basis,
    opening_inputs,
    relative_odds,
)
from simsurance.basis.pins import pin_basis
from simsurance.basis.residence import NobodyLeft, shares_at_age
from simsurance.errors import SimsuranceError
from simsurance.model.care import benefits_pp
from simsurance.model.participation import WaitingRules
from simsurance.model.state import CareBasis, EmployeeBasis, PinBasis, State, YearBasis, combined
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import values_by_year
from simsurance.scenario_file.schema import ScenarioValues

PARTS: Final = {"care": CareBasis, "waiting": WaitingRules, "employee": EmployeeBasis, "pins": PinBasis}
"""Fields of a basis that are a basis of their own."""


def year_basis(year: int, place: int, values: ScenarioValues, arrays: Arrays) -> YearBasis:
    """The arrays of one year; those without a year axis of their own hold for every year."""
    single: Arrays = {
        "year": year,
        "rules_start": values.participation.start_year,
        "bonus_credited_years": values.participation.continuous_bonus.credited_years,
    }
    return YearBasis(**single, **of_year(YearBasis, place, arrays, single))


def of_year(noun: type, place: int, arrays: Arrays, without: Collection[str] = ()) -> Arrays:
    """The fields of a basis in one year, its parts built."""
    chosen: Arrays = {}
    for name in names_of(noun):
        if name in without:
            continue
        value = arrays[name]
        if isinstance(value, dict):
            chosen[name] = PARTS[name](**of_year(PARTS[name], place, value))
        elif value is None:
            chosen[name] = None
        else:
            chosen[name] = value[place if len(value) > 1 else 0]
    return chosen


@cache
def names_of(noun: type) -> tuple[str, ...]:
    """The names of a basis's fields."""
    return tuple(field.name for field in fields(noun))


def read_only(arrays: Arrays) -> Arrays:
    """The same arrays, which nobody can write to from now on, nor to the years taken from them."""
    for value in arrays.values():
        if isinstance(value, dict):
            read_only(value)
        elif value is not None:
            value.setflags(write=False)
    return arrays


def build(scenario: Scenario) -> tuple[State, tuple[YearBasis, ...]]:
    """The opening state and the basis of every year of one scenario, as one run.

    Raises SimsuranceError where no opening state fits the counts or the turnover that the scenario gives.
    """
    try:
        return build_plain(scenario)
    except SimsuranceError as error:
        raise told_at_its_key(scenario, error.lines, build_plain) from error
    except ArithmeticError as error:
        first = scenario.values.horizon.valuation_year
        raise told_at_its_key(
            scenario,
            (
                f"{scenario.name}:{OPENING}no opening state of {first} fits: {error}; "
                "counts of the insured below the population, and turnover (behaviour.targets) between none and all",
            ),
            build_plain,
        ) from error


def build_plain(scenario: Scenario) -> tuple[State, tuple[YearBasis, ...]]:
    """The same; faults stand where they are found, and an opening that does not fit is an ArithmeticError."""
    inputs = Inputs(scenario, scenario.values)
    opened = opening_inputs(inputs, relative_odds(inputs, by_need=True))
    cells, demography = opening.opening_cells(opened), demographic_basis(inputs)
    try:
        shares = shares_at_age(opening.everyone(opened), demography, len(inputs.years))
    except NobodyLeft as error:
        raise SimsuranceError(f"{error.key}: in {inputs.years[error.place]} {error}") from error
    if scenario.values.economy.drift_of_areas:
        shares = np.broadcast_to(shares[:1], shares.shape)
    odds = relative_odds(inputs, by_need=scenario.values.behaviour.effects.health)
    arrays = {
        **demography,
        **behaviour_basis(inputs, odds, shares),
        **moves_basis(inputs),
        **money_basis(inputs, shares),
    }
    arrays |= employee_entry(inputs, cells, arrays["employee_entry"])
    scheme = scenario.values.employee
    arrays["employee"] = employee_basis(inputs, cells, shares) if scheme.projected else None
    arrays |= {"pins": pin_basis(scenario, build), "entries": None}

    root = Inputs(scenario, scenario.reference)
    root_arrays = read_only({**arrays, **behaviour_basis(root, odds, shares)})
    opening_year = year_basis(inputs.first, 0, root.values, root_arrays)
    no_claim = benefits_pp(opening_year).no_claim
    counted = [counted_years(each) for each in (inputs, root)]
    by_years = {
        years: opening.count_years_without_claim(opening.count_rule_years(cells, *years), no_claim, years[0])
        for years in dict.fromkeys(counted)
    }
    cells, root_cells = (by_years[years] for years in counted)
    leave, enter = intercepts(root_cells, opening_year, scenario.values)
    arrays["reference_burden"] = root_arrays["reference_burden"]
    arrays["leave_odds"] = arrays["leave_odds"] * leave
    arrays["enter_odds"] = arrays["enter_odds"] * enter

    read_only(arrays)
    years = tuple(year_basis(year, place, scenario.values, arrays) for place, year in enumerate(inputs.years))
    prepaid = years[0].prepaid_share * (cells[:, :, TENURES] * years[0].personal_pp).sum(axis=axes_except())
    balances = [scenario.values.fund.opening]
    balances += [scheme.fund.opening_pool, scheme.fund.opening_accounts] if scheme.projected else []
    fund = np.array([[float(values_by_year(each, [inputs.first])[0]) for each in balances]])
    return State(cells, fund, prepaid), years


def stack(built: Sequence[tuple[State, tuple[YearBasis, ...]]]) -> tuple[State, tuple[YearBasis, ...]]:
    """Several scenarios over the same years side by side on the run axis; equal arrays are kept once."""
    if len(built) == 1:
        return built[0]
    states = [state for state, _ in built]
    opening_state = State(
        *(np.concatenate([getattr(state, field.name) for state in states]) for field in fields(State))
    )
    years = (combined(group, side_by_side) for group in zip(*(basis for _, basis in built), strict=True))
    return opening_state, tuple(years)


def side_by_side(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays of several scenarios as one with a run each, or the first if they are all the same.

    One that varies on an axis on which another does not is what makes that axis as long as it is for all.
    """
    if all_the_same(arrays):
        return arrays[0]
    shape = np.broadcast_shapes(*(array.shape[1:] for array in arrays))
    return np.concatenate([np.broadcast_to(array, (len(array), *shape)) for array in arrays])


def all_the_same(arrays: Sequence[np.ndarray]) -> bool:
    """Whether arrays have one shape and the same bits; comparing bytes is quick, and a missing number equals another."""
    if all(other is arrays[0] for other in arrays):
        return True
    first, bits = arrays[0], arrays[0].tobytes()
    return all(other.shape == first.shape and other.tobytes() == bits for other in arrays[1:])
