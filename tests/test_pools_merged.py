"""Pools that merge by and by, benefits unified upwards, and the pooled funds of the employee scheme."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_pools import LEVY, PURE, SHORT, pooling_text

from simsurance.analysis.merged_pools import directions, unified
from simsurance.analysis.pooled_runs import FORM, projected_apart
from simsurance.analysis.pools import ADJUSTED, MERGED, SEPARATE, Pools, pool
from simsurance.basis import build_arrays
from simsurance.errors import SimsuranceError
from simsurance.ledger import POOL, fund_of
from simsurance.output.pools_summary import pools_lines
from simsurance.results import form_of, simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.pooling import load_pooling
from simsurance.scenario_file.schedule import values_by_year

BETTER = '"benefits.inpatient.payment_ratio" = 0.72, "benefits.inpatient.deductible" = 1000'
GENEROUS = (("a", 0.6, ""), ("b", 0.4, BETTER))
"""One pool pays more of the cost, above a higher deductible."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("merged")

    @cache
    def loaded(text: str) -> Any:
        file = folder / f"p{abs(hash(text))}.toml"
        file.write_text(text, encoding="utf-8")
        return load_pooling(file)

    return loaded


@pytest.fixture(scope="module")
def projected(written: Any) -> Any:
    return cache(lambda text: pool(written(text)))


def merging(benefits: str, years: int = 0, standard: str = "own", pools: Any = GENEROUS, more: str = "") -> str:
    told = f'\n[merged]\nbenefits = "{benefits}"\nstandard = "{standard}"\nphase_in_years = {years}\n'
    return pooling_text(pools, more=more) + told


def test_of_each_benefit_the_best_holds_in_all(written: Any) -> None:
    pooling = written(merging("upwards"))
    apart = projected_apart(pooling).runs
    first, second = (unified(pooling, each, apart) for each in pooling.pools)
    assert set(first) == {"benefits.inpatient.payment_ratio"}
    assert set(second) == {"benefits.inpatient.deductible"}
    assert {first["benefits.inpatient.payment_ratio"][year] for year in range(2026, 2033)} == {0.72}
    assert {second["benefits.inpatient.deductible"][year] for year in range(2026, 2033)} == {800.0}


def test_a_phase_in_goes_in_equal_steps_worked_out_by_hand(written: Any) -> None:
    pooling = written(merging("a", 4))
    (_, second) = (unified(pooling, each, projected_apart(pooling).runs) for each in pooling.pools)
    deductible = second["benefits.inpatient.deductible"]
    assert [deductible[year] for year in range(2025, 2031)] == [1000.0, 950.0, 900.0, 850.0, 800.0, 800.0]
    ratio = second["benefits.inpatient.payment_ratio"]
    own = pooling.pools[0].scenario.values.benefits.inpatient.payment_ratio
    assert ratio[2027] == pytest.approx(0.72 + (float(values_by_year(own, [2027])[0]) - 0.72) / 2)


def test_a_phase_in_costs_less_at_first_and_as_much_at_the_end(projected: Any) -> None:
    at_once, phased = (projected(merging("upwards", years)) for years in (0, 4))
    more = [found.of(MERGED, "outgo_pp") - found.of(SEPARATE, "outgo_pp") for found in (at_once, phased)]
    assert (more[0][:, 0] > 0).all()
    assert (more[1][:3, 0] > 0).all()
    assert (more[1][:3, 0] < more[0][:3, 0]).all()
    np.testing.assert_allclose(more[1][-1], more[0][-1], rtol=0.02)


def test_the_mean_standard_is_reached_when_the_phase_in_ends(projected: Any) -> None:
    own = '"contributions.personal.schedule" = 300, "contributions.personal.rule" = { 2019 = "schedule" }'
    found = projected(merging("own", 3, "mean", (("a", 0.6, ""), ("b", 0.4, own))))
    paid, alone = (found.of(kind, "personal_contribution_pp") for kind in (MERGED, SEPARATE))
    gap, apart = paid[:, 0] - paid[:, 1], alone[:, 0] - alone[:, 1]
    np.testing.assert_allclose(gap[:2] / apart[:2], [2 / 3, 1 / 3], rtol=1e-9)
    np.testing.assert_allclose(gap[2:], 0, atol=1e-9)


def test_what_cannot_be_better_or_phased_in_is_one_line(projected: Any) -> None:
    bands = '"benefits.critical_illness.band_ratios" = [0.5, 0.6, 0.7]'
    with pytest.raises(
        SimsuranceError, match=r"pools\.a\.set\.benefits\.critical_illness\.band_ratios: neither better nor"
    ):
        projected(merging("upwards", pools=(("a", 0.6, ""), ("b", 0.4, bands))))
    with pytest.raises(
        SimsuranceError, match=r"pools\.a\.set\.benefits\.critical_illness\.band_ratios: cannot be phased in"
    ):
        projected(merging("b", 3, pools=(("a", 0.6, ""), ("b", 0.4, bands))))


@pytest.mark.parametrize(("line", "told"), [
    ("phase_in_years = 1.5", "merged.phase_in_years: 1.5 is no whole number of years"),
    ("phase_in_years = 90", "merged.phase_in_years: 90 is outside 0 to 50; give a number from 0 to 50"),
])  # fmt: skip
def test_a_phase_in_is_a_number_of_years(line: str, told: str, written: Any) -> None:
    with pytest.raises(SimsuranceError) as raised:
        written(merging("own").replace("phase_in_years = 0", line))
    assert told in str(raised.value)


def test_every_benefit_with_a_direction_is_a_number_and_others_are_rules() -> None:
    assert {KEYS[path].kind for path in directions()} == {"schedule", "number"}
    left = {path for path in KEYS if path.startswith(("benefits.", "employee.benefits."))} - set(directions())
    assert {path.rpartition(".")[2] for path in left} == {
        *("band_edges", "band_ratios", "cap_rule", "assisted_capped", "outpatient_factor", "financing", "premium"),
        *("tail_index", "long_term_care", "recovered_share", "indexation"),
    }


# ---------------------------------------------------------------- the pooled funds of the employee scheme

OF_EMPLOYEES = 'fund = "employee_pool"\n'
UNLIKE = (("a", 0.5, ""), ("b", 0.5, '"employee.care.inpatient_level" = { multiply = 1.6 }'))
EARLY = {**LEVY, "rule": "both", "need_share": 0.5}


def test_without_a_levy_the_employee_pools_are_the_single_runs_bit_for_bit(projected: Any) -> None:
    found = projected(pooling_text(PURE, levy={**LEVY, "levy": 0}, more=OF_EMPLOYEES))
    for run, adjusted in zip(found.separate, found.adjusted, strict=True):
        for name, values in run.accounts[POOL].items():
            np.testing.assert_array_equal(adjusted[name], values, err_msg=name)


def test_the_employee_pool_that_costs_more_gains_and_accounts_close(projected: Any) -> None:
    found: Pools = projected(pooling_text(UNLIKE, levy=EARLY, more=OF_EMPLOYEES))
    assert found.zero < 1e-9
    assert list(found.pools.index) == ["b", "a"]
    base = found.of(SEPARATE, "employer_contributions") - found.of(SEPARATE, "employer_to_accounts")
    levied = found.transfers["levied"].unstack("pool").to_numpy()
    assert (levied >= base - 1.0).all()
    year = found.moved[3]
    income, outgo = (found.of(SEPARATE, name)[3] for name in ("income", "outgo"))
    np.testing.assert_allclose(year.deficit, np.maximum(outgo + year.levy - income, 0.0))
    np.testing.assert_allclose(year.need.sum(), outgo.sum(), rtol=1e-12)
    opening, income, outgo, interest, closing = (
        found.of(ADJUSTED, name) for name in ("opening", "income", "outgo", "interest", "closing")
    )
    np.testing.assert_allclose(opening + income + interest - outgo, closing, rtol=1e-9)
    np.testing.assert_allclose(opening[1:], closing[:-1])
    assert any("Employee pooled fund" in line for line in pools_lines(found, "en"))


def test_insured_and_account_are_those_of_the_scheme(projected: Any) -> None:
    found = projected(pooling_text(PURE, levy={**LEVY, "levy": 0}, more=OF_EMPLOYEES))
    (nation,) = simulate([found.pooling.pools[0].scenario])
    account = nation.accounts[POOL]
    members = sum(account[name] for name in fund_of(POOL).insured)
    np.testing.assert_allclose(found.persons(SEPARATE).sum(axis=1), members, rtol=1e-9)
    assert found.reconciliation < 1e-9


def test_what_employee_pools_cannot_do_is_one_line(written: Any) -> None:
    off = (("a", 0.5, '"employee.projected" = false'), ("b", 0.5, ""))
    with pytest.raises(SimsuranceError, match=r'pools\.a: employee\.projected = false, where fund = "employee_pool"'):
        written(pooling_text(off, levy=LEVY, more=OF_EMPLOYEES))
    with pytest.raises(SimsuranceError, match=r"merged\.standard: contributions of the employee scheme are rates"):
        written(merging("own", standard="mean", more=OF_EMPLOYEES))
    with pytest.raises(SimsuranceError, match=r'fund: "accounts" is text; give "resident" or "employee_pool"'):
        written(pooling_text(PURE, more='fund = "accounts"\n', years=SHORT))


def test_what_pools_have_in_common_has_a_name_for_each_part() -> None:
    """The line that tells a difference names it."""
    scenario = load("baseline").replace({"horizon.last_year": 2027})
    assert len(form_of(scenario, build_arrays(scenario))) == len(FORM)
