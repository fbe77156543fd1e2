"""What `import simsurance` offers: these names, cheaply."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import simsurance as ss
from simsurance.errors import SimsuranceError

NAMES = [
    "Results",
    "Scenario",
    "__version__",
    "adjustment",
    "attribute",
    "bridge",
    "compare",
    "frontier",
    "information",
    "load",
    "look",
    "months",
    "page",
    "pool",
    "rebuild",
    "report",
    "run",
    "run_accounts",
    "run_many",
    "scheme_effects",
    "sensitivity",
    "solve",
    "stochastic",
    "stress",
    "sweep",
]


def test_the_public_names_are_these():
    assert ss.__all__ == NAMES
    assert dir(ss) == NAMES
    assert all(getattr(ss, name) is not None for name in NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_every_public_name_says_what_it_is(name):
    assert inspect.getdoc(getattr(ss, name))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'runn'"):
        _ = ss.runn


def test_import_is_cheap():
    code = "import sys, simsurance; print(sorted({'numpy', 'pandas', 'matplotlib', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_run_takes_a_name_a_path_or_a_scenario(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2026\n')
    by_path = ss.run(tmp_path / "mine.toml")
    by_name = ss.run("baseline", **{"horizon.last_year": 2026})
    by_value = ss.run(ss.load("baseline").replace({"horizon.last_year": 2026}))
    assert by_path.fund.equals(by_name.fund)
    assert by_value.fund.equals(by_name.fund)
    assert by_path.scenario.name == "mine"


def test_changes_leave_the_scenario_as_it_was():
    base = ss.load("baseline")
    changed = ss.run(base, **{"horizon.last_year": 2026, "claims.trend.real_growth": 0.04})
    assert changed.scenario.values.claims.trend.real_growth == 0.04
    assert base.values.horizon.last_year == 2060


def test_many_runs_are_single_runs():
    scenarios = [
        ss.load(name, settings=["horizon.last_year=2028"]) for name in ("baseline", "high_cost", "no_2024_rules")
    ]
    together = ss.run_many(scenarios)
    for scenario, result in zip(scenarios, together, strict=True):
        assert result.fund.equals(ss.run(scenario).fund)
        assert result.scenario is scenario


def test_accounts_of_many_runs_are_those_of_all_their_tables_and_hold_nothing_else():
    names = ["baseline", "high_cost"]
    scenarios = [ss.load(name, settings=["horizon.last_year=2028"]) for name in names]
    kept = ss.run_accounts(scenarios)
    for one, whole in zip(kept, ss.run_many(scenarios), strict=True):
        assert one.fund.equals(whole.fund)
        assert one.measures.equals(whole.measures)
        assert one.checks.equals(whole.checks)
        assert not hasattr(one, "projection")


def test_a_faulty_change_is_told_as_in_a_file():
    with pytest.raises(SimsuranceError, match=r"claims\.trend\.real_growht: unknown key; did you mean real_growth"):
        ss.run("baseline", **{"claims.trend.real_growht": 0.04})


def test_results_show_themselves_shortly():
    results = ss.run("baseline", **{"horizon.last_year": 2026})
    assert repr(results) == "Results(baseline, 2026 to 2026)"
    assert repr(ss.compare(results, results)) == "Comparison(baseline, baseline_2)"
    assert "<table>" in results._repr_html_()
    assert "<table" in ss.compare(results, results)._repr_html_()


def test_the_citation_names_this_version() -> None:
    citation = (Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {ss.__version__}\n" in citation


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ss.stochastic("baseline", draws=16.5), "draws: 16.5 is no whole number"),
        (lambda: ss.stochastic("baseline", draws=0), "draws: 0; at least 1"),
        (lambda: ss.stochastic("baseline", seed=-1), "seed: -1; at least 0"),
        (lambda: ss.sensitivity("baseline", jobs=0), "jobs: 0; at least 1"),
        (lambda: ss.sensitivity("baseline", by=2030), "by: goes with draws"),
        (
            lambda: ss.sweep("baseline", {"economy.inflation": (0.0, 0.02)}),
            r"grids: economy.inflation: \(0.0, 0.02\) is no",
        ),
        (lambda: ss.sweep("baseline", {"economy.inflation": ("a", 0.02, 2)}), "from, to and points"),
        (
            lambda: ss.sweep("baseline", {"economy.inflation": (0.0, 0.02, 2)}, fund="employee_pool"),
            "fund: goes with signs",
        ),
    ],
)
def test_what_is_no_number_or_would_do_nothing_is_told_in_one_line(call, told):
    with pytest.raises(SimsuranceError, match=told):
        call()
