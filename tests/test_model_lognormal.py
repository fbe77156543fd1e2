"""Benefits of a lognormal cost between thresholds: closed form, bounds, simulation."""

from itertools import pairwise
from math import exp, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from small_scheme import AGES, on, one_year, persons, quiet_year, state_of

from simsurance.model import lognormal
from simsurance.model.critical_illness import BasicLayer, UserCost

steady = settings(derandomize=True, deadline=None, max_examples=100)
MEANS = st.floats(100, 1e5)
SIGMAS = st.floats(0.1, 2.5)
DEDUCTIBLES = st.floats(0, 5e4)
RATIOS = st.floats(0.01, 1)
LIMITS = st.floats(10, 1e6)


def paid(mean: float, sigma: float, deductible: float, ratio: float, limit: float) -> float:
    """Expected payment for a user."""
    basic = BasicLayer(np.array(deductible), np.array(ratio), np.array(limit))
    return float(UserCost(np.array(mean), np.array(sigma), basic, lognormal.NO_TAIL).basic_benefit)


def excess(mean: float, sigma: float, threshold: float) -> float:
    """Expected cost above a threshold."""
    return float(lognormal.above(np.array(mean), np.array(sigma), np.array(threshold)).excess)


def test_expected_excess_worked_out_by_hand() -> None:
    # Mean 10,000, σ = 1, threshold 5,000: d₁ = ln 2 + ½ = 1.193147, Φ(d₁) = 0.883595, Φ(d₁ − 1) = 0.576578.
    assert excess(10_000, 1.0, 5_000) == pytest.approx(10_000 * 0.883595 - 5_000 * 0.576578, abs=0.02)


def test_without_threshold_the_whole_cost_is_in_excess() -> None:
    assert excess(8_000, 1.3, 0.0) == pytest.approx(8_000, rel=1e-15)


def test_a_cost_that_hardly_varies_is_paid_like_a_certain_one() -> None:
    assert paid(10_000, 1e-4, 800, 0.7, 50_000) == pytest.approx(0.7 * 9_200, rel=1e-6)
    assert paid(10_000, 1e-4, 800, 0.7, 5_000) == pytest.approx(5_000, rel=1e-6)


@steady
@given(MEANS, SIGMAS, DEDUCTIBLES, RATIOS, LIMITS)
def test_the_payment_lies_between_nought_and_cost_share_and_limit(
    mean: float, sigma: float, deductible: float, ratio: float, limit: float
) -> None:
    found = paid(mean, sigma, deductible, ratio, limit)
    assert -1e-9 * mean <= found <= min(ratio * mean, limit) * (1 + 1e-9)


@steady
@given(MEANS, SIGMAS, DEDUCTIBLES, RATIOS, LIMITS, st.floats(0, 1e4))
def test_a_higher_deductible_pays_no_more_and_a_higher_limit_no_less(
    mean: float, sigma: float, deductible: float, ratio: float, limit: float, more: float
) -> None:
    now = paid(mean, sigma, deductible, ratio, limit)
    rounding = 1e-12 * mean
    assert paid(mean, sigma, deductible + more, ratio, limit) <= now + rounding
    assert paid(mean, sigma, deductible, ratio, limit + more) >= now - rounding
    assert paid(mean + more, sigma, deductible, ratio, limit) >= now - rounding


@steady
@given(MEANS, SIGMAS, DEDUCTIBLES, RATIOS, LIMITS, st.floats(0.01, 100))
def test_the_unit_of_money_does_not_matter(
    mean: float, sigma: float, deductible: float, ratio: float, limit: float, unit: float
) -> None:
    scaled = paid(mean * unit, sigma, deductible * unit, ratio, limit * unit)
    assert scaled == pytest.approx(unit * paid(mean, sigma, deductible, ratio, limit), rel=1e-9, abs=1e-9 * mean * unit)


@steady
@given(MEANS, SIGMAS, DEDUCTIBLES, RATIOS, LIMITS)
def test_a_layer_split_in_two_pays_the_same(
    mean: float, sigma: float, deductible: float, ratio: float, limit: float
) -> None:
    lower = paid(mean, sigma, deductible, ratio, limit / 2)
    upper = paid(mean, sigma, deductible + limit / 2 / ratio, ratio, limit / 2)
    assert lower + upper == pytest.approx(paid(mean, sigma, deductible, ratio, limit), abs=1e-9 * mean)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(MEANS, st.floats(0.2, 2), DEDUCTIBLES, RATIOS, LIMITS)
def test_the_closed_form_is_the_integral_over_the_cost(
    mean: float, sigma: float, deductible: float, ratio: float, limit: float
) -> None:
    centre = log(mean) - sigma**2 / 2

    def weighted_payment(z: float) -> float:
        return min(ratio * max(exp(centre + sigma * z) - deductible, 0), limit) * exp(-z * z / 2) / sqrt(2 * pi)

    kinks = [
        (log(threshold) - centre) / sigma for threshold in (deductible, deductible + limit / ratio) if threshold > 0
    ]
    edges = sorted({-12.0, 12.0, *(min(max(kink, -12.0), 12.0) for kink in kinks)})
    integral = sum(quad(weighted_payment, low, high, limit=200)[0] for low, high in pairwise(edges))
    assert paid(mean, sigma, deductible, ratio, limit) == pytest.approx(integral, rel=1e-7, abs=1e-9 * mean)


def test_the_closed_form_is_what_many_patients_are_paid_on_average() -> None:
    random = np.random.default_rng(2026)
    mean, sigma, deductible, ratio, limit = 9_500.0, 1.15, 800.0, 0.72, 30_000.0
    cost = random.lognormal(log(mean) - sigma**2 / 2, sigma, 400_000)
    payments = np.minimum(ratio * np.maximum(cost - deductible, 0), limit)
    error = payments.std() / sqrt(len(payments))
    assert abs(payments.mean() - paid(mean, sigma, deductible, ratio, limit)) < 4 * error
    assert error < 0.003 * payments.mean(), "the sample is large enough to tell"


def test_nothing_is_paid_at_a_ratio_of_nought() -> None:
    assert paid(9_500, 1.0, 100, 0.0, 1e5) == 0


def test_cost_and_benefits_of_the_insured_are_exposure_times_use_times_the_layer() -> None:
    basis = quiet_year(
        inpatient_use=0.15, inpatient_cost=9_500.0, inpatient_sigma=1.15, inpatient_deductible=800.0,
        inpatient_ratio=0.72, inpatient_limit=30_000.0, outpatient_use=0.7, outpatient_cost=600.0,
        outpatient_sigma=1.2, outpatient_deductible=50.0, outpatient_ratio=0.55, outpatient_limit=400.0,
    )  # fmt: skip
    _, flows = one_year(state_of(persons(("tenure_2", 200.0), ("never", 300.0))), basis)
    assert flows.inpatient_claims.sum() == pytest.approx(200 * 0.15 * 9_500)
    assert flows.money["inpatient_benefits"].sum() == pytest.approx(200 * 0.15 * paid(9_500, 1.15, 800, 0.72, 30_000))
    assert flows.outpatient_claims.sum() == pytest.approx(200 * 0.7 * 600)
    assert flows.money["outpatient_benefits"].sum() == pytest.approx(200 * 0.7 * paid(600, 1.2, 50, 0.55, 400))


def test_benefits_follow_need_class_area_and_age_of_the_insured() -> None:
    use = np.full((3, 2, AGES), 0.1)
    use[2, :, 2] = 0.4
    cost = np.full((3, 2, AGES), 5_000.0)
    cost[2, 1, 2] = 12_000.0
    prevalence = np.zeros((3, 2, AGES))
    prevalence[0], prevalence[2] = 0.9, 0.1
    basis = quiet_year(
        inpatient_use=on(use, "health", "sex", "age"), inpatient_cost=on(cost, "health", "area", "age"),
        inpatient_ratio=1.0, inpatient_limit=1e9, prevalence=on(prevalence, "health", "sex", "age"), persistence=1.0,
    )  # fmt: skip
    state = state_of(persons(("tenure_2", 70.0), health="high") + persons(("tenure_2", 30.0)))
    _, flows = one_year(state, basis)
    assert flows.money["inpatient_benefits"][..., 2].sum() == pytest.approx(70 * 0.4 * 12_000 + 30 * 0.1 * 5_000)
