"""Members' best answers to the rules: the dynamic program against enumeration, and what holds in every scenario."""

import json
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.basis import build
from simsurance.cli import main
from simsurance.member.choices import ACTIONS, all_decisions
from simsurance.member.history import parsed
from simsurance.member.loopholes import find, games, loopholes
from simsurance.member.member_year import Person, Standing, member_years
from simsurance.member.story import rules_of, walk
from simsurance.member.strategy import FORESIGHT, Game, Outcome, Policy, YearMoney, game
from simsurance.member.strategy_words import in_words
from simsurance.model.participation import MONTHS
from simsurance.scenario_file.loader import Scenario, load

YOUNG = Person(20, "male", "rural", "middle")
NO_BONUS = {"participation.continuous_bonus.step": 0, "participation.no_claim_bonus.step": 0}
LARGE_BONUS = {
    "benefits.indexation": "fixed",
    "benefits.critical_illness.cap_rule": "amount",
    "benefits.critical_illness.cap": 4000,
    "benefits.critical_illness.band_ratios": [0.6, 0.6, 0.6],
    "benefits.critical_illness.deductible_income_share": 0.01,
    "benefits.critical_illness.low_deductible_income_share": 0.005,
    "participation.bonus_limit": 5,
    "participation.continuous_bonus.step": 3000,
    "participation.continuous_bonus.after_years": 1,
    "participation.no_claim_bonus.step": 2000,
}


@cache
def no_bonus() -> Scenario:
    return load("baseline").replace(NO_BONUS)


def game_of(scenario: Scenario, person: Person, years: int, start: Standing | None = None) -> Game:
    _, basis = build(scenario.replace({"horizon.last_year": 2025 + years}))
    rules = member_years(person, tuple(basis), person.age)
    return game(person, basis, rules, all_decisions(rules, start or Standing(tenure=200), repair_allowed=True))


def years_of(own: Game) -> tuple[YearMoney, ...]:
    """The money of the years of a game of one member."""
    (years,) = own.members
    return years


def followed(own: Game, policy: Policy, need: int) -> Outcome:
    """What a policy comes to in a game of one member whose need class was `need` in the year before the first."""
    ((by_need,),) = own.followed([policy], [True])
    return by_need[need]


def one(scenario: Scenario, person: Person, need: str = "low", years: int = 15):
    chosen = {"ages": [person.age], "sexes": [person.sex], "areas": [person.area], "incomes": [person.income]}
    (found,) = find(scenario, needs=[need], years=years, **chosen)
    return found


def test_without_waiting_and_bonus_the_best_is_to_enrol_when_it_pays_in_the_year():
    own = game_of(load("no_2024_rules"), YOUNG, 8)
    _, policy = own.solve("known")
    mixed = False
    for money, chosen, option in zip(years_of(own), own.decisions, policy, strict=True):
        pays = money.benefits * (1 - money.dying / 2) > money.rule.standard - money.rule.assistance
        enrols = chosen.enrols[option]
        assert (enrols == pays).all()
        mixed |= bool(pays.any() and not pays.all())
    assert mixed
    words = in_words(one(load("no_2024_rules"), YOUNG, years=8), "known")
    assert words == (
        "stay out while health status is good, enrol at once when it becomes moderate or poor; pay no catch-up contributions"
    )


def test_a_year_of_waiting_keeps_a_member_who_would_leave_without_it():
    person = Person(35, "male", "urban", "middle")
    free = one(load("no_2024_rules"), person)
    assert free.worth() > 0
    strict = one(no_bonus().replace({"participation.waiting.fixed_months": 12}), person)
    assert strict.worth() == pytest.approx(0, abs=1e-9)
    assert in_words(strict, "known") == "enrol every year"
    assert strict.fund_cost() == pytest.approx(0, abs=1e-9)


def test_where_every_class_gains_by_the_year_nobody_lapses():
    found = one(no_bonus(), Person(70, "female", "rural", "low"))
    for foresight in FORESIGHT:
        assert found.worth(foresight) == pytest.approx(0, abs=1e-9)
        assert in_words(found, foresight) == "enrol every year"


def test_more_waiting_is_never_worth_more_to_the_member():
    worth = []
    for months in (0, 3, 6, 12):
        changed = no_bonus().replace(
            {"participation.waiting.fixed_months": months, "participation.waiting.floor_months": min(6, months)}
        )
        worth.append(one(changed, YOUNG).best["known"].value)
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > worth[-1]


@pytest.mark.parametrize("name", ["baseline", "no_2024_rules", "stricter_waiting", "larger_bonus"])
def test_the_best_is_worth_at_least_enrolling_every_year_and_more_knowledge_is_worth_more(name):
    for found in find(load(name), ages=(20, 50), areas=("rural",), incomes=("low", "assisted"), years=6):
        worth = [found.worth(foresight) for foresight in ("last_year", "in_year", "known")]
        assert worth[0] >= -1e-6
        assert worth == sorted(worth) or np.allclose(np.diff(worth).clip(max=0), 0, atol=1e-6)


@pytest.mark.parametrize("changes", [NO_BONUS, LARGE_BONUS], ids=["no bonus", "large bonus"])
@pytest.mark.parametrize("foresight", FORESIGHT)
def test_followed_forwards_a_strategy_brings_what_it_was_solved_for(foresight, changes):
    own = game_of(load("baseline").replace(changes), YOUNG, 6)
    value, policy = own.solve(foresight)
    for need in range(3):
        assert followed(own, policy, need).value == pytest.approx(value[0, 0, need], rel=1e-12)


def test_against_every_sequence_of_decisions_told_as_a_story_where_need_never_changes():
    scenario = no_bonus().replace({"health.persistence": 1.0, "horizon.last_year": 2029})
    person = Person(20, "female", "urban", "low")
    own = game_of(scenario, person, 4)
    value, _ = own.solve("known")
    rules = rules_of(scenario, person, parsed("2026-2029: in"), born=False)
    tokens = ["in", "late", "lapse", "in repair 1", "late repair 1", "in repair 2", "in repair 3"]
    best = np.full(3, -np.inf)
    for words in product(tokens, repeat=4):
        if not possible(words):
            continue
        text = ", ".join(f"{2026 + place}: {word}" for place, word in enumerate(words))
        best = np.maximum(best, told_value(own, list(walk(parsed(text), rules))))
    assert value[0, 0] == pytest.approx(best, rel=1e-12)


def possible(words: tuple[str, ...]) -> bool:
    """Whether lapsed years are there to be paid for."""
    lapsed = 0
    for word in words:
        if "repair" in word and int(word[-1]) > lapsed:
            return False
        lapsed = lapsed + 1 if word == "lapse" else 0
    return True


def told_value(own: Game, story) -> np.ndarray:
    """What a told history brings in each need class: benefits less payments, both in the middle of the year, at 2 %."""
    value, alive = np.zeros(3), np.ones(3)
    for place, (year, money) in enumerate(zip(story, years_of(own), strict=True)):
        postponed = 0.3
        cover = (MONTHS - year.without_cover * (1 - postponed)) / MONTHS if year.insured else 0.0
        gain = cover * (1 - money.dying / 2) * money.benefits - year.member_pays
        value += alive * gain / 1.02 ** (place + 0.5)
        alive = alive * (1 - money.dying)
    return value


@pytest.mark.long
@pytest.mark.parametrize("changes", [NO_BONUS, LARGE_BONUS], ids=["no bonus", "large bonus"])
@pytest.mark.parametrize("foresight", FORESIGHT)
def test_against_a_tree_of_all_decisions_and_chances_by_hand(foresight, changes):
    scenario = load("baseline").replace(changes)
    own = game_of(scenario, YOUNG, 3)
    value, _ = own.solve(foresight)
    bonus = "participation.bonus_limit" in changes
    for need in range(3):
        assert tree(own, foresight, need, bonus) == pytest.approx(value[0, 0, need], rel=1e-10)
        start = Standing(gap=3)
        later = game_of(scenario, YOUNG, 3, start)
        assert tree(later, foresight, need, bonus, tenure=0, gap=3) == pytest.approx(
            later.solve(foresight)[0][0, 0, need], rel=1e-10
        )


def tree(own: Game, foresight: str, need: int, bonus: bool, tenure: int = 200, gap: int = 0) -> float:
    """The value of the best decisions by going through all of them, with the rules of the baseline written out here."""

    @cache
    def raised(year: int, rise: float) -> np.ndarray:
        return years_of(own)[year].bonus_value(np.array([rise]))[0]

    def gain(year: int, pays: float, lost: float, rise: float, own_class: int) -> float:
        money = years_of(own)[year]
        worth = money.benefits[own_class] + raised(year, rise)[own_class]
        cover = (1 - lost * 0.7 / 12) * (1 - money.dying[own_class] / 2) * worth
        return (cover - pays) / 1.02 ** (year + 0.5)

    def enrolled(
        year: int, late: bool, repaired: int, own_class: int, tenure: int, gap: int, free: int, left: float
    ) -> float:
        lapsed = min(gap, year + 1)
        months = 0.0
        if gap or late:
            months = 3 + max(lapsed - repaired, 0)
            months = max(months, 6) if lapsed >= 4 else months
        gone = months + left + (5 if late else 0)
        count = 1 if gap else tenure + 1
        counted = min(count, year + 2)
        rise = min(3000 * max(counted - 1, 0) + 2000 * free, 20_000) if bonus else 0.0
        price = years_of(own)[year].rule.standard
        now = gain(year, price * (1 + repaired), min(gone, 12), rise, own_class)
        for chance, after in zip(years_of(own)[year].outcomes[:, own_class], (free + 1, 0, free), strict=True):
            ahead = best(year + 1, own_class, count, 0, after, max(gone - 12, 0))
            now += (1 - years_of(own)[year].dying[own_class]) * chance * ahead
        return now

    def best(year: int, before: int, tenure: int, gap: int, free: int, left: float) -> float:
        if year == len(years_of(own)):
            return 0.0
        money = years_of(own)[year]
        lapsed = min(gap, year + 1)
        moves = money.moves[before]
        central, late = (
            np.array(
                [
                    [enrolled(year, is_late, repaired, h, tenure, gap, free, left) for h in range(3)]
                    for repaired in range(lapsed + 1)
                ]
            )
            for is_late in (False, True)
        )
        out = np.array([(1 - money.dying[h]) * best(year + 1, h, 0, gap + 1, free, 0.0) for h in range(3)])
        if foresight == "known":
            return float(moves @ np.max([*central, *late, out], axis=0))
        if foresight == "in_year":
            return float(max((central @ moves).max(), moves @ np.max([*late, out], axis=0)))
        return float(max((central @ moves).max(), (late @ moves).max(), moves @ out))

    return best(0, need, tenure, gap, 0, 0.0)


def test_no_share_costs_nothing_and_the_cost_is_in_proportion():
    chosen = {"ages": (20,), "areas": ("rural",), "sexes": ("male",), "years": 8}
    none, some, more = (loopholes("baseline", share=share, **chosen) for share in (0, 0.1, 0.2))
    assert (none["fund_cost_known"] == 0).all()
    assert some["fund_cost_known"].max() > 0
    assert np.allclose(2 * some["fund_cost_known"], more["fund_cost_known"])
    assert (some["fund_cost_known"].diff().dropna() <= 0).all()


def test_the_funds_cost_of_enrolling_every_year_by_hand():
    scenario = no_bonus().replace({"contributions.local_supplement": 1.0, "fund.administration_share": 0.1})
    own = game_of(scenario, YOUNG, 1)
    found = followed(own, own.always(), 2)
    money = years_of(own)[0]
    benefits = money.moves[2] @ (money.benefits * (1 - money.dying / 2))
    assert found.benefits == pytest.approx(benefits / 1.02**0.5)
    assert found.fund_cost == pytest.approx((1.1 * benefits - 400 - 724) / 1.02**0.5)
    assert (found.contributions, found.insured_years) == (pytest.approx(400 / 1.02**0.5), pytest.approx(1))


def test_the_fund_loses_what_the_member_gains_but_for_the_subsidy():
    dear = {"participation.waiting.months_per_lapsed_year": 4, "contributions.local_supplement": 1.0}
    for foresight, found in one(no_bonus().replace(dear), YOUNG).best.items():
        assert found.repair > 1, foresight
        paid = found.contributions + found.repair + found.subsidies
        assert found.fund_cost == pytest.approx(found.benefits - paid), foresight


def test_a_raised_cap_is_worth_what_the_higher_cap_pays():
    raised = LARGE_BONUS | {"benefits.critical_illness.cap": 4000 + 2500}
    plain, higher = (
        years_of(game_of(load("baseline").replace(changes), YOUNG, 1))[0] for changes in (LARGE_BONUS, raised)
    )
    worth = plain.bonus_value(np.array([0.0, 2500.0, 0.0]))
    assert worth[1] == pytest.approx(higher.benefits - plain.benefits)
    assert worth[1].min() > 0
    assert (worth[[0, 2]] == 0).all()


def test_members_are_the_same_together_and_alone():
    grade = {
        area: {"assisted": 1.0, "low": low, "middle": 1.0, "high": 1.0}
        for area, low in (("urban", 1.5), ("rural", 0.5))
    }
    scenario = load("baseline").replace({"contributions.personal.grade": grade})
    for found in find(scenario, ages=(20,), needs=("low",), incomes=("low",), years=5):
        alone = one(scenario, found.person, years=5)
        assert (alone.worth(), alone.fund_cost()) == (found.worth(), found.fund_cost())


def test_a_member_stands_for_the_insured_within_seven_years_of_age():
    scenario = load("baseline")
    state, _ = build(scenario)
    found = find(scenario, ages=(20, 35, 50, 65), incomes=("low", "middle"), years=1)
    by_age = state.cells[0][:, 7:12].sum(axis=(0, 1, 2, 3))
    assert sum(one.persons for one in found) == pytest.approx(by_age[1:3, 13:73].sum())


def test_the_chances_of_the_classes_keep_the_prevalence():
    _, basis = build(load("baseline").replace({"horizon.last_year": 2026}))
    for (person,), own in games([YOUNG], basis, repair_allowed=True):
        prevalence = basis[0].prevalence[0, :, 0, 1, 0, 0]
        moves = years_of(own)[0].moves
        assert moves.sum(axis=1) == pytest.approx(1)
        assert prevalence[:, person.age - 1] @ moves == pytest.approx(prevalence[:, person.age])


def test_central_enrolment_stands_first_and_staying_out_last():
    for chosen in game_of(load("baseline"), YOUNG, 3).decisions:
        for row in chosen.table:
            actions = [ACTIONS[chosen.action[option]] for option in row if option >= 0]
            assert (actions[0], actions[-1]) == ("central", "out")


CARRIED = LARGE_BONUS | {
    "participation.continuous_bonus.kept_after_lapse": True,
    "participation.no_claim_bonus.kept_after_lapse": False,
    "participation.cap_cut_per_lapsed_year": 700,
}


@pytest.mark.parametrize("start", [Standing(tenure=200), Standing(gap=5)], ids=["insured", "out"])
@pytest.mark.parametrize("changes", [{}, LARGE_BONUS, CARRIED], ids=["baseline", "large bonus", "carried"])
def test_every_option_is_what_the_rules_of_one_standing_make_of_it(changes, start):
    own = game_of(load("baseline").replace(changes), YOUNG, 6, start)
    followed = set()
    for place, (money, chosen) in enumerate(zip(years_of(own), own.decisions, strict=True)):
        rule, standings = money.rule, one_by_one(chosen.standings)
        assert len(set(standings)) == len(standings)
        later = one_by_one(own.decisions[place + 1].standings) if place + 1 < len(own.decisions) else None
        for row, standing in zip(chosen.table, standings, strict=True):
            options = [option for option in row if option >= 0]
            lapsed = rule.lapsed_years(standing)
            useful = rule.useful_repair(lapsed) if lapsed else 0
            told = [(action, repaired) for action in ("central", "late") for repaired in range(useful + 1)]
            assert [(ACTIONS[chosen.action[each]], chosen.repaired[each]) for each in options] == [*told, ("out", 0)]
            for option, (action, repaired) in zip(options, told, strict=False):
                month = rule.number(rule.basis.late_month) if action == "late" else None
                made = rule.enrol(standing, month, repaired)
                postponed = rule.number(rule.basis.postponed_care)
                assert chosen.years_of_cover[option] == 1 - made.without_cover * (1 - postponed) / MONTHS
                assert chosen.bonus[option] == made.bonus
                assert chosen.contribution[option] == rule.standard - rule.assistance
                assert chosen.repair[option] == repaired * rule.standard
                ends = [rule.year_end(made.after, *end) for end in ((True, False), (False, True), (False, False))]
                if later:
                    assert [later[to] for to in chosen.after[option]] == [as_remembered(each, own) for each in ends]
                    followed.update(chosen.after[option].tolist())
            if later:
                assert {later[to] for to in chosen.after[options[-1]]} == {as_remembered(rule.stay_out(standing), own)}
    assert len(followed) > 3


def one_by_one(standings) -> list[Standing]:
    """The standings as the rules of one standing take them."""
    columns = {name: values.tolist() for name, values in vars(standings).items()}
    return [Standing(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]


def as_remembered(standing: Standing, own: Game) -> Standing:
    """The standing without what no rule asks for where no year has a bonus."""
    if any(money.rule.basis.bonus_step.any() for money in years_of(own)):
        return standing
    return replace(standing, tenure=min(standing.tenure, 1), no_claim=0, carried=0.0)


@pytest.mark.long
def test_the_command_tells_strategy_values_and_members():
    call = ["loopholes", "no_2024_rules", "--sex", "male", "--years", "6"]
    shown = CliRunner().invoke(main, call)
    assert shown.exit_code == 0, shown.stderr
    assert "stay out while health status is good, enrol at once when it becomes moderate or poor" in shown.stdout
    assert "always enrolled" in shown.stdout
    assert "Not counted: " in shown.stdout
    document = json.loads(CliRunner().invoke(main, [*call, "--json"]).stdout)
    assert document["member"]["known"]["worth"] > 0
    assert len(document["members"]) == 96
    costs = [row["fund_cost_known"] for row in document["members"]]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--age", "101"], "--age: 101 is not an age of the population; 0 to 100"),
        (["--need", "lo"], "--need: lo is no group; did you mean low?"),
        (["--income", "poor"], "--income: poor is no group; one of assisted, low, middle, high"),
        (["--area", "urbn"], "did you mean urban?"),
        (["--sex", "m"], "--sex: m is no group"),
        (["--years", "0"], "--years: 0 is outside 1 to 35"),
        (["--years", "36"], "--years: 36 is outside 1 to 35, the years of baseline from 2026"),
        (["--share", "1.1"], "--share: 1.1 is no share"),
        (["--share", "nan"], "--share: nan is no share"),
    ],
)
def test_an_impossible_question_is_one_line(options, words):
    failed = CliRunner().invoke(main, ["loopholes", "baseline", *options])
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert words in line
