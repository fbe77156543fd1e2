"""Standards of contribution and subsidy by insured year, and what they bring in."""

from collections.abc import Callable

import numpy as np

from simsurance.errors import SimsuranceError


def indexed(last: float, income_before: float, share: float, floor: float, highest_rise: float) -> float:
    """Contribution tied to last year's disposable income a head: a share of it, at least `floor`.

    It is at most the `last` contribution above 0 raised by `highest_rise`; where there was none, nothing caps it. Yuan a head.
    """
    wanted = max(share * income_before, floor)
    return min(wanted, last * (1 + highest_rise)) if last else wanted


class PhasedShare:
    """A share of income in which each change is phased in over so many years, its own year the first."""

    def __init__(self, start: float, years: int) -> None:
        self.start, self.years = start, years
        self.share = start
        self.changes: list[tuple[float, int]] = []
        """Each change of the share, and how many of its years have begun."""

    def moved_to(self, share: float) -> float:
        """The share of one more year, in which it is to become `share`."""
        begun = [(change, count + 1) for change, count in self.changes if count + 1 < self.years]
        if share != self.share:
            begun += [(share - self.share, 1)] if self.years > 1 else []
            self.share = share
        self.changes = begun
        ahead = sum(change * (1 - count / self.years) for change, count in begun)
        return self.start + (share - self.start) - ahead


def standards(
    years: list[int],
    income_before: np.ndarray,
    rule_in: Callable[[int], str],
    schedule: np.ndarray,
    growth_rate: np.ndarray,
    income_share: np.ndarray,
    phase_in_years: int,
    floor: np.ndarray,
    highest_rise: np.ndarray,
    personal: np.ndarray | None = None,
    ratio_to_personal: np.ndarray | None = None,
    share_of_total: np.ndarray | None = None,
    payroll: np.ndarray | None = None,
) -> np.ndarray:
    """The standard of each insured year in `years`, yuan a head, shape [year].

    `income_before` is the disposable income of the year before each of `years`; all other arrays are by `years`. The
    first year must be on a schedule, unless its rule needs no history. `personal` and the two ratios serve subsidies;
    `payroll`: rate times earnings.
    """
    standard = np.zeros(len(years))
    phased, last = None, 0.0
    for position, year in enumerate(years):
        rule = rule_in(year)
        previous = standard[position - 1] if position else schedule[0]
        last = previous or last
        if rule != "indexed":
            phased = None
        elif phased is None:
            phased = PhasedShare(previous / income_before[max(position - 1, 0)], phase_in_years)
        if rule == "schedule":
            standard[position] = schedule[position]
        elif rule == "growth":
            standard[position] = previous * (1 + growth_rate[position])
        elif rule == "with_income":
            standard[position] = previous * income_before[position] / income_before[max(position - 1, 0)]
        elif phased is not None:
            share = phased.moved_to(income_share[position])
            standard[position] = indexed(last, income_before[position], share, floor[position], highest_rise[position])
        elif rule == "payroll" and payroll is not None:
            standard[position] = payroll[position]
        elif rule == "ratio" and personal is not None and ratio_to_personal is not None:
            standard[position] = personal[position] * ratio_to_personal[position]
        elif rule == "share" and personal is not None and share_of_total is not None:
            standard[position] = personal[position] * share_of_total[position] / (1 - share_of_total[position])
        elif rule == "payroll":
            raise SimsuranceError(
                f"contributions.personal.rule: the scheme has no [contributions.payroll] for the rule {rule}; name another rule"
            )
        else:
            raise ValueError(f"no rule called {rule}")
    return standard
