"""Critical-illness insurance in closed form: against the integral over the cost, against many patients, by hand."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import erfc, exp, log, pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from small_scheme import bands, held, one_year, persons, quiet_year, state_of

from simsurance.axes import DEDUCTIBLES, NATIONAL, row
from simsurance.basis.inputs import Inputs
from simsurance.basis.money import critical_basis
from simsurance.model import lognormal
from simsurance.model.care import benefits_pp, bonus_cost_pp, one_by_one
from simsurance.model.critical_illness import NO_CAP, BasicLayer, Cover, UserCost
from simsurance.model.state import YearBasis
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import value_in

INCOME = NATIONAL.income

BASE = load("baseline")
steady = settings(derandomize=True, deadline=None, max_examples=100)
slow = settings(derandomize=True, deadline=None, max_examples=40)
TAIL_FROM, TAIL_SHARE = lognormal.TAIL_FROM, erfc(lognormal.TAIL_FROM / sqrt(2)) / 2
BASIC = st.tuples(st.floats(0, 3000), st.floats(0.05, 0.95), st.floats(1e3, 4e5))
"""Deductible, ratio and limit of the basic layer."""
COVERS = st.tuples(
    st.floats(0, 5e4),
    st.lists(st.tuples(st.floats(1e3, 1e5), st.floats(0.1, 0.95)), min_size=1, max_size=4),
    st.floats(1e3, 5e5),
)
"""Deductible, bands (width, ratio; the last width is not used), cap."""
COSTS = st.tuples(st.floats(1e3, 5e4), st.floats(0.3, 2))


def basic_layer(rule: tuple[float, float, float]) -> BasicLayer:
    """A basic layer of plain numbers."""
    return BasicLayer(*(np.array(number) for number in rule))


def cover_of(rule: tuple[float, list[tuple[float, float]], float], capped: bool = True) -> Cover:
    """A cover of plain numbers."""
    deductible, widths_and_ratios, cap = rule
    edges = np.cumsum([0.0, *(width for width, _ in widths_and_ratios[:-1])])
    ratios = tuple(np.array(ratio) for _, ratio in widths_and_ratios)
    return Cover(
        np.array(deductible), tuple(np.array(edge) for edge in edges), ratios, np.array(cap), np.array(capped * 1.0)
    )


def user(cost: tuple[float, float], basic: BasicLayer, tail: float = 0.0) -> UserCost:
    """A user's cost of plain numbers."""
    return UserCost(np.array(cost[0]), np.array(cost[1]), basic, np.array(tail))


def integral(
    cost: tuple[float, float], payment: Callable[[float], float], kinks: list[float], tail: float = 0.0
) -> float:
    """Expected payment by numerical integration over the lognormal body and, above the 99th percentile, a Pareto tail."""
    mean, sigma = cost
    centre = log(mean) - sigma**2 / 2
    end = TAIL_FROM if tail else 12 + sigma

    def body(z: float) -> float:
        return payment(exp(centre + sigma * z)) * exp(-z * z / 2) / sqrt(2 * pi)

    def beyond(distance: float) -> float:
        return payment(exp(centre + sigma * TAIL_FROM + distance)) * TAIL_SHARE * tail * exp(-tail * distance)

    at = [(log(kink) - centre) / sigma for kink in kinks if kink > 0]
    edges = sorted({-12.0, end, *(min(max(place, -12.0), end) for place in at), *np.linspace(-12, end, 7).tolist()})
    total = sum(quad(body, low, high, limit=200)[0] for low, high in pairwise(edges))
    if tail:
        start = exp(centre + sigma * TAIL_FROM)
        last = 40 / (tail - 1)
        inside = sorted(
            {*np.linspace(0, last, 9).tolist(), *(log(kink / start) for kink in kinks if start < kink < NO_CAP)}
        )
        total += sum(quad(beyond, low, high, limit=200)[0] for low, high in pairwise(inside))
    return float(total)


def paid(cover: Cover, basic: BasicLayer, bonus: float = 0.0) -> Callable[[float], float]:
    """K(X − B(X)) as a function of the cost."""
    return lambda x: float(cover.paid(np.array(x - float(basic.paid(np.array(x)))), bonus))


def kinks_of(cover: Cover, basic: BasicLayer, bonus: float = 0.0) -> list[float]:
    """Costs at which the payment bends."""
    own = [float(cover.deductible + edge) for edge in cover.edges]
    own += [float(cover.own_at(cover.cap + more)) for more in (0.0, bonus)] if cover.capped > 0 else []
    return [float(basic.deductible), float(basic.exhausted_at), *(float(basic.cost_at(np.array(o))) for o in own)]


# --- inverses -----------------------------------------------------------------------------------------------


@steady
@given(BASIC, st.floats(0, 1e6))
def test_the_cost_at_an_own_cost_leaves_that_own_cost(rule: tuple[float, float, float], own: float) -> None:
    basic = basic_layer(rule)
    cost = basic.cost_at(np.array(own))
    assert float(cost - basic.paid(cost)) == pytest.approx(own, rel=1e-9, abs=1e-6)


@steady
@given(COVERS, st.floats(0, 1e6))
def test_the_own_cost_at_a_payment_is_paid_that_much_without_a_cap(cover_rule: Any, amount: float) -> None:
    cover = cover_of(cover_rule, capped=False)
    assert float(cover.paid(cover.own_at(np.array(amount)))) == pytest.approx(amount, rel=1e-9, abs=1e-6)


@steady
@given(BASIC, st.floats(0, 1e6), st.floats(0, 1e5))
def test_a_higher_cost_never_leaves_less_to_the_patient(
    rule: tuple[float, float, float], own: float, more: float
) -> None:
    basic = basic_layer(rule)
    assert float(basic.cost_at(np.array(own + more))) >= float(basic.cost_at(np.array(own)))


def test_payments_by_hand() -> None:
    # Basic: 70 % above 1,000, at most 50,000. Cover: 60 % of 30,000 above 10,000, then 80 %, at most 40,000.
    basic, cover = basic_layer((1000, 0.7, 50_000)), cover_of((10_000, [(30_000, 0.6), (1, 0.8)], 40_000))
    for cost, own, benefit in (
        (500, 500, 0), (31_000, 10_000, 0), (61_000, 19_000, 0.6 * 9_000), (101_000, 51_000, 18_000 + 0.8 * 11_000),
        (150_000, 100_000, 40_000),
    ):  # fmt: skip
        left = cost - float(basic.paid(np.array(float(cost))))
        assert left == pytest.approx(own)
        assert float(cover.paid(np.array(left))) == pytest.approx(benefit)
    assert float(cover.paid(np.array(100_000.0), 5_000.0)) == 45_000
    assert float(cover.capped_at) == pytest.approx(10_000 + 30_000 + 22_000 / 0.8)


# --- the closed form ----------------------------------------------------------------------------------------


@slow
@given(COSTS, BASIC, COVERS, st.booleans(), st.sampled_from([0.0, 1.5, 3.0]))
def test_the_closed_form_is_the_integral_over_the_cost(
    cost: tuple[float, float], basic_rule: tuple[float, float, float], cover_rule: Any, capped: bool, tail: float
) -> None:
    basic, cover = basic_layer(basic_rule), cover_of(cover_rule, capped)
    expected = integral(cost, paid(cover, basic), kinks_of(cover, basic), tail)
    found = float(cover.expected(user(cost, basic, tail)))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-8 * cost[0])


@slow
@given(COSTS, BASIC, st.floats(0, 3e5), st.sampled_from([0.0, 2.5]))
def test_excess_of_own_cost_and_basic_benefit_are_integrals(
    cost: tuple[float, float], rule: tuple[float, float, float], threshold: float, tail: float
) -> None:
    basic = basic_layer(rule)
    bends = [float(basic.deductible), float(basic.exhausted_at)]

    def benefit(x: float) -> float:
        return float(basic.paid(np.array(x)))

    at = [*bends, float(basic.cost_at(np.array(threshold)))]
    excess = integral(cost, lambda x: max(x - benefit(x) - threshold, 0.0), at, tail)
    found = user(cost, basic, tail)
    assert float(found.own_excess(np.array(threshold))) == pytest.approx(excess, rel=1e-5, abs=1e-7 * cost[0])
    assert float(found.basic_benefit) == pytest.approx(
        integral(cost, benefit, bends, tail), rel=1e-6, abs=1e-8 * cost[0]
    )


@pytest.mark.parametrize("tail", [0.0, 2.5], ids=["lognormal", "Pareto tail"])
def test_the_closed_form_is_what_many_patients_are_paid_on_average(tail: float) -> None:
    random = np.random.default_rng(38)
    basic, cover = (
        basic_layer((800, 0.65, 120_000)),
        cover_of((12_000, [(50_000, 0.6), (50_000, 0.65), (1, 0.75)], 90_000)),
    )
    mean, sigma = 18_000.0, 1.4
    z = random.standard_normal(1_000_000)
    cost = np.exp(log(mean) - sigma**2 / 2 + sigma * z)
    if tail:
        start = exp(log(mean) - sigma**2 / 2 + sigma * TAIL_FROM)
        above = z > TAIL_FROM
        cost[above] = start * random.uniform(0, 1, int(above.sum())) ** (-1 / tail)
    payments = cover.paid(cost - basic.paid(cost))
    error = payments.std() / sqrt(len(payments))
    assert abs(payments.mean() - float(cover.expected(user((mean, sigma), basic, tail)))) < 4 * error
    assert error < 0.006 * payments.mean(), "the sample is large enough to tell"


@steady
@given(COSTS, BASIC, COVERS)
def test_a_cap_that_nobody_reaches_is_no_cap_and_a_lower_one_never_pays_more(
    cost: tuple[float, float], basic_rule: tuple[float, float, float], cover_rule: Any
) -> None:
    basic = basic_layer(basic_rule)
    deductible, widths, cap = cover_rule
    open_, far, near = (
        float(cover_of((deductible, widths, amount), capped).expected(user(cost, basic)))
        for amount, capped in ((cap, False), (1e15, True), (cap, True))
    )
    assert far == pytest.approx(open_, rel=1e-9, abs=1e-9 * cost[0])
    assert -1e-9 * cost[0] <= near <= open_ + 1e-9 * cost[0]
    assert float(cover_of(cover_rule, capped=False).capped_at) == NO_CAP


@steady
@given(COSTS, BASIC, COVERS, st.floats(0.1, 0.9))
def test_a_band_cut_in_two_pays_the_same(
    cost: tuple[float, float], basic_rule: tuple[float, float, float], cover_rule: Any, share: float
) -> None:
    deductible, ((width, ratio), *rest), cap = cover_rule
    cut = (deductible, [(width * share, ratio), (width * (1 - share), ratio), *rest], cap)
    once, twice = (float(cover_of(rule).expected(user(cost, basic_layer(basic_rule)))) for rule in (cover_rule, cut))
    assert twice == pytest.approx(once, rel=1e-9, abs=1e-9 * cost[0])


@steady
@given(COSTS, st.sampled_from([1.5, 2.5, 6.0]), st.floats(0, 1e7))
def test_the_tail_is_joined_at_the_99th_percentile_and_falls_with_its_index(
    cost: tuple[float, float], tail: float, threshold: float
) -> None:
    mean, sigma = (np.array(number) for number in cost)
    start = cost[0] * exp(cost[1] * TAIL_FROM - cost[1] ** 2 / 2)
    laws = (lognormal.above(mean, sigma, np.array(threshold), np.array(index)) for index in (0.0, tail, tail - 0.4))
    plain, heavy, heavier = ([float(found.chance), float(found.excess)] for found in laws)
    if threshold < start:
        assert heavy[0] == plain[0]
    else:
        assert heavy[0] == pytest.approx(TAIL_SHARE * (threshold / start) ** -tail)
        assert heavy[1] == pytest.approx(heavy[0] * threshold / (tail - 1), rel=1e-9), "mean excess of a Pareto tail"
    assert heavier[1] >= heavy[1] >= 0


# --- in the year --------------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "inpatient_use": 0.3, "inpatient_cost": 30_000.0, "inpatient_sigma": 1.3, "inpatient_deductible": 1000.0,
    "inpatient_ratio": 0.6, "inpatient_limit": 80_000.0, "critical_deductible": 10_000.0,
    "critical_edges": bands(0.0, 20_000.0, 60_000.0), "critical_ratios": bands(0.6, 0.7, 0.8), "critical_factor": 1.1,
}  # fmt: skip


def cover_in_force(cap: float) -> tuple[UserCost, Cover]:
    """The same rules as a cover."""
    basic = basic_layer((1000, 0.6, 80_000))
    return user((30_000, 1.3), basic), cover_of((10_000, [(20_000, 0.6), (40_000, 0.7), (1, 0.8)], cap))


@pytest.mark.parametrize("tail", [0.0, 2.2], ids=["lognormal", "Pareto tail"])
@pytest.mark.parametrize("cap", [8_000.0, 30_000.0, 200_000.0], ids=["first band", "second band", "last band"])
@pytest.mark.parametrize("bonus", [-5_000.0, -1.0, 0.0, 1.0, 4_000.0, 60_000.0])
def test_the_bonus_costs_the_difference_of_the_payments_with_either_cap(cap: float, bonus: float, tail: float) -> None:
    basis = quiet_year(**RULES, critical_cap=cap, tail_index=tail)
    pp = benefits_pp(basis)
    found = bonus_cost_pp(basis, pp, np.full((1, 3, 1, 2, 2, 4, 6), bonus))
    cost, _ = cover_in_force(cap)
    cost = UserCost(cost.mean, cost.sigma, cost.basic, np.array(tail))
    with_it, without = (float(cover_in_force(cap + more)[1].expected(cost)) for more in (bonus, 0.0))
    assert found == pytest.approx(np.full(found.shape, 0.3 * 1.1 * (with_it - without)), rel=1e-8, abs=1e-10)


def test_the_bonus_costs_nothing_where_there_is_no_cap() -> None:
    basis = quiet_year(**RULES, critical_cap=8_000.0, critical_capped=0.0)
    assert np.all(bonus_cost_pp(basis, benefits_pp(basis), np.full((1, 1, 1, 1, 1, 4, 1), 5_000.0)) == 0)


def test_benefits_and_beneficiaries_are_exposure_times_use_times_the_layer() -> None:
    basis = quiet_year(**RULES, critical_cap=50_000.0)
    _, flows = one_year(state_of(persons(("tenure_2", 200.0), ("never", 300.0))), basis)
    cost, cover = cover_in_force(50_000.0)
    assert flows.money["critical_illness"].sum() == pytest.approx(200 * 0.3 * 1.1 * float(cover.expected(cost)))
    start = cost.basic.cost_at(cover.deductible)
    chance = float(lognormal.above(cost.mean, cost.sigma, start).chance)
    assert flows.critical_beneficiaries.sum() == pytest.approx(200 * 0.3 * chance)
    assert flows.critical_beneficiaries.sum() > 0


def with_assisted_apart() -> YearBasis:
    """A year whose assisted have their own deductible and ratios, and no cap."""
    changes = {**RULES, "critical_cap": 20_000.0}
    changes["critical_ratios"] = bands(*([ratio + 0.05, ratio, ratio, ratio] for ratio in (0.6, 0.7, 0.8)))
    deductible = quiet_year().critical_deductible.copy()
    deductible[...] = 10_000.0
    deductible[..., 0, :] = 5_000.0
    capped = np.ones_like(deductible)
    capped[..., 0, :] = 0
    return quiet_year(**{**changes, "critical_deductible": deductible}, critical_capped=capped)


def test_assisted_persons_may_have_their_own_deductible_ratios_and_no_cap() -> None:
    found = benefits_pp(with_assisted_apart()).critical[0, 0, 0, 0, 0, :, 0]
    cost, others = cover_in_force(20_000.0)
    assisted = cover_of((5_000, [(20_000, 0.65), (40_000, 0.75), (1, 0.85)], 1.0), capped=False)
    expected = [float(assisted.expected(cost)), *[float(others.expected(cost))] * 3]
    assert found == pytest.approx(np.array(expected) * 0.3 * 1.1)
    assert found[0] > found[1]


def test_a_bonus_brings_nothing_to_the_assisted_without_a_cap_and_to_others_what_it_adds() -> None:
    basis = with_assisted_apart()
    found = bonus_cost_pp(basis, benefits_pp(basis), np.full((1, 1, 1, 1, 1, 4, 1), 5_000.0))[0, 0, 0, 0, 0, :, 0]
    cost, others = cover_in_force(20_000.0)
    assert found == pytest.approx(0.3 * 1.1 * added_by(others, cost, 5_000.0) * np.array([0, 1, 1, 1]))
    assert found[1] > 0


@pytest.mark.parametrize("cap", [8_000.0, 200_000.0], ids=["first band", "last band"])
def test_two_kinds_of_places_pay_what_the_shares_of_both_rules_make(cap: float) -> None:
    kinds = bands([10_000.0] * 4, [4_000.0] * 4)
    mixed = quiet_year(**{**RULES, "critical_deductible": kinds}, critical_cap=cap, critical_low_places=0.3)
    bonus = np.full((1, 1, 1, 1, 1, 4, 1), 5_000.0)
    cost, national = cover_in_force(cap)
    low = replace(national, deductible=np.array(4_000.0))
    pp = benefits_pp(mixed)
    for found, of in (
        (pp.critical, lambda cover: 1.1 * float(cover.expected(cost))),
        (pp.critical_claim, lambda cover: float(cost.own_above(cover.deductible).chance)),
        (pp.cap_used, lambda cover: float(cost.own_above(cover.capped_at).chance)),
        (bonus_cost_pp(mixed, pp, bonus), lambda cover: 1.1 * added_by(cover, cost, 5_000.0)),
    ):
        assert found == pytest.approx(0.3 * (0.7 * of(national) + 0.3 * of(low)) * np.ones_like(found), rel=1e-8)
        assert of(low) > 1.01 * of(national)


def added_by(cover: Cover, cost: UserCost, bonus: float) -> float:
    """What a raised cap adds to the expected payment."""
    return float(replace(cover, cap=cover.cap + bonus).expected(cost) - cover.expected(cost))


def test_where_an_insurer_is_paid_a_premium_the_fund_pays_it_for_every_member_and_nothing_else() -> None:
    rules: dict[str, Any] = {**RULES, "rules_in_force": 1.0, "bonus_step": 1000.0, "critical_cap": 8_000.0}
    state = state_of(persons(("tenure_5", 200.0), ("rule_years", 1400.0)))
    _, own = one_year(state, quiet_year(2035, **rules))
    _, insured = one_year(state, quiet_year(2035, **rules, critical_self_run=0.0, critical_premium_pp=80.0))
    assert own.money["bonus_cost"].sum() > 0
    assert insured.money["bonus_cost"].sum() == 0
    assert insured.money["critical_illness"].sum() == pytest.approx(200 * 80)
    assert insured.critical_beneficiaries.sum() == own.critical_beneficiaries.sum()


def test_a_year_without_reimbursement_is_one_below_both_deductibles() -> None:
    changes: dict[str, Any] = {**RULES, "outpatient_use": 0.8, "outpatient_cost": 500.0, "outpatient_deductible": 300.0}
    _, flows = one_year(state_of(persons(("tenure_2", 100.0))), quiet_year(**changes))
    d1, d2 = (log(mean / low) / sigma - sigma / 2 for mean, low, sigma in ((30_000, 1000, 1.3), (500, 300, 1.0)))
    chance = (1 - 0.3 * erfc(-d1 / sqrt(2)) / 2) * (1 - 0.8 * erfc(-d2 / sqrt(2)) / 2)
    assert flows.no_claim.sum() == pytest.approx(100 * chance)


def test_the_chance_of_using_the_bonus_is_that_of_a_payment_beyond_the_old_cap() -> None:
    rules: dict[str, Any] = {**RULES, "rules_in_force": 1.0, "no_claim_step": 1000.0, "no_claim_reset": 1.0}
    state = state_of(persons(("tenure_2", 100.0), ("no_claim_2", 200.0)))
    # What the last year adds is the same with either cap: the difference is the credit used.
    kept, used = (
        held(one_year(state, quiet_year(2035, **rules, critical_cap=cap))[0], "no_claim_3") for cap in (1e12, 20_000.0)
    )
    cost, cover = cover_in_force(20_000.0)
    beyond = float(lognormal.above(cost.mean, cost.sigma, cost.basic.cost_at(cover.capped_at)).chance)
    assert kept - used == pytest.approx(200 * 0.3 * beyond, rel=1e-9)
    assert row("no_claim_3") > row("no_claim_2")


# --- the baseline's rules, and any others -------------------------------------------------------------------


def rules_of(scenario: Scenario, year: int) -> tuple[BasicLayer, Cover, np.ndarray, float]:
    """A year's basic layer and cover [kind of place, …, income, 1], and what levers multiply their payments by."""
    inputs = Inputs(scenario, scenario.values)
    place = inputs.years.index(year)
    arrays = critical_basis(inputs, inputs.indexation(inputs.years))
    deductible, edges, ratios, cap, capped, factor = (
        arrays[f"critical_{name}"][place if len(arrays[f"critical_{name}"]) > 1 else 0]
        for name in ("deductible", "edges", "ratios", "cap", "capped", "factor")
    )
    inpatient, index = scenario.values.benefits.inpatient, inputs.indexation([year])[0]
    layer = [value_in(rule, year) for rule in (inpatient.deductible, inpatient.payment_ratio, inpatient.limit)]
    basic = basic_layer((layer[0] * index, layer[1], layer[2] * index))
    cover = Cover(np.moveaxis(deductible, 1, 0), one_by_one(edges), one_by_one(ratios), cap, capped)
    return basic, cover, factor, float(inputs.lever("inpatient_benefits")[place])


BY_HAND = {
    # Own cost beyond the basic limit counts 1.05-fold; then 80, 85 and 95 % of bands of 50,000, 50,000 and the rest, to
    # the assisted 85, 90 and all that both layers leave: 1 / 1.05 of what counts.
    ("national", "middle", 500_000): 40_000 + 42_500 + 0.95 * (350_000 * 1.05 - 21_688.5 - 100_000),
    ("national", "middle", 1_000_000): 40_000 + 42_500 + 0.95 * (850_000 * 1.05 - 21_688.5 - 100_000),
    ("national", "assisted", 500_000): 42_500 + 45_000 + (350_000 * 1.05 - 10_844.25 - 100_000) / 1.05,
    ("national", "assisted", 1_000_000): 42_500 + 45_000 + (850_000 * 1.05 - 10_844.25 - 100_000) / 1.05,
    ("low", "middle", 500_000): 40_000 + 42_500 + 0.95 * (350_000 * 1.05 - 8_399.52228 - 100_000),
    ("low", "assisted", 1_000_000): 42_500 + 45_000 + (850_000 * 1.05 - 4_199.76114 - 100_000) / 1.05,
    # Within the basic limit: of 100,000 yuan, 30,700 are left.
    ("national", "middle", 100_000): 0.80 * (30_700 * 1.05 - 21_688.5),
    ("low", "assisted", 100_000): 0.85 * (30_700 * 1.05 - 4_199.76114),
}
"""What is paid of a claim in 2026 without a cap: 70 % above 1,000 yuan up to 150,000 by basic insurance, amounts of 2025."""
PLAIN = {
    "benefits.indexation": "fixed",
    "benefits.inpatient.deductible": 1000,
    "benefits.inpatient.payment_ratio": 0.7,
    "horizon.last_year": 2027,
}


@pytest.mark.parametrize("claim", BY_HAND)
@pytest.mark.parametrize("assisted_capped", [True, False])
def test_a_large_claim_is_paid_by_hand_and_never_beyond_the_cost(
    claim: tuple[str, str, int], assisted_capped: bool
) -> None:
    kind, income, cost = claim
    rule = {"benefits.critical_illness.assisted_capped": assisted_capped}
    basic, cover, factor, _ = rules_of(BASE.replace(PLAIN | rule), 2026)
    own = cost - min(0.7 * (cost - 1000), 150_000)
    capped = income != "assisted" or assisted_capped
    cap = 6 * 43_377 - 150_000
    found = cover.paid(cost - basic.paid(np.array(float(cost))))
    paid = float(found[DEDUCTIBLES.index(kind), ..., INCOME.members.index(income), 0].item())
    assert paid == pytest.approx(min(BY_HAND[claim], cap) if capped else BY_HAND[claim])
    assert paid <= own
    assert factor.item() == 1


@pytest.mark.parametrize("rule", [{}, {"assisted_capped": True}])
def test_both_layers_together_pay_at_most_six_times_income_to_who_is_capped(rule: dict[str, Any]) -> None:
    changes = {f"benefits.critical_illness.{name}": value for name, value in rule.items()}
    basic, cover, *_ = rules_of(BASE.replace({"horizon.last_year": 2027} | changes), 2026)
    paid = basic.paid(np.array(1e9)) + cover.paid(1e9 - basic.paid(np.array(1e9)))
    capped = slice(0 if rule else 1, 4)
    assert paid[..., capped, :].ravel().tolist() == pytest.approx([6 * 43_377] * 2 * len(INCOME.members[capped]))


@slow
@given(
    claim=st.floats(0, 1e9),
    ratio=st.floats(0.05, 1),
    limit=st.floats(1_000, 200_000),
    shift=st.floats(-0.5, 1),
    outpatient=st.floats(0, 1),
    income_share=st.floats(0.2, 0.5),
    capped=st.booleans(),
    levers=st.tuples(st.floats(-0.5, 1), st.floats(-0.5, 1)),
)
def test_basic_and_critical_illness_never_pay_more_than_the_cost(
    claim: float,
    ratio: float,
    limit: float,
    shift: float,
    outpatient: float,
    income_share: float,
    capped: bool,
    levers: tuple[float, float],
) -> None:
    basic_lever = min(levers[0], 0.999 / ratio - 1)
    changes = {
        "benefits.inpatient.payment_ratio": ratio,
        "benefits.inpatient.limit": limit,
        "benefits.critical_illness.ratio_shift": shift,
        "benefits.critical_illness.outpatient_factor": outpatient,
        "benefits.critical_illness.deductible_income_share": income_share,
        "benefits.critical_illness.assisted_capped": capped,
        "benefits.critical_illness.cap_income_multiple": 30,
        "horizon.last_year": 2027,
        "levers.basic": RAISED | {"component": "inpatient_benefits", "size": basic_lever},
        "levers.critical": RAISED | {"component": "critical_illness", "size": levers[1]},
    }
    for year in (2026, 2027):
        basic, cover, factor, basic_factor = rules_of(BASE.replace(changes), year)
        cost = np.array([claim, *np.geomspace(100, 1e8, 100)]).reshape(-1, *(1,) * cover.deductible.ndim)
        first = basic.paid(cost)
        assert (basic_factor * first + factor * cover.paid(cost - first) <= cost * (1 + 1e-12)).all()


RAISED: dict[str, Any] = {
    "start": 2027, "ramp_years": 1, "low": -0.9, "high": 2.0, "mark": "judgement", "source": "S_JUDGEMENT",
    "description": "A test.", "description_zh": "测试。",
}  # fmt: skip
