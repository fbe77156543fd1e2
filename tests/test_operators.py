"""Values relative to what lies beneath: on every form of a value, in any order, within the bounds of the key."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from simsurance.errors import SimsuranceError
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load

RATIO, SHARE, GROWTH = "benefits.inpatient.payment_ratio", "fund.administration_share", "economy.real_income_growth"
CASES: dict[str, tuple[str, Any, Any, Any]] = {
    "a number": (RATIO, 0.72, {"add": 0.05}, 0.77),
    "a number from a year on": (RATIO, 0.72, {"add": 0.05, "from": 2027}, {"1990": 0.72, "2027": 0.77}),
    "a factor": (RATIO, 0.7, {"multiply": 1.1}, 0.77),
    "a schedule": (SHARE, {"2019": 0.01, "2030": 0.02}, {"multiply": 2}, {"2019": 0.02, "2030": 0.04}),
    "a schedule from a year on": (
        SHARE,
        {"2019": 0.01, "2030": 0.02},
        {"add": 0.01, "from": 2028},
        {"2019": 0.01, "2028": 0.02, "2030": 0.03},
    ),
    "a ramp": (GROWTH, {"ramp": {"2026": 0.04, "2036": 0.03}}, {"add": 0.01}, {"ramp": {"2026": 0.05, "2036": 0.04}}),
    "a ramp from a year on": (
        GROWTH,
        {"ramp": {"2026": 0.04, "2036": 0.03}},
        {"add": 0.01, "from": 2031},
        {"ramp": {"2026": 0.04, "2030": 0.036, "2031": 0.045, "2036": 0.04}},
    ),
    "before the first year": (SHARE, {"2019": 0.01}, {"add": 0.01, "from": 2015}, {"2019": 0.02}),
    "incomes to the last year named": (
        "economy.disposable_income",
        {"2024": 40000, "2026": 44100},
        {"multiply": 1.1, "from": 2026},
        {"2024": 40000, "2025": 42000, "2026": 48510},
    ),
}
"""Key, value beneath, operator, value."""


def upon(folder: Path, *values: str) -> Scenario:
    """The baseline with options that each give a value to the payment ratio, in their order."""
    files = []
    for place, value in enumerate(values):
        files.append(folder / f"option_{place}.toml")
        files[-1].write_text(f'title = "{place}"\n[benefits.inpatient]\npayment_ratio = {value}\n', encoding="utf-8")
    return load("baseline", [str(file) for file in files])


@pytest.mark.parametrize("case", CASES)
def test_an_operator_acts_on_every_entry_from_its_year(case: str) -> None:
    key, beneath, operator, value = CASES[case]
    assert load("baseline").replace({key: beneath}).replace({key: operator}).leaves[key] == value


def test_options_act_in_any_order_absolutes_then_products_then_sums(tmp_path: Path) -> None:
    values = ("{ add = 0.05 }", "0.6", "{ multiply = 1.1 }", "{ add = -0.01 }")
    found = {upon(tmp_path, *order).leaves[RATIO] for order in permutations(values)}
    assert found == {0.7}


def test_the_options_that_a_file_names_act_in_any_order(tmp_path: Path) -> None:
    upon(tmp_path, "{ add = 0.05 }", "0.6", "{ multiply = 1.1 }")
    for order in permutations(f"option_{place}.toml" for place in range(3)):
        (tmp_path / "mine.toml").write_text(
            f'extends = "baseline"\nwith = {list(order)}\ntitle = "Mine"\n'.replace("'", '"')
        )
        assert load(tmp_path / "mine.toml").leaves[RATIO] == 0.71
    above = "[benefits.inpatient]\npayment_ratio = { add = 0.02 }\n"
    with (tmp_path / "mine.toml").open("a") as mine:
        mine.write(above)
    assert load(tmp_path / "mine.toml").leaves[RATIO] == 0.73


def test_five_points_up_are_five_points_above_an_own_ratio() -> None:
    own = load("baseline").replace({RATIO: 0.72}).with_fragment("payment_ratio_up")
    assert own.leaves[RATIO] == {"1990": 0.72, "2027": 0.77}
    assert not own.bounds_met


ON_THE_BASELINE = {
    "payment_ratio_up": (RATIO, {"2019": 0.66226, "2027": 0.71226}),
    "payment_ratio_down": (RATIO, {"2019": 0.66226, "2027": 0.61226}),
    "employer_rate_down": ("employee.contributions.employer_rate_change", {"2019": 0, "2027": -0.01}),
}


@pytest.mark.parametrize("option", ON_THE_BASELINE)
def test_a_relative_option_upon_the_baseline_has_the_results_of_the_absolute_values(option: str) -> None:
    key, value = ON_THE_BASELINE[option]
    short = load("baseline", settings=("horizon.last_year=2029",))
    relative = short.with_fragment(option)
    absolute = short.replace({key: value, "claims.demand.answers": relative.leaves["claims.demand.answers"]})
    one, other = (run.measures for run in simulate([relative, absolute]))
    assert one.equals(other)


def test_a_bound_that_binds_is_told_with_what_was_wanted() -> None:
    scenario = load("baseline", settings=(f"{RATIO}={{add=0.9}}",))
    assert scenario.leaves[RATIO] == 1
    note = f"{RATIO}: 1.5623 asked for, 1.0000 used, the bound of the key"
    assert note in scenario.notes
    assert note in scenario.replace({"fund.administration_share": 0.01}).notes
    assert note in scenario.with_fragment("campaign").replace({"fund.administration_share": 0.01}).notes
    assert note not in scenario.replace({RATIO: 0.7}).notes
    assert note not in scenario.with_fragment("payment_ratio_up").notes


REFUSED: dict[str, tuple[str, str]] = {
    "both at once": (f"{RATIO}={{add=0.1, multiply=2}}", "an operator is"),
    "another key": (f"{RATIO}={{add=0.1, until=2030}}", "an operator is"),
    "no number": (f'{RATIO}={{add="a"}}', "not a number; write"),
    "no year": (f"{RATIO}={{add=0.1, from=27}}", "not a year; write"),
    "a choice": ("economy.flow_timing={add=1}", "add and multiply act on numbers and schedules"),
    "one number for all years": ("benefits.critical_illness.ratio_shift={add=0.01, from=2027}", "leave from out"),
    "after the last year named": ("employee.wage.mean={multiply=1.1, from=2030}", "the values end in 2025 and grow"),
    "nothing beneath": ("levers.mine.size={add=0.1}", "nothing lies beneath"),
}
"""Setting, and what is said."""


@pytest.mark.parametrize("case", REFUSED)
def test_an_operator_that_cannot_act_is_refused_in_one_line(case: str) -> None:
    setting, said = REFUSED[case]
    with pytest.raises(SimsuranceError) as refused:
        load("baseline", settings=(setting,))
    assert any(said in line and line.startswith(f"--set:{setting.partition('=')[0]}: ") for line in refused.value.lines)


def test_an_option_laid_twice_is_refused() -> None:
    with pytest.raises(SimsuranceError, match="this file is laid on twice; name it once"):
        load("baseline", ["payment_ratio_up", "payment_ratio_up"])


def test_levers_that_take_more_than_all_of_a_component_are_refused() -> None:
    shared = 'component="inpatient_cost", start=2027, ramp_years=1, low=-0.9, high=0.0, mark="judgement", '
    shared += 'source="S_JUDGEMENT", description="-", description_zh="-"'
    two = [f"levers.{name}={{size={size}, {shared}}}" for name, size in (("one", -0.6), ("two", -0.5))]
    assert load("baseline", settings=two[:1])
    with pytest.raises(SimsuranceError, match=r"levers\.two\.size: one and two take 1\.1 of inpatient_cost together"):
        load("baseline", settings=two)
