"""A member's story: the rules told year by year agree with the rules worked by hand, in both languages."""

import json
import re
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from small_scheme import NATIONAL_MONTHS

from simsurance.axes import DEDUCTIBLES
from simsurance.basis import build
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.member.history import parsed
from simsurance.member.member_year import Person, Standing, member_years
from simsurance.member.story import rules_of, story, story_years
from simsurance.member.telling import rule_applied, table, year_told
from simsurance.model.care import benefits_pp
from simsurance.scenario_file.loader import Scenario, load

NOMINAL = {
    "benefits.indexation": "fixed",
    "benefits.inpatient.deductible": 1000,
    "benefits.inpatient.payment_ratio": 0.7,
    "benefits.critical_illness.low_deductible_places": 0,
    "benefits.critical_illness.ratio_shift": 0,
    "benefits.critical_illness.outpatient_factor": 0,
    "benefits.critical_illness.cap_rule": "amount",
}
LONG = (
    "before: never, 2026: late 2 repair, 2027: in claim 900000, 2028-2030: in no-claim, 2031: in claim 3000000 month 4,"
    "2032: lapse claim 5000, 2033-2037: lapse, 2038: in repair all claim 300, 2039: employee, 2040: in,"
    "2041: employee,"
    "2042: late 11, 2043: late, 2044-2047: in no-claim, 2048: lapse, 2049: late 11 repair 1 claim 9000 month 2,"
    "2050: in"
)


@cache
def scenario(**changes: object) -> Scenario:
    return load("baseline").replace({name.replace("__", "."): value for name, value in changes.items()})


@cache
def nominal() -> Scenario:
    return load("baseline").replace(NOMINAL)


def test_waiting_months_by_hand_for_every_lapse_and_repair_up_to_twelve_years():
    (rule,) = rules_of(load("baseline"), Person(), parsed("2040: in"), born=False).residents
    for lapsed, months in NATIONAL_MONTHS.items():
        assert len(months) == lapsed + 1
        for repaired, wanted in enumerate(months):
            found = rule.enrol(Standing(gap=lapsed), None, repaired)
            assert found.waiting == wanted, (lapsed, repaired)
            assert found.without_cover == min(wanted, 12)
            assert found.after.months_left == max(wanted - 12, 0)


@pytest.mark.parametrize("lapsed", [1, 2, 3, 4, 5])
def test_a_told_lapse_waits_as_long_as_the_table_says(lapsed):
    back = 2026 + lapsed
    history = f"2025: in, 2026-{2025 + lapsed}: lapse, {back}: in repair 1"
    told = story("baseline", history).loc[back]
    assert told["waiting"] == NATIONAL_MONTHS[lapsed][1]
    assert told["months_of_cover"] == 12 - NATIONAL_MONTHS[lapsed][1]
    assert told["repair_payment"] == told["contribution"]
    assert told["member_pays"] == 2 * told["contribution"]
    assert told["cap"] == told["cap_before_bonus"]


def test_the_rule_is_told_with_its_parts():
    told = story("baseline", "2026: in, 2027: lapse, 2028: lapse, 2029: in repair 1")
    assert (
        told.loc[2029, "rule"]
        == "Waiting period: 4 months (3 fixed, plus 2 for years lapsed, less 1 for years paid up)"
    )
    assert told.loc[2026, "rule"] == "Waiting period: none (enrolled in the central enrolment period without a lapse)"


def test_a_lapse_of_exactly_four_years_meets_the_floor_when_repaired():
    plain, repaired = (
        story("baseline", f"2026-2029: lapse, 2030: in{words}").loc[2030] for words in ("", " repair all")
    )
    assert (plain["waiting"], plain["rule"]) == (7, "Waiting period: 7 months (3 fixed, plus 4 for years lapsed)")
    assert repaired["waiting"] == 6
    assert "less 4 for years paid up, raised to the minimum of 6" in repaired["rule"]
    assert "Years paid up that shorten the waiting period: 1 of 4." in repaired["told"]
    assert story("baseline", "2026-2029: lapse, 2030: in repair").loc[2030, "repaired_years"] == 1


def test_the_longest_waiting_is_told():
    told = story(scenario(participation__waiting__longest_months=6), "2026-2030: lapse, 2031: in")
    assert (
        told.loc[2031, "rule"]
        == "Waiting period: 6 months (3 fixed, plus 5 for years lapsed, held to the maximum of 6)"
    )


def test_years_before_the_rules_do_not_count_as_lapsed():
    told = story("baseline", "before: lapsed 9, 2025: lapse, 2026: in")
    assert told.loc[2026, "lapsed_years"] == 1
    assert story("baseline", "before: lapsed 9, 2024: in").loc[2024, "waiting"] == 0


def test_a_newborn_does_not_wait_and_is_covered_for_half_a_year():
    told = story("baseline", "2026: newborn claim 20000, 2027: in")
    assert told.loc[2026, ["age", "waiting", "months_of_cover"]].tolist() == [0, 0, 6]
    assert told.loc[2026, "basic"] > 0
    assert told.loc[2027, ["age", "waiting", "months_of_cover", "continuous_years"]].tolist() == [0, 0, 12, 2]


def test_late_enrolment_waits_the_fixed_months_and_keeps_the_count():
    told = story("baseline", "2026: in, 2027: late 2, 2028: late")
    assert told.loc[2027, ["waiting", "without_cover", "continuous_years"]].tolist() == [3, 5, 3]
    assert told.loc[2028, ["late_month", "months_of_cover"]].tolist() == [5, 4]


def test_late_enrolment_after_a_lapse_waits_no_fixed_months_twice():
    told = story("baseline", "2026: in, 2027: lapse, 2028: late 4 repair 1")
    assert told.loc[2028, ["waiting", "months_of_cover"]].tolist() == [3, 5]


def test_months_beyond_twelve_are_used_up_in_the_next_year():
    told = story("baseline", "2026-2036: lapse, 2037: late 6, 2038: in claim 50000 month 8, 2039: in")
    assert told.loc[2037, ["waiting", "without_cover", "still_waiting"]].tolist() == [14, 12, 8]
    assert told.loc[2038, ["carried_over", "months_of_cover", "basic"]].tolist() == [8, 4, 0]
    assert told.loc[2039, "months_of_cover"] == 12
    assert "8 months carried over from the year before" in told.loc[2038, "rule"]


def test_months_left_are_cancelled_by_leaving():
    told = story("baseline", "2026-2036: lapse, 2037: late 6, 2038: lapse, 2039: in")
    assert told.loc[2039, ["carried_over", "waiting"]].tolist() == [0, 4]


def test_both_credits_by_hand():
    told = story(nominal(), "2025-2031: in no-claim")
    assert told["no_claim_credit"].tolist() == [0, 1000, 2000, 3000, 4000, 5000, 6000]
    assert told["continuous_credit"].tolist() == [0, 0, 0, 0, 1000, 2000, 3000]
    assert told["cap"].tolist() == [300_000, 301_000, 302_000, 303_000, 305_000, 307_000, 309_000]


def test_the_limit_holds():
    told = story(nominal().replace({"participation.bonus_limit": 0.02}), "2025-2031: in no-claim")
    assert told["bonus"].tolist() == [0, 1000, 2000, 3000, 5000, 6000, 6000]
    assert "The limit on the total increase, CNY 6,000, applies." in told.loc[2031, "told"]
    assert "The limit on" not in told.loc[2029, "told"]


def test_whoever_uses_the_bonus_starts_again_but_keeps_the_continuous_years():
    told = story(nominal(), "2025-2030: in no-claim, 2031: in claim 3000000, 2032-2033: in no-claim")
    assert told["no_claim_years_after"].tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 2]
    assert told.loc[2031, "critical"] == told.loc[2031, "cap"] == 309_000
    assert told.loc[2032, ["no_claim_credit", "continuous_credit"]].tolist() == [0, 4000]
    kept = nominal().replace({"participation.no_claim_bonus.reset_on_use": False})
    assert story(kept, "2025-2030: in no-claim, 2031: in claim 3000000").loc[2031, "no_claim_years_after"] == 6


def test_years_without_reimbursement_are_kept_through_a_lapse_or_lost_with_it():
    history = "2025-2027: in no-claim, 2028: lapse, 2029: in no-claim"
    kept = story(nominal(), history)
    assert kept["no_claim_years_after"].tolist() == [1, 2, 3, 3, 4]
    assert kept.loc[2029, ["no_claim_credit", "bonus"]].tolist() == [3000, 3000]
    assert "The zero-reimbursement increase is kept until re-enrolment (3 years credited)." in kept.loc[2028, "told"]
    lost = story(nominal().replace({"participation.no_claim_bonus.kept_after_lapse": False}), history)
    assert lost["no_claim_years_after"].tolist() == [1, 2, 3, 0, 1]
    assert lost.loc[2029, "bonus"] == 0
    assert "The zero-reimbursement increase is reset to zero (3 years credited)." in lost.loc[2028, "told"]


def test_a_claim_by_layer_by_hand():
    told = story(nominal(), "2026: in claim 200000").loc[2026]
    assert told["basic"] == pytest.approx(0.7 * 199_000)
    assert told["critical"] == pytest.approx(0.6 * (60_700 - 43_377 / 2))
    assert told["own_payment"] == pytest.approx(200_000 - 139_300 - 23_406.9)


def mixed(**changes):
    return nominal().replace({"benefits.critical_illness.low_deductible_places": 0.25} | changes)


def test_the_other_kind_of_places_is_told_beside_the_one_told():
    history = "2026: in claim 200000"
    national, low = (story(mixed(), history, deductible=kind).loc[2026] for kind in ("national", "low"))
    assert story(mixed(), history).loc[2026, "told"] == national["told"]
    assert national["critical"] == low["critical_elsewhere"] == pytest.approx(0.6 * (60_700 - 43_377 / 2))
    assert (
        low["critical"] == national["critical_elsewhere"] == pytest.approx(30_000 + 0.65 * (10_700 - 0.19364 * 43_377))
    )
    assert national["own_elsewhere"] == low["own_payment"] == pytest.approx(60_700 - low["critical"])
    assert (national["share_elsewhere"], low["share_elsewhere"]) == (0.25, 0.75)
    assert (
        "Where the deductible is low, as for 25% of the insured, critical-illness insurance pays CNY 31,495"
        in (national["told"])
    )
    assert (
        "Under the national deductible, as for 75% of the insured, critical-illness insurance pays CNY 23,407"
        in (low["told"])
    )
    unpaid = story(mixed(), "2026: in claim 20000, 2027: in").iloc[0]
    assert unpaid["critical"] == unpaid["critical_elsewhere"] == 0
    assert "deductible" not in unpaid["told"]


def test_a_story_is_told_where_somebody_lives():
    low_alone = mixed(**{"benefits.critical_illness.low_deductible_places": 1})
    told = story(low_alone, "2026: in claim 200000").loc[2026]
    assert bool(told["low_deductible"])
    assert "deductible" not in told["told"]
    with pytest.raises(SimsuranceError, match="baseline has no place with the national one; give low"):
        story(low_alone, "2026: in", deductible="national")
    with pytest.raises(SimsuranceError, match="baseline has no place with the low one; give national"):
        story(nominal(), "2026: in", deductible="low")
    with pytest.raises(SimsuranceError, match="high is no kind of deductible; one of national, low"):
        story(nominal(), "2026: in", deductible="high")


def test_whether_the_bonus_is_used_hangs_on_the_deductible_told():
    history = "2025: in no-claim, 2026: in claim {}, 2027: in no-claim"
    bounds = {"benefits.critical_illness.assisted_capped": True, "benefits.critical_illness.cap": 30_000}
    for claim, national, low in ((60_000, 2, 2), (200_000, 2, 1), (300_000, 1, 1)):
        for deductible, wanted in (("national", national), ("low", low)):
            told = story(mixed(**bounds), history.format(claim), deductible=deductible)
            assert told.loc[2027, "no_claim_years_after"] == wanted, (claim, deductible)


LEVERS_ON_BENEFITS = {
    f"levers.{name}.{key}": value
    for name, size in (("critical_illness", 0.5), ("inpatient_benefits", -0.1))
    for key, value in {
        **{
            "component": name,
            "start": 2027,
            "ramp_years": 1,
            "size": size,
            "low": -0.9,
            "high": 2.0,
            "mark": "judgement",
        },
        **{"source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"},
    }.items()
}


@pytest.mark.long
@pytest.mark.parametrize("changes", [{}, LEVERS_ON_BENEFITS], ids=["rules", "levers"])
@pytest.mark.parametrize("income", ["assisted", "middle"])
def test_stories_of_every_cost_in_both_kinds_of_places_make_the_expectation_of_the_projection(income, changes):
    scenario = load("baseline").replace({"horizon.last_year": 2027} | changes)
    _, years = build(scenario)
    national, low = (member_years(Person(40, income=income, deductible=kind), years, 40)[1] for kind in DEDUCTIBLES)
    share = scenario.values.benefits.critical_illness.low_deductible_places
    care, expected = low.basis.care, benefits_pp(low.basis).critical
    normal = (np.arange(2_000) + 0.5) / 2_000 * 14 - 7
    weight = np.exp(-(normal**2) / 2) / np.exp(-(normal**2) / 2).sum()
    for need in range(3):
        use, mean, sigma = (
            low.number(array[:, need : need + 1] if array.shape[1] > 1 else array)
            for array in (care.inpatient_use, care.inpatient_cost, care.inpatient_sigma)
        )
        paid = [
            (1 - share) * national.paid(cost, 0.0, True).critical + share * low.paid(cost, 0.0, True).critical
            for cost in mean * np.exp(sigma * normal - sigma**2 / 2)
        ]
        assert use * (weight @ paid) == pytest.approx(low.number(expected[:, need : need + 1]), rel=1e-4)


def test_a_claim_in_the_waiting_or_outside_is_the_members():
    told = story(
        nominal(), "2026: late 2 claim 9000 month 5, 2027: in claim 900, 2028: lapse claim 7000, 2029: employee"
    )
    assert told.loc[2026, ["basic", "own_payment"]].tolist() == [0, 9000]
    assert told.loc[2027, ["own_payment", "no_claim_years_after"]].tolist() == [900, 2]
    assert told.loc[2028, "own_payment"] == 7000
    assert story(nominal(), "2026: late 2 claim 9000 month 6").loc[2026, "basic"] == pytest.approx(5600)


def test_the_assisted_pay_less_do_not_wait_and_have_no_cap():
    history = "2026: lapse, 2027: in claim 3000000"
    told = story("baseline", history, income="assisted").loc[2027]
    assert told["assistance"] == pytest.approx(0.58 * told["contribution"])
    assert (told["waiting"], bool(told["capped"])) == (0, False)
    assert told["critical"] > 1_000_000
    assert "No critical-illness payment limit applies" in told["told"]
    capped = scenario(benefits__critical_illness__assisted_capped=True)
    told = story(capped, history, income="assisted").loc[2027]
    assert told["critical"] == told["cap"] < 400_000


@pytest.mark.parametrize(
    ("changes", "history", "wanted"),
    [
        ({"first_lapsed_year_counts": False}, "2026-2027: lapse, 2028: in", 4),
        ({"never_insured": "since_start"}, "before: never, 2028: in", 6),
        ({"never_insured": "fixed_only"}, "before: never, 2028: in", 3),
        ({"months_per_lapsed_year": 2}, "2026-2027: lapse, 2028: in repair 1", 5),
        ({"exempt_from_age": 40}, "2026-2027: lapse, 2028: in", 0),
        ({"exempt_employee_leavers": True}, "2026: employee, 2027: late 2", 0),
        ({"exempt_employee_leavers": False}, "2026: employee, 2027: late 2", 3),
        ({"exempt_employee_leavers": False}, "2026: employee, 2027: in", 0),
        ({"exempt_employee_leavers": True}, "2026: employee, 2027: lapse, 2028: in", 4),
        ({"income_waits": {"assisted": 0.0, "low": 1.0, "middle": 0.5, "high": 1.0}}, "2026: lapse, 2027: in", 2),
        ({"floor_months": 7}, "2026-2029: lapse, 2030: in repair all", 7),
        ({"longest_months": 6}, "2026-2030: lapse, 2031: in", 6),
        ({"floor_from_lapsed_years": 3}, "2026-2028: lapse, 2029: in repair 2", 6),
    ],
)
def test_options_of_the_waiting_come_from_the_scenario(changes, history, wanted):
    changed = load("baseline").replace({f"participation.waiting.{name}": value for name, value in changes.items()})
    assert story(changed, history)["waiting"].iloc[-1] == wanted


def test_options_of_the_bonus_come_from_the_scenario():
    history = "2025-2030: in, 2031: lapse, 2032: in"
    assert story(nominal(), history).loc[2032, "cap"] == 300_000
    kept = nominal().replace({"participation.continuous_bonus.kept_after_lapse": True})
    told = story(kept, history)
    assert told.loc[2032, "carried_credit"] == 2000
    assert "An incentive increase of CNY 2,000 is kept until re-enrolment." in told.loc[2031, "told"]
    cut = nominal().replace({"participation.cap_cut_per_lapsed_year": 3000})
    told = story(cut, "2025: in, 2026-2027: lapse, 2028: in claim 3000000")
    assert told.loc[2028, ["bonus", "cap", "critical"]].tolist() == [-6000, 294_000, 294_000]
    assert "a reduction of CNY 6,000 on re-enrolment" in told.loc[2028, "told"]
    assert story(cut, "before: never, 2025-2027: lapse, 2028: in").loc[2028, "bonus"] == 0
    credited = nominal().replace({"participation.continuous_bonus.credited_years": 5})
    assert story(credited, "before: insured 3, 2025: in, 2026: in").loc[2026, "continuous_credit"] == 1000


def test_years_of_the_employee_scheme_count_where_the_scenario_says_so():
    history = "2025-2030: employee, 2031: in"
    assert story(nominal(), history).loc[2031, "continuous_years"] == 7
    apart = nominal().replace({"employee.years_count": False})
    assert story(apart, history).loc[2031, "continuous_years"] == 1


def test_without_the_rules_nobody_waits():
    told = story("no_2024_rules", "2026-2029: lapse, 2030: in no-claim, 2031: in")
    assert told.loc[2030, ["waiting", "months_of_cover"]].tolist() == [0, 12]
    assert told.loc[2031, "bonus"] == 0
    assert told.loc[2030, "rule"] == "Waiting period: none (not in force in 2030)"


@pytest.mark.parametrize("income", ["assisted", "middle"])
def test_a_chinese_story_has_no_english_word(income):
    changed = scenario(
        participation__continuous_bonus__kept_after_lapse=True, participation__cap_cut_per_lapsed_year=900
    )
    years = story_years(changed, LONG, age=3, income=income)
    told = [year_told(one, words("zh")) for one in years] + [cell for row in table(years, words("zh")) for cell in row]
    told += [rule_applied(one, words("zh")) for one in years]
    for text in told:
        assert not re.search(r"[A-Za-z{}|]", text), text
    assert any("缴费修复减少" in text for text in told) or income == "assisted"


def test_a_history_may_be_written_in_chinese():
    english = story("baseline", "2026: in no-claim, 2027-2028: lapse, 2029: late 2 repair 1 claim 9000 month 8")
    chinese = story("baseline", "2026：参保 零报销，2027-2028：断保，2029：逾期 2 补缴 1 住院费 9000 月 8")
    assert english.equals(chinese)


@pytest.mark.parametrize(
    ("history", "token", "words"),
    [
        ("", "", "tells no year"),
        ("2026 in", "2026 in", "no year and colon"),
        ("2026: inn", "2026: inn", "inn is no membership; did you mean in?"),
        ("2026:", "2026:", "says nothing; one of in, late, lapse, newborn, employee, retire, leave"),
        ("2026: in claim 200,000", "000", "without a comma"),
        ("2026: in, 2028: in", "2028: in", "says nothing of 2027"),
        ("2026: in, 2030: in", "2030: in", "says nothing of 2027 to 2029"),
        ("2026: in, 2026: lapse", "2026: lapse", "told already"),
        ("2028-2026: in", "2028-2026: in", "write 2026-2028"),
        ("2026: in no-claim claim 5000", "2026: in no-claim claim 5000", "contradict"),
        (
            "2026: lapse no-claim",
            "2026: lapse no-claim",
            "no-claim is no word after lapse; it goes with in, late or newborn",
        ),
        ("2026: lapse repair 1", "2026: lapse repair 1", "repair is no word after lapse; it goes with in or late"),
        ("2026: in no-claim 3", "2026: in no-claim 3", "takes no number"),
        ("2026: in claim", "2026: in claim", "claim takes an inpatient cost"),
        ("2026: in claim -5", "2026: in claim -5", "claim takes an inpatient cost"),
        ("2026: in claim 5000 month 13", "2026: in claim 5000 month 13", "1 to 12"),
        ("2026: in month 3", "2026: in month 3", "month of a claim"),
        ("2026: late 13", "2026: late 13", "1 to 11"),
        ("2026: in repai 1", "2026: in repai 1", "did you mean repair?"),
        ("2026: in repair 1.5", "2026: in repair 1.5", "whole number"),
        ("2026: in repair 2", "2026: in repair 2", "no lapsed year to pay for"),
        ("2026: lapse, 2027: in repair 3", "2027: in repair 3", "repair takes 1 to 1"),
        ("2026: lapse, 2027-2028: in repair 1", "2027-2028: in repair 1", "is for one year"),
        (
            "2026: employee no-claim",
            "2026: employee no-claim",
            "no word after employee; it goes with in, late or newborn",
        ),
        ("2026: leave repair", "2026: leave repair", "repair is no word after leave; it goes with in or late"),
        ("2026: emploee", "2026: emploee", "did you mean employee?"),
        ("2026: retir", "2026: retir", "retir is no membership; did you mean retire?"),
        ("2026: employee wgae 9000", "2026: employee wgae 9000", "did you mean wage?"),
        ("2026: employee often", "2026: employee often", "often is no word after employee; one of wage, claim, month"),
        ("2026: employee wage", "2026: employee wage", "wage takes what was earned in the year before"),
        ("2026: employee wage 0", "2026: employee wage 0", "above 0"),
        ("2026: employee wage 90,000", "000", "without a comma"),
        ("2026: employee claim", "2026: employee claim", "claim takes an inpatient cost"),
        ("2026: employee claim 5000 month 13", "2026: employee claim 5000 month 13", "1 to 12"),
        ("2026: employee short", "2026: employee short", "short is no word after employee; it goes with retire"),
        ("before: employee, 2026: retire buy", "2026: retire buy", "write retire short, or retire short buy"),
        ("before: employee, 2026: retire short 5", "2026: retire short 5", "short takes no number, 5 follows"),
        ("2026: employee wage 9000, 2028: leave claim 7", "2028: leave claim 7", "says nothing of 2027"),
        ("2026: employee, 2027-2028: leave", "2027-2028: leave", "leave is for one year; tell 2028 apart"),
        ("2026: in wage 9000", "2026: in wage 9000", "no word after in; it goes with employee, retire or leave"),
        ("2026: in, 2027: leave", "2027: leave", "not in the employee scheme in 2026; tell 2026: employee"),
        ("2026: retire", "2026: retire", "not in the employee scheme in 2025"),
        (
            "2026: employee, 2027: leave, 2028: employee",
            "2028: employee",
            "left the employee scheme at the end of 2027",
        ),
        ("2026: employee, 2027: leave, 2028: retire", "2028: retire", "tell in, late or lapse"),
        ("2026: employee, 2027: retire", "2027: retire", "nobody of the member's sex retires at age 41 in 2027"),
        ("2026: in, 2027: newborn", "2027: newborn", "not where the history begins"),
        ("before: never, 2026: newborn", "2026: newborn", "not where the history begins"),
        ("2026: in, before: never", "before: never", "stands after a year"),
        ("before: lapsed, 2026: in", "before: lapsed", "takes a number of years"),
        ("before: never 3, 2026: in", "before: never 3", "before: never"),
        ("before: insurd, 2026: in", "before: insurd", "did you mean insured?"),
        ("before: lapsed 0, 2026: in", "before: lapsed 0", "lapsed takes a number of years, 1 to 99"),
        ("befor: never, 2026: in", "befor: never", "did you mean before?"),
        ("2026: in clam 9000 month 3", "2026: in clam 9000 month 3", "did you mean claim?"),
        ("before: employee, 2026: retire shrt buy", "2026: retire shrt buy", "did you mean short?"),
        ("2026: in often", "2026: in often", "often is no word after in; one of no-claim, repair, claim, month"),
        ("before: employee, 2026-2027: retire short", "2026-2027: retire short", "retire short is for one year"),
        ("2026-2027: newborn", "2026-2027: newborn", "newborn is for one year; tell 2026 apart"),
        (
            "before: out, 2026: in",
            "before: out",
            "out is no word for what came before; one of insured, lapsed, never, employee",
        ),
        ("2018: in", "", "lies before 2019"),
        ("2026-2061: in", "", "lies after 2060"),
    ],
)
def test_a_malformed_history_is_one_line_that_names_its_token(history, token, words):
    failed = CliRunner().invoke(main, ["story", "baseline", "--history", history])
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"--history:{token}: " if token else "--history: ")
    assert words in line
    assert failed.stdout == ""


def test_all_faults_of_a_history_are_told_at_once():
    with pytest.raises(SimsuranceError) as failed:
        parsed("2026: inn, 2027: late 13, 2029: in")
    assert len(failed.value.lines) == 3
    with pytest.raises(SimsuranceError) as failed:
        parsed("2026: late 13 repai 2 claim 0, 2028-2029: retire often")
    assert [line.split(": ", 2)[2].split(";")[0] for line in failed.value.lines] == [
        "late 13 is not within the year",
        "repai is no word after late",
        "claim takes an inpatient cost above 0, such as claim 200000",
        "says nothing of 2027",
        "often is no word after retire",
        "retire is for one year",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--income", "lwo"], "did you mean low?"),
        (["--age", "101"], "0 to 100"),
        (["--age", "-1"], "0 to 100"),
        (["--sex", "x"], "one of female, male"),
        (["--area", "city"], "one of urban, rural"),
        (["--set", "participation.repair.allowed=false"], "lets nobody pay for lapsed years"),
        (["--set", "participation.in_force=false"], "the rules do not apply in 2027"),
    ],
)
def test_an_impossible_member_is_one_line(options, words):
    failed = CliRunner().invoke(main, ["story", "baseline", "--history", "2026: lapse, 2027: in repair", *options])
    assert failed.exit_code == 3
    assert len(failed.stderr.splitlines()) == 1
    assert words in failed.stderr


@pytest.mark.parametrize(
    ("history", "token", "words"),
    [
        ("2027: in", "2027: in", "stays in the employee scheme; tell employee"),
        ("2027: late 2", "2027: late", "stays in the employee scheme; tell employee"),
        ("2027: lapse", "2027: lapse", "stays in the employee scheme; tell employee"),
        ("2027: leave", "2027: leave", "has retired already"),
        ("2027: retire short", "2027: retire short", "has retired already"),
        ("2027: employee wage 9000", "2027: employee", "pays no contributions; leave wage out"),
    ],
)
def test_a_retired_member_stays_retired(history, token, words):
    told = ["--history", f"before: employee, 2026: retire, {history}", "--age", "60"]
    failed = CliRunner().invoke(main, ["story", "baseline", *told])
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"--history:{token}: ")
    assert words in line


def test_faults_of_both_schemes_are_told_at_once():
    history = "2026: inn, 2027: employee wage, 2029: leave, 2030: in repair -1"
    failed = CliRunner().invoke(main, ["story", "baseline", "--history", history])
    lines = failed.stderr.splitlines()
    assert [line.split(": ")[0] + ": " + line.split(": ")[1] for line in lines] == [
        "--history:2026: inn",
        "--history:2027: employee wage",
        "--history:2029: leave",
        "--history:2030: in repair -1",
    ]


@pytest.mark.parametrize("year", ["employee", "employee wage 9000", "leave", "retire"])
def test_the_employee_scheme_must_be_projected(year):
    call = ["story", "baseline", "--set", "employee.projected=false", "--history"]
    failed = CliRunner().invoke(main, [*call, f"before: employee, 2026: {year}"])
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"--history:2026: {year.split()[0]}: ")
    assert "does not project the employee scheme; --set employee.projected=true" in line
    assert CliRunner().invoke(main, [*call, "before: employee, 2026: in"]).exit_code == 0


def test_a_newborn_of_another_age_is_one_line():
    failed = CliRunner().invoke(main, ["story", "baseline", "--history", "2026: newborn", "--age", "3"])
    assert (failed.exit_code, len(failed.stderr.splitlines())) == (3, 1)


def test_the_command_prints_table_and_words_or_json():
    call = ["story", "baseline", "--history", "2026: in no-claim, 2027: lapse, 2028: in claim 20000"]
    shown = CliRunner().invoke(main, call)
    assert shown.exit_code == 0, shown.stderr
    assert "Waiting period: 4 months (3 fixed, plus 1 for years lapsed)" in shown.stdout
    document = json.loads(CliRunner().invoke(main, [*call, "--json", "--lang", "zh"]).stdout)
    assert [row["year"] for row in document["years"]] == [2026, 2027, 2028]
    assert document["years"][1]["cap"] is None
    assert document["member"]["deductible"] == "national"
    low = CliRunner().invoke(main, [*call, "--deductible", "low", "--json"])
    assert json.loads(low.stdout)["member"]["deductible"] == "low"
    assert "Critical-illness insurance: a place with a low deductible" in (
        CliRunner().invoke(main, [*call, "--deductible", "low"]).stdout
    )
    assert "未参保" in document["years"][1]["told"]
