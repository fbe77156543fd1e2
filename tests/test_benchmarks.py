"""The benchmark's pieces run; what they measure is not tested."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from simsurance.scenario_file.loader import load
from simsurance.scenario_file.pooling import load_pooling

FOLDER = Path(__file__).parents[1] / "benchmarks"
MODULES = ("run", "scale", "engine", "stages", "process", "goals", "reference_kernel", "same_numbers", "drawn", "pools")


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The benchmark's modules can be imported by their own names, and are forgotten afterwards."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in list(sys.modules):
        if name.partition(".")[0] in MODULES:
            del sys.modules[name]


@pytest.mark.long
@pytest.mark.usefixtures("on_path")
def test_the_engine_is_measured_beside_the_kernel_and_the_loop_reference() -> None:
    engine = import_module("engine")
    found = {measure.name: measure for measure in engine.engine_measures(1, runs=2, last_year=2027)}
    assert found["cells of the state, structural zeros included"].value == 3 * 14 * 2 * 2 * 4 * 101
    assert found["one run: years"].value == 2
    assert all(measure.value is not None and measure.value > 0 for measure in found.values())
    (loop,) = engine.loop_measures(1, years=1)
    assert loop.value is not None


@pytest.mark.usefixtures("on_path")
def test_the_shares_of_the_stages_make_a_whole_and_leave_the_engine_as_it_was() -> None:
    stages = import_module("stages")
    before = [getattr(owner, name) for found in stages.STAGES.values() for owner, name in found]
    shares = stages.stage_shares(1, last_year=2027)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0
    assert [getattr(owner, name) for found in stages.STAGES.values() for owner, name in found] == before


@pytest.mark.long
@pytest.mark.usefixtures("on_path")
def test_the_shares_of_the_parts_of_a_draw_make_a_whole_and_leave_them_as_they_were() -> None:
    drawn = import_module("drawn")
    before = [getattr(owner, name) for found in drawn.PARTS.values() for owner, name in found]
    shares = drawn.shares(load("baseline").replace({"horizon.last_year": 2027}), 8)
    assert list(shares) == [*drawn.PARTS, drawn.REST]
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0
    assert [getattr(owner, name) for found in drawn.PARTS.values() for owner, name in found] == before


@pytest.mark.usefixtures("on_path")
def test_processes_are_measured_from_outside() -> None:
    process = import_module("process")
    assert all(measure.value is not None and measure.value > 0 for measure in process.help_measures(1))
    with pytest.raises(RuntimeError, match="exit code 3"):
        process.spent("-c", "import sys; sys.exit(3)")


@pytest.mark.usefixtures("on_path")
def test_the_table_says_what_is_met() -> None:
    goals = import_module("goals")
    rows = [
        goals.Measure("fast", 3.0, "times", at_least=2),
        goals.Measure("slow", 30.0, "s", at_most=10),
        goals.Measure("none", None, "s", at_most=10),
        goals.Measure("free", 1234.5, "ms"),
    ]
    assert [row.met for row in rows] == [True, False, None, None]
    lines = goals.table(rows).splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["met", "MISSED", "10", "ms"]
    assert "not available" in lines[3]
    assert "1,234" in lines[4]


@pytest.mark.usefixtures("on_path")
def test_hours_and_disk_of_many_draws_follow_from_what_was_measured() -> None:
    text = import_module("scale").extrapolated({"one": 3.6, "several": 36.0, "bytes": 1000.0}, 0.5)
    *_, provinces, million = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines())
    assert provinces == ["31 provinces × 10 scenarios × 1,000 draws", "310", "19.4", "2.42", "0.31"]
    assert million == ["one scenario × 1,000,000 draws", "1,000", "62.5", "7.81", "1"]


@pytest.mark.usefixtures("on_path")
def test_earlier_references_are_read_under_the_names_of_today() -> None:
    numbers = import_module("same_numbers")
    text = "measure,value,unit,status\nrequired_contribution_now,1.5,{},ok\n"
    then, now = (
        {"baseline/measures.csv": text.format(unit)} for unit in ("yuan a head in 2026", "yuan per person in 2026")
    )
    before, after = numbers.cells(then, {}, numbers.WORDS), numbers.cells(now, {}, {})
    assert len(before) == 3
    assert not list(numbers.differences(before, after))
    assert len(list(numbers.differences(numbers.cells(then, {}, {}), after))) == 1


@pytest.mark.long
@pytest.mark.usefixtures("on_path")
@pytest.mark.parametrize("own", [False, True])
def test_the_pools_that_are_measured_can_be_pooled(own: bool, tmp_path: Path) -> None:
    (tmp_path / "many.toml").write_text(import_module("pools").pooling(own), encoding="utf-8")
    assert len(load_pooling(tmp_path / "many.toml").pools) == 31
