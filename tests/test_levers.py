"""Levers change one component by year; every shipped fragment runs, and the table of effects is that of single runs."""

import json
import math
import re
import tomllib
from functools import cache
from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.analysis import levers
from simsurance.analysis.levers import figures
from simsurance.basis import build
from simsurance.basis.inputs import Inputs
from simsurance.basis.trend import cost_and_use
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.ledger import LEDGER, POOL, RESIDENT, fund_of, row_of
from simsurance.results import simulate
from simsurance.scenario_file.files import known_fragment, scenarios_folder, shipped
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import TITLES, load
from simsurance.scenario_file.pins import EVERYTHING, MOVED, moved_by
from simsurance.scenario_file.register import MARKS, sources
from simsurance.scenario_file.schedule import value_in
from simsurance.scenario_file.schema import LeverComponent, Mark

LAST = 2030
BASE = load("baseline", settings=[f"horizon.last_year={LAST}"])
FRAGMENTS = shipped(fragments=True)
ASSUMPTIONS = {
    "critical_cap_300000",
    "jump_off_2025",
    "rising_cost_growth",
    "wages_follow_income",
    "no_behaviour",
    "no_level_factors",
    "pareto_tail",
    "prepaid_70",
    "price_response_stress",
}
ASSUMPTIONS |= {"cost_by_time_to_death", "healthy_ageing", "healthy_ageing_half", "mortality_level_fades"}
ASSUMPTIONS |= {
    "drift_of_areas",
    "personal_standard_400_in_2027",
    "ratio_mean_2017_2026",
    "turnover_high",
    "turnover_low",
}
POLICIES = [name for name in FRAGMENTS if name not in ASSUMPTIONS and not name.startswith("province_")]
MOST_TOGETHER = 8
"""Fragments whose names make a scenario's name of a length that is not refused."""
FROM_THE_FIRST_YEAR = {"fixed_nominal_amounts"}
FROM_THE_FIRST_YEAR |= {"retirement_ages_until_2024"}
ACT_LATER = {"timely_adjustment"}
"""Rules whose trigger is met after the years that are projected here."""
BESIDE_THE_FUNDS = {"supplementary_cover", "long_term_care_insurance"}
"""Options whose money reaches no fund."""
IN_ITS_PLACE = {"timely_adjustment_ahead", "timely_adjustment_by_balance", "refusal_of_the_sick", "loading_of_the_sick"}
"""Rule sets that stand in the place of another, and questions about the same persons."""
BENEFITS = ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
INCOME = ("personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments")
COLUMNS = {
    "inpatient_use": {"inpatient_benefits", "critical_illness", "bonus_cost"},
    "resident_inpatient_use": {"inpatient_benefits", "critical_illness", "bonus_cost"},
    "resident_inpatient_cost": {"inpatient_benefits", "critical_illness", "bonus_cost"},
    "resident_outpatient_cost": {"outpatient_benefits"},
    "employee_inpatient_use": set(),
    "employee_inpatient_cost": set(),
    "employee_outpatient_cost": set(),
    "employee_inpatient_benefits": set(),
    "employee_outpatient_benefits": set(),
    "employer_contributions": set(),
    "contribution_base": set(),
    "inpatient_cost": {"inpatient_benefits", "critical_illness", "bonus_cost"},
    "outpatient_cost": {"outpatient_benefits"},
    "inpatient_benefits": {"inpatient_benefits"},
    "outpatient_benefits": {"outpatient_benefits"},
    "critical_illness": {"critical_illness", "bonus_cost"},
    "subsidies": {"subsidies", "local_supplement"},
    "personal_contributions": {"personal_contributions", "assistance", "repair_payments", "local_supplement"},
    "income": {"local_supplement"},
}
"""Columns of the resident fund that a component moves where nobody reacts."""

POOL_COLUMNS = {
    "inpatient_use": {"inpatient_benefits"},
    "inpatient_cost": {"inpatient_benefits"},
    "outpatient_cost": {"outpatient_benefits"},
    "resident_inpatient_use": set(),
    "resident_inpatient_cost": set(),
    "resident_outpatient_cost": set(),
    "employee_inpatient_use": {"inpatient_benefits"},
    "employee_inpatient_cost": {"inpatient_benefits"},
    "employee_outpatient_cost": {"outpatient_benefits"},
    "employee_inpatient_benefits": {"inpatient_benefits"},
    "employee_outpatient_benefits": {"outpatient_benefits"},
    "employer_contributions": {"employer_contributions"},
    "contribution_base": {"employer_contributions"},
    "employee_entry": {"employer_contributions", "inpatient_benefits", "outpatient_benefits", "employee_active"},
}


def lever(component, size, start=2028, ramp_years=1, **changes):
    """A lever as a scenario would give it."""
    said = {"component": component, "start": start, "ramp_years": ramp_years, "size": size, "low": -0.9, "high": 2.0}
    said |= {"mark": "judgement", "source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"}
    return said | changes


def with_levers(scenario=BASE, **levers):
    return scenario.replace({f"levers.{name}": said for name, said in levers.items()})


@pytest.fixture(scope="module")
def base():
    return simulate([BASE])[0]


ROOM = "benefits.critical_illness.ratio_shift=0"
"""Ratios that leave basic insurance room to pay more."""
STILL = load("baseline", ["no_behaviour"], [f"horizon.last_year={LAST}", ROOM])


@pytest.fixture(scope="module")
def still():
    """Nobody reacts."""
    return simulate([STILL])[0]


@cache
def pushed(component, size):
    """The same with a lever."""
    return simulate([with_levers(STILL, one=lever(component, size))])[0]


@cache
def laid(name):
    """A shipped fragment upon the baseline, projected."""
    return simulate([load("baseline", [name], [f"horizon.last_year={LAST}"])])[0]


def test_the_factor_goes_up_in_equal_steps_from_the_start_and_stays():
    scenario = with_levers(one=lever("income", -0.2, start=2028, ramp_years=4))
    factor = Inputs(scenario, scenario.values).lever("income", range(2026, 2034))
    assert factor == pytest.approx([1, 1, 0.95, 0.9, 0.85, 0.8, 0.8, 0.8])
    assert (Inputs(scenario, scenario.values).lever("subsidies", range(2026, 2034)) == 1).all()


@pytest.mark.parametrize("component", get_args(LeverComponent))
def test_a_lever_of_size_zero_changes_nothing(component, base):
    (zero,) = simulate([with_levers(one=lever(component, 0.0))])
    assert all(np.array_equal(zero.account[name], base.account[name], equal_nan=True) for name in base.account)


def test_levers_on_one_component_multiply(base):
    (both,) = simulate([with_levers(one=lever("inpatient_benefits", -0.03), two=lever("inpatient_benefits", -0.02))])
    ratio = both.account["inpatient_benefits"] / base.account["inpatient_benefits"]
    assert ratio == pytest.approx([1, 1] + [0.97 * 0.98] * (LAST - 2027))


@pytest.mark.parametrize("component", COLUMNS)
def test_a_component_moves_its_own_columns_from_its_start_and_no_others(component, still):
    after = pushed(component, 0.05)
    for name in (*BENEFITS, *INCOME, "resident_insured", "resident_enrolled"):
        old, new = still.account[name], after.account[name]
        assert np.array_equal(old[:2], new[:2]), name
        if name in COLUMNS[component]:
            assert (new[2:-1] > old[2:-1]).all(), name
        else:
            assert np.array_equal(old, new), name


def test_every_component_has_its_columns():
    assert {*COLUMNS, *POOL_COLUMNS} == set(get_args(LeverComponent))


@pytest.mark.parametrize("component", POOL_COLUMNS)
def test_a_component_moves_its_own_columns_of_the_employee_pool(component, still):
    before, pool = (each.accounts["employee_pool"] for each in (still, pushed(component, 0.05)))
    for name in ("employer_contributions", "inpatient_benefits", "outpatient_benefits", "employee_active"):
        assert np.array_equal(before[name][:2], pool[name][:2]), name
        if name in POOL_COLUMNS[component]:
            late = 3 if component == "employee_entry" and name != "employee_active" else 2
            assert (pool[name][late:] > before[name][late:]).all(), name
        else:
            assert np.array_equal(before[name], pool[name]), name


@pytest.mark.parametrize(
    ("component", "column"),
    [
        ("inpatient_use", "inpatient_benefits"),
        ("inpatient_benefits", "inpatient_benefits"),
        ("outpatient_benefits", "outpatient_benefits"),
        ("critical_illness", "critical_illness"),
        ("subsidies", "subsidies"),
    ],
)
def test_what_stands_outside_the_layers_moves_by_the_size(component, column, still):
    assert pushed(component, -0.04).account[column][2:] == pytest.approx(0.96 * still.account[column][2:])


def test_a_lever_on_benefits_leaves_critical_illness_no_more_than_the_rest_of_the_cost():
    whole = BASE.replace(
        {"benefits.critical_illness.ratio_shift": 0.4, "benefits.critical_illness.cap_income_multiple": 900}
    )
    raised = {
        name: with_levers(whole, one=lever(name, size))
        for name, size in (("inpatient_benefits", 0.4), ("critical_illness", 0.5))
    }
    before, basic, critical = simulate([whole, *raised.values()])
    assert (basic.account["critical_illness"][2:] < 0.3 * before.account["critical_illness"][2:]).all()
    assert critical.account["critical_illness"][2:] == pytest.approx(before.account["critical_illness"][2:])


def test_income_moves_by_the_size_but_for_payments_outside_the_standards(base):
    (run,) = simulate([with_levers(one=lever("income", 0.02))])
    old, new = ({name: result.account[name][2:] for name in INCOME} for result in (base, run))
    ratio = (sum(new.values()) - new["repair_payments"]) / (sum(old.values()) - old["repair_payments"])
    assert ratio == pytest.approx(1.02)


def test_cost_before_the_layers_moves_benefits_by_more_where_a_deductible_stands():
    more, less = simulate([with_levers(one=lever("inpatient_cost", size)) for size in (0.05, -0.05)])
    ratio = more.account["inpatient_benefits"][2:] / less.account["inpatient_benefits"][2:]
    assert (ratio > 1.05 / 0.95).all()


def test_people_react_to_a_lever_on_what_they_pay_and_to_no_other(base):
    more = simulate([with_levers(one=lever(component, 0.5)) for component in ("personal_contributions", "subsidies")])
    assert (more[0].account["leave_rate"][2:] > base.account["leave_rate"][2:]).all()
    assert np.array_equal(more[1].account["leave_rate"], base.account["leave_rate"])


def test_levers_that_cannot_be_are_refused_with_how_far_they_may_go():
    for component, said in (
        ("inpatient_use", "a probability above 1"),
        ("outpatient_benefits", "pay more than the cost"),
    ):
        with pytest.raises(SimsuranceError, match=rf"levers: those on {component} .*{said}; together at most 0\.\d+"):
            simulate([with_levers(one=lever(component, 1.5))])


def test_scenarios_with_other_bands_run_beside_one_another_as_alone():
    names = [
        "province_henan",
        "fixed_nominal_amounts",
        "province_jiangxi",
        "province_hainan",
        "campaign",
        "central_procurement",
    ]
    scenarios = [BASE, *(load("baseline", [name], [f"horizon.last_year={LAST}"]) for name in names)]
    for together, scenario in zip(simulate(scenarios), scenarios, strict=True):
        (alone,) = simulate([scenario])
        for name, values in alone.account.items():
            assert np.array_equal(together.account[name], values, equal_nan=True), (scenario.name, name)


# ---------------------------------------------------------------- files


def test_a_child_changes_one_key_of_a_lever_and_keeps_the_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (scenarios_folder() / "fragments" / "central_procurement.toml").read_text(encoding="utf-8")
    (tmp_path / "parent.toml").write_text(f'extends = "baseline"\n{text}', encoding="utf-8")
    (tmp_path / "child.toml").write_text('extends = "parent.toml"\nlevers.procurement_inpatient.size = -0.01\n')
    child = load("child.toml")
    assert child.values.levers["procurement_inpatient"].size == -0.01
    assert (
        child.values.levers["procurement_inpatient"].start
        == load("parent.toml").values.levers["procurement_inpatient"].start
    )
    assert child.origins["levers.procurement_inpatient.size"] == "child.toml"
    assert child.origins["levers.procurement_inpatient.start"] == "parent.toml"
    assert child.reference.levers == child.values.levers


def test_fragments_with_different_levers_stand_beside_each_other_and_the_same_leaf_twice_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    both = load("baseline", ["new_drugs", "central_procurement"])
    assert list(both.values.levers) == [
        "new_drugs_inpatient",
        "new_drugs_outpatient",
        "procurement_inpatient",
        "procurement_outpatient",
    ]
    text = (scenarios_folder() / "fragments" / "central_procurement.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace("size = -0.02", "size = -0.025"), encoding="utf-8")
    with pytest.raises(
        SimsuranceError, match=r"mine\.toml:levers\.procurement_inpatient\.size: .*central_procurement\.toml sets this"
    ):
        load("baseline", ["central_procurement", "mine.toml"])


def test_a_scenario_with_levers_loads_again_to_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = load("high_cost", ["quality_incentives", "new_drugs"])
    (tmp_path / "again.toml").write_text(scenario.to_toml(), encoding="utf-8")
    again = load("again.toml")
    assert again.values == scenario.values
    assert again.to_toml() == scenario.to_toml()
    tables = tomllib.loads(scenario.to_toml())["levers"]
    assert list(tables) == ["quality_inpatient", "quality_outpatient", "new_drugs_inpatient", "new_drugs_outpatient"]


def test_the_marks_of_levers_are_those_of_the_register():
    assert set(get_args(Mark)) == set(MARKS)


# ---------------------------------------------------------------- what is shipped


@pytest.mark.parametrize("name", FRAGMENTS)
def test_every_fragment_runs_and_keeps_all_identities(name):
    assert laid(name).checks["holds"].all()


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_leaves_the_valuation_year_as_the_baseline_has_it(name, base):
    changed = laid(name).scenario
    for path in (path for path, file in changed.origins.items() if file.endswith(f"/{name}.toml")):
        if path in KEYS and KEYS[path].kind == "schedule":
            for year in range(2019, 2027):
                old, new = (value_of(scenario, path, year) for scenario in (BASE, changed))
                assert old == new or old is None, (path, year)
    if name not in FROM_THE_FIRST_YEAR:
        before, after = (np.stack([of["closing"] for of in each.accounts.values()]) for each in (base, laid(name)))
        assert np.array_equal(before[:, 0], after[:, 0])
        assert (before[:, -1] != after[:, -1]).any() or name in (*ACT_LATER, *BESIDE_THE_FUNDS)


def value_of(scenario, path, year):
    value = scenario.values
    for part in path.split("."):
        value = getattr(value, "back" if part == "return" else part)
    return value_in(value, year)


@pytest.mark.parametrize("name", FRAGMENTS)
def test_shipped_levers_are_sourced_and_within_their_range(name):
    text = (scenarios_folder() / "fragments" / f"{name}.toml").read_text(encoding="utf-8")
    for key, said in load("baseline", [name]).values.levers.items():
        assert said.low <= said.size <= said.high, key
        assert said.source in sources(), key
        assert said.source != "S_JUDGEMENT" or said.mark == "judgement", key
        assert said.description.endswith("."), key
        assert said.description_zh.endswith("。"), key
        assert said.start >= 2027
    assert text.startswith("#") or name in ASSUMPTIONS


@pytest.mark.parametrize("name", [name for name in FRAGMENTS if name.startswith("province_")])
def test_a_province_gives_rules_and_its_source(name):
    text = (scenarios_folder() / "fragments" / f"{name}.toml").read_text(encoding="utf-8")
    rules = [path for path, file in load("baseline", [name]).origins.items() if file.endswith(f"/{name}.toml")]
    assert all(path.startswith(("participation.", "benefits.")) for path in rules if path not in TITLES)
    [source] = set(re.findall(r"S_[A-Z]+", text))
    assert source in sources()


def test_no_policies_exclude_each_other():
    policies = [name for name in POLICIES if name not in IN_ITS_PLACE and not name.startswith("press_")]
    left = {*combinations(policies, 2)}
    while left:
        together = list(min(left))
        while len(together) < MOST_TOGETHER:
            pairs = {name: {tuple(sorted((name, other))) for other in together} for name in policies}
            open_to = [name for name in policies if name not in together]
            together.append(max(open_to, key=lambda name: len(pairs[name] & left)))
        load("baseline", together)  # of policies that lie upon the baseline together no two exclude each other
        left -= {*combinations(sorted(together), 2)}


def scopes():
    """What docs/levers.md says of each option: whom its source speaks of, and whom it acts on."""
    lines = (scenarios_folder().parent / "docs" / "levers.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {name.strip("`"): (speaks_of, acts_on) for name, _, speaks_of, acts_on in rows}


def acts_on(name):
    """Whom an option acts on by what its keys and levers are said to move: members, one scheme's pooled fund, or both."""
    scenario = load("baseline", [name])
    own = [path for path, file in scenario.origins.items() if file.endswith(f"/{name}.toml") and path not in TITLES]
    totals = {total for said in scenario.values.levers.values() for total in MOVED[said.component]}
    own = [
        path
        for path in own
        if not path.startswith(("levers.", "bonds.", "choices.")) and path != "claims.demand.answers"
    ]  # to its own keys
    totals |= {each.row.name for bond in scenario.values.bonds.values() for each in fund_of(bond.fund).of_bonds}
    totals |= {row.name for row in LEDGER if row.name.startswith("choice_") and scenario.values.choices}
    totals |= {"retiree_contributions" for path in own if ".retiree" in path}
    totals |= {total for path in own for total in moved_by(path)}
    if totals >= set(EVERYTHING) - {"relatives_care", "account_spending"}:
        return "who is insured"
    ends = {
        end for total in totals if total != "resident_insured" for end in (row_of(total).payer, row_of(total).receiver)
    }
    schemes = {(RESIDENT,): "residents", (POOL,): "employees", (): "no fund"}
    return schemes.get(tuple(ends & {RESIDENT, POOL}), "both")


@pytest.mark.parametrize("name", POLICIES)
def test_an_option_whose_source_speaks_of_both_schemes_acts_on_both(name):
    speaks_of, said = scopes()[name]
    assert said == acts_on(name)
    assert speaks_of != "both" or said in ("both", "who is insured", "no fund")
    if said == "residents":
        layer = known_fragment(name).data
        told = f"{layer['title']} {layer['description']}".lower()
        assert "resident" in told or any(word in told for word in OF_RESIDENTS), told


OF_RESIDENTS = ("critical-illness", "medical assistance", "subsid", "newborn", "personal contribution")
"""What residents alone have."""


def account(run, fund, year):
    """The account of a fund in a year."""
    place = run.years.index(year)
    return {name: float(column[place]) for name, column in run.accounts[fund].items()}


PAID = ("inpatient_benefits", "outpatient_benefits", "maternity_benefits")


def test_more_recovered_is_a_share_of_the_benefits_of_both_schemes_and_no_income():
    """A quarter of 34.2 over 2,427.3 billion; both pools alike, taken off the outgo."""
    alone = ["control.audit.deterrence=0"]
    base, more = (simulate([load("baseline", names, alone)])[0] for names in ((), ("fraud_recovery",)))
    for fund, paid in (("resident", (*PAID, "critical_illness", "bonus_cost")), ("employee_pool", PAID)):
        before, after = account(base, fund, 2029), account(more, fund, 2029)
        assert -after["recoveries"] / sum(after[name] for name in paid) == pytest.approx(0.25 * 34.2 / 2427.3, rel=0.01)
        assert after["outgo"] - before["outgo"] == pytest.approx(after["recoveries"])
        assert after["income"] == before["income"]
        assert all(after[name] == before[name] for name in paid)
    levied = [each.account["income"] - each.account["prepaid_change"] for each in (base, more)]
    assert np.array_equal(*levied)
    years = np.arange(len(base.years))
    middle, end = 1.02 ** -(years + 0.5), 1.02 ** -(years[-1] + 1.0)
    assert (
        figures_of(more)["required_contribution_multiple_now"] < figures_of(base)["required_contribution_multiple_now"]
    )
    flat = [
        simulate([load("baseline", names, [*alone, "economy.interest_rate=0.02"])])[0]
        for names in ((), ("fraud_recovery",))
    ]
    saved = (flat[0].account["outgo"] - flat[1].account["outgo"]) * middle
    target = (flat[0].account["outgo"][-1] - flat[1].account["outgo"][-1]) / 2 * end
    change = (saved.sum() + target) / (levied[0] * middle)[1:].sum()
    found = [figures_of(each)["required_contribution_multiple_now"] for each in flat]
    assert found[0] - found[1] == pytest.approx(change, rel=1e-9)


def figures_of(run):
    """Measures by name."""
    return run.measures["value"]


def test_what_goes_to_outside_parties_is_outgo_of_its_fund_and_no_benefit():
    base, levy, care = (
        simulate([load("baseline", names)])[0] for names in ((), ("pooling_levy",), ("long_term_care_transfer",))
    )
    for fund, levied in (("resident", "income"), ("employee_pool", "employer_contributions")):
        before, after = account(base, fund, 2028), account(levy, fund, 2028)
        assert after["adjustment_payments"] == pytest.approx(0.02 * before[levied], rel=1e-9)
        assert after["outgo"] - before["outgo"] == pytest.approx(after["adjustment_payments"])
    place = care.years.index(2032)
    passed = care.account["long_term_care"][place] / care.account["resident_enrolled"][place]
    assert passed == pytest.approx(20 * care.basis[place].indexation.item())
    assert care.account["long_term_care"][: place - 4] == pytest.approx(0)
    assert care.account["income"] == pytest.approx(base.account["income"])
    for each in (levy, care):
        assert np.array_equal(each.cohorts["resident_benefits"], base.cohorts["resident_benefits"])
        assert np.array_equal(each.cohorts["employee_benefits"], base.cohorts["employee_benefits"])


def test_better_maternity_benefits_follow_births_and_the_cost_of_an_admission():
    fewer = "population.fertility_level={ 2019 = 0.9, 2027 = 0.45 }"
    usual = "population.fertility_level=0.9"
    many, few = (
        simulate([load("baseline", ["maternity_benefits"], ["horizon.last_year=2060", each])])[0]
        for each in (usual, fewer)
    )
    births = [each.projection.totals["births"][1, 0] for each in (many, few)]
    paid = [each.account["maternity_benefits"][1] for each in (many, few)]
    assert births[1] == pytest.approx(births[0] / 2, rel=1e-9)
    assert paid[1] == pytest.approx(paid[0] / 2, rel=1e-9)
    assert np.array_equal(*(each.basis[1].birth_benefit for each in (many, few)))
    amounts = np.array([year.birth_benefit.item() for year in many.basis])
    inputs = Inputs(many.scenario, many.scenario.values)
    cost, use = cost_and_use(inputs, "resident")
    assert amounts[2:] == pytest.approx((2000 * cost / use)[2:])
    assert [amounts[0], amounts[1]] == pytest.approx([0, 1000 * cost[1] / use[1]])
    paid_by_levers = with_levers(many.scenario.replace({"horizon.last_year": 2028}), one=lever("inpatient_cost", -0.1))
    (cheaper,) = simulate([paid_by_levers])
    assert cheaper.basis[2].birth_benefit.item() == pytest.approx(0.9 * amounts[2])


def insured_of_2027(*fragments, settings=()):
    """Insured on 1 January 2028, million."""
    (found,) = simulate([load("baseline", fragments, ["horizon.last_year=2027", *settings])])
    return found.projection.stocks.resident_insured[-1].sum() / 1e6


def test_a_campaign_and_default_renewal_each_add_to_the_other_and_both_answer_a_surge():
    none, surge = insured_of_2027(), insured_of_2027("enrolment_surge")
    for before, fragments in ((none, ()), (surge, ("enrolment_surge",))):
        campaign, renewal, both = (
            insured_of_2027(*fragments, *more)
            for more in (("campaign",), ("automatic_renewal",), ("automatic_renewal", "campaign"))
        )
        assert before < campaign < renewal < both
    odds = [
        build(load("baseline", names, ["horizon.last_year=2027"]))[1][1].leave_other.item()
        for names in ((), ("campaign",), ("automatic_renewal",), ("automatic_renewal", "campaign", "enrolment_surge"))
    ]
    factors = [each / odds[0] for each in odds]
    assert factors[1:] == pytest.approx([math.exp(-0.05), math.exp(-0.5), math.exp(-0.55 + 0.317)])


@pytest.mark.parametrize(("mood", "fewer"), [(0.178, 8.1), (0.317, 15), (0.449, 22)])
def test_a_surge_of_any_size_that_was_reported_can_be_put_in(mood, fewer):
    """Sizes as the option tells them."""
    text = (scenarios_folder() / "fragments" / "enrolment_surge.toml").read_text(encoding="utf-8")
    assert f"{mood} give" in " ".join(text.split())
    found = insured_of_2027() - insured_of_2027(settings=[f"behaviour.mood={{ 2026 = 0, 2027 = {mood} }}"])
    assert found == pytest.approx(fewer, abs=0.1)


# ---------------------------------------------------------------- the table of effects


@pytest.fixture(scope="module")
def table(lever_effects):
    return lever_effects("baseline", ["payment_ratio_up"], [f"horizon.last_year={LAST}"])


def test_the_effects_are_those_of_single_runs(table):
    without, found = table
    by_name = {effect.fragment: effect for effect in found}
    settings = [f"horizon.last_year={LAST}"]
    (alone,) = simulate([load("baseline", ["payment_ratio_up"], settings)])
    assert without.account["closing"][-1] == alone.account["closing"][-1]
    for name in ("case_payment", "campaign", "turnover_low", "province_henan"):
        (single,) = simulate([load("baseline", ["payment_ratio_up", name], settings)], alone.entries)
        assert by_name[name].figures == tuple(figures(alone, single))
        by_measure = {figure.measure: figure for figure in by_name[name].figures}
        assert by_measure["closing_last_year"].change == single.account["closing"][-1] - alone.account["closing"][-1]
        assert by_measure["reserve_months_2030"].value == single.account["reserve_months"][4]
        assert by_measure["reserve_months_2035"].status == "outside_horizon"
        assert by_measure["reserve_months_2035"].change is None


def test_every_fragment_is_listed_and_one_that_cannot_be_laid_upon_it_says_why(table):
    _, found = table
    assert [effect.fragment for effect in found] == list(FRAGMENTS)
    refused = {effect.fragment: effect.reason for effect in found if not effect.figures}
    assert set(refused) == {"payment_ratio_up"}
    assert "this file is laid on twice" in refused["payment_ratio_up"]
    assert all(effect.title and effect.title_zh and effect.description.endswith(".") for effect in found)
    assert all(effect.description_zh.endswith("。") for effect in found)


@pytest.mark.long
def test_a_fragment_that_an_engine_refuses_is_listed_with_its_reason():
    said = lever("inpatient_benefits", 0.45, start=2027)
    settings = [f"horizon.last_year={LAST}", *(f"levers.much.{key}={json.dumps(value)}" for key, value in said.items())]
    _, found = levers.effects("baseline", settings=settings)
    refused = {effect.fragment: effect.reason for effect in found if not effect.figures}
    assert set(refused) == {"payment_ratio_up"}
    assert "pay more than the cost" in refused["payment_ratio_up"]


def test_a_year_that_is_never_reached_is_a_status_and_not_a_change():
    low = [load("low_cost", fragments, ["horizon.last_year=2027"]) for fragments in ([], ["campaign"])]
    depletion = {figure.measure: figure for figure in figures(*simulate(low))}["depletion_year"]
    assert (depletion.base, depletion.value, depletion.change) == (None, None, None)
    assert depletion.status == depletion.base_status == "not_depleted_by_2027"


@pytest.mark.long
def test_the_command_prints_a_line_a_fragment_and_json_in_full(lever_effects, monkeypatch):
    monkeypatch.setattr(levers, "effects", lever_effects)
    arguments = ["levers", "baseline", "--set", "horizon.last_year=2027"]
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[1].startswith("policy option ")
    assert lines[2].startswith("baseline ")
    assert [line.split()[0] for line in lines[3 : lines.index("")]] == list(FRAGMENTS)
    printed = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert printed["schema"] == "simsurance.levers/1"
    assert [row["fragment"] for row in printed["fragments"]] == list(FRAGMENTS)
    assert all(row["applied"] for row in printed["fragments"])
    of_each = {row["fragment"]: row["figures"].values() for row in printed["fragments"]}
    unmoved = [name for name, own in of_each.items() if all(each["value"] == each["base"] for each in own)]
    assert "supplementary_cover" in unmoved
    assert f"no figure in this table changes: {', '.join(unmoved)}: they act on other payers, or after 2027" in lines


@pytest.mark.long
def test_government_financing_is_among_the_effects_with_its_unit(lever_effects, monkeypatch):
    monkeypatch.setattr(levers, "effects", lever_effects)
    arguments = ["levers", "baseline", "--set", "horizon.last_year=2027"]
    printed = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    by_name = {row["fragment"]: row["figures"]["public_money_present_value"] for row in printed["fragments"]}
    scenarios = [load("baseline", names, ["horizon.last_year=2027"]) for names in ((), ("assistance_up",))]
    base, more = (run.measures.loc["public_money_present_value"] for run in simulate(scenarios))
    found = by_name["assistance_up"]
    assert [found["base"], found["value"], found["unit"]] == [base["value"], more["value"], base["unit"]]
    assert found["change"] == more["value"] - base["value"] > 0
    assert by_name["case_payment"]["change"] == 0
    for lang, head, size in (("en", "government financing", 1e9), ("zh", "财政投入", 1e8)):
        lines = CliRunner().invoke(main, [*arguments, "--lang", lang]).stdout.splitlines()
        assert head in lines[1]
        assert head in lines[-2] or head in " ".join(lines[lines.index("") :])
        [line] = [line for line in lines if line.startswith("assistance_up ")]
        assert f" +{round(found['change'] / size):,} " in line


def test_show_lists_levers_with_source_and_range():
    shown = CliRunner().invoke(main, ["show", "baseline", "levers", "--with", "central_procurement"])
    assert shown.exit_code == 0, shown.stderr
    [line] = [line for line in shown.stdout.splitlines() if line.startswith("levers.procurement_inpatient.size")]
    assert line.split()[1:8] == ["-0.02", "share", "S_BEHAVIOUR", "derived", "-0.03", "to", "-0.01"]
    none = CliRunner().invoke(main, ["show", "baseline", "levers"])
    assert (none.exit_code, none.stderr.split(";")[0]) == (3, "baseline: no levers")
