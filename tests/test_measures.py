"""Summary measures on accounts small enough to work out by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import persons, quiet_year, state_of

from simsurance import measures
from simsurance.axes import FUND
from simsurance.ledger import FUNDS, POOL, RESIDENT, fund_of
from simsurance.model.projection import project
from simsurance.model.state import YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schema import ScenarioValues

steady = settings(derandomize=True, deadline=None, max_examples=40)
YEARS = [2026, 2027, 2028, 2029]
RESIDENT_ONLY = (
    "prepaid_change",
    "public_money",
    "personal_contribution_pp",
    "subsidy_pp",
    "resident_insured",
    "coverage",
)
RATE = 0.0201


def values(**changes: Any) -> ScenarioValues:
    """The baseline with six months wanted, contributions that change at once or two years later, or other choices."""
    chosen: dict[str, Any] = {"measures.target_reserve_months": 6, "measures.discount_margin": 0}
    chosen |= {"measures.notice_years": 0, "measures.delay_years": 2} | changes
    return load("baseline").replace(chosen).values


def basis(rate: float = RATE) -> list[YearBasis]:
    """The years with one rate of interest."""
    return [quiet_year(year, interest_rate=np.array([rate]), deficit_rate=np.array([rate])) for year in YEARS]


def account(
    income: list[float], outgo: list[float], opening: float = 100.0, rate: float = RATE, prepaid: float = 0.0
) -> dict[str, np.ndarray]:
    """The account of four years from income (without money received in advance) and outgo."""
    opened, closed = [], []
    fund = opening
    for received, paid in zip(income, outgo, strict=True):
        opened.append(fund)
        fund = fund * (1 + rate) + (received + prepaid - paid) * (1 + rate) ** 0.5
        closed.append(fund)
    found: dict[str, Any] = {
        "opening": opened, "closing": closed, "income": np.array(income) + prepaid, "outgo": outgo,
        "prepaid_change": [prepaid] * 4, "members_income": [4000.0] * 4, "public_money": [50.0] * 4,
        "personal_contribution_pp": [400.0, 420, 440, 460], "subsidy_pp": [700.0] * 4, "outgo_pp": [900.0] * 4,
        "income_rate": [0.02] * 4, "cost_rate": [0.02] * 4, "coverage": [0.93] * 4, "resident_insured": [1000.0] * 4,
        "leave_rate": [0.03] * 4, "return_rate": [0.4] * 4, "price_level": [1.01, 1.02, 1.03, 1.04],
        "disposable_income_pp": [50.0] * 4, "disposable_income": [5000.0] * 4, "gdp": [11000.0] * 4,
        "interest_less_income_growth": [-0.02] * 4, "coverage_of_population": [0.95] * 4,
    }  # fmt: skip
    arrays = {name: np.asarray(numbers, dtype=float) for name, numbers in found.items()}
    paid_by_parts = {"personal_contributions": 0.3, "assistance": 0.02, "subsidies": 0.6, "local_supplement": 0.08}
    arrays |= {name: np.array(income) * share for name, share in paid_by_parts.items()}
    arrays |= {"employer_contributions": np.array(income, dtype=float)}
    arrays |= dict.fromkeys(("repair_payments", "employer_to_accounts", "adjustment_payments"), np.zeros(4))
    arrays["cash_balance"] = arrays["income"] - arrays["outgo"]
    arrays["current_balance"] = arrays["closing"] - arrays["opening"]
    arrays["reserve_months"] = arrays["closing"] / (arrays["outgo"] / 12)
    return arrays


def pool_account(numbers: dict[str, np.ndarray], base: float) -> dict[str, np.ndarray]:
    """The same as an account of the employee pool; its base is a multiple of the members' income."""
    found = {name: values for name, values in numbers.items() if name not in RESIDENT_ONLY}
    own = {"employee_active": 800.0, "employee_retired": 300.0, "contribution_rate": 0.06, "pay_as_you_go_rate": 0.07}
    found |= {name: np.full(4, value) for name, value in (own | {"purchases": 0.0, "retiree_credits": 0.0}).items()}
    return found | {
        "dependency_ratio": np.array([0.38, 0.39, 0.4, 0.41]),
        "contribution_base": numbers["members_income"] * base,
    }


def told(accounts: dict[str, dict[str, np.ndarray]], rate: float = RATE, **changes: Any) -> dict[str, measures.Measure]:
    """All measures of accounts by year by name: of the second of two runs, the first with ten times as much outgo."""
    of_two = {
        fund: {
            name: np.stack([numbers * (10 if name == "outgo" else 1), numbers], axis=1)
            for name, numbers in found.items()
        }
        for fund, found in accounts.items()
    }
    listed = measures.measures([values(**changes)] * 2, of_two, basis(rate), np.ones((5, 2, 2, 2, 1)))
    assert len({measure.measure for measure in listed}) == len(listed)
    return {measure.measure: measure.of_run(1) for measure in listed}


def measured(found: dict[str, np.ndarray], rate: float = RATE, **changes: Any) -> dict[str, measures.Measure]:
    """All measures of the resident fund's account by name."""
    return told({RESIDENT: found}, rate, **changes)


def required_multiple(fund: str, found: dict[str, np.ndarray], rate: float, months: float, start: int = 0) -> float:
    """The required multiple of one run."""
    of_one = {name: numbers[:, None] for name, numbers in found.items()}
    target = measures.reserve_target([values(**{"measures.target_reserve_months": months})], of_one)
    return float(
        measures.required_multiple(fund_of(fund), of_one, measures.Interest(np.full((4, 1), rate)), target, start)[0]
    )


def test_depletion_is_the_first_year_that_closes_below_nought() -> None:
    found = measured(account([100] * 4, [120, 150, 170, 200]))
    # 100 → 81.81 → 32.95 → −37.09 → …
    assert (found["depletion_year"].value, found["depletion_year"].status) == (2028, "ok")
    assert (found["first_deficit_year"].value, found["first_deficit_year"].status) == (2026, "ok")


def test_a_fund_that_lasts_has_a_status_and_no_depletion_year() -> None:
    found = measured(account([100] * 4, [90] * 4))
    for name in ("depletion_year", "payable_share_at_depletion", "payable_share_last_year"):
        assert np.isnan(found[name].value), name
        assert found[name].status == "not_depleted_by_2029", name
    assert np.isnan(found["first_deficit_year"].value)
    assert found["first_deficit_year"].status == "no_deficit_by_2029"


def test_a_fund_of_exactly_nought_is_not_depleted() -> None:
    assert measured(account([100] * 4, [100] * 4, opening=0.0))["depletion_year"].status == "not_depleted_by_2029"


def test_the_payable_share_is_income_over_outgo_at_depletion_and_at_the_end() -> None:
    found = measured(account([100] * 4, [120, 150, 160, 200]))
    assert found["payable_share_at_depletion"].value == pytest.approx(100 / 160)
    assert found["payable_share_last_year"].value == pytest.approx(100 / 200)


def test_the_lowest_reserve_need_not_stand_at_either_end() -> None:
    found = measured(account([100, 100, 100, 200], [100, 170, 110, 100]))
    months = {2026: 102.01 / 100 * 12, 2027: (102.01 * 1.0201 - 70 * 1.01) / 170 * 12}
    assert found["reserve_months_first_year"].value == pytest.approx(months[2026])
    assert found["lowest_reserve_months"].value == pytest.approx(months[2027])


def test_a_yuan_at_mid_year_is_discounted_by_half_a_year_less() -> None:
    middle, end = measures.Interest(np.array([0.0201, 0.0404])).discounts()
    assert end == pytest.approx([1 / 1.0201, 1 / 1.0201 / 1.0404])
    assert middle == pytest.approx([1 / 1.01, 1 / 1.0201 / 1.02])
    assert measures.Interest(np.array([0.0101])).discounts(0.01)[1] == pytest.approx([1 / 1.0201])


def test_the_present_value_of_public_money_by_hand() -> None:
    assert measured(account([100] * 4, [90] * 4), rate=0.0)["public_money_present_value"].value == pytest.approx(200)


def test_the_actuarial_balance_by_hand_without_interest() -> None:
    # 100 + 4 × 100 − (90 + 95 + 100 + 110) − half a year of 110 = 50, over 4 × 4,000.
    found = measured(account([100] * 4, [90, 95, 100, 110], rate=0.0), rate=0.0)
    assert found["actuarial_balance"].value == pytest.approx(50 / 16_000)


@steady
@given(
    st.lists(st.floats(50, 200), min_size=4, max_size=4),
    st.floats(-100, 300),
    st.floats(0, 0.1),
    st.integers(0, 2),
    st.floats(0, 12),
)
def test_the_required_contribution_leaves_the_reserve_wanted_at_the_horizon(
    outgo: list[float], opening: float, rate: float, start: int, months: float
) -> None:
    income, prepaid = [100.0, 103.0, 106.0, 110.0], 5.0
    found = account(income, outgo, opening, rate, prepaid)
    multiple = required_multiple(RESIDENT, found, rate, months, start)
    levied = [amount * (multiple if place >= start else 1) for place, amount in enumerate(income)]
    reached = account(levied, outgo, opening, rate, prepaid)
    assert reached["closing"][-1] == pytest.approx(months * outgo[-1] / 12, rel=1e-9, abs=1e-7)


def test_what_is_passed_on_out_of_the_levied_moves_with_it() -> None:
    """A tenth of what is levied goes to an outside party: with the multiple found the target is met."""
    income, outgo = [100.0, 103.0, 106.0, 110.0], [115.0, 120.0, 125.0, 130.0]

    def passing_on(levied: list[float]) -> dict[str, np.ndarray]:
        found = account(levied, [paid + each / 10 for paid, each in zip(outgo, levied, strict=True)])
        return found | {"adjustment_payments": np.array(levied) / 10}

    for start in (0, 2):
        multiple = required_multiple(RESIDENT, passing_on(income), RATE, 6.0, start)
        reached = passing_on([amount * (multiple if place >= start else 1) for place, amount in enumerate(income)])
        assert reached["closing"][-1] == pytest.approx(reached["outgo"][-1] / 2, rel=1e-9)


def test_waiting_makes_the_required_contribution_of_a_failing_fund_higher() -> None:
    found = measured(account([100] * 4, [130] * 4))
    now, delayed = (found[f"required_contribution_multiple_{when}"] for when in ("now", "delayed"))
    assert 1 < now.value < delayed.value
    assert found["required_contribution_now"].value == pytest.approx(now.value * 1100)
    assert found["required_contribution_delayed"].value == pytest.approx(delayed.value * 1140)
    assert "from 2026" in now.unit
    assert "from 2028" in delayed.unit


def test_balance_and_required_contribution_agree_on_what_is_enough() -> None:
    short, enough = (measured(account([income] * 4, [100] * 4, opening=20.0)) for income in (100, 120))
    assert short["actuarial_balance"].value < 0 < enough["actuarial_balance"].value
    assert short["required_contribution_multiple_now"].value > 1 > enough["required_contribution_multiple_now"].value


def test_a_delay_beyond_the_horizon_starts_in_the_last_year() -> None:
    found = measured(account([100] * 4, [130] * 4), **{"measures.delay_years": 50})
    assert "from 2029" in found["required_contribution_multiple_delayed"].unit


@pytest.mark.parametrize(
    "name",
    [
        "closing",
        "reserve_months",
        "current_balance",
        "outgo_pp",
        "income_rate",
        "cost_rate",
        "coverage",
        "resident_insured",
    ],
)
def test_ends_of_the_path_are_reported(name: str) -> None:
    numbers = account([100, 101, 102, 103], [90, 91, 92, 93])
    found = measured(numbers)
    assert found[f"{name}_first_year"].value == numbers[name][0]
    assert found[f"{name}_last_year"].value == numbers[name][-1]


def test_a_level_is_of_one_fund_or_of_every_fund_and_each_has_a_unit() -> None:
    own = [name for fund in FUNDS for name in fund.levels]
    assert len(own) == len(set(own))
    assert set(own) < measures.FIRST_AND_LAST.keys()


def test_every_measure_has_a_unit_and_either_a_value_or_a_reason() -> None:
    for outgo in (90, 190):
        for measure in measured(account([100] * 4, [outgo] * 4)).values():
            assert measure.unit
            assert np.isfinite(measure.value) == (measure.status == "ok"), measure.measure


def test_the_account_of_a_projection_adds_up() -> None:
    state = state_of(persons(("tenure_3", 800.0), ("gap_1", 200.0)), fund=1e6)
    money: dict[str, Any] = {
        "personal_pp": 400.0, "personal_pp_next": 420.0, "subsidy_pp": 700.0, "local_supplement": 1.1,
        "inpatient_use": 0.1, "inpatient_ratio": 0.7, "interest_rate": np.array([0.03]),
        "prepaid_share": np.array([0.5]), "administration_share": np.array([0.05]), "leave_odds": 0.25,
        "enter_odds": 1.0,
    }  # fmt: skip
    years = [quiet_year(2030 + place, **money) for place in range(3)]
    (found,) = measures.accounts(project(state, years), years).values()
    found = {name: numbers[:, 0] for name, numbers in found.items()}
    parts = ("personal_contributions", "assistance", "subsidies", "local_supplement", "prepaid_change")
    assert found["income"] == pytest.approx(sum(found[name] for name in parts))
    assert found["outgo"] == pytest.approx(
        found["inpatient_benefits"] + found["outpatient_benefits"] + found["administration"]
    )
    assert found["closing"] - found["opening"] == pytest.approx(found["current_balance"])
    assert found["opening"][1:].tolist() == found["closing"][:-1].tolist()
    assert found["reserve_months"] == pytest.approx(found["closing"] / found["outgo"] * 12)
    assert found["reserve_months_without_prepaid"] == pytest.approx(
        (found["closing"] - found["prepaid"]) / found["outgo"] * 12
    )
    assert found["reserve_months_forward"][:-1] == pytest.approx(found["closing"][:-1] / found["outgo"][1:] * 12)
    assert np.isnan(found["reserve_months_forward"][-1])
    # 800 insured and 200 lapsed: a fifth leaves, half returns, 740 pay; coverage of 1,000 outside the employee scheme.
    assert found["leave_rate"][0] == pytest.approx(0.2)
    assert found["return_rate"][0] == pytest.approx(0.5)
    assert found["coverage"][0] == pytest.approx(0.74, rel=1e-6)
    assert found["income_pp"][0] == pytest.approx(found["income"][0] / 740, rel=1e-6)
    assert found["cost_rate"][0] == pytest.approx(found["outgo"][0] / (740 * 40_000), rel=1e-6)
    assert found["public_money"] == pytest.approx(found["subsidies"] + found["assistance"])
    assert found["personal_contribution_pp"].reshape(-1) == pytest.approx([400] * 3, rel=1e-12)


def test_the_measures_of_another_fund_are_named_after_it_and_computed_in_the_same_way() -> None:
    numbers = account([100] * 4, [120, 150, 170, 200])
    found = told({RESIDENT: numbers, POOL: pool_account(numbers, 1.0)})
    same = ("depletion_year", "first_deficit_year", "actuarial_balance", "required_contribution_multiple_now")
    for name in (*same, "payable_share_at_depletion", "closing_last_year", "lowest_reserve_months"):
        assert found[f"employee_pool_{name}"].value == found[name].value, name
    multiple = found["employee_pool_required_contribution_multiple_now"].value
    assert found["employee_pool_required_rate_now"].value == pytest.approx(0.06 * multiple)
    assert found["employee_pool_dependency_ratio_last_year"].value == 0.41
    absent = ("public_money_present_value", "required_contribution_now", "burden_rural_low_first_year")
    assert not {f"employee_pool_{name}" for name in absent} & found.keys()


def test_payments_for_missing_years_do_not_rise_with_the_required_rate() -> None:
    plain, with_purchases = account([100] * 4, [120] * 4), account([100] * 4, [120] * 4)
    for numbers in (plain, with_purchases):
        numbers["contribution_rate"] = np.full(4, 0.06)
        for name in RESIDENT_ONLY:
            del numbers[name]
        numbers |= {"retiree_credits": np.zeros(4), "purchases": np.zeros(4)}
    with_purchases["purchases"] = np.full(4, 20.0)
    multiples = [required_multiple(POOL, numbers, RATE, 6.0) for numbers in (plain, with_purchases)]
    assert (multiples[1] - 1) * 80 == pytest.approx((multiples[0] - 1) * 100)


def test_accounts_of_both_schemes_add_up() -> None:
    results = simulate([load("baseline").replace({"horizon.last_year": 2028})])[0]
    assert list(results.accounts) == list(FUND.members)
    for fund, numbers in results.accounts.items():
        sides = (fund_of(fund).income, fund_of(fund).outgo)
        income, outgo = (
            sum(numbers[each.column] for each in side if each.row.always or each.column in numbers) for side in sides
        )
        assert numbers["income"] == pytest.approx(income)
        assert numbers["outgo"] == pytest.approx(outgo)
        assert numbers["closing"] - numbers["opening"] == pytest.approx(numbers["current_balance"])
    pool, accounts, resident = (results.accounts[fund] for fund in ("employee_pool", "personal_accounts", "resident"))
    assert (pool["employer_to_accounts"] + accounts["employer_to_accounts"]).tolist() == [0] * 3
    assert accounts["relatives_contributions"] == pytest.approx(resident["contributions_from_accounts"])
    balancing = pool["outgo"] - pool["purchases"] - pool["retiree_credits"]
    assert pool["pay_as_you_go_rate"] == pytest.approx(balancing / pool["contribution_base"])
    levied = pool["employer_contributions"] + pool["employer_to_accounts"]
    assert pool["contribution_rate"] == pytest.approx(levied / pool["contribution_base"])
    members = pool["employee_active"] + pool["employee_retired"] + resident["resident_insured"]
    assert resident["coverage_of_population"] == pytest.approx(members / resident["population"])
    assert pool["dependency_ratio"] == pytest.approx(pool["employee_retired"] / pool["employee_active"])


def test_a_scheme_switched_off_has_no_account_and_leaves_the_other_as_it_is() -> None:
    base = load("baseline").replace({"horizon.last_year": 2028})
    both, alone = (simulate([each])[0] for each in (base, base.replace({"employee.projected": False})))
    assert list(alone.accounts) == ["resident"]
    for name, numbers in alone.account.items():
        np.testing.assert_array_equal(numbers, both.account[name], err_msg=name)
    kept = both.measures[~both.measures.index.str.startswith(("employee_pool", "personal_accounts"))]
    assert alone.measures.equals(kept)
    assert list(alone.flows.columns) == list(both.flows.columns)
    assert alone.flows["employer_contributions"].isna().all()
    assert alone.ages["leaves"].equals(both.ages["leaves"])


def test_the_required_rate_of_the_pool_leaves_the_target_reserve() -> None:
    """Nobody reacts to the rate, so that the multiple found is the one that a run with it needs; nobody buys years here."""
    base = load("baseline").replace(
        {"horizon.last_year": 2035, "employee.unqualified.buying": 0.0, "employee.unqualified.resident": 0.5}
    )
    (before,) = simulate([base])
    found = before.measures["value"]
    multiple = found["employee_pool_required_contribution_multiple_now"]
    rate = base.values.employee.contributions.employer_rate
    (after,) = simulate([base.replace({"employee.contributions.employer_rate": {2018: rate, 2027: rate * multiple}})])
    pool = after.accounts["employee_pool"]
    assert pool["reserve_months"][-1] == pytest.approx(base.values.measures.target_reserve_months)
    assert pool["contribution_rate"][1] == pytest.approx(found["employee_pool_required_rate_now"])


def test_where_nothing_is_levied_the_required_rate_has_a_status_and_no_number() -> None:
    base = load("baseline").replace({"horizon.last_year": 2028, "employee.contributions.to_accounts": 1.0})
    (results,) = simulate([base])
    for name in ("required_contribution_multiple_now", "required_rate_delayed"):
        row = results.measures.loc[f"employee_pool_{name}"]
        assert np.isnan(row["value"])
        assert row["status"] == "nothing_levied"


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "change",
    [
        {"employee.contributions.employer_rate": 0},
        {"employee.contributions.compliance": 0},
        {"membership.employee_active": 0},
    ],
)
def test_a_scheme_without_contributions_or_active_members_still_has_an_account(change: dict[str, Any]) -> None:
    (results,) = simulate([load("baseline").replace({"horizon.last_year": 2028, **change})])
    assert results.checks["holds"].all()
    assert np.isfinite(results.accounts["employee_pool"]["closing"]).all()


def test_the_balance_of_the_pool_is_a_share_of_its_base() -> None:
    numbers = account([100] * 4, [120, 150, 170, 200])
    found = told({RESIDENT: numbers, POOL: pool_account(numbers, 0.5)})
    assert found["employee_pool_actuarial_balance"].value == pytest.approx(2 * found["actuarial_balance"].value)
    assert found["employee_pool_actuarial_balance"].unit == "share of the contribution base"
