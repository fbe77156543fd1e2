"""The tiers behind basic and critical-illness insurance: who pays what of a cost, by hand and in a run."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

import simsurance as ss
from simsurance import identities
from simsurance.axes import HEALTH, PERSON_AXES, SEX
from simsurance.basis.idle import idle
from simsurance.basis.inputs import Inputs
from simsurance.errors import SimsuranceError
from simsurance.evidence import tiers as evidence
from simsurance.ledger import BESIDE, LEDGER, Party, account_of
from simsurance.model.critical_illness import BasicLayer, UserCost
from simsurance.model.layers import OwnPayment
from simsurance.output.charts import draw
from simsurance.output.labels import words_of
from simsurance.output.planned import Extent
from simsurance.output.saved import rebuild
from simsurance.output.summary import summary
from simsurance.output.tables import codebook
from simsurance.output.tiers_words import tier_facts
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.tiers import nursing
from simsurance.tiers.accounts import tiers_of
from simsurance.tiers.burden import chance_above
from simsurance.tiers.care import Behind
from simsurance.uncertainty.engines import chosen

BASIC = BasicLayer(np.array(800.0), np.array(0.6), np.array(100000.0))
ASSISTANCE = BasicLayer(np.array(0.0), np.array(0.7), np.array(2000.0))
COVER = BasicLayer(np.array(1000.0), np.array(0.8), np.array(50000.0))
LAW = UserCost(np.array(9500.0), np.array(1.1), BASIC, np.array(0.0))
OWN = OwnPayment.of(lambda cost: np.asarray(cost - BASIC.paid(cost)), [BASIC.deductible, BASIC.exhausted_at])
MANY = (np.arange(400_000) + 0.5) / 400_000
"""Chances that stand for all: sums over quantiles check what is in closed form."""
COSTS = 9500 * np.exp(1.1 * ndtri(MANY) - 1.1**2 / 2)


def told(**changes: object) -> Scenario:
    """The baseline over two years with the other tiers told."""
    return load("baseline", settings=("horizon.last_year=2027", "tiers.in_force=true")).replace(changes)


@pytest.fixture(scope="module")
def run() -> RunResult:
    return simulate([told()])[0]


@pytest.fixture(scope="module")
def off() -> RunResult:
    return simulate([load("baseline", settings=("horizon.last_year=2027",))])[0]


def test_a_cost_is_paid_tier_by_tier_by_hand() -> None:
    """10,000: basic 0.6 × 9,200 = 5,520; of 4,480 assistance 0.7, at most 2,000; of 2,480 cover 0.8 × 1,480 = 1,184."""
    cost = np.array(10_000.0)
    assert OWN.at(cost) == pytest.approx(4_480)
    assisted = OWN.behind(ASSISTANCE)
    assert assisted.at(cost) == pytest.approx(2_480)
    assert assisted.behind(COVER).at(cost) == pytest.approx(1_296)
    assert assisted.cost_at(np.array(2_480.0)) == pytest.approx(10_000)


def test_layers_pay_what_sums_over_quantiles_give() -> None:
    own = COSTS - BASIC.paid(COSTS)
    helped = own - ASSISTANCE.paid(own)
    left = helped - COVER.paid(helped)
    assisted = OWN.behind(ASSISTANCE)
    behind = assisted.behind(COVER)
    for closed, summed in (
        (OWN.mean(LAW), own),
        (OWN.paid_by(ASSISTANCE, LAW), own - helped),
        (assisted.mean(LAW), helped),
        (assisted.paid_by(COVER, LAW), helped - left),
        (behind.mean(LAW), left),
        (behind.excess(LAW, np.array(3_000.0)), np.maximum(left - 3_000, 0)),
        (behind.chance_above(LAW, np.array(3_000.0)), left > 3_000),
    ):
        assert closed == pytest.approx(summed.mean(), rel=2e-3)


def test_where_a_layer_pays_all_nothing_more_is_ever_left() -> None:
    whole = BasicLayer(np.array(500.0), np.array(1.0), np.array(1e18))
    capped = OWN.behind(whole)
    assert capped.at(np.array(80_000.0)) == pytest.approx(500)
    assert capped.chance_above(LAW, np.array(500.0)) == 0
    assert np.isinf(capped.cost_at(np.array(501.0)))


def test_the_chance_of_both_payments_together_is_that_of_a_sum_over_both_laws() -> None:
    cell = np.ones((1,) * len(PERSON_AXES))
    visit = BasicLayer(0.0 * cell, 0.5 * cell, 1_000.0 * cell)
    outside = UserCost(1_500.0 * cell, 1.2 * cell, visit, np.zeros(()))
    clinic = OwnPayment.of(lambda cost: np.asarray(cost - visit.paid(cost)), [visit.deductible, visit.exhausted_at])
    hospital = OwnPayment.of(
        lambda cost: np.asarray(cost - BASIC.paid(cost)),
        [each * cell for each in (BASIC.deductible, BASIC.exhausted_at)],
    )
    law = UserCost(9_500.0 * cell, 1.1 * cell, BASIC, np.zeros(()))
    care = type("Care", (), {"inpatient_use": 0.2 * cell, "outpatient_use": 0.7 * cell})()
    behind = Behind(cell, care, hospital, clinic, law, outside, cell)
    few = ndtri((np.arange(4_000) + 0.5) / 4_000)
    inpatient, outpatient = 9_500 * np.exp(1.1 * few - 1.1**2 / 2), 1_500 * np.exp(1.2 * few - 1.2**2 / 2)
    inpatient, outpatient = inpatient - BASIC.paid(inpatient), outpatient - np.minimum(0.5 * outpatient, 1_000)
    for threshold in (500.0, 3_000.0, 15_000.0):
        both = (inpatient[:, None] + outpatient > threshold).mean()
        summed = 0.2 * (0.7 * both + 0.3 * (inpatient > threshold).mean()) + 0.8 * 0.7 * (outpatient > threshold).mean()
        found = chance_above(behind, hospital, clinic, threshold * cell)
        assert found.item() == pytest.approx(summed, rel=0.01)


def test_everybody_s_part_is_the_cost_and_accounts_close(run: RunResult) -> None:
    assert {each.identity for each in run.every_check if each.identity.startswith("tiers")} == {
        "tiers: paid by all = cost of care",
        "tiers: medical assistance, opening + income − outgo = closing",
        "tiers: supplementary cover, opening + income − outgo = closing",
        "tiers: long-term care insurance, opening + income − outgo = closing",
    }
    assert all(each.holds for each in run.every_check)
    assert run.tiers is not None
    by_group = sum(run.tiers[f"own_payment_{name}"].to_numpy() for name in run.of_scheme.income_groups)
    assert by_group == pytest.approx(run.tiers["own_payment"].to_numpy(), rel=1e-12)


def test_the_identity_fails_where_a_yuan_is_paid_twice(run: RunResult) -> None:
    assert run.beside is not None
    name, difference, size = run.beside.checks[0]
    (held,) = identities.of_one_run([(name, difference, size)], run.years)
    (broken,) = identities.of_one_run([(name, difference + 1e-6 * size, size)], run.years)
    assert held.holds
    assert not broken.holds


SHORT = ("horizon.last_year=2028",)
ALL_TAKE_IT = tuple(
    f"choices.higher_cover.{key}"
    for key in ("take_up=1", "take_up_range=[]", "need=[1,1,1]", "income=[1,1,1,1]", "ramp_years=1")
)


@cache
def with_choice(option: str, *settings: str) -> RunResult:
    """A run over three years with the other tiers told and an option upon it."""
    return simulate([load("baseline", [option] if option else [], (*SHORT, "tiers.in_force=true", *settings))])[0]


def own_by_group(run: RunResult) -> np.ndarray:
    """Own payment, [year, income]."""
    assert run.tiers is not None
    return run.tiers[[f"own_payment_{name}" for name in run.of_scheme.income_groups]].to_numpy()


def by_group(run: RunResult, *names: str) -> np.ndarray:
    """Flows by income group, [year, income]."""
    found = sum(run.projection.by_group[name][:, 0].sum(axis=-2) for name in names)
    return np.asarray(found)


@pytest.mark.parametrize("option", ["refusal_of_the_sick", "opting_out"])
def test_patients_pay_what_a_choice_without_more_use_takes_from_the_fund_s_benefits(option: str) -> None:
    run, base = with_choice(option), with_choice("")
    assert run.tiers is not None
    assert base.tiers is not None
    benefits = by_group(run, "choice_benefits")
    assert benefits[0] == pytest.approx(0)
    assert (benefits[1:].sum(axis=-1) < -1e9).all()
    assert own_by_group(run) == pytest.approx(own_by_group(base) - benefits, rel=1e-9)
    for name in ("own_payment", "left_by_public"):
        moved = (run.tiers[name] - base.tiers[name]).to_numpy()
        assert moved == pytest.approx(-run.account["choice_benefits"], rel=1e-6, abs=1)
    unmoved = ["cost", "assistance_benefits", "supplementary_benefits", "over_10_percent", "over_40_percent"]
    assert run.tiers[unmoved].to_numpy() == pytest.approx(base.tiers[unmoved].to_numpy())
    assert (run.tiers["own_share"] > base.tiers["own_share"]).to_list() == [False, True, True]
    assert all(each.holds for each in run.every_check)


def test_care_used_more_for_a_choice_is_a_cost_that_patients_and_fund_share() -> None:
    """A tenth of all residents use 4 % more, and are paid half of what basic insurance leaves."""
    tenth = ("choices.higher_cover.take_up=0.1", "choices.higher_cover.use=0.04")
    run = with_choice("voluntary_higher_cover", *ALL_TAKE_IT, *tenth)
    base = with_choice("")
    assert run.tiers is not None
    assert base.tiers is not None
    share = np.array([[0.0], [0.1], [0.1]])
    claims, paid = (by_group(base, f"inpatient_{kind}", f"outpatient_{kind}") for kind in ("claims", "benefits"))
    added = share * 0.04 * claims
    left = added - share * (0.04 * paid + 1.04 * 0.5 * (claims - paid))
    assert (run.tiers["cost"] - base.tiers["cost"]).to_numpy() == pytest.approx(added.sum(axis=-1), abs=1)
    assert own_by_group(run) - own_by_group(base) == pytest.approx(left, abs=1)
    assert (run.tiers["own_payment"] - base.tiers["own_payment"]).to_numpy() == pytest.approx(left.sum(axis=-1), abs=1)
    assert all(each.holds for each in run.every_check)


def test_the_identity_fails_where_the_fund_pays_another_sum_for_choices_than_patients_are_paid() -> None:
    """The fund's row a thousandth off: what patients are paid is found by cell and does not follow it."""
    run = with_choice("refusal_of_the_sick")
    projection = run.projection
    off = {"choice_benefits": projection.totals["choice_benefits"] * 1.001}
    inputs = Inputs(run.scenario, run.scenario.values)
    told_of = tiers_of(replace(projection, totals={**projection.totals, **off}), run.basis, inputs)
    assert told_of is not None
    held = {each.identity: each.holds for each in identities.of_one_run(told_of.checks, run.years)}
    assert [name for name, holds in held.items() if not holds] == ["tiers: paid by all = cost of care"]


def test_choices_that_pay_a_group_more_than_is_left_are_one_line() -> None:
    with pytest.raises(SimsuranceError) as raised:
        with_choice("voluntary_higher_cover", *ALL_TAKE_IT, "choices.higher_cover.benefit=1")
    (line,) = raised.value.lines
    assert line.startswith("baseline+voluntary_higher_cover:choices: of care for income group assisted in 2028")
    assert "so that it would be paid more than once; lower take_up or benefit" in line


def test_a_choice_that_starts_after_the_last_year_moves_nothing_and_residents_alone_are_told_with_choices() -> None:
    later = with_choice("refusal_of_the_sick", "choices.refused.start=2035")
    assert own_by_group(later) == pytest.approx(own_by_group(with_choice("")))
    alone = with_choice("refusal_of_the_sick", "employee.projected=false")
    assert alone.tiers is not None
    assert np.diff(alone.tiers["own_share"].to_numpy())[0] > 0.05
    assert all(each.holds for each in [*later.every_check, *alone.every_check])


@pytest.mark.parametrize(
    ("of", "members"), [("income_ratio", ("assisted", "low", "middle", "high")), ("need", HEALTH.members)]
)
def test_a_cover_that_nobody_could_take_is_one_line(of: str, members: Sequence[str]) -> None:
    none = dict.fromkeys((f"tiers.supplementary.{of}.{name}" for name in members), 0.0)
    with pytest.raises(SimsuranceError) as raised:
        simulate([told(**none)])
    (line,) = raised.value.lines
    assert line.startswith("baseline:tiers.supplementary.income_ratio: times tiers.supplementary.need it is 0 for all")
    assert "0.12 are to take the cover; give a ratio above 0 of both, or take_up 0" in line
    nobody = simulate([told(**none, **{"tiers.supplementary.take_up": 0.0})])[0]
    assert nobody.tiers is not None
    assert not nobody.tiers["supplementary_benefits"].any()


def test_what_is_left_by_the_law_is_what_the_flows_leave(run: RunResult) -> None:
    """Cost less the benefits of the ledger, which the engine finds without any of this."""
    assert run.tiers is not None
    flow = {name: values.sum() for name, values in run.flows.loc[2026].items()}
    claims = sum(flow[f"{scheme}{kind}_claims"] for scheme in ("", "employee_") for kind in ("inpatient", "outpatient"))
    paid = sum(flow[f"{scheme}{kind}_benefits"] for scheme in ("", "employee_") for kind in ("inpatient", "outpatient"))
    left = claims - paid - flow["critical_illness"] - flow["bonus_cost"]
    assert run.tiers["left_by_public"].loc[2026] == pytest.approx(left, rel=1e-9)


def test_told_or_not_the_funds_are_the_same_to_the_bit(run: RunResult, off: RunResult) -> None:
    assert off.tiers is None
    assert off.projection.covered is None
    assert np.array_equal(run.projection.fund, off.projection.fund)
    assert all(np.array_equal(values, off.projection.totals[name]) for name, values in run.projection.totals.items())


def test_a_hundred_people_of_an_age_by_sex_and_need_by_hand() -> None:
    """60 women, 40 men, 10 % disabled, women 1.5 times men: men x, 0.6 × 1.5x + 0.4x = 0.1; so 7.7 % and 11.5 %."""
    persons = np.array([[60.0], [40.0]])
    found = 0.1 * nursing.by_sex(np.array(1.5), persons)
    assert found.ravel() == pytest.approx([0.15 / 1.3, 0.1 / 1.3])
    assert (found * persons).sum() == pytest.approx(10)
    prevalence = np.array([0.7, 0.2, 0.1]).reshape(-1, 1, 1) * np.ones((len(HEALTH.members), len(SEX.members), 1))
    by_need = nursing.by_need(found, np.array([0.3, 1.0, 3.0]), prevalence)
    assert (by_need * prevalence).sum(axis=0) == pytest.approx(found)
    assert by_need[2] / by_need[0] == pytest.approx(10)


def test_contributions_to_long_term_care_by_hand(run: RunResult) -> None:
    """Base × 0.3 % × covered, half by employers; residents × 60 yuan × index × covered, 66.7 % by the budget."""
    assert run.tiers is not None
    first, covered = run.tiers.loc[2026], 0.232 + (1 - 0.232) / 3
    base = run.projection.totals["contribution_base"].item(0)
    assert first["care_from_employers"] == pytest.approx(base * 0.003 * 0.5 * covered)
    assert first["care_from_members"] == pytest.approx(first["care_from_employers"])
    index = 43_377 / 41_314
    due = run.projection.totals["resident_enrolled"].item(0) * 60 * index * covered
    assert first["care_from_budget"] == pytest.approx(0.667 * due)
    assert first["care_from_residents"] == pytest.approx(0.333 * due)


def test_what_a_fund_passes_on_counts_towards_the_contribution() -> None:
    passing = simulate([told(**{"employee.benefits.long_term_care": 20.0})])[0]
    assert passing.tiers is not None
    first, totals = passing.tiers.loc[2026], passing.projection.totals
    whole = totals["contribution_base"].item(0) * 0.003 * (0.232 + 0.768 / 3)
    passed = totals["long_term_care"].item(0)
    assert passed > 0
    assert first["care_from_employers"] + first["care_from_members"] + passed == pytest.approx(whole)
    assert all(each.holds for each in passing.checked)


def test_births_of_members_are_those_of_the_ledger_and_nothing_is_added(run: RunResult) -> None:
    assert run.tiers is not None
    table, totals = run.tiers, run.projection.totals
    each = [year.employee.birth_benefit.item() for year in run.basis if year.employee]
    assert table["births_of_members"].to_numpy() * each == pytest.approx(totals["maternity_benefits"].ravel())
    births = table["births_of_members"] + table["births_of_residents"]
    assert (births.to_numpy() < totals["births"].ravel()).all()
    assert (births.to_numpy() > 0.8 * totals["births"].ravel()).all()
    assert (table["resident_births_within_inpatient"].to_numpy() < totals["inpatient_benefits"].ravel()).all()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("tiers.supplementary.take_up", 0.7, "tiers.supplementary.take_up: 0.7 of the insured in 2026 would be"),
        ("employee.benefits.long_term_care", 500.0, "so that long-term care would be paid more than once"),
        ("benefits.long_term_care", 200.0, "so that long-term care would be paid more than once"),
        ("benefits.birth_benefit", 9000.0, "so that they would be paid more than once"),
    ],
)
def test_what_would_be_paid_more_than_once_or_taken_by_more_than_all_is_one_line(
    key: str, value: float, words: str
) -> None:
    with pytest.raises(SimsuranceError) as raised:
        simulate([told(**{key: value})])
    (line,) = raised.value.lines
    assert line.startswith("baseline:")
    assert words in line
    assert key in line


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("tiers.supplementary.take_up=1.2", "tiers.supplementary.take_up: 1.2 is outside 0 to 1"),
        ("tiers.assistance.covered.low=-0.1", "tiers.assistance.covered.low: -0.1 is outside 0 to 1"),
        ("tiers.long_term_care.level=0", "tiers.long_term_care.level: 0 is outside 0.2 to 5"),
    ],
)
def test_values_out_of_bounds_are_told(setting: str, words: str) -> None:
    with pytest.raises(SimsuranceError, match=words.replace(".", r"\.")):
        load("baseline", settings=(setting,))


def test_a_pinned_total_is_not_split() -> None:
    pin = {"total": "inpatient_benefits", "values": {"2026": 5e11}, "mark": "choice", "source": "a test"}
    with pytest.raises(SimsuranceError, match=r"tiers\.in_force: what a pin such as care sets"):
        told(**{"pins.care": pin})


def test_keys_act_where_the_tiers_are_told_and_are_idle_elsewhere(tmp_path: Path) -> None:
    text = 'extends = "baseline"\ntitle = "a"\ntitle_zh = "a"\ndescription = "a"\ndescription_zh = "a"\n[tiers]\n{}\n'
    file = tmp_path / "own.toml"
    file.write_text(text.format("supplementary.take_up = 0.3"), encoding="utf-8")
    (found,) = idle(load(str(file), settings=("horizon.last_year=2026",)))
    assert (found.path, found.acts_with) == ("tiers.supplementary.take_up", "tiers.in_force = true")
    file.write_text(text.format("in_force = true\nsupplementary.take_up = 0.3"), encoding="utf-8")
    assert idle(load(str(file), settings=("horizon.last_year=2026",))) == []


def test_without_the_employee_scheme_residents_alone_are_told() -> None:
    alone = simulate([told(**{"employee.projected": False, "horizon.last_year": 2026})])[0]
    assert alone.tiers is not None
    assert alone.tiers["care_from_employers"].item() == 0
    assert alone.tiers["maternity_benefits"].item() == 0
    assert all(each.holds for each in alone.checked)


@pytest.mark.parametrize("key", evidence.LEVELS)
def test_levels_meet_the_published_figure_that_they_were_brought_to(key: str) -> None:
    assert evidence.met(key) == pytest.approx(evidence.wanted(key), rel=0.01)


def test_every_published_figure_is_set_beside_the_model() -> None:
    told_of = {*evidence.of_figures(evidence.columns(2025)), "households_above_40_percent"}
    assert {each.measure for each in evidence.published()} <= told_of


def test_households_above_are_turned_into_persons() -> None:
    """8.7 % of households of 2.62: 1 − 0.913^(1 ÷ 2.62) = 3.41 % of persons."""
    assert evidence.persons_above(0.087, 2.62) == pytest.approx(0.0341, abs=5e-5)


def test_accounts_of_outside_parties_read_every_row_once() -> None:
    flows = {row.name: 1.0 for row in (*LEDGER, *BESIDE)}
    income, outgo = account_of(Party.LONG_TERM_CARE, flows)
    assert (len(income), len(outgo)) == (6, 1)
    assert len({row.name for row in (*LEDGER, *BESIDE)}) == len((*LEDGER, *BESIDE))


@pytest.mark.long
def test_draws_are_stepped_by_the_plain_engine_and_keep_what_the_tiers_measure() -> None:
    scenario = told(**{"horizon.last_year": 2026})
    assert chosen(None, 1000, [scenario]) == "plain"
    with pytest.raises(SimsuranceError):
        chosen("compiled", 2, [scenario])
    run = ss.stochastic(scenario, draws=2)
    drawn = run.draws["tiers_own_share"]
    assert drawn.nunique() == len(drawn)


@pytest.mark.long
def test_draws_of_a_run_with_choices_keep_what_patients_pay() -> None:
    settings = ("horizon.last_year=2027", "tiers.in_force=true")
    scenario = load("baseline", ["opting_out"], settings)
    drawn = ss.stochastic(scenario, draws=2).draws["tiers_own_share"]
    assert drawn.nunique() == len(drawn)


def test_many_runs_tell_care_of_the_last_year_alone_and_measure_the_same(run: RunResult) -> None:
    (alone,) = accounts_of([told()])
    assert alone.measures["value"].equals(run.measures["value"])
    assert alone.beside is not None
    assert np.isnan(alone.beside.columns["cost"]).tolist() == [True, False]
    assert all(each.holds for each in alone.checked)


def test_summary_chart_and_codebook_tell_the_tiers_in_both_languages(run: RunResult) -> None:
    twins = ss.run(told(**{"horizon.last_year": 2026})).twins
    for lang, words in (("en", "## Other tiers and out-of-pocket payments"), ("zh", "## 其他保障层次与个人负担")):
        assert words in summary(twins, lang)
        chart = draw("own_payment", run, lang)
        assert set(chart.data["series"]) == {"all", *run.of_scheme.income_groups}
    assert run.tiers is not None
    named = {row[2] for row in codebook(run.scenario) if row[0] == "tiers"}
    assert named == {"year", *run.tiers.columns}


def test_a_summary_with_choices_says_that_the_shares_of_persons_leave_them_out(run: RunResult) -> None:
    chosen_of = ss.run(load("baseline", ["opting_out"], ("horizon.last_year=2027", "tiers.in_force=true"))).twins
    for lang, words in (("en", "Both shares leave choices of cover out"), ("zh", "两项占比未计入保障选择")):
        assert words in summary(chosen_of, lang)
        assert words not in words_of(run.scenario, lang).say("summary.tiers_burden", **tier_facts(run, lang))


@pytest.mark.long
def test_a_run_writes_its_table_and_rebuilds_its_chart(tmp_path: Path) -> None:
    ss.run(told(**{"horizon.last_year": 2026})).save(tmp_path / "run", charts=False)
    table = pd.read_csv(tmp_path / "run" / "tiers.csv", index_col="year")
    assert table.index.to_list() == [2026]
    assert table["cost"].item() > table["left_by_public"].item() > table["own_payment"].item() > 0
    assert "charts/own_payment.png" in rebuild(tmp_path / "run", Extent(("png",)))


def test_the_chart_needs_the_tiers(off: RunResult) -> None:
    with pytest.raises(SimsuranceError, match=r"needs the other tiers; set tiers\.in_force = true"):
        draw("own_payment", off)


def test_selection_takes_more_of_the_sick_and_averages_to_the_share(run: RunResult) -> None:
    """More selection at the same take-up: the same premiums, more benefits."""
    even = simulate([told(**dict.fromkeys((f"tiers.supplementary.need.{need}" for need in HEALTH.members), 1.0))])[0]
    assert even.tiers is not None
    assert run.tiers is not None
    assert run.tiers["supplementary_take_up"].to_numpy() == pytest.approx(0.12)
    assert run.tiers["supplementary_premiums"].to_numpy() == pytest.approx(
        even.tiers["supplementary_premiums"].to_numpy()
    )
    assert (run.tiers["supplementary_benefits"] > 1.05 * even.tiers["supplementary_benefits"]).all()


def test_the_option_for_long_term_care_moves_what_it_takes_in_and_pays_and_no_fund() -> None:
    short = ["horizon.last_year=2030"]
    told_of = [
        load("baseline", [], [*short, "tiers.in_force=true"]),
        load("baseline", ["long_term_care_insurance"], short),
    ]
    base, framed = accounts_of(told_of)
    assert base.beside is not None
    assert framed.beside is not None
    for column, ratio in {
        "care_from_budget": 73 / 60,
        "care_from_residents": 73 / 60,
        "care_benefits": 18 / 13.8,
    }.items():
        assert framed.beside.columns[column][-1] == pytest.approx(ratio * base.beside.columns[column][-1])
    assert framed.beside.columns["care_from_members"] == pytest.approx(base.beside.columns["care_from_members"])
    assert all((framed.accounts[fund]["closing"] == base.accounts[fund]["closing"]).all() for fund in base.accounts)


def test_the_balance_of_long_term_care_insurance_follows_from_its_table_alone() -> None:
    options = ["long_term_care_insurance", "long_term_care_transfer"]
    (run,) = accounts_of([load("baseline", options, ["horizon.last_year=2030"])])
    assert run.beside is not None
    columns = run.beside.columns
    paid_in = sum(values for name, values in columns.items() if name.startswith("care_from_"))
    assert (columns["care_from_funds"] > 0).any()
    assert np.diff(columns["care_closing"]) == pytest.approx((paid_in - columns["care_benefits"])[1:])
