"""Arrears, contributions of the retired, chosen bases, those who join, and the spread of accounts: by hand, on both engines."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsurance.account_spread import account_spread, spread
from simsurance.analysis.twins import twins
from simsurance.basis.employee import chosen_base
from simsurance.basis.inputs import Inputs
from simsurance.basis.retirees import retired_since
from simsurance.errors import SimsuranceError
from simsurance.model.engines import COMPILED
from simsurance.output.summary import summary
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, load

PAID = "employee.contributions"
YEARS = {"horizon.last_year": 2030, "economy.interest_rate": 0.02}
ARREARS = {
    f"{PAID}.arrears": {2026: 0, 2027: 0.03, 2029: 0},
    f"{PAID}.arrears_recovered": 0.6,
    f"{PAID}.arrears_lag": 2,
}
RATE = {f"{PAID}.retiree_rate": {2026: 0, 2028: 0.02}}


def scenario(**changes: Any) -> Scenario:
    return load("baseline").replace(YEARS | changes)


@cache
def without() -> RunResult:
    return simulate([scenario()])[0]


@cache
def together() -> RunResult:
    return simulate([scenario(**ARREARS, **RATE)])[0]


def pool(run: Any) -> Any:
    return run.accounts["employee_pool"]


def test_arrears_by_hand() -> None:
    """3 % of what is due in 2027 and 2028 stay unpaid; two years later six tenths come in and four are lost."""
    (run,) = accounts_of([scenario(**ARREARS)])
    due, found = pool(without())["employer_contributions"], pool(run)
    u27, u28 = 0.03 * due[1], 0.03 * due[2]
    assert found["employer_contributions"] == pytest.approx(due - [0, u27, u28, 0, 0])
    assert found["arrears_recovered"] == pytest.approx([0, 0, 0, 0.6 * u27, 0.6 * u28])
    assert found["arrears_written_off"] == pytest.approx([0, 0, 0, 0.4 * u27, 0.4 * u28], abs=1)
    assert found["arrears_outstanding"] == pytest.approx([0, u27, u27 + u28, u28, 0], abs=1)
    off = found["closing"] - pool(without())["closing"]
    grown, half = 1.02, 1.02**0.5
    by_hand = [0.0, -u27 * half]
    by_hand.append(by_hand[1] * grown - u28 * half)
    by_hand.append(by_hand[2] * grown + 0.6 * u27 * half)
    by_hand.append(by_hand[3] * grown + 0.6 * u28 * half)
    assert off == pytest.approx(by_hand, rel=1e-9, abs=1e3)
    assert {each.holds for each in run.checked if "arrears" in each.identity} == {True}


def test_all_retired_members_pay_a_share_of_a_pension_that_follows_income() -> None:
    found, income = pool(together()), without().account["disposable_income_pp"]
    pension = 44_000 * income / 41_314
    due = 0.02 * pension[2:] * together().projection.totals["retired_years"][2:, 0]
    assert found["retiree_contributions"] == pytest.approx([0, 0, *due])
    assert together().flows["retiree_contributions"].groupby("year").sum().to_numpy() == pytest.approx([0, 0, *due])
    paid = (
        together().cohorts["employee_contributions"]
        - simulate([scenario(**ARREARS)])[0].cohorts["employee_contributions"]
    )
    assert paid.loc[1930:1950].min() > 0
    assert paid.loc[2000:].abs().max() == pytest.approx(0, abs=1)


def test_who_retired_since_a_year_by_hand(tmp_path: Path) -> None:
    """Half of the active retire at each age from 60 on: of those aged 62 a year later a third of the retired are new."""
    rows = ["year,sex,age,probability"]
    rows += [
        f"{year},{sex},{age},{0.5 if age >= 60 else 0.0}"
        for year in range(2020, 2031)
        for sex in ("female", "male")
        for age in range(101)
    ]
    (tmp_path / "half.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    own = scenario(**{"employee.retirement_table": str(tmp_path / "half.csv")})
    share = retired_since(Inputs(own, own.values), 2028)
    assert not share[:3].any()
    # at 61 nobody had retired before 2028; at 62 a half had, of three quarters; at 63 three quarters, of seven eighths
    assert share[3, :, 60:64] == pytest.approx(np.array([[0, 1, 1 / 3, 1 / 7]] * 2))
    assert share[4, 0, 62] == 1.0


def test_new_retirees_pay_less_than_all_and_more_from_year_to_year() -> None:
    (new,) = accounts_of([scenario(**RATE, **{f"{PAID}.retirees_paying": "new"})])
    share = pool(new)["retiree_contributions"][2:] / pool(together())["retiree_contributions"][2:]
    assert share[0] == 0
    assert 0.03 < share[1] < share[2] < 0.12


def test_bases_that_flexible_workers_choose_by_hand() -> None:
    """0.5 · 60 % + 0.3 · 80 % + 0.1 · 100 % + 0.1 · 300 % of the mean wage; none below the lowest that may be chosen."""
    of = {
        f"{PAID}.flexible_choice.{name}": share
        for name, share in (("base_80", 0.3), ("base_100", 0.1), ("ceiling", 0.1))
    }
    chosen, lowest = scenario(**of), scenario(**of, **{f"{PAID}.flexible_base": 0.9})
    assert chosen_base(Inputs(chosen, chosen.values)) == pytest.approx(0.94)
    assert chosen_base(Inputs(lowest, lowest.values)) == pytest.approx(0.5 * 0.9 + 0.3 * 0.9 + 0.1 + 0.3)


def test_a_part_of_what_is_not_reported_is_found_by_hand() -> None:
    (run,) = accounts_of([scenario(**{f"{PAID}.unreported_found": 0.25, f"{PAID}.compliance": 0.8})])
    (base,) = accounts_of([scenario(**{f"{PAID}.compliance": 0.8})])
    assert pool(run)["contribution_base"] == pytest.approx(pool(base)["contribution_base"] * 0.85 / 0.8)


def test_of_flexible_workers_outside_as_many_join_as_is_said() -> None:
    """A hundredth of the 23.4 % of those of working age outside, who are counted on the opening date."""
    (run,) = simulate([scenario(**{"employee.flexible_joining.by_choice": {2026: 0.01}})])
    more = run.projection.totals["employee_entries"][0, 0] - without().projection.totals["employee_entries"][0, 0]
    persons = without().population.xs(2026, level="date")
    working = persons[persons.index.get_level_values("age").isin(range(16, 60))].sum()
    outside = working["persons"] - working["employee_insured"]
    assert more == pytest.approx(0.01 * 0.234 * outside, rel=0.03)
    assert more > 1e6


def test_the_spread_of_accounts_by_hand() -> None:
    """σ 1 and mean e^½: a median of 1, and the top tenth holds Φ(1 − 1.28155) = 0.38914; with a fifth empty it holds more."""
    mean = np.array([np.exp(0.5), 0.0])
    whole = spread(mean, 0.0, 1.0, np.array([1.0, 1.0]))
    assert whole["median_balance"][0] == pytest.approx(1.0)
    assert whole["nearly_empty"][0] == pytest.approx(0.5)
    assert whole["top_tenth"][0] == pytest.approx(0.38914, abs=5e-6)
    assert np.isnan([whole[name][1] for name in whole]).all()
    empty = spread(mean * 0.8, 0.2, 1.0, np.array([1.0, 1.0]))
    assert empty["nearly_empty"][0] == pytest.approx(0.2 + 0.8 * 0.5)
    assert empty["median_balance"][0] == pytest.approx(np.exp(-0.318639), abs=5e-6)  # the 3/8 point of the others
    assert empty["top_tenth"][0] == pytest.approx(0.440240, abs=5e-6)  # Φ(1 − 1.150349)


def test_the_accounts_of_a_run_are_spread_about_their_mean() -> None:
    table = account_spread(without())
    accounts = without().accounts["personal_accounts"]["closing"]
    assert (table["mean_balance"] * table["accounts"]).to_numpy() == pytest.approx(accounts)
    assert table["nearly_empty"].between(0.05, 0.15).all()
    assert (table["median_balance"] < table["mean_balance"]).all()


def test_both_engines_agree_side_by_side_with_runs_that_have_none_of_it() -> None:
    pytest.importorskip("numba")
    scenarios = [scenario(), scenario(**ARREARS, **RATE), scenario(**ARREARS), scenario(**RATE)]
    plain, compiled = accounts_of(scenarios), accounts_of(scenarios, engine=COMPILED)
    for own, other in zip(plain, compiled, strict=True):
        for fund, account in own.accounts.items():
            for name, column in account.items():
                assert other.accounts[fund][name] == pytest.approx(column, rel=1e-9, abs=1e-3, nan_ok=True), name
    for name, column in pool(together()).items():
        assert np.array_equal(column, pool(plain[1])[name], equal_nan=True), name


def test_without_them_nothing_of_them_is_there() -> None:
    named = [*without().fund, *without().frames, *without().flows, *without().ages, *pool(without())]
    assert not [name for name in named if "arrears" in name or "retiree_contributions" in name]
    assert not [each for each in without().checked if "arrears" in each.identity]


def test_the_summary_tells_them_in_both_languages() -> None:
    beside = twins(together())
    english, chinese = (summary(beside, lang) for lang in ("en", "zh"))
    assert "Employers' contributions in arrears are most at the end of 2028" in english
    assert "All retired members contribute to the pooled fund" in english
    assert "Balances lie far apart; how far is judgement" in english
    assert "单位缴费欠缴余额最高为2028年末" in chinese
    assert "全部退休人员向统筹基金缴费" in chinese
    assert "个人账户结余差别很大" in chinese


def test_what_cannot_be_is_one_line() -> None:
    many = {f"{PAID}.flexible_choice.base_80": 0.7, f"{PAID}.flexible_choice.base_100": 0.4}
    pin = {
        "total": "employee_pool.income",
        "mode": "fixed",
        "values": {2028: 2e12},
        "mark": "choice",
        "source": "a test",
    }
    for changes, said in (
        (many, "the shares that choose a higher base add to 1.1 in 2026; together at most 1"),
        ({f"{PAID}.arrears": 0.95}, "0.9"),
        ({f"{PAID}.arrears_lag": 6}, "5"),
        (ARREARS | {"pins.it": pin}, "employee_pool.income is pinned and holds what comes in"),
        (RATE | {"pins.it": pin}, "employee_pool.income is pinned and holds what comes in"),
    ):
        with pytest.raises(SimsuranceError) as error:
            scenario(**changes)
        assert len(error.value.lines) == 1
        assert said in str(error.value)
