"""Use of care that answers to what patients pay of it (method note, section 7).

Price is the share of cost that basic insurance leaves to a patient, at the use and cost of the root, under the year's rules
against the root's rules in the same cell and year: so the root is unaffected, and amounts that keep pace with cost are no
change of price. One pass: what the answer does to the price in turn is left out, and so is critical-illness insurance.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from simsurance.axes import HEALTH, PROFILE_AXES, along, axis
from simsurance.basis.inputs import GRADED, PLACES, Arrays, Inputs, members, on
from simsurance.basis.trend import Scheme
from simsurance.model.care import BasicCare, basic_care_pp
from simsurance.model.state import CareBasis

ADDED: Final = 0.05
"""Added to both prices, so that what was free has a price to compare with."""
BOUNDS: Final = (0.5, 2.0)
LAYERS: Final = tuple(
    f"{care}_{rule}" for care in ("inpatient", "outpatient") for rule in ("deductible", "ratio", "limit")
)
"""The rules that make a price; rules of control and levers have what is known of behaviour in their own sizes."""


def answered(inputs: Inputs, scheme: Scheme, shares: np.ndarray, care_of: Callable[[Inputs], Arrays]) -> Arrays:
    """A scheme's care as `care_of` builds it, with use and cost as patients answer to the price.

    `shares` of the areas and income groups among all of an age, [year, area, income, age].
    """
    care, demand = care_of(inputs), inputs.values.claims.demand
    if not demand.answers or inputs.values is inputs.scenario.reference:
        return care
    root = care_of(Inputs(inputs.scenario, inputs.scenario.reference, inputs.tables))
    if all(np.array_equal(care[name], root[name]) for name in LAYERS):
        return care  # the price is what it was
    now, before = prices(root | {name: care[name] for name in LAYERS}), prices(root)
    of_need = members(demand.need, HEALTH.members)
    average = (along(of_need, "health", of=PROFILE_AXES) * inputs.prevalence()).sum(
        axis=axis("health", of=PROFILE_AXES)
    )
    need = on(of_need, "health") / on(average, "sex", "age")
    elasticities = {
        "resident": (demand.resident_inpatient, demand.resident_outpatient),
        "employee": (demand.employee_inpatient, demand.employee_outpatient),
    }[scheme]
    hospital, clinic = (
        response(new, old, elasticity * need) for new, old, elasticity in zip(now, before, elasticities, strict=True)
    )
    areas = on(shares.sum(axis=axis("income", of=GRADED)), "year", "area", "age")  # members by area, of all of an age
    over_areas = axis("area", of=PLACES)
    mean = (hospital * areas).sum(axis=over_areas, keepdims=True) / areas.sum(axis=over_areas, keepdims=True)
    users = mean**demand.inpatient_chance
    users = np.minimum(users, 1 / care["inpatient_use"].max())
    return care | {
        "inpatient_use": care["inpatient_use"] * users,
        "admissions": care["admissions"] * users,
        "inpatient_cost": care["inpatient_cost"] * hospital / users,
        "outpatient_cost": care["outpatient_cost"] * clinic,
    }


def prices(care: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """The share of inpatient and of outpatient cost that patients pay, all years and cells; a mean over active and retired."""
    found: BasicCare = basic_care_pp(CareBasis(**care))
    status = axis("status", of=PLACES)
    shares = (1 - found.inpatient / found.inpatient_cost, 1 - found.outpatient / found.outpatient_cost)
    hospital, clinic = (np.asarray(share.mean(axis=status, keepdims=True)) for share in shares)
    return hospital, clinic


def response(price: np.ndarray, before: np.ndarray, elasticity: np.ndarray) -> np.ndarray:
    """What use is multiplied by: ((p + 0.05) ÷ (p₀ + 0.05))^ε, between a half and twice."""
    return np.asarray(np.clip(((price + ADDED) / (before + ADDED)) ** elasticity, *BOUNDS))
