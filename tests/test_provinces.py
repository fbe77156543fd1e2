"""The rules of provinces, worked out by hand in the docs: the arithmetic and the engine give every value printed."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from docs_blocks import BLOCK, DOCS
from test_hand_example import number, worked_out

from simsurance.axes import NATIONAL, PERSON_AXES, ROWS, index, row
from simsurance.basis import build
from simsurance.member.member_year import MemberYear, Person, Standing, member_years
from simsurance.model.enrolment import bonus_at_stake, enrolment_hazards
from simsurance.model.participation import salience
from simsurance.model.state import YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.loader import load

INCOME = NATIONAL.income

OPTIONS = ["baseline", *sorted(name for name in shipped(fragments=True) if name.startswith("province_"))]
YEAR, BILL = 2031, 100_000.0
FEMALE, RURAL, MIDDLE, AGE = 0, 1, index("income", "middle"), 40
Row = tuple[str, str]


@cache
def printed() -> dict[str, dict[str, Row]]:
    """Arithmetic and value of each row, by option and quantity."""
    page = BLOCK.sub("", (DOCS / "provinces.md").read_text(encoding="utf-8"))
    found = {}
    for section in page.split("\n## ")[1:]:
        named = re.search(r"^Option `(\w+)`", section, re.MULTILINE)
        rows = re.findall(r"^\| (.+?) \| (.+?) \| ([−\d.,]+) \|$", section, re.MULTILINE)
        found[named[1] if named else "baseline"] = {name: (arithmetic, value) for name, arithmetic, value in rows}
        assert len(found[named[1] if named else "baseline"]) == len(rows), "a quantity is named twice"
    return found


@cache
def years(option: str) -> tuple[YearBasis, ...]:
    """The basis of the years to the one after the example's."""
    scenario = load("baseline", [option] if option != "baseline" else [], [f"horizon.last_year={YEAR + 1}"])
    return build(scenario)[1]


def at(values: np.ndarray, place: tuple[int, int, int, int]) -> float:
    """One number of an array on the person axes: at a row, area, income group and age, of women of low need."""
    status, area, income, age = place
    where = {"run": 0, "health": 0, "status": status, "sex": FEMALE, "area": area, "income": income, "age": age}
    return float(
        values[tuple(where[name] if size > 1 else 0 for name, size in zip(PERSON_AXES, values.shape, strict=True))]
    )


@cache
def engine(option: str) -> dict[str, float]:
    """The same quantities by the engine, in yuan of the reference year."""
    basis, following = years(option)[-2:]
    person = Person(AGE, "female", "rural", "middle")
    rule, later = (member_years(person, (one,), AGE)[0] for one in (basis, following))
    money, money_later = float(basis.indexation.item()), float(following.indexation.item())

    cells = np.zeros((1, 3, len(ROWS), 2, 2, len(INCOME.members), 101))
    for name, total in (("tenure_5", 100.0), ("rule_years", 600.0), ("no_claim_5", 300.0), ("never", 100.0)):
        cells[0, 0, row(name), FEMALE, RURAL, MIDDLE, AGE] = total
    _, stake = bonus_at_stake(cells, basis, (1, 1, 1, 1, 2, 4, 101))
    stake_here = at(stake, (4, RURAL, MIDDLE, AGE))
    hazard = enrolment_hazards(cells, basis)
    indifferent = enrolment_hazards(cells, replace(basis, leave_bonus=0 * basis.leave_bonus))
    odds = [at(each.leave / (1 - each.leave), (4, RURAL, MIDDLE, AGE)) for each in (hazard, indifferent)]

    standing = Standing(tenure=6, no_claim=3)
    stays = rule.enrol(standing)
    back = later.enrol(rule.stay_out(standing))
    found = {
        "cap, yuan": rule.cap / money,
        "limit of the increase, yuan": stays.limit / money,
        "credit of who stays, yuan": (stays.continuous + stays.no_claim) / money,
        "increase of who stays, within the limit, yuan": stays.bonus / money,
        "increase on return after one lapsed year, yuan": back.bonus / money_later,
        "cap that the lapse costs, yuan": stake_here,
        "as it is felt, thousand yuan": float(salience(stake_here * at(basis.bonus_felt, (0, 0, MIDDLE, 0)))),
        "factor on the odds of leaving": odds[0] / odds[1],
        "most that critical-illness insurance pays who stays, yuan": paid(rule, 1e7 * money, stays.bonus)[0] / money,
        "months of waiting after one lapsed year": rule.enrol(Standing(gap=1)).waiting,
        "months of waiting after four lapsed years": rule.enrol(Standing(gap=4)).waiting,
        "months of waiting, never insured, in the first year of life": (
            member_years(Person(0, "female", "rural", "middle"), (basis,), 0)[0].enrol(Standing(never=True)).waiting
        ),
    }
    share = float(basis.critical_low_places.item())
    deductible = basis.critical_deductible[..., MIDDLE, 0].reshape(2) * 1.05 / money
    benefit = np.array(paid(rule, BILL * money, 0.0)) / money
    for place, kind in enumerate(("national", "low")):
        found[f"deductible, {kind} deductible, yuan"] = deductible[place]
        found[f"cost above it, {kind} deductible, yuan"] = BILL * 1.05 - deductible[place]
        found[f"paid of an own cost of 100,000, {kind} deductible, yuan"] = benefit[place]
    return found | {"paid of an own cost of 100,000, mean, yuan": benefit[0] + share * (benefit[1] - benefit[0])}


def paid(rule: MemberYear, own: float, bonus: float) -> tuple[float, float]:
    """What critical-illness insurance pays of an own cost, where the deductible is national and where it is low."""
    _, cover = rule.layers()
    national, low = cover.paid(np.array(own), bonus)[..., -1, 0].reshape(2)
    return float(national), float(low)


def test_every_province_has_its_section() -> None:
    assert list(printed()) == OPTIONS
    assert set(printed()["baseline"]) == set(engine("baseline"))


@pytest.mark.parametrize("option", OPTIONS)
def test_the_engine_gives_every_number_of_a_province_worked_out_by_hand(option: str) -> None:
    """A row that a province leaves out is that of the nation."""
    told = {**printed()["baseline"], **printed()[option]}
    assert set(engine(option)) <= set(told)
    for name, found in engine(option).items():
        value = told[name][1]
        places = len(value.partition(".")[2])
        assert f"{found:,.{places}f}".replace("-", "−") == value, name


@pytest.mark.parametrize("option", OPTIONS)
def test_the_arithmetic_of_a_province_gives_the_value_printed(option: str) -> None:
    for name, (arithmetic, value) in printed()[option].items():
        assert worked_out(arithmetic) == pytest.approx(number(value), rel=2e-6), name


def test_a_province_prints_what_differs_from_the_nation_alone() -> None:
    nation = printed()["baseline"]
    for option in OPTIONS[1:]:
        same = {name for name, told in printed()[option].items() if nation.get(name) == told}
        assert not same, option
        assert printed()[option], option


def test_what_is_fitted_nationally_stays_under_the_rules_of_a_province() -> None:
    for option in OPTIONS[1:]:
        rules = load("baseline", [option]).values.benefits.critical_illness
        assert (rules.low_deductible_places, rules.ratio_shift) == (0.67173, 0.2), option


def test_a_more_generous_text_pays_more_whether_or_not_what_is_fitted_is_there() -> None:
    """No sign hangs on the fitted share of places and shift of ratios: with both, and with neither, on both sides."""
    written = [f"benefits.critical_illness.{name}=0" for name in ("low_deductible_places", "ratio_shift")]
    for settings in ([], written):
        runs = simulate(
            [
                load("baseline", [one] if one != "baseline" else [], ["horizon.last_year=2026", *settings])
                for one in OPTIONS
            ]
        )
        paid_in = {one: float(run.account["critical_illness"][0]) for one, run in zip(OPTIONS, runs, strict=True)}
        assert min(paid_in[f"province_{name}"] for name in ("hainan", "henan", "jiangxi")) > paid_in["baseline"]


def test_the_cut_of_yunnan_keeps_members_who_would_have_left() -> None:
    short = ["horizon.last_year=2028"]
    yunnan, uncut = simulate(
        [
            load("baseline", ["province_yunnan"], [*short, *more])
            for more in ([], ["participation.cap_cut_per_lapsed_year=0"])
        ]
    )
    cut_leaves, leaves = (run.projection.totals["leaves"][:, 0] for run in (yunnan, uncut))
    assert (cut_leaves < 0.97 * leaves).all()
