"""From one valuation to the next: steps that add up, in an order and free of it, and folders that are not as they were."""

import hashlib
import json
import re
import shutil

import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers.bridge import (
    ASSUMPTIONS,
    DATA,
    EXPERIENCE,
    MODEL,
    PERIOD,
    POLICY,
    UNEXPLAINED,
    Valuation,
    bridge,
)
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.evidence.vintages import ACCEPTED, RECONSTRUCTED, accepted, added, stored
from simsurance.language import languages
from simsurance.output.folder import SEAL
from simsurance.output.valuations import valuation_of
from simsurance.results import accounts_of

SHORT = {"horizon.last_year": 2032, "employee.projected": False}
RATIO, GROWTH = "benefits.inpatient.payment_ratio", "claims.trend.residual_growth"
INSURED = "membership.resident_insured"
CLOSING = "closing_2032"


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


def closing(*scenarios):
    return [float(run.accounts["resident"]["closing"][run.years.index(2032)]) for run in accounts_of(scenarios)]


def test_two_steps_of_one_date_are_those_of_plain_runs_and_their_mean(base):
    growth, ratio = {GROWTH: 0.01}, {RATIO: 0.66}
    found = bridge(Valuation("a", base), Valuation("b", base.replace({**growth, **ratio})))
    assert found.keys == {ASSUMPTIONS: (GROWTH,), POLICY: (RATIO,)}
    none, one, other, both = closing(base, base.replace(growth), base.replace(ratio), base.replace({**growth, **ratio}))
    table = found.table("resident", CLOSING)
    assert table["effect"].to_dict() == pytest.approx(
        {MODEL: 0, ASSUMPTIONS: one - none, POLICY: both - one, UNEXPLAINED: 0, "total": both - none}, rel=1e-9, abs=1
    )
    assert table["order_free"][ASSUMPTIONS] == pytest.approx((one - none + both - other) / 2, rel=1e-9)
    assert table["order_free"][POLICY] == pytest.approx((other - none + both - one) / 2, rel=1e-9)


@pytest.fixture(scope="module")
def a_year_on(base):
    counted = {**base.leaves[INSURED], "2026": 935_000_000, "2024": 960_000_000}
    new = base.replace({INSURED: counted, GROWTH: 0.01, RATIO: 0.66})
    return bridge(Valuation("old", base.replace({"horizon.valuation_year": 2025})), Valuation("new", new))


def test_the_steps_of_a_year_add_up_in_order_and_free_of_it(a_year_on):
    table = a_year_on.table("resident", CLOSING)
    assert a_year_on.steps == (PERIOD, DATA, EXPERIENCE, ASSUMPTIONS, POLICY)
    before, after = a_year_on.ends("resident", CLOSING)
    for column in ("effect", "order_free"):
        parts = table[column].drop("total")
        assert abs(before + parts.sum() - after) <= 1e-9 * abs(after)
        assert abs(table[column][UNEXPLAINED]) <= 1e-9 * abs(after)
    assert table["after"].iloc[-1] == after
    assert (before, after) == tuple(closing(a_year_on.old.scenario, a_year_on.new.scenario))


def test_a_count_of_before_the_old_date_moves_nothing_and_one_since_then_is_experience(a_year_on, base):
    assert INSURED in a_year_on.keys[DATA]
    assert INSURED in a_year_on.keys[EXPERIENCE]
    table = a_year_on.table("resident", CLOSING)
    assert table["effect"][DATA] == 0
    fewer = float(a_year_on.runs[frozenset()].accounts["resident"]["resident_insured"][0]) > 935e6
    assert fewer
    assert table["effect"][EXPERIENCE] != 0


def test_a_new_date_alone_takes_the_counts_that_were_projected(base):
    old = base.replace({"horizon.valuation_year": 2025})
    (run,) = accounts_of([old])
    account = run.accounts["resident"]
    projected = {
        INSURED: {**base.leaves[INSURED], "2026": float(account["resident_insured"][0])},
        "fund.opening": {**base.leaves["fund.opening"], "2026": float(account["closing"][0])},
    }
    rolled = base.replace(projected)
    found = bridge(Valuation("old", old), Valuation("new", base))
    assert set(found.keys) == {PERIOD, EXPERIENCE}
    table = found.table("resident", CLOSING)
    before, on_the_way, after = closing(old, rolled, base)
    assert table["effect"][PERIOD] == pytest.approx(on_the_way - before, rel=1e-6)
    assert table["effect"][EXPERIENCE] == pytest.approx(after - on_the_way, rel=1e-6)


def test_a_fund_that_lasts_counts_as_depleted_in_the_year_after_the_last(base):
    found = bridge(Valuation("a", base), Valuation("b", base.replace({"fund.opening": 1e11})))
    before, after = found.ends("resident", "funded_until")
    assert before == 2033 > after


def test_a_measure_without_a_value_is_one_line(base):
    found = bridge(Valuation("a", base), Valuation("b", base.replace({GROWTH: 0.01})))
    with pytest.raises(
        SimsuranceError, match=r"^--measure closing_2050: has no value for the resident in every step; "
    ):
        found.table("resident", "closing_2050")
    with pytest.raises(SimsuranceError, match=r"^--fund employee_pool: not in both valuations; one of resident$"):
        found.require_fund("employee_pool")


# --- folders --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of a run."""
    out = tmp_path_factory.mktemp("ran")
    settings = [part for key, value in SHORT.items() for part in ("--set", f"{key}={str(value).lower()}")]
    done = CliRunner().invoke(main, ["run", "baseline", "--no-range", "--no-charts", *settings, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out / "baseline"


def changed(folder, place, change, of="measures.csv"):
    """A copy of a folder, written as if by another build: a file is another, and the manifest says so."""
    copy = place / "baseline"
    shutil.copytree(folder, copy)
    file = copy / of
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][of] = hashlib.sha256(file.read_bytes()).hexdigest()
    text = json.dumps(manifest | {"seal": ""}, ensure_ascii=False, indent=2) + "\n"
    seal = hashlib.sha256(text.encode()).hexdigest()
    (copy / "manifest.json").write_text(text.replace(SEAL.format(""), SEAL.format(seal)), encoding="utf-8")
    return copy


def test_a_folder_gives_what_was_saved_and_the_same_on_present_code(ran, base):
    found = bridge(valuation_of(str(ran)), Valuation("b", base.replace({GROWTH: 0.01})))
    assert found.old.saved["depletion_year"] != found.old.saved["depletion_year"]  # not depleted: no number
    table = found.table("resident", "closing_last_year")
    assert table["effect"][MODEL] == 0
    assert found.table("resident", CLOSING)["effect"][MODEL] == 0
    assert found.ends("resident", CLOSING)[0] == closing(base)[0]


def test_what_another_build_has_saved_is_the_models_step(ran, base, tmp_path):
    own = float(valuation_of(str(ran)).saved["closing_last_year"])
    copy = changed(
        ran, tmp_path, lambda text: text.replace(f"closing_last_year,{own!r}", f"closing_last_year,{own - 7e9!r}")
    )
    found = bridge(valuation_of(str(copy)), Valuation("b", base))
    table = found.table("resident", "closing_last_year")
    assert found.keys == {}
    assert table["effect"][MODEL] == pytest.approx(7e9)
    assert table["effect"]["total"] == pytest.approx(7e9)
    with pytest.raises(SimsuranceError, match=r"^baseline: its inputs give other results .* run it again$") as told:
        bridge(Valuation("a", base), valuation_of(str(copy)))
    assert told.value.exit_code == ExitCode.COMPARISON


def test_keys_that_came_later_have_the_baselines_values_and_are_told(ran, base, tmp_path):
    lines = "fund.administration_share"
    value = base.leaves[lines]
    copy = changed(
        ran, tmp_path, lambda text: text.replace(f"administration_share = {value!r}\n", "", 1), "scenario.toml"
    )
    of = valuation_of(str(copy))
    assert of.filled == (lines,)
    assert of.scenario.leaves == valuation_of(str(ran)).scenario.leaves


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda folder: (folder / "fund.csv").write_text("x"), r"fund.csv: has been changed since it was written; .*"),
        (lambda folder: (folder / "more.txt").write_text("x"), r"more.txt: was not written by simsurance; .*"),
        (lambda folder: (folder / "fund.csv").unlink(), r"fund.csv: is missing, manifest.json has it; restore it, .*"),
        (lambda folder: (folder / "manifest.json").unlink(), r": is no folder of simsurance run; give .*"),
    ],
)
def test_a_folder_that_is_not_as_its_manifest_says_is_one_line(ran, tmp_path, damage, line):
    copy = tmp_path / "baseline"
    shutil.copytree(ran, copy)
    damage(copy)
    told = CliRunner().invoke(main, ["bridge", str(copy), "baseline", "--out", str(tmp_path / "out")])
    (only,) = told.stderr.splitlines()
    assert told.exit_code in (ExitCode.ENVIRONMENT, ExitCode.INPUT)
    assert only.startswith(str(copy))
    assert re.fullmatch(line, only.removeprefix(str(copy)).removeprefix("/"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["1999", "baseline"], "1999: no valuation can be found again; 2020 to 2025, or a scenario or folder"),
        (["nowhere", "baseline"], "nowhere: no shipped scenario has this name; .*"),
        (
            ["baseline", "early.toml"],
            r"early: valued at 1 January 2024, baseline at 2026; name the earlier valuation first",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_line(tmp_path, monkeypatch, arguments, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "early.toml").write_text('extends = "baseline"\n[horizon]\nvaluation_year = 2024\n')
    told = CliRunner().invoke(main, ["bridge", *arguments])
    assert told.exit_code in (ExitCode.USAGE, ExitCode.INPUT)
    assert re.fullmatch(line, told.stderr.splitlines()[-1])


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_the_command_prints_writes_and_draws(tmp_path, lang):
    other = tmp_path / "other.toml"
    other.write_text('extends = "baseline"\n[benefits.inpatient]\npayment_ratio = 0.66\n')
    arguments = ["bridge", "baseline", str(other), "--measure", "closing_2040", "--lang", lang, "--out", str(tmp_path)]
    told = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert told.exit_code == 0
    folder = tmp_path / "bridge-baseline-other"
    files = {file.name for file in folder.rglob("*") if file.is_file()}
    assert {"bridge.csv", "keys.csv", "vintages.csv", "summary.md", "scenario.toml"} <= files
    assert {"bridge_resident_closing_2040.png", "vintages_resident.svg", "vintages_employee_pool.csv"} <= files
    shown = json.loads(CliRunner().invoke(main, [*arguments, "--json", "--no-charts"], catch_exceptions=False).stdout)
    effects = {row["step"]: row["effect"] for row in shown["steps"]}
    same = ss.bridge("baseline", str(other))
    assert effects == same.table("closing_2040")["effect"].to_dict()
    assert shown["keys"] == {"policy": [RATIO]}
    assert same.plot("closing_2040", lang=lang).axes


# --- the answers of the past ----------------------------------------------------------------------------------------


def test_the_stored_answers_are_of_two_kinds_and_the_last_accepted_is_added_once():
    found = list(stored())
    assert {each.kind for each in found} == {ACCEPTED, RECONSTRUCTED}
    assert len({each.valuation_year for each in found if each.kind == RECONSTRUCTED and each.fund == "resident"}) == 6
    once = added(found)
    assert added(once) == once
    assert {one.fund for one in accepted()} == {"resident", "employee_pool"}
