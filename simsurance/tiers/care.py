"""What medical assistance and supplementary cover pay of a year's care, and what is left to patients (method note, section 7).

Of each cost basic insurance pays first, then critical-illness insurance, medical assistance and supplementary cover, each on
what those before it have left. Who is covered by one and who by the other hang on income group and need alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain

import numpy as np

from simsurance.axes import ASSISTED, PERSON_AXES, along, axes_except, axis
from simsurance.basis.tiers import TierRules
from simsurance.errors import SimsuranceError
from simsurance.model.care import basic_layer, critical_cover
from simsurance.model.critical_illness import BasicLayer, UserCost
from simsurance.model.layers import OwnPayment
from simsurance.model.lognormal import NO_TAIL
from simsurance.model.state import CareBasis, YearBasis

KINDS = -len(PERSON_AXES) - 1
"""The axis of kinds of places, before those of persons."""
STATUS, AGE = (place - len(PERSON_AXES) for place in axis("status", "age"))
BUT_INCOME = axis(*(name for name in PERSON_AXES if name != "income"))
BY_YEAR = ("year", *PERSON_AXES)
BUT_NEED_AND_INCOME = axis(*(name for name in PERSON_AXES if name not in ("health", "income")), of=BY_YEAR)
OVER_NEED_AND_INCOME = axis("health", "income", of=("year", "health", "income"))


def some(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Values at some income groups, where they differ by group."""
    return values[..., groups, :] if values.shape[-2] > 1 else values


Cells = tuple[np.ndarray, ...]
"""Places on the axes of status and age."""


def at_cells(values: np.ndarray, cells: Cells) -> np.ndarray:
    """Values at some cells of status and age, one after another on the age axis, where they differ by either.

    The person axes are the last ones.
    """
    if values.shape[STATUS] == values.shape[AGE] == 1:
        return values
    status, age = (np.minimum(cell, values.shape[of] - 1) for cell, of in zip(cells, (STATUS, AGE), strict=True))
    return np.expand_dims(np.moveaxis(values, STATUS, AGE - 1)[..., status, age], STATUS)


@dataclass(frozen=True)
class Behind:
    """A scheme's insured in a year behind basic and critical-illness insurance.

    `years` of cover [run, health, status, sex, area, income, age]; laws and own payments of a user have an axis of kinds of
    places before these, with `places` their shares, and the income axis has the assisted and the others, where rules differ.
    With `cells` the age axis has these alone.
    """

    years: np.ndarray
    care: CareBasis
    hospital: OwnPayment
    clinic: OwnPayment
    hospital_law: UserCost
    clinic_law: UserCost
    places: np.ndarray
    cells: Cells | None = None

    def of_some(self, groups: np.ndarray) -> "Behind":
        """The insured of some income groups; own payments have to be given by group."""
        care = replace(
            self.care,
            inpatient_use=some(self.care.inpatient_use, groups),
            outpatient_use=some(self.care.outpatient_use, groups),
        )

        def law(of: UserCost) -> UserCost:
            sigma = of.sigma if of.sigma.ndim == 0 else some(of.sigma, groups)
            return replace(of, mean=some(of.mean, groups), sigma=sigma)

        hospital_law, clinic_law = law(self.hospital_law), law(self.clinic_law)
        places = some(self.places, groups)
        return replace(
            self,
            years=some(self.years, groups),
            care=care,
            hospital_law=hospital_law,
            clinic_law=clinic_law,
            places=places,
        )

    def over_places(self, values: np.ndarray) -> np.ndarray:
        """The mean over the kinds of places."""
        if values.ndim == len(PERSON_AXES):
            return values
        return np.asarray(values.squeeze(KINDS) if len(self.places) == 1 else (values * self.places).sum(axis=KINDS))

    def of_groups(self, values: np.ndarray) -> np.ndarray:
        """Values of the assisted and of the others at each income group; one for both stays one."""
        kinds, groups = values.shape[-2], self.years.shape[-2]
        return values if kinds in (1, groups) else values[..., (ASSISTED, *(1,) * (groups - 1)), :]

    def yuan(self, a_user: np.ndarray, users: np.ndarray, of: np.ndarray | float = 1.0) -> np.ndarray:
        """Yuan of the year by income group from what is expected of a user; `of`: the share of the insured concerned."""
        whole = self.years * users * self.of_groups(self.over_places(a_user)) * of
        return np.asarray(whole.sum(axis=BUT_INCOME))

    def hospital_yuan(self, a_user: np.ndarray, of: np.ndarray | float = 1.0) -> np.ndarray:
        """The same of users of inpatient care."""
        return self.yuan(a_user, self.care.inpatient_use, of)

    def clinic_yuan(self, a_user: np.ndarray, of: np.ndarray | float = 1.0) -> np.ndarray:
        """The same of users of outpatient care."""
        return self.yuan(a_user, self.care.outpatient_use, of)


def residents(basis: YearBasis, years: np.ndarray) -> Behind:
    """Insured residents, in places with either deductible of critical-illness insurance."""
    basic, cover, factor = basic_layer(basis.care), critical_cover(basis), basis.critical_factor
    paid_share = basis.care.inpatient_benefit_factor

    def own(cost: np.ndarray) -> np.ndarray:
        before = basic.paid(cost)
        return np.asarray(cost - paid_share * before - factor * cover.paid(cost - before))

    ends = [*cover.starts, cover.capped_at]
    bends = [basic.deductible[None], basic.exhausted_at[None], *(basic.cost_at(end) for end in ends)]
    low = basis.critical_low_places
    return _behind(basis.care, years, OwnPayment.of(own, bends), np.stack([1 - low, low]))


def employees(care: CareBasis, years: np.ndarray) -> Behind:
    """Active and retired members of the employee scheme, where there are any: one after another by age, as one status."""
    cells = np.nonzero(years[0].any(axis=axes_except("run", "status", "age", of=PERSON_AXES[1:])))
    care = replace(care, **{each.name: at_cells(getattr(care, each.name), cells) for each in fields(care)})
    basic, paid_share = basic_layer(care), care.inpatient_benefit_factor
    bends = [basic.deductible[None], basic.exhausted_at[None]]
    own = OwnPayment.of(lambda cost: np.asarray(cost - paid_share * basic.paid(cost)), bends)
    return _behind(care, at_cells(years, cells), own, np.ones((1,) * (1 + len(PERSON_AXES))), cells)


def _behind(
    care: CareBasis, years: np.ndarray, hospital: OwnPayment, places: np.ndarray, cells: Cells | None = None
) -> Behind:
    outside = BasicLayer(care.outpatient_deductible, care.outpatient_ratio, care.outpatient_limit)
    law = UserCost(care.outpatient_cost, care.outpatient_sigma, outside, NO_TAIL)
    hospital_law = UserCost(care.inpatient_cost, care.inpatient_sigma, basic_layer(care), care.tail_index)
    clinic = OwnPayment.of(
        lambda cost: np.asarray(cost - care.outpatient_benefit_factor * outside.paid(cost)),
        [outside.deductible, outside.exhausted_at],
    )
    return Behind(years, care, hospital, clinic, hospital_law, law, places, cells)


def take_up(rules: TierRules, years: Sequence[int], covers: Sequence[np.ndarray], drawn: bool = False) -> np.ndarray:
    """Share of the insured who take supplementary cover by need and income group, [year, health, 1, 1, 1, income, 1].

    `covers`: years of cover of each scheme, the year before the person axes. Relative to the mean as the rules say, and
    together the share that they give; SimsuranceError where it is above 1, or where nobody could take it. `drawn`: in a draw
    all of a group take it at most.
    """
    relative = np.outer(rules.by_need, rules.by_income)
    insured = np.asarray(sum(each.sum(axis=BUT_NEED_AND_INCOME) for each in covers))
    whole, weighted = (each.sum(axis=OVER_NEED_AND_INCOME) for each in (insured, insured * relative))
    for place in np.flatnonzero((whole > 0) & (weighted == 0) & (rules.take_up > 0))[:1]:
        raise SimsuranceError(
            f"tiers.supplementary.income_ratio: times tiers.supplementary.need it is 0 for all insured in {years[place]}, of "
            f"whom {rules.take_up[place]:.4g} are to take the cover; give a ratio above 0 of both, or take_up 0"
        )
    mean = rules.take_up * np.divide(whole, weighted, out=np.ones_like(whole), where=weighted > 0)
    found = np.multiply.outer(mean, along(relative, "health", "income")[0])
    if drawn:
        return np.minimum(found, 1.0)
    most = mean * relative.max()
    for place in np.flatnonzero(most > 1)[:1]:
        share = rules.take_up[place]
        raise SimsuranceError(
            f"tiers.supplementary.take_up: {share:.4g} of the insured in {years[place]} would be {most[place]:.4g} of those "
            f"with the highest income_ratio and need; at most {share / most[place]:.4g}, or ratios nearer to 1"
        )
    return found


Way = tuple[np.ndarray, OwnPayment, OwnPayment]
"""Share of the insured behind the same tiers, and what they pay of inpatient and of outpatient care."""


@dataclass(frozen=True)
class CareYear:
    """Who pays a year's care of the insured of a scheme, yuan by income group, [income]; and who is behind which tiers."""

    behind: Behind
    inpatient_layer: BasicLayer
    outpatient_layer: BasicLayer
    cover: BasicLayer
    assisted: np.ndarray
    taken: np.ndarray

    @cached_property
    def assisted_hospital(self) -> OwnPayment:
        """Own payment of inpatient care behind medical assistance."""
        return self.behind.hospital.behind(self.inpatient_layer)

    @cached_property
    def assisted_clinic(self) -> OwnPayment:
        """Own payment of outpatient care behind medical assistance."""
        return self.behind.clinic.behind(self.outpatient_layer)

    @cached_property
    def by_cover(self) -> tuple[list[Way], list[Way]]:
        """Who has no supplementary cover and who has it, each without and with medical assistance, if anybody has that."""
        helped, taken = along(self.assisted, "income"), self.taken
        own = [(1 - helped, self.behind.hospital, self.behind.clinic)]
        if helped.any():
            own.append((helped, self.assisted_hospital, self.assisted_clinic))
        return (
            [(share * (1 - taken), hospital, clinic) for share, hospital, clinic in own],
            [(share * taken, hospital.behind(self.cover), clinic) for share, hospital, clinic in own],
        )

    def left_by_public(self) -> np.ndarray:
        """What basic and critical-illness insurance leave to patients."""
        behind = self.behind
        return behind.hospital_yuan(behind.hospital.mean(behind.hospital_law)) + behind.clinic_yuan(
            behind.clinic.mean(behind.clinic_law)
        )

    def assistance_inpatient(self) -> np.ndarray:
        """What medical assistance pays of inpatient care."""
        behind = self.behind
        paid = behind.hospital.paid_by(self.inpatient_layer, behind.hospital_law)
        return behind.hospital_yuan(paid, along(self.assisted, "income"))

    def assistance_outpatient(self) -> np.ndarray:
        """What medical assistance pays of outpatient care."""
        behind = self.behind
        paid = behind.clinic.paid_by(self.outpatient_layer, behind.clinic_law)
        return behind.clinic_yuan(paid, along(self.assisted, "income"))

    def paid_by_cover(self) -> np.ndarray:
        """What supplementary cover pays."""
        behind, helped = self.behind, along(self.assisted, "income")
        found = behind.hospital_yuan(
            behind.hospital.paid_by(self.cover, behind.hospital_law), (1 - helped) * self.taken
        )
        if helped.any():
            paid = self.assisted_hospital.paid_by(self.cover, behind.hospital_law)
            found = found + behind.hospital_yuan(paid, helped * self.taken)
        return found

    def left_by_all(self) -> np.ndarray:
        """What is left to patients behind all tiers, each way of cover by itself."""
        return np.asarray(sum(self._left()))

    def _left(self) -> Iterator[np.ndarray]:
        behind = self.behind
        for share, hospital, clinic in chain(*self.by_cover):
            yield behind.hospital_yuan(hospital.mean(behind.hospital_law), share)
            yield behind.clinic_yuan(clinic.mean(behind.clinic_law), share)
