"""Keys of a bond of a fund: issue, coupon, redemption, and a payment that hangs on a measured result."""

from typing import Final, Literal

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import CALENDAR
from simsurance.scenario_file.sections import LARGEST_AMOUNT, Mark, Number, calendar_year, quantity, text

BondFund = Literal["resident", "employee_pool"]
BondResult = Literal["admissions_per_100", "inpatients_per_100", "cost_per_admission", "coverage"]
NO_YEAR: Final = 0
"""The year of a result that is not measured."""


class Bond(Section):
    """A bond of a fund: debt, neither income nor expenditure. Its coupon is expenditure, a payment hangs on a result."""

    fund: BondFund = text("the fund that issues it")
    year: int = calendar_year("year on whose 31 December it is issued, from the valuation year on")
    amount: Number = quantity("amount issued", "yuan", 0, LARGEST_AMOUNT, default=0.0)
    outgo_share: Number = quantity(
        "amount issued as a share of the fund's expenditure of that year; in place of amount",
        "share",
        0,
        2,
        default=0.0,
    )
    coupon: Number = quantity("coupon on what is outstanding on 1 January", "a year", 0, 0.3)
    term_years: int = quantity("years until it is redeemed, on 31 December", "years", 1, 50)
    redemption: Literal["bullet", "instalments"] = text(
        "whether it is redeemed at the end of the term or in equal instalments, the first a year after the issue"
    )
    outcome_share: Number = quantity(
        "what is paid once, beside coupon and redemption, if the result is met, as a share of the amount issued",
        "share",
        0,
        5,
        default=0.0,
    )
    outcome_year: int = quantity("year whose result is measured and paid for", "year", *CALENDAR, default=NO_YEAR)
    outcome_result: BondResult = text(
        "what is measured: admissions or inpatients per 100 insured, cost of an admission, of the fund's scheme; or the share "
        "of those outside the employee scheme who are insured, on 31 December",
        default="admissions_per_100",
    )
    outcome_met: Literal["at_most", "at_least"] = text(
        "whether the result is met at or below the reference, or at or above it", default="at_most"
    )
    outcome_reference: Number = quantity(
        "reference that the result is compared with", "unit of the result", 0, LARGEST_AMOUNT, default=0.0
    )
    outcome_payer: Literal["fund", "budget"] = text(
        "who pays: the fund, or the government budget through it", default="fund"
    )
    mark: Mark = text("how certain amount and terms are, in the words of the register")
    source: str = text("where they come from: the id of a listed source, or a reference in words")
    description: str = text("what the bond is for, and which part of it is judgement")
    description_zh: str = text("the same in Chinese")
