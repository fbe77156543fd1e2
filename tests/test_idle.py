"""What is set without effect is told, with what would make it act; what acts is never told."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from test_every_key import cases

from simsurance.basis import idle as found
from simsurance.cli import main
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.loader import TITLES, Scenario, load

PERSONAL, BONUS, WAITING = "contributions.personal", "participation.no_claim_bonus", "participation.waiting"
NOTICES = "{2019 = 220, 2025 = 400, 2026 = 400, 2027 = 430, 2028 = 460, 2029 = 500}"
CASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str]]] = {
    "a schedule while another rule is in force": (
        (),
        (f"{PERSONAL}.schedule={NOTICES}",),
        [f'{PERSONAL}.schedule has no effect here; it acts with {PERSONAL}.rule = {{ 2027 = "schedule" }}'],
    ),
    "the same with its rule": ((), (f"{PERSONAL}.schedule={NOTICES}", f'{PERSONAL}.rule={{2019="schedule"}}'), []),
    "growth while indexed": (
        (),
        (f"{PERSONAL}.growth_rate=0.1",),
        [f'{PERSONAL}.growth_rate has no effect here; it acts with {PERSONAL}.rule = {{ 2027 = "growth" }}'],
    ),
    "a mechanism of size zero": (
        (),
        ("employee.retirement.late_years=2",),
        ["employee.retirement.late_years has no effect here; it acts with employee.retirement.late_share > 0"],
    ),
    "a switch of a mechanism of size zero": (
        (),
        (f"{BONUS}.step=0", f"{BONUS}.reset_on_use=false"),
        [f"{BONUS}.reset_on_use has no effect here; it acts with {BONUS}.step > 0"],
    ),
    "rules not in force": (
        (),
        ("participation.in_force=false", f"{WAITING}.fixed_months=2"),
        [f"{WAITING}.fixed_months has no effect here; it acts with participation.in_force = true"],
    ),
    "a coefficient of what does not happen": (
        (),
        ("behaviour.leave.campaign=-0.1",),
        ["behaviour.leave.campaign has no effect here; it acts with behaviour.campaign_strength > 0"],
    ),
    "stocks after the date they are read on": (
        (),
        ("fund.opening={2026=8e11, 2027=9e11, 2030=1e12}", "population.stock_level={2026=0.99, 2027=1.0}"),
        [
            "population.stock_level in 2027 has no effect here: nothing reads it then",
            "fund.opening in 2027, 2030 has no effect here: nothing reads it then",
        ],
    ),
    "an entry beyond the horizon": (
        (),
        ("fund.administration_share={2026=0.01, 2070=0.02}",),
        ["fund.administration_share in 2070 has no effect here: the projection ends in 2060"],
    ),
    "an entry that repeats what holds": (
        (),
        ("fund.administration_share={2026=0.01, 2028=0.01, 2030=0.02, 2032=0.02}",),
        ["fund.administration_share in 2028, 2032 has no effect here: the other years give the same"],
    ),
    "an entry on the line between its neighbours": (
        (),
        ("fund.administration_share={ramp={2026=0.0, 2028=0.125, 2030=0.25}}",),
        ["fund.administration_share in 2028 has no effect here: the other years give the same"],
    ),
    "an entry while another rule is in force for a time": (
        (),
        (
            f"{PERSONAL}.rule={{2019='schedule', 2028='growth', 2029='schedule'}}",
            f"{PERSONAL}.schedule={{2019=220, 2025=400, 2027=410, 2028=430, 2029=440, 2031=460}}",
            f"{PERSONAL}.growth_rate=0.1",
        ),
        [f"{PERSONAL}.schedule in 2028 has no effect here: nothing reads it then"],
    ),
    "a lever beyond the horizon": (
        ("central_procurement",),
        ("levers.procurement_inpatient.start=2070",),
        ["levers.procurement_inpatient has no effect here: the projection ends in 2060"],
    ),
    "a lever of no size": (
        ("central_procurement",),
        ("levers.procurement_inpatient.size=0.0", "levers.procurement_inpatient.high=0.0"),
        ["levers.procurement_inpatient has no effect here; it acts with levers.procurement_inpatient.size ≠ 0"],
    ),
    "a choice of cover beyond the horizon": (
        ("opting_out",),
        ("choices.opting_out.start=2070",),
        ["choices.opting_out has no effect here: the projection ends in 2060"],
    ),
    "a choice of cover that nobody takes": (
        ("opting_out",),
        ("choices.opting_out.take_up=0", "choices.opting_out.take_up_range=[]"),
        ["choices.opting_out has no effect here; it acts with choices.opting_out.take_up ≠ 0"],
    ),
    "a choice of cover that some take": (("opting_out",), ("choices.opting_out.start=2028",), []),
    "a cap that does not bind": (
        (),
        (f"{PERSONAL}.highest_rise=0.9",),
        [f"{PERSONAL}.highest_rise has no effect here: the value that it replaces gives the same results"],
    ),
    "what acts on words, charts and measures": (
        (),
        ('economy.currency="USD"', "fund.reserve_band=[3, 5]", "measures.delay_years=6", 'title="Mine"'),
        [],
    ),
    "what draws alone read: validate judges a file for every command": (
        (),
        ("uncertainty.long_run=0.5", "uncertainty.paths=false"),
        [],
    ),
    "what acts": (
        ("central_procurement", "campaign"),
        ("fund.administration_share=0.01", "behaviour.leave.campaign=-0.1"),
        [],
    ),
    "entries of the past that acted before": (
        (),
        (
            "economy.disposable_income={2017=25974, 2018=28000, 2019=30733, 2022=36883, 2023=39218, 2024=41314, 2025=43377}",
        ),
        ["economy.disposable_income has no effect here: the value that it replaces gives the same results"],
    ),
}
"""Options, settings, and the notes."""


def call(*args: str) -> Result:
    return CliRunner().invoke(main, args, catch_exceptions=False)


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_what_has_no_effect_is_told_with_what_would_make_it_act(case: str) -> None:
    options, settings, wanted = CASES[case]
    laid = [part for name in options for part in ("--with", name)]
    command = ["validate", "baseline", *laid, *(part for each in settings for part in ("--set", each))]
    done = call(*command)
    assert done.exit_code == 0
    told = [line.partition(": ")[2] for line in done.stderr.splitlines() if " no effect " in line]
    assert sorted(told) == sorted(wanted)
    assert call(*command, "--strict").exit_code == (3 if wanted else 0)


@pytest.mark.long
def test_run_tells_the_same_and_refuses_it_when_strict() -> None:
    command = ("baseline", "--set", f"{PERSONAL}.growth_rate=0.1")
    run = call("run", *command, "--dry-run")
    assert run.exit_code == 0
    assert run.stderr == call("validate", *command).stderr
    assert call("run", *command, "--dry-run", "--strict").exit_code == 3


@pytest.mark.long
@pytest.mark.parametrize("command", [("run", "--dry-run"), ("compare", "--no-charts", "--no-range")])
def test_a_single_run_tells_what_only_draws_read(command: tuple[str, ...], tmp_path: Path) -> None:
    name, *options = command
    others = ["baseline+campaign"] if name == "compare" else []
    short = ("--set", "horizon.last_year=2027", "--out", str(tmp_path))
    settings = (
        "--set",
        "uncertainty.long_run=0.5",
        "--set",
        "uncertainty.demography=false",
        "--set",
        "uncertainty.paths=true",
    )
    line = "baseline: uncertainty.demography, uncertainty.long_run act in simsurance stochastic alone"
    assert call(name, "baseline", *others, *options, *short, *settings).stderr.splitlines()[0] == line
    said = call(name, "baseline", *others, *options, *short, *settings[:2], "--lang", "zh").stderr.splitlines()[0]
    assert said == "baseline：`uncertainty.long_run`仅在`simsurance stochastic`中起作用"
    assert "stochastic" not in call(name, "baseline", *others, *options, *short).stderr
    if name == "run":
        assert call(name, "baseline", *options, *short, *settings, "--strict").exit_code == 3


def test_a_comparison_tells_what_has_no_effect(tmp_path: Path) -> None:
    file = tmp_path / "notices.toml"
    file.write_text(f'extends = "baseline"\n[contributions.personal]\nschedule = {NOTICES}\n', encoding="utf-8")
    short = ("--no-charts", "--no-range", "--set", "horizon.last_year=2030", "--out", str(tmp_path))
    told = call("compare", "baseline", str(file), *short)
    wanted = f'notices: {PERSONAL}.schedule has no effect here; it acts with {PERSONAL}.rule = {{ 2027 = "schedule" }}'
    assert (told.exit_code, told.stderr.splitlines()) == (0, [wanted])


def test_notes_of_validate_are_told_in_a_language() -> None:
    done = call("validate", "baseline", "--set", f"{PERSONAL}.growth_rate=0.1", "--lang", "zh")
    assert done.stderr.startswith(f"baseline：`{PERSONAL}.growth_rate`在本情景中不起作用")


def told_of(scenario: Scenario, paths: dict[str, list[str]]) -> list[str]:
    """The keys that are told to have no effect in any year."""
    whole = found.built(scenario)
    each_of = (each for name, those in paths.items() for each in found._idle_of(scenario, whole, name, those))
    return [each.path for each in each_of if not each.years]


@pytest.mark.long
def test_no_key_that_moves_a_result_is_told() -> None:
    with TemporaryDirectory() as folder:
        wrong = []
        for name, (_, changed) in cases(Path(folder)).items():
            path = name.partition(":")[0]
            unit = ".".join(path.split(".")[:2]) if path.startswith("levers.") else path
            if path not in TITLES and not path.startswith("horizon."):
                wrong += told_of(changed, {unit: [leaf for leaf in changed.leaves if leaf in (unit, path)]})
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_sets_nothing_without_effect(name: str) -> None:
    scenario = load(name)
    paths = [path for path in scenario.changed if path not in TITLES]
    assert told_of(scenario, {path: [path] for path in paths if not path.startswith(("levers.", "pins."))}) == []


def test_what_is_refused_in_building_is_no_note() -> None:
    done = call("validate", "baseline", "--set", "membership.resident_insured=1.3e9")
    assert done.exit_code == 3
    assert "ok" not in done.stdout
