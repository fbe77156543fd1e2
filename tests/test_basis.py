"""From a scenario to the arrays of each year: indexation, standards, incomes, intercepts, switches."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_scheme import arrays_of

from simsurance.axes import AGE, NATIONAL, TENURES, UNINSURED, axis, index
from simsurance.basis import build
from simsurance.basis.inputs import NATION, Inputs, age_band_values, on, through_the_year
from simsurance.basis.money import shared_out
from simsurance.data.tables import by_area_income
from simsurance.errors import SimsuranceError
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.state import State, YearBasis
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario, load

INCOME = NATIONAL.income

EVERYWHERE = axis("health", "status", "sex", "area", "income", "age")
INDEXED = ("inpatient_deductible", "inpatient_limit", "outpatient_limit")
EFFECTS = ("burden", "health", "bonus", "wait", "campaign", "renewal", "mood", "family")


@cache
def baseline() -> Scenario:
    """The baseline over five years."""
    return load("baseline").replace({"horizon.last_year": 2030})


@cache
def built(*changes: tuple[str, Any]) -> tuple[State, tuple[YearBasis, ...]]:
    """Opening state and basis of the baseline with changes."""
    return build(baseline().replace(dict(changes)))


def projected(changes: dict[str, Any] | None = None) -> RunResult:
    """The baseline with changes, projected."""
    return simulate([baseline().replace(changes or {})])[0]


def assert_equal_results(found: RunResult, wanted: RunResult, years: int | None = None) -> None:
    """Funds and flows of both are equal, bit for bit, in the first years."""
    np.testing.assert_array_equal(found.projection.fund[:years], wanted.projection.fund[:years])
    for name, flow in wanted.projection.by_group.items():
        np.testing.assert_array_equal(found.projection.by_group[name][:years], flow[:years], err_msg=name)
    for name, flow in wanted.projection.by_age.items():
        np.testing.assert_array_equal(found.projection.by_age[name][:years], flow[:years], err_msg=name)


def test_arrays_of_a_year_are_read_only_and_stand_on_the_person_axes() -> None:
    _, years = built()
    assert [year.year for year in years] == [2026, 2027, 2028, 2029, 2030]
    by_run = {
        "pinned_total_end",
        "prepaid_share",
        "administration_share",
        "recovered_share",
        "long_term_care_pp",
        "adjustment_share",
        "interest_rate",
        "deficit_rate",
        "interest_share",
    }
    arrays = arrays_of(years[0])
    assert {"personal_pp", "care.inpatient_use", "waiting.fixed_months", "employee.care.inpatient_use"} <= set(arrays)
    for name, array in arrays.items():
        behind_the_run = name in {"critical_deductible", "critical_edges", "critical_ratios"}
        assert array.ndim == (1 if name in by_run else 8 if behind_the_run else 7), name
        assert array.shape[0] == 1, name
        assert not array.flags.writeable, name


def test_an_array_is_put_on_its_axes_by_name() -> None:
    array = on(np.arange(6.0).reshape(2, 3), "sex", "age")
    assert array.shape == (1, 1, 1, 1, 2, 1, 1, 3)
    assert array[0, 0, 0, 0, 1, 0, 0, 2] == 5
    with pytest.raises(ValueError, match="argument 2 is"):
        on(np.zeros(3), "sex", "age")


def test_disposable_income_is_published_and_then_grows_in_real_terms_and_with_prices() -> None:
    inputs = Inputs(baseline(), baseline().values)
    economy = baseline().replace(
        {"economy.real_income_growth": 0.04, "economy.inflation": 0.02, "economy.area_growth_excess.rural": 0.01}
    )
    grown = Inputs(economy, economy.values).incomes([2024, 2025, 2026, 2028])
    assert grown["national"][:2].tolist() == [41_314, 43_377]
    assert grown["national"][2:] == pytest.approx([43_377 * 1.04 * 1.02, 43_377 * (1.04 * 1.02) ** 3])
    assert grown["rural"][3] == pytest.approx(24_456 * (1.04 * 1.02 * 1.01) ** 3)
    assert inputs.incomes([2019])["urban"].tolist() == [42_359]


OF_AREAS = ("economy.area_income.urban", "economy.area_income.rural")
OF_NATION, WAGE = "economy.disposable_income", "employee.wage.mean"
TO_2025 = {"2024": 41314, "2025": 43377}
LEVELS = {
    "a hole grows by a constant rate": (OF_NATION, TO_2025 | {"2030": 56000}, {2025: 43377, 2027: 48043, 2030: 56000}),
    "a hole in the past": (
        OF_NATION,
        {"2020": 30000, "2022": 36300, **TO_2025},
        {2021: 33000, 2022: 36300, 2024: 41314},
    ),
    "a ramp is straight to its end": (OF_NATION, {"ramp": TO_2025 | {"2035": 80000}}, {2026: 47039, 2035: 80000}),
    "a number is the last year's": (OF_NATION, 50000, {2023: 50000, 2025: 50000, 2026: 50000 * 1.045 * 1.004}),
    "a ramp of wages": (WAGE, {"ramp": {"2018": 82413, "2024": 124110, "2034": 300000}}, {2033: 282411, 2034: 300000}),
    "a hole in wages": (WAGE, {"2024": 124110, "2025": 129441, "2035": 258882}, {2030: 183057, 2035: 258882}),
    "a number of wages": (WAGE, 130000, {2020: 130000, 2025: 130000}),
}
"""Key, value, and levels by year."""


@pytest.mark.parametrize("case", LEVELS)
def test_incomes_and_wages_are_followed_to_the_last_year_named(case: str) -> None:
    key, value, wanted = LEVELS[case]
    scenario = baseline().replace({key: value, "horizon.last_year": 2040})
    inputs = Inputs(scenario, scenario.values)
    years = list(wanted)
    found = inputs.income(NATION, years) if key == OF_NATION else inputs.wages(years)
    assert found == pytest.approx(list(wanted.values()), rel=2e-5)
    assert (np.diff(inputs.income(NATION, range(2026, 2041))) > 0).all()
    build(scenario)


@pytest.mark.parametrize("key", [OF_NATION, *OF_AREAS])
@pytest.mark.parametrize("value", [43377, {"ramp": TO_2025 | {"2030": 56000}}])
def test_each_income_may_be_a_number_or_a_ramp(key: str, value: Any) -> None:
    projected({key: value})


OUTSIDE_THE_BAND = {
    "the nation above the towns": ({OF_NATION: TO_2025 | {"2040": 150000}}, 2035),
    "towns below the nation": ({"economy.area_income.urban": {"ramp": {"2017": 30000, "2025": 40000}}}, 2026),
    "all three together": (dict.fromkeys((OF_NATION, *OF_AREAS), 43377), None),
    "within": ({OF_NATION: TO_2025 | {"2030": 56000}}, None),
}


@pytest.mark.parametrize("case", OUTSIDE_THE_BAND)
def test_a_national_income_that_leaves_what_areas_have_is_told(case: str) -> None:
    changes, year = OUTSIDE_THE_BAND[case]
    scenario = baseline().replace(changes | {"horizon.last_year": 2060})
    incomes = Inputs(scenario, scenario.values).incomes(range(2026, 2061))
    low, high = np.minimum(incomes["urban"], incomes["rural"]), np.maximum(incomes["urban"], incomes["rural"])
    outside = (incomes["national"] < low * (1 - 1e-9)) | (incomes["national"] > high * (1 + 1e-9))
    assert (2026 + int(np.argmax(outside)) if outside.any() else None) == year
    told = [note for note in scenario.notes if f"{OF_NATION} is from" in note]
    assert f"from {year} " in told[0] if year else not told


def test_cell_incomes_keep_their_proportions_and_have_the_national_mean_at_each_age() -> None:
    inputs, draw = Inputs(baseline(), baseline().values), np.random.default_rng(1)
    shares = np.moveaxis(draw.dirichlet(np.ones(8), (2, 3)).reshape(2, 3, 2, 4), 1, -1)
    incomes, cell = inputs.incomes([2025, 2030]), inputs.cell_incomes([2025, 2030], shares)
    assert (cell * shares).sum(axis=(1, 2)) == pytest.approx(np.repeat(incomes["national"][:, None], 3, axis=1))
    assert np.all(np.diff(cell, axis=2) > 0), "assisted, low, middle, high"
    relative = by_area_income(inputs.table("population.income_groups_table"), NATIONAL, "share", "relative_income")[
        "relative_income"
    ]
    between = incomes["urban"] / incomes["rural"]
    for income in range(4):
        ratio = cell[:, 0, income] / cell[:, 1, income]
        assert ratio == pytest.approx(
            np.repeat(between[:, None], 3, axis=1) * relative[0, income] / relative[1, income]
        )


def test_amounts_of_the_benefits_move_with_the_income_of_the_year_before() -> None:
    _, years = built(("employee.benefits.long_term_care", 50))
    incomes = Inputs(baseline(), baseline().values).incomes([2024, 2025, 2026])["national"]
    for name in (
        *(f"{scheme}care.{rule}" for scheme in ("", "employee.") for rule in INDEXED),
        *("critical_cap", "indexation", "employee.long_term_care_pp"),
    ):
        first, second = (arrays_of(year)[name].max() for year in years[:2])
        assert second / first == pytest.approx(incomes[2] / incomes[1]), name
    _, fixed = built(("benefits.indexation", "fixed"))
    inpatient = {name: float(baseline().leaves[f"benefits.inpatient.{name}"]) for name in ("deductible", "limit")}
    for year in fixed:
        assert year.care.inpatient_deductible.item() == inpatient["deductible"]
        assert year.care.inpatient_limit.item() == inpatient["limit"]
    assert years[0].care.inpatient_limit.item() == pytest.approx(inpatient["limit"] * incomes[1] / incomes[0])


def test_the_cap_is_what_the_basic_limit_leaves_of_six_times_the_income_of_the_year_before() -> None:
    incomes = Inputs(baseline(), baseline().values).incomes([2025, 2026, 2027])["national"]
    for indexation in ("income", "fixed"):
        _, years = built(("benefits.indexation", indexation))
        for year, income in zip(years, incomes, strict=False):
            both = year.critical_cap.item() + year.care.inpatient_limit.item()
            assert both == pytest.approx(6 * income), (indexation, year.year)
    _, amounts = built(("benefits.critical_illness.cap_rule", "amount"))
    assert amounts[0].critical_cap.item() == pytest.approx(300_000 * 43_377 / 41_314)


def test_a_basic_limit_that_leaves_no_cap_in_some_year_is_an_input_fault() -> None:
    changes = {"benefits.indexation": "fixed", "benefits.inpatient.limit": 180_000, "horizon.valuation_year": 2019}
    with pytest.raises(
        SimsuranceError, match=r"cap_income_multiple: the limit of basic insurance, 180000, leaves no cap in"
    ):
        build(baseline().replace(changes))


def test_both_kinds_of_places_have_their_share_of_the_income_of_the_year_before_as_deductible() -> None:
    # Own outpatient cost counts 0.05-fold, so the deductible is reached at so much less own inpatient cost.
    _, years = built(("benefits.critical_illness.low_deductible_income_share", 0.2))
    found = years[0].critical_deductible[0, :, 0, 0, 0, 0, :, 0]
    assert found == pytest.approx(43_377 / 1.05 * np.array([[0.25, 0.5, 0.5, 0.5], [0.1, 0.2, 0.2, 0.2]]))


def test_a_bonus_is_felt_at_the_incomes_of_the_reference_year() -> None:
    _, years = built()
    middle = index("income", "middle")
    for year in years:
        felt = year.bonus_step.item() * year.bonus_felt[..., middle, 0].item()
        assert felt == pytest.approx(baseline().leaves["participation.continuous_bonus.step"] / 1000)
        assert year.bonus_felt[..., index("income", "assisted"), 0].item() == 0


def test_a_profile_over_the_year_is_the_mean_of_this_age_and_the_next() -> None:
    assert through_the_year(np.array([0.0, 2.0, 6.0])).tolist() == [1, 4, 6]


def test_a_probability_shared_out_by_need_keeps_its_mean_and_the_odds_ratios() -> None:
    prevalence = np.array([0.7, 0.2, 0.1])[:, None, None] * np.ones((1, 2, 3))
    rate = np.array([[0.05, 0.2, 0.6], [0.05, 0.2, 0.6]])
    shared = shared_out(rate, np.array([1.0, 3.5, 45.0]), prevalence)
    assert (prevalence * shared).sum(axis=0) == pytest.approx(rate)
    odds = shared / (1 - shared)
    assert odds[1] / odds[0] == pytest.approx(np.full((2, 3), 3.5))
    assert odds[2] / odds[0] == pytest.approx(np.full((2, 3), 45.0))


def test_age_bands_cover_every_age_once() -> None:
    bands = age_band_values(baseline().values.behaviour.leave.age_odds_ratio)
    chosen = baseline().values.behaviour.leave.age_odds_ratio
    assert len(bands) == len(AGE.members)
    assert (bands[5], bands[6], bands[80], bands[100]) == (
        chosen.age_0_5, chosen.age_6_14, chosen.age_80_plus, chosen.age_80_plus,
    )  # fmt: skip


def test_standards_of_the_baseline_keep_the_last_share_of_income() -> None:
    _, years = built()
    incomes = Inputs(baseline(), baseline().values).incomes([2025, 2026, 2027])["national"]
    total = [(year.personal_pp.max() + year.subsidy_pp.item()) for year in years[:3]]
    assert total[0] == 400 + 724
    assert np.array(total) / incomes == pytest.approx(1124 / 43_377, rel=1e-4)
    assert years[1].personal_pp.max() / total[1] == pytest.approx(400 / 1124, rel=1e-4)


def test_the_next_years_contribution_stands_beside_this_years() -> None:
    _, years = built()
    for now, later in pairwise(years):
        np.testing.assert_array_equal(now.personal_pp_next, later.personal_pp)


def test_the_burden_is_the_own_payment_over_last_years_income_of_the_cell() -> None:
    state, (year, *_) = built()
    inputs = Inputs(baseline(), baseline().values)
    people = state.persons[0].sum(axis=(0, 1, 2))
    incomes = inputs.cell_incomes([2025], (people / people.sum(axis=(0, 1)))[None])[0]
    own = np.full((2, len(INCOME.members)), 400.0)
    own[:, index("income", "assisted")] *= 1 - 0.58
    assert year.burden[0, 0, 0, 0] == pytest.approx(own[..., None] / incomes)


# --- intercepts ---------------------------------------------------------------------------------------------


def first_enrolment(*changes: tuple[str, Any]) -> dict[str, float]:
    """Leaving, returning and joining in the opening year as rates."""
    state, (year, *_) = built(*changes)
    hazard = enrolment_hazards(state.cells, year)
    groups = {"insured": TENURES, "never": slice(0, 1), "lapsed": slice(1, UNINSURED.stop)}
    persons = {name: state.cells[:, :, rows] for name, rows in groups.items()}
    total = {name: cells.sum() for name, cells in persons.items()}
    leaves = (persons["insured"] * hazard.leave).sum()
    joins = (persons["never"] * hazard.enter[:, :, :1]).sum()
    returns = (persons["lapsed"] * hazard.enter[:, :, 1:]).sum()
    return {
        "net_flow_rate": (joins + returns - leaves) / total["insured"],
        "return_rate": returns / total["lapsed"],
        "join_rate": joins / total["never"],
    }


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (("behaviour.targets.net_flow_rate", -0.01), ("behaviour.targets.return_rate", 0.2)),
        (("behaviour.effects.health", False), ("behaviour.effects.burden", False), ("behaviour.effects.wait", False)),
        (("behaviour.leave.wait_per_month", 0.2), ("behaviour.leave.health.high", 1.0)),
        (("horizon.valuation_year", 2022),),
    ],
    ids=["baseline", "other targets", "effects off", "stronger effects", "valuation in 2022"],
)
def test_intercepts_meet_the_turnover_targets_of_the_opening_year(changes: tuple[tuple[str, Any], ...]) -> None:
    targets = baseline().replace(dict(changes)).values.behaviour.targets
    for name, rate in first_enrolment(*changes).items():
        assert rate == pytest.approx(getattr(targets, name), rel=1e-9), name


@pytest.mark.parametrize(
    "changes",
    [
        {"contributions.personal.schedule": 600},
        {"contributions.personal.grade.rural.low": 0.5},
        {"participation.continuous_bonus.step": 5000, "participation.waiting.fixed_months": 6},
        {"behaviour.campaign_strength": 2},
        {"behaviour.default_renewal": 1, "behaviour.mood": 0.5},
        {"participation.in_force": False},
        {"participation.start_year": 2030},
    ],
    ids=["contribution", "grade", "rules", "campaign", "renewal and mood", "no rules", "later rules"],
)
def test_a_reform_leaves_the_intercepts_as_they_are_calibrated(changes: dict[str, Any]) -> None:
    (_, (before, *_)), (_, (after, *_)) = built(), build(baseline().replace(changes))
    for name in ("leave_odds", "enter_odds", "reference_burden"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name), err_msg=name)


def test_a_contribution_raised_in_the_first_year_acts_in_that_year() -> None:
    before, after = projected(), projected({"contributions.personal.schedule": 800})
    leaves = [results.projection.by_group["leaves"][0, 0] for results in (before, after)]
    assert np.all(leaves[1] > leaves[0])


# --- whole scenarios ----------------------------------------------------------------------------------------

NO_RULES = {
    "participation.waiting.fixed_months": 0,
    "participation.waiting.months_per_lapsed_year": 0,
    "participation.waiting.floor_months": 0,
    "participation.continuous_bonus.step": 0,
    "participation.no_claim_bonus.step": 0,
}


def test_rules_of_nought_are_no_rules() -> None:
    assert_equal_results(projected(NO_RULES), projected({"participation.in_force": False}))


def test_rules_without_behaviour_change_exposure_and_direct_cost_alone() -> None:
    still = {f"behaviour.effects.{effect}": False for effect in EFFECTS}
    on_, off = projected(still), projected({**still, "participation.in_force": False})
    for name in ("persons", "resident_insured", "employee_insured", "membership"):
        np.testing.assert_array_equal(getattr(on_.projection.stocks, name), getattr(off.projection.stocks, name))
    changed = {
        name
        for name, flow in off.projection.by_group.items()
        if not np.array_equal(on_.projection.by_group[name], flow)
    }
    exposed = {f"{kind}_{part}" for kind in ("inpatient", "outpatient") for part in ("claims", "benefits")}
    direct = {"repair_payments", "repaired_years", "bonus_cap", "bonus_cost"}
    follows_exposure = {
        "waiting_months",
        "resident_insured_years",
        "critical_illness",
        "critical_beneficiaries",
        "no_claim",
        "inpatient_users",
        "admissions",
    }
    assert changed == exposed | direct | follows_exposure


def test_a_longer_horizon_leaves_the_earlier_years_as_they_are() -> None:
    assert_equal_results(projected({"horizon.last_year": 2040}), projected(), years=5)


def test_the_order_of_keys_in_a_file_changes_nothing(tmp_path: Path) -> None:
    lines = baseline().to_toml().split("\n\n")
    top, tables = [part for part in lines if not part.startswith("[")], [part for part in lines if part.startswith("[")]
    turned = [
        "\n".join([head, *reversed(keys)]) for head, *keys in (part.strip().split("\n") for part in reversed(tables))
    ]
    (tmp_path / "turned.toml").write_text("\n\n".join([*top, *turned]) + "\n", encoding="utf-8")
    loaded = load(tmp_path / "turned.toml")
    assert loaded.leaves == baseline().leaves
    assert_equal_results(simulate([loaded])[0], projected())


def test_changes_may_be_given_in_any_order_and_at_once_or_one_by_one() -> None:
    changes: dict[str, Any] = {"health.persistence": 0.8, "fund.opening": 1e12, "claims.inpatient.level": 1.1}
    together = projected(changes)
    assert_equal_results(projected(dict(reversed(changes.items()))), together)
    one_by_one = baseline()
    for key, value in changes.items():
        one_by_one = one_by_one.replace({key: value})
    assert_equal_results(simulate([one_by_one])[0], together)


ACTING = {
    "behaviour.campaign_strength": {"2026": 0, "2028": 1.0},
    "behaviour.default_renewal": {"2026": 0, "2028": 0.5},
    "behaviour.family_share": {"2026": 0, "2028": 0.2},
    "contributions.personal.rule": {"2026": "schedule", "2027": "growth"},
    "contributions.personal.growth_rate": 0.15,
}
"""Campaigns, family accounts and a dearer contribution, so that every covariate moves."""
COEFFICIENTS = {
    "burden": ("leave.burden", "return.burden"),
    "bonus": ("leave.bonus_per_1000",),
    "wait": ("leave.wait_per_month", "return.wait_per_month"),
    "campaign": ("leave.campaign", "return.campaign"),
    "renewal": ("leave.renewal",),
    "family": ("leave.family",),
}


@pytest.mark.parametrize("effect", COEFFICIENTS)
def test_a_behavioural_effect_switched_off_is_its_coefficient_at_nought(effect: str) -> None:
    off = projected({**ACTING, f"behaviour.effects.{effect}": False})
    zero = projected({**ACTING, **{f"behaviour.{name}": 0.0 for name in COEFFICIENTS[effect]}})
    assert_equal_results(off, zero)
    acting, still = (results.projection.by_group["leaves"] for results in (projected(ACTING), off))
    assert not np.array_equal(acting, still), "it acts when on"


def test_without_adverse_selection_need_classes_share_their_odds_and_the_opening_state_stays() -> None:
    (opened, (acting, *_)), (state, (off, *_)) = built(), built(("behaviour.effects.health", False))
    np.testing.assert_array_equal(state.cells, opened.cells)
    for name in ("leave_odds", "enter_odds"):
        odds = [getattr(year, name) for year in (acting, off)]
        assert np.ptp(odds[0], axis=1).max() > 0
        assert np.ptp(odds[1], axis=1).max() == 0


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        (
            {
                "contributions.personal.schedule": {"2026": 400, "2028": 900},
                "contributions.personal.rule": {"2026": "schedule"},
            },
            1,
        ),
        ({"participation.waiting.fixed_months": {"2026": 3, "2028": 8}}, -1),
        ({"participation.continuous_bonus.step": {"2026": 1000, "2028": 9000}}, -1),
        ({"behaviour.campaign_strength": {"2026": 0, "2028": 1}}, -1),
        ({"behaviour.default_renewal": {"2026": 0, "2028": 0.5}}, -1),
        ({"behaviour.mood": {"2026": 0, "2028": 0.5}}, 1),
        ({"behaviour.family_share": {"2026": 0, "2028": 0.5}}, -1),
    ],
    ids=["contribution", "wait", "bonus", "campaign", "renewal", "mood", "family account"],
)
def test_each_policy_moves_leaving_by_its_sign_from_the_year_it_starts(change: dict[str, Any], sign: int) -> None:
    reference = {"contributions.personal.rule": {"2026": "schedule"}, "behaviour.family_share": 0}
    before, after = projected(reference), projected({**reference, **change})
    rate = [results.account["leave_rate"] for results in (before, after)]
    np.testing.assert_array_equal(rate[1][:2], rate[0][:2])
    first = 2029 if "participation.continuous_bonus.step" in change else 2028
    place = before.years.index(first)
    assert np.sign(rate[1][place] - rate[0][place]) == sign


def test_without_reactions_a_higher_contribution_never_brings_depletion_forward() -> None:
    still = {f"behaviour.effects.{effect}": False for effect in EFFECTS} | {"horizon.last_year": 2060}
    levels = [
        baseline().replace({**still, "contributions.personal.income_share": share, "claims.inpatient.level": 1.15})
        for share in (0.004, 0.007, 0.0092, 0.012, 0.02)
    ]
    found = simulate(levels)
    closing = [results.account["closing"] for results in found]
    assert all(np.all(more >= less) for less, more in pairwise(closing))
    depletion = [results.measures.value["depletion_year"] for results in found]
    dates = [year if np.isfinite(year) else 9999 for year in depletion]
    assert dates == sorted(dates)
    assert len(set(dates)) > 2, "the levels make a difference"


def doubled(value: Any) -> Any:
    """Twice a number, a list of numbers or a schedule, as a scenario file would say it."""
    if isinstance(value, dict):
        return {str(key): doubled(part) for key, part in value.items()}
    return [doubled(part) for part in value] if isinstance(value, list | tuple) else 2 * value


def test_all_amounts_doubled_double_the_fund_and_leave_persons_alone() -> None:
    # The reference contribution is the root's and would stay as it is; a bonus is felt in yuan of the reference year.
    still = {"behaviour.effects.burden": False, "behaviour.effects.bonus": False}
    keys = [
        *(OF_NATION, *OF_AREAS),
        *(f"contributions.{payer}.schedule" for payer in ("personal", "subsidy")),
        *(f"claims.{kind}.level" for kind in ("inpatient", "outpatient")),
        *(f"benefits.inpatient.{rule}" for rule in ("deductible", "limit")),
        *(f"benefits.outpatient.limit.{need}" for need in ("low", "moderate", "high")),
        "benefits.outpatient.deductible",
        *(f"benefits.critical_illness.{rule}" for rule in ("band_edges", "cap", "premium")),
        *(f"participation.{kind}_bonus.step" for kind in ("continuous", "no_claim")),
        "fund.opening",
        "employee.wage.mean",
        "employee.accounts.retiree_credit",
        *(f"employee.care.{kind}_level" for kind in ("inpatient", "outpatient")),
        *(f"employee.benefits.inpatient.{rule}" for rule in ("deductible", "retired_deductible", "limit")),
        *(f"employee.benefits.outpatient.limit.{need}" for need in ("low", "moderate", "high")),
        "employee.benefits.outpatient.deductible",
        *(f"employee.benefits.{amount}" for amount in ("birth_benefit", "long_term_care")),
        *(f"employee.fund.opening_{account}" for account in ("pool", "accounts")),
    ]
    still |= {"employee.benefits.long_term_care": 50}
    once = projected(still)
    twice = projected(still | {key: doubled(baseline().replace(still).leaves[key]) for key in keys})
    np.testing.assert_allclose(twice.projection.fund, 2 * once.projection.fund, rtol=1e-12)
    np.testing.assert_allclose(twice.projection.stocks.persons, once.projection.stocks.persons, rtol=1e-12)


def test_counts_and_turnover_that_no_opening_state_fits_are_an_input_fault() -> None:
    for change in ({"membership.resident_insured": 1.6e9}, {"behaviour.targets.net_flow_rate": 0.1}):
        with pytest.raises(
            SimsuranceError, match=r"no opening state of 2026 fits: (no factor on the odds gives|.* are more than)"
        ):
            build(baseline().replace(change))


def test_a_fertility_variant_acts_from_the_valuation_year_on() -> None:
    low = baseline().replace({"population.fertility_variant": "low"})
    medium_births, low_births = (Inputs(one, one.values).asfr([2024, 2025, 2026, 2030]) for one in (baseline(), low))
    np.testing.assert_array_equal(low_births[:2], medium_births[:2])
    assert np.all(low_births[2:].sum(axis=1) < medium_births[2:].sum(axis=1))


def test_a_probability_of_entry_of_one_or_more_is_refused() -> None:
    with pytest.raises(SimsuranceError, match=r"employee.entry_level: gives a probability of entry of"):
        build(baseline().replace({"employee.entry_level": 10, "employee.area_ratio.urban": 50}))


# --- limits by year ---------------------------------------------------------------------------------------------------

LIMIT = re.compile(
    r"(?:employee\.)?benefits\..*(?:deductible(?:_income_share|_factor)?|limit|limit\.\w+|\.cap|cap_income_multiple|premium)"
    r"|employee\.wage\.(?:floor|ceiling)|participation\.(?:bonus_limit|cap_cut\w+|waiting\.(?:floor|longest)_months)"
)
LIMITS = [path for path in KEYS if LIMIT.fullmatch(path)]
"""Ceilings, caps, deductibles and limits; the edges of the bands are no single numbers."""
MATTERS = {
    "benefits.critical_illness.cap": ('benefits.critical_illness.cap_rule="amount"',),
    "benefits.critical_illness.premium": ('benefits.critical_illness.financing="premium"',),
}
SOLVED = {"leave_odds", "enter_odds"}
"""What is found from the whole run."""


def test_the_limits_are_those_of_care_wages_caps_and_waiting() -> None:
    assert len(LIMITS) > 20
    assert {path.split(".")[0] for path in LIMITS} == {"benefits", "employee", "participation"}


@pytest.mark.parametrize("path", LIMITS)
def test_a_dated_limit_is_the_undated_one_before_its_date_and_acts_from_it_on(path: str) -> None:
    start = load("baseline", settings=["horizon.last_year=2028", *MATTERS.get(path, ())])
    usual = float(start.leaves[path])
    other = 0.9 * usual if usual else 50.0
    (_, before), (_, after), (_, dated) = (
        build(each) for each in (start, start.replace({path: other}), start.replace({path: {2019: usual, 2028: other}}))
    )
    for place, whole in enumerate((before, before, after)):
        found, expected = arrays_of(dated[place]), arrays_of(whole[place])
        off = {name for name, array in found.items() if not np.array_equal(array, expected[name], equal_nan=True)}
        assert off <= SOLVED, dated[place].year
    old, new = arrays_of(before[2]), arrays_of(dated[2])
    assert {name for name, array in new.items() if not np.array_equal(array, old[name], equal_nan=True)} - SOLVED
