"""One year of a member's story: what was paid, waited for, counted, claimed and kept."""

from dataclasses import dataclass, replace
from typing import Final

from simsurance.member.history import Told
from simsurance.member.member_year import Enrolment, MemberYear, Standing
from simsurance.member.worker_year import WorkerYear
from simsurance.model.participation import MONTHS

LEAST_MONTHS: Final = 1e-9
"""Difference between months that is not told."""


@dataclass(frozen=True)
class StoryYear:
    """One year of a member's story. Money in nominal yuan; waiting and cover in months; credits are rises of the cap.

    `membership`: enrolled (goes on), returned, joined (for the first time), transferred (from the employee scheme),
    newborn, lapsed, employee or retired (in the employee scheme). `waiting_plain`: fixed and variable months, without
    floor and longest; `carried_over`: months left from the year before; `still_waiting`: months left for the next;
    `late_month` is -1 in the central period. `low_deductible`: whether the member lives where the deductible of
    critical-illness insurance is low; `share_elsewhere` of the insured live where it is the other one, and there
    critical-illness insurance pays `critical_elsewhere` and the member `own_elsewhere` of the same claim.

    In the employee scheme `basic` is what the pool pays; `wage`: of the year before, `wage_is_mean` where none is told;
    `contribution_base`: that wage within floor and ceiling; `to_account` with the `retiree_credit`, `to_pool` with the
    `purchase` of missing years; `move`: what the year ends with; `years_count`: whether its years are continuous ones.
    """

    year: int
    age: int
    membership: str
    rules_apply: bool
    contribution: float = 0.0
    assistance: float = 0.0
    repair_payment: float = 0.0
    member_pays: float = 0.0
    late_month: float = -1.0
    lapsed_years: int = 0
    counted_years: float = 0.0
    repaired_years: int = 0
    useful_repair: int = 0
    waits: float = 0.0
    waiting_fixed: float = 0.0
    waiting_per_year: float = 0.0
    waiting_plain: float = 0.0
    waiting: float = 0.0
    carried_over: float = 0.0
    without_cover: float = 0.0
    months_of_cover: float = 0.0
    still_waiting: float = 0.0
    continuous_years: int = 0
    no_claim_years_before: int = 0
    continuous_credit: float = 0.0
    no_claim_credit: float = 0.0
    carried_credit: float = 0.0
    bonus_limit: float = 0.0
    bonus: float = 0.0
    capped: bool = True
    cap_before_bonus: float = float("nan")
    cap: float = float("nan")
    claim: float = 0.0
    claim_covered: bool = False
    basic: float = 0.0
    critical: float = 0.0
    own_payment: float = 0.0
    low_deductible: bool = False
    share_elsewhere: float = 0.0
    critical_elsewhere: float = 0.0
    own_elsewhere: float = 0.0
    cap_passed: bool = False
    no_claim_years_after: int = 0
    move: str = ""
    years_count: bool = True
    wage: float = 0.0
    wage_is_mean: bool = False
    contribution_base: float = 0.0
    employer_contribution: float = 0.0
    own_contribution: float = 0.0
    retiree_credit: float = 0.0
    missing_years: float = 0.0
    purchase: float = 0.0
    to_account: float = 0.0
    to_pool: float = 0.0
    deductible: float = 0.0
    payment_ratio: float = 0.0
    limit: float = 0.0

    @property
    def insured(self) -> bool:
        """Insured in the resident scheme this year."""
        return not self.at_work and self.membership != "lapsed"

    @property
    def at_work(self) -> bool:
        """In the employee scheme this year, active or retired."""
        return self.membership in ("employee", "retired")

    @property
    def late(self) -> bool:
        """Enrolled outside the central period."""
        return self.late_month >= 0

    @property
    def entering(self) -> bool:
        """Subject to the waiting rules this year."""
        return self.late or self.membership in ("returned", "joined")

    @property
    def bound(self) -> str:
        """The bound that the fixed and variable months met: floor, longest or none."""
        unbounded = self.waiting_plain * self.waits
        if abs(self.waiting - unbounded) < LEAST_MONTHS:
            return ""
        return "floor" if self.waiting > unbounded else "longest"

    @property
    def limited(self) -> bool:
        """Whether the credits are more than the limit on what they raise the cap by."""
        return abs(self.continuous_credit + self.no_claim_credit + self.carried_credit) > self.bonus_limit


def insured_year(
    one: Told, rule: MemberYear, found: Enrolment, membership: str, late_month: float | None
) -> tuple[StoryYear, Standing]:
    """An insured year, and where the member stands after it."""
    cover, claim = MONTHS - found.without_cover, one.claim or 0.0
    covered = claim > 0 and cover > 0 and (one.claim_month is None or one.claim_month > found.without_cover)
    paid = rule.paid(claim, found.bonus, covered)
    unpaid = one.no_claim or (claim > 0 and not paid.basic and not paid.critical)
    after = rule.year_end(found.after, unpaid, paid.cap_passed)
    repair_payment = found.repaired * rule.standard
    year = StoryYear(
        year=one.year,
        age=rule.age,
        membership=membership,
        rules_apply=rule.counting,
        contribution=rule.standard,
        assistance=rule.assistance,
        repair_payment=repair_payment,
        member_pays=rule.standard - rule.assistance + repair_payment,
        late_month=-1.0 if late_month is None else late_month,
        lapsed_years=found.lapsed,
        counted_years=rule.counted_years(found.lapsed),
        repaired_years=found.repaired,
        useful_repair=rule.useful_repair(found.lapsed),
        waits=found.waits,
        waiting_fixed=rule.number(rule.basis.waiting.fixed_months),
        waiting_per_year=rule.number(rule.basis.waiting.months_per_lapsed_year),
        waiting_plain=rule.months(found.lapsed, found.repaired, bounded=False),
        waiting=found.waiting,
        carried_over=found.carried_months,
        without_cover=found.without_cover,
        months_of_cover=cover,
        still_waiting=found.after.months_left,
        continuous_years=found.continuous_years,
        no_claim_years_before=found.after.no_claim,
        continuous_credit=found.continuous,
        no_claim_credit=found.no_claim,
        carried_credit=found.carried,
        bonus_limit=found.limit,
        bonus=found.bonus if rule.capped else 0.0,
        capped=rule.capped,
        cap_before_bonus=rule.cap if rule.capped else float("nan"),
        cap=rule.cap + found.bonus if rule.capped else float("nan"),
        claim=claim,
        claim_covered=covered,
        basic=paid.basic,
        critical=paid.critical,
        own_payment=paid.own,
        low_deductible=rule.low,
        share_elsewhere=rule.share_elsewhere,
        critical_elsewhere=paid.critical_elsewhere,
        own_elsewhere=claim - paid.basic - paid.critical_elsewhere,
        cap_passed=paid.cap_passed,
        no_claim_years_after=after.no_claim,
        years_count=rule.years_count,
    )
    return year, after


def lapsed_year(one: Told, rule: MemberYear, standing: Standing) -> tuple[StoryYear, Standing]:
    """A year without cover, and where the member stands after it."""
    after = rule.stay_out(standing)
    year = replace(_outside(one, rule, standing, after), membership="lapsed", without_cover=MONTHS)
    return year, after


def worked_year(one: Told, worker: WorkerYear, standing: Standing) -> tuple[StoryYear, Standing]:
    """A year in the employee scheme, and where the member stands after it."""
    retired, buys, claim = standing.retired, one.move == "buys", one.claim or 0.0
    after = worker.year_end(standing, one.move)
    money, pooled = worker.contributed(retired, buys), worker.pooled(claim, retired)
    year = replace(
        _outside(one, worker.member, standing, after),
        membership="retired" if retired else "employee",
        member_pays=money.own + money.purchase,
        claim_covered=claim > 0,
        basic=pooled.paid,
        own_payment=pooled.own,
        move="" if one.move == "stays" else one.move,
        wage=0.0 if retired else worker.wage,
        wage_is_mean=worker.is_mean and not retired,
        contribution_base=0.0 if retired else worker.base,
        employer_contribution=money.employer,
        own_contribution=money.own,
        retiree_credit=money.credit,
        missing_years=worker.missing_years if buys else 0.0,
        purchase=money.purchase,
        to_account=money.to_account,
        to_pool=money.to_pool,
        deductible=pooled.deductible,
        payment_ratio=pooled.ratio,
        limit=pooled.limit,
    )
    return year, after


def _outside(one: Told, rule: MemberYear, standing: Standing, after: Standing) -> StoryYear:
    """A year outside the resident scheme: what the count was, what is lost, what is carried on."""
    _, _, kept, _, _ = rule.bonus(0, 0, after.carried)
    return StoryYear(
        year=one.year,
        age=rule.age,
        membership=one.membership,
        rules_apply=rule.counting,
        continuous_years=rule.continuous_years(standing.tenure, one.year - 1) if rule.counting else 0,
        no_claim_years_before=standing.no_claim,
        no_claim_years_after=after.no_claim,
        carried_credit=kept,
        capped=rule.capped,
        claim=one.claim or 0.0,
        own_payment=one.claim or 0.0,
        years_count=rule.years_count,
    )
