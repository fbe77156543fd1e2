"""What is known to act without a basis does act: the table is what the model says, and what is passed over has no note."""

import random
import subprocess
import sys
from typing import get_args

import pytest

from simsurance.basis.acting_keys import NOT_TRIED, rows
from simsurance.basis.idle import idle
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.acting import acting, surely_acts
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schema import LeverComponent

BASE = load("baseline")
TRIED = [path for path in KEYS if not path.startswith(NOT_TRIED) and KEYS[path].lowest is not None]
SAMPLE = random.Random(11).sample(TRIED, 6)


def test_the_table_names_known_keys_once_in_the_order_of_the_schema():
    assert list(acting()) == [path for path in TRIED if path in acting()]
    assert len(acting()) > 100


@pytest.mark.parametrize("path", SAMPLE)
def test_the_table_is_what_the_model_says(path):
    found = {key: (first, last) if first != "" else None for key, first, last in rows([path])}
    assert found == {key: years for key, years in acting().items() if key == path}


def changes(chance):
    """One to three keys of the table with other values, for all years or from a year on."""
    found = {}
    for path in chance.sample(list(acting()), chance.randint(1, 3)):
        key, years = KEYS[path], acting()[path]
        value = key.lowest + (min(key.highest, 1e4) - key.lowest) * chance.random() ** 2
        value = round(value) if key.kind == "whole number" else round(value, 6)
        found[path] = {1990: value, chance.randint(*years): value / 2} if years and chance.random() < 0.5 else value
    return found


@pytest.mark.long
def test_nothing_is_passed_over_that_has_no_effect():
    sure = 0
    for seed in range(40):
        try:
            scenario = BASE.replace(changes(random.Random(seed)))
            if surely_acts(scenario):
                sure += 1
                assert idle(scenario) == [], seed
        except SimsuranceError:
            continue
    assert sure >= 10


@pytest.mark.long
@pytest.mark.parametrize("component", get_args(LeverComponent))
def test_a_lever_on_any_component_acts(component):
    lever = {"component": component, "start": 2027, "ramp_years": 1, "size": 0.01, "low": 0.0, "high": 0.1}
    words = {"mark": "judgement", "source": "mine", "description": "mine", "description_zh": "mine"}
    scenario = BASE.replace({f"levers.it.{name}": value for name, value in (lever | words).items()})
    assert surely_acts(scenario)
    assert idle(scenario) == []
    assert not surely_acts(scenario.replace({"levers.it.start": 2061}))
    assert not surely_acts(scenario.replace({"levers.it.low": -0.1, "levers.it.size": 0.0}))


SHARE = "fund.administration_share"


@pytest.mark.parametrize(
    ("settings", "sure"),
    [
        ((f"{SHARE}=0.01",), True),
        ((f"{SHARE}=0",), True),
        ((f"{SHARE}={{2019=0.0, 2027=0.01}}",), True),
        ((f"{SHARE}={{2026=0.01, 2027=0.02}}",), True),
        ((f"{SHARE}={{ramp={{2026=0.01, 2030=0.02}}}}",), True),
        (("benefits.inpatient.payment_ratio={add=0.01}",), True),
        (("title='Mine'",), True),
        (("behaviour.campaign_strength=0.5",), True),
        (("behaviour.campaign_strength={2019=0, 2025=1, 2026=0}",), False),
        (("fund.opening={2020=1e11, 2026=BASE}",), False),
        (("employee.contributions.compliance=0.8",), False),
        ((f"{SHARE}=0.01", "economy.interest_rate=0"), False),
        ((f"{SHARE}={{2026=0.01, 2028=0.01}}",), False),
        ((f"{SHARE}={{2026=0.01, 2070=0.02}}",), False),
        ((f"{SHARE}={{ramp={{2026=0.01, 2028=0.02, 2030=0.03}}}}",), False),
        (("employee.contributions.compliance={2019=0.8, 2026=0.7}",), False),
        (("benefits.indexation='fixed'",), False),
        (("behaviour.effects.wait=false",), False),
        (("population.stock_level=0.99",), False),
        (("horizon.last_year=2050", f"{SHARE}=0.01"), False),
        (("behaviour.leave.campaign=-0.1",), False),
    ],
)
def test_what_is_sure_are_numbers_of_keys_that_act_in_the_years_that_act(settings, sure):
    opening = repr(BASE.leaves["fund.opening"]["2026"])
    assert surely_acts(load("baseline", settings=[each.replace("BASE", opening) for each in settings])) is sure


def test_what_is_laid_upon_another_file_than_the_baseline_is_not_sure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root.toml").write_text(BASE.to_toml(), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "baseline.toml").write_text(BASE.to_toml(), encoding="utf-8")
    assert surely_acts(load("baseline", settings=(f"{SHARE}=0.01",)))
    assert not surely_acts(load("root.toml", settings=(f"{SHARE}=0.01",)))
    assert not surely_acts(load("scenarios/baseline.toml", settings=(f"{SHARE}=0.01",)))


def test_what_is_sure_is_validated_without_arrays():
    code = (
        "import sys; from simsurance.cli import main\n"
        f"main(['validate', 'baseline', '--set', '{SHARE}=0.02'], standalone_mode=False)\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["ok baseline", "[]"]
