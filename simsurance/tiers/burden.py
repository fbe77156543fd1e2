"""The share of persons whose own payment of a year exceeds a share of household income (method note, section 7).

Inpatient and outpatient cost, and their use, are independent given need: the joint assumption of the whole model.
"""

from typing import Final

import numpy as np
from scipy.special import ndtri

from simsurance.axes import PERSON_AXES
from simsurance.model.critical_illness import UserCost
from simsurance.model.layers import OwnPayment
from simsurance.tiers.care import BUT_INCOME, KINDS, Behind, CareYear, at_cells, some

_FROM_1, _GAUSS = (each / 2 for each in np.polynomial.legendre.leggauss(4))
_FROM_1 = _FROM_1 + 0.5
POINTS, WEIGHTS = 1 - _FROM_1**2, 2 * _FROM_1 * _GAUSS
"""Where, on the scale of chances from 0 to 1, what is not in closed form is summed, and how much each point counts: nearer to
each other towards 1, where a little more of outpatient cost is enough."""
THRESHOLDS: Final = {"over_10_percent": 0.1, "over_40_percent": 0.4}
"""Shares of household income by the name of the share of persons who pay more."""

BUT_GROUP: Final = tuple(place - len(PERSON_AXES) for place in BUT_INCOME)
"""All person axes but the income group, where others stand before them."""


def persons_above(of_year: CareYear, thresholds: np.ndarray) -> np.ndarray:
    """Person-years by income group in which more than each of `thresholds` is paid, [threshold, income].

    Yuan, on a first axis of thresholds and one of kinds of places before the person axes. Supplementary cover pays on what
    exceeds its deductible: whoever would pay more than less than that still does.
    """
    behind = of_year.behind
    found = np.zeros((len(thresholds), behind.years.shape[-2]))
    if behind.cells is not None:
        thresholds = at_cells(thresholds, behind.cells)
    reached = np.asarray((thresholds >= of_year.cover.deductible).any(axis=(KINDS, *BUT_GROUP)))

    def chance_of(groups: np.ndarray, hospital: OwnPayment, clinic: OwnPayment, above: np.ndarray) -> np.ndarray:
        of_whom = behind.of_some(groups)
        inside, outside = (_some(_at_groups(behind, each), groups) for each in (hospital, clinic))
        return of_whom.over_places(chance_above(of_whom, inside, outside, some(above, groups)))

    for (share, hospital, clinic), (with_cover, behind_cover, _) in zip(*of_year.by_cover, strict=True):
        groups = np.flatnonzero((share + with_cover).any(axis=BUT_INCOME))
        years = some(behind.years, groups)
        chance = chance_of(groups, hospital, clinic, thresholds)
        found[:, groups] += (years * some(share, groups) * chance).sum(axis=BUT_GROUP)
        for place, each in enumerate(reached):
            if len(covered := np.flatnonzero(each[groups])):
                above = thresholds[place : place + 1]
                chance[place][..., covered, :] = chance_of(groups[covered], behind_cover, clinic, above)[0]
        found[:, groups] += (years * some(with_cover, groups) * chance).sum(axis=BUT_GROUP)
    return found


def chance_above(behind: Behind, hospital: OwnPayment, clinic: OwnPayment, threshold: np.ndarray) -> np.ndarray:
    """P(I + O > t) of inpatient and outpatient own payments of a person, 0 for who uses none.

    P(I > t) + P(I ≤ t, I + O > t): the first in closed form, the second over quantiles of the inpatient cost below where I is
    t. The quantiles are those of the lognormal cost, without a Pareto tail.
    """
    hospital, clinic = (_at_groups(behind, each) for each in (hospital, clinic))
    use, visits = behind.care.inpatient_use, behind.care.outpatient_use
    law, outside = behind.hospital_law, behind.clinic_law
    alone = hospital.chance_above(law, threshold)
    points = POINTS.reshape(-1, *(1,) * alone.ndim)
    left = threshold - hospital.at(quantile(law, (1 - alone) * points))
    np.maximum(left, 0.0, out=left)
    sums = np.tensordot(WEIGHTS, clinic.chance_above(outside, left), 1)
    both = alone + (1 - alone) * visits * sums
    return np.asarray(use * both + (1 - use) * visits * clinic.chance_above(outside, threshold))


def quantile(law: UserCost, chance: np.ndarray) -> np.ndarray:
    """The cost below which a user's lies with a chance."""
    found = np.asarray(ndtri(chance))
    found = np.multiply(found, law.sigma, out=found) - law.sigma**2 / 2
    np.exp(found, out=found)
    found *= law.mean
    return np.asarray(found)


def _some(own: OwnPayment, groups: np.ndarray) -> OwnPayment:
    """An own payment at some income groups."""
    return OwnPayment(some(own.cost, groups), some(own.slope, groups))


def _at_groups(behind: Behind, own: OwnPayment) -> OwnPayment:
    """An own payment at every income group."""
    return OwnPayment(behind.of_groups(own.cost), behind.of_groups(own.slope))
