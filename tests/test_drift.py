"""How fast a series drifts: least squares beside a prior, worked by hand where it can be."""

import numpy as np
import pytest

from simsurance.evidence.drift import Series, drifts

GROWTH = {2001: 0.01, 2002: 0.03, 2003: 0.02, 2004: 0.06}


def test_without_breaks_and_prior_the_drift_is_the_mean_and_its_standard_error() -> None:
    (found,) = drifts([Series("cost", GROWTH)], np.inf)
    values = np.array([*GROWTH.values()])
    assert found.of_years == pytest.approx(0.03)
    assert found.of_years_error == pytest.approx(values.std(ddof=1) / 2)
    assert found.pairs[1] == pytest.approx(found.pairs[0])
    assert found.weight == 1


def test_a_prior_as_sure_as_the_years_takes_half() -> None:
    (plain,) = drifts([Series("cost", GROWTH)], np.inf)
    (found,) = drifts([Series("cost", GROWTH)], plain.of_years_error)
    assert found.mean == pytest.approx(plain.of_years / 2)
    assert found.standard_error == pytest.approx(plain.of_years_error / 2**0.5)
    assert found.weight == pytest.approx(0.5)


def test_a_step_is_fitted_and_says_nothing_of_the_drift() -> None:
    for jump in (0.0, 0.5):
        growth = {**GROWTH, 2003: 0.02 + jump}
        (found,) = drifts([Series("cost", growth, steps=(2003,))], np.inf)
        assert found.of_years == pytest.approx((0.01 + 0.03 + 0.06) / 3)
        assert found.breaks[2003] == pytest.approx(growth[2003] - found.of_years)


def test_around_a_single_year_the_level_before_is_compared_with_that_after() -> None:
    level = {2000: 0.0, 2001: 0.02, 2002: 0.9, 2003: 0.05, 2004: 0.09}
    growth = {year: level[year] - level[year - 1] for year in range(2001, 2005)}
    series = Series("cost", growth, single=(2002,))
    (found,) = drifts([series], np.inf)
    # the years 2002 and 2003 together grew by 0.03: drift is the best mean of 0.02, 0.03 over two years, and 0.04
    assert found.of_years == pytest.approx((0.02 + 0.04 + 0.03) / 4)
    assert series.plain_years == (2001, 2004)
    assert series.plain_mean == pytest.approx(0.03)


def test_a_series_of_few_years_borrows_from_one_that_errs_alike() -> None:
    long = Series("long", {year: 0.0 if year < 2009 else -0.04 for year in range(2001, 2011)})
    short = Series("short", {2009: -0.05, 2010: -0.03})
    alone, together = (drifts([short, long], np.inf, correlation)[0] for correlation in (0.0, 0.9))
    assert alone.of_years == pytest.approx(-0.04)
    assert alone.of_years < together.of_years < 0
    # both fell by 0.04 where they meet, the long one by 0.008 on the whole: generalised least squares moves nine tenths of it
    assert together.of_years == pytest.approx(-0.04 + 0.9 * (0.04 - 0.008))


def test_breaks_that_take_all_years_are_an_error() -> None:
    with pytest.raises(ArithmeticError, match="breaks take all years"):
        drifts([Series("cost", {2001: 0.01, 2002: 0.02}, steps=(2001, 2002))], 0.01)
