"""Keys of the timely adjustment: what of the resident fund's rules moves by itself, by how much and when."""

from typing import Final, Literal

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.sections import Number, calendar_year, quantity, text

Trigger = Literal["reserve_months", "current_balance", "projected_months"]
ORDER: Final = (
    "when it answers: those of one number together, those of the next number when all before are at their bounds; "
    "0: never"
)
STEP: Final = "change of its factor in a year in which the rule acts, and back in a year of recovery"


class RisingAnswer(Section):
    """An answer by a factor of 1 and above on the scheduled or indexed value, what follows it by ratio or share included."""

    order: int = quantity(ORDER, "place", 0, 5)
    step: Number = quantity(STEP, "share of the scheduled value", 0.001, 1)
    ceiling: Number = quantity("highest factor", "factor", 1.001, 5)


class FallingAnswer(Section):
    """An answer by a factor of 1 and below on the scheduled or indexed value."""

    order: int = quantity(ORDER, "place", 0, 5)
    step: Number = quantity(STEP, "share of the scheduled value", 0.001, 0.9)
    floor: Number = quantity("lowest factor", "factor", 0.1, 0.999)


class TimelyAdjustment(Section):
    """A rule by which the resident fund's financing and benefits adjust by themselves (method note, section 10)."""

    in_force: bool = text("whether the rule acts")
    first_year: int = calendar_year("first year at whose beginning the fund's position is read")
    trigger: Trigger = text(
        "what is read at the close of the year before: the fund over monthly expenditure, the surplus or deficit, or the "
        "reserve months that the last three years point to; the fund is net of money received in advance and of debt"
    )
    months_below: Number = quantity(
        "reserve months below which the rule acts; not used with trigger = current_balance", "months", 0, 60
    )
    years_ahead: int = quantity(
        "years ahead for which reserve months are projected; used with trigger = projected_months", "years", 1, 20
    )
    recovery_months: Number = quantity(
        "months read above which steps are taken back, the last first, never beyond the scheduled value",
        "months",
        0,
        240,
    )
    notice_years: int = quantity(
        "years of notice more than the law gives: subsidy and benefits of the year, contribution of the next",
        "years",
        0,
        5,
    )
    contribution: RisingAnswer
    subsidy: RisingAnswer
    payment_ratio: FallingAnswer
    limits: FallingAnswer
    deductible: RisingAnswer
