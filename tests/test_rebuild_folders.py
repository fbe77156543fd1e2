"""Folders of many runs give their charts once more, to the byte, without the engine."""

import json
import shutil
from itertools import product

import pytest
from saved_folders import call, contents
from small_pools import LEVY, pooling_text

import simsurance as ss
from simsurance import results
from simsurance.errors import ExitCode
from simsurance.model import projection
from simsurance.output.folder import sealed

SHORT = ["--set", "horizon.last_year=2034"]
FEW = [part for name in ("parameters", "behaviour", "demography") for part in ("--set", f"uncertainty.{name}=false")]
GRIDS = ["--grid", "fund.administration_share=0:0.02:2", "--grid", "economy.inflation=0:0.04:3"]
LOWER = ["--set", "fund.administration_share=0.01"]
VARIED = ["--vary", "contributions.personal.income_share=0.005:0.02"]
OPTIONS = ["--option", "fraud_recovery", "--option", "payment_ratio_up"]
PACKAGES = ["--lever", "contributions.personal.income_share=0.009:0.012", "--limit", "coverage >= 0.1 in 2030"]
PACKAGES += ["--lever", "benefits.inpatient.payment_ratio=0.6:0.7"]
CASES = {
    "draws": ["stochastic", "baseline", "--draws", "16", "--lang", "zh", "--bom", *LOWER],
    "pairs": ["stochastic", "baseline", "high_cost", "--draws", "16"],
    "what_moves": ["sensitivity", "baseline", "--morris", "2", "--draws", "16", "--sobol", "8", *FEW, *LOWER],
    "line": [
        "sweep",
        "baseline",
        "--grid",
        "contributions.personal.income_share=0.009:0.011:3",
        "--lang",
        "zh",
        *LOWER,
    ],
    "map": ["sweep", "baseline", *GRIDS, "--measure", "reserve_months_2030", "--signs", "not depleted through 2033"],
    "beats": ["sweep", "baseline", *GRIDS, "--signs", "beats high_cost", "--lang", "zh", *LOWER],
    "compared": ["compare", "baseline", "high_cost", "baseline+payment_ratio_up", "--money", "of_gdp", "--bom", *LOWER],
    "in_panels": [
        "compare",
        "baseline",
        *("high_cost", "low_cost", "low_fertility", "larger_bonus", "high_cost"),
        "--no-range",
    ],
    "effects": ["schemes", "baseline", "--policy", "flexible_workers_join", "--lang", "zh", *LOWER],
    "answer": ["solve", "baseline", *VARIED, "--for", "not depleted through 2033", "--delay", "0:3", "--lang", "zh"],
    "chance": ["solve", "baseline", *VARIED, "--for", "P(depleted by 2033) <= 0.5", "--draws", "8"],
    "shock": ["stress", "baseline", "--by", "2032", *FEW, *LOWER],
    "shares": ["attribute", "baseline", *OPTIONS, "--measure", "closing_last_year", "--lang", "zh", "--bom"],
    "one_part": ["attribute", "baseline", "--option", "fraud_recovery", *LOWER],
    "packages": ["frontier", "baseline", *PACKAGES, "--for", "reserve_months >= 1 in 2030", "--lang", "zh"],
    "adjusted": ["adjustment", "baseline", "--with", "timely_adjustment", "--lang", "zh"],
    "by_month": ["months", "baseline", "--year", "2027", "--actual", "been.csv", "--lang", "zh", "--bom", *LOWER],
    "two_years": ["months", "baseline", "--year", "2027", "--years", "2"],
    "bridged": ["bridge", "baseline", "other.toml", "--measure", "closing_2030", "--lang", "zh", "--bom"],
    "of_a_year": ["bridge", "2024", "baseline", "--fund", "employee_pool"],
    "pools": ["pool", "adjusted.toml", "--lang", "zh", "--bom"],
    "merged": ["pool", "merged.toml"],
    "fitted": ["calibrate", "baseline", "--from", "2024", "--lang", "zh", "--bom"],
}
"""A call by what it writes; of scenarios that are named twice the second has a number."""
FILES = {
    "been.csv": "fund,month,income,outgo\nresident,1,16e9,95e9\nresident,2,11e9,99e9\nresident,3,15e9,9e10\n",
    "other.toml": 'extends = "baseline"\n[benefits.inpatient]\npayment_ratio = 0.66\n[horizon]\nlast_year = 2034\n',
    "adjusted.toml": pooling_text(levy=LEVY),
    "merged.toml": f'{pooling_text()}\n[merged]\nbenefits = "a"\nstandard = "mean"\n',
}
"""What calls read."""

AS_THEY_ARE = ("fitted", "bridged", "of_a_year", "pools", "merged")
"""Calls whose commands set nothing."""
QUICK = ("line", "map", "beats", "effects", "one_part", "by_month")
SHOWN = {
    "draws": ("fan_reserve_months", "depletion_years", "employee_fan_fund_balance"),
    "pairs": ("baseline/charts/fan_reserve_months", "charts/difference_high_cost_resident_reserve_months"),
    "what_moves": ("tornado_resident_depletion_year", "morris_resident", "information_resident", "sobol_resident"),
    "line": ("sweep_resident_depletion_year",),
    "map": ("sweep_resident_reserve_months_2030", "signs_resident"),
    "beats": ("sweep_resident_depletion_year", "signs_resident"),
    "compared": ("insured_difference", "employee_reserve_months"),
    "in_panels": ("reserve_months", "cost_rate"),
    "effects": ("scheme_effects",),
    "answer": ("solve_resident", "delay_resident"),
    "chance": ("solve_resident",),
    "packages": ("frontier_resident",),
    "fitted": ("calibration_fit",),
    "by_month": ("months_resident", "months_employee_pool"),
    "two_years": ("months_resident", "months_employee_pool"),
    "bridged": ("bridge_resident_closing_2030", "vintages_resident"),
    "of_a_year": ("bridge_employee_pool_funded_until", "vintages_employee_pool"),
    "pools": ("pools",),
    "merged": ("pools",),
    "adjusted": ("adjustment", "adjustment_paths"),
    "shock": ("stress_resident_2032",),
    "shares": ("attribution_resident_closing_last_year",),
    "one_part": ("attribution_resident_years_funded",),
}
"""Some charts that have to be there."""


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def without_charts(folder, to):
    """A copy of a folder whose charts are gone."""
    shutil.copytree(folder, to)
    for file in list(to.rglob("charts/*")):
        file.unlink()
    return to


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What a call writes, each once."""
    found = {}

    def folder_of(case):
        if case not in found:
            out, read = tmp_path_factory.mktemp(case), tmp_path_factory.mktemp("read")
            for name, text in FILES.items():
                (read / name).write_text(text, encoding="utf-8")
            asked = [read / each if each in FILES else each for each in CASES[case]]
            done = call(*asked, *([] if case in AS_THEY_ARE else SHORT), "--out", out)
            assert done.exit_code == 0, done.stderr
            (found[case],) = out.iterdir()
        return found[case]

    return folder_of


def forbid_engine(monkeypatch):
    def never(*_, **__):
        raise AssertionError("projected")

    monkeypatch.setattr(projection, "project_block", never)
    monkeypatch.setattr(results, "project", never)


@pytest.mark.parametrize("case", [pytest.param(each, marks=[pytest.mark.long] * (each not in QUICK)) for each in CASES])
def test_charts_come_to_the_same_bytes_without_a_projection(case, written, tmp_path, monkeypatch):
    whole = written(case)
    again = without_charts(whole, tmp_path / "again")
    forbid_engine(monkeypatch)
    done = call("rebuild", again)
    assert done.exit_code == 0, done.stderr
    own = contents(again)
    assert own == contents(whole)
    drawn = sorted(name for name in own if "charts/" in name)
    for name, kind in product(SHOWN[case], ("png", "svg", "csv", "txt")):
        assert any(file.endswith(f"{name}.{kind}") for file in drawn), name
    assert done.stdout.splitlines() == [f"{again.as_posix()}/{name}" for name in drawn]
    assert manifest_of(again)["outputs"] == manifest_of(whole)["outputs"]


def test_charts_that_were_left_out_are_drawn_in_the_formats_asked_for(tmp_path):
    assert (
        call("compare", "baseline", "high_cost", *SHORT, "--no-charts", "--no-range", "--out", tmp_path).exit_code == 0
    )
    (folder,) = tmp_path.iterdir()
    before = contents(folder)
    assert not manifest_of(folder)["charts"]
    names = ss.rebuild(folder, formats=["svg"])
    assert "charts/insured.svg" in names
    assert not [name for name in names if name.endswith(".png")]
    assert manifest_of(folder)["charts"]
    after = contents(folder)
    assert set(after) == set(before) | set(names)
    assert all(after[name] == before[name] for name in before)


def test_what_a_folder_lacks_is_told_in_a_line(written, tmp_path):
    def told(*options):
        failed = call("rebuild", again, *options)
        (line,) = failed.stderr.splitlines()
        return failed.exit_code, line

    again = without_charts(written("map"), tmp_path / "again")
    assert told("--tables", "fund") == (
        ExitCode.INPUT,
        f"{again}: has all its tables; --tables is for folders of simsurance run",
    )
    text = (again / "manifest.json").read_text(encoding="utf-8")
    for key, where in (("lang", ()), ("fund", ()), ("set_by", ("runs", "baseline"))):
        less = json.loads(text)
        at = less
        for name in where:
            at = at[name]
        del at[key]
        less["seal"] = ""
        (again / "manifest.json").write_text(sealed(json.dumps(less, indent=2)), encoding="utf-8")
        assert told() == (
            ExitCode.ENVIRONMENT,
            f"{again}/manifest.json: has no column or entry {key}; another build of simsurance wrote it, run the command again",
        )
    (again / "manifest.json").write_text(text, encoding="utf-8")
    measures = (again / "measures.csv").read_bytes()
    (again / "measures.csv").write_bytes(measures[:100])
    assert f"{again}/measures.csv: has been changed since it was written" in told()[1]
    (again / "measures.csv").unlink()
    assert told() == (
        ExitCode.ENVIRONMENT,
        f"{again}/measures.csv: is missing; restore it, or run the command again",
    )
    assert not (again / "charts").exists() or not list((again / "charts").iterdir())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda told: told["grids"][0].update(key="contributions.personal.share"), "contributions.personal.share"),
        (lambda told: told.update(measure="reserve_months_2029"), "reserve_months_2029"),
    ],
)
def test_a_table_without_a_column_is_told(change, what, written, tmp_path):
    again = without_charts(written("line"), tmp_path / "again")
    told = manifest_of(again)
    change(told)
    told["seal"] = ""
    (again / "manifest.json").write_text(sealed(json.dumps(told, indent=2)), encoding="utf-8")
    failed = call("rebuild", again)
    assert failed.exit_code == ExitCode.ENVIRONMENT
    (line,) = failed.stderr.splitlines()
    assert line.startswith(str(again))
    assert f": has no column or entry {what}; another build" in line
