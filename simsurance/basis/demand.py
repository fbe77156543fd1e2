"""Use of care that answers to what patients pay of it (method note, section 7).

Price is the share of cost that basic insurance leaves to a patient, at the use and cost of the root, under the year's rules
against the root's rules in the same cell and year: so the root is unaffected, and amounts that keep pace with cost are no
change of price. One pass: what the answer does to the price in turn is left out, and so is critical-illness insurance.
"""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from simsurance.axes import HEALTH, PROFILE_AXES, along, axis
from simsurance.basis.inputs import GRADED, PLACES, Arrays, Inputs, members, on
from simsurance.basis.trend import Scheme
from simsurance.model.critical_illness import BasicLayer, UserCost
from simsurance.model.lognormal import NO_TAIL

ADDED: Final = 0.05
"""Added to both prices, so that what was free has a price to compare with."""
BOUNDS: Final = (0.5, 2.0)
Kind = Literal["inpatient", "outpatient"]
KINDS: Final[tuple[Kind, ...]] = ("inpatient", "outpatient")
LAYER: Final = ("deductible", "ratio", "limit")
"""The rules that make a price; rules of control and levers have what is known of behaviour in their own sizes."""


def answered(
    inputs: Inputs,
    scheme: Scheme,
    shares: np.ndarray,
    cost_of: Callable[[Inputs], Arrays],
    rules_of: Callable[[Inputs], Arrays],
) -> Arrays:
    """A scheme's care, with use and cost as patients answer to the price.

    `cost_of`: use and cost without an answer; `rules_of`: what basic insurance pays; `shares` of the areas and income groups
    among all of an age, [year, area, income, age].
    """
    care, demand = cost_of(inputs) | rules_of(inputs), inputs.values.claims.demand
    if not demand.answers or inputs.values is inputs.scenario.reference:
        return care
    rules = rules_of(inputs.at_reference)
    changed = [kind for kind in KINDS if any(not np.array_equal(care[name], rules[name]) for name in layer_of(kind))]
    if not changed:
        return care  # the price is what it was
    root = cost_of(inputs.at_reference) | rules
    of_need = members(demand.need, HEALTH.members)
    average = (along(of_need, "health", of=PROFILE_AXES) * inputs.prevalence()).sum(
        axis=axis("health", of=PROFILE_AXES)
    )
    need = on(of_need, "health") / on(average, "sex", "age")

    def answer(kind: Kind) -> np.ndarray:
        now = price(root | {name: care[name] for name in layer_of(kind)}, kind)
        return response(now, price(root, kind), getattr(demand, f"{scheme}_{kind}") * need)

    if "outpatient" in changed:
        care = care | {"outpatient_cost": care["outpatient_cost"] * answer("outpatient")}
    if "inpatient" not in changed:
        return care
    hospital = answer("inpatient")
    areas = on(shares.sum(axis=axis("income", of=GRADED)), "year", "area", "age")  # members by area, of all of an age
    over_areas = axis("area", of=PLACES)
    mean = (hospital * areas).sum(axis=over_areas, keepdims=True) / areas.sum(axis=over_areas, keepdims=True)
    users = mean**demand.inpatient_chance
    users = np.minimum(users, 1 / care["inpatient_use"].max())
    return care | {
        "inpatient_use": care["inpatient_use"] * users,
        "admissions": care["admissions"] * users,
        "inpatient_cost": care["inpatient_cost"] * hospital / users,
    }


def layer_of(kind: Kind) -> list[str]:
    """The names of the rules that make the price of a kind of care."""
    return [f"{kind}_{rule}" for rule in LAYER]


def price(care: Arrays, kind: Kind) -> np.ndarray:
    """The share of the cost of a kind of care that patients pay, all years and cells; a mean over active and retired."""
    layer = BasicLayer(*(care[name] for name in layer_of(kind)))
    tail = care["tail_index"] if kind == "inpatient" else NO_TAIL
    cost = UserCost(care[f"{kind}_cost"], care[f"{kind}_sigma"], layer, tail)
    share = 1 - cost.basic_benefit * care[f"{kind}_benefit_factor"] / cost.above(np.zeros(())).excess
    return np.asarray(share.mean(axis=axis("status", of=PLACES), keepdims=True))


def response(price: np.ndarray, before: np.ndarray, elasticity: np.ndarray) -> np.ndarray:
    """What use is multiplied by: ((p + 0.05) ÷ (p₀ + 0.05))^ε, between a half and twice."""
    return np.asarray(np.clip(((price + ADDED) / (before + ADDED)) ** elasticity, *BOUNDS))
