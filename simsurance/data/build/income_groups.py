"""Shares and relative incomes of the four income groups in urban and rural areas: `profiles/income_groups.csv`.

Incomes of each area are lognormal with the published mean of 2025 (urban 56,502, rural 24,456 yuan) and a spread of
its own; the two spreads are solved so that the mixture (urban share 67.89 percent) comes nearest, in the sum of
squares, to the published means of the five national fifths, each over the mean of all. The groups are cut by
*national* income: low is the bottom 40 percent less the assisted, middle the next 40, high the top 20. Assisted are
everyone below one national threshold which leaves the persons whose contribution was assisted in 2025 (76.66 of
1,404.89 million) below it. Within an area the shares sum to 1 and Σ share × relative income = 1.

Weakness: one lognormal an area is too simple: it misses the fifths by up to 2.5 percent of the mean, and the area
means do not add up to the published national mean (the survey weights differ), so everything is relative to the
mixture's own mean. The fifths are of households ranked by income a head. Assisted persons are named by local
authorities, not by an income threshold: their number is published; their place in the lowest incomes is judgement and
puts nearly all of them (99 percent) in rural areas, more than is likely. Composition is held at 2025.
"""

import numpy as np
from scipy.optimize import brentq, least_squares
from scipy.special import ndtr, ndtri

from simsurance.axes import NATIONAL
from simsurance.data.build.evidence import Built, Cell, Residual, last_published, rows_of
from simsurance.data.tables import FloatArray

FIFTHS = ("low", "lower_middle", "middle", "upper_middle", "high")
LOW_UP_TO, MIDDLE_UP_TO = 0.4, 0.8
DIGITS = 12
LAST = last_published()


def macro(indicator: str) -> float:
    """A published value of the last year."""
    return next(
        float(row["value"]) for row in rows_of("macro.csv") if (row["indicator"], row["year"]) == (indicator, str(LAST))
    )


def assisted_share() -> float:
    """Persons whose contribution was assisted in the last year over the population at its end."""
    persons = next(
        float(row["value"])
        for row in rows_of("medical_assistance.csv")
        if (row["measure"], row["year"]) == ("premium_assisted_persons", str(LAST))
    )
    return persons / macro("total_population")


def below(threshold: float, means: FloatArray, spreads: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of persons, and share of income, below an income, [area]."""
    if threshold == np.inf:
        return np.ones_like(means), np.ones_like(means)
    z = (np.log(threshold / means) + spreads**2 / 2) / spreads
    return ndtr(z), ndtr(z - spreads)


def threshold(share: float, weights: FloatArray, means: FloatArray, spreads: FloatArray) -> float:
    """National income below which this share of all persons is found."""
    if share >= 1:
        return float("inf")
    span = np.exp(np.log(means) - spreads**2 / 2 + spreads * ndtri(share))
    low, high = 0.99 * float(span.min()), 1.01 * float(span.max())

    def gap(income: float) -> float:
        return float(weights @ below(income, means, spreads)[0]) - share

    return float(brentq(gap, low, high, xtol=1e-10, rtol=1e-15))


def slices(
    shares: list[float], weights: FloatArray, means: FloatArray, spreads: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Shares of persons and of income of each area between national cut-offs, two arrays [area, slice]."""
    edges = [below(threshold(share, weights, means, spreads), means, spreads) for share in shares]
    persons, income = (np.stack([np.zeros_like(means), *column], axis=1) for column in zip(*edges, strict=True))
    return np.diff(persons), np.diff(income)


def fifths(spreads: FloatArray, weights: FloatArray, means: FloatArray) -> FloatArray:
    """Mean incomes of the five national fifths over the mean of all."""
    _, income = slices([0.2, 0.4, 0.6, 0.8, 1.0], weights, means, spreads)
    return 5 * (weights * means) @ income / (weights @ means)


def build() -> Built:
    """Fit the two spreads, cut the groups."""
    urban = macro("urbanisation_rate") / 100
    weights = np.array([urban, 1 - urban])
    means = np.array([macro(f"disposable_income_{area}") for area in NATIONAL.area.members])
    published = np.array([macro(f"disposable_income_quintile_{fifth}") for fifth in FIFTHS])
    targets = published / published.mean()

    def misses(spreads: FloatArray) -> FloatArray:
        return np.asarray(fifths(spreads, weights, means) - targets, dtype=float)

    spreads = np.round(least_squares(misses, np.array([0.6, 0.6]), xtol=1e-14, ftol=1e-14).x, 6)
    assisted = assisted_share()
    shares, income = slices([assisted, LOW_UP_TO, MIDDLE_UP_TO, 1.0], weights, means, spreads)
    relative = income / shares
    rows: list[tuple[Cell, ...]] = [
        (area, group, round(float(shares[i, k]), DIGITS), round(float(relative[i, k]), DIGITS))
        for i, area in enumerate(NATIONAL.area.members)
        for k, group in enumerate(NATIONAL.income.members)
    ]
    national, mixture_mean = macro("disposable_income_national"), float(weights @ means)
    median = threshold(0.5, weights, means, spreads)
    rural_assisted = float(weights[1] * shares[1, 0] / (weights @ shares[:, 0]))
    reached = fifths(spreads, weights, means)
    residuals = [
        Residual(f"income of the {fifth} fifth over the mean, {LAST}", float(target), float(value), "fitted")
        for fifth, target, value in zip(FIFTHS, targets, reached, strict=True)
    ]
    residuals += [
        Residual("assisted persons, share of the population", assisted, float(weights @ shares[:, 0]), "fitted"),
        Residual("mean of the two areas over the published national mean", 1.0, mixture_mean / national, "compared"),
        Residual(
            "median over the mean", macro("disposable_income_median") / national, median / mixture_mean, "compared"
        ),
        Residual("spread of log income, urban", None, float(spreads[0]), "noted"),
        Residual("spread of log income, rural", None, float(spreads[1]), "noted"),
        Residual("share of the assisted who live in rural areas", None, rural_assisted, "noted"),
    ]
    return Built(
        "profiles/income_groups.csv",
        (NATIONAL.area.name, NATIONAL.income.name, "share", "relative_income"),
        rows,
        "share of an area's persons, and income relative to the area's mean",
        ("S_NBS2025", "S_COM2025", "S_JUDGEMENT"),
        "derived; place of the assisted judgement",
        tuple(residuals),
    )
