"""The employee scheme's assumptions: contribution base, rates, accounts, benefits by status, early and late retirement."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from simsurance.axes import AGE, NATIONAL, SEX, index, row
from simsurance.basis import build
from simsurance.basis.inputs import Inputs
from simsurance.basis.people import retirement
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.model.state import EmployeeBasis, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load

INCOME = NATIONAL.income

FEMALE, MALE = index("sex", "female"), index("sex", "male")
ACTIVE = row("employee_active")
PLAIN = (("employee.contributions.compliance", 1), ("employee.contributions.flexible_share", 0))
"""Everybody pays for the wage."""
Changes = tuple[tuple[str, Any], ...]


@cache
def scenario(*changes: tuple[str, Any]) -> Scenario:
    """The baseline over two years with changes; a schedule is given as its items."""
    unpacked = {name: dict(value) if isinstance(value, tuple) else value for name, value in changes}
    return load("baseline").replace({"horizon.last_year": 2027, **unpacked})


@cache
def built(*changes: tuple[str, Any]) -> tuple[State, tuple[YearBasis, ...]]:
    """Opening state and basis of the baseline with changes."""
    return build(scenario(*changes))


def employee(*changes: tuple[str, Any], place: int = 0) -> EmployeeBasis:
    """The employee scheme's assumptions of a year of the baseline with changes."""
    found = built(*changes)[1][place].employee
    assert found is not None
    return found


def inputs(*changes: tuple[str, Any]) -> Inputs:
    """Tables and schedules of the baseline with changes."""
    return Inputs(scenario(*changes), scenario(*changes).values)


def base(*changes: tuple[str, Any]) -> np.ndarray:
    """Contribution base of the opening year by income group."""
    return employee(*changes).contribution_base[0, 0, 0, 0, 0, :, 0]


def active_by_income() -> np.ndarray:
    """Active members of the opening state by income group."""
    found: np.ndarray = built()[0].cells[0, :, ACTIVE].sum(axis=(0, 1, 2, 4))
    return found


# --- the contribution base ----------------------------------------------------------------------------------


def test_the_mean_wage_is_as_named_and_then_grows_with_incomes_and_its_excess() -> None:
    named = ("employee.wage.mean", (("2023", 100_000), ("2024", 110_000)))
    grown = inputs(named, ("employee.wage.growth_excess", 0.01))
    wages, income = grown.wages([2023, 2024, 2025, 2027]), grown.incomes([2024, 2025, 2027])["national"]
    assert wages[:2].tolist() == [100_000, 110_000]
    assert wages[2] == pytest.approx(110_000 * income[1] / income[0] * 1.01)
    assert wages[3] == pytest.approx(110_000 * income[2] / income[0] * 1.01**3)
    one_number = inputs(("employee.wage.mean", 90_000), ("employee.wage.growth_excess", 0))
    income = one_number.incomes([2025, 2030])["national"]
    assert one_number.wages([2020, 2025]).tolist() == [90_000, 90_000], "up to the year before the opening"
    assert one_number.wages([2030])[0] == pytest.approx(90_000 * income[1] / income[0])


@pytest.mark.parametrize("sigma", [0.1, 0.45, 1.2])
@pytest.mark.parametrize(("floor", "ceiling"), [(0.6, 3.0), (0.0, 20.0), (0.9, 1.1)])
def test_the_base_is_the_wage_between_floor_and_ceiling_integrated_over_the_wages(
    sigma: float, floor: float, ceiling: float
) -> None:
    from scipy.stats import lognorm  # slow to import, and one test alone needs it

    changes: Changes = (
        *PLAIN, ("employee.wage.sigma", sigma), ("employee.wage.floor", floor), ("employee.wage.ceiling", ceiling),
    )  # fmt: skip
    wage = inputs().wages([2025])[0]
    ratio = np.array([getattr(scenario().values.employee.wage.income_ratio, name) for name in INCOME.members])
    mean = wage * ratio * active_by_income().sum() / (ratio * active_by_income()).sum()
    found = base(*changes)
    for place in range(len(INCOME.members)):
        wages = lognorm(sigma, scale=mean[place] * np.exp(-(sigma**2) / 2))
        below, above = floor * wage * wages.cdf(floor * wage), ceiling * wage * wages.sf(ceiling * wage)
        between, _ = quad(lambda w, law=wages: w * law.pdf(w), floor * wage, ceiling * wage, limit=400)
        assert found[place] == pytest.approx(below + between + above, rel=1e-6), INCOME.members[place]


def test_without_floor_and_ceiling_the_active_members_have_the_mean_wage() -> None:
    free: Changes = (*PLAIN, ("employee.wage.floor", 0), ("employee.wage.ceiling", 20), ("employee.wage.sigma", 0.1))
    mean = (active_by_income() * base(*free)).sum() / active_by_income().sum()
    assert mean == pytest.approx(inputs().wages([2025])[0], rel=1e-9)


def test_a_floor_above_all_wages_and_a_ceiling_below_them_are_everyones_base() -> None:
    wage = inputs().wages([2025])[0]
    narrow = ("employee.wage.sigma", 0.05)
    high = base(*PLAIN, narrow, ("employee.wage.floor", 2), ("employee.wage.ceiling", 20), SAME_WAGES)
    low = base(*PLAIN, narrow, ("employee.wage.floor", 0), ("employee.wage.ceiling", 0.5), SAME_WAGES)
    assert high == pytest.approx(2 * wage)
    assert low == pytest.approx(0.5 * wage)


SAME_WAGES = ("employee.wage.income_ratio", tuple((name, 1.0) for name in INCOME.members))


def test_flexible_workers_pay_from_a_base_of_their_own() -> None:
    wage = inputs().wages([2025])[0]
    flexible = ("employee.contributions.flexible_base", 0.6)
    all_of_them = base(PLAIN[0], flexible, ("employee.contributions.flexible_share", 1))
    assert all_of_them == pytest.approx(0.6 * wage)
    quarter = base(PLAIN[0], flexible, ("employee.contributions.flexible_share", 0.25))
    assert quarter == pytest.approx(0.75 * base(*PLAIN) + 0.25 * 0.6 * wage)


def test_the_base_is_in_proportion_to_what_is_reported() -> None:
    once, half = (base(("employee.contributions.compliance", share)) for share in (0.8, 0.4))
    assert once == pytest.approx(2 * half)
    assert base(("employee.contributions.compliance", 0)).max() == 0


def test_the_base_follows_the_wages_of_the_year_before() -> None:
    wages = inputs().wages([2025, 2026])
    same = ("employee.contributions.compliance_growth", 0)
    first, second = (employee(same, place=place).contribution_base for place in (0, 1))
    assert second / first == pytest.approx(np.full(first.shape, wages[1] / wages[0]))


def test_the_reported_share_is_as_named_and_then_grows() -> None:
    named = ("employee.contributions.compliance", (("2025", 0.8), ("2026", 0.9)))
    growth = ("employee.contributions.compliance_growth", (("2027", -0.05),))
    full, same = ("employee.contributions.compliance", 1), ("employee.contributions.compliance_growth", -0.05)
    for place, share in enumerate((0.9, 0.9 * 0.95)):
        reported, whole = employee(named, growth, place=place), employee(full, same, place=place)
        assert reported.contribution_base == pytest.approx(share * whole.contribution_base)
    assert employee(full, same).contribution_base == pytest.approx(employee(full).contribution_base), "for all years"


def test_active_members_of_the_income_groups_pay_in_the_order_of_their_wages() -> None:
    assert np.all(np.diff(base()) > 0)


# --- rates, relief, accounts --------------------------------------------------------------------------------


def test_relief_waives_its_share_of_the_employers_rate_in_its_years_alone() -> None:
    changes: Changes = (
        ("horizon.valuation_year", 2019), ("horizon.last_year", 2021), ("employee.contributions.employer_rate", 0.08),
        ("employee.contributions.relief", (("2019", 0), ("2020", 0.125), ("2021", 0))),
    )  # fmt: skip
    rates = [employee(*changes, place=place).employer_rate.item() for place in range(3)]
    assert rates == pytest.approx([0.08, 0.07, 0.08])
    own = [employee(*changes, place=place).employee_rate.item() for place in range(3)]
    assert own == pytest.approx([own[0]] * 3), "members pay on"


def test_the_relief_of_2020_and_the_reform_of_the_accounts_are_in_the_baseline() -> None:
    changes: Changes = (("horizon.valuation_year", 2019), ("horizon.last_year", 2026))
    schemes = [employee(*changes, place=place) for place in range(8)]
    rates = [scheme.employer_rate.item() for scheme in schemes]
    assert rates[1] < min(rates[0], *rates[2:])
    assert schemes[0].to_accounts.item() > schemes[-1].to_accounts.item() == 0
    assert schemes[0].retiree_credit.item() > schemes[-1].retiree_credit.item() > 0


def test_a_change_of_the_employers_rate_is_added_in_its_years() -> None:
    change = ("employee.contributions.employer_rate_change", (("2026", 0), ("2027", 0.01)))
    rates = [
        employee(("employee.contributions.employer_rate", 0.07), change, place=place).employer_rate.item()
        for place in (0, 1)
    ]
    assert rates == pytest.approx([0.07, 0.08])


def test_missing_years_are_bought_at_the_employers_rate_on_the_base_of_flexible_workers() -> None:
    scheme = employee(
        ("employee.unqualified.missing_years", 4), ("employee.contributions.employer_rate", 0.07),
        ("employee.contributions.flexible_base", 0.5), ("employee.contributions.relief", 0.3),
    )  # fmt: skip
    assert scheme.purchase_pp.item() == pytest.approx(4 * 0.07 * 0.5 * inputs().wages([2025])[0])


def test_those_without_an_account_are_taken_off_and_rates_of_spending_are_those_of_the_scenario() -> None:
    scheme = employee(
        ("employee.accounts.without", 0.2), ("employee.accounts.spending_rate", 0.3),
        ("employee.accounts.relatives_care_rate", 0.05), ("employee.accounts.retiree_credit", 900),
    )  # fmt: skip
    assert scheme.with_account.item() == pytest.approx(0.8)
    assert (scheme.spending_rate.item(), scheme.relatives_care_rate.item()) == (0.3, 0.05)
    assert scheme.retiree_credit.item() == 900


def test_those_who_join_the_residents_are_a_share_of_those_who_do_not_buy() -> None:
    buying, resident = "employee.unqualified.buying", "employee.unqualified.resident"
    for bought, joined, share in ((0.5, 0.4, 0.8), (0.0, 0.3, 0.3), (0.6, 0.4, 1.0), (1.0, 0.0, 0.0)):
        _, (year, *_) = built((resident, 0.0), (buying, bought), *((resident, joined),))
        assert year.buying_share.item() == bought
        assert year.joining_share.item() == pytest.approx(share)


def lever(component: str, size: float) -> dict[str, Any]:
    """A lever on a component, in full from 2027 on."""
    values = {
        "component": component, "start": 2027, "ramp_years": 1, "size": size, "low": min(size, 0), "high": max(size, 0),
        "mark": "recalled_low", "source": "of this test", "description": "d", "description_zh": "d",
    }  # fmt: skip
    return {f"levers.one.{name}": value for name, value in values.items()}


def levered(component: str, size: float) -> tuple[YearBasis, YearBasis]:
    """The basis of 2027 without and with a lever."""
    _, years = build(scenario().replace(lever(component, size)))
    return built()[1][1], years[1]


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ("employer_contributions", "employer_rate"),
        ("contribution_base", "contribution_base"),
        ("employee_inpatient_benefits", "care.inpatient_benefit_factor"),
        ("employee_outpatient_benefits", "care.outpatient_benefit_factor"),
        ("inpatient_use", "care.inpatient_use"),
        ("inpatient_cost", "care.inpatient_cost"),
        ("outpatient_cost", "care.outpatient_cost"),
    ],
)
def test_a_lever_multiplies_its_component_of_the_employee_scheme(component: str, field: str) -> None:
    values = []
    for year in levered(component, -0.1):
        value: Any = year.employee
        for name in field.split("."):
            value = getattr(value, name)
        values.append(value)
    assert values[1] == pytest.approx(0.9 * values[0])


def test_a_lever_on_entry_multiplies_the_residents_chance_and_raises_that_of_the_uninsured_by_its_odds() -> None:
    before, after = levered("employee_entry", 0.2)
    assert after.employee_entry == pytest.approx(1.2 * before.employee_entry)
    odds = after.employee_entry / (1 - after.employee_entry) * scenario().values.employee.uninsured_odds_ratio
    assert after.employee_entry_uninsured == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize("component", ["inpatient_benefits", "outpatient_benefits", "income", "personal_contributions"])
def test_levers_on_the_resident_fund_leave_the_employee_scheme_alone(component: str) -> None:
    before, after = (year.employee for year in levered(component, -0.1))
    assert before is not None
    assert after is not None
    for name in ("employer_rate", "contribution_base"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    for name, value in vars(before.care).items():
        np.testing.assert_array_equal(getattr(after.care, name), value, err_msg=name)


@pytest.mark.parametrize("kind", ["inpatient", "outpatient"])
def test_levers_that_pay_more_than_the_cost_are_refused(kind: str) -> None:
    component = f"employee_{kind}_benefits"
    with pytest.raises(
        SimsuranceError, match=f"levers: those on {component} and rules of control, with a payment_ratio of .* pay more"
    ):
        build(scenario().replace(lever(component, 1.5)))


# --- cost and benefits by status ----------------------------------------------------------------------------


def test_retired_members_have_their_own_deductible_and_ratio() -> None:
    scheme = employee(
        ("benefits.indexation", "fixed"),
        ("employee.benefits.inpatient.deductible", 1_200), ("employee.benefits.inpatient.retired_deductible", 900),
        ("employee.benefits.inpatient.payment_ratio", 0.8), ("employee.benefits.inpatient.retired_ratio_extra", 0.05),
        ("employee.benefits.outpatient.payment_ratio", 0.5), ("employee.benefits.outpatient.retired_ratio_extra", 0.2),
    )  # fmt: skip
    care = scheme.care
    assert care.inpatient_deductible.ravel() == pytest.approx([1_200, 900])
    assert care.inpatient_ratio.ravel() == pytest.approx([0.8, 0.85])
    assert care.outpatient_ratio.ravel() == pytest.approx([0.5, 0.7])
    for cost in (care.inpatient_cost, care.outpatient_cost):
        assert cost.shape[2] == 1, "a person does not cost more for having retired"


def test_members_cost_rises_more_steeply_with_age_between_two_ages() -> None:
    ages: Changes = (("employee.care.younger_to_age", 40), ("employee.care.older_from_age", 60))
    flat, steep = (employee(("employee.care.older_cost_ratio", ratio), *ages).care for ratio in (1, 4))
    for name in ("inpatient_cost", "outpatient_cost"):
        ratio = (getattr(steep, name) / getattr(flat, name)).reshape(-1, 101)[0]
        assert ratio[:40] == pytest.approx(np.ones(40))
        assert ratio[60:] == pytest.approx(np.full(41, 4.0))
        assert ratio[49] == pytest.approx(4**0.475)
        assert ratio[50] / ratio[49] == pytest.approx(4**0.05)


def test_cost_of_care_has_levels_places_and_growth_of_its_own() -> None:
    price = ("claims.trend.use_share", 0)
    plain = employee(price)
    area = ("employee.care.area_cost", (("urban", 1.2), ("rural", 0.8)))
    one = ("employee.care.area_cost", (("urban", 1.0), ("rural", 1.0)))
    by_area, level = employee(area).care.inpatient_cost, employee(one).care.inpatient_cost
    urban, rural = (by_area[..., place, 0, :] / level[..., 0, 0, :] for place in (0, 1))
    assert urban / rural == pytest.approx(np.full(urban.shape, 1.2 / 0.8))
    assert np.all((rural < 1) & (urban > 1)), "all of an age together cost what the tables say"
    own = scenario().values.employee.care
    doubled: Changes = (
        ("employee.care.use_level", own.use_level / 2), ("employee.care.inpatient_level", own.inpatient_level * 3),
        ("employee.care.outpatient_level", own.outpatient_level * 5),
    )  # fmt: skip
    changed = employee(*doubled, price)
    for name, factor in (("inpatient_use", 0.5), ("inpatient_cost", 3), ("outpatient_cost", 5), ("outpatient_use", 1)):
        assert getattr(changed.care, name) == pytest.approx(factor * getattr(plain.care, name)), name
    growth: Changes = (("employee.care.real_growth", 0.03), ("economy.inflation", 0.02), price)
    costs = [employee(*growth, place=place).care.inpatient_cost for place in (0, 1)]
    assert costs[1] == pytest.approx(1.03 * 1.02 * costs[0])


def test_the_residents_levels_do_not_move_the_employee_schemes_cost() -> None:
    changed = employee(("claims.inpatient.level", 2), ("claims.outpatient.level", 2), ("claims.trend.real_growth", 0.1))
    for name, value in vars(employee().care).items():
        np.testing.assert_array_equal(getattr(changed.care, name), value, err_msg=name)


def test_maternity_benefits_move_with_wages_and_long_term_care_with_incomes() -> None:
    faster = ("employee.wage.growth_excess", 0.02)
    changes: Changes = (faster, ("employee.benefits.birth_benefit", 40_000), ("employee.benefits.long_term_care", 60))
    for place, year in enumerate((2026, 2027)):
        scheme = employee(*changes, place=place)
        wages, incomes = inputs(faster).wages([2024, year - 1]), inputs().incomes([2024, year - 1])["national"]
        assert scheme.birth_benefit.item() == pytest.approx(40_000 * wages[1] / wages[0])
        assert scheme.long_term_care_pp.item() == pytest.approx(60 * incomes[1] / incomes[0])


# --- retirement before and after the legal age --------------------------------------------------------------


def rates(path: Path, first: int = 2026, **rule: float) -> np.ndarray:
    """Probability of retiring of a year by sex and age, with a table and rule of early and late retirement."""
    changes = {f"employee.retirement.{name}": value for name, value in rule.items()}
    changed = scenario().replace(
        {"horizon.valuation_year": first, "horizon.last_year": first, "employee.retirement_table": str(path), **changes}
    )
    found: np.ndarray = retirement(Inputs(changed, changed.values))[0]
    return found


def retirement_table(folder: Path, half_at: int, first: int = 2015, last: int = 2035) -> Path:
    """A table by which half retire at one age and all others a year later, in every year, women five years earlier."""
    lines = ["year,sex,age,probability"]
    for year in range(first, last + 1):
        for sex in SEX.members:
            half = half_at - 5 * (sex == "female")
            lines += [f"{year},{sex},{age},{0.5 * (age == half) + (age > half)}" for age in range(len(AGE.members))]
    path = folder / "retirement.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_early_and_late_retirement_of_a_cohort_worked_out_by_hand(tmp_path: Path) -> None:
    found = rates(
        retirement_table(tmp_path, 59), early_share=0.2, early_years=1, late_share=0.1, late_years=1
    )  # of a cohort, still active at 59, 60, 61, 62: 100, 50, 0, 0; early ones 50, 0, 0, 0; late ones 100, 100, 50, 0
    # together 0.7 × 100 + 0.2 × 50 + 0.1 × 100 = 90 at 59, then 35 + 0 + 10 = 45, 0 + 0 + 5 = 5, none; all at 58.
    assert found[MALE, 56:62] == pytest.approx([0, 0, 1 - 90 / 100, 1 - 45 / 90, 1 - 5 / 45, 1])
    assert found[FEMALE, 51:57] == pytest.approx([0, 0, 0.1, 0.5, 8 / 9, 1])


def test_all_early_or_all_late_is_the_table_moved_by_those_years(tmp_path: Path) -> None:
    path = retirement_table(tmp_path, 59)
    table = rates(path)
    early = rates(path, early_share=1.0, early_years=3)
    late = rates(path, late_share=1.0, late_years=2)
    assert early[:, 40:57] == pytest.approx(table[:, 43:60])
    assert late[MALE, 42:62] == pytest.approx(table[MALE, 40:60])
    assert table[MALE, 59] == 0.5


@pytest.mark.parametrize(
    "rule",
    [
        {"early_share": 0.0, "late_share": 0.0, "early_years": 5, "late_years": 5},
        {"early_share": 0.3, "late_share": 0.4, "early_years": 0, "late_years": 0},
        {"early_share": 0.0, "late_share": 0.4, "early_years": 3, "late_years": 0},
    ],
    ids=["no shares", "no years", "one of each"],
)
def test_nobody_early_or_late_is_the_table_as_it_is(rule: dict[str, float]) -> None:
    changes: Changes = tuple((f"employee.retirement.{name}", value) for name, value in rule.items())
    path = scenario().tables["employee.retirement_table"]
    for place, year in enumerate((2026, 2027)):
        found = built(*changes)[1][place].retirement[0, 0, 0, :, 0, 0]
        np.testing.assert_array_equal(found, tables.by_year_sex_age(path, "probability", [year])[0])


@pytest.mark.parametrize("years", [1, 3, 5])
@pytest.mark.parametrize(("early", "late"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.3, 0.1), (1e-6, 0.0)])
def test_probabilities_of_retiring_stay_between_none_and_all(years: int, early: float, late: float) -> None:
    changed = load("baseline").replace(
        {
            "horizon.valuation_year": 2019, "horizon.last_year": 2100, "employee.retirement.early_share": early,
            "employee.retirement.late_share": late, "employee.retirement.early_years": years,
            "employee.retirement.late_years": years,
        }
    )  # fmt: skip
    found = retirement(Inputs(changed, changed.values))
    assert found.shape[0] == 82
    assert np.all((found >= 0) & (found <= 1))


def test_the_share_early_and_late_retires_those_years_before_and_after_the_others() -> None:
    changes = {"employee.retirement.early_share": 0.2, "employee.retirement.late_share": 0.1, "horizon.last_year": 2060}
    shifted, plain = scenario().replace(changes), scenario().replace({"horizon.last_year": 2060})
    years = {}
    for name, chosen in (("shifted", shifted), ("plain", plain)):
        chance = retirement(Inputs(chosen, chosen.values))
        active, lived = 1.0, 0.0
        for place in range(30):  # men born in 1979, 47 years old on 1 January 2026 and followed to 76
            lived += active
            active *= 1 - chance[place, MALE, 47 + place]
        years[name] = lived
    early, late = (scenario().values.employee.retirement.early_years, scenario().values.employee.retirement.late_years)
    assert years["shifted"] - years["plain"] == pytest.approx(0.1 * late - 0.2 * early, abs=1e-6)


# --- the scheme beside the residents ------------------------------------------------------------------------


def test_without_the_employee_schemes_money_every_number_of_the_residents_is_the_same() -> None:
    (state, years), (plain_state, plain_years) = built(), built(("employee.projected", False))
    np.testing.assert_array_equal(state.cells, plain_state.cells)
    assert (state.fund.shape, plain_state.fund.shape) == ((1, 3), (1, 1))
    for year, plain_year in zip(years, plain_years, strict=True):
        assert plain_year.employee is None
        work = Workspace(state.cells.shape)
        state, flows = step(state, year, work)
        plain_state, plain_flows = step(plain_state, plain_year, work)
        np.testing.assert_array_equal(state.cells, plain_state.cells)
        np.testing.assert_array_equal(state.fund[:, 0], plain_state.fund[:, 0])
        for name, values in plain_flows.by_name.items():
            np.testing.assert_array_equal(flows.by_name[name], values, err_msg=name)


def test_the_money_of_the_employee_scheme_moves_with_its_inputs_and_the_residents_stay() -> None:
    plain, richer = simulate([scenario(), scenario(("employee.contributions.employer_rate", 0.10))])
    fund, more = plain.projection.fund, richer.projection.fund
    np.testing.assert_array_equal(more[:, :, 0], fund[:, :, 0])
    assert np.all(more[1:, :, 1] > fund[1:, :, 1])
    np.testing.assert_array_equal(more[:, :, 2], fund[:, :, 2])


def test_early_retirement_may_begin_in_a_year() -> None:
    """The rates of years before are the table's, those of years after as if it had always been so."""
    dated, always, never = (
        inputs(
            ("horizon.last_year", 2035),
            ("employee.retirement.early_share", share),
            ("employee.retirement.early_years", 2),
        )
        for share in ((("2019", 0), ("2029", 0.3)), 0.3, 0)
    )
    for year in (2026, 2028, 2029, 2035):
        place = year - 2026
        same = always if year >= 2029 else never
        np.testing.assert_allclose(retirement(dated)[place], retirement(same)[place], rtol=1e-12, atol=1e-12)
