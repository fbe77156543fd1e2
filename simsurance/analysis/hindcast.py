"""The model against what was published, from an earlier valuation date."""

from dataclasses import dataclass

from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario

LAST_PUBLISHED = 2025
TOLERANCE = {"persons": 0.03, "yuan": 0.05, "yuan a head": 0.05}
"""Largest error of a level that needs no explanation; a balance is a small difference of two levels and has none."""


@dataclass(frozen=True)
class Outturn:
    """One published figure beside the model's: relative error, and whether it is within the tolerance."""

    year: int
    item: str
    unit: str
    model: float
    published: float

    @property
    def error(self) -> float:
        """Model over published, less one."""
        return self.model / self.published - 1

    @property
    def within(self) -> bool | None:
        """Whether the error is within the tolerance; None where none is set."""
        tolerance = None if self.item == "current balance" else TOLERANCE[self.unit]
        return None if tolerance is None else abs(self.error) <= tolerance


def hindcast(scenario: Scenario, valuation_year: int) -> list[Outturn]:
    """The years from `valuation_year` to the last published, valued on its 1 January with the inputs as they turned out.

    Published income contains interest, so the model's does here. Raises SimsuranceError if there is nothing to compare.
    """
    if valuation_year > LAST_PUBLISHED:
        raise SimsuranceError(
            f"horizon.valuation_year: {valuation_year} lies after the last published year; {LAST_PUBLISHED} or earlier"
        )
    changed = scenario.replace({"horizon.valuation_year": valuation_year, "horizon.last_year": LAST_PUBLISHED})
    account = simulate([changed])[0].account
    insured, income, outgo = (published(name) for name in ("resident_insured", "resident_income", "resident_outgo"))
    found = []
    for place, year in enumerate(range(valuation_year, LAST_PUBLISHED + 1)):
        model_income = account["income"][place] + account["interest"][place]
        found += [
            Outturn(year, "insured on 31 December", "persons", account["resident_insured"][place], insured[year]),
            Outturn(year, "income with interest", "yuan", model_income, income[year]),
            Outturn(year, "outgo", "yuan", account["outgo"][place], outgo[year]),
            Outturn(year, "current balance", "yuan", account["current_balance"][place], income[year] - outgo[year]),
            Outturn(
                year,
                "outgo a head of the insured",
                "yuan a head",
                account["outgo"][place] / account["resident_insured"][place],
                outgo[year] / insured[year],
            ),
        ]
    return found
