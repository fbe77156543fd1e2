"""Bonds: by hand, net and gross, on both engines, in batches, and what cannot be."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsurance.answers.months import months
from simsurance.api import run as run_of
from simsurance.errors import SimsuranceError
from simsurance.measures import interest_path, on_debt
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.output.saved import saved
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, load

YEARS = {"horizon.last_year": 2031, "economy.interest_rate": 0.02}
TERMS: dict[str, Any] = {
    **{"fund": "resident", "year": 2027, "amount": 60e9, "coupon": 0.03, "term_years": 3, "redemption": "instalments"},
    **{"mark": "judgement", "source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"},
}
OUTCOME = {"outcome_share": 0.1, "outcome_year": 2029, "outcome_reference": 100.0}


def with_bond(**changes: Any) -> Scenario:
    return load("baseline").replace(YEARS | {"bonds.one": TERMS | changes})


@cache
def without() -> RunResult:
    return simulate([load("baseline").replace(YEARS)])[0]


@cache
def instalments() -> RunResult:
    return simulate([with_bond()])[0]


def test_a_bond_in_instalments_by_hand() -> None:
    """60 billion, redeemed by 20 a year; 3 % on 60, 40, 20. The fund earns 2 % on what it owes."""
    run, base = instalments(), without()
    found = {name: run.account[name] / 1e9 for name in ("bond_proceeds", "bond_coupons", "bond_redemptions")}
    assert found["bond_proceeds"] == pytest.approx([0, 60, 0, 0, 0, 0])
    assert found["bond_coupons"] == pytest.approx([0, 0, 1.8, 1.2, 0.6, 0])
    assert found["bond_redemptions"] == pytest.approx([0, 0, -20, -20, -20, 0])
    assert run.account["debt_outstanding"] / 1e9 == pytest.approx([0, 60, 40, 20, 0, 0])
    off = (run.account["closing"] - base.account["closing"]) / 1e9
    # 2028: 60 × 0.02 − 1.8 × 1.02^½; 2029: that × 1.02 + 40 × 0.02 − 1.2 × 1.02^½; …
    assert off == pytest.approx([0, 0, -0.617911, -1.042214, -1.269021, -1.294401], abs=5e-6)
    assert run.account["closing_gross"] == pytest.approx(run.account["closing"] + run.account["debt_outstanding"])
    assert run.account["income"] == pytest.approx(base.account["income"], rel=0, abs=0)
    assert run.account["outgo"] - base.account["outgo"] == pytest.approx(run.account["bond_coupons"])


def test_reserve_months_and_depletion_are_net_of_debt_and_gross_stands_beside() -> None:
    run = instalments()
    monthly = run.account["outgo"] / 12
    assert run.account["reserve_months"] == pytest.approx(run.account["closing"] / monthly)
    assert run.account["reserve_months_gross"] == pytest.approx(run.account["closing_gross"] / monthly)
    (empty,) = simulate([with_bond(amount=2e12, redemption="bullet", coupon=0.0, term_years=20).replace(
        {"fund.opening": {2026: 1e10}, "economy.deficit_interest_margin": 0.0}
    )])  # fmt: skip
    found = {each.measure: each.value for each in empty.measured}
    assert found["depletion_year"] < 2031
    assert (empty.account["closing_gross"][2:] > 0).all()
    assert empty.accounts["employee_pool"]["debt_outstanding"].any() == np.False_


def test_present_values_count_what_is_earned_on_debt() -> None:
    """The closing fund at its present value: opening, flows at mid-year, and interest on what is owed."""
    run = instalments()
    interest, account = interest_path(run.basis, 1).of_run(0), run.account
    middle, end = interest.discounts()
    value = account["opening"][0] + ((account["income"] - account["outgo"]) * middle).sum()
    assert value + on_debt(account, interest, end) == pytest.approx(account["closing"][-1] * end[-1], rel=1e-12)


def several() -> list[Scenario]:
    """Bonds of both funds in several forms."""
    pool = {"fund": "employee_pool", "amount": 0.0, "outgo_share": 0.05, "redemption": "bullet", **OUTCOME}
    return [with_bond(**pool), with_bond(**pool, coupon=0.01), with_bond(), with_bond(**OUTCOME)]


def test_a_share_of_the_outgo_and_a_bullet_of_the_pool_in_a_batch() -> None:
    scenarios = several()
    batch = accounts_of(scenarios, engine=PLAIN)
    account = batch[0].accounts["employee_pool"]
    issued = account["bond_proceeds"][1]
    assert issued == pytest.approx(0.05 * account["outgo"][1])
    assert account["debt_outstanding"] / issued == pytest.approx([0, 1, 1, 1, 0, 0])
    assert account["bond_coupons"] / issued == pytest.approx([0, 0, 0.03, 0.03, 0.03, 0])
    assert account["bond_outcomes"] / issued == pytest.approx([0, 0, 0, 0.1, 0, 0])
    assert not batch[0].account["debt_outstanding"].any()
    (alone,) = accounts_of(scenarios[1:2])
    for fund, own in alone.accounts.items():
        assert all(np.array_equal(own[name], batch[1].accounts[fund][name], equal_nan=True) for name in own)


def test_bonds_are_the_same_on_both_engines() -> None:
    pytest.importorskip("numba")
    plain_runs, compiled_runs = (accounts_of(several(), engine=engine) for engine in (PLAIN, COMPILED))
    for plain, compiled in zip(plain_runs, compiled_runs, strict=True):
        for fund, own in plain.accounts.items():
            for name, column in own.items():
                assert compiled.accounts[fund][name] == pytest.approx(column, rel=1e-9, abs=1e-3, nan_ok=True), name


def test_an_outcome_is_paid_where_the_result_is_met_and_by_whom_it_says() -> None:
    reached = float(without().account["admissions_per_100"][3])
    kinds = {"below": reached + 0.01, "above": reached - 0.01}
    runs = {
        (kind, payer): simulate([with_bond(**OUTCOME | {"outcome_reference": at, "outcome_payer": payer})])[0]
        for kind, at in kinds.items()
        for payer in ("fund", "budget")
    }
    for (kind, payer), run in runs.items():
        paid = 6e9 if kind == "below" else 0.0
        assert run.account["bond_outcomes"] == pytest.approx([0, 0, 0, paid, 0, 0])
        assert run.account["bond_grants"] == pytest.approx([0, 0, 0, paid if payer == "budget" else 0.0, 0, 0])
        assert run.bonds is not None
        row: Any = run.bonds.loc[(2029, "one")]
        assert (row["result"], row["met"]) == (pytest.approx(run.account["admissions_per_100"][3]), float(paid > 0))
    more = runs["below", "budget"].account["public_money"] - runs["above", "budget"].account["public_money"]
    assert more == pytest.approx([0, 0, 0, 6e9, 0, 0])
    assert runs["below", "budget"].account["closing"] == pytest.approx(runs["above", "budget"].account["closing"])
    assert runs["below", "fund"].account["closing"][3] < runs["above", "fund"].account["closing"][3]


@pytest.mark.parametrize("what", ["inpatients_per_100", "cost_per_admission", "coverage"])
def test_what_is_measured_is_what_the_account_has(what: str) -> None:
    (run,) = simulate([with_bond(**OUTCOME, outcome_result=what, outcome_met="at_least")])
    assert run.bonds is not None
    assert run.bonds.loc[(2029, "one"), "result"] == pytest.approx(run.account[what][3], rel=1e-12)


def test_the_shipped_bond_pays_with_what_avoids_admissions_and_not_alone() -> None:
    runs = simulate(
        load("baseline", names).replace({"horizon.last_year": 2033})
        for names in (["social_impact_bonds"], ["social_impact_bonds", "quality_incentives"])
    )
    assert [float(run.account["bond_outcomes"].sum()) for run in runs] == [0.0, pytest.approx(0.1 * 1.18e10, rel=0.01)]
    assert [float(run.account["debt_outstanding"][-1]) for run in runs] == [0.0, 0.0]


def test_without_bonds_nothing_of_them_is_there() -> None:
    run = without()
    assert run.bonds is None
    assert not [name for name in (*run.fund, *run.frames, *run.account) if "bond" in name or "debt" in name]
    assert not [each for each in run.checked if "debt" in each.identity]


def test_a_rule_that_adjusts_reads_the_fund_net_of_debt() -> None:
    rule = {"timely_adjustment.in_force": True, "timely_adjustment.months_below": 0.0}
    (run,) = simulate([with_bond().replace(rule)])
    assert run.adjustment is not None
    read = run.adjustment["months_read"].to_numpy()[1:]
    assert read == pytest.approx(run.account["reserve_months_without_prepaid"][:-1])


def test_months_bring_the_money_in_december_and_reconcile() -> None:
    found = months(instalments(), 2027, 2).funds["resident"]
    plain = months(without(), 2027, 2).funds["resident"]
    more = (found.cash - plain.cash) / 1e9
    assert more[:12] == pytest.approx(0, abs=1e-6)
    assert more[12] == pytest.approx(60)
    assert ((found.income - plain.income) / 1e9)[:12] == pytest.approx([0] * 11 + [60], abs=1e-6)
    assert ((found.outgo - plain.outgo) / 1e9)[23] == pytest.approx(20 + 1.8 / 12)
    assert more[24] == pytest.approx(
        60 - 20 + (instalments().account["interest"] - without().account["interest"])[2] / 1e9 - 1.8
    )


def test_a_run_with_bonds_is_written_and_read_again(tmp_path: Path) -> None:
    run_of(with_bond(**OUTCOME)).save(tmp_path / "run", charts=False)
    table = saved(tmp_path / "run").table("bonds")
    assert table.loc[(2029, "one"), "outcomes"] == 6e9
    text = (tmp_path / "run" / "summary.md").read_text(encoding="utf-8")
    assert "60 billion issued" in text
    changed = text.partition("Set otherwise than in the baseline:")[2].partition("\n\nBonds")[0]
    assert '- `bonds.one = { fund = "resident", year = 2027, ' in changed
    told = (tmp_path / "run" / "codebook.csv").read_text(encoding="utf-8")
    assert "\nbonds,variable,outcomes," in told
    assert "\nfund,variable,debt_outstanding," in told
    again = load(str(tmp_path / "run" / "scenario.toml"))
    assert again.values.bonds == with_bond(**OUTCOME).values.bonds


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": 0.0}, "neither amount nor outgo_share is above 0, and a bond has one size"),
        ({"outgo_share": 0.1}, "both are above 0, and a bond has one size"),
        ({"year": 2025}, "2025 is before the valuation year 2026"),
        ({"year": 2032}, "2032 is after 2031, the last year projected"),
        ({"outcome_share": 0.1}, "outcome_year is not given"),
        (OUTCOME | {"outcome_reference": 0.0}, "outcome_reference is not given"),
        (OUTCOME | {"outcome_share": 0.0}, "is not measured; give a share"),
        (OUTCOME | {"outcome_year": 2027}, "2027 is not after the issue on 31 December 2027"),
        (OUTCOME | {"fund": "employee_pool", "outcome_result": "coverage"}, "coverage is of the residents"),
        ({"fund": "accounts"}, "accounts"),
        ({"coupon": 0.5}, "0.3"),
    ],
)
def test_what_contradicts_itself_is_one_line(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SimsuranceError) as error:
        with_bond(**changes)
    assert len(error.value.lines) == 1
    assert said in str(error.value)
    assert "bonds.one" in str(error.value)


def test_what_a_bond_does_not_go_with_is_told() -> None:
    pin = {"total": "resident.outgo", "mode": "fixed", "values": {2029: 1.2e12}, "mark": "choice", "source": "a test"}
    with pytest.raises(SimsuranceError, match=r"resident\.outgo is pinned in 2029"):
        with_bond().replace({"pins.it": pin})
    with pytest.raises(SimsuranceError, match="the employee scheme's money is not projected"):
        with_bond(fund="employee_pool").replace({"employee.projected": False})
