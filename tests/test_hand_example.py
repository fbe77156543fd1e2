"""The worked example of the docs: one cell followed through one year by hand, every number as printed."""

import re
from functools import cache
from math import e, erf, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from small_scheme import bands, held, on, one_year, persons, quiet_year, state_of, told
from test_model_employee import cohort

from simsurance.axes import AGE, NATIONAL, index, row
from simsurance.model.enrolment import bonus_at_stake, enrolment_hazards

INCOME = NATIONAL.income

DOCUMENT = Path(__file__).parents[1] / "docs" / "worked_example.md"
AGES = len(AGE.members)
HERE = {"health": "low", "sex": "female", "area": "rural", "income": "middle", "age": 40}
LOW, FEMALE, RURAL, MIDDLE = (index(axis, str(HERE[axis])) for axis in ("health", "sex", "area", "income"))


@cache
def printed() -> dict[str, tuple[str, str]]:
    """Arithmetic and value of each row of the document's tables, by the quantity's name."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| ([−\d.,]+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: (arithmetic, value) for name, arithmetic, value in rows}
    assert len(found) == len(rows), "a quantity is named twice"
    return found


def number(text: str) -> float:
    """A printed number."""
    return float(text.replace(",", "").replace("−", "-"))


def worked_out(arithmetic: str) -> float:
    """The result of the arithmetic as printed."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", arithmetic)
    for sign, meaning in (("×", "*"), ("÷", "/"), ("−", "-"), ("^", "**")):
        plain = plain.replace(sign, meaning)
    assert re.fullmatch(r"[\d\s.()*/+\-elnΦ]+", plain), arithmetic
    return float(eval(plain, {"e": e, "ln": log, "Φ": lambda z: (1 + erf(z / sqrt(2))) / 2}))


@cache
def engine() -> dict[str, float]:
    """The same quantities by the engine."""
    survival, asfr = np.ones((2, AGES)), np.zeros(AGES)
    survival[FEMALE, 40], asfr[40] = 0.99, 0.004
    odds = np.full((3, 7), 0.6)
    odds[:, row("never")] = 0.3
    basis = quiet_year(
        2030, ages=AGES, survival=on(survival, "sex", "age"), asfr=on(asfr, "age"), newborn_enrolment=0.5,
        leave_odds=0.05, enter_odds=on(odds, "health", "status"), burden=480 / 24_000, reference_burden=400 / 25_000,
        burden_floor=0.001, leave_burden=0.35, return_burden=0.20, leave_wait=0.03, return_wait=0.05,
        leave_bonus=0.015, rules_in_force=1.0, waits=on(np.ones((len(INCOME.members), AGES)), "income", "age"),
        fixed_months=3.0, months_per_lapsed_year=1.0, floor_months=6.0, never_counts=1.0, bonus_step=1_000.0,
        bonus_felt=1 / 1_000, indexation=1.2,
        personal_pp=480.0, subsidy_pp=900.0, local_supplement=1.08, inpatient_use=0.15, inpatient_cost=10_000.0,
        inpatient_sigma=1.2, inpatient_deductible=800.0, inpatient_ratio=0.7, inpatient_limit=50_000.0,
        outpatient_use=0.6, outpatient_cost=800.0, outpatient_sigma=1.1, outpatient_deductible=50.0,
        outpatient_ratio=0.55, outpatient_limit=400.0, administration_share=np.array([0.01]),
        interest_rate=np.array([0.02]), deficit_rate=np.array([0.05]), employee_entry=0.05,
        employee_entry_uninsured=0.10,
    )  # fmt: skip
    cells = persons(("tenure_5", 800.0), ("rule_years", 4000.0), ("gap_2", 100.0), ("never", 100.0), ages=AGES, **HERE)
    cells[0, LOW, row("employee_retired"), FEMALE, RURAL, MIDDLE, 40] = 0
    state = state_of(cells, fund=500_000.0)
    hazard = enrolment_hazards(cells, basis)
    after, flows = one_year(state, basis)

    def rate(probabilities: np.ndarray, rows: int, place: int) -> float:
        whole = np.broadcast_to(probabilities, (1, 3, rows, 2, 2, 4, AGES))
        return float(whole[0, LOW, place, FEMALE, RURAL, MIDDLE, 40])

    def at_41(name: str) -> float:
        return float(after.cells[0, LOW, row(name), FEMALE, RURAL, MIDDLE, 41])

    def total(name: str) -> float:
        return float(told(flows)[name].sum())

    _, at_stake = bonus_at_stake(cells, basis, (1, 1, 1, 1, 2, 4, AGES))
    contributions = total("personal_contributions") + total("subsidies") + total("local_supplement")
    return {
        "burden this year": basis.burden.item(),
        "burden of the reference year": basis.reference_burden.item(),
        "months that a lapse would cost": rate(hazard.months_lost, 7, row("gap_1")),
        "cap at stake after five counted years": rate(at_stake, 5, 4),
        "months on returning after two years": rate(hazard.months_lost, 7, row("gap_2")),
        "months on joining, never insured": rate(hazard.months_lost, 7, row("never")),
        "probability of leaving": rate(hazard.leave, 5, 4),
        "probability of returning": rate(hazard.enter, 7, row("gap_2")),
        "probability of joining": rate(hazard.enter, 7, row("never")),
        "leave": total("leaves"),
        "return": total("returns"),
        "join": total("joins"),
        "waiting months of the year": total("waiting_months"),
        "births": total("births"),
        "newborns enrolled": total("newborn_enrolled"),
        "enrollees": total("resident_enrolled"),
        "insured after enrolment": total("resident_enrolled") - total("newborn_enrolled"),
        "personal contributions, yuan": total("personal_contributions"),
        "subsidies, yuan": total("subsidies"),
        "local financing, yuan": total("local_supplement"),
        "person-years of coverage": total("resident_insured_years"),
        "inpatient: benefit of a user": total("inpatient_benefits") / total("resident_insured_years") / 0.15,
        "inpatient claims, yuan": total("inpatient_claims"),
        "inpatient benefits, yuan": total("inpatient_benefits"),
        "outpatient: benefit of a user": total("outpatient_benefits") / total("resident_insured_years") / 0.6,
        "outpatient claims, yuan": total("outpatient_claims"),
        "outpatient benefits, yuan": total("outpatient_benefits"),
        "administration, yuan": flows.money["administration"].item(),
        "income, yuan": contributions,
        "expenditure, yuan": total("inpatient_benefits") + total("outpatient_benefits") + total("administration"),
        "fund balance, 31 December, yuan": after.fund.item(),
        "interest, yuan": flows.interest.item(),
        "insured for five years or more": at_41("tenure_5"),
        "their counted years": at_41("rule_years"),
        "insured for one year": at_41("tenure_1"),
        "lapsed for one year": at_41("gap_1"),
        "lapsed for three years": at_41("gap_3"),
        "never insured": at_41("never"),
        "active in the employee scheme": at_41("employee_active"),
        "deaths": total("deaths"),
    }


@cache
def rules_engine() -> dict[str, float]:
    """The quantities of the second example, waiting and bonus, by the engine."""
    basis = quiet_year(
        2035, ages=AGES, enter_odds=1.0, rules_in_force=1.0, waits=on(np.ones((len(INCOME.members), AGES)), "income", "age"),
        fixed_months=3.0, months_per_lapsed_year=1.0, floor_months=6.0, repair_share=0.1, late_share=0.05, late_month=5.0,
        postponed_care=0.3, personal_pp=500.0, bonus_step=1_000.0, no_claim_step=1_000.0, bonus_limit=0.2, indexation=1.5,
        inpatient_use=0.2, inpatient_cost=40_000.0, inpatient_sigma=1.0, inpatient_ratio=0.6, inpatient_limit=100_000.0,
        critical_deductible=20_000.0, critical_edges=bands(0.0, 50_000.0), critical_ratios=bands(0.6, 0.7),
        critical_cap=60_000.0, critical_factor=1.0, no_claim_reset=1.0,
    )  # fmt: skip
    cells = persons(
        ("gap_5", 200.0), ("lapsed_years", 1_600.0), ("tenure_5", 100.0), ("rule_years", 800.0), ("no_claim_5", 400.0),
        ages=AGES, **HERE,
    )  # fmt: skip
    state = state_of(cells)
    hazard = enrolment_hazards(cells, basis)
    after, flows = one_year(state, basis)
    stayers_state = state_of(
        persons(("tenure_5", 100.0), ("rule_years", 800.0), ("no_claim_5", 400.0), ages=AGES, **HERE)
    )
    stayed, stayers = one_year(stayers_state, basis)
    place = (0, 0, row("gap_5"), 0, RURAL, MIDDLE, 40)

    def total(name: str) -> float:
        return float(told(flows)[name].sum())

    return {
        "months lost on entry, expected": float(np.broadcast_to(hazard.months_lost, (1, 1, 7, 1, 2, 4, AGES))[place]),
        "months left for the next year, expected": float(
            np.broadcast_to(hazard.months_left, (1, 1, 7, 1, 2, 4, AGES))[place]
        ),
        "who enter again": total("returns"),
        "months lost by all": total("waiting_months"),
        "months left by all": held(after, "months_left"),
        "years paid for": total("repaired_years"),
        "repair payments, yuan": total("repair_payments"),
        "years of cover in the year": total("resident_insured_years"),
        "increase in the cap granted, yuan": float(stayers.bonus_cap.sum()) / 100,
        "critical-illness benefit of a member, yuan": float(stayers.money["critical_illness"].sum()) / 100,
        "cost of the incentive increase for a member, yuan": float(stayers.money["bonus_cost"].sum()) / 100,
        "years without reimbursement on 1 January 2036": held(stayed, "no_claim_5"),
        "counted years on 1 January 2036": held(stayed, "rule_years"),
    }


@cache
def cohort_engine() -> dict[str, float]:
    """The quantities of the third example, a cohort through retirement, by the engine."""
    years = cohort(0.0404)
    found = {"retired on 1 January 2033": years[2033]["employee_retired"]}
    benefits = ("employee_inpatient_benefits", "employee_outpatient_benefits", "long_term_care")
    for year in (2030, 2031, 2032):
        flow = years[year]
        income = flow["employer_contributions"] - flow["employer_to_accounts"] - flow["retiree_credits"]
        outgo = sum(flow[name] for name in benefits)
        found |= {
            f"active in {year}": flow["active"],
            f"retired in {year}": flow["retired"],
            f"residents in {year}": flow["payers"],
            f"retire at the end of {year}": flow["retirements"],
            f"lump-sum purchases of missing years in {year}, yuan": flow["purchases"],
            f"contribution base in {year}, yuan": flow["contribution_base"],
            f"employers' contributions in {year}, yuan": flow["employer_contributions"],
            f"employee contributions in {year}, yuan": flow["employee_contributions"],
            f"fixed credits to retirees' accounts in {year}, yuan": flow["retiree_credits"],
            f"benefits of the retired in {year}, yuan": flow["benefits_of_retired"],
            f"pool's income in {year}, yuan": income + flow["purchases"],
            f"pool's expenditure in {year}, yuan": outgo,
            f"pool on 31 December {year}, yuan": flow["pool"],
            f"accounts: own care in {year}, yuan": flow["account_spending"],
            f"accounts: relatives' care in {year}, yuan": flow["relatives_care"],
            f"accounts on 31 December {year}, yuan": flow["accounts"],
            f"PAYG cost rate in {year}": outgo / flow["contribution_base"],
            f"contribution rate in {year}": income / flow["contribution_base"],
        }
    found["of which to accounts"] = years[2030]["employer_to_accounts"]
    return {name: value for name, value in found.items() if name in printed()}


STEPS_OF_THE_COHORT = {
    *("of whom have the years", "of whom buy them", "of whom join the residents", "of whom have no cover"),
    *("paid for an active member, yuan", "paid for a retired member, yuan", "accounts: credited in 2030, yuan"),
}
INTEGRAL = (
    "standardised distance to the deductible",
    "expected cost above the deductible",
    "cost at which the limit is reached",
    "standardised distance to that cost",
    "expected cost above it",
)
STEPS_ON_THE_WAY = {
    *("relative burden", "cap as it is felt, thousand yuan", "odds of leaving", "odds of returning", "odds of joining"),
    *(f"{kind}: {step}" for kind in ("inpatient", "outpatient") for step in INTEGRAL),
}
"""Quantities that the engine does not hand out: the arithmetic alone is checked."""
STEPS_OF_THE_RULES = {
    *("months of waiting, nothing paid for", "years worth paying for", "months of waiting after repair"),
    *("months lost by those who enrol late", "months lost by those who enrol late after repair"),
    *("months left by those who enrol late", "months left by those who enrol late after repair"),
    *(
        "credit of years of continuous enrolment, yuan",
        "credit of years without reimbursement, yuan",
        "limit of both, yuan",
    ),
    *("cost at which cover begins", "cost at which the basic limit is reached", "cost at which the second band begins"),
    *("own cost at which the cap is reached", "cost at which the cap is reached"),
    *("own cost at which the raised cap is reached", "cost at which the raised cap is reached"),
    *(
        f"expected cost above {place}"
        for place in ("the beginning", "the limit", "the band", "the cap", "the raised cap")
    ),
    "benefit of a user, yuan",
    *(
        "payment that the raised cap adds, of a user",
        "chance of using the bonus",
        "chance of a year without reimbursement",
    ),
}


def test_the_document_and_the_engine_name_the_same_quantities() -> None:
    steps = {*STEPS_ON_THE_WAY, *STEPS_OF_THE_RULES, *STEPS_OF_THE_COHORT}
    assert set(printed()) == {*engine(), *rules_engine(), *cohort_engine(), *steps}


@pytest.mark.parametrize("name", [*engine(), *rules_engine(), *cohort_engine()])
def test_the_engine_gives_the_number_worked_out_by_hand(name: str) -> None:
    value = printed()[name][1]
    places = len(value.partition(".")[2])
    found = {**engine(), **rules_engine(), **cohort_engine()}[name]
    assert f"{found:,.{places}f}".replace("-", "−") == value


@pytest.mark.parametrize("name", list(printed()))
def test_the_arithmetic_printed_gives_the_value_printed(name: str) -> None:
    arithmetic, value = printed()[name]
    assert worked_out(arithmetic) == pytest.approx(number(value), rel=1e-4)
