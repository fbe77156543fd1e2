"""Rules on care: each by hand, together never twice, nothing where none acts, and the press figures met and marked."""

from math import log

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import norm
from stays_oracle import billed

from simsurance.analysis.twins import twins
from simsurance.basis.control import LEVELS, RULES, SWITCHES, Effects, acting, effects
from simsurance.basis.inputs import Inputs
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.ledger import POOL
from simsurance.output.controls import beyond_evidence, control_facts
from simsurance.output.summary import summary
from simsurance.results import simulate
from simsurance.scenario_file.control_sections import Control
from simsurance.scenario_file.loader import Scenario, load

SHARE, COST, RATIO = (0.411, 0.369, 0.22), (11278.0, 5600.0, 2900.0), (0.617, 0.709, 0.793)
"""Residents' admissions by level: what the baseline states."""
DAYS, DRUGS, DEVICES, TESTS = (7.8, 9.5, 6.9), (0.25, 0.26, 0.37), (0.22, 0.14, 0.04), (0.21, 0.24, 0.20)
MEAN = sum(share * cost for share, cost in zip(SHARE, COST, strict=True))
PAID = sum(share * cost * ratio for share, cost, ratio in zip(SHARE, COST, RATIO, strict=True))
EVERY_RULE = {
    "control.referral.prevented": 0.5,
    "control.case_payment.added_share": 0.5,
    "control.tests.unpaid": 1.0,
    "control.devices.premium_unpaid": 0.6,
    "control.drugs.excluded": 0.1,
    "control.drugs.class_b_first": 0.1,
    "control.stay.cut": 0.5,
    "control.stay.points_a_day": 0.05,
    "control.audit.added": 1.0,
    "control.knowledge.campaign": 0.1,
    "control.village.settled": 0.5,
    "control.telemedicine.moved": 0.1,
    "control.away.added_share": 0.05,
    "control.digital.reached": 0.5,
}


OF_RESIDENTS_ALONE = ("control.village.settled", "employee")


def found(settings: dict[str, float], scheme: str = "resident") -> Effects:
    """What settings laid upon the baseline do."""
    scenario = load("baseline").replace(settings)
    return effects(Inputs(scenario, scenario.values), "resident" if scheme == "resident" else "employee")


def last(values: np.ndarray) -> float:
    return float(values[-1])


def beyond(mean: float, spread: float, norm_days: float) -> float:
    """Mean days beyond a norm of a lognormal stay, by the textbook."""
    distance = (log(mean / norm_days) + spread**2 / 2) / spread
    return mean * float(norm.cdf(distance)) - norm_days * float(norm.cdf(distance - spread))


def test_without_a_rule_nothing_changes_and_levels_meet_the_published_mean_cost() -> None:
    base = load("baseline")
    assert acting(Inputs(base, base.values)) == []
    neutral = found({})
    for name in ("inpatient_use", "inpatient_cost", "inpatient_benefits", "outpatient_cost", "outpatient_benefits"):
        assert (vars(neutral)[name] == 1).all(), name
    assert pytest.approx(7339, rel=0.001) == MEAN  # the resident scheme's mean cost of an admission in 2025
    assert last(neutral.days) == pytest.approx(8.6, abs=0.5)


def test_every_rule_has_its_switches_and_acts_by_them_alone() -> None:
    assert {rule for rule in Control.FIELDS if rule != "levels"} == set(SWITCHES) == set(RULES)
    for path, value in EVERY_RULE.items():
        scenario = load("baseline").replace({path: value})
        assert acting(Inputs(scenario, scenario.values)) == [path.split(".")[1]]


def test_a_prevented_referral_is_admitted_at_the_second_level_by_hand() -> None:
    moved = 0.411 * 0.1 * 0.5
    cost_there = 5600 + 0.5 * (11278 - 5600)
    cost = MEAN - moved * 11278 + moved * cost_there
    paid = PAID - moved * 11278 * 0.617 + moved * cost_there * 0.709
    effect = found({"control.referral.prevented": 0.5})
    assert last(effect.inpatient_cost) == pytest.approx(cost / MEAN, rel=1e-12)
    assert last(effect.inpatient_cost * effect.inpatient_benefits) == pytest.approx(paid / PAID, rel=1e-12)
    assert last(effect.days) == pytest.approx(
        sum(s * d for s, d in zip(SHARE, DAYS, strict=True)) + moved * (9.5 - 7.8), rel=1e-12
    )
    assert cost / MEAN < paid / PAID < 1  # the fund gains less than the cost falls


def test_of_repeats_the_first_is_paid_by_hand() -> None:
    effect = found({"control.tests.unpaid": 1.0})
    tests = sum(s * c * t for s, c, t in zip(SHARE, COST, TESTS, strict=True))
    paid = sum(s * c * r * (1 - t * 0.08) for s, c, r, t in zip(SHARE, COST, RATIO, TESTS, strict=True))
    assert last(effect.inpatient_cost) == pytest.approx(1 - tests * 0.08 * 0.75 / MEAN, rel=1e-12)
    assert last(effect.inpatient_cost * effect.inpatient_benefits) == pytest.approx(paid / PAID, rel=1e-12)
    assert last(effect.outpatient_cost * effect.outpatient_benefits) == pytest.approx(1 - 0.28 * 0.08, rel=1e-12)


def test_a_model_other_than_the_basic_one_is_paid_at_a_share_by_hand() -> None:
    effect = found({"control.devices.premium_unpaid": 0.6})
    premium = 0.55 * 0.3
    switched = 0.5 * 0.6
    saved, unpaid = premium * switched * (1 - 0.4), premium * (1 - switched) * 0.6
    cost = sum(s * c * (1 - k * saved) for s, c, k in zip(SHARE, COST, DEVICES, strict=True))
    paid = sum(s * c * r * (1 - k * (saved + unpaid)) for s, c, r, k in zip(SHARE, COST, RATIO, DEVICES, strict=True))
    assert last(effect.inpatient_cost) == pytest.approx(cost / MEAN, rel=1e-12)
    assert last(effect.inpatient_cost * effect.inpatient_benefits) == pytest.approx(paid / PAID, rel=1e-12)


def test_drugs_off_the_list_and_first_payments_by_hand() -> None:
    effect = found({"control.drugs.excluded": 0.1, "control.drugs.class_b_first": 0.1})
    saved = 0.1 * 0.5
    unpaid = 0.1 * 0.5 + 0.9 * 0.65 * 0.1
    paid = sum(s * c * r * (1 - d * (saved + unpaid)) for s, c, r, d in zip(SHARE, COST, RATIO, DRUGS, strict=True))
    assert last(effect.inpatient_cost * effect.inpatient_benefits) == pytest.approx(paid / PAID, rel=1e-12)
    assert last(effect.outpatient_cost) == pytest.approx(1 - 0.44 * saved, rel=1e-12)


def test_days_beyond_the_norm_are_cut_at_the_cost_of_a_last_day_by_hand() -> None:
    effect = found({"control.stay.cut": 0.5})
    over = [beyond(days, 0.7, 14) for days in DAYS]
    cost = sum(s * c * (1 - 0.5 * o * 0.55 / d) for s, c, o, d in zip(SHARE, COST, over, DAYS, strict=True))
    assert last(effect.inpatient_cost) == pytest.approx(cost / MEAN, rel=1e-9)
    assert last(effect.days) == pytest.approx(
        sum(s * (d - 0.5 * o) for s, d, o in zip(SHARE, DAYS, over, strict=True)), rel=1e-9
    )


def test_a_day_beyond_the_norm_costs_five_points_of_a_long_stays_cost_down_to_nothing_by_hand() -> None:
    effect = found({"control.stay.points_a_day": 0.05})
    ranks = norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    lost = []
    for mean, ratio in zip(DAYS, RATIO, strict=True):
        stays = np.exp(log(mean) - 0.7**2 / 2 + 0.7 * ranks)
        cost = 1 + 0.55 * (stays / mean - 1)
        lost.append((cost * np.minimum(0.05 * np.maximum(stays - 14, 0), ratio)).mean())
    paid = sum(s * c * (r - each) for s, c, r, each in zip(SHARE, COST, RATIO, lost, strict=True))
    assert last(effect.inpatient_benefits) == pytest.approx(paid / PAID, rel=1e-4)
    assert (effect.inpatient_cost == 1).all()


@pytest.mark.parametrize("scheme", ["resident", "employee"])
@pytest.mark.parametrize("path", [*EVERY_RULE, "all"])
def test_rules_in_closed_form_agree_with_single_stays(path: str, scheme: str) -> None:
    settings = EVERY_RULE if path == "all" else {path: EVERY_RULE[path]}
    scenario = load("baseline").replace(settings)
    inputs = Inputs(scenario, scenario.values)
    closed = effects(inputs, "resident" if scheme == "resident" else "employee")
    batches = [billed(scenario.values, scheme, inputs.first, inputs.years[3], 4_000, seed) for seed in range(25)]
    billed_ratios = {
        "inpatient_use": [after.number / before.number for before, after in batches],
        "inpatient_cost": [after.bill / before.bill for before, after in batches],
        "inpatient_benefits": [after.paid / before.paid / (after.bill / before.bill) for before, after in batches],
        "outpatient_cost": [after.visit for _, after in batches],
        "outpatient_benefits": [after.visit_paid for _, after in batches],
        "recovered": [after.recovered for _, after in batches],
    }
    seen = False
    for name, ratios in billed_ratios.items():
        expected, error = np.mean(ratios), np.std(ratios) / np.sqrt(len(ratios) - 1)
        assert vars(closed)[name][3] == pytest.approx(expected, abs=4.5 * error + 1e-12), name
        seen |= abs(expected - (name != "recovered")) > 4.5 * error + 1e-12
    assert seen or (path, scheme) == OF_RESIDENTS_ALONE, "the rule cannot be seen"


def test_deterrence_builds_up_and_fades_by_hand() -> None:
    path = {"2019": 0.0, "2027": 1.0, "2028": 0.0}
    effect = found({"control.audit.added": path})  # type: ignore[dict-item]
    first = 0.0141 * 2.0 * 0.35
    assert effect.inpatient_cost[:4] == pytest.approx([1, 1 - first, 1 - first * 0.65, 1 - first * 0.65**2], rel=1e-12)
    assert effect.recovered[:3] == pytest.approx([0, 0.03 - 0.0141 - first, 0], abs=1e-12)  # at most what is wasted
    assert effect.inpatient_cost == pytest.approx(effect.outpatient_cost, rel=1e-12)


def test_a_summary_tells_both_what_is_recovered_and_fined_beyond_the_fitted_past() -> None:
    scenario = load("baseline", settings=["control.audit.added=0.1", "horizon.last_year=2027"])
    told = control_facts(scenario, "en")[0]
    assert told["recovered"] == pytest.approx(0.1 * 0.0141)
    assert told["fines"] == pytest.approx(0.181 * 0.1 * 0.0141)
    text = summary(twins(simulate([scenario])[0]), "en")
    assert "; beyond the fitted past 0.14% of benefits recovered, and fines of 0.03% of benefits, which go" in text


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (
            {"control.telemedicine.moved": {"2019": 0.0, "2030": 1.0}, "control.telemedicine.relative_cost": 0.0},
            "outpatient cost",
        ),
        (
            {f"control.levels.resident.admission_share.{level}": float(level == "tertiary") for level in LEVELS}
            | {"control.levels.resident.cost.secondary": 0.0, "control.levels.case_mix_share": 0.0}
            | {"control.referral.unreasonable_share": 1.0, "control.referral.prevented": {"2019": 0.0, "2030": 1.0}},
            "the cost of admissions",
        ),
    ],
)
def test_rules_that_leave_no_cost_are_told(settings: dict[str, float], kind: str) -> None:
    with pytest.raises(SimsuranceError, match=f"control: rules leave nothing of {kind} in 2030; "):
        found(settings)


def test_audits_without_end_take_no_more_than_what_is_wasted() -> None:
    effect = found({"control.audit.added": 20.0})
    assert (1 - effect.inpatient_cost + effect.recovered <= 0.03 - 0.0141 + 1e-12).all()


def test_audits_find_nothing_where_no_more_is_wasted_than_was_recovered() -> None:
    more = found({"control.audit.added": 5.0, "control.audit.waste_share": 0.01})
    none = found({"control.audit.waste_share": 0.01})
    assert (more.inpatient_cost == none.inpatient_cost).all()
    assert (more.recovered == 0.0).all()


def test_knowledge_is_a_state_that_a_campaign_moves_by_hand() -> None:
    effect = found({"control.knowledge.campaign": {"2019": 0.0, "2027": 0.1, "2028": 0.0}})  # type: ignore[dict-item]
    known = [0, 0.1, 0.065]
    assert effect.outpatient_cost[:3] == pytest.approx([1 - 0.1 * 0.05 * each for each in known], rel=1e-12)


def test_price_volume_and_coding_of_cases_move_apart_by_hand() -> None:
    effect = found({"control.case_payment.added_share": 0.5})
    assert last(effect.inpatient_use) == pytest.approx(1 + 0.5 * 0.0136, rel=1e-12)
    assert last(effect.inpatient_cost) == pytest.approx(1 + 0.5 * (0.97 * 1.01 - 1), rel=1e-12)


@pytest.mark.parametrize("scheme", ["resident", "employee"])
def test_rules_together_save_less_than_alone_added_up_and_pay_no_more_than_the_cost(scheme: str) -> None:
    """What one has saved, no other saves again: shares of what is left multiply at most."""
    paths = {path: value for path, value in EVERY_RULE.items() if "referral" not in path and "points" not in path}
    together, alone = found(paths, scheme), [found({path: value}, scheme) for path, value in paths.items()]
    for name in ("inpatient_cost", "outpatient_cost"):
        assert (1 - vars(together)[name] <= sum(1 - vars(each)[name] for each in alone) + 1e-12).all()
        assert (vars(together)[name] > 0).all()
    everything = found(EVERY_RULE, scheme)
    assert (everything.inpatient_benefits <= 1).all()
    assert (everything.inpatient_benefits > 0).all()


def test_what_rules_do_arrives_in_the_funds() -> None:
    base, ruled = simulate([load("baseline"), load("baseline", ["fraud_recovery"])])
    effect = found({"control.audit.added": {"ramp": {"2026": 0.0, "2029": 0.25}}})  # type: ignore[dict-item]
    paid = ruled.projection.totals["inpatient_benefits"][5] / base.projection.totals["inpatient_benefits"][5]
    assert float(paid[0]) == pytest.approx(float(effect.inpatient_cost[5]), rel=0.02)  # layers bend it
    recovered = ruled.projection.totals["recoveries"][5, 0]
    outgo = sum(float(ruled.projection.totals[name][5, 0]) for name in ("inpatient_benefits", "outpatient_benefits"))
    assert float(effect.recovered[5]) == pytest.approx(recovered / outgo, rel=0.15)  # critical illness stands beside


@pytest.mark.parametrize(
    ("option", "saved", "of"),
    [("press_referrals", 0.0084, "all"), ("press_repeated_tests", 0.076, "pools")],
)
def test_press_options_meet_the_press_figures(option: str, saved: float, of: str) -> None:
    """25 of 2,976 billion yuan that all funds spent in 2024; 7.6 % of spending."""
    base, pressed = simulate([load("baseline", names, ["horizon.last_year=2027"]) for names in ((), (option,))])
    funds = base.accounts if of == "all" else ["resident", POOL]
    spent = [sum(float(run.accounts[fund]["outgo"][1]) for fund in funds) for run in (base, pressed)]
    assert 1 - spent[1] / spent[0] == pytest.approx(saved, rel=0.03)


def test_press_options_say_in_the_summary_how_far_they_are_from_the_evidence() -> None:
    run = simulate([load("baseline", ["press_repeated_tests"], ["horizon.last_year=2028"])])[0]
    for lang, words in (("en", "0.350; the evidence reaches from 0.0550 to 0.150"), ("zh", "证据范围为0.0550至0.150")):
        assert words in summary(twins(run), lang)


@pytest.mark.parametrize("option", ["press_stay", "press_joints", "press_referrals", "press_knowledge"])
def test_every_press_option_is_told_to_lie_outside_the_evidence(option: str) -> None:
    assert beyond_evidence(load("baseline", [option]))


@pytest.mark.parametrize(
    ("stated", "farthest"),
    [
        (0.2, None),
        (0.25, 0.25),
        ({"1990": 0, "2027": 0.1, "2030": 0.24, "2035": 0.22}, 0.24),
        ({"ramp": {"1990": 0, "2027": 0, "2035": 0.3}}, 0.3),
        ({"1990": 0, "2030": 0.2}, None),
    ],
)
def test_what_lies_outside_the_evidence_is_told_in_any_year(stated: object, farthest: float | None) -> None:
    found = beyond_evidence(load("baseline").replace({"control.away.added_share": stated}))
    told = {"path": "control.away.added_share", "value": farthest, "low": 0.0, "high": 0.2}
    assert found == ([] if farthest is None else [told])


def test_a_summary_without_rules_is_silent_on_them() -> None:
    told = summary(twins(simulate([load("baseline", settings=["horizon.last_year=2026"])])[0]), "en")
    assert "Control of care" not in told


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            "control.levels.resident.admission_share={tertiary=0.5, secondary=0.5, primary=0.1}",
            "the shares of the levels add to 1.1; make them add to 1",
        ),
        ("control.stay.norm_days={tertiary=0.5, secondary=14, primary=14}", "a norm of 0.5 is less than a day"),
        (
            "control.levels.tests={tertiary=0.6, secondary=0.2, primary=0.2}",
            "tests, consumables, drugs of tertiary care add to 1.07; together at most 1",
        ),
        ("control.tests.unpaid=1.5", "1.5"),
        ("control.knowledge.response=0.5", "0.5"),
    ],
)
def test_what_no_rule_can_be_is_one_line(setting: str, said: str) -> None:
    result = CliRunner().invoke(main, ["validate", "baseline", "--set", setting])
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1
    assert said in result.stderr


def test_rules_that_pay_more_than_the_cost_are_refused() -> None:
    scenario: Scenario = load("baseline").replace(
        {
            "control.referral.prevented": 1.0,
            "control.referral.unreasonable_share": 1.0,
            "benefits.inpatient.payment_ratio": 0.99,
        }
    )
    with pytest.raises(SimsuranceError, match="pay more than the cost"):
        simulate([scenario])


def test_village_clinics_that_settle_by_hand() -> None:
    """A tenth of the cost, 40 % of it in clinics that come to settle: three tenths of that are paid; a fifth more visits, a
    quarter of which replace one that costs twice as much."""
    terms = {"settled": 0.4, "unpaid_share": 0.3, "visits_added": 0.2, "replaced": 0.25, "cost_elsewhere": 2.0}
    settings = {f"control.village.{name}": value for name, value in terms.items()}
    cost = 1 + 0.1 * 0.4 * 0.2 * (1 - 0.25 * 2)
    after = found(settings)
    assert last(after.outpatient_cost) == pytest.approx(cost)
    assert last(after.outpatient_benefits) == pytest.approx(1 + 0.1 * 0.4 * 0.3 / cost)
    assert last(after.inpatient_cost) == 1
    employees = found(settings, "employee")
    assert last(employees.outpatient_cost) == last(employees.outpatient_benefits) == 1


def test_telemedicine_by_hand() -> None:
    """A tenth moves to consultations at 40 % of the cost; three come on top of ten: it costs 0.52 of what it was."""
    after = found({"control.telemedicine.moved": 0.1})
    assert last(after.outpatient_cost) == pytest.approx(0.9 + 0.1 * 0.4 * 1.3)
    assert last(after.outpatient_benefits) == pytest.approx(1)


def test_care_in_other_provinces_by_hand() -> None:
    """A tenth of the admissions of the third level, half as dear again, paid ten points less of their cost."""
    after = found({"control.away.added_share": 0.1, "control.away.cost_ratio": 1.5, "control.away.ratio_cut": 0.1})
    here, there = 0.9 * SHARE[0] * COST[0], 0.1 * SHARE[0] * COST[0] * 1.5
    rest = sum(share * cost for share, cost in zip(SHARE[1:], COST[1:], strict=True))
    paid_rest = PAID - SHARE[0] * COST[0] * RATIO[0]
    cost, paid = (here + there + rest) / MEAN, (here * RATIO[0] + there * (RATIO[0] - 0.1) + paid_rest) / PAID
    assert last(after.inpatient_cost) == pytest.approx(cost)
    assert last(after.inpatient_cost * after.inpatient_benefits) == pytest.approx(paid)


def test_claims_and_settlement_online_by_hand() -> None:
    """Half online: checks take 4 % off its cost, a tenth more visits are made, offices need a fifth less of their 2 %."""
    terms = {"reached": 0.5, "price": -0.04, "visits_added": 0.1, "administration": -0.2}
    settings = {f"control.digital.{name}": value for name, value in terms.items()}
    after = found(settings)
    assert last(after.inpatient_cost) == pytest.approx(0.98)
    assert last(after.inpatient_benefits) == pytest.approx(1)
    assert last(after.outpatient_cost) == pytest.approx(0.98 * 1.05)
    assert last(after.outpatient_benefits) == pytest.approx(1)
    charged = {"fund.administration_share": 0.02, "horizon.last_year": 2027}
    for run, share in zip(
        simulate([load("baseline").replace(charged | each) for each in ({}, settings)]), (0.02, 0.018), strict=True
    ):
        account = run.account
        benefits = sum(
            account[name] for name in ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
        )
        assert account["administration"] == pytest.approx(share * benefits, rel=1e-9)
