"""Totals that a yearly series replaces: by hand in a small scheme, and in scenarios and what is laid upon them."""

from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from click.testing import CliRunner
from small_scheme import quiet_year
from test_every_key import SMALL_PART, another, moved_totals, totals

from simsurance.analysis.compare import compare
from simsurance.analysis.twins import twins
from simsurance.basis import build
from simsurance.cli import main as cli
from simsurance.errors import SimsuranceError
from simsurance.ledger import INSURED, LEDGER, SIDES, TOTALS, row_of
from simsurance.model.pins import PLACE, pin_insured, pinned
from simsurance.model.projection import project
from simsurance.model.state import PinBasis
from simsurance.output.compare_summary import comparison_summary
from simsurance.output.summary import summary
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.pins import EVERYTHING, MOVED, OF_KEYS, held_levers, with_what_follows
from simsurance.scenario_file.schema import LeverComponent, PinnedTotal

BASE = load("baseline").replace({"horizon.last_year": 2030})
MORE = {
    "fund.administration_share": 0.02,
    "employee.contributions.to_accounts": 0.2,
    "employee.benefits.long_term_care": 50,
    "benefits.birth_benefit": 2000,
    "benefits.long_term_care": 20,
    **dict.fromkeys(("benefits.recovered_share", "employee.benefits.recovered_share"), 0.01),
    **dict.fromkeys(("fund.adjustment_share", "employee.fund.adjustment_share"), 0.02),
}
"""What makes something of the totals that are nothing in the baseline."""


def pin(total: str, values: dict[int, float], mode: str = "root") -> dict[str, Any]:
    """A pin as a scenario would give it."""
    return {"total": total, "mode": mode, "values": values, "mark": "judgement", "source": "S_JUDGEMENT"}


def lever(component: str, start: int, size: float) -> dict[str, Any]:
    """A lever that acts whole from its first year on."""
    told = {"mark": "judgement", "source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"}
    return {"component": component, "start": start, "ramp_years": 1, "size": size, "low": 0.0, "high": 0.2, **told}


def with_pins(**pins: dict[str, Any]) -> Scenario:
    """The baseline with totals pinned, the name of each the key."""
    return BASE.replace({f"pins.{name}": said for name, said in pins.items()})


@cache
def base() -> RunResult:
    return simulate([BASE])[0]


@cache
def with_more() -> RunResult:
    return simulate([BASE.replace(MORE)])[0]


def at(results: RunResult, total: str, year: int) -> float:
    """A total of a run in a year, or of stocks on its 1 January."""
    if total in INSURED:
        account = results.accounts["resident" if total == "resident_insured" else "employee_pool"]
        return float(account[total][results.years.index(year - 1)])
    if total in SIDES:
        fund, _, side = total.partition(".")
        return float(results.accounts[fund][side][results.years.index(year)])
    return float(results.projection.totals[total][results.years.index(year), 0])


# ---------------------------------------------------------------- the totals


def test_every_total_but_changes_of_stocks_may_be_pinned() -> None:
    assert set(get_args(PinnedTotal)) == {*TOTALS} - {row.name for row in LEDGER if row.change_of_stock}


def test_every_component_of_a_lever_moves_totals() -> None:
    """Those that are said to move move, and no others do but what follows and what members answer to."""
    assert set(MOVED) == set(get_args(LeverComponent))
    start = BASE.replace({"horizon.last_year": 2027, "benefits.birth_benefit": 2000, "benefits.long_term_care": 20})
    levers = [start.replace({"levers.it": lever(component, 2027, 0.05)}) for component in MOVED]
    before, *after = (totals(run) for run in simulate([start, *levers]))
    for said, run in zip(MOVED.values(), after, strict=True):
        found = moved_totals(before, run)
        most = max(found.values())
        assert {total for total, change in found.items() if change > SMALL_PART * most} <= with_what_follows(said)
        assert said is EVERYTHING or set(said) <= set(found)


# ---------------------------------------------------------------- by hand


def pins_of(**imposed: float) -> PinBasis:
    """Imposed totals, and no factors; `resident__income` is the income of the resident fund."""
    none = np.full((1, len(TOTALS)), np.nan)
    wanted = none.copy()
    for name, value in imposed.items():
        wanted[0, PLACE[name.replace("__", ".")]] = value
    return PinBasis(factor=none, imposed=wanted)


def money(**rows: float) -> dict[str, np.ndarray]:
    """Rows of the ledger of one run, in its order; those of the resident fund that are not named are nought."""
    of_year = [row for row in LEDGER if not (row.is_transfer or row.of_bonds)]
    own = [row.name for row in of_year if "resident" in (row.payer, row.receiver)]
    return {row.name: np.array([rows.get(row.name, 0.0)]) for row in LEDGER if row.name in {*own, *rows}}


def test_a_whole_scales_its_free_rows_and_shares_follow() -> None:
    """Income 100 + 20 + 280 + 40 (a tenth of these) + 10 in advance, pinned at 500, subsidies at 300.

    Free are 100 + 20; they and subsidies carry a tenth: 1.1 × (120 f + 300) + 10 = 500, so f = 160 ÷ 132.
    """
    rows = money(
        personal_contributions=100.0, assistance=20.0, subsidies=280.0, local_supplement=40.0, prepaid_change=10.0
    )
    after, factors = pinned(rows, pins_of(subsidies=300.0, resident__income=500.0), None)
    factor = 160 / 132
    found = {name: float(values[0]) for name, values in after.items()}
    assert found["personal_contributions"] == pytest.approx(100 * factor)
    assert found["assistance"] == pytest.approx(20 * factor)
    assert found["subsidies"] == pytest.approx(300.0)
    assert found["local_supplement"] == pytest.approx(12 * factor + 30)
    assert found["prepaid_change"] == 10.0
    assert sum(found.values()) == pytest.approx(500.0)
    assert factors[0, PLACE["resident.income"]] == pytest.approx(factor)
    assert factors[0, PLACE["subsidies"]] == pytest.approx(300 / 280)
    assert factors[0, PLACE["local_supplement"]] == 1.0


def test_a_share_that_is_pinned_has_its_own_total_and_its_factor_is_upon_what_it_follows() -> None:
    rows = money(inpatient_benefits=80.0, outpatient_benefits=20.0, administration=5.0)
    after, factors = pinned(rows, pins_of(inpatient_benefits=160.0, administration=6.0), None)
    assert after["administration"][0] == pytest.approx(6.0)
    assert factors[0, PLACE["administration"]] == pytest.approx(6 / (5 * 180 / 100))


def test_the_insured_are_scaled_with_what_is_tracked_of_them_and_others_make_room_in_a_pinned_population() -> None:
    cells = np.ones((1, 1, 24, 1, 1, 1, 1))
    insured, others = 5.0, 6.0 + 1.0 + 1.0
    free = cells.copy()
    factors = pin_insured(free, pins_of(resident_insured=10.0), np.array([np.nan]))
    assert factors[0, PLACE["resident_insured"]] == pytest.approx(10 / insured)
    assert free[0, 0, 7:12].sum() == pytest.approx(10.0)
    assert free[0, 0, 14].item() == free[0, 0, 17].item() == free[0, 0, 19].item() == 2.0
    assert free[0, 0, 15].item() == 1.0
    held = cells.copy()
    everybody = held[0, 0, :14].sum()
    pin_insured(held, pins_of(resident_insured=10.0), np.array([everybody]))
    assert held[0, 0, :14].sum() == pytest.approx(everybody)
    assert held[0, 0, 15].item() == pytest.approx((everybody - 10) / (everybody - insured))
    assert everybody - insured == pytest.approx(others + 1)
    crowded = pin_insured(cells.copy(), pins_of(resident_insured=10.0), np.array([9.0]))
    assert crowded[0, PLACE["resident_insured"]] < 0


def test_a_year_without_pins_has_none() -> None:
    assert quiet_year().pins is None
    assert base().projection.pin_factors is None


# ---------------------------------------------------------------- scenarios


@pytest.mark.parametrize("total", get_args(PinnedTotal))
def test_every_total_meets_its_series_in_both_modes_and_the_year_before_is_the_models(total: str) -> None:
    year = 2028
    model = at(with_more(), total, year)
    assert model != 0
    pinned_more = [
        BASE.replace({**MORE, "pins.it": pin(total, {year: 1.07 * model}, mode)}) for mode in ("root", "fixed")
    ]
    for result in simulate(pinned_more):
        assert at(result, total, year) == pytest.approx(1.07 * model, rel=1e-12)
        assert at(result, total, year - 1) == at(with_more(), total, year - 1)
        assert all(check.holds for check in result.checked)
        assert result.pin_factors["it"][year] > 0


def test_benefits_are_checked_against_cost_before_they_are_scaled() -> None:
    pins = {
        name: pin(name, {2028: 4 * at(base(), name, 2028)}) for name in ("inpatient_benefits", "outpatient_benefits")
    }
    (result,) = simulate([with_pins(**pins)])
    assert at(result, "inpatient_benefits", 2028) > at(result, "inpatient_claims", 2028)
    assert result.pin_factors["inpatient_benefits"] == {2028: pytest.approx(4)}
    assert {check.identity: check.holds for check in result.checked}["money: inpatient benefits do not exceed cost"]


def test_a_pinned_transfer_changes_both_ends_and_the_whole_it_is_part_of_stays() -> None:
    (changed,) = simulate([BASE.replace({**MORE, "pins.it": pin("employer_to_accounts", {2028: 5e10})})])
    place = 2028 - 2026
    pool, accounts = (
        changed.accounts[fund]["income"] - with_more().accounts[fund]["income"]
        for fund in ("employee_pool", "personal_accounts")
    )
    assert pool[place] == pytest.approx(at(with_more(), "employer_to_accounts", 2028) - 5e10)
    assert pool[place] == pytest.approx(-accounts[place])
    assert at(changed, "employer_contributions", 2028) == at(with_more(), "employer_contributions", 2028)


def test_a_whole_keeps_transfers_and_spending_follows_the_credits() -> None:
    model = at(base(), "personal_accounts.income", 2028)
    (changed,) = simulate([with_pins(it=pin("personal_accounts.income", {2028: 1.2 * model}))])
    for transfer in ("employer_to_accounts", "retiree_credits"):
        assert at(changed, transfer, 2028) == at(base(), transfer, 2028)
    funds = [float(each.projection.fund[2, 0, 2]) for each in (base(), changed)]
    assert funds[0] == funds[1]
    share = at(base(), "account_spending", 2028) / (funds[0] + model)
    assert at(changed, "account_spending", 2028) == pytest.approx(share * (funds[1] + 1.2 * model))


def test_a_child_keeps_the_factor_and_its_policy_acts() -> None:
    parent = with_pins(it=pin("subsidies", {2028: 8e11, 2029: 8e11}), out=pin("resident.outgo", {2028: 1.4e12}))
    policy = {"contributions.subsidy.rule": {2019: "schedule"}, "contributions.subsidy.schedule": 1000}
    child = parent.replace(policy)
    assert parent.pin_root is None
    assert child.pin_root is not None
    whole, laid, plain = simulate([parent, child, BASE.replace(policy)])
    for name, factors in whole.pin_factors.items():
        for year, factor in factors.items():
            assert laid.pin_factors[name][year] == pytest.approx(factor, rel=1e-12)
    ratio = at(laid, "subsidies", 2028) / at(plain, "subsidies", 2028)
    assert ratio == pytest.approx(whole.pin_factors["it"][2028], rel=1e-12)
    assert at(laid, "subsidies", 2028) > 1.1 * 8e11
    assert at(whole, "subsidies", 2028) == pytest.approx(8e11)


def test_a_child_keeps_the_factors_of_a_whole_whose_rows_are_pinned_in_other_years() -> None:
    parent = with_pins(whole=pin("resident.outgo", {2028: 1.4e12}), part=pin("inpatient_benefits", {2029: 8e11}))
    whole, laid = simulate([parent, parent.replace({"population.assisted_share": 0.06})])
    assert laid.scenario.pin_root is not None
    assert at(laid, "resident.outgo", 2028) == pytest.approx(1.4e12, rel=1e-3)
    for name, factors in whole.pin_factors.items():
        assert laid.pin_factors[name] == pytest.approx(factors, rel=1e-12)
    place = 2028 - 2026
    assert whole.projection.pin_factors is not None
    np.testing.assert_allclose(laid.projection.pin_factors[place], whole.projection.pin_factors[place], rtol=1e-12)


def test_pinned_insured_of_a_child_answer_to_a_policy() -> None:
    parent = with_pins(it=pin("resident_insured", {2028: 9.4e8}))
    (whole, laid) = simulate([parent, parent.replace({"behaviour.campaign_strength": 1.0})])
    assert at(whole, "resident_insured", 2028) == pytest.approx(9.4e8)
    assert at(laid, "resident_insured", 2028) > 9.41e8
    adjusted = whole.account["population_adjustment"]
    assert np.flatnonzero(adjusted).tolist() == [1]
    assert adjusted[1] == pytest.approx(9.4e8 * (1 - 1 / whole.pin_factors["it"][2028]))


def test_a_fragment_on_the_command_line_is_a_policy_and_the_file_that_pins_is_the_root(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(
        'extends = "baseline"\nhorizon.last_year = 2028\nbenefits.inpatient.payment_ratio = 0.6\n[pins.it]\n'
        'total = "inpatient_benefits"\nvalues = { 2028 = 9e11 }\nmark = "judgement"\nsource = "mine"\n'
    )
    (tmp_path / "below.toml").write_text('extends = "mine.toml"\nbenefits.inpatient.payment_ratio = 0.66\n')
    mine, below, upon = load("mine.toml"), load("below.toml"), load("mine.toml", ["central_procurement"])
    assert mine.values.pins["it"].mode == "root"
    assert mine.pin_root is None
    for child in (below, upon):
        assert child.pin_root is not None
        titles = {key: getattr(child.values, key) for key in ("title", "title_zh", "description", "description_zh")}
        assert dict(child.pin_root.values) == dict(mine.values) | titles
    whole, more, less = (at(result, "inpatient_benefits", 2028) for result in simulate([mine, below, upon]))
    assert whole == pytest.approx(9e11)
    assert more == pytest.approx(1.1 * whole, rel=2e-3)  # the limit of the benefits binds
    assert less < 0.99 * whole


def test_what_is_written_of_a_child_loads_again_to_the_same_numbers(tmp_path) -> None:
    parent = with_pins(it=pin("inpatient_benefits", {2028: 9e11}), other=pin("subsidies", {2028: 8e11}, "fixed"))
    child = parent.replace({"benefits.inpatient.payment_ratio": 0.66}).with_fragment("central_procurement")
    (tmp_path / "again.toml").write_text(child.to_toml(), encoding="utf-8")
    again = load(tmp_path / "again.toml")
    assert again.to_toml() == child.to_toml()
    one, other = simulate([child, again])
    np.testing.assert_array_equal(one.projection.fund, other.projection.fund)
    assert at(one, "inpatient_benefits", 2028) != pytest.approx(9e11)


def test_a_fixed_total_does_not_answer_and_the_levers_that_cannot_act_are_told() -> None:
    years = dict.fromkeys(range(2026, 2031), 9e11)
    imposed = ("inpatient_benefits", "bonus_cost")
    scenario = with_pins(**{name: pin(name, years, "fixed") for name in imposed}).with_fragment("payment_ratio_up")
    levers = {
        f"levers.{name}": lever(component, 2028, 0.1)
        for name, component in (("held", "inpatient_benefits"), ("partly", "inpatient_cost"), ("free", "subsidies"))
    }
    scenario = scenario.replace(levers)
    assert held_levers(scenario.values, scenario.changed) == [
        ("levers.held", imposed, True),
        ("levers.partly", imposed, False),
        ("claims.demand.answers", imposed, False),
        ("benefits.inpatient.payment_ratio", imposed, False),
    ]
    assert scenario.notes[-4:-2] == [
        "levers.held cannot act: inpatient_benefits, bonus_cost pinned, fixed",
        "levers.partly acts in part: inpatient_benefits, bonus_cost pinned, fixed",
    ]
    (result,) = simulate([scenario])
    assert at(result, "inpatient_benefits", 2029) == pytest.approx(9e11)


def test_a_lever_that_members_feel_acts_in_part_whatever_is_imposed() -> None:
    years = dict.fromkeys(range(2026, 2031), 3e11)
    pins = {name: pin(name, years, "fixed") for name in ("personal_contributions", "assistance", "repair_payments")}
    scenario = with_pins(**pins).replace({"contributions.personal.schedule": 500})
    assert held_levers(scenario.values, scenario.changed) == [("contributions.personal.schedule", tuple(pins), False)]


OF_OUTGO = (
    "claims.end_of_life.share",
    "health.healthy_ageing",
    "benefits.indexation",
    "participation.continuous_bonus.step",
    "population.mortality_factor",
    "employee.care.residual_growth",
    "employee.care.inpatient_level",
    "employee.benefits.birth_benefit",
    "benefits.critical_illness.cap",
    "claims.trend.real_growth",
    "economy.inflation",
)
"""Keys that move what one of the schemes pays."""


@pytest.mark.long
def test_with_all_outgo_imposed_every_key_that_moves_it_is_told_and_what_cannot_act_leaves_the_funds() -> None:
    sides = ("resident.outgo", "employee_pool.outgo")
    pins = {f"pins.{side[:8]}": pin(side, dict.fromkeys((2026, 2027), 1.2e12), "fixed") for side in sides}
    free = BASE.replace({"horizon.last_year": 2027})
    held = free.replace(pins)
    keys = [key for key in KEYS if key in OF_OUTGO or key.startswith(("benefits.", "employee.benefits.inpatient"))]
    fixed = [another(held, key) for key in keys]
    before, still, *runs = simulate([free, held, *(another(free, key) for key in keys), *fixed])
    told = {key: held_levers(scenario.values, [key]) for key, scenario in zip(keys, fixed, strict=True)}
    for key, alone, beside in zip(keys, runs[: len(keys)], runs[len(keys) :], strict=True):
        holding = {side for _, totals, _ in told[key] for side in totals}
        assert {side for side in sides if outgo_moves(before, alone, side)} <= holding, key
        if all(wholly for *_, wholly in told[key]):
            funds = [run.projection.fund[..., :2] for run in (beside, still)]
            np.testing.assert_allclose(*funds, rtol=1e-6, err_msg=key)
    assert all(told.values())


def outgo_moves(before: RunResult, after: RunResult, side: str) -> bool:
    """Whether a key moves an outgo by more than members' answers do."""
    old, new = (run.accounts[side.partition(".")[0]]["outgo"] for run in (before, after))
    return bool(np.abs(new / old - 1).max() > 1e-4)


def test_a_whole_that_is_imposed_does_not_hold_what_it_passes_on_to_another_fund() -> None:
    sides = ("resident.income", "employee_pool.income", "personal_accounts.outgo")
    scenario = with_pins(**{side[:8]: pin(side, dict.fromkeys(range(2026, 2031), 1e12), "fixed") for side in sides})
    told = held_levers(
        scenario.values,
        ["contributions.subsidy.schedule", "employee.contributions.to_accounts", "employee.accounts.spending_rate"],
    )
    assert [(holding, wholly) for _, holding, wholly in told] == [
        (("resident.income",), False),
        (("employee_pool.income", "personal_accounts.outgo"), False),
        (("personal_accounts.outgo",), True),
    ]
    alone = BASE.replace({"employee.projected": False}).replace(
        {"pins.it": pin("resident.income", dict.fromkeys(range(2026, 2031), 1e12), "fixed")}
    )
    assert held_levers(alone.values, ["contributions.subsidy.schedule"]) == [
        ("contributions.subsidy.schedule", ("resident.income",), True)
    ]


def test_every_key_that_is_said_to_move_totals_is_there() -> None:
    for start, moved in OF_KEYS.items():
        assert any(key.startswith(start) for key in KEYS), start
        assert set(moved) <= set(TOTALS)


def test_what_is_levied_and_fixed_has_no_required_contribution_and_root_has() -> None:
    fixed, kept = simulate([with_pins(it=pin("subsidies", {2028: 8e11}, mode)) for mode in ("fixed", "root")])
    for name in ("required_contribution_multiple_now", "required_contribution_delayed"):
        assert fixed.measures.loc[name, "status"] == "pinned"
        assert np.isnan(fixed.measures.loc[name, "value"])
        assert kept.measures.loc[name, "status"] == "ok"
    pool = "employee_pool_required_contribution_multiple_now"
    assert fixed.measures.loc[pool, "status"] == "ok"


def test_a_batch_with_pins_is_its_runs_bit_for_bit() -> None:
    parent = with_pins(it=pin("subsidies", {2028: 8e11}), ins=pin("resident_insured", {2029: 9.4e8}))
    scenarios = [
        parent,
        BASE,
        parent.replace({"contributions.personal.schedule": 500}),
        with_pins(out=pin("resident.outgo", {2027: 1.3e12}, "fixed")),
        parent.with_fragment("central_procurement"),
    ]
    for together, scenario in zip(simulate(scenarios), scenarios, strict=True):
        (alone,) = simulate([scenario])
        np.testing.assert_array_equal(together.projection.fund, alone.projection.fund)
        for name, values in alone.projection.totals.items():
            np.testing.assert_array_equal(together.projection.totals[name], values, err_msg=name)
        assert together.pin_factors == alone.pin_factors


def test_an_identity_tells_a_pin_that_is_not_met() -> None:
    from dataclasses import replace

    from simsurance import identities
    from simsurance.measures import accounts

    scenario = with_pins(it=pin("subsidies", {2028: 8e11}))
    state, basis = build(scenario)
    done = project(state, basis)
    other = [
        replace(year, pins=replace(year.pins, imposed=year.pins.imposed * 1.001)) if year.pins else year
        for year in basis
    ]
    for years, holds in ((basis, True), (other, False)):
        (checks,) = identities.check(done, years, accounts(done, years))
        assert {check.identity: check.holds for check in checks}["pins: what is imposed is met"] == holds


# ---------------------------------------------------------------- refused


def test_validate_finds_what_nothing_can_be_scaled_to(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(
        'extends = "baseline"\nfund.administration_share = 0\n[pins.it]\ntotal = "administration"\n'
        'values = { 2028 = 9e9 }\nmark = "judgement"\nsource = "mine"\n'
    )
    said = CliRunner().invoke(cli, ["validate", "mine.toml"])
    assert said.exit_code == 3
    assert said.stderr.startswith(
        "mine.toml:pins.it.values: nothing of administration is there to be scaled to 9000000000 in 2028; "
    )


def test_nothing_cannot_be_scaled() -> None:
    with pytest.raises(SimsuranceError, match=r"pins\.it\.values: nothing of administration is there .* 2027"):
        simulate([with_pins(it=pin("administration", {2027: 1e9}))])
    pinned_low = with_pins(it=pin("personal_accounts.income", {2027: 1e9}, "fixed"))
    with pytest.raises(SimsuranceError, match=r"pins\.it\.values: personal_accounts.income 1000000000 is less than"):
        simulate([pinned_low])


@pytest.mark.long
@pytest.mark.parametrize("mode", ["root", "fixed"])
@pytest.mark.parametrize(
    ("total", "value", "text"),
    [
        ("contributions_from_accounts", 9e12, "contributions_from_accounts 9e12 is part of personal_contributions and"),
        ("retiree_credits", 5e12, "retiree_credits 5e12 is taken off employer_contributions and above its"),
        (
            "employer_contributions",
            1e10,
            r"retiree_credits \d+\S* is taken off employer_contributions and above its 1\d+",
        ),
        ("personal_contributions", 0.0, ""),
    ],
)
def test_what_is_paid_out_of_contributions_is_no_more_than_the_model_has_of_them(total, value, text, mode) -> None:
    scenario = with_pins(it=pin(total, {2027: value}, mode))
    if not text:
        assert simulate([scenario])
        return
    with pytest.raises(SimsuranceError, match=rf"^\S+:pins\.it\.values: {text}.* in 2027; lower the one"):
        simulate([scenario])
    with pytest.raises(SimsuranceError, match=text):
        simulate([scenario.replace({"fund.opening": 1e12})])


def test_a_policy_upon_a_root_is_not_refused_for_what_it_takes_off() -> None:
    (found,) = simulate(
        [with_pins(it=pin("retiree_credits", {2027: 1e11})).replace({"employee.contributions.employer_rate": 0.001})]
    )
    assert at(found, "retiree_credits", 2027) > at(found, "employer_contributions", 2027)


def test_pinned_insured_leave_room_for_everybody_else_of_a_pinned_population() -> None:
    population = {"population.pinned_total": {2028: 1.38e9}}
    scenario = BASE.replace({**population, "pins.it": pin("resident_insured", {2028: 9.4e8})})
    (result,) = simulate([scenario])
    assert result.account["population"][1] == pytest.approx(1.38e9)
    assert result.account["resident_insured"][1] == pytest.approx(9.4e8)


def test_pins_that_contradict_each_other_are_refused() -> None:
    parts = ("personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments")
    pins = {name: pin(name, {2028: 1e11}) for name in parts}
    assert with_pins(**pins, whole=pin("resident.income", {2028: 5e11}))
    with pytest.raises(
        SimsuranceError, match=r"resident.income 6.*0 is not the sum of its pinned parts, 5.*0, in 2028"
    ):
        with_pins(**pins, whole=pin("resident.income", {2028: 6e11}))
    pins.pop("assistance")
    with pytest.raises(SimsuranceError, match=r"resident.income 3.*0 is less than its pinned parts, 4.*0, in 2028"):
        with_pins(**pins, whole=pin("resident.income", {2028: 3e11}))
    with pytest.raises(
        SimsuranceError, match=r"two.values: employer_to_accounts 2e12 is taken off employer_con.* its 1e12 in 2028"
    ):
        with_pins(one=pin("employer_contributions", {2028: 1e12}), two=pin("employer_to_accounts", {2028: 2e12}))
    with pytest.raises(SimsuranceError, match=r"retiree_credits 3e12 is taken off .* above its 2e12 in 2028; lower"):
        with_pins(one=pin("employer_contributions", {2028: 2e12}), two=pin("retiree_credits", {2028: 3e12}))
    with pytest.raises(
        SimsuranceError, match=r"to_accounts and retiree_credits 3e12 are taken off .* its 2e12 in 2028"
    ):
        with_pins(
            one=pin("employer_contributions", {2028: 2e12}),
            two=pin("retiree_credits", {2028: 1.5e12}),
            three=pin("employer_to_accounts", {2028: 1.5e12}),
        )
    with pytest.raises(
        SimsuranceError, match=r"employee_pool.income 1e12 is less than its pinned parts, 2e12, in 2028"
    ):
        with_pins(
            whole=pin("employee_pool.income", {2028: 1e12}),
            one=pin("employer_contributions", {2028: 2.1e12}),
            two=pin("employer_to_accounts", {2028: 0.0}),
            three=pin("retiree_credits", {2028: 1e11}),
        )
    with pytest.raises(
        SimsuranceError, match=r"resident_insured 1500000000 are above the pinned population 1400000000"
    ):
        with_pins(it=pin("resident_insured", {2028: 1.5e9})).replace({"population.pinned_total": {2028: 1.4e9}})


def test_a_run_says_that_it_is_pinned(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        'extends = "baseline"\nhorizon.last_year = 2027\n[pins.it]\ntotal = "subsidies"\nmode = "fixed"\n'
        'values = { 2027 = 8e11 }\nmark = "judgement"\nsource = "mine"\n'
    )
    (tmp_path / "mine.toml").write_text(text)
    done = CliRunner().invoke(cli, ["run", "mine.toml", "--no-charts"])
    assert done.exit_code == 0, done.output
    assert "mine: pinned: subsidies (fixed)" in done.stderr
    told_of = (tmp_path / "out/mine/summary.md").read_text(encoding="utf-8")
    factor = simulate([load("mine.toml")])[0].pin_factors["it"][2027]
    assert f"pinned ÷ model {factor:.4f} (expert judgement, mine)" in told_of
    assert f"mine: subsidies (fixed), pinned ÷ model {factor:.4f}\n" in done.stderr
    assert "The required contribution has no value: what is levied is pinned" in told_of
    assert f'"2027": {factor!r}' in (tmp_path / "out/mine/manifest.json").read_text(encoding="utf-8")


def test_a_run_prints_factors_of_any_size(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        'extends = "baseline"\nhorizon.last_year = 2027\n[pins.it]\ntotal = "subsidies"\n'
        'values = { 2026 = 10, 2027 = 8e11 }\nmark = "judgement"\nsource = "mine"\n'
    )
    (tmp_path / "mine.toml").write_text(text)
    done = CliRunner().invoke(cli, ["run", "mine.toml", "--no-charts"])
    assert done.exit_code == 0, done.output
    factors = simulate([load("mine.toml")])[0].pin_factors["it"]
    mantissa, power = f"{factors[2026]:.4e}".split("e-")
    told = f"pinned ÷ model {mantissa} × 10^−{int(power)} (2026) to {factors[2027]:.4f} (2027)"
    assert f"mine: subsidies (root), {told}" in done.stderr
    told_of = (tmp_path / "out/mine/summary.md").read_text(encoding="utf-8")
    assert f"pinned ÷ model {mantissa} × 10^−{int(power)} to {factors[2027]:.4f}" in told_of


@pytest.mark.long
@pytest.mark.parametrize(("total", "value"), [("resident.outgo", 1.2e12), ("resident_insured", 9.4e8)])
def test_twins_of_what_is_imposed_have_no_response(total: str, value: float) -> None:
    scenario = BASE.replace({"horizon.last_year": 2028, "pins.it": pin(total, {2027: value, 2028: value}, "fixed")})
    free, root = (
        scenario.replace({"pins.it.mode": "root"}) if mode else BASE.replace({"horizon.last_year": 2028})
        for mode in (0, 1)
    )
    for each in simulate([free, root]):
        found = twins(each)
        assert np.isfinite(found.drag["present_value"]).all()
        assert set(found.drag["status"]) == {"ok"}
        assert "no value" not in summary(found, "en").partition("## Employee")[0]
    (held,) = simulate([scenario])
    found = twins(held)
    assert set(found.drag["status"]) == set(found.twin["zero_effect_status"]) == {"pinned"}
    assert found.drag[["present_value", "closing"]].isna().all(axis=None)
    assert found.twin[["zero_effect", "difference"]].isna().all(axis=None)
    assert found.twin.loc["closing_last_year", "value"] == held.account["closing"][-1]
    text = summary(found, "en")
    assert "What behavioural responses do to the fund has no value" in text
    assert "drag.csv" not in text
    assert "twin.csv" not in text
    assert "行为反应对基金的影响无数值" in summary(found, "zh")
    tail_held = total == "resident.outgo"
    assert found.tail["pareto_bonus_cost_pp"].isna().all() == tail_held
    assert set(found.tail["status"]) == {"pinned" if tail_held else "ok"}
    assert ("tail.csv" in text) != tail_held


def test_pinned_money_of_the_employee_scheme_leaves_the_twins_their_values() -> None:
    short = BASE.replace({"horizon.last_year": 2027, "pins.it": pin("employee_pool.outgo", {2027: 1.5e12}, "fixed")})
    assert set(twins(*simulate([short])).drag["status"]) == {"ok"}


def test_a_whole_below_its_pinned_parts_is_possible_where_money_is_recovered() -> None:
    pins = {"whole": pin("resident.outgo", {2028: 7e11}), "part": pin("inpatient_benefits", {2028: 7.2e11})}
    with pytest.raises(SimsuranceError, match=r"resident.outgo 7.*0 is less than its pinned parts, 72.*0, in 2028"):
        with_pins(**pins)
    recovered = BASE.replace({"benefits.recovered_share": {2019: 0, 2028: 0.1}})
    (run,) = simulate([recovered.replace({f"pins.{name}": said for name, said in pins.items()})])
    assert [at(run, "resident.outgo", 2028), at(run, "inpatient_benefits", 2028)] == pytest.approx([7e11, 7.2e11])
    early = {name: {**said, "values": {2027: said["values"][2028]}} for name, said in pins.items()}
    with pytest.raises(SimsuranceError, match="is less than its pinned parts"):
        recovered.replace({f"pins.{name}": said for name, said in early.items()})


def test_a_comparison_says_that_what_is_without_responses_is_pinned() -> None:
    free = BASE.replace({"horizon.last_year": 2027})
    held = free.replace({"pins.it": pin("resident.outgo", {2027: 1.2e12}, "fixed")})
    lines = comparison_summary(compare([free, held]), "en").splitlines()
    (row,) = [line for line in lines if line.startswith("|") and "without behav" in line]
    assert row.endswith("| pinned |")
    assert "CNY" in row


def test_scaled_rows_are_neither_transfers_nor_shares_of_others() -> None:
    assert [row.name for row in LEDGER if row.always and not row.scaled] == [
        "local_supplement",
        "prepaid_change",
        "recoveries",
        "adjustment_payments",
        "administration",
        "employer_to_accounts",
        "retiree_credits",
        "employee_recoveries",
        "employee_adjustment_payments",
        "contributions_from_accounts",
    ]
    assert row_of("administration").follows[0] == "inpatient_benefits"
