"""Standards of contribution and subsidy by insured year, and what they bring in."""

from collections.abc import Callable

import numpy as np


def indexed(
    previous: float,
    income_before: float,
    start_share: float,
    share: float,
    progress: float,
    floor: float,
    highest_rise: float,
) -> float:
    """Contribution tied to last year's disposable income a head.

    The share moves from `start_share` to `share` as `progress` goes from 0 to 1; the result is at least `floor` and at
    most last year's contribution raised by `highest_rise`. Yuan a head.
    """
    wanted = (start_share + (share - start_share) * min(progress, 1.0)) * income_before
    return min(max(wanted, floor), previous * (1 + highest_rise))


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
) -> np.ndarray:
    """The standard of each insured year in `years`, yuan a head, shape [year].

    `income_before` is the disposable income of the year before each of `years`; all other arrays are by `years`. The
    first year must be on a schedule, unless its rule needs no history. `personal` and the two ratios serve subsidies.
    """
    standard = np.zeros(len(years))
    indexed_since, start_share = years[0], 0.0
    for position, year in enumerate(years):
        rule = rule_in(year)
        previous = standard[position - 1] if position else schedule[0]
        if rule != "indexed":
            indexed_since = year + 1
        elif year == indexed_since or position == 0:
            start_share = previous / income_before[max(position - 1, 0)]
        if rule == "schedule":
            standard[position] = schedule[position]
        elif rule == "growth":
            standard[position] = previous * (1 + growth_rate[position])
        elif rule == "indexed":
            progress = (year - indexed_since + 1) / phase_in_years
            standard[position] = indexed(
                previous,
                income_before[position],
                start_share,
                income_share[position],
                progress,
                floor[position],
                highest_rise[position],
            )
        elif rule == "ratio" and personal is not None and ratio_to_personal is not None:
            standard[position] = personal[position] * ratio_to_personal[position]
        elif rule == "share" and personal is not None and share_of_total is not None:
            standard[position] = personal[position] * share_of_total[position] / (1 - share_of_total[position])
        else:
            raise ValueError(f"no rule called {rule}")
    return standard
